//! The caller's store of overrides, and which of them hold at a given time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::overrides::{EffectKind, Override, OverrideDirection, OverrideError};
use crate::Timestamp;

/// The caller's store of overrides, by complaint and oldest first. Empty by default.
///
/// In files it is a list; a list with an override that does not hold together is refused.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<Override>", try_from = "Vec<Override>")]
pub struct Overrides {
    by_complaint: BTreeMap<String, Vec<Override>>,
    /// Complaint and time of each decision that has an id.
    by_id: BTreeMap<String, (String, Timestamp)>,
    /// Hashes of the decisions without an id: one that is not here is new.
    told: BTreeSet<u64>,
}

impl fmt::Debug for Overrides {
    /// Counts alone: ids and keys of people stay out of logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Overrides")
            .field("decisions", &self.len())
            .field("complaints", &self.by_complaint.len())
            .finish()
    }
}

impl Overrides {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Overrides::default()
    }

    /// Adds an override; later ones win over earlier ones of the same kind, and of those made in the
    /// same second the one that puts the complaint further to the front, or holds it; [`Overrides::outweighed`]
    /// names the others. Whether it is new: one that was added before, equal in everything, counts once.
    ///
    /// # Errors
    /// [`OverrideError`] where it does not hold together, or has the id of another.
    pub fn add(&mut self, decision: Override) -> Result<bool, OverrideError> {
        decision.check()?;
        if let Some(id) = &decision.id
            && let Some((complaint, made)) = self.by_id.get(id)
        {
            return match self.made_at(complaint, *made).contains(&decision) {
                true => Ok(false),
                false => Err(OverrideError::RepeatedId {
                    id: id.clone(),
                    complaint: decision.complaint.clone(),
                }),
            };
        }
        if decision.id.is_none()
            && self.told.contains(&decision.likeness())
            && self.made_at(&decision.complaint, decision.made).contains(&decision)
        {
            return Ok(false);
        }
        self.insert(decision);
        Ok(true)
    }

    /// From decisions that were checked before, and are all different.
    pub(crate) fn from_checked(decisions: impl Iterator<Item = Override>) -> Self {
        let mut overrides = Overrides::new();
        decisions.for_each(|decision| overrides.insert(decision));
        overrides
    }

    /// Among those of its complaint: oldest first, those made at once as they came.
    fn insert(&mut self, decision: Override) {
        if let Some(id) = &decision.id {
            self.by_id.insert(id.clone(), (decision.complaint.clone(), decision.made));
        } else {
            self.told.insert(decision.likeness());
        }
        let decisions = self.by_complaint.entry(decision.complaint.clone()).or_default();
        let position = decisions.partition_point(|earlier| earlier.made <= decision.made);
        decisions.insert(position, decision);
    }

    /// Decisions about a complaint that were made at one time.
    fn made_at(&self, complaint: &str, made: Timestamp) -> &[Override] {
        let decisions = self.of(complaint);
        let start = decisions.partition_point(|earlier| earlier.made < made);
        let end = decisions.partition_point(|earlier| earlier.made <= made);
        &decisions[start..end]
    }

    /// All overrides, by complaint and oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Override> {
        self.by_complaint.values().flatten()
    }

    /// How many there are, ended ones among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_complaint.values().map(Vec::len).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_complaint.is_empty()
    }

    /// The overrides of one complaint, oldest first.
    #[must_use]
    pub fn of(&self, complaint: &str) -> &[Override] {
        self.by_complaint.get(complaint).map_or(&[], Vec::as_slice)
    }

    /// Decisions in force that do not count because another of the same kind about the same complaint
    /// was made in the same second and puts it further to the front, or holds it: whoever made them
    /// should know.
    pub fn outweighed(&self, now: Timestamp) -> impl Iterator<Item = &Override> {
        self.by_complaint.values().flat_map(move |decisions| {
            let active = ActiveOverride::of(decisions, now).unwrap_or_default();
            decisions.iter().filter(move |decision| {
                let counts = active.of_kind(decision.effect.kind());
                decision.is_active(now)
                    && counts.is_some_and(|counts| {
                        counts.made == decision.made
                            && counts.effect.care() > decision.effect.care()
                    })
            })
        })
    }

    /// Those that hold at a time.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> ActiveOverrides {
        let held = self.by_complaint.iter().filter_map(|(complaint, decisions)| {
            Some((complaint.clone(), ActiveOverride::of(decisions, now)?))
        });
        ActiveOverrides { by_complaint: held.collect() }
    }

    /// The earliest time after `now` at which an override begins or ends.
    #[must_use]
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let times = self.iter().flat_map(|decision| [Some(decision.made), decision.expires]);
        times.flatten().filter(|time| *time > now).min()
    }

    /// How many were made from `from` on and before `until`, by direction, role and reason.
    #[must_use]
    pub fn summary(&self, from: Timestamp, until: Timestamp) -> OverrideSummary {
        let mut counts = BTreeMap::new();
        for decision in
            self.iter().filter(|decision| from <= decision.made && decision.made < until)
        {
            let key = (decision.effect.direction(), decision.role.clone(), decision.reason.clone());
            *counts.entry(key).or_insert(0) += 1;
        }
        let rows = counts.into_iter().map(|((direction, role, reason), count)| OverrideCount {
            direction,
            role,
            reason,
            count,
        });
        OverrideSummary { rows: rows.collect() }
    }
}

