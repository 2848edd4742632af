//! Files put behind each other: what stands behind another heading is never read under the first.
#![allow(clippy::unwrap_used)]

use caserank::backlog::{ReadError, Reading};
use caserank::complaint::Unlisted;
use caserank::intake::{Importer, Mapping};
use caserank::{Backlog, Codebook, Timestamp, reference};

const FIRST: &str = "id,received,imminent_danger_flag,sexual_chat_only";
const SWAPPED: &str = "id,received,sexual_chat_only,imminent_danger_flag";

fn codebook() -> Codebook {
    reference::codebook().unwrap()
}

/// A file, and behind `rows` of its records another heading with the records that follow it.
fn joined(rows: usize, other: &str) -> String {
    let row = |number: usize| format!("{number},2026-04-17,no,yes\n");
    let first: String = (0..rows).map(row).collect();
    format!("{FIRST}\n{first}{other}\nb,2026-04-18,no,yes\n")
}

fn readings() -> [Reading; 3] {
    let now: Timestamp = "2026-05-01".parse().unwrap();
    let report = Reading::new().with_unlisted(Unlisted::Report);
    [report.clone(), report.clone().strict(), report.with_time_of_intake(now)]
}

/// By the plain reader and through a mapping that names the same columns.
fn both(text: &str, reading: &Reading) -> [Result<u64, String>; 2] {
    let plain = Backlog::read_csv(&codebook(), text.as_bytes(), reading.clone());
    let mapping = serde_json::json!({
        "format_version": 1, "id": "m", "version": "1.0.0", "source": { "table": { "separator": "," } },
        "complaint": { "id": { "from": "id" }, "received": { "from": "received" } },
        "items": { "imminent_danger_flag": { "from": "imminent_danger_flag" },
            "sexual_chat_only": { "from": "sexual_chat_only" } },
    });
    let mapping = Mapping::from_json(&mapping.to_string()).unwrap();
    let importer = Importer::new(&mapping, &codebook()).unwrap();
    let mapped = importer.read_bytes(text.as_bytes(), reading);
    [
        plain.map(|intake| intake.report().records()).map_err(|error| error.to_string()),
        mapped.map(|intake| intake.report().records()).map_err(|error| error.to_string()),
    ]
}

#[test]
fn what_stands_behind_another_heading_is_not_read_under_the_first() {
    let others = [
        SWAPPED,
        "ID, Received ,Sexual chat only,imminent-danger-flag",
        "received,id,imminent_danger_flag,sexual_chat_only",
        "id,received,imminent_danger_flag,novel_material",
        "\"id\",\"received\",\"sexual_chat_only\",\"imminent_danger_flag\"",
    ];
    // Beyond a block and a part as well as at once, and behind a quote.
    for rows in [0, 3, 60_000] {
        for other in if rows > 3 { &others[..1] } else { &others[..] } {
            for reading in readings().into_iter().take(if rows > 3 { 1 } else { 3 }) {
                let text = joined(rows, other);
                let texts = [
                    (text.clone(), rows + 2),
                    (text.replacen('\n', "\n\"q\",2026-04-17,no,no\n", 1), rows + 3),
                    (text.replace('\n', "\r\n"), rows + 2),
                ];
                for (text, line) in texts.into_iter().take(if rows > 3 { 1 } else { 3 }) {
                    for read in both(&text, &reading) {
                        let error = read.unwrap_err();
                        let told = format!("line {line} is another heading");
                        assert!(
                            error.contains(&told) && error.contains("a file of its own"),
                            "{error}"
                        );
                    }
                }
            }
        }
    }
    let error =
        Backlog::read_csv(&codebook(), joined(3, SWAPPED).as_bytes(), Reading::new()).unwrap_err();
    assert!(matches!(error, ReadError::OtherHeading { line: 5 }), "{error}");
}

#[test]
fn the_same_heading_again_and_records_like_one_are_records() {
    for reading in readings() {
        for other in [
            FIRST,
            "Id,RECEIVED,imminent danger flag,sexual_chat_only",
            // One of other width has lost its columns, and a record may say a word of the heading.
            "id,received,imminent_danger_flag",
            "id,received,sexual_chat_only,imminent_danger_flag,concern",
            "received,2026-04-17,no,no",
            "id,soon,no,no",
        ] {
            let read = both(&joined(3, other), &reading);
            assert_eq!(read, [Ok(5), Ok(5)], "{other}");
        }
    }
}
