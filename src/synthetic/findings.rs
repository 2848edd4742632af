//! What work on a complaint found, with the errors that such findings have.

use std::fmt;
use std::io::{self, Write};

use super::case::Case;
use super::person::{Person, pick};
use super::table::{
    AUDIT, CHANNELS, DEPTHS, DEPTHS_ADVANCED, FINDS, OUTCOMES, SOUTH_FINDS, WRONGLY,
};
use crate::Timestamp;
use crate::base::Stream;

macro_rules! words {
    ($(#[$note:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$note])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(match self { $(Self::$variant => $text),+ })
            }
        }
    };
}

words! {
    /// What is on record about one outcome.
    Recorded {
        /// Found.
        Yes => "yes",
        /// Looked for and not found.
        No => "no",
        /// Never looked for, which is never *no*.
        NotInvestigated => "not_investigated",
        /// The outcome does not apply to the complaint.
        NotApplicable => "not_applicable",
    }
}

words! {
    /// By what an outcome was established.
    Standard {
        /// A conviction.
        Conviction => "conviction",
        /// A charge.
        Charge => "charge",
        /// A child was identified as a victim.
        VictimIdentified => "victim_identified",
        /// An admission.
        Admission => "admission",
    }
}

words! {
    /// How deep the work went.
    Depth {
        /// At a desk: records and registers.
        Desk => "desk",
        /// In the field.
        Field => "field",
        /// A search was made.
        Search => "search",
    }
}

words! {
    /// Why the complaint was worked.
    Reason {
        /// By the usual choice of a unit.
        Chosen => "chosen",
        /// A blind audit of complaints that would otherwise have been left.
        Audit => "audit",
    }
}

/// What is on record about one outcome of one complaint, and what is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutcomeFinding {
    /// Id of the outcome.
    pub(crate) outcome: &'static str,
    /// What is on record.
    pub(crate) result: Recorded,
    /// By what a *yes* was established.
    pub(crate) standard: Option<Standard>,
    /// When a *yes* was found.
    pub(crate) found: Option<Timestamp>,
    /// Until when the complaint was followed, where it was worked.
    pub(crate) followed_until: Option<Timestamp>,
    /// How deep the work went, where there was any.
    pub(crate) depth: Option<Depth>,
    /// Why it was worked.
    pub(crate) why_worked: Option<Reason>,
    /// How many complaints it stands for: 1, or the inverse of the audit's share.
    pub(crate) weight: u32,
    /// What is true, which no real file can say.
    pub(crate) truth: bool,
}

impl OutcomeFinding {
    /// Id of the outcome.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        self.outcome
    }

    /// What is on record.
    #[must_use]
    pub fn result(&self) -> Recorded {
        self.result
    }

    /// By what a *yes* was established.
    #[must_use]
    pub fn standard(&self) -> Option<Standard> {
        self.standard
    }

    /// When a *yes* was found.
    #[must_use]
    pub fn found(&self) -> Option<Timestamp> {
        self.found
    }

    /// Until when the complaint was followed, where it was worked.
    #[must_use]
    pub fn followed_until(&self) -> Option<Timestamp> {
        self.followed_until
    }

    /// How deep the work went, where there was any.
    #[must_use]
    pub fn depth(&self) -> Option<Depth> {
        self.depth
    }

    /// Why it was worked.
    #[must_use]
    pub fn why_worked(&self) -> Option<Reason> {
        self.why_worked
    }

    /// How many complaints it stands for: 1, or the inverse of the audit's share.
    #[must_use]
    pub fn weight(&self) -> u32 {
        self.weight
    }

    /// What is true, which no real file can say.
    #[must_use]
    pub fn truth(&self) -> bool {
        self.truth
    }
}

pub(super) fn draw(
    person: &Person,
    applies: [bool; 3],
    advanced: bool,
    received: Timestamp,
    stream: &mut Stream,
) -> [OutcomeFinding; 3] {
    let chosen = stream.chance(CHANNELS[person.channel].worked) || advanced;
    let audited = stream.chance(AUDIT);
    let why_worked = match (chosen, audited) {
        (true, _) => Some(Reason::Chosen),
        (false, true) => Some(Reason::Audit),
        (false, false) => None,
    };
    let depth = pick(stream, if advanced { &DEPTHS_ADVANCED } else { &DEPTHS });
    let followed = received.plus_days(365 + stream.below(366) as i64);
    let audit_weight = (1.0 / AUDIT).round() as u32;
    let unit = if person.north { 1.0 } else { SOUTH_FINDS };
    let standards =
        [Standard::Conviction, Standard::Charge, Standard::VictimIdentified, Standard::Admission];
    std::array::from_fn(|outcome| {
        let truth = person.truth[outcome] && applies[outcome];
        // Both draws are always made, so that one finding never moves the next one's numbers.
        let found = stream.chance(if truth { FINDS[outcome][depth] * unit } else { WRONGLY });
        let standard = standards[pick(stream, &[0.3, 0.3, 0.25, 0.15])];
        let days = 20 + stream.below(300) as i64;
        let result = match (applies[outcome], why_worked, found) {
            (false, ..) => Recorded::NotApplicable,
            (true, None, _) => Recorded::NotInvestigated,
            (true, Some(_), true) => Recorded::Yes,
            (true, Some(_), false) => Recorded::No,
        };
        let yes = result == Recorded::Yes;
        OutcomeFinding {
            outcome: OUTCOMES[outcome],
            result,
            standard: yes.then_some(standard),
            found: yes.then(|| received.plus_days(days)),
            followed_until: why_worked.map(|_| followed),
            depth: why_worked.map(|_| [Depth::Desk, Depth::Field, Depth::Search][depth]),
            why_worked,
            weight: if why_worked == Some(Reason::Audit) { audit_weight } else { 1 },
            truth,
        }
    })
}

fn blank<T: fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// Writes findings as CSV: a heading, then a line for each complaint and outcome.
///
/// Columns: `complaint`, `origin` (always `synthetic`), `outcome`, `result`, `standard`, `found`,
/// `followed_until`, `depth`, `why_worked`, `weight`, `truth`. Blank where it does not apply.
///
/// # Errors
/// Whatever the writer reports.
pub fn write_outcomes<W: Write>(
    mut writer: W,
    cases: impl IntoIterator<Item = Case>,
) -> io::Result<()> {
    writeln!(
        writer,
        "complaint,origin,outcome,result,standard,found,followed_until,depth,why_worked,weight,truth"
    )?;
    for case in cases {
        for finding in &case.findings {
            writeln!(
                writer,
                "{},{},{},{},{},{},{},{},{},{},{}",
                case.complaint.id(),
                case.complaint.origin(),
                finding.outcome,
                finding.result,
                blank(finding.standard),
                blank(finding.found),
                blank(finding.followed_until),
                blank(finding.depth),
                blank(finding.why_worked),
                finding.weight,
                if finding.truth { "yes" } else { "no" },
            )?;
        }
    }
    writer.flush()
}
