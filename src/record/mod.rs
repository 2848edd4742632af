//! What was assessed, from what, by which model: kept, replayed, chained.
//!
//! A [`Record`] proves that a result follows from answers and a model. It proves nothing about
//! whether the answers were true or the model is right.

mod arrival;
mod canonical;
mod chain;
mod getters;
mod releases;
mod verify;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use arrival::{RecordedMapping, RecordedMark, RecordedSource};
pub use chain::{ChainError, ChainFault, verify_chain};
pub use releases::{AGREEING_RELEASES, Agreement};
pub use verify::{Note, RecordError};

use crate::Timestamp;
use crate::base::json;
use crate::codebook::{Identity, Stage};
use crate::explain::Assessment;
use crate::policy::{ActiveOverride, Band, Lane, Placement, Priority, SetBy};
use crate::triage::{Fingerprint, Triage};

/// The version of the record format that this release reads and writes.
pub const RECORD_FORMAT: u32 = 1;

/// One outcome's result in a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedOutcome {
    /// Whether the outcome applies to the complaint.
    pub(crate) applies: bool,
    /// Billionths by the instrument's link, 0 where the outcome does not apply.
    pub(crate) probability: u32,
    /// The score as an exact decimal; it means nothing where the outcome does not apply.
    pub(crate) score: String,
}

/// The result in a record: everything that the model computed, exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedResult {
    /// Its band.
    pub(crate) band: Band,
    /// Ids of the gates that fired, in the policy's order.
    pub(crate) gates: Vec<String>,
    /// Which queue it stood in.
    pub(crate) lane: Lane,
    /// The band before any override.
    pub(crate) model_band: Band,
    /// The lane before any override.
    pub(crate) model_lane: Lane,
    /// By outcome id.
    #[serde(deserialize_with = "crate::base::unique_map")]
    pub(crate) outcomes: BTreeMap<String, RecordedOutcome>,
    /// Billionths of the priority index.
    pub(crate) priority: Priority,
    /// What set the band: `priority`, `cap:` or `floor:` with the gate's id, or `override`.
    pub(crate) set_by: String,
}

/// One assessment, with all that is needed to make it again.
///
/// It holds no subject, no bundle and no text: the complaint's id, codes of answers, who gave them and in which field,
/// what was not understood by item and reason, opaque keys of those who decided.
///
/// ```
/// use caserank::record::Record;
/// use caserank::{Complaint, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let complaint = Complaint::new("a", "2026-04-17".parse()?)?.with_answer("urgent", "yes");
/// let record = Record::new(&triage.assess(&complaint)?, "2026-04-18".parse()?)?;
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mapping: Option<RecordedMapping>,
    model: Identity,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    not_understood: Vec<RecordedMark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    overrides: Option<ActiveOverride>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Fingerprint>,
    result: RecordedResult,
    #[serde(
        default,
        deserialize_with = "crate::base::unique_map",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    said_by: BTreeMap<String, RecordedSource>,
    scoring_fingerprint: Fingerprint,
    sha256: Fingerprint,
    stage: Stage,
}

impl Record {
    /// Records an assessment made for a time: what it holds is written down, and nothing is computed
    /// again.
    ///
    /// # Errors
    /// [`RecordError::OtherTime`] where a decision that the assessment stands under is not in force
    /// at `at`, so that the record could never be verified.
    pub fn new(assessment: &Assessment, at: Timestamp) -> Result<Self, RecordError> {
        let decisions = assessment.overrides().into_iter().flat_map(ActiveOverride::iter);
        if let Some(other) = decisions.into_iter().find(|decision| !decision.is_active(at)) {
            return Err(RecordError::OtherTime {
                complaint: assessment.id().to_owned(),
                effect: other.effect.clone(),
                made: other.made,
                at,
            });
        }
        let triage = assessment.triage();
        let items = triage.codebook().items().iter().zip(assessment.codes());
        let answers = items
            .filter(|(_, code)| **code != 0)
            .map(|(item, code)| (item.id.clone(), item.answer_id(*code).to_owned()));
        let record = Record {
            format_version: RECORD_FORMAT,
            answers: answers.collect(),
            at,
            codebook: triage.codebook().identity().clone(),
            complaint: assessment.id().to_owned(),
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: triage.fingerprint(),
            mapping: None,
            model: triage.identity().clone(),
            not_understood: assessment.not_understood().iter().map(RecordedMark::from).collect(),
            overrides: assessment.overrides().cloned(),
            previous: None,
            result: assessed(assessment),
            said_by: arrival::sources(assessment).collect(),
            scoring_fingerprint: triage.scoring_fingerprint(),
            sha256: Fingerprint::of(&[]),
            stage: assessment.stage(),
        };
        Ok(record.sealed())
    }

