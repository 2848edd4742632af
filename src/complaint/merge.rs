//! A complaint that is sent again: what counts, part by part, and what is told about it.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Complaint, Deadline, Given, NotUnderstood, Speaker, WhyNotUnderstood};
use crate::base::escaped;
use crate::base::words;
use crate::codebook::{Codebook, UNKNOWN};

/// The most deadlines that sending a complaint again adds up to; the earliest are kept.
const MOST_DEADLINES: usize = 64;

/// A part of a complaint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Part {
    /// The answer to the item with this id.
    Answer(String),
    /// The unit that works it.
    Unit,
    /// The key of the person complained about.
    Subject,
    /// The key of its bundle.
    Bundle,
    /// A deadline of this kind.
    Deadline(String),
    /// When it came in.
    Received,
    /// The stage that was declared.
    Stage,
    /// Where it comes from.
    Origin,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Answer(item) => formatter.write_str(&escaped(item)),
            Part::Unit => formatter.write_str("unit"),
            Part::Subject => formatter.write_str("subject"),
            Part::Bundle => formatter.write_str("bundle"),
            Part::Deadline(kind) => write!(formatter, "{} deadline", escaped(kind)),
            Part::Received => formatter.write_str("received"),
            Part::Stage => formatter.write_str("stage"),
            Part::Origin => formatter.write_str("origin"),
        }
    }
}

/// What became of a part that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// What was given could not be understood: it is *unknown*, or what stood stays.
    NotUnderstood,
    /// What stood is gone, and nothing was given instead.
    Lost,
    /// What was given stands instead of what stood.
    Replaced,
    /// What stood stays, and what was given does not count.
    Kept,
    /// Nothing stood there before.
    Added,
}

words! {
    ChangeKind, "a kind of change",
    NotUnderstood => "not_understood",
    Lost => "lost",
    Replaced => "replaced",
    Kept => "kept",
    Added => "added",
}

/// One part of a complaint that was given otherwise than it stood. Keys of subject and bundle are
/// not told, only that they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PartChange {
    /// Which part.
    pub(crate) part: Part,
    /// What became of it.
    pub(crate) kind: ChangeKind,
    /// What stood, as text; `unknown` for nothing.
    pub(crate) stood: String,
    /// What was given, as text; `unknown` for nothing.
    pub(crate) given: String,
    /// Who said what stood, where that was recorded.
    #[serde(default)]
    pub(crate) stood_by: Option<Speaker>,
    /// Who said what was given, where that was recorded.
    #[serde(default)]
    pub(crate) given_by: Option<Speaker>,
    /// What was given does not count, and would put the complaint further ahead: somebody should
    /// look at once.
    #[serde(default)]
    pub(crate) would_lead: bool,
}

impl PartChange {
    fn new(part: Part, kind: ChangeKind, stood: String, given: String) -> Self {
        let (stood_by, given_by) = (None, None);
        PartChange { part, kind, stood, given, stood_by, given_by, would_lead: false }
    }

    pub(crate) fn of_answer(item: &str, kind: ChangeKind, stood: &Given, given: &Given) -> Self {
        let part = Part::Answer(item.to_owned());
        PartChange {
            stood_by: stood.said_by,
            given_by: given.said_by,
            ..PartChange::new(part, kind, stood.value.to_string(), given.value.to_string())
        }
    }
}

impl fmt::Display for PartChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = |text: &str, said_by: Option<Speaker>| match said_by {
            Some(said_by) => format!("{} ({said_by})", escaped(text)),
            None => escaped(text),
        };
        let (stood, given) = (by(&self.stood, self.stood_by), by(&self.given, self.given_by));
        let part = &self.part;
        match self.kind {
            ChangeKind::NotUnderstood => {
                write!(formatter, "{part}: {given} is not understood; {stood} stays")?;
            }
            ChangeKind::Lost => write!(formatter, "{part}: {stood} is gone")?,
            ChangeKind::Replaced => write!(formatter, "{part}: was {stood}, is {given}")?,
            ChangeKind::Kept => write!(formatter, "{part}: stays {stood}; {given} was given")?,
            ChangeKind::Added => write!(formatter, "{part}: is {given}")?,
        }
        if self.would_lead {
            formatter.write_str(" and would put it further ahead: look at once")?;
        }
        Ok(())
    }
}

/// Whether what is given counts against a different answer that stands.
fn given_counts(stood: &Given, given: &Given) -> bool {
    if let (Some(before), Some(after)) = (stood.known_at, given.known_at)
        && before != after
    {
        return after > before;
    }
    given.is_established() || !stood.is_established()
}

