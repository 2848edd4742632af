//! Carrying complaints from one codebook to another, with a report of every answer.

use std::collections::BTreeMap;
use std::fmt;

use super::{Complaint, Given, Value};
use crate::base::escaped;
use crate::codebook::{Fate, Kind, Migration};

/// What became of answers, by old item and answer; see [`Migration::carry`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MigrationReport {
    complaints: usize,
    answers: BTreeMap<(Fate, String, String), usize>,
    losses: Vec<Loss>,
}

/// An answer that a complaint had, and has no more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Loss {
    /// Id of the complaint.
    pub(crate) complaint: String,
    /// The old item.
    pub(crate) item: String,
    /// The old answer, or the number.
    pub(crate) answer: String,
    /// Why it is *unknown* now.
    pub(crate) fate: Fate,
}

impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Loss { complaint, item, answer, fate } = self;
        let [complaint, item, answer] = [complaint, item, answer].map(|text| escaped(text));
        write!(formatter, "{complaint}: {item} = {answer}: {}", words(*fate))
    }
}

fn words(fate: Fate) -> &'static str {
    match fate {
        Fate::Kept => "kept",
        Fate::Mapped => "mapped",
        Fate::ItemGone => "lost, no such item",
        Fate::AnswerGone => "lost, no such answer",
        Fate::BinChanged => "lost, the bin stands for other numbers",
        Fate::NotANumber => "lost, no number is taken",
        Fate::Joined => "not counted, another of the joined items is",
    }
}

impl MigrationReport {
    /// An empty report, to be filled by [`Migration::carry`].
    #[must_use]
    pub fn new() -> Self {
        MigrationReport::default()
    }

    /// How many complaints were carried.
    #[must_use]
    pub fn complaints(&self) -> usize {
        self.complaints
    }

    /// How many answers met a fate.
    #[must_use]
    pub fn count(&self, fate: Fate) -> usize {
        self.iter().filter(|answer| answer.fate == fate).map(|answer| answer.count).sum()
    }

    /// How many answers were kept or mapped.
    #[must_use]
    pub fn carried(&self) -> usize {
        self.count(Fate::Kept) + self.count(Fate::Mapped)
    }

    /// How many answers became *unknown*.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.iter().map(|answer| answer.count).sum::<usize>() - self.carried()
    }

    /// Every answer that became *unknown*, with its complaint, in the order of the complaints: for
    /// somebody to ask again.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// What became of each old answer, by fate, item and answer.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = MigratedAnswer<'_>> {
        let answers = self.answers.iter();
        answers.map(|((fate, item, answer), &count)| MigratedAnswer {
            fate: *fate,
            item,
            answer,
            count,
        })
    }
}

/// What became of an answer wherever it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigratedAnswer<'a> {
    /// What became of it.
    pub(crate) fate: Fate,
    /// The old item.
    pub(crate) item: &'a str,
    /// The old answer; `a number` for numbers.
    pub(crate) answer: &'a str,
    /// How many complaints had it.
    pub(crate) count: usize,
}

impl fmt::Display for MigrationReport {
    /// Counts, then a line for every answer that was mapped or lost.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kept, mapped) = (self.count(Fate::Kept), self.count(Fate::Mapped));
        write!(
            formatter,
            "{} complaints: {kept} answers kept, {mapped} mapped, {} lost",
            self.complaints,
            self.lost()
        )?;
        for MigratedAnswer { fate, item, answer, count } in self.iter() {
            if fate == Fate::Kept {
                continue;
            }
            let (item, answer, what) = (escaped(item), escaped(answer), words(fate));
            write!(formatter, "\n  {count:>7} {item} = {answer}: {what}")?;
        }
        Ok(())
    }
}

