//! The model file: codebook, instrument and policy in one, and its fingerprints.

use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::accepted::{Accepted, AcceptedError};
use crate::Fixed;
use crate::base::{JsonError, json};
use crate::codebook::{Codebook, CodebookError, ItemAnswers, Kind};
use crate::instrument::refused_number as refused_number_of_instrument;
use crate::instrument::{Instrument, InstrumentDraft, InstrumentError, Link};
use crate::policy::refused_number as refused_number_of_policy;
use crate::policy::{Combination, Condition, GateEffect, Policy, PolicyDraft, PolicyError};

/// The version of the model file format that this release reads and writes.
pub const MODEL_FORMAT: u32 = 1;

/// Why a model cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The text is not JSON of a model's shape.
    #[error("not a model file: {0}")]
    Json(JsonError),
    /// A format version that this release does not read.
    #[error("model format {found} is not read by this release: write format {MODEL_FORMAT}")]
    Format {
        /// As given.
        found: u32,
    },
    /// The model cannot be written, so that no fingerprint can be taken of it.
    #[error("the model cannot be written, and so has no fingerprint: {0}")]
    Unwritable(JsonError),
    /// The codebook is refused.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
    /// The instrument is refused.
    #[error(transparent)]
    Instrument(#[from] InstrumentError),
    /// The policy is refused.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The list of accepted findings is refused.
    #[error(transparent)]
    Accepted(#[from] AcceptedError),
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
    /// What its authors know of and stand by; of no weight in any fingerprint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) accepted: Vec<Accepted>,
}

/// What the fingerprint of a model is of: the file without what is accepted in it.
#[derive(Serialize)]
struct Fingerprinted<'a> {
    format_version: u32,
    id: &'a str,
    version: &'a Version,
    description: &'a str,
    codebook: &'a Codebook,
    instrument: &'a InstrumentDraft,
    policy: &'a PolicyDraft,
}

/// The parts of a model's text.
#[derive(Deserialize)]
struct Parts<'a> {
    #[serde(borrow)]
    codebook: &'a RawValue,
    #[serde(borrow)]
    instrument: &'a RawValue,
    #[serde(borrow)]
    policy: &'a RawValue,
}

impl ModelFile {
    /// Parses the text, its format first; what is refused is refused by the part it stands in.
    pub(super) fn parse(text: &str) -> Result<Self, ModelError> {
        let text = json::without_mark(text);
        if let Some(found) = json::format_of(text).filter(|found| *found != MODEL_FORMAT) {
            return Err(ModelError::Format { found });
        }
        serde_json::from_str(text).map_err(|fault| match serde_json::from_str::<Parts<'_>>(text) {
            Ok(parts) => parts.fault(fault),
            Err(_) => ModelError::Json(JsonError::of(fault)),
        })
    }
}

impl Parts<'_> {
    /// Why a text with these parts was refused, where it is known better than by its shape.
    fn fault(&self, fault: serde_json::Error) -> ModelError {
        if let Err(refused) = Codebook::from_json(self.codebook.get()) {
            // By its shape it is told better by the line in the whole file.
            if !matches!(refused, CodebookError::Json(_)) {
                return refused.into();
            }
        }
        let instrument = || refused_number_of_instrument(self.instrument.get());
        let policy = || refused_number_of_policy(self.policy.get());
        instrument()
            .map(ModelError::Instrument)
            .or_else(|| policy().map(ModelError::Policy))
            .unwrap_or_else(|| ModelError::Json(JsonError::of(fault)))
    }
}

/// Every fault of a model's text, at most [`MOST_FAULTS`](crate::codebook::MOST_FAULTS); empty for one that loads.
pub(super) fn faults(text: &str) -> Vec<ModelError> {
    let text = json::without_mark(text);
    let Err(first) = super::Triage::from_json(text) else { return Vec::new() };
    let of_shape = matches!(first, ModelError::Format { .. } | ModelError::Json(_));
    let parts = serde_json::from_str::<Parts<'_>>(text).ok().filter(|_| !of_shape);
    let found = parts.map(|parts| parts.faults()).unwrap_or_default();
    if found.is_empty() { vec![first] } else { found }
}

impl Parts<'_> {
    /// Faults of a codebook hide those of what is written for it, and those of an instrument hide
    /// those of the policy.
    fn faults(&self) -> Vec<ModelError> {
        let codebook = match Codebook::from_json(self.codebook.get()) {
            Ok(codebook) => codebook,
            Err(_) => {
                let faults = Codebook::faults(self.codebook.get());
                return faults.into_iter().map(ModelError::Codebook).collect();
            }
        };
        let instrument = match Instrument::from_json(&codebook, self.instrument.get()) {
            Ok(instrument) => instrument,
            Err(_) => {
                let faults = Instrument::faults(&codebook, self.instrument.get());
                return faults.into_iter().map(ModelError::from).collect();
            }
        };
        match serde_json::from_str(self.policy.get()) {
            Ok(draft) => match Policy::check(&codebook, &instrument, draft) {
                Ok(_) => Vec::new(),
                Err(faults) => faults.into_iter().map(ModelError::Policy).collect(),
            },
            Err(_) => {
                let refused = refused_number_of_policy(self.policy.get());
                refused.map(ModelError::Policy).into_iter().collect()
            }
        }
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

/// Why a text is not a [`Fingerprint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a fingerprint has 64 hexadecimal digits, 0-9 and a-f")]
#[non_exhaustive]
pub struct FingerprintError;

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let pairs: &[[u8; 2]; 32] = pairs.try_into().map_err(|_| FingerprintError)?;
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(*pairs) {
            let both = digit(high).zip(digit(low)).ok_or(FingerprintError)?;
            *byte = both.0 << 4 | both.1;
        }
        if rest.is_empty() { Ok(Fingerprint(bytes)) } else { Err(FingerprintError) }
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Digest of everything that stands in the model file but the findings that it accepts: equal parsed models have equal
/// fingerprints whatever their spelling, and any other parsed field changes it. A finding can so be accepted after a model
/// went to work without orphaning the records made by it.
pub(super) fn fingerprint(file: &ModelFile) -> Result<Fingerprint, ModelError> {
    digest(&Fingerprinted {
        format_version: file.format_version,
        id: &file.id,
        version: &file.version,
        description: &file.description,
        codebook: &file.codebook,
        instrument: &file.instrument,
        policy: &file.policy,
    })
}

/// Only what can affect score, gate, band or order, in a fixed order.
#[derive(Serialize)]
struct Scoring<'a> {
    codebook: (&'a str, &'a Version),
    items: Vec<ScoringItem<'a>>,
    outcomes: Vec<ScoringOutcome<'a>>,
    combination: ScoringCombination<'a>,
    cut_offs: [Fixed; 3],
    danger_signs: &'a [ItemAnswers],
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
    not_when: &'a [ItemAnswers],
    established_by: &'a [ItemAnswers],
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
pub(super) fn scoring_fingerprint(file: &ModelFile) -> Result<Fingerprint, ModelError> {
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
    digest(&scoring)
}

/// A digest of what was written, never of nothing.
fn digest(contents: &impl Serialize) -> Result<Fingerprint, ModelError> {
    let bytes = serde_json::to_vec(contents)
        .map_err(|fault| ModelError::Unwritable(JsonError::of(fault)))?;
    Ok(Fingerprint::of(&bytes))
}
