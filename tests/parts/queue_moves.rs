//! Moves between rankings, and why a complaint moved.
#![allow(clippy::unwrap_used)]

use crate::common::live::{
    decision, random_complaint, random_model, random_model_like, start, toy,
};
use caserank::Seed;
use caserank::explain::{Change, WhyError};
use caserank::policy::OverrideEffect;
use caserank::rank::MoveDirection;
use caserank::triage::CompareError;
use caserank::{
    ActiveOverrides, BacklogBuilder, Band, Complaint, Lane, Overrides, Queue, Ranking, Triage,
};

fn rank(triage: &Triage, complaints: &[Complaint], overrides: &ActiveOverrides) -> Ranking {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for complaint in complaints {
        builder.push(complaint).unwrap();
    }
    triage.rank_with(&builder.freeze(), overrides).unwrap()
}

#[test]
fn everyone_who_moved_is_told_once_and_nobody_else() {
    for seed in 0..30 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(4);
        let before: Vec<Complaint> = (0..60)
            .map(|place| random_complaint(&mut stream, &triage, &format!("c{place}"), start()))
            .collect();
        let mut after = before.clone();
        after.drain(10..15);
        for place in 0..8 {
            let id = after[place * 3].id().to_owned();
            after[place * 3] = random_complaint(&mut stream, &triage, &id, start());
        }
        after
            .extend((60..66).map(|place| {
                random_complaint(&mut stream, &triage, &format!("c{place}"), start())
            }));
        let mut overrides = Overrides::new();
        overrides.add(decision("c30", OverrideEffect::Raise(Band::VeryHigh), start())).unwrap();
        let earlier = rank(&triage, &before, &ActiveOverrides::none());
        let later = rank(&triage, &after, &overrides.at(start()));
        let moves = later.moves_since(&earlier).unwrap();
        assert_eq!((moves.count(MoveDirection::Entered), moves.count(MoveDirection::Left)), (6, 5));
        assert_eq!(moves.len() + moves.unmoved(), 66);
        for moved in moves.iter() {
            assert_eq!(moved.from().map(|one| one.position()), earlier.position(moved.id()));
            assert_eq!(moved.to().map(|one| one.position()), later.position(moved.id()));
            assert!(moved.is_change() || !moved.is_pushed());
        }
        // Those only pushed kept their order among themselves.
        let pushed = |position: fn(&caserank::rank::Move) -> usize| {
            let mut list: Vec<_> = moves.iter().filter(|one| one.is_pushed()).collect();
            list.sort_by_key(|one| position(one));
            list.into_iter().map(|one| one.id()).collect::<Vec<_>>()
        };
        assert_eq!(
            pushed(|one| one.from().unwrap().position()),
            pushed(|one| one.to().unwrap().position())
        );
        assert!(later.moves_since(&later).unwrap().is_empty());
        let other = random_model_like(seed, seed + 500);
        let under_other = rank(&other, &before, &ActiveOverrides::none());
        assert!(matches!(under_other.moves_since(&earlier), Err(CompareError::OtherModel { .. })));
        let between = under_other.moves_between_models(&earlier);
        assert_eq!(between.len() + between.unmoved(), 60);
    }
}

#[test]
fn causes_say_what_each_does_by_itself() {
    for seed in 0..40 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(8);
        for _ in 0..10 {
            let before = random_complaint(&mut stream, &triage, "a", start());
            let after = random_complaint(&mut stream, &triage, "a", start());
            let (earlier, later) =
                (triage.assess(&before).unwrap(), triage.assess(&after).unwrap());
            let why = later.why_since(&earlier).unwrap();
            let changed =
                earlier.codes().iter().zip(later.codes()).filter(|(old, new)| old != new).count();
            let answers: Vec<_> = why
                .causes()
                .iter()
                .filter(|one| matches!(one.change(), Change::Answer { .. }))
                .collect();
            assert_eq!(answers.len(), changed);
            for cause in &answers {
                // Taking the one answer back gives exactly where it would stand without it.
                let Change::Answer { item, from, .. } = &cause.change() else { continue };
                let mut back = after.clone();
                back.set_answer(item.as_str(), from.as_str());
                let without = triage.assess(&back).unwrap();
                assert_eq!(
                    (cause.without().lane(), cause.without().band(), cause.without().priority()),
                    (without.lane(), without.band(), without.priority())
                );
            }
            if changed == 1 {
                assert_eq!(answers[0].without(), why.from());
            }
        }
    }
}

#[test]
fn decisions_and_models_are_named_as_causes() {
    let mut queue = Queue::new(&toy(), start());
    queue
        .replace(
            Complaint::new("a", start())
                .unwrap()
                .with_answer("prior_reports", 5)
                .with_answer("access_route", "work"),
        )
        .unwrap();
    let before = queue.assess("a").unwrap();
    assert_eq!(before.lane(), Lane::Must);
    let mut lift = decision("a", OverrideEffect::LiftMust, start());
    lift.expires = Some(start().plus_days(1));
    queue.apply(lift).unwrap();
    let lifted = queue.assess("a").unwrap();
    let why = lifted.why_since(&before).unwrap();
    assert_eq!(
        why.causes()[0].to_string(),
        "must lifted by supervisor (lower_duplicate), in force: must, high, 232 without this, open, high, 232 with it"
    );
    queue.advance(start().plus_days(1)).unwrap();
    let why = queue.assess("a").unwrap().why_since(&lifted).unwrap();
    assert!(matches!(&why.causes()[0].change(), Change::Override { in_force: false, .. }));
    assert_eq!((why.from().lane(), why.to().lane()), (Lane::Open, Lane::Must));

    let text = include_str!("../../fixtures/models/toy.json").replace("\"-2.5\"", "\"-4\"");
    let other = Triage::from_json(&text).unwrap();
    queue.replace_model(&other).unwrap();
    let now = queue.assess("a").unwrap();
    assert!(matches!(now.why_since(&before), Err(WhyError::OtherModel { .. })));
    let why = now.why_between_models(&before).unwrap();
    assert!(
        matches!(why.causes()[0].change(), Change::Model)
            && why.causes()[0].without() == why.from()
    );
    let same = now.why_since(&now).unwrap();
    assert!(same.causes().is_empty() && same.to_string().contains("others came, went or moved"));
    queue.replace(Complaint::new("b", start()).unwrap()).unwrap();
    assert!(matches!(
        queue.assess("b").unwrap().why_since(&now),
        Err(WhyError::OtherComplaint { .. })
    ));
}
