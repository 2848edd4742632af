//! A queue in a file: saved by one run of the host, restored by the next.
//!
//! Format 2 is a line of JSON each for the head, every decision and every complaint, and a last
//! line with the digest of all bytes before it. Format 1, one JSON object, is read as ever.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{BufRead, BufReader, ErrorKind, Read};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::block::Block;
use super::{Filled, Queue, QueueError};
use crate::Timestamp;
use crate::base::JsonError;
use crate::codebook::Identity;
use crate::complaint::{Complaint, Unlisted};
use crate::policy::{Override, Overrides};
use crate::triage::{Fingerprint, Triage};

/// The version of the saved queue that this release writes; it reads 1 too.
pub const SAVED_FORMAT: u32 = 2;

/// Bytes that are gathered before the sink is written to or the source read from.
pub(super) const BUFFER: usize = 1 << 18;

/// A saved queue as it was read, not yet held against a model; see [`Queue::restore`].
#[derive(Clone, PartialEq, Eq)]
pub struct SavedQueue {
    format_version: u32,
    codebook: Identity,
    /// Of format 2: the digest of what the codes mean, and of each item.
    answers: Option<(String, Vec<(String, String)>)>,
    fingerprint: Fingerprint,
    scoring_fingerprint: Fingerprint,
    now: Timestamp,
    sequence: Option<u64>,
    unlisted: Unlisted,
    overrides: Overrides,
    complaints: Vec<Complaint>,
}

impl fmt::Debug for SavedQueue {
    /// Counts alone: ids, keys of people and decisions stay out of logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SavedQueue")
            .field("format_version", &self.format_version)
            .field("now", &self.now)
            .field("sequence", &self.sequence)
            .field("complaints", &self.complaints.len())
            .field("decisions", &self.overrides.len())
            .finish_non_exhaustive()
    }
}

/// The only thing that every format has.
#[derive(Deserialize)]
struct AnyFormat {
    format_version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormatOne {
    #[serde(rename = "format_version")]
    _format_version: u32,
    codebook: Identity,
    fingerprint: Fingerprint,
    scoring_fingerprint: Fingerprint,
    now: Timestamp,
    overrides: Overrides,
    complaints: Vec<Complaint>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) format_version: u32,
    pub(super) crate_version: String,
    pub(super) codebook: Identity,
    pub(super) answers_sha256: String,
    /// Each item with the beginning of its own digest.
    pub(super) items: Vec<(String, String)>,
    pub(super) fingerprint: Fingerprint,
    pub(super) scoring_fingerprint: Fingerprint,
    pub(super) now: Timestamp,
    pub(super) sequence: Option<u64>,
    pub(super) unlisted: Unlisted,
    pub(super) decisions: usize,
    pub(super) complaints: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Last {
    pub(super) sha256: Fingerprint,
}

impl SavedQueue {
    /// Reads a saved queue, of this format or an earlier one. The source is read in large pieces;
    /// nothing is held against a model yet. O(n).
    ///
    /// # Errors
    /// [`QueueError::Format`] for another format, whatever else stands in it;
    /// [`QueueError::Cut`] for one that ends too early; [`QueueError::Altered`] where the digest is
    /// another; [`QueueError::NotASavedQueue`], [`QueueError::Line`], [`QueueError::Malformed`] and
    /// [`QueueError::Io`].
    pub fn load(source: impl Read) -> Result<Self, QueueError> {
        let mut lines = Lines::new(source);
        match lines.begins_format_two()? {
            true => lines.format_two(),
            false => lines.one_object(),
        }
    }

    /// The version of the format that it was read from.
    #[must_use]
    pub fn format_version(&self) -> u32 {
        self.format_version
    }

    /// The time at which the queue stood.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The number of the host's last event that is in it: replay what came after.
    #[must_use]
    pub fn sequence(&self) -> Option<u64> {
        self.sequence
    }

    /// Fingerprint of the model that it was saved under.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Scoring fingerprint of the model that it was saved under.
    #[must_use]
    pub fn scoring_fingerprint(&self) -> Fingerprint {
        self.scoring_fingerprint
    }

    /// What people had decided.
    #[must_use]
    pub fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    /// The complaints, in the order in which they stood.
    #[must_use]
    pub fn complaints(&self) -> &[Complaint] {
        &self.complaints
    }

