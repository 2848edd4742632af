//! A plan on paper: for the planner, for investigators, for the morning.

use std::fmt;

use super::attention::{PartlyUnderstood, ScaleRow};
use super::document::{Document, SheetForm, Table};
use super::entry::PlanEntry;
use super::investigators::{InvestigatorEntry, InvestigatorSheet};
use super::plan::{Expiring, Plan};
use super::shares::RuleKind;
use crate::base::Seed;
use crate::complaint::{Deadline, DeadlineKind, Deconfliction};
use crate::policy::{Band, Lane};
use crate::rank::{Move, MoveDirection, Moves};
use crate::triage::Ranking;
use crate::{Timestamp, UtcOffset};

pub(super) fn list<T: fmt::Display>(parts: &[T]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

pub(super) fn deadline(deadline: Option<&Deadline>, offset: UtcOffset) -> String {
    let Some(Deadline { due, kind }) = deadline else { return String::new() };
    let due = due.at_offset(offset);
    match kind {
        DeadlineKind::ConnectionData => format!("lead expires {due}"),
        kind => format!("{kind} {due}"),
    }
}

fn title(what: &str, plan: &Plan) -> String {
    let unit = plan.unit().unwrap_or("complaints of no planned unit");
    format!("{what}: {unit}, {}", plan.period().at_offset(plan.offset()))
}

impl Plan {
    /// The planner's sheet in Markdown: every entry with the rule that chose it and, for audits,
    /// the chance; what each rule had; what waits; the bounds. Not for investigators.
    #[must_use]
    pub fn planner_sheet(&self) -> String {
        self.planner_sheet_in(SheetForm::Markdown)
    }

    /// The planner's sheet in another form. As CSV it is the list of entries, with the unit in front and where the complaints
    /// come from at the end; what waits, what
    /// expires and what was not understood stand in the other forms.
    #[must_use]
    pub fn planner_sheet_in(&self, form: SheetForm) -> String {
        match form {
            SheetForm::Text => self.planner_document().to_text(),
            SheetForm::Markdown => self.planner_document().to_markdown(),
            SheetForm::Html => self.planner_document().to_page(),
            SheetForm::Csv => {
                let heads: Vec<String> = std::iter::once("unit")
                    .chain(PLANNER_HEADS)
                    .chain(["origin"])
                    .map(|head| head.replace(' ', "_"))
                    .collect();
                let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
                let unit = self.unit().unwrap_or_default();
                let origin = self.origin.word();
                let rows = self.entries.iter().map(|entry| {
                    let cells = self.planner_cells(entry);
                    [vec![unit.to_owned()], cells, vec![origin.to_owned()]].concat()
                });
                Table::new(&heads, rows).to_csv()
            }
        }
    }

    fn planner_cells(&self, entry: &PlanEntry) -> Vec<String> {
        let percent = |billionths: u32| f64::from(billionths) / 1e7;
        let chance = entry.inclusion.map_or_else(String::new, |inclusion| {
            let (now, so_far) = (percent(inclusion.now), percent(inclusion.cumulative));
            format!("{now:.2}% now, {so_far:.2}% so far")
        });
        let rule = match &entry.ask {
            Some(item) => format!("{}: {item}", entry.rule),
            None if entry.beyond_capacity => format!("{}, beyond capacity", entry.rule),
            None => entry.rule.to_string(),
        };
        vec![
            entry.rank.position().to_string(),
            entry.id.clone(),
            entry.rank.lane().to_string(),
            entry.rank.band().to_string(),
            rule,
            list(&entry.acts_first),
            entry.deconfliction.to_string(),
            deadline(entry.next_deadline.as_ref(), self.offset),
            chance,
        ]
    }

    fn planner_document(&self) -> Document {
        let mut out = Document::new(title("Planner's sheet", self));
        out.origin(self.origin);
        out.paragraph(format!("{}.", self.load()));
        not_understood(&mut out, self);
        let rows = self.entries.iter().map(|entry| self.planner_cells(entry));
        out.table(Table::new(&PLANNER_HEADS, rows));
        let rows = self.rules.iter().map(|used| {
            vec![
                used.rule.to_string(),
                used.share.to_string(),
                used.places.to_string(),
                used.used.to_string(),
            ]
        });
        out.table(Table::new(&["rule", "share", "places", "used"], rows));
        waiting(&mut out, self);
        beside(&mut out, self);
        remarks(&mut out, self);
        let mut lines: Vec<String> = self.bounds().map(|bound| bound.to_string()).collect();
        let without = self.carry.periods_without_capacity();
        if without > 0 {
            let periods = self.carry.periods();
            lines.push(format!("{without} of {periods} periods left no capacity beyond must"));
        }
        out.items(lines);
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
        let (unit, entries) = (self.unit.clone(), shown.collect());
        InvestigatorSheet::new(unit, self.period, self.origin, entries, self.offset)
    }

    /// The morning sheet; `moves` are those since yesterday, of which the unit's own are told.
    #[must_use]
    pub fn morning_sheet<'a>(
        &'a self,
        ranking: &Ranking,
        moves: Option<&'a Moves>,
    ) -> MorningSheet<'a> {
        let moved = moves.map(|moves| self.moved_of_unit(ranking, moves));
        MorningSheet { plan: self, moved, expected: self.expected_words(ranking) }
    }

    /// Those of the unit that moved by a change of their own, another lane or band first, then by where they stand now.
    pub(super) fn moved_of_unit<'a>(&self, ranking: &Ranking, moves: &'a Moves) -> Vec<&'a Move> {
        let backlog = ranking.backlog();
        let of_unit = |moved: &&Move| {
            backlog.row_of(moved.id()).is_some_and(|row| backlog.unit(row) == self.unit())
        };
        let still = |moved: &&Move| moved.direction() != MoveDirection::Left;
        let mut moved: Vec<&Move> = moves.changed().filter(of_unit).filter(still).collect();
        moved.sort_by_key(|moved| (!moved.changed_band(), moved.to().map(|rank| rank.position())));
        moved
    }
}

