//! Records that cannot be ranked: kept as they came, with every answer of danger that they may hold.

use std::borrow::Cow;

use super::headings::folded;
use super::plan::ItemSource;
use super::reader::{RecordReader, cell_code};
use crate::backlog::{NotRankable, WhyNotRankable};

impl RecordReader<'_> {
    /// A record that cannot be ranked, with the answers that were read.
    pub(super) fn set_aside(
        &self,
        bytes: &[u8],
        lines: [u64; 2],
        why: WhyNotRankable,
    ) -> NotRankable {
        let mut record = NotRankable::new(bytes.to_vec(), why).at_lines(lines[0], lines[1]);
        if let Some(id) = &self.id_set_aside {
            record = record.with_id(id.as_str());
        }
        let answered = self.codes.iter().enumerate().filter(|(_, code)| **code != 0);
        answered.fold(record, |record, (item, &code)| record.with_answer_at(item, code))
    }

    /// A record whose cells cannot be told apart, with every answer of danger that one of them may be.
    pub(super) fn set_aside_unsure<'c>(
        &self,
        cells: impl Iterator<Item = &'c [u8]>,
        bytes: &[u8],
        lines: [u64; 2],
        why: WhyNotRankable,
    ) -> NotRankable {
        let mut record = NotRankable::new(bytes.to_vec(), why).at_lines(lines[0], lines[1]);
        let danger = &self.reading.danger;
        let sources = self.plan.items.iter().filter(|source| danger.has_item_at(source.item));
        let sources: Vec<&ItemSource> = sources.collect();
        let mut found = Vec::new();
        for cell in cells {
            for source in &sources {
                let code = cell_code(self.plan, self.reading, source, cell).code;
                if danger.contains_at(source.item, code) && !found.contains(&(source.item, code)) {
                    found.push((source.item, code));
                }
            }
        }
        for (item, code) in found {
            record = record.with_answer_at(item, code);
        }
        record
    }

    /// A record of JSON that is not whole, with the answers that were read and every answer of danger that stands
    /// behind the name of its field, wherever the record breaks.
    pub(super) fn set_aside_by_names(
        &self,
        text: &str,
        lines: [u64; 2],
        why: WhyNotRankable,
    ) -> NotRankable {
        let mut record = self.set_aside(text.as_bytes(), lines, why);
        let danger = &self.reading.danger;
        let mut found: Vec<(usize, u8)> = self.codes.iter().copied().enumerate().collect();
        // What stands between any two marks, and, for words with marks in them, between any two quotes.
        let marks = ['"', ':', ',', '{', '}', '[', ']', '\n', '\r'];
        let between_marks = text.split(marks).map(Cow::Borrowed);
        let between_quotes = text.split('"').map(|part| unescaped(part.trim_matches(marks)));
        let mut add = |item: usize, code: u8| {
            if danger.contains_at(item, code) && !found.contains(&(item, code)) {
                found.push((item, code));
            }
        };
        self.answers_by_names(between_marks, &mut add);
        self.answers_by_names(between_quotes, &mut add);
        for (item, code) in found.into_iter().skip(self.codes.len()) {
            record = record.with_answer_at(item, code);
        }
        record
    }

    /// Hands on what the parts of a text say that stand behind the name of a field of danger.
    fn answers_by_names<'t>(
        &self,
        parts: impl Iterator<Item = Cow<'t, str>>,
        add: &mut impl FnMut(usize, u8),
    ) {
        let mut named: Vec<&ItemSource> = Vec::new();
        for part in parts {
            let form = folded(&part);
            if form.is_empty() {
                continue;
            }
            // A field may stand in objects within objects: its last key is what stands before it.
            let is_name = |&column: &usize| {
                let name = &self.plan.names[column];
                name.folded == form || folded(name.name.rsplit('.').next().unwrap_or("")) == form
            };
            let danger = &self.reading.danger;
            let sources = self.plan.items.iter().filter(|source| danger.has_item_at(source.item));
            let of_name = sources.filter(|source| source.columns.iter().any(is_name));
            let of_name: Vec<&ItemSource> = of_name.collect();
            if !of_name.is_empty() {
                named = of_name;
                continue;
            }
            for source in &named {
                let cell = part.trim().as_bytes();
                add(source.item, cell_code(self.plan, self.reading, source, cell).code);
            }
        }
    }
}

/// A part of a JSON text with its escapes as the letters that they stand for, where it is whole.
fn unescaped(part: &str) -> Cow<'_, str> {
    if !part.contains('\\') {
        return Cow::Borrowed(part);
    }
    serde_json::from_str(&format!("\"{part}\"")).map_or(Cow::Borrowed(part), Cow::Owned)
}
