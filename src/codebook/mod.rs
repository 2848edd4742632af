//! What may be asked of a complaint, and the evidence for asking it.
//!
//! A [`Codebook`] lists the items in a fixed order, their answers, what each item has to do with
//! each outcome, and rows of evidence. Answer code 0 is *unknown* for every item; listed answers
//! are 1, 2, 3… *No* means checked and absent; silence is *unknown*.

mod deconfliction;
mod digest;
mod error;
mod evidence;
mod index;
mod item;
mod migrate;
mod near;
mod page;
mod protected;
mod protected_words;
mod validate;
mod validate_item;

use std::collections::BTreeMap;
use std::sync::Arc;

use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

pub use deconfliction::DeconflictionItem;
pub use digest::AnswersDiffer;
pub use error::{CodebookError, Identity, IdentityError};
pub use evidence::{
    Adjustment, Evidence, HowRead, ItemAnswers, OddsRatio, Quality, Sizing, Source, StudyPopulation,
};
pub use index::ItemIndex;
pub use item::{
    About, Answer, Basis, Bearing, Direction, Domain, Effort, Item, Kind, Plausible, Prevalence,
    Process, Stage,
};
pub use migrate::{Fate, MigrateError, Migration, Renames};
pub(crate) use near::{NEAR, nearness};
pub use protected::{Declaration, StudyOnly, protected_attributes};
pub(crate) use protected::{by_name, by_words};

use crate::base::json;

/// What stands for *unknown* in files and messages; no answer may be named so.
pub const UNKNOWN: &str = "unknown";
/// The most answers an item may list, so that every code fits in a byte.
pub const MOST_ANSWERS: usize = 254;
/// The most items a codebook may list.
pub const MOST_ITEMS: usize = 4_096;
/// The most outcomes a codebook may name.
pub const MOST_OUTCOMES: usize = 64;
/// The version of the file format that this release reads and writes.
pub const FORMAT: u32 = 1;
/// The most faults that are told of one file.
pub const MOST_FAULTS: usize = 20;

/// A question that instruments answer: what is put ahead of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Short name in `snake_case`.
    pub id: String,
    /// The name in plain words.
    pub title: String,
    /// What complaints with this outcome are put ahead of.
    pub ahead_of: String,
}

/// A union of outcomes: found where any of them is. Studies ask for it; no instrument scores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Union {
    /// Short name in `snake_case`, unlike any outcome's.
    pub id: String,
    /// The name in plain words.
    pub title: String,
    /// Ids of its outcomes, two or more.
    pub any_of: Vec<String>,
    /// What it is for.
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodebookFile {
    format_version: u32,
    id: String,
    version: Version,
    title: String,
    description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    study_only: Option<StudyOnly>,
    outcomes: Vec<Outcome>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unions: Vec<Union>,
    items: Vec<Item>,
    sources: Vec<Source>,
    /// Without it, by name: see [`Codebook::deconfliction`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deconfliction: Option<DeconflictionItem>,
}

impl CodebookFile {
    fn parse(text: &str) -> Result<Self, CodebookError> {
        let text = json::without_mark(text);
        match json::format_of(text) {
            // A later format may have fields that this release does not know.
            Some(found) if found != FORMAT => {
                Err(CodebookError::Format { found, supported: FORMAT })
            }
            _ => json::read(text).map_err(CodebookError::Json),
        }
    }
}

#[derive(Debug)]
struct Inner {
    deconfliction: Option<DeconflictionItem>,
    file: CodebookFile,
    identity: Identity,
    item_positions: BTreeMap<String, usize>,
    outcome_positions: BTreeMap<String, usize>,
    /// SHA-256 of what codes mean.
    answers: String,
}

/// A checked codebook. Cheap to clone: clones share one copy.
///
/// ```
/// use caserank::Codebook;
/// let codebook = Codebook::from_json(r#"{
///     "format_version": 1, "id": "toy", "version": "0.1.0", "title": "Toy", "description": "An example.",
///     "outcomes": [{ "id": "danger", "title": "danger", "ahead_of": "none known" }],
///     "items": [{
///         "id": "urgent", "question": "Is it marked urgent?", "kind": "ordinal",
///         "answers": [{ "id": "no", "label": "no" }, { "id": "yes", "label": "yes" }],
///         "absent": "no", "found_or_not": true, "stage": "intake", "domain": "handling",
///         "about": "complaint", "effort": { "minutes": 1 }, "design": "an example",
///         "bears_on": { "danger": { "direction": "raises" } }
///     }],
///     "sources": []
/// }"#)?;
/// assert_eq!(codebook.identity().to_string(), "toy 0.1.0");
/// assert_eq!(codebook.item("urgent").map(|item| item.code_of("yes")), Some(Some(2)));
/// # Ok::<(), caserank::codebook::CodebookError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Codebook {
    inner: Arc<Inner>,
}

impl Codebook {
    /// Reads and checks a codebook from JSON.
    ///
    /// # Errors
    /// [`CodebookError`] names the first rule that is broken, where, and the way out.
    pub fn from_json(text: &str) -> Result<Self, CodebookError> {
        Codebook::from_file(CodebookFile::parse(text)?)
    }

    /// Every fault of a codebook's text, at most [`MOST_FAULTS`], the first of every item; empty for
    /// one that loads.
    #[must_use]
    pub fn faults(text: &str) -> Vec<CodebookError> {
        match CodebookFile::parse(text) {
            Ok(file) => validate::faults(&file),
            Err(fault) => vec![fault],
        }
    }

