//! What each item, domain and harm weight does to the order.

use std::collections::BTreeMap;

use serde::Serialize;

use super::StudyError;
use crate::backlog::Coded;
use crate::codebook::Domain;
use crate::complaint::Origin;
use crate::policy::{ActiveOverrides, Band, Combination};
use crate::score::WeightSet;
use crate::triage::{Positions, Reranker, Rescored};
use crate::{Backlog, Fixed, Triage};

/// How the order changes when something about the model changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What was changed.
    pub what: String,
    /// Share of the first k that stay among them.
    pub kept: f64,
    /// Share of complaints in another band.
    pub band_moved: f64,
    /// Mean distance between the two positions of a complaint.
    pub mean_move: f64,
    /// The largest distance.
    pub largest_move: u32,
    /// Share of complaints for which the item is unknown now; `None` where no single item is meant.
    pub unknown: Option<f64>,
    /// Where the complaints come from.
    pub origin: Origin,
}

/// Changes a model piece by piece and ranks the same backlog again.
///
/// ```
/// use caserank::Seed;
/// use caserank::research::study::Sensitivity;
/// use caserank::synthetic::Generator;
/// use caserank::{ActiveOverrides, BacklogBuilder};
/// let triage = caserank::reference::published()?;
/// let mut backlog = BacklogBuilder::new(triage.codebook());
/// for case in Generator::new(Seed(1)).cases().take(100) {
///     backlog.push(&case.complaint)?;
/// }
/// let backlog = backlog.freeze();
/// let none = ActiveOverrides::none();
/// let sensitivity = Sensitivity::new(&triage, &backlog, &none, 20)?;
/// let items = sensitivity.without_items()?;
/// assert!(items.iter().all(|change| change.kept <= 1.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Sensitivity<'a> {
    triage: &'a Triage,
    backlog: &'a Backlog,
    overrides: &'a ActiveOverrides,
    k: u32,
    reranker: Reranker<'a>,
    base: WeightSet,
    order: Order,
}

/// Position and band of every row.
#[derive(Debug)]
struct Order {
    positions: Vec<u32>,
    bands: Vec<Band>,
}

impl<'a> Sensitivity<'a> {
    /// Ranks the backlog with the model as it is; `k` complaints count as the first.
    ///
    /// # Errors
    /// [`StudyError::Codebook`] for a backlog of another codebook.
    pub fn new(
        triage: &'a Triage,
        backlog: &'a Backlog,
        overrides: &'a ActiveOverrides,
        k: usize,
    ) -> Result<Self, StudyError> {
        let reranker = triage.reranker(backlog, overrides)?;
        let base = WeightSet::of(triage.instrument());
        let order = order(&reranker, &base)?;
        let k = k.min(backlog.len()) as u32;
        Ok(Sensitivity { triage, backlog, overrides, k, reranker, base, order })
    }

    /// Each weighted item's weights set to 0 in turn. Gates that ask for the item still do.
    ///
    /// # Errors
    /// None today; the signature leaves room.
    pub fn without_items(&self) -> Result<Vec<Change>, StudyError> {
        self.scaled_items(0.0)
    }

    /// Each weighted item's weights times a factor in turn: 1.25, 0.75.
    ///
    /// # Errors
    /// [`StudyError::Factor`] for a factor that is not finite, [`StudyError::Overflow`] for
    /// one that takes scores out of range.
    pub fn scaled_items(&self, factor: f64) -> Result<Vec<Change>, StudyError> {
        let items = self.triage.codebook().items().iter().enumerate();
        let weighted = items.filter(|(position, _)| self.weighs(*position));
        weighted.map(|(position, item)| self.scaled(&item.id, &[position], factor)).collect()
    }

    /// The weights of each domain's items set to 0 in turn.
    ///
    /// # Errors
    /// As [`Sensitivity::without_items`].
    pub fn without_domains(&self) -> Result<Vec<Change>, StudyError> {
        let mut domains: BTreeMap<Domain, Vec<usize>> = BTreeMap::new();
        for (position, item) in self.triage.codebook().items().iter().enumerate() {
            if self.weighs(position) {
                domains.entry(item.domain).or_default().push(position);
            }
        }
        let domains = domains.into_iter();
        let change = |(domain, items): (Domain, Vec<usize>)| {
            let change = self.scaled(&domain.to_string(), &items, 0.0)?;
            // A domain of one item is still a domain.
            Ok(Change { unknown: None, ..change })
        };
        domains.map(change).collect()
    }

