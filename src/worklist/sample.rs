//! The blind audit: a seeded, stratified draw in which every complaint's chance is known.
//!
//! Systematic sampling with unequal chances from strata in a fixed order, each in random order
//! inside (Madow, 1949, "On the theory of systematic sampling, II"): exactly as many as there are
//! places, each complaint with exactly its chance, and from each stratum its expected number
//! rounded up or down.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::Stream;
use crate::policy::Band;

/// Billionths in a certainty.
pub(super) const CERTAIN: u32 = 1_000_000_000;

/// What a draw keeps apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stratum {
    /// The band.
    pub(crate) band: Band,
    /// Whether a cap set the band.
    pub(crate) capped: bool,
    /// The answer to the item that tells the channel; `unknown` where there is none.
    pub(crate) channel: String,
}

impl Stratum {
    /// The band.
    #[must_use]
    pub fn band(&self) -> Band {
        self.band
    }

    /// Whether a cap set the band.
    #[must_use]
    pub fn capped(&self) -> bool {
        self.capped
    }

    /// The answer to the item that tells the channel; `unknown` where there is none.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }
}

/// The chance with which a complaint was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// In this plan, in billionths.
    pub(crate) now: u32,
    /// In this plan or in one before it, in billionths: one less the chance of having been passed
    /// over every time.
    pub(crate) cumulative: u32,
}

impl Inclusion {
    /// In this plan, in billionths.
    #[must_use]
    pub fn now(&self) -> u32 {
        self.now
    }

    /// In this plan or in one before it, in billionths: one less the chance of having been passed
    /// over every time.
    #[must_use]
    pub fn cumulative(&self) -> u32 {
        self.cumulative
    }
}

/// One complaint that may be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) stratum: Stratum,
    /// 1 or more: how many times the ordinary chance.
    pub(super) weight: u64,
}

/// Draws `places` of the units. Gives back the drawn ones in ascending order, and everyone's
/// chance in billionths.
pub(super) fn draw(units: &[Unit], places: usize, stream: &mut Stream) -> (Vec<usize>, Vec<u32>) {
    let mut chances = vec![0; units.len()];
    if places == 0 {
        return (Vec::new(), chances);
    }
    let mut strata: BTreeMap<&Stratum, Vec<usize>> = BTreeMap::new();
    for (row, unit) in units.iter().enumerate() {
        strata.entry(&unit.stratum).or_default().push(row);
    }
    let mut queue: Vec<usize> = Vec::with_capacity(units.len());
    for members in strata.values_mut() {
        stream.shuffle(members);
        queue.append(members);
    }
    let mut drawn = Vec::new();
    let mut places = places.min(units.len());
    let mut total = total_weight(units, &queue);
    // Whoever would be drawn for certain is taken out first, until nobody is.
    loop {
        let certain = |row: &usize| u128::from(units[*row].weight) * places as u128 >= total;
        let (sure, rest): (Vec<usize>, Vec<usize>) = queue.iter().partition(|row| certain(row));
        if sure.is_empty() || places == 0 {
            break;
        }
        for &row in &sure {
            chances[row] = CERTAIN;
        }
        places = places.saturating_sub(sure.len());
        drawn.extend(sure);
        queue = rest;
        total = total_weight(units, &queue);
    }
    if places > 0 && total > 0 {
        // Each unit covers weight × places of a line; points stand on it `total` apart.
        let mut next = u128::from(stream.below(u64::try_from(total).unwrap_or(u64::MAX)));
        let mut end = 0_u128;
        for &row in &queue {
            let covered = u128::from(units[row].weight) * places as u128;
            chances[row] = (covered * u128::from(CERTAIN) / total) as u32;
            end += covered;
            if next < end {
                drawn.push(row);
                next += total;
            }
        }
    }
    drawn.sort_unstable();
    (drawn, chances)
}

fn total_weight(units: &[Unit], queue: &[usize]) -> u128 {
    queue.iter().map(|&row| u128::from(units[row].weight)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seed;

    fn unit(band: Band, capped: bool, weight: u64) -> Unit {
        Unit { stratum: Stratum { band, capped, channel: "x".to_owned() }, weight }
    }

    #[test]
    fn as_many_as_places_each_with_its_chance() {
        let mut units: Vec<Unit> = (0..30).map(|_| unit(Band::Low, false, 1)).collect();
        units.extend((0..10).map(|_| unit(Band::Low, true, 3)));
        units.push(unit(Band::High, false, 40));
        let mut times = vec![0_u32; units.len()];
        let mut expected = Vec::new();
        let rounds = 20_000;
        for seed in 0..rounds {
            let (drawn, chances) = draw(&units, 5, &mut Seed(7).stream(seed));
            assert_eq!(drawn.len(), 5);
            let capped = drawn.iter().filter(|row| units[**row].stratum.capped).count();
            // One place is certain; of the other four, half fall to each stratum.
            assert_eq!((capped, drawn.contains(&40)), (2, true));
            drawn.iter().for_each(|&row| times[row] += 1);
            expected = chances;
        }
        assert_eq!(expected[40], CERTAIN);
        for (times, chance) in times.iter().zip(&expected) {
            let (seen, chance) = (f64::from(*times) / rounds as f64, f64::from(*chance) / 1e9);
            assert!((seen - chance).abs() < 0.015, "{seen} against {chance}");
        }
    }

    #[test]
    fn odd_sizes_hold() {
        let mut stream = Seed(1).stream(0);
        for _ in 0..500 {
            let units: Vec<Unit> = (0..stream.below(12))
                .map(|_| unit(Band::Low, stream.chance(0.5), 1 + stream.below(9)))
                .collect();
            let places = stream.below(15) as usize;
            let (drawn, chances) = draw(&units, places, &mut stream);
            assert_eq!(drawn.len(), places.min(units.len()));
            assert!(drawn.is_sorted_by(|before, after| before < after));
            assert!(drawn.iter().all(|&row| chances[row] > 0));
            let sum: u64 = chances.iter().map(|&chance| u64::from(chance)).sum();
            let whole = drawn.len() as u64 * u64::from(CERTAIN);
            assert!(sum <= whole && whole - sum <= units.len() as u64, "{sum} against {whole}");
        }
    }
}
