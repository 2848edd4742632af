//! Sources and mappings with a slip in them: a letter, a word, a quote, a separator too many.
#![allow(clippy::unwrap_used)]

use caserank::backlog::Reading;
use caserank::intake::{Importer, Mapping};
use serde_json::json;

use crate::common::live::toy;

/// A letter that is no UTF-8 spoils its own record; names of others stay what they are.
#[test]
fn a_letter_of_another_encoding_in_json_spoils_no_other_record() {
    let mapping = include_str!("../../fixtures/messy/flat.ndjson.mapping.json");
    let importer = Importer::new(&Mapping::from_json(mapping).unwrap(), toy().codebook()).unwrap();
    let mut file = String::new();
    for number in 0..3 {
        file += &format!(
            "{{\"id\":\"k{number}\",\"received\":\"2026-04-17\",\"unit\":\"K\u{f6}ln\",\"urgent\":\"yes\"}}\n"
        );
    }
    let mut bytes = file.into_bytes();
    bytes.extend(b"{\"id\":\"bad\",\"received\":\"2026-04-17\",\"unit\":\"K\xF6ln\",\"urgent\":\"y\xF6s\"}\n");
    let intake = importer.read_bytes(&bytes, &Reading::new()).unwrap();
    let backlog = intake.backlog();
    for row in 0..backlog.len() {
        let is_bad = backlog.id(row) == "bad";
        assert_eq!(backlog.unit(row), (!is_bad).then_some("K\u{f6}ln"));
        assert_eq!(backlog.not_understood(row).len(), if is_bad { 2 } else { 0 });
    }
    assert_eq!(intake.report().partly_understood(), 1);
}

