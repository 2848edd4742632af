//! What all agencies agree on before the first sum is made.

use serde::{Deserialize, Serialize};

use super::error::FederatedError;
use crate::codebook::Codebook;
use crate::research::evaluate::Confidence;
use crate::research::fit::{Design, FitError};
use crate::triage::Fingerprint;

/// Format of plans and messages.
pub(super) const FORMAT: u32 = 1;
/// Most items: pairs of them are counted.
const MOST_ITEMS: usize = 1_000;

/// How weights are learnt.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "method", deny_unknown_fields)]
#[non_exhaustive]
pub enum Method {
    /// Logistic regression with a ridge penalty on coefficients per standard deviation of their column; 0 for none.
    Logistic {
        /// The penalty, 0 or more.
        ridge: f64,
    },
    /// Firth's bias-reduced logistic regression.
    Firth,
}

/// Which groups the minimum holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Groups {
    /// Complaints with the same answer to any two questions, and to any one. Every number of every message is then a sum over
    /// at least the minimum or over none.
    #[default]
    Pairs,
    /// Complaints with the same answer to one question, as most systems for federated analysis check. Sums of two answers
    /// together may then be about fewer; in exchange far less has to be coarsened at small agencies.
    Answers,
}

/// A question of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PlanItem {
    /// Id of the item.
    pub id: String,
    /// Ids of its answers; code 1 is the first, 0 is *unknown*.
    pub answers: Vec<String>,
    /// Code of the answer that the others are held against, from 1.
    pub reference: u8,
    /// Whether *unknown* weighs what the reference weighs, instead of the average.
    #[serde(default)]
    pub found_or_not: bool,
}

impl PlanItem {
    /// An item with these answers, the first of which is the reference; *unknown* counts as the average.
    #[must_use]
    pub fn new(id: &str, answers: &[&str]) -> Self {
        let answers = answers.iter().map(|answer| (*answer).to_owned()).collect();
        Self { id: id.to_owned(), answers, reference: 1, found_or_not: false }
    }

    /// Answers *no* (code 1) and *yes* (code 2).
    #[must_use]
    pub fn yes_no(id: &str) -> Self {
        Self::new(id, &["no", "yes"])
    }

    /// Codes of the item, *unknown* among them.
    #[must_use]
    pub fn codes(&self) -> usize {
        self.answers.len() + 1
    }
}

/// Questions, method and smallest group of a federated fit; the same file everywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    format: u32,
    study: String,
    outcome: String,
    /// Digest of the codebook's items and answers, where the plan was made from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    codebook: Option<String>,
    items: Vec<PlanItem>,
    method: Method,
    minimum: usize,
    #[serde(default)]
    groups: Groups,
    level: Confidence,
    /// Whether closed files whose answers are not cut at a time are taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    leakage_accepted: bool,
}

impl Plan {
    /// A plan with a minimum of 5 for every pair of answers, and 95% intervals.
    ///
    /// # Errors
    /// [`FederatedError::Plan`] for no items, more than 1,000, names that come twice, an item without an answer or with more
    /// than 254, a reference that is not listed, or a penalty out of range.
    pub fn new(
        study: &str,
        outcome: &str,
        items: Vec<PlanItem>,
        method: Method,
    ) -> Result<Self, FederatedError> {
        let plan = Self {
            format: FORMAT,
            study: study.to_owned(),
            outcome: outcome.to_owned(),
            codebook: None,
            items,
            method,
            minimum: 5,
            groups: Groups::default(),
            level: Confidence::P95,
            leakage_accepted: false,
        };
        plan.checked()
    }

    /// A plan for an outcome of a codebook: the items that `design` uses for it, each answer against the absent one.
    ///
    /// # Errors
    /// As [`Self::new`]; [`FitError::NoSuchOutcome`] for an outcome that the codebook does not list.
    pub fn from_codebook(
        study: &str,
        codebook: &Codebook,
        outcome: &str,
        design: &Design,
        method: Method,
    ) -> Result<Self, FederatedError> {
        if codebook.outcome_position(outcome).is_none() {
            return Err(FitError::NoSuchOutcome { outcome: outcome.to_owned() }.into());
        }
        let used = codebook.items().iter().filter(|item| design.left_out(item, outcome).is_none());
        let items = used
            .map(|item| PlanItem {
                id: item.id.clone(),
                answers: item.answers.iter().map(|answer| answer.id.clone()).collect(),
                reference: item.absent_code().unwrap_or(1),
                found_or_not: item.found_or_not,
            })
            .collect();
        let mut plan = Self::new(study, outcome, items, method)?;
        plan.codebook = Some(codebook.digest_of_answers().to_owned());
        plan.leakage_accepted = design.accept_leakage;
        Ok(plan)
    }

