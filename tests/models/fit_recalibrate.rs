//! How sure a recalibration is under weights and by clusters, and whether it is judged on what it was learnt from.

use caserank::complaint::Origin;
use caserank::research::evaluate::{
    Confidence, Predicted, Weights, calibration_line, calibration_line_clustered,
};
use caserank::research::fit::{
    CalibrationContext, Design, FitError, LinearWeights, Logistic, Naming, Overlap, Recalibrate,
    Recalibration, Scores,
};
use caserank::{BacklogBuilder, reference};

use crate::fit_support::close;

/// 240 complaints about 80 subjects: log-odds, labels, subjects.
fn drawn() -> (Vec<f64>, Vec<bool>, Vec<u32>) {
    let log_odds =
        (0..240_u32).map(|row| f64::from(row * 37 % 101) / 25.0 - 2.5 + f64::from(row) * 1e-4);
    let log_odds: Vec<f64> = log_odds.collect();
    let labels = (0..240_u32).map(|row| {
        let subject = row / 3;
        (subject * 29 + row % 3) % 10 < if log_odds[row as usize] > -0.5 { 6 } else { 2 }
    });
    (log_odds.clone(), labels.collect(), (0..240).map(|row| row / 3).collect())
}

fn errors(found: &Recalibration) -> [f64; 2] {
    [found.intercept_error, found.slope_error.unwrap_or(0.0)]
}

#[test]
fn errors_follow_neither_the_scale_of_weights_nor_copies_of_a_subject() {
    let (log_odds, labels, subjects) = drawn();
    let weights: Vec<f64> = (0..240).map(|row| 1.0 + f64::from(row % 4)).collect();
    let tenfold: Vec<f64> = weights.iter().map(|weight| 10.0 * weight).collect();
    let scores = Scores::new(&log_odds, &labels).unwrap();
    let with = |weights| scores.clone().weights(weights).unwrap();
    for of in [Scores::intercept, Scores::line, Scores::platt] {
        let [once, ten] = [&weights, &tenfold].map(|weights| of(&with(weights)).unwrap());
        close("intercept", once.intercept, ten.intercept, 1e-9);
        for (once, ten) in errors(&once).into_iter().zip(errors(&ten)) {
            close("error", once, ten, 1e-9);
        }
    }
    // The same as the measure on the same rows, but for the correction for two coefficients.
    let corrected = |error: Option<f64>| error.unwrap() * (239.0_f64 / 238.0).sqrt();
    let p: Vec<f64> = log_odds.iter().map(|eta| 1.0 / (1.0 + (-eta).exp())).collect();
    let predicted = Predicted::new(&labels, &p).unwrap();
    let sampling = Weights::sampling(weights.clone()).unwrap();
    let measured =
        calibration_line(predicted.weighted(&sampling).unwrap(), Confidence::P95).unwrap();
    let line = with(&weights).line().unwrap();
    close("slope", line.slope_error.unwrap(), corrected(measured.slope.standard_error), 1e-8);
    let clustered = scores.clone().clusters(&subjects).unwrap();
    let measured = calibration_line_clustered(predicted, &subjects, Confidence::P95).unwrap();
    let line = clustered.line().unwrap();
    close("slope", line.slope_error.unwrap(), corrected(measured.slope.standard_error), 1e-8);
    assert_eq!(line.slope, scores.line().unwrap().slope);
    // What is judged counts subjects too: its interval goes into the calibration record.
    let judge = |scores: &Scores<'_>| {
        let other = Scores::new(&log_odds[..120], &labels[..120]).unwrap().line().unwrap();
        scores.judge(&other).unwrap().expected_over_observed().clone()
    };
    let later = Scores::new(&log_odds[120..], &labels[120..]).unwrap();
    let of_subjects = judge(&later.clone().clusters(&subjects[120..]).unwrap());
    let of_rows = judge(&later);
    assert_eq!(of_subjects.ratio.value, of_rows.ratio.value);
    assert!(of_subjects.effective_count < of_rows.effective_count);
    // Few clusters are never surer than complaints by themselves, weighted or not.
    let halves: Vec<u32> = (0..240).map(|row| row / 120).collect();
    let few = scores.clone().clusters(&halves).unwrap().line().unwrap();
    assert!(few.intercept_error >= scores.line().unwrap().intercept_error);
    let both = |weights| with(weights).clusters(&halves).unwrap().line().unwrap();
    let [once, ten] = [both(&weights), both(&tenfold)];
    for (once, ten) in errors(&once).into_iter().zip(errors(&ten)) {
        close("few, weighted", once, ten, 1e-9);
    }
}

