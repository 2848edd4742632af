//! Unknown answers filled in many times over, for studies of weights.

use std::ops::ControlFlow;

use serde::Serialize;

use super::columns::{ChangingCodes, Coded};
use super::design::{Coding, Designed, ItemColumns};
use super::rubin::{ImputedEstimate, pooled};
use super::{Columns, FitError, LogisticModel, Sample};
use crate::base::in_order;
use crate::research::evaluate::Confidence;
use crate::research::numeric::distributions::normal_quantile;
use crate::research::numeric::{Design, DesignProblem, NewtonOptions, Solved};
use crate::{Seed, Stream};

/// Penalty of the models that answers are drawn from, per standard deviation: keeps rare answers finite.
const RIDGE: f64 = 1.0;
/// Closer to the optimum than this, in standard errors, is far within what coefficients are then drawn by.
const CLOSE: f64 = 1e-4;

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
    /// Completed samples.
    pub imputations: usize,
    /// What was added to the log-odds of unknown answers.
    pub shifts: Vec<(String, f64)>,
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
        let numbers: Vec<u64> = (0..self.imputations as u64).collect();
        let models = in_order(numbers, |number| {
            let codes =
                Chain::new(designed, self.seed.stream(number), &self.shifts).run(self.rounds)?;
            let columns = coded(designed, &codes)?;
            fit(&designed.sample_of(&columns)?)
        });
        let models = models.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Imputed {
            estimates: pooled(&models, self.confidence)?,
            imputations: self.imputations,
            shifts: self.shifts.clone(),
        })
    }

    /// One coefficient under several shifts of an item's unknown answers, and where its verdict turns: whether its interval
    /// lies above 0, below it, or across.
    ///
    /// # Errors
    /// As [`Self::run`]; [`FitError::NoSuchColumn`] for a coefficient that is not there.
    pub fn shifted(
        &self,
        designed: &Designed,
        fit: impl Fn(&Sample<'_>) -> Result<LogisticModel, FitError> + Sync,
        item: &str,
        column: &str,
        shifts: &[f64],
    ) -> Result<ShiftPath, FitError> {
        let at = |shift: f64| {
            let imputed = self.clone().shift(item, shift).run(designed, &fit)?;
            let found = imputed.estimate(column).cloned();
            found.ok_or_else(|| FitError::NoSuchColumn { column: column.to_owned() })
        };
        let without = at(0.0)?.verdict();
        let mut steps = Vec::with_capacity(shifts.len());
        for shift in shifts {
            steps.push(ShiftedEstimate { shift: *shift, estimate: at(*shift)? });
        }
        let turned = steps.iter().filter(|step| step.estimate.verdict() != without);
        let turns_at = turned.map(|step| step.shift).min_by(|a, b| a.abs().total_cmp(&b.abs()));
        Ok(ShiftPath { steps, turns_at })
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

/// Columns of the design for these codes.
fn coded(designed: &Designed, codes: &[Vec<u8>]) -> Result<Columns, FitError> {
    let mut builder = Columns::builder(designed.joined.labels.len());
    let names = designed.columns.names();
    for (item, codes) in designed.items.iter().zip(codes) {
        let names: Vec<&str> = item.columns.iter().map(|column| names[*column].as_str()).collect();
        builder = builder.codes(&names, codes.clone(), &item.table)?;
    }
    Ok(builder.build())
}

/// Completed answers and the outcome, packed; *unknown* has no code in them.
fn packed(designed: &Designed, codes: &[Vec<u8>]) -> ChangingCodes {
    let mut names = Vec::new();
    let mut sources = Vec::new();
    for (item, codes) in designed.items.iter().zip(codes) {
        let first = names.len();
        names.extend(item.columns.iter().map(|column| designed.columns.names()[*column].clone()));
        sources.push(Coded {
            columns: (first..names.len()).collect(),
            row_codes: codes.iter().map(|code| code - 1).collect(),
            codes: item.table.nrows() - 1,
            table: item.table.rows().into_iter().skip(1).flatten().copied().collect(),
        });
    }
    names.push("(outcome)".to_owned());
    sources.push(Coded {
        columns: vec![names.len() - 1],
        row_codes: designed.joined.labels.iter().map(|label| u8::from(*label)).collect(),
        codes: 2,
        table: vec![0.0, 1.0],
    });
    ChangingCodes::new(names, sources)
}

/// One completed sample in the making.
struct Chain<'a> {
    designed: &'a Designed,
    stream: Stream,
    shifts: Vec<f64>,
    /// Codes of every item, filled in.
    codes: Vec<Vec<u8>>,
    /// The same, as models of one item on all others read them.
    packed: ChangingCodes,
    /// The coefficients that each model of an item had the round before, one list a listed answer.
    last: Vec<Vec<Vec<f64>>>,
}

impl<'a> Chain<'a> {
    /// Starts with answers drawn from those known.
    fn new(designed: &'a Designed, mut stream: Stream, shifts: &[(String, f64)]) -> Self {
        let shift = |item: &ItemColumns| {
            shifts.iter().find(|(known, _)| *known == item.id).map_or(0.0, |(_, shift)| *shift)
        };
        let codes = designed.items.iter().map(|item| {
            let known: Vec<u8> = item.codes.iter().copied().filter(|code| *code != 0).collect();
            let mut codes = item.codes.clone();
            for code in codes.iter_mut().filter(|code| **code == 0) {
                *code = known[stream.below(known.len() as u64) as usize];
            }
            codes
        });
        let codes: Vec<Vec<u8>> = codes.collect();
        let packed = packed(designed, &codes);
        let last = vec![Vec::new(); codes.len()];
        let shifts = designed.items.iter().map(shift).collect();
        Self { designed, stream, shifts, codes, packed, last }
    }

    fn run(mut self, rounds: usize) -> Result<Vec<Vec<u8>>, FitError> {
        for _ in 0..rounds {
            for item in 0..self.codes.len() {
                self.redraw(item)?;
            }
        }
        Ok(self.codes)
    }

    /// Draws an item's unknown answers anew, one listed answer after another against those after it.
    fn redraw(&mut self, item: usize) -> Result<(), FitError> {
        let given = &self.designed.items[item].codes;
        let unknown: Vec<usize> = (0..given.len()).filter(|row| given[*row] == 0).collect();
        let mut open = unknown.clone();
        let mut known: Vec<usize> = (0..given.len()).filter(|row| given[*row] != 0).collect();
        let mut answers: Vec<u8> = known.iter().map(|row| given[*row]).collect();
        answers.sort_unstable();
        answers.dedup();
        let Some(last) = answers.pop() else { return Ok(()) };
        for (stage, answer) in answers.into_iter().enumerate() {
            if open.is_empty() {
                break;
            }
            let labels: Vec<f64> =
                known.iter().map(|row| f64::from(u8::from(given[*row] == answer))).collect();
            let learn = self.packed.without(item, &known);
            let start = self.last[item].get(stage).cloned();
            let solved = self.learnt(&learn, &labels, &known, start)?;
            let coefficients = solved.scaling.given(&solved.optimum.coefficients, true);
            match self.last[item].get_mut(stage) {
                Some(kept) => *kept = coefficients,
                None => self.last[item].push(coefficients),
            }
            let apply = self.packed.without(item, &open);
            let theta = drawn(&solved, &mut self.stream);
            let mut log_odds = vec![0.0; open.len()];
            apply.design(true).linear(&solved.scaling, &theta, &mut log_odds);
            let shift = if stage == 0 { self.shifts[item] } else { 0.0 };
            let mut left = Vec::new();
            for (row, eta) in open.into_iter().zip(log_odds) {
                if self.stream.unit() * (1.0 + (shift - eta).exp()) < 1.0 {
                    self.codes[item][row] = answer;
                } else {
                    left.push(row);
                }
            }
            open = left;
            known.retain(|row| given[*row] != answer);
        }
        for row in open {
            self.codes[item][row] = last;
        }
        let codes = &self.codes[item];
        self.packed.set(item, &unknown, |row| codes[row] - 1);
        Ok(())
    }

    fn learnt(
        &self,
        columns: &Columns,
        labels: &[f64],
        rows: &[usize],
        start: Option<Vec<f64>>,
    ) -> Result<Solved, FitError> {
        let all = &self.designed.joined.weights;
        let weights: Option<Vec<f64>> = all
            .iter()
            .any(|weight| *weight != 1.0)
            .then(|| rows.iter().map(|row| all[*row]).collect());
        let design = columns.design(true);
        let named = |error| FitError::named(error, columns.names());
        let mut problem = DesignProblem {
            labels,
            weights: weights.as_deref(),
            offset: None,
            ridge: vec![0.0; design.width()],
            start,
            options: NewtonOptions { tolerance: CLOSE, ..NewtonOptions::default() },
        };
        let scaling = problem.checked_scaling(&design).map_err(named)?;
        problem.ridge = scaling
            .scale
            .iter()
            .enumerate()
            .map(|(j, s)| if j == 0 { 0.0 } else { RIDGE * s * s })
            .collect();
        problem.solve(&design, &mut |_| ControlFlow::Continue(())).map_err(named)
    }
}

/// Coefficients drawn from a normal about the optimum with its covariance.
fn drawn(solved: &Solved, stream: &mut Stream) -> Vec<f64> {
    let normal: Vec<f64> = solved
        .optimum
        .coefficients
        .iter()
        .map(|_| normal_quantile(stream.unit().max(1e-15)))
        .collect();
    let moved = solved.optimum.factor.spread(&normal);
    solved.optimum.coefficients.iter().zip(moved).map(|(theta, by)| theta + by).collect()
}
