//! Every outcome of a codebook fitted, and one instrument made of the fits.

use std::ops::ControlFlow;

use super::advice::{Advice, Riley};
use super::design::{Coding, Design, Designed};
use super::instrument::{FittedInstrument, Naming, OutcomeFit, assembled};
use super::labels::Labels;
use super::{Firth, FitError, FitProgress, LinearWeights, Logistic, told};
use crate::backlog::Backlog;

fn fit_every(
    backlog: &Backlog,
    labels: &Labels,
    design: &Design,
    naming: &Naming,
    how: &str,
    mut fit: impl FnMut(&Designed) -> Result<super::LogisticModel, FitError>,
) -> Result<FittedInstrument, FitError> {
    let codebook = backlog.codebook();
    let mut designed = Vec::new();
    for outcome in codebook.outcomes() {
        designed.push(design.apply(backlog, labels, &outcome.id)?);
    }
    let mut fits = Vec::new();
    let mut parts = Vec::new();
    for sample in &designed {
        if sample.coding == Coding::Answers {
            let allowed = "treatment or steps: a column for every answer repeats the intercept";
            return Err(FitError::Setting { setting: "coding", value: 0.0, allowed });
        }
        let model = fit(sample)?;
        let mut part = sample.linear_part(&LinearWeights::from(&model), how)?;
        part.notes.extend(told::notes(&sample.outcome, &model.report.warnings));
        parts.push(part);
        let report = model.report;
        fits.push(OutcomeFit {
            outcome: sample.outcome.clone(),
            join: sample.joined.report.clone(),
            dropped: sample.dropped.clone(),
            advice: Advice::for_events(report.effective_rarer),
            riley: Riley::for_fit(&report).ok(),
            report,
        });
    }
    Ok(FittedInstrument { instrument: assembled(codebook, naming, parts)?, fits })
}

macro_rules! fit_all {
    ($method:ident, $how:literal) => {
        impl $method {
            /// Fits every outcome of the codebook and makes one instrument of them; signs of the design are kept.
            ///
            /// # Errors
            /// [`FitError`] from the design or from any of the fits.
            pub fn fit_all(
                &self,
                backlog: &Backlog,
                labels: &Labels,
                design: &Design,
                naming: &Naming,
            ) -> Result<FittedInstrument, FitError> {
                self.fit_all_observed(backlog, labels, design, naming, &mut |_, _| {
                    ControlFlow::Continue(())
                })
            }

            /// As [`Self::fit_all`]; `observer` hears the outcome's id with every step and may stop the fits.
            ///
            /// # Errors
            /// As [`Self::fit_all`], and [`FitError::Cancelled`] where the observer breaks.
            pub fn fit_all_observed(
                &self,
                backlog: &Backlog,
                labels: &Labels,
                design: &Design,
                naming: &Naming,
                observer: &mut dyn FnMut(&str, &FitProgress) -> ControlFlow<()>,
            ) -> Result<FittedInstrument, FitError> {
                fit_every(backlog, labels, design, naming, $how, |designed| {
                    let mut method = self.clone();
                    for (column, sign) in &designed.signs {
                        method = method.sign(column, *sign);
                    }
                    method.fit_sample_observed(&designed.sample()?, &mut |progress| {
                        observer(&designed.outcome, progress)
                    })
                })
            }
        }
    };
}

fit_all!(Logistic, "Logistic regression");
fit_all!(Firth, "Firth's logistic regression");
