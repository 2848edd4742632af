//! Numbers as tables write them.

use std::borrow::Cow;

use super::mapping::{DecimalMark, NumbersDraft, ThousandsMark};

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberRule {
    decimal: DecimalMark,
    thousands: ThousandsMark,
}

impl NumberRule {
    pub(super) fn new(numbers: NumbersDraft, general: NumbersDraft) -> Self {
        let decimal = numbers.decimal.or(general.decimal).unwrap_or(DecimalMark::Point);
        let thousands = numbers.thousands.or(general.thousands).unwrap_or(ThousandsMark::None);
        NumberRule { decimal, thousands }
    }

    /// Whether no sign has two purposes.
    pub(super) fn is_sound(self) -> bool {
        !matches!(
            (self.decimal, self.thousands),
            (DecimalMark::Point, ThousandsMark::Point) | (DecimalMark::Comma, ThousandsMark::Comma)
        )
    }

    /// The number in plain digits, with a point before decimals; `None` for what is no number by
    /// this rule. Groups must have three digits, the first one to three.
    pub(super) fn plain(self, text: &str) -> Option<Cow<'_, str>> {
        let text = text.trim();
        let (sign, unsigned) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => ("-", rest),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        let decimal = if self.decimal == DecimalMark::Point { '.' } else { ',' };
        let (whole, decimals) = match unsigned.split_once(decimal) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (unsigned, None),
        };
        let is_digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !decimals.is_none_or(is_digits) {
            return None;
        }
        if is_digits(whole)
            && (decimals.is_none() || decimal == '.')
            && text.len() == sign.len() + unsigned.len()
        {
            // Nothing to change, but for a minus sign that is not the keyboard's.
            return Some(match sign {
                "" => Cow::Borrowed(unsigned),
                _ => Cow::Owned(format!("-{unsigned}")),
            });
        }
        let mut plain = String::from(sign);
        for (group_number, group) in whole.split(|letter| self.is_thousands(letter)).enumerate() {
            let fits = if group_number == 0 {
                is_digits(group)
            } else {
                is_digits(group) && group.len() == 3
            };
            if !fits {
                return None;
            }
            plain.push_str(group);
        }
        let first = whole.split(|letter| self.is_thousands(letter)).next().unwrap_or_default();
        if first.len() != whole.len() && first.len() > 3 {
            return None;
        }
        if let Some(decimals) = decimals {
            plain.push('.');
            plain.push_str(decimals);
        }
        Some(Cow::Owned(plain))
    }

    fn is_thousands(self, letter: char) -> bool {
        match self.thousands {
            ThousandsMark::None => false,
            ThousandsMark::Point => letter == '.',
            ThousandsMark::Comma => letter == ',',
            ThousandsMark::Blank => letter.is_whitespace(),
            ThousandsMark::Apostrophe => matches!(letter, '\'' | '\u{2019}'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(decimal: DecimalMark, thousands: ThousandsMark) -> NumberRule {
        let numbers = NumbersDraft { decimal: Some(decimal), thousands: Some(thousands) };
        NumberRule::new(numbers, NumbersDraft::default())
    }

    #[test]
    fn a_number_is_read_by_its_rule_alone() {
        use {DecimalMark as D, ThousandsMark as T};
        for (decimal, thousands, text, plain) in [
            (D::Point, T::None, "1200", Some("1200")),
            (D::Point, T::None, " -7 ", Some("-7")),
            (D::Point, T::None, "\u{2212}7", Some("-7")),
            (D::Point, T::None, "+7", Some("7")),
            (D::Point, T::None, "1.200", Some("1.200")),
            (D::Point, T::None, "1,200", None),
            (D::Point, T::Comma, "1,200", Some("1200")),
            (D::Point, T::Comma, "1,234,567.5", Some("1234567.5")),
            (D::Point, T::Comma, "12,34", None),
            (D::Point, T::Comma, "1234,567", None),
            (D::Point, T::Comma, "1,2345", None),
            (D::Point, T::Comma, ",200", None),
            (D::Comma, T::Point, "1.200", Some("1200")),
            (D::Comma, T::Point, "1.200,50", Some("1200.50")),
            (D::Comma, T::None, "1,5", Some("1.5")),
            (D::Comma, T::None, "1.5", None),
            (D::Comma, T::Blank, "1\u{202f}200", Some("1200")),
            (D::Point, T::Apostrophe, "1’200", Some("1200")),
            (D::Point, T::None, "", None),
            (D::Point, T::None, "-", None),
            (D::Point, T::None, "1e3", None),
            (D::Point, T::None, "1.", None),
            (D::Point, T::None, "10+", None),
            (D::Point, T::None, "1.2.3", None),
        ] {
            assert_eq!(rule(decimal, thousands).plain(text).as_deref(), plain, "{text}");
        }
    }
}
