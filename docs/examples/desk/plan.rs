//! The day's worklists, for each unit, with what the next day needs kept in a state file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use caserank::rank::Moves;
use caserank::worklist::{AuditLog, Carries, Period, Plan, Planner, SheetForm};
use caserank::{ActiveOverrides, Ranking, Seed, Timestamp, Triage, UtcOffset};
use clap::Args;
use serde::{Deserialize, Serialize};

use super::decisions::Decisions;
use super::files::{doubt, keep_apart, model, shown, text_of, write_whole};
use super::moves::left;
use super::read::{Input, read};
use super::saved::{self, Changes, Detail, Saved};
use super::wrap::Wrapped;
use super::{Failure, Finish, Model, future, lost};

/// The item that holds the clearing house's own level.
const LEVEL_OF_OTHERS: &str = "clearinghouse_level";

/// Ids of those who left that are named; all are counted.
const MOST_NAMED: usize = 20;

/// What to plan.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    model: Model,
    /// How many complaints each unit can work, such as `north=60,south=40`.
    #[arg(long, value_delimiter = ',', required = true, value_parser = capacity)]
    units: Vec<(String, usize)>,
    /// The time at which the period begins.
    #[arg(long)]
    now: Timestamp,
    /// Days that the plan covers.
    #[arg(long, default_value_t = 1)]
    days: u32,
    /// Where fractions of places, open audits, and where everybody stood are kept from one plan to the next.
    #[arg(long)]
    state: Option<PathBuf>,
    /// The backlog as it was, or a ranking that `rank --out` wrote: sheets tell who moved since then, instead of since the
    /// plan before in the state.
    #[arg(long)]
    since: Option<PathBuf>,
    /// A folder for the sheets of each unit; without it they are printed.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The seed of the blind audit; keep it to yourself.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The offset from UTC at which sheets show times, such as `+02:00`; files stay in UTC.
    #[arg(long, default_value_t = UtcOffset::UTC, allow_hyphen_values = true)]
    offset: UtcOffset,
    /// Decisions of people, one JSON object a line; those count that hold at `--now`.
    #[arg(long)]
    overrides: Option<PathBuf>,
    /// Ids that somebody is working on, one a line: they are not planned again.
    #[arg(long)]
    in_hand: Option<PathBuf>,
}

impl Arguments {
    /// All that is read and is not the state.
    fn reads(&self) -> impl Iterator<Item = &Path> {
        let others = [
            self.model.path(),
            self.overrides.as_deref(),
            self.in_hand.as_deref(),
            self.since.as_deref(),
        ];
        self.input.reads().chain(others.into_iter().flatten())
    }

    /// What the sheets must not be written over.
    fn kept(&self) -> Vec<PathBuf> {
        self.reads().chain(self.state.as_deref()).map(Path::to_owned).collect()
    }
}

fn capacity(text: &str) -> Result<(String, usize), String> {
    let wrong = || format!("`{text}` is not `unit=complaints`, such as `north=60`");
    let (unit, complaints) = text.split_once('=').ok_or_else(wrong)?;
    let complaints = complaints.trim().parse().map_err(|_| wrong())?;
    if unit.trim().is_empty() { Err(wrong()) } else { Ok((unit.trim().to_owned(), complaints)) }
}

/// What one plan hands to the next.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: u32,
    /// The time up to which it was planned: a second plan for the same time would count twice.
    planned_until: Timestamp,
    carries: Carries,
    audits: AuditLog,
    /// Where everybody stood when it was planned; files of format 1 lack it.
    #[serde(default)]
    stood: Option<Saved>,
}

/// The format of state files that is written; those of format 1 are read.
const STATE_FORMAT: u32 = 2;

