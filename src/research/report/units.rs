//! Sections about several units: the same figure in each, and weights that they learnt together.

use super::cautions::Cautions;
use super::cell::{Cell, Form, cells};
use super::chart::{Axis, Chart, Row};
use super::document::{Section, Table};
use super::words::{count, decimal, percent, plain, tenths};
use crate::complaint::Origin;
use crate::research::evaluate::{ByKey, Confidence, Figure, Scale, across_units};
use crate::research::fit::federated::{
    FederatedFit, FederatedWarning, PooledCurves, PooledWeights, ReachedShare,
};
use crate::research::study::stamp_of;

/// Internal-external validation: each unit or year left out in turn and judged by what the others taught. Each measure has
/// its figure in every unit and the scale on which they are averaged; `what` names the kind of unit, `origin` where the
/// complaints and outcomes of all units come from: of several, the largest.
#[must_use]
pub fn units_section(
    what: &str,
    measures: &[(&str, &ByKey<String, Figure>, Scale)],
    origin: Origin,
    confidence: Confidence,
) -> Section {
    let mut section = Section::new(
        "units",
        &format!("From one {what} to the next"),
        &format!(
            "Each {what} was left out in turn, weights were learnt on the others, and judged on it. The mean is over {what}s by a model in which they differ; the prediction says where the figure of a {what} not seen yet is expected."
        ),
        "Intervals of the mean answer how good it is on average, predictions how good it may be in the next place; the second is the wider one and the one to plan by.",
    );
    section = section.stamped(stamp_of(origin));
    let columns = ["Measure", "Mean", "Next one from", "To", "Differences beyond chance", "Units"];
    let mut summary = Table::new("across", &format!("Figures across {what}s"), &columns);
    for (name, figures, scale) in measures {
        let found = match across_units(figures, *scale, confidence) {
            Ok(found) => found,
            Err(why) => {
                summary.push([(*name).into(), Cell::Missing(why.to_string())]);
                continue;
            }
        };
        let [from, to] = match &found.prediction {
            Ok(next) => [next.lower, next.upper].map(|end| Cell::number(end, Form::Decimal)),
            Err(why) => [Cell::Missing(why.to_string()), "".into()],
        };
        summary.push(cells![
            *name,
            Cell::figure(&found.mean, Form::Decimal),
            from,
            to,
            Cell::number(found.i_squared, Form::Share),
            found.units,
        ]);
        let mut cautions = Cautions::default();
        cautions.add(name, found.mean.cautions);
        for (unit, figure) in *figures {
            cautions.of(&format!("{name}, {}", plain(unit)), figure);
        }
        section = cautions.say(section);
        if found.left_out > 0 {
            let left = count(found.left_out as u64);
            section =
                section.text(format!("{name}: {left} without a figure or its error are left out."));
        }
    }
    section = section.table(summary);
    for (number, (name, figures, _)) in measures.iter().enumerate() {
        let rows: Vec<Row> = figures
            .iter()
            .filter_map(|(unit, figure)| {
                let figure = figure.as_ref().ok()?;
                let interval = figure.interval.as_ref().ok().map(|ends| (ends.lower, ends.upper));
                let label = plain(unit);
                Some(Row::new(label, figure.value, interval).note(count(figure.count as u64)))
            })
            .collect();
        let missing =
            figures.iter().filter_map(|(unit, figure)| Some((unit, figure.as_ref().err()?)));
        for (unit, why) in missing {
            section = section.text(format!("{name}, `{unit}`: {why}."));
        }
        if rows.is_empty() {
            continue;
        }
        let ends = rows
            .iter()
            .flat_map(|row| row.interval.map_or([row.value; 2], |(lower, upper)| [lower, upper]));
        let ends: Vec<f64> = ends.filter(|end| end.is_finite()).collect();
        let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
        let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let axis = Axis::numbers(name, low, high);
        let title = format!("{name}, each {what} left out in turn");
        let described = format!("{name} in each of {} {what}s with its interval.", rows.len());
        let chart = Chart::rows(&format!("by-{}", number + 1), &title, axis, None, rows);
        section = section.chart(chart.describe(described));
    }
    section
}

