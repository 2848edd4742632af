//! Outcomes of complaints: what was found, how, and how hard anyone looked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::label_error::{LabelError, LabelReport, Refusal};
use crate::Timestamp;
use crate::backlog::{Backlog, id_fault, likeness};
use crate::base::text::cut;
use crate::codebook::{Codebook, nearest};
use crate::complaint::Origin;

/// What is known of one outcome of one complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// The outcome was found.
    Yes,
    /// It was looked for and not found.
    No,
    /// Nobody looked. Never *no*.
    NotInvestigated,
    /// The outcome does not apply to the complaint.
    NotApplicable,
}

/// By what standard an outcome counts as found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceStandard {
    /// A conviction.
    Conviction,
    /// A charge.
    Charge,
    /// A victim was identified.
    VictimIdentified,
    /// An admission.
    Admission,
}

/// How deep the work on a complaint went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// At the desk.
    Desk,
    /// In the field.
    Field,
    /// A search of premises or devices.
    Search,
}

/// Why a complaint was worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyWorked {
    /// Chosen by rank, rule or judgement.
    Chosen,
    /// Drawn into the blind audit slice.
    Audit,
}

/// One outcome of one complaint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Id of the complaint.
    pub complaint: String,
    /// Id of the outcome.
    pub outcome: String,
    /// What is known.
    pub result: Found,
    /// By what standard, where it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<ReferenceStandard>,
    /// When it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Timestamp>,
    /// Until when the complaint was followed. In files a bare date means the end of that day.
    #[serde(default, deserialize_with = "end_of_day", skip_serializing_if = "Option::is_none")]
    pub followed_until: Option<Timestamp>,
    /// How deep the work went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<Depth>,
    /// Why the complaint was worked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_worked: Option<WhyWorked>,
    /// Case weight, above 0: one over the chance of having been worked, where that is known.
    #[serde(default = "one")]
    pub weight: f64,
    /// Where the label comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

impl Label {
    /// What was found of one complaint for one outcome; of weight 1, the rest not stated.
    #[must_use]
    pub fn new(complaint: &str, outcome: &str, result: Found) -> Self {
        Label {
            complaint: complaint.to_owned(),
            outcome: outcome.to_owned(),
            result,
            standard: None,
            found: None,
            followed_until: None,
            depth: None,
            why_worked: None,
            weight: 1.0,
            origin: None,
        }
    }
}

fn end_of_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let time = text.map(|text| Timestamp::parse_end(text.as_bytes()));
    time.transpose().map_err(serde::de::Error::custom)
}

fn one() -> f64 {
    1.0
}

/// Labels of a body of complaints.
///
/// ```
/// use caserank::research::fit::Labels;
/// let text = "complaint,outcome,result\nc-1,contact_offending,yes\nc-2,contact_offending,not_investigated\n";
/// let (labels, report) = Labels::read_csv(text.as_bytes())?;
/// assert_eq!((labels.len(), report.refused), (2, 0));
/// # Ok::<(), caserank::research::fit::LabelError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Labels {
    labels: Vec<Label>,
    labelled: BTreeSet<(String, String)>,
}

/// An outcome of labels that a codebook does not name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnlistedOutcome {
    /// As the labels have it, cut after 64 letters.
    pub outcome: String,
    /// How many labels have it.
    pub labels: usize,
    /// The outcome of the codebook with the nearest name, where one is near.
    pub nearest: Option<String>,
}

/// How labels of one outcome met a backlog. Every label and every complaint is counted once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct JoinReport {
    /// Complaints with *yes* or *no*: what can be learnt from.
    pub matched: usize,
    /// Complaints labelled *not investigated*: left out, never taken for *no*.
    pub not_investigated: usize,
    /// Complaints labelled *not applicable*: outside the denominator.
    pub not_applicable: usize,
    /// Complaints of the backlog without a label.
    pub complaints_without_label: usize,
    /// Labels whose complaint is not in the backlog.
    pub labels_without_complaint: usize,
    /// Of those, the ones that look like a complaint that is there: apart in case, blanks, hidden
    /// letters or normal form only. At most ten pairs of label and complaint.
    pub look_alikes: Vec<[String; 2]>,
    /// Labels of outcomes that the backlog's codebook does not name. They belong to no fit.
    pub unlisted_outcomes: Vec<UnlistedOutcome>,
    /// How many *yes* labels rest on each standard; without one under `None`.
    pub standards: BTreeMap<Option<ReferenceStandard>, usize>,
}

/// Rows of a backlog with the labels of one outcome, in row order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Joined {
    /// Rows of the backlog.
    pub rows: Vec<usize>,
    /// Whether the outcome was found.
    pub labels: Vec<bool>,
    /// Case weights.
    pub weights: Vec<f64>,
    /// Cluster of each row: complaints about one subject share a number, others have their own.
    pub clusters: Vec<u32>,
    /// The counts.
    pub report: JoinReport,
}

