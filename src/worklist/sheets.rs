//! A plan on paper: for the planner, for investigators, for the morning.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use super::attention::ScaleRow;
use super::entry::{ActsFirst, PlanEntry};
use super::plan::{Expiring, Period, Plan};
use super::shares::RuleKind;
use super::sheet_file::SHEET_FORMAT;
use crate::base::Seed;
use crate::base::json::Format;
use crate::base::text::for_markdown;
use crate::complaint::{Deadline, DeadlineKind, Deconfliction};
use crate::policy::{Band, Lane};
use crate::rank::{Move, MoveDirection, Moves};
use crate::triage::Ranking;
use crate::{Timestamp, UtcOffset};

fn list<T: fmt::Display>(parts: &[T]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn deadline(deadline: Option<&Deadline>, offset: UtcOffset) -> String {
    let Some(Deadline { due, kind }) = deadline else { return String::new() };
    let due = due.at_offset(offset);
    match kind {
        DeadlineKind::ConnectionData => format!("lead expires {due}"),
        kind => format!("{kind} {due}"),
    }
}

/// A table in Markdown, which reads as plain text too.
fn table(out: &mut String, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let line = |out: &mut String, cells: &[String]| {
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    };
    line(out, &heads.iter().map(|head| (*head).to_owned()).collect::<Vec<_>>());
    line(out, &vec!["---".to_owned(); heads.len()]);
    for row in rows {
        line(out, &row.iter().map(|text| for_markdown(text)).collect::<Vec<_>>());
    }
}

fn title(out: &mut String, what: &str, plan: &Plan) {
    let unit = plan.unit().map_or_else(|| "complaints of no planned unit".to_owned(), for_markdown);
    let _ = writeln!(out, "# {what}: {unit}, {}\n", plan.period().at_offset(plan.offset()));
}

impl Plan {
    /// The planner's sheet in Markdown: every entry with the rule that chose it and, for audits,
    /// the chance; what each rule had; what waits; the bounds. Not for investigators.
    #[must_use]
    pub fn planner_sheet(&self) -> String {
        let mut out = String::new();
        title(&mut out, "Planner's sheet", self);
        let _ = writeln!(out, "{}.\n", self.load());
        not_understood(&mut out, self);
        let heads = [
            "position",
            "complaint",
            "lane",
            "band",
            "rule",
            "acts first",
            "deconfliction",
            "deadline",
            "chance",
        ];
        let chance = |entry: &PlanEntry| {
            entry.inclusion.map_or_else(String::new, |inclusion| {
                let percent = |billionths: u32| f64::from(billionths) / 1e7;
                format!(
                    "{:.2}% now, {:.2}% so far",
                    percent(inclusion.now),
                    percent(inclusion.cumulative)
                )
            })
        };
        let rule = |entry: &PlanEntry| match &entry.ask {
            Some(item) => format!("{}: {item}", entry.rule),
            None if entry.beyond_capacity => format!("{}, beyond capacity", entry.rule),
            None => entry.rule.to_string(),
        };
        let rows = self.entries.iter().map(|entry| {
            vec![
                entry.rank.position().to_string(),
                entry.id.clone(),
                entry.rank.lane().to_string(),
                entry.rank.band().to_string(),
                rule(entry),
                list(&entry.acts_first),
                entry.deconfliction.to_string(),
                deadline(entry.next_deadline.as_ref(), self.offset),
                chance(entry),
            ]
        });
        table(&mut out, &heads, rows);
        out.push('\n');
        let rows = self.rules.iter().map(|used| {
            vec![
                used.rule.to_string(),
                used.share.to_string(),
                used.places.to_string(),
                used.used.to_string(),
            ]
        });
        table(&mut out, &["rule", "share", "places", "used"], rows);
        out.push('\n');
        waiting(&mut out, self);
        out.push('\n');
        beside(&mut out, self);
        remarks(&mut out, self);
        for bound in self.bounds() {
            let _ = writeln!(out, "- {bound}");
        }
        let without = self.carry.periods_without_capacity();
        if without > 0 {
            let periods = self.carry.periods();
            let _ = writeln!(out, "- {without} of {periods} periods left no capacity beyond must");
        }
        out
    }

    /// The investigators' sheet: who is worked, who must act first, which clocks run. It says
    /// neither rule nor band, position or chance, and audits stand at random among the rest.
    #[must_use]
    pub fn investigator_sheet(&self) -> InvestigatorSheet {
        let is_audit = |entry: &&PlanEntry| entry.rule == RuleKind::Audit;
        let mut entries: Vec<&PlanEntry> =
            self.entries.iter().filter(|entry| !is_audit(entry)).collect();
        let must = entries.iter().filter(|entry| entry.rank.lane() == Lane::Must).count();
        let mut stream = Seed(self.sheet_seed).stream(0);
        for audit in self.entries.iter().filter(is_audit) {
            let position = must + stream.below((entries.len() - must) as u64 + 1) as usize;
            entries.insert(position, audit);
        }
        let shown = entries.into_iter().map(|entry| InvestigatorEntry {
            id: entry.id.clone(),
            must: entry.rank.lane() == Lane::Must,
            acts_first: entry.acts_first.clone(),
            deconfliction: entry.deconfliction,
            next_deadline: entry.next_deadline.clone(),
        });
        let (unit, period, entries) = (self.unit.clone(), self.period, shown.collect());
        let offset = self.offset;
        InvestigatorSheet { format_version: Format, unit, period, entries, offset }
    }

    /// The morning sheet; `moves` are those since yesterday, of which the unit's own are told.
    #[must_use]
    pub fn morning_sheet<'a>(
        &'a self,
        ranking: &Ranking,
        moves: Option<&'a Moves>,
    ) -> MorningSheet<'a> {
        let backlog = ranking.backlog();
        let in_unit = |moved_complaint: &&Move| {
            backlog.row_of(moved_complaint.id()).is_some_and(|row| backlog.unit(row) == self.unit())
        };
        let moved = moves.map(|moves| moves.changed().filter(in_unit).collect());
        MorningSheet { plan: self, moved }
    }
}

