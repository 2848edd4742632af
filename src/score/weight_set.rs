//! One set of weights as plain numbers: what a study changes and a score table is built from.

use super::ScoreTable;
use crate::backlog::Packing;
use crate::codebook::ItemIndex;
use crate::instrument::{Instrument, OutcomeIndex};

/// Intercepts and weights in millionths, by outcome, item and code: an instrument's numbers to change
/// and to rank by, without its provenance.
///
/// ```
/// use caserank::score::WeightSet;
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// # let triage = caserank::Triage::from_json(json)?;
/// let mut weights = WeightSet::of(triage.instrument());
/// let urgent = triage.codebook().item_index("urgent").expect("the model asks for it");
/// for outcome in triage.instrument().outcome_indices() {
///     weights.of_item_mut(outcome, urgent).iter_mut().for_each(|weight| *weight *= 2);
/// }
/// assert!(weights.fits());
/// # Ok::<(), caserank::triage::ModelError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightSet {
    intercepts: Vec<i32>,
    answers: Vec<i32>,
    /// Where each item's codes start; one more at the end.
    starts: Vec<usize>,
}

impl WeightSet {
    /// The weights of an instrument.
    #[must_use]
    pub fn of(instrument: &Instrument) -> Self {
        let items = instrument.codebook().items();
        let mut starts = vec![0];
        for item in items {
            starts.push(starts[starts.len() - 1] + item.code_count());
        }
        let outcomes = instrument.outcomes().len();
        let mut answers = Vec::with_capacity(outcomes * starts[items.len()]);
        for outcome in 0..outcomes {
            for (position, item) in items.iter().enumerate() {
                for code in 0..item.code_count() {
                    answers.push(instrument.weight_at(outcome, position, code as u8).steps());
                }
            }
        }
        let intercepts =
            (0..outcomes).map(|outcome| instrument.intercept_at(outcome).steps()).collect();
        WeightSet { intercepts, answers, starts }
    }

    /// How many outcomes are scored.
    #[must_use]
    pub fn outcomes(&self) -> usize {
        self.intercepts.len()
    }

    /// How many items are weighed.
    #[must_use]
    pub fn items(&self) -> usize {
        self.starts.len() - 1
    }

    /// Millionths of every outcome's score with nothing known, in the instrument's order.
    #[must_use]
    pub fn intercepts(&self) -> &[i32] {
        &self.intercepts
    }

    /// The same, to be changed.
    pub fn intercepts_mut(&mut self) -> &mut [i32] {
        &mut self.intercepts
    }

    /// Millionths that each code of an item weighs for an outcome, *unknown* first; none for an
    /// outcome or an item of another model, with more of them.
    #[must_use]
    pub fn of_item(&self, outcome: OutcomeIndex, item: ItemIndex) -> &[i32] {
        self.of_item_at(outcome.position(), item.position())
    }

    pub(crate) fn of_item_at(&self, outcome: usize, item: usize) -> &[i32] {
        self.answers.get(self.range(outcome, item)).unwrap_or_default()
    }

    /// The same, to be changed.
    pub fn of_item_mut(&mut self, outcome: OutcomeIndex, item: ItemIndex) -> &mut [i32] {
        self.of_item_mut_at(outcome.position(), item.position())
    }

    pub(crate) fn of_item_mut_at(&mut self, outcome: usize, item: usize) -> &mut [i32] {
        let range = self.range(outcome, item);
        self.answers.get_mut(range).unwrap_or_default()
    }

    fn range(&self, outcome: usize, item: usize) -> std::ops::Range<usize> {
        match self.starts.get(item..item.saturating_add(2)) {
            Some(&[start, end]) if outcome < self.outcomes() => {
                let first = outcome * self.starts[self.items()];
                first + start..first + end
            }
            _ => 0..0,
        }
    }

    /// Whether it weighs the same outcomes, items and codes as another.
    pub(crate) fn has_shape_of(&self, other: &WeightSet) -> bool {
        (self.outcomes(), &self.starts) == (other.outcomes(), &other.starts)
    }

    /// Whether no answers could take a score out of the range of scores, ±2,147.
    #[must_use]
    pub fn fits(&self) -> bool {
        (0..self.outcomes()).all(|outcome| {
            let most =
                |item| self.of_item_at(outcome, item).iter().map(|step| step.unsigned_abs()).max();
            let reach =
                (0..self.items()).map(|item| u64::from(most(item).unwrap_or(0))).sum::<u64>();
            reach + u64::from(self.intercepts[outcome].unsigned_abs()) <= i32::MAX as u64
        })
    }

    pub(crate) fn table(&self, packing: &Packing) -> ScoreTable {
        let weight = |outcome: usize, item: usize, code: u8| {
            self.of_item_at(outcome, item).get(usize::from(code)).copied().unwrap_or(0)
        };
        ScoreTable::of_steps(packing, &self.intercepts, weight, &[])
    }
}