/// Plans, writes the sheets, and keeps the state last, so that a failure half-way plans again.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    keep_apart(arguments.reads(), arguments.input.writes().chain(arguments.state.as_deref()))?;
    let triage = model(arguments.model.path())?;
    let mut units = BTreeMap::new();
    for (unit, complaints) in &arguments.units {
        if units.insert(unit.clone(), *complaints).is_some() {
            return Err(Failure::Use(format!("unit `{unit}` is given twice")));
        }
    }
    let period =
        Period { start: arguments.now, end: arguments.now.plus_days(i64::from(arguments.days)) };
    let mut state = match &arguments.state {
        Some(path) if path.exists() => load(path, period)?,
        state => {
            if let Some(path) = state {
                let path = shown(path);
                writeln!(
                    out,
                    "{path} is not there: planned as on the first day, without moves or carries.\n"
                )?;
            }
            State {
                format: STATE_FORMAT,
                planned_until: period.start,
                carries: Carries::new(),
                audits: AuditLog::new(),
                stood: None,
            }
        }
    };
    let in_hand: BTreeSet<String> = match &arguments.in_hand {
        Some(path) => {
            let text = text_of(path)?;
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
        }
        None => BTreeSet::new(),
    };
    let intake = read(&arguments.input, &triage)?;
    let mut told = Wrapped::new(&mut *out);
    let mut finish = intake.tell(&mut told)?.and(doubt(&triage));
    finish = finish.and(future::tell(intake.backlog(), arguments.now, &mut told)?);
    let mut overrides = ActiveOverrides::none();
    if let Some(path) = &arguments.overrides {
        let decisions = Decisions::read(path, arguments.now)?;
        finish = finish.and(decisions.tell(intake.backlog(), &mut told)?);
        overrides = decisions.in_force();
    }
    told.flush()?;
    let ranking = triage
        .rank_with(intake.backlog(), &overrides)
        .map_err(|cause| Failure::of("ranking", cause))?;
    if ranking.is_empty() {
        return Err(Failure::NotDone(
            "nothing could be ranked, so nothing is planned; sheets and state of before are left as they are"
                .to_owned(),
        ));
    }
    let strangers: Vec<String> = in_hand
        .iter()
        .filter(|id| ranking.entry(id).is_none())
        .map(|id| id.escape_debug().to_string())
        .collect();
    if !strangers.is_empty() {
        let mut told = Wrapped::new(&mut *out);
        writeln!(
            told,
            "NEEDS A PERSON: in hand, but in none of these files: {}\n",
            strangers.join(", ")
        )?;
        finish = Finish::NeedsPerson;
    }
    let (since, read_before) = stood_before(arguments, &triage, &overrides, &mut state, out)?;
    finish = finish.and(read_before);
    let stands = Saved::of(&ranking, since.as_ref().map_or(Detail::All, |before| before.detail));
    let changes = since.as_ref().map(|before| Changes::between(before, &stands));
    if let (Some(before), Some(changes)) = (&since, &changes) {
        if let Some(caution) = saved::caution(before, &stands) {
            writeln!(out, "{caution}\n")?;
            finish = Finish::NeedsPerson;
        }
        finish = finish.and(lost::tell(before.in_must(), &ranking, &mut Wrapped::new(&mut *out))?);
        if !changes.left.is_empty() {
            writeln!(
                out,
                "No longer in these files: {}: {}\n",
                changes.left.len(),
                left(changes, MOST_NAMED)
            )?;
        }
    }
    let moves = changes.as_ref().map(Changes::moves);
    let planned = |cause| Failure::of("plan", cause);
    let planner =
        Planner::new(&triage, Seed(arguments.seed)).map_err(|cause| Failure::of("plan", cause))?;
    // What the clearing house thought of it stands beside our bands, where the model's codebook asks for it.
    let planner = match triage.codebook().item_index(LEVEL_OF_OTHERS) {
        Some(_) => planner.with_scale(LEVEL_OF_OTHERS),
        None => planner,
    };
    let mut plans = planner
        .plan_units(&ranking, period, &units, &in_hand, &mut state.carries)
        .map_err(planned)?;
    let mut told = Wrapped::new(&mut *out);
    for plan in &mut plans {
        plan.set_offset(arguments.offset);
        state.audits.add(plan).map_err(|cause| Failure::of("plan", cause))?;
        finish = finish.and(tell(plan, &mut told)?);
    }
    told.flush()?;
    let mut names = BTreeSet::new();
    for plan in plans.iter().filter(|plan| plan.unit().is_some() || complaints(plan) > 0) {
        match &arguments.out {
            Some(folder) => {
                let name = sheet_name(plan.unit(), &mut names);
                let sheets = sheets(plan, &ranking, moves.as_ref());
                write_sheets(&sheets, &folder.join(name), arguments, out)?;
            }
            None => writeln!(out, "{}", plan.morning_sheet(&ranking, moves.as_ref()))?,
        }
    }
    if let Some(path) = &arguments.state {
        state.planned_until = period.end;
        state.format = STATE_FORMAT;
        state.stood = Some(Saved::of(&ranking, Detail::All));
        let json =
            serde_json::to_string(&state).map_err(|cause| Failure::of(shown(path), cause))?;
        write_whole(path, arguments.input.files(), |file| file.write_all(json.as_bytes()))?;
    }
    Ok(finish)
}

/// Complaints of a plan's unit that are planned or wait; those in hand are in neither.
fn complaints(plan: &Plan) -> usize {
    let waiting: usize = plan.waiting().iter().map(|band| band.complaints()).sum();
    plan.entries().len() + waiting
}

