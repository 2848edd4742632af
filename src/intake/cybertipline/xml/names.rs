//! Names, attributes and entities as the parser hands them over.

use quick_xml::events::BytesStart;

/// A name without its prefix.
pub(super) fn local_of(name: &str) -> &str {
    match name.as_bytes().iter().position(|letter| *letter == b':') {
        Some(prefix) => &name[prefix + 1..],
        None => name,
    }
}

/// The value of the first attribute with one of these names, prefix or none.
pub(super) fn attribute(start: &BytesStart<'_>, names: &[&str]) -> Option<String> {
    if start.attributes_raw().is_empty() {
        return None;
    }
    let mut attributes = start.attributes();
    attributes.with_checks(false);
    let named = attributes
        .flatten()
        .find(|attribute| names.contains(&attribute.key.local_name().as_ref()))?;
    Some(named.value.trim().to_owned())
}

/// The five entities of XML itself.
pub(super) fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return None,
    })
}
