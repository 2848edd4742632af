//! Which column is meant for what, by its name.

use crate::codebook::{Codebook, Item, Kind};
use crate::intake::headings::folded;

/// Names that are usual for a part of a complaint; the first of each is its own name.
const PARTS: [(&str, &[&str]); 3] = [
    (
        "id",
        &[
            "id",
            "complaint id",
            "case id",
            "case no",
            "case number",
            "case ref",
            "case reference",
            "report id",
            "report no",
            "report number",
            "reference",
            "reference no",
            "reference number",
            "tip id",
            "tip number",
            "cybertip number",
            "cybertip id",
            "record id",
            "ticket",
            "ticket id",
            "incident no",
            "incident number",
        ],
    ),
    (
        "received",
        &[
            "received",
            "received at",
            "received on",
            "date received",
            "time received",
            "receipt date",
            "received date",
            "date of receipt",
            "report date",
            "date reported",
            "reported at",
            "reported on",
            "submitted",
            "submitted at",
            "date submitted",
            "arrival date",
            "date opened",
            "opened",
            "created",
            "created at",
            "date created",
        ],
    ),
    ("unit", &["unit", "assigned unit", "task force", "team", "office"]),
];

/// How sure a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    Usual,
    Exact,
}

/// The part of a complaint that a name is usual for.
pub(super) fn part_of(name: &str) -> Option<(&'static str, Sure)> {
    let name = folded(name);
    PARTS.into_iter().find_map(|(part, usual)| {
        let position = usual.iter().position(|usual| folded(usual) == name)?;
        Some((part, if position == 0 { Sure::Exact } else { Sure::Usual }))
    })
}

/// The item whose id a name is, whatever its case, blanks and marks.
pub(super) fn item_of<'a>(codebook: &'a Codebook, name: &str) -> Option<&'a Item> {
    let name = folded(name);
    codebook.items().iter().find(|item| !name.is_empty() && folded(&item.id) == name)
}

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
pub(super) fn nearness(name: &str, item: &Item) -> u32 {
    let name = words(name);
    if name.is_empty() || name.len() > 20 {
        return 0;
    }
    let id = words(&item.id);
    let unit = if let Kind::Binned { unit, .. } = &item.kind { words(unit) } else { Vec::new() };
    let found = |word: &String, among: &[String]| among.iter().any(|other| alike(word, other));
    let share = |found: usize, of: usize| (found * 1_000 / of.max(1)) as u32;
    let named = name.iter().filter(|word| found(word, &id) || found(word, &unit)).count();
    let said = id.iter().filter(|word| found(word, &name)).count();
    (share(named, name.len()) * 6 + share(said, id.len()) * 4) / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_are_known() {
        assert_eq!(part_of("ID"), Some(("id", Sure::Exact)));
        assert_eq!(part_of("Case No."), Some(("id", Sure::Usual)));
        assert_eq!(part_of("date_received"), Some(("received", Sure::Usual)));
        assert_eq!(part_of("Imminent danger"), None);
    }

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