impl Complaint {
    /// This complaint, which stands, after it was sent again as `sent`; and what changed or did
    /// not count.
    ///
    /// - Silence takes nothing back: an answer, key or deadline that is not given again stays.
    /// - Of two answers with different times at which they became known, the later counts.
    /// - Otherwise what the host, a register or an officer said stands against any sender, and of
    ///   two of a kind the one sent last counts.
    /// - The earliest time received and the latest stage stand; deadlines add up, to the 64 earliest.
    ///
    /// ```
    /// use caserank::Complaint;
    /// use caserank::complaint::{Given, Speaker};
    /// let mut stands = Complaint::new("a", "2026-04-17".parse()?)?.with_answer("prior_reports", 1);
    /// stands.set_given("urgent", Given::new("yes").with_said_by(Speaker::Officer));
    /// let sent = Complaint::new("a", "2026-04-17".parse()?)?.with_answer("prior_reports", 3).with_answer("urgent", "no");
    /// let (merged, changes) = stands.merged_with(&sent);
    /// assert_eq!(merged.given("urgent"), stands.given("urgent"));
    /// assert_eq!(changes[0].to_string(), "prior_reports: was 1, is 3");
    /// assert_eq!(changes[1].to_string(), "urgent: stays yes (officer); no was given");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn merged_with(&self, sent: &Complaint) -> (Complaint, Vec<PartChange>) {
        let mut merged = self.clone();
        let mut changes = Vec::new();
        let nothing = Given::default();
        for (item, sent_given) in sent.answers() {
            let (stood, given) = (&self.said(item), &sent.said(item));
            let silent = given.value.is_unknown() && !given.is_established();
            if silent || (given.value == stood.value && !given.is_established()) {
                continue;
            }
            let kind = match (stood.value == given.value, given_counts(stood, given)) {
                (true, _) if stood.is_established() => continue,
                (true, _) => ChangeKind::Kept,
                (false, _) if *stood == nothing => ChangeKind::Added,
                (false, true) if given.value.is_unknown() => ChangeKind::Lost,
                (false, true) => ChangeKind::Replaced,
                (false, false) => ChangeKind::Kept,
            };
            let is_told = stood.value != given.value;
            if kind != ChangeKind::Kept || !is_told {
                merged.set_given(item, sent_given.clone());
                if let Some(provenance) = sent.provenance(item) {
                    merged.set_provenance(item, provenance.clone());
                }
            }
            if is_told {
                changes.push(PartChange::of_answer(item, kind, stood, given));
            }
        }
        // A mark stands until the item is answered in words that are understood.
        let is_answered =
            |item: &str| sent.given(item).is_some_and(|given| !given.value.is_unknown());
        merged.file.not_understood.retain(|mark| !is_answered(mark.item()));
        for mark in sent.not_understood() {
            if !merged.file.not_understood.contains(mark) {
                merged.file.not_understood.push(mark.clone());
            }
        }
        let keys = [
            (Part::Unit, &mut merged.file.unit, &sent.file.unit),
            (Part::Subject, &mut merged.file.subject, &sent.file.subject),
            (Part::Bundle, &mut merged.file.bundle, &sent.file.bundle),
        ];
        for (part, stands, given) in keys {
            if given.is_some() && stands != given {
                let before = std::mem::replace(stands, given.clone());
                changes.push(key_change(part, before.as_deref(), given.as_deref()));
            }
        }
        let known: BTreeSet<Deadline> = self.deadlines().iter().cloned().collect();
        for deadline in sent.deadlines().iter().filter(|deadline| !known.contains(deadline)) {
            merged.file.deadlines.push(deadline.clone());
            changes.push(deadline_change(deadline, ChangeKind::Added));
        }
        merged.file.deadlines.sort();
        // A sender that names another deadline each day must not make a complaint grow for ever.
        let kept = merged.file.deadlines.len().min(MOST_DEADLINES.max(self.deadlines().len()));
        for deadline in merged.file.deadlines.drain(kept..) {
            changes.push(deadline_change(&deadline, ChangeKind::Lost));
        }
        merged.file.stage = self.stage().max(sent.stage());
        if sent.received() != self.received() {
            merged.file.received = self.received().min(sent.received());
            let kind = match sent.received() < self.received() {
                true => ChangeKind::Replaced,
                false => ChangeKind::Kept,
            };
            let (stood, given) = (self.received().to_string(), sent.received().to_string());
            changes.push(PartChange::new(Part::Received, kind, stood, given));
        }
        if sent.origin() != self.origin() {
            let (stood, given) = (self.origin().to_string(), sent.origin().to_string());
            changes.push(PartChange::new(Part::Origin, ChangeKind::Kept, stood, given));
        }
        (merged, changes)
    }

    /// An answer with who said it, by itself or by the field it came from.
    fn said(&self, item: &str) -> Given {
        let mut given = self.given(item).cloned().unwrap_or_default();
        let by_field = || self.provenance(item).map(|said| said.source().speaker());
        given.said_by = given.said_by.or_else(by_field);
        given
    }

    /// Takes the answers of a codebook that are not understood out, and marks them.
    ///
    /// Gives back what was taken out.
    pub(crate) fn take_not_understood(&mut self, codebook: &Codebook) -> Vec<(String, Given)> {
        let answers = self.answers();
        let faulty = answers.filter_map(|(id, given)| {
            let item = codebook.item(id)?;
            if item.code_of_value(&given.value).is_some() {
                return None;
            }
            let text = given.value.to_string();
            let why = item.understand(text.as_bytes()).err();
            let why = why.unwrap_or(WhyNotUnderstood::NotListed { nearest: None });
            Some((id.to_owned(), given.clone(), NotUnderstood::new(id, &text, why)))
        });
        let faulty: Vec<(String, Given, NotUnderstood)> = faulty.collect();
        let mut taken = Vec::with_capacity(faulty.len());
        for (item, given, mark) in faulty {
            self.clear_answer(&item);
            self.add_not_understood(mark);
            taken.push((item, given));
        }
        taken
    }

    /// Takes away the marks of some items.
    pub(crate) fn clear_marks(&mut self, is_clear: impl Fn(&str) -> bool) {
        self.file.not_understood.retain(|mark| !is_clear(mark.item()));
    }

    /// What differs from how it stood before, part by part: answers by item, then the rest.
    #[must_use]
    pub fn changes_since(&self, before: &Complaint) -> Vec<PartChange> {
        let items: BTreeSet<&str> =
            before.answers().chain(self.answers()).map(|(item, _)| item).collect();
        let mut changes = Vec::new();
        for item in items {
            let (stood, given) = (&before.said(item), &self.said(item));
            let kind = match (stood.value.is_unknown(), given.value.is_unknown()) {
                _ if stood.value == given.value => continue,
                (true, _) => ChangeKind::Added,
                (false, true) => ChangeKind::Lost,
                (false, false) => ChangeKind::Replaced,
            };
            changes.push(PartChange::of_answer(item, kind, stood, given));
        }
        let keys = [
            (Part::Unit, &before.file.unit, &self.file.unit),
            (Part::Subject, &before.file.subject, &self.file.subject),
            (Part::Bundle, &before.file.bundle, &self.file.bundle),
        ];
        let changed = keys.into_iter().filter(|(_, stood, given)| stood != given);
        changes.extend(
            changed
                .map(|(part, stood, given)| key_change(part, stood.as_deref(), given.as_deref())),
        );
        let gone =
            before.deadlines().iter().filter(|deadline| !self.deadlines().contains(deadline));
        changes.extend(gone.map(|deadline| deadline_change(deadline, ChangeKind::Lost)));
        let new = self.deadlines().iter().filter(|deadline| !before.deadlines().contains(deadline));
        changes.extend(new.map(|deadline| deadline_change(deadline, ChangeKind::Added)));
        let rest = [
            (Part::Received, before.received().to_string(), self.received().to_string()),
            (Part::Stage, before.stage().to_string(), self.stage().to_string()),
            (Part::Origin, before.origin().to_string(), self.origin().to_string()),
        ];
        let rest = rest.into_iter().filter(|(_, stood, given)| stood != given);
        changes.extend(
            rest.map(|(part, stood, given)| {
                PartChange::new(part, ChangeKind::Replaced, stood, given)
            }),
        );
        changes
    }
}

fn key_change(part: Part, stood: Option<&str>, given: Option<&str>) -> PartChange {
    let kind = match (stood, given) {
        (None, _) => ChangeKind::Added,
        (Some(_), None) => ChangeKind::Lost,
        (Some(_), Some(_)) => ChangeKind::Replaced,
    };
    let shown = |key: Option<&str>, another: &str| match (key, &part) {
        (None, _) => UNKNOWN.to_owned(),
        (Some(unit), Part::Unit) => unit.to_owned(),
        (Some(_), _) => another.to_owned(),
    };
    let (stood, given) = (shown(stood, "a key"), shown(given, "another key"));
    PartChange::new(part, kind, stood, given)
}

fn deadline_change(deadline: &Deadline, kind: ChangeKind) -> PartChange {
    let (stood, given) = match kind {
        ChangeKind::Lost => (deadline.due.to_string(), UNKNOWN.to_owned()),
        _ => (UNKNOWN.to_owned(), deadline.due.to_string()),
    };
    PartChange::new(Part::Deadline(deadline.kind.to_string()), kind, stood, given)
}
