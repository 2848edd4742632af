//! A structured risk instrument: weights per item, answer and outcome, with their provenance.
//!
//! An [`InstrumentDraft`] is what stands in a file; [`Instrument::new`] holds it against a
//! codebook. Weights are exact decimals and scores are their sums.

mod check;
mod draft;
mod error;
mod index;
mod numbers;
mod population;

use std::sync::Arc;

pub use draft::{
    Calibration, Denominator, ExpectedOverObserved, Ground, InstrumentDraft, Intercept,
    ItemWeights, Link, NumberProvenance, OutcomeDraft, Rule, Step, Studied,
};
pub use error::InstrumentError;
pub use index::OutcomeIndex;
pub(crate) use numbers::refused_number;
pub use population::{Answering, Channel, Figure, Population, PopulationItem};

use crate::Fixed;
use crate::base::{JsonError, json};
use crate::codebook::{Codebook, Identity, ItemIndex};

#[derive(Debug)]
struct Inner {
    draft: InstrumentDraft,
    identity: Identity,
    codebook: Codebook,
    parts: Vec<Part>,
    unstudied: Vec<Answers>,
}

/// One outcome with its weights spread out: by item in codebook order, then by code.
#[derive(Debug)]
struct Part {
    weights: Vec<Vec<Fixed>>,
    not_when: Vec<Answers>,
    established_by: Vec<Answers>,
}

/// An item with a set of its codes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Answers {
    pub(crate) item: usize,
    /// Ascending; 0 stands for *unknown*.
    pub(crate) codes: Vec<u8>,
}

/// An instrument that has been held against its codebook. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Instrument {
    inner: Arc<Inner>,
}

impl Instrument {
    /// Holds a draft against a codebook.
    ///
    /// Entries are put into codebook order, so that equal instruments are written with equal
    /// bytes however they were spelt.
    ///
    /// # Errors
    /// [`InstrumentError`] names the first rule that is broken, where, and the way out.
    pub fn new(codebook: &Codebook, draft: InstrumentDraft) -> Result<Self, InstrumentError> {
        check::check(codebook, draft)
    }

    /// Reads an instrument from JSON and holds it against a codebook.
    ///
    /// # Errors
    /// As [`Instrument::new`]; [`InstrumentError::TooManyDecimals`] and [`InstrumentError::Number`] for a
    /// number that would not be exact, and [`InstrumentError::Json`] for text of another shape.
    pub fn from_json(codebook: &Codebook, text: &str) -> Result<Self, InstrumentError> {
        let text = json::without_mark(text);
        match serde_json::from_str(text) {
            Ok(draft) => Instrument::new(codebook, draft),
            Err(fault) => {
                Err(refused_number(text)
                    .unwrap_or_else(|| InstrumentError::Json(JsonError::of(fault))))
            }
        }
    }

    /// Every fault of an instrument's text, the one that it is refused for first; none for one that
    /// loads.
    pub(crate) fn faults(codebook: &Codebook, text: &str) -> Vec<InstrumentError> {
        let text = json::without_mark(text);
        match serde_json::from_str(text) {
            Ok(draft) => check::faults(codebook, draft),
            Err(fault) => vec![
                refused_number(text).unwrap_or_else(|| InstrumentError::Json(JsonError::of(fault))),
            ],
        }
    }

    /// Writes the instrument as JSON, the same bytes for equal instruments.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::pretty(self.draft())
    }

    /// Name and version.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.inner.identity
    }

    /// The codebook that it weighs.
    #[must_use]
    pub fn codebook(&self) -> &Codebook {
        &self.inner.codebook
    }

    /// The instrument as it stands in a file: change a copy to make another instrument.
    #[must_use]
    pub fn draft(&self) -> &InstrumentDraft {
        &self.inner.draft
    }

    /// The outcomes in the order in which scores are given.
    #[must_use]
    pub fn outcomes(&self) -> &[OutcomeDraft] {
        &self.inner.draft.outcomes
    }

    /// Where an outcome stands among [`Instrument::outcomes`].
    pub(crate) fn outcome_position(&self, outcome: &str) -> Option<usize> {
        self.outcomes().iter().position(|part| part.outcome == outcome)
    }

    /// The score of an outcome with nothing known.
    ///
    /// # Panics
    /// Where `outcome` is of another instrument, with more outcomes; so do the two below.
    #[must_use]
    pub fn intercept(&self, outcome: OutcomeIndex) -> Fixed {
        self.intercept_at(outcome.position())
    }

    pub(crate) fn intercept_at(&self, outcome: usize) -> Fixed {
        self.outcomes()[outcome].intercept.value
    }

    /// What an answer weighs for an outcome; *unknown* (code 0) weighs 0, and so does a code that
    /// the item does not list.
    ///
    /// # Panics
    /// Where an index is of another instrument or codebook, with more of them.
    #[must_use]
    pub fn weight(&self, outcome: OutcomeIndex, item: ItemIndex, code: u8) -> Fixed {
        self.weight_at(outcome.position(), item.position(), code)
    }

    pub(crate) fn weight_at(&self, outcome: usize, item: usize, code: u8) -> Fixed {
        self.inner.parts[outcome].weights[item].get(usize::from(code)).copied().unwrap_or_default()
    }

    /// The lowest and the highest score that any answers give an outcome, exactly.
    ///
    /// # Panics
    /// Where `outcome` is of another instrument, with more outcomes.
    #[must_use]
    pub fn range(&self, outcome: OutcomeIndex) -> (Fixed, Fixed) {
        self.range_given(outcome.position(), |_| 0)
    }

    /// The same with some items answered: `code_of` gives each item's code, 0 for those open.
    pub(crate) fn range_given(
        &self,
        outcome: usize,
        code_of: impl Fn(usize) -> u8,
    ) -> (Fixed, Fixed) {
        let start = self.intercept_at(outcome).steps();
        let weights = self.inner.parts[outcome].weights.iter().enumerate();
        let (low, high) = weights.fold((start, start), |(low, high), (item, weights)| {
            match code_of(item) {
                0 => {
                    let steps = weights.iter().map(|weight| weight.steps());
                    // Code 0 is among the weights, so the fold starts from its 0.
                    let (least, most) =
                        steps.fold((0, 0), |(least, most), step| (step.min(least), step.max(most)));
                    (low + least, high + most)
                }
                code => {
                    let steps = self.weight_at(outcome, item, code).steps();
                    (low + steps, high + steps)
                }
            }
        });
        (Fixed::from_steps(low), Fixed::from_steps(high))
    }

    /// Whether the probabilities of every outcome were held against outcomes that were found, among complaints that really came
    /// in ([`Calibration::is_of_real_complaints`]).
    #[must_use]
    pub fn is_calibrated(&self) -> bool {
        self.outcomes().iter().all(|part| part.quotable_calibration().is_some())
    }

    /// Whether a complaint with these codes lies outside what was studied.
    pub(crate) fn is_unstudied(&self, codes: &[u8]) -> bool {
        let given = |answers: &Answers| answers.codes.contains(&codes[answers.item]);
        self.inner.unstudied.iter().any(given)
    }

    pub(crate) fn not_when(&self, outcome: usize) -> &[Answers] {
        &self.inner.parts[outcome].not_when
    }

    pub(crate) fn established_by(&self, outcome: usize) -> &[Answers] {
        &self.inner.parts[outcome].established_by
    }
}

impl PartialEq for Instrument {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
            || (self.inner.draft == other.inner.draft
                && self.inner.codebook == other.inner.codebook)
    }
}

impl Eq for Instrument {}
