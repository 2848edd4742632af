//! How the items of a codebook become columns.

use ndarray::Array2;
use serde::Serialize;

use super::design_made::Made;
use super::labels::{Joined, Labels};
use super::{Columns, FitError, FollowUp, Sample, Sign, subjects};
use crate::backlog::Backlog;
use crate::codebook::{About, Codebook, Direction, Item, Stage};
use crate::complaint::Origin;

/// How ordered answers become columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Coding {
    /// A column for each answer but the reference: its contrast with the reference.
    #[default]
    Treatment,
    /// Ordered items as steps: a column for reaching each answer beyond the reference's; others as treatment.
    Steps,
    /// A 0/1 column for every answer, the reference too: for counting methods such as Burgess and Nuffield.
    Answers,
}

/// How items become columns, for one outcome at a time.
///
/// Columns are centred on the known answers' shares, so that *unknown* counts as the average; found/not-found items
/// are not centred, since their *absent* must weigh what *unknown* weighs. Left out unless asked for: items
/// that do not bear on the outcome, and items that overlap its definition. Items about a victim are never weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    pub(super) coding: Coding,
    pub(super) references: Vec<(String, String)>,
    pub(super) unknown_indicators: bool,
    pub(super) circular: bool,
    pub(super) stage: Stage,
    pub(super) items: Option<Vec<String>>,
    pub(super) accept_leakage: bool,
    pub(super) directions: bool,
}

impl Default for Design {
    fn default() -> Self {
        Self::new()
    }
}

/// A column that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Dropped {
    /// Its name, or the item's where no column of it was made.
    pub column: String,
    /// Why.
    pub reason: DropReason,
}

/// Why a column was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DropReason {
    /// The same for every complaint.
    Constant,
    /// The same as an earlier column.
    DuplicateOf(String),
    /// The item overlaps the outcome's definition.
    Circular,
    /// The item is known only at a later stage.
    LaterStage,
    /// The item has no direction for the outcome.
    NoBearing,
    /// The item describes a victim.
    AboutVictim,
}

/// What a column of an item stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ItemColumns {
    /// Place of the item in the codebook.
    pub(crate) item: usize,
    /// Its id.
    pub(crate) id: String,
    /// Places of its columns in the design.
    pub(crate) columns: Vec<usize>,
    /// Codes x columns.
    pub(crate) table: Array2<f64>,
    /// The code of each row.
    pub(crate) codes: Vec<u8>,
    /// Whether *unknown* must weigh what *absent* weighs.
    pub(crate) found_or_not: bool,
}

/// A sample made from a backlog and labels: columns, labels, weights, clusters, and what was left out.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Designed {
    /// Id of the outcome.
    pub outcome: String,
    /// The columns.
    pub columns: Columns,
    /// Rows of the backlog, labels, weights, clusters and counts.
    pub joined: Joined,
    /// Columns and items left out.
    pub dropped: Vec<Dropped>,
    /// What every reader of the model must be told.
    pub notes: Vec<String>,
    /// Signs declared by the codebook's directions, where the design asks for them.
    pub signs: Vec<(String, Sign)>,
    /// Where the complaints come from.
    pub origin: Origin,
    pub(crate) items: Vec<ItemColumns>,
    pub(crate) coding: Coding,
}

impl Designed {
    /// The sample to learn from, with origin and notes; weights and clusters are given only where they say something.
    ///
    /// # Errors
    /// [`FitError::Length`]; parts made by [`Design::apply`] agree.
    pub fn sample(&self) -> Result<Sample<'_>, FitError> {
        self.sample_of(&self.columns)
    }

    /// The same labels, weights and clusters beside other columns of the same rows.
    pub(super) fn sample_of<'a>(&'a self, columns: &'a Columns) -> Result<Sample<'a>, FitError> {
        let mut sample = Sample::new(columns, &self.joined.labels)?.with_origin(self.origin);
        sample.notes.clone_from(&self.notes);
        if self.joined.weights.iter().any(|weight| *weight != 1.0) {
            sample = sample.weights(&self.joined.weights)?;
        }
        let distinct = self.joined.clusters.iter().max().map_or(0, |top| *top as usize + 1);
        if distinct < self.joined.clusters.len() {
            sample = sample.clusters(&self.joined.clusters)?;
        }
        Ok(sample)
    }
}

