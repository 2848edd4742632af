//! Unknown answers filled in many times over, for studies of weights.

mod chain;
mod near;

use std::fmt;

use serde::Serialize;

use self::chain::Answers;
use super::design::{Coding, Designed};
use super::rubin::{HeldEstimate, ImputedEstimate, pooled};
use super::{FitError, FitWarning, LogisticModel, Penalty, Sample};
use crate::Seed;
use crate::base::in_order;
use crate::complaint::Origin;
use crate::research::evaluate::Confidence;

/// Multiple imputation by chained equations (van Buuren 2018, "Flexible Imputation of Missing Data", chapter 4).
///
/// Each unknown answer is drawn from a logistic model of its item on all other items and the outcome, its coefficients
/// drawn too; items take turns for some rounds, and the whole is done many times. Answers beyond two are drawn one after
/// another, each against those listed after it. It takes answers for *missing at random*: as good as the same answer of
/// complaints alike in all that is known. At intake that is doubtful, so ask with [`Self::shift`] how far from it a
/// verdict holds. For studies of weights only: scoring keeps *unknown* at the average.
#[derive(Debug, Clone, PartialEq)]
pub struct Imputation {
    imputations: usize,
    rounds: usize,
    seed: Seed,
    confidence: Confidence,
    shifts: Vec<(String, f64)>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Imputed {
    /// Coefficients, the intercept first where there is one.
    pub estimates: Vec<ImputedEstimate>,
    /// Coefficients that a sign constraint holds at 0 in some completed sample; they are not among the others.
    pub held: Vec<HeldEstimate>,
    /// Completed samples.
    pub imputations: usize,
    /// Where the complaints and their outcomes come from.
    pub origin: Origin,
    /// What was added to the log-odds of unknown answers.
    pub shifts: Vec<(String, f64)>,
    /// What holds the coefficients of each fit back.
    pub penalty: Penalty,
    /// Mean over the fits of the effective events, or non-events where fewer, for each coefficient.
    pub events_per_parameter: f64,
    /// What any of the fits says its reader should know.
    pub warnings: Vec<ImputedWarning>,
}

impl fmt::Display for Imputed {
    /// An aligned table of the estimates, then what any of the fits says its reader should know.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names =
            self.estimates.iter().map(|of| &of.name).chain(self.held.iter().map(|of| &of.name));
        let width = names.map(|name| name.chars().count()).max().unwrap_or(0).max(6);
        write!(
            f,
            "{:<width$} {:>10} {:>9} {:>9} {:>10} {:>10} {:>8}",
            "column", "log-odds", "s.e.", "p", "lower", "upper", "missing"
        )?;
        for of in &self.estimates {
            let p = if of.p < 1e-4 { format!("{:.1e}", of.p) } else { format!("{:.4}", of.p) };
            let told = self.warnings.iter().any(|told| told.warning.column() == Some(&of.name));
            write!(
                f,
                "\n{:<width$} {:>10.4} {:>9.4} {:>9} {:>10.4} {:>10.4} {:>7.0}%{}",
                of.name,
                of.estimate,
                of.standard_error,
                p,
                of.interval.lower,
                of.interval.upper,
                100.0 * of.missing_information,
                if told { "  !" } else { "" }
            )?;
        }
        for held in &self.held {
            let (name, samples) = (&held.name, held.samples);
            write!(f, "\n{name:<width$} held at 0 in {samples} of {} samples", self.imputations)?;
        }
        write!(f, "\n{} completed samples; {}", self.imputations, self.penalty)?;
        for (item, shift) in &self.shifts {
            write!(f, "\nunknown answers to `{item}` shifted by {shift}")?;
        }
        for told in &self.warnings {
            let (samples, all) = (told.samples, self.imputations);
            write!(f, "\nwarning, {samples} of {all} samples: {}", told.warning)?;
        }
        Ok(())
    }
}

