//! What is said of complaints that nobody worked, of those that were lost from sight, and of units not seen yet.
#![allow(clippy::unwrap_used)]

use crate::evaluate_support::Expected;
use caserank::Seed;
use caserank::research::evaluate::*;
use proptest::prelude::*;

const C: Confidence = Confidence::P95;

/// Numbers between 0 and 1, always the same.
fn draws(seed: u64, count: usize) -> Vec<f64> {
    let mut stream = Seed(9).stream(seed);
    let mut next = || stream.unit();
    (0..count).map(|_| next()).collect()
}

struct World {
    found: Vec<Option<bool>>,
    truth: Vec<bool>,
    worked: Vec<f64>,
    danger: Vec<f64>,
    high: Vec<bool>,
    /// Other flags, of nothing to do with danger.
    other: Vec<bool>,
}

/// Danger and the chance of being worked both rise with what is seen; among those alike, the unworked have these odds of
/// danger times those of the worked.
fn world(odds: f64) -> World {
    let count = 40_000;
    let (seen, pick, fate, coin) =
        (draws(1, count), draws(2, count), draws(3, count), draws(4, count));
    let worked: Vec<f64> = seen.iter().map(|x| 0.2 + 0.6 * x).collect();
    let danger: Vec<f64> = seen.iter().map(|x| 0.05 + 0.4 * x * x).collect();
    let mut found = Vec::new();
    let mut truth = Vec::new();
    for row in 0..count {
        let was_worked = pick[row] < worked[row];
        let m = danger[row];
        let chance = if was_worked { m } else { odds * m / (1.0 - m + odds * m) };
        let has = fate[row] < chance;
        truth.push(has);
        found.push(was_worked.then_some(has));
    }
    let high = seen.iter().map(|&x| x > 0.7).collect();
    let other = coin.iter().map(|&x| x > 0.7).collect();
    World { found, truth, worked, danger, high, other }
}

fn share(labels: &[bool], keep: impl Fn(usize) -> bool) -> f64 {
    let rows: Vec<usize> = (0..labels.len()).filter(|&row| keep(row)).collect();
    rows.iter().filter(|&&row| labels[row]).count() as f64 / rows.len() as f64
}

/// Thirty of a hundred worked and nothing found: no share of 0.0% to 0.3%.
#[test]
fn worked_complaints_that_all_ended_alike_give_no_share() {
    for found_in_all in [false, true] {
        let found: Vec<Option<bool>> =
            (0..100).map(|row| (row % 10 < 3).then_some(found_in_all)).collect();
        let (worked, outcome) = (vec![0.3; 100], vec![0.01; 100]);
        let model = SelectionModel::new(&found, &worked, &outcome).unwrap();
        let why = model.rate(1.0, C).unwrap_err().because;
        assert!(matches!(why, Because::OneClass { .. }), "{why}");
        assert!(model.sensitivity(&[true; 100], 1.0, C).is_err());
    }
}

#[test]
fn one_right_model_is_enough_and_the_parameter_is_what_it_says() {
    for odds in [0.4, 1.0, 2.5] {
        let w = world(odds);
        let rate = share(&w.truth, |_| true);
        let reached = share(&w.high, |row| w.truth[row]);
        let flat = vec![share(&w.truth, |row| w.found[row].is_some()); w.truth.len()];
        let half = vec![0.5; w.truth.len()];
        // Both right, then one wrong: at odds of 1 either is enough.
        let mut pairs = vec![(&w.worked, &w.danger), (&half, &w.danger)];
        if odds == 1.0 {
            pairs.push((&w.worked, &flat));
        }
        for (worked, danger) in pairs {
            let model = SelectionModel::new(&w.found, worked, danger).unwrap();
            let found = model.rate(odds, C).unwrap();
            let error = found.standard_error.unwrap();
            assert!((found.value - rate).abs() < 4.0 * error, "{} for {rate}", found.value);
            assert!(error < 0.01);
            let found = model.sensitivity(&w.high, odds, C).unwrap();
            let error = found.standard_error.unwrap();
            assert!((found.value - reached).abs() < 4.0 * error, "{} for {reached}", found.value);
        }
        // What papers print is wrong here.
        let worked_alone = share(&w.truth, |row| w.found[row].is_some());
        assert!((worked_alone - rate).abs() > 0.015 || odds > 1.0);
    }
}

