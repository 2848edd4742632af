//! What the data do not show: answers nobody gave, complaints never worked, outcomes that take time, coders who differ.

use std::collections::BTreeMap;
use std::error::Error;

use caserank::codebook::Stage;
use caserank::complaint::Origin;
use caserank::research::evaluate::{
    AtHorizon, Capacity, Confidence, EvaluateError, SelectionModel, at_horizon,
};
use caserank::research::fit::{
    Design, FitError, Found, Imputation, Label, Labels, Logistic, LogisticModel, Sample,
};
use caserank::research::report::{
    Section, coders_section, follow_up_section, missing_section, selection_section,
};
use caserank::research::study::{Arm, Known, double_coding};
use caserank::{Backlog, BacklogBuilder, Seed, Triage};

use crate::Options;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Items whose unknown answers are filled in.
const FILLED: usize = 8;

fn ridge(sample: &Sample<'_>) -> Result<LogisticModel, FitError> {
    Logistic::new().ridge(2.0).fit_sample(sample)
}

/// The items that tell most, with their unknown answers as the average and drawn; the finding on the first under shifts.
pub(crate) fn missing(options: &Options, backlog: &Backlog, labels: &Labels) -> Outcome<Section> {
    let design = crate::accepting(Design::new().stage(Stage::Field), options.accept_leakage);
    let all = design.apply(backlog, labels, &options.outcome)?;
    let model = ridge(&all.sample()?)?;
    let mut told: Vec<(f64, &str)> = Vec::new();
    for own in model.report().estimates.iter().skip(1) {
        let item = own.name.split('=').next().unwrap_or(&own.name);
        let size = own.standard_error.map_or(0.0, |error| (own.estimate / error).abs());
        told.push((size, item));
    }
    told.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut items: Vec<&str> = Vec::new();
    for (_, item) in told {
        if items.len() < FILLED && !items.contains(&item) {
            items.push(item);
        }
    }
    let few = design.items(&items).apply(backlog, labels, &options.outcome)?;
    let complete = ridge(&few.sample()?)?;
    let plan = Imputation::new(options.imputations, Seed(options.seed));
    let imputed = plan.run(&few, ridge)?;
    let first = imputed.estimates.iter().skip(1).max_by(|a, b| {
        let size = |own: &&_| -> f64 {
            let own: &caserank::research::fit::ImputedEstimate = own;
            (own.estimate / own.standard_error).abs()
        };
        size(a).total_cmp(&size(b))
    });
    let column = first.ok_or("there is no weight to shift")?.name.clone();
    let item = column.split('=').next().unwrap_or(&column);
    let path = plan.shifted(&few, ridge, item, &column, &[-4.0, -2.0, 0.0, 2.0, 4.0])?;
    let unknown = few.unknown_answers();
    let paths = [(column.as_str(), &path)];
    Ok(missing_section(&unknown, Some(complete.report()), Some(&imputed), &paths))
}

/// What each model's first complaints reach of all with the outcome, those never worked among them. Who was worked, and
/// the outcome of those who were, are both learnt from the answers that intake has.
pub(crate) fn selection(
    options: &Options,
    backlog: &Backlog,
    labels: &Labels,
    models: &[(&str, &Triage)],
    capacity: usize,
) -> Outcome<Section> {
    let known: BTreeMap<&str, Found> = labels
        .labels()
        .iter()
        .filter(|label| label.outcome == options.outcome)
        .map(|label| (label.complaint.as_str(), label.result))
        .collect();
    let mut worked = Labels::new();
    let mut found = Vec::with_capacity(backlog.len());
    for row in 0..backlog.len() {
        let own = match known.get(backlog.id(row)) {
            Some(Found::Yes) => Some(true),
            Some(Found::No) => Some(false),
            _ => None,
        };
        let result = if own.is_some() { Found::Yes } else { Found::No };
        worked.push(Label::new(backlog.id(row), &options.outcome, result))?;
        found.push(own);
    }
    // Whether a complaint was worked is no outcome that its answers could leak.
    let design = Design::new().stage(Stage::Intake).accepting_leakage();
    let designed = design.apply(backlog, &worked, &options.outcome)?;
    let found: Vec<Option<bool>> = designed.joined.rows.iter().map(|&row| found[row]).collect();
    let chances = ridge(&designed.sample()?)?.probabilities(&designed.columns)?;
    let rows: Vec<usize> = (0..found.len()).filter(|&row| found[row].is_some()).collect();
    let outcomes: Vec<bool> = rows.iter().filter_map(|&row| found[row]).collect();
    let columns = designed.columns.select_rows(&rows);
    let danger = ridge(&Sample::new(&columns, &outcomes)?)?.probabilities(&designed.columns)?;
    let model = SelectionModel::new(&found, &chances, &danger)?
        .with_origin(labels.origin_with(backlog, &[&options.outcome]));
    let mut flags = Vec::new();
    for (name, triage) in models {
        let mut first = vec![false; backlog.len()];
        for entry in triage.rank(backlog)?.iter().take(capacity) {
            first[entry.row()] = true;
        }
        let of_rows: Vec<bool> = designed.joined.rows.iter().map(|&row| first[row]).collect();
        flags.push((*name, of_rows));
    }
    let flags: Vec<(&str, &[bool])> = flags.iter().map(|(name, own)| (*name, &own[..])).collect();
    Ok(selection_section(&model, &flags, &[0.25, 0.5, 1.0, 2.0, 4.0], Confidence::P95))
}

