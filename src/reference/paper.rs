//! A model's points on one page of paper, for units that do not work on a screen.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Draws, ReferenceError, draws};
use crate::backlog::Backlog;
use crate::base::Seed;
use crate::base::text::for_xml;
use crate::complaint::Origin;
use crate::instrument::{Instrument, Link};
use crate::policy::{Band, GateEffect};
use crate::triage::Triage;
use crate::{Fixed, base::STEPS_PER_UNIT};

/// Points that the heaviest answer gets where weights are no whole numbers.
const MOST_POINTS: i32 = 10;
/// Rows of the table from points to position.
const MOST_ROWS: usize = 14;
/// The seed by which complaints are drawn from a declared population.
const SEED: Seed = Seed(96);

const STYLE: &str = "\
body{font:9pt/1.3 system-ui,sans-serif;color:#111;background:#fff;margin:0 auto;padding:1rem;max-width:48rem}\
h1{font-size:13pt;margin:0}h2{font-size:10pt;margin:.5rem 0 .15rem;border-bottom:1.5px solid #111}p{margin:.15rem 0}\
.fields{display:flex;gap:1rem;margin:.4rem 0}.fields span{flex:1;border-bottom:1px solid #111;padding-top:.7rem}\
ul{margin:0;padding:0;list-style:none}li::before{content:'\\2610\\00a0'}.must li{font-weight:700}\
.items{columns:2;column-gap:1.2rem}.item{break-inside:avoid;border-bottom:1px solid #999;padding:.1rem 0;\
display:flex;flex-wrap:wrap;justify-content:space-between;column-gap:.6rem}\
.answers{display:flex;flex-wrap:wrap;gap:0 .8rem;justify-content:flex-end;margin-left:auto}.answers b{border:1px solid #111;padding:0 .25rem}\
.sum{font-weight:700;text-align:right;font-size:11pt;margin-top:.3rem}\
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #999;padding:0 .3rem;text-align:right}th{text-align:left}\
.note{font-size:8pt}.stamp{border:2px solid #111;padding:.1rem .4rem;font-weight:700}\
@page{size:A4;margin:9mm}@media print{body{font-size:7.6pt;line-height:1.18;padding:0;max-width:none}.note{font-size:7pt}}\
@media screen and (max-width:40rem){.items{columns:1}.fields{display:block}}";

/// One item of a card: its question and the answers that have points.
#[derive(Debug, Clone, PartialEq, Eq)]
struct CardItem {
    item_position: usize,
    question: String,
    /// Label and points; those without points are not listed.
    answers: Vec<(String, i32)>,
    /// Points by code, *unknown* first.
    by_code: Vec<i32>,
}

/// Where points stand among complaints.
#[derive(Debug, Clone, PartialEq)]
struct Positions {
    /// Whom they were counted among.
    among: String,
    /// Points with how many of 1,000 complaints have so many or more, most points first.
    rows: Vec<(i32, f64)>,
    /// Points that about a tenth reach, and the shares of all and of the first tenth by exact score that do.
    tenth: Option<(i32, f64, f64)>,
}

/// A model's points for one outcome as a form of one page (HTML without script, readable without colour, A4): what comes
/// before any points, the items and points, and where a sum of points stands among complaints.
///
/// Points are the weights where these are whole numbers (a card of points), else weights in parts of the heaviest, which gets
/// 10; how often rounding changes who is among the first is said on the card. Rules that lower a complaint are left out: on
/// paper nobody checks what suspends them.
///
/// ```
/// use caserank::reference::{PaperCard, published};
/// let card = PaperCard::of(&published()?, "production")?;
/// let page = card.to_html();
/// assert!(page.contains("must be looked at first") && !page.contains("<script"));
/// # Ok::<(), caserank::reference::ReferenceError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PaperCard {
    instrument: Instrument,
    outcome: usize,
    title: String,
    /// Titles of gates that put a complaint into `must`, and of those that set a least band.
    must: Vec<String>,
    floors: Vec<(Band, Vec<String>)>,
    items: Vec<CardItem>,
    /// Log-odds of one point; `None` where weights are whole points.
    point: Option<f64>,
    /// Answers that weigh less than half a point.
    without_points: usize,
    positions: Option<Positions>,
}

