//! What stands above a study's results.

use super::known::Known;

/// Fewer subjects than this resample too boldly (Cameron and Miller 2015 speak of 20 to 50 clusters).
const FEW_SUBJECTS: usize = 40;
/// With fewer than this nothing is said.
pub(super) const LEAST_SUBJECTS: usize = 10;

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
    let subjects = known.cluster_count();
    if subjects < FEW_SUBJECTS {
        notes.push(format!(
            "The complaints are about {subjects} subjects; with fewer than {FEW_SUBJECTS} intervals and p values are too bold, and with fewer than {LEAST_SUBJECTS} there is no verdict."
        ));
    }
    if known.not_investigated > 0 {
        notes.push(format!(
            "{} outcomes were never looked for. What is shown holds for complaints that were worked, unless they were chosen at random and weighted.",
            known.not_investigated
        ));
    }
    notes
}
