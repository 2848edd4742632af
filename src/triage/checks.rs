//! What a reviewer should look at in a model: one check after another.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::Triage;
use super::finding::{DOMAIN_CAP, Finding, Lowering, WEIGHT_CAP};
use crate::Fixed;
use crate::codebook::{Direction, Domain, HowRead, Item, Quality, by_name, by_words};
use crate::instrument::Link;
use crate::policy::{Band, GateEffect};

pub(super) fn find(triage: &Triage) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (position, item) in triage.codebook().items().iter().enumerate() {
        lint_item(triage, position, item, &mut findings);
    }
    lint_domains(triage, &mut findings);
    lint_sizes(triage, &mut findings);
    lint_bands(triage, &mut findings);
    lint_gates(triage, &mut findings);
    lint_deconfliction(triage, &mut findings);
    if triage.policy().draft().audit_share == Fixed::ZERO {
        findings.push(Finding::NoAudit);
    }
    lint_declarations(triage, &mut findings);
    findings
}

/// A hold by that name needs an item by which sheets can tell what was checked.
fn lint_deconfliction(triage: &Triage, findings: &mut Vec<Finding>) {
    let declared = triage.codebook().deconfliction().map(|declared| &declared.item);
    for gate in triage.policy().gates() {
        let GateEffect::Hold(reason) = &gate.effect else { continue };
        let texts = [&gate.id, &gate.title, reason];
        let is_named = texts.iter().any(|text| text.to_lowercase().contains("deconflict"));
        let items = gate.when.items();
        if is_named && !declared.is_some_and(|declared| items.contains(&declared.as_str())) {
            findings.push(Finding::UndeclaredDeconfliction { gate: gate.id.clone() });
        }
    }
}

/// What stands on record about protected attributes.
fn lint_declarations(triage: &Triage, findings: &mut Vec<Finding>) {
    let codebook = triage.codebook();
    let undeclared = codebook.items().iter().filter(|item| item.declared.is_none());
    let items: Vec<String> = undeclared.map(|item| item.id.clone()).collect();
    if !items.is_empty() {
        findings.push(Finding::Undeclared { items });
    }
    if let Some(declared) = codebook.study_only() {
        let named = codebook.items().iter().filter_map(|item| {
            let found = by_name(item).or_else(|| by_words(item))?;
            Some((item.id.clone(), found.attribute))
        });
        let by = format!("{}, {}", declared.by, declared.on);
        let purpose = declared.purpose.clone();
        findings.push(Finding::StudyOnly { by, purpose, items: named.collect() });
        return;
    }
    for item in codebook.items() {
        let (Some(found), Some(declared)) = (by_words(item), &item.declared) else { continue };
        let because = declared.because.as_deref().unwrap_or("no reason given");
        findings.push(Finding::TellingWord {
            item: item.id.clone(),
            attribute: found.attribute,
            place: found.place,
            word: found.word,
            answered: format!("{}, {}: {because}", declared.by, declared.on),
        });
    }
}

fn codes(item: &Item) -> impl Iterator<Item = u8> + Clone {
    1..=u8::try_from(item.answers.len()).unwrap_or(u8::MAX)
}

fn lint_item(triage: &Triage, position: usize, item: &Item, findings: &mut Vec<Finding>) {
    let instrument = triage.instrument();
    let used_by_rules = triage.engine().rules().atoms().iter().any(|atom| atom.item == position);
    let mut used = used_by_rules;
    for (number, part) in instrument.outcomes().iter().enumerate() {
        let (id, outcome) = (|| item.id.clone(), || part.outcome.clone());
        let weight = |code: u8| instrument.weight_at(number, position, code);
        let weighs = codes(item).any(|code| weight(code) != Fixed::ZERO);
        used |= weighs;
        let bearing = item.bears_on.get(&part.outcome);
        let directed = bearing.is_some_and(|bearing| bearing.direction != Direction::None);
        if directed && !weighs {
            findings.push(Finding::NotWeighed { item: id(), outcome: outcome() });
        }
        if !weighs {
            continue;
        }
        let pairs = codes(item).flat_map(|from| codes(item).map(move |to| (from, to)));
        let against = pairs.into_iter().find(|&(from, to)| {
            item.compare(&part.outcome, from, to) == Some(Ordering::Greater)
                && weight(from) > weight(to)
        });
        if let Some((from, to)) = against {
            findings.push(Finding::AgainstDirection {
                item: id(),
                outcome: outcome(),
                heavier: item.answer_id(from).to_owned(),
                lighter: item.answer_id(to).to_owned(),
            });
        }
        if bearing.is_some_and(|bearing| bearing.criterion_of) {
            findings.push(Finding::Circular { item: id(), outcome: outcome() });
        }
        let thick = item.evidence.iter().any(|row| {
            row.outcome == part.outcome
                && row.quality <= Quality::B
                && row.reading != HowRead::Recalled
        });
        if !thick {
            findings.push(Finding::ThinEvidence { item: id(), outcome: outcome() });
        }
    }
    if !used {
        findings.push(Finding::DeadItem { item: item.id.clone() });
    }
}

