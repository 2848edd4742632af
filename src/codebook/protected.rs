//! Attributes that no item may stand for, and why.

use super::item::About;

/// An attribute that is refused by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Protected {
    /// What the attribute is.
    pub(super) attribute: &'static str,
    /// Why it is refused.
    pub(super) reason: &'static str,
}

struct Rule {
    attribute: &'static str,
    reason: &'static str,
    /// Refused whoever the item is about, or only for the suspect.
    everyone: bool,
    /// Words of an id, or runs of words joined by `_`.
    words: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        attribute: "race, ethnicity or national origin",
        reason: "protected; hold such data apart and use it in audits only",
        everyone: true,
        words: &[
            "race",
            "races",
            "refugee",
            "asylum",
            "racial",
            "ethnic",
            "ethnicity",
            "nationality",
            "national_origin",
            "citizenship",
            "immigrant",
            "immigration",
            "migrant",
            "skin_colour",
            "skin_color",
            "caste",
            "country_of_birth",
        ],
    },
    Rule {
        attribute: "religion",
        reason: "protected, and no evidence bears on it",
        everyone: true,
        words: &["religion", "religious", "faith", "church", "mosque", "synagogue"],
    },
    Rule {
        attribute: "sexual orientation or a stand-in for it",
        reason: "protected; the sex of depicted children is a stand-in for it and concerns another outcome",
        everyone: true,
        words: &[
            "orientation",
            "sexuality",
            "homosexual",
            "gay",
            "lesbian",
            "bisexual",
            "boys",
            "girls",
        ],
    },
    Rule {
        attribute: "age of an adult suspect",
        reason: "no reliable difference is known; age serves only to route minors out (ask whether the suspect is a minor)",
        everyone: false,
        words: &["age", "birth", "birthday", "birthdate", "dob", "older", "younger", "elderly"],
    },
    Rule {
        attribute: "sex or gender of the suspect",
        reason: "samples are almost wholly male, so nothing can be estimated",
        everyone: false,
        words: &["sex", "gender", "male", "female", "man", "woman", "transgender"],
    },
    Rule {
        attribute: "marital status",
        reason: "no reliable difference is known for being single",
        everyone: false,
        words: &["marital", "married", "unmarried", "divorced", "single", "spouse"],
    },
    Rule {
        attribute: "employment, income or education",
        reason: "a stand-in for social position",
        everyone: false,
        words: &[
            "employment",
            "employed",
            "unemployed",
            "unemployment",
            "income",
            "salary",
            "education",
            "educational",
            "schooling",
            "degree",
            "poverty",
            "homeless",
        ],
    },
    Rule {
        attribute: "postcode or census area",
        reason: "area profiles judge neighbours, not conduct; an earlier police model had to remove its postcodes",
        everyone: true,
        words: &["postcode", "postcodes", "postal", "zip", "zipcode", "census"],
    },
    Rule {
        attribute: "area of residence",
        reason: "area profiles judge neighbours, not conduct; an earlier police model had to remove its postcodes",
        everyone: false,
        words: &["neighbourhood", "neighborhood", "district", "area", "borough"],
    },
    Rule {
        attribute: "health, disability or benefits",
        reason: "sensitive and seldom known early",
        everyone: false,
        words: &[
            "mental",
            "personality",
            "psychiatric",
            "diagnosis",
            "disorder",
            "disability",
            "disabled",
            "benefits",
            "welfare",
            "autism",
            "autistic",
        ],
    },
    Rule {
        attribute: "own children as such",
        reason: "no reliable difference is known; ask for the route of access to a child instead",
        everyone: false,
        words: &["own_children", "has_children", "is_parent", "parent", "father", "mother"],
    },
    Rule {
        attribute: "having met online",
        reason: "people met online had less criminal background than those known in person",
        everyone: false,
        words: &["met_online"],
    },
];

const SUSPECT_WORDS: &[&str] =
    &["suspect", "offender", "perpetrator", "accused", "subject", "defendant", "user"];

fn holds(id: &str, words: &str) -> bool {
    format!("_{id}_").contains(&format!("_{words}_"))
}

/// The protected attribute that this id names, if it names one.
///
/// An id that speaks of a suspect counts as about the suspect whatever `about` says.
pub(super) fn protected(id: &str, about: About) -> Option<Protected> {
    let of_suspect = about == About::Suspect || SUSPECT_WORDS.iter().any(|words| holds(id, words));
    RULES
        .iter()
        .filter(|rule| rule.everyone || of_suspect)
        .find(|rule| rule.words.iter().any(|words| holds(id, words)))
        .map(|rule| Protected { attribute: rule.attribute, reason: rule.reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suspect_is_told_from_victim_and_material() {
        assert!(protected("age_band", About::Suspect).is_some());
        assert!(protected("suspect_age", About::Complaint).is_some());
        assert!(protected("youngest_age_band", About::Material).is_none());
        assert!(protected("age_band", About::Victim).is_none());
        assert!(protected("ethnicity", About::Victim).is_some());
        assert!(protected("suspect_is_minor", About::Suspect).is_none());
        assert!(protected("sexual_chat_only", About::Suspect).is_none());
        assert!(protected("share_of_boys", About::Material).is_some());
    }
}
