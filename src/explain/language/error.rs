//! What is wrong with a file of languages.

use thiserror::Error;

use crate::base::{JsonError, escaped};

/// Why a file of languages was not read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LanguageError {
    /// A format that this release does not read.
    #[error(
        "the file of languages has format {found}, and this release reads {supported}: a later release wrote it, or `format_version` is wrong"
    )]
    Format {
        /// As found.
        found: u32,
        /// What is read.
        supported: u32,
    },
    /// Text of another shape.
    #[error("the file of languages cannot be read: {0}")]
    Json(JsonError),
    /// A code of a language that is no plain tag.
    #[error(
        "`{code}` is no code of a language: write 2 to 35 small letters, digits and hyphens, such as `fr` or `pt-br`", code = escaped(.code))]
    Code {
        /// Its beginning.
        code: String,
    },
    /// A key that no sentence or word has.
    #[error("language `{language}`: there is no `{key}`{}", suggested(.nearest.as_ref()), key = escaped(.key), language = escaped(.language))]
    UnknownKey {
        /// The code of the language.
        language: String,
        /// The path of the key.
        key: String,
        /// The key that may have been meant.
        nearest: Option<String>,
    },
    /// A sentence whose gaps are not those of the English one.
    #[error("language `{language}`: the sentence `{key}` must have {}", gaps(.expected), key = escaped(.key), language = escaped(.language))]
    Gaps {
        /// The code of the language.
        language: String,
        /// The key of the sentence.
        key: String,
        /// Names of the gaps of the English sentence.
        expected: Vec<String>,
    },
    /// A text that cannot be shown as it is.
    #[error("language `{language}`: the text at `{path}` {fault}", language = escaped(.language), path = escaped(.path))]
    Text {
        /// The code of the language.
        language: String,
        /// Where it stands.
        path: String,
        /// What is wrong.
        fault: &'static str,
    },
}

fn suggested(nearest: Option<&String>) -> String {
    nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default()
}

fn gaps(expected: &[String]) -> String {
    match expected.is_empty() {
        true => "no gaps".to_owned(),
        false => {
            let gaps: Vec<String> = expected.iter().map(|gap| format!("{{{gap}}}")).collect();
            format!("the gaps {}, each at least once, and no other", gaps.join(", "))
        }
    }
}
