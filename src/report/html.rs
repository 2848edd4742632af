//! The report as one HTML file that needs nothing else.

use std::fmt::Write as _;

use super::document::{Block, Report, Section, Table};
use super::svg::escape;

impl Report {
    /// One self-contained page: styles and charts inside, no scripts, nothing fetched.
    #[must_use]
    pub fn to_html(&self) -> String {
        let title = escape(&self.title);
        let (mut pages, mut banner) = (String::new(), String::new());
        if let Some(stamp) = &self.stamp {
            let stamp = escape(stamp);
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
            let (id, title) = (escape(&section.id), escape(&section.title));
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
        let (id, title) = (escape(&section.id), escape(&section.title));
        let _ = writeln!(page, "<section id=\"{id}\">\n<h2>{title}</h2>");
        if !section.reading.is_empty() {
            let _ = writeln!(page, "<p>{}</p>", escape(&section.reading));
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
                    let _ = writeln!(page, "<p>{}</p>", escape(text));
                }
                Block::Chart(chart) => {
                    let caption = escape(&chart.title);
                    let svg = chart.to_svg(self.stamp.as_deref());
                    let _ = writeln!(
                        page,
                        "<figure>\n<figcaption>{caption}</figcaption>\n{svg}</figure>"
                    );
                }
                Block::Table(table) => write_table(page, table),
            }
        }
        if charts {
            page.push_str("</div>\n");
        }
        if !section.limits.is_empty() {
            let limits = escape(&section.limits);
            let _ = writeln!(
                page,
                "<p class=\"limits\"><strong>What this does not show.</strong> {limits}</p>"
            );
        }
        page.push_str("</section>\n");
    }
}

/// Whether a cell reads as a number, so that its column lines up on the right.
fn is_number(cell: &str) -> bool {
    let first = cell.trim_start_matches(['-', '−', '+']).chars().next();
    first.is_none_or(|letter| letter.is_ascii_digit() || letter == '–')
        && cell.chars().all(|letter| letter.is_ascii_digit() || " .,%()[]–-−+to".contains(letter))
}

fn write_table(page: &mut String, table: &Table) {
    let numbers: Vec<bool> = (0..table.columns.len())
        .map(|column| {
            let mut cells = table.rows.iter().filter_map(|row| row.get(column)).peekable();
            cells.peek().is_some() && cells.all(|cell| is_number(cell))
        })
        .collect();
    let class = |column: usize| if numbers[column] { " class=\"number\"" } else { "" };
    let _ = writeln!(
        page,
        "<div class=\"scroll\"><table>\n<caption>{}</caption>\n<thead><tr>",
        escape(&table.caption)
    );
    for (column, name) in table.columns.iter().enumerate() {
        let _ = write!(page, "<th scope=\"col\"{}>{}</th>", class(column), escape(name));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        page.push_str("<tr>");
        for (column, cell) in row.iter().enumerate().take(table.columns.len()) {
            let _ = write!(page, "<td{}>{}</td>", class(column), escape(cell));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
}
