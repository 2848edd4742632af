//! What agencies' rows and fits warn of travels with their messages.

use caserank::complaint::Origin;
use caserank::research::fit::federated::{
    Agency, AgencyRows, Contribution, Coordinator, Counts, FederatedError, FederatedFit,
    FederatedWarning, Method, Plan, PlanItem, PooledWeights,
};
use caserank::research::fit::{
    Columns, Design, Firth, FitWarning, Labels, Logistic, LogisticModel, Penalty, Sample,
};
use caserank::research::report::{Report, federated_section};
use caserank::{BacklogBuilder, Complaint, Seed, Timestamp, reference};

use crate::federation::{Rows, agencies_of, federated, pooled};

const OUTCOME: &str = "contact_offending";
const ITEM: &str = "prior_violent_offence";

/// Two agencies whose complaints with the rare answer have the outcome so often; a number of each for weights.
fn rows(events: usize, weights: impl Fn(usize) -> f64) -> Vec<Rows> {
    let mut stream = Seed(41).stream(0);
    (0..2)
        .map(|agency| {
            let count = 240;
            let rare = |row: usize| if row < 20 { 2 } else { 1 };
            let common = (0..count).map(|_| stream.below(3) as u8).collect();
            let codes = vec![(0..count).map(rare).collect(), common];
            let labels = (0..count).map(|row| match row {
                0..20 => agency == 0 && row < events,
                _ => row % 4 == 0,
            });
            Rows {
                codes,
                labels: labels.collect(),
                weights: Some((0..count).map(&weights).collect()),
                subjects: None,
            }
        })
        .collect()
}

fn plan(method: Method) -> Plan {
    let items = vec![PlanItem::yes_no("rare"), PlanItem::yes_no("common")];
    Plan::new("told", "outcome", items, method).unwrap()
}

fn thin(fit: &FederatedFit) -> Vec<(String, u64, u64)> {
    let warnings = fit.warnings().iter();
    let found = warnings.filter_map(|warning| match warning {
        FederatedWarning::ThinAnswer { column, complaints, events } => {
            Some((column.clone(), *complaints, *events))
        }
        _ => None,
    });
    found.collect()
}

fn thin_of_rows(model: &LogisticModel) -> Vec<(String, u64, u64)> {
    let warnings = model.report().warnings.iter();
    let found = warnings.filter_map(|warning| match warning {
        FitWarning::ThinAnswer { column, rows, events } => {
            Some((column.clone(), *rows as u64, *events as u64))
        }
        _ => None,
    });
    found.collect()
}

#[test]
fn thin_answers_are_those_of_a_fit_to_all_rows_together() {
    let light = |row: usize| if row % 20 < 14 { 0.05 } else { 1.0 };
    for method in [Method::Logistic { ridge: 1.0 }, Method::Firth] {
        for (events, weighted, expected) in [
            (3, false, vec![("rare=yes".to_owned(), 40, 3)]),
            (0, false, vec![("rare=yes".to_owned(), 40, 0)]),
            (9, false, vec![]),
            (20, true, vec![]),
            (9, true, vec![("rare=yes".to_owned(), 32, 9)]),
        ] {
            let weight = |row: usize| if weighted { light(row) } else { 1.0 };
            let rows = rows(events, weight);
            let plan = plan(method);
            let mut agencies = agencies_of(&plan, &rows);
            let (fit, coordinator) = federated(&plan, &mut agencies).unwrap();
            let together = pooled(&plan, &coordinator, &agencies, &rows).unwrap();
            assert_eq!(thin(&fit), thin_of_rows(&together), "{events} {weighted}");
            if !weighted {
                assert_eq!(thin(&fit), expected, "{events}");
            }
            let page = Report::new("r", None).with(federated_section(&fit, None, None)).to_html();
            for (column, complaints, events) in thin(&fit) {
                let told = format!("rests on {complaints} complaints of all agencies, {events}");
                let text = fit.to_string();
                let line = text.lines().find(|line| line.starts_with(&column)).unwrap();
                assert!(text.contains(&told) && line.ends_with('!'), "{text}");
                assert!(page.contains(&told) && page.contains("rare: yes (caution)"));
            }
            assert_eq!(page.contains("(caution)"), !thin(&fit).is_empty());
        }
    }
}

