//! Turning a complaint's answers into codes, as of a time.

use super::{Complaint, EncodeError, NotUnderstood, Value, WhyNotUnderstood};
use crate::Timestamp;
use crate::base::text::cut;
use crate::base::words;
use crate::codebook::{Codebook, Item, Kind, Plausible, Stage, UNKNOWN, nearest};

/// What to do with an answer to an item that the codebook does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Unlisted {
    /// Refuse the complaint, naming the item.
    #[default]
    Refuse,
    /// Take the complaint without that answer and report the item.
    Report,
}

words! {
    Unlisted, "what to do with an unlisted item",
    Refuse => "refuse",
    Report => "report",
}

/// A complaint's answers as codes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Encoded {
    /// One code per item in codebook order; 0 is *unknown*.
    pub(crate) codes: Vec<u8>,
    /// The stage reached: the declared one, or that of the latest item answered.
    pub(crate) stage: Stage,
    /// Items that the codebook does not list, where they are reported.
    pub(crate) unlisted: Vec<String>,
    /// What was not understood: what the complaint carries, and what [`Complaint::understand`]
    /// found.
    pub(crate) not_understood: Vec<NotUnderstood>,
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
        let complaint = || cut(self.id(), 80);
        self.check().map_err(|cause| EncodeError::Complaint { complaint: complaint(), cause })?;
        let mut fault = None;
        let encoded = self.code(codebook, as_of, unlisted, &mut |what| {
            fault.get_or_insert(what);
        });
        match fault {
            None => Ok(encoded),
            Some(Fault::Item(id)) => Err(EncodeError::UnlistedItem {
                complaint: complaint(),
                item: cut(id, 80),
                nearest: codebook.nearest_item(id).map(str::to_owned),
            }),
            Some(Fault::Answer(item, value)) => {
                Err(unlisted_answer(&complaint(), item, &value.to_string()))
            }
        }
    }

    /// Codes of the answers that can be understood; the others are *unknown* and stand in
    /// [`Encoded::not_understood`].
    #[must_use]
    pub fn understand(
        &self,
        codebook: &Codebook,
        as_of: Option<Timestamp>,
        unlisted: Unlisted,
    ) -> Encoded {
        let mut found = Vec::new();
        let mut encoded = self.code(codebook, as_of, unlisted, &mut |fault| {
            found.push(match fault {
                Fault::Item(id) => {
                    let value = self.given(id).map(|given| given.value.to_string());
                    let nearest = codebook.nearest_item(id).map(str::to_owned);
                    let why = WhyNotUnderstood::UnlistedItem { nearest };
                    NotUnderstood::new(id, &value.unwrap_or_default(), why)
                }
                Fault::Answer(item, value) => {
                    let value = value.to_string();
                    let why = item.understand(value.as_bytes()).err();
                    let why = why.unwrap_or(WhyNotUnderstood::NotListed { nearest: None });
                    NotUnderstood::new(&item.id, &value, why)
                }
            });
        });
        encoded.not_understood.append(&mut found);
        encoded
    }

    /// Codes, with a call for whatever has none.
    fn code<'a>(
        &'a self,
        codebook: &'a Codebook,
        as_of: Option<Timestamp>,
        unlisted: Unlisted,
        fault: &mut dyn FnMut(Fault<'a>),
    ) -> Encoded {
        let mut encoded = Encoded {
            codes: vec![0; codebook.items().len()],
            stage: self.stage(),
            unlisted: Vec::new(),
            not_understood: self.not_understood().to_vec(),
        };
        for (id, given) in self.answers() {
            let Some(position) = codebook.item_position(id) else {
                match unlisted {
                    Unlisted::Refuse => fault(Fault::Item(id)),
                    Unlisted::Report => encoded.unlisted.push(id.to_owned()),
                }
                continue;
            };
            let item = &codebook.items()[position];
            let Some(code) = item.code_of_value(&given.value) else {
                fault(Fault::Answer(item, &given.value));
                continue;
            };
            let later =
                as_of.is_some_and(|as_of| given.known_at.is_some_and(|known| known > as_of));
            if code != 0 && !later {
                encoded.codes[position] = code;
                encoded.stage = encoded.stage.max(item.stage);
            }
        }
        encoded
    }
}

/// What of a complaint has no code.
enum Fault<'a> {
    Item(&'a str),
    Answer(&'a Item, &'a Value),
}

