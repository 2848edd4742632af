//! Audits by group and bounds for what was never investigated: joined inside, kept nowhere, equal to plain counting.
#![allow(missing_docs)]

use caserank::Seed;
use caserank::complaint::Origin;
use caserank::research::evaluate::resample::clustered_folds;
use caserank::research::evaluate::{
    Because, Confidence, Predicted, Scored, auc_clustered, calibration_line_clustered,
    expected_observed_clustered, group_from_items,
};
use caserank::research::fit::{Found, Label, Labels};
use caserank::research::study::{
    Arm, GroupPlan, Groups, Known, STAMP, StudyError, Target, bounds_at_capacity, item_drift,
};
use caserank::synthetic::Generator;
use caserank::{Backlog, BacklogBuilder, Triage, reference};

const OUTCOME: &str = "contact_offending";

fn backlog(triage: &Triage, count: usize) -> Backlog {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for case in Generator::new(Seed(11)).cases().take(count) {
        builder.push(&case.complaint).unwrap();
    }
    builder.freeze()
}

/// Labels by a rule of the test's own: two thirds known, every fifth of those with the outcome.
fn labels(backlog: &Backlog) -> Labels {
    let mut labels = Labels::new();
    for row in 0..backlog.len() {
        let result = match row % 15 {
            0 | 5 => Found::Yes,
            1 | 6 | 11 => Found::NotInvestigated,
            2 => Found::NotApplicable,
            3 => continue,
            _ => Found::No,
        };
        let label = Label {
            complaint: backlog.id(row).to_owned(),
            outcome: OUTCOME.to_owned(),
            result,
            standard: None,
            found: None,
            followed_until: None,
            depth: None,
            why_worked: None,
            weight: 1.0,
            origin: None,
        };
        labels.push(label).unwrap();
    }
    labels
}

fn target() -> Target {
    Target::Outcome(OUTCOME.to_owned())
}

#[test]
fn a_group_made_of_a_record_is_told_by_records_alone() {
    let triage = reference::published().unwrap();
    let backlog = backlog(&triage, 400);
    let known = Known::new(&backlog, &labels(&backlog), target(), None).unwrap();
    let item = backlog.codebook().item_index("prior_conviction_count").unwrap();
    let group = |row: usize| if backlog.code(row, item) > 1 { "record" } else { "none" };
    let mut groups: Groups = (0..360).map(|row| (backlog.id(row), group(row))).collect();
    groups.insert("elsewhere", "record").unwrap();
    assert!(matches!(groups.insert("elsewhere", "none"), Err(StudyError::Repeated { .. })));
    let plan =
        GroupPlan::new(&triage, &groups).top(40).smallest(20).prediction(2, 1.0).seed(Seed(7));
    let found = plan.run(&backlog, &known).unwrap();
    assert_eq!(found.stamp, Some(STAMP));
    assert_eq!(backlog.origin(), Origin::Synthetic);
    assert_eq!((found.coverage, found.without_complaint), (0.9, 1));
    for own in &found.told {
        let (all, bare) = (own.all_items.as_ref().unwrap(), own.without_records.as_ref().unwrap());
        assert!(all.figure.value > 0.8, "{}: {}", own.group, all.figure.value);
        assert!(bare.figure.value < all.figure.value - 0.1, "{}", bare.figure.value);
    }
    // Seeded: the same again, and the same answer whatever else was run before.
    assert_eq!(plan.run(&backlog, &known).unwrap(), found);
}

