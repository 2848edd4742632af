//! Attributes of a suspect that no codebook may ask: refused by name, with the reason.
#![allow(clippy::unwrap_used)]

use crate::common::refused;
use caserank::Codebook;
use caserank::codebook::CodebookError;
use serde_json::{Value, json};

fn toy() -> Value {
    serde_json::from_str(crate::common::TOY_CODEBOOK).unwrap()
}

fn named(id: &str, about: &str) -> Result<Codebook, CodebookError> {
    let mut value = toy();
    value["items"][0]["id"] = json!(id);
    value["items"][0]["about"] = json!(about);
    if about == "victim" {
        value["items"][0]["bears_on"] = json!({});
    }
    Codebook::from_json(&value.to_string())
}

#[test]
fn protected_attributes_of_a_suspect_are_refused_by_name() {
    for (id, words) in [
        ("race", "race"),
        ("suspect_ethnicity", "ethnicity"),
        ("national_origin", "national origin"),
        ("nationality", "national origin"),
        ("immigration_status", "national origin"),
        ("religion", "religion"),
        ("sexual_orientation", "sexual orientation"),
        ("share_of_boys", "stand-in"),
        ("age", "age"),
        ("age_band", "minors"),
        ("date_of_birth", "age"),
        ("sex", "sex or gender"),
        ("gender_identity", "sex or gender"),
        ("marital_status", "marital"),
        ("never_married", "single"),
        ("employment_status", "employment"),
        ("income_band", "income"),
        ("years_of_education", "education"),
        ("home_postcode", "area"),
        ("neighbourhood", "area"),
        ("own_children", "own children"),
        ("mental_disorder", "health"),
        ("disability", "disability"),
        ("receives_benefits", "benefits"),
        ("met_online", "met online"),
    ] {
        let error = named(id, "suspect").expect_err(id);
        refused!(error, CodebookError::Protected { .. }, &*format!("`{id}`"), "refused", words);
    }
    // By an answer, too.
    let mut value = toy();
    value["items"][2]["answers"][1]["id"] = json!("unemployed");
    refused!(
        Codebook::from_json(&value.to_string()).unwrap_err(),
        CodebookError::Protected { .. },
        "`access_route`"
    );
}

#[test]
fn suspect_is_told_from_victim_and_material() {
    // The age of a child, or of the youngest child depicted, is no attribute of a suspect.
    for (id, about) in [
        ("age_band", "victim"),
        ("victim_sex", "victim"),
        ("youngest_age_band", "material"),
        ("child_disability", "victim"),
        ("suspect_is_minor", "suspect"),
        ("works_with_children", "suspect"),
        ("single_report", "complaint"),
        ("message_count", "suspect"),
        ("sexual_chat", "suspect"),
        ("page_views", "suspect"),
        ("area_code_known", "complaint"),
    ] {
        assert!(named(id, about).is_ok(), "{id}: {:?}", named(id, about).unwrap_err().to_string());
    }
    // Some are refused whomever they are about, and a name that speaks of a suspect counts as one.
    for (id, about) in [
        ("ethnicity", "victim"),
        ("religion", "victim"),
        ("share_of_boys", "material"),
        ("suspect_age", "complaint"),
        ("user_gender", "material"),
        ("offender_postcode", "victim"),
    ] {
        assert!(matches!(named(id, about), Err(CodebookError::Protected { .. })), "{id}");
    }
}
