//! A complaint that is sent again: what a person established stands, and nothing goes in silence.
#![allow(clippy::unwrap_used)]

use crate::common::live::{random_complaint, random_model, start, toy};
use caserank::complaint::{ChangeKind, DeadlineKind, Given, Part, Speaker, Unlisted};
use caserank::queue::QueueError;
use caserank::{Band, Complaint, Lane, Overrides, Queue, Seed};

fn complaint(id: &str) -> Complaint {
    Complaint::new(id, start()).unwrap()
}

#[test]
fn an_officers_answer_outlasts_the_sender() {
    let mut queue = Queue::new(&toy(), start());
    let sent = complaint("a").with_answer("prior_reports", 5);
    queue.receive(&sent).unwrap();
    queue.amend("a", |complaint| complaint.set_answer("access_route", "work")).unwrap();
    assert_eq!(queue.entry("a").unwrap().lane(), Lane::Must);
    let moved = queue.receive(&sent).unwrap();
    assert_eq!((moved.changes(), moved.is_change()), (&[][..], false));
    assert_eq!(queue.entry("a").unwrap().lane(), Lane::Must);

    // Replacing on purpose says what is lost.
    let moved = queue.replace(&sent).unwrap();
    let [lost] = moved.changes() else { panic!("{moved:?}") };
    assert_eq!(lost.to_string(), "access_route: work (host) is gone");
    assert_eq!((lost.kind(), moved.to().unwrap().lane()), (ChangeKind::Lost, Lane::Open));
}

#[test]
fn what_an_officer_confirms_outlasts_the_sender_too() {
    for confirmed in ["yes", "unknown"] {
        let mut queue = Queue::new(&toy(), start());
        let sent = complaint("a").with_answer("urgent", confirmed).with_answer("prior_reports", 2);
        queue.receive(&sent).unwrap();
        // The same answer as the sender's: nothing changes that could be seen.
        let amended =
            queue.amend("a", |complaint| complaint.set_answer("urgent", confirmed)).unwrap();
        assert_eq!((amended.changes(), amended.is_change()), (&[][..], false));
        let before = queue.entry("a").unwrap().rank();
        let other = sent.clone().with_answer("urgent", "no").with_answer("prior_reports", 3);
        let moved = queue.receive(&other).unwrap();
        let told: Vec<String> = moved.changes().iter().map(ToString::to_string).collect();
        // What nobody touched is the sender's still.
        assert_eq!(
            told,
            [
                "prior_reports: was 2, is 3".to_owned(),
                format!("urgent: stays {confirmed} (host); no was given")
            ]
        );
        assert_eq!(queue.entry("a").unwrap().band(), before.band());
        let stands = queue.complaint("a").unwrap();
        assert_eq!(stands.given("urgent").unwrap().said_by, Some(Speaker::Host));
    }
    // Whoever says who said it is believed.
    let mut queue = Queue::new(&toy(), start());
    queue.receive(complaint("a").with_answer("urgent", "yes")).unwrap();
    let officer = Given::new("yes").with_said_by(Speaker::Officer);
    queue.amend("a", |complaint| complaint.set_given("urgent", officer.clone())).unwrap();
    assert_eq!(queue.complaint("a").unwrap().given("urgent"), Some(&officer));
}

/// A unit, key or deadline has nobody beside it: the sender's own comes back, and is told.
#[test]
fn keys_that_a_sender_names_again_come_back_and_are_told() {
    let mut queue = Queue::new(&toy(), start());
    let due = start().plus_days(9);
    let sent = complaint("a").with_unit("north").unwrap().with_subject("s-1").unwrap();
    let sent = sent.with_deadline(DeadlineKind::Preservation, due).unwrap();
    queue.receive(&sent).unwrap();
    queue
        .amend("a", |complaint| {
            complaint.set_unit(Some("south")).unwrap();
            complaint.set_subject(None::<String>).unwrap();
            complaint.clear_deadlines(&DeadlineKind::Preservation);
        })
        .unwrap();
    let moved = queue.receive(&sent).unwrap();
    let told: Vec<String> = moved.changes().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "unit: was south, is north",
            "subject: is another key",
            "preservation deadline: is 2026-01-10T00:00:00Z"
        ]
    );
}

#[test]
fn what_a_person_took_back_stays_so_and_is_told() {
    let mut queue = Queue::new(&toy(), start());
    let sent = complaint("a").with_answer("urgent", "yes");
    queue.receive(&sent).unwrap();
    let moved = queue.amend("a", |complaint| complaint.clear_answer("urgent")).unwrap();
    assert_eq!(moved.changes()[0].kind(), ChangeKind::Lost);
    let moved = queue.receive(&sent).unwrap();
    assert_eq!(
        moved.changes()[0].to_string(),
        "urgent: stays unknown (host); yes was given and would put it further ahead: look at once"
    );
    assert!(moved.to_string().contains("look at once"), "{moved}");
    assert_eq!(queue.entry("a").unwrap().band(), Band::Medium);
}

