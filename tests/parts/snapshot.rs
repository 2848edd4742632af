//! Snapshots lose nothing, and whatever is not one is refused.

use std::io::Read;

use crate::common::{Draw, TOY_CODEBOOK, any_case, cases, draws, time};
use caserank::Seed;
use caserank::backlog::{Coded, SnapshotError};
use caserank::complaint::{Deadline, DeadlineKind, Origin};
use caserank::ndarray::Array2;
use caserank::{Backlog, Codebook, Complaint, Timestamp};
use proptest::prelude::*;
use twox_hash::XxHash3_64;

fn saved(backlog: &Backlog) -> Vec<u8> {
    let mut file = Vec::new();
    backlog.save(&mut file).unwrap();
    file
}

fn same(found: &Backlog, expected: &Backlog) -> Result<(), TestCaseError> {
    prop_assert!(found.complaints().eq(expected.complaints()));
    prop_assert_eq!(found.codes(), expected.codes());
    prop_assert_eq!((found.as_of(), found.origin()), (expected.as_of(), expected.origin()));
    prop_assert!(found.units().eq(expected.units()));
    for row in 0..expected.len() {
        prop_assert_eq!(found.row_of(expected.id(row)), Some(row));
        prop_assert_eq!(found.deadlines(row), expected.deadlines(row));
        prop_assert_eq!(found.earliest_deadline(row), expected.earliest_deadline(row));
        prop_assert_eq!(found.stage(row), expected.stage(row));
    }
    Ok(())
}

/// More rows than two groups hold, out of order, some with deadlines.
fn large(codebook: &Codebook) -> Backlog {
    let rows = 70_001;
    let mut stream = Seed(3).stream(0);
    let ids: Vec<String> = (0..rows).map(|row| format!("c{}", (row * 7_919) % rows)).collect();
    let received: Vec<Timestamp> = (0..rows).map(|_| time(stream.below(900) as usize)).collect();
    let deadlines: Vec<Option<Deadline>> = (0..rows)
        .map(|_| {
            let due = time(stream.below(2_000) as usize);
            (due > time(1_000)).then_some(Deadline { due, kind: DeadlineKind::Statutory })
        })
        .collect();
    let items = codebook.items();
    let codes = Array2::from_shape_fn((rows, items.len()), |(_, item)| {
        stream.below(items[item].code_count() as u64) as u8
    });
    let coded = Coded::new(&ids, &received, codes.view())
        .with_deadlines(&deadlines)
        .with_origin(Origin::Synthetic);
    Backlog::from_codes(codebook, &coded).unwrap()
}

#[test]
fn several_groups_of_rows_come_back_whole() {
    let codebook = Codebook::from_json(TOY_CODEBOOK).unwrap();
    let backlog = large(&codebook);
    let file = saved(&backlog);
    let loaded = Backlog::load(&codebook, &*file).unwrap();
    same(&loaded, &backlog).unwrap();
    assert_eq!(saved(&loaded), file);
}

#[test]
fn two_in_one_file_are_read_one_after_the_other() {
    let codebook = Codebook::from_json(TOY_CODEBOOK).unwrap();
    let backlog = large(&codebook);
    let empty = caserank::BacklogBuilder::new(&codebook).freeze();
    let file = [saved(&empty), saved(&backlog)].concat();
    let mut source = &*file;
    assert!(Backlog::load(&codebook, &mut source).unwrap().is_empty());
    assert_eq!(Backlog::load(&codebook, &mut source).unwrap().len(), backlog.len());
    assert!(source.is_empty());
}

#[test]
fn another_codebook_is_refused_by_name() {
    let codebook = Codebook::from_json(TOY_CODEBOOK).unwrap();
    let file = saved(&large(&codebook));
    let other = TOY_CODEBOOK.replacen("\"version\": \"", "\"version\": \"9", 1);
    let other = Codebook::from_json(&other).unwrap();
    let error = Backlog::load(&other, &*file).unwrap_err();
    assert!(matches!(error, SnapshotError::OtherCodebook(_)), "{error}");
    let told = error.to_string();
    assert!(told.contains(&codebook.identity().to_string()), "{told}");
    assert!(told.contains(&other.identity().to_string()), "{told}");
    // The same name over other answers.
    let changed = TOY_CODEBOOK.replace("\"prior_reports\"", "\"earlier_reports\"");
    assert_ne!(changed, TOY_CODEBOOK);
    let error = Backlog::load(&Codebook::from_json(&changed).unwrap(), &*file).unwrap_err();
    assert!(matches!(error, SnapshotError::OtherCodebook(_)), "{error}");
    let told = error.to_string();
    assert!(told.contains("`earlier_reports`") && told.contains("`prior_reports`"), "{told}");
    // Other wording changes no code.
    let reworded = TOY_CODEBOOK.replacen("\"title\": \"", "\"title\": \"Another ", 1);
    assert!(Backlog::load(&Codebook::from_json(&reworded).unwrap(), &*file).is_ok());
}

#[test]
fn another_format_and_other_files_are_refused() {
    let codebook = Codebook::from_json(TOY_CODEBOOK).unwrap();
    let mut file = saved(&large(&codebook));
    file[8] = 9;
    let error = Backlog::load(&codebook, &*file).unwrap_err();
    assert!(matches!(error, SnapshotError::Format { found: 9 }), "{error}");
    for other in [&b""[..], b"caserank", b"id,received\na,2026-04-17\n"] {
        let error = Backlog::load(&codebook, other).unwrap_err();
        assert!(matches!(error, SnapshotError::NotASnapshot), "{error}");
    }
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let error = Backlog::load(&codebook, file[..8].chain(Fails)).unwrap_err();
    assert!(matches!(error, SnapshotError::Io(_)), "{error}");
}

