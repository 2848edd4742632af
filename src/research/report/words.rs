//! Numbers as people read them.

/// Three decimals; a number that they would show as 0, in powers of ten.
pub(super) fn decimal(value: f64) -> String {
    decimals(value, 3)
}

/// So many decimals; a number that they would show as 0, in powers of ten.
pub(super) fn decimals(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return not_finite(value);
    }
    let least = 0.5 * 10_f64.powi(-(digits as i32));
    if value != 0.0 && value.abs() < least || value.abs() >= 1e7 {
        return format!("{value:.*e}", digits.saturating_sub(2));
    }
    format!("{value:.digits$}")
}

/// One decimal; more where that would show 0.
pub(super) fn tenths(value: f64) -> String {
    tenths_and(value, 1)
}

/// So many decimals; more where they would show 0.
pub(super) fn tenths_and(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return not_finite(value);
    }
    format!("{value:.*}", digits.max(telling(value.abs())))
}

/// A whole number.
pub(super) fn count(value: u64) -> String {
    value.to_string()
}

/// A share as a percentage with one decimal; more where that would show none or all of what is neither.
pub(super) fn percent(share: f64) -> String {
    percent_and(share, 1)
}

/// A share as a percentage with so many decimals; more where they would show none or all of what is neither.
pub(super) fn percent_and(share: f64, digits: usize) -> String {
    if !share.is_finite() {
        return not_finite(share);
    }
    let left = telling(share.abs()).max(telling((1.0 - share.abs()).abs())).saturating_sub(2);
    format!("{:.*}%", digits.max(left), share * 100.0)
}

/// Decimals that show a number to be above 0: 0 for 0 itself and for what needs more than nine.
fn telling(value: f64) -> usize {
    if value < 1e-9 { 0 } else { (-value.log10()).ceil().max(0.0) as usize }
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
    if value.is_nan() {
        not_finite(value)
    } else if value < 0.001 {
        "< 0.001".to_owned()
    } else {
        format!("{value:.3}")
    }
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

/// A sentence with a list of many answers, cut after three of them with how many more there are.
pub(super) fn abridged(text: &str) -> String {
    const SHOWN: usize = 3;
    for (between, end) in [("), `", ")"), ("`, `", "`")] {
        let entries: Vec<&str> = text.split(between).collect();
        if entries.len() > SHOWN + 1 {
            let (shown, more) = (entries[..SHOWN].join(between), entries.len() - SHOWN);
            return format!("{shown}{end} and {more} more");
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_and_short_ones_are_not() {
        let listed = |count: usize| -> Vec<String> {
            (0..count)
                .map(|number| format!("`a={number}` ({number} complaints, 1 with it)"))
                .collect()
        };
        let text = |count: usize| format!("Hardly known: {}.", listed(count).join(", "));
        assert_eq!(abridged(&text(4)), text(4));
        assert_eq!(
            abridged(&text(9)),
            format!("Hardly known: {} and 6 more", listed(3).join(", "))
        );
        assert_eq!(abridged("Held: `a`, `b`, `c`, `d`, `e`."), "Held: `a`, `b`, `c` and 2 more");
        assert_eq!(
            abridged("Learnt elsewhere, (as is said), and so on."),
            "Learnt elsewhere, (as is said), and so on."
        );
    }

    #[test]
    fn what_is_not_nothing_is_not_shown_as_nothing() {
        for (share, text) in [
            (0.0, "0.0%"),
            (1.0, "100.0%"),
            (0.153, "15.3%"),
            (0.000_4, "0.04%"),
            (1e-6, "0.0001%"),
            (0.999_6, "99.96%"),
            (-0.000_4, "-0.04%"),
            (f64::NAN, "not a number"),
        ] {
            assert_eq!(percent(share), text);
        }
        assert_eq!(
            (tenths(0.04), tenths(0.0), tenths(12.34)),
            ("0.04".into(), "0.0".into(), "12.3".into())
        );
        assert_eq!((decimal(0.000_4), decimal(0.0)), ("4.0e-4".to_owned(), "0.000".to_owned()));
        assert_eq!((p_value(f64::NAN), p_value(1e-9)), ("not a number".into(), "< 0.001".into()));
    }
}
