//! The reference policy: gates from their file, cut-offs from the declared population.

use serde::Deserialize;

use super::ReferenceError;
use super::rules::Rules;
use super::solve::priorities;
use crate::Fixed;
use crate::base::Seed;
use crate::codebook::ItemAnswers;
use crate::instrument::Instrument;
use crate::policy::{Bands, Combination, Combiner, Gate, Policy, PolicyDraft};
use crate::score::BILLION;
use crate::triage::ModelError;

/// `fixtures/models/gates.json`: a policy without its cut-offs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct GatesFile {
    description: String,
    combination: Combination,
    danger_signs: Vec<ItemAnswers>,
    gates: Vec<Gate>,
    audit_share: Fixed,
}

/// Computes the reference policy for an instrument: its cut-offs are the index values that the
/// declared shares of the instrument's population reach by score alone.
///
/// # Errors
/// [`ReferenceError::Missing`] where the instrument declares no population.
pub fn derive_policy(instrument: &Instrument) -> Result<PolicyDraft, ReferenceError> {
    policy_with(instrument, &Rules::load()?)
}

/// The same from rules of one's own; see [`Rules`].
///
/// # Errors
/// As [`derive_policy`].
pub fn policy_with(instrument: &Instrument, rules: &Rules) -> Result<PolicyDraft, ReferenceError> {
    let text = include_str!("../../fixtures/models/gates.json");
    let file: GatesFile = serde_json::from_str(text)
        .map_err(|cause| ReferenceError::Rules { fault: cause.to_string() })?;
    let mut combination = file.combination;
    if let Combination::ExpectedHarm(harm) = &mut combination {
        harm.weights.extend(rules.harm.clone());
    }
    let mut draft = PolicyDraft {
        description: file.description,
        combination,
        bands: Bands {
            // Any cut-offs that hold together: the combination is needed to find the real ones.
            very_high: Fixed::from_steps(3),
            high: Fixed::from_steps(2),
            medium: Fixed::from_steps(1),
            rationale: rules.bands.rationale.clone(),
            action_days: rules.bands.action_days.clone(),
        },
        danger_signs: file.danger_signs,
        gates: file.gates,
        audit_share: file.audit_share,
    };
    let provisional = Policy::new(instrument.codebook(), instrument, draft.clone())
        .map_err(ModelError::Policy)?;
    let [very_high, high, medium] = cut_offs_of(instrument, provisional.combiner(), rules)?;
    draft.bands = Bands { very_high, high, medium, ..draft.bands };
    Ok(draft)
}

/// Where the declared shares of an instrument's population are reached by score alone: very high, high, medium.
pub(super) fn cut_offs_of(
    instrument: &Instrument,
    combiner: &Combiner,
    rules: &Rules,
) -> Result<[Fixed; 3], ReferenceError> {
    let index = priorities(instrument, combiner, Seed(rules.population.seed))?;
    Ok(cut_offs(index, rules.bands.shares))
}

/// For each share the lowest index, in millionths, that at most this share reaches; apart by at
/// least a millionth, since an instrument of points has few values.
fn cut_offs(mut index: Vec<(u32, f64)>, shares: [Fixed; 3]) -> [Fixed; 3] {
    index.sort_by_key(|&(priority, _)| std::cmp::Reverse(priority));
    let total: f64 = index.iter().map(|(_, weight)| weight).sum();
    let mut cuts = shares.map(|share| {
        let mut above = 0.0;
        let mut cut = BILLION;
        for ties in index.chunk_by(|case, next| case.0 == next.0) {
            above += ties.iter().map(|(_, weight)| weight).sum::<f64>();
            if above > share.to_f64() * total {
                break;
            }
            cut = ties[0].0;
        }
        // Rounded up, so that no more than the share reaches it; never 0.
        cut.div_ceil(1_000).max(1) as i32
    });
    cuts[1] = cuts[1].min(cuts[0] - 1);
    cuts[2] = cuts[2].min(cuts[1] - 1);
    cuts.map(Fixed::from_steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::published;

    #[test]
    fn the_declared_shares_reach_the_cut_offs_with_another_seed() {
        let triage = published().unwrap();
        let combiner = triage.policy().combiner();
        let index = priorities(triage.instrument(), combiner, Seed(97)).unwrap();
        let total: f64 = index.iter().map(|(_, weight)| weight).sum();
        let bands = triage.policy().bands();
        for (cut, share) in [(bands.very_high, 0.02), (bands.high, 0.10), (bands.medium, 0.40)] {
            let from = cut.steps() as u32 * 1_000;
            let above = index.iter().filter(|(priority, _)| *priority >= from);
            let reached = above.map(|(_, weight)| weight).sum::<f64>() / total;
            assert!((reached - share).abs() < 0.05 * share, "{reached} against {share}");
        }
    }

    #[test]
    fn cut_offs_stay_apart_where_values_are_few() {
        let shares = [0.02, 0.1, 0.4].map(|share| Fixed::nearest(share).unwrap());
        let cuts = cut_offs(vec![(500_000_000, 1.0); 100], shares);
        assert_eq!(cuts.map(|cut| cut.steps()), [1_000_000, 999_999, 999_998]);
        let spread = (1..=100).map(|value| (value * 1_000_000, 1.0)).collect();
        assert_eq!(cut_offs(spread, shares).map(|cut| cut.steps()), [99_000, 91_000, 61_000]);
    }
}
