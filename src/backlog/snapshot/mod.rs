//! Backlogs as binary snapshots, which load at the speed of memory.
//!
//! # Layout, versions 1 to 4
//!
//! All numbers are little-endian. A snapshot is the eight bytes `caserank`, the format version as
//! `u32`, and a sequence of frames. A frame is
//!
//! | bytes | what |
//! |---|---|
//! | 4 | kind: `head`, `rows`, `unit`, `subj`, `bund`, `kind`, `caus`, `uncl`, `says`, `said` or `end.` |
//! | 8 | length of the payload, `u64` |
//! | 8 | XXH3-64 of the payload, seeded with the frame's number (from 0) and kind, `u64` |
//! | … | payload |
//!
//! One `head` comes first: a JSON object with the codebook's identity, the SHA-256 of what its
//! codes mean (item ids, answer ids, bin edges and stages, in order), each item with the first 16
//! digits of its own, so that the item that differs can be named, the number of rows and the time
//! as of which answers were taken. Then `rows` frames of 32,768 complaints each (the last may
//! have fewer), rows in tie order; then the texts that rows refer to by number, from 1: units,
//! subjects, bundles, kinds of deadlines, 32,768 a frame, none without any; then an empty `end.`.
//!
//! A `rows` payload, for n rows and a packed width of w bytes:
//!
//! | type | what |
//! |---|---|
//! | `u32` × 4 | n; columns present (bits 0 to 5, as below); later deadlines; times known |
//! | `i64` × n | time received, seconds since 1970 |
//! | `i64` × n, `u32` × n | bit 0: earliest deadline (the greatest `i64` for none), its kind |
//! | `u32` × n | bit 1: unit; bit 2: subject; bit 3: bundle; 0 for none |
//! | `u8` × n | bit 4: stage, 0 intake, 1 field, 2 post-search |
//! | `u8` × n | bit 5: origin, 0 prospective, 1 retrospective, 2 synthetic, 3 not stated |
//! | (`u32`, `u32`, `i64`) × later | row in the group, kind, due: second and later deadlines |
//! | (`u32`, `u32`, `i64`) × known | row in the group, item, time at which it became known |
//! | `u8` × n | length of each id |
//! | `u8` × n × w | answer codes, packed as below |
//! | `u8` × … | ids, one after another, UTF-8 |
//!
//! Packing follows from the codebook: each item takes the bits that its codes need; items with
//! more bits come first, otherwise in codebook order; each goes into the lowest free bits of the
//! first byte with room, so that no item crosses a byte.
//!
//! A text payload is a `u32` count, a `u8` length per text, and the texts one after another.
//!
//! Where something was not understood, two kinds of frames more stand before `end.`: `caus`, a JSON
//! array of items, texts and reasons, once; then `uncl`, (`u32`, `u32`, `u32`) per thing not
//! understood: row, index in that array, line of its source (0 for none), by row, 32,768 a frame.
//!
//! Where records told who said answers, two more follow: `says`, JSON arrays of 32,768 lists at most,
//! each of which names items by position with who said their answers; then `said`, (`u32`, `u32`)
//! per row that has such a list: row, index in that array, by row, 32,768 a frame.
//!
//! Version 3 is without `says` and `said`, version 2 also without the items in the heading, version 1
//! also without `caus` and `uncl`; all are read.
//!
//! The checksum finds damage, not intent: who can write the file can write its checksums. XXH3 is
//! taken because a cryptographic digest would cost more than all the rest of loading.

mod group;
mod read;
mod write;

use std::io;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use twox_hash::XxHash3_64;

pub(crate) use group::Group;
pub(crate) use read::SnapshotReader;

use crate::Timestamp;
use crate::codebook::{CodebookError, Identity};
use crate::complaint::Origin;

/// The latest version of the snapshot format that this release reads and writes; it reads all
/// before it, too.
pub const SNAPSHOT_FORMAT: u32 = 4;

/// The oldest version that is read.
const OLDEST_FORMAT: u32 = 1;

const MAGIC: [u8; 8] = *b"caserank";

/// Rows, or texts, in one frame.
const GROUP: usize = 1 << 15;

/// Origins by their number in a file.
const ORIGIN_CODES: [Origin; 4] =
    [Origin::Prospective, Origin::Retrospective, Origin::Synthetic, Origin::NotStated];

fn origin_code(origin: Origin) -> u8 {
    match origin {
        Origin::Prospective => 0,
        Origin::Retrospective => 1,
        Origin::Synthetic => 2,
        Origin::NotStated => 3,
    }
}

/// Bits of the columns that a group may leave out.
const DEADLINES: u32 = 1;
const UNITS: u32 = 2;
const SUBJECTS: u32 = 4;
const BUNDLES: u32 = 8;
const STAGES: u32 = 16;
const ORIGINS: u32 = 32;

/// Bytes before the payload of a frame.
const FRAME_HEAD: usize = 20;

type FrameKind = [u8; 4];

const HEAD: FrameKind = *b"head";
const ROWS: FrameKind = *b"rows";
const END: FrameKind = *b"end.";
const CAUSES: FrameKind = *b"caus";
const UNCLEAR: FrameKind = *b"uncl";
const SAYINGS: FrameKind = *b"says";
const SAID: FrameKind = *b"said";
/// Frames of texts, in their order.
const TEXTS: [FrameKind; 4] = [*b"unit", *b"subj", *b"bund", *b"kind"];

/// Why a snapshot is refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The source failed.
    #[error("reading the snapshot failed: {0}")]
    Io(io::Error),
    /// The source does not begin as a snapshot does.
    #[error("not a snapshot: it does not begin with `caserank`; write one with `Backlog::save`")]
    NotASnapshot,
    /// A format version that this release does not read.
    #[error(
        "snapshot format {found} is not read by this release, which reads 1 to {SNAPSHOT_FORMAT}: save the backlog anew, from CSV or NDJSON"
    )]
    Format {
        /// As found.
        found: u32,
    },
    /// A snapshot of another codebook, or of one of the same name with other items, answers, edges or
    /// stages: the item is named.
    #[error(transparent)]
    OtherCodebook(#[from] CodebookError),
    /// The source ends too early.
    #[error("the snapshot ends in the middle of frame {frame}: copy it again, or save it anew")]
    Truncated {
        /// The frame, from 0.
        frame: u64,
    },
    /// A checksum does not fit.
    #[error(
        "frame {frame} of the snapshot has been altered: its checksum does not fit; copy it again, or save it anew"
    )]
    Altered {
        /// The frame, from 0.
        frame: u64,
    },
    /// The checksum fits, but no backlog is written so.
    #[error("frame {frame} of the snapshot holds {what}, which no backlog does: save it anew")]
    Malformed {
        /// The frame, from 0.
        frame: u64,
        /// What is wrong.
        what: &'static str,
    },
}

/// The first frame.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    codebook: Identity,
    answers: String,
    #[serde(default)]
    items: Vec<(String, String)>,
    rows: u64,
    as_of: Option<Timestamp>,
}

fn checksum(number: u64, kind: FrameKind, payload: &[u8]) -> u64 {
    let seed = number << 32 | u64::from(u32::from_le_bytes(kind));
    XxHash3_64::oneshot_with_seed(seed, payload)
}
