//! Columns of any type and name, damaged cells, and nothing that is lost.

use std::sync::Arc;

use caserank::backlog::Reading;
use caserank::intake::{Importer, Mapping};
use caserank::tables::{self, TableReader};
use caserank_datafusion::Functions;
use datafusion::arrow::array::{
    ArrayRef, BooleanArray, DictionaryArray, Int64Array, RecordBatch, StringViewArray, StructArray,
    TimestampMicrosecondArray, UInt32Array,
};
use datafusion::arrow::datatypes::{Field, Fields, Int8Type};
use datafusion::prelude::*;

use crate::common::{Numbers, batch, run, session, text, texts, time, toy};

/// Some rows of every type, with damage.
fn table(rows: usize) -> RecordBatch {
    let mut numbers = Numbers(77);
    let mut pick = |of: &[Option<&'static str>]| of[numbers.below(of.len() as u64)];
    let ids: Vec<Option<String>> = (0..rows)
        .map(|row| match row % 97 {
            0 => None,
            1 => Some(format!(" c{row}")),
            _ => Some(format!("c{row}")),
        })
        .collect();
    let received = (0..rows).map(|row| {
        (row % 89 != 0)
            .then(|| time("2026-04-10").plus_days((row % 4) as i64).unix_seconds() * 1_000_000)
    });
    let urgent: BooleanArray =
        (0..rows).map(|_| pick(&[None, Some("y"), Some("n")]).map(|word| word == "y")).collect();
    let reports: DictionaryArray<Int8Type> = (0..rows)
        .map(|_| pick(&[None, Some("none"), Some("three_or_more"), Some("lots")]))
        .collect();
    let access: StringViewArray = (0..rows)
        .map(|_| {
            pick(&[None, Some("work"), Some("Household"), Some("none"), Some("?"), Some("wrk")])
        })
        .collect();
    batch(&[
        ("id", Arc::new(ids.iter().map(Option::as_deref).collect::<StringViewArray>()) as ArrayRef),
        ("received", Arc::new(TimestampMicrosecondArray::from_iter(received).with_timezone("UTC"))),
        ("urgent", Arc::new(urgent)),
        ("prior_reports", Arc::new(reports)),
        ("access_route", Arc::new(access)),
    ])
}

#[tokio::test]
async fn damaged_rows_keep_their_order_and_say_what_is_wrong() {
    let (triage, table) = (toy(), table(5_000));
    let intake = tables::read_batch(triage.codebook(), &table, triage.reading()).unwrap();
    let report = intake.report();
    assert!(report.not_rankable() > 90 && report.partly_understood() > 500);
    for partitions in [1, 8] {
        let context = session(partitions);
        context.register_batch("complaints", table.clone()).unwrap();
        let sql =
            "SELECT id, triage_lane, triage_attention FROM triage(complaints) ORDER BY triage_key";
        let batches = run(&context, sql).await;
        let (ids, lanes) = (texts(&batches, 0), texts(&batches, 1));
        let aside = report.not_rankable() as usize;
        assert!(lanes[..aside].iter().all(|lane| lane == "-"));
        let ranking = triage.rank(intake.backlog()).unwrap();
        let expected: Vec<&str> = ranking.iter().map(|entry| entry.id()).collect();
        let found: Vec<&str> = ids[aside..].iter().map(|id| id.trim()).collect();
        assert_eq!(found, expected);
        // Every row with something that was not understood says so, by item and text.
        let sql = "SELECT told['item'], told['text'], count(*) FROM (
                SELECT unnest(triage_attention) AS told FROM triage(complaints) WHERE triage_lane IS NOT NULL
            ) WHERE told['item'] <> 'id' GROUP BY 1, 2 ORDER BY 1, 2";
        let batches = run(&context, sql).await;
        let found: Vec<_> = (0..3).map(|column| texts(&batches, column)).collect();
        let mut causes: Vec<_> = report
            .causes()
            .iter()
            .map(|cause| {
                [
                    cause.what().item().to_owned(),
                    cause.what().text().to_owned(),
                    cause.count().to_string(),
                ]
            })
            .collect();
        causes.sort();
        let found: Vec<_> = (0..found[0].len())
            .map(|row| [0, 1, 2].map(|column| found[column][row].clone()))
            .collect();
        assert_eq!(found, causes);
        let sql = "SELECT count(*) FROM triage(complaints) WHERE triage_lane IS NULL AND cardinality(triage_attention) > 0";
        assert_eq!(texts(&run(&context, sql).await, 0), [aside.to_string()]);
    }
}

#[tokio::test]
async fn a_struct_of_columns_is_read_as_its_fields_and_nothing_where_it_is_null() {
    let context = session(1);
    let fields: Fields = ["id", "received", "urgent"]
        .map(|name| Field::new(name, datafusion::arrow::datatypes::DataType::Utf8, true))
        .to_vec()
        .into();
    let columns = vec![
        text(&[Some("a"), Some("b"), Some("c")]),
        text(&[Some("2026-04-17"); 3]),
        text(&[Some("no"), Some("yes"), Some("yes")]),
    ];
    let nulls = vec![true, true, false].into();
    let record = StructArray::new(fields, columns, Some(nulls));
    let table = batch(&[
        ("row_number", Arc::new(UInt32Array::from(vec![0, 1, 2]))),
        ("record", Arc::new(record)),
    ]);
    context.register_batch("complaints", table).unwrap();
    let sql = "SELECT row_number, triage_lane(record) FROM complaints ORDER BY triage_key(record)";
    let batches = run(&context, sql).await;
    assert_eq!(texts(&batches, 0), ["2", "1", "0"]); // What cannot be ranked is seen first.
    assert_eq!(texts(&batches, 1)[0], "-");
}

