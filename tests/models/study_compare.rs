//! Comparisons: what may be said, and what may not.
#![allow(missing_docs)]

use caserank::Seed;
use caserank::complaint::Origin;
use caserank::instrument::InstrumentDraft;
use caserank::research::fit::{Label, Labels};
use caserank::research::study::{
    Arm, Known, Measure, Noun, PositionsUnder, STAMP, Sensitivity, Study, StudyError, StudyPlan,
    Target, Verdict,
};
use caserank::synthetic::{Case, Generator, write_outcomes};
use caserank::{ActiveOverrides, Backlog, BacklogBuilder, Fixed, Triage, reference};

const CONTACT: &str = "contact_offending";

fn contact() -> Target {
    Target::Outcome(CONTACT.to_owned())
}

fn cases(count: usize) -> Vec<Case> {
    Generator::new(Seed(21)).cases().take(count).collect()
}

fn labels(cases: &[Case]) -> Labels {
    let mut text = Vec::new();
    write_outcomes(&mut text, cases.iter().cloned()).unwrap();
    Labels::read_csv(text.as_slice()).unwrap().0
}

/// The same labels from nowhere in particular, as a unit's own would be: synthetic ones stamp whatever they join.
fn unmarked(cases: &[Case]) -> Labels {
    let mut unmarked = Labels::new();
    for label in labels(cases).labels() {
        unmarked.push(Label { origin: None, ..label.clone() }).unwrap();
    }
    unmarked
}

fn backlog(triage: &Triage, cases: &[Case], origin: Origin) -> Backlog {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for case in cases {
        builder.push(&case.complaint.clone().with_origin(origin)).unwrap();
    }
    builder.freeze()
}

/// The model with every weight turned round.
fn reversed(triage: &Triage) -> Triage {
    let mut draft: InstrumentDraft = triage.instrument().draft().clone();
    for part in &mut draft.outcomes {
        for entry in &mut part.weights {
            for weight in entry.weights.values_mut() {
                *weight = Fixed::from_steps(-weight.steps());
            }
        }
    }
    triage.with_instrument(triage.identity().version.clone(), draft).unwrap()
}

#[test]
fn synthetic_complaints_get_a_stamp_and_no_verdict() {
    let (published, cases) = (reference::published().unwrap(), cases(500));
    let labels = labels(&cases);
    let backlog = backlog(&published, &cases, Origin::Synthetic);
    let turned = reversed(&published);
    let result = Study::new(&backlog, &labels, contact())
        .instrument("published", &published)
        .instrument("reversed", &turned)
        .primary(Measure::Auc, 0.02)
        .bootstrap(60, Seed(1))
        .without_circularity()
        .run()
        .unwrap();
    assert_eq!(result.stamp, Some(STAMP));
    assert!(result.comparisons.iter().all(|own| own.verdict == Verdict::RefusedSynthetic));
    assert!(result.comparisons[0].text.contains(STAMP));
    assert!(result.notes[0].contains(STAMP));
}

#[test]
fn a_clear_difference_is_told_and_noise_is_not() {
    let (published, cases) = (reference::published().unwrap(), cases(6_000));
    let labels = unmarked(&cases);
    let backlog = backlog(&published, &cases, Origin::Retrospective);
    let turned = reversed(&published);
    let result = Study::new(&backlog, &labels, contact())
        .instrument("published", &published)
        .instrument("reversed", &turned)
        .instrument("again", &published)
        .primary(Measure::Auc, 0.02)
        .also(Measure::Brier)
        .bootstrap(99, Seed(1))
        .run()
        .unwrap();
    assert_eq!(result.stamp, None);
    let of = |name: &str, measure: Measure| {
        result.comparisons.iter().find(|own| own.name == name && own.measure == measure).unwrap()
    };
    let worse = of("reversed", Measure::Auc);
    assert_eq!(worse.verdict, Verdict::Worse);
    // Of 99 replicates none on the other side: 2/100, times the two comparisons of the family.
    assert_eq!((worse.p_value, worse.adjusted), (Some(0.02), Some(0.04)));
    assert!(worse.interval.as_ref().unwrap().upper < 0.0);
    let same = of("again", Measure::Auc);
    // The same model twice: no interval of no width, no p, and no verdict of a difference.
    assert_eq!((same.advantage, same.p_value), (Some(0.0), None));
    assert!(same.interval.is_err());
    assert_eq!(same.verdict, Verdict::Alike);
    assert_eq!(of("again", Measure::Brier).verdict, Verdict::Alike);
    // Overlap: contact offending has a validity variant, and it does worse than with the overlap.
    let arm = &result.arms[0];
    let bare = arm.without_overlap.as_ref().unwrap();
    assert!(bare[0].value.as_ref().unwrap() < arm.measures[0].value.as_ref().unwrap());
}

