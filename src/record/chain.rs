//! Records in a log that is only added to: each names the digest of the one before.

use thiserror::Error;

use super::{Record, canonical};
use crate::triage::Fingerprint;

/// What is wrong with a link of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChainFault {
    /// The record was changed after it was written.
    #[error("its digest is {}, not {}", .recomputed.short(), .recorded.short())]
    Digest {
        /// As recorded.
        recorded: Fingerprint,
        /// As it comes out.
        recomputed: Fingerprint,
    },
    /// A record before it was changed, taken out, added or moved.
    #[error(
        "it follows {}, and {} comes before it",
        .recorded.map_or_else(|| "nothing".to_owned(), |digest| digest.short()),
        .found.map_or_else(|| "nothing".to_owned(), |digest| digest.short())
    )]
    Link {
        /// The digest that it names.
        recorded: Option<Fingerprint>,
        /// The digest of the record before it.
        found: Option<Fingerprint>,
    },
}

/// The first link of a chain that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "record {position} of the chain (complaint `{}`) does not hold: {fault}",
    crate::base::escaped(.complaint)
)]
#[non_exhaustive]
pub struct ChainError {
    /// Its place in the chain, from 1.
    pub(crate) position: usize,
    /// Its complaint.
    pub(crate) complaint: String,
    /// What is wrong.
    pub(crate) fault: ChainFault,
}

/// Checks that records follow one another as they were written: each unchanged, none taken out,
/// added or moved. Gives back the digest of the last, `start` for no records at all.
///
/// `start` is the digest of the record before the first; `None` for the beginning of a log. A log
/// that was cut off at its end is a chain too: keep the last digest elsewhere and compare it.
/// Results are not computed again: see [`Record::verify`]. O(n).
///
/// # Errors
/// [`ChainError`] names the first record that does not hold.
pub fn verify_chain<'a>(
    records: impl IntoIterator<Item = &'a Record>,
    start: Option<Fingerprint>,
) -> Result<Option<Fingerprint>, ChainError> {
    let mut before = start;
    for (record, position) in records.into_iter().zip(1..) {
        let fail = |fault| ChainError { position, complaint: record.complaint.clone(), fault };
        if record.previous != before {
            return Err(fail(ChainFault::Link { recorded: record.previous, found: before }));
        }
        let recomputed = canonical::digest(record);
        if recomputed != record.sha256 {
            return Err(fail(ChainFault::Digest { recorded: record.sha256, recomputed }));
        }
        before = Some(record.sha256);
    }
    Ok(before)
}