#[test]
fn agencies_that_have_not_counted_outcomes_are_named_and_false_counts_refused() {
    let plan = plan(Method::Firth);
    let agencies = agencies_of(&plan, &rows(3, |_| 1.0));
    let counts: Vec<Counts> = agencies.iter().map(Agency::counts).collect();
    let changed = |change: fn(&mut serde_json::Value)| -> Result<Coordinator, FederatedError> {
        let mut first = serde_json::to_value(&counts[0]).unwrap();
        for answer in first["answers"].as_array_mut().unwrap() {
            answer.as_array_mut().unwrap().iter_mut().for_each(change);
        }
        let first: Counts = serde_json::from_value(first).unwrap();
        Coordinator::new(plan.clone(), vec![first, counts[1].clone()])
    };
    // As earlier releases send it.
    let earlier = changed(|answer| {
        assert!(answer.as_object_mut().unwrap().remove("outcome").is_some());
    });
    let mut coordinator = earlier.unwrap();
    let mut agencies = agencies;
    let fit = loop {
        use caserank::research::fit::federated::Next;
        match coordinator.next().unwrap() {
            Next::Done(fit) => break fit,
            Next::Ask(proposal) => {
                let answers = agencies.iter_mut().map(|agency| agency.answer(&proposal).unwrap());
                coordinator.receive(answers.collect()).unwrap();
            }
        }
    };
    let silent = FederatedWarning::OutcomesNotCounted { agency: "a00".to_owned() };
    assert!(fit.warnings().contains(&silent) && thin(&fit).is_empty(), "{fit}");
    for change in [
        (|answer| answer["outcome"]["complaints"] = 100_000.into()) as fn(&mut serde_json::Value),
        |answer| answer["outcome"]["weight"] = (-1.0).into(),
        |answer| answer["outcome"]["squares"] = (-1.0).into(),
    ] {
        assert!(changed(change).is_err());
    }
}

#[test]
fn weights_that_are_no_counts_are_told() {
    let scale = |fit: &FederatedFit| {
        fit.warnings().iter().any(|told| matches!(told, FederatedWarning::WeightScale { .. }))
    };
    for (weight, told) in [(1.0, false), (1.05, false), (12.0, true), (0.2, true)] {
        let plan = plan(Method::Firth);
        let rows = rows(9, |_| weight);
        let (fit, _) = federated(&plan, &mut agencies_of(&plan, &rows)).unwrap();
        assert_eq!(scale(&fit), told, "{weight}");
        assert_eq!(fit.to_string().contains("of 480 complaints add up to"), told, "{fit}");
    }
}

/// An agency's backlog, the subject of every so many-th complaint unknown.
fn agency_of_backlog(name: &str, plan: &Plan, unknown: usize) -> Agency {
    let codebook = reference::published().unwrap().codebook().clone();
    let received: Timestamp = "2025-01-01".parse().unwrap();
    let mut builder = BacklogBuilder::new(&codebook);
    let mut labels = String::from("complaint,outcome,result\n");
    for number in 0..90 {
        let subject =
            if number < unknown { "unknown".to_owned() } else { format!("s{}", number / 2) };
        let answer = if number % 3 == 0 { "yes" } else { "no" };
        let complaint = Complaint::new(format!("c-{number:03}"), received)
            .unwrap()
            .with_origin(Origin::Prospective)
            .with_subject(subject)
            .unwrap()
            .with_answer(ITEM, answer);
        builder.push(&complaint).unwrap();
        let result = if number % 4 == 0 { "yes" } else { "no" };
        labels += &format!("c-{number:03},{OUTCOME},{result}\n");
    }
    let labels = Labels::read_csv(labels.as_bytes()).unwrap().0;
    Agency::from_backlog(name, plan, &builder.freeze(), &labels).unwrap()
}

#[test]
fn subjects_that_are_nobody_are_told_of_every_agency() {
    let codebook = reference::published().unwrap().codebook().clone();
    let design = Design::new().items(&[ITEM]);
    let method = Method::Logistic { ridge: 1.0 };
    let plan = Plan::from_codebook("nobody", &codebook, OUTCOME, &design, method).unwrap();
    let mut agencies = [("many", 30), ("few", 2), ("none", 0)]
        .map(|(name, unknown)| agency_of_backlog(name, &plan, unknown));
    assert_eq!(agencies.each_ref().map(Agency::placeholders), [30, 2, 0]);
    let (fit, _) = federated(&plan, &mut agencies).unwrap();
    let told: Vec<&FederatedWarning> = fit
        .warnings()
        .iter()
        .filter(|told| matches!(told, FederatedWarning::Placeholders { .. }))
        .collect();
    // Of a group below the minimum no number is told.
    let placeholders = |agency: &str, complaints| FederatedWarning::Placeholders {
        agency: agency.to_owned(),
        complaints,
    };
    assert_eq!(told, [&placeholders("few", None), &placeholders("many", Some(30))]);
    assert!(fit.to_string().contains("`many` that stand for nobody"), "{fit}");
}