fn lint_domains(triage: &Triage, findings: &mut Vec<Finding>) {
    let instrument = triage.instrument();
    for (number, part) in instrument.outcomes().iter().enumerate() {
        let mut totals: BTreeMap<Domain, i64> = BTreeMap::new();
        for (position, item) in triage.codebook().items().iter().enumerate() {
            // How a complaint came in sets where it starts; it is not one effect among others.
            if item.domain == Domain::Handling {
                continue;
            }
            let weights =
                codes(item).map(|code| instrument.weight_at(number, position, code).steps());
            let least = weights.clone().min().unwrap_or(0);
            let most = weights.max().unwrap_or(0);
            *totals.entry(item.domain).or_default() += i64::from(most) - i64::from(least);
        }
        for (domain, total) in totals {
            if total > i64::from(DOMAIN_CAP.steps()) {
                let total = Fixed::from_steps(i32::try_from(total).unwrap_or(i32::MAX));
                let outcome = part.outcome.clone();
                findings.push(Finding::DomainBeyondCap { domain, outcome, total });
            }
        }
    }
}

/// Single answers that weigh more than a domain should; points of a table link have a scale of their own.
fn lint_sizes(triage: &Triage, findings: &mut Vec<Finding>) {
    let instrument = triage.instrument();
    for (number, part) in instrument.outcomes().iter().enumerate() {
        if !matches!(part.link, Link::Logistic) {
            continue;
        }
        for (position, item) in triage.codebook().items().iter().enumerate() {
            for code in codes(item) {
                let weight = instrument.weight_at(number, position, code);
                if weight.steps().unsigned_abs() > WEIGHT_CAP.steps().unsigned_abs() {
                    findings.push(Finding::WeightBeyondSize {
                        outcome: part.outcome.clone(),
                        item: item.id.clone(),
                        answer: item.answer_id(code).to_owned(),
                        weight,
                    });
                }
            }
        }
    }
}

fn lint_bands(triage: &Triage, findings: &mut Vec<Finding>) {
    let instrument = triage.instrument();
    let outcomes = instrument.outcomes().len();
    let end = |high: bool| {
        let probability = |outcome: usize| {
            let (low, top) = instrument.range_given(outcome, |_| 0);
            triage.engine().link(outcome).apply(if high { top.steps() } else { low.steps() })
        };
        triage.engine().combiner().priority(probability, outcomes)
    };
    let cut_offs = triage.engine().cut_offs();
    // Some outcomes may not apply, so nothing keeps the least priority above 0 for sure.
    let applies_always = (0..outcomes).all(|outcome| instrument.not_when(outcome).is_empty());
    let least = if applies_always { cut_offs.level(end(false)) } else { 0 };
    let most = cut_offs.level(end(true));
    for band in Band::ALL {
        let gate_sets = triage.policy().gates().iter().any(|gate| match gate.effect {
            GateEffect::Floor(floor) => floor == band,
            GateEffect::Cap(cap) => cap == band,
            _ => false,
        });
        if !(least..=most).contains(&band.level()) && !gate_sets {
            findings.push(Finding::UnreachableBand { band });
        }
    }
}

fn lint_gates(triage: &Triage, findings: &mut Vec<Finding>) {
    let codebook = triage.codebook();
    let instrument = triage.instrument();
    let outcomes = instrument.outcomes();
    if !triage.policy().gates().iter().any(|gate| gate.effect == GateEffect::Must) {
        findings.push(Finding::NoMustGate);
    }
    for gate in triage.policy().gates() {
        let asked = gate.when.asked(codebook);
        let raising = match gate.effect {
            GateEffect::Must | GateEffect::Floor(_) => true,
            GateEffect::Cap(_) => {
                let how = Lowering::Cap;
                findings.push(Finding::LoweringGate { gate: gate.id.clone(), how });
                false
            }
            GateEffect::Hold(_) | GateEffect::Route(_) => false,
        };
        let mut listed = false;
        for atom in &asked {
            let item = &codebook.items()[atom.item];
            if item.bears_on.values().any(|bearing| bearing.criterion_of) {
                let (item, gate) = (item.id.clone(), gate.id.clone());
                let finding = Finding::CircularGate { item, gate };
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
            // A worse answer that switches a raising gate off.
            let inside = atom.codes.iter().filter(|code| **code != 0);
            let outside = || codes(item).filter(|to| !atom.codes.contains(to));
            let lowering = inside.into_iter().any(|&from| {
                outside().any(|to| {
                    let orders: Vec<Option<Ordering>> =
                        outcomes.iter().map(|part| item.compare(&part.outcome, from, to)).collect();
                    orders.contains(&Some(Ordering::Greater))
                        && !orders.contains(&Some(Ordering::Less))
                })
            });
            // *Unknown* has no place in an order, so here the weights tell what is worse.
            let weights = |to: u8| {
                (0..outcomes.len()).map(move |outcome| instrument.weight_at(outcome, atom.item, to))
            };
            let lowering_once_known = atom.codes.contains(&0)
                && outside().any(|to| {
                    weights(to).all(|weight| weight >= Fixed::ZERO)
                        && weights(to).any(|weight| weight > Fixed::ZERO)
                });
            if raising && lowering_once_known && !listed {
                let how = Lowering::OnUnknown;
                findings.push(Finding::LoweringGate { gate: gate.id.clone(), how });
                listed = true;
            }
            if raising && lowering && !listed {
                let how = Lowering::NotOnWorse;
                findings.push(Finding::LoweringGate { gate: gate.id.clone(), how });
                listed = true;
            }
        }
    }
}
