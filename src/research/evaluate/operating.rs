//! One cut-off: the table of hits and misses, its measures, and the same at another base rate.

use serde::Serialize;

use super::cells::{Cell, CellSpread};
use super::clustering::Clustering;
use super::data::{EvaluateError, Score, Scored};
use super::figure::{Because, Caution, Confidence, Figure, NotEstimable};
use super::proportions::wilson;
use super::weights::MaybeWeighted;

/// The four counts at a cut-off; under weights, sums of weights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Confusion {
    /// Flagged, with the outcome.
    pub true_positives: f64,
    /// Flagged, without the outcome.
    pub false_positives: f64,
    /// Not flagged, with the outcome.
    pub false_negatives: f64,
    /// Not flagged, without the outcome.
    pub true_negatives: f64,
    pub(super) count: usize,
    #[serde(skip)]
    pub(super) spread: CellSpread,
}

/// The table at a threshold: scores at or above it are flagged. Takes sampling weights. O(n).
///
/// A threshold never parts equal scores. Whole-number scores are compared exactly, also beyond 2^53. A threshold of
/// infinity flags nobody, of minus infinity all.
///
/// Under weights each rate has the effective number of its own denominator, from its linearized variance (Korn and
/// Graubard 1998), and never more than the complaints in it; ratios of rates have the linearized variance. Where a rate is
/// made of cells that were sampled very differently (predictive values where events were over-sampled), that limit is wide:
/// [`Confusion::at_base_rate`] is narrower there.
///
/// # Errors
/// [`Because::Argument`] for a threshold that is not a number.
///
/// ```
/// use caserank::research::evaluate::{Confidence, Scored, Weights, confusion};
/// // Every event was kept and one of ten others: the weights say nothing of how many events there are.
/// let labels: Vec<bool> = (0..40).map(|row| row < 20).collect();
/// let scores: Vec<u32> = (0..40).map(|row| (row * 7) % 10).collect();
/// let weights = Weights::sampling(labels.iter().map(|&found| if found { 1.0 } else { 10.0 }).collect())?;
/// let scored = Scored::new(&labels, &scores)?;
/// let [plain, weighted] = [confusion(scored, 5.0)?, confusion(scored.weighted(&weights)?, 5.0)?];
/// let sensitivity = |table: caserank::research::evaluate::Confusion| table.sensitivity(Confidence::P95);
/// assert_eq!(sensitivity(plain)?.interval, sensitivity(weighted)?.interval);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn confusion<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
    threshold: f64,
) -> Result<Confusion, NotEstimable> {
    table(data.data(), data.weights(), None, threshold)
}

/// As [`confusion`], with intervals that count clusters (subjects), not complaints. Takes sampling weights. O(n log n).
///
/// Never surer than [`confusion`], whatever clusters happen to make up for. Below 40 clusters every rate carries
/// [`Caution::FewClusters`].
///
/// # Errors
/// As [`confusion`]; [`InputError::Length`](super::InputError::Length) without one cluster a complaint,
/// [`Because::TooFew`] below two clusters.
pub fn confusion_clustered<'a, S: Score + 'a, K: Ord + Clone>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
    clusters: &[K],
    threshold: f64,
) -> Result<Confusion, EvaluateError> {
    let clusters = Clustering::of(clusters, data.data().len())?;
    if clusters.count() < 2 {
        let (what, found) = ("clusters", clusters.count());
        return Err(NotEstimable { because: Because::TooFew { what, found, needed: 2 } }.into());
    }
    Ok(table(data.data(), data.weights(), Some(&clusters), threshold)?)
}

fn table<S: Score>(
    scored: Scored<'_, S>,
    weights: Option<&[f64]>,
    clusters: Option<&Clustering>,
    threshold: f64,
) -> Result<Confusion, NotEstimable> {
    if threshold.is_nan() {
        let (argument, range) = ("threshold", "the numbers");
        return NotEstimable::because(Because::Argument { argument, value: threshold, range });
    }
    let cell_of: Vec<Cell> = scored
        .labels()
        .iter()
        .zip(scored.scores())
        .map(|(&label, score)| Cell::of(label, score.at_least(threshold)))
        .collect();
    let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
    let mut cells = [0.0; 4];
    for (row, &cell) in cell_of.iter().enumerate() {
        cells[cell as usize] += weight(row);
    }
    let [true_positives, false_positives, false_negatives, true_negatives] = cells;
    let spread = CellSpread::of(&cell_of, weight, clusters);
    let count = scored.len();
    Ok(Confusion {
        true_positives,
        false_positives,
        false_negatives,
        true_negatives,
        count,
        spread,
    })
}

