//! The examples for embedders run from beginning to end, and say that their complaints are made up.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

#[path = "../../docs/examples/embed.rs"]
mod embed;
#[path = "../../docs/examples/replay.rs"]
mod replay;

#[test]
fn embed_shows_a_day_the_same_every_time() {
    let folder = std::env::temp_dir().join(format!("caserank-embed-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    embed::run(&mut first, &folder).unwrap();
    embed::run(&mut second, &folder).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(first, second);
    let text = String::from_utf8(first).unwrap();
    for part in [
        "SYNTHETIC",
        "Answered: 2026-0417: up from",
        "communication_with_minor was unknown, is yes",
        "concern: was communication, is both",
        "communication_with_minor: stays yes (host); no was given",
        "raised to high ended (supervisor, new_information)",
        "none stands elsewhere",
        "Thirty days on: 1 decisions about 1 complaints forgotten, 0 kept",
        "# Morning: north",
        "# Morning: south",
        "# Worklist: north",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}

/// The guide shows how to save as the example does it.
#[test]
fn the_guide_saves_as_the_example_does() {
    let example = include_str!("../../docs/examples/embed.rs");
    let begin = example.find("fn save(").unwrap();
    let save = &example[begin..begin + example[begin..].find("\n}\n").unwrap()];
    assert!(include_str!("../../docs/guide-embedding.md").contains(save), "{save}");
}

#[test]
fn replay_verifies_a_hundred_records_and_catches_the_change() {
    let mut out = Vec::new();
    let log = replay::run(&mut out).unwrap();
    assert_eq!(log.lines().count(), 100);
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("tampered with: `result.band` of the record"), "{text}");
    assert!(text.contains("forged: record 43 of the chain"), "{text}");
}
