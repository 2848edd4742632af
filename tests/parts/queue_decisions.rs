//! Decisions count once, begin and end at every time, and can be tried and forgotten.
#![allow(clippy::unwrap_used)]

use crate::common::live::{decision, random_complaint, random_decision, random_model, start, toy};
use caserank::policy::{Override, OverrideEffect, OverrideError};
use caserank::queue::QueueError;
use caserank::{Band, Complaint, Lane, Overrides, Queue, Seed, Timestamp};

/// Why a decision is refused by itself.
fn refused(made: &Override) -> Option<OverrideError> {
    Overrides::new().add(made.clone()).err()
}

/// Ids and standings of a queue, and of a fresh ranking of what it holds.
fn assert_fresh(queue: &Queue) {
    let fresh = queue.view().ranking().unwrap();
    let live: Vec<_> = queue.iter().map(|one| (one.id().to_owned(), one.rank())).collect();
    let ranked: Vec<_> = fresh.iter().map(|one| (one.id().to_owned(), one.rank())).collect();
    assert_eq!(live, ranked, "at {}", queue.now());
    for entry in queue.iter() {
        let assessed = entry.assess();
        assert_eq!((assessed.lane(), assessed.band()), (entry.lane(), entry.band()));
    }
    let mut file = Vec::new();
    queue.save(&mut file).unwrap();
    let saved = caserank::queue::SavedQueue::load(&*file).unwrap();
    let restored = Queue::restore(queue.view().triage(), saved).unwrap().whole().unwrap();
    assert!(restored.iter().map(|one| one.rank()).eq(queue.iter().map(|one| one.rank())));
}

#[test]
fn every_time_equals_a_fresh_ranking_both_ends_included() {
    for seed in 0..40 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(6);
        let mut queue = Queue::new(&triage, Timestamp::MIN);
        for number in 0..8 {
            let id = format!("c{number}");
            queue.replace(random_complaint(&mut stream, &triage, &id, start())).unwrap();
        }
        let times = [Timestamp::MIN, start(), Timestamp::MAX.plus_seconds(-1), Timestamp::MAX];
        for _ in 0..30 {
            let id = format!("c{}", stream.below(8));
            let mut made = random_decision(&mut stream, &id, start());
            if stream.chance(0.6) {
                made.made = times[stream.below(4) as usize];
                made.expires = match stream.below(4) {
                    0 => Some(Timestamp::MAX),
                    1 => Some(made.made.plus_seconds(1)),
                    _ => None,
                };
            }
            match queue.apply(made.clone()) {
                Ok(_) => {}
                Err(QueueError::Override(_)) => assert!(refused(&made).is_some()),
                Err(QueueError::Over { .. }) => assert!(made.expires <= Some(queue.now())),
                Err(other) => panic!("{other}"),
            }
        }
        assert_fresh(&queue);
        let mut at = Vec::new();
        for time in [start().plus_days(-1), start(), start().plus_days(3), times[2], times[3]] {
            at.push(queue.snapshot());
            queue.advance(time).unwrap();
            assert_fresh(&queue);
        }
        // A clock that had jumped ahead goes back, step by step or at once.
        for earlier in at.iter().rev() {
            queue.turn_back(earlier.now()).unwrap();
            assert_fresh(&queue);
            assert!(queue.moves_since(earlier).unwrap().is_empty());
        }
        let again = queue.clone();
        queue.advance(Timestamp::MAX).unwrap();
        queue.turn_back(again.now()).unwrap();
        assert!(queue.moves_since(again.view()).unwrap().is_empty());
        let advanced = queue.advance(start()).unwrap();
        let mut other = again.clone();
        assert_eq!(other.advance(start()).unwrap(), advanced);
    }
}

#[test]
fn the_way_back_says_what_holds_again() {
    let mut queue = Queue::new(&toy(), start());
    queue.receive(Complaint::new("a", start()).unwrap()).unwrap();
    let mut raise = decision("a", OverrideEffect::Raise(Band::VeryHigh), start());
    raise.expires = Some(start().plus_days(7));
    queue.apply(raise.clone()).unwrap();
    let later = decision("a", OverrideEffect::Must, start().plus_days(30));
    queue.apply(later.clone()).unwrap();
    assert!(matches!(queue.turn_back(start()), Err(QueueError::NotBackwards { .. })));
    // The clock jumps sixty years ahead.
    let jumped = queue.advance("2086-01-01".parse().unwrap()).unwrap();
    assert_eq!((jumped.began.len(), jumped.ended.len()), (1, 1));
    let error = queue.advance(start().plus_days(1)).unwrap_err();
    assert!(error.to_string().contains("turn_back"), "{error}");
    let back = queue.turn_back(start().plus_days(1)).unwrap();
    assert_eq!((&back.resumed[..], &back.not_yet[..]), (&[raise][..], &[later][..]));
    let entry = queue.entry("a").unwrap();
    assert_eq!((entry.lane(), entry.band()), (Lane::Open, Band::VeryHigh));
    assert!(back.to_string().contains("a: must does not hold yet"), "{back}");
}

