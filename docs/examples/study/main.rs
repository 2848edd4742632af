//! Compares three instruments on the synthetic backlog and writes a report.
//!
//! ```text
//! cargo run --release --features report --example study -- --out DIR
//!     [--backlog BACKLOG.csv] [--outcomes OUTCOMES.csv] [--outcome contact_offending]
//!     [--groups GROUPS.csv] [--replicates 1000] [--seed 7] [--date 2026-11-29] [--incoming 100] [--worked 10]
//!     [--accept-leakage] [--imputations 20] [--second CODER.csv] [--register PLAN.json] [--plan PLAN.json]
//! ```
//!
//! `published` and `unit` are the shipped instruments; `fitted` is learnt here from the complaints
//! received in the first half of the period and judged, as the others are, on the second half. Groups come from a file of
//! their own with columns `complaint` and `group`; without one, units stand in.
//! `--register` writes what the study sets out to do into a file and ends, before any outcome is looked at; with `--plan`
//! the report says whether that is what was done. `--second` is the same backlog as another person coded it. For synthetic
//! complaints a second coder and days of follow-up are drawn here where files hold none, and the report says so.
//! Retrospective complaints whose answers are not cut at a time are refused by the fit, since answers learnt because a case
//! was worked leak its outcome; `--accept-leakage` fits all the same, and the model card says so.
//! The shipped backlog is synthetic: the report tests software and says nothing about performance.

mod units;
mod unseen;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use caserank::Seed;
use caserank::codebook::Stage;
use caserank::complaint::Unlisted;
use caserank::reference;
use caserank::research::evaluate::Confidence;
use caserank::research::evaluate::resample::split_by_date;
use caserank::research::fit::{Design, Designed, Labels, Logistic, LogisticModel, Naming};
use caserank::research::report::{
    Block, Part, Report, Section, Workday, bounds_section, calibration_section, capacity_section,
    card_section, comparison_section, data_section, decision_section, drift_section, front_section,
    groups_section, ranks_section, roc_section, sensitivity_section, sets_section, tornado_section,
    tripod_section, weights_section,
};
use caserank::research::study::{
    Arm, GroupPlan, Groups, Known, Measure, PositionsUnder, STAMP, Sensitivity, Stability, Study,
    StudyError, StudyPlan, Target, Uncertainty, bounds_at_capacity, complaints_for_auc, item_drift,
    without_overlap,
};
use caserank::{ActiveOverrides, Backlog, BacklogBuilder, Fixed, Triage};

/// What the command line asks for.
#[derive(Debug)]
pub struct Options {
    /// The backlog to read.
    pub backlog: PathBuf,
    /// The outcomes to read.
    pub outcomes: PathBuf,
    /// The outcome that is studied.
    pub outcome: String,
    /// A table of groups; units stand in where there is none.
    pub groups: Option<PathBuf>,
    /// The backlog as a second person coded it.
    pub second: Option<PathBuf>,
    /// Where to write the plan, instead of doing it.
    pub register: Option<PathBuf>,
    /// A plan written down before.
    pub plan: Option<PathBuf>,
    /// How often unknown answers are filled in.
    pub imputations: usize,
    /// Whether to learn from retrospective answers that are not cut at a time.
    pub accept_leakage: bool,
    /// How many times weights are drawn and subjects resampled.
    pub replicates: usize,
    /// The seed of all of that.
    pub seed: u64,
    /// When the report is made, as it shall stand in it.
    pub date: Option<String>,
    /// Complaints that come in on a day, and those that can be worked.
    pub day: (f64, f64),
    /// Where the report goes.
    pub out: Option<PathBuf>,
}

