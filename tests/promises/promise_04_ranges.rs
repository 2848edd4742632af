//! Promise 4: answering an unknown item keeps each score inside the range stated before; reaching
//! a stage with no new answer changes nothing.
#![allow(clippy::unwrap_used)]

use crate::common::{Case, Draw, Placed, any_case, cases, draws};
use caserank::Seed;
use caserank::codebook::Stage;
use caserank::explain::{Assessment, SmallestChange};
use caserank::policy::Priority;
use caserank::rank::Standing;
use caserank::{Complaint, Fixed};
use proptest::prelude::*;

type Answers<'a> = Vec<Option<&'a str>>;

fn standing(placed: &Placed) -> Standing {
    let priority = Priority::from_billionths(u32::try_from(placed.priority).unwrap());
    Standing::new(placed.model_lane, placed.model_band, priority)
}

/// The complaint with nothing left out by time, so that it can be assessed by itself.
fn timeless(case: &Case) -> Vec<Complaint> {
    case.backlog().complaints().collect()
}

/// Answers every open item at random, of every stage.
fn completed<'a>(draw: &mut Draw, case: &'a Case, answers: &Answers<'a>) -> Answers<'a> {
    let items = case.triage.codebook().items();
    let open = |(given, item): (&Option<&'a str>, &'a caserank::codebook::Item)| {
        given.or_else(|| Some(item.answers[draw.below(item.answers.len())].id.as_str()))
    };
    answers.iter().zip(items).map(open).collect()
}

fn within(bound: &caserank::explain::Bound, placed: &Placed) -> bool {
    let (lowest, highest) =
        (bound.last().priority().billionths(), bound.first().priority().billionths());
    (u64::from(lowest)..=u64::from(highest)).contains(&placed.priority)
        && !bound.last().is_before(bound.first())
        && !bound.last().is_before(standing(placed))
        && !standing(placed).is_before(bound.first())
        // Lane and band each for itself, too.
        && placed.model_band >= bound.last().band()
        && placed.model_band <= bound.first().band()
}

