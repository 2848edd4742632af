//! Exact decimals: weights and scores with six places, held as integers.

use std::fmt;

use crate::base::escaped;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;
use thiserror::Error;

use super::text::cut;

/// Steps in one unit: six decimal places.
pub const STEPS_PER_UNIT: i32 = 1_000_000;

/// A decimal number with exactly six places, from -2147.483648 to 2147.483647.
///
/// Weights, intercepts and scores are of this type. It is parsed from the digits of a JSON
/// number or text without passing through a float, it adds without rounding, and it prints
/// the same value back.
///
/// ```
/// use caserank::Fixed;
/// let weight: Fixed = "0.693147".parse()?;
/// assert_eq!(weight.steps(), 693_147);
/// assert_eq!(weight.to_string(), "0.693147");
/// assert_eq!("1.50".parse::<Fixed>()?.to_string(), "1.5");
/// assert!("0.6931471".parse::<Fixed>().is_err());
/// # Ok::<(), caserank::FixedError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fixed(i32);

/// Why a text is not a [`Fixed`] number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FixedError {
    /// Not a plain decimal number.
    #[error(
        "`{text}` is not a plain decimal number: write digits such as -0.693147, without an exponent", text = escaped(.text))]
    NotADecimal {
        /// The text as it was given, cut after 40 characters.
        text: String,
    },
    /// More than six decimals that are not zero.
    #[error("`{text}` has more than six decimals: round it to six", text = escaped(.text))]
    TooManyDecimals {
        /// The text as it was given, cut after 40 characters.
        text: String,
    },
    /// Outside the range of the type.
    #[error("`{text}` lies outside -2147.483648 to 2147.483647", text = escaped(.text))]
    OutOfRange {
        /// The text as it was given, cut after 40 characters.
        text: String,
    },
}

impl Fixed {
    /// Zero.
    pub const ZERO: Fixed = Fixed(0);
    /// The largest value, 2147.483647.
    pub const MAX: Fixed = Fixed(i32::MAX);
    /// The smallest value, -2147.483648.
    pub const MIN: Fixed = Fixed(i32::MIN);

    /// The number this many millionths away from zero.
    #[must_use]
    pub const fn from_steps(steps: i32) -> Self {
        Fixed(steps)
    }

    /// Millionths: the number times 1,000,000, exactly.
    #[must_use]
    pub const fn steps(self) -> i32 {
        self.0
    }

    /// The nearest number to a float (halves away from zero), or `None` outside the range or
    /// for a value that is not a number. For fitting only: nothing between answers and score uses it.
    #[must_use]
    pub fn nearest(value: f64) -> Option<Self> {
        let steps = (value * f64::from(STEPS_PER_UNIT)).round();
        (steps >= f64::from(i32::MIN) && steps <= f64::from(i32::MAX))
            .then_some(Fixed(steps as i32))
    }

    /// As a float, for reading and for measures.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        f64::from(self.0) / f64::from(STEPS_PER_UNIT)
    }

    /// The exact sum, or `None` where it leaves the range.
    #[must_use]
    pub const fn checked_add(self, other: Fixed) -> Option<Fixed> {
        match self.0.checked_add(other.0) {
            Some(steps) => Some(Fixed(steps)),
            None => None,
        }
    }

    /// The exact difference, or `None` where it leaves the range.
    #[must_use]
    pub const fn checked_sub(self, other: Fixed) -> Option<Fixed> {
        match self.0.checked_sub(other.0) {
            Some(steps) => Some(Fixed(steps)),
            None => None,
        }
    }
}

impl Fixed {
    /// Why a JSON token is not a number of this type; `None` for one that is, and for tokens that
    /// are neither number nor text.
    pub(crate) fn refusal(token: &RawValue) -> Option<FixedError> {
        let token = token.get();
        let text = match token.as_bytes().first()? {
            b'"' => serde_json::from_str::<String>(token).ok()?,
            b'-' | b'0'..=b'9' => token.to_owned(),
            _ => return None,
        };
        text.parse::<Fixed>().err()
    }
}