impl Options {
    /// Reads the command line's words.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
        let mut options = Options {
            backlog: format!("{fixtures}/backlog.csv").into(),
            outcomes: format!("{fixtures}/outcomes.csv").into(),
            outcome: "contact_offending".to_owned(),
            groups: None,
            second: None,
            register: None,
            plan: None,
            imputations: 20,
            accept_leakage: false,
            replicates: 1_000,
            seed: 7,
            date: None,
            day: (100.0, 10.0),
            out: None,
        };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            if word == "--accept-leakage" {
                options.accept_leakage = true;
                continue;
            }
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--backlog" => options.backlog = value()?.into(),
                "--outcomes" => options.outcomes = value()?.into(),
                "--outcome" => options.outcome = value()?,
                "--groups" => options.groups = Some(value()?.into()),
                "--second" => options.second = Some(value()?.into()),
                "--register" => options.register = Some(value()?.into()),
                "--plan" => options.plan = Some(value()?.into()),
                "--imputations" => options.imputations = value()?.parse()?,
                "--replicates" => options.replicates = value()?.parse()?,
                "--seed" => options.seed = value()?.parse()?,
                "--date" => options.date = Some(value()?),
                "--incoming" => options.day.0 = value()?.parse()?,
                "--worked" => options.day.1 = value()?.parse()?,
                "--out" => options.out = Some(value()?.into()),
                _ => {
                    return Err(format!(
                        "{word} is not an option: use --backlog, --outcomes, --outcome, --groups, --replicates, --seed, --date, --incoming, --worked, --imputations, --second, --register, --plan, --accept-leakage or --out"
                    )
                    .into());
                }
            }
        }
        Ok(options)
    }
}

