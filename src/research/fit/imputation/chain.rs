//! One completed sample: unknown answers drawn item by item, round by round.

use std::borrow::Cow;

use super::near::{Learner, Near};
use crate::Stream;
use crate::research::fit::columns::{ChangingCodes, Coded};
use crate::research::fit::design::{Designed, ItemColumns};
use crate::research::fit::{Columns, FitError};
use crate::research::numeric::Scaling;
use crate::research::numeric::distributions::normal_quantile;
use crate::research::numeric::exponential;

/// What every chain needs to know of an item; worked out once.
#[derive(Debug)]
struct ItemAnswers {
    /// Rows whose answer is known.
    known: Vec<u32>,
    unknown: Vec<u32>,
    /// 1 for each row of known answer that holds the first listed one, else 0.
    holds_first: Vec<f64>,
    /// Answers that are known in some row, in the order listed.
    listed: Vec<u8>,
    /// Added to the log-odds that an unknown answer is another than the first listed.
    shift: f64,
}

/// What all chains of a sample share.
#[derive(Debug)]
pub(super) struct Answers<'a> {
    designed: &'a Designed,
    items: Vec<ItemAnswers>,
    /// Centre and spread of every column among known answers: the same for all models, so that coefficients carry over.
    scaling: Scaling,
    /// Whether rows have weights other than 1.
    weighted: bool,
}

impl<'a> Answers<'a> {
    pub(super) fn new(designed: &'a Designed, shifts: &[(String, f64)]) -> Self {
        let shift = |item: &ItemColumns| {
            shifts.iter().find(|(known, _)| *known == item.id).map_or(0.0, |(_, shift)| *shift)
        };
        let items = designed.items.iter().map(|item| {
            let rows = |unknown: bool| {
                let codes = item.codes.iter().enumerate();
                codes
                    .filter(|(_, code)| (**code == 0) == unknown)
                    .map(|(row, _)| row as u32)
                    .collect()
            };
            let mut seen = [false; 256];
            item.codes.iter().for_each(|code| seen[usize::from(*code)] = true);
            let known: Vec<u32> = rows(false);
            let listed: Vec<u8> = (1..=u8::MAX).filter(|code| seen[usize::from(*code)]).collect();
            ItemAnswers {
                holds_first: listed
                    .first()
                    .map_or_else(Vec::new, |first| held(item, &known, *first)),
                known,
                unknown: rows(true),
                listed,
                shift: shift(item),
            }
        });
        Self {
            items: items.collect(),
            scaling: scaling(designed),
            weighted: designed.joined.weights.iter().any(|weight| *weight != 1.0),
            designed,
        }
    }

    /// The sample with its unknown answers drawn from this stream, as columns of the design.
    pub(super) fn completed(&self, stream: Stream, rounds: usize) -> Result<Columns, FitError> {
        let mut chain = Chain::new(self, stream);
        for _ in 0..rounds {
            for item in 0..self.items.len() {
                chain.redraw(item)?;
            }
        }
        Ok(chain.codes.finished())
    }

    /// Completed answers and the outcome, packed; *unknown* has no code in them.
    fn packed(&self, stream: &mut Stream) -> ChangingCodes {
        let designed = self.designed;
        let mut names = Vec::new();
        let mut items = Vec::new();
        let mut sources = Vec::new();
        for (number, (item, answers)) in designed.items.iter().zip(&self.items).enumerate() {
            let first = names.len();
            let columns = item.columns.iter();
            names.extend(columns.map(|column| designed.columns.names()[*column].clone()));
            items.resize(names.len(), number);
            let mut row_codes = item.codes.clone();
            for row in &answers.unknown {
                let drawn = answers.known[stream.below(answers.known.len() as u64) as usize];
                row_codes[*row as usize] = item.codes[drawn as usize];
            }
            row_codes.iter_mut().for_each(|code| *code -= 1);
            sources.push(Coded {
                columns: (first..names.len()).collect(),
                row_codes,
                codes: item.table.nrows() - 1,
                table: item.table.rows().into_iter().skip(1).flatten().copied().collect(),
            });
        }
        names.push("(outcome)".to_owned());
        items.push(designed.items.len());
        sources.push(Coded {
            columns: vec![names.len() - 1],
            row_codes: designed.joined.labels.iter().map(|label| u8::from(*label)).collect(),
            codes: 2,
            table: vec![0.0, 1.0],
        });
        ChangingCodes::new(names, items, sources)
    }
}

/// 1 for each of these rows that holds an answer, else 0.
fn held(item: &ItemColumns, rows: &[u32], answer: u8) -> Vec<f64> {
    let holds = |row: &u32| f64::from(u8::from(item.codes[*row as usize] == answer));
    rows.iter().map(holds).collect()
}

