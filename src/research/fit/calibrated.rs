//! Calibrations as links and records of an instrument.

use std::collections::BTreeMap;

use super::instrument::{fixed, table_link};
use super::{FitError, GroupRecalibration, Judged, Recalibration};
use crate::Timestamp;
use crate::complaint::Origin;
use crate::instrument::{
    Calibration, ExpectedOverObserved, Instrument, ItemWeights, Link, OutcomeDraft,
};
use crate::research::numeric::Isotonic;

/// Where and how a calibration was judged; it goes into the instrument's calibration record.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CalibrationContext {
    /// The agency or the body of complaints.
    pub place: String,
    /// Up to when complaints were received.
    pub until: Timestamp,
    /// What kind of complaints.
    pub origin: Origin,
    /// How outcomes were found.
    pub ascertainment: String,
}

impl CalibrationContext {
    /// All four parts.
    #[must_use]
    pub fn new(place: &str, until: Timestamp, origin: Origin, ascertainment: &str) -> Self {
        Self { place: place.to_owned(), until, origin, ascertainment: ascertainment.to_owned() }
    }

    fn record(&self, judged: &Judged) -> Result<Calibration, FitError> {
        let ratio = &judged.expected_over_observed.ratio;
        let (low, high) = match &ratio.interval {
            Ok(interval) => (interval.lower, interval.upper),
            // A record without an interval would look certain.
            Err(_) => return Err(FitError::NothingHelps),
        };
        Ok(Calibration {
            place: self.place.clone(),
            until: self.until,
            origin: self.origin,
            complaints: judged.complaints as u64,
            events: judged.events as u64,
            // What makes the figure too good stands where the figure does.
            ascertainment: match judged.overlap() {
                None => self.ascertainment.clone(),
                Some(overlap) => format!("{} Caution: {overlap}.", self.ascertainment),
            },
            expected_over_observed: ExpectedOverObserved {
                value: fixed("E/O", ratio.value)?,
                low: fixed("E/O", low)?,
                high: fixed("E/O", high)?,
            },
        })
    }
}

/// What research makes of an instrument: the same one with an outcome recalibrated.
pub trait Recalibrate {
    /// This instrument with one outcome's log-odds recalibrated: weights times the slope, intercept moved.
    ///
    /// Assessments print probabilities only where `judged` says how the calibration did on other complaints than it was
    /// learnt from, and where and when these were received; without it any earlier calibration record goes.
    ///
    /// # Errors
    /// [`FitError`] for an outcome that is not in the instrument or not logistic, a slope that is not above 0, or
    /// weights out of range.
    fn recalibrated(
        &self,
        outcome: &str,
        recalibration: &Recalibration,
        judged: Option<(&Judged, &CalibrationContext)>,
    ) -> Result<Instrument, FitError>;

    /// This instrument with one outcome's log-odds shifted by the answers of an item, such as `tip_source`.
    ///
    /// Complaints whose answer is unknown get the whole's shift.
    ///
    /// # Errors
    /// As [`Self::recalibrated`]; also where the item is not listed or its *absent* answer may carry no weight.
    fn recalibrated_by(
        &self,
        outcome: &str,
        item: &str,
        recalibration: &GroupRecalibration,
        judged: Option<(&Judged, &CalibrationContext)>,
    ) -> Result<Instrument, FitError>;

    /// This instrument with an isotonic curve as one outcome's link: steps at the fitted scores.
    ///
    /// # Errors
    /// [`FitError`] for an outcome that is not in the instrument, or scores out of range.
    fn with_isotonic_link(
        &self,
        outcome: &str,
        curve: &Isotonic,
        judged: Option<(&Judged, &CalibrationContext)>,
    ) -> Result<Instrument, FitError>;
}

impl Recalibrate for Instrument {
    fn recalibrated(
        &self,
        outcome: &str,
        recalibration: &Recalibration,
        judged: Option<(&Judged, &CalibrationContext)>,
    ) -> Result<Instrument, FitError> {
        if recalibration.slope <= 0.0 || !recalibration.slope.is_finite() {
            return Err(FitError::Setting {
                setting: "slope",
                value: recalibration.slope,
                allowed: "above 0",
            });
        }
        with_outcome(self, outcome, |part| {
            logistic_only(part)?;
            let scaled = recalibration.log_odds(part.intercept.value.to_f64());
            part.intercept.value = fixed("the intercept", scaled)?;
            for entry in &mut part.weights {
                for weight in entry.weights.values_mut() {
                    *weight = fixed(&entry.item, weight.to_f64() * recalibration.slope)?;
                }
            }
            part.calibration = recorded(judged)?;
            Ok(())
        })
    }

    fn recalibrated_by(
        &self,
        outcome: &str,
        item: &str,
        recalibration: &GroupRecalibration,
        judged: Option<(&Judged, &CalibrationContext)>,
    ) -> Result<Instrument, FitError> {
        let listed = self
            .codebook()
            .item(item)
            .ok_or_else(|| FitError::NoSuchColumn { column: item.to_owned() })?;
        let answers: Vec<String> = listed.answers.iter().map(|answer| answer.id.clone()).collect();
        with_outcome(self, outcome, |part| {
            logistic_only(part)?;
            let moved =
                part.intercept.value.to_f64() + recalibration.shift(crate::codebook::UNKNOWN);
            part.intercept.value = fixed("the intercept", moved)?;
            let provenance = part.intercept.provenance.clone();
            if !part.weights.iter().any(|entry| entry.item == item) {
                part.weights.push(ItemWeights {
                    item: item.to_owned(),
                    weights: BTreeMap::new(),
                    provenance,
                });
            }
            for entry in part.weights.iter_mut().filter(|entry| entry.item == item) {
                for answer in &answers {
                    let weight = entry.weights.entry(answer.clone()).or_default();
                    let shift =
                        recalibration.shift(answer) - recalibration.shift(crate::codebook::UNKNOWN);
                    *weight = fixed(item, weight.to_f64() + shift)?;
                }
            }
            part.calibration = recorded(judged)?;
            Ok(())
        })
    }

    fn with_isotonic_link(
        &self,
        outcome: &str,
        curve: &Isotonic,
        judged: Option<(&Judged, &CalibrationContext)>,
    ) -> Result<Instrument, FitError> {
        with_outcome(self, outcome, |part| {
            part.link =
                table_link(curve.inputs().iter().copied().zip(curve.fitted().iter().copied()))?;
            part.calibration = recorded(judged)?;
            Ok(())
        })
    }
}

fn with_outcome(
    instrument: &Instrument,
    outcome: &str,
    change: impl FnOnce(&mut OutcomeDraft) -> Result<(), FitError>,
) -> Result<Instrument, FitError> {
    let mut draft = instrument.draft().clone();
    let part = draft.outcomes.iter_mut().find(|part| part.outcome == outcome);
    change(part.ok_or_else(|| FitError::NoSuchOutcome { outcome: outcome.to_owned() })?)?;
    Ok(Instrument::new(instrument.codebook(), draft)?)
}

fn recorded(
    judged: Option<(&Judged, &CalibrationContext)>,
) -> Result<Option<Calibration>, FitError> {
    judged.map(|(judged, context)| context.record(judged)).transpose()
}

fn logistic_only(part: &OutcomeDraft) -> Result<(), FitError> {
    match part.link {
        Link::Logistic => Ok(()),
        Link::Table(_) => Err(FitError::NotLogistic { outcome: part.outcome.clone() }),
    }
}
