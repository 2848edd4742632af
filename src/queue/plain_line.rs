//! Lines of a saved queue that say nothing but answers, read straight into what the queue keeps.
//!
//! Most lines are such. Whatever is not as this release writes it is left to the complaint's own
//! reader, so that both ways give the same: `None` is no refusal.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::held::{Held, hash};
use super::saved::Block;
use super::snapshot::Snapshot;
use crate::Timestamp;
use crate::backlog::Packing;
use crate::base::{in_order, threads};
use crate::codebook::{Codebook, Stage};
use crate::complaint::{Deadline, Origin, check_name};
use crate::rank::Key;

/// Fewer lines than this are not worth a thread of their own.
const LEAST_SHARE: usize = 64;

/// Reads plain lines under one codebook.
pub(super) struct PlainLines<'a> {
    codebook: &'a Codebook,
    packing: &'a Packing,
    /// Positions of items, by id: the order in which answers are written.
    by_id: Vec<usize>,
}

/// A complaint read from its line; its unit is named once for all of the queue's.
pub(super) struct PlainComplaint {
    pub(super) held: Held,
    pub(super) unit: Option<Box<str>>,
    pub(super) key: Key,
    /// Of its id.
    pub(super) hash: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    id: &'a str,
    received: Timestamp,
    #[serde(default)]
    unit: Option<&'a str>,
    #[serde(default)]
    subject: Option<&'a str>,
    #[serde(default)]
    bundle: Option<&'a str>,
    stage: Stage,
    origin: Origin,
    #[serde(default)]
    deadlines: Vec<Deadline>,
    #[serde(borrow)]
    answers: Answers<'a>,
}

/// Item ids with answers as they stand.
struct Answers<'a>(Vec<(&'a str, Answer<'a>)>);

enum Answer<'a> {
    Text(&'a str),
    Number(i64),
}

impl<'a> PlainLines<'a> {
    pub(super) fn new(codebook: &'a Codebook, packing: &'a Packing) -> Self {
        let mut by_id: Vec<usize> = (0..codebook.items().len()).collect();
        by_id.sort_by_key(|&item| &*codebook.items()[item].id);
        PlainLines { codebook, packing, by_id }
    }

    /// The complaints of a block's lines, in their order, as they stand in a queue, read on the caller's threads where there
    /// are several; `None` where a line is not plain.
    pub(super) fn read_all(&self, block: &Block, state: &Snapshot) -> Vec<Option<PlainComplaint>> {
        let lines: Vec<&[u8]> = block.lines().map(|(_, line)| line).collect();
        let share = lines.len().div_ceil(threads()).max(LEAST_SHARE);
        let shares: Vec<&[&[u8]]> = lines.chunks(share).collect();
        let read = in_order(shares, |lines| {
            let mut codes = vec![0; self.codebook.items().len()];
            let mut tally = state.triage.engine().empty_tally();
            let mut read = |line: &&[u8]| {
                let (held, unit) = self.read(line, &mut codes)?;
                let (key, hash) = (state.key(&held, &mut tally), hash(&held.id));
                Some(PlainComplaint { held, unit, key, hash })
            };
            lines.iter().map(&mut read).collect::<Vec<_>>()
        });
        read.into_iter().flatten().collect()
    }

    /// The complaint of a line; `codes` is all 0, as long as the codebook, and left so.
    fn read(&self, line: &[u8], codes: &mut [u8]) -> Option<(Held, Option<Box<str>>)> {
        let text = std::str::from_utf8(line).ok()?;
        let line: Line<'_> = serde_json::from_str(text).ok()?;
        let named = [("unit", line.unit), ("subject", line.subject), ("bundle", line.bundle)];
        let keys = named.into_iter().filter_map(|(what, name)| Some((what, name?)));
        let mut names = std::iter::once(("id", line.id)).chain(keys);
        let names_fit = names.all(|(what, name)| check_name(what, name).is_ok());
        if !names_fit || line.deadlines.iter().any(|deadline| deadline.check().is_err()) {
            return None;
        }
        let mut numbers = Vec::new();
        let stage = self.code(&line.answers.0, codes, &mut numbers);
        let mut packed = vec![0; self.packing.width()];
        self.packing.pack(codes, &mut packed);
        codes.fill(0);
        let mut deadlines = line.deadlines;
        deadlines.sort();
        let held = Held {
            id: line.id.into(),
            received: line.received,
            unit: None,
            subject: line.subject.map(Into::into),
            bundle: line.bundle.map(Into::into),
            stages: (line.stage, line.stage.max(stage?)),
            origin: line.origin,
            deadlines: deadlines.into(),
            packed: packed.into(),
            numbers: numbers.into(),
            known: Box::default(),
            said: Box::default(),
            provenance: Box::default(),
            not_understood: Box::default(),
        };
        Some((held, line.unit.map(Into::into)))
    }

    /// Codes of answers that stand in the order of ids, each once; the latest stage among them.
    fn code(
        &self,
        answers: &[(&str, Answer<'_>)],
        codes: &mut [u8],
        numbers: &mut Vec<(u16, i64)>,
    ) -> Option<Stage> {
        let items = self.codebook.items();
        let (mut rest, mut stage) = (self.by_id.iter(), Stage::Intake);
        for (id, answer) in answers {
            let position = *rest.find(|&&position| items[position].id == *id)?;
            let item = &items[position];
            codes[position] = match answer {
                Answer::Text(text) => {
                    let found = item.answers.iter().position(|answer| answer.id == *text)?;
                    u8::try_from(found + 1).ok()?
                }
                Answer::Number(number) => {
                    numbers.push((position as u16, *number));
                    item.code_of_number(*number).filter(|code| *code != 0)?
                }
            };
            stage = stage.max(item.stage);
        }
        Some(stage)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Answers<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Vec<(&'de str, Answer<'de>)>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("answers by the ids of items")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::with_capacity(32);
                while let Some(pair) = access.next_entry()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Pairs).map(Answers)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Answer<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Plain;
        impl<'de> Visitor<'de> for Plain {
            type Value = Answer<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the id of an answer, or a whole number")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Answer<'de>, E> {
                Ok(Answer::Text(text))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Answer<'de>, E> {
                Ok(Answer::Number(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Answer<'de>, E> {
                i64::try_from(number).map(Answer::Number).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Plain)
    }
}
