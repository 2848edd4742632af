//! Finding one of a few listed texts fast, and answer codes by it.

use crate::codebook::{Item, Kind, UNKNOWN};

/// Texts of up to so many bytes are told apart by their key alone.
pub(super) const SHORT: usize = 7;

/// Spreads keys over slots (Knuth's multiplicative hashing, with the golden ratio).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Debug, Clone, Copy)]
struct Slot {
    key: u64,
    number: u32,
    /// Place of the text, to compare long ones in full; [`Slot::EMPTY`] where nothing is.
    text: u32,
}

impl Slot {
    const EMPTY: u32 = u32::MAX;
    const NOTHING: Slot = Slot { key: u64::MAX, number: 0, text: Slot::EMPTY };
}

/// Listed texts with a number each: an open hash table, read one slot at a time.
#[derive(Debug, Clone)]
pub(super) struct Words {
    slots: Vec<Slot>,
    shift: u32,
    spread: u64,
    texts: Vec<Box<[u8]>>,
}

/// The key of a text of up to [`SHORT`] bytes, from the eight bytes that begin with it.
#[inline(always)]
fn short_key(eight: u64, length: usize) -> u64 {
    let bits = 8 * length as u32;
    (eight & ((1_u64 << bits) - 1)) | (length as u64) << 56
}

/// The key of any text; long texts of one key are told apart by comparing them.
#[inline]
fn key_of(text: &[u8]) -> u64 {
    let length = text.len();
    if let Some((first, last)) = text.first_chunk().zip(text.last_chunk()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        // What stands between them counts, too: names may be made to be alike at both ends.
        let between = text.get(8..length - 8).unwrap_or_default().chunks(8);
        let first = between.fold(first, |key, chunk| {
            let chunk = chunk.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
            (key ^ chunk).wrapping_mul(SPREAD).rotate_left(23)
        });
        // The top byte says that it is long, whatever the text holds.
        return (first ^ last.rotate_left(29).wrapping_mul(SPREAD) ^ length as u64) | 0xFF << 56;
    }
    // Loads that overlap put the same bytes in the same places.
    let eight = if let Some((first, last)) = text.first_chunk().zip(text.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        u64::from(first) | u64::from(last) << (8 * (length - 4))
    } else if let [first, .., last] = *text {
        let middle = u64::from(text[length / 2]) << (8 * (length / 2));
        u64::from(first) | middle | u64::from(last) << (8 * (length - 1))
    } else {
        u64::from(text.first().copied().unwrap_or(0))
    };
    short_key(eight, length)
}

impl Words {
    /// Of a text that stands twice, the first counts.
    pub(super) fn new<'a>(texts: impl IntoIterator<Item = (&'a str, u32)>) -> Self {
        let mut listed: Vec<(&[u8], u32)> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for (text, number) in texts {
            if seen.insert(text) {
                listed.push((text.as_bytes(), number));
            }
        }
        let keys: Vec<u64> = listed.iter().map(|(text, _)| key_of(text)).collect();
        // A slot for each text is best, since which slot it is cannot be foretold. For long lists
        // it is not to be had, and the last try serves.
        let sizes = [2, 4, 8].map(|times| (times * keys.len().max(1)).next_power_of_two());
        let tries = sizes.into_iter().flat_map(|size| {
            let shift = u64::BITS - size.trailing_zeros();
            (0..64).map(move |turn| (size, shift, SPREAD.wrapping_mul(2 * turn + 1)))
        });
        let alone = |&(size, shift, spread): &(usize, u32, u64)| {
            let mut used = vec![false; size];
            let mut slots = keys.iter().map(|key| (key.wrapping_mul(spread) >> shift) as usize);
            slots.all(|position| !std::mem::replace(&mut used[position], true))
        };
        let last = (sizes[2], u64::BITS - sizes[2].trailing_zeros(), SPREAD);
        let (size, shift, spread) = tries.clone().find(alone).unwrap_or(last);
        let mut slots = vec![Slot::NOTHING; size];
        for ((text, &key), &(_, number)) in (0..).zip(&keys).zip(&listed) {
            let mut position = (key.wrapping_mul(spread) >> shift) as usize;
            while slots[position].text != Slot::EMPTY {
                position = (position + 1) % size;
            }
            slots[position] = Slot { key, number, text };
        }
        let texts = listed.iter().map(|(text, _)| Box::from(*text)).collect();
        Words { slots, shift, spread, texts }
    }

    /// The number of a text.
    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<u32> {
        let short = text.len() <= SHORT;
        self.find_key(key_of(text), |position| short || *self.texts[position] == *text)
    }

    #[inline(always)]
    fn find_key(&self, key: u64, is_it: impl Fn(usize) -> bool) -> Option<u32> {
        let mut position = (key.wrapping_mul(self.spread) >> self.shift) as usize;
        // At most half of the slots are in use, so an empty one ends every search.
        loop {
            let slot = self.slots.get(position)?;
            if slot.key == key && slot.text != Slot::EMPTY && is_it(slot.text as usize) {
                return Some(slot.number);
            }
            if slot.text == Slot::EMPTY {
                return None;
            }
            position = (position + 1) & (self.slots.len() - 1);
        }
    }
}

