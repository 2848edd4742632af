//! Where agencies' complaints come from travels with their sums.

use caserank::complaint::Origin;
use caserank::research::fit::federated::{
    Agency, AgencyRows, Ask, Contribution, Coordinator, FederatedError, FederatedWarning, Method,
    Next, Plan, PlanItem, PooledCurves, PooledWeights, ScoreCounts,
};
use caserank::research::fit::{Design, FitError, Labels, Logistic, Sample};
use caserank::research::report::{Report, federated_section};
use caserank::research::study::{NOT_STATED_STAMP, STAMP};
use caserank::triage::Fingerprint;
use caserank::{Backlog, BacklogBuilder, Complaint, Seed, Timestamp, reference};

use crate::federation::federated;

const OUTCOME: &str = "contact_offending";

fn plan() -> Plan {
    let items = vec![PlanItem::yes_no("access"), PlanItem::yes_no("met")];
    Plan::new("origins", "outcome", items, Method::Logistic { ridge: 1.0 }).unwrap()
}

fn agency(name: &str, origin: Option<Origin>) -> Agency {
    let mut stream = Seed(name.len() as u64).stream(0);
    let codes: Vec<Vec<u8>> =
        (0..2).map(|_| (0..120).map(|_| stream.below(3) as u8).collect()).collect();
    let labels = (0..120).map(|_| stream.chance(0.3)).collect();
    let rows = AgencyRows::new(codes, labels);
    let rows = match origin {
        Some(origin) => rows.with_origin(origin),
        None => rows,
    };
    Agency::new(name, &plan(), rows).unwrap()
}

#[test]
fn one_synthetic_agency_stamps_the_whole_and_a_silent_one_leaves_it_unstated() {
    use Origin::{NotStated, Prospective, Retrospective, Synthetic};
    let stated = [Prospective, Retrospective, NotStated, Synthetic].map(Some);
    for first in stated.into_iter().chain([None]) {
        for second in stated {
            let mut agencies = [agency("north", first), agency("southern", second)];
            let (fit, _) = federated(&plan(), &mut agencies).unwrap();
            let origin = first.unwrap_or(NotStated).max(second.unwrap_or(NotStated));
            assert_eq!(fit.origin(), origin);
            let (warning, stamp) = match origin {
                Synthetic => (Some(FederatedWarning::Synthetic), Some(STAMP)),
                NotStated => (Some(FederatedWarning::NotStated), Some(NOT_STATED_STAMP)),
                Prospective | Retrospective => (None, None),
            };
            assert_eq!(fit.warnings().first(), warning.as_ref());
            let report = Report::new("r", None).with(federated_section(&fit, None, None));
            let page = report.to_html();
            assert_eq!(stamp.is_some_and(|stamp| page.contains(stamp)), stamp.is_some());
            if let Some(warning) = warning {
                assert!(fit.to_string().contains(&warning.to_string()));
                assert!(page.contains(&warning.to_string()));
            }
        }
    }
}

/// What an agency sends in one go: its own estimates and its counts by score.
fn sent_in_one_go(agency: &Agency, coordinator: &Coordinator) -> (Contribution, ScoreCounts) {
    let columns = coordinator.design().code(agency.codes()).unwrap();
    let labels: Vec<bool> = (0..columns.rows()).map(|row| row % 3 == 0).collect();
    let sample = Sample::new(&columns, &labels).unwrap();
    let alone = Logistic::new().ridge(1.0).fit_sample(&sample).unwrap();
    let chances: Vec<f64> = (0..labels.len()).map(|row| 0.2 + 0.6 * (row % 2) as f64).collect();
    let model = Fingerprint::of(b"a model");
    let counts = ScoreCounts::new(agency.name(), model, &chances, &labels, &[0.5], 5).unwrap();
    let origin = agency.origin();
    (Contribution::new(agency.name(), &alone).with_origin(origin), counts.with_origin(origin))
}

