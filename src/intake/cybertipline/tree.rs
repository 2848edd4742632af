//! JSON as it stands: keys in order and repeated ones kept, texts borrowed where they can be.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::limits::{Limits, ReportError};
use super::reading::is_same_name;

/// How deep what belongs together may be wrapped in objects and lists of others.
pub(super) const WRAPPED: usize = 4;

/// A value. A repeated key stands twice, so that no later one can hide a flag.
#[derive(Debug)]
pub(super) enum Tree<'t> {
    Null,
    Bool(bool),
    /// As it stands in the file, for ids beyond the exact range of floats.
    Number(String),
    Text(Cow<'t, str>),
    List(Vec<Tree<'t>>),
    Map(Vec<(Cow<'t, str>, Tree<'t>)>),
}

impl<'t> Tree<'t> {
    /// The values under a key, in whatever capitals, that hold something.
    pub(super) fn all<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'s Tree<'t>> {
        let entries = match self {
            Tree::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        let named =
            entries.iter().filter(move |(name, _)| is_same_name(key, name)).map(|(_, value)| value);
        named.filter(|value| !matches!(value, Tree::Null))
    }

    /// The first value under the first of these keys that holds something.
    pub(super) fn get(&self, keys: &[&str]) -> Option<&Tree<'t>> {
        keys.iter().find_map(|key| match self {
            Tree::Map(entries) => {
                let named = entries.iter().filter(|(name, _)| is_same_name(key, name));
                named.map(|(_, value)| value).find(|value| !matches!(value, Tree::Null))
            }
            _ => None,
        })
    }

    /// The members under any of these keys: those of lists, of objects that wrap lists or members, and single objects, which have
    /// one of the keys that a member has.
    pub(super) fn list(&self, keys: &[&'static str], of_member: &[&str]) -> Vec<&Tree<'t>> {
        let mut members = Vec::new();
        for key in keys {
            self.all(key).for_each(|found| found.add_members(of_member, WRAPPED, &mut members));
        }
        members
    }

    fn add_members<'s>(
        &'s self,
        of_member: &[&str],
        depth: usize,
        members: &mut Vec<&'s Tree<'t>>,
    ) {
        let is_member = self.keys().any(|key| is_one_of(key, of_member));
        match self {
            Tree::Null => {}
            Tree::List(listed) if depth > 0 => {
                listed.iter().for_each(|member| member.add_members(of_member, depth - 1, members));
            }
            Tree::Map(entries) if !is_member && depth > 0 => {
                let wraps = |value: &Tree<'_>| match value {
                    Tree::List(_) => true,
                    Tree::Map(_) => !of_member.is_empty(),
                    _ => false,
                };
                let values = entries.iter().map(|(_, value)| value);
                let wrapped: Vec<&Tree<'t>> = values.filter(|value| wraps(value)).collect();
                if wrapped.is_empty() {
                    members.push(self);
                }
                wrapped
                    .into_iter()
                    .for_each(|value| value.add_members(of_member, depth - 1, members));
            }
            _ => members.push(self),
        }
    }

    /// The text, or all texts within a list or an object that has no `value`.
    pub(super) fn texts(&self) -> Vec<&str> {
        let mut texts = Vec::new();
        self.add_texts(WRAPPED, &mut texts);
        texts
    }

    fn add_texts<'s>(&'s self, depth: usize, texts: &mut Vec<&'s str>) {
        match (self.text(), self) {
            (Some(text), _) => texts.push(text),
            (None, Tree::List(members)) if depth > 0 => {
                members.iter().for_each(|member| member.add_texts(depth - 1, texts));
            }
            (None, Tree::Map(entries)) if depth > 0 => {
                entries.iter().for_each(|(_, value)| value.add_texts(depth - 1, texts));
            }
            _ => {}
        }
    }

    /// Text, number or truth as text; of an object, its `value`.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Tree::Text(text) => Some(text),
            Tree::Number(number) => Some(number),
            Tree::Bool(true) => Some("true"),
            Tree::Bool(false) => Some("false"),
            Tree::Map(_) => {
                self.get(&["value"]).filter(|value| !matches!(value, Tree::Map(_)))?.text()
            }
            Tree::Null | Tree::List(_) => None,
        }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let entries = match self {
            Tree::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(key, _)| &**key)
    }
}

