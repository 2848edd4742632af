//! The desk on who moves: between days, between models, by decisions; and on columns that look like answers.

use std::fs;

use clap::Parser as _;

use crate::golden::desk::{Cli, Finish, run, told};
use crate::golden::{desk_says, on_one_line, own_folder, written};

const MAPPING: &str = r#"{
  "format_version": 1, "id": "office", "version": "1.0.0", "description": "Of this test.",
  "source": {"table": {"separator": ";"}},
  "complaint": {"id": {"from": "Fall"}, "received": {"from": "Eingang"}},
  "items": {"imminent_danger_flag": {"from": "Lage", "words": {"akut": "yes", "ruhig": "no"}}},
  "times": {"forms": ["day_first"]}
}"#;

/// An export under other names is compared by the mapping by which it is ranked.
#[test]
fn moves_are_read_by_a_mapping() {
    let folder = own_folder("moves_are_read_by_a_mapping");
    let table =
        |second: &str| format!("Fall;Eingang;Lage\na;17.04.2026;ruhig\nb;18.04.2026;{second}\n");
    let old = written(&folder, "old.csv", table("ruhig"));
    let new = written(&folder, "new.csv", table("akut"));
    let mapping = written(&folder, "mapping.json", MAPPING);
    let (said, finish) = desk_says(&["moves", &old, &new, "--mapping", &mapping]);
    let line = on_one_line(&said);
    assert_eq!(finish, Finish::Clean, "{said}");
    assert!(line.contains("1 moved by changes of their own"), "{said}");
    assert!(line.contains("imminent_danger_flag was no, is yes"), "{said}");
    // A word that the mapping lacks is told above the moves, as `rank` does.
    let other = written(&folder, "other.csv", table("sehr akut"));
    let (said, finish) = desk_says(&["moves", &old, &other, "--mapping", &mapping]);
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    let (word, moved) = (said.find("sehr akut").unwrap(), said.find("moved by changes").unwrap());
    assert!(word < moved, "{said}");
    // Held against what was saved, the mapping reads the new file.
    let saved = folder.join("saved.ndjson").to_str().unwrap().to_owned();
    desk_says(&["rank", &old, "--mapping", &mapping, "--out", &saved]);
    let (said, finish) = desk_says(&["moves", &saved, &new, "--mapping", &mapping]);
    assert_eq!(finish, Finish::Clean, "{said}");
    assert!(on_one_line(&said).contains("by a rule now: imminent_danger"), "{said}");
}

const TWO: &str = "id,received,concern\na,2026-04-17,csem\nb,2026-04-18,csem\n";

fn decision(complaint: &str, made: &str) -> String {
    format!(
        "{{\"complaint\":\"{complaint}\",\"effect\":\"must\",\"actor\":\"a1\",\"role\":\"lead\",\"reason\":\"known_child\",\"made\":\"{made}\"}}\n"
    )
}

/// What a person decided since yesterday is a move, and one that reaches nobody is told.
#[test]
fn moves_follow_decisions() {
    let folder = own_folder("moves_follow_decisions");
    let backlog = written(&folder, "backlog.csv", TWO);
    let decisions = written(&folder, "decisions.ndjson", decision("b", "2026-04-20"));
    let now = ["--overrides", &decisions, "--now", "2026-04-21T08:00:00Z"];
    let moves = |old: &str, more: &[&str]| {
        let words = [&["moves", old, &backlog][..], &now, more].concat();
        let (said, finish) = desk_says(&words);
        (on_one_line(&said), finish)
    };
    let (said, finish) = moves(&backlog, &["--then", "2026-04-19T08:00:00Z"]);
    assert_eq!(finish, Finish::Clean, "{said}");
    assert!(said.contains("1 moved by changes of their own"), "{said}");
    assert!(said.contains("must by lead (known_child), in force"), "{said}");
    // With the same decisions on both sides nothing moved.
    let (said, _) = moves(&backlog, &[]);
    assert!(said.contains("0 moved by changes of their own"), "{said}");
    for ending in ["csv", "ndjson"] {
        let saved = |name: &str, more: &[&str]| {
            let path = folder.join(format!("{name}.{ending}")).to_str().unwrap().to_owned();
            desk_says(&[&["rank", &backlog, "--out", &path][..], more].concat());
            path
        };
        let (said, finish) = moves(&saved("before", &[]), &[]);
        assert_eq!(finish, Finish::Clean, "{said}");
        assert!(said.contains("b: open low") && said.contains("by a rule now: "), "{said}");
        let (said, _) = moves(&saved("after", &now), &[]);
        assert!(said.contains("2 stayed."), "{ending}: {said}");
    }
    let astray = written(&folder, "astray.ndjson", decision("c", "2026-04-20"));
    let words = ["moves", &backlog, &backlog, "--overrides", &astray, "--now", "2026-04-21"];
    let (said, finish) = desk_says(&words);
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    assert!(said.contains("in none of these files: `c`"), "{said}");
    // One complaint by itself stands where the decision puts it, too.
    let words = [&["explain", &backlog, "--id", "b"][..], &now].concat();
    let (said, _) = desk_says(&words);
    assert!(said.contains("position 1") || said.contains("Position 1"), "{said}");
}

