//! One backlog ranked again and again under many sets of weights.
//!
//! Answers do not change between re-rankings, so which gates fire and which outcomes apply is
//! worked out once: what is left is a sum, a link, a combination and a sort.

use std::collections::BTreeMap;

use thiserror::Error;

use super::Tally;
use super::Triage;
use super::engine::BLOCK;
use crate::Backlog;
use crate::backlog::Packing;
use crate::base::{PositionRoom, SHARE, in_order};
use crate::codebook::CodebookError;
use crate::policy::{
    ActiveOverride, ActiveOverrides, Band, Lane, Priority, danger, place, resolve,
};
use crate::rank::Standing;
use crate::score::{Lanes, ScoreTable, WeightSet, lane_of_outcome};

/// Priorities are below 2^30, so that their complement sorts first to last.
const HIGHEST: u32 = (1 << 30) - 1;

/// Why a backlog is not ranked again.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RerankError {
    /// The backlog is of another codebook.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
    /// More kinds of complaint, by what gates and overrides do to them, than can be told apart.
    #[error(
        "gates and overrides sort complaints into more than {limit} kinds: score fewer outcomes"
    )]
    TooManyKinds {
        /// The most.
        limit: usize,
    },
    /// Weights that are not of the model's outcomes, items and answers.
    #[error(
        "the weights are of {found} outcomes or of other items than the model's {expected}: make them from the model's instrument"
    )]
    OtherWeights {
        /// Outcomes that the weights have.
        found: usize,
        /// Outcomes that the model has.
        expected: usize,
    },
    /// Weights with which a score could leave the range of scores.
    #[error("the sums of the weights leave the range of scores, ±2147.483647: use smaller ones")]
    Overflow,
}

/// A backlog under a model's policy and people's decisions, ready to be ranked under any weights.
///
/// Under the model's own weights it gives the order of [`Triage::rank_with`].
///
/// ```
/// use caserank::score::WeightSet;
/// use caserank::triage::{Positions, Rescored};
/// use caserank::{ActiveOverrides, BacklogBuilder, Complaint, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let mut backlog = BacklogBuilder::new(triage.codebook());
/// backlog.push(&Complaint::new("a", "2026-04-17".parse()?)?.with_answer("prior_reports", 0))?;
/// backlog.push(&Complaint::new("b", "2026-04-18".parse()?)?.with_answer("prior_reports", 5))?;
/// let backlog = backlog.freeze();
/// let reranker = triage.reranker(&backlog, &ActiveOverrides::none())?;
/// let mut weights = WeightSet::of(triage.instrument());
/// let (mut rescored, mut positions) = (Rescored::default(), Positions::default());
/// reranker.rescore(&weights, &mut rescored)?;
/// assert_eq!(positions.of(&rescored), [2, 1]); // by row
/// for outcome in triage.instrument().outcome_indices() {
///     for item in triage.codebook().item_indices() {
///         weights.of_item_mut(outcome, item).fill(0);
///     }
/// }
/// reranker.rescore(&weights, &mut rescored)?;
/// assert_eq!(positions.of(&rescored), [1, 2]); // a tie, broken by the time received
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Reranker<'a> {
    triage: &'a Triage,
    packed: &'a [u8],
    packing: Packing,
    /// What weights must be like.
    shape: WeightSet,
    /// By row: its place among `classes`.
    class: Vec<u16>,
    classes: Vec<Class>,
}

/// What the rules do to a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    /// Lane and band as sorted (least first), for each level that its priority may have.
    lane_bands: [u8; 4],
    /// One bit for each outcome that does not apply.
    inapplicable: u64,
}

/// Lane 0 for `must`, then the band, highest first.
fn lane_band_of(open: u32, level: u32) -> u8 {
    (open << 2 | (3 - level)) as u8
}

/// Where every row stands under one set of weights: five bytes a row, to be used again.
#[derive(Debug, Default)]
pub struct Rescored {
    /// Complement of the priority: the least comes first.
    inverted: Vec<u32>,
    lane_bands: Vec<u8>,
}