impl Design {
    /// Treatment contrasts against the *absent* (or first) answer, unknown as average, all stages.
    #[must_use]
    pub fn new() -> Self {
        Self {
            coding: Coding::Treatment,
            references: Vec::new(),
            unknown_indicators: false,
            circular: false,
            stage: Stage::PostSearch,
            items: None,
            accept_leakage: false,
            directions: false,
        }
    }

    /// How answers become columns.
    #[must_use]
    pub fn coding(mut self, coding: Coding) -> Self {
        self.coding = coding;
        self
    }

    /// The answer that an item's other answers are held against.
    #[must_use]
    pub fn reference(mut self, item: &str, answer: &str) -> Self {
        self.references.push((item.to_owned(), answer.to_owned()));
        self
    }

    /// Gives *unknown* a column of its own. A warning goes into the model: closed files hold answers learnt
    /// because the case was worked, so that *unknown* then tells that nobody worked it.
    #[must_use]
    pub fn with_unknown_indicators(mut self) -> Self {
        self.unknown_indicators = true;
        self
    }

    /// Uses items that overlap the outcome's definition too.
    #[must_use]
    pub fn with_circular_items(mut self) -> Self {
        self.circular = true;
        self
    }

    /// The latest stage whose items may be used.
    #[must_use]
    pub fn stage(mut self, stage: Stage) -> Self {
        self.stage = stage;
        self
    }

    /// The items to use, instead of all that bear on the outcome.
    #[must_use]
    pub fn items(mut self, items: &[&str]) -> Self {
        self.items = Some(items.iter().map(|item| (*item).to_owned()).collect());
        self
    }

    /// Takes retrospective complaints although their answers are not cut at a time. The model says so.
    #[must_use]
    pub fn accepting_leakage(mut self) -> Self {
        self.accept_leakage = true;
        self
    }

    /// Holds weights to the codebook's directions. Ordered items are then coded as steps.
    #[must_use]
    pub fn respecting_directions(mut self) -> Self {
        self.directions = true;
        self
    }

    /// Makes the sample for one outcome.
    ///
    /// # Errors
    /// [`FitError`] for names that the codebook does not list, retrospective answers without a time, no labelled
    /// complaint or no column left.
    pub fn apply(
        &self,
        backlog: &Backlog,
        labels: &Labels,
        outcome: &str,
    ) -> Result<Designed, FitError> {
        let codebook = backlog.codebook();
        self.check(codebook, outcome)?;
        let mut joined = labels.join(backlog, outcome);
        let placeholders = subjects::free_placeholders(&mut joined, backlog);
        if joined.rows.is_empty() {
            return Err(FitError::NoLabels { outcome: outcome.to_owned() });
        }
        let leaks = leaks(backlog);
        if leaks && !self.accept_leakage {
            return Err(FitError::Leakage);
        }
        let mut made = Made {
            builder: Columns::builder(joined.rows.len()),
            seen: Vec::new(),
            dropped: Vec::new(),
        };
        let mut items = Vec::new();
        let mut signs = Vec::new();
        let mut next = 0;
        for (position, item) in codebook.items().iter().enumerate() {
            if let Some(reason) = self.left_out(item, outcome) {
                made.dropped.push(Dropped { column: item.id.clone(), reason });
                continue;
            }
            let codes: Vec<u8> =
                joined.rows.iter().map(|row| backlog.code_at(*row, position)).collect();
            let (names, table, item_signs) =
                self.code_item(item, outcome, &codes, &joined.weights)?;
            let kept = made.add(&names, &codes, &table)?;
            if kept.is_empty() {
                continue;
            }
            for column in &kept {
                if let Some(sign) = item_signs[*column] {
                    signs.push((names[*column].clone(), sign));
                }
            }
            let columns = (next..next + kept.len()).collect();
            next += kept.len();
            let table = table.select(ndarray::Axis(1), &kept);
            items.push(ItemColumns {
                id: item.id.clone(),
                item: position,
                columns,
                table,
                codes,
                found_or_not: item.found_or_not,
            });
        }
        if items.is_empty() {
            return Err(FitError::NothingHelps);
        }
        Ok(Designed {
            outcome: outcome.to_owned(),
            columns: made.builder.build(),
            joined,
            dropped: made.dropped,
            notes: self
                .notes(labels.origin_with(backlog, &[outcome]), leaks)
                .into_iter()
                .chain(FollowUp::of(backlog, labels, &[outcome]).note())
                .chain(subjects::note(&placeholders))
                .collect(),
            signs: if self.directions { signs } else { Vec::new() },
            origin: labels.origin_with(backlog, &[outcome]),
            items,
            coding: self.coding,
        })
    }

