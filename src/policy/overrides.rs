//! Decisions of people beside the model's own result: the caller's data, active at a given time.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::band::Band;
use crate::Timestamp;

/// What a person decided about a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverrideEffect {
    /// At least this band.
    Raise(Band),
    /// At most this band. Below a floor it needs a second actor.
    Lower(Band),
    /// Into the `must` lane.
    Must,
    /// Out of the `must` lane; it needs a second actor.
    LiftMust,
    /// Somebody must act first, for the reason code named.
    Hold(String),
    /// Every hold is lifted.
    Release,
}

impl fmt::Display for OverrideEffect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OverrideEffect::Raise(band) => write!(formatter, "raised to {band}"),
            OverrideEffect::Lower(band) => write!(formatter, "lowered to {band}"),
            OverrideEffect::Must => formatter.write_str("must"),
            OverrideEffect::LiftMust => formatter.write_str("must lifted"),
            OverrideEffect::Hold(reason) => write!(formatter, "hold: {reason}"),
            OverrideEffect::Release => formatter.write_str("hold released"),
        }
    }
}

/// One decision. No free text: `note` refers to the host's own records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Id of the complaint.
    pub complaint: String,
    /// What was decided.
    pub effect: OverrideEffect,
    /// Opaque key of the person who decided.
    pub actor: String,
    /// Opaque key of the second person, where one is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_actor: Option<String>,
    /// Role in which they decided, as a code of the host's.
    pub role: String,
    /// Reason, as a code of the host's.
    pub reason: String,
    /// Reference to the host's note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was decided; it holds from then on.
    pub made: Timestamp,
    /// When it ends; without it, when it is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

/// Why an override is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OverrideError {
    /// It ends before it begins.
    #[error(
        "the override of complaint `{complaint}` expires at {expires}, not after it was made at {made}"
    )]
    ExpiresBeforeMade {
        /// The complaint.
        complaint: String,
        /// When it was made.
        made: Timestamp,
        /// When it ends.
        expires: Timestamp,
    },
    /// Lifting a `must` alone.
    #[error(
        "lifting the must of complaint `{complaint}` needs a second actor, other than `{actor}`"
    )]
    SecondActor {
        /// The complaint.
        complaint: String,
        /// The first actor.
        actor: String,
    },
    /// A field that must not be blank.
    #[error("the override of complaint `{complaint}` leaves `{field}` blank")]
    Blank {
        /// The complaint.
        complaint: String,
        /// The field.
        field: &'static str,
    },
}

impl Override {
    /// Whether two different people stand behind it.
    #[must_use]
    pub fn has_second_actor(&self) -> bool {
        self.second_actor.as_ref().is_some_and(|second| !second.is_empty() && *second != self.actor)
    }

    /// Whether it holds at a time.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.made <= now && self.expires.is_none_or(|expires| now < expires)
    }

    fn check(&self) -> Result<(), OverrideError> {
        let complaint = || self.complaint.clone();
        let texts = [
            ("complaint", &self.complaint),
            ("actor", &self.actor),
            ("role", &self.role),
            ("reason", &self.reason),
        ];
        if let Some((field, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(OverrideError::Blank { complaint: complaint(), field });
        }
        if let Some(expires) = self.expires.filter(|expires| *expires <= self.made) {
            let made = self.made;
            return Err(OverrideError::ExpiresBeforeMade { complaint: complaint(), made, expires });
        }
        if self.effect == OverrideEffect::LiftMust && !self.has_second_actor() {
            let actor = self.actor.clone();
            return Err(OverrideError::SecondActor { complaint: complaint(), actor });
        }
        Ok(())
    }
}

/// The caller's store of overrides, oldest first. Empty by default.
///
/// In JSON a list in any order; reading it checks and places each one as [`Overrides::add`] does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<Override>", try_from = "Vec<Override>")]
pub struct Overrides {
    list: Vec<Override>,
}

impl Overrides {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Overrides::default()
    }

    /// Adds an override; later ones win over earlier ones of the same kind.
    ///
    /// # Errors
    /// [`OverrideError`] where it does not hold together.
    pub fn add(&mut self, decision: Override) -> Result<(), OverrideError> {
        decision.check()?;
        let place = self.list.partition_point(|earlier| earlier.made <= decision.made);
        self.list.insert(place, decision);
        Ok(())
    }

    /// All overrides, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Override> {
        self.list.iter()
    }

    /// Those that hold at a time.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> ActiveOverrides {
        let mut active = ActiveOverrides::default();
        for decision in self.list.iter().filter(|decision| decision.is_active(now)) {
            active.apply(decision);
        }
        active
    }

    /// The earliest time after `now` at which an override begins or ends.
    #[must_use]
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        self.list
            .iter()
            .flat_map(|decision| [Some(decision.made), decision.expires])
            .flatten()
            .filter(|time| *time > now)
            .min()
    }
}

impl From<Overrides> for Vec<Override> {
    fn from(overrides: Overrides) -> Self {
        overrides.list
    }
}

impl TryFrom<Vec<Override>> for Overrides {
    type Error = OverrideError;

    fn try_from(list: Vec<Override>) -> Result<Self, OverrideError> {
        list.iter().try_for_each(Override::check)?;
        let mut overrides = Overrides { list };
        overrides.list.sort_by_key(|decision| decision.made);
        Ok(overrides)
    }
}

/// What people decided about one complaint, as it holds at one time: the latest of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ActiveOverride {
    /// The latest decision to raise or to lower.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<Override>,
    /// The latest decision about the `must` lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lane: Option<Override>,
    /// The latest decision about holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<Override>,
}

/// Overrides that hold at one time, by complaint; see [`Overrides::at`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActiveOverrides {
    by_complaint: BTreeMap<String, ActiveOverride>,
}

impl ActiveOverrides {
    /// None at all.
    #[must_use]
    pub fn none() -> Self {
        ActiveOverrides::default()
    }

    fn apply(&mut self, decision: &Override) {
        let active = self.by_complaint.entry(decision.complaint.clone()).or_default();
        let kind = match decision.effect {
            OverrideEffect::Raise(_) | OverrideEffect::Lower(_) => &mut active.band,
            OverrideEffect::Must | OverrideEffect::LiftMust => &mut active.lane,
            OverrideEffect::Hold(_) | OverrideEffect::Release => &mut active.hold,
        };
        *kind = Some(decision.clone());
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
