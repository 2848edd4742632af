//! Sections about discrimination and use, from known outcomes.

use super::cautions::Cautions;
use super::cell::{Cell, Form, cells};
use super::chart::{Axis, Chart, Series};
use super::document::{Section, Table};
use super::words::plain;
use crate::research::evaluate::{
    AucWithin, Capacity, Confidence, EvaluateError, Predicted, Scored, ShareInterval, auc,
    auc_within, capacity_curve, decision_curve, roc_curve, share,
};
use crate::research::study::{Arm, Known, Target};

/// Points of a curve that is drawn: a step every half percent.
const STEPS: usize = 200;
const LEVEL: Confidence = Confidence::P95;

fn reason(error: &EvaluateError) -> String {
    error.to_string()
}

/// The share of a curve's rise at `x`, by straight lines between its points.
fn at(points: &[(f64, f64)], x: f64) -> f64 {
    let after = points.partition_point(|point| point.0 < x);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some(low), Some(high)) if high.0 > low.0 => {
            low.1 + (high.1 - low.1) * (x - low.0) / (high.0 - low.0)
        }
        (_, Some(high)) => high.1,
        (Some(low), None) => low.1,
        (None, None) => 0.0,
    }
}

fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    (0..=STEPS).map(|step| step as f64 / STEPS as f64).map(|x| (x, at(points, x))).collect()
}

/// Those that were scored on these complaints; a section says who was not.
pub(super) fn fitting<'a>(
    known: &Known,
    arms: &'a [Arm],
    section: Section,
) -> (Vec<&'a Arm>, Section) {
    let (fitting, others): (Vec<&Arm>, Vec<&Arm>) = arms.iter().partition(|arm| arm.fits(known));
    let section = others.into_iter().fold(section, |section, arm| {
        section.text(format!(
            "`{}` was scored on other complaints than these and is left out.",
            arm.name
        ))
    });
    (fitting, section.stamped(known.stamp()))
}

/// Says of a section's intervals that they take complaints as independent, where subjects have several.
pub(super) fn told_independent(known: &Known, which: &str, section: Section) -> Section {
    let Some(subjects) = known.repeated_subjects() else { return section };
    section.text(format!(
        "The {} complaints are about {subjects} subjects. {which} take complaints as independent and are too narrow; the comparison's intervals resample subjects.",
        known.len()
    ))
}

/// The capacity curve: the share of complaints with the outcome reached for the work done, in each
/// model's own order.
#[must_use]
pub fn capacity_section(known: &Known, arms: &[Arm]) -> Section {
    let mut section = Section::new(
        "capacity",
        "What the work reaches",
        "Go along the bottom to the share of complaints that can be worked. The curve says what share of the complaints with the outcome is among them. The thin line is work in random order. Order is each model's whole order, gates and tie-breaks included.",
        "Complaints that were never worked are not in it. What counts is who is reached, not whether reaching them helped.",
    );
    let (arms, stamped) = fitting(known, arms, section);
    section = told_independent(known, "Intervals here", stamped);
    let mut table = Table::new(
        "capacity-points",
        "Share of complaints with the outcome reached (95% interval, cut-off taken as given)",
        &["Model", "5% worked", "10% worked", "20% worked", "30% worked", "Area"],
    );
    let (mut series, mut cautions) = (Vec::new(), Cautions::default());
    for arm in arms {
        let curve = || -> Result<_, EvaluateError> {
            let data = Scored::new(&known.labels, &arm.order)?;
            let curve = match &known.weights {
                Some(weights) => capacity_curve(data.weighted(weights)?, LEVEL)?,
                None => capacity_curve(data, LEVEL)?,
            };
            Ok(curve)
        };
        match curve() {
            Ok(curve) => {
                let points: Vec<_> =
                    curve.points.iter().map(|point| (point.work, point.reached)).collect();
                series.push(Series::line(&arm.name, thinned(&points)));
                let reached = [0.05, 0.1, 0.2, 0.3].map(|share| {
                    let found = curve.sensitivity(Capacity::Share(share), LEVEL);
                    cautions.of(&format!("share reached, `{}`", arm.name), &found);
                    Cell::of(&found, Form::Share)
                });
                cautions.add(&format!("area, `{}`", arm.name), curve.area.cautions);
                let area = Cell::figure(&curve.area, Form::Decimal);
                table.push(cells![arm.name.clone()].into_iter().chain(reached).chain([area]));
            }
            Err(error) => table.push([arm.name.clone().into(), Cell::Missing(reason(&error))]),
        }
    }
    let described = table.rows.iter().filter_map(|row| {
        let (name, reached) = (row.first()?.text(), row.get(2)?.text());
        Some(format!("{name} reaches {reached} when 10% is worked"))
    });
    let described = described.collect::<Vec<_>>().join("; ");
    let (x, y) =
        (Axis::share("Share of complaints worked"), Axis::share("Share with the outcome reached"));
    let title = format!("Capacity curve, {}", plain(&known.target.to_string()));
    let chart = Chart::plot("curve", &title, x, y, series)
        .guide(Series::line("random order", [(0.0, 0.0), (1.0, 1.0)]))
        .describe(described);
    cautions.say(section.chart(chart)).table(table)
}

