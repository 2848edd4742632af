//! Numbers as people read them.

use crate::research::evaluate::{Figure, Interval, NotEstimable};

/// Three decimals.
pub(super) fn decimal(value: f64) -> String {
    if value.is_finite() { format!("{value:.3}") } else { "not finite".to_owned() }
}

/// A share as a percentage with one decimal.
pub(super) fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:.1}%", share * 100.0) } else { "not finite".to_owned() }
}

/// A level of confidence: `95%`.
pub(super) fn level(level: f64) -> String {
    let text = format!("{:.1}", level * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A value with its interval, or why there is none.
pub(super) fn with_interval(
    value: f64,
    interval: &Result<Interval, NotEstimable>,
    write: fn(f64) -> String,
) -> String {
    match interval {
        Ok(own) => format!("{} ({} to {})", write(value), write(own.lower), write(own.upper)),
        Err(_) => write(value),
    }
}

/// A figure, or why there is none.
pub(super) fn figure(figure: &Result<Figure, NotEstimable>, write: fn(f64) -> String) -> String {
    match figure {
        Ok(own) => with_interval(own.value, &own.interval, write),
        Err(why) => why.to_string(),
    }
}

/// An id in words: underscores are spaces.
pub(super) fn plain(id: &str) -> String {
    id.replace('_', " ")
}
