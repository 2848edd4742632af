//! Decisions of people: read from a file, and what of them does not count is told.

use std::io::Write;
use std::path::{Path, PathBuf};

use caserank::policy::Override;
use caserank::{ActiveOverrides, Backlog, Overrides, Ranking, Timestamp, Triage};
use clap::Args;

use super::files::{shown, text_of};
use super::near::near_id;
use super::{Failure, Finish, future};

/// How many decisions about nobody are named.
const MOST_NAMED: usize = 20;

/// Which decisions count, and when.
#[derive(Debug, Clone, Args)]
pub(crate) struct Decided {
    /// Decisions of people, one JSON object a line; they count at the time of `--now`.
    #[arg(long, requires = "now")]
    overrides: Option<PathBuf>,
    /// The time at which this is done: ages are counted from it, decisions hold at it, and complaints from after it are told.
    #[arg(long)]
    now: Option<Timestamp>,
}

impl Decided {
    /// The file of decisions.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.overrides.as_deref()
    }

    /// The time at which this is done.
    pub(crate) fn now(&self) -> Option<Timestamp> {
        self.now
    }

    /// Reads the decisions, where any were named.
    pub(crate) fn read(&self) -> Result<Option<Decisions>, Failure> {
        match (&self.overrides, self.now) {
            (Some(path), Some(now)) => Ok(Some(Decisions::read(path, now)?)),
            _ => Ok(None),
        }
    }

    /// Ranks by what was decided, and tells what of it does not count and which complaints come from the future.
    pub(crate) fn rank(
        &self,
        triage: &Triage,
        backlog: &Backlog,
        out: &mut impl Write,
    ) -> Result<(Ranking, Finish), Failure> {
        let mut finish = Finish::Clean;
        if let Some(now) = self.now {
            finish = finish.and(future::tell(backlog, now, out)?);
        }
        let mut overrides = ActiveOverrides::none();
        if let Some(decisions) = self.read()? {
            finish = finish.and(decisions.tell(backlog, out)?);
            overrides = decisions.in_force();
        }
        let ranking = triage.rank_with(backlog, &overrides);
        Ok((ranking.map_err(|cause| Failure::of("ranking", cause))?, finish))
    }
}

/// Decisions, and the time at which they count.
#[derive(Debug)]
pub(crate) struct Decisions {
    all: Overrides,
    now: Timestamp,
}

impl Decisions {
    /// Reads one JSON object a line.
    pub(crate) fn read(path: &Path, now: Timestamp) -> Result<Self, Failure> {
        let text = text_of(path)?;
        let mut all = Overrides::new();
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
            let at = || format!("{}, line {number}", shown(path));
            let decision: Override =
                serde_json::from_str(line).map_err(|cause| Failure::of(at(), cause))?;
            all.add(decision).map_err(|cause| Failure::of(at(), cause))?;
        }
        Ok(Decisions { all, now })
    }

    /// Those in force.
    pub(crate) fn in_force(&self) -> ActiveOverrides {
        self.all.at(self.now)
    }

    /// Those that were in force at another time.
    pub(crate) fn in_force_at(&self, time: Timestamp) -> ActiveOverrides {
        self.all.at(time)
    }

    /// Says how many count, and names those about complaints that are not there or that nobody has made yet: somebody
    /// thinks that they count.
    pub(crate) fn tell(&self, backlog: &Backlog, out: &mut impl Write) -> Result<Finish, Failure> {
        let now = self.now;
        let is_over = |decision: &&Override| decision.expires.is_some_and(|end| end <= now);
        let (over, still): (Vec<_>, Vec<_>) = self.all.iter().partition(is_over);
        let (early, holding): (Vec<_>, Vec<_>) =
            still.into_iter().partition(|decision| decision.made > now);
        let (astray, here): (Vec<_>, Vec<_>) =
            holding.into_iter().partition(|decision| backlog.row_of(&decision.complaint).is_none());
        writeln!(
            out,
            "Decisions: {} read; at {now} {} hold for complaints of these files, {} for none of them, {} are over, {} are made later.",
            self.all.len(),
            here.len(),
            astray.len(),
            over.len(),
            early.len()
        )?;
        let described = |decision: &Override| {
            let id = decision.complaint.escape_debug();
            format!("`{id}` ({}, made {})", decision.effect, decision.made)
        };
        for decision in astray.iter().take(MOST_NAMED) {
            let near = near_id(backlog, &decision.complaint);
            let near = near.map(|id| format!(": did you mean `{}`?", id.escape_debug()));
            let near = near.unwrap_or_default();
            writeln!(out, "  in none of these files: {}{near}", described(decision))?;
        }
        for decision in early.iter().take(MOST_NAMED) {
            writeln!(out, "  does not count yet: {}", described(decision))?;
        }
        let outweighed: Vec<&Override> = self.all.outweighed(now).collect();
        for decision in outweighed.iter().take(MOST_NAMED) {
            let told = described(decision);
            writeln!(
                out,
                "  does not count, another made in the same second is more careful: {told}"
            )?;
        }
        let named = [astray.len(), early.len(), outweighed.len()];
        let left: usize = named.map(|count| count.saturating_sub(MOST_NAMED)).iter().sum();
        if left > 0 {
            writeln!(out, "  and {left} more")?;
        }
        writeln!(out)?;
        let counts = astray.is_empty() && early.is_empty() && outweighed.is_empty();
        Ok(if counts { Finish::Clean } else { Finish::NeedsPerson })
    }
}