    fn from_file(file: CodebookFile) -> Result<Self, CodebookError> {
        validate::validate(&file)?;
        if let Some(declared) = &file.deconfliction {
            declared.check(&file.items)?;
        }
        let positions = |ids: Vec<&String>| {
            ids.into_iter().enumerate().map(|(position, id)| (id.clone(), position)).collect()
        };
        Ok(Codebook {
            inner: Arc::new(Inner {
                identity: Identity { id: file.id.clone(), version: file.version.clone() },
                item_positions: positions(file.items.iter().map(|item| &item.id).collect()),
                outcome_positions: positions(
                    file.outcomes.iter().map(|outcome| &outcome.id).collect(),
                ),
                deconfliction: file
                    .deconfliction
                    .clone()
                    .or_else(|| DeconflictionItem::by_name(&file.items)),
                answers: digest::digest_of_answers(&file.items),
                file,
            }),
        })
    }

    /// Writes the codebook as JSON, the same bytes for equal codebooks.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::pretty(&self.inner.file)
    }

    /// Name and version.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.inner.identity
    }

    /// The title in plain words.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.inner.file.title
    }

    /// What the codebook is and is not.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.inner.file.description
    }

    /// The items in their fixed order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.inner.file.items
    }

    /// The outcomes in their fixed order.
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.inner.file.outcomes
    }

    /// Unions of outcomes that studies may ask for.
    #[must_use]
    pub fn unions(&self) -> &[Union] {
        &self.inner.file.unions
    }

    /// Who declared the codebook to be for studies alone, and why; such a codebook may ask for
    /// protected attributes and must not order work.
    #[must_use]
    pub fn study_only(&self) -> Option<&StudyOnly> {
        self.inner.file.study_only.as_ref()
    }

    /// The works that evidence refers to.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.inner.file.sources
    }

    /// Which item and answers tell what a deconfliction check came to: as the codebook declares it,
    /// or else the item `deconfliction` with its answers `clear` and `conflict`. `None` where there
    /// is neither: then nothing is ever shown as checked.
    #[must_use]
    pub fn deconfliction(&self) -> Option<&DeconflictionItem> {
        self.inner.deconfliction.as_ref()
    }

    /// The outcome with this id.
    #[must_use]
    pub fn outcome(&self, id: &str) -> Option<&Outcome> {
        self.outcomes().get(self.outcome_position(id)?)
    }

    /// The item with this id.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items().get(self.item_position(id)?)
    }

    /// Where an item stands in the fixed order, from 0.
    pub(crate) fn item_position(&self, id: &str) -> Option<usize> {
        self.inner.item_positions.get(id).copied()
    }

    /// Where an outcome stands in the fixed order, from 0.
    pub(crate) fn outcome_position(&self, id: &str) -> Option<usize> {
        self.inner.outcome_positions.get(id).copied()
    }

    /// Checks that something made for a codebook was made for this one.
    ///
    /// # Errors
    /// [`CodebookError::OtherCodebook`] names both identities.
    pub fn require(&self, what: &str, found: &Identity) -> Result<(), CodebookError> {
        if found == self.identity() {
            return Ok(());
        }
        Err(CodebookError::OtherCodebook {
            what: what.to_owned(),
            found: found.clone(),
            expected: self.identity().clone(),
        })
    }

    /// Checks that the codes of a backlog mean under this codebook what they mean under its own.
    pub(crate) fn require_of_backlog(&self, coded_by: &Codebook) -> Result<(), CodebookError> {
        self.require_same("the backlog", coded_by)
    }

    /// SHA-256 of what the codes mean: item ids, stages, answer ids and bin edges, in order.
    pub(crate) fn digest_of_answers(&self) -> &str {
        &self.inner.answers
    }

    /// The item whose name is the same but for case, blanks, marks and separators, or near it in letters or words.
    pub(crate) fn resembling_item(&self, name: &str) -> Option<&str> {
        let plain = plain_name(name);
        let same = self.items().iter().map(|item| &*item.id).find(|id| plain_name(id) == plain);
        let underscored = || {
            let words = name.split(|letter: char| !letter.is_alphanumeric());
            words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
        };
        same.or_else(|| self.nearest_item(name))
            .or_else(|| self.nearest_item(&underscored()))
            .or_else(|| self.item_of_words(name))
    }

    /// The listed name nearest to a mistyped one, when one is near enough to suggest.
    pub(crate) fn nearest_item(&self, id: &str) -> Option<&str> {
        nearest(id, self.items().iter().map(|item| &*item.id))
    }
}

/// A name without case, blanks, marks, separators and forms of width, as headings of one name may differ in them.
pub(crate) fn plain_name(name: &str) -> String {
    let letters = name.chars().take(256).nfkc().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The candidate at the smallest edit distance, at most a third of the text's length away.
pub(crate) fn nearest<'a>(
    text: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    // Long hostile text is never near a name, and the distance is quadratic in length.
    if text.len() > 128 {
        return None;
    }
    let text = text.trim().to_lowercase();
    candidates
        // One that is longer by more than a third of its own length is too far away whatever it says.
        .filter(|candidate| candidate.len() <= 192)
        .map(|candidate| (strsim::osa_distance(&text, candidate), candidate))
        .filter(|(distance, candidate)| {
            *distance <= (text.chars().count().max(candidate.len()) / 3).max(1)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

impl PartialEq for Codebook {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.inner.file == other.inner.file
    }
}

impl Eq for Codebook {}

impl Serialize for Codebook {
    /// In formats for people the codebook's file; in binary ones the text of that file, since its
    /// fields come and go.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => self.inner.file.serialize(serializer),
            false => serializer.serialize_str(&self.to_json()),
        }
    }
}

impl<'de> Deserialize<'de> for Codebook {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            return Codebook::from_json(&text).map_err(serde::de::Error::custom);
        }
        let file = CodebookFile::deserialize(deserializer)?;
        Codebook::from_file(file).map_err(serde::de::Error::custom)
    }
}
