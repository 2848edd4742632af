//! The morning sheet as one HTML file: for the wall, the desk and the printer.

use std::fmt::Write as _;

use super::document::origin_on_page;
use super::entry::{ActsFirst, PlanEntry};
use super::plan::Plan;
use super::sheets::MOST_PARTLY;
use crate::Timestamp;
use crate::base::text::for_xml;
use crate::codebook::Item;
use crate::complaint::{Deadline, Deconfliction};
use crate::policy::{Band, Lane};
use crate::rank::Moves;
use crate::triage::Ranking;

/// Moves that are listed; the rest are counted.
const MOST_MOVES: usize = 20;
/// Rows of those who must act with all that is known of them, about a printed page; the rest stand under them by position and id.
const MOST_MUST: usize = 80;
/// Rows of what falls due, of what to ask, of what is overdue in a band; of the rest it is said how many and where they stand.
const MOST_DUE: usize = 20;
const MOST_ASKED: usize = 8;
const MOST_OVERDUE: usize = 4;

pub(super) const STYLE: &str = "\
body{font:11pt/1.4 system-ui,sans-serif;color:#111;background:#fff;margin:0 auto;padding:1rem;max-width:46rem}body.wide{max-width:64rem}\
h1{font-size:1.3rem;margin:0}h2{font-size:1.05rem;margin:1.2rem 0 .3rem;border-bottom:2px solid #111}\
p{margin:.3rem 0}.note{font-size:.85rem}.stamp{border:2px solid #111;padding:.3rem .5rem;font-weight:700}\
.scroll{overflow-x:auto;margin:.6rem 0}table{border-collapse:collapse;width:100%;font-size:.92em}\
th,td{text-align:left;vertical-align:top;padding:.15rem .5rem .15rem 0;border-bottom:1px solid #999}\
th{border-bottom:2px solid #111}td.n,th.n{text-align:right}td.id{font-family:ui-monospace,monospace;overflow-wrap:anywhere;min-width:8.5em}\
td.s,td.w span,.k{white-space:nowrap}.l{overflow-wrap:anywhere}td.first{width:38%}\
@media screen and (max-width:40rem){table.list,.list tbody,.list tr{display:block}.list tr:first-child{display:none}\
.list tr{border-bottom:1px solid #999;padding:.3rem 0}.list td{display:inline;border:0;padding:0 .5rem 0 0}\
.list td.first{display:block;width:auto;font-weight:700}.list td.n{font-weight:700}\
table.named,.named tbody,.named tr,.named td{display:block}.named tr:first-child,.named td:empty{display:none}\
.named tr{border-bottom:1px solid #999;padding:.3rem 0}.named td{border:0;padding:0}.named td:not([data-head=''])::before{content:attr(data-head) ': ';font-weight:700}}\
tr{break-inside:avoid}h2{break-after:avoid}\
@page{size:A4;margin:9mm 10mm}@media print{body,body.wide{font-size:7.4pt;line-height:1.13;padding:0;max-width:none}.scroll{overflow:visible;margin:.4rem 0}\
h1{font-size:12pt}h2{font-size:9pt;margin:.4rem 0 .1rem}p,ul{margin:.1rem 0}td,th{padding-top:0;padding-bottom:0}.note{font-size:7pt}ul{columns:2}}";

