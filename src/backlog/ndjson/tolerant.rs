//! The long way for a line of JSON: everything that can be understood is, the rest is kept with the
//! complaint or the line is set aside.

mod answers;

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::entries::{Entries, cell, entries};
use super::{Coder, MOST_LINE_BYTES};
use crate::Timestamp;
use crate::backlog::MOST_DEADLINES;
use crate::backlog::columns::{Due, Row};
use crate::backlog::intake::{NotRankable, WhyNotRankable, shown};
use crate::backlog::keys::{self, EARLIEST_RECEIVED, LATEST_RECEIVED, id_fault};
use crate::backlog::said::Saying;
use crate::codebook::{Stage, plain_name};
use crate::complaint::{Deadline, NotUnderstood, Origin, Provenance, WhyNotUnderstood};

/// The most names in one record that the codebook does not list and that are told one by one.
const MOST_UNLISTED: usize = 4_096;

/// What one line says.
pub(super) struct Read {
    id: String,
    pub(super) trimmed: bool,
    received: Timestamp,
    keys: [Option<String>; 3],
    stage: Stage,
    origin: Origin,
    deadlines: Vec<Deadline>,
    codes: Vec<u8>,
    known: Vec<(usize, Timestamp)>,
    pub(super) unlisted: Vec<String>,
    not_understood: Vec<NotUnderstood>,
    said: Vec<Saying>,
}

impl Read {
    pub(super) fn with_row<T>(&self, call: impl FnOnce(&Row<'_>) -> T) -> T {
        let deadlines: Vec<Due<'_>> = self.deadlines.iter().map(Due::of).collect();
        let [unit, subject, bundle] = &self.keys;
        call(&Row {
            id: &self.id,
            received: self.received,
            unit: unit.as_deref(),
            subject: subject.as_deref(),
            bundle: bundle.as_deref(),
            stage: self.stage,
            origin: self.origin,
            deadlines: &deadlines,
            codes: &self.codes,
            known: &self.known,
            not_understood: &self.not_understood,
            said: &self.said,
        })
    }
}

/// The fields of a complaint, by their names without case and marks.
const FIELDS: [&str; 11] = [
    "id",
    "received",
    "unit",
    "subject",
    "bundle",
    "stage",
    "origin",
    "deadlines",
    "answers",
    "provenance",
    "not_understood",
];

struct Reader<'c> {
    coder: &'c Coder,
    id: Option<Result<(String, bool), WhyNotRankable>>,
    received: Option<Result<Timestamp, WhyNotRankable>>,
    read: Read,
    /// Who said answers, by item, whether or not they count.
    sayings: BTreeMap<usize, Saying>,
    has_origin: bool,
    /// Whether each item was answered before.
    seen: Vec<bool>,
}

impl Coder {
    /// Reads a line; what cannot be ranked comes back whole.
    pub(super) fn read_tolerantly(&self, line: &[u8], length: usize) -> Result<Read, NotRankable> {
        if length > MOST_LINE_BYTES {
            let why = WhyNotRankable::TooLong { limit: MOST_LINE_BYTES };
            return Err(self.salvage(&line[..line.len().min(MOST_LINE_BYTES)], why));
        }
        let text = String::from_utf8_lossy(line);
        let object = match serde_json::from_str::<Entries<'_>>(&text) {
            Ok(Entries(object)) => object,
            Err(error) => {
                // Every line would be `line 1`: the report says which it is.
                let fault = error.to_string().replacen(" at line 1 column ", " at column ", 1);
                let fault = shown(fault.as_bytes());
                return Err(self.salvage(line, WhyNotRankable::Json { fault }));
            }
        };
        let mut reader = Reader {
            coder: self,
            id: None,
            received: None,
            read: Read {
                id: String::new(),
                trimmed: false,
                received: Timestamp::MIN,
                keys: [None, None, None],
                stage: Stage::Intake,
                origin: Origin::NotStated,
                deadlines: Vec::new(),
                codes: vec![0; self.codebook.items().len()],
                known: Vec::new(),
                unlisted: Vec::new(),
                not_understood: Vec::new(),
                said: Vec::new(),
            },
            sayings: BTreeMap::new(),
            has_origin: false,
            seen: vec![false; self.codebook.items().len()],
        };
        for (name, value) in object {
            reader.field(&name, value);
        }
        reader.close(line)
    }

    /// The place of an item by its name, without case and marks where no item is named just so.
    pub(super) fn item_of(&self, name: &str) -> Option<usize> {
        let plain = || self.plain_items.get(&plain_name(name)).copied().flatten();
        self.codebook.item_position(name).or_else(plain)
    }
}

