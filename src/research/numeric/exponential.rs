//! `e^x` without branches, so that a loop over many numbers becomes vectors.

use crate::base::widest;

/// The range in which [`exp`] is right.
pub(crate) const MOST: f64 = 700.0;

/// 1/n! from n = 0.
const TAYLOR: [f64; 14] = [
    1.0,
    1.0,
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];

/// `e^x` for `x` within ±[`MOST`], to two units in the last place; the same bits on every target.
///
/// `x` is a whole number of ln 2 and a rest within ±0.35, where Taylor's series ends soon. Anything else gives some number.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    // Adding and taking away 1.5 * 2^52 rounds to a whole number, whose low bits then stand in the sum's.
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    // ln 2 in two parts; the first has zeros at its end, so that its products are exact.
    const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN_2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    let rounded = x * std::f64::consts::LOG2_E + ROUNDER;
    let twos = rounded - ROUNDER;
    let rest = (x - twos * LN_2_HIGH) - twos * LN_2_LOW;
    let mut sum = TAYLOR[13];
    for coefficient in TAYLOR[..13].iter().rev() {
        sum = sum * rest + coefficient;
    }
    sum * f64::from_bits(rounded.to_bits().wrapping_add(1_023) << 52)
}

/// Puts `e^(shift - x)` in the place of every number; what is beyond ±[`MOST`] counts as that.
pub(crate) fn replace_by_odds_against(values: &mut [f64], shift: f64) {
    widest!(odds_against(values, shift));
}

#[inline(always)]
fn odds_against(values: &mut [f64], shift: f64) {
    for value in values {
        *value = exp((shift - *value).clamp(-MOST, MOST));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_to_the_libraries_everywhere() {
        for step in -70_000..=70_000 {
            let x = f64::from(step) * 0.01 + 1e-3 * f64::from(step % 7);
            if x.abs() > MOST {
                continue;
            }
            let (ours, theirs) = (exp(x), libm::exp(x));
            assert!((ours - theirs).abs() <= 5e-16 * theirs, "{x}: {ours:e} {theirs:e}");
        }
        assert_eq!(exp(0.0).to_bits(), 1.0_f64.to_bits());
        assert_eq!(exp(-0.0).to_bits(), 1.0_f64.to_bits());
    }
}
