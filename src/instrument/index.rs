//! Which outcome of an instrument: an index that only the instrument gives out.

use std::fmt;
use std::ops::Index;

use super::{Instrument, OutcomeDraft};

/// Which outcome of an [`Instrument`]: scores, ranges and weights are asked for by it.
///
/// Given out by [`Instrument::outcome_index`] and [`Instrument::outcome_indices`]. A codebook may
/// list outcomes in another order, and more of them, so their positions there are no such index.
///
/// ```
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// # let triage = caserank::Triage::from_json(json)?;
/// let instrument = triage.instrument();
/// for outcome in instrument.outcome_indices() {
///     let (lowest, highest) = instrument.range(outcome);
///     println!("{}: {lowest} to {highest}", instrument[outcome].outcome);
/// }
/// # Ok::<(), caserank::triage::ModelError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutcomeIndex(u8);

impl OutcomeIndex {
    /// An instrument has at most [`MOST_OUTCOMES`](crate::codebook::MOST_OUTCOMES) outcomes.
    pub(crate) fn new(position: usize) -> Self {
        OutcomeIndex(position as u8)
    }

    /// Where the outcome stands in [`Instrument::outcomes`], from 0.
    #[must_use]
    pub fn position(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Display for OutcomeIndex {
    /// The position, from 0.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Instrument {
    /// Which outcome has this id.
    #[must_use]
    pub fn outcome_index(&self, outcome: &str) -> Option<OutcomeIndex> {
        self.outcome_position(outcome).map(OutcomeIndex::new)
    }

    /// All of them, in the order of [`Instrument::outcomes`].
    pub fn outcome_indices(&self) -> impl ExactSizeIterator<Item = OutcomeIndex> + Clone + use<> {
        // An instrument's outcomes fit in 8 bits: see `MOST_OUTCOMES`.
        (0..self.outcomes().len() as u8).map(OutcomeIndex)
    }
}

impl Index<OutcomeIndex> for Instrument {
    type Output = OutcomeDraft;

    /// The outcome as it stands in the file.
    ///
    /// # Panics
    /// Where the index is of another instrument, with more outcomes.
    fn index(&self, index: OutcomeIndex) -> &OutcomeDraft {
        &self.outcomes()[index.position()]
    }
}
