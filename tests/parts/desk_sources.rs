//! The desk on what files are kept in, on decisions, and on sheets: nothing is left out without a word.

use std::fs;

use clap::Parser as _;

use crate::golden::desk::{Cli, Finish, run, told};
use crate::golden::{desk_says, on_one_line, own_folder, written};

const FIRST: &str = "id,received,imminent_danger_flag\na,2026-04-17,no\nb,2026-04-18,no\n";
const SECOND: &str = "c,2026-04-19,yes\n";

/// Why the desk did nothing.
fn refusal(words: &[&str]) -> String {
    let cli = Cli::try_parse_from(std::iter::once("desk").chain(words.iter().copied())).unwrap();
    told(&run(&cli, &mut Vec::new()).err().unwrap())
}

/// A message may quote a file, and no file steers the terminal of whoever reads it.
#[test]
fn refusals_show_what_cannot_be_seen_as_escapes() {
    let folder = own_folder("hidden_in_refusals");
    let backlog = written(&folder, "backlog.csv", FIRST);
    let decisions =
        written(&folder, "decisions.ndjson", "{\"comp\\u001b[2Jlaint\": \"a\\u202e\"}\n");
    let said = refusal(&["rank", &backlog, "--overrides", &decisions, "--now", "2026-04-20"]);
    assert!(said.contains("line 1") && said.contains("\\u{1b}[2J"), "{said}");
    assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said}");
}

