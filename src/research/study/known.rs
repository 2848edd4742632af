//! The complaints of a backlog whose outcome is known, and how instruments score them.

use std::fmt;

use serde::Serialize;

use super::StudyError;
use crate::complaint::Origin;
use crate::policy::ActiveOverrides;
use crate::research::evaluate::{InputError, Weights};
use crate::research::fit::Labels;
use crate::{Backlog, Triage};

/// The stamp on everything that was computed from synthetic complaints.
pub const STAMP: &str = "Synthetic: tests software, says nothing about performance";

/// Which outcome a study is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Target {
    /// One outcome, by id: instruments are judged by their score for it.
    Outcome(String),
    /// At least one of the outcomes was found: instruments are judged by the priority index. It is
    /// no probability, so measures of probabilities are not estimable.
    Any,
    /// A union of outcomes that the codebook declares: found, and judged, as [`Target::Any`] over
    /// the outcomes that it names.
    Union(String),
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Target::Outcome(outcome) => outcome,
            Target::Any => "any outcome",
            Target::Union(union) => union,
        })
    }
}

/// Complaints whose outcome is known, in the backlog's order. *Not investigated* is never *no*:
/// such complaints are left out and counted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Known {
    /// Which outcome.
    pub target: Target,
    /// Rows of the backlog.
    pub rows: Vec<usize>,
    /// Whether the outcome was found.
    pub labels: Vec<bool>,
    /// How many complaints each stands for; `None` where all stand for themselves.
    pub weights: Option<Weights>,
    /// Complaints about one subject share a number.
    pub clusters: Vec<u32>,
    /// The channel of each complaint, *unknown* as code 0; `None` without a channel item.
    pub channels: Option<Vec<u8>>,
    /// Complaints in the backlog.
    pub complaints: usize,
    /// Complaints labelled *not investigated*.
    pub not_investigated: usize,
    /// Complaints labelled *not applicable*.
    pub not_applicable: usize,
    /// Where the complaints come from.
    pub origin: Origin,
}

impl Known {
    /// Brings labels to a backlog; `channel_item` tells channels apart.
    ///
    /// For [`Target::Any`] a complaint counts as found where any outcome is *yes*, as not found
    /// where at least one is *no* and no other is *not investigated*; the largest of its weights counts.
    ///
    /// # Errors
    /// [`StudyError::Unknown`] for an outcome or an item that the codebook does not have.
    pub fn new(
        backlog: &Backlog,
        labels: &Labels,
        target: Target,
        channel_item: Option<&str>,
    ) -> Result<Self, StudyError> {
        let codebook = backlog.codebook();
        let outcomes: Vec<&str> = match &target {
            Target::Outcome(outcome) => vec![outcome],
            Target::Any => codebook.outcomes().iter().map(|outcome| &*outcome.id).collect(),
            Target::Union(name) => {
                let found = codebook.unions().iter().find(|union| union.id == *name);
                let unknown = || StudyError::Unknown { what: "union", name: name.clone() };
                found.ok_or_else(unknown)?.any_of.iter().map(|outcome| &**outcome).collect()
            }
        };
        for outcome in &outcomes {
            if codebook.outcome_place(outcome).is_none() {
                let name = (*outcome).to_owned();
                return Err(StudyError::Unknown { what: "outcome", name });
            }
        }
        // By row: whether found, whether looked for in vain, whether left open; weight and cluster.
        let mut kept: Vec<(bool, bool, f64)> = vec![(false, false, 0.0); backlog.len()];
        let mut open = vec![false; backlog.len()];
        let (mut not_investigated, mut not_applicable) = (0, 0);
        for outcome in &outcomes {
            let joined = labels.join(backlog, outcome);
            not_investigated += joined.report.not_investigated;
            not_applicable += joined.report.not_applicable;
            for ((&row, &label), &weight) in
                joined.rows.iter().zip(&joined.labels).zip(&joined.weights)
            {
                let own = &mut kept[row];
                own.0 |= label;
                own.1 |= !label;
                own.2 = own.2.max(weight);
            }
        }
        if outcomes.len() > 1 {
            let asked = |outcome: &String| outcomes.contains(&outcome.as_str());
            let left = labels.labels().iter().filter(|label| {
                label.result == crate::research::fit::Found::NotInvestigated
                    && asked(&label.outcome)
            });
            for row in left.filter_map(|label| backlog.row_of(&label.complaint)) {
                open[row] = true;
            }
        }
        let mut known = Known {
            target,
            rows: Vec::new(),
            labels: Vec::new(),
            weights: None,
            clusters: Vec::new(),
            channels: None,
            complaints: backlog.len(),
            not_investigated,
            not_applicable,
            origin: backlog.origin(),
        };
        let mut weights = Vec::new();
        for (row, &(found, looked, weight)) in kept.iter().enumerate() {
            if found || (looked && !open[row]) {
                known.rows.push(row);
                known.labels.push(found);
                weights.push(weight);
            }
        }
        known.clusters = clusters(backlog, &known.rows);
        if weights.iter().any(|&weight| weight != 1.0) {
            known.weights = Some(Weights::sampling(weights)?);
        }
        if let Some(item) = channel_item {
            let place = codebook
                .item_place(item)
                .ok_or_else(|| StudyError::Unknown { what: "item", name: item.to_owned() })?;
            known.channels = Some(known.rows.iter().map(|&row| backlog.code(row, place)).collect());
        }
        Ok(known)
    }

