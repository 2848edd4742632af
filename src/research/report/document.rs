//! What a report consists of: sections with text, charts and tables, whatever they are written as.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use super::cell::Cell;
use super::chart::Chart;
use crate::base::json::Format;
use crate::research::study::Noun;

/// The version of the format in which reports are written as JSON.
pub const REPORT_FORMAT: u32 = 1;

/// A report: the same parts for HTML, Markdown, JSON, SVG and CSV.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    format_version: Format<REPORT_FORMAT>,
    /// Its title.
    pub title: String,
    /// What stands on every page and figure, where something must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamp: Option<String>,
    /// When it was made, in the caller's words; the library reads no clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// What it was made with: versions, models, split, settings, warnings.
    #[serde(serialize_with = "facts")]
    pub facts: Vec<(String, String)>,
    /// Its sections, in reading order.
    pub sections: Vec<Section>,
    noun: Noun,
}

fn facts<S: Serializer>(facts: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Fact<'a> {
        what: &'a str,
        value: &'a str,
    }
    serializer.collect_seq(facts.iter().map(|(what, value)| Fact { what, value }))
}

/// Where a section stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Part {
    /// On the first pages, before the contents: what a reader in a hurry takes away.
    Front,
    /// In the body.
    #[default]
    Body,
    /// Folded away at the end.
    Appendix,
}

/// One question and what answers it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Section {
    /// Short name, part of file names; made unique in a report.
    pub id: String,
    /// The heading.
    pub title: String,
    /// How to read what follows.
    pub reading: String,
    /// What it does not show.
    pub limits: String,
    /// Text, charts and tables.
    pub blocks: Vec<Block>,
    /// Where it stands.
    pub part: Part,
    /// The stamp that what it rests on asks for; a report takes over those of its sections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamp: Option<String>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// A chart.
    Chart(Chart),
    /// A table.
    Table(Table),
}

/// A table: words and numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Table {
    /// Short name, part of file names; made unique in a report.
    pub id: String,
    /// What it holds.
    pub caption: String,
    /// Column headings.
    pub columns: Vec<String>,
    /// Cells, one for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// The unique names of a section and of its blocks: letters, digits and dashes only.
pub(super) struct Names {
    pub(super) section: String,
    pub(super) blocks: Vec<String>,
}

impl Report {
    /// An empty report.
    #[must_use]
    pub fn new(title: &str, stamp: Option<&str>) -> Self {
        Report {
            format_version: Format,
            title: title.to_owned(),
            stamp: stamp.map(str::to_owned),
            date: None,
            facts: vec![("caserank".to_owned(), env!("CARGO_PKG_VERSION").to_owned())],
            sections: Vec::new(),
            noun: Noun::default(),
        }
    }

    /// States when the report was made.
    #[must_use]
    pub fn dated(mut self, date: impl Into<String>) -> Self {
        self.date = Some(date.into());
        self
    }

    /// States something that the report was made with: a model and its fingerprint, the split, a setting, a warning.
    #[must_use]
    pub fn made_with(mut self, what: &str, value: impl Into<String>) -> Self {
        self.facts.push((what.to_owned(), value.into()));
        self
    }

    /// Says what the rows are called, wherever the library's own text says *complaint*; cells stay as they are.
    #[must_use]
    pub fn called(mut self, noun: &Noun) -> Self {
        self.noun = noun.clone();
        self.stamp = self.stamp.map(|stamp| noun.put(&stamp));
        self.sections = self.sections.into_iter().map(|section| section.in_words(noun)).collect();
        self
    }

    /// Adds a section; its stamp becomes the report's.
    #[must_use]
    pub fn with(mut self, section: Section) -> Self {
        let section = section.in_words(&self.noun);
        if let Some(stamp) = &section.stamp {
            match &mut self.stamp {
                None => self.stamp = Some(stamp.clone()),
                Some(caption) if !caption.contains(stamp.as_str()) => {
                    caption.push_str(". ");
                    caption.push_str(stamp);
                }
                Some(_) => {}
            }
        }
        self.sections.push(section);
        self
    }

    /// Every chart with its section.
    pub fn charts(&self) -> impl Iterator<Item = (&Section, &Chart)> {
        self.blocks().filter_map(|(section, block)| match block {
            Block::Chart(chart) => Some((section, chart)),
            _ => None,
        })
    }

    /// Every table with its section.
    pub fn tables(&self) -> impl Iterator<Item = (&Section, &Table)> {
        self.blocks().filter_map(|(section, block)| match block {
            Block::Table(table) => Some((section, table)),
            _ => None,
        })
    }

    fn blocks(&self) -> impl Iterator<Item = (&Section, &Block)> {
        let sections = self.sections.iter();
        sections.flat_map(|section| section.blocks.iter().map(move |block| (section, block)))
    }

