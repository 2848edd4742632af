//! Several models on one backlog.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use caserank::policy::Band;
use caserank::rank::Rank;
use caserank::{Lane, Ranking, Triage};
use clap::Args;

use super::files::{doubt, model, visible};
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
    /// How many of those who move are named; all are counted.
    #[arg(long, default_value_t = 20)]
    moves: usize,
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
    let finish = models.iter().map(doubt).fold(intake.tell(out)?, Finish::and);
    let all: Vec<&Triage> = models.iter().collect();
    let rankings =
        Triage::rank_each(&all, intake.backlog()).map_err(|cause| Failure::of("ranking", cause))?;
    let Some((first, others)) = rankings.split_first() else { return Ok(finish) };
    for other in others {
        compare(first, other, arguments.top, out)?;
        who_moves(first, other, arguments, out)?;
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

/// One complaint that another model places otherwise.
struct Shift<'a> {
    id: &'a str,
    from: Rank,
    to: Rank,
    leaves_first: bool,
    enters_first: bool,
}

impl Shift<'_> {
    /// Whoever loses comes first: the `must` lane, then a place among the first, then bands.
    fn urgency(&self) -> (u8, Reverse<i64>, usize) {
        let bands = |rank: Rank| Band::ALL.iter().position(|band| *band == rank.band());
        let (before, after) = (bands(self.from), bands(self.to));
        let group = match (self.from.lane(), self.to.lane()) {
            (Lane::Must, Lane::Open) => 0,
            _ if self.leaves_first => 1,
            _ if after > before => 2,
            (Lane::Open, Lane::Must) => 3,
            _ => 4,
        };
        let fall = self.to.position() as i64 - self.from.position() as i64;
        (group, Reverse(if group < 3 { fall } else { -fall }), self.from.position())
    }
}

/// Names who changes lane or band, and who gains or loses a place among the first.
fn who_moves(
    first: &Ranking,
    other: &Ranking,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let top = arguments.top;
    let moves = other.moves_between_models(first);
    let mut shifts: Vec<Shift<'_>> = moves
        .iter()
        .filter_map(|moved| {
            let (from, to) = (moved.from()?, moved.to()?);
            let (was_first, is_first) = (from.position() <= top, to.position() <= top);
            let shift = Shift {
                id: moved.id(),
                from,
                to,
                leaves_first: was_first && !is_first,
                enters_first: is_first && !was_first,
            };
            (moved.changed_band() || was_first != is_first).then_some(shift)
        })
        .collect();
    shifts.sort_by_key(Shift::urgency);
    let count = |of: &dyn Fn(&Shift<'_>) -> bool| shifts.iter().filter(|shift| of(shift)).count();
    writeln!(
        out,
        "Under {}, {} complaints stand in another lane or band, {} of them out of `must` and {} into it; {} lose a place among the first {top}. Those that lose most come first:\n",
        other.triage().identity(),
        count(&|shift| !shift.from.standing().has_band_of(shift.to.standing())),
        count(&|shift| shift.from.lane() == Lane::Must && shift.to.lane() == Lane::Open),
        count(&|shift| shift.from.lane() == Lane::Open && shift.to.lane() == Lane::Must),
        count(&|shift| shift.leaves_first),
    )?;
    for shift in shifts.iter().take(arguments.moves) {
        let stands = |rank: Rank| format!("{} {} at {}", rank.lane(), rank.band(), rank.position());
        let place = match (shift.leaves_first, shift.enters_first) {
            (true, _) => format!("; leaves the first {top}"),
            (_, true) => format!("; joins the first {top}"),
            _ => String::new(),
        };
        writeln!(
            out,
            "{}: {} -> {}{place}",
            visible(shift.id),
            stands(shift.from),
            stands(shift.to)
        )?;
    }
    if shifts.len() > arguments.moves {
        writeln!(out, "… and {} more", shifts.len() - arguments.moves)?;
    }
    Ok(writeln!(out)?)
}
