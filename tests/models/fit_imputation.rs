//! Unknown answers filled in: close to the complete sample where answers are missing at random, wider, and turned by a shift.

use caserank::complaint::Origin;
use caserank::research::fit::{
    Design, Designed, FitError, Imputation, Labels, Logistic, LogisticModel, Sample,
};
use caserank::{BacklogBuilder, Complaint, Seed, Timestamp, reference};

const OUTCOME: &str = "contact_offending";
const ITEMS: [&str; 2] = ["prior_violent_offence", "substance_misuse"];

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
