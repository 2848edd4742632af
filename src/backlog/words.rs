//! Finding one of a few listed texts fast, and answer codes by it.

use crate::codebook::{Item, Kind, UNKNOWN};

/// What eight bytes of a field and its length come to: texts of up to seven bytes are their own
/// key, so that one comparison tells them apart.
pub(super) const SHORT: usize = 7;

/// Spreads keys over slots (Knuth's multiplicative hashing, with the golden ratio).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Debug, Clone, Copy)]
struct Slot {
    key: u64,
    /// [`Slot::EMPTY`] where nothing is.
    number: u32,
}

impl Slot {
    const EMPTY: u32 = u32::MAX;
}

/// Listed texts with a number each: an open hash table, read one slot at a time.
#[derive(Debug, Clone)]
pub(super) struct Words {
    slots: Vec<Slot>,
    shift: u32,
    /// Texts by number, to compare long ones in full.
    texts: Vec<Box<[u8]>>,
    numbers: Vec<u32>,
}

/// The key of a text of up to [`SHORT`] bytes, from the eight bytes that begin with it.
#[inline(always)]
pub(super) fn short_key(eight: u64, length: usize) -> u64 {
    let bits = 8 * length as u32;
    (eight & ((1_u64 << bits) - 1)) | (length as u64) << 56
}

/// The key of any text; long texts of one key are told apart by comparing them.
fn key_of(text: &[u8]) -> u64 {
    if text.len() <= SHORT {
        let mut eight = [0; 8];
        eight[..text.len()].copy_from_slice(text);
        return short_key(u64::from_le_bytes(eight), text.len());
    }
    let ends = text.first_chunk().zip(text.last_chunk());
    let (first, last) = ends.map_or((0, 0), |(first, last)| {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    });
    // The top byte says that it is long, whatever the text holds.
    (first ^ last.rotate_left(29).wrapping_mul(SPREAD) ^ text.len() as u64) | 0xFF << 56
}

impl Words {
    /// Later texts that stand there already are left out.
    pub(super) fn new<'a>(texts: impl IntoIterator<Item = (&'a str, u32)>) -> Self {
        let listed: Vec<(&str, u32)> = texts.into_iter().collect();
        let size = (2 * listed.len().max(1)).next_power_of_two();
        let mut words = Words {
            slots: vec![Slot { key: 0, number: Slot::EMPTY }; size],
            shift: u64::BITS - size.trailing_zeros(),
            texts: Vec::new(),
            numbers: Vec::new(),
        };
        for (text, number) in listed {
            let text = text.as_bytes();
            if words.find(text).is_some() {
                continue;
            }
            let key = key_of(text);
            let mut place = words.first_place(key);
            while words.slots[place].number != Slot::EMPTY {
                place = (place + 1) % size;
            }
            words.slots[place] = Slot { key, number: words.texts.len() as u32 };
            words.texts.push(text.into());
            words.numbers.push(number);
        }
        words
    }

    #[inline(always)]
    fn first_place(&self, key: u64) -> usize {
        (key.wrapping_mul(SPREAD) >> self.shift) as usize
    }

    /// The number of the short text with this key.
    #[inline(always)]
    pub(super) fn find_short(&self, key: u64) -> Option<u32> {
        let mut place = self.first_place(key);
        // At most half of the slots are in use, so an empty one ends every search.
        loop {
            let slot = self.slots.get(place)?;
            if slot.number == Slot::EMPTY {
                return None;
            }
            if slot.key == key {
                return self.numbers.get(slot.number as usize).copied();
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
    }

    /// The number of a text.
    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<u32> {
        let key = key_of(text);
        if text.len() <= SHORT {
            return self.find_short(key);
        }
        let mut place = self.first_place(key);
        loop {
            let slot = self.slots.get(place)?;
            if slot.number == Slot::EMPTY {
                return None;
            }
            if slot.key == key && *self.texts[slot.number as usize] == *text {
                return self.numbers.get(slot.number as usize).copied();
            }
            place = (place + 1) & (self.slots.len() - 1);
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

    /// The code of a short field that is spelled as listed.
    #[inline(always)]
    pub(super) fn find_short(&self, key: u64) -> Option<u8> {
        self.words.find_short(key).map(|code| code as u8)
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
        let (one, two) = (long('a'), long('b'));
        let listed = ["", "a", "b", "seven_7", "eight__8", &one, &two];
        let words = Words::new(listed.iter().copied().zip(10..));
        for (text, number) in listed.iter().zip(10..) {
            assert_eq!(words.find(text.as_bytes()), Some(number), "{text}");
        }
        for text in ["c", "a\0", "\0", "seven_8", "eight__9", &long('c'), "eight__8 "] {
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
            let others = ["", " ", "unknown", " unknown", "Yes", "0", "7", " 7", "007", "-1", "2.5"];
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
