//! Sections about what is not known: complaints never worked, outcomes not yet found, answers never given, coders who differ.

use super::cautions::Cautions;
use super::cell::{Cell, Form, cells};
use super::document::{Section, Table};
use super::words::{count, decimal, percent, plain, tenths};
use crate::complaint::Origin;
use crate::research::evaluate::{
    AtHorizon, Capacity, Confidence, EvaluateError, InputError, NotEstimable, Scored,
    SelectionModel, auc, sensitivity_at_capacity,
};
use crate::research::fit::{FitReport, Imputed, ImputedWarning, ShiftPath, UnknownReport};
use crate::research::study::{CoderFindings, stamp_of};

/// What each order reaches of all complaints with the outcome, worked or not, under several suppositions about those that
/// were never worked. `flags` says of each complaint whether it is among the first of an order; `odds` as in
/// [`SelectionModel`]; the model's origin stamps it.
#[must_use]
pub fn selection_section(
    model: &SelectionModel<'_>,
    flags: &[(&str, &[bool])],
    odds: &[f64],
    confidence: Confidence,
) -> Section {
    let section = Section::new(
        "selection",
        "If complaints that were never worked differ",
        "Outcomes are known only of complaints that were worked. The figures below are for all complaints: what was found, with weights for the chance of having been worked, and what a model expects of the others. Each column supposes other odds of the outcome among the unworked, against the worked who looked alike: at 1 they are alike; at 0.5 officers left the less dangerous half.",
        "Right where the chance of having been worked, or the chance of the outcome, is modelled rightly, and only under the odds supposed: no data can tell which column is true. A blind audit slice can.",
    );
    let section = section.stamped(stamp_of(model.origin()));
    let names: Vec<String> = odds.iter().map(|odds| format!("Odds {odds}")).collect();
    let head = |first| -> Vec<&str> {
        [first].into_iter().chain(names.iter().map(String::as_str)).collect()
    };
    let mut rate = Table::new("rate", "Share of all with the outcome", &head("Of"));
    let mut cautions = Cautions::default();
    let rates = odds.iter().map(|&odds| {
        let found = model.rate(odds, confidence);
        cautions.of("share of all with the outcome", &found);
        Cell::of(&found, Form::Share)
    });
    rate.push([Cell::prose("all complaints")].into_iter().chain(rates));
    let caption = "Share of all complaints with the outcome that each order reaches";
    let mut reached = Table::new("reached", caption, &head("Model"));
    for (name, flags) in flags {
        let figure = |&odds: &f64| model.sensitivity(flags, odds, confidence);
        let figures = odds.iter().map(|odds| {
            let found = figure(odds);
            cautions.of(&format!("share reached, `{name}`"), &found);
            Cell::of(&found, Form::Share)
        });
        reached.push(cells![*name].into_iter().chain(figures));
    }
    let mut section = cautions.say(section.table(rate).table(reached));
    if let Some((first, others)) = flags.split_first() {
        for (name, flags) in others {
            let said = match model.turns_at(flags, first.1, confidence) {
                Ok(Some(1.0)) => {
                    "is open already where the unworked are like the worked".to_owned()
                }
                Ok(Some(turn)) => format!("holds until the odds are {}", decimal(turn)),
                Ok(None) => "holds for all odds from 1/100 to 100".to_owned(),
                Err(why) => format!("cannot be had: {why}"),
            };
            section = section
                .text(format!("That `{name}` reaches more or fewer than `{}` {said}.", first.0));
        }
    }
    section
}

/// Measures at horizons: a *no* counts from the day on which it could have been a *yes*. `scores` are one a complaint of
/// the same rows that [`at_horizon`](crate::research::evaluate::at_horizon) was given; `unit` is what times are counted in.
/// The largest origin of the horizons stamps it.
#[must_use]
pub fn follow_up_section(
    unit: &str,
    horizons: &[(f64, &AtHorizon)],
    scores: &[(&str, &[f64])],
    capacity: Capacity,
    confidence: Confidence,
) -> Section {
    let section = Section::new(
        "follow-up",
        "Outcomes that take time",
        "At each horizon a complaint counts as a yes if the outcome was found by then, as a no if it was followed to then without a find. Those lost from sight before are stood for by weights of those that were not.",
        "Right where losing a complaint from sight has nothing to do with its outcome. Weights are taken as known.",
    );
    let origin = horizons.iter().map(|(_, at)| at.origin).max().unwrap_or_default();
    let section = section.stamped(stamp_of(origin));
    let first = format!("Horizon ({unit})");
    let known = ["Known", "With the outcome", "Lost before it", "Largest weight"];
    let columns: Vec<&str> = [first.as_str()].into_iter().chain(known).collect();
    let mut data = Table::new("horizons", "What is known at each horizon", &columns);
    let columns = [first.as_str(), "Model", "Area under the ROC curve", "Share reached"];
    let mut figures = Table::new("measures", "Measures at each horizon, weighted", &columns);
    let mut cautions = Cautions::default();
    for (horizon, at) in horizons {
        let events = at.labels.iter().filter(|label| **label).count();
        let largest = at.weights.values().iter().copied().fold(0.0, f64::max);
        data.push(cells![
            horizon.to_string(),
            at.labels.len(),
            events,
            at.censored,
            Cell::number(largest, Form::Tenths),
        ]);
        for (name, scores) in scores {
            let mut found = || -> Result<[Cell; 2], EvaluateError> {
                let (found, expected) = (scores.len(), at.rows.last().map_or(0, |row| row + 1));
                if found < expected {
                    return Err(InputError::Length { what: "scores", found, expected }.into());
                }
                let of_unit: Vec<f64> = at.rows.iter().map(|&row| scores[row]).collect();
                let data = Scored::new(&at.labels, &of_unit)?.weighted(&at.weights)?;
                let area = auc(data, confidence).map(|of_unit| of_unit.figure);
                let reached = sensitivity_at_capacity(data, capacity, confidence);
                cautions.of(&format!("area, `{name}`"), &area);
                cautions.of(&format!("share reached, `{name}`"), &reached);
                Ok([Cell::of(&area, Form::Decimal), Cell::of(&reached, Form::Share)])
            };
            let cells = found().unwrap_or_else(|why| [Cell::Missing(why.to_string()), "".into()]);
            figures.push(cells![horizon.to_string(), *name].into_iter().chain(cells));
        }
    }
    cautions.say(section.table(data)).table(figures)
}