/// Centre and spread of the items' columns among known answers, of the outcome last, an intercept first.
fn scaling(designed: &Designed) -> Scaling {
    let (mut center, mut scale) = (vec![0.0], vec![1.0]);
    let mut add = |values: &mut dyn Iterator<Item = (f64, f64)>| {
        let (mut all, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for (value, rows) in values {
            all += rows;
            sum += rows * value;
            squares += rows * value * value;
        }
        let mean = sum / all;
        let spread = (squares / all - mean * mean).max(0.0).sqrt();
        center.push(mean);
        // A column that hardly varies keeps its own scale; the penalty holds its coefficient.
        scale.push(if spread > 1e-6 * mean.abs() { spread } else { 1.0 });
    };
    for item in &designed.items {
        let mut rows = [0.0; 256];
        item.codes.iter().for_each(|code| rows[usize::from(*code)] += 1.0);
        for column in item.table.columns() {
            add(&mut column.iter().copied().zip(rows).skip(1));
        }
    }
    let events = designed.joined.labels.iter().filter(|label| **label).count() as f64;
    add(&mut [(0.0, designed.joined.labels.len() as f64 - events), (1.0, events)].into_iter());
    Scaling { center, scale }
}

/// One completed sample in the making.
struct Chain<'a> {
    answers: &'a Answers<'a>,
    stream: Stream,
    /// Codes of every item, filled in, and of the outcome.
    codes: ChangingCodes,
    /// The coefficients that each model of an item had the round before, one list a listed answer.
    last: Vec<Vec<Vec<f64>>>,
    learner: Learner,
}

impl<'a> Chain<'a> {
    /// Starts with answers drawn from those known.
    fn new(answers: &'a Answers<'a>, mut stream: Stream) -> Self {
        let codes = answers.packed(&mut stream);
        let learner = Learner::new(&codes, answers.scaling.clone());
        let last = vec![Vec::new(); answers.items.len()];
        Self { answers, stream, codes, last, learner }
    }

    /// Draws an item's unknown answers anew, one listed answer after another against those after it.
    fn redraw(&mut self, item: usize) -> Result<(), FitError> {
        let answers = self.answers;
        let ItemAnswers { known, unknown, holds_first, listed, shift } = &answers.items[item];
        let of_item = &answers.designed.items[item];
        let Some((last, others)) = listed.split_last() else { return Ok(()) };
        let mut known = Cow::Borrowed(known.as_slice());
        let mut open = Cow::Borrowed(unknown.as_slice());
        let mut holds = Cow::Borrowed(holds_first.as_slice());
        self.learner.leave_out(&of_item.columns);
        for (stage, answer) in others.iter().enumerate() {
            if open.is_empty() {
                break;
            }
            if stage > 0 {
                known.to_mut().retain(|row| of_item.codes[*row as usize] != others[stage - 1]);
                holds = Cow::Owned(held(of_item, &known, *answer));
            }
            let start = self.last[item].get(stage).cloned();
            let weights = answers.weighted.then_some(answers.designed.joined.weights.as_slice());
            let near = self.learner.learn(&self.codes, &known, &holds, weights, start)?;
            let theta = drawn(&near, &mut self.stream);
            match self.last[item].get_mut(stage) {
                Some(kept) => *kept = near.coefficients,
                None => self.last[item].push(near.coefficients),
            }
            let shift = if stage == 0 { *shift } else { 0.0 };
            let chosen = self.choose(&open, &theta, shift);
            self.codes.set(
                item,
                &open,
                |number| if chosen[number] { answer - 1 } else { last - 1 },
            );
            if stage + 1 < others.len() {
                let mut chosen = chosen.into_iter();
                open.to_mut().retain(|_| chosen.next() == Some(false));
            }
        }
        if others.is_empty() {
            self.codes.set(item, unknown, |_| last - 1);
        }
        Ok(())
    }

    /// Which rows get the answer whose log-odds these coefficients give.
    fn choose(&mut self, rows: &[u32], theta: &[f64], shift: f64) -> Vec<bool> {
        let Self { codes, learner, stream, .. } = self;
        let log_odds = &mut learner.log_odds;
        codes.linear_at(rows, &learner.scaling, theta, log_odds);
        exponential::replace_by_odds_against(log_odds, shift);
        log_odds.iter().map(|against| stream.unit() * (1.0 + against) < 1.0).collect()
    }
}

/// Coefficients drawn from a normal about the optimum with its covariance.
fn drawn(near: &Near, stream: &mut Stream) -> Vec<f64> {
    let normal: Vec<f64> =
        near.coefficients.iter().map(|_| normal_quantile(stream.unit().max(1e-15))).collect();
    let moved = near.factor.spread(&normal);
    near.coefficients.iter().zip(moved).map(|(theta, by)| theta + by).collect()
}
