//! From record batches to a ranking, beside the same complaints as CSV in memory.
//!
//! The reference job, two columns of keys and 40 answers: *dictionary* and *text* are answers as words, *native* booleans
//! and counts; *parquet* begins with the bytes of a file of dictionaries, eight row groups, packed by Snappy.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;
use std::sync::Arc;

use caserank::arrow_array::builder::StringDictionaryBuilder;
use caserank::arrow_array::types::UInt8Type;
use caserank::arrow_array::{
    ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, StringViewArray,
    TimestampSecondArray,
};
use caserank::arrow_schema::ArrowError;
use caserank::backlog::Reading;
use caserank::codebook::{Item, Kind};
use caserank::{Backlog, Codebook, Triage, tables};
use common::{Columns, ITEMS, model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;

const BATCH_ROWS: usize = 8_192;

#[derive(Clone, Copy)]
enum Answers {
    Dictionary,
    Text,
    Native,
}

fn answers(item: &Item, codes: &[u8], form: Answers) -> ArrayRef {
    let word = |&code: &u8| (code > 0).then(|| item.answer_id(code));
    match (form, &item.kind) {
        (Answers::Dictionary, _) => {
            let mut builder = StringDictionaryBuilder::<UInt8Type>::new();
            codes.iter().for_each(|code| builder.append_option(word(code)));
            Arc::new(builder.finish())
        }
        (Answers::Native, Kind::Binned { edges, .. }) => {
            let number = |&code: &u8| match usize::from(code) {
                0 => None,
                1 => Some(0),
                code => Some(edges[code - 2]),
            };
            Arc::new(codes.iter().map(number).collect::<Int64Array>())
        }
        (Answers::Native, _) => {
            let flags = codes.iter().map(|&code| (code > 0).then_some(code == 2));
            Arc::new(flags.collect::<BooleanArray>())
        }
        (Answers::Text, _) => Arc::new(codes.iter().map(word).collect::<StringViewArray>()),
    }
}

fn batch(columns: &Columns, codebook: &Codebook, form: Answers) -> RecordBatch {
    let ids: StringArray = columns.ids.iter().map(Some).collect();
    let received: TimestampSecondArray =
        columns.received.iter().map(|time| Some(time.unix_seconds())).collect();
    let mut all = vec![
        ("id".to_owned(), Arc::new(ids) as ArrayRef),
        ("received".to_owned(), Arc::new(received.with_timezone("UTC"))),
    ];
    for (place, item) in codebook.items().iter().enumerate() {
        let codes: Vec<u8> = columns.codes.iter().skip(place).step_by(ITEMS).copied().collect();
        all.push((item.id.clone(), answers(item, &codes, form)));
    }
    RecordBatch::try_from_iter(all).unwrap()
}

fn slices(batch: &RecordBatch) -> Vec<RecordBatch> {
    let starts = (0..batch.num_rows()).step_by(BATCH_ROWS);
    starts.map(|at| batch.slice(at, BATCH_ROWS.min(batch.num_rows() - at))).collect()
}

fn ranked(
    triage: &Triage,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
) -> usize {
    let intake = tables::read(triage.codebook(), batches, Reading::new()).unwrap();
    assert_eq!(intake.report().not_rankable(), 0);
    triage.rank(intake.backlog()).unwrap().len()
}

fn packed(batch: &RecordBatch) -> bytes::Bytes {
    let mut file = Vec::new();
    let properties = WriterProperties::builder()
        .set_compression(parquet::basic::Compression::SNAPPY)
        .set_max_row_group_row_count(Some(batch.num_rows().div_ceil(8)))
        .build();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes::Bytes::from(file)
}

/// The batches of a file, row groups unpacked at once.
fn unpacked(file: &bytes::Bytes) -> Vec<Result<RecordBatch, ArrowError>> {
    use rayon::prelude::*;
    let open = || ParquetRecordBatchReaderBuilder::try_new(file.clone()).unwrap();
    let groups = open().metadata().num_row_groups();
    let read = |group| {
        let reader = open().with_row_groups(vec![group]).with_batch_size(BATCH_ROWS);
        reader.build().unwrap().collect::<Vec<_>>()
    };
    (0..groups).into_par_iter().flat_map(read).collect()
}

fn rank_tables(criterion: &mut Criterion) {
    let triage = model(1, false);
    let codebook = triage.codebook();
    for rows in sizes(&[10_000, 1_000_000]) {
        let columns = Columns::new(rows);
        let mut group = criterion.benchmark_group("arrow");
        group.sample_size(10);
        group.throughput(Throughput::Elements(rows as u64));
        for threads in [1, 2] {
            let pool = pool(threads);
            let name = |what: &str| BenchmarkId::new(format!("{what}, {threads}"), rows);
            for (what, form) in [
                ("dictionary", Answers::Dictionary),
                ("text", Answers::Text),
                ("native", Answers::Native),
            ] {
                let batches = slices(&batch(&columns, codebook, form));
                group.bench_function(name(what), |bencher| {
                    bencher.iter(|| {
                        pool.install(|| {
                            ranked(&triage, black_box(&batches).iter().cloned().map(Ok))
                        })
                    });
                });
            }
            let file = packed(&batch(&columns, codebook, Answers::Dictionary));
            group.bench_function(name("parquet"), |bencher| {
                bencher.iter(|| {
                    pool.install(|| ranked(&triage, unpacked(black_box(&file)).into_iter()))
                });
            });
            group.bench_function(name("parquet, unpacked alone"), |bencher| {
                bencher.iter(|| pool.install(|| unpacked(black_box(&file)).len()));
            });
            let text = columns.csv();
            group.bench_function(name("csv"), |bencher| {
                bencher.iter(|| {
                    pool.install(|| {
                        let read =
                            Backlog::read_csv(codebook, black_box(&text[..]), Reading::new());
                        triage.rank(read.unwrap().backlog()).unwrap().len()
                    })
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, rank_tables);
criterion_main!(benches);
