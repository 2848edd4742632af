//! Promise 5: for a monotone policy, changing one answer to one no better for every outcome never
//! lowers the priority, nor lane, band or position where the same gates fire; `lint` lists every
//! gate that can break this.
#![allow(clippy::unwrap_used)]

use std::cmp::Ordering;

use crate::common::{Case, Draw, Placed, Rules, Weights, cases, draws};
use caserank::Complaint;
use caserank::policy::GateEffect;
use caserank::triage::Finding;
use proptest::prelude::*;

fn directed(rules: Rules) -> impl Strategy<Value = (Case, Draw)> {
    draws().prop_map(move |mut draw| {
        let mut case = Case::draw(&mut draw, Weights::Directed, rules);
        case.as_of = None;
        (case, draw)
    })
}

/// One change of one answer.
struct Change {
    complaint: Complaint,
    /// Whether it is worse by a declared direction, or weighs more than *unknown*.
    worse: bool,
    before: Placed,
    after: Placed,
    dangers: [(bool, bool); 2],
}

/// Every change of one answer of a complaint to one no better for every outcome: by the declared
/// directions between two answers, by the weights from *unknown*. Changes by which an outcome
/// ceases to apply are left out: who is in a denominator is no matter of better or worse.
fn changes(case: &Case, draw: &mut Draw, complaint: &Complaint) -> Vec<Change> {
    let slow = case.slow();
    let instrument = case.triage.instrument();
    let answers = slow.answers(complaint, None);
    let before = slow.by_answers(complaint, &answers);
    let mut changes = Vec::new();
    let codebook = case.triage.codebook();
    for index in codebook.item_indices() {
        let (item, position) = (&codebook[index], index.position());
        let from = answers[position].map_or(0, |given| item.code_of(given).unwrap());
        let to = 1 + draw.below(item.answers.len()) as u8;
        let outcomes = 0..instrument.outcomes().len();
        let difference = |outcome| {
            instrument.weight(outcome, index, to).cmp(&instrument.weight(outcome, index, from))
        };
        let weighs = |than| instrument.outcome_indices().any(|outcome| difference(outcome) == than);
        let orders: Vec<Option<Ordering>> = instrument
            .outcomes()
            .iter()
            .map(|part| item.compare(&part.outcome, from, to))
            .collect();
        if orders.contains(&Some(Ordering::Less)) || weighs(Ordering::Less) {
            continue;
        }
        let mut then = answers.clone();
        then[position] = Some(&item.answers[usize::from(to) - 1].id);
        let after = slow.by_answers(complaint, &then);
        let lost = |outcome: usize| before.applies[outcome] && !after.applies[outcome];
        if outcomes.clone().any(lost) {
            continue;
        }
        let worse = if from == 0 {
            weighs(Ordering::Greater)
        } else {
            orders.contains(&Some(Ordering::Greater))
        };
        let mut changed = complaint.clone();
        changed.set_answer(item.id.as_str(), item.answer_id(to));
        let dangers = [slow.danger(&answers), slow.danger(&then)];
        changes.push(Change { complaint: changed, worse, before: before.clone(), after, dangers });
    }
    changes
}

fn lowering(case: &Case) -> Vec<String> {
    let findings = case.triage.lint();
    let gates = findings.findings().filter_map(|finding| match finding {
        Finding::LoweringGate { gate, .. } => Some(gate.clone()),
        _ => None,
    });
    gates.collect()
}

fn stands_no_later(change: &Change) -> bool {
    change.after.lane <= change.before.lane && change.after.band >= change.before.band
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn a_worse_answer_never_lowers((case, draw) in directed(Rules::Any)) {
        let mut draw: Draw = draw;
        let backlog = case.backlog();
        let ranking = case.triage.rank(&backlog).unwrap();
        for complaint in case.complaints.iter().take(3) {
            let mut moved = 0;
            for change in changes(&case, &mut draw, complaint) {
                prop_assert!(change.after.priority >= change.before.priority);
                if change.after.fired != change.before.fired || change.dangers[0] != change.dangers[1]
                {
                    continue;
                }
                prop_assert!(stands_no_later(&change), "{:?}", change.complaint);
                if moved < 2 {
                    moved += 1;
                    let others = case.complaints.iter().filter(|one| one.id() != complaint.id());
                    let mut others: Vec<Complaint> = others.cloned().collect();
                    others.push(change.complaint);
                    let after = case.backlog_of(&others);
                    let after = case.triage.rank(&after).unwrap();
                    prop_assert!(after.position(complaint.id()) <= ranking.position(complaint.id()));
                }
            }
        }
    }

    #[test]
    fn lint_lists_every_gate_that_a_worse_answer_switches_off(
        (case, draw) in directed(Rules::Any)
    ) {
        let mut draw: Draw = draw;
        let listed = lowering(&case);
        for complaint in case.complaints.iter().take(6) {
            for change in changes(&case, &mut draw, complaint).iter().filter(|one| one.worse) {
                for (place, gate) in case.triage.policy().gates().iter().enumerate() {
                    let was = change.before.fired.contains(&place);
                    let is = change.after.fired.contains(&place);
                    let breaks = match gate.effect {
                        GateEffect::Must | GateEffect::Floor(_) => was && !is,
                        GateEffect::Cap(_) => is,
                        _ => false,
                    };
                    prop_assert!(!breaks || listed.contains(&gate.id), "{}: {:?}", gate.id, gate.when);
                }
            }
        }
    }

    #[test]
    fn where_lint_lists_no_gate_a_worse_answer_never_lowers((case, draw) in directed(Rules::Few)) {
        prop_assume!(lowering(&case).is_empty());
        let mut draw: Draw = draw;
        for complaint in case.complaints.iter().take(8) {
            for change in changes(&case, &mut draw, complaint).iter().filter(|one| one.worse) {
                prop_assert!(stands_no_later(change), "{:?}", change.complaint);
            }
        }
    }
}
