//! When a gate fires: conditions over answers, and their compiled form.

use serde::{Deserialize, Serialize};

use super::error::PolicyError;
use crate::codebook::Codebook;
use crate::instrument::Answers;

/// The most alternatives that one condition may unfold into.
pub const MOST_TERMS: usize = 1_024;

/// A condition over the answers of a complaint.
///
/// `is` holds when the answer is known and listed; `is_not` holds for everything else, *unknown*
/// included, so that a floor can hold while something is not ruled out; `is_unknown` holds while
/// nothing is known.
///
/// In JSON: `{"item": "urgent", "is": ["yes"]}`, `{"item": "urgent", "is_not": ["no"]}`,
/// `{"item": "urgent", "is_unknown": true}`, `{"all": [ … ]}`, `{"any": [ … ]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "ConditionFile", try_from = "ConditionFile")]
pub enum Condition {
    /// The answer is one of these.
    Is {
        /// Id of the item.
        item: String,
        /// Ids of the answers.
        answers: Vec<String>,
    },
    /// The answer is none of these, or unknown.
    IsNot {
        /// Id of the item.
        item: String,
        /// Ids of the answers.
        answers: Vec<String>,
    },
    /// Nothing is known.
    IsUnknown {
        /// Id of the item.
        item: String,
    },
    /// Every one of these holds.
    All(Vec<Condition>),
    /// At least one of these holds.
    Any(Vec<Condition>),
}

#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_not: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_unknown: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all: Option<Vec<Condition>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any: Option<Vec<Condition>>,
}

impl TryFrom<ConditionFile> for Condition {
    type Error = &'static str;

    fn try_from(file: ConditionFile) -> Result<Self, &'static str> {
        let ConditionFile { item, is, is_not, is_unknown, all, any } = file;
        match (item, is, is_not, is_unknown, all, any) {
            (Some(item), Some(answers), None, None, None, None) => {
                Ok(Condition::Is { item, answers })
            }
            (Some(item), None, Some(answers), None, None, None) => {
                Ok(Condition::IsNot { item, answers })
            }
            (Some(item), None, None, Some(true), None, None) => Ok(Condition::IsUnknown { item }),
            (None, None, None, None, Some(all), None) => Ok(Condition::All(all)),
            (None, None, None, None, None, Some(any)) => Ok(Condition::Any(any)),
            _ => Err(
                "a condition is `item` with one of `is`, `is_not` and `is_unknown: true`, or `all`, or `any`",
            ),
        }
    }
}

impl From<Condition> for ConditionFile {
    fn from(condition: Condition) -> Self {
        let empty = ConditionFile::default();
        match condition {
            Condition::Is { item, answers } => {
                ConditionFile { item: Some(item), is: Some(answers), ..empty }
            }
            Condition::IsNot { item, answers } => {
                ConditionFile { item: Some(item), is_not: Some(answers), ..empty }
            }
            Condition::IsUnknown { item } => {
                ConditionFile { item: Some(item), is_unknown: Some(true), ..empty }
            }
            Condition::All(all) => ConditionFile { all: Some(all), ..empty },
            Condition::Any(any) => ConditionFile { any: Some(any), ..empty },
        }
    }
}

impl Condition {
    /// Every set of answers it asks for, each once. Empty for a condition that does not fit the
    /// codebook.
    pub(crate) fn asked(&self, codebook: &Codebook) -> Vec<Answers> {
        let mut asked: Vec<Answers> = Vec::new();
        for atom in self.unfold(codebook, "").unwrap_or_default().into_iter().flatten() {
            if !asked.contains(&atom) {
                asked.push(atom);
            }
        }
        asked
    }

    /// The alternatives, any of which makes the condition hold, each a set of answers that must
    /// all be given.
    pub(super) fn unfold(
        &self,
        codebook: &Codebook,
        gate: &str,
    ) -> Result<Vec<Vec<Answers>>, PolicyError> {
        let terms = match self {
            Condition::Is { item, answers } => {
                let (place, codes) = codes(codebook, gate, item, answers)?;
                vec![vec![Answers { item: place, codes }]]
            }
            Condition::IsNot { item, answers } => {
                let (place, named) = codes(codebook, gate, item, answers)?;
                let count = codebook.items()[place].code_count();
                let codes = (0..count).filter_map(|code| u8::try_from(code).ok());
                let codes = codes.filter(|code| !named.contains(code)).collect();
                vec![vec![Answers { item: place, codes }]]
            }
            Condition::IsUnknown { item } => {
                let place = place(codebook, gate, item)?;
                vec![vec![Answers { item: place, codes: vec![0] }]]
            }
            Condition::Any(any) => {
                let mut terms = Vec::new();
                for condition in any {
                    terms.extend(condition.unfold(codebook, gate)?);
                }
                terms
            }
            Condition::All(all) => {
                let mut terms: Vec<Vec<Answers>> = vec![Vec::new()];
                for condition in all {
                    let next = condition.unfold(codebook, gate)?;
                    if terms.len().saturating_mul(next.len()) > MOST_TERMS {
                        return Err(too_many(gate));
                    }
                    let joined = |term: &Vec<Answers>| {
                        next.iter().map(|more| [&**term, more].concat()).collect::<Vec<_>>()
                    };
                    terms = terms.iter().flat_map(joined).collect();
                }
                terms
            }
        };
        if terms.is_empty() || terms.iter().any(Vec::is_empty) {
            return Err(PolicyError::EmptyCondition { gate: gate.to_owned() });
        }
        if terms.len() > MOST_TERMS { Err(too_many(gate)) } else { Ok(terms) }
    }
}

fn too_many(gate: &str) -> PolicyError {
    PolicyError::TooManyTerms { gate: gate.to_owned(), limit: MOST_TERMS }
}

fn place(codebook: &Codebook, gate: &str, item: &str) -> Result<usize, PolicyError> {
    codebook.item_place(item).ok_or_else(|| PolicyError::UnknownItem {
        gate: gate.to_owned(),
        item: item.to_owned(),
        nearest: codebook.nearest_item(item).map(str::to_owned),
    })
}

/// The place of an item and the codes of some of its answers, ascending.
pub(super) fn codes(
    codebook: &Codebook,
    gate: &str,
    item: &str,
    answers: &[String],
) -> Result<(usize, Vec<u8>), PolicyError> {
    let place = place(codebook, gate, item)?;
    let listed = &codebook.items()[place];
    if answers.is_empty() {
        return Err(PolicyError::EmptyCondition { gate: gate.to_owned() });
    }
    let mut codes = Vec::with_capacity(answers.len());
    for answer in answers {
        codes.push(listed.code_of(answer).ok_or_else(|| PolicyError::UnknownAnswer {
            gate: gate.to_owned(),
            item: item.to_owned(),
            answer: answer.clone(),
            listed: listed.answers.iter().map(|answer| &*answer.id).collect::<Vec<_>>().join(", "),
        })?);
    }
    codes.sort_unstable();
    codes.dedup();
    Ok((place, codes))
}
