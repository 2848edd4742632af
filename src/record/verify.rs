//! Making a recorded result again, and naming the first thing that differs.

use std::fmt;

use thiserror::Error;

use super::releases::THIS_RELEASE;
use super::{Agreement, RECORD_FORMAT, Record, canonical, result};
use crate::Timestamp;
use crate::base::{JsonError, escaped};
use crate::policy::{ActiveOverride, OverrideEffect};
use crate::triage::{Fingerprint, Triage};

/// Why a record does not hold.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The text is not JSON of a record's shape.
    #[error("not a record: {0}")]
    Json(JsonError),
    /// A format that this release does not read.
    #[error(
        "record format {found} is not read by this release, which reads format {RECORD_FORMAT}: use one that reads it"
    )]
    Format {
        /// As given.
        found: u32,
    },
    /// A time at which the decisions of the assessment were not in force.
    #[error(
        "complaint `{}` was assessed under `{effect}`, made at {made} and not in force at {at}: record it at the time it was assessed for",
        escaped(.complaint)
    )]
    OtherTime {
        /// The complaint.
        complaint: String,
        /// The decision that is not in force.
        effect: OverrideEffect,
        /// When it was made.
        made: Timestamp,
        /// The time asked for.
        at: Timestamp,
    },
    /// Made by a model that scores, gates, bands or orders differently.
    #[error(
        "the record of complaint `{}` was made by model {model} ({}), not by the one given ({}): load the model file with that fingerprint",
        escaped(.complaint), .recorded.short(), .given.short(), model = escaped(.model))]
    OtherModel {
        /// The complaint.
        complaint: String,
        /// Name and version of the model in the record.
        model: String,
        /// Scoring fingerprint in the record.
        recorded: Fingerprint,
        /// Scoring fingerprint of the model given.
        given: Fingerprint,
    },
    /// An answer that the codebook does not list.
    #[error(
        "`answers.{}` of the record of complaint `{}` says {}, which the codebook does not list",
        escaped(.item), escaped(.complaint), escaped(.answer)
    )]
    UnlistedAnswer {
        /// The complaint.
        complaint: String,
        /// The item as recorded.
        item: String,
        /// The answer as recorded.
        answer: String,
    },
    /// A field that is not what the answers and the model give.
    #[error(
        "`{}` of the record of complaint `{}` says {}, and {} is what answers, decisions and model give",
        escaped(.field), escaped(.complaint), escaped(.recorded), escaped(.recomputed)
    )]
    Difference {
        /// The complaint.
        complaint: String,
        /// Path of the first field that differs.
        field: String,
        /// What is recorded.
        recorded: String,
        /// What comes out.
        recomputed: String,
    },
    /// The result holds, and yet the record was changed.
    #[error(
        "`sha256` of the record of complaint `{}` says {}, and {} is the digest of what stands in it: something that does not enter the result was changed (id, time, versions, answers without weight, who decided, the link to the record before)",
        escaped(.complaint), .recorded.short(), .recomputed.short()
    )]
    Digest {
        /// The complaint.
        complaint: String,
        /// As recorded.
        recorded: Fingerprint,
        /// As it comes out.
        recomputed: Fingerprint,
    },
}

/// Something that differs without changing the result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// Texts, evidence, citations or action times of the model differ.
    Fingerprint {
        /// As recorded.
        recorded: Fingerprint,
        /// Of the model given.
        given: Fingerprint,
    },
    /// Another release of the crate made the record.
    CrateVersion {
        /// As recorded.
        recorded: String,
        /// Of this release.
        given: &'static str,
        /// What this release is held to about records of that one.
        agreement: Agreement,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Fingerprint { recorded, given } => write!(
                formatter,
                "texts of the model differ ({}, now {}); what affects the result does not",
                recorded.short(),
                given.short()
            ),
            Note::CrateVersion { recorded, given, agreement } => {
                write!(formatter, "made by release {recorded}, verified by {given}: {agreement}")
            }
        }
    }
}

impl Record {
    /// Computes everything again from the answers, the decisions and the model. Gives back what
    /// differs without changing the result.
    ///
    /// It holds by the scoring fingerprint, so a model with other texts will do. That the result
    /// can be made again says nothing about whether it was right.
    ///
    /// # Errors
    /// [`RecordError`] names the first difference: format, model, an unlisted answer, a field of
    /// decisions or result in order of the names, then the record's own digest.
    pub fn verify(&self, triage: &Triage) -> Result<Vec<Note>, RecordError> {
        if self.format_version != RECORD_FORMAT {
            return Err(RecordError::Format { found: self.format_version });
        }
        let complaint = || self.complaint.clone();
        let given = triage.scoring_fingerprint();
        if self.scoring_fingerprint != given {
            let (model, recorded) = (self.model.to_string(), self.scoring_fingerprint);
            return Err(RecordError::OtherModel { complaint: complaint(), model, recorded, given });
        }
        let codes = self.codes(triage)?;
        let active = self.active();
        let mut again = self.clone();
        again.result = result(triage, &codes, active.as_ref());
        again.overrides = active;
        let (first, second) = (canonical::value(self), canonical::value(&again));
        if let Some((field, recorded, recomputed)) =
            canonical::first_difference("", &first, &second)
        {
            return Err(RecordError::Difference {
                complaint: complaint(),
                field,
                recorded,
                recomputed,
            });
        }
        let recomputed = canonical::digest(self);
        if recomputed != self.sha256 {
            let recorded = self.sha256;
            return Err(RecordError::Digest { complaint: complaint(), recorded, recomputed });
        }
        let mut notes = Vec::new();
        if self.fingerprint != triage.fingerprint() {
            let (recorded, given) = (self.fingerprint, triage.fingerprint());
            notes.push(Note::Fingerprint { recorded, given });
        }
        if self.crate_version != THIS_RELEASE {
            let recorded = self.crate_version.clone();
            let agreement = Agreement::with(&recorded);
            notes.push(Note::CrateVersion { recorded, given: THIS_RELEASE, agreement });
        }
        Ok(notes)
    }

    fn codes(&self, triage: &Triage) -> Result<Vec<u8>, RecordError> {
        let codebook = triage.codebook();
        let mut codes = vec![0; codebook.items().len()];
        for (id, answer) in &self.answers {
            let position = codebook.item_position(id);
            let code = position.and_then(|position| codebook.items()[position].code_of(answer));
            let (Some(position), Some(code)) = (position, code) else {
                return Err(RecordError::UnlistedAnswer {
                    complaint: self.complaint.clone(),
                    item: id.clone(),
                    answer: answer.clone(),
                });
            };
            codes[position] = code;
        }
        Ok(codes)
    }

    /// Those of the recorded decisions that hold together, were about this complaint and were in
    /// force at the time.
    fn active(&self) -> Option<ActiveOverride> {
        let recorded = self.overrides.as_ref()?.iter();
        let mut decisions: Vec<_> = recorded
            .filter(|decision| decision.complaint == self.complaint && decision.check().is_ok())
            .cloned()
            .collect();
        decisions.sort_by_key(|decision| decision.made);
        ActiveOverride::of(&decisions, self.at)
    }
}
