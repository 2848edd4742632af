//! The desk's sheets, word for word: a planner's and an investigators' sheet in every form, mornings with who moved since
//! the day before, a card, a draft of a mapping, decisions.

use std::fs;
use std::path::Path;

use crate::golden::desk::Finish;
use crate::golden::{desk_says, own_folder, settings};

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn golden(name: &str, text: &str) {
    settings().bind(|| insta::assert_snapshot!(name, text));
}

const MONDAY: &str = "\
id,received,unit,imminent_danger_flag,concern,tip_source,access_route_note
n1,2026-04-10T08:00:00Z,north,no,csem,platform_or_clearinghouse,
n2,2026-04-11T08:00:00Z,north,,both,public_or_family,
n3,2026-04-12T08:00:00Z,north,,csem,platform_or_clearinghouse,
n4,2026-04-13T08:00:00Z,north,,csem,platform_or_clearinghouse,
s1,2026-04-12T09:00:00Z,south,,both,platform_or_clearinghouse,
";
/// One more says that a child is in danger, one is new, one is closed.
const TUESDAY: &str = "\
id,received,unit,imminent_danger_flag,concern,tip_source,access_route_note
n1,2026-04-10T08:00:00Z,north,no,csem,platform_or_clearinghouse,
n2,2026-04-11T08:00:00Z,north,yes,both,public_or_family,
n4,2026-04-13T08:00:00Z,north,,csem,platform_or_clearinghouse,
n5,2026-04-14T07:00:00Z,north,,both,platform_or_clearinghouse,
s1,2026-04-12T09:00:00Z,south,,both,platform_or_clearinghouse,
";
const UNITS: [&str; 2] = ["--units", "north=2,south=2"];

/// What the state keeps of Monday is told on Tuesday's sheets, with causes; who left is told to whoever plans.
#[test]
fn tuesday_tells_who_moved_since_monday() {
    let folder = own_folder("tuesday_tells_who_moved");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (monday, tuesday) =
        (written(&folder, "monday.csv", MONDAY), written(&folder, "tuesday.csv", TUESDAY));
    let (state, sheets) = (path("state.json"), path("sheets"));
    let _ = fs::remove_file(&state);
    let plan = |file: &str, now: &str, more: &[&str]| {
        let words = [&["plan", file, "--now", now, "--out", &sheets][..], &UNITS, more].concat();
        desk_says(&words)
    };
    plan(&monday, "2026-04-13T08:00:00Z", &["--state", &state]);
    let sheet = |name: &str| fs::read_to_string(folder.join("sheets").join(name)).unwrap();
    assert!(!sheet("north-morning.md").contains("## Moved"));
    let by_state = |said: &str| {
        assert!(said.contains("No longer in these files: 1: n3"), "{said}");
        [sheet("north-morning.md"), sheet("north-morning.html")]
    };
    let (said, _) = plan(&tuesday, "2026-04-14T08:00:00Z", &["--state", &state]);
    let first = by_state(&said);
    assert!(first[0].contains("by a rule now: imminent_danger"), "{}", first[0]);
    assert!(first[0].contains("## Moved: 2"), "{}", first[0]);
    assert!(!sheet("south-morning.md").contains("n2"));
    golden("desk_plan_morning", &first[0]);
    for form in ["txt", "md", "html", "csv"] {
        golden(&format!("desk_plan_planner_{form}"), &sheet(&format!("north-planner.{form}")));
        let investigators = sheet(&format!("north-investigators.{form}"));
        golden(&format!("desk_plan_investigators_{form}"), &investigators);
    }
    // The same is told when yesterday's file, or what was saved of it, is named.
    let saved = path("monday.ndjson");
    desk_says(&["rank", &monday, "--out", &saved]);
    for since in [&monday, &saved] {
        let (said, _) = plan(&tuesday, "2026-04-14T08:00:00Z", &["--since", since]);
        assert_eq!(by_state(&said), first, "{since}");
    }
    // A state from before the program kept where everybody stood is read, and tells nothing of moves.
    let old: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&state).unwrap()).unwrap();
    let mut old = old.as_object().unwrap().clone();
    old.insert("format".to_owned(), 1.into());
    old.remove("stood");
    fs::write(&state, serde_json::to_string(&old).unwrap()).unwrap();
    plan(&tuesday, "2026-04-15T08:00:00Z", &["--state", &state]);
    assert!(!sheet("north-morning.md").contains("## Moved"));
}

#[test]
fn a_card_is_as_it_was() {
    let folder = own_folder("a_card_is_as_it_was");
    let card = folder.join("card.html").to_str().unwrap().to_owned();
    let (said, finish) = desk_says(&["card", "--outcome", "contact_offending", "--out", &card]);
    assert_eq!(finish, Finish::Clean, "{said}");
    golden("desk_card", &fs::read_to_string(card).unwrap());
}

#[test]
fn a_draft_of_a_mapping_and_decisions_are_told_as_they_were() {
    let folder = own_folder("a_draft_of_a_mapping");
    let table = written(
        &folder,
        "export.csv",
        "Case No;Date Received;Office;Imminent danger?;Concern;Prior convictions;Notes\n\
         1;17.04.2026;North;Y;CSEM;2;called\n2;03.04.2026;South;perhaps;both;-9;\n",
    );
    let mapping = folder.join("draft.json").to_str().unwrap().to_owned();
    let (said, finish) = desk_says(&["check", &table, "--write-mapping", &mapping]);
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    let plain = |text: &str| text.replace(folder.to_str().unwrap(), "FOLDER");
    golden("desk_draft", &plain(&fs::read_to_string(&mapping).unwrap()));
    // Lines are broken by their width, and the folder's name has one of its own.
    golden("desk_draft_questions", &plain(&said).split_whitespace().collect::<Vec<_>>().join(" "));
    let monday = written(&folder, "monday.csv", MONDAY);
    let decisions = written(&folder, "decisions.ndjson", DECISIONS);
    let words = ["rank", &monday, "--overrides", &decisions, "--now", "2026-04-14T08:00:00Z"];
    let (said, finish) = desk_says(&words);
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    let told = said.split("Decisions: ").nth(1).unwrap();
    golden("desk_decisions", told);
}

const DECISIONS: &str = "\
{\"complaint\":\"n4\",\"effect\":\"must\",\"actor\":\"a17\",\"role\":\"supervisor\",\"reason\":\"known_child\",\"made\":\"2026-04-13T09:00:00Z\",\"expires\":\"2026-04-20T09:00:00Z\"}
{\"complaint\":\"n1\",\"effect\":{\"raise\":\"high\"},\"actor\":\"a17\",\"role\":\"supervisor\",\"reason\":\"known_family\",\"made\":\"2026-04-01T09:00:00Z\",\"expires\":\"2026-04-10T09:00:00Z\"}
{\"complaint\":\"n9\",\"effect\":\"must\",\"actor\":\"a17\",\"role\":\"supervisor\",\"reason\":\"known_child\",\"made\":\"2026-04-13T09:00:00Z\"}
";