#[test]
fn of_two_dated_answers_the_later_counts() {
    let mut queue = Queue::new(&toy(), start());
    let day = |day: i64| start().plus_days(day);
    let officer = |value: &str, known: i64| {
        Given::new(value).with_known_at(day(known)).with_said_by(Speaker::Officer)
    };
    queue.receive(complaint("a").with_answer_known_at("urgent", "no", day(1))).unwrap();
    queue.amend("a", |complaint| complaint.set_given("urgent", officer("no", 3))).unwrap();
    let moved =
        queue.receive(complaint("a").with_answer_known_at("urgent", "yes", day(2))).unwrap();
    assert_eq!(moved.changes()[0].kind(), ChangeKind::Kept);
    assert!(moved.changes()[0].would_lead());
    let moved =
        queue.receive(complaint("a").with_answer_known_at("urgent", "yes", day(4))).unwrap();
    assert_eq!(moved.changes()[0].kind(), ChangeKind::Replaced);
    assert_eq!(moved.changes()[0].to_string(), "urgent: was no (officer), is yes");
    assert_eq!(queue.entry("a").unwrap().band(), Band::High);
}

#[test]
fn keys_and_deadlines_are_not_undone_by_silence() {
    let mut queue = Queue::new(&toy(), start());
    let due = start().plus_days(9);
    let full =
        complaint("a").with_unit("north").unwrap().with_subject("s-1").unwrap().with_bundle("b-1");
    queue.receive(full.unwrap().with_deadline(DeadlineKind::Preservation, due).unwrap()).unwrap();
    let later = Complaint::new("a", start().plus_days(1)).unwrap();
    let moved = queue.receive(later.with_unit("south").unwrap()).unwrap();
    let told: Vec<String> = moved.changes().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "unit: was north, is south",
            "received: stays 2026-01-01T00:00:00Z; 2026-01-02T00:00:00Z was given"
        ]
    );
    let kept = queue.complaint("a").unwrap();
    assert_eq!((kept.subject(), kept.bundle()), (Some("s-1"), Some("b-1")));
    assert_eq!((kept.received(), kept.deadlines().len()), (start(), 1));
    // On purpose they can be cleared.
    let moved = queue.amend("a", |complaint| {
        complaint.set_unit(None::<String>).unwrap();
        complaint.set_subject(None::<String>).unwrap();
        assert_eq!(complaint.clear_deadlines(&DeadlineKind::Preservation), 1);
    });
    let parts: Vec<Part> = moved.unwrap().changes().iter().map(|one| one.part().clone()).collect();
    assert_eq!(parts, [Part::Unit, Part::Subject, Part::Deadline("preservation".to_owned())]);
    assert_eq!(queue.entry("a").unwrap().unit(), None);
}

#[test]
fn an_answer_that_is_not_understood_takes_nothing_with_it() {
    let mut queue = Queue::new(&toy(), start());
    let moved = queue
        .receive(complaint("a").with_answer("urgent", "yes").with_answer("access_route", "n/a"))
        .unwrap();
    assert_eq!(moved.to().unwrap().band(), Band::High);
    assert_eq!(moved.changes()[0].kind(), ChangeKind::NotUnderstood);
    assert!(moved.to_string().contains("n/a is not understood"), "{moved}");
    // What stood stays.
    queue.amend("a", |complaint| complaint.set_answer("access_route", "work")).unwrap();
    let moved = queue.receive(complaint("a").with_answer("access_route", "wrok")).unwrap();
    let told = moved.changes()[0].to_string();
    assert_eq!(told, "access_route: wrok is not understood; work (host) stays");
    // Whoever says on purpose how a complaint stands is told at once.
    assert!(queue.replace(complaint("a").with_answer("access_route", "wrok")).is_err());
}

#[test]
fn one_bad_complaint_does_not_refuse_the_others() {
    let good =
        (0..999).map(|number| complaint(&format!("c{number:03}")).with_answer("urgent", "yes"));
    let bad = complaint("bad").with_answer("no_such_item", 1).with_answer("urgent", "yes");
    let all: Vec<Complaint> = good.chain([bad]).collect();
    let overrides = Overrides::new();
    let filled = Queue::fill(&toy(), start(), Unlisted::Refuse, &overrides, &all);
    assert_eq!((filled.given(), filled.queue().len(), filled.not_taken().len()), (1_000, 999, 1));
    assert_eq!(filled.not_taken()[0].complaint, all[999]);
    assert!(filled.to_string().contains("bad is not in the queue"), "{filled}");
    let filled = Queue::fill(&toy(), start(), Unlisted::Report, &overrides, &all);
    assert_eq!((filled.queue().len(), filled.not_taken().len()), (1_000, 0));
    // The choice is kept in the saved queue.
    let queue = filled.whole().unwrap();
    let mut file = Vec::new();
    queue.save(&mut file).unwrap();
    let saved = caserank::queue::SavedQueue::load(&*file).unwrap();
    let mut restored = Queue::restore(&toy(), saved).unwrap().whole().unwrap();
    restored.receive(complaint("d").with_answer("no_such_item", 1)).unwrap();
    assert_eq!(restored.unlisted_seen()["no_such_item"], 1);
}

