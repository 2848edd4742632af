//! Whether columns and a codebook belong together.

use super::FitError;
use super::design::{Designed, ItemColumns};
use crate::codebook::{Codebook, Item};

impl Designed {
    /// Refuses a codebook under which the columns mean something else: weights would go to other answers, or to none.
    pub(super) fn require(&self, codebook: &Codebook) -> Result<(), FitError> {
        let fits = |designed: &ItemColumns| {
            codebook.items().get(designed.item).is_some_and(|listed| {
                listed.id == designed.id
                    && listed.code_count() == designed.table.nrows()
                    && designed.columns.iter().enumerate().all(|(at, &column)| {
                        means(&self.columns.names()[column], listed, |code| {
                            designed.table[[code, at]]
                        })
                    })
            })
        };
        match self.items.iter().find(|designed| !fits(designed)) {
            Some(designed) => Err(FitError::OtherCodebook { item: designed.id.clone() }),
            None => Ok(()),
        }
    }
}

/// Whether a column of this name has its largest value at the answer that the name says; from there on for steps.
fn means(name: &str, item: &Item, value: impl Fn(usize) -> f64) -> bool {
    let Some(rest) = name.strip_prefix(&*item.id) else { return false };
    let largest = (0..item.code_count()).map(&value).fold(f64::NEG_INFINITY, f64::max);
    let mut highest = (0..item.code_count()).filter(|&code| value(code) == largest);
    let (answer, code) = if let Some(answer) = rest.strip_prefix(">=") {
        (answer, highest.next())
    } else if let Some(answer) = rest.strip_prefix("<=") {
        (answer, highest.next_back())
    } else {
        (rest.trim_start_matches('='), highest.next())
    };
    code.is_some_and(|code| item.answer_id(code as u8) == answer)
}
