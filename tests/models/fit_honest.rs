//! Cards and imports: *unknown* is the average, weights of any scale, bad weights named, imports checked.

use caserank::complaint::Origin;
use caserank::ndarray::Array2;
use caserank::research::fit::{
    Bivariate, Burgess, ClassWeights, Coding, ColumnCoding, Columns, Design, Firth, FitError,
    FitWarning, Imported, Labels, LinearWeights, Logistic, Naming, Nuffield, Penalty, RidgePath,
    RiskScore, Sample,
};
use caserank::{
    Backlog, BacklogBuilder, Codebook, Complaint, Instrument, Seed, Stream, Timestamp, reference,
};

const OUTCOME: &str = "contact_offending";
/// Of these a missing answer means that nothing was found.
const ITEMS: [&str; 3] = ["prior_csem_offence", "prior_violent_offence", "substance_misuse"];
/// Of these a missing answer means that nobody knows.
const ASKED: [&str; 3] = ["novel_material", "devices_over_two", "interest_two_years_or_more"];

fn backlog(known: usize, blank: usize, subject: &str) -> (Backlog, Labels, Codebook) {
    backlog_of(&ITEMS, known, blank, subject)
}

/// Complaints that answer every one of the items, then some that answer none; the subject is the same word in all.
fn backlog_of(
    items: &[&str],
    known: usize,
    blank: usize,
    subject: &str,
) -> (Backlog, Labels, Codebook) {
    let codebook = reference::published().unwrap().codebook().clone();
    let mut stream = Seed(5).stream(0);
    let mut builder = BacklogBuilder::new(&codebook);
    let mut labels = String::from("complaint,outcome,result\n");
    let received: Timestamp = "2025-01-01".parse().unwrap();
    for number in 0..known + blank {
        let mut complaint = Complaint::new(format!("c-{number:04}"), received)
            .unwrap()
            .with_origin(Origin::Prospective)
            .with_subject(subject)
            .unwrap();
        let mut score = 0;
        if number < known {
            for (place, item) in items.iter().enumerate() {
                let yes = stream.below(10) < 3 + place as u64;
                score += u64::from(yes) * (2 + place as u64);
                complaint = complaint.with_answer(*item, if yes { "yes" } else { "no" });
            }
        }
        builder.push(&complaint).unwrap();
        let yes = stream.below(20) < 2 + score * 2;
        labels += &format!("c-{number:04},{OUTCOME},{}\n", if yes { "yes" } else { "no" });
    }
    let labels = Labels::read_csv(labels.as_bytes()).unwrap().0;
    (builder.freeze(), labels, codebook)
}

fn score(instrument: &Instrument, backlog: &Backlog, row: usize) -> f64 {
    let outcome = instrument.outcome_index(OUTCOME).unwrap();
    let weight = |item| instrument.weight(outcome, item, backlog.code(row, item)).to_f64();
    let weights = backlog.codebook().item_indices().map(weight);
    instrument.intercept(outcome).to_f64() + weights.sum::<f64>()
}

#[test]
fn unknown_is_the_average_of_an_items_points_in_every_method() {
    // Learnt without unknowns; judged on a complaint without answers.
    let (backlog, labels, codebook) = backlog_of(&ASKED, 600, 0, "s");
    let design = Design::new().items(&ASKED).coding(Coding::Answers);
    let designed = design.apply(&backlog, &labels, OUTCOME).unwrap();
    let sample = Sample::new(&designed.columns, &designed.joined.labels).unwrap();
    let naming = Naming::new("card", "test");
    let cards = [
        Burgess::new().least_difference(0.001).fit_sample(&sample).unwrap(),
        Nuffield::new().fit_sample(&sample).unwrap(),
        Bivariate::new().fit_sample(&sample).unwrap().card,
    ];
    let mut instruments: Vec<Instrument> = cards
        .iter()
        .map(|card| designed.point_instrument(&codebook, &naming, card).unwrap())
        .collect();
    let best = &RiskScore::new(3).fit_sample(&sample).unwrap()[0];
    let weights = best.weights(designed.columns.names()).unwrap();
    instruments.push(designed.instrument(&codebook, &naming, &weights).unwrap());
    instruments.push(designed.point_instrument(&codebook, &naming, &best.card).unwrap());
    for (number, instrument) in instruments.iter().enumerate() {
        let all: Vec<f64> =
            (0..backlog.len()).map(|row| score(instrument, &backlog, row)).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let blank = instrument.intercept(instrument.outcome_index(OUTCOME).unwrap()).to_f64();
        assert!((blank - mean).abs() < 1e-4, "method {number}: {blank} against a mean of {mean}");
        let below = all.iter().filter(|score| **score < blank).count();
        assert!(below < all.len() && all.iter().any(|score| *score <= blank), "method {number}");
    }
    // A complaint whose answers are all known keeps the whole points of the card.
    let totals = cards[0].totals(&designed.columns).unwrap();
    for (row, total) in designed.joined.rows.iter().zip(totals) {
        assert!((score(&instruments[0], &backlog, *row) - total).abs() < 1e-4);
    }
}

