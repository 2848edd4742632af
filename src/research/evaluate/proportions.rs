//! Intervals for shares and counts.

use serde::{Deserialize, Serialize};

use super::figure::{Because, Confidence, Figure, Interval, Method, NotEstimable};
use super::operating::countable;
use crate::research::numeric::distributions::beta_quantile;

/// Which interval a share gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ShareInterval {
    /// Wilson (1927): the default; right on average, sound at 0 and 1.
    #[default]
    Wilson,
    /// Clopper and Pearson (1934): never covers less than it says, so too wide.
    ClopperPearson,
    /// Agresti and Coull (1998).
    AgrestiCoull,
    /// Equal-tailed under Jeffreys' prior.
    Jeffreys,
}

/// A share with its interval.
///
/// # Errors
/// [`Because::ZeroDenominator`] for no trials; [`Because::Argument`] for more successes than trials, or more trials than
/// 2^53 (for the exact and Jeffreys' intervals, than 10^9).
///
/// ```
/// use caserank::research::evaluate::{Confidence, ShareInterval, share};
/// let found = share(0, 20, Confidence::P95, ShareInterval::Wilson)?;
/// assert_eq!(found.value, 0.0);
/// assert!((found.interval?.upper - 0.1611).abs() < 1e-4);
/// # Ok::<(), caserank::research::evaluate::NotEstimable>(())
/// ```
pub fn share(
    successes: u64,
    trials: u64,
    confidence: Confidence,
    kind: ShareInterval,
) -> Result<Figure, NotEstimable> {
    if trials == 0 {
        return NotEstimable::because(Because::ZeroDenominator {
            denominator: "the number of trials",
        });
    }
    if successes > trials {
        return NotEstimable::because(Because::Argument {
            argument: "successes",
            value: successes as f64,
            range: "0 to the number of trials",
        });
    }
    countable("trials", &[trials])?;
    // Beyond these the sums behind an exact interval take minutes, and Wilson's agrees with it to nine digits.
    let exact = matches!(kind, ShareInterval::ClopperPearson | ShareInterval::Jeffreys);
    if exact && trials > 1_000_000_000 {
        let (argument, value) = ("trials of an exact interval", trials as f64);
        let range = "1 to 1,000,000,000; use Wilson's";
        return NotEstimable::because(Because::Argument { argument, value, range });
    }
    let (x, n) = (successes as f64, trials as f64);
    let interval = match kind {
        ShareInterval::Wilson => wilson(x, n, confidence),
        ShareInterval::ClopperPearson => clopper_pearson(x, n, confidence),
        ShareInterval::AgrestiCoull => {
            let z = confidence.z();
            let total = n + z * z;
            let centre = (x + 0.5 * z * z) / total;
            let error = (centre * (1.0 - centre) / total).sqrt();
            Interval::wald(centre, error, confidence, Method::AgrestiCoull).within(0.0, 1.0)
        }
        ShareInterval::Jeffreys => {
            let tail = confidence.tail();
            let quantile = |p| beta_quantile(x + 0.5, n - x + 0.5, p);
            Interval {
                lower: quantile(tail),
                upper: quantile(1.0 - tail),
                confidence,
                method: Method::Jeffreys,
            }
        }
    };
    Ok(Figure::new(x / n, trials as usize, Ok(interval)))
}

/// The exact binomial interval; counts may be effective numbers under weights (Korn and Graubard 1998).
pub(crate) fn clopper_pearson(x: f64, n: f64, confidence: Confidence) -> Interval {
    let tail = confidence.tail();
    let lower = if x <= 0.0 { 0.0 } else { beta_quantile(x, n - x + 1.0, tail) };
    // From the other side, where the tail is small and keeps its digits.
    let upper = if x >= n { 1.0 } else { 1.0 - beta_quantile(n - x, x + 1.0, tail) };
    Interval { lower, upper, confidence, method: Method::ClopperPearson }
}

/// Wilson's interval; counts may be fractional (shared ties, effective numbers under weights).
pub(crate) fn wilson(successes: f64, trials: f64, confidence: Confidence) -> Interval {
    let z = confidence.z();
    let p = successes / trials;
    let square = z * z;
    let centre = (p + square / (2.0 * trials)) / (1.0 + square / trials);
    let half = z / (1.0 + square / trials)
        * (p * (1.0 - p) / trials + square / (4.0 * trials * trials)).sqrt();
    let lower = if p <= 0.0 { 0.0 } else { (centre - half).max(0.0) };
    let upper = if p >= 1.0 { 1.0 } else { (centre + half).min(1.0) };
    Interval { lower, upper, confidence, method: Method::Wilson }
}

/// The difference of two independent shares, with Newcombe's interval (1998, method 10).
///
/// # Errors
/// As [`share`].
pub fn share_difference(
    first: (u64, u64),
    second: (u64, u64),
    confidence: Confidence,
) -> Result<Figure, NotEstimable> {
    let a = share(first.0, first.1, confidence, ShareInterval::Wilson)?;
    let b = share(second.0, second.1, confidence, ShareInterval::Wilson)?;
    let (ia, ib) = (a.interval?, b.interval?);
    let difference = a.value - b.value;
    let lower = difference - ((a.value - ia.lower).powi(2) + (ib.upper - b.value).powi(2)).sqrt();
    let upper = difference + ((ia.upper - a.value).powi(2) + (b.value - ib.lower).powi(2)).sqrt();
    let interval = Interval { lower, upper, confidence, method: Method::Newcombe };
    let interval = interval.within(-1.0, 1.0);
    Ok(Figure::new(difference, a.count.saturating_add(b.count), Ok(interval)))
}

/// The odds ratio of two groups, each `(with, without)` the outcome, with Woolf's interval (1955) on the log scale.
///
/// # Errors
/// [`Because::ZeroDenominator`] when a cell of the table is 0; [`Because::Argument`] for counts beyond 2^53.
///
/// ```
/// use caserank::research::evaluate::{Confidence, odds_ratio};
/// let ratio = odds_ratio((37, 816), (90, 7_706), Confidence::P95)?;
/// let interval = ratio.interval?;
/// assert_eq!(format!("{:.2} ({:.2} to {:.2})", ratio.value, interval.lower, interval.upper), "3.88 (2.63 to 5.73)");
/// # Ok::<(), caserank::research::evaluate::NotEstimable>(())
/// ```
pub fn odds_ratio(
    first: (u64, u64),
    second: (u64, u64),
    confidence: Confidence,
) -> Result<Figure, NotEstimable> {
    let cells = [first.0, first.1, second.0, second.1];
    if cells.contains(&0) {
        return NotEstimable::because(Because::ZeroDenominator {
            denominator: "a cell of the table",
        });
    }
    countable("the four counts together", &cells)?;
    let count = cells.iter().sum::<u64>() as usize;
    let [a, b, c, d] = cells.map(|cell| cell as f64);
    let ratio = (a / b) / (c / d);
    let error = (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
    let interval = Interval::wald(ratio.ln(), error, confidence, Method::Log).map(f64::exp);
    Ok(Figure::new(ratio, count, Ok(interval)).with_error(error * ratio))
}