#[test]
fn one_synthetic_label_stamps_the_whole_and_an_unstated_origin_gets_no_verdict() {
    let (published, cases) = (reference::published().unwrap(), cases(120));
    let turned = reversed(&published);
    let run = |backlog: &Backlog, labels: &Labels| {
        Study::new(backlog, labels, contact())
            .instrument("published", &published)
            .instrument("reversed", &turned)
            .primary(Measure::Auc, 0.02)
            .bootstrap(40, Seed(1))
            .without_circularity()
            .run()
            .unwrap()
    };
    let real = backlog(&published, &cases, Origin::Prospective);
    assert_eq!(run(&real, &unmarked(&cases)).stamp, None);
    // All labels but one come from nowhere in particular; that one is made up.
    let mut mixed = Labels::new();
    for (place, label) in labels(&cases).labels().iter().enumerate() {
        let made_up = place == 0 || label.origin.is_none();
        let origin = label.origin.filter(|_| made_up);
        mixed.push(Label { origin, ..label.clone() }).unwrap();
    }
    let first = labels(&cases).labels()[0].clone();
    let target = Target::Outcome(first.outcome);
    let known = Known::new(&real, &mixed, target, None).unwrap();
    assert_eq!((known.origin(), known.stamp()), (Origin::Synthetic, Some(STAMP)));
    // Complaints that nobody said anything of.
    let mut builder = BacklogBuilder::new(published.codebook());
    for case in &cases {
        builder.push(&case.complaint.clone().with_origin(Origin::default())).unwrap();
    }
    let unstated = run(&builder.freeze(), &unmarked(&cases));
    assert_eq!(unstated.origin, Origin::NotStated);
    assert!(unstated.stamp.unwrap().contains("not stated"));
    assert!(unstated.comparisons.iter().all(|own| own.verdict == Verdict::RefusedNotStated));
}

#[test]
fn scores_made_elsewhere_take_part_and_need_no_backlog() {
    let (published, cases) = (reference::published().unwrap(), cases(300));
    let labels = unmarked(&cases);
    let real = backlog(&published, &cases, Origin::Retrospective);
    let known = Known::new(&real, &labels, contact(), None).unwrap();
    let arm = Arm::new("published", &published, &real, &known).unwrap();
    let all: Vec<f64> = (0..real.len()).map(|row| row as f64).collect();
    let run = |study: Study<'_>| study.primary(Measure::Auc, 0.02).bootstrap(40, Seed(3)).run();
    let mixed = Study::new(&real, &labels, contact())
        .instrument("published", &published)
        .scores("copy", arm.scores(), arm.probabilities())
        .scores("rows", &all, &[]);
    let mixed = run(mixed).unwrap();
    let value = |arm: usize| mixed.arms[arm].measures[0].value.clone().unwrap();
    assert_eq!(value(0), value(1));
    assert!(mixed.arms[1].without_overlap.as_ref().unwrap_err().contains("made elsewhere"));
    // The same from plain arrays.
    let subjects = known.clusters().to_vec();
    let mut plain = Known::of_labels("found", known.labels(), Origin::Retrospective)
        .called(Noun::new("patient", "patients"))
        .with_clusters(&subjects)
        .unwrap();
    if let Some(weights) = known.weights() {
        plain = plain.with_weights(weights.clone()).unwrap();
    }
    let found = run(Study::of(&plain).scores("copy", arm.scores(), arm.probabilities())).unwrap();
    assert_eq!(found.arms[0].measures[0].value, mixed.arms[1].measures[0].value);
    assert_eq!(found.arms[0].measures[0].interval, mixed.arms[1].measures[0].interval);
    assert_eq!(found.noun.many(), "patients");
    let model = run(Study::of(&plain).instrument("published", &published));
    assert!(matches!(model, Err(StudyError::Undeclared { .. })));
    assert!(matches!(run(Study::of(&plain).scores("few", &[1.0], &[])), Err(StudyError::Input(_))));
    let nan = vec![f64::NAN; known.len()];
    assert!(matches!(run(Study::of(&plain).scores("nan", &nan, &[])), Err(StudyError::Input(_))));
    let two = vec![2.0; known.len()];
    assert!(matches!(run(Study::of(&plain).scores("p", &two, &two)), Err(StudyError::Input(_))));
}