#[test]
fn a_comparison_turns_where_it_says() {
    let w = world(1.0);
    let model = SelectionModel::new(&w.found, &w.worked, &w.danger).unwrap();
    // Flags that follow danger beat a coin until nearly all of the unworked would have to be in danger.
    assert!(model.turns_at(&w.high, &w.other, C).unwrap().is_none_or(|odds| odds > 10.0));
    assert_eq!(model.turns_at(&w.other, &w.other, C).unwrap(), Some(1.0));
    // Few complaints: better, but not far from turning.
    let few = 1_500;
    let model = SelectionModel::new(&w.found[..few], &w.worked[..few], &w.danger[..few]).unwrap();
    // Flags that find what was worked beat those that find what was not, until the unworked are dangerous enough.
    let worked: Vec<bool> = w.found[..few].iter().map(Option::is_some).collect();
    let unworked: Vec<bool> = worked.iter().map(|own| !own).collect();
    let at = model.turns_at(&worked, &unworked, C).unwrap().unwrap();
    assert!(at > 1.0, "{at}");
    let interval =
        |odds: f64| model.difference(&worked, &unworked, odds, C).unwrap().interval.unwrap();
    assert!(interval(at * 1.001).contains(0.0) && !interval(at / 1.01).contains(0.0));
}

#[test]
fn with_everything_worked_it_is_the_plain_share() {
    let found = [Some(true), Some(true), Some(false), Some(true), Some(false)];
    let flags = [true, false, true, true, false];
    let model = SelectionModel::new(&found, &[1.0; 5], &[0.3; 5]).unwrap();
    for odds in [0.1, 1.0, 7.0] {
        assert_eq!(model.rate(odds, C).unwrap().value, 0.6);
        assert!((model.sensitivity(&flags, odds, C).unwrap().value - 2.0 / 3.0).abs() < 1e-15);
    }
    assert!(model.sensitivity(&flags[..2], 1.0, C).is_err());
    for bad in [0.0, -1.0, 1e-4, 1e9, f64::NAN, f64::INFINITY] {
        assert!(model.rate(bad, C).is_err());
    }
    assert!(SelectionModel::new(&found, &[0.0; 5], &[0.3; 5]).is_err());
    assert!(SelectionModel::new(&found, &[0.5; 4], &[0.3; 5]).is_err());
    assert!(SelectionModel::new(&[None; 5], &[0.5; 5], &[0.3; 5]).unwrap().rate(1.0, C).is_err());
    let all = SelectionModel::new(&[Some(true); 3], &[1.0; 3], &[0.5; 3]).unwrap();
    assert!(all.rate(1.0, C).unwrap().interval.is_err(), "no interval of no width");
}

