//! Standard errors that do not lean on the model: sandwiches over rows and over clusters.

use ndarray::Array2;

use super::Sample;
use super::fitted::Fitted;
use crate::research::numeric::{Design, Solved};

/// Answers carried by fewer clusters than this have no clustered error of their own: the sandwich then rests on a handful
/// of sums and is as a rule too small (Cameron and Miller 2015, "A practitioner's guide to cluster-robust inference").
pub(super) const FEW_CARRIERS: usize = 10;

/// A covariance over clusters, and what it rests on.
pub(super) struct Clustered {
    /// On the given scale.
    pub(super) covariance: Array2<f64>,
    /// Clusters among the rows with weight.
    pub(super) clusters: usize,
    /// Clusters that carry each coefficient's answer, the intercept's first where there is one.
    pub(super) carriers: Vec<usize>,
}

/// White's covariance without correction, on the given scale.
pub(super) fn heteroskedastic(
    design: &dyn Design,
    fitted: &Fitted<'_>,
    bread: &Array2<f64>,
) -> Array2<f64> {
    let solved = fitted.solved;
    let squares: Vec<f64> = solved.optimum.point.residual.iter().map(|r| r * r).collect();
    fitted.sandwiched(bread, &design.information(&solved.scaling, &squares))
}

/// The covariance over clusters with the correction of statsmodels and Stata.
pub(super) fn clustered(
    design: &dyn Design,
    sample: &Sample<'_>,
    fitted: &Fitted<'_>,
    bread: &Array2<f64>,
    rows: usize,
) -> Option<Clustered> {
    let clusters = sample.clusters?;
    let mut order: Vec<usize> =
        (0..clusters.len()).filter(|row| sample.weight(*row) > 0.0).collect();
    order.sort_by_key(|row| (clusters[*row], *row));
    let residual = &fitted.solved.optimum.point.residual;
    let (meat, count) = clustered_meat(design, fitted.solved, residual, clusters, &order);
    let groups = count as f64;
    let factor = groups / (groups - 1.0).max(1.0) * (rows as f64 - 1.0)
        / (rows as f64 - fitted.kept.len() as f64).max(1.0);
    let mut carriers = vec![count; usize::from(fitted.solved.intercept)];
    carriers.extend(sample.columns.carriers(clusters, &order));
    Some(Clustered {
        covariance: fitted.sandwiched(bread, &meat).mapv(|value| value * factor),
        clusters: count,
        carriers,
    })
}

/// The sum over clusters of the outer product of their scores; `order` has the rows of a cluster side by side.
fn clustered_meat(
    design: &dyn Design,
    solved: &Solved,
    residual: &[f64],
    clusters: &[u32],
    order: &[usize],
) -> (Array2<f64>, usize) {
    let width = design.width();
    let mut meat = Array2::<f64>::zeros((width, width));
    let (mut row, mut score) = (vec![0.0; width], vec![0.0; width]);
    let mut count = 0;
    for group in order.chunk_by(|a, b| clusters[*a] == clusters[*b]) {
        score.fill(0.0);
        for at in group {
            design.row(&solved.scaling, *at, &mut row);
            for (sum, x) in score.iter_mut().zip(&row) {
                *sum += residual[*at] * x;
            }
        }
        for (j, a) in score.iter().enumerate() {
            for (k, b) in score.iter().enumerate() {
                meat[[j, k]] += a * b;
            }
        }
        count += 1;
    }
    (meat, count)
}