#[test]
fn twice_delivered_counts_once() {
    let mut queue = Queue::new(&toy(), start());
    queue.receive(Complaint::new("a", start()).unwrap()).unwrap();
    let hold = decision("a", OverrideEffect::Hold("wait".to_owned()), start());
    for _ in 0..3 {
        queue.apply(hold.clone()).unwrap();
        queue.apply(hold.clone().with_id("d-1")).unwrap();
        queue.apply(hold.clone().with_id("d-2")).unwrap();
    }
    assert_eq!(queue.view().decisions("a").count(), 3);
    let mut other = hold.clone().with_id("d-1");
    other.effect = OverrideEffect::Release;
    let error = queue.apply(other.clone()).unwrap_err();
    assert!(matches!(&error, QueueError::Override(OverrideError::RepeatedId { .. })), "{error}");
    assert!(matches!(
        queue.would_apply(&other),
        Err(QueueError::Override(OverrideError::RepeatedId { .. }))
    ));
    // After the complaint has left, what comes again is still nothing new.
    queue.remove("a").unwrap();
    let moved = queue.apply(hold.clone()).unwrap();
    assert_eq!((moved.from(), moved.to()), (None, None));
    let mut store = queue.overrides();
    assert_eq!((store.len(), store.add(hold.clone()).unwrap()), (3, false));
    assert!(store.add(hold.with_id("d-3")).unwrap());
}

#[test]
fn a_decision_can_be_tried() {
    for seed in 0..30 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(7);
        let mut queue = Queue::new(&triage, start());
        for number in 0..10 {
            let id = format!("c{number}");
            queue.replace(random_complaint(&mut stream, &triage, &id, start())).unwrap();
        }
        for _ in 0..20 {
            let id = format!("c{}", stream.below(12));
            let made = random_decision(&mut stream, &id, start());
            let mut before = Vec::new();
            queue.save(&mut before).unwrap();
            let tried = queue.would_apply(&made);
            let mut after = Vec::new();
            queue.save(&mut after).unwrap();
            assert_eq!(before, after);
            match (tried, queue.apply(made)) {
                (Ok(tried), Ok(moved)) => assert_eq!(tried, moved),
                (Err(tried), Err(refused)) => assert_eq!(tried.to_string(), refused.to_string()),
                (tried, applied) => panic!("{tried:?}, {applied:?}"),
            }
        }
    }
}

/// Nobody knows which of two decisions of one second came first: whatever the order in which they are told, the one that could
/// hide a complaint, or what somebody must do first, does not count, and is named.
#[test]
fn of_decisions_made_in_one_second_the_most_careful_counts() {
    let made = |effect: OverrideEffect| decision("a", effect, start());
    let lifted = made(OverrideEffect::LiftMust).with_second_actor("lee");
    let raise = |band| made(OverrideEffect::Raise(band));
    let lower = |band| made(OverrideEffect::Lower(band));
    let hold = made(OverrideEffect::Hold("deconfliction".to_owned()));
    let pairs = [
        (made(OverrideEffect::Must), lifted),
        (raise(Band::High), lower(Band::Low)),
        (raise(Band::VeryHigh), raise(Band::High)),
        (lower(Band::Medium), lower(Band::Low)),
        (hold, made(OverrideEffect::Release)),
    ];
    for (careful, other) in pairs {
        for order in [[&careful, &other], [&other, &careful]] {
            let mut queue = Queue::new(&toy(), start());
            queue.receive(Complaint::new("a", start()).unwrap()).unwrap();
            let mut overrides = Overrides::new();
            for decision in order {
                queue.apply(decision.clone()).unwrap();
                overrides.add(decision.clone()).unwrap();
            }
            let active = overrides.at(start()).get("a").unwrap().clone();
            assert_eq!(active.iter().collect::<Vec<_>>(), [&careful]);
            assert_eq!(overrides.outweighed(start()).collect::<Vec<_>>(), [&other]);
            let assessed = queue.assess("a").unwrap();
            assert_eq!(assessed.overrides().unwrap(), &active);
            let mut file = Vec::new();
            queue.save(&mut file).unwrap();
            let again = Queue::load(&toy(), &*file).unwrap().whole().unwrap();
            assert_eq!(again.assess("a").unwrap().overrides().unwrap(), &active);
        }
    }
    let mut overrides = Overrides::new();
    overrides.add(made(OverrideEffect::Must)).unwrap();
    let later = start().plus_seconds(1);
    let lift = decision("a", OverrideEffect::LiftMust, later).with_second_actor("lee");
    overrides.add(lift.clone()).unwrap();
    assert_eq!(overrides.at(later).get("a").unwrap().lane, Some(lift));
    assert_eq!(overrides.outweighed(later).count(), 0);
}

