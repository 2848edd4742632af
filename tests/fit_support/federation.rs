//! Made-up agencies, their exchange through text, and the fit to all their rows together.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    missing_debug_implementations,
    clippy::unwrap_used,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc
)]

use caserank::Stream;
use caserank::research::fit::federated::{
    Agency, AgencyRows, Coordinator, FederatedError, FederatedFit, Method, Next, Plan, PlanItem,
};
use caserank::research::fit::{Columns, Firth, Logistic, LogisticModel, Sample};

/// Rows of one agency in the making.
#[derive(Clone)]
pub struct Rows {
    pub codes: Vec<Vec<u8>>,
    pub labels: Vec<bool>,
    pub weights: Option<Vec<f64>>,
    pub subjects: Option<Vec<u32>>,
}

impl Rows {
    pub fn given(&self) -> AgencyRows {
        let mut rows = AgencyRows::new(self.codes.clone(), self.labels.clone());
        if let Some(weights) = &self.weights {
            rows = rows.with_weights(weights.clone());
        }
        if let Some(subjects) = &self.subjects {
            rows = rows.with_subjects(subjects.clone());
        }
        rows
    }
}

pub fn chance(stream: &mut Stream) -> f64 {
    (stream.bits() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Agencies of very unequal size, answering the items with *unknown* in a third of all places.
pub fn drawn(
    stream: &mut Stream,
    items: &[PlanItem],
    agencies: usize,
    weighted: bool,
    subjects: bool,
) -> Vec<Rows> {
    (0..agencies)
        .map(|agency| {
            let rows = 40 + stream.below(300) as usize + if agency == 0 { 400 } else { 0 };
            let tilt = chance(stream) - 0.5;
            let codes: Vec<Vec<u8>> = items
                .iter()
                .map(|item| {
                    (0..rows)
                        .map(|_| {
                            if stream.below(3) == 0 {
                                0
                            } else {
                                let last = item.answers.len() as u64;
                                1 + stream.below(last).min(stream.below(last)) as u8
                            }
                        })
                        .collect()
                })
                .collect();
            let labels = (0..rows)
                .map(|row| {
                    let score: f64 = codes
                        .iter()
                        .enumerate()
                        .map(|(item, codes)| f64::from(codes[row]) * 0.3 * (item as f64 - 1.0))
                        .sum();
                    chance(stream) < 1.0 / (1.0 + (1.0 + tilt - score).exp())
                })
                .collect();
            let weights =
                weighted.then(|| (0..rows).map(|_| 1.0 + stream.below(4) as f64).collect());
            let subjects = subjects
                .then(|| (0..rows).map(|_| stream.below(rows as u64 * 2 / 3) as u32).collect());
            Rows { codes, labels, weights, subjects }
        })
        .collect()
}

pub fn agencies_of(plan: &Plan, rows: &[Rows]) -> Vec<Agency> {
    let made = rows.iter().enumerate();
    made.map(|(number, rows)| Agency::new(&format!("a{number:02}"), plan, rows.given()).unwrap())
        .collect()
}

/// Runs the rounds, the coordinator written to text and read again before each.
pub fn federated(
    plan: &Plan,
    agencies: &mut [Agency],
) -> Result<(FederatedFit, Coordinator), FederatedError> {
    let counts = agencies.iter().map(Agency::counts).collect();
    let mut coordinator = Coordinator::new(plan.clone(), counts)?;
    for _ in 0..400 {
        let text = serde_json::to_string(&coordinator).unwrap();
        coordinator = serde_json::from_str(&text).unwrap();
        match coordinator.next()? {
            Next::Done(fit) => return Ok((*fit, coordinator)),
            Next::Ask(proposal) => {
                let text = serde_json::to_string(&proposal).unwrap();
                let proposal = serde_json::from_str(&text).unwrap();
                // In any order.
                let answers = agencies
                    .iter_mut()
                    .rev()
                    .map(|agency| agency.answer(&proposal))
                    .collect::<Result<_, _>>()?;
                coordinator.receive(answers)?;
            }
        }
    }
    panic!("no end");
}

/// The fit to all coarsened rows together.
pub fn pooled(
    plan: &Plan,
    coordinator: &Coordinator,
    agencies: &[Agency],
    rows: &[Rows],
) -> Result<LogisticModel, caserank::research::fit::FitError> {
    let mut codes: Vec<Vec<u8>> = vec![Vec::new(); plan.items().len()];
    let (mut labels, mut weights, mut clusters) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (agency, rows)) in agencies.iter().zip(rows).enumerate() {
        for (all, part) in codes.iter_mut().zip(agency.codes()) {
            all.extend(part);
        }
        labels.extend(&rows.labels);
        weights.extend(rows.weights.clone().unwrap_or_else(|| vec![1.0; rows.labels.len()]));
        let own = rows.subjects.clone().unwrap_or_else(|| (0..rows.labels.len() as u32).collect());
        clusters.extend(own.iter().map(|subject| number as u32 * 100_000 + subject));
    }
    let columns: Columns = coordinator.design().code(&codes)?;
    let mut sample = Sample::new(&columns, &labels)?.weights(&weights)?;
    if rows.iter().any(|rows| rows.subjects.is_some()) {
        sample = sample.clusters(&clusters)?;
    }
    match plan.method() {
        Method::Logistic { ridge } => Logistic::new().ridge_standardised(ridge).fit_sample(&sample),
        Method::Firth => Firth::new().fit_sample(&sample),
        _ => unreachable!("no other method"),
    }
}
