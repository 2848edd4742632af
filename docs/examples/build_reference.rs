//! Writes the reference model files, or with `--check` says whether they are current. `--quick`
//! leaves the sensitivity sets alone, which take a minute.

#![allow(clippy::print_stdout, reason = "an example talks to a terminal")]

use std::error::Error;
use std::path::{Path, PathBuf};

use caserank::reference::{
    Rules, Stewardship, card, derive, derive_sensitivity, derive_unit, icac_scale, model, tables,
};
use caserank::synthetic::{
    FIXTURE_COMPLAINTS, FIXTURE_SEED, Generator, assumptions, write_outcomes,
};
use caserank::{BacklogBuilder, Codebook, Instrument};

/// What stands before it is written by hand.
const PAGE_MARKER: &str =
    "<!-- computed from here on: cargo run --release --example build_reference -->";

fn main() -> Result<(), Box<dyn Error>> {
    let check = std::env::args().any(|argument| argument == "--check");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("fixtures/models/codebook.json");
    let codebook = Codebook::from_json(&std::fs::read_to_string(&path)?)?;
    let (backlog, outcomes) = fixtures(&codebook)?;
    let mut files: Vec<(PathBuf, String)> = vec![
        (path, codebook.to_json() + "\n"),
        (root.join("docs/codebook.md"), codebook.to_markdown()),
        (root.join("fixtures/backlog.csv"), backlog),
        (root.join("fixtures/outcomes.csv"), outcomes),
    ];
    let published = derive(&codebook)?;
    files.push(file_of(root, &published)?);
    files.push(page(root, &published)?);
    let (unit, icac) = (derive_unit(&codebook)?, icac_scale()?);
    files.push(file_of(root, &unit)?);
    for triage in [model(&published)?, model(&unit)?, icac] {
        let path = root.join(format!("docs/models/{}.md", triage.identity().id));
        files.push((path, card(&triage, &Stewardship::shipped())?));
    }
    let form = model(&published)?.intake_form().within(90).to_string();
    files.push((root.join("docs/intake-form.md"), form));
    if !std::env::args().any(|argument| argument == "--quick") {
        let sensitivity = derive_sensitivity(&codebook, &Rules::shipped()?)?;
        files.push((root.join("fixtures/models/sensitivity.json"), sensitivity));
    }
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

/// The model file of an instrument, with the policy derived for it.
fn file_of(root: &Path, instrument: &Instrument) -> Result<(PathBuf, String), Box<dyn Error>> {
    let path = root.join(format!("fixtures/models/{}.json", instrument.identity().id));
    Ok((path, model(instrument)?.to_json()))
}

/// The page about the model: prose by hand up to the marker, tables by the crate after it.
fn page(root: &Path, published: &Instrument) -> Result<(PathBuf, String), Box<dyn Error>> {
    let path = root.join("docs/reference-model.md");
    let found = std::fs::read_to_string(&path)?;
    let prose = found.split(PAGE_MARKER).next().unwrap_or_default().trim_end();
    let tables = tables(&model(published)?);
    let assumptions = assumptions();
    Ok((path, format!("{prose}\n\n{PAGE_MARKER}\n\n{assumptions}\n## Tables\n\n{tables}")))
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
