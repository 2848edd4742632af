//! One line of a worklist.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::sample::{Inclusion, Stratum};
use super::shares::RuleKind;
use crate::Timestamp;
use crate::complaint::{Deadline, Deconfliction};
use crate::policy::{ActiveOverride, GateEffect, Lane, OverrideEffect};
use crate::rank::Rank;
use crate::triage::{Ranking, RankingEntry};

/// Who must act before anybody else does. Holds and routes never take a complaint off the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActsFirst {
    /// A supervisor, at once: it must be looked at, and it is on hold for this reason.
    Supervisor(String),
    /// Whoever can lift the hold with this reason.
    Hold(String),
    /// The pathway with this name.
    Route(String),
}

impl fmt::Display for ActsFirst {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ActsFirst::Supervisor(hold) => write!(formatter, "supervisor at once (hold: {hold})"),
            ActsFirst::Hold(hold) => write!(formatter, "lift hold: {hold}"),
            ActsFirst::Route(pathway) => write!(formatter, "route: {pathway}"),
        }
    }
}

/// A complaint in a worklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanEntry {
    /// Id of the complaint.
    pub(crate) id: String,
    /// Its rank in the ranking that was planned from.
    #[serde(flatten)]
    pub(crate) rank: Rank,
    /// The rule that chose it.
    pub(crate) rule: RuleKind,
    /// Who must act before the investigator; empty where nobody must.
    pub(crate) acts_first: Vec<ActsFirst>,
    /// Whether another agency works on it.
    pub(crate) deconfliction: Deconfliction,
    /// Its next deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_deadline: Option<Deadline>,
    /// The latest of its deadlines that have passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) missed_deadline: Option<Deadline>,
    /// Whether its next deadline falls before the next period.
    pub(crate) due_soon: bool,
    /// Since when its band's action time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) overdue_since: Option<Timestamp>,
    /// For `ask_first`: the item to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ask: Option<String>,
    /// For an audit: what it was drawn from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stratum: Option<Stratum>,
    /// For an audit: the chance with which it was drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) inclusion: Option<Inclusion>,
    /// It must be worked, and there is no capacity left for it.
    pub(crate) beyond_capacity: bool,
}

/// Who must act first, by gates that fired and by people's decisions.
pub(super) fn acts_first(
    ranking: &Ranking,
    entry: &RankingEntry<'_>,
    codes: &[u8],
) -> Vec<ActsFirst> {
    let triage = ranking.triage();
    let engine = triage.engine();
    let fired = engine.rules().fired(&engine.tally_codes(codes).bits);
    let mut holds = Vec::new();
    let mut acts = Vec::new();
    for gate in fired {
        match &triage.policy().gates()[gate].effect {
            GateEffect::Hold(reason) => holds.push(reason.clone()),
            GateEffect::Route(pathway) => acts.push(ActsFirst::Route(pathway.clone())),
            _ => {}
        }
    }
    let decided = ranking
        .overrides()
        .get(entry.id())
        .and_then(|active: &ActiveOverride| active.hold.as_ref().map(|decision| &decision.effect));
    match decided {
        Some(OverrideEffect::Hold(reason)) => holds.push(reason.clone()),
        Some(OverrideEffect::Release) => holds.clear(),
        _ => {}
    }
    let must = entry.lane() == Lane::Must;
    let held = |hold| if must { ActsFirst::Supervisor(hold) } else { ActsFirst::Hold(hold) };
    acts.extend(holds.into_iter().map(held));
    acts.sort();
    acts.dedup();
    acts
}
