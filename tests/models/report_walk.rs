//! Every section that a report can have carries the stamp of what it rests on, the cautions of its fits and figures, and calls a
//! row what its data call it.
#![allow(missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use caserank::complaint::Origin;
use caserank::policy::ActiveOverrides;
use caserank::reference::{self, other_assumptions};
use caserank::research::evaluate::{
    ByKey, Capacity, Caution, Confidence, Figure, Scale, Scored, SelectionModel, at_horizon, auc,
    selection_bounds,
};
use caserank::research::fit::federated::{Method, Plan, PlanItem};
use caserank::research::fit::{
    Design, Designed, Firth, Found, Imputation, Label, Labels, LogisticModel, Sample,
};
use caserank::research::report::{
    Block, Cell, Report, Section, Workday, bounds_section, calibration_section, capacity_section,
    coders_section, comparison_section, data_section, decision_section, drift_section,
    federated_section, follow_up_section, front_section, groups_section, missing_section,
    ranks_section, roc_section, selection_section, sensitivity_section, sets_section,
    tornado_section, tripod_section, units_section, weights_section,
};
use caserank::research::study::{
    Arm, Beside, GroupRows, Known, Measure, NOT_STATED_STAMP, Noun, PositionsUnder, STAMP,
    Sensitivity, Stability, Study, Target, Uncertainty, double_coding, item_drift,
};
use caserank::synthetic::Generator;
use caserank::{Backlog, BacklogBuilder, Seed, Triage};

use crate::federation::{agencies_of, drawn, federated};

const C: Confidence = Confidence::P95;
const OUTCOME: &str = "contact_offending";
const ITEMS: [&str; 3] = ["prior_violent_offence", "substance_misuse", "tip_source"];

fn backlog(triage: &Triage, origin: Origin, clear: Option<&str>) -> Backlog {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for case in Generator::new(Seed(4)).cases().take(160) {
        let mut complaint = case.complaint.with_origin(origin);
        if let Some(item) = clear {
            complaint.clear_answer(item);
        }
        builder.push(&complaint).unwrap();
    }
    builder.freeze()
}

/// A fit of few events, some of whose answers are thin.
fn fitted(backlog: &Backlog) -> (Labels, Designed, LogisticModel) {
    let mut labels = Labels::new();
    for row in 0..backlog.len() {
        let found = if row % 7 == 0 { Found::Yes } else { Found::No };
        labels.push(Label::new(backlog.id(row), OUTCOME, found)).unwrap();
    }
    let design = Design::new().items(&ITEMS).accepting_leakage();
    let designed = design.apply(backlog, &labels, OUTCOME).unwrap();
    let model = Firth::new().fit_sample(&designed.sample().unwrap()).unwrap();
    (labels, designed, model)
}

