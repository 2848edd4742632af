//! Carrying complaints from one codebook to another, with a report of every answer.

use std::collections::BTreeMap;
use std::fmt;

use super::{Complaint, Value};
use crate::codebook::{Fate, Kind, Migration};

/// What became of answers, by old item and answer; see [`Migration::carry`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MigrationReport {
    complaints: usize,
    answers: BTreeMap<(Fate, String, String), usize>,
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
        self.iter().filter(|(own, ..)| *own == fate).map(|(.., count)| count).sum()
    }

    /// How many answers were kept or mapped.
    #[must_use]
    pub fn carried(&self) -> usize {
        self.count(Fate::Kept) + self.count(Fate::Mapped)
    }

    /// How many answers became *unknown*.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.iter().map(|(.., count)| count).sum::<usize>() - self.carried()
    }

    /// Fate, old item, old answer (`a number` for numbers) and how often.
    pub fn iter(&self) -> impl Iterator<Item = (Fate, &str, &str, usize)> {
        let rows = self.answers.iter();
        rows.map(|((fate, item, answer), count)| (*fate, item.as_str(), answer.as_str(), *count))
    }
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
        for (fate, item, answer, count) in self.iter() {
            let what = match fate {
                Fate::Kept => continue,
                Fate::Mapped => "mapped",
                Fate::ItemGone => "lost, no such item",
                Fate::AnswerGone => "lost, no such answer",
                Fate::BinChanged => "lost, the bin stands for other numbers",
                Fate::NotANumber => "lost, no number is taken",
            };
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
            carried.clear(item);
        }
        report.complaints += 1;
        for (item, given) in complaint.answers() {
            let (fate, answer) = match self.carry_answer(item, &given.value) {
                Ok((fate, to, value)) => {
                    match given.known_at {
                        Some(known_at) => carried.set_known_at(to.clone(), value, known_at),
                        None => carried.set(to.clone(), value),
                    }
                    if let Some(provenance) = complaint.provenance(item) {
                        carried.set_provenance(&to, provenance.clone());
                    }
                    (fate, shown(&given.value))
                }
                Err(fate) => (fate, shown(&given.value)),
            };
            if !given.value.is_unknown() {
                *report.answers.entry((fate, item.to_owned(), answer)).or_default() += 1;
            }
        }
        carried
    }

    fn carry_answer(&self, item: &str, value: &Value) -> Result<(Fate, String, Value), Fate> {
        let Some(successor) = self.successor(item) else {
            let was_listed = self.from().item(item).is_some();
            let listed = self.to().item(item).filter(|_| !was_listed);
            let listed = listed.ok_or(Fate::ItemGone)?;
            listed.code_of_value(value).ok_or(Fate::AnswerGone)?;
            return Ok((Fate::Kept, item.to_owned(), value.clone()));
        };
        let to = || successor.item.clone();
        let same = if successor.renamed { Fate::Mapped } else { Fate::Kept };
        match value {
            Value::Unknown => Ok((same, to(), Value::Unknown)),
            Value::Number(_) if successor.numbers => Ok((same, to(), value.clone())),
            Value::Number(_) => Err(Fate::NotANumber),
            Value::Text(text) => match successor.answers.get(text.trim()) {
                Some((_, Fate::BinChanged)) => Err(Fate::BinChanged),
                Some((answer, fate)) => Ok((*fate, to(), Value::Text(answer.clone()))),
                // Digits, as they stand in files.
                None if self.is_number(item, value) && successor.numbers => {
                    Ok((same, to(), value.clone()))
                }
                None => Err(Fate::AnswerGone),
            },
        }
    }

    fn is_number(&self, item: &str, value: &Value) -> bool {
        self.from().item(item).is_some_and(|item| {
            matches!(item.kind, Kind::Binned { .. }) && item.code_of_value(value).is_some()
        })
    }
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