#[test]
fn a_placeholder_is_nobody_and_that_is_told() {
    for (subject, told) in [("unknown", true), ("N/A", true), ("-", true), ("s-17", false)] {
        let (backlog, labels, _) = backlog(200, 0, subject);
        let designed = Design::new().items(&ITEMS).apply(&backlog, &labels, OUTCOME).unwrap();
        assert_eq!(designed.notes.iter().any(|note| note.contains(subject)), told, "{subject}");
        let fit = Logistic::new().ridge(1.0).fit_sample(&designed.sample().unwrap());
        if told {
            assert!(fit.unwrap().report().clusters.is_none());
        } else {
            assert!(matches!(fit, Err(FitError::OneCluster { rows: 200 })));
        }
    }
}

/// Three yes/no columns and labels that follow the first two.
fn drawn(stream: &mut Stream, rows: usize) -> (Columns, Vec<bool>) {
    let values = Array2::from_shape_fn((rows, 3), |_| f64::from(stream.below(10) < 4));
    let labels = (0..rows)
        .map(|row| {
            stream.below(10) as f64 + 0.5 < 1.0 + 4.0 * values[[row, 0]] + 2.0 * values[[row, 1]]
        })
        .collect();
    (Columns::from_matrix(&["a", "b", "c"], values.view()).unwrap(), labels)
}

#[test]
fn weights_out_of_range_are_named_and_their_scale_does_not_matter() {
    let (columns, labels) = drawn(&mut Seed(6).stream(0), 400);
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let mut weights = vec![1.0; 400];
        weights[7] = bad;
        let error = Sample::new(&columns, &labels).unwrap().weights(&weights).unwrap_err();
        assert!(matches!(error, FitError::Weight { row: 7, .. }), "{error}");
    }
    let zero: Vec<f64> = labels.iter().map(|label| f64::from(u8::from(!*label))).collect();
    let sample = Sample::new(&columns, &labels).unwrap().weights(&zero).unwrap();
    let one = FitError::OneClass { label: false };
    let balanced = Logistic::new().class_weights(ClassWeights::Balanced);
    assert_eq!(balanced.fit_sample(&sample).unwrap_err(), one);
    assert_eq!(Burgess::new().fit_sample(&sample).unwrap_err(), one);
    assert_eq!(RiskScore::new(2).fit_sample(&sample).unwrap_err(), one);

    let plain = Sample::new(&columns, &labels).unwrap();
    for scale in [1e-12, 3e7] {
        let weights = vec![scale; 400];
        let sample = Sample::new(&columns, &labels).unwrap().weights(&weights).unwrap();
        let near = |what: &str, a: f64, b: f64| {
            assert!((a - b).abs() < 1e-6 * b.abs().max(1.0), "{what} at {scale:e}: {a} {b}");
        };
        let (a, b) = (
            &RiskScore::new(2).fit_sample(&sample).unwrap()[0],
            &RiskScore::new(2).fit_sample(&plain).unwrap()[0],
        );
        assert_eq!(a.card.points, b.card.points);
        near("slope", a.log_odds_per_point, b.log_odds_per_point);
        near("loss", a.log_loss / scale, b.log_loss);
        for (x, y) in a.card.table.iter().zip(&b.card.table) {
            near("probability", x.probability, y.probability);
        }
        let (a, b) = (
            Bivariate::new().fit_sample(&sample).unwrap(),
            Bivariate::new().fit_sample(&plain).unwrap(),
        );
        near("bivariate", a.weights.weights[0], b.weights.weights[0]);
        near("its error", a.standard_errors[0], b.standard_errors[0]);
        let (a, b) = (balanced.fit_sample(&sample).unwrap(), balanced.fit_sample(&plain).unwrap());
        near("balanced", a.weights()[0], b.weights()[0]);
    }
}

