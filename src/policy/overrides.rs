//! One decision of a person beside the model's own result, and when it is refused.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::band::Band;
use crate::Timestamp;
use crate::base::words;

/// How reasons for lowering begin, and no other reason does.
pub const LOWERING_PREFIX: &str = "lower_";
/// Reason codes for lowering that serve most hosts; others may be used, with the same beginning.
pub const LOWERING_REASONS: [&str; 5] = [
    "lower_child_safeguarded",
    "lower_duplicate",
    "lower_entered_in_error",
    "lower_no_offence",
    "lower_worked_elsewhere",
];
/// The most bytes that a role, a reason or a hold may have.
const MOST_CODE_BYTES: usize = 64;

/// Which way a decision pulls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OverrideDirection {
    /// Towards the front: `raise` and `must`.
    Raises,
    /// Towards the back: `lower` and `lift_must`.
    Lowers,
    /// Neither: `hold` and `release` say who acts first.
    Handles,
}

words! {
    OverrideDirection, "a direction of a decision",
    Raises => "raises",
    Lowers => "lowers",
    Handles => "handles",
}

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

impl OverrideEffect {
    /// Which way it pulls.
    #[must_use]
    pub fn direction(&self) -> OverrideDirection {
        match self {
            OverrideEffect::Raise(_) | OverrideEffect::Must => OverrideDirection::Raises,
            OverrideEffect::Lower(_) | OverrideEffect::LiftMust => OverrideDirection::Lowers,
            OverrideEffect::Hold(_) | OverrideEffect::Release => OverrideDirection::Handles,
        }
    }
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

/// One decision. No free text: role, reason and hold are codes (`a-z`, `0-9` and `_`), and `note`
/// is a reference to the host's own records, without blanks.
///
/// Reasons for lowering have codes of their own: they begin with `lower_`, and no other reason
/// does (see [`LOWERING_REASONS`]).
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
    /// Text where a code or a key must stand.
    #[error(
        "the override of complaint `{complaint}` has text in `{field}`: use a code of a-z, 0-9 and `_` for role, reason and hold, and a key without blanks elsewhere, up to {limit} bytes"
    )]
    Text {
        /// The complaint.
        complaint: String,
        /// The field.
        field: &'static str,
        /// The most bytes it may have.
        limit: usize,
    },
    /// A reason that belongs to the other direction.
    #[error(
        "the override of complaint `{complaint}` ({effect}) gives the reason `{reason}`: reasons for lowering begin with `{LOWERING_PREFIX}`, and no others do"
    )]
    Reason {
        /// The complaint.
        complaint: String,
        /// What was decided.
        effect: OverrideEffect,
        /// The reason as given.
        reason: String,
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

    /// Whether it lifts a `must` or goes below a floor with two people behind it; such decisions
    /// never end unnoticed: what ends is told by whoever lets time pass.
    #[must_use]
    pub fn is_grave(&self) -> bool {
        self.effect.direction() == OverrideDirection::Lowers && self.has_second_actor()
    }

    /// Holds it against the rules above.
    ///
    /// # Errors
    /// [`OverrideError`] names the first rule that is broken.
    pub fn check(&self) -> Result<(), OverrideError> {
        let complaint = || self.complaint.clone();
        let keys = [
            ("complaint", Some(&self.complaint)),
            ("actor", Some(&self.actor)),
            ("second_actor", self.second_actor.as_ref()),
            ("note", self.note.as_ref()),
        ];
        let hold = match &self.effect {
            OverrideEffect::Hold(reason) => Some(reason),
            _ => None,
        };
        let codes = [("role", Some(&self.role)), ("reason", Some(&self.reason)), ("hold", hold)];
        let given = keys.iter().chain(&codes).filter_map(|(field, text)| Some((*field, (*text)?)));
        for (field, text) in given {
            if text.trim().is_empty() {
                return Err(OverrideError::Blank { complaint: complaint(), field });
            }
            let is_code = codes.iter().any(|(code, _)| *code == field);
            let limit = if is_code { MOST_CODE_BYTES } else { crate::complaint::MOST_ID_BYTES };
            let plain =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            let fits = match (is_code, field) {
                (true, _) => text.bytes().all(plain),
                // Ids are the host's own, and may hold what the host lets them hold.
                (false, "complaint") => true,
                _ => !text.chars().any(|one| one.is_whitespace() || one.is_control()),
            };
            if !fits || text.len() > limit {
                return Err(OverrideError::Text { complaint: complaint(), field, limit });
            }
        }
        let lowers = self.effect.direction() == OverrideDirection::Lowers;
        if lowers != self.reason.starts_with(LOWERING_PREFIX) {
            let (effect, reason) = (self.effect.clone(), self.reason.clone());
            return Err(OverrideError::Reason { complaint: complaint(), effect, reason });
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
