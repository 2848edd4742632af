//! The normal distribution: tails and quantiles.

/// Numerator over denominator, both by Horner's rule, constant term first.
fn rational<const N: usize, const D: usize>(top: [f64; N], bottom: [f64; D], x: f64) -> f64 {
    let horner = |terms: &[f64]| terms.iter().rev().fold(0.0, |sum, term| sum * x + term);
    horner(&top) / horner(&bottom)
}

/// `P(Z > z)` for a standard normal `Z`, precise in both tails.
#[must_use]
pub(crate) fn normal_upper(z: f64) -> f64 {
    if z.is_nan() {
        return f64::NAN;
    }
    let x = z.abs() / std::f64::consts::SQRT_2;
    let density = (-0.5 * z * z).exp() / std::f64::consts::PI.sqrt();
    let tail = if x < 1.5 {
        // erf by its series of positive terms.
        let (mut term, mut total, mut n) = (x, x, 0.0);
        while term > total * 1e-17 {
            n += 1.0;
            term *= 2.0 * x * x / (2.0 * n + 1.0);
            total += term;
        }
        0.5 * (1.0 - 2.0 * density * total)
    } else {
        // erfc by its continued fraction, from the inside out.
        let terms = (600.0 / (x * x)) as u32 + 20;
        let mut inner = x;
        for step in (1..=terms).rev() {
            inner = x + 0.5 * f64::from(step) / inner;
        }
        0.5 * density / inner
    };
    if z >= 0.0 { tail } else { 1.0 - tail }
}

/// `P(Z <= z)` for a standard normal `Z`.
#[must_use]
pub(crate) fn normal_lower(z: f64) -> f64 {
    normal_upper(-z)
}

/// Two-sided p value of a standard normal statistic.
#[must_use]
pub(crate) fn normal_two_sided(z: f64) -> f64 {
    (2.0 * normal_upper(z.abs())).min(1.0)
}

/// The standard normal quantile; infinite at 0 and 1, NaN outside `[0, 1]`.
#[must_use]
pub(crate) fn normal_quantile(probability: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    if probability == 0.0 || probability == 1.0 {
        return if probability == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    // Algorithm AS 241 (Wichura 1988), about 16 digits.
    let q = probability - 0.5;
    if q.abs() <= 0.425 {
        return q * rational(
            [
                3.387_132_872_796_366_5,
                133.141_667_891_784_38,
                1_971.590_950_306_551_3,
                13_731.693_765_509_46,
                45_921.953_931_549_87,
                67_265.770_927_008_7,
                33_430.575_583_588_13,
                2_509.080_928_730_122_7,
            ],
            [
                1.0,
                42.313_330_701_600_91,
                687.187_007_492_057_9,
                5_394.196_021_424_751,
                21_213.794_301_586_597,
                39_307.895_800_092_71,
                28_729.085_735_721_943,
                5_226.495_278_852_854,
            ],
            0.180_625 - q * q,
        );
    }
    let tail = if q < 0.0 { probability } else { 1.0 - probability };
    let r = (-tail.ln()).sqrt();
    let size = if r <= 5.0 {
        rational(
            [
                1.423_437_110_749_683_5,
                4.630_337_846_156_546,
                5.769_497_221_460_691,
                3.647_848_324_763_204_5,
                1.270_458_252_452_368_4,
                0.241_780_725_177_450_6,
                0.022_723_844_989_269_184,
                0.000_774_545_014_278_341_4,
            ],
            [
                1.0,
                2.053_191_626_637_759,
                1.676_384_830_183_803_8,
                0.689_767_334_985_1,
                0.148_103_976_427_480_08,
                0.015_198_666_563_616_457,
                0.000_547_593_808_499_534_5,
                1.0507500716444169e-09,
            ],
            r - 1.6,
        )
    } else {
        rational(
            [
                6.657_904_643_501_103,
                5.463_784_911_164_114,
                1.784_826_539_917_291_3,
                0.296_560_571_828_504_87,
                0.026_532_189_526_576_124,
                0.001_242_660_947_388_078_4,
                2.7115555687434876e-05,
                2.0103343992922881e-07,
            ],
            [
                1.0,
                0.599_832_206_555_888,
                0.136_929_880_922_735_8,
                0.014_875_361_290_850_615,
                0.000_786_869_131_145_613_3,
                1.8463183175100548e-05,
                1.421511758316446e-07,
                2.0442631033899397e-15,
            ],
            r - 5.0,
        )
    };
    if q < 0.0 { -size } else { size }
}
