//! From one codebook to the next: every answer is kept, mapped or lost, and told.
#![allow(clippy::unwrap_used)]

use crate::common::live::{decision, start, toy};
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
    Renames::new().with_item("access_route", "child_access").with_answer(
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
            .with_answer("urgent", "yes")
            .with_answer_known_at("access_route", "work", start())
            .with_answer("prior_reports", 3),
        &mut report,
    );
    let expected = complaint("a")
        .with_answer("urgent", "yes")
        .with_answer_known_at("child_access", "trusted_role", start())
        .with_answer("prior_reports", 3);
    assert_eq!(carried, expected);
    // The bin `none` still means below 1; the next one now means 1 to 3, and is lost.
    for (answer, kept) in [("none", true), ("one_or_two", false), ("three_or_more", false)] {
        let carried =
            migration.carry(&complaint("b").with_answer("prior_reports", answer), &mut report);
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
    let carried = migration.carry(&complaint("a").with_answer("access_route", "work"), &mut report);
    assert_eq!((carried.answers().count(), report.count(Fate::ItemGone)), (0, 1));
}

#[test]
fn a_queue_migrates_as_a_whole() {
    let mut queue = Queue::new(&toy(), start());
    for place in 0..20 {
        let complaint = Complaint::new(format!("c{place:02}"), start()).unwrap();
        queue
            .replace(
                complaint
                    .with_answer("prior_reports", place % 6)
                    .with_answer("access_route", "household"),
            )
            .unwrap();
    }
    queue.apply(decision("c00", OverrideEffect::Raise(Band::VeryHigh), start())).unwrap();
    let migration = toy().codebook().migrate(next().codebook(), &renames()).unwrap();
    assert!(matches!(queue.migrate(&toy(), &migration), Err(QueueError::Codebook(_))));
    let before = queue.snapshot();
    let (moves, report) = queue.migrate(&next(), &migration).unwrap();
    assert_eq!((report.carried(), report.lost()), (40, 0));
    // Exactly those with three reports fall into a lower bin now.
    let own: Vec<&str> = moves.changed().map(|moved| moved.id()).collect();
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
    assert_eq!(queue.view().triage(), &next());
    assert!(matches!(queue.migrate(&next(), &migration), Err(QueueError::Codebook(_))));
}

#[test]
fn renames_that_do_not_fit_are_refused() {
    let from = toy();
    let refused =
        |renames: Renames| from.codebook().migrate(next().codebook(), &renames).unwrap_err();
    assert!(matches!(
        refused(Renames::new().with_item("nothing", "urgent")),
        MigrateError::UnlistedItem { version: "old", .. }
    ));
    assert!(matches!(
        refused(Renames::new().with_item("urgent", "nothing")),
        MigrateError::UnlistedItem { version: "new", .. }
    ));
    assert!(matches!(
        refused(Renames::new().with_answer("urgent", "yes", "nothing")),
        MigrateError::UnlistedAnswer { version: "new", .. }
    ));
    assert!(matches!(
        refused(Renames::new().with_item("access_route", "urgent")),
        MigrateError::Twice { .. }
    ));
}

/// A toy model of version 0.3.0 with one change of its text.
fn changed(change: impl FnOnce(String) -> String) -> Triage {
    let mut model: serde_json::Value =
        serde_json::from_str(include_str!("../../fixtures/models/toy.json")).unwrap();
    model["codebook"]["version"] = "0.3.0".into();
    model["instrument"]["codebook"]["version"] = "0.3.0".into();
    Triage::from_json(&change(model.to_string())).unwrap()
}

#[test]
fn an_answer_is_split_by_what_another_says() {
    // `work` becomes `trusted_role`, but `household` where the complaint is marked urgent.
    let renames = renames().with_split("access_route", "work", ("urgent", "yes"), "household");
    let migration = toy().codebook().migrate(next().codebook(), &renames).unwrap();
    let mut report = MigrationReport::new();
    for (urgent, expected) in
        [("yes", "household"), ("no", "trusted_role"), ("unknown", "trusted_role")]
    {
        let complaint = Complaint::new("a", start()).unwrap();
        let complaint = complaint.with_answer("urgent", urgent).with_answer("access_route", "work");
        let carried = migration.carry(&complaint, &mut report);
        assert_eq!(carried.given("child_access").unwrap().value.to_string(), expected);
    }
    assert_eq!((report.count(Fate::Mapped), report.lost()), (3, 0));
    let faulty = renames.with_split("access_route", "work", ("urgent", "perhaps"), "household");
    let error = toy().codebook().migrate(next().codebook(), &faulty).unwrap_err();
    assert!(matches!(error, MigrateError::UnlistedAnswer { version: "old", .. }), "{error}");
}

