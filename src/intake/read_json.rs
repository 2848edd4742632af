//! JSON, record by record.

use std::collections::BTreeMap;

use super::cells::Cells;
use super::error::SourceError;
use super::flatten::flatten;
use super::headings::folded;
use super::importer::Importer;
use super::json::records;
use super::kind::SourceKind;
use super::mapping::Encoding;
use super::mapping::JsonForm;
use super::plan::{BETWEEN_VALUES, Plan};
use super::read_table::resembling;
use super::reader::{RecordReader, Remembers};
use super::text::decoded;
use crate::backlog::{Intake, MappedIntake, Reading, RenamedColumn, WhyNotRankable};
use crate::base::text::cut;

/// The most letters of a name in a message.
const MOST_SHOWN: usize = 64;
/// The most objects around a value that are looked at.
const MOST_OUTER: usize = 32;
/// The most values that are told of those within fields of one record.
const MOST_NESTED: usize = 64;
/// The most different paths that are remembered; a source with free keys has no end of them.
const MOST_PATHS: usize = 1 << 12;

/// What a path of a record is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// A place in [`Plan::names`].
    Name(usize),
    /// Within the field of this place in [`Plan::names`], which answers items.
    Within(usize),
    Ignored,
    /// A place among the paths that nothing reads.
    Unmatched(usize),
}

/// The fields of a record by the names of the mapping.
#[derive(Debug)]
pub(super) struct Fields<'p> {
    plan: &'p Plan,
    values: Vec<String>,
    paths: BTreeMap<String, Target>,
    /// By place in [`Plan::names`]: whether some record had it.
    seen: Vec<bool>,
    unmatched: Vec<(String, u64)>,
    unmatched_left_off: u64,
    renamed: Vec<RenamedColumn>,
    nested: Vec<(usize, String, String)>,
}

impl Cells for Fields<'_> {
    fn cell(&self, column: usize) -> &[u8] {
        self.values[column].as_bytes()
    }

    fn nested(&self) -> &[(usize, String, String)] {
        &self.nested
    }
}

impl<'p> Fields<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Fields {
            plan,
            values: vec![String::new(); plan.names.len()],
            paths: BTreeMap::new(),
            seen: vec![false; plan.names.len()],
            unmatched: Vec::new(),
            unmatched_left_off: 0,
            renamed: Vec::new(),
            nested: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.values.iter_mut().for_each(String::clear);
        self.nested.clear();
    }

    pub(super) fn add(&mut self, path: &str, text: &str) {
        let target = match self.paths.get(path) {
            Some(&target) => target,
            None => self.learn(path),
        };
        match target {
            Target::Name(name) => {
                self.seen[name] = true;
                let value = &mut self.values[name];
                if !value.is_empty() && !text.is_empty() {
                    value.push(BETWEEN_VALUES);
                }
                value.push_str(text);
            }
            Target::Within(name) => {
                self.seen[name] = true;
                // However many there are in one field, those of another are told.
                let has_room = self.nested.len() < MOST_NESTED
                    || !self.nested.iter().any(|(known, ..)| *known == name);
                if !text.trim().is_empty() && has_room {
                    self.nested.push((name, cut(path, MOST_SHOWN), cut(text, MOST_SHOWN)));
                }
            }
            Target::Unmatched(position) if !text.trim().is_empty() => {
                match self.unmatched.get_mut(position) {
                    Some((_, filled)) => *filled += 1,
                    None => self.unmatched_left_off += 1,
                }
            }
            Target::Unmatched(_) | Target::Ignored => {}
        }
    }

    fn learn(&mut self, path: &str) -> Target {
        let names = &self.plan.names;
        let form = folded(path);
        let exact = names.iter().position(|name| name.name.trim() == path);
        let alike = || names.iter().position(|name| name.folded == form && !form.is_empty());
        // An object that wraps a value stands for it; whatever else is within a field is no value.
        let outer = |inner: Option<&str>| {
            let (outer, last) = path.rsplit_once('.')?;
            let is_value = inner.is_none_or(|inner| last.eq_ignore_ascii_case(inner));
            is_value.then(|| self.name_around(outer, inner.is_none()))?
        };
        let target = match exact.or_else(alike).or_else(|| outer(Some("value"))) {
            Some(name) => {
                if exact.is_none() && self.renamed.len() < MOST_PATHS {
                    let read_as = names[name].name.clone();
                    self.renamed.push(RenamedColumn { name: cut(path, MOST_SHOWN), read_as });
                }
                Target::Name(name)
            }
            None if self.plan.ignored.contains(&form) => Target::Ignored,
            None if outer(None).is_some() => Target::Within(outer(None).unwrap_or_default()),
            None if self.unmatched.len() < MOST_PATHS => {
                self.unmatched.push((path.to_owned(), 0));
                Target::Unmatched(self.unmatched.len() - 1)
            }
            None => Target::Unmatched(usize::MAX),
        };
        if self.paths.len() < 2 * MOST_PATHS {
            self.paths.insert(path.to_owned(), target);
        }
        target
    }

    /// The field of this path, or, where asked, one of items that it lies within.
    fn name_around(&self, path: &str, within: bool) -> Option<usize> {
        let names = &self.plan.names;
        let of = |path: &str| {
            let form = folded(path);
            let found = names.iter().position(|name| name.name.trim() == path);
            found.or_else(|| names.iter().position(|name| name.folded == form && !form.is_empty()))
        };
        if !within {
            return of(path);
        }
        let is_of_items = |&name: &usize| !names[name].items.is_empty();
        let outer = path.rmatch_indices('.').take(MOST_OUTER).map(|(end, _)| &path[..end]);
        std::iter::once(path).chain(outer).filter_map(of).find(is_of_items)
    }

    /// Fills itself from a record.
    pub(super) fn fill(&mut self, json: &str) -> Result<(), WhyNotRankable> {
        self.clear();
        // Of a record on one line, that line is the report's to name.
        let fault = |fault: String| {
            let fault = fault.replacen(" at line 1 column ", " at column ", 1);
            WhyNotRankable::Json { fault: cut(&fault, 200) }
        };
        if !json.starts_with('{') {
            return Err(fault("it is no object".to_owned()));
        }
        flatten(json, &mut |path, text| self.add(path, text))
            .map_err(|error| fault(error.to_string()))
    }
}

