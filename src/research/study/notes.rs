//! What stands above a study's results.

use super::known::Known;
use crate::research::fit::note_on_nobody;

/// Fewer subjects than this resample too boldly (Cameron and Miller 2015 speak of 20 to 50 clusters).
const FEW_SUBJECTS: usize = 40;
/// With fewer than this nothing is said.
const LEAST_SUBJECTS: usize = 10;

/// Whether the subjects tell as much as too few for a verdict.
pub(super) fn too_few(known: &Known) -> bool {
    known.effective_subjects().round() < LEAST_SUBJECTS as f64
}

pub(super) fn notes(known: &Known) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(stamp) = known.stamp() {
        notes.push(format!("{stamp}."));
    }
    if known.events() < 100 {
        notes.push(format!(
            "Only {} complaints have the outcome; below 100 every figure is rough.",
            known.events()
        ));
    }
    match (known.horizon(), known.follow_up()) {
        (Some(horizon), _) => notes.push(horizon.note()),
        (None, Some(follow_up)) => notes.extend(follow_up.note()),
        (None, None) => {}
    }
    let effective = known.effective_subjects();
    if effective.round() < FEW_SUBJECTS as f64 {
        let subjects = known.cluster_count();
        let worth = match effective < 0.9 * subjects as f64 || subjects >= FEW_SUBJECTS {
            true => format!(
                ", and since a few of them have most of the complaints or of the weight they tell as much as {effective:.1}"
            ),
            false => String::new(),
        };
        notes.push(format!(
            "The complaints are about {subjects} subjects{worth}; with fewer than {FEW_SUBJECTS} intervals and p values are too bold, and with fewer than {LEAST_SUBJECTS} there is no verdict."
        ));
    }
    notes.extend(note_on_nobody(&known.nobody));
    if known.not_investigated > 0 {
        notes.push(format!(
            "{} outcomes were never looked for. What is shown holds for complaints that were worked, unless they were chosen at random and weighted.",
            known.not_investigated
        ));
    }
    notes
}
