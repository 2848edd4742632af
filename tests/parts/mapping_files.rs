//! Mapping files: what is refused and how, the schema, the fingerprint, and proposals.
#![allow(clippy::unwrap_used)]

use caserank::backlog::Reading;
use caserank::intake::{
    Encoding, Importer, Mapping, MappingError, Question, Separator, SourceForm, TimeForm,
};
use caserank::{Backlog, Codebook};
use serde_json::{Value, json};

use crate::common::{TOY_CODEBOOK, schema};

const SCHEMA: &str = include_str!("../../docs/formats/mapping.schema.json");

fn codebook() -> Codebook {
    Codebook::from_json(TOY_CODEBOOK).unwrap()
}

/// A mapping that says everything that can be said.
fn full() -> Value {
    json!({
        "format_version": 1, "id": "full", "version": "1.2.3", "description": "Made up.",
        "source": { "table": {
            "separator": ";", "quote": "'", "encoding": "windows-1252", "rows_before_heading": 1,
            "rows_after_heading": 1, "comment": "#", "headings": ["a", "b"]
        } },
        "missing": ["n/k"], "missing_numbers": [-9], "words": { "Y": "yes" },
        "times": {
            "forms": ["iso", "day_first"], "zone": "-06:00", "summer_time": "united_states",
            "two_digit_years": 2000, "earliest": "2000-01-01T00:00:00Z", "latest": "2100-01-01T00:00:00Z"
        },
        "numbers": { "decimal": ",", "thousands": "." },
        "complaint": {
            "id": { "from": ["a", "c"], "prefix": "N-" },
            "received": { "from": "b", "times": { "zone": "utc" } },
            "unit": { "from": "unit", "words": { "N": "north" } },
            "subject": { "from": "person" }, "bundle": { "from": "batch" },
            "stage": { "constant": "field" },
            "origin": { "from": "kind", "words": { "closed": "retrospective" } },
            "deadlines": [{ "kind": "statutory", "from": "due", "times": { "zone": "utc" }, "plus_days": 7 }],
            "deadline_lists": "clocks"
        },
        "items": {
            "urgent": { "from": ["u", "v"], "take": "first_known", "words": { "x": "yes", "o": null }, "present": "no", "split": "/" },
            "prior_reports": { "from": "p", "missing_numbers": [99], "numbers": { "thousands": "none" }, "known_at": { "from": "q" } },
            "access_route": { "constant": "none" }
        },
        "ignore": ["z"], "second_row": "last"
    })
}

/// Every path to an entry, with a word for each list and map of free keys.
fn entries(value: &Value, path: &str, found: &mut Vec<String>) {
    if let Value::Object(map) = value {
        for (key, value) in map {
            found.push(format!("{path}.{key}"));
            entries(value, &format!("{path}.{key}"), found);
        }
    }
    for value in value.as_array().into_iter().flatten() {
        entries(value, path, found);
    }
}

#[test]
fn the_schema_and_the_reader_take_the_same_files() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let faults = |value: &Value| schema::faults(&schema, &schema, value, "mapping");
    let full = full();
    assert_eq!(faults(&full), Vec::<String>::new());
    let mapping = Mapping::from_json(&full.to_string()).unwrap();
    // What is written is what was read, entry by entry: the schema misses none of them.
    let written: Value = serde_json::from_str(&mapping.to_json().unwrap()).unwrap();
    assert_eq!(written, full);
    let mut known = Vec::new();
    entries(&schema, "", &mut known);
    let mut paths = Vec::new();
    entries(&full, "", &mut paths);
    for name in paths.iter().filter_map(|path| path.rsplit('.').next()) {
        let free = ["Y", "N", "closed", "x", "o", "urgent", "prior_reports", "access_route"];
        assert!(
            free.contains(&name)
                || known.iter().any(|path| path.ends_with(&format!("properties.{name}"))),
            "{name}"
        );
    }
    // Every property of the schema stands in the full mapping, but for the other kind of source.
    for path in known.iter().filter(|path| path.rsplit('.').nth(1) == Some("properties")) {
        let name = path.rsplit('.').next().unwrap();
        let other = ["json", "records"].contains(&name);
        assert!(other || paths.iter().any(|path| path.ends_with(&format!(".{name}"))), "{path}");
    }
    let json = json!({"json": {"records": "data.rows"}});
    let of_json = Value::Object(
        full.as_object()
            .unwrap()
            .iter()
            .map(|(key, value)| {
                (key.clone(), if key == "source" { json.clone() } else { value.clone() })
            })
            .collect(),
    );
    assert_eq!(faults(&of_json), Vec::<String>::new());
    assert!(Mapping::from_json(&of_json.to_string()).is_ok());
    // What is added or of another kind is refused by both.
    for (pointer, value) in [
        ("/colour", json!("red")),
        ("/source/table/colour", json!("red")),
        ("/source/table/separator", json!(":")),
        ("/source/table/encoding", json!("latin-1")),
        ("/times/forms", json!(["whenever"])),
        ("/items/urgent/take", json!("any")),
        ("/items/urgent/words/x", json!(1)),
        ("/complaint/id", json!("a")),
        ("/missing_numbers", json!(["-9"])),
        ("/second_row", json!("both")),
        ("/format_version", json!(2)),
    ] {
        let mut changed = full.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent =
            if parent.is_empty() { &mut changed } else { changed.pointer_mut(parent).unwrap() };
        parent.as_object_mut().unwrap().insert(key.to_owned(), value);
        assert!(!faults(&changed).is_empty(), "{pointer}");
        assert!(Mapping::from_json(&changed.to_string()).is_err(), "{pointer}");
    }
    for file in [
        "german.csv",
        "us_spreadsheet.tsv",
        "title_and_totals.csv",
        "flags.csv",
        "flat.ndjson",
        "nested.json",
        "damaged.csv",
    ] {
        let path = format!("{}/fixtures/messy/{file}.mapping.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(faults(&serde_json::from_str(&text).unwrap()), Vec::<String>::new(), "{file}");
    }
}

