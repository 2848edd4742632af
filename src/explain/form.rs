//! The short intake form: what a fresh report can answer, in order of worth for effort.

use std::cmp::Reverse;
use std::fmt;

use serde::Serialize;

use super::questions::{Worth, share};
use crate::codebook::{Codebook, ItemIndex, Process, Stage};
use crate::triage::Triage;

/// One question of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FormItem {
    /// The item.
    pub(crate) item: ItemIndex,
    /// Chance, in millionths, that its answer alone changes lane or band of a blank complaint, by
    /// the codebook's declared prevalences (equally likely answers where none is declared).
    pub(crate) chance: u32,
    /// Whether one of its answers alone puts a blank complaint into the first lane.
    pub(crate) reaches_must: bool,
    /// By how many thousandths of a day the action time of a blank complaint comes sooner, on
    /// average over the same shares; the first lane counts as at once.
    pub(crate) sooner: u32,
    /// By how many billionths its answer moves the priority index of a blank complaint, on average
    /// over the same shares, up or down.
    pub(crate) shift: u32,
    /// Minutes that it takes.
    pub(crate) minutes: u32,
}

/// The questions that a report can answer on the day it comes in and without legal process, the
/// most worth a minute first; see [`Triage::intake_form`]. `Display` gives a page in Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IntakeForm {
    #[serde(skip)]
    codebook: Codebook,
    model: String,
    items: Vec<FormItem>,
}

impl IntakeForm {
    /// The questions in their order.
    #[must_use]
    pub fn items(&self) -> &[FormItem] {
        &self.items
    }

    /// The form cut to what can be asked in so many minutes: question after question, those left
    /// out that no longer fit. Questions that can put a complaint into the first lane stay, whatever
    /// they take.
    #[must_use]
    pub fn within(mut self, minutes: u32) -> Self {
        let mut left = minutes;
        self.items.retain(|asked| {
            let fits = asked.minutes <= left;
            if fits || asked.reaches_must {
                left = left.saturating_sub(asked.minutes);
            }
            fits || asked.reaches_must
        });
        self
    }
}

impl Triage {
    /// The short intake form of this model: intake questions without legal process that some
    /// weight, gate or denominator uses. Those that can put a complaint into the first lane come
    /// first; within both groups by how much sooner the answer makes a complaint due, on average,
    /// per minute of effort, then by how far it moves the index per minute, then the quickest.
    ///
    /// The open questions of a complaint are ordered by what their answers would do to *it*
    /// ([`Assessment::next_questions`](crate::Assessment::next_questions)); where that tells two
    /// apart no longer, the form does. Time O(answers), once for each model.
    ///
    /// ```
    /// let triage = caserank::reference::published()?;
    /// let form = triage.intake_form();
    /// let first = &triage.codebook()[form.items()[0].item()];
    /// assert!(first.effort.minutes <= 5, "{}", first.id);
    /// # Ok::<(), caserank::reference::ReferenceError>(())
    /// ```
    #[must_use]
    pub fn intake_form(&self) -> IntakeForm {
        IntakeForm {
            codebook: self.codebook().clone(),
            model: self.identity().to_string(),
            items: form_items(self),
        }
    }
}

/// Where items stand in the form, for ties between questions.
pub(super) fn order(triage: &Triage) -> &[u32] {
    triage.form_order(|| {
        let mut order = vec![u32::MAX; triage.codebook().items().len()];
        for (position, asked) in form_items(triage).iter().enumerate() {
            order[asked.item.position()] = position as u32;
        }
        order
    })
}

fn form_items(triage: &Triage) -> Vec<FormItem> {
    let engine = triage.engine();
    let items = triage.codebook().items();
    let outcomes = triage.instrument().outcomes().len();
    let blank = engine.tally_codes(&vec![0; items.len()]);
    let now = triage.engine().standing(&blank);
    let index = |tally: &crate::triage::Tally| {
        engine.combiner().priority(|outcome| tally.probabilities[outcome], outcomes)
    };
    let start = index(&blank);
    let mut then = engine.empty_tally();
    let mut form = Vec::new();
    for (position, item) in items.iter().enumerate() {
        let codes = 1..=u8::try_from(item.answers.len()).unwrap_or(u8::MAX);
        let asked = item.stage == Stage::Intake
            && item.effort.process == Process::None
            && codes.clone().any(|code| engine.matters(position, 0, code));
        if !asked {
            continue;
        }
        let (mut chance, mut shift, mut worth) = (0_u64, 0_u64, Worth::default());
        for code in codes {
            engine.change(&blank, position, (0, code), &mut then);
            let weight = share(item, code);
            let share = u64::from(weight);
            let answered = triage.engine().standing(&then);
            chance += if answered == now { 0 } else { share };
            worth.add(Worth::of(triage, now, answered, weight));
            shift += share * u64::from(index(&then).abs_diff(start));
        }
        form.push(FormItem {
            item: ItemIndex::new(position),
            chance: chance as u32,
            reaches_must: worth.reaches_must,
            sooner: (worth.sooner / 1_000) as u32,
            shift: (shift / crate::base::STEPS_PER_UNIT as u64) as u32,
            minutes: item.effort.minutes,
        });
    }
    form.sort_by_key(|asked| {
        let per_minute = |worth: u32| u64::from(worth) * 1_000 / u64::from(asked.minutes.max(1));
        let worth = (Reverse(per_minute(asked.sooner)), Reverse(per_minute(asked.shift)));
        (!asked.reaches_must, worth, asked.minutes, asked.item)
    });
    form
}

impl fmt::Display for IntakeForm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "# Short intake form of {}\n", self.model)?;
        writeln!(
            formatter,
            "What a fresh report can answer without legal process: first what can make a complaint one that must be looked at, then the most worth a minute. Leave out what the report does not tell: silence is *unknown*, never *no*.\n"
        )?;
        let mut minutes = 0;
        for (number, asked) in self.items.iter().enumerate() {
            let item = &self.codebook[asked.item];
            minutes += asked.minutes;
            writeln!(
                formatter,
                "{}. {} (`{}`, {} min)",
                number + 1,
                item.question,
                item.id,
                asked.minutes
            )?;
            if let Some(guidance) = &item.guidance {
                writeln!(formatter, "   {guidance}")?;
            }
            for answer in &item.answers {
                writeln!(formatter, "   - [ ] `{}`: {}", answer.id, answer.label)?;
            }
        }
        writeln!(formatter, "\n{} questions, {minutes} minutes if all are asked.", self.items.len())
    }
}
