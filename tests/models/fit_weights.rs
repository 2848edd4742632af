//! What a fit says of its case weights, of columns that a penalty alone holds apart, and of thin answers.

use caserank::ndarray::Array2;
use caserank::research::fit::{
    Advice, Burgess, ClassWeights, Columns, Estimate, Firth, FitError, FitWarning, LinearWeights,
    Logistic, LogisticModel, RoundedWeights, Sample, Scores,
};
use caserank::{Seed, Stream};

/// Three yes/no columns and labels that follow the first.
fn drawn(stream: &mut Stream, rows: usize) -> (Columns, Vec<bool>) {
    let values = Array2::from_shape_fn((rows, 3), |_| f64::from(u8::from(stream.chance(0.4))));
    let labels = (0..rows).map(|row| stream.chance(0.2 + 0.4 * values[[row, 0]])).collect();
    (Columns::from_matrix(&["a", "b", "c"], values.view()).unwrap(), labels)
}

fn has(model: &LogisticModel, is: fn(&FitWarning) -> bool) -> bool {
    model.report().warnings.iter().any(is)
}

fn rebalanced(warning: &FitWarning) -> bool {
    *warning == FitWarning::ClassWeights
}

#[test]
fn weights_that_rebalance_outcomes_say_what_does_not_hold() {
    let (columns, labels) = drawn(&mut Seed(31).stream(0), 600);
    let plain = Sample::new(&columns, &labels).unwrap();
    let events = plain.events() as f64;
    let (with, without) = (300.0 / events, 300.0 / (600.0 - events));
    let by_class = |label: &bool| if *label { with } else { without };
    let case_weights: Vec<f64> = labels.iter().map(by_class).collect();
    let balanced = Logistic::new().class_weights(ClassWeights::Balanced);
    let balanced = balanced.fit_sample(&plain).unwrap();
    // The same weights row by row make the same fit, and say the same.
    let weighted = plain.clone().weights(&case_weights).unwrap();
    let by_row = Logistic::new().fit_sample(&weighted).unwrap();
    assert!((balanced.weights()[0] - by_row.weights()[0]).abs() < 1e-8);
    for model in [&balanced, &by_row, &Firth::new().fit_sample(&weighted).unwrap()] {
        assert_eq!(model.report().warnings.iter().filter(|w| rebalanced(w)).count(), 1);
        let text = model.report().to_string();
        for word in ["intercept and probabilities are shifted", "standard errors", "robust"] {
            assert!(text.contains(word), "{word}: {text}");
        }
        let effects = model.marginal_effects(&columns, Default::default());
        assert!(effects.unwrap().iter().all(|of| of.cautions.contains(&FitWarning::ClassWeights)));
    }
    // Once both class weights and case weights are such it is said once.
    let twice = Logistic::new().class_weights(ClassWeights::Balanced).fit_sample(&weighted);
    let twice = twice.unwrap();
    assert_eq!(twice.report().warnings.iter().filter(|w| rebalanced(w)).count(), 1);
    // Weights that differ within an outcome, or not at all, are of another kind.
    let sampling: Vec<f64> = (0..600).map(|row| if row % 3 == 0 { 1.5 } else { 0.75 }).collect();
    for weights in [&sampling, &vec![1.0; 600]] {
        let model = Logistic::new().fit_sample(&plain.clone().weights(weights).unwrap()).unwrap();
        assert!(!has(&model, rebalanced));
    }
}

#[test]
fn a_complaint_of_next_to_no_weight_that_alone_breaks_separation_is_told() {
    // All with the answer have the outcome but one, which weighs nothing to speak of; a number beside it.
    let rows = 200;
    let answer: Vec<f64> = (0..rows).map(|row| f64::from(u8::from(row < 40))).collect();
    let number: Vec<f64> = (0..rows).map(|row| f64::from(row * 37 % 101)).collect();
    let mut labels: Vec<bool> = (0..rows).map(|row| row < 40 || row % 3 == 0).collect();
    labels[7] = false;
    let columns = Columns::builder(200).numbers("answer", answer).unwrap();
    let columns = columns.numbers("number", number).unwrap().build();
    let fit = |weight: f64| {
        let mut weights = vec![1.0; 200];
        weights[7] = weight;
        let sample = Sample::new(&columns, &labels).unwrap().weights(&weights).unwrap();
        Logistic::new().fit_sample(&sample)
    };
    let thin = |model: &LogisticModel| {
        let cautions = &model.report().estimate("answer").unwrap().cautions;
        cautions.iter().find_map(|caution| match caution {
            FitWarning::ThinAnswer { rows, events, .. } => Some((*rows, *events)),
            _ => None,
        })
    };
    let told = FitWarning::NegligibleWeights { rows: 1 };
    for weight in [1e-7, 1e-30, 1e-90] {
        let model = fit(weight).unwrap();
        assert!(model.weights()[0] > 10.0, "{:?}", model.weights());
        assert!(model.report().warnings.contains(&told), "{weight:e}");
        assert!(model.report().to_string().contains("1 complaints weigh less than a millionth"));
        // Nothing without the outcome counts among those with the answer.
        assert_eq!(thin(&model), Some((39, 39)), "{weight:e}");
    }
    let whole = fit(1.0).unwrap();
    assert!(!whole.report().warnings.contains(&told));
    assert_eq!(thin(&whole), Some((40, 39)));
    assert!(matches!(fit(0.0), Err(FitError::Separated { .. })));
}