#[test]
fn the_lost_are_stood_for_by_those_like_them() {
    // Times of finds and of losses have nothing to do with each other.
    let count = 20_000;
    let (finds, losses, marks) = (draws(5, count), draws(6, count), draws(7, count));
    let horizon = 180.0;
    let found_at: Vec<f64> =
        finds.iter().zip(&marks).map(|(x, mark)| -(1.0 - x).ln() * 600.0 / (0.5 + mark)).collect();
    let lost_at: Vec<f64> = losses.iter().map(|x| 400.0 * x).collect();
    let truth: Vec<bool> = found_at.iter().map(|&at| at <= horizon).collect();
    let found: Vec<Option<f64>> =
        found_at.iter().zip(&lost_at).map(|(&at, &lost)| (at <= lost).then_some(at)).collect();
    let until: Vec<f64> = found_at.iter().zip(&lost_at).map(|(&at, &lost)| at.min(lost)).collect();
    let known = at_horizon(&found, &until, horizon).unwrap();
    assert!(known.censored > count / 5);
    let rate = share(&truth, |_| true);
    let own = audited_rate(&known.labels, &known.weights, C).unwrap();
    assert!((own.value - rate).abs() < 4.0 * own.standard_error.unwrap(), "{} {rate}", own.value);
    let naive = share(&known.labels, |_| true);
    assert!((naive - rate).abs() > 3.0 * own.standard_error.unwrap(), "{naive} {rate}");
    // Any measure that takes weights: the area is that of all, not of those that were watched.
    let scores: Vec<f64> = known.rows.iter().map(|&row| marks[row]).collect();
    let scored = Scored::new(&known.labels, &scores).unwrap().weighted(&known.weights).unwrap();
    let whole = auc(Scored::new(&truth, &marks).unwrap(), C).unwrap().figure.value;
    let own = auc(scored, C).unwrap().figure;
    assert!((own.value - whole).abs() < 4.0 * own.standard_error.unwrap());
    // Faults.
    assert!(at_horizon(&[Some(5.0)], &[4.0], 3.0).is_err());
    assert!(at_horizon(&[None], &[4.0], f64::NAN).is_err());
    // Twenty finds, and nobody else was followed to the horizon: that is not a share of 100%.
    let (finds, lost) = (vec![Some(5.0); 20], vec![None; 80]);
    let (found, until) = ([finds, lost].concat(), [vec![5.0; 20], vec![360.0; 80]].concat());
    let refused = at_horizon(&found, &until, 365.0).unwrap_err().to_string();
    assert!(refused.contains("followed to the horizon"), "{refused}");
    assert_eq!(at_horizon(&found, &until, 360.0).unwrap().rows.len(), 100);
    assert!(at_horizon(&[None], &[-4.0], 3.0).is_err());
    assert!(at_horizon(&[None], &[4.0, 3.0], 3.0).is_err());
    assert!(at_horizon(&[None, None], &[1.0, 2.0], 3.0).is_err(), "nobody was followed that long");
}

#[test]
fn figures_of_units_agree_with_statsmodels() {
    let mut python = Expected::load("expected_units");
    let values = [0.31, 0.72, 0.18, 0.95, 0.44, 0.66, 1.20, 0.05];
    let errors = [0.12, 0.20, 0.15, 0.30, 0.10, 0.22, 0.40, 0.18];
    // Figures are made by measures alone: means of two numbers that have this mean and standard error.
    let figures = |scale: f64| -> ByKey<usize, Figure> {
        let unit = |(place, (value, error)): (usize, (&f64, &f64))| {
            let reach = error * scale;
            let numbers = [value - reach, value + reach, 0.0, 1.0];
            let groups = [Some(0), Some(0), Some(1), Some(1)];
            let mut means = mean_by_group(&numbers, &groups, 2, C).unwrap();
            (place, means.swap_remove(0).1.map(|own| own.mean))
        };
        values.iter().zip(&errors).enumerate().map(unit).collect()
    };
    for (name, scale) in [("units", 1.0), ("alike", 4.0)] {
        let found = across_units(&figures(scale), Scale::Identity, C).unwrap();
        python.check(name, "mean", found.mean.value, 1e-10);
        python.check(name, "tau2", found.tau_squared, 1e-10);
        python.check(name, "q", found.heterogeneity.statistic, 1e-9);
        python.check(name, "i2", found.i_squared, 1e-10);
        let (mean, next) = (found.mean.interval.unwrap(), found.prediction.unwrap());
        python.check(name, "low", mean.lower, 1e-9);
        python.check(name, "high", mean.upper, 1e-9);
        python.check(name, "next_low", next.lower, 1e-9);
        python.check(name, "next_high", next.upper, 1e-9);
    }
    let mut some = figures(1.0);
    some[0].1 = Err(NotEstimable { because: Because::Empty });
    assert_eq!(across_units(&some, Scale::Identity, C).unwrap().left_out, 1);
    assert!(across_units(&some[..2].to_vec(), Scale::Identity, C).is_err());
    assert!(across_units(&some[..3].to_vec(), Scale::Identity, C).unwrap().prediction.is_err());
    // Areas and ratios are kept in their range.
    let low = across_units(&figures(1.0)[..3].to_vec(), Scale::Logit, C).unwrap();
    let next = low.prediction.unwrap();
    assert!(0.0 < next.lower && next.upper < 1.0);
}

