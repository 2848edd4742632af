//! The desk where something is not there or looks like something else: files without records, units without complaints, ids that
//! were cut on a screen, records that look like comments.

use std::fs;
use std::path::Path;

use clap::Parser as _;

use crate::golden::desk::{Cli, Failure, Finish, run, told};
use crate::golden::{desk_says, on_one_line, own_folder, written};

const TWO: &str =
    "id,received,unit,imminent_danger_flag\na,2026-04-17,north,yes\nb,2026-04-18,south,yes\n";
const NONE: &str = "id,received,unit,imminent_danger_flag\n";
const NOW: [&str; 2] = ["--now", "2026-04-19T08:00:00Z"];

/// An export that came out empty is no day without complaints.
#[test]
fn a_file_without_records_needs_a_person() {
    let folder = own_folder("without_records");
    let (full, empty) = (written(&folder, "full.csv", TWO), written(&folder, "empty.csv", NONE));
    for words in [&["check", &empty][..], &["check", &full, &empty], &["rank", &full, &empty]] {
        let (said, finish) = desk_says(words);
        assert_eq!(finish, Finish::NeedsPerson, "{said}");
        assert!(on_one_line(&said).contains("empty.csv: NO RECORDS"), "{said}");
    }
    // Nothing is planned for nobody: the next day would not know who stood where.
    let state = folder.join("state.json").to_str().unwrap().to_owned();
    let _ = fs::remove_file(&state);
    let plan = ["desk", "plan", &empty, "--units", "north=1", "--state", &state];
    let cli = Cli::try_parse_from([&plan[..], &NOW].concat()).unwrap();
    let failure = told(&run(&cli, &mut Vec::new()).err().unwrap());
    assert!(failure.contains("nothing could be ranked"), "{failure}");
    assert!(!Path::new(&state).exists());
}

/// A comment above the heading says nothing of records below it: an id may begin with its mark.
#[test]
fn records_that_begin_like_a_comment_are_ranked() {
    let folder = own_folder("like_a_comment");
    let rows = "id,received,imminent_danger_flag\na,2026-04-17,no\n#12,2026-04-18,yes\n";
    let other = rows.replace("id,received", "Case No,Date Received");
    for (name, text, above) in [
        ("one", format!("# export of May\n{rows}"), 1),
        ("two", format!("# export of May\n# made at noon\n{rows}"), 2),
        ("titles", format!("# export of May\n{other}"), 1),
        ("none", rows.to_owned(), 0),
        ("marked", format!("#{rows}").replace("#id", "# Id"), 0),
    ] {
        let path = written(&folder, name, &text);
        let (said, finish) = desk_says(&["rank", &path]);
        assert!(said.contains(" #12 ") && said.contains("2 records: 2 understood"), "{said}");
        if above > 0 {
            assert_eq!(finish, Finish::NeedsPerson, "{said}");
            assert!(said.contains(&format!("{above} row(s) above the heading")), "{said}");
        }
    }
}

/// How a file was recognised to be written is said.
#[test]
fn separators_and_encodings_are_said() {
    let folder = own_folder("separators_and_encodings");
    let table = TWO.replace(',', ";");
    let wide: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let path = folder.join("wide.csv");
    fs::write(&path, wide).unwrap();
    let plain = written(&folder, "plain.csv", &table);
    for (path, told) in [
        (plain.as_str(), "separated by semicolons, in utf-8"),
        (path.to_str().unwrap(), "separated by semicolons, in utf-16le"),
    ] {
        let (said, finish) = desk_says(&["check", path]);
        assert_eq!(finish, Finish::Clean, "{said}");
        assert!(on_one_line(&said).contains(told), "{said}");
    }
}

/// A name that promises another form than what is written is refused before anything is done.
#[test]
fn a_list_is_written_under_a_name_that_says_its_form() {
    let folder = own_folder("names_of_lists");
    let backlog = written(&folder, "backlog.csv", TWO);
    let refused = |words: &[&str]| {
        let cli = Cli::try_parse_from([&["desk"][..], words].concat()).unwrap();
        let failure = run(&cli, &mut Vec::new()).err().unwrap();
        assert!(matches!(failure, Failure::Use(_)), "{failure}");
        told(&failure)
    };
    for name in ["list.xlsx", "list.json", "list"] {
        let out = folder.join(name).to_str().unwrap().to_owned();
        assert!(refused(&["rank", &backlog, "--out", &out]).contains("`.ndjson`"));
        assert!(!Path::new(&out).exists());
    }
    let twice = refused(&["compare", &backlog, "--id", "a", "--id", "a"]);
    assert!(twice.contains("`a` was given twice"), "{twice}");
}

/// What of a plan needs a person stands above the first sheet, whichever unit it is about.
#[test]
fn what_needs_a_person_stands_above_the_sheets() {
    let folder = own_folder("above_the_sheets");
    let backlog = written(&folder, "backlog.csv", TWO);
    let hand = written(&folder, "hand.txt", "c\n");
    let cases: [(&[&str], &str); 4] = [
        (&["--units", "north=1"], "complaints of no planned unit: 1: 1 of unit south"),
        (&["--units", "north=1,south=0"], "south: no capacity for 1 that must be worked"),
        (&["--units", "north=1,south=1,eest=1"], "no complaint of unit eest is in these files"),
        (
            &["--units", "north=1,south=1", "--in-hand", &hand],
            "in hand, but in none of these files: c",
        ),
    ];
    for (words, told) in cases {
        let (said, finish) = desk_says(&[&["plan", &backlog][..], &NOW, words].concat());
        assert_eq!(finish, Finish::NeedsPerson, "{said}");
        let line = on_one_line(&said);
        let place = line.find(told).unwrap_or_else(|| panic!("{told}: {said}"));
        assert!(line[..place].ends_with("NEEDS A PERSON: "), "{said}");
        assert!(place < line.find("# Morning").unwrap(), "{said}");
    }
}

/// Lists cut long ids in the middle; whoever copies one is told which it is.
#[test]
fn an_id_that_was_cut_on_the_screen_is_recognised() {
    let folder = own_folder("cut_ids");
    let long = "OFFICE-2026-000000000000017-NORTH";
    let backlog = written(&folder, "backlog.csv", TWO.replace("a,", &format!("{long},")));
    let (said, _) = desk_says(&["rank", &backlog]);
    let cut = said.split_whitespace().find(|word| word.contains('\u{2026}')).unwrap();
    assert!(!said.contains(long));
    let words = ["desk", "compare", &backlog, "--id", cut, "--id", "b"];
    let cli = Cli::try_parse_from(words).unwrap();
    let failure = told(&run(&cli, &mut Vec::new()).err().unwrap());
    assert!(failure.contains(&format!("did you mean `{long}`?")), "{failure}");
}
