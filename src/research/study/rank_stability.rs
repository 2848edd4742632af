//! What re-rankings found: an interval of positions for every complaint, bands, and how the first k change.

use serde::Serialize;

use super::tally::Tally;
use super::uncertainty::Basis;
use crate::Backlog;
use crate::complaint::Origin;
use crate::policy::Band;
use crate::research::evaluate::Confidence;

/// Where one complaint stands under the weights as they are and over all draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RankInterval<'a> {
    /// Row in the backlog.
    pub row: usize,
    /// Id of the complaint.
    pub id: &'a str,
    /// Position under the weights as they are, from 1.
    pub position: u32,
    /// At most half of the share left out lies before this position.
    pub lower: u32,
    /// Half of the draws lie at or before it.
    pub median: u32,
    /// At most half of the share left out lies after it.
    pub upper: u32,
    /// 1 where the three are exact; otherwise each is off by less than this.
    pub resolution: u32,
    /// Band under the weights as they are.
    pub band: Band,
    /// Share of draws in each band, `very_high` first.
    pub bands: [f64; 4],
    /// Share of draws in which it stands among the first k.
    pub top: f64,
}

/// How the first k change from draw to draw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Churn {
    /// How many come first.
    pub k: usize,
    /// Mean share of the first k that stay among them.
    pub kept: f64,
    /// Lower end of the kept share over draws.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Complaints that are among the first k in at least 95% of draws.
    pub certain: usize,
    /// Complaints that are among them in more than 5% of draws and fewer than 95%.
    pub doubtful: usize,
}

/// How many complaints change band from draw to draw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BandMoves {
    /// Mean share of complaints in another band than under the weights as they are.
    pub moved: f64,
    /// Lower end over draws.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// From each band (rows, `very_high` first) to each band: mean number of complaints.
    pub from_to: [[f64; 4]; 4],
}

/// What [`Stability::run`](super::Stability::run) found.
#[derive(Debug, Clone)]
pub struct RankStability {
    pub(super) backlog: Backlog,
    pub(super) basis: Basis,
    /// Of the complaints that errors were learnt from.
    pub(super) learnt_from: Option<Origin>,
    pub(super) cautions: Vec<String>,
    pub(super) replicates: u32,
    pub(super) confidence: Confidence,
    pub(super) k: usize,
    pub(super) tallies: Vec<Tally>,
    /// Position of every row under the weights as they are.
    pub(super) nominal: Vec<u32>,
    pub(super) levels: Vec<u8>,
    /// Rows with every position kept, sorted.
    pub(super) watched: Vec<(u32, Vec<u32>)>,
    /// By draw: how many of the first k stayed, how many complaints changed band.
    pub(super) kept: Vec<u32>,
    pub(super) moved: Vec<u32>,
}