    /// Checks that no complaint stands twice; `first` is the line of the first.
    fn checked(self, first: usize) -> Result<Self, QueueError> {
        let mut ids = BTreeSet::new();
        for (complaint, line) in self.complaints.iter().zip(first..) {
            if !ids.insert(complaint.id()) {
                let what = format!("complaint `{}` stands twice", complaint.id());
                return Err(QueueError::Malformed { line, what: crate::base::escaped(&what) });
            }
        }
        drop(ids);
        Ok(self)
    }
}

/// A source read by lines, each entering the digest.
pub(super) struct Lines<R> {
    source: BufReader<R>,
    line: Vec<u8>,
    number: usize,
    digest: Sha256,
}

/// The lines of a source that come next, many at once.
pub(super) struct Blocks<'a, R> {
    source: &'a mut BufReader<R>,
    number: &'a mut usize,
}

impl<R: Read> Blocks<'_, R> {
    /// The next lines, at most so many, one after another, with where each ends. Fewer, with the reason, where the source is cut
    /// or fails.
    pub(super) fn next(&mut self, most: usize, block: &mut Block) -> Result<(), QueueError> {
        let started = *self.number;
        block.begin(started + 1);
        let mut whole = Ok(());
        while block.wants_more(most) {
            let read = match self.source.fill_buf() {
                Err(fault) if fault.kind() == ErrorKind::Interrupted => continue,
                Err(fault) => Err(QueueError::Io(fault)),
                Ok([]) => Err(QueueError::Cut { lines: started + block.len() }),
                Ok(bytes) => Ok(block.take(bytes, most)),
            };
            match read {
                Ok(taken) => self.source.consume(taken),
                Err(fault) => {
                    whole = Err(fault);
                    break;
                }
            }
        }
        block.finish();
        *self.number = started + block.len();
        whole
    }
}

