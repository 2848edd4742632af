//! What happened while a source was read: nothing is dropped in silence.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::causes::{Cause, IdAt, RenamedColumn, RepeatedId, Span, UnmatchedColumn};
use super::{DangerAnswers, MOST_BYTES_KEPT, NotRankable, Told, WhyNotRankable};
use crate::Timestamp;
use crate::backlog::Packing;
use crate::codebook::Codebook;
use crate::complaint::{NotUnderstood, WhyNotUnderstood};

/// How many different causes are told apart; what comes after them is counted per item and reason.
pub const MOST_CAUSES: usize = 10_000;
/// How many lines and ids of one cause are told.
const MOST_PLACES: usize = 5;

/// Counts of one reading, and everything in it that a person should look at.
///
/// `understood + partly_understood + not_rankable == records`, and
/// `heading_lines + blank_lines + record_lines == lines`, always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntakeReport {
    pub(crate) lines: u64,
    pub(crate) heading_lines: u64,
    pub(crate) blank_lines: u64,
    pub(crate) record_lines: u64,
    pub(crate) understood: u64,
    pub(crate) partly_understood: u64,
    pub(crate) not_rankable: u64,
    pub(crate) repeated: u64,
    pub(crate) with_danger: u64,
    pub(super) danger: DangerAnswers,
    records_not_rankable: Vec<NotRankable>,
    bytes_kept: usize,
    pub(crate) not_kept: u64,
    pub(crate) causes: Vec<Cause>,
    cause_places: BTreeMap<NotUnderstood, usize>,
    pub(crate) unmatched: Vec<UnmatchedColumn>,
    unmatched_places: BTreeMap<String, usize>,
    pub(crate) unmatched_left_off: u64,
    pub(crate) renamed: Vec<RenamedColumn>,
    pub(crate) absent: Vec<String>,
    pub(crate) mapping: Option<super::MappingName>,
    pub(crate) repeated_ids: Told<RepeatedId>,
    pub(crate) look_alikes: Told<[String; 2]>,
    pub(crate) trimmed_ids: Told<IdAt>,
    pub(crate) spans: Told<Span>,
    pub(crate) late: Told<IdAt>,
    pub(crate) received: Option<(Timestamp, Timestamp)>,
    pub(crate) unknown: Vec<(String, u64)>,
    pub(crate) heading: Option<Vec<u8>>,
    /// The first line that is another heading.
    pub(crate) other_heading: Option<u64>,
    danger_items: BTreeSet<String>,
}

impl IntakeReport {
    pub(crate) fn new(codebook: &Codebook, danger: &DangerAnswers) -> Self {
        let items = codebook.items().iter();
        let mut report = IntakeReport {
            unknown: items.map(|item| (item.id.clone(), 0)).collect(),
            ..IntakeReport::default()
        };
        report.set_danger(codebook, danger);
        report
    }

    fn set_danger(&mut self, codebook: &Codebook, danger: &DangerAnswers) {
        let items = danger.iter_positions().filter_map(|(item, _)| codebook.items().get(item));
        self.danger_items = items.map(|item| item.id.clone()).collect();
        self.danger = danger.clone();
        let with_danger =
            self.records_not_rankable.iter().filter(|record| record.is_danger(danger));
        self.with_danger = with_danger.count() as u64;
    }

    /// Puts first what could hide an answer that alone puts a complaint into `must`: causes and
    /// columns of such items, and repeated ids that differ in one.
    pub fn put_danger_first(&mut self, codebook: &Codebook, danger: &DangerAnswers) {
        self.set_danger(codebook, danger);
        self.sort();
    }

    /// Danger first; then the most frequent.
    pub(crate) fn sort(&mut self) {
        let mut causes = std::mem::take(&mut self.causes);
        causes.sort_by_key(|cause| (!self.could_hide(&cause.what), Reverse(cause.count)));
        self.causes = causes;
        let danger = &self.danger_items;
        self.cause_places = (0..)
            .zip(&self.causes)
            .map(|(position, cause)| (cause.what.clone(), position))
            .collect();
        self.unmatched.sort_by_key(|column| {
            let resembles = column.resembles.as_ref();
            let danger = resembles.is_some_and(|item| danger.contains(item));
            (!danger, resembles.is_none(), Reverse(column.filled))
        });
        self.unmatched_places = (0..)
            .zip(&self.unmatched)
            .map(|(position, column)| (column.name.clone(), position))
            .collect();
        self.repeated_ids.first_mut().sort_by_key(|repeated| !repeated.danger);
        let danger = &self.danger;
        self.records_not_rankable
            .sort_by_key(|record| (!record.is_danger(danger), record.first_line()));
    }

