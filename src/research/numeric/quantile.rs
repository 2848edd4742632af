//! Sample quantiles, by a named rule.

use serde::{Deserialize, Serialize};

/// How a quantile between two order statistics is read off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum QuantileRule {
    /// Linear between order statistics at `(n - 1) p` (type 7 of Hyndman and Fan 1996; the default of R and NumPy).
    Linear,
    /// Between the order statistics `k = floor((n + 1) p)` and `k + 1`, linear on the normal scale
    /// (Davison and Hinkley 1997, equation 5.8; R's `boot`). Ends are the extremes.
    NormalScale,
}

/// A point between two numbers, also where their difference is out of range.
pub(super) fn between(low: f64, high: f64, share: f64) -> f64 {
    let span = high - low;
    if span.is_finite() { low + share * span } else { low * (1.0 - share) + high * share }
}

/// The `probability` quantile of `sorted` (ascending, finite); `None` when it is empty or the probability is not in `[0, 1]`.
#[must_use]
pub(crate) fn quantile(sorted: &[f64], probability: f64, rule: QuantileRule) -> Option<f64> {
    if sorted.is_empty() || !(0.0..=1.0).contains(&probability) {
        return None;
    }
    let last = sorted.len() - 1;
    match rule {
        QuantileRule::Linear => {
            let rank = last as f64 * probability;
            let below = (rank.floor() as usize).min(last);
            let above = (below + 1).min(last);
            let share = rank - below as f64;
            Some(between(sorted[below], sorted[above], share))
        }
        QuantileRule::NormalScale => Some(normal_scale(sorted, probability)),
    }
}

fn normal_scale(sorted: &[f64], probability: f64) -> f64 {
    use super::distributions::normal_quantile;
    let count = sorted.len();
    let rank = (count as f64 + 1.0) * probability;
    let below = rank.floor();
    if below < 1.0 {
        return sorted[0];
    }
    if below as usize >= count {
        return sorted[count - 1];
    }
    let below_index = below as usize;
    if rank == below {
        return sorted[below_index - 1];
    }
    let low = normal_quantile(below / (count as f64 + 1.0));
    let high = normal_quantile((below + 1.0) / (count as f64 + 1.0));
    let share = (normal_quantile(probability) - low) / (high - low);
    between(sorted[below_index - 1], sorted[below_index], share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_empty() {
        assert_eq!(quantile(&[], 0.5, QuantileRule::Linear), None);
        assert_eq!(quantile(&[3.0], 1.0, QuantileRule::Linear), Some(3.0));
        assert_eq!(quantile(&[3.0, 5.0], 1.5, QuantileRule::Linear), None);
        assert_eq!(quantile(&[3.0, 5.0], 0.0, QuantileRule::Linear), Some(3.0));
        assert_eq!(quantile(&[-1.5e308, 1.5e308], 0.5, QuantileRule::Linear), Some(0.0));
    }

    #[test]
    fn the_normal_scale_rule_stops_at_the_extremes() {
        let sorted: Vec<f64> = (1..=9).map(f64::from).collect();
        assert_eq!(quantile(&sorted, 0.01, QuantileRule::NormalScale), Some(1.0));
        assert_eq!(quantile(&sorted, 0.99, QuantileRule::NormalScale), Some(9.0));
        assert_eq!(quantile(&sorted, 0.5, QuantileRule::NormalScale), Some(5.0));
    }
}
