//! Charts as SVG: no script, no outside font, readable in grey and in print.
//!
//! Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; every
//! series also has a dash and a mark of its own, so that nothing rests on colour alone.

use std::fmt::Write as _;

use crate::base::text::for_xml;

use super::chart::{Axis, Body, Chart, Point, Row, Series};

/// Colour, dash and mark of each series in turn.
const STYLES: [(&str, &str, Mark); 5] = [
    ("#0072B2", "", Mark::Disc),
    ("#D55E00", "7 4", Mark::Square),
    ("#007A5A", "2 3", Mark::Triangle),
    ("#9B4F86", "9 3 2 3", Mark::Diamond),
    ("#333333", "4 2", Mark::Disc),
];
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
}

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
    fn place(&self, value: f64, first: f64, last: f64) -> f64 {
        let value = if value.is_finite() { value.clamp(self.from, self.to) } else { self.from };
        first + (value - self.from) / (self.to - self.from) * (last - first)
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
        let total = if stamp.is_some() { height + 20.0 } else { height };
        if let Some(stamp) = stamp {
            canvas.text(WIDTH / 2.0, height + 12.0, 12, "middle", "#A03000", stamp);
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
        let named: Vec<(usize, &Series)> =
            series.iter().enumerate().filter(|(_, own)| !own.name.is_empty()).collect();
        let (left, right) = (58.0, WIDTH - 16.0);
        let mut top = 10.0;
        for (place, own) in &named {
            self.draw_key(canvas, *place, own, top + 8.0);
            top += 19.0;
        }
        if let Some(guide) = guide {
            canvas.line((left, top + 8.0), (left + 34.0, top + 8.0), GREY, 1.2, "3 3");
            canvas.text(left + 42.0, top + 12.5, 13, "start", GREY, &guide.name);
            top += 19.0;
        }
        top += 6.0;
        let bottom = top + 270.0;
        let x = |value| self.x.place(value, left, right);
        let y = |value| self.y.place(value, bottom, top);
        for tick in self.y.ticks(5) {
            canvas.line((left, y(tick)), (right, y(tick)), RULE, 1.0, "");
            canvas.text(left - 6.0, y(tick) + 4.5, 13, "end", INK, &self.y.text(tick));
        }
        for tick in self.x.ticks(6) {
            canvas.line((x(tick), bottom), (x(tick), bottom + 4.0), GREY, 1.0, "");
            canvas.text(x(tick), bottom + 18.0, 13, "middle", INK, &self.x.text(tick));
        }
        canvas.line((left, bottom), (right, bottom), GREY, 1.0, "");
        canvas.text((left + right) / 2.0, bottom + 37.0, 14, "middle", INK, &self.x.label);
        let (label, middle) = (for_xml(&self.y.label), (top + bottom) / 2.0);
        canvas.add(format_args!(
            r#"<text transform="translate(14 {middle:.1}) rotate(-90)" font-size="14" text-anchor="middle" fill="{INK}">{label}</text>"#
        ));
        if let Some(guide) = guide {
            self.polyline(canvas, &guide.points, &x, &y, GREY, 1.2, "3 3");
        }
        for (place, own) in series.iter().enumerate() {
            let (colour, dash, mark) = STYLES[place % STYLES.len()];
            if own.joined {
                self.polyline(canvas, &own.points, &x, &y, colour, 2.2, dash);
            }
            for point in &own.points {
                if let Some((lower, upper)) = point.interval {
                    let (low, high) = (y(lower), y(upper));
                    canvas.line((x(point.x), low), (x(point.x), high), colour, 1.6, "");
                    for end in [low, high] {
                        let from = (x(point.x) - 4.0, end);
                        canvas.line(from, (x(point.x) + 4.0, end), colour, 1.6, "");
                    }
                }
                if !own.joined || point.interval.is_some() {
                    canvas.mark(mark, x(point.x), y(point.y), 4.4, colour, "#ffffff");
                }
                if !point.label.is_empty() {
                    let near_right = x(point.x) > right - 70.0;
                    let (at, anchor) = if near_right {
                        (x(point.x) - 8.0, "end")
                    } else {
                        (x(point.x) + 8.0, "start")
                    };
                    canvas.text(at, y(point.y) - 7.0, 12, anchor, INK, &point.label);
                }
            }
        }
        bottom + 46.0
    }

    fn draw_key(&self, canvas: &mut Canvas, place: usize, own: &Series, y: f64) {
        let (colour, dash, mark) = STYLES[place % STYLES.len()];
        let left = 58.0;
        if own.joined {
            canvas.line((left, y), (left + 34.0, y), colour, 2.2, dash);
        }
        if !own.joined || own.points.iter().any(|point| point.interval.is_some()) {
            canvas.mark(mark, left + 17.0, y, 4.4, colour, "#ffffff");
        }
        canvas.text(left + 42.0, y + 4.5, 13, "start", INK, &own.name);
    }

    fn draw_rows(&self, canvas: &mut Canvas, guide: Option<f64>, rows: &[Row]) -> f64 {
        const STEP: f64 = 18.0;
        // Names are cut to a width that leaves room for the intervals; the table has them whole.
        let longest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0) as f64;
        let label = longest(&mut rows.iter().map(|row| row.label.chars().count().min(34)));
        let note = longest(&mut rows.iter().map(|row| row.note.chars().count()));
        let (left, right) = (16.0 + label * 6.3, WIDTH - 18.0 - note * 6.3);
        let top = 12.0;
        let bottom = top + rows.len() as f64 * STEP + 4.0;
        let x = |value| self.x.place(value, left, right);
        let ticks = self.x.ticks(if right - left < 220.0 { 3 } else { 5 });
        for tick in ticks {
            canvas.line((x(tick), top), (x(tick), bottom), RULE, 1.0, "");
            canvas.text(x(tick), bottom + 16.0, 12, "middle", INK, &self.x.text(tick));
        }
        if let Some(guide) = guide {
            canvas.line((x(guide), top), (x(guide), bottom), GREY, 1.2, "3 3");
        }
        let (colour, _, mark) = STYLES[0];
        for (place, row) in rows.iter().enumerate() {
            let y = top + (place as f64 + 0.5) * STEP;
            let name: String = if row.label.chars().count() > 34 {
                row.label.chars().take(33).chain(['…']).collect()
            } else {
                row.label.clone()
            };
            canvas.text(left - 8.0, y + 4.0, 12, "end", INK, &name);
            if let Some((lower, upper)) = row.interval {
                canvas.line((x(lower), y), (x(upper), y), colour, 2.0, "");
                for end in [lower, upper] {
                    canvas.line((x(end), y - 4.0), (x(end), y + 4.0), colour, 2.0, "");
                }
            }
            if let Some(second) = row.second {
                canvas.mark(Mark::Diamond, x(second), y, 4.5, "#ffffff", "#D55E00");
            }
            canvas.mark(mark, x(row.value), y, 3.6, colour, "#ffffff");
            if !row.note.is_empty() {
                canvas.text(WIDTH - 8.0, y + 4.0, 12, "end", INK, &row.note);
            }
        }
        canvas.line((left, bottom), (right, bottom), GREY, 1.0, "");
        canvas.text((left + right) / 2.0, bottom + 34.0, 13, "middle", INK, &self.x.label);
        bottom + 44.0
    }
}

impl Chart {
    /// A line through the points; where it leaves the plane it is broken, not bent along the edge.
    #[allow(clippy::too_many_arguments)]
    fn polyline(
        &self,
        canvas: &mut Canvas,
        points: &[Point],
        x: &dyn Fn(f64) -> f64,
        y: &dyn Fn(f64) -> f64,
        colour: &str,
        width: f64,
        dash: &str,
    ) {
        let slack = 1e-9 * (self.y.to - self.y.from);
        let inside = |point: &Point| {
            point.y >= self.y.from - slack && point.y <= self.y.to + slack && point.y.is_finite()
        };
        let dash = dashes(dash);
        for run in points.split(|point| !inside(point)).filter(|run| run.len() > 1) {
            let mut path = String::new();
            for point in run {
                let _ = write!(path, "{:.1},{:.1} ", x(point.x), y(point.y));
            }
            let path = path.trim_end();
            canvas.add(format_args!(
                r#"<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"{dash}/>"#
            ));
        }
    }
}
