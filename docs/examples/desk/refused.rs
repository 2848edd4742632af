//! Records that cannot be ranked, written out to be mended and read again.

use std::path::{Path, PathBuf};

use caserank::backlog::{IntakeReport, write_not_rankable};

use super::Failure;
use super::files::{shown, write_whole};
use super::read::Input;

/// Writes what one source had set aside, with a note that says where; nothing where nothing was, so that yesterday's file stays.
///
/// Each source has a file of its own, `before` others having one: columns that stand in another order must never be read
/// under each other's names.
pub(crate) fn write(
    path: &Path,
    before: usize,
    report: &IntakeReport,
    input: &Input,
) -> Result<Option<(PathBuf, String)>, Failure> {
    let records = report.records_not_rankable();
    if records.is_empty() {
        return Ok(None);
    }
    let file = numbered(path, before + 1);
    let inputs: Vec<PathBuf> = input.reads().map(Path::to_owned).collect();
    write_whole(&file, &inputs, |sink| write_not_rankable(records, report.heading(), sink))?;
    let note = format!("records that cannot be ranked are in {}, to be mended", shown(&file));
    Ok(Some((file, note)))
}

/// `aside.csv`, `aside-2.csv`, `aside-3.csv`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}
