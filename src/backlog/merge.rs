//! Two records of one id as one complaint, so that no answer of danger is lost between them.

use std::cmp::Ordering;

use super::columns::{Columns, Due, Row};
use super::packing::Packing;
use super::said::Saying;
use super::{DangerAnswers, MOST_DEADLINES};
use crate::Timestamp;
use crate::codebook::{Codebook, Item, Stage};
use crate::complaint::{Deadline, NotUnderstood, Origin, WhyNotUnderstood};

/// What two records of one id do not agree on.
#[derive(Debug, Default)]
pub(super) struct Differing {
    /// Items and fields.
    pub(super) names: Vec<String>,
    /// Whether one of them says *danger* where the other does not.
    pub(super) danger: bool,
}

/// More than this is not kept of what was not understood in the records of one id.
const MOST_NOT_UNDERSTOOD: usize = 64;
/// How many names are told.
const MOST_NAMES: usize = 10;

/// A row that borrows nothing.
#[derive(Debug)]
pub(super) struct OwnedRow {
    id: String,
    received: Timestamp,
    unit: Option<String>,
    subject: Option<String>,
    bundle: Option<String>,
    stage: Stage,
    origin: Origin,
    deadlines: Vec<Deadline>,
    codes: Vec<u8>,
    known: Vec<(usize, Timestamp)>,
    not_understood: Vec<NotUnderstood>,
    said: Vec<Saying>,
}

impl OwnedRow {
    /// A row of columns whose answers are all packed.
    pub(super) fn of(columns: &Columns, packing: &Packing, row: usize) -> Self {
        let mut codes = vec![0; packing.items()];
        packing.unpack(&columns.packed[row * packing.width()..][..packing.width()], &mut codes);
        OwnedRow {
            id: columns.ids.get(row).to_owned(),
            received: columns.received[row],
            unit: columns.units.text(columns.unit.get(row)).map(str::to_owned),
            subject: columns.subjects.text(columns.subject.get(row)).map(str::to_owned),
            bundle: columns.bundles.text(columns.bundle.get(row)).map(str::to_owned),
            stage: columns.stage.get(row),
            origin: columns.origin.get(row),
            deadlines: columns.deadlines(row).collect(),
            codes,
            known: columns.known(row).map(|known| (known.item as usize, known.time)).collect(),
            not_understood: columns.unclear(row).collect(),
            said: columns.sayings(row).to_vec(),
        }
    }

    /// The lines of what was not understood, which were counted from the first of a batch.
    pub(super) fn set_line(&mut self, line: u64) {
        for what in &mut self.not_understood {
            *what = what.without_line().at_line(line);
        }
    }

    pub(super) fn not_understood(&self) -> &[NotUnderstood] {
        &self.not_understood
    }

