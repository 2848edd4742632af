//! The first of a stream are the first of the ranking.

use crate::common::{TOY, any_case, cases, time};
use caserank::Seed;
use caserank::backlog::{Coded, SnapshotError};
use caserank::complaint::Origin;
use caserank::ndarray::Array2;
use caserank::policy::{ActiveOverrides, Override, OverrideEffect, Overrides};
use caserank::triage::{Listed, Ranking};
use caserank::{Backlog, Timestamp, Triage};
use proptest::prelude::*;

fn saved(backlog: &Backlog) -> Vec<u8> {
    let mut file = Vec::new();
    backlog.save(&mut file).unwrap();
    file
}

/// The list that the ranking gives, of one part.
fn expected(ranking: &Ranking, k: usize) -> Vec<Listed> {
    let backlog = ranking.backlog();
    let listed = ranking.top(k).map(|entry| Listed {
        position: entry.position,
        part: 0,
        row: entry.row,
        id: entry.id.to_owned(),
        lane: entry.lane,
        band: entry.band,
        priority: entry.priority,
        earliest_deadline: backlog.earliest_deadline(entry.row),
        received: backlog.received(entry.row),
    });
    listed.collect()
}

/// Without the part and the row, which depend on the cut.
fn as_one(list: Vec<Listed>) -> Vec<Listed> {
    list.into_iter().map(|listed| Listed { part: 0, row: 0, ..listed }).collect()
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_snapshot_gives_the_top_of_the_ranking(case in any_case(), k in 0..45_usize) {
        let backlog = case.backlog();
        let overrides = case.overrides().at(case.now);
        let ranking = case.triage.rank(&backlog, &overrides).unwrap();
        let list = case.triage.top_of_snapshot(&*saved(&backlog), &overrides, k).unwrap();
        prop_assert_eq!(&list, &expected(&ranking, k));
        let one = std::iter::once(backlog);
        prop_assert_eq!(&case.triage.top_of_backlogs(one, &overrides, k).unwrap(), &list);
    }

    #[test]
    fn parts_in_any_cut_give_the_top_of_the_whole(
        case in any_case(),
        k in 0..45_usize,
        cut in 1..9_usize,
        as_files in any::<u8>(),
    ) {
        let overrides = case.overrides().at(case.now);
        let mut list = case.triage.top_list(&overrides, k);
        for part in 0..cut {
            let own = case.complaints.iter().skip(part).step_by(cut).cloned();
            let backlog = case.backlog_of(&own.collect::<Vec<_>>());
            if as_files >> (part % 8) & 1 == 1 {
                list.add_snapshot(&*saved(&backlog)).unwrap();
            } else {
                list.add_backlog(&backlog).unwrap();
            }
        }
        let ranking = case.triage.rank(&case.backlog(), &overrides).unwrap();
        prop_assert_eq!(as_one(list.finish()), as_one(expected(&ranking, k)));
    }
}

/// Three answers in all, so that ties go by the thousand.
fn large(triage: &Triage, rows: usize, seed: u64) -> Backlog {
    let mut stream = Seed(seed).stream(0);
    let ids: Vec<String> = (0..rows).map(|row| format!("c{seed}-{row}")).collect();
    let received: Vec<Timestamp> = (0..rows).map(|_| time(stream.below(900) as usize)).collect();
    let items = triage.codebook().items().len();
    let codes = Array2::from_shape_fn((rows, items), |_| stream.below(3) as u8);
    let coded = Coded {
        ids: &ids,
        received: &received,
        deadlines: &[],
        codes: codes.view(),
        origin: Origin::Synthetic,
    };
    Backlog::from_codes(triage.codebook(), &coded).unwrap()
}

#[test]
fn many_groups_with_ties_by_the_thousand() {
    let triage = Triage::from_json(TOY).unwrap();
    let backlog = large(&triage, 100_000, 1);
    let file = saved(&backlog);
    let mut overrides = Overrides::new();
    for (row, effect) in [
        (99_999, OverrideEffect::Must),
        (40_000, OverrideEffect::Must),
        (7, OverrideEffect::Release),
    ] {
        let decision = Override {
            complaint: backlog.id(row).to_owned(),
            effect,
            actor: "p1".to_owned(),
            second_actor: None,
            role: "supervisor".to_owned(),
            reason: "judgement".to_owned(),
            note: None,
            made: time(0),
            expires: None,
        };
        overrides.add(decision).unwrap();
    }
    for overrides in [overrides.at(time(1)), ActiveOverrides::none()] {
        let ranking = triage.rank(&backlog, &overrides).unwrap();
        for k in [0, 1, 600, 5_000, 99_999, 100_000, 200_000] {
            let list = triage.top_of_snapshot(&*file, &overrides, k).unwrap();
            assert!(list == expected(&ranking, k), "k = {k}");
            let one = std::iter::once(backlog.clone());
            let list = triage.top_of_backlogs(one, &overrides, k).unwrap();
            assert!(list == expected(&ranking, k), "k = {k}");
        }
    }
}

#[test]
fn the_first_of_any_number_are_all() {
    let triage = Triage::from_json(TOY).unwrap();
    let backlog = large(&triage, 1_500, 4);
    let none = ActiveOverrides::none();
    let all = expected(&triage.rank(&backlog, &none).unwrap(), usize::MAX);
    assert_eq!(all, triage.top_of_snapshot(&*saved(&backlog), &none, usize::MAX).unwrap());
    assert_eq!(all, expected(&triage.top(&backlog, &none, usize::MAX).unwrap(), usize::MAX));
}

#[test]
fn a_snapshot_that_is_cut_short_gives_no_list() {
    let triage = Triage::from_json(TOY).unwrap();
    let file = saved(&large(&triage, 40_000, 2));
    let none = ActiveOverrides::none();
    for length in [file.len() - 1, file.len() - 20, file.len() - 21, file.len() / 2, 100] {
        let error = triage.top_of_snapshot(&file[..length], &none, 5).unwrap_err();
        assert!(matches!(error, SnapshotError::Truncated { .. }), "{error}");
    }
}

#[test]
fn the_same_complaint_in_two_parts_is_listed_twice() {
    let triage = Triage::from_json(TOY).unwrap();
    let backlog = large(&triage, 10, 3);
    let none = ActiveOverrides::none();
    let list = triage.top_of_backlogs([backlog.clone(), backlog], &none, 4).unwrap();
    let parts: Vec<usize> = list.iter().map(|listed| listed.part).collect();
    assert_eq!(parts, [0, 1, 0, 1]);
    assert_eq!(list[0].id, list[1].id);
    assert_eq!(list.iter().map(|listed| listed.position).collect::<Vec<_>>(), [1, 2, 3, 4]);
}
