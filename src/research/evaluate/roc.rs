//! The ROC curve and what is read off it; precision and recall over thresholds; effect sizes.

use serde::Serialize;

use super::data::{Score, Scored};
use super::discrimination::Auc;
use super::figure::{Because, Caution, Figure, NotEstimable};
use super::numbers::number;
use super::ties::tied_groups;
use super::weights::MaybeWeighted;
use crate::research::numeric::Sum;
use crate::research::numeric::distributions::normal_quantile;

/// One point of the ROC curve: scores at or above the threshold are flagged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RocPoint {
    /// The lowest score flagged; infinite where none is.
    #[serde(serialize_with = "number")]
    pub threshold: f64,
    /// Share of complaints without the outcome that are flagged.
    pub false_positive_rate: f64,
    /// Share of complaints with the outcome that are flagged.
    pub sensitivity: f64,
}

/// The ROC curve, from nobody flagged to all. Takes sampling weights. O(n log n).
///
/// One point a distinct score, since no threshold parts equal scores; the straight line across a tied group is the
/// expected curve under random order.
///
/// # Errors
/// [`Because::Empty`], [`Because::OneClass`].
pub fn roc_curve<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
) -> Result<Vec<RocPoint>, NotEstimable> {
    data.data().both_classes()?;
    let groups = tied_groups(data.data(), data.weights());
    let events: f64 = groups.iter().map(|g| g.events).sum();
    let others: f64 = groups.iter().map(|g| g.others).sum();
    let mut points = Vec::with_capacity(groups.len() + 1);
    points.push(RocPoint { threshold: f64::INFINITY, false_positive_rate: 0.0, sensitivity: 0.0 });
    let (mut hits, mut false_alarms) = (0.0, 0.0);
    for group in groups {
        hits += group.events;
        false_alarms += group.others;
        points.push(RocPoint {
            threshold: group.score,
            false_positive_rate: false_alarms / others,
            sensitivity: hits / events,
        });
    }
    Ok(points)
}

/// Which part of the ROC curve counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Region {
    /// Specificity from this value to 1.
    SpecificityAbove(f64),
    /// Sensitivity from this value to 1.
    SensitivityAbove(f64),
}

/// The area under a part of the ROC curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PartialAuc {
    /// The area itself.
    pub raw: Figure,
    /// Rescaled to one half for chance and 1 for perfect (McClish 1989).
    pub corrected: Figure,
}

/// The partial area under the ROC curve. Takes sampling weights; intervals by the bootstrap.
///
/// # Errors
/// [`Because::OneClass`]; [`Because::Argument`] for a bound outside `[0, 1)`.
pub fn partial_auc<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
    region: Region,
) -> Result<PartialAuc, NotEstimable> {
    let (Region::SpecificityAbove(bound) | Region::SensitivityAbove(bound)) = region;
    if !(0.0..1.0).contains(&bound) {
        return NotEstimable::because(Because::Argument {
            argument: "bound",
            value: bound,
            range: "0 to below 1",
        });
    }
    let width = 1.0 - bound;
    let points: Vec<(f64, f64)> = match region {
        Region::SpecificityAbove(_) => {
            roc_curve(data)?.iter().map(|p| (p.false_positive_rate, p.sensitivity)).collect()
        }
        // The same curve seen from its other axis: specificity against the share of events missed.
        Region::SensitivityAbove(_) => roc_curve(data)?
            .iter()
            .rev()
            .map(|p| (1.0 - p.sensitivity, 1.0 - p.false_positive_rate))
            .collect(),
    };
    let mut area = Sum::new();
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        if x0 >= width {
            break;
        }
        if x1 <= width {
            area.add((x1 - x0) * 0.5 * (y0 + y1));
        } else {
            let cut = y0 + (y1 - y0) * ((width - x0) / (x1 - x0));
            area.add((width - x0) * 0.5 * (y0 + cut));
        }
    }
    let raw = area.value();
    let lowest = 0.5 * width * width;
    let corrected = 0.5 * (1.0 + (raw - lowest) / (width - lowest));
    let count = data.data().len();
    Ok(PartialAuc { raw: Figure::plain(raw, count), corrected: Figure::plain(corrected, count) })
}

