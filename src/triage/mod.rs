//! The front door: a codebook, an instrument and a policy that have been checked against each
//! other, loaded from one model file.

mod accepted;
mod changes;
mod checks;
mod danger;
mod engine;
mod entry;
mod finding;
mod lint;
mod many;
mod model;
mod moves;
mod ranking;
mod rerank;
mod scorer;
mod skeleton;
mod stream;
#[cfg(feature = "csv")]
mod table;

use std::sync::{Arc, OnceLock};

use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use accepted::{Accepted, AcceptedError};
pub use changes::ModelChange;
pub(crate) use engine::Engine;
pub(crate) use engine::{Changed, SingleAnswers, SingleSpace, Tally};
pub use entry::{Entries, RankingEntry};
pub use finding::{DOMAIN_CAP, Finding, Lowering, WEIGHT_CAP};
pub use lint::{AcceptedFindings, LINT_FORMAT, Lint};
use model::ModelFile;
pub use model::{Fingerprint, FingerprintError, MODEL_FORMAT, ModelError};
pub use moves::CompareError;
pub use ranking::Ranking;
pub use rerank::{Positions, RerankError, Reranker, Rescored};
pub use scorer::{CodesError, Scorer};
pub use stream::{Listed, TopList};

use crate::backlog::Backlog;
use crate::codebook::{Codebook, CodebookError, Identity};
use crate::instrument::{Instrument, InstrumentDraft};
use crate::policy::{Policy, PolicyDraft};
use crate::score::Scores;

#[derive(Debug)]
struct Inner {
    file: ModelFile,
    identity: Identity,
    instrument: Instrument,
    policy: Policy,
    engine: Engine,
    fingerprint: Fingerprint,
    scoring_fingerprint: Fingerprint,
    /// By item: its place on the short intake form; made when it is first asked for.
    form_order: OnceLock<Vec<u32>>,
}

/// A model ready for work. Cheap to clone; `Send + Sync`.
///
/// ```
/// use caserank::{Backlog, BacklogBuilder, Complaint, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let mut backlog = BacklogBuilder::new(triage.codebook());
/// backlog.push(&Complaint::new("a", "2026-04-17".parse()?)?.with_answer("prior_reports", 0))?;
/// backlog.push(&Complaint::new("b", "2026-04-18".parse()?)?.with_answer("prior_reports", 5))?;
/// let ranking = triage.rank(&backlog.freeze())?;
/// assert_eq!(ranking.iter().map(|entry| entry.id()).collect::<Vec<_>>(), ["b", "a"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Triage {
    inner: Arc<Inner>,
}

