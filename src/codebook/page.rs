//! The codebook as a page for people.

use std::fmt::Write as _;

use super::Codebook;
use super::item::{Direction, Item, Kind};

impl Codebook {
    /// The codebook as a Markdown page: every item with its question, answers, what it bears on,
    /// effort and evidence, then the sources.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut page = String::new();
        // Writing to a String cannot fail.
        let _ = write_page(&mut page, self);
        page
    }
}

fn write_page(page: &mut String, codebook: &Codebook) -> std::fmt::Result {
    writeln!(page, "# {} ({})\n", codebook.title(), codebook.identity())?;
    writeln!(page, "{}\n", codebook.description())?;
    writeln!(page, "Every item can also be *unknown*, which is never *no*.\n")?;
    writeln!(page, "## Outcomes\n\n| Outcome | id | Ahead of |\n|---|---|---|")?;
    for outcome in codebook.outcomes() {
        writeln!(page, "| {} | `{}` | {} |", outcome.title, outcome.id, outcome.ahead_of)?;
    }
    for union in codebook.unions() {
        let parts: Vec<String> = union.any_of.iter().map(|part| format!("`{part}`")).collect();
        let (title, id, note) = (&union.title, &union.id, &union.note);
        writeln!(page, "\n{title} (`{id}`): any of {}. {note}", parts.join(", "))?;
    }
    if let Some(declared) = codebook.study_only() {
        let (by, on, purpose) = (&declared.by, &declared.on, &declared.purpose);
        writeln!(page, "\n**For studies alone** ({by}, {on}): {purpose}")?;
    }
    write_declarations(page, codebook)?;
    writeln!(page, "\n## Items at a glance\n")?;
    writeln!(page, "| # | Item | Stage | Domain | About | Bears on | Effort |")?;
    writeln!(page, "|---|---|---|---|---|---|---|")?;
    for (position, item) in codebook.items().iter().enumerate() {
        writeln!(
            page,
            "| {} | [`{}`](#{}) | {} | {} | {} | {} | {} |",
            position + 1,
            item.id,
            item.id,
            item.stage,
            item.domain,
            item.about,
            bearings(item),
            effort(item)
        )?;
    }
    writeln!(page, "\n## Items")?;
    for item in codebook.items() {
        write_item(page, item)?;
    }
    writeln!(page, "\n## Sources\n")?;
    for source in codebook.sources() {
        writeln!(page, "- `{}`: {}", source.id, source.citation)?;
    }
    Ok(())
}

/// Who has declared which items to stand for no protected attribute.
fn write_declarations(page: &mut String, codebook: &Codebook) -> std::fmt::Result {
    let mut by: Vec<(String, Vec<&str>)> = Vec::new();
    let mut undeclared = Vec::new();
    for item in codebook.items() {
        let Some(declared) = &item.declared else {
            undeclared.push(&*item.id);
            continue;
        };
        let because = declared.because.as_ref().map_or(String::new(), |why| format!(", {why}"));
        let who = format!("{}, {}{because}", declared.by, declared.on);
        match by.iter_mut().find(|(name, _)| *name == who) {
            Some((_, items)) => items.push(&item.id),
            None => by.push((who, vec![&item.id])),
        }
    }
    let names: Vec<&str> =
        super::protected_attributes().into_iter().map(|(name, _)| name).collect();
    writeln!(page, "\n## Protected attributes\n\nNo item may stand for {}.\n", names.join("; "))?;
    for (who, items) in by {
        let whole = items.len() == codebook.items().len();
        let which = if whole { "all items".to_owned() } else { items.join(", ") };
        writeln!(page, "- Declared to be none of these, nor a stand-in ({who}): {which}")?;
    }
    if !undeclared.is_empty() {
        writeln!(page, "- Declared by nobody: {}", undeclared.join(", "))?;
    }
    Ok(())
}

