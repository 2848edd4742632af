//! The first thousand of a Parquet file: by the library, by the functions in SQL, and by the same sums written in SQL by
//! hand, in DataFusion and, where a Python with DuckDB is named, in DuckDB. Stops where an order differs.
//!
//! ```text
//! cargo run --release --example side_by_side -- FOLDER [COMPLAINTS [PYTHON]]
//! ```
//!
//! Everything is made up: 34 flags, 6 small counts and three outcomes with weights drawn at random, two gates that put a
//! complaint into `must`, and the highest of three scores for the order. What is written by hand does no more than that:
//! no probabilities, bands or reasons, and it counts a cell that it does not understand as if nothing stood there.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use caserank::{Seed, Stream, Timestamp, Triage, tables};
use caserank_datafusion::Functions;
use datafusion::arrow::array::{
    ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::prelude::*;
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

const FLAGS: usize = 34;
const COUNTS: usize = 6;
const EDGES: [i64; 5] = [1, 2, 4, 8, 16];
const OUTCOMES: [&str; 3] = ["production", "solicitation", "contact"];
const FIRST: usize = 1_000;
const GROUP: usize = 131_072;
const RUNS: usize = 5;

type Fallible<T> = Result<T, Box<dyn Error>>;

/// Millionths that an answer adds to an outcome, by item and code from 1.
struct Weights(Vec<Vec<[i64; 3]>>);

fn item(place: usize) -> String {
    if place < FLAGS { format!("flag_{place}") } else { format!("count_{}", place - FLAGS) }
}

impl Weights {
    fn drawn() -> Self {
        let mut stream = Seed(1).stream(0);
        let mut weight = || stream.below(600_001) as i64 - 300_000;
        let mut item = |place| {
            let answers = if place < FLAGS { 2 } else { EDGES.len() + 1 };
            (0..answers).map(|_| [weight(), weight(), weight()]).collect()
        };
        Weights((0..FLAGS + COUNTS).map(&mut item).collect())
    }

    /// Sums and gates as a query: the way that engines run fastest, one CASE a column and outcome.
    fn sql(&self) -> String {
        let sums = (0..3).map(|outcome| {
            let terms = self.0.iter().enumerate().map(|(place, answers)| {
                let (name, of) = (item(place), |code: usize| answers[code][outcome]);
                if place < FLAGS {
                    return format!(
                        "CASE {name} WHEN false THEN {} WHEN true THEN {} ELSE 0 END",
                        of(0),
                        of(1)
                    );
                }
                let bins = EDGES.iter().enumerate();
                let bins = bins.map(|(bin, edge)| format!("WHEN {name} < {edge} THEN {}", of(bin)));
                let bins = bins.collect::<Vec<_>>().join(" ");
                format!("CASE {bins} WHEN {name} >= 16 THEN {} ELSE 0 END", of(EDGES.len()))
            });
            terms.collect::<Vec<_>>().join(" + ")
        });
        let sums = sums.collect::<Vec<_>>().join(", ");
        format!(
            "SELECT id FROM (SELECT id, received, CASE WHEN flag_0 OR (flag_1 AND coalesce(flag_2, true)) THEN 0 ELSE 1 END AS lane, \
             greatest({sums}) AS score FROM complaints) ORDER BY lane, score DESC, received, id LIMIT {FIRST}"
        )
    }

    fn model(&self) -> Fallible<Triage> {
        let answer = |place: usize, code: usize| match (place < FLAGS, code) {
            (true, 0) => "no".to_owned(),
            (true, _) => "yes".to_owned(),
            (false, bin) => format!("bin_{bin}"),
        };
        let items = (0..FLAGS + COUNTS).map(|place| {
            let kind = if place < FLAGS {
                "\"ordinal\"".to_owned()
            } else {
                format!(r#"{{"binned": {{"unit": "count", "edges": {EDGES:?}}}}}"#)
            };
            let answers = (0..self.0[place].len()).map(|code| format!(r#"{{"id": "{}", "label": "made up"}}"#, answer(place, code)));
            format!(
                r#"{{"id": "{}", "question": "Made up?", "kind": {kind}, "answers": [{}], "stage": "intake",
                "domain": "handling", "about": "complaint", "effort": {{"minutes": 5}}, "design": "made up"}}"#,
                item(place),
                answers.collect::<Vec<_>>().join(", ")
            )
        });
        let items = items.collect::<Vec<_>>().join(", ");
        let decimal = |steps: i64| {
            format!(
                "{}{}.{:06}",
                if steps < 0 { "-" } else { "" },
                steps.abs() / 1_000_000,
                steps.abs() % 1_000_000
            )
        };
        let made_up = r#"{"rules": ["made_up"]}"#;
        let outcomes = OUTCOMES.iter().enumerate().map(|(outcome, name)| {
            let weights = self.0.iter().enumerate().map(|(place, answers)| {
                let of = answers.iter().enumerate().map(|(code, steps)| {
                    format!(r#""{}": "{}""#, answer(place, code), decimal(steps[outcome]))
                });
                let of = of.collect::<Vec<_>>().join(", ");
                format!(
                    r#"{{"item": "{}", "provenance": {made_up}, "weights": {{{of}}}}}"#,
                    item(place)
                )
            });
            let weights = weights.collect::<Vec<_>>().join(", ");
            format!(
                r#"{{"outcome": "{name}", "definition": "made up", "weights": [{weights}],
                "intercept": {{"value": "-2", "provenance": {made_up}}}}}"#
            )
        });
        let outcomes = outcomes.collect::<Vec<_>>().join(", ");
        let titles = OUTCOMES
            .map(|name| format!(r#"{{"id": "{name}", "title": "{name}", "ahead_of": "none"}}"#))
            .join(", ");
        let yes = |place: usize| format!(r#"{{"item": "flag_{place}", "is": ["yes"]}}"#);
        let gate = |id: usize, when: String| {
            format!(
                r#"{{"id": "gate_{id}", "title": "made up", "effect": "must", "when": {when}, "citation": "made up"}}"#
            )
        };
        let both = format!(r#"{{"all": [{}, {{"item": "flag_2", "is_not": ["no"]}}]}}"#, yes(1));
        let model = format!(
            r#"{{"format_version": 1, "id": "side_by_side", "version": "1.0.0", "description": "Made up.",
            "codebook": {{"format_version": 1, "id": "side_by_side", "version": "1.0.0", "title": "Made up",
                "description": "Made up.", "outcomes": [{titles}], "items": [{items}], "sources": []}},
            "policy": {{"description": "made up", "combination": "max", "danger_signs": [], "audit_share": 0.02,
                "bands": {{"very_high": 0.9, "high": 0.5, "medium": 0.1, "rationale": "made up",
                    "action_days": {{"very_high": 1, "high": 7, "medium": 14, "low": 30, "rationale": "made up"}}}},
                "gates": [{}, {}]}},
            "instrument": {{"id": "made_up", "version": "1.0.0", "description": "made up",
                "codebook": {{"id": "side_by_side", "version": "1.0.0"}},
                "rules": [{{"id": "made_up", "text": "drawn at random", "ground": "assumption"}}], "outcomes": [{outcomes}]}}}}"#,
            gate(0, yes(0)),
            gate(1, both)
        );
        Ok(Triage::from_json(&model)?)
    }
}

/// One answer in five is unknown; a flag is rarely *yes*, so that few complaints are in `must`.
fn batch(stream: &mut Stream, first: usize, rows: usize) -> Fallible<RecordBatch> {
    let start: Timestamp = "2021-01-01".parse()?;
    let day =
        |stream: &mut Stream| start.plus_days(stream.below(5 * 365) as i64).unix_seconds() * 1_000;
    let ids: StringArray = (first..first + rows).map(|row| Some(format!("c{row:08}"))).collect();
    let received: TimestampMillisecondArray = (0..rows).map(|_| Some(day(stream))).collect();
    let mut columns: Vec<(String, ArrayRef)> = vec![
        ("id".to_owned(), Arc::new(ids)),
        ("received".to_owned(), Arc::new(received.with_timezone("UTC"))),
    ];
    for place in 0..FLAGS + COUNTS {
        let rare = if place < 3 { 200 } else { 3 };
        let column: ArrayRef = if place < FLAGS {
            let flag = |_| (stream.below(5) > 0).then(|| stream.below(rare) == 0);
            Arc::new((0..rows).map(flag).collect::<BooleanArray>())
        } else {
            let count = |_| (stream.below(5) > 0).then(|| stream.below(20) as i64);
            Arc::new((0..rows).map(count).collect::<Int64Array>())
        };
        columns.push((item(place), column));
    }
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// The same answers as words, as many warehouses keep them; counts stay numbers.
fn words(batch: &RecordBatch) -> Fallible<RecordBatch> {
    let columns = batch.schema_ref().fields().iter().zip(batch.columns()).map(|(field, column)| {
        let word = |flag: Option<bool>| flag.map(|flag| if flag { "yes" } else { "no" });
        let column = match column.as_boolean_opt() {
            Some(flags) => Arc::new(flags.iter().map(word).collect::<StringArray>()),
            None => Arc::clone(column),
        };
        (field.name().clone(), column)
    });
    Ok(RecordBatch::try_from_iter(columns)?)
}

fn write(folder: &Path, rows: usize) -> Fallible<[PathBuf; 2]> {
    let paths = ["flags.parquet", "words.parquet"].map(|name| folder.join(name));
    let mut stream = Seed(20).stream(1);
    let mut writers: Vec<ArrowWriter<File>> = Vec::new();
    for first in (0..rows).step_by(GROUP) {
        let batch = batch(&mut stream, first, GROUP.min(rows - first))?;
        for (place, batch) in [words(&batch)?, batch].into_iter().rev().enumerate() {
            if writers.len() <= place {
                let properties = WriterProperties::builder()
                    .set_compression(Compression::SNAPPY)
                    .set_max_row_group_row_count(Some(GROUP))
                    .build();
                let file = File::create(&paths[place])?;
                writers.push(ArrowWriter::try_new(file, batch.schema(), Some(properties))?);
            }
            writers[place].write(&batch)?;
        }
    }
    for writer in writers {
        writer.close()?;
    }
    Ok(paths)
}

/// Seconds on the clock and of processors, median of some runs after one that does not count.
struct Took {
    clock: f64,
    processors: f64,
}

/// Seconds of processors that this process has used; Linux counts them in hundredths.
fn processors() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let numbers = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    numbers.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

async fn timed<F: Future<Output = Fallible<Vec<String>>>>(
    mut run: impl FnMut() -> F,
    expected: Option<&[String]>,
    name: &str,
) -> Fallible<(Took, Vec<String>)> {
    let (mut clocks, mut used, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..=RUNS {
        let (start, before) = (Instant::now(), processors());
        ids = run().await?;
        clocks.push(start.elapsed().as_secs_f64());
        used.push(processors() - before);
    }
    if let Some(expected) = expected
        && ids != expected
    {
        return Err(format!("{name}: another order").into());
    }
    let median = |all: &mut Vec<f64>| {
        all.remove(0);
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    Ok((Took { clock: median(&mut clocks), processors: median(&mut used) }, ids))
}

/// By the library alone, on one thread: read the file, rank, take the first.
fn by_library(triage: &Triage, path: &Path) -> Fallible<Vec<String>> {
    let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let all = ProjectionMask::all();
    let batches = file.with_projection(all).with_batch_size(8_192).build()?;
    let intake = tables::read(triage.codebook(), batches, triage.reading())?;
    let first = triage.top(intake.backlog(), FIRST)?;
    Ok(first.iter().map(|entry| entry.id().to_owned()).collect())
}

async fn by_sql(context: &SessionContext, sql: &str) -> Fallible<Vec<String>> {
    let mut ids = Vec::new();
    for batch in context.sql(sql).await?.collect().await? {
        let column = cast(batch.column(0), &DataType::Utf8)?;
        ids.extend(column.as_string::<i32>().iter().flatten().map(str::to_owned));
    }
    Ok(ids)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Fallible<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder for the files")?);
    let rows: usize = arguments.next().map_or(Ok(1_000_000), |rows| rows.parse())?;
    let python = arguments.next();
    fs::create_dir_all(&folder)?;
    let weights = Weights::drawn();
    let (triage, by_hand) = (weights.model()?, weights.sql());
    let paths = write(&folder, rows)?;
    fs::write(folder.join("sums.sql"), &by_hand)?;
    println!(
        "SYNTHETIC: {rows} made-up complaints of {} answers, the first {FIRST}",
        FLAGS + COUNTS
    );
    println!("seconds, median of {RUNS}              on the clock   of processors");
    let tell = |name: &str, took: &Took| {
        println!("{name:<36}{:>12.3}{:>16.2}", took.clock, took.processors);
    };
    let functions = format!("SELECT id FROM triage_top(complaints, {FIRST}) ORDER BY triage_key");
    for path in &paths {
        let of = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let library = || async { by_library(&triage, path) };
        let (took, expected) = timed(library, None, of).await?;
        tell(&format!("library, one thread, {of}"), &took);
        for partitions in [1, 2] {
            let context = SessionContext::new_with_config(
                SessionConfig::new().with_target_partitions(partitions),
            );
            Functions::new(&triage).register(&context)?;
            let file = path.to_str().ok_or("the folder's name is no text")?;
            context.register_parquet("complaints", file, ParquetReadOptions::default()).await?;
            let name = format!("functions, {partitions} partitions, {of}");
            tell(&name, &timed(|| by_sql(&context, &functions), Some(&expected), &name).await?.0);
            if of == "flags" {
                let name = format!("sums by hand, {partitions} partitions, {of}");
                tell(&name, &timed(|| by_sql(&context, &by_hand), Some(&expected), &name).await?.0);
            }
        }
        fs::write(folder.join("first.txt"), expected.join("\n"))?;
    }
    if let Some(python) = python {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/side_by_side.py");
        let done = Command::new(python).arg(script).arg(&folder).status()?;
        if !done.success() {
            return Err("DuckDB: another order, or it failed".into());
        }
    }
    println!("every order is the library's");
    Ok(())
}
