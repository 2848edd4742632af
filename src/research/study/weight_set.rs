//! One set of weights as plain numbers: what a draw changes and a score table is built from.

use super::StudyError;
use crate::backlog::Packing;
use crate::instrument::Instrument;
use crate::score::ScoreTable;

/// Intercepts and weights in millionths, by outcome, item and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WeightSet {
    pub(super) intercepts: Vec<i32>,
    answers: Vec<i32>,
    /// Where each item's codes start; one more at the end.
    starts: Vec<usize>,
}

impl WeightSet {
    /// The weights of an instrument.
    pub(super) fn of(instrument: &Instrument) -> Self {
        let items = instrument.codebook().items();
        let mut starts = vec![0];
        for item in items {
            starts.push(starts[starts.len() - 1] + item.code_count());
        }
        let outcomes = instrument.outcomes().len();
        let mut answers = Vec::with_capacity(outcomes * starts[items.len()]);
        for outcome in 0..outcomes {
            for (place, item) in items.iter().enumerate() {
                for code in 0..item.code_count() {
                    answers.push(instrument.weight(outcome, place, code as u8).steps());
                }
            }
        }
        let intercepts =
            (0..outcomes).map(|outcome| instrument.intercept(outcome).steps()).collect();
        WeightSet { intercepts, answers, starts }
    }

    pub(super) fn outcomes(&self) -> usize {
        self.intercepts.len()
    }

    pub(super) fn items(&self) -> usize {
        self.starts.len() - 1
    }

    /// Millionths that each code of an item weighs, *unknown* first.
    pub(super) fn of_item(&self, outcome: usize, item: usize) -> &[i32] {
        &self.answers[self.range(outcome, item)]
    }

    pub(super) fn of_item_mut(&mut self, outcome: usize, item: usize) -> &mut [i32] {
        let range = self.range(outcome, item);
        &mut self.answers[range]
    }

    fn range(&self, outcome: usize, item: usize) -> std::ops::Range<usize> {
        let first = outcome * self.starts[self.items()];
        first + self.starts[item]..first + self.starts[item + 1]
    }

    /// Whether no answers could take a score out of the range of scores.
    ///
    /// # Errors
    /// [`StudyError::Overflow`] with the draw's number.
    pub(super) fn check(&self, draw: usize) -> Result<(), StudyError> {
        for outcome in 0..self.outcomes() {
            let most =
                |item| self.of_item(outcome, item).iter().map(|step| step.unsigned_abs()).max();
            let reach =
                (0..self.items()).map(|item| u64::from(most(item).unwrap_or(0))).sum::<u64>()
                    + u64::from(self.intercepts[outcome].unsigned_abs());
            if reach > i32::MAX as u64 {
                return Err(StudyError::Overflow { draw });
            }
        }
        Ok(())
    }

    pub(super) fn table(&self, packing: &Packing) -> ScoreTable {
        let weight = |outcome: usize, item: usize, code: u8| {
            self.of_item(outcome, item).get(usize::from(code)).copied().unwrap_or(0)
        };
        ScoreTable::of_steps(packing, &self.intercepts, weight, &[])
    }
}