    /// A name for every section and block that no other has, whatever their ids: `Unit A` and `unit-a` are two.
    pub(super) fn names(&self) -> Vec<Names> {
        let mut used = BTreeSet::new();
        let sections = self.sections.iter().map(|section| unique(&slug(&section.id), &mut used));
        let sections: Vec<String> = sections.collect();
        let of_section = |(section, name): (&Section, &String)| {
            let ids = section.blocks.iter().map(|block| match block {
                Block::Text(_) => None,
                Block::Chart(chart) => Some(&chart.id),
                Block::Table(table) => Some(&table.id),
            });
            let mut name_of = |id: Option<&String>| {
                id.map_or_else(String::new, |id| unique(&format!("{name}-{}", slug(id)), &mut used))
            };
            let blocks = ids.map(&mut name_of).collect();
            Names { section: name.clone(), blocks }
        };
        self.sections.iter().zip(&sections).map(of_section).collect()
    }
}

/// Lower-case letters, digits and dashes; never empty.
fn slug(id: &str) -> String {
    let letter = |l: char| if l.is_ascii_alphanumeric() { l.to_ascii_lowercase() } else { '-' };
    let slug: String = id.chars().take(80).map(letter).collect();
    if slug.chars().all(|letter| letter == '-') { "part".to_owned() } else { slug }
}

fn unique(name: &str, used: &mut BTreeSet<String>) -> String {
    let mut unique = name.to_owned();
    let mut number = 2;
    // With what a page hangs onto it for captions, titles and descriptions.
    let all =
        |unique: &str| ["", "-caption", "-title", "-text"].map(|end| format!("{unique}{end}"));
    while all(&unique).iter().any(|taken| used.contains(taken)) {
        unique = format!("{name}-{number}");
        number += 1;
    }
    used.extend(all(&unique));
    unique
}

impl Section {
    /// A section without blocks.
    #[must_use]
    pub fn new(id: &str, title: &str, reading: &str, limits: &str) -> Self {
        let [id, title, reading, limits] = [id, title, reading, limits].map(str::to_owned);
        Section { id, title, reading, limits, blocks: Vec::new(), part: Part::Body, stamp: None }
    }

    /// Puts it elsewhere in the report.
    #[must_use]
    pub fn in_part(mut self, part: Part) -> Self {
        self.part = part;
        self
    }

    /// With the stamp that what it rests on asks for.
    #[must_use]
    pub fn stamped(mut self, stamp: Option<&str>) -> Self {
        self.stamp = stamp.map(str::to_owned);
        self
    }

    /// Adds a paragraph.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    /// Adds a chart.
    #[must_use]
    pub fn chart(mut self, chart: Chart) -> Self {
        self.blocks.push(Block::Chart(chart));
        self
    }

    /// Adds a table.
    #[must_use]
    pub fn table(mut self, table: Table) -> Self {
        self.blocks.push(Block::Table(table));
        self
    }

    /// The same with another noun for its rows.
    fn in_words(mut self, noun: &Noun) -> Self {
        if *noun == Noun::default() {
            return self;
        }
        let stamp = self.stamp.iter_mut();
        for text in [&mut self.title, &mut self.reading, &mut self.limits].into_iter().chain(stamp)
        {
            *text = noun.put(text);
        }
        for block in &mut self.blocks {
            match block {
                Block::Text(text) => *text = noun.put(text),
                Block::Chart(chart) => chart.put(noun),
                Block::Table(table) => {
                    table.caption = noun.put(&table.caption);
                    for column in &mut table.columns {
                        *column = noun.put(column);
                    }
                    for cell in table.rows.iter_mut().flatten() {
                        if let Cell::Prose(why)
                        | Cell::Missing(why)
                        | Cell::Number { no_interval: Some(why), .. } = cell
                        {
                            *why = noun.put(why);
                        }
                    }
                }
            }
        }
        self
    }
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(id: &str, caption: &str, columns: &[&str]) -> Self {
        Table {
            id: id.to_owned(),
            caption: caption.to_owned(),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; missing cells are left blank, those beyond the last column are dropped.
    pub fn push<T: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let mut row: Vec<Cell> = cells.into_iter().map(Into::into).collect();
        row.resize(self.columns.len(), Cell::Text(String::new()));
        self.rows.push(row);
    }

    /// Why some of its numbers have no interval, each reason once.
    pub(super) fn notes(&self) -> BTreeSet<&str> {
        let reason = |cell| match cell {
            &Cell::Number { no_interval: Some(ref why), .. } => Some(why.as_str()),
            _ => None,
        };
        self.rows.iter().flatten().filter_map(reason).collect()
    }
}
