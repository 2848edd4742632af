//! The words of a small enum, in one list: how it is shown, read, and written to files.

use thiserror::Error;

use crate::base::escaped;

/// Why a text is not one of the words of an enum.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{found}` is not {what}: write one of {}", .words.join(", "), found = escaped(.found))]
#[non_exhaustive]
pub struct WordError {
    /// What was to be read, with its article.
    what: &'static str,
    /// The text as given, cut after 40 characters, with control characters escaped.
    found: String,
    words: &'static [&'static str],
}

impl WordError {
    pub(crate) fn new(what: &'static str, found: &str, words: &'static [&'static str]) -> Self {
        let found = found.chars().take(40).flat_map(|character| {
            let shown: Vec<char> = match character.is_control() {
                true => character.escape_default().collect(),
                false => vec![character],
            };
            shown
        });
        WordError { what, found: found.collect(), words }
    }

    /// The words that are read.
    #[must_use]
    pub fn words(&self) -> &'static [&'static str] {
        self.words
    }
}

/// Gives a small enum its words: `Display`, `FromStr` and serde, all from one list.
macro_rules! words {
    ($name:ident, $what:literal, $($variant:ident => $word:literal),+ $(,)?) => {
        impl $name {
            const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word for it in files and messages.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word),+
                }
            }

            fn of_word(text: &str) -> Option<Self> {
                match text {
                    $($word => Some($name::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::base::WordError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let refused = || $crate::base::WordError::new($what, text, $name::WORDS);
                $name::of_word(text).ok_or_else(refused)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                struct Word;
                impl serde::de::Visitor<'_> for Word {
                    type Value = $name;

                    fn expecting(
                        &self,
                        formatter: &mut std::fmt::Formatter<'_>,
                    ) -> std::fmt::Result {
                        formatter.write_str($what)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::of_word(text)
                            .ok_or_else(|| E::unknown_variant(text, $name::WORDS))
                    }
                }
                deserializer.deserialize_str(Word)
            }
        }
    };
}
pub(crate) use words;
