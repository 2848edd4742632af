//! Sources of another kind than a reader's, told by how they begin.

/// What a source looks like, and the way out.
pub(super) type OtherKind = (&'static str, &'static str);

const UNPACK: &str = "unpack it first";

/// Kinds of files that begin with bytes of their own.
const MAGIC: [(&[u8], OtherKind); 9] = [
    (b"\x1F\x8B", ("a gzip file", UNPACK)),
    (b"\x28\xB5\x2F\xFD", ("a Zstandard file", UNPACK)),
    (b"BZh", ("a bzip2 file", UNPACK)),
    (b"PAR1", ("a Parquet file", "read it as record batches, or save it as CSV")),
    (b"ARROW1", ("an Arrow file", "read it as record batches, or save it as CSV")),
    (b"PK\x03\x04", ("a ZIP file or a spreadsheet", "save it as CSV in UTF-8")),
    (b"\xD0\xCF\x11\xE0", ("an old spreadsheet", "save it as CSV in UTF-8")),
    (b"\xFF\xFE", ("UTF-16 text", "save it as UTF-8, or read it through a mapping")),
    (b"\xFE\xFF", ("UTF-16 text", "save it as UTF-8, or read it through a mapping")),
];

fn binary(block: &[u8]) -> Option<OtherKind> {
    if block.starts_with(b"caserank") {
        return Some(("a snapshot of a backlog", "load it with `Backlog::load`"));
    }
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| block.starts_with(magic)) {
        return Some(*kind);
    }
    // UTF-16 without a mark: every other byte of plain text is 0.
    let beginning = &block[..block.len().min(64)];
    let zeros = |first: usize| beginning.iter().skip(first).step_by(2).all(|&byte| byte == 0);
    (beginning.len() >= 8 && (zeros(0) || zeros(1)))
        .then_some(("UTF-16 text", "save it as UTF-8, or read it through a mapping"))
}

/// The beginning of a source that comes in blocks: looked at until something else than blank space
/// has come, so that what is said does not depend on where blocks end.
#[derive(Default)]
pub(super) struct Beginning {
    begun: bool,
    told: bool,
}

impl Beginning {
    /// Whether `block` is the first, and what the source looks like where `text_kind` or its bytes
    /// say that it is of another kind.
    pub(super) fn look(
        &mut self,
        block: &[u8],
        text_kind: fn(&[u8]) -> Option<OtherKind>,
    ) -> (bool, Option<OtherKind>) {
        let first = !std::mem::replace(&mut self.begun, true);
        if self.told {
            return (first, None);
        }
        let kind = if first { binary(block) } else { None };
        let mark: &[u8] = if first { b"\xEF\xBB\xBF" } else { b"" };
        let text = block.strip_prefix(mark).unwrap_or(block).trim_ascii_start();
        self.told = !text.is_empty();
        (first, kind.or_else(|| text_kind(text)))
    }
}

/// Whether text, from its first letter on, is no CSV.
#[cfg(any(feature = "csv", feature = "arrow-59"))]
pub(super) fn text_other_than_csv(text: &[u8]) -> Option<OtherKind> {
    match text.first() {
        Some(b'{') => Some(("JSON", "read it as newline-delimited JSON")),
        Some(b'[') => {
            Some(("a JSON array", "write one object a line, or read it through a mapping"))
        }
        Some(b'<') => Some(("XML or HTML", "save it as CSV, or read it as a report")),
        _ => None,
    }
}

/// Whether text, from its first letter on, is no newline-delimited JSON.
pub(super) fn text_other_than_ndjson(text: &[u8]) -> Option<OtherKind> {
    match text.first() {
        Some(b'[') => {
            Some(("a JSON array", "write one object a line, or read it through a mapping"))
        }
        Some(b'<') => Some(("XML or HTML", "read it as a report")),
        // No line of its own begins with a name; a lone brace may be one that was cut off.
        Some(b'{') if name_on_its_own_line(&text[1..]) => {
            Some(("JSON over several lines", "write one object a line"))
        }
        _ => None,
    }
}

fn name_on_its_own_line(rest: &[u8]) -> bool {
    let ends = rest.starts_with(b"\n") || rest.starts_with(b"\r\n");
    ends && rest.trim_ascii_start().starts_with(b"\"")
}
