//! Promise 15 for tables: the same complaints as CSV and as record batches, whatever the types of the columns and
//! wherever the batches are cut, give the same report and the same ranking to the last bit, ties included.
#![allow(clippy::unwrap_used)]

use crate::common::arrow::Table;
use crate::common::{Draw, adds_up, any_case, cases, draws};
use caserank::arrow_array::Array;
use caserank::arrow_array::RecordBatch;
use caserank::arrow_array::cast::AsArray;
use caserank::backlog::{Intake, Reading, Repeated};
use caserank::codebook::Kind;
use caserank::complaint::Unlisted;
use caserank::intake::{Importer, Mapping};
use caserank::tables::{RowReader, TableReader};
use caserank::{Backlog, BacklogBuilder, Complaint, Triage, tables};
use proptest::prelude::*;

/// Complaints as a table of text.
fn table(triage: &Triage, complaints: &[Complaint], draw: &mut Draw) -> Table {
    let mut builder = BacklogBuilder::new(triage.codebook()).with_unlisted(Unlisted::Report);
    for complaint in complaints {
        builder.push(complaint).unwrap();
    }
    let mut text = Vec::new();
    builder.freeze().write_csv(&mut text).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&text[..]);
    let mut rows: Vec<Vec<String>> = reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let names = rows.remove(0);
    let mut table = Table { names, rows };
    // Numbers themselves instead of their bins, in some columns.
    for item in triage.codebook().items() {
        if matches!(item.kind, Kind::Binned { .. }) && draw.chance(60) {
            let column = table.names.iter().position(|name| *name == item.id).unwrap();
            for row in &mut table.rows {
                let number = draw.pick(&[0, 1, 2, 3, 7, 90, 400, 70_000]);
                row[column] = if draw.chance(20) { String::new() } else { number.to_string() };
            }
        }
    }
    if draw.chance(30) {
        table.names.push("noted".to_owned());
        for row in &mut table.rows {
            row.push(draw.pick(&["", "12", "x"]).to_owned());
        }
    }
    table
}

fn reading(triage: &Triage, draw: &mut Draw) -> Reading {
    let reading = Reading::new()
        .with_unlisted(Unlisted::Report)
        .with_danger(triage.danger_answers())
        .with_repeated(draw.pick(&[Repeated::Merge, Repeated::First, Repeated::Last]));
    if draw.chance(15) { reading.strict() } else { reading }
}

/// What a reading came to, but for lines: rows are counted from 1, and CSV has a heading.
fn came_to(intake: &Intake) -> String {
    let report = intake.report();
    let causes: Vec<_> =
        report.causes().iter().map(|cause| (cause.what(), cause.count(), cause.ids())).collect();
    let codebook = intake.backlog().codebook();
    let fields = |bytes: &[u8]| -> Vec<String> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        let record = reader.records().next().unwrap().unwrap();
        // Through a mapping, flags are kept as the words that they are.
        let word = |field: &str| match field {
            "true" => "yes".to_owned(),
            "false" => "no".to_owned(),
            other => other.to_owned(),
        };
        record.iter().map(word).collect()
    };
    let aside = intake.not_rankable().iter();
    let aside: Vec<_> = aside
        .map(|record| {
            let answers = record.answers(codebook).map(|(item, answer)| (&item.id, &answer.id));
            (fields(record.bytes()), record.why().clone(), answers.collect::<Vec<_>>())
        })
        .collect();
    let unmatched: Vec<_> = report
        .unmatched()
        .iter()
        .map(|column| (column.name().to_owned(), column.filled()))
        .collect();
    let complaints: Vec<_> = intake
        .backlog()
        .complaints()
        .map(|complaint| {
            let unclear = complaint.not_understood().iter();
            let unclear: Vec<_> =
                unclear.map(|what| (what.to_string(), what.column().map(str::to_owned))).collect();
            (complaint.id().to_owned(), unclear)
        })
        .collect();
    format!(
        "{} {} {} {} {} {:?}\n{causes:?}\n{aside:?}\n{unmatched:?}\n{complaints:?}\n{:?}\n{:?}",
        report.understood(),
        report.partly_understood(),
        report.not_rankable(),
        report.not_rankable_with_danger(),
        report.repeated(),
        report.received(),
        report.trimmed_ids().count(),
        report.unknown(),
    )
}

