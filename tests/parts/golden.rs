//! Golden files: what people read, word for word. A changed file is explained in its commit.

#[path = "../../docs/examples/rerank.rs"]
#[allow(dead_code, unreachable_pub)]
mod rerank;

use caserank::{Complaint, reference};

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

fn rerank_says(words: &[&str]) -> String {
    let options = rerank::Options::parse(words.iter().map(|&word| word.to_owned())).unwrap();
    let mut out = Vec::new();
    rerank::run(&options, &mut out, false).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_main_job_on_the_fixture() {
    settings().bind(|| insta::assert_snapshot!("rerank", rerank_says(&[])));
}

#[test]
fn an_assessment_of_a_thin_complaint() {
    let triage = reference::published().unwrap();
    let complaint = Complaint::new("thin", "2026-04-17".parse().unwrap())
        .unwrap()
        .answer("tip_source", "public_or_family")
        .answer("concern", "csem");
    let shown = triage.assess(&complaint).unwrap().to_string();
    settings().bind(|| insta::assert_snapshot!("assessment_thin", shown));
}

#[test]
fn an_assessment_with_gates_and_reasons() {
    let triage = reference::published().unwrap();
    let complaint = Complaint::new("full", "2026-04-17".parse().unwrap())
        .unwrap()
        .reached(caserank::codebook::Stage::Field)
        .answer("tip_source", "platform_or_clearinghouse")
        .answer("concern", "both")
        .answer("mixed_notification", true)
        .answer("communication_with_minor", true)
        .answer("prior_contact_sexual_conviction", true)
        .answer("child_access_route", "friend_acquaintance_neighbour")
        .answer("deconfliction", "conflict");
    let shown = triage.assess(&complaint).unwrap().to_string();
    settings().bind(|| insta::assert_snapshot!("assessment_full", shown));
}

/// The table in the README is what the program prints.
#[test]
fn the_readme_shows_the_program() {
    let readme = include_str!("../../README.md");
    let said = rerank_says(&["--top", "5"]);
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    for line in shown.lines().filter(|line| !line.is_empty()) {
        assert!(said.lines().any(|own| own == line), "the program does not print: {line}");
    }
    assert!(shown.lines().count() > 10);
}
