//! Several models on one backlog.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use caserank::policy::Band;
use caserank::{Lane, Ranking, Triage};
use clap::Args;

use super::files::model;
use super::read::{Input, read};
use super::{Failure, Finish};

/// The models.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// A model file; give at least one. One alone is held against the shipped model.
    #[arg(long = "model", required = true)]
    models: Vec<PathBuf>,
    /// How many first places are compared.
    #[arg(long, default_value_t = 100)]
    top: usize,
}

/// Holds each model against the first.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    let mut models = Vec::new();
    if arguments.models.len() == 1 {
        models.push(model(None)?);
    }
    for path in &arguments.models {
        models.push(model(Some(path))?);
    }
    let intake = read(&arguments.input, &models[0])?;
    let finish = intake.tell(out)?;
    let all: Vec<&Triage> = models.iter().collect();
    let rankings =
        Triage::rank_each(&all, intake.backlog()).map_err(|cause| Failure::of("ranking", cause))?;
    let Some((first, others)) = rankings.split_first() else { return Ok(finish) };
    for other in others {
        compare(first, other, arguments.top, out)?;
    }
    Ok(finish)
}

fn compare(
    first: &Ranking,
    other: &Ranking,
    top: usize,
    out: &mut impl Write,
) -> Result<(), Failure> {
    writeln!(
        out,
        "{} (rows) and {} (columns)\n",
        first.triage().identity(),
        other.triage().identity()
    )?;
    let places: Vec<(Lane, Band)> = [Lane::Must, Lane::Open]
        .into_iter()
        .flat_map(|lane| Band::ALL.map(|band| (lane, band)))
        .collect();
    let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let number = |lane: Lane, band: Band| places.iter().position(|place| *place == (lane, band));
    for entry in first {
        let then = other.entry(entry.id());
        if let (Some(row), Some(column)) = (
            number(entry.lane(), entry.band()),
            then.and_then(|then| number(then.lane(), then.band())),
        ) {
            *counts.entry((row, column)).or_default() += 1;
        }
    }
    let used: Vec<usize> = (0..places.len())
        .filter(|place| counts.keys().any(|(row, column)| row == place || column == place))
        .collect();
    let name = |place: usize| format!("{} {}", places[place].0, places[place].1);
    write!(out, "{:<16}", "")?;
    for &column in &used {
        write!(out, " {:>15}", name(column))?;
    }
    for &row in &used {
        write!(out, "\n{:<16}", name(row))?;
        for &column in &used {
            write!(out, " {:>15}", counts.get(&(row, column)).copied().unwrap_or(0))?;
        }
    }
    let of_first: std::collections::BTreeSet<&str> =
        first.top(top).map(|entry| entry.id()).collect();
    let shared = other.top(top).filter(|entry| of_first.contains(entry.id())).count();
    let among = of_first.len();
    writeln!(out, "\n\nAmong the first {among} of each, {shared} are the same.\n")?;
    Ok(())
}