impl FromStr for Fixed {
    type Err = FixedError;

    fn from_str(text: &str) -> Result<Self, FixedError> {
        let malformed = || FixedError::NotADecimal { text: cut(text, 40) };
        let outside = || FixedError::OutOfRange { text: cut(text, 40) };
        let (negative, unsigned) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let mut parts = unsigned.splitn(2, |&byte| byte == b'.');
        let whole = parts.next().unwrap_or_default();
        let decimals = parts.next();
        let is_digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        if !is_digits(whole) || decimals.is_some_and(|part| !is_digits(part)) {
            return Err(malformed());
        }
        let decimals = decimals.unwrap_or_default();
        let kept = decimals.len() - decimals.iter().rev().take_while(|&&byte| byte == b'0').count();
        if kept > 6 {
            return Err(FixedError::TooManyDecimals { text: cut(text, 40) });
        }
        let mut steps = 0_i64;
        let padding = std::iter::repeat_n(&b'0', 6 - kept);
        for byte in whole.iter().chain(&decimals[..kept]).chain(padding) {
            steps = steps * 10 + i64::from(byte - b'0');
            if steps > i64::from(u32::MAX) {
                return Err(outside());
            }
        }
        i32::try_from(if negative { -steps } else { steps }).map(Fixed).map_err(|_| outside())
    }
}

impl fmt::Display for Fixed {
    /// Prints the shortest decimal that is exactly this number; a precision (`{:.2}`) rounds
    /// halves away from zero.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut steps = u64::from(self.0.unsigned_abs());
        let mut places = 6_usize;
        if let Some(precision) = formatter.precision() {
            let wanted = precision.min(6);
            let unit = 10_u64.pow((6 - wanted) as u32);
            steps = (steps + unit / 2) / unit;
            places = wanted;
        } else {
            while places > 0 && steps % 10 == 0 {
                steps /= 10;
                places -= 1;
            }
        }
        let unit = 10_u64.pow(places as u32);
        let text = if places == 0 {
            format!("{steps}")
        } else {
            format!("{}.{:0places$}", steps / unit, steps % unit)
        };
        formatter.pad_integral(self.0 >= 0 || steps == 0, "", &text)
    }
}

impl Serialize for Fixed {
    /// In formats for people a number with the exact decimals; in binary ones its millionths.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_i32(self.0);
        }
        let number = RawValue::from_string(self.to_string()).map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fixed {
    /// From the digits of a JSON number, or from text. Where another layer has made a float of the
    /// number first (`#[serde(flatten)]` does), from the shortest decimal that is that float, which
    /// is the number as written as long as it has no more than six decimals.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i32::deserialize(deserializer).map(Fixed);
        }
        deserializer.deserialize_newtype_struct(super::number::RAW, FixedVisitor)
    }
}

struct FixedVisitor;

