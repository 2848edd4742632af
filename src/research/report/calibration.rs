//! The section about calibration, from known outcomes.

use std::collections::BTreeMap;

use super::cell::{Cell, Form, cells};
use super::chart::{Axis, Chart, Point, Series};
use super::document::{Section, Table};
use super::figures::{fitting, told_independent};
use super::words::plain;
use crate::research::evaluate::{
    Bins, Caution, Confidence, EvaluateError, Predicted, Weights, calibration_bins,
    calibration_line, calibration_line_clustered, expected_observed, expected_observed_clustered,
};
use crate::research::study::{Arm, Known, Target};

const LEVEL: Confidence = Confidence::P95;

/// The sampling weights of some of the known complaints.
fn weights_of(weights: &Option<Weights>, rows: &[usize]) -> Option<Weights> {
    let of_rows = rows.iter().map(|&row| Some(weights.as_ref()?.values()[row]));
    Weights::sampling(of_rows.collect::<Option<Vec<f64>>>()?).ok()
}

/// Predicted against observed shares, one small chart a channel, with counts. Where subjects have several complaints E/O and
/// the line count subjects, and the section says that the intervals of marks do not.
#[must_use]
pub fn calibration_section(known: &Known, arms: &[Arm]) -> Section {
    let mut section = Section::new(
        "calibration",
        "Whether probabilities are right, channel by channel",
        "Each mark is a group of complaints with similar predictions: what was predicted, what was found, and its 95% interval; the table says how many complaints it rests on. On the thin line predictions are right; below it they are too high. E/O above 1 means that more was expected than was found.",
        "Outcomes that work did not find count as not there, so E/O above 1 can also mean that findings are incomplete. Groups of few complaints say little. An instrument that was never calibrated orders complaints; its probabilities are shown here to be tested, not to be quoted.",
    );
    let (arms, stamped) = fitting(known, arms, section);
    section = told_independent(known, "The intervals of marks", stamped);
    if matches!(known.target, Target::Any | Target::Union(_)) {
        return section.text("The priority index is not a probability: nothing to calibrate.");
    }
    let mut table = Table::new(
        "ratios",
        "Expected over observed, and the line of found on predicted log-odds (95% intervals; intercept 0 and slope 1 are right)",
        &[
            "Channel",
            "Model",
            "Complaints",
            "With the outcome",
            "Expected",
            "E/O",
            "p",
            "Intercept",
            "Slope",
        ],
    );
    let (weighted, repeated) = (known.weights.is_some(), known.repeated_subjects().is_some());
    let caption = match weighted {
        true => {
            "The marks of the charts: complaints as they are, and what they and those with the outcome stand for under sampling weights; shares are weighted"
        }
        false => "The marks of the charts",
    };
    let columns = [
        "Channel",
        "Model",
        "Complaints",
        "With the outcome",
        "Stand for",
        "With the outcome stand for",
        "Predicted",
        "Found",
    ];
    let shown = |column: usize| weighted || !(4..6).contains(&column);
    let columns: Vec<&str> = columns
        .into_iter()
        .enumerate()
        .filter(|(column, _)| shown(*column))
        .map(|numbered| numbered.1)
        .collect();
    let mut groups = Table::new("marks", caption, &columns);
    let mut cautions: BTreeMap<Caution, Vec<String>> = BTreeMap::new();
    let alone = arms.iter().filter(|arm| !arm.probabilities.is_empty()).count() == 1;
    let name_of = |row: usize| known.channel(row).unwrap_or("all");
    let mut present: Vec<(u32, &str)> = match &known.channels {
        Some(channels) => (0..known.len()).map(|row| (channels.of[row], name_of(row))).collect(),
        None => vec![(0, "all")],
    };
    present.sort_unstable();
    present.dedup();
    for (_, name) in present {
        let rows: Vec<usize> = (0..known.len()).filter(|&row| name_of(row) == name).collect();
        let labels: Vec<bool> = rows.iter().map(|&row| known.labels[row]).collect();
        let events = labels.iter().filter(|&&label| label).count();
        let mut series = Vec::new();
        let mut most: f64 = 0.0;
        for arm in arms.iter().filter(|arm| !arm.probabilities.is_empty()).copied() {
            let predicted: Vec<f64> = rows.iter().map(|&row| arm.probabilities[row]).collect();
            let Ok(data) = Predicted::new(&labels, &predicted) else { continue };
            let weights = weights_of(&known.weights, &rows);
            let subjects: Option<Vec<u32>> =
                repeated.then(|| rows.iter().map(|&row| known.clusters()[row]).collect());
            // Under weights all three are: what is expected and found among those that the complaints stand for.
            let cells = |model: String, observed: Cell, ratio: [Cell; 3], line: [Cell; 2]| {
                let count = match &weights {
                    Some(weights) => Cell::number(weights.values().iter().sum(), Form::Tenths),
                    None => rows.len().into(),
                };
                let ([expected, ratio, p], [intercept, slope]) = (ratio, line);
                cells![plain(name), model, count, observed, expected, ratio, p, intercept, slope]
            };
            let ratio = || -> Result<_, EvaluateError> {
                Ok(match (&weights, &subjects) {
                    (Some(weights), Some(subjects)) => {
                        expected_observed_clustered(data.weighted(weights)?, subjects, LEVEL)?
                    }
                    (Some(weights), None) => expected_observed(data.weighted(weights)?, LEVEL)?,
                    (None, Some(subjects)) => expected_observed_clustered(data, subjects, LEVEL)?,
                    (None, None) => expected_observed(data, LEVEL)?,
                })
            };
            let line = || -> Result<_, EvaluateError> {
                Ok(match (&weights, &subjects) {
                    (Some(weights), Some(subjects)) => {
                        calibration_line_clustered(data.weighted(weights)?, subjects, LEVEL)?
                    }
                    (Some(weights), None) => calibration_line(data.weighted(weights)?, LEVEL)?,
                    (None, Some(subjects)) => calibration_line_clustered(data, subjects, LEVEL)?,
                    (None, None) => calibration_line(data, LEVEL)?,
                })
            };
            let (ratio, line) = (ratio(), line());
            let mut model = arm.name.clone();
            let told = [
                ("E/O", ratio.as_ref().ok().map(|found| &found.ratio)),
                ("intercept and slope", line.as_ref().ok().map(|line| &line.slope)),
            ];
            for (what, figure) in told {
                for caution in figure.map_or(&[][..], |figure| figure.cautions) {
                    let of = format!("{what}, {} by `{}`", plain(name), arm.name);
                    cautions.entry(*caution).or_default().push(of);
                    model = format!("{} (caution)", arm.name);
                }
            }
            let line = match line {
                Ok(line) => {
                    [&line.intercept, &line.slope].map(|line| Cell::figure(line, Form::Decimal))
                }
                Err(why) => [Cell::Missing(why.to_string()), "".into()],
            };
            match ratio {
                Ok(found) => {
                    let observed = match &weights {
                        Some(_) => Cell::number(found.observed, Form::Tenths),
                        None => events.into(),
                    };
                    let expected = Cell::number(found.expected, Form::Tenths);
                    let ratio = Cell::figure(&found.ratio, Form::Decimal);
                    let p = Cell::number(found.p_value, Form::P);
                    table.push(cells(model, observed, [expected, ratio, p], line));
                }
                Err(why) => {
                    let why = Cell::Missing(why.to_string());
                    table.push(cells(model, events.into(), ["".into(), why, "".into()], line));
                }
            }
            // Fewer than sixty complaints a mark would show little but chance.
            let bins = (rows.len() / 60).clamp(1, 5);
            if rows.len() < 30 {
                continue;
            }
            let binned = || -> Result<_, EvaluateError> {
                Ok(match &weights {
                    Some(weights) => {
                        calibration_bins(data.weighted(weights)?, Bins::EqualCount(bins), LEVEL)?
                    }
                    None => calibration_bins(data, Bins::EqualCount(bins), LEVEL)?,
                })
            };
            let Ok(found) = binned() else { continue };
            let marks = found.iter().map(|bin| {
                most = most.max(bin.predicted).max(bin.interval.upper);
                let mark = Point::new(bin.predicted, bin.observed);
                let mark = mark.interval(bin.interval.lower, bin.interval.upper);
                let found = Cell::with_interval(bin.observed, &Ok(bin.interval), Form::Share);
                let [all, with] = [bin.weight, bin.event_weight];
                let row = cells![
                    plain(name),
                    arm.name.clone(),
                    bin.count,
                    bin.events,
                    Cell::number(all, Form::Tenths),
                    Cell::number(with, Form::Tenths),
                    Cell::number(bin.predicted, Form::Share),
                    found,
                ];
                let row = row.into_iter().enumerate().filter(|(column, _)| shown(*column));
                groups.push(row.map(|(_, cell)| cell));
                // With several models the counts would stand on top of each other: see the table.
                if alone { mark.label(format!("{}/{}", bin.events, bin.count)) } else { mark }
            });
            let marks = marks.collect();
            series.push(Series::points(&arm.name, marks));
        }
        if series.is_empty() {
            continue;
        }
        let to = (most * 1.08).clamp(0.02, 1.0);
        let id = format!("channel-{name}");
        let title =
            format!("{}: {} complaints, {} with the outcome", plain(name), rows.len(), events);
        let x = Axis::numbers("Predicted", 0.0, to).percent();
        let y = Axis::numbers("Found", 0.0, to).percent();
        let described = format!("Predicted against found shares for {title}; the table gives E/O.");
        let chart = Chart::plot(&id, &title, x, y, series)
            .guide(Series::line("prediction is right", [(0.0, 0.0), (to, to)]))
            .describe(described);
        section = section.chart(chart);
    }
    for (caution, of) in cautions {
        section = section.text(format!("Caution ({}): {}", of.join("; "), caution.text()));
    }
    section.table(table).table(groups)
}
