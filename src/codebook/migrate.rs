//! From one version of a codebook to the next: what becomes of every item and answer.

use std::collections::BTreeMap;

use thiserror::Error;

use super::{Codebook, Item, Kind};
use crate::base::escaped;
use crate::base::words;

/// Names that changed between two versions; whatever is not named keeps its name.
///
/// Answers are joined by giving several the same new name. An answer that was split goes by
/// [`Renames::with_split`] to what another item of the complaint decides. Items are joined by name with
/// [`Renames::with_join`]: what each old item's answers become in the new one is said answer by answer,
/// and of two known ones the one named first counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renames {
    items: BTreeMap<String, String>,
    answers: BTreeMap<(String, String), String>,
    splits: BTreeMap<(String, String), Vec<Split>>,
    joins: BTreeMap<String, Vec<String>>,
}

/// One way in which an answer was split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Split {
    /// The old item that decides, and its answer.
    pub(crate) when: (String, String),
    pub(crate) to: String,
}

/// Why a migration is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// A rename of an item that is not there.
    #[error("the {version} codebook does not list the item `{item}` that a rename names", item = escaped(.item))]
    UnlistedItem {
        /// `old` or `new`.
        version: &'static str,
        /// The item.
        item: String,
    },
    /// A rename of an answer that is not there.
    #[error(
        "the {version} codebook does not list the answer `{answer}` of item `{item}` that a rename names", answer = escaped(.answer), item = escaped(.item))]
    UnlistedAnswer {
        /// `old` or `new`.
        version: &'static str,
        /// The item.
        item: String,
        /// The answer.
        answer: String,
    },
    /// Two old items that would become one, and are not joined on purpose.
    #[error(
        "items `{}` and `{}` would both become `{}`: rename one of them, or `join` them",
        escaped(.first), escaped(.second), escaped(.item)
    )]
    Twice {
        /// The first old item.
        first: String,
        /// The second old item.
        second: String,
        /// The new item.
        item: String,
    },
}

impl Renames {
    /// Nothing is renamed.
    #[must_use]
    pub fn new() -> Self {
        Renames::default()
    }

    /// With an item under a new id.
    #[must_use]
    pub fn with_item(mut self, old: impl Into<String>, new: impl Into<String>) -> Self {
        self.items.insert(old.into(), new.into());
        self
    }

    /// With an answer of an item (by the item's old id) under a new id.
    #[must_use]
    pub fn with_answer(
        mut self,
        item: impl Into<String>,
        old: impl Into<String>,
        new: impl Into<String>,
    ) -> Self {
        self.answers.insert((item.into(), old.into()), new.into());
        self
    }

    /// With an answer that was split: it becomes `new` where the complaint answers the old item
    /// `other` with `other_answer`. Several of these are tried in the order given; where none fits,
    /// the answer goes by [`Renames::with_answer`] or its own name, and is *unknown* where neither is
    /// listed.
    #[must_use]
    pub fn with_split(
        mut self,
        item: impl Into<String>,
        old: impl Into<String>,
        (other, other_answer): (impl Into<String>, impl Into<String>),
        new: impl Into<String>,
    ) -> Self {
        let split = Split { when: (other.into(), other_answer.into()), to: new.into() };
        self.splits.entry((item.into(), old.into())).or_default().push(split);
        self
    }

    /// With several old items that became one, the one that counts first named first.
    #[must_use]
    pub fn with_join(
        mut self,
        items: impl IntoIterator<Item = impl Into<String>>,
        new: impl Into<String>,
    ) -> Self {
        let new = new.into();
        let items: Vec<String> = items.into_iter().map(Into::into).collect();
        for item in &items {
            self.items.insert(item.clone(), new.clone());
        }
        self.joins.insert(new, items);
        self
    }
}

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Under the same names.
    Kept,
    /// Under another item's or answer's name.
    Mapped,
    /// The new codebook has no such item.
    ItemGone,
    /// The item has no such answer any more.
    AnswerGone,
    /// The bin now stands for other numbers, and the number itself is not known.
    BinChanged,
    /// A number, for an item that no longer takes this kind of number.
    NotANumber,
    /// Another of the items that were joined into one was answered too, and counts.
    Joined,
}

