//! Every rule that an item must keep.

use std::collections::BTreeSet;

use super::error::CodebookError;
use super::item::{About, Basis, Direction, Item, Kind};
use super::protected::{Declaration, by_name, by_words};
use super::validate::{NAME_LIMIT, is_day, names, not_blank};
use super::{MOST_ANSWERS, UNKNOWN};
use crate::Fixed;

/// Columns that every file of complaints may have, so that no item can be told from them.
const RESERVED: [&str; 8] =
    ["id", "received", "unit", "subject", "bundle", "stage", "origin", "deadlines"];

pub(super) fn check_declared(item: &Item) -> Result<(), CodebookError> {
    let fits = |declared: &Declaration| !declared.by.trim().is_empty() && is_day(&declared.on);
    match &item.declared {
        Some(declared) if !fits(declared) => {
            Err(CodebookError::Declaration { item: item.id.clone() })
        }
        _ => Ok(()),
    }
}

/// Holds what rows of evidence say of another outcome studied and of a part of the complaints.
pub(super) fn check_studied(
    item: &Item,
    studied: &BTreeSet<&str>,
    items: &BTreeSet<&str>,
) -> Result<(), CodebookError> {
    for row in &item.evidence {
        if let Some(other) = &row.studied {
            if !studied.contains(&**other) {
                let (item, outcome) = (item.id.clone(), other.clone());
                return Err(CodebookError::UnknownOutcome { item, outcome });
            }
            if row.direct || *other == row.outcome {
                let (item, source_id) = (item.id.clone(), row.source.clone());
                return Err(CodebookError::StudiedDirect { item, source_id });
            }
        }
        let unlisted = row.within.as_ref().filter(|within| !items.contains(&*within.item));
        if let Some(within) = unlisted {
            let (item, other) = (item.id.clone(), within.item.clone());
            return Err(CodebookError::UnknownItem { item, other });
        }
    }
    Ok(())
}

pub(super) fn check_item(
    item: &Item,
    outcomes: &BTreeSet<&str>,
    sources: &BTreeSet<&str>,
) -> Result<(), CodebookError> {
    let owned = || item.id.clone();
    if RESERVED.contains(&&*item.id) {
        return Err(CodebookError::ReservedItem { item: owned() });
    }
    if !(1..=MOST_ANSWERS).contains(&item.answers.len()) {
        return Err(CodebookError::AnswerCount { item: owned(), found: item.answers.len() });
    }
    if item.answers.iter().any(|answer| answer.id == UNKNOWN) {
        return Err(CodebookError::UnknownListed { item: owned() });
    }
    let place = format!("item `{}`", item.id);
    names("answer", &place, item.answers.iter().map(|answer| &*answer.id))?;
    check_words(item)?;
    check_kind(item)?;
    check_numbers(item)?;
    if let Some(absent) = &item.absent {
        if item.code_of(absent).is_none() {
            let absent = absent.clone();
            return Err(CodebookError::AbsentNotListed { item: owned(), absent });
        }
    } else if item.found_or_not {
        return Err(CodebookError::FoundOrNotWithoutAbsent { item: owned() });
    }
    if item.effort.minutes == 0 {
        return Err(CodebookError::Effort { item: owned(), stage: item.stage });
    }
    check_bearings(item, outcomes)?;
    check_evidence(item, outcomes, sources)?;
    check_prevalence(item, sources)
}

/// Texts that people read, and could not read if they were blank.
fn check_words(item: &Item) -> Result<(), CodebookError> {
    let place = || format!("item `{}`", item.id);
    not_blank("question", place, &item.question)?;
    for answer in &item.answers {
        let place = || format!("answer `{}` of item `{}`", answer.id, item.id);
        not_blank("label", place, &answer.label)?;
    }
    Ok(())
}

/// Names are refused; words in questions and labels are refused until the author has declared on
/// record that the item is no such attribute.
pub(super) fn check_protected(item: &Item) -> Result<(), CodebookError> {
    if let Some(found) = by_name(item) {
        return Err(CodebookError::Protected {
            item: item.id.clone(),
            attribute: found.attribute,
            reason: found.reason,
            place: found.place,
            word: found.word,
        });
    }
    match by_words(item).filter(|_| item.declared.is_none()) {
        Some(found) => Err(CodebookError::TellingWord {
            item: item.id.clone(),
            attribute: found.attribute,
            place: found.place,
            word: found.word,
        }),
        None => Ok(()),
    }
}

fn check_kind(item: &Item) -> Result<(), CodebookError> {
    if let Kind::Binned { edges, .. } = &item.kind {
        let fits =
            edges.len() + 1 == item.answers.len() && edges.windows(2).all(|pair| pair[0] < pair[1]);
        if !fits {
            return Err(CodebookError::Edges {
                item: item.id.clone(),
                edges: edges.len(),
                answers: item.answers.len(),
            });
        }
    }
    let ordered = item.answers.iter().take_while(|answer| !answer.aside).count();
    let misplaced = item.answers.iter().enumerate().find(|(position, answer)| {
        (answer.aside && (item.kind != Kind::Ordinal || ordered == 0))
            || (!answer.aside && *position >= ordered)
    });
    match misplaced {
        Some((_, answer)) => {
            Err(CodebookError::Aside { item: item.id.clone(), answer: answer.id.clone() })
        }
        None => Ok(()),
    }
}

