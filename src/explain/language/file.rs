//! The file of languages: read, checked, and made to be translated.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::sentence::{Sentence, Template};
use super::{LANGUAGES_FORMAT, Language, LanguageError, Languages, words};
use crate::base::json;
use crate::base::text::cut;
use crate::codebook::nearest;
use crate::triage::Triage;

/// The longest text of a file.
const MOST_TEXT_BYTES: usize = 4_000;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguagesFile {
    format_version: u32,
    #[serde(deserialize_with = "crate::base::unique_map")]
    languages: BTreeMap<String, LanguageFile>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LanguageFile {
    #[serde(deserialize_with = "crate::base::unique_map")]
    sentences: BTreeMap<String, String>,
    #[serde(deserialize_with = "crate::base::unique_map")]
    words: BTreeMap<String, String>,
    #[serde(deserialize_with = "crate::base::unique_map")]
    models: BTreeMap<String, ModelTexts>,
}

/// Texts of a model, by the ids that stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ModelTexts {
    #[serde(deserialize_with = "crate::base::unique_map")]
    pub(super) items: BTreeMap<String, ItemTexts>,
    #[serde(deserialize_with = "crate::base::unique_map")]
    pub(super) gates: BTreeMap<String, String>,
    #[serde(deserialize_with = "crate::base::unique_map")]
    pub(super) outcomes: BTreeMap<String, OutcomeTexts>,
    /// What the evidence is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) studied: Option<String>,
}

/// Texts of an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutcomeTexts {
    pub(super) title: String,
    /// Where and on what it was calibrated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
    /// How outcomes were found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ascertainment: Option<String>,
}

/// Texts of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemTexts {
    pub(super) question: String,
    #[serde(default, deserialize_with = "crate::base::unique_map")]
    pub(super) answers: BTreeMap<String, String>,
}

impl ModelTexts {
    /// A model's own words.
    pub(super) fn of(triage: &Triage) -> Self {
        let codebook = triage.codebook();
        let items = codebook.items().iter().map(|item| {
            let answers = item.answers.iter();
            let answers = answers.map(|answer| (answer.id.clone(), answer.label.clone())).collect();
            (item.id.clone(), ItemTexts { question: item.question.clone(), answers })
        });
        let gates = triage.policy().gates().iter();
        let outcomes = triage.instrument().outcomes().iter().map(|part| {
            let listed = codebook.outcomes().iter().find(|outcome| outcome.id == part.outcome);
            let title = listed.map_or(&part.outcome, |outcome| &outcome.title);
            let texts = OutcomeTexts {
                title: title.clone(),
                place: part.calibration.as_ref().map(|made| made.place.clone()),
                ascertainment: part.calibration.as_ref().map(|made| made.ascertainment.clone()),
            };
            (part.outcome.clone(), texts)
        });
        let studied = triage.instrument().draft().studied.as_ref();
        ModelTexts {
            items: items.collect(),
            gates: gates.map(|gate| (gate.id.clone(), gate.title.clone())).collect(),
            outcomes: outcomes.collect(),
            studied: studied.map(|studied| studied.text.clone()),
        }
    }

    /// Every text with its path.
    fn texts(&self) -> impl Iterator<Item = (String, &str)> {
        let items = self.items.iter().flat_map(|(id, item)| {
            let answers = item.answers.iter();
            let answers = answers
                .map(move |(answer, label)| (format!("items/{id}/answers/{answer}"), &**label));
            std::iter::once((format!("items/{id}/question"), &*item.question)).chain(answers)
        });
        let gates = self.gates.iter().map(|(id, title)| (format!("gates/{id}"), &**title));
        let outcomes = self.outcomes.iter().flat_map(|(id, outcome)| {
            let others = [("place", &outcome.place), ("ascertainment", &outcome.ascertainment)];
            let others = others.into_iter().filter_map(move |(key, text)| {
                Some((format!("outcomes/{id}/{key}"), text.as_deref()?))
            });
            std::iter::once((format!("outcomes/{id}/title"), &*outcome.title)).chain(others)
        });
        let studied = self.studied.iter().map(|text| ("studied".to_owned(), &**text));
        items.chain(gates).chain(outcomes).chain(studied)
    }

