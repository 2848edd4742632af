//! Turning a complaint's answers into codes, as of a time.

use super::{Complaint, EncodeError, Value};
use crate::Timestamp;
use crate::base::text::cut;
use crate::codebook::{Codebook, Item, Kind, Stage, UNKNOWN, nearest};

/// What to do with an answer to an item that the codebook does not list.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Unlisted {
    /// Refuse the complaint, naming the item.
    #[default]
    Refuse,
    /// Take the complaint without that answer and report the item.
    Report,
}

/// A complaint's answers as codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// One code per item in codebook order; 0 is *unknown*.
    pub codes: Vec<u8>,
    /// The stage reached: the declared one, or that of the latest item answered.
    pub stage: Stage,
    /// Items that the codebook does not list, where they are reported.
    pub unlisted: Vec<String>,
}

impl Complaint {
    /// Codes of the answers known at `as_of` (all of them, without it), in codebook order.
    ///
    /// Answers that became known later are left out. Numbers are put into their bins.
    ///
    /// # Errors
    /// [`EncodeError`] names complaint, item, value and what is listed.
    pub fn encode(
        &self,
        codebook: &Codebook,
        as_of: Option<Timestamp>,
        unlisted: Unlisted,
    ) -> Result<Encoded, EncodeError> {
        self.check()
            .map_err(|cause| EncodeError::Complaint { complaint: cut(self.id(), 80), cause })?;
        let mut encoded = Encoded {
            codes: vec![0; codebook.items().len()],
            stage: self.stage(),
            unlisted: Vec::new(),
        };
        for (id, given) in self.answers() {
            let Some(place) = codebook.item_place(id) else {
                if unlisted == Unlisted::Refuse {
                    return Err(EncodeError::UnlistedItem {
                        complaint: self.id().to_owned(),
                        item: cut(id, 80),
                        nearest: codebook.nearest_item(id).map(str::to_owned),
                    });
                }
                encoded.unlisted.push(id.to_owned());
                continue;
            };
            let item = &codebook.items()[place];
            let code = item
                .code_of_value(&given.value)
                .ok_or_else(|| unlisted_answer(self.id(), item, &given.value.to_string()))?;
            let later =
                as_of.is_some_and(|as_of| given.known_at.is_some_and(|known| known > as_of));
            if code != 0 && !later {
                encoded.codes[place] = code;
                encoded.stage = encoded.stage.max(item.stage);
            }
        }
        Ok(encoded)
    }
}

impl Item {
    /// The code of a value: 0 for *unknown*, `None` for a value that is not listed.
    #[must_use]
    pub fn code_of_value(&self, value: &Value) -> Option<u8> {
        match value {
            Value::Unknown => Some(0),
            Value::Number(number) => self.code_of_number(*number),
            Value::Text(text) => self.code_of_text(text.as_bytes()),
        }
    }

    /// The code of a text as it stands in a file: an answer's id, or digits for a binned item.
    pub(crate) fn code_of_text(&self, text: &[u8]) -> Option<u8> {
        if let Some(place) = self.answers.iter().position(|answer| answer.id.as_bytes() == text) {
            return u8::try_from(place + 1).ok();
        }
        let text = text.trim_ascii();
        if text.is_empty() || text == UNKNOWN.as_bytes() {
            return Some(0);
        }
        if let Some(place) = self.answers.iter().position(|answer| answer.id.as_bytes() == text) {
            return u8::try_from(place + 1).ok();
        }
        match self.kind {
            Kind::Binned { .. } => self.code_of_number(floor_of_digits(text)?),
            _ => None,
        }
    }
}

/// The whole number at or below a plain decimal; beyond the range, its end.
fn floor_of_digits(text: &[u8]) -> Option<i64> {
    let (negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let whole_length = unsigned.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (whole, rest) = unsigned.split_at(whole_length);
    let decimals = match rest {
        [] => rest,
        [b'.', decimals @ ..] if !decimals.is_empty() => decimals,
        _ => return None,
    };
    if whole.is_empty() || !decimals.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let size = whole
        .iter()
        .fold(0_i64, |size, byte| size.saturating_mul(10).saturating_add(i64::from(byte - b'0')));
    let below = negative && decimals.iter().any(|&byte| byte != b'0');
    Some(if negative { (-size).saturating_sub(i64::from(below)) } else { size })
}

/// The error for a value that an item does not list.
pub(crate) fn unlisted_answer(complaint: &str, item: &Item, value: &str) -> EncodeError {
    let ids = item.answers.iter().map(|answer| &*answer.id);
    let mut listed: Vec<String> = ids.clone().map(|id| format!("`{id}`")).collect();
    if let Kind::Binned { unit, .. } = &item.kind {
        listed.push(format!("a number ({unit})"));
    }
    listed.push(format!("`{UNKNOWN}`"));
    EncodeError::UnlistedAnswer {
        complaint: complaint.to_owned(),
        item: item.id.clone(),
        value: cut(value, 80),
        listed: listed.join(", "),
        nearest: nearest(value, ids).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::floor_of_digits;

    #[test]
    fn decimals_are_rounded_down() {
        for (text, number) in [
            ("0", Some(0)),
            ("2.9", Some(2)),
            ("-2.0", Some(-2)),
            ("-2.1", Some(-3)),
            ("99999999999999999999", Some(i64::MAX)),
            ("", None),
            ("-", None),
            ("1.", None),
            ("1e3", None),
            ("1,5", None),
        ] {
            assert_eq!(floor_of_digits(text.as_bytes()), number, "{text}");
        }
    }
}
