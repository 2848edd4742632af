//! From one codebook to the next: every answer is kept, mapped or lost, and told.
#![allow(clippy::unwrap_used)]

use crate::live::{decision, start, toy};
use caserank::codebook::{Fate, MigrateError, Renames};
use caserank::complaint::MigrationReport;
use caserank::policy::OverrideEffect;
use caserank::queue::QueueError;
use caserank::{Band, Complaint, Queue, Triage};

/// The toy model, one version on: an item renamed, an answer renamed, an answer gone, other bins.
fn next() -> Triage {
    let mut model: serde_json::Value =
        serde_json::from_str(include_str!("../../fixtures/models/toy.json")).unwrap();
    model["codebook"]["version"] = "0.2.0".into();
    model["instrument"]["codebook"]["version"] = "0.2.0".into();
    let text = model
        .to_string()
        .replace("access_route", "child_access")
        .replace("\"work\"", "\"trusted_role\"")
        .replace("\"edges\":[1,3]", "\"edges\":[1,4]");
    Triage::from_json(&text).unwrap()
}

fn renames() -> Renames {
    Renames::new().item("access_route", "child_access").answer(
        "access_route",
        "work",
        "trusted_role",
    )
}

#[test]
fn every_answer_is_kept_mapped_or_lost() {
    let migration = toy().codebook().migrate(next().codebook(), &renames()).unwrap();
    assert_eq!((migration.gone().count(), migration.added().count()), (0, 0));
    let mut report = MigrationReport::new();
    let complaint = |id: &str| Complaint::new(id, start()).unwrap();
    let carried = migration.carry(
        &complaint("a")
            .answer("urgent", "yes")
            .answer_known_at("access_route", "work", start())
            .answer("prior_reports", 3),
        &mut report,
    );
    let expected = complaint("a")
        .answer("urgent", "yes")
        .answer_known_at("child_access", "trusted_role", start())
        .answer("prior_reports", 3);
    assert_eq!(carried, expected);
    // The bin `none` still means below 1; the next one now means 1 to 3, and is lost.
    for (answer, kept) in [("none", true), ("one_or_two", false), ("three_or_more", false)] {
        let carried = migration.carry(&complaint("b").answer("prior_reports", answer), &mut report);
        assert_eq!(carried.given("prior_reports").is_some(), kept, "{answer}");
    }
    assert_eq!(
        (report.complaints(), report.count(Fate::Kept), report.count(Fate::Mapped), report.lost()),
        (4, 3, 1, 2)
    );
    assert_eq!(
        report.to_string(),
        "4 complaints: 3 answers kept, 1 mapped, 2 lost\n        1 access_route = work: mapped\n        1 prior_reports = one_or_two: lost, the bin stands for other numbers\n        1 prior_reports = three_or_more: lost, the bin stands for other numbers"
    );
    // Without the renames the item is gone.
    let migration = toy().codebook().migrate(next().codebook(), &Renames::new()).unwrap();
    assert_eq!(migration.gone().collect::<Vec<_>>(), ["access_route"]);
    assert_eq!(migration.added().collect::<Vec<_>>(), ["child_access"]);
    let mut report = MigrationReport::new();
    let carried = migration.carry(&complaint("a").answer("access_route", "work"), &mut report);
    assert_eq!((carried.answers().count(), report.count(Fate::ItemGone)), (0, 1));
}

#[test]
fn a_queue_migrates_as_a_whole() {
    let mut queue = Queue::new(&toy(), start());
    for place in 0..20 {
        let complaint = Complaint::new(format!("c{place:02}"), start()).unwrap();
        queue
            .upsert(
                complaint.answer("prior_reports", place % 6).answer("access_route", "household"),
            )
            .unwrap();
    }
    queue.apply(decision("c00", OverrideEffect::Raise(Band::VeryHigh), start())).unwrap();
    let migration = toy().codebook().migrate(next().codebook(), &renames()).unwrap();
    assert!(matches!(queue.migrate(&toy(), &migration), Err(QueueError::OtherCodebook(_))));
    let before = queue.snapshot();
    let (moves, report) = queue.migrate(&next(), &migration).unwrap();
    assert_eq!((report.carried(), report.lost()), (40, 0));
    // Exactly those with three reports fall into a lower bin now.
    let own: Vec<&str> = moves.own().map(|one| &*one.id()).collect();
    assert!(
        own.iter().all(|id| before
            .complaint(id)
            .unwrap()
            .given("prior_reports")
            .unwrap()
            .value
            .to_string()
            == "3"),
        "{own:?}"
    );
    assert_eq!(queue.entry("c00").unwrap().band(), Band::VeryHigh);
    assert_eq!(queue.triage(), &next());
    assert!(matches!(queue.migrate(&next(), &migration), Err(QueueError::OtherCodebook(_))));
}

#[test]
fn renames_that_do_not_fit_are_refused() {
    let from = toy();
    let refused =
        |renames: Renames| from.codebook().migrate(next().codebook(), &renames).unwrap_err();
    assert!(matches!(
        refused(Renames::new().item("nothing", "urgent")),
        MigrateError::UnlistedItem { version: "old", .. }
    ));
    assert!(matches!(
        refused(Renames::new().item("urgent", "nothing")),
        MigrateError::UnlistedItem { version: "new", .. }
    ));
    assert!(matches!(
        refused(Renames::new().answer("urgent", "yes", "nothing")),
        MigrateError::UnlistedAnswer { version: "new", .. }
    ));
    assert!(matches!(
        refused(Renames::new().item("access_route", "urgent")),
        MigrateError::Twice { .. }
    ));
}
