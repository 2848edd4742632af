//! Who said an answer, from which field, and who said otherwise.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Value;
use crate::base::{escaped, words};

/// Who stands behind an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Speaker {
    /// The platform that reported.
    Provider,
    /// The clearing house that passed the report on.
    Clearinghouse,
    /// An officer who read or asked.
    Officer,
    /// A register that was looked up.
    Register,
    /// The host's own software.
    Host,
}

impl Speaker {
    /// Whether what it says is established, rather than reported: no sender takes that back.
    #[must_use]
    pub fn is_established(self) -> bool {
        matches!(self, Speaker::Host | Speaker::Register | Speaker::Officer)
    }
}

impl Speaker {
    /// All of them.
    pub(crate) const ALL: [Speaker; 5] = [
        Speaker::Provider,
        Speaker::Clearinghouse,
        Speaker::Officer,
        Speaker::Register,
        Speaker::Host,
    ];
}

words! {
    Speaker, "who says an answer",
    Provider => "provider",
    Clearinghouse => "clearinghouse",
    Officer => "officer",
    Register => "register",
    Host => "host",
}

/// Who said something, and in which field of what came in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerSource {
    speaker: Speaker,
    field: String,
}

impl AnswerSource {
    /// A speaker and the name of the field (never its text).
    pub fn new(speaker: Speaker, field: impl Into<String>) -> Self {
        AnswerSource { speaker, field: field.into() }
    }

    /// Who said it.
    #[must_use]
    pub fn speaker(&self) -> Speaker {
        self.speaker
    }

    /// In which field.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }
}

impl fmt::Display for AnswerSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.speaker, escaped(&self.field))
    }
}

/// An answer that was given and does not count, since a more dangerous one was given too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    value: Value,
    source: AnswerSource,
}

impl Statement {
    /// An answer and who gave it.
    pub fn new(value: impl Into<Value>, source: AnswerSource) -> Self {
        Statement { value: value.into(), source }
    }

    /// The answer.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Who gave it.
    #[must_use]
    pub fn source(&self) -> &AnswerSource {
        &self.source
    }
}

/// Where the answer to an item comes from.
///
/// ```
/// use caserank::Complaint;
/// use caserank::complaint::{Provenance, AnswerSource, Speaker, Statement};
/// let mut complaint = Complaint::new("a", "2026-04-17".parse()?)?.with_answer("viral_batch", "some_files");
/// let provenance = Provenance::new(AnswerSource::new(Speaker::Clearinghouse, "ncmecTags"))
///     .contradicted_by(Statement::new("every_file", AnswerSource::new(Speaker::Provider, "viral")));
/// complaint.set_provenance("viral_batch", provenance);
/// assert!(complaint.provenance("viral_batch").is_some_and(Provenance::is_disputed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    source: AnswerSource,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contradicted_by: Vec<Statement>,
}

impl Provenance {
    /// From one source, undisputed.
    #[must_use]
    pub fn new(source: AnswerSource) -> Self {
        Provenance { source, contradicted_by: Vec::new() }
    }

    /// With somebody who said otherwise.
    #[must_use]
    pub fn contradicted_by(mut self, statement: Statement) -> Self {
        self.contradicted_by.push(statement);
        self
    }

    /// Who gave the answer that counts.
    #[must_use]
    pub fn source(&self) -> &AnswerSource {
        &self.source
    }

    /// What others said instead.
    #[must_use]
    pub fn contradictions(&self) -> &[Statement] {
        &self.contradicted_by
    }

    /// Whether somebody said otherwise.
    #[must_use]
    pub fn is_disputed(&self) -> bool {
        !self.contradicted_by.is_empty()
    }
}

/// Who gave an answer and who said otherwise, as lines of rankings and assessments name them: never what was said.
#[derive(Debug, Serialize)]
pub(crate) struct SaidBy<'a> {
    source: Cow<'a, AnswerSource>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contradicted_by: Vec<&'a AnswerSource>,
}

impl<'a> SaidBy<'a> {
    /// From the provenance of an answer or, where there is none, who is known to have said it.
    pub(crate) fn of(provenance: Option<&'a Provenance>, speaker: Option<Speaker>) -> Option<Self> {
        let Some(provenance) = provenance else {
            let source = Cow::Owned(AnswerSource::new(speaker?, ""));
            return Some(SaidBy { source, contradicted_by: Vec::new() });
        };
        let others = provenance.contradicted_by.iter().map(Statement::source);
        Some(SaidBy {
            source: Cow::Borrowed(&provenance.source),
            contradicted_by: others.collect(),
        })
    }
}