/// One of each, by the name of the function that makes it.
fn every_section(origin: Origin) -> BTreeMap<&'static str, Vec<Section>> {
    let triage = reference::published().unwrap();
    let backlog_now = backlog(&triage, origin, None);
    let other = backlog(&triage, origin, Some("tip_source"));
    let (labels, designed, model) = fitted(&backlog_now);
    let none = ActiveOverrides::none();
    let target = Target::Outcome(OUTCOME.to_owned());
    let known = Known::new(&backlog_now, &labels, target.clone(), Some("tip_source")).unwrap();
    let arms = [Arm::new("published", &triage, &backlog_now, &known).unwrap()];
    let scores: Vec<f64> = arms[0].scores().to_vec();
    let result = Study::new(&backlog_now, &labels, target.clone())
        .instrument("published", &triage)
        .scores("vendor", &scores, &[])
        .primary(Measure::AveragePrecision, 0.02)
        .bootstrap(20, Seed(1))
        .run()
        .unwrap();
    let mut all: BTreeMap<&'static str, Vec<Section>> = BTreeMap::new();
    let day = Workday::new(40.0, 8.0).unwrap();
    all.insert("front_section", front_section(&result, &known, &arms, day, ""));
    all.insert("comparison_section", vec![comparison_section(&result)]);
    all.insert("data_section", vec![data_section(Some(&backlog_now), &known)]);
    all.insert("tripod_section", vec![tripod_section(&result, &BTreeMap::new(), &[])]);
    all.insert("calibration_section", vec![calibration_section(&known, &arms)]);
    all.insert("capacity_section", vec![capacity_section(&known, &arms)]);
    all.insert("roc_section", vec![roc_section(&known, &arms)]);
    all.insert("decision_section", vec![decision_section(&known, &arms)]);
    let of_rows = ["north", "south"].map(Some);
    let groups: Vec<Option<&str>> = (0..known.len()).map(|row| of_rows[row % 2]).collect();
    let found = GroupRows::new(&known, &arms[0], &groups).top(30).smallest(10).run().unwrap();
    all.insert("groups_section", vec![groups_section("region", &found)]);
    let looked: Vec<Option<bool>> =
        (0..40).map(|row| (row % 3 > 0).then_some(row % 5 == 0)).collect();
    let flags: Vec<bool> = (0..40).map(|row| row < 12).collect();
    let bounds = selection_bounds(&looked, &flags).unwrap().with_origin(origin);
    all.insert("bounds_section", vec![bounds_section(&target, 12, &[("published", bounds)])]);
    let drift = item_drift(&backlog_now, &other, C).unwrap();
    all.insert("drift_section", vec![drift_section("spring", "autumn", &drift)]);
    let uncertainty = Uncertainty::of_fits(triage.instrument(), &[(&designed, &model)]).unwrap();
    let stability = Stability::new(&triage, &uncertainty).replicates(20).top(20);
    let stability = stability.run(&backlog_now, &none, Seed(7)).unwrap();
    all.insert("ranks_section", vec![ranks_section(&stability, 5)]);
    let others = other_assumptions().unwrap();
    let sets = [("published", &triage), ("another", others[0].triage())];
    let positions = PositionsUnder::new(&sets, &backlog_now, &none).unwrap();
    let ids: Vec<&str> = (0..backlog_now.len()).map(|row| backlog_now.id(row)).collect();
    all.insert("sets_section", vec![sets_section(&positions, &ids, 5, 20)]);
    let departures = positions.departures(20);
    all.insert("tornado_section", vec![tornado_section("published", &departures, 20)]);
    let sensitivity = Sensitivity::new(&triage, &backlog_now, &none, 20).unwrap();
    let changes = sensitivity.without_domains().unwrap();
    let pieces = [("domains", "Domains left out", &changes[..])];
    all.insert("sensitivity_section", vec![sensitivity_section(&pieces, 20)]);
    let report = model.report();
    all.insert(
        "weights_section",
        vec![weights_section(triage.instrument(), OUTCOME, Some(report))],
    );
    let fit = |sample: &Sample<'_>| Firth::new().fit_sample(sample);
    let imputed = Imputation::new(2, Seed(3)).rounds(1).run(&designed, fit).unwrap();
    let unknown = designed.unknown_answers();
    all.insert(
        "missing_section",
        vec![
            missing_section(&unknown, Some(report), Some(&imputed), &[]),
            missing_section(&unknown, Some(report), None, &[]),
        ],
    );
    let coders = double_coding(&triage, &backlog_now, &other, 20, C).unwrap();
    all.insert("coders_section", vec![coders_section(&coders, 5)]);
    let chances: Vec<f64> = (0..40).map(|row| 0.3 + f64::from(row % 5) / 10.0).collect();
    let selection = SelectionModel::new(&looked, &chances, &chances).unwrap().with_origin(origin);
    all.insert(
        "selection_section",
        vec![selection_section(&selection, &[("a", &flags)], &[1.0, 0.5], C)],
    );
    let times: Vec<Option<f64>> = (0..60).map(|row| (row % 4 == 0).then_some(30.0)).collect();
    let at = at_horizon(&times, &[400.0; 60], 90.0).unwrap().with_origin(origin);
    let scores: Vec<f64> = (0..60).map(|row| f64::from(row * 37 % 61)).collect();
    let measured = [("ours", &scores[..])];
    let reached = Capacity::Share(0.2);
    all.insert(
        "follow_up_section",
        vec![follow_up_section("days", &[(90.0, &at)], &measured, reached, C)],
    );
    let area = |shift: usize| -> Figure {
        let labels: Vec<bool> = (0..60).map(|row| (row + shift).is_multiple_of(4)).collect();
        auc(Scored::new(&labels, &scores).unwrap(), C).unwrap().figure
    };
    let areas: ByKey<String, Figure> =
        (0..4).map(|unit| (format!("unit {unit}"), Ok(area(unit)))).collect();
    let measures = [("Area", &areas, Scale::Logit)];
    all.insert("units_section", vec![units_section("unit", &measures, origin, C)]);
    let items = vec![PlanItem::yes_no("access"), PlanItem::yes_no("met")];
    let plan = Plan::new("t", "outcome", items.clone(), Method::Firth).unwrap();
    let mut rows = drawn(&mut Seed(5).stream(0), &items, 2, false, false);
    rows.truncate(2);
    let (joint, _) = if origin == Origin::NotStated {
        federated(&plan, &mut agencies_of(&plan, &rows)).unwrap()
    } else {
        let agency = |(number, rows): (usize, &crate::federation::Rows)| {
            let given = rows.given().with_origin(origin);
            caserank::research::fit::federated::Agency::new(&format!("a{number}"), &plan, given)
        };
        let mut stated: Vec<_> = rows.iter().enumerate().map(agency).map(Result::unwrap).collect();
        federated(&plan, &mut stated).unwrap()
    };
    all.insert("federated_section", vec![federated_section(&joint, None, None)]);
    all
}

