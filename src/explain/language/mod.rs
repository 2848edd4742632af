//! What is said of a complaint in the host's language: sentences and words by key, and the texts of
//! models by id.

mod error;
mod file;
mod sentence;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

pub use error::LanguageError;
pub(super) use sentence::Sentence;

use crate::codebook::{Item, Process, Stage, UNKNOWN};
use crate::complaint::{Speaker, WhyNotUnderstood};
use crate::instrument::Calibration;
use crate::policy::{Band, Gate, Lane};
use crate::triage::Triage;
use file::{ModelTexts, OutcomeTexts};
use sentence::Template;

/// The version of the file of languages that this release reads and writes.
pub const LANGUAGES_FORMAT: u32 = 1;

/// What the decimal mark is called among the words.
const DECIMAL_MARK: &str = "decimal_mark";

/// A language in which assessments are told: see [`Assessment::in_language`](crate::Assessment::in_language).
///
/// What has no translation is said in the model's own words, or in English, between brackets: nothing
/// is left out for want of a translation, and [`Language::untranslated`] lists it beforehand.
///
/// ```
/// use caserank::explain::Languages;
/// use caserank::{Complaint, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// // A file to translate: every sentence, word and text of the model, in English.
/// let file = Languages::skeleton(&triage, "fr").replace("Ask next", "À demander d'abord");
/// let languages = Languages::from_json(&file)?;
/// let french = languages.get("fr").ok_or("no French in it")?;
/// assert!(french.untranslated(&triage).is_empty());
/// let assessment = triage.assess(&Complaint::new("a", "2026-04-17".parse()?)?)?;
/// assert!(assessment.in_language(french).to_string().contains("À demander d'abord"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    code: String,
    is_english: bool,
    sentences: BTreeMap<Sentence, Template>,
    words: BTreeMap<String, String>,
    models: BTreeMap<String, ModelTexts>,
}

/// Languages by their codes, from one file (`docs/formats/languages.schema.json`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Languages {
    languages: BTreeMap<String, Language>,
}

impl Languages {
    /// Reads languages from JSON.
    ///
    /// # Errors
    /// [`LanguageError`] names the language and the text: a key that does not exist, a sentence that
    /// leaves out a gap that the English one fills or has another, a text that is empty, too long or
    /// holds control characters.
    pub fn from_json(text: &str) -> Result<Self, LanguageError> {
        file::read(text)
    }

    /// A file to be translated: every sentence and word in English, and every text of a model in its
    /// own words, under a language's code. It loads as it is.
    #[must_use]
    pub fn skeleton(triage: &Triage, code: &str) -> String {
        file::skeleton(triage, code)
    }

    /// The language of this code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Language> {
        self.languages.get(code)
    }

    /// Codes of the languages, in order.
    pub fn codes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }
}

impl Language {
    /// English, with the models' own words.
    #[must_use]
    pub fn english() -> Self {
        Language {
            code: "en".to_owned(),
            is_english: true,
            sentences: BTreeMap::new(),
            words: BTreeMap::new(),
            models: BTreeMap::new(),
        }
    }

    /// Its code, such as `fr`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Keys of sentences and words, and texts of a model, that have no translation, as paths into the
    /// file. Empty where all is translated.
    #[must_use]
    pub fn untranslated(&self, triage: &Triage) -> Vec<String> {
        if self.is_english {
            return Vec::new();
        }
        let sentences = Sentence::all().iter();
        let sentences = sentences.filter(|(sentence, ..)| !self.sentences.contains_key(sentence));
        let words = words().filter(|(key, _)| !self.words.contains_key(key));
        let mut missing: Vec<String> =
            sentences.map(|(_, key, _)| format!("sentences/{key}")).collect();
        missing.extend(words.map(|(key, _)| format!("words/{key}")));
        let model = &triage.identity().id;
        let texts = ModelTexts::of(triage).paths_missing_in(self.texts_of(triage));
        missing.extend(texts.into_iter().map(|path| format!("models/{model}/{path}")));
        missing
    }

    /// Writes a sentence with its gaps filled in.
    pub(super) fn say(
        &self,
        out: &mut dyn fmt::Write,
        sentence: Sentence,
        values: &[(&str, &dyn fmt::Display)],
    ) -> fmt::Result {
        match self.sentences.get(&sentence) {
            Some(template) => template.write(out, values),
            None if self.is_english => sentence.english().write(out, values),
            None => {
                out.write_char('[')?;
                sentence.english().write(out, values)?;
                out.write_char(']')
            }
        }
    }

    /// A sentence by itself.
    pub(super) fn sentence(
        &self,
        sentence: Sentence,
        values: &[(&str, &dyn fmt::Display)],
    ) -> String {
        let mut said = String::new();
        // Writing to a string does not fail.
        let _ = self.say(&mut said, sentence, values);
        said
    }

    /// A word by its key, or what stands for it.
    fn word<'a>(&'a self, key: &str, otherwise: &'a str) -> Cow<'a, str> {
        self.or_bracketed(self.words.get(key), otherwise)
    }

    fn or_bracketed<'a>(&self, found: Option<&'a String>, otherwise: &'a str) -> Cow<'a, str> {
        match found {
            Some(found) => Cow::Borrowed(found),
            None if self.is_english || otherwise.is_empty() => Cow::Borrowed(otherwise),
            None => Cow::Owned(format!("[{otherwise}]")),
        }
    }

