//! The order that one task force wrote down in 2011, by rule alone.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::derive::MODEL_VERSION;
use super::{ReferenceError, codebook};
use crate::Fixed;
use crate::codebook::Identity;
use crate::instrument::{
    Ground, InstrumentDraft, Intercept, Link, NumberProvenance, OutcomeDraft, Rule,
};
use crate::policy::{Band, Lane, PolicyDraft};
use crate::rank::Standing;
use crate::triage::Triage;

/// Log-odds at which nothing reaches a band: a probability below a millionth.
const FLAT: Fixed = Fixed::from_steps(-15_000_000);

/// The scale of the Minnesota ICAC Task Force's policy of 2011 as a model: gates of level after
/// level, and no weight at all.
///
/// It is one task force's text, read in a public exhibit, in our words and by our items; the
/// agency's own order should take its place. It lets an order in use be laid beside the reference
/// model's (see `research::study::Beside`).
///
/// | Level | Who | Stands |
/// |---|---|---|
/// | 1 | a child at immediate risk | lane `must`, `very_high` |
/// | 2 | a child within reach of a known offender | lane `must`, `high` |
/// | 3 | a known suspect who solicits aggressively | `very_high` |
/// | 4 | traders of what looks like home photography, children living there | `high` |
/// | 5, 6 | high-volume traders; the rest of the text's sixth level is cut off | `medium` |
/// | – | everything else | `low` |
///
/// Within a place complaints stand by earliest deadline, then time received.
///
/// ```
/// let scale = caserank::reference::icac_scale()?;
/// assert_eq!(scale.policy().gates().len(), 11);
/// # Ok::<(), caserank::reference::ReferenceError>(())
/// ```
///
/// # Errors
/// [`ReferenceError`] where a shipped file was changed.
pub fn icac_scale() -> Result<Triage, ReferenceError> {
    let policy: PolicyDraft =
        serde_json::from_str(include_str!("../../fixtures/models/icac_scale.json"))
            .map_err(|cause| ReferenceError::Rules { fault: cause.to_string() })?;
    let codebook = codebook()?;
    let description = policy.description.clone();
    let rule = Rule {
        id: "no_weights".to_owned(),
        text: "Nothing is weighed: every complaint has the same score, far below every cut-off."
            .to_owned(),
        ground: Ground::Assumption,
        sources: Vec::new(),
    };
    let outcome = OutcomeDraft {
        outcome: "contact_offending".to_owned(),
        definition: "Not estimated: it stands here because a model scores something.".to_owned(),
        denominator: None,
        intercept: Intercept {
            value: FLAT,
            provenance: NumberProvenance { rules: vec![rule.id.clone()], note: None },
        },
        weights: Vec::new(),
        link: Link::Logistic,
        calibration: None,
    };
    let instrument = InstrumentDraft {
        id: "icac_scale".to_owned(),
        version: MODEL_VERSION,
        description: "No weights: one task force's written order of 2011, to be replaced by the agency's own.".to_owned(),
        codebook: codebook.identity().clone(),
        warnings: vec![
            "One task force's text of 2011, in our words; not endorsed by it, by OJJDP or by anybody.".to_owned(),
            "An order by rule: its index says nothing.".to_owned(),
        ],
        studied: None,
        rules: vec![rule],
        population: None,
        outcomes: vec![outcome],
    };
    let identity = Identity { id: "icac_scale".to_owned(), version: MODEL_VERSION };
    Ok(Triage::new(identity, description, codebook, instrument, policy)?)
}

/// A level of the scale, first to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IcacLevel {
    /// A child at immediate risk.
    ImmediateRisk,
    /// A child within reach of a known offender.
    KnownOffender,
    /// A known suspect who solicits aggressively.
    Solicits,
    /// A trader of what looks like home photography, with children living there.
    HomePhotography,
    /// A high-volume trader: the fifth and sixth levels, which share a place.
    HighVolume,
    /// What no level names.
    Other,
}

impl IcacLevel {
    /// All levels, first to last.
    pub const ALL: [IcacLevel; 6] = [
        IcacLevel::ImmediateRisk,
        IcacLevel::KnownOffender,
        IcacLevel::Solicits,
        IcacLevel::HomePhotography,
        IcacLevel::HighVolume,
        IcacLevel::Other,
    ];

    /// The level of a complaint by where [`icac_scale`] places it.
    #[must_use]
    pub fn of(standing: Standing) -> Self {
        match (standing.lane(), standing.band()) {
            (Lane::Must, Band::VeryHigh) => IcacLevel::ImmediateRisk,
            (Lane::Must, _) => IcacLevel::KnownOffender,
            (Lane::Open, Band::VeryHigh) => IcacLevel::Solicits,
            (Lane::Open, Band::High) => IcacLevel::HomePhotography,
            (Lane::Open, Band::Medium) => IcacLevel::HighVolume,
            (Lane::Open, Band::Low) => IcacLevel::Other,
        }
    }
}

impl fmt::Display for IcacLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            IcacLevel::ImmediateRisk => "1",
            IcacLevel::KnownOffender => "2",
            IcacLevel::Solicits => "3",
            IcacLevel::HomePhotography => "4",
            IcacLevel::HighVolume => "5 or 6",
            IcacLevel::Other => "none",
        })
    }
}
