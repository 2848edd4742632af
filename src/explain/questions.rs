//! Which open question is most worth asking next.

use serde::Serialize;

use super::reach::Answered;
use crate::base::STEPS_PER_UNIT;
use crate::codebook::{Item, Process};
use crate::triage::Triage;

/// An open question that could change lane or band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NextQuestion {
    /// Place of the item in the codebook.
    pub item: usize,
    /// Chance, in millionths, that its answer changes lane or band: by the codebook's declared
    /// prevalences where it has them, otherwise with every answer equally likely.
    pub chance: u32,
    /// Whether `chance` rests on declared prevalences.
    pub declared: bool,
}

/// Questions without legal process first, then those that need a subpoena, then a warrant; within
/// each by the chance of a change per minute of effort, then by the short intake form, then in
/// codebook order.
pub(super) fn next(triage: &Triage, answered: &[Answered]) -> Vec<NextQuestion> {
    let items = triage.codebook().items();
    let mut questions: Vec<NextQuestion> = Vec::new();
    for answer in answered {
        let item = &items[answer.item];
        let share = share(item, answer.code);
        match questions.last_mut().filter(|question| question.item == answer.item) {
            Some(question) => question.chance += share,
            None => questions.push(NextQuestion {
                item: answer.item,
                chance: share,
                declared: item.prevalence.is_some(),
            }),
        }
    }
    questions.retain(|question| question.chance > 0);
    let form = super::form::order(triage);
    questions.sort_by_key(|question| {
        let effort = items[question.item].effort;
        let process = match effort.process {
            Process::None => 0,
            Process::Subpoena => 1,
            Process::Warrant => 2,
        };
        // Thousandths of a millionth per minute, so that whole numbers tell small chances apart.
        let worth = u64::from(question.chance) * 1_000 / u64::from(effort.minutes.max(1));
        (process, std::cmp::Reverse(worth), form[question.item], question.item)
    });
    questions
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