#[test]
fn turns_unknowns_and_rates_are_plain_counts() {
    let triage = reference::published().unwrap();
    let backlog = backlog(&triage, 400);
    let known = Known::new(&backlog, &labels(&backlog), target(), None).unwrap();
    let group = |row: usize| ["a", "b", "few"][if row < 10 { 2 } else { row % 2 }];
    let groups: Groups = (0..400).map(|row| (backlog.id(row), group(row))).collect();
    let waited: Vec<f64> = (0..400).map(|row| f64::from(row as u32 % 7)).collect();
    let found = GroupPlan::new(&triage, &groups)
        .top(40)
        .waited(&waited)
        .prediction(2, 2.0)
        .run(&backlog, &known)
        .unwrap();
    let ranking = triage.rank(&backlog).unwrap();
    let position = |row: usize| ranking.position_of_row(row).unwrap();
    for (place, key) in ["a", "b"].into_iter().enumerate() {
        let rows: Vec<usize> = (0..400).filter(|&row| group(row) == key).collect();
        let mean = |value: &dyn Fn(usize) -> f64| {
            rows.iter().map(|&row| value(row)).sum::<f64>() / rows.len() as f64
        };
        let of = |own: &caserank::research::evaluate::ByKey<
            String,
            caserank::research::evaluate::GroupMean,
        >| {
            assert_eq!(own[place].0, key);
            own[place].1.as_ref().unwrap().mean.value
        };
        let turn = mean(&|row| (position(row) as f64 / 40.0).ceil());
        assert!((of(&found.turn) - turn).abs() < 1e-12);
        assert!((of(&found.waited) - mean(&|row| waited[row])).abs() < 1e-12);
        let unknown = mean(&|row| {
            let items = backlog.codebook().item_indices();
            let count = items.len() as f64;
            items.filter(|&item| backlog.code(row, item) == 0).count() as f64 / count
        });
        assert!((of(&found.unknown) - unknown).abs() < 1e-12);
        let rates = &found.rates.as_ref().unwrap().groups[place].1.as_ref().unwrap();
        let with: Vec<usize> = known
            .rows()
            .iter()
            .zip(known.labels())
            .filter(|(row, label)| **label && group(**row) == key)
            .map(|(&row, _)| row)
            .collect();
        let hits = with.iter().filter(|&&row| position(row) <= 40).count();
        let sensitivity = rates.sensitivity.as_ref().unwrap().value;
        assert_eq!(sensitivity, hits as f64 / with.len() as f64);
    }
    let few = &found.turn[2];
    assert_eq!(few.0, "few");
    for because in [
        &few.1.as_ref().unwrap_err().because,
        &found.told[2].all_items.as_ref().unwrap_err().because,
        &found.rates.as_ref().unwrap().groups[2].1.as_ref().unwrap_err().because,
    ] {
        assert!(matches!(because, Because::TooFew { needed: 50, .. }), "{because:?}");
    }
    assert!(matches!(
        GroupPlan::new(&triage, &groups).waited(&waited[1..]).run(&backlog, &known),
        Err(StudyError::Input(_))
    ));
}

#[cfg(feature = "csv")]
#[test]
fn tables_of_groups_are_read_or_refused_by_line() {
    let read = |text: &str| Groups::read_csv(text.as_bytes());
    assert_eq!(read("group,complaint,note\nnorth,c1,x\n,c2,y\n").unwrap().len(), 1);
    assert!(matches!(read("id,group\nc1,a\n"), Err(StudyError::GroupFile { line: 1, .. })));
    assert!(read("group,Complaint,group\na,c1,b\n").unwrap_err().to_string().contains("twice"));
    assert_eq!(read("Complaint , GROUP\n\n\u{a0}c1 ,a\n").unwrap().len(), 1);
    assert!(matches!(
        read("complaint,group\n\nc1,\"a\nc2,b\n"),
        Err(StudyError::GroupFile { line: 3, .. })
    ));
    assert!(matches!(
        read("complaint,group\nc1,a\n,b\n"),
        Err(StudyError::GroupFile { line: 3, .. })
    ));
    assert!(matches!(read("complaint,group\nc1\n"), Err(StudyError::GroupFile { line: 2, .. })));
    assert!(matches!(
        read("complaint,group\nc1,a\nc1,a\n"),
        Err(StudyError::Repeated { name, .. }) if name == "c1"
    ));
    let debug = format!("{:?}", read("complaint,group\nc1,secret\n").unwrap());
    assert!(!debug.contains("secret") && !debug.contains("c1"), "{debug}");
}

#[test]
fn drift_by_item_is_told_where_it_is_and_nowhere_else() {
    let triage = reference::published().unwrap();
    let before = backlog(&triage, 300);
    let tip_source = before.codebook().item_index("tip_source").unwrap();
    let mut builder = BacklogBuilder::new(triage.codebook());
    for row in 0..300 {
        let mut complaint = before.complaint(row);
        if row % 2 == 0 {
            complaint.clear_answer("tip_source");
        }
        builder.push(&complaint).unwrap();
    }
    let now = builder.freeze();
    let drift = item_drift(&before, &now, Confidence::P95).unwrap();
    assert_eq!(drift.len(), before.codebook().items().len());
    for (position, item) in drift.iter().enumerate() {
        if position == tip_source.position() {
            assert!(item.stability.value > 0.25, "{}", item.stability.value);
            assert!(item.unknown.change.interval.as_ref().unwrap().lower > 0.3);
        } else {
            assert_eq!(
                (item.stability.value, item.unknown.change.value),
                (0.0, 0.0),
                "{}",
                item.item
            );
        }
    }
    let empty = BacklogBuilder::new(triage.codebook()).freeze();
    assert!(matches!(
        item_drift(&before, &empty, Confidence::P95),
        Err(StudyError::NotEstimable(_))
    ));
}

