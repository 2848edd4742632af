//! The model file: codebook, instrument and policy in one, and its fingerprints.

use std::fmt;
use std::fmt::Write as _;

use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::Fixed;
use crate::codebook::{Codebook, CodebookError, Kind};
use crate::instrument::refused_number as refused_number_of_instrument;
use crate::instrument::{InstrumentDraft, InstrumentError, Link, Named};
use crate::policy::refused_number as refused_number_of_policy;
use crate::policy::{Combination, Condition, GateEffect, PolicyDraft, PolicyError};

/// The version of the model file format that this release reads and writes.
pub const MODEL_FORMAT: u32 = 1;

/// Why a model cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The text is not JSON of a model's shape.
    #[error("not a model file: {0}")]
    Json(#[from] serde_json::Error),
    /// A format version that this release does not read.
    #[error("model format {found} is not read by this release: write format {MODEL_FORMAT}")]
    Format {
        /// As given.
        found: u32,
    },
    /// The codebook is refused.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
    /// The instrument is refused.
    #[error(transparent)]
    Instrument(#[from] InstrumentError),
    /// The policy is refused.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// A model file as it is written. Unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelFile {
    pub(super) format_version: u32,
    pub(super) id: String,
    pub(super) version: Version,
    pub(super) description: String,
    pub(super) codebook: Codebook,
    pub(super) instrument: InstrumentDraft,
    pub(super) policy: PolicyDraft,
}

impl ModelFile {
    /// Parses the text; a number that is not exact is refused by the part it stands in.
    pub(super) fn parse(text: &str) -> Result<Self, ModelError> {
        #[derive(Deserialize)]
        struct Parts<'a> {
            #[serde(borrow)]
            instrument: &'a RawValue,
            #[serde(borrow)]
            policy: &'a RawValue,
        }
        serde_json::from_str(text).map_err(|fault| {
            let Ok(parts) = serde_json::from_str::<Parts<'_>>(text) else { return fault.into() };
            let instrument = || refused_number_of_instrument(parts.instrument.get());
            let policy = || refused_number_of_policy(parts.policy.get());
            instrument()
                .map(ModelError::Instrument)
                .or_else(|| policy().map(ModelError::Policy))
                .unwrap_or(ModelError::Json(fault))
        })
    }
}

/// A SHA-256 digest, shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Fingerprint(Sha256::digest(bytes).into())
    }

    /// A digest that was taken piece by piece.
    pub(crate) fn from_bytes(digest: [u8; 32]) -> Self {
        Fingerprint(digest)
    }

    /// The digest's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first twelve digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = String::with_capacity(64);
        for byte in self.0 {
            write!(digits, "{byte:02x}")?;
        }
        formatter.pad(&digits)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Fingerprint({self})")
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let refused = || serde::de::Error::custom("a fingerprint has 64 hexadecimal digits");
        let digits: Vec<u8> = text
            .chars()
            .map(|digit| digit.to_digit(16).filter(|_| !digit.is_ascii_uppercase()))
            .map(|digit| digit.map(|digit| digit as u8))
            .collect::<Option<_>>()
            .ok_or_else(refused)?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair[0] << 4 | pair[pair.len() - 1]).collect();
        if digits.len() != 64 {
            return Err(refused());
        }
        bytes.try_into().map(Fingerprint).map_err(|_| refused())
    }
}

/// Digest of everything that stands in the model file: equal parsed models have equal
/// fingerprints whatever their spelling, and any parsed field changes it.
pub(super) fn fingerprint(file: &ModelFile) -> Fingerprint {
    Fingerprint::of(&serde_json::to_vec(file).unwrap_or_default())
}

/// Only what can affect score, gate, band or order, in a fixed order.
#[derive(Serialize)]
struct Scoring<'a> {
    codebook: (&'a str, &'a Version),
    items: Vec<ScoringItem<'a>>,
    outcomes: Vec<ScoringOutcome<'a>>,
    combination: ScoringCombination<'a>,
    cut_offs: [Fixed; 3],
    danger_signs: &'a [Named],
    gates: Vec<(&'a str, &'a GateEffect, &'a Condition)>,
}

#[derive(Serialize)]
struct ScoringItem<'a> {
    id: &'a str,
    /// Of a binned item. What is counted, and whether other answers have an order, moves nothing.
    edges: Option<&'a [i64]>,
    answers: Vec<&'a str>,
    stage: crate::codebook::Stage,
}

#[derive(Serialize)]
struct ScoringOutcome<'a> {
    outcome: &'a str,
    intercept: Fixed,
    weights: Vec<(&'a str, Vec<(&'a str, Fixed)>)>,
    link: &'a Link,
    not_when: &'a [Named],
    established_by: &'a [Named],
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum ScoringCombination<'a> {
    ExpectedHarm(Vec<(&'a str, Fixed)>),
    AnyIfIndependent,
    Max,
    Single(&'a str),
}

/// Digest of what can affect score, gate, band or order: texts, evidence, citations, rationales
/// and action times are left out.
pub(super) fn scoring_fingerprint(file: &ModelFile) -> Fingerprint {
    let identity = file.codebook.identity();
    let items = file.codebook.items().iter().map(|item| ScoringItem {
        id: &item.id,
        edges: match &item.kind {
            Kind::Binned { edges, .. } => Some(edges),
            _ => None,
        },
        answers: item.answers.iter().map(|answer| &*answer.id).collect(),
        stage: item.stage,
    });
    let outcomes = file.instrument.outcomes.iter().map(|part| {
        let weights = part.weights.iter().map(|entry| {
            let weighed = entry.weights.iter().filter(|(_, weight)| **weight != Fixed::ZERO);
            (&*entry.item, weighed.map(|(answer, &weight)| (&**answer, weight)).collect())
        });
        let denominator = part.denominator.as_ref();
        ScoringOutcome {
            outcome: &part.outcome,
            intercept: part.intercept.value,
            weights: weights.filter(|(_, weighed): &(_, Vec<_>)| !weighed.is_empty()).collect(),
            link: &part.link,
            not_when: denominator.map_or(&[], |denominator| &denominator.not_when),
            established_by: denominator.map_or(&[], |denominator| &denominator.established_by),
        }
    });
    let policy = &file.policy;
    let combination = match &policy.combination {
        Combination::ExpectedHarm(harm) => ScoringCombination::ExpectedHarm(
            harm.weights.iter().map(|(outcome, &weight)| (&**outcome, weight)).collect(),
        ),
        Combination::AnyIfIndependent => ScoringCombination::AnyIfIndependent,
        Combination::Max => ScoringCombination::Max,
        Combination::Single(outcome) => ScoringCombination::Single(outcome),
    };
    let scoring = Scoring {
        codebook: (&identity.id, &identity.version),
        items: items.collect(),
        outcomes: outcomes.collect(),
        combination,
        cut_offs: [policy.bands.medium, policy.bands.high, policy.bands.very_high],
        danger_signs: &policy.danger_signs,
        gates: policy.gates.iter().map(|gate| (&*gate.id, &gate.effect, &gate.when)).collect(),
    };
    Fingerprint::of(&serde_json::to_vec(&scoring).unwrap_or_default())
}
