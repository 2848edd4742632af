//! Promise 6: no `must` or `floor` complaint is absent from every list under any combination of
//! gates, holds, routes and overrides; a cap never undoes a floor; an override is always visible
//! beside the original.
#![allow(clippy::unwrap_used)]

use crate::common::{any_case, cases};
use caserank::policy::{Band, GateEffect, Lane, OverrideEffect, SetBy};
use caserank::{Complaint, Ranking};
use proptest::prelude::*;

fn stands(ranking: &Ranking) -> Vec<(String, Lane, Band, u32)> {
    ranking
        .iter()
        .map(|entry| {
            (entry.id().to_owned(), entry.lane(), entry.band(), entry.priority().billionths())
        })
        .collect()
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn every_complaint_stands_in_the_ranking_once(case in any_case()) {
        let ranking = case.triage.rank_with(&case.backlog(), &case.overrides().at(case.now)).unwrap();
        let mut found: Vec<&str> = ranking.iter().map(|entry| entry.id()).collect();
        let mut expected: Vec<&str> = case.complaints.iter().map(Complaint::id).collect();
        found.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn must_and_floors_hold_unless_two_people_decide_otherwise(case in any_case()) {
        let (slow, backlog) = (case.slow(), case.backlog());
        let active = case.overrides().at(case.now);
        let ranking = case.triage.rank_with(&backlog, &active).unwrap();
        let gates = case.triage.policy().gates();
        for complaint in &case.complaints {
            let entry = ranking.at(ranking.position(complaint.id()).unwrap()).unwrap();
            let placement = entry.placement();
            prop_assert_eq!((entry.lane(), entry.band()), (placement.standing().lane(), placement.standing().band()));
            let answers = slow.answers(complaint, case.as_of);
            let fired = gates.iter().filter(|gate| slow.holds(&gate.when, &answers));
            let effects: Vec<&GateEffect> = fired.map(|gate| &gate.effect).collect();
            let decided = active.get(complaint.id());
            let floor = effects.iter().filter_map(|effect| match effect {
                GateEffect::Floor(band) => Some(*band),
                _ => None,
            });
            if let Some(floor) = floor.max() {
                prop_assert!(placement.model_standing().band() >= floor, "a cap undid a floor");
                if placement.standing().band() < floor {
                    let decision = decided.and_then(|active| active.band.as_ref()).unwrap();
                    prop_assert!(matches!(decision.effect, OverrideEffect::Lower(_)));
                    prop_assert!(decision.has_second_actor());
                    prop_assert_eq!(placement.set_by(), SetBy::Override);
                }
            }
            if effects.contains(&&GateEffect::Must) {
                prop_assert_eq!(placement.model_standing().lane(), Lane::Must);
                if placement.standing().lane() != Lane::Must {
                    let decision = decided.and_then(|active| active.lane.as_ref()).unwrap();
                    prop_assert_eq!(&decision.effect, &OverrideEffect::LiftMust);
                    prop_assert!(decision.has_second_actor());
                }
            }
            // The assessment tells every gate that fired, with its citation.
            let assessment = entry.assess();
            let told: Vec<&GateEffect> = assessment.gates().map(|gate| &gate.effect).collect();
            prop_assert_eq!(told, effects);
            prop_assert_eq!(assessment.placement(), placement);
        }
    }

    #[test]
    fn an_override_is_visible_beside_the_original(case in any_case()) {
        let backlog = case.backlog();
        let active = case.overrides().at(case.now);
        let ranking = case.triage.rank_with(&backlog, &active).unwrap();
        let plain = case.triage.rank(&backlog).unwrap();
        for entry in &ranking {
            let placement = entry.placement();
            let original = plain.at(plain.position(entry.id()).unwrap()).unwrap();
            prop_assert_eq!(placement.model_standing().lane(), original.lane());
            prop_assert_eq!(placement.model_standing().band(), original.band());
            prop_assert_eq!(entry.priority(), original.priority(), "an override moved the index");
            prop_assert_eq!(placement.is_overridden(), active.get(entry.id()).is_some());
            let changed = (placement.standing().lane(), placement.standing().band()) != (original.lane(), original.band());
            prop_assert!(!changed || placement.is_overridden());
            let assessment = entry.assess();
            prop_assert_eq!(assessment.overrides(), active.get(entry.id()));
            if placement.is_overridden() {
                let json = serde_json::to_string(&assessment).unwrap();
                prop_assert!(json.contains("\"overrides\"") && json.contains("\"model_band\""));
            }
        }
    }

    #[test]
    fn holds_and_routes_move_nothing(case in any_case()) {
        let mut policy = case.triage.policy().draft().clone();
        policy.gates.retain(|gate| {
            !matches!(gate.effect, GateEffect::Hold(_) | GateEffect::Route(_))
        });
        let without = case.triage.with_policy("0.2.0".parse().unwrap(), policy).unwrap();
        let backlog = case.backlog();
        let mut held = case.clone();
        held.decisions.retain(|decision| {
            !matches!(decision.effect, OverrideEffect::Hold(_) | OverrideEffect::Release)
        });
        let with = case.triage.rank_with(&backlog, &case.overrides().at(case.now)).unwrap();
        let without = without.rank_with(&backlog, &held.overrides().at(case.now)).unwrap();
        prop_assert_eq!(stands(&with), stands(&without));
    }

    #[test]
    fn a_cap_never_lowers_while_a_danger_sign_is_present(case in any_case()) {
        let mut policy = case.triage.policy().draft().clone();
        policy.gates.retain(|gate| !matches!(gate.effect, GateEffect::Cap(_)));
        let uncapped = case.triage.with_policy("0.2.0".parse().unwrap(), policy).unwrap();
        let (slow, backlog) = (case.slow(), case.backlog());
        let with = case.triage.rank(&backlog).unwrap();
        let without = uncapped.rank(&backlog).unwrap();
        for complaint in &case.complaints {
            let band = |ranking: &Ranking| {
                ranking.at(ranking.position(complaint.id()).unwrap()).unwrap().band()
            };
            let (capped, free) = (band(&with), band(&without));
            let (present, unknown) = slow.danger(&slow.answers(complaint, case.as_of));
            prop_assert!(capped <= free);
            prop_assert!(!present || capped == free);
            prop_assert!(!unknown || capped >= free.min(Band::Medium));
        }
    }
}