fn in_range(assessment: &Assessment, placed: &Placed) -> bool {
    let outcomes = assessment.triage().instrument().outcome_indices();
    outcomes.zip(&placed.scores).all(|(outcome, score)| {
        let (low, high) = assessment.range(outcome);
        (i64::from(low.steps())..=i64::from(high.steps())).contains(score)
    })
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn answers_keep_to_the_range_stated_before(case in any_case(), draw in draws()) {
        let (slow, mut draw) = (case.slow(), draw);
        for complaint in timeless(&case).iter().take(5) {
            let assessment = case.triage.assess(complaint).unwrap();
            let answers = slow.answers(complaint, None);
            let whole = slow.by_answers(complaint, &answers);
            prop_assert!(in_range(&assessment, &whole) && within(&assessment.bound(), &whole));
            // One answer after another: each range lies in the one before.
            let mut complaint = complaint.clone();
            let target = completed(&mut draw, &case, &answers);
            let mut before = assessment;
            for (place, item) in case.triage.codebook().items().iter().enumerate().take(12) {
                if answers[place].is_none() {
                    complaint.set_answer(item.id.as_str(), target[place].unwrap());
                    let after = case.triage.assess(&complaint).unwrap();
                    for outcome in case.triage.instrument().outcome_indices() {
                        let (wide, narrow) = (before.range(outcome), after.range(outcome));
                        prop_assert!(wide.0 <= narrow.0 && narrow.1 <= wide.1);
                        let score = after.outcome(outcome).score();
                        prop_assert!(wide.0 <= score && score <= wide.1);
                    }
                    prop_assert!(before.bound().last().priority() <= after.bound().last().priority());
                    prop_assert!(before.bound().first().priority() >= after.bound().first().priority());
                    before = after;
                }
            }
        }
    }

    #[test]
    fn every_completion_lies_within_the_outer_bound(case in any_case(), draw in draws()) {
        let (slow, mut draw) = (case.slow(), draw);
        for complaint in timeless(&case).iter().take(4) {
            let assessment = case.triage.assess(complaint).unwrap();
            let answers = slow.answers(complaint, None);
            for _ in 0..10 {
                let placed = slow.by_answers(complaint, &completed(&mut draw, &case, &answers));
                prop_assert!(within(&assessment.bound(), &placed), "{:?} {placed:?}", assessment.bound());
                prop_assert!(in_range(&assessment, &placed));
            }
        }
    }

    /// The ends of a score's range are reached by some answers.
    #[test]
    fn the_range_is_exact(case in any_case()) {
        let slow = case.slow();
        for complaint in timeless(&case).iter().take(4) {
            let assessment = case.triage.assess(complaint).unwrap();
            let answers = slow.answers(complaint, None);
            for part in &slow.instrument.outcomes {
                let outcome = case.triage.instrument().outcome_index(&part.outcome).unwrap();
                let (mut low, mut high) = (slow.score(part, &answers), slow.score(part, &answers));
                for (place, item) in case.triage.codebook().items().iter().enumerate() {
                    if answers[place].is_some() {
                        continue;
                    }
                    let entry = part.weights.iter().find(|entry| entry.item == item.id);
                    let weight = |answer: &str| {
                        let weight = entry.and_then(|entry| entry.weights.get(answer));
                        weight.map_or(0, |weight| i64::from(weight.steps()))
                    };
                    let ids = item.answers.iter().map(|answer| weight(&answer.id));
                    let (least, most) = (ids.clone().min().unwrap(), ids.max().unwrap());
                    // *Unknown* is among what it may stay.
                    low += least.min(0);
                    high += most.max(0);
                }
                let steps = |end: i64| Fixed::from_steps(i32::try_from(end).unwrap());
                prop_assert_eq!(assessment.range(outcome), (steps(low), steps(high)));
            }
        }
    }

    /// Exactly the single open answers of the present stage that change lane or band are named.
    #[test]
    fn reachable_names_every_single_answer_that_matters(case in any_case()) {
        let slow = case.slow();
        for complaint in timeless(&case).iter().take(4) {
            let assessment = case.triage.assess(complaint).unwrap();
            let answers = slow.answers(complaint, None);
            let now = standing(&slow.by_answers(complaint, &answers));
            prop_assert_eq!(assessment.standing(), now);
            let mut expected = Vec::new();
            for (place, item) in case.triage.codebook().items().iter().enumerate() {
                if answers[place].is_some() || item.stage > assessment.stage() {
                    continue;
                }
                for (answer, code) in item.answers.iter().zip(1_u8..) {
                    let mut then = answers.clone();
                    then[place] = Some(&answer.id);
                    let then = standing(&slow.by_answers(complaint, &then));
                    if !then.has_band_of(now) {
                        expected.push((place, code, then));
                    }
                }
            }
            let found: Vec<_> = assessment
                .reachable()
                .iter()
                .map(|answered| (answered.item().position(), answered.code(), answered.standing()))
                .collect();
            prop_assert_eq!(&found, &expected);
            // Whatever is asked next is one of them.
            for question in assessment.next_questions() {
                prop_assert!(expected.iter().any(|(item, ..)| *item == question.item().position()));
                prop_assert!((1..=1_000_000).contains(&question.chance()));
            }
            if let SmallestChange::Answers { answers: set, standing } =
                case.triage.smallest_change(complaint).unwrap()
            {
                prop_assert_eq!(set.len() == 1, !expected.is_empty());
                prop_assert!(!standing.has_band_of(now));
                let mut then = answers.clone();
                for (item, code) in set {
                    prop_assert!(answers[item.position()].is_none());
                    let answer = case.triage.codebook()[item].answer_id(code);
                    then[item.position()] = Some(answer);
                }
                let then = slow.by_answers(complaint, &then);
                prop_assert_eq!(standing, self::standing(&then));
            } else {
                prop_assert!(expected.is_empty());
            }
        }
    }

    /// No two open answers change anything where three are said to be needed, or more, or where
    /// nothing is said to change it.
    #[test]
    fn no_smaller_set_of_answers_changes_it(case in any_case()) {
        let slow = case.slow();
        let items = case.triage.codebook().items();
        for complaint in timeless(&case).iter().take(3) {
            let found = case.triage.smallest_change(complaint).unwrap();
            if matches!(&found, SmallestChange::Answers { answers, .. } if answers.len() < 3) {
                continue;
            }
            let stage = case.triage.assess(complaint).unwrap().stage();
            let answers = slow.answers(complaint, None);
            let now = standing(&slow.by_answers(complaint, &answers));
            let open: Vec<(usize, &str)> = (0..items.len())
                .filter(|&place| answers[place].is_none() && items[place].stage <= stage)
                .flat_map(|place| {
                    items[place].answers.iter().map(move |answer| (place, answer.id.as_str()))
                })
                .collect();
            for (first, &(place, answer)) in open.iter().enumerate().take(25) {
                let mut then = answers.clone();
                then[place] = Some(answer);
                for &(other, answer) in &open[first..open.len().min(25)] {
                    if other != place {
                        then[other] = Some(answer);
                        prop_assert!(standing(&slow.by_answers(complaint, &then)).has_band_of(now));
                        then[other] = None;
                    }
                }
            }
        }
    }

    #[test]
    fn reaching_a_stage_without_an_answer_changes_nothing(case in any_case()) {
        let later: Vec<Complaint> = case
            .complaints
            .iter()
            .map(|complaint| complaint.clone().with_stage(Stage::PostSearch))
            .collect();
        let (before, after) = (case.backlog(), case.backlog_of(&later));
        prop_assert!(case.triage.score(&before).unwrap() == case.triage.score(&after).unwrap());
        let rank = |backlog| {
            let ranking = case.triage.rank(backlog).unwrap();
            let line = |entry: caserank::triage::RankingEntry<'_>| {
                (entry.id().to_owned(), entry.lane(), entry.band(), entry.priority())
            };
            ranking.iter().map(line).collect::<Vec<_>>()
        };
        prop_assert_eq!(rank(&before), rank(&after));
        for row in 0..before.len().min(4) {
            let (first, second) =
                (case.triage.assess_row(&before, row).unwrap(), case.triage.assess_row(&after, row).unwrap());
            prop_assert_eq!(second.stage(), Stage::PostSearch);
            prop_assert_eq!(first.placement(), second.placement());
            prop_assert_eq!(first.reasons(), second.reasons());
            prop_assert_eq!(first.bound(), second.bound());
        }
    }

    /// Drawn completions are counted once each, and lie within the bound.
    #[test]
    fn drawn_completions_add_up(case in any_case(), seed in any::<u64>()) {
        for complaint in timeless(&case).iter().take(2) {
            let shares = case.triage.completions(complaint, 20, Seed(seed)).unwrap();
            prop_assert_eq!(shares.bands().iter().map(|(_, count)| count).sum::<u32>(), 20);
            prop_assert!(shares.must() <= 20);
            prop_assert_eq!(&case.triage.completions(complaint, 20, Seed(seed)).unwrap(), &shares);
            let bound = case.triage.assess(complaint).unwrap().bound();
            for (band, count) in shares.bands() {
                prop_assert!(*count == 0 || (bound.last().band()..=bound.first().band()).contains(band));
            }
        }
    }
}
