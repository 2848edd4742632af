//! Comparisons: what may be said, and what may not.
#![allow(missing_docs)]

use caserank::Seed;
use caserank::complaint::Origin;
use caserank::instrument::InstrumentDraft;
use caserank::research::fit::Labels;
use caserank::research::study::{
    Known, Measure, PositionsUnder, STAMP, Sensitivity, Study, StudyError, Target, Verdict,
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

fn backlog(triage: &Triage, cases: &[Case], origin: Origin) -> Backlog {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for case in cases {
        builder.push(&case.complaint.clone().origin(origin)).unwrap();
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
    let labels = labels(&cases);
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
    assert_eq!((same.advantage, same.p_value), (Some(0.0), Some(1.0)));
    assert_eq!(same.verdict, Verdict::NoDifferenceThatMatters);
    assert_eq!(of("again", Measure::Brier).verdict, Verdict::Undecided);
    // Overlap: contact offending has a validity variant, and it does worse than with the overlap.
    let arm = &result.arms[0];
    let bare = arm.without_overlap.as_ref().unwrap();
    assert!(bare[0].value.as_ref().unwrap() < arm.measures[0].value.as_ref().unwrap());
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
    assert_eq!((&one.rows, &one.labels), (&joined.rows, &joined.labels));
    let any = Known::new(&backlog, &labels, Target::Any, Some("tip_source")).unwrap();
    let outcomes: Vec<_> = backlog.codebook().outcomes().iter().map(|own| own.id.clone()).collect();
    for (row, label) in any.rows.iter().zip(&any.labels) {
        let found = |outcome: &String| {
            let own = labels
                .labels()
                .iter()
                .find(|label| label.complaint == backlog.id(*row) && label.outcome == *outcome);
            format!("{:?}", own.unwrap().result)
        };
        let all: Vec<String> = outcomes.iter().map(found).collect();
        assert_eq!(*label, all.contains(&"Yes".to_owned()));
        assert!(*label || !all.contains(&"NotInvestigated".to_owned()));
    }
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
    let rankings = sets.map(|(_, model)| model.rank(&backlog, &none).unwrap());
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
    let (labels, backlog) = (labels(&cases), backlog(&published, &cases, origin));
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
    use caserank::research::report::{Report, tripod_section};
    let own = std::collections::BTreeMap::from([("18f", "With the paper.".to_owned())]);
    let rows = |origin: Origin| -> Vec<Vec<String>> {
        let section = tripod_section(&small(origin, contact()), &own);
        let report = Report::new("Guideline", None).with(section);
        let (_, table) = report.tables().next().unwrap();
        table.rows.clone()
    };
    let real = rows(Origin::Retrospective);
    let answer = |number: &str| real.iter().find(|row| row[0] == number).unwrap()[3].clone();
    assert_eq!((answer("18f"), answer("17")), ("With the paper.".to_owned(), "open".to_owned()));
    assert!(answer("12a").contains("seed 1") && answer("20a").starts_with("300 complaints"));
    assert_eq!(real.iter().filter(|row| row[1] == "development").count(), 8);
    assert_eq!(real.iter().filter(|row| row[1] == "evaluation").count(), 4);
    assert!(rows(Origin::Synthetic).iter().all(|row| row[3] == "refused: synthetic"));
}