impl Rescored {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lane_bands.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lane_bands.is_empty()
    }

    /// Where a row of the backlog stands; `None` beyond the last.
    #[must_use]
    pub fn standing(&self, row: usize) -> Option<Standing> {
        let (lane_band, inverted) = (*self.lane_bands.get(row)?, *self.inverted.get(row)?);
        let lane = if lane_band >> 2 & 1 == 0 { Lane::Must } else { Lane::Open };
        let priority = Priority::from_billionths(HIGHEST - inverted);
        Some(Standing::new(lane, band_of(lane_band), priority))
    }

    /// The band's level of a row that there is: 3 for `very_high` to 0 for `low`.
    #[cfg(feature = "research")]
    pub(crate) fn level(&self, row: usize) -> u32 {
        band_of(self.lane_bands[row]).level()
    }

    /// The band of every row, in the backlog's order.
    pub fn bands(&self) -> impl ExactSizeIterator<Item = Band> {
        self.lane_bands.iter().map(|&lane_band| band_of(lane_band))
    }
}

fn band_of(lane_band: u8) -> Band {
    Band::from_level(3 - u32::from(lane_band & 3))
}

/// Positions of every row, from 1, in room that is kept from one order to the next: eight bytes a
/// row.
#[derive(Debug, Default)]
pub struct Positions {
    room: PositionRoom,
}

impl Positions {
    /// The position of every row of the backlog, in its order. O(n); ties go by the backlog's tie
    /// order, as in every ranking.
    pub fn of(&mut self, rescored: &Rescored) -> &[u32] {
        self.room.positions(&rescored.lane_bands, &rescored.inverted)
    }
}

impl Triage {
    /// Works out what does not change with weights. O(n).
    ///
    /// # Errors
    /// [`RerankError::Codebook`] for a backlog of another codebook, [`RerankError::TooManyKinds`].
    pub fn reranker<'a>(
        &'a self,
        backlog: &'a Backlog,
        overrides: &ActiveOverrides,
    ) -> Result<Reranker<'a>, RerankError> {
        self.codebook().require_of_backlog(backlog.codebook())?;
        let mut kinds = Kinds::default();
        let mut tally = self.engine().empty_tally();
        let mut class = Vec::with_capacity(backlog.len());
        for row in 0..backlog.len() {
            self.engine().tally_into(backlog.packed_row(row), &mut tally);
            let active = if overrides.is_empty() { None } else { overrides.get(backlog.id(row)) };
            class.push(kinds.number(self.class_of(&tally, active))?);
        }
        Ok(Reranker {
            triage: self,
            packed: backlog.packed(),
            packing: Packing::new(backlog.codebook()),
            shape: WeightSet::of(self.instrument()),
            class,
            classes: kinds.classes,
        })
    }

    fn class_of(&self, tally: &Tally, active: Option<&ActiveOverride>) -> Class {
        let rules = self.engine().rules();
        let inapplicable = (0..self.instrument().outcomes().len())
            .filter(|&outcome| !rules.applies(outcome, &tally.bits))
            .fold(0, |mask, outcome| mask | 1_u64 << outcome);
        let fired = if active.is_some() { rules.fired(&tally.bits) } else { Vec::new() };
        let lane_bands = [0, 1, 2, 3].map(|level| {
            if active.is_none() {
                let (open, level) = resolve(level, tally.effects);
                return lane_band_of(open, level);
            }
            let by_priority = (Priority::default(), Band::from_level(level));
            let gates = self.policy().gates();
            let decided = place(gates, &fired, danger(tally.effects), by_priority, active);
            let standing = decided.standing();
            lane_band_of(u32::from(standing.lane() == Lane::Open), standing.band().level())
        });
        Class { lane_bands, inapplicable }
    }
}

