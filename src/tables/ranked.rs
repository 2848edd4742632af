//! Scores and rankings as record batches.

use std::ops::RangeBounds;
use std::sync::Arc;

use arrow_array::types::{Decimal128Type, UInt32Type};
use arrow_array::{ArrayRef, PrimitiveArray, RecordBatch};

use super::TableError;
use super::made::{Made, Words, listed, texts, times, within};
use crate::backlog::Backlog;
use crate::codebook::Stage;
use crate::complaint::Origin;
use crate::policy::{Band, Lane, SetBy};
use crate::score::Scores;
use crate::triage::{Ranking, RankingEntry, Triage};

pub(super) fn stages(stages: impl Iterator<Item = Stage>) -> Result<ArrayRef, TableError> {
    listed(["intake", "field", "post_search"], stages.map(|stage| Some(stage as u8)))
}

pub(super) fn origins(origins: impl Iterator<Item = Origin>) -> Result<ArrayRef, TableError> {
    let all = [Origin::Prospective, Origin::Retrospective, Origin::NotStated, Origin::Synthetic];
    let words = all.map(|origin| origin.to_string());
    let position = |origin| {
        all.iter().position(|&listed_word| listed_word == origin).map(|position| position as u8)
    };
    listed(words.iter().map(String::as_str), origins.map(position))
}

pub(super) fn lanes(lanes: impl Iterator<Item = Lane>) -> Result<ArrayRef, TableError> {
    listed(["must", "open"], lanes.map(|lane| Some(u8::from(lane == Lane::Open))))
}

pub(super) fn bands(bands: impl Iterator<Item = Band>) -> Result<ArrayRef, TableError> {
    let words = Band::ALL.map(|band| band.to_string());
    let position = |band| {
        Band::ALL.iter().position(|&listed_word| listed_word == band).map(|position| position as u8)
    };
    listed(words.iter().map(String::as_str), bands.map(position))
}

/// Numbers of 0 or more; those beyond what 32 bits hold are null, and there are none.
pub(super) fn counts(counts: impl Iterator<Item = Option<usize>>) -> ArrayRef {
    let counts = counts.map(|count| u32::try_from(count?).ok());
    Arc::new(counts.collect::<PrimitiveArray<UInt32Type>>())
}

/// Decimals with so many places.
pub(super) fn decimals(
    steps: impl Iterator<Item = Option<i128>>,
    decimals: i8,
) -> Result<ArrayRef, TableError> {
    let steps: PrimitiveArray<Decimal128Type> = steps.collect();
    Ok(Arc::new(steps.with_precision_and_scale(18, decimals)?))
}

/// Scores of a backlog's rows, in tie order; see the table in [`tables`](super).
///
/// # Errors
/// [`TableError::Codebook`] for a backlog of another codebook, [`TableError::Rows`] for scores of another backlog,
/// [`TableError::TooMuch`] where one array cannot hold all ids.
pub fn scores(
    triage: &Triage,
    backlog: &Backlog,
    scores: &Scores,
    rows: impl RangeBounds<usize>,
) -> Result<RecordBatch, TableError> {
    triage.codebook().require_of_backlog(backlog.codebook())?;
    let outcomes = triage.instrument().outcomes();
    for (found, expected) in [(scores.len(), backlog.len()), (scores.outcomes(), outcomes.len())] {
        if found != expected {
            return Err(TableError::Rows { found, expected });
        }
    }
    let rows = within(&rows, backlog.len());
    let mut made = Made::new("scores", triage.codebook(), Some(triage), rows.len());
    made.add_whole("id", texts(rows.clone().map(|row| Some(backlog.id(row))))?);
    for (outcome, part) in triage.instrument().outcome_indices().zip(outcomes) {
        let score = |row| scores.score(row, outcome).map(|score| i128::from(score.steps()));
        let probability = |row| {
            let applies = scores.applies(row, outcome);
            applies.then(|| i128::from(scores.probability(row, outcome).billionths()))
        };
        made.add(format!("{}.score", part.outcome), decimals(rows.clone().map(score), 6)?);
        made.add(
            format!("{}.probability", part.outcome),
            decimals(rows.clone().map(probability), 9)?,
        );
    }
    made.batch()
}

/// Entries of a ranking, first to last; `..100` are the first hundred. See the table in [`tables`](super).
///
/// # Errors
/// [`TableError::TooMuch`] where one array cannot hold all ids.
pub fn ranking(
    ranking: &Ranking,
    positions: impl RangeBounds<usize>,
) -> Result<RecordBatch, TableError> {
    let positions = within(&positions, ranking.len());
    let (triage, backlog) = (ranking.triage(), ranking.backlog());
    let entries: Vec<RankingEntry<'_>> =
        positions.filter_map(|position| ranking.at(position + 1)).collect();
    let of = || entries.iter();
    let mut made = Made::new("ranking", triage.codebook(), Some(triage), entries.len());
    made.add_whole("position", counts(of().map(|entry| Some(entry.position()))));
    made.add_whole("id", texts(of().map(|entry| Some(entry.id())))?);
    made.add("unit", Words::of(of().map(|entry| backlog.unit(entry.row())))?);
    made.add_whole("lane", lanes(of().map(RankingEntry::lane))?);
    made.add_whole("band", bands(of().map(RankingEntry::band))?);
    made.add_whole(
        "priority",
        counts(of().map(|entry| usize::try_from(entry.priority().billionths()).ok())),
    );
    let placements: Vec<_> = of().map(RankingEntry::placement).collect();
    made.add_whole(
        "model_lane",
        lanes(placements.iter().map(|placement| placement.model_standing().lane()))?,
    );
    made.add_whole(
        "model_band",
        bands(placements.iter().map(|placement| placement.model_standing().band()))?,
    );
    let policy = triage.policy();
    let set_by = placements.iter().map(|placement| match placement.set_by() {
        SetBy::Priority => Some("priority"),
        SetBy::Override => Some("override"),
        cap_or_floor => policy.gate_that_set(cap_or_floor).map(|gate| gate.id.as_str()),
    });
    made.add_whole("set_by", Words::of(set_by)?);
    made.add_whole("received", times(of().map(|entry| Some(backlog.received(entry.row())))));
    made.add("next_deadline", times(of().map(|entry| backlog.earliest_deadline(entry.row()))));
    let kinds: Vec<Option<String>> =
        of().map(|entry| Some(backlog.deadlines(entry.row()).first()?.kind.to_string())).collect();
    made.add("next_deadline_kind", Words::of(kinds.iter().map(Option::as_deref))?);
    made.add_whole("origin", origins(of().map(|entry| backlog.origin_of(entry.row())))?);
    made.add_whole(
        "not_understood",
        counts(of().map(|entry| Some(backlog.not_understood(entry.row()).len()))),
    );
    made.batch()
}
