//! Writing backlogs as CSV.

use std::io::Write;

use super::KNOWN_AT;
use crate::backlog::Backlog;

impl Backlog {
    /// Writes the backlog as CSV, rows in tie order; *unknown* is a blank field, an answer that was
    /// not understood the text that was kept of it. Columns of `known_at` are written for items
    /// that have one. What else was not understood, and who said answers, is kept by NDJSON and snapshots alone.
    ///
    /// # Errors
    /// Where the sink fails.
    pub fn write_csv(&self, sink: impl Write) -> std::io::Result<()> {
        let mut writer = ::csv::Writer::from_writer(sink);
        let items = self.codebook().items();
        let known = &self.inner.columns.known;
        let mut dated: Vec<u32> = known.iter().map(|known| known.item).collect();
        dated.sort_unstable();
        dated.dedup();
        let leading =
            ["id", "received", "unit", "subject", "bundle", "stage", "origin", "deadlines"];
        let mut record: Vec<String> = leading.map(str::to_owned).into();
        record.extend(items.iter().map(|item| item.id.clone()));
        record.extend(dated.iter().map(|&item| format!("{}{KNOWN_AT}", items[item as usize].id)));
        writer.write_record(&record)?;
        for row in 0..self.len() {
            let deadlines: Vec<String> = self
                .deadlines(row)
                .iter()
                .map(|deadline| format!("{}={}", deadline.kind, deadline.due))
                .collect();
            record.clear();
            record.push(self.id(row).to_owned());
            record.push(self.received(row).to_string());
            for name in [self.unit(row), self.subject(row), self.bundle(row)] {
                record.push(name.unwrap_or_default().to_owned());
            }
            record.push(self.stage(row).to_string());
            record.push(self.origin_of(row).to_string());
            record.push(deadlines.join(";"));
            let not_understood = self.not_understood(row);
            // Its text again, so that it is not understood again when it is read.
            let unclear = |item: &str| {
                let what = not_understood.iter().find(|what| what.item() == item);
                what.map_or_else(String::new, |what| what.text().to_owned())
            };
            for (position, item) in items.iter().enumerate() {
                let answer = item.answer(self.code_at(row, position));
                record.push(answer.map_or_else(|| unclear(&item.id), |answer| answer.id.clone()));
            }
            for &item in &dated {
                let known = self.known_times(row).find(|known| known.item == item);
                record.push(known.map_or_else(String::new, |known| known.time.to_string()));
            }
            writer.write_record(&record)?;
        }
        writer.flush()
    }
}
