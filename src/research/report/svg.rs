//! Charts as SVG: no script, no outside font, readable in grey and in print.
//!
//! Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; every
//! series also has a dash and a mark of its own, so that nothing rests on colour alone.

use std::fmt::Write as _;

use super::chart::{Axis, Body, Chart, Point, Row, Series};
use super::safe::{shortened, wrapped};
use crate::base::text::for_xml;

/// Colours, dashes and marks: a series takes the next of each, so that the first 42 differ in at least one.
const COLOURS: [&str; 7] =
    ["#0072B2", "#D55E00", "#007A5A", "#9B4F86", "#333333", "#8A6A00", "#3B8FC2"];
const DASHES: [&str; 6] = ["", "7 4", "2 3", "9 3 2 3", "12 4", "4 2 1 2 1 2"];
const MARKS: [Mark; 6] =
    [Mark::Disc, Mark::Square, Mark::Triangle, Mark::Diamond, Mark::Cross, Mark::Down];
/// The most series that one plane can hold and still be read.
const MOST_SERIES: usize = 12;

fn style(place: usize) -> (&'static str, &'static str, Mark) {
    let round = place / COLOURS.len();
    (COLOURS[place % COLOURS.len()], DASHES[(place + round) % 6], MARKS[(place + 2 * round) % 6])
}

/// Letters of this size that fit into a width, on the wide side of usual.
fn fitting(width: f64, size: u32) -> usize {
    (width / (0.56 * f64::from(size))).max(4.0) as usize
}

const WIDTH: f64 = 480.0;
const INK: &str = "#222222";
const GREY: &str = "#6B6B6B";
const RULE: &str = "#DDDDDD";

#[derive(Debug, Clone, Copy)]
enum Mark {
    Disc,
    Square,
    Triangle,
    Diamond,
    Cross,
    Down,
}

/// Where a value stands along an axis; nowhere for what is no number.
type Place<'a> = &'a dyn Fn(f64) -> Option<f64>;

/// A drawing as it grows.
struct Canvas {
    body: String,
}

