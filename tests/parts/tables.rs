//! Record batches in and out: types of columns, mappings, what is refused, what is written and read back.
#![allow(clippy::unwrap_used)]

use std::io::Cursor;
use std::sync::Arc;

use caserank::arrow_array::builder::{ListBuilder, StringBuilder, TimestampMillisecondBuilder};
use caserank::arrow_array::cast::AsArray;
use caserank::arrow_array::types::{Decimal128Type, Int32Type, UInt32Type};
use caserank::arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array,
    Int64Array, RecordBatch, StringArray, StringViewArray, StructArray, Time64MicrosecondArray,
    TimestampMicrosecondArray, TimestampSecondArray, UInt8Array,
};
use caserank::arrow_schema::{DataType, Field};
use caserank::backlog::{Intake, Reading};
use caserank::complaint::{Deadline, DeadlineKind, Origin};
use caserank::intake::{Importer, Mapping};
use caserank::tables::{self, TableError, TableReader};
use caserank::worklist::{Carries, Period, Planner};
use caserank::{Backlog, BacklogBuilder, Codebook, Complaint, Fixed, Seed, Timestamp, Triage};

use crate::common::{Draw, adds_up};

fn triage() -> Triage {
    Triage::from_json(crate::common::TOY).unwrap()
}

pub(super) fn codebook() -> Codebook {
    triage().codebook().clone()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn text(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

pub(super) fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    let columns = columns.iter().map(|(name, column)| (*name, Arc::clone(column), true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

/// Two complaints with another column.
fn with(name: &str, column: ArrayRef) -> RecordBatch {
    batch(&[
        ("id", text(&["a", "b"])),
        ("received", text(&["2026-04-17", "2026-04-18T09:30:00Z"])),
        ("urgent", text(&["yes", ""])),
        (name, column),
    ])
}

pub(super) fn read(batch: &RecordBatch) -> Intake {
    let intake = tables::read_batch(&codebook(), batch, triage().reading()).unwrap();
    adds_up(&intake);
    intake
}

fn refused(batch: &RecordBatch) -> String {
    tables::read_batch(&codebook(), batch, Reading::new()).unwrap_err().to_string()
}

#[test]
fn a_number_of_any_type_is_the_count_it_is() {
    let decimal = Decimal128Array::from(vec![Some(300), Some(350)]);
    for (column, told) in [
        (Arc::new(Int64Array::from(vec![3, -1])) as ArrayRef, "-1"),
        (Arc::new(UInt8Array::from(vec![Some(3), None])), ""),
        (Arc::new(Float64Array::from(vec![3.0, 3.5])), "3.5"),
        (Arc::new(Float64Array::from(vec![Some(3.0), Some(f64::NAN)])), "NaN"),
        (Arc::new(Float64Array::from(vec![3.0, 1e300])), "1000000"),
        (Arc::new(decimal.with_precision_and_scale(9, 2).unwrap()), "3.5"),
    ] {
        let intake = read(&with("prior_reports", column));
        let backlog = intake.backlog();
        let item = codebook().item_index("prior_reports").unwrap();
        let code = codebook()[item].code_of_number(3).unwrap();
        assert_eq!(backlog.code(0, item), code);
        assert_eq!(backlog.code(1, item), 0);
        let causes = intake.report().causes();
        match told {
            "" => assert!(causes.is_empty(), "{}", intake.report()),
            told => assert!(causes[0].what().text().starts_with(told), "{}", intake.report()),
        }
    }
}

#[test]
fn times_of_any_type_are_the_second_they_fall_in() {
    let odd = "2026-04-17T09:30:00Z";
    let micros = time(odd).unix_seconds() * 1_000_000 + 999_999;
    let received = |column: ArrayRef| {
        read(&batch(&[("id", text(&["a"])), ("received", column), ("urgent", text(&["yes"]))]))
    };
    let zoned = TimestampMicrosecondArray::from(vec![micros]).with_timezone("America/Chicago");
    assert_eq!(received(Arc::new(zoned)).backlog().received(0), time(odd));
    let before = TimestampMicrosecondArray::from(vec![-1]).with_timezone("UTC");
    let intake = received(Arc::new(before));
    assert_eq!(intake.report().not_rankable(), 1, "1969 is no time of receipt");
    assert_eq!(intake.not_rankable()[0].bytes(), b"a,1969-12-31T23:59:59Z,yes");
    let day = Date32Array::from(vec![(time("2026-04-17").unix_seconds() / 86_400) as i32]);
    assert_eq!(received(Arc::new(day)).backlog().received(0), time("2026-04-17"));
    // Beyond all years there is no time, and the record says so.
    let beyond = TimestampSecondArray::from(vec![i64::MAX]).with_timezone("UTC");
    assert_eq!(received(Arc::new(beyond)).report().not_rankable(), 1);
}

#[test]
fn a_clock_without_a_zone_is_refused_until_one_is_given() {
    let wall = TimestampSecondArray::from(vec![time("2026-04-17T09:30:00Z").unix_seconds()]);
    let table =
        batch(&[("id", text(&["a"])), ("received", Arc::new(wall)), ("urgent", text(&["yes"]))]);
    assert!(refused(&table).contains("`received`") && refused(&table).contains("no zone"));
    let reader = TableReader::new().with_wall_clock("-06:00").unwrap();
    let intake = reader.read(&codebook(), [Ok::<_, TableError>(table)], Reading::new()).unwrap();
    assert_eq!(intake.backlog().received(0), time("2026-04-17T15:30:00Z"));
    assert!(
        TableReader::new().with_wall_clock("Berlin").unwrap_err().to_string().contains("Berlin")
    );
}

#[test]
fn deadlines_come_in_lists_of_times_and_of_text() {
    let mut times = ListBuilder::new(TimestampMillisecondBuilder::new().with_timezone("UTC"));
    times.values().append_value(time("2026-05-02T00:00:00Z").unix_seconds() * 1_000);
    times.values().append_null();
    times.values().append_value(time("2026-05-01T00:00:00Z").unix_seconds() * 1_000);
    times.append(true);
    times.append(false);
    let intake = read(&with("deadlines", Arc::new(times.finish())));
    let own = |due| Deadline { due: time(due), kind: DeadlineKind::Custom("deadline".to_owned()) };
    assert_eq!(intake.backlog().deadlines(0), [own("2026-05-01"), own("2026-05-02")]);
    assert_eq!(intake.backlog().deadlines(1), []);
    let mut texts = ListBuilder::new(StringBuilder::new());
    texts.values().append_value("preservation=2026-05-01");
    texts.values().append_value("soon");
    texts.append(true);
    texts.append(true);
    let intake = read(&with("deadlines", Arc::new(texts.finish())));
    let end = Deadline { due: time("2026-05-01T23:59:59Z"), kind: DeadlineKind::Preservation };
    assert_eq!(intake.backlog().deadlines(0), [end]);
    assert_eq!(intake.report().causes()[0].what().text(), "soon");
}

#[test]
fn what_cannot_be_read_is_named_with_its_column_and_row() {
    let error = refused(&with("prior_reports", Arc::new(Time64MicrosecondArray::from(vec![1, 2]))));
    assert!(error.contains("`prior_reports`") && error.contains("Time64"), "{error}");
    let error = refused(&batch(&[("id", text(&["a"])), ("urgent", text(&["yes"]))]));
    assert!(error.contains("`received`"), "{error}");
    let none: [Result<RecordBatch, TableError>; 0] = [];
    assert!(matches!(tables::read(&codebook(), none, Reading::new()), Err(TableError::NoBatch)));
    let whole = with("prior_reports", Arc::new(Int64Array::from(vec![1, 2])));
    let other = with("prior_reports", text(&["1", "2"]));
    let both = [Ok::<_, TableError>(whole.clone()), Ok(other)];
    let error = tables::read(&codebook(), both, Reading::new()).unwrap_err().to_string();
    assert!(error.contains("row 3") && error.contains("`prior_reports`"), "{error}");
    let mut builder = BacklogBuilder::new(&codebook());
    let failing = [Ok(whole), Err("the disk is gone")];
    let error = TableReader::new().read_into(&mut builder, failing).unwrap_err().to_string();
    assert!(error.contains("behind row 2") && error.contains("the disk is gone"), "{error}");
    assert!(builder.is_empty());
    let lines = [
        ("id", text(&["", "b"])),
        ("received", text(&["2026-04-17", "x"])),
        ("urgent", text(&["yes", "no"])),
    ];
    let intake = read(&batch(&lines));
    let told: Vec<String> = intake.not_rankable().iter().map(ToString::to_string).collect();
    assert!(told[0].starts_with("line 1: ") && told[1].starts_with("line 2 (b): "), "{told:?}");
    assert_eq!(intake.report().heading(), Some(&b"id,received,urgent"[..]));
    // Columns that nobody asks for may hold anything.
    let odd = StructArray::from(vec![(
        Arc::new(Field::new("at", DataType::Int64, true)),
        Arc::new(Int64Array::from(vec![Some(1), None])) as ArrayRef,
    )]);
    let reading = Reading::new().with_unlisted(caserank::complaint::Unlisted::Report);
    let intake = tables::read_batch(&codebook(), &with("noted", Arc::new(odd)), reading).unwrap();
    let unmatched = &intake.report().unmatched()[0];
    assert_eq!((unmatched.name(), unmatched.filled()), ("noted.at", 1));
}

const MAPPING: &str = r#"{
    "format_version": 1, "id": "warehouse", "version": "1.0.0",
    "source": { "table": {} },
    "numbers": { "decimal": ",", "thousands": "." },
    "times": { "forms": ["day_first"], "zone": "-06:00" },
    "complaint": {
        "id": { "from": "case.number", "prefix": "W-" },
        "received": { "from": "case.opened" },
        "deadlines": [{ "kind": "preservation", "from": "kept_until", "plus_days": 1 }]
    },
    "items": {
        "urgent": { "from": "flags", "words": { "now": "yes", "later": null } },
        "prior_reports": { "from": "reports" }
    }
}"#;

/// A table of types that no text file has.
fn warehouse() -> RecordBatch {
    let mut flags = ListBuilder::new(StringBuilder::new());
    flags.values().append_value("later");
    flags.values().append_value("now");
    flags.append(true);
    flags.append(false);
    flags.values().append_value("whatever");
    flags.append(true);
    let mut kept = ListBuilder::new(TimestampMillisecondBuilder::new().with_timezone("UTC"));
    kept.values().append_value(time("2026-05-02T00:00:00Z").unix_seconds() * 1_000);
    kept.values().append_value(time("2026-05-01T00:00:00Z").unix_seconds() * 1_000);
    kept.append(true);
    kept.append(false);
    kept.append(false);
    let wall = time("2026-04-17T09:30:00Z").unix_seconds();
    let case = StructArray::from(vec![
        (
            Arc::new(Field::new("number", DataType::Int64, true)),
            Arc::new(Int64Array::from(vec![7, 8, 9])) as ArrayRef,
        ),
        (
            Arc::new(Field::new(
                "opened",
                DataType::Timestamp(caserank::arrow_schema::TimeUnit::Second, None),
                true,
            )),
            Arc::new(TimestampSecondArray::from(vec![wall, wall + 1, wall + 2])) as ArrayRef,
        ),
    ]);
    let decimals = Decimal128Array::from(vec![3_000, 1_234, 0]);
    batch(&[
        ("case", Arc::new(case)),
        ("flags", Arc::new(flags.finish())),
        ("kept_until", Arc::new(kept.finish())),
        ("reports", Arc::new(decimals.with_precision_and_scale(9, 3).unwrap())),
    ])
}

#[test]
fn a_mapping_reads_structs_lists_clocks_and_decimals() {
    let mapping = Mapping::from_json(MAPPING).unwrap();
    let importer = Importer::new(&mapping, &codebook()).unwrap();
    let batches = [warehouse().slice(0, 1), warehouse().slice(1, 2)].map(Ok::<_, TableError>);
    let intake = TableReader::new().read_mapped(&importer, batches, &triage().reading()).unwrap();
    adds_up(&intake);
    let backlog = intake.backlog();
    let row = |id: &str| backlog.row_of(id).unwrap();
    assert_eq!(backlog.received(row("W-7")), time("2026-04-17T15:30:00Z"));
    let due: Vec<String> =
        backlog.deadlines(row("W-7")).iter().map(|deadline| deadline.due.to_string()).collect();
    assert_eq!(due, ["2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z"]);
    let urgent = codebook().item_index("urgent").unwrap();
    let reports = codebook().item_index("prior_reports").unwrap();
    assert_eq!(codebook()[urgent].answer_id(backlog.code(row("W-7"), urgent)), "yes");
    assert_ne!(backlog.code(row("W-7"), reports), 0);
    // A decimal is never read as thousands.
    assert_eq!(backlog.code(row("W-8"), reports), 0);
    let told: Vec<String> =
        intake.report().causes().iter().map(|cause| cause.what().to_string()).collect();
    assert!(told.iter().any(|what| what.contains("1.234")), "{told:?}");
    assert!(told.iter().any(|what| what.contains("whatever")), "{told:?}");
    assert_eq!(intake.report().mapping().unwrap().id(), "warehouse");
}

#[test]
fn a_dictionary_is_looked_up_once_for_all_batches_that_share_it() {
    let values: ArrayRef = text(&["yes", "no", "perhaps", ""]);
    let keys = |keys: Vec<Option<i32>>| -> ArrayRef {
        let keys = caserank::arrow_array::Int32Array::from(keys);
        Arc::new(DictionaryArray::<Int32Type>::try_new(keys, Arc::clone(&values)).unwrap())
    };
    let table = |ids: &[&str], urgent: ArrayRef| {
        let days = vec!["2026-04-17"; ids.len()];
        Ok::<_, TableError>(batch(&[
            ("id", text(ids)),
            ("received", text(&days)),
            ("urgent", urgent),
        ]))
    };
    let batches = [
        table(&["a", "b", "c"], keys(vec![Some(0), None, Some(2)])),
        table(&["d", "e"], keys(vec![Some(3), Some(1)])),
    ];
    let intake = tables::read(&codebook(), batches, Reading::new()).unwrap();
    adds_up(&intake);
    let urgent = codebook().item_index("urgent").unwrap();
    let codebook = codebook();
    let item = &codebook[urgent];
    let answers: Vec<&str> =
        (0..5).map(|row| item.answer_id(intake.backlog().code(row, urgent))).collect();
    assert_eq!(answers, ["yes", "unknown", "unknown", "unknown", "no"]);
    assert_eq!(intake.report().causes()[0].what().text(), "perhaps");
    assert_eq!(intake.report().causes()[0].lines(), [3]);
}

/// A backlog in which everything occurs that a complaint can hold.
fn full() -> (Triage, Backlog) {
    let triage = triage();
    let mut draw = Draw::seeded(7);
    let mut builder = BacklogBuilder::new(triage.codebook());
    for number in 0..300 {
        let complaint: Complaint =
            crate::common::complaint(&mut draw, triage.codebook(), number, 60);
        builder.push(&complaint).unwrap();
    }
    (triage, builder.freeze())
}

#[test]
fn a_backlog_goes_through_a_table_unchanged() {
    let (triage, backlog) = full();
    let mut draw = Draw::seeded(8);
    let whole = tables::backlog(&backlog, ..).unwrap();
    let batches = crate::common::arrow::cut(&mut draw, &whole).into_iter().map(Ok::<_, TableError>);
    let intake = tables::read(triage.codebook(), batches, triage.reading()).unwrap();
    adds_up(&intake);
    assert_eq!(intake.report().not_rankable(), 0);
    let again = intake.backlog();
    assert_eq!(again.len(), backlog.len());
    for row in 0..backlog.len() {
        assert_eq!(again.complaint(row), backlog.complaint(row), "row {row}");
    }
    // Rows of a part have the schema of the whole.
    let part = tables::backlog(&backlog, 7..9).unwrap();
    assert_eq!((part.num_rows(), part.schema()), (2, whole.schema()));
    assert_eq!(part.schema().metadata()["caserank.table"], "backlog");
    assert_eq!(tables::backlog(&backlog, 5_000..).unwrap().num_rows(), 0);
}

#[test]
fn rankings_and_scores_are_written_as_they_stand() {
    let (triage, backlog) = full();
    let ranking = triage.rank(&backlog).unwrap();
    let table = tables::ranking(&ranking, ..).unwrap();
    assert_eq!(table.num_rows(), backlog.len());
    let column = |name: &str| Arc::clone(table.column_by_name(name).unwrap());
    let (ids, lanes) = (column("id"), column("lane"));
    let lanes = lanes
        .as_any_dictionary()
        .keys()
        .as_primitive::<caserank::arrow_array::types::UInt8Type>()
        .clone();
    let positions = column("position");
    let priorities = column("priority");
    for (place, entry) in ranking.iter().enumerate() {
        assert_eq!(ids.as_string::<i32>().value(place), entry.id());
        assert_eq!(positions.as_primitive::<UInt32Type>().value(place) as usize, entry.position());
        let priority = priorities.as_primitive::<UInt32Type>().value(place);
        assert_eq!(i64::from(priority), i64::from(entry.priority().billionths()));
        assert_eq!(lanes.value(place) == 0, entry.lane() == caserank::Lane::Must);
    }
    assert_eq!(tables::ranking(&ranking, ..3).unwrap(), table.slice(0, 3));
    assert_eq!(table.schema().metadata()["caserank.fingerprint"], triage.fingerprint().to_string());
    let scores = triage.score(&backlog).unwrap();
    let table = tables::scores(&triage, &backlog, &scores, ..).unwrap();
    for outcome in triage.instrument().outcome_indices() {
        let part = &triage.instrument()[outcome];
        let column = table.column_by_name(&format!("{}.score", part.outcome)).unwrap();
        let column = column.as_primitive::<Decimal128Type>();
        for row in 0..backlog.len() {
            let found = column.is_valid(row).then(|| Fixed::from_steps(column.value(row) as i32));
            assert_eq!(found, scores.score(row, outcome));
        }
    }
    let other = BacklogBuilder::new(triage.codebook()).freeze();
    let error = tables::scores(&triage, &other, &scores, ..).unwrap_err();
    assert!(matches!(error, TableError::Rows { expected: 0, .. }), "{error}");
}

#[test]
fn assessments_hold_their_reasons_and_worklists_their_entries() {
    let (triage, backlog) = full();
    let ranking = triage.rank(&backlog).unwrap();
    let all: Vec<_> = ranking.top(50).map(|entry| entry.assess()).collect();
    let table = tables::assessments(triage.codebook(), &all).unwrap();
    let reasons = table.column_by_name("reasons").unwrap().as_list::<i32>();
    for (row, one) in all.iter().enumerate() {
        let of_row = reasons.value(row);
        let of_row = of_row.as_struct();
        assert_eq!(of_row.len(), one.reasons().len());
        let named = of_row.column_by_name("item").unwrap().as_any_dictionary();
        let words = named.values().as_string::<i32>();
        for (place, reason) in one.reasons().iter().enumerate() {
            let key = named.keys().as_primitive::<Int32Type>().value(place);
            assert_eq!(words.value(key as usize), triage.codebook()[reason.item()].id);
        }
    }
    assert!(all.iter().any(|one| !one.reasons().is_empty()));
    assert_eq!(tables::assessments(triage.codebook(), []).unwrap().num_rows(), 0);
    let start = time("2026-04-21");
    let period = Period { start, end: start.plus_days(1) };
    let planner = Planner::new(&triage, Seed(3)).unwrap();
    let capacities = [("north".to_owned(), 20), ("south".to_owned(), 5)].into();
    let (in_hand, mut carries) = (Default::default(), Carries::new());
    let plans = planner.plan_units(&ranking, period, &capacities, &in_hand, &mut carries).unwrap();
    let table = tables::worklist(triage.codebook(), &plans).unwrap();
    let entries: Vec<&str> =
        plans.iter().flat_map(|plan| plan.entries()).map(|entry| entry.id()).collect();
    assert!(entries.len() >= 25);
    let ids = table.column_by_name("id").unwrap().as_string::<i32>();
    assert!(ids.iter().map(Option::unwrap).eq(entries));
    let origin = table.column_by_name("origin").unwrap().as_any_dictionary();
    let words = origin.values().as_string::<i32>();
    assert!(origin.normalized_keys().into_iter().all(|key| words.value(key) == "synthetic"));
}

/// The fixture as a Parquet file made on the fly, and as an Arrow file: the desk's list is that of the CSV.
#[test]
fn parquet_and_arrow_files_hold_the_backlog() {
    let triage = caserank::reference::published().unwrap();
    let file = std::fs::File::open("fixtures/backlog.csv").unwrap();
    let reading = triage.reading().with_unlisted(caserank::complaint::Unlisted::Report);
    let csv = Backlog::read_csv(triage.codebook(), file, reading.clone()).unwrap();
    let batch = tables::backlog(csv.backlog(), ..).unwrap();
    assert_eq!(csv.backlog().origin(), Origin::Synthetic);
    let mut parquet = Vec::new();
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_compression(parquet::basic::Compression::SNAPPY)
        .set_max_row_group_row_count(Some(1_000))
        .build();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(&mut parquet, batch.schema(), Some(properties))
            .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(
        bytes::Bytes::from(parquet),
    );
    let reader = reader.unwrap().with_batch_size(700).build().unwrap();
    let from_parquet = tables::read(triage.codebook(), reader, reading.clone()).unwrap();
    let mut ipc = Vec::new();
    let mut writer = arrow_ipc::writer::FileWriter::try_new(&mut ipc, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    let reader = arrow_ipc::reader::FileReader::try_new(Cursor::new(ipc), None).unwrap();
    let from_ipc = tables::read(triage.codebook(), reader, reading).unwrap();
    let order = |backlog: &Backlog| {
        let ranking = triage.rank(backlog).unwrap();
        ranking.iter().map(|entry| (entry.id().to_owned(), entry.rank())).collect::<Vec<_>>()
    };
    for read in [from_parquet, from_ipc] {
        assert_eq!(read.report().understood(), csv.report().understood());
        assert_eq!(order(read.backlog()), order(csv.backlog()));
    }
}

#[test]
fn booleans_and_views_are_answers() {
    let table = batch(&[
        ("ID", Arc::new(StringViewArray::from(vec!["a", "b", "c"])) as ArrayRef),
        ("Received", text(&["2026-04-17", "2026-04-17", "2026-04-17"])),
        ("urgent", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
    ]);
    let intake = read(&table);
    let urgent = codebook().item_index("urgent").unwrap();
    let codebook = codebook();
    let item = &codebook[urgent];
    let answers: Vec<&str> =
        (0..3).map(|row| item.answer_id(intake.backlog().code(row, urgent))).collect();
    assert_eq!(answers, ["yes", "no", "unknown"]);
    assert_eq!(intake.report().renamed().len(), 2);
}

/// What pyarrow wrote (`fixtures/tables/pyarrow_tables.py make`): dictionaries, nanoseconds in a zone, floats for
/// counts, lists of structs, in two batches.
#[test]
fn a_file_of_pyarrow_is_the_same_complaints_as_csv() {
    let triage = triage();
    let file = std::fs::File::open("fixtures/tables/pyarrow.arrow").unwrap();
    let reader = arrow_ipc::reader::FileReader::try_new(file, None).unwrap();
    let intake = tables::read(triage.codebook(), reader, triage.reading()).unwrap();
    adds_up(&intake);
    assert_eq!(intake.report().understood(), 60);
    let mut ndjson = String::new();
    for row in 0..60_i64 {
        let received = time("2026-04-17T09:30:00Z").plus_seconds(3_600 * (row % 7));
        let unit = ["\"north\"", "\"south\"", "null"][row as usize % 3];
        let urgent = ["\"yes\"", "\"no\"", "null"][(row * row % 3) as usize];
        let reports = ["0", "3", "null", "12", "1"][row as usize % 5];
        let due = time("2026-04-17T09:30:00Z").plus_days(5 + row % 3);
        let deadlines = if row % 4 == 0 {
            format!("[{{\"kind\":\"preservation\",\"due\":\"{due}\"}}]")
        } else {
            "[]".to_owned()
        };
        ndjson += &format!(
            "{{\"id\":\"py-{row:03}\",\"received\":\"{received}\",\"unit\":{unit},\"deadlines\":{deadlines},\"answers\":{{\"urgent\":{urgent},\"prior_reports\":{reports}}}}}\n"
        );
    }
    let mut builder = BacklogBuilder::new(triage.codebook());
    let report = builder.read_ndjson(ndjson.as_bytes()).unwrap();
    assert_eq!(report.understood(), 60, "{report}");
    let (table, lines) =
        (triage.rank(intake.backlog()).unwrap(), triage.rank(&builder.freeze()).unwrap());
    assert!(table.iter().eq(lines.iter()));
    for row in 0..60 {
        assert_eq!(table.backlog().complaint(row), lines.backlog().complaint(row));
    }
}