words! {
    Fate, "a fate of an answer",
    Kept => "kept",
    Mapped => "mapped",
    ItemGone => "item_gone",
    AnswerGone => "answer_gone",
    BinChanged => "bin_changed",
    NotANumber => "not_a_number",
    Joined => "joined",
}

/// What one old item has become.
#[derive(Debug, Clone)]
pub(crate) struct Successor {
    pub(crate) item: String,
    pub(crate) renamed: bool,
    /// Whether the same numbers are counted.
    pub(crate) numbers: bool,
    /// By old answer id.
    pub(crate) answers: BTreeMap<String, (String, Fate)>,
    /// By old answer id: what other answers make of it.
    pub(crate) splits: BTreeMap<String, Vec<Split>>,
    /// Among items joined into one: how many are named before it.
    pub(crate) turn: usize,
}

/// The way from one codebook to another; see [`Codebook::migrate`].
#[derive(Debug, Clone)]
pub struct Migration {
    from: Codebook,
    to: Codebook,
    successors: BTreeMap<String, Successor>,
    reworded: Vec<String>,
}

impl Codebook {
    /// The way from this codebook to another, by names and by renames. Carry complaints along it
    /// with [`Migration::carry`].
    ///
    /// An answer that the new codebook does not have becomes *unknown*, and is told. The bin of a
    /// number is kept only where it still stands for the same numbers; the number itself is put
    /// into its new bin.
    ///
    /// # Errors
    /// [`MigrateError`] names a rename that does not fit, or two items that would become one.
    pub fn migrate(&self, to: &Codebook, renames: &Renames) -> Result<Migration, MigrateError> {
        renames.check(self, to)?;
        let mut successors: BTreeMap<String, Successor> = BTreeMap::new();
        let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
        let mut reworded = Vec::new();
        for old in self.items() {
            let renamed = renames.items.get(&old.id);
            let Some(new) = to.item(renamed.unwrap_or(&old.id)) else { continue };
            let joined = renames.joins.get(&new.id);
            let turn = joined.and_then(|items| items.iter().position(|item| *item == old.id));
            if let Some(first) = taken.insert(&new.id, &old.id)
                && turn.is_none()
            {
                let (first, second) = (first.to_owned(), old.id.clone());
                return Err(MigrateError::Twice { first, second, item: new.id.clone() });
            }
            if old.question != new.question || old.guidance != new.guidance {
                reworded.push(new.id.clone());
            }
            let answers = old.answers.iter().enumerate().filter_map(|(position, answer)| {
                let name = renames.answers.get(&(old.id.clone(), answer.id.clone()));
                let listed = name.unwrap_or(&answer.id);
                let after = new.answers.iter().position(|kept| kept.id == *listed)?;
                let fate = match (&old.kind, &new.kind) {
                    (Kind::Binned { .. }, Kind::Binned { .. })
                        if range(old, position) != range(new, after) =>
                    {
                        Fate::BinChanged
                    }
                    // The bin of another kind of number stands for nothing here.
                    (Kind::Binned { .. }, _) | (_, Kind::Binned { .. })
                        if name.is_none() && is_binned(old) != is_binned(new) =>
                    {
                        Fate::BinChanged
                    }
                    _ if renamed.is_some() || name.is_some() => Fate::Mapped,
                    _ => Fate::Kept,
                };
                Some((answer.id.clone(), (listed.clone(), fate)))
            });
            let unit = |item: &Item| match &item.kind {
                Kind::Binned { unit, .. } => Some(unit.clone()),
                _ => None,
            };
            let successor = Successor {
                item: new.id.clone(),
                renamed: renamed.is_some(),
                numbers: unit(old).is_some() && unit(old) == unit(new),
                answers: answers.collect(),
                splits: renames
                    .splits
                    .iter()
                    .filter(|((item, _), _)| *item == old.id)
                    .map(|((_, answer), splits)| (answer.clone(), splits.clone()))
                    .collect(),
                turn: turn.unwrap_or(0),
            };
            successors.insert(old.id.clone(), successor);
        }
        Ok(Migration { from: self.clone(), to: to.clone(), successors, reworded })
    }
}

