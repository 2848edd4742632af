//! Whole assessments of some complaints.

use std::io::Write;
use std::path::PathBuf;

use caserank::explain::Language;
use clap::Args;

use super::decisions::Decided;
use super::files::{doubt, model, visible};
use super::near::near_id;
use super::read::{Input, read};
use super::translate::language;
use super::{Failure, Finish, Model};

/// Which complaints.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    model: Model,
    #[command(flatten)]
    decided: Decided,
    /// Id of a complaint; give it again for more.
    #[arg(long = "id", required = true)]
    ids: Vec<String>,
    /// As JSON, one object a line.
    #[arg(long)]
    json: bool,
    /// A file of texts in other languages: see `desk translate`.
    #[arg(long, conflicts_with = "json")]
    texts: Option<PathBuf>,
    /// Which of its languages, where it holds several.
    #[arg(long, requires = "texts")]
    language: Option<String>,
}

impl Arguments {
    /// Whether what is written is for machines.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }
}

/// Explains each; an id that is not there is told and is no reason to leave the others out.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    let triage = model(arguments.model.path())?;
    let language = match &arguments.texts {
        Some(path) => language(path, arguments.language.as_deref())?,
        None => Language::english(),
    };
    let intake = read(&arguments.input, &triage)?;
    // JSON stays whole; what needs a person is told beside it.
    let mut told = Vec::new();
    let mut finish = intake.tell(&mut told)?.and(doubt(&triage));
    let (ranking, decided) = arguments.decided.rank(&triage, intake.backlog(), &mut told)?;
    finish = finish.and(decided);
    match arguments.json {
        false => out.write_all(&told)?,
        true if finish == Finish::NeedsPerson => std::io::stderr().write_all(&told)?,
        true => {}
    }
    let mut missing = Vec::new();
    for id in &arguments.ids {
        match ranking.entry(id) {
            Some(entry) if arguments.json => {
                let json = serde_json::to_string(&entry.assess())
                    .map_err(|cause| Failure::of(id, cause))?;
                writeln!(out, "{json}")?;
            }
            Some(entry) => writeln!(out, "{}\n", entry.assess().in_language(&language))?,
            None => missing.push(match near_id(intake.backlog(), id) {
                Some(near) => format!("{id} (did you mean {near}?)"),
                None => id.clone(),
            }),
        }
    }
    if !missing.is_empty() {
        finish = finish.and(Finish::NeedsPerson);
        eprintln!("desk: not in these files: {}", visible(&missing.join(", ")));
    }
    if missing.len() == arguments.ids.len() {
        return Err(Failure::NotDone("none of the ids is in these files".to_owned()));
    }
    Ok(finish)
}