/// Kinds of complaint met so far.
#[derive(Debug, Default)]
struct Kinds {
    known: BTreeMap<Class, u16>,
    classes: Vec<Class>,
}

impl Kinds {
    fn number(&mut self, class: Class) -> Result<u16, RerankError> {
        if let Some(&number) = self.known.get(&class) {
            return Ok(number);
        }
        let number = u16::try_from(self.classes.len())
            .map_err(|_| RerankError::TooManyKinds { limit: usize::from(u16::MAX) })?;
        self.classes.push(class);
        self.known.insert(class, number);
        Ok(number)
    }
}

impl Reranker<'_> {
    /// How many rows the backlog has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.class.len()
    }

    /// Where every row stands under other weights; the same at any number of threads. O(n).
    ///
    /// # Errors
    /// [`RerankError::OtherWeights`], [`RerankError::Overflow`].
    pub fn rescore(&self, weights: &WeightSet, rescored: &mut Rescored) -> Result<(), RerankError> {
        if !weights.has_shape_of(&self.shape) {
            let (found, expected) = (weights.outcomes(), self.shape.outcomes());
            return Err(RerankError::OtherWeights { found, expected });
        }
        if !weights.fits() {
            return Err(RerankError::Overflow);
        }
        let table = weights.table(&self.packing);
        let rows = self.rows();
        rescored.inverted.resize(rows, 0);
        rescored.lane_bands.resize(rows, 0);
        let (inverted, lane_bands) = (&mut rescored.inverted, &mut rescored.lane_bands);
        let width = self.packing.width().max(1);
        let out = inverted.chunks_mut(SHARE).zip(lane_bands.chunks_mut(SHARE));
        let given = self.packed.chunks(SHARE * width).zip(self.class.chunks(SHARE));
        in_order(given.zip(out), |((packed, class), (inverted, lane_bands))| {
            self.score_share(&table, packed, class, inverted, lane_bands);
        });
        Ok(())
    }

    fn score_share(
        &self,
        table: &ScoreTable,
        packed: &[u8],
        class: &[u16],
        inverted: &mut [u32],
        lane_bands: &mut [u8],
    ) {
        let engine = self.triage.engine();
        let (outcomes, width) = (table.outcomes(), self.packing.width().max(1));
        let mut sums = vec![Lanes::default(); BLOCK];
        let mut scores = vec![0_i32; BLOCK];
        let mut probabilities = vec![0_u32; BLOCK * outcomes];
        let blocks = packed.chunks(BLOCK * width).zip(class.chunks(BLOCK));
        let out = inverted.chunks_mut(BLOCK).zip(lane_bands.chunks_mut(BLOCK));
        for ((packed, class), (inverted, lane_bands)) in blocks.zip(out) {
            let rows = class.len();
            let probabilities = &mut probabilities[..rows * outcomes];
            for group in 0..table.groups() {
                table.add_rows(group, packed, &mut sums[..rows]);
                for outcome in 0..outcomes {
                    let (group_of_outcome, lane) = lane_of_outcome(outcome);
                    if group_of_outcome != group {
                        continue;
                    }
                    for (score, sum) in scores.iter_mut().zip(&sums[..rows]) {
                        *score = sum[lane];
                    }
                    let column = &mut probabilities[outcome * rows..][..rows];
                    engine.link(outcome).apply_block(&scores[..rows], column);
                    for (probability, &class) in column.iter_mut().zip(class) {
                        let applies =
                            self.classes[usize::from(class)].inapplicable >> outcome & 1 == 0;
                        *probability = if applies { *probability } else { 0 };
                    }
                }
            }
            engine.combiner().priorities(probabilities, inverted);
            let cut_offs = engine.cut_offs();
            for ((inverted, lane_band), &class) in inverted.iter_mut().zip(lane_bands).zip(class) {
                let level = cut_offs.level(*inverted) as usize & 3;
                *lane_band = self.classes[usize::from(class)].lane_bands[level];
                *inverted = HIGHEST - *inverted;
            }
        }
    }
}
