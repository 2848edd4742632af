//! Writes the reference model files, or with `--check` says whether they are current.

use std::error::Error;
use std::path::{Path, PathBuf};

use caserank::Codebook;

fn main() -> Result<(), Box<dyn Error>> {
    let check = std::env::args().any(|argument| argument == "--check");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("fixtures/models/codebook.json");
    let codebook = Codebook::from_json(&std::fs::read_to_string(&path)?)?;
    let files: Vec<(PathBuf, String)> = vec![
        (path, codebook.to_json() + "\n"),
        (root.join("docs/codebook.md"), codebook.to_markdown()),
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
