//! When a gate fires: conditions over answers, and their compiled form.

use serde::{Deserialize, Serialize, Serializer};

use super::atoms::{AtomSet, Atoms};
use super::error::PolicyError;
use crate::codebook::Codebook;
use crate::instrument::Answers;

/// The most alternatives that one condition may unfold into.
pub const MOST_TERMS: usize = 1_024;
/// The deepest that conditions may stand in one another.
pub const MOST_DEPTH: usize = 64;

/// A condition over the answers of a complaint.
///
/// `is` holds when the answer is known and listed; `is_not` holds for everything else, *unknown*
/// included, so that a floor can hold while something is not ruled out; `is_unknown` holds while
/// nothing is known.
///
/// In JSON: `{"item": "urgent", "is": ["yes"]}`, `{"item": "urgent", "is_not": ["no"]}`,
/// `{"item": "urgent", "is_unknown": true}`, `{"all": [ … ]}`, `{"any": [ … ]}`.
///
/// A policy takes conditions up to [`MOST_DEPTH`] deep, which unfold into at most [`MOST_TERMS`]
/// alternatives.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ConditionFile")]
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionFile {
    #[serde(default)]
    item: Option<String>,
    #[serde(default)]
    is: Option<Vec<String>>,
    #[serde(default)]
    is_not: Option<Vec<String>>,
    #[serde(default)]
    is_unknown: Option<bool>,
    #[serde(default)]
    all: Option<Vec<Condition>>,
    #[serde(default)]
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

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(match self {
            Condition::All(_) | Condition::Any(_) => 1,
            _ => 2,
        }))?;
        match self {
            Condition::Is { item, answers } => {
                map.serialize_entry("item", item)?;
                map.serialize_entry("is", answers)?;
            }
            Condition::IsNot { item, answers } => {
                map.serialize_entry("item", item)?;
                map.serialize_entry("is_not", answers)?;
            }
            Condition::IsUnknown { item } => {
                map.serialize_entry("item", item)?;
                map.serialize_entry("is_unknown", &true)?;
            }
            Condition::All(parts) => map.serialize_entry("all", parts)?,
            Condition::Any(parts) => map.serialize_entry("any", parts)?,
        }
        map.end()
    }
}

impl Drop for Condition {
    /// Level by level: a condition that is refused for its depth must not overflow the stack when
    /// it goes.
    fn drop(&mut self) {
        let mut left = self.take_parts();
        while let Some(mut part) = left.pop() {
            left.append(&mut part.take_parts());
        }
    }
}

/// A condition with its answers looked up.
#[derive(Debug)]
pub(super) enum Resolved {
    Atom(usize),
    All(Vec<Resolved>),
    Any(Vec<Resolved>),
}