impl Plan {
    /// The morning sheet as one HTML page: load against capacity, who must act, what falls due, what to ask first, what is
    /// overdue, who moved, what waits. It needs no script, no colour and no other file, and prints on A4. Like
    /// [`Plan::morning_sheet`] it does not say which entries are audits.
    ///
    /// `ranking` is the one that was planned from; `moves` are those since yesterday, of which the unit's own are told.
    ///
    /// ```
    /// use caserank::worklist::{Carry, Period, Planner, Request};
    /// use caserank::{BacklogBuilder, Complaint, Seed, Triage};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// let triage = Triage::from_json(json)?;
    /// let mut backlog = BacklogBuilder::new(triage.codebook());
    /// backlog.push(&Complaint::new("a", "2026-04-17".parse()?)?.with_unit("a<b")?.with_answer("prior_reports", 5))?;
    /// let ranking = triage.rank(&backlog.freeze())?;
    /// let period = Period { start: "2026-04-18".parse()?, end: "2026-04-19".parse()? };
    /// let plan = Planner::new(&triage, Seed(7))?.plan(&ranking, &Request::new(period, 2).with_unit("a<b"), &Carry::default())?;
    /// let page = plan.morning_page(&ranking, None);
    /// assert!(page.contains("a&lt;b") && !page.contains("<script"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn morning_page(&self, ranking: &Ranking, moves: Option<&Moves>) -> String {
        let unit = self.unit().map_or_else(|| "complaints of no planned unit".to_owned(), for_xml);
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>Morning: {unit}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>Morning: {unit}</h1>\n<p>{}</p>\n",
            self.period().at_offset(self.offset())
        );
        page.push_str(&origin_on_page(self.origin()));
        let load = self.load();
        let _ = writeln!(page, "<p><strong>{}</strong></p>", for_xml(&load.to_string()));
        let shortfall = load.short_by();
        let _ = writeln!(
            page,
            "<p>Needed {}, capacity {}, shortfall {shortfall}; in hand and left out {}.</p>",
            load.needed, load.capacity, load.in_hand
        );
        let _ = writeln!(page, "<p class=\"note\">{}</p>", for_xml(&self.expected_words(ranking)));
        self.not_understood(&mut page);
        let is_must = |entry: &PlanEntry| entry.rank.lane() == Lane::Must;
        let items = ranking.triage().codebook().items();
        let deadline = |entry: &PlanEntry| {
            entry.next_deadline.as_ref().map_or_else(String::new, |next| self.due(next))
        };
        self.section(&mut page, MUST_ACT, "next deadline", is_must, |entry| {
            let beyond = if entry.beyond_capacity { "no capacity left; " } else { "" };
            let overdue = if entry.overdue_since.is_some() { "overdue; " } else { "" };
            let said = format!("{beyond}{overdue}{}", deadline(entry));
            said.trim_end_matches("; ").to_owned()
        });
        self.remarks(&mut page);
        self.section(&mut page, DUE_SOON, "deadline", |entry| entry.due_soon, deadline);
        self.section(
            &mut page,
            ASK_FIRST,
            "question",
            |entry| entry.ask.is_some(),
            |entry| {
                let asked = entry.ask.as_deref().unwrap_or_default();
                items
                    .iter()
                    .find(|item| item.id == asked)
                    .map_or_else(|| asked.to_owned(), question)
            },
        );
        // Nobody stands twice on the page: the counts say how many more there are.
        let is_told = |entry: &PlanEntry| is_must(entry) || entry.due_soon || entry.ask.is_some();
        for band in Band::ALL {
            let overdue = |entry: &PlanEntry| {
                entry.overdue_since.is_some() && entry.rank.band() == band && !is_told(entry)
            };
            self.section(
                &mut page,
                &format!("Overdue, {band}, not named above"),
                "since",
                overdue,
                |entry| {
                    entry.overdue_since.map_or_else(String::new, |since| self.to_the_minute(since))
                },
            );
        }
        if let Some(moves) = moves {
            self.moved(&mut page, ranking, moves);
        }
        self.waiting_table(&mut page);
        self.scale_table(&mut page);
        let triage = ranking.triage();
        let _ = writeln!(
            page,
            "<p class=\"note\">Model {}, fingerprint {}. A score orders work; it is never evidence. {} complaints are planned in all: those named here and the rest of the worklist. The others wait; none is dropped.</p>\n</body>\n</html>",
            for_xml(&triage.identity().to_string()),
            triage.fingerprint().short(),
            self.entries().len(),
        );
        page
    }

    fn section(
        &self,
        page: &mut String,
        title: &str,
        column: &str,
        wanted: impl Fn(&PlanEntry) -> bool,
        say: impl Fn(&PlanEntry) -> String,
    ) {
        let listed: Vec<&PlanEntry> = self.entries().iter().filter(|entry| wanted(entry)).collect();
        // Bands without anybody overdue need no heading of their own.
        if listed.is_empty() && title.starts_with("Overdue") {
            return;
        }
        let _ = writeln!(page, "<h2>{title}: {}</h2>", listed.len());
        if listed.is_empty() {
            return;
        }
        let is_must = title == MUST_ACT;
        let most = match title {
            MUST_ACT => MOST_MUST,
            DUE_SOON => MOST_DUE,
            ASK_FIRST => MOST_ASKED,
            _ => MOST_OVERDUE,
        };
        let (listed, rest) = listed.split_at(listed.len().min(most));
        let _ = writeln!(
            page,
            "<div class=\"scroll\"><table class=\"list\"><tr><th class=\"n\">position</th><th>complaint</th><th>stands</th><th>{column}</th><th>acts first</th></tr>"
        );
        for entry in listed {
            // The heading of the section says the lane.
            let standing = entry.rank.standing();
            let stands = match is_must {
                true => standing.band().to_string(),
                false => standing.lane_and_band().to_string(),
            };
            let _ = writeln!(
                page,
                "<tr><td class=\"n\">{}</td><td class=\"id\">{}</td><td class=\"s\">{}</td><td class=\"w\">{}</td><td class=\"first\">{}</td></tr>",
                entry.rank.position(),
                for_xml(&entry.id),
                for_xml(&stands),
                parts(&say(entry)),
                for_xml(&acts_first(entry)),
            );
        }
        page.push_str("</table></div>\n");
        let (Some(first), Some(last)) = (rest.first(), rest.last()) else { return };
        if is_must {
            let ids = rest.iter().map(|entry| {
                format!(
                    "{} <span class=\"id\">{}</span>",
                    entry.rank.position(),
                    for_xml(&entry.id)
                )
            });
            let _ = writeln!(
                page,
                "<p><strong>And {} more that must act</strong>, by position and id: {}. The planner's sheet says more of each.</p>",
                rest.len(),
                ids.collect::<Vec<_>>().join(", ")
            );
        } else {
            let _ = writeln!(
                page,
                "<p>And {} more, at positions {} to {}: they stand in the planner's sheet.</p>",
                rest.len(),
                first.rank.position(),
                last.rank.position()
            );
        }
    }

    /// Danger may stand in what was not understood, so this comes before the work.
    fn not_understood(&self, page: &mut String) {
        let partly = self.partly_understood();
        if partly.is_empty() {
            return;
        }
        let _ = writeln!(
            page,
            "<h2>Not wholly understood: {}</h2>\n<div class=\"scroll\"><table><tr><th class=\"n\">position</th><th>complaint</th><th>stands</th><th>what was not understood</th></tr>",
            partly.len()
        );
        for complaint in partly.iter().take(MOST_PARTLY) {
            let _ = writeln!(
                page,
                "<tr><td class=\"n\">{}</td><td class=\"id\">{}</td><td>{}</td><td>{}</td></tr>",
                complaint.rank.position(),
                for_xml(&complaint.id),
                complaint.rank.standing().lane_and_band(),
                for_xml(&complaint.words()),
            );
        }
        page.push_str("</table></div>\n");
        if partly.len() > MOST_PARTLY {
            let _ = writeln!(page, "<p>and {} more</p>", partly.len() - MOST_PARTLY);
        }
    }

    /// What somebody must look at: evidence that expires unworked, names that fit nothing.
    fn remarks(&self, page: &mut String) {
        let (expiring, list) = (self.expiring(), |page: &mut String, lines: Vec<String>| {
            page.push_str("<ul>\n");
            for line in lines.iter().take(MOST_MOVES) {
                let _ = writeln!(page, "<li>{}</li>", for_xml(line));
            }
            if lines.len() > MOST_MOVES {
                let _ = writeln!(page, "<li>and {} more</li>", lines.len() - MOST_MOVES);
            }
            page.push_str("</ul>\n");
        });
        if !expiring.is_empty() {
            let _ = writeln!(page, "<h2>Expires unworked: {}</h2>", expiring.len());
            let lines = expiring.iter().map(|expiring_complaint| {
                let standing = expiring_complaint.rank.standing().lane_and_band();
                format!(
                    "{}; {}; stands {standing}",
                    expiring_complaint.id,
                    self.due(&expiring_complaint.deadline)
                )
            });
            list(page, lines.collect());
        }
        if !self.unplanned().is_empty() {
            let _ = writeln!(page, "<h2>No plan for</h2>");
            list(page, self.unplanned().iter().map(ToString::to_string).collect());
        }
        if !self.in_hand_unknown().is_empty() {
            let _ = writeln!(page, "<h2>In hand, but not in the ranking</h2>");
            list(page, self.in_hand_unknown().to_vec());
        }
    }

    fn scale_table(&self, page: &mut String) {
        let Some(scale) = self.scale() else { return };
        let _ = writeln!(page, "<h2>{} beside our bands</h2>", for_xml(&scale.item));
        let row = |kind: &str, cells: Vec<String>| {
            let cells = cells.iter().enumerate().map(|(column, cell)| {
                let class = if column == 0 { "" } else { " class=\"n\"" };
                format!("<{kind}{class}>{}</{kind}>", for_xml(cell))
            });
            format!("<tr>{}</tr>\n", cells.collect::<String>())
        };
        let _ = write!(page, "<div class=\"scroll\"><table>{}", row("th", scale.heads()));
        for answer in &scale.rows {
            page.push_str(&row("td", answer.cells()));
        }
        page.push_str(
            "</table></div>\n<p class=\"note\">Somebody else's scale: it weighs nothing in our order.</p>\n",
        );
    }

    fn moved(&self, page: &mut String, ranking: &Ranking, moves: &Moves) {
        let moved = self.moved_of_unit(ranking, moves);
        let _ = writeln!(page, "<h2>Moved since yesterday: {}</h2>\n<ul>", moved.len());
        for moved in moved.iter().take(MOST_MOVES) {
            let _ = writeln!(page, "<li>{}</li>", for_xml(&moved.to_string()));
        }
        if moved.len() > MOST_MOVES {
            let _ = writeln!(page, "<li>and {} more</li>", moved.len() - MOST_MOVES);
        }
        page.push_str("</ul>\n");
    }

    fn waiting_table(&self, page: &mut String) {
        page.push_str(
            "<h2>Waiting</h2>\n<div class=\"scroll\"><table><tr><th>band</th><th class=\"n\">complaints</th><th class=\"n\">overdue</th><th class=\"n\">overdue by the end</th><th>oldest</th></tr>\n",
        );
        for waiting in self.waiting() {
            let _ = writeln!(
                page,
                "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
                waiting.band,
                waiting.complaints,
                waiting.overdue,
                waiting.falling_due,
                waiting
                    .oldest
                    .map_or_else(String::new, |oldest| oldest.at_offset(self.offset()).to_string()),
            );
        }
        page.push_str("</table></div>\n");
    }

    /// As `2026-01-05 08:00Z`: a deadline is met by the minute, and seconds cost a line.
    fn to_the_minute(&self, time: Timestamp) -> String {
        let text = time.at_offset(self.offset()).to_string();
        match (text.get(..16), text.get(19..)) {
            (Some(minute), Some(offset)) => format!("{}{offset}", minute.replace('T', " ")),
            _ => text,
        }
    }

    fn due(&self, deadline: &Deadline) -> String {
        format!("{} {}", self.to_the_minute(deadline.due), deadline.kind)
    }
}