impl PaperCard {
    /// The card of a model for one of its outcomes, with the rules that come before points.
    ///
    /// # Errors
    /// [`ReferenceError::Missing`] for an outcome that the model does not have.
    pub fn of(triage: &Triage, outcome: &str) -> Result<Self, ReferenceError> {
        let mut card = PaperCard::of_instrument(triage.instrument(), outcome)?;
        card.title = triage.identity().to_string();
        let titles = |wanted: &dyn Fn(&GateEffect) -> bool| -> Vec<String> {
            let gates = triage.policy().gates().iter().filter(|gate| wanted(&gate.effect));
            gates.map(|gate| gate.title.clone()).collect()
        };
        card.must = titles(&|effect| *effect == GateEffect::Must);
        for band in [Band::VeryHigh, Band::High, Band::Medium] {
            let floors = titles(&|effect| *effect == GateEffect::Floor(band));
            if !floors.is_empty() {
                card.floors.push((band, floors));
            }
        }
        Ok(card)
    }

    /// The card of an instrument, which has no rules.
    ///
    /// # Errors
    /// As [`PaperCard::of`].
    pub fn of_instrument(instrument: &Instrument, outcome: &str) -> Result<Self, ReferenceError> {
        let outcome_position = instrument
            .outcome_position(outcome)
            .ok_or_else(|| ReferenceError::missing("outcome", outcome))?;
        let mut card = PaperCard {
            instrument: instrument.clone(),
            outcome: outcome_position,
            title: instrument.identity().to_string(),
            must: Vec::new(),
            floors: Vec::new(),
            items: Vec::new(),
            point: None,
            without_points: 0,
            positions: None,
        };
        card.set_points();
        Ok(card)
    }

    fn set_points(&mut self) {
        let (instrument, outcome) = (&self.instrument, self.outcome);
        let items = instrument.codebook().items();
        let codes = |item: usize| {
            let answers = u8::try_from(items[item].answers.len()).unwrap_or(u8::MAX);
            (0..=answers).map(move |code| instrument.weight_at(outcome, item, code))
        };
        let weights = || (0..items.len()).flat_map(codes);
        let whole = weights().all(|weight| weight.steps() % STEPS_PER_UNIT == 0);
        let is_points = whole && matches!(instrument.outcomes()[outcome].link, Link::Table(_));
        let heaviest = weights().map(|weight| weight.steps().unsigned_abs()).max().unwrap_or(0);
        let point = match is_points {
            true => f64::from(STEPS_PER_UNIT),
            false => f64::from(heaviest.max(1)) / f64::from(MOST_POINTS),
        };
        let points = |weight: Fixed| (f64::from(weight.steps()) / point).round() as i32;
        for (position, item) in items.iter().enumerate() {
            let by_code: Vec<i32> = codes(position).map(points).collect();
            let weighs = codes(position).filter(|weight| *weight != Fixed::ZERO).count();
            let answers = item.answers.iter().zip(&by_code[1..]);
            let answers: Vec<(String, i32)> = answers
                .filter(|(_, points)| **points != 0)
                .map(|(answer, &points)| (answer.label.clone(), points))
                .collect();
            self.without_points += weighs - answers.len();
            if !answers.is_empty() {
                let question = item.question.clone();
                self.items.push(CardItem { item_position: position, question, answers, by_code });
            }
        }
        self.point = (!is_points).then_some(point / f64::from(STEPS_PER_UNIT));
    }

    /// With the table from points to positions among complaints drawn from the population that the instrument declares.
    ///
    /// # Errors
    /// [`ReferenceError::Missing`] where it declares none.
    pub fn in_declared_population(mut self) -> Result<Self, ReferenceError> {
        let draws = draws(&self.instrument, SEED)?;
        let rows = draws.len();
        let mut drawn = Vec::with_capacity(rows);
        for channel in 0..draws.channels() {
            let of = draws.rows_of(channel);
            let weight = draws.shares[channel] / of.len().max(1) as f64;
            for row in of {
                drawn.push((self.codes_drawn(&draws, channel, row), weight));
            }
        }
        self.positions = self.count(
            drawn.into_iter(),
            format!("{rows} complaints drawn from the population that the model declares: assumed, not counted"),
        );
        Ok(self)
    }

