//! Who said an answer.

use crate::base::words;

/// Who said an answer. Where nobody is named, the sender of the complaint did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SaidBy {
    /// The provider that reported it.
    Provider,
    /// A clearinghouse that passed it on.
    Clearinghouse,
    /// The host's own system, or a person who entered it there.
    Host,
    /// A register that was asked.
    Register,
    /// An officer who looked.
    Officer,
}

words!(
    SaidBy, "somebody who says an answer",
    Provider => "provider",
    Clearinghouse => "clearinghouse",
    Host => "host",
    Register => "register",
    Officer => "officer",
);

impl SaidBy {
    /// All of them, senders first.
    pub const ALL: [SaidBy; 5] =
        [SaidBy::Provider, SaidBy::Clearinghouse, SaidBy::Host, SaidBy::Register, SaidBy::Officer];

    /// Whether somebody established it, rather than reported it: no sender takes that back.
    #[must_use]
    pub fn is_established(self) -> bool {
        matches!(self, SaidBy::Host | SaidBy::Register | SaidBy::Officer)
    }
}
