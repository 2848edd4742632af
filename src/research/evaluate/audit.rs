//! Group audits: for whom does it work less well.
//!
//! Group membership comes from a separate source, row by row, `None` where the join found nothing. It is used here and
//! given back only as counts and rates per group. How well group can be told from the items is
//! [`group_from_items`](super::group_from_items); from the scores, [`auc`] with *belongs to the group* as the label.

use std::collections::BTreeMap;

use serde::Serialize;

use super::data::{EvaluateError, InputError, Score, Scored, same_length};
use super::discrimination::{Auc, auc};
use super::figure::{Because, ByKey, Confidence, Figure, NotEstimable};
use super::groups::by_key;
use super::operating::ratio;
use super::proportions::{ShareInterval, share, share_difference};

/// The group of every complaint, looked up by id in a separate table; `None` where the table has no such id.
///
/// Entries of the table that no complaint asks for are left out. O((n + m) log m).
///
/// # Errors
/// [`InputError::Duplicate`] when the table has an id twice.
///
/// ```
/// use caserank::research::evaluate::join_groups;
/// let joined = join_groups(&["c2", "c9"], &[("c1", "north"), ("c2", "south")])?;
/// assert_eq!(joined, [Some("south"), None]);
/// # Ok::<(), caserank::research::evaluate::InputError>(())
/// ```
pub fn join_groups<I: Ord, K: Clone>(
    ids: &[I],
    table: &[(I, K)],
) -> Result<Vec<Option<K>>, InputError> {
    let mut row_of: BTreeMap<&I, usize> = BTreeMap::new();
    for (row, (id, _)) in table.iter().enumerate() {
        if let Some(first) = row_of.insert(id, row) {
            return Err(InputError::Duplicate { row, first });
        }
    }
    Ok(ids.iter().map(|id| row_of.get(id).map(|&row| table[row].1.clone())).collect())
}

/// The rates of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupRates {
    /// Complaints.
    pub count: usize,
    /// Complaints with the outcome.
    pub events: usize,
    /// Share flagged.
    pub flagged: Result<Figure, NotEstimable>,
    /// Share flagged of those with the outcome.
    pub sensitivity: Result<Figure, NotEstimable>,
    /// Share flagged of those without.
    pub false_positive_rate: Result<Figure, NotEstimable>,
    /// Share with the outcome of the flagged.
    pub positive_predictive_value: Result<Figure, NotEstimable>,
    /// Sensitivity less that of everybody else, Newcombe's interval.
    pub sensitivity_gap: Result<Figure, NotEstimable>,
    /// False positive rate less that of everybody else.
    pub false_positive_gap: Result<Figure, NotEstimable>,
}

/// The spread of a rate over the groups that could be judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Spread {
    /// Highest less lowest.
    pub difference: f64,
    /// Lowest over highest; 1 when all are 0.
    pub ratio: f64,
}

/// An audit of flags over groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupAudit<K> {
    /// Share of complaints whose group is known.
    pub coverage: f64,
    /// Every group; those with fewer complaints than asked for are *too few*, not left out.
    pub groups: ByKey<K, GroupRates>,
    /// Spread of the share flagged (demographic parity).
    pub flagged: Result<Spread, NotEstimable>,
    /// Spread of sensitivity (equal opportunity).
    pub sensitivity: Result<Spread, NotEstimable>,
    /// Spread of the false positive rate.
    pub false_positive_rate: Result<Spread, NotEstimable>,
    /// The worse of the last two (equalized odds).
    pub equalized_odds: Result<Spread, NotEstimable>,
}

impl<K> GroupAudit<K> {
    /// The same under other keys.
    #[must_use]
    pub fn map_keys<L>(self, rename: impl Fn(K) -> L) -> GroupAudit<L> {
        let groups =
            self.groups.into_iter().map(|(key, cells_of)| (rename(key), cells_of)).collect();
        GroupAudit {
            coverage: self.coverage,
            groups,
            flagged: self.flagged,
            sensitivity: self.sensitivity,
            false_positive_rate: self.false_positive_rate,
            equalized_odds: self.equalized_odds,
        }
    }
}

