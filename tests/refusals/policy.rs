//! Every reason for which a policy or an override is refused: reached, and said with the thing, the
//! value, the limit and the way out.
#![allow(clippy::unwrap_used)]

use crate::common::{changed_model, full_model, refused, time};
use caserank::policy::{Band, Override, OverrideEffect, OverrideError, PolicyError};
use caserank::triage::ModelError;
use caserank::{Overrides, Triage};
use serde_json::{Value, json};

fn policy_error(value: &Value) -> PolicyError {
    match Triage::from_json(&value.to_string()).unwrap_err() {
        ModelError::Policy(error) => error,
        other => panic!("{other:?}"),
    }
}

/// The refusal of the full model with one thing of the policy changed.
fn refusal(pointer: &str, other: Value) -> PolicyError {
    policy_error(&changed_model(&format!("/policy{pointer}"), other))
}

#[test]
fn conditions() {
    let when = |condition: Value| refusal("/gates/0/when", condition);
    refused!(
        when(json!({ "item": "urgnet", "is": ["yes"] })),
        PolicyError::UnknownItem { .. },
        "`first`",
        "`urgnet`",
        "did you mean `urgent`"
    );
    for kind in ["is", "is_not"] {
        refused!(
            when(json!({ "item": "urgent", kind: ["yess"] })),
            PolicyError::UnknownAnswer { .. },
            "`first`",
            "`urgent`",
            "`yess`",
            "no, yes, refused"
        );
        refused!(
            when(json!({ "item": "urgent", kind: [] })),
            PolicyError::EmptyCondition { .. },
            "`first`",
            "name at least one"
        );
    }
    refused!(
        when(json!({ "item": "urgnet", "is_unknown": true })),
        PolicyError::UnknownItem { .. },
        "`urgnet`"
    );
    for empty in [
        json!({ "all": [] }),
        json!({ "any": [] }),
        json!({ "any": [{ "all": [] }, { "item": "urgent", "is": ["yes"] }] }),
        json!({ "all": [{ "any": [] }, { "item": "urgent", "is": ["yes"] }] }),
    ] {
        refused!(when(empty), PolicyError::EmptyCondition { .. }, "`first`");
    }
    for shape in [
        json!({}),
        json!({ "item": "urgent" }),
        json!({ "item": "urgent", "is": ["yes"], "is_not": ["no"] }),
        json!({ "item": "urgent", "is_unknown": false }),
        json!({ "is": ["yes"] }),
        json!({ "all": [], "any": [] }),
        json!({ "item": "urgent", "is": ["yes"], "all": [] }),
    ] {
        let error = Triage::from_json(&changed_model("/policy/gates/0/when", shape).to_string());
        let message = error.unwrap_err().to_string();
        assert!(message.contains("a condition is `item` with one of"), "{message}");
    }
    refused!(
        refusal("/danger_signs/0/item", json!("rote")),
        PolicyError::UnknownItem { .. },
        "`danger_signs`",
        "`rote`"
    );
    refused!(
        refusal("/danger_signs/0/is", json!(["z"])),
        PolicyError::UnknownAnswer { .. },
        "`danger_signs`",
        "`z`"
    );
    refused!(
        refusal("/danger_signs/0/is", json!([])),
        PolicyError::EmptyCondition { .. },
        "`danger_signs`"
    );
}

