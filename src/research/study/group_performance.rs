//! How well an order and its probabilities do inside each group, and which share of the work each group takes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Arm, Known};
use crate::research::evaluate::{
    Auc, Because, ByKey, CalibrationLine, Confidence, EvaluateError, ExpectedObserved, Figure,
    NotEstimable, Predicted, Scored, ShareInterval, auc, auc_clustered, calibration_line,
    calibration_line_clustered, expected_observed, expected_observed_clustered, share,
};

/// What a model does inside one group, among complaints with a known outcome. Where subjects have several complaints, all
/// intervals count subjects.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupPerformance {
    /// Complaints of the group with a known outcome.
    pub count: usize,
    /// Those among them with the outcome.
    pub events: usize,
    /// Whether the order puts the group's complaints with the outcome first: DeLong's interval, or Obuchowski's over subjects.
    pub auc: Result<Auc, NotEstimable>,
    /// Whether its probabilities are right on average.
    pub expected_observed: Result<ExpectedObserved, NotEstimable>,
    /// Whether they are spread as they should be.
    pub calibration: Result<CalibrationLine, NotEstimable>,
}

/// What of a capacity one group takes, over all complaints of the backlog whose group is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupCapacity {
    /// Complaints of the group.
    pub count: usize,
    /// Share of them among the first of the order (Wilson).
    pub worked: Result<Figure, NotEstimable>,
    /// The group's share of the first of the order (Wilson).
    pub share_of_capacity: Result<Figure, NotEstimable>,
    /// The group's share of all complaints; its share of the capacity were the order drawn by lot.
    pub share_of_complaints: f64,
}

fn too_few(found: usize, needed: usize) -> NotEstimable {
    NotEstimable { because: Because::TooFew { what: "complaints in the group", found, needed } }
}

/// Rows by group, in the order of the keys.
fn rows_of<'g>(groups: &[Option<&'g str>]) -> BTreeMap<&'g str, Vec<usize>> {
    let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        if let Some(group) = group {
            rows.entry(group).or_default().push(row);
        }
    }
    rows
}

/// Slices are of one length by construction; anything else is *not given*.
fn estimated<T>(found: Result<T, EvaluateError>) -> Result<T, NotEstimable> {
    found.map_err(|error| match error {
        EvaluateError::NotEstimable(why) => why,
        EvaluateError::Input(_) => NotEstimable { because: Because::Missing { what: "subjects" } },
    })
}

/// One entry a group among known complaints; `groups` has one entry for each of them.
pub(super) fn performance(
    arm: &Arm,
    known: &Known,
    groups: &[Option<&str>],
    smallest: usize,
    confidence: Confidence,
) -> ByKey<String, GroupPerformance> {
    let repeated = known.repeated_subjects().is_some();
    let in_group = |rows: Vec<usize>| -> Result<GroupPerformance, NotEstimable> {
        if rows.len() < smallest {
            return Err(too_few(rows.len(), smallest));
        }
        let subjects: Vec<u32> = rows.iter().map(|&row| known.clusters()[row]).collect();
        let labels: Vec<bool> = rows.iter().map(|&row| known.labels[row]).collect();
        let order: Vec<f64> = rows.iter().map(|&row| arm.order[row]).collect();
        let not_given = || NotEstimable { because: Because::Missing { what: "probabilities" } };
        let probabilities: Vec<f64> =
            rows.iter().filter_map(|&row| arm.probabilities.get(row).copied()).collect();
        // Lengths are equal by construction; anything else is *not given*.
        let predicted = Predicted::new(&labels, &probabilities).map_err(|_| not_given());
        let area = Scored::new(&labels, &order).map_err(|_| not_given());
        Ok(GroupPerformance {
            count: rows.len(),
            events: labels.iter().filter(|label| **label).count(),
            auc: area.and_then(|scored| match repeated {
                true => estimated(auc_clustered(scored, &subjects, confidence)),
                false => auc(scored, confidence),
            }),
            expected_observed: predicted.clone().and_then(|found| match repeated {
                true => estimated(expected_observed_clustered(found, &subjects, confidence)),
                false => expected_observed(found, confidence),
            }),
            calibration: predicted.and_then(|found| match repeated {
                true => estimated(calibration_line_clustered(found, &subjects, confidence)),
                false => calibration_line(found, confidence),
            }),
        })
    };
    rows_of(groups).into_iter().map(|(group, rows)| (group.to_owned(), in_group(rows))).collect()
}

/// One entry a group over all complaints; `positions` count from 1, and the first `top` are worked.
pub(super) fn capacity(
    positions: &[usize],
    groups: &[Option<&str>],
    top: usize,
    smallest: usize,
    confidence: Confidence,
) -> ByKey<String, GroupCapacity> {
    let rows = rows_of(groups);
    let worked = |rows: &[usize]| rows.iter().filter(|&&row| positions[row] <= top).count() as u64;
    let known: usize = rows.values().map(Vec::len).sum();
    let all_worked: u64 = rows.values().map(|rows| worked(rows)).sum();
    let in_group = |rows: &[usize]| -> Result<GroupCapacity, NotEstimable> {
        if rows.len() < smallest {
            return Err(too_few(rows.len(), smallest));
        }
        let of = |part, whole| share(part, whole, confidence, ShareInterval::Wilson);
        Ok(GroupCapacity {
            count: rows.len(),
            worked: of(worked(rows), rows.len() as u64),
            share_of_capacity: of(worked(rows), all_worked),
            share_of_complaints: rows.len() as f64 / known as f64,
        })
    };
    rows.iter().map(|(group, rows)| ((*group).to_owned(), in_group(rows))).collect()
}
