//! One thing that loads and may not be meant, with its words and its key.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::Fixed;
use crate::base::escaped;
use crate::base::words;
use crate::codebook::Domain;
use crate::policy::Band;

/// The most that the effects of one domain should add up to: ln 6, a design choice.
pub const DOMAIN_CAP: Fixed = Fixed::from_steps(1_791_759);

/// The most that one answer should weigh, either way: what a whole domain may, ln 6.
pub const WEIGHT_CAP: Fixed = DOMAIN_CAP;

/// How a gate can lower a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lowering {
    /// It is a cap.
    Cap,
    /// It lifts while an item is unknown, and not on an answer that weighs more.
    OnUnknown,
    /// It lifts on an answer, and not on a worse one.
    NotOnWorse,
}

words! {
    Lowering, "a way to lower",
    Cap => "cap",
    OnUnknown => "on_unknown",
    NotOnWorse => "not_on_worse",
}

impl Lowering {
    /// In a sentence.
    fn sentence(self) -> &'static str {
        match self {
            Lowering::Cap => "a cap holds complaints down whatever their score",
            Lowering::OnUnknown => "it fires on *unknown* and not on an answer that weighs more",
            Lowering::NotOnWorse => "it fires on an answer and not on a worse one",
        }
    }
}

/// One finding of [`Triage::lint`](crate::Triage::lint).
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
        /// How.
        how: Lowering,
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
    /// An answer that weighs more, either way, than [`WEIGHT_CAP`] on a logistic link.
    WeightBeyondSize {
        /// The outcome.
        outcome: String,
        /// The item.
        item: String,
        /// The answer.
        answer: String,
        /// What it weighs.
        weight: Fixed,
    },
    /// No gate puts a complaint into the `must` lane, so that nothing comes before the index.
    NoMustGate,
    /// A weight, or an intercept, that is not what the rules give which it cites; found by
    /// [`numbers_by_rule`](crate::reference::numbers_by_rule).
    NotByRule {
        /// The outcome.
        outcome: String,
        /// Item and answer; `None` for the intercept.
        #[serde(serialize_with = "item_and_answer")]
        answer: Option<(String, String)>,
        /// The rules cited.
        rules: Vec<String>,
        /// What stands in the file.
        value: Fixed,
        /// What the rules give; `None` where they give this item no weight.
        by_rule: Option<Fixed>,
    },
    /// A band that begins elsewhere than the rationale of the bands says; found by
    /// [`numbers_by_rule`](crate::reference::numbers_by_rule).
    CutOffNotByRule {
        /// The band.
        band: Band,
        /// Where it begins.
        value: Fixed,
        /// Where the declared share of the population is reached under the file's weights.
        by_rule: Fixed,
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
        #[serde(serialize_with = "items_and_attributes")]
        items: Vec<(String, &'static str)>,
    },
}

fn item_and_answer<S: Serializer>(
    named: &Option<(String, String)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Named<'a> {
        item: &'a str,
        answer: &'a str,
    }
    named.as_ref().map(|(item, answer)| Named { item, answer }).serialize(serializer)
}

fn items_and_attributes<S: Serializer>(
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

impl fmt::Display for Finding {
    /// One line; what of a model's own words cannot be seen stands as an escape.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&escaped(&Told(self).to_string()))
    }
}

/// A finding in the words of its model, as they are.
struct Told<'a>(&'a Finding);

