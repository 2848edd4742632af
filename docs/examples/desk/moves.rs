//! Who moved between two states of a backlog, and why.

use std::io::Write;
use std::path::PathBuf;

use caserank::rank::{Direction, Move};
use clap::Args;

use super::files::model;
use super::read::{Input, read};
use super::{Failure, Finish, Model};

/// The two states.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The backlog as it was.
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
            writeln!(out, "{}:", path.display())?;
            out.write_all(&told)?;
        }
        let ranking =
            triage.rank(intake.backlog()).map_err(|cause| Failure::of(path.display(), cause))?;
        Ok((ranking, finish))
    };
    let (old, old_finish) = rank(&arguments.old, out)?;
    let (new, new_finish) = rank(&arguments.new, out)?;
    let moves = new.moves_since(&old).map_err(|cause| Failure::of("moves", cause))?;

    let mut told: Vec<&Move> = moves.own().collect();
    let urgency = |moved: &&Move| {
        let now = moved.to().map(|rank| rank.position());
        // Who stands first now comes first; who left comes last.
        (moved.direction() == Direction::Left, !moved.changed_band(), now)
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