#[test]
fn what_is_pooled_in_one_go_carries_its_origin_as_a_fit_does() {
    use Origin::{NotStated, Prospective, Retrospective, Synthetic};
    let real = [("north", Prospective), ("southern", Prospective)];
    let mut agencies = real.map(|(name, origin)| agency(name, Some(origin)));
    let (fit, coordinator) = federated(&plan(), &mut agencies).unwrap();
    for first in [Prospective, Retrospective, NotStated, Synthetic] {
        for second in [Prospective, Retrospective, NotStated, Synthetic] {
            let sent = [("north", first), ("southern", second)]
                .map(|(name, origin)| sent_in_one_go(&agency(name, Some(origin)), &coordinator));
            let (parts, counts): (Vec<_>, Vec<_>) = sent.into_iter().unzip();
            let weights = PooledWeights::new(&parts).unwrap();
            let curves = PooledCurves::new(&counts, 1).unwrap();
            let origin = first.max(second);
            assert_eq!((weights.origin(), curves.origin()), (origin, origin));
            let (warning, stamp) = match origin {
                Synthetic => (vec![FederatedWarning::Synthetic], Some(STAMP)),
                NotStated => (vec![FederatedWarning::NotStated], Some(NOT_STATED_STAMP)),
                Prospective | Retrospective => (Vec::new(), None),
            };
            let is_origin = |told: &&FederatedWarning| {
                matches!(told, FederatedWarning::Synthetic | FederatedWarning::NotStated)
            };
            let of_weights: Vec<_> = weights.warnings().iter().filter(is_origin).cloned().collect();
            assert_eq!((&of_weights[..], curves.warnings()), (&warning[..], &warning[..]));
            // Beside a fit of stated complaints, either alone stamps the section.
            let beside = [
                federated_section(&fit, Some(&weights), None),
                federated_section(&fit, None, Some(&curves)),
            ];
            for section in beside {
                let page = Report::new("r", None).with(section).to_html();
                for mark in [STAMP, NOT_STATED_STAMP] {
                    assert_eq!(page.contains(mark), stamp == Some(mark), "{origin}");
                }
                for warning in &warning {
                    assert!(page.contains(&warning.to_string()), "{origin}");
                }
            }
            for text in [weights.to_string(), curves.to_string()] {
                for told in [FederatedWarning::Synthetic, FederatedWarning::NotStated] {
                    assert_eq!(text.contains(&told.to_string()), warning.contains(&told), "{text}");
                }
            }
        }
    }
}

#[test]
fn messages_from_before_origins_were_sent_count_as_not_stated() {
    let mut agencies = [agency("north", Some(Origin::Prospective))];
    let (_, coordinator) = federated(&plan(), &mut agencies).unwrap();
    let (alone, counts) = sent_in_one_go(&agencies[0], &coordinator);
    let without = |message: serde_json::Value| {
        let mut message = message;
        assert_eq!(message.as_object_mut().unwrap().remove("origin").unwrap(), "prospective");
        message
    };
    let alone = without(serde_json::to_value(&alone).unwrap());
    let counts = without(serde_json::to_value(&counts).unwrap());
    let weights = PooledWeights::new(&[serde_json::from_value(alone).unwrap()]).unwrap();
    let curves = PooledCurves::new(&[serde_json::from_value(counts).unwrap()], 1).unwrap();
    assert_eq!((weights.origin(), curves.origin()), (Origin::NotStated, Origin::NotStated));
    // Nor is an origin guessed for a message whose sender does not say it.
    let (rows, _) = sent_in_one_go(&agency("north", None), &coordinator);
    assert_eq!(rows.origin, Origin::NotStated);
}