    /// The smallest group whose sum may leave an agency, and which groups that holds for.
    ///
    /// # Errors
    /// [`FederatedError::Plan`] for a minimum of 0 or above a million.
    pub fn with_minimum(mut self, minimum: usize, groups: Groups) -> Result<Self, FederatedError> {
        (self.minimum, self.groups) = (minimum, groups);
        self.checked()
    }

    /// How sure the intervals are meant to be; 95% by default.
    #[must_use]
    pub fn with_confidence(mut self, confidence: Confidence) -> Self {
        self.level = confidence;
        self
    }

    /// Checks a plan that was read from a file.
    ///
    /// # Errors
    /// As [`Self::new`], and [`FederatedError::Format`].
    pub fn checked(self) -> Result<Self, FederatedError> {
        let refuse = |part, found: &dyn std::fmt::Display, allowed| {
            Err(FederatedError::Plan { part, found: found.to_string(), allowed })
        };
        if self.format != FORMAT {
            return Err(FederatedError::Format { found: self.format, read: FORMAT });
        }
        if self.items.is_empty() || self.items.len() > MOST_ITEMS {
            return refuse("number of items", &self.items.len(), "from 1 to 1,000");
        }
        let mut ids: Vec<&str> = self.items.iter().map(|item| item.id.as_str()).collect();
        ids.sort_unstable();
        if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            return refuse("item", &twice[0], "named once");
        }
        for item in &self.items {
            if item.answers.is_empty() || item.answers.len() > 254 {
                return refuse("number of answers", &item.answers.len(), "from 1 to 254");
            }
            if item.reference == 0 || usize::from(item.reference) > item.answers.len() {
                return refuse("reference", &item.reference, "the code of a listed answer");
            }
        }
        if let Method::Logistic { ridge } = self.method
            && !(ridge.is_finite() && ridge >= 0.0)
        {
            return refuse("ridge", &ridge, "finite and 0 or more");
        }
        if self.minimum == 0 || self.minimum > 1_000_000 {
            return refuse("minimum", &self.minimum, "from 1 to 1,000,000");
        }
        Ok(self)
    }

    /// Name of the study.
    #[must_use]
    pub fn study(&self) -> &str {
        &self.study
    }

    /// Id of the outcome.
    #[must_use]
    pub fn outcome(&self) -> &str {
        &self.outcome
    }

    /// The questions.
    #[must_use]
    pub fn items(&self) -> &[PlanItem] {
        &self.items
    }

    /// How weights are learnt.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The smallest group whose sum may leave an agency.
    #[must_use]
    pub fn minimum(&self) -> usize {
        self.minimum
    }

    /// Which groups the minimum holds for.
    #[must_use]
    pub fn groups(&self) -> Groups {
        self.groups
    }

    /// Whether closed files whose answers are not cut at a time are taken, as
    /// [`Design::accepting_leakage`] of the design says; the fit says so then.
    #[must_use]
    pub fn accepts_leakage(&self) -> bool {
        self.leakage_accepted
    }

    pub(super) fn confidence(&self) -> Confidence {
        self.level
    }

    pub(super) fn codebook(&self) -> Option<&str> {
        self.codebook.as_deref()
    }

    /// Digest of everything in the plan; every message carries it.
    ///
    /// # Errors
    /// None for a plan that was made or read here; a plan that cannot be written has no fingerprint.
    pub fn fingerprint(&self) -> Result<Fingerprint, FederatedError> {
        fingerprint_of(self)
    }
}

pub(super) fn fingerprint_of(value: &impl Serialize) -> Result<Fingerprint, FederatedError> {
    let text = serde_json::to_vec(value).map_err(|_| FederatedError::Nothing {
        what: "a part cannot be written as JSON, so that it has no fingerprint",
        way_out: "look for numbers that are not finite",
    })?;
    Ok(Fingerprint::of(&text))
}