impl Item {
    /// The code of a value: 0 for *unknown*, `None` for a value that is not understood.
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
        self.understand(text).ok()
    }

    /// The code of a text as it stands in a file, or why it has none. Answers are found whatever
    /// their case; blanks around them do not count.
    pub(crate) fn understand(&self, text: &[u8]) -> Result<u8, WhyNotUnderstood> {
        let text = std::str::from_utf8(text).map_err(|_| WhyNotUnderstood::NotText)?.trim();
        let answers = || self.answers.iter().zip(1..=u8::MAX);
        if let Some((_, code)) = answers().find(|(answer, _)| answer.id == text) {
            return Ok(code);
        }
        if text.is_empty() || text.eq_ignore_ascii_case(UNKNOWN) {
            return Ok(0);
        }
        if self.missing.iter().any(|word| text.eq_ignore_ascii_case(word)) {
            return Ok(0);
        }
        if text.chars().any(char::is_control) {
            return Err(WhyNotUnderstood::NotText);
        }
        // Before the answers without their case: software writes `None` for a missing value, and
        // that is not the answer `none`.
        if is_missing_word(text) {
            return Err(WhyNotUnderstood::MissingWord);
        }
        let mut alike = answers().filter(|(answer, _)| answer.id.eq_ignore_ascii_case(text));
        if let (Some((_, code)), None) = (alike.next(), alike.next()) {
            return Ok(code);
        }
        if matches!(self.kind, Kind::Binned { .. })
            && let Some(result) = self.understand_number(text)
        {
            return result;
        }
        let ids = self.answers.iter().map(|answer| &*answer.id);
        Err(WhyNotUnderstood::NotListed { nearest: nearest(text, ids).map(str::to_owned) })
    }

    /// `None` where the text is nothing like a number.
    fn understand_number(&self, text: &str) -> Option<Result<u8, WhyNotUnderstood>> {
        text.bytes().find(u8::is_ascii_digit)?;
        let Plausible { least, most, decimals } = self.plausible_numbers();
        let number = match number(text, decimals) {
            Ok(number) => number,
            Err(why) => return Some(Err(why)),
        };
        let code = number.and_then(|number| self.code_of_number(number));
        Some(code.ok_or(WhyNotUnderstood::OutOfRange { least, most }))
    }
}

/// Whether a text is one that people and software write for a missing value.
fn is_missing_word(text: &str) -> bool {
    const WORDS: [&str; 21] = [
        "na",
        "n/a",
        "n.a.",
        "n.a",
        "#n/a",
        "nan",
        "none",
        "null",
        "nil",
        "unk",
        "unk.",
        "n/k",
        "nk",
        "n.k.",
        "missing",
        "(blank)",
        "not known",
        "not available",
        "not applicable",
        "not recorded",
        "no data",
    ];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        || !text.is_empty() && text.chars().all(|letter| "-–—?.*_".contains(letter))
}

/// The whole number at or below a plain decimal; `None` beyond all numbers. Decimals that are all
/// 0 do not count. Three decimals behind up to three digits are no number where decimals are not
/// expected, since a point may mark thousands.
fn number(text: &str, decimals_allowed: bool) -> Result<Option<i64>, WhyNotUnderstood> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let thousands = unsigned.contains('.') && decimals.len() == 3 && whole.len() <= 3;
    if !digits(whole) || !digits(decimals) || thousands && !decimals_allowed {
        return Err(WhyNotUnderstood::NotANumber);
    }
    let exact = decimals.bytes().all(|byte| byte == b'0');
    if !exact && !decimals_allowed {
        return Err(WhyNotUnderstood::NotWhole);
    }
    // One digit more than any number has, since the least has no positive counterpart.
    let size = whole.parse::<i128>().ok();
    let below = |size: i128| if text.starts_with('-') { -size - i128::from(!exact) } else { size };
    Ok(size.and_then(|size| i64::try_from(below(size)).ok()))
}

/// The error for a value that an item does not list.
fn unlisted_answer(complaint: &str, item: &Item, value: &str) -> EncodeError {
    let ids = item.answers.iter().map(|answer| &*answer.id);
    let mut listed: Vec<String> = ids.clone().map(|id| format!("`{id}`")).collect();
    if let Kind::Binned { unit, .. } = &item.kind {
        listed.push(format!("a number ({unit})"));
    }
    listed.push(format!("`{UNKNOWN}`"));
    let nearest = nearest(value, ids).filter(|_| !is_missing_word(value.trim()));
    EncodeError::UnlistedAnswer {
        complaint: complaint.to_owned(),
        item: item.id.clone(),
        value: cut(value, 80),
        listed: listed.join(", "),
        nearest: nearest.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::number;
    use crate::complaint::WhyNotUnderstood::{NotANumber, NotWhole};

    #[test]
    fn numbers_are_read_in_one_way_or_not_at_all() {
        for (text, whole, with_decimals) in [
            ("0", Ok(Some(0)), Ok(Some(0))),
            ("+3", Ok(Some(3)), Ok(Some(3))),
            ("3.0", Ok(Some(3)), Ok(Some(3))),
            ("2.9", Err(NotWhole), Ok(Some(2))),
            ("-2.0", Ok(Some(-2)), Ok(Some(-2))),
            ("-2.1", Err(NotWhole), Ok(Some(-3))),
            ("-9223372036854775808", Ok(Some(i64::MIN)), Ok(Some(i64::MIN))),
            ("1.200", Err(NotANumber), Ok(Some(1))),
            ("12.000", Err(NotANumber), Ok(Some(12))),
            ("1.234.567", Err(NotANumber), Err(NotANumber)),
            ("1,200", Err(NotANumber), Err(NotANumber)),
            ("99999999999999999999", Ok(None), Ok(None)),
            ("-", Err(NotANumber), Err(NotANumber)),
            ("1.", Err(NotANumber), Err(NotANumber)),
            ("1e3", Err(NotANumber), Err(NotANumber)),
        ] {
            assert_eq!(number(text, false), whole, "{text}");
            assert_eq!(number(text, true), with_decimals, "{text}");
        }
    }
}
