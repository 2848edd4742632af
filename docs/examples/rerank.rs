//! Ranks a whole backlog and shows the top of it, explained.
//!
//! ```text
//! cargo run --release --example rerank -- [BACKLOG.csv|BACKLOG.ndjson]
//!     [--model MODEL.json] [--top 20] [--out RANKING.csv]
//! ```
//!
//! Without a path it reads the synthetic backlog in `fixtures/backlog.csv`; without a model it
//! uses the reference model, which is not validated.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use caserank::backlog::Intake;
use caserank::complaint::{Origin, Unlisted};
use caserank::explain::Assessment;
use caserank::rank::{BandCount, Standing};
use caserank::{Backlog, Ranking, Triage, reference};
use indicatif::{ProgressBar, ProgressStyle};

/// What the command line asks for.
#[derive(Debug)]
pub struct Options {
    /// The backlog to read.
    pub backlog: PathBuf,
    /// The model file; the reference model, without it.
    pub model: Option<PathBuf>,
    /// How many complaints to show.
    pub top: usize,
    /// Where the whole ranking goes, as CSV.
    pub out: Option<PathBuf>,
}

impl Options {
    /// Reads the command line's words.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/backlog.csv");
        let mut options = Options { backlog: fixture.into(), model: None, top: 20, out: None };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--model" => options.model = Some(value()?.into()),
                "--out" => options.out = Some(value()?.into()),
                "--top" => options.top = value()?.parse()?,
                _ if word.starts_with("--") => {
                    return Err(
                        format!("{word} is not an option: use --model, --top or --out").into()
                    );
                }
                _ => options.backlog = word.into(),
            }
        }
        Ok(options)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    run(&options, &mut std::io::stdout().lock(), true)
}

/// Reads, ranks and prints; times are printed only where they are asked for.
pub fn run(options: &Options, out: &mut impl Write, timed: bool) -> Result<(), Box<dyn Error>> {
    let triage = match &options.model {
        Some(path) => Triage::from_json(&std::fs::read_to_string(path)?)?,
        None => reference::published()?,
    };
    let start = Instant::now();
    let intake = read(options, &triage)?;
    let read = start.elapsed();

    let start = Instant::now();
    let ranking = triage.rank(intake.backlog())?;
    let ranked = start.elapsed();

    if intake.backlog().origin() == Origin::Synthetic {
        writeln!(
            out,
            "SYNTHETIC: made-up complaints. This tests software and says nothing about performance.\n"
        )?;
    }
    writeln!(out, "Model {}, fingerprint {}", triage.identity(), triage.fingerprint().short())?;
    if !triage.instrument().is_calibrated() {
        writeln!(out, "Not calibrated: the index orders work and is not a probability.")?;
    }
    writeln!(out, "\n{}\n", intake.report())?;
    write_counts(&ranking, out)?;
    write_top(&ranking, options.top, out)?;
    if let Some(first) = ranking.at(1) {
        writeln!(out, "\nThe first one in full:\n\n{}", first.assess())?;
    }
    if let Some(path) = &options.out {
        ranking.write_csv(BufWriter::new(File::create(path)?))?;
        writeln!(out, "\nThe whole ranking is in {}", path.display())?;
    }
    if timed {
        let (read, ranked) = (read.as_secs_f64() * 1e3, ranked.as_secs_f64() * 1e3);
        let complaints = ranking.len();
        writeln!(out, "\n{complaints} complaints read in {read:.1} ms, ranked in {ranked:.1} ms")?;
    }
    Ok(())
}

fn read(options: &Options, triage: &Triage) -> Result<Intake, Box<dyn Error>> {
    let path = &options.backlog;
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    // Shown on a terminal only.
    let bar = ProgressBar::new(file.metadata()?.len()).with_style(ProgressStyle::with_template(
        "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec}",
    )?);
    let file = bar.wrap_read(file);
    let is_ndjson = path.extension().is_some_and(|extension| extension != "csv");
    let intake = if is_ndjson {
        Backlog::read_ndjson(triage.codebook(), file, Unlisted::Report)?
    } else {
        Backlog::read_csv(triage.codebook(), file, Unlisted::Report)?
    };
    bar.finish_and_clear();
    Ok(intake)
}

fn write_counts(ranking: &Ranking, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "{:<6} {:<10} {:>10}", "lane", "band", "complaints")?;
    for BandCount { lane, band, count, .. } in ranking.counts() {
        if count > 0 {
            writeln!(out, "{lane:<6} {band:<10} {count:>10}")?;
        }
    }
    writeln!(out)
}

fn write_top(ranking: &Ranking, top: usize, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(
        out,
        "{:>8}  {:<12} {:<5} {:<10} {:>5}  {:<20} main reason",
        "position", "id", "lane", "band", "index", "one answer reaches"
    )?;
    for entry in ranking.top(top) {
        let assessment = entry.assess();
        writeln!(
            out,
            "{:>8}  {:<12} {:<5} {:<10} {:>5}  {:<20} {}",
            entry.position(),
            entry.id(),
            entry.lane(),
            entry.band(),
            entry.priority(),
            reachable(&assessment),
            main_reason(&assessment),
        )?;
    }
    Ok(())
}

/// The first and last places that one open answer leads to.
fn reachable(assessment: &Assessment) -> String {
    let now = assessment.placement().model_standing();
    let then = assessment.reachable().iter().map(|answered| answered.standing);
    let standings: Vec<Standing> = std::iter::once(now).chain(then).collect();
    let pick = |better: fn(Standing, Standing) -> bool| {
        standings.iter().copied().reduce(|one, other| if better(other, one) { other } else { one })
    };
    let (first, last) = (pick(Standing::is_before), pick(|one, other| other.is_before(one)));
    let short = |standing: Standing| match standing.lane() {
        caserank::Lane::Must => "must".to_owned(),
        caserank::Lane::Open => standing.band().to_string(),
    };
    match (first, last) {
        (Some(first), Some(last)) if short(first) != short(last) => {
            format!("{} to {}", short(last), short(first))
        }
        _ => "no change".to_owned(),
    }
}

/// The gate that set the lane or the band, or else the answer that moves the index most.
fn main_reason(assessment: &Assessment) -> String {
    use caserank::policy::GateEffect;
    let set = |effect: &GateEffect| match effect {
        GateEffect::Must => assessment.lane() == caserank::Lane::Must,
        GateEffect::Floor(band) => *band == assessment.band(),
        _ => false,
    };
    if let Some(gate) = assessment.gates().find(|gate| set(&gate.effect)) {
        return format!("gate: {}", gate.title);
    }
    let items = assessment.triage().codebook().items();
    assessment.reasons().first().map_or_else(
        || "nothing is known".to_owned(),
        |reason| {
            let item = &items[reason.item];
            format!("{} = {}", item.id, item.answer_id(reason.code))
        },
    )
}
