//! Sixty-one agencies learn weights together without sharing a file of complaints.
//!
//! ```text
//! cargo run --release --example federated -- [--out target/federated]
//! ```
//!
//! Each agency is a process of its own (this example calling itself), with a folder that holds its rows; what it exchanges
//! with the coordinator are files in another folder, and nothing else. Beside the federated weights stand those of a fit to
//! all rows together, which nobody could make in life, of pooling in one go, and of each agency alone. All complaints are
//! made up: the figures test software and say nothing about the world.

#![allow(clippy::print_stdout, reason = "an example talks to a terminal")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use caserank::complaint::Origin;
use caserank::research::fit::federated::{
    Agency, AgencyRows, Contribution, Coordinator, FederatedFit, Method, Next, Plan, PlanItem,
    PooledCurves, PooledWeights, Proposal, ScoreCounts,
};
use caserank::research::fit::{Columns, Firth, Logistic, LogisticModel, Sample};
use caserank::triage::Fingerprint;
use caserank::{Seed, Stream};
use serde::Serialize;
use serde::de::DeserializeOwned;

type Outcome<T> = Result<T, Box<dyn Error>>;

const AGENCIES: usize = 61;
const MINIMUM: usize = 5;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => coordinate(Path::new("target/federated")),
        ["--out", folder] => coordinate(Path::new(folder)),
        ["agency", name, folder] => agency(name, Path::new(folder)),
        _ => Err("use --out FOLDER".into()),
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Outcome<T> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn write(path: &Path, value: &impl Serialize) -> Outcome<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, serde_json::to_string(value)?)?)
}

fn plan() -> Outcome<Plan> {
    let mut found = PlanItem::yes_no("prior_offence_found");
    found.found_or_not = true;
    let items = vec![
        PlanItem::yes_no("access_to_children"),
        PlanItem::yes_no("asked_to_meet"),
        PlanItem::yes_no("made_material_claimed"),
        found,
        PlanItem::new("concern", &["possession", "distribution", "solicitation"]),
        PlanItem::yes_no("threat_made"),
        PlanItem::yes_no("several_accounts"),
        PlanItem::new("reports_before", &["none", "one", "more"]),
    ];
    Ok(Plan::new("example", "contact_offending", items, Method::Logistic { ridge: 1.0 })?)
}

/// An agency's own rows: a column of codes for each item, and the outcomes.
type Rows = (Vec<Vec<u8>>, Vec<bool>);

fn below(stream: &mut Stream, share: f64) -> bool {
    ((stream.bits() >> 11) as f64) < share * (1_u64 << 53) as f64
}

/// Made-up rows of one agency. Sizes run from a dozen to six thousand.
fn drawn(number: usize, plan: &Plan) -> Rows {
    let mut stream = Seed(61).stream(number as u64);
    let share = number as f64 / (AGENCIES - 1) as f64;
    let rows = (12.0 * (500.0_f64).powf(share)) as usize;
    let mut codes = vec![Vec::with_capacity(rows); plan.items().len()];
    let mut labels = Vec::with_capacity(rows);
    let effects = [1.1, 0.9, 0.7, 0.8, 0.3, 0.4, 0.1, 0.2];
    for _ in 0..rows {
        // Agencies differ a little in how often the outcome is found.
        let mut score = -2.6 + 0.4 * (number % 5) as f64 / 5.0;
        for (place, item) in plan.items().iter().enumerate() {
            let last = item.answers.len() as u64;
            let code = if below(&mut stream, 0.3) {
                0
            } else if below(&mut stream, 0.6) {
                1
            } else {
                1 + stream.below(last) as u8
            };
            score += effects[place] * f64::from(code.saturating_sub(1));
            codes[place].push(code);
        }
        labels.push(below(&mut stream, 1.0 / (1.0 + (-score).exp())));
    }
    (codes, labels)
}

fn name_of(number: usize) -> String {
    format!("agency-{:02}", number + 1)
}

