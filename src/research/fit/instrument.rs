//! From learnt weights to an instrument that ranks.

use std::collections::BTreeMap;

use semver::Version;

use super::advice::{Advice, Riley};
use super::design::{Coding, Designed, Dropped, ItemColumns};
use super::labels::JoinReport;
use super::points::table_of;
use super::{FitError, FitReport, LinearWeights, PointCard};
use crate::Fixed;
use crate::codebook::Codebook;
use crate::instrument::{
    Ground, Instrument, InstrumentDraft, Intercept, ItemWeights, Link, NumberProvenance,
    OutcomeDraft, Rule, Step,
};

/// Name, version and the like of an instrument to be made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Naming {
    /// Short name.
    pub id: String,
    /// Version.
    pub version: Version,
    /// What it is and what it is not.
    pub description: String,
    /// An instrument whose definitions, denominators and studied range are taken over.
    pub like: Option<Instrument>,
}

impl Naming {
    /// Version 0.1.0, without a model to follow.
    #[must_use]
    pub fn new(id: &str, description: &str) -> Self {
        let version = Version::new(0, 1, 0);
        Self { id: id.to_owned(), version, description: description.to_owned(), like: None }
    }

    /// Takes definitions, denominators and the studied range from another instrument of the same codebook.
    #[must_use]
    pub fn like(mut self, instrument: &Instrument) -> Self {
        self.like = Some(instrument.clone());
        self
    }
}

/// What was learnt for one outcome of an instrument.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OutcomeFit {
    /// Id of the outcome.
    pub outcome: String,
    /// The account of the fit.
    pub report: FitReport,
    /// How labels met complaints.
    pub join: JoinReport,
    /// Columns and items left out.
    pub dropped: Vec<Dropped>,
    /// What the number of effective events, or non-events where fewer, supports.
    pub advice: Advice,
    /// The sample that Riley's criteria ask for, where any would do; see [`Riley::for_fit`].
    pub riley: Option<Riley>,
}

impl OutcomeFit {
    /// Whether the events support a refit: at least 200 effective ones, and Riley's criteria pass.
    #[must_use]
    pub fn supports_refit(&self) -> bool {
        let (rows, events) = (self.report.rows as f64, self.report.effective_events);
        matches!(self.advice, Advice::RefitIfRileyPasses { .. })
            && self.riley.is_some_and(|riley| riley.passes(rows, events))
    }
}

/// An instrument learnt from complaints with known outcomes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FittedInstrument {
    /// The instrument, its weights rounded to six decimals.
    pub instrument: Instrument,
    /// The fits, in the order of its outcomes.
    pub fits: Vec<OutcomeFit>,
}

/// Text of the rule that every learnt number refers to.
const RULE: &str = "fitted";

/// One outcome's part: where each weight by code comes from, the intercept and the link.
pub(super) struct Part {
    pub(super) outcome: String,
    /// What every reader must be told.
    pub(super) notes: Vec<String>,
    pub(super) intercept: f64,
    /// Place of an item in the codebook, and its weights by code.
    pub(super) weights: Vec<(usize, Vec<f64>)>,
    pub(super) link: Link,
    /// Text of the rule that the numbers refer to.
    pub(super) text: String,
}

impl Designed {
    /// The weighted mean of an item's weights over its known answers; 0 where none is known.
    fn average(&self, item: &ItemColumns, weight: impl Fn(usize) -> f64) -> f64 {
        let (mut sum, mut total) = (0.0, 0.0);
        for (code, case_weight) in item.codes.iter().zip(&self.joined.weights) {
            if *code != 0 {
                sum += case_weight * weight(usize::from(*code));
                total += case_weight;
            }
        }
        if total > 0.0 { sum / total } else { 0.0 }
    }