#[test]
fn thin_answers_are_counted_by_weight() {
    let rows = 300;
    let answer: Vec<f64> = (0..rows).map(|row| f64::from(u8::from(row < 60))).collect();
    let labels: Vec<bool> = (0..rows).map(|row| row % 2 == 0).collect();
    let columns = Columns::builder(300).numbers("answer", answer).unwrap().build();
    let thin = |weights: &[f64]| {
        let sample = Sample::new(&columns, &labels).unwrap().weights(weights).unwrap();
        let model = Firth::new().fit_sample(&sample).unwrap();
        let cautions = model.report().estimate("answer").unwrap().cautions.clone();
        cautions.into_iter().find(|caution| matches!(caution, FitWarning::ThinAnswer { .. }))
    };
    // Thirty with the answer and the outcome, and all but a few of no weight, or of little.
    let weighted = |row: usize, rest: f64| if (6..60).contains(&row) { rest } else { 1.0 };
    assert_eq!(thin(&[1.0; 300]), None);
    let without: Vec<f64> = (0..300).map(|row| weighted(row, 0.0)).collect();
    let told =
        |rows, events| Some(FitWarning::ThinAnswer { column: "answer".to_owned(), rows, events });
    assert_eq!(thin(&without), told(6, 3));
    // (3 + 27 × 0.02)² / (3 + 27 × 0.0004) is 4.16 of each outcome.
    let light: Vec<f64> = (0..300).map(|row| weighted(row, 0.02)).collect();
    assert_eq!(thin(&light), told(8, 4));
    // At any scale.
    let scaled: Vec<f64> = light.iter().map(|weight| 1e6 * weight).collect();
    assert_eq!(thin(&scaled), told(8, 4));
}

#[test]
fn columns_that_a_penalty_alone_holds_apart_are_told() {
    let (columns, labels) = drawn(&mut Seed(32).stream(0), 400);
    let [a, b, c] = [0, 1, 2].map(|number| columns.column(number).unwrap());
    let sum: Vec<f64> = a.iter().zip(&b).map(|(x, y)| x + y).collect();
    let build = |named: &[(&str, &Vec<f64>)]| {
        let start = Columns::builder(400);
        let all = named.iter().try_fold(start, |all, (name, x)| all.numbers(name, (*x).clone()));
        all.unwrap().build()
    };
    let repeated = |model: &LogisticModel| -> Vec<String> {
        let estimates = model.report().estimates.iter();
        let is = |estimate: &&Estimate| {
            let of = FitWarning::Repeated { column: estimate.name.clone() };
            assert_eq!(estimate.cautions.contains(&of), model.report().warnings.contains(&of));
            estimate.cautions.contains(&of)
        };
        estimates.filter(is).map(|estimate| estimate.name.clone()).collect()
    };
    let flat = vec![2.5; 400];
    for (named, wanted) in [
        (vec![("a", &a), ("twin", &a), ("c", &c)], vec!["a", "twin"]),
        (vec![("a", &a), ("b", &b), ("sum", &sum), ("c", &c)], vec!["a", "b", "sum"]),
        (vec![("a", &a), ("flat", &flat), ("c", &c)], vec!["flat"]),
        (vec![("a", &a), ("b", &b), ("c", &c)], vec![]),
    ] {
        let columns = build(&named);
        let sample = Sample::new(&columns, &labels).unwrap();
        for ridge in [1e-9, 1e-3, 1.0] {
            let model = Logistic::new().ridge(ridge).fit_sample(&sample).unwrap();
            assert_eq!(repeated(&model), wanted, "{ridge:e}");
            let told = format!("divides the weight between them: {}", wanted.join(", "));
            assert_eq!(model.report().to_string().contains(&told), !wanted.is_empty());
            let marked = model.report().estimate("a").unwrap().cautions.is_empty();
            assert_eq!(marked, !wanted.contains(&"a"));
            // What the others say of the rest is still known.
            let vif = model.report().estimate("c").unwrap().vif.unwrap();
            assert!((1.0 - 1e-9..1.5).contains(&vif), "{vif}");
        }
    }
    // Among the rows with weight alone: one row that tells twins apart does not count where it weighs nothing.
    let mut other = a.clone();
    other[3] = 1.0 - other[3];
    let mut weights = vec![1.0; 400];
    weights[3] = 0.0;
    let columns = build(&[("a", &a), ("twin", &other), ("c", &c)]);
    let sample = Sample::new(&columns, &labels).unwrap().weights(&weights).unwrap();
    let model = Logistic::new().ridge(1.0).fit_sample(&sample).unwrap();
    assert_eq!(repeated(&model), ["a", "twin"]);
}

