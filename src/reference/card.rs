//! Model cards: what a model is for, what it is not for, and what it expects of itself.

use std::fmt::{self, Write as _};

use super::solve::draws;
use super::{ReferenceError, expected_discrimination};
use crate::base::Seed;
use crate::codebook::protected_attributes;
use crate::policy::GateEffect;
use crate::triage::{Finding, Triage};

/// The seed of the draws by which a card's figures are made: not the one that solved the model.
const CARD_SEED: Seed = Seed(97);

/// What people must decide before a model orders anybody's work. The shipped models leave the
/// owner open on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stewardship {
    /// What it may be used for.
    pub intended_use: String,
    /// What it must not be used for.
    pub not_for: String,
    /// Who answers for it.
    pub owner: String,
    /// When it is looked at again, at the latest.
    pub review: String,
    /// When it is taken out of use.
    pub stop: String,
}

impl Stewardship {
    /// That of the shipped models.
    #[must_use]
    pub fn shipped() -> Self {
        Stewardship {
            intended_use: "Ordering incoming complaints by structured facts, as a starting point and a standard of comparison, beside the order in use and with people deciding.".to_owned(),
            not_for: "Evidence, grounds for a warrant, a judgement of guilt or propensity, a decision without a person, closing complaints, or anything about women, minors as suspects or other crimes.".to_owned(),
            owner: "The agency that uses it names a person; the authors of the crate answer for the files alone.".to_owned(),
            review: "2027-05-29, or sooner after 200 complaints with known outcomes, a new codebook, or a change of law or of a sender's forms.".to_owned(),
            stop: "Take it out of use when a complaint that held a sign of danger was found worked late because of it, when a blind audit finds as many outcomes in `low` as in `medium`, when nobody answers for it, or when more than a tenth of decisions go against it.".to_owned(),
        }
    }
}

/// The card of a model, as Markdown.
///
/// Its figures are what the model expects of itself (see [`expected_discrimination`]) among
/// complaints drawn from the population that it declares; a model without one says so.
///
/// # Errors
/// [`ReferenceError::Missing`] where model and population do not fit each other.
pub fn card(triage: &Triage, steward: &Stewardship) -> Result<String, ReferenceError> {
    let instrument = triage.instrument();
    let expected = match &instrument.draft().population {
        Some(_) => {
            let drawn = draws(instrument, CARD_SEED)?;
            expected_discrimination(instrument, &drawn)?
        }
        None => Vec::new(),
    };
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write_head(&mut page, triage, steward);
    let _ = write_expected(&mut page, triage, &expected);
    let _ = write_gates(&mut page, triage);
    let _ = write_declarations(&mut page, triage);
    let _ = write_findings(&mut page, triage);
    Ok(page)
}

fn write_head(page: &mut String, triage: &Triage, steward: &Stewardship) -> fmt::Result {
    let draft = triage.instrument().draft();
    writeln!(page, "# Model card: {}\n\n{}\n", triage.identity(), triage.description())?;
    writeln!(page, "| What | |\n|---|---|")?;
    let rows = [
        (
            "Codebook",
            format!("{}, {} items", triage.codebook().identity(), triage.codebook().items().len()),
        ),
        ("Fingerprint", triage.fingerprint().to_string()),
        ("Scoring fingerprint", triage.scoring_fingerprint().to_string()),
        (
            "Studied",
            draft.studied.as_ref().map_or("nobody".to_owned(), |studied| studied.text.clone()),
        ),
        (
            "Calibrated",
            if triage.instrument().is_calibrated() {
                "yes".to_owned()
            } else {
                "no: it orders and prints no percentages".to_owned()
            },
        ),
        ("Intended use", steward.intended_use.clone()),
        ("Not for", steward.not_for.clone()),
        ("Owner", steward.owner.clone()),
        ("Review", steward.review.clone()),
        ("Stop rule", steward.stop.clone()),
    ];
    for (what, value) in rows {
        writeln!(page, "| {what} | {value} |")?;
    }
    for warning in &draft.warnings {
        writeln!(page, "| Warning | {warning} |")?;
    }
    Ok(())
}

