//! Why a policy is refused.

use thiserror::Error;

use crate::base::escaped;
use crate::base::{Fixed, FixedError};

/// Why a policy cannot be used with a codebook and an instrument.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// A judgement without its reason, or without who answers for it.
    #[error("`{field}` of {place} is blank: write why, or who answers for it", place = escaped(.place))]
    Blank {
        /// The field.
        field: &'static str,
        /// Of what.
        place: String,
    },
    /// A cut-off, a harm weight or a share that is no exact decimal of at most six places.
    #[error("{what}: {fault}", what = escaped(.what))]
    Number {
        /// The field, or the outcome whose harm weight it is.
        what: String,
        /// What is wrong with the number.
        fault: FixedError,
    },
    /// An item that the codebook does not list.
    #[error("gate `{gate}` asks item `{item}`, which the codebook does not list{}", .nearest.as_ref().map_or_else(String::new, |nearest| format!(" (did you mean `{nearest}`?)")), gate = escaped(.gate), item = escaped(.item))]
    UnknownItem {
        /// The gate, or `danger_signs`.
        gate: String,
        /// The item as given.
        item: String,
        /// The listed item with the nearest name.
        nearest: Option<String>,
    },
    /// An answer that the item does not list.
    #[error(
        "gate `{gate}` asks for answer `{answer}` of item `{item}`, which the item does not list: it lists {listed}", answer = escaped(.answer), gate = escaped(.gate), item = escaped(.item), listed = escaped(.listed))]
    UnknownAnswer {
        /// The gate, or `danger_signs`.
        gate: String,
        /// The item.
        item: String,
        /// The answer as given.
        answer: String,
        /// The answers that are listed.
        listed: String,
    },
    /// A condition that holds never or always.
    #[error("gate `{gate}` has a condition without answers: name at least one", gate = escaped(.gate))]
    EmptyCondition {
        /// The gate.
        gate: String,
    },
    /// A condition that unfolds into too many alternatives.
    #[error(
        "gate `{gate}` unfolds into more than {limit} alternatives: split it into several gates", gate = escaped(.gate))]
    TooManyTerms {
        /// The gate.
        gate: String,
        /// The most there may be.
        limit: usize,
    },
    /// Conditions that stand in one another too deeply.
    #[error(
        "the condition of gate `{gate}` is nested more than {limit} deep: take levels out, or split it into several gates", gate = escaped(.gate))]
    TooDeep {
        /// The gate.
        gate: String,
        /// The deepest there may be.
        limit: usize,
    },
    /// Gates that have too many alternatives together.
    #[error(
        "the gates up to `{gate}` unfold into more than {limit} alternatives together: ask for several answers of an item in one `is`", gate = escaped(.gate))]
    TooManyTermsInAll {
        /// The gate at which the limit is passed.
        gate: String,
        /// The most there may be.
        limit: usize,
    },
    /// Too many different answers asked for by all gates together.
    #[error(
        "the gates and denominators ask for {found} different sets of answers: at most {limit} fit"
    )]
    TooManyAtoms {
        /// How many there are.
        found: usize,
        /// The most there may be.
        limit: usize,
    },
    /// The same gate twice.
    #[error("gate `{gate}` stands twice: give each its own id", gate = escaped(.gate))]
    RepeatedGate {
        /// The gate.
        gate: String,
    },
    /// A gate without a citation.
    #[error(
        "gate `{gate}` has no citation: name the law, the practice or the research it rests on", gate = escaped(.gate))]
    NoCitation {
        /// The gate.
        gate: String,
    },
    /// A cap that could fire on what is not known.
    #[error(
        "cap `{gate}` could fire while item `{item}` is unknown: a cap may only ask what an answer *is*", gate = escaped(.gate), item = escaped(.item))]
    CapOnUnknown {
        /// The gate.
        gate: String,
        /// The item.
        item: String,
    },
    /// A cap in a policy without danger signs.
    #[error(
        "cap `{gate}` stands in a policy without danger_signs: list the answers that suspend every cap", gate = escaped(.gate))]
    CapWithoutDangerSigns {
        /// The gate.
        gate: String,
    },
    /// A gate that means nothing: a floor at the lowest band or a cap at the highest.
    #[error(
        "gate `{gate}` changes nothing: a floor must be above `low` and a cap below `very_high`", gate = escaped(.gate))]
    Toothless {
        /// The gate.
        gate: String,
    },
    /// A gate on a victim item that is not marked as safeguarding.
    #[error(
        "gate `{gate}` asks item `{item}`, which is about a victim: mark the gate `safeguarding: true`, and let it only raise", gate = escaped(.gate), item = escaped(.item))]
    VictimItem {
        /// The gate.
        gate: String,
        /// The item.
        item: String,
    },
    /// Cut-offs out of order or out of range.
    #[error(
        "the cut-offs {medium} (medium), {high} (high), {very_high} (very_high) must rise strictly, from above 0 to at most 1"
    )]
    CutOffs {
        /// As given.
        medium: Fixed,
        /// As given.
        high: Fixed,
        /// As given.
        very_high: Fixed,
    },
    /// Harm weights that do not fit the instrument's outcomes.
    #[error(
        "the harm weights {fault}: give every outcome of the instrument a weight of 0 or more, at least one above 0", fault = escaped(.fault))]
    HarmWeights {
        /// What is wrong.
        fault: String,
    },
    /// A combination that names an outcome the instrument does not score.
    #[error("the combination names outcome `{outcome}`, which the instrument does not score", outcome = escaped(.outcome))]
    UnknownOutcome {
        /// As given.
        outcome: String,
    },
    /// A share outside 0 to 1.
    #[error("the audit share {share} must lie between 0 and 1")]
    AuditShare {
        /// As given.
        share: Fixed,
    },
    /// Action times that fall as bands rise.
    #[error("the action days must not fall from `very_high` to `low`, and start at 1 or more")]
    ActionDays,
}
