//! A live queue equals a fresh ranking of its contents, after any history.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use crate::common::live::{
    decision, random_complaint, random_decision, random_model, random_model_like, start, time, toy,
};
use caserank::Seed;
use caserank::complaint::{Given, Speaker, Unlisted};
use caserank::policy::OverrideEffect;
use caserank::queue::{QueueError, SavedQueue};
use caserank::rank::MoveDirection;
use caserank::{BacklogBuilder, Band, Complaint, Lane, Overrides, Queue, Triage};

fn saved(queue: &Queue) -> Vec<u8> {
    let mut file = Vec::new();
    queue.save(&mut file).unwrap();
    file
}

/// Contents and overrides kept beside the queue, ranked afresh.
fn assert_equals_fresh(
    queue: &Queue,
    triage: &Triage,
    contents: &BTreeMap<String, Complaint>,
    overrides: &Overrides,
) {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for complaint in contents.values() {
        builder.push(complaint).unwrap();
    }
    let fresh = triage.rank_with(&builder.freeze(), &overrides.at(queue.now())).unwrap();
    assert_eq!(queue.len(), contents.len());
    let live: Vec<_> = queue
        .iter()
        .map(|one| (one.position(), one.id().to_owned(), one.lane(), one.band(), one.priority()))
        .collect();
    let expected: Vec<_> = fresh
        .iter()
        .map(|one| (one.position(), one.id().to_owned(), one.lane(), one.band(), one.priority()))
        .collect();
    assert_eq!(live, expected);
    assert_eq!(queue.counts(), fresh.counts());
    for entry in &fresh {
        let own = queue.entry(entry.id()).unwrap();
        assert_eq!(own.position(), entry.position());
        assert_eq!(own.placement(), entry.placement());
        assert_eq!(queue.view().at(entry.position()).unwrap().id(), entry.id());
    }
}

#[test]
fn equals_a_fresh_ranking_after_any_history() {
    for seed in 0..40 {
        let mut triage = random_model(seed);
        let mut stream = Seed(seed).stream(9);
        let mut queue = Queue::new(&triage, start());
        let mut contents = BTreeMap::new();
        let mut overrides = Overrides::new();
        let mut snapshots = Vec::new();
        for step in 0..250 {
            let id = format!("c{}", stream.below(60));
            let before = queue.entry(&id).map(|entry| entry.rank());
            match stream.below(20) {
                0..=7 => {
                    let complaint = random_complaint(&mut stream, &triage, &id, start());
                    contents.insert(id.clone(), complaint.clone());
                    let moved = queue.replace(complaint).unwrap();
                    assert_eq!(moved.from(), before);
                    assert_eq!(moved.to(), queue.entry(&id).map(|entry| entry.rank()));
                }
                8..=10 => {
                    let item = triage.codebook().items()[stream.below(2) as usize].clone();
                    let change = |complaint: &mut Complaint| match complaint.given(&item.id) {
                        Some(given) if !given.value.is_unknown() => {
                            complaint.clear_answer(&item.id);
                        }
                        _ => complaint.set_answer(item.id.as_str(), item.answers[0].id.as_str()),
                    };
                    match queue.amend(&id, change) {
                        Ok(moved) => {
                            let kept = contents.get_mut(&id).unwrap();
                            change(kept);
                            // What a person sets or takes back is kept as the host's own word.
                            let value = kept.given(&item.id).map(|given| given.value.clone());
                            let given = Given::new(value.unwrap_or_default());
                            kept.set_given(&*item.id, given.with_said_by(Speaker::Host));
                            assert_eq!(moved.to(), queue.entry(&id).map(|entry| entry.rank()));
                        }
                        Err(QueueError::NotHere { id: named }) => {
                            assert!(named == id && !contents.contains_key(&id));
                        }
                        Err(other) => panic!("{other}"),
                    }
                }
                11..=13 => match queue.remove(&id) {
                    Ok(moved) => {
                        assert!(contents.remove(&id).is_some());
                        assert_eq!((moved.from(), moved.to()), (before, None));
                    }
                    Err(_) => assert!(!contents.contains_key(&id)),
                },
                14..=16 => {
                    let made = random_decision(&mut stream, &id, queue.now());
                    if contents.contains_key(&id) {
                        let is_over = made.expires.is_some_and(|expires| expires <= queue.now());
                        match queue.apply(made.clone()) {
                            Ok(_) => drop(overrides.add(made).unwrap()),
                            Err(QueueError::Over { .. }) => {
                                assert!(
                                    is_over && overrides.of(&id).iter().all(|one| *one != made)
                                );
                            }
                            Err(other) => panic!("{other}"),
                        }
                    } else {
                        assert!(matches!(queue.apply(made), Err(QueueError::NotHere { .. })));
                    }
                }
                17 => {
                    let earlier = queue.snapshot();
                    let now = queue.now().plus_seconds(stream.below(3 * 86_400) as i64);
                    let advanced = queue.advance(now).unwrap();
                    for moved in advanced.moves.changed() {
                        assert_eq!(
                            moved.from().map(|from| from.position()),
                            earlier.position(moved.id())
                        );
                        assert_eq!(moved.to().map(|to| to.position()), queue.position(moved.id()));
                    }
                    assert_eq!(
                        queue.moves_since(&earlier).unwrap().changed().count(),
                        advanced.moves.changed().count()
                    );
                    let ended = overrides.iter().filter(|one| {
                        one.expires.is_some_and(|at| earlier.now() < at && at <= now)
                    });
                    assert_eq!(advanced.ended.len(), ended.count());
                }
                18 => {
                    triage = random_model_like(seed, stream.below(1_000));
                    let earlier = queue.snapshot();
                    let moves = queue.replace_model(&triage).unwrap();
                    assert_eq!(moves.len() + moves.unmoved(), contents.len());
                    for moved in moves.iter() {
                        assert_eq!(
                            moved.from().unwrap(),
                            earlier.entry(moved.id()).unwrap().rank()
                        );
                        assert_eq!(moved.to().unwrap(), queue.entry(moved.id()).unwrap().rank());
                    }
                }
                _ => snapshots.push((queue.snapshot(), queue.view().ranking().unwrap())),
            }
            if step % 10 == 0 {
                assert_equals_fresh(&queue, &triage, &contents, &overrides);
            }
        }
        assert_equals_fresh(&queue, &triage, &contents, &overrides);
        assert_eq!(queue.overrides(), overrides);
        for (id, complaint) in &contents {
            assert_eq!(queue.complaint(id).as_ref(), Some(complaint));
        }
        // Snapshots stayed as they were, whatever the queue did since.
        for (snapshot, ranking) in &snapshots {
            assert!(snapshot.iter().map(|one| one.id()).eq(ranking.iter().map(|one| one.id())));
        }
        let file = saved(&queue);
        let read = SavedQueue::load(&*file).unwrap();
        let restored = Queue::restore(&triage, read).unwrap().whole().unwrap();
        assert_eq!(saved(&restored), file);
        assert_equals_fresh(&restored, &triage, &contents, &overrides);
    }
}

