//! Text of others made safe for the place where it is shown: a terminal or log, a page, a spreadsheet.
//!
//! Ids, answers and names come from files that anybody may have written. What cannot be seen, or would steer
//! what shows it, is written as an escape, so that a reader sees that it is there.

use std::borrow::Cow;
use std::fmt;

/// Whether a letter has no shape of its own or turns, joins or ends the text around it: controls, directional
/// marks, zero-width letters, separators of lines and paragraphs, tags, and code points that are no letters.
pub(crate) fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
        || letter.is_control()
        // The last two of every plane, and a block of the first, are set aside for ever.
        || matches!(letter as u32 & 0xffff, 0xfffe | 0xffff)
        || matches!(letter, '\u{fdd0}'..='\u{fdef}')
}

/// Whether a letter at the end of an id or a key is no part of it: blanks of all kinds, and hidden
/// letters that are no controls. What takes ids in takes them off, so no id may end in one.
pub(crate) fn is_outer(letter: char) -> bool {
    letter.is_whitespace() || is_hidden(letter) && !letter.is_control()
}

fn write_letter(out: &mut impl fmt::Write, letter: char) -> fmt::Result {
    if is_hidden(letter) {
        write!(out, "{}", letter.escape_default())
    } else {
        out.write_char(letter)
    }
}

/// Shows text on a terminal or in a log: what is hidden stands as an escape, nothing else changes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnScreen<'a>(pub(crate) &'a str);

impl fmt::Display for OnScreen<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| write_letter(out, letter))
    }
}

/// Text for a message: on one line, at most `most` letters as shown, with `…` where there was more. What was cut once is
/// not cut again.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut shown = String::new();
    let mut room = most;
    for letter in text.chars() {
        let takes = if is_hidden(letter) { letter.escape_default().count() } else { 1 };
        if takes > room {
            shown.push('…');
            break;
        }
        room -= takes;
        // Writing to a string cannot fail.
        let _ = write_letter(&mut shown, letter);
    }
    shown
}

/// Text for XML and HTML, inside elements and quoted attributes.
#[cfg_attr(
    not(feature = "report"),
    allow(dead_code, reason = "pages of studies are its first users")
)]
pub(crate) fn for_xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Writing to a string cannot fail.
            letter => drop(write_letter(&mut safe, letter)),
        }
    }
    safe
}

/// Text for a line or a cell of a table in Markdown: no markup, no HTML, no end of the cell.
pub(crate) fn for_markdown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut before = None;
    while let Some(letter) = letters.next() {
        // Within a word an underscore is one; at its ends it would be taken off and slant the word.
        let outer = |next: Option<char>| next.is_none_or(|next| !next.is_alphanumeric());
        let slants = letter == '_' && (outer(before) || outer(letters.peek().copied()));
        before = Some(letter);
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '_' if slants => safe.push_str("\\_"),
            '\\' | '*' | '[' | ']' | '|' | '#' | '`' | '~' | '!' => safe.extend(['\\', letter]),
            // Writing to a string cannot fail.
            letter => drop(write_letter(&mut safe, letter)),
        }
    }
    safe
}

/// Text for a cell of a CSV file that may be opened in a spreadsheet: a text that would be taken for a formula gets
/// an apostrophe in front. A plain number stays a number. Quoting is [`csv_cell`]'s.
pub(crate) fn for_spreadsheet(text: &str) -> Cow<'_, str> {
    let text: Cow<'_, str> =
        if text.chars().any(is_hidden) { OnScreen(text).to_string().into() } else { text.into() };
    let starts_formula = text.trim_start().starts_with([
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\u{2212}',
    ]);
    // Words such as `-inf` are numbers to Rust and formulas to a spreadsheet.
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    if starts_formula && !is_number { format!("'{text}").into() } else { text }
}

/// A whole cell of a CSV file: safe to open in a spreadsheet, and quoted where it must be.
pub(crate) fn csv_cell(text: &str) -> String {
    let cell = for_spreadsheet(text);
    if cell.contains([',', '"', '\n', '\r', '\'']) || cell.trim() != cell {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_shown_and_the_rest_stays() {
        for (text, shown) in [
            ("syn-00000001", "syn-00000001"),
            ("Zoë, 東京 — ok", "Zoë, 東京 — ok"),
            ("a\u{1b}[31m", "a\\u{1b}[31m"),
            ("a\nb\0", "a\\nb\\u{0}"),
            ("pay\u{202e}gpj", "pay\\u{202e}gpj"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("a\u{fffe}\u{1ffff}\u{e0041}", "a\\u{fffe}\\u{1ffff}\\u{e0041}"),
            ("a\u{2028}b", "a\\u{2028}b"),
        ] {
            assert_eq!(OnScreen(text).to_string(), shown);
        }
    }

    #[test]
    fn long_text_is_cut_with_a_mark() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "abc…");
        assert_eq!(cut("\r\n", 4), "\\r\\n");
        // No escape is cut in two, and nothing is cut a second time.
        assert_eq!(cut("ab\u{b}cd", 6), "ab…");
        for most in 0..12 {
            let once = cut("a\u{b}\r\u{b}bcdefgh", most);
            assert_eq!(cut(&once, most), once);
        }
    }

    #[test]
    fn pages_get_no_markup_from_text() {
        assert_eq!(
            for_xml("<img onerror='x'>&\u{1}"),
            "&lt;img onerror=&#39;x&#39;&gt;&amp;\\u{1}"
        );
        assert_eq!(for_markdown("<b>|`a`[x](y)"), "&lt;b&gt;\\|\\`a\\`\\[x\\](y)");
        assert_eq!(for_markdown("__a__ _b a_b_"), "\\_\\_a\\_\\_ \\_b a_b\\_");
    }

    #[test]
    fn spreadsheets_get_no_formula_from_text() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            (" =1+1", "' =1+1"),
            ("-inf", "'-inf"),
            ("+nan", "'+nan"),
            ("\t=1+1", "\\t=1+1"),
            ("＝HYPERLINK(1)", "'＝HYPERLINK(1)"),
            ("@cell", "'@cell"),
            ("-cmd", "'-cmd"),
            ("-12.5", "-12.5"),
            ("+1", "+1"),
            ("2026-0417", "2026-0417"),
        ] {
            assert_eq!(for_spreadsheet(text), cell);
        }
    }
}
