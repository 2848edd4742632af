//! From a backlog and labels to an instrument: labels, design, rounding, links, calibration.

use std::fs::File;
use std::path::Path;

use caserank::complaint::{Origin, Unlisted};
use caserank::instrument::Link;
use caserank::research::fit::{
    Advice, Burgess, CalibrationContext, Coding, Design, DropReason, FitError, FitWarning, Found,
    Labels, LinearWeights, Logistic, Naming, Recalibrate, Scores, ToDataset,
};
use caserank::{Backlog, BacklogBuilder, Codebook, Instrument, Timestamp};

fn fixture(path: &str) -> File {
    File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)).unwrap()
}

fn codebook() -> Codebook {
    Codebook::from_json(&std::io::read_to_string(fixture("models/codebook.json")).unwrap()).unwrap()
}

fn data() -> (Backlog, Labels) {
    let mut builder = BacklogBuilder::new(&codebook()).unlisted(Unlisted::Report);
    builder.read_csv(fixture("backlog.csv")).unwrap();
    let (labels, report) = Labels::read_csv(fixture("outcomes.csv")).unwrap();
    assert_eq!((report.refused, report.lines), (0, 30_000));
    assert_eq!(report.unlisted, ["truth"]);
    (builder.freeze(), labels)
}

const OUTCOME: &str = "contact_offending";

#[test]
fn every_label_and_complaint_is_counted_once() {
    let (backlog, labels) = data();
    let joined = labels.join(&backlog, OUTCOME);
    let report = &joined.report;
    let all = report.matched
        + report.not_investigated
        + report.not_applicable
        + report.complaints_without_label;
    assert_eq!(all, backlog.len());
    assert_eq!(joined.rows.len(), report.matched);
    assert!(report.not_investigated > 0, "not investigated is never taken for no");
    let yes = labels
        .labels()
        .iter()
        .filter(|label| label.outcome == OUTCOME && label.result == Found::Yes)
        .count();
    assert_eq!(joined.labels.iter().filter(|label| **label).count(), yes);
    assert_eq!(report.standards.values().sum::<usize>(), yes);
    let few = labels.filtered(|label| label.complaint.ends_with('1'));
    let fewer = few.join(&backlog, OUTCOME).report;
    assert_eq!(fewer.complaints_without_label + few.len() / 3, backlog.len());
    for (row, cluster) in joined.rows.iter().zip(&joined.clusters) {
        let subject = backlog.subject(*row).unwrap();
        let other = joined
            .rows
            .iter()
            .zip(&joined.clusters)
            .find(|(r, _)| backlog.subject(**r) == Some(subject))
            .unwrap();
        assert_eq!(other.1, cluster);
        if *row > 300 {
            break;
        }
    }
}

#[test]
fn bad_lines_are_refused_and_named_in_csv_and_json() {
    let text = "complaint,outcome,result,weight,found,followed_until,extra\n\
        a,x,yes,1,,,\na,x,no,1,,,\nb,x,perhaps,1,,,\nc,x,no,-1,,,\nd,x,yes,1,2026-02-01,2026-01-01,\n,x,no,1,,,\ne,x,no,2.5,,,\n";
    let (labels, report) = Labels::read_csv(text.as_bytes()).unwrap();
    assert_eq!((report.taken, report.refused), (2, 5), "{report:?}");
    assert_eq!(report.unlisted, ["extra"]);
    let lines: Vec<u64> = report.refusals.iter().map(|refusal| refusal.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7]);
    assert!(report.refusals[1].reason.contains("perhaps"), "{report:?}");
    assert!(Labels::read_csv("complaint,result\n".as_bytes()).is_err());
    let json: String =
        labels.labels().iter().map(|label| serde_json::to_string(label).unwrap() + "\n").collect();
    let (again, report) = Labels::read_ndjson((json + "{\"complaint\":1}\n").as_bytes()).unwrap();
    assert_eq!(again, labels);
    assert_eq!((report.taken, report.refused), (2, 1));
}