    /// Paths of its texts that others do not have.
    pub(super) fn paths_missing_in(&self, others: Option<&ModelTexts>) -> Vec<String> {
        let there: BTreeSet<String> =
            others.into_iter().flat_map(|others| others.texts().map(|(path, _)| path)).collect();
        self.texts().map(|(path, _)| path).filter(|path| !there.contains(path)).collect()
    }
}

pub(super) fn read(text: &str) -> Result<Languages, LanguageError> {
    let text = json::without_mark(text);
    match json::format_of(text) {
        Some(found) if found != LANGUAGES_FORMAT => {
            return Err(LanguageError::Format { found, supported: LANGUAGES_FORMAT });
        }
        _ => {}
    }
    let file: LanguagesFile = json::read(text).map_err(LanguageError::Json)?;
    let mut languages = BTreeMap::new();
    for (code, language) in file.languages {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(2..=35).contains(&code.len()) || !code.bytes().all(is_plain) {
            return Err(LanguageError::Code { code: cut(&code, 40) });
        }
        languages.insert(code.clone(), checked(code, language)?);
    }
    Ok(Languages { languages })
}

fn checked(code: String, file: LanguageFile) -> Result<Language, LanguageError> {
    let unknown =
        |kind: &str, key: &str, keys: &mut dyn Iterator<Item = &str>| LanguageError::UnknownKey {
            language: code.clone(),
            key: format!("{kind}/{}", cut(key, 60)),
            nearest: nearest(key, keys).map(|key| format!("{kind}/{key}")),
        };
    let mut sentences = BTreeMap::new();
    for (key, text) in &file.sentences {
        check_text(&code, || format!("sentences/{key}"), text)?;
        let Some(sentence) = Sentence::by_key(key) else {
            let mut keys = Sentence::all().iter().map(|(_, key, _)| *key);
            return Err(unknown("sentences", key, &mut keys));
        };
        let template = Template::parse(text);
        let gaps = |template: &Template| -> BTreeSet<String> {
            template.gaps().map(str::to_owned).collect()
        };
        let expected = gaps(sentence.english());
        if gaps(&template) != expected {
            let expected = expected.into_iter().collect();
            return Err(LanguageError::Gaps { language: code, key: key.clone(), expected });
        }
        sentences.insert(sentence, template);
    }
    let known: BTreeMap<String, String> = words().collect();
    for (key, text) in &file.words {
        check_text(&code, || format!("words/{key}"), text)?;
        if !known.contains_key(key) {
            return Err(unknown("words", key, &mut known.keys().map(String::as_str)));
        }
    }
    for (model, texts) in &file.models {
        for (path, text) in texts.texts() {
            check_text(&code, || format!("models/{model}/{path}"), text)?;
        }
    }
    let LanguageFile { words, models, .. } = file;
    Ok(Language { code, is_english: false, sentences, words, models })
}

fn check_text(language: &str, path: impl Fn() -> String, text: &str) -> Result<(), LanguageError> {
    let fault = if text.trim().is_empty() {
        "is empty: write it, or leave the key out, and the English text is shown between brackets"
    } else if text.len() > MOST_TEXT_BYTES {
        "has more than 4000 bytes: shorten it"
    } else if text.chars().any(char::is_control) {
        "holds control characters: take them out"
    } else {
        return Ok(());
    };
    let (language, path) = (language.to_owned(), cut(&path(), 120));
    Err(LanguageError::Text { language, path, fault })
}

pub(super) fn skeleton(triage: &Triage, code: &str) -> String {
    let language = LanguageFile {
        sentences: Sentence::all()
            .iter()
            .map(|(_, key, english)| ((*key).to_owned(), (*english).to_owned()))
            .collect(),
        words: words().collect(),
        models: BTreeMap::from([(triage.identity().id.clone(), ModelTexts::of(triage))]),
    };
    json::pretty(&LanguagesFile {
        format_version: LANGUAGES_FORMAT,
        languages: BTreeMap::from([(code.to_owned(), language)]),
    })
}