/// The largest distance between the score distributions of the two kinds (Kolmogorov and Smirnov).
///
/// Takes sampling weights; interval by the bootstrap.
///
/// # Errors
/// [`Because::OneClass`].
pub fn ks_statistic<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
) -> Result<Figure, NotEstimable> {
    let points = roc_curve(data)?;
    let distance =
        points.iter().map(|p| (p.sensitivity - p.false_positive_rate).abs()).fold(0.0, f64::max);
    Ok(Figure::plain(distance, data.data().len()))
}

/// A cut-off at which sensitivity + specificity - 1 is largest (Youden 1950).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct YoudenPoint {
    /// Half way between the lowest score flagged and the next below; infinite at the ends.
    #[serde(serialize_with = "number")]
    pub threshold: f64,
    /// Sensitivity there.
    pub sensitivity: f64,
    /// Specificity there.
    pub specificity: f64,
}

/// Every cut-off with the largest Youden index, highest threshold first.
///
/// # Errors
/// [`Because::OneClass`].
pub fn youden<S: Score>(data: Scored<'_, S>) -> Result<Vec<YoudenPoint>, NotEstimable> {
    let (events, others) = data.both_classes()?;
    let (m, n) = (events as f64, others as f64);
    let groups = tied_groups(data, None);
    let mut best = f64::NEG_INFINITY;
    let mut found = Vec::new();
    let (mut hits, mut false_alarms) = (0.0, 0.0);
    for at in 0..=groups.len() {
        let index = hits * n - false_alarms * m;
        if index > best {
            best = index;
            found.clear();
        }
        if index == best {
            let threshold = if at == 0 {
                f64::INFINITY
            } else if at == groups.len() {
                f64::NEG_INFINITY
            } else {
                groups[at].score + 0.5 * (groups[at - 1].score - groups[at].score)
            };
            found.push(YoudenPoint {
                threshold,
                sensitivity: hits / m,
                specificity: (n - false_alarms) / n,
            });
        }
        if let Some(group) = groups.get(at) {
            hits += group.events;
            false_alarms += group.others;
        }
    }
    Ok(found)
}

/// Precision averaged over recall: a step sum over distinct thresholds. Takes sampling weights.
///
/// Misleads in samples where events were over-sampled, since precision depends on the base rate.
///
/// # Errors
/// [`Because::TooFew`] without an event.
pub fn average_precision<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
) -> Result<Figure, NotEstimable> {
    let points = precision_recall(data)?;
    let mut total = Sum::new();
    let mut before = 0.0;
    for (recall, precision) in points {
        total.add((recall - before) * precision);
        before = recall;
    }
    Ok(Figure::plain(total.value(), data.data().len()).with_cautions(&[Caution::DependsOnBaseRate]))
}

/// The area under straight lines between precision-recall points, from precision 1 at recall 0.
///
/// Given only to show that it differs from [`average_precision`]: the lines are too optimistic.
///
/// # Errors
/// [`Because::TooFew`] without an event.
pub fn precision_recall_trapezoid<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
) -> Result<Figure, NotEstimable> {
    let points = precision_recall(data)?;
    let mut total = Sum::new();
    let mut before = (0.0, 1.0);
    for point in points {
        total.add((point.0 - before.0) * 0.5 * (point.1 + before.1));
        before = point;
    }
    let cautions = &[Caution::DependsOnBaseRate, Caution::OptimisticInterpolation];
    Ok(Figure::plain(total.value(), data.data().len()).with_cautions(cautions))
}

fn precision_recall<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
) -> Result<Vec<(f64, f64)>, NotEstimable> {
    let groups = tied_groups(data.data(), data.weights());
    let events: f64 = groups.iter().map(|g| g.events).sum();
    if events == 0.0 {
        return NotEstimable::because(Because::TooFew { what: "events", found: 0, needed: 1 });
    }
    let (mut hits, mut flagged) = (0.0, 0.0);
    Ok(groups
        .iter()
        .map(|group| {
            hits += group.events;
            flagged += group.all();
            (hits / events, hits / flagged)
        })
        .collect())
}

