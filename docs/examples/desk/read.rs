//! Backlogs in: several files as one, and what of them needs a person.

use std::io::{Cursor, Read as _, Write};
use std::path::{Path, PathBuf};

use caserank::backlog::{BacklogBuilder, Intake, IntakeReport, Reading};
use caserank::complaint::{Origin, Unlisted};
use caserank::intake::{Importer, Mapping, Proposal, SourceKind};
use caserank::{Backlog, Timestamp, Triage};
use clap::Args;

use super::files::{self, shown};
use super::{Failure, Finish, refused, shape, unlisted};

/// How much of a file is looked at to tell what it is.
pub(super) const SAMPLE: u64 = 1 << 18;

/// The files to read, and how.
#[derive(Debug, Clone, Args)]
pub(crate) struct Input {
    /// Backlogs, read as one: CSV, NDJSON, JSON, XLSX, Parquet, Arrow files, packed by gzip or Zstandard or not; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    how: How,
    /// Where records that cannot be ranked go, as they came, to be mended and read again.
    #[arg(long)]
    refused: Option<PathBuf>,
}

/// How files are read.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct How {
    /// What the fields of these files mean; `desk check --write-mapping` drafts one.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Do not rank a complaint of which something was not understood.
    #[arg(long)]
    strict: bool,
    /// The time that stands in for a time of receipt that cannot be read; without it such a record is not ranked.
    #[arg(long)]
    time_of_intake: Option<Timestamp>,
}

impl How {
    /// One file, read in this way.
    pub(crate) fn input(&self, path: &Path) -> Input {
        Input { files: vec![path.to_owned()], how: self.clone(), refused: None }
    }
}

impl Input {
    /// One more file, read as these are.
    pub(crate) fn of(path: &Path) -> Self {
        How::default().input(path)
    }

    /// One more file, read in the way of these.
    pub(crate) fn like(&self, path: &Path) -> Self {
        self.how.input(path)
    }

    /// All that is read.
    pub(crate) fn reads(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().chain(&self.how.mapping).map(PathBuf::as_path)
    }

    /// What is written while it is read.
    pub(crate) fn writes(&self) -> impl Iterator<Item = &Path> {
        self.refused.as_deref().into_iter()
    }