#[test]
fn known_outcomes_of_another_backlog_are_refused() {
    let (published, cases) = (reference::published().unwrap(), cases(200));
    let labels = unmarked(&cases);
    let one = backlog(&published, &cases, Origin::Retrospective);
    let known = Known::new(&one, &labels, contact(), None).unwrap();
    for other in [&cases[..50], &cases[100..], &[]] {
        let other = backlog(&published, other, Origin::Retrospective);
        let refused = Arm::new("published", &published, &other, &known);
        assert!(matches!(refused, Err(StudyError::OtherBacklog { .. })));
    }
    let plain = Known::of_labels("found", &[true; 200], Origin::Retrospective);
    assert!(Arm::new("published", &published, &one, &plain).is_err());
    assert!(Arm::new("published", &published, &one, &known).is_ok());
}

#[test]
fn a_plan_is_a_file_whose_fingerprint_tells_a_change() {
    let known = Known::of_labels("found", &[true, false, true, false], Origin::Prospective);
    let scores = [4.0, 3.0, 2.0, 1.0];
    let study = Study::of(&known).scores("a", &scores, &[]).primary(Measure::Reached(0.1), 0.05);
    let plan = study.plan().unwrap();
    let text = plan.to_json().unwrap();
    let read = StudyPlan::from_json(&text).unwrap();
    // The number is read before all else; a plan from before there was one has the fingerprint it was registered under.
    let later = text.replacen("\"format_version\": 1", "\"format_version\": 2", 1);
    for later in [later.clone(), later.replace("\"target\"", "\"aim\"")] {
        let refused = StudyPlan::from_json(&later).unwrap_err();
        assert!(matches!(refused, StudyError::PlanFormat { found: 2, supported: 1 }), "{refused}");
    }
    let before = text.replacen("  \"format_version\": 1,\n", "", 1);
    assert!(before.len() < text.len());
    let before = StudyPlan::from_json(&before).unwrap();
    assert_eq!(before.fingerprint().unwrap(), plan.fingerprint().unwrap());
    let declared: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(declared["format_version"], 1);
    let broken = StudyPlan::from_json(&text[..text.len() / 2]).unwrap_err();
    assert!(matches!(broken, StudyError::PlanFile(_)), "{broken}");
    assert_eq!((read.fingerprint().unwrap(), &read), (plan.fingerprint().unwrap(), &plan));
    let changed = [
        study.clone().primary(Measure::Reached(0.101), 0.05),
        study.clone().primary(Measure::Reached(0.1), 0.051),
        study.clone().also(Measure::Auc),
        study.clone().bootstrap(2_000, Seed(1)),
        study.clone().scores("b", &scores, &[]),
        study.clone().channels("tip_source"),
        study.clone().without_circularity(),
    ];
    for other in changed {
        let other = other.plan().unwrap();
        assert_ne!(other.fingerprint().unwrap(), plan.fingerprint().unwrap());
        assert_eq!(other.differences(&plan).len(), 1, "{other:?}");
    }
    assert!(plan.differences(&plan).is_empty());
    // A number that is none has no fingerprint, rather than that of another plan.
    let mut none = plan;
    none.matters = f64::NAN;
    assert!(matches!(none.fingerprint(), Err(StudyError::NoJson { .. })));
}