impl<R: Read> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Lines {
            source: BufReader::with_capacity(BUFFER, source),
            line: Vec::new(),
            number: 0,
            digest: Sha256::new(),
        }
    }

    /// Reads the first line. All other formats are one object, over however many lines.
    pub(super) fn begins_format_two(&mut self) -> Result<bool, QueueError> {
        let ended = self.read()?;
        match serde_json::from_slice::<AnyFormat>(&self.line).map(|head| head.format_version) {
            Ok(2) if ended => Ok(true),
            Ok(2) => Err(QueueError::Cut { lines: 0 }),
            Ok(1) | Err(_) => Ok(false),
            Ok(found) => Err(QueueError::Format { found }),
        }
    }

    /// Reads the next line; whether it ended in a line break.
    fn read(&mut self) -> Result<bool, QueueError> {
        self.line.clear();
        self.source.read_until(b'\n', &mut self.line).map_err(QueueError::Io)?;
        self.number += 1;
        Ok(self.line.last() == Some(&b'\n'))
    }

    /// The next line as a value; it enters the digest.
    pub(super) fn value<T: for<'de> Deserialize<'de>>(&mut self) -> Result<T, QueueError> {
        if !self.read()? {
            return Err(QueueError::Cut { lines: self.number - 1 });
        }
        self.digest.update(&self.line);
        self.parsed()
    }

    /// Where blocks of lines come from, and the digest that they enter: on whatever threads.
    pub(super) fn parts(&mut self) -> (Blocks<'_, R>, &mut Sha256) {
        let Lines { source, number, digest, .. } = self;
        (Blocks { source, number }, digest)
    }

    fn parsed<T: for<'de> Deserialize<'de>>(&self) -> Result<T, QueueError> {
        let line = self.number;
        serde_json::from_slice(&self.line)
            .map_err(|cause| QueueError::Line { line, cause: JsonError::of(cause) })
    }

    /// All before the complaints, and how many should come.
    pub(super) fn head(&mut self) -> Result<(SavedQueue, Head), QueueError> {
        self.digest.update(&self.line);
        let head: Head = self.parsed()?;
        let mut overrides = Overrides::new();
        for _ in 0..head.decisions {
            let decision: Override = self.value()?;
            let line = self.number;
            let malformed = |what: String| QueueError::Malformed { line, what };
            let is_new = overrides.add(decision).map_err(|error| malformed(error.to_string()))?;
            if !is_new {
                return Err(malformed("a decision stands twice".to_owned()));
            }
        }
        let saved = SavedQueue {
            format_version: head.format_version,
            codebook: head.codebook.clone(),
            answers: Some((head.answers_sha256.clone(), head.items.clone())),
            fingerprint: head.fingerprint,
            scoring_fingerprint: head.scoring_fingerprint,
            now: head.now,
            sequence: head.sequence,
            unlisted: head.unlisted,
            overrides,
            complaints: Vec::new(),
        };
        Ok((saved, head))
    }

    /// The last line: the digest of all before it, and nothing after it.
    pub(super) fn last(&mut self) -> Result<(), QueueError> {
        if !self.read()? {
            return Err(QueueError::Cut { lines: self.number - 1 });
        }
        let last: Last = self.parsed()?;
        let computed = Fingerprint::from_bytes(self.digest.clone().finalize().into());
        if computed != last.sha256 {
            return Err(QueueError::Altered { saved: last.sha256, computed });
        }
        if self.read()? || !self.line.is_empty() {
            let what = "more follows after its last".to_owned();
            return Err(QueueError::Malformed { line: self.number, what });
        }
        Ok(())
    }

    fn format_two(mut self) -> Result<SavedQueue, QueueError> {
        let (mut saved, head) = self.head()?;
        // What the head says may be forged, so room is made as lines come.
        for _ in 0..head.complaints {
            saved.complaints.push(self.value()?);
        }
        self.last()?;
        saved.checked(head.decisions + 2)
    }

    pub(super) fn one_object(mut self) -> Result<SavedQueue, QueueError> {
        self.source.read_to_end(&mut self.line).map_err(QueueError::Io)?;
        let cut_or = |error: &serde_json::Error, other| match error.is_eof() {
            true => QueueError::Cut { lines: error.line().saturating_sub(1) },
            false => other,
        };
        let begins = self.line.trim_ascii_start().starts_with(b"{");
        let format = match serde_json::from_slice::<AnyFormat>(&self.line) {
            Ok(head) => head.format_version,
            Err(error) if begins => return Err(cut_or(&error, QueueError::NotASavedQueue)),
            Err(_) => return Err(QueueError::NotASavedQueue),
        };
        if format != 1 {
            return Err(QueueError::Format { found: format });
        }
        let file: FormatOne = serde_json::from_slice(&self.line)
            .map_err(JsonError::of)
            .map_err(|cause| QueueError::Line { line: cause.line(), cause })?;
        let saved = SavedQueue {
            format_version: format,
            codebook: file.codebook,
            answers: None,
            fingerprint: file.fingerprint,
            scoring_fingerprint: file.scoring_fingerprint,
            now: file.now,
            sequence: None,
            unlisted: Unlisted::Refuse,
            overrides: file.overrides,
            complaints: file.complaints,
        };
        saved.checked(1)
    }
}

impl Queue {
    /// The queue as it was saved. Whatever cannot be taken is told as by [`Queue::fill`].
    /// O(n log n).
    ///
    /// # Errors
    /// [`QueueError::Codebook`] for a model of another codebook, also one of the same name, naming
    /// the item that differs; [`QueueError::OtherModel`] where the model's scoring fingerprint is
    /// another.
    pub fn restore(triage: &Triage, saved: SavedQueue) -> Result<Filled, QueueError> {
        Ok(Queue::unfilled(triage, &saved)?.fill_with(saved.complaints))
    }

    /// All of a saved queue but its complaints, under the model that it was saved under.
    pub(super) fn unfilled(triage: &Triage, saved: &SavedQueue) -> Result<Queue, QueueError> {
        let codebook = triage.codebook();
        match &saved.answers {
            Some((digest, items)) => {
                codebook.require_digests("the saved queue", &saved.codebook, digest, items)?;
            }
            None => codebook.require("the saved queue", &saved.codebook)?,
        }
        let given = triage.scoring_fingerprint();
        if saved.scoring_fingerprint != given {
            return Err(QueueError::OtherModel { saved: saved.scoring_fingerprint, given });
        }
        let mut queue = Queue::new(triage, saved.now).with_unlisted(saved.unlisted);
        queue.state.sequence = saved.sequence;
        queue.decide_all(saved.overrides.iter());
        Ok(queue)
    }
}
