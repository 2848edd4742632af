//! Promise 16: a fit over agencies' sums is the fit over their rows, and no message holds a small group.

use caserank::Seed;
use caserank::research::fit::federated::{
    Agency, AgencyRows, Contribution, Coordinator, FederatedError, FederatedWarning, Groups,
    Method, Next, Plan, PlanItem, PooledCurves, PooledWeights, ScoreCounts,
};
use caserank::triage::Fingerprint;

use crate::federation::{Rows, agencies_of, chance, drawn, federated, pooled};

fn items() -> Vec<PlanItem> {
    let mut found = PlanItem::new("found", &["no", "yes"]);
    found.found_or_not = true;
    vec![
        PlanItem::yes_no("access"),
        PlanItem::new("count", &["none", "one", "more"]),
        found,
        PlanItem::new("source", &["provider", "agency", "person", "other"]),
    ]
}

fn close(what: &str, a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-10 * b.abs().max(1.0), "{what}: {a} {b}");
}

#[test]
fn a_federated_fit_is_the_pooled_one() {
    let mut stream = Seed(16).stream(0);
    let mut coarsened = 0;
    for number in 0..24 {
        let method = match number % 3 {
            0 => Method::Logistic { ridge: 0.0 },
            1 => Method::Logistic { ridge: 2.5 },
            _ => Method::Firth,
        };
        let groups = if number % 2 == 0 { Groups::Pairs } else { Groups::Answers };
        let plan = Plan::new("test", "outcome", items(), method)
            .unwrap()
            .with_minimum(1 + number % 7, groups)
            .unwrap();
        let many = 1 + stream.below(5) as usize;
        let rows = drawn(&mut stream, plan.items(), many, number % 4 == 1, number % 5 > 2);
        let mut agencies = agencies_of(&plan, &rows);
        coarsened += agencies.iter().filter(|agency| !agency.coarsened().is_empty()).count();
        let (fit, coordinator) = federated(&plan, &mut agencies).unwrap();
        let model = pooled(&plan, &coordinator, &agencies, &rows).unwrap();
        let place = format!("federation {number}, {method:?}");
        for (ours, theirs) in fit.estimates().iter().zip(&model.report().estimates) {
            assert_eq!(ours.name, theirs.name);
            close(&place, ours.estimate, theirs.estimate);
            close(&place, ours.standard_error, theirs.standard_error.unwrap());
        }
        if let Some(covariance) = model.clustered_covariance() {
            for (ours, theirs) in fit.estimates().iter().zip(covariance.diag()) {
                close(&place, ours.clustered.unwrap(), theirs.sqrt());
            }
        }
        close(&place, fit.log_likelihood(), model.report().log_likelihood);
        close(&place, fit.null_log_likelihood(), model.report().null_log_likelihood);
        assert!(fit.rounds() < 60, "{place}: {} rounds", fit.rounds());
        let is_coarse = |warning: &_| matches!(warning, FederatedWarning::Coarsened { .. });
        assert_eq!(
            fit.warnings().iter().any(is_coarse),
            agencies.iter().any(|agency| !agency.coarsened().is_empty()),
            "{place}"
        );
    }
    assert!(coarsened > 10, "{coarsened}");
}

