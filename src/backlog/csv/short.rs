//! Short answers of one item, found from the eight bytes that begin with the field.

use super::COMMA;
use crate::backlog::words::SHORT;
use crate::codebook::{Item, UNKNOWN};

/// Slots of a table: one size for all, so that no table is followed to another place in memory.
const SLOTS: usize = 16;
const SHIFT: u32 = u64::BITS - SLOTS.trailing_zeros();

/// Spreads keys over slots (Knuth's multiplicative hashing, with the golden ratio).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// No field has a comma before the one that ends it, so no key is equal to this.
const NOTHING: u64 = u64::from_le_bytes([COMMA, COMMA, 0, 0, 0, 0, 0, 0]);

/// By length of a field modulo eight: the bytes of the field and of the comma behind it. What a
/// long field leaves of its beginning has no comma in it, so it is never mistaken for a short one.
const WITH_COMMA: [u64; 8] = [
    u64::MAX >> 56,
    u64::MAX >> 48,
    u64::MAX >> 40,
    u64::MAX >> 32,
    u64::MAX >> 24,
    u64::MAX >> 16,
    u64::MAX >> 8,
    u64::MAX,
];

/// The short answers of an item, each alone in its slot. Those that found no free slot are left
/// out, so what is not here may be an answer all the same.
#[derive(Debug)]
pub(super) struct ShortAnswers {
    keys: [u64; SLOTS],
    codes: [u8; SLOTS],
    spread: u64,
}

impl ShortAnswers {
    pub(super) fn of(item: &Item) -> Self {
        let answers = item.answers.iter().zip(1..=u8::MAX);
        let answers = answers.map(|(answer, code)| (&*answer.id, code));
        let texts: Vec<(&str, u8)> = answers.chain([("", 0), (UNKNOWN, 0)]).collect();
        let tries = (0..64).map(|turn| Self::new(&texts, SPREAD.wrapping_mul(2 * turn + 1)));
        let (best, _) =
            tries.max_by_key(|(_, listed)| *listed).unwrap_or_else(|| Self::new(&texts, SPREAD));
        best
    }

    /// A table, and how many texts are in it.
    fn new(texts: &[(&str, u8)], spread: u64) -> (Self, usize) {
        let mut table = ShortAnswers { keys: [NOTHING; SLOTS], codes: [0; SLOTS], spread };
        let mut listed = 0;
        for (text, code) in texts {
            let mut eight = [0; SHORT + 1];
            let Some(to) = eight.get_mut(..=text.len()) else { continue };
            to[..text.len()].copy_from_slice(text.as_bytes());
            to[text.len()] = COMMA;
            let key = u64::from_le_bytes(eight);
            let slot = table.slot(key);
            // Of a text that stands twice, the first counts.
            if table.keys[slot] == NOTHING {
                (table.keys[slot], table.codes[slot]) = (key, *code);
                listed += 1;
            }
        }
        (table, listed)
    }

    #[inline(always)]
    fn slot(&self, key: u64) -> usize {
        (key.wrapping_mul(self.spread) >> SHIFT) as usize
    }

    /// The code of a field that ends in a comma; `None` also for answers that are not here.
    #[inline(always)]
    fn find(&self, text: &[u8], start: u16, end: u16) -> Option<u8> {
        self.find_key(eight_at(text, start)? & WITH_COMMA[usize::from(end.wrapping_sub(start) & 7)])
    }

    /// The same for the last field of a line.
    #[inline(always)]
    pub(super) fn find_last(&self, text: &[u8], start: u16, length: usize) -> Option<u8> {
        let with_comma = WITH_COMMA.get(length)?;
        let comma = (with_comma ^ with_comma >> 8) & u64::from_le_bytes([COMMA; 8]);
        self.find_key(eight_at(text, start)? & with_comma >> 8 | comma)
    }

    #[inline(always)]
    fn find_key(&self, key: u64) -> Option<u8> {
        let slot = self.slot(key);
        (self.keys[slot] == key).then_some(self.codes[slot])
    }
}

/// The eight bytes from a place on, unless the text ends before.
#[inline(always)]
fn eight_at(text: &[u8], start: u16) -> Option<u64> {
    let start = usize::from(start);
    text.get(start..start + SHORT + 1)?.first_chunk().map(|eight| u64::from_le_bytes(*eight))
}

/// Finds the codes of one field after another, up to the first that is not a short answer in its
/// table; says how many it found, and sets `start` to where the next field begins.
///
/// Kept by itself, so that all of its values have a register.
#[inline(never)]
pub(super) fn find_short(
    tables: &[ShortAnswers],
    text: &[u8],
    start: &mut u16,
    ends: &[u16],
    codes: &mut [u8],
) -> usize {
    let mut begins = *start;
    let mut found = 0;
    for ((table, &end), code) in tables.iter().zip(ends).zip(codes) {
        let Some(answer) = table.find(text, begins, end) else { break };
        *code = answer;
        found += 1;
        begins = end.wrapping_add(1);
    }
    *start = begins;
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::Codebook;

    #[test]
    fn what_is_found_is_the_code_of_the_item() {
        let json = include_str!("../../../fixtures/models/codebook.json");
        let codebook = Codebook::from_json(json).unwrap();
        for item in codebook.items() {
            let table = ShortAnswers::of(item);
            let ids = item.answers.iter().map(|answer| answer.id.as_str()).chain(["", UNKNOWN]);
            let listed: Vec<&str> = ids.collect();
            let others = ["\0", "no\0", "yes\0\0", "y", "unknow", "unknown_", "no_or_ye", "\u{FF}"];
            let longer: Vec<String> = listed.iter().map(|text| format!("{text}x")).collect();
            let cut = listed.iter().map(|text| &text[..text.len().min(7)]);
            let texts = listed.iter().copied().chain(others).chain(longer.iter().map(|t| &**t));
            for text in texts.chain(cut) {
                let expected = item.code_of_text(text.as_bytes());
                let is_short = text.len() <= SHORT && listed.contains(&text);
                for behind in [",", ",yes,no,", "\n0123456", ",\0\0\0\0\0\0\0"] {
                    let field = format!("12{text}{behind}");
                    let (field, end) = (field.as_bytes(), 2 + text.len());
                    let whole = field.len() >= 2 + 8;
                    let mut found = vec![table.find_last(field, 2, text.len())];
                    if behind.starts_with(',') {
                        found.push(table.find(field, 2, end as u16));
                    }
                    for found in found {
                        // Every item of this codebook has few enough short answers for its table.
                        assert_eq!(found.is_some(), is_short && whole, "{text:?} {behind:?}");
                        assert!(found.is_none() || found == expected, "{text:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn fields_are_found_up_to_the_first_that_is_not_short() {
        let json = include_str!("../../../fixtures/models/toy-codebook.json");
        let codebook = Codebook::from_json(json).unwrap();
        let tables = [(); 4].map(|()| ShortAnswers::of(&codebook.items()[0]));
        let text = b"yes,,maybe,no,and more";
        let (mut start, mut codes) = (0, [9; 4]);
        let ends = [3, 4, 10, 13];
        assert_eq!(find_short(&tables, text, &mut start, &ends, &mut codes), 2);
        let yes = codebook.items()[0].code_of_text(b"yes");
        assert_eq!((start, Some(codes[0]), codes[1]), (5, yes, 0));
        start = 11;
        assert_eq!(find_short(&tables, text, &mut start, &ends[3..], &mut codes), 1);
        assert_eq!(Some(codes[0]), codebook.items()[0].code_of_text(b"no"));
    }
}
