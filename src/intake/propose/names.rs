//! Which column is meant for what, by its name.

use crate::codebook::{Codebook, Item};
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
}
