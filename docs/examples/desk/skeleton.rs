//! A model file to begin with.

use std::io::Write;
use std::path::PathBuf;

use caserank::Triage;
use clap::Args;

use super::files::{shown, write_whole};
use super::{Failure, Finish};

/// How it is called and where it goes.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Name of the model, short, in `snake_case`.
    id: String,
    /// The file to write; it must not be there yet. Without it the model is shown.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Writes it.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    let text =
        Triage::skeleton(&arguments.id).map_err(|cause| Failure::of(&arguments.id, cause))?;
    match &arguments.out {
        Some(path) if path.exists() => {
            return Err(Failure::Use(format!(
                "{} is there already: give another name",
                shown(path)
            )));
        }
        Some(path) => {
            write_whole(path, &[], |file| file.write_all(text.as_bytes()))?;
            writeln!(
                out,
                "{}: a model to begin with. Every text that begins `To be written` waits for you; `desk lint` looks at the rest.",
                shown(path)
            )?;
        }
        None => write!(out, "{text}")?,
    }
    Ok(Finish::Clean)
}