#[test]
fn items_are_joined_and_what_does_not_count_is_told() {
    let joined = Renames::new()
        .with_join(["access_route", "urgent"], "access_route")
        .with_answer("urgent", "yes", "work");
    let migration = toy().codebook().migrate(toy().codebook(), &joined).unwrap();
    let mut report = MigrationReport::new();
    let both = Complaint::new("both", start()).unwrap();
    let both = both.with_answer("urgent", "yes").with_answer("access_route", "household");
    let carried = migration.carry(&both, &mut report);
    assert_eq!(carried.given("access_route").unwrap().value.to_string(), "household");
    assert!(carried.given("urgent").is_none());
    let one = Complaint::new("one", start()).unwrap().with_answer("urgent", "yes");
    let carried = migration.carry(&one, &mut report);
    assert_eq!(carried.given("access_route").unwrap().value.to_string(), "work");
    let unknown = Complaint::new("open", start()).unwrap();
    let unknown = unknown.with_answer("access_route", "unknown").with_answer("urgent", "yes");
    let carried = migration.carry(&unknown, &mut report);
    assert_eq!(carried.given("access_route").unwrap().value.to_string(), "work");
    let told: Vec<String> = report.losses().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["both: urgent = yes: not counted, another of the joined items is"]);
}

#[test]
fn what_was_not_understood_goes_with_its_item() {
    let mut queue = Queue::new(&toy(), start());
    let sent = Complaint::new("a", start()).unwrap().with_answer("access_route", "wrok");
    queue.receive(sent).unwrap();
    let migration = toy().codebook().migrate(next().codebook(), &renames()).unwrap();
    queue.migrate(&next(), &migration).unwrap();
    let marks = |queue: &Queue| -> Vec<String> {
        let complaint = queue.complaint("a").unwrap();
        complaint.not_understood().iter().map(ToString::to_string).collect()
    };
    let [mark] = &marks(&queue)[..] else { panic!("{:?}", marks(&queue)) };
    assert!(mark.starts_with("`child_access` holds `wrok`"), "{mark}");
    queue.amend("a", |complaint| complaint.set_answer("child_access", "household")).unwrap();
    assert_eq!(marks(&queue), Vec::<String>::new());
}

#[test]
fn who_lost_an_answer_is_named_and_a_dry_run_changes_nothing() {
    let mut queue = Queue::new(&toy(), start());
    for (id, route) in [("a", "work"), ("b", "household"), ("c", "work")] {
        let complaint = Complaint::new(id, start()).unwrap().with_answer("access_route", route);
        queue.receive(complaint.with_answer("prior_reports", 1)).unwrap();
    }
    let migration = toy().codebook().migrate(next().codebook(), &Renames::new()).unwrap();
    let before = queue.snapshot();
    let (moves, report) = queue.would_migrate(&next(), &migration).unwrap();
    assert_eq!(queue.view().triage(), &toy());
    assert!(queue.moves_since(&before).unwrap().is_empty());
    let lost: Vec<&str> = report.losses().iter().map(|loss| loss.complaint()).collect();
    assert_eq!(lost.len(), report.lost());
    assert!(["a", "b", "c"].iter().all(|id| lost.contains(id)), "{lost:?}");
    assert_eq!(queue.migrate(&next(), &migration).unwrap(), (moves, report));
}

#[test]
fn a_renamed_bin_is_carried_by_its_number_or_told() {
    let renamed = changed(|text| text.replace("one_or_two", "a_few"));
    let migration = toy().codebook().migrate(renamed.codebook(), &Renames::new()).unwrap();
    let mut queue = Queue::new(&toy(), start());
    let complaint = |id: &str| Complaint::new(id, start()).unwrap();
    queue.receive(complaint("number").with_answer("prior_reports", 2)).unwrap();
    queue.receive(complaint("digits").with_answer("prior_reports", "2")).unwrap();
    queue.receive(complaint("bin").with_answer("prior_reports", "one_or_two")).unwrap();
    let (_, report) = queue.migrate(&renamed, &migration).unwrap();
    assert_eq!((report.carried(), report.lost()), (2, 1));
    assert_eq!(
        report.losses()[0].to_string(),
        "bin: prior_reports = one_or_two: lost, no such answer"
    );
    // Named, it is carried too.
    let renames = Renames::new().with_answer("prior_reports", "one_or_two", "a_few");
    let migration = toy().codebook().migrate(renamed.codebook(), &renames).unwrap();
    let mut report = MigrationReport::new();
    let carried =
        migration.carry(&complaint("a").with_answer("prior_reports", "one_or_two"), &mut report);
    assert_eq!(carried.given("prior_reports").unwrap().value.to_string(), "a_few");
}
