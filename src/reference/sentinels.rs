//! Complaints that must never be seen low.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ReferenceError;
use crate::Timestamp;
use crate::codebook::Codebook;
use crate::complaint::{Complaint, Origin};
use crate::policy::{Band, Lane};

/// A made-up complaint with the lowest band that it may get.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentinel {
    /// Short name.
    pub id: String,
    /// The situation, and why it may not be seen low.
    pub why: String,
    /// The lowest band it may get.
    pub at_least: Band,
    /// The lane it must stand in, where it matters.
    #[serde(default)]
    pub lane: Option<Lane>,
    /// What is known.
    pub answers: BTreeMap<String, String>,
    /// Items that stay unknown when every other one is answered with its absent answer.
    pub left_unknown: Vec<String>,
    /// A harmless complaint that must stand behind it.
    #[serde(default)]
    pub neighbour: Option<Neighbour>,
}

/// A made-up complaint that holds less danger than a sentinel, with the highest band that it may
/// get.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbour {
    /// The situation.
    pub why: String,
    /// The highest band it may get with everything else blank.
    pub at_most: Band,
    /// What is known.
    pub answers: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SentinelsFile {
    #[serde(rename = "synthetic")]
    _synthetic: bool,
    #[serde(rename = "note")]
    _note: String,
    sentinels: Vec<Sentinel>,
}

impl Sentinel {
    /// The complaint with every other item blank.
    ///
    /// # Errors
    /// [`ReferenceError::Rules`] for an id that no complaint can have.
    pub fn blank(&self) -> Result<Complaint, ReferenceError> {
        complaint(&self.id, &self.answers)
    }

    /// Its harmless neighbour, if it has one, with every other item blank.
    ///
    /// # Errors
    /// As [`Sentinel::blank`].
    pub fn neighbour(&self) -> Result<Option<Complaint>, ReferenceError> {
        // Sorts before the sentinel, so that a tie in everything else does not pass for an order.
        let beside =
            |neighbour: &Neighbour| complaint(&format!("0-{}", self.id), &neighbour.answers);
        self.neighbour.as_ref().map(beside).transpose()
    }

    /// The complaint with every other item that has an absent answer set to it, except those left
    /// unknown.
    ///
    /// # Errors
    /// As [`Sentinel::blank`].
    pub fn otherwise_absent(&self, codebook: &Codebook) -> Result<Complaint, ReferenceError> {
        let mut complaint = self.blank()?;
        for item in codebook.items() {
            let open =
                !self.answers.contains_key(&item.id) && !self.left_unknown.contains(&item.id);
            if let Some(absent) = item.absent.as_ref().filter(|_| open) {
                complaint.set_answer(&*item.id, &**absent);
            }
        }
        Ok(complaint)
    }
}

fn complaint(id: &str, answers: &BTreeMap<String, String>) -> Result<Complaint, ReferenceError> {
    // Any day will do: 2024-01-01, counted from the first day that can be written.
    let received = Timestamp::MIN.plus_days(739_251);
    let complaint = Complaint::new(id, received)
        .map_err(|cause| ReferenceError::Rules { fault: cause.to_string() })?
        .with_origin(Origin::Synthetic);
    let answers = answers.iter();
    Ok(answers.fold(complaint, |complaint, (item, answer)| complaint.with_answer(item, &**answer)))
}

/// The sentinel complaints: 30 written before any weight, the others before the items of codebook
/// 0.2 that they ask for.
///
/// # Errors
/// [`ReferenceError::Rules`] where the file cannot be read.
pub fn sentinels() -> Result<Vec<Sentinel>, ReferenceError> {
    let text = include_str!("../../fixtures/sentinels.json");
    let file: SentinelsFile = serde_json::from_str(text)
        .map_err(|cause| ReferenceError::Rules { fault: cause.to_string() })?;
    Ok(file.sentinels)
}
