//! Charts as data: what is drawn, before anything is drawn.

use serde::Serialize;

use super::document::Table;

/// A chart with its words.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Chart {
    /// Short name, part of file names.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same in a sentence, for readers who cannot see it.
    pub description: String,
    /// The axis along the bottom.
    pub x: Axis,
    /// The axis on the left; not used by rows.
    pub y: Axis,
    /// What is drawn.
    pub body: Body,
}

/// An axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Axis {
    /// Its label.
    pub label: String,
    /// First value shown.
    pub from: f64,
    /// Last value shown.
    pub to: f64,
    /// Whether values are shown as percentages.
    pub percent: bool,
}

/// What a chart draws.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Body {
    /// Lines and points in a plane.
    Plot {
        /// What to compare with, drawn thin and grey: chance, perfect calibration.
        guide: Option<Series>,
        /// The series, each with its own colour, dash and mark.
        series: Vec<Series>,
    },
    /// One row for each thing, an interval in each.
    Rows {
        /// A line that means *no effect*, if there is one.
        guide: Option<f64>,
        /// The rows, from the top.
        rows: Vec<Row>,
    },
}

/// A line or a set of points.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Whether points are joined.
    pub joined: bool,
    /// Its points.
    pub points: Vec<Point>,
}

/// A point with its vertical interval and what is written beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Point {
    /// Along the bottom.
    pub x: f64,
    /// Upwards.
    pub y: f64,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// What is written beside it.
    pub label: String,
}

/// An interval with a point in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// What it is about.
    pub label: String,
    /// The point.
    pub value: f64,
    /// The interval.
    pub interval: Option<(f64, f64)>,
    /// A second point, drawn hollow: the median beside the value.
    pub second: Option<f64>,
    /// What is written on the right.
    pub note: String,
}

impl Axis {
    /// Shares from 0 to 1, as percentages.
    #[must_use]
    pub fn share(label: &str) -> Self {
        Axis { label: label.to_owned(), from: 0.0, to: 1.0, percent: true }
    }

    /// Any numbers; a span of nothing is widened.
    #[must_use]
    pub fn numbers(label: &str, from: f64, to: f64) -> Self {
        let sound = from.is_finite() && to.is_finite();
        let (from, to) = if sound { (from.min(to), from.max(to)) } else { (0.0, 1.0) };
        let to = if to - from > 0.0 { to } else { from + 1.0 };
        Axis { label: label.to_owned(), from, to, percent: false }
    }

    /// The same, shown as percentages.
    #[must_use]
    pub fn percent(mut self) -> Self {
        self.percent = true;
        self
    }

    /// Round values to mark, at most about `most` of them (1, 2 or 5 times a power of ten apart).
    pub(super) fn ticks(&self, most: usize) -> Vec<f64> {
        let span = self.to - self.from;
        let rough = span / most.max(1) as f64;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|own| own * power);
        let step = step.into_iter().find(|own| *own >= rough * 0.999).unwrap_or(10.0 * power);
        let first = (self.from / step - 1e-9).ceil();
        (0..=most * 3)
            .map(|place| (first + place as f64) * step)
            .take_while(|tick| *tick <= self.to + span * 1e-9)
            .map(|tick| if tick.abs() < step * 1e-6 { 0.0 } else { tick })
            .collect()
    }

    /// A tick as text.
    pub(super) fn text(&self, tick: f64) -> String {
        let (value, unit) = if self.percent { (tick * 100.0, "%") } else { (tick, "") };
        let text = format!("{value:.3}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        format!("{text}{unit}")
    }
}

impl Series {
    /// A line.
    #[must_use]
    pub fn line(name: &str, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let points = points.into_iter().map(|(x, y)| Point::new(x, y)).collect();
        Series { name: name.to_owned(), joined: true, points }
    }

    /// Points.
    #[must_use]
    pub fn points(name: &str, points: Vec<Point>) -> Self {
        Series { name: name.to_owned(), joined: false, points }
    }
}

impl Point {
    /// A point by itself.
    #[must_use]
    pub fn new(x: f64, y: f64) -> Self {
        Point { x, y, interval: None, label: String::new() }
    }

    /// With an interval.
    #[must_use]
    pub fn interval(mut self, lower: f64, upper: f64) -> Self {
        self.interval = Some((lower, upper));
        self
    }

    /// With words.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
}

impl Row {
    /// A row.
    #[must_use]
    pub fn new(label: impl Into<String>, value: f64, interval: Option<(f64, f64)>) -> Self {
        Row { label: label.into(), value, interval, second: None, note: String::new() }
    }

    /// With words on the right.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// With a second point.
    #[must_use]
    pub fn second(mut self, second: f64) -> Self {
        self.second = Some(second);
        self
    }
}

impl Chart {
    /// A chart of lines and points.
    #[must_use]
    pub fn plot(id: &str, title: &str, x: Axis, y: Axis, series: Vec<Series>) -> Self {
        let description = String::new();
        let body = Body::Plot { guide: None, series };
        Chart { id: id.to_owned(), title: title.to_owned(), description, x, y, body }
    }

    /// A chart of intervals.
    #[must_use]
    pub fn rows(id: &str, title: &str, x: Axis, guide: Option<f64>, rows: Vec<Row>) -> Self {
        let (description, y) = (String::new(), Axis::numbers("", 0.0, 1.0));
        let body = Body::Rows { guide, rows };
        Chart { id: id.to_owned(), title: title.to_owned(), description, x, y, body }
    }

    /// With a line to compare with.
    #[must_use]
    pub fn guide(mut self, line: Series) -> Self {
        if let Body::Plot { guide, .. } = &mut self.body {
            *guide = Some(line);
        }
        self
    }

    /// With a sentence for readers who cannot see it.
    #[must_use]
    pub fn describe(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// The numbers behind the chart.
    #[must_use]
    pub fn data(&self) -> Table {
        let number = |value: f64| format!("{value}");
        let ends = |interval: Option<(f64, f64)>| match interval {
            Some((lower, upper)) => [number(lower), number(upper)],
            None => [String::new(), String::new()],
        };
        match &self.body {
            Body::Plot { guide, series } => {
                let columns = ["series", "x", "y", "lower", "upper", "label"];
                let mut table = Table::new(&self.id, &self.title, &columns);
                for series in guide.iter().chain(series) {
                    for point in &series.points {
                        let [lower, upper] = ends(point.interval);
                        let (x, y) = (number(point.x), number(point.y));
                        table.push([series.name.clone(), x, y, lower, upper, point.label.clone()]);
                    }
                }
                table
            }
            Body::Rows { rows, .. } => {
                let columns = ["label", "value", "lower", "upper", "second", "note"];
                let mut table = Table::new(&self.id, &self.title, &columns);
                for row in rows {
                    let [lower, upper] = ends(row.interval);
                    let second = row.second.map(number).unwrap_or_default();
                    let value = number(row.value);
                    table.push([row.label.clone(), value, lower, upper, second, row.note.clone()]);
                }
                table
            }
        }
    }
}
