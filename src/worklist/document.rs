//! A sheet as what it says, and the forms in which it is read: text, Markdown, a page, a table for spreadsheets.

use std::fmt::Write as _;

use super::page::STYLE;
use crate::base::text::{OnScreen, csv_cell, for_markdown, for_xml};
use crate::base::words;
use crate::complaint::Origin;

/// The form in which a sheet is written.
///
/// ```
/// use caserank::worklist::SheetForm;
/// assert_eq!("csv".parse::<SheetForm>()?, SheetForm::Csv);
/// assert_eq!(SheetForm::ALL.map(SheetForm::ending), ["txt", "md", "html", "csv"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SheetForm {
    /// Plain text in aligned columns, for a terminal or a mail.
    Text,
    /// Markdown, which reads as plain text too.
    Markdown,
    /// One HTML page without script or other files, which prints on A4.
    Html,
    /// The list alone as CSV in UTF-8, safe to open in a spreadsheet. What stands around the list in the other forms is
    /// not in it.
    Csv,
}

words! {
    SheetForm, "a form of a sheet",
    Text => "text",
    Markdown => "markdown",
    Html => "html",
    Csv => "csv",
}

impl SheetForm {
    /// All forms.
    pub const ALL: [SheetForm; 4] =
        [SheetForm::Text, SheetForm::Markdown, SheetForm::Html, SheetForm::Csv];

    /// How names of files in this form end, without the dot.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            SheetForm::Text => "txt",
            SheetForm::Markdown => "md",
            SheetForm::Html => "html",
            SheetForm::Csv => "csv",
        }
    }
}

/// A table: as many cells a row as there are heads.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Self {
        let heads = heads.iter().map(|head| (*head).to_owned()).collect();
        Table { heads, rows: rows.collect() }
    }

    fn write_markdown(&self, out: &mut String) {
        let line = |out: &mut String, cells: &[String]| {
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        };
        line(out, &self.heads);
        line(out, &vec!["---".to_owned(); self.heads.len()]);
        for row in &self.rows {
            line(out, &row.iter().map(|text| for_markdown(text)).collect::<Vec<_>>());
        }
    }

    fn write_text(&self, out: &mut String) {
        let shown = |row: &Vec<String>| -> Vec<String> {
            row.iter().map(|text| OnScreen(text).to_string()).collect()
        };
        let rows: Vec<Vec<String>> =
            std::iter::once(&self.heads).chain(&self.rows).map(shown).collect();
        let widths = widths(&rows, self.heads.len());
        for row in &rows {
            let cells: Vec<Vec<String>> =
                row.iter().zip(&widths).map(|(cell, &width)| broken(cell, width)).collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            for line_number in 0..height {
                let mut line = String::new();
                for (cell, &width) in cells.iter().zip(&widths) {
                    let part = cell.get(line_number).map_or("", String::as_str);
                    let _ = write!(line, "{part:<width$}  ");
                }
                let _ = writeln!(out, "{}", line.trim_end());
            }
        }
    }

    fn write_page(&self, out: &mut String) {
        out.push_str("<div class=\"scroll\"><table class=\"named\"><tr>");
        for head in &self.heads {
            let _ = write!(out, "<th>{}</th>", unbroken(head));
        }
        out.push_str("</tr>\n");
        for cells in &self.rows {
            out.push_str("<tr>");
            // On a phone cells stand under each other, each with its head.
            for (head, cell) in self.heads.iter().zip(cells) {
                let _ = write!(out, "<td data-head=\"{}\">{}</td>", for_xml(head), unbroken(cell));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</table></div>\n");
    }

    /// The table for a spreadsheet: a line feed a line, and no cell that would be taken for a formula.
    pub(super) fn to_csv(&self) -> String {
        let mut out = String::new();
        for row in std::iter::once(&self.heads).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|text| csv_cell(text)).collect();
            let _ = writeln!(out, "{}", cells.join(","));
        }
        out
    }
}

/// Letters of the longest word that a page does not break at its hyphens: ids and times. A longer one breaks anywhere, so that
/// no column leaves the paper.
const UNBROKEN: usize = 26;

/// A text on a page whose ids and times stay whole.
fn unbroken(text: &str) -> String {
    let word = |word: &str| match word.chars().count() {
        length if length > UNBROKEN => format!("<span class=\"l\">{}</span>", for_xml(word)),
        _ if word.contains('-') => format!("<span class=\"k\">{}</span>", for_xml(word)),
        _ => for_xml(word),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Letters that a line of text may take, but for words that are longer by themselves.
const TEXT_WIDTH: usize = 100;

/// How wide columns are: as wide as what stands in them, the widest narrowed until a line fits, none below its longest word.
fn widths(rows: &[Vec<String>], columns: usize) -> Vec<usize> {
    let most = |column: usize, measure: &dyn Fn(&str) -> usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| measure(cell)).max().unwrap_or(0)
    };
    let longest_word =
        |cell: &str| cell.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
    let least: Vec<usize> = (0..columns).map(|column| most(column, &longest_word)).collect();
    let mut widths: Vec<usize> =
        (0..columns).map(|column| most(column, &|cell| cell.chars().count())).collect();
    while widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1) > TEXT_WIDTH {
        let wide = (0..columns).filter(|&column| widths[column] > least[column]);
        let Some(widest) = wide.max_by_key(|&column| widths[column]) else { break };
        widths[widest] -= 1;
    }
    widths
}

