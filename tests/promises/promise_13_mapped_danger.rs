//! Promise 13 for mapped tables and mapped JSON: whatever else is wrong with a record, an answer in it that alone
//! would put a complaint into `must` is in the backlog, or among the records above the first place.
#![allow(clippy::unwrap_used)]

use crate::common::{Draw, TOY_CODEBOOK, cases, draws};
use caserank::Codebook;
use caserank::backlog::{DangerAnswers, Reading};
use caserank::intake::Mapping;
use proptest::prelude::*;

const MAPPING: &str = r#"{
    "format_version": 1, "id": "made-up", "version": "1.0.0", "source": { "table": { "separator": ";" } },
    "words": { "Y": "yes", "N": "no" }, "times": { "forms": ["day_first"] },
    "complaint": { "id": { "from": "Case" }, "received": { "from": "Day" }, "unit": { "from": "Office" } },
    "items": {
        "urgent": { "from": ["Urgent", "Also urgent"] },
        "prior_reports": { "from": "Reports" }, "access_route": { "from": "Access" }
    },
    "ignore": ["Note"]
}"#;

/// One row, cell by cell; the fourth cell is the danger answer.
fn row(draw: &mut Draw, number: usize) -> Vec<String> {
    vec![
        format!("k{number}"),
        format!("{}/4/2026", 1 + draw.below(28)),
        draw.pick(&["north", "", "\"a; b\""]).to_owned(),
        draw.pick(&["Y", "Y", "N", ""]).to_owned(),
        draw.pick(&["0", "3", ""]).to_owned(),
        draw.pick(&["household", "none", ""]).to_owned(),
        draw.pick(&["N", ""]).to_owned(),
        draw.pick(&["", "seen", "\"two\nlines\""]).to_owned(),
    ]
}

/// Damages any cell but the danger answer, and what stands between cells.
fn damaged(draw: &mut Draw, rows: &[Vec<String>]) -> String {
    let line_end = draw.pick(&["\n", "\r\n", "\r"]);
    let mut text = format!("Case;Day;Office;Urgent;Reports;Access;Also urgent;Note{line_end}");
    for row in rows {
        let times = if draw.chance(5) { 2 } else { 1 };
        for _ in 0..times {
            // A separator lost or won; with both, a row would say something else and be whole. Those
            // beside the danger answer stay: without one the answer itself is another text.
            let (lost, won) = match draw.below(12) {
                0 => (draw.pick(&[1, 2, 5, 6, 7]), row.len()),
                1 => (row.len(), draw.below(row.len())),
                _ => (row.len(), row.len()),
            };
            for (place, cell) in row.iter().enumerate() {
                if place > 0 && place != lost {
                    text.push(';');
                }
                if place == won {
                    text.push(';');
                }
                let junk = [
                    "\"",
                    "?",
                    "\"\"",
                    "1.200",
                    "\u{0}",
                    "ü\u{fffd}",
                    "=1+1",
                    "  ",
                    "N",
                    "\u{202e}",
                    "31/31/2026",
                ];
                match draw.below(25) {
                    0 if place != 3 => text += draw.pick(&junk),
                    1 if place != 3 => text += &format!("{}{cell}", draw.pick(&junk)),
                    2 if place != 3 => {}
                    _ => text += cell,
                }
            }
            text += line_end;
        }
        if draw.chance(5) {
            text += draw.pick(&[line_end, ";;;", "# end"]);
            text += line_end;
        }
    }
    text
}

/// The same record as JSON; what stands between the marks is not damaged.
fn object(row: &[String]) -> [String; 3] {
    let text = |cell: &str| serde_json::to_string(cell.trim_matches('"')).unwrap();
    [
        format!(
            "{{\"Case\": {}, \"Day\": {}, \"Office\": {}, ",
            text(&row[0]),
            text(&row[1]),
            text(&row[2])
        ),
        format!("\"more\": {{\"Urgent\": {}}}", text(&row[3])),
        format!(
            ", \"Reports\": {}, \"Access\": {}, \"Note\": {}}}",
            text(&row[4]),
            text(&row[5]),
            text(&row[7])
        ),
    ]
}