#[test]
fn an_estimate_that_is_no_share_is_not_given_as_one() {
    // Worked against all odds, expected to have the outcome, and without it: weighs -180.
    let found = [Some(false), Some(true), None, None];
    let model =
        SelectionModel::new(&found, &[0.005, 0.9, 0.5, 0.5], &[0.9, 0.5, 0.1, 0.1]).unwrap();
    let refused = model.rate(1.0, C).unwrap_err();
    assert!(
        matches!(refused.because, Because::OutOfRange { value, .. } if value < 0.0),
        "{refused}"
    );
    assert!(refused.to_string().contains("selection_bounds"));
    // A comparison without an estimate is open.
    let (first, second) = ([true, true, false, false], [false, true, true, false]);
    let refused = model.difference(&first, &second, 1.0, C).unwrap_err();
    assert!(matches!(refused.because, Because::OutOfRange { .. }), "{refused}");
    assert_eq!(model.turns_at(&first, &second, C), Ok(Some(1.0)));
}

proptest! {
    /// Promise 17 where outcomes are known of some alone: no interval without a width, no p of 0, no share outside its range.
    #[test]
    fn nothing_is_certain_of_the_unworked_the_lost_and_the_next_unit(
        rows in prop::collection::vec((0_u8..3, 1_u8..6, 0_u8..5, any::<bool>(), 0_u8..6), 0..12),
        odds in prop::sample::select(vec![0.01, 0.5, 1.0, 2.0, 100.0]),
        figures in prop::collection::vec((0_u8..5, 0_u8..4), 0..6),
    ) {
        let found: Vec<Option<bool>> = rows.iter().map(|row| match row.0 {
            0 => None,
            kind => Some(kind == 1),
        }).collect();
        let worked: Vec<f64> = rows.iter().map(|row| f64::from(row.1) / 5.0).collect();
        let danger: Vec<f64> = rows.iter().map(|row| f64::from(row.2) / 4.0).collect();
        let first: Vec<bool> = rows.iter().map(|row| row.3).collect();
        let second: Vec<bool> = rows.iter().map(|row| row.4 % 2 == 0).collect();
        let model = SelectionModel::new(&found, &worked, &danger).unwrap();
        let all = [
            (model.rate(odds, C), 0.0),
            (model.sensitivity(&first, odds, C), 0.0),
            (model.difference(&first, &second, odds, C), -1.0),
        ];
        for (figure, least) in all.into_iter().filter_map(|(figure, least)| Some((figure.ok()?, least))) {
            prop_assert!((least..=1.0).contains(&figure.value), "{:?}", figure);
            prop_assert!(figure.standard_error.is_none_or(|error| error > 0.0));
            if let Ok(own) = &figure.interval {
                prop_assert!(own.lower < own.upper && own.contains(figure.value), "{:?}", figure);
            }
        }
        if let Ok(Some(turn)) = model.turns_at(&first, &second, C) {
            prop_assert!((0.009..=101.0).contains(&turn));
        }
        // Times: those found are found within their follow-up.
        let until: Vec<f64> = rows.iter().map(|row| 10.0 * f64::from(row.4)).collect();
        let at: Vec<Option<f64>> = rows.iter().zip(&until)
            .map(|(row, until)| (row.0 == 1).then_some(until * f64::from(row.1) / 5.0)).collect();
        if let Ok(known) = at_horizon(&at, &until, 25.0) {
            prop_assert_eq!(known.rows.len() + known.censored, rows.len());
            prop_assert!(known.weights.values().iter().all(|weight| weight.is_finite() && *weight >= 1.0));
        }
        let units: ByKey<usize, Figure> = figures.iter().enumerate().map(|(unit, &(events, others))| {
            let count = usize::from(events + others);
            let labels: Vec<bool> = (0..count).map(|row| row < usize::from(events)).collect();
            let scores: Vec<u32> = (0..count as u32).map(|row| row * 7 % 5).collect();
            (unit, auc(Scored::new(&labels, &scores).unwrap(), C).map(|own| own.figure))
        }).collect();
        for scale in [Scale::Identity, Scale::Log, Scale::Logit] {
            if let Ok(own) = across_units(&units, scale, C) {
                prop_assert_eq!(own.units + own.left_out, units.len());
                prop_assert!(own.heterogeneity.p_value > 0.0 && own.heterogeneity.p_value <= 1.0);
                for interval in [own.mean.interval, own.prediction].into_iter().flatten() {
                    prop_assert!(interval.lower < interval.upper, "{:?}", interval);
                }
            }
        }
    }
}
