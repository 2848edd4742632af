//! What one line of a table says, borrowed from its text.

use crate::Timestamp;
use crate::backlog::columns::{Due, DueKind, Row};
use crate::codebook::Stage;
use crate::complaint::{NotUnderstood, Origin};

/// What one line says, borrowed from the text.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) id: &'a str,
    pub(super) received: Timestamp,
    pub(super) unit: Option<&'a str>,
    pub(super) subject: Option<&'a str>,
    pub(super) bundle: Option<&'a str>,
    pub(super) stage: Stage,
    pub(super) origin: Origin,
    pub(super) deadlines: Vec<Due<'a>>,
    pub(super) codes: Vec<u8>,
    pub(super) known: Vec<(usize, Timestamp)>,
    /// Places in the list of unlisted columns.
    pub(super) unlisted: Vec<usize>,
    pub(super) not_understood: Vec<NotUnderstood>,
    /// Whether blanks were taken off the id.
    pub(super) trimmed: bool,
}

impl<'a> Line<'a> {
    /// Makes the line blank but for its codes: each line sets those of every column that there
    /// is, and the others stay 0.
    pub(super) fn clear(&mut self) {
        self.deadlines.clear();
        self.known.clear();
        self.unlisted.clear();
        self.not_understood.clear();
        self.trimmed = false;
        (self.unit, self.subject, self.bundle) = (None, None, None);
        (self.stage, self.origin) = (Stage::Intake, Origin::NotStated);
    }

    /// A line with nothing in it, for this many items.
    pub(super) fn empty(items: usize) -> Self {
        Line {
            id: "",
            received: Timestamp::MIN,
            unit: None,
            subject: None,
            bundle: None,
            stage: Stage::Intake,
            origin: Origin::NotStated,
            deadlines: Vec::new(),
            codes: vec![0; items],
            known: Vec::new(),
            unlisted: Vec::new(),
            not_understood: Vec::new(),
            trimmed: false,
        }
    }

    /// A blank line that uses the memory of another.
    pub(super) fn blank(other: Line<'_>) -> Self {
        let Line { mut deadlines, mut codes, mut known, mut unlisted, .. } = other;
        deadlines.clear();
        codes.fill(0);
        known.clear();
        unlisted.clear();
        Line {
            // Nothing is in it; collecting in place keeps the memory for another lifetime.
            deadlines: deadlines
                .into_iter()
                .map(|Due { due, .. }| Due { due, kind: DueKind::Statutory })
                .collect(),
            codes,
            known,
            unlisted,
            ..Line::empty(0)
        }
    }

    #[cfg(feature = "arrow-59")]
    pub(super) fn set_received(&mut self, time: Timestamp) {
        self.received = time;
    }

    #[cfg(feature = "arrow-59")]
    pub(super) fn set_known_at(&mut self, item: usize, time: Timestamp) {
        self.known.push((item, time));
    }

    #[cfg(feature = "arrow-59")]
    pub(super) fn fill_unlisted(&mut self, position: usize) {
        self.unlisted.push(position);
    }

    /// Adds what another reader did not understand in this record.
    #[cfg(feature = "arrow-59")]
    pub(super) fn add_not_understood(&mut self, more: Vec<NotUnderstood>) {
        self.not_understood.extend(more);
    }

    /// Whether something in it was not understood.
    #[inline]
    pub(super) fn is_unclear(&self) -> bool {
        !self.not_understood.is_empty()
    }

    pub(super) fn row(&self) -> Row<'_> {
        Row {
            id: self.id,
            received: self.received,
            unit: self.unit,
            subject: self.subject,
            bundle: self.bundle,
            stage: self.stage,
            origin: self.origin,
            deadlines: &self.deadlines,
            codes: &self.codes,
            known: &self.known,
            not_understood: &self.not_understood,
            said: &[],
        }
    }
}
