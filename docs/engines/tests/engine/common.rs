//! Complaints made up, as files and sessions.

use std::path::Path;
use std::sync::Arc;

use caserank::complaint::DeadlineKind;
use caserank::tables;
use caserank::{Backlog, BacklogBuilder, Complaint, Timestamp, Triage};
use caserank_datafusion::Functions;
use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::prelude::*;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

const TOY: &str = include_str!("../../../../fixtures/models/toy.json");

pub(crate) fn toy() -> Triage {
    Triage::from_json(TOY).unwrap()
}

/// Numbers that look drawn, the same in every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: u64) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit) as usize
    }
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Complaints of three items, so that thousands stand alike, on few days, some with deadlines, ids in no order.
pub(crate) fn complaints(rows: u64) -> Backlog {
    let triage = toy();
    let mut numbers = Numbers(0x5EED_0001);
    let mut builder = BacklogBuilder::new(triage.codebook());
    for row in 0..rows {
        // Every number once, far from the one before.
        let id = format!("c{:07}", row * 1_000_003 % 9_999_991);
        let received = time("2026-04-10").plus_days(numbers.below(3) as i64);
        let mut complaint = Complaint::new(id, received).unwrap();
        let answers: [(&str, &[&str]); 3] = [
            ("urgent", &["", "no", "yes"]),
            ("prior_reports", &["", "none", "one_or_two", "three_or_more"]),
            ("access_route", &["", "none", "household", "work"]),
        ];
        for (item, of) in answers {
            complaint.set_answer(item, of[numbers.below(of.len() as u64)]);
        }
        if numbers.below(4) == 0 {
            let due = time("2026-05-01").plus_days(numbers.below(2) as i64);
            complaint = complaint.with_deadline(DeadlineKind::Preservation, due).unwrap();
        }
        complaint = complaint.with_unit(["north", "south", "west"][numbers.below(3)]).unwrap();
        builder.push(&complaint).unwrap();
    }
    let backlog = builder.freeze();
    assert_eq!(backlog.len() as u64, rows, "ids repeat");
    backlog
}

/// Ids of the whole ranking.
pub(crate) fn ranked(triage: &Triage, backlog: &Backlog) -> Vec<String> {
    triage.rank(backlog).unwrap().iter().map(|entry| entry.id().to_owned()).collect()
}

/// Writes a batch as Parquet, in groups of so many rows.
pub(crate) fn write_parquet(path: &Path, batch: &RecordBatch, group: usize) {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// A backlog as a file, its rows in another order than a ranking's.
pub(crate) fn backlog_file(folder: &Path, backlog: &Backlog) -> String {
    let batch = tables::backlog(backlog, ..).unwrap();
    let path = folder.join("complaints.parquet");
    write_parquet(&path, &batch, 2_048);
    path.to_str().unwrap().to_owned()
}

/// A session of so many partitions, with the functions of the toy model.
pub(crate) fn session(partitions: usize) -> SessionContext {
    let config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_repartition_file_min_size(0)
        .with_batch_size(1_000);
    let context = SessionContext::new_with_config(config);
    Functions::new(&toy()).register(&context).unwrap();
    context
}

pub(crate) async fn with_file(context: &SessionContext, path: &str) {
    context.register_parquet("complaints", path, ParquetReadOptions::default()).await.unwrap();
}

pub(crate) async fn run(context: &SessionContext, sql: &str) -> Vec<RecordBatch> {
    let frame = context.sql(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    frame.collect().await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// A column of a result as text, `-` for null.
pub(crate) fn texts(batches: &[RecordBatch], column: usize) -> Vec<String> {
    let mut texts = Vec::new();
    for batch in batches {
        let column = cast(batch.column(column), &DataType::Utf8).unwrap();
        let of = column.as_string::<i32>();
        texts.extend(of.iter().map(|text| text.unwrap_or("-").to_owned()));
    }
    texts
}

/// What a statement is refused with, planned or run.
pub(crate) async fn refused(context: &SessionContext, sql: &str) -> String {
    match context.sql(sql).await {
        Err(error) => error.to_string(),
        Ok(frame) => panic!("{sql} was planned: {}", frame.logical_plan()),
    }
}

pub(crate) fn text(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

pub(crate) fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    let columns = columns.iter().map(|(name, column)| (*name, Arc::clone(column), true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}
