//! Resampled differences between entrants of a study, and what may be said of each.

use super::StudyError;
use super::arm::Arm;
use super::compare::Study;
use super::known::Known;
use super::measure::Measure;
use super::notes::too_few;
use super::paired::{Drawn, adjust, p_value};
use super::result::Comparison;
use super::verdict::Verdict;
use crate::research::evaluate::resample::{Bootstrap, BootstrapInterval, Replicates};
use crate::research::evaluate::{Because, EvaluateError, Interval, NotEstimable};
use crate::research::numeric::QuantileRule;

impl Study<'_> {
    pub(super) fn resample(
        &self,
        known: &Known,
        arms: &[Arm],
        measures: &[Measure],
    ) -> Result<Drawn, StudyError> {
        let pairs =
            || arms.iter().flat_map(|arm| measures.iter().map(move |measure| (arm, measure)));
        let on = |drawn: &[u32]| -> Vec<Option<f64>> {
            pairs().map(|(arm, measure)| measure.on(known, arm, drawn).ok()).collect()
        };
        let all: Vec<u32> = (0..known.len() as u32).collect();
        let plan =
            Bootstrap::new(known.len(), self.replicates, self.seed)?.clustered(&known.clusters)?;
        let observed = |(arm, measure): (&Arm, &Measure)| match measure.on(known, arm, &all) {
            Ok(value) => Ok(Ok(value)),
            Err(EvaluateError::NotEstimable(why)) => Ok(Err(why)),
            Err(EvaluateError::Input(fault)) => Err(fault),
        };
        let observed = pairs().map(observed).collect::<Result<_, _>>()?;
        Ok(Drawn { measures: measures.len(), observed, values: plan.map(on) })
    }

    pub(super) fn interval(&self, replicates: &Replicates) -> Result<Interval, NotEstimable> {
        let kind = BootstrapInterval::Percentile;
        replicates.interval(kind, QuantileRule::Linear, self.confidence)
    }

    pub(super) fn compare(
        &self,
        known: &Known,
        measures: &[Measure],
        matters: f64,
        drawn: &Drawn,
    ) -> Vec<Comparison> {
        let mut all = Vec::new();
        for (number, &measure) in measures.iter().enumerate() {
            let from = all.len();
            for arm in 1..self.entrants.len() {
                let difference = drawn.advantage(measure, number, arm);
                let interval = self.interval(&difference);
                let p_value = interval.as_ref().ok().map(|_| p_value(&difference.values));
                all.push(Comparison {
                    name: self.entrants[arm].0.clone(),
                    reference: self.entrants[0].0.clone(),
                    measure,
                    primary: number == 0,
                    advantage: difference.observed,
                    interval,
                    p_value,
                    adjusted: None,
                    verdict: Verdict::NotEstimable,
                    text: String::new(),
                });
            }
            if number == 0 {
                adjust(&mut all[from..]);
            }
        }
        let primary = self.entrants.len() - 1;
        adjust(&mut all[primary..]);
        for comparison in &mut all {
            comparison.verdict = match (&comparison.interval, comparison.adjusted) {
                _ if known.is_synthetic() => Verdict::RefusedSynthetic,
                _ if known.stamp().is_some() => Verdict::RefusedNotStated,
                _ if too_few(known) => Verdict::TooFewSubjects,
                // Every resample gave the same difference: nothing tells the two apart.
                (Err(why), _) if alike(why) => Verdict::Alike,
                (Ok(interval), Some(adjusted)) => Verdict::of(
                    interval.lower,
                    interval.upper,
                    adjusted,
                    self.confidence.level(),
                    // What matters was declared in the primary measure's unit alone.
                    comparison.primary.then_some(matters),
                ),
                _ => Verdict::NotEstimable,
            };
            comparison.text = comparison.verdict.text(&comparison.name, &comparison.reference);
        }
        all
    }
}

/// Whether every resample gave a difference of exactly 0.
fn alike(why: &NotEstimable) -> bool {
    matches!(why.because, Because::NoWidth { value } if value == 0.0)
}
