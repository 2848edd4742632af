//! What a mapping must hold to by itself, before it meets a codebook.

use std::collections::BTreeMap;

use super::draft::{
    DeadlineDraft, ItemDraft, KeyDraft, MappingDraft, Names, NumbersDraft, TimeForm, TimesDraft,
};
use super::error::{MappingError, MappingFault, MappingProblem};
use super::locate::{Step, line_of};
use super::source::{SourceForm, TableForm};
use crate::complaint::{Deadline, DeadlineKind};
use crate::intake::headings::{folded, folded_word};
use crate::intake::numbers::NumberRule;
use crate::intake::times::{TimeRule, zone_seconds};

/// Where in a mapping something stands.
#[derive(Debug, Clone, Default)]
pub(in crate::intake) struct Path(Vec<Step>);

impl Path {
    pub(in crate::intake) fn of(keys: &[&str]) -> Self {
        Path(keys.iter().map(|&key| Step::Key(key.to_owned())).collect())
    }

    pub(in crate::intake) fn key(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key.to_owned()));
        Path(steps)
    }

    pub(in crate::intake) fn index(&self, index: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Index(index));
        Path(steps)
    }

    fn text(&self) -> String {
        let step = |step: &Step| match step {
            Step::Key(key) => key.clone(),
            Step::Index(index) => index.to_string(),
        };
        self.0.iter().map(step).collect::<Vec<_>>().join(".")
    }
}

/// Faults of a mapping, as they are found.
#[derive(Debug)]
pub(in crate::intake) struct Faults<'a> {
    text: Option<&'a str>,
    found: Vec<MappingFault>,
}

impl<'a> Faults<'a> {
    pub(in crate::intake) fn new(text: Option<&'a str>) -> Self {
        Faults { text, found: Vec::new() }
    }

    pub(in crate::intake) fn add(&mut self, path: &Path, problem: MappingProblem) {
        let line = self.text.map(|text| line_of(text, &path.0));
        self.found.push(MappingFault { line, entry: path.text(), problem });
    }

    /// An error if there are any.
    pub(in crate::intake) fn none(self) -> Result<(), MappingError> {
        if self.found.is_empty() {
            return Ok(());
        }
        let mut faults = self.found;
        faults.sort_by_key(|fault| fault.line);
        Err(MappingError::Faults { faults })
    }

    fn require_text(&mut self, path: &Path, text: &str, wanted: &'static str) {
        if text.trim().is_empty() {
            self.add(path, MappingProblem::Blank { wanted });
        }
    }

    fn form(&mut self, path: &Path, value: &str, wanted: &'static str) {
        let value = value.chars().take(80).collect();
        self.add(path, MappingProblem::Form { value, wanted });
    }
}

pub(super) fn check(draft: &MappingDraft, faults: &mut Faults<'_>) {
    let root = Path::default();
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    if draft.id.is_empty() || draft.id.len() > 128 || !draft.id.bytes().all(plain) {
        faults.form(&root.key("id"), &draft.id, "a plain name: use a-z, 0-9, `_` and `-`");
    }
    if let SourceForm::Table(table) = &draft.source {
        check_table(table, &Path::of(&["source", "table"]), faults);
    }
    for (position, word) in draft.missing.iter().enumerate() {
        faults.require_text(&root.key("missing").index(position), word, "a word");
    }
    check_words(
        draft.words.iter().map(|(word, answer)| (word, Some(answer))),
        &root.key("words"),
        faults,
    );
    check_times(&draft.times, &TimesDraft::default(), &root.key("times"), faults);
    check_numbers(draft.numbers, NumbersDraft::default(), &root.key("numbers"), faults);
    check_complaint(draft, faults);
    for (item, entry) in &draft.items {
        check_item(entry, draft, &Path::of(&["items", item]), faults);
    }
    for (position, name) in draft.ignore.iter().enumerate() {
        faults.require_text(&root.key("ignore").index(position), name, "the name of a column");
    }
}

fn check_table(table: &TableForm, path: &Path, faults: &mut Faults<'_>) {
    if let Some(comment) = &table.comment
        && (comment.is_empty() || comment.len() > 8 || comment.contains(['\n', '\r']))
    {
        faults.form(&path.key("comment"), comment, "what a line begins with: 1 to 8 letters");
    }
    let mut seen = BTreeMap::new();
    for (position, name) in table.headings.iter().enumerate() {
        let path = path.key("headings").index(position);
        if let Some(first) = seen.insert(folded(name), name)
            && !folded(name).is_empty()
        {
            faults.add(&path, MappingProblem::Twice { first: first.clone(), second: name.clone() });
        }
    }
}

fn check_complaint(draft: &MappingDraft, faults: &mut Faults<'_>) {
    let (complaint, path) = (&draft.complaint, Path::of(&["complaint"]));
    check_names(&complaint.id.from, &path.key("id").key("from"), faults);
    let received = path.key("received");
    check_names(&complaint.received.from, &received.key("from"), faults);
    check_times(&complaint.received.times, &draft.times, &received.key("times"), faults);
    let keys: [(&str, &Option<KeyDraft>, &[&str]); 5] = [
        ("unit", &complaint.unit, &[]),
        ("subject", &complaint.subject, &[]),
        ("bundle", &complaint.bundle, &[]),
        ("stage", &complaint.stage, &["intake", "field", "post_search"]),
        ("origin", &complaint.origin, &["prospective", "retrospective", "synthetic"]),
    ];
    for (name, key, listed) in keys {
        if let Some(key) = key {
            check_key(key, listed, &path.key(name), faults);
        }
    }
    for (position, deadline) in complaint.deadlines.iter().enumerate() {
        check_deadline(deadline, draft, &path.key("deadlines").index(position), faults);
    }
}

