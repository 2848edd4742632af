//! When two names of columns are one name, and two words one word.

/// A name without case, blanks, marks and separators: two names with one such form are one name. A
/// name of marks alone has the blank form, which no name matches.
pub(super) use crate::codebook::plain_name as folded;

/// A word of a cell without what tells no words apart: case, outer blanks, and how many blanks
/// stand between its parts. Marks stay: `-` and `?` are words.
pub(super) fn folded_word(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for part in word.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(part.chars().flat_map(char::to_lowercase));
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_whatever_their_case_blanks_and_marks() {
        for name in [
            "imminent_danger",
            "Imminent Danger?",
            " IMMINENT-DANGER ",
            "\u{feff}imminent\u{200b}danger",
        ] {
            assert_eq!(folded(name), "imminentdanger", "{name:?}");
        }
        assert_eq!(folded("KÖLN"), "köln");
        assert_eq!(folded(" ? "), "");
        assert_eq!(folded_word("  Not \u{a0} Known "), "not known");
        assert_eq!(folded_word("?"), "?");
    }
}
