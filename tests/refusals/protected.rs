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
    // However it is spelt, in other languages, and of the complaint as a whole.
    for (id, about) in [
        ("citizen", "suspect"),
        ("colour", "suspect"),
        ("years_lived", "suspect"),
        ("geschlecht", "suspect"),
        ("suspect_plz", "suspect"),
        ("etnicity", "suspect"),
        ("martial_status", "suspect"),
        ("nacionalidad", "suspect"),
        ("skin_tone", "suspect"),
        ("date_de_naissance", "suspect"),
        ("leeftijd", "suspect"),
        ("age", "complaint"),
        ("sex", "complaint"),
        ("employed", "complaint"),
        ("occupation_of_suspect", "complaint"),
        ("user_is_married", "complaint"),
        ("citizen", "victim"),
        ("home_zip_code", "material"),
        ("suspectage", "suspect"),
        ("agegroup", "complaint"),
        ("placeofbirth", "suspect"),
        ("offendergender", "suspect"),
        ("altersgruppe", "suspect"),
        ("hijab", "suspect"),
        ("area_deprivation", "complaint"),
        ("language_spoken", "suspect"),
        ("first_name", "suspect"),
    ] {
        let error = named(id, about).expect_err(id);
        refused!(error, CodebookError::Protected { .. }, &*format!("`{id}`"), "refused");
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
        ("charge_degree", "suspect"),
        ("district_court_prior", "suspect"),
        ("single_victim", "suspect"),
        ("prior_area_arrests", "suspect"),
        ("zip_archive_found", "material"),
        ("zip_archive_found", "suspect"),
        ("bad_faith", "suspect"),
        ("works_in_education", "suspect"),
        ("parent", "suspect"),
        ("older_offences", "suspect"),
        ("message_language", "complaint"),
        ("image_orientation", "material"),
        ("outcome_known", "complaint"),
        ("warnings", "complaint"),
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

/// As answers, words that also mean other things are taken; those that mean one thing are not.
#[test]
fn answers_are_matched_as_wholes() {
    let with = |answer: &str| {
        let mut value = toy();
        value["items"][2]["answers"][1]["id"] = json!(answer);
        value["items"][2]["bears_on"] = json!({});
        value["items"][2]["design"] = json!("an example");
        Codebook::from_json(&value.to_string())
    };
    for answer in ["parent", "single", "older_offences", "partner", "work", "poor", "area"] {
        let refused = matches!(with(answer), Err(CodebookError::Protected { .. }));
        assert!(!refused, "{answer}");
    }
    for answer in ["married", "female", "arbeitslos", "refugee"] {
        assert!(matches!(with(answer), Err(CodebookError::Protected { .. })), "{answer}");
    }
}

/// A neutral name may ask a forbidden thing: words of question and labels are held too, until the
/// author has answered for them on record; then `lint` shows who did.
#[test]
fn telling_words_need_the_authors_answer() {
    let asked = |question: &str, label: Option<&str>, declared: Option<Value>| {
        let mut value = toy();
        value["items"][0]["id"] = json!("factor_seven");
        value["items"][0]["about"] = json!("suspect");
        value["items"][0]["question"] = json!(question);
        if let Some(label) = label {
            value["items"][0]["answers"][1]["label"] = json!(label);
        }
        if let Some(declared) = declared {
            value["items"][0]["declared"] = declared;
        }
        Codebook::from_json(&value.to_string())
    };
    for (question, label) in [
        ("What is the nationality of the suspect?", None),
        ("How old is the suspect?", None),
        ("Is the suspect a man or a woman?", None),
        ("Which applies to the suspect?", Some("Unemployed")),
        ("Does the suspect receive benefits?", None),
        ("In which postcode does the account stand?", None),
    ] {
        let error = asked(question, label, None).expect_err(question);
        refused!(
            error,
            CodebookError::TellingWord { .. },
            "`factor_seven`",
            "declare",
            "on record"
        );
    }
    assert!(asked("Is the charge of the first degree?", None, None).is_ok());
    let declared =
        json!({ "by": "an analyst", "on": "2026-11-29", "because": "a brand, not a status" });
    let question = "Does the account sell goods called married?";
    assert!(matches!(asked(question, None, None), Err(CodebookError::TellingWord { .. })));
    let codebook = asked(question, None, Some(declared)).unwrap();
    assert_eq!(codebook.items()[0].declared.as_ref().unwrap().by, "an analyst");
    for wrong in [json!({ "by": " ", "on": "2026-11-29" }), json!({ "by": "x", "on": "soon" })] {
        let error = asked("Is it urgent?", None, Some(wrong)).unwrap_err();
        refused!(error, CodebookError::Declaration { .. }, "`factor_seven`", "YYYY-MM-DD");
    }
    // No declaration lifts a name.
    let mut value = toy();
    value["items"][0]["id"] = json!("religion");
    value["items"][0]["declared"] = json!({ "by": "x", "on": "2026-11-29" });
    let error = Codebook::from_json(&value.to_string()).unwrap_err();
    assert!(matches!(error, CodebookError::Protected { .. }));
}

/// Research on other data may ask more, says so in its name, and never by half.
#[test]
fn studies_alone_are_declared_and_stamped() {
    let study = |id: &str, declared: bool| {
        let mut value = toy();
        value["id"] = json!(id);
        value["items"][0]["id"] = json!("age_band");
        value["items"][0]["about"] = json!("suspect");
        if declared {
            value["study_only"] = json!({ "by": "a researcher", "on": "2026-11-29", "purpose": "another field's data" });
        }
        Codebook::from_json(&value.to_string())
    };
    let codebook = study("other_data_study_only", true).unwrap();
    assert_eq!(codebook.study_only().unwrap().by, "a researcher");
    assert!(codebook.identity().to_string().contains("study_only"));
    let again = Codebook::from_json(&codebook.to_json()).unwrap();
    assert_eq!(again, codebook);
    for (id, declared) in [("other_data", true), ("other_data_study_only", false)] {
        let error = study(id, declared).unwrap_err();
        refused!(error, CodebookError::StudyOnly { .. }, "`study_only`", "_study_only");
    }
    assert!(matches!(study("other_data", false), Err(CodebookError::Protected { .. })));
}
