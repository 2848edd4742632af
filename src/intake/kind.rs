//! The kind of a file, told from its content: endings lie.

use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::text::{behind_mark, decoded, guessed};

/// How many bytes of a source are looked at.
const LOOKED_AT: usize = 1 << 16;

/// The kind of a source, told from its first bytes.
///
/// ```
/// use caserank::intake::SourceKind;
/// assert_eq!(SourceKind::of(b"id;received\n1;2026-04-17\n"), SourceKind::Table);
/// assert_eq!(SourceKind::of(b"[{\"id\": 1}]"), SourceKind::Json);
/// assert_eq!(SourceKind::of(b"\x1F\x8B\x08\x00"), SourceKind::Gzip);
/// assert!(SourceKind::Gzip.way_out().is_some_and(|way_out| way_out.contains("gunzip")));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SourceKind {
    /// Nothing but blanks.
    Empty,
    /// Text in rows and columns.
    Table,
    /// One JSON value: a list of records, or an object.
    Json,
    /// A JSON object on each line.
    NdJson,
    /// Compressed by gzip.
    Gzip,
    /// Compressed by Zstandard.
    Zstandard,
    /// Compressed by bzip2.
    Bzip2,
    /// Compressed by xz.
    Xz,
    /// A spreadsheet of the newer kind (XLSX).
    Xlsx,
    /// A ZIP archive of something else.
    Zip,
    /// A spreadsheet or document of the older kind (XLS, DOC), or a mail message.
    Ole,
    /// Columns in Apache Parquet.
    Parquet,
    /// Columns in Apache Arrow.
    Arrow,
    /// A PDF document.
    Pdf,
    /// XML other than a page.
    Xml,
    /// A page, such as the error page of a web server.
    Html,
    /// None of these, and no text.
    Binary,
}

/// How many lines are looked at.
const LINES_LOOKED_AT: usize = 16;

fn is_whole(line: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

/// Whether half of the first lines, or more, are whole objects by themselves.
fn are_objects(text: &[u8]) -> bool {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let lines: Vec<&[u8]> = lines.filter(|line| !line.is_empty()).take(LINES_LOOKED_AT).collect();
    let objects = lines.iter().filter(|line| line.starts_with(b"{") && is_whole(line)).count();
    objects > 0 && objects * 2 >= lines.len()
}

/// Whether an object holds a list of objects that say more by themselves than it does beside the list.
fn wraps_records(text: &str) -> bool {
    let Some(path) = super::json::path_of_records(text) else { return false };
    let mut first = None;
    let kind = SourceKind::Json;
    super::json::records(text, kind, Some(&path), &|_| false, &mut |record| {
        first = Some(&text[record.bytes]);
        false
    });
    first.is_some_and(|first| single_values(first) > single_values(text))
}

/// How many keys of an object hold one value each; of an object that the sample cuts through, those before the cut.
fn single_values(json: &str) -> usize {
    struct Count<'c>(&'c mut usize);
    impl<'de> Visitor<'de> for Count<'_> {
        type Value = ();

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while map.next_key::<IgnoredAny>()?.is_some() {
                let value: &RawValue = map.next_value()?;
                *self.0 += usize::from(!value.get().starts_with(['[', '{']));
            }
            Ok(())
        }
    }
    let mut count = 0;
    // Where the sample ends, the counting ends.
    let _ = serde_json::Deserializer::from_str(json).deserialize_map(Count(&mut count));
    count
}

impl SourceKind {
    /// Tells the kind from the beginning of a source; 64 KiB are enough.
    #[must_use]
    pub fn of(beginning: &[u8]) -> Self {
        let beginning = &beginning[..beginning.len().min(LOOKED_AT)];
        let magic: [(&[u8], SourceKind); 11] = [
            (b"\x1F\x8B", SourceKind::Gzip),
            (b"\x28\xB5\x2F\xFD", SourceKind::Zstandard),
            (b"BZh", SourceKind::Bzip2),
            (b"\xFD7zXZ\0", SourceKind::Xz),
            (b"PK\x03\x04", SourceKind::Zip),
            (b"PK\x05\x06", SourceKind::Zip),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", SourceKind::Ole),
            (b"PAR1", SourceKind::Parquet),
            (b"ARROW1", SourceKind::Arrow),
            (b"%PDF-", SourceKind::Pdf),
            (b"{\\rtf", SourceKind::Binary),
        ];
        if let Some((_, kind)) = magic.into_iter().find(|(magic, _)| beginning.starts_with(magic)) {
            let names = |name: &&[u8]| memchr::memmem::find(beginning, name).is_some();
            return match kind {
                SourceKind::Zip if [&b"xl/"[..], b"[Content_Types].xml"].iter().any(names) => {
                    SourceKind::Xlsx
                }
                kind => kind,
            };
        }
        SourceKind::of_text(beginning)
    }