#[test]
fn curves_answer_for_the_agencies_that_they_count() {
    let model = Fingerprint::of(b"a model");
    let chances: Vec<f64> = (0..40).map(|row| 0.2 + 0.6 * f64::from(row % 2)).collect();
    let labels: Vec<bool> = (0..40).map(|row| row % 3 == 0).collect();
    let counts = |name: &str, origin, cuts: &[f64]| {
        ScoreCounts::new(name, model, &chances, &labels, cuts, 5).unwrap().with_origin(origin)
    };
    let counted = counts("north", Origin::Retrospective, &[0.5]);
    let left_out = counts("southern", Origin::Synthetic, &[]);
    let curves = PooledCurves::new(&[counted, left_out], 2).unwrap();
    assert_eq!(curves.left_out(), ["southern"]);
    assert_eq!(curves.origin(), Origin::Retrospective);
    let text = curves.to_string();
    // The table for people: every bin, what capacity reaches, and who is not in it.
    for part in ["0.500", "20", " 7 ", "0.350", "`southern`"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn pooled_weights_read_as_a_table() {
    let mut agencies = ["north", "southern"].map(|name| agency(name, Some(Origin::Prospective)));
    let (_, coordinator) = federated(&plan(), &mut agencies).unwrap();
    let parts: Vec<Contribution> =
        agencies.iter().map(|agency| sent_in_one_go(agency, &coordinator).0).collect();
    let weights = PooledWeights::new(&parts).unwrap();
    let text = weights.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let rows = 1 + weights.weights().len();
    assert_eq!(lines.len(), rows + weights.warnings().len(), "{text}");
    assert!(lines[rows..].iter().all(|line| line.starts_with("warning: ")), "{text}");
    for (line, weight) in lines[1..rows].iter().zip(weights.weights()) {
        assert!(line.starts_with(&weight.name), "{line}");
        for number in [weight.fixed, weight.random, weight.random_error] {
            assert!(line.contains(&format!("{number:.4}")), "{line}");
        }
        assert!(line.contains(&format!("{:.0}%", 100.0 * weight.i_squared.unwrap())), "{line}");
    }
    // One agency alone says nothing of how much agencies differ.
    let alone = PooledWeights::new(&parts[..1]).unwrap().to_string();
    assert!(!alone.contains('%'), "{alone}");
}

#[test]
fn an_answer_to_another_question_is_not_taken() {
    let mut agencies = ["north", "southern"].map(|name| agency(name, Some(Origin::Prospective)));
    let ask = |coordinator: &Coordinator| match coordinator.next().unwrap() {
        Next::Ask(proposal) => proposal,
        Next::Done(_) => panic!("nothing has been asked yet"),
    };
    let both = Coordinator::new(plan(), agencies.iter().map(Agency::counts).collect()).unwrap();
    // Another start of the same plan, without the second agency: other columns, the same round.
    let other = Coordinator::new(plan(), vec![agencies[0].counts()]).unwrap();
    let (asked, elsewhere) = (ask(&both), ask(&other));
    assert_eq!((asked.plan, asked.round), (elsewhere.plan, elsewhere.round));
    let stray = agencies[0].answer(&elsewhere).unwrap();
    let right = agencies.each_mut().map(|agency| agency.answer(&asked).unwrap());
    let mut coordinator = both.clone();
    let refused = coordinator.receive(vec![stray, right[1].clone()]).unwrap_err();
    assert!(matches!(refused, FederatedError::Round { round: 1, .. }), "{refused}");
    assert_eq!(coordinator, both, "nothing is taken");
    coordinator.receive(right.to_vec()).unwrap();
    // Five rounds or so in all: the first also gives the start.
    let (fit, _) = federated(&plan(), &mut agencies).unwrap();
    assert!(fit.rounds() < 8, "{}", fit.rounds());
    assert!(fit.to_string().contains(&fit.penalty().to_string()));
}

#[test]
fn a_matrix_that_no_round_needs_is_not_asked_for() {
    let items: Vec<PlanItem> = (0..6).map(|item| PlanItem::yes_no(&format!("q{item}"))).collect();
    let plan = Plan::new("slopes", "outcome", items, Method::Logistic { ridge: 1.0 }).unwrap();
    let mut stream = Seed(3).stream(0);
    let mut agencies: Vec<Agency> = (0..4)
        .map(|number| {
            let codes: Vec<Vec<u8>> =
                (0..6).map(|_| (0..2_000).map(|_| stream.below(3) as u8).collect()).collect();
            let odds = |row: usize| -> f64 {
                let each = codes.iter().zip([2.0, 1.5, -1.0, 1.0, 0.5, 2.5]);
                each.map(|(codes, effect)| effect * (f64::from(codes[row]) - 1.5)).sum::<f64>()
                    - 3.0
            };
            let labels = (0..2_000).map(|row| stream.chance(1.0 / (1.0 + (-odds(row)).exp())));
            let rows = AgencyRows::new(codes.clone(), labels.collect());
            Agency::new(&format!("a{number}"), &plan, rows).unwrap()
        })
        .collect();
    let counts = agencies.iter().map(Agency::counts).collect();
    let mut coordinator = Coordinator::new(plan.clone(), counts).unwrap();
    let mut asked = Vec::new();
    let fit = loop {
        match coordinator.next().unwrap() {
            Next::Done(fit) => break fit,
            Next::Ask(proposal) => {
                asked.push(proposal.ask.clone());
                let answers = agencies.iter_mut().map(|agency| agency.answer(&proposal).unwrap());
                coordinator.receive(answers.collect()).unwrap();
                // Between two rounds it may be a file.
                let text = serde_json::to_string(&coordinator).unwrap();
                assert_eq!(serde_json::from_str::<Coordinator>(&text).unwrap(), coordinator);
            }
        }
    };
    let slopes = asked.iter().filter(|ask| **ask == Ask::Gradient).count();
    assert!(slopes == 1 && asked.last() == Some(&Ask::Likelihood), "{asked:?}");
    assert!(fit.rounds() < 9 && fit.decrement() <= 1e-10, "{}", fit.rounds());
    // And the answer to the smaller question is not taken for that to the larger.
    let mut fresh = Coordinator::new(plan, agencies.iter().map(Agency::counts).collect()).unwrap();
    let Next::Ask(mut smaller) = fresh.next().unwrap() else {
        panic!("nothing has been asked yet")
    };
    smaller.ask = Ask::Gradient;
    let answers = agencies.iter_mut().map(|agency| agency.answer(&smaller).unwrap());
    let refused = fresh.receive(answers.collect()).unwrap_err();
    assert!(matches!(refused, FederatedError::Round { .. }), "{refused}");
}

#[test]
fn few_events_for_each_weight_are_told() {
    let mut agencies = [agency("north", Some(Origin::Prospective))];
    let (fit, _) = federated(&plan(), &mut agencies).unwrap();
    assert!(fit.events_per_parameter() > 10.0 && fit.warnings().is_empty());
    let codes =
        vec![(0..60).map(|row| row % 3).collect(), (0..60).map(|row| row / 3 % 3).collect()];
    let labels = (0..60).map(|row| row % 7 == 0).collect();
    let rows = AgencyRows::new(codes, labels).with_origin(Origin::Prospective);
    let (fit, _) = federated(&plan(), &mut [Agency::new("a", &plan(), rows).unwrap()]).unwrap();
    let thin = |column: &str, complaints| FederatedWarning::ThinAnswer {
        column: column.to_owned(),
        complaints,
        events: 3,
    };
    let few = FederatedWarning::FewEvents { events: 9, weights: 2 };
    let told = [few, thin("access=yes", 20), thin("met=yes", 18)];
    assert_eq!(fit.warnings(), told);
    assert!(fit.to_string().contains(&told[0].to_string()));
    // Weights of twenty each are still sixty complaints.
    let codes =
        vec![(0..60).map(|row| row % 3).collect(), (0..60).map(|row| row / 3 % 3).collect()];
    let labels = (0..60).map(|row| row % 7 == 0).collect();
    let rows = AgencyRows::new(codes, labels).with_origin(Origin::Prospective);
    let rows = rows.with_weights(vec![20.0; 60]);
    let (heavy, _) = federated(&plan(), &mut [Agency::new("a", &plan(), rows).unwrap()]).unwrap();
    assert_eq!(heavy.warnings()[..3], told);
    let scale = FederatedWarning::WeightScale { weight: 1200.0, complaints: 60 };
    assert_eq!(heavy.warnings()[3..], [scale]);
    assert!((heavy.events_per_parameter() - fit.events_per_parameter()).abs() < 1e-9);
    let told = "1 agency, 60 complaints of weight 1200.0, 180.0 of it with the outcome";
    assert!(heavy.to_string().contains(told), "{heavy}");
    assert!(fit.to_string().contains("1 agency, 60 complaints, 9 with the outcome"), "{fit}");
}

fn unit(origin: Origin, as_of: Option<&str>) -> (Backlog, Labels) {
    let triage = reference::published().unwrap();
    let received: Timestamp = "2025-01-01".parse().unwrap();
    let mut builder = BacklogBuilder::new(triage.codebook());
    if let Some(time) = as_of {
        builder = builder.with_as_of(time.parse().unwrap());
    }
    let mut labels = String::from("complaint,outcome,result\n");
    let mut stream = Seed(5).stream(0);
    for number in 0..80 {
        let id = format!("c-{number}");
        let word = if stream.chance(0.4) { "yes" } else { "no" };
        let complaint = Complaint::new(&*id, received).unwrap().with_origin(origin);
        builder.push(&complaint.with_answer("prior_violent_offence", word)).unwrap();
        labels += &format!("{id},{OUTCOME},{}\n", if stream.chance(0.3) { "yes" } else { "no" });
    }
    (builder.freeze(), Labels::read_csv(labels.as_bytes()).unwrap().0)
}

#[test]
fn an_agency_s_backlog_is_guarded_as_one_s_own_is() {
    let codebook = reference::published().unwrap().codebook().clone();
    let design = Design::new().items(&["prior_violent_offence"]);
    let plan = |design: &Design| {
        let method = Method::Logistic { ridge: 1.0 };
        Plan::from_codebook("guarded", &codebook, OUTCOME, design, method).unwrap()
    };
    let (careful, accepting) = (plan(&design), plan(&design.clone().accepting_leakage()));
    for origin in [Origin::Prospective, Origin::Retrospective, Origin::NotStated, Origin::Synthetic]
    {
        for as_of in [None, Some("2026-01-01")] {
            let (backlog, labels) = unit(origin, as_of);
            let alone = design.apply(&backlog, &labels, OUTCOME);
            let joint = Agency::from_backlog("north", &careful, &backlog, &labels);
            let refused = matches!(alone, Err(FitError::Leakage));
            assert_eq!(refused, matches!(joint, Err(FederatedError::Fit(FitError::Leakage))));
            assert_eq!(refused, joint.is_err(), "{origin} {as_of:?}");
            let taken = Agency::from_backlog("north", &accepting, &backlog, &labels).unwrap();
            let (fit, _) = federated(&accepting, &mut [taken]).unwrap();
            assert_eq!(fit.origin(), origin);
            assert!(fit.warnings().contains(&FederatedWarning::Leakage));
        }
    }
    // The acceptance is part of what all agencies agree on.
    assert_ne!(careful.fingerprint().unwrap(), accepting.fingerprint().unwrap());
    let read: Plan = serde_json::from_str(&serde_json::to_string(&accepting).unwrap()).unwrap();
    assert!(read.accepts_leakage() && !careful.accepts_leakage());
}

#[test]
fn estimates_of_another_outcome_or_of_other_columns_are_not_pooled() {
    let items = || vec![PlanItem::yes_no("access"), PlanItem::yes_no("met")];
    let asked = |outcome: &str| Plan::new("p", outcome, items(), Method::Firth).unwrap();
    let mut agencies = ["north", "southern"].map(|name| agency(name, Some(Origin::Prospective)));
    let (_, coordinator) = federated(&plan(), &mut agencies).unwrap();
    let [north, southern] =
        agencies.each_ref().map(|agency| sent_in_one_go(agency, &coordinator).0);
    let design = coordinator.design();
    let under =
        |sent: &Contribution, outcome: &str| sent.clone().under(&asked(outcome), design).unwrap();
    let refused = PooledWeights::new(&[under(&north, "charge"), under(&southern, "arrest")]);
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, FederatedError::Other { from, what: "the outcome", found, expected }
            if from == "southern" && found == "arrest" && expected == "charge"),
        "{refused}"
    );
    // The same names, coded otherwise: other columns under the same plan.
    let elsewhere = Coordinator::new(plan(), vec![agencies[0].counts()]).unwrap();
    assert_ne!(elsewhere.design().fingerprint().unwrap(), design.fingerprint().unwrap());
    let other = southern.clone().under(&asked("charge"), elsewhere.design()).unwrap();
    let refused = PooledWeights::new(&[under(&north, "charge"), other.clone()]).unwrap_err();
    let (ours, theirs) = (design.fingerprint().unwrap(), elsewhere.design().fingerprint().unwrap());
    for part in ["southern", &*ours.to_string(), &*theirs.to_string()] {
        assert!(refused.to_string().contains(part), "{refused}");
    }
    // Whoever states nothing is named; what the others state is held against the rest, in any order.
    let pooled = PooledWeights::new(&[north.clone(), under(&southern, "charge")]).unwrap();
    let told = FederatedWarning::DesignNotStated { agencies: vec!["north".to_owned()] };
    assert!(pooled.warnings().contains(&told), "{:?}", pooled.warnings());
    assert_eq!(pooled.outcome(), Some("charge"));
    let mut third = under(&southern, "arrest");
    third.agency = "third".to_owned();
    assert!(PooledWeights::new(&[north.clone(), under(&southern, "charge"), third]).is_err());
    // Nor does a start mix two questions.
    assert!(pooled.start_for(Some(&under(&north, "arrest"))).is_err());
    assert!(pooled.start_for(Some(&other)).is_err());
    assert!(pooled.start_for(Some(&under(&north, "charge"))).is_ok());
    let both = PooledWeights::new(&[under(&north, "charge"), under(&southern, "charge")]).unwrap();
    let silent = |told: &FederatedWarning| matches!(told, FederatedWarning::DesignNotStated { .. });
    assert!(!both.warnings().iter().any(silent));
}

