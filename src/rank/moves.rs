//! Who moved between two orders of complaints, from where to where.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Rank;
use crate::base::json::Format;
use crate::base::text::OnScreen;
use crate::base::words;
use crate::complaint::{ChangeKind, PartChange};

/// The version of what is written of a move.
const FORMAT: u32 = 1;

/// Which way a complaint moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MoveDirection {
    /// It was not there before.
    Entered,
    /// Nearer to the front.
    Up,
    /// Farther from the front.
    Down,
    /// At the same position.
    Stayed,
    /// It is no longer there.
    Left,
}

words! {
    MoveDirection, "a direction of a move",
    Entered => "entered",
    Up => "up",
    Down => "down",
    Stayed => "stayed",
    Left => "left",
}

/// One complaint's rank before and after.
///
/// ```
/// use caserank::rank::{MoveDirection, Move};
/// let moved: Move = serde_json::from_str(
///     r#"{"id": "2026-0417", "pushed": false,
///         "from": {"position": 812, "lane": "open", "band": "medium", "priority_billionths": 41000000},
///         "to": {"position": 3, "lane": "open", "band": "high", "priority_billionths": 41000000}}"#,
/// )?;
/// assert_eq!(moved.direction(), MoveDirection::Up);
/// assert_eq!(moved.to_string(), "2026-0417: up from 812 (open, medium, 41) to 3 (open, high, 41)");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    #[serde(default)]
    format_version: Format<FORMAT>,
    id: String,
    from: Option<Rank>,
    to: Option<Rank>,
    pushed: bool,
    #[serde(default)]
    changes: Vec<PartChange>,
    #[serde(default)]
    why: Vec<String>,
}

impl Move {
    /// A move by a change of the complaint itself, from one rank to another; `None` where it was not there, or is not.
    #[must_use]
    pub fn new(id: impl Into<String>, from: Option<Rank>, to: Option<Rank>) -> Self {
        Move {
            format_version: Format,
            id: id.into(),
            from,
            to,
            pushed: false,
            changes: Vec::new(),
            why: Vec::new(),
        }
    }

    /// The same with its causes in words for people, the weightiest first: they follow where it is shown.
    ///
    /// ```
    /// use caserank::rank::{Move, Moves};
    /// let moved = Move::new("a", None, None).with_why(["concern was unknown, is both"]);
    /// assert_eq!(moved.to_string(), "a: not there; concern was unknown, is both");
    /// let moves: Moves = [moved].into_iter().collect();
    /// assert_eq!(moves.get("a").map(|moved| moved.why().len()), Some(1));
    /// ```
    #[must_use]
    pub fn with_why(mut self, why: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.why = why.into_iter().map(Into::into).collect();
        self
    }

    /// Its causes in words for people, where somebody gave them.
    #[must_use]
    pub fn why(&self) -> &[String] {
        &self.why
    }

    /// The same as a move that only others brought about.
    pub(crate) fn by_others(self) -> Self {
        Move { pushed: true, ..self }
    }

    /// The same with what was given otherwise than it stood.
    pub(crate) fn with_changes(self, changes: Vec<PartChange>) -> Self {
        Move { changes, ..self }
    }

    /// What was given otherwise than it stood, of a change to one complaint of a live queue: what
    /// changed, what is gone, what did not count, what was not understood.
    #[must_use]
    pub fn changes(&self) -> &[PartChange] {
        &self.changes
    }

    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its rank before; `None` where it was not there.
    #[must_use]
    pub fn from(&self) -> Option<Rank> {
        self.from
    }

    /// Its rank after; `None` where it is no longer there.
    #[must_use]
    pub fn to(&self) -> Option<Rank> {
        self.to
    }

    /// Whether nothing about the complaint itself changed: others came, went or passed it.
    #[must_use]
    pub fn is_pushed(&self) -> bool {
        self.pushed
    }

    /// Which way it moved.
    #[must_use]
    pub fn direction(&self) -> MoveDirection {
        match (self.from, self.to) {
            (None, _) => MoveDirection::Entered,
            (Some(_), None) => MoveDirection::Left,
            (Some(from), Some(to)) => match to.position().cmp(&from.position()) {
                std::cmp::Ordering::Less => MoveDirection::Up,
                std::cmp::Ordering::Greater => MoveDirection::Down,
                std::cmp::Ordering::Equal => MoveDirection::Stayed,
            },
        }
    }

    /// Whether position, lane, band or priority differ.
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.from != self.to
    }

    /// Whether it changed its lane or its band, or entered or left.
    #[must_use]
    pub fn changed_band(&self) -> bool {
        match (self.from, self.to) {
            (Some(from), Some(to)) => !from.standing().has_band_of(to.standing()),
            (from, to) => from.is_some() != to.is_some(),
        }
    }
}

