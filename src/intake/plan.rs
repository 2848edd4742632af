//! A mapping held against a codebook: columns and words as places and codes.

use std::collections::{BTreeMap, BTreeSet};

use super::headings::{folded, folded_word};
use super::mapping::{
    Faults, ItemDraft, KeyDraft, Mapping, MappingError, MappingProblem, Names, Path, Take,
    TimesDraft,
};
use super::numbers::NumberRule;
use super::times::TimeRule;
use crate::codebook::{Codebook, Item, Kind, Stage, UNKNOWN, nearest};
use crate::complaint::{DeadlineKind, Origin, WhyNotUnderstood};

/// Stands between several values of one field of a JSON record: the unit separator of ASCII,
/// which no written word holds.
pub(crate) const BETWEEN_VALUES: char = '\u{1f}';

/// A column that the mapping reads.
#[derive(Debug, Clone)]
pub(super) struct SourceName {
    /// As the mapping writes it.
    pub(super) name: String,
    pub(super) folded: String,
    /// Places in [`Plan::items`] of those that read it.
    pub(super) items: Vec<usize>,
}

/// Columns that hold a time, and how it is written.
#[derive(Debug, Clone)]
pub(super) struct TimeSource {
    pub(super) columns: Vec<usize>,
    pub(super) rule: TimeRule,
}

/// Columns that hold a key or a word.
#[derive(Debug, Clone, Default)]
pub(super) struct KeySource {
    pub(super) columns: Vec<usize>,
    pub(super) constant: Option<String>,
    /// By folded word.
    words: BTreeMap<String, String>,
}

impl KeySource {
    /// What a text means: another word's meaning, or itself.
    pub(super) fn meaning<'a>(&'a self, text: &'a str) -> &'a str {
        if self.words.is_empty() {
            return text;
        }
        self.words.get(&folded_word(text)).map_or(text, |meaning| meaning)
    }
}

/// Columns that hold a deadline.
#[derive(Debug, Clone)]
pub(super) struct DeadlineSource {
    pub(super) kind: DeadlineKind,
    pub(super) time: TimeSource,
    pub(super) plus_days: i64,
}

/// Where the answer to one item comes from.
#[derive(Debug, Clone)]
pub(super) struct ItemSource {
    /// Its place in the codebook.
    pub(super) item: usize,
    pub(super) columns: Vec<usize>,
    pub(super) constant: Option<u8>,
    pub(super) take: Take,
    pub(super) known_at: Option<TimeSource>,
    /// By folded word: 0 is *unknown*. What the item's own entry says, and what is missing.
    words: BTreeMap<String, u8>,
    /// By folded word: what the mapping says for every item.
    general: BTreeMap<String, u8>,
    /// Words that mean something for another item that reads the same column.
    elsewhere: BTreeSet<String>,
    present: Option<u8>,
    split: Option<String>,
    numbers: NumberRule,
    missing_numbers: Vec<i64>,
}

/// A mapping and a codebook that fit.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) codebook: Codebook,
    pub(super) names: Vec<SourceName>,
    pub(super) id: Vec<usize>,
    pub(super) id_prefix: String,
    pub(super) received: TimeSource,
    pub(super) unit: KeySource,
    pub(super) subject: KeySource,
    pub(super) bundle: KeySource,
    pub(super) stage: KeySource,
    pub(super) origin: KeySource,
    pub(super) deadlines: Vec<DeadlineSource>,
    pub(super) deadline_lists: TimeSource,
    pub(super) items: Vec<ItemSource>,
    /// Folded names of columns that are known and not read.
    pub(super) ignored: BTreeSet<String>,
}

