//! Positions under several models at once: the shipped sensitivity sets, say.

use ndarray::Array2;
use serde::Serialize;

use super::StudyError;
use crate::complaint::Origin;
use crate::policy::ActiveOverrides;
use crate::{Backlog, Triage};

/// Positions of every complaint under each of several models; the first is what the others are
/// held against. Four bytes a complaint and model.
///
/// ```
/// use caserank::Seed;
/// use caserank::reference::{other_assumptions, published};
/// use caserank::research::study::PositionsUnder;
/// use caserank::synthetic::Generator;
/// use caserank::{ActiveOverrides, BacklogBuilder};
/// let (published, others) = (published()?, other_assumptions()?);
/// let mut backlog = BacklogBuilder::new(published.codebook());
/// for case in Generator::new(Seed(1)).cases().take(100) {
///     backlog.push(&case.complaint)?;
/// }
/// let mut sets = vec![("published", &published)];
/// sets.extend(others.iter().map(|other| (other.id(), other.triage())));
/// let positions = PositionsUnder::new(&sets, &backlog.freeze(), &ActiveOverrides::none())?;
/// let movers = positions.departures(20);
/// assert!(movers[0].kept <= movers[1].kept);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PositionsUnder {
    names: Vec<String>,
    /// Complaints × models, from 1.
    positions: Array2<u32>,
    origin: Origin,
}

/// How one model's order differs from the first model's.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Departure {
    /// The model.
    pub name: String,
    /// Share of the first model's first k that are among its own first k.
    pub kept: f64,
    /// Mean distance between the two positions of a complaint.
    pub mean_move: f64,
    /// The largest distance.
    pub largest_move: u32,
    /// Where the complaints come from.
    pub origin: Origin,
}

impl PositionsUnder {
    /// Ranks a backlog with every model.
    ///
    /// # Errors
    /// [`StudyError::Undeclared`] without models, [`StudyError::Codebook`] for a model of another codebook.
    pub fn new(
        models: &[(&str, &Triage)],
        backlog: &Backlog,
        overrides: &ActiveOverrides,
    ) -> Result<Self, StudyError> {
        if models.is_empty() {
            let remedy = "give at least one";
            return Err(StudyError::Undeclared { what: "models", remedy });
        }
        let mut positions = Array2::zeros((backlog.len(), models.len()));
        for (column, (_, model)) in models.iter().enumerate() {
            let ranking = model.rank_with(backlog, overrides)?;
            for entry in &ranking {
                positions[[entry.row(), column]] = entry.position() as u32;
            }
        }
        let names = models.iter().map(|(name, _)| (*name).to_owned()).collect();
        Ok(PositionsUnder { names, positions, origin: backlog.origin() })
    }

    /// Where the complaints come from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The models' names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The positions of a row of the backlog, model by model.
    #[must_use]
    pub fn of_row(&self, row: usize) -> Option<Vec<u32>> {
        (row < self.positions.nrows()).then(|| self.positions.row(row).to_vec())
    }

    /// The first and the last position that any model gives a row.
    #[must_use]
    pub fn range(&self, row: usize) -> Option<(u32, u32)> {
        let of_draws = self.of_row(row)?;
        Some((of_draws.iter().copied().min()?, of_draws.iter().copied().max()?))
    }

    /// How every model's order differs from the first one's, the largest movers first: by the
    /// share of the first k that is kept, then by the mean move, then as given.
    #[must_use]
    pub fn departures(&self, k: usize) -> Vec<Departure> {
        let rows = self.positions.nrows();
        let k = k.min(rows);
        let columns = self.names.iter().zip(self.positions.columns()).skip(1);
        let mut departures: Vec<Departure> = columns
            .map(|(name, column)| {
                let pairs = || self.positions.column(0).into_iter().zip(column.iter());
                let both = |(before, after): &(&u32, &u32)| {
                    **before as usize <= k && **after as usize <= k
                };
                let kept = pairs().filter(both).count();
                let total: u64 = pairs().map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
                Departure {
                    name: name.clone(),
                    kept: if k == 0 { 0.0 } else { kept as f64 / k as f64 },
                    mean_move: if rows == 0 { 0.0 } else { total as f64 / rows as f64 },
                    largest_move: pairs().map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0),
                    origin: self.origin,
                }
            })
            .collect();
        departures.sort_by(|first, second| {
            first.kept.total_cmp(&second.kept).then(second.mean_move.total_cmp(&first.mean_move))
        });
        departures
    }
}
