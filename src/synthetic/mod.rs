//! Made-up complaints with outcomes, for tests, examples and studies of method.
//!
//! Nothing here is data. The stream's make-up, base rates and prevalences follow published
//! figures where there are any; how often an answer is unknown, how answers go together, how
//! outcomes act on them and how often an outcome is found are assumptions, all in one table
//! ([`assumptions`]). The truth differs on purpose from the shipped weights: outcomes act on
//! latent traits, items share those traits, answers are missing not at random, and findings err.
//! Every complaint carries [`Origin::Synthetic`](crate::complaint::Origin::Synthetic), so that whatever is computed from it says so.

mod case;
mod findings;
mod page;
mod person;
mod table;

pub use case::{Case, Cases};
pub use findings::{Depth, OutcomeFinding, Reason, Recorded, Standard, write_outcomes};
pub use page::assumptions;

use crate::Timestamp;
use crate::base::Seed;

/// The seed of `fixtures/backlog.csv` and `fixtures/outcomes.csv`.
pub const FIXTURE_SEED: Seed = Seed(2025);
/// How many complaints these fixtures hold.
pub const FIXTURE_COMPLAINTS: usize = 10_000;

/// A recipe for complaints: equal generators give equal complaints, on every platform.
///
/// Complaint *i* depends on the seed and on *i* alone, so any part of a stream can be made again
/// without what comes before it, and a longer stream begins with the shorter one.
///
/// ```
/// use caserank::Seed;
/// use caserank::synthetic::Generator;
/// let generator = Generator::new(Seed(7));
/// let first: Vec<String> = generator.cases().take(2).map(|case| case.complaint.id().to_owned()).collect();
/// assert_eq!(first, ["syn-00000001", "syn-00000002"]);
/// let third = generator.cases_from(2).next();
/// assert_eq!(third, generator.cases().nth(2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generator {
    seed: Seed,
    start: Timestamp,
    seconds_between: i64,
}

impl Generator {
    /// Complaints from 2025-01-01 on, 28 a day.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        // 2025-01-01T00:00:00Z.
        let start = Timestamp::MIN.plus_seconds(1_735_689_600 - Timestamp::MIN.unix_seconds());
        Generator { seed, start, seconds_between: 86_400 / 28 }
    }

    /// Complaints from this time on.
    #[must_use]
    pub fn with_start(mut self, start: Timestamp) -> Self {
        self.start = start;
        self
    }

    /// This many seconds from one complaint to the next, on average; times stay within the years
    /// that a [`Timestamp`] can hold.
    #[must_use]
    pub fn with_seconds_between(mut self, seconds: u32) -> Self {
        self.seconds_between = i64::from(seconds);
        self
    }

    /// The endless stream of complaints.
    #[must_use]
    pub fn cases(&self) -> Cases {
        self.cases_from(0)
    }

    /// The stream from complaint number `first` (counted from 0) on.
    #[must_use]
    pub fn cases_from(&self, first: u64) -> Cases {
        Cases { generator: *self, next: first }
    }
}