#[test]
fn a_card_on_separable_columns_says_so() {
    let (columns, _) = drawn(&mut Seed(7).stream(0), 200);
    let a = columns.column(0).unwrap();
    let labels: Vec<bool> = a.iter().map(|value| *value == 1.0).collect();
    let card = &RiskScore::new(1).fit_sample(&Sample::new(&columns, &labels).unwrap()).unwrap()[0];
    assert!(card.cautions.contains(&FitWarning::TotalsSeparate), "{card:?}");
    let (columns, labels) = drawn(&mut Seed(8).stream(0), 400);
    let card = &RiskScore::new(2).fit_sample(&Sample::new(&columns, &labels).unwrap()).unwrap()[0];
    assert!(card.cautions.is_empty(), "{card:?}");
}

#[test]
fn an_import_states_its_coding_and_is_checked() {
    let (backlog, labels, codebook) = backlog_of(&ASKED, 400, 40, "s");
    let designed = Design::new().items(&ASKED).apply(&backlog, &labels, OUTCOME).unwrap();
    let names = designed.columns.names();
    // What another program has learnt on raw 0/1 columns, and what it predicts for two complaints.
    let (intercept, raw) = (-1.3, [0.9, 0.4, -0.2]);
    let predicted = |row: usize| {
        let eta: f64 = ASKED
            .iter()
            .zip(raw)
            .map(|(item, weight)| {
                let item = codebook.item_index(item).unwrap();
                let yes = codebook[item].code_of("yes").unwrap();
                weight * f64::from(u8::from(backlog.code(row, item) == yes))
            })
            .sum();
        1.0 / (1.0 + (-(intercept + eta)).exp())
    };
    let known: Vec<usize> = designed
        .joined
        .rows
        .iter()
        .copied()
        .take(60)
        .filter(|row| {
            ASKED.iter().all(|item| backlog.code(*row, codebook.item_index(item).unwrap()) != 0)
        })
        .take(2)
        .collect();
    let given = |coding: ColumnCoding| {
        let start = Imported::new(coding, intercept);
        let all = names.iter().zip(raw).fold(start, |all, (name, weight)| all.weight(name, weight));
        known.iter().fold(all, |all, row| all.check(*row, predicted(*row)))
    };
    let weights = designed.import(&given(ColumnCoding::Raw)).unwrap();
    let log_odds = weights.log_odds(&designed.columns).unwrap();
    for (row, eta) in designed.joined.rows.iter().zip(&log_odds) {
        let all =
            ASKED.iter().all(|item| backlog.code(*row, codebook.item_index(item).unwrap()) != 0);
        let p = 1.0 / (1.0 + (-eta).exp());
        assert!(!all || (p - predicted(*row)).abs() < 1e-9, "row {row}");
    }
    let wrong = designed.import(&given(ColumnCoding::Centred));
    assert!(matches!(wrong, Err(FitError::ImportDiffers { .. })), "{wrong:?}");
    // The same weights on columns that were centred: the intercept is then that of the average complaint.
    let share = |item: &str| {
        let item = codebook.item_index(item).unwrap();
        let yes = codebook[item].code_of("yes").unwrap();
        let codes = designed.joined.rows.iter().map(|row| backlog.code(*row, item));
        let known: Vec<u8> = codes.filter(|code| *code != 0).collect();
        known.iter().filter(|code| **code == yes).count() as f64 / known.len() as f64
    };
    let shift: f64 = ASKED.iter().zip(raw).map(|(item, weight)| weight * share(item)).sum();
    let start = Imported::new(ColumnCoding::Centred, intercept + shift);
    let all = names.iter().zip(raw).fold(start, |all, (name, weight)| all.weight(name, weight));
    let all = known.iter().fold(all, |all, row| all.check(*row, predicted(*row)));
    let centred = designed.import(&all).unwrap().log_odds(&designed.columns).unwrap();
    for (eta, same) in log_odds.iter().zip(&centred) {
        assert!((eta - same).abs() < 1e-9, "{eta} {same}");
    }
    let unchecked = Imported::new(ColumnCoding::Raw, 0.0);
    let unchecked = names.iter().fold(unchecked, |all, name| all.weight(name, 0.1));
    assert!(matches!(designed.import(&unchecked), Err(FitError::Setting { .. })));
    let missing = Imported::new(ColumnCoding::Raw, 0.0).weight(&names[0], 0.1).check(known[0], 0.5);
    assert!(matches!(designed.import(&missing), Err(FitError::OtherColumns { .. })));
    let plain = LinearWeights::new(names, 0.0, &[0.0; 3]);
    assert!(plain.is_ok());
}