/// A cell in lines of a width, broken between words.
fn broken(cell: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in cell.split(' ') {
        let last = lines.last_mut();
        match last {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What a sheet says of where its complaints come from, in the same words in every form; nothing of those that came in.
pub(super) fn origin_words(origin: Origin) -> Option<&'static str> {
    match origin {
        Origin::Synthetic => Some("Synthetic: made-up complaints, for testing only"),
        Origin::NotStated => {
            Some("Origin not stated: nothing says whether these complaints came in or were made up")
        }
        Origin::Prospective | Origin::Retrospective => None,
    }
}

/// The same as a paragraph of a page: framed where complaints are made up, small where nobody said.
pub(super) fn origin_on_page(origin: Origin) -> String {
    let class = if origin == Origin::Synthetic { "stamp" } else { "note" };
    let paragraph = |words| format!("<p class=\"{class}\">{words}</p>\n");
    origin_words(origin).map_or_else(String::new, paragraph)
}

#[derive(Debug, Clone)]
enum Block {
    Origin(Origin),
    /// A name from the codebook that the heading begins with, and the rest of it.
    Section(Option<String>, String),
    Paragraph(String),
    Table(Table),
    Items(Vec<String>),
}

/// A sheet: a title, and what stands under it in order.
#[derive(Debug, Clone)]
pub(super) struct Document {
    title: String,
    blocks: Vec<Block>,
}

impl Document {
    pub(super) fn new(title: String) -> Self {
        Document { title, blocks: Vec::new() }
    }

    /// Says where the complaints come from, where that has to be said.
    pub(super) fn origin(&mut self, origin: Origin) {
        if origin_words(origin).is_some() {
            self.blocks.push(Block::Origin(origin));
        }
    }

    pub(super) fn section(&mut self, heading: impl Into<String>) {
        self.blocks.push(Block::Section(None, heading.into()));
    }

    pub(super) fn section_of(&mut self, name: &str, heading: &str) {
        self.blocks.push(Block::Section(Some(name.to_owned()), heading.to_owned()));
    }

    pub(super) fn paragraph(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(text.into()));
    }

    pub(super) fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }

    pub(super) fn items(&mut self, items: Vec<String>) {
        if !items.is_empty() {
            self.blocks.push(Block::Items(items));
        }
    }

    pub(super) fn to_markdown(&self) -> String {
        let mut out = format!("# {}\n\n", for_markdown(&self.title));
        for block in &self.blocks {
            match block {
                Block::Origin(origin) => {
                    let words = origin_words(*origin).unwrap_or_default();
                    let mark = if *origin == Origin::Synthetic { "**" } else { "" };
                    let _ = writeln!(out, "{mark}{words}{mark}");
                }
                Block::Section(Some(name), heading) => {
                    let _ = writeln!(out, "## `{}` {}", for_markdown(name), for_markdown(heading));
                }
                Block::Section(None, heading) => {
                    let _ = writeln!(out, "## {}", for_markdown(heading));
                }
                Block::Paragraph(text) => {
                    let _ = writeln!(out, "{}", for_markdown(text));
                }
                Block::Table(table) => table.write_markdown(&mut out),
                Block::Items(items) => {
                    for item in items {
                        let _ = writeln!(out, "- {}", for_markdown(item));
                    }
                }
            }
            out.push('\n');
        }
        one_line_end(out)
    }

    pub(super) fn to_text(&self) -> String {
        let title = OnScreen(&self.title).to_string();
        let mut out = format!("{title}\n{}\n\n", "=".repeat(title.chars().count()));
        for block in &self.blocks {
            match block {
                Block::Origin(origin) => {
                    let _ = writeln!(out, "{}", origin_words(*origin).unwrap_or_default());
                }
                Block::Section(name, heading) => {
                    let name = name.as_ref().map_or_else(String::new, |name| format!("{name} "));
                    let heading = OnScreen(&format!("{name}{heading}")).to_string();
                    let _ = writeln!(out, "{heading}\n{}", "-".repeat(heading.chars().count()));
                    continue;
                }
                Block::Paragraph(text) => {
                    let _ = writeln!(out, "{}", OnScreen(text));
                }
                Block::Table(table) => table.write_text(&mut out),
                Block::Items(items) => {
                    for item in items {
                        let _ = writeln!(out, "- {}", OnScreen(item));
                    }
                }
            }
            out.push('\n');
        }
        one_line_end(out)
    }

    pub(super) fn to_page(&self) -> String {
        let title = for_xml(&self.title);
        let mut out = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body class=\"wide\">\n<h1>{}</h1>\n",
            unbroken(&self.title)
        );
        for block in &self.blocks {
            match block {
                Block::Origin(origin) => out.push_str(&origin_on_page(*origin)),
                Block::Section(name, heading) => {
                    let name = name.as_ref().map_or_else(String::new, |name| format!("{name} "));
                    let _ = writeln!(out, "<h2>{}</h2>", for_xml(&format!("{name}{heading}")));
                }
                Block::Paragraph(text) => {
                    let _ = writeln!(out, "<p>{}</p>", for_xml(text));
                }
                Block::Table(table) => table.write_page(&mut out),
                Block::Items(items) => {
                    out.push_str("<ul>\n");
                    for item in items {
                        let _ = writeln!(out, "<li>{}</li>", for_xml(item));
                    }
                    out.push_str("</ul>\n");
                }
            }
        }
        out.push_str("</body>\n</html>\n");
        out
    }
}

fn one_line_end(mut text: String) -> String {
    text.truncate(text.trim_end_matches('\n').len());
    text.push('\n');
    text
}
