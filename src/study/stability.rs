//! How far positions and bands can be trusted, given how uncertain the weights are.

use serde::Serialize;

use super::StudyError;
use super::rerank::{Fixture, Room, Scored, level_of};
use super::tally::Tally;
use super::uncertainty::{Basis, Uncertainty};
use super::weight_set::WeightSet;
use crate::complaint::Origin;
use crate::evaluate::Confidence;
use crate::numeric::Seed;
use crate::policy::{ActiveOverrides, Band};
use crate::{Backlog, Triage};

/// The most replicates: counters have sixteen bits.
pub const MOST_REPLICATES: usize = u16::MAX as usize;
/// Rows that one thread takes at a time.
#[cfg(feature = "parallel")]
const SHARE: usize = 1 << 14;

/// A plan: draw weights from their uncertainty, rank again, many times.
///
/// Every draw has its own stream of the seed, so results are the same at any number of threads.
/// Gates, overrides and applicability depend on answers and stay as they are. While it runs it
/// takes about 62 bytes a complaint at any number of threads, and 4 bytes more a replicate for
/// each complaint that is [watched](Stability::watch).
///
/// ```
/// use caserank::numeric::Seed;
/// use caserank::study::{Stability, Uncertainty};
/// use caserank::synthetic::Generator;
/// use caserank::{ActiveOverrides, BacklogBuilder};
/// let triage = caserank::reference::published()?;
/// let mut backlog = BacklogBuilder::new(triage.codebook());
/// for case in Generator::new(Seed(1)).cases().take(200) {
///     backlog.push(&case.complaint)?;
/// }
/// let uncertainty = Uncertainty::assumed(triage.instrument(), 0.2)?;
/// let stability = Stability::new(&triage, &uncertainty)
///     .replicates(100)
///     .top(20)
///     .run(&backlog.freeze(), &ActiveOverrides::none(), Seed(7))?;
/// let first = stability.first(1).next().ok_or("an empty backlog")?;
/// assert!(first.lower <= first.median && first.median <= first.upper);
/// assert!(stability.basis().is_assumed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Stability<'a> {
    triage: &'a Triage,
    uncertainty: &'a Uncertainty,
    replicates: usize,
    top: usize,
    watch: usize,
    confidence: Confidence,
}

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

/// What [`Stability::run`] found.
#[derive(Debug, Clone)]
pub struct RankStability {
    backlog: Backlog,
    basis: Basis,
    replicates: u32,
    confidence: Confidence,
    k: usize,
    tallies: Vec<Tally>,
    /// Position of every row under the weights as they are.
    nominal: Vec<u32>,
    levels: Vec<u8>,
    /// Rows with every position kept, sorted.
    watched: Vec<(u32, Vec<u32>)>,
    /// By draw: how many of the first k stayed, how many complaints changed band.
    kept: Vec<u32>,
    moved: Vec<u32>,
}

impl<'a> Stability<'a> {
    /// 1,000 draws, the first 100, the first 50 watched, 95%.
    #[must_use]
    pub fn new(triage: &'a Triage, uncertainty: &'a Uncertainty) -> Self {
        let confidence = Confidence::P95;
        Stability { triage, uncertainty, replicates: 1_000, top: 100, watch: 50, confidence }
    }

    /// How many times weights are drawn, 1 to [`MOST_REPLICATES`].
    #[must_use]
    pub fn replicates(mut self, replicates: usize) -> Self {
        self.replicates = replicates;
        self
    }

    /// How many complaints count as the first: what can be worked.
    #[must_use]
    pub fn top(mut self, k: usize) -> Self {
        self.top = k;
        self
    }

    /// How many complaints, from the first, have every position kept, so that their intervals are
    /// exact. The others' are read off thirteen buckets each.
    #[must_use]
    pub fn watch(mut self, complaints: usize) -> Self {
        self.watch = complaints;
        self
    }

