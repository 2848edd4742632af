//! What a design takes, leaves out and tells; labels on either side; imports and calibrators as instruments.

use std::fs::File;
use std::path::Path;

use caserank::codebook::Identity;
use caserank::complaint::{Origin, Unlisted};
use caserank::instrument::Link;
#[cfg(feature = "linfa-logistic")]
use caserank::linfa::prelude::*;
use caserank::research::evaluate::Confidence;
#[cfg(feature = "linfa-logistic")]
use caserank::research::fit::ToDataset;
use caserank::research::fit::{
    Advice, CalibrationContext, Coding, Design, DropReason, Firth, FitError, FitProgress,
    FitWarning, Labels, LinearWeights, Logistic, Naming, Recalibrate, Scores, Sign,
};
use caserank::research::study::double_coding;
use caserank::{
    Backlog, BacklogBuilder, Codebook, Complaint, Instrument, Timestamp, Triage, reference,
};

const OUTCOME: &str = "contact_offending";

fn codebook() -> Codebook {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models/codebook.json");
    Codebook::from_json(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn fixtures() -> (Backlog, Labels) {
    let open = |name: &str| {
        File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap()
    };
    let mut builder = BacklogBuilder::new(&codebook()).with_unlisted(Unlisted::Report);
    builder.read_csv(open("backlog.csv")).unwrap();
    (builder.freeze(), Labels::read_csv(open("outcomes.csv")).unwrap().0)
}

/// Forty complaints with the given answers of complaint `number`; every fourth has the outcome.
fn forty(answers: impl Fn(usize) -> Vec<(&'static str, &'static str)>) -> (Backlog, Labels) {
    let mut builder = BacklogBuilder::new(&codebook());
    let mut labels = String::from("complaint,outcome,result\n");
    let received: Timestamp = "2025-01-01".parse().unwrap();
    for number in 0..40 {
        let mut complaint = Complaint::new(format!("c-{number}"), received)
            .unwrap()
            .with_origin(Origin::Prospective);
        for (item, answer) in answers(number) {
            complaint = complaint.with_answer(item, answer);
        }
        builder.push(&complaint).unwrap();
        labels += &format!("c-{number},{OUTCOME},{}\n", if number % 4 == 0 { "yes" } else { "no" });
    }
    (builder.freeze(), Labels::read_csv(labels.as_bytes()).unwrap().0)
}

fn yes_if(condition: bool) -> &'static str {
    if condition { "yes" } else { "no" }
}

#[test]
fn constant_and_repeated_columns_are_dropped_and_said() {
    let (backlog, labels) = forty(|number| {
        vec![
            ("prior_csem_offence", yes_if(number % 3 == 0)),
            ("prior_violent_offence", yes_if(number % 3 == 0)),
            ("prior_custody", "no"),
            ("substance_misuse", yes_if(number % 5 == 0)),
        ]
    });
    let items =
        ["prior_csem_offence", "prior_violent_offence", "prior_custody", "substance_misuse"];
    let designed = Design::new().items(&items).apply(&backlog, &labels, OUTCOME).unwrap();
    assert_eq!(designed.columns.names(), ["prior_csem_offence=yes", "substance_misuse=yes"]);
    let reason = |column: &str| {
        let found = designed.dropped.iter().find(|dropped| dropped.column == column);
        found.map(|dropped| dropped.reason.clone())
    };
    assert_eq!(reason("prior_custody=yes"), Some(DropReason::Constant));
    let original = "prior_csem_offence=yes".to_owned();
    assert_eq!(reason("prior_violent_offence=yes"), Some(DropReason::DuplicateOf(original)));
    let [followed] = &designed.notes[..] else { panic!("{:?}", designed.notes) };
    assert!(followed.contains("findings of no outcome nobody says until when"), "{followed}");
    // One synthetic label makes the weights synthetic, and what is learnt from them says so.
    let line = format!("complaint,outcome,result,origin\nc-0,{OUTCOME},yes,synthetic\n");
    let (made_up, _) = Labels::read_csv(line.as_bytes()).unwrap();
    let mut mixed = Labels::new();
    for label in labels.labels().iter().filter(|label| label.complaint != "c-0") {
        mixed.push(label.clone()).unwrap();
    }
    mixed.push(made_up.labels()[0].clone()).unwrap();
    let designed = Design::new().apply(&backlog, &mixed, OUTCOME).unwrap();
    assert!(designed.notes[0].contains("synthetic"), "{:?}", designed.notes);
}

#[test]
fn unknown_is_the_average_unless_indicators_are_asked_for_and_then_the_model_says_so() {
    let (backlog, labels) = fixtures();
    let plain = Design::new().apply(&backlog, &labels, OUTCOME).unwrap();
    assert!(plain.columns.names().iter().all(|name| !name.ends_with("=unknown")));
    // Centred: the known answers of an item average to what unknown stands for, 0.
    let place = plain.columns.names().iter().position(|name| name.starts_with("tip_source="));
    let values = plain.columns.column(place.unwrap()).unwrap();
    let weights = &plain.joined.weights;
    let item = backlog.codebook().item_index("tip_source").unwrap();
    let (mut sum, mut unknown) = (0.0, 0);
    for ((value, weight), row) in values.iter().zip(weights).zip(&plain.joined.rows) {
        if backlog.code(*row, item) == 0 {
            assert_eq!(*value, 0.0);
            unknown += 1;
        }
        sum += value * weight;
    }
    assert!(unknown > 0 && sum.abs() < 1e-9 * weights.iter().sum::<f64>(), "{unknown} {sum}");

    let design = Design::new().with_unknown_indicators();
    let asked = design.apply(&backlog, &labels, OUTCOME).unwrap();
    assert!(asked.columns.names().iter().any(|name| name.ends_with("=unknown")));
    let weights = vec![0.1; asked.columns.names().len()];
    let weights = LinearWeights::new(asked.columns.names(), -1.0, &weights).unwrap();
    let naming = Naming::new("local", "test");
    let instrument = asked.instrument(backlog.codebook(), &naming, &weights).unwrap();
    assert!(
        instrument.to_json().contains("closed files"),
        "the warning travels into the file: {:?}",
        instrument.draft().warnings
    );
}

#[test]
fn thin_answers_are_warned_of_in_centred_columns_too() {
    let (backlog, labels) = forty(|number| {
        let source = match number {
            4 | 5 => vec![("tip_source", "other_agency")],
            6..10 => vec![],
            _ if number % 2 == 0 => vec![("tip_source", "undercover_chat")],
            _ => vec![("tip_source", "platform_or_clearinghouse")],
        };
        let offence = ("prior_csem_offence", yes_if(number % 7 == 0));
        source.into_iter().chain([offence]).collect()
    });
    let design = Design::new().items(&["tip_source", "prior_csem_offence"]);
    let designed = design.apply(&backlog, &labels, OUTCOME).unwrap();
    let model = Logistic::new().ridge(1.0).fit_sample(&designed.sample().unwrap()).unwrap();
    let mut thin: Vec<(&str, usize, usize)> = Vec::new();
    for warning in &model.report().warnings {
        if let FitWarning::ThinAnswer { column, rows, events } = warning {
            thin.push((column, *rows, *events));
        }
    }
    thin.sort_unstable();
    // Seventeen are under cover, 8 of them with the outcome: not thin.
    let expected = [("prior_csem_offence=yes", 6, 2), ("tip_source=other_agency", 2, 1)];
    assert_eq!(thin, expected);
}

#[test]
fn names_that_are_not_listed_are_refused() {
    let (backlog, labels) = forty(|_| vec![("prior_custody", "yes")]);
    for design in [
        Design::new().items(&["nothing"]),
        Design::new().reference("nothing", "no"),
        Design::new().reference("tip_source", "nobody"),
    ] {
        let error = design.apply(&backlog, &labels, OUTCOME).unwrap_err();
        assert!(matches!(error, FitError::NoSuchColumn { .. }), "{error}");
    }
}

#[test]
fn labels_and_complaints_without_each_other_are_counted() {
    let (backlog, labels) = forty(|_| vec![]);
    let text = format!(
        "complaint,outcome,result\nelsewhere,{OUTCOME},yes\nc-1,{OUTCOME},not_investigated\nc-2,{OUTCOME},no\n"
    );
    let (few, _) = Labels::read_csv(text.as_bytes()).unwrap();
    let report = few.join(&backlog, OUTCOME).report;
    assert_eq!(
        (report.matched, report.not_investigated, report.labels_without_complaint),
        (1, 1, 1)
    );
    assert_eq!(report.complaints_without_label, 38);
    assert_eq!(labels.join(&backlog, OUTCOME).report.matched, 40);
}

#[cfg(feature = "linfa-logistic")]
#[test]
fn a_model_fitted_by_linfa_becomes_an_instrument_with_the_right_sign() {
    let (backlog, labels) = fixtures();
    let design = Design::new().items(&["prior_noncontact_sexual_offence", "tip_source"]);
    let designed = design.apply(&backlog, &labels, OUTCOME).unwrap();
    let naming = Naming::new("imported", "test");
    let mut instruments = Vec::new();
    // Once as it is, once with the classes' frequencies turned round, which turns linfa's own sign.
    let dataset = backlog.dataset(&labels, OUTCOME, &design).unwrap();
    let flipped = dataset.targets().mapv(|label| !label);
    let flipped = Dataset::new(dataset.records().clone(), flipped);
    for (data, event) in [
        (Dataset::new(dataset.records().clone(), dataset.targets().clone()), true),
        (flipped, false),
    ] {
        let fitted = linfa_logistic::LogisticRegression::default()
            .alpha(1.0)
            .gradient_tolerance(1e-8)
            .fit(&data)
            .unwrap();
        let weights = LinearWeights::from_linfa(&fitted, &event, designed.columns.names()).unwrap();
        instruments.push(designed.instrument(backlog.codebook(), &naming, &weights).unwrap());
    }
    let item = backlog.codebook().item_index("prior_noncontact_sexual_offence").unwrap();
    let yes = backlog.codebook()[item].code_of("yes").unwrap();
    let weights = instruments.iter().map(|instrument| {
        let outcome = instrument.outcome_index(OUTCOME).unwrap();
        instrument.weight(outcome, item, yes).to_f64()
    });
    let weights: Vec<f64> = weights.collect();
    for weight in &weights {
        assert!(*weight > 0.0, "a record raises the outcome");
    }
    let apart = weights[0] - weights[1];
    assert!(apart.abs() < 1e-4, "{apart}");
}

#[test]
fn an_isotonic_curve_becomes_the_link_and_fills_the_record() {
    let (backlog, labels) = fixtures();
    let designed = Design::new().apply(&backlog, &labels, OUTCOME).unwrap();
    let logistic = Logistic::new().ridge(1.0);
    let model = logistic.fit_sample(&designed.sample().unwrap()).unwrap();
    let naming = Naming::new("local", "test");
    let instrument =
        designed.instrument(backlog.codebook(), &naming, &LinearWeights::from(&model)).unwrap();
    let log_odds = model.log_odds(&designed.columns).unwrap();
    let scores = Scores::new(&log_odds, &designed.joined.labels).unwrap();
    let clustered = scores.clone().clusters(&designed.joined.clusters).unwrap().line().unwrap();
    let (Advice::RefitIfRileyPasses { events } | Advice::InterceptAndSlope { events }) =
        clustered.advice
    else {
        panic!("{:?}", clustered.advice)
    };
    let all = designed.joined.labels.iter().filter(|label| **label).count();
    assert!(
        events < all as f64,
        "complaints about one subject are not counted apart: {events} {all}"
    );
    let curve = scores.isotonic().unwrap();
    let until: Timestamp = "2026-11-01".parse().unwrap();
    let context = CalibrationContext::new("a test", until, Origin::Retrospective, "drawn");
    let half = log_odds.len() / 2;
    let later = Scores::new(&log_odds[half..], &designed.joined.labels[half..]).unwrap();
    let judged = later.judge_isotonic(&curve).unwrap();
    let linked = instrument.with_isotonic_link(OUTCOME, &curve, Some((&judged, &context))).unwrap();
    assert!(!instrument.is_calibrated() && linked.is_calibrated());
    let Link::Table(steps) = &linked.outcomes()[0].link else { panic!("a curve is a table") };
    assert!(steps.is_sorted_by(|a, b| a.from < b.from && a.probability < b.probability));
    // Between its steps and beyond them the link gives what the curve gives at the fitted scores.
    for step in steps {
        let expected = curve.predict(step.from.to_f64());
        assert!((step.probability.to_f64() - expected).abs() < 0.02, "{step:?} {expected}");
    }
}

#[test]
fn firth_keeps_the_declared_directions_and_tells_which_outcome_it_is_at() {
    let (backlog, labels) = fixtures();
    let few = labels.filtered(|label| label.complaint.ends_with(['1', '5']));
    let design =
        Design::new().respecting_directions().coding(Coding::Steps).with_circular_items().items(&[
            "mixed_notification",
            "distribution_mode",
            "prior_tip_count",
            "payment_for_access",
        ]);
    let mut heard = Vec::new();
    let fitted = Firth::new()
        .fit_all_observed(
            &backlog,
            &few,
            &design,
            &Naming::new("firth", "test"),
            &mut |outcome, progress| {
                if matches!(progress, FitProgress::Step { .. })
                    && heard.last().map(String::as_str) != Some(outcome)
                {
                    heard.push(outcome.to_owned());
                }
                std::ops::ControlFlow::Continue(())
            },
        )
        .unwrap();
    let outcomes: Vec<&str> = fitted.fits.iter().map(|fit| fit.outcome.as_str()).collect();
    assert_eq!(heard, outcomes);
    let mut signed = 0;
    for estimate in fitted.fits.iter().flat_map(|fit| &fit.report.estimates) {
        match estimate.sign {
            Some(Sign::NonNegative) => assert!(estimate.estimate >= 0.0, "{estimate:?}"),
            Some(Sign::NonPositive) => assert!(estimate.estimate <= 0.0, "{estimate:?}"),
            None => continue,
        }
        signed += 1;
    }
    assert!(signed > 5, "{signed}");
    let stopped = Firth::new().fit_all_observed(
        &backlog,
        &few,
        &design,
        &Naming::new("firth", "test"),
        &mut |_, _| std::ops::ControlFlow::Break(()),
    );
    assert_eq!(stopped, Err(FitError::Cancelled));
}

#[test]
fn probabilities_are_printed_only_once_an_outcome_is_calibrated() {
    let published = reference::published().unwrap();
    let (_, labels) = fixtures();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/backlog.csv");
    let backlog =
        Backlog::read_csv(published.codebook(), File::open(file).unwrap(), Unlisted::Report)
            .unwrap()
            .into_backlog();
    let design = Design::new().items(&["tip_source", "prior_tip_count"]);
    let naming = Naming::new("local", "test").like(published.instrument());
    let fitted =
        Logistic::new().ridge(1.0).fit_all(&backlog, &labels, &design, &naming).unwrap().instrument;
    // The line that an assessment prints for the outcome.
    let line = |instrument: &Instrument| {
        let identity =
            Identity { id: "local".to_owned(), version: fitted.identity().version.clone() };
        let (codebook, policy) = (published.codebook().clone(), published.policy().draft().clone());
        let triage =
            Triage::new(identity, "test".to_owned(), codebook, instrument.draft().clone(), policy)
                .unwrap();
        let ranking = triage.rank(&backlog).unwrap();
        let text = ranking.at(1).unwrap().assess().to_string();
        text.lines().find(|line| line.contains("Contact offending:")).unwrap().to_owned()
    };
    assert!(!line(&fitted).contains('%'), "{}", line(&fitted));

    let designed = design.apply(&backlog, &labels, OUTCOME).unwrap();
    let model = Logistic::new().ridge(1.0).fit_sample(&designed.sample().unwrap()).unwrap();
    let log_odds = model.log_odds(&designed.columns).unwrap();
    let half = log_odds.len() / 2;
    let known = &designed.joined.labels;
    let platt = Scores::new(&log_odds[..half], &known[..half]).unwrap().platt().unwrap();
    let judged = Scores::new(&log_odds[half..], &known[half..]).unwrap().judge(&platt).unwrap();
    let until: Timestamp = "2026-11-01".parse().unwrap();
    let context = |origin| CalibrationContext::new("a test", until, origin, "drawn");
    let moved = fitted.recalibrated(OUTCOME, &platt, None).unwrap();
    assert!(!line(&moved).contains('%'), "{}", line(&moved));
    for (origin, is_quoted) in [
        (Origin::Prospective, true),
        (Origin::Retrospective, true),
        (Origin::NotStated, false),
        (Origin::Synthetic, false),
    ] {
        let judged = Some((&judged, &context(origin)));
        let calibrated = fitted.recalibrated(OUTCOME, &platt, judged).unwrap();
        let said = line(&calibrated);
        assert_eq!(said.contains("% (calibrated: a test"), is_quoted, "{origin}: {said}");
        assert_eq!(said.contains('%'), is_quoted, "{origin}: {said}");
        let part = calibrated.outcomes().iter().find(|part| part.outcome == OUTCOME).unwrap();
        assert_eq!(
            (part.calibration.is_some(), part.quotable_calibration().is_some()),
            (true, is_quoted)
        );
    }
}

#[test]
fn weights_and_second_codings_belong_to_one_codebook() {
    let items = ["prior_csem_offence", "sadistic_coercion"];
    let (backlog, labels) = forty(|number| {
        vec![(items[0], yes_if(number % 3 == 0)), (items[1], yes_if(number % 5 < 2))]
    });
    let naming = Naming::new("local", "Learnt.");
    let triage = reference::published().unwrap();
    for coding in [Coding::Treatment, Coding::Steps] {
        let design = Design::new().items(&items).coding(coding);
        let designed = design.apply(&backlog, &labels, OUTCOME).unwrap();
        let model = Logistic::new().ridge(1.0).fit_sample(&designed.sample().unwrap()).unwrap();
        assert!(designed.fitted_instrument(backlog.codebook(), &naming, &model).is_ok());
        // The same name and version, items in another order, and one more before all others.
        let mut turned: serde_json::Value = serde_json::from_str(&codebook().to_json()).unwrap();
        turned["items"].as_array_mut().unwrap().reverse();
        let mut more: serde_json::Value = serde_json::from_str(&codebook().to_json()).unwrap();
        let mut item = more["items"][0].clone();
        item["id"] = "one_more".into();
        more["items"].as_array_mut().unwrap().insert(0, item);
        for other in [turned, more] {
            let other = Codebook::from_json(&other.to_string()).unwrap();
            let weights = LinearWeights::from(&model);
            for refused in [
                designed.fitted_instrument(&other, &naming, &model),
                designed.instrument(&other, &naming, &weights),
            ] {
                let told = refused.unwrap_err();
                assert!(matches!(told, FitError::OtherCodebook { .. }), "{told}");
            }
            let mut second = BacklogBuilder::new(&other);
            second.push(&Complaint::new("c-1", "2025-01-01".parse().unwrap()).unwrap()).unwrap();
            let told = double_coding(&triage, &backlog, &second.freeze(), 10, Confidence::P95);
            assert!(told.unwrap_err().to_string().contains("coder's backlog"));
        }
    }
}
