//! Where a complaint stands: lane and band, what set them, and what people changed.

use serde::Serialize;

use super::band::{Band, Lane};
use super::decisions::ActiveOverride;
use super::gate::{Gate, GateEffect};
use super::overrides::OverrideEffect;
use super::rules::Danger;

/// What set a complaint's band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SetBy {
    /// Its priority, by the cut-offs.
    Priority,
    /// The cap at this place among the policy's gates.
    Cap(usize),
    /// The floor at this place among the policy's gates.
    Floor(usize),
    /// A person's decision.
    Override,
}

/// Lane and band with what set them; the model's own result stays beside an override's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Placement {
    /// Which queue it stands in.
    pub lane: Lane,
    /// Its band.
    pub band: Band,
    /// What set the band.
    pub set_by: SetBy,
    /// The lane before any override.
    pub model_lane: Lane,
    /// The band before any override.
    pub model_band: Band,
    /// Whether a person's decision is in force, whatever it changed.
    pub overridden: bool,
}

/// Places one complaint by the policy's precedence: priority, the lowest cap, the highest floor,
/// then overrides.
pub(crate) fn place(
    gates: &[Gate],
    fired: &[usize],
    danger: Danger,
    by_priority: Band,
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
            (band, set_by) = (cap, SetBy::Cap(gate));
        }
    }
    let floor = floors.max_by_key(|&(band, gate)| (band, std::cmp::Reverse(gate)));
    if let Some((floor, gate)) = floor.filter(|(floor, _)| *floor > band) {
        (band, set_by) = (floor, SetBy::Floor(gate));
    }
    let lane = if must { Lane::Must } else { Lane::Open };
    let mut placement = Placement {
        lane,
        band,
        set_by,
        model_lane: lane,
        model_band: band,
        overridden: active.is_some(),
    };
    if let Some(active) = active {
        apply(active, floor.map(|(floor, _)| floor), &mut placement);
    }
    placement
}

fn apply(active: &ActiveOverride, floor: Option<Band>, placement: &mut Placement) {
    match active.lane.as_ref().map(|decision| &decision.effect) {
        Some(OverrideEffect::Must) => placement.lane = Lane::Must,
        Some(OverrideEffect::LiftMust) => placement.lane = Lane::Open,
        _ => {}
    }
    let Some(decision) = &active.band else { return };
    let band = match decision.effect {
        OverrideEffect::Raise(band) => placement.band.max(band),
        OverrideEffect::Lower(band) => {
            // One person alone cannot go below a floor.
            let least = if decision.has_second_actor() { None } else { floor };
            placement.band.min(band.max(least.unwrap_or(Band::Low)))
        }
        _ => return,
    };
    if band != placement.band {
        placement.band = band;
        placement.set_by = SetBy::Override;
    }
}