impl Plan {
    pub(super) fn new(mapping: &Mapping, codebook: &Codebook) -> Result<Self, MappingError> {
        let draft = mapping.draft();
        let complaint = &draft.complaint;
        let mut names = NameList::default();
        let mut times = |from: &Names, times: &TimesDraft| TimeSource {
            columns: names.positions(from),
            rule: TimeRule::new(times, &draft.times),
        };
        let received = times(&complaint.received.from, &complaint.received.times);
        let deadlines = complaint.deadlines.iter().map(|deadline| DeadlineSource {
            kind: DeadlineKind::from(deadline.kind.clone()),
            time: times(&deadline.from, &deadline.times),
            plus_days: i64::from(deadline.plus_days),
        });
        let deadlines = deadlines.collect();
        let deadline_lists = times(&complaint.deadline_lists, &TimesDraft::default());
        let mut faults = mapping.faults();
        let mut items: Vec<ItemSource> = Vec::with_capacity(draft.items.len());
        let mut own_words = Vec::with_capacity(draft.items.len());
        for (id, entry) in &draft.items {
            let path = Path::of(&["items", id]);
            let Some(position) = codebook.item_position(id) else {
                let nearest = codebook.nearest_item(id).map(str::to_owned);
                faults.add(&path, MappingProblem::UnlistedItem { item: id.clone(), nearest });
                continue;
            };
            let item = &codebook.items()[position];
            own_words.push(entry.words.keys().map(|word| folded_word(word)).collect::<Vec<_>>());
            items.push(ItemSource {
                item: position,
                columns: names.positions(&entry.from),
                known_at: entry.known_at.as_ref().map(|known_at| TimeSource {
                    columns: names.positions(&known_at.from),
                    rule: TimeRule::new(&known_at.times, &draft.times),
                }),
                ..ItemSource::new(item, entry, mapping, &path, &mut faults)
            });
        }
        check_general_words(mapping, codebook, &mut faults);
        faults.none()?;
        for (position, source) in items.iter().enumerate() {
            for &column in &source.columns {
                names.list[column].items.push(position);
            }
        }
        let sharing: Vec<BTreeSet<usize>> = items
            .iter()
            .enumerate()
            .map(|(position, source)| {
                let readers = source.columns.iter().flat_map(|&column| &names.list[column].items);
                readers.copied().filter(|&other| other != position).collect()
            })
            .collect();
        for (source, sharing) in items.iter_mut().zip(sharing) {
            let words = sharing.into_iter().flat_map(|other| own_words[other].iter().cloned());
            source.elsewhere = words.filter(|word| !source.words.contains_key(word)).collect();
        }
        let mut key = |draft: &Option<KeyDraft>| names.key(draft.as_ref());
        Ok(Plan {
            codebook: codebook.clone(),
            unit: key(&complaint.unit),
            subject: key(&complaint.subject),
            bundle: key(&complaint.bundle),
            stage: key(&complaint.stage),
            origin: key(&complaint.origin),
            id: names.positions(&complaint.id.from),
            id_prefix: complaint.id.prefix.clone(),
            received,
            deadlines,
            deadline_lists,
            items,
            ignored: draft.ignore.iter().map(|name| folded(name)).collect(),
            names: names.list,
        })
    }

    /// The codebook's item that a source answers.
    pub(super) fn item(&self, source: &ItemSource) -> &Item {
        &self.codebook.items()[source.item]
    }
}

/// Every column that is read, once.
#[derive(Debug, Default)]
struct NameList {
    list: Vec<SourceName>,
}

impl NameList {
    fn positions(&mut self, names: &Names) -> Vec<usize> {
        names.0.iter().map(|name| self.position(name)).collect()
    }

    fn position(&mut self, name: &str) -> usize {
        let folded = folded(name);
        // Names that differ in case or marks alone may be two columns of one source.
        if let Some(position) = self.list.iter().position(|known| known.name.trim() == name.trim())
        {
            return position;
        }
        self.list.push(SourceName { name: name.to_owned(), folded, items: Vec::new() });
        self.list.len() - 1
    }