#[test]
fn scores_of_the_instrument_are_the_model_s_log_odds_to_the_rounding() {
    let (backlog, labels) = data();
    for design in [
        Design::new(),
        Design::new().coding(Coding::Steps),
        Design::new().unknown_indicators(true),
        Design::new().circular(true).reference("tip_source", "other_agency"),
    ] {
        let designed = design.apply(&backlog, &labels, OUTCOME).unwrap();
        let model = Logistic::new().ridge(1.0).fit_sample(&designed.sample().unwrap()).unwrap();
        let weights = LinearWeights::from(&model);
        let instrument = designed
            .instrument(backlog.codebook(), &Naming::new("local", "test"), &weights)
            .unwrap();
        let exact = model.log_odds(&designed.columns).unwrap();
        let items = backlog.codebook().items().len();
        let limit = (items + 1) as f64 * 0.000_000_5 + 1e-12;
        for (row, exact) in designed.joined.rows.iter().zip(exact) {
            let mut score = instrument.intercept(0).to_f64();
            for item in 0..items {
                score += instrument.weight(0, item, backlog.code(*row, item)).to_f64();
            }
            assert!((score - exact).abs() <= limit, "{score} {exact}");
        }
        for (place, item) in backlog.codebook().items().iter().enumerate() {
            if let Some(absent) = item.absent_code().filter(|_| item.found_or_not) {
                assert_eq!(
                    instrument.weight(0, place, absent),
                    caserank::Fixed::ZERO,
                    "{}",
                    item.id
                );
            }
        }
        let text = instrument.to_json();
        assert_eq!(Instrument::from_json(backlog.codebook(), &text).unwrap(), instrument);
    }
}

#[test]
fn circular_items_victims_and_later_stages_are_left_out_and_reported() {
    let (backlog, labels) = data();
    let design = Design::new().stage(caserank::codebook::Stage::Intake);
    let designed = design.apply(&backlog, &labels, OUTCOME).unwrap();
    for item in backlog.codebook().items() {
        let bearing = item.bears_on.get(OUTCOME);
        let used =
            designed.columns.names().iter().any(|name| name.starts_with(&format!("{}=", item.id)));
        if bearing.is_some_and(|bearing| bearing.criterion_of)
            || item.stage != caserank::codebook::Stage::Intake
        {
            assert!(!used, "{}", item.id);
            assert!(
                designed.dropped.iter().any(|dropped| dropped.column == item.id),
                "{}",
                item.id
            );
        }
    }
    let wide = Design::new().circular(true).apply(&backlog, &labels, OUTCOME).unwrap();
    assert!(wide.columns.names().len() > designed.columns.names().len());
    assert!(wide.dropped.iter().all(|dropped| dropped.reason != DropReason::Circular));
    assert!(designed.notes[0].contains("synthetic"));
}

#[test]
fn all_outcomes_fit_into_one_instrument_that_follows_the_directions() {
    let (backlog, labels) = data();
    let fitted = Logistic::new()
        .ridge_standardised(5.0)
        .fit_all(
            &backlog,
            &labels,
            &Design::new().respect_directions(true),
            &Naming::new("local", "test"),
        )
        .unwrap();
    assert_eq!(fitted.instrument.outcomes().len(), 3);
    for (place, fit) in fitted.fits.iter().enumerate() {
        assert!(
            fit.report.warnings.iter().any(|warning| matches!(warning, FitWarning::Design { .. }))
        );
        assert!(fit.report.rows == fit.join.matched && fit.report.events > 0);
        assert_eq!(fit.advice, Advice::for_events(fit.report.effective_events));
        assert!(!fit.supports_refit(), "too few events for so many columns: {:?}", fit.riley);
        for (item_place, item) in backlog.codebook().items().iter().enumerate() {
            for from in 1..item.code_count() as u8 {
                for to in 1..item.code_count() as u8 {
                    let order = item.compare(&fit.outcome, from, to);
                    let (a, b) = (
                        fitted.instrument.weight(place, item_place, from),
                        fitted.instrument.weight(place, item_place, to),
                    );
                    if order == Some(std::cmp::Ordering::Greater) {
                        assert!(a <= b, "{} {} {from} {to}: {a} {b}", fit.outcome, item.id);
                    }
                }
            }
        }
    }
    assert!(fitted.instrument.draft().warnings[0].contains("synthetic"));
}

#[test]
fn a_card_becomes_an_instrument_with_its_table_as_link() {
    let (backlog, labels) = data();
    let designed = Design::new().coding(Coding::Answers).apply(&backlog, &labels, OUTCOME).unwrap();
    let card =
        Burgess::new().least_difference(0.02).fit_sample(&designed.sample().unwrap()).unwrap();
    let instrument = designed
        .point_instrument(backlog.codebook(), &Naming::new("burgess", "test"), &card)
        .unwrap();
    let totals = card.totals(&designed.columns).unwrap();
    for (row, total) in designed.joined.rows.iter().zip(totals) {
        let items = 0..backlog.codebook().items().len();
        let score: f64 =
            items.map(|item| instrument.weight(0, item, backlog.code(*row, item)).to_f64()).sum();
        assert_eq!(score, total);
    }
    assert!(matches!(&instrument.outcomes()[0].link, Link::Table(steps) if steps.len() > 1));
}

