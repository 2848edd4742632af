//! Published figures that follow from one another, and what selection allows.
#![allow(clippy::unwrap_used)]

use caserank::research::evaluate::*;

const C: Confidence = Confidence::P95;

/// Sensitivity .976 and specificity .623 (Long et al. 2016) at seven base rates.
#[test]
fn predictive_values_at_other_base_rates() {
    let rows = [
        (0.05, "40.7", "12.0", "99.8"),
        (0.08, "42.5", "18.4", "99.7"),
        (0.10, "43.7", "22.3", "99.6"),
        (0.12, "44.9", "26.1", "99.5"),
        (0.167, "47.7", "34.2", "99.2"),
        (0.21, "50.3", "40.8", "99.0"),
        (0.455, "65.0", "68.4", "96.9"),
    ];
    for (rate, flagged, ppv, npv) in rows {
        let at = AtBaseRate::of(0.976, 0.623, rate).unwrap();
        let percent = |x: f64| format!("{:.1}", 100.0 * x);
        assert_eq!(
            (
                percent(at.flagged).as_str(),
                percent(at.positive_predictive_value.value).as_str(),
                percent(at.negative_predictive_value.value).as_str()
            ),
            (flagged, ppv, npv),
            "at {rate}"
        );
    }
    assert!(AtBaseRate::of(1.2, 0.5, 0.1).is_err());
    assert!(AtBaseRate::of(0.0, 1.0, 0.1).is_err(), "nobody is flagged");
}

#[test]
fn published_counts() {
    // 170 and 204 men with those rates: 166 of 170 and 127 of 204.
    let table = Confusion::from_counts(166, 77, 4, 127).unwrap();
    let three = |f: Result<Figure, NotEstimable>| format!("{:.3}", f.unwrap().value);
    assert_eq!(three(table.sensitivity(C)), "0.976");
    assert_eq!(three(table.specificity(C)), "0.623");
    assert_eq!(three(table.accuracy(C)), "0.783");
    assert!(table.accuracy(C).unwrap().cautions.contains(&Caution::RewardsTheMajority));
    let sens = 0.976_f64;
    let spec = 0.623_f64;
    assert_eq!(format!("{:.3}", sens / (1.0 - spec)), "2.589");
    let ratio = table.positive_likelihood_ratio(C).unwrap();
    assert!((ratio.value - 2.587).abs() < 0.001 && ratio.interval.unwrap().contains(2.589));
    assert!((table.negative_likelihood_ratio(C).unwrap().value - 0.0378).abs() < 0.0001);
    let odds = table.diagnostic_odds_ratio(C).unwrap();
    assert!(odds.interval.unwrap().contains(67.2));
    let at = table.at_base_rate(0.10, C).unwrap();
    assert!(at.positive_predictive_value.interval.unwrap().contains(0.223));
    assert!((odds_ratio((19, 341), (3, 425), C).unwrap().value - 7.89).abs() < 0.01);
    let ratio = |a: f64, b: f64| (a / (1.0 - a)) / (b / (1.0 - b));
    assert_eq!(odds_ratio((90, 10), (10, 90), C).unwrap().value, 81.0);
    assert_eq!(format!("{:.3}", odds_ratio((29, 71), (15, 85), C).unwrap().value), "2.315");
    assert_eq!(
        format!("{:.3}", odds_ratio((21, 79), (8, 92), C).unwrap().value),
        format!("{:.3}", ratio(0.21, 0.08))
    );
}

#[test]
fn areas_as_d_and_odds_ratio() {
    let rows = [
        (0.57, "0.249", "1.57"),
        (0.639, "0.503", "2.49"),
        (0.65, "0.545", "2.69"),
        (0.70, "0.742", "3.84"),
        (0.714, "0.799", "4.26"),
        (0.72, "0.824", "4.46"),
        (0.73, "0.867", "4.82"),
        (0.74, "0.910", "5.21"),
        (0.75, "0.954", "5.64"),
        (0.77, "1.045", "6.65"),
        (0.81, "1.242", "9.51"),
        (0.83, "1.349", "11.56"),
    ];
    for (area, d, ratio) in rows {
        let found = cohens_d_from_auc(area).unwrap();
        assert_eq!(
            (
                format!("{found:.3}").as_str(),
                format!("{:.2}", odds_ratio_from_d(found).unwrap()).as_str()
            ),
            (d, ratio)
        );
        assert!((auc_from_cohens_d(found).unwrap() - area).abs() < 1e-14);
    }
    for (d, area) in [(0.2, "0.556"), (0.5, "0.638"), (0.8, "0.714")] {
        assert_eq!(format!("{:.3}", auc_from_cohens_d(d).unwrap()), area);
    }
}

