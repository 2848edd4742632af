//! What one item of a codebook is: its question, answers, kind, and what is known about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::protected::Declaration;
use crate::Fixed;
use crate::base::words;

/// The point in an investigation from which an item can be answered, earliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Stage {
    /// From the complaint itself and from registers that are looked up at once.
    #[default]
    Intake,
    /// From field investigation, before any search.
    Field,
    /// From what a search found.
    PostSearch,
}

words! {
    Stage, "a stage",
    Intake => "intake",
    Field => "field",
    PostSearch => "post_search",
}

/// What a group of items is about; effects within one domain are not counted in full (see the
/// instrument's rules).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Domain {
    /// Convictions or allegations of contact sexual offences.
    ContactRecord,
    /// Other sexual offences on record.
    OtherSexualRecord,
    /// Every other record.
    GeneralRecord,
    /// Access to children.
    Access,
    /// What the suspect is doing now.
    CurrentBehaviour,
    /// What is known about the reported files.
    Material,
    /// The network or service, and contact with others on it.
    Network,
    /// How the complaint came in and how it can be worked.
    Handling,
}

words! {
    Domain, "a domain",
    ContactRecord => "contact_record",
    OtherSexualRecord => "other_sexual_record",
    GeneralRecord => "general_record",
    Access => "access",
    CurrentBehaviour => "current_behaviour",
    Material => "material",
    Network => "network",
    Handling => "handling",
}

/// Whom or what an answer describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The person complained about.
    Suspect,
    /// A child, or whoever may be harmed. Such items weigh nothing; they act through
    /// safeguarding gates only.
    Victim,
    /// The reported material.
    Material,
    /// The complaint as a whole.
    Complaint,
}

words! {
    About, "whom an answer is about",
    Suspect => "suspect",
    Victim => "victim",
    Material => "material",
    Complaint => "complaint",
}

/// How the answers of an item relate to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// Answers without an order.
    Nominal,
    /// Answers from least to most, as listed. A yes/no item is ordinal: `no`, then `yes`.
    Ordinal,
    /// A number cut into ordered answers. `edges` are strictly increasing, one fewer than the
    /// answers: below the first edge is the first answer, from an edge on is the next one.
    Binned {
        /// What is counted, such as `count` or `days`.
        unit: String,
        /// The lower ends of the second and later answers.
        edges: Vec<i64>,
    },
}

/// Which way an item moves an outcome's score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Later answers (or the named ones) never weigh less than the others.
    Raises,
    /// Later answers (or the named ones) never weigh more than the others.
    Lowers,
    /// Recorded, without a direction: no weight.
    None,
}

words! {
    Direction, "a direction",
    Raises => "raises",
    Lowers => "lowers",
    None => "none",
}

/// What an item has to do with one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bearing {
    /// Which way it moves the outcome's score.
    pub direction: Direction,
    /// For a nominal item: the answers that raise or lower. Empty for ordered items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// Whether the item overlaps the outcome's definition. Such an item is fine for ordering
    /// work and must be left out of claims about validity.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub criterion_of: bool,
}

/// One listed answer. Its code is its place in the list, from 1; code 0 is *unknown*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Short name in `snake_case`, beginning with a letter; `unknown` is taken.
    pub id: String,
    /// The answer in plain words.
    pub label: String,
    /// Outside the order of an ordinal item (refused, not applicable): no direction applies.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub aside: bool,
}

/// Which numbers an item that counts can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plausible {
    /// The least number that can be meant.
    pub least: i64,
    /// The most that can be meant.
    pub most: i64,
    /// Whether numbers may have decimals, which are then rounded down; without it `2.5` is not
    /// understood.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decimals: bool,
}

/// Where a share or a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// Read in the named source.
    Published,
    /// Chosen by the authors of the codebook.
    Assumption,
}

words! {
    Basis, "a basis",
    Published => "published",
    Assumption => "assumption",
}

/// How often each answer is given among complaints where the item is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prevalence {
    /// Share by answer id, all answers, adding up to 1.
    #[serde(deserialize_with = "crate::base::unique_map")]
    pub shares: BTreeMap<String, Fixed>,
    /// Whether the shares were read or chosen.
    pub basis: Basis,
    /// Id of the source, where they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// The legal process needed before the question can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Process {
    /// None: open records, the complaint itself, or a register the unit may search.
    #[default]
    None,
    /// A subpoena or its equivalent.
    Subpoena,
    /// A search warrant or its equivalent.
    Warrant,
}

words! {
    Process, "a legal process",
    None => "none",
    Subpoena => "subpoena",
    Warrant => "warrant",
}

/// What it takes to answer an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effort {
    /// Usual minutes of one person's work, at least 1.
    pub minutes: u32,
    /// Legal process needed.
    #[serde(default)]
    pub process: Process,
}

