//! The section about calibration, from known outcomes.

use super::cautions::Cautions;
use super::cell::{Cell, Form, cells};
use super::chart::{Axis, Chart, Point, Series};
use super::document::{Section, Table};
use super::figures::{fitting, told_independent};
use super::words::plain;
use crate::research::evaluate::{
    Bins, CalibrationBin, CalibrationLine, Confidence, EvaluateError, ExpectedObserved, Predicted,
    Weights, calibration_bins, calibration_line, calibration_line_clustered, expected_observed,
    expected_observed_clustered,
};
use crate::research::study::{Arm, Known, Target};

const LEVEL: Confidence = Confidence::P95;

/// Fewer complaints of a channel than this have no marks.
const LEAST_MARKED: usize = 30;
/// Fewer complaints a mark than this would show little but chance.
const LEAST_OF_MARK: usize = 60;
const MOST_MARKS: usize = 5;

/// The complaints of one channel.
struct Channel<'a> {
    name: &'a str,
    rows: Vec<usize>,
    labels: Vec<bool>,
    events: usize,
    weights: Option<Weights>,
    /// Where subjects have several complaints.
    subjects: Option<Vec<u32>>,
}

impl<'a> Channel<'a> {
    /// All channels, by number.
    fn all(known: &'a Known) -> Vec<Self> {
        let name_of = |row: usize| known.channel(row).unwrap_or("all");
        let mut present: Vec<(u32, &str)> = match &known.channels {
            Some(channels) => {
                (0..known.len()).map(|row| (channels.of[row], name_of(row))).collect()
            }
            None => vec![(0, "all")],
        };
        present.sort_unstable();
        present.dedup();
        let rows = |name: &str| (0..known.len()).filter(|&row| name_of(row) == name).collect();
        present.into_iter().map(|(_, name)| Channel::of(known, name, rows(name))).collect()
    }

    fn of(known: &Known, name: &'a str, rows: Vec<usize>) -> Self {
        let labels: Vec<bool> = rows.iter().map(|&row| known.labels[row]).collect();
        let events = labels.iter().filter(|&&label| label).count();
        let weights: Option<Vec<f64>> =
            rows.iter().map(|&row| Some(known.weights.as_ref()?.values()[row])).collect();
        let weights = weights.and_then(|weights| Weights::sampling(weights).ok());
        let repeated = known.repeated_subjects().is_some();
        let subjects = repeated.then(|| rows.iter().map(|&row| known.clusters()[row]).collect());
        Channel { name, rows, labels, events, weights, subjects }
    }

    fn ratio(&self, data: Predicted<'_>) -> Result<ExpectedObserved, EvaluateError> {
        Ok(match (&self.weights, &self.subjects) {
            (Some(weights), Some(subjects)) => {
                expected_observed_clustered(data.weighted(weights)?, subjects, LEVEL)?
            }
            (Some(weights), None) => expected_observed(data.weighted(weights)?, LEVEL)?,
            (None, Some(subjects)) => expected_observed_clustered(data, subjects, LEVEL)?,
            (None, None) => expected_observed(data, LEVEL)?,
        })
    }

    fn line(&self, data: Predicted<'_>) -> Result<CalibrationLine, EvaluateError> {
        Ok(match (&self.weights, &self.subjects) {
            (Some(weights), Some(subjects)) => {
                calibration_line_clustered(data.weighted(weights)?, subjects, LEVEL)?
            }
            (Some(weights), None) => calibration_line(data.weighted(weights)?, LEVEL)?,
            (None, Some(subjects)) => calibration_line_clustered(data, subjects, LEVEL)?,
            (None, None) => calibration_line(data, LEVEL)?,
        })
    }

    fn bins(&self, data: Predicted<'_>) -> Result<Vec<CalibrationBin>, EvaluateError> {
        let bins = Bins::EqualCount((self.rows.len() / LEAST_OF_MARK).clamp(1, MOST_MARKS));
        Ok(match &self.weights {
            Some(weights) => calibration_bins(data.weighted(weights)?, bins, LEVEL)?,
            None => calibration_bins(data, bins, LEVEL)?,
        })
    }

    /// Predicted against found, with the line on which predictions are right; no mark lies above `most`.
    fn chart(&self, series: Vec<Series>, most: f64) -> Chart {
        let to = (most * 1.08).clamp(0.02, 1.0);
        let (name, count) = (plain(self.name), self.rows.len());
        let title = format!("{name}: {count} complaints, {} with the outcome", self.events);
        let x = Axis::numbers("Predicted", 0.0, to).percent();
        let y = Axis::numbers("Found", 0.0, to).percent();
        let described = format!("Predicted against found shares for {title}; the table gives E/O.");
        Chart::plot(&format!("channel-{}", self.name), &title, x, y, series)
            .guide(Series::line("prediction is right", [(0.0, 0.0), (to, to)]))
            .describe(described)
    }
}

/// The tables of the section, and what must be told of them.
struct Tables {
    ratios: Table,
    marks: Table,
    cautions: Cautions,
    weighted: bool,
    /// Whether there is one model: with several, counts would stand on top of each other.
    alone: bool,
}

