//! What stands in a table: on the page as people read it, in a file as numbers in columns of their own.

use serde::{Serialize, Serializer};

use super::words::{count, decimals, p_value, percent_and, tenths_and};
use crate::research::evaluate::numbers::number;
use crate::research::evaluate::{Figure, Interval, NotEstimable};

/// How a number is written on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Form {
    /// Three decimals.
    Decimal,
    /// One decimal.
    Tenths,
    /// A percentage with one decimal; in files the share itself.
    Share,
    /// A p value: below a thousandth only that it is.
    P,
}

impl Form {
    pub(super) fn write(self, value: f64) -> String {
        self.write_and(value, 0)
    }

    /// With so many decimals more than usual.
    fn write_and(self, value: f64, more: usize) -> String {
        match self {
            Form::Decimal => decimals(value, 3 + more),
            Form::Tenths => tenths_and(value, 1 + more),
            Form::Share => percent_and(value, 1 + more),
            Form::P => p_value(value),
        }
    }

    /// A number with its interval, with as many decimals as show that the interval has a width.
    fn write_interval(self, value: f64, lower: f64, upper: f64) -> String {
        let [value, lower, upper] = (0..=6)
            .map(|more| [value, lower, upper].map(|number| self.write_and(number, more)))
            .find(|[_, low, high]| low != high)
            .unwrap_or_else(|| [value, lower, upper].map(|number| self.write_and(number, 0)));
        format!("{value} ({lower} to {upper})")
    }
}

/// One end of an interval in a file; infinite ones as a word.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct End(#[serde(serialize_with = "number")] pub f64);

/// An interval by the names of its ends.
pub(super) fn ends<S: Serializer>(
    interval: &Option<(End, End)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Interval {
        from: End,
        to: End,
    }
    interval.map(|(from, to)| Interval { from, to }).serialize(serializer)
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cell {
    /// Words of the data or of a model.
    Text(String),
    /// Words of this library, which call a row what the report calls it. In files as other words.
    #[serde(rename = "text")]
    Prose(String),
    /// A whole number.
    Count(u64),
    /// A number with its interval, or why it has none.
    Number {
        /// The number.
        #[serde(serialize_with = "number")]
        value: f64,
        /// Its interval.
        #[serde(serialize_with = "ends", skip_serializing_if = "Option::is_none")]
        interval: Option<(End, End)>,
        /// Why there is no interval, where there should be one.
        #[serde(skip_serializing_if = "Option::is_none")]
        no_interval: Option<String>,
        /// How it is written.
        form: Form,
    },
    /// No number, and why.
    Missing(String),
}

impl Cell {
    /// A number by itself.
    #[must_use]
    pub fn number(value: f64, form: Form) -> Self {
        Cell::Number { value, interval: None, no_interval: None, form }
    }

    /// A number with its interval, or the reason why it has none.
    #[must_use]
    pub fn with_interval(
        value: f64,
        interval: &Result<Interval, NotEstimable>,
        form: Form,
    ) -> Self {
        let (interval, no_interval) = match interval {
            Ok(found) => (Some((End(found.lower), End(found.upper))), None),
            Err(why) => (None, Some(why.because.to_string())),
        };
        Cell::Number { value, interval, no_interval, form }
    }

    /// A figure.
    #[must_use]
    pub fn figure(figure: &Figure, form: Form) -> Self {
        Self::with_interval(figure.value, &figure.interval, form)
    }

    /// A figure, or why there is none.
    #[must_use]
    pub fn of(figure: &Result<Figure, NotEstimable>, form: Form) -> Self {
        match figure {
            Ok(figure) => Self::figure(figure, form),
            Err(why) => Cell::Missing(why.to_string()),
        }
    }

    /// Words of this library.
    pub(super) fn prose(text: impl Into<String>) -> Self {
        Cell::Prose(text.into())
    }

    /// The cell as it stands on a page.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Prose(text) | Cell::Missing(text) => text.clone(),
            Cell::Count(value) => count(*value),
            Cell::Number { value, interval: Some((lower, upper)), form, .. } => {
                form.write_interval(*value, lower.0, upper.0)
            }
            Cell::Number { value, no_interval: Some(_), form, .. } => {
                format!("{} (no interval)", form.write(*value))
            }
            Cell::Number { value, form, .. } => form.write(*value),
        }
    }

    /// The number itself, where there is one.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        match self {
            Cell::Count(value) => Some(*value as f64),
            Cell::Number { value, .. } => Some(*value),
            Cell::Text(_) | Cell::Prose(_) | Cell::Missing(_) => None,
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Cell::Count(_) | Cell::Number { .. })
    }

    /// Value, both ends and a note for a file.
    pub(super) fn fields(&self) -> [String; 4] {
        let blank = String::new;
        match self {
            Cell::Text(text) | Cell::Prose(text) => [text.clone(), blank(), blank(), blank()],
            Cell::Count(value) => [value.to_string(), blank(), blank(), blank()],
            Cell::Missing(why) => [blank(), blank(), blank(), why.clone()],
            Cell::Number { value, interval, no_interval, .. } => {
                let [lower, upper] = match interval {
                    Some((lower, upper)) => [lower.0.to_string(), upper.0.to_string()],
                    None => [blank(), blank()],
                };
                [value.to_string(), lower, upper, no_interval.clone().unwrap_or_default()]
            }
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<usize> for Cell {
    fn from(value: usize) -> Self {
        Cell::Count(value as u64)
    }
}

impl From<u64> for Cell {
    fn from(value: u64) -> Self {
        Cell::Count(value)
    }
}

impl From<u32> for Cell {
    fn from(value: u32) -> Self {
        Cell::Count(u64::from(value))
    }
}

/// Cells of several kinds as one row.
macro_rules! cells {
    ($($cell:expr),* $(,)?) => { [$($crate::research::report::Cell::from($cell)),*] };
}
pub(super) use cells;