fn main() -> ExitCode {
    let done = Options::parse(std::env::args().skip(1))
        .and_then(|options| run(&options, &mut std::io::stdout().lock()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Learns, compares and writes.
pub fn run(options: &Options, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let (published, unit) = (reference::published()?, reference::unit()?);
    let file = File::open(&options.backlog)?;
    let all = Backlog::read_csv(published.codebook(), file, Unlisted::Report)?.into_backlog();
    let (labels, _) = Labels::read_csv(File::open(&options.outcomes)?)?;
    let (earlier, later) = halves(&all)?;
    let (fitted, fits) = fit(&published, &earlier, &labels, options.accept_leakage)?;

    let target = Target::Outcome(options.outcome.clone());
    let mut study = Study::new(&later, &labels, target.clone())
        .instrument("published", &published)
        .instrument("unit", &unit)
        .instrument("fitted", &fitted)
        .channels("tip_source")
        .primary(Measure::Reached(0.1), 0.05)
        .also(Measure::CapacityArea)
        .also(Measure::Auc)
        .also(Measure::AucWithinChannel)
        .also(Measure::Brier)
        .also(Measure::ExpectedOverObserved)
        .also(Measure::CalibrationSlope)
        .bootstrap(options.replicates, Seed(options.seed));
    if let Some(path) = &options.register {
        let plan = study.plan()?;
        std::fs::write(path, plan.to_json()?)?;
        writeln!(out, "plan {} in {}", plan.fingerprint()?, path.display())?;
        return Ok(());
    }
    if let Some(path) = &options.plan {
        study = study.registered_plan(StudyPlan::from_json(&std::fs::read_to_string(path)?)?);
    }
    let result = study.run()?;

    let known = Known::new(&later, &labels, target.clone(), Some("tip_source"))?;
    let models = [("published", &published), ("unit", &unit), ("fitted", &fitted)];
    let arms = models
        .map(|(name, model)| Arm::new(name, model, &later, &known))
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    // The same without the items that overlap the outcome's definition, where that can be had.
    let mut bare = Vec::new();
    for (name, model) in models {
        if let Ok(model) = without_overlap(model, known.target())? {
            bare.push(Arm::new(name, &model, &later, &known)?);
        }
    }
    let none = ActiveOverrides::none();
    let capacity = later.len() / 10;

    let pairs: Vec<_> = fits.iter().map(|(designed, model)| (designed, model)).collect();
    let estimated = Uncertainty::of_fits(fitted.instrument(), &pairs)?;
    let assumed = Uncertainty::assumed(published.instrument(), 0.25)?;
    let plan = |model, uncertainty| {
        Stability::new(model, uncertainty).replicates(options.replicates).top(100)
    };
    let stability = plan(&fitted, &estimated).run(&later, &none, Seed(options.seed))?;
    let under_assumed = plan(&published, &assumed).run(&later, &none, Seed(options.seed))?;

    let others = reference::other_assumptions()?;
    let mut sets = vec![("published", &published)];
    sets.extend(others.iter().map(|other| (other.id(), other.triage())));
    let positions = PositionsUnder::new(&sets, &later, &none)?;
    let ids: Vec<&str> = (0..later.len()).map(|row| later.id(row)).collect();

    let sensitivity = Sensitivity::new(&published, &later, &none, capacity)?;
    let one = Fixed::from_steps(1_000_000);
    let five = Fixed::from_steps(5_000_000);
    let harm = sensitivity.harm_weights(&[
        ("production counts five times", vec![five, one, one]),
        ("solicitation counts five times", vec![one, five, one]),
        ("contact offending counts five times", vec![one, one, five]),
    ])?;
    let (items, domains) = (sensitivity.without_items()?, sensitivity.without_domains()?);
    let (more, unanswered) = (sensitivity.scaled_items(1.5)?, sensitivity.unanswered_items()?);

    let drift = item_drift(&earlier, &later, Confidence::P95)?;
    let (what, groups) = groups(options, &later)?;
    let audit = GroupPlan::new(&published, &groups)
        .top(capacity)
        .seed(Seed(options.seed))
        .run(&later, &known)?;
    let open = models
        .map(|(name, model)| {
            Ok((name, bounds_at_capacity(model, &later, &labels, &target, capacity)?))
        })
        .into_iter()
        .collect::<Result<Vec<_>, StudyError>>()?;

    let mut ranks = ranks_section(&under_assumed, 50);
    ranks.id = "ranks-assumed".to_owned();
    ranks.title = "How far positions under `published` can be trusted".to_owned();
    let mut fitted_ranks = ranks_section(&stability, 50);
    fitted_ranks.title = "How far positions under `fitted` can be trusted".to_owned();
    let rate = known.events() as f64 / known.len().max(1) as f64;
    let needed = complaints_for_auc(0.75, rate, 0.03, Confidence::P95)?;
    let fit_report = fits.iter().find(|(own, _)| own.outcome == options.outcome);
    let split = "Models were learnt from the first half of the period and judged on the second, on other subjects.";
    let day = Workday::new(options.day.0, options.day.1)?;
    let mut report = Report::new("Three instruments on one backlog", result.stamp)
        .made_with("Split", split)
        .made_with(
            "Resampling",
            format!("{} replicates, seed {}", options.replicates, options.seed),
        );
    if let Some(date) = &options.date {
        report = report.dated(date);
    }
    for (name, model) in models {
        report = report.made_with(
            &format!("Model {name}"),
            format!("{}, fingerprint {}", model.identity(), model.fingerprint()),
        );
        for warning in &model.instrument().draft().warnings {
            report = report.made_with(&format!("Warning of {name}"), warning);
        }
    }
    let second = match &options.second {
        Some(path) => {
            let read =
                Backlog::read_csv(published.codebook(), File::open(path)?, Unlisted::Report)?;
            Some(read.into_backlog())
        }
        None => None,
    };
    let unseen = [
        Some(unseen::missing(options, &earlier, &labels)?),
        Some(unseen::selection(options, &later, &labels, &models, capacity)?),
        unseen::follow_up(options, &later, &labels, &known, &arms)?,
        units::left_out(options, &all, &labels)?,
        units::federated(options, &all, &labels)?,
        unseen::coders(options, &later, second, &published)?,
    ];
    let body = [
        capacity_section(&known, &arms),
        comparison_section(&result).text(format!(
            "To know an AUC of 0.75 to 0.03 on either side at this base rate takes {needed} complaints with known outcomes (Riley et al. 2021)."
        )),
        roc_section(&known, &arms),
        calibration_section(&known, &arms),
        decision_section(&known, &arms),
        bounds_section(known.target(), capacity, &open),
        fitted_ranks,
        tornado_section("published", &positions.departures(capacity), capacity),
        groups_section(what, &audit),
    ];
    let appendix = [
        again(capacity_section(&known, &bare)),
        again(roc_section(&known, &bare)),
        again(calibration_section(&known, &bare)),
        again(decision_section(&known, &bare)),
        ranks,
        sets_section(&positions, &ids, 50, capacity),
        weights_section(
            fitted.instrument(),
            &options.outcome,
            fit_report.map(|(_, model)| model.report()),
        ),
        weights_section(published.instrument(), &options.outcome, None),
        sensitivity_section(
            &[
                ("items", "Weights of one item set to 0", &items),
                ("more", "Weights of one item times 1.5", &more),
                ("domains", "Weights of one domain set to 0", &domains),
                ("open", "One item unknown in every complaint, gates included", &unanswered),
                ("harm", "Other harm weights", &harm),
            ],
            capacity,
        ),
        card_section(&published),
        card_section(&unit),
        card_section(&fitted),
        data_section(Some(&later), &known),
        drift_section("the first half of the period", "the second half", &drift),
    ];
    let mut sections = front_section(&result, &known, &arms, day, split);
    sections.extend(body);
    sections.extend(unseen.into_iter().flatten());
    sections.push(data_section(None, &known));
    sections.extend(appendix.into_iter().map(|section| section.in_part(Part::Appendix)));
    let tripod = tripod_section(&result, &BTreeMap::new(), &sections);
    sections.push(tripod.in_part(Part::Appendix));
    for section in sections {
        report = report.with(section);
    }

    if let Some(stamp) = result.stamp {
        writeln!(out, "{stamp}\n")?;
    }
    for own in result.comparisons.iter().filter(|own| own.primary) {
        writeln!(out, "{}", own.text)?;
    }
    let churn = stability.churn();
    writeln!(
        out,
        "Under the uncertainty of its fit, {:.0}% of the first {} of `fitted` stay there.",
        churn.kept * 100.0,
        churn.k
    )?;
    if let Some(folder) = &options.out {
        let written = report.write_into(folder)?;
        writeln!(out, "{} files in {}", written.len(), folder.display())?;
    }
    debug_assert!(result.stamp.is_none_or(|stamp| stamp == STAMP));
    Ok(())
}

/// Complaints received before the middle of the period, and later ones about other subjects.
fn halves(all: &Backlog) -> Result<(Backlog, Backlog), Box<dyn Error>> {
    let received: Vec<i64> = (0..all.len()).map(|row| all.received(row).unix_seconds()).collect();
    let mut sorted = received.clone();
    sorted.sort_unstable();
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    let subjects: Vec<String> = (0..all.len())
        .map(|row| all.subject(row).unwrap_or_else(|| all.id(row)).to_owned())
        .collect();
    let split = split_by_date(&received, middle, Some(&subjects))?;
    let part = |rows: &[usize]| -> Result<Backlog, Box<dyn Error>> {
        let mut builder = BacklogBuilder::new(all.codebook());
        for &row in rows {
            builder.push(&all.complaint(row))?;
        }
        Ok(builder.freeze())
    };
    Ok((part(&split.train)?, part(&split.test)?))
}

type Fits = Vec<(Designed, LogisticModel)>;

/// A design that takes closed files whose answers are not cut at a time, where the caller has said that it may.
pub(crate) fn accepting(design: Design, accepts_leakage: bool) -> Design {
    if accepts_leakage { design.accepting_leakage() } else { design }
}

/// Learns one model an outcome, from what can be known before a search.
fn fit(
    like: &Triage,
    backlog: &Backlog,
    labels: &Labels,
    accept_leakage: bool,
) -> Result<(Triage, Fits), Box<dyn Error>> {
    let design = accepting(Design::new().stage(Stage::Field), accept_leakage);
    let logistic = Logistic::new().ridge(2.0);
    let naming =
        Naming::new("fitted", "Learnt on the spot for an example.").like(like.instrument());
    let fitted = logistic.fit_all(backlog, labels, &design, &naming)?;
    let mut fits = Fits::new();
    for outcome in like.codebook().outcomes() {
        // The same fit again, for its covariance.
        let designed = design.apply(backlog, labels, &outcome.id)?;
        let model = logistic.fit_sample(&designed.sample()?)?;
        fits.push((designed, model));
    }
    let mut draft = fitted.instrument.draft().clone();
    draft.warnings.push("Learnt on the spot: for an example only.".to_owned());
    let identity =
        caserank::codebook::Identity { id: "fitted".to_owned(), version: draft.version.clone() };
    let description = "The policy of `published` over weights learnt for an example.";
    let policy = like.policy().draft().clone();
    Ok((Triage::new(identity, description, like.codebook().clone(), draft, policy)?, fits))
}

/// A section of the models without the items that overlap the outcome's definition.
fn again(mut section: Section) -> Section {
    let without = ", without overlapping items";
    section.id.push_str("-without-overlap");
    section.title.push_str(without);
    for block in &mut section.blocks {
        // Charts and tables are files of their own too, and must say it there.
        match block {
            Block::Chart(chart) => chart.title.push_str(without),
            Block::Table(table) => table.caption.push_str(without),
            _ => {}
        }
    }
    section
}

/// The table of groups, or units in its place, and what to call it.
fn groups(options: &Options, backlog: &Backlog) -> Result<(&'static str, Groups), Box<dyn Error>> {
    if let Some(path) = &options.groups {
        return Ok(("group", Groups::read_csv(File::open(path)?)?));
    }
    let unit = |row: usize| Some((backlog.id(row), backlog.unit(row)?));
    Ok(("unit", (0..backlog.len()).filter_map(unit).collect()))
}