#[test]
fn no_message_holds_a_small_group() {
    let mut stream = Seed(17).stream(0);
    for number in 0..30 {
        let minimum = 2 + number % 9;
        let groups = if number % 2 == 0 { Groups::Pairs } else { Groups::Answers };
        let plan = Plan::new("test", "outcome", items(), Method::Firth)
            .unwrap()
            .with_minimum(minimum, groups)
            .unwrap();
        let rows = drawn(&mut stream, plan.items(), 2, false, number % 3 == 0);
        for (agency, rows) in agencies_of(&plan, &rows).iter().zip(&rows) {
            let unit = |row: usize| rows.subjects.as_ref().map_or(row as u32, |all| all[row]);
            let units = |wanted: &dyn Fn(usize) -> bool| {
                let found = (0..rows.labels.len()).filter(|row| wanted(*row)).map(unit);
                found.collect::<std::collections::BTreeSet<u32>>().len()
            };
            let fine = |count: usize| count == 0 || count >= minimum;
            let codes = agency.codes();
            for (a, first) in codes.iter().enumerate() {
                for x in 0..6 {
                    assert!(fine(units(&|row| first[row] == x)), "item {a} code {x}");
                    for second in &codes[..a] {
                        let pairs =
                            (0..6).all(|y| fine(units(&|row| first[row] == x && second[row] == y)));
                        assert!(pairs || groups == Groups::Answers, "pairs of item {a} code {x}");
                    }
                }
                // An answer stays what it was or becomes unknown.
                for (after, before) in first.iter().zip(&rows.codes[a]) {
                    assert!(after == before || *after == 0);
                }
            }
            // What leaves says the same, and names what was taken.
            let counts = agency.counts();
            for answers in &counts.answers {
                assert!(answers.iter().all(|answer| answer.complaints == 0 || answer.complaints >= minimum as u64));
            }
            let changed = codes.iter().zip(&rows.codes).any(|(after, before)| after != before);
            assert_eq!(changed, !counts.coarsened.is_empty());
            for taken in &counts.coarsened {
                assert!(taken.complaints.is_none_or(|count| count >= minimum as u64));
            }
        }
    }
    // An agency too small for any sum sends none.
    let plan = Plan::new("test", "outcome", vec![PlanItem::yes_no("a")], Method::Firth).unwrap();
    let error =
        Agency::new("tiny", &plan, AgencyRows::new(vec![vec![1, 2, 1]], vec![true, false, true]));
    assert!(matches!(error, Err(FederatedError::TooFew { found: 3, minimum: 5, .. })));
    // Nor one whose many complaints are about a few people.
    let rows = AgencyRows::new(vec![vec![1; 50]], vec![true; 50]);
    let error = Agency::new("one", &plan, rows.with_subjects((0..50).map(|row| row % 4).collect()));
    assert!(matches!(error, Err(FederatedError::TooFew { found: 4, unit: "subjects", .. })));
}

#[test]
fn a_messages_size_does_not_grow_with_the_complaints() {
    let mut stream = Seed(18).stream(0);
    let plan = Plan::new("test", "outcome", items(), Method::Firth).unwrap();
    let small = drawn(&mut stream, plan.items(), 1, false, false);
    let mut large = small.clone();
    for _ in 0..5 {
        let again = large[0].clone();
        large[0].codes.iter_mut().zip(again.codes).for_each(|(all, more)| all.extend(more));
        large[0].labels.extend(again.labels);
    }
    let sizes = [small, large].map(|rows| {
        let mut agency = agencies_of(&plan, &rows).remove(0);
        let counts = agency.counts();
        let coordinator = Coordinator::new(plan.clone(), vec![counts.clone()]).unwrap();
        let Next::Ask(proposal) = coordinator.next().unwrap() else { panic!("a first question") };
        let answer = agency.answer(&proposal).unwrap();
        serde_json::to_string(&counts).unwrap().len()
            + serde_json::to_string(&answer).unwrap().len()
    });
    assert!(sizes[1] < sizes[0] * 5 / 4, "{sizes:?}");
}

