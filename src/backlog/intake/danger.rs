//! Which answers alone put a complaint into `must`.

use std::collections::BTreeMap;

use crate::codebook::{Codebook, ItemIndex};

/// Answers that alone put a complaint into `must` under some model: what a reader must not lose.
/// [`Triage::danger_answers`](crate::Triage::danger_answers) finds them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DangerAnswers {
    /// Codes by position of the item.
    codes: BTreeMap<usize, Vec<u8>>,
}

impl DangerAnswers {
    /// Answers by the ids of item and answer; pairs that the codebook does not list are left out.
    #[must_use]
    pub fn new<'a>(
        codebook: &Codebook,
        answers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut danger = DangerAnswers::default();
        for (item, answer) in answers {
            let Some(item) = codebook.item_position(item) else { continue };
            if let Some(code) = codebook.items()[item].code_of(answer) {
                danger.add(item, code);
            }
        }
        danger
    }

    pub(crate) fn add(&mut self, item: usize, code: u8) {
        let codes = self.codes.entry(item).or_default();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }

    /// Whether an answer, by its item and code, is one of them.
    #[must_use]
    pub fn contains(&self, item: ItemIndex, code: u8) -> bool {
        self.contains_at(item.position(), code)
    }

    pub(crate) fn contains_at(&self, item: usize, code: u8) -> bool {
        self.codes.get(&item).is_some_and(|codes| codes.contains(&code))
    }

    /// Whether the item has such an answer.
    #[must_use]
    pub fn has_item(&self, item: ItemIndex) -> bool {
        self.has_item_at(item.position())
    }

    pub(crate) fn has_item_at(&self, item: usize) -> bool {
        self.codes.contains_key(&item)
    }

    /// Whether there are none, or none are known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Item and code of each answer, in codebook order.
    pub fn iter(&self) -> impl Iterator<Item = (ItemIndex, u8)> {
        self.iter_positions().map(|(item, code)| (ItemIndex::new(item), code))
    }

    pub(crate) fn iter_positions(&self) -> impl Iterator<Item = (usize, u8)> {
        self.codes.iter().flat_map(|(&item, codes)| codes.iter().map(move |&code| (item, code)))
    }
}