/// Measures a month, a quarter and a year after receipt. Where labels hold no times, synthetic ones get them here.
pub(crate) fn follow_up(
    options: &Options,
    backlog: &Backlog,
    labels: &Labels,
    known: &Known,
    arms: &[Arm],
) -> Outcome<Option<Section>> {
    let of: BTreeMap<&str, &Label> = labels
        .labels()
        .iter()
        .filter(|label| label.outcome == options.outcome)
        .map(|label| (label.complaint.as_str(), label))
        .collect();
    let days = |row: usize, until: i64| {
        ((until - backlog.received(row).unix_seconds()) as f64 / 86_400.0).max(0.0)
    };
    let timed = known
        .rows()
        .iter()
        .any(|&row| of.get(backlog.id(row)).is_some_and(|label| label.followed_until.is_some()));
    if !timed && !known.is_synthetic() {
        return Ok(None);
    }
    let mut stream = Seed(options.seed).stream(1);
    let (mut found, mut followed, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for (place, (&row, &yes)) in known.rows().iter().zip(known.labels()).enumerate() {
        let (at, until) = if timed {
            let label = of.get(backlog.id(row));
            let time =
                |time: Option<caserank::Timestamp>| time.map(|t| days(row, t.unix_seconds()));
            let until = label.and_then(|label| time(label.followed_until.or(label.found)));
            // Without an end of following nothing is known of when a *no* was a *no*.
            let Some(until) = until else { continue };
            (label.and_then(|label| time(label.found)).map(|at| at.min(until)), until)
        } else {
            let until = 20.0 + 500.0 * stream.unit();
            (yes.then(|| until * stream.unit()), until)
        };
        found.push(at.filter(|_| yes));
        followed.push(until);
        kept.push(place);
    }
    // Drawn times are made up, whatever the outcomes are.
    let origin = if timed { known.origin() } else { Origin::Synthetic };
    let mut horizons: Vec<(f64, AtHorizon)> = Vec::new();
    for horizon in [30.0, 90.0, 365.0] {
        match at_horizon(&found, &followed, horizon) {
            Ok(at) => horizons.push((horizon, at.with_origin(origin))),
            Err(EvaluateError::NotEstimable(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let horizons: Vec<(f64, &AtHorizon)> = horizons.iter().map(|(day, at)| (*day, at)).collect();
    let scores: Vec<(&str, Vec<f64>)> = arms
        .iter()
        .map(|arm| (arm.name(), kept.iter().map(|&place| arm.order()[place]).collect()))
        .collect();
    let scores: Vec<(&str, &[f64])> = scores.iter().map(|(name, own)| (*name, &own[..])).collect();
    let mut section =
        follow_up_section("days", &horizons, &scores, Capacity::Share(0.1), Confidence::P95);
    if !timed {
        section = section.text(
            "The file of outcomes holds no times: days of finds and of loss from sight were drawn here.",
        );
    }
    Ok(Some(section))
}

/// How two coders agree. Without a second coder's file, one is made up for synthetic complaints: a tenth of answers left
/// open, and one in fifty another.
pub(crate) fn coders(
    options: &Options,
    first: &Backlog,
    second: Option<Backlog>,
    triage: &Triage,
) -> Outcome<Option<Section>> {
    const BOTH: usize = 300;
    let synthetic = first.origin() == caserank::complaint::Origin::Synthetic;
    let (second, drawn) = match second {
        Some(second) => (second, false),
        None if !synthetic => return Ok(None),
        None => {
            let mut stream = Seed(options.seed).stream(2);
            let mut builder = BacklogBuilder::new(first.codebook());
            for row in 0..first.len().min(BOTH) {
                let mut complaint = first.complaint(row);
                for index in first.codebook().item_indices() {
                    let item = &first.codebook()[index];
                    if first.code(row, index) == 0 {
                        continue;
                    }
                    let luck = stream.unit();
                    if luck < 0.1 {
                        complaint.clear_answer(&item.id);
                    } else if luck < 0.12 && !item.answers.is_empty() {
                        let other = stream.below(item.answers.len() as u64) as usize;
                        complaint.clear_answer(&item.id);
                        complaint = complaint
                            .with_answer(item.id.as_str(), item.answers[other].id.as_str());
                    }
                }
                builder.push(&complaint)?;
            }
            (builder.freeze(), true)
        }
    };
    let mut both = BacklogBuilder::new(first.codebook());
    for row in (0..first.len()).filter(|&row| second.row_of(first.id(row)).is_some()) {
        both.push(&first.complaint(row))?;
    }
    let first = both.freeze();
    let found = double_coding(triage, &first, &second, first.len() / 10, Confidence::P95)?;
    let mut section = coders_section(&found, 15);
    if drawn {
        section = section.text("No second coder's file was given: one was drawn here.");
    }
    Ok(Some(section))
}