/// The most words for *unknown* that one item may declare.
const MOST_MISSING: usize = 64;

fn check_numbers(item: &Item) -> Result<(), CodebookError> {
    if let Some(plausible) = item.plausible {
        let fault = match &item.kind {
            Kind::Binned { edges, .. } => {
                let outside = |edge: &i64| !(plausible.least..=plausible.most).contains(edge);
                edges.iter().any(outside).then_some("leave out one of its edges")
            }
            _ => Some("are for binned items only"),
        };
        let fault =
            if plausible.least > plausible.most { Some("begin above their end") } else { fault };
        if let Some(fault) = fault {
            return Err(CodebookError::Plausible { item: item.id.clone(), fault });
        }
    }
    for (number, word) in item.missing.iter().enumerate() {
        let fault = if number >= MOST_MISSING {
            "is one word too many: 64 are allowed"
        } else if word.trim().is_empty() || word.trim() != word || word.len() > NAME_LIMIT {
            "is blank, has blanks around it, or has more than 64 bytes"
        } else if word == UNKNOWN || item.code_of(word).is_some() {
            "is an answer of the item"
        } else if item.missing[..number].contains(word) {
            "is declared twice"
        } else {
            continue;
        };
        let word = word.chars().take(NAME_LIMIT).collect();
        return Err(CodebookError::Missing { item: item.id.clone(), word, fault });
    }
    Ok(())
}

fn check_bearings(item: &Item, outcomes: &BTreeSet<&str>) -> Result<(), CodebookError> {
    for (outcome, bearing) in &item.bears_on {
        let owned = || (item.id.clone(), outcome.clone());
        if !outcomes.contains(&**outcome) {
            let (item, outcome) = owned();
            return Err(CodebookError::UnknownOutcome { item, outcome });
        }
        if item.about == About::Victim {
            let (item, outcome) = owned();
            return Err(CodebookError::VictimWeighed { item, about: About::Victim, outcome });
        }
        let nominal = item.kind == Kind::Nominal;
        let way_out = match (nominal, bearing.direction, bearing.answers.is_empty()) {
            (false, _, false) => "an ordered item has its order, so leave `answers` out",
            (true, Direction::Raises | Direction::Lowers, true) => {
                "name in `answers` which answers raise or lower"
            }
            (true, Direction::None, false) => "without a direction no answers are named",
            _ if bearing.answers.iter().any(|answer| item.code_of(answer).is_none()) => {
                "every answer named must be listed by the item"
            }
            _ if bearing.direction != Direction::None && item.answers.len() == 1 => {
                "an item with one answer has nothing to compare, so the direction must be `none`"
            }
            _ => continue,
        };
        let (item, outcome) = owned();
        return Err(CodebookError::Direction { item, outcome, way_out });
    }
    Ok(())
}

fn check_evidence(
    item: &Item,
    outcomes: &BTreeSet<&str>,
    sources: &BTreeSet<&str>,
) -> Result<(), CodebookError> {
    let grounded = item.design.as_deref().is_some_and(|note| !note.trim().is_empty());
    if item.evidence.is_empty() && !grounded {
        return Err(CodebookError::NoGround { item: item.id.clone() });
    }
    for row in &item.evidence {
        if !outcomes.contains(&*row.outcome) {
            let (item, outcome) = (item.id.clone(), row.outcome.clone());
            return Err(CodebookError::UnknownOutcome { item, outcome });
        }
        if !sources.contains(&*row.source) {
            let (item, source_id) = (item.id.clone(), row.source.clone());
            return Err(CodebookError::UnknownSource { item, source_id });
        }
        if let Some(ratio) = &row.odds_ratio {
            let low = ratio.low.unwrap_or(ratio.value);
            let high = ratio.high.unwrap_or(ratio.value);
            if low <= Fixed::ZERO || low > ratio.value || high < ratio.value {
                return Err(CodebookError::OddsRatio {
                    item: item.id.clone(),
                    source_id: row.source.clone(),
                    value: ratio.value,
                });
            }
        }
    }
    Ok(())
}

fn check_prevalence(item: &Item, sources: &BTreeSet<&str>) -> Result<(), CodebookError> {
    let Some(prevalence) = &item.prevalence else { return Ok(()) };
    let fault = |fault| Err(CodebookError::Prevalence { item: item.id.clone(), fault });
    let every_answer = prevalence.shares.len() == item.answers.len()
        && item.answers.iter().all(|answer| prevalence.shares.contains_key(&answer.id));
    if !every_answer {
        return fault("do not name every answer once");
    }
    if prevalence.shares.values().any(|&share| share < Fixed::ZERO) {
        return fault("include a negative one");
    }
    let sum: i64 = prevalence.shares.values().map(|share| i64::from(share.steps())).sum();
    if sum != i64::from(crate::base::STEPS_PER_UNIT) {
        return fault("do not add up to 1");
    }
    match &prevalence.source {
        Some(source) if !sources.contains(&**source) => {
            Err(CodebookError::UnknownSource { item: item.id.clone(), source_id: source.clone() })
        }
        None if prevalence.basis == Basis::Published => {
            Err(CodebookError::PrevalenceWithoutSource { item: item.id.clone() })
        }
        _ => Ok(()),
    }
}
