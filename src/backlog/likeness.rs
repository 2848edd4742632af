//! What is told once all of a source has been read: ids that look alike, times in the future, and
//! how often items are unknown.

use std::collections::BTreeMap;

use super::BacklogBuilder;
use super::builder::BuilderMark;
use super::intake::{IdAt, IntakeReport};
use super::keys::likeness;
use super::report::ReadError;
use crate::base::SECONDS_PER_DAY;
use crate::base::text::cut;

/// Without a time of intake: as long as this behind the middle time is far in the future.
const FAR: i64 = 3_653 * SECONDS_PER_DAY;

impl BacklogBuilder {
    /// Closes one reading: takes everything off again where it failed, or completes the report.
    pub(super) fn finish(
        &mut self,
        mark: BuilderMark,
        read: Result<(), ReadError>,
        mut report: IntakeReport,
    ) -> Result<IntakeReport, ReadError> {
        let other_heading = report.other_heading.map(|line| ReadError::OtherHeading { line });
        if let Err(error) = read.and(other_heading.map_or(Ok(()), Err)) {
            self.restore(mark);
            return Err(error);
        }
        let width = self.packing.width();
        let first_row = mark.rows();
        report.count_unknown(&self.packing, &self.columns.packed[first_row * width..], true);
        for &row in self.replaced.iter().filter(|&&row| row as usize >= first_row) {
            let packed = &self.columns.packed[row as usize * width..][..width];
            report.count_unknown(&self.packing, packed, false);
        }
        self.tell_late(first_row, &mut report);
        self.tell_look_alikes(&mut report);
        report.sort();
        Ok(report)
    }

    fn tell_late(&self, first_row: usize, report: &mut IntakeReport) {
        let Some((first, last)) = report.received else { return };
        let received = &self.columns.received[first_row..];
        let latest = match self.reading.time_of_intake {
            Some(now) => now.plus_days(1),
            None if last.seconds_since(first) > FAR && !received.is_empty() => {
                let mut times = received.to_vec();
                let middle = times.len() / 2;
                times.select_nth_unstable(middle).1.plus_seconds(FAR)
            }
            None => return,
        };
        if last <= latest {
            return;
        }
        for (row, _) in (first_row..).zip(received).filter(|&(_, &time)| time > latest) {
            report.late.push(|| IdAt { id: cut(self.columns.ids.get(row), 128), line: 0 });
        }
    }

    /// Ids that differ in nothing that can be seen.
    pub(super) fn tell_look_alikes(&self, report: &mut IntakeReport) {
        let ids = &self.columns.ids;
        // Plain ids of one case can only be equal or different.
        let (mut upper, mut lower, mut other) = (false, false, false);
        for byte in ids.joined().bytes() {
            upper |= byte.is_ascii_uppercase();
            lower |= byte.is_ascii_lowercase();
            other |= !byte.is_ascii_graphic();
        }
        if !(other || upper && lower) {
            return;
        }
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        for row in 0..ids.len() {
            let id = ids.get(row);
            let earlier = *first.entry(likeness(id).into_owned()).or_insert(row);
            if ids.get(earlier) != id {
                report.look_alikes.push(|| [cut(ids.get(earlier), 128), cut(id, 128)]);
            }
        }
    }
}
