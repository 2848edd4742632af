//! Which answers are unknown, and with what.

use std::collections::BTreeMap;

use serde::Serialize;

use super::design::Designed;
use crate::complaint::Origin;

/// How often an item is unknown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ItemUnknown {
    /// Name of the item's first column, up to its answer: the item's id.
    pub item: String,
    /// Complaints without an answer.
    pub unknown: usize,
    /// Share of complaints with the outcome that have no answer; `None` where there are none.
    pub with_outcome: Option<f64>,
    /// Share of complaints without the outcome that have no answer; `None` where there are none.
    pub without_outcome: Option<f64>,
}

/// A set of items that are unknown together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnknownPattern {
    /// Ids of the items that are unknown.
    pub items: Vec<String>,
    /// Complaints in which these and no others are.
    pub complaints: usize,
}

/// What is unknown in a sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UnknownReport {
    /// Complaints.
    pub complaints: usize,
    /// Complaints in which every item is answered.
    pub complete: usize,
    /// Where complaints and labels come from.
    pub origin: Origin,
    /// Each item, in the order of the design.
    pub items: Vec<ItemUnknown>,
    /// All patterns that occur, the most frequent first.
    pub patterns: Vec<UnknownPattern>,
}

impl Designed {
    /// Which answers are unknown, and with what. O(complaints x items).
    ///
    /// An item that is unknown far more often without the outcome than with it was as a rule asked because the case was
    /// worked: no method makes that good.
    #[must_use]
    pub fn unknown_answers(&self) -> UnknownReport {
        let labels = &self.joined.labels;
        let items = self.items.iter().map(|item| {
            let share = |label: bool| {
                let rows = (0..labels.len()).filter(|row| labels[*row] == label);
                let all = rows.clone().count();
                (all > 0)
                    .then(|| rows.filter(|row| item.codes[*row] == 0).count() as f64 / all as f64)
            };
            ItemUnknown {
                item: item.id.clone(),
                unknown: item.codes.iter().filter(|code| **code == 0).count(),
                with_outcome: share(true),
                without_outcome: share(false),
            }
        });
        let mut counts: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        for row in 0..labels.len() {
            let unknown = (0..self.items.len()).filter(|item| self.items[*item].codes[row] == 0);
            *counts.entry(unknown.collect()).or_default() += 1;
        }
        let complete = counts.get(&Vec::new()).copied().unwrap_or(0);
        let mut patterns: Vec<(Vec<usize>, usize)> = counts.into_iter().collect();
        patterns.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let named = patterns.into_iter().map(|(items, complaints)| UnknownPattern {
            items: items.into_iter().map(|item| self.items[item].id.clone()).collect(),
            complaints,
        });
        UnknownReport {
            complaints: labels.len(),
            complete,
            origin: self.origin,
            items: items.collect(),
            patterns: named.collect(),
        }
    }
}
