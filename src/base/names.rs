//! Names as people give them: when two are the same to a reader, and how one is shown safely.

use unicode_normalization::UnicodeNormalization;

use super::text::{OnScreen, is_hidden};

/// A name as it is compared: without case, blanks and invisible marks, in one normal form (NFKC).
/// Two names with one folded form look alike, and are taken for one.
pub(crate) fn folded(name: &str) -> String {
    // Lower case can need another normal form, so each is done on both sides of the other.
    let once = name.nfkc().flat_map(char::to_lowercase).nfkc();
    once.filter(|letter| !letter.is_whitespace() && !is_hidden(*letter)).collect()
}

/// A person's key as a hand would write it: [`folded`], and letters of other scripts that look like Latin ones taken for those.
/// Two keys that are equal so are one person's, unless the host can tell them apart by more than the eye.
pub(crate) fn seen_as(name: &str) -> String {
    folded(name).chars().map(latin_look_alike).collect()
}

/// The Latin letter that a small Cyrillic, Greek or Latin letter of another kind is drawn like: single letters that Unicode
/// Technical Standard 39 calls confusable, and some that a hurried eye takes for one. Too many cost a second signature, too few a `must`.
fn latin_look_alike(letter: char) -> char {
    match letter {
        'а' | 'α' | 'ɑ' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' | 'ҽ' => 'e',
        'ɡ' => 'g',
        'һ' | 'н' => 'h',
        'і' | 'ι' | 'ı' | 'ɩ' => 'i',
        'ј' | 'ϳ' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' => 'm',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'σ' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'μ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' | 'ѡ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ү' => 'y',
        'ζ' => 'z',
        other => other,
    }
}

/// Text with what cannot be seen, or steers a terminal, shown as escapes.
pub(crate) fn escaped(text: &str) -> String {
    OnScreen(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_one() {
        for (first, second) in [
            ("kim", "Kim"),
            ("kim", " kim "),
            ("unit north", "Unit\u{a0}North"),
            ("ki\u{200b}m", "kim"),
            ("Zo\u{eb}", "zoe\u{308}"),
            ("\u{ff4b}im", "kim"),
            ("STRASSE", "strasse"),
        ] {
            assert_eq!(folded(first), folded(second), "{first:?} and {second:?}");
        }
        assert_ne!(folded("kim-1"), folded("kim-2"));
        assert_eq!(folded(" \u{200b}\t"), "");
        for (first, second) in [("kim", "к\u{456}m"), ("Sam Cope", "Ѕам Соре"), ("kim", "ΚΙm")]
        {
            assert_eq!(seen_as(first), seen_as(second), "{first:?} and {second:?}");
        }
        assert_ne!(seen_as("kim"), seen_as("kin"));
    }
}
