//! Promise 14: a mapped table equals the clean one. Whatever columns, words, times, numbers,
//! separators and encodings a mapping describes, the ranking is that of the clean file, to the last
//! bit.
#![allow(clippy::unwrap_used)]

use crate::common::{Draw, any_model, cases, draws};
use caserank::backlog::Reading;
use caserank::codebook::{Item, Kind};
use caserank::intake::Mapping;
use caserank::{Backlog, Timestamp, Triage};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// One complaint as it is meant.
struct Meant {
    id: String,
    received: Timestamp,
    unit: &'static str,
    /// By item.
    codes: Vec<u8>,
}

fn meant(draw: &mut Draw, triage: &Triage) -> Vec<Meant> {
    let items = triage.codebook().items();
    let complaint = |number: usize, draw: &mut Draw| Meant {
        id: format!("k-{number:03}"),
        received: "2025-12-01T00:00:00Z"
            .parse::<Timestamp>()
            .unwrap()
            .plus_seconds(60 * draw.below(400_000) as i64),
        unit: draw.pick(&["north", "", "Köln", "a;b, c|d", "\"quoted\""]),
        codes: items
            .iter()
            .map(|item| if draw.chance(70) { draw.below(item.code_count()) as u8 } else { 0 })
            .collect(),
    };
    (0..1 + draw.below(25)).map(|number| complaint(number, draw)).collect()
}

/// A number that has this code, for an item that counts.
fn number_of(item: &Item, code: u8) -> Option<i64> {
    let Kind::Binned { edges, .. } = &item.kind else { return None };
    let number = match usize::from(code).checked_sub(2) {
        None => edges.first().map_or(0, |edge| edge - 1),
        Some(place) => edges[place],
    };
    (code > 0 && item.code_of_number(number) == Some(code)).then_some(number)
}

/// The cell of the clean file, which the plain reader reads.
fn plain_cell(item: &Item, code: u8) -> String {
    if code == 0 {
        return String::new();
    }
    number_of(item, code)
        .map_or_else(|| item.answer_id(code).to_owned(), |number| number.to_string())
}

