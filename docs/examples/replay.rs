//! Writes records for the first hundred of a backlog, reads them back, verifies them, and shows
//! that a change to one of them is caught and named.
//!
//! ```text
//! cargo run --release --example replay -- [RECORDS.ndjson]
//! ```
//!
//! With a path the records are kept there. The backlog is made up. Replay proves that results
//! follow from answers and model; it proves nothing about whether the model is right.

use std::error::Error;
use std::fs::File;
use std::io::Write;

use caserank::complaint::Unlisted;
use caserank::record::{Record, verify_chain};
use caserank::{Backlog, Timestamp, reference};

const COMPLAINTS: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1);
    let log = run(&mut std::io::stdout().lock())?;
    if let Some(path) = path {
        std::fs::write(path, log)?;
    }
    Ok(())
}

/// Gives back the log, a record a line.
pub fn run(out: &mut impl Write) -> Result<String, Box<dyn Error>> {
    let triage = reference::published()?;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/backlog.csv");
    let intake = Backlog::read_csv(triage.codebook(), File::open(path)?, Unlisted::Report)?;
    let ranking = triage.rank(intake.backlog())?;
    let now: Timestamp = "2026-01-05T08:00:00Z".parse()?;

    // Each record names the digest of the one before it.
    let mut chain: Vec<Record> = Vec::new();
    for entry in ranking.top(COMPLAINTS) {
        let record = Record::new(&entry.assess(), now)?;
        chain.push(match chain.last() {
            Some(last) => record.after(last),
            None => record,
        });
    }
    let log: String = chain.iter().map(|record| record.to_json() + "\n").collect();
    writeln!(out, "{} records of made-up complaints written, {} bytes", chain.len(), log.len())?;

    // Anybody with the model file and the log can do this part.
    let read = log.lines().map(Record::from_json).collect::<Result<Vec<_>, _>>()?;
    for record in &read {
        record.verify(&triage)?;
    }
    let head = verify_chain(&read, None)?;
    let head = head.map(|head| head.to_string()).unwrap_or_default();
    writeln!(out, "all of them give the same result again, and follow one another")?;
    writeln!(out, "keep this elsewhere, so that a log cut short is noticed: {head}")?;

    // Somebody lowers a band in one of them.
    let line = log.lines().nth(41).unwrap_or_default();
    let record = Record::from_json(line)?;
    let band = format!("\"band\":\"{}\"", record.result().standing().band());
    let tampered = Record::from_json(&line.replacen(&band, "\"band\":\"low\"", 1))?;
    match tampered.verify(&triage) {
        Ok(_) => return Err("a changed band was not noticed".into()),
        Err(error) => writeln!(out, "\ntampered with: {error}")?,
    }
    // A record made again from scratch verifies by itself: the chain shows it.
    let mut forged = read;
    let entry = ranking.at(43).ok_or("the backlog is too short")?;
    forged[41] = Record::new(&entry.assess(), now)?.after(&forged[40]);
    match verify_chain(&forged, None) {
        Ok(_) => return Err("a forged record was not noticed".into()),
        Err(error) => writeln!(out, "forged: {error}")?,
    }
    Ok(log)
}
