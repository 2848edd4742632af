//! Which releases make the same records of the same complaints.

use std::fmt;

/// This release, as records name it.
pub(super) const THIS_RELEASE: &str = env!("CARGO_PKG_VERSION");

/// Releases whose records this one makes again bit for bit, oldest first, this one last.
///
/// Each has test vectors in `fixtures/museum`, a file of records with the model that they were made
/// under; a test makes every one of them again. The table stands in `docs/stability.md` too.
pub const AGREEING_RELEASES: &[&str] = &["0.1.0", THIS_RELEASE];

/// What this release is held to about records of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Agreement {
    /// Test vectors of that release are made again bit for bit; see [`AGREEING_RELEASES`].
    Tested,
    /// There are no test vectors of that release: that this one record is the same is all that is
    /// known.
    Untested,
}

impl Agreement {
    /// With records of the release of this version, such as `0.1.0`.
    ///
    /// ```
    /// use caserank::record::Agreement;
    ///
    /// assert_eq!(Agreement::with("0.1.0"), Agreement::Tested);
    /// assert_eq!(Agreement::with("99.0.0"), Agreement::Untested);
    /// ```
    #[must_use]
    pub fn with(release: &str) -> Self {
        match AGREEING_RELEASES.contains(&release) {
            true => Agreement::Tested,
            false => Agreement::Untested,
        }
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Agreement::Tested => "records of that release are made again bit for bit",
            Agreement::Untested => {
                "no records of that release are among the tests, so this one alone is known to agree"
            }
        })
    }
}
