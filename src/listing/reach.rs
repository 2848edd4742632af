//! Which single answers can move a complaint to another lane or band, so that few have to be tried.

use crate::codebook::Stage;
use crate::triage::{Engine, Tally, Triage};

/// An answer to an open item.
#[derive(Debug, Clone, Copy)]
pub(super) struct OpenAnswer {
    pub(super) item: usize,
    pub(super) code: u8,
    pub(super) stage: Stage,
}

/// All answers of a model that can matter where their item is open.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    /// Answers that some gate, danger sign or denominator asks about.
    pub(super) ruling: Vec<OpenAnswer>,
    /// Answers that only weigh: they move a band by the index alone.
    pub(super) weighing: Vec<OpenAnswer>,
    /// For each outcome the most that a weighing answer takes away and adds.
    extremes: Vec<(i32, i32)>,
}

impl Reach {
    pub(super) fn of(triage: &Triage) -> Self {
        let engine = triage.engine();
        let outcomes = triage.instrument().outcomes().len();
        let mut reach =
            Reach { ruling: Vec::new(), weighing: Vec::new(), extremes: vec![(0, 0); outcomes] };
        for (item, asked) in triage.codebook().items().iter().enumerate() {
            for code in 1..=u8::try_from(asked.answers.len()).unwrap_or(u8::MAX) {
                if !engine.matters(item, 0, code) {
                    continue;
                }
                let answer = OpenAnswer { item, code, stage: asked.stage };
                if engine.is_asked_about(item, 0, code) {
                    reach.ruling.push(answer);
                    continue;
                }
                reach.weighing.push(answer);
                for (outcome, (least, most)) in reach.extremes.iter_mut().enumerate() {
                    let change = engine.score_change(outcome, item, 0, code);
                    *least = change.min(*least);
                    *most = change.max(*most);
                }
            }
        }
        reach
    }

    /// Whether some weighing answer could take the index over a cut-off. No link falls and no combination falls as a
    /// probability rises, so the index after any one of them lies between those of all extremes together.
    pub(super) fn may_cross(&self, engine: &Engine, tally: &Tally, scratch: &mut Tally) -> bool {
        let level = |priority: u32| engine.cut_offs().level(priority);
        let now = level(tally.priority);
        let mut at = |end: fn(&(i32, i32)) -> i32| {
            let changes = self.extremes.iter().map(end);
            engine.priority_after(tally, changes, scratch)
        };
        level(at(|extremes| extremes.0)) != now || level(at(|extremes| extremes.1)) != now
    }
}