fn check_key(key: &KeyDraft, listed: &[&str], path: &Path, faults: &mut Faults<'_>) {
    check_source(&key.from, key.constant.as_deref(), path, faults);
    check_words(
        key.words.iter().map(|(word, meaning)| (word, Some(meaning))),
        &path.key("words"),
        faults,
    );
    let meanings = key.words.iter().map(|(word, meaning)| (path.key("words").key(word), meaning));
    let constant = key.constant.iter().map(|constant| (path.key("constant"), constant));
    for (path, meaning) in meanings.chain(constant) {
        if !listed.is_empty() && !listed.contains(&&**meaning) {
            let wanted = match listed[0] {
                "intake" => "a stage: use `intake`, `field` or `post_search`",
                _ => "an origin: use `prospective`, `retrospective` or `synthetic`",
            };
            faults.form(&path, meaning, wanted);
        } else if meaning.trim().is_empty() || meaning.len() > crate::complaint::MOST_ID_BYTES {
            faults.form(&path, meaning, "a key: write 1 to 128 bytes");
        }
    }
}

fn check_deadline(
    deadline: &DeadlineDraft,
    draft: &MappingDraft,
    path: &Path,
    faults: &mut Faults<'_>,
) {
    let kind = DeadlineKind::from(deadline.kind.clone());
    if (Deadline { due: crate::Timestamp::MIN, kind }).check().is_err() {
        let wanted =
            "a kind of deadline: use `preservation`, `statutory`, or a name of a-z, 0-9, `_`";
        faults.form(&path.key("kind"), &deadline.kind, wanted);
    }
    check_names(&deadline.from, &path.key("from"), faults);
    check_times(&deadline.times, &draft.times, &path.key("times"), faults);
}

fn check_item(item: &ItemDraft, draft: &MappingDraft, path: &Path, faults: &mut Faults<'_>) {
    check_source(&item.from, item.constant.as_deref(), path, faults);
    check_words(
        item.words.iter().map(|(word, answer)| (word, answer.as_ref())),
        &path.key("words"),
        faults,
    );
    if let Some(split) = &item.split {
        faults.require_text(
            &path.key("split"),
            split,
            "what stands between two words, not a blank",
        );
    }
    check_numbers(item.numbers, draft.numbers, &path.key("numbers"), faults);
    if let Some(known_at) = &item.known_at {
        let path = path.key("known_at");
        check_names(&known_at.from, &path.key("from"), faults);
        check_times(&known_at.times, &draft.times, &path.key("times"), faults);
    }
}

fn check_source(from: &Names, constant: Option<&str>, path: &Path, faults: &mut Faults<'_>) {
    match (from.0.is_empty(), constant) {
        (true, None) => faults.add(path, MappingProblem::NoSource),
        (false, Some(_)) => faults.add(path, MappingProblem::TwoSources),
        (true, Some(_)) => {}
        (false, None) => check_names(from, &path.key("from"), faults),
    }
}

fn check_names(names: &Names, path: &Path, faults: &mut Faults<'_>) {
    if names.0.is_empty() {
        faults.add(path, MappingProblem::Blank { wanted: "the name of a column" });
    }
    for name in &names.0 {
        faults.require_text(path, name, "the name of a column");
    }
}

/// Words that are read as one must mean one thing.
fn check_words<'a>(
    words: impl Iterator<Item = (&'a String, Option<&'a String>)>,
    path: &Path,
    faults: &mut Faults<'_>,
) {
    let mut seen: BTreeMap<String, (&String, Option<&String>)> = BTreeMap::new();
    for (word, answer) in words {
        let path = path.key(word);
        faults.require_text(&path, word, "a word");
        if let Some((first, other)) = seen.insert(folded_word(word), (word, answer))
            && other != answer
        {
            faults.add(&path, MappingProblem::Twice { first: first.clone(), second: word.clone() });
        }
    }
}

fn check_times(times: &TimesDraft, general: &TimesDraft, path: &Path, faults: &mut Faults<'_>) {
    let forms = &times.forms;
    let lists = |form| forms.contains(&form);
    if lists(TimeForm::DayFirst) && lists(TimeForm::MonthFirst) {
        faults.add(&path.key("forms"), MappingProblem::DayAndMonthFirst);
    }
    let number_forms = [
        TimeForm::Serial1900,
        TimeForm::Serial1904,
        TimeForm::UnixSeconds,
        TimeForm::UnixMilliseconds,
    ];
    if number_forms.into_iter().filter(|&form| lists(form)).count() > 1 {
        faults.add(&path.key("forms"), MappingProblem::TwoNumberForms);
    }
    if let Some(zone) = &times.zone
        && zone_seconds(zone).is_none()
    {
        let wanted = "a zone: write `utc`, or the offset of standard time such as `-06:00`";
        faults.form(&path.key("zone"), zone, wanted);
    }
    let rule = TimeRule::new(times, general);
    if times.summer_time.is_some() && !rule.has_zone() {
        let wanted = "the zone that `summer_time` is an hour ahead of";
        faults.add(&path.key("summer_time"), MappingProblem::Blank { wanted });
    }
    if let Some(century) = times.two_digit_years
        && (century % 100 != 0 || century > 9_900)
    {
        let wanted = "a century: write 1900 or 2000";
        faults.form(&path.key("two_digit_years"), &century.to_string(), wanted);
    }
}

fn check_numbers(
    numbers: NumbersDraft,
    general: NumbersDraft,
    path: &Path,
    faults: &mut Faults<'_>,
) {
    // What an entry does not say itself is told where it is said.
    let says = numbers != NumbersDraft::default();
    if says && !NumberRule::new(numbers, general).is_sound() {
        faults.add(path, MappingProblem::SameMarks);
    }
}
