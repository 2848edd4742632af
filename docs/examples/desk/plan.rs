//! The day's worklists, for each unit, with what the next day needs kept in a state file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use caserank::worklist::{AuditLog, Carries, Period, Plan, Planner};
use caserank::{Seed, Timestamp, UtcOffset};
use clap::Args;
use serde::{Deserialize, Serialize};

use super::files::{model, write_whole};
use super::read::{Input, read};
use super::wrap::Wrapped;
use super::{Failure, Finish, Model};

/// The item that holds the clearing house's own level.
const LEVEL_OF_OTHERS: &str = "clearinghouse_level";

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
    /// Where fractions of places and open audits are kept from one plan to the next.
    #[arg(long)]
    state: Option<PathBuf>,
    /// A folder for the sheets of each unit; without it they are printed.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The seed of the blind audit; keep it to yourself.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The offset from UTC at which sheets show times, such as `+02:00`; files stay in UTC.
    #[arg(long, default_value_t = UtcOffset::UTC, allow_hyphen_values = true)]
    offset: UtcOffset,
    /// Ids that somebody is working on, one a line: they are not planned again.
    #[arg(long)]
    in_hand: Option<PathBuf>,
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
}

/// Plans, writes the sheets, and keeps the state last, so that a failure half-way plans again.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
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
        _ => State {
            format: 1,
            planned_until: period.start,
            carries: Carries::new(),
            audits: AuditLog::new(),
        },
    };
    let in_hand: BTreeSet<String> = match &arguments.in_hand {
        Some(path) => {
            let text =
                fs::read_to_string(path).map_err(|cause| Failure::of(path.display(), cause))?;
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
        }
        None => BTreeSet::new(),
    };
    let intake = read(&arguments.input, &triage)?;
    let mut told = Wrapped::new(&mut *out);
    let mut finish = intake.tell(&mut told)?;
    told.flush()?;
    let ranking = triage.rank(intake.backlog()).map_err(|cause| Failure::of("ranking", cause))?;
    let strangers: Vec<&str> =
        in_hand.iter().map(String::as_str).filter(|id| ranking.entry(id).is_none()).collect();
    if !strangers.is_empty() {
        writeln!(out, "In hand, but in none of these files: {}\n", strangers.join(", "))?;
        finish = Finish::NeedsPerson;
    }
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
    for plan in &mut plans {
        plan.set_offset(arguments.offset);
        state.audits.add(plan).map_err(|cause| Failure::of("plan", cause))?;
        let unplanned = plan.unit().is_none();
        let waiting: usize = plan.waiting().iter().map(|band| band.complaints).sum();
        if unplanned && plan.entries().is_empty() && waiting == 0 {
            continue;
        }
        if unplanned {
            writeln!(out, "Complaints of no planned unit: {}", plan.entries().len() + waiting)?;
            finish = Finish::NeedsPerson;
        }
        match &arguments.out {
            Some(folder) => write_sheets(plan, &ranking, folder, arguments, out)?,
            None => writeln!(out, "{}", plan.morning_sheet(&ranking, None))?,
        }
    }
    if let Some(path) = &arguments.state {
        state.planned_until = period.end;
        let json = serde_json::to_string_pretty(&state)
            .map_err(|cause| Failure::of(path.display(), cause))?;
        write_whole(path, arguments.input.files(), |file| file.write_all(json.as_bytes()))?;
    }
    Ok(finish)
}

fn load(path: &PathBuf, period: Period) -> Result<State, Failure> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let failed = |cause: String| Failure::of(path.display(), cause);
    let text = fs::read_to_string(path).map_err(|cause| failed(cause.to_string()))?;
    let format: Format = serde_json::from_str(&text)
        .map_err(|cause| failed(format!("not a state file: {cause}")))?;
    if format.format != 1 {
        return Err(failed(format!(
            "format {} is not known here: this program knows format 1",
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

fn write_sheets(
    plan: &Plan,
    ranking: &caserank::Ranking,
    folder: &PathBuf,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|cause| Failure::of(folder.display(), cause))?;
    let unit = plan.unit().unwrap_or("no-planned-unit");
    let safe: String =
        unit.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    let sheets = [
        ("planner.md", plan.planner_sheet()),
        ("investigators.md", plan.investigator_sheet().to_string()),
        ("morning.md", plan.morning_sheet(ranking, None).to_string()),
        ("morning.html", plan.morning_page(ranking, None)),
    ];
    for (name, text) in sheets {
        let path = folder.join(format!("{safe}-{name}"));
        write_whole(&path, arguments.input.files(), |file| file.write_all(text.as_bytes()))?;
        writeln!(out, "{}", path.display())?;
    }
    Ok(())
}