/// The largest count that a double holds exactly.
pub(crate) const MOST_COUNT: u64 = 1 << 53;

/// Refuses counts that a double would round.
pub(crate) fn countable(what: &'static str, counts: &[u64]) -> Result<(), NotEstimable> {
    let total: u128 = counts.iter().map(|&count| u128::from(count)).sum();
    if total <= u128::from(MOST_COUNT) {
        return Ok(());
    }
    let (value, range) = (total as f64, "0 to 2^53, beyond which counts are no longer exact");
    NotEstimable::because(Because::Argument { argument: what, value, range })
}

type Cautions = &'static [Caution];
const BASE_RATE: Cautions = &[Caution::DependsOnBaseRate];
const FEW_AND_BASE_RATE: Cautions = &[Caution::FewClusters, Caution::DependsOnBaseRate];
const EVENTS: &[Cell] = &[Cell::Hit, Cell::Miss];
const OTHERS: &[Cell] = &[Cell::Alarm, Cell::Clear];
pub(super) const FLAGGED: &[Cell] = &[Cell::Hit, Cell::Alarm];
const PASSED: &[Cell] = &[Cell::Miss, Cell::Clear];
pub(super) const ALL: &[Cell] = &[Cell::Hit, Cell::Alarm, Cell::Miss, Cell::Clear];

impl Confusion {
    /// A table from four counts.
    ///
    /// # Errors
    /// [`Because::Argument`] for counts that add up to more than 2^53.
    ///
    /// ```
    /// use caserank::research::evaluate::{Confidence, Confusion};
    /// let table = Confusion::from_counts(166, 77, 4, 127)?;
    /// assert_eq!(format!("{:.3}", table.sensitivity(Confidence::P95)?.value), "0.976");
    /// # Ok::<(), caserank::research::evaluate::NotEstimable>(())
    /// ```
    pub fn from_counts(
        true_positives: u64,
        false_positives: u64,
        false_negatives: u64,
        true_negatives: u64,
    ) -> Result<Self, NotEstimable> {
        let counts = [true_positives, false_positives, false_negatives, true_negatives];
        countable("the four counts together", &counts)?;
        Ok(Self {
            true_positives: true_positives as f64,
            false_positives: false_positives as f64,
            false_negatives: false_negatives as f64,
            true_negatives: true_negatives as f64,
            count: counts.iter().sum::<u64>() as usize,
            spread: CellSpread::of_counts(counts),
        })
    }

    /// The cells in the order of [`Cell`].
    pub(super) fn cells(&self) -> [f64; 4] {
        [self.true_positives, self.false_positives, self.false_negatives, self.true_negatives]
    }

    pub(super) fn events(&self) -> f64 {
        self.true_positives + self.false_negatives
    }

    pub(super) fn others(&self) -> f64 {
        self.false_positives + self.true_negatives
    }

    fn all(&self) -> f64 {
        self.events() + self.others()
    }

    /// The share of some cells that others of them make up.
    fn part<const N: usize>(
        &self,
        part: [Cell; N],
        whole: &[Cell],
        denominator: &'static str,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        let cells = self.cells();
        let sum = |of: &[Cell]| of.iter().map(|&cell| cells[cell as usize]).sum::<f64>();
        let (total, is_part) = (sum(whole), |cell: Cell| part.contains(&cell));
        let value = ratio(sum(&part), total, denominator)?;
        let effective = self.spread.effective(whole, is_part, value, total);
        let interval = wilson(value * effective, effective, confidence);
        Ok(Figure::new(value, self.count, Ok(interval))
            .with_range(0.0, 1.0)
            .with_cautions(self.spread.cautions()))
    }

    /// The same with what such a share depends on beside what its spread does.
    fn with_cautions(&self, figure: Figure, alone: Cautions, few: Cautions) -> Figure {
        figure.with_cautions(if self.spread.is_few() { few } else { alone })
    }

