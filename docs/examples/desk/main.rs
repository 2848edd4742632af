//! The analyst's desk: backlogs in, lists that people read out, one command for each job.
//!
//! ```text
//! cargo run --release --example desk -- rank fixtures/backlog.csv
//! cargo run --release --example desk -- help
//! ```
//!
//! It is thin: everything it does is a call of the library. It reads the files that it is given, writes those
//! that it is told to, and takes every time from its arguments.

mod card;
mod check;
#[cfg(feature = "arrow-59")]
mod columns;
mod compare;
mod decisions;
mod explain;
mod files;
mod future;
mod icac;
mod lint;
mod lost;
mod models;
mod moves;
mod near;
mod packed;
pub(crate) mod pipe;
mod plan;
mod rank;
mod read;
mod refused;
mod saved;
mod shape;
mod skeleton;
mod translate;
mod unlisted;
mod wrap;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Orders complaints so that the ones most likely to involve a child in danger are looked at first.
#[derive(Debug, Parser)]
#[command(name = "desk", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 everything was read, understood and ranked; 3 done, but something needs a \
person, told above the list: what was not understood, what was left out, or a complaint that stood in `must` and is gone; 2 wrong use; 1 not done.";

#[derive(Debug, Subcommand)]
enum Command {
    /// What is in these files, what was understood, and what needs a person.
    #[command(after_help = "Example: desk check backlog.csv")]
    Check(check::Check),
    /// The ranking; several files are one backlog.
    #[command(
        after_help = "Example: desk rank monday.csv tuesday.ndjson --top 50 --out ranking.csv"
    )]
    Rank(rank::Arguments),
    /// Whole assessments of some complaints, with their positions.
    #[command(after_help = "Example: desk explain backlog.csv --id syn-00000836")]
    Explain(explain::Arguments),
    /// What tells two complaints apart.
    #[command(after_help = "Example: desk compare backlog.csv --id syn-00000836 --id syn-00006491")]
    Compare(compare::Arguments),
    /// Who moved between two files, and why.
    #[command(
        after_help = "Example: desk moves monday.csv tuesday.csv\n         desk moves yesterdays-ranking.csv backlog.csv --overrides decisions.ndjson --now 2026-04-18T08:00:00Z\n\nExit code 3 also where a complaint that stood in `must` is in none of the files now, or stands elsewhere by no decision."
    )]
    Moves(moves::Arguments),
    /// The day's worklists.
    #[command(
        after_help = "Example: desk plan backlog.csv --units north=60,south=40 --now 2026-04-17T08:00:00Z --out today\n\nExit code 3 also where a complaint that stood in `must` is in none of the files now, or stands elsewhere by no decision;\nwhere `must` or what expires has no capacity; and where complaints belong to no unit that is planned."
    )]
    Plan(plan::Arguments),
    /// Several models on one backlog: bands against bands, who moves, how far their first places agree.
    #[command(after_help = "Example: desk models backlog.csv --model a.json --model b.json")]
    Models(models::Arguments),
    /// Position under the model beside the level of the task forces' scale, departures first.
    #[command(after_help = "Example: desk icac backlog.csv")]
    Icac(icac::Arguments),
    /// What a model says that may not be meant, and what changed against another.
    #[command(after_help = "Example: desk lint model.json --against last-year.json")]
    Lint(lint::Arguments),
    /// A model's items and points on one page of paper, for units that do not work on a screen.
    #[command(
        after_help = "Example: desk card model.json --outcome contact_offending --out card.html"
    )]
    Card(card::Arguments),
    /// A model file to begin with, under a name of your own.
    #[command(after_help = "Example: desk skeleton north_unit --out north.json")]
    Skeleton(skeleton::Arguments),
    /// A file of all texts in which a complaint is explained, to be translated; or what of one is left to do.
    #[command(
        after_help = "Example: desk translate fr --out texts.json\n         desk explain backlog.csv --id syn-00000836 --texts texts.json"
    )]
    Translate(translate::Arguments),
}

