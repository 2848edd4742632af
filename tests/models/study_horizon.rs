//! A *no* of one day is not a *no* of a year: labels at a horizon, and what a study says where there is none.
#![allow(missing_docs)]

use caserank::complaint::Origin;
use caserank::research::evaluate::{Confidence, at_horizon, brier};
use caserank::research::fit::{Found, Label, Labels};
use caserank::research::study::{Known, Measure, Study, StudyError, Target};
use caserank::{Backlog, BacklogBuilder, Complaint, Seed, Timestamp, reference};

const OUTCOME: &str = "contact_offending";
const C: Confidence = Confidence::P95;

/// Found on a day, or not; followed for so many days, or nobody says; weight.
type Row = (Option<i64>, bool, Option<i64>, f64);

fn given(rows: &[Row]) -> (Backlog, Labels) {
    let triage = reference::published().unwrap();
    let received: Timestamp = "2025-01-01T12:00:00Z".parse().unwrap();
    let (mut builder, mut labels) = (BacklogBuilder::new(triage.codebook()), Labels::new());
    for (number, (found, yes, followed, weight)) in rows.iter().enumerate() {
        let id = format!("c{number:03}");
        let complaint = Complaint::new(&id, received).unwrap().with_origin(Origin::Prospective);
        builder.push(&complaint).unwrap();
        let mut label = Label::new(&id, OUTCOME, if *yes { Found::Yes } else { Found::No });
        label.found = found.map(|days| received.plus_days(days));
        label.followed_until = followed.map(|days| received.plus_days(days));
        label.weight = *weight;
        label.origin = Some(Origin::Prospective);
        labels.push(label).unwrap();
    }
    (builder.freeze(), labels)
}

#[test]
fn labels_at_a_horizon_are_those_of_the_arrays() {
    let mut stream = Seed(31).stream(0);
    let rows: Vec<Row> = (0..200)
        .map(|_| {
            let until = 1 + stream.below(400) as i64;
            let found = stream.chance(0.4).then(|| stream.below(until as u64 + 1) as i64);
            (found, found.is_some(), Some(until), 1.0 + stream.below(3) as f64)
        })
        .collect();
    let (backlog, labels) = given(&rows);
    let known = Known::at_horizon(&backlog, &labels, OUTCOME, 90.0, None).unwrap();
    let found: Vec<Option<f64>> = rows.iter().map(|row| row.0.map(|day| day as f64)).collect();
    let followed: Vec<f64> = rows.iter().map(|row| row.2.unwrap() as f64).collect();
    let at = at_horizon(&found, &followed, 90.0).unwrap();
    assert_eq!((known.rows(), known.labels()), (&at.rows[..], &at.labels[..]));
    assert!(at.censored > 20);
    assert_eq!(known.horizon().unwrap().censored, at.censored);
    let weights = known.weights().unwrap().values();
    for ((row, weight), expected) in at.rows.iter().zip(weights).zip(at.weights.values()) {
        assert!((weight / (expected * rows[*row].3) - 1.0).abs() < 1e-12);
    }
    // A study of it says what the horizon left out, and its measures take the weights.
    let scores: Vec<f64> = (0..known.len()).map(|row| (row * 37 % 101) as f64 / 101.0).collect();
    let study = Study::of(&known).scores("ours", &scores, &scores).primary(Measure::Brier, 0.01);
    let result = study.bootstrap(20, Seed(1)).run().unwrap();
    let note = format!("{} were lost from sight before", at.censored);
    assert!(result.notes.iter().any(|said| said.contains(&note)), "{:?}", result.notes);
    let predicted = caserank::research::evaluate::Predicted::new(known.labels(), &scores).unwrap();
    let weighted = brier(predicted.weighted(known.weights().unwrap()).unwrap(), C).unwrap();
    let of_study = result.arms[0].measures[0].value.clone().unwrap();
    assert!((of_study - weighted.value).abs() < 1e-12);
}

#[test]
fn labels_that_do_not_say_when_are_left_out_and_counted() {
    let rows: [Row; 8] = [
        (Some(10), true, None, 1.0),
        // Found some day up to the end of following, which lies before the horizon: found by then.
        (None, true, Some(60), 1.0),
        // Some day within 400: by the 90th or not, nobody knows.
        (None, true, Some(400), 1.0),
        (None, true, None, 1.0),
        (None, false, Some(400), 1.0),
        (None, false, Some(1), 1.0),
        (None, false, None, 1.0),
        // Known before the complaint came in.
        (Some(-5), true, Some(400), 1.0),
    ];
    let (backlog, labels) = given(&rows);
    let known = Known::at_horizon(&backlog, &labels, OUTCOME, 90.0, None).unwrap();
    assert_eq!(known.rows(), [0, 1, 4, 7]);
    assert_eq!(known.labels(), [true, true, false, true]);
    let horizon = known.horizon().unwrap();
    assert_eq!((horizon.days, horizon.censored, horizon.undated), (90.0, 1, 3));
    for days in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = Known::at_horizon(&backlog, &labels, OUTCOME, days, None);
        assert!(matches!(refused, Err(StudyError::NotEstimable(_))), "{days}");
    }
}

#[test]
fn a_no_of_unknown_length_is_told_where_every_no_counts() {
    let study_notes = |rows: &[Row]| {
        let (backlog, labels) = given(rows);
        let target = Target::Outcome(OUTCOME.to_owned());
        let known = Known::new(&backlog, &labels, target, None).unwrap();
        let scores: Vec<f64> = (0..known.len()).map(|row| row as f64).collect();
        let study = Study::of(&known).scores("ours", &scores, &[]).primary(Measure::Auc, 0.01);
        (study.bootstrap(5, Seed(1)).run().unwrap().notes.join("\n"), known.follow_up().unwrap())
    };
    let yes: Row = (Some(3), true, Some(300), 1.0);
    let (notes, follow_up) =
        study_notes(&[yes, (None, false, None, 1.0), (None, false, Some(9), 1.0)]);
    assert!(notes.contains("Of 1 of 2 findings of no outcome nobody says"), "{notes}");
    assert_eq!((follow_up.without, follow_up.unsaid, follow_up.days), (2, 1, Some((9.0, 9.0))));
    let (notes, _) =
        study_notes(&[yes, (None, false, Some(1), 1.0), (None, false, Some(365), 1.0)]);
    assert!(notes.contains("followed for 1 to 365 days"), "{notes}");
    let (notes, _) =
        study_notes(&[yes, (None, false, Some(300), 1.0), (None, false, Some(365), 1.0)]);
    assert!(!notes.contains("followed"), "{notes}");
}