fn quoted(cell: &str, separator: char) -> String {
    if cell.contains([separator, '"', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

fn clean(triage: &Triage, meant: &[Meant]) -> String {
    let ids: Vec<&str> = triage.codebook().items().iter().map(|item| &*item.id).collect();
    let mut text = format!("id,received,unit,{}\n", ids.join(","));
    for complaint in meant {
        text += &format!("{},{},{}", complaint.id, complaint.received, quoted(complaint.unit, ','));
        for (item, &code) in triage.codebook().items().iter().zip(&complaint.codes) {
            text += &format!(",{}", plain_cell(item, code));
        }
        text.push('\n');
    }
    text
}

/// Year, month, day, hour and minute of a time on a clock that is so many minutes ahead of UTC.
fn clock(time: Timestamp, ahead: i64) -> [i64; 5] {
    let text = time.plus_seconds(60 * ahead).to_string();
    [0..4, 5..7, 8..10, 11..13, 14..16].map(|range| text[range].parse().unwrap())
}

/// How times are written: the form and the zone of the mapping, and a writer.
struct Times {
    draft: Value,
    write: Box<dyn Fn(Timestamp) -> String>,
}

fn times(draw: &mut Draw) -> Times {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let ahead = draw.pick(&[0, 60, -360, 330, -210]);
    let (sign, size) = (if ahead < 0 { '-' } else { '+' }, i64::abs(ahead));
    let zone = format!("{sign}{:02}:{:02}", size / 60, size % 60);
    let (form, write): (&str, Box<dyn Fn(Timestamp) -> String>) = match draw.below(9) {
        0 => ("iso", Box::new(|time| time.to_string())),
        1 => (
            "iso",
            Box::new(move |time| {
                let [year, month, day, hour, minute] = clock(time, ahead);
                format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:00.000")
            }),
        ),
        2 => (
            "day_first",
            Box::new(move |time| {
                let [year, month, day, hour, minute] = clock(time, ahead);
                format!("{day}.{month:02}.{year} {hour}:{minute:02}")
            }),
        ),
        3 => (
            "month_first",
            Box::new(move |time| {
                let [year, month, day, hour, minute] = clock(time, ahead);
                let half = if hour < 12 { "AM" } else { "pm" };
                format!("{month}/{day}/{year} {}:{minute:02} {half}", (hour + 11) % 12 + 1)
            }),
        ),
        4 => (
            "year_first",
            Box::new(move |time| {
                let [year, month, day, hour, minute] = clock(time, ahead);
                format!("{year}/{month}/{day}T{hour:02}:{minute:02}")
            }),
        ),
        5 => (
            "month_named",
            Box::new(move |time| {
                let [year, month, day, hour, minute] = clock(time, ahead);
                format!("{day:02}-{}-{year} {hour:02}:{minute:02}:00", MONTHS[month as usize - 1])
            }),
        ),
        6 => (
            "serial_1900",
            Box::new(move |time| {
                let seconds = time.unix_seconds() + 60 * ahead + 25_569 * 86_400;
                format!(
                    "{}.{:06}",
                    seconds / 86_400,
                    (seconds % 86_400 * 1_000_000 + 43_200) / 86_400
                )
            }),
        ),
        7 => ("unix_seconds", Box::new(|time| time.unix_seconds().to_string())),
        _ => ("unix_milliseconds", Box::new(|time| format!("{}123", time.unix_seconds()))),
    };
    Times { draft: json!({ "forms": [form], "zone": zone }), write }
}

/// How the answers of one item are written.
struct Words {
    by_code: Vec<String>,
    entry: Value,
}

fn words(draw: &mut Draw, item: &Item, column: &str) -> Words {
    let mut listed = Map::new();
    let mut by_code = vec![draw.pick(&["", "", "unknown", "n/k", " "]).to_owned()];
    for (code, answer) in (1..=u8::MAX).zip(&item.answers) {
        let number = number_of(item, code);
        let word = match (draw.below(4), number) {
            (0, _) => answer.id.clone(),
            (1, _) => format!("W {code} x"),
            (2, Some(number)) if number.abs() < 1_000 => number.to_string(),
            _ => answer.id.to_uppercase(),
        };
        if word != answer.id && number.is_none_or(|number| word != number.to_string()) {
            listed.insert(word.clone(), json!(answer.id));
        }
        by_code.push(if word.starts_with('W') && draw.chance(50) {
            format!(" {} ", word.to_lowercase())
        } else {
            word
        });
    }
    Words { by_code, entry: json!({ "from": column, "words": listed }) }
}

/// A name as a heading may have it that is one with `col_<number>`.
fn heading(draw: &mut Draw, number: usize) -> String {
    draw.pick(&["col_#", "COL #", "Col-#?", "col#", " Col _# "]).replace('#', &number.to_string())
}

struct Messy {
    mapping: Mapping,
    bytes: Vec<u8>,
}

fn messy(draw: &mut Draw, triage: &Triage, meant: &[Meant]) -> Messy {
    let items = triage.codebook().items();
    let column = |number: usize| format!("col_{number}");
    let times = times(draw);
    let words: Vec<Words> =
        (3..).zip(items).map(|(place, item)| words(draw, item, &column(place))).collect();
    let rows: Vec<Vec<String>> = meant
        .iter()
        .map(|complaint| {
            let unit = if complaint.unit == "Köln" { "K 1" } else { complaint.unit };
            let mut row =
                vec![complaint.id.clone(), (times.write)(complaint.received), unit.to_owned()];
            row.extend(
                words
                    .iter()
                    .zip(&complaint.codes)
                    .map(|(words, &code)| words.by_code[usize::from(code)].clone()),
            );
            row
        })
        .collect();
    let order = draw.shuffled(&(0..items.len() + 3).collect::<Vec<_>>());
    let (source, bytes) = if draw.chance(25) {
        (json!({ "json": {} }), lines(&rows, &order))
    } else {
        table(draw, &rows, &order)
    };
    let entries: Map<String, Value> = items
        .iter()
        .zip(&words)
        .map(|(item, words)| (item.id.clone(), words.entry.clone()))
        .collect();
    let mapping = json!({
        "format_version": 1, "id": "made-up", "version": "0.1.0", "source": source, "missing": ["N/K"], "times": times.draft,
        "complaint": {
            "id": { "from": column(0) }, "received": { "from": column(1) },
            "unit": { "from": column(2), "words": { "k 1": "Köln" } }
        },
        "items": entries
    });
    Messy { mapping: Mapping::from_json(&mapping.to_string()).unwrap(), bytes }
}

fn lines(rows: &[Vec<String>], order: &[usize]) -> Vec<u8> {
    let mut text = String::new();
    for row in rows {
        let record: Map<String, Value> =
            order.iter().map(|&place| (format!("col_{place}"), json!(row[place]))).collect();
        text += &format!("{}\n", Value::Object(record));
    }
    text.into_bytes()
}

fn table(draw: &mut Draw, rows: &[Vec<String>], order: &[usize]) -> (Value, Vec<u8>) {
    let separator = draw.pick(&[',', ';', '\t', '|']);
    let line_end = draw.pick(&["\n", "\r\n", "\r"]);
    let names: Vec<String> =
        order.iter().map(|&place| quoted(&heading(draw, place), separator)).collect();
    let separator_text = separator.to_string();
    let extra = separator_text.repeat(draw.below(3));
    let above = draw.below(2);
    let mut text = format!("A title{line_end}").repeat(above);
    text += &format!("{}{extra}{line_end}", names.join(&separator_text));
    for row in rows {
        let cells: Vec<String> =
            order.iter().map(|&place| quoted(&row[place], separator)).collect();
        text += &format!("{}{extra}{line_end}", cells.join(&separator_text));
        if draw.chance(10) {
            text += &format!("{}{line_end}", separator_text.repeat(draw.below(3)));
        }
    }
    let utf16 =
        |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let (encoding, mark, bytes): (&str, &[u8], Vec<u8>) = match draw.below(4) {
        0 => ("utf-8", b"\xEF\xBB\xBF", text.clone().into_bytes()),
        1 => ("utf-16le", b"\xFF\xFE", utf16(u16::to_le_bytes)),
        2 => ("utf-16be", b"\xFE\xFF", utf16(u16::to_be_bytes)),
        _ => ("windows-1252", b"", text.chars().map(|letter| letter as u8).collect()),
    };
    let bytes = if draw.chance(50) { [mark, &bytes].concat() } else { bytes };
    let form = json!({ "table": { "separator": separator_text, "encoding": encoding, "rows_before_heading": above } });
    (form, bytes)
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn a_mapped_table_ranks_as_the_clean_one(triage in any_model(), draw in draws()) {
        let mut draw = draw;
        let meant = meant(&mut draw, &triage);
        let plain = Backlog::read_csv(triage.codebook(), clean(&triage, &meant).as_bytes(), Reading::new()).unwrap();
        let Messy { mapping, bytes } = messy(&mut draw, &triage, &meant);
        let shown = String::from_utf8_lossy(&bytes);
        let mapped = mapping.read(triage.codebook(), &bytes[..], &Reading::new());
        let mapped = mapped.unwrap_or_else(|error| panic!("{error}\n{shown}"));
        prop_assert_eq!(plain.report().understood() as usize, meant.len(), "{}", plain.report());
        prop_assert_eq!(mapped.report().understood() as usize, meant.len(), "{}\n{}", mapped.report(), shown);
        let snapshot = |backlog: &Backlog| {
            let mut bytes = Vec::new();
            backlog.save(&mut bytes).unwrap();
            bytes
        };
        prop_assert_eq!(snapshot(plain.backlog()), snapshot(mapped.backlog()));
        let ranked = |backlog: &Backlog| -> Vec<(String, caserank::Standing)> {
            let ranking = triage.rank(backlog).unwrap();
            ranking.iter().map(|entry| (entry.id().to_owned(), entry.standing())).collect()
        };
        prop_assert_eq!(ranked(plain.backlog()), ranked(mapped.backlog()));
    }
}