/// Names of all public functions that make a section.
fn listed() -> BTreeSet<&'static str> {
    let source = include_str!("../../src/research/report/mod.rs");
    let words = source.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    words.filter(|word| word.ends_with("_section")).collect()
}

fn prose(section: &Section) -> String {
    let texts = section.blocks.iter().filter_map(|block| match block {
        Block::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_section_is_stamped_by_what_it_rests_on() {
    let mut left = listed();
    // A model's card shows no figure and no coefficient but its own declared start.
    assert!(left.remove("card_section"));
    for (origin, stamp) in [
        (Origin::NotStated, Some(NOT_STATED_STAMP)),
        (Origin::Synthetic, Some(STAMP)),
        (Origin::Prospective, None),
    ] {
        let all = every_section(origin);
        assert_eq!(all.keys().copied().collect::<BTreeSet<_>>(), left, "a section is not walked");
        for (name, sections) in all {
            assert!(!sections.is_empty(), "{name}");
            for section in sections {
                assert_eq!(section.stamp.as_deref(), stamp, "{name}, {origin}: {}", section.title);
            }
        }
    }
}

#[test]
fn what_fits_and_models_say_against_themselves_stands_beside_what_is_made_of_them() {
    let triage = reference::published().unwrap();
    let now = backlog(&triage, Origin::NotStated, None);
    let (_, designed, model) = fitted(&now);
    let warnings = &model.report().warnings;
    assert!(warnings.iter().any(|warning| warning.column().is_some()), "{warnings:?}");
    // The design's notes are the fit's.
    for note in &designed.notes {
        assert!(warnings.iter().any(|warning| warning.to_string() == *note), "{note}");
    }
    assert!(!designed.notes.is_empty());
    assert_eq!(model.report().origin, designed.origin);
    let all = every_section(Origin::NotStated);
    let thin: Vec<&str> = warnings.iter().filter_map(|warning| warning.column()).collect();
    for name in ["weights_section", "ranks_section", "missing_section"] {
        for section in &all[name] {
            let told = prose(section);
            for column in &thin {
                assert!(told.contains(*column), "{name}: {column}: {told}");
            }
            for note in &designed.notes {
                assert!(told.contains(note.trim_end_matches('.')), "{name}: {note}: {told}");
            }
        }
    }
    let of_model = &triage.instrument().draft().warnings;
    assert!(!of_model.is_empty());
    for (name, section) in [
        ("front_section", all["front_section"].last().unwrap()),
        ("comparison_section", &all["comparison_section"][0]),
        ("ranks_section", &all["ranks_section"][0]),
    ] {
        for said in of_model {
            assert!(prose(section).contains(said.trim_end_matches('.')), "{name}: {said}");
        }
    }
    // And a figure's own caution stands with the verdict that rests on it.
    let misread = Measure::AveragePrecision.cautions();
    assert!(!misread.is_empty());
    for caution in misread.iter().map(|caution| Caution::text(*caution)) {
        assert!(prose(&all["front_section"][0]).contains(caution), "{caution}");
        assert!(prose(&all["comparison_section"][0]).contains(caution), "{caution}");
    }
    // Errors that people stated were learnt from nobody; those of a bare matrix from somebody unknown.
    let assumed = Uncertainty::assumed(triage.instrument(), 0.1).unwrap();
    assert_eq!((assumed.origin(), assumed.cautions().len()), (None, 0));
    let stated = assumed.with_origin(Origin::Synthetic);
    let real = backlog(&triage, Origin::Prospective, None);
    let stability = Stability::new(&triage, &stated).replicates(5);
    let found = stability.run(&real, &ActiveOverrides::none(), Seed(1)).unwrap();
    assert_eq!((found.origin(), found.stamp()), (Origin::Synthetic, Some(STAMP)));
}

#[test]
fn two_orders_beside_each_other_are_stamped_by_their_outcomes_too() {
    let triage = reference::published().unwrap();
    let none = ActiveOverrides::none();
    for (origin, found, stamp) in [
        (Origin::Prospective, Origin::Prospective, None),
        (Origin::NotStated, Origin::Prospective, Some(NOT_STATED_STAMP)),
        (Origin::Prospective, Origin::NotStated, Some(NOT_STATED_STAMP)),
        (Origin::Prospective, Origin::Synthetic, Some(STAMP)),
    ] {
        let complaints = backlog(&triage, origin, None);
        let known = Known::of_labels("found", &vec![true; complaints.len()], found);
        let beside = Beside::new([&triage, &triage], &complaints, &none, 10, &[known]).unwrap();
        let text = beside.to_string();
        for mark in [STAMP, NOT_STATED_STAMP] {
            assert_eq!(text.contains(mark), stamp == Some(mark), "{text}");
        }
    }
}

/// Words outside backticks, which hold names.
fn spoken(text: &str) -> String {
    text.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn rows_are_called_what_the_data_call_them() {
    for (one, many) in [("patient", "patients"), ("application", "applications")] {
        let noun = Noun::new(one, many);
        for (name, sections) in every_section(Origin::NotStated) {
            for section in sections {
                let report = Report::new("r", None).called(&noun).with(section);
                let mut texts = vec![report.to_markdown()];
                for (_, table) in report.tables() {
                    texts.extend(table.rows.iter().flatten().map(Cell::text));
                }
                for text in texts.iter().map(|text| spoken(text)) {
                    let lower = text.to_lowercase();
                    assert!(!lower.contains("complaint"), "{name}: {text}");
                    for wrong in [" a application", " an patient"] {
                        assert!(!format!(" {lower}").contains(wrong), "{name}: {text}");
                    }
                }
            }
        }
    }
    let noun = Noun::new("application", "applications");
    assert_eq!(
        noun.put("A complaint, a complaint's turn and a `complaint`; a late complaint"),
        "An application, an application's turn and a `complaint`; a late application"
    );
    for (one, article) in [("user", "a"), ("hour", "an"), ("urgent call", "an"), ("case", "a")] {
        assert_eq!(Noun::new(one, "").put("a complaint"), format!("{article} {one}"));
    }
}