/// Which answers were unknown, and what weights are when the unknown ones are filled in many times over. `complete` is the
/// fit in which *unknown* is the average, beside which imputed weights stand; each path is a column with its shifts.
#[must_use]
pub fn missing_section(
    unknown: &UnknownReport,
    complete: Option<&FitReport>,
    imputed: Option<&Imputed>,
    paths: &[(&str, &ShiftPath)],
) -> Section {
    let reading = format!(
        "Of {} complaints {} have every answer. Where an answer is unknown far more often without the outcome than with it, it was as a rule asked because the case was worked. Weights are shown with what is unknown as the average answer, as scoring takes it, and with unknown answers drawn from models of all the others.",
        unknown.complaints, unknown.complete
    );
    let mut section = Section::new(
        "missing",
        "Answers that nobody gave",
        &reading,
        "Drawn answers take what is unknown for like what is known in complaints alike in all else. The last table says how far from that it must be before a finding turns.",
    );
    let drawn = imputed.map(|imputed| imputed.origin).into_iter();
    let all = drawn.chain(paths.iter().map(|(_, path)| path.origin));
    section = section.stamped(stamp_of(all.fold(unknown.origin, Origin::max)));
    for warning in complete.map_or(&[][..], |fit| &fit.warnings) {
        section = section.text(format!("Caution, unknown as the average: {warning}."));
    }
    let columns = ["Item", "Unknown", "Unknown with the outcome", "Unknown without"];
    let mut items = Table::new("items", "How often each item is unknown", &columns);
    let share = |value: Option<f64>| match value {
        Some(value) => Cell::number(value, Form::Share),
        None => Cell::Missing("there are none".to_owned()),
    };
    for item in &unknown.items {
        let all = item.unknown as f64 / unknown.complaints.max(1) as f64;
        items.push(cells![
            plain(&item.item),
            Cell::number(all, Form::Share),
            share(item.with_outcome),
            share(item.without_outcome),
        ]);
    }
    const SHOWN: usize = 10;
    let caption =
        format!("Unknown together ({} patterns; the {SHOWN} commonest)", unknown.patterns.len());
    let mut patterns = Table::new("patterns", &caption, &["Items", "Complaints"]);
    for pattern in unknown.patterns.iter().take(SHOWN) {
        let names: Vec<String> = pattern.items.iter().map(|item| plain(item)).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        patterns.push(cells![names, pattern.complaints]);
    }
    section = section.table(items).table(patterns);
    if let Some(imputed) = imputed {
        let caption = format!("Weights over {} completed samples (log-odds)", imputed.imputations);
        let columns = ["Answer", "Unknown as average", "Unknown drawn", "Uncertainty owed to it"];
        let mut weights = Table::new("imputed", &caption, &columns);
        for estimate in &imputed.estimates {
            let plainly = complete.and_then(|fit| fit.estimate(&estimate.name)).map(|estimate| {
                let mut cell = Cell::number(estimate.estimate, Form::Decimal);
                if let (Cell::Number { interval, .. }, Some(ends)) = (&mut cell, estimate.wald) {
                    *interval = Some((super::End(ends.lower), super::End(ends.upper)));
                }
                cell
            });
            let cautious =
                imputed.warnings.iter().any(|w| w.warning.column() == Some(&estimate.name))
                    || complete
                        .and_then(|fit| fit.estimate(&estimate.name))
                        .is_some_and(|estimate| !estimate.cautions.is_empty());
            let mark = if cautious { " (caution)" } else { "" };
            weights.push(cells![
                format!("{}{mark}", plain(&estimate.name).replace('=', ": ")),
                plainly.unwrap_or_else(|| "".into()),
                Cell::with_interval(estimate.estimate, &Ok(estimate.interval), Form::Decimal),
                Cell::number(estimate.missing_information, Form::Share),
            ]);
        }
        for held in &imputed.held {
            let all = imputed.imputations;
            let why =
                format!("no interval: held at 0 in {} of {all} completed samples", held.samples);
            let plainly = complete.and_then(|fit| fit.estimate(&held.name));
            weights.push(cells![
                format!("{} (caution)", plain(&held.name).replace('=', ": ")),
                plainly.map_or_else(
                    || "".into(),
                    |estimate| Cell::number(estimate.estimate, Form::Decimal)
                ),
                Cell::Missing(why),
                "",
            ]);
        }
        section = section.text(format!(
            "Events after weighting and counting subjects once: {} for each weight. Fitted with {}.",
            tenths(imputed.events_per_parameter),
            imputed.penalty
        ));
        for told in &imputed.warnings {
            let all = imputed.imputations;
            let text = format!(
                "Caution in {} of {all} completed samples: {}.",
                told.samples, told.warning
            );
            section = section.text(text);
        }
        section = section.table(weights);
        for (item, shift) in &imputed.shifts {
            let by = decimal(*shift);
            section =
                section.text(format!("Unknown answers of `{item}` were shifted by {by} log-odds."));
        }
    }
    let columns = ["Answer", "Shift", "Weight"];
    let mut shifted =
        Table::new("shifts", "Weights where unknown answers differ from known ones", &columns);
    for (column, path) in paths {
        // What the unshifted samples say stands above, where they are shown.
        let known = imputed.map_or(&[][..], |imputed| &imputed.warnings);
        let is_new =
            |told: &&ImputedWarning| !known.iter().any(|k| k.warning.is_like(&told.warning));
        for told in path.warnings.iter().filter(is_new) {
            let (samples, all) = (told.samples, path.imputations);
            section = section.text(format!(
                "Caution in up to {samples} of {all} completed samples of a shift of `{column}`: {}.",
                told.warning
            ));
        }
        for step in &path.steps {
            let estimate = &step.estimate;
            let weight =
                Cell::with_interval(estimate.estimate, &Ok(estimate.interval), Form::Decimal);
            let name = plain(column).replace('=', ": ");
            shifted.push(cells![name, Cell::number(step.shift, Form::Decimal), weight]);
        }
        section = section.text(match path.turns_at {
            Some(turn) => {
                format!("The finding about `{column}` turns at a shift of {}.", decimal(turn))
            }
            None => format!("The finding about `{column}` holds at every shift tried."),
        });
    }
    if shifted.rows.is_empty() { section } else { section.table(shifted) }
}