impl TryFrom<Vec<Override>> for Overrides {
    type Error = OverrideError;

    fn try_from(mut list: Vec<Override>) -> Result<Self, OverrideError> {
        // Oldest first, each goes behind those before it, however many one complaint has.
        list.sort_by_key(|decision| decision.made);
        let mut overrides = Overrides::new();
        list.into_iter().try_for_each(|decision| overrides.add(decision).map(drop))?;
        Ok(overrides)
    }
}

impl From<Overrides> for Vec<Override> {
    fn from(overrides: Overrides) -> Self {
        overrides.by_complaint.into_values().flatten().collect()
    }
}

/// How often people decided against the model; see [`Overrides::summary`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OverrideSummary {
    /// One row per direction, role and reason that occurs, in that order.
    pub(crate) rows: Vec<OverrideCount>,
}

impl OverrideSummary {
    /// One row per direction, role and reason that occurs, in that order.
    #[must_use]
    pub fn rows(&self) -> &[OverrideCount] {
        &self.rows
    }
}

/// One row of an [`OverrideSummary`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OverrideCount {
    /// Which way the decisions pull.
    pub(crate) direction: OverrideDirection,
    /// Role in which they were made.
    pub(crate) role: String,
    /// Reason given.
    pub(crate) reason: String,
    /// How many there are.
    pub(crate) count: usize,
}

impl OverrideCount {
    /// Which way the decisions pull.
    #[must_use]
    pub fn direction(&self) -> OverrideDirection {
        self.direction
    }

    /// Role in which they were made.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Reason given.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}

impl OverrideSummary {
    /// How many pull one way.
    #[must_use]
    pub fn count(&self, direction: OverrideDirection) -> usize {
        self.rows.iter().filter(|row| row.direction == direction).map(|row| row.count).sum()
    }
}

impl fmt::Display for OverrideSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [raises, lowers, handles] =
            [OverrideDirection::Raises, OverrideDirection::Lowers, OverrideDirection::Handles]
                .map(|direction| self.count(direction));
        write!(formatter, "overrides: {raises} raise, {lowers} lower, {handles} hold or release")?;
        self.rows.iter().try_for_each(|OverrideCount { direction, role, reason, count }| {
            write!(formatter, "\n  {count:>5} {direction}, {role}, {reason}")
        })
    }
}

/// What people decided about one complaint, as it holds at one time: the latest of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ActiveOverride {
    /// The latest decision to raise or to lower.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<Override>,
    /// The latest decision about the `must` lane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<Override>,
    /// The latest decision about holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Override>,
}

impl ActiveOverride {
    /// What holds at a time among the decisions about one complaint, oldest first; `None` where
    /// none does.
    #[must_use]
    pub fn of(decisions: &[Override], now: Timestamp) -> Option<Self> {
        let held = decisions.iter().filter(|decision| decision.is_active(now));
        ActiveOverride::of_latest(held.cloned())
    }

    /// From decisions in force, the later of a kind winning, and of those made in one second the
    /// more careful; `None` for none.
    pub(crate) fn of_latest(decisions: impl Iterator<Item = Override>) -> Option<Self> {
        let mut active = ActiveOverride::default();
        let order = |decision: &Override| (decision.made, decision.effect.care());
        for decision in decisions {
            let kind = match decision.effect.kind() {
                EffectKind::Band => &mut active.band,
                EffectKind::Lane => &mut active.lane,
                EffectKind::Hold => &mut active.hold,
            };
            if kind.as_ref().is_none_or(|latest| order(latest) <= order(&decision)) {
                *kind = Some(decision);
            }
        }
        (active != ActiveOverride::default()).then_some(active)
    }

    fn of_kind(&self, kind: EffectKind) -> Option<&Override> {
        match kind {
            EffectKind::Band => self.band.as_ref(),
            EffectKind::Lane => self.lane.as_ref(),
            EffectKind::Hold => self.hold.as_ref(),
        }
    }

    /// The decisions in force.
    pub fn iter(&self) -> impl Iterator<Item = &Override> {
        [&self.band, &self.lane, &self.hold].into_iter().flatten()
    }
}

/// Overrides that hold at one time, by complaint; see [`Overrides::at`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ActiveOverrides {
    by_complaint: BTreeMap<String, ActiveOverride>,
}

impl fmt::Debug for ActiveOverrides {
    /// A count alone: ids and keys of people stay out of logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let complaints = self.by_complaint.len();
        formatter.debug_struct("ActiveOverrides").field("complaints", &complaints).finish()
    }
}

impl ActiveOverrides {
    /// None at all.
    #[must_use]
    pub fn none() -> Self {
        ActiveOverrides::default()
    }

    /// What holds for a complaint.
    #[must_use]
    pub fn get(&self, complaint: &str) -> Option<&ActiveOverride> {
        self.by_complaint.get(complaint)
    }

    /// All complaints with an override, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ActiveOverride)> {
        self.by_complaint.iter().map(|(complaint, active)| (complaint.as_str(), active))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_complaint.is_empty()
    }
}