#[test]
fn conditions_that_unfold_too_far() {
    let pair =
        json!({ "any": [{ "item": "urgent", "is": ["yes"] }, { "item": "files", "is": ["x"] }] });
    // 2^10 alternatives fit, 2^11 do not.
    let fits = changed_model("/policy/gates/0/when", json!({ "all": vec![&pair; 10] }));
    assert!(Triage::from_json(&fits.to_string()).is_ok());
    refused!(
        refusal("/gates/0/when", json!({ "all": vec![&pair; 11] })),
        PolicyError::TooManyTerms { limit: 1_024, .. },
        "`first`",
        "1024",
        "split it"
    );
    let one = json!({ "item": "urgent", "is": ["yes"] });
    refused!(
        refusal("/gates/0/when", json!({ "any": vec![&one; 1_025] })),
        PolicyError::TooManyTerms { .. },
        "1024"
    );
    // Every nesting that doubles again and again.
    let mut nested = one;
    for _ in 0..20 {
        nested = json!({ "all": [{ "any": [nested, { "item": "files", "is": ["x"] }] }, pair] });
    }
    refused!(refusal("/gates/0/when", nested), PolicyError::TooManyTerms { .. }, "`first`");
}

#[test]
fn too_many_sets_of_answers() {
    let mut value = full_model();
    let answers: Vec<Value> =
        (0..250).map(|number| json!({ "id": format!("a{number}"), "label": "made up" })).collect();
    value["codebook"]["items"][5]["answers"] = json!(answers);
    let gate = |number: usize| {
        json!({
            "id": format!("gate_{number}"), "title": "made up", "effect": "must", "citation": "made up",
            "when": { "item": "idle", "is": [format!("a{number}")] },
        })
    };
    // Danger signs and denominators ask for four more: route a, route unknown, files x.
    let gates = |count: usize| (0..count).map(gate).collect::<Vec<Value>>();
    value["policy"]["gates"] = json!(gates(250));
    let model = Triage::from_json(&value.to_string()).unwrap();
    assert_eq!(model.policy().gates().len(), 250);
    let pairs = |number: usize| {
        let mut gate = gate(number);
        gate["id"] = json!(format!("pair_{number}"));
        gate["when"]["is"] = json!([format!("a{number}"), format!("a{}", number + 1)]);
        gate
    };
    let more: Vec<Value> = gates(250).into_iter().chain((0..10).map(pairs)).collect();
    value["policy"]["gates"] = json!(more);
    refused!(
        policy_error(&value),
        PolicyError::TooManyAtoms { found: 263, limit: 256 },
        "263",
        "256"
    );
}

#[test]
fn gates() {
    refused!(
        refusal("/gates/1/id", json!("first")),
        PolicyError::RepeatedGate { .. },
        "`first`",
        "its own id"
    );
    for blank in ["", " \n"] {
        refused!(
            refusal("/gates/1/citation", json!(blank)),
            PolicyError::NoCitation { .. },
            "`second`",
            "the law, the practice or the research"
        );
    }
    for effect in [json!({ "floor": "low" }), json!({ "cap": "very_high" })] {
        refused!(
            refusal("/gates/2/effect", effect),
            PolicyError::Toothless { .. },
            "`third`",
            "above `low`",
            "below `very_high`"
        );
    }
    refused!(
        refusal("/danger_signs", json!([])),
        PolicyError::CapWithoutDangerSigns { .. },
        "`third`",
        "danger_signs"
    );
    for open in [
        json!({ "item": "files", "is_not": ["x"] }),
        json!({ "item": "files", "is_unknown": true }),
        json!({ "any": [{ "item": "files", "is": ["y"] }, { "item": "spare", "is_not": ["x"] }] }),
        json!({ "all": [{ "item": "files", "is": ["y"] }, { "item": "spare", "is_unknown": true }] }),
    ] {
        refused!(
            refusal("/gates/2/when", open),
            PolicyError::CapOnUnknown { .. },
            "`third`",
            "unknown",
            "may only ask what an answer *is*"
        );
    }
}

