//! Distribution functions and quantiles used by intervals and tests.
//!
//! The normal quantile is Wichura's (1988), the logarithm of the gamma function `libm`'s. Tails of beta and gamma are
//! continued fractions behind the saddle-point form of the density (Loader 2000), and quantiles bracketed Newton
//! steps against them. The tests hold them to 2e-12 relative of values with 40 digits. Parameters of beta and gamma reach
//! from 1e-6 to [`LARGEST`]; beyond, tails and quantiles are NaN, since sums would take minutes.

use libm::lgamma as ln_gamma;

const LN_SQRT_TWO_PI: f64 = 0.918_938_533_204_672_8;
const TINY: f64 = 1e-300;

/// The largest parameter of a beta or gamma distribution.
pub(crate) const LARGEST: f64 = 4e9;

fn in_range(parameter: f64) -> bool {
    (1e-6..=LARGEST).contains(&parameter)
}

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

/// `ln(n!) - (n + 1/2) ln n + n - ln(sqrt(2 pi))`, the error of Stirling's formula.
fn stirling_error(n: f64) -> f64 {
    if n <= 16.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - LN_SQRT_TWO_PI;
    }
    let square = n * n;
    let series = 1.0 / 1_188.0;
    let series = 1.0 / 1_680.0 - series / square;
    let series = 1.0 / 1_260.0 - series / square;
    let series = 1.0 / 360.0 - series / square;
    (1.0 / 12.0 - series / square) / n
}

/// `x ln(x / mean) + mean - x`, without cancellation where the two are close.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() - difference;
    }
    let ratio = difference / (x + mean);
    let mut total = difference * ratio;
    let mut odd = 2.0 * x * ratio;
    let square = ratio * ratio;
    let mut step = 3.0;
    loop {
        odd *= square;
        let next = total + odd / step;
        if next == total || step > 2_000.0 {
            return next;
        }
        total = next;
        step += 2.0;
    }
}

/// `mean^x e^-mean / Gamma(x + 1)`.
fn poisson_density(x: f64, mean: f64) -> f64 {
    if mean == 0.0 {
        return if x == 0.0 { 1.0 } else { 0.0 };
    }
    if x < 1e-10 {
        return (-mean + x * mean.ln() - ln_gamma(x + 1.0)).exp();
    }
    (-stirling_error(x) - deviance(x, mean)).exp() / (2.0 * std::f64::consts::PI * x).sqrt()
}

/// `Gamma(n + 1) / (Gamma(x + 1) Gamma(n - x + 1)) p^x (1 - p)^(n - x)` for `0 < x < n`.
fn binomial_density(x: f64, n: f64, p: f64) -> f64 {
    let rest = n - x;
    let exponent = stirling_error(n)
        - stirling_error(x)
        - stirling_error(rest)
        - deviance(x, n * p)
        - deviance(rest, n * (1.0 - p));
    exponent.exp() * (n / (2.0 * std::f64::consts::PI * x * rest)).sqrt()
}