    fn codes_drawn(&self, draws: &Draws, channel: usize, row: usize) -> Vec<u8> {
        let mut codes = draws.row(row).to_vec();
        codes[draws.channel_item] = draws.channel_codes[channel];
        codes
    }

    /// With the table from points to positions among complaints of one's own.
    ///
    /// # Errors
    /// [`ReferenceError::Codebook`] for a backlog of another codebook.
    pub fn among(mut self, backlog: &Backlog) -> Result<Self, ReferenceError> {
        let codebook = self.instrument.codebook();
        codebook.require_of_backlog(backlog.codebook())?;
        let width = codebook.items().len();
        let rows = (0..backlog.len()).map(|row| {
            let mut codes = vec![0; width];
            backlog.codes_of(row, &mut codes);
            (codes, 1.0)
        });
        let made_up = if backlog.origin() == Origin::Synthetic { "made-up " } else { "" };
        let among = format!("{} {made_up}complaints at hand", backlog.len());
        self.positions = self.count(rows, among);
        Ok(self)
    }

    /// Counts points and exact scores over complaints with weights, of those that the outcome applies to.
    fn count(
        &self,
        complaints: impl Iterator<Item = (Vec<u8>, f64)>,
        among: String,
    ) -> Option<Positions> {
        let (not_when, established_by) =
            (self.instrument.not_when(self.outcome), self.instrument.established_by(self.outcome));
        let mut counted: Vec<(i32, i64, f64)> = Vec::new();
        for (codes, weight) in complaints {
            let any = |named: &[crate::instrument::Answers]| {
                named.iter().any(|answers| answers.codes.contains(&codes[answers.item]))
            };
            if any(not_when) && !any(established_by) {
                continue;
            }
            let points = self
                .items
                .iter()
                .map(|item| item.by_code[usize::from(codes[item.item_position])])
                .sum();
            let exact = codes.iter().enumerate().map(|(item, &code)| {
                i64::from(self.instrument.weight_at(self.outcome, item, code).steps())
            });
            counted.push((points, exact.sum(), weight));
        }
        let total: f64 = counted.iter().map(|(_, _, weight)| weight).sum();
        if counted.is_empty() || total <= 0.0 {
            return None;
        }
        let mut by_points: BTreeMap<i32, f64> = BTreeMap::new();
        for (points, _, weight) in &counted {
            *by_points.entry(*points).or_default() += weight / total;
        }
        let mut rows = Vec::new();
        let mut reached = 0.0;
        for (&points, share) in by_points.iter().rev() {
            reached += share;
            rows.push((points, reached * 1_000.0));
        }
        // The most points that a tenth or more reach, and who of the first tenth by exact score is among them.
        let tenth = rows.iter().find(|(_, of_thousand)| *of_thousand >= 100.0).copied();
        counted.sort_by_key(|(_, exact, _)| std::cmp::Reverse(*exact));
        let tenth = tenth.map(|(cut, of_thousand)| {
            let (mut seen, mut kept) = (0.0, 0.0);
            for (points, _, weight) in &counted {
                if seen >= total / 10.0 {
                    break;
                }
                seen += weight;
                if *points >= cut {
                    kept += weight;
                }
            }
            (cut, of_thousand / 10.0, 100.0 * kept / seen)
        });
        Some(Positions { among, rows: thinned(rows), tenth })
    }

