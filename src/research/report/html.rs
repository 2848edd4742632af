//! The report as one HTML file that needs nothing else.

use std::fmt::Write as _;

use super::document::{Block, Report, Section, Table};
use crate::base::text::for_xml;

impl Report {
    /// One self-contained page: styles and charts inside, no scripts, nothing fetched.
    #[must_use]
    pub fn to_html(&self) -> String {
        let title = for_xml(&self.title);
        let (mut pages, mut banner) = (String::new(), String::new());
        if let Some(stamp) = &self.stamp {
            let stamp = for_xml(stamp);
            // A style sheet's string ends at a quote or a backslash: neither may come through.
            let plain: String =
                stamp.chars().filter(|letter| !matches!(letter, '"' | '\\' | '<')).collect();
            banner = format!("<div class=\"stamp\" role=\"note\">{stamp}</div>\n");
            pages = format!(
                "@media print {{ @page {{ @top-center {{ content: \"{plain}\"; font: 600 9pt sans-serif; color: #7A2400; }} }} }}\n"
            );
        }
        let style = include_str!("style.css");
        let mut page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
             <title>{title}</title>\n<style>\n{style}{pages}</style>\n</head>\n<body>\n{banner}<main>\n<h1>{title}</h1>\n\
             <nav aria-label=\"Sections\"><ol>\n"
        );
        for section in &self.sections {
            let (id, title) = (for_xml(&section.id), inline(&section.title));
            let _ = writeln!(page, "<li><a href=\"#{id}\">{title}</a></li>");
        }
        page.push_str("</ol></nav>\n");
        for section in &self.sections {
            self.write_section(&mut page, section);
        }
        page.push_str("</main>\n</body>\n</html>\n");
        page
    }

    fn write_section(&self, page: &mut String, section: &Section) {
        let (id, title) = (for_xml(&section.id), inline(&section.title));
        let _ = writeln!(page, "<section id=\"{id}\">\n<h2>{title}</h2>");
        if !section.reading.is_empty() {
            let _ = writeln!(page, "<p>{}</p>", inline(&section.reading));
        }
        let mut charts = false;
        for block in &section.blocks {
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
                    let id = format!("{}-{}", section.id, chart.id);
                    let svg = chart.drawn(&id, self.stamp.as_deref());
                    let _ = writeln!(
                        page,
                        "<figure>\n<figcaption>{caption}</figcaption>\n{svg}</figure>"
                    );
                }
                Block::Table(table) => write_table(page, &section.id, table),
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
    for (place, piece) in pieces.into_iter().enumerate() {
        if place % 2 == 1 {
            let _ = write!(set, "<code>{piece}</code>");
        } else {
            set.push_str(piece);
        }
    }
    set
}

/// Whether a cell reads as a number, so that its column lines up on the right.
fn is_number(cell: &str) -> bool {
    let first = cell.trim_start_matches(['-', '−', '+']).chars().next();
    first.is_none_or(|letter| letter.is_ascii_digit() || letter == '–')
        && cell.chars().all(|letter| letter.is_ascii_digit() || " .,%()[]–-−+to".contains(letter))
}

fn write_table(page: &mut String, section: &str, table: &Table) {
    let numbers: Vec<bool> = (0..table.columns.len())
        .map(|column| {
            let mut cells = table.rows.iter().filter_map(|row| row.get(column)).peekable();
            cells.peek().is_some() && cells.all(|cell| is_number(cell))
        })
        .collect();
    let class = |column: usize| if numbers[column] { " class=\"number\"" } else { "" };
    // The caption stays put while a wide table is moved sideways under it.
    let (id, caption) =
        (for_xml(&format!("{section}-{}-caption", table.id)), inline(&table.caption));
    let _ = writeln!(page, "<p class=\"caption\" id=\"{id}\">{caption}</p>");
    let _ = writeln!(
        page,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}\"><table aria-labelledby=\"{id}\">\n<thead><tr>"
    );
    for (column, name) in table.columns.iter().enumerate() {
        let _ = write!(page, "<th scope=\"col\"{}>{}</th>", class(column), for_xml(name));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        page.push_str("<tr>");
        for (column, cell) in row.iter().enumerate().take(table.columns.len()) {
            let _ = write!(page, "<td{}>{}</td>", class(column), inline(cell));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
}
