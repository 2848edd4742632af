//! The first of a stream are the first of the ranking.

use crate::common::{TOY, any_case, cases, time};
use caserank::Seed;
use caserank::backlog::{Coded, SnapshotError};
use caserank::complaint::Origin;
use caserank::ndarray::Array2;
use caserank::policy::{ActiveOverrides, Override, OverrideEffect, Overrides};
use caserank::triage::{Listed, Ranking, RankingEntry};
use caserank::{Backlog, Rank, Timestamp, Triage};
use proptest::prelude::*;

fn saved(backlog: &Backlog) -> Vec<u8> {
    let mut file = Vec::new();
    backlog.save(&mut file).unwrap();
    file
}

/// What a list must say of a complaint, but for the part and the row, which depend on the cut.
type Line = (Rank, String, Option<Timestamp>, Timestamp);

/// The list that the ranking gives.
fn expected(ranking: &Ranking, k: usize) -> Vec<Line> {
    let backlog = ranking.backlog();
    let line = |entry: RankingEntry<'_>| {
        let (row, id) = (entry.row(), entry.id().to_owned());
        (entry.rank(), id, backlog.earliest_deadline(row), backlog.received(row))
    };
    ranking.top(k).map(line).collect()
}

fn lines(list: &[Listed]) -> Vec<Line> {
    let line = |listed: &Listed| {
        let id = listed.id().to_owned();
        (listed.rank(), id, listed.earliest_deadline(), listed.received())
    };
    list.iter().map(line).collect()
}

/// The list of a single part, with the rows that it says checked against the backlog.
#[allow(clippy::needless_pass_by_value, reason = "calls read better with values")]
fn of_one_part(backlog: &Backlog, list: Vec<Listed>) -> Vec<Line> {
    let right = |listed: &Listed| listed.part() == 0 && backlog.id(listed.row()) == listed.id();
    assert!(list.iter().all(right));
    lines(&list)
}

fn of_snapshot(
    triage: &Triage,
    file: &[u8],
    overrides: &ActiveOverrides,
    k: usize,
) -> Result<Vec<Listed>, SnapshotError> {
    let mut list = triage.top_list_with(overrides, k);
    list.add_snapshot(file)?;
    Ok(list.finish())
}

fn of_backlogs(
    triage: &Triage,
    backlogs: &[&Backlog],
    overrides: &ActiveOverrides,
    k: usize,
) -> Vec<Listed> {
    let mut list = triage.top_list_with(overrides, k);
    backlogs.iter().for_each(|backlog| list.add_backlog(backlog).unwrap());
    list.finish()
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_snapshot_gives_the_top_of_the_ranking(case in any_case(), k in 0..45_usize) {
        let backlog = case.backlog();
        let overrides = case.overrides().at(case.now);
        let ranking = case.triage.rank_with(&backlog, &overrides).unwrap();
        let list = of_snapshot(&case.triage, &saved(&backlog), &overrides, k).unwrap();
        prop_assert_eq!(&of_one_part(&backlog, list.clone()), &expected(&ranking, k));
        prop_assert_eq!(&of_backlogs(&case.triage, &[&backlog], &overrides, k), &list);
    }

    #[test]
    fn parts_in_any_cut_give_the_top_of_the_whole(
        case in any_case(),
        k in 0..45_usize,
        cut in 1..9_usize,
        as_files in any::<u8>(),
    ) {
        let overrides = case.overrides().at(case.now);
        let mut list = case.triage.top_list_with(&overrides, k);
        for part in 0..cut {
            let own = case.complaints.iter().skip(part).step_by(cut).cloned();
            let backlog = case.backlog_of(&own.collect::<Vec<_>>());
            if as_files >> (part % 8) & 1 == 1 {
                list.add_snapshot(&*saved(&backlog)).unwrap();
            } else {
                list.add_backlog(&backlog).unwrap();
            }
        }
        let ranking = case.triage.rank_with(&case.backlog(), &overrides).unwrap();
        prop_assert_eq!(lines(&list.finish()), expected(&ranking, k));
    }
}

/// Three answers in all, so that ties go by the thousand.
fn large(triage: &Triage, rows: usize, seed: u64) -> Backlog {
    let mut stream = Seed(seed).stream(0);
    let ids: Vec<String> = (0..rows).map(|row| format!("c{seed}-{row}")).collect();
    let received: Vec<Timestamp> = (0..rows).map(|_| time(stream.below(900) as usize)).collect();
    let items = triage.codebook().items().len();
    let codes = Array2::from_shape_fn((rows, items), |_| stream.below(3) as u8);
    let coded = Coded::new(&ids, &received, codes.view()).with_origin(Origin::Synthetic);
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
            id: None,
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
        let ranking = triage.rank_with(&backlog, &overrides).unwrap();
        for k in [0, 1, 600, 5_000, 99_999, 100_000, 200_000] {
            let list = of_snapshot(&triage, &file, &overrides, k).unwrap();
            assert!(of_one_part(&backlog, list) == expected(&ranking, k), "k = {k}");
            let list = of_backlogs(&triage, &[&backlog], &overrides, k);
            assert!(of_one_part(&backlog, list) == expected(&ranking, k), "k = {k}");
        }
    }
}

#[test]
fn the_first_of_any_number_are_all() {
    let triage = Triage::from_json(TOY).unwrap();
    let backlog = large(&triage, 1_500, 4);
    let none = ActiveOverrides::none();
    let all = expected(&triage.rank(&backlog).unwrap(), usize::MAX);
    let list = of_snapshot(&triage, &saved(&backlog), &none, usize::MAX).unwrap();
    assert_eq!(all, of_one_part(&backlog, list));
    let mut list = triage.top_list(usize::MAX);
    list.add_backlog(&backlog).unwrap();
    assert_eq!(all, of_one_part(&backlog, list.finish()));
    assert_eq!(all, expected(&triage.top(&backlog, usize::MAX).unwrap(), usize::MAX));
}

#[test]
fn a_snapshot_that_is_cut_short_gives_no_list() {
    let triage = Triage::from_json(TOY).unwrap();
    let file = saved(&large(&triage, 40_000, 2));
    let none = ActiveOverrides::none();
    for length in [file.len() - 1, file.len() - 20, file.len() - 21, file.len() / 2, 100] {
        let error = of_snapshot(&triage, &file[..length], &none, 5).unwrap_err();
        assert!(matches!(error, SnapshotError::Truncated { .. }), "{error}");
    }
}

#[test]
fn the_same_complaint_in_two_parts_is_listed_twice() {
    let triage = Triage::from_json(TOY).unwrap();
    let backlog = large(&triage, 10, 3);
    let none = ActiveOverrides::none();
    let list = of_backlogs(&triage, &[&backlog, &backlog], &none, 4);
    let parts: Vec<usize> = list.iter().map(Listed::part).collect();
    assert_eq!(parts, [0, 1, 0, 1]);
    assert_eq!(list[0].id(), list[1].id());
    assert_eq!(
        list.iter().map(|listed| listed.rank().position()).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
}