#[test]
fn recalibration_moves_scores_and_fills_the_record() {
    let (backlog, labels) = data();
    let designed = Design::new().apply(&backlog, &labels, OUTCOME).unwrap();
    let model = Logistic::new().ridge(1.0).fit_sample(&designed.sample().unwrap()).unwrap();
    let weights = LinearWeights::from(&model);
    let instrument =
        designed.instrument(backlog.codebook(), &Naming::new("local", "test"), &weights).unwrap();
    assert!(!instrument.is_calibrated());
    let log_odds = model.log_odds(&designed.columns).unwrap();
    let scores = Scores::new(&log_odds, &designed.joined.labels).unwrap();
    let line = scores.line().unwrap();
    let until: Timestamp = "2026-11-01".parse().unwrap();
    let context = CalibrationContext::new("a test", until, Origin::Synthetic, "drawn");
    let events = designed.joined.labels.iter().filter(|label| **label).count();
    let counts = (designed.joined.labels.len(), events);
    let moved = instrument.recalibrated(OUTCOME, &line, counts, &context).unwrap();
    assert!(moved.is_calibrated());
    let expected = line.log_odds(instrument.intercept(0).to_f64());
    assert!((moved.intercept(0).to_f64() - expected).abs() < 1e-6);
    let record = moved.outcomes()[0].calibration.as_ref().unwrap();
    assert_eq!(record.events, events as u64);
    assert!((record.expected_over_observed.value.to_f64() - 1.0).abs() < 1e-5);

    let tip = backlog.codebook().item_place("tip_source").unwrap();
    let item = &backlog.codebook().items()[tip];
    let groups: Vec<&str> =
        designed.joined.rows.iter().map(|row| item.answer_id(backlog.code(*row, tip))).collect();
    let by_group = scores.by_group(&groups).unwrap();
    let shifted =
        instrument.recalibrated_by(OUTCOME, "tip_source", &by_group, counts, &context).unwrap();
    for code in 0..item.code_count() as u8 {
        let before = instrument.intercept(0).to_f64() + instrument.weight(0, tip, code).to_f64();
        let after = shifted.intercept(0).to_f64() + shifted.weight(0, tip, code).to_f64();
        assert!((after - before - by_group.shift(item.answer_id(code))).abs() < 3e-6);
    }
    assert!(matches!(
        instrument.recalibrated("nothing", &line, counts, &context),
        Err(FitError::NoSuchOutcome { .. })
    ));
}

#[test]
fn closed_files_need_a_time_or_an_accepted_warning() {
    let codebook = codebook();
    let mut builder = BacklogBuilder::new(&codebook);
    let mut labels = String::from("complaint,outcome,result\n");
    for number in 0..40 {
        let received: Timestamp = "2025-01-01".parse().unwrap();
        let answer = if number % 3 == 0 { "yes" } else { "no" };
        let complaint = caserank::Complaint::new(format!("c-{number}"), received)
            .unwrap()
            .origin(Origin::Retrospective)
            .answer("prior_csem_offence", answer);
        builder.push(&complaint).unwrap();
        labels += &format!("c-{number},{OUTCOME},{}\n", if number % 4 == 0 { "yes" } else { "no" });
    }
    let (labels, _) = Labels::read_csv(labels.as_bytes()).unwrap();
    let backlog = builder.freeze();
    let design = Design::new().items(&["prior_csem_offence"]);
    assert!(matches!(design.apply(&backlog, &labels, OUTCOME), Err(FitError::Leakage)));
    let accepted = design.accept_leakage(true).apply(&backlog, &labels, OUTCOME).unwrap();
    assert!(accepted.notes[0].contains("closed files"));
    assert!(matches!(
        Design::new().apply(&backlog, &labels, "nothing"),
        Err(FitError::NoSuchOutcome { .. })
    ));
}

#[test]
fn a_dataset_has_the_columns_of_the_design_by_name() {
    use caserank::linfa::traits::Fit;
    let (backlog, labels) = data();
    let dataset = backlog.dataset(&labels, OUTCOME, &Design::new()).unwrap();
    let designed = Design::new().apply(&backlog, &labels, OUTCOME).unwrap();
    assert_eq!(dataset.feature_names(), designed.columns.names());
    let through_linfa = Logistic::new().ridge(1.0).fit(&dataset).unwrap();
    let direct = Logistic::new().ridge(1.0).fit_sample(&designed.sample().unwrap()).unwrap();
    for (a, b) in through_linfa.weights().iter().zip(direct.weights()) {
        assert!((a - b).abs() < 1e-8, "{a} {b}");
    }
}
