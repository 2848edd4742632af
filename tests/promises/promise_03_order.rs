//! Promise 3: a ranking does not depend on input order, and `top(k)` is the prefix of the full
//! order.
#![allow(clippy::unwrap_used)]

use crate::common::{Case, Draw, any_case, cases, draws};
use caserank::complaint::Unlisted;
use caserank::policy::Placement;
use caserank::{Backlog, Ranking};
use proptest::prelude::*;

type Line = (usize, String, Placement, u32);

fn lines(ranking: &Ranking) -> Vec<Line> {
    ranking
        .iter()
        .map(|entry| {
            let priority = entry.priority().billionths();
            (entry.position(), entry.id().to_owned(), entry.placement(), priority)
        })
        .collect()
}

fn ranked(case: &Case, backlog: &Backlog) -> Vec<Line> {
    lines(&case.triage.rank_with(backlog, &case.overrides().at(case.now)).unwrap())
}

proptest! {
    #![proptest_config(cases(70))]

    #[test]
    fn input_order_does_not_matter(case in any_case(), draw in draws()) {
        let mut draw: Draw = draw;
        let expected = ranked(&case, &case.backlog());
        let shuffled = draw.shuffled(&case.complaints);
        prop_assert_eq!(&ranked(&case, &case.backlog_of(&shuffled)), &expected);
        // In two parts, one added to the other.
        let (first, second) = shuffled.split_at(shuffled.len() / 2);
        let mut builder = case.builder();
        builder.extend(&case.backlog_of(second)).unwrap();
        builder.extend(&case.backlog_of(first)).unwrap();
        prop_assert_eq!(&ranked(&case, &builder.freeze()), &expected);
        // Decisions in another order, those made at the same time left as they are.
        let mut other = case.clone();
        other.decisions.sort_by_key(|decision| std::cmp::Reverse(decision.made));
        prop_assert_eq!(&ranked(&other, &case.backlog()), &expected);
    }

    #[test]
    fn top_is_the_prefix(case in any_case(), k in 0..50_usize) {
        let (backlog, overrides) = (case.backlog(), case.overrides().at(case.now));
        let whole = lines(&case.triage.rank_with(&backlog, &overrides).unwrap());
        for k in [0, 1, k, whole.len(), whole.len() + 1] {
            let top = case.triage.top_with(&backlog, &overrides, k).unwrap();
            prop_assert_eq!(lines(&top), &whole[..k.min(whole.len())]);
            prop_assert_eq!(top.len(), k.min(whole.len()));
            let ranking = case.triage.rank_with(&backlog, &overrides).unwrap();
            let prefix: Vec<_> = ranking.top(k).map(|entry| entry.id()).collect();
            let ids: Vec<_> = top.iter().map(|entry| entry.id()).collect();
            prop_assert_eq!(prefix, ids);
        }
    }

    #[test]
    fn positions_are_the_places_in_the_order(case in any_case()) {
        let (backlog, overrides) = (case.backlog(), case.overrides().at(case.now));
        let ranking = case.triage.rank_with(&backlog, &overrides).unwrap();
        for (place, entry) in ranking.iter().enumerate() {
            prop_assert_eq!(entry.position(), place + 1);
            prop_assert_eq!(ranking.position(entry.id()), Some(place + 1));
            prop_assert_eq!(ranking.position_of_row(entry.row()), Some(place + 1));
            prop_assert_eq!(ranking.at(place + 1), Some(entry));
            prop_assert_eq!(backlog.id(entry.row()), entry.id());
        }
        prop_assert_eq!(ranking.at(0), None);
        prop_assert_eq!(ranking.at(ranking.len() + 1), None);
        prop_assert_eq!(ranking.position("nowhere"), None);
        let top = case.triage.top_with(&backlog, &overrides, 1).unwrap();
        let outside = ranking.iter().skip(1).map(|entry| top.position(entry.id()));
        prop_assert!(outside.into_iter().all(|position| position.is_none()));
    }

    /// Rows stand in tie order: earliest deadline (none last), received, id by bytes.
    #[test]
    fn rows_stand_in_tie_order(case in any_case()) {
        let backlog = case.backlog();
        let key = |row: usize| {
            let due = backlog.earliest_deadline(row);
            (due.is_none(), due, backlog.received(row), backlog.id(row).as_bytes().to_vec())
        };
        for row in 1..backlog.len() {
            prop_assert!(key(row - 1) < key(row));
        }
    }

    #[test]
    fn a_backlog_read_from_a_file_ranks_the_same(case in any_case()) {
        let backlog = case.backlog();
        let expected = ranked(&case, &backlog);
        let mut text = Vec::new();
        backlog.write_ndjson(&mut text).unwrap();
        let codebook = case.triage.codebook();
        let read = Backlog::read_ndjson(codebook, text.as_slice(), Unlisted::Refuse).unwrap();
        prop_assert_eq!(&ranked(&case, read.backlog()), &expected);
    }
}