/// Damages any byte but the danger answers with their names.
fn damaged_json(draw: &mut Draw, rows: &[Vec<String>], lines: Lines) -> String {
    let (open, between, close) = match lines {
        Lines::Records => ("", "\n", "\n"),
        Lines::Lists => ("[\n", ",\n", "\n]"),
    };
    let mut text = open.to_owned();
    for (number, row) in rows.iter().enumerate() {
        if number > 0 {
            text += between;
        }
        for (part, mut json) in object(row).into_iter().enumerate() {
            if part != 1 && draw.chance(8) {
                let at = draw.below(json.len());
                let at = (0..=at).rev().find(|&at| json.is_char_boundary(at)).unwrap();
                match draw.below(3) {
                    0 => drop(json.remove(at)),
                    1 => json.insert_str(
                        at,
                        draw.pick(&["\"", "{", "}", "]", ",", ":", "\\", "\t", "x", "\u{0}"]),
                    ),
                    _ => json.truncate(at),
                }
            }
            text += &json;
        }
    }
    if draw.chance(80) { text + close } else { text }
}

#[derive(Debug, Clone, Copy)]
enum Lines {
    Records,
    Lists,
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn danger_in_damaged_json_is_ranked_or_above_the_first_place(draw in draws()) {
        let mut draw = draw;
        let codebook = Codebook::from_json(TOY_CODEBOOK).unwrap();
        let danger = DangerAnswers::new(&codebook, [("urgent", "yes")]);
        let rows: Vec<Vec<String>> = (0..1 + draw.below(8)).map(|number| row(&mut draw, number)).collect();
        let mapping = MAPPING
            .replace(r#""table": { "separator": ";" }"#, r#""json": {}"#)
            .replace(r#"["Urgent", "Also urgent"]"#, r#"["more.Urgent"]"#);
        let mapping = Mapping::from_json(&mapping).unwrap();
        let reading = Reading::new().with_danger(danger.clone());
        for lines in [Lines::Records, Lines::Lists] {
            let text = damaged_json(&mut draw, &rows, lines);
            let Ok(intake) = mapping.read(&codebook, text.as_bytes(), &reading) else {
                // A source of which nothing can be made out is refused as a whole.
                continue;
            };
            let report = intake.report();
            prop_assert_eq!(report.records(), report.understood() + report.partly_understood() + report.not_rankable());
            let backlog = intake.backlog();
            let urgent = codebook.item_index("urgent").unwrap();
            let ranked = (0..backlog.len()).filter(|&row| backlog.code(row, urgent) == 2).count();
            // What is not whole may hold several records: as many dangers as its text names.
            let aside = intake.not_rankable().iter().filter(|record| record.is_danger(&danger));
            let named = |bytes: &[u8]| String::from_utf8_lossy(bytes).matches("Urgent\": \"Y").count();
            let aside: usize = aside.map(|record| named(record.bytes())).sum();
            let meant = rows.iter().filter(|row| row[3] == "Y").count();
            let merged = report.repeated() as usize;
            prop_assert!(ranked + aside + merged >= meant, "{ranked} + {aside} + {merged} < {meant}\n{report}\n{text}");
        }
    }

    #[test]
    fn danger_is_ranked_or_above_the_first_place(draw in draws()) {
        let mut draw = draw;
        let codebook = Codebook::from_json(TOY_CODEBOOK).unwrap();
        let danger = DangerAnswers::new(&codebook, [("urgent", "yes")]);
        let rows: Vec<Vec<String>> = (0..draw.below(12)).map(|number| row(&mut draw, number)).collect();
        let text = damaged(&mut draw, &rows);
        let mapping = Mapping::from_json(MAPPING).unwrap();
        let reading = Reading::new().with_danger(danger.clone());
        let intake = mapping.read(&codebook, text.as_bytes(), &reading).unwrap();
        let report = intake.report();
        prop_assert_eq!(report.records(), report.understood() + report.partly_understood() + report.not_rankable());
        prop_assert_eq!(report.lines(), report.heading_lines() + report.blank_lines() + report.record_lines());
        let backlog = intake.backlog();
        let urgent = codebook.item_index("urgent").unwrap();
        let ranked = (0..backlog.len()).filter(|&row| backlog.code(row, urgent) == 2).count();
        // A quote may join damaged rows into one record.
        let aside = intake.not_rankable().iter().filter(|record| record.is_danger(&danger));
        let aside = aside.map(|record| 1 + record.last_line() - record.first_line()).sum::<u64>() as usize;
        let meant = rows.iter().filter(|row| row[3] == "Y").count();
        // Two records of one id are one complaint, so there may be fewer of them than rows.
        let merged = report.repeated() as usize;
        prop_assert!(ranked + aside + merged >= meant, "{ranked} + {aside} + {merged} < {meant}\n{report}\n{text:?}");
    }
}
