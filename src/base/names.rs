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
    }
}
