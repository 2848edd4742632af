//! How many people complaints are about, and what too few of them allow to be said.
#![allow(missing_docs)]

use caserank::complaint::Origin;
use caserank::research::evaluate::Weights;
use caserank::research::fit::{Label, Labels};
use caserank::research::study::{Known, Measure, Study, Target, Verdict};
use caserank::synthetic::{Case, Generator, write_outcomes};
use caserank::{BacklogBuilder, Seed, reference};

#[test]
fn a_few_subjects_give_no_verdict() {
    let found = |row: u32| row.is_multiple_of(3);
    let good: Vec<f64> =
        (0..400).map(|row| f64::from(row * 7 % 10 + 5 * u32::from(found(row)))).collect();
    let labels: Vec<bool> = (0..400).map(found).collect();
    let poor: Vec<f64> = (0..400).map(|row: u32| f64::from(row * 3 % 11)).collect();
    let of = |subjects: u32| {
        let keys: Vec<u32> = (0..400).map(|row| row % subjects).collect();
        let known = Known::of_labels("found", &labels, Origin::Retrospective);
        let known = known.with_clusters(&keys).unwrap();
        let study = Study::of(&known).scores("poor", &poor, &[]).scores("good", &good, &[]);
        study.primary(Measure::Auc, 0.02).bootstrap(99, Seed(1)).run().unwrap()
    };
    for (subjects, verdict, told) in
        [(2, false, true), (9, false, true), (39, true, true), (40, true, false)]
    {
        let result = of(subjects);
        let few = result.comparisons[0].verdict == Verdict::TooFewSubjects;
        assert_eq!(few, !verdict, "{subjects}: {}", result.comparisons[0].text);
        let note = format!("about {subjects} subjects");
        assert_eq!(result.notes.iter().any(|line| line.contains(&note)), told, "{subjects}");
    }
}

#[test]
fn subjects_that_stand_for_nobody_are_not_one_person() {
    let triage = reference::published().unwrap();
    let cases: Vec<Case> = Generator::new(Seed(21)).cases().take(120).collect();
    let mut text = Vec::new();
    write_outcomes(&mut text, cases.iter().cloned()).unwrap();
    let mut labels = Labels::new();
    for label in Labels::read_csv(text.as_slice()).unwrap().0.labels() {
        // As a unit's own would be: synthetic ones stamp whatever they join.
        labels.push(Label { origin: None, ..label.clone() }).unwrap();
    }
    let target = Target::Outcome("contact_offending".to_owned());
    let mut builder = BacklogBuilder::new(triage.codebook());
    for (number, case) in cases.iter().enumerate() {
        let mut complaint = case.complaint.clone().with_origin(Origin::Prospective);
        let subject = if number < 80 { "unknown".to_owned() } else { format!("person {number}") };
        complaint = complaint.with_subject(&subject).unwrap();
        builder.push(&complaint).unwrap();
    }
    let backlog = builder.freeze();
    let known = Known::new(&backlog, &labels, target.clone(), None).unwrap();
    assert_eq!(known.cluster_count(), known.len());
    let result = Study::new(&backlog, &labels, target)
        .instrument("published", &triage)
        .primary(Measure::Auc, 0.05)
        .without_circularity()
        .bootstrap(20, Seed(1))
        .run()
        .unwrap();
    let told = |note: &String| note.contains("`unknown`") && note.contains("subject of its own");
    assert!(result.notes.iter().any(told), "{:?}", result.notes);
}

#[test]
fn weight_on_a_few_subjects_gives_no_verdict() {
    // 300 rows, of which three carry nearly all of the weight.
    let labels: Vec<bool> = (0..300).map(|row| row % 3 == 0).collect();
    let weights: Vec<f64> = (0..300).map(|row| if row < 3 { 1e6 } else { 1.0 }).collect();
    let (first, second): (Vec<f64>, Vec<f64>) =
        (0..300).map(|row| (f64::from(row % 7), f64::from(row % 3))).unzip();
    let plain = Known::of_labels("found", &labels, Origin::Prospective);
    let heavy = plain.clone().with_weights(Weights::sampling(weights).unwrap()).unwrap();
    // One key holds most of the rows.
    let keys: Vec<u32> = (0..300).map(|row| if row < 250 { 0 } else { row }).collect();
    let lumped = plain.clone().with_clusters(&keys).unwrap();
    let verdict = |known: &Known| {
        let study = Study::of(known).scores("first", &first, &[]).scores("second", &second, &[]);
        let result = study.primary(Measure::Brier, 0.01).also(Measure::Auc).bootstrap(200, Seed(3));
        let result = result.run().unwrap();
        (result.comparisons.iter().map(|one| one.verdict).collect::<Vec<_>>(), result.notes)
    };
    assert!(!verdict(&plain).0.contains(&Verdict::TooFewSubjects));
    for known in [&heavy, &lumped] {
        let (verdicts, notes) = verdict(known);
        assert!(verdicts.iter().all(|one| *one == Verdict::TooFewSubjects), "{verdicts:?}");
        assert!(notes.iter().any(|note| note.contains("tell as much as")), "{notes:?}");
    }
}
