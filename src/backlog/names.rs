//! Texts of many complaints in one allocation.

use std::fmt;
use std::ops::Range;

/// Texts one after another, by row.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    text: String,
    rows: usize,
    /// Bytes of each text, while all have as many: most hosts' ids do.
    length: usize,
    /// Where each text ends; empty while all have as many bytes.
    ends: Vec<usize>,
}

impl fmt::Debug for Names {
    /// Without the texts, which are ids and keys of people.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Names").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Names {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Names { text: String::with_capacity(bytes), ..Names::default() }
    }

    pub(crate) fn push(&mut self, name: &str) {
        self.text.push_str(name);
        self.add_length(name.len());
    }

    pub(crate) fn truncate(&mut self, rows: usize) {
        if rows >= self.rows {
            return;
        }
        let end = rows.checked_sub(1).map_or(0, |last| self.range(last).end);
        self.text.truncate(end);
        self.ends.truncate(rows);
        self.rows = rows;
    }

    /// All texts, one after another.
    pub(crate) fn joined(&self) -> &str {
        &self.text
    }

    /// Takes note of a text that stands behind the others already.
    fn add_length(&mut self, length: usize) {
        if self.ends.is_empty() {
            if self.rows == 0 {
                self.length = length;
            }
            if self.length != length {
                self.ends.extend((1..=self.rows).map(|row| row * self.length));
            }
        }
        if !self.ends.is_empty() {
            let end = self.end();
            self.ends.push(end + length);
        }
        self.rows += 1;
    }

    fn add_lengths(&mut self, length: usize, rows: usize) {
        if self.rows == 0 {
            self.length = length;
        }
        if self.ends.is_empty() && self.length == length {
            self.rows += rows;
        } else {
            (0..rows).for_each(|_| self.add_length(length));
        }
    }

    /// Where the last text ends.
    fn end(&self) -> usize {
        self.ends.last().copied().unwrap_or(self.rows * self.length)
    }

    #[inline]
    fn range(&self, row: usize) -> Range<usize> {
        if self.ends.is_empty() {
            return row * self.length..(row + 1) * self.length;
        }
        row.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[row]
    }

    #[inline]
    pub(crate) fn get(&self, row: usize) -> &str {
        &self.text[self.range(row)]
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.len()).map(|row| self.get(row))
    }

    pub(crate) fn last(&self) -> Option<&str> {
        self.len().checked_sub(1).map(|row| self.get(row))
    }

    pub(crate) fn append(&mut self, other: &Names) {
        self.text.push_str(&other.text);
        if other.ends.is_empty() {
            self.add_lengths(other.length, other.rows);
        } else {
            (0..other.rows).for_each(|row| self.add_length(other.range(row).len()));
        }
    }

    /// Adds texts of one length that stand one after another; `false` if they cannot be cut so, and
    /// then nothing is added.
    pub(crate) fn append_even(&mut self, text: &str, length: usize, rows: usize) -> bool {
        // Every place of plain ASCII is a boundary between characters.
        let whole = text.len() == rows * length
            && (text.is_ascii() || (1..rows).all(|row| text.is_char_boundary(row * length)));
        if whole {
            self.text.push_str(text);
            self.add_lengths(length, rows);
        }
        whole
    }

    /// Adds texts that stand one after another, by their lengths; `false` if the lengths do not
    /// cut `text` into whole texts, and then nothing is added.
    pub(crate) fn append_cut(&mut self, text: &str, lengths: &[u8]) -> bool {
        if let Some(&length) = lengths.first()
            && lengths.iter().all(|&other| other == length)
        {
            return self.append_even(text, usize::from(length), lengths.len());
        }
        let mut end = 0;
        let mut ends = lengths.iter().map(|&length| {
            end += usize::from(length);
            end
        });
        let whole = ends.all(|end| text.is_char_boundary(end)) && end == text.len();
        if whole {
            self.text.push_str(text);
            lengths.iter().for_each(|&length| self.add_length(usize::from(length)));
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_at_characters_only() {
        let mut names = Names::default();
        assert!(names.append_cut("aéb", &[1, 2, 0, 1]));
        assert!(!names.append_cut("aéb", &[2, 2]));
        assert!(!names.append_cut("ab", &[1]));
        assert_eq!(names.iter().collect::<Vec<_>>(), ["a", "é", "", "b"]);
        assert!(!names.append_cut("éa", &[1, 1, 1]));
        assert!(!names.append_cut("ab", &[3]));
        assert!(!names.append_cut("ab", &[]));
        assert!(names.append_cut("éü", &[2, 2]));
        assert_eq!(names.iter().skip(4).collect::<Vec<_>>(), ["é", "ü"]);
    }

    /// Texts of one length are kept without their ends; how they came does not show.
    #[test]
    fn texts_of_one_length_are_like_any_others() {
        let texts = ["aa", "bb", "cc", "d", "", "ee"];
        for even in 0..=texts.len() {
            let mut one_by_one = Names::default();
            texts[..even].iter().for_each(|text| one_by_one.push(text));
            assert_eq!(one_by_one.ends.is_empty(), even <= 3, "{even}");
            for cut in 0..=even {
                let of = |texts: &[&str]| {
                    let mut names = Names::default();
                    let lengths: Vec<u8> = texts.iter().map(|text| text.len() as u8).collect();
                    assert!(names.append_cut(&texts.concat(), &lengths));
                    names
                };
                let mut both = of(&texts[..cut]);
                both.append(&of(&texts[cut..even]));
                assert_eq!(both.iter().collect::<Vec<_>>(), texts[..even]);
                if cut > 0 {
                    assert_eq!(both, one_by_one, "{cut} of {even}");
                }
            }
        }
    }
}
