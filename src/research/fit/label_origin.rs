//! Where complaints and labels, taken together, come from.

use super::Labels;
use crate::Backlog;
use crate::complaint::Origin;

impl Labels {
    /// Where the joined whole comes from: the largest origin of the backlog and of those labels of these outcomes that
    /// state one and belong to a complaint of it. One synthetic label makes all of it synthetic.
    #[must_use]
    pub fn origin_with(&self, backlog: &Backlog, outcomes: &[&str]) -> Origin {
        let labels = self.labels().iter();
        let asked = labels.filter(|label| outcomes.contains(&label.outcome.as_str()));
        let joined = asked.filter(|label| backlog.row_of(&label.complaint).is_some());
        joined.filter_map(|label| label.origin).fold(backlog.origin(), Origin::max)
    }
}