impl Tables {
    fn new(weighted: bool, alone: bool) -> Self {
        let ratios = Table::new(
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
        let caption = match weighted {
            true => {
                "The marks of the charts: complaints as they are, and what they and those with the outcome stand for under sampling weights; shares are weighted"
            }
            false => "The marks of the charts",
        };
        let mut columns = vec!["Channel", "Model", "Complaints", "With the outcome"];
        if weighted {
            columns.extend(["Stand for", "With the outcome stand for"]);
        }
        columns.extend(["Predicted", "Found"]);
        let marks = Table::new("marks", caption, &columns);
        Tables { ratios, marks, cautions: Cautions::default(), weighted, alone }
    }

    /// E/O and the line of one model. Under weights all of it is of those that the complaints stand for.
    fn add_ratio(&mut self, channel: &Channel<'_>, arm: &Arm, data: Predicted<'_>) {
        let (ratio, line) = (channel.ratio(data), channel.line(data));
        let told = [
            ("E/O", ratio.as_ref().ok().map(|found| &found.ratio)),
            ("intercept and slope", line.as_ref().ok().map(|line| &line.slope)),
        ];
        let mut model = arm.name.clone();
        for (what, figure) in told {
            let about = format!("{what}, {} by `{}`", plain(channel.name), arm.name);
            if self.cautions.add(&about, figure.map_or(&[][..], |figure| figure.cautions)) {
                model = format!("{} (caution)", arm.name);
            }
        }
        let [intercept, slope] = match &line {
            Ok(line) => {
                [&line.intercept, &line.slope].map(|line| Cell::figure(line, Form::Decimal))
            }
            Err(why) => [Cell::Missing(why.to_string()), "".into()],
        };
        let [observed, expected, ratio, p] = match (&ratio, &channel.weights) {
            (Ok(found), weights) => [
                match weights {
                    Some(_) => Cell::number(found.observed, Form::Tenths),
                    None => channel.events.into(),
                },
                Cell::number(found.expected, Form::Tenths),
                Cell::figure(&found.ratio, Form::Decimal),
                Cell::number(found.p_value, Form::P),
            ],
            (Err(why), _) => {
                let why = Cell::Missing(why.to_string());
                [channel.events.into(), "".into(), why, "".into()]
            }
        };
        let count = match &channel.weights {
            Some(weights) => Cell::number(weights.values().iter().sum(), Form::Tenths),
            None => channel.rows.len().into(),
        };
        let name = plain(channel.name);
        let row = cells![name, model, count, observed, expected, ratio, p, intercept, slope];
        self.ratios.push(row);
    }

    /// The marks of one model.
    fn add_marks(&mut self, channel: &Channel<'_>, arm: &Arm, bins: &[CalibrationBin]) -> Series {
        let marks = bins.iter().map(|bin| {
            let found = Cell::with_interval(bin.observed, &Ok(bin.interval), Form::Share);
            let stand_for = [bin.weight, bin.event_weight];
            let stand_for = stand_for.map(|weight| Cell::number(weight, Form::Tenths));
            let mut row =
                cells![plain(channel.name), arm.name.clone(), bin.count, bin.events].to_vec();
            row.extend(self.weighted.then_some(stand_for).into_iter().flatten());
            row.extend([Cell::number(bin.predicted, Form::Share), found]);
            self.marks.push(row);
            let mark = Point::new(bin.predicted, bin.observed);
            let mark = mark.interval(bin.interval.lower, bin.interval.upper);
            let counts = || format!("{}/{}", bin.events, bin.count);
            if self.alone { mark.label(counts()) } else { mark }
        });
        let marks = marks.collect();
        Series::points(&arm.name, marks)
    }
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
    let (mut arms, stamped) = fitting(known, arms, section);
    section = told_independent(known, "The intervals of marks", stamped);
    if matches!(known.target, Target::Any | Target::Union(_)) {
        return section.text("The priority index is not a probability: nothing to calibrate.");
    }
    arms.retain(|arm| !arm.probabilities.is_empty());
    let mut tables = Tables::new(known.weights.is_some(), arms.len() == 1);
    for channel in Channel::all(known) {
        let (mut series, mut most) = (Vec::new(), 0.0_f64);
        for arm in &arms {
            let predicted: Vec<f64> =
                channel.rows.iter().map(|&row| arm.probabilities[row]).collect();
            let Ok(data) = Predicted::new(&channel.labels, &predicted) else { continue };
            tables.add_ratio(&channel, arm, data);
            let bins = match channel.rows.len() {
                ..LEAST_MARKED => continue,
                _ => channel.bins(data),
            };
            let Ok(bins) = bins else { continue };
            let reached = bins.iter().map(|bin| bin.predicted.max(bin.interval.upper));
            most = reached.fold(most, f64::max);
            series.push(tables.add_marks(&channel, arm, &bins));
        }
        if !series.is_empty() {
            section = section.chart(channel.chart(series, most));
        }
    }
    tables.cautions.say(section).table(tables.ratios).table(tables.marks)
}
