//! The reference model: data files, their loader, and the rules that made every number.
//!
//! It addresses the three questions named in the abstract of NCJ 250154. It is not the instrument
//! of that report, is not endorsed by OJJDP, and is not validated: its weights follow published
//! directions by rule, with declared assumptions where nothing was published. Read
//! `docs/reference-model.md` before using it for anything.
//!
//! [`published`] and [`unit()`] load shipped model files; [`derive()`], [`derive_unit`] and
//! [`derive_policy`] compute the same numbers from `fixtures/models/rules.json`, the codebook and
//! `fixtures/models/gates.json`, and a test holds the two equal. [`derive_with`] takes other rules,
//! [`other_assumptions`] gives the model with each declared number changed, and
//! [`expected_discrimination`] says what the model could tell apart were its assumptions true.

mod accepted;
mod by_rule;
mod card;
mod change;
mod derive;
mod draws;
mod expected;
mod getters;
mod icac;
mod page;
mod paper;
mod policy;
mod rules;
mod sensitivity;
mod sentinels;
mod solve;
mod validity;
mod weights;

use thiserror::Error;

pub use by_rule::{NumbersByRule, numbers_by_rule};
pub use card::{Stewardship, card};
pub use change::{RuleChange, Varied};
pub use derive::{derive, derive_unit, derive_with};
pub use draws::Draws;
pub use expected::{Discrimination, expected_discrimination};
pub use icac::{IcacLevel, icac_scale};
pub use page::tables;
pub use paper::PaperCard;
pub use policy::{derive_policy, policy_with};
pub use rules::Rules;
pub use sensitivity::{OtherAssumption, derive_sensitivity, other_assumptions};
pub use sentinels::{Neighbour, Sentinel, sentinels};
pub use solve::{ChannelFit, draws, expected_over_observed};
pub use validity::{Validity, validity};

use crate::base::escaped;
use crate::codebook::{Codebook, CodebookError, Identity, Item};
use crate::instrument::{Instrument, InstrumentError};
use crate::triage::{ModelError, Triage};

/// The item by which it is established what applies.
const CONCERN: &str = "concern";

/// Why a part of the reference model cannot be had. With the shipped files it does not happen.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// The file of rules, gates or sentinels is not of its shape.
    #[error("a file of the reference model {fault}: ship it unchanged or derive it again", fault = escaped(.fault))]
    Rules {
        /// What is wrong.
        fault: String,
    },
    /// Something that the rules name is not there.
    #[error(
        "the reference model lacks the {what} `{name}`: rules and codebook must fit each other", name = escaped(.name))]
    Missing {
        /// What is missing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The codebook is refused.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
    /// The instrument is refused.
    #[error(transparent)]
    Instrument(#[from] InstrumentError),
    /// The model is refused.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl ReferenceError {
    fn missing(what: &'static str, name: &str) -> Self {
        ReferenceError::Missing { what, name: name.to_owned() }
    }
}

fn item_of<'a>(codebook: &'a Codebook, item: &str) -> Result<&'a Item, ReferenceError> {
    codebook.item(item).ok_or_else(|| ReferenceError::missing("item", item))
}

fn logit(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}

/// The reference codebook.
///
/// # Errors
/// [`ReferenceError::Codebook`] where the shipped file was changed.
pub fn codebook() -> Result<Codebook, ReferenceError> {
    Ok(Codebook::from_json(include_str!("../../fixtures/models/codebook.json"))?)
}

/// The reference model: weights by rule, solved starting points, gates with citations.
///
/// ```
/// let triage = caserank::reference::published()?;
/// assert_eq!(triage.identity().to_string(), "published 0.2.0");
/// assert!(!triage.instrument().is_calibrated());
/// # Ok::<(), caserank::reference::ReferenceError>(())
/// ```
///
/// # Errors
/// [`ReferenceError::Model`] where the shipped file was changed.
pub fn published() -> Result<Triage, ReferenceError> {
    Ok(Triage::from_json(include_str!("../../fixtures/models/published.json"))?)
}

/// The simple standard beside it: unit weights, no starting groups.
///
/// # Errors
/// [`ReferenceError::Model`] where the shipped file was changed.
pub fn unit() -> Result<Triage, ReferenceError> {
    Ok(Triage::from_json(include_str!("../../fixtures/models/unit.json"))?)
}

/// Puts an instrument together with the reference policy derived for it.
///
/// # Errors
/// As [`derive_policy`], and [`ReferenceError::Model`] where the parts do not fit each other.
pub fn model(instrument: &Instrument) -> Result<Triage, ReferenceError> {
    model_with(instrument, &Rules::load()?)
}

/// The same with rules of one's own; see [`Rules`].
///
/// # Errors
/// As [`model`].
pub fn model_with(instrument: &Instrument, rules: &Rules) -> Result<Triage, ReferenceError> {
    let draft = instrument.draft();
    let identity = Identity { id: draft.id.clone(), version: derive::MODEL_VERSION };
    let policy = policy_with(instrument, rules)?;
    let codebook = instrument.codebook().clone();
    let accepted = accepted::accepted(&draft.id)?;
    let model = Triage::new(identity, draft.description.clone(), codebook, draft.clone(), policy)?;
    Ok(model.with_accepted(accepted)?)
}