#[test]
fn one_person_is_one_however_the_key_is_written() {
    let lift = |actor: &str, second: &str| {
        let made = decision("a", OverrideEffect::LiftMust, start());
        Override { actor: actor.to_owned(), ..made }.with_second_actor(second)
    };
    for (first, second) in [
        ("kim", "Kim"),
        ("kim", "k\u{200b}im"),
        ("zo\u{eb}", "zoe\u{308}"),
        ("kim", "\u{ff4b}im"),
        // Cyrillic and Greek letters that are drawn like Latin ones.
        ("kim", "k\u{456}m"),
        ("cope", "\u{441}\u{43e}\u{440}\u{435}"),
        ("nova", "n\u{3bf}va"),
    ] {
        let made = lift(first, second);
        assert!(!made.has_second_actor(), "{first:?} {second:?}");
        assert!(refused(&made).is_some(), "{first:?} {second:?}");
    }
    assert!(refused(&lift("kim", "lee")).is_none());
    // Invisible marks are refused by themselves.
    let hidden = lift("kim", "lee\u{202e}");
    let refused = refused(&hidden);
    assert!(matches!(refused, Some(OverrideError::Text { field: "second_actor", .. })));
}

#[test]
fn what_is_over_can_be_forgotten_and_is_counted() {
    let mut queue = Queue::new(&toy(), start());
    for id in ["a", "b", "c"] {
        queue.receive(Complaint::new(id, start()).unwrap()).unwrap();
        let mut raise = decision(id, OverrideEffect::Raise(Band::High), start());
        raise.expires = Some(start().plus_days(2));
        queue.apply(raise).unwrap();
        let hold = OverrideEffect::Hold("wait".to_owned());
        queue.apply(decision(id, hold, start()).with_id(format!("hold-{id}"))).unwrap();
    }
    // Nothing that has not ended goes, whatever time is named.
    assert_eq!(queue.forget_ended(Timestamp::MAX).decisions, 0);
    queue.advance(start().plus_days(5)).unwrap();
    queue.remove("c").unwrap();
    let before: Vec<_> = queue.iter().map(|entry| entry.rank()).collect();
    let forgotten = queue.forget_ended(start().plus_days(3));
    assert_eq!(forgotten.to_string(), "3 decisions about 3 complaints forgotten, 3 kept");
    assert_eq!(queue.forget_ended(start().plus_days(3)).decisions, 0);
    let forgotten = queue.forget_absent(start().plus_days(5));
    assert_eq!((forgotten.decisions, forgotten.complaints, forgotten.kept), (1, 1, 2));
    assert_eq!(queue.iter().map(|entry| entry.rank()).collect::<Vec<_>>(), before);
    assert!(queue.view().active_override("a").is_some());
    let mut file = Vec::new();
    queue.save(&mut file).unwrap();
    assert!(!String::from_utf8(file).unwrap().contains("hold-c"));
    assert_fresh(&queue);
}

#[test]
fn many_decisions_on_one_complaint_are_no_burden() {
    let mut queue = Queue::new(&toy(), start());
    queue.receive(Complaint::new("a", start()).unwrap()).unwrap();
    let bands = [Band::High, Band::VeryHigh];
    // All at one time: the most careful counts, and stays.
    for number in 0..8_000 {
        let raise = OverrideEffect::Raise(bands[number % 2]);
        let made = decision("a", raise, start()).with_id(format!("d{number}"));
        let moved = queue.apply(made).unwrap();
        assert_eq!(moved.to().unwrap().band(), bands[number.min(1)]);
    }
    assert_eq!(queue.view().decisions("a").count(), 8_000);
    assert_eq!(queue.view().active_override("a").unwrap().iter().count(), 1);
    assert_fresh(&queue);
}

/// Decisions without ids that are equal but for one field are different, however many there are and
/// in whatever order a file holds them.
#[test]
fn decisions_apart_in_one_field_are_all_kept() {
    let decided = |number: usize| {
        let mut made = decision("a", OverrideEffect::Raise(Band::High), start());
        made.note = Some(format!("n{number}"));
        made
    };
    let list: Vec<_> = (0..4_000).rev().chain(0..4_000).map(decided).collect();
    let json = serde_json::to_string(&list).unwrap();
    let overrides: caserank::Overrides = serde_json::from_str(&json).unwrap();
    assert_eq!(overrides.len(), 4_000);
    let again = serde_json::to_string(&overrides).unwrap();
    assert_eq!(serde_json::from_str::<caserank::Overrides>(&again).unwrap(), overrides);
    // Oldest first, whatever the order of the file.
    let later = |number: i64| {
        decision("a", OverrideEffect::Raise(Band::High), start().plus_seconds(number))
    };
    let turned: Vec<_> = (0..200).rev().map(later).collect();
    let overrides: caserank::Overrides =
        serde_json::from_str(&serde_json::to_string(&turned).unwrap()).unwrap();
    assert!(overrides.of("a").is_sorted_by_key(|decision| decision.made));
    let mut queue = Queue::new(&toy(), start());
    queue.receive(Complaint::new("a", start()).unwrap()).unwrap();
    for made in list.iter().take(4_000) {
        queue.apply(made.clone()).unwrap();
    }
    queue.apply(list[3].clone()).unwrap();
    assert_eq!(queue.view().decisions("a").count(), 4_000);
}