#[test]
fn a_fault_names_its_line_its_value_and_the_way_out() {
    let text = r#"{
  "format_version": 1, "id": "faulty", "version": "1.0.0",
  "source": { "table": {} },
  "missing": ["none"],
  "words": { "Y": "yess", "y": "no" },
  "times": { "forms": ["day_first", "month_first"], "zone": "Berlin" },
  "numbers": { "decimal": ",", "thousands": "," },
  "complaint": {
    "id": { "from": "id" },
    "received": { "from": "received" },
    "stage": { "constant": "later" }
  },
  "items": {
    "urgent": {},
    "prior_reports": { "from": "p", "constant": "none" }
  }
}"#;
    let MappingError::Faults { faults } = Mapping::from_json(text).unwrap_err() else { panic!() };
    let told: Vec<(Option<usize>, String)> =
        faults.iter().map(|fault| (fault.line(), fault.to_string())).collect();
    let expected = [
        (5, "`words.y`"),
        (6, "`times.forms`"),
        (6, "`times.zone`: `Berlin`"),
        (7, "`numbers`"),
        (11, "`later`"),
        (14, "`items.urgent`"),
        (15, "`items.prior_reports`"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for ((line, text), (expected_line, part)) in told.iter().zip(expected) {
        assert_eq!(*line, Some(expected_line), "{text}");
        assert!(text.contains(part), "{text}");
    }
    // What the codebook does not list is found where the two meet.
    let text = r#"{
  "format_version": 1, "id": "faulty", "version": "1.0.0",
  "source": { "table": {} },
  "missing": ["none"],
  "words": { "Y": "yess" },
  "complaint": { "id": { "from": "id" }, "received": { "from": "received" } },
  "items": {
    "urgnt": { "from": "u" },
    "urgent": { "from": "u", "missing_numbers": [9] },
    "access_route": { "from": "a", "words": {
      "home": "houshold"
    } }
  }
}"#;
    let mapping = Mapping::from_json(text).unwrap();
    let error = Importer::new(&mapping, &codebook()).unwrap_err().to_string();
    for part in [
        "line 8, `items.urgnt`: `urgnt` is not an item of the codebook (did you mean `urgent`?)",
        "line 9, `items.urgent.missing_numbers`",
        "line 11, `items.access_route.words.home`: `houshold` is not an answer of `access_route`",
        "did you mean `household`?",
        "line 5, `words.Y`",
        "line 4, `missing.0`: `none` is an answer of `access_route`",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn the_format_is_read_before_anything_else() {
    let later = r#"{"format_version": 2, "id": "later", "something": "new"}"#;
    assert!(matches!(Mapping::from_json(later), Err(MappingError::Format { found: 2 })));
    let error = Mapping::from_json("{\n  \"format_version\": 1,\n  \"colour\": 1\n}").unwrap_err();
    let MappingError::Json(fault) = error else { panic!("{error}") };
    assert_eq!((fault.line(), fault.column()), (3, 10));
    let told = fault.to_string();
    assert!(told.contains("`colour`") && told.contains("`items`"), "{told}");
    let twice = full().to_string().replacen("\"access_route\"", "\"urgent\"", 1);
    let error = Mapping::from_json(&twice).unwrap_err().to_string();
    assert!(error.contains("stands twice"), "{error}");
}

#[test]
fn a_fingerprint_is_of_what_was_parsed() {
    let compact = full().to_string();
    let mapping = Mapping::from_json(&compact).unwrap();
    let pretty = Mapping::from_json(&format!("\u{feff}{}", mapping.to_json().unwrap())).unwrap();
    assert_eq!(mapping.fingerprint(), pretty.fingerprint());
    let binary: Mapping = serde_json::from_str(&compact).unwrap();
    assert_eq!(binary.fingerprint(), mapping.fingerprint());
    for (from, to) in
        [("\"Y\"", "\"Z\""), ("1.2.3", "1.2.4"), ("-9", "-8"), ("first_known", "most_dangerous")]
    {
        let changed = Mapping::from_json(&compact.replacen(from, to, 1)).unwrap();
        assert_ne!(changed.fingerprint(), mapping.fingerprint(), "{from}");
    }
}

fn propose(sample: &[u8]) -> caserank::intake::Proposal {
    Mapping::propose(sample, &codebook()).unwrap()
}

#[test]
fn the_draft_of_a_clean_file_reads_it_as_the_plain_reader_does() {
    let clean = include_bytes!("../../fixtures/messy/clean.csv");
    let extra = b"id,received,unit,subject,bundle,stage,origin,deadlines,urgent,prior_reports,access_route,urgent.known_at\n\
        a,2026-04-17,north,s1,b1,field,synthetic,preservation=2026-05-01T00:00:00Z;own=2026-06-01T00:00:00Z,yes,3,household,2026-04-18\n\
        b,2026-04-18T09:30:00+02:00,,,,,synthetic,,,none,,\n";
    for table in [&clean[..], extra] {
        let codebook = codebook();
        let proposal = propose(table);
        assert_eq!(proposal.questions(), [], "{proposal}");
        let mapped = proposal.mapping().unwrap().read(&codebook, table, &Reading::new()).unwrap();
        let plain = Backlog::read_csv(&codebook, table, Reading::new()).unwrap();
        let all = |backlog: &Backlog| backlog.complaints().collect::<Vec<_>>();
        assert_eq!(all(mapped.backlog()), all(plain.backlog()));
        assert!(mapped.report().is_clean());
    }
}

#[test]
fn a_proposal_finds_forms_names_and_words_and_asks_the_rest() {
    let german = propose(include_bytes!("../../fixtures/messy/german.csv"));
    let SourceForm::Table(form) = &german.draft().source else { panic!() };
    assert_eq!((form.separator, form.encoding), (Separator::Semicolon, Encoding::Windows1252));
    assert!(german.mapping().is_err(), "no column for id and time is recognised");
    let asked = |question: &dyn Fn(&Question) -> bool| german.questions().iter().any(question);
    assert!(asked(
        &|question| matches!(question, Question::NoColumnFor { part: "id", columns } if columns.len() == 6)
    ));
    assert!(asked(&|question| matches!(question, Question::Encoding { .. })));

    let american = propose(include_bytes!("../../fixtures/messy/us_spreadsheet.tsv"));
    let draft = american.draft();
    let SourceForm::Table(form) = &draft.source else { panic!() };
    assert_eq!((form.separator, form.encoding), (Separator::Tab, Encoding::Utf16Le));
    assert_eq!(draft.items["urgent"].words["Y"].as_deref(), Some("yes"));
    assert_eq!(draft.missing, ["N/A"]);
    // 4/12 and 4/1: both orders are possible, so it asks.
    assert!(draft.times.forms.is_empty());
    let texts: Vec<String> = american.questions().iter().map(ToString::to_string).collect();
    for part in [
        "the day or with the month",
        "decimals or of thousands",
        "`Case No` was taken as `id`",
        "`utc`",
    ] {
        assert!(texts.iter().any(|text| text.contains(part)), "{part}: {texts:?}");
    }

    let titled = propose(include_bytes!("../../fixtures/messy/title_and_totals.csv"));
    let SourceForm::Table(form) = &titled.draft().source else { panic!() };
    assert_eq!(
        (form.separator, form.rows_before_heading, form.rows_after_heading),
        (Separator::Bar, 1, 1)
    );
    assert_eq!(titled.draft().times.forms, [TimeForm::Serial1900]);
    let asked = |question: &dyn Fn(&Question) -> bool| titled.questions().iter().any(question);
    assert!(asked(
        &|question| matches!(question, Question::RecordsWithoutTime { records: 1, ids } if ids[..] == ["TOTAL"])
    ));
    assert!(asked(
        &|question| matches!(question, Question::MissingNumbers { numbers, .. } if numbers[..] == [-9])
    ));

    let nested = propose(include_bytes!("../../fixtures/messy/nested.json"));
    let SourceForm::Json(form) = &nested.draft().source else { panic!() };
    assert_eq!(form.records.as_deref(), Some("data.reports"));
    let flat = propose(include_bytes!("../../fixtures/messy/flat.ndjson"));
    assert_eq!(flat.questions(), [], "{flat}");
}

#[test]
fn dates_decide_their_order_or_it_is_asked() {
    let table =
        |dates: [&str; 2]| format!("id,received,urgent\na,{},yes\nb,{},no\n", dates[0], dates[1]);
    for (dates, forms) in [
        (["17/4/2026", "1/4/2026"], vec![TimeForm::DayFirst]),
        (["4/17/2026", "4/1/2026"], vec![TimeForm::MonthFirst]),
        (["3/4/2026", "1/4/2026"], vec![]),
        (["17/4/2026", "4/17/2026"], vec![]),
        (["2026-04-17", "2026-04-18"], vec![]),
        (["2026/4/17", "2026/4/18"], vec![TimeForm::YearFirst]),
        (["17-Apr-2026", "1 May 2026"], vec![TimeForm::MonthNamed]),
        (["1775056080", "1775056081"], vec![TimeForm::UnixSeconds]),
    ] {
        let proposal = propose(table(dates).as_bytes());
        assert_eq!(proposal.draft().times.forms, forms, "{dates:?}");
        let asked = proposal
            .questions()
            .iter()
            .any(|question| matches!(question, Question::DayOrMonthFirst { .. }));
        assert_eq!(
            asked,
            forms.is_empty() && !dates[0].starts_with("2026"),
            "{dates:?}: {proposal}"
        );
    }
}

#[test]
fn a_near_name_is_taken_only_where_its_words_fit() {
    let proposal = propose(b"Case ID,Opened,Marked urgent,Access (route),Reports so far\n1,2026-04-17,Y,household,3\n2,2026-04-18,N,elsewhere,0\n");
    let draft = proposal.draft();
    assert_eq!(draft.items["urgent"].from.0, ["Marked urgent"]);
    assert_eq!(draft.items["access_route"].from.0, ["Access (route)"]);
    let texts: Vec<String> = proposal.questions().iter().map(ToString::to_string).collect();
    for part in [
        "`Marked urgent` was taken as the item `urgent`",
        "what do `elsewhere` (1) mean?",
        "`Reports so far`",
    ] {
        assert!(texts.iter().any(|text| text.contains(part)), "{part}: {texts:?}");
    }
    let proposal =
        propose(b"id,received,urgent,Access route\n1,2026-04-17,yes,Y\n2,2026-04-18,no,N\n");
    // An exact name is taken whatever it holds, and its words are asked for.
    assert!(proposal.draft().items.contains_key("access_route"));
    let proposal =
        propose(b"id,received,urgent,Any access\n1,2026-04-17,yes,Y\n2,2026-04-18,no,N\n");
    assert!(!proposal.draft().items.contains_key("access_route"));
    assert!(proposal.to_string().contains("is it `access_route`?"), "{proposal}");
}

/// Words that are usual for *unknown* are asked about, since one may say something; and one that is an answer elsewhere makes
/// no draft that cannot be used.
#[test]
fn words_read_as_unknown_are_asked_about() {
    let table = |word: &str| {
        format!(
            "Case ID;Received;Urgent;Access route\n1;2026-04-17;{word};household\n2;2026-04-18;Y;{word}\n"
        )
    };
    let codebook = codebook();
    for word in ["tbc", "?", "N/A", "none", "None", "-"] {
        let proposal = propose(table(word).as_bytes());
        let asked = proposal.questions().iter().map(ToString::to_string);
        let asked: Vec<String> = asked.filter(|text| text.contains("read as unknown")).collect();
        assert_eq!(asked.len(), 1, "{proposal}");
        assert!(asked[0].contains(&format!("`{word}` (")), "{proposal}");
        let mapping = proposal.mapping().unwrap();
        let read = mapping.read(&codebook, table(word).as_bytes(), &Reading::new()).unwrap();
        assert_eq!(read.report().understood(), 2, "{word}: {}", read.report());
    }
    let lists_none =
        codebook.items().iter().any(|item| item.answers.iter().any(|answer| answer.id == "none"));
    assert!(lists_none, "the codebook of this test lists the answer `none`");
    let clean = propose(table("yes").replace(";yes\n", ";work\n").as_bytes());
    assert!(!clean.to_string().contains("read as unknown"), "{clean}");
}

/// A question names so many columns as can be read.
#[test]
fn long_lists_in_questions_are_cut_with_a_count() {
    let heading: Vec<String> = (0..500).map(|number| format!("field {number}")).collect();
    let text = format!("{}\n{}\n", heading.join(","), ["x"; 500].join(","));
    let asked = propose(text.as_bytes()).questions()[0].to_string();
    assert!(asked.contains("and 470 more") && asked.len() < 1_000, "{asked}");
}
