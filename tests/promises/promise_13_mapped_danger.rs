//! Promise 13 for mapped tables: whatever else is wrong with a record, an answer in it that alone
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
            // A separator lost or won; with both, a row would say something else and be whole.
            let (lost, won) = match draw.below(12) {
                0 => (draw.below(row.len()), row.len()),
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

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn danger_is_ranked_or_above_the_first_place(draw in draws()) {
        let mut draw = draw;
        let codebook = Codebook::from_json(TOY_CODEBOOK).unwrap();
        let danger = DangerAnswers::new(&codebook, [("urgent", "yes")]);
        let rows: Vec<Vec<String>> = (0..draw.below(12)).map(|number| row(&mut draw, number)).collect();
        let text = damaged(&mut draw, &rows);
        let mapping = Mapping::from_json(MAPPING).unwrap();
        let reading = Reading::new().danger(danger.clone());
        let intake = mapping.read(&codebook, text.as_bytes(), &reading).unwrap();
        let report = intake.report();
        prop_assert_eq!(report.records(), report.understood() + report.partly_understood() + report.not_rankable());
        prop_assert_eq!(report.lines(), report.heading_lines() + report.blank_lines() + report.record_lines());
        let backlog = intake.backlog();
        let ranked = (0..backlog.len()).filter(|&row| backlog.code(row, 0) == 2).count();
        // A quote may join damaged rows into one record.
        let aside = intake.not_rankable().iter().filter(|record| record.is_danger(&danger));
        let aside = aside.map(|record| 1 + record.last_line() - record.first_line()).sum::<u64>() as usize;
        let meant = rows.iter().filter(|row| row[3] == "Y").count();
        // Two records of one id are one complaint, so there may be fewer of them than rows.
        let merged = report.repeated() as usize;
        prop_assert!(ranked + aside + merged >= meant, "{ranked} + {aside} + {merged} < {meant}\n{report}\n{text:?}");
    }
}