impl Canvas {
    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(element);
        self.body.push('\n');
    }

    fn text(&mut self, x: f64, y: f64, size: u32, anchor: &str, fill: &str, text: &str) {
        let text = for_xml(text);
        self.add(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{text}</text>"#
        ));
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64, dash: &str) {
        let dash = dashes(dash);
        let ((a, b), (c, d)) = (from, to);
        self.add(format_args!(
            r#"<line x1="{a:.1}" y1="{b:.1}" x2="{c:.1}" y2="{d:.1}" stroke="{stroke}" stroke-width="{width}"{dash}/>"#
        ));
    }

    /// A head at the edge, where what is drawn goes on beyond it.
    fn arrow(&mut self, tip: (f64, f64), back: (f64, f64), colour: &str) {
        let (dx, dy) = (tip.0 - back.0, tip.1 - back.1);
        let (nx, ny) = (-dy * 0.6, dx * 0.6);
        self.add(format_args!(
            r#"<polygon class="beyond" points="{:.1},{:.1} {:.1},{:.1} {:.1},{:.1}" fill="{colour}"/>"#,
            tip.0, tip.1, back.0 + nx, back.1 + ny, back.0 - nx, back.1 - ny
        ));
    }

    fn mark(&mut self, mark: Mark, x: f64, y: f64, size: f64, fill: &str, stroke: &str) {
        // Pointed marks look smaller than round ones of the same width.
        let reach = size * 1.3;
        let (l, r, t, b) = (x - reach, x + reach, y - reach, y + reach);
        let shape = match mark {
            Mark::Disc => format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="{size}""#),
            Mark::Square => {
                let side = size * 1.8;
                let (x, y) = (x - side / 2.0, y - side / 2.0);
                format!(r#"<rect x="{x:.1}" y="{y:.1}" width="{side}" height="{side}""#)
            }
            Mark::Triangle => {
                format!(r#"<polygon points="{x:.1},{t:.1} {r:.1},{b:.1} {l:.1},{b:.1}""#)
            }
            Mark::Down => {
                format!(r#"<polygon points="{x:.1},{b:.1} {r:.1},{t:.1} {l:.1},{t:.1}""#)
            }
            Mark::Cross => {
                let (near, far) = (size * 0.45, size * 1.2);
                let corners = [
                    (-near, -far),
                    (near, -far),
                    (near, -near),
                    (far, -near),
                    (far, near),
                    (near, near),
                    (near, far),
                    (-near, far),
                    (-near, near),
                    (-far, near),
                    (-far, -near),
                    (-near, -near),
                ];
                let points = corners.map(|(dx, dy)| format!("{:.1},{:.1}", x + dx, y + dy));
                format!(r#"<polygon points="{}""#, points.join(" "))
            }
            Mark::Diamond => {
                format!(
                    r#"<polygon points="{x:.1},{t:.1} {r:.1},{y:.1} {x:.1},{b:.1} {l:.1},{y:.1}""#
                )
            }
        };
        self.add(format_args!(r#"{shape} fill="{fill}" stroke="{stroke}" stroke-width="1"/>"#));
    }
}

fn dashes(dash: &str) -> String {
    if dash.is_empty() { String::new() } else { format!(r#" stroke-dasharray="{dash}""#) }
}

impl Axis {
    /// Where a value stands; what lies beyond an end stands at it. `None` for what is no number.
    fn place(&self, value: f64, first: f64, last: f64) -> Option<f64> {
        if value.is_nan() {
            return None;
        }
        let (from, to) = (self.from(), self.to());
        Some(first + (value.clamp(from, to) - from) / (to - from) * (last - first))
    }
}

impl Chart {
    /// The chart as an SVG document, with the stamp in it where there is one.
    #[must_use]
    pub fn to_svg(&self, stamp: Option<&str>) -> String {
        self.drawn(&self.id, stamp)
    }

    /// The same; `id` begins the ids inside, which must differ between the charts of one page.
    pub(super) fn drawn(&self, id: &str, stamp: Option<&str>) -> String {
        let mut canvas = Canvas { body: String::new() };
        let height = match &self.body {
            Body::Plot { guide, series } => self.draw_plot(&mut canvas, guide.as_ref(), series),
            Body::Rows { guide, rows } => self.draw_rows(&mut canvas, *guide, rows),
        };
        let mut total = height;
        for line in stamp.map(|stamp| wrapped(stamp, fitting(WIDTH, 12))).unwrap_or_default() {
            canvas.text(WIDTH / 2.0, total + 12.0, 12, "middle", "#A03000", &line);
            total += 16.0;
        }
        let (title, id) = (for_xml(&self.title), for_xml(id));
        let description = for_xml(&self.description);
        let body = canvas.body;
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {total:.0}" role="img" aria-labelledby="{id}-title {id}-text" font-family="'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif">
<title id="{id}-title">{title}</title>
<desc id="{id}-text">{description}</desc>
<rect width="{WIDTH}" height="{total:.0}" fill="#ffffff"/>
{body}</svg>
"##
        )
    }

    fn draw_plot(&self, canvas: &mut Canvas, guide: Option<&Series>, series: &[Series]) -> f64 {
        let (left, right) = (64.0, WIDTH - 16.0);
        let drawn = &series[..series.len().min(MOST_SERIES)];
        let mut top = 10.0;
        for (place, own) in drawn.iter().enumerate().filter(|(_, own)| !own.name.is_empty()) {
            self.draw_key(canvas, place, own, top + 8.0);
            top += 19.0;
        }
        if let Some(guide) = guide {
            canvas.line((left, top + 8.0), (left + 34.0, top + 8.0), GREY, 1.2, "3 3");
            let name = shortened(&guide.name, fitting(right - left - 42.0, 13));
            canvas.text(left + 42.0, top + 12.5, 13, "start", GREY, &name);
            top += 19.0;
        }
        if series.len() > drawn.len() {
            let text =
                format!("{} more are not drawn: see the numbers", series.len() - drawn.len());
            canvas.text(left, top + 12.5, 13, "start", INK, &text);
            top += 19.0;
        }
        top += 6.0;
        let bottom = top + 270.0;
        let x = |value| self.x.place(value, left, right);
        let y = |value| self.y.place(value, bottom, top);
        for (tick, text) in self.y.ticks(5) {
            let Some(at) = y(tick) else { continue };
            canvas.line((left, at), (right, at), RULE, 1.0, "");
            canvas.text(
                left - 6.0,
                at + 4.5,
                if text.len() > 6 { 10 } else { 13 },
                "end",
                INK,
                &text,
            );
        }
        let ticks = self.x.ticks(6);
        let long = ticks.iter().any(|(_, text)| text.len() > 7);
        for (place, (tick, text)) in ticks.iter().enumerate() {
            let Some(at) = x(*tick) else { continue };
            canvas.line((at, bottom), (at, bottom + 4.0), GREY, 1.0, "");
            // Long ones would touch: every other one is enough.
            if !long || place % 2 == 0 {
                canvas.text(at, bottom + 18.0, if long { 11 } else { 13 }, "middle", INK, text);
            }
        }
        canvas.line((left, bottom), (right, bottom), GREY, 1.0, "");
        let label = shortened(self.x.label(), fitting(right - left, 14));
        canvas.text((left + right) / 2.0, bottom + 37.0, 14, "middle", INK, &label);
        let label = for_xml(&shortened(self.y.label(), fitting(bottom - top, 14)));
        let middle = (top + bottom) / 2.0;
        canvas.add(format_args!(
            r#"<text transform="translate(14 {middle:.1}) rotate(-90)" font-size="14" text-anchor="middle" fill="{INK}">{label}</text>"#
        ));
        if let Some(guide) = guide {
            self.polyline(canvas, &guide.points, (&x, &y), (GREY, 1.2, "3 3"));
        }
        for (place, own) in drawn.iter().enumerate() {
            let (colour, dash, mark) = style(place);
            if own.joined {
                self.polyline(canvas, &own.points, (&x, &y), (colour, 2.2, dash));
            }
            for point in &own.points {
                let Some(across) = x(point.x).filter(|_| self.x.holds(point.x)) else { continue };
                if let Some((lower, upper)) = point.interval
                    && let (Some(low), Some(high)) = (y(lower), y(upper))
                {
                    canvas.line((across, low), (across, high), colour, 1.6, "");
                    for (end, at, inwards) in [(lower, low, -7.0), (upper, high, 7.0)] {
                        if self.y.holds(end) {
                            canvas.line((across - 4.0, at), (across + 4.0, at), colour, 1.6, "");
                        } else {
                            canvas.arrow((across, at), (across, at + inwards), colour);
                        }
                    }
                }
                let Some(up) = y(point.y) else { continue };
                if !own.joined || point.interval.is_some() {
                    if self.y.holds(point.y) {
                        canvas.mark(mark, across, up, 4.4, colour, "#ffffff");
                    } else {
                        let inwards = if point.y > self.y.to() { 9.0 } else { -9.0 };
                        canvas.arrow((across, up), (across, up + inwards), colour);
                    }
                }
                if !point.label.is_empty() {
                    let label = shortened(&point.label, 24);
                    let near_right = across + 8.0 + 6.8 * label.chars().count() as f64 > right;
                    let (at, anchor) =
                        if near_right { (across - 8.0, "end") } else { (across + 8.0, "start") };
                    canvas.text(at, up - 7.0, 12, anchor, INK, &label);
                }
            }
        }
        bottom + 46.0
    }

    fn draw_key(&self, canvas: &mut Canvas, place: usize, own: &Series, y: f64) {
        let (colour, dash, mark) = style(place);
        let left = 64.0;
        if own.joined {
            canvas.line((left, y), (left + 34.0, y), colour, 2.2, dash);
        }
        if !own.joined || own.points.iter().any(|point| point.interval.is_some()) {
            canvas.mark(mark, left + 17.0, y, 4.4, colour, "#ffffff");
        }
        let name = shortened(&own.name, fitting(WIDTH - 16.0 - left - 42.0, 13));
        canvas.text(left + 42.0, y + 4.5, 13, "start", INK, &name);
    }

    fn draw_rows(&self, canvas: &mut Canvas, guide: Option<f64>, rows: &[Row]) -> f64 {
        const STEP: f64 = 18.0;
        const LETTER: f64 = 6.3;
        // Names and notes are cut to widths that leave room for the intervals; the table has them whole.
        let longest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
        let label = longest(&mut rows.iter().map(|row| row.label.chars().count())).min(34);
        let room = ((WIDTH - 34.0 - 200.0) / LETTER) as usize - label;
        let note = longest(&mut rows.iter().map(|row| row.note.chars().count())).min(room);
        let (left, right) = (16.0 + label as f64 * LETTER, WIDTH - 18.0 - note as f64 * LETTER);
        let top = 12.0;
        let bottom = top + rows.len() as f64 * STEP + 4.0;
        let x = |value| self.x.place(value, left, right);
        for (tick, text) in self.x.ticks(if right - left < 240.0 { 3 } else { 5 }) {
            let Some(at) = x(tick) else { continue };
            canvas.line((at, top), (at, bottom), RULE, 1.0, "");
            canvas.text(
                at,
                bottom + 16.0,
                if text.len() > 7 { 10 } else { 12 },
                "middle",
                INK,
                &text,
            );
        }
        if let Some(at) = guide.filter(|guide| self.x.holds(*guide)).and_then(x) {
            canvas.line((at, top), (at, bottom), GREY, 1.2, "3 3");
        }
        let (colour, _, mark) = style(0);
        for (place, row) in rows.iter().enumerate() {
            let y = top + (place as f64 + 0.5) * STEP;
            canvas.text(left - 8.0, y + 4.0, 12, "end", INK, &shortened(&row.label, label.max(4)));
            if let Some((lower, upper)) = row.interval
                && let (Some(low), Some(high)) = (x(lower), x(upper))
            {
                canvas.line((low, y), (high, y), colour, 2.0, "");
                for (end, at, inwards) in [(lower, low, 7.0), (upper, high, -7.0)] {
                    if self.x.holds(end) {
                        canvas.line((at, y - 4.0), (at, y + 4.0), colour, 2.0, "");
                    } else {
                        canvas.arrow((at, y), (at + inwards, y), colour);
                    }
                }
            }
            if let Some(at) = row.second.filter(|second| self.x.holds(*second)).and_then(x) {
                canvas.mark(Mark::Diamond, at, y, 4.5, "#ffffff", "#D55E00");
            }
            match x(row.value) {
                Some(at) if self.x.holds(row.value) => {
                    canvas.mark(mark, at, y, 3.6, colour, "#ffffff");
                }
                Some(at) => {
                    let inwards = if row.value > self.x.to() { -9.0 } else { 9.0 };
                    canvas.arrow((at, y), (at + inwards, y), colour);
                }
                None => canvas.text((left + right) / 2.0, y + 4.0, 11, "middle", GREY, "no number"),
            }
            if !row.note.is_empty() {
                canvas.text(
                    WIDTH - 8.0,
                    y + 4.0,
                    12,
                    "end",
                    INK,
                    &shortened(&row.note, note.max(4)),
                );
            }
        }
        canvas.line((left, bottom), (right, bottom), GREY, 1.0, "");
        // Beneath the whole chart, where a long label has room.
        let text = shortened(self.x.label(), fitting(WIDTH - 20.0, 13));
        let half = 0.28 * 13.0 * text.chars().count() as f64;
        let middle =
            ((left + right) / 2.0).clamp(half.min(WIDTH / 2.0), (WIDTH - half).max(WIDTH / 2.0));
        canvas.text(middle, bottom + 34.0, 13, "middle", INK, &text);
        bottom + 44.0
    }

    /// A line through the points; where it leaves the plane it is broken, not bent along the edge.
    fn polyline(
        &self,
        canvas: &mut Canvas,
        points: &[Point],
        (x, y): (Place<'_>, Place<'_>),
        (colour, width, dash): (&str, f64, &str),
    ) {
        let inside = |point: &Point| self.x.holds(point.x) && self.y.holds(point.y);
        let dash = dashes(dash);
        for run in points.split(|point| !inside(point)).filter(|run| run.len() > 1) {
            let mut path = String::new();
            for point in run {
                if let (Some(x), Some(y)) = (x(point.x), y(point.y)) {
                    let _ = write!(path, "{x:.1},{y:.1} ");
                }
            }
            let path = path.trim_end();
            canvas.add(format_args!(
                r#"<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"{dash}/>"#
            ));
        }
    }
}