pub(super) fn read(
    importer: &Importer,
    form: &JsonForm,
    bytes: &[u8],
    kind: SourceKind,
    reading: &Reading,
) -> Result<Intake, SourceError> {
    let plan = &importer.plan;
    // JSON without a mark is UTF-8: a letter that is none spoils its own record, not every other's.
    let encoding = match super::text::guessed(bytes) {
        Encoding::Windows1252 => Encoding::Utf8,
        other => other,
    };
    let text = decoded(bytes, encoding);
    let text = String::from_utf8_lossy(&text);
    let mut intake = MappedIntake::new(&plan.codebook, reading.clone());
    let mut reader = RecordReader::new(plan, reading, Remembers::Cells);
    let mut fields = Fields::new(plan);
    let (mut counted, mut line, mut record_lines, mut count) = (0, 1, 0, 0_u64);
    let is_record = |raw: &str| is_record(plan, raw);
    let found = records(&text, kind, form.records.as_deref(), &is_record, &mut |record| {
        let line_ends = |part: &str| part.bytes().filter(|&byte| byte == b'\n').count() as u64;
        let raw = &text[record.bytes.clone()];
        // Records beside the list come behind all others, wherever they stand.
        if record.bytes.start < counted {
            (counted, line) = (0, 1);
        }
        line += line_ends(&text[counted..record.bytes.start]);
        let lines = [line, line + line_ends(raw)];
        (counted, line) = (record.bytes.end, lines[1]);
        record_lines += lines[1] - lines[0] + 1;
        count += 1;
        let filled = match record.fault {
            None => fields.fill(raw),
            Some(fault) => {
                fields.clear();
                // What can be read of it is told, though the record is not whole.
                let _ = flatten(raw, &mut |path, text| fields.add(path, text));
                Err(WhyNotRankable::Json { fault: cut(&fault, 200) })
            }
        };
        match (filled, reader.read(&fields)) {
            (Ok(()), Ok(head)) => intake.push(lines, &reader.row(&head), head.trimmed),
            (Ok(()), Err(why)) => intake.set_aside(reader.set_aside(raw.as_bytes(), lines, why)),
            (Err(why), read) => {
                let id = read.ok().map(|head| head.id.into_owned());
                let record = match why {
                    WhyNotRankable::Json { .. } => reader.set_aside_by_names(raw, lines, why),
                    why => reader.set_aside(raw.as_bytes(), lines, why),
                };
                intake.set_aside(match id {
                    Some(id) => record.with_id(id),
                    None => record,
                });
            }
        }
        true
    });
    if !found {
        let path = form.records.clone().unwrap_or_default();
        return Err(SourceError::NoRecords { path });
    }
    check_seen(plan, &fields, count)?;
    let report = intake.report_mut();
    report.set_lines(0, 0, record_lines);
    for (path, filled) in &fields.unmatched {
        report.add_unmatched(path, *filled, || resembling(plan, last_key(path)));
    }
    report.unmatched_left_off += fields.unmatched_left_off;
    report.renamed = fields.renamed;
    let absent = plan.names.iter().zip(&fields.seen).filter(|(_, seen)| !**seen);
    report.absent = absent.map(|(name, _)| cut(&name.name, MOST_SHOWN)).collect();
    importer.name_in(report);
    Ok(intake.finish()?)
}

/// Whether an object has what every complaint needs.
fn is_record(plan: &Plan, raw: &str) -> bool {
    let needed = [&plan.id, &plan.received.columns];
    let mut has = [false; 2];
    let fields = flatten(raw, &mut |path, text| {
        let form = folded(path);
        for (has, names) in has.iter_mut().zip(needed) {
            let is_named = names.iter().any(|&name| plan.names[name].folded == form);
            *has |= is_named && !text.trim().is_empty();
        }
    });
    fields.is_ok() && has == [true; 2]
}

fn last_key(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// Where no record at all has what every complaint needs, the mapping is for another source.
fn check_seen(plan: &Plan, fields: &Fields<'_>, records: u64) -> Result<(), SourceError> {
    if records == 0 {
        return Ok(());
    }
    let heading = || {
        let names = plan.names.iter().zip(&fields.seen).filter(|(_, seen)| **seen);
        let names = names.map(|(name, _)| &*name.name);
        let others = fields.unmatched.iter().map(|(name, _)| &**name);
        names.chain(others).map(|name| cut(name, MOST_SHOWN)).collect::<Vec<_>>()
    };
    let is_there = |&name: &usize| fields.seen[name];
    for (part, needed) in [("id", &plan.id), ("time of receipt", &plan.received.columns)] {
        if !needed.iter().any(is_there) {
            let column = needed.first().map(|&name| plan.names[name].name.clone());
            let column = column.unwrap_or_default();
            let heading = heading();
            return Err(SourceError::MissingColumn { part, column, heading, separator: None });
        }
    }
    let mut of_items = plan.items.iter().flat_map(|item| &item.columns).peekable();
    if of_items.peek().is_some() && !of_items.any(is_there) {
        return Err(SourceError::NoItems { heading: heading(), separator: None });
    }
    Ok(())
}
