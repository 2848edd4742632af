//! Assessments told in another language: nothing is left out, and nothing is said that was not meant.

use caserank::explain::{Language, LanguageError, Languages};
use caserank::{Assessment, Complaint, Timestamp, Triage, reference};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{any_case, cases};

fn toy() -> Triage {
    Triage::from_json(include_str!("../../fixtures/models/toy.json")).unwrap()
}

fn received() -> Timestamp {
    "2026-04-17".parse().unwrap()
}

fn file(triage: &Triage) -> Value {
    serde_json::from_str(&Languages::skeleton(triage, "fr")).unwrap()
}

fn language(file: &Value) -> Result<Language, LanguageError> {
    Languages::from_json(&file.to_string()).map(|all| all.get("fr").unwrap().clone())
}

proptest! {
    #![proptest_config(cases(40))]

    /// Translated by the English texts themselves, an assessment is told as in English.
    #[test]
    fn a_file_to_be_translated_tells_the_same(case in any_case()) {
        let french = language(&file(&case.triage)).unwrap();
        prop_assert_eq!(french.untranslated(&case.triage), Vec::<String>::new());
        let ranking = case.triage.rank(&case.backlog()).unwrap();
        for entry in ranking.iter().take(6) {
            let assessment = entry.assess();
            let told = assessment.in_language(&french).to_string();
            if assessment.not_understood().is_empty() {
                prop_assert_eq!(told, assessment.to_string());
            }
            let english = assessment.in_language(&Language::english()).to_string();
            prop_assert_eq!(english, assessment.to_string());
        }
    }

    /// Without any translation everything is there, between brackets.
    #[test]
    fn what_has_no_translation_is_said_all_the_same(case in any_case()) {
        let none = language(&json!({"format_version": 1, "languages": {"fr": {}}})).unwrap();
        let ranking = case.triage.rank(&case.backlog()).unwrap();
        for entry in ranking.iter().take(6) {
            let assessment = entry.assess();
            let told = assessment.in_language(&none).to_string();
            let plain = |text: &str| text.replace(['[', ']'], "");
            prop_assert_eq!(plain(&told), plain(&assessment.to_string()));
        }
        let missing = none.untranslated(&case.triage);
        for item in case.triage.codebook().items() {
            let path = format!("/{}/question", item.id);
            prop_assert!(missing.iter().any(|missing| missing.ends_with(&path)));
        }
    }
}

fn french() -> Value {
    let mut file = file(&toy());
    let texts = &mut file["languages"]["fr"];
    texts["sentences"]["complaint"] = json!("Signalement {id} : priorité {band}");
    texts["sentences"]["must_be_looked_at"] = json!(", à examiner avant tous les autres");
    texts["sentences"]["odds"] = json!("cote multipliée par {odds} (non étalonné)");
    texts["words"]["band.high"] = json!("haute");
    texts["words"]["decimal_mark"] = json!(",");
    texts["words"]["why.not_listed"] = json!("ce n'est pas une réponse prévue");
    let urgent = &mut texts["models"]["toy"]["items"]["urgent"];
    urgent["question"] = json!("L'expéditeur l'a-t-il marqué urgent ?");
    urgent["answers"]["yes"] = json!("Oui");
    file
}

fn assessment(urgent: &str) -> Assessment {
    let mut complaint = Complaint::new("a", received()).unwrap().with_answer("prior_reports", 5);
    complaint.set_answer("urgent", urgent);
    let mut builder = caserank::backlog::BacklogBuilder::new(toy().codebook());
    builder.push(&complaint).unwrap();
    let ranking = toy().rank(&builder.freeze()).unwrap();
    ranking.at(1).unwrap().assess()
}

#[test]
fn an_assessment_is_told_in_french() {
    let french = language(&french()).unwrap();
    let told = assessment("yes").in_language(&french).to_string();
    assert!(told.starts_with("Signalement a : priorité haute"), "{told}");
    assert!(told.contains("L'expéditeur l'a-t-il marqué urgent ? Oui"), "{told}");
    let told = assessment("perhaps").in_language(&french).to_string();
    assert!(told.contains("`perhaps`: ce n'est pas une réponse prévue"), "{told}");
    let decimal = told.lines().find(|line| line.contains("cote multipliée par")).unwrap();
    assert!(!decimal.contains('.') || !decimal.contains("cote multipliée par 0."), "{decimal}");
}

