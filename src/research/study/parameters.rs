//! Fitted parameters, and the numbers of an instrument that each of them moves.

use serde::Serialize;

use super::StudyError;
use crate::base::STEPS_PER_UNIT;
use crate::instrument::Instrument;
use crate::research::fit::Designed;

/// A number of an instrument that a fitted parameter moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Moved {
    /// The intercept.
    Intercept,
    /// The weight of an answer.
    Answer {
        /// Id of the item.
        item: String,
        /// Id of the answer.
        answer: String,
    },
}

/// A fitted parameter of one outcome with the numbers that it moves.
///
/// One column of a design is one parameter: an indicator moves one answer by 1, an ordered item
/// each answer by its step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// Its name, for messages.
    pub name: String,
    /// Id of the outcome.
    pub outcome: String,
    /// What it moves, and by how much for each unit of the parameter.
    pub moves: Vec<(Moved, f64)>,
}

impl Parameter {
    /// The intercept of an outcome.
    #[must_use]
    pub fn intercept(outcome: &str) -> Self {
        let moves = vec![(Moved::Intercept, 1.0)];
        Parameter { name: format!("{outcome}: intercept"), outcome: outcome.to_owned(), moves }
    }

    /// The weight of one answer.
    #[must_use]
    pub fn answer(outcome: &str, item: &str, answer: &str) -> Self {
        let moved = Moved::Answer { item: item.to_owned(), answer: answer.to_owned() };
        Parameter {
            name: format!("{outcome}: {item} = {answer}"),
            outcome: outcome.to_owned(),
            moves: vec![(moved, 1.0)],
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Moves {
    pub(super) outcome: usize,
    /// Item and code, or the intercept.
    pub(super) answer: Option<(usize, u8)>,
    /// Millionths for each unit of the parameter.
    pub(super) steps: f64,
}

/// The parameters of a design: the intercept, then its columns. A column moves the weight of every
/// answer by what the answer has more than *unknown*; what *unknown* has moves the intercept.
pub(super) fn of_design(instrument: &Instrument, designed: &Designed) -> Vec<Parameter> {
    let outcome = designed.outcome.as_str();
    let mut parameters = vec![Parameter::intercept(outcome)];
    for name in designed.columns.names() {
        let (outcome, name) = (outcome.to_owned(), name.clone());
        parameters.push(Parameter { name, outcome, moves: Vec::new() });
    }
    for designed_item in &designed.items {
        let Some(item) = instrument.codebook().items().get(designed_item.item) else { continue };
        for (position, &column) in designed_item.columns.iter().enumerate() {
            let Some(parameter) = parameters.get_mut(column + 1) else { continue };
            let unknown = designed_item.table[[0, position]];
            if unknown != 0.0 {
                parameter.moves.push((Moved::Intercept, unknown));
            }
            for (code, answer) in item.answers.iter().enumerate() {
                let by = designed_item.table[[code + 1, position]] - unknown;
                if by != 0.0 {
                    let (item, answer) = (item.id.clone(), answer.id.clone());
                    parameter.moves.push((Moved::Answer { item, answer }, by));
                }
            }
        }
    }
    parameters
}

pub(super) fn resolve(
    instrument: &Instrument,
    parameter: &Parameter,
) -> Result<Vec<Moves>, StudyError> {
    let missing = |what: &'static str, name: &str| StudyError::Parameter {
        parameter: parameter.name.clone(),
        what,
        name: name.to_owned(),
    };
    let outcome = instrument
        .outcome_position(&parameter.outcome)
        .ok_or_else(|| missing("outcome", &parameter.outcome))?;
    let codebook = instrument.codebook();
    let resolved = parameter.moves.iter().map(|(moved, by)| {
        let answer = match moved {
            Moved::Intercept => None,
            Moved::Answer { item, answer } => {
                let position = codebook.item_position(item).ok_or_else(|| missing("item", item))?;
                let code = codebook.items()[position].code_of(answer);
                Some((position, code.ok_or_else(|| missing("answer", answer))?))
            }
        };
        Ok(Moves { outcome, answer, steps: by * f64::from(STEPS_PER_UNIT) })
    });
    resolved.collect()
}

#[cfg(all(test, feature = "csv"))]
mod tests {
    use super::*;
    use crate::base::Seed;
    use crate::reference;
    use crate::research::study::Uncertainty;

    #[test]
    fn the_parameters_of_a_design_make_up_the_instrument_fitted_on_it() {
        use crate::research::fit::{Design, Labels, LinearWeights, Logistic, Naming};
        use crate::synthetic::{Generator, write_outcomes};
        let base = reference::published().unwrap().instrument().clone();
        let codebook = base.codebook();
        let mut backlog = crate::BacklogBuilder::new(codebook);
        let cases: Vec<_> = Generator::new(Seed(3)).cases().take(2_500).collect();
        for case in &cases {
            backlog.push(&case.complaint).unwrap();
        }
        let mut text = Vec::new();
        write_outcomes(&mut text, cases).unwrap();
        let (labels, _) = Labels::read_csv(text.as_slice()).unwrap();
        let outcome = "contact_offending";
        let design = Design::new().items(&["prior_conviction_count", "tip_source"]);
        let designed = design.apply(&backlog.freeze(), &labels, outcome).unwrap();
        let model = Logistic::new().ridge(1.0).fit_sample(&designed.sample().unwrap()).unwrap();
        let weights = LinearWeights::from(&model);
        let naming = Naming::new("fitted", "Made up for a test.");
        let fitted = designed.instrument(codebook, &naming, &weights).unwrap();
        let mut values = vec![model.intercept()];
        values.extend(model.weights());
        let parameters = of_design(&fitted, &designed);
        assert_eq!(parameters.len(), values.len());
        let mut intercept = 0.0;
        let mut sums = std::collections::BTreeMap::<(usize, u8), f64>::new();
        for (parameter, value) in parameters.iter().zip(&values) {
            for (moved, by) in &parameter.moves {
                match moved {
                    Moved::Intercept => intercept += by * value,
                    Moved::Answer { item, answer } => {
                        let position = codebook.item_position(item).unwrap();
                        let code = codebook.items()[position].code_of(answer).unwrap();
                        *sums.entry((position, code)).or_default() += by * value;
                    }
                }
            }
        }
        let close = |steps: i32, value: f64| (f64::from(steps) - value * 1e6).abs() < 1.0;
        assert!(close(fitted.intercept_at(0).steps(), intercept));
        for (position, item) in codebook.items().iter().enumerate() {
            for code in 1..item.code_count() as u8 {
                let value = sums.get(&(position, code)).copied().unwrap_or(0.0);
                assert!(close(fitted.weight_at(0, position, code).steps(), value), "{}", item.id);
            }
        }
        let uncertainty = Uncertainty::of_fits(&fitted, &[(&designed, &model)]).unwrap();
        // The intercept's own variance, and that of all that moves with it, shows in draws.
        let draws: Vec<f64> = (0..400)
            .map(|draw| uncertainty.draw(draw, Seed(9)).unwrap())
            .map(|set| f64::from(set.intercepts()[0] - uncertainty.base().intercepts()[0]) / 1e6)
            .collect();
        let spread: f64 = draws.iter().map(|d| d * d).sum::<f64>() / 400.0;
        let loads: Vec<f64> = parameters
            .iter()
            .map(|p| p.moves.iter().filter(|(m, _)| *m == Moved::Intercept).map(|(_, by)| by).sum())
            .collect();
        let mut expected = 0.0;
        // The audit slice's weights count, so that the model's covariance would be far too small.
        let counted = crate::research::study::fit_covariance::FitCovariance::of(&designed, &model);
        let counted = counted.unwrap().matrix;
        assert!(counted[[0, 0]] > model.covariance()[[0, 0]]);
        for ((i, j), value) in counted.indexed_iter() {
            expected += loads[i] * loads[j] * value;
        }
        assert!((spread / expected - 1.0).abs() < 0.25, "{spread} for {expected}");
    }

    /// Three copies of every complaint about its subject tell no more than one.
    #[test]
    fn copies_of_complaints_make_no_weight_surer() {
        use crate::research::fit::{Design, Labels, LinearWeights, Logistic, Naming};
        use crate::synthetic::{Generator, write_outcomes};
        let base = reference::published().unwrap().instrument().clone();
        let codebook = base.codebook();
        let cases: Vec<_> = Generator::new(Seed(3)).cases().take(1_200).collect();
        let outcome = "contact_offending";
        let spread = |copies: usize| -> (f64, Option<usize>) {
            let mut backlog = crate::BacklogBuilder::new(codebook);
            let mut labels = Labels::new();
            let mut text = Vec::new();
            write_outcomes(&mut text, cases.clone()).unwrap();
            let (read, _) = Labels::read_csv(text.as_slice()).unwrap();
            for copy in 0..copies {
                for case in &cases {
                    // The same complaint under another id.
                    let mut file = serde_json::to_value(&case.complaint).unwrap();
                    file["id"] = format!("{}-{copy}", case.complaint.id()).into();
                    let again: crate::Complaint = serde_json::from_value(file).unwrap();
                    backlog.push(&again.with_subject(case.complaint.id()).unwrap()).unwrap();
                }
                for label in read.labels() {
                    let complaint = format!("{}-{copy}", label.complaint);
                    let weight = 1.0;
                    labels
                        .push(crate::research::fit::Label { complaint, weight, ..label.clone() })
                        .unwrap();
                }
            }
            let design = Design::new().items(&["tip_source"]);
            let designed = design.apply(&backlog.freeze(), &labels, outcome).unwrap();
            let ridge = Logistic::new().ridge(copies as f64);
            let model = ridge.fit_sample(&designed.sample().unwrap()).unwrap();
            let naming = Naming::new("fitted", "Made up for a test.");
            let weights = LinearWeights::from(&model);
            let fitted = designed.instrument(codebook, &naming, &weights).unwrap();
            let uncertainty = Uncertainty::of_fits(&fitted, &[(&designed, &model)]).unwrap();
            let draws = (0..400).map(|draw| uncertainty.draw(draw, Seed(9)).unwrap());
            let moved = draws.map(|set| {
                (f64::from(set.intercepts()[0] - uncertainty.base().intercepts()[0]) / 1e6).powi(2)
            });
            let crate::research::study::Basis::Covariance { subjects, .. } = uncertainty.basis()
            else {
                panic!("not a fit's")
            };
            (moved.sum::<f64>() / 400.0, subjects)
        };
        let ((single, alone), (triple, shared)) = (spread(1), spread(3));
        assert_eq!(alone, None);
        assert!(shared.is_some());
        assert!(
            (triple / single - 1.0).abs() < 0.25,
            "{triple} for {single}; rows would give a third"
        );
    }
}