/// The regularized incomplete gamma functions `(P(shape, x), Q(shape, x))`; each precise where small.
///
/// NaN for a shape outside 1e-6 to [`LARGEST`] or an `x` below 0.
#[must_use]
pub(crate) fn gamma_tails(shape: f64, x: f64) -> (f64, f64) {
    if !in_range(shape) || x.is_nan() || x < 0.0 {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    let density = poisson_density(shape, x);
    if x < shape + 1.0 {
        let (mut term, mut total, mut n) = (1.0, 1.0, shape);
        while term > total * 1e-17 {
            n += 1.0;
            term *= x / n;
            total += term;
        }
        let lower = (density * total).min(1.0);
        return (lower, 1.0 - lower);
    }
    // Lentz's method for the continued fraction of Q.
    let mut b = x + 1.0 - shape;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut h = d;
    for n in 1..100_000_u32 {
        let n = f64::from(n);
        let a = -n * (n - shape);
        b += 2.0;
        d = a * d + b;
        d = 1.0 / if d.abs() < TINY { TINY } else { d };
        c = b + a / c;
        if c.abs() < TINY {
            c = TINY;
        }
        let change = d * c;
        h *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    let upper = (density * shape * h).min(1.0);
    (1.0 - upper, upper)
}

/// The regularized incomplete beta functions `(I_x(a, b), 1 - I_x(a, b))`; each precise where small.
///
/// NaN for `a` or `b` outside 1e-6 to [`LARGEST`] or `x` outside `[0, 1]`.
#[must_use]
pub(crate) fn beta_tails(a: f64, b: f64, x: f64) -> (f64, f64) {
    if !in_range(a) || !in_range(b) || !(0.0..=1.0).contains(&x) {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 {
        return (0.0, 1.0);
    }
    if x == 1.0 {
        return (1.0, 0.0);
    }
    let y = 1.0 - x;
    // How far x lies below the mean, times a + b; from the side with fewer lost digits.
    let below = if a > b { (a + b) * y - b } else { a - (a + b) * x };
    // x^a (1 - x)^b / Beta(a, b)
    let front = a * b / (a + b) * binomial_density(a, a + b, x);
    if below >= 0.0 {
        let lower = (front * beta_fraction(a, b, x, y, below)).min(1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (front * beta_fraction(b, a, y, x, -below)).min(1.0);
        (1.0 - upper, upper)
    }
}

/// The continued fraction of `a I_x(a, b) / front`, contracted to its even part so that nothing cancels
/// (Didonato and Morris 1992).
fn beta_fraction(a: f64, b: f64, x: f64, y: f64, below: f64) -> f64 {
    let start = 1.0 + below;
    let ratio = b / a;
    let first = 1.0 + 1.0 / a;
    let (mut before, mut now) = ((0.0, 1.0), (1.0, start / first));
    let (mut p, mut s) = (1.0, a + 1.0);
    let mut value = first / start;
    for n in 1..100_000_u32 {
        let n = f64::from(n);
        let t = n / a;
        let w = n * (b - n) * x;
        let e = a / s;
        let alpha = p * (p + ratio) * e * e * (w * x);
        let beta = n + w / s + (t + 1.0) / (first + t + t) * (start + n * (y + 1.0));
        p = t + 1.0;
        s += 2.0;
        let next = (alpha * before.0 + beta * now.0, alpha * before.1 + beta * now.1);
        let found = next.0 / next.1;
        if (found - value).abs() <= 1e-16 * found.abs() {
            return found;
        }
        value = found;
        // Scaled so that neither part runs out of range.
        before = (now.0 / next.1, now.1 / next.1);
        now = (found, 1.0);
    }
    value
}

/// The root of an increasing function inside a bracket, by safeguarded Newton steps on its logarithm's scale.
fn invert(
    target: f64,
    mut low: f64,
    mut high: f64,
    cdf: impl Fn(f64) -> f64,
    density: impl Fn(f64) -> f64,
) -> f64 {
    let mut x = 0.5 * (low + high);
    for _ in 0..400 {
        let value = cdf(x);
        if value < target {
            low = x;
        } else {
            high = x;
        }
        let slope = density(x);
        let newton = x - (value - target) / slope;
        let inside = newton.is_finite() && newton > low && newton < high;
        let next = if inside {
            newton
        } else if low > 0.0 && high / low > 4.0 {
            (low * high).sqrt()
        } else if low == 0.0 && high > 1e-300 {
            high / 16.0
        } else {
            0.5 * (low + high)
        };
        if (next - x).abs() <= 2e-16 * next.abs() {
            return next;
        }
        x = next;
    }
    x
}

/// The quantile of a beta distribution.
#[must_use]
pub(crate) fn beta_quantile(a: f64, b: f64, probability: f64) -> f64 {
    if !in_range(a) || !in_range(b) || !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    if probability == 0.0 || probability == 1.0 {
        return probability;
    }
    let middle = a / (a + b);
    let density = |x: f64| a * b / (a + b) * binomial_density(a, a + b, x) / (x * (1.0 - x));
    // Solved from the side where the answer is small, so that it keeps its digits.
    if beta_tails(a, b, 0.5).0 < probability && middle > 0.5 {
        return 1.0 - beta_quantile(b, a, 1.0 - probability);
    }
    if probability <= 0.5 {
        invert(probability, 0.0, 1.0, |x| beta_tails(a, b, x).0, density)
    } else {
        invert(probability - 1.0, 0.0, 1.0, |x| -beta_tails(a, b, x).1, density)
    }
}

/// `P(X > x)` for a chi-square distribution.
#[must_use]
pub(crate) fn chi_square_upper(x: f64, degrees: f64) -> f64 {
    if x.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 { 1.0 } else { gamma_tails(0.5 * degrees, 0.5 * x).1 }
}

/// Two-sided p value of a Student t statistic.
#[must_use]
pub(crate) fn student_two_sided(t: f64, degrees: f64) -> f64 {
    if t == 0.0 {
        return 1.0;
    }
    if t.abs() < 1.0 {
        return beta_tails(0.5, 0.5 * degrees, t * t / (degrees + t * t)).1;
    }
    beta_tails(0.5 * degrees, 0.5, degrees / (degrees + t * t)).0
}

/// The quantile of a Student t distribution.
#[must_use]
pub(crate) fn student_quantile(probability: f64, degrees: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) || degrees.is_nan() || degrees <= 0.0 {
        return f64::NAN;
    }
    let tail = 2.0 * probability.min(1.0 - probability);
    if tail == 1.0 {
        return 0.0;
    }
    let size = if tail < 0.5 {
        let x = beta_quantile(0.5 * degrees, 0.5, tail);
        (degrees * (1.0 - x) / x).sqrt()
    } else {
        let x = beta_quantile(0.5, 0.5 * degrees, 1.0 - tail);
        (degrees * x / (1.0 - x)).sqrt()
    };
    if probability < 0.5 { -size } else { size }
}

#[cfg(test)]
mod tests;
