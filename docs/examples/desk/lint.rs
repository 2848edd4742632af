//! What a model says that may not be meant.

use std::io::Write;
use std::path::PathBuf;

use caserank::reference::numbers_by_rule;
use clap::Args;

use super::files::{is_changed_shipped_model, model, shown};
use super::{Failure, Finish};

/// What to look at.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The model file.
    model: PathBuf,
    /// An older model: what is gone or changed since is told as well.
    #[arg(long)]
    against: Option<PathBuf>,
}

/// Tells findings, then differences.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    let triage = model(Some(&arguments.model))?;
    writeln!(out, "{}, fingerprint {}", triage.identity(), triage.fingerprint().short())?;
    let mut finish = Finish::Clean;
    if is_changed_shipped_model(&triage) {
        writeln!(
            out,
            "It has the name and version of a shipped model, but other content: give it an id or version of its own."
        )?;
        finish = Finish::NeedsPerson;
    }
    let numbers =
        numbers_by_rule(&triage).map_err(|cause| Failure::of(shown(&arguments.model), cause))?;
    let findings = triage.lint_with(numbers.findings().to_vec());
    if !findings.is_clean() {
        finish = Finish::NeedsPerson;
    }
    match (findings.new_findings().len(), findings.gone().len()) {
        (0, 0) => writeln!(out, "No new findings.")?,
        (new, 0) => writeln!(out, "{new} new.")?,
        (new, gone) => writeln!(out, "{new} new, {gone} accepted and not found any more.")?,
    }
    let not_computed: usize = numbers.not_computed().values().sum();
    writeln!(
        out,
        "Numbers computed again by the rules they cite: {}; not to be computed here: {not_computed}.",
        numbers.held()
    )?;
    for (rule, count) in numbers.not_computed() {
        writeln!(out, "  {count} cite `{rule}`, a rule of the model's own")?;
    }
    if findings.findings().next().is_some() || !findings.is_clean() {
        writeln!(out, "\n{findings}")?;
    }
    if let Some(path) = &arguments.against {
        let older = model(Some(path))?;
        let changes = triage.changes_since(&older);
        writeln!(
            out,
            "\nSince {}, fingerprint {}:",
            older.identity(),
            older.fingerprint().short()
        )?;
        if changes.is_empty() {
            writeln!(out, "nothing changed")?;
        }
        for change in changes {
            writeln!(out, "{change}")?;
            finish = Finish::NeedsPerson;
        }
    }
    Ok(finish)
}