impl<'de> de::Visitor<'de> for FixedVisitor {
    type Value = Fixed;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a decimal number, or text of one")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Fixed, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, access: A) -> Result<Fixed, A::Error> {
        let token = super::number::text_of(access)?;
        match token.as_bytes().first() {
            Some(b'"') => {
                let text: String = serde_json::from_str(&token).map_err(de::Error::custom)?;
                self.visit_str(&text)
            }
            _ => self.visit_str(&token),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Fixed, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Fixed, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Fixed, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Fixed, E> {
        self.visit_str(&number.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_and_their_steps() {
        for (text, steps) in [
            ("0", 0),
            ("-0", 0),
            ("1", 1_000_000),
            ("-1.25", -1_250_000),
            ("+0.000001", 1),
            ("2147.483647", i32::MAX),
            ("-2147.483648", i32::MIN),
            ("1.5000000000", 1_500_000),
            ("00012", 12_000_000),
        ] {
            assert_eq!(text.parse::<Fixed>().unwrap().steps(), steps, "{text}");
        }
    }

    #[test]
    fn each_refusal_has_its_kind() {
        let refusal = |text: &str| text.parse::<Fixed>().unwrap_err();
        for text in ["", "-", ".5", "5.", "1e3", "NaN", "1,5", " 1", "0x1", "--1", "1.2.3"] {
            assert!(matches!(refusal(text), FixedError::NotADecimal { .. }), "{text}");
        }
        assert!(matches!(refusal("0.1234567"), FixedError::TooManyDecimals { .. }));
        for text in ["2147.483648", "-2147.483649", "99999999999999999999999999"] {
            assert!(matches!(refusal(text), FixedError::OutOfRange { .. }), "{text}");
        }
    }

    #[test]
    fn display_pads_and_rounds() {
        let number = Fixed::from_steps(-1_255_000);
        assert_eq!(format!("{number:.2}"), "-1.26");
        assert_eq!(format!("{number:8}|"), "  -1.255|");
        assert_eq!(format!("{:+.1}", Fixed::from_steps(40_000)), "+0.0");
        assert_eq!(format!("{:.0}", Fixed::from_steps(1_500_000)), "2");
    }

    #[derive(Debug, Deserialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
    }

    #[derive(Debug, Deserialize)]
    struct Inner {
        weight: Fixed,
    }

    #[test]
    fn numbers_are_read_behind_a_flattened_field() {
        for number in ["0.1", "-0.693147", "2147.483647", "7", "\"0.25\"", "1.50", "-2147.483648"] {
            let text = format!("{{\"other\": 1, \"weight\": {number}}}");
            let outer: Outer = serde_json::from_str(&text).unwrap();
            assert_eq!(outer.inner.weight, number.trim_matches('"').parse().unwrap(), "{number}");
        }
        for number in ["0.1234567", "3000", "true", "null", "[]", "{\"weight\": 1}", "\"x\""] {
            let text = format!("{{\"weight\": {number}}}");
            assert!(serde_json::from_str::<Outer>(&text).is_err(), "{number}");
            assert!(serde_json::from_str::<Fixed>(number).is_err(), "{number}");
        }
    }

    /// What `serde_json` hands on for any number where its `arbitrary_precision` is on.
    #[test]
    fn numbers_are_read_as_a_host_may_have_them_handed_on() {
        use serde::de::value::MapDeserializer;
        let read = |key: &'static str, text: &'static str| {
            let map =
                MapDeserializer::<_, serde::de::value::Error>::new(std::iter::once((key, text)));
            Fixed::deserialize(map)
        };
        assert_eq!(read(crate::base::number::NUMBER, "0.1").unwrap(), "0.1".parse().unwrap());
        assert_eq!(read(crate::base::number::RAW, "\"0.1\"").unwrap(), "0.1".parse().unwrap());
        assert!(read("weight", "0.1").is_err());
        assert!(read(crate::base::number::NUMBER, "1e3").is_err());
    }

    proptest! {
        #[test]
        fn printing_and_json_lose_nothing(steps in any::<i32>()) {
            let number = Fixed::from_steps(steps);
            prop_assert_eq!(number.to_string().parse::<Fixed>().unwrap(), number);
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<Fixed>(&json).unwrap(), number);
            let quoted = format!("\"{number}\"");
            prop_assert_eq!(serde_json::from_str::<Fixed>(&quoted).unwrap(), number);
            let flat: Outer = serde_json::from_str(&format!("{{\"weight\":{json}}}")).unwrap();
            prop_assert_eq!(flat.inner.weight, number);
            let binary = postcard::to_allocvec(&number).unwrap();
            prop_assert_eq!(postcard::from_bytes::<Fixed>(&binary).unwrap(), number);
            prop_assert_eq!(Fixed::nearest(number.to_f64()), Some(number));
        }
    }
}
