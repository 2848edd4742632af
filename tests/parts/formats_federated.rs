//! What agencies and their coordinator exchange fits its schema in `docs/formats/`, key by key.
#![allow(clippy::unwrap_used)]

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::formats::Schema;
use caserank::research::fit::federated::{
    Agency, AgencyRows, Ask, Contribution, Coordinator, Counts, Groups, Method, Next, Plan,
    PlanItem, Proposal, ScoreCounts, SumsMessage,
};
use caserank::research::fit::{Columns, Design, Firth, FitWarning, Logistic, Sample};
use caserank::triage::Fingerprint;
use caserank::{Seed, reference};

const SCHEMA: &str = include_str!("../../docs/formats/federated.schema.json");

/// The value as it is written; it is read back as the same.
fn written<T: Serialize + DeserializeOwned + PartialEq>(value: &T) -> Value {
    let text = serde_json::to_string(value).unwrap();
    assert!(serde_json::from_str::<T>(&text).unwrap() == *value);
    serde_json::from_str(&text).unwrap()
}

/// Every message of one federation with subjects, and of a fit in one go.
fn messages(method: Method) -> Vec<Value> {
    let items = vec![PlanItem::yes_no("access"), PlanItem::new("count", &["none", "one", "more"])];
    let plan = Plan::new("spring", "outcome", items, method).unwrap();
    let plan = plan.with_minimum(12, Groups::Answers).unwrap();
    let mut found = vec![written(&plan)];
    let mut stream = Seed(8).stream(0);
    let mut agencies: Vec<Agency> = (0..3)
        .map(|number| {
            // The last answer of each item is rare, and taken for unknown somewhere.
            let codes = [3, 4].map(|codes| {
                let mut code = || stream.below(codes).min(stream.below(codes)) as u8;
                (0..90).map(|_| code()).collect()
            });
            let labels = (0..90).map(|_| stream.chance(0.4)).collect();
            let rows = AgencyRows::new(codes.to_vec(), labels);
            let subjects = (0..90).map(|row| row / (1 + number)).collect();
            Agency::new(&format!("a{number}"), &plan, rows.with_subjects(subjects)).unwrap()
        })
        .collect();
    let counts: Vec<Counts> = agencies.iter().map(Agency::counts).collect();
    found.extend(counts.iter().map(written));
    // Complaints whose subject stands for nobody come from a backlog; here they are written down.
    let mut nobody = written(&counts[0]);
    nobody["placeholders"] = json!({"complaints": 12});
    found.push(written(&serde_json::from_value::<Counts>(nobody).unwrap()));
    let mut coordinator = Coordinator::new(plan, counts).unwrap();
    while let Next::Ask(proposal) = coordinator.next().unwrap() {
        found.push(written::<Proposal>(&proposal));
        // Asked for where the distance to the optimum shrinks in another way than here.
        let mut slope = proposal.clone();
        slope.ask = Ask::Gradient;
        found.push(written::<Proposal>(&slope));
        found.push(written(&agencies[0].answer(&slope).unwrap()));
        let answers: Vec<SumsMessage> =
            agencies.iter_mut().map(|agency| agency.answer(&proposal).unwrap()).collect();
        found.extend(answers.iter().map(written));
        coordinator.receive(answers).unwrap();
    }
    found
}

#[test]
fn messages_of_a_federation_fit_their_schema() {
    let mut schema = Schema::new(SCHEMA);
    let methods = [Method::Logistic { ridge: 1.0 }, Method::Firth];
    let mut all: Vec<Value> = methods.into_iter().flat_map(messages).collect();

    let codebook = reference::published().unwrap().codebook().clone();
    let design = Design::new().accepting_leakage();
    let plan = Plan::from_codebook("s", &codebook, "contact_offending", &design, Method::Firth);
    all.push(written(&plan.unwrap()));
    let columns = Columns::builder(8).numbers("x", (0..8).map(f64::from).collect()).unwrap();
    let columns = columns.build();
    let labels = [false, true, false, false, true, true, false, true];
    let sample = Sample::new(&columns, &labels).unwrap();
    for fit in [
        Logistic::new().ridge(1.0).fit_sample(&sample),
        Logistic::new().ridge_standardised(1.0).fit_sample(&sample),
        Firth::new().fit_sample(&sample),
    ] {
        all.push(written(&Contribution::new("a", &fit.unwrap())));
    }
    // Every warning that a fit can have travels with its estimates.
    let mut told = Contribution::new("b", &Logistic::new().fit_sample(&sample).unwrap());
    let column = || "x".to_owned();
    told.warnings = vec![
        FitWarning::TotalsSeparate,
        FitWarning::ThinAnswer { column: column(), rows: 7, events: 2 },
        FitWarning::Repeated { column: column() },
        FitWarning::Collinear { column: column(), vif: 12.5 },
        FitWarning::IllConditioned { condition_number: f64::MAX },
        FitWarning::FewEvents { events_per_parameter: 3.5 },
        FitWarning::FewClusters { clusters: 12 },
        FitWarning::ClustersBelowParameters { clusters: 3, parameters: 4 },
        FitWarning::ClusteredErrorNotEstimable {
            column: column(),
            clusters: 4,
            clustered: 0.1,
            model: 0.7,
        },
        FitWarning::AtBound { column: column() },
        FitWarning::WeightScale { total: 80.0, rows: 8 },
        FitWarning::PenaltyScale { total: 80.0, rows: 8 },
        FitWarning::NegligibleWeights { rows: 1 },
        FitWarning::ClassWeights,
        FitWarning::LikelihoodIgnoresClusters { rows: 8, clusters: 4 },
        FitWarning::ExtremeProbabilities { rows: 1 },
        FitWarning::Design { note: "Learnt from synthetic complaints.".to_owned() },
    ];
    told.outcome = Some("outcome".to_owned());
    told.design = Some(Fingerprint::of(b"columns"));
    all.push(written(&told));
    let chances: Vec<f64> = (1..9).map(|tenth| f64::from(tenth) / 10.0).collect();
    let model = Fingerprint::of(b"a model");
    let scores = ScoreCounts::new("a", model, &chances, &labels, &[0.5], 2);
    all.push(written(&scores.unwrap()));

    for value in &all {
        schema.assert_fits(value);
    }
    assert_eq!(schema.never_met(), Vec::<String>::new());
    // A key more, one missing and another format are seen; a message that the reader refuses does not fit.
    for value in &all {
        let mut more = value.clone();
        more["patient"] = json!("x");
        assert!(schema.fits(&more).is_err());
        let mut later = value.clone();
        later["format"] = json!(2);
        assert!(schema.fits(&later).is_err());
        // Estimates may come without what they are of; plans and proposals may not.
        let silent =
            |key: &str| value.get("estimates").is_some() && ["outcome", "design"].contains(&key);
        let asked = |key: &&String| !OPTIONAL.contains(&key.as_str()) && !silent(key);
        for key in value.as_object().unwrap().keys().filter(asked) {
            let mut less = value.clone();
            less.as_object_mut().unwrap().remove(key);
            assert!(schema.fits(&less).is_err(), "{key}");
        }
    }
}

/// Keys that a file may leave out.
const OPTIONAL: [&str; 6] =
    ["codebook", "leakage_accepted", "origin", "penalty", "placeholders", "warnings"];
