//! From one unit to the next: each left out in turn, and weights learnt from sums alone.

use std::collections::BTreeMap;
use std::error::Error;

use caserank::codebook::Stage;
use caserank::research::evaluate::resample::leave_one_unit_out;
use caserank::research::evaluate::{
    ByKey, Confidence, Figure, Predicted, Scale, Scored, auc, calibration_line, expected_observed,
};
use caserank::research::fit::federated::{
    Agency, Contribution, Coordinator, Groups, Method, Next, Plan, PooledCurves, PooledWeights,
    ScoreCounts,
};
use caserank::research::fit::{Design, Firth, Labels, Logistic, Sample};
use caserank::research::report::{Section, federated_section, units_section};
use caserank::triage::Fingerprint;
use caserank::{Backlog, BacklogBuilder};

use crate::Options;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The smallest group whose sum leaves a unit.
const MINIMUM: usize = 5;

/// Internal-external validation over the units of a backlog, over quarters where there are fewer than three units; nothing
/// where there are fewer than three of these too.
pub(crate) fn left_out(
    options: &Options,
    all: &Backlog,
    labels: &Labels,
) -> Outcome<Option<Section>> {
    let design = crate::accepting(Design::new().stage(Stage::Field), options.accept_leakage);
    let designed = design.apply(all, labels, &options.outcome)?;
    let rows = &designed.joined.rows;
    let units: Vec<String> =
        rows.iter().map(|&row| all.unit(row).unwrap_or("none").to_owned()).collect();
    let (mut what, mut splits) = ("unit", leave_one_unit_out(&units));
    if splits.len() < 3 {
        let quarters: Vec<String> = rows.iter().map(|&row| quarter(all, row)).collect();
        (what, splits) = ("quarter", leave_one_unit_out(&quarters));
    }
    if splits.len() < 3 {
        return Ok(None);
    }
    let (mut areas, mut ratios, mut slopes) =
        (ByKey::<String, Figure>::new(), ByKey::new(), ByKey::new());
    for (unit, split) in splits {
        let part = |rows: &[usize]| -> Vec<bool> {
            rows.iter().map(|&row| designed.joined.labels[row]).collect()
        };
        let (train, test) = (part(&split.train), part(&split.test));
        let columns = designed.columns.select_rows(&split.train);
        let model = Logistic::new().ridge(2.0).fit_sample(&Sample::new(&columns, &train)?)?;
        let chances = model.probabilities(&designed.columns.select_rows(&split.test))?;
        let predicted = Predicted::new(&test, &chances)?;
        let level = Confidence::P95;
        areas.push((unit.clone(), auc(Scored::new(&test, &chances)?, level).map(|own| own.figure)));
        ratios.push((unit.clone(), expected_observed(predicted, level).map(|own| own.ratio)));
        slopes.push((unit.clone(), calibration_line(predicted, level).map(|own| own.slope)));
    }
    let measures = [
        ("Area under the ROC curve", &areas, Scale::Logit),
        ("Expected over observed", &ratios, Scale::Log),
        ("Calibration slope", &slopes, Scale::Identity),
    ];
    Ok(Some(units_section(what, &measures, designed.origin, Confidence::P95)))
}

/// The quarter of a year in which a complaint came in, such as `2025 Q1`.
fn quarter(all: &Backlog, row: usize) -> String {
    let time = all.received(row).to_string();
    let month = time.get(5..7).and_then(|month| month.parse::<u32>().ok()).unwrap_or(1);
    format!("{} Q{}", time.get(..4).unwrap_or(&time), month.div_ceil(3))
}

/// The units as agencies that exchange sums and no complaint, here in one process; nothing where there are fewer than two.
pub(crate) fn federated(
    options: &Options,
    all: &Backlog,
    labels: &Labels,
) -> Outcome<Option<Section>> {
    let mut parts: BTreeMap<&str, BacklogBuilder> = BTreeMap::new();
    for row in 0..all.len() {
        let unit = all.unit(row).unwrap_or("none");
        let part = parts.entry(unit).or_insert_with(|| BacklogBuilder::new(all.codebook()));
        part.push(&all.complaint(row))?;
    }
    if parts.len() < 2 {
        return Ok(None);
    }
    // Few items, so that no group of an agency is small: what intake knows of contact and access.
    let items = [
        "meeting_proposed",
        "child_in_household",
        "grooming_behaviour",
        "prior_contact_sexual_conviction",
        "communication_with_minor",
        "suspected_production",
    ];
    let design = crate::accepting(Design::new().items(&items), options.accept_leakage);
    let method = Method::Logistic { ridge: 1.0 };
    let plan = Plan::from_codebook("units", all.codebook(), &options.outcome, &design, method)?
        .with_minimum(MINIMUM, Groups::Answers)?;
    let mut agencies = Vec::new();
    let mut found = Vec::new();
    for (unit, part) in parts {
        let part = part.freeze();
        agencies.push(Agency::from_backlog(unit, &plan, &part, labels)?);
        found.push(labels.join(&part, &options.outcome).labels);
    }
    let mut coordinator = Coordinator::new(plan, agencies.iter().map(Agency::counts).collect())?;
    let fit = loop {
        match coordinator.next()? {
            Next::Done(fit) => break *fit,
            Next::Ask(proposal) => {
                let answers = agencies.iter_mut().map(|agency| agency.answer(&proposal));
                coordinator.receive(answers.collect::<Result<_, _>>()?)?;
            }
        }
    };
    let weights = fit.weights();
    let model = Fingerprint::of(&serde_json::to_vec(&weights)?);
    let (mut alone, mut counts) = (Vec::new(), Vec::new());
    for (agency, labels) in agencies.iter().zip(&found) {
        let columns = coordinator.design().code(agency.codes())?;
        if let Ok(own) = Firth::new().fit_sample(&Sample::new(&columns, labels)?) {
            let sent = Contribution::new(agency.name(), &own).with_origin(agency.origin());
            alone.push(sent.under(coordinator.plan(), coordinator.design())?);
        }
        let chances: Vec<f64> = weights.log_odds(&columns)?;
        let chances: Vec<f64> = chances.into_iter().map(|eta| 1.0 / (1.0 + (-eta).exp())).collect();
        let cuts = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4];
        let scores = ScoreCounts::new(agency.name(), model, &chances, labels, &cuts, MINIMUM)?;
        counts.push(scores.with_origin(agency.origin()));
    }
    let pooled = PooledWeights::new(&alone).ok();
    let curves = PooledCurves::new(&counts, 3)?;
    Ok(Some(federated_section(&fit, pooled.as_ref(), Some(&curves))))
}
