//! Files in and out: what a file is by its first bytes, and files that are whole or not there.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};

use caserank::Triage;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;

/// Opens a file or, for `-`, standard input; unpacks gzip and Zstandard, told by their first bytes.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    let failed = |cause: io::Error| Failure::of(path.display(), cause);
    let mut source: Box<dyn Read + Send> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        Box::new(progress(length).wrap_read(file))
    };
    let mut head = Vec::new();
    source.by_ref().take(4).read_to_end(&mut head).map_err(failed)?;
    let packed = head.clone();
    let source = io::Cursor::new(head).chain(source);
    Ok(match packed.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(source))),
        [0x28, 0xb5, 0x2f, 0xfd] => Box::new(
            ruzstd::decoding::StreamingDecoder::new(source)
                .map_err(|cause| Failure::of(path.display(), cause))?,
        ),
        _ => Box::new(source),
    })
}

/// A bar on a terminal for what takes long; nothing where there is no terminal.
fn progress(length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    match ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {bytes_per_sec}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The model in a file, or the shipped one.
pub(crate) fn model(path: Option<&Path>) -> Result<Triage, Failure> {
    let Some(path) = path else {
        return caserank::reference::published()
            .map_err(|cause| Failure::of("reference model", cause));
    };
    let text = fs::read_to_string(path).map_err(|cause| Failure::of(path.display(), cause))?;
    let triage = Triage::from_json(&text).map_err(|cause| Failure::of(path.display(), cause))?;
    if is_changed_shipped_model(&triage) {
        eprintln!(
            "desk: ATTENTION: {} has the name and version of a shipped model, but other content: give it an id or version of its own",
            path.display()
        );
    }
    Ok(triage)
}

/// A word of caution where a model calls itself the shipped one and is another.
pub(crate) fn is_changed_shipped_model(triage: &Triage) -> bool {
    let shipped = [caserank::reference::published(), caserank::reference::unit()];
    shipped.into_iter().flatten().any(|shipped| {
        shipped.identity() == triage.identity() && shipped.fingerprint() != triage.fingerprint()
    })
}

/// Writes a file beside the named one and moves it there when it is whole: a reader sees the old file or the
/// new one, never half of one. An input is never overwritten.
pub(crate) fn write_whole(
    path: &Path,
    inputs: &[PathBuf],
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), Failure> {
    let failed = |cause: io::Error| Failure::of(path.display(), cause);
    let same = |input: &PathBuf| match (fs::canonicalize(input), fs::canonicalize(path)) {
        (Ok(input), Ok(path)) => input == path,
        _ => false,
    };
    if inputs.iter().any(same) {
        return Err(Failure::Use(format!(
            "{} is an input: name another file for what is written",
            path.display()
        )));
    }
    let Some(name) = path.file_name() else {
        return Err(Failure::Use(format!("{} names no file", path.display())));
    };
    let mut beside = name.to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = File::create(&beside).and_then(|file| {
        let mut file = BufWriter::new(file);
        write(&mut file)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&beside, path)
    });
    written.map_err(|cause| {
        // The half-written file is of no use to anybody.
        let _ = fs::remove_file(&beside);
        failed(cause)
    })
}

/// The name of the first sheet of a workbook, and the sheet as a table of tab-separated text.
pub(crate) fn first_sheet(mut source: impl Read) -> Result<(String, Vec<u8>), String> {
    use calamine::{Data, Reader as _};
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes).map_err(|cause| cause.to_string())?;
    let mut workbook: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(io::Cursor::new(bytes))
            .map_err(|cause: calamine::XlsxError| cause.to_string())?;
    let names = workbook.sheet_names();
    let sheet = names.first().cloned().ok_or("the workbook has no sheet")?;
    let range = workbook.worksheet_range(&sheet).map_err(|cause| cause.to_string())?;
    let mut table = Vec::new();
    for row in range.rows() {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| match cell {
                Data::DateTime(time) => time.as_datetime().map_or_else(
                    || cell.to_string(),
                    // As `2026-04-17 09:30:00`; a mapping reads it.
                    |time| time.to_string(),
                ),
                // A tab or a line's end would become a column or a row of its own.
                other => other.to_string().replace(['\t', '\n', '\r'], " "),
            })
            .collect();
        table.extend_from_slice(cells.join("\t").as_bytes());
        table.push(b'\n');
    }
    if names.len() > 1 {
        return Ok((format!("{sheet}, the first of {}", names.len()), table));
    }
    Ok((sheet, table))
}