#[test]
fn every_ending_override_is_told_and_undone() {
    let mut queue = Queue::new(&toy(), start());
    let complaint = |id: &str| Complaint::new(id, start()).unwrap();
    queue
        .replace(complaint("a").with_answer("prior_reports", 5).with_answer("access_route", "work"))
        .unwrap();
    queue.replace(complaint("b")).unwrap();
    assert_eq!(queue.view().at(1).unwrap().lane(), Lane::Must);
    let mut lift = decision("a", OverrideEffect::LiftMust, start());
    lift.expires = Some(start().plus_days(2));
    queue.apply(lift.clone()).unwrap();
    assert_eq!(queue.entry("a").unwrap().lane(), Lane::Open);
    assert_eq!(queue.entry("a").unwrap().placement().model_standing().lane(), Lane::Must);
    // It ends at the second it names, not one before.
    assert!(queue.advance(start().plus_days(2).plus_seconds(-1)).unwrap().ended.is_empty());
    let advanced = queue.advance(start().plus_days(2)).unwrap();
    assert_eq!(advanced.ended, [lift]);
    assert!(advanced.ended[0].is_grave());
    assert_eq!(queue.entry("a").unwrap().lane(), Lane::Must);
    assert_eq!(queue.advance(queue.now()).unwrap(), Default::default());
    assert!(matches!(queue.advance(start()), Err(QueueError::Backwards { .. })));
}

#[test]
fn decisions_outlast_a_complaint_that_leaves_and_comes_back() {
    let mut queue = Queue::new(&toy(), start());
    queue.replace(Complaint::new("a", start()).unwrap()).unwrap();
    let moved = queue.apply(decision("a", OverrideEffect::Must, start())).unwrap();
    assert_eq!(moved.to().unwrap().lane(), Lane::Must);
    queue.remove("a").unwrap();
    let moved = queue.replace(Complaint::new("a", start()).unwrap()).unwrap();
    assert_eq!(
        (moved.direction(), moved.to().unwrap().lane()),
        (MoveDirection::Entered, Lane::Must)
    );
}

