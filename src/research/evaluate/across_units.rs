//! One figure in many units or years: its mean, how much it differs, and what to expect in the next unit.

use serde::Serialize;

use super::calibration::Test;
use super::figure::{Because, ByKey, Caution, Confidence, Figure, Interval, Method, NotEstimable};
use crate::complaint::Origin;
use crate::research::numeric::distributions::student_quantile;
use crate::research::numeric::sum;

/// On which scale figures of units are averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scale {
    /// As they are: slopes, differences. Intervals of areas, shares and other figures with ends are cut to these.
    Identity,
    /// Logarithms: ratios such as E/O.
    Log,
    /// Log-odds: areas and shares.
    Logit,
}

impl Scale {
    fn to(self, value: f64) -> f64 {
        match self {
            Scale::Identity => value,
            Scale::Log => value.ln(),
            Scale::Logit => (value / (1.0 - value)).ln(),
        }
    }

    fn back(self, value: f64) -> f64 {
        match self {
            Scale::Identity => value,
            Scale::Log => value.exp(),
            Scale::Logit => 1.0 / (1.0 + (-value).exp()),
        }
    }

    /// How much the scale stretches at a value (delta method).
    fn slope(self, value: f64) -> f64 {
        match self {
            Scale::Identity => 1.0,
            Scale::Log => 1.0 / value,
            Scale::Logit => 1.0 / (value * (1.0 - value)),
        }
    }
}

/// A figure across units, by a random-effects model (DerSimonian and Laird 1986).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AcrossUnits {
    /// The mean over units, with Student's interval on the scale (Hartung and Knapp 2001).
    pub mean: Figure,
    /// Where the figure of a unit not seen yet is expected (Higgins, Thompson and Spiegelhalter 2009).
    pub prediction: Result<Interval, NotEstimable>,
    /// Variance between units, on the scale.
    pub tau_squared: f64,
    /// Share of the differences between units that chance does not explain.
    pub i_squared: f64,
    /// The test that units do not differ (Cochran's Q).
    pub heterogeneity: Test,
    /// Units that took part.
    pub units: usize,
    /// Units without the figure or without a standard error; they are left out.
    pub left_out: usize,
    /// Where complaints and outcomes come from; not stated unless [`AcrossUnits::with_origin`] says it.
    pub origin: Origin,
}

impl AcrossUnits {
    /// Says where complaints and outcomes come from.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }
}

/// Brings the same figure of several units together, as in internal-external validation: leave each unit out
/// ([`leave_one_unit_out`](super::resample::leave_one_unit_out)), learn on the others, judge on it, and give the figures.
///
/// Under [`Scale::Identity`] intervals are cut to the range of the figures (an area's 0 to 1), and the mean carries
/// [`Caution::CutToRange`] where one was.
///
/// # Errors
/// [`Because::TooFew`] for fewer than two units with a standard error; the prediction takes three.
///
/// ```
/// use caserank::research::evaluate::{Confidence, Scale, Scored, across_units, auc};
/// let mut units = Vec::new();
/// for unit in 0..6_u32 {
///     let labels: Vec<bool> = (0..60).map(|row| (row * 7 + unit) % 3 == 0).collect();
///     let scores: Vec<u32> = (0..60).map(|row| u32::from(labels[row as usize]) * 3 + (row * 11 + unit) % 8).collect();
///     units.push((unit, auc(Scored::new(&labels, &scores)?, Confidence::P95).map(|own| own.figure)));
/// }
/// let found = across_units(&units, Scale::Logit, Confidence::P95)?;
/// let (mean, next) = (found.mean.interval?, found.prediction?);
/// assert!(next.lower <= mean.lower + 1e-9 && mean.upper <= next.upper + 1e-9);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn across_units<K>(
    figures: &ByKey<K, Figure>,
    scale: Scale,
    confidence: Confidence,
) -> Result<AcrossUnits, NotEstimable> {
    // Estimate and variance on the scale.
    let units: Vec<(f64, f64)> = figures
        .iter()
        .filter_map(|(_, figure)| figure.as_ref().ok())
        .filter_map(|figure| {
            let error = figure.standard_error? * scale.slope(figure.value);
            let value = scale.to(figure.value);
            (value.is_finite() && error.is_finite() && error > 0.0)
                .then_some((value, error * error))
        })
        .collect();
    let found = units.len();
    if found < 2 {
        let what = "units with a standard error";
        return NotEstimable::because(Because::TooFew { what, found, needed: 2 });
    }
    let freedom = found as f64 - 1.0;
    let fixed = sum(units.iter().map(|(_, v)| 1.0 / v));
    let centre = sum(units.iter().map(|(y, v)| y / v)) / fixed;
    let q = sum(units.iter().map(|(y, v)| (y - centre).powi(2) / v));
    let squares = sum(units.iter().map(|(_, v)| 1.0 / (v * v)));
    let tau_squared = ((q - freedom) / (fixed - squares / fixed)).max(0.0);
    let total = sum(units.iter().map(|(_, v)| 1.0 / (v + tau_squared)));
    let mean = sum(units.iter().map(|(y, v)| y / (v + tau_squared))) / total;
    let spread = sum(units.iter().map(|(y, v)| (y - mean).powi(2) / (v + tau_squared))) / freedom;
    // Never narrower than without the factor: few units alike by chance are no certainty.
    let error = (spread.max(1.0) / total).sqrt();
    // Values of one measure have one range; other scales keep to theirs by themselves.
    let mut ranges = figures.iter().filter_map(|(_, figure)| figure.as_ref().ok()).map(|f| f.range);
    let range = ranges.next().flatten().filter(|range| ranges.all(|other| other == Some(*range)));
    let range = range.filter(|_| scale == Scale::Identity);
    let mut is_cut = false;
    let mut around = |half: f64, method: Method| {
        let whole = Interval { lower: mean - half, upper: mean + half, confidence, method }
            .map(|end| scale.back(end));
        let within = range.map_or(whole, |(lowest, highest)| whole.within(lowest, highest));
        is_cut |= within != whole;
        within.sound()
    };
    let student = |freedom: f64| -student_quantile(confidence.tail(), freedom);
    let prediction = if found < 3 {
        let what = "units with a standard error";
        NotEstimable::because(Because::TooFew { what, found, needed: 3 })
    } else {
        let half = student(freedom - 1.0) * (tau_squared + error * error).sqrt();
        around(half, Method::Prediction)
    };
    let interval = around(student(freedom) * error, Method::Student);
    let cautions = if is_cut { &[Caution::CutToRange][..] } else { &[] };
    Ok(AcrossUnits {
        mean: Figure::new(scale.back(mean), found, interval).with_cautions(cautions),
        prediction,
        tau_squared,
        i_squared: if q > 0.0 { ((q - freedom) / q).max(0.0) } else { 0.0 },
        heterogeneity: Test::chi_square(q, freedom),
        units: found,
        left_out: figures.len() - found,
        origin: Origin::NotStated,
    })
}
