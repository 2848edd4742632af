//! Numbers as people read them.

/// Three decimals; a number that they would show as 0, in powers of ten.
pub(super) fn decimal(value: f64) -> String {
    if !value.is_finite() {
        return not_finite(value);
    }
    if value != 0.0 && value.abs() < 0.0005 || value.abs() >= 1e7 {
        return format!("{value:.1e}");
    }
    format!("{value:.3}")
}

/// One decimal.
pub(super) fn tenths(value: f64) -> String {
    if value.is_finite() { format!("{value:.1}") } else { not_finite(value) }
}

/// A whole number.
pub(super) fn count(value: u64) -> String {
    value.to_string()
}

/// A share as a percentage with one decimal.
pub(super) fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:.1}%", share * 100.0) } else { not_finite(share) }
}

fn not_finite(value: f64) -> String {
    let word = if value.is_nan() {
        "not a number"
    } else if value > 0.0 {
        "without limit"
    } else {
        "without lower limit"
    };
    word.to_owned()
}

/// A p value; a small one as below a bound.
pub(super) fn p_value(value: f64) -> String {
    if value < 0.001 { "< 0.001".to_owned() } else { format!("{value:.3}") }
}

/// A level of confidence: `95%`.
pub(super) fn level(level: f64) -> String {
    let text = format!("{:.1}", level * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// An id in words: underscores are spaces.
pub(super) fn plain(id: &str) -> String {
    id.replace('_', " ")
}
