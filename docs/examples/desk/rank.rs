//! The ranking of one backlog, read from any number of files.

use std::io::Write;
use std::path::{Path, PathBuf};

use caserank::listing::Listing;
use caserank::{Ranking, Triage};
use clap::Args;

use super::decisions::Decided;
use super::files::{
    doubt, has_must, is_changed_shipped_model, keep_apart, model, shown, write_whole,
};
use super::read::{Input, read};
use super::{Failure, Finish, Model};

/// What to rank and what to write.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    model: Model,
    #[command(flatten)]
    decided: Decided,
    /// How many complaints to show.
    #[arg(long, default_value_t = 20)]
    top: usize,
    /// Where the whole ranking goes: `.csv` for people, `.ndjson` for machines.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Begin the CSV with the mark by which spreadsheet programs know its encoding.
    #[arg(long, requires = "out")]
    spreadsheet: bool,
}

/// Reads, ranks, tells and writes.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    keep_apart(
        arguments.input.reads().chain(arguments.model.path()).chain(arguments.decided.path()),
        arguments.input.writes().chain(arguments.out.as_deref()),
    )?;
    let machines = arguments.out.as_deref().map(is_for_machines).transpose()?.unwrap_or(false);
    let triage = model(arguments.model.path())?;
    let intake = read(&arguments.input, &triage)?;
    let mut finish = intake.tell(out)?;
    let (ranking, decided) = arguments.decided.rank(&triage, intake.backlog(), out)?;
    finish = finish.and(decided);
    if ranking.is_empty() {
        return Err(Failure::NotDone(
            "nothing could be ranked; files written earlier are left as they are".to_owned(),
        ));
    }
    write_head(&triage, out)?;
    finish = finish.and(doubt(&triage));
    write_counts(&ranking, out)?;
    let mut listing = Listing::of(&ranking);
    if let Some(now) = arguments.decided.now() {
        listing = listing.with_made_at(now);
    }
    if arguments.spreadsheet {
        listing = listing.with_byte_order_mark();
    }
    writeln!(out, "{}", listing.table(arguments.top))?;
    if let Some(path) = &arguments.out {
        let kept = [arguments.input.files(), intake.written()].concat();
        write_whole(path, &kept, |file| match machines {
            true => listing.write_ndjson(file),
            false => listing.write_csv(file),
        })?;
        writeln!(out, "\nThe whole ranking is in {}", shown(path))?;
    }
    Ok(finish)
}

/// Whether a list is written as NDJSON, by the end of its name; another end than of the two forms would promise what is not in it.
fn is_for_machines(path: &Path) -> Result<bool, Failure> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv") => Ok(false),
        Some("ndjson") => Ok(true),
        _ => Err(Failure::Use(format!(
            "{}: end the name in `.csv`, for people and spreadsheets, or in `.ndjson`, for machines",
            shown(path)
        ))),
    }
}

/// Which model, and what its numbers are not.
pub(crate) fn write_head(triage: &Triage, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "Model {}, fingerprint {}", triage.identity(), triage.fingerprint().short())?;
    if is_changed_shipped_model(triage) {
        writeln!(
            out,
            "ATTENTION: it has the name and version of a shipped model, but other content: `desk lint` says more."
        )?;
    }
    if !has_must(triage) {
        writeln!(
            out,
            "ATTENTION: no rule of this model puts a complaint into the `must` lane: every order is by its index alone."
        )?;
    }
    if !triage.instrument().is_calibrated() {
        writeln!(out, "Not calibrated: the index orders work and is not a probability.")?;
    }
    Ok(writeln!(out)?)
}

fn write_counts(ranking: &Ranking, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "{:<6} {:<10} {:>10}", "lane", "band", "complaints")?;
    for count in ranking.counts().into_iter().filter(|count| count.count() > 0) {
        writeln!(out, "{:<6} {:<10} {:>10}", count.lane(), count.band(), count.count())?;
    }
    Ok(writeln!(out)?)
}
