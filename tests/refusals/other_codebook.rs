//! What was made for another codebook is refused by name, also where the name is the same.
#![allow(clippy::unwrap_used)]

use crate::common::refused;
use caserank::codebook::CodebookError;
use caserank::{BacklogBuilder, Codebook, Complaint, Triage};
use serde_json::{Value, json};

fn toy() -> Value {
    serde_json::from_str(crate::common::TOY_CODEBOOK).unwrap()
}

fn load(value: &Value) -> Result<Codebook, CodebookError> {
    Codebook::from_json(&value.to_string())
}

#[test]
fn another_codebook() {
    let codebook = load(&toy()).unwrap();
    let mut other = codebook.identity().clone();
    assert!(codebook.require("the backlog", &other).is_ok());
    other.version.patch += 1;
    refused!(
        codebook.require("the backlog", &other).unwrap_err(),
        CodebookError::OtherCodebook { .. },
        "the backlog",
        "toy 0.1.1",
        "toy 0.1.0",
        "migrate"
    );
}

#[test]
fn another_codebook_of_the_same_name() {
    let triage = Triage::from_json(crate::common::TOY).unwrap();
    let backlog_of = |codebook: &Value| {
        let mut builder = BacklogBuilder::new(&load(codebook).unwrap());
        builder.push(&Complaint::new("a", crate::common::time(0)).unwrap()).unwrap();
        builder.freeze()
    };
    let mut wider = toy();
    let items = wider["items"].as_array_mut().unwrap();
    for number in 0..20 {
        let mut item = items[0].clone();
        item["id"] = json!(format!("more_{number}"));
        items.push(item);
    }
    let mut turned = toy();
    turned["items"].as_array_mut().unwrap().reverse();
    for backlog in [wider, turned].map(|other| backlog_of(&other)) {
        for refused in [
            triage.rank(&backlog).map(drop),
            triage.top(&backlog, 1).map(drop),
            triage.score(&backlog).map(drop),
            triage.assess_row(&backlog, 0).map(drop),
            Triage::rank_each(&[&triage], &backlog).map(drop),
            Triage::priorities_of(&[&triage], &backlog).map(drop),
            triage.top_list(1).add_backlog(&backlog),
        ] {
            refused!(
                refused.unwrap_err(),
                CodebookError::OtherAnswers { .. },
                "the backlog",
                "toy 0.1.0",
                "version of its own"
            );
        }
        assert!(BacklogBuilder::new(triage.codebook()).extend(&backlog).is_err());
    }
    // Other wording changes no code.
    let mut reworded = toy();
    reworded["title"] = json!("Another title");
    assert!(triage.rank(&backlog_of(&reworded)).is_ok());
}
