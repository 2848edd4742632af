//! The short intake form: danger first, then worth for effort.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that fails")]

use caserank::codebook::{ItemIndex, Process, Stage};
use caserank::reference::published;
use caserank::{BacklogBuilder, Complaint};

#[test]
fn the_form_asks_what_a_fresh_report_can_answer_danger_first() {
    let triage = published().unwrap();
    let form = triage.intake_form();
    let codebook = triage.codebook();
    let ids: Vec<&str> = form.items().iter().map(|asked| &*codebook[asked.item()].id).collect();
    for asked in form.items() {
        let item = &codebook[asked.item()];
        assert!(item.stage == Stage::Intake && item.effort.process == Process::None, "{}", item.id);
        assert_eq!(asked.minutes(), item.effort.minutes);
    }
    // What can put a complaint into the first lane comes before everything else.
    let must: Vec<bool> = form.items().iter().map(|asked| asked.reaches_must()).collect();
    assert!(must.is_sorted_by(|one, next| one >= next), "{ids:?}");
    for id in ["imminent_danger_flag", "child_in_crisis", "missing_child_link", "travel_or_arrival"]
    {
        let position = ids.iter().position(|listed| *listed == id).unwrap();
        assert!(must[position], "{id}");
    }
    // What moves nothing is not asked for.
    for id in ["identity_lead", "clearinghouse_level", "material_volume", "content_basis"] {
        assert!(!ids.contains(&id), "{id}");
    }
    let rest: Vec<_> = form.items().iter().filter(|asked| !asked.reaches_must()).collect();
    let worth = |asked: &caserank::explain::FormItem| asked.sooner() * 1_000 / asked.minutes();
    assert!(rest.windows(2).all(|pair| worth(pair[0]) >= worth(pair[1])));
}

#[test]
fn a_cut_form_keeps_the_first_lane_and_its_minutes() {
    let form = published().unwrap().intake_form();
    let cut = form.clone().within(90);
    assert!(cut.items().len() < form.items().len());
    assert!(cut.items().iter().map(|asked| asked.minutes()).sum::<u32>() <= 90);
    let none = form.within(0);
    assert!(!none.items().is_empty() && none.items().iter().all(|asked| asked.reaches_must()));
    let page = include_str!("../../docs/intake-form.md");
    assert!(cut.to_string() == page, "run the example build_reference");
}

/// To a blank complaint the next questions are those of the form that can change lane or band, in
/// its order as far as they make it due sooner.
#[test]
fn next_questions_of_a_blank_complaint_follow_the_form() {
    let triage = published().unwrap();
    let codebook = triage.codebook();
    let complaint = Complaint::new("a", "2026-04-17".parse().unwrap()).unwrap();
    let mut builder = BacklogBuilder::new(triage.codebook());
    builder.push(&complaint).unwrap();
    let backlog = builder.freeze();
    let ranking = triage.rank(&backlog).unwrap();
    let entry = ranking.iter().next().unwrap();
    let assessment = entry.assess();
    let form = triage.intake_form();
    let free = |item: ItemIndex| codebook[item].effort.process == Process::None;
    let asked: Vec<ItemIndex> = assessment
        .next_questions()
        .iter()
        .map(|question| question.item())
        .filter(|&item| free(item))
        .collect();
    let listed: Vec<ItemIndex> = form
        .items()
        .iter()
        .filter(|asked| asked.chance() > 0 && asked.sooner() > 0)
        .map(|asked| asked.item())
        .collect();
    assert!(listed.len() > 20);
    // Equal worth is told apart by the form too; rounding to thousandths of a day may not reorder
    // more than neighbours of one worth.
    let worth = |item: ItemIndex| {
        let asked = form.items().iter().find(|asked| asked.item() == item).unwrap();
        (asked.reaches_must(), asked.sooner() / asked.minutes())
    };
    let first: Vec<_> = asked[..listed.len()].iter().map(|&item| worth(item)).collect();
    let expected: Vec<_> = listed.iter().map(|&item| worth(item)).collect();
    assert_eq!(first, expected);
    assert_eq!(codebook[asked[0]].id, "imminent_danger_flag");
}
