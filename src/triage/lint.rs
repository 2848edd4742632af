//! What loads but may not be meant: found, named, and left to the author.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use super::Triage;
use crate::Fixed;
use crate::base::json::Format;
use crate::codebook::{Direction, Domain, Item, Quality, Reading, by_name, by_words};
use crate::policy::{Band, GateEffect};

/// The most that the effects of one domain should add up to: ln 6, a design choice.
pub const DOMAIN_CAP: Fixed = Fixed::from_steps(1_791_759);
/// The version of the format in which findings are written as JSON.
pub const LINT_FORMAT: u32 = 1;

/// One finding of [`Triage::lint`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finding {
    /// An item has a direction for an outcome, and no weight.
    NotWeighed {
        /// The item.
        item: String,
        /// The outcome.
        outcome: String,
    },
    /// An item that no weight, gate or denominator uses.
    DeadItem {
        /// The item.
        item: String,
    },
    /// Weights that contradict the declared direction.
    AgainstDirection {
        /// The item.
        item: String,
        /// The outcome.
        outcome: String,
        /// The answer that weighs more than its direction allows.
        heavier: String,
        /// The answer that it should not outweigh.
        lighter: String,
    },
    /// A band that no score and no floor reaches.
    UnreachableBand {
        /// The band.
        band: Band,
    },
    /// A gate by which a worse answer can lower a complaint's place.
    LoweringGate {
        /// The gate.
        gate: String,
        /// Why.
        reason: &'static str,
    },
    /// An item that overlaps the definition of an outcome it weighs for.
    Circular {
        /// The item.
        item: String,
        /// The outcome.
        outcome: String,
    },
    /// An item that overlaps an outcome's definition and acts in a gate.
    CircularGate {
        /// The item.
        item: String,
        /// The gate.
        gate: String,
    },
    /// Effects within a domain that add up beyond [`DOMAIN_CAP`].
    DomainBeyondCap {
        /// The domain.
        domain: Domain,
        /// The outcome.
        outcome: String,
        /// Sum of the spreads between each item's lowest and highest weight.
        total: Fixed,
    },
    /// A weight whose item has no evidence of quality A or B for that outcome that was read at the
    /// source.
    ThinEvidence {
        /// The item.
        item: String,
        /// The outcome.
        outcome: String,
    },
    /// A gate that holds for deconfliction, where the codebook names no item for it.
    UndeclaredDeconfliction {
        /// The gate.
        gate: String,
    },
    /// No capacity for a blind audit, so the rate of misses can never be known.
    NoAudit,
    /// Items whose author has not declared that they stand for no protected attribute.
    Undeclared {
        /// The items.
        items: Vec<String>,
    },
    /// An item whose words tell of a protected attribute, which its author has answered for.
    TellingWord {
        /// The item.
        item: String,
        /// The attribute.
        attribute: &'static str,
        /// Where the words stand.
        place: String,
        /// The words.
        word: String,
        /// Who answered, on which day, and why.
        answered: String,
    },
    /// A codebook for studies alone, with the items that stand for a protected attribute.
    StudyOnly {
        /// Who answers for it.
        by: String,
        /// What for.
        purpose: String,
        /// The items, each with its attribute.
        #[serde(serialize_with = "named_pairs")]
        items: Vec<(String, &'static str)>,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::NotWeighed { item, outcome } => {
                write!(formatter, "`{item}` has a direction for {outcome} but no weight")
            }
            Finding::DeadItem { item } => {
                write!(formatter, "`{item}` is asked, but no weight, gate or denominator uses it")
            }
            Finding::AgainstDirection { item, outcome, heavier, lighter } => write!(
                formatter,
                "`{item}`: `{heavier}` outweighs `{lighter}` for {outcome}, against the declared direction"
            ),
            Finding::UnreachableBand { band } => {
                write!(formatter, "no score and no floor reaches the band {band}")
            }
            Finding::LoweringGate { gate, reason } => {
                write!(formatter, "gate `{gate}` can lower a complaint: {reason}")
            }
            Finding::Circular { item, outcome } => write!(
                formatter,
                "`{item}` overlaps the definition of {outcome} and weighs for it: fine for work, not for claims about validity"
            ),
            Finding::CircularGate { item, gate } => write!(
                formatter,
                "`{item}` overlaps an outcome's definition and acts in gate `{gate}`"
            ),
            Finding::DomainBeyondCap { domain, outcome, total } => write!(
                formatter,
                "effects of the domain {domain} add up to {total} for {outcome}, beyond {DOMAIN_CAP}"
            ),
            Finding::ThinEvidence { item, outcome } => write!(
                formatter,
                "`{item}` weighs for {outcome} without evidence of quality A or B"
            ),
            Finding::UndeclaredDeconfliction { gate } => write!(
                formatter,
                "gate `{gate}` holds for deconfliction, and the codebook names no item for it: sheets will say `not checked` whatever is answered"
            ),
            Finding::NoAudit => formatter.write_str(
                "no share of capacity goes to a blind audit: the rate of misses can never be known",
            ),
            Finding::Undeclared { items } => write!(
                formatter,
                "nobody has declared on record that these stand for no protected attribute (field `declared`): {}",
                items.join(", ")
            ),
            Finding::TellingWord { item, attribute, place, word, answered } => write!(
                formatter,
                "`{item}` tells of {attribute} in {place} (\"{word}\"); answered for by {answered}"
            ),
            Finding::StudyOnly { by, purpose, items } => {
                write!(
                    formatter,
                    "for studies alone, by {by}: {purpose}; never order work with it"
                )?;
                for (item, attribute) in items {
                    write!(formatter, "; `{item}` stands for {attribute}")?;
                }
                Ok(())
            }
        }
    }
}

