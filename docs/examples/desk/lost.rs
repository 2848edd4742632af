//! Complaints that stood in `must` and do so no more: worked, corrected, or lost on the way.

use std::io::Write;

use caserank::policy::{ActiveOverride, OverrideEffect};
use caserank::{Lane, Ranking};

use super::files::visible;
use super::{Failure, Finish};

/// Ids that are named; all are counted.
const MOST_NAMED: usize = 100;

/// Whether a person's decision took it out of `must`; no other decision can have.
fn is_lifted(ranking: &Ranking, id: &str) -> bool {
    let decisions = ranking.overrides().get(id).into_iter().flat_map(ActiveOverride::iter);
    decisions.into_iter().any(|decision| decision.effect == OverrideEffect::LiftMust)
}

/// Tells which of those that stood in `must` are not there now, and which stand elsewhere by no decision that holds.
pub(crate) fn tell<'a>(
    stood_in_must: impl IntoIterator<Item = &'a str>,
    now: &Ranking,
    out: &mut dyn Write,
) -> Result<Finish, Failure> {
    let (mut gone, mut elsewhere) = (Vec::new(), Vec::new());
    for id in stood_in_must {
        match now.entry(id) {
            None => gone.push(visible(id)),
            Some(entry) if entry.lane() != Lane::Must && !is_lifted(now, id) => {
                let (band, position) = (entry.band(), entry.position());
                elsewhere.push(format!("{} ({band}, position {position})", visible(id)));
            }
            Some(_) => {}
        }
    }
    let mut say = |ids: &[String], what: &str| {
        let more = ids.len().saturating_sub(MOST_NAMED);
        writeln!(
            out,
            "NEEDS A PERSON: {} {} {what}: {}{}\n",
            ids.len(),
            if ids.len() == 1 {
                "complaint that stood in `must`"
            } else {
                "complaints that stood in `must`"
            },
            ids[..ids.len() - more].join(", "),
            if more > 0 { format!(" … and {more} more") } else { String::new() }
        )
    };
    if !gone.is_empty() {
        let verb = if gone.len() == 1 { "is" } else { "are" };
        say(
            &gone,
            &format!(
                "{verb} ranked from none of these files: closed, lost on the way, or set aside"
            ),
        )?;
    }
    if !elsewhere.is_empty() {
        let verb = if elsewhere.len() == 1 { "does" } else { "do" };
        say(&elsewhere, &format!("{verb} so no more, by no decision that holds"))?;
    }
    let is_clean = gone.is_empty() && elsewhere.is_empty();
    Ok(if is_clean { Finish::Clean } else { Finish::NeedsPerson })
}
