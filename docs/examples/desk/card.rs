//! A model's points on paper.

use std::io::Write;
use std::path::PathBuf;

use caserank::reference::{PaperCard, codebook};
use caserank::{Instrument, Triage};
use clap::Args;

use super::files::{shown, text_of, write_whole};
use super::read::{Input, read};
use super::{Failure, Finish};

/// Which card, and where it goes.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A model file, or an instrument for the shipped codebook; the shipped reference model without it.
    model: Option<PathBuf>,
    /// Which outcome; needed where the model has several.
    #[arg(long)]
    outcome: Option<String>,
    /// A backlog of your own for the table from points to positions; the population that the model declares without it.
    #[arg(long)]
    among: Option<PathBuf>,
    /// Where the card goes.
    #[arg(long)]
    out: PathBuf,
}

/// Makes the card and says where it is.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    let failed = |cause: &dyn std::fmt::Display| Failure::of("card", cause);
    let (instrument, triage) = load(arguments)?;
    let outcomes: Vec<&str> =
        instrument.outcomes().iter().map(|part| part.outcome.as_str()).collect();
    let outcome = match (&arguments.outcome, outcomes.as_slice()) {
        (Some(outcome), _) => outcome.as_str(),
        (None, [only]) => only,
        _ => {
            return Err(Failure::Use(format!(
                "a card is for one outcome: name it with `--outcome`; the model has {}",
                outcomes.join(", ")
            )));
        }
    };
    let card = match &triage {
        Some(triage) => PaperCard::of(triage, outcome),
        None => PaperCard::of_instrument(&instrument, outcome),
    };
    let mut card = card.map_err(|cause| failed(&cause))?;
    let mut finish = Finish::Clean;
    let mut inputs: Vec<PathBuf> = arguments.model.iter().cloned().collect();
    if let Some(path) = &arguments.among {
        inputs.push(path.clone());
        let reader = match &triage {
            Some(triage) => triage.clone(),
            None => caserank::reference::published().map_err(|cause| failed(&cause))?,
        };
        let intake = read(&Input::of(path), &reader)?;
        finish = intake.tell(out)?;
        card = card.among(intake.backlog()).map_err(|cause| failed(&cause))?;
    } else if instrument.draft().population.is_some() {
        card = card.in_declared_population().map_err(|cause| failed(&cause))?;
    } else {
        writeln!(
            out,
            "The model declares no population: name a backlog with `--among` for the table from points to positions."
        )?;
    }
    write_whole(&arguments.out, &inputs, |file| file.write_all(card.to_html().as_bytes()))?;
    writeln!(out, "The card for {outcome} is in {}", shown(&arguments.out))?;
    Ok(finish)
}

/// A model, or an instrument alone.
fn load(arguments: &Arguments) -> Result<(Instrument, Option<Triage>), Failure> {
    let of_model = |triage: Triage| (triage.instrument().clone(), Some(triage));
    let Some(path) = &arguments.model else {
        return Ok(of_model(super::files::model(None)?));
    };
    let text = text_of(path)?;
    if let Ok(codebook) = codebook()
        && let Ok(instrument) = Instrument::from_json(&codebook, &text)
    {
        return Ok((instrument, None));
    }
    Ok(of_model(super::files::model(Some(path))?))
}