#[test]
fn messages_that_do_not_belong_are_refused_and_nothing_is_taken() {
    let mut stream = Seed(19).stream(0);
    let plan = Plan::new("test", "outcome", items(), Method::Firth).unwrap();
    let rows = drawn(&mut stream, plan.items(), 3, false, false);
    let mut agencies = agencies_of(&plan, &rows);
    let counts: Vec<_> = agencies.iter().map(Agency::counts).collect();
    let twice = vec![counts[0].clone(), counts[0].clone()];
    assert!(matches!(Coordinator::new(plan.clone(), twice), Err(FederatedError::Round { .. })));
    let other = Plan::new("another", "outcome", items(), Method::Firth).unwrap();
    let refused = Coordinator::new(other.clone(), counts.clone());
    assert!(matches!(refused, Err(FederatedError::Other { what: "plan", .. })));
    let mut small = counts.clone();
    small[1].answers[0][1].complaints -= 2;
    assert!(Coordinator::new(plan.clone(), small).is_err());

    let mut coordinator = Coordinator::new(plan.clone(), counts).unwrap();
    let before = coordinator.clone();
    let Next::Ask(proposal) = coordinator.next().unwrap() else { panic!("a first question") };
    let answers: Vec<_> = agencies.iter_mut().map(|a| a.answer(&proposal).unwrap()).collect();
    let mut missing = answers.clone();
    missing.pop();
    let mut late = answers.clone();
    late[2].round = 7;
    let mut infinite = answers.clone();
    if let caserank::research::fit::federated::Sums::Likelihood { gradient, .. } =
        &mut infinite[0].sums
    {
        gradient[1] = f64::NAN;
    }
    let mut doubled = answers.clone();
    doubled[1] = doubled[0].clone();
    for (what, wrong) in
        [("missing", missing), ("late", late), ("NaN", infinite), ("twice", doubled)]
    {
        assert!(coordinator.receive(wrong).is_err(), "{what}");
        assert_eq!(coordinator, before, "{what}");
    }
    coordinator.receive(answers).unwrap();
    let mut stranger = Agency::new("a00", &other, rows[0].given()).unwrap();
    assert!(matches!(stranger.answer(&proposal), Err(FederatedError::Other { .. })));
}

#[test]
fn a_fit_without_a_finite_maximum_is_never_given() {
    let plan = Plan::new(
        "test",
        "outcome",
        vec![PlanItem::yes_no("a"), PlanItem::yes_no("b")],
        Method::Logistic { ridge: 0.0 },
    )
    .unwrap()
    .with_minimum(1, Groups::Pairs)
    .unwrap();
    // Everybody with answer `b` has the outcome, at both agencies.
    let rows = |shift: usize| {
        let b: Vec<u8> = (0..80).map(|row| 1 + u8::from(row % 8 == 0)).collect();
        let a: Vec<u8> = (0..80).map(|row| 1 + u8::from((row + shift).is_multiple_of(3))).collect();
        let labels = (0..80).map(|row| row % 8 == 0 || (row + shift).is_multiple_of(5)).collect();
        Rows { codes: vec![a, b], labels, weights: None, subjects: None }
    };
    let rows = [rows(0), rows(1)];
    let mut agencies = agencies_of(&plan, &rows);
    let error = federated(&plan, &mut agencies).unwrap_err();
    assert!(matches!(error, FederatedError::MayBeSeparated), "{error}");
    let firth = Plan::new("test", "outcome", plan.items().to_vec(), Method::Firth)
        .unwrap()
        .with_minimum(1, Groups::Pairs)
        .unwrap();
    let mut agencies = agencies_of(&firth, &rows);
    assert!(federated(&firth, &mut agencies).is_ok());
}

