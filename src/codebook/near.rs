//! How near a name is to that of an item, by the words that both share.

use super::{Codebook, Item, Kind};

/// What a name needs to be taken for an item's, in thousandths of nearness.
pub(crate) const NEAR: u32 = 550;

/// Words of a name that tell nothing.
const FILLING: [&str; 18] = [
    "a", "an", "the", "of", "or", "and", "to", "in", "on", "for", "with", "w", "is", "has", "flag",
    "yn", "any", "no",
];

fn words(name: &str) -> Vec<String> {
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let words = words.map(str::to_lowercase).filter(|word| !word.is_empty());
    words.filter(|word| !FILLING.contains(&&**word)).collect()
}

/// Whether two words are one but for their ending or a slip.
fn alike(first: &str, second: &str) -> bool {
    let common = first.chars().zip(second.chars()).take_while(|(a, b)| a == b).count();
    first == second
        || common >= 4
        || first.len().min(second.len()) >= 5 && strsim::osa_distance(first, second) <= 1
}

/// How near a name is to that of an item, in thousandths. Words of the unit that an item counts in
/// help, and are not missed.
pub(crate) fn nearness(name: &str, item: &Item) -> u32 {
    // Long hostile text is near no name.
    if name.len() > 256 { 0 } else { nearness_of(&words(name), item) }
}

fn nearness_of(name: &[String], item: &Item) -> u32 {
    if name.is_empty() || name.len() > 20 {
        return 0;
    }
    let id = words(&item.id);
    let unit = if let Kind::Binned { unit, .. } = &item.kind { words(unit) } else { Vec::new() };
    let found = |word: &String, among: &[String]| among.iter().any(|other| alike(word, other));
    let share = |found: usize, of: usize| (found * 1_000 / of.max(1)) as u32;
    let named = name.iter().filter(|word| found(word, &id) || found(word, &unit)).count();
    let said = id.iter().filter(|word| found(word, name)).count();
    (share(named, name.len()) * 6 + share(said, id.len()) * 4) / 10
}

impl Codebook {
    /// The item whose name shares most words with a name.
    pub(super) fn item_of_words(&self, name: &str) -> Option<&str> {
        let words = if name.len() > 256 { Vec::new() } else { words(name) };
        let items = self.items().iter().map(|item| (nearness_of(&words, item), item));
        let near = items.filter(|(nearness, _)| *nearness >= NEAR);
        near.max_by_key(|(nearness, _)| *nearness).map(|(_, item)| &*item.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_alike_but_for_endings_and_slips() {
        for (first, second) in
            [("comms", "communication"), ("priors", "prior"), ("dangre", "danger")]
        {
            assert!(alike(first, second), "{first} {second}");
        }
        for (first, second) in [("unit", "city"), ("file", "fire"), ("a", "b")] {
            assert!(!alike(first, second), "{first} {second}");
        }
    }
}