fn bearings(item: &Item) -> String {
    let parts: Vec<String> = item
        .bears_on
        .iter()
        .filter(|(_, bearing)| bearing.direction != Direction::None || bearing.criterion_of)
        .map(|(outcome, bearing)| {
            let mark = match bearing.direction {
                Direction::Raises => "↑ ",
                Direction::Lowers => "↓ ",
                Direction::None => "",
            };
            let overlap = if bearing.criterion_of { " (overlaps its definition)" } else { "" };
            format!("{mark}{outcome}{overlap}")
        })
        .collect();
    if parts.is_empty() { "–".to_owned() } else { parts.join(", ") }
}

fn effort(item: &Item) -> String {
    match item.effort.process {
        super::Process::None => format!("{} min", item.effort.minutes),
        process => format!("{} min, {process}", item.effort.minutes),
    }
}

fn write_item(page: &mut String, item: &Item) -> std::fmt::Result {
    writeln!(page, "\n### {}\n\n{}\n", item.id, item.question)?;
    if let Some(guidance) = &item.guidance {
        writeln!(page, "{guidance}\n")?;
    }
    let edges: &[i64] = match &item.kind {
        Kind::Binned { edges, .. } => edges,
        _ => &[],
    };
    if let Kind::Binned { unit, .. } = &item.kind {
        let numbers = item.plausible_numbers();
        let most = match numbers.most {
            i64::MAX => "any number".to_owned(),
            most => most.to_string(),
        };
        let kind = if numbers.decimals { "decimals" } else { "whole numbers" };
        writeln!(
            page,
            "Counts {unit}: {kind} from {} to {most}; anything else is not understood.\n",
            numbers.least
        )?;
    }
    for (position, answer) in item.answers.iter().enumerate() {
        let from = match position.checked_sub(1).and_then(|before| edges.get(before)) {
            Some(edge) => format!(", from {edge}"),
            None => String::new(),
        };
        let absent = if item.absent.as_ref() == Some(&answer.id) { " (absent)" } else { "" };
        let share = item
            .prevalence
            .as_ref()
            .and_then(|prevalence| prevalence.shares.get(&answer.id))
            .map_or(String::new(), |share| format!(", share {share}"));
        writeln!(page, "- `{}`: {}{from}{absent}{share}", answer.id, answer.label)?;
    }
    if let Some(prevalence) = &item.prevalence {
        match &prevalence.source {
            Some(source) => writeln!(page, "\nShares: `{source}`.")?,
            None => writeln!(page, "\nShares: an assumption.")?,
        }
    }
    if item.found_or_not {
        writeln!(page, "\nFound or not: the absent answer weighs what *unknown* weighs.")?;
    }
    if let Some(design) = &item.design {
        writeln!(page, "\nBy design: {design}")?;
    }
    if !item.evidence.is_empty() {
        writeln!(
            page,
            "\n| Contrast | Outcome | Compared with | Finding | Odds ratio | n | Population | Quality | Source |"
        )?;
        writeln!(page, "|---|---|---|---|---|---|---|---|---|")?;
        for row in &item.evidence {
            let ratio = match &row.odds_ratio {
                Some(ratio) => match (ratio.low, ratio.high) {
                    (Some(low), Some(high)) => format!("{} ({low} to {high})", ratio.value),
                    _ => ratio.value.to_string(),
                },
                None => "not visible".to_owned(),
            };
            let n = row.n.map_or("–".to_owned(), |n| n.to_string());
            let contested = if row.contested { ", contested" } else { "" };
            let read =
                format!("{:?}", row.reading).to_lowercase().replace("secondhand", " second-hand");
            writeln!(
                page,
                "| {} | {} | {} | {}{} | {ratio} | {n} | {} | {:?}, {read}{contested} | `{}` |",
                row.contrast,
                row.outcome,
                row.comparison,
                row.finding,
                remarks(row),
                format!("{:?}", row.population).to_lowercase(),
                row.quality,
                row.source
            )?;
        }
    }
    Ok(())
}

/// What else a row says of itself.
fn remarks(row: &super::Evidence) -> String {
    let mut said = String::new();
    if let Some(studied) = &row.studied {
        let _ = write!(said, "; studied: {studied}");
    }
    if let Some(within) = &row.within {
        let _ = write!(said, "; within {} = {}", within.item, within.is.join(" or "));
    }
    if let Some(overlap) = &row.overlap {
        let _ = write!(said, "; overlap: {overlap}");
    }
    said
}