    /// The files, as named.
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

/// What became of one file.
#[derive(Debug)]
struct Told {
    path: PathBuf,
    report: IntakeReport,
    /// What was recognised or assumed, to be said.
    notes: Vec<String>,
    /// Sheets of a workbook that were not read though something stands on them.
    not_read: Vec<String>,
    /// Columns that nothing reads though what they hold looks like answers.
    like_items: Vec<String>,
    /// A draft that somebody should look at, where the file was read by one.
    proposal: Option<Proposal>,
}

/// Files read as one backlog.
#[derive(Debug)]
pub(crate) struct Read {
    backlog: Backlog,
    told: Vec<Told>,
    /// Whether a mapping was named.
    is_mapped: bool,
    /// Files of records that were set aside.
    written: Vec<PathBuf>,
}

/// Reads all files into one backlog. A file that cannot be read at all ends everything: a backlog that lacks a file without a
/// word would be one that hides complaints.
pub(crate) fn read(input: &Input, triage: &Triage) -> Result<Read, Failure> {
    files::keep_apart(input.reads(), input.writes())?;
    let mapping = input.how.mapping.as_deref().map(mapping).transpose()?;
    let mut reading = triage.reading().with_unlisted(Unlisted::Report);
    if input.how.strict {
        reading = reading.strict();
    }
    if let Some(time) = input.how.time_of_intake {
        reading = reading.with_time_of_intake(time);
    }
    let mut builder = BacklogBuilder::new(triage.codebook()).with_reading(reading.clone());
    let mut told = Vec::new();
    for path in &input.files {
        let name = path.display().to_string();
        builder.set_source(name.clone());
        let reading = reading.clone().with_source(name);
        told.push(read_file(path, mapping.as_ref(), &reading, triage, &mut builder)?);
    }
    let mut written = Vec::new();
    if let Some(path) = &input.refused {
        for told in &mut told {
            if let Some((file, note)) = refused::write(path, written.len(), &told.report, input)? {
                written.push(file);
                told.notes.push(note);
            }
        }
    }
    Ok(Read { backlog: builder.freeze(), told, is_mapped: mapping.is_some(), written })
}

fn mapping(path: &Path) -> Result<Mapping, Failure> {
    let text = files::text_of(path)?;
    Mapping::from_json(&text).map_err(|cause| Failure::of(shown(path), cause))
}

fn read_file(
    path: &Path,
    mapping: Option<&Mapping>,
    reading: &Reading,
    triage: &Triage,
    builder: &mut BacklogBuilder,
) -> Result<Told, Failure> {
    let failed = |cause: &dyn std::fmt::Display| Failure::of(shown(path), cause);
    let mut source = files::open(path)?;
    let mut sample = Vec::new();
    source.by_ref().take(SAMPLE).read_to_end(&mut sample).map_err(|cause| failed(&cause))?;
    let (mut notes, mut not_read) = (Vec::new(), Vec::new());
    let mut kind = SourceKind::of(&sample);
    let mut source: Box<dyn std::io::Read + Send> =
        Box::new(Cursor::new(sample.clone()).chain(source));
    let is_sheet = kind == SourceKind::Xlsx;
    if is_sheet {
        let sheet = files::first_sheet(source).map_err(|cause| failed(&cause))?;
        notes.push(format!("read the sheet `{}`", sheet.name));
        not_read = sheet.others;
        sample = sheet.table.clone();
        kind = SourceKind::of(&sample);
        source = Box::new(Cursor::new(sheet.table));
    }
    let told = |report, like_items, notes, not_read, proposal| Told {
        path: path.to_owned(),
        report,
        notes,
        not_read,
        like_items,
        proposal,
    };
    #[cfg(feature = "arrow-59")]
    if let Some(batches) = super::columns::batches(kind, &mut source) {
        let batches = batches.map_err(|cause| {
            failed(&format!("this file of columns cannot be read, as one that is cut short or damaged cannot: {cause}; get it again, or export it as CSV"))
        })?;
        let (batches, yes_or_no) = super::columns::yes_or_no(batches);
        let report = read_columns(batches, mapping, reading, triage, builder);
        let report = report.map_err(|cause| failed(&cause))?;
        let like_items = unlisted::named(&report, &yes_or_no);
        return Ok(told(report, like_items, notes, not_read, None));
    }
    if mapping.is_none() && kind == SourceKind::NdJson && has_plain_records(&sample) {
        let report = builder.read_ndjson(source).map_err(|cause| failed(&cause))?;
        let like_items = unlisted::answered(&report);
        return Ok(told(report, like_items, notes, not_read, None));
    }
    let plain = kind == SourceKind::Table && has_plain_heading(&sample);
    if mapping.is_none() && plain && mostly_understood(&sample, reading, triage) {
        let report = builder.read_csv(source).map_err(|cause| failed(&cause))?;
        let like_items = unlisted::look(path, kind, &sample, &report, triage.codebook())?;
        return Ok(told(report, like_items, notes, not_read, None));
    }
    let (intake, proposal) = match mapping {
        Some(mapping) => {
            let intake = mapping.read(triage.codebook(), source, reading);
            (intake.map_err(|cause| failed(&cause))?, None)
        }
        None => {
            let (intake, proposal) = read_by_draft(path, &sample, source, reading, triage)?;
            let shows = match is_sheet {
                true => kind.to_string(),
                false => shape::words(kind, proposal.draft()),
            };
            notes.push(format!("read by a mapping drafted from what the file shows ({shows})"));
            (intake, Some(proposal))
        }
    };
    let report = builder.extend_with(intake).map_err(|cause| failed(&cause))?;
    let like_items = unlisted::look(path, kind, &sample, &report, triage.codebook())?;
    Ok(told(report, like_items, notes, not_read, proposal))
}

/// Reads a source by a draft from its beginning, and again where items come up behind it.
fn read_by_draft(
    path: &Path,
    sample: &[u8],
    mut source: impl std::io::Read,
    reading: &Reading,
    triage: &Triage,
) -> Result<(Intake, Proposal), Failure> {
    let failed = |cause: &dyn std::fmt::Display| Failure::of(shown(path), cause);
    let codebook = triage.codebook();
    let mut proposal = Mapping::propose(sample, codebook).map_err(|cause| failed(&cause))?;
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes).map_err(|cause| failed(&cause))?;
    let read = |proposal: &Proposal| {
        let mapping = proposal.mapping().map_err(|cause| Failure::NoDraft {
            path: shown(path),
            cause: cause.to_string(),
            questions: proposal.to_string(),
        })?;
        let importer = Importer::new(&mapping, codebook).map_err(|cause| failed(&cause))?;
        importer.read_bytes(&bytes, reading).map_err(|cause| failed(&cause))
    };
    let intake = read(&proposal)?;
    if proposal.add_late_items(intake.report(), codebook) == 0 {
        return Ok((intake, proposal));
    }
    Ok((read(&proposal)?, proposal))
}

/// Reads a file of columns: by a mapping, or with the names of the plain CSV.
#[cfg(feature = "arrow-59")]
fn read_columns(
    batches: super::columns::Batches,
    mapping: Option<&Mapping>,
    reading: &Reading,
    triage: &Triage,
    builder: &mut BacklogBuilder,
) -> Result<IntakeReport, caserank::Error> {
    use caserank::tables::TableReader;
    let Some(mapping) = mapping else {
        return Ok(TableReader::new().read_into(builder, batches)?);
    };
    let importer = Importer::new(mapping, triage.codebook())?;
    let intake = TableReader::new().read_mapped(&importer, batches, reading)?;
    Ok(builder.extend_with(intake)?)
}