#[test]
fn bins_over_subjects_hold_as_many_people_as_the_minimum() {
    let model = Fingerprint::of(b"a model");
    let mut stream = Seed(9).stream(0);
    for _ in 0..40 {
        let rows = 60 + stream.below(60) as usize;
        let chances: Vec<f64> = (0..rows).map(|_| stream.below(1000) as f64 / 1000.0).collect();
        let labels: Vec<bool> = chances.iter().map(|chance| stream.chance(*chance)).collect();
        // Whoever has high probabilities has many complaints.
        let subjects: Vec<u64> = chances
            .iter()
            .map(|chance| if *chance > 0.6 { stream.below(4) } else { 10 + stream.below(50) })
            .collect();
        let cuts = [0.2, 0.4, 0.6, 0.8];
        let sent =
            ScoreCounts::over_subjects("north", model, &chances, &labels, &subjects, &cuts, 6);
        let sent = sent.unwrap();
        let ends = sent.bins.iter().skip(1).map(|bin| bin.from).chain([f64::INFINITY]);
        for (bin, end) in sent.bins.iter().zip(ends) {
            let inside = (0..rows).filter(|row| (bin.from..end).contains(&chances[*row]));
            let people: std::collections::BTreeSet<u64> =
                inside.clone().map(|row| subjects[row]).collect();
            assert_eq!(inside.count() as u64, bin.complaints);
            assert!(people.is_empty() || people.len() >= 6, "{people:?}");
        }
        assert_eq!(sent.bins.iter().map(|bin| bin.complaints).sum::<u64>(), rows as u64);
        let events = labels.iter().filter(|label| **label).count() as u64;
        assert_eq!(sent.bins.iter().map(|bin| bin.events).sum::<u64>(), events);
        let of_complaints = ScoreCounts::new("north", model, &chances, &labels, &cuts, 6).unwrap();
        assert!(of_complaints.bins.len() > sent.bins.len());
    }
    let few = ScoreCounts::over_subjects("n", model, &[0.5; 9], &[true; 9], &[1; 9], &[], 2);
    assert!(
        matches!(few, Err(FederatedError::TooFew { found: 1, unit: "subjects", .. })),
        "{few:?}"
    );
    let short = ScoreCounts::over_subjects("n", model, &[0.5; 9], &[true; 9], &[1; 8], &[], 2);
    assert!(matches!(short, Err(FederatedError::Length { .. })), "{short:?}");
}
