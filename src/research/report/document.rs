//! What a report consists of: sections with text, charts and tables, whatever they are written as.

use serde::Serialize;

use super::chart::Chart;

/// A report: the same parts for HTML, Markdown, JSON, SVG and CSV.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Its title.
    pub title: String,
    /// What stands on every page and figure, where something must.
    pub stamp: Option<String>,
    /// Its sections, in reading order.
    pub sections: Vec<Section>,
}

/// One question and what answers it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Section {
    /// Short name, part of file names.
    pub id: String,
    /// The heading.
    pub title: String,
    /// How to read what follows.
    pub reading: String,
    /// What it does not show.
    pub limits: String,
    /// Text, charts and tables.
    pub blocks: Vec<Block>,
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

/// A table of text; numbers are written by whoever made it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Table {
    /// Short name, part of file names.
    pub id: String,
    /// What it holds.
    pub caption: String,
    /// Column headings.
    pub columns: Vec<String>,
    /// Cells, one for each column.
    pub rows: Vec<Vec<String>>,
}

impl Report {
    /// An empty report.
    #[must_use]
    pub fn new(title: &str, stamp: Option<&str>) -> Self {
        let stamp = stamp.map(str::to_owned);
        Report { title: title.to_owned(), stamp, sections: Vec::new() }
    }

    /// Adds a section.
    #[must_use]
    pub fn with(mut self, section: Section) -> Self {
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
}

impl Section {
    /// A section without blocks.
    #[must_use]
    pub fn new(id: &str, title: &str, reading: &str, limits: &str) -> Self {
        let [id, title, reading, limits] = [id, title, reading, limits].map(str::to_owned);
        Section { id, title, reading, limits, blocks: Vec::new() }
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
    pub fn push<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let mut row: Vec<String> = cells.into_iter().map(Into::into).collect();
        row.resize(self.columns.len(), String::new());
        self.rows.push(row);
    }
}
