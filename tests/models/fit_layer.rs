//! From a backlog and labels to an instrument: labels, design, rounding, links, calibration.

use std::fs::File;
use std::path::Path;

use caserank::codebook::ItemIndex;
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
    let mut builder = BacklogBuilder::new(&codebook()).with_unlisted(Unlisted::Report);
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
    assert!(report.refusals[1].to_string().contains("perhaps"), "{report:?}");
    assert!(Labels::read_csv("complaint,result\n".as_bytes()).is_err());
    let json: String =
        labels.labels().iter().map(|label| serde_json::to_string(label).unwrap() + "\n").collect();
    let (again, report) = Labels::read_ndjson((json + "{\"complaint\":1}\n").as_bytes()).unwrap();
    assert_eq!(again, labels);
    assert_eq!((report.taken, report.refused), (2, 1));
}

/// Outcomes and complaints that nobody has are told with what they resemble.
#[test]
fn labels_that_meet_nothing_are_told() {
    let (backlog, _) = data();
    let id = backlog.id(0);
    let text = format!(
        "\u{feff}Complaint,OUTCOME,result,followed until\n{id},{OUTCOME},Yes,2026-02-01\n\
        \u{a0}{id} ,{},no,\n\"{}\",{OUTCOME},no,\n\n{id}x,{OUTCOME},\"no\n{id}y,{OUTCOME},no,\n",
        OUTCOME.to_uppercase(),
        id.to_uppercase(),
    );
    let (labels, report) = Labels::read_csv(text.as_bytes()).unwrap();
    assert_eq!((report.taken, report.refused, &report.trimmed[..]), (4, 1, &[3][..]), "{report:?}");
    assert_eq!(report.refusals.iter().map(|told| told.line).collect::<Vec<_>>(), [6]);
    assert_eq!(report.renamed[0], ("Complaint".to_owned(), "complaint".to_owned()));
    let until = labels.labels()[0].followed_until.unwrap();
    assert_eq!(until.to_string(), "2026-02-01T23:59:59Z");
    let join = labels.join(&backlog, OUTCOME).report;
    assert_eq!((join.matched, join.labels_without_complaint), (1, 2));
    assert_eq!(join.look_alikes, [[id.to_uppercase(), id.to_owned()]]);
    let [unlisted] = &join.unlisted_outcomes[..] else { panic!("{join:?}") };
    assert_eq!((&*unlisted.outcome, unlisted.labels), (&*OUTCOME.to_uppercase(), 1));
    assert_eq!(unlisted.nearest.as_deref(), Some(OUTCOME));
    let twice = Labels::read_csv("complaint,outcome,result,Result\n".as_bytes());
    assert!(twice.unwrap_err().to_string().contains("`Result` twice"));
}

/// Gives out what it has, then fails.
struct Failing<'a>(&'a [u8]);

impl std::io::Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() {
            return Err(std::io::Error::other("the line is dead"));
        }
        let length = self.0.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

#[test]
fn a_source_of_labels_that_fails_is_an_error_wherever_it_does() {
    let text = format!("complaint,outcome,result\na,{OUTCOME},yes\nb,{OUTCOME},no\n");
    for end in 0..=text.len() {
        let found = Labels::read_csv(Failing(&text.as_bytes()[..end]));
        assert!(found.unwrap_err().to_string().contains("the line is dead"), "{end}");
    }
    // One line that is not text is refused, and the rest read.
    let label = |id: &str| {
        format!("{{\"complaint\":\"{id}\",\"outcome\":\"{OUTCOME}\",\"result\":\"no\"}}\n")
            .into_bytes()
    };
    let lines = [label("a"), b"\xff\n".to_vec(), label("b")].concat();
    let (labels, report) = Labels::read_ndjson(&*lines).unwrap();
    assert_eq!((labels.len(), report.refusals[0].line), (2, 2));
    let found = Labels::read_ndjson(Failing(&lines));
    assert!(found.unwrap_err().to_string().contains("on line 4"));
}