#[test]
fn groups_are_drawn_alike_at_any_scale_of_weights() {
    let (log_odds, labels, subjects) = drawn();
    let groups: Vec<&str> = (0..240).map(|row| ["a", "b", "c", "d"][row % 4]).collect();
    let moved: Vec<f64> = log_odds
        .iter()
        .enumerate()
        .map(|(row, eta)| eta + [0.0, 1.5, -1.0, 0.4][row % 4])
        .collect();
    let scores = Scores::new(&moved, &labels).unwrap();
    let weighted = |scale: f64| {
        let weights = vec![scale; 240];
        scores.clone().weights(&weights).unwrap().by_group(&groups).unwrap()
    };
    let (plain, even) = (scores.by_group(&groups).unwrap(), weighted(1.0));
    assert!(plain.spread > 0.0 && (even.spread / plain.spread - 1.0).abs() < 0.2);
    for scale in [1e-6, 10.0, 1e6] {
        let found = weighted(scale);
        close("spread", found.spread, even.spread, 1e-9);
        for (found, even) in found.groups.iter().zip(&even.groups) {
            close("shift", found.shift, even.shift, 1e-9);
            close("error", found.alone_error.unwrap(), even.alone_error.unwrap(), 1e-9);
        }
    }
    // Three copies about one subject are one complaint.
    let copies = (moved.repeat(3), labels.repeat(3), groups.repeat(3));
    let alone: Vec<u32> = (0..240).collect::<Vec<u32>>().repeat(3);
    let copied = Scores::new(&copies.0, &copies.1).unwrap().clusters(&alone).unwrap();
    let single: Vec<u32> = (0..240).collect();
    let single = scores.clone().clusters(&single).unwrap().by_group(&groups).unwrap();
    let copied = copied.by_group(&copies.2).unwrap();
    close("spread", copied.spread, single.spread, 1e-9);
    for (copied, single) in copied.groups.iter().zip(&single.groups) {
        close("shift of copies", copied.shift, single.shift, 1e-9);
    }
    assert!(scores.clusters(&subjects).unwrap().by_group(&groups).is_ok());
}

