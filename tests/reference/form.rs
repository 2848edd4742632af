//! The short intake form: danger first, then worth for effort.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that fails")]

use caserank::codebook::{Process, Stage};
use caserank::reference::published;
use caserank::{BacklogBuilder, Complaint};

#[test]
fn the_form_asks_what_a_fresh_report_can_answer_danger_first() {
    let triage = published().unwrap();
    let form = triage.intake_form();
    let items = triage.codebook().items();
    let ids: Vec<&str> = form.items().iter().map(|one| &*items[one.item].id).collect();
    for one in form.items() {
        let item = &items[one.item];
        assert!(item.stage == Stage::Intake && item.effort.process == Process::None, "{}", item.id);
        assert_eq!(one.minutes, item.effort.minutes);
    }
    // What can put a complaint into the first lane comes before everything else.
    let must: Vec<bool> = form.items().iter().map(|one| one.reaches_must).collect();
    assert!(must.is_sorted_by(|one, next| one >= next), "{ids:?}");
    for id in ["imminent_danger_flag", "child_in_crisis", "missing_child_link", "travel_or_arrival"]
    {
        let place = ids.iter().position(|one| *one == id).unwrap();
        assert!(must[place], "{id}");
    }
    // What moves nothing is not asked for.
    for id in ["identity_lead", "clearinghouse_level", "material_volume", "content_basis"] {
        assert!(!ids.contains(&id), "{id}");
    }
    let rest: Vec<_> = form.items().iter().filter(|one| !one.reaches_must).collect();
    let worth = |one: &caserank::explain::FormItem| one.sooner * 1_000 / one.minutes;
    assert!(rest.windows(2).all(|pair| worth(pair[0]) >= worth(pair[1])));
}

#[test]
fn a_cut_form_keeps_the_first_lane_and_its_minutes() {
    let form = published().unwrap().intake_form();
    let cut = form.clone().within(90);
    assert!(cut.items().len() < form.items().len());
    assert!(cut.items().iter().map(|one| one.minutes).sum::<u32>() <= 90);
    let none = form.within(0);
    assert!(!none.items().is_empty() && none.items().iter().all(|one| one.reaches_must));
    let page = include_str!("../../docs/intake-form.md");
    assert!(cut.to_string() == page, "run the example build_reference");
}

/// To a blank complaint the next questions are those of the form that can change lane or band, in
/// its order as far as they make it due sooner.
#[test]
fn next_questions_of_a_blank_complaint_follow_the_form() {
    let triage = published().unwrap();
    let items = triage.codebook().items();
    let complaint = Complaint::new("a", "2026-04-17".parse().unwrap()).unwrap();
    let mut builder = BacklogBuilder::new(triage.codebook());
    builder.push(&complaint).unwrap();
    let backlog = builder.freeze();
    let ranking = triage.rank(&backlog).unwrap();
    let entry = ranking.iter().next().unwrap();
    let assessment = entry.assess();
    let form = triage.intake_form();
    let free = |item: usize| items[item].effort.process == Process::None;
    let asked: Vec<usize> = assessment
        .next_questions()
        .iter()
        .map(|question| question.item)
        .filter(|&item| free(item))
        .collect();
    let listed: Vec<usize> = form
        .items()
        .iter()
        .filter(|one| one.chance > 0 && one.sooner > 0)
        .map(|one| one.item)
        .collect();
    assert!(listed.len() > 20);
    // Equal worth is told apart by the form too; rounding to thousandths of a day may not reorder
    // more than neighbours of one worth.
    let worth = |item: usize| {
        let one = form.items().iter().find(|one| one.item == item).unwrap();
        (one.reaches_must, one.sooner / one.minutes)
    };
    let first: Vec<_> = asked[..listed.len()].iter().map(|&item| worth(item)).collect();
    let expected: Vec<_> = listed.iter().map(|&item| worth(item)).collect();
    assert_eq!(first, expected);
    assert_eq!(items[asked[0]].id, "imminent_danger_flag");
}
