//! Our order beside the level of the task forces' scale.

use std::collections::BTreeMap;
use std::io::Write;

use caserank::policy::Band;
use caserank::reference::{IcacLevel, icac_scale};
use caserank::{Lane, Ranking, Triage};
use clap::Args;

use super::files::{doubt, model};
use super::read::{Input, read};
use super::{Failure, Finish, Model};

/// What to lay side by side.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    model: Model,
    /// How many complaints to show, those that both place most differently first.
    #[arg(long, default_value_t = 20)]
    top: usize,
}

/// Where a complaint stands in both orders.
struct Both<'a> {
    id: &'a str,
    position: usize,
    place: (Lane, Band),
    level: IcacLevel,
}

impl Both<'_> {
    /// Lane and band as steps from the first.
    fn steps(place: (Lane, Band)) -> i64 {
        match place {
            (Lane::Must, _) => 0,
            (Lane::Open, Band::VeryHigh) => 1,
            (Lane::Open, Band::High) => 2,
            (Lane::Open, Band::Medium) => 3,
            (Lane::Open, Band::Low) => 4,
        }
    }

    /// The level as steps of the same kind: its first two are what must be looked at.
    fn level_steps(&self) -> i64 {
        match self.level {
            IcacLevel::ImmediateRisk | IcacLevel::KnownOffender => 0,
            IcacLevel::Solicits => 1,
            IcacLevel::HomePhotography => 2,
            IcacLevel::HighVolume => 3,
            _ => 4,
        }
    }

    /// By how many steps our order puts it later than the scale; below 0 where it puts it earlier.
    fn later(&self) -> i64 {
        Both::steps(self.place) - self.level_steps()
    }
}

/// Counts bands against levels, then tells departures: first those that the scale puts earlier than we do.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    let triage = model(arguments.model.path())?;
    let scale = icac_scale().map_err(|cause| Failure::of("the scale", cause))?;
    let intake = read(&arguments.input, &triage)?;
    let finish = intake.tell(out)?.and(doubt(&triage));
    let models: [&Triage; 2] = [&triage, &scale];
    let rankings = Triage::rank_each(&models, intake.backlog())
        .map_err(|cause| Failure::of("ranking", cause))?;
    let [ours, theirs] = rankings.as_slice() else { return Ok(finish) };
    writeln!(
        out,
        "{} beside {}: one task force's written scale of 2011, by rule alone, which nobody has validated either.\n",
        triage.identity(),
        scale.identity()
    )?;
    let mut both = side_by_side(ours, theirs);
    write_counts(&both, out)?;
    both.sort_by_key(|one| (std::cmp::Reverse(one.later()), one.level, one.position));
    let departures = both.iter().filter(|one| one.later() != 0).count();
    writeln!(out, "{:>8}  {:<20} {:<16} level of the scale", "position", "id", "stands")?;
    for one in both.iter().filter(|one| one.later() != 0).take(arguments.top) {
        let stands = match one.place {
            (Lane::Must, band) => format!("must ({band})"),
            (Lane::Open, band) => band.to_string(),
        };
        writeln!(out, "{:>8}  {:<20} {stands:<16} {}", one.position, one.id, one.level)?;
    }
    if departures > arguments.top {
        writeln!(out, "… and {} more that both place differently", departures - arguments.top)?;
    }
    Ok(finish)
}

fn side_by_side<'a>(ours: &'a Ranking, theirs: &Ranking) -> Vec<Both<'a>> {
    let beside = |entry: caserank::triage::RankingEntry<'a>| {
        let other = theirs.entry(entry.id())?;
        Some(Both {
            id: entry.id(),
            position: entry.position(),
            place: (entry.lane(), entry.band()),
            level: IcacLevel::of(other.standing()),
        })
    };
    ours.iter().filter_map(beside).collect()
}

fn write_counts(both: &[Both<'_>], out: &mut impl Write) -> Result<(), Failure> {
    let mut counts: BTreeMap<(IcacLevel, i64), usize> = BTreeMap::new();
    for one in both {
        *counts.entry((one.level, Both::steps(one.place))).or_default() += 1;
    }
    let columns = ["must", "very_high", "high", "medium", "low"];
    write!(out, "{:<20}", "level of the scale")?;
    for column in columns {
        write!(out, " {column:>9}")?;
    }
    for level in IcacLevel::ALL {
        write!(out, "\n{:<20}", format!("level {level}"))?;
        for steps in 0..columns.len() as i64 {
            write!(out, " {:>9}", counts.get(&(level, steps)).copied().unwrap_or(0))?;
        }
    }
    Ok(writeln!(out, "\n")?)
}