/// Whether the plain reader understands most records of a sample; a draft is tried where it does not.
fn mostly_understood(sample: &[u8], reading: &Reading, triage: &Triage) -> bool {
    // The last line may be cut through.
    let end = sample.iter().rposition(|&byte| byte == b'\n').map_or(sample.len(), |end| end + 1);
    let read = Backlog::read_csv(triage.codebook(), &sample[..end], reading.clone());
    read.is_ok_and(|intake| 2 * intake.report().understood() >= intake.report().records())
}

/// Whether the first line is a heading that the plain reader takes: commas, UTF-8, `id` and `received`.
fn has_plain_heading(sample: &[u8]) -> bool {
    let sample = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
    let line = sample.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let mut names = line.split(',').map(|name| name.trim().trim_matches('"').to_ascii_lowercase());
    let has = |wanted: &str| names.clone().any(|name| name == wanted);
    let plain = has("id") && has("received");
    plain
        && std::str::from_utf8(sample).map_or_else(|cause| cause.error_len().is_none(), |_| true)
        && names.next().is_some()
}

/// Whether the first line is a record in the library's own form.
fn has_plain_records(sample: &[u8]) -> bool {
    let line = sample.split(|&byte| byte == b'\n').next().unwrap_or_default();
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    struct Record {
        #[serde(rename = "answers")]
        _answers: serde::de::IgnoredAny,
    }
    serde_json::from_slice::<Record>(line).is_ok()
}

impl Read {
    /// The backlog.
    pub(crate) fn backlog(&self) -> &Backlog {
        &self.backlog
    }

    /// Files of records that were set aside, which nothing may be written over.
    pub(crate) fn written(&self) -> &[PathBuf] {
        &self.written
    }

    /// Whether the questions of a draft are among those that the first file is read by.
    pub(crate) fn asks(&self, draft: &Proposal) -> bool {
        self.told.first().is_some_and(|told| told.proposal.as_ref() == Some(draft))
    }

    /// Whether anything needs a person.
    pub(crate) fn finish(&self) -> Finish {
        let clean = |told: &Told| {
            told.report.is_clean()
                && told.report.records() > 0
                && told.not_read.is_empty()
                && told.like_items.is_empty()
                && told.proposal.as_ref().is_none_or(|proposal| proposal.questions().is_empty())
        };
        if self.told.iter().all(clean) { Finish::Clean } else { Finish::NeedsPerson }
    }

    /// Says what needs a person, then what was read: all of it above any list.
    pub(crate) fn tell(&self, out: &mut dyn Write) -> Result<Finish, Failure> {
        if self.backlog.origin() == Origin::Synthetic {
            writeln!(
                out,
                "SYNTHETIC: made-up complaints. This tests software and says nothing about performance.\n"
            )?;
        }
        let finish = self.finish();
        if finish == Finish::NeedsPerson {
            writeln!(out, "NEEDS A PERSON")?;
        }
        for told in &self.told {
            if !told.not_read.is_empty() {
                let sheets: Vec<String> = told
                    .not_read
                    .iter()
                    .map(|sheet| format!("`{}`", sheet.escape_debug()))
                    .collect();
                writeln!(
                    out,
                    "{}: NOT READ: sheets {}: only the first sheet of a workbook is; save each as a file of its own, and name them all",
                    shown(&told.path),
                    sheets.join(", ")
                )?;
            }
            if !told.like_items.is_empty() {
                writeln!(
                    out,
                    "{}: NOT READ, though it looks like answers: {}: such a column may be the one that says `danger`: name its item in a mapping, or list it there in `ignore`",
                    shown(&told.path),
                    told.like_items.join(", ")
                )?;
            }
            if told.report.records() == 0 {
                writeln!(
                    out,
                    "{}: NO RECORDS: nothing stands under its heading: was it exported whole?",
                    shown(&told.path)
                )?;
            }
            writeln!(out, "{}: {}", shown(&told.path), told.report)?;
            for note in &told.notes {
                writeln!(out, "  {note}")?;
            }
            for question in told.proposal.iter().flat_map(Proposal::questions) {
                writeln!(out, "  to decide: {question}")?;
            }
        }
        // Names and words are what a mapping is for; a repeated id or an open quote is not.
        let has_other_words = self.told.iter().any(|told| {
            told.report.partly_understood() > 0
                || told.report.not_rankable() > 0
                || !told.like_items.is_empty()
                || told.report.unmatched().iter().any(|column| column.resembles().is_some())
                || told.proposal.as_ref().is_some_and(|draft| !draft.questions().is_empty())
        });
        match (finish, self.is_mapped) {
            (Finish::NeedsPerson, false) if has_other_words => writeln!(
                out,
                "`desk check FILE --write-mapping M.json` drafts a mapping for whatever has other names or words."
            )?,
            (Finish::NeedsPerson, true) if has_other_words => writeln!(
                out,
                "What is missing goes into the mapping: columns under `items` or `ignore`, words of theirs under `words` or `missing`."
            )?,
            _ => {}
        }
        writeln!(out)?;
        Ok(finish)
    }
}
