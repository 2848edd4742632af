//! Names as people give them: when two are the same to a reader, and how one is shown safely.

use unicode_normalization::UnicodeNormalization;

/// Whether a character takes no room or steers the text around it: zero-width marks, soft
/// hyphens, marks of direction, byte-order marks.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
    )
}

/// Whether a character is not seen where it stands, or steers what is.
pub(crate) fn is_hidden(letter: char) -> bool {
    letter.is_control() || is_invisible(letter)
}

/// A name as it is compared: without case, blanks and invisible marks, in one normal form (NFKC).
/// Two names with one folded form look alike, and are taken for one.
pub(crate) fn folded(name: &str) -> String {
    // Lower case can need another normal form, so each is done on both sides of the other.
    let once = name.nfkc().flat_map(char::to_lowercase).nfkc();
    once.filter(|letter| !letter.is_whitespace() && !is_hidden(*letter)).collect()
}

/// Text with what cannot be seen, or steers a terminal, shown as escapes.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_hidden(letter) {
            safe.extend(letter.escape_default());
        } else {
            safe.push(letter);
        }
    }
    safe
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

    #[test]
    fn nothing_invisible_is_shown() {
        assert_eq!(escaped("a\nb\u{1b}[2J\u{202e}c"), "a\\nb\\u{1b}[2J\\u{202e}c");
        assert_eq!(escaped("é ü"), "é ü");
    }
}