/// Estimates of an agency's own fit to a yes/no column.
fn sent(agency: &str, fit: impl Fn(&Sample<'_>) -> LogisticModel, rare: usize) -> Contribution {
    let answer: Vec<f64> = (0..120).map(|row| f64::from(u8::from(row < rare))).collect();
    let labels: Vec<bool> = (0..120).map(|row| row % 3 == 0).collect();
    let columns = Columns::builder(120).numbers("answer", answer).unwrap().build();
    let model = fit(&Sample::new(&columns, &labels).unwrap());
    let mut sent = Contribution::new(agency, &model).with_origin(Origin::Prospective);
    sent.outcome = Some("outcome".to_owned());
    sent.design = Some(caserank::triage::Fingerprint::of(b"columns"));
    sent
}

#[test]
fn penalties_and_warnings_of_own_fits_travel_with_estimates() {
    let firth = |sample: &Sample<'_>| Firth::new().fit_sample(sample).unwrap();
    let ridge = |sample: &Sample<'_>| Logistic::new().ridge(2.0).fit_sample(sample).unwrap();
    let [plain, thin] = [60, 6].map(|rare| sent(&format!("f{rare}"), firth, rare));
    assert_eq!(plain.penalty, Some(Penalty::Firth));
    // Nothing to say of one kind of fit to enough complaints.
    let pooled = PooledWeights::new(std::slice::from_ref(&plain)).unwrap();
    assert_eq!(pooled.warnings(), []);
    // Through text, and from one result to the next.
    let text = serde_json::to_string(&thin).unwrap();
    let thin: Contribution = serde_json::from_str(&text).unwrap();
    let thin_answer = FitWarning::ThinAnswer { column: "answer".to_owned(), rows: 6, events: 2 };
    assert!(thin.warnings.contains(&thin_answer), "{:?}", thin.warnings);
    let shrunk = sent("r", ridge, 60);
    let mut silent = serde_json::to_value(sent("s", firth, 60)).unwrap();
    silent.as_object_mut().unwrap().remove("penalty").unwrap();
    let silent: Contribution = serde_json::from_value(silent).unwrap();
    let mut also_thin = sent("f6b", firth, 6);
    also_thin.agency = "line\nbreak".to_owned();
    let all = [plain, thin, shrunk, silent, also_thin];
    let pooled = PooledWeights::new(&all).unwrap();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let expected = [
        FederatedWarning::PenaltiesDiffer,
        FederatedWarning::Shrunk { penalty: Penalty::Ridge(2.0), agencies: names(&["r"]) },
        FederatedWarning::PenaltyNotStated { agencies: names(&["s"]) },
        FederatedWarning::OwnFits { told: thin_answer, agencies: names(&["f6", "line\nbreak"]) },
    ];
    assert_eq!(pooled.warnings(), expected);
    let text = pooled.to_string();
    for warning in &expected {
        assert!(text.contains(&warning.to_string()), "{text}");
    }
    // A name from a message keeps to its line.
    assert!(!text.contains("line\nbreak") && text.contains("line\\nbreak"), "{text}");
    // Beside a fit of rounds, in the report, the column is marked.
    let plan = Plan::new("p", "o", vec![PlanItem::yes_no("answer")], Method::Firth).unwrap();
    let rows = AgencyRows::new(
        vec![(0..200).map(|row| 1 + u8::from(row % 2 == 0)).collect()],
        (0..200).map(|row| row % 3 == 0).collect(),
    );
    let mut agencies = [Agency::new("a", &plan, rows.with_origin(Origin::Prospective)).unwrap()];
    let (fit, _) = federated(&plan, &mut agencies).unwrap();
    let section = federated_section(&fit, Some(&pooled), None);
    let page = Report::new("r", None).with(section).to_html();
    assert!(page.contains("agencies fitted under different penalties"), "{page}");
}