#[test]
fn gates_about_victims() {
    let mut value = full_model();
    value["codebook"]["items"][3]["about"] = json!("victim");
    value["instrument"]["outcomes"][0]["denominator"] = Value::Null;
    // A cap may not ask about a victim, marked or not.
    for marked in [false, true] {
        value["policy"]["gates"][2]["safeguarding"] = json!(marked);
        refused!(
            policy_error(&value),
            PolicyError::VictimItem { .. },
            "`third`",
            "`files`",
            "safeguarding: true",
            "only raise"
        );
    }
    for effect in [json!("must"), json!({ "floor": "high" }), json!({ "hold": "h" })] {
        value["policy"]["gates"][2]["effect"] = effect;
        value["policy"]["gates"][2]["safeguarding"] = json!(false);
        refused!(policy_error(&value), PolicyError::VictimItem { .. }, "`third`");
        value["policy"]["gates"][2]["safeguarding"] = json!(true);
        assert!(Triage::from_json(&value.to_string()).is_ok());
    }
}

#[test]
fn bands() {
    for (medium, high, very_high) in [
        ("0", "0.2", "0.5"),
        ("-0.1", "0.2", "0.5"),
        ("0.2", "0.2", "0.5"),
        ("0.1", "0.5", "0.5"),
        ("0.1", "0.6", "0.5"),
        ("0.1", "0.2", "1.000001"),
    ] {
        let mut value = full_model();
        for (band, cut) in [("medium", medium), ("high", high), ("very_high", very_high)] {
            value["policy"]["bands"][band] = json!(cut);
        }
        refused!(
            policy_error(&value),
            PolicyError::CutOffs { .. },
            medium,
            high,
            very_high,
            "rise strictly",
            "at most 1"
        );
    }
    for (band, days) in [("very_high", 0), ("very_high", 9), ("low", 15)] {
        refused!(
            refusal(&format!("/bands/action_days/{band}"), json!(days)),
            PolicyError::ActionDays,
            "must not fall",
            "1 or more"
        );
    }
    for share in ["-0.000001", "1.000001"] {
        refused!(
            refusal("/audit_share", json!(share)),
            PolicyError::AuditShare { .. },
            share,
            "between 0 and 1"
        );
    }
}

#[test]
fn combinations() {
    let harm = |weights: Value| refusal("/combination/expected_harm/weights", weights);
    for (weights, fault) in [
        (json!({ "danger": "1" }), "leave out `spread`"),
        (json!({ "danger": "1", "spread": "-1" }), "negative"),
        (json!({ "danger": "0", "spread": "0" }), "all 0"),
    ] {
        refused!(
            harm(weights),
            PolicyError::HarmWeights { .. },
            fault,
            "every outcome",
            "at least one above 0"
        );
    }
    // `toll` is an outcome of the codebook, but the instrument does not score it.
    refused!(
        harm(json!({ "danger": "1", "spread": "1", "toll": "1" })),
        PolicyError::UnknownOutcome { .. },
        "`toll`",
        "does not score"
    );
    refused!(
        refusal("/combination", json!({ "single": "toll" })),
        PolicyError::UnknownOutcome { .. },
        "`toll`"
    );
}

fn decision(effect: OverrideEffect) -> Override {
    Override {
        id: None,
        complaint: "c1".to_owned(),
        effect,
        actor: "p1".to_owned(),
        second_actor: None,
        role: "supervisor".to_owned(),
        reason: "judgement".to_owned(),
        note: None,
        made: time(2),
        expires: None,
    }
}

