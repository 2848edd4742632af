//! Lines and points in a plane.

use std::fmt::Write as _;

use super::{Canvas, GREY, INK, MOST_SERIES, Mark, Place, RULE, WIDTH, dashes, fitting, style};
use crate::base::text::for_xml;
use crate::research::report::chart::{Chart, Point, Series};
use crate::research::report::safe::shortened;

impl Chart {
    pub(super) fn draw_plot(
        &self,
        canvas: &mut Canvas,
        guide: Option<&Series>,
        series: &[Series],
    ) -> f64 {
        let (left, right) = (64.0, WIDTH - 16.0);
        let drawn = &series[..series.len().min(MOST_SERIES)];
        let mut top = 10.0;
        for (number, series) in
            drawn.iter().enumerate().filter(|(_, series)| !series.name.is_empty())
        {
            self.draw_key(canvas, number, series, top + 8.0);
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
        let no_number = |point: &&Point| point.x.is_nan() || point.y.is_nan();
        let unplaced = drawn.iter().flat_map(|series| &series.points).filter(no_number).count();
        if unplaced > 0 {
            let (points, are) = if unplaced == 1 { ("point", "is") } else { ("points", "are") };
            let text = format!("{unplaced} {points} {are} no number and not drawn");
            canvas.text(left, top + 12.5, 13, "start", GREY, &text);
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
        for (number, (tick, text)) in ticks.iter().enumerate() {
            let Some(at) = x(*tick) else { continue };
            canvas.line((at, bottom), (at, bottom + 4.0), GREY, 1.0, "");
            // Long ones would touch: every other one is enough.
            if !long || number % 2 == 0 {
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
        for (number, series) in drawn.iter().enumerate() {
            let (colour, dash, mark) = style(number);
            if series.joined {
                self.polyline(canvas, &series.points, (&x, &y), (colour, 2.2, dash));
            }
            for point in &series.points {
                self.draw_point(canvas, series, point, (&x, &y), (colour, mark, right));
            }
        }
        bottom + 46.0
    }

    /// A point with its interval and words; an arrow at the edge where it lies beyond.
    fn draw_point(
        &self,
        canvas: &mut Canvas,
        series: &Series,
        point: &Point,
        (x, y): (Place<'_>, Place<'_>),
        (colour, mark, right): (&str, Mark, f64),
    ) {
        let shown = !series.joined || point.interval.is_some();
        let Some(across) = x(point.x) else { return };
        if !self.x.holds(point.x) {
            if let Some(up) = y(point.y).filter(|_| shown) {
                let inwards = if point.x > self.x.to() { -9.0 } else { 9.0 };
                canvas.arrow((across, up), (across + inwards, up), colour);
            }
            return;
        }
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
        let Some(up) = y(point.y) else { return };
        if shown && self.y.holds(point.y) {
            canvas.mark(mark, across, up, 4.4, colour, "#ffffff");
        } else if shown {
            let inwards = if point.y > self.y.to() { 9.0 } else { -9.0 };
            canvas.arrow((across, up), (across, up + inwards), colour);
        }
        if !point.label.is_empty() {
            let label = shortened(&point.label, 24);
            let near_right = across + 8.0 + 6.8 * label.chars().count() as f64 > right;
            let (at, anchor) =
                if near_right { (across - 8.0, "end") } else { (across + 8.0, "start") };
            canvas.text(at, up - 7.0, 12, anchor, INK, &label);
        }
    }

    fn draw_key(&self, canvas: &mut Canvas, number: usize, series: &Series, y: f64) {
        let (colour, dash, mark) = style(number);
        let left = 64.0;
        if series.joined {
            canvas.line((left, y), (left + 34.0, y), colour, 2.2, dash);
        }
        if !series.joined || series.points.iter().any(|point| point.interval.is_some()) {
            canvas.mark(mark, left + 17.0, y, 4.4, colour, "#ffffff");
        }
        let name = shortened(&series.name, fitting(WIDTH - 16.0 - left - 42.0, 13));
        canvas.text(left + 42.0, y + 4.5, 13, "start", INK, &name);
    }

    /// A line through the points, cut where it leaves the plane and broken at what is no number; a point without a
    /// neighbour is a dot.
    fn polyline(
        &self,
        canvas: &mut Canvas,
        points: &[Point],
        (x, y): (Place<'_>, Place<'_>),
        (colour, width, dash): (&str, f64, &str),
    ) {
        let dash = dashes(dash);
        for run in points.split(|point| !(point.x.is_finite() && point.y.is_finite())) {
            if let [alone] = run
                && self.x.holds(alone.x)
                && self.y.holds(alone.y)
                && let (Some(x), Some(y)) = (x(alone.x), y(alone.y))
            {
                canvas.add(format_args!(
                    r#"<circle cx="{x:.1}" cy="{y:.1}" r="{:.1}" fill="{colour}"/>"#,
                    1.5 * width
                ));
            }
            let pieces = run.windows(2).filter_map(|pair| self.inside(&pair[0], &pair[1]));
            let mut path = String::new();
            let mut last = None;
            for (from, to) in pieces {
                if last != Some(from) {
                    draw_path(canvas, &mut path, colour, width, &dash);
                    add_to_path(&mut path, from, (x, y));
                }
                add_to_path(&mut path, to, (x, y));
                last = Some(to);
            }
            draw_path(canvas, &mut path, colour, width, &dash);
        }
    }

    /// The part of a stretch that lies in the plane (Liang and Barsky 1984).
    fn inside(&self, from: &Point, to: &Point) -> Option<((f64, f64), (f64, f64))> {
        let (mut first, mut last) = (0.0_f64, 1.0_f64);
        for (axis, start, end) in [(&self.x, from.x, to.x), (&self.y, from.y, to.y)] {
            if axis.holds(start) && axis.holds(end) {
                continue;
            }
            // Halves, so that the way between the largest numbers is one.
            let way = 0.5 * end - 0.5 * start;
            if way == 0.0 {
                return None;
            }
            let at = |edge: f64| (0.5 * edge - 0.5 * start) / way;
            let (a, b) = (at(axis.from()), at(axis.to()));
            (first, last) = (first.max(a.min(b)), last.min(a.max(b)));
        }
        let between = |start: f64, end: f64, share: f64| start * (1.0 - share) + end * share;
        let point = |share: f64| match share {
            0.0 => (from.x, from.y),
            1.0 => (to.x, to.y),
            _ => (between(from.x, to.x, share), between(from.y, to.y, share)),
        };
        (first <= last).then(|| (point(first), point(last)))
    }
}

fn add_to_path(path: &mut String, (across, up): (f64, f64), (x, y): (Place<'_>, Place<'_>)) {
    if let (Some(x), Some(y)) = (x(across), y(up)) {
        let _ = write!(path, "{x:.1},{y:.1} ");
    }
}

/// Draws the line so far, and begins another.
fn draw_path(canvas: &mut Canvas, path: &mut String, colour: &str, width: f64, dash: &str) {
    let points = path.trim_end();
    if !points.is_empty() {
        canvas.add(format_args!(
            r#"<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"{dash}/>"#
        ));
    }
    path.clear();
}