fn named_pairs<S: Serializer>(
    items: &[(String, &'static str)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Named<'a> {
        item: &'a str,
        attribute: &'a str,
    }
    serializer.collect_seq(items.iter().map(|(item, attribute)| Named { item, attribute }))
}

/// Everything that [`Triage::lint`] found, in a fixed order.
///
/// As JSON: `docs/formats/lint.schema.json`, with each finding as a sentence beside its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lint {
    /// The findings.
    pub findings: Vec<Finding>,
}

impl Lint {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

impl Serialize for Lint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            #[serde(flatten)]
            finding: &'a Finding,
            text: String,
        }
        #[derive(Serialize)]
        struct Written<'a> {
            format_version: Format<LINT_FORMAT>,
            findings: Vec<Told<'a>>,
        }
        let told = |finding| Told { finding, text: finding.to_string() };
        let findings = self.findings.iter().map(told).collect();
        Written { format_version: Format, findings }.serialize(serializer)
    }
}

impl fmt::Display for Lint {
    /// A line per finding.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, finding) in self.findings.iter().enumerate() {
            let line = if place == 0 { "" } else { "\n" };
            write!(formatter, "{line}{finding}")?;
        }
        Ok(())
    }
}

pub(super) fn lint(triage: &Triage) -> Lint {
    let mut findings = Vec::new();
    for (place, item) in triage.codebook().items().iter().enumerate() {
        lint_item(triage, place, item, &mut findings);
    }
    lint_domains(triage, &mut findings);
    lint_bands(triage, &mut findings);
    lint_gates(triage, &mut findings);
    lint_deconfliction(triage, &mut findings);
    if triage.policy().draft().audit_share == Fixed::ZERO {
        findings.push(Finding::NoAudit);
    }
    lint_declarations(triage, &mut findings);
    Lint { findings }
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

fn lint_item(triage: &Triage, place: usize, item: &Item, findings: &mut Vec<Finding>) {
    let instrument = triage.instrument();
    let used_by_rules = triage.engine().rules().atoms().iter().any(|atom| atom.item == place);
    let mut used = used_by_rules;
    for (number, part) in instrument.outcomes().iter().enumerate() {
        let (id, outcome) = (|| item.id.clone(), || part.outcome.clone());
        let weight = |code: u8| instrument.weight(number, place, code);
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
                && row.reading != Reading::Recalled
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
        for (place, item) in triage.codebook().items().iter().enumerate() {
            // How a complaint came in sets where it starts; it is not one effect among others.
            if item.domain == Domain::Handling {
                continue;
            }
            let weights = codes(item).map(|code| instrument.weight(number, place, code).steps());
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

fn lint_bands(triage: &Triage, findings: &mut Vec<Finding>) {
    let instrument = triage.instrument();
    let outcomes = instrument.outcomes().len();
    let end = |high: bool| {
        let probability = |outcome: usize| {
            let (low, top) = instrument.range(outcome);
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
    for gate in triage.policy().gates() {
        let asked = gate.when.asked(codebook);
        let raising = match gate.effect {
            GateEffect::Must | GateEffect::Floor(_) => true,
            GateEffect::Cap(_) => {
                let reason = "a cap holds complaints down whatever their score";
                findings.push(Finding::LoweringGate { gate: gate.id.clone(), reason });
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
                (0..outcomes.len()).map(move |outcome| instrument.weight(outcome, atom.item, to))
            };
            let lowering_once_known = atom.codes.contains(&0)
                && outside().any(|to| {
                    weights(to).all(|weight| weight >= Fixed::ZERO)
                        && weights(to).any(|weight| weight > Fixed::ZERO)
                });
            if raising && lowering_once_known && !listed {
                let reason = "it fires on *unknown* and not on an answer that weighs more";
                findings.push(Finding::LoweringGate { gate: gate.id.clone(), reason });
                listed = true;
            }
            if raising && lowering && !listed {
                let reason = "it fires on an answer and not on a worse one";
                findings.push(Finding::LoweringGate { gate: gate.id.clone(), reason });
                listed = true;
            }
        }
    }
}