#[test]
fn what_was_not_declared_is_refused() {
    let (published, cases) = (reference::published().unwrap(), cases(50));
    let labels = labels(&cases);
    let backlog = backlog(&published, &cases, Origin::Synthetic);
    let study = Study::new(&backlog, &labels, contact()).bootstrap(5, Seed(1));
    let undeclared = |study: &Study<'_>| matches!(study.run(), Err(StudyError::Undeclared { .. }));
    assert!(undeclared(&study));
    assert!(undeclared(&study.clone().primary(Measure::Auc, 0.02)));
    assert!(undeclared(&study.clone().instrument("one", &published)));
    let one = study.clone().instrument("one", &published);
    assert!(undeclared(&one.clone().primary(Measure::Auc, 0.0)));
    let twice = one.clone().instrument("one", &published).primary(Measure::Auc, 0.02);
    assert!(matches!(twice.run(), Err(StudyError::Repeated { .. })));
    let unknown = Study::new(&backlog, &labels, Target::Outcome("other".to_owned()))
        .instrument("one", &published)
        .primary(Measure::Auc, 0.02);
    assert!(matches!(unknown.run(), Err(StudyError::Unknown { .. })));
}

#[test]
fn not_investigated_is_never_no() {
    let (published, cases) = (reference::published().unwrap(), cases(300));
    let labels = labels(&cases);
    let backlog = backlog(&published, &cases, Origin::Synthetic);
    let one = Known::new(&backlog, &labels, contact(), None).unwrap();
    let joined = labels.join(&backlog, CONTACT);
    assert_eq!((one.rows(), one.labels()), (&joined.rows[..], &joined.labels[..]));
    let any = Known::new(&backlog, &labels, Target::Any, Some("tip_source")).unwrap();
    let outcomes: Vec<_> = backlog.codebook().outcomes().iter().map(|own| own.id.clone()).collect();
    for (row, label) in any.rows().iter().zip(any.labels()) {
        let found = |outcome: &String| {
            let own = labels
                .labels()
                .iter()
                .find(|label| label.complaint == backlog.id(*row) && label.outcome == *outcome);
            format!("{:?}", own.unwrap().result)
        };
        let all: Vec<String> = outcomes.iter().map(found).collect();
        assert_eq!(*label, all.contains(&"Yes".to_owned()));
        assert!(!all.contains(&"NotInvestigated".to_owned()));
    }
    // Of an outcome without a line nobody knows that it was looked for: none of these is a *no* of any.
    let text: String =
        (0..backlog.len()).map(|row| format!("{},{CONTACT},no\n", backlog.id(row))).collect();
    let text = format!("complaint,outcome,result\n{text}");
    let (lines_of_one, _) = Labels::read_csv(text.as_bytes()).unwrap();
    let unsaid = Known::new(&backlog, &lines_of_one, Target::Any, None).unwrap();
    assert_eq!(unsaid.len(), 0);
    assert_eq!(unsaid.not_investigated(), backlog.len() * (outcomes.len() - 1));
    assert!(any.events() > 0 && any.events() < any.len());
}

#[test]
fn sensitivity_finds_what_weighs_and_what_does_not() {
    let (published, cases) = (reference::published().unwrap(), cases(400));
    let backlog = backlog(&published, &cases, Origin::Synthetic);
    let none = ActiveOverrides::none();
    let sensitivity = Sensitivity::new(&published, &backlog, &none, 50).unwrap();
    let items = sensitivity.without_items().unwrap();
    let of = |id: &str| items.iter().find(|own| own.what == id);
    assert!(of("tip_source").unwrap().mean_move > 0.0);
    // Items that carry no weight are not in the list.
    assert!(of("material_volume").is_none());
    for own in sensitivity.scaled_items(1.0).unwrap() {
        assert_eq!((own.kept, own.band_moved, own.largest_move), (1.0, 0.0, 0));
    }
    let domains = sensitivity.without_domains().unwrap();
    assert!(domains.len() < items.len());
    let unanswered = sensitivity.unanswered_items().unwrap();
    assert_eq!(unanswered.len(), published.codebook().items().len());
    let volume = unanswered.iter().find(|own| own.what == "material_volume").unwrap();
    assert_eq!((volume.largest_move, volume.kept), (0, 1.0));
    assert!(volume.unknown.unwrap() > 0.0 && volume.unknown.unwrap() < 1.0);
    let [one, five] = [1_000_000, 5_000_000].map(Fixed::from_steps);
    let sets = [("as shipped", vec![one; 3]), ("first counts five", vec![five, one, one])];
    let harm = sensitivity.harm_weights(&sets).unwrap();
    assert_eq!(harm[0].largest_move, 0);
    assert!(harm[1].largest_move > 0);
}