/// A question that may be asked of a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Short name in `snake_case`.
    pub id: String,
    /// The question in plain words.
    pub question: String,
    /// How to answer it, where the question alone does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidance: Option<String>,
    /// How the answers relate.
    pub kind: Kind,
    /// The listed answers, 1 to 254.
    pub answers: Vec<Answer>,
    /// For a binned item: the numbers that can be meant; whatever is outside is not understood.
    /// Without it, numbers below 0 are not understood where the first answer holds 0, every other
    /// number is taken, and decimals are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plausible: Option<Plausible>,
    /// Words and numbers that stand for *unknown* in files, such as `n/a` or `-9`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// The answer that means *checked and absent* (no, none, 0), where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<String>,
    /// Whether *absent* must weigh exactly what *unknown* weighs, so that a clean or thin file
    /// never lowers a complaint.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub found_or_not: bool,
    /// From when it can be known.
    pub stage: Stage,
    /// What it belongs to.
    pub domain: Domain,
    /// Whom or what it describes.
    pub about: About,
    /// What it takes to answer it.
    pub effort: Effort,
    /// What it has to do with each outcome; an outcome not named is not borne on.
    #[serde(
        default,
        deserialize_with = "crate::base::unique_map",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub bears_on: BTreeMap<String, Bearing>,
    /// How often each answer is given, where that is known or assumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prevalence: Option<Prevalence>,
    /// What research says, a row per contrast and outcome.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// For an item without evidence: why it is in the codebook all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design: Option<String>,
    /// Its author's word that it stands for no protected attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declaration>,
}

impl Item {
    /// The code of an answer id, from 1; `None` when it is not listed.
    #[must_use]
    pub fn code_of(&self, answer: &str) -> Option<u8> {
        let position = self.answers.iter().position(|listed| listed.id == answer)?;
        u8::try_from(position + 1).ok()
    }

    /// The answer with this code; `None` for 0 (*unknown*) and beyond the list.
    #[must_use]
    pub fn answer(&self, code: u8) -> Option<&Answer> {
        self.answers.get(usize::from(code).checked_sub(1)?)
    }

    /// The id of the answer with this code, `unknown` for 0 and beyond the list.
    #[must_use]
    pub fn answer_id(&self, code: u8) -> &str {
        self.answer(code).map_or(super::UNKNOWN, |answer| &answer.id)
    }

    /// The code of the *absent* answer.
    #[must_use]
    pub fn absent_code(&self) -> Option<u8> {
        self.absent.as_deref().and_then(|absent| self.code_of(absent))
    }

    /// How many codes it has, *unknown* among them (2 to 255).
    #[must_use]
    pub fn code_count(&self) -> usize {
        self.answers.len() + 1
    }

    /// The code of a number, for a binned item: 0 for one declared as missing, `None` for one that
    /// cannot be meant and for other kinds.
    #[must_use]
    pub fn code_of_number(&self, number: i64) -> Option<u8> {
        let Kind::Binned { edges, .. } = &self.kind else { return None };
        let is_number = |text: &String| text.parse::<i64>().is_ok_and(|missing| missing == number);
        if self.missing.iter().any(is_number) {
            return Some(0);
        }
        let Plausible { least, most, .. } = self.plausible_numbers();
        if !(least..=most).contains(&number) {
            return None;
        }
        let position = edges.partition_point(|&edge| edge <= number);
        u8::try_from(position + 1).ok()
    }

    /// The numbers that can be meant, as stated or, where nothing is, as follows from the edges.
    #[must_use]
    pub fn plausible_numbers(&self) -> Plausible {
        let first = match &self.kind {
            Kind::Binned { edges, .. } => edges.first().copied(),
            _ => None,
        };
        let least = if first.is_some_and(|edge| edge > 0) { 0 } else { i64::MIN };
        self.plausible.unwrap_or(Plausible { least, most: i64::MAX, decimals: false })
    }

    /// Whether changing the answer from `from` to `to` can only raise the outcome, or leave it,
    /// by the declared direction. `None` where the directions do not say (asides, *unknown*,
    /// no direction).
    #[must_use]
    pub fn compare(&self, outcome: &str, from: u8, to: u8) -> Option<std::cmp::Ordering> {
        let bearing = self.bears_on.get(outcome)?;
        let (first, second) = (self.answer(from)?, self.answer(to)?);
        if first.aside || second.aside {
            return None;
        }
        let rank = |code: u8, answer: &Answer| match self.kind {
            Kind::Nominal => u8::from(bearing.answers.contains(&answer.id)),
            _ => code,
        };
        let order = rank(to, second).cmp(&rank(from, first));
        match bearing.direction {
            Direction::Raises => Some(order),
            Direction::Lowers => Some(order.reverse()),
            Direction::None => None,
        }
    }
}
