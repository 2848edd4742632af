//! Answers of a line of JSON, coded without a copy.

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::{Coder, MOST_UNLISTED, Scratch, fault};
use crate::Timestamp;
use crate::codebook::plain_name;
use crate::complaint::{Given, Unlisted};

pub(super) struct CodeAnswers<'s, 'a> {
    pub(super) coder: &'s Coder,
    pub(super) scratch: &'s mut Scratch<'a>,
}

impl<'a> DeserializeSeed<'a> for CodeAnswers<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for CodeAnswers<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("answers by item")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut access: A) -> Result<(), A::Error> {
        let CodeAnswers { coder, scratch } = self;
        while let Some(id) = access.next_key::<&'a str>()? {
            let Some(item) = coder.items.find(id.as_bytes()) else {
                // An item under a name in other letters is read the long way.
                if !scratch.strangers.contains(&id) {
                    if coder.plain_items.contains_key(&plain_name(id)) {
                        return Err(fault());
                    }
                    scratch.strangers.truncate(MOST_UNLISTED - 1);
                    scratch.strangers.push(id);
                }
                let repeated = scratch.unlisted.contains(&id);
                let many = scratch.unlisted.len() >= MOST_UNLISTED;
                if coder.reading.unlisted == Unlisted::Refuse || repeated || many {
                    return Err(fault());
                }
                access.next_value::<Given>()?;
                scratch.unlisted.push(id);
                continue;
            };
            let item = item as usize;
            let answer = CodeAnswer { coder, item, bare: false };
            let (code, known_at) = access.next_value_seed(answer)?;
            if std::mem::replace(&mut scratch.seen[item], scratch.line) == scratch.line {
                return Err(fault());
            }
            let later = coder.as_of.is_some_and(|as_of| known_at.is_some_and(|at| at > as_of));
            if code != 0 && !later {
                scratch.codes[item] = code;
                scratch.answered = scratch.answered.max(coder.codebook.items()[item].stage);
                scratch.known.extend(known_at.map(|known_at| (item, known_at)));
            }
        }
        Ok(())
    }
}

/// The answer to one item: its code, and when it became known.
struct CodeAnswer<'s> {
    coder: &'s Coder,
    item: usize,
    /// Whether a map of `value` and `known_at` is out of place.
    bare: bool,
}

impl<'a> DeserializeSeed<'a> for CodeAnswer<'_> {
    type Value = (u8, Option<Timestamp>);

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl CodeAnswer<'_> {
    fn text<E: de::Error>(&self, text: &str) -> Result<(u8, Option<Timestamp>), E> {
        let code = self.coder.code_of_text(self.item, text).ok_or_else(fault)?;
        Ok((code, None))
    }

    fn number<E: de::Error>(&self, number: i64) -> Result<(u8, Option<Timestamp>), E> {
        let item = &self.coder.codebook.items()[self.item];
        Ok((item.code_of_number(number).ok_or_else(fault)?, None))
    }
}

impl<'a> Visitor<'a> for CodeAnswer<'_> {
    type Value = (u8, Option<Timestamp>);

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an answer")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok((0, None))
    }

    fn visit_bool<E: de::Error>(self, yes: bool) -> Result<Self::Value, E> {
        self.text(if yes { "yes" } else { "no" })
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        self.number(number)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        self.number(i64::try_from(number).map_err(|_| fault())?)
    }

    /// Numbers with decimals are read digit by digit, the long way.
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(fault())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        self.text(text)
    }

    fn visit_map<A: MapAccess<'a>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        if self.bare {
            return Err(fault());
        }
        let (mut code, mut known_at) = (None, None);
        while let Some(key) = access.next_key::<&'a str>()? {
            match key {
                "value" if code.is_none() => {
                    let CodeAnswer { coder, item, .. } = self;
                    let value = CodeAnswer { coder, item, bare: true };
                    code = Some(access.next_value_seed(value)?.0);
                }
                "known_at" if known_at.is_none() => {
                    known_at = Some(access.next_value::<Option<Timestamp>>()?);
                }
                _ => return Err(fault()),
            }
        }
        Ok((code.ok_or_else(fault)?, known_at.flatten()))
    }
}