/// Whoever was in `must` and is gone, worked or lost on the way, is named above all else, and a person has to look.
#[test]
fn who_left_must_needs_a_person() {
    let folder = own_folder("who_left_must");
    let heading = "id,received,unit,imminent_danger_flag\n";
    let rows = ["a,2026-04-17,north,no\n", "b,2026-04-18,north,no\n", "z,2026-04-19,north,yes\n"];
    let old = written(&folder, "old.csv", format!("{heading}{}", rows.concat()));
    let saved = |ending: &str| {
        let path = folder.join(format!("saved.{ending}")).to_str().unwrap().to_owned();
        desk_says(&["rank", &old, "--out", &path]);
        path
    };
    let before = [old.clone(), saved("csv"), saved("ndjson")];
    let state = folder.join("state.json").to_str().unwrap().to_owned();
    let days = ["2026-04-20T08:00:00Z", "2026-04-21T08:00:00Z"];
    // Who left, whether a person has to look, and what is said.
    let none = "is ranked from none of these files: closed, lost on the way, or set aside: z";
    let cases = [
        ("gone", format!("{}{}", rows[0], rows[1]), Some(none)),
        ("other", format!("{}{}", rows[0], rows[2]), None),
        (
            "no",
            rows.concat().replace("yes", "no"),
            Some("does so no more, by no decision that holds: z (low,"),
        ),
        // As it may stand in an export that lost the column.
        (
            "blank",
            rows.concat().replace("yes", ""),
            Some("does so no more, by no decision that holds: z (low,"),
        ),
    ];
    for (name, rows, told) in cases {
        let new = written(&folder, &format!("{name}.csv"), format!("{heading}{rows}"));
        let mut runs: Vec<Vec<&str>> = Vec::new();
        // What is read of before is the same in all of them; one case tells that it is.
        for old in before.iter().take(if name == "gone" { 3 } else { 1 }) {
            runs.push(vec!["moves", old, &new]);
        }
        let _ = fs::remove_file(&state);
        desk_says(&["plan", &old, "--units", "north=9", "--now", days[0], "--state", &state]);
        runs.push(vec!["plan", &new, "--units", "north=9", "--now", days[1], "--state", &state]);
        for words in runs {
            let (said, finish) = desk_says(&words);
            let line = on_one_line(&said);
            match told {
                Some(told) => {
                    assert_eq!(finish, Finish::NeedsPerson, "{words:?}: {said}");
                    let place = line.find(told).unwrap_or_else(|| panic!("{words:?}: {said}"));
                    assert_eq!(line[..place].matches("NEEDS A PERSON").count(), 1, "{said}");
                    assert!(!line[..place].contains("moved by changes"), "{said}");
                    assert!(!line[..place].contains("# Morning"), "{said}");
                }
                None => assert_eq!(finish, Finish::Clean, "{words:?}: {said}"),
            }
        }
    }
    // Of all who moved, those out of `must` are explained first.
    let new = written(
        &folder,
        "first.csv",
        format!("{heading}z,2026-04-19,north,no\na,2026-04-17,north,yes\n"),
    );
    for old in &before {
        let (said, _) = desk_says(&["moves", old, &new]);
        let at = |part: &str| said.find(part).unwrap_or_else(|| panic!("{part}: {said}"));
        assert!(at("\nz: ") < at("\na: "), "{said}");
    }
}

