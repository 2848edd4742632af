//! A live complaint as its line of a saved queue, without unpacking it into a complaint first.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::held::{Held, of_item};
use super::item_text::ItemText;
use crate::Timestamp;
use crate::backlog::Packing;
use crate::codebook::{Codebook, Stage};
use crate::complaint::{Deadline, Given, NotUnderstood, Origin, Provenance};

/// How complaints under one codebook are written: items by id, as a complaint's answers stand.
pub(super) struct Writing<'a> {
    codebook: &'a Codebook,
    packing: &'a Packing,
    texts: Vec<ItemText>,
}

/// The fields of a complaint's JSON, in their order.
#[derive(Serialize)]
struct Written<'a> {
    id: &'a str,
    received: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bundle: Option<&'a str>,
    stage: Stage,
    origin: Origin,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    deadlines: &'a [Deadline],
    answers: Answers<'a>,
    #[serde(skip_serializing_if = "Sources::is_empty")]
    provenance: Sources<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    not_understood: &'a [NotUnderstood],
}

struct Answers<'a> {
    writing: &'a Writing<'a>,
    held: &'a Held,
}

struct Sources<'a>(Vec<(&'a str, &'a Provenance)>);

impl<'a> Writing<'a> {
    /// # Errors
    /// None: what JSON cannot write, no codebook holds.
    pub(super) fn new(
        codebook: &'a Codebook,
        packing: &'a Packing,
    ) -> Result<Self, serde_json::Error> {
        Ok(Writing { codebook, packing, texts: ItemText::all(codebook)? })
    }

    /// A line for each complaint.
    pub(super) fn lines(&self, all: &[&Held]) -> Result<Vec<u8>, serde_json::Error> {
        let mut lines = Vec::with_capacity(512 * all.len());
        for held in all {
            self.write(held, &mut lines)?;
            lines.push(b'\n');
        }
        Ok(lines)
    }

    /// Writes what [`Held::complaint`] would be written as, to the byte.
    fn write(&self, held: &Held, line: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        let is_plain = held.known.is_empty()
            && held.said.is_empty()
            && held.provenance.is_empty()
            && held.not_understood.is_empty();
        if !is_plain {
            return serde_json::to_writer(line, &self.of(held));
        }
        line.extend_from_slice(b"{\"id\":");
        serde_json::to_writer(&mut *line, &*held.id)?;
        line.extend_from_slice(b",\"received\":");
        serde_json::to_writer(&mut *line, &held.received)?;
        let keys = [("unit", held.unit.as_deref()), ("subject", held.subject.as_deref())];
        for (name, key) in keys.into_iter().chain([("bundle", held.bundle.as_deref())]) {
            if let Some(key) = key {
                line.extend_from_slice(b",\"");
                line.extend_from_slice(name.as_bytes());
                line.extend_from_slice(b"\":");
                serde_json::to_writer(&mut *line, key)?;
            }
        }
        for (name, word) in [("stage", held.stages.0.word()), ("origin", held.origin.word())] {
            for part in [",\"", name, "\":\"", word, "\""] {
                line.extend_from_slice(part.as_bytes());
            }
        }
        if !held.deadlines.is_empty() {
            line.extend_from_slice(b",\"deadlines\":");
            serde_json::to_writer(&mut *line, &held.deadlines)?;
        }
        line.extend_from_slice(b",\"answers\":{");
        let mut is_first = true;
        for text in &self.texts {
            let code = self.packing.code(&held.packed, text.position);
            if code == 0 {
                continue;
            }
            if !std::mem::take(&mut is_first) {
                line.push(b',');
            }
            match of_item(&held.numbers, text.position) {
                Some(number) => {
                    line.extend_from_slice(&text.key);
                    serde_json::to_writer(&mut *line, &number)?;
                }
                None => line.extend_from_slice(&text.answers[usize::from(code)]),
            }
        }
        line.extend_from_slice(b"}}");
        Ok(())
    }

    /// What [`Held::complaint`] is, as any format of serde writes it.
    fn of(&'a self, held: &'a Held) -> impl Serialize {
        let sources =
            held.provenance.iter().map(|(item_position, said)| (usize::from(*item_position), said));
        let answered = sources.filter(|(item_position, _)| self.is_answered(held, *item_position));
        let mut provenance: Vec<(&str, &Provenance)> = answered
            .map(|(item_position, said)| (&*self.codebook.items()[item_position].id, said))
            .collect();
        provenance.sort_by_key(|(item, _)| *item);
        Written {
            id: &held.id,
            received: held.received,
            unit: held.unit.as_deref(),
            subject: held.subject.as_deref(),
            bundle: held.bundle.as_deref(),
            stage: held.stages.0,
            origin: held.origin,
            deadlines: &held.deadlines,
            answers: Answers { writing: self, held },
            provenance: Sources(provenance),
            not_understood: &held.not_understood,
        }
    }

    fn is_answered(&self, held: &Held, item_position: usize) -> bool {
        self.packing.code(&held.packed, item_position) != 0
            || of_item(&held.known, item_position).is_some()
            || of_item(&held.said, item_position).is_some()
    }
}

impl Serialize for Answers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Answers { writing, held } = self;
        let mut map = serializer.serialize_map(None)?;
        for &ItemText { position: item_position, .. } in &writing.texts {
            let code = writing.packing.code(&held.packed, item_position);
            let known_at = of_item(&held.known, item_position);
            let said_by = of_item(&held.said, item_position);
            if code == 0 && known_at.is_none() && said_by.is_none() {
                continue;
            }
            let item = &writing.codebook.items()[item_position];
            let number = of_item(&held.numbers, item_position);
            match (number, code) {
                // The common case, without an allocation.
                (None, 1..) if known_at.is_none() && said_by.is_none() => {
                    map.serialize_entry(&item.id, item.answer_id(code))?;
                }
                _ => {
                    let mut given = Given::new(held.value(item_position, item, code));
                    (given.known_at, given.said_by) = (known_at, said_by);
                    map.serialize_entry(&item.id, &given)?;
                }
            }
        }
        map.end()
    }
}

impl Sources<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Sources<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
