//! Where a complaint stands: lane and band, what set them, and what people changed.

use serde::{Serialize, Serializer};

use super::band::{Band, Lane};
use super::combination::Priority;
use super::decisions::ActiveOverride;
use super::gate::{Gate, GateEffect, GateIndex};
use super::overrides::OverrideEffect;
use super::rules::Danger;
use super::standing::Standing;

/// What set a complaint's band; [`Policy::gate_that_set`](super::Policy::gate_that_set) gives the
/// gate itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SetBy {
    /// Its priority, by the cut-offs.
    Priority,
    /// This cap.
    Cap(GateIndex),
    /// This floor.
    Floor(GateIndex),
    /// A person's decision.
    Override,
}

/// Where a complaint stands with what set its band; the model's own result stays beside an
/// override's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Placement {
    standing: Standing,
    model: Standing,
    set_by: SetBy,
    overridden: bool,
}

impl Placement {
    /// Where it stands, people's decisions included.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Where it would stand before any override. The priority is the same: no decision moves it.
    #[must_use]
    pub fn model_standing(&self) -> Standing {
        self.model
    }

    /// What set the band.
    #[must_use]
    pub fn set_by(&self) -> SetBy {
        self.set_by
    }

    /// Whether a person's decision is in force, whatever it changed.
    #[must_use]
    pub fn is_overridden(&self) -> bool {
        self.overridden
    }
}

impl Serialize for Placement {
    /// One flat map; the priority stands elsewhere in what holds a placement.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename = "Placement")]
        struct Flat {
            lane: Lane,
            band: Band,
            set_by: SetBy,
            model_lane: Lane,
            model_band: Band,
            overridden: bool,
        }
        Flat {
            lane: self.standing.lane(),
            band: self.standing.band(),
            set_by: self.set_by,
            model_lane: self.model.lane(),
            model_band: self.model.band(),
            overridden: self.overridden,
        }
        .serialize(serializer)
    }
}

/// Places one complaint by the policy's precedence: priority, the lowest cap, the highest floor,
/// then overrides.
pub(crate) fn place(
    gates: &[Gate],
    fired: &[usize],
    danger: Danger,
    (priority, by_priority): (Priority, Band),
    active: Option<&ActiveOverride>,
) -> Placement {
    let effects = fired.iter().map(|&gate| (gate, &gates[gate].effect));
    let caps = effects.clone().filter_map(|(gate, effect)| match effect {
        GateEffect::Cap(band) => Some((*band, gate)),
        _ => None,
    });
    let floors = effects.clone().filter_map(|(gate, effect)| match effect {
        GateEffect::Floor(band) => Some((*band, gate)),
        _ => None,
    });
    let must = effects.clone().any(|(_, effect)| *effect == GateEffect::Must);
    let (mut band, mut set_by) = (by_priority, SetBy::Priority);
    if let Some((cap, gate)) = caps.min().filter(|_| !danger.present) {
        let cap = if danger.unknown { cap.max(Band::Medium) } else { cap };
        if cap < band {
            (band, set_by) = (cap, SetBy::Cap(GateIndex::new(gate)));
        }
    }
    let floor = floors.max_by_key(|&(band, gate)| (band, std::cmp::Reverse(gate)));
    if let Some((floor, gate)) = floor.filter(|(floor, _)| *floor > band) {
        (band, set_by) = (floor, SetBy::Floor(GateIndex::new(gate)));
    }
    let lane = if must { Lane::Must } else { Lane::Open };
    let model = Standing::new(lane, band, priority);
    let Some(active) = active else {
        return Placement { standing: model, model, set_by, overridden: false };
    };
    let decided = Standing::new(
        decided_lane(active, lane),
        decided_band(active, floor.map(|(floor, _)| floor), band),
        priority,
    );
    let set_by = if decided.band() == band { set_by } else { SetBy::Override };
    Placement { standing: decided, model, set_by, overridden: true }
}

fn decided_lane(active: &ActiveOverride, lane: Lane) -> Lane {
    match active.lane.as_ref().map(|decision| &decision.effect) {
        Some(OverrideEffect::Must) => Lane::Must,
        Some(OverrideEffect::LiftMust) => Lane::Open,
        _ => lane,
    }
}

fn decided_band(active: &ActiveOverride, floor: Option<Band>, band: Band) -> Band {
    let Some(decision) = &active.band else { return band };
    match decision.effect {
        OverrideEffect::Raise(least) => band.max(least),
        OverrideEffect::Lower(most) => {
            // One person alone cannot go below a floor.
            let least = if decision.has_second_actor() { None } else { floor };
            band.min(most.max(least.unwrap_or(Band::Low)))
        }
        _ => band,
    }
}