    /// The same record as the next in a chain; see [`verify_chain`].
    #[must_use]
    pub fn after(mut self, previous: &Record) -> Self {
        self.previous = Some(previous.sha256);
        self.sealed()
    }

    /// The same record, naming the mapping that the complaint was read through.
    #[must_use]
    pub fn read_through(mut self, mapping: impl Into<RecordedMapping>) -> Self {
        self.mapping = Some(mapping.into());
        self.sealed()
    }

    fn sealed(mut self) -> Self {
        self.sha256 = canonical::digest(&self);
        self
    }

    /// Reads a record. Nothing is recomputed yet: see [`Record::verify`].
    ///
    /// # Errors
    /// [`RecordError::Format`] for another format, whatever else stands in it;
    /// [`RecordError::Json`] for text of another shape.
    pub fn from_json(text: &str) -> Result<Self, RecordError> {
        let text = json::without_mark(text);
        match json::format_of(text) {
            Some(found) if found != RECORD_FORMAT => Err(RecordError::Format { found }),
            _ => json::read(text).map_err(RecordError::Json),
        }
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

    /// Who gave the answers, by item id, as far as that is known.
    #[must_use]
    pub fn said_by(&self) -> &BTreeMap<String, RecordedSource> {
        &self.said_by
    }

    /// What of the complaint was not understood.
    #[must_use]
    pub fn not_understood(&self) -> &[RecordedMark] {
        &self.not_understood
    }

    /// The mapping that it was read through, where the host named it.
    #[must_use]
    pub fn mapping(&self) -> Option<&RecordedMapping> {
        self.mapping.as_ref()
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

/// What an assessment holds.
fn assessed(assessment: &Assessment) -> RecordedResult {
    let triage = assessment.triage();
    let outcomes = triage.instrument().outcomes().iter().enumerate().map(|(outcome, part)| {
        let result = assessment.outcome_at(outcome);
        let recorded = RecordedOutcome {
            applies: result.applies,
            probability: result.probability.billionths(),
            score: result.score.to_string(),
        };
        (part.outcome.clone(), recorded)
    });
    let gates = assessment.gates().map(|gate| gate.id.clone()).collect();
    recorded(triage, assessment.placement(), gates, outcomes.collect(), assessment.priority())
}

/// What a model makes of codes under decisions.
fn result(triage: &Triage, codes: &[u8], active: Option<&ActiveOverride>) -> RecordedResult {
    let engine = triage.engine();
    let tally = engine.tally_codes(codes);
    let placement = triage.placement(&tally, active);
    let gates = triage.policy().gates();
    let fired = engine.rules().fired(&tally.bits);
    let outcomes = triage.instrument().outcomes().iter().enumerate();
    let outcomes = outcomes.map(|(outcome, part)| {
        let recorded = RecordedOutcome {
            applies: engine.rules().applies(outcome, &tally.bits),
            probability: tally.probabilities[outcome],
            score: crate::Fixed::from_steps(tally.scores[outcome]).to_string(),
        };
        (part.outcome.clone(), recorded)
    });
    let fired = fired.into_iter().map(|gate| gates[gate].id.clone()).collect();
    let priority = Priority::from_billionths(tally.priority);
    recorded(triage, placement, fired, outcomes.collect(), priority)
}

fn recorded(
    triage: &Triage,
    placement: Placement,
    gates: Vec<String>,
    outcomes: BTreeMap<String, RecordedOutcome>,
    priority: Priority,
) -> RecordedResult {
    let set_by = placement.set_by();
    let gate = || triage.policy().gate_that_set(set_by).map_or("", |gate| gate.id.as_str());
    RecordedResult {
        band: placement.standing().band(),
        gates,
        lane: placement.standing().lane(),
        model_band: placement.model_standing().band(),
        model_lane: placement.model_standing().lane(),
        outcomes,
        priority,
        set_by: match set_by {
            SetBy::Priority => "priority".to_owned(),
            SetBy::Cap(_) => format!("cap:{}", gate()),
            SetBy::Floor(_) => format!("floor:{}", gate()),
            SetBy::Override => "override".to_owned(),
        },
    }
}
