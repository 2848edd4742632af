//! One complaint after another from its answer codes: lane, band and priority without reasons.

use thiserror::Error;

use super::{Tally, Triage};
use crate::Fixed;
use crate::policy::{Band, Lane, Priority};
use crate::score::Probability;

/// Why answer codes cannot be scored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CodesError {
    /// More or fewer codes than the codebook has items.
    #[error(
        "{found} codes were given, but the codebook has {expected} items: give one code per item, 0 for unknown"
    )]
    Count {
        /// How many were given.
        found: usize,
        /// How many items there are.
        expected: usize,
    },
    /// A code that its item does not have.
    #[error("code {code} was given for item `{item}`, whose codes go from 0 (unknown) to {limit}")]
    Code {
        /// The item.
        item: String,
        /// The code as given.
        code: u8,
        /// The highest code that the item has.
        limit: u8,
    },
}

/// Where a model puts a complaint by its answers alone, before any override.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scored {
    /// Which queue it belongs to.
    pub lane: Lane,
    /// Its band.
    pub band: Band,
    /// Its priority index.
    pub priority: Priority,
}

/// Scores single complaints from their codes, in buffers that it keeps: for hosts that score as
/// answers come in and ask for reasons only when somebody looks ([`Triage::assess`]).
///
/// The same bits as [`Triage::rank`] and [`Triage::score`] give for the same answers.
///
/// ```
/// use caserank::{Band, Complaint, Triage};
/// use caserank::complaint::Unlisted;
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let complaint = Complaint::new("a", "2026-04-17".parse()?)?.answer("urgent", "yes");
/// let codes = complaint.encode(triage.codebook(), None, Unlisted::Refuse)?.codes;
///
/// let mut scorer = triage.scorer();
/// let scored = scorer.score(&codes)?;
/// assert_eq!(scored.band, Band::High);
/// assert_eq!(scored.priority, triage.assess(&complaint)?.priority());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Scorer<'a> {
    triage: &'a Triage,
    /// The highest code of every item, and the bits that its codes take.
    limits: Vec<u8>,
    fields: Vec<u8>,
    /// Per byte of a packed row and per value: not 0 where some item has no such code.
    wrong: Vec<[u8; 256]>,
    row: Vec<u8>,
    tally: Tally,
}

impl Triage {
    /// A scorer of single complaints; make one per thread and keep it.
    #[must_use]
    pub fn scorer(&self) -> Scorer<'_> {
        let engine = self.engine();
        let items = self.codebook().items().iter();
        let limits = items.map(|item| u8::try_from(item.answers.len()).unwrap_or(u8::MAX));
        let limits: Vec<u8> = limits.collect();
        let packing = engine.packing();
        Scorer {
            triage: self,
            fields: (0..limits.len()).map(|item| packing.field(item)).collect(),
            wrong: packing.wrong_values(&limits),
            limits,
            row: engine.empty_row(),
            tally: engine.empty_tally(),
        }
    }
}

impl Scorer<'_> {
    /// Scores the complaint with these codes, one per item in codebook order, 0 for *unknown*.
    /// Nothing is allocated.
    ///
    /// # Errors
    /// [`CodesError`] for a number of codes that is not that of the items, and for a code that its
    /// item does not have.
    pub fn score(&mut self, codes: &[u8]) -> Result<Scored, CodesError> {
        if codes.len() != self.limits.len() {
            return Err(CodesError::Count { found: codes.len(), expected: self.limits.len() });
        }
        if spills(codes, &self.fields) {
            return Err(self.wrong_code(codes));
        }
        let engine = self.triage.engine();
        engine.packing().pack(codes, &mut self.row);
        let values = self.row.iter().zip(&self.wrong);
        if values.fold(0, |any, (&value, wrong)| any | wrong[usize::from(value)]) != 0 {
            return Err(self.wrong_code(codes));
        }
        engine.tally_into(&self.row, &mut self.tally);
        let (lane, band) = engine.lane_and_band(&self.tally);
        Ok(Scored { lane, band, priority: Priority::from_billionths(self.tally.priority) })
    }

    #[cold]
    fn wrong_code(&self, codes: &[u8]) -> CodesError {
        let pairs = codes.iter().zip(&self.limits);
        let place = pairs.clone().position(|(code, limit)| code > limit).unwrap_or(0);
        CodesError::Code {
            item: self.triage.codebook().items()[place].id.clone(),
            code: codes[place],
            limit: self.limits[place],
        }
    }

    /// The score that the complaint scored last has for an outcome, by its place among the
    /// instrument's; `None` where the outcome does not apply, and beyond the last one.
    #[must_use]
    pub fn outcome_score(&self, outcome: usize) -> Option<Fixed> {
        let applies =
            outcome < self.tally.scores.len() && self.tally.applicable >> outcome & 1 == 1;
        applies.then(|| Fixed::from_steps(self.tally.scores[outcome]))
    }

    /// The probability that goes with it; `None` as for [`Scorer::outcome_score`].
    #[must_use]
    pub fn outcome_probability(&self, outcome: usize) -> Option<Probability> {
        self.outcome_score(outcome)
            .map(|_| Probability::from_billionths(self.tally.probabilities[outcome]))
    }
}

/// Whether some code has bits beyond those of its item, eight at a time.
fn spills(codes: &[u8], fields: &[u8]) -> bool {
    let (codes, last_codes) = codes.as_chunks();
    let (fields, last_fields) = fields.as_chunks();
    let words = codes.iter().zip(fields);
    let beyond = words.fold(0, |beyond, (codes, fields)| {
        beyond | u64::from_le_bytes(*codes) & !u64::from_le_bytes(*fields)
    });
    let mut last = last_codes.iter().zip(last_fields);
    beyond != 0 || last.any(|(code, field)| code & !field != 0)
}
