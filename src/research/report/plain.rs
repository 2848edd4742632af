//! The report as Markdown and JSON, and its parts as files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::base::text::{for_markdown, for_spreadsheet};

use super::document::{Block, Report, Table};

/// One file of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// Its name, without a folder.
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
        for section in &self.sections {
            let _ = writeln!(page, "## {}\n", for_markdown(&section.title));
            if !section.reading.is_empty() {
                let _ = writeln!(page, "{}\n", for_markdown(&section.reading));
            }
            for block in &section.blocks {
                match block {
                    Block::Text(text) => {
                        let _ = writeln!(page, "{}\n", for_markdown(text));
                    }
                    Block::Chart(chart) => {
                        let (title, text) =
                            (for_markdown(&chart.title), for_markdown(&chart.description));
                        let file = file_name(&section.id, &chart.id, "svg");
                        let _ = writeln!(page, "**{title}**\n\n![{text}]({file})\n");
                    }
                    Block::Table(table) => write_table(&mut page, table),
                }
            }
            if !section.limits.is_empty() {
                let _ = writeln!(
                    page,
                    "*What this does not show.* {}\n",
                    for_markdown(&section.limits)
                );
            }
            if let Some(stamp) = &stamp {
                let _ = writeln!(page, "*{stamp}*\n");
            }
        }
        page
    }

    /// Everything that the report holds, as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Every file: `report.html`, `report.md`, `report.json`, each chart as SVG with its numbers as
    /// CSV, each table as CSV. CSV rows end in the stamp where there is one.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        let part = |name: &str, text: String| Part { name: name.to_owned(), text };
        let mut parts = vec![
            part("report.html", self.to_html()),
            part("report.md", self.to_markdown()),
            part("report.json", self.to_json()),
        ];
        let stamp = self.stamp.as_deref();
        for (section, chart) in self.charts() {
            parts.push(part(&file_name(&section.id, &chart.id, "svg"), chart.to_svg(stamp)));
            parts.push(part(&file_name(&section.id, &chart.id, "csv"), chart.data().to_csv(stamp)));
        }
        for (section, table) in self.tables() {
            parts.push(part(&file_name(&section.id, &table.id, "csv"), table.to_csv(stamp)));
        }
        parts
    }

    /// Writes every part into a folder, which is made where it is missing; the paths written.
    ///
    /// # Errors
    /// Where the folder or a file cannot be written.
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

impl Table {
    /// The table as CSV (RFC 4180); a last column holds the stamp where there is one.
    #[must_use]
    pub fn to_csv(&self, stamp: Option<&str>) -> String {
        let mut text = String::new();
        let mut write = |cells: &[String], last: Option<&str>| {
            let all = cells.iter().map(String::as_str).chain(last).map(quoted);
            text.push_str(&all.collect::<Vec<_>>().join(","));
            text.push_str("\r\n");
        };
        write(&self.columns, stamp.map(|_| "stamp"));
        for row in &self.rows {
            write(row, stamp);
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

/// A file's name from ids: letters, digits and dashes only.
fn file_name(section: &str, id: &str, ending: &str) -> String {
    let safe = |text: &str| -> String {
        let letters = text.chars();
        letters
            .map(|l| if l.is_ascii_alphanumeric() { l.to_ascii_lowercase() } else { '-' })
            .collect()
    };
    format!("{}-{}.{ending}", safe(section), safe(id))
}

fn write_table(page: &mut String, table: &Table) {
    let row = |cells: &[String]| -> String {
        let cells: Vec<String> = cells.iter().map(|cell| for_markdown(cell)).collect();
        format!("| {} |", cells.join(" | "))
    };
    let _ = writeln!(page, "**{}**\n\n{}", for_markdown(&table.caption), row(&table.columns));
    let rule: Vec<&str> = table.columns.iter().map(|_| "---").collect();
    let _ = writeln!(page, "| {} |", rule.join(" | "));
    for cells in &table.rows {
        let _ = writeln!(page, "{}", row(cells));
    }
    page.push('\n');
}