/// Weights learnt by agencies that exchanged sums; beside them how much the agencies' own fits differ, and calibration and
/// reach over agencies, where given.
#[must_use]
pub fn federated_section(
    fit: &FederatedFit,
    pooled: Option<&PooledWeights>,
    curves: Option<&PooledCurves>,
) -> Section {
    let largest = fit.agencies().values().max().copied().unwrap_or(0);
    let reading = format!(
        "{} with {} complaints in all, {} of them with the outcome, learnt the weights of {} together in {} rounds. No complaint left an agency: each sent sums over its own. The largest agency holds {} of the complaints.",
        fit.agencies_counted(),
        decimal_count(fit.total_weight()),
        decimal_count(fit.events()),
        plain(fit.outcome()),
        fit.rounds(),
        percent(largest as f64 / fit.agencies().values().sum::<u64>().max(1) as f64),
    );
    let mut section = Section::new(
        "federated",
        "Weights that agencies learnt together",
        &reading,
        "One set of weights for all agencies: right for each only where agencies do not differ. Sums tell of groups, none of them below the stated minimum; they are not encrypted by this library.",
    );
    let beside = [pooled.map(PooledWeights::origin), curves.map(PooledCurves::origin)];
    let origin = beside.into_iter().flatten().fold(fit.origin(), Origin::max);
    section = section.stamped(stamp_of(origin)).text(format!(
        "{} complaints of the rarer kind for each weight. Fitted with {}.",
        tenths(fit.events_per_parameter()),
        fit.penalty()
    ));
    for warning in fit.warnings() {
        section = section.text(format!("Caution: {warning}."));
    }
    // What stands beside the fit may come from other complaints than it did.
    let alone = pooled.map_or(&[][..], PooledWeights::warnings);
    let over = curves.map_or(&[][..], PooledCurves::warnings);
    for (what, warnings) in [("agencies' own weights", alone), ("calibration and reach", over)] {
        for warning in warnings.iter().filter(|warning| !fit.warnings().contains(warning)) {
            section = section.text(format!("Caution, {what}: {warning}."));
        }
    }
    let columns = [
        "Answer",
        "Weight",
        "Agencies with an own weight",
        "Differences beyond chance",
        "Spread between agencies",
    ];
    let mut table = Table::new(
        "weights",
        "Weights in log-odds, and how much agencies' own weights differ",
        &columns,
    );
    for estimate in fit.estimates() {
        let weight = Cell::with_interval(estimate.estimate, &Ok(estimate.interval), Form::Decimal);
        let alone = pooled
            .and_then(|pooled| pooled.weights().iter().find(|weight| weight.name == estimate.name));
        let optional = |value: Option<f64>, form| match value {
            Some(value) => Cell::number(value, form),
            None => "".into(),
        };
        let told = |warnings: &[FederatedWarning]| {
            warnings.iter().any(|warning| warning.column() == Some(&estimate.name))
        };
        // A weight with a caution of its own never stands without a mark.
        let cautious = told(fit.warnings()) || pooled.is_some_and(|pooled| told(pooled.warnings()));
        let mark = if cautious { " (caution)" } else { "" };
        table.push(cells![
            format!("{}{mark}", plain(&estimate.name).replace('=', ": ")),
            weight,
            alone.map_or_else(|| "".into(), |alone| Cell::from(alone.agencies)),
            optional(alone.and_then(|alone| alone.i_squared), Form::Share),
            optional(alone.and_then(|alone| alone.tau_squared).map(f64::sqrt), Form::Decimal),
        ]);
    }
    section = section.table(table);
    if let Some(curves) = curves {
        let columns = ["From probability", "Complaints", "With the outcome", "Predicted", "Found"];
        let ratio = match curves.expected_observed(Confidence::P95) {
            Ok(found) => Cell::figure(&found.ratio, Form::Decimal).text(),
            Err(_) => decimal(curves.expected_over_observed()),
        };
        let caption = format!(
            "Calibration over agencies; expected over observed {ratio}, complaints taken as independent"
        );
        let mut bins = Table::new("calibration", &caption, &columns);
        let optional = |value: Option<f64>| match value {
            Some(value) => Cell::number(value, Form::Share),
            None => Cell::Missing("nobody".to_owned()),
        };
        // A bin that nobody is in says nothing.
        for bin in curves.bins().iter().filter(|bin| bin.complaints > 0) {
            let from = Cell::number(bin.from, Form::Decimal);
            let (predicted, observed) = (optional(bin.predicted), optional(bin.observed));
            bins.push(cells![from, bin.complaints, bin.events, predicted, observed]);
        }
        let mut reached =
            Table::new("reached", "What capacity reaches over agencies", &["Worked", "Reached"]);
        // Bins that nobody is in reach what the next ones do.
        let alike =
            |a: &ReachedShare, b: &ReachedShare| (a.worked, a.reached) == (b.worked, b.reached);
        for point in curves.capacity().chunk_by(alike).map(|same| same[0]) {
            reached
                .push([point.worked, point.reached].map(|share| Cell::number(share, Form::Share)));
        }
        section = section.table(bins).table(reached);
        if !curves.left_out().is_empty() {
            let names = curves.left_out().join("`, `");
            section = section.text(format!(
                "Too small for counts by score, and left out of both tables: `{names}`."
            ));
        }
    }
    section
}

/// A number of complaints, which weights may have made no whole one.
fn decimal_count(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}
