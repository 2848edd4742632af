//! What a plan shows beside the work: complaints read in part, and another scale laid beside our bands.

use serde::{Deserialize, Serialize};

use crate::backlog::Backlog;
use crate::complaint::NotUnderstood;
use crate::policy::{Band, Lane};
use crate::rank::Rank;
use crate::triage::{Ranking, RankingEntry};

/// A complaint of which something was not understood when it was read: it is ranked without that, and a person must
/// look at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartlyUnderstood {
    /// Id of the complaint.
    pub(crate) id: String,
    /// Its rank in the ranking that was planned from.
    #[serde(flatten)]
    pub(crate) rank: Rank,
    /// What was not understood.
    pub(crate) not_understood: Vec<NotUnderstood>,
}

impl PartlyUnderstood {
    /// All among the entries, in their order.
    pub(super) fn all<'a>(entries: impl Iterator<Item = RankingEntry<'a>>) -> Vec<Self> {
        let read = entries.map(|entry| PartlyUnderstood {
            id: entry.id().to_owned(),
            rank: entry.rank(),
            not_understood: entry.not_understood(),
        });
        read.filter(|complaint| !complaint.not_understood.is_empty()).collect()
    }

    /// The parts that were not understood, in words.
    pub(super) fn words(&self) -> String {
        self.not_understood.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }
}

/// How many complaints with one answer stand where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScaleRow {
    /// The answer.
    pub(crate) answer: String,
    /// How many stand in `must`.
    pub(crate) must: usize,
    /// How many stand in each band outside `must`, highest first.
    pub(crate) bands: [usize; 4],
}

/// An item whose answers somebody else's scale gave, laid beside our bands: it weighs nothing, and where the two part
/// a person may want to know why. Made by [`Planner::with_scale`](super::Planner::with_scale).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScaleBeside {
    /// The item.
    pub(crate) item: String,
    /// One row an answer, as the codebook orders them, then *unknown*.
    pub(crate) rows: Vec<ScaleRow>,
}

impl ScaleBeside {
    /// Counts all complaints of the entries; `None` where the codebook does not list the item.
    pub(super) fn of<'a>(
        item: &str,
        ranking: &Ranking,
        entries: impl Iterator<Item = RankingEntry<'a>>,
    ) -> Option<Self> {
        let codebook = ranking.triage().codebook();
        let position = codebook.item_position(item)?;
        let listed = &codebook.items()[position];
        let backlog: &Backlog = ranking.backlog();
        let codes = (1..listed.code_count()).chain([0]);
        let mut rows: Vec<ScaleRow> = codes
            .map(|code| ScaleRow {
                answer: listed.answer_id(code as u8).to_owned(),
                must: 0,
                bands: [0; 4],
            })
            .collect();
        for entry in entries {
            let code = usize::from(backlog.code_at(entry.row(), position));
            let row = &mut rows[code.checked_sub(1).unwrap_or(listed.code_count() - 1)];
            match entry.lane() {
                Lane::Must => row.must += 1,
                Lane::Open => {
                    let band = Band::ALL.iter().position(|band| *band == entry.band());
                    row.bands[band.unwrap_or(0)] += 1;
                }
            }
        }
        Some(ScaleBeside { item: item.to_owned(), rows })
    }

    /// Heads of its columns.
    pub(super) fn heads(&self) -> Vec<String> {
        let bands = Band::ALL.iter().map(ToString::to_string);
        [self.item.clone(), "must".to_owned()].into_iter().chain(bands).collect()
    }
}

impl ScaleRow {
    /// Its cells.
    pub(super) fn cells(&self) -> Vec<String> {
        let counts = self.bands.iter().map(ToString::to_string);
        [self.answer.clone(), self.must.to_string()].into_iter().chain(counts).collect()
    }
}
