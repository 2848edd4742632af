//! What a move and a set of moves say of themselves, and small questions about overrides.
#![allow(clippy::unwrap_used)]

use crate::common::{TOY, time};
use caserank::policy::{Override, OverrideEffect, Overrides};
use caserank::rank::{Move, MoveDirection};
use caserank::{BacklogBuilder, Band, Complaint, Lane, Ranking, Triage};
use serde_json::{Value, json};

fn rank(position: usize, lane: &str, band: &str, priority: u32) -> Value {
    json!({ "position": position, "lane": lane, "band": band, "priority_billionths": priority })
}

#[allow(clippy::needless_pass_by_value, reason = "calls read better with values")]
fn moved(from: Value, to: Value) -> Move {
    serde_json::from_value(json!({ "id": "a", "from": from, "to": to, "pushed": false })).unwrap()
}

#[test]
fn a_move_says_what_changed() {
    let start = || rank(5, "open", "medium", 40);
    // What is after, whether that is a change, whether lane or band changed, and which way.
    for (to, change, band, direction) in [
        (start(), false, false, MoveDirection::Stayed),
        (rank(4, "open", "medium", 40), true, false, MoveDirection::Up),
        (rank(5, "open", "medium", 41), true, false, MoveDirection::Stayed),
        (rank(6, "open", "low", 40), true, true, MoveDirection::Down),
        (rank(5, "must", "medium", 40), true, true, MoveDirection::Stayed),
        (Value::Null, true, true, MoveDirection::Left),
    ] {
        let one_way = moved(start(), to.clone());
        assert_eq!((one_way.is_change(), one_way.changed_band()), (change, band), "{one_way}");
        assert_eq!(one_way.direction(), direction, "{one_way}");
        let back = moved(to, start());
        assert_eq!((back.is_change(), back.changed_band()), (change, band), "{back}");
    }
    let nowhere = moved(Value::Null, Value::Null);
    assert!(!nowhere.is_change() && !nowhere.changed_band());
}

#[test]
fn a_rank_is_flat_in_files_and_counted_from_1() {
    let mut text = json!({ "id": "a", "from": null, "to": rank(3, "must", "high", 7), "pushed": true, "changes": [], "why": [] });
    let read: Move = serde_json::from_value(text.clone()).unwrap();
    text["format_version"] = json!(2);
    let later = serde_json::from_value::<Move>(text.clone()).unwrap_err().to_string();
    assert!(later.contains("format 2 is not read"), "{later}");
    text["format_version"] = json!(1);
    assert_eq!(serde_json::to_value(&read).unwrap(), text);
    let to = read.to().unwrap();
    assert_eq!((to.position(), to.lane(), to.band()), (3, Lane::Must, Band::High));
    assert_eq!(to.priority().billionths(), 7);
    assert!(read.is_pushed() && read.from().is_none());
    for broken in [rank(0, "must", "high", 7), json!({ "position": 1, "lane": "must" })] {
        let text = json!({ "id": "a", "from": null, "to": broken, "pushed": true });
        assert!(serde_json::from_value::<Move>(text).is_err());
    }
}

fn ranked(triage: &Triage, reports: [i32; 3]) -> Ranking {
    let mut backlog = BacklogBuilder::new(triage.codebook());
    for (id, reports) in ["a", "b", "c"].into_iter().zip(reports) {
        backlog
            .push(&Complaint::new(id, time(0)).unwrap().with_answer("prior_reports", reports))
            .unwrap();
    }
    triage.rank(&backlog.freeze()).unwrap()
}

#[test]
fn the_move_of_a_complaint_is_found_by_its_id() {
    let triage = Triage::from_json(TOY).unwrap();
    let moves = ranked(&triage, [5, 0, 0]).moves_since(&ranked(&triage, [0, 0, 0])).unwrap();
    assert_eq!(moves.unmoved() + moves.len(), 3);
    let of_a = moves.get("a").unwrap();
    assert_eq!(of_a.id(), "a");
    assert!(of_a.is_change());
    for other in moves.iter().filter(|other| other.id() != "a") {
        assert_eq!(moves.get(other.id()), Some(other));
    }
    assert_eq!(moves.get("d"), None);
    assert_eq!((&moves).into_iter().count(), moves.len());
}