/// One agency's process: answers whatever question lies in the exchange folder and is not answered yet.
fn agency(name: &str, folder: &Path) -> Outcome<()> {
    let exchange = folder.join("exchange");
    let plan: Plan = read::<Plan>(&exchange.join("plan.json"))?.checked()?;
    let (codes, labels): Rows = read(&folder.join("agencies").join(name).join("rows.json"))?;
    let rows = AgencyRows::new(codes, labels.clone()).with_origin(Origin::Synthetic);
    let mut own = Agency::new(name, &plan, rows)?;
    let counts = exchange.join("counts").join(format!("{name}.json"));
    if !counts.exists() {
        return write(&counts, &own.counts());
    }
    let fitted = exchange.join("weights.json");
    if fitted.exists() {
        return after_the_fit(name, &exchange, &fitted, (&plan, &own), &labels);
    }
    let proposal: Proposal = read(&exchange.join("proposal.json"))?;
    let answer = own.answer(&proposal)?;
    let round = format!("round-{:02}", proposal.round);
    write(&exchange.join(round).join(format!("{name}.json")), &answer)
}

/// What an agency sends when the weights are there: counts by score, and its own estimates for pooling in one go.
fn after_the_fit(
    name: &str,
    exchange: &Path,
    fitted: &Path,
    (plan, own): (&Plan, &Agency),
    labels: &[bool],
) -> Outcome<()> {
    let (design, weights): (
        caserank::research::fit::federated::SharedDesign,
        caserank::research::fit::LinearWeights,
    ) = read(fitted)?;
    let columns = design.code(own.codes())?;
    let chances: Vec<f64> =
        weights.log_odds(&columns)?.into_iter().map(|eta| 1.0 / (1.0 + (-eta).exp())).collect();
    let cuts: Vec<f64> = [0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5].to_vec();
    let model = Fingerprint::of(&fs::read(fitted)?);
    let counts = ScoreCounts::new(name, model, &chances, labels, &cuts, MINIMUM)?;
    let scores = exchange.join("scores").join(format!("{name}.json"));
    write(&scores, &counts.with_origin(own.origin()))?;
    // Firth's method gives small agencies finite estimates; some columns do not vary there, and then there are none.
    if let Ok(alone) = Firth::new().fit_sample(&Sample::new(&columns, labels)?) {
        write(
            &exchange.join("alone").join(format!("{name}.json")),
            &Contribution::new(name, &alone).under(plan, &design)?.with_origin(own.origin()),
        )?;
    }
    Ok(())
}

/// Runs every agency's process once; names of those that have too few complaints to take part.
fn run_all(names: &[String], folder: &Path) -> Outcome<Vec<String>> {
    let itself = std::env::current_exe()?;
    let mut failed = Vec::new();
    for name in names {
        let status = Command::new(&itself).args(["agency", name]).arg(folder).status()?;
        if !status.success() {
            failed.push(name.clone());
        }
    }
    Ok(failed)
}

fn read_all<T: DeserializeOwned>(folder: &Path) -> Outcome<Vec<T>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Outcome<_>>()?;
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn coordinate(folder: &Path) -> Outcome<()> {
    println!(
        "SYNTHETIC: made-up complaints. This tests software and says nothing about the world.\n"
    );
    let plan = plan()?;
    let exchange = folder.join("exchange");
    if exchange.exists() {
        fs::remove_dir_all(&exchange)?;
    }
    let mut all = Vec::new();
    for number in 0..AGENCIES {
        let rows = drawn(number, &plan);
        write(&folder.join("agencies").join(name_of(number)).join("rows.json"), &rows)?;
        all.push(rows);
    }
    write(&exchange.join("plan.json"), &plan)?;
    let names: Vec<String> = (0..AGENCIES).map(name_of).collect();
    let small = run_all(&names, folder)?;
    if !small.is_empty() {
        return Err(format!("{} could not take part", small.join(", ")).into());
    }
    let mut coordinator = Coordinator::new(plan, read_all(&exchange.join("counts"))?)?;
    let mut largest = 0;
    let fit = loop {
        match coordinator.next()? {
            Next::Done(fit) => break *fit,
            Next::Ask(proposal) => {
                write(&exchange.join("proposal.json"), &*proposal)?;
                run_all(&names, folder)?;
                let round = exchange.join(format!("round-{:02}", proposal.round));
                for entry in fs::read_dir(&round)? {
                    largest = largest.max(entry?.metadata()?.len());
                }
                coordinator.receive(read_all(&round)?)?;
                // The coordinator's whole state: the exchange may take weeks.
                write(&folder.join("coordinator.json"), &coordinator)?;
            }
        }
    };
    write(&exchange.join("weights.json"), &(coordinator.design(), fit.weights()))?;
    run_all(&names, folder)?;
    compare(&coordinator, &fit, &all, &exchange)?;
    println!(
        "\n{} rounds; the largest answer of an agency has {largest} bytes, whatever its number of complaints",
        fit.rounds()
    );
    for warning in fit.warnings().iter().take(3) {
        println!("told: {warning}");
    }
    println!(
        "({} warnings in all; every message is in {})",
        fit.warnings().len(),
        exchange.display()
    );
    Ok(())
}