/// What an area means in other words; each interval is the area's, carried over.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EffectSizes {
    /// Cohen's d of two normal distributions of equal variance with this area: `sqrt(2) × quantile(area)`.
    pub cohens_d: Figure,
    /// The odds ratio with the same d under logistic distributions: `exp(d pi / sqrt(3))`.
    pub odds_ratio: Figure,
    /// Gini coefficient, also Somers' Dxy: `2 × area - 1`.
    pub gini: Figure,
}

impl Auc {
    /// The area as Cohen's d, odds ratio and Gini coefficient.
    ///
    /// # Errors
    /// [`Because::AtTheEnd`] for an area of 0 or 1.
    pub fn effect_sizes(&self) -> Result<EffectSizes, NotEstimable> {
        let value = self.figure.value;
        if value <= 0.0 || value >= 1.0 {
            return NotEstimable::because(Because::AtTheEnd { value });
        }
        let through = |f: &dyn Fn(f64) -> f64| {
            let interval = self.logit_interval.clone().map(|i| i.map(f));
            Figure::new(f(value), self.figure.count, interval)
        };
        let gini = |area: f64| 2.0 * area - 1.0;
        Ok(EffectSizes {
            cohens_d: through(&d_of_area),
            odds_ratio: through(&|area| odds_ratio_of_d(d_of_area(area))),
            gini: Figure::new(
                gini(value),
                self.figure.count,
                self.figure.interval.clone().map(|i| i.map(gini)),
            ),
        })
    }
}

/// Cohen's d of two normal distributions of equal variance with this area under the ROC curve.
///
/// ```
/// use caserank::research::evaluate::cohens_d_from_auc;
/// assert_eq!(format!("{:.3}", cohens_d_from_auc(0.75)?), "0.954");
/// assert!(cohens_d_from_auc(1.0).is_err());
/// # Ok::<(), caserank::research::evaluate::NotEstimable>(())
/// ```
///
/// # Errors
/// [`Because::AtTheEnd`] for an area of 0 or 1, [`Because::Argument`] outside 0 to 1.
pub fn cohens_d_from_auc(area: f64) -> Result<f64, NotEstimable> {
    if area == 0.0 || area == 1.0 {
        return NotEstimable::because(Because::AtTheEnd { value: area });
    }
    if !(0.0..=1.0).contains(&area) {
        let (argument, value, range) = ("the area", area, "0 to 1");
        return NotEstimable::because(Because::Argument { argument, value, range });
    }
    Ok(d_of_area(area))
}

fn d_of_area(area: f64) -> f64 {
    std::f64::consts::SQRT_2 * normal_quantile(area)
}

fn odds_ratio_of_d(d: f64) -> f64 {
    (d * std::f64::consts::PI / 3.0_f64.sqrt()).exp()
}

/// Cohen's d beyond which areas and odds ratios are no longer numbers apart from their ends.
fn usable_d(d: f64) -> Result<f64, NotEstimable> {
    if (-100.0..=100.0).contains(&d) {
        return Ok(d);
    }
    let (argument, range) = ("Cohen's d", "-100 to 100");
    NotEstimable::because(Because::Argument { argument, value: d, range })
}

/// The area under the ROC curve that a Cohen's d stands for.
///
/// ```
/// use caserank::research::evaluate::auc_from_cohens_d;
/// assert_eq!(format!("{:.3}", auc_from_cohens_d(0.5)?), "0.638");
/// # Ok::<(), caserank::research::evaluate::NotEstimable>(())
/// ```
///
/// # Errors
/// [`Because::Argument`] outside ±100.
pub fn auc_from_cohens_d(d: f64) -> Result<f64, NotEstimable> {
    let d = usable_d(d)?;
    Ok(crate::research::numeric::distributions::normal_lower(d / std::f64::consts::SQRT_2))
}

/// The odds ratio that a Cohen's d stands for under logistic distributions.
///
/// # Errors
/// [`Because::Argument`] outside ±100.
pub fn odds_ratio_from_d(d: f64) -> Result<f64, NotEstimable> {
    Ok(odds_ratio_of_d(usable_d(d)?))
}