#[test]
fn positions_under_sets_are_those_of_each_ranking() {
    let (published, unit) = (reference::published().unwrap(), reference::unit().unwrap());
    let backlog = backlog(&published, &cases(200), Origin::Synthetic);
    let none = ActiveOverrides::none();
    let sets = [("published", &published), ("unit", &unit)];
    let found = PositionsUnder::new(&sets, &backlog, &none).unwrap();
    let rankings = sets.map(|(_, model)| model.rank(&backlog).unwrap());
    for row in 0..backlog.len() {
        let own = rankings.each_ref().map(|r| r.position_of_row(row).unwrap() as u32);
        assert_eq!(found.of_row(row).unwrap(), own);
        assert_eq!(found.range(row).unwrap(), (own[0].min(own[1]), own[0].max(own[1])));
    }
    let departures = found.departures(50);
    assert_eq!(departures.len(), 1);
    assert!(departures[0].kept < 1.0 && departures[0].mean_move > 0.0);
    assert!(PositionsUnder::new(&[], &backlog, &none).is_err());
}

/// A study of few complaints, for what is said about it rather than what it finds.
fn small(origin: Origin, target: Target) -> caserank::research::study::StudyResult {
    let (published, cases) = (reference::published().unwrap(), cases(300));
    let (labels, backlog) = (unmarked(&cases), backlog(&published, &cases, origin));
    Study::new(&backlog, &labels, target)
        .instrument("published", &published)
        .primary(Measure::Auc, 0.02)
        .also(Measure::CalibrationSlope)
        .also(Measure::AucWithinChannel)
        .bootstrap(40, Seed(1))
        .without_circularity()
        .run()
        .unwrap()
}

#[test]
fn what_is_not_estimable_says_why_and_weights_do_not_stand_in_the_way() {
    let weighted = small(Origin::Retrospective, contact());
    let of = |result: &caserank::research::study::StudyResult, place: usize| {
        result.arms[0].measures[place].value.clone()
    };
    // The synthetic audit slice carries weights, which the slope honours.
    assert!(of(&weighted, 1).is_ok());
    let why = of(&weighted, 2).unwrap_err().to_string();
    assert_eq!(why, "not estimable, because there are no channels");
    let any = small(Origin::Retrospective, Target::Any);
    let why = of(&any, 1).unwrap_err().to_string();
    assert_eq!(why, "not estimable, because there are no probabilities");
    let interval = any.arms[0].measures[1].interval.clone().unwrap_err().to_string();
    assert_eq!(interval, why);
}

#[cfg(feature = "report")]
#[test]
fn guideline_items_are_answered_open_or_refused() {
    use caserank::research::report::{Report, Section, tripod_section};
    let own = std::collections::BTreeMap::from([("18f", "With the paper.".to_owned())]);
    let rows = |origin: Origin| -> Vec<Vec<String>> {
        let groups = Section::new("groups", "For whom it fails", "", "");
        let section = tripod_section(&small(origin, contact()), &own, &[groups]);
        let report = Report::new("Guideline", None).with(section);
        let (_, table) = report.tables().next().unwrap();
        table.rows.iter().map(|row| row.iter().map(|cell| cell.text()).collect()).collect()
    };
    let real = rows(Origin::Retrospective);
    let answer = |number: &str| real.iter().find(|row| row[0] == number).unwrap()[3].clone();
    assert_eq!((answer("18f"), answer("17")), ("With the paper.".to_owned(), "open".to_owned()));
    assert!(answer("12a").contains("seed 1") && answer("20a").starts_with("300 complaints"));
    // Where a section answers, the answer names it; where none does, nothing points to what is not there.
    assert_eq!(answer("14"), "The section \"For whom it fails\".");
    assert_eq!((answer("16"), answer("23b")), ("open".to_owned(), answer("14")));
    assert!(answer("18d").starts_with("No plan was registered"));
    assert_eq!(real.iter().filter(|row| row[1] == "development").count(), 8);
    assert_eq!(real.iter().filter(|row| row[1] == "evaluation").count(), 4);
    assert!(rows(Origin::Synthetic).iter().all(|row| row[3] == "refused: synthetic"));
}