/// Flag rates and error rates by group, with the gap of each group to everybody else. O(n log n).
///
/// Groups with fewer than `smallest` complaints are reported as too few and take no part in the spreads. A group without
/// an event has no sensitivity, and then neither has the spread.
///
/// # Errors
/// Input faults; [`Because::Empty`].
pub fn group_audit<K: Ord + Clone>(
    labels: &[bool],
    flagged: &[bool],
    groups: &[Option<K>],
    smallest: usize,
    confidence: Confidence,
) -> Result<GroupAudit<K>, EvaluateError> {
    same_length("flags", flagged.len(), labels.len())?;
    let joined = joined(labels.len(), groups)?;
    let cells = |rows: &mut dyn Iterator<Item = usize>| {
        let mut cells = [0_u64; 4];
        for row in rows {
            cells[usize::from(labels[row]) * 2 + usize::from(flagged[row])] += 1;
        }
        cells
    };
    let known = cells(&mut joined.iter().flat_map(|(_, rows)| rows.iter().copied()));
    let results: ByKey<K, GroupRates> = joined
        .iter()
        .map(|(key, rows)| {
            if rows.len() < smallest {
                let because = Because::TooFew {
                    what: "complaints in the group",
                    found: rows.len(),
                    needed: smallest,
                };
                return (key.clone(), Err(NotEstimable { because }));
            }
            let of_group = cells(&mut rows.iter().copied());
            let mut rest = known;
            for (rest, of_group) in rest.iter_mut().zip(of_group) {
                *rest -= of_group;
            }
            (key.clone(), Ok(rates(of_group, rest, confidence)))
        })
        .collect();
    let judged: Vec<(usize, &GroupRates)> = results
        .iter()
        .enumerate()
        .filter_map(|(position, (_, rates))| Some((position, rates.as_ref().ok()?)))
        .collect();
    let over = |pick: fn(&GroupRates) -> &Result<Figure, NotEstimable>| spread(&judged, pick);
    let sensitivity = over(|g| &g.sensitivity);
    let false_positive_rate = over(|g| &g.false_positive_rate);
    let equalized_odds = match (&sensitivity, &false_positive_rate) {
        (Ok(a), Ok(b)) => {
            Ok(Spread { difference: a.difference.max(b.difference), ratio: a.ratio.min(b.ratio) })
        }
        (Err(error), _) | (_, Err(error)) => Err(error.clone()),
    };
    let with_group: usize = joined.iter().map(|(_, rows)| rows.len()).sum();
    Ok(GroupAudit {
        coverage: with_group as f64 / labels.len() as f64,
        flagged: over(|g| &g.flagged),
        sensitivity,
        false_positive_rate,
        equalized_odds,
        groups: results,
    })
}

/// Cells: clear, alarm, miss, hit.
fn rates(of_group: [u64; 4], rest: [u64; 4], confidence: Confidence) -> GroupRates {
    let [clear, alarm, miss, hit] = of_group;
    let of = |part, whole| share(part, whole, confidence, ShareInterval::Wilson);
    GroupRates {
        count: of_group.iter().sum::<u64>() as usize,
        events: (miss + hit) as usize,
        flagged: of(alarm + hit, of_group.iter().sum()),
        sensitivity: of(hit, hit + miss),
        false_positive_rate: of(alarm, alarm + clear),
        positive_predictive_value: of(hit, hit + alarm),
        sensitivity_gap: share_difference(
            (hit, hit + miss),
            (rest[3], rest[3] + rest[2]),
            confidence,
        ),
        false_positive_gap: share_difference(
            (alarm, alarm + clear),
            (rest[1], rest[1] + rest[0]),
            confidence,
        ),
    }
}

fn spread(
    judged: &[(usize, &GroupRates)],
    pick: fn(&GroupRates) -> &Result<Figure, NotEstimable>,
) -> Result<Spread, NotEstimable> {
    if judged.len() < 2 {
        let because = Because::TooFew { what: "groups", found: judged.len(), needed: 2 };
        return Err(NotEstimable { because });
    }
    let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
    for (position, group) in judged {
        let value = match pick(group) {
            Ok(figure) => figure.value,
            Err(because) => {
                let (group, because) = (*position, Box::new(because.because.clone()));
                return NotEstimable::because(Because::Group { group, because });
            }
        };
        lowest = lowest.min(value);
        highest = highest.max(value);
    }
    Ok(Spread {
        difference: highest - lowest,
        ratio: ratio(lowest, highest, "the highest rate").unwrap_or(1.0),
    })
}

pub(super) fn joined<K: Ord + Clone>(
    count: usize,
    groups: &[Option<K>],
) -> Result<Vec<(K, Vec<usize>)>, EvaluateError> {
    same_length("groups", groups.len(), count)?;
    if count == 0 {
        return Err(NotEstimable { because: Because::Empty }.into());
    }
    Ok(by_key(groups).into_iter().filter_map(|(key, rows)| key.map(|key| (key, rows))).collect())
}

/// The area under the ROC curve in every group, DeLong's interval each.
///
/// # Errors
/// Input faults.
pub fn auc_by_group<S: Score, K: Ord + Clone>(
    data: Scored<'_, S>,
    groups: &[Option<K>],
    confidence: Confidence,
) -> Result<ByKey<K, Auc>, EvaluateError> {
    joined(data.len(), groups)?
        .into_iter()
        .map(|(key, rows)| {
            let labels: Vec<bool> = rows.iter().map(|&row| data.labels()[row]).collect();
            let scores: Vec<S> = rows.iter().map(|&row| data.scores()[row]).collect();
            Ok((key, auc(Scored::new(&labels, &scores)?, confidence)))
        })
        .collect()
}