/// Places of frames: kind, and range of the payload.
fn frames(file: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let mut frames = Vec::new();
    let mut at = 12;
    while at < file.len() {
        let kind = String::from_utf8(file[at..at + 4].to_vec()).unwrap();
        let length = u64::from_le_bytes(file[at + 4..at + 12].try_into().unwrap()) as usize;
        frames.push((kind, at + 20..at + 20 + length));
        at += 20 + length;
    }
    frames
}

/// Makes every checksum fit again.
fn seal(file: &mut [u8]) {
    for (number, (kind, payload)) in (0_u64..).zip(frames(file)) {
        let kind = u32::from_le_bytes(kind.as_bytes().try_into().unwrap());
        let seed = number << 32 | u64::from(kind);
        let sum = XxHash3_64::oneshot_with_seed(seed, &file[payload.clone()]);
        file[payload.start - 8..payload.start].copy_from_slice(&sum.to_le_bytes());
    }
}

/// Looks at everything that a backlog gives out.
fn use_up(backlog: &Backlog) {
    for (row, complaint) in backlog.complaints().enumerate() {
        let _ = (backlog.row_of(backlog.id(row)), backlog.stage(row), complaint.answers().count());
    }
    let _ = (backlog.codes(), backlog.units().count(), backlog.origin());
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn nothing_is_lost(case in any_case()) {
        let backlog = case.backlog();
        let file = saved(&backlog);
        let loaded = Backlog::load(case.triage.codebook(), &*file).unwrap();
        same(&loaded, &backlog)?;
        prop_assert_eq!(saved(&loaded), file);
        let overrides = case.overrides().at(case.now);
        let ranking = case.triage.rank_with(&loaded, &overrides).unwrap();
        prop_assert!(ranking.iter().eq(case.triage.rank_with(&backlog, &overrides).unwrap().iter()));
        // A loaded backlog can be added to like any other.
        let mut builder = case.builder();
        builder.extend(&loaded).unwrap();
        builder.push(&Complaint::new("one more", case.now).unwrap()).unwrap();
        prop_assert_eq!(builder.freeze().len(), backlog.len() + 1);
    }

    #[test]
    fn no_altered_byte_goes_unseen(
        case in any_case(),
        place in any::<prop::sample::Index>(),
        change in 1_u8..,
    ) {
        let mut file = saved(&case.backlog());
        let place = place.index(file.len());
        file[place] ^= change;
        let found = Backlog::load(case.triage.codebook(), &*file);
        prop_assert!(found.is_err(), "byte {place} of {}", file.len());
    }

    #[test]
    fn no_missing_end_goes_unseen(case in any_case(), length in any::<prop::sample::Index>()) {
        let file = saved(&case.backlog());
        let length = length.index(file.len());
        let found = Backlog::load(case.triage.codebook(), &file[..length]);
        let expected = if length < 12 { "NotASnapshot" } else { "Truncated" };
        let found = format!("{:?}", found.err());
        prop_assert!(found.contains(expected), "{length} of {}: {found}", file.len());
    }

    #[test]
    fn frames_in_another_order_are_refused(case in any_case(), choice in any::<u32>()) {
        let file = saved(&case.backlog());
        let frames = frames(&file);
        let last = frames.len() - 1;
        let dropped = &frames[1 + choice as usize % last].1;
        let without = [&file[..dropped.start - 20], &file[dropped.end..]].concat();
        prop_assert!(Backlog::load(case.triage.codebook(), &*without).is_err());
        let twice = [&file[..dropped.end], &file[dropped.start - 20..]].concat();
        let found = Backlog::load(case.triage.codebook(), &*twice);
        // Behind the end, the source is no longer read.
        prop_assert_eq!(found.is_ok(), dropped.end == file.len());
    }

    #[test]
    fn a_forged_snapshot_never_panics(
        case in any_case(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut file = saved(&case.backlog());
        let frames = frames(&file);
        let payload: Vec<usize> =
            frames.iter().skip(1).flat_map(|(_, payload)| payload.clone()).collect();
        if payload.is_empty() {
            return Ok(());
        }
        for (place, value) in changes {
            file[payload[place.index(payload.len())]] = value;
        }
        seal(&mut file);
        match Backlog::load(case.triage.codebook(), &*file) {
            Ok(backlog) => {
                use_up(&backlog);
                let overrides = case.overrides().at(case.now);
                let ranking = case.triage.rank_with(&backlog, &overrides).unwrap();
                let mut list = case.triage.top_list_with(&overrides, 3);
                list.add_snapshot(&*file).unwrap();
                let list = list.finish();
                prop_assert_eq!(list.len(), ranking.len().min(3));
            }
            Err(error) => {
                prop_assert!(matches!(error, SnapshotError::Malformed { .. }), "{error}");
            }
        }
    }

    #[test]
    fn any_bytes_are_refused(start in any::<bool>(), mut draw in draws(), length in 0..200_usize) {
        let codebook = Codebook::from_json(TOY_CODEBOOK).unwrap();
        let mut file = if start { b"caserank\x01\0\0\0".to_vec() } else { Vec::new() };
        file.extend((0..length).map(|_| Draw::below(&mut draw, 256) as u8));
        prop_assert!(Backlog::load(&codebook, &*file).is_err());
    }
}