    /// How many complaints have a known outcome.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many have the outcome.
    #[must_use]
    pub fn events(&self) -> usize {
        self.labels.iter().filter(|&&label| label).count()
    }

    /// Whether any complaint is made up, so that nothing here says anything about performance.
    #[must_use]
    pub fn is_synthetic(&self) -> bool {
        self.origin == Origin::Synthetic
    }
}

fn clusters(backlog: &Backlog, rows: &[usize]) -> Vec<u32> {
    let mut numbers = std::collections::BTreeMap::new();
    let mut next = 0;
    rows.iter()
        .map(|&row| {
            let fresh = next;
            let own = match backlog.subject(row) {
                Some(subject) => *numbers.entry(subject.to_owned()).or_insert(fresh),
                None => fresh,
            };
            next = next.max(own + 1);
            own
        })
        .collect()
}

/// What one instrument says of the known complaints.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Arm {
    /// Its name in the study.
    pub name: String,
    /// Larger is earlier in the model's ranking of the whole backlog, gates and ties included.
    pub order: Vec<f64>,
    /// The outcome's score, or the priority index for [`Target::Any`].
    pub scores: Vec<f64>,
    /// The outcome's probability by the link, whether calibrated or not; empty for [`Target::Any`].
    pub probabilities: Vec<f64>,
}

impl Arm {
    /// Scores and ranks the backlog of `known` with a model.
    ///
    /// # Errors
    /// [`StudyError::Codebook`], or [`StudyError::Unknown`] for an outcome that the model lacks.
    pub fn new(
        name: &str,
        triage: &Triage,
        backlog: &Backlog,
        known: &Known,
    ) -> Result<Self, StudyError> {
        let ranking = triage.rank(backlog, &ActiveOverrides::none())?;
        let scores = triage.score(backlog)?;
        let places: Vec<usize> =
            known.rows.iter().filter_map(|&row| ranking.position_of_row(row)).collect();
        let order = places.iter().map(|&position| -(position as f64)).collect();
        let (mut own, mut probabilities) = (Vec::new(), Vec::new());
        match &known.target {
            Target::Outcome(outcome) => {
                let place = triage.instrument().outcome_place(outcome).ok_or_else(|| {
                    StudyError::Unknown { what: "outcome of an instrument", name: outcome.clone() }
                })?;
                let steps = scores.steps();
                let billionths = scores.billionths();
                for &row in &known.rows {
                    own.push(f64::from(steps[[row, place]]) / 1e6);
                    probabilities.push(f64::from(billionths[[row, place]]) / 1e9);
                }
            }
            Target::Any | Target::Union(_) => {
                let priority = |position: &usize| {
                    ranking.at(*position).map_or(0, |entry| entry.priority.billionths())
                };
                own = places.iter().map(|position| f64::from(priority(position)) / 1e9).collect();
            }
        }
        Ok(Arm { name: name.to_owned(), order, scores: own, probabilities })
    }

    /// An arm of scores made elsewhere: one of each for every known complaint; no probabilities
    /// where the slice is empty.
    ///
    /// # Errors
    /// [`InputError::Length`].
    pub fn of_scores(
        name: &str,
        known: &Known,
        scores: &[f64],
        probabilities: &[f64],
    ) -> Result<Self, InputError> {
        let length = |what: &'static str, found: usize| {
            if found == known.len() {
                Ok(())
            } else {
                Err(InputError::Length { what, found, expected: known.len() })
            }
        };
        length("scores", scores.len())?;
        if !probabilities.is_empty() {
            length("probabilities", probabilities.len())?;
        }
        Ok(Arm {
            name: name.to_owned(),
            order: scores.to_vec(),
            scores: scores.to_vec(),
            probabilities: probabilities.to_vec(),
        })
    }
}