/// A workbook of sheets with rows of text, kept without packing.
fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let sheet = |text: &str| {
        let row = |line: &str| {
            let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
            format!("<row>{}</row>", line.split(',').map(cell).collect::<String>())
        };
        let rows: String = text.lines().map(row).collect();
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
        )
    };
    let kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let (mut listed, mut related, mut files) = (String::new(), String::new(), Vec::new());
    for ((name, text), number) in sheets.iter().zip(1..) {
        listed += &format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"r{number}\"/>");
        related += &format!(
            "<Relationship Id=\"r{number}\" Type=\"{kinds}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
        files.push((format!("xl/worksheets/sheet{number}.xml"), sheet(text)));
    }
    let book = format!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{kinds}\"><sheets>{listed}</sheets></workbook>"
    );
    let relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    files.push(("xl/workbook.xml".to_owned(), book));
    files.push((
        "_rels/.rels".to_owned(),
        format!(
            "<Relationships xmlns=\"{relations}\"><Relationship Id=\"r1\" Type=\"{kinds}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    ));
    files.push((
        "xl/_rels/workbook.xml.rels".to_owned(),
        format!("<Relationships xmlns=\"{relations}\">{related}</Relationships>"),
    ));
    zip(&files)
}

/// A ZIP archive of files that are not packed.
fn zip(files: &[(String, String)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let mut sum = flate2::Crc::new();
        sum.update(text.as_bytes());
        let (length, name_length) = (text.len() as u32, name.len() as u16);
        let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for number in [sum.sum(), length, length] {
            head.extend(number.to_le_bytes());
        }
        head.extend(name_length.to_le_bytes());
        head.extend([0, 0]);
        directory.extend([b"PK\x01\x02", &[20, 0][..], &head].concat());
        directory.extend([0; 10]);
        directory.extend((archive.len() as u32).to_le_bytes());
        directory.extend(name.bytes());
        archive.extend([b"PK\x03\x04", &head[..], name.as_bytes(), text.as_bytes()].concat());
    }
    let (start, count) = (archive.len() as u32, files.len() as u16);
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    archive.extend([(directory.len() as u32).to_le_bytes(), start.to_le_bytes()].concat());
    archive.extend([0, 0]);
    archive
}

/// Only the first sheet is read: whoever keeps complaints on others must know.
#[test]
fn other_sheets_of_a_workbook_are_told() {
    let folder = own_folder("other_sheets");
    let one = workbook(&[("Open", FIRST), ("Notes", "")]);
    let (said, finish) = desk_says(&["rank", &written(&folder, "one.xlsx", one)]);
    assert_eq!(finish, Finish::Clean, "{said}");
    let two = workbook(&[("Open", FIRST), ("Urgent", &format!("{FIRST}{SECOND}"))]);
    let (said, finish) = desk_says(&["rank", &written(&folder, "two.xlsx", two)]);
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    assert!(said.contains("NOT READ: sheets `Urgent`"), "{said}");
}

/// A cell of a workbook may begin with a quote: it opens none there.
#[test]
fn a_quote_in_a_cell_of_a_workbook_opens_nothing() {
    let folder = own_folder("quotes_in_cells");
    let rows = "id,received,unit,imminent_danger_flag\na,2026-04-17,&quot;north,no\nb,2026-04-18,&quot;east&quot; side,yes\n";
    let book = workbook(&[("Open", rows)]);
    let ranked = folder.join("ranked.csv").to_str().unwrap().to_owned();
    let book = written(&folder, "quotes.xlsx", book);
    let (said, finish) = desk_says(&["rank", &book, "--out", &ranked]);
    assert_eq!(finish, Finish::Clean, "{said}");
    let ranked = fs::read_to_string(ranked).unwrap();
    assert!(
        ranked.contains("\"\"\"north\"") && ranked.contains("\"\"\"east\"\" side\""),
        "{ranked}"
    );
}

/// A year that was mistyped puts a complaint behind all that tie with it: with a time to do it at, that is told.
#[test]
fn complaints_from_the_future_are_told() {
    let folder = own_folder("from_the_future");
    let late = written(&folder, "late.csv", FIRST.replace("2026-04-18", "2062-04-18"));
    let fine = written(&folder, "fine.csv", FIRST);
    for command in ["rank", "plan"] {
        let units = if command == "plan" { vec!["--units", "north=1"] } else { vec![] };
        let words =
            |file| [&[command, file][..], &units, &["--now", "2026-04-17T12:00:00Z"]].concat();
        let (said, finish) = desk_says(&words(&late));
        assert_eq!(finish, Finish::NeedsPerson, "{said}");
        assert!(
            on_one_line(&said).contains("1 complaint came in after 2026-04-17T12:00:00Z"),
            "{said}"
        );
        // A day ahead may be another clock or zone.
        let (said, finish) = desk_says(&words(&fine));
        assert!(!said.contains("came in after"), "{said}");
        assert!(command == "plan" || finish == Finish::Clean, "{said}");
    }
}

/// A decision that reaches no complaint, or none yet, is told: somebody thinks that it holds.
#[test]
fn decisions_that_do_not_count_are_told() {
    let folder = own_folder("decisions_that_do_not_count");
    let backlog = written(&folder, "backlog.csv", "id,received,concern\n0007,2026-04-17,csem\n");
    let decision = |complaint: &str, made: &str| {
        format!(
            "{{\"complaint\":\"{complaint}\",\"effect\":\"must\",\"actor\":\"a1\",\"role\":\"lead\",\"reason\":\"known_child\",\"made\":\"{made}\"}}\n"
        )
    };
    let ranked = |decisions: &str| {
        let path = written(&folder, "decisions.ndjson", decisions);
        let words = ["rank", &backlog, "--overrides", &path, "--now", "2026-05-01T00:00:00Z"];
        let (said, finish) = desk_says(&words);
        (on_one_line(&said), finish)
    };
    let (said, finish) = ranked(&format!("\u{feff}{}", decision("0007", "2026-04-20")));
    assert_eq!(finish, Finish::Clean, "{said}");
    assert!(said.contains("Decisions: 1 read") && said.contains("1 hold"), "{said}");
    let (said, finish) = ranked(&decision("7", "2026-04-20"));
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    assert!(said.contains("in none of these files: `7` (must"), "{said}");
    assert!(said.contains("did you mean `0007`?"), "{said}");
    let (said, finish) = ranked(&decision("0007", "2026-05-20"));
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    assert!(said.contains("does not count yet: `0007`"), "{said}");
    let lifted = decision("0007", "2026-04-20")
        .replace("\"must\"", "\"lift_must\",\"second_actor\":\"b2\"")
        .replace("known_child", "lower_no_child");
    let (said, finish) = ranked(&(decision("0007", "2026-04-20") + &lifted));
    assert_eq!(finish, Finish::NeedsPerson, "{said}");
    assert!(said.contains("is more careful: `0007` (must lifted"), "{said}");
    // They count in a plan as in a ranking.
    let path = written(&folder, "decisions.ndjson", decision("7", "2026-04-20"));
    let plan = ["plan", &backlog, "--units", "north=1", "--now", "2026-05-01T00:00:00Z"];
    let (said, finish) = desk_says(&[&plan[..], &["--overrides", &path]].concat());
    assert_eq!(finish, Finish::NeedsPerson);
    assert!(on_one_line(&said).contains("did you mean `0007`?"), "{said}");
}

/// Units whose names differ in marks or capitals alone have sheets of their own.
#[test]
fn no_unit_writes_over_the_sheets_of_another() {
    let folder = own_folder("sheets_of_units");
    let text = "id,received,unit,concern\na,2026-04-17,east/1,csem\nb,2026-04-17,East 1,csem\nc,2026-04-17,,csem\n";
    let backlog = written(&folder, "backlog.csv", text);
    let sheets = folder.join("sheets");
    let _ = fs::remove_dir_all(&sheets);
    let words = [
        ["plan", &backlog, "--units", "east/1=5,East 1=5,no planned unit=5"],
        ["--now", "2026-05-01T00:00:00Z", "--out", sheets.to_str().unwrap()],
    ];
    desk_says(words.as_flattened());
    let texts: Vec<String> = fs::read_dir(&sheets)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with("investigators.md"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for id in ["a", "b"] {
        let row = format!("| {id} |");
        assert!(texts.iter().any(|text| text.contains(&row)), "{id}: {texts:?}");
    }
    assert_eq!(texts.len(), 4, "{texts:?}");
}

/// What must be worked and has no place is told where the plan is made, not on the sheets alone.
#[test]
fn must_without_capacity_needs_a_person() {
    let folder = own_folder("must_without_capacity");
    let text =
        "id,received,unit,imminent_danger_flag\na,2026-04-17,north,yes\nb,2026-04-17,north,yes\n";
    let backlog = written(&folder, "backlog.csv", text);
    for (units, ended) in [("north=1", Finish::NeedsPerson), ("north=2", Finish::Clean)] {
        let plan = ["plan", &backlog, "--units", units, "--now", "2026-04-18T08:00:00Z"];
        let (said, finish) = desk_says(&plan);
        assert_eq!(finish, ended, "{units}: {said}");
        let told = said.contains("north: no capacity for 1 that must be worked");
        assert_eq!(told, ended == Finish::NeedsPerson, "{said}");
    }
}

/// No file that is read is written over, and no two things go into one file.
#[test]
fn what_is_read_is_never_written_over() {
    let folder = own_folder("never_written_over");
    let decision = "{\"complaint\":\"a\",\"effect\":\"must\",\"actor\":\"a1\",\"role\":\"lead\",\"reason\":\"known_child\",\"made\":\"2026-04-18\"}\n";
    let backlog = written(&folder, "backlog.csv", format!("{FIRST}{SECOND}"));
    let decisions = written(&folder, "decisions.ndjson", decision);
    let model =
        written(&folder, "model.json", include_str!("../../fixtures/models/published.json"));
    let hand = written(&folder, "hand.txt", "a\n");
    let mapping = folder.join("mapping.json").to_str().unwrap().to_owned();
    desk_says(&["check", &backlog, "--write-mapping", &mapping]);
    let read = [&backlog, &decisions, &model, &hand, &mapping];
    let before: Vec<Vec<u8>> = read.iter().map(|path| fs::read(path).unwrap()).collect();
    let other = folder.join("elsewhere/../decisions.ndjson");
    fs::create_dir_all(folder.join("elsewhere")).unwrap();
    let now = ["--now", "2026-05-01T00:00:00Z", "--overrides", &decisions];
    let rank = [&["rank", &backlog, "--model", &model][..], &now].concat();
    let plan = [&["plan", &backlog, "--model", &model, "--units", "north=1"][..], &now].concat();
    for (words, more) in [
        (&rank, vec!["--out", &decisions]),
        (&rank, vec!["--out", other.to_str().unwrap()]),
        (&rank, vec!["--out", &model]),
        (&rank, vec!["--refused", &model]),
        (&rank, vec!["--mapping", &mapping, "--out", &mapping]),
        (&rank, vec!["--out", "new.csv", "--refused", "./new.csv"]),
        (&plan, vec!["--state", &decisions]),
        (&plan, vec!["--in-hand", &hand, "--state", &hand]),
    ] {
        let said = refusal(&[&words[..], &more].concat());
        let told = said.contains("is an input") || said.contains("would be written twice");
        assert!(told, "{more:?}: {said}");
    }
    let after: Vec<Vec<u8>> = read.iter().map(|path| fs::read(path).unwrap()).collect();
    assert_eq!(before, after);
}

/// Columns that stand in another order in another file are never read under each other's names: what is set aside has a
/// file for each, and reads again once it is mended.
#[test]
fn what_several_files_set_aside_is_kept_apart() {
    let folder = own_folder("set_aside_apart");
    let row = |id: &str, answers: &str| format!("{id},soon,{answers}\n");
    let heading = |items: &str| format!("id,received,{items}\n");
    let first = heading("imminent_danger_flag,sexual_chat_only") + &row("a", "no,yes");
    let second = heading("sexual_chat_only,imminent_danger_flag") + &row("b", "no,yes");
    let third =
        "{\"id\":\"c\",\"received\":\"soon\",\"answers\":{\"imminent_danger_flag\":\"yes\"}}\n";
    let good = heading("imminent_danger_flag") + "d,2026-04-18,no\n";
    let files = [
        written(&folder, "first.csv", first),
        written(&folder, "good.csv", good),
        written(&folder, "second.csv", second),
        written(&folder, "third.ndjson", third),
    ];
    let aside = folder.join("aside.csv").to_str().unwrap().to_owned();
    let words: Vec<&str> = files.iter().map(String::as_str).collect();
    let (said, finish) = desk_says(&[&["rank"], &words[..], &["--refused", &aside]].concat());
    assert_eq!(finish, Finish::NeedsPerson);
    let names = ["aside.csv", "aside-2.csv", "aside-3.csv"];
    let mended = names.map(|name| {
        assert!(on_one_line(&said).contains(&format!("{name}, to be mended")), "{said}");
        let text = fs::read_to_string(folder.join(name)).unwrap();
        written(&folder, &format!("mended-{name}"), text.replace("soon", "2026-04-17"))
    });
    assert!(!folder.join("aside-4.csv").exists());
    let ranked = folder.join("ranked.csv").to_str().unwrap().to_owned();
    let words: Vec<&str> = mended.iter().map(String::as_str).collect();
    let (said, finish) = desk_says(&[&["rank"], &words[..], &["--out", &ranked]].concat());
    assert_eq!(finish, Finish::Clean, "{said}");
    let ranked = fs::read_to_string(ranked).unwrap();
    let mut lines = ranked.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let heading = lines.next().unwrap();
    let column = |name: &str| heading.iter().position(|column| *column == name).unwrap();
    let mut lanes: Vec<_> = lines.map(|line| (line[column("id")], line[column("lane")])).collect();
    lanes.sort_unstable();
    assert_eq!(lanes, [("a", "open"), ("b", "must"), ("c", "must")]);
}

/// A run that sets nothing aside leaves alone what an earlier one did.
#[test]
fn what_was_set_aside_earlier_stays() {
    let folder = own_folder("set_aside_earlier");
    let backlog = written(&folder, "backlog.csv", FIRST);
    let aside = written(&folder, "aside.csv", "not mended yet");
    desk_says(&["rank", &backlog, "--refused", &aside]);
    assert_eq!(fs::read_to_string(&aside).unwrap(), "not mended yet");
    // Nor is it written over by the ranking.
    let bad = written(&folder, "bad.csv", FIRST.replace("2026-04-17", "soon"));
    let worse =
        written(&folder, "worse.csv", FIRST.replace("2026-04-18", "soon").replace("a,", "c,"));
    let (first, out) = (folder.join("set.csv"), folder.join("set-2.csv"));
    let words = ["--refused", first.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let said = refusal(&[&["rank", &bad, &worse], &words[..]].concat());
    assert!(said.contains("is an input"), "{said}");
    assert!(fs::read_to_string(&out).unwrap().contains("soon"));
}

/// Names of files come from others as well: nothing in them steers a terminal.
#[test]
fn names_of_files_are_shown_safely() {
    let folder = own_folder("names_of_files");
    let backlog = written(&folder, "a\u{1b}[31m\u{202e}b.csv", format!("{FIRST}{SECOND}"));
    let (said, _) = desk_says(&["check", &backlog]);
    assert!(said.contains("a\\u{1b}[31m\\u{202e}b.csv"), "{said}");
    assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said}");
}

/// Where nothing can be ranked the sheets and the state of before stay.
#[test]
fn nothing_is_planned_where_nothing_can_be_ranked() {
    let folder = own_folder("nothing_planned");
    let backlog = written(&folder, "backlog.csv", "id,received,imminent_danger_flag\na,soon,yes\n");
    let state = folder.join("state.json");
    let _ = fs::remove_file(&state);
    let plan = ["plan", &backlog, "--units", "north=1", "--now", "2026-05-01T00:00:00Z"];
    let said = refusal(&[&plan[..], &["--state", state.to_str().unwrap()]].concat());
    assert!(said.contains("nothing could be ranked"), "{said}");
    assert!(!state.exists());
}

/// Whoever reads may stop: the files are written all the same.
#[test]
fn a_closed_output_stops_no_work() {
    use crate::golden::desk::pipe::UntilClosed;

    struct Closing(usize);
    impl std::io::Write for Closing {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0 == 0 {
                return Err(std::io::ErrorKind::BrokenPipe.into());
            }
            self.0 -= 1;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            self.write(&[]).map(drop)
        }
    }
    let folder = own_folder("closed_output");
    let backlog = written(&folder, "backlog.csv", format!("{FIRST}{SECOND}c,soon,yes\n"));
    for writes in [0, 1, 2, 5, 12] {
        let ranking = folder.join("ranking.csv");
        let _ = fs::remove_file(&ranking);
        let words = ["desk", "rank", &backlog, "--out", ranking.to_str().unwrap()];
        let cli = Cli::try_parse_from(words).unwrap();
        let finish = run(&cli, &mut UntilClosed::new(Closing(writes))).unwrap();
        assert_eq!(finish, Finish::NeedsPerson);
        assert_eq!(fs::read_to_string(&ranking).unwrap().lines().count(), 4);
    }
}
