//! How far positions and bands can be trusted, given how uncertain the weights are.

use super::StudyError;
use super::rank_stability::RankStability;
use super::tally::Tally;
use super::uncertainty::Uncertainty;
use crate::base::{SHARE, Seed, both, in_order};
use crate::policy::ActiveOverrides;
use crate::research::evaluate::Confidence;
use crate::score::WeightSet;
use crate::triage::{Positions, Rescored};
use crate::{Backlog, Triage};

/// The most replicates: counters have sixteen bits.
pub const MOST_REPLICATES: usize = u16::MAX as usize;

/// A plan: draw weights from their uncertainty, rank again, many times.
///
/// Every draw has its own stream of the seed, so results are the same at any number of threads.
/// Gates, overrides and applicability depend on answers and stay as they are. While it runs it
/// takes about 62 bytes a complaint at any number of threads, and 4 bytes more a replicate for
/// each complaint that is [watched](Stability::watch).
///
/// ```
/// use caserank::Seed;
/// use caserank::research::study::{Stability, Uncertainty};
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
        let reranker = self.triage.reranker(backlog, overrides)?;
        let rows = reranker.rows();
        let (mut now, mut next) = (Rescored::default(), Rescored::default());
        let mut room = Positions::default();
        reranker.rescore(base, &mut now)?;
        let mut count = Count {
            k: self.top.min(rows) as u32,
            levels: now.bands().map(|band| band.level() as u8).collect(),
            first: vec![0; rows.div_ceil(64)],
            tallies: vec![Tally::default(); rows],
        };
        let mut watched = Vec::with_capacity(self.watch.min(rows));
        for (row, &position) in room.of(&now).iter().enumerate() {
            if position <= count.k {
                count.first[row / 64] |= 1 << (row % 64);
            }
            if position as usize <= self.watch {
                watched.push((row as u32, Vec::with_capacity(self.replicates)));
            }
        }
        let (mut kept, mut moved) = (Vec::new(), Vec::new());
        reranker.rescore(&self.uncertainty.draw(0, seed)?, &mut now)?;
        for draw in 0..self.replicates {
            let ahead = || -> Result<(), StudyError> {
                if draw + 1 < self.replicates {
                    reranker.rescore(&self.uncertainty.draw(draw + 1, seed)?, &mut next)?;
                }
                Ok(())
            };
            let order = || {
                let positions = room.of(&now);
                for (row, seen) in &mut watched {
                    seen.push(positions[*row as usize]);
                }
                count.add(positions, &now)
            };
            let (ahead, (own_kept, own_moved)) = both(ahead, order);
            ahead?;
            kept.push(own_kept);
            moved.push(own_moved);
            std::mem::swap(&mut now, &mut next);
        }
        drop(next);
        reranker.rescore(base, &mut now)?;
        let nominal = room.of(&now).to_vec();
        for (_, positions) in &mut watched {
            positions.sort_unstable();
        }
        let mut cautions = self.uncertainty.cautions().to_vec();
        let of_model = &self.triage.instrument().draft().warnings;
        cautions.extend(
            of_model.iter().filter(|said| !self.uncertainty.cautions().contains(said)).cloned(),
        );
        Ok(RankStability {
            backlog: backlog.clone(),
            basis: self.uncertainty.basis(),
            learnt_from: self.uncertainty.origin(),
            cautions,
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
    fn add(&mut self, positions: &[u32], rescored: &Rescored) -> (u32, u32) {
        let (k, first) = (self.k, &self.first);
        let share = |start: usize, tallies: &mut [Tally], levels: &[u8]| -> (u32, u32) {
            let (mut kept, mut moved) = (0, 0);
            for (offset, (tally, &level)) in tallies.iter_mut().zip(levels).enumerate() {
                let row = start + offset;
                let (position, now) = (positions[row], rescored.level(row));
                let top = position <= k;
                tally.add(position, now, top);
                kept += u32::from(top && first[row / 64] >> (row % 64) & 1 == 1);
                moved += u32::from(now != u32::from(level));
            }
            (kept, moved)
        };
        let shares = self.tallies.chunks_mut(SHARE).zip(self.levels.chunks(SHARE));
        let counts = in_order(shares.enumerate(), |(number, (tallies, levels))| {
            share(number * SHARE, tallies, levels)
        });
        counts.into_iter().fold((0, 0), |sum, (kept, moved)| (sum.0 + kept, sum.1 + moved))
    }
}