/// Complaints of which something was not understood: danger may stand in it, so they come first.
fn not_understood(out: &mut String, plan: &Plan) {
    let partly = plan.partly_understood();
    if partly.is_empty() {
        return;
    }
    let _ = writeln!(out, "## Not wholly understood: {}\n", partly.len());
    for complaint in partly.iter().take(MOST_PARTLY) {
        let standing = complaint.rank.standing().lane_and_band();
        let (id, words) = (for_markdown(&complaint.id), complaint.words());
        let _ = writeln!(out, "- {id}; stands {standing}; {}", for_markdown(&words));
    }
    if partly.len() > MOST_PARTLY {
        let _ = writeln!(out, "- and {} more", partly.len() - MOST_PARTLY);
    }
    out.push('\n');
}

/// Another scale beside our bands.
fn beside(out: &mut String, plan: &Plan) {
    let Some(scale) = plan.scale() else { return };
    let _ = writeln!(out, "## `{}` beside our bands\n", for_markdown(&scale.item));
    let heads = scale.heads();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    table(out, &heads, scale.rows.iter().map(ScaleRow::cells));
    out.push('\n');
}

/// What somebody must look at: evidence that expires unworked, names that fit nothing.
fn remarks(out: &mut String, plan: &Plan) {
    if !plan.expiring().is_empty() {
        let _ = writeln!(out, "## Expires unworked: {}\n", plan.expiring().len());
        for Expiring { id, rank, deadline: due, .. } in plan.expiring() {
            let due = for_markdown(&deadline(Some(due), plan.offset()));
            let _ =
                writeln!(out, "- {}; {due}; {}", for_markdown(id), for_markdown(&rank.to_string()));
        }
        out.push('\n');
    }
    if !plan.unplanned().is_empty() {
        let _ = writeln!(out, "## No plan for\n");
        for unit in plan.unplanned() {
            let _ = writeln!(out, "- {}", for_markdown(&unit.to_string()));
        }
        out.push('\n');
    }
    if !plan.in_hand_unknown().is_empty() {
        let _ = writeln!(out, "## In hand, but not in the ranking\n");
        for id in plan.in_hand_unknown() {
            let _ = writeln!(out, "- {}", for_markdown(id));
        }
        out.push('\n');
    }
}

fn waiting(out: &mut String, plan: &Plan) {
    let heads = ["band", "waiting", "overdue", "overdue by the end", "oldest"];
    let rows = plan.waiting().iter().map(|waiting| {
        vec![
            waiting.band.to_string(),
            waiting.complaints.to_string(),
            waiting.overdue.to_string(),
            waiting.falling_due.to_string(),
            waiting
                .oldest
                .map_or_else(String::new, |oldest| oldest.at_offset(plan.offset()).to_string()),
        ]
    });
    table(out, &heads, rows);
}

/// One line for investigators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InvestigatorEntry {
    /// Id of the complaint.
    pub(crate) id: String,
    /// Whether it must be looked at before all others.
    pub(crate) must: bool,
    /// Who must act before the investigator; empty where nobody must.
    pub(crate) acts_first: Vec<ActsFirst>,
    /// Whether another agency works on it.
    pub(crate) deconfliction: Deconfliction,
    /// Its next deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_deadline: Option<Deadline>,
}

/// A worklist for investigators; see [`Plan::investigator_sheet`].
///
/// Every entry is to be worked to the same depth. An audit that is worked less deeply because
/// somebody guessed that it is one shows nothing.
///
/// As JSON: [`InvestigatorSheet::to_json`], `docs/formats/investigator_sheet.schema.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InvestigatorSheet {
    format_version: Format<SHEET_FORMAT>,
    /// The unit.
    pub(crate) unit: Option<String>,
    /// From when to when.
    pub(crate) period: Period,
    /// Who is worked, `must` first.
    pub(crate) entries: Vec<InvestigatorEntry>,
    #[serde(skip)]
    offset: UtcOffset,
}