    /// Each item made unknown in every complaint in turn, gates and denominators included: what is
    /// lost where it is never asked.
    ///
    /// # Errors
    /// [`StudyError::Codebook`]; the backlog's own codes fit its codebook.
    pub fn unanswered_items(&self) -> Result<Vec<Change>, StudyError> {
        let backlog = self.backlog;
        let codes = backlog.codes();
        let ids: Vec<&str> = (0..backlog.len()).map(|row| backlog.id(row)).collect();
        let received: Vec<_> = (0..backlog.len()).map(|row| backlog.received(row)).collect();
        let deadlines: Vec<_> =
            (0..backlog.len()).map(|row| backlog.deadlines(row).into_iter().next()).collect();
        let mut changes = Vec::new();
        for (position, item) in self.triage.codebook().items().iter().enumerate() {
            let mut open = codes.clone();
            let unknown = open.column(position).iter().filter(|&&code| code == 0).count();
            open.column_mut(position).fill(0);
            let coded = Coded::new(&ids, &received, open.view())
                .with_deadlines(&deadlines)
                .with_origin(backlog.origin());
            let Ok(without) = Backlog::from_codes(backlog.codebook(), &coded) else { continue };
            // Rows keep their place: ids, times and earliest deadlines are the same.
            let reranker = self.triage.reranker(&without, self.overrides)?;
            let mut change = self.change(&item.id, &order(&reranker, &self.base)?);
            change.unknown = Some(unknown as f64 / backlog.len().max(1) as f64);
            changes.push(change);
        }
        Ok(changes)
    }

    /// Other harm weights, each a value for every outcome of the instrument in its order.
    ///
    /// # Errors
    /// [`StudyError::Model`] where the policy refuses them, [`StudyError::Undeclared`] for a policy
    /// that has no harm weights.
    pub fn harm_weights(&self, sets: &[(&str, Vec<Fixed>)]) -> Result<Vec<Change>, StudyError> {
        let mut changes = Vec::new();
        for (name, weights) in sets {
            let mut policy = self.triage.policy().draft().clone();
            let Combination::ExpectedHarm(harm) = &mut policy.combination else {
                return Err(StudyError::Undeclared {
                    what: "harm weights",
                    remedy: "study a policy that combines by expected harm",
                });
            };
            let outcomes = self.triage.instrument().outcomes().iter();
            harm.weights = outcomes
                .zip(weights)
                .map(|(part, &weight)| (part.outcome.clone(), weight))
                .collect();
            let version = self.triage.identity().version.clone();
            let other = self.triage.with_policy(version, policy)?;
            let reranker = other.reranker(self.backlog, self.overrides)?;
            changes.push(self.change(name, &order(&reranker, &self.base)?));
        }
        Ok(changes)
    }

    fn weighs(&self, item: usize) -> bool {
        (0..self.base.outcomes())
            .any(|outcome| self.base.of_item_at(outcome, item).iter().any(|&step| step != 0))
    }

    fn scaled(&self, what: &str, items: &[usize], factor: f64) -> Result<Change, StudyError> {
        if !factor.is_finite() {
            return Err(StudyError::Factor { factor });
        }
        let mut set = self.base.clone();
        for &item in items {
            for outcome in 0..set.outcomes() {
                for step in set.of_item_mut_at(outcome, item) {
                    *step = (f64::from(*step) * factor).round() as i32;
                }
            }
        }
        if !set.fits() {
            return Err(StudyError::Overflow { draw: 0 });
        }
        let mut change = self.change(what, &order(&self.reranker, &set)?);
        if let [item] = items {
            let rows = 0..self.backlog.len();
            let unknown = rows.filter(|&row| self.backlog.code_at(row, *item) == 0).count();
            change.unknown = Some(unknown as f64 / self.backlog.len().max(1) as f64);
        }
        Ok(change)
    }

    fn change(&self, what: &str, other: &Order) -> Change {
        let rows = self.order.positions.len().max(1) as f64;
        let pairs = || self.order.positions.iter().zip(&other.positions);
        let kept =
            pairs().filter(|(before, after)| **before <= self.k && **after <= self.k).count();
        let moved: u64 = pairs().map(|(before, after)| u64::from(before.abs_diff(*after))).sum();
        let bands = self.order.bands.iter().zip(&other.bands).filter(|(a, b)| a != b).count();
        Change {
            what: what.to_owned(),
            kept: if self.k == 0 { 0.0 } else { kept as f64 / f64::from(self.k) },
            band_moved: bands as f64 / rows,
            mean_move: moved as f64 / rows,
            largest_move: pairs().map(|(before, after)| before.abs_diff(*after)).max().unwrap_or(0),
            unknown: None,
            origin: self.backlog.origin(),
        }
    }
}

fn order(reranker: &Reranker<'_>, weights: &WeightSet) -> Result<Order, StudyError> {
    let mut rescored = Rescored::default();
    reranker.rescore(weights, &mut rescored)?;
    let positions = Positions::default().of(&rescored).to_vec();
    Ok(Order { positions, bands: rescored.bands().collect() })
}
