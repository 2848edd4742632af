//! The report as one HTML file that needs nothing else.

use std::fmt::Write as _;

use super::cell::Cell;
use super::document::{Block, Names, Part, Report, Section, Table};
use crate::base::text::for_xml;

/// Rows of a table that stand open; the rest is folded.
const OPEN_ROWS: usize = 25;

impl Report {
    /// One self-contained page: styles and charts inside, no scripts, nothing fetched.
    ///
    /// First what stands in front, then contents and body, then the appendix and long tables' ends, folded: what is not
    /// unfolded is not printed. Printed pages carry their number, the date and the stamp.
    #[must_use]
    pub fn to_html(&self) -> String {
        let title = for_xml(&self.title);
        let names = self.names();
        let (mut pages, mut banner) = (String::new(), String::new());
        // A style sheet's string ends at a quote or a backslash: neither may come through.
        let plain = |text: &str| -> String {
            text.chars()
                .filter(|letter| !matches!(letter, '"' | '\\' | '<') && !letter.is_control())
                .collect()
        };
        if let Some(stamp) = &self.stamp {
            let stamp = for_xml(stamp);
            let text = plain(&stamp);
            banner = format!("<div class=\"stamp\" role=\"note\">{stamp}</div>\n");
            let _ = writeln!(
                pages,
                "@media print {{ @page {{ @top-center {{ content: \"{text}\"; font: 600 8pt sans-serif; color: #7A2400; }} }} }}"
            );
        }
        let foot = plain(&for_xml(&match &self.date {
            Some(date) => format!("{} · {date}", self.title),
            None => self.title.clone(),
        }));
        let _ = writeln!(
            pages,
            "@media print {{ @page {{ @bottom-left {{ content: \"{foot}\"; font: 8pt sans-serif; color: #444; }} @bottom-right {{ content: \"page \" counter(page) \" of \" counter(pages); font: 8pt sans-serif; color: #444; }} }} }}"
        );
        let style = include_str!("style.css");
        let mut page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
             <title>{title}</title>\n<style>\n{style}{pages}</style>\n</head>\n<body>\n{banner}<main>\n<h1>{title}</h1>\n"
        );
        if let Some(date) = &self.date {
            let _ = writeln!(page, "<p class=\"date\">{}</p>", for_xml(date));
        }
        let of_part = |part: Part| {
            let all =
                self.sections.iter().zip(&names).filter(move |(section, _)| section.part == part);
            all.enumerate().map(|(number, (section, names))| (number + 1, section, names))
        };
        let front = of_part(Part::Front).count() > 0;
        if front {
            page.push_str("<div class=\"front\">\n");
            for (_, section, names) in of_part(Part::Front) {
                self.write_section(&mut page, section, names, "");
            }
            page.push_str("</div>\n");
        }
        page.push_str("<nav aria-label=\"Contents\"><h2>Contents</h2>\n<ol>\n");
        for (number, section, names) in of_part(Part::Body) {
            let (id, title) = (&names.section, inline(&section.title));
            let _ = writeln!(page, "<li><a href=\"#{id}\">{number}. {title}</a></li>");
        }
        for (number, section, names) in of_part(Part::Appendix) {
            let (id, title) = (&names.section, inline(&section.title));
            let _ = writeln!(page, "<li><a href=\"#{id}\">A{number}. {title}</a></li>");
        }
        page.push_str("</ol></nav>\n");
        for (number, section, names) in of_part(Part::Body) {
            self.write_section(&mut page, section, names, &format!("{number}. "));
        }
        self.write_facts(&mut page);
        if of_part(Part::Appendix).count() > 0 {
            page.push_str("<section class=\"appendix\">\n<h2>Appendix</h2>\n<p>Folded away, and not printed unless it is opened first. Every chart and table is also a file of its own.</p>\n");
            for (number, section, names) in of_part(Part::Appendix) {
                let title = inline(&section.title);
                let _ = writeln!(page, "<details>\n<summary>A{number}. {title}</summary>");
                self.write_section(&mut page, section, names, &format!("A{number}. "));
                page.push_str("</details>\n");
            }
            page.push_str("</section>\n");
        }
        page.push_str("</main>\n</body>\n</html>\n");
        page
    }

    fn write_facts(&self, page: &mut String) {
        page.push_str("<section class=\"facts\">\n<h2>Made with</h2>\n<dl>\n");
        for (what, value) in &self.facts {
            let _ = writeln!(page, "<dt>{}</dt><dd>{}</dd>", for_xml(what), inline(value));
        }
        page.push_str("</dl>\n</section>\n");
    }

    fn write_section(&self, page: &mut String, section: &Section, names: &Names, number: &str) {
        let (id, title) = (&names.section, inline(&section.title));
        let _ = writeln!(page, "<section id=\"{id}\">\n<h2>{number}{title}</h2>");
        if !section.reading.is_empty() {
            let _ = writeln!(page, "<p>{}</p>", inline(&section.reading));
        }
        let mut charts = false;
        for (block, name) in section.blocks.iter().zip(&names.blocks) {
            // Neighbouring charts stand side by side where there is room.
            let chart = matches!(block, Block::Chart(_));
            if chart != charts {
                page.push_str(if chart { "<div class=\"charts\">\n" } else { "</div>\n" });
                charts = chart;
            }
            match block {
                Block::Text(text) => {
                    let _ = writeln!(page, "<p>{}</p>", inline(text));
                }
                Block::Chart(chart) => {
                    let caption = inline(&chart.title);
                    let svg = chart.drawn(name, self.stamp.as_deref());
                    let _ = writeln!(
                        page,
                        "<figure>\n<figcaption>{caption}</figcaption>\n{svg}</figure>"
                    );
                }
                Block::Table(table) => write_table(page, name, table),
            }
        }
        if charts {
            page.push_str("</div>\n");
        }
        if !section.limits.is_empty() {
            let limits = inline(&section.limits);
            let _ = writeln!(
                page,
                "<p class=\"limits\"><strong>What this does not show.</strong> {limits}</p>"
            );
        }
        page.push_str("</section>\n");
    }
}

