//! Ratios of the rates of a table of hits and misses, with intervals on the log scale.

use super::cells::Cell;
use super::figure::{Because, Confidence, Figure, Interval, Method, NotEstimable};
use super::operating::{ALL, Confusion, ratio};

impl Confusion {
    /// How much a flag raises the odds of the outcome; interval on the log scale (Simel et al. 1991).
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`] when a share involved is 0.
    pub fn positive_likelihood_ratio(
        &self,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        self.risk_ratio([Cell::Hit, Cell::Alarm], confidence)
    }

    /// How much the absence of a flag leaves of the odds of the outcome.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`] when a share involved is 0.
    pub fn negative_likelihood_ratio(
        &self,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        self.risk_ratio([Cell::Miss, Cell::Clear], confidence)
    }

    /// The ratio of two rates, in a cell with the outcome and in one without.
    fn risk_ratio(
        &self,
        [with, without]: [Cell; 2],
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        let cells = self.cells();
        let (a, b) = (cells[with as usize], cells[without as usize]);
        let first = ratio(a, self.events(), "the number with the outcome")?;
        let second = ratio(b, self.others(), "the number without the outcome")?;
        if b == 0.0 {
            return NotEstimable::because(Because::ZeroDenominator {
                denominator: "the rate among others",
            });
        }
        let value = first / second;
        let interval = if a == 0.0 {
            NotEstimable::because(Because::AtTheEnd { value: 0.0 })
        } else {
            let error = self.ratio_error(with, without);
            Ok(Interval::wald(value.ln(), error, confidence, Method::Log).map(f64::exp))
        };
        Ok(Figure::new(value, self.count, interval).with_cautions(self.spread.cautions()))
    }

    /// Standard error of the logarithm of such a ratio.
    pub(super) fn ratio_error(&self, with: Cell, without: Cell) -> f64 {
        let cells = self.cells();
        let whole = |cell: Cell| if cell.is_event() { self.events() } else { self.others() };
        let influence = ALL.iter().map(|&cell| {
            let sign = if cell.is_event() { 1.0 } else { -1.0 };
            let counted =
                if cell == with || cell == without { 1.0 / cells[cell as usize] } else { 0.0 };
            sign * (counted - 1.0 / whole(cell))
        });
        self.spread.error(&influence.collect::<Vec<_>>())
    }

    /// The odds of a flag with the outcome against without it.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`] when a cell is 0.
    pub fn diagnostic_odds_ratio(&self, confidence: Confidence) -> Result<Figure, NotEstimable> {
        let cells = self.cells();
        if cells.contains(&0.0) {
            return NotEstimable::because(Because::ZeroDenominator {
                denominator: "a cell of the table",
            });
        }
        let value = (cells[0] * cells[3]) / (cells[1] * cells[2]);
        let [a, b, c, d] = cells.map(f64::recip);
        let error = self.spread.error(&[a, -b, -c, d]);
        let interval = Interval::wald(value.ln(), error, confidence, Method::Log).map(f64::exp);
        Ok(Figure::new(value, self.count, Ok(interval)).with_cautions(self.spread.cautions()))
    }
}
