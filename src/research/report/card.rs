//! The model card, the data summary and the comparison.

use super::cell::{Cell, Form, cells};
use super::document::{Section, Table};
use super::front::warned;
use super::words::plain;
use crate::research::study::{Known, Measure, MeasureRow, StudyResult};
use crate::{Backlog, Triage};

/// What a model is, what it rests on and by which fingerprint it is known.
#[must_use]
pub fn card_section(triage: &Triage) -> Section {
    let identity = triage.identity();
    let draft = triage.instrument().draft();
    let mut section = Section::new(
        &format!("card-{}", identity.id),
        &format!("Model card: {identity}"),
        triage.description(),
        "A fingerprint proves which model was used, not that it is any good.",
    );
    let mut table = Table::new("facts", "The model", &["What", "Value"]);
    let mut fact = |what: &str, value: String| table.push([what.to_owned(), value]);
    fact("Fingerprint", triage.fingerprint().to_string());
    fact("Scoring fingerprint", triage.scoring_fingerprint().to_string());
    fact(
        "Codebook",
        format!("{}, {} items", triage.codebook().identity(), triage.codebook().items().len()),
    );
    fact("Instrument", format!("{}: {}", triage.instrument().identity(), draft.description));
    for warning in &draft.warnings {
        fact("Warning", warning.clone());
    }
    if let Some(studied) = &draft.studied {
        fact("Studied", studied.text.clone());
    }
    let calibrated = if triage.instrument().is_calibrated() {
        "yes; the record is in the model file"
    } else {
        "no: scores order complaints and are no percentages"
    };
    table.push(["Calibrated".into(), Cell::prose(calibrated)]);
    let mut fact = |what: &str, value: String| table.push([what.to_owned(), value]);
    for part in &draft.outcomes {
        let among =
            part.denominator.as_ref().map_or("all complaints", |denominator| &denominator.text);
        fact(
            &plain(&part.outcome),
            format!(
                "{} Asked among: {among}. Starts at {}; {} items weigh.",
                part.definition,
                part.intercept.value,
                part.weights.len()
            ),
        );
    }
    let policy = triage.policy().draft();
    fact("Policy", policy.description.clone());
    if let crate::policy::Combination::ExpectedHarm(harm) = &policy.combination {
        let weights: Vec<String> = harm
            .weights
            .iter()
            .map(|(outcome, weight)| format!("{} {weight}", plain(outcome)))
            .collect();
        fact(
            "Harm weights (a value judgement)",
            format!(
                "{}; signed {}, {}: {}",
                weights.join(", "),
                harm.signed,
                harm.date,
                harm.rationale
            ),
        );
    }
    let bands = &policy.bands;
    fact(
        "Cut-offs of the index",
        format!(
            "very high {}, high {}, medium {}: {}",
            bands.very_high, bands.high, bands.medium, bands.rationale
        ),
    );
    section = section.table(table);
    let mut gates = Table::new(
        "gates",
        "Gates: rules outside the score",
        &["Gate", "Effect", "What it says", "Rests on"],
    );
    for gate in triage.policy().gates() {
        gates.push([
            plain(&gate.id),
            plain(&gate.effect.to_string()),
            gate.title.clone(),
            gate.citation.clone(),
        ]);
    }
    section.table(gates)
}

/// What complaints the report rests on; with a backlog also how often each of its items is unknown.
#[must_use]
pub fn data_section(backlog: Option<&Backlog>, known: &Known) -> Section {
    let mut section = Section::new(
        "data",
        "The complaints behind it",
        "Figures about performance rest on complaints whose outcome is known. A complaint that was never looked into is left out; it is never taken for a no.",
        "Complaints that were worked are not like those that were not, unless some were chosen at random. Outcomes that work missed count as not there.",
    );
    section = section.text(format!(
        "Outcome: {}. Where complaints and labels together come from: {}.",
        plain(&known.target.to_string()),
        plain(&known.origin.to_string())
    ));
    let mut table = Table::new("counts", "Counts", &["What", "Number"]);
    let mut count =
        |what: &str, value: Cell| table.push([Cell::prose(known.noun.put(what)), value]);
    count("Complaints in all", known.complaints.into());
    count("With a known outcome", known.len().into());
    count("With the outcome", known.events().into());
    count("Outcomes never looked for", known.not_investigated.into());
    count("Outcomes that do not apply", known.not_applicable.into());
    count("Subjects among the known", known.cluster_count().into());
    let worth = Cell::number(known.effective_subjects(), Form::Tenths);
    count("Subjects of equal weight that would tell as much", worth);
    if let Some(weights) = &known.weights {
        let effective = Cell::number(weights.effective_count(), Form::Tenths);
        count("Effective number under sampling weights", effective);
    }
    section = section.table(table).stamped(known.stamp());
    let Some(backlog) = backlog else { return section };
    let mut items = Table::new(
        "unknown",
        "How often each item is unknown in the backlog, most often first",
        &["Item", "Unknown"],
    );
    let listed = backlog.codebook().items().iter().enumerate();
    let mut shares: Vec<(usize, &str)> = listed
        .map(|(position, item)| {
            let unknown =
                (0..backlog.len()).filter(|&row| backlog.code_at(row, position) == 0).count();
            (unknown, &*item.id)
        })
        .collect();
    shares.sort_by(|first, second| second.cmp(first));
    for (unknown, item) in shares {
        let share = unknown as f64 / backlog.len().max(1) as f64;
        items.push(cells![plain(item), Cell::number(share, Form::Share)]);
    }
    section.table(items)
}

