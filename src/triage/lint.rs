//! What loads but may not be meant: found, named, and left to the author.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use super::Triage;
use super::accepted::Accepted;
use super::checks::find;
use super::finding::Finding;
use crate::base::json::Format;

/// The version of the format in which findings are written as JSON.
pub const LINT_FORMAT: u32 = 1;

/// Findings that the model's authors accept for one reason, as far as they still occur.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AcceptedFindings {
    /// Why they stand.
    pub(crate) because: String,
    /// Who answers for that.
    pub(crate) by: String,
    /// Since which day, as `2026-11-29`.
    pub(crate) on: String,
    /// The findings.
    pub(crate) findings: Vec<Finding>,
}

impl AcceptedFindings {
    /// Why they stand.
    #[must_use]
    pub fn because(&self) -> &str {
        &self.because
    }

    /// Who answers for that.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// Since which day, as `2026-11-29`.
    #[must_use]
    pub fn on(&self) -> &str {
        &self.on
    }

    /// The findings.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// Everything that [`Triage::lint`] found, in a fixed order: what is new, what the model's file accepts and is not found any
/// more, and what it accepts.
///
/// As JSON: `docs/formats/lint.schema.json`, with each finding's key and sentence beside its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lint {
    new: Vec<Finding>,
    gone: Vec<String>,
    accepted: Vec<AcceptedFindings>,
}

impl Lint {
    /// Sorts what was found by what a model's file accepts.
    fn sorted(found: &[Finding], listed: &[Accepted]) -> Self {
        let keys: Vec<String> = found.iter().map(Finding::key).collect();
        let known: BTreeSet<&str> = listed.iter().flat_map(Accepted::keys).collect();
        let occurs: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
        let accepted = listed.iter().map(|entry| {
            let named = |key: &str| entry.findings.iter().any(|listed| listed == key);
            let findings = found.iter().zip(&keys).filter(|(_, key)| named(key.as_str()));
            AcceptedFindings {
                because: entry.because.clone(),
                by: entry.by.clone(),
                on: entry.on.clone(),
                findings: findings.map(|(finding, _)| finding.clone()).collect(),
            }
        });
        let accepted = accepted.filter(|entry| !entry.findings.is_empty()).collect();
        let gone = listed.iter().flat_map(Accepted::keys).filter(|key| !occurs.contains(key));
        let gone = gone.map(str::to_owned).collect();
        let new = found.iter().zip(&keys).filter(|(_, key)| !known.contains(key.as_str()));
        Lint { new: new.map(|(finding, _)| finding.clone()).collect(), gone, accepted }
    }

    /// Whether nobody needs to look: nothing was found but what is accepted, and all that is accepted was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.new.is_empty() && self.gone.is_empty()
    }

    /// What nobody has accepted.
    #[must_use]
    pub fn new_findings(&self) -> &[Finding] {
        &self.new
    }

    /// Keys that the model's file accepts and that were not found: mended, or written wrongly.
    #[must_use]
    pub fn gone(&self) -> &[String] {
        &self.gone
    }

    /// What was found and is accepted, by reason, in the order of the model's file.
    #[must_use]
    pub fn accepted(&self) -> &[AcceptedFindings] {
        &self.accepted
    }

    /// Everything that was found, accepted or not: what is new first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.new.iter().chain(self.accepted.iter().flat_map(|entry| &entry.findings))
    }
}

impl Serialize for Lint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            #[serde(flatten)]
            finding: &'a Finding,
            key: String,
            text: String,
        }
        #[derive(Serialize)]
        struct ToldAccepted<'a> {
            because: &'a str,
            by: &'a str,
            on: &'a str,
            findings: Vec<Told<'a>>,
        }
        #[derive(Serialize)]
        struct Written<'a> {
            format_version: Format<LINT_FORMAT>,
            findings: Vec<Told<'a>>,
            gone: &'a [String],
            accepted: Vec<ToldAccepted<'a>>,
        }
        fn told(findings: &[Finding]) -> Vec<Told<'_>> {
            let told = |finding: &Finding| (finding.key(), finding.to_string());
            let texts = findings.iter().map(|finding| (finding, told(finding)));
            texts.map(|(finding, (key, text))| Told { finding, key, text }).collect()
        }
        let accepted = self.accepted.iter().map(|entry| ToldAccepted {
            because: &entry.because,
            by: &entry.by,
            on: &entry.on,
            findings: told(&entry.findings),
        });
        Written {
            format_version: Format,
            findings: told(&self.new),
            gone: &self.gone,
            accepted: accepted.collect(),
        }
        .serialize(serializer)
    }
}

impl fmt::Display for Lint {
    /// What is new, a line each with its key under it; what is gone; what is accepted, under its reason.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        for finding in &self.new {
            parts.push(format!("{finding}\n  key: {}", finding.key()));
        }
        for key in &self.gone {
            parts.push(format!("accepted, but not found any more: {key}"));
        }
        for entry in &self.accepted {
            let AcceptedFindings { because, by, on, findings } = entry;
            parts.push(format!("accepted by {by}, {on} ({}): {because}", findings.len()));
            parts.extend(findings.iter().map(|finding| format!("  {finding}")));
        }
        formatter.write_str(&parts.join("\n"))
    }
}

/// What was found in the model itself and what others found in it, by what its file accepts.
pub(super) fn lint(triage: &Triage, more: Vec<Finding>) -> Lint {
    let mut findings = find(triage);
    findings.extend(more);
    Lint::sorted(&findings, triage.accepted())
}