impl fmt::Display for Move {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", OnScreen(&self.id))?;
        formatter.write_str(": ")?;
        match (self.from, self.to) {
            (None, None) => formatter.write_str("not there"),
            (None, Some(to)) => write!(formatter, "entered at {to}"),
            (Some(from), None) => write!(formatter, "left from {from}"),
            (Some(from), Some(to)) => match self.direction() {
                MoveDirection::Up => write!(formatter, "up from {from} to {to}"),
                MoveDirection::Down => write!(formatter, "down from {from} to {to}"),
                _ if from == to => write!(formatter, "stays at {to}"),
                _ => write!(formatter, "stays at {}: from {from} to {to}", to.position()),
            },
        }?;
        // What a person must look at is never left out.
        let alarming =
            |change: &&PartChange| change.would_lead || change.kind == ChangeKind::NotUnderstood;
        self.changes
            .iter()
            .filter(alarming)
            .try_for_each(|change| write!(formatter, "; {change}"))?;
        self.why.iter().try_for_each(|cause| write!(formatter, "; {}", OnScreen(cause)))
    }
}

/// Everyone who moved between two orders: those still there by their new position, then those
/// who left by their old one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Moves {
    moves: Vec<Move>,
    unmoved: usize,
}

/// One complaint of an order: where it stands, and what breaks its ties.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'a> {
    pub(crate) id: &'a str,
    pub(crate) rank: Rank,
    pub(crate) ties: (i64, i64),
}

impl Moves {
    /// Compares two orders, each first to last. O(n log n).
    pub(crate) fn between<'a>(
        earlier: impl Iterator<Item = Placed<'a>>,
        later: impl Iterator<Item = Placed<'a>>,
    ) -> Self {
        let mut before: BTreeMap<&str, Placed<'_>> =
            earlier.map(|placed| (placed.id, placed)).collect();
        let mut moves = Vec::new();
        let mut unmoved = 0;
        for after in later {
            let from = before.remove(after.id);
            let sorts_by = |placed: &Placed<'_>| (placed.rank.standing(), placed.ties);
            let pushed = from.as_ref().is_some_and(|from| sorts_by(from) == sorts_by(&after));
            let (from, to) = (from.map(|from| from.rank), Some(after.rank));
            if from == to && pushed {
                unmoved += 1;
            } else {
                moves.push(Move { pushed, ..Move::new(after.id, from, to) });
            }
        }
        let mut left: Vec<Placed<'_>> = before.into_values().collect();
        left.sort_by_key(|placed| placed.rank.position());
        moves.extend(left.iter().map(|placed| Move::new(placed.id, Some(placed.rank), None)));
        Moves { moves, unmoved }
    }

    /// From moves that are known already, in any order.
    pub(crate) fn of(mut moves: Vec<Move>) -> Self {
        let position = |rank: Option<Rank>| rank.map_or(usize::MAX, Rank::position);
        moves.sort_by_key(|moved| (position(moved.to), position(moved.from)));
        Moves { moves, unmoved: 0 }
    }

    /// Everyone who moved, those pushed by others among them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Move> {
        self.moves.iter()
    }

    /// Those of whom something changed, not only their neighbours.
    pub fn changed(&self) -> impl Iterator<Item = &Move> {
        self.moves.iter().filter(|moved| !moved.pushed)
    }

    /// How many moved.
    #[must_use]
    pub fn len(&self) -> usize {
        self.moves.len()
    }

    /// Whether nobody moved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty()
    }

    /// How many stand where they stood; 0 where the moves come from a single change.
    #[must_use]
    pub fn unmoved(&self) -> usize {
        self.unmoved
    }

    /// How many moved in a direction by a change of their own.
    #[must_use]
    pub fn count(&self, direction: MoveDirection) -> usize {
        self.changed().filter(|moved| moved.direction() == direction).count()
    }

    /// How many were only pushed by others.
    #[must_use]
    pub fn pushed(&self) -> usize {
        self.moves.iter().filter(|moved| moved.pushed).count()
    }

    /// The move of a complaint; `None` where it did not move.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Move> {
        self.moves.iter().find(|moved| moved.id == id)
    }
}

impl FromIterator<Move> for Moves {
    /// From moves that are known already, in any order.
    fn from_iter<I: IntoIterator<Item = Move>>(moves: I) -> Self {
        Moves::of(moves.into_iter().collect())
    }
}

impl IntoIterator for Moves {
    type Item = Move;
    type IntoIter = std::vec::IntoIter<Move>;

    fn into_iter(self) -> Self::IntoIter {
        self.moves.into_iter()
    }
}

impl<'a> IntoIterator for &'a Moves {
    type Item = &'a Move;
    type IntoIter = std::slice::Iter<'a, Move>;

    fn into_iter(self) -> Self::IntoIter {
        self.moves.iter()
    }
}

impl fmt::Display for Moves {
    /// A line of counts, then a line for each complaint of which something changed.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [entered, left, up, down] =
            [MoveDirection::Entered, MoveDirection::Left, MoveDirection::Up, MoveDirection::Down]
                .map(|direction| self.count(direction));
        let pushed = self.pushed();
        write!(
            formatter,
            "{entered} entered, {left} left, {up} up, {down} down, {pushed} pushed by others"
        )?;
        self.changed().try_for_each(|moved| write!(formatter, "\n{moved}"))
    }
}
