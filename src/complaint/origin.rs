//! Where complaints come from.

use crate::base::words;

/// Where complaints come from; whatever is computed from them says so. Of several, the largest counts for the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Origin {
    /// As they came in, before anything was known of their outcome.
    Prospective,
    /// Coded afterwards from closed files.
    Retrospective,
    /// Nobody said; guarded as the strictest of the others: no verdict, no fit without an explicit acceptance of leakage.
    #[default]
    NotStated,
    /// Made up. Nothing computed from them says anything about performance.
    Synthetic,
}

words! {
    Origin, "an origin",
    Prospective => "prospective",
    Retrospective => "retrospective",
    NotStated => "not_stated",
    Synthetic => "synthetic",
}
