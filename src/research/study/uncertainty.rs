//! How uncertain weights are, and draws of weights from that.

use std::fmt;

use ndarray::{Array2, ArrayView2};
use serde::Serialize;

use super::StudyError;
use super::covariance::factor;
use super::fit_covariance::FitCovariance;
use super::parameters::{Moves, Parameter, of_design, resolve};
use crate::base::Seed;
use crate::complaint::Origin;
use crate::instrument::Instrument;
use crate::research::fit::{Designed, LogisticModel, all_notes};
use crate::research::numeric::distributions::normal_quantile;
use crate::score::WeightSet;

/// Where the uncertainty of weights comes from: it belongs beside every figure made with it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Basis {
    /// The covariance matrix of a fit, drawn from as a normal distribution.
    Covariance {
        /// How many parameters it has.
        parameters: usize,
        /// Over how many subjects, where rows share subjects or carry weights; `None` for the model's own.
        #[serde(skip_serializing_if = "Option::is_none")]
        subjects: Option<usize>,
    },
    /// A covariance matrix that people stated, drawn from as a normal distribution.
    Elicited {
        /// How many parameters it has.
        parameters: usize,
    },
    /// Instruments fitted again on resampled complaints.
    Refits {
        /// How many there are; replicates beyond them go round again.
        sets: usize,
    },
    /// Instruments made under other assumptions: choices or draws of them, not resamples of complaints.
    Assumptions {
        /// How many there are; replicates beyond them go round again.
        sets: usize,
    },
    /// A size that somebody stated, not one that was estimated.
    Assumed {
        /// Standard deviation of each weight's error as a share of the weight.
        relative: f64,
    },
}

impl Basis {
    /// Whether the size of the error was stated rather than estimated from complaints.
    #[must_use]
    pub fn is_assumed(self) -> bool {
        matches!(self, Basis::Assumed { .. } | Basis::Elicited { .. } | Basis::Assumptions { .. })
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Basis::Covariance { parameters, subjects: None } => {
                write!(formatter, "by the covariance of a fit ({parameters} parameters)")
            }
            Basis::Covariance { parameters, subjects: Some(subjects) } => write!(
                formatter,
                "by the covariance of a fit over {subjects} subjects ({parameters} parameters)"
            ),
            Basis::Elicited { parameters } => {
                write!(formatter, "by a covariance that people stated ({parameters} parameters)")
            }
            Basis::Assumptions { sets } => write!(formatter, "under {sets} sets of assumptions"),
            Basis::Refits { sets } => write!(formatter, "by {sets} refits on resampled complaints"),
            Basis::Assumed { relative } => {
                write!(formatter, "under assumed error ({:.0}% of each weight)", relative * 100.0)
            }
        }
    }
}

/// The distribution that weights are drawn from. Draw `r` depends on the seed and on `r` alone.
///
/// ```
/// use caserank::research::study::Uncertainty;
/// let triage = caserank::reference::published()?;
/// let uncertainty = Uncertainty::assumed(triage.instrument(), 0.2)?;
/// assert_eq!(uncertainty.basis().to_string(), "under assumed error (20% of each weight)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Uncertainty {
    basis: Basis,
    base: WeightSet,
    source: Source,
    /// Where the complaints come from that the errors were learnt from; `None` where they were learnt from none.
    origin: Option<Origin>,
    cautions: Vec<String>,
}

#[derive(Debug, Clone)]
enum Source {
    /// Lower factor of the covariance, and what each parameter moves.
    Normal {
        factor: Array2<f64>,
        moves: Vec<Vec<Moves>>,
    },
    Sets(Vec<WeightSet>),
    Relative(f64),
}

impl Uncertainty {
    /// Normal errors with the covariance matrix of a fit; it may be singular (weights held at a
    /// bound have variance 0). Parameters of several outcomes may stand in one matrix.
    ///
    /// # Errors
    /// [`StudyError::CovarianceShape`], [`StudyError::Covariance`] for a matrix that is not
    /// symmetric and positive semidefinite, [`StudyError::Parameter`] for a name that the
    /// instrument does not have.
    pub fn covariance(
        instrument: &Instrument,
        parameters: &[Parameter],
        covariance: ArrayView2<'_, f64>,
    ) -> Result<Self, StudyError> {
        let (rows, columns) = covariance.dim();
        if rows != parameters.len() || columns != parameters.len() {
            let parameters = parameters.len();
            return Err(StudyError::CovarianceShape { rows, columns, parameters });
        }
        let moves = parameters
            .iter()
            .map(|parameter| resolve(instrument, parameter))
            .collect::<Result<_, _>>()?;
        Ok(Uncertainty {
            basis: Basis::Covariance { parameters: parameters.len(), subjects: None },
            base: WeightSet::of(instrument),
            source: Source::Normal { factor: factor(parameters, covariance)?, moves },
            origin: Some(Origin::NotStated),
            cautions: Vec::new(),
        })
    }

