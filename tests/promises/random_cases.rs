//! The random cases of the promise tests reach every rule: a promise that is never put to the test
//! proves nothing.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use crate::common::{BandFrom, Case, Draw, Rules, Weights};
use caserank::codebook::{About, Kind};
use caserank::instrument::Link;
use caserank::policy::{Band, Combination, Condition, GateEffect, Lane};

fn kinds(condition: &Condition, depth: usize, seen: &mut BTreeMap<&'static str, usize>) {
    let name = match condition {
        Condition::Is { .. } => "condition is",
        Condition::IsNot { .. } => "condition is not",
        Condition::IsUnknown { .. } => "condition is unknown",
        Condition::All(_) => "condition all",
        Condition::Any(_) => "condition any",
    };
    *seen.entry(name).or_default() += 1;
    if let Condition::All(parts) | Condition::Any(parts) = condition {
        for part in parts {
            kinds(part, depth + 1, seen);
        }
        if depth > 0 {
            *seen.entry("condition nested").or_default() += 1;
        }
    }
}

fn look_at_model(case: &Case, seen: &mut BTreeMap<&'static str, usize>) {
    let mut saw = |name: &'static str, times: usize| *seen.entry(name).or_default() += times;
    let (codebook, draft) = (case.triage.codebook(), case.triage.instrument().draft());
    saw("60 items", usize::from(codebook.items().len() == 60));
    saw("one item", usize::from(codebook.items().len() == 1));
    saw("more than four outcomes", usize::from(draft.outcomes.len() > 4));
    for item in codebook.items() {
        saw("254 answers", usize::from(item.answers.len() == 254));
        saw("more than 127 answers", usize::from(item.answers.len() > 127));
        saw("aside", usize::from(item.answers.iter().any(|answer| answer.aside)));
        saw("binned", usize::from(matches!(item.kind, Kind::Binned { .. })));
        saw("found or not", usize::from(item.found_or_not));
        saw("victim", usize::from(item.about == About::Victim));
    }
    for part in &draft.outcomes {
        saw("table link", usize::from(matches!(part.link, Link::Table(_))));
        saw("denominator", usize::from(part.denominator.is_some()));
    }
    let policy = case.triage.policy().draft();
    saw("more than 32 gates or parts", usize::from(policy.gates.len() > 20));
    saw("danger signs", usize::from(!policy.danger_signs.is_empty()));
    let combination = match policy.combination {
        Combination::ExpectedHarm(_) => "expected harm",
        Combination::AnyIfIndependent => "any if independent",
        Combination::Max => "max",
        _ => "single",
    };
    saw(combination, 1);
    for gate in &policy.gates {
        let cap = usize::from(matches!(gate.effect, GateEffect::Cap(_)));
        seen.entry("cap").and_modify(|count| *count += cap).or_insert(cap);
        kinds(&gate.when, 0, seen);
    }
}

fn look_at_complaints(case: &Case, seen: &mut BTreeMap<&'static str, usize>) {
    let slow = case.slow();
    let mut saw = |name: &'static str, so: bool| *seen.entry(name).or_default() += usize::from(so);
    let mut ties = std::collections::BTreeSet::new();
    for complaint in &case.complaints {
        let placed = slow.place(complaint, case.as_of, &case.decisions, case.now);
        let answers = slow.answers(complaint, case.as_of);
        let (present, unknown) = slow.danger(&answers);
        let effects =
            || placed.fired.iter().map(|&gate| &case.triage.policy().gates()[gate].effect);
        let capped = effects().any(|effect| matches!(effect, GateEffect::Cap(_)));
        let capped_low = effects().any(|effect| *effect == GateEffect::Cap(Band::Low));
        saw("set by priority", placed.set_by == BandFrom::Priority);
        saw("set by cap", matches!(placed.set_by, BandFrom::Cap(_)));
        saw("set by floor", matches!(placed.set_by, BandFrom::Floor(_)));
        saw("set by override", placed.set_by == BandFrom::Override);
        saw("cap suspended by danger", capped && present);
        saw("cap held at medium", capped_low && unknown && !present && placed.band == Band::Medium);
        saw("cap to low", matches!(placed.set_by, BandFrom::Cap(_)) && placed.band == Band::Low);
        saw("cap and floor", capped && slow.floor(&placed.fired).is_some());
        saw("must", placed.lane == Lane::Must);
        saw("must lifted", placed.lane == Lane::Open && placed.model_lane == Lane::Must);
        saw("must by override", placed.lane == Lane::Must && placed.model_lane == Lane::Open);
        saw("several gates", placed.fired.len() > 2);
        saw("hold", effects().any(|effect| matches!(effect, GateEffect::Hold(_))));
        saw("route", effects().any(|effect| matches!(effect, GateEffect::Route(_))));
        saw("not applicable", placed.applies.contains(&false));
        saw("saturated", placed.scores.iter().any(|score| score.abs() > 22_000_000));
        saw("deadline", placed.deadline.is_some());
        for band in Band::ALL {
            let name = ["low", "medium", "high", "very high"][band as usize];
            saw(name, placed.band == band);
        }
        let key = (placed.lane, placed.band, placed.priority, placed.deadline, placed.received);
        saw("tie down to the id", !ties.insert(key));
        saw("priority at a cut-off", {
            let bands = case.triage.policy().bands();
            let cuts = [bands.medium, bands.high, bands.very_high];
            cuts.iter().any(|cut| u64::from(cut.steps().unsigned_abs()) * 1_000 == placed.priority)
        });
        saw("all unknown", answers.iter().all(Option::is_none));
        saw("known later", complaint.answers().any(|(_, given)| given.known_at > case.as_of));
    }
}

#[test]
fn random_cases_reach_every_rule() {
    let mut seen = BTreeMap::new();
    for seed in 0..300 {
        let case = Case::draw(&mut Draw::seeded(seed), Weights::Any, Rules::Any);
        look_at_model(&case, &mut seen);
        look_at_complaints(&case, &mut seen);
    }
    println!("{seen:#?}");
    let rare: Vec<_> = seen.iter().filter(|(_, times)| **times < 3).collect();
    assert!(rare.is_empty(), "{rare:?}");
}