/// Everything that a ranking says.
fn order(triage: &Triage, backlog: &Backlog) -> Vec<String> {
    let ranking = triage.rank(backlog).unwrap();
    ranking
        .iter()
        .map(|entry| format!("{} {:?} {:?}", entry.id(), entry.rank(), entry.placement()))
        .collect()
}

fn same(triage: &Triage, csv: &Intake, other: &Intake) -> Result<(), TestCaseError> {
    adds_up(csv);
    adds_up(other);
    prop_assert_eq!(came_to(csv), came_to(other));
    prop_assert_eq!(order(triage, csv.backlog()), order(triage, other.backlog()));
    for row in 0..csv.backlog().len() {
        let (one, other) = (csv.backlog(), other.backlog());
        prop_assert_eq!(one.id(row), other.id(row));
        prop_assert_eq!(one.deadlines(row), other.deadlines(row));
        prop_assert_eq!(one.received(row), other.received(row));
        prop_assert_eq!(one.stage(row), other.stage(row));
        prop_assert_eq!(one.unit(row), other.unit(row));
    }
    Ok(())
}

fn read(triage: &Triage, batches: Vec<RecordBatch>, reading: &Reading) -> Intake {
    tables::read(
        triage.codebook(),
        batches.into_iter().map(Ok::<_, std::io::Error>),
        reading.clone(),
    )
    .unwrap()
}