/// The answers of one item, looked up by the text in a file.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    words: Words,
    binned: bool,
}

impl Answers {
    pub(super) fn of(item: &Item) -> Self {
        let listed = item.answers.iter().zip(1..).map(|(answer, code)| (&*answer.id, code));
        let unknown = [("", 0), (UNKNOWN, 0)];
        Answers {
            words: Words::new(listed.chain(unknown)),
            binned: matches!(item.kind, Kind::Binned { .. }),
        }
    }

    /// The code of a field that is spelled as listed.
    #[inline]
    pub(super) fn find(&self, field: &[u8]) -> Option<u8> {
        self.words.find(field).map(|code| code as u8)
    }

    /// The code of a field: the same as [`Item::code_of_text`] of the item.
    pub(super) fn code(&self, item: &Item, field: &[u8]) -> Option<u8> {
        if let Some(code) = self.find(field) {
            return Some(code);
        }
        // No answer's id begins with a digit, so digits can only be a number.
        if self.binned && (1..=18).contains(&field.len()) && field.iter().all(u8::is_ascii_digit) {
            let number = field.iter().fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'));
            return item.code_of_number(number);
        }
        item.code_of_text(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::Codebook;

    #[test]
    fn words_are_told_apart_by_all_of_their_bytes() {
        let long = |middle: char| format!("begin_{middle}{middle}{middle}_the_same_end");
        let (first, second) = (long('a'), long('b'));
        let listed =
            ["", "a", "b", "ab", "abc", "abcd", "abcde", "seven_7", "eight__8", &first, &second];
        let words = Words::new(listed.iter().copied().zip(10..));
        for (text, number) in listed.iter().zip(10..) {
            assert_eq!(words.find(text.as_bytes()), Some(number), "{text}");
        }
        for text in [
            "c",
            "ac",
            "abb",
            "aba",
            "abca",
            "abcce",
            "a\0",
            "\0",
            "seven_8",
            "eight__9",
            &long('c'),
            "eight__8 ",
        ] {
            assert_eq!(words.find(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn codes_are_those_of_the_item() {
        let json = include_str!("../../fixtures/models/codebook.json");
        let codebook = Codebook::from_json(json).unwrap();
        for item in codebook.items() {
            let answers = Answers::of(item);
            let ids = item.answers.iter().map(|answer| answer.id.as_str());
            let others =
                ["", " ", "unknown", " unknown", "Yes", "0", "7", " 7", "007", "-1", "2.5"];
            let digits = ["123456789012345678", "9999999999999999999", "1e3", "٣", "seven_8\0"];
            for text in ids.chain(others).chain(digits) {
                for text in [text.to_owned(), format!(" {text}"), format!("{text}x")] {
                    let text = text.as_bytes();
                    assert_eq!(answers.code(item, text), item.code_of_text(text), "{text:?}");
                }
            }
        }
    }
}
