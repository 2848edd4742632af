//! Keys in bytes that sort as a ranking does, ties included, wherever they travel.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringViewArray, UInt32Array};
use arrow_schema::{Field, Schema};

use super::TableError;
use crate::Timestamp;
use crate::backlog::{Backlog, NotRankable};
use crate::policy::{Band, Lane};
use crate::rank::{Key, Standing};

/// The first byte of rows that cannot be ranked: with an answer of danger, and without.
const NOT_RANKABLE: [u8; 2] = [0, 1];
/// The first byte of `must` and `very_high`; lanes and bands behind it follow.
const RANKED: u8 = 2;
/// How many pairs of lane and band there are.
const PAIRS: u8 = 8;
/// Bytes of a time: seconds from the year 0 on, and after all of them what stands for none.
const TIME: usize = 5;
const NO_TIME: [u8; TIME] = [u8::MAX; TIME];
/// Bytes before the id.
const HEAD: usize = 1 + 4 + 2 * TIME;
/// Bits of a priority, turned round, below those of lane and band.
const PRIORITY_BITS: u32 = 30;
/// So much of a row that cannot be ranked is in its key, so that these have an order too.
const MOST_OF_ROW: usize = 128;

/// The key of a row of a backlog: lane and band, priority, deadline, time received, id.
pub(super) fn write(key: Key, backlog: &Backlog, row: usize, out: &mut Vec<u8>) {
    let word = key.sort_word();
    // Three bits of lane and band, thirty of priority.
    out.push(RANKED + (word >> PRIORITY_BITS) as u8);
    out.extend_from_slice(&((word & ((1 << PRIORITY_BITS) - 1)) as u32).to_be_bytes());
    out.extend_from_slice(&backlog.earliest_deadline(row).map_or(NO_TIME, time));
    out.extend_from_slice(&time(backlog.received(row)));
    out.extend_from_slice(backlog.id(row).as_bytes());
}

/// The key of a row that cannot be ranked: before all others.
pub(super) fn write_not_rankable(record: &NotRankable, is_danger: bool, out: &mut Vec<u8>) {
    out.push(NOT_RANKABLE[usize::from(!is_danger)]);
    let bytes = record.bytes();
    out.extend_from_slice(&bytes[..bytes.len().min(MOST_OF_ROW)]);
}

fn time(time: Timestamp) -> [u8; TIME] {
    // All times there are, from the year 0 to 9999, take 39 bits.
    let seconds = time.unix_seconds() - Timestamp::MIN.unix_seconds();
    let [_, _, _, bytes @ ..] = seconds.to_be_bytes();
    bytes
}

fn standing(key: &[u8]) -> Option<Option<Standing>> {
    let (&first, rest) = key.split_first()?;
    if NOT_RANKABLE.contains(&first) {
        return Some(None);
    }
    let pair = first.checked_sub(RANKED).filter(|pair| *pair < PAIRS)?;
    let priority = u32::from_be_bytes(*rest.first_chunk()?);
    if key.len() <= HEAD || priority >> PRIORITY_BITS != 0 {
        return None;
    }
    let word = u64::from(pair) << PRIORITY_BITS | u64::from(priority);
    Some(Some(Key::from_sort_word(word).standing()))
}

/// What keys that [`Rows::keys`](super::Rows::keys) made say by themselves: columns `lane`, `band` and `priority`
/// (billionths of the index), null for rows that cannot be ranked and for keys that are null. O(n).
///
/// # Errors
/// [`TableError::NotAKey`] for bytes that are no such key.
pub fn standings(keys: &BinaryArray) -> Result<RecordBatch, TableError> {
    let (mut lanes, mut bands, mut priorities) = (Vec::new(), Vec::new(), Vec::new());
    for (row, key) in keys.iter().enumerate() {
        let standing =
            key.map(|key| standing(key).ok_or(TableError::NotAKey { row })).transpose()?;
        let standing = standing.flatten();
        lanes.push(standing.map(|standing| match standing.lane() {
            Lane::Must => "must",
            Lane::Open => "open",
        }));
        bands.push(standing.map(|standing| match standing.band() {
            Band::VeryHigh => "very_high",
            Band::High => "high",
            Band::Medium => "medium",
            Band::Low => "low",
        }));
        priorities.push(standing.map(|standing| standing.priority().billionths()));
    }
    let columns: [(&str, ArrayRef); 3] = [
        ("lane", Arc::new(StringViewArray::from(lanes))),
        ("band", Arc::new(StringViewArray::from(bands))),
        ("priority", Arc::new(UInt32Array::from(priorities))),
    ];
    let field =
        |(name, column): &(&str, ArrayRef)| Field::new(*name, column.data_type().clone(), true);
    let fields: Vec<Field> = columns.iter().map(field).collect();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Priority;
    use proptest::prelude::*;

    fn keyed(
        lane: Lane,
        band: Band,
        priority: u32,
        received: i64,
        id: &str,
    ) -> (Standing, Vec<u8>) {
        let standing = Standing::new(lane, band, Priority::from_billionths(priority));
        let codebook = include_str!("../../fixtures/models/toy-codebook.json");
        let codebook = crate::Codebook::from_json(codebook).unwrap();
        let mut builder = crate::BacklogBuilder::new(&codebook);
        let received = Timestamp::from_unix_seconds(received).unwrap();
        builder.push(&crate::Complaint::new(id, received).unwrap()).unwrap();
        let mut key = Vec::new();
        write(Key::of(standing, 0), &builder.freeze(), 0, &mut key);
        (standing, key)
    }

    proptest! {
        #[test]
        fn keys_sort_as_what_they_are_made_of(
            first in (0_usize..8, 0_u32..=1_000_000_000, 0_i64..3, "[a-c]{1,3}"),
            second in (0_usize..8, 0_u32..=1_000_000_000, 0_i64..3, "[a-c]{1,3}"),
            same_standing in any::<bool>(),
        ) {
            let make = |(pair, priority, received, id): &(usize, u32, i64, String)| {
                let lane = [Lane::Must, Lane::Open][pair / 4];
                let (standing, key) = keyed(lane, Band::ALL[pair % 4], *priority, 1_700_000_000 + received, id);
                ((standing, *received, id.clone()), key)
            };
            let second = if same_standing { (first.0, first.1, second.2, second.3) } else { second };
            let (first, second) = (make(&first), make(&second));
            prop_assert_eq!(first.0.cmp(&second.0), first.1.cmp(&second.1));
            prop_assert_eq!(standing(&first.1), Some(Some(first.0.0)));
        }
    }

    #[test]
    fn every_time_there_is_keeps_its_place_and_none_comes_last() {
        let times = [Timestamp::MIN, "2026-04-17".parse().unwrap(), Timestamp::MAX];
        let keys = times.map(time);
        assert!(keys.is_sorted() && keys[2] < NO_TIME && keys[0] == [0; TIME]);
    }

    #[test]
    fn other_bytes_are_no_key() {
        for other in [
            &b""[..],
            b"\x02",
            b"\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            &[9; 3],
            &[255; 40],
            &[2; 40][..1],
        ] {
            assert_eq!(standing(other), None, "{other:?}");
        }
        assert_eq!(standing(&[0]), Some(None));
    }
}
