//! Charts as data: what is drawn, before anything is drawn.

use serde::Serialize;

use super::cell::{Cell, End, Form, cells};
use super::document::Table;
use crate::research::evaluate::numbers::{number, optional};
use crate::research::study::Noun;

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

/// An axis: a label and a range with some width, whatever it was made from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Axis {
    label: String,
    from: f64,
    to: f64,
    percent: bool,
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
    #[serde(serialize_with = "number")]
    pub x: f64,
    /// Upwards.
    #[serde(serialize_with = "number")]
    pub y: f64,
    /// Its interval; an end may be infinite.
    #[serde(serialize_with = "ends", skip_serializing_if = "Option::is_none")]
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
    #[serde(serialize_with = "number")]
    pub value: f64,
    /// The interval; an end may be infinite.
    #[serde(serialize_with = "ends", skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// A second point, drawn hollow: the median beside the value.
    #[serde(serialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub second: Option<f64>,
    /// What is written on the right.
    pub note: String,
}

/// An interval as numbers or words.
fn ends<S: serde::Serializer>(
    interval: &Option<(f64, f64)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    super::cell::ends(&interval.map(|(lower, upper)| (End(lower), End(upper))), serializer)
}

/// The largest number that an axis reaches: beyond it differences are no longer numbers.
const FARTHEST: f64 = 1e300;

impl Axis {
    /// Shares from 0 to 1, as percentages.
    #[must_use]
    pub fn share(label: &str) -> Self {
        Axis { label: label.to_owned(), from: 0.0, to: 1.0, percent: true }
    }

    /// Any numbers, the smaller first whichever way round they are given. A span of nothing is widened on both sides;
    /// an end that is no number or infinite gives way to the other one, both to 0 and 1; what lies outside is drawn at the
    /// edge, as an arrow.
    #[must_use]
    pub fn numbers(label: &str, from: f64, to: f64) -> Self {
        let (from, to) = match (from.is_finite(), to.is_finite()) {
            (true, true) => (from.min(to), from.max(to)),
            (true, false) => (from, from),
            (false, true) => (to, to),
            (false, false) => (0.0, 1.0),
        };
        let (from, to) = (from.clamp(-FARTHEST, FARTHEST), to.clamp(-FARTHEST, FARTHEST));
        let size = from.abs().max(to.abs());
        // Below this, rounding leaves too few steps between the ends.
        let (from, to) = if to - from > size * 1e-9 && to > from {
            (from, to)
        } else if size == 0.0 {
            (0.0, 1.0)
        } else {
            (from - 0.05 * size, to + 0.05 * size)
        };
        Axis { label: label.to_owned(), from, to, percent: false }
    }

    /// The same, shown as percentages.
    #[must_use]
    pub fn percent(mut self) -> Self {
        self.percent = true;
        self
    }

    /// Its label.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// First value shown.
    #[must_use]
    pub fn from(&self) -> f64 {
        self.from
    }

    /// Last value shown, above the first.
    #[must_use]
    pub fn to(&self) -> f64 {
        self.to
    }

    /// Whether a value lies on it, but for rounding.
    pub(super) fn holds(&self, value: f64) -> bool {
        let slack = 1e-9 * (self.to - self.from);
        value >= self.from - slack && value <= self.to + slack
    }

    /// How far apart marks are, at most about `most` of them (1, 2 or 5 times a power of ten).
    fn step(&self, most: usize) -> f64 {
        let rough = (self.to - self.from) / most.max(1) as f64;
        let power = 10_f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
        steps.into_iter().find(|step| *step >= rough * 0.999).unwrap_or(10.0 * power)
    }

    /// Round values to mark, each with its text.
    pub(super) fn ticks(&self, most: usize) -> Vec<(f64, String)> {
        let step = self.step(most);
        let first = (self.from / step - 1e-9).ceil();
        (0..=most * 3)
            .map(|number| (first + number as f64) * step)
            .take_while(|tick| *tick <= self.to + (self.to - self.from) * 1e-9)
            .map(|tick| if tick.abs() < step * 1e-6 { 0.0 } else { tick })
            .map(|tick| (tick, self.text(tick, step)))
            .collect()
    }

    /// A tick with as many digits as the step needs, so that no two read alike.
    fn text(&self, tick: f64, step: f64) -> String {
        let (tick, step, unit) =
            if self.percent { (tick * 100.0, step * 100.0, "%") } else { (tick, step, "") };
        let size = self.from.abs().max(self.to.abs()) * if self.percent { 100.0 } else { 1.0 };
        // Digits behind the point; the step is 1, 2 or 5 times a power of ten.
        let digits = -(step * 1.001).log10().floor();
        if size >= 1e7 || digits > 6.0 {
            if tick == 0.0 {
                return format!("0{unit}");
            }
            let digits = (tick.abs().log10().floor() + digits).clamp(0.0, 15.0) as usize;
            return format!("{tick:.digits$e}{unit}");
        }
        format!("{tick:.*}{unit}", digits.max(0.0) as usize)
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

    /// Another noun in its words; names of series and rows stay.
    pub(super) fn put(&mut self, noun: &Noun) {
        for text in [&mut self.title, &mut self.description, &mut self.x.label, &mut self.y.label] {
            *text = noun.put(text);
        }
    }

    /// The numbers behind the chart.
    #[must_use]
    pub fn data(&self) -> Table {
        let blank = || Cell::Text(String::new());
        let cell = |value: f64, interval: Option<(f64, f64)>| Cell::Number {
            value,
            interval: interval.map(|(lower, upper)| (End(lower), End(upper))),
            no_interval: None,
            form: Form::Decimal,
        };
        match &self.body {
            Body::Plot { guide, series } => {
                let columns = ["series", "x", "y", "label"];
                let mut table = Table::new(&self.id, &self.title, &columns);
                for series in guide.iter().chain(series) {
                    for point in &series.points {
                        let (x, y) = (cell(point.x, None), cell(point.y, point.interval));
                        table.push(cells![series.name.clone(), x, y, point.label.clone()]);
                    }
                }
                table
            }
            Body::Rows { rows, .. } => {
                let columns = ["label", "value", "second", "note"];
                let mut table = Table::new(&self.id, &self.title, &columns);
                for row in rows {
                    let second = row.second.map_or_else(blank, |second| cell(second, None));
                    let value = cell(row.value, row.interval);
                    table.push(cells![row.label.clone(), value, second, as_number(&row.note)]);
                }
                table
            }
        }
    }
}

/// What stands on the right of a row, as a number where it is one.
fn as_number(note: &str) -> Cell {
    let (digits, form, unit) = match note.strip_suffix('%') {
        Some(share) => (share, Form::Share, 100.0),
        None => (note, Form::Decimal, 1.0),
    };
    match (digits.parse::<u64>(), digits.parse::<f64>()) {
        (Ok(whole), _) if form == Form::Decimal => Cell::Count(whole),
        (_, Ok(value)) if value.is_finite() => Cell::number(value / unit, form),
        _ => note.into(),
    }
}
