//! The lines of a ranking say what the slow ways say: each complaint's assessment, and each single answer tried.
#![allow(clippy::unwrap_used)]

use crate::common::{Case, any_case, cases};
use caserank::Ranking;
use caserank::listing::{Line, Listing};
use caserank::rank::Standing;
use proptest::prelude::*;

/// First and last place that one open answer of the present stage leads to, where it differs from the present one.
fn ends_of_reach(ranking: &Ranking, line: &Line<'_>) -> (Option<Standing>, Option<Standing>) {
    let assessment = ranking.entry(line.id()).unwrap().assess();
    let now = line.placement().model_standing();
    let places = assessment.reachable().iter().map(|answered| answered.standing);
    let first = places.clone().filter(|then| then.is_before(now)).min();
    (first, places.filter(|then| now.is_before(*then)).max())
}

fn lines_are_those_of_the_slow_ways(case: &Case) -> Result<(), TestCaseError> {
    let backlog = case.backlog();
    let ranking = case.triage.rank(&backlog).unwrap();
    let listing = Listing::of(&ranking);
    prop_assert_eq!(listing.lines().len(), ranking.len());
    for (line, entry) in listing.lines().zip(&ranking) {
        prop_assert_eq!((line.position(), line.id()), (entry.position(), entry.id()));
        let assessment = entry.assess();
        prop_assert_eq!(line.placement(), assessment.placement());
        prop_assert_eq!(line.priority(), assessment.priority());
        let mut told: Vec<(&str, &str, i64)> = line
            .raised_by()
            .chain(line.lowered_by())
            .map(|mover| (mover.item(), mover.answer(), mover.billionths()))
            .collect();
        let items = case.triage.codebook().items();
        let reasons = assessment.reasons().iter().map(|reason| {
            let item = &items[reason.item];
            (item.id.as_str(), item.answer_id(reason.code), reason.change)
        });
        let mut expected: Vec<(&str, &str, i64)> = reasons.collect();
        told.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(told, expected);
        let must: Vec<&str> = line.must_gates().map(|gate| gate.id.as_str()).collect();
        let fired = assessment.gates().filter(|gate| {
            gate.effect == caserank::policy::GateEffect::Must
                && line.placement().standing().lane() == caserank::Lane::Must
        });
        prop_assert_eq!(must, fired.map(|gate| gate.id.as_str()).collect::<Vec<_>>());
        prop_assert_eq!(
            (line.could_rise_to(), line.could_fall_to()),
            ends_of_reach(&ranking, &line),
            "{}",
            line.id()
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(100))]

    /// Under random models: denominators, caps, floors, danger signs and several words of rules among them.
    #[test]
    fn lines_are_what_slow_ways_find(case in any_case()) {
        lines_are_those_of_the_slow_ways(&case)?;
    }
}
