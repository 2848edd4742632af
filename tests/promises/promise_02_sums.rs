//! Promise 2: contributions plus intercept equal each outcome's score exactly.
#![allow(clippy::unwrap_used)]

use crate::common::{any_case, cases};
use caserank::Fixed;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn contributions_and_intercept_add_up_to_the_score(case in any_case()) {
        let (slow, backlog) = (case.slow(), case.backlog());
        let scores = case.triage.score(&backlog).unwrap();
        let (codebook, instrument) = (case.triage.codebook(), case.triage.instrument());
        for complaint in case.complaints.iter().take(10) {
            let row = backlog.row_of(complaint.id()).unwrap();
            let assessment = case.triage.assess_row(&backlog, row).unwrap();
            let answers = slow.answers(complaint, case.as_of);
            for (position, part) in slow.instrument.outcomes.iter().enumerate() {
                let outcome = instrument.outcome_index(&part.outcome).unwrap();
                let result = assessment.outcome(outcome);
                let mut sum = i64::from(instrument.intercept(outcome).steps());
                for contribution in assessment.contributions(outcome) {
                    // Each is the weight of the answer given, in codebook order, and never 0.
                    let item = &codebook[contribution.item()];
                    let given = answers[contribution.item().position()].unwrap();
                    prop_assert_eq!(item.answer_id(contribution.code()), given);
                    let entry = part.weights.iter().find(|entry| entry.item == item.id).unwrap();
                    prop_assert_eq!(entry.weights[given], contribution.weight());
                    prop_assert_ne!(contribution.weight(), Fixed::ZERO);
                    sum += i64::from(contribution.weight().steps());
                }
                prop_assert_eq!(sum, i64::from(result.score().steps()));
                prop_assert_eq!(result.score().steps(), scores.steps()[[row, position]]);
                prop_assert_eq!(result.applies(), scores.applies(row, outcome));
                prop_assert_eq!(result.probability(), scores.probability(row, outcome));
            }
        }
    }

    /// A reason says how much higher the priority is than with that one answer unknown, exactly.
    #[test]
    fn reasons_are_exact_and_complete(case in any_case()) {
        let (slow, backlog) = (case.slow(), case.backlog());
        for complaint in case.complaints.iter().take(5) {
            let row = backlog.row_of(complaint.id()).unwrap();
            let assessment = case.triage.assess_row(&backlog, row).unwrap();
            let answers = slow.answers(complaint, case.as_of);
            let now = slow.by_answers(complaint, &answers).priority as i64;
            let mut expected = Vec::new();
            for item in 0..answers.len() {
                if answers[item].is_some() {
                    let mut without = answers.clone();
                    without[item] = None;
                    let change = now - slow.by_answers(complaint, &without).priority as i64;
                    if change != 0 {
                        expected.push((item, change));
                    }
                }
            }
            expected.sort_by_key(|&(item, change)| (std::cmp::Reverse(change.abs()), item));
            let found: Vec<(usize, i64)> = assessment
                .reasons()
                .iter()
                .map(|reason| (reason.item().position(), reason.change()))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }

    /// What machines read is what the calls give.
    #[test]
    fn a_written_assessment_adds_up_too(case in any_case()) {
        let backlog = case.backlog();
        for row in 0..backlog.len().min(3) {
            let assessment = case.triage.assess_row(&backlog, row).unwrap();
            let text = serde_json::to_string(&assessment).unwrap();
            let written: Written = serde_json::from_str(&text).unwrap();
            let outcomes = case.triage.instrument().outcome_indices();
            prop_assert_eq!(outcomes.len(), written.outcomes.len());
            for (outcome, part) in outcomes.zip(&written.outcomes) {
                let weights = part.contributions.iter().map(|entry| entry.weight_millionths);
                let sum = part.intercept_millionths + weights.sum::<i32>();
                let score = assessment.outcome(outcome);
                prop_assert_eq!(sum, score.score().steps());
                prop_assert_eq!(part.score_millionths, score.applies().then_some(score.score().steps()));
            }
        }
    }
}

#[derive(serde::Deserialize)]
struct Written {
    outcomes: Vec<WrittenOutcome>,
}

#[derive(serde::Deserialize)]
struct WrittenOutcome {
    score_millionths: Option<i32>,
    intercept_millionths: i32,
    contributions: Vec<WrittenContribution>,
}

#[derive(serde::Deserialize)]
struct WrittenContribution {
    weight_millionths: i32,
}