/// Heads of the planner's list.
const PLANNER_HEADS: [&str; 9] = [
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

/// Complaints of which something was not understood: danger may stand in it, so they come first.
fn not_understood(out: &mut Document, plan: &Plan) {
    let partly = plan.partly_understood();
    if partly.is_empty() {
        return;
    }
    out.section(format!("Not wholly understood: {}", partly.len()));
    let line = |complaint: &PartlyUnderstood| {
        let standing = complaint.rank.standing().lane_and_band();
        format!("{}; stands {standing}; {}", complaint.id, complaint.words())
    };
    out.items(cut_short(partly.iter().map(line), MOST_PARTLY));
}

/// The first lines, and how many more there are.
fn cut_short(lines: impl ExactSizeIterator<Item = String>, most: usize) -> Vec<String> {
    let more = lines.len().saturating_sub(most);
    let rest = (more > 0).then(|| format!("and {more} more"));
    lines.take(most).chain(rest).collect()
}

/// Another scale beside our bands.
fn beside(out: &mut Document, plan: &Plan) {
    let Some(scale) = plan.scale() else { return };
    out.section_of(&scale.item, "beside our bands");
    let heads = scale.heads();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    out.table(Table::new(&heads, scale.rows.iter().map(ScaleRow::cells)));
}

/// What somebody must look at: evidence that expires unworked, names that fit nothing.
fn remarks(out: &mut Document, plan: &Plan) {
    if !plan.expiring().is_empty() {
        out.section(format!("Expires unworked: {}", plan.expiring().len()));
        let line = |Expiring { id, rank, deadline: due, .. }: &Expiring| {
            format!("{id}; {}; {rank}", deadline(Some(due), plan.offset()))
        };
        out.items(plan.expiring().iter().map(line).collect());
    }
    if !plan.unplanned().is_empty() {
        out.section("No plan for");
        out.items(plan.unplanned().iter().map(ToString::to_string).collect());
    }
    if !plan.in_hand_unknown().is_empty() {
        out.section("In hand, but not in the ranking");
        out.items(plan.in_hand_unknown().to_vec());
    }
}

fn waiting(out: &mut Document, plan: &Plan) {
    let heads = ["band", "waiting", "overdue", "overdue by the end", "oldest"];
    let rows = plan.waiting().iter().map(|waiting| {
        let oldest = waiting.oldest.map(|oldest| oldest.at_offset(plan.offset()).to_string());
        vec![
            waiting.band.to_string(),
            waiting.complaints.to_string(),
            waiting.overdue.to_string(),
            waiting.falling_due.to_string(),
            oldest.unwrap_or_default(),
        ]
    });
    out.table(Table::new(&heads, rows));
}

/// What a unit needs to know in the morning; see [`Plan::morning_sheet`]. `Display` gives
/// Markdown that reads as plain text. It does not say which entries are audits.
#[derive(Debug, Clone)]
pub struct MorningSheet<'a> {
    plan: &'a Plan,
    moved: Option<Vec<&'a Move>>,
    /// What the model expects of the plan, or why that is not said.
    expected: String,
}

/// Lines after which a list of moves is cut, with a count of the rest.
const MOST_MOVES: usize = 20;
/// The same for complaints of which something was not understood; the plan holds them all.
pub(super) const MOST_PARTLY: usize = 20;

impl MorningSheet<'_> {
    fn entries(
        &self,
        out: &mut Document,
        head: &str,
        wanted: impl Fn(&PlanEntry) -> bool,
        say: impl Fn(&PlanEntry) -> String,
    ) {
        let listed: Vec<&PlanEntry> =
            self.plan.entries().iter().filter(|entry| wanted(entry)).collect();
        out.section(format!("{head}: {}", listed.len()));
        let line = |entry: &&PlanEntry| {
            let mut parts = vec![entry.id.clone(), say(entry), list(&entry.acts_first)];
            if entry.deconfliction != Deconfliction::Clear {
                parts.push(format!("deconfliction {}", entry.deconfliction));
            }
            parts.retain(|part| !part.is_empty());
            parts.join("; ")
        };
        out.items(listed.iter().map(line).collect());
    }

    fn document(&self) -> Document {
        let plan = self.plan;
        let mut out = Document::new(title("Morning", plan));
        out.origin(plan.origin());
        out.paragraph(format!("{}.", plan.load()));
        out.paragraph(self.expected.clone());
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
            out.section(format!("Moved: {}", moved.len()));
            let lines = moved.iter().map(|moved_complaint| moved_complaint.to_string());
            out.items(cut_short(lines, MOST_MOVES));
        }
        out.section("Waiting");
        waiting(&mut out, plan);
        beside(&mut out, plan);
        out
    }
}

impl fmt::Display for MorningSheet<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.document().to_markdown())
    }
}