impl fmt::Display for Told<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
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
            Finding::LoweringGate { gate, how } => {
                write!(formatter, "gate `{gate}` can lower a complaint: {}", how.sentence())
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
            Finding::WeightBeyondSize { outcome, item, answer, weight } => write!(
                formatter,
                "`{item}` = `{answer}` weighs {weight} for {outcome}, beyond {WEIGHT_CAP}, which a whole domain should not exceed"
            ),
            Finding::NoMustGate => formatter.write_str(
                "no gate puts a complaint into `must`: nothing comes before the index, whatever is known",
            ),
            Finding::NotByRule { outcome, answer, rules, value, by_rule } => {
                match answer {
                    Some((item, answer)) => {
                        write!(formatter, "{outcome}: `{item}` = `{answer}` weighs {value}")?;
                    }
                    None => write!(formatter, "{outcome}: the intercept is {value}")?,
                }
                match by_rule {
                    Some(by_rule) => write!(formatter, "; the rules it cites give {by_rule}")?,
                    None => write!(formatter, "; the rules it cites give no weight")?,
                }
                write!(formatter, " ({})", rules.join(", "))
            }
            Finding::CutOffNotByRule { band, value, by_rule } => write!(
                formatter,
                "`{band}` begins at {value}; with these weights the declared share is reached at {by_rule}"
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

impl Finding {
    /// Its key: kind and names, with the number or words it is about, so that the same item found for a larger weight is
    /// another finding. By it a model file lists what its authors accept; it stays the same from release to release.
    #[must_use]
    pub fn key(&self) -> String {
        let parts: Vec<String> = match self {
            Finding::NotWeighed { item, outcome } => {
                vec!["not_weighed".into(), item.clone(), outcome.clone()]
            }
            Finding::DeadItem { item } => vec!["dead_item".into(), item.clone()],
            Finding::AgainstDirection { item, outcome, heavier, lighter } => {
                let kind = "against_direction".to_owned();
                vec![kind, item.clone(), outcome.clone(), heavier.clone(), lighter.clone()]
            }
            Finding::UnreachableBand { band } => vec!["unreachable_band".into(), band.to_string()],
            Finding::LoweringGate { gate, how } => {
                vec!["lowering_gate".into(), gate.clone(), how.to_string()]
            }
            Finding::Circular { item, outcome } => {
                vec!["circular".into(), item.clone(), outcome.clone()]
            }
            Finding::CircularGate { item, gate } => {
                vec!["circular_gate".into(), item.clone(), gate.clone()]
            }
            Finding::DomainBeyondCap { domain, outcome, total } => {
                let kind = "domain_beyond_cap".to_owned();
                vec![kind, domain.to_string(), outcome.clone(), total.to_string()]
            }
            Finding::WeightBeyondSize { outcome, item, answer, weight } => {
                let kind = "weight_beyond_size".to_owned();
                vec![kind, outcome.clone(), item.clone(), answer.clone(), weight.to_string()]
            }
            Finding::NoMustGate => vec!["no_must_gate".into()],
            Finding::NotByRule { outcome, answer: Some((item, answer)), value, .. } => {
                let kind = "not_by_rule".to_owned();
                vec![kind, outcome.clone(), item.clone(), answer.clone(), value.to_string()]
            }
            Finding::NotByRule { outcome, answer: None, value, .. } => {
                vec!["not_by_rule".into(), outcome.clone(), value.to_string()]
            }
            Finding::CutOffNotByRule { band, value, .. } => {
                vec!["cut_off_not_by_rule".into(), band.to_string(), value.to_string()]
            }
            Finding::ThinEvidence { item, outcome } => {
                vec!["thin_evidence".into(), item.clone(), outcome.clone()]
            }
            Finding::UndeclaredDeconfliction { gate } => {
                vec!["undeclared_deconfliction".into(), gate.clone()]
            }
            Finding::NoAudit => vec!["no_audit".into()],
            Finding::Undeclared { items } => {
                std::iter::once("undeclared".to_owned()).chain(items.iter().cloned()).collect()
            }
            Finding::TellingWord { item, attribute, place, word, .. } => {
                let kind = "telling_word".to_owned();
                vec![kind, item.clone(), (*attribute).to_owned(), place.clone(), word.clone()]
            }
            Finding::StudyOnly { by, purpose, .. } => {
                vec!["study_only".into(), by.clone(), purpose.clone()]
            }
        };
        parts.join(" ")
    }
}