#[test]
fn selection_bounds_hold_whatever_the_open_ones_are() {
    let found = [Some(true), Some(false), None, None, Some(true), None, Some(false)];
    let flagged = [true, true, true, false, false, false, false];
    let bounds = selection_bounds(&found, &flagged).unwrap();
    let open: Vec<usize> = (0..7).filter(|&row| found[row].is_none()).collect();
    let (mut sens, mut spec, mut ppv) =
        ((1.0_f64, 0.0_f64), (1.0_f64, 0.0_f64), (1.0_f64, 0.0_f64));
    for bits in 0..8 {
        let mut labels: Vec<bool> = found.iter().map(|f| f.unwrap_or(false)).collect();
        for (bit, &row) in open.iter().enumerate() {
            labels[row] = bits >> bit & 1 == 1;
        }
        let score: Vec<i64> = flagged.iter().map(|&f| i64::from(f)).collect();
        let table = confusion(Scored::new(&labels, &score).unwrap(), 1.0).unwrap();
        let widen = |range: &mut (f64, f64), figure: Result<Figure, NotEstimable>| {
            let value = figure.unwrap().value;
            *range = (range.0.min(value), range.1.max(value));
        };
        widen(&mut sens, table.sensitivity(C));
        widen(&mut spec, table.specificity(C));
        widen(&mut ppv, table.positive_predictive_value(C));
    }
    let pair = |b: Result<Bounds, NotEstimable>| b.map(|b| (b.lower, b.upper)).unwrap();
    assert_eq!(pair(bounds.sensitivity), sens);
    assert_eq!(pair(bounds.specificity), spec);
    assert_eq!(pair(bounds.positive_predictive_value), ppv);
    assert_eq!((bounds.rate.lower, bounds.rate.upper), (2.0 / 7.0, 5.0 / 7.0));
    assert!(
        bounds.sensitivity_if_investigated.unwrap().cautions.contains(&Caution::InvestigatedOnly)
    );
}

#[test]
fn an_audit_slice_stands_for_the_rest() {
    // Four of forty cleared complaints audited with probability one tenth, one of them an event; six worked for certain.
    let labels = [true, true, true, false, false, false, true, false, false, false];
    let inclusion = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.1];
    let weights = Weights::inverse_probability(&inclusion).unwrap();
    let rate = audited_rate(&labels, &weights, C).unwrap();
    assert!((rate.value - 13.0 / 46.0).abs() < 1e-15);
    assert!(rate.interval.unwrap().contains(0.3));
    let scores = [9, 8, 7, 6, 5, 4, 3, 3, 3, 3];
    let scored = Scored::new(&labels, &scores).unwrap();
    let naive = confusion(scored, 4.0).unwrap().sensitivity(C).unwrap();
    let honest =
        confusion(scored.weighted(&weights).unwrap(), 4.0).unwrap().sensitivity(C).unwrap();
    assert_eq!(naive.value, 0.75);
    assert!((honest.value - 3.0 / 13.0).abs() < 1e-15);
    assert!(Weights::inverse_probability(&[0.0]).is_err());
    assert!(Weights::sampling(vec![1.0, -1.0]).is_err());
}

#[test]
fn messages_name_the_value_and_the_way_out() {
    let error = Scored::new(&[true], &[f64::INFINITY]).unwrap_err();
    assert_eq!(error.to_string(), "the score at row 0 is inf; scores must be finite");
    let none = NotEstimable { because: Because::OneClass { events: 3, others: 0 } };
    assert_eq!(
        none.to_string(),
        "not estimable, because both kinds of complaint are needed, and there are 3 events and 0 others"
    );
}
