//! What was assessed, from what, by which model: kept, replayed, chained.
//!
//! A [`Record`] proves that a result follows from answers and a model. It proves nothing about
//! whether the answers were true or the model is right.

mod canonical;
mod chain;
mod verify;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use chain::{ChainError, ChainFault, verify_chain};
pub use verify::{Note, RecordError};

use crate::Timestamp;
use crate::codebook::{Identity, Stage};
use crate::explain::Assessment;
use crate::policy::{ActiveOverride, Band, Lane, Priority, SetBy};
use crate::triage::{Fingerprint, Triage};

/// The version of the record format that this release reads and writes.
pub const RECORD_FORMAT: u32 = 1;

/// One outcome's result in a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedOutcome {
    /// Whether the outcome applies to the complaint.
    pub applies: bool,
    /// Billionths by the instrument's link, 0 where the outcome does not apply.
    pub probability: u32,
    /// The score as an exact decimal; it means nothing where the outcome does not apply.
    pub score: String,
}

/// The result in a record: everything that the model computed, exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedResult {
    /// Its band.
    pub band: Band,
    /// Ids of the gates that fired, in the policy's order.
    pub gates: Vec<String>,
    /// Which queue it stood in.
    pub lane: Lane,
    /// The band before any override.
    pub model_band: Band,
    /// The lane before any override.
    pub model_lane: Lane,
    /// By outcome id.
    #[serde(deserialize_with = "crate::base::unique_map")]
    pub outcomes: BTreeMap<String, RecordedOutcome>,
    /// Billionths of the priority index.
    pub priority: Priority,
    /// What set the band: `priority`, `cap:` or `floor:` with the gate's id, or `override`.
    pub set_by: String,
}

/// One assessment, with all that is needed to make it again.
///
/// It holds no subject, no bundle and no text: the complaint's id, codes of answers, opaque keys
/// of those who decided.
///
/// ```
/// use caserank::record::Record;
/// use caserank::{Complaint, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let complaint = Complaint::new("a", "2026-04-17".parse()?)?.answer("urgent", "yes");
/// let record = Record::new(&triage.assess(&complaint)?, "2026-04-18".parse()?);
/// assert!(record.verify(&triage)?.is_empty());
/// let tampered = record.to_json().replace("\"band\":\"high\"", "\"band\":\"low\"");
/// let error = Record::from_json(&tampered)?.verify(&triage).unwrap_err();
/// assert!(error.to_string().starts_with("`result.band` of the record of complaint `a` says low, and high is what"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    format_version: u32,
    #[serde(deserialize_with = "crate::base::unique_map")]
    answers: BTreeMap<String, String>,
    at: Timestamp,
    codebook: Identity,
    complaint: String,
    crate_version: String,
    fingerprint: Fingerprint,
    model: Identity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    overrides: Option<ActiveOverride>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Fingerprint>,
    result: RecordedResult,
    scoring_fingerprint: Fingerprint,
    sha256: Fingerprint,
    stage: Stage,
}

impl Record {
    /// Records an assessment made at a time.
    #[must_use]
    pub fn new(assessment: &Assessment, at: Timestamp) -> Self {
        let triage = assessment.triage();
        let items = triage.codebook().items().iter().zip(assessment.codes());
        let answers = items
            .filter(|(_, code)| **code != 0)
            .map(|(item, code)| (item.id.clone(), item.answer_id(*code).to_owned()));
        let mut record = Record {
            format_version: RECORD_FORMAT,
            answers: answers.collect(),
            at,
            codebook: triage.codebook().identity().clone(),
            complaint: assessment.id().to_owned(),
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: triage.fingerprint(),
            model: triage.identity().clone(),
            overrides: assessment.overrides().cloned(),
            previous: None,
            result: result(triage, assessment.codes(), assessment.overrides()),
            scoring_fingerprint: triage.scoring_fingerprint(),
            sha256: Fingerprint::of(&[]),
            stage: assessment.stage(),
        };
        record.sha256 = canonical::digest(&record);
        record
    }

    /// The same record as the next in a chain; see [`verify_chain`].
    #[must_use]
    pub fn after(mut self, previous: &Record) -> Self {
        self.previous = Some(previous.sha256);
        self.sha256 = canonical::digest(&self);
        self
    }

    /// Reads a record. Nothing is recomputed yet: see [`Record::verify`].
    ///
    /// # Errors
    /// [`RecordError::Json`] for text of another shape.
    pub fn from_json(text: &str) -> Result<Self, RecordError> {
        Ok(serde_json::from_str(text)?)
    }

    /// Writes the record in one line, its canonical form: equal records give equal bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        canonical::text(&canonical::value(self))
    }

    /// Id of the complaint.
    #[must_use]
    pub fn complaint(&self) -> &str {
        &self.complaint
    }

    /// When it was assessed, by the caller's clock.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Answers by item id; items that are not named were unknown.
    #[must_use]
    pub fn answers(&self) -> &BTreeMap<String, String> {
        &self.answers
    }

    /// What people had decided.
    #[must_use]
    pub fn overrides(&self) -> Option<&ActiveOverride> {
        self.overrides.as_ref()
    }

    /// What the model made of it.
    #[must_use]
    pub fn result(&self) -> &RecordedResult {
        &self.result
    }

    /// Name and version of the model.
    #[must_use]
    pub fn model(&self) -> &Identity {
        &self.model
    }

    /// The release that made it.
    #[must_use]
    pub fn crate_version(&self) -> &str {
        &self.crate_version
    }

    /// SHA-256 of the whole model file that made it.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// SHA-256 of what in the model can affect the result.
    #[must_use]
    pub fn scoring_fingerprint(&self) -> Fingerprint {
        self.scoring_fingerprint
    }

    /// SHA-256 of the record's canonical form without this field.
    #[must_use]
    pub fn sha256(&self) -> Fingerprint {
        self.sha256
    }

    /// SHA-256 of the record before it in a chain.
    #[must_use]
    pub fn previous(&self) -> Option<Fingerprint> {
        self.previous
    }
}

/// What a model makes of codes under decisions.
fn result(triage: &Triage, codes: &[u8], active: Option<&ActiveOverride>) -> RecordedResult {
    let engine = triage.engine();
    let tally = engine.tally_codes(codes);
    let placement = triage.placement(&tally, active);
    let gates = triage.policy().gates();
    let fired = engine.rules().fired(&tally.bits);
    let outcomes = triage.instrument().outcomes().iter().enumerate();
    let outcomes = outcomes.map(|(place, part)| {
        let recorded = RecordedOutcome {
            applies: engine.rules().applies(place, &tally.bits),
            probability: tally.probabilities[place],
            score: crate::Fixed::from_steps(tally.scores[place]).to_string(),
        };
        (part.outcome.clone(), recorded)
    });
    RecordedResult {
        band: placement.standing().band(),
        gates: fired.into_iter().map(|gate| gates[gate].id.clone()).collect(),
        lane: placement.standing().lane(),
        model_band: placement.model_standing().band(),
        model_lane: placement.model_standing().lane(),
        outcomes: outcomes.collect(),
        priority: Priority::from_billionths(tally.priority),
        set_by: match placement.set_by() {
            SetBy::Priority => "priority".to_owned(),
            SetBy::Cap(gate) => format!("cap:{}", gates[gate].id),
            SetBy::Floor(gate) => format!("floor:{}", gates[gate].id),
            SetBy::Override => "override".to_owned(),
        },
    }
}