fn write_expected(
    page: &mut String,
    triage: &Triage,
    expected: &[super::Discrimination],
) -> fmt::Result {
    writeln!(page, "\n## What it expects of itself\n")?;
    if expected.is_empty() {
        return writeln!(
            page,
            "It declares no population and weighs nothing, so it expects nothing."
        );
    }
    writeln!(
        page,
        "Area under the curve, were its declared population and its own probabilities true: the best that it can hope for, no finding about any data. 0.5 is chance. Computed on drawn complaints, seed {}.\n",
        CARD_SEED.0
    )?;
    let outcomes = triage.instrument().outcomes();
    let names: Vec<String> = outcomes.iter().map(|part| format!("`{}`", part.outcome)).collect();
    writeln!(page, "| Channel | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()))?;
    let mut channels: Vec<Option<&String>> = Vec::new();
    for figures in expected {
        if !channels.contains(&figures.channel.as_ref()) {
            channels.push(figures.channel.as_ref());
        }
    }
    for channel in channels {
        let areas: Vec<String> = outcomes
            .iter()
            .map(|part| {
                let found = expected.iter().find(|figures| {
                    figures.outcome == part.outcome && figures.channel.as_ref() == channel
                });
                found
                    .and_then(|figures| figures.area)
                    .map_or("–".to_owned(), |area| format!("{area:.3}"))
            })
            .collect();
        let name = channel.map_or("whole stream".to_owned(), |channel| format!("`{channel}`"));
        writeln!(page, "| {name} | {} |", areas.join(" | "))?;
    }
    Ok(())
}

fn write_gates(page: &mut String, triage: &Triage) -> fmt::Result {
    let policy = triage.policy();
    writeln!(page, "\n## Rules\n\n| Gate | Effect | What it says |\n|---|---|---|")?;
    for gate in policy.gates() {
        let (id, title) = (&gate.id, &gate.title);
        writeln!(page, "| `{id}` | {} | {title} |", gate.effect)?;
    }
    let caps = policy.gates().iter().any(|gate| matches!(gate.effect, GateEffect::Cap(_)));
    if caps {
        let signs: Vec<String> = policy
            .draft()
            .danger_signs
            .iter()
            .map(|sign| format!("`{}` = {}", sign.item, sign.is.join(" or ")))
            .collect();
        writeln!(page, "\nNo cap holds where any of these is present: {}.", signs.join("; "))?;
    }
    Ok(())
}

fn write_declarations(page: &mut String, triage: &Triage) -> fmt::Result {
    writeln!(page, "\n## Protected attributes\n")?;
    let names: Vec<&str> = protected_attributes().into_iter().map(|(name, _)| name).collect();
    writeln!(page, "Refused: {}.\n", names.join("; "))?;
    let mut by: Vec<(String, usize)> = Vec::new();
    for declared in triage.codebook().items().iter().filter_map(|item| item.declared.as_ref()) {
        let who = format!("{}, {}", declared.by, declared.on);
        match by.iter_mut().find(|(name, _)| *name == who) {
            Some((_, count)) => *count += 1,
            None => by.push((who, 1)),
        }
    }
    for (who, count) in by {
        writeln!(page, "- {count} items declared to be none of these, nor a stand-in: {who}")?;
    }
    for finding in triage.lint().findings() {
        let told = matches!(
            finding,
            Finding::Undeclared { .. } | Finding::TellingWord { .. } | Finding::StudyOnly { .. }
        );
        if told {
            writeln!(page, "- {finding}")?;
        }
    }
    Ok(())
}

/// What a check of the file finds: how much is accepted, by whom and why, and how much is not.
fn write_findings(page: &mut String, triage: &Triage) -> fmt::Result {
    let lint = triage.lint();
    writeln!(page, "\n## What a check of the file finds\n")?;
    writeln!(page, "- {} findings that nobody has accepted", lint.new_findings().len())?;
    for entry in lint.accepted() {
        let (count, who) = (entry.findings.len(), format!("{}, {}", entry.by, entry.on));
        writeln!(page, "- {count} accepted by {who}: {}", entry.because)?;
    }
    Ok(())
}
