//! How often answers occur with each outcome at an agency, and which hardly do over all agencies.

use super::design::{SharedColumn, SharedDesign};
use super::messages::{AnswerCount, Counts, OutcomeCount};
use super::plan::Plan;
use super::warning::FederatedWarning;
use crate::research::fit::columns::counted;

/// Fewer complaints than this with an answer and the outcome, or with it and without the outcome, hardly tell a weight.
const FEW: u64 = 5;

/// For each item of the plan, for each code: complaints, and those with the outcome.
pub(super) fn answer_counts(
    plan: &Plan,
    codes: &[Vec<u8>],
    labels: &[f64],
    weights: Option<&[f64]>,
) -> Vec<Vec<AnswerCount>> {
    let with: Vec<usize> = (0..labels.len()).filter(|row| labels[*row] > 0.5).collect();
    let of_item = |(item, codes): (&super::PlanItem, &Vec<u8>)| {
        let complaints = counted(codes, item.codes());
        let of_events: Vec<u8> = with.iter().map(|row| codes[*row]).collect();
        let events = counted(&of_events, item.codes());
        // Weights of all and of those with the outcome; squares of those with it and of the others.
        let mut sums: Vec<[f64; 4]> = complaints
            .iter()
            .zip(&events)
            .map(|(all, with)| [*all, *with, *with, all - with])
            .collect();
        if let Some(weights) = weights {
            sums.fill([0.0; 4]);
            for ((code, weight), label) in codes.iter().zip(weights).zip(labels) {
                let of_code = &mut sums[usize::from(*code)];
                of_code[0] += weight;
                of_code[1] += weight * label;
                of_code[2] += weight * weight * label;
                of_code[3] += weight * weight * (1.0 - label);
            }
        }
        let counts = complaints.iter().zip(&events).zip(sums);
        let count = |((complaints, events), sums): ((&f64, &f64), [f64; 4])| {
            let [weight, of_events, squares, squares_without] = sums;
            let outcome = OutcomeCount {
                complaints: *events as u64,
                weight: of_events,
                squares,
                squares_without,
            };
            AnswerCount { complaints: *complaints as u64, weight, outcome: Some(outcome) }
        };
        counts.map(count).collect()
    };
    plan.items().iter().zip(codes).map(of_item).collect()
}

/// Sums of case weights and of their squares, with the outcome and without.
#[derive(Debug, Clone, Copy, Default)]
struct Sides {
    with: [f64; 2],
    without: [f64; 2],
}

impl Sides {
    fn add(&mut self, answer: &AnswerCount, outcome: OutcomeCount) {
        self.with[0] += outcome.weight;
        self.with[1] += outcome.squares;
        self.without[0] += (answer.weight - outcome.weight).max(0.0);
        self.without[1] += outcome.squares_without;
    }

    /// Whole complaints of the effective number with the outcome, and without it (Kish 1965).
    fn effective(&self) -> (u64, u64) {
        let number = |[sum, squares]: [f64; 2]| {
            if squares > 0.0 { (sum * sum / squares + 1e-6).floor() as u64 } else { 0 }
        };
        (number(self.with), number(self.without))
    }
}

/// Warnings of answers that rest on few complaints of one outcome, and of agencies that have not counted them.
pub(super) fn thin_answers(counts: &[Counts], design: &SharedDesign) -> Vec<FederatedWarning> {
    let silent = counts.iter().filter(|counts| !has_outcomes(counts));
    let mut found: Vec<FederatedWarning> = silent
        .map(|counts| FederatedWarning::OutcomesNotCounted { agency: counts.agency.clone() })
        .collect();
    if !found.is_empty() {
        return found;
    }
    for column in design.columns() {
        let (complaints, events) = rarer_side(counts, column);
        if events < FEW || complaints - events < FEW {
            let column = column.name.clone();
            found.push(FederatedWarning::ThinAnswer { column, complaints, events });
        }
    }
    found
}

fn has_outcomes(counts: &Counts) -> bool {
    counts.answers.iter().flatten().all(|answer| answer.outcome.is_some())
}

/// Complaints with the answer of a column, or without it where those are fewer, and those among them with the outcome: a
/// weight is a contrast and rests on its rarer side.
fn rarer_side(counts: &[Counts], column: &SharedColumn) -> (u64, u64) {
    let top = column.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sides = [Sides::default(); 2];
    for answers in counts.iter().filter_map(|counts| counts.answers.get(column.item)) {
        for (answer, value) in answers.iter().zip(&column.values) {
            if let Some(outcome) = answer.outcome {
                sides[usize::from(*value == top)].add(answer, outcome);
            }
        }
    }
    let [rest, given] = sides.map(|side| side.effective());
    let rarer = if given.0 + given.1 <= rest.0 + rest.1 { given } else { rest };
    (rarer.0 + rarer.1, rarer.0)
}