#[test]
fn a_penalty_beside_weights_that_are_no_counts_is_told() {
    // Firth's estimate of a 2 × 2 table adds a half to each cell; a weight counts complaints there.
    let cells = [(1.0, true, 6), (1.0, false, 2), (0.0, true, 5), (0.0, false, 15)];
    let (mut answer, mut labels) = (Vec::new(), Vec::new());
    for (value, label, count) in cells {
        answer.extend(std::iter::repeat_n(value, count));
        labels.extend(std::iter::repeat_n(label, count));
    }
    let columns = Columns::builder(28).numbers("answer", answer).unwrap().build();
    let by_hand = |scale: f64| {
        let [a, b, c, d] = cells.map(|(_, _, count)| scale * count as f64 + 0.5);
        (a / b).ln() - (c / d).ln()
    };
    let scale = |warning: &FitWarning| matches!(warning, FitWarning::PenaltyScale { .. });
    for (weight, told) in [(1.0, false), (10.0, true), (0.1, true)] {
        let weights = vec![weight; 28];
        let sample = Sample::new(&columns, &labels).unwrap().weights(&weights).unwrap();
        let model = Firth::new().fit_sample(&sample).unwrap();
        assert!((model.weights()[0] - by_hand(weight)).abs() < 1e-8, "{weight}");
        assert_eq!(has(&model, scale), told, "{weight}");
        let ridge = Logistic::new().ridge(1.0).fit_sample(&sample).unwrap();
        assert_eq!(has(&ridge, scale), told);
        let text = ridge.report().to_string();
        assert_eq!(text.contains("at another scale of the weights the estimates are others"), told);
        // Without a penalty estimates do not move.
        assert!(!has(&Logistic::new().fit_sample(&sample).unwrap(), scale));
    }
}

#[test]
fn advice_counts_the_rarer_of_events_and_others() {
    let (columns, labels) = drawn(&mut Seed(33).stream(0), 900);
    let odds: Vec<f64> = columns.column(0).unwrap().iter().map(|a| a - 1.0).collect();
    // Nearly all have the outcome: sixty have not.
    let without: Vec<usize> = (0..900).filter(|row| !labels[*row]).take(60).collect();
    let labels: Vec<bool> = (0..900).map(|row| !without.contains(&row)).collect();
    let line = Scores::new(&odds, &labels).unwrap().line().unwrap();
    assert!(matches!(line.advice, Advice::Intercept { events: 60.0 }), "{:?}", line.advice);
    let by_group = Scores::new(&odds, &labels).unwrap().by_group(&["all"; 900]).unwrap();
    assert_eq!(by_group.advice, line.advice);
    let model = Logistic::new().fit_sample(&Sample::new(&columns, &labels).unwrap()).unwrap();
    let report = model.report();
    assert_eq!((report.effective_events, report.effective_rarer), (840.0, 60.0));
    assert!((report.events_per_parameter - 20.0).abs() < 1e-12);
}