#[test]
fn bounds_hold_whatever_nobody_looked_into() {
    let triage = reference::published().unwrap();
    let backlog = backlog(&triage, 300);
    let given = labels(&backlog);
    let bounds = bounds_at_capacity(&triage, &backlog, &given, &target(), 30).unwrap();
    assert_eq!(bounds.origin, Known::new(&backlog, &given, target(), None).unwrap().origin());
    let ranking = triage.rank(&backlog).unwrap();
    let (low, high) = {
        let bounds = bounds.sensitivity.as_ref().unwrap();
        (bounds.lower, bounds.upper)
    };
    assert!((bounds.investigated - 10.0 / 14.0).abs() < 1e-12);
    assert!(low < high);
    // Fill the open ones in many ways, the extremes among them: none escapes.
    let mut stream = Seed(3).stream(0);
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for fill in 0..60 {
        let (mut hits, mut events) = (0, 0);
        for row in (0..300).filter(|row| row % 15 != 2) {
            let first = ranking.position_of_row(row).unwrap() <= 30;
            let with = match row % 15 {
                0 | 5 => true,
                1 | 3 | 6 | 11 => match fill {
                    0 => first,
                    1 => !first,
                    _ => stream.chance(f64::from(fill) / 60.0),
                },
                _ => false,
            };
            events += usize::from(with);
            hits += usize::from(with && first);
        }
        let reached = hits as f64 / events as f64;
        (least, most) = (least.min(reached), most.max(reached));
    }
    assert!(
        (least - low).abs() < 1e-12 && (most - high).abs() < 1e-12,
        "{least} {low} {most} {high}"
    );
}

#[test]
fn inside_each_group_figures_are_those_of_its_rows() {
    let triage = reference::published().unwrap();
    let backlog = backlog(&triage, 600);
    let known = Known::new(&backlog, &labels(&backlog), target(), None).unwrap();
    let group = |row: usize| ["a", "b", "few"][if row < 10 { 2 } else { row % 2 }];
    let groups: Groups = (0..590).map(|row| (backlog.id(row), group(row))).collect();
    let plan = GroupPlan::new(&triage, &groups).top(60).smallest(20).prediction(2, 2.0);
    let found = plan.run(&backlog, &known).unwrap();
    let arm = Arm::new("audited", &triage, &backlog, &known).unwrap();
    for (place, key) in ["a", "b"].into_iter().enumerate() {
        let own = &found.performance[place];
        assert_eq!(own.0, key);
        let own = own.1.as_ref().unwrap();
        let at: Vec<usize> = (0..known.len())
            .filter(|&at| known.rows()[at] < 590 && group(known.rows()[at]) == key)
            .collect();
        let pick = |values: &[f64]| at.iter().map(|&at| values[at]).collect::<Vec<f64>>();
        let labels: Vec<bool> = at.iter().map(|&at| known.labels()[at]).collect();
        let order = pick(arm.order());
        let scored = Scored::new(&labels, &order).unwrap();
        // Some subjects have several complaints: what is told counts subjects.
        let subjects: Vec<u32> = at.iter().map(|&at| known.clusters()[at]).collect();
        let area = auc_clustered(scored, &subjects, Confidence::P95).unwrap();
        assert_eq!(own.auc.as_ref(), Ok(&area));
        let p = pick(arm.probabilities());
        let predicted = Predicted::new(&labels, &p).unwrap();
        let ratio = expected_observed_clustered(predicted, &subjects, Confidence::P95).unwrap();
        assert_eq!(own.expected_observed.as_ref(), Ok(&ratio));
        let line = calibration_line_clustered(predicted, &subjects, Confidence::P95).unwrap();
        assert_eq!(own.calibration.as_ref(), Ok(&line));
        assert_eq!((own.count, own.events), (at.len(), scored.events()));
    }
    assert_eq!(found.repeated_subjects, Some(known.cluster_count()));
    assert!(known.cluster_count() < known.len());
    assert!(found.performance[2].1.is_err() && found.capacity[2].1.is_err());
    // What groups take of the capacity adds up to those of the first whose group is known.
    let ranking = triage.rank(&backlog).unwrap();
    let first = |key: &str| {
        (0..590)
            .filter(|&row| group(row) == key && ranking.position_of_row(row).unwrap() <= 60)
            .count() as f64
    };
    let all: f64 = ["a", "b", "few"].into_iter().map(first).sum();
    for (key, own) in &found.capacity[..2] {
        let own = own.as_ref().unwrap();
        assert!((own.share_of_capacity.as_ref().unwrap().value - first(key) / all).abs() < 1e-12);
        let worked = own.worked.as_ref().unwrap().value;
        assert!((worked - first(key) / own.count as f64).abs() < 1e-12);
        assert!((own.share_of_complaints - own.count as f64 / 590.0).abs() < 1e-12);
    }
}