#[test]
fn refusals_leave_the_queue_as_it_was() {
    let mut queue = Queue::new(&toy(), start());
    queue.replace(Complaint::new("a", start()).unwrap().with_answer("urgent", "yes")).unwrap();
    let before = saved(&queue);
    let error =
        queue.replace(Complaint::new("a", start()).unwrap().with_answer("urgent", "perhaps"));
    assert!(error.unwrap_err().to_string().contains("perhaps"));
    let error = queue.amend("a", |complaint| complaint.set_answer("no_such_item", 1)).unwrap_err();
    assert!(error.to_string().contains("no_such_item"));
    let other = Complaint::new("b", start()).unwrap();
    let error = queue.amend("a", |complaint| *complaint = other).unwrap_err();
    assert!(matches!(error, QueueError::OtherId { .. }));
    let mut bad = decision("a", OverrideEffect::Lower(Band::Low), start());
    bad.reason = "new_information".to_owned();
    assert!(matches!(queue.apply(bad), Err(QueueError::Override(_))));
    assert!(matches!(queue.replace_model(&random_model(1)), Err(QueueError::Codebook(_))));
    assert_eq!(saved(&queue), before);

    let saved = SavedQueue::load(&*before).unwrap();
    let changed = toy().to_json().replacen("0.3", "0.31", 1);
    let other =
        Triage::from_json(&changed.replacen("\"very_high\": 0.3,", "\"very_high\": 0.35,", 1))
            .unwrap();
    assert_ne!(other.scoring_fingerprint(), toy().scoring_fingerprint());
    assert!(matches!(Queue::restore(&other, saved), Err(QueueError::OtherModel { .. })));
    let twice = [Complaint::new("a", start()).unwrap(), Complaint::new("a", start()).unwrap()];
    let filled = Queue::fill(&toy(), start(), Unlisted::Refuse, &Overrides::new(), twice);
    assert_eq!((filled.given(), filled.queue().len(), filled.not_taken().len()), (2, 1, 1));
    assert!(matches!(filled.whole(), Err(QueueError::RepeatedId { id }) if id == "a"));
}

#[test]
fn overrides_follow_the_clock_and_the_rules_for_lowering() {
    let mut overrides = Overrides::new();
    let mut alone = decision("a", OverrideEffect::LiftMust, start());
    alone.second_actor = Some("p1".to_owned());
    assert!(overrides.add(alone).unwrap_err().to_string().contains("second actor"));
    let mut text = decision("a", OverrideEffect::Raise(Band::High), start());
    text.reason = "because I say so".to_owned();
    assert!(overrides.add(text).unwrap_err().to_string().contains("reason"));
    for effect in
        [OverrideEffect::Raise(Band::High), OverrideEffect::Lower(Band::Low), OverrideEffect::Must]
    {
        overrides.add(decision("a", effect, start())).unwrap();
    }
    overrides.add(decision("b", OverrideEffect::Must, time("2027-01-01"))).unwrap();
    let summary = overrides.summary(start(), start().plus_days(1));
    assert_eq!(
        summary.to_string(),
        "overrides: 2 raise, 1 lower, 0 hold or release\n      2 raises, supervisor, new_information\n      1 lowers, supervisor, lower_duplicate"
    );
    let text = serde_json::to_string(&overrides).unwrap();
    assert_eq!(serde_json::from_str::<Overrides>(&text).unwrap(), overrides);
    let broken = text.replace("lower_duplicate", "duplicate");
    assert!(serde_json::from_str::<Overrides>(&broken).is_err());
}

#[test]
fn one_actor_alone_does_not_go_below_a_floor() {
    let mut queue = Queue::new(&toy(), start());
    queue.replace(Complaint::new("a", start()).unwrap().with_answer("urgent", "yes")).unwrap();
    let mut lower = decision("a", OverrideEffect::Lower(Band::Low), start());
    lower.second_actor = None;
    queue.apply(lower.clone()).unwrap();
    assert_eq!(queue.entry("a").unwrap().band(), Band::High);
    lower.second_actor = Some("p2".to_owned());
    queue.apply(lower).unwrap();
    assert_eq!(queue.entry("a").unwrap().band(), Band::Low);
    assert_eq!(queue.entry("a").unwrap().placement().model_standing().band(), Band::High);
    assert!(queue.entry("a").unwrap().placement().is_overridden());
}

#[test]
fn a_queue_and_its_snapshots_can_be_shared() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Queue>();
    shared::<caserank::queue::Snapshot>();
    let mut queue = Queue::new(&toy(), start());
    for place in 0..500 {
        queue.replace(Complaint::new(format!("c{place}"), start()).unwrap()).unwrap();
    }
    let snapshot = queue.snapshot();
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| (0..50).map(|_| snapshot.iter().count()).max());
        for place in 0..500 {
            queue.remove(&format!("c{place}")).unwrap();
        }
        assert_eq!(reader.join().unwrap(), Some(500));
    });
    assert_eq!((queue.len(), snapshot.len()), (0, 500));
}