#[test]
fn overrides() {
    let refusal = |decision: Override| {
        let written = serde_json::to_string(&[&decision]).unwrap();
        let mut overrides = Overrides::new();
        let error = overrides.add(decision).unwrap_err();
        assert_eq!(overrides.iter().count(), 0);
        // The same when it is read from a file.
        let read = serde_json::from_str::<Overrides>(&written).unwrap_err();
        assert!(read.to_string().starts_with(&error.to_string()), "{read}");
        error
    };
    for second in [None, Some("p1".to_owned())] {
        let mut lift = decision(OverrideEffect::LiftMust);
        lift.second_actor = second;
        lift.reason = "lower_judgement".to_owned();
        refused!(refusal(lift), OverrideError::SecondActor { .. }, "`c1`", "`p1`", "second actor");
    }
    for expires in [time(2), time(1)] {
        let mut short = decision(OverrideEffect::Must);
        short.expires = Some(expires);
        let (made, expires) = (time(2).to_string(), expires.to_string());
        refused!(
            refusal(short),
            OverrideError::ExpiresBeforeMade { .. },
            "`c1`",
            made.as_str(),
            expires.as_str()
        );
    }
    type Field = fn(&mut Override) -> &mut String;
    let blank: [(&str, Field); 4] = [
        ("complaint", |decision| &mut decision.complaint),
        ("actor", |decision| &mut decision.actor),
        ("role", |decision| &mut decision.role),
        ("reason", |decision| &mut decision.reason),
    ];
    for (field, of) in blank {
        for text in ["", " \t"] {
            let mut decision = decision(OverrideEffect::Release);
            text.clone_into(of(&mut decision));
            refused!(refusal(decision), OverrideError::Blank { .. }, field, "blank");
        }
    }
    // Lowering has reasons of its own.
    for (effect, reason) in [
        (OverrideEffect::Lower(Band::Low), "judgement"),
        (OverrideEffect::LiftMust, "judgement"),
        (OverrideEffect::Raise(Band::High), "lower_judgement"),
        (OverrideEffect::Must, "lower_judgement"),
        (OverrideEffect::Release, "lower_judgement"),
    ] {
        let mut decision = decision(effect);
        decision.second_actor = Some("p2".to_owned());
        reason.clone_into(&mut decision.reason);
        refused!(
            refusal(decision),
            OverrideError::Reason { .. },
            "`c1`",
            &format!("`{reason}`"),
            "begin with `lower_`"
        );
    }
}

/// No free text: codes and keys only, and not long ones.
#[test]
fn overrides_hold_no_text() {
    let (long_code, long_key) = ("x".repeat(65), "x".repeat(129));
    let refusal = |change: &dyn Fn(&mut Override)| {
        let mut decision = decision(OverrideEffect::Hold("waiting".to_owned()));
        change(&mut decision);
        Overrides::new().add(decision).unwrap_err()
    };
    for text in ["two words", "Upper", "dash-ed", "é", long_code.as_str()] {
        let owned = || text.to_owned();
        for (field, error) in [
            ("role", refusal(&|decision| decision.role = owned())),
            ("reason", refusal(&|decision| decision.reason = owned())),
            ("hold", refusal(&|decision| decision.effect = OverrideEffect::Hold(owned()))),
        ] {
            refused!(error, OverrideError::Text { limit: 64, .. }, "`c1`", field, "64", "a-z");
        }
    }
    for text in ["two words", "a\tb", "a\u{0}", long_key.as_str()] {
        let owned = || text.to_owned();
        for (field, error) in [
            ("actor", refusal(&|decision| decision.actor = owned())),
            ("second_actor", refusal(&|decision| decision.second_actor = Some(owned()))),
            ("note", refusal(&|decision| decision.note = Some(owned()))),
        ] {
            refused!(error, OverrideError::Text { limit: 128, .. }, "`c1`", field, "128");
        }
    }
}

#[test]
fn overrides_hold_from_when_they_were_made_until_they_expire() {
    let mut overrides = Overrides::new();
    let mut must = decision(OverrideEffect::Must);
    must.expires = Some(time(4));
    overrides.add(must).unwrap();
    for (now, active) in [(1, false), (2, true), (3, true), (4, false), (5, false)] {
        assert_eq!(!overrides.at(time(now)).is_empty(), active, "{now}");
    }
    assert_eq!(overrides.next_change(time(1)), Some(time(2)));
    assert_eq!(overrides.next_change(time(2)), Some(time(4)));
    assert_eq!(overrides.next_change(time(4)), None);
    assert!(Overrides::default().at(time(1)).is_empty());
    assert_eq!(Overrides::new().next_change(time(0)), None);
}
