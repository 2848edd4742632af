//! How a source is written: a table or JSON, and what separates, quotes and encodes it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::draft::is_default;

/// How a source is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceForm {
    /// A table as text: a heading, then one complaint a row.
    Table(TableForm),
    /// JSON: one object a line, a list of objects, or a list inside an object.
    Json(JsonForm),
}

/// How a table is written as text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableForm {
    /// What stands between two fields.
    #[serde(default)]
    pub separator: Separator,
    /// What encloses a field that holds a separator.
    #[serde(default, skip_serializing_if = "is_default")]
    pub quote: Quote,
    /// How characters are written as bytes; a byte-order mark in the file counts more.
    #[serde(default, skip_serializing_if = "is_default")]
    pub encoding: Encoding,
    /// Rows above the heading, such as a title; blank lines are not counted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rows_before_heading: u32,
    /// Rows below the heading that are no complaints, such as a second heading.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rows_after_heading: u32,
    /// What a line that is a comment begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The names of the columns, for a file without a heading.
    #[serde(default, skip_serializing_if = "is_default")]
    pub headings: Vec<String>,
}

/// How JSON is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonForm {
    /// Where the list of records stands inside the one object of the file: keys joined by dots.
    /// Without it the file is a list of records, or holds one record a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
}

/// What stands between two fields of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Separator {
    /// A comma.
    #[default]
    #[serde(rename = ",")]
    Comma,
    /// A semicolon.
    #[serde(rename = ";")]
    Semicolon,
    /// A tabulator.
    #[serde(rename = "\t")]
    Tab,
    /// A vertical bar.
    #[serde(rename = "|")]
    Bar,
}

impl Separator {
    pub(in crate::intake) const ALL: [Separator; 4] =
        [Separator::Comma, Separator::Semicolon, Separator::Tab, Separator::Bar];

    pub(in crate::intake) fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
            Separator::Bar => b'|',
        }
    }
}

impl fmt::Display for Separator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Separator::Comma => "a comma",
            Separator::Semicolon => "a semicolon",
            Separator::Tab => "a tabulator",
            Separator::Bar => "a vertical bar",
        })
    }
}

/// What encloses a field that holds a separator or a line break. Doubled, it stands for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Quote {
    /// Double quotes.
    #[default]
    #[serde(rename = "\"")]
    Double,
    /// Single quotes.
    #[serde(rename = "'")]
    Single,
    /// Nothing: every separator ends a field.
    #[serde(rename = "none")]
    None,
}

impl Quote {
    pub(in crate::intake) fn byte(self) -> Option<u8> {
        match self {
            Quote::Double => Some(b'"'),
            Quote::Single => Some(b'\''),
            Quote::None => None,
        }
    }
}

/// How characters are written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, the lower byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, the higher byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows-1252, which Latin-1 files are read as.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

impl fmt::Display for Encoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1252 => "windows-1252",
        })
    }
}
