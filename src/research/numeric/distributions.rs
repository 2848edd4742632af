//! Distribution functions and quantiles used by intervals and tests.
//!
//! The normal quantile is Wichura's (1988), the logarithm of the gamma function `libm`'s. Tails of beta and gamma are
//! continued fractions behind the saddle-point form of the density (Loader 2000), and quantiles bracketed Newton
//! steps against them. The tests hold them to 2e-12 relative of values with 40 digits. Parameters of beta and gamma reach
//! from 1e-6 to [`LARGEST`]; beyond, tails and quantiles are NaN, since sums would take minutes.

mod normal;

use libm::lgamma as ln_gamma;

#[cfg(test)]
use normal::normal_upper;
pub(crate) use normal::{normal_lower, normal_quantile, normal_two_sided};

const LN_SQRT_TWO_PI: f64 = 0.918_938_533_204_672_8;
const TINY: f64 = 1e-300;

/// The largest parameter of a beta or gamma distribution.
pub(crate) const LARGEST: f64 = 4e9;

fn in_range(parameter: f64) -> bool {
    (1e-6..=LARGEST).contains(&parameter)
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
