//! Who moved between two states of a backlog, and why.

use std::io::Write;
use std::path::{Path, PathBuf};

use caserank::rank::{Move, MoveDirection, Rank};
use caserank::{ActiveOverrides, Lane, Ranking, Timestamp};
use clap::Args;

use super::decisions::Decided;
use super::files::{doubt, model, shown, visible};
use super::read::{How, Read, read};
use super::saved::{self, Changes, Detail, Saved, Stood};
use super::{Failure, Finish, Model, lost};

/// The two states.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The backlog as it was, or the ranking that `rank --out` wrote of it.
    old: PathBuf,
    /// The backlog as it is.
    new: PathBuf,
    #[command(flatten)]
    model: Model,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    decided: Decided,
    /// The time of OLD: decisions hold for it as they did then; without it as they do at `--now`.
    #[arg(long, requires = "overrides")]
    then: Option<Timestamp>,
    /// How many moves to explain; all are counted.
    #[arg(long, default_value_t = 20)]
    top: usize,
}

/// Counts all moves and explains the first, those out of `must` first.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    let triage = model(arguments.model.path())?;
    let decisions = arguments.decided.read()?;
    let read_as = |path: &Path, out: &mut dyn Write| -> Result<(Read, Finish), Failure> {
        let intake = read(&arguments.how.input(path), &triage)?;
        let mut told = Vec::new();
        let finish = intake.tell(&mut told)?;
        if finish == Finish::NeedsPerson {
            writeln!(out, "{}:", shown(path))?;
            out.write_all(&told)?;
        }
        Ok((intake, finish))
    };
    let rank_new = |out: &mut dyn Write| -> Result<(Ranking, Finish), Failure> {
        let (intake, finish) = read_as(&arguments.new, out)?;
        let (ranking, decided) =
            arguments.decided.rank(&triage, intake.backlog(), &mut &mut *out)?;
        // Everybody would seem to have left.
        match ranking.is_empty() {
            true => Err(Failure::of(
                shown(&arguments.new),
                "nothing could be ranked, so nothing is compared",
            )),
            false => Ok((ranking, finish.and(decided))),
        }
    };
    if let Some(saved) = saved::load(&arguments.old)? {
        let (new, finish) = rank_new(out)?;
        let lost = lost::tell(saved.in_must(), &new, out)?;
        let compared = since_saved(&saved, &Saved::of(&new, saved.detail), arguments.top, out)?;
        return Ok(finish.and(lost).and(compared).and(doubt(&triage)));
    }
    let (old, old_finish) = read_as(&arguments.old, out)?;
    let decided_then = decisions.as_ref().map_or_else(ActiveOverrides::none, |decisions| {
        arguments.then.map_or_else(|| decisions.in_force(), |then| decisions.in_force_at(then))
    });
    let old = triage
        .rank_with(old.backlog(), &decided_then)
        .map_err(|cause| Failure::of(shown(&arguments.old), cause))?;
    let (new, new_finish) = rank_new(out)?;
    let stood_in_must = old.iter().take_while(|entry| entry.lane() == Lane::Must);
    let lost = lost::tell(stood_in_must.map(|entry| entry.id()), &new, out)?;
    let moves = new.moves_since(&old).map_err(|cause| Failure::of("moves", cause))?;

    let mut told: Vec<&Move> = moves.changed().collect();
    let urgency = |moved: &&Move| {
        let now = moved.to().map(|rank| rank.position());
        // Who is out of `must` comes first, then who stands first now; others who left come last.
        let in_must = |rank: Option<Rank>| rank.is_some_and(|rank| rank.lane() == Lane::Must);
        let is_out = in_must(moved.from()) && !in_must(moved.to());
        let has_left = moved.direction() == MoveDirection::Left;
        (!is_out, has_left, !moved.changed_band(), now)
    };
    told.sort_by_key(urgency);
    writeln!(
        out,
        "{} moved by changes of their own, {} of them to another lane or band; {} were only pushed; {} stayed.\n",
        told.len(),
        told.iter().filter(|moved| moved.changed_band()).count(),
        moves.pushed(),
        moves.unmoved(),
    )?;
    for moved in told.iter().take(arguments.top) {
        writeln!(out, "{moved}")?;
        let (before, after) = (old.entry(moved.id()), new.entry(moved.id()));
        if let (Some(before), Some(after)) = (before, after) {
            let why = after
                .assess()
                .why_since(&before.assess())
                .map_err(|cause| Failure::of(moved.id(), cause))?;
            for line in why.to_string().lines().skip(1) {
                writeln!(out, "{line}")?;
            }
        }
    }
    if told.len() > arguments.top {
        writeln!(out, "… and {} more", told.len() - arguments.top)?;
    }
    Ok(old_finish.and(new_finish).and(lost).and(doubt(&triage)))
}

/// Tells who moved since a ranking was written, with causes as far as what was written knows them.
fn since_saved(
    old: &Saved,
    new: &Saved,
    top: usize,
    out: &mut impl Write,
) -> Result<Finish, Failure> {
    let mut finish = Finish::Clean;
    if let Some(caution) = saved::caution(old, new) {
        writeln!(out, "{caution}\n")?;
        finish = Finish::NeedsPerson;
    }
    writeln!(
        out,
        "{}\n",
        match old.detail {
            Detail::First =>
                "Held against a saved CSV. It knows lane, band, index per thousand, the rules that set them, the first three answers that raised and the \
                 first that lowered: other causes, and changes of less than a thousandth, it cannot tell. The NDJSON knows all answers that count.",
            Detail::All =>
                "Held against a saved NDJSON. It knows the rules that set lane and band and every answer that raised or lowered; answers that moved nothing it does not know.",
        }
    )?;
    let changes = Changes::between(old, new);
    writeln!(
        out,
        "{} moved by changes of their own, {} of them new or in another lane or band; {} left; {} were only pushed; {} stayed.\n",
        changes.moved.len(),
        changes.elsewhere(),
        changes.left.len(),
        changes.pushed,
        changes.stayed,
    )?;
    for (id, was, is) in changes.moved.iter().take(top) {
        write_move(id, *was, is, out)?;
    }
    if changes.moved.len() > top {
        writeln!(out, "… and {} more", changes.moved.len() - top)?;
    }
    if !changes.left.is_empty() {
        writeln!(out, "Left: {}", left(&changes, top))?;
    }
    Ok(finish)
}

/// Those who left by name, those who stood first before the others, and how many more.
pub(crate) fn left(changes: &Changes<'_>, most: usize) -> String {
    let named = changes.left.iter().take(most).map(|(id, was)| {
        // Whoever was in `must` may have been worked, or lost on the way.
        format!("{}{}", visible(id), if was.is_must() { " (was must)" } else { "" })
    });
    let first: Vec<String> = named.collect();
    match changes.left.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} … and {more} more", first.join(", ")),
    }
}

fn write_move(
    id: &str,
    was: Option<&Stood>,
    is: &Stood,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let place = |stood: &Stood| {
        format!(
            "{} {}, index {}, position {}",
            stood.place.0, stood.place.1, stood.index, stood.position
        )
    };
    let Some(was) = was else {
        return Ok(writeln!(out, "{}: new, {}", visible(id), place(is))?);
    };
    writeln!(out, "{}: {} -> {}", visible(id), place(was), place(is))?;
    for cause in is.causes_since(was) {
        writeln!(out, "  {cause}")?;
    }
    Ok(())
}
