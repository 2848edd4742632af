//! Sparse whole-number scores that lose least.

mod cards;
mod integers;
mod patterns;
mod search;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::cautions::thin_answers;
use super::points::{PointCard, points_table};
use super::progress::{FitProgress, unobserved};
use super::{FitError, FitWarning, LinearWeights, Sample};
use integers::Rounded;
use patterns::Weighted;
use search::Problem;

/// What the limit of a [`RiskScore`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counted {
    /// Questions that somebody has to answer: the columns of one item count once, however many carry points.
    #[default]
    Items,
    /// Columns that carry points, as in FasterRisk: each answer of a nominal item counts.
    Columns,
}

/// Learns cards of at most `items` items with whole points within bounds.
///
/// An item's columns are those that came from one source of codes ([`ColumnsBuilder::codes`](super::ColumnsBuilder::codes),
/// a [`Design`](super::Design)'s item); every other column is an item of its own. FasterRisk counts columns instead,
/// which [`Counted::Columns`] does too.
///
/// Beam search over supports, exchanges of single items, rays of multipliers and rounding, after
/// Liu, Zhong, Li, Seltzer and Rudin 2022 ("FasterRisk: fast and accurate interpretable risk scores"),
/// written from the paper; then local improvement of the points and of the support under whole
/// points. Rows are folded into the distinct patterns of the support, so that a fit costs the
/// number of patterns and not of complaints. No randomness: equal inputs give equal cards.
///
/// ```
/// use caserank::research::fit::{Columns, RiskScore, Sample};
/// let answer = |bit: u32| (0..64u32).map(move |row| f64::from(row >> bit & 1)).collect::<Vec<_>>();
/// let columns = Columns::builder(64).numbers("a", answer(0))?.numbers("b", answer(1))?.numbers("c", answer(2))?.build();
/// let labels: Vec<bool> = (0..64u32).map(|row| (row & 1) * 2 + (row >> 1 & 1) + (row >> 3 & 1) > 2).collect();
/// let pool = RiskScore::new(2).fit_sample(&Sample::new(&columns, &labels)?)?;
/// assert_eq!(pool[0].names(), ["a", "b"]);
/// # Ok::<(), caserank::research::fit::FitError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RiskScore {
    items: usize,
    counted: Counted,
    lowest: i32,
    highest: i32,
    ranges: Vec<(String, i32, i32)>,
    beam: usize,
    gap: f64,
    pool: usize,
}

/// A card of a [`RiskScore`] pool with its loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RiskCard {
    /// Points by column, with the table from totals to probabilities.
    pub card: PointCard,
    /// Log-odds of a total of 0.
    pub intercept: f64,
    /// Log-odds a point.
    pub log_odds_per_point: f64,
    /// Total log loss (natural logarithm) of `intercept + log_odds_per_point * total` on the sample.
    pub log_loss: f64,
    /// What must be said wherever the card is shown: answers that rest on next to nothing or go with one outcome only, and
    /// totals that tell the outcomes apart, so that log-odds a point have no finite best value.
    pub cautions: Vec<FitWarning>,
}

impl RiskCard {
    /// Names of the columns that carry points.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.card.points.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The card as log-odds by column, for an instrument whose link is logistic instead of the table.
    ///
    /// # Errors
    /// [`FitError::NoSuchColumn`] when a column of the card is not among `names`.
    pub fn weights(&self, names: &[String]) -> Result<LinearWeights, FitError> {
        let mut weights = vec![0.0; names.len()];
        for (name, points) in &self.card.points {
            let column = names.iter().position(|known| known == name);
            let column = column.ok_or_else(|| FitError::NoSuchColumn { column: name.clone() })?;
            weights[column] = f64::from(*points) * self.log_odds_per_point;
        }
        LinearWeights::new(names, self.intercept, &weights)
    }
}

impl RiskScore {
    /// At most `items` items, points from -5 to 5, beam 10, cards within 5% of the best, at most 50.
    #[must_use]
    pub fn new(items: usize) -> Self {
        Self {
            items,
            counted: Counted::Items,
            lowest: -5,
            highest: 5,
            ranges: Vec::new(),
            beam: 10,
            gap: 0.05,
            pool: 50,
        }
    }

    /// Whether the limit counts items, which is the default, or columns.
    #[must_use]
    pub fn counted(mut self, counted: Counted) -> Self {
        self.counted = counted;
        self
    }

    /// Lowest and highest points of every column.
    #[must_use]
    pub fn bounds(mut self, lowest: i32, highest: i32) -> Self {
        (self.lowest, self.highest) = (lowest, highest);
        self
    }

    /// Lowest and highest points of one column, such as 0 to 5 for an answer that may only raise.
    #[must_use]
    pub fn column_bounds(mut self, column: &str, lowest: i32, highest: i32) -> Self {
        self.ranges.push((column.to_owned(), lowest, highest));
        self
    }

    /// Supports kept at each size of the beam search, and tried for each exchange.
    #[must_use]
    pub fn beam(mut self, supports: usize) -> Self {
        self.beam = supports;
        self
    }

    /// Cards kept: at most `cards`, each losing at most `gap` (as a share) more than the best.
    #[must_use]
    pub fn pool(mut self, cards: usize, gap: f64) -> Self {
        (self.pool, self.gap) = (cards, gap);
        self
    }

