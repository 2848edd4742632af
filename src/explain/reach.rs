//! Where open answers could take a complaint: exactly by one answer, and the bound over all.

use crate::codebook::{ItemIndex, Stage};
use crate::policy::{Band, GateEffect, Lane, Possible, Priority};
use crate::rank::Standing;
use crate::triage::{Tally, Triage};

/// What one open answer would lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answered {
    /// The item.
    pub(crate) item: ItemIndex,
    /// Code of the answer.
    pub(crate) code: u8,
    /// Where the complaint would then stand.
    pub(crate) standing: Standing,
}

/// An outer bound over all completions of all open items: nothing lies outside it, and its ends
/// need not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    last: Standing,
    first: Standing,
}

impl Bound {
    /// No completion stands behind this, by lane and band; none has a lower priority.
    #[must_use]
    pub fn last(&self) -> Standing {
        self.last
    }

    /// No completion stands before this, by lane and band; none has a higher priority.
    #[must_use]
    pub fn first(&self) -> Standing {
        self.first
    }
}

/// Open items that may be answered at a stage, with their listed codes.
pub(super) fn open_answers<'a>(
    triage: &'a Triage,
    codes: &'a [u8],
    stage: Stage,
) -> impl Iterator<Item = (usize, u8)> + 'a {
    let items = triage.codebook().items().iter().enumerate();
    let open = items.filter(move |(position, item)| codes[*position] == 0 && item.stage <= stage);
    open.flat_map(move |(position, item)| {
        let codes = 1..=u8::try_from(item.answers.len()).unwrap_or(u8::MAX);
        codes.map(move |code| (position, code))
    })
}

/// Every single open answer of the present stage that changes lane or band.
pub(super) fn one_answer(
    triage: &Triage,
    codes: &[u8],
    stage: Stage,
    tally: &Tally,
) -> Vec<Answered> {
    let engine = triage.engine();
    let now = engine.standing(tally);
    let mut then = engine.empty_tally();
    let mut answered = Vec::new();
    for (item, code) in open_answers(triage, codes, stage) {
        if !engine.matters(item, 0, code) {
            continue;
        }
        engine.change(tally, item, (0, code), &mut then);
        let standing = engine.standing(&then);
        if !standing.has_band_of(now) {
            answered.push(Answered { item: ItemIndex::new(item), code, standing });
        }
    }
    answered
}

/// The bound over all completions, of every stage: extremes of each score, combined, and every
/// gate taken as far as it could go.
pub(super) fn bound(triage: &Triage, codes: &[u8], tally: &Tally) -> Bound {
    let engine = triage.engine();
    let instrument = triage.instrument();
    let atoms = |atom: &crate::instrument::Answers| {
        let now = codes[atom.item];
        let held = atom.codes.contains(&now);
        if now != 0 {
            return Possible { sometimes: held, always: held };
        }
        let listed = triage.codebook().items()[atom.item].answers.len();
        let answers = atom.codes.iter().filter(|code| **code != 0).count();
        Possible { sometimes: held || answers > 0, always: held && answers == listed }
    };
    let outcomes = instrument.outcomes().len();
    let mut low = tally.clone();
    let mut high = tally.clone();
    for outcome in 0..outcomes {
        let (least, most) = instrument.range_given(outcome, |item| codes[item]);
        let applies = applicability(triage, outcome, codes);
        let link = engine.link(outcome);
        low.probabilities[outcome] = if applies.always { link.apply(least.steps()) } else { 0 };
        high.probabilities[outcome] = if applies.sometimes { link.apply(most.steps()) } else { 0 };
    }
    let combine = |tally: &Tally| {
        engine.combiner().priority(|outcome| tally.probabilities[outcome], outcomes)
    };
    let (lowest, highest) = (combine(&low), combine(&high));
    let gates = engine.rules().possible(atoms);
    let level = |priority: u32| Band::from_level(engine.cut_offs().level(priority));
    let (mut last_lane, mut last_band) = (Lane::Open, level(lowest));
    let (mut first_lane, mut first_band) = (Lane::Open, level(highest));
    let effects = || triage.policy().gates().iter().map(|gate| &gate.effect).zip(&gates);
    for (effect, possible) in effects() {
        match effect {
            GateEffect::Cap(cap) if possible.sometimes => last_band = last_band.min(*cap),
            GateEffect::Must => {
                first_lane = if possible.sometimes { Lane::Must } else { first_lane };
                last_lane = if possible.always { Lane::Must } else { last_lane };
            }
            _ => {}
        }
    }
    for (effect, possible) in effects() {
        if let GateEffect::Floor(floor) = effect {
            first_band = if possible.sometimes { first_band.max(*floor) } else { first_band };
            last_band = if possible.always { last_band.max(*floor) } else { last_band };
        }
    }
    Bound {
        last: Standing::new(last_lane, last_band, Priority::from_billionths(lowest)),
        first: Standing::new(first_lane, first_band, Priority::from_billionths(highest)),
    }
}

/// Whether an outcome applies under some completion, and under all.
fn applicability(triage: &Triage, outcome: usize, codes: &[u8]) -> Possible {
    let instrument = triage.instrument();
    let possible = |answers: &crate::instrument::Answers| match codes[answers.item] {
        // Open: it may come to hold, and it may not.
        0 => (!answers.codes.is_empty(), false),
        code => (answers.codes.contains(&code), answers.codes.contains(&code)),
    };
    let not_when: Vec<_> = instrument.not_when(outcome).iter().map(possible).collect();
    let established: Vec<_> = instrument.established_by(outcome).iter().map(possible).collect();
    let struck_sometimes = not_when.iter().any(|held| held.0);
    let struck_always = not_when.iter().any(|held| held.1);
    let kept_sometimes = established.iter().any(|held| held.0);
    let kept_always = established.iter().any(|held| held.1);
    Possible {
        sometimes: !struck_always || kept_sometimes,
        always: !struck_sometimes || kept_always,
    }
}
