//! The items of TRIPOD+AI (Collins et al. 2024, checklist of 11 January 2024), answered or marked open.

use std::collections::BTreeMap;

use super::cell::Cell;
use super::document::{Section, Table};
use crate::research::study::{STAMP, StudyResult};

/// Number and gist of each item, in our own words.
pub const TRIPOD_ITEMS: [(&str, &str); 52] = [
    (
        "1",
        "Title: says that a prediction model is developed or evaluated, for whom, and what it predicts",
    ),
    ("2", "Abstract: a structured one"),
    ("3a", "Background: context and why the model is needed"),
    ("3b", "Background: whom it is for and what it is meant to decide"),
    ("3c", "Background: known inequalities between groups"),
    ("4", "Objectives: development, evaluation or both"),
    ("5a", "Data: sources, and why they represent those it is meant for"),
    ("5b", "Data: dates of collection and end of follow-up"),
    ("6a", "Setting: units, number and location"),
    ("6b", "Who was eligible"),
    ("6c", "What was done about complaints in between, where it could change the outcome"),
    ("7", "Preparation and checks of data, and whether they were the same for all groups"),
    (
        "8a",
        "Outcome: definition, time span, why this one, how and when it was found, the same for all groups",
    ),
    ("8b", "Outcome: who judged it, where it takes judgement"),
    ("8c", "Outcome: what was done so that those who judged did not know the predictors"),
    ("9a", "Predictors: how the first set was chosen"),
    ("9b", "Predictors: definition, how and when they were measured, and blind to what"),
    ("9c", "Predictors: who judged them, where it takes judgement"),
    ("10", "Sample size: how it was reached and whether it is enough"),
    ("11", "Missing data: what was done and what was left out"),
    ("12a", "Analysis: how data were split or resampled"),
    ("12b", "Analysis: form of predictors"),
    ("12c", "Analysis: model, how it was built, tuned and checked inside"),
    ("12d", "Analysis: differences between clusters such as units"),
    ("12e", "Analysis: measures and plots of performance"),
    ("12f", "Analysis: updating of the model"),
    ("12g", "Analysis: how predictions were computed"),
    ("13", "Class imbalance: what was done and how predictions were set right afterwards"),
    ("14", "Fairness: what was done"),
    ("15", "Output of the model, and how cut-offs were set"),
    ("16", "Differences between the data of development and of evaluation"),
    ("17", "Ethical approval, and consent or its waiver"),
    ("18a", "Funding, and what funders did"),
    ("18b", "Conflicts of interest"),
    ("18c", "Protocol"),
    ("18d", "Registration"),
    ("18e", "Availability of data"),
    ("18f", "Availability of code"),
    ("19", "Involvement of those affected and of the public"),
    ("20a", "Flow of complaints, with and without the outcome"),
    ("20b", "Characteristics, missing answers, events, follow-up, by group where it matters"),
    ("20c", "Development data against evaluation data"),
    ("21", "Numbers in each analysis"),
    ("22", "The full model, so that others can compute it"),
    ("23a", "Performance with intervals, by group too"),
    ("23b", "Differences in performance between clusters"),
    ("24", "Results of updating"),
    ("25", "Interpretation, fairness among it"),
    ("26", "Limitations"),
    ("27a", "Use: input of poor quality or missing"),
    ("27b", "Use: who has to do what with it, and what they need to know"),
    ("27c", "Next steps"),
];

/// What kind of study an item is for: development, evaluation, or both.
fn concerns(number: &str) -> &'static str {
    match number {
        "9a" | "12a" | "12b" | "12c" | "15" | "22" | "27a" | "27b" => "development",
        "12f" | "12g" | "20c" | "24" => "evaluation",
        _ => "both",
    }
}

