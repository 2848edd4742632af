//! Whole-number scores: no worse than FasterRisk; Burgess, Nuffield and rounded weights by hand.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::fit_support::{Set, close};
use caserank::Seed;
use caserank::ndarray::{Array2, array};
use caserank::research::fit::{
    Bivariate, Burgess, Columns, Counted, FitError, FitProgress, LinearWeights, Logistic, Nuffield,
    RiskScore, RoundedWeights, Sample,
};

#[test]
fn cards_lose_no_more_than_fasterrisk_at_the_same_size_and_bounds() {
    let text = include_str!("../../fixtures/reference/fit/fasterrisk.json");
    let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    for case in cases {
        let name = if case["data"] == "cards_a" { "cards_a" } else { "cards_b" };
        let set = Set::load(name);
        let columns = set.columns();
        let items = case["items"].as_u64().unwrap() as usize;
        let bound = case["bound"].as_i64().unwrap() as i32;
        let pool = RiskScore::new(items)
            .bounds(-bound, bound)
            .fit_sample(&Sample::new(&columns, &set.labels).unwrap())
            .unwrap();
        let theirs = case["loss"].as_f64().unwrap();
        assert!(
            pool[0].log_loss <= theirs + 1e-6,
            "{name} {items} {bound}: {} against {theirs}",
            pool[0].log_loss
        );
        for card in &pool {
            assert!(card.card.points.len() <= items);
            assert!(
                card.card.points.iter().all(|(_, points)| points.abs() <= bound && *points != 0)
            );
            assert!(card.log_loss <= pool[0].log_loss * 1.05 + 1e-9);
            // The loss stated is the loss of the card.
            let totals = card.card.totals(&columns).unwrap();
            let loss: f64 = totals
                .iter()
                .zip(&set.labels)
                .map(|(total, label)| {
                    let eta = card.intercept + card.log_odds_per_point * total;
                    (if *label { -eta } else { eta }).exp().ln_1p()
                })
                .sum();
            close(name, card.log_loss, loss, 1e-9);
            let log_odds = card.weights(columns.names()).unwrap().log_odds(&columns).unwrap();
            close(name, log_odds[0], card.intercept + card.log_odds_per_point * totals[0], 1e-12);
            assert!(
                card.card
                    .table
                    .is_sorted_by(|a, b| a.total < b.total && a.probability <= b.probability)
            );
            assert_eq!(
                card.card.table.iter().map(|row| row.complaints).sum::<f64>(),
                set.labels.len() as f64
            );
        }
        assert!(pool.is_sorted_by(|a, b| a.log_loss <= b.log_loss));
    }
}

#[test]
fn small_problems_are_solved_as_by_trying_everything() {
    let set = Set::load("cards_b");
    let mut builder = Columns::builder(set.labels.len());
    for place in [0, 3, 6, 9] {
        builder = builder.numbers(&set.names[place], set.values[place].clone()).unwrap();
    }
    let columns = builder.build();
    let sample = Sample::new(&columns, &set.labels).unwrap();
    let best = RiskScore::new(2).bounds(-2, 2).fit_sample(&sample).unwrap()[0].log_loss;
    // Every pair of columns and every pair of points, with intercept and slope refitted by the regression.
    let mut least = f64::INFINITY;
    for (a, b) in [(0, 3), (0, 6), (0, 9), (3, 6), (3, 9), (6, 9)] {
        for (p, q) in
            (-2..=2).flat_map(|p| (-2..=2).map(move |q| (p, q))).filter(|pair| *pair != (0, 0))
        {
            let totals: Vec<f64> = set.values[a]
                .iter()
                .zip(&set.values[b])
                .map(|(x, y)| x * f64::from(p) + y * f64::from(q))
                .collect();
            let total = Columns::builder(totals.len()).numbers("total", totals).unwrap().build();
            let model =
                Logistic::new().fit_sample(&Sample::new(&total, &set.labels).unwrap()).unwrap();
            if model.weights()[0] > 0.0 {
                least = least.min(-model.report().log_likelihood);
            }
        }
    }
    close("best pair", best, least, 1e-9);
}

/// Three items: one of four answers with three indicator columns, two yes/no.
fn answers() -> (Columns, Vec<bool>) {
    let rows = 600;
    let mut stream = Seed(3).stream(0);
    let mut codes = vec![Vec::new(), Vec::new(), Vec::new()];
    let mut labels = Vec::new();
    for _ in 0..rows {
        let row = [stream.below(4) as u8, stream.below(2) as u8, stream.below(2) as u8];
        let eta = [-1.5, 0.0, 0.7, 1.4][usize::from(row[0])] + 0.5 * f64::from(row[1]) - 0.8;
        labels.push(stream.below(1_000_000) as f64 / 1e6 < 1.0 / (1.0 + (-eta).exp()));
        for (codes, code) in codes.iter_mut().zip(row) {
            codes.push(code);
        }
    }
    let [source, a, b] = <[Vec<u8>; 3]>::try_from(codes).unwrap();
    let indicators =
        Array2::from_shape_fn((4, 3), |(code, at)| f64::from(u8::from(code == at + 1)));
    let yes = array![[0.0], [1.0]];
    let columns = Columns::builder(rows)
        .codes(&["source=1", "source=2", "source=3"], source, &indicators)
        .and_then(|builder| builder.codes(&["a"], a, &yes))
        .and_then(|builder| builder.codes(&["b"], b, &yes))
        .unwrap();
    (columns.build(), labels)
}