impl Labels {
    /// No labels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a label.
    ///
    /// # Errors
    /// [`LabelError`] for a weight that is not above 0, a second label of the same complaint and outcome, or one
    /// found after the end of follow-up.
    pub fn push(&mut self, label: Label) -> Result<(), LabelError> {
        if !(label.weight.is_finite() && label.weight > 0.0) {
            return Err(LabelError::Weight { value: label.weight });
        }
        if let (Some(found), Some(until)) = (label.found, label.followed_until)
            && found > until
        {
            return Err(LabelError::FoundAfterFollowUp {
                complaint: label.complaint,
                found,
                until,
            });
        }
        if !self.labelled.insert((label.complaint.clone(), label.outcome.clone())) {
            return Err(LabelError::Twice { complaint: label.complaint, outcome: label.outcome });
        }
        self.labels.push(label);
        Ok(())
    }

    /// The labels in the order in which they came.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// How many labels there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The labels that `keep` accepts, such as those received before a date.
    #[must_use]
    pub fn filtered(&self, mut keep: impl FnMut(&Label) -> bool) -> Self {
        let mut kept = Self::new();
        for label in self.labels.iter().filter(|label| keep(label)) {
            kept.labelled.insert((label.complaint.clone(), label.outcome.clone()));
            kept.labels.push(label.clone());
        }
        kept
    }

    /// Outcomes of labels that a codebook does not name, with how many labels have them and the
    /// outcome with the nearest name.
    #[must_use]
    pub fn unlisted_outcomes(&self, codebook: &Codebook) -> Vec<UnlistedOutcome> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for label in &self.labels {
            *counts.entry(&label.outcome).or_default() += 1;
        }
        let listed = || codebook.outcomes().iter().map(|outcome| &*outcome.id);
        let unlisted = counts.into_iter().filter(|(outcome, _)| !listed().any(|id| id == *outcome));
        let near = |outcome: &str| nearest(outcome, listed()).map(str::to_owned);
        let told = unlisted.map(|(outcome, labels)| UnlistedOutcome {
            outcome: cut(outcome, 64),
            labels,
            nearest: near(outcome),
        });
        told.collect()
    }

    /// Brings the labels of one outcome to the rows of a backlog, by id.
    #[must_use]
    pub fn join(&self, backlog: &Backlog, outcome: &str) -> Joined {
        let mut report = JoinReport {
            unlisted_outcomes: self.unlisted_outcomes(backlog.codebook()),
            ..JoinReport::default()
        };
        let mut astray = Vec::new();
        let mut matched: BTreeMap<usize, &Label> = BTreeMap::new();
        let mut labelled = 0;
        for label in self.labels.iter().filter(|label| label.outcome == outcome) {
            let Some(row) = backlog.row_of(&label.complaint) else {
                report.labels_without_complaint += 1;
                astray.push(label.complaint.as_str());
                continue;
            };
            labelled += 1;
            match label.result {
                Found::NotInvestigated => report.not_investigated += 1,
                Found::NotApplicable => report.not_applicable += 1,
                Found::Yes | Found::No => {
                    matched.insert(row, label);
                }
            }
        }
        report.matched = matched.len();
        report.look_alikes = look_alikes(&astray, backlog);
        report.complaints_without_label = backlog.len() - labelled;
        let mut subjects: BTreeMap<String, u32> = BTreeMap::new();
        let mut next = 0;
        let mut joined = Joined {
            rows: Vec::new(),
            labels: Vec::new(),
            weights: Vec::new(),
            clusters: Vec::new(),
            report,
        };
        for (row, label) in matched {
            let cluster = match backlog.subject(row) {
                Some(subject) => *subjects.entry(subject.to_owned()).or_insert(next),
                None => next,
            };
            next = next.max(cluster + 1);
            if label.result == Found::Yes {
                *joined.report.standards.entry(label.standard).or_default() += 1;
            }
            joined.rows.push(row);
            joined.labels.push(label.result == Found::Yes);
            joined.weights.push(label.weight);
            joined.clusters.push(cluster);
        }
        joined
    }
}

/// Pairs of a label's complaint and one of the backlog that look alike.
fn look_alikes(astray: &[&str], backlog: &Backlog) -> Vec<[String; 2]> {
    const MOST: usize = 10;
    if astray.is_empty() {
        return Vec::new();
    }
    let ids = (0..backlog.len()).map(|row| backlog.id(row));
    let there: BTreeMap<String, &str> = ids.map(|id| (likeness(id).into_owned(), id)).collect();
    let pair = |label: &&str| {
        let id = there.get(&*likeness(label))?;
        Some([cut(label, 128), cut(id, 128)])
    };
    astray.iter().filter_map(pair).take(MOST).collect()
}

impl ReadLabels {
    /// Counts a record, and takes its label or says why not.
    pub(super) fn take(&mut self, line: u64, label: Result<Label, LabelError>) {
        self.report.lines += 1;
        let label = label.and_then(|mut label| {
            let (id, trimmed) = match id_fault(&label.complaint) {
                Ok((id, trimmed)) => (id.to_owned(), trimmed),
                Err(why) => return Err(LabelError::Id { fault: why.to_string() }),
            };
            if trimmed {
                self.report.trimmed.push(line);
            }
            label.complaint = id;
            self.labels.push(label)
        });
        match label {
            Ok(()) => self.report.taken += 1,
            Err(error) => {
                self.report.refused += 1;
                self.report.refusals.push(Refusal { line, cause: Arc::new(error) });
            }
        }
    }
}

/// Labels with the report of their reading, while it goes on.
#[derive(Debug, Default)]
pub(super) struct ReadLabels {
    pub(super) labels: Labels,
    pub(super) report: LabelReport,
}