    /// Weights of each item by code, *unknown* at 0, and what that adds to the intercept.
    ///
    /// *Unknown* counts as the average of the known answers. Centred columns have it so already; where every answer has a
    /// column of its own, the average is taken here, or a complaint without answers would stand beside those with the
    /// lowest, or with the highest.
    fn by_code(&self, weights: &[f64]) -> (f64, Vec<(usize, Vec<f64>)>) {
        let mut added = 0.0;
        let mut items = Vec::new();
        for item in &self.items {
            let weight = |code: usize| {
                let values = item.table.row(code);
                values
                    .iter()
                    .zip(&item.columns)
                    .map(|(x, column)| x * weights[*column])
                    .sum::<f64>()
            };
            // Every complaint has one answer or none, so taking the unknown's weight from all of them moves it to the intercept.
            let unknown = if self.coding == Coding::Answers && !item.found_or_not {
                self.average(item, weight)
            } else {
                weight(0)
            };
            added += unknown;
            items.push((
                item.item,
                (0..item.table.nrows()).map(|code| weight(code) - unknown).collect(),
            ));
        }
        (added, items)
    }

    /// An instrument of this one outcome from learnt weights.
    ///
    /// Weights are rounded to six decimals: no score moves by more than (items + 1) × 0.0000005.
    ///
    /// # Errors
    /// [`FitError`] when the weights are for other columns, do not fit the range of six decimals, the codebook is not that of
    /// the columns, or the instrument is refused by its own checks.
    pub fn instrument(
        &self,
        codebook: &Codebook,
        naming: &Naming,
        weights: &LinearWeights,
    ) -> Result<Instrument, FitError> {
        self.require(codebook)?;
        let part = self.linear_part(weights, "Learnt elsewhere and imported")?;
        assembled(codebook, naming, vec![part])
    }

    /// An instrument of this one outcome from a card of points, its table as the link.
    ///
    /// The sample must have been made with [`Coding::Answers`], or from 0/1 columns.
    ///
    /// # Errors
    /// As [`Self::instrument`].
    pub fn point_instrument(
        &self,
        codebook: &Codebook,
        naming: &Naming,
        card: &PointCard,
    ) -> Result<Instrument, FitError> {
        self.require(codebook)?;
        let mut weights = vec![0.0; self.columns.names().len()];
        for (name, points) in &card.points {
            let column = self.columns.names().iter().position(|known| known == name);
            weights[column.ok_or_else(|| FitError::NoSuchColumn { column: name.clone() })?] =
                f64::from(*points);
        }
        let (added, items) = self.by_code(&weights);
        let steps = self.steps_by_total(added, &items)?;
        let part = Part {
            outcome: self.outcome.clone(),
            notes: self.notes.iter().cloned().chain(self.notes_of_card(card)?).collect(),
            intercept: added,
            weights: items,
            link: table_link(steps.into_iter())?,
            text: format!(
                "Points counted on {} complaints, {} with the outcome; probabilities are the observed rates of each total, smoothed and made non-decreasing.",
                self.joined.labels.len(),
                self.joined.labels.iter().filter(|label| **label).count()
            ),
        };
        assembled(codebook, naming, vec![part])
    }

    /// From totals, *unknown* counted as the instrument counts it, to probabilities: a step half a point below each whole
    /// total, so that no rounding of weights crosses it.
    fn steps_by_total(
        &self,
        added: f64,
        items: &[(usize, Vec<f64>)],
    ) -> Result<Vec<(f64, f64)>, FitError> {
        let mut totals = vec![added; self.joined.labels.len()];
        for (item, (_, by_code)) in self.items.iter().zip(items) {
            for (total, code) in totals.iter_mut().zip(&item.codes) {
                *total += by_code[usize::from(*code)];
            }
        }
        // A total of whole points is whole but for rounding; one with unknown answers goes to the nearest.
        totals.iter_mut().for_each(|total| *total = (*total + 1e-9).round());
        let table = table_of(&self.sample()?, &totals)?;
        Ok(table.iter().map(|row| (row.total - 0.5, row.probability)).collect())
    }

