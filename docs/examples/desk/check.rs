//! What is in files before they are ranked, and a first mapping for them.

use std::io::{Read as _, Write};
use std::path::PathBuf;

use caserank::intake::{Mapping, SourceKind};
use clap::Args;

use super::files::{self, shown, write_whole};
use super::read::{Input, SAMPLE, read};
use super::{Failure, Finish, Model};

/// What to check.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    model: Model,
    /// Where a drafted mapping of the first file goes.
    #[arg(long)]
    write_mapping: Option<PathBuf>,
}

/// Tells what is in the files and what was understood; drafts a mapping where asked.
pub(crate) fn check(arguments: &Check, out: &mut impl Write) -> Result<Finish, Failure> {
    let model = arguments.model.path();
    let mapping = arguments.write_mapping.as_deref();
    files::keep_apart(
        arguments.input.reads().chain(model),
        arguments.input.writes().chain(mapping),
    )?;
    let triage = files::model(model)?;
    let mut drafted = None;
    if let (Some(path), Some(file)) = (&arguments.write_mapping, arguments.input.files().first()) {
        let mut sample = Vec::new();
        let failed = |cause: &dyn std::fmt::Display| Failure::of(shown(file), cause);
        files::open(file)?.take(SAMPLE).read_to_end(&mut sample).map_err(|cause| failed(&cause))?;
        if SourceKind::of(&sample) == SourceKind::Xlsx {
            sample = files::first_sheet(files::open(file)?).map_err(|cause| failed(&cause))?.table;
        }
        let codebook = triage.codebook();
        let mut proposal = Mapping::propose(&sample, codebook).map_err(|cause| failed(&cause))?;
        // Any record of JSON may have a key that none before it had.
        if matches!(SourceKind::of(&sample), SourceKind::Json | SourceKind::NdJson)
            && let Ok(mapping) = proposal.mapping()
        {
            let source = files::open(file)?;
            // What cannot be read is told below.
            if let Ok(intake) = mapping.read(codebook, source, &triage.reading()) {
                proposal.add_late_items(intake.report(), codebook);
            }
        }
        let json =
            serde_json::to_string_pretty(proposal.draft()).map_err(|cause| failed(&cause))?;
        write_whole(path, arguments.input.files(), |file| writeln!(file, "{json}"))?;
        drafted = Some((shown(path), proposal));
    }
    let read = read(&arguments.input, &triage);
    if let Some((path, proposal)) = drafted {
        // Where the file was read by a draft too, its questions stand with what was read.
        let are_below = read.as_ref().is_ok_and(|read| read.asks(&proposal));
        let draft = proposal.to_string();
        let told = if are_below { draft.lines().next().unwrap_or_default() } else { &draft };
        writeln!(out, "A draft of a mapping is in {path}: {told}\n")?;
        if let Err(Failure::NoDraft { path: of, cause, questions }) = &read
            && *questions == draft
        {
            return Err(Failure::of(
                of,
                format!(
                    "{cause}\nAnswer the questions above in {path}, and read with `--mapping {path}`"
                ),
            ));
        }
    }
    let read = read?;
    let finish = read.tell(out)?;
    let backlog = read.backlog();
    writeln!(out, "{} complaints, {} units", backlog.len(), backlog.units().len())?;
    Ok(finish.and(files::doubt(&triage)))
}
