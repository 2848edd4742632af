//! Complaints coded while their JSON is parsed, with every text borrowed from the line.
//!
//! Whatever is out of the ordinary (escapes in names, faults of any kind) is left to the long way
//! by way of an owned complaint, so that there is one place where faults are named.

mod answers;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::Timestamp;
use crate::backlog::columns::{Due, DueKind, Row};
use crate::backlog::keys::{EARLIEST_RECEIVED, LATEST_RECEIVED, id_fault, key};
use crate::backlog::words::{Answers, Words};
use crate::backlog::{BacklogBuilder, MOST_DEADLINES, Packing, Reading};
use crate::codebook::{Codebook, Stage, plain_name};
use crate::complaint::Origin;
use answers::CodeAnswers;

/// More unlisted items in one complaint than this are left to the long way, where looking for
/// repeated ones does not grow with their square.
const MOST_UNLISTED: usize = 64;

/// What is needed to code complaints.
#[derive(Debug)]
pub(super) struct Coder {
    pub(super) codebook: Codebook,
    pub(super) packing: Packing,
    pub(super) as_of: Option<Timestamp>,
    pub(super) reading: Reading,
    /// Places of items by their names without case and marks; `None` where several are alike so.
    pub(super) plain_items: BTreeMap<String, Option<usize>>,
    /// Places of items by id.
    items: Words,
    /// By item.
    answers: Vec<Answers>,
}

/// What one line says; its memory is used again for the next line of the same block.
#[derive(Debug)]
pub(super) struct Scratch<'a> {
    id: Option<&'a str>,
    received: Option<Timestamp>,
    unit: Option<&'a str>,
    subject: Option<&'a str>,
    bundle: Option<&'a str>,
    stage: Stage,
    origin: Origin,
    deadlines: Vec<Due<'a>>,
    codes: Vec<u8>,
    /// Stage of the latest item answered.
    answered: Stage,
    known: Vec<(usize, Timestamp)>,
    pub(super) unlisted: Vec<&'a str>,
    /// Names of this block that are no item's in any letters.
    strangers: Vec<&'a str>,
    /// Per item, the number of the last line that answers it.
    seen: Vec<u32>,
    line: u32,
}

impl Coder {
    pub(super) fn new(builder: &BacklogBuilder) -> Self {
        let items = builder.codebook.items();
        let mut plain_items: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for (position, item) in items.iter().enumerate() {
            let entry = plain_items.entry(plain_name(&item.id));
            entry.and_modify(|position| *position = None).or_insert(Some(position));
        }
        Coder {
            codebook: builder.codebook.clone(),
            packing: builder.packing.clone(),
            as_of: builder.as_of,
            reading: builder.reading.clone(),
            plain_items,
            items: Words::new(items.iter().map(|item| &*item.id).zip(0..)),
            answers: items.iter().map(Answers::of).collect(),
        }
    }

    /// Reads a line; `false` where it must go the long way.
    pub(super) fn code<'a>(
        &self,
        mut deserializer: serde_json::Deserializer<impl serde_json::de::Read<'a>>,
        scratch: &mut Scratch<'a>,
    ) -> bool {
        scratch.clear();
        let read = CodeComplaint { coder: self, scratch }.deserialize(&mut deserializer);
        read.is_ok() && deserializer.end().is_ok() && scratch.complete()
    }

    fn code_of_text(&self, item: usize, text: &str) -> Option<u8> {
        let answers = &self.answers[item];
        let listed = &self.codebook.items()[item];
        answers.find(text.as_bytes()).or_else(|| answers.code(listed, text.trim().as_bytes()))
    }
}

impl<'a> Scratch<'a> {
    pub(super) fn new(coder: &Coder) -> Self {
        let items = coder.codebook.items().len();
        Scratch {
            id: None,
            received: None,
            unit: None,
            subject: None,
            bundle: None,
            stage: Stage::Intake,
            origin: Origin::NotStated,
            deadlines: Vec::new(),
            codes: vec![0; items],
            answered: Stage::Intake,
            known: Vec::new(),
            unlisted: Vec::new(),
            strangers: Vec::new(),
            seen: vec![0; items],
            line: 0,
        }
    }

