//! The report as Markdown and JSON, and its parts as files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::document::{Block, Part, Report, Section, Table};
use crate::base::text::{for_markdown, for_spreadsheet};

/// One file of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportFile {
    /// Its name, without a folder; no two are the same.
    pub name: String,
    /// Its text, UTF-8.
    pub text: String,
}

impl Report {
    /// The report as Markdown; charts are links to their SVG files beside it.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut page = format!("# {}\n\n", for_markdown(&self.title));
        let stamp = self.stamp.as_deref().map(for_markdown);
        if let Some(stamp) = &stamp {
            let _ = writeln!(page, "**{stamp}**\n");
        }
        if let Some(date) = &self.date {
            let _ = writeln!(page, "{}\n", for_markdown(date));
        }
        let names = self.names();
        for part in [Part::Front, Part::Body, Part::Appendix] {
            let of_part =
                || self.sections.iter().zip(&names).filter(|(of_part, _)| of_part.part == part);
            if part == Part::Appendix && of_part().next().is_some() {
                page.push_str("# Appendix\n\n");
            }
            for (section, names) in of_part() {
                write_section(&mut page, section, &names.blocks);
                if let Some(stamp) = &stamp {
                    let _ = writeln!(page, "*{stamp}*\n");
                }
            }
        }
        page.push_str("## Made with\n\n");
        for (what, value) in &self.facts {
            let _ = writeln!(page, "- {}: {}", for_markdown(what), for_markdown(value));
        }
        page
    }

    /// Everything that the report holds, as JSON. A number that JSON has no word for is a word.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self)
            .unwrap_or_else(|error| format!("{{\"error\": \"not written: {error}\"}}"));
        text.push('\n');
        text
    }

    /// Every file: `report.html`, `report.md`, `report.json`, each chart as SVG with its numbers as
    /// CSV, each table as CSV. CSV rows end in the stamp where there is one.
    #[must_use]
    pub fn parts(&self) -> Vec<ReportFile> {
        let part = |name: &str, text: String| ReportFile { name: name.to_owned(), text };
        let mut parts = vec![
            part("report.html", self.to_html()),
            part("report.md", self.to_markdown()),
            part("report.json", self.to_json()),
        ];
        let stamp = self.stamp.as_deref();
        for (section, names) in self.sections.iter().zip(self.names()) {
            for (block, name) in section.blocks.iter().zip(&names.blocks) {
                match block {
                    Block::Text(_) => {}
                    Block::Chart(chart) => {
                        parts.push(part(&format!("{name}.svg"), chart.drawn(name, stamp)));
                        parts.push(part(&format!("{name}.csv"), chart.data().to_csv(stamp)));
                    }
                    Block::Table(table) => {
                        parts.push(part(&format!("{name}.csv"), table.to_csv(stamp)));
                    }
                }
            }
        }
        parts
    }

    /// Writes every part into a folder, which is made where it is missing; the paths written.
    ///
    /// # Errors
    /// Where the folder or a file cannot be written.
    #[allow(clippy::disallowed_methods, reason = "the caller names the folder")]
    pub fn write_into(&self, folder: &Path) -> std::io::Result<Vec<PathBuf>> {
        std::fs::create_dir_all(folder)?;
        let parts = self.parts().into_iter().map(|part| {
            let path = folder.join(&part.name);
            std::fs::write(&path, part.text)?;
            Ok(path)
        });
        parts.collect()
    }
}

fn write_section(page: &mut String, section: &Section, names: &[String]) {
    let _ = writeln!(page, "## {}\n", for_markdown(&section.title));
    if !section.reading.is_empty() {
        let _ = writeln!(page, "{}\n", for_markdown(&section.reading));
    }
    for (block, name) in section.blocks.iter().zip(names) {
        match block {
            Block::Text(text) => {
                let _ = writeln!(page, "{}\n", for_markdown(text));
            }
            Block::Chart(chart) => {
                let (title, text) = (for_markdown(&chart.title), for_markdown(&chart.description));
                let _ = writeln!(page, "**{title}**\n\n![{text}]({name}.svg)\n");
            }
            Block::Table(table) => write_table(page, table),
        }
    }
    if !section.limits.is_empty() {
        let _ = writeln!(page, "*What this does not show.* {}\n", for_markdown(&section.limits));
    }
}

impl Table {
    /// The table as CSV (RFC 4180): a column of numbers has its ends and its notes in columns of their own, shares are
    /// shares and not percentages; a last column holds the stamp where there is one.
    #[must_use]
    pub fn to_csv(&self, stamp: Option<&str>) -> String {
        // For every column whether it has ends and notes.
        let shapes: Vec<(bool, bool)> = (0..self.columns.len())
            .map(|column| {
                let cells = || self.rows.iter().filter_map(|row| row.get(column));
                let fields = || cells().map(super::Cell::fields);
                let numbers = cells().any(super::Cell::is_number);
                let ends = fields().any(|[_, lower, ..]| !lower.is_empty());
                (ends, numbers && fields().any(|[.., note]| !note.is_empty()))
            })
            .collect();
        let mut text = String::new();
        let mut write = |cells: Vec<String>, last: Option<&str>| {
            text.push_str(&cells.join(","));
            if let Some(last) = last {
                let _ = write!(text, ",{}", quoted(last));
            }
            text.push_str("\r\n");
        };
        let mut heading = Vec::new();
        for (name, (ends, note)) in self.columns.iter().zip(&shapes) {
            heading.push(quoted(name));
            if *ends {
                heading.extend([quoted(&format!("{name}: from")), quoted(&format!("{name}: to"))]);
            }
            if *note {
                heading.push(quoted(&format!("{name}: note")));
            }
        }
        write(heading, stamp.map(|_| "stamp"));
        for row in &self.rows {
            let mut line = Vec::new();
            for (cell, (ends, note)) in row.iter().zip(&shapes) {
                let [value, lower, upper, why] = cell.fields();
                // Numbers as they are; words made safe.
                let first = if cell.is_number() { value } else { quoted(&value) };
                if *ends {
                    line.extend([first, lower, upper]);
                } else if *note || !why.is_empty() && first.is_empty() {
                    line.push(if *note { first } else { quoted(&why) });
                } else {
                    line.push(first);
                }
                if *note {
                    line.push(quoted(&why));
                }
            }
            write(line, stamp);
        }
        text
    }
}

fn quoted(cell: &str) -> String {
    let cell = for_spreadsheet(cell);
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.into_owned()
    }
}

fn write_table(page: &mut String, table: &Table) {
    let row = |cells: &mut dyn Iterator<Item = String>| -> String {
        let cells: Vec<String> = cells.map(|cell| for_markdown(&cell)).collect();
        format!("| {} |", cells.join(" | "))
    };
    let heading = row(&mut table.columns.iter().cloned());
    let _ = writeln!(page, "**{}**\n\n{heading}", for_markdown(&table.caption));
    let rule: Vec<&str> = table.columns.iter().map(|_| "---").collect();
    let _ = writeln!(page, "| {} |", rule.join(" | "));
    for cells in &table.rows {
        let _ = writeln!(page, "{}", row(&mut cells.iter().map(super::Cell::text)));
    }
    page.push('\n');
    for why in table.notes() {
        let _ = writeln!(page, "No interval: {}.\n", for_markdown(why));
    }
}
