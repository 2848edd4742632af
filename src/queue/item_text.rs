//! What answers look like in the lines of a saved queue, worked out once for writing and for reading.

use crate::codebook::{Codebook, Item};

/// An item's id and answers as they are written.
pub(super) struct ItemText {
    /// Where the item stands in the codebook.
    pub(super) position: usize,
    /// The id, with the colon behind it.
    pub(super) key: Vec<u8>,
    /// By code: the id with the answer.
    pub(super) answers: Vec<Vec<u8>>,
}

impl ItemText {
    fn new(position: usize, item: &Item) -> Result<Self, serde_json::Error> {
        let mut key = serde_json::to_vec(&*item.id)?;
        key.push(b':');
        let codes = (0..item.code_count()).filter_map(|code| u8::try_from(code).ok());
        let answers = codes.map(|code| {
            let answer = serde_json::to_vec(item.answer_id(code))?;
            Ok([&*key, &*answer].concat())
        });
        let answers = answers.collect::<Result<_, serde_json::Error>>()?;
        Ok(ItemText { position, key, answers })
    }

    /// Of all items, in the order of ids: that in which a complaint's answers stand.
    ///
    /// # Errors
    /// None: what JSON cannot write, no codebook holds.
    pub(super) fn all(codebook: &Codebook) -> Result<Vec<Self>, serde_json::Error> {
        let items = codebook.items();
        let mut by_id: Vec<usize> = (0..items.len()).collect();
        by_id.sort_by_key(|&position| &*items[position].id);
        by_id.into_iter().map(|position| ItemText::new(position, &items[position])).collect()
    }

    /// What follows the id, where a text begins with it.
    pub(super) fn named<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        after(&self.key, text)
    }

    /// The code of the answer that a text behind the id begins with, and what follows it.
    pub(super) fn answered<'a>(&self, after_id: &'a [u8]) -> Option<(u8, &'a [u8])> {
        // The codes come last, so that the one behind the greatest is never asked for.
        let mut answers = self.answers.iter().skip(1).zip(1..);
        answers.find_map(|(answer, code)| Some((code, after(&answer[self.key.len()..], after_id)?)))
    }
}

/// What follows `expected` in a text that begins with it. Ids that begin alike are told apart by
/// their last bytes; eight bytes at a time, since a call to compare so few takes longer.
fn after<'a>(expected: &[u8], text: &'a [u8]) -> Option<&'a [u8]> {
    let (beginning, rest) = text.split_at_checked(expected.len())?;
    let is_alike = match (beginning.last_chunk::<8>(), expected.last_chunk::<8>()) {
        (Some(last), Some(wanted)) => {
            let eights = beginning.as_chunks::<8>().0.iter().zip(expected.as_chunks::<8>().0);
            last == wanted && eights.fold(true, |alike, (a, b)| alike & (a == b))
        }
        _ => beginning.iter().zip(expected).fold(true, |alike, (a, b)| alike & (a == b)),
    };
    is_alike.then_some(rest)
}