#[test]
fn a_word_that_is_missing_and_an_answer_too_is_refused() {
    let of = |missing: &str| {
        json!({
            "format_version": 1, "id": "a", "version": "1.0.0", "description": "",
            "source": {"table": {}}, "missing": [missing], "words": {"Y": "yes"},
            "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
            "items": {"urgent": {"from": "urgent"}}
        })
    };
    let bound = |missing: &str| {
        let mapping = Mapping::from_json(&of(missing).to_string()).unwrap();
        Importer::new(&mapping, toy().codebook()).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(bound("none given"), Ok(()));
    let refused = bound("y").unwrap_err();
    assert!(refused.contains("missing") && refused.contains("urgent"), "{refused}");
}

#[test]
fn a_word_for_missing_is_never_the_absence_that_presence_stands_for() {
    let of = |present: &str| {
        let mapping = json!({
            "format_version": 1, "id": "a", "version": "1.0.0", "description": "",
            "source": {"table": {}},
            "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
            "items": {"urgent": {"from": "note", "present": present}}
        });
        let importer =
            Importer::new(&Mapping::from_json(&mapping.to_string()).unwrap(), toy().codebook());
        let table = b"id,received,note\na,2026-04-17,N/A\nb,2026-04-17,looked at\n";
        let intake = importer.unwrap().read_bytes(table, &Reading::new()).unwrap();
        let answer = |row: usize| {
            let complaint = intake.backlog().complaint(row);
            complaint.given("urgent").map(|given| given.value.to_string())
        };
        [answer(0), answer(1)]
    };
    assert_eq!(of("no"), [None, Some("no".to_owned())]);
    assert_eq!(of("yes")[1].as_deref(), Some("yes"));
}

#[test]
fn rows_with_more_separators_than_the_heading_are_not_swallowed_by_an_open_quote() {
    let mapping = json!({
        "format_version": 1, "id": "a", "version": "1.0.0", "description": "",
        "source": {"table": {"separator": ";"}},
        "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
        "items": {"urgent": {"from": "urgent"}}, "ignore": ["note"]
    });
    let importer =
        Importer::new(&Mapping::from_json(&mapping.to_string()).unwrap(), toy().codebook());
    let table = "id;received;urgent;note\n1;2026-04-17;no;\"open;\n2;2026-04-17;yes;x;\n3;2026-04-17;no;\"y\";\n4;2026-04-17;no;z;\n";
    let intake = importer.unwrap().read_bytes(table.as_bytes(), &Reading::new()).unwrap();
    let row = intake.backlog().row_of("2").expect("it is there");
    let complaint = intake.backlog().complaint(row);
    assert_eq!(complaint.given("urgent").unwrap().value.to_string(), "yes");
    // Whatever becomes of the open line itself, no other is lost, and it is told.
    assert!(
        ["3", "4"].iter().all(|id| intake.backlog().row_of(id).is_some()),
        "{}",
        intake.report()
    );
    let (ranked, aside) = (intake.backlog().len() as u64, intake.report().not_rankable());
    assert_eq!((ranked + aside, aside), (4, 1), "{}", intake.report());
}

/// A quote left open in a title, in the heading or below it takes no row with it, though a row behind it closes one.
#[test]
fn a_quote_left_open_above_the_rows_swallows_none() {
    let of = |before: u32, after: u32| {
        let mapping = json!({
            "format_version": 1, "id": "a", "version": "1.0.0", "description": "",
            "source": {"table": {"rows_before_heading": before, "rows_after_heading": after}},
            "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
            "items": {"urgent": {"from": "urgent"}}
        });
        Importer::new(&Mapping::from_json(&mapping.to_string()).unwrap(), toy().codebook()).unwrap()
    };
    let rows = "a,2026-04-17,yes,\nb,2026-04-17,no,\"a note\"\nc,2026-04-18,yes,\n";
    let heading = "id,received,urgent,note\n";
    for (before, after, text) in [
        (0, 0, format!("id,received,urgent,\"note\n{rows}")),
        (0, 0, format!("id,received,\"urgent,note\n{rows}")),
        (0, 0, format!("\"id,received,urgent,note\n{rows}")),
        (1, 0, format!("\"cases of April\n{heading}{rows}")),
        (1, 0, format!("cases,\"of April\n{heading}{rows}")),
        (0, 1, format!("{heading}text,date,yes or no,\"text\n{rows}")),
        // Names over several lines are names.
        (0, 0, format!("id,received,urgent,\"no\nte, of sorts\"\n{rows}")),
        (0, 0, format!("id,received,urgent,\"no,\n2026-04-17,\nte\"\n{rows}")),
    ] {
        let intake = of(before, after).read_bytes(text.as_bytes(), &Reading::new()).unwrap();
        let backlog = intake.backlog();
        let ids: Vec<&str> = (0..backlog.len()).map(|row| backlog.id(row)).collect();
        assert_eq!(ids, ["a", "b", "c"], "{text}\n{}", intake.report());
        assert_eq!(intake.report().partly_understood(), 0, "{text}");
        let first = backlog.complaint(0);
        assert_eq!(first.given("urgent").unwrap().value.to_string(), "yes", "{text}");
    }
}

/// The same in a table that needs no mapping.
#[cfg(feature = "csv")]
#[test]
fn a_quote_left_open_in_a_plain_heading_swallows_no_row() {
    let triage = toy();
    for heading in [
        "id,received,urgent,\"prior_reports",
        "id,received,\"urgent,prior_reports",
        "id,\"received,urgent,prior_reports",
        "\"id,received,urgent,prior_reports",
        "id,received,urgent,\"prior_reports\"\"",
    ] {
        let text =
            format!("{heading}\na,2026-04-17,yes,\nb,2026-04-17,yes,\"1\"\nc,2026-04-18,yes,\n");
        match caserank::Backlog::read_csv(triage.codebook(), text.as_bytes(), triage.reading()) {
            Ok(intake) => {
                let backlog = intake.backlog();
                assert_eq!(backlog.len(), 3, "{heading}: {}", intake.report());
            }
            Err(error) => assert!(error.to_string().contains("quote"), "{heading}: {error}"),
        }
    }
}

fn of_table(table: &serde_json::Value) -> Importer {
    let mapping = json!({
        "format_version": 1, "id": "a", "version": "1.0.0", "description": "",
        "source": {"table": table},
        "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
        "items": {"urgent": {"from": "urgent"}}
    });
    Importer::new(&Mapping::from_json(&mapping.to_string()).unwrap(), toy().codebook()).unwrap()
}

/// What a mapping passes over is set aside where it reads like a complaint, with its answer of danger.
#[test]
fn a_complaint_that_the_mapping_passes_over_is_told() {
    for (table, text) in [
        (
            json!({"rows_after_heading": 1}),
            "id,received,urgent\na,2026-04-17,yes\nb,2026-04-17,no\n",
        ),
        (
            json!({"rows_before_heading": 1}),
            "a,2026-04-17,yes\nid,received,urgent\nb,2026-04-17,no\n",
        ),
        (
            json!({"rows_before_heading": 1, "headings": ["id", "received", "urgent"]}),
            "a,2026-04-17,yes\nb,2026-04-17,no\n",
        ),
        (json!({"comment": "a"}), "id,received,urgent\nb,2026-04-17,no\na,2026-04-17,yes\n"),
        (json!({"comment": "a"}), "id,received,urgent\na,2026-04-17,\"yes\"\nb,2026-04-17,no\n"),
    ] {
        let intake = of_table(&table).read_bytes(text.as_bytes(), &Reading::new()).unwrap();
        let report = intake.report();
        assert_eq!((intake.backlog().len(), report.not_rankable()), (1, 1), "{table}: {report}");
        assert_eq!(report.records_not_rankable()[0].id(), Some("a"), "{table}: {report}");
    }
    for (table, text) in [
        (
            json!({"rows_after_heading": 1}),
            "id,received,urgent\ntext,date,yes or no\nb,2026-04-17,no\n",
        ),
        (
            json!({"rows_before_heading": 1}),
            "Cases,of 2026-04-17\nid,received,urgent\nb,2026-04-17,no\n",
        ),
        (
            json!({"comment": "#"}),
            "id,received,urgent\n# made 2026-04-17, by hand\nb,2026-04-17,no\n",
        ),
    ] {
        let intake = of_table(&table).read_bytes(text.as_bytes(), &Reading::new()).unwrap();
        assert_eq!(intake.report().not_rankable(), 0, "{table}: {}", intake.report());
    }
}

/// Files put behind each other, of which the second has the same columns by other names, or in another order.
#[test]
fn a_heading_of_titles_in_another_order_is_told() {
    let codebook = toy();
    let codebook = codebook.codebook();
    let ids: Vec<&str> = codebook.items().iter().map(|item| &*item.id).take(3).collect();
    let title = |id: &str| {
        let words = id.replace('_', " ");
        words[..1].to_uppercase() + &words[1..]
    };
    let [first, second, third] = ids[..] else { panic!("{ids:?}") };
    let mapping = json!({
        "format_version": 1, "id": "a", "version": "1.0.0", "description": "", "source": {"table": {}},
        "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
        "items": {first: {"from": first}, second: {"from": second}, third: {"from": third}}
    });
    let importer =
        Importer::new(&Mapping::from_json(&mapping.to_string()).unwrap(), codebook).unwrap();
    let text = |names: [&str; 3]| {
        let titles = names.map(title).join(",");
        format!(
            "id,received,{first},{second},{third}\na,2026-04-17,,,\nCase No,Date Received,{titles}\nz,2026-04-18,,,\n"
        )
    };
    let other = importer.read_bytes(text([third, first, second]).as_bytes(), &Reading::new());
    let told = other.map_or_else(|error| error.to_string(), |intake| intake.report().to_string());
    assert!(told.contains("heading"), "{told}");
    let same =
        importer.read_bytes(text([first, second, third]).as_bytes(), &Reading::new()).unwrap();
    assert_eq!((same.backlog().len(), same.report().not_rankable()), (2, 1), "{}", same.report());
}

/// A quote that is left open swallows no row either where nothing says whether day or month comes first.
#[test]
fn a_quote_left_open_swallows_no_row_with_an_undecided_date() {
    let importer = of_table(&json!({}));
    let mut text = "id,received,urgent,note\n".to_owned();
    for number in 1..=9 {
        let quote = if number == 3 || number == 8 { "\"" } else { "" };
        text += &format!(
            "c{number},01.0{number}.2026 10:00,{},{quote}a note\n",
            ["no", "yes"][number % 2]
        );
    }
    let intake = importer.read_bytes(text.as_bytes(), &Reading::new()).unwrap();
    let report = intake.report();
    assert_eq!(intake.backlog().len() as u64 + report.not_rankable(), 9, "{report}");
}
