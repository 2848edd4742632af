//! What can be had of a document, or a part of one, that cannot be read: flags, by their names.

use super::facts::{Fact, FileFacts, ReportFacts};
use super::reading::{file_flag, report_flag};

/// Searches for flags that speak of danger, of reports and of files, by name alone. Comments and quoted sections that are
/// complete are passed over: people write there. Time is linear in the bytes.
pub(super) fn search(document: &[u8], mut found: impl FnMut(Fact)) {
    let quoted = [(&b"<![CDATA["[..], &b"]]>"[..]), (b"<!--", b"-->")];
    // Marks of names, also as they stand in text within another text.
    let is_mark = |byte: &u8| matches!(byte, b'<' | b'"' | b'\'' | b'&');
    // Where the next end of each kind stands, once it was looked for: an end is looked for once.
    let mut ends: [Option<usize>; 2] = [None; 2];
    let mut rest = document;
    while let Some(at) = rest.iter().position(is_mark) {
        let here = document.len() - rest.len() + at;
        let kind = quoted.iter().position(|(begins, _)| rest[at..].starts_with(begins));
        if let Some(kind) = kind {
            let (begin, end) = quoted[kind];
            let known = ends[kind].filter(|&end| end >= here);
            let end = known.unwrap_or_else(|| {
                let found = memchr::memmem::find(&document[here..], end);
                found.map_or(usize::MAX, |found| here + found)
            });
            ends[kind] = Some(end);
            let content = document.get(here + begin.len()..end);
            // One within another was left open: what stands between is no text of somebody's.
            if content.is_some_and(|content| memchr::memmem::find(content, begin).is_none()) {
                rest = &document[end..];
                continue;
            }
        }
        let mark = [&b"&lt;"[..], b"&quot;", b"&apos;"]
            .into_iter()
            .find(|mark| rest[at..].starts_with(mark));
        let is_tag = rest[at] == b'<' || mark == Some(b"&lt;");
        let after = &rest[at + mark.map_or(1, <[u8]>::len)..];
        if rest[at] == b'&' && mark.is_none() {
            rest = after;
            continue;
        }
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte);
        let end = after.iter().position(|byte| !is_name(byte)).unwrap_or(after.len());
        let name = String::from_utf8_lossy(&after[..end]);
        let name = name.rsplit(':').next().unwrap_or("");
        let tail = &after[end..];
        if end > 0
            && let Some(fact) = flag(is_tag, name, tail).filter(|fact| !fact.lowers())
        {
            found(fact);
        }
        rest = tail;
    }
}

/// Adds what is found to a report; flags of files become a file of it. Whether anything was found.
pub(super) fn add_found(document: &[u8], report: &mut ReportFacts) -> bool {
    let mut file = FileFacts::default();
    let (mut of_report, mut of_file) = (false, false);
    search(document, |fact| match fact.is_of_file() {
        true => {
            file.provider.add(fact);
            of_file = true;
        }
        false => {
            report.counts.add(fact);
            of_report = true;
        }
    });
    if of_file {
        file.close();
        report.files.push(file);
    }
    of_report || of_file
}

/// The flag that a name and what follows it say.
fn flag(is_tag: bool, name: &str, tail: &[u8]) -> Option<Fact> {
    let names_level = ["priority", "priorityLevel"].iter().any(|of| of.eq_ignore_ascii_case(name));
    if !is_tag && names_level && is_first_level(tail) {
        return Some(Fact::TopPriority);
    }
    let urgent = name.eq_ignore_ascii_case("escalateToHighPriority");
    // Whatever stands in the sender's call for urgency is free text: its presence counts.
    let is_said = says_yes(is_tag, tail) || is_tag && urgent;
    if !is_said {
        return None;
    }
    if urgent { Some(Fact::HighPriority) } else { report_flag(name).or_else(|| file_flag(name)) }
}

/// What follows a quote, which may stand in a text within another text.
fn behind_quote(bytes: &[u8]) -> Option<&[u8]> {
    let backslashes = bytes.iter().take_while(|byte| **byte == b'\\').count();
    let quote = &bytes[backslashes..];
    [&b"\""[..], b"'", b"&quot;", b"&apos;"].iter().find_map(|mark| quote.strip_prefix(*mark))
}

/// Whether what follows the name of the clearing house's level is its first.
fn is_first_level(tail: &[u8]) -> bool {
    let value = behind_quote(tail).and_then(|tail| tail.trim_ascii_start().strip_prefix(b":"));
    let Some(value) = value.map(<[u8]>::trim_ascii_start) else { return false };
    let value = behind_quote(value).unwrap_or(value);
    matches!(value, [b'E' | b'e' | b'1', after, ..] if !after.is_ascii_alphanumeric())
}

/// Whether what follows a name lets the flag stand: a tag's end and no *false*; a colon and no
/// *false* or *null*.
fn says_yes(is_tag: bool, tail: &[u8]) -> bool {
    let tail = &tail[..tail.len().min(64)];
    let tail = match tail {
        [b'&', b'g', b't', b';', ..] => &tail[3..],
        _ => tail,
    };
    let value = if is_tag {
        match tail.first() {
            Some(b'/') => return true,
            Some(b'>' | b';') => &tail[1..],
            Some(byte) if byte.is_ascii_whitespace() => return true,
            _ => return false,
        }
    } else {
        let Some(value) = behind_quote(tail) else { return false };
        let value = value.trim_ascii_start();
        // A name by itself in a list.
        if matches!(value.first(), Some(b',' | b']')) {
            return true;
        }
        let Some(value) = value.strip_prefix(b":") else { return false };
        value
    };
    let value = value.trim_ascii_start();
    !["false", "null", "0"].iter().any(|no| value.starts_with(no.as_bytes()))
}