    fn check(&self, codebook: &Codebook, outcome: &str) -> Result<(), FitError> {
        if codebook.outcome_position(outcome).is_none() {
            return Err(FitError::NoSuchOutcome { outcome: outcome.to_owned() });
        }
        let named = self.items.iter().flatten().chain(self.references.iter().map(|(item, _)| item));
        for item in named {
            if codebook.item(item).is_none() {
                return Err(FitError::NoSuchColumn { column: item.clone() });
            }
        }
        for (item, answer) in &self.references {
            if codebook.item(item).is_none_or(|item| item.code_of(answer).is_none()) {
                return Err(FitError::NoSuchColumn { column: format!("{item}={answer}") });
            }
        }
        Ok(())
    }

    pub(super) fn left_out(&self, item: &Item, outcome: &str) -> Option<DropReason> {
        let bearing = item.bears_on.get(outcome);
        let chosen = self.items.as_ref().map(|items| items.contains(&item.id));
        if item.about == About::Victim {
            Some(DropReason::AboutVictim)
        } else if item.stage > self.stage {
            Some(DropReason::LaterStage)
        } else if bearing.is_some_and(|bearing| bearing.criterion_of) && !self.circular {
            Some(DropReason::Circular)
        } else if !chosen
            .unwrap_or_else(|| bearing.is_some_and(|bearing| bearing.direction != Direction::None))
        {
            Some(DropReason::NoBearing)
        } else {
            None
        }
    }

    /// `origin` is that of complaints and labels together.
    fn notes(&self, origin: Origin, leaks: bool) -> Vec<String> {
        let mut notes = Vec::new();
        match origin {
            Origin::Synthetic => notes.push(
                "Learnt from synthetic complaints: it says nothing about the world.".to_owned(),
            ),
            Origin::NotStated => notes.push(
                "Nobody said where the complaints it was learnt from come from: trust it as little as the least certain source."
                    .to_owned(),
            ),
            Origin::Prospective | Origin::Retrospective => {}
        }
        if leaks {
            notes.push(
                "Learnt from closed files without a time limit on answers: some were learnt because the case was worked."
                    .to_owned(),
            );
        }
        if self.unknown_indicators {
            notes.push(
                "Unknown answers have weights of their own: in closed files an answer is often known because the case was worked."
                    .to_owned(),
            );
        }
        notes
    }
}

/// Whether answers may have been learnt because a complaint was worked: closed files without a time at which answers are
/// cut. Unstated is guarded like retrospective.
pub(super) fn leaks(backlog: &Backlog) -> bool {
    let unsure = matches!(backlog.origin(), Origin::Retrospective | Origin::NotStated);
    unsure && backlog.as_of().is_none()
}