/// Text as HTML; what stands between backticks is set as code.
fn inline(text: &str) -> String {
    let safe = for_xml(text);
    let pieces: Vec<&str> = safe.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return safe;
    }
    let mut set = String::with_capacity(safe.len());
    for (number, piece) in pieces.into_iter().enumerate() {
        if number % 2 == 1 {
            let _ = write!(set, "<code>{piece}</code>");
        } else {
            set.push_str(piece);
        }
    }
    set
}

fn write_table(page: &mut String, name: &str, table: &Table) {
    let numbers: Vec<bool> = (0..table.columns.len())
        .map(|column| {
            let cells = || table.rows.iter().filter_map(|row| row.get(column));
            cells().any(Cell::is_number)
                && !cells().any(
                    |cell| matches!(cell, Cell::Text(text) | Cell::Prose(text) if !text.is_empty()),
                )
        })
        .collect();
    // The caption stays put while a wide table is moved sideways under it.
    let caption = inline(&table.caption);
    let _ = writeln!(page, "<p class=\"caption\" id=\"{name}-caption\">{caption}</p>");
    let part = |page: &mut String, rows: &[Vec<Cell>]| {
        let _ = writeln!(
            page,
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{name}-caption\"><table aria-labelledby=\"{name}-caption\">\n<thead><tr>"
        );
        for (column, name) in table.columns.iter().enumerate() {
            let class = if numbers[column] { " class=\"number\"" } else { "" };
            let _ = write!(page, "<th scope=\"col\"{class}>{}</th>", for_xml(name));
        }
        page.push_str("</tr></thead>\n<tbody>\n");
        for row in rows {
            page.push_str("<tr>");
            for (column, cell) in row.iter().enumerate().take(table.columns.len()) {
                // A reason in a column of numbers is a sentence and reads from the left.
                let class = match cell {
                    Cell::Missing(_) => " class=\"missing\"",
                    Cell::Number { interval: Some(_), .. } if numbers[column] => {
                        " class=\"number ends\""
                    }
                    _ if numbers[column] => " class=\"number\"",
                    _ => "",
                };
                let _ = write!(page, "<td{class}>{}</td>", inline(&cell.text()));
            }
            page.push_str("</tr>\n");
        }
        page.push_str("</tbody></table></div>\n");
    };
    let (open, folded) = match table.rows.len() {
        // A fold of a row or two is not worth a click.
        rows if rows > OPEN_ROWS + 5 => table.rows.split_at(OPEN_ROWS),
        _ => (&table.rows[..], &[][..]),
    };
    part(page, open);
    if !folded.is_empty() {
        let _ = writeln!(
            page,
            "<details>\n<summary>{} more of {} rows</summary>",
            folded.len(),
            table.rows.len()
        );
        part(page, folded);
        page.push_str("</details>\n");
    }
    for why in table.notes() {
        let _ = writeln!(page, "<p class=\"note\">No interval: {}.</p>", inline(why));
    }
}