impl Condition {
    /// Ids of the items that it asks about.
    pub(crate) fn items(&self) -> Vec<&str> {
        match self {
            Condition::Is { item, .. }
            | Condition::IsNot { item, .. }
            | Condition::IsUnknown { item } => vec![item],
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().flat_map(Condition::items).collect()
            }
        }
    }

    fn parts(&self) -> &[Condition] {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts,
            _ => &[],
        }
    }

    fn take_parts(&mut self) -> Vec<Condition> {
        match self {
            Condition::All(parts) | Condition::Any(parts) => std::mem::take(parts),
            _ => Vec::new(),
        }
    }

    /// Whether conditions stand in one another no deeper than a policy takes; told without
    /// recursion, however deep they are.
    fn is_shallow(&self) -> bool {
        let mut level = vec![self];
        for _ in 0..MOST_DEPTH {
            level = level.into_iter().flat_map(Condition::parts).collect();
            if level.is_empty() {
                return true;
            }
        }
        false
    }

    /// Every set of answers it asks for, each once. Empty for a condition that does not fit the
    /// codebook.
    pub(crate) fn asked(&self, codebook: &Codebook) -> Vec<Answers> {
        let mut atoms = Atoms::default();
        match self.resolve(codebook, "", &mut atoms) {
            Ok(_) => atoms.into_list(),
            Err(_) => Vec::new(),
        }
    }

    /// Looks up every answer, and adds to `atoms` what was not asked for before. O(n log n).
    pub(super) fn resolve(
        &self,
        codebook: &Codebook,
        gate: &str,
        atoms: &mut Atoms,
    ) -> Result<Resolved, PolicyError> {
        if !self.is_shallow() {
            return Err(PolicyError::TooDeep { gate: gate.to_owned(), limit: MOST_DEPTH });
        }
        self.resolve_part(codebook, gate, atoms)
    }

    fn resolve_part(
        &self,
        codebook: &Codebook,
        gate: &str,
        atoms: &mut Atoms,
    ) -> Result<Resolved, PolicyError> {
        let (item, codes) = match self {
            Condition::Is { item, answers } => codes(codebook, gate, item, answers)?,
            Condition::IsNot { item, answers } => {
                let (item, named) = codes(codebook, gate, item, answers)?;
                let count = codebook.items()[item].code_count();
                let codes = (0..count).filter_map(|code| u8::try_from(code).ok());
                (item, codes.filter(|code| !named.contains(code)).collect())
            }
            Condition::IsUnknown { item } => (position_of(codebook, gate, item)?, vec![0]),
            Condition::All(parts) | Condition::Any(parts) => {
                if parts.is_empty() {
                    return Err(PolicyError::EmptyCondition { gate: gate.to_owned() });
                }
                let resolved = parts.iter().map(|part| part.resolve_part(codebook, gate, atoms));
                let resolved = resolved.collect::<Result<_, _>>()?;
                return Ok(match self {
                    Condition::Any(_) => Resolved::Any(resolved),
                    _ => Resolved::All(resolved),
                });
            }
        };
        Ok(Resolved::Atom(atoms.number(Answers { item, codes })))
    }
}

impl Resolved {
    /// The atoms that it asks for, as often as it asks.
    pub(super) fn atoms(&self) -> Vec<usize> {
        match self {
            Resolved::Atom(number) => vec![*number],
            Resolved::All(parts) | Resolved::Any(parts) => {
                parts.iter().flat_map(Resolved::atoms).collect()
            }
        }
    }

    /// The alternatives, any of which makes the condition hold, each a set of atoms that must all
    /// hold. O(n + [`MOST_TERMS`] × depth).
    pub(super) fn unfold(&self, gate: &str) -> Result<Vec<AtomSet>, PolicyError> {
        let too_many = || PolicyError::TooManyTerms { gate: gate.to_owned(), limit: MOST_TERMS };
        match self {
            Resolved::Atom(number) => Ok(vec![AtomSet::of(*number)]),
            Resolved::Any(parts) => {
                let mut terms = Vec::new();
                for part in parts {
                    terms.append(&mut part.unfold(gate)?);
                    if terms.len() > MOST_TERMS {
                        return Err(too_many());
                    }
                }
                Ok(terms)
            }
            Resolved::All(parts) => {
                let mut terms = vec![AtomSet::default()];
                // What has one alternative is asked of every term: put in once, at the end. What
                // has more doubles the terms at least, so that ten of them reach the limit.
                let mut asked_of_all = AtomSet::default();
                for part in parts {
                    let next = part.unfold(gate)?;
                    if let [only] = *next {
                        asked_of_all = asked_of_all.with(only);
                        continue;
                    }
                    if terms.len() * next.len() > MOST_TERMS {
                        return Err(too_many());
                    }
                    let joined = |term: AtomSet| next.iter().map(move |more| term.with(*more));
                    terms = terms.iter().copied().flat_map(joined).collect();
                }
                Ok(terms.into_iter().map(|term| term.with(asked_of_all)).collect())
            }
        }
    }
}

fn position_of(codebook: &Codebook, gate: &str, item: &str) -> Result<usize, PolicyError> {
    codebook.item_position(item).ok_or_else(|| PolicyError::UnknownItem {
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
    let position = position_of(codebook, gate, item)?;
    let listed = &codebook.items()[position];
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
    Ok((position, codes))
}