#[test]
fn nested_fits_are_held_against_each_other_and_others_are_not() {
    let (columns, labels) = drawn(&mut Seed(9).stream(0), 500);
    let full = Logistic::new().fit_sample(&Sample::new(&columns, &labels).unwrap()).unwrap();
    let one = Columns::builder(500).numbers("a", columns.column(0).unwrap()).unwrap().build();
    let part = Logistic::new().fit_sample(&Sample::new(&one, &labels).unwrap()).unwrap();
    let test = full.against(&part).unwrap();
    let (above, below) = (full.report().log_likelihood, part.report().log_likelihood);
    assert_eq!((test.degrees, test.statistic), (2, 2.0 * (above - below)));
    // Two tests in a row add up to the overall one.
    let overall = full.report().likelihood_ratio.statistic;
    assert!((test.statistic + part.report().likelihood_ratio.statistic - overall).abs() < 1e-9);
    for (larger, smaller) in [(&part, &full), (&full, &full)] {
        assert!(matches!(larger.against(smaller), Err(FitError::NotNested { .. })));
    }
    let ridge =
        Logistic::new().ridge(1.0).fit_sample(&Sample::new(&one, &labels).unwrap()).unwrap();
    assert_eq!(ridge.report().penalty, Penalty::Ridge(1.0));
    assert!(
        full.against(&ridge).is_err() && ridge.report().to_string().contains("ridge penalty 1;")
    );
    let fewer: Vec<usize> = (0..400).collect();
    let other = one.select_rows(&fewer);
    let other = Logistic::new().fit_sample(&Sample::new(&other, &labels[..400]).unwrap()).unwrap();
    assert!(full.against(&other).is_err());
    // As many complaints and events, but other ones: the first complaint's finding given to one without it.
    let mut swapped = labels.clone();
    let apart = labels.iter().position(|label| *label != labels[0]).unwrap();
    swapped.swap(0, apart);
    let other = Logistic::new().fit_sample(&Sample::new(&one, &swapped).unwrap()).unwrap();
    assert!(full.against(&other).unwrap_err().to_string().contains("different complaints"));
    // A column of the same name with other numbers, which fits better.
    let told =
        labels.iter().enumerate().map(|(row, label)| f64::from(u8::from(*label != (row % 9 == 0))));
    let named = Columns::builder(500).numbers("a", told.collect()).unwrap().build();
    let other = Logistic::new().fit_sample(&Sample::new(&named, &labels).unwrap()).unwrap();
    assert!(full.against(&other).unwrap_err().to_string().contains("fits better"));
}

