//! What the work that can be done reaches: the capacity curve and sensitivity at capacity.

use serde::Serialize;

use super::data::{Score, Scored};
use super::discrimination::auc;
use super::figure::{Because, Confidence, Figure, NotEstimable};
use super::numbers::number;
use super::proportions::wilson;
use super::ties::{Tied, tied_groups};
use super::weights::MaybeWeighted;

/// How much can be worked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Capacity {
    /// This many complaints (under weights: of the population that they stand for).
    Complaints(u64),
    /// This share of all complaints, 0 to 1.
    Share(f64),
}

/// One point of the capacity curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CapacityPoint {
    /// Share of the complaints worked, from the highest score down.
    pub work: f64,
    /// Share of the complaints with the outcome that are among them.
    pub reached: f64,
    /// The lowest score worked; infinite before the first.
    #[serde(serialize_with = "number")]
    pub threshold: f64,
}

/// Share of dangerous complaints reached against share of work done.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CapacityCurve {
    /// One point at the start and one after every group of equal scores; straight lines between.
    pub points: Vec<CapacityPoint>,
    /// The area under it: one half for random order, `best_area` for a perfect one.
    pub area: Figure,
    /// The largest area that this base rate allows, `1 - rate / 2`.
    pub best_area: f64,
    all: f64,
    events: f64,
    count: usize,
    effective_events: f64,
}

/// The capacity curve. Takes sampling weights. O(n log n).
///
/// Complaints with equal scores are worked in random order, so the curve is straight across them: no order within ties
/// is credited or blamed. The area is `rate / 2 + (1 - rate) × AUC`; its interval is DeLong's through that line.
///
/// # Errors
/// [`Because::Empty`], [`Because::OneClass`].
///
/// ```
/// use caserank::research::evaluate::{Capacity, Confidence, Scored, capacity_curve};
/// let labels = [true, false, true, false, false, false, false, false, false, false];
/// let scores = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
/// let curve = capacity_curve(Scored::new(&labels, &scores)?, Confidence::P95)?;
/// assert_eq!(curve.sensitivity(Capacity::Share(0.2), Confidence::P95)?.value, 0.5);
/// assert_eq!(curve.work_to_reach(1.0)?, 3.0);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn capacity_curve<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
    confidence: Confidence,
) -> Result<CapacityCurve, NotEstimable> {
    let area = auc(data, confidence)?.figure;
    let scored = data.data();
    let groups = tied_groups(scored, data.weights());
    let events: f64 = groups.iter().map(|g| g.events).sum();
    let all: f64 = groups.iter().map(Tied::all).sum();
    let mut points = Vec::with_capacity(groups.len() + 1);
    points.push(CapacityPoint { work: 0.0, reached: 0.0, threshold: f64::INFINITY });
    let (mut worked, mut reached) = (0.0, 0.0);
    for group in &groups {
        worked += group.all();
        reached += group.events;
        points.push(CapacityPoint {
            work: worked / all,
            reached: reached / events,
            threshold: group.score,
        });
    }
    let rate = events / all;
    let line = |value: f64| 0.5 * rate + (1.0 - rate) * value;
    let mut figure =
        Figure::new(line(area.value), scored.len(), area.interval.map(|i| i.map(line)))
            .with_range(0.0, 1.0);
    if let Some(error) = area.standard_error {
        figure = figure.with_error((1.0 - rate) * error);
    }
    let effective_events = match data.weights() {
        None => events,
        Some(weights) => {
            let squares: f64 = scored
                .labels()
                .iter()
                .zip(weights)
                .map(|(&l, w)| if l { w * w } else { 0.0 })
                .sum();
            events * events / squares
        }
    };
    let best_area = 1.0 - 0.5 * rate;
    Ok(CapacityCurve {
        points,
        area: figure,
        best_area,
        all,
        events,
        count: scored.len(),
        effective_events,
    })
}

impl CapacityCurve {
    /// The share of complaints with the outcome that this capacity reaches, with Wilson's interval.
    ///
    /// The interval takes the cut-off as given; resample to count its uncertainty too.
    ///
    /// # Errors
    /// [`Because::Argument`] for a share outside 0 to 1. More capacity than complaints reaches all.
    pub fn sensitivity(
        &self,
        capacity: Capacity,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        let share = match capacity {
            Capacity::Complaints(count) => (count as f64 / self.all).min(1.0),
            Capacity::Share(share) if (0.0..=1.0).contains(&share) => share,
            Capacity::Share(value) => {
                return NotEstimable::because(Because::Argument {
                    argument: "share",
                    value,
                    range: "0 to 1",
                });
            }
        };
        let value = self.reached(share);
        let interval = wilson(value * self.effective_events, self.effective_events, confidence);
        Ok(Figure::new(value, self.count, Ok(interval)))
    }

    /// Weight of all complaints, and of those with the outcome.
    pub(crate) fn totals(&self) -> (f64, f64) {
        (self.all, self.events)
    }

    fn reached(&self, work: f64) -> f64 {
        let after = self.points.partition_point(|point| point.work < work);
        let Some(high) = self.points.get(after) else { return 1.0 };
        if after == 0 || high.work == work {
            return high.reached;
        }
        let low = self.points[after - 1];
        low.reached + (high.reached - low.reached) * ((work - low.work) / (high.work - low.work))
    }

    /// How many complaints must be worked, from the top, to reach this share of those with the outcome.
    ///
    /// A whole number where scores are distinct; inside a group of equal scores the expected number.
    ///
    /// # Errors
    /// [`Because::Argument`] for a share outside 0 to 1.
    pub fn work_to_reach(&self, share: f64) -> Result<f64, NotEstimable> {
        if !(0.0..=1.0).contains(&share) {
            return NotEstimable::because(Because::Argument {
                argument: "share",
                value: share,
                range: "0 to 1",
            });
        }
        // A count that should be whole must not be missed by a rounding of the share.
        let slack = 1e-9 / self.events;
        let after = self.points.partition_point(|point| point.reached < share - slack);
        let Some(high) = self.points.get(after) else { return Ok(self.all) };
        if after == 0 {
            return Ok(0.0);
        }
        let low = self.points[after - 1];
        let (from, to) = (low.work * self.all, high.work * self.all);
        if to - from <= 1.0 + 1e-9 {
            return Ok(to.round().max(from));
        }
        let part = ((share - low.reached) / (high.reached - low.reached)).clamp(0.0, 1.0);
        Ok(from + part * (to - from))
    }
}

/// The share of complaints with the outcome that are among the `capacity` highest scores. Takes sampling weights.
///
/// The headline figure: what the unit would have reached with the people it has.
///
/// # Errors
/// As [`capacity_curve`] and [`CapacityCurve::sensitivity`].
pub fn sensitivity_at_capacity<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
    capacity: Capacity,
    confidence: Confidence,
) -> Result<Figure, NotEstimable> {
    capacity_curve(data, confidence)?.sensitivity(capacity, confidence)
}