    fn clear(&mut self) {
        (self.id, self.received) = (None, None);
        (self.unit, self.subject, self.bundle) = (None, None, None);
        (self.stage, self.answered, self.origin) =
            (Stage::Intake, Stage::Intake, Origin::NotStated);
        self.deadlines.clear();
        self.codes.fill(0);
        self.known.clear();
        self.unlisted.clear();
        self.line += 1;
    }

    /// Whether everything that must be there is, and fits.
    fn complete(&mut self) -> bool {
        self.stage = self.stage.max(self.answered);
        self.deadlines.sort_unstable();
        self.known.sort_unstable_by_key(|&(item, _)| item);
        let plain_id = |id| id_fault(id).is_ok_and(|(_, trimmed)| !trimmed);
        let plain_key = |name: Option<&str>| name.is_none_or(|name| key(name) == Ok(Some(name)));
        let plausible = |time| (EARLIEST_RECEIVED..=LATEST_RECEIVED).contains(&time);
        self.received.is_some_and(plausible)
            && self.id.is_some_and(plain_id)
            && plain_key(self.unit)
            && plain_key(self.subject)
            && plain_key(self.bundle)
            && self.deadlines.len() <= MOST_DEADLINES
            && self.deadlines.iter().all(|due| due.check().is_ok())
    }

    pub(super) fn row(&self) -> Row<'_> {
        Row {
            id: self.id.unwrap_or_default(),
            received: self.received.unwrap_or(Timestamp::MIN),
            unit: self.unit,
            subject: self.subject,
            bundle: self.bundle,
            stage: self.stage,
            origin: self.origin,
            deadlines: &self.deadlines,
            codes: &self.codes,
            known: &self.known,
            not_understood: &[],
            // A line that says who is read the long way.
            said: &[],
        }
    }
}

/// Any fault: the long way names it.
fn fault<E: de::Error>() -> E {
    E::custom("not coded at once")
}

struct CodeComplaint<'s, 'a> {
    coder: &'s Coder,
    scratch: &'s mut Scratch<'a>,
}

impl<'a> DeserializeSeed<'a> for CodeComplaint<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for CodeComplaint<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a complaint")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut access: A) -> Result<(), A::Error> {
        let CodeComplaint { coder, scratch } = self;
        let mut fields = 0_u32;
        while let Some(key) = access.next_key::<&'a str>()? {
            let field = match key {
                "id" => {
                    scratch.id = Some(access.next_value()?);
                    0
                }
                "received" => {
                    scratch.received = Some(access.next_value()?);
                    1
                }
                "unit" => {
                    scratch.unit = access.next_value()?;
                    2
                }
                "subject" => {
                    scratch.subject = access.next_value()?;
                    3
                }
                "bundle" => {
                    scratch.bundle = access.next_value()?;
                    4
                }
                "stage" => {
                    scratch.stage = match access.next_value::<&'a str>()? {
                        "intake" => Stage::Intake,
                        "field" => Stage::Field,
                        "post_search" => Stage::PostSearch,
                        _ => return Err(fault()),
                    };
                    5
                }
                "origin" => {
                    scratch.origin = match access.next_value::<&'a str>()? {
                        "prospective" => Origin::Prospective,
                        "retrospective" => Origin::Retrospective,
                        "not_stated" => Origin::NotStated,
                        "synthetic" => Origin::Synthetic,
                        _ => return Err(fault()),
                    };
                    6
                }
                "deadlines" => {
                    access.next_value_seed(Deadlines(&mut scratch.deadlines))?;
                    7
                }
                "answers" => {
                    access.next_value_seed(CodeAnswers { coder, scratch: &mut *scratch })?;
                    8
                }
                _ => return Err(fault()),
            };
            if fields >> field & 1 == 1 {
                return Err(fault());
            }
            fields |= 1 << field;
        }
        Ok(())
    }
}

struct Deadlines<'s, 'a>(&'s mut Vec<Due<'a>>);

impl<'a> DeserializeSeed<'a> for Deadlines<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for Deadlines<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("deadlines")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut access: A) -> Result<(), A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Given<'a> {
            due: &'a str,
            kind: &'a str,
        }
        while let Some(Given { due, kind }) = access.next_element()? {
            let due = Timestamp::parse_end(due.as_bytes()).map_err(|_| fault())?;
            self.0.push(Due { due, kind: DueKind::of(kind) });
        }
        Ok(())
    }
}
