//! For whom scores made elsewhere work less well, from plain arrays.

use super::StudyError;
use super::group_audit::{GroupFindings, estimable};
use super::group_performance::{capacity, performance};
use super::{Arm, Known};
use crate::research::evaluate::{
    ByKey, Confidence, GroupMean, InputError, group_audit, mean_by_group,
};

/// A plan for an audit by group of scores on plain rows: no backlog, no model, no ids.
///
/// As [`GroupPlan`](super::GroupPlan) without what takes answers: how much is unknown, and how well items give a group away.
/// Groups are borrowed, joined by place, and kept nowhere.
///
/// ```
/// use caserank::complaint::Origin;
/// use caserank::research::study::{Arm, GroupRows, Known};
/// let labels: Vec<bool> = (0..200).map(|row| row % 4 == 0).collect();
/// let scores: Vec<f64> = (0..200).map(|row| f64::from(row * 37 % 101)).collect();
/// let groups: Vec<Option<&str>> = (0..200).map(|row| Some(["north", "south"][row % 2])).collect();
/// let known = Known::of_labels("readmission", &labels, Origin::Retrospective);
/// let arm = Arm::of_scores("vendor", &known, &scores, &[])?;
/// let found = GroupRows::new(&known, &arm, &groups).top(40).run()?;
/// assert_eq!((found.coverage, found.performance.len()), (1.0, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct GroupRows<'a> {
    known: &'a Known,
    arm: &'a Arm,
    groups: &'a [Option<&'a str>],
    waited: Option<&'a [f64]>,
    top: usize,
    smallest: usize,
    confidence: Confidence,
}

impl<'a> GroupRows<'a> {
    /// Scores of these rows with the group of each, `None` where nobody knows it: the first 100 flagged, groups of 50 and more
    /// judged, 95%.
    #[must_use]
    pub fn new(known: &'a Known, arm: &'a Arm, groups: &'a [Option<&'a str>]) -> Self {
        let confidence = Confidence::P95;
        GroupRows { known, arm, groups, waited: None, top: 100, smallest: 50, confidence }
    }

    /// How many rows come first: flagged, and worked in a period.
    #[must_use]
    pub fn top(mut self, rows: usize) -> Self {
        self.top = rows.max(1);
        self
    }

    /// How many rows a group must have to be judged.
    #[must_use]
    pub fn smallest(mut self, rows: usize) -> Self {
        self.smallest = rows;
        self
    }

    /// How long each row waited in fact, one number each, in any unit.
    #[must_use]
    pub fn waited(mut self, waited: &'a [f64]) -> Self {
        self.waited = Some(waited);
        self
    }

    /// How sure intervals are meant to be.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Measures, and forgets the groups. Rows whose group is unknown are counted and left out. Equal scores stand in the order of
    /// the rows; [`GroupFindings::tied`] says how many that leaves open at the cut. Nothing here takes sampling weights.
    ///
    /// # Errors
    /// [`StudyError::Input`] for scores, groups or waits of another number than the rows; [`StudyError::NotEstimable`] for no rows.
    pub fn run(&self) -> Result<GroupFindings, StudyError> {
        let (known, expected) = (self.known, self.known.len());
        let counts = [
            ("scores", self.arm.order.len()),
            ("groups", self.groups.len()),
            ("waits", self.waited.map_or(expected, <[f64]>::len)),
        ];
        if let Some((what, found)) = counts.into_iter().find(|(_, found)| *found != expected) {
            return Err(InputError::Length { what, found, expected }.into());
        }
        let order = &self.arm.order;
        let mut sorted: Vec<usize> = (0..expected).collect();
        sorted.sort_by(|&a, &b| order[b].total_cmp(&order[a]).then(a.cmp(&b)));
        let mut positions = vec![0; expected];
        for (place, &row) in sorted.iter().enumerate() {
            positions[row] = place + 1;
        }
        let tied = match sorted.get(self.top - 1) {
            Some(&last) => {
                sorted[self.top..].iter().take_while(|&&row| order[row] == order[last]).count()
            }
            None => 0,
        };
        let flagged: Vec<bool> = positions.iter().map(|position| *position <= self.top).collect();
        let turn: Vec<f64> =
            positions.iter().map(|position| position.div_ceil(self.top) as f64).collect();
        let (smallest, confidence) = (self.smallest, self.confidence);
        let rates =
            estimable(group_audit(&known.labels, &flagged, self.groups, smallest, confidence))?;
        let means = |values: &[f64]| -> Result<ByKey<String, GroupMean>, StudyError> {
            let means = mean_by_group(values, self.groups, smallest, confidence);
            Ok(means?.into_iter().map(|(key, of_group)| (key.to_owned(), of_group)).collect())
        };
        let with_group = self.groups.iter().flatten().count();
        Ok(GroupFindings {
            stamp: known.stamp(),
            complaints: expected,
            coverage: with_group as f64 / expected.max(1) as f64,
            repeated_subjects: known.repeated_subjects(),
            without_complaint: 0,
            top: self.top,
            tied,
            rates: rates.map(|rates_of| rates_of.map_keys(str::to_owned)),
            performance: performance(self.arm, known, self.groups, smallest, confidence),
            capacity: capacity(&positions, self.groups, self.top, smallest, confidence),
            turn: means(&turn)?,
            waited: self.waited.map(means).transpose()?.unwrap_or_default(),
            unknown: ByKey::default(),
            told: Vec::new(),
        })
    }
}