    /// As [`Uncertainty::covariance`], for a matrix that people stated (an elicitation) instead of a fit's: everything
    /// that is made with it says so.
    ///
    /// # Errors
    /// As [`Uncertainty::covariance`].
    pub fn elicited(
        instrument: &Instrument,
        parameters: &[Parameter],
        covariance: ArrayView2<'_, f64>,
    ) -> Result<Self, StudyError> {
        let basis = Basis::Elicited { parameters: parameters.len() };
        let stated = Self::covariance(instrument, parameters, covariance)?;
        Ok(Uncertainty { basis, origin: None, ..stated })
    }

    /// Normal errors with the covariance of logistic fits, one for each outcome that was fitted,
    /// through the design that turned items into columns. Outcomes are taken as independent.
    ///
    /// Where complaints share subjects or carry weights the covariance is the sandwich over subjects, and no error is
    /// smaller than the model's: what a bootstrap of subjects would find, within its own error.
    ///
    /// # Errors
    /// As [`Uncertainty::covariance`]; [`StudyError::CovarianceShape`] where a model was not fitted
    /// on its design.
    pub fn of_fits(
        instrument: &Instrument,
        fits: &[(&Designed, &LogisticModel)],
    ) -> Result<Self, StudyError> {
        let size = fits.iter().map(|(_, model)| model.covariance().nrows()).sum();
        let mut covariance = Array2::zeros((size, size));
        let mut parameters = Vec::with_capacity(size);
        let mut subjects = None;
        let (mut origin, mut cautions) = (None, Vec::new());
        for (designed, model) in fits {
            // A sample of the design's columns alone says less than the design does.
            let of_fit = match model.report().origin {
                Origin::NotStated => designed.origin,
                stated => stated.max(designed.origin),
            };
            origin = origin.max(Some(of_fit));
            let told = all_notes(&designed.outcome, &model.report().warnings);
            for note in told.into_iter().chain(designed.notes.iter().cloned()) {
                if !cautions.contains(&note) {
                    cautions.push(note);
                }
            }
            let of_outcome = of_design(instrument, designed);
            let of_fit = FitCovariance::of(designed, model)?;
            // The fewest of several fits, since that one is the least sure.
            subjects = match (subjects, of_fit.subjects) {
                (Some(known), Some(found)) => Some(usize::min(known, found)),
                (known, found) => known.or(found),
            };
            let (rows, columns) = of_fit.matrix.dim();
            if rows != of_outcome.len() {
                return Err(StudyError::CovarianceShape {
                    rows,
                    columns,
                    parameters: of_outcome.len(),
                });
            }
            let start = parameters.len();
            for ((row, column), &value) in of_fit.matrix.indexed_iter() {
                covariance[[start + row, start + column]] = value;
            }
            parameters.extend(of_outcome);
        }
        let basis = Basis::Covariance { parameters: parameters.len(), subjects };
        let drawn = Uncertainty::covariance(instrument, &parameters, covariance.view())?;
        Ok(Uncertainty { basis, origin, cautions, ..drawn })
    }

    /// Draw `r` is instrument `r` of those fitted again on resampled complaints; after the last
    /// comes the first.
    ///
    /// # Errors
    /// [`StudyError::NoRefits`] for fewer than two; [`StudyError::OtherOutcomes`] for one that is not like `instrument`.
    pub fn refits(instrument: &Instrument, refits: &[Instrument]) -> Result<Self, StudyError> {
        if refits.len() == 1 {
            return Err(StudyError::NoRefits);
        }
        let drawn = Self::sets(instrument, refits, Basis::Refits { sets: refits.len() })?;
        Ok(Uncertainty { origin: Some(Origin::NotStated), ..drawn })
    }

    fn sets(
        instrument: &Instrument,
        sets: &[Instrument],
        basis: Basis,
    ) -> Result<Self, StudyError> {
        if sets.is_empty() {
            return Err(StudyError::NoRefits);
        }
        for set in sets {
            instrument.codebook().require_same("a refit", set.codebook())?;
            if !same_outcomes(instrument, set) {
                return Err(StudyError::OtherOutcomes { id: set.identity().id.clone() });
            }
        }
        let source = Source::Sets(sets.iter().map(WeightSet::of).collect());
        let (base, origin) = (WeightSet::of(instrument), None);
        Ok(Uncertainty { basis, base, source, origin, cautions: Vec::new() })
    }

