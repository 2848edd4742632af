//! The analyst's job, file to file: the shipped model and codebook, complaints as CSV in, the people's ranking with its
//! reasons out.
//!
//! ```text
//! cargo bench --bench file_to_file -- write FOLDER [COMPLAINTS]   makes `backlog.csv`, 1,000,000 unless said
//! cargo bench --bench file_to_file -- run FOLDER                  times reading, ranking, writing on 1 and 2 threads
//! ```
//!
//! Beside each run stand two baselines: reading the same bytes once, and writing as many once. All complaints are made up.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use caserank::complaint::Unlisted;
use caserank::listing::Listing;
use caserank::{Backlog, BacklogBuilder, Seed, reference, synthetic};
use common::{pool, smoke};

const COMPLAINTS: usize = 1_000_000;
const RUNS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().filter(|word| !word.starts_with("--")).collect();
    match arguments.iter().skip(1).map(String::as_str).collect::<Vec<_>>()[..] {
        _ if smoke() => try_out(),
        ["write", folder] => write(Path::new(folder), COMPLAINTS),
        ["write", folder, complaints] => write(Path::new(folder), complaints.parse().unwrap()),
        ["run", folder] => run(Path::new(folder)),
        _ => println!("say `write FOLDER [COMPLAINTS]` or `run FOLDER`"),
    }
}

fn made_up(complaints: usize) -> Backlog {
    let triage = reference::published().unwrap();
    let generator = synthetic::Generator::new(Seed(9));
    let mut backlog = BacklogBuilder::new(triage.codebook());
    for case in generator.cases().take(complaints) {
        backlog.push(&case.complaint).unwrap();
    }
    backlog.freeze()
}

fn write(folder: &Path, complaints: usize) {
    let start = Instant::now();
    let backlog = made_up(complaints);
    println!("{complaints} complaints made up in {:.2?}", start.elapsed());
    fs::create_dir_all(folder).unwrap();
    let mut file = BufWriter::new(File::create(folder.join("backlog.csv")).unwrap());
    backlog.write_csv(&mut file).unwrap();
    file.flush().unwrap();
}

struct Taken {
    read: Duration,
    ranked: Duration,
    written: Duration,
}

fn once(input: &Path, output: &Path) -> Taken {
    let triage = reference::published().unwrap();
    let start = Instant::now();
    let source = File::open(input).unwrap();
    let backlog =
        Backlog::read_csv(triage.codebook(), source, Unlisted::Report).unwrap().into_backlog();
    let read = start.elapsed();
    let ranking = triage.rank(&backlog).unwrap();
    let ranked = start.elapsed() - read;
    Listing::of(&ranking).write_csv(BufWriter::new(File::create(output).unwrap())).unwrap();
    Taken { read, ranked, written: start.elapsed() - read - ranked }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

fn run(folder: &Path) {
    let (input, output) = (folder.join("backlog.csv"), folder.join("ranking.csv"));
    for threads in [1, 2] {
        let pool = pool(threads);
        let runs: Vec<Taken> = (0..RUNS).map(|_| pool.install(|| once(&input, &output))).collect();
        let of = |part: fn(&Taken) -> Duration| median(runs.iter().map(part).collect());
        let (read, written) = (of(|taken| taken.read), of(|taken| taken.written));
        let sizes = [&input, &output].map(|path| fs::metadata(path).unwrap().len() as f64 / 1e6);
        println!(
            "{threads} thread(s), median of {RUNS}: {:.3} s in all; read {read:.3} s ({:.0} MB/s), ranked {:.3} s, written {written:.3} s ({:.0} MB, {:.0} MB/s)",
            of(|taken| taken.read + taken.ranked + taken.written),
            sizes[0] / read,
            of(|taken| taken.ranked),
            sizes[1],
            sizes[1] / written,
        );
    }
    let start = Instant::now();
    let mut bytes = Vec::new();
    File::open(&input).unwrap().read_to_end(&mut bytes).unwrap();
    let sum = bytes.iter().fold(0_u64, |sum, &byte| sum.wrapping_add(u64::from(byte)));
    println!(
        "baseline: bytes read and summed once in {:.3} s ({sum})",
        start.elapsed().as_secs_f64()
    );
    let bytes = fs::read(&output).unwrap();
    let start = Instant::now();
    File::create(folder.join("copy.csv")).unwrap().write_all(&bytes).unwrap();
    println!("baseline: as many bytes written once in {:.3} s", start.elapsed().as_secs_f64());
}

/// The same lines on one thread and on several.
fn try_out() {
    let triage = reference::published().unwrap();
    let backlog = made_up(5_000);
    let ranking = triage.rank(&backlog).unwrap();
    let text = |threads: usize| {
        let mut text = Vec::new();
        pool(threads).install(|| Listing::of(&ranking).write_csv(&mut text)).unwrap();
        text
    };
    assert_eq!(text(1), text(2));
    assert_eq!(text(1).split(|&byte| byte == b'\n').count(), 5_002);
    println!("file_to_file: tried out");
}
