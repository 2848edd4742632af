//! Promise 1: batch, single and streamed scores are equal bit for bit; so are 1, 2 and 8 threads.
//! Every one of them agrees with the plain evaluator.
#![allow(clippy::unwrap_used)]

use crate::common::{Case, any_case, cases, sorted};
use proptest::prelude::*;

fn agrees_with_the_plain_evaluator(case: &Case) -> Result<(), TestCaseError> {
    let (slow, backlog) = (case.slow(), case.backlog());
    let scores = case.triage.score(&backlog).unwrap();
    prop_assert_eq!(scores.len(), case.complaints.len());
    prop_assert_eq!(scores.outcomes(), slow.instrument.outcomes.len());
    let overrides = case.overrides().at(case.now);
    let ranking = case.triage.rank_with(&backlog, &overrides).unwrap();
    let mut expected = Vec::new();
    for complaint in &case.complaints {
        let placed = slow.place(complaint, case.as_of, &case.decisions, case.now);
        let row = backlog.row_of(complaint.id()).unwrap();
        let outcomes = case.triage.instrument().outcome_indices();
        for (outcome, &applies) in outcomes.zip(&placed.applies) {
            let position = outcome.position();
            prop_assert_eq!(scores.applies(row, outcome), applies);
            prop_assert_eq!(i64::from(scores.steps()[[row, position]]), placed.scores[position]);
            let score = scores.score(row, outcome).map(|score| i64::from(score.steps()));
            prop_assert_eq!(score, applies.then_some(placed.scores[position]));
            let probability = u64::from(scores.probability(row, outcome).billionths());
            prop_assert_eq!(probability, placed.probabilities[position]);
        }
        expected.push(placed);
    }
    let expected = sorted(expected);
    prop_assert_eq!(ranking.len(), expected.len());
    for (entry, placed) in ranking.iter().zip(&expected) {
        prop_assert_eq!(entry.id(), &placed.id);
        prop_assert_eq!(entry.lane(), placed.lane);
        prop_assert_eq!(entry.band(), placed.band);
        prop_assert_eq!(u64::from(entry.priority().billionths()), placed.priority);
        let placement = entry.placement();
        prop_assert_eq!(placement.standing().lane(), placed.lane);
        prop_assert_eq!(placement.standing().band(), placed.band);
        prop_assert_eq!(placement.model_standing().lane(), placed.model_lane);
        prop_assert_eq!(placement.model_standing().band(), placed.model_band);
        prop_assert!(placed.is_set_by(placement.set_by()), "{placement:?} {placed:?}");
        prop_assert_eq!(placement.is_overridden(), placed.overridden);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn batch_agrees_with_the_plain_evaluator(case in any_case()) {
        agrees_with_the_plain_evaluator(&case)?;
    }

    #[test]
    fn one_complaint_alone_has_the_scores_that_it_has_among_many(case in any_case()) {
        let backlog = case.backlog();
        let many = case.triage.score(&backlog).unwrap();
        let ranking = case.triage.rank(&backlog).unwrap();
        let mut scorer = case.triage.scorer();
        for complaint in case.complaints.iter().take(8) {
            let alone = case.backlog_of(std::slice::from_ref(complaint));
            let single = case.triage.score(&alone).unwrap();
            let row = backlog.row_of(complaint.id()).unwrap();
            prop_assert!(single.steps().row(0) == many.steps().row(row));
            prop_assert!(single.billionths().row(0) == many.billionths().row(row));
            let entry = ranking.iter().find(|entry| entry.id() == complaint.id()).unwrap();
            let single = case.triage.rank(&alone).unwrap();
            let single = single.iter().next().unwrap();
            prop_assert_eq!(
                (single.lane(), single.band(), single.priority()),
                (entry.lane(), entry.band(), entry.priority())
            );
            let scored = scorer.score(backlog.codes().row(row).as_slice().unwrap()).unwrap();
            prop_assert_eq!(
                (scored.lane(), scored.band(), scored.priority()),
                (entry.lane(), entry.band(), entry.priority())
            );
            for outcome in case.triage.instrument().outcome_indices() {
                prop_assert_eq!(scorer.outcome_score(outcome), many.score(row, outcome));
                let probability = scorer.outcome_probability(outcome).unwrap_or_default();
                prop_assert_eq!(probability, many.probability(row, outcome));
            }
        }
    }
}

/// A priority that meets a cut-off exactly belongs to the band above it, alone and among many.
#[test]
fn a_cut_off_belongs_to_the_band_above() {
    use caserank::instrument::{Link, Step};
    use caserank::policy::{Band, Combination};

    let toy = caserank::Triage::from_json(crate::common::TOY).unwrap();
    let received = crate::common::time(0);
    let complaint = caserank::Complaint::new("a", received).unwrap();
    let mut builder = caserank::BacklogBuilder::new(toy.codebook());
    builder.push(&complaint).unwrap();
    let backlog = builder.freeze();
    // The cut-offs of the toy model, in millionths.
    for (cut, below, above) in [
        (60_000, Band::Low, Band::Medium),
        (150_000, Band::Medium, Band::High),
        (300_000, Band::High, Band::VeryHigh),
    ] {
        for (steps, band) in [(cut - 1, below), (cut, above), (cut + 1, above)] {
            let probability = caserank::Fixed::from_steps(steps);
            let mut instrument = toy.instrument().draft().clone();
            let from = caserank::Fixed::ZERO;
            instrument.outcomes[0].link = Link::Table(vec![Step { from, probability }]);
            let mut policy = toy.policy().draft().clone();
            policy.combination = Combination::Single("danger".to_owned());
            let version: semver::Version = "0.2.0".parse().unwrap();
            let model = toy.with_instrument(version.clone(), instrument).unwrap();
            let model = model.with_policy(version, policy).unwrap();
            let ranking = model.rank(&backlog).unwrap();
            assert_eq!(ranking.at(1).unwrap().band(), band, "{steps}");
            assert_eq!(model.assess(&complaint).unwrap().band(), band, "{steps}");
        }
    }
}

/// In pools of the test's own, with enough complaints to be shared out.
#[cfg(feature = "parallel")]
#[test]
fn one_two_and_eight_threads_give_the_same_bits() {
    use crate::common::{Draw, Rules, Weights, instrument, policy, time};
    use caserank::Backlog;
    use caserank::backlog::Coded;
    use caserank::complaint::Origin;
    use caserank::ndarray::Array2;
    use caserank::triage::RankingEntry;

    let small = |seed: &u64| {
        let codebook = crate::common::codebook(&mut Draw::seeded(*seed));
        (4..8).contains(&codebook.items().len()) && codebook.outcomes().len() > 4
    };
    let mut draw = Draw::seeded((0..).find(small).unwrap());
    let codebook = crate::common::codebook(&mut draw);
    // Enough complaints for several shares of scoring and of sorting.
    let rows = 150_000;
    let ids: Vec<String> = (0..rows).map(|number| format!("{:x}", number * 7_919)).collect();
    let received: Vec<_> = (0..rows).map(|_| time(draw.below(4))).collect();
    let codes = Array2::from_shape_fn((rows, codebook.items().len()), |(_, item)| {
        draw.below(codebook.items()[item].answers.len() + 1) as u8
    });
    let coded = Coded::new(&ids, &received, codes.view()).with_origin(Origin::Synthetic);
    let instrument = instrument(&mut draw, &codebook, Weights::Any);
    let policy = policy(&mut draw, &codebook, &instrument, Rules::Any);
    let identity = codebook.identity().clone();
    let triage = caserank::Triage::new(identity, "", codebook, instrument, policy).unwrap();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let backlog = Backlog::from_codes(triage.codebook(), &coded).unwrap();
            let scores = triage.score(&backlog).unwrap();
            let ranking = triage.rank(&backlog).unwrap();
            let top = triage.top(&backlog, 1_000).unwrap();
            let order = |ranking: &caserank::Ranking| -> Vec<_> {
                let line = |entry: RankingEntry<'_>| {
                    (entry.row(), entry.lane(), entry.band(), entry.priority())
                };
                ranking.iter().map(line).collect()
            };
            let ids: Vec<String> = (0..rows).map(|row| backlog.id(row).to_owned()).collect();
            (scores, ids, order(&ranking), order(&top))
        })
    };
    let one = run(1);
    assert_eq!(one.2.len(), rows);
    assert!(one.2[..1_000] == one.3);
    for threads in [2, 8] {
        assert!(run(threads) == one, "{threads} threads");
    }
}

#[test]
fn a_scorer_refuses_codes_that_do_not_fit() {
    use caserank::triage::CodesError;

    let toy = caserank::Triage::from_json(crate::common::TOY).unwrap();
    let items = toy.codebook().items();
    let mut scorer = toy.scorer();
    let short = scorer.score(&vec![0; items.len() - 1]).unwrap_err();
    assert_eq!(short, CodesError::Count { found: items.len() - 1, expected: items.len() });
    assert!(short.to_string().contains("one code per item, 0 for unknown"), "{short}");
    for (place, item) in items.iter().enumerate() {
        let limit = u8::try_from(item.answers.len()).unwrap();
        let mut codes = vec![0; items.len()];
        codes[place] = limit;
        assert!(scorer.score(&codes).is_ok());
        codes[place] = limit + 1;
        let error = scorer.score(&codes).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(&format!("`{}`", item.id)) && text.contains(&(limit + 1).to_string())
        );
        assert_eq!(error, CodesError::Code { item: item.id.clone(), code: limit + 1, limit });
    }
}
