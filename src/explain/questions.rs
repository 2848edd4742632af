//! Which open question is most worth asking next.

use std::cmp::Reverse;

use serde::Serialize;

use super::reach::Answered;
use crate::base::STEPS_PER_UNIT;
use crate::codebook::{Item, ItemIndex, Process};
use crate::policy::Lane;
use crate::rank::Standing;
use crate::triage::Triage;

/// An open question that could change lane or band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NextQuestion {
    /// The item.
    pub(crate) item: ItemIndex,
    /// Chance, in millionths, that its answer changes lane or band: by the codebook's declared
    /// prevalences where it has them, otherwise with every answer equally likely.
    pub(crate) chance: u32,
    /// Whether `chance` rests on declared prevalences.
    pub(crate) declared: bool,
}

/// Questions without legal process first, then those that need a subpoena, then a warrant. Within
/// each first those that can put the complaint into the first lane, as on the short intake form;
/// then by how much sooner the answer makes it due, on average, per minute of effort; then by the
/// chance of any change per minute; then by the form, and in codebook order.
pub(super) fn next(triage: &Triage, now: Standing, answered: &[Answered]) -> Vec<NextQuestion> {
    let codebook = triage.codebook();
    let mut questions: Vec<(NextQuestion, Worth)> = Vec::new();
    for answer in answered {
        let item = &codebook[answer.item];
        let share = share(item, answer.code);
        let gained = Worth::of(triage, now, answer.standing, share);
        match questions.last_mut().filter(|(question, _)| question.item == answer.item) {
            Some((question, worth)) => {
                question.chance += share;
                worth.add(gained);
            }
            None => {
                let (item, declared) = (answer.item, item.prevalence.is_some());
                questions.push((NextQuestion { item, chance: share, declared }, gained));
            }
        }
    }
    questions.retain(|(question, _)| question.chance > 0);
    let form = super::form::order(triage);
    questions.sort_by_key(|(question, worth)| {
        let effort = codebook[question.item].effort;
        let process = match effort.process {
            Process::None => 0,
            Process::Subpoena => 1,
            Process::Warrant => 2,
        };
        // Thousandths of a millionth per minute, so that whole numbers tell small chances apart.
        let per_minute = |worth: u64| Reverse(worth * 1_000 / u64::from(effort.minutes.max(1)));
        let any_change = per_minute(u64::from(question.chance));
        (
            (process, !worth.reaches_must, per_minute(worth.sooner), any_change),
            (form[question.item.position()], question.item),
        )
    });
    questions.into_iter().map(|(question, _)| question).collect()
}

/// What an answer is worth asking for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Worth {
    /// Whether it puts the complaint into the first lane, where it is not.
    pub(super) reaches_must: bool,
    /// By how many millionths of a day the complaint is due sooner, on average; the first lane
    /// counts as at once, and what makes it due later counts nothing.
    pub(super) sooner: u64,
}

impl Worth {
    pub(super) fn of(triage: &Triage, now: Standing, then: Standing, share: u32) -> Self {
        let action = &triage.policy().bands().action_days;
        let days = |standing: Standing| match standing.lane() {
            Lane::Must => 0,
            Lane::Open => action.for_band(standing.band()),
        };
        Worth {
            reaches_must: then.lane() == Lane::Must && now.lane() != Lane::Must && share > 0,
            sooner: u64::from(share) * u64::from(days(now).saturating_sub(days(then))),
        }
    }

    pub(super) fn add(&mut self, other: Worth) {
        self.reaches_must |= other.reaches_must;
        self.sooner += other.sooner;
    }
}

/// Share of an answer among known answers, in millionths.
pub(super) fn share(item: &Item, code: u8) -> u32 {
    match &item.prevalence {
        Some(prevalence) => prevalence
            .shares
            .get(item.answer_id(code))
            .map_or(0, |share| share.steps().unsigned_abs()),
        None => STEPS_PER_UNIT as u32 / item.answers.len().max(1) as u32,
    }
}
