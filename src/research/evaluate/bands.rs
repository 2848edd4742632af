//! Bands against outcomes: who was placed too low, who too high.

use serde::Serialize;

use super::data::{EvaluateError, InputError, same_length};
use super::figure::{Because, Caution, Confidence, Figure, NotEstimable, parts};
use super::operating::Confusion;
use super::proportions::{ShareInterval, share};

/// One band and the cut below it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BandRow {
    /// The band's number, 0 the highest.
    pub band: usize,
    /// Complaints in it.
    pub count: usize,
    /// Those with the outcome.
    pub events: usize,
    /// Observed share of outcomes in the band, Wilson's interval.
    pub observed: Result<Figure, NotEstimable>,
    /// Share of complaints with the outcome that lie below this band: missed if work stops here.
    pub under_triage: Result<Figure, NotEstimable>,
    /// Share of complaints without the outcome that lie in this band or above.
    pub over_triage: Result<Figure, NotEstimable>,
    /// Share of the complaints in this band or above that do not have the outcome (the trauma field's over-triage).
    pub over_triage_of_flagged: Result<Figure, NotEstimable>,
}

/// Under- and over-triage at every band, highest band first. O(n).
///
/// # Errors
/// Input faults: a band not below `bands`. [`Because::Argument`] for more than [`MOST_PARTS`](super::MOST_PARTS) bands.
///
/// ```
/// use caserank::research::evaluate::{Confidence, bands_table};
/// let table = bands_table(&[true, true, false, false], &[0, 1, 1, 2], 3, Confidence::P95)?;
/// assert_eq!(table[0].under_triage.as_ref().map(|f| f.value), Ok(0.5));
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn bands_table(
    labels: &[bool],
    placed: &[usize],
    bands: usize,
    confidence: Confidence,
) -> Result<Vec<BandRow>, EvaluateError> {
    same_length("bands", placed.len(), labels.len())?;
    parts("bands", 0, bands)?;
    if let Some(row) = placed.iter().position(|&band| band >= bands) {
        return Err(InputError::Category { row, value: placed[row], categories: bands }.into());
    }
    let mut cells = vec![(0_u64, 0_u64); bands];
    for (&label, &band) in labels.iter().zip(placed) {
        cells[band].0 += u64::from(label);
        cells[band].1 += u64::from(!label);
    }
    let events: u64 = cells.iter().map(|cell| cell.0).sum();
    let others: u64 = cells.iter().map(|cell| cell.1).sum();
    let (mut hits, mut alarms) = (0, 0);
    let rest = |figure: Result<Figure, NotEstimable>| figure.map(|f| complement(&f));
    cells
        .into_iter()
        .enumerate()
        .map(|(band, (with, without))| {
            hits += with;
            alarms += without;
            let table = Confusion::from_counts(hits, alarms, events - hits, others - alarms)?;
            Ok(BandRow {
                band,
                count: (with + without) as usize,
                events: with as usize,
                observed: share(with, with + without, confidence, ShareInterval::Wilson)
                    .map(|figure| figure.with_cautions(&[Caution::DependsOnBaseRate])),
                under_triage: rest(table.sensitivity(confidence)),
                over_triage: rest(table.specificity(confidence)),
                over_triage_of_flagged: rest(table.positive_predictive_value(confidence)),
            })
        })
        .collect()
}

fn complement(figure: &Figure) -> Figure {
    let interval = figure.interval.clone().map(|i| super::Interval {
        lower: 1.0 - i.upper,
        upper: 1.0 - i.lower,
        ..i
    });
    Figure { value: 1.0 - figure.value, interval, ..figure.clone() }
}

/// Whether bands are in order: the observed share never rises from a band to a lower one.
///
/// # Errors
/// [`Because::Empty`] when fewer than two bands hold complaints.
pub fn bands_in_order(table: &[BandRow]) -> Result<bool, NotEstimable> {
    let shares: Vec<f64> = table
        .iter()
        .filter(|row| row.count > 0)
        .map(|row| row.events as f64 / row.count as f64)
        .collect();
    if shares.len() < 2 {
        return NotEstimable::because(Because::Empty);
    }
    Ok(shares.windows(2).all(|pair| pair[0] >= pair[1]))
}