#[test]
fn a_penalty_is_chosen_on_complaints_left_out() {
    let (columns, labels) = drawn(&mut Seed(10).stream(0), 300);
    let sample = Sample::new(&columns, &labels).unwrap();
    let folds: Vec<usize> = (0..300).map(|row| row / 60).collect();
    let penalties = [1000.0, 0.01, 1.0, 10.0, 100.0];
    let path = RidgePath::new(&Logistic::new(), &sample, &penalties, &folds).unwrap();
    assert!(path.steps().is_sorted_by(|a, b| a.penalty < b.penalty));
    assert!(path.careful().penalty >= path.best().penalty);
    assert!(path.careful().log_loss <= path.best().log_loss + path.best().standard_error);
    // By hand for one penalty.
    let mut loss = 0.0;
    for fold in 0..5 {
        let outside: Vec<usize> = (0..300).filter(|row| folds[*row] != fold).collect();
        let part = columns.select_rows(&outside);
        let known: Vec<bool> = outside.iter().map(|row| labels[*row]).collect();
        let fit = Logistic::new().ridge_standardised(10.0);
        let fit = fit.fit_sample(&Sample::new(&part, &known).unwrap()).unwrap();
        let all = fit.probabilities(&columns).unwrap();
        loss -= (0..300)
            .filter(|row| folds[*row] == fold)
            .map(|row| if labels[row] { all[row].ln() } else { (1.0 - all[row]).ln() })
            .sum::<f64>();
    }
    let step = path.steps().iter().find(|step| step.penalty == 10.0).unwrap();
    assert!((step.log_loss - loss / 300.0).abs() < 1e-10);
    let subjects: Vec<u32> = (0..300).map(|row| row / 2 + u32::from(row == 60)).collect();
    let clustered = sample.clone().clusters(&subjects).unwrap();
    let split = RidgePath::new(&Logistic::new(), &clustered, &[1.0], &(0..300).collect::<Vec<_>>());
    assert!(matches!(split, Err(FitError::SplitCluster { .. })));
    for bad in [&[][..], &[0.0], &[f64::NAN]] {
        assert!(RidgePath::new(&Logistic::new(), &sample, bad, &folds).is_err());
    }
    assert!(RidgePath::new(&Logistic::new(), &sample, &[1.0], &[0; 300]).is_err());
}

