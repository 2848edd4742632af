//! How a complaint arrived, by code: through which mapping, who said what, what was not understood.

use serde::{Deserialize, Serialize};

use crate::codebook::Identity;
use crate::complaint::{AnswerSource, NotUnderstood};
use crate::explain::Assessment;
use crate::intake::Mapping;
use crate::triage::Fingerprint;

/// The mapping that a complaint was read through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedMapping {
    /// SHA-256 of the mapping.
    pub(crate) fingerprint: Fingerprint,
    /// Its name and version.
    pub(crate) identity: Identity,
}

impl From<&Mapping> for RecordedMapping {
    fn from(mapping: &Mapping) -> Self {
        let fingerprint = mapping.fingerprint();
        let identity = Identity { id: mapping.id().to_owned(), version: mapping.version().clone() };
        RecordedMapping { fingerprint, identity }
    }
}

#[cfg(feature = "cybertipline")]
impl From<&crate::intake::cybertipline::ReportMapping> for RecordedMapping {
    fn from(mapping: &crate::intake::cybertipline::ReportMapping) -> Self {
        let identity = Identity { id: mapping.id().to_owned(), version: mapping.version().clone() };
        RecordedMapping { fingerprint: mapping.fingerprint(), identity }
    }
}

/// Who gave the answer that counts, from which field, and who said otherwise: never what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedSource {
    /// Who said otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) contradicted_by: Vec<AnswerSource>,
    /// Who gave the answer.
    pub(crate) source: AnswerSource,
}

/// Something that was not understood: where it stood and why, never its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedMark {
    /// The item, or one of a complaint's own fields such as `unit`.
    pub(crate) item: String,
    /// The code of the reason; see [`WhyNotUnderstood::code`](crate::complaint::WhyNotUnderstood::code).
    pub(crate) why: String,
}

impl From<&NotUnderstood> for RecordedMark {
    fn from(mark: &NotUnderstood) -> Self {
        RecordedMark { item: mark.item().to_owned(), why: mark.why().code().to_owned() }
    }
}

/// Who said each of an assessment's answers, as far as that is known.
pub(super) fn sources(
    assessment: &Assessment,
) -> impl Iterator<Item = (String, RecordedSource)> + use<'_> {
    let items = assessment.triage().codebook().items().iter();
    items.filter_map(|item| {
        let recorded = match assessment.provenance(&item.id) {
            Some(said) => RecordedSource {
                contradicted_by: said
                    .contradictions()
                    .iter()
                    .map(|statement| statement.source().clone())
                    .collect(),
                source: said.source().clone(),
            },
            None => RecordedSource {
                contradicted_by: Vec::new(),
                source: AnswerSource::new(assessment.speaker(&item.id)?, ""),
            },
        };
        Some((item.id.clone(), recorded))
    })
}
