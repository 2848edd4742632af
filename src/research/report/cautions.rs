//! Cautions of the figures on a page: each is said once, with all that it is about.

use std::collections::BTreeMap;

use super::document::Section;
use crate::research::evaluate::{Caution, Figure, NotEstimable};

/// Cautions met so far, with the figures that carry them.
#[derive(Debug, Default)]
pub(super) struct Cautions(BTreeMap<Caution, Vec<String>>);

impl Cautions {
    /// Adds those of one figure; whether there were any, so that its row can be marked.
    pub(super) fn add(&mut self, about: &str, cautions: &[Caution]) -> bool {
        for caution in cautions {
            let told = self.0.entry(*caution).or_default();
            if !told.iter().any(|known| known == about) {
                told.push(about.to_owned());
            }
        }
        !cautions.is_empty()
    }

    /// The same for a figure that may not be there.
    pub(super) fn of(&mut self, about: &str, figure: &Result<Figure, NotEstimable>) -> bool {
        figure.as_ref().is_ok_and(|figure| self.add(about, figure.cautions))
    }

    /// A paragraph for each.
    pub(super) fn say(self, section: Section) -> Section {
        self.0.into_iter().fold(section, |section, (caution, about)| {
            section.text(format!("Caution ({}): {}", about.join("; "), caution.text()))
        })
    }
}
