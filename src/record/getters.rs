//! What a record holds, by name.

use std::collections::BTreeMap;

use super::arrival::{RecordedMapping, RecordedMark, RecordedSource};
use super::chain::{ChainError, ChainFault};
use super::{RecordedOutcome, RecordedResult};
use crate::codebook::Identity;
use crate::complaint::AnswerSource;
use crate::rank::Standing;
use crate::triage::Fingerprint;

impl RecordedOutcome {
    /// Whether the outcome applies to the complaint.
    #[must_use]
    pub fn applies(&self) -> bool {
        self.applies
    }

    /// Billionths by the instrument's link, 0 where the outcome does not apply.
    #[must_use]
    pub fn probability(&self) -> u32 {
        self.probability
    }

    /// The score as an exact decimal; it means nothing where the outcome does not apply.
    #[must_use]
    pub fn score(&self) -> &str {
        &self.score
    }
}

impl RecordedResult {
    /// Where it stood, decisions of people included.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing::new(self.lane, self.band, self.priority)
    }

    /// Where the model alone put it.
    #[must_use]
    pub fn model_standing(&self) -> Standing {
        Standing::new(self.model_lane, self.model_band, self.priority)
    }

    /// Ids of the gates that fired, in the policy's order.
    #[must_use]
    pub fn gates(&self) -> &[String] {
        &self.gates
    }

    /// By outcome id.
    #[must_use]
    pub fn outcomes(&self) -> &BTreeMap<String, RecordedOutcome> {
        &self.outcomes
    }

    /// What set the band: `priority`, `cap:` or `floor:` with the gate's id, or `override`.
    #[must_use]
    pub fn set_by(&self) -> &str {
        &self.set_by
    }
}

impl RecordedMapping {
    /// SHA-256 of the mapping.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Its name and version.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

impl RecordedSource {
    /// Who said otherwise.
    #[must_use]
    pub fn contradicted_by(&self) -> &[AnswerSource] {
        &self.contradicted_by
    }

    /// Who gave the answer.
    #[must_use]
    pub fn source(&self) -> &AnswerSource {
        &self.source
    }
}

impl RecordedMark {
    /// The item, or one of a complaint's own fields such as `unit`.
    #[must_use]
    pub fn item(&self) -> &str {
        &self.item
    }

    /// The code of the reason; see [`WhyNotUnderstood::code`](crate::complaint::WhyNotUnderstood::code).
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl ChainError {
    /// Its place in the chain, from 1.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Its complaint.
    #[must_use]
    pub fn complaint(&self) -> &str {
        &self.complaint
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &ChainFault {
        &self.fault
    }
}