/// What fits to completed samples say their reader should know.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ImputedWarning {
    /// As the first of them says it; figures differ between samples.
    pub warning: FitWarning,
    /// How many completed samples' fits say it.
    pub samples: usize,
}

/// Warnings of one kind about one column, counted once a fit; in order of first appearance.
fn warnings(models: &[LogisticModel]) -> Vec<ImputedWarning> {
    let mut found: Vec<ImputedWarning> = Vec::new();
    for warning in models.iter().flat_map(|model| &model.report().warnings) {
        match found.iter_mut().find(|known| known.warning.is_like(warning)) {
            Some(known) => known.samples += 1,
            None => found.push(ImputedWarning { warning: warning.clone(), samples: 1 }),
        }
    }
    found
}

/// Adds the warnings of another shift; of those that are known already, the larger number of samples counts.
fn add_warnings(found: &mut Vec<ImputedWarning>, others: Vec<ImputedWarning>) {
    for told in others {
        match found.iter_mut().find(|known| known.warning.is_like(&told.warning)) {
            Some(known) => known.samples = known.samples.max(told.samples),
            None => found.push(told),
        }
    }
}

impl Imputed {
    /// The estimate of this name.
    #[must_use]
    pub fn estimate(&self, name: &str) -> Option<&ImputedEstimate> {
        self.estimates.iter().find(|estimate| estimate.name == name)
    }
}

/// A coefficient under one shift.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ShiftedEstimate {
    /// What was added to the log-odds that an unknown answer is another than the first listed.
    pub shift: f64,
    /// The coefficient.
    pub estimate: ImputedEstimate,
}

/// A coefficient under several shifts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ShiftPath {
    /// Every shift, in the order given.
    pub steps: Vec<ShiftedEstimate>,
    /// The shift of the least size whose verdict differs from that without one; `None` where none of those tried does.
    pub turns_at: Option<f64>,
    /// Completed samples at each shift.
    pub imputations: usize,
    /// Where the complaints and their outcomes come from.
    pub origin: Origin,
    /// What holds the coefficients of each fit back.
    pub penalty: Penalty,
    /// Mean over the fits without a shift of the effective events, or non-events where fewer, for each coefficient.
    pub events_per_parameter: f64,
    /// What any of the fits says its reader should know; `samples` counts those of the shift with the most.
    pub warnings: Vec<ImputedWarning>,
}

impl Imputation {
    /// This many completed samples, five rounds, 95% intervals, no shift.
    #[must_use]
    pub fn new(imputations: usize, seed: Seed) -> Self {
        Self { imputations, rounds: 5, seed, confidence: Confidence::P95, shifts: Vec::new() }
    }

    /// Times that each item takes its turn.
    #[must_use]
    pub fn rounds(mut self, rounds: usize) -> Self {
        self.rounds = rounds;
        self
    }

    /// Confidence of the intervals.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Adds to the log-odds that an unknown answer of an item is another than the first listed (*no*, *none*): above 0, what
    /// nobody asked holds danger more often than what was asked.
    #[must_use]
    pub fn shift(mut self, item: &str, log_odds: f64) -> Self {
        self.shifts.retain(|(known, _)| known != item);
        self.shifts.push((item.to_owned(), log_odds));
        self
    }