    /// Counts and keeps a record that cannot be ranked.
    pub(crate) fn set_aside(&mut self, mut record: NotRankable) {
        if matches!(record.why(), WhyNotRankable::OtherHeading) {
            let line = record.first_line();
            self.other_heading = Some(self.other_heading.map_or(line, |first| first.min(line)));
        }
        self.not_rankable += 1;
        self.record_lines += record.last_line() + 1 - record.first_line();
        self.with_danger += u64::from(record.is_danger(&self.danger));
        if record.bytes.is_empty() || self.bytes_kept + record.bytes.len() > MOST_BYTES_KEPT {
            self.not_kept += 1;
            record.bytes = Vec::new();
        }
        self.bytes_kept += record.bytes.len();
        self.records_not_rankable.push(record);
    }

    /// Counts something that was not understood; `what` has no line.
    pub(crate) fn add_cause(&mut self, what: &NotUnderstood, count: u64, line: u64, id: &str) {
        let position = match self.cause_places.get(what) {
            Some(&position) => position,
            None if self.causes.len() < MOST_CAUSES => self.new_cause(what.clone()),
            None => {
                let other = NotUnderstood::new(what.item(), "…", what.why().without_proposal());
                match self.cause_places.get(&other) {
                    Some(&position) => position,
                    // At most one for each item and kind of reason.
                    None => self.new_cause(other),
                }
            }
        };
        let cause = &mut self.causes[position];
        cause.count += count;
        if line != 0 && cause.lines.len() < MOST_PLACES {
            cause.lines.push(line);
        }
        if cause.ids.len() < MOST_PLACES {
            cause.ids.push(crate::base::text::cut(id, 64));
        }
    }

    fn new_cause(&mut self, what: NotUnderstood) -> usize {
        self.cause_places.insert(what.clone(), self.causes.len());
        self.causes.push(Cause { what, count: 0, lines: Vec::new(), ids: Vec::new() });
        self.causes.len() - 1
    }

    /// Counts records that fill in a column that was not matched.
    pub(crate) fn add_unmatched(
        &mut self,
        name: &str,
        filled: u64,
        resembles: impl FnOnce() -> Option<String>,
    ) {
        let name = crate::base::text::cut(name, 64);
        if let Some(&position) = self.unmatched_places.get(&name) {
            self.unmatched[position].filled += filled;
        } else if self.unmatched.len() < MOST_CAUSES {
            self.unmatched_places.insert(name.clone(), self.unmatched.len());
            self.unmatched.push(UnmatchedColumn { name, filled, resembles: resembles() });
        } else {
            self.unmatched_left_off += 1;
        }
    }

    /// Counts *unknown* answers in packed rows that were taken, or takes them off again.
    pub(crate) fn count_unknown(&mut self, packing: &Packing, packed: &[u8], taken: bool) {
        for ((_, unknown), count) in self.unknown.iter_mut().zip(packing.count_unknown(packed)) {
            *unknown = if taken { *unknown + count } else { unknown.saturating_sub(count) };
        }
    }

    /// Lines of the source, as an editor counts them.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Lines of the heading; 0 where there is none.
    #[must_use]
    pub fn heading_lines(&self) -> u64 {
        self.heading_lines
    }

    /// Lines with nothing on them.
    #[must_use]
    pub fn blank_lines(&self) -> u64 {
        self.blank_lines
    }

    /// Lines of all records.
    #[must_use]
    pub fn record_lines(&self) -> u64 {
        self.record_lines
    }