/// What was declared, what was found, and what may be said.
#[must_use]
pub fn comparison_section(result: &StudyResult) -> Section {
    let mut section = Section::new(
        "comparison",
        "Which instrument serves better",
        &format!(
            "Declared beforehand: the primary measure is the {}, and a difference below {} does not matter. Subjects were resampled {} times, the same ones for every model. P values are corrected for the number of comparisons (Holm 1979). All other measures are exploratory.",
            result.primary, result.matters, result.replicates
        ),
        "A difference that was not shown is not equality. One body of complaints says nothing certain about the next.",
    );
    section = section.stamped(result.stamp).text(result.registration.text());
    for note in &result.notes {
        section = section.text(note.clone());
    }
    for comparison in result.comparisons.iter().filter(|comparison| comparison.primary) {
        section = section.text(comparison.text.clone());
    }
    section = warned(section, result);
    let columns =
        ["Measure", "Model", "Advantage over the first (interval)", "p", "Corrected p", "Family"];
    let mut table =
        Table::new("differences", "Differences; above 0 the model does better", &columns);
    for comparison in &result.comparisons {
        let advantage = match (comparison.advantage, &comparison.interval) {
            (Some(value), interval) => Cell::with_interval(value, interval, Form::Decimal),
            (None, Err(why)) => Cell::Missing(why.to_string()),
            (None, Ok(_)) => Cell::Missing("not estimable".to_owned()),
        };
        // A bootstrap's p is a share of replicates: it is never below 2 / (replicates + 1).
        let number =
            |value: Option<f64>| value.map_or(Cell::from(""), |value| Cell::number(value, Form::P));
        let family = if comparison.primary { "primary" } else { "exploratory" };
        table.push(cells![
            comparison.measure.to_string(),
            comparison.name.clone(),
            advantage,
            number(comparison.p_value),
            number(comparison.adjusted),
            family,
        ]);
    }
    section = section.table(table);
    let caption = "Every measure of every model, and the same without items that overlap the outcome's definition (interval over resampled subjects)";
    let mut table =
        Table::new("measures", caption, &["Measure", "Model", "As it is", "Without overlap"]);
    for (position, measure) in
        result.arms.first().map_or(&[][..], |arm| &arm.measures[..]).iter().enumerate()
    {
        for arm in &result.arms {
            let bare = match &arm.without_overlap {
                Ok(rows) => rows.get(position).map_or_else(|| "".into(), cell),
                Err(why) => Cell::Missing(why.clone()),
            };
            table.push(cells![
                measure.measure.to_string(),
                arm.name.clone(),
                arm.measures.get(position).map_or_else(|| "".into(), cell),
                bare,
            ]);
        }
    }
    section = section.table(table);
    let mut told = std::collections::BTreeSet::new();
    for row in result.arms.iter().flat_map(|arm| &arm.measures) {
        for caution in row.cautions {
            if told.insert((row.measure.to_string(), *caution)) {
                section = section.text(format!(
                    "{}: {}",
                    capital(&row.measure.to_string()),
                    caution.text()
                ));
            }
        }
    }
    section
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn cell(row: &MeasureRow) -> Cell {
    let form = if matches!(row.measure, Measure::Reached(_)) { Form::Share } else { Form::Decimal };
    match &row.value {
        Ok(value) => Cell::with_interval(*value, &row.interval, form),
        Err(why) => Cell::Missing(why.to_string()),
    }
}