/// Rows by themselves, of whatever batches, sort as the ranking and say what the intake says, each at its place.
fn rows_are_the_intake(
    triage: &Triage,
    reader: &RowReader,
    batches: &[RecordBatch],
    intake: &Intake,
) -> Result<(), TestCaseError> {
    let (report, backlog) = (intake.report(), intake.backlog());
    if report.repeated() > 0 {
        return Ok(()); // Rows are not merged, backlogs are.
    }
    let (mut keys, mut told, mut aside) = (Vec::new(), 0, [0, 0]);
    let ranking = triage.rank(backlog).unwrap();
    for batch in batches {
        let rows = reader.read(batch).unwrap();
        let of_batch = rows.keys();
        let standings = tables::standings(&of_batch).unwrap();
        let lanes = standings.column(0).as_string_view();
        let (attention, scores) = (rows.attention().unwrap(), rows.scores().unwrap());
        prop_assert_eq!(
            (of_batch.len(), attention.len(), scores.len()),
            (rows.len(), rows.len(), rows.len())
        );
        for row in 0..batch.num_rows() {
            let key = of_batch.value(row).to_vec();
            let entries = attention.as_list::<i32>();
            let entries = entries.is_valid(row).then(|| entries.value(row));
            prop_assert_eq!(lanes.is_null(row), scores.is_null(row));
            if lanes.is_null(row) {
                let danger = entries.unwrap().as_struct().column(4).as_boolean().value(0);
                prop_assert_eq!(danger, key[0] == 0);
                aside[usize::from(danger)] += 1;
                continue;
            }
            let id = String::from_utf8(key[15..].to_vec()).unwrap();
            let at = backlog.row_of(&id).unwrap();
            let unclear = entries.map_or(0, |entries| {
                let items = entries.as_struct().column(0).as_string::<i32>().clone();
                let reasons = entries.as_struct().column(2).as_string::<i32>().clone();
                let trimmed =
                    (0..items.len()).filter(|&entry| reasons.value(entry).contains("taken off"));
                items.len() - trimmed.count()
            });
            prop_assert_eq!(unclear, backlog.not_understood(at).len());
            told += usize::from(unclear > 0);
            keys.push((key, id));
        }
    }
    keys.sort();
    let ids: Vec<&str> = keys.iter().map(|(_, id)| &**id).collect();
    prop_assert_eq!(ids, ranking.iter().map(|entry| entry.id()).collect::<Vec<_>>());
    prop_assert_eq!(told as u64, report.partly_understood());
    prop_assert_eq!(aside[1] as u64, report.not_rankable_with_danger());
    prop_assert_eq!((aside[0] + aside[1]) as u64, report.not_rankable());
    Ok(())
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn a_table_of_any_types_is_the_csv(case in any_case(), draw in draws()) {
        let (triage, mut draw) = (&case.triage, draw);
        let table = table(triage, &case.complaints, &mut draw);
        let reading = reading(triage, &mut draw);
        let csv = Backlog::read_csv(triage.codebook(), table.csv().as_bytes(), reading.clone()).unwrap();
        let batches = table.batches(&mut draw);
        let rows = TableReader::new().rows(triage, batches[0].schema_ref().fields(), reading.clone());
        rows_are_the_intake(triage, &rows.unwrap(), &batches, &csv)?;
        same(triage, &csv, &read(triage, batches, &reading))?;
    }

    #[test]
    fn a_damaged_table_is_the_damaged_csv(case in any_case(), draw in draws()) {
        let (triage, mut draw) = (&case.triage, draw);
        let mut table = table(triage, &case.complaints, &mut draw);
        let reading = reading(triage, &mut draw);
        for _ in 0..draw.below(8) {
            if table.rows.is_empty() {
                break;
            }
            let (row, column) = (draw.below(table.rows.len()), draw.below(table.names.len()));
            let junk = ["", "?", "yes", "no", "NaN", "\u{200b}", "2026-02-30", "9999999999999", "-1", "1.5", "a,\"b", "x=2026-01-01"];
            table.rows[row][column] = draw.pick(&junk).to_owned();
        }
        if draw.chance(40) && !table.rows.is_empty() {
            let again = draw.pick(&table.rows);
            table.rows.push(again);
        }
        let csv = Backlog::read_csv(triage.codebook(), table.csv().as_bytes(), reading.clone()).unwrap();
        let batches = table.batches(&mut draw);
        let rows = TableReader::new().rows(triage, batches[0].schema_ref().fields(), reading.clone());
        rows_are_the_intake(triage, &rows.unwrap(), &batches, &csv)?;
        same(triage, &csv, &read(triage, batches, &reading))?;
    }

    #[test]
    fn a_mapped_table_of_any_types_is_the_mapped_csv(case in any_case(), draw in draws()) {
        let (triage, mut draw) = (&case.triage, draw);
        let mut table = table(triage, &case.complaints, &mut draw);
        let reading = reading(triage, &mut draw);
        for _ in 0..draw.below(4) {
            if table.rows.is_empty() {
                break;
            }
            let (row, column) = (draw.below(table.rows.len()), draw.below(table.names.len()));
            table.rows[row][column] = draw.pick(&["?", "n/k", "perhaps", "1.5", "-7"]).to_owned();
        }
        for name in &mut table.names {
            *name = format!("Our {name}");
        }
        let items = triage.codebook().items().iter();
        let items: serde_json::Map<String, serde_json::Value> = items
            .map(|item| (item.id.clone(), serde_json::json!({ "from": format!("Our {}", item.id) })))
            .collect();
        let mapping = serde_json::json!({
            "format_version": 1, "id": "ours", "version": "1.0.0", "source": { "table": {} },
            "missing": ["n/k"], "times": { "zone": "utc" },
            "complaint": {
                "id": { "from": "Our id" }, "received": { "from": "Our received" },
                "unit": { "from": "Our unit" }, "subject": { "from": "Our subject" },
                "stage": { "from": "Our stage" }, "deadline_lists": "Our deadlines"
            },
            "items": items
        });
        let mapping = Mapping::from_json(&mapping.to_string()).unwrap();
        let importer = Importer::new(&mapping, triage.codebook()).unwrap();
        let csv = importer.read(table.csv().as_bytes(), &reading).unwrap();
        let batches = table.batches(&mut draw);
        let rows = TableReader::new();
        let rows = rows.rows_mapped(triage, &importer, batches[0].schema_ref().fields(), reading.clone());
        rows_are_the_intake(triage, &rows.unwrap(), &batches, &csv)?;
        let batches = batches.into_iter().map(Ok::<_, std::io::Error>);
        let other = TableReader::new().read_mapped(&importer, batches, &reading).unwrap();
        same(triage, &csv, &other)?;
    }
}
