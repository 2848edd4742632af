//! Golden files: what people read, word for word. A changed file is explained in its commit.

#[path = "../../docs/examples/desk/main.rs"]
#[allow(dead_code)]
pub(crate) mod desk;

use clap::Parser as _;

use caserank::{Complaint, reference};

pub(crate) fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// What the desk says, and how it ends.
pub(crate) fn desk_says(words: &[&str]) -> (String, desk::Finish) {
    let cli = desk::Cli::try_parse_from(std::iter::once("desk").chain(words.iter().copied()));
    let mut out = Vec::new();
    let finish = desk::run(&cli.unwrap(), &mut out).unwrap();
    (String::from_utf8(out).unwrap(), finish)
}

fn golden(name: &str, words: &[&str]) {
    settings().bind(|| insta::assert_snapshot!(name, desk_says(words).0));
}

const BACKLOG: &str = "fixtures/backlog.csv";

#[test]
fn the_main_job_on_the_fixture() {
    golden("desk_rank", &["rank", BACKLOG]);
}

#[test]
fn other_jobs_on_the_fixture() {
    golden("desk_check", &["check", BACKLOG]);
    golden(
        "desk_lint",
        &["lint", "fixtures/models/unit.json", "--against", "fixtures/models/published.json"],
    );
    golden("desk_models", &["models", BACKLOG, "--model", "fixtures/models/unit.json"]);
    let ranking = caserank::reference::published().unwrap();
    let backlog = caserank::Backlog::read_csv(
        ranking.codebook(),
        std::fs::File::open(BACKLOG).unwrap(),
        caserank::complaint::Unlisted::Report,
    );
    let ranking = ranking.rank(backlog.unwrap().backlog()).unwrap();
    let ids: Vec<String> = ranking.top(2).map(|entry| entry.id().to_owned()).collect();
    golden("desk_compare", &["compare", BACKLOG, "--id", &ids[0], "--id", &ids[1]]);
    golden("desk_explain", &["explain", BACKLOG, "--id", &ids[0]]);
    golden("desk_icac", &["icac", BACKLOG, "--top", "10"]);
    golden("desk_moves", &["moves", BACKLOG, BACKLOG]);
}

/// JSON is not broken for a screen, and an id without the zeros that a spreadsheet took is asked about.
#[test]
fn json_stays_whole_and_near_ids_are_named() {
    let folder = own_folder("json_stays_whole");
    let path = folder.join("ids.csv");
    std::fs::write(&path, "id,received,concern\n0000042,2026-04-17,both\n").unwrap();
    let path = path.to_str().unwrap();
    let (said, _) = desk_says(&["explain", path, "--id", "0000042", "--json"]);
    let value: serde_json::Value = serde_json::from_str(said.trim_end()).unwrap();
    assert_eq!(value["complaint"]["id"], "0000042");
    let words = ["desk", "compare", path, "--id", "42", "--id", "0000042"];
    let cli = desk::Cli::try_parse_from(words).unwrap();
    let failure = desk::run(&cli, &mut Vec::new()).err().unwrap();
    assert_eq!(failure.to_string(), "`42` is not in these files: did you mean `0000042`?");
}

/// Whatever people read on a screen fits 100 columns, but for a word that is longer by itself; nothing of it is lost.
#[test]
fn lines_fit_a_screen() {
    let folder = own_folder("lines_fit_a_screen");
    let path = folder.join("words.csv");
    let long = "x".repeat(120);
    let text =
        format!("id,received,concern,{long}\na,2026-04-17,perhaps both or neither of the two,1\n");
    std::fs::write(&path, text).unwrap();
    let (said, finish) = desk_says(&["rank", path.to_str().unwrap()]);
    assert_eq!(finish, desk::Finish::NeedsPerson);
    let mut broken = 0;
    for line in said.lines() {
        let is_word = !line.trim().contains(' ');
        assert!(line.chars().count() <= 100 || is_word, "{line}");
        broken += usize::from(line.starts_with("    ") && !line.starts_with("          "));
    }
    assert!(broken > 0, "{said}");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("perhaps both or neither of the two"), "{said}");
}