/// Headings of sections.
const MUST_ACT: &str = "Must act";
const DUE_SOON: &str = "Due soon";
const ASK_FIRST: &str = "Ask first";

/// Parts that are not broken within themselves.
fn parts(text: &str) -> String {
    let parts = text.split("; ").map(|part| match part.chars().count() {
        // A question is a sentence, which may break.
        0..=40 => format!("<span>{}</span>", for_xml(part)),
        _ => for_xml(part),
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// Who acts before the investigator: pathways under one word, what deconfliction came to last.
fn acts_first(entry: &PlanEntry) -> String {
    let is_route = |acts: &&ActsFirst| matches!(acts, ActsFirst::Route(_));
    let mut first: Vec<String> =
        entry.acts_first.iter().filter(|acts| !is_route(acts)).map(ToString::to_string).collect();
    let routes: Vec<&str> = entry
        .acts_first
        .iter()
        .filter_map(|acts| match acts {
            ActsFirst::Route(pathway) => Some(pathway.as_str()),
            _ => None,
        })
        .collect();
    if !routes.is_empty() {
        first.push(format!("route: {}", routes.join(", ")));
    }
    if entry.deconfliction != Deconfliction::Clear {
        first.push(format!("deconfliction {}", entry.deconfliction));
    }
    first.join("; ")
}

fn question(item: &Item) -> String {
    format!("{} ({} min)", item.question, item.effort.minutes)
}
