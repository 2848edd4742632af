//! The intake report as JSON, for hosts that keep it or show it.

use serde::{Serialize, Serializer};

use super::{Cause, IdAt, IntakeReport, MappingName, RenamedColumn, RepeatedId};
use super::{Span, Told, UnmatchedColumn};
use crate::Timestamp;

/// Raised when a key is added or changes.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Received {
    first: Timestamp,
    last: Timestamp,
}

#[derive(Serialize)]
struct UnknownItem<'a> {
    item: &'a str,
    complaints: u64,
}

#[derive(Serialize)]
struct SetAside<'a> {
    first_line: u64,
    last_line: u64,
    id: Option<&'a str>,
    why: String,
    is_danger: bool,
}

#[derive(Serialize)]
struct Written<'a> {
    format_version: u32,
    needs_a_person: bool,
    records: u64,
    understood: u64,
    partly_understood: u64,
    not_rankable: u64,
    not_rankable_with_danger: u64,
    not_rankable_without_bytes: u64,
    repeated: u64,
    complaints: u64,
    lines: u64,
    heading_lines: u64,
    blank_lines: u64,
    record_lines: u64,
    records_not_rankable: Vec<SetAside<'a>>,
    causes: &'a [Cause],
    unmatched: &'a [UnmatchedColumn],
    unmatched_left_off: u64,
    renamed: &'a [RenamedColumn],
    absent: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    mapping: Option<&'a MappingName>,
    repeated_ids: &'a Told<RepeatedId>,
    look_alikes: &'a Told<[String; 2]>,
    trimmed_ids: &'a Told<IdAt>,
    spans: &'a Told<Span>,
    received_late: &'a Told<IdAt>,
    received: Option<Received>,
    unknown: Vec<UnknownItem<'a>>,
}

impl Serialize for IntakeReport {
    /// All counts and lists by name; see `docs/formats/intake_report.schema.json`. Of records that cannot be ranked it
    /// holds lines, id, reason and whether they hold an answer that means danger; not their bytes.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let unknown = self.unknown().iter();
        let set_aside = self.records_not_rankable().iter().map(|record| SetAside {
            first_line: record.first_line(),
            last_line: record.last_line(),
            id: record.id(),
            why: record.why().to_string(),
            is_danger: record.is_danger(&self.danger),
        });
        Written {
            format_version: FORMAT,
            needs_a_person: !self.is_clean(),
            records: self.records(),
            understood: self.understood(),
            partly_understood: self.partly_understood(),
            not_rankable: self.not_rankable(),
            not_rankable_with_danger: self.not_rankable_with_danger(),
            not_rankable_without_bytes: self.not_kept(),
            repeated: self.repeated(),
            complaints: self.complaints(),
            lines: self.lines(),
            heading_lines: self.heading_lines(),
            blank_lines: self.blank_lines(),
            record_lines: self.record_lines(),
            records_not_rankable: set_aside.collect(),
            causes: self.causes(),
            unmatched: self.unmatched(),
            unmatched_left_off: self.unmatched_left_off,
            renamed: self.renamed(),
            absent: self.absent_columns(),
            mapping: self.mapping(),
            repeated_ids: self.repeated_ids(),
            look_alikes: self.look_alikes(),
            trimmed_ids: self.trimmed_ids(),
            spans: self.spans(),
            received_late: self.received_late(),
            received: self.received().map(|(first, last)| Received { first, last }),
            unknown: unknown
                .map(|(item, complaints)| UnknownItem { item, complaints: *complaints })
                .collect(),
        }
        .serialize(serializer)
    }
}