/// A person who took a complaint out of `must` need not be asked about it the next day.
#[test]
fn who_was_lifted_from_must_is_no_question() {
    let folder = own_folder("lifted_from_must");
    let backlog = "id,received,imminent_danger_flag\na,2026-04-17,no\nz,2026-04-19,yes\n";
    let backlog = written(&folder, "backlog.csv", backlog);
    let lifted = decision("z", "2026-04-20")
        .replace("\"must\"", "\"lift_must\",\"second_actor\":\"b2\"")
        .replace("known_child", "lower_no_child");
    let decisions = written(&folder, "decisions.ndjson", &lifted);
    let words = ["moves", &backlog, &backlog, "--overrides", &decisions];
    let times = ["--now", "2026-04-21T08:00:00Z", "--then", "2026-04-19T12:00:00Z"];
    let (said, finish) = desk_says(&[&words[..], &times].concat());
    assert!(on_one_line(&said).contains("1 moved by changes of their own"), "{said}");
    assert_eq!(finish, Finish::Clean, "{said}");
}

/// A decision that does not lift it explains nothing: the answer that put it into `must` may be lost.
#[test]
fn a_decision_that_lifts_nothing_hides_no_loss() {
    let folder = own_folder("raised_and_lost");
    let backlog = "id,received,imminent_danger_flag\na,2026-04-17,no\nz,2026-04-19,yes\n";
    let old = written(&folder, "old.csv", backlog);
    let new = written(&folder, "new.csv", backlog.replace("yes", ""));
    for effect in ["{\"raise\":\"medium\"}", "{\"hold\":\"lower_no_child\"}", "\"release\""] {
        let decided = decision("z", "2026-04-20").replace("\"must\"", effect);
        let decisions = written(&folder, "decisions.ndjson", &decided);
        let words = ["moves", &old, &new, "--overrides", &decisions];
        let (said, finish) = desk_says(&[&words[..], &["--now", "2026-04-21T08:00:00Z"]].concat());
        assert_eq!(finish, Finish::NeedsPerson, "{effect}: {said}");
        assert!(on_one_line(&said).contains("does so no more"), "{effect}: {said}");
    }
}

/// A saved ranking that lost rows, or stands otherwise than a ranking can, is refused.
#[test]
fn a_saved_ranking_that_is_not_whole_is_refused() {
    let folder = own_folder("saved_not_whole");
    let backlog =
        "id,received,imminent_danger_flag\na,2026-04-17,no\nb,2026-04-18,no\nz,2026-04-19,yes\n";
    let backlog = written(&folder, "backlog.csv", backlog);
    for form in ["csv", "ndjson"] {
        let saved = folder.join(format!("saved.{form}")).to_str().unwrap().to_owned();
        desk_says(&["rank", &backlog, "--out", &saved]);
        let text = fs::read_to_string(&saved).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let first = usize::from(form == "csv");
        for (name, text) in [
            ("first", [&lines[..first], &lines[first + 1..]].concat().join("\n")),
            ("second", [&lines[..=first], &lines[first + 2..]].concat().join("\n")),
            (
                "lane",
                text.replacen(",must,", ",Mu\u{1b}st,", 1).replacen(
                    "\"lane\":\"must\"",
                    "\"lane\":\"Mu\\u001bst\"",
                    1,
                ),
            ),
        ] {
            let cut = written(&folder, &format!("{name}.{form}"), text);
            let cli = Cli::try_parse_from(["desk", "moves", &cut, &backlog]).unwrap();
            let failure = told(&run(&cli, &mut Vec::new()).err().unwrap());
            assert!(failure.contains("position") || failure.contains("no lane"), "{failure}");
            assert!(!failure.contains('\u{1b}'), "{failure}");
        }
    }
}

