//! Lines of a saved queue that say nothing but answers, read straight into what the queue keeps.
//!
//! Most lines are such. Whatever is not as this release writes it is left to the complaint's own
//! reader, so that both ways give the same: `None` is no refusal.

use std::collections::BTreeSet;
use std::sync::Arc;

use memchr::memmem::Finder;
use serde::Deserialize;

use super::block::Block;
use super::held::{Held, Placed, hash};
use super::item_text::ItemText;
use super::snapshot::Snapshot;
use crate::Timestamp;
use crate::backlog::Packing;
use crate::base::{in_order, threads};
use crate::codebook::{Codebook, Stage};
use crate::complaint::{Deadline, Origin, check_name};

/// Fewer lines than this are not worth a thread of their own.
const LEAST_SHARE: usize = 64;
/// So that whoever is done with the digest finds lines left.
const SHARES_A_THREAD: usize = 4;

/// What stands before a line's answers. JSON lets no quote stand in a text as it is, so this cannot be part of one.
const BEFORE_ANSWERS: &[u8] = b",\"answers\":{";

/// Reads plain lines under one codebook.
pub(super) struct PlainLines<'a> {
    codebook: &'a Codebook,
    packing: &'a Packing,
    texts: Vec<ItemText>,
    before_answers: Finder<'static>,
}

/// A complaint read from its line.
pub(super) struct PlainComplaint {
    pub(super) placed: Placed,
    /// Of its id.
    pub(super) hash: u64,
    /// Its unit, where the queue had no complaint of it yet.
    pub(super) new_unit: Option<Box<str>>,
}

/// What stands on a line before the answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head<'a> {
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
}

/// What reading a line needs room for; used again for the next.
struct Room {
    head: Vec<u8>,
    /// All 0 between lines, as long as the codebook.
    codes: Vec<u8>,
}

impl<'a> PlainLines<'a> {
    /// # Errors
    /// None: what JSON cannot write, no codebook holds.
    pub(super) fn new(
        codebook: &'a Codebook,
        packing: &'a Packing,
    ) -> Result<Self, serde_json::Error> {
        let before_answers = Finder::new(BEFORE_ANSWERS);
        Ok(PlainLines { codebook, packing, texts: ItemText::all(codebook)?, before_answers })
    }

    /// The complaints of a block's lines, in their order, as they stand in a queue, read on the caller's threads where there
    /// are several; `None` where a line is not plain.
    pub(super) fn read_all(
        &self,
        block: &Block,
        state: &Snapshot,
        units: &BTreeSet<Arc<str>>,
    ) -> Vec<Vec<Option<PlainComplaint>>> {
        let lines: Vec<&[u8]> = block.lines().map(|(_, line)| line).collect();
        let share = lines.len().div_ceil(SHARES_A_THREAD * threads()).max(LEAST_SHARE);
        let shares: Vec<&[&[u8]]> = lines.chunks(share).collect();
        in_order(shares, |lines| {
            let mut room = Room { head: Vec::new(), codes: vec![0; self.codebook.items().len()] };
            let mut tally = state.triage.engine().empty_tally();
            let mut read = |line: &&[u8]| {
                let (mut held, unit) = self.read(line, &mut room)?;
                held.unit = unit.and_then(|unit| units.get(unit).map(Arc::clone));
                let new_unit = unit.filter(|_| held.unit.is_none()).map(Into::into);
                let (key, hash) = (state.key(&held, &mut tally), hash(&held.id));
                Some(PlainComplaint { placed: Placed::new(key, Arc::new(held)), hash, new_unit })
            };
            lines.iter().map(&mut read).collect()
        })
    }

    /// The complaint of a line, without its unit, which is given beside it.
    fn read<'room>(
        &self,
        line: &[u8],
        room: &'room mut Room,
    ) -> Option<(Held, Option<&'room str>)> {
        let before = self.before_answers.find(line)?;
        let Room { head, codes } = room;
        head.clear();
        head.extend_from_slice(&line[..before]);
        head.push(b'}');
        let mut numbers = Vec::new();
        let stage = self.code(&line[before + BEFORE_ANSWERS.len()..], codes, &mut numbers);
        let mut packed = vec![0; self.packing.width()];
        self.packing.pack(codes, &mut packed);
        codes.fill(0);
        let head: Head<'room> = serde_json::from_str(std::str::from_utf8(head).ok()?).ok()?;
        let named = [("unit", head.unit), ("subject", head.subject), ("bundle", head.bundle)];
        let keys = named.into_iter().filter_map(|(what, name)| Some((what, name?)));
        let mut names = std::iter::once(("id", head.id)).chain(keys);
        let names_fit = names.all(|(what, name)| check_name(what, name).is_ok());
        if !names_fit || head.deadlines.iter().any(|deadline| deadline.check().is_err()) {
            return None;
        }
        let mut deadlines = head.deadlines;
        deadlines.sort();
        let held = Held {
            id: head.id.into(),
            received: head.received,
            unit: None,
            subject: head.subject.map(Into::into),
            bundle: head.bundle.map(Into::into),
            stages: (head.stage, head.stage.max(stage?)),
            origin: head.origin,
            deadlines: deadlines.into(),
            packed: packed.into(),
            numbers: numbers.into(),
            known: Box::default(),
            said: Box::default(),
            provenance: Box::default(),
            not_understood: Box::default(),
        };
        Some((held, head.unit))
    }

    /// Codes of answers that stand as they are written, to the end of the line; the latest stage among them.
    fn code(
        &self,
        mut text: &[u8],
        codes: &mut [u8],
        numbers: &mut Vec<(u16, i64)>,
    ) -> Option<Stage> {
        let (items, mut stage, mut is_first) = (self.codebook.items(), Stage::Intake, true);
        for item_text in &self.texts {
            let Some(next) = (if is_first { Some(text) } else { text.strip_prefix(b",") }) else {
                break;
            };
            let Some(after_id) = item_text.named(next) else { continue };
            let item = &items[item_text.position];
            let (code, rest) = match item_text.answered(after_id) {
                Some(answered) => answered,
                None => {
                    let (number, rest) = whole_number(after_id)?;
                    numbers.push((item_text.position as u16, number));
                    (item.code_of_number(number).filter(|code| *code != 0)?, rest)
                }
            };
            codes[item_text.position] = code;
            stage = stage.max(item.stage);
            (text, is_first) = (rest, false);
        }
        (text == b"}}\n").then_some(stage)
    }
}

/// A whole number as JSON writes it, and what follows.
fn whole_number(text: &[u8]) -> Option<(i64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
    let (digits, rest) = text.split_at(digits);
    let number: i64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let is_written_so = match digits.strip_prefix(b"-").unwrap_or(digits) {
        [b'0', ..] => digits == b"0",
        _ => true,
    };
    is_written_so.then_some((number, rest))
}
