//! A ridge penalty chosen by leaving parts of the sample out.

use std::collections::BTreeMap;

use serde::Serialize;

use super::sample::same_length;
use super::{FitError, Logistic, Sample};

/// Most penalties and folds: every pair of them is a fit.
const MOST: usize = 1_000;

/// How one penalty did on complaints that were left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RidgeStep {
    /// Penalty on coefficients per standard deviation of their column.
    pub penalty: f64,
    /// Mean log loss on complaints left out (natural logarithm), weighted.
    pub log_loss: f64,
    /// Standard error of that mean, from the folds.
    pub standard_error: f64,
}

/// Penalties with what each lost on complaints that were left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RidgePath {
    steps: Vec<RidgeStep>,
    best: usize,
    careful: usize,
}

impl RidgePath {
    /// Tries every penalty: for each fold, a fit to the rows outside it is judged on those inside.
    ///
    /// `folds` has one number a row; rows of one time, unit or subject belong into one fold. Settings of `logistic` other
    /// than the penalty are kept. Costs penalties × folds fits.
    ///
    /// # Errors
    /// [`FitError`] for no penalty or one out of range, fewer than two folds, a cluster in several folds, or a fit that
    /// fails; a fold outside which all outcomes are alike is one.
    pub fn new(
        logistic: &Logistic,
        sample: &Sample<'_>,
        penalties: &[f64],
        folds: &[usize],
    ) -> Result<Self, FitError> {
        same_length("folds", folds.len(), sample.labels.len())?;
        let refuse = |setting, value, allowed| Err(FitError::Setting { setting, value, allowed });
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (row, fold) in folds.iter().enumerate().filter(|(row, _)| sample.weight(*row) > 0.0) {
            members.entry(*fold).or_default().push(row);
        }
        if members.len() < 2 || members.len() > MOST {
            return refuse("number of folds", members.len() as f64, "from 2 to 1000");
        }
        if penalties.is_empty() || penalties.len() > MOST {
            return refuse("number of penalties", penalties.len() as f64, "from 1 to 1000");
        }
        if let Some(value) = penalties.iter().find(|p| !(p.is_finite() && **p > 0.0)) {
            return refuse("penalty", *value, "finite and above 0");
        }
        whole_clusters(sample, folds)?;
        let mut penalties = penalties.to_vec();
        penalties.sort_by(f64::total_cmp);
        penalties.dedup();
        let mut losses: Vec<Vec<(f64, f64)>> = vec![Vec::new(); penalties.len()];
        for inside in members.values() {
            let outside: Vec<usize> = members
                .values()
                .flatten()
                .copied()
                .filter(|row| folds[*row] != folds[inside[0]])
                .collect();
            for (penalty, losses) in penalties.iter().zip(&mut losses) {
                losses.push(left_out(logistic, sample, *penalty, &outside, inside)?);
            }
        }
        let steps: Vec<RidgeStep> =
            penalties.iter().zip(&losses).map(|(penalty, losses)| step(*penalty, losses)).collect();
        let best = (0..steps.len())
            .min_by(|a, b| steps[*a].log_loss.total_cmp(&steps[*b].log_loss))
            .unwrap_or_default();
        let limit = steps[best].log_loss + steps[best].standard_error;
        let careful = (best..steps.len()).rfind(|at| steps[*at].log_loss <= limit).unwrap_or(best);
        Ok(Self { steps, best, careful })
    }

    /// Every penalty, rising.
    #[must_use]
    pub fn steps(&self) -> &[RidgeStep] {
        &self.steps
    }

    /// The penalty that lost least.
    #[must_use]
    pub fn best(&self) -> RidgeStep {
        self.steps[self.best]
    }

    /// The largest penalty within one standard error of the best (Breiman et al. 1984): as good as the data can tell, and less
    /// moved by chance.
    #[must_use]
    pub fn careful(&self) -> RidgeStep {
        self.steps[self.careful]
    }
}

fn whole_clusters(sample: &Sample<'_>, folds: &[usize]) -> Result<(), FitError> {
    let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
    for (cluster, fold) in sample.clusters.unwrap_or_default().iter().zip(folds) {
        let first = *seen.entry(*cluster).or_insert(*fold);
        if first != *fold {
            return Err(FitError::SplitCluster { cluster: *cluster, first, second: *fold });
        }
    }
    Ok(())
}

/// Weighted log loss of the rows inside under a fit to those outside, and their weight.
fn left_out(
    logistic: &Logistic,
    sample: &Sample<'_>,
    penalty: f64,
    outside: &[usize],
    inside: &[usize],
) -> Result<(f64, f64), FitError> {
    let columns = sample.columns.select_rows(outside);
    let pick = |values: &[f64]| outside.iter().map(|row| values[*row]).collect::<Vec<f64>>();
    let labels: Vec<bool> = outside.iter().map(|row| sample.labels[*row] > 0.5).collect();
    let (weights, offset) = (sample.weights.map(pick), sample.offset.map(pick));
    let mut part = Sample::new(&columns, &labels)?.with_origin(sample.origin);
    if let Some(weights) = &weights {
        part = part.weights(weights)?;
    }
    if let Some(offset) = &offset {
        part = part.offset(offset)?;
    }
    let model = logistic.clone().ridge_standardised(penalty).fit_sample(&part)?;
    let log_odds = model.log_odds(&sample.columns.select_rows(inside))?;
    let (mut loss, mut total) = (0.0, 0.0);
    for (row, eta) in inside.iter().zip(log_odds) {
        let eta = eta + sample.offset.map_or(0.0, |offset| offset[*row]);
        let wrong = if sample.labels[*row] > 0.5 { -eta } else { eta };
        loss += sample.weight(*row) * (wrong.max(0.0) + (-wrong.abs()).exp().ln_1p());
        total += sample.weight(*row);
    }
    Ok((loss, total))
}

fn step(penalty: f64, losses: &[(f64, f64)]) -> RidgeStep {
    let total: f64 = losses.iter().map(|(_, weight)| weight).sum();
    let log_loss = losses.iter().map(|(loss, _)| loss).sum::<f64>() / total;
    let folds = losses.len() as f64;
    let means = losses.iter().map(|(loss, weight)| (loss / weight - log_loss).powi(2));
    let standard_error = (means.sum::<f64>() / (folds - 1.0) / folds).sqrt();
    RidgeStep { penalty, log_loss, standard_error }
}
