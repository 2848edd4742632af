//! Records of a JSON source, one by one, with where they stand.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::kind::SourceKind;

/// A record, or what stands where one should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonRecord {
    /// Where it stands in the source.
    pub(super) bytes: Range<usize>,
    /// Why it is none, in words.
    pub(super) fault: Option<String>,
}

/// Hands every record of a source to `each`, until it says `false`; gives back whether there was a
/// list of records at all. Behind a fault in a list, reading goes on with the next object that `is_record`. Objects that are
/// records by `is_record` and stand beside the list that is named are handed over as faulty ones, behind all others.
pub(super) fn records(
    text: &str,
    kind: SourceKind,
    path: Option<&str>,
    is_record: &dyn Fn(&str) -> bool,
    each: &mut dyn FnMut(JsonRecord) -> bool,
) -> bool {
    if path.is_none() && kind == SourceKind::NdJson {
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let trimmed = line.trim();
            let start = at + (line.len() - line.trim_start().len());
            at += line.len();
            let record = JsonRecord { bytes: start..start + trimmed.len(), fault: None };
            if !trimmed.is_empty() && !each(record) {
                break;
            }
        }
        return true;
    }
    let name = path.unwrap_or_default();
    let path: Vec<&str> = path.map(|path| path.split('.').collect()).unwrap_or_default();
    let (mut end, mut found, mut stopped) = (0, false, false);
    let mut beside: Vec<Range<usize>> = Vec::new();
    let result = {
        let mut each = |raw: &RawValue| {
            let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
            end = start + raw.get().len();
            stopped = !each(JsonRecord { bytes: start..end, fault: None });
            !stopped
        };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let mut beside = |raw: &RawValue| {
            let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
            if raw.get().starts_with(['[', '{']) {
                beside.push(start..start + raw.get().len());
            }
        };
        let list = List { path: &path, each: &mut each, found: &mut found, beside: &mut beside };
        list.deserialize(&mut deserializer).and_then(|()| deserializer.end())
    };
    if let Err(error) = result
        && !stopped
    {
        // A list without one whole record is a list all the same.
        resume(text, end, &error.to_string(), is_record, each);
    }
    for part in beside.into_iter().filter(|_| found && !stopped) {
        let fault = format!(
            "it stands beside the list `{name}`, which alone is read: name its list in `records`"
        );
        each_within(text, part, is_record, WITHIN, &mut |bytes| {
            each(JsonRecord { bytes, fault: Some(fault.clone()) })
        });
    }
    found
}

/// How deep records beside the list are looked for.
const WITHIN: usize = 8;

/// Hands over the objects within a part of a text that are records; `false` where no more are wanted.
fn each_within(
    text: &str,
    part: Range<usize>,
    is_record: &dyn Fn(&str) -> bool,
    depth: usize,
    each: &mut dyn FnMut(Range<usize>) -> bool,
) -> bool {
    let raw = &text[part.clone()];
    if raw.starts_with('{') && is_record(raw) {
        return each(part);
    }
    let Some(depth) = depth.checked_sub(1) else { return true };
    let range = |raw: &RawValue| {
        let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        raw.get().starts_with(['[', '{']).then(|| start..start + raw.get().len())
    };
    let inner: Vec<Range<usize>> = if raw.starts_with('[') {
        let members: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
        members.into_iter().filter_map(range).collect()
    } else {
        let members: BTreeMap<String, &RawValue> = serde_json::from_str(raw).unwrap_or_default();
        let mut inner: Vec<Range<usize>> = members.into_values().filter_map(range).collect();
        inner.sort_unstable_by_key(|range| range.start);
        inner
    };
    inner.into_iter().all(|part| each_within(text, part, is_record, depth, each))
}

/// How many times its own length the rest of a source may be gone through for whole records.
const MOST_PASSES: usize = 8;