#[test]
fn coded_answers_tell_a_group_as_a_matrix_of_them_does() {
    let triage = reference::published().unwrap();
    let backlog = backlog(&triage, 300);
    let known = Known::new(&backlog, &labels(&backlog), target(), None).unwrap();
    let item = backlog.codebook().item_index("prior_conviction_count").unwrap();
    let belongs: Vec<bool> =
        (0..300).map(|row| (usize::from(backlog.code(row, item)) + row) % 3 == 0).collect();
    let name = |row: usize| if belongs[row] { "in" } else { "out" };
    let groups: Groups = (0..300).map(|row| (backlog.id(row), name(row))).collect();
    let plan =
        GroupPlan::new(&triage, &groups).top(60).smallest(20).prediction(3, 2.0).seed(Seed(4));
    let found = plan.run(&backlog, &known).unwrap();
    // The same by the function for any matrix: one column an answer that some but not all have.
    let mut columns = Vec::new();
    for item in backlog.codebook().item_indices() {
        for code in 1..backlog.codebook()[item].code_count() as u8 {
            let count = (0..300).filter(|&row| backlog.code(row, item) == code).count();
            if (1..300).contains(&count) {
                columns.push((item, code));
            }
        }
    }
    let design = caserank::ndarray::Array2::from_shape_fn((300, columns.len()), |(row, column)| {
        f64::from(u8::from(backlog.code(row, columns[column].0) == columns[column].1))
    });
    let subjects: Vec<&str> =
        (0..300).map(|row| backlog.subject(row).unwrap_or_else(|| backlog.id(row))).collect();
    let folds = clustered_folds(&belongs, &subjects, 3, 1, Seed(4)).unwrap();
    let slow = group_from_items(design.view(), &belongs, &folds, 2.0, Confidence::P95).unwrap();
    let told = found.told.iter().find(|own| own.group == "in").unwrap();
    let fast = told.all_items.as_ref().unwrap();
    assert!((fast.figure.value - slow.pooled.figure.value).abs() < 1e-3, "{fast:?}");
}

/// Plain rows give the figures that a model's backlog gives where the order is the same.
#[test]
fn groups_of_plain_rows_are_those_of_a_backlog_with_the_same_order() {
    use caserank::research::study::GroupRows;
    let labels: Vec<bool> = (0..300).map(|row| row % 4 == 0).collect();
    let scores: Vec<f64> = (0..300).map(|row| f64::from(row * 37 % 301)).collect();
    let chances: Vec<f64> = scores.iter().map(|score| (score + 1.0) / 400.0).collect();
    let names = ["north", "south", "west"];
    let groups: Vec<Option<&str>> =
        (0..300).map(|row| (row % 10 > 0).then(|| names[row % 3])).collect();
    let known = Known::of_labels("readmission", &labels, Origin::Retrospective);
    let arm = Arm::of_scores("vendor", &known, &scores, &chances).unwrap();
    let found = GroupRows::new(&known, &arm, &groups).top(60).run().unwrap();
    assert_eq!((found.stamp, found.complaints, found.tied), (None, 300, 0));
    assert!((found.coverage - 0.9).abs() < 1e-12);
    let mut order: Vec<usize> = (0..300).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let first = &order[..60];
    let rates = found.rates.as_ref().unwrap();
    for (name, of_group) in &rates.groups {
        let of_group = of_group.as_ref().unwrap();
        let inside = |row: &usize| groups[*row] == Some(name.as_str());
        let events = (0..300).filter(|row| inside(row) && labels[*row]).count();
        let reached = first.iter().filter(|row| inside(row) && labels[**row]).count();
        let sensitivity = of_group.sensitivity.as_ref().unwrap().value;
        assert_eq!(sensitivity, reached as f64 / events as f64, "{name}");
    }
    assert_eq!((found.performance.len(), found.capacity.len(), found.turn.len()), (3, 3, 3));
    assert!(
        found.performance.iter().all(|(_, inside)| inside.as_ref().unwrap().calibration.is_ok())
    );
    assert!(found.told.is_empty() && found.unknown.is_empty());
    // Scores that tie at the cut are counted; slices of another length are refused.
    let level = vec![1.0; 300];
    let arm = Arm::of_scores("flat", &known, &level, &[]).unwrap();
    assert_eq!(GroupRows::new(&known, &arm, &groups).top(60).run().unwrap().tied, 240);
    assert!(GroupRows::new(&known, &arm, &groups[..299]).run().is_err());
    assert!(GroupRows::new(&known, &arm, &groups).waited(&[1.0]).run().is_err());
}