#[test]
fn scores_of_the_instrument_are_the_model_s_log_odds_to_the_rounding() {
    let (backlog, labels) = data();
    for design in [
        Design::new(),
        Design::new().coding(Coding::Steps),
        Design::new().with_unknown_indicators(),
        Design::new().with_circular_items().reference("tip_source", "other_agency"),
    ] {
        let designed = design.apply(&backlog, &labels, OUTCOME).unwrap();
        let model = Logistic::new().ridge(1.0).fit_sample(&designed.sample().unwrap()).unwrap();
        let weights = LinearWeights::from(&model);
        let instrument = designed
            .instrument(backlog.codebook(), &Naming::new("local", "test"), &weights)
            .unwrap();
        let exact = model.log_odds(&designed.columns).unwrap();
        let items = backlog.codebook().items().len();
        let outcome = instrument.outcome_index(OUTCOME).unwrap();
        let limit = (items + 1) as f64 * 0.000_000_5 + 1e-12;
        for (row, exact) in designed.joined.rows.iter().zip(exact) {
            let mut score = instrument.intercept(outcome).to_f64();
            for item in backlog.codebook().item_indices() {
                score += instrument.weight(outcome, item, backlog.code(*row, item)).to_f64();
            }
            assert!((score - exact).abs() <= limit, "{score} {exact}");
        }
        for index in backlog.codebook().item_indices() {
            let item = &backlog.codebook()[index];
            if let Some(absent) = item.absent_code().filter(|_| item.found_or_not) {
                let weight = instrument.weight(outcome, index, absent);
                assert_eq!(weight, caserank::Fixed::ZERO, "{}", item.id);
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
    let wide = Design::new().with_circular_items().apply(&backlog, &labels, OUTCOME).unwrap();
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
            &Design::new().respecting_directions(),
            &Naming::new("local", "test"),
        )
        .unwrap();
    assert_eq!(fitted.instrument.outcomes().len(), 3);
    for (outcome, fit) in fitted.instrument.outcome_indices().zip(&fitted.fits) {
        assert_eq!(fitted.instrument[outcome].outcome, fit.outcome);
        assert!(
            fit.report.warnings.iter().any(|warning| matches!(warning, FitWarning::Design { .. }))
        );
        assert!(fit.report.rows == fit.join.matched && fit.report.events > 0);
        assert_eq!(fit.advice, Advice::for_events(fit.report.effective_events));
        assert!(!fit.supports_refit(), "too few events for so many columns: {:?}", fit.riley);
        for index in backlog.codebook().item_indices() {
            let item = &backlog.codebook()[index];
            for from in 1..item.code_count() as u8 {
                for to in 1..item.code_count() as u8 {
                    let order = item.compare(&fit.outcome, from, to);
                    let (a, b) = (
                        fitted.instrument.weight(outcome, index, from),
                        fitted.instrument.weight(outcome, index, to),
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
    // Unknown answers count as the average of their item's points over known ones.
    let codebook = backlog.codebook();
    let points = |item: ItemIndex, code: u8| {
        let item = &codebook[item];
        let name = format!("{}={}", item.id, item.answer_id(code));
        card.points.iter().find(|(known, _)| *known == name).map_or(0.0, |(_, p)| f64::from(*p))
    };
    let rows = &designed.joined.rows;
    let average = |item: ItemIndex| {
        let known = rows.iter().zip(&designed.joined.weights);
        let known = known.filter(|(row, _)| backlog.code(**row, item) != 0);
        let sums = known.fold((0.0, 0.0), |(sum, all), (row, weight)| {
            (sum + weight * points(item, backlog.code(*row, item)), all + weight)
        });
        if codebook[item].found_or_not || sums.1 == 0.0 { 0.0 } else { sums.0 / sums.1 }
    };
    let averages: Vec<f64> = codebook.item_indices().map(average).collect();
    let outcome = instrument.outcome_index(OUTCOME).unwrap();
    for (row, total) in rows.iter().zip(card.totals(&designed.columns).unwrap()) {
        let codes = codebook.item_indices().map(|item| (item, backlog.code(*row, item)));
        let score: f64 =
            codes.clone().map(|(item, code)| instrument.weight(outcome, item, code).to_f64()).sum();
        let unknown: f64 =
            codes.filter(|(_, code)| *code == 0).map(|(item, _)| averages[item.position()]).sum();
        let found = instrument.intercept(outcome).to_f64() + score;
        assert!((found - total - unknown).abs() < 1e-4, "{found} {total} {unknown}");
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
    // Learnt on the first half, judged on the second.
    let half = log_odds.len() / 2;
    let labels = &designed.joined.labels;
    let scores = Scores::new(&log_odds[..half], &labels[..half]).unwrap();
    let later = Scores::new(&log_odds[half..], &labels[half..]).unwrap();
    let line = scores.line().unwrap();
    assert_eq!(scores.judge(&line).unwrap_err(), FitError::SameComplaints);
    let judged = later.judge(&line).unwrap();
    let until: Timestamp = "2026-11-01".parse().unwrap();
    let context = CalibrationContext::new("a test", until, Origin::Retrospective, "drawn");
    let unjudged = instrument.recalibrated(OUTCOME, &line, None).unwrap();
    assert!(!unjudged.is_calibrated());
    let moved = instrument.recalibrated(OUTCOME, &line, Some((&judged, &context))).unwrap();
    assert!(moved.is_calibrated());
    let outcome = instrument.outcome_index(OUTCOME).unwrap();
    assert_eq!(moved.intercept(outcome), unjudged.intercept(outcome));
    let expected = line.log_odds(instrument.intercept(outcome).to_f64());
    assert!((moved.intercept(outcome).to_f64() - expected).abs() < 1e-6);
    let record = moved.outcomes()[0].calibration.as_ref().unwrap();
    assert_eq!(record.events, labels[half..].iter().filter(|label| **label).count() as u64);
    assert_eq!(record.complaints, judged.complaints() as u64);
    // Not 1: these are other complaints.
    assert!((record.expected_over_observed.value.to_f64() - 1.0).abs() > 1e-4);

    let tip = backlog.codebook().item_index("tip_source").unwrap();
    let item = &backlog.codebook()[tip];
    let groups: Vec<&str> =
        designed.joined.rows.iter().map(|row| item.answer_id(backlog.code(*row, tip))).collect();
    let by_group = scores.by_group(&groups[..half]).unwrap();
    let same = scores.judge_groups(&by_group, &groups[..half]);
    assert_eq!(same.unwrap_err(), FitError::SameComplaints);
    let judged = later.judge_groups(&by_group, &groups[half..]).unwrap();
    let judged = Some((&judged, &context));
    let shifted = instrument.recalibrated_by(OUTCOME, "tip_source", &by_group, judged).unwrap();
    for code in 0..item.code_count() as u8 {
        let log_odds = |of: &caserank::Instrument| {
            of.intercept(outcome).to_f64() + of.weight(outcome, tip, code).to_f64()
        };
        let (before, after) = (log_odds(&instrument), log_odds(&shifted));
        assert!((after - before - by_group.shift(item.answer_id(code))).abs() < 3e-6);
    }
    assert!(matches!(
        instrument.recalibrated("nothing", &line, None),
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
            .with_origin(Origin::Retrospective)
            .with_answer("prior_csem_offence", answer);
        builder.push(&complaint).unwrap();
        labels += &format!("c-{number},{OUTCOME},{}\n", if number % 4 == 0 { "yes" } else { "no" });
    }
    let (labels, _) = Labels::read_csv(labels.as_bytes()).unwrap();
    let backlog = builder.freeze();
    let design = Design::new().items(&["prior_csem_offence"]);
    assert!(matches!(design.apply(&backlog, &labels, OUTCOME), Err(FitError::Leakage)));
    let accepted = design.accepting_leakage().apply(&backlog, &labels, OUTCOME).unwrap();
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
