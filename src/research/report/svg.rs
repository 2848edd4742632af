//! Charts as SVG: no script, no outside font, readable in grey and in print.
//!
//! Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; every
//! series also has a dash and a mark of its own, so that nothing rests on colour alone.

use std::fmt::Write as _;

mod forest;
mod plot;

use super::chart::{Axis, Body, Chart};
use super::safe::wrapped;
use crate::base::text::for_xml;

/// Colours, dashes and marks: a series takes the next of each, so that the first 42 differ in at least one.
const COLOURS: [&str; 7] =
    ["#0072B2", "#D55E00", "#007A5A", "#9B4F86", "#333333", "#8A6A00", "#3B8FC2"];
const DASHES: [&str; 6] = ["", "7 4", "2 3", "9 3 2 3", "12 4", "4 2 1 2 1 2"];
const MARKS: [Mark; 6] =
    [Mark::Disc, Mark::Square, Mark::Triangle, Mark::Diamond, Mark::Cross, Mark::Down];
/// The most series that one plane can hold and still be read.
const MOST_SERIES: usize = 12;

fn style(number: usize) -> (&'static str, &'static str, Mark) {
    let round = number / COLOURS.len();
    (COLOURS[number % COLOURS.len()], DASHES[(number + round) % 6], MARKS[(number + 2 * round) % 6])
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
}
