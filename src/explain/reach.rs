//! Where open answers could take a complaint: exactly by one answer, and the bound over all.

use std::fmt;

use serde::Serialize;

use crate::codebook::Stage;
use crate::policy::{Band, GateEffect, Lane, Possible, Priority};
use crate::triage::{Tally, Triage};

/// A lane and a band, by answers alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Standing {
    /// Which queue.
    pub lane: Lane,
    /// Which band.
    pub band: Band,
}

impl Standing {
    /// The less, the earlier in a ranking.
    fn order(self) -> (Lane, std::cmp::Reverse<Band>) {
        (self.lane, std::cmp::Reverse(self.band))
    }

    /// Whether it comes before another in every ranking.
    #[must_use]
    pub fn is_before(self, other: Standing) -> bool {
        self.order() < other.order()
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lane {
            Lane::Must => write!(formatter, "must ({})", self.band),
            Lane::Open => self.band.fmt(formatter),
        }
    }
}

/// What one open answer would lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// Place of the item in the codebook.
    pub item: usize,
    /// Code of the answer.
    pub code: u8,
    /// Where the complaint would then stand.
    pub standing: Standing,
}

/// An outer bound over all completions of all open items: nothing lies outside it, and its ends
/// need not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bound {
    /// No completion stands behind this.
    pub last: Standing,
    /// No completion stands before this.
    pub first: Standing,
    /// No completion has a lower priority.
    pub lowest: Priority,
    /// No completion has a higher priority.
    pub highest: Priority,
}

pub(super) fn standing(triage: &Triage, tally: &Tally) -> Standing {
    let (open, level) = triage.engine().resolved(tally);
    let lane = if open == 0 { Lane::Must } else { Lane::Open };
    Standing { lane, band: Band::from_level(level) }
}

/// Open items that may be answered at a stage, with their listed codes.
pub(super) fn open_answers<'a>(
    triage: &'a Triage,
    codes: &'a [u8],
    stage: Stage,
) -> impl Iterator<Item = (usize, u8)> + 'a {
    let items = triage.codebook().items().iter().enumerate();
    let open = items.filter(move |(place, item)| codes[*place] == 0 && item.stage <= stage);
    open.flat_map(move |(place, item)| {
        let codes = 1..=u8::try_from(item.answers.len()).unwrap_or(u8::MAX);
        codes.map(move |code| (place, code))
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
    let now = standing(triage, tally);
    let mut then = engine.empty_tally();
    let mut answered = Vec::new();
    for (item, code) in open_answers(triage, codes, stage) {
        if !engine.matters(item, 0, code) {
            continue;
        }
        engine.change(tally, item, (0, code), &mut then);
        let standing = standing(triage, &then);
        if standing != now {
            answered.push(Answered { item, code, standing });
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
    let mut last =
        Standing { lane: Lane::Open, band: Band::from_level(engine.cut_offs().level(lowest)) };
    let mut first =
        Standing { lane: Lane::Open, band: Band::from_level(engine.cut_offs().level(highest)) };
    let effects = || triage.policy().gates().iter().map(|gate| &gate.effect).zip(&gates);
    for (effect, possible) in effects() {
        match effect {
            GateEffect::Cap(cap) if possible.sometimes => last.band = last.band.min(*cap),
            GateEffect::Must => {
                first.lane = if possible.sometimes { Lane::Must } else { first.lane };
                last.lane = if possible.always { Lane::Must } else { last.lane };
            }
            _ => {}
        }
    }
    for (effect, possible) in effects() {
        if let GateEffect::Floor(floor) = effect {
            first.band = if possible.sometimes { first.band.max(*floor) } else { first.band };
            last.band = if possible.always { last.band.max(*floor) } else { last.band };
        }
    }
    Bound {
        last,
        first,
        lowest: Priority::from_billionths(lowest),
        highest: Priority::from_billionths(highest),
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
