//! From score to probability: integers in, integers out, the same bits everywhere.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Fixed;

/// Billionths in one: a [`Probability`] of 1.
pub const BILLION: u32 = 1_000_000_000;

/// A probability in whole billionths, 0 to 1,000,000,000.
///
/// Equal probabilities from different scores are ties.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Probability(u32);

impl Probability {
    /// Never.
    pub const ZERO: Probability = Probability(0);
    /// Always.
    pub const ONE: Probability = Probability(BILLION);

    /// From billionths, kept within 0 to 1,000,000,000.
    #[must_use]
    pub const fn from_billionths(billionths: u32) -> Self {
        Probability(if billionths > BILLION { BILLION } else { billionths })
    }

    /// Billionths.
    #[must_use]
    pub const fn billionths(self) -> u32 {
        self.0
    }

    /// As a float, for reading and for measures.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        f64::from(self.0) / f64::from(BILLION)
    }
}

impl fmt::Display for Probability {
    /// As a decimal from 0 to 1; a precision (`{:.2}`) rounds.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_f64().fmt(formatter)
    }
}

/// The logistic function of a score in log-odds: `1 / (1 + exp(-score))`.
///
/// Saturates beyond ±22, where it differs from 0 and 1 by less than a billionth. Never falls as
/// the score rises, and is correct to 1e-8 (tests hold both over every score). It uses only
/// additions, multiplications, one division and bit shifts of IEEE double precision, in a fixed
/// order, so it gives the same bits on every platform; the loop over a block has no branch, so
/// the compiler can work on several scores at once.
///
/// ```
/// use caserank::Fixed;
/// use caserank::score::{Probability, logistic};
/// assert_eq!(logistic(Fixed::ZERO), Probability::from_billionths(500_000_000));
/// assert_eq!(logistic(Fixed::MAX), logistic("22".parse()?));
/// # Ok::<(), caserank::FixedError>(())
/// ```
#[must_use]
#[inline]
pub fn logistic(score: Fixed) -> Probability {
    Probability(logistic_billionths(score.steps()))
}

/// Scores beyond this many steps saturate.
const SATURATION: i32 = 22_000_000;

#[inline(always)]
pub(super) fn logistic_billionths(steps: i32) -> u32 {
    /// Adding and taking away this constant rounds to a whole number, without a conversion.
    const ROUNDING: f64 = 6_755_399_441_055_744.0;
    /// ln 2 in two parts: the first has enough trailing zeros for exact products.
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

    let clamped = steps.clamp(-SATURATION, SATURATION);
    // exp(-x) = 2^k * exp(r) with |r| at most ln 2 / 2.
    let x = -f64::from(clamped) * 1e-6;
    let rounded = x * std::f64::consts::LOG2_E + ROUNDING;
    let k = rounded - ROUNDING;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    // Taylor terms to r^9: the remainder is below 1e-11 on this range.
    let mut sum = 1.0 / 362_880.0;
    sum = sum * r + 1.0 / 40_320.0;
    sum = sum * r + 1.0 / 5_040.0;
    sum = sum * r + 1.0 / 720.0;
    sum = sum * r + 1.0 / 120.0;
    sum = sum * r + 1.0 / 24.0;
    sum = sum * r + 1.0 / 6.0;
    sum = sum * r + 0.5;
    sum = sum * r + 1.0;
    sum = sum * r + 1.0;
    // The low bits of `rounded` hold k; shifted into the exponent they give 2^k.
    let power = f64::from_bits((rounded.to_bits() << 52).wrapping_add(1023_u64 << 52));
    let probability = 1.0 / (1.0 + sum * power);
    // Adding 2^52 leaves the whole number of billionths, rounded to even, in the low bits.
    let billionths = probability * 1e9 + 4_503_599_627_370_496.0;
    billionths.to_bits() as u32
}

/// The same for many scores.
#[inline(always)]
pub(super) fn logistic_of_block(scores: &[i32], billionths: &mut [u32]) {
    for (probability, &score) in billionths.iter_mut().zip(scores) {
        *probability = logistic_billionths(score);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every score within saturation, and both ends of the type.
    #[test]
    fn never_falls_and_is_pinned_over_every_score() {
        let mut before = logistic_billionths(i32::MIN);
        assert_eq!(before, logistic_billionths(-SATURATION));
        let mut checksum = 0_u64;
        for steps in -SATURATION..=SATURATION {
            let now = logistic_billionths(steps);
            assert!(now >= before, "falls at {steps}: {before} to {now}");
            before = now;
            checksum = checksum.wrapping_mul(0x100_0000_01B3).wrapping_add(u64::from(now));
        }
        assert_eq!(before, logistic_billionths(i32::MAX));
        assert_eq!(logistic_billionths(0), BILLION / 2);
        assert_eq!(checksum, 17_203_142_696_403_853_466);
    }

    #[test]
    fn beyond_saturation_nothing_moves() {
        for steps in (SATURATION..=i32::MAX - 100_000).step_by(99_991) {
            assert_eq!(logistic_billionths(steps), logistic_billionths(SATURATION));
            assert_eq!(logistic_billionths(-steps), logistic_billionths(-SATURATION));
        }
    }

    /// Every level of vector instructions that this processor has gives the bits of one score by itself.
    #[cfg(all(feature = "simd", target_arch = "x86_64"))]
    #[test]
    fn vectors_of_any_width_change_nothing() {
        use fearless_simd::{Level, Simd, dispatch};

        let best = Level::new();
        let levels = [
            best.as_sse2().map(Simd::level),
            best.as_sse4_2().map(Simd::level),
            best.as_avx2().map(Simd::level),
            best.as_avx512().map(Simd::level),
        ];
        let scores: Vec<i32> = (i32::MIN..i32::MAX).step_by(4_093).collect();
        let singly: Vec<u32> = scores.iter().map(|&score| logistic_billionths(score)).collect();
        for level in levels.into_iter().flatten() {
            let mut many = vec![0; scores.len()];
            dispatch!(level, _ => logistic_of_block(&scores, &mut many));
            assert!(many == singly, "{level:?}");
        }
    }
}
