//! Worklists as record batches.

use std::sync::Arc;

use arrow_array::{BooleanArray, RecordBatch};

use super::TableError;
use super::made::{Lengths, Made, Words, texts, times};
use super::ranked::{bands, counts, lanes, origins};
use crate::codebook::Codebook;
use crate::complaint::Deconfliction;
use crate::worklist::{Plan, PlanEntry};

/// The entries of plans, one plan behind another, each in its own order; see the table in [`tables`](super). What is
/// not planned stands in [`Plan::waiting`] and [`Plan::expiring`] and is no part of the table.
///
/// # Errors
/// [`TableError::TooMuch`] for too many.
pub fn worklist<'a>(
    codebook: &Codebook,
    plans: impl IntoIterator<Item = &'a Plan>,
) -> Result<RecordBatch, TableError> {
    let plans = plans.into_iter();
    let all: Vec<(&Plan, &PlanEntry)> =
        plans.flat_map(|plan| plan.entries().iter().map(move |entry| (plan, entry))).collect();
    let of = || all.iter().map(|(_, entry)| *entry);
    let mut made = Made::new("worklist", codebook, None, all.len());
    made.add("unit", Words::of(all.iter().map(|(plan, _)| plan.unit()))?);
    made.add_whole("position", counts(of().map(|entry| Some(entry.rank.position()))));
    made.add_whole("id", texts(of().map(|entry| Some(entry.id.as_str())))?);
    made.add_whole("lane", lanes(of().map(|entry| entry.rank.lane()))?);
    made.add_whole("band", bands(of().map(|entry| entry.rank.band()))?);
    made.add_whole(
        "priority",
        counts(of().map(|entry| usize::try_from(entry.rank.priority().billionths()).ok())),
    );
    let rules: Vec<String> = of().map(|entry| entry.rule.to_string()).collect();
    made.add_whole("rule", Words::of(rules.iter().map(|rule| Some(rule.as_str())))?);
    let (mut acts, mut lengths) = (Words::default(), Lengths::default());
    for entry in of() {
        lengths.push(entry.acts_first.len());
        entry.acts_first.iter().for_each(|first| acts.push(Some(&first.to_string())));
    }
    made.add("acts_first", lengths.lists(acts.column()?)?);
    let deconfliction = of().map(|entry| match entry.deconfliction {
        Deconfliction::NotChecked => Some("not_checked"),
        Deconfliction::Conflict => Some("conflict"),
        Deconfliction::Clear => Some("clear"),
    });
    made.add_whole("deconfliction", Words::of(deconfliction)?);
    made.add("next_deadline", times(of().map(|entry| Some(entry.next_deadline.as_ref()?.due))));
    let kinds: Vec<Option<String>> =
        of().map(|entry| Some(entry.next_deadline.as_ref()?.kind.to_string())).collect();
    made.add("next_deadline_kind", Words::of(kinds.iter().map(Option::as_deref))?);
    let due_soon: BooleanArray = of().map(|entry| Some(entry.due_soon)).collect();
    made.add_whole("due_soon", Arc::new(due_soon));
    made.add("overdue_since", times(of().map(|entry| entry.overdue_since)));
    made.add("ask", Words::of(of().map(|entry| entry.ask.as_deref()))?);
    made.add("inclusion", counts(of().map(|entry| usize::try_from(entry.inclusion?.now).ok())));
    let beyond: BooleanArray = of().map(|entry| Some(entry.beyond_capacity)).collect();
    made.add_whole("beyond_capacity", Arc::new(beyond));
    made.add_whole("origin", origins(all.iter().map(|(plan, _)| plan.origin()))?);
    made.batch()
}
