//! Outcomes of complaints: what was found, how, and how hard anyone looked.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::backlog::{Backlog, Refusal};
use crate::base::TimeError;
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
    /// Until when the complaint was followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

fn one() -> f64 {
    1.0
}

/// A label that was not taken, or a file that does not serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabelError {
    /// The source failed.
    #[error("reading labels failed: {0}")]
    Io(#[from] std::io::Error),
    /// A column that must be there is not.
    #[error("the heading has no column `{column}`: labels need complaint, outcome and result")]
    MissingColumn {
        /// Its name.
        column: &'static str,
    },
    /// A word that is not listed.
    #[error("field `{field}` holds `{value}`: use {listed}")]
    Word {
        /// The field.
        field: &'static str,
        /// The word as given.
        value: String,
        /// What is listed.
        listed: &'static str,
    },
    /// A time that cannot be read.
    #[error("field `{field}`: {cause}")]
    Time {
        /// The field.
        field: &'static str,
        /// Why.
        cause: TimeError,
    },
    /// A weight that is not a number above 0.
    #[error("the weight is {value}: it must be finite and above 0")]
    Weight {
        /// The value.
        value: f64,
    },
    /// The same outcome of the same complaint twice.
    #[error("complaint `{complaint}` has outcome `{outcome}` twice: keep one label")]
    Twice {
        /// The complaint.
        complaint: String,
        /// The outcome.
        outcome: String,
    },
    /// Found before it could be.
    #[error(
        "complaint `{complaint}` was found {found}, after it was followed until {until}: correct one"
    )]
    FoundAfterFollowUp {
        /// The complaint.
        complaint: String,
        /// When it was found.
        found: Timestamp,
        /// End of follow-up.
        until: Timestamp,
    },
    /// A line that is not a label in JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A line of CSV that cannot be read.
    #[cfg(feature = "csv")]
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

/// Counts of one reading of labels. `taken + refused == lines`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LabelReport {
    /// Labels in the file.
    pub lines: u64,
    /// Labels taken.
    pub taken: u64,
    /// Labels refused.
    pub refused: u64,
    /// Every refusal, in order.
    pub refusals: Vec<Refusal>,
    /// Columns that labels do not have; they were not used.
    pub unlisted: Vec<String>,
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
    places: BTreeSet<(String, String)>,
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
        if !self.places.insert((label.complaint.clone(), label.outcome.clone())) {
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
            kept.places.insert((label.complaint.clone(), label.outcome.clone()));
            kept.labels.push(label.clone());
        }
        kept
    }

    /// Brings the labels of one outcome to the rows of a backlog, by id.
    #[must_use]
    pub fn join(&self, backlog: &Backlog, outcome: &str) -> Joined {
        let mut report = JoinReport::default();
        let mut matched: BTreeMap<usize, &Label> = BTreeMap::new();
        let mut labelled = 0;
        for label in self.labels.iter().filter(|label| label.outcome == outcome) {
            let Some(row) = backlog.row_of(&label.complaint) else {
                report.labels_without_complaint += 1;
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

impl FromIterator<(usize, Result<Label, LabelError>)> for ReadLabels {
    fn from_iter<I: IntoIterator<Item = (usize, Result<Label, LabelError>)>>(lines: I) -> Self {
        let mut read = ReadLabels::default();
        for (line, label) in lines {
            read.report.lines += 1;
            match label.and_then(|label| read.labels.push(label)) {
                Ok(()) => read.report.taken += 1,
                Err(error) => {
                    read.report.refused += 1;
                    read.report
                        .refusals
                        .push(Refusal { line: line as u64, reason: error.to_string() });
                }
            }
        }
        read
    }
}

/// Labels with the report of their reading, while it goes on.
#[derive(Debug, Default)]
pub(super) struct ReadLabels {
    pub(super) labels: Labels,
    pub(super) report: LabelReport,
}