    pub(super) fn linear_part(&self, weights: &LinearWeights, how: &str) -> Result<Part, FitError> {
        if weights.names != self.columns.names() {
            let (expected, found) = (self.columns.names().to_vec(), weights.names.clone());
            return Err(FitError::OtherColumns { expected, found });
        }
        let (added, items) = self.by_code(&weights.weights);
        let events = self.joined.labels.iter().filter(|label| **label).count();
        let text =
            format!("{how} on {} complaints, {events} with the outcome.", self.joined.labels.len());
        Ok(Part {
            outcome: self.outcome.clone(),
            notes: self.notes.clone(),
            intercept: weights.intercept + added,
            weights: items,
            link: Link::Logistic,
            text,
        })
    }
}

pub(super) fn fixed(what: &str, value: f64) -> Result<Fixed, FitError> {
    Fixed::nearest(value).ok_or_else(|| FitError::OutOfFixedRange { what: what.to_owned(), value })
}

/// Steps of a table; later entries at the same six decimals replace earlier ones.
pub(super) fn table_link(entries: impl Iterator<Item = (f64, f64)>) -> Result<Link, FitError> {
    let mut steps: Vec<Step> = Vec::new();
    for (from, probability) in entries {
        let step = Step {
            from: fixed("a step", from)?,
            probability: fixed("a probability", probability)?,
        };
        match steps.last_mut() {
            Some(last) if last.from == step.from => *last = step,
            Some(last) if last.probability == step.probability => {}
            _ => steps.push(step),
        }
    }
    Ok(Link::Table(steps))
}

/// An instrument of these outcomes.
pub(super) fn assembled(
    codebook: &Codebook,
    naming: &Naming,
    parts: Vec<Part>,
) -> Result<Instrument, FitError> {
    let like = naming.like.as_ref().map(Instrument::draft);
    let mut warnings: Vec<String> = Vec::new();
    let mut rules = Vec::new();
    let mut outcomes = Vec::new();
    for part in parts {
        for note in &part.notes {
            if !warnings.contains(note) {
                warnings.push(note.clone());
            }
        }
        let rule = format!("{RULE}_{}", part.outcome);
        let provenance = NumberProvenance { rules: vec![rule.clone()], note: None };
        rules.push(Rule { id: rule, text: part.text, ground: Ground::Fitted, sources: Vec::new() });
        let mut weights = Vec::new();
        for (item_position, by_code) in part.weights {
            let item = &codebook.items()[item_position];
            let mut by_answer = BTreeMap::new();
            for (code, weight) in by_code.iter().enumerate().skip(1) {
                let answer = item.answer_id(code as u8).to_owned();
                by_answer.insert(answer, fixed(&item.id, *weight)?);
            }
            weights.push(ItemWeights {
                item: item.id.clone(),
                weights: by_answer,
                provenance: provenance.clone(),
            });
        }
        let followed = like
            .and_then(|like| like.outcomes.iter().find(|outcome| outcome.outcome == part.outcome));
        let title = codebook.outcomes().iter().find(|outcome| outcome.id == part.outcome);
        let definition = match (followed, title) {
            (Some(followed), _) => followed.definition.clone(),
            (None, Some(title)) => title.title.clone(),
            (None, None) => part.outcome.clone(),
        };
        outcomes.push(OutcomeDraft {
            outcome: part.outcome.clone(),
            definition,
            denominator: followed.and_then(|followed| followed.denominator.clone()),
            intercept: Intercept { value: fixed("the intercept", part.intercept)?, provenance },
            weights,
            link: part.link,
            calibration: None,
        });
    }
    let draft = InstrumentDraft {
        id: naming.id.clone(),
        version: naming.version.clone(),
        description: naming.description.clone(),
        codebook: codebook.identity().clone(),
        warnings,
        studied: like.and_then(|like| like.studied.clone()),
        rules,
        population: None,
        outcomes,
    };
    Ok(Instrument::new(codebook, draft)?)
}