    /// Completes the sample many times, fits each with `fit`, and pools by Rubin's rules.
    ///
    /// Every completed sample has a stream of its own: threads change nothing. Costs imputations × rounds × items fits.
    ///
    /// # Errors
    /// [`FitError`] for fewer than 2 imputations or more than 10,000, no round or more than 1,000, an item that is not there or
    /// has no known answer, a shift that is not finite, a design with a column for every answer, and where a fit fails.
    pub fn run(
        &self,
        designed: &Designed,
        fit: impl Fn(&Sample<'_>) -> Result<LogisticModel, FitError> + Sync,
    ) -> Result<Imputed, FitError> {
        self.check(designed)?;
        let answers = Answers::new(designed, &self.shifts);
        let numbers: Vec<u64> = (0..self.imputations as u64).collect();
        let models = in_order(numbers, |number| {
            let columns = answers.completed(self.seed.stream(number), self.rounds)?;
            fit(&designed.sample_of(&columns)?)
        });
        let models = models.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (estimates, held) = pooled(&models, self.confidence)?;
        let reports = models.iter().map(LogisticModel::report);
        let events = reports.clone().map(|report| report.events_per_parameter).sum::<f64>();
        Ok(Imputed {
            // All fits are one caller's: what one says of its penalty holds for all.
            penalty: reports.clone().next().map_or(Penalty::None, |report| report.penalty),
            events_per_parameter: events / models.len() as f64,
            warnings: warnings(&models),
            estimates,
            held,
            imputations: self.imputations,
            origin: designed.origin,
            shifts: self.shifts.clone(),
        })
    }

    /// One coefficient under several shifts of an item's unknown answers, and where its verdict turns: whether its interval
    /// lies above 0, below it, or across.
    ///
    /// # Errors
    /// As [`Self::run`]; [`FitError::NoSuchColumn`] for a coefficient that is not there, [`FitError::HeldAtBound`] for one that
    /// its sign constraint holds at 0 in some completed sample.
    pub fn shifted(
        &self,
        designed: &Designed,
        fit: impl Fn(&Sample<'_>) -> Result<LogisticModel, FitError> + Sync,
        item: &str,
        column: &str,
        shifts: &[f64],
    ) -> Result<ShiftPath, FitError> {
        let at = |shift: f64| self.clone().shift(item, shift).run(designed, &fit);
        let of = |imputed: &Imputed| {
            let column = || column.to_owned();
            if imputed.held.iter().any(|held| held.name == column()) {
                return Err(FitError::HeldAtBound { column: column() });
            }
            let found = imputed.estimate(&column()).cloned();
            found.ok_or_else(|| FitError::NoSuchColumn { column: column() })
        };
        let plain = at(0.0)?;
        let without = of(&plain)?.verdict();
        let mut warnings = plain.warnings;
        let mut steps = Vec::with_capacity(shifts.len());
        for shift in shifts {
            let imputed = at(*shift)?;
            steps.push(ShiftedEstimate { shift: *shift, estimate: of(&imputed)? });
            add_warnings(&mut warnings, imputed.warnings);
        }
        let turned = steps.iter().filter(|step| step.estimate.verdict() != without);
        let turns_at = turned.map(|step| step.shift).min_by(|a, b| a.abs().total_cmp(&b.abs()));
        Ok(ShiftPath {
            steps,
            turns_at,
            imputations: self.imputations,
            origin: designed.origin,
            penalty: plain.penalty,
            events_per_parameter: plain.events_per_parameter,
            warnings,
        })
    }

    fn check(&self, designed: &Designed) -> Result<(), FitError> {
        let refuse = |setting, value, allowed| Err(FitError::Setting { setting, value, allowed });
        if !(2..=10_000).contains(&self.imputations) {
            return refuse("imputations", self.imputations as f64, "from 2 to 10000");
        }
        if !(1..=1_000).contains(&self.rounds) {
            return refuse("rounds", self.rounds as f64, "from 1 to 1000");
        }
        if designed.coding == Coding::Answers {
            let allowed =
                "treatment or steps: filled in, a column for every answer repeats the intercept";
            return refuse("coding", 0.0, allowed);
        }
        for (item, shift) in &self.shifts {
            if designed.items.iter().all(|known| known.id != *item) {
                return Err(FitError::NoSuchColumn { column: item.clone() });
            }
            if !shift.is_finite() {
                return refuse("shift", *shift, "finite");
            }
        }
        match designed.items.iter().find(|item| item.codes.iter().all(|code| *code == 0)) {
            Some(item) => Err(FitError::NothingKnown { item: item.id.clone() }),
            None => Ok(()),
        }
    }
}