/// Reads on behind a fault: what stands up to the next whole record is one that is not whole.
fn resume(
    text: &str,
    mut end: usize,
    fault: &str,
    is_record: &dyn Fn(&str) -> bool,
    each: &mut dyn FnMut(JsonRecord) -> bool,
) {
    // The value that begins here, or how many bytes were gone through in vain.
    let whole_at = |at: usize| {
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(raw)) => Ok(raw.get()),
            None => Err(1),
            Some(Err(error)) => {
                let lines = text[at..].split_inclusive('\n').take(error.line().saturating_sub(1));
                Err(lines.map(str::len).sum::<usize>() + error.column().max(1))
            }
        }
    };
    let (mut fault, mut left) = (fault.to_owned(), MOST_PASSES * (text.len() - end) + text.len());
    let mut resumed = false;
    loop {
        let rest = text[end..].trim_start_matches([' ', '\t', '\r', '\n', ',', '[']);
        let begins = text.len() - rest.len();
        // What closes the list, and the object around it, is no record. A list that is not closed was cut off.
        let is_over = rest.trim_matches([' ', '\t', '\r', '\n', ']', '}']).is_empty();
        if is_over && resumed {
            if !rest.contains(']') {
                let fault = Some("the list of records breaks off".to_owned());
                each(JsonRecord { bytes: begins..text.trim_end().len().max(begins), fault });
            }
            return;
        }
        let mut at = begins;
        let next = loop {
            let Some(brace) = text[at..].find('{') else { break None };
            at += brace;
            let read = whole_at(at);
            left = left.saturating_sub(read.map_or_else(|vain| vain, str::len));
            match read {
                Ok(raw) if is_record(raw) => break Some(at..at + raw.len()),
                Ok(raw) => at += raw.len(),
                Err(_) => at += 1,
            }
            if left == 0 {
                break None;
            }
        };
        let Some(next) = next else {
            let bytes = begins..text.trim_end().len().max(begins);
            each(JsonRecord { bytes, fault: Some(fault) });
            return;
        };
        if next.start > begins {
            let broken = text[begins..next.start].trim_end_matches([' ', '\t', '\r', '\n', ',']);
            let bytes = begins..begins + broken.len();
            let told = std::mem::replace(&mut fault, "it is not whole".to_owned());
            if !each(JsonRecord { bytes, fault: Some(told) }) {
                return;
            }
        }
        end = next.end;
        if !each(JsonRecord { bytes: next, fault: None }) {
            return;
        }
        resumed = true;
    }
}

