//! What the codes of a codebook mean, as a digest, and where two codebooks mean different things.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{Codebook, CodebookError, Identity, Item, Kind};

/// Hexadecimal digits kept of an item's own digest: enough to name the item that differs.
const ITEM_DIGITS: usize = 16;

fn add_item(digest: &mut Sha256, item: &Item) {
    // Every text is followed by its length, so that no two lists give the same bytes.
    let mut text = |text: &str| {
        digest.update(text);
        digest.update((text.len() as u64).to_le_bytes());
    };
    text(&item.id);
    text(&item.stage.to_string());
    for answer in &item.answers {
        text(&answer.id);
    }
    text("");
    for edge in edges(item) {
        text(&edge.to_string());
    }
    text("");
}

fn edges(item: &Item) -> &[i64] {
    if let Kind::Binned { edges, .. } = &item.kind { edges } else { &[] }
}

fn hex(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of what the codes of a codebook mean.
pub(super) fn digest_of_answers(items: &[Item]) -> String {
    let mut digest = Sha256::new();
    items.iter().for_each(|item| add_item(&mut digest, item));
    hex(digest)
}

/// The first item in which two codebooks of one name and version differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswersDiffer {
    /// Another item stands at a place, or none.
    Item {
        /// The place, from 1.
        position: usize,
        /// What stands there in the codebook asked for.
        expected: Option<String>,
        /// What stands there in the other.
        found: Option<String>,
    },
    /// The answers of an item, or their order.
    Answers {
        /// The item.
        item: String,
        /// As the codebook asked for lists them.
        expected: Vec<String>,
        /// As the other lists them.
        found: Vec<String>,
    },
    /// The edges of a binned item.
    Edges {
        /// The item.
        item: String,
        /// Of the codebook asked for.
        expected: Vec<i64>,
        /// Of the other.
        found: Vec<i64>,
    },
    /// The stage of an item.
    Stage {
        /// The item.
        item: String,
    },
    /// Answers, edges or stage of an item, where the file keeps only a digest of them.
    Within {
        /// The item.
        item: String,
    },
    /// Somewhere, where the file keeps only a digest of the whole.
    Somewhere,
}

impl fmt::Display for AnswersDiffer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = crate::base::escaped;
        match self {
            AnswersDiffer::Item { position, expected, found } => {
                let named = |item: &Option<String>| {
                    item.as_ref().map_or_else(|| "none".to_owned(), |id| format!("`{}`", plain(id)))
                };
                write!(
                    formatter,
                    "item {position} is {}, and here {}",
                    named(found),
                    named(expected)
                )
            }
            AnswersDiffer::Answers { item, expected, found } => write!(
                formatter,
                "the answers of item `{}` are [{}], and here [{}]",
                plain(item),
                plain(&found.join(", ")),
                plain(&expected.join(", "))
            ),
            AnswersDiffer::Edges { item, expected, found } => write!(
                formatter,
                "the edges of item `{}` are {found:?}, and here {expected:?}",
                plain(item)
            ),
            AnswersDiffer::Stage { item } => {
                write!(formatter, "item `{}` is of another stage", plain(item))
            }
            AnswersDiffer::Within { item } => {
                write!(formatter, "answers, edges or stage of item `{}` differ", plain(item))
            }
            AnswersDiffer::Somewhere => {
                formatter.write_str("items, answers, edges or stages differ")
            }
        }
    }
}

impl Codebook {
    /// Checks that codes mean under another codebook what they mean under this one: the same name
    /// and version, and the same items, answers, bin edges and stages in the same order. `what`
    /// names what came with the other one.
    ///
    /// # Errors
    /// [`CodebookError::OtherCodebook`] names both identities; [`CodebookError::OtherAnswers`] the
    /// first item that differs under the same name.
    pub fn require_same(&self, what: &str, other: &Codebook) -> Result<(), CodebookError> {
        self.require(what, other.identity())?;
        if self.digest_of_answers() == other.digest_of_answers() {
            return Ok(());
        }
        let difference = first_difference(self.items(), other.items());
        Err(self.other_answers(what, difference.unwrap_or(AnswersDiffer::Somewhere)))
    }

    /// The same for what a file keeps of a codebook; see [`Codebook::item_digests`].
    pub(crate) fn require_digests(
        &self,
        what: &str,
        identity: &Identity,
        digest: &str,
        items: &[(String, String)],
    ) -> Result<(), CodebookError> {
        self.require(what, identity)?;
        if digest == self.digest_of_answers() {
            return Ok(());
        }
        let here = self.item_digests();
        let position = (0..here.len().max(items.len()))
            .find(|&position| here.get(position) != items.get(position));
        let difference = position.map_or(AnswersDiffer::Somewhere, |position| {
            let id = |list: &[(String, String)]| list.get(position).map(|(item, _)| item.clone());
            match (id(&here), id(items)) {
                (Some(item), Some(found)) if item == found => AnswersDiffer::Within { item },
                (expected, found) => {
                    AnswersDiffer::Item { position: position + 1, expected, found }
                }
            }
        });
        Err(self.other_answers(what, difference))
    }

    /// Each item with the beginning of a digest of its answers, edges and stage, in order.
    pub(crate) fn item_digests(&self) -> Vec<(String, String)> {
        let of = |item: &Item| {
            let mut digest = Sha256::new();
            add_item(&mut digest, item);
            (item.id.clone(), hex(digest)[..ITEM_DIGITS].to_owned())
        };
        self.items().iter().map(of).collect()
    }

    fn other_answers(&self, what: &str, difference: AnswersDiffer) -> CodebookError {
        let codebook = self.identity().clone();
        CodebookError::OtherAnswers { what: what.to_owned(), codebook, difference }
    }
}

fn first_difference(expected: &[Item], found: &[Item]) -> Option<AnswersDiffer> {
    (0..expected.len().max(found.len())).find_map(|position| {
        let id = |item: Option<&Item>| item.map(|item| item.id.clone());
        let (here, there) = (expected.get(position), found.get(position));
        let (Some(item_here), Some(item_there)) = (here, there) else {
            let (expected, found) = (id(here), id(there));
            return Some(AnswersDiffer::Item { position: position + 1, expected, found });
        };
        let answers = |item: &Item| -> Vec<String> {
            item.answers.iter().map(|answer| answer.id.clone()).collect()
        };
        let item = || item_here.id.clone();
        if item_here.id != item_there.id {
            let (expected, found) = (id(here), id(there));
            Some(AnswersDiffer::Item { position: position + 1, expected, found })
        } else if answers(item_here) != answers(item_there) {
            let (expected, found) = (answers(item_here), answers(item_there));
            Some(AnswersDiffer::Answers { item: item(), expected, found })
        } else if edges(item_here) != edges(item_there) {
            let (expected, found) = (edges(item_here).to_vec(), edges(item_there).to_vec());
            Some(AnswersDiffer::Edges { item: item(), expected, found })
        } else if item_here.stage != item_there.stage {
            Some(AnswersDiffer::Stage { item: item() })
        } else {
            None
        }
    })
}