    fn key(&mut self, draft: Option<&KeyDraft>) -> KeySource {
        draft.map_or_else(KeySource::default, |draft| KeySource {
            columns: self.positions(&draft.from),
            constant: draft.constant.clone(),
            words: draft
                .words
                .iter()
                .map(|(word, meaning)| (folded_word(word), meaning.clone()))
                .collect(),
        })
    }
}

/// Every answer that words mean in general must be one of some item that is read.
fn check_general_words(mapping: &Mapping, codebook: &Codebook, faults: &mut Faults<'_>) {
    let draft = mapping.draft();
    let items = || draft.items.keys().filter_map(|id| codebook.item(id));
    for (word, answer) in &draft.words {
        if !items().any(|item| item.code_of(answer).is_some()) {
            let problem = MappingProblem::AnswerOfNoItem { answer: answer.clone() };
            faults.add(&Path::of(&["words", word]), problem);
        }
    }
}

/// An answer's id or label as people write it: blanks and dashes are underscores.
fn folded_answer(text: &str) -> String {
    folded_word(text).replace([' ', '-'], "_")
}

impl ItemSource {
    /// All but its columns.
    fn new(
        item: &Item,
        entry: &ItemDraft,
        mapping: &Mapping,
        path: &Path,
        faults: &mut Faults<'_>,
    ) -> Self {
        let draft = mapping.draft();
        let code = |answer: &str, path: &Path, faults: &mut Faults<'_>| {
            let code = if answer == UNKNOWN { Some(0) } else { item.code_of(answer) };
            if code.is_none() {
                faults.add(path, unlisted_answer(item, answer));
            }
            code
        };
        let (mut words, mut general) = (BTreeMap::new(), BTreeMap::new());
        for (word, answer) in [("true", "yes"), ("false", "no")] {
            general.extend(item.code_of(answer).map(|code| (word.to_owned(), code)));
        }
        for (word, answer) in &draft.words {
            general.extend(item.code_of(answer).map(|code| (folded_word(word), code)));
        }
        let of_item: BTreeSet<String> = entry.words.keys().map(|word| folded_word(word)).collect();
        for (position, word) in draft.missing.iter().enumerate() {
            let word = folded_word(word);
            let is_word = |(listed, answer): (&String, &String)| {
                folded_word(listed) == word && item.code_of(answer).is_some()
            };
            let is_answer =
                item.code_of(&folded_answer(&word)).is_some() || draft.words.iter().any(is_word);
            if is_answer && !of_item.contains(&word) {
                let problem =
                    MappingProblem::MissingIsAnswer { word: word.clone(), item: item.id.clone() };
                faults.add(&Path::of(&["missing"]).index(position), problem);
            }
            words.insert(word, 0);
        }
        for (word, answer) in &entry.words {
            let path = path.key("words").key(word);
            let meaning = answer.as_ref().map_or(Some(0), |answer| code(answer, &path, faults));
            words.extend(meaning.map(|code| (folded_word(word), code)));
        }
        let takes_numbers = matches!(item.kind, Kind::Binned { .. });
        if !takes_numbers && !entry.missing_numbers.is_empty() {
            let problem = MappingProblem::NotNumbers { item: item.id.clone() };
            faults.add(&path.key("missing_numbers"), problem);
        }
        let constant = entry.constant.as_deref();
        let present = entry.present.as_deref();
        ItemSource {
            item: 0,
            columns: Vec::new(),
            known_at: None,
            constant: constant.and_then(|answer| code(answer, &path.key("constant"), faults)),
            present: present.and_then(|answer| code(answer, &path.key("present"), faults)),
            take: entry.take,
            words,
            general,
            elsewhere: BTreeSet::new(),
            split: entry.split.clone(),
            numbers: NumberRule::new(entry.numbers, draft.numbers),
            missing_numbers: [&draft.missing_numbers[..], &entry.missing_numbers].concat(),
        }
    }

    /// The words of a cell, one by one.
    pub(super) fn words_of<'a>(&'a self, cell: &'a str) -> impl Iterator<Item = &'a str> {
        let values = cell.split(BETWEEN_VALUES);
        values.flat_map(move |value| {
            let split = self.split.as_deref();
            let whole = split.is_none().then_some(value);
            whole.into_iter().chain(split.into_iter().flat_map(move |split| value.split(split)))
        })
    }

    /// What one word means: the code of an answer, 0 for *unknown*.
    ///
    /// What the item's own entry says counts before the ids of its answers, these before what the
    /// mapping says for every item.
    pub(super) fn meaning(&self, word: &str, item: &Item) -> Result<u8, WhyNotUnderstood> {
        let folded = folded_word(word);
        if folded.is_empty() {
            return Ok(0);
        }
        if let Some(&code) = self.words.get(&folded) {
            return Ok(code);
        }
        if let Some(code) = item.code_of(word.trim()) {
            return Ok(code);
        }
        if let Some(&code) = self.general.get(&folded) {
            return Ok(code);
        }
        let why = match self.number(word, item) {
            Some(Ok(code)) => return Ok(code),
            Some(Err(why)) => why,
            None => match item.understand(word.trim().as_bytes()) {
                Ok(code) => return Ok(code),
                Err(why) => why,
            },
        };
        if why != WhyNotUnderstood::MissingWord
            && let Some(code) = item.code_of(&folded_answer(word))
        {
            return Ok(code);
        }
        if self.elsewhere.contains(&folded) {
            return Ok(0);
        }
        // That something stands there is no sign that nothing is: a word for missing is never *no*.
        let is_absence = why == WhyNotUnderstood::MissingWord && self.present == item.absent_code();
        self.present.filter(|_| !is_absence).ok_or(why)
    }

    /// The code of a number, for an item that counts; `None` for what is no number by its rule.
    fn number(&self, word: &str, item: &Item) -> Option<Result<u8, WhyNotUnderstood>> {
        let Kind::Binned { .. } = item.kind else { return None };
        let begins_like_one = |text: &str| {
            text.trim_start_matches(['-', '+', '\u{2212}'])
                .starts_with(|letter: char| letter.is_ascii_digit())
        };
        let Some(number) = self.numbers.plain(word) else {
            // `1.200` where decimals have a comma is no number by the rule, whatever the item says.
            let all_marks = word.chars().all(|letter| !letter.is_alphabetic());
            return (begins_like_one(word.trim()) && all_marks)
                .then_some(Err(WhyNotUnderstood::NotANumber));
        };
        let exact = number.parse::<i64>().ok();
        if exact.is_some_and(|number| self.missing_numbers.contains(&number)) {
            return Some(Ok(0));
        }
        Some(item.understand(number.as_bytes()))
    }
}

fn unlisted_answer(item: &Item, answer: &str) -> MappingProblem {
    let ids = item.answers.iter().map(|answer| &*answer.id);
    let listed: Vec<String> = ids.clone().chain([UNKNOWN]).map(|id| format!("`{id}`")).collect();
    MappingProblem::UnlistedAnswer {
        item: item.id.clone(),
        answer: answer.chars().take(80).collect(),
        listed: listed.join(", "),
        nearest: nearest(answer, ids).map(str::to_owned),
    }
}

/// The stage that a word names.
pub(super) fn stage_of(word: &str) -> Option<Stage> {
    Some(match &*folded_answer(word) {
        "intake" => Stage::Intake,
        "field" => Stage::Field,
        "post_search" => Stage::PostSearch,
        _ => return None,
    })
}

/// The origin that a word names.
pub(super) fn origin_of(word: &str) -> Option<Origin> {
    Some(match &*folded_answer(word) {
        "prospective" => Origin::Prospective,
        "retrospective" => Origin::Retrospective,
        "synthetic" => Origin::Synthetic,
        _ => return None,
    })
}
