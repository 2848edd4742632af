//! What answers a line that is no object names.

use super::Coder;
use crate::backlog::id_fault;
use crate::backlog::intake::{NotRankable, WhyNotRankable};

impl Coder {
    /// A line that is no object, with every answer that its texts may be: after the name of an
    /// item, whatever is one of its answers.
    pub(super) fn salvage(&self, line: &[u8], why: WhyNotRankable) -> NotRankable {
        let mut record = NotRankable::new(line.to_vec(), why);
        let text = String::from_utf8_lossy(line);
        let (mut item, mut names_id) = (None, false);
        let mut found = std::collections::BTreeSet::new();
        for word in
            text.split(|letter: char| !(letter.is_alphanumeric() || "_-. ".contains(letter)))
        {
            let word = word.trim();
            if word.is_empty() || word.len() > 256 {
                continue;
            }
            if std::mem::replace(&mut names_id, word == "id") && record.id().is_none() {
                // One that is not closed may be cut.
                let is_whole = text.contains(&format!("\"{word}\""));
                if let (true, Ok((id, _))) = (is_whole, id_fault(word)) {
                    record = record.with_id(id);
                }
                continue;
            }
            if names_id {
                continue;
            }
            if let Some(position) = self.item_of(word) {
                item = Some(position);
                continue;
            }
            let Some(position) = item else { continue };
            let word = match word {
                "true" => "yes",
                "false" => "no",
                other => other,
            };
            match self.codebook.items()[position].code_of_text(word.as_bytes()) {
                Some(code) if code != 0 && found.insert((position, code)) => {
                    record = record.with_answer_at(position, code);
                }
                _ => {}
            }
        }
        record
    }
}
