//! What can go wrong in a federated fit.

use thiserror::Error;

use crate::base::escaped;
use crate::research::fit::FitError;

/// Why a message was not made or not taken, or a fit has no end.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum FederatedError {
    /// A part of the plan lies outside its range.
    #[error("the plan's {part} is {found}; it must be {allowed}", found = escaped(.found))]
    Plan {
        /// Which part.
        part: &'static str,
        /// What was given.
        found: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A message of another format.
    #[error(
        "the message has format {found}, this version reads {read}; use one version everywhere"
    )]
    Format {
        /// Found in the message.
        found: u32,
        /// Read here.
        read: u32,
    },
    /// A message made for another plan or design.
    #[error(
        "the message of `{from}` was made for {what} {found}, here it is {expected}: send the plan round again", expected = escaped(.expected), found = escaped(.found), from = escaped(.from))]
    Other {
        /// Who sent it.
        from: String,
        /// Plan or design.
        what: &'static str,
        /// Fingerprint found.
        found: String,
        /// Fingerprint expected.
        expected: String,
    },
    /// A message that was not asked for, or not from everybody.
    #[error("round {round}: {fault} `{agency}`; every agency answers each round once", agency = escaped(.agency))]
    Round {
        /// The round.
        round: u32,
        /// What is wrong.
        fault: &'static str,
        /// The agency.
        agency: String,
    },
    /// Rows that do not fit the plan.
    #[error("agency `{agency}`: {what} has {found} entries, {expected} are needed", agency = escaped(.agency), what = escaped(.what))]
    Length {
        /// The agency.
        agency: String,
        /// Which part.
        what: String,
        /// Found.
        found: usize,
        /// Needed.
        expected: usize,
    },
    /// A code that an item of the plan does not list.
    #[error(
        "agency `{agency}`: row {row} has code {code} at `{item}`, which lists codes below {codes}", agency = escaped(.agency), item = escaped(.item))]
    Code {
        /// The agency.
        agency: String,
        /// The item.
        item: String,
        /// Row, from 0.
        row: usize,
        /// The code.
        code: u8,
        /// Codes listed.
        codes: usize,
    },
    /// A number in a message or row that cannot be used.
    #[error("`{from}`: {what} is {value}; it must be finite{}", if *.positive { " and 0 or more" } else { "" }, from = escaped(.from))]
    Number {
        /// Whose.
        from: String,
        /// Which number.
        what: &'static str,
        /// The value.
        value: f64,
        /// Whether it may not be below 0.
        positive: bool,
    },
    /// An agency with fewer complaints or subjects than the smallest group.
    #[error(
        "agency `{agency}` has {found} {unit}, fewer than the plan's minimum of {minimum}: its sums cannot be sent; let it pool its rows with a neighbour's, or use the weights of the others", agency = escaped(.agency))]
    TooFew {
        /// The agency.
        agency: String,
        /// How many.
        found: usize,
        /// Complaints or subjects.
        unit: &'static str,
        /// The minimum.
        minimum: usize,
    },
    /// A message that holds a group below the plan's minimum.
    #[error(
        "the message of `{agency}` holds a group of {found} at `{item}`, below the plan's minimum of {minimum}: it was not coarsened; refuse it and ask again", agency = escaped(.agency), item = escaped(.item))]
    SmallGroup {
        /// The agency.
        agency: String,
        /// The item.
        item: String,
        /// Complaints in the group.
        found: u64,
        /// The minimum.
        minimum: usize,
    },
    /// Nothing to learn from.
    #[error("{what}; {way_out}")]
    Nothing {
        /// What is missing.
        what: &'static str,
        /// What to do.
        way_out: &'static str,
    },
    /// A fit that may have no finite maximum.
    #[error(
        "some complaints are fitted within one in a million of certainty, so that a finite maximum cannot be shown from sums alone; fit by Firth's method or with a ridge penalty"
    )]
    MayBeSeparated,
    /// The fit itself failed.
    #[error(transparent)]
    Fit(#[from] FitError),
}
