//! Files in and out: what a file is by its first bytes, and files that are whole or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};

use caserank::Triage;
use caserank::policy::GateEffect;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, Finish};

/// A path as it may be shown: what would steer a terminal stands as an escape.
pub(crate) fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy())
}

/// A text from elsewhere as it may be shown; its lines stay lines.
pub(crate) fn visible(text: &str) -> String {
    let mut visible = String::new();
    for letter in text.chars() {
        match letter {
            '"' | '\'' | '\\' | '\n' => visible.push(letter),
            _ => visible.extend(letter.escape_debug()),
        }
    }
    visible
}

/// Refuses, before anything is done, to write over a file that is read, or two things into one.
pub(crate) fn keep_apart<'a>(
    read: impl IntoIterator<Item = &'a Path>,
    written: impl IntoIterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let read: Vec<PathBuf> = read.into_iter().map(place).collect();
    let mut taken = Vec::new();
    for path in written {
        let place = place(path);
        if read.contains(&place) {
            return Err(Failure::Use(format!(
                "{} is an input: name another file for what is written",
                shown(path)
            )));
        }
        if taken.contains(&place) {
            return Err(Failure::Use(format!(
                "{} would be written twice: name a file for each",
                shown(path)
            )));
        }
        taken.push(place);
    }
    Ok(())
}

/// Where a path leads, whatever it is called on the way; the last name need not be there.
fn place(path: &Path) -> PathBuf {
    let folder = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
        Some(folder.join(path.file_name()?))
    };
    fs::canonicalize(path).ok().or_else(folder).unwrap_or_else(|| path.to_owned())
}

/// Opens a file or, for `-`, standard input; unpacks gzip and Zstandard, told by their first bytes.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    let failed = |cause: io::Error| Failure::of(shown(path), cause);
    let source: Box<dyn Read + Send> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        Box::new(progress(length).wrap_read(file))
    };
    super::packed::unpacked(source).map_err(failed)
}

/// The text of a file, without the mark that some programs put in front.
pub(crate) fn text_of(path: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::InvalidData => {
            Failure::of(shown(path), "this is no UTF-8 text: save it as UTF-8")
        }
        _ => Failure::of(shown(path), cause),
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
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
    let text = text_of(path)?;
    let triage = Triage::from_json(&text).map_err(|cause| Failure::of(shown(path), cause))?;
    if is_changed_shipped_model(&triage) {
        eprintln!(
            "desk: ATTENTION: {} has the name and version of a shipped model, but other content: give it an id or version of its own",
            shown(path)
        );
    }
    if triage.codebook().study_only().is_some() {
        eprintln!(
            "desk: ATTENTION: the codebook of {} is for studies alone, since it asks about protected attributes: order no work by it",
            shown(path)
        );
    }
    if !has_must(&triage) {
        eprintln!(
            "desk: ATTENTION: no rule of {} puts a complaint into the `must` lane",
            shown(path)
        );
    }
    Ok(triage)
}

/// Whether any rule of a model puts complaints before all others.
pub(crate) fn has_must(triage: &Triage) -> bool {
    triage.policy().gates().iter().any(|gate| gate.effect == GateEffect::Must)
}

/// Whether a person should look at the model before anybody trusts what it orders; [`model`] says why.
pub(crate) fn doubt(triage: &Triage) -> Finish {
    let is_study = triage.codebook().study_only().is_some();
    match is_study || is_changed_shipped_model(triage) || !has_must(triage) {
        true => Finish::NeedsPerson,
        false => Finish::Clean,
    }
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
    let failed = |cause: io::Error| Failure::of(shown(path), cause);
    keep_apart(inputs.iter().map(PathBuf::as_path), [path])?;
    let Some(name) = path.file_name() else {
        return Err(Failure::Use(format!("{} names no file", shown(path))));
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

/// The text of a cell as a field of a table: a tab or a line's end would become a column or a row of its own, and a quote at
/// its beginning would take what follows into the field.
fn quoted(text: &str) -> String {
    let text = text.replace(['\t', '\n', '\r'], " ");
    match text.starts_with('"') {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

/// A sheet of a workbook as a table, and what else there is in the workbook.
pub(crate) struct Sheet {
    pub(crate) name: String,
    /// Text separated by tabs.
    pub(crate) table: Vec<u8>,
    /// Other sheets with something on them.
    pub(crate) others: Vec<String>,
}

/// The first sheet of a workbook.
pub(crate) fn first_sheet(mut source: impl Read) -> Result<Sheet, String> {
    use calamine::{Data, Reader as _};
    let damaged = |cause: calamine::XlsxError| {
        format!(
            "this workbook cannot be read, as one that is cut short, damaged or locked cannot: {cause}; save it again, or export the sheet as CSV"
        )
    };
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes).map_err(|cause| cause.to_string())?;
    let mut workbook: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(io::Cursor::new(bytes)).map_err(damaged)?;
    let mut names = workbook.sheet_names().into_iter();
    let name = names.next().ok_or("the workbook has no sheet")?;
    let range = workbook.worksheet_range(&name).map_err(damaged)?;
    // A sheet that cannot be read, such as a chart, may hold complaints for all that is known.
    let others = names
        .filter(|name| workbook.worksheet_range(name).map_or(true, |range| !range.is_empty()))
        .collect();
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
                other => quoted(&other.to_string()),
            })
            .collect();
        table.extend_from_slice(cells.join("\t").as_bytes());
        table.push(b'\n');
    }
    Ok(Sheet { name, table, others })
}
