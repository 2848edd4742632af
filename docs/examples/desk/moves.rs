//! Who moved between two states of a backlog, and why.

use std::io::Write;
use std::path::PathBuf;

use caserank::rank::{Move, MoveDirection};
use clap::Args;

use super::files::{model, shown};
use super::read::{Input, read};
use super::saved::{self, Detail, Saved, Stood};
use super::{Failure, Finish, Model};

/// The two states.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The backlog as it was, or the ranking that `rank --out` wrote of it.
    old: PathBuf,
    /// The backlog as it is.
    new: PathBuf,
    #[command(flatten)]
    model: Model,
    /// How many moves to explain; all are counted.
    #[arg(long, default_value_t = 20)]
    top: usize,
}

/// Counts all moves and explains the first, those that went up first.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    let triage = model(arguments.model.path())?;
    let rank = |path: &PathBuf, out: &mut dyn Write| -> Result<_, Failure> {
        let intake = read(&Input::of(path), &triage)?;
        let mut told = Vec::new();
        let finish = intake.tell(&mut told)?;
        if finish == Finish::NeedsPerson {
            writeln!(out, "{}:", shown(path))?;
            out.write_all(&told)?;
        }
        let ranking =
            triage.rank(intake.backlog()).map_err(|cause| Failure::of(shown(path), cause))?;
        Ok((ranking, finish))
    };
    if let Some(saved) = saved::load(&arguments.old)? {
        let (new, finish) = rank(&arguments.new, out)?;
        since_saved(&saved, &Saved::of(&new, saved.detail), arguments.top, out)?;
        return Ok(finish);
    }
    let (old, old_finish) = rank(&arguments.old, out)?;
    let (new, new_finish) = rank(&arguments.new, out)?;
    let moves = new.moves_since(&old).map_err(|cause| Failure::of("moves", cause))?;

    let mut told: Vec<&Move> = moves.changed().collect();
    let urgency = |moved: &&Move| {
        let now = moved.to().map(|rank| rank.position());
        // Who stands first now comes first; who left comes last.
        (moved.direction() == MoveDirection::Left, !moved.changed_band(), now)
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
    Ok(old_finish.and(new_finish))
}

/// Tells who moved since a ranking was written, with causes as far as what was written knows them.
fn since_saved(old: &Saved, new: &Saved, top: usize, out: &mut impl Write) -> Result<(), Failure> {
    if old.fingerprint != new.fingerprint {
        writeln!(
            out,
            "ATTENTION: the saved ranking was made by another model ({}…): moves mix what changed in complaints with what changed in the model.\n",
            old.fingerprint.chars().take(12).collect::<String>()
        )?;
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
    let stays = |was: &Stood, is: &Stood| {
        (&was.place, was.index, &was.movers, &was.rules)
            == (&is.place, is.index, &is.movers, &is.rules)
    };
    let (mut told, mut pushed, mut stayed) = (Vec::new(), 0, 0);
    for (id, is) in &new.complaints {
        match old.complaints.get(id) {
            Some(was) if was == is => stayed += 1,
            Some(was) if stays(was, is) => pushed += 1,
            was => told.push((id, was, is)),
        }
    }
    let left: Vec<&String> =
        old.complaints.keys().filter(|id| !new.complaints.contains_key(*id)).collect();
    let other_place =
        |was: &Option<&Stood>, is: &Stood| was.is_none_or(|was| was.place != is.place);
    told.sort_by_key(|(_, was, is)| (!other_place(was, is), is.position));
    writeln!(
        out,
        "{} moved by changes of their own, {} of them new or in another lane or band; {} left; {pushed} were only pushed; {stayed} stayed.\n",
        told.len(),
        told.iter().filter(|(_, was, is)| other_place(was, is)).count(),
        left.len(),
    )?;
    for (id, was, is) in told.iter().take(top) {
        write_move(id, *was, is, out)?;
    }
    if told.len() > top {
        writeln!(out, "… and {} more", told.len() - top)?;
    }
    if !left.is_empty() {
        let first: Vec<&str> = left.iter().take(top).map(|id| id.as_str()).collect();
        let more = left.len() - first.len();
        let more = if more > 0 { format!(" … and {more} more") } else { String::new() };
        writeln!(out, "Left: {}{more}", first.join(", "))?;
    }
    Ok(())
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
        return Ok(writeln!(out, "{id}: new, {}", place(is))?);
    };
    writeln!(out, "{id}: {} -> {}", place(was), place(is))?;
    let more = |of: &[String], than: &[String]| -> Vec<String> {
        of.iter().filter(|told| !than.contains(told)).cloned().collect()
    };
    for (what, told) in [
        ("by a rule now", more(&is.rules, &was.rules)),
        ("by a rule no more", more(&was.rules, &is.rules)),
        ("counts now", more(&is.movers, &was.movers)),
        ("counts no more", more(&was.movers, &is.movers)),
    ] {
        if !told.is_empty() {
            writeln!(out, "  {what}: {}", told.join(", "))?;
        }
    }
    if was.movers == is.movers && was.rules == is.rules {
        writeln!(out, "  the cause is not in the saved file")?;
    }
    Ok(())
}