impl Reader<'_> {
    fn field(&mut self, name: &str, value: &RawValue) {
        let plain = plain_name(name);
        let field = FIELDS.iter().find(|field| **field == name);
        let field = field.or_else(|| FIELDS.iter().find(|field| plain_name(field) == plain));
        match field.copied() {
            Some("id") => self.id(value),
            Some("received") => self.received(value),
            Some(name @ ("unit" | "subject" | "bundle")) => self.key(name, value),
            Some("stage") => {
                let words = ["intake", "field", "post_search"];
                let stage = match self.word("stage", value, &words) {
                    Some("field") => Stage::Field,
                    Some("post_search") => Stage::PostSearch,
                    _ => return,
                };
                self.read.stage = self.read.stage.max(stage);
            }
            Some("origin") => {
                let words = ["prospective", "retrospective", "not_stated", "synthetic"];
                let origin = match self.word("origin", value, &words) {
                    Some("prospective") => Origin::Prospective,
                    Some("retrospective") => Origin::Retrospective,
                    Some("synthetic") => Origin::Synthetic,
                    _ => return,
                };
                let before = std::mem::replace(&mut self.has_origin, true);
                let read = &mut self.read.origin;
                *read = if before { origin.max(*read) } else { origin };
            }
            Some("deadlines") => self.deadlines(value),
            Some("answers") => match entries(value) {
                Some(answers) => {
                    for (item, answer) in answers {
                        self.answer(&item, answer);
                    }
                }
                None if value.get() == "null" => {}
                None => self.unclear("answers", value, WhyNotUnderstood::NotAnAnswer),
            },
            Some("provenance") => {
                match serde_json::from_str::<Option<BTreeMap<String, Provenance>>>(value.get()) {
                    Ok(said) => {
                        for (item, provenance) in said.into_iter().flatten() {
                            self.saying(&item, |saying| saying.provenance = Some(provenance));
                        }
                    }
                    Err(_) => self.unclear("provenance", value, WhyNotUnderstood::NotAnAnswer),
                }
            }
            Some(_) => match serde_json::from_str::<Vec<NotUnderstood>>(value.get()) {
                Ok(found) => self
                    .read
                    .not_understood
                    .extend(found.iter().take(MOST_UNLISTED).map(NotUnderstood::made_safe)),
                Err(_) => self.unclear("not_understood", value, WhyNotUnderstood::NotAnAnswer),
            },
            // A file with one name for each column, without `answers`.
            None => self.answer(name, value),
        }
    }

    fn unclear(&mut self, item: &str, value: &RawValue, why: WhyNotUnderstood) {
        let text = cell(value).unwrap_or_else(|| value.get().chars().take(100).collect());
        self.read.not_understood.push(NotUnderstood::new(item, &text, why));
    }

    fn id(&mut self, value: &RawValue) {
        let id = match cell(value) {
            Some(text) if text.contains(char::REPLACEMENT_CHARACTER) => {
                Err(WhyNotRankable::Id { id: shown(text.as_bytes()), fault: "is not UTF-8 text" })
            }
            Some(text) if !matches!(value.get(), "true" | "false") => {
                id_fault(&text).map(|(id, trimmed)| (id.to_owned(), trimmed))
            }
            _ => {
                Err(WhyNotRankable::Id { id: shown(value.get().as_bytes()), fault: "is not text" })
            }
        };
        self.id = Some(match (self.id.take(), id) {
            (Some(Ok(first)), Ok(id)) if first != id => {
                Err(WhyNotRankable::Id { id: shown(id.0.as_bytes()), fault: "is not its only one" })
            }
            (Some(Err(why)), _) => Err(why),
            (_, id) => id,
        });
    }

    fn received(&mut self, value: &RawValue) {
        let text = cell(value).unwrap_or_default();
        let fault = |fault| WhyNotRankable::Time { text: shown(value.get().as_bytes()), fault };
        let received = match text.trim().parse::<Timestamp>() {
            Ok(time) if (EARLIEST_RECEIVED..=LATEST_RECEIVED).contains(&time) => Ok(time),
            Ok(_) => Err(fault("lies outside the years 1970 to 2199")),
            Err(_) if text.trim().is_empty() => Err(WhyNotRankable::NoTime),
            Err(_) => Err(fault("is not a time")),
        };
        self.received = Some(match (self.received.take(), received) {
            (Some(Ok(first)), Ok(second)) => {
                if first != second {
                    self.unclear("received", value, WhyNotUnderstood::Twice);
                }
                Ok(first.min(second))
            }
            (Some(Ok(first)), Err(_)) => Ok(first),
            (_, received) => received,
        });
    }

    fn key(&mut self, name: &'static str, value: &RawValue) {
        let Some(text) = cell(value) else {
            return self.unclear(name, value, WhyNotUnderstood::NotAnAnswer);
        };
        match keys::key(&text) {
            Ok(None) => {}
            Ok(Some(key)) => {
                let kind = match name {
                    "unit" => 0,
                    "subject" => 1,
                    _ => 2,
                };
                match &self.read.keys[kind] {
                    Some(first) if first != key => {
                        self.unclear(name, value, WhyNotUnderstood::Twice);
                    }
                    _ => self.read.keys[kind] = Some(key.to_owned()),
                }
            }
            Err(why) => self.unclear(name, value, why),
        }
    }

    fn word<'w>(&mut self, name: &str, value: &RawValue, words: &[&'w str]) -> Option<&'w str> {
        let found = match cell(value) {
            Some(text) => keys::word(text.as_bytes(), words),
            None => Err(WhyNotUnderstood::NotAnAnswer),
        };
        found.unwrap_or_else(|why| {
            self.unclear(name, value, why);
            None
        })
    }

    fn deadlines(&mut self, value: &RawValue) {
        let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(value.get()) else {
            if value.get() != "null" {
                self.unclear("deadlines", value, WhyNotUnderstood::NotADeadline);
            }
            return;
        };
        for entry in list {
            match serde_json::from_str::<Deadline>(entry.get()) {
                Ok(deadline) if deadline.check().is_ok() => self.read.deadlines.push(deadline),
                _ => self.unclear("deadlines", entry, WhyNotUnderstood::NotADeadline),
            }
        }
    }

    fn close(mut self, line: &[u8]) -> Result<Read, NotRankable> {
        let why = match (self.id.take(), self.received.take()) {
            (None, _) => WhyNotRankable::NoId,
            (Some(Err(why)), _) => why,
            (Some(Ok((id, trimmed))), received) => {
                (self.read.id, self.read.trimmed) = (id, trimmed);
                let received = received.unwrap_or(Err(WhyNotRankable::NoTime));
                match (received, self.coder.reading.time_of_intake) {
                    (Ok(received), _) => {
                        self.read.received = received;
                        return self.complete(line);
                    }
                    (Err(why), Some(now)) => {
                        self.read.received = now;
                        let text = match &why {
                            WhyNotRankable::Time { text, .. } => text.as_str(),
                            _ => "",
                        };
                        let what = NotUnderstood::new(
                            "received",
                            text,
                            WhyNotUnderstood::ReceivedAtIntake,
                        );
                        self.read.not_understood.push(what);
                        return self.complete(line);
                    }
                    (Err(why), None) => why,
                }
            }
        };
        Err(self.set_aside(line, why))
    }

    fn complete(mut self, line: &[u8]) -> Result<Read, NotRankable> {
        self.read.deadlines.sort();
        let kept = self.read.deadlines.len().min(MOST_DEADLINES);
        for deadline in self.read.deadlines.drain(kept..) {
            let why = WhyNotUnderstood::TooMany { limit: MOST_DEADLINES };
            let text = format!("{}={}", deadline.kind, deadline.due);
            self.read.not_understood.push(NotUnderstood::new("deadlines", &text, why));
        }
        self.read.known.sort_unstable_by_key(|&(item, _)| item);
        let said = std::mem::take(&mut self.sayings).into_values();
        let counts = |saying: &Saying| self.read.codes[saying.item as usize] != 0;
        self.read.said = said.filter(|saying| saying.is_known() && counts(saying)).collect();
        match self.read.not_understood.first() {
            Some(what) if self.coder.reading.strict => {
                let why = WhyNotRankable::Strict { what: what.clone() };
                Err(self.set_aside(line, why))
            }
            _ => Ok(self.read),
        }
    }

    fn set_aside(&self, line: &[u8], why: WhyNotRankable) -> NotRankable {
        let answers = self.read.codes.iter().enumerate().filter(|(_, code)| **code != 0);
        let mut record = NotRankable::new(line.to_vec(), why);
        if !self.read.id.is_empty() {
            record = record.with_id(self.read.id.as_str());
        }
        answers.fold(record, |record, (item, &code)| record.with_answer_at(item, code))
    }
}
