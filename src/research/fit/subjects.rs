//! Subject keys that stand for nobody.

use std::collections::BTreeMap;

use super::labels::Joined;
use crate::backlog::Backlog;

/// Words for *not known* that systems write where a key should stand, without marks and in small letters.
const WORDS: [&str; 24] = [
    "",
    "0",
    "00",
    "000",
    "9999",
    "anon",
    "anonymous",
    "blank",
    "empty",
    "missing",
    "na",
    "nan",
    "nil",
    "nobody",
    "none",
    "nosubject",
    "notknown",
    "notstated",
    "null",
    "tbd",
    "unk",
    "unknown",
    "unspecified",
    "xxx",
];

/// Whether a key is a word for *not known*, such as `unknown`, `N/A`, `-` or `?`.
pub(crate) fn stands_for_nobody(key: &str) -> bool {
    let letters: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
    WORDS.contains(&letters.to_lowercase().as_str())
}

/// Gives complaints whose subject is a placeholder clusters of their own; how many there are by key.
///
/// Taken at its word, `unknown` would be one person with most of the complaints, and errors over subjects would come from next
/// to nothing.
pub(super) fn free_placeholders(joined: &mut Joined, backlog: &Backlog) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut next = joined.clusters.iter().max().map_or(0, |top| top + 1);
    let mut seen = std::collections::BTreeSet::new();
    for (row, cluster) in joined.rows.iter().zip(&mut joined.clusters) {
        let Some(key) = backlog.subject(*row).filter(|key| stands_for_nobody(key)) else {
            continue;
        };
        *found.entry(key.to_owned()).or_default() += 1;
        // The first keeps the number, so that numbers stay without gaps.
        if !seen.insert(key) {
            *cluster = next;
            next += 1;
        }
    }
    found
}

/// What a reader must know of them.
pub(crate) fn note(found: &BTreeMap<String, usize>) -> Option<String> {
    if found.is_empty() {
        return None;
    }
    let listed: Vec<String> =
        found.iter().map(|(key, count)| format!("`{}` in {count}", key.escape_debug())).collect();
    Some(format!(
        "Subject keys that stand for nobody were not taken for one person: {}; each of these complaints counts as a subject of its own.",
        listed.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_words_for_not_known_and_nothing_else() {
        for key in ["unknown", "UNKNOWN ", "N/A", "n.a.", "-", "--", "?", "Not known", "null", "0"]
        {
            assert!(stands_for_nobody(key), "{key}");
        }
        for key in ["s-1", "nan-3", "unknown-17", "NA12", "noneman", "10"] {
            assert!(!stands_for_nobody(key), "{key}");
        }
    }
}