impl Migration {
    /// Carries a complaint to the new codebook, and adds what became of its answers to a report.
    ///
    /// Times at which answers became known, and who said them, go with them. Answers to items that the old codebook
    /// does not list are kept where the new one lists them under the same names.
    pub fn carry(&self, complaint: &Complaint, report: &mut MigrationReport) -> Complaint {
        let mut carried = complaint.clone();
        for (item, _) in complaint.answers() {
            carried.clear_answer(item);
        }
        // What was not understood of an item goes with it, so that an answer to the new one settles it.
        for mark in &mut carried.file.not_understood {
            if let Some(successor) = self.successor(mark.item()) {
                *mark = mark.of_item(&successor.item);
            }
        }
        report.complaints += 1;
        // Of joined items the one named first stands, so the others come before it.
        let mut answers: Vec<(&str, &Given)> = complaint.answers().collect();
        let turn = |item: &str| self.successor(item).map_or(0, |successor| successor.turn);
        answers.sort_by_key(|(item, _)| turn(item));
        for (item, given) in answers {
            let value = &given.value;
            let fate = match self.carry_answer(complaint, item, value) {
                Err(fate) => fate,
                Ok((_, to, _)) if is_known(&carried, &to) => match value.is_unknown() {
                    true => continue,
                    false => Fate::Joined,
                },
                Ok((fate, to, value)) => {
                    let mut carried_given = given.clone();
                    carried_given.value = value;
                    carried.set_given(to.as_str(), carried_given);
                    if let Some(provenance) = complaint.provenance(item) {
                        carried.set_provenance(&to, provenance.clone());
                    }
                    fate
                }
            };
            if value.is_unknown() {
                continue;
            }
            *report.answers.entry((fate, item.to_owned(), shown(value))).or_default() += 1;
            if !matches!(fate, Fate::Kept | Fate::Mapped) {
                report.losses.push(Loss {
                    complaint: complaint.id().to_owned(),
                    item: item.to_owned(),
                    answer: value.to_string().chars().take(80).collect(),
                    fate,
                });
            }
        }
        carried
    }

    /// What an answer becomes. What it becomes is an answer that the new codebook takes.
    fn carry_answer(
        &self,
        complaint: &Complaint,
        item: &str,
        value: &Value,
    ) -> Result<(Fate, String, Value), Fate> {
        let (fate, to, value) = self.successor_of(complaint, item, value)?;
        let taken = self.to().item(&to).and_then(|item| item.code_of_value(&value));
        match taken {
            Some(_) => Ok((fate, to, value)),
            None if matches!(value, Value::Number(_)) => Err(Fate::NotANumber),
            None => Err(Fate::AnswerGone),
        }
    }

    fn successor_of(
        &self,
        complaint: &Complaint,
        item: &str,
        value: &Value,
    ) -> Result<(Fate, String, Value), Fate> {
        let Some(successor) = self.successor(item) else {
            let was_listed = self.from().item(item).is_some();
            let listed = self.to().item(item).filter(|_| !was_listed);
            listed.ok_or(Fate::ItemGone)?;
            return Ok((Fate::Kept, item.to_owned(), value.clone()));
        };
        let to = || successor.item.clone();
        let same = if successor.renamed { Fate::Mapped } else { Fate::Kept };
        match value {
            Value::Unknown => Ok((same, to(), Value::Unknown)),
            Value::Number(_) if successor.numbers => Ok((same, to(), value.clone())),
            Value::Number(_) => Err(Fate::NotANumber),
            Value::Text(text) => {
                let splits = successor.splits.get(text.trim()).map_or(&[][..], Vec::as_slice);
                let split = splits.iter().find(|split| {
                    let (other, answer) = &split.when;
                    let code = |value| self.from().item(other)?.code_of_value(value);
                    let given = complaint.given(other).and_then(|given| code(&given.value));
                    given.is_some() && given == code(&Value::Text(answer.clone()))
                });
                if let Some(split) = split {
                    return Ok((Fate::Mapped, to(), Value::Text(split.to.clone())));
                }
                match successor.answers.get(text.trim()) {
                    Some((_, Fate::BinChanged)) => Err(Fate::BinChanged),
                    Some((answer, fate)) => Ok((*fate, to(), Value::Text(answer.clone()))),
                    // Digits, as they stand in files.
                    None if self.is_number(item, value) && successor.numbers => {
                        Ok((same, to(), value.clone()))
                    }
                    None => Err(Fate::AnswerGone),
                }
            }
        }
    }

    fn is_number(&self, item: &str, value: &Value) -> bool {
        self.from().item(item).is_some_and(|item| {
            matches!(item.kind, Kind::Binned { .. }) && item.code_of_value(value).is_some()
        })
    }
}

fn is_known(complaint: &Complaint, item: &str) -> bool {
    complaint.given(item).is_some_and(|given| !given.value.is_unknown())
}

fn shown(value: &Value) -> String {
    match value {
        Value::Number(_) => "a number".to_owned(),
        Value::Text(text) if text.starts_with(|first: char| !first.is_alphabetic()) => {
            "a number".to_owned()
        }
        other => other.to_string().chars().take(80).collect(),
    }
}
