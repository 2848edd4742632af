//! An agency's own rows, before anything is made of them.

use super::error::FederatedError;
use super::plan::Plan;
use crate::complaint::Origin;

/// An agency's complaints with known outcomes, as codes.
#[derive(Debug, Clone, PartialEq)]
pub struct AgencyRows {
    pub(super) codes: Vec<Vec<u8>>,
    pub(super) labels: Vec<bool>,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) subjects: Option<Vec<u32>>,
    pub(super) origin: Origin,
    /// Complaints whose subject key stands for nobody.
    pub(super) placeholders: usize,
}

impl AgencyRows {
    /// Codes, a column of them for each item of the plan, and one label a row; origin not stated.
    #[must_use]
    pub fn new(codes: Vec<Vec<u8>>, labels: Vec<bool>) -> Self {
        let origin = Origin::NotStated;
        Self { codes, labels, weights: None, subjects: None, origin, placeholders: 0 }
    }

    /// Where the rows come from. The fit has the largest origin of all agencies.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Case weights, one a row. Rows of weight 0 are left out.
    #[must_use]
    pub fn with_weights(mut self, weights: Vec<f64>) -> Self {
        self.weights = Some(weights);
        self
    }

    /// The subject of each row: equal numbers are one subject. Groups are then counted in subjects, and errors clustered.
    #[must_use]
    pub fn with_subjects(mut self, subjects: Vec<u32>) -> Self {
        self.subjects = Some(subjects);
        self
    }

    pub(super) fn check(&self, agency: &str, plan: &Plan) -> Result<(), FederatedError> {
        let rows = self.labels.len();
        let length = |what: &str, found: usize, expected: usize| {
            if found == expected {
                return Ok(());
            }
            let (agency, what) = (agency.to_owned(), what.to_owned());
            Err(FederatedError::Length { agency, what, found, expected })
        };
        length("the list of items", self.codes.len(), plan.items().len())?;
        for (item, codes) in plan.items().iter().zip(&self.codes) {
            length(&item.id, codes.len(), rows)?;
            if let Some(row) = codes.iter().position(|code| usize::from(*code) >= item.codes()) {
                return Err(FederatedError::Code {
                    agency: agency.to_owned(),
                    item: item.id.clone(),
                    row,
                    code: codes[row],
                    codes: item.codes(),
                });
            }
        }
        if let Some(subjects) = &self.subjects {
            length("the list of subjects", subjects.len(), rows)?;
        }
        if let Some(weights) = &self.weights {
            length("the list of weights", weights.len(), rows)?;
            if let Some(value) = weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
                return Err(FederatedError::Number {
                    from: agency.to_owned(),
                    what: "a case weight",
                    value: *value,
                    positive: true,
                });
            }
        }
        Ok(())
    }

    /// Without rows of weight 0.
    pub(super) fn used(self) -> Self {
        let Some(weights) = &self.weights else { return self };
        let kept: Vec<usize> = (0..weights.len()).filter(|row| weights[*row] > 0.0).collect();
        if kept.len() == weights.len() {
            return self;
        }
        fn pick<T: Copy>(values: &[T], kept: &[usize]) -> Vec<T> {
            kept.iter().map(|row| values[*row]).collect()
        }
        Self {
            codes: self.codes.iter().map(|codes| pick(codes, &kept)).collect(),
            labels: pick(&self.labels, &kept),
            weights: Some(pick(weights, &kept)),
            subjects: self.subjects.as_deref().map(|subjects| pick(subjects, &kept)),
            origin: self.origin,
            placeholders: self.placeholders,
        }
    }
}