/// Says what of a plan needs a person: all of it stands above the sheets.
fn tell(plan: &Plan, out: &mut impl Write) -> Result<Finish, Failure> {
    let mut finish = Finish::Clean;
    let unit = plan.unit().map(|unit| unit.escape_debug().to_string());
    if unit.is_none() && complaints(plan) > 0 {
        let units = plan.unplanned().iter().map(ToString::to_string);
        writeln!(
            out,
            "NEEDS A PERSON: complaints of no planned unit: {}: {}\n",
            complaints(plan),
            units.collect::<Vec<_>>().join("; ")
        )?;
        finish = Finish::NeedsPerson;
    }
    let load = plan.load();
    if let Some(unit) = unit.as_ref().filter(|_| complaints(plan) + load.in_hand() == 0) {
        writeln!(
            out,
            "NEEDS A PERSON: no complaint of unit {unit} is in these files: is it written so in them, and was its file named?\n"
        )?;
        finish = Finish::NeedsPerson;
    }
    if load.must_beyond() > 0 || load.due_soon_left() > 0 {
        writeln!(
            out,
            "NEEDS A PERSON: {}: no capacity for {} that must be worked, nor for {} whose evidence expires before the next period\n",
            unit.as_deref().unwrap_or("no planned unit"),
            load.must_beyond(),
            load.due_soon_left()
        )?;
        finish = Finish::NeedsPerson;
    }
    Ok(finish)
}

fn load(path: &Path, period: Period) -> Result<State, Failure> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let failed = |cause: String| Failure::of(shown(path), cause);
    let text = text_of(path)?;
    let format: Format = serde_json::from_str(&text)
        .map_err(|cause| failed(format!("not a state file: {cause}")))?;
    if !(1..=STATE_FORMAT).contains(&format.format) {
        return Err(failed(format!(
            "format {} is not known here: this program knows formats 1 to {STATE_FORMAT}",
            format.format
        )));
    }
    let state: State = serde_json::from_str(&text).map_err(|cause| failed(cause.to_string()))?;
    if state.planned_until > period.start {
        return Err(failed(format!(
            "planned up to {} already: a plan from {} would count the same places twice",
            state.planned_until, period.start
        )));
    }
    Ok(state)
}

/// How the files of a unit's sheets begin: its name in letters and digits. Names that are one then, also on disks that do not
/// tell capitals apart, are numbered, so that no unit's sheets replace another's.
fn sheet_name(unit: Option<&str>, taken: &mut BTreeSet<String>) -> String {
    let unit = unit.unwrap_or("no-planned-unit");
    let letters = unit.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' });
    let plain: String = letters.take(80).collect();
    let numbered = |number: usize| match number {
        1 => plain.clone(),
        _ => format!("{plain}-{number}"),
    };
    let mut number = 1;
    while !taken.insert(numbered(number).to_lowercase()) {
        number += 1;
    }
    numbered(number)
}

/// Where everybody stood before: in the file that was named, or in the state.
fn stood_before(
    arguments: &Arguments,
    triage: &Triage,
    overrides: &ActiveOverrides,
    state: &mut State,
    out: &mut impl Write,
) -> Result<(Option<Saved>, Finish), Failure> {
    let Some(path) = &arguments.since else { return Ok((state.stood.take(), Finish::Clean)) };
    if let Some(saved) = saved::load(path)? {
        return Ok((Some(saved), Finish::Clean));
    }
    let intake = read(&arguments.input.like(path), triage)?;
    let finish = match intake.finish() {
        Finish::Clean => Finish::Clean,
        Finish::NeedsPerson => intake.tell(&mut Wrapped::new(&mut *out))?,
    };
    let before = triage
        .rank_with(intake.backlog(), overrides)
        .map_err(|cause| Failure::of(shown(path), cause))?;
    Ok((Some(Saved::of(&before, Detail::All)), finish))
}

/// All sheets of a unit, by the ends of their files' names.
fn sheets(plan: &Plan, ranking: &Ranking, moves: Option<&Moves>) -> Vec<(String, String)> {
    let investigators = plan.investigator_sheet();
    let mut sheets = vec![
        ("morning.md".to_owned(), plan.morning_sheet(ranking, moves).to_string()),
        ("morning.html".to_owned(), plan.morning_page(ranking, moves)),
    ];
    for form in SheetForm::ALL {
        let ending = form.ending();
        sheets.push((format!("planner.{ending}"), plan.planner_sheet_in(form)));
        sheets.push((format!("investigators.{ending}"), investigators.in_form(form)));
    }
    sheets
}

fn write_sheets(
    sheets: &[(String, String)],
    beginning: &Path,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let folder = beginning.parent().unwrap_or(beginning);
    fs::create_dir_all(folder).map_err(|cause| Failure::of(shown(folder), cause))?;
    for (name, text) in sheets {
        let mut path = beginning.as_os_str().to_owned();
        path.push(format!("-{name}"));
        let path = PathBuf::from(path);
        write_whole(&path, &arguments.kept(), |file| file.write_all(text.as_bytes()))?;
    }
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    Ok(writeln!(out, "{}-…: {}", shown(beginning), names.join(", "))?)
}
