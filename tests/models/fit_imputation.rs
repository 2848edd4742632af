//! Unknown answers filled in: close to the complete sample where answers are missing at random, wider, and turned by a shift.

use std::collections::BTreeSet;

use caserank::complaint::Origin;
use caserank::research::fit::{
    ClassWeights, Design, Designed, FitError, FitWarning, Imputation, ImputedWarning, Labels,
    Logistic, LogisticModel, Penalty, Sample, Sign,
};
use caserank::{BacklogBuilder, Complaint, Seed, Timestamp, reference};

const OUTCOME: &str = "contact_offending";
const ITEMS: [&str; 2] = ["prior_violent_offence", "substance_misuse"];

/// Complaints about every so many-th subject together, as clusters of their own numbers.
fn per_subject(complaints: usize, rows: usize) -> Vec<u32> {
    (0..rows).map(|row| (row / complaints) as u32).collect()
}

#[test]
fn degrees_of_freedom_are_those_of_clusters_where_complaints_share_them() {
    // Nothing unknown, so that only the complete sample's degrees count: (d + 1) / (d + 3) × d (Barnard and Rubin 1999).
    let [all, hidden] = designs(600);
    let run = |designed: &Designed, complaints: usize| {
        let clusters = per_subject(complaints, 600);
        let fit =
            |sample: &Sample<'_>| Logistic::new().fit_sample(&sample.clone().clusters(&clusters)?);
        Imputation::new(3, Seed(5)).rounds(1).run(designed, fit).unwrap()
    };
    for (complaints, complete) in [(60, 9.0), (30, 19.0), (2, 299.0), (1, 597.0)] {
        let imputed = run(&all, complaints);
        let observed = (complete + 1.0) / (complete + 3.0) * complete;
        for estimate in &imputed.estimates {
            let close = (estimate.degrees - observed).abs() < 1e-6 * observed;
            assert!(close, "{complaints}: {estimate:?} {observed}");
        }
        // With unknown answers there are never more.
        let imputed = run(&hidden, complaints);
        assert!(imputed.estimates.iter().all(|estimate| estimate.degrees <= observed));
    }
}

#[test]
fn a_column_held_at_its_bound_does_not_stop_the_others() {
    let [_, hidden] = designs(600);
    let column = "prior_violent_offence=yes";
    // The answer raises the odds; held to lowering them, its weight is 0 in every sample.
    let bounded =
        |sample: &Sample<'_>| Logistic::new().sign(column, Sign::NonPositive).fit_sample(sample);
    let plan = Imputation::new(4, Seed(6)).rounds(1);
    let imputed = plan.run(&hidden, bounded).unwrap();
    assert_eq!(imputed.estimates.len(), 2);
    let [held] = &imputed.held[..] else { panic!("{:?}", imputed.held) };
    assert_eq!((held.name.as_str(), held.estimate, held.samples), (column, 0.0, 4));
    let at_bound = FitWarning::AtBound { column: column.to_owned() };
    assert!(imputed.warnings.iter().any(|told| told.warning == at_bound && told.samples == 4));
    // The others are those of the bounded fit: of a fit without the column.
    let without = |sample: &Sample<'_>| {
        let model = bounded(sample)?;
        assert_eq!(model.weights()[0], 0.0);
        Ok(model)
    };
    assert_eq!(plan.run(&hidden, without).unwrap(), imputed);
    assert!(imputed.estimates.iter().all(|own| own.interval.lower < own.interval.upper));
    // What cannot be studied is named, with the way out.
    let error = plan.shifted(&hidden, bounded, ITEMS[0], column, &[1.0]).unwrap_err();
    assert_eq!(error, FitError::HeldAtBound { column: column.to_owned() });
    assert!(error.to_string().contains("fit without its sign"), "{error}");
    let other = "substance_misuse=yes";
    assert!(plan.shifted(&hidden, bounded, ITEMS[0], other, &[1.0]).is_ok());
    // Held in some samples only, it is not pooled with them either.
    let count = std::sync::atomic::AtomicUsize::new(0);
    let some = |sample: &Sample<'_>| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        if number == 0 { bounded(sample) } else { fit(sample) }
    };
    let mixed = plan.run(&hidden, some).unwrap();
    let [held] = &mixed.held[..] else { panic!("{:?}", mixed.held) };
    assert!(held.samples == 1 && held.estimate > 0.0, "{held:?}");
}

#[test]
fn a_path_of_shifts_says_what_its_fits_and_complaints_say() {
    let [_, hidden] = designs(120);
    let column = "substance_misuse=yes";
    let balanced = |sample: &Sample<'_>| {
        Logistic::new().ridge(1.0).class_weights(ClassWeights::Balanced).fit_sample(sample)
    };
    let plan = Imputation::new(3, Seed(7)).rounds(1);
    // So far that the item's unknown answers are all *yes*: its *no* hardly occurs then.
    let path = plan.shifted(&hidden, balanced, ITEMS[0], column, &[0.0, 30.0]).unwrap();
    let plain = plan.run(&hidden, balanced).unwrap();
    let shifted = plan.shift(ITEMS[0], 30.0).run(&hidden, balanced).unwrap();
    assert_eq!((path.origin, path.penalty), (hidden.origin, Penalty::Ridge(1.0)));
    assert_eq!((path.imputations, path.events_per_parameter), (3, plain.events_per_parameter));
    let kinds = |warnings: &[ImputedWarning]| -> BTreeSet<String> {
        let name = |told: &ImputedWarning| {
            let kind = serde_json::to_value(&told.warning).unwrap()["warning"].to_string();
            format!("{kind} {:?}", told.warning.column())
        };
        warnings.iter().map(name).collect()
    };
    let all: BTreeSet<String> =
        kinds(&plain.warnings).union(&kinds(&shifted.warnings)).cloned().collect();
    assert_eq!(kinds(&path.warnings), all);
    assert!(path.warnings.iter().any(|told| told.warning == FitWarning::ClassWeights));
    assert!(path.warnings.iter().all(|told| (1..=3).contains(&told.samples)));
}