#[test]
fn every_fault_is_named_with_the_way_out() {
    let broken = |path: &[&str], text: &str| {
        let mut file = french();
        let mut at = &mut file["languages"]["fr"];
        for key in path {
            at = &mut at[*key];
        }
        *at = json!(text);
        language(&file).unwrap_err().to_string()
    };
    for (path, text, told) in [
        (vec!["sentences", "complaint"], "Signalement {id}", "the gaps {band}, {id}"),
        (vec!["sentences", "complaint"], "{id} {band} {lane}", "and no other"),
        (vec!["sentences", "outcomes"], "{id}", "must have no gaps"),
        (vec!["sentences", "complain"], "x", "did you mean `sentences/complaint`?"),
        (vec!["words", "band.hihg"], "x", "did you mean `words/band.high`?"),
        (vec!["words", "band.high"], " ", "is empty"),
        (vec!["models", "toy", "gates", "many_reports"], "a\nb", "control characters"),
    ] {
        let fault = broken(&path, text);
        assert!(fault.contains(told) && fault.contains("`fr`"), "{fault}");
    }
    let other = json!({"format_version": 2, "languages": []}).to_string();
    assert!(matches!(Languages::from_json(&other), Err(LanguageError::Format { found: 2, .. })));
    let code = json!({"format_version": 1, "languages": {"Français": {}}}).to_string();
    assert!(matches!(Languages::from_json(&code), Err(LanguageError::Code { .. })));
    let twice = r#"{"format_version": 1, "languages": {"fr": {"words": {"unknown": "a", "unknown": "b"}}}}"#;
    assert!(matches!(Languages::from_json(twice), Err(LanguageError::Json(_))));
    assert!(matches!(Languages::from_json("[1"), Err(LanguageError::Json(_))));
}

/// A file cut anywhere or changed in a byte is refused or read; it never panics, and what is read tells
/// everything.
#[test]
fn damaged_files_never_panic() {
    let (text, assessed) = (french().to_string(), assessment("yes"));
    let mut stream = caserank::Seed(4).stream(0);
    for _ in 0..400 {
        let mut bytes = text.clone().into_bytes();
        let at = stream.below(bytes.len() as u64) as usize;
        match stream.below(2) {
            0 => bytes.truncate(at),
            _ => bytes[at] = b"{}\"\\:,x\x00"[stream.below(8) as usize],
        }
        if let Ok(languages) = Languages::from_json(&String::from_utf8_lossy(&bytes)) {
            for code in languages.codes() {
                let language = languages.get(code).unwrap();
                assert!(assessed.in_language(language).to_string().contains("a"));
                drop(language.untranslated(&toy()));
            }
        }
    }
}

#[test]
fn the_shipped_model_can_be_translated_whole() {
    let triage = reference::published().unwrap();
    let french = language(&file(&triage)).unwrap();
    assert!(french.untranslated(&triage).is_empty());
    assert!(!french.untranslated(&toy()).is_empty());
    assert_eq!(french.code(), "fr");
}

/// The schema lists every sentence and word, and no other.
#[test]
fn the_file_fits_its_schema() {
    use crate::formats::Schema;

    let mut schema = Schema::new(include_str!("../../docs/formats/languages.schema.json"));
    schema.assert_fits(&french());
    schema.assert_fits(&file(&reference::published().unwrap()));
    let mut calibrated = file(&toy());
    let outcomes = calibrated["languages"]["fr"]["models"]["toy"]["outcomes"].as_object_mut();
    for outcome in outcomes.unwrap().values_mut() {
        outcome["place"] = json!("ici");
        outcome["ascertainment"] = json!("enquêtes");
    }
    language(&calibrated).unwrap();
    schema.assert_fits(&calibrated);
    assert_eq!(schema.never_met(), Vec::<String>::new());
    let mut other = french();
    other["languages"]["fr"]["sentences"]["no_such_sentence"] = json!("x");
    assert!(schema.fits(&other).is_err() && language(&other).is_err());
}