    /// Calls with this as a row.
    pub(super) fn with_row<T>(&self, call: impl FnOnce(&Row<'_>) -> T) -> T {
        let deadlines: Vec<Due<'_>> = self.deadlines.iter().map(Due::of).collect();
        call(&Row {
            id: &self.id,
            received: self.received,
            unit: self.unit.as_deref(),
            subject: self.subject.as_deref(),
            bundle: self.bundle.as_deref(),
            stage: self.stage,
            origin: self.origin,
            deadlines: &deadlines,
            codes: &self.codes,
            known: &self.known,
            not_understood: &self.not_understood,
            said: &self.said,
        })
    }

    /// What a later record of the same id says otherwise.
    pub(super) fn differing(
        &self,
        later: &Row<'_>,
        codebook: &Codebook,
        danger: &DangerAnswers,
    ) -> Differing {
        let mut differing = Differing::default();
        for (position, item) in codebook.items().iter().enumerate() {
            let (earlier, other) = (self.codes[position], later.codes[position]);
            if earlier != other {
                differing.danger |=
                    danger.contains_at(position, earlier) || danger.contains_at(position, other);
                if earlier != 0 && other != 0 && differing.names.len() < MOST_NAMES {
                    differing.names.push(item.id.clone());
                }
            }
        }
        let keys = [
            ("unit", &self.unit, later.unit),
            ("subject", &self.subject, later.subject),
            ("bundle", &self.bundle, later.bundle),
        ];
        for (name, earlier, other) in keys {
            if earlier.is_some() && other.is_some() && earlier.as_deref() != other {
                differing.names.push(name.to_owned());
            }
        }
        if self.received != later.received {
            differing.names.push("received".to_owned());
        }
        differing
    }

    /// Adds what a later record says: per item the more dangerous answer.
    pub(super) fn merge(&mut self, later: &Row<'_>, codebook: &Codebook, danger: &DangerAnswers) {
        let mut found = Vec::new();
        for (position, item) in codebook.items().iter().enumerate() {
            let (earlier, other) = (self.codes[position], later.codes[position]);
            if earlier == other || other == 0 {
                // Who said it first is not told; who said it at all is.
                if other != 0 && !self.said.iter().any(|saying| saying.item as usize == position) {
                    self.take_said(later, position);
                }
                continue;
            }
            let other_counts = earlier == 0
                || more_dangerous(item, position, earlier, other, danger) == Ordering::Greater;
            if earlier != 0 {
                let text = format!("{}, then {}", item.answer_id(earlier), item.answer_id(other));
                found.push(NotUnderstood::new(&item.id, &text, WhyNotUnderstood::Twice));
            }
            if other_counts {
                self.codes[position] = other;
                self.known.retain(|&(item, _)| item != position);
                self.known.extend(later.known.iter().filter(|(item, _)| *item == position));
                self.said.retain(|saying| saying.item as usize != position);
                self.take_said(later, position);
            }
        }
        self.known.sort_unstable_by_key(|&(item, _)| item);
        self.said.sort_by_key(|saying| saying.item);
        self.received = self.received.min(later.received);
        self.stage = self.stage.max(later.stage);
        self.origin = self.origin.max(later.origin);
        for (earlier, other) in [
            (&mut self.unit, later.unit),
            (&mut self.subject, later.subject),
            (&mut self.bundle, later.bundle),
        ] {
            if let Some(other) = other {
                *earlier = Some(other.to_owned());
            }
        }
        for deadline in later.deadlines.iter().map(|due| due.deadline()) {
            if !self.deadlines.contains(&deadline) {
                self.deadlines.push(deadline);
            }
        }
        self.deadlines.sort();
        // Of too many the earliest count, and that there are more is told.
        for deadline in self.deadlines.drain(self.deadlines.len().min(MOST_DEADLINES)..) {
            let why = WhyNotUnderstood::TooMany { limit: MOST_DEADLINES };
            let text = format!("{}={}", deadline.kind, deadline.due);
            found.push(NotUnderstood::new("deadlines", &text, why));
        }
        for what in found.into_iter().chain(later.not_understood.iter().cloned()) {
            let new = !self.not_understood.contains(&what);
            if new && self.not_understood.len() < MOST_NOT_UNDERSTOOD {
                self.not_understood.push(what);
            }
        }
    }

    /// Who said a later record's answer to an item.
    fn take_said(&mut self, later: &Row<'_>, position: usize) {
        let of_item = later.said.iter().filter(|saying| saying.item as usize == position);
        self.said.extend(of_item.cloned());
    }
}

/// Whether a second answer points at least as strongly at danger as a first: `Greater` if it
/// counts. An answer that alone puts a complaint into `must` does; else one that every outcome's
/// direction puts higher; else, where they do not say, the later.
pub(crate) fn more_dangerous(
    item: &Item,
    position: usize,
    first: u8,
    second: u8,
    danger: &DangerAnswers,
) -> Ordering {
    let alone = danger.contains_at(position, second).cmp(&danger.contains_at(position, first));
    if alone != Ordering::Equal {
        return alone;
    }
    let orders = item.bears_on.keys().filter_map(|outcome| item.compare(outcome, first, second));
    let (mut higher, mut lower) = (false, false);
    for order in orders {
        higher |= order == Ordering::Greater;
        lower |= order == Ordering::Less;
    }
    // An absent answer never wins over one that says that something is there.
    let absent = item.absent_code();
    match (higher, lower) {
        (false, true) => Ordering::Less,
        (true, false) => Ordering::Greater,
        _ if absent == Some(second) => Ordering::Less,
        _ => Ordering::Greater,
    }
}
