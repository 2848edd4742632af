//! The reference job for other programs: writes its data for them, and times ours on the same data.
//!
//! ```text
//! cargo bench --bench reference_job -- export FOLDER [COMPLAINTS]
//! cargo bench --bench reference_job -- time FOLDER [COMPLAINTS]
//! ```
//!
//! `benches/peers_reference_job.py` runs both and the peers in between. Files: `codes.u8` (complaints × 40, one
//! byte per answer), `days.i32`, `weights.i32` (40 items × 7 codes × 3 outcomes, millionths), `intercepts.i32`,
//! `job.csv` (as a host would write it), `codes.csv` (the same as digits, easier to read), `order.u32`
//! (rows, first to last).
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use caserank::complaint::Unlisted;
use caserank::{Backlog, Triage};
use common::{Columns, DAY, ITEMS, model, pool, smoke};

const COMPLAINTS: usize = 1_000_000;
/// The most codes that an item has, *unknown* among them.
const CODES: u8 = 7;
const RUNS: usize = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().filter(|word| !word.starts_with("--")).collect();
    let complaints = |text: &str| text.parse().unwrap();
    match arguments.iter().skip(1).map(String::as_str).collect::<Vec<_>>()[..] {
        _ if smoke() => try_out(),
        ["export", folder] => export(Path::new(folder), COMPLAINTS),
        ["export", folder, count] => export(Path::new(folder), complaints(count)),
        ["time", folder] => time(Path::new(folder), COMPLAINTS),
        ["time", folder, count] => time(Path::new(folder), complaints(count)),
        _ => println!("say `export FOLDER [COMPLAINTS]` or `time FOLDER [COMPLAINTS]`"),
    }
}

fn little_endian(numbers: impl Iterator<Item = i32>) -> Vec<u8> {
    numbers.flat_map(i32::to_le_bytes).collect()
}

fn weights(job: &Triage) -> (Vec<u8>, Vec<u8>) {
    let instrument = job.instrument();
    let intercepts =
        instrument.outcome_indices().map(|outcome| instrument.intercept(outcome).steps());
    let mut weights = Vec::new();
    for item in job.codebook().item_indices() {
        let answers = job.codebook()[item].answers.len();
        for code in 0..CODES {
            let weight = |outcome| match usize::from(code) {
                known if known <= answers => instrument.weight(outcome, item, code).steps(),
                _ => 0,
            };
            weights.extend(instrument.outcome_indices().map(weight));
        }
    }
    (little_endian(weights.into_iter()), little_endian(intercepts))
}

fn export(folder: &Path, complaints: usize) {
    let job = model(1, false);
    let columns = Columns::new(complaints);
    let (weights, intercepts) = weights(&job);
    let days = columns.received.iter().map(|time| (time.unix_seconds() / DAY) as i32);
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("codes.u8"), &columns.codes).unwrap();
    fs::write(folder.join("days.i32"), little_endian(days)).unwrap();
    fs::write(folder.join("weights.i32"), weights).unwrap();
    fs::write(folder.join("intercepts.i32"), intercepts).unwrap();
    fs::write(folder.join("job.csv"), columns.csv()).unwrap();
    fs::write(folder.join("codes.csv"), columns.csv_of_codes()).unwrap();
    println!("{complaints} complaints x {ITEMS} items written");
}

/// Rows in the order of the columns, first to last.
fn order(job: &Triage, columns: &Columns, backlog: &Backlog) -> Vec<u32> {
    let ranking = job.rank(backlog).unwrap();
    let rows = ranking.iter().map(|entry| columns.row_of(entry.id()) as u32);
    rows.collect()
}

fn time(folder: &Path, complaints: usize) {
    let job = model(1, false);
    let gated = model(1, true);
    let columns = Columns::new(complaints);
    let csv = folder.join("job.csv");
    let backlog = columns.backlog(job.codebook());
    let mut lines = vec![format!("\"read the bytes once, 1\": {}", median(|| columns.read_once()))];
    for threads in [1, 2] {
        let pool = pool(threads);
        let mut timed =
            |what: &str, seconds: f64| lines.push(format!("\"{what}, {threads}\": {seconds}"));
        pool.install(|| {
            let cold = || job.rank(&columns.backlog(job.codebook())).unwrap();
            timed("cold", median(cold));
            timed("re-rank", median(|| job.rank(black_box(&backlog)).unwrap()));
            timed("re-rank with gates", median(|| gated.rank(black_box(&backlog)).unwrap()));
            timed("top 1000", median(|| job.top(black_box(&backlog), 1_000).unwrap()));
            let from_csv = || {
                let file = fs::File::open(&csv).unwrap();
                let intake = Backlog::read_csv(job.codebook(), file, Unlisted::Refuse);
                job.rank(intake.unwrap().backlog()).unwrap()
            };
            timed("CSV", median(from_csv));
        });
    }
    let order = order(&job, &columns, &backlog);
    fs::write(
        folder.join("order.u32"),
        order.iter().flat_map(|row| row.to_le_bytes()).collect::<Vec<u8>>(),
    )
    .unwrap();
    println!("{{{}}}", lines.join(", "));
}

/// The middle of some runs' seconds, after one that does not count.
fn median<T>(run: impl Fn() -> T) -> f64 {
    black_box(run());
    let mut seconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[RUNS / 2]
}

/// The order read back from CSV is that of the columns.
fn try_out() {
    let job = model(1, false);
    let columns = Columns::new(2_000);
    let backlog = columns.backlog(job.codebook());
    let text = columns.csv();
    let intake = Backlog::read_csv(job.codebook(), text.as_slice(), Unlisted::Refuse).unwrap();
    assert_eq!(order(&job, &columns, &backlog), order(&job, &columns, intake.backlog()));
    assert_eq!(weights(&job).0.len(), ITEMS * usize::from(CODES) * 3 * 4);
    assert_eq!(columns.csv_of_codes().split(|&byte| byte == b'\n').count(), 2_002);
    println!("reference_job: tried out");
}
