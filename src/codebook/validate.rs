//! Every rule that a codebook must keep, checked once at load.

use std::collections::BTreeSet;

use super::error::CodebookError;
use super::protected::STUDY_ONLY;
use super::validate_item::{check_declared, check_item, check_protected, check_studied};
use super::{CodebookFile, FORMAT, MOST_FAULTS, MOST_ITEMS, MOST_OUTCOMES};

pub(super) const NAME_LIMIT: usize = 64;

pub(super) fn validate(file: &CodebookFile) -> Result<(), CodebookError> {
    faults(file).into_iter().next().map_or(Ok(()), Err)
}

/// Every fault, at most [`MOST_FAULTS`]: of the file's head, or else the first of every item.
pub(super) fn faults(file: &CodebookFile) -> Vec<CodebookError> {
    match check_head(file) {
        Err(fault) => vec![fault],
        Ok(names) => {
            let items: BTreeSet<&str> = file.items.iter().map(|item| &*item.id).collect();
            let checked = file.items.iter().map(|item| {
                if file.study_only.is_none() {
                    check_protected(item)?;
                }
                check_item(item, &names.outcomes, &names.sources)?;
                check_declared(item)?;
                check_studied(item, &names.studied, &items)
            });
            checked.filter_map(Result::err).take(MOST_FAULTS).collect()
        }
    }
}

/// What items may refer to.
struct Names<'a> {
    outcomes: BTreeSet<&'a str>,
    sources: BTreeSet<&'a str>,
    /// Outcomes and unions.
    studied: BTreeSet<&'a str>,
}

/// Checks the head; gives the names of outcomes, unions and sources.
fn check_head(file: &CodebookFile) -> Result<Names<'_>, CodebookError> {
    if file.format_version != FORMAT {
        return Err(CodebookError::Format { found: file.format_version, supported: FORMAT });
    }
    name("codebook", &file.id)?;
    count("outcomes", file.outcomes.len(), MOST_OUTCOMES)?;
    count("items", file.items.len(), MOST_ITEMS)?;
    let outcomes =
        names("outcome", "the codebook", file.outcomes.iter().map(|outcome| &*outcome.id))?;
    let sources = names("source", "the codebook", file.sources.iter().map(|source| &*source.id))?;
    names("item", "the codebook", file.items.iter().map(|item| &*item.id))?;
    for outcome in &file.outcomes {
        not_blank("title", || format!("outcome `{}`", outcome.id), &outcome.title)?;
    }
    let studied = check_unions(file, &outcomes)?;
    check_study_only(file)?;
    Ok(Names { outcomes, sources, studied })
}

/// The names of outcomes and unions together.
fn check_unions<'a>(
    file: &'a CodebookFile,
    outcomes: &BTreeSet<&'a str>,
) -> Result<BTreeSet<&'a str>, CodebookError> {
    let mut all = outcomes.clone();
    for union in &file.unions {
        name("union", &union.id)?;
        if !all.insert(&union.id) {
            let (id, place) = (union.id.clone(), "the codebook".to_owned());
            return Err(CodebookError::Repeated { what: "union", id, place });
        }
        let parts: BTreeSet<&str> = union.any_of.iter().map(|part| &**part).collect();
        let unlisted = parts.iter().find(|part| !outcomes.contains(*part));
        if parts.len() < 2 || parts.len() < union.any_of.len() || unlisted.is_some() {
            return Err(CodebookError::Union { id: union.id.clone() });
        }
    }
    Ok(all)
}

fn check_study_only(file: &CodebookFile) -> Result<(), CodebookError> {
    let named = file.id.ends_with(STUDY_ONLY);
    let said = file.study_only.as_ref().is_some_and(|declared| {
        !declared.by.trim().is_empty()
            && !declared.purpose.trim().is_empty()
            && is_day(&declared.on)
    });
    if named == file.study_only.is_some() && (said || file.study_only.is_none()) {
        Ok(())
    } else {
        Err(CodebookError::StudyOnly { id: file.id.clone(), ending: STUDY_ONLY })
    }
}

pub(super) fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<crate::Timestamp>().is_ok()
}

fn name(what: &'static str, id: &str) -> Result<(), CodebookError> {
    let tail = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let fits = id.len() <= NAME_LIMIT
        && id.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        && id.bytes().all(tail);
    if fits {
        Ok(())
    } else {
        let id = id.chars().take(2 * NAME_LIMIT).collect();
        Err(CodebookError::Name { what, id, limit: NAME_LIMIT })
    }
}

pub(super) fn names<'a>(
    what: &'static str,
    place: &str,
    ids: impl Iterator<Item = &'a str>,
) -> Result<BTreeSet<&'a str>, CodebookError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        name(what, id)?;
        if !seen.insert(id) {
            let place = place.to_owned();
            return Err(CodebookError::Repeated { what, id: id.to_owned(), place });
        }
    }
    Ok(seen)
}

fn count(what: &'static str, found: usize, limit: usize) -> Result<(), CodebookError> {
    if (1..=limit).contains(&found) {
        Ok(())
    } else {
        Err(CodebookError::Count { what, found, limit })
    }
}

pub(super) fn not_blank(
    field: &'static str,
    place: impl FnOnce() -> String,
    text: &str,
) -> Result<(), CodebookError> {
    match text.trim().is_empty() {
        true => Err(CodebookError::Blank { field, place: place() }),
        false => Ok(()),
    }
}