#[test]
fn the_loss_of_rounded_weights_is_finite_or_named() {
    let (columns, labels) = drawn(&mut Seed(34).stream(0), 200);
    let sample = Sample::new(&columns, &labels).unwrap();
    let names = columns.names();
    // So large that every probability rounds to 0 or 1.
    let sure = LinearWeights::new(names, -40.0, &[800.0, -30.0, 5.0]).unwrap();
    let found = RoundedWeights::new(&sure, &sample, 5).unwrap();
    let by_hand: f64 = sure
        .log_odds(&columns)
        .unwrap()
        .iter()
        .zip(&labels)
        .map(|(eta, label)| if *label { (-eta).max(0.0) } else { eta.max(0.0) })
        .sum();
    assert!((found.log_loss - by_hand / 200.0).abs() < 1e-3, "{} {by_hand}", found.log_loss);
    assert!(found.log_loss_of_points.is_finite() && found.added_log_loss().is_finite());
    // A complaint that all but nobody stands beside: its total's probability rounds to 1.
    let mut weights = vec![1.0; 200];
    let ones = |row: &usize| columns.column(0).unwrap()[*row] == 1.0;
    let (mut with, mut without) = (None, None);
    for row in (0..200).filter(ones) {
        weights[row] = 0.0;
        if labels[row] { with = Some(row) } else { without = Some(row) }
    }
    (weights[with.unwrap()], weights[without.unwrap()]) = (1e90, 1.0);
    let sample = Sample::new(&columns, &labels).unwrap().weights(&weights).unwrap();
    let gentle = LinearWeights::new(names, 0.0, &[1.0, 0.0, 0.0]).unwrap();
    let found = RoundedWeights::new(&gentle, &sample, 1).unwrap();
    assert!(found.log_loss_of_points.is_finite() && found.log_loss.is_finite(), "{found:?}");
    // Beyond all numbers there is no loss to give.
    let far = Columns::builder(2).numbers("far", vec![1e100, 0.0]).unwrap().build();
    let weights = LinearWeights::new(far.names(), 0.0, &[1e300]).unwrap();
    let sample = Sample::new(&far, &[true, false]).unwrap();
    let error = RoundedWeights::new(&weights, &sample, 5).unwrap_err();
    assert!(matches!(error, FitError::NotFinite { row: 0, .. }), "{error}");
}

#[test]
fn a_cards_intervals_count_subjects_once() {
    let rows = 240;
    let answer: Vec<f64> = (0..rows).map(|row| f64::from(u8::from(row % 2 == 0))).collect();
    let labels: Vec<bool> = (0..rows).map(|row| row % 4 == 0 || row % 10 == 1).collect();
    let columns = Columns::builder(240).numbers("answer", answer).unwrap().build();
    let plain = Sample::new(&columns, &labels).unwrap();
    let card = |sample: &Sample<'_>| Burgess::new().fit_sample(sample).unwrap().table;
    let widths = |sample: &Sample<'_>| -> Vec<f64> {
        card(sample).iter().map(|row| row.interval.upper - row.interval.lower).collect()
    };
    // Each answer's 120 complaints are about 12 subjects, ten of each.
    let clusters: Vec<u32> = (0..240).map(|row| row / 20 * 2 + row % 2).collect();
    let clustered = plain.clone().clusters(&clusters).unwrap();
    let alone: Vec<u32> = (0..240).collect();
    assert_eq!(widths(&plain.clone().clusters(&alone).unwrap()), widths(&plain));
    // Wilson's interval on twelve.
    let by_hand = |rate: f64| {
        let (n, z) = (12.0, 1.959_963_984_540_054_f64);
        2.0 * z * (rate * (1.0 - rate) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n)
    };
    for (row, width) in card(&clustered).iter().zip(widths(&clustered)) {
        assert!((width - by_hand(row.observed)).abs() < 1e-12, "{row:?}");
    }
}

#[test]
fn weights_of_any_scale_give_an_optimum_or_a_refusal() {
    let mut stream = Seed(34).stream(0);
    let (mut given, mut refused) = (0, 0);
    for _ in 0..400 {
        let (columns, labels) = drawn(&mut stream, 20);
        let weights: Vec<f64> =
            (0..20).map(|_| [1e-90, 1.0, 1e90][stream.below(3) as usize]).collect();
        let sample = Sample::new(&columns, &labels).unwrap().weights(&weights).unwrap();
        for method in [Logistic::new(), Logistic::new().ridge(1e-9), Logistic::new().ridge(1.0)] {
            let Ok(model) = method.fit_sample(&sample) else {
                refused += 1;
                continue;
            };
            given += 1;
            let report = model.report();
            let numbers = [report.null_log_likelihood, report.nagelkerke, report.mcfadden];
            assert!(numbers.iter().all(|number| number.is_finite()), "{report}");
            let slack = 1e-6 * report.null_log_likelihood.abs();
            assert!(report.log_likelihood >= report.null_log_likelihood - slack, "{report}");
        }
    }
    assert!(given > 0 && refused > 0, "{given} {refused}");
}