/// A model that nobody should trust unseen is told by every command that orders by it.
#[test]
fn a_doubtful_model_needs_a_person_everywhere() {
    let folder = own_folder("doubtful_models");
    let text = fs::read_to_string("fixtures/models/published.json").unwrap();
    let published: serde_json::Value = serde_json::from_str(&text).unwrap();
    let (mut changed, mut without) = (published.clone(), published);
    changed["policy"]["description"] = "Changed by hand.".into();
    without["policy"]["gates"].as_array_mut().unwrap().retain(|gate| gate["effect"] != "must");
    without["id"] = "without_must".into();
    let rows = TWO.replace("concern", "concern,unit").replace("csem", "csem,north");
    let backlog = written(&folder, "backlog.csv", &rows);
    let commands: [&[&str]; 7] = [
        &["check", &backlog],
        &["rank", &backlog],
        &["explain", &backlog, "--id", "a"],
        &["compare", &backlog, "--id", "a", "--id", "b"],
        &["moves", &backlog, &backlog],
        &["models", &backlog],
        &["plan", &backlog, "--units", "north=2", "--now", "2026-04-20T08:00:00Z"],
    ];
    let models = [("changed.json", changed, 2), ("without.json", without, commands.len())];
    for (name, model, most) in models {
        let model = written(&folder, name, model.to_string());
        for words in commands.into_iter().take(most) {
            let (said, finish) = desk_says(&[words, &["--model", &model]].concat());
            assert_eq!(finish, Finish::NeedsPerson, "{name}, {words:?}: {said}");
        }
    }
}

/// A file of which nothing can be ranked would make everybody seem to have left.
#[test]
fn nobody_leaves_for_a_file_without_complaints() {
    let folder = own_folder("nobody_leaves");
    let old = written(&folder, "old.csv", TWO);
    let new = written(&folder, "new.csv", "id,received,concern\na,soon,csem\n");
    let cli = Cli::try_parse_from(["desk", "moves", &old, &new]).unwrap();
    let failure = told(&run(&cli, &mut Vec::new()).err().unwrap());
    assert!(failure.contains("nothing could be ranked"), "{failure}");
}

/// Who would be looked at later under another model is named, those who lose most first.
#[test]
fn models_name_who_moves() {
    let folder = own_folder("models_name_who_moves");
    let first = "fixtures/models/published.json";
    let text = fs::read_to_string(first).unwrap();
    let mut model: serde_json::Value = serde_json::from_str(&text).unwrap();
    // The same model without the rules that put complaints into `must`.
    let gates = model["policy"]["gates"].as_array_mut().unwrap();
    let before = gates.len();
    gates.retain(|gate| gate["effect"] != "must");
    assert!(gates.len() < before);
    model["id"] = "without_must".into();
    let other = written(&folder, "other.json", model.to_string());
    let backlog = "fixtures/backlog.csv";
    let words = ["models", backlog, "--model", first, "--model", &other, "--moves", "3"];
    let (said, _) = desk_says(&words);
    let line = on_one_line(&said);
    assert!(line.contains("120 of them out of `must` and 0 into it"), "{said}");
    let named: Vec<&str> = said.lines().filter(|line| line.contains(" -> ")).collect();
    assert_eq!(named.len(), 3, "{said}");
    assert!(
        named.iter().all(|line| line.contains(": must ") && line.contains("-> open ")),
        "{said}"
    );
    assert!(line.contains("… and ") && line.contains("Those that lose most come first"), "{said}");
}