/// Events, or as many unweighted ones as would be as informative under sampling weights (Kish 1965).
fn effective_events(known: &Known) -> f64 {
    let Some(weights) = &known.weights else { return known.events() as f64 };
    let of_events = || weights.values().iter().zip(&known.labels).filter(|(_, label)| **label);
    let total: f64 = of_events().map(|(weight, _)| weight).sum();
    let squares: f64 = of_events().map(|(weight, _)| weight * weight).sum();
    if squares > 0.0 { (total * total / squares).floor() } else { 0.0 }
}

/// ROC curves of the outcome's scores with intervals at five false-positive rates, and the areas,
/// pooled and within channels.
#[must_use]
pub fn roc_section(known: &Known, arms: &[Arm]) -> Section {
    let (arms, section) = fitting(
        known,
        arms,
        Section::new(
            "roc",
            "Telling complaints apart",
            "A curve nearer the upper left tells more complaints with the outcome from those without. Bars are 95% intervals of sensitivity at that point. The area pooled over channels mostly shows that channels differ; the area within channels says whether the score orders complaints that came in the same way.",
            "Nothing about whether probabilities are right, and nothing about capacity: most of the curve lies where no unit can work.",
        ),
    );
    let section = told_independent(known, "Intervals here", section);
    let mut table = Table::new(
        "areas",
        "Area under the ROC curve (95% interval)",
        &["Model", "Pooled", "Within channels", "Complaints covered within"],
    );
    let events = effective_events(known);
    let (mut series, mut cautions) = (Vec::new(), Cautions::default());
    for arm in arms {
        let data = match Scored::new(&known.labels, &arm.scores) {
            Ok(data) => data,
            Err(error) => {
                table.push([arm.name.clone().into(), Cell::Missing(error.to_string())]);
                continue;
            }
        };
        let mut curve = || -> Result<(Vec<_>, Cell), EvaluateError> {
            let (points, area) = match &known.weights {
                Some(weights) => {
                    let data = data.weighted(weights)?;
                    (roc_curve(data)?, auc(data, LEVEL)?)
                }
                None => (roc_curve(data)?, auc(data, LEVEL)?),
            };
            cautions.add(&format!("pooled area, `{}`", arm.name), area.figure.cautions);
            let area = Cell::figure(&area.figure, Form::Decimal);
            Ok((points.iter().map(|p| (p.false_positive_rate, p.sensitivity)).collect(), area))
        };
        let pooled = match curve() {
            Ok((points, area)) => {
                let mut line = Series::line(&arm.name, thinned(&points));
                for rate in [0.05, 0.1, 0.2, 0.3, 0.5] {
                    let Some(point) = line.points.get_mut((rate * STEPS as f64).round() as usize)
                    else {
                        continue;
                    };
                    let found = (point.y * events).round() as u64;
                    if let Ok(share_found) =
                        share(found, events as u64, LEVEL, ShareInterval::Wilson)
                        && let Ok(interval) = share_found.interval
                    {
                        point.interval = Some((interval.lower, interval.upper));
                    }
                }
                series.push(line);
                area
            }
            Err(error) => Cell::Missing(reason(&error)),
        };
        let within = |channels: &[u32]| -> Result<AucWithin<u32>, EvaluateError> {
            match &known.weights {
                Some(weights) => auc_within(data.weighted(weights)?, channels, LEVEL),
                None => auc_within(data, channels, LEVEL),
            }
        };
        let channels = known.channels.as_ref().map(|channels| &channels.of[..]);
        let (within, covered) = match channels.map(within) {
            Some(Ok(within)) => {
                let figure = &within.pooled.figure;
                cautions.add(&format!("area within channels, `{}`", arm.name), figure.cautions);
                let area = Cell::figure(&within.pooled.figure, Form::Decimal);
                (area, Cell::number(within.covered, Form::Share))
            }
            Some(Err(error)) => (Cell::Missing(reason(&error)), "".into()),
            None => (Cell::Missing("no channels given".to_owned()), "".into()),
        };
        table.push([arm.name.clone().into(), pooled, within, covered]);
    }
    let described = table
        .rows
        .iter()
        .filter_map(|row| Some(format!("{}: area {}", row.first()?.text(), row.get(1)?.text())));
    let described = described.collect::<Vec<_>>().join("; ");
    let (x, y) = (Axis::share("False-positive rate"), Axis::share("Sensitivity"));
    let title = format!("ROC curve, {}", plain(&known.target.to_string()));
    let chart = Chart::plot("curve", &title, x, y, series)
        .guide(Series::line("chance", [(0.0, 0.0), (1.0, 1.0)]))
        .describe(described);
    cautions.say(section.chart(chart)).table(table)
}

