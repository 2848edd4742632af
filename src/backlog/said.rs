//! Who said the answers of many rows: what many rows have alike stands once.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::codebook::Codebook;
use crate::complaint::{Complaint, Encoded, Provenance, Speaker};

/// Who said one answer of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Saying {
    /// Position of the item in its codebook.
    pub(crate) item: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) provenance: Option<Provenance>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) speaker: Option<Speaker>,
}

/// What a row has of [`Sayings`]; most rows have nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) row: u32,
    /// Number of the list of its sayings.
    pub(super) list: u32,
}

/// Lists of sayings, by item, numbered from 0 in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Sayings {
    lists: Vec<Arc<[Saying]>>,
    numbers: BTreeMap<Arc<[Saying]>, u32>,
}

impl Sayings {
    /// Those of the answers that count, by item.
    pub(super) fn of(codebook: &Codebook, complaint: &Complaint, encoded: &Encoded) -> Vec<Saying> {
        let mut found: BTreeMap<usize, Saying> = BTreeMap::new();
        let mut saying = |item: &str, set: &dyn Fn(&mut Saying)| {
            let position = codebook.item_position(item);
            if let Some(position) = position.filter(|position| encoded.codes[*position] != 0) {
                set(found.entry(position).or_insert_with(|| Saying::of(position)));
            }
        };
        for (item, provenance) in complaint.provenances() {
            saying(item, &|saying| saying.provenance = Some(provenance.clone()));
        }
        for (item, given) in complaint.answers() {
            if let Some(speaker) = given.said_by {
                saying(item, &|saying| saying.speaker = Some(speaker));
            }
        }
        found.into_values().collect()
    }

    /// The number of a list.
    pub(super) fn number(&mut self, list: &[Saying]) -> u32 {
        if let Some(&number) = self.numbers.get(list) {
            return number;
        }
        let (list, number) = (Arc::<[Saying]>::from(list), self.lists.len() as u32);
        self.lists.push(list.clone());
        self.numbers.insert(list, number);
        number
    }

    pub(super) fn get(&self, number: u32) -> &[Saying] {
        &self.lists[number as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.lists.len()
    }

    /// Forgets the lists from a number on.
    pub(super) fn truncate(&mut self, length: usize) {
        for list in self.lists.drain(length.min(self.lists.len())..) {
            self.numbers.remove(&list);
        }
    }
}

impl Saying {
    /// Of an item by its position, by nobody.
    pub(crate) fn of(position: usize) -> Self {
        Saying { item: position as u32, provenance: None, speaker: None }
    }

    /// Whether anybody is known to have said it.
    pub(crate) fn is_known(&self) -> bool {
        self.provenance.is_some() || self.speaker.is_some()
    }
}