/// Whether a key is one of some, in whatever capitals.
pub(super) fn is_one_of(key: &str, known: &[&str]) -> bool {
    known.iter().any(|known| is_same_name(known, key))
}

/// Parses a document within the limits.
pub(super) fn parse<'t>(text: &'t str, limits: &Limits) -> Result<Tree<'t>, ReportError> {
    let left = Cell::new(limits.elements);
    let stopped = Cell::new(None);
    let branch = Branch { left: &left, stopped: &stopped, depth: limits.depth };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let tree = branch.deserialize(&mut deserializer);
    let tree = tree.and_then(|tree| deserializer.end().map(|()| tree));
    tree.map_err(|cause| match stopped.get() {
        Some(Stop::Depth) => ReportError::Depth {
            at: offset(text, cause.line(), cause.column()),
            limit: limits.depth,
        },
        Some(Stop::Elements) => ReportError::Elements { limit: limits.elements },
        None => ReportError::Json { line: cause.line(), column: cause.column() },
    })
}

/// Byte at a line and column, both from 1.
pub(super) fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut lines = text.split_inclusive('\n');
    let before: usize = lines.by_ref().take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

#[derive(Debug, Clone, Copy)]
enum Stop {
    Depth,
    Elements,
}

#[derive(Clone, Copy)]
struct Branch<'c> {
    left: &'c Cell<usize>,
    stopped: &'c Cell<Option<Stop>>,
    depth: usize,
}

impl Branch<'_> {
    fn stop<E: Error>(&self, stop: Stop) -> E {
        self.stopped.set(Some(stop));
        E::custom("beyond a limit")
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Branch { depth, ..self }),
            None => Err(self.stop(Stop::Depth)),
        }
    }
}

impl<'t> DeserializeSeed<'t> for Branch<'_> {
    type Value = Tree<'t>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Tree<'t>, D::Error> {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            None => return Err(self.stop(Stop::Elements)),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Branch<'_> {
    type Value = Tree<'t>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a report")
    }

    fn visit_unit<E: Error>(self) -> Result<Tree<'t>, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Tree<'t>, E> {
        Ok(Tree::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Tree<'t>, E> {
        Ok(Tree::Number(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Tree<'t>, E> {
        Ok(Tree::Number(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Tree<'t>, E> {
        // One of more digits than are exact is written so that nobody takes it for an id.
        let is_exact = number.abs() < 9_007_199_254_740_992.0;
        Ok(Tree::Number(if is_exact { number.to_string() } else { format!("{number:e}") }))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'t str) -> Result<Tree<'t>, E> {
        Ok(Tree::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Tree<'t>, E> {
        Ok(Tree::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut access: A) -> Result<Tree<'t>, A::Error> {
        let inner = self.deeper()?;
        let mut members = Vec::new();
        while let Some(member) = access.next_element_seed(inner)? {
            members.push(member);
        }
        Ok(Tree::List(members))
    }

    fn visit_map<A: MapAccess<'t>>(self, mut access: A) -> Result<Tree<'t>, A::Error> {
        let inner = self.deeper()?;
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<Key<'t>>()? {
            entries.push((key.0, access.next_value_seed(inner)?));
        }
        Ok(Tree::Map(entries))
    }
}

struct Key<'t>(Cow<'t, str>);

impl<'t> serde::Deserialize<'t> for Key<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowed;
        impl<'t> Visitor<'t> for Borrowed {
            type Value = Key<'t>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a key")
            }

            fn visit_borrowed_str<E: Error>(self, key: &'t str) -> Result<Key<'t>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E: Error>(self, key: &str) -> Result<Key<'t>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrowed)
    }
}
