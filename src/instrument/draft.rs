//! An instrument as it stands in a file: written by hand, by a script or by a fit, not yet checked.

use std::collections::BTreeMap;

use semver::Version;
use serde::{Deserialize, Serialize};

use super::population::Population;
use crate::base::words;
use crate::codebook::{Identity, ItemAnswers};
use crate::complaint::Origin;
use crate::{Fixed, Timestamp};

/// What a number in a model rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ground {
    /// A published figure, in the sources named.
    Evidence,
    /// A choice of the authors.
    Assumption,
    /// Computed from other numbers of the same file.
    Derived,
    /// Fitted to complaints with known outcomes.
    Fitted,
}

words! {
    Ground, "a ground of a number",
    Evidence => "evidence",
    Assumption => "assumption",
    Derived => "derived",
    Fitted => "fitted",
}

/// A rule by which numbers of the instrument were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Short name, referred to by weights and intercepts.
    pub id: String,
    /// The rule in plain words, exact enough to compute the numbers again.
    pub text: String,
    /// What it rests on.
    pub ground: Ground,
    /// Ids of sources listed by the codebook.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

/// Where a number comes from: rules of the same file, and a note where they need one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberProvenance {
    /// Ids of the rules, at least one.
    pub rules: Vec<String>,
    /// What is particular to this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The weights of one item for one outcome. Answers not named weigh 0, as *unknown* does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemWeights {
    /// Id of the item.
    pub item: String,
    /// Weight by answer id.
    #[serde(deserialize_with = "crate::base::unique_map")]
    pub weights: BTreeMap<String, Fixed>,
    /// Where these weights come from.
    pub provenance: NumberProvenance,
}

/// What an outcome starts from, with nothing known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intercept {
    /// The score of a complaint of which nothing is known.
    pub value: Fixed,
    /// Where it comes from.
    pub provenance: NumberProvenance,
}

/// Among which complaints an outcome is asked. Without it: among all.
///
/// The outcome does not apply where one of `not_when` holds and none of `established_by` does.
/// Where nothing of this is known it applies, unless `not_when` names `unknown`: then the outcome
/// is asked only of complaints for which something establishes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denominator {
    /// Who is in the denominator, in plain words.
    pub text: String,
    /// Answers by which the outcome does not apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_when: Vec<ItemAnswers>,
    /// Answers by which it applies all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub established_by: Vec<ItemAnswers>,
}

/// One step of a table link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The lowest score of the step.
    pub from: Fixed,
    /// The probability from there on, 0 to 1, six decimals.
    pub probability: Fixed,
}

/// From score to probability.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The score is log-odds.
    #[default]
    Logistic,
    /// The score is points; each step holds from its score to the next, the first one also below.
    Table(Vec<Step>),
}

/// Expected over observed events, with its 95% interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedOverObserved {
    /// The ratio.
    pub value: Fixed,
    /// Lower end of its 95% interval.
    pub low: Fixed,
    /// Upper end of its 95% interval.
    pub high: Fixed,
}

/// Where and how probabilities were held against outcomes. Without it no percentage is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Where: the agency or the body of complaints.
    pub place: String,
    /// Up to when complaints were received.
    pub until: Timestamp,
    /// What kind of complaints.
    pub origin: Origin,
    /// How many complaints.
    pub complaints: u64,
    /// How many of them with the outcome.
    pub events: u64,
    /// How outcomes were found.
    pub ascertainment: String,
    /// Expected over observed events after calibration.
    pub expected_over_observed: ExpectedOverObserved,
}

impl Calibration {
    /// Whether it was judged on complaints that really came in: of made-up ones, and of those of which nobody says what they
    /// are, no probability is learnt, so none is shown as one.
    #[must_use]
    pub fn is_of_real_complaints(&self) -> bool {
        matches!(self.origin, Origin::Prospective | Origin::Retrospective)
    }
}

/// An outcome's part of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeDraft {
    /// Id of the codebook's outcome.
    pub outcome: String,
    /// What counts as the outcome, in plain words.
    pub definition: String,
    /// Among which complaints it is asked; all of them, without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<Denominator>,
    /// The score with nothing known.
    pub intercept: Intercept,
    /// Weights, an entry per item that carries any.
    pub weights: Vec<ItemWeights>,
    /// From score to probability.
    #[serde(default)]
    pub link: Link,
    /// How probabilities were held against outcomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
}

impl OutcomeDraft {
    /// The calibration by which its probabilities may be quoted: one that was judged on complaints that really came in.
    #[must_use]
    pub fn quotable_calibration(&self) -> Option<&Calibration> {
        self.calibration.as_ref().filter(|calibration| calibration.is_of_real_complaints())
    }
}

/// Whom and what the instrument's evidence is about; outside it an assessment says *not studied*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Studied {
    /// Who and what was studied, in plain words.
    pub text: String,
    /// Answers by which a complaint lies outside.
    pub not_when: Vec<ItemAnswers>,
}

/// An instrument not yet held against a codebook; see [`super::Instrument::new`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentDraft {
    /// Short name.
    pub id: String,
    /// Semantic version.
    pub version: Version,
    /// What it is and what it is not.
    pub description: String,
    /// The codebook that it weighs.
    pub codebook: Identity,
    /// What every number must be read with: fitted on closed files, synthetic data, and so on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Whom and what its evidence is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub studied: Option<Studied>,
    /// The rules by which its numbers were made.
    pub rules: Vec<Rule>,
    /// The population in which intercepts were solved and cut-offs set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<Population>,
    /// One part per outcome, in the order in which scores are given.
    pub outcomes: Vec<OutcomeDraft>,
}