#[test]
fn of_two_with_one_id_the_one_ahead_is_taken() {
    let two = [complaint("a"), complaint("a").with_answer("urgent", "yes")];
    for order in [[0, 1], [1, 0]] {
        let all = order.map(|place: usize| two[place].clone());
        let filled = Queue::fill(&toy(), start(), Unlisted::Refuse, &Overrides::new(), all);
        assert_eq!(filled.queue().entry("a").unwrap().band(), Band::High);
        assert_eq!(filled.not_taken()[0].complaint, two[0]);
    }
}

#[test]
fn an_amendment_may_think_better_of_it() {
    let mut queue = Queue::new(&toy(), start());
    queue.receive(complaint("a")).unwrap();
    let before = queue.complaint("a");
    let refused = queue.try_amend("a", |complaint| {
        complaint.set_answer("urgent", "yes");
        Err("locked by another user".into())
    });
    let Err(QueueError::Declined { id, source }) = refused else { panic!("{refused:?}") };
    assert_eq!((&*id, &*source.to_string()), ("a", "locked by another user"));
    assert_eq!(queue.complaint("a"), before);
}

#[test]
fn nothing_known_is_lost_by_what_is_received() {
    for seed in 0..40 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(4);
        let mut queue = Queue::new(&triage, start());
        for _ in 0..20 {
            let before = queue.complaint("a");
            let mut sent = random_complaint(&mut stream, &triage, "a", start());
            let item = triage.codebook().items()[0].clone();
            if stream.chance(0.3) {
                let given = Given::new(item.answers[0].id.as_str()).with_said_by(Speaker::Officer);
                sent.set_given(&*item.id, given);
            }
            let moved = queue.receive(&sent).unwrap();
            let after = queue.complaint("a").unwrap();
            let Some(before) = before else { continue };
            for (item, stood) in before.answers() {
                let stands = after.given(item).unwrap();
                // It stands, or something known stands in its place and is told.
                let is_told = moved.changes().iter().any(|change| {
                    *change.part() == Part::Answer(item.to_owned())
                        && change.kind() == ChangeKind::Replaced
                });
                assert!(stands.value == stood.value || is_told, "{item}: {moved:?}");
            }
            for (item, given) in sent.answers().filter(|(_, given)| !given.value.is_unknown()) {
                let stands = after.given(item).unwrap();
                let is_told = moved
                    .changes()
                    .iter()
                    .any(|change| *change.part() == Part::Answer(item.to_owned()));
                let code = |value| triage.codebook().item(item).unwrap().code_of_value(value);
                assert!(code(&stands.value) == code(&given.value) || is_told, "{item}: {moved:?}");
            }
        }
    }
}

#[test]
fn what_was_not_understood_stays_marked_until_somebody_answers() {
    let mut queue = Queue::new(&toy(), start());
    queue
        .receive(complaint("a").with_answer("urgent", "perhaps").with_answer("prior_reports", 2))
        .unwrap();
    let marks = |queue: &Queue| -> Vec<String> {
        let entry = queue.entry("a").unwrap();
        entry.not_understood().iter().map(|mark| mark.item().to_owned()).collect()
    };
    assert_eq!(marks(&queue), ["urgent"]);
    assert_eq!(queue.assess("a").unwrap().not_understood().len(), 1);
    let backlog = queue.view().backlog().unwrap();
    assert_eq!(backlog.not_understood(0).len(), 1);
    // It is in the saved queue, and an answer to another item leaves it.
    queue.amend("a", |complaint| complaint.set_answer("access_route", "household")).unwrap();
    let mut file = Vec::new();
    queue.save(&mut file).unwrap();
    let saved = caserank::queue::SavedQueue::load(&*file).unwrap();
    let mut restored = Queue::restore(&toy(), saved).unwrap().whole().unwrap();
    assert_eq!(marks(&restored), ["urgent"]);
    restored.receive(complaint("a").with_answer("urgent", "no")).unwrap();
    assert_eq!(marks(&restored), Vec::<String>::new());
    queue.amend("a", |complaint| complaint.set_answer("urgent", "yes")).unwrap();
    assert_eq!(marks(&queue), Vec::<String>::new());
}

#[test]
fn deadlines_add_up_to_the_earliest_and_no_further() {
    let mut queue = Queue::new(&toy(), start());
    queue.receive(complaint("a")).unwrap();
    for day in 0..100 {
        let due = start().plus_days(200 - day);
        let moved = queue
            .receive(complaint("a").with_deadline(DeadlineKind::Statutory, due).unwrap())
            .unwrap();
        let lost = moved.changes().iter().filter(|one| one.kind() == ChangeKind::Lost).count();
        assert_eq!(lost, usize::from(day >= 64), "{day}");
    }
    let kept = queue.complaint("a").unwrap();
    assert_eq!(kept.deadlines().len(), 64);
    assert_eq!(kept.deadlines()[0].due, start().plus_days(101));
}