    /// How sure intervals of positions are meant to be.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Draws, ranks and counts. O(replicates × complaints).
    ///
    /// # Errors
    /// [`StudyError::Codebook`] for a backlog of another codebook, [`StudyError::OtherInstrument`]
    /// for uncertainty about other weights, [`StudyError::Replicates`], [`StudyError::Overflow`].
    pub fn run(
        &self,
        backlog: &Backlog,
        overrides: &ActiveOverrides,
        seed: Seed,
    ) -> Result<RankStability, StudyError> {
        if !(1..=MOST_REPLICATES).contains(&self.replicates) {
            let found = self.replicates;
            return Err(StudyError::Replicates { found, limit: MOST_REPLICATES });
        }
        let base = self.uncertainty.base();
        if *base != WeightSet::of(self.triage.instrument()) {
            let id = self.triage.instrument().identity().to_string();
            return Err(StudyError::OtherInstrument { id });
        }
        let fixture = Fixture::new(self.triage, backlog, overrides)?;
        let rows = fixture.rows();
        let (mut now, mut next, mut room) = (Scored::default(), Scored::default(), Room::default());
        fixture.score(base, &mut now);
        let mut count = Count {
            k: self.top.min(rows) as u32,
            levels: now.places.iter().map(|&place| level_of(place) as u8).collect(),
            first: vec![0; rows.div_ceil(64)],
            tallies: vec![Tally::default(); rows],
        };
        let mut watched = Vec::with_capacity(self.watch.min(rows));
        for (row, &position) in room.positions(&now).iter().enumerate() {
            if position <= count.k {
                count.first[row / 64] |= 1 << (row % 64);
            }
            if position as usize <= self.watch {
                watched.push((row as u32, Vec::with_capacity(self.replicates)));
            }
        }
        let (mut kept, mut moved) = (Vec::new(), Vec::new());
        fixture.score(&self.uncertainty.draw(0, seed)?, &mut now);
        for draw in 0..self.replicates {
            let ahead = || -> Result<(), StudyError> {
                if draw + 1 < self.replicates {
                    fixture.score(&self.uncertainty.draw(draw + 1, seed)?, &mut next);
                }
                Ok(())
            };
            let order = || {
                let positions = room.positions(&now);
                for (row, own) in &mut watched {
                    own.push(positions[*row as usize]);
                }
                count.add(positions, &now.places)
            };
            let (ahead, (own_kept, own_moved)) = both(ahead, order);
            ahead?;
            kept.push(own_kept);
            moved.push(own_moved);
            std::mem::swap(&mut now, &mut next);
        }
        drop(next);
        fixture.score(base, &mut now);
        let nominal = room.positions(&now).to_vec();
        for (_, positions) in &mut watched {
            positions.sort_unstable();
        }
        Ok(RankStability {
            backlog: backlog.clone(),
            basis: self.uncertainty.basis(),
            replicates: self.replicates as u32,
            confidence: self.confidence,
            k: count.k as usize,
            tallies: count.tallies,
            nominal,
            levels: count.levels,
            watched,
            kept,
            moved,
        })
    }
}

/// Runs both, side by side where threads are allowed.
fn both<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    #[cfg(feature = "parallel")]
    if rayon::current_num_threads() > 1 {
        return rayon::join(one, other);
    }
    (one(), other())
}

/// What is counted from draw to draw.
struct Count {
    k: u32,
    /// Band level of every row under the weights as they are.
    levels: Vec<u8>,
    /// One bit a row: among the first k under the weights as they are.
    first: Vec<u64>,
    tallies: Vec<Tally>,
}

impl Count {
    /// Adds one draw; how many of the first k stayed, and how many complaints changed band.
    fn add(&mut self, positions: &[u32], places: &[u8]) -> (u32, u32) {
        let (k, first) = (self.k, &self.first);
        let share = |start: usize, tallies: &mut [Tally], levels: &[u8]| -> (u32, u32) {
            let (mut kept, mut moved) = (0, 0);
            for (own, (tally, &level)) in tallies.iter_mut().zip(levels).enumerate() {
                let row = start + own;
                let (position, now) = (positions[row], level_of(places[row]));
                let top = position <= k;
                tally.add(position, now, top);
                kept += u32::from(top && first[row / 64] >> (row % 64) & 1 == 1);
                moved += u32::from(now != u32::from(level));
            }
            (kept, moved)
        };
        #[cfg(feature = "parallel")]
        if positions.len() > SHARE && rayon::current_num_threads() > 1 {
            use rayon::prelude::*;
            let shares = self.tallies.par_chunks_mut(SHARE).zip(self.levels.par_chunks(SHARE));
            let counts = shares
                .enumerate()
                .map(|(place, (tallies, levels))| share(place * SHARE, tallies, levels));
            return counts.reduce(|| (0, 0), |one, other| (one.0 + other.0, one.1 + other.1));
        }
        share(0, &mut self.tallies, &self.levels)
    }
}

impl RankStability {
    /// Where the uncertainty came from. It belongs beside every figure.
    #[must_use]
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// Where the complaints come from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.backlog.origin()
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
        let places = [outside + 1, self.replicates.div_ceil(2), self.replicates - outside];
        let watched = self.watched.binary_search_by_key(&(row as u32), |(row, _)| *row);
        let (read, resolution) = match watched {
            Ok(found) => (places.map(|place| self.watched[found].1[place as usize - 1]), 1),
            Err(_) => {
                let last = self.len() as u32;
                let reads = places.map(|place| tally.read(place));
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
        let at = |place: usize| share(f64::from(sorted.get(place).copied().unwrap_or(0)));
        let mean = share(total as f64 / f64::from(self.replicates));
        (mean, at(outside), at(sorted.len() - 1 - outside))
    }
}

/// How many draws may lie outside an interval on each side.
fn outside(replicates: u32, confidence: Confidence) -> u32 {
    // A count that should be whole must not be missed by a rounding of the share.
    (f64::from(replicates) * (1.0 - confidence.level()) / 2.0 + 1e-9).floor() as u32
}
