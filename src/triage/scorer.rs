//! One complaint after another from its answer codes: lane, band and priority without reasons.

use thiserror::Error;

use super::{Tally, Triage};
use crate::Fixed;
use crate::base::escaped;
use crate::instrument::OutcomeIndex;
use crate::rank::Standing;
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
    #[error("code {code} was given for item `{item}`, whose codes go from 0 (unknown) to {limit}", item = escaped(.item))]
    Code {
        /// The item.
        item: String,
        /// The code as given.
        code: u8,
        /// The highest code that the item has.
        limit: u8,
    },
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
/// let complaint = Complaint::new("a", "2026-04-17".parse()?)?.with_answer("urgent", "yes");
/// let encoded = complaint.encode(triage.codebook(), None, Unlisted::Refuse)?;
///
/// let mut scorer = triage.scorer();
/// let standing = scorer.score(encoded.codes())?;
/// assert_eq!(standing.band(), Band::High);
/// assert_eq!(standing, triage.assess(&complaint)?.standing());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Scorer<'a> {
    triage: &'a Triage,
    /// The highest code of every item.
    limits: Vec<u8>,
    tally: Tally,
}

impl Triage {
    /// A scorer of single complaints; make one per thread and keep it.
    #[must_use]
    pub fn scorer(&self) -> Scorer<'_> {
        let items = self.codebook().items().iter();
        let limits = items.map(|item| u8::try_from(item.answers.len()).unwrap_or(u8::MAX));
        Scorer { triage: self, limits: limits.collect(), tally: self.engine().empty_tally() }
    }
}

impl Scorer<'_> {
    /// Where the complaint with these codes (one per item in codebook order, 0 for *unknown*)
    /// stands by its answers alone, before any override. Nothing is allocated.
    ///
    /// # Errors
    /// [`CodesError`] for a number of codes that is not that of the items, and for a code that its
    /// item does not have.
    pub fn score(&mut self, codes: &[u8]) -> Result<Standing, CodesError> {
        if codes.len() != self.limits.len() {
            return Err(CodesError::Count { found: codes.len(), expected: self.limits.len() });
        }
        // In plain steps, so that many codes are looked at together.
        let pairs = codes.iter().zip(&self.limits);
        if pairs.fold(0, |beyond, (code, limit)| beyond | code.saturating_sub(*limit)) != 0 {
            return Err(self.wrong_code(codes));
        }
        let engine = self.triage.engine();
        engine.tally_codes_into(codes, &mut self.tally);
        Ok(engine.standing(&self.tally))
    }

    #[cold]
    fn wrong_code(&self, codes: &[u8]) -> CodesError {
        let pairs = codes.iter().zip(&self.limits);
        let position = pairs.clone().position(|(code, limit)| code > limit).unwrap_or(0);
        CodesError::Code {
            item: self.triage.codebook().items()[position].id.clone(),
            code: codes[position],
            limit: self.limits[position],
        }
    }

    /// The score that the complaint scored last has for an outcome; `None` where the outcome does
    /// not apply, and for one of another instrument, with more outcomes.
    #[must_use]
    pub fn outcome_score(&self, outcome: OutcomeIndex) -> Option<Fixed> {
        let outcome = outcome.position();
        let applies =
            outcome < self.tally.scores.len() && self.tally.applicable >> outcome & 1 == 1;
        applies.then(|| Fixed::from_steps(self.tally.scores[outcome]))
    }

    /// The probability that goes with it; `None` as for [`Scorer::outcome_score`].
    #[must_use]
    pub fn outcome_probability(&self, outcome: OutcomeIndex) -> Option<Probability> {
        let billionths = || self.tally.probabilities[outcome.position()];
        self.outcome_score(outcome).map(|_| Probability::from_billionths(billionths()))
    }
}
