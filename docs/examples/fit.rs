//! Learns weights from complaints with known outcomes, compares them on later ones, writes a model file.
//!
//! ```text
//! cargo run --release --example fit -- [--out target/local-model.json]
//! cargo run --release --example desk -- rank --model target/local-model.json
//! ```
//!
//! The complaints and outcomes in `fixtures/` are synthetic: the figures test software and say nothing
//! about the world.

#![allow(clippy::print_stdout, reason = "an example talks to a terminal")]

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};

use caserank::codebook::Identity;
use caserank::complaint::Unlisted;
use caserank::research::evaluate::{Confidence, Scored, auc};
use caserank::research::fit::{Design, Labels, Logistic, Naming};
use caserank::{Backlog, Timestamp, Triage, reference};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let mut out = PathBuf::from("target/local-model.json");
    while let Some(word) = words.next() {
        match (word.as_str(), words.next()) {
            ("--out", Some(path)) => out = path.into(),
            _ => return Err(format!("{word}: use --out MODEL.json").into()),
        }
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let published = reference::published()?;
    let intake = Backlog::read_csv(
        published.codebook(),
        File::open(fixtures.join("backlog.csv"))?,
        Unlisted::Report,
    )?;
    let backlog = intake.into_backlog();
    let (labels, report) = Labels::read_csv(File::open(fixtures.join("outcomes.csv"))?)?;
    println!(
        "SYNTHETIC: made-up complaints and outcomes. This tests software and says nothing about performance.\n"
    );
    println!(
        "{} labels taken, {} refused; columns not used: {}",
        report.taken,
        report.refused,
        report.unlisted.join(", ")
    );

    // Weights are learnt on complaints received earlier and judged on later ones, as they would be used.
    let cut = cut_at(&backlog, 0.7);
    let before =
        |complaint: &str| backlog.row_of(complaint).is_some_and(|row| backlog.received(row) < cut);
    let train = labels.filtered(|label| before(&label.complaint));
    let later = labels.filtered(|label| !before(&label.complaint));
    println!("learnt on complaints received before {cut}, judged on the rest\n");

    let naming = Naming::new("local", "Learnt from synthetic complaints; an example, not for use.")
        .like(published.instrument());
    let design = Design::new().respecting_directions();
    let fitted =
        Logistic::new().ridge_standardised(10.0).fit_all(&backlog, &train, &design, &naming)?;
    for fit in &fitted.fits {
        println!("== {}\n{}", fit.outcome, fit.report);
        let join = &fit.join;
        println!(
            "labels: {} used, {} not investigated, {} not applicable, {} complaints without one; {} columns or items left out",
            join.matched,
            join.not_investigated,
            join.not_applicable,
            join.complaints_without_label,
            fit.dropped.len()
        );
        println!("advice: {}", fit.advice);
        match fit.riley {
            Some(size) => {
                println!(
                    "Riley's criteria ask for {} complaints, {:.0} events",
                    size.needed, size.events
                );
            }
            None => println!("Riley's criteria: after shrinkage nothing is left to predict with"),
        }
        println!("a refit is {}supported\n", if fit.supports_refit() { "" } else { "not " });
    }

    let identity =
        Identity { id: "local".to_owned(), version: fitted.instrument.identity().version.clone() };
    let (codebook, policy) = (published.codebook().clone(), published.policy().draft().clone());
    let description = fitted.instrument.draft().description.clone();
    let local =
        Triage::new(identity, description, codebook, fitted.instrument.draft().clone(), policy)?;
    let unit = reference::unit()?;
    println!("AUC on the later complaints (95% interval)");
    print!("{:<28}", "outcome");
    let models = [("local", &local), ("published", &published), ("unit", &unit)];
    println!("{}", models.map(|(name, _)| format!("{name:>24}")).concat());
    for outcome in published.codebook().outcomes() {
        print!("{:<28}", outcome.id);
        for (_, model) in models {
            print!("{:>24}", area(&backlog, &later, model, &outcome.id)?);
        }
        println!();
    }
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&out, local.to_json())?;
    println!(
        "\nThe model is in {}. It is not calibrated: it orders work and prints no probabilities.",
        out.display()
    );
    Ok(())
}

/// The time by which this share of complaints had been received.
fn cut_at(backlog: &Backlog, share: f64) -> Timestamp {
    let mut times: Vec<Timestamp> = (0..backlog.len()).map(|row| backlog.received(row)).collect();
    times.sort_unstable();
    times[(share * (times.len() - 1) as f64) as usize]
}

/// AUC of a model's scores for one outcome on labelled complaints, with its interval.
fn area(
    backlog: &Backlog,
    labels: &Labels,
    model: &Triage,
    outcome: &str,
) -> Result<String, Box<dyn Error>> {
    let scores = model.score(backlog)?;
    let scored = model.instrument().outcome_index(outcome).ok_or("the model lacks the outcome")?;
    let joined = labels.join(backlog, outcome);
    let mut found = Vec::new();
    let mut steps: Vec<i64> = Vec::new();
    for (row, label) in joined.rows.iter().zip(&joined.labels) {
        // Complaints to which the model does not apply the outcome have no score.
        if let Some(score) = scores.score(*row, scored) {
            found.push(*label);
            steps.push(i64::from(score.steps()));
        }
    }
    let area = auc(Scored::new(&found, &steps)?, Confidence::P95)?;
    Ok(match area.figure.interval {
        Ok(interval) => {
            format!("{:.3} ({:.3}, {:.3})", area.figure.value, interval.lower, interval.upper)
        }
        Err(reason) => format!("{:.3} ({reason})", area.figure.value),
    })
}