/// Net benefit against threshold probability.
#[must_use]
pub fn decision_section(known: &Known, arms: &[Arm]) -> Section {
    let (arms, section) = fitting(
        known,
        arms,
        Section::new(
            "decision",
            "Whether acting on probabilities would pay",
            "The threshold is the probability from which a unit would act; it says how many needless actions one find is worth. Net benefit counts finds less needless actions at that rate. A model is worth using at a threshold only where its curve lies above both acting on all and acting on none (0).",
            "It needs right probabilities: where calibration is poor it says so here first. In a sample with too many events it holds for that mix alone. It does not say which threshold is right; that is a value judgement.",
        ),
    );
    if matches!(known.target, Target::Any | Target::Union(_)) {
        return section
            .text("The priority index is not a probability, so it has no threshold of that kind.");
    }
    let thresholds: Vec<f64> = (1..=50).map(|step| f64::from(step) / 100.0).collect();
    let mut series = Vec::new();
    let mut all = Vec::new();
    let (mut low, mut high) = (0.0_f64, 0.01_f64);
    for arm in arms.iter().filter(|arm| !arm.probabilities.is_empty()).copied() {
        let curve = || -> Result<_, EvaluateError> {
            let data = Predicted::new(&known.labels, &arm.probabilities)?;
            Ok(match &known.weights {
                Some(weights) => decision_curve(data.weighted(weights)?, &thresholds, LEVEL)?,
                None => decision_curve(data, &thresholds, LEVEL)?,
            })
        };
        let Ok(curve) = curve() else { continue };
        let points: Vec<_> =
            curve.iter().map(|point| (point.threshold, point.model.value)).collect();
        for &(_, value) in &points {
            (low, high) = (low.min(value), high.max(value));
        }
        all = curve.iter().map(|point| (point.threshold, point.all)).collect();
        series.push(Series::line(&arm.name, points));
    }
    // What goes below the axis is cut: there acting on none is better anyway.
    let low = low.max(-0.25 * high);
    let on_all = all.into_iter().filter(|(_, value)| *value >= low);
    let guide = Series::line("acting on all", on_all);
    let x = Axis::numbers("Threshold probability", 0.0, 0.5).percent();
    let y = Axis::numbers("Net benefit", low, high * 1.05);
    let described = "Net benefit of each model against threshold probability, beside acting on all; acting on none is 0.";
    let title = format!("Decision curve, {}", plain(&known.target.to_string()));
    section.chart(Chart::plot("curve", &title, x, y, series).guide(guide).describe(described))
}