#[test]
fn an_item_with_several_columns_counts_once_unless_columns_are_counted() {
    let (columns, labels) = answers();
    let sample = Sample::new(&columns, &labels).unwrap();
    let learn = |items: usize, counted: Counted| {
        RiskScore::new(items).counted(counted).fit_sample(&sample).unwrap()
    };
    let item_of = |name: &str| name.split('=').next().unwrap().to_owned();
    let one = &learn(1, Counted::Items)[0];
    assert_eq!(one.names(), ["source=1", "source=2", "source=3"]);
    let points: Vec<i32> = one.card.points.iter().map(|(_, points)| *points).collect();
    assert!(0 < points[0] && points[0] < points[1] && points[1] < points[2], "{points:?}");
    for items in 1..=3 {
        for card in learn(items, Counted::Items) {
            let used: BTreeSet<String> = card.names().into_iter().map(item_of).collect();
            assert!(used.len() <= items, "{:?}", card.names());
        }
        for card in learn(items, Counted::Columns) {
            assert!(card.names().len() <= items, "{:?}", card.names());
        }
    }
    // More freedom never loses more.
    assert!(one.log_loss < learn(1, Counted::Columns)[0].log_loss);
    assert!(learn(2, Counted::Items)[0].log_loss <= one.log_loss);
    // Taken row by row from a matrix every column is an item, and both ways of counting are one.
    let names: Vec<&str> = columns.names().iter().map(String::as_str).collect();
    let flat = Columns::from_matrix(&names, columns.to_matrix().view()).unwrap();
    let flat = Sample::new(&flat, &labels).unwrap();
    let found = RiskScore::new(2).fit_sample(&flat).unwrap();
    let other = RiskScore::new(2).counted(Counted::Columns).fit_sample(&flat).unwrap();
    assert_eq!(found, other);
}

#[test]
fn one_item_of_several_columns_is_solved_as_by_trying_everything() {
    let (columns, labels) = answers();
    let sample = Sample::new(&columns, &labels).unwrap();
    let best = RiskScore::new(1).bounds(-3, 3).fit_sample(&sample).unwrap()[0].log_loss;
    let written: Vec<Vec<f64>> = (0..3).map(|place| columns.column(place).unwrap()).collect();
    let mut least = f64::INFINITY;
    for number in 0..343 {
        let points = [number % 7, number / 7 % 7, number / 49].map(|p| f64::from(p) - 3.0);
        let total = |row: usize| (0..3).map(|at| points[at] * written[at][row]).sum::<f64>();
        let totals: Vec<f64> = (0..labels.len()).map(total).collect();
        if totals.iter().all(|total| *total == totals[0]) {
            continue;
        }
        let total = Columns::builder(totals.len()).numbers("total", totals).unwrap().build();
        let model = Logistic::new().fit_sample(&Sample::new(&total, &labels).unwrap()).unwrap();
        if model.weights()[0] > 0.0 {
            least = least.min(-model.report().log_likelihood);
        }
    }
    close("one item", best, least, 1e-9);
}