    /// Records: each is understood, partly understood, or not rankable.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.understood + self.partly_understood + self.not_rankable
    }

    /// Records of which everything was understood.
    #[must_use]
    pub fn understood(&self) -> u64 {
        self.understood
    }

    /// Records that are ranked with something not understood.
    #[must_use]
    pub fn partly_understood(&self) -> u64 {
        self.partly_understood
    }

    /// How many records cannot be ranked.
    #[must_use]
    pub fn not_rankable(&self) -> u64 {
        self.not_rankable
    }

    /// The records that cannot be ranked: those with an answer that alone would put them into
    /// `must` first, where the reading was told which answers do; else in order. They belong
    /// **above the first place** of a ranking, since nobody knows where they would stand.
    #[must_use]
    pub fn records_not_rankable(&self) -> &[NotRankable] {
        &self.records_not_rankable
    }

    /// Records that can be ranked but whose id another record had before.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Complaints that the records made: those that can be ranked, without the repeated ones.
    #[must_use]
    pub fn complaints(&self) -> u64 {
        self.understood + self.partly_understood - self.repeated
    }

    /// Records that cannot be ranked and hold an answer that alone would put them into `must`, as
    /// far as the reading was told which answers do.
    #[must_use]
    pub fn not_rankable_with_danger(&self) -> u64 {
        self.with_danger
    }

    /// Records that cannot be ranked and whose bytes were not kept, since more than
    /// [`MOST_BYTES_KEPT`](super::MOST_BYTES_KEPT) would have been.
    #[must_use]
    pub fn not_kept(&self) -> u64 {
        self.not_kept
    }

    /// What was not understood, grouped by item, text and reason: what could hide danger first,
    /// then the most frequent.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// Columns that were not matched: those that resemble a danger item first, then those that
    /// resemble another item or field, then the rest.
    #[must_use]
    pub fn unmatched(&self) -> &[UnmatchedColumn] {
        &self.unmatched
    }

    /// Columns that were read under another name than they have.
    #[must_use]
    pub fn renamed(&self) -> &[RenamedColumn] {
        &self.renamed
    }

    /// Records with an id that another record had before; those that differ in danger first.
    #[must_use]
    pub fn repeated_ids(&self) -> &Told<RepeatedId> {
        &self.repeated_ids
    }

    /// Pairs of ids that look alike but are not equal: apart in case, blanks, hidden letters or
    /// normal form only.
    #[must_use]
    pub fn look_alikes(&self) -> &Told<[String; 2]> {
        &self.look_alikes
    }

    /// Ids that had blanks before or behind them, which were taken off.
    #[must_use]
    pub fn trimmed_ids(&self) -> &Told<IdAt> {
        &self.trimmed_ids
    }

    /// Records that go over several lines.
    #[must_use]
    pub fn spans(&self) -> &Told<Span> {
        &self.spans
    }

    /// Complaints received more than a day after the time of intake, or, where none was given,
    /// more than ten years after the middle one of the source.
    #[must_use]
    pub fn received_late(&self) -> &Told<IdAt> {
        &self.late
    }

    /// The earliest and the latest time of receipt.
    #[must_use]
    pub fn received(&self) -> Option<(Timestamp, Timestamp)> {
        self.received
    }

    /// Per item of the codebook, in its order: how many complaints taken leave it unknown.
    #[must_use]
    pub fn unknown(&self) -> &[(String, u64)] {
        &self.unknown
    }

    /// The bytes of the heading as they came, where the source has one.
    #[must_use]
    pub fn heading(&self) -> Option<&[u8]> {
        self.heading.as_deref()
    }

    /// Whether there are complaints and none of them answers any item of the codebook: nothing in them can be ranked by, as
    /// where every name of a source is another than the codebook's.
    #[must_use]
    pub fn answers_nothing(&self) -> bool {
        let complaints = self.complaints();
        complaints > 0 && self.unknown.iter().all(|(_, unknown)| *unknown >= complaints)
    }

    /// Whether nothing in it needs a person: all understood, all matched, no id twice or alike.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.partly_understood == 0
            && self.not_rankable == 0
            && self.repeated == 0
            && self.unmatched.iter().all(|column| column.resembles.is_none())
            && self.unmatched_left_off == 0
            && self.absent.is_empty()
            && !self.answers_nothing()
            && self.look_alikes.is_empty()
            && self.trimmed_ids.is_empty()
            && self.late.is_empty()
    }

    /// Whether what was not understood could be an answer that alone puts a complaint into `must`:
    /// it stands under such an item, or under a name that is near to one.
    pub(crate) fn could_hide(&self, what: &NotUnderstood) -> bool {
        let nearest = match what.why() {
            WhyNotUnderstood::UnlistedItem { nearest } => nearest.as_deref(),
            _ => None,
        };
        // Under `answers` stand all answers of a record at once.
        let all_answers = what.item() == "answers" && !self.danger_items.is_empty();
        all_answers
            || self.danger_items.contains(what.item())
            || nearest.is_some_and(|item| self.danger_items.contains(item))
    }

    /// Whether a record that cannot be ranked holds an answer of danger.
    pub(crate) fn is_dangerous(&self, record: &NotRankable) -> bool {
        record.is_danger(&self.danger)
    }
}
