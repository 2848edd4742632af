//! What keeps an item from standing for a protected attribute: names, telling words, and what the
//! author declares on record.

use serde::{Deserialize, Serialize};

use super::item::{About, Item};
use super::protected_words::{ATTRIBUTES, Attribute, FILLERS, PEOPLE};

/// A codebook id ends so if, and only if, it is for studies alone.
pub(super) const STUDY_ONLY: &str = "_study_only";
/// From this length on a name with one slip counts as the name.
const LONG_NAME: usize = 7;

/// That an item is none of the attributes listed by [`protected_attributes`], nor a stand-in for
/// one, said by a person on a day.
///
/// Words cannot decide this: a neutral name may ask a forbidden thing. So each item carries its
/// author's word, which [`Triage::lint`](crate::Triage::lint) and the model card show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// Who declares it.
    pub by: String,
    /// On which day, as `2026-11-29`.
    pub on: String,
    /// Why a telling word in the item means something else, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// That a codebook serves studies of other data and never orders work. Its id must end in
/// `_study_only`, so that every model, record and file made with it says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyOnly {
    /// Who answers for it.
    pub by: String,
    /// On which day, as `2026-11-29`.
    pub on: String,
    /// What is studied, and why protected attributes are needed for it.
    pub purpose: String,
}

/// The attributes that no item may stand for, each with the reason.
///
/// ```
/// let listed = caserank::codebook::protected_attributes();
/// assert!(listed.iter().any(|(attribute, _)| *attribute == "religion"));
/// ```
#[must_use]
pub fn protected_attributes() -> Vec<(&'static str, &'static str)> {
    ATTRIBUTES.iter().map(|attribute| (attribute.name, attribute.reason)).collect()
}

/// A protected attribute that an item seems to stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suspicion {
    pub(crate) attribute: &'static str,
    pub(crate) reason: &'static str,
    /// Where it was seen, such as `its name` or `answer x`.
    pub(crate) place: String,
    /// The word or name that told it.
    pub(crate) word: String,
}

/// The attribute that a name as a whole stands for: no declaration lifts this.
pub(crate) fn by_name(item: &Item) -> Option<Suspicion> {
    let of = |attribute: &&Attribute| concerns(attribute, item);
    ATTRIBUTES.iter().filter(of).find_map(|attribute| {
        let told = |place: String, id: &str| Suspicion {
            attribute: attribute.name,
            reason: attribute.reason,
            place,
            word: id.to_owned(),
        };
        if is_named(&item.id, attribute.names) || is_alone(&item.id, attribute.items) {
            return Some(told("its name".to_owned(), &item.id));
        }
        let answer = item.answers.iter().find(|answer| is_named(&answer.id, attribute.names))?;
        Some(told(format!("answer `{}`", answer.id), &answer.id))
    })
}

/// The attribute that words of the question or of a label tell, which the author may answer for.
pub(crate) fn by_words(item: &Item) -> Option<Suspicion> {
    let labels =
        item.answers.iter().map(|answer| (format!("answer `{}`", answer.id), &answer.label));
    let texts: Vec<(String, String)> = std::iter::once(("its question".to_owned(), &item.question))
        .chain(labels)
        .map(|(place, text)| (place, words_of(text)))
        .collect();
    let of = |attribute: &&Attribute| concerns(attribute, item);
    ATTRIBUTES.iter().filter(of).find_map(|attribute| {
        attribute.told_by.iter().find_map(|told| {
            let phrase = words_of(told);
            let (place, _) = texts.iter().find(|(_, text)| text.contains(&phrase))?;
            Some(Suspicion {
                attribute: attribute.name,
                reason: attribute.reason,
                place: place.clone(),
                word: (*told).to_owned(),
            })
        })
    })
}

/// Whether the attribute of whomever the item describes is refused: of suspects always, and of
/// the complaint as a whole, which has no age or sex but its suspect's.
fn concerns(attribute: &Attribute, item: &Item) -> bool {
    let of_suspect = matches!(item.about, About::Suspect | About::Complaint);
    attribute.everyone || of_suspect || item.id.split('_').any(|word| PEOPLE.contains(&word))
}

/// Whether a name as a whole, or what is left of it without words for people and fillers, is listed
/// or one slip away from a long listed name.
fn is_named(id: &str, names: &[&str]) -> bool {
    let without = |dropped: &[&[&str]]| {
        let kept = |word: &&str| !dropped.iter().any(|words| words.contains(word));
        id.split('_').filter(kept).collect::<Vec<_>>().join("_")
    };
    let forms = [id.to_owned(), without(&[PEOPLE]), without(&[PEOPLE, FILLERS])];
    let run_together = run_together(id);
    names.iter().any(|name| {
        let is_it = |form: &String| form == name || is_slip(form, name);
        forms.iter().any(is_it) || run_together.iter().any(|form| *form == name.replace('_', ""))
    })
}

/// What is left of a name of one word, such as `suspectage`, without the word for the person.
fn run_together(id: &str) -> Vec<&str> {
    if id.contains('_') {
        return Vec::new();
    }
    // Short words for people are parts of too many others.
    let people = PEOPLE.iter().filter(|word| word.len() >= LONG_NAME - 1);
    let without = people.flat_map(|word| [id.strip_prefix(word), id.strip_suffix(word)]).flatten();
    std::iter::once(id).chain(without).filter(|form| !form.is_empty()).collect()
}

fn is_slip(form: &str, name: &str) -> bool {
    // A digit off is another number, not a slip.
    let digits = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    name.len() >= LONG_NAME
        && !digits(form)
        && form.len().abs_diff(name.len()) <= 1
        && form.as_bytes().first() == name.as_bytes().first()
        && strsim::osa_distance(form, name) == 1
}

/// Whether a name that means other things too stands for the attribute: alone, or of a suspect.
fn is_alone(id: &str, names: &[&str]) -> bool {
    let of_nobody: Vec<&str> = id.split('_').filter(|word| !PEOPLE.contains(word)).collect();
    names.contains(&id) || names.contains(&&*of_nobody.join("_"))
}

/// Words in lower case between single blanks, with a blank at both ends.
fn words_of(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|sign: char| !(sign.is_alphanumeric() || sign == '\''));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}
