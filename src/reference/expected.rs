//! What a model would tell apart if its own assumptions were true.

use super::ReferenceError;
use super::draws::Draws;
use super::solve::{Part, part, population};
use crate::instrument::{Instrument, Population};
use crate::score::LinkTable;

/// How well an instrument would put complaints with an outcome ahead of those without, were its
/// declared population and its own probabilities true.
///
/// It is no finding about any data: it is the best that the instrument itself can hope for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Discrimination {
    /// The outcome.
    pub(crate) outcome: String,
    /// The channel; `None` for the whole stream.
    pub(crate) channel: Option<String>,
    /// Area under the curve, from 0.5 (order by chance) to 1; `None` where there are no complaints
    /// or no differences in truth to tell apart.
    pub(crate) area: Option<f64>,
}

/// The discrimination that an instrument expects of itself, by outcome: in the whole stream, then
/// in each channel, among the drawn complaints (see [`draws`](super::draws)) to which the outcome
/// applies by what is known of them.
///
/// Each drawn complaint counts as one with the outcome by its own probability p and as one without
/// by 1 - p; equal scores count half. Time O(n log n) by channel and outcome.
///
/// # Errors
/// [`ReferenceError::Missing`] where the instrument declares no population.
pub fn expected_discrimination(
    instrument: &Instrument,
    draws: &Draws,
) -> Result<Vec<Discrimination>, ReferenceError> {
    let population = population(instrument)?;
    let mut all = Vec::new();
    for (position, drafted) in instrument.outcomes().iter().enumerate() {
        let part = part(instrument, population, draws, position);
        let link = LinkTable::new(&drafted.link);
        let channels: Vec<Vec<Weighed>> = (0..draws.channels())
            .map(|number| weighed(instrument, population, draws, &part, position, number, &link))
            .collect();
        let stream = channels.iter().flatten().copied().collect();
        all.push(Discrimination {
            outcome: drafted.outcome.clone(),
            channel: None,
            area: area(stream),
        });
        for (channel, rows) in population.channels.iter().zip(channels) {
            all.push(Discrimination {
                outcome: drafted.outcome.clone(),
                channel: Some(channel.answer.clone()),
                area: area(rows),
            });
        }
    }
    Ok(all)
}

/// A score with its weight among events and among the others.
#[derive(Debug, Clone, Copy)]
struct Weighed {
    score: i32,
    with: f64,
    without: f64,
}

fn weighed(
    instrument: &Instrument,
    population: &Population,
    draws: &Draws,
    part: &Part,
    outcome: usize,
    channel: usize,
    link: &LinkTable,
) -> Vec<Weighed> {
    let share = population.channels[channel].share.value.to_f64();
    let each = share / draws.rows_of(channel).len().max(1) as f64;
    let code = draws.channel_codes[channel];
    let added = instrument.intercept_at(outcome).steps()
        + instrument.weight_at(outcome, draws.channel_item, code).steps();
    let counted = part.counted[channel].iter().map(|&(base, count)| {
        let score = base.saturating_add(added);
        let probability = f64::from(link.apply(score)) / f64::from(crate::score::BILLION);
        let weight = each * f64::from(count);
        Weighed { score, with: weight * probability, without: weight * (1.0 - probability) }
    });
    counted.collect()
}

fn area(mut rows: Vec<Weighed>) -> Option<f64> {
    rows.sort_by_key(|row| row.score);
    let (mut below, mut concordant) = (0.0, 0.0);
    for ties in rows.chunk_by(|case, next| case.score == next.score) {
        let with: f64 = ties.iter().map(|row| row.with).sum();
        let without: f64 = ties.iter().map(|row| row.without).sum();
        concordant += with * (below + without / 2.0);
        below += without;
    }
    let with: f64 = rows.iter().map(|row| row.with).sum();
    let area = concordant / (with * below);
    area.is_finite().then_some(area)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_counts_pairs() {
        let row = |score, with: f64| Weighed { score, with, without: 1.0 - with };
        // By hand: pairs (with, without) weigh .8·.8 right, .2·.2 wrong, .8·.2 + .2·.8 tied.
        let found = area(vec![row(1, 0.8), row(0, 0.2)]).unwrap();
        assert!((found - (0.64 + (0.16 + 0.16) / 2.0)).abs() < 1e-12, "{found}");
        assert_eq!(area(vec![row(3, 0.4), row(3, 0.4)]), Some(0.5));
        assert_eq!(area(Vec::new()), None);
        assert_eq!(area(vec![row(0, 0.0)]), None);
    }
}
