//! Shifts of scores for groups of complaints, such as those of one source.

use std::collections::BTreeMap;

use serde::Serialize;

use super::calibrate::{Scores, chances};
use super::overlap::SeenComplaints;
use super::sample::same_length;
use super::{Advice, FitError};
use crate::research::evaluate::ExpectedObserved;

/// One group's share of a recalibration by group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupShift {
    /// The group, such as an answer of `tip_source`.
    pub group: String,
    /// Complaints in it.
    pub complaints: usize,
    /// Those among them with the outcome.
    pub events: usize,
    /// Shift of the log-odds learnt from the group alone; `None` where all its labels are alike.
    pub alone: Option<f64>,
    /// Its standard error, over clusters where there are any.
    pub alone_error: Option<f64>,
    /// The shift to use: drawn from the group's own toward the whole's by how well it is known.
    pub shift: f64,
}

/// A shift of the log-odds for each group, shrunk toward the shift of all.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupRecalibration {
    /// The shift learnt from all complaints, for groups not seen.
    pub whole: f64,
    /// Estimated variance of the true shifts about the whole's.
    pub spread: f64,
    /// The groups, in alphabetical order.
    pub groups: Vec<GroupShift>,
    /// What the number of events, or non-events where fewer, in all groups together supports.
    pub advice: Advice,
    /// Expected over observed before.
    pub before: ExpectedObserved,
    /// Expected over observed after, on the same complaints.
    pub after: ExpectedObserved,
    /// The complaints that it was learnt from.
    #[serde(skip)]
    pub(super) learnt_from: SeenComplaints,
}

impl GroupRecalibration {
    /// The shift of a group; the whole's where the group was not seen.
    #[must_use]
    pub fn shift(&self, group: &str) -> f64 {
        self.groups
            .iter()
            .find(|known| known.group == group)
            .map_or(self.whole, |known| known.shift)
    }
}

impl Scores<'_> {
    /// Learns a shift for each group, drawn toward the shift of all complaints.
    ///
    /// Each group's own shift is the maximum likelihood one; the variance of the true shifts is
    /// DerSimonian and Laird's (1986); the shift used maximises the likelihood times a normal prior about
    /// the whole's shift with that variance, so that groups whose labels are all alike have one too. In that
    /// likelihood a group counts for as many complaints as it has effectively (Kish 1965, clusters counted once), so that
    /// neither the scale of weights nor copies of a complaint decide how far its shift is drawn.
    ///
    /// # Errors
    /// [`FitError`] when there is not one group each or the whole has no optimum.
    pub fn by_group(&self, groups: &[&str]) -> Result<GroupRecalibration, FitError> {
        same_length("groups", groups.len(), self.labels.len())?;
        let whole = self.solve(&self.targets(), false)?.coefficients[0];
        let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (row, group) in groups.iter().enumerate() {
            members.entry(group).or_default().push(row);
        }
        let mut known = Vec::new();
        let mut shifts = Vec::new();
        for (group, rows) in &members {
            let events = rows.iter().filter(|row| self.labels[**row]).count();
            let both = events > 0 && events < rows.len();
            let alone = both.then(|| {
                let (shift, variance) = self.shift(rows, 0.0, 0.0);
                (shift, self.variance_of_shift(rows, shift, variance * self.effective_weight(rows)))
            });
            if let Some((shift, variance)) = alone {
                known.push((shift, variance));
            }
            shifts.push(GroupShift {
                group: (*group).to_owned(),
                complaints: rows.len(),
                events,
                alone: alone.map(|alone| alone.0),
                alone_error: alone.map(|alone| alone.1.sqrt()),
                shift: whole,
            });
        }
        let spread = spread_about(whole, &known);
        if spread > 0.0 {
            for (shift, rows) in shifts.iter_mut().zip(members.values()) {
                shift.shift = self.shift(rows, whole, 1.0 / spread).0;
            }
        }
        let mut moved = self.log_odds.to_vec();
        for (shift, rows) in shifts.iter().zip(members.values()) {
            for row in rows {
                moved[*row] += shift.shift;
            }
        }
        Ok(GroupRecalibration {
            whole,
            spread,
            groups: shifts,
            advice: Advice::for_events(self.effective_rarer()),
            before: self.expected(&chances(self.log_odds.iter().copied()))?,
            after: self.expected(&chances(moved.into_iter()))?,
            learnt_from: self.seen(),
        })
    }

    /// The shift of these rows with a normal prior of this precision about `center`, and the inverse information of as many
    /// complaints as there are effectively.
    fn shift(&self, rows: &[usize], center: f64, precision: f64) -> (f64, f64) {
        let (mut shift, mut information) = (center, precision);
        let unit = self.effective_weight(rows);
        for _ in 0..100 {
            let mut gradient = precision * (center - shift);
            information = precision;
            for row in rows {
                let weight = unit * self.weights.map_or(1.0, |weights| weights[*row]);
                let p = 1.0 / (1.0 + (-(self.log_odds[*row] + shift)).exp());
                gradient += weight * (f64::from(self.labels[*row]) - p);
                information += weight * p * (1.0 - p);
            }
            // Steps of at most 2 keep Newton inside the region where it converges.
            let step = (gradient / information).clamp(-2.0, 2.0);
            shift += step;
            if step.abs() < 1e-13 * shift.abs().max(1.0) {
                break;
            }
        }
        (shift, 1.0 / information)
    }
}

/// DerSimonian and Laird's variance of true values, from estimates with their variances, about a given centre.
fn spread_about(center: f64, known: &[(f64, f64)]) -> f64 {
    let precision: f64 = known.iter().map(|(_, variance)| 1.0 / variance).sum();
    if precision == 0.0 {
        return 0.0;
    }
    let deviance: f64 =
        known.iter().map(|(shift, variance)| (shift - center) * (shift - center) / variance).sum();
    let squares: f64 = known.iter().map(|(_, variance)| 1.0 / (variance * variance)).sum();
    let denominator = precision - squares / precision;
    if denominator <= 0.0 {
        0.0
    } else {
        ((deviance - (known.len() as f64 - 1.0)) / denominator).max(0.0)
    }
}