impl RankStability {
    /// Where the uncertainty came from. It belongs beside every figure.
    #[must_use]
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// Where the complaints come from, those among them that errors were learnt from: the larger origin.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.learnt_from.map_or(self.backlog.origin(), |origin| origin.max(self.backlog.origin()))
    }

    /// What fits and instrument say against the weights and their errors, in sentences. They belong beside every figure.
    #[must_use]
    pub fn cautions(&self) -> &[String] {
        &self.cautions
    }

    /// What must stand beside it: for synthetic complaints, and where nobody said where they come from.
    #[must_use]
    pub fn stamp(&self) -> Option<&'static str> {
        super::target::stamp_of(self.origin())
    }

    /// How many times weights were drawn.
    #[must_use]
    pub fn replicates(&self) -> usize {
        self.replicates as usize
    }

    /// How sure intervals are meant to be.
    #[must_use]
    pub fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// How many complaints there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nominal.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nominal.is_empty()
    }

    /// One complaint, by its row in the backlog; `None` beyond the last.
    #[must_use]
    pub fn of_row(&self, row: usize) -> Option<RankInterval<'_>> {
        let (&position, tally) = (self.nominal.get(row)?, self.tallies.get(row)?);
        let outside = outside(self.replicates, self.confidence);
        let ranks = [outside + 1, self.replicates.div_ceil(2), self.replicates - outside];
        let watched = self.watched.binary_search_by_key(&(row as u32), |(row, _)| *row);
        let (read, resolution) = match watched {
            Ok(found) => (ranks.map(|rank| self.watched[found].1[rank as usize - 1]), 1),
            Err(_) => {
                let last = self.len() as u32;
                let reads = ranks.map(|rank| tally.read(rank));
                (reads.map(|read| read.position.min(last)), reads[0].resolution)
            }
        };
        let share = |count: u32| f64::from(count) / f64::from(self.replicates);
        Some(RankInterval {
            row,
            id: self.backlog.id(row),
            position,
            lower: read[0],
            median: read[1],
            upper: read[2],
            resolution,
            band: Band::from_level(u32::from(self.levels[row])),
            bands: tally.bands(self.replicates).map(share),
            top: share(tally.top()),
        })
    }

    /// One complaint by id.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<RankInterval<'_>> {
        self.of_row(self.backlog.row_of(id)?)
    }

    /// Every complaint, in the backlog's order.
    pub fn iter(&self) -> impl Iterator<Item = RankInterval<'_>> {
        (0..self.len()).filter_map(|row| self.of_row(row))
    }

    /// The first complaints by their position under the weights as they are. O(n).
    pub fn first(&self, count: usize) -> impl Iterator<Item = RankInterval<'_>> {
        let mut rows: Vec<usize> =
            (0..self.len()).filter(|&row| self.nominal[row] as usize <= count).collect();
        rows.sort_by_key(|&row| self.nominal[row]);
        rows.into_iter().filter_map(|row| self.of_row(row))
    }

    /// How the first k change.
    #[must_use]
    pub fn churn(&self) -> Churn {
        let (kept, lower, upper) = self.spread(&self.kept, self.k);
        let often = |tally: &&Tally, share: f64| {
            f64::from(tally.top()) >= share * f64::from(self.replicates)
        };
        let certain = self.tallies.iter().filter(|tally| often(tally, 0.95)).count();
        let above = self
            .tallies
            .iter()
            .filter(|tally| f64::from(tally.top()) > 0.05 * f64::from(self.replicates))
            .count();
        Churn { k: self.k, kept, lower, upper, certain, doubtful: above - certain }
    }

    /// How complaints change band.
    #[must_use]
    pub fn band_moves(&self) -> BandMoves {
        let (moved, lower, upper) = self.spread(&self.moved, self.len());
        let mut from_to = [[0.0; 4]; 4];
        for (tally, &level) in self.tallies.iter().zip(&self.levels) {
            let to = &mut from_to[3 - usize::from(level)];
            for (to, count) in to.iter_mut().zip(tally.bands(self.replicates)) {
                *to += f64::from(count);
            }
        }
        for count in from_to.iter_mut().flatten() {
            *count /= f64::from(self.replicates);
        }
        BandMoves { moved, lower, upper, from_to }
    }

    /// Mean and interval over draws of a count as a share of `of`.
    fn spread(&self, counts: &[u32], of: usize) -> (f64, f64, f64) {
        let mut sorted = counts.to_vec();
        sorted.sort_unstable();
        let share = |count: f64| if of == 0 { 0.0 } else { count / of as f64 };
        let total: u64 = sorted.iter().map(|&count| u64::from(count)).sum();
        let outside = outside(self.replicates, self.confidence) as usize;
        let at = |number: usize| share(f64::from(sorted.get(number).copied().unwrap_or(0)));
        let mean = share(total as f64 / f64::from(self.replicates));
        (mean, at(outside), at(sorted.len() - 1 - outside))
    }
}

/// How many draws may lie outside an interval on each side.
fn outside(replicates: u32, confidence: Confidence) -> u32 {
    // A count that should be whole must not be missed by a rounding of the share.
    (f64::from(replicates) * (1.0 - confidence.level()) / 2.0 + 1e-9).floor() as u32
}
