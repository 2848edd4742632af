//! Why an instrument is refused.

use thiserror::Error;

use crate::base::{Fixed, FixedError, JsonError, escaped};
use crate::codebook::CodebookError;

/// Why an instrument cannot be used with a codebook.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InstrumentError {
    /// An outcome of which nobody says what counts as found.
    #[error("outcome `{outcome}` has no definition: write what counts as found", outcome = escaped(.outcome))]
    NoDefinition {
        /// The outcome.
        outcome: String,
    },
    /// The text is not JSON of an instrument's shape.
    #[error("not an instrument: {0}")]
    Json(JsonError),
    /// A weight, an intercept or a step with more than six decimals.
    #[error("{what} of outcome `{outcome}` is `{number}`, more than six decimals: round it to six", number = escaped(.number), outcome = escaped(.outcome), what = escaped(.what))]
    TooManyDecimals {
        /// The outcome.
        outcome: String,
        /// `the intercept`, the weight or the step.
        what: String,
        /// The number as given, cut after 40 characters.
        number: String,
    },
    /// A weight, an intercept or a step that is no exact decimal, or lies outside the range.
    #[error("{what} of outcome `{outcome}`: {fault}", outcome = escaped(.outcome), what = escaped(.what))]
    Number {
        /// The outcome.
        outcome: String,
        /// `the intercept`, the weight or the step.
        what: String,
        /// What is wrong with the number.
        fault: FixedError,
    },
    /// It weighs another codebook.
    #[error(transparent)]
    OtherCodebook(#[from] CodebookError),
    /// No outcome, or more than the codebook can have.
    #[error("the instrument has {found} outcomes: it needs 1 to {limit}")]
    OutcomeCount {
        /// How many were given.
        found: usize,
        /// The most there may be.
        limit: usize,
    },
    /// An outcome that the codebook does not list.
    #[error("outcome `{outcome}` is not listed by the codebook", outcome = escaped(.outcome))]
    UnknownOutcome {
        /// As given.
        outcome: String,
    },
    /// The same outcome, rule or item twice.
    #[error("{what} `{id}` stands twice: keep one", id = escaped(.id), what = escaped(.what))]
    Repeated {
        /// `outcome`, `rule`, or `item … of outcome …`.
        what: String,
        /// Its id.
        id: String,
    },
    /// An item that the codebook does not list.
    #[error("outcome `{outcome}` weighs item `{item}`, which the codebook does not list{}", .nearest.as_ref().map_or_else(String::new, |nearest| format!(" (did you mean `{nearest}`?)")), item = escaped(.item), outcome = escaped(.outcome))]
    UnknownItem {
        /// The outcome.
        outcome: String,
        /// The item as given.
        item: String,
        /// The listed item with the nearest name.
        nearest: Option<String>,
    },
    /// An answer that the item does not list.
    #[error(
        "outcome `{outcome}` weighs answer `{answer}` of item `{item}`, which the item does not list: it lists {listed}", answer = escaped(.answer), item = escaped(.item), listed = escaped(.listed), outcome = escaped(.outcome))]
    UnknownAnswer {
        /// The outcome.
        outcome: String,
        /// The item.
        item: String,
        /// The answer as given.
        answer: String,
        /// The answers that are listed.
        listed: String,
    },
    /// A weight for *unknown* other than 0.
    #[error(
        "outcome `{outcome}` gives *unknown* of item `{item}` the weight {weight}: it must be 0; shift the item's weights and let the intercept take the difference", item = escaped(.item), outcome = escaped(.outcome))]
    UnknownWeighed {
        /// The outcome.
        outcome: String,
        /// The item.
        item: String,
        /// The weight as given.
        weight: Fixed,
    },
    /// A found-or-not item whose absent answer weighs something.
    #[error(
        "outcome `{outcome}` gives `{absent}` of item `{item}` the weight {weight}: the item is found-or-not, so its absent answer must weigh 0 as *unknown* does", absent = escaped(.absent), item = escaped(.item), outcome = escaped(.outcome))]
    AbsentWeighed {
        /// The outcome.
        outcome: String,
        /// The item.
        item: String,
        /// The absent answer.
        absent: String,
        /// The weight as given.
        weight: Fixed,
    },
    /// A victim item that weighs something.
    #[error(
        "outcome `{outcome}` weighs item `{item}`, which is about a victim: use a safeguarding gate instead", item = escaped(.item), outcome = escaped(.outcome))]
    VictimWeighed {
        /// The outcome.
        outcome: String,
        /// The item.
        item: String,
    },
    /// A denominator that asks a victim item.
    #[error(
        "the denominator of outcome `{outcome}` asks item `{item}`, which is about a victim: use a safeguarding gate instead", item = escaped(.item), outcome = escaped(.outcome))]
    VictimDenominator {
        /// The outcome.
        outcome: String,
        /// The item.
        item: String,
    },
    /// Scores could leave the range of the integer.
    #[error("scores of outcome `{outcome}` could reach {reach} from 0, beyond {limit}: scale the weights down", limit = Fixed::MAX, outcome = escaped(.outcome), reach = escaped(.reach))]
    Overflow {
        /// The outcome.
        outcome: String,
        /// Sum of the largest absolute weights and the absolute intercept, in units.
        reach: String,
    },
    /// A table link that is empty, unordered or falls.
    #[error(
        "the table link of outcome `{outcome}` {fault}: list at least one step, scores strictly increasing, probabilities from 0 to 1 and never falling", outcome = escaped(.outcome))]
    Table {
        /// The outcome.
        outcome: String,
        /// What is wrong.
        fault: &'static str,
    },
    /// A number without provenance.
    #[error("{what} of outcome `{outcome}` has no provenance: name at least one rule", outcome = escaped(.outcome), what = escaped(.what))]
    NoProvenance {
        /// `the intercept`, or the item.
        what: String,
        /// The outcome.
        outcome: String,
    },
    /// A rule that is not listed.
    #[error(
        "{what} of outcome `{outcome}` refers to rule `{rule}`, which the instrument does not list", outcome = escaped(.outcome), rule = escaped(.rule), what = escaped(.what))]
    UnknownRule {
        /// `the intercept`, or the item.
        what: String,
        /// The outcome.
        outcome: String,
        /// The rule as given.
        rule: String,
    },
    /// A population that names what is not listed, or whose shares are none.
    #[error("the population is not one: {what} {fault}", fault = escaped(.fault), what = escaped(.what))]
    Population {
        /// The channel, item or figure.
        what: String,
        /// What is wrong with it, and the way out.
        fault: String,
    },
    /// A rule of evidence without a source, or with one that the codebook does not list.
    #[error("rule `{rule}` {fault}", fault = escaped(.fault), rule = escaped(.rule))]
    RuleSource {
        /// The rule.
        rule: String,
        /// What is wrong.
        fault: String,
    },
    /// A denominator that names something unlisted.
    #[error(
        "the denominator of outcome `{outcome}` names `{name}`, which the codebook does not list", name = escaped(.name), outcome = escaped(.outcome))]
    Denominator {
        /// The outcome.
        outcome: String,
        /// The item or `item = answer`.
        name: String,
    },
    /// A calibration record that cannot be true.
    #[error("the calibration record of outcome `{outcome}` {fault}", outcome = escaped(.outcome))]
    Calibration {
        /// The outcome.
        outcome: String,
        /// What is wrong.
        fault: &'static str,
    },
}