/// All rows in one place, which is what the agencies cannot do.
fn together(columns: &Columns, labels: &[bool]) -> Outcome<LogisticModel> {
    Ok(Logistic::new().ridge_standardised(1.0).fit_sample(&Sample::new(columns, labels)?)?)
}

fn compare(
    coordinator: &Coordinator,
    fit: &FederatedFit,
    all: &[Rows],
    exchange: &Path,
) -> Outcome<()> {
    let plan = coordinator.plan();
    let mut coarse: Vec<Vec<u8>> = vec![Vec::new(); plan.items().len()];
    let mut raw = coarse.clone();
    let mut labels = Vec::new();
    for (number, (codes, found)) in all.iter().enumerate() {
        let own =
            Agency::new(&name_of(number), plan, AgencyRows::new(codes.clone(), found.clone()))?;
        coarse.iter_mut().zip(own.codes()).for_each(|(all, part)| all.extend(part));
        raw.iter_mut().zip(codes).for_each(|(all, part)| all.extend(part));
        labels.extend(found);
    }
    let pooled = together(&coordinator.design().code(&coarse)?, &labels)?;
    let uncoarsened = together(&coordinator.design().code(&raw)?, &labels)?;
    let alone: Vec<Contribution> = read_all(&exchange.join("alone"))?;
    let one_shot = PooledWeights::new(&alone)?;
    println!(
        "{:<32} {:>10} {:>10} {:>10} {:>10} {:>7} {:>18}",
        "column", "federated", "pooled", "uncoarse", "one go", "I²", "alone, 5% to 95%"
    );
    let mut apart = 0.0_f64;
    for (place, estimate) in fit.estimates().iter().enumerate() {
        let theirs = pooled.report().estimates[place].estimate;
        apart = apart.max((estimate.estimate - theirs).abs() / theirs.abs().max(1.0));
        let weight = &one_shot.weights()[place];
        let mut own: Vec<f64> = alone.iter().filter_map(|part| part.estimates[place]).collect();
        own.sort_by(f64::total_cmp);
        // Adding 0 takes the sign from a zero.
        let at = |share: f64| {
            (own[(share * (own.len() - 1) as f64) as usize] * 100.0).round() / 100.0 + 0.0
        };
        println!(
            "{:<32} {:>10.4} {theirs:>10.4} {:>10.4} {:>10.4} {:>6.0}% {:>8.2} to {:>6.2}",
            estimate.name,
            estimate.estimate,
            uncoarsened.report().estimates[place].estimate,
            weight.random,
            100.0 * weight.i_squared.unwrap_or(0.0),
            at(0.05),
            at(0.95)
        );
    }
    println!("\nfederated against pooled: {apart:.1e} apart at most, relative");
    println!("{} of {AGENCIES} agencies could fit all columns alone", alone.len());
    for warning in one_shot.warnings() {
        println!("pooling in one go: {warning}");
    }
    let curves = PooledCurves::new(&read_all::<ScoreCounts>(&exchange.join("scores"))?, 6)?;
    println!(
        "calibration over agencies: expected over observed {:.3}, {} bins, {} small agencies left out",
        curves.expected_over_observed(),
        curves.bins().len(),
        curves.left_out().len()
    );
    for point in curves.capacity() {
        println!(
            "  working everything from {:>4.0}% up: {:>5.1}% of complaints, {:>5.1}% of those with the outcome",
            100.0 * point.from,
            100.0 * point.worked,
            100.0 * point.reached
        );
    }
    Ok(())
}