struct List<'a> {
    path: &'a [&'a str],
    each: &'a mut dyn FnMut(&RawValue) -> bool,
    found: &'a mut bool,
    /// Takes what stands under other keys than those of the path.
    beside: &'a mut dyn FnMut(&RawValue),
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path {
            [] => formatter.write_str("a list of records"),
            [key, ..] => write!(formatter, "an object with the key `{key}`"),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if !self.path.is_empty() {
            return Err(serde::de::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        }
        *self.found = true;
        while let Some(record) = list.next_element::<&RawValue>()? {
            if !(self.each)(record) {
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let [key, deeper @ ..] = self.path else {
            return Err(serde::de::Error::invalid_type(serde::de::Unexpected::Map, &self));
        };
        while let Some(found) = map.next_key::<String>()? {
            if found == *key {
                let List { each, found, beside, .. } = &mut self;
                map.next_value_seed(List { path: deeper, each, found, beside })?;
            } else {
                (self.beside)(map.next_value::<&RawValue>()?);
            }
        }
        Ok(())
    }
}

/// Where in the one object of a source the list of records stands: the path, by keys, of the longest
/// list that begins with an object; of several as long, of the first.
pub(super) fn path_of_records(text: &str) -> Option<String> {
    struct Find<'a> {
        path: &'a mut Vec<String>,
        found: &'a mut Option<(String, usize)>,
    }
    impl<'de> DeserializeSeed<'de> for Find<'_> {
        type Value = bool;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
            deserializer.deserialize_any(self)
        }
    }
    impl<'de> Visitor<'de> for Find<'_> {
        /// Whether the value is an object.
        type Value = bool;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("JSON")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
            while let Some(key) = map.next_key::<String>()? {
                if self.path.len() > 8 {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                self.path.push(key);
                map.next_value_seed(Find { path: self.path, found: self.found })?;
                self.path.pop();
            }
            Ok(true)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
            let path = self.path.join(".");
            // Lists inside the records do not count.
            let (mut below, mut ignored) = (Vec::new(), None);
            let first = list.next_element_seed(Find { path: &mut below, found: &mut ignored });
            let mut members = 1;
            // A sample may end within the list; what was counted before counts.
            let end = loop {
                if first.is_err() {
                    break Ok(false);
                }
                match list.next_element::<IgnoredAny>() {
                    Ok(Some(_)) => members += 1,
                    Ok(None) => break Ok(false),
                    Err(cut) => break Err(cut),
                }
            };
            // One that the sample ends in the first member of begins with an object, or does not matter.
            let is_of_objects = first.as_ref().map_or(true, |first| *first == Some(true));
            if is_of_objects && self.found.as_ref().is_none_or(|(_, most)| members > *most) {
                *self.found = Some((path, members));
            }
            first?;
            end
        }

        fn visit_unit<E>(self) -> Result<bool, E> {
            Ok(false)
        }

        fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
            Ok(false)
        }

        fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
            Ok(false)
        }

        fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
            Ok(false)
        }

        fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
            Ok(false)
        }

        fn visit_str<E>(self, _: &str) -> Result<bool, E> {
            Ok(false)
        }
    }
    let mut found = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // A sample may end in the middle; what was found before it counts.
    let _ = Find { path: &mut Vec::new(), found: &mut found }.deserialize(&mut deserializer);
    found.map(|(path, _)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, kind: SourceKind, path: Option<&str>) -> (Vec<(String, bool)>, bool) {
        let mut read = Vec::new();
        let found = records(text, kind, path, &|raw| raw.contains("\"a\""), &mut |record| {
            read.push((text[record.bytes].to_owned(), record.fault.is_some()));
            true
        });
        (read, found)
    }

    #[test]
    fn records_are_found_in_every_layout() {
        let whole = |text: &str| (text.to_owned(), false);
        let expected = vec![whole("{\"a\": 1}"), whole("{\"a\": [2]}")];
        for (text, kind, path) in [
            ("[{\"a\": 1}, {\"a\": [2]}]", SourceKind::Json, None),
            ("{\"a\": 1}\n\n {\"a\": [2]}\r\n", SourceKind::NdJson, None),
            (
                "{\"x\": 3, \"r\": {\"l\": [{\"a\": 1},{\"a\": [2]}]}}",
                SourceKind::Json,
                Some("r.l"),
            ),
        ] {
            assert_eq!(read(text, kind, path), (expected.clone(), true), "{text}");
        }
        assert!(!read("{\"x\": 3}", SourceKind::Json, Some("r")).1);
    }

    #[test]
    fn a_source_that_breaks_off_keeps_what_came_before() {
        let (records, found) = read("[{\"a\": 1},\n {\"a\": ", SourceKind::Json, None);
        assert!(found);
        assert_eq!(records, [("{\"a\": 1}".to_owned(), false), ("{\"a\":".to_owned(), true)]);
    }

    #[test]
    fn reading_goes_on_behind_a_record_that_is_not_whole() {
        let whole = |text: &str| (text.to_owned(), false);
        let broken = |text: &str| (text.to_owned(), true);
        for (text, expected) in [
            (
                "[{\"a\": 1}, {\"a\" 2, \"x\": {\"b\": 3}},\n{\"a\": 3}, {\"a\": 4}]",
                vec![
                    whole("{\"a\": 1}"),
                    broken("{\"a\" 2, \"x\": {\"b\": 3}}"),
                    whole("{\"a\": 3}"),
                    whole("{\"a\": 4}"),
                ],
            ),
            (
                "[{\"a\": 1} {\"a\": 2} ; {\"a\": 3}]",
                vec![whole("{\"a\": 1}"), whole("{\"a\": 2}"), broken(";"), whole("{\"a\": 3}")],
            ),
            (
                "[{\"a\": 1,, {\"b\": 2}, {\"a\": 3}, {\"a\": \"x\ny\"}, {\"a\": 5}",
                vec![
                    broken("{\"a\": 1,, {\"b\": 2}"),
                    whole("{\"a\": 3}"),
                    broken("{\"a\": \"x\ny\"}"),
                    whole("{\"a\": 5}"),
                    broken(""),
                ],
            ),
        ] {
            assert_eq!(read(text, SourceKind::Json, None), (expected, true), "{text}");
        }
        // Hostile nesting costs no more than a few passes.
        let text = format!("[{{\"a\" {}", "{\"k\":[".repeat(40_000));
        assert_eq!(read(&text, SourceKind::Json, None).0.len(), 1);
    }

    #[test]
    fn the_list_of_records_is_found() {
        for (text, path) in [
            (
                "{\"meta\": {\"tags\": [1]}, \"data\": {\"rows\": [{\"id\": 1, \"files\": [{}]}]}}",
                Some("data.rows"),
            ),
            ("{\"id\": 1, \"tags\": [\"x\"]}", None),
            ("{\"rows\": [{\"id\": 1}, {\"id\":", Some("rows")),
        ] {
            assert_eq!(path_of_records(text).as_deref(), path, "{text}");
        }
    }
}