    /// Learns the cards, best first. Offsets are refused.
    ///
    /// # Errors
    /// [`FitError`] for settings out of range, unknown columns, one class only, or where no column helps.
    pub fn fit_sample(&self, sample: &Sample<'_>) -> Result<Vec<RiskCard>, FitError> {
        self.fit_sample_observed(sample, &mut unobserved)
    }

    /// As [`Self::fit_sample`]; `observer` hears of every round of the search and may stop it.
    ///
    /// # Errors
    /// As [`Self::fit_sample`], and [`FitError::Cancelled`] where the observer breaks.
    pub fn fit_sample_observed(
        &self,
        sample: &Sample<'_>,
        observer: &mut dyn FnMut(&FitProgress) -> ControlFlow<()>,
    ) -> Result<Vec<RiskCard>, FitError> {
        let bounds = self.checked_bounds(sample)?;
        if let Some(label) = sample.single_class() {
            return Err(FitError::OneClass { label });
        }
        // In complaints of mean weight, so that limits of the search mean the same at any scale of the weights.
        let unit = sample.complaint_weight();
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for (row, label) in sample.labels.iter().enumerate() {
            with.push(sample.weight(row) / unit * label);
            without.push(sample.weight(row) / unit * (1.0 - label));
        }
        let weighted = Weighted { with, without };
        let problem = Problem::new(sample.columns, weighted, bounds, self.beam, self.counted);
        let supports = problem.search(self.items, observer)?;
        let supports = problem.exchange(supports, self.gap, self.pool, observer)?;
        let mut cards = problem.cards(supports, observer)?;
        let mut seen = BTreeSet::new();
        cards.retain(|(items, card)| {
            let columns = problem.columns_of(items);
            let kept = columns.iter().zip(&card.points).filter(|(_, points)| **points != 0);
            let mut key: Vec<(usize, i32)> =
                kept.map(|(column, points)| (*column, *points)).collect();
            key.sort_unstable();
            !key.is_empty() && seen.insert(key)
        });
        let limit = cards.first().map_or(f64::INFINITY, |(_, best)| best.loss * (1.0 + self.gap));
        cards.retain(|(_, card)| card.loss <= limit);
        cards.truncate(self.pool);
        if cards.is_empty() {
            return Err(FitError::NothingHelps);
        }
        let finish = |(items, card): (Vec<usize>, Rounded)| {
            finished(sample, problem.columns_of(&items), card)
        };
        cards.into_iter().map(finish).collect()
    }

    fn checked_bounds(&self, sample: &Sample<'_>) -> Result<Vec<(i32, i32)>, FitError> {
        let refuse = |setting, value, allowed| Err(FitError::Setting { setting, value, allowed });
        if self.items == 0 {
            return refuse("items", 0.0, "1 or more");
        }
        if self.beam == 0 {
            return refuse("beam", 0.0, "1 or more");
        }
        if self.pool == 0 || !(self.gap.is_finite() && self.gap >= 0.0) {
            return refuse("pool", self.gap, "at least one card, and a gap of 0 or more");
        }
        if sample.offset.is_some() {
            return refuse("offset", 1.0, "left out: a card has none");
        }
        let names = sample.columns.names();
        let mut bounds = vec![(self.lowest, self.highest); names.len()];
        for (name, lowest, highest) in &self.ranges {
            let column = names.iter().position(|known| known == name);
            bounds[column.ok_or_else(|| FitError::NoSuchColumn { column: name.clone() })?] =
                (*lowest, *highest);
        }
        for (lowest, highest) in &bounds {
            if *lowest > 0 || *highest < 0 || *lowest < -1_000 || *highest > 1_000 {
                return refuse("bounds", f64::from(*highest), "from -1000..=0 to 0..=1000");
            }
        }
        Ok(bounds)
    }
}

/// Columns in the order of the design, those without points left out, with the table of totals.
fn finished(sample: &Sample<'_>, columns: Vec<usize>, card: Rounded) -> Result<RiskCard, FitError> {
    let names = sample.columns.names();
    let mut pairs: Vec<(usize, i32)> =
        columns.into_iter().zip(card.points).filter(|(_, points)| *points != 0).collect();
    pairs.sort_unstable();
    let points = pairs.iter().map(|(column, points)| (names[*column].clone(), *points)).collect();
    let card_points = points_table(sample, points)?;
    let has_points = |warning: &FitWarning| {
        pairs.iter().any(|pair| warning.column() == Some(names[pair.0].as_str()))
    };
    let mut cautions: Vec<FitWarning> =
        thin_answers(sample).into_iter().filter(has_points).collect();
    let mixed =
        card_points.table.iter().filter(|row| row.events > 0.0 && row.events < row.complaints);
    if mixed.count() <= 1 && card_points.table.is_sorted_by(|a, b| a.observed <= b.observed) {
        cautions.push(FitWarning::TotalsSeparate);
    }
    Ok(RiskCard {
        card: card_points,
        intercept: card.intercept,
        log_odds_per_point: card.slope,
        log_loss: card.loss * sample.complaint_weight(),
        cautions,
    })
}