    pub(super) fn band(&self, band: Band) -> Cow<'_, str> {
        self.word(&format!("band.{band}"), band.word())
    }

    pub(super) fn lane(&self, lane: Lane) -> Cow<'_, str> {
        self.word(&format!("lane.{lane}"), lane.word())
    }

    pub(super) fn stage(&self, stage: Stage) -> Cow<'_, str> {
        self.word(&format!("stage.{stage}"), stage.word())
    }

    pub(super) fn process(&self, process: Process) -> Cow<'_, str> {
        self.word(&format!("process.{process}"), process.word())
    }

    pub(super) fn speaker(&self, speaker: Speaker) -> Cow<'_, str> {
        match self.words.get(&format!("speaker.{speaker}")) {
            Some(word) => Cow::Borrowed(word),
            None if self.is_english => Cow::Owned(speaker.to_string()),
            None => Cow::Owned(format!("[{speaker}]")),
        }
    }

    /// Why something was not understood: English says more than the word of the reason.
    pub(super) fn why(&self, why: &WhyNotUnderstood) -> Cow<'_, str> {
        match self.words.get(&format!("why.{}", why.code())) {
            Some(word) => Cow::Borrowed(word),
            None if self.is_english => Cow::Owned(why.to_string()),
            None => Cow::Owned(format!("[{why}]")),
        }
    }

    /// A number with this language's decimal mark.
    pub(super) fn decimal(&self, number: &str) -> String {
        match self.words.get(DECIMAL_MARK) {
            Some(mark) => number.replace('.', mark),
            None => number.to_owned(),
        }
    }

    pub(super) fn question<'a>(&'a self, triage: &Triage, item: &'a Item) -> Cow<'a, str> {
        let texts = self.texts_of(triage).and_then(|texts| texts.items.get(&item.id));
        self.or_bracketed(texts.map(|texts| &texts.question), &item.question)
    }

    /// An answer in plain words; *unknown* for code 0.
    pub(super) fn answer<'a>(&'a self, triage: &Triage, item: &'a Item, code: u8) -> Cow<'a, str> {
        let Some(answer) = item.answer(code) else { return self.word(UNKNOWN, UNKNOWN) };
        let texts = self.texts_of(triage).and_then(|texts| texts.items.get(&item.id));
        self.or_bracketed(texts.and_then(|texts| texts.answers.get(&answer.id)), &answer.label)
    }

    pub(super) fn gate<'a>(&'a self, triage: &Triage, gate: &'a Gate) -> Cow<'a, str> {
        let texts = self.texts_of(triage);
        self.or_bracketed(texts.and_then(|texts| texts.gates.get(&gate.id)), &gate.title)
    }

    pub(super) fn outcome<'a>(&'a self, triage: &Triage, id: &str, title: &'a str) -> Cow<'a, str> {
        self.or_bracketed(self.outcome_texts(triage, id).map(|texts| &texts.title), title)
    }

    /// Where an outcome was calibrated, and how outcomes were found.
    pub(super) fn calibration<'a>(
        &'a self,
        triage: &Triage,
        outcome: &str,
        calibration: &'a Calibration,
    ) -> [Cow<'a, str>; 2] {
        let texts = self.outcome_texts(triage, outcome);
        let place = texts.and_then(|texts| texts.place.as_ref());
        let ascertainment = texts.and_then(|texts| texts.ascertainment.as_ref());
        [
            self.or_bracketed(place, &calibration.place),
            self.or_bracketed(ascertainment, &calibration.ascertainment),
        ]
    }

    fn outcome_texts(&self, triage: &Triage, outcome: &str) -> Option<&OutcomeTexts> {
        self.texts_of(triage)?.outcomes.get(outcome)
    }

    pub(super) fn studied<'a>(&'a self, triage: &Triage, text: &'a str) -> Cow<'a, str> {
        let texts = self.texts_of(triage);
        self.or_bracketed(texts.and_then(|texts| texts.studied.as_ref()), text)
    }

    fn texts_of(&self, triage: &Triage) -> Option<&ModelTexts> {
        self.models.get(&triage.identity().id)
    }
}

/// Keys of all words, with their English.
fn words() -> impl Iterator<Item = (String, String)> {
    let keyed = |kind: &'static str, word: &str| (format!("{kind}.{word}"), word.to_owned());
    let bands = Band::ALL.iter().map(move |band| keyed("band", band.word()));
    let lanes = [Lane::Must, Lane::Open].into_iter().map(move |lane| keyed("lane", lane.word()));
    let stages = [Stage::Intake, Stage::Field, Stage::PostSearch]
        .into_iter()
        .map(move |stage| keyed("stage", stage.word()));
    let processes = [Process::Subpoena, Process::Warrant].into_iter();
    let processes = processes.map(move |process| keyed("process", process.word()));
    let speakers =
        Speaker::ALL.into_iter().map(move |speaker| keyed("speaker", &speaker.to_string()));
    let whys =
        WhyNotUnderstood::CODES.iter().map(|code| (format!("why.{code}"), code.replace('_', " ")));
    let others = [(UNKNOWN, UNKNOWN), (DECIMAL_MARK, ".")];
    let others = others.into_iter().map(|(key, word)| (key.to_owned(), word.to_owned()));
    bands.chain(lanes).chain(stages).chain(processes).chain(speakers).chain(whys).chain(others)
}