#[test]
fn a_federated_fit_becomes_an_instrument_of_the_codebook() {
    use caserank::complaint::Origin;
    use caserank::research::fit::{Design, Label, Labels, Naming};
    let codebook = caserank::reference::published().unwrap().codebook().clone();
    let design = Design::new().items(&["prior_violent_offence", "substance_misuse", "concern"]);
    let outcome = "contact_offending";
    let plan = Plan::from_codebook("spring", &codebook, outcome, &design, Method::Firth).unwrap();
    let mut stream = Seed(21).stream(0);
    let mut agencies = Vec::new();
    let mut backlogs = Vec::new();
    for name in ["north", "south"] {
        let mut builder = caserank::BacklogBuilder::new(&codebook);
        let mut labels = Labels::new();
        for number in 0..150 {
            let received: caserank::Timestamp = "2025-01-01".parse().unwrap();
            let id = format!("{name}-{number}");
            let mut complaint =
                caserank::Complaint::new(&*id, received).unwrap().with_origin(Origin::Prospective);
            let mut yes = stream.below(5) == 0;
            for item in plan.items() {
                if stream.below(4) > 0 {
                    let answer = &item.answers[stream.below(item.answers.len() as u64) as usize];
                    yes |= answer == "yes" && stream.below(3) == 0;
                    complaint = complaint.with_answer(&*item.id, answer.as_str());
                }
            }
            builder.push(&complaint).unwrap();
            let text = format!(
                r#"{{"complaint":"{id}","outcome":"{outcome}","result":"{}"}}"#,
                if yes { "yes" } else { "no" }
            );
            labels.push(serde_json::from_str::<Label>(&text).unwrap()).unwrap();
        }
        let backlog = builder.freeze();
        agencies.push(Agency::from_backlog(name, &plan, &backlog, &labels).unwrap());
        backlogs.push(backlog);
    }
    let (fit, coordinator) = federated(&plan, &mut agencies).unwrap();
    let naming = Naming::new("spring", "test");
    let instrument = coordinator.instrument(&codebook, &naming, &fit).unwrap();
    let weights = fit.weights();
    for (agency, backlog) in agencies.iter().zip(&backlogs) {
        let columns = coordinator.design().code(agency.codes()).unwrap();
        let log_odds = weights.log_odds(&columns).unwrap();
        // Rows of the join are those of the backlog here: every complaint has a label.
        for (row, eta) in log_odds.iter().enumerate() {
            let kept = plan.items().iter().zip(agency.codes()).all(|(item, codes)| {
                backlog.code(row, codebook.item_index(&item.id).unwrap()) == codes[row]
            });
            let outcome = instrument.outcome_indices().next().unwrap();
            let weight = |item| instrument.weight(outcome, item, backlog.code(row, item)).to_f64();
            let score = instrument.intercept(outcome).to_f64()
                + codebook.item_indices().map(weight).sum::<f64>();
            assert!(!kept || (score - eta).abs() < 1e-5, "row {row}: {score} {eta}");
        }
    }
    let other = Plan::new("other", outcome, plan.items().to_vec(), Method::Firth).unwrap();
    let counts = agencies_of(&other, &drawn(&mut stream, other.items(), 1, false, false));
    let other = Coordinator::new(other, counts.iter().map(Agency::counts).collect()).unwrap();
    assert!(other.instrument(&codebook, &naming, &fit).is_err());
}

