//! Federated weights as an instrument that ranks.

use super::coordinator::Coordinator;
use super::error::FederatedError;
use super::fit::FederatedFit;
use crate::codebook::Codebook;
use crate::instrument::{Instrument, Link};
use crate::research::fit::instrument::{Part, assembled};
use crate::research::fit::{FitError, Naming};

impl Coordinator {
    /// An instrument of the plan's outcome from the fit: *unknown* weighs 0, what it had goes into the intercept.
    ///
    /// # Errors
    /// [`FederatedError`] where the plan was not made from this codebook, the fit is not of this design, or the instrument's
    /// own checks refuse it.
    pub fn instrument(
        &self,
        codebook: &Codebook,
        naming: &Naming,
        fit: &FederatedFit,
    ) -> Result<Instrument, FederatedError> {
        let mark = self.plan().codebook().unwrap_or("none");
        if mark != codebook.digest_of_answers() {
            return Err(FederatedError::Other {
                from: self.plan().study().to_owned(),
                what: "a codebook whose answers have the digest",
                found: mark.to_owned(),
                expected: codebook.digest_of_answers().to_owned(),
            });
        }
        let weights = fit.weights();
        if weights.names != self.design().names() {
            let (expected, found) = (self.design().names(), weights.names);
            return Err(FitError::OtherColumns { expected, found }.into());
        }
        let mut intercept = weights.intercept;
        let mut items = Vec::new();
        for (position, item) in self.plan().items().iter().enumerate() {
            let listed = codebook.items().iter().position(|listed| listed.id == item.id);
            let listed =
                listed.ok_or_else(|| FitError::NoSuchColumn { column: item.id.clone() })?;
            let weight = |code: usize| -> f64 {
                let columns = self.design().columns().iter().zip(&weights.weights);
                columns
                    .filter(|(column, _)| column.item == position)
                    .map(|(column, weight)| column.values[code] * weight)
                    .sum()
            };
            let unknown = weight(0);
            intercept += unknown;
            items.push((listed, (0..item.codes()).map(|code| weight(code) - unknown).collect()));
        }
        let text = format!(
            "Learnt together by {} on {:.0} complaints, {:.0} with the outcome, from sums over at least {} complaints.",
            fit.agencies_counted(),
            fit.total_weight(),
            fit.events(),
            self.plan().minimum()
        );
        let part = Part {
            outcome: self.plan().outcome().to_owned(),
            notes: fit.warnings().iter().map(ToString::to_string).collect(),
            intercept,
            weights: items,
            link: Link::Logistic,
            text,
        };
        Ok(assembled(codebook, naming, vec![part])?)
    }
}