impl Triage {
    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError`] names the part that is refused, the first rule broken and the way out.
    pub fn from_json(text: &str) -> Result<Self, ModelError> {
        Triage::from_file(ModelFile::parse(text)?)
    }

    /// Every fault of a model's text, at most [`MOST_FAULTS`](crate::codebook::MOST_FAULTS): the
    /// first of every item of the codebook; with a sound codebook those of the instrument, the first
    /// of every outcome and of every item that it weighs; with both sound those of the policy, the
    /// first of every gate. Empty for a model that loads.
    #[must_use]
    pub fn faults(text: &str) -> Vec<ModelError> {
        model::faults(text)
    }

    /// Puts a model together from its parts.
    ///
    /// # Errors
    /// As [`Triage::from_json`].
    pub fn new(
        identity: Identity,
        description: impl Into<String>,
        codebook: Codebook,
        instrument: InstrumentDraft,
        policy: PolicyDraft,
    ) -> Result<Self, ModelError> {
        Triage::from_file(ModelFile {
            format_version: MODEL_FORMAT,
            id: identity.id,
            version: identity.version,
            description: description.into(),
            codebook,
            instrument,
            policy,
            accepted: Vec::new(),
        })
    }

    fn from_file(mut file: ModelFile) -> Result<Self, ModelError> {
        if file.format_version != MODEL_FORMAT {
            return Err(ModelError::Format { found: file.format_version });
        }
        let instrument = Instrument::new(&file.codebook, file.instrument)?;
        accepted::check(&file.accepted)?;
        // The instrument puts its entries into codebook order; the file is written that way.
        file.instrument = instrument.draft().clone();
        let policy = Policy::new(&file.codebook, &instrument, file.policy)?;
        file.policy = policy.draft().clone();
        Ok(Triage {
            inner: Arc::new(Inner {
                identity: Identity { id: file.id.clone(), version: file.version.clone() },
                engine: Engine::new(&instrument, &policy),
                fingerprint: model::fingerprint(&file)?,
                scoring_fingerprint: model::scoring_fingerprint(&file)?,
                instrument,
                policy,
                file,
                form_order: OnceLock::new(),
            }),
        })
    }

    /// Writes the model file: equal models give equal bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = crate::base::json::pretty(&self.inner.file);
        text.push('\n');
        text
    }

    /// The same model with other weights; it needs a version of its own.
    ///
    /// # Errors
    /// As [`Triage::from_json`].
    pub fn with_instrument(
        &self,
        version: Version,
        instrument: InstrumentDraft,
    ) -> Result<Self, ModelError> {
        Triage::from_file(ModelFile { version, instrument, ..self.inner.file.clone() })
    }

    /// The same model with another policy; it needs a version of its own.
    ///
    /// # Errors
    /// As [`Triage::from_json`].
    pub fn with_policy(&self, version: Version, policy: PolicyDraft) -> Result<Self, ModelError> {
        Triage::from_file(ModelFile { version, policy, ..self.inner.file.clone() })
    }

    /// The same model with other findings accepted: same name, version and fingerprints.
    ///
    /// # Errors
    /// [`ModelError::Accepted`] for an entry that does not say why, who, when and what.
    pub fn with_accepted(&self, accepted: Vec<Accepted>) -> Result<Self, ModelError> {
        Triage::from_file(ModelFile { accepted, ..self.inner.file.clone() })
    }

    /// Findings of [`Triage::lint`] that the model's authors know of and stand by, with their reasons.
    #[must_use]
    pub fn accepted(&self) -> &[Accepted] {
        &self.inner.file.accepted
    }

    /// Name and version of the model.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.inner.identity
    }

    /// What the model is and is not.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.inner.file.description
    }

    /// What may be asked.
    #[must_use]
    pub fn codebook(&self) -> &Codebook {
        &self.inner.file.codebook
    }

    /// The weights.
    #[must_use]
    pub fn instrument(&self) -> &Instrument {
        &self.inner.instrument
    }

    /// Combination, bands and gates.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// SHA-256 of everything that stands in the model file but the findings that it accepts ([`Triage::accepted`]).
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.inner.fingerprint
    }

    /// SHA-256 of what can affect score, gate, band or order.
    #[must_use]
    pub fn scoring_fingerprint(&self) -> Fingerprint {
        self.inner.scoring_fingerprint
    }

    /// Scores and probabilities of every complaint: complaints × outcomes, in the backlog's order.
    ///
    /// # Errors
    /// [`CodebookError::OtherCodebook`] or [`CodebookError::OtherAnswers`] for a backlog of another
    /// codebook.
    pub fn score(&self, backlog: &Backlog) -> Result<Scores, CodebookError> {
        self.codebook().require_of_backlog(backlog.codebook())?;
        Ok(self.engine().score(backlog.packed()))
    }

    /// Checks the model for what loads but may not be meant; see [`Lint`].
    ///
    /// Whether numbers are what the rules give which they cite is known only of rules that can be computed;
    /// [`reference::numbers_by_rule`](crate::reference::numbers_by_rule) does so, and [`Triage::lint_with`] takes what it finds.
    #[must_use]
    pub fn lint(&self) -> Lint {
        lint::lint(self, Vec::new())
    }

    /// The same with findings from elsewhere, held against what the file accepts like the others.
    #[must_use]
    pub fn lint_with(&self, more: Vec<Finding>) -> Lint {
        lint::lint(self, more)
    }

    pub(crate) fn form_order(&self, make: impl FnOnce() -> Vec<u32>) -> &[u32] {
        self.inner.form_order.get_or_init(make)
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }
}

impl PartialEq for Triage {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.inner.file == other.inner.file
    }
}

impl Eq for Triage {}

impl Serialize for Triage {
    /// In formats for people the model file; in binary ones the text of that file.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => self.inner.file.serialize(serializer),
            false => serializer.serialize_str(&self.to_json()),
        }
    }
}

impl<'de> Deserialize<'de> for Triage {
    /// As it was written; [`Triage::from_json`] says more where it is refused.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let model = match deserializer.is_human_readable() {
            true => Triage::from_file(ModelFile::deserialize(deserializer)?),
            false => Triage::from_json(&String::deserialize(deserializer)?),
        };
        model.map_err(serde::de::Error::custom)
    }
}