/// More rows than the small-input paths of the sorts take, with ties at every level.
#[test]
fn many_rows_stand_in_the_order_of_a_plain_sort() {
    use caserank::complaint::{Deadline, DeadlineKind, Origin};
    use caserank::ndarray::Array2;
    use std::cmp::Reverse;

    let triage = caserank::Triage::from_json(crate::common::TOY).unwrap();
    let mut draw = Draw::seeded(3);
    let rows = 6_000;
    let ids: Vec<String> = draw.shuffled(&(0..rows).map(|n| n.to_string()).collect::<Vec<_>>());
    let received: Vec<_> = (0..rows).map(|_| crate::common::time(draw.below(5))).collect();
    let deadlines: Vec<Option<Deadline>> = (0..rows)
        .map(|_| {
            let due = crate::common::time(draw.below(3));
            draw.chance(50).then_some(Deadline { due, kind: DeadlineKind::Statutory })
        })
        .collect();
    let codes = Array2::from_shape_fn((rows, 3), |(_, item)| draw.below([3, 4, 4][item]) as u8);
    let coded = caserank::backlog::Coded::new(&ids, &received, codes.view())
        .with_deadlines(&deadlines)
        .with_origin(Origin::Synthetic);
    let backlog = Backlog::from_codes(triage.codebook(), &coded).unwrap();
    let ranking = triage.rank(&backlog).unwrap();
    let mut expected: Vec<usize> = (0..rows).collect();
    expected.sort_by_key(|&place| {
        let entry = ranking.at(ranking.position(&ids[place]).unwrap()).unwrap();
        let due = deadlines[place].as_ref().map_or(i64::MAX, |one| one.due.unix_seconds());
        let times = (due, received[place]);
        (entry.lane(), Reverse(entry.band()), Reverse(entry.priority()), times, ids[place].clone())
    });
    let found: Vec<&str> = ranking.iter().map(|entry| entry.id()).collect();
    let expected: Vec<&str> = expected.iter().map(|&place| ids[place].as_str()).collect();
    assert!(found == expected);
    let top = triage.top(&backlog, 2_500).unwrap();
    assert!(top.iter().map(|entry| entry.id()).eq(expected.into_iter().take(2_500)));
    // Decisions about complaints all over the backlog, across the blocks that are worked on at once.
    let mut decided = caserank::Overrides::new();
    for (number, id) in ids.iter().enumerate().step_by(7) {
        let effect = if number % 2 == 0 { "\"must\"" } else { "{\"raise\":\"very_high\"}" };
        let text = format!(
            "{{\"complaint\":\"{id}\",\"effect\":{effect},\"actor\":\"p1\",\"role\":\"r\",\"reason\":\"c\",\"made\":\"2026-04-01\"}}"
        );
        decided.add(serde_json::from_str(&text).unwrap()).unwrap();
    }
    let active = decided.at(crate::common::time(0));
    let whole = lines(&triage.rank_with(&backlog, &active).unwrap());
    assert!(whole.iter().filter(|(.., placement, _)| placement.is_overridden()).count() > 800);
    for k in [1, 400, 3_000, rows] {
        assert!(lines(&triage.top_with(&backlog, &active, k).unwrap()) == whole[..k], "{k}");
    }
}
