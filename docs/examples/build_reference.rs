//! Writes the reference model files, or with `--check` says whether they are current.

use std::error::Error;
use std::path::{Path, PathBuf};

use caserank::synthetic::{FIXTURE_COMPLAINTS, FIXTURE_SEED, Generator, write_outcomes};
use caserank::{BacklogBuilder, Codebook};

fn main() -> Result<(), Box<dyn Error>> {
    let check = std::env::args().any(|argument| argument == "--check");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("fixtures/models/codebook.json");
    let codebook = Codebook::from_json(&std::fs::read_to_string(&path)?)?;
    let (backlog, outcomes) = fixtures(&codebook)?;
    let files: Vec<(PathBuf, String)> = vec![
        (path, codebook.to_json() + "\n"),
        (root.join("docs/codebook.md"), codebook.to_markdown()),
        (root.join("fixtures/backlog.csv"), backlog),
        (root.join("fixtures/outcomes.csv"), outcomes),
    ];
    for (path, text) in files {
        let current = std::fs::read_to_string(&path).is_ok_and(|found| found == text);
        match (current, check) {
            (true, _) => println!("current  {}", path.display()),
            (false, true) => return Err(format!("{} is not current", path.display()).into()),
            (false, false) => {
                std::fs::write(&path, text)?;
                println!("written  {}", path.display());
            }
        }
    }
    Ok(())
}

/// The synthetic backlog and its outcomes.
fn fixtures(codebook: &Codebook) -> Result<(String, String), Box<dyn Error>> {
    let cases: Vec<_> = Generator::new(FIXTURE_SEED).cases().take(FIXTURE_COMPLAINTS).collect();
    let mut builder = BacklogBuilder::new(codebook);
    for case in &cases {
        builder.push(&case.complaint)?;
    }
    let mut backlog = Vec::new();
    builder.freeze().write_csv(&mut backlog)?;
    let mut outcomes = Vec::new();
    write_outcomes(&mut outcomes, cases)?;
    Ok((String::from_utf8(backlog)?, String::from_utf8(outcomes)?))
}