#[test]
fn ten_thousand_columns_are_packed_in_seconds() {
    let names: Vec<String> = (0..10_000).map(|column| format!("x{column}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let values =
        Array2::from_shape_fn((32, 10_000), |(row, column)| ((row * 7 + column) % 3) as f64);
    let columns = Columns::from_matrix(&names, values.view()).unwrap();
    assert_eq!(columns.names().len(), 10_000);
    assert_eq!(columns.column(9_999).unwrap(), values.column(9_999).to_vec());
}

#[test]
fn numbers_beyond_computing_are_named_and_never_fitted() {
    let (columns, labels) = drawn(&mut Seed(21).stream(0), 60);
    let sample = || Sample::new(&columns, &labels).unwrap();
    for size in [1e300, 1e101, 1e-101, 5e-324] {
        let error = sample().weights(&vec![size; 60]).map(|_| ()).unwrap_err();
        assert!(matches!(error, FitError::Weight { row: 0, .. }), "{error}");
        let values: Vec<f64> = (0..60).map(|row| f64::from(row % 7) * size).collect();
        let error = Columns::builder(60).numbers("far", values.clone()).map(|_| ()).unwrap_err();
        assert!(
            matches!(&error, FitError::Size { column, row: 1, .. } if column == "far"),
            "{error}"
        );
        let matrix = Array2::from_shape_vec((60, 1), values).unwrap();
        assert!(matches!(
            Columns::from_matrix(&["far"], matrix.view()),
            Err(FitError::Size { .. })
        ));
    }
    for offset in [f64::NAN, f64::INFINITY, 1e300, -101.0] {
        let mut offsets = vec![0.0; 60];
        offsets[4] = offset;
        let error = sample().offset(&offsets).map(|_| ()).unwrap_err();
        assert!(matches!(error, FitError::Offset { row: 4, .. }), "{error}");
    }
    for ridge in [f64::NAN, f64::INFINITY, 1e300, -1.0] {
        for fit in [Logistic::new().ridge(ridge), Logistic::new().ridge_standardised(ridge)] {
            let error = fit.fit_sample(&sample()).unwrap_err();
            assert!(matches!(error, FitError::Setting { setting: "ridge", .. }), "{error}");
        }
    }
    // The largest weights that are taken give errors too small to be told from 0: no interval then, and no p of 0.
    let weights = vec![1e90; 60];
    let fit = Logistic::new().fit_sample(&sample().weights(&weights).unwrap()).unwrap();
    for estimate in &fit.report().estimates {
        assert!(estimate.wald.is_none_or(|interval| interval.lower < interval.upper));
        assert!(estimate.p.is_none_or(|p| p > 0.0));
    }
    // Weights that stand for sixty complaints say nothing of the kind.
    for (weight, told) in [(1.0, false), (1.05, false), (20.0, true), (0.05, true), (1e90, true)] {
        let weights = vec![weight; 60];
        let fit = Logistic::new().fit_sample(&sample().weights(&weights).unwrap()).unwrap();
        let scale = |warning: &FitWarning| matches!(warning, FitWarning::WeightScale { .. });
        assert_eq!(fit.report().warnings.iter().any(scale), told, "{weight}");
    }
    // Without columns nothing is tested, and nothing speaks against it.
    let none = Columns::builder(60).build();
    let null = Logistic::new().fit_sample(&Sample::new(&none, &labels).unwrap()).unwrap();
    let test = null.report().likelihood_ratio;
    assert_eq!((test.degrees, test.p), (0, 1.0));
    // A constant is called one, by every method.
    let constant = Columns::builder(60).numbers("flat", vec![3.0; 60]).unwrap().build();
    let flat = Sample::new(&constant, &labels).unwrap();
    for error in [Logistic::new().fit_sample(&flat), Firth::new().fit_sample(&flat)] {
        let error = error.unwrap_err();
        assert!(
            matches!(&error, FitError::Constant { column, value: 3.0 } if column == "flat"),
            "{error}"
        );
    }
}

#[test]
fn an_answer_that_nearly_all_share_is_as_thin_as_one_that_nearly_none_has() {
    // Four complaints, none with the outcome, differ from all others: either way round the contrast rests on them.
    let (_, mut labels) = drawn(&mut Seed(22).stream(0), 200);
    labels[..4].fill(false);
    let other: Vec<f64> = (0..200).map(|row| f64::from((row * 13) % 11)).collect();
    let clusters: Vec<u32> = (0..200).collect();
    let fitted = |rare: f64, common: f64| {
        let thin: Vec<f64> = (0..200).map(|row| if row < 4 { rare } else { common }).collect();
        let columns = Columns::builder(200).numbers("other", other.clone()).unwrap();
        let columns = columns.numbers("thin", thin).unwrap().build();
        let sample = Sample::new(&columns, &labels).unwrap().clusters(&clusters).unwrap();
        Logistic::new().ridge(1.0).fit_sample(&sample).unwrap()
    };
    for model in [fitted(1.0, 0.0), fitted(0.0, 1.0)] {
        let thin = model.report().estimate("thin").unwrap();
        assert!(thin.clustered.is_none(), "{thin:?}");
        assert!(thin.cautions.iter().any(|caution| {
            matches!(caution, FitWarning::ThinAnswer { rows: 4, events: 0, .. })
        }));
        let half = thin.wald.unwrap().upper - thin.estimate;
        assert!((half / 1.959_964 - thin.standard_error.unwrap()).abs() < 1e-6);
    }
    // Without the answer nobody stands but those four, so that the intercept is no better known.
    let intercept = fitted(0.0, 1.0).report().estimates[0].clone();
    assert!(intercept.clustered.is_none_or(|error| error >= intercept.standard_error.unwrap()));
}

/// Long samples start from the optimum of every so many-th row, and that has none where these are separated.
#[test]
fn a_start_from_separated_rows_finds_the_same_maximum() {
    let rows = 80_000;
    // A row in eight gives the start. In these rows the column tells the outcome wholly, or where it is 1.
    for (every, wholly) in [(400, false), (8_000, false), (16, true)] {
        let in_start = |row: usize| row.is_multiple_of(8);
        let value = |row: usize| row % every < 2;
        let label = |row: usize| match (value(row), in_start(row)) {
            (true, true) => true,
            (true, false) => row % (3 * every) != 1,
            (false, true) if wholly => false,
            (false, _) => row % 10 == 3,
        };
        let values = Array2::from_shape_fn((rows, 1), |(row, _)| f64::from(u8::from(value(row))));
        let labels: Vec<bool> = (0..rows).map(label).collect();
        let columns = Columns::from_matrix(&["a"], values.view()).unwrap();
        let model = Logistic::new().fit_sample(&Sample::new(&columns, &labels).unwrap()).unwrap();
        let odds = |wanted: bool| {
            let with = |found| {
                (0..rows).filter(|row| value(*row) == wanted && labels[*row] == found).count()
            };
            (with(true) as f64 / with(false) as f64).ln()
        };
        let expected = odds(true) - odds(false);
        let found = model.report().estimate("a").unwrap().estimate;
        assert!((found - expected).abs() < 1e-9, "{every}: {found} for {expected}");
    }
}