/// How two coders agree, the items to reword first, and what their differences do to the order.
#[must_use]
pub fn coders_section(found: &CoderFindings, first: usize) -> Section {
    let coded = found.items.first().map_or(0, |item| item.complaints);
    let reading = format!(
        "{}coded by two people; agreement means something only where neither knew the other's answers. Items are listed with the least agreement first: those to define better. Kappa is agreement beyond chance, unknown being an answer like others; alpha is the same of the answers that both gave.",
        if coded == 1 {
            "1 complaint was ".to_owned()
        } else {
            format!("{coded} complaints were ")
        },
    );
    let mut section = Section::new(
        "coders",
        "Whether two coders see the same",
        &reading,
        "Agreement is not correctness: two may be wrong alike. Kappa falls where nearly all answers are the same, however well coders agree.",
    );
    section = section.stamped(stamp_of(found.origin));
    if found.coded_once > 0 {
        let left = count(found.coded_once as u64);
        section = section.text(match found.coded_once {
            1 => "1 complaint that only one of the two coded is left out.".to_owned(),
            _ => format!("{left} complaints that only one of the two coded are left out."),
        });
    }
    let columns = ["Item", "Same answer", "Kappa", "Alpha", "Open to one coder alone"];
    let caption = format!("Agreement on the {} items with the least", first.min(found.items.len()));
    let mut table = Table::new("agreement", &caption, &columns);
    let mut cautions = Cautions::default();
    for item in found.items.iter().take(first) {
        let about = plain(&item.item);
        cautions.add(&format!("same answer, {about}"), item.same.cautions);
        cautions.of(&format!("kappa, {about}"), &item.kappa);
        cautions.of(&format!("alpha, {about}"), &item.alpha);
        let (same, kappa) =
            (Cell::figure(&item.same, Form::Share), Cell::of(&item.kappa, Form::Decimal));
        let alpha = Cell::of(&item.alpha, Form::Decimal);
        table.push(cells![plain(&item.item), same, kappa, alpha, item.one_unknown]);
    }
    let kept: Result<_, NotEstimable> = Ok(found.kept.clone());
    cautions.of("share kept", &kept);
    section = cautions.say(section);
    section.table(table).text(format!(
        "Of the first {} complaints by one coder's answers {} are among the first {} by the other's. A complaint moves {} places on average, at most {}.",
        found.k,
        Cell::of(&kept, Form::Share).text(),
        found.k,
        tenths(found.mean_move),
        found.largest_move,
    )).text(format!("All items agree in {} of answers or more.", found.items.first().map_or_else(String::new, |item| percent(item.same.value))))
}
