//! A national year of complaints on one machine: 36,200,000, the record year of the CyberTipline.
//!
//! ```text
//! cargo bench --bench national -- write FILE [COMPLAINTS]   makes the complaints, saves a snapshot
//! cargo bench --bench national -- rank FILE                 loads it, ranks all, lists the first 1,000
//! cargo bench --bench national -- stream FILE               lists the first 1,000 without loading
//! ```
//!
//! Each run is a process of its own and prints its peak memory (Linux), so that making the
//! complaints does not count for ranking them. The complaints are the reference job's, made up.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::time::Instant;

use caserank::{Backlog, BacklogBuilder, Triage};
use common::{Columns, model, pool, smoke};

const COMPLAINTS: usize = 36_200_000;
const PART: usize = 100_000;
const LISTED: usize = 1_000;

fn main() {
    let arguments: Vec<String> = std::env::args().filter(|word| !word.starts_with("--")).collect();
    let job = model(1, true);
    match arguments.iter().skip(1).map(String::as_str).collect::<Vec<_>>()[..] {
        _ if smoke() => try_out(&job),
        ["write", file] => write(&job, file, COMPLAINTS),
        ["write", file, complaints] => write(&job, file, complaints.parse().unwrap()),
        ["rank", file] => rank(&job, file),
        ["stream", file] => stream(&job, file),
        _ => println!("say `write FILE [COMPLAINTS]`, `rank FILE` or `stream FILE`"),
    }
}

fn made_up(job: &Triage, complaints: usize) -> Backlog {
    let mut backlog = BacklogBuilder::new(job.codebook());
    for part in 0..complaints.div_ceil(PART) {
        backlog.extend(&Columns::part(part, PART.min(complaints)).backlog(job.codebook())).unwrap();
    }
    backlog.freeze()
}

fn write(job: &Triage, file: &str, complaints: usize) {
    let backlog = made_up(job, complaints);
    let mut sink = BufWriter::new(File::create(file).unwrap());
    backlog.save(&mut sink).unwrap();
    sink.flush().unwrap();
    let bytes = std::fs::metadata(file).unwrap().len();
    println!(
        "{} complaints, {bytes} bytes: {:.1} each",
        backlog.len(),
        bytes as f64 / backlog.len() as f64
    );
}

fn rank(job: &Triage, file: &str) {
    let start = Instant::now();
    let backlog = Backlog::load(job.codebook(), BufReader::new(File::open(file).unwrap())).unwrap();
    println!("loaded {} complaints in {:.2?}", backlog.len(), start.elapsed());
    println!("resident after loading: {}", memory("VmRSS"));
    for threads in [1, 2, 2, 2] {
        let start = Instant::now();
        let listed: Vec<usize> = pool(threads).install(|| {
            let ranking = job.rank(&backlog).unwrap();
            ranking.top(LISTED).map(|entry| entry.row()).collect()
        });
        let taken = start.elapsed();
        println!("scored, ranked, {} listed: {taken:.2?} on {threads} thread(s)", listed.len());
    }
    println!("peak: {}", memory("VmHWM"));
}

fn stream(job: &Triage, file: &str) {
    for threads in [1, 2] {
        let start = Instant::now();
        let source = BufReader::new(File::open(file).unwrap());
        let first = pool(threads).install(|| listed(job, source));
        let taken = start.elapsed();
        println!("{} listed from the file: {taken:.2?} on {threads} thread(s)", first.len());
    }
    println!("peak: {}", memory("VmHWM"));
}

fn listed(job: &Triage, source: impl std::io::Read) -> Vec<caserank::triage::Listed> {
    let mut list = job.top_list(LISTED);
    list.add_snapshot(source).unwrap();
    list.finish()
}

/// The same answers by every way, on few complaints.
fn try_out(job: &Triage) {
    let backlog = made_up(job, 3_000);
    let mut file = Vec::new();
    backlog.save(&mut file).unwrap();
    let ranking = job.rank(&backlog).unwrap();
    let loaded = Backlog::load(job.codebook(), file.as_slice()).unwrap();
    let again = job.rank(&loaded).unwrap();
    let first = listed(job, file.as_slice());
    let ids: Vec<&str> = ranking.top(LISTED).map(|entry| entry.id()).collect();
    assert!(ids.iter().copied().eq(again.top(LISTED).map(|entry| entry.id())));
    assert!(ids.iter().copied().eq(first.iter().map(|entry| entry.id())));
    println!("national: tried out");
}

/// A line of the process's own status, on Linux.
fn memory(field: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.map_or("unknown".to_owned(), |amount| amount.trim().to_owned())
}