    /// Share of those with the outcome that are flagged (recall), with Wilson's interval.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn sensitivity(&self, confidence: Confidence) -> Result<Figure, NotEstimable> {
        self.part([Cell::Hit], EVENTS, "the number with the outcome", confidence)
    }

    /// Share of those without the outcome that are not flagged, with Wilson's interval.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn specificity(&self, confidence: Confidence) -> Result<Figure, NotEstimable> {
        self.part([Cell::Clear], OTHERS, "the number without the outcome", confidence)
    }

    /// Share of the flagged that have the outcome (precision). Misleads where events were over-sampled: see
    /// [`Confusion::at_base_rate`].
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn positive_predictive_value(
        &self,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        let figure = self.part([Cell::Hit], FLAGGED, "the number flagged", confidence)?;
        Ok(self.with_cautions(figure, BASE_RATE, FEW_AND_BASE_RATE))
    }

    /// Share of those not flagged that do not have the outcome; misleads as the positive one does.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn negative_predictive_value(
        &self,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        let figure = self.part([Cell::Clear], PASSED, "the number not flagged", confidence)?;
        Ok(self.with_cautions(figure, BASE_RATE, FEW_AND_BASE_RATE))
    }

    /// Share of all that are flagged.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn flagged(&self, confidence: Confidence) -> Result<Figure, NotEstimable> {
        self.part([Cell::Hit, Cell::Alarm], ALL, "the number of complaints", confidence)
    }

    /// Share of correct calls. Misleads: flagging nobody is very accurate when the outcome is rare.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn accuracy(&self, confidence: Confidence) -> Result<Figure, NotEstimable> {
        let right = [Cell::Hit, Cell::Clear];
        let figure = self.part(right, ALL, "the number of complaints", confidence)?;
        let alone = &[Caution::RewardsTheMajority, Caution::DependsOnBaseRate];
        let few = &[Caution::FewClusters, Caution::RewardsTheMajority, Caution::DependsOnBaseRate];
        Ok(self.with_cautions(figure, alone, few))
    }

    /// The mean of sensitivity and specificity; no interval by formula.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn balanced_accuracy(&self) -> Result<Figure, NotEstimable> {
        let a = ratio(self.true_positives, self.events(), "the number with the outcome")?;
        let b = ratio(self.true_negatives, self.others(), "the number without the outcome")?;
        Ok(Figure::plain(0.5 * (a + b), self.count))
    }

    /// The harmonic mean of precision and recall.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`] when nothing is flagged and nothing has the outcome.
    pub fn f1(&self) -> Result<Figure, NotEstimable> {
        let whole = 2.0 * self.true_positives + self.false_positives + self.false_negatives;
        let value = ratio(2.0 * self.true_positives, whole, "flagged plus events")?;
        Ok(Figure::plain(value, self.count).with_cautions(BASE_RATE))
    }

    /// The correlation of flag and outcome (Matthews 1975).
    ///
    /// # Errors
    /// [`Because::NoVariation`] when all or none are flagged, or all or none have the outcome.
    pub fn matthews(&self) -> Result<Figure, NotEstimable> {
        let flagged = self.true_positives + self.false_positives;
        let passed = self.all() - flagged;
        let product = flagged.sqrt() * passed.sqrt() * self.events().sqrt() * self.others().sqrt();
        if product == 0.0 {
            return NotEstimable::because(Because::NoVariation { what: "flags or outcomes" });
        }
        let cross =
            self.true_positives * self.true_negatives - self.false_positives * self.false_negatives;
        Ok(Figure::plain(cross / product, self.count).with_cautions(BASE_RATE))
    }

    /// Agreement of flag and outcome beyond chance (Cohen 1960).
    ///
    /// # Errors
    /// [`Because::NoVariation`].
    pub fn kappa(&self) -> Result<Figure, NotEstimable> {
        let all = self.all();
        let flagged = self.true_positives + self.false_positives;
        let chance = (flagged * self.events() + (all - flagged) * self.others()) / (all * all);
        if all == 0.0 || chance == 1.0 {
            return NotEstimable::because(Because::NoVariation { what: "flags and outcomes" });
        }
        let agreed = (self.true_positives + self.true_negatives) / all;
        Ok(Figure::plain((agreed - chance) / (1.0 - chance), self.count).with_cautions(BASE_RATE))
    }
}

pub(crate) fn ratio(part: f64, whole: f64, denominator: &'static str) -> Result<f64, NotEstimable> {
    if whole == 0.0 {
        return NotEstimable::because(Because::ZeroDenominator { denominator });
    }
    Ok(part / whole)
}