#[tokio::test]
async fn names_stay_with_their_columns_whatever_becomes_of_the_plan() {
    let context = session(2);
    let table = batch(&[
        ("id", text(&[Some("a"), Some("b")])),
        ("received", text(&[Some("2026-04-17"); 2])),
        ("flag", text(&[Some("no"), Some("yes")])),
        ("urgent", text(&[Some("yes"), Some("no")])),
    ]);
    context.register_batch("complaints", table).unwrap();
    // The inner `urgent` is another column, which the optimizer puts in its place.
    let sql = "SELECT id FROM (SELECT id, received, flag AS urgent FROM complaints) ORDER BY triage_key(id, received, urgent)";
    assert_eq!(texts(&run(&context, sql).await, 0), ["b", "a"]);
    let sql = "SELECT id FROM complaints ORDER BY triage_key(named_struct('id', id, 'received', received, 'urgent', flag))";
    assert_eq!(texts(&run(&context, sql).await, 0), ["b", "a"]);
    let sql = "WITH mine AS (SELECT id, received, flag AS urgent FROM complaints) SELECT id FROM triage(mine) ORDER BY triage_key";
    assert_eq!(texts(&run(&context, sql).await, 0), ["b", "a"]);
    let sql = "SELECT one.id FROM triage((SELECT id, received, flag AS urgent FROM complaints)) AS one JOIN complaints AS other ON one.id = other.id ORDER BY one.triage_key";
    assert_eq!(texts(&run(&context, sql).await, 0), ["b", "a"]);
}

#[tokio::test]
async fn a_mapping_gives_the_order_of_the_mapped_table() {
    let triage = toy();
    let mapping = Mapping::from_json(
        r#"{
        "format_version": 1, "id": "north", "version": "1.0.0", "source": { "table": {} },
        "words": { "Y": "yes", "N": "no" }, "missing": ["n/k"],
        "times": { "forms": ["day_first"], "zone": "utc" },
        "complaint": { "id": { "from": "Case No" }, "received": { "from": "Received on" } },
        "items": { "urgent": { "from": "Marked urgent?" }, "prior_reports": { "from": "Reports" } },
        "ignore": ["Office"]
    }"#,
    )
    .unwrap();
    let rows = 2_000;
    let mut numbers = Numbers(5);
    let mut column = |of: &[Option<&'static str>]| -> ArrayRef {
        text(&(0..rows).map(|_| of[numbers.below(of.len() as u64)]).collect::<Vec<_>>())
    };
    let urgent = column(&[Some("Y"), Some("N"), Some("n/k"), None, Some("perhaps")]);
    let received = column(&[Some("17/4/2026"), Some("18/4/2026"), Some("31/4/2026"), None]);
    let reports: Int64Array =
        (0..rows).map(|row| (row % 5 != 0).then_some(i64::from(row) % 4)).collect();
    let ids: Int64Array = (0..rows).map(|row| Some(i64::from(row) * 37 % 20_011)).collect();
    let table = batch(&[
        ("Case No", Arc::new(ids) as ArrayRef),
        ("Received on", received),
        ("Marked urgent?", urgent),
        ("Reports", Arc::new(reports)),
        ("Office", column(&[Some("a"), None])),
    ]);
    let importer = Importer::new(&mapping, triage.codebook()).unwrap();
    let batches = [Ok::<_, std::io::Error>(table.clone())];
    let intake = TableReader::new().read_mapped(&importer, batches, &Reading::new()).unwrap();
    let ranking = triage.rank(intake.backlog()).unwrap();
    let expected: Vec<String> = ranking.iter().map(|entry| entry.id().to_owned()).collect();
    assert!(intake.report().not_rankable() > 0 && intake.report().partly_understood() > 0);
    for partitions in [1, 8] {
        let config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(100);
        let context = SessionContext::new_with_config(config);
        Functions::new(&triage).with_mapping(&mapping).unwrap().register(&context).unwrap();
        context.register_batch("complaints", table.clone()).unwrap();
        let sql = r#"SELECT "Case No" FROM complaints WHERE triage_lane("Case No", "Received on", "Marked urgent?", "Reports") IS NOT NULL
            ORDER BY triage_key("Case No", "Received on", "Marked urgent?", "Reports")"#;
        assert_eq!(texts(&run(&context, sql).await, 0), expected);
        let sql = r#"SELECT "Case No" FROM triage(complaints) WHERE triage_lane IS NOT NULL ORDER BY triage_key"#;
        assert_eq!(texts(&run(&context, sql).await, 0), expected);
    }
}

#[tokio::test]
async fn the_columns_of_a_table_say_what_they_are_read_as() {
    let context = session(1);
    let table = batch(&[
        ("id", text(&[])),
        ("received", text(&[])),
        ("Prior Reports", text(&[])),
        ("office", text(&[])),
        ("urgnt", text(&[])),
    ]);
    context.register_batch("complaints", table).unwrap();
    let batches = run(&context, "SELECT * FROM triage_columns(complaints)").await;
    let columns: Vec<_> = (0..4).map(|column| texts(&batches, column)).collect();
    let row = |place: usize| [0, 1, 2, 3].map(|column| columns[column][place].as_str());
    assert_eq!(row(2), ["Prior Reports", "prior_reports", "-", "false"]);
    assert_eq!(row(3), ["office", "-", "-", "false"]);
    assert_eq!(row(4), ["urgnt", "-", "urgent", "false"]);
    assert!((5..columns[0].len()).any(|place| row(place) == ["-", "urgent", "-", "false"]));
}