    /// Draw `r` is instrument `r` of those made under other assumptions (the reference model's sensitivity sets, or draws of
    /// its declared numbers); after the last comes the first. As [`Uncertainty::refits`] but for what it is called, and that one
    /// set is enough to be looked at.
    ///
    /// # Errors
    /// As [`Uncertainty::refits`].
    pub fn assumptions(instrument: &Instrument, sets: &[Instrument]) -> Result<Self, StudyError> {
        Self::sets(instrument, sets, Basis::Assumptions { sets: sets.len() })
    }

    /// Every item's weights for every outcome times `1 + relative × z`, each with its own standard
    /// normal `z`; intercepts are held. Nothing of this is estimated: results say *under assumed
    /// error*.
    ///
    /// # Errors
    /// [`StudyError::RelativeError`] for a size not above 0 or not finite: an error of 0 would be certainty that nobody has.
    pub fn assumed(instrument: &Instrument, relative: f64) -> Result<Self, StudyError> {
        if !(relative.is_finite() && relative > 0.0) {
            return Err(StudyError::RelativeError { share: relative });
        }
        Ok(Uncertainty {
            basis: Basis::Assumed { relative },
            base: WeightSet::of(instrument),
            source: Source::Relative(relative),
            origin: None,
            cautions: Vec::new(),
        })
    }

    /// Says where the complaints come from that errors were learnt from. Fits know it ([`Uncertainty::of_fits`]); a covariance
    /// and refits do not, and are *not stated* until this says it.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Where the complaints come from that errors were learnt from; `None` for errors that people stated.
    #[must_use]
    pub fn origin(&self) -> Option<Origin> {
        self.origin
    }

    /// What the fits that errors come from say of themselves, in sentences; empty where there was none.
    #[must_use]
    pub fn cautions(&self) -> &[String] {
        &self.cautions
    }

    /// Where the uncertainty comes from.
    #[must_use]
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// The weights as they are.
    pub(super) fn base(&self) -> &WeightSet {
        &self.base
    }

    /// The weights of one draw; values are rounded to the millionth.
    pub(super) fn draw(&self, draw: usize, seed: Seed) -> Result<WeightSet, StudyError> {
        let set = match &self.source {
            Source::Sets(sets) => sets[draw % sets.len()].clone(),
            Source::Relative(relative) => self.relative(*relative, draw, seed),
            Source::Normal { factor, moves } => self.normal(factor, moves, draw, seed),
        };
        if !set.fits() {
            return Err(StudyError::Overflow { draw });
        }
        Ok(set)
    }

    fn relative(&self, relative: f64, draw: usize, seed: Seed) -> WeightSet {
        let mut stream = seed.stream(draw as u64);
        let mut set = self.base.clone();
        for outcome in 0..set.outcomes() {
            for item in 0..set.items() {
                let factor = 1.0 + relative * standard_normal(&mut stream);
                for step in set.of_item_mut_at(outcome, item) {
                    *step = to_steps(f64::from(*step) * factor);
                }
            }
        }
        set
    }

    fn normal(
        &self,
        factor: &Array2<f64>,
        moves: &[Vec<Moves>],
        draw: usize,
        seed: Seed,
    ) -> WeightSet {
        let mut stream = seed.stream(draw as u64);
        let normals: Vec<f64> = moves.iter().map(|_| standard_normal(&mut stream)).collect();
        let mut set = self.base.clone();
        for (row, moves) in factor.outer_iter().zip(moves) {
            let error: f64 = row.iter().zip(&normals).map(|(factor, normal)| factor * normal).sum();
            for moved in moves {
                let step = match moved.answer {
                    None => &mut set.intercepts_mut()[moved.outcome],
                    Some((item, code)) => {
                        &mut set.of_item_mut_at(moved.outcome, item)[usize::from(code)]
                    }
                };
                *step = to_steps(f64::from(*step) + error * moved.steps);
            }
        }
        set
    }
}

pub(super) fn same_outcomes(first: &Instrument, second: &Instrument) -> bool {
    let ids = |instrument: &Instrument| -> Vec<String> {
        instrument.outcomes().iter().map(|part| part.outcome.clone()).collect()
    };
    ids(first) == ids(second)
}

/// A standard normal number by inversion: one uniform draw with 53 bits, never 0 or 1.
fn standard_normal(stream: &mut crate::base::Stream) -> f64 {
    normal_quantile(stream.unit() + 0.5 / (1_u64 << 53) as f64)
}

fn to_steps(value: f64) -> i32 {
    // A cast saturates; the check after the draw refuses what is out of range.
    value.round() as i32
}

#[cfg(test)]
mod tests;