/// A ranking that was written stands for the file that it was made from: nothing moved; and what moved has its cause, as far as
/// what was written knows it.
#[test]
fn moves_since_a_saved_ranking() {
    let folder = own_folder("moves_since_a_saved_ranking");
    let later = folder.join("later.csv");
    let backlog = std::fs::read_to_string(BACKLOG).unwrap();
    let mut lines: Vec<String> = backlog.lines().map(str::to_owned).collect();
    let heading: Vec<&str> = backlog.lines().next().unwrap().split(',').collect();
    let danger = heading.iter().position(|name| *name == "imminent_danger_flag").unwrap();
    // One complaint says more, one has gone.
    let mut cells: Vec<&str> = lines[40].split(',').collect();
    cells[danger] = "yes";
    lines[40] = cells.join(",");
    lines.remove(7);
    std::fs::write(&later, lines.join("\n") + "\n").unwrap();
    for ending in ["csv", "ndjson"] {
        let saved = folder.join(format!("saved.{ending}"));
        desk_says(&["rank", BACKLOG, "--out", saved.to_str().unwrap()]);
        let words = ["moves", saved.to_str().unwrap(), BACKLOG];
        let (said, finish) = desk_says(&words);
        assert_eq!(finish, desk::Finish::Clean);
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("0 were only pushed; 10000 stayed."), "{said}");
        let (said, _) = desk_says(&["moves", saved.to_str().unwrap(), later.to_str().unwrap()]);
        settings().bind(|| insta::assert_snapshot!(format!("desk_moves_saved_{ending}"), said));
    }
}

/// A folder of this test's own.
pub(crate) fn own_folder(test: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Writes a file of a test into its folder and gives back its path as the desk takes it.
pub(crate) fn written(folder: &std::path::Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What the desk says, wherever its lines were broken.
pub(crate) fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_assessment_of_a_thin_complaint() {
    let triage = reference::published().unwrap();
    let complaint = Complaint::new("thin", "2026-04-17".parse().unwrap())
        .unwrap()
        .with_answer("tip_source", "public_or_family")
        .with_answer("concern", "csem");
    let shown = triage.assess(&complaint).unwrap().to_string();
    settings().bind(|| insta::assert_snapshot!("assessment_thin", shown));
}

#[test]
fn an_assessment_with_gates_and_reasons() {
    let triage = reference::published().unwrap();
    let complaint = Complaint::new("full", "2026-04-17".parse().unwrap())
        .unwrap()
        .with_stage(caserank::codebook::Stage::Field)
        .with_answer("tip_source", "platform_or_clearinghouse")
        .with_answer("concern", "both")
        .with_answer("mixed_notification", true)
        .with_answer("communication_with_minor", true)
        .with_answer("prior_contact_sexual_conviction", true)
        .with_answer("child_access_route", "friend_acquaintance_neighbour")
        .with_answer("deconfliction", "conflict");
    let shown = triage.assess(&complaint).unwrap().to_string();
    settings().bind(|| insta::assert_snapshot!("assessment_full", shown));
}

/// The table in the README is what the program prints.
#[test]
fn the_readme_shows_the_program() {
    let readme = include_str!("../../README.md");
    let (said, finish) = desk_says(&["rank", BACKLOG, "--top", "3"]);
    assert_eq!(finish, desk::Finish::Clean);
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    for line in shown.lines().filter(|line| !line.is_empty()) {
        assert!(said.lines().any(|told| told == line), "the program does not print: {line}");
    }
    assert!(shown.lines().count() > 10);
}

/// What the analysts' guide shows is what the program prints; a line is held up to its `…`.
#[test]
fn the_guide_shows_the_program() {
    let guide = include_str!("../../docs/guide-analysts.md");
    let mut shown = 0;
    for block in guide.split("```text\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let Some((command, output)) =
            block.strip_prefix("$ desk ").and_then(|block| block.split_once('\n'))
        else {
            continue;
        };
        let said = if command.starts_with("moves ") {
            // Its two files are made by the test of moves.
            include_str!("../golden/desk_moves_saved_csv.snap").to_owned()
        } else {
            desk_says(&command.split(' ').collect::<Vec<_>>()).0
        };
        for line in output.lines().map(|line| line.split('…').next().unwrap_or_default()) {
            let told = said.lines().any(|told| told.starts_with(line));
            assert!(told, "`desk {command}` does not print: {line}");
        }
        shown += 1;
    }
    assert_eq!(shown, 5);
    // The decisions that it shows are those of the fixture.
    for line in include_str!("../../fixtures/decisions.ndjson").lines() {
        assert!(guide.contains(line), "{line}");
    }
}