impl InvestigatorSheet {
    /// Sets the offset from UTC at which it shows times: that of its plan, or UTC where it was read
    /// from a file.
    pub fn set_offset(&mut self, offset: UtcOffset) {
        self.offset = offset;
    }
}

impl fmt::Display for InvestigatorSheet {
    /// In Markdown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit.as_deref().map_or_else(|| "no planned unit".to_owned(), for_markdown);
        let mut out = format!("# Worklist: {unit}, {}\n\n", self.period.at_offset(self.offset));
        let rows = self.entries.iter().zip(1..).map(|(entry, number): (_, usize)| {
            vec![
                number.to_string(),
                entry.id.clone(),
                if entry.must { "must".to_owned() } else { String::new() },
                list(&entry.acts_first),
                entry.deconfliction.to_string(),
                deadline(entry.next_deadline.as_ref(), self.offset),
            ]
        });
        let heads = ["", "complaint", "", "acts first", "deconfliction", "deadline"];
        table(&mut out, &heads, rows);
        formatter.write_str(&out)
    }
}

/// What a unit needs to know in the morning; see [`Plan::morning_sheet`]. `Display` gives
/// Markdown that reads as plain text. It does not say which entries are audits.
#[derive(Debug, Clone)]
pub struct MorningSheet<'a> {
    plan: &'a Plan,
    moved: Option<Vec<&'a Move>>,
}

/// Lines after which a list of moves is cut, with a count of the rest.
const MOST_MOVES: usize = 20;
/// The same for complaints of which something was not understood; the plan holds them all.
pub(super) const MOST_PARTLY: usize = 20;

impl MorningSheet<'_> {
    fn entries(
        &self,
        out: &mut String,
        head: &str,
        wanted: impl Fn(&PlanEntry) -> bool,
        say: impl Fn(&PlanEntry) -> String,
    ) {
        let listed: Vec<&PlanEntry> =
            self.plan.entries().iter().filter(|entry| wanted(entry)).collect();
        let _ = writeln!(out, "## {head}: {}\n", listed.len());
        for entry in &listed {
            let mut line = format!("- {}", for_markdown(&entry.id));
            for part in [say(entry), list(&entry.acts_first)] {
                if !part.is_empty() {
                    let _ = write!(line, "; {}", for_markdown(&part));
                }
            }
            if entry.deconfliction != Deconfliction::Clear {
                let _ = write!(line, "; deconfliction {}", entry.deconfliction);
            }
            let _ = writeln!(out, "{line}");
        }
        if !listed.is_empty() {
            out.push('\n');
        }
    }
}

impl fmt::Display for MorningSheet<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.plan;
        let mut out = String::new();
        title(&mut out, "Morning", plan);
        let _ = writeln!(out, "{}.\n", plan.load());
        not_understood(&mut out, plan);
        let beyond = |entry: &PlanEntry| {
            if entry.beyond_capacity { "no capacity left".to_owned() } else { String::new() }
        };
        self.entries(&mut out, "Must act", |entry| entry.rank.lane() == Lane::Must, beyond);
        let due = |entry: &PlanEntry| deadline(entry.next_deadline.as_ref(), plan.offset());
        self.entries(&mut out, "Due soon", |entry| entry.due_soon, due);
        remarks(&mut out, plan);
        let ask = |entry: &PlanEntry| entry.ask.clone().unwrap_or_default();
        self.entries(&mut out, "Ask first", |entry| entry.ask.is_some(), ask);
        for band in Band::ALL {
            let overdue =
                |entry: &PlanEntry| entry.overdue_since.is_some() && entry.rank.band() == band;
            let since = |entry: &PlanEntry| {
                let since = |since: Timestamp| format!("since {}", since.at_offset(plan.offset()));
                entry.overdue_since.map_or_else(String::new, since)
            };
            self.entries(&mut out, &format!("Overdue, {band}"), overdue, since);
        }
        if let Some(moved) = &self.moved {
            let _ = writeln!(out, "## Moved: {}\n", moved.len());
            let still =
                |moved_complaint: &&&Move| moved_complaint.direction() != MoveDirection::Left;
            for moved_complaint in moved.iter().filter(still).take(MOST_MOVES) {
                let _ = writeln!(out, "- {}", for_markdown(&moved_complaint.to_string()));
            }
            if moved.len() > MOST_MOVES {
                let _ = writeln!(out, "- and {} more", moved.len() - MOST_MOVES);
            }
            out.push('\n');
        }
        let _ = writeln!(out, "## Waiting\n");
        waiting(&mut out, plan);
        if plan.scale().is_some() {
            out.push('\n');
            beside(&mut out, plan);
        }
        formatter.write_str(&out)
    }
}