/// Which model ranks.
#[derive(Debug, Clone, Args)]
pub(crate) struct Model {
    /// A model file; the shipped reference model, which is not validated, without it.
    #[arg(long)]
    model: Option<PathBuf>,
}

impl Model {
    fn path(&self) -> Option<&std::path::Path> {
        self.model.as_deref()
    }
}

/// How a command ended that did what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    /// All that was read was understood.
    Clean,
    /// Done, but something needs a person.
    NeedsPerson,
}

impl Finish {
    fn and(self, other: Finish) -> Finish {
        if self == Finish::Clean { other } else { self }
    }
}

/// Why nothing was done, in words for people.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Arguments that do not go together.
    #[error("{0}")]
    Use(String),
    /// Something that could not be done.
    #[error("{0}")]
    NotDone(String),
    /// A source of which not even a draft of a mapping can be made.
    #[error(
        "{path}: {cause}\n{questions}\nWrite a draft with `desk check {path} --write-mapping M.json`, answer its questions, and read with `--mapping M.json`"
    )]
    NoDraft {
        /// The file, as it is shown.
        path: String,
        /// What is missing.
        cause: String,
        /// What a person has to decide.
        questions: String,
    },
    /// The output went away.
    #[error(transparent)]
    Output(#[from] io::Error),
}

impl Failure {
    /// What went wrong, with the file or thing it went wrong with.
    pub(crate) fn of(what: impl std::fmt::Display, cause: impl std::fmt::Display) -> Self {
        Failure::NotDone(format!("{what}: {cause}"))
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let stdout = io::stdout();
    let mut out = io::BufWriter::new(pipe::UntilClosed::new(stdout.lock()));
    let ended = run(&cli, &mut out).and_then(|finish| Ok(out.flush().map(|()| finish)?));
    match ended {
        Ok(Finish::Clean) => ExitCode::SUCCESS,
        Ok(Finish::NeedsPerson) => ExitCode::from(3),
        Err(failure) => {
            let _ = writeln!(io::stderr(), "desk: {}", told(&failure));
            ExitCode::from(if matches!(failure, Failure::Use(_)) { 2 } else { 1 })
        }
    }
}

/// What went wrong, for a terminal: it may quote what stands in a file.
pub(crate) fn told(failure: &Failure) -> String {
    files::visible(&failure.to_string())
}

/// Runs one command, writing what people read to `out`.
///
/// # Errors
/// [`Failure`], in words for people.
pub(crate) fn run(cli: &Cli, out: &mut impl Write) -> Result<Finish, Failure> {
    // Files, JSON, or Markdown with tables: lines that are not to be broken.
    let is_whole = match &cli.command {
        Command::Plan(_) | Command::Skeleton(_) | Command::Translate(_) => true,
        Command::Explain(arguments) => arguments.is_json(),
        _ => false,
    };
    if is_whole {
        return run_command(cli, out);
    }
    let mut out = wrap::Wrapped::new(out);
    let ended = run_command(cli, &mut out);
    out.flush()?;
    ended
}

fn run_command(cli: &Cli, out: &mut impl Write) -> Result<Finish, Failure> {
    match &cli.command {
        Command::Check(input) => check::check(input, out),
        Command::Rank(arguments) => rank::run(arguments, out),
        Command::Explain(arguments) => explain::run(arguments, out),
        Command::Compare(arguments) => compare::run(arguments, out),
        Command::Moves(arguments) => moves::run(arguments, out),
        Command::Plan(arguments) => plan::run(arguments, out),
        Command::Models(arguments) => models::run(arguments, out),
        Command::Icac(arguments) => icac::run(arguments, out),
        Command::Lint(arguments) => lint::run(arguments, out),
        Command::Card(arguments) => card::run(arguments, out),
        Command::Skeleton(arguments) => skeleton::run(arguments, out),
        Command::Translate(arguments) => translate::run(arguments, out),
    }
}