#[test]
fn an_entry_answers_from_its_own_ranking() {
    let triage = Triage::from_json(TOY).unwrap();
    let (first, second) = (ranked(&triage, [5, 0, 0]), ranked(&triage, [0, 0, 5]));
    let (of_first, of_second) = (first.at(1).unwrap(), second.at(1).unwrap());
    assert_eq!((of_first.id(), of_second.id()), ("a", "c"));
    for entry in [of_first, of_second] {
        let assessment = entry.assess();
        assert_eq!(assessment.id(), entry.id());
        assert_eq!(assessment.rank(), Some(entry.rank()));
        assert_eq!(assessment.ranked_among(), Some(3));
        assert_eq!(entry.placement().standing(), entry.standing());
    }
    assert_ne!(of_first, of_second);
    assert_eq!(first.entry("a"), Some(of_first));
    assert_eq!(first.entry("d"), None);
}

#[test]
fn entries_count_down_from_both_ends() {
    let triage = Triage::from_json(TOY).unwrap();
    let ranking = ranked(&triage, [0, 5, 2]);
    let forward: Vec<_> = (&ranking).into_iter().map(|entry| entry.id()).collect();
    let mut backward: Vec<_> = ranking.iter().rev().map(|entry| entry.id()).collect();
    backward.reverse();
    assert_eq!(forward, backward);
    let mut entries = ranking.iter();
    assert_eq!((entries.len(), entries.nth(1).map(|entry| entry.position())), (3, Some(2)));
    assert_eq!((entries.len(), entries.next_back().map(|entry| entry.position())), (1, Some(3)));
    assert!(entries.next().is_none() && entries.next_back().is_none() && entries.len() == 0);
    let mut passed = ranking.top(2);
    assert!(passed.nth(usize::MAX).is_none() && passed.next().is_none() && passed.len() == 0);
}

fn decision(effect: OverrideEffect, second_actor: Option<&str>) -> Override {
    let lowers = matches!(effect, OverrideEffect::Lower(_) | OverrideEffect::LiftMust);
    Override {
        id: None,
        complaint: "a".to_owned(),
        effect,
        actor: "p1".to_owned(),
        second_actor: second_actor.map(str::to_owned),
        role: "supervisor".to_owned(),
        reason: if lowers { "lower_duplicate" } else { "judgement" }.to_owned(),
        note: None,
        made: time(0),
        expires: None,
    }
}

#[test]
fn what_two_people_lower_is_grave_and_nothing_else() {
    let (two, same) = (Some("p2"), Some("p1"));
    for (effect, second, grave) in [
        (OverrideEffect::LiftMust, two, true),
        (OverrideEffect::Lower(Band::Low), two, true),
        (OverrideEffect::Lower(Band::Low), None, false),
        (OverrideEffect::Lower(Band::Low), same, false),
        (OverrideEffect::Lower(Band::Low), Some(""), false),
        (OverrideEffect::Raise(Band::High), two, false),
        (OverrideEffect::Must, two, false),
        (OverrideEffect::Release, two, false),
    ] {
        let decision = decision(effect, second);
        assert_eq!(decision.is_grave(), grave, "{decision:?}");
    }
}

#[test]
fn a_store_is_empty_until_something_is_decided() {
    let mut overrides = Overrides::new();
    assert!(overrides.is_empty());
    assert!(overrides.at(time(1)).is_empty());
    overrides.add(decision(OverrideEffect::Must, None)).unwrap();
    assert!(!overrides.is_empty() && overrides.len() == 1);
    assert!(!overrides.at(time(1)).is_empty());
}
