//! The numbers of a model as tables for people.

use std::fmt::{self, Write as _};

use crate::codebook::Basis;
use crate::instrument::{Figure, OutcomeDraft};
use crate::triage::Triage;

/// A model's rules, population, weights, cut-offs and gates as Markdown tables.
///
/// ```
/// let triage = caserank::reference::published()?;
/// assert!(caserank::reference::tables(&triage).contains("| `imminent_danger` | must |"));
/// # Ok::<(), caserank::reference::ReferenceError>(())
/// ```
#[must_use]
pub fn tables(triage: &Triage) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write_tables(&mut page, triage);
    page
}

fn figure(figure: &Figure) -> String {
    let basis = match (figure.basis, &figure.source) {
        (Basis::Published, Some(source)) => format!("`{source}`"),
        _ => "assumed".to_owned(),
    };
    match figure.range {
        Some([low, high]) => format!("{} ({basis}, {low} to {high})", figure.value),
        None => format!("{} ({basis})", figure.value),
    }
}

fn write_tables(page: &mut String, triage: &Triage) -> fmt::Result {
    let draft = triage.instrument().draft();
    writeln!(page, "### Rules of `{}`\n", draft.id)?;
    writeln!(page, "| Rule | Ground | What it says |\n|---|---|---|")?;
    for rule in &draft.rules {
        let ground = rule.ground;
        let sources: Vec<String> =
            rule.sources.iter().map(|source| format!("`{source}`")).collect();
        let sources =
            if sources.is_empty() { String::new() } else { format!(" ({})", sources.join(", ")) };
        writeln!(page, "| `{}` | {ground}{sources} | {} |", rule.id, rule.text)?;
    }
    if let Some(population) = &draft.population {
        writeln!(page, "\n### Declared population\n\n{}\n", population.description)?;
        writeln!(page, "{} draws, seed {}.\n", population.draws, population.seed)?;
        let names: Vec<String> =
            draft.outcomes.iter().map(|part| format!("`{}`", part.outcome)).collect();
        writeln!(page, "| Channel | Share | {} |", names.join(" | "))?;
        writeln!(page, "|---|---|{}", "---|".repeat(names.len()))?;
        for channel in &population.channels {
            let rates: Vec<String> = draft
                .outcomes
                .iter()
                .map(|part| channel.base_rates.get(&part.outcome).map_or(String::new(), figure))
                .collect();
            let share = channel.share.value;
            writeln!(page, "| `{}` | {share} | {} |", channel.answer, rates.join(" | "))?;
        }
        writeln!(page, "\nBase rates are among all complaints of a channel.")?;
    }
    for part in &draft.outcomes {
        write_weights(page, part)?;
    }
    let policy = triage.policy();
    let bands = policy.bands();
    writeln!(page, "\n### Bands\n\n| Band | From index | Act within days |\n|---|---|---|")?;
    let days = &bands.action_days;
    for (band, from, days) in [
        ("very_high", Some(bands.very_high), days.very_high),
        ("high", Some(bands.high), days.high),
        ("medium", Some(bands.medium), days.medium),
        ("low", None, days.low),
    ] {
        let from = from.map_or_else(|| "0".to_owned(), |from| from.to_string());
        writeln!(page, "| {band} | {from} | {days} |")?;
    }
    writeln!(page, "\n{} Action times: {}", bands.rationale, days.rationale)?;
    writeln!(
        page,
        "\n### Gates\n\n| Gate | Effect | What it says | Citation |\n|---|---|---|---|"
    )?;
    for gate in policy.gates() {
        let (id, title, citation) = (&gate.id, &gate.title, &gate.citation);
        writeln!(page, "| `{id}` | {} | {title} | {citation} |", gate.effect)?;
    }
    Ok(())
}

fn write_weights(page: &mut String, part: &OutcomeDraft) -> fmt::Result {
    writeln!(page, "\n### Weights for `{}`\n", part.outcome)?;
    writeln!(page, "Intercept {}.\n", part.intercept.value)?;
    writeln!(page, "| Item | Weights | Rules | Note |\n|---|---|---|---|")?;
    for entry in &part.weights {
        let weights: Vec<String> =
            entry.weights.iter().map(|(answer, weight)| format!("{answer} {weight}")).collect();
        writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            entry.item,
            weights.join(", "),
            entry.provenance.rules.join(", "),
            entry.provenance.note.as_deref().unwrap_or("")
        )?;
    }
    Ok(())
}