#[test]
fn estimates_pooled_in_one_go_are_those_of_statsmodels() {
    let text = include_str!("../../fixtures/reference/fit/pooling.json");
    let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    assert!(cases.len() >= 4);
    for case in cases {
        let list = |name: &str| -> Vec<f64> {
            case[name].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
        };
        let (estimates, variances) = (list("estimates"), list("variances"));
        let parts: Vec<Contribution> = estimates
            .iter()
            .zip(&variances)
            .enumerate()
            .map(|(number, (b, v))| {
                let text = format!(
                    r#"{{"format":1,"agency":"a{number}","complaints":9,"names":["(intercept)"],"estimates":[{b:?}],"variances":[{v:?}]}}"#
                );
                serde_json::from_str(&text).unwrap()
            })
            .collect();
        let pooled = PooledWeights::new(&parts).unwrap();
        let weight = &pooled.weights()[0];
        let number = |name: &str| case[name].as_f64().unwrap();
        close("fixed", weight.fixed, number("fixed"));
        close("fixed error", weight.fixed_error, number("fixed_error"));
        close("random", weight.random, number("random"));
        close("random error", weight.random_error, number("random_error"));
        close("q", weight.q, number("q"));
        close("i2", weight.i_squared.unwrap(), number("i_squared").max(0.0));
        close("tau2", weight.tau_squared.unwrap(), number("tau_squared"));
        // A start lies between the mean and the agency's own, nearer to the mean the less is known.
        let start = pooled.start_for(Some(&parts[0])).unwrap().intercept;
        let (low, high) = (weight.random.min(estimates[0]), weight.random.max(estimates[0]));
        assert!((low..=high).contains(&start), "{start}");
        assert_eq!(pooled.start_for(None).unwrap().intercept, weight.random);
        // An agency that sends twice would count twice.
        let twice = [&parts[..], &parts[..1]].concat();
        let refused = PooledWeights::new(&twice).unwrap_err().to_string();
        assert!(refused.contains("two messages of") && refused.contains("a0"), "{refused}");
    }
    // One agency that seems to know all there is leaves a number all the same.
    let part = |agency: &str, estimate: f64, variance: f64| -> Contribution {
        let text = format!(
            r#"{{"format":1,"agency":"{agency}","complaints":9,"names":["(intercept)"],"estimates":[{estimate:?}],"variances":[{variance:?}]}}"#
        );
        serde_json::from_str(&text).unwrap()
    };
    let pooled = PooledWeights::new(&[part("a", 0.0, 1e-20), part("b", 0.5, 0.04)]).unwrap();
    let weight = &pooled.weights()[0];
    // With two agencies tau² is half of (squared distance less both variances): DerSimonian and Laird.
    assert!((weight.tau_squared.unwrap() - (0.25 - 0.04) / 2.0).abs() < 1e-9, "{weight:?}");
    assert!(weight.random.is_finite() && weight.random_error > 0.0);
}

#[test]
fn curves_over_agencies_are_those_of_all_rows_at_the_common_cuts() {
    let mut stream = Seed(20).stream(0);
    let cuts: Vec<f64> = (1..20).map(|step| f64::from(step) / 20.0).collect();
    let model = Fingerprint::of(b"model");
    let mut parts = Vec::new();
    let (mut all, mut labels) = (Vec::new(), Vec::new());
    for (number, rows) in [900, 120, 60, 7].into_iter().enumerate() {
        let scores: Vec<f64> = (0..rows).map(|_| chance(&mut stream).powi(2)).collect();
        let found: Vec<bool> = scores.iter().map(|p| chance(&mut stream) < *p).collect();
        parts.push(
            ScoreCounts::new(&format!("a{number}"), model, &scores, &found, &cuts, 5).unwrap(),
        );
        if rows > 7 {
            all.extend(scores);
            labels.extend(found);
        }
    }
    for part in &parts {
        assert!(part.bins.iter().all(|bin| bin.complaints == 0 || bin.complaints >= 5));
    }
    let curves = PooledCurves::new(&parts, 3).unwrap();
    assert_eq!(curves.left_out(), ["a3"]);
    assert!(curves.lost_cuts() > 0 && curves.bins().len() > 1);
    for (at, bin) in curves.bins().iter().enumerate() {
        let until = curves.bins().get(at + 1).map_or(f64::INFINITY, |next| next.from);
        let inside: Vec<usize> =
            (0..all.len()).filter(|row| (bin.from..until).contains(&all[*row])).collect();
        assert_eq!(bin.complaints, inside.len() as u64);
        assert_eq!(bin.events, inside.iter().filter(|row| labels[**row]).count() as u64);
    }
    let events = labels.iter().filter(|label| **label).count() as f64;
    close("E/O", curves.expected_over_observed(), all.iter().sum::<f64>() / events);
    let last = curves.capacity().last().unwrap();
    assert_eq!((last.worked, last.reached), (1.0, 1.0));
    assert!(curves.capacity().is_sorted_by(|a, b| a.worked <= b.worked && a.reached <= b.reached));
    let tiny = ScoreCounts::new("b", model, &[0.1], &[true], &cuts, 5);
    assert!(matches!(tiny, Err(FederatedError::TooFew { .. })));
    parts[1].model = Fingerprint::of(b"another");
    assert!(PooledCurves::new(&parts, 1).is_err());
}