    fn of_text(beginning: &[u8]) -> Self {
        let encoding = guessed(beginning);
        let text = decoded(beginning, encoding);
        let (_, text) = behind_mark(&text);
        let text = text.trim_ascii();
        if text.is_empty() {
            return SourceKind::Empty;
        }
        // A zero in one cell is that cell's fault, not the file's.
        let zeros = text.iter().filter(|&&byte| byte == 0).count();
        if zeros * 16 > text.len() {
            return SourceKind::Binary;
        }
        match text[0] {
            b'[' => SourceKind::Json,
            b'{' => SourceKind::of_object(text),
            // Of a file of objects one may be damaged, and be the first.
            _ if are_objects(text) => SourceKind::NdJson,
            b'<' => {
                let start: String =
                    String::from_utf8_lossy(&text[..text.len().min(512)]).to_lowercase();
                if start.contains("<html") || start.contains("<!doctype html") {
                    SourceKind::Html
                } else {
                    SourceKind::Xml
                }
            }
            _ => SourceKind::Table,
        }
    }

    /// One object over several lines, or one a line?
    fn of_object(text: &[u8]) -> Self {
        let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii();
        let is_alone = first.len() == text.len();
        if is_alone && std::str::from_utf8(first).is_ok_and(wraps_records) {
            return SourceKind::Json;
        }
        // A first line that is a whole object, or that the sample cuts through; or others are whole objects.
        if is_whole(first) || is_alone && !first.ends_with(b"}") || are_objects(text) {
            SourceKind::NdJson
        } else {
            SourceKind::Json
        }
    }

    /// Whether a mapping can read it.
    #[must_use]
    pub fn is_readable(self) -> bool {
        matches!(self, SourceKind::Table | SourceKind::Json | SourceKind::NdJson)
    }

    /// What to do with a kind that cannot be read here.
    #[must_use]
    pub fn way_out(self) -> Option<&'static str> {
        Some(match self {
            SourceKind::Table | SourceKind::Json | SourceKind::NdJson => return None,
            SourceKind::Empty => "give a file with a heading and at least one row",
            SourceKind::Gzip => "unpack it first (gunzip), or open it with the program `desk`",
            SourceKind::Zstandard => {
                "unpack it first (zstd -d), or open it with the program `desk`"
            }
            SourceKind::Bzip2 => "unpack it first (bunzip2)",
            SourceKind::Xz => "unpack it first (unxz)",
            SourceKind::Xlsx => "save the sheet as CSV UTF-8, or open it with the program `desk`",
            SourceKind::Zip => "unpack it first (unzip), and give the file that is in it",
            SourceKind::Ole => "open it in a spreadsheet program and save the sheet as CSV UTF-8",
            SourceKind::Parquet | SourceKind::Arrow => {
                "export it as CSV or NDJSON from the program that wrote it"
            }
            SourceKind::Pdf => "ask for the data that the document was made from",
            SourceKind::Xml => {
                "reports of the clearinghouse are read by `cybertipline`; export anything else as CSV or JSON"
            }
            SourceKind::Html => "it may be the error page of a server: fetch the export again",
            SourceKind::Binary => "export it as CSV or JSON",
        })
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            SourceKind::Empty => "an empty file",
            SourceKind::Table => "a table as text",
            SourceKind::Json => "JSON",
            SourceKind::NdJson => "JSON with one object a line",
            SourceKind::Gzip => "a file compressed by gzip",
            SourceKind::Zstandard => "a file compressed by Zstandard",
            SourceKind::Bzip2 => "a file compressed by bzip2",
            SourceKind::Xz => "a file compressed by xz",
            SourceKind::Xlsx => "a spreadsheet (XLSX)",
            SourceKind::Zip => "a ZIP archive",
            SourceKind::Ole => "an older office file (XLS, DOC)",
            SourceKind::Parquet => "a Parquet file",
            SourceKind::Arrow => "an Arrow file",
            SourceKind::Pdf => "a PDF document",
            SourceKind::Xml => "XML",
            SourceKind::Html => "a web page",
            SourceKind::Binary => "a file that is no text",
        })
    }
}
