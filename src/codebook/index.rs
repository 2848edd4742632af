//! Which item of a codebook: an index that only the codebook gives out.

use std::fmt;
use std::ops::Index;

use serde::Serialize;

use super::{Codebook, Item};

/// Which item of a [`Codebook`]: what results name an item by, in codebook order.
///
/// Given out by [`Codebook::item_index`], [`Codebook::item_indices`] and every result about items;
/// an item's number in one codebook says nothing about another.
///
/// ```
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// # let triage = caserank::Triage::from_json(json)?;
/// let codebook = triage.codebook();
/// let urgent = codebook.item_index("urgent").expect("the model asks for it");
/// assert_eq!(codebook[urgent].id, "urgent");
/// assert_eq!(codebook.items()[urgent.position()], codebook[urgent]);
/// # Ok::<(), caserank::triage::ModelError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ItemIndex(u16);

impl ItemIndex {
    /// A codebook has at most [`MOST_ITEMS`](super::MOST_ITEMS) items.
    pub(crate) fn new(position: usize) -> Self {
        ItemIndex(position as u16)
    }

    /// Where the item stands in [`Codebook::items`], from 0.
    #[must_use]
    pub fn position(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Display for ItemIndex {
    /// The position, from 0.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Codebook {
    /// Which item has this id.
    #[must_use]
    pub fn item_index(&self, id: &str) -> Option<ItemIndex> {
        self.item_position(id).map(ItemIndex::new)
    }

    /// All of them, in the order of [`Codebook::items`].
    pub fn item_indices(&self) -> impl ExactSizeIterator<Item = ItemIndex> + Clone + use<> {
        // A codebook's items fit in 16 bits: see `MOST_ITEMS`.
        (0..self.items().len() as u16).map(ItemIndex)
    }
}

impl Index<ItemIndex> for Codebook {
    type Output = Item;

    /// The item.
    ///
    /// # Panics
    /// Where the index is of another codebook, with more items.
    fn index(&self, index: ItemIndex) -> &Item {
        &self.items()[index.position()]
    }
}
