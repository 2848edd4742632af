//! Which answers alone put a complaint into `must`, so that readers can look out for them.

use super::Triage;
use crate::backlog::{DangerAnswers, Reading};
use crate::policy::Lane;

impl Triage {
    /// The answers that alone, with all else unknown, put a complaint into `must`. One score per
    /// answer of the codebook.
    #[must_use]
    pub fn danger_answers(&self) -> DangerAnswers {
        let mut danger = DangerAnswers::default();
        let items = self.codebook().items();
        let engine = self.engine();
        let mut codes = vec![0; items.len()];
        for (position, item) in items.iter().enumerate() {
            for code in (1..=item.answers.len()).filter_map(|code| u8::try_from(code).ok()) {
                codes[position] = code;
                if engine.standing(&engine.tally_codes(&codes)).lane() == Lane::Must {
                    danger.add(position, code);
                }
            }
            codes[position] = 0;
        }
        danger
    }

    /// The default [`Reading`], told which answers must not be lost under this model.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Reading::new().with_danger(self.danger_answers())
    }
}