    /// The page.
    #[must_use]
    pub fn to_html(&self) -> String {
        let part = &self.instrument.outcomes()[self.outcome];
        let title = format!("{}: {}", self.title, part.outcome);
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{0}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{0}</h1>\n<p>{1}",
            for_xml(&title),
            for_xml(&part.definition)
        );
        if let Some(denominator) = &part.denominator {
            let _ = write!(page, " Asked of {}.", for_xml(&denominator.text));
        }
        page.push_str("</p>\n");
        if self.instrument.outcomes()[self.outcome].calibration.is_none() {
            page.push_str("<p class=\"stamp\">Points order work. They are no probability, no evidence, and were not held against known outcomes.</p>\n");
        }
        page.push_str("<div class=\"fields\"><span>Complaint</span><span>Received</span><span>Filled in by</span><span>On</span></div>\n");
        self.write_rules(&mut page);
        page.push_str("<h2>Points: mark what is known; what is not known has none</h2>\n<div class=\"items\">\n");
        for item in &self.items {
            let _ = write!(
                page,
                "<div class=\"item\">{}<div class=\"answers\">",
                for_xml(&item.question)
            );
            for (label, points) in &item.answers {
                let _ = write!(page, "<span>{} <b>{points:+}</b></span>", for_xml(label));
            }
            page.push_str("</div></div>\n");
        }
        page.push_str("</div>\n<p class=\"sum\">Sum of points: ________</p>\n");
        self.write_positions(&mut page);
        page.push_str("</body>\n</html>\n");
        page
    }

    fn write_rules(&self, page: &mut String) {
        if !self.must.is_empty() {
            page.push_str("<h2>Before any points: must be looked at first, whatever the sum</h2>\n<ul class=\"must\">\n");
            for title in &self.must {
                let _ = writeln!(page, "<li>{}</li>", for_xml(title));
            }
            page.push_str("</ul>\n");
        }
        if !self.floors.is_empty() {
            page.push_str("<h2>Not lower than this band, whatever the sum</h2>\n");
        }
        for (band, titles) in &self.floors {
            let titles: Vec<String> = titles.iter().map(|title| for_xml(title)).collect();
            let band = band.to_string().replace('_', " ");
            let _ = writeln!(page, "<p><strong>{band}:</strong> {}.</p>", titles.join("; "));
        }
    }

    fn write_positions(&self, page: &mut String) {
        page.push_str("<h2>From points to position</h2>\n");
        if let Some(positions) = &self.positions {
            page.push_str("<table><tr><th>points, or more</th>");
            for (points, _) in &positions.rows {
                let _ = write!(page, "<td><b>{points}</b></td>");
            }
            page.push_str("</tr>\n<tr><th>complaints of 1,000</th>");
            for (_, of_thousand) in &positions.rows {
                // Never 0 of 1,000 where somebody stands there.
                let _ = match of_thousand.round() {
                    0.0 => write!(page, "<td>&lt;1</td>"),
                    whole => write!(page, "<td>{whole}</td>"),
                };
            }
            page.push_str("</tr>");
            page.push_str("</table>\n");
        }
        page.push_str("<div class=\"note\">\n");
        match &self.positions {
            Some(positions) => {
                let _ = writeln!(page, "<p>Among {}, of those that the outcome is asked of: how many of 1,000 have so many points or more.</p>", for_xml(&positions.among));
                if let Some((cut, all, kept)) = positions.tenth {
                    let _ = writeln!(page, "<p>{cut} points or more: {all:.0} of 100 complaints, and {kept:.0} of 100 of those that the exact weights put into the first tenth.</p>");
                }
            }
            None => page.push_str("<p>No population was given: where a sum stands among complaints is not known.</p>\n"),
        }
        if let Some(point) = self.point {
            let _ = writeln!(
                page,
                "<p>One point stands for {point:.3} log-odds, rounded. {} answers that weigh less than half a point are left out.</p>",
                self.without_points
            );
        }
        page.push_str("<p>Rules that lower a complaint are left out. Copy the sum and every marked rule into the system as soon as it can be reached: there every answer counts exactly.</p>\n");
        let fingerprint = self.instrument.identity();
        let _ = writeln!(
            page,
            "<p>Instrument {fingerprint}; codebook {}.</p>",
            self.instrument.codebook().identity()
        );
        page.push_str("</div>\n");
    }
}

/// At most [`MOST_ROWS`] rows: the first and last, and of the others those whose shares lie furthest apart.
fn thinned(mut rows: Vec<(i32, f64)>) -> Vec<(i32, f64)> {
    while rows.len() > MOST_ROWS {
        let gap = |row: usize| {
            let between: f64 = rows[row + 1].1.max(0.5) / rows[row - 1].1.max(0.5);
            between
        };
        let narrowest =
            (1..rows.len() - 1).min_by(|&first, &second| gap(first).total_cmp(&gap(second)));
        match narrowest {
            Some(row) => drop(rows.remove(row)),
            None => break,
        }
    }
    rows
}