#[test]
fn judging_says_how_many_complaints_were_learnt_from() {
    let (log_odds, labels, _) = drawn();
    let ids: Vec<String> = (0..240).map(|row| format!("c{row}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let of =
        |rows: std::ops::Range<usize>| Scores::new(&log_odds[rows.clone()], &labels[rows]).unwrap();
    let named = |rows: std::ops::Range<usize>| of(rows.clone()).with_keys(&ids[rows]).unwrap();
    let learnt = named(0..160).line().unwrap();
    assert_eq!(named(160..240).judge(&learnt).unwrap().overlap(), None);
    let some = named(120..240).judge(&learnt).unwrap();
    assert_eq!(some.overlap(), Some(Overlap::Shared { shared: 40, of: 120 }));
    let told = some.overlap().unwrap().to_string();
    assert!(told.starts_with("40 of the 120 complaints judged"), "{told}");
    assert_eq!(
        named(20..100).judge(&learnt).unwrap_err(),
        FitError::SameComplaints,
        "all were learnt from"
    );
    // New complaints about subjects that were learnt from are told, not refused.
    let known: Vec<&str> = ids[..80].to_vec();
    let again = of(160..240).with_keys(&known).unwrap().judge(&learnt).unwrap();
    assert_eq!(again.overlap(), Some(Overlap::Shared { shared: 80, of: 80 }));
    // Without keys, rows that are most likely the same; scores that many share say nothing.
    let learnt = of(0..160).line().unwrap();
    assert_eq!(of(150..240).judge(&learnt).unwrap().overlap(), None);
    let alike = of(10..170).judge(&learnt).unwrap();
    assert_eq!(alike.overlap(), Some(Overlap::Alike { alike: 150, of: 160 }));
    let turned: (Vec<f64>, Vec<bool>) = (
        log_odds[..160].iter().rev().copied().collect(),
        labels[..160].iter().rev().copied().collect(),
    );
    let turned = Scores::new(&turned.0, &turned.1).unwrap();
    assert_eq!(turned.judge(&learnt).unwrap_err(), FitError::SameComplaints, "in whatever order");
    let points: Vec<f64> = log_odds.iter().map(|eta| eta.round()).collect();
    let of =
        |rows: std::ops::Range<usize>| Scores::new(&points[rows.clone()], &labels[rows]).unwrap();
    assert_eq!(of(100..240).judge(&of(0..100).line().unwrap()).unwrap().overlap(), None);
    let wrong = of(0..100).with_keys(&ids).unwrap_err();
    assert!(matches!(wrong, FitError::Length { expected: 100, .. }), "{wrong}");
}

#[test]
fn the_calibration_record_says_what_was_learnt_from() {
    let codebook = reference::published().unwrap().codebook().clone();
    let mut builder = BacklogBuilder::new(&codebook);
    let mut labels = caserank::research::fit::Labels::new();
    for (number, case) in
        caserank::synthetic::Generator::new(caserank::Seed(3)).cases().take(600).enumerate()
    {
        builder.push(&case.complaint).unwrap();
        let found = match number % 4 {
            0 => caserank::research::fit::Found::Yes,
            _ => caserank::research::fit::Found::No,
        };
        labels
            .push(caserank::research::fit::Label::new(
                case.complaint.id(),
                "contact_offending",
                found,
            ))
            .unwrap();
    }
    let backlog = builder.freeze();
    let design = Design::new().items(&["tip_source"]).accepting_leakage();
    let designed = design.apply(&backlog, &labels, "contact_offending").unwrap();
    let model = Logistic::new().ridge(1.0).fit_sample(&designed.sample().unwrap()).unwrap();
    let weights = LinearWeights::from(&model);
    let instrument =
        designed.instrument(&codebook, &Naming::new("local", "test"), &weights).unwrap();
    let log_odds = model.log_odds(&designed.columns).unwrap();
    let known = &designed.joined.labels;
    let ids: Vec<&str> = designed.joined.rows.iter().map(|&row| backlog.id(row)).collect();
    let of = |rows: std::ops::Range<usize>| {
        let scores = Scores::new(&log_odds[rows.clone()], &known[rows.clone()]).unwrap();
        scores.with_keys(&ids[rows]).unwrap()
    };
    let learnt = of(0..400).intercept().unwrap();
    let until: caserank::Timestamp = "2026-11-01".parse().unwrap();
    let context = CalibrationContext::new("a test", until, Origin::Synthetic, "drawn");
    for (from, caution) in [(400, false), (350, true)] {
        let judged = of(from..600).judge(&learnt).unwrap();
        let moved =
            instrument.recalibrated("contact_offending", &learnt, Some((&judged, &context)));
        let record = moved.unwrap().outcomes()[0].calibration.clone().unwrap();
        let told = record.ascertainment;
        assert_eq!(told.contains("Caution: 50 of the 250 complaints judged"), caution, "{told}");
    }
}
