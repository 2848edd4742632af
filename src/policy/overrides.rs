//! One decision of a person beside the model's own result, and when it is refused.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use twox_hash::XxHash3_64;

use super::band::Band;
use crate::Timestamp;
use crate::base::{escaped, folded, seen_as, words};

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

/// What a decision is about: of each kind the latest in force counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EffectKind {
    Band,
    Lane,
    Hold,
}

impl EffectKind {
    pub(crate) const ALL: [EffectKind; 3] = [EffectKind::Band, EffectKind::Lane, EffectKind::Hold];
}

impl OverrideEffect {
    pub(crate) fn kind(&self) -> EffectKind {
        match self {
            OverrideEffect::Raise(_) | OverrideEffect::Lower(_) => EffectKind::Band,
            OverrideEffect::Must | OverrideEffect::LiftMust => EffectKind::Lane,
            OverrideEffect::Hold(_) | OverrideEffect::Release => EffectKind::Hold,
        }
    }

    /// Among decisions of a kind that were made in the same second the most careful counts: nobody knows which came first. The
    /// others would put the complaint further back, or take away what somebody must do first.
    pub(crate) fn care(&self) -> (bool, Option<Band>) {
        match self {
            OverrideEffect::Raise(band) => (true, Some(*band)),
            OverrideEffect::Lower(band) => (false, Some(*band)),
            OverrideEffect::Must | OverrideEffect::Hold(_) => (true, None),
            OverrideEffect::LiftMust | OverrideEffect::Release => (false, None),
        }
    }

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
    /// Opaque id of the decision, by which the host tells one that is delivered twice. Without it
    /// two decisions that are equal in everything count once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
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

impl Override {
    /// A hash of its id, or of everything in it where it has none, by which an equal one is found
    /// fast; equality decides in the end.
    pub(crate) fn likeness(&self) -> u64 {
        let Override { id, complaint, effect, actor, second_actor, role, reason, note, .. } = self;
        if let Some(id) = id {
            return XxHash3_64::oneshot_with_seed(1, id.as_bytes());
        }
        let seconds = |time: Timestamp| time.unix_seconds().to_le_bytes();
        let mut bytes = Vec::with_capacity(128);
        let maybe = [second_actor, note].map(|text| text.as_deref().unwrap_or_default());
        for text in [complaint, actor, role, reason].map(String::as_str).into_iter().chain(maybe) {
            bytes.extend_from_slice(text.as_bytes());
            bytes.push(0);
        }
        bytes.extend(effect.to_string().bytes());
        bytes.extend(seconds(self.made));
        bytes.extend(self.expires.map(seconds).unwrap_or_default());
        XxHash3_64::oneshot_with_seed(0, &bytes)
    }
}

/// Why an override is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OverrideError {
    /// It ends before it begins.
    #[error(
        "the override of complaint `{}` expires at {expires}, not after it was made at {made}",
        escaped(.complaint)
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
        "lifting the must of complaint `{}` needs a second actor, other than `{}`",
        escaped(.complaint), escaped(.actor)
    )]
    SecondActor {
        /// The complaint.
        complaint: String,
        /// The first actor.
        actor: String,
    },
    /// A field that must not be blank.
    #[error(
        "the override of complaint `{}` leaves `{field}` blank",
        escaped(.complaint)
    )]
    Blank {
        /// The complaint.
        complaint: String,
        /// The field.
        field: &'static str,
    },
    /// Text where a code or a key must stand.
    #[error(
        "the override of complaint `{}` has text in `{field}`: use a code of a-z, 0-9 and `_` for role, reason and hold, and a key without blanks elsewhere, up to {limit} bytes",
        escaped(.complaint)
    )]
    Text {
        /// The complaint.
        complaint: String,
        /// The field.
        field: &'static str,
        /// The most bytes it may have.
        limit: usize,
    },
    /// An id that another decision has.
    #[error(
        "the decision `{}` about complaint `{}` was recorded before, and says something else: give each decision an id of its own",
        escaped(.id), escaped(.complaint)
    )]
    RepeatedId {
        /// The decision.
        id: String,
        /// The complaint as given.
        complaint: String,
    },
    /// A reason that belongs to the other direction.
    #[error(
        "the override of complaint `{}` ({effect}) gives the reason `{}`: reasons for lowering begin with `{LOWERING_PREFIX}`, and no others do",
        escaped(.complaint), escaped(.reason)
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
    /// A decision of one person, without an end; what else it needs is set on it.
    #[must_use]
    pub fn new(
        complaint: impl Into<String>,
        effect: OverrideEffect,
        actor: impl Into<String>,
        role: impl Into<String>,
        reason: impl Into<String>,
        made: Timestamp,
    ) -> Self {
        Override {
            id: None,
            complaint: complaint.into(),
            effect,
            actor: actor.into(),
            second_actor: None,
            role: role.into(),
            reason: reason.into(),
            note: None,
            made,
            expires: None,
        }
    }

    /// With the host's opaque id of the decision.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// With the second person behind it.
    #[must_use]
    pub fn with_second_actor(mut self, second_actor: impl Into<String>) -> Self {
        self.second_actor = Some(second_actor.into());
        self
    }

    /// With a reference to the host's note.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// With its end.
    #[must_use]
    pub fn with_expires(mut self, expires: Timestamp) -> Self {
        self.expires = Some(expires);
        self
    }

    /// Whether two different people stand behind it. Keys that differ only in case, blanks,
    /// invisible marks, normal form or letters of another script that look alike are one person's.
    #[must_use]
    pub fn has_second_actor(&self) -> bool {
        let Some(second) = self.second_actor.as_deref().map(seen_as) else { return false };
        !second.is_empty() && second != seen_as(&self.actor)
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
    pub(crate) fn check(&self) -> Result<(), OverrideError> {
        let complaint = || self.complaint.clone();
        let keys = [
            ("complaint", Some(&self.complaint)),
            ("id", self.id.as_ref()),
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
            if folded(text).is_empty() {
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
                _ => escaped(text) == *text && !text.contains(char::is_whitespace),
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
