//! Tail areas and quantiles, from statrs.

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

/// Two-sided p-value of a standard normal statistic.
pub(crate) fn two_sided_normal(z: f64) -> f64 {
    if z.is_nan() {
        return f64::NAN;
    }
    // erfc keeps its precision far out, where 1 - cdf would be 0.
    statrs::function::erf::erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// Upper standard normal quantile of a two-sided level such as 0.95.
pub(crate) fn normal_critical(level: f64) -> f64 {
    Normal::standard().inverse_cdf(0.5 + 0.5 * level)
}

/// Upper tail of the chi-square distribution.
pub(crate) fn chi_square_tail(statistic: f64, degrees: usize) -> f64 {
    match ChiSquared::new(degrees as f64) {
        Ok(distribution) if statistic > 0.0 => distribution.sf(statistic),
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_and_quantiles_agree_with_published_values() {
        // R 4.2: 2 * pnorm(-1.96), qnorm(0.975), pchisq(3.84, 1, lower = FALSE), pchisq(20, 5, lower = FALSE)
        assert!((two_sided_normal(-1.96) - 0.049_995_790_296_440_87).abs() < 1e-10);
        assert!((normal_critical(0.95) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!((chi_square_tail(3.84, 1) - 0.050_043_521_248_705_2).abs() < 1e-9);
        assert!((chi_square_tail(20.0, 5) - 0.001_249_730_563_128_33).abs() < 1e-10);
        assert_eq!(chi_square_tail(-1e-12, 1), 1.0);
    }
}