#[test]
fn a_search_tells_its_rounds_and_can_be_stopped() {
    let (columns, labels) = answers();
    let sample = Sample::new(&columns, &labels).unwrap();
    let (mut supports, mut cards) = (Vec::new(), Vec::new());
    let pool = RiskScore::new(2).fit_sample_observed(&sample, &mut |progress| {
        match progress {
            FitProgress::Supports { items, of, .. } => supports.push((*items, *of)),
            FitProgress::Cards { log_loss } => cards.push(*log_loss),
            _ => {}
        }
        ControlFlow::Continue(())
    });
    assert_eq!(pool, RiskScore::new(2).fit_sample(&sample));
    assert_eq!(supports, [(0, 2), (1, 2)]);
    assert!(cards.len() >= 3, "{cards:?}");
    for stop in 0..supports.len() + cards.len() {
        let mut heard = 0;
        let stopped = RiskScore::new(2).fit_sample_observed(&sample, &mut |_| {
            heard += 1;
            if heard > stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((stopped, heard), (Err(FitError::Cancelled), stop + 1));
    }
}

fn small() -> (Columns, Vec<bool>) {
    // `a`: 8 of 20 with the outcome; `b`: 6 of 40; all: 20 of 100.
    let labels: Vec<bool> = (0..100).map(|row| row % 5 == 0).collect();
    let mut a = vec![0.0; 100];
    let mut b = vec![0.0; 100];
    let (mut with, mut without) =
        ((0..100).filter(|r| r % 5 == 0), (0..100).filter(|r| r % 5 != 0));
    for row in with.by_ref().take(8).chain(without.by_ref().take(12)) {
        a[row] = 1.0;
    }
    for row in with.by_ref().take(6).chain(without.by_ref().take(34)) {
        b[row] = 1.0;
    }
    let builder = Columns::builder(100).numbers("a", a).and_then(|builder| builder.numbers("b", b));
    (builder.unwrap().build(), labels)
}

#[test]
fn burgess_and_nuffield_points_by_hand() {
    let (columns, labels) = small();
    let sample = Sample::new(&columns, &labels).unwrap();
    let points = |pairs: &[(&str, i32)]| {
        pairs.iter().map(|(n, p)| ((*n).to_owned(), *p)).collect::<Vec<_>>()
    };
    // Rates 0.40 and 0.15 against 0.20: +20 and -5 percentage points.
    assert_eq!(Nuffield::new().fit_sample(&sample).unwrap().points, points(&[("a", 4), ("b", -1)]));
    assert_eq!(
        Nuffield::new().step(0.1).fit_sample(&sample).unwrap().points,
        points(&[("a", 2), ("b", -1)])
    );
    let card = Burgess::new().least_difference(0.04).fit_sample(&sample).unwrap();
    assert_eq!(card.points, points(&[("a", 1), ("b", -1)]));
    let card = Burgess::new().least_difference(0.04).only_raising().fit_sample(&sample).unwrap();
    assert_eq!(card.points, points(&[("a", 1)]));
    let row = card.table[1];
    assert_eq!((row.total, row.complaints, row.events, row.observed), (1.0, 20.0, 8.0, 0.4));
    close("smoothed", row.probability, 8.4 / 22.0, 1e-15);
    // Wilson's interval of 8 in 20: R's prop.test(8, 20, correct = FALSE).
    close("lower", row.interval.lower, 0.218_806_5, 1e-6);
    close("upper", row.interval.upper, 0.613_418_8, 1e-6);
    assert!(matches!(
        Burgess::new().least_difference(0.5).fit_sample(&sample),
        Err(FitError::NothingHelps)
    ));
}

#[test]
fn bivariate_weights_are_shrunk_toward_nothing() {
    let (columns, labels) = small();
    let learnt = Bivariate::new().fit_sample(&Sample::new(&columns, &labels).unwrap()).unwrap();
    close("raw", learnt.raw[0], (8.5_f64 / 12.5).ln() - (12.5_f64 / 68.5).ln(), 1e-12);
    for (raw, shrunk) in learnt.raw.iter().zip(&learnt.weights.weights) {
        assert!(shrunk.abs() < raw.abs() && shrunk * raw >= 0.0);
    }
    assert_eq!(learnt.card.points[0], ("a".to_owned(), 10));
}

#[test]
fn rounding_costs_are_reported_and_fine_rounding_costs_nothing() {
    let set = Set::load("cards_a");
    let columns = set.columns();
    let sample = Sample::new(&columns, &set.labels).unwrap();
    let model = Logistic::new().fit_sample(&sample).unwrap();
    let weights = LinearWeights::from(&model);
    let coarse = RoundedWeights::new(&weights, &sample, 3).unwrap();
    let fine = RoundedWeights::new(&weights, &sample, 1_000).unwrap();
    assert!(coarse.auc_of_points < coarse.auc);
    close("auc", fine.auc_of_points, fine.auc, 1e-3);
    assert_eq!(coarse.auc, fine.auc);
    close(
        "log loss",
        fine.log_loss * set.labels.len() as f64,
        -model.report().log_likelihood,
        1e-9,
    );
}

#[test]
fn columns_that_are_not_answers_are_refused() {
    let columns = Columns::builder(4).numbers("count", vec![0.0, 2.0, 1.0, 0.0]).unwrap().build();
    let sample = Sample::new(&columns, &[true, false, true, false]).unwrap();
    let error = Burgess::new().fit_sample(&sample).unwrap_err();
    assert_eq!(error, FitError::NotIndicator { column: "count".to_owned(), value: 2.0 });
}

#[test]
fn equal_sampling_weights_do_not_narrow_the_intervals_of_the_table() {
    let (columns, labels) = small();
    let sample = Sample::new(&columns, &labels).unwrap();
    let plain = Nuffield::new().fit_sample(&sample).unwrap();
    let weights = vec![20.0; labels.len()];
    let weighted = Nuffield::new().fit_sample(&sample.weights(&weights).unwrap()).unwrap();
    for (a, b) in plain.table.iter().zip(&weighted.table) {
        assert_eq!(b.complaints, 20.0 * a.complaints);
        close("lower", b.interval.lower, a.interval.lower, 1e-12);
        close("upper", b.interval.upper, a.interval.upper, 1e-12);
    }
}