/// A column of yes and no under a name that is near to none may be the one that says *danger*.
#[test]
fn columns_that_look_like_answers_need_a_person() {
    let folder = own_folder("columns_that_look_like_answers");
    let row =
        |number: usize, zeta: &str| format!("r{number},2026-04-17,csem,desk {number},{zeta}\n");
    let table = |zeta: &[&str]| {
        let rows: String =
            zeta.iter().enumerate().map(|(row_number, zeta)| row(row_number, zeta)).collect();
        format!("id,received,concern,zeta,omega\n{rows}")
    };
    let told_of = |text: &str, name: &str| {
        let (said, finish) = desk_says(&["rank", &written(&folder, name, text), "--top", "1"]);
        (on_one_line(&said), finish)
    };
    let (said, finish) = told_of(&table(&["yes", "No", "", "unknown"]), "plain.csv");
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    let above =
        said.find("looks like answers: `omega` (3 records)").unwrap_or_else(|| panic!("{said}"));
    assert!(above < said.find("position").unwrap(), "{said}");
    assert!(!said.contains("answers: `zeta`"), "{said}");
    // One odd word hides no such column; notes are none.
    let (said, finish) = told_of(&table(&["pending", "No", "", "yes"]), "odd.csv");
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    let nameless = table(&["yes", "No", "", "yes"]).replace(",omega", ",");
    let (said, finish) = told_of(&nameless, "nameless.csv");
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    let (said, finish) = told_of(&table(&["called twice", "left town", "", "yes"]), "notes.csv");
    assert_eq!(finish, Finish::Clean, "{said}");
    // It may be filled in far behind the beginning.
    let late: Vec<&str> = (0..9_000).map(|row| if row == 8_990 { "yes" } else { "" }).collect();
    let (said, finish) = told_of(&table(&late), "late.csv");
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    assert!(said.contains("`omega` (1 record), yes and no"), "{said}");
    // A key among the answers of our own records is an item of whoever wrote them.
    let own = "{\"id\":\"a\",\"received\":\"2026-04-17T00:00:00Z\",\"answers\":{\"concern\":\"csem\",\"omega\":\"perhaps\"}}\n";
    let (said, finish) = told_of(own, "own.ndjson");
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    assert!(said.contains("looks like answers: `omega`"), "{said}");
    // So it is in a list of flat records.
    let list = "[{\"id\":\"a\",\"received\":\"2026-04-17\",\"concern\":\"csem\",\"omega\":true},{\"id\":\"b\",\"received\":\"2026-04-17\",\"concern\":\"csem\",\"omega\":false}]";
    let (said, finish) = told_of(list, "list.json");
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    assert!(said.contains("looks like answers: `omega` (2 records)"), "{said}");
    // Once somebody has said that it is none, all is well.
    let mapping = written(
        &folder,
        "ignoring.json",
        r#"{"format_version": 1, "id": "m", "version": "1.0.0", "description": "Of this test.",
            "source": {"table": {}},
            "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
            "items": {"concern": {"from": "concern"}}, "ignore": ["zeta", "omega"]}"#,
    );
    let plain = folder.join("plain.csv").to_str().unwrap().to_owned();
    let (said, finish) = desk_says(&["rank", &plain, "--mapping", &mapping]);
    assert_eq!(finish, Finish::Clean, "{said}");
}

/// A draft's questions stand once on the screen; and a file of which nothing was understood says so above all else.
#[test]
fn questions_are_asked_once() {
    let folder = own_folder("questions_are_asked_once");
    let table =
        written(&folder, "table.csv", "Case No;Received;Foo\n1;2026-04-17;3\n2;2026-04-18;4\n");
    let mapping = folder.join("draft.json").to_str().unwrap().to_owned();
    let (said, finish) = desk_says(&["check", &table, "--write-mapping", &mapping]);
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    assert_eq!(on_one_line(&said).matches("`Foo` (2 filled in) is not read").count(), 1, "{said}");
    for words in [&["rank", &table][..], &["rank", &table, "--mapping", &mapping]] {
        let (said, finish) = desk_says(words);
        assert_eq!(finish, Finish::NeedsPerson, "{said}");
        assert!(said.find("NOTHING ANSWERED").unwrap() < said.find("position").unwrap(), "{said}");
    }
    // Where not even a draft can be read, they stand above the refusal, which names the draft.
    let table = written(&folder, "no_time.csv", "Case No;Foo\n1;3\n2;4\n");
    let cli = Cli::try_parse_from(["desk", "check", &table, "--write-mapping", &mapping]).unwrap();
    let mut said = Vec::new();
    let failure = told(&run(&cli, &mut said).err().unwrap());
    let said = on_one_line(&String::from_utf8(said).unwrap());
    assert!(said.contains("no column was recognised as `received`"), "{said}");
    assert!(!failure.contains("no column was recognised"), "{failure}");
    assert!(failure.contains("draft.json"), "{failure}");
}
