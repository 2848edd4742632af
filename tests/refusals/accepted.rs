//! Accepted findings: what a model file lists with a reason stands apart, and what is new stands out.
#![allow(clippy::unwrap_used)]

use crate::common::{changed_model, full_model, refused};
use caserank::policy::GateEffect;
use caserank::triage::{Accepted, AcceptedError, Finding, ModelError, WEIGHT_CAP};
use caserank::{Fixed, Triage};
use serde_json::{Value, json};

fn load(value: &Value) -> Triage {
    Triage::from_json(&value.to_string()).unwrap()
}

fn accepting(findings: &[String]) -> Accepted {
    Accepted {
        because: "a test needs it".to_owned(),
        by: "the tests".to_owned(),
        on: "2026-11-29".to_owned(),
        findings: findings.to_vec(),
    }
}

fn keys(triage: &Triage) -> Vec<String> {
    triage.lint().new_findings().iter().map(Finding::key).collect()
}

#[test]
fn what_is_accepted_stands_apart_and_what_is_new_stands_out() {
    let triage = load(&full_model());
    let found = keys(&triage);
    assert!(found.len() > 1, "{found:?}");
    let mut unlike = found.clone();
    unlike.sort();
    unlike.dedup();
    assert_eq!(unlike.len(), found.len(), "two findings share a key");

    let all = triage.with_accepted(vec![accepting(&found)]).unwrap();
    assert!(all.lint().is_clean());
    assert_eq!(all.lint().accepted()[0].findings().len(), found.len());
    assert_eq!(all.lint().findings().count(), found.len());

    let some = triage.with_accepted(vec![accepting(&found[1..])]).unwrap();
    assert_eq!(keys(&some), found[..1]);
    assert!(!some.lint().is_clean());
    let said = some.lint().to_string();
    assert!(said.starts_with(&triage.lint().new_findings()[0].to_string()), "{said}");
    assert!(said.contains("accepted by the tests, 2026-11-29") && said.contains("a test needs it"));

    // Mended since, or written wrongly: told either way.
    let more = [found.as_slice(), &["dead_item nothing".to_owned()]].concat();
    let stale = triage.with_accepted(vec![accepting(&more)]).unwrap();
    assert_eq!(stale.lint().gone(), ["dead_item nothing"]);
    assert!(!stale.lint().is_clean());
    assert!(stale.lint().to_string().contains("not found any more: dead_item nothing"));
}

/// It is a note about a model: no fingerprint changes, a file without it loads, and one with it comes back as it was.
#[test]
fn it_changes_no_fingerprint_and_stays_in_the_file() {
    let plain = load(&full_model());
    let noted = plain.with_accepted(vec![accepting(&keys(&plain))]).unwrap();
    assert_eq!(noted.fingerprint(), plain.fingerprint());
    assert_eq!(noted.scoring_fingerprint(), plain.scoring_fingerprint());
    assert_ne!(noted, plain);
    assert!(!plain.to_json().contains("\"accepted\""));
    let again = Triage::from_json(&noted.to_json()).unwrap();
    assert_eq!(again, noted);
    assert_eq!(again.accepted(), noted.accepted());
    // Another policy keeps them: what no longer occurs is told.
    let version = "9.0.0".parse().unwrap();
    let other = noted.with_policy(version, noted.policy().draft().clone()).unwrap();
    assert_eq!(other.accepted(), noted.accepted());
}

#[test]
fn an_entry_says_why_who_when_and_what() {
    let refusal = |change: &dyn Fn(&mut Accepted)| {
        let mut entry = accepting(&["no_audit".to_owned()]);
        change(&mut entry);
        load(&full_model()).with_accepted(vec![entry]).unwrap_err()
    };
    refused!(
        refusal(&|entry| entry.because = " ".to_owned()),
        ModelError::Accepted(AcceptedError::Blank { entry: 1, field: "because" }),
        "`because`"
    );
    refused!(
        refusal(&|entry| entry.by.clear()),
        ModelError::Accepted(AcceptedError::Blank { field: "by", .. }),
        "`by`"
    );
    refused!(
        refusal(&|entry| entry.on = "yesterday".to_owned()),
        ModelError::Accepted(AcceptedError::Day { .. }),
        "yesterday"
    );
    refused!(
        refusal(&|entry| entry.findings.clear()),
        ModelError::Accepted(AcceptedError::Nothing { entry: 1 }),
        "lists none"
    );
    refused!(
        refusal(&|entry| entry.findings.push("no_audit".to_owned())),
        ModelError::Accepted(AcceptedError::Twice { .. }),
        "`no_audit`"
    );
    let mut file = full_model();
    file["accepted"] = json!([{ "because": "a", "by": "b", "on": "2026-11-29", "finding": [] }]);
    refused!(Triage::from_json(&file.to_string()).unwrap_err(), ModelError::Json(_), "finding");
}

/// A larger weight is another finding: what was accepted of a smaller one does not cover it.
#[test]
fn weights_beyond_a_stated_size_are_told_each_time_they_grow() {
    let with = |steps: i32| {
        let mut triage = load(&full_model());
        let mut draft = triage.instrument().draft().clone();
        let entry = &mut draft.outcomes[0].weights[0];
        let answer = entry.weights.keys().next().unwrap().clone();
        entry.weights.insert(answer, Fixed::from_steps(steps));
        triage = triage.with_instrument("9.0.0".parse().unwrap(), draft).unwrap();
        triage
    };
    let beyond = |triage: &Triage| -> Vec<String> {
        keys(triage).into_iter().filter(|key| key.starts_with("weight_beyond_size")).collect()
    };
    assert_eq!(beyond(&with(WEIGHT_CAP.steps())), [""; 0]);
    for steps in [WEIGHT_CAP.steps() + 1, -WEIGHT_CAP.steps() - 1] {
        assert_eq!(beyond(&with(steps)).len(), 1, "{steps}");
    }
    let accepted = with(2_000_000);
    let entry = accepting(&beyond(&accepted));
    assert_eq!(beyond(&accepted.with_accepted(vec![entry.clone()]).unwrap()), [""; 0]);
    let grown = with(2_100_000).with_accepted(vec![entry]).unwrap();
    assert_eq!(beyond(&grown).len(), 1);
    assert_eq!(grown.lint().gone().len(), 1);
}

#[test]
fn a_model_without_must_gates_is_told_and_gates_gone_since_the_older() {
    let older = caserank::reference::published().unwrap();
    let mut policy = older.policy().draft().clone();
    let gone: Vec<String> = policy
        .gates
        .iter()
        .filter(|gate| gate.effect == GateEffect::Must)
        .map(|gate| gate.id.clone())
        .collect();
    assert!(!gone.is_empty());
    assert!(!keys(&older).contains(&"no_must_gate".to_owned()));
    policy.gates.retain(|gate| gate.effect != GateEffect::Must);
    let newer = older.with_policy("9.0.0".parse().unwrap(), policy).unwrap();
    assert!(keys(&newer).contains(&"no_must_gate".to_owned()));
    let changes: Vec<String> =
        newer.changes_since(&older).iter().map(ToString::to_string).collect();
    assert!(changes[0].contains("no gate puts a complaint into `must`"), "{changes:?}");
    for gate in gone {
        assert!(changes.iter().any(|told| told.contains(&format!("gate `{gate}` is gone"))));
    }
    let renamed = load(&changed_model("/policy/gates/0/id", json!("renamed")));
    assert!(
        renamed.changes_since(&older).len() >= 2,
        "gone under its old name, new under the other"
    );
}