fn is_binned(item: &Item) -> bool {
    matches!(item.kind, Kind::Binned { .. })
}

/// The numbers that a bin stands for: from its lower edge to the next.
fn range(item: &Item, position: usize) -> Option<(Option<i64>, Option<i64>, &str)> {
    let Kind::Binned { unit, edges } = &item.kind else { return None };
    let low = position.checked_sub(1).and_then(|before| edges.get(before)).copied();
    Some((low, edges.get(position).copied(), unit))
}

impl Renames {
    fn check(&self, from: &Codebook, to: &Codebook) -> Result<(), MigrateError> {
        let unlisted =
            |version, item: &str| MigrateError::UnlistedItem { version, item: item.to_owned() };
        for (old, new) in &self.items {
            from.item(old).ok_or_else(|| unlisted("old", old))?;
            to.item(new).ok_or_else(|| unlisted("new", new))?;
        }
        for ((item, old), new) in &self.answers {
            let answer = |version, item: &Item, answer: &str| MigrateError::UnlistedAnswer {
                version,
                item: item.id.clone(),
                answer: answer.to_owned(),
            };
            let before = from.item(item).ok_or_else(|| unlisted("old", item))?;
            let name = self.items.get(item).unwrap_or(item);
            let after = to.item(name).ok_or_else(|| unlisted("new", name))?;
            before.code_of(old).ok_or_else(|| answer("old", before, old))?;
            after.code_of(new).ok_or_else(|| answer("new", after, new))?;
        }
        for ((item, old), splits) in &self.splits {
            let answer = |version, item: &Item, answer: &str| MigrateError::UnlistedAnswer {
                version,
                item: item.id.clone(),
                answer: answer.to_owned(),
            };
            let before = from.item(item).ok_or_else(|| unlisted("old", item))?;
            let name = self.items.get(item).unwrap_or(item);
            let after = to.item(name).ok_or_else(|| unlisted("new", name))?;
            before.code_of(old).ok_or_else(|| answer("old", before, old))?;
            for Split { when: (other, other_answer), to: new } in splits {
                let decides = from.item(other).ok_or_else(|| unlisted("old", other))?;
                let known = decides.code_of(other_answer);
                known.ok_or_else(|| answer("old", decides, other_answer))?;
                after.code_of(new).ok_or_else(|| answer("new", after, new))?;
            }
        }
        Ok(())
    }
}

impl Migration {
    /// The codebook that complaints come from.
    #[must_use]
    pub fn from(&self) -> &Codebook {
        &self.from
    }

    /// The codebook that they go to.
    #[must_use]
    pub fn to(&self) -> &Codebook {
        &self.to
    }

    /// Old items that the new codebook does not have.
    pub fn gone(&self) -> impl Iterator<Item = &str> {
        let items = self.from.items().iter().map(|item| item.id.as_str());
        items.filter(|item| !self.successors.contains_key(*item))
    }

    /// New items that the old codebook did not have: *unknown* in every complaint.
    pub fn added(&self) -> impl Iterator<Item = &str> {
        let items = self.to.items().iter().map(|item| item.id.as_str());
        items.filter(|item| !self.successors.values().any(|successor| successor.item == *item))
    }

    /// New items whose question or guidance reads differently: their answers are carried, and
    /// somebody should say whether they still mean the same.
    #[must_use]
    pub fn reworded(&self) -> &[String] {
        &self.reworded
    }

    pub(crate) fn successor(&self, item: &str) -> Option<&Successor> {
        self.successors.get(item)
    }
}