/// Sections that answer an item by being there.
const ANSWERED_BY: [(&str, &[&str]); 17] = [
    ("3c", &["groups"]),
    ("5b", &["data"]),
    ("8a", &["follow-up", "data"]),
    ("9c", &["coders"]),
    ("11", &["missing"]),
    ("12c", &["weights"]),
    ("12d", &["units", "federated"]),
    ("12e", &["capacity", "roc", "calibration", "decision", "comparison"]),
    ("14", &["groups"]),
    ("15", &["card"]),
    ("16", &["drift"]),
    ("20b", &["data", "groups", "missing", "follow-up"]),
    ("20c", &["drift"]),
    ("22", &["card", "weights"]),
    ("23a", &["comparison", "groups"]),
    ("23b", &["units", "federated", "groups"]),
    ("26", &["not-to-conclude", "bounds", "selection", "missing"]),
];

/// Where a report answers an item: titles of those of its sections that do, in the order of the table above.
fn where_answered(number: &str, sections: &[Section]) -> Option<String> {
    let (_, wanted) = ANSWERED_BY.iter().find(|(item, _)| *item == number)?;
    // `card-published` is a card as `card` is.
    let of_kind = |id: &str, kind: &str| {
        id.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let mut titles: Vec<String> = Vec::new();
    for kind in *wanted {
        let of_kind_here = sections.iter().filter(|section| of_kind(&section.id, kind));
        for title in of_kind_here.map(|section| format!("\"{}\"", section.title)) {
            if !titles.contains(&title) {
                titles.push(title);
            }
        }
    }
    match &titles[..] {
        [] => None,
        [title] => Some(format!("The section {title}.")),
        [first @ .., last] => Some(format!("The sections {} and {last}.", first.join(", "))),
    }
}

/// The items with the caller's answers by item number; those that a study or a section of the report answers by itself are
/// filled in and say where, all others are open. `sections` are those of the report, so that no answer points to what is
/// not there. With synthetic complaints, or such of unstated origin, every answer is refused.
#[must_use]
pub fn tripod_section(
    result: &StudyResult,
    answers: &BTreeMap<&str, String>,
    sections: &[Section],
) -> Section {
    let section = Section::new(
        "tripod",
        "TRIPOD+AI, item by item",
        "The reporting guideline for prediction models (Collins et al. 2024, BMJ 385:e078378); gists are in our own words, the wording that counts is the guideline's. Open items are for the authors of a study to answer.",
        "A filled list is a complete report, not a good study.",
    )
    .stamped(result.stamp);
    let mut said_here: BTreeMap<&str, String> = BTreeMap::new();
    said_here.insert("11", format!("Unknown is an answer of its own and weighs 0; {} outcomes never looked for were left out.", result.not_investigated));
    said_here.insert(
        "12a",
        format!(
            "Subjects resampled {} times, seed {}; differences paired.",
            result.replicates, result.seed.0
        ),
    );
    said_here.insert(
        "20a",
        format!(
            "{} complaints, {} with a known outcome, {} of them with it.",
            result.complaints, result.known, result.events
        ),
    );
    said_here.insert(
        "21",
        format!("{} complaints and {} events in every comparison.", result.known, result.events),
    );
    said_here.insert("18d", result.registration.text());
    let answer_of = |number: &str| match (said_here.get(number), where_answered(number, sections)) {
        (Some(said), Some(answered_in)) => Some(format!("{said} {answered_in}")),
        (Some(said), None) => Some(said.clone()),
        (None, answered_in) => answered_in,
    };
    let mut table = Table::new("items", "Items", &["Item", "For", "What is asked", "Answer"]);
    for (number, gist) in TRIPOD_ITEMS {
        let given = answers.get(number).map(|given| Cell::from(given.as_str()));
        let given = given.or_else(|| answer_of(number).map(Cell::prose));
        let answer = match (result.stamp, given) {
            (Some(STAMP), _) => "refused: synthetic".into(),
            (Some(_), _) => "refused: origin not stated".into(),
            (None, Some(answer)) => answer,
            (None, None) => "open".into(),
        };
        table.push([number.into(), concerns(number).into(), Cell::prose(gist), answer]);
    }
    let refused = result.stamp.map(|stamp| format!("{stamp}. No item is answered."));
    match refused {
        Some(text) => section.text(text).table(table),
        None => section.table(table),
    }
}