/// The same complaints with all answers, and with the first item unknown in most, the more often the second is *no*.
fn designs(rows: usize) -> [Designed; 2] {
    let codebook = reference::published().unwrap().codebook().clone();
    let received: Timestamp = "2025-01-01".parse().unwrap();
    [false, true].map(|hidden| {
        let mut stream = Seed(11).stream(0);
        let mut builder = BacklogBuilder::new(&codebook);
        let mut labels = String::from("complaint,outcome,result\n");
        for number in 0..rows {
            let second = stream.chance(0.4);
            let first = stream.chance(if second { 0.6 } else { 0.25 });
            let score = -1.5 + 1.2 * f64::from(u8::from(first)) + 0.6 * f64::from(u8::from(second));
            let yes = stream.chance(1.0 / (1.0 + (-score).exp()));
            let unknown = stream.chance(if second { 0.45 } else { 0.7 });
            let word = |yes: bool| if yes { "yes" } else { "no" };
            let mut complaint = Complaint::new(format!("c-{number:05}"), received)
                .unwrap()
                .with_origin(Origin::Prospective);
            complaint = complaint.with_answer(ITEMS[1], word(second));
            if !(hidden && unknown) {
                complaint = complaint.with_answer(ITEMS[0], word(first));
            }
            builder.push(&complaint).unwrap();
            labels += &format!("c-{number:05},{OUTCOME},{}\n", word(yes));
        }
        let labels = Labels::read_csv(labels.as_bytes()).unwrap().0;
        Design::new().items(&ITEMS).apply(&builder.freeze(), &labels, OUTCOME).unwrap()
    })
}

fn fit(sample: &Sample<'_>) -> Result<LogisticModel, FitError> {
    Logistic::new().fit_sample(sample)
}

#[test]
fn filled_in_answers_come_close_to_the_complete_sample_and_say_what_they_cost() {
    let [all, hidden] = designs(1_500);
    let report = hidden.unknown_answers();
    assert_eq!(report.patterns.iter().map(|pattern| pattern.complaints).sum::<usize>(), 1_500);
    assert_eq!(report.items[0].unknown, 1_500 - report.complete);
    assert!(report.items[0].unknown > 750 && report.items[1].unknown == 0);
    let complete = fit(&all.sample().unwrap()).unwrap();
    let imputed = Imputation::new(12, Seed(3)).rounds(2).run(&hidden, fit).unwrap();
    let name = "prior_violent_offence=yes";
    let (ours, theirs) =
        (imputed.estimate(name).unwrap(), complete.report().estimate(name).unwrap());
    let error = theirs.standard_error.unwrap();
    assert!(
        (ours.estimate - theirs.estimate).abs() < 3.0 * ours.standard_error,
        "{ours:?} {theirs:?}"
    );
    assert!(ours.standard_error > error && ours.between > 0.0, "{ours:?} {error}");
    assert!(ours.missing_information > 0.2 && ours.missing_information < 1.0, "{ours:?}");
    assert!(ours.interval.lower < ours.estimate && ours.p > 0.0);
    // The same seed, the same figures.
    assert_eq!(Imputation::new(12, Seed(3)).rounds(2).run(&hidden, fit).unwrap(), imputed);
    // Nothing unknown: the fit itself.
    let same = Imputation::new(2, Seed(3)).rounds(1).run(&all, fit).unwrap();
    let same = same.estimate(name).unwrap();
    assert!((same.estimate - theirs.estimate).abs() < 1e-9 && same.between < 1e-18);
    assert!((same.standard_error - error).abs() < 1e-9);
}

#[test]
fn a_shift_moves_the_weight_and_tells_where_the_verdict_turns() {
    let [_, hidden] = designs(500);
    let name = "prior_violent_offence=yes";
    let plan = Imputation::new(4, Seed(4)).rounds(1);
    let path = plan.shifted(&hidden, fit, ITEMS[0], name, &[-8.0, 0.0, 8.0]).unwrap();
    assert_eq!(path.steps.len(), 3);
    let estimates: Vec<f64> = path.steps.iter().map(|step| step.estimate.estimate).collect();
    // All unknown answers *no*, or all *yes*: the weight is no longer what the known answers show.
    assert!(estimates[0] < estimates[1] && estimates[2] < estimates[1], "{estimates:?}");
    let turned =
        path.steps.iter().any(|step| step.estimate.verdict() != path.steps[1].estimate.verdict());
    assert_eq!(path.turns_at.is_some(), turned);
}

#[test]
fn what_cannot_be_filled_in_is_refused() {
    let [_, hidden] = designs(200);
    let refused = |imputation: Imputation| imputation.run(&hidden, fit).unwrap_err();
    let new = |number| Imputation::new(number, Seed(1));
    for wrong in [new(1), new(100_000), new(2).rounds(0)] {
        assert!(matches!(refused(wrong), FitError::Setting { .. }));
    }
    assert!(matches!(refused(new(2).shift("nothing", 1.0)), FitError::NoSuchColumn { .. }));
    assert!(matches!(refused(new(2).shift(ITEMS[0], f64::NAN)), FitError::Setting { .. }));
    let failing = new(2).run(&hidden, |_| Err(FitError::NothingHelps));
    assert_eq!(failing.unwrap_err(), FitError::NothingHelps);
}
