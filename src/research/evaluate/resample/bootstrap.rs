//! Drawing complaints with replacement.

use crate::base::{Seed, Stream, in_order};
use crate::research::evaluate::data::{InputError, same_length};
use crate::research::evaluate::groups::by_key;
use crate::research::evaluate::resample::replicates::Replicates;

/// A plan for drawing complaints with replacement: how many times, from which seed, and what is drawn together.
///
/// ```
/// use caserank::research::evaluate::resample::{Bootstrap, BootstrapInterval};
/// use caserank::research::evaluate::Confidence;
/// use caserank::Seed;
/// use caserank::research::evaluate::resample::QuantileRule;
/// let waits = [3.0, 8.0, 1.0, 12.0, 5.0, 7.0, 2.0, 30.0];
/// let mean = |rows: &[u32]| Some(rows.iter().map(|&r| waits[r as usize]).sum::<f64>() / rows.len() as f64);
/// let drawn = Bootstrap::new(waits.len(), 999, Seed(7))?.run(mean);
/// let interval = drawn.interval(BootstrapInterval::Percentile, QuantileRule::Linear, Confidence::P95)?;
/// assert!(interval.contains(8.5));
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Bootstrap {
    pub(super) count: usize,
    pub(super) replicates: usize,
    pub(super) seed: Seed,
    pub(super) draw: Draw,
}

#[derive(Debug, Clone)]
pub(super) enum Draw {
    Complaints,
    /// Rows of each stratum.
    Strata(Vec<Vec<u32>>),
    /// Rows of each cluster.
    Clusters(Vec<Vec<u32>>),
}

impl Bootstrap {
    /// The most replicates, and the most complaints to draw from.
    pub const MOST: (usize, usize) = (1_000_000, i32::MAX as usize);

    /// Draws as many complaints as there are, `replicates` times.
    ///
    /// # Errors
    /// [`InputError::Limit`] for no replicates or more than [`Bootstrap::MOST`], or more complaints.
    pub fn new(count: usize, replicates: usize, seed: Seed) -> Result<Self, InputError> {
        let limit = |what, least: u64, found: usize, most: usize| {
            if (least..=most as u64).contains(&(found as u64)) {
                return Ok(());
            }
            Err(InputError::Limit { what, found: found as u64, least, limit: most as u64 })
        };
        limit("replicates", 1, replicates, Self::MOST.0)?;
        limit("complaints to draw from", 0, count, Self::MOST.1)?;
        Ok(Self { count, replicates, seed, draw: Draw::Complaints })
    }

    /// Draws inside strata (outcomes, channels), so that every replicate has each stratum's size.
    ///
    /// # Errors
    /// [`InputError::Length`].
    pub fn stratified<K: Ord + Clone>(mut self, strata: &[K]) -> Result<Self, InputError> {
        same_length("strata", strata.len(), self.count)?;
        self.draw = Draw::Strata(rows_of(strata));
        Ok(self)
    }

    /// Draws whole clusters (subjects), as many as there are; replicates then differ in length.
    ///
    /// # Errors
    /// [`InputError::Length`].
    pub fn clustered<K: Ord + Clone>(mut self, clusters: &[K]) -> Result<Self, InputError> {
        same_length("clusters", clusters.len(), self.count)?;
        self.draw = Draw::Clusters(rows_of(clusters));
        Ok(self)
    }

    /// How many replicates are drawn.
    #[must_use]
    pub fn replicates(&self) -> usize {
        self.replicates
    }

    /// The rows of one replicate; the same whenever and wherever it is asked for.
    #[must_use]
    pub fn rows(&self, replicate: usize) -> Vec<u32> {
        let mut rows = Vec::with_capacity(self.count);
        self.fill(replicate, &mut rows);
        rows
    }

    pub(super) fn fill(&self, replicate: usize, rows: &mut Vec<u32>) {
        rows.clear();
        let mut stream = self.seed.stream(replicate as u64);
        match &self.draw {
            Draw::Complaints => {
                let mut pairs = Pairs::new(self.count);
                rows.extend((0..self.count).map(|_| pairs.next(&mut stream)));
            }
            Draw::Strata(strata) => {
                for members in strata {
                    let mut pairs = Pairs::new(members.len());
                    rows.extend(members.iter().map(|_| members[pairs.next(&mut stream) as usize]));
                }
            }
            Draw::Clusters(clusters) => {
                let mut pairs = Pairs::new(clusters.len());
                for _ in clusters {
                    rows.extend(&clusters[pairs.next(&mut stream) as usize]);
                }
            }
        }
    }

    /// A statistic of the complaints as they are and of every replicate.
    ///
    /// The statistic gets row numbers (repeated as drawn) and answers `None` where it is not estimable; such replicates
    /// are counted, not hidden.
    pub fn run(&self, statistic: impl Fn(&[u32]) -> Option<f64> + Sync) -> Replicates {
        let rows: Vec<u32> = (0..self.count as u32).collect();
        Replicates::new(statistic(&rows), self.map(statistic))
    }

    /// The statistic without each unit that this plan draws in turn, for [`Replicates::bca`]: without each cluster where
    /// clusters are drawn, else without each complaint. `None` as soon as one value is not estimable.
    ///
    /// An acceleration taken from single complaints while clusters are drawn would be that of another sample, too
    /// small where complaints about one subject go together. One call of the statistic a unit.
    ///
    /// ```
    /// use caserank::research::evaluate::Confidence;
    /// use caserank::research::evaluate::resample::Bootstrap;
    /// use caserank::Seed;
    /// use caserank::research::evaluate::resample::QuantileRule;
    /// let waits = [3.0, 8.0, 1.0, 12.0, 5.0, 7.0, 2.0, 30.0];
    /// let mean = |rows: &[u32]| {
    ///     Some(rows.iter().map(|&row| waits[row as usize]).sum::<f64>() / rows.len() as f64)
    /// };
    /// let plan = Bootstrap::new(8, 999, Seed(7))?.clustered(&["a", "a", "b", "c", "c", "d", "e", "f"])?;
    /// let left_out = plan.jackknife(mean).ok_or("not estimable")?;
    /// assert_eq!(left_out.len(), 6);
    /// let interval = plan.run(mean).bca(&left_out, QuantileRule::Linear, Confidence::P95)?;
    /// assert!(interval.contains(8.5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn jackknife(&self, statistic: impl Fn(&[u32]) -> Option<f64> + Sync) -> Option<Vec<f64>> {
        let Draw::Clusters(clusters) = &self.draw else {
            return super::jackknife(self.count, statistic);
        };
        let mut cluster_of = vec![0_u32; self.count];
        for (cluster, members) in clusters.iter().enumerate() {
            for &row in members {
                cluster_of[row as usize] = cluster as u32;
            }
        }
        let without = |left: usize| -> Vec<u32> {
            let rows = 0..self.count as u32;
            rows.filter(|&row| cluster_of[row as usize] as usize != left).collect()
        };
        let values = chunks(clusters.len(), |from, to| {
            (from..to).map(|left| statistic(&without(left))).collect()
        });
        values.into_iter().collect()
    }

    /// Anything computed from the rows of every replicate, in order of the replicates.
    pub fn map<T: Send>(&self, f: impl Fn(&[u32]) -> T + Sync) -> Vec<T> {
        chunks(self.replicates, |from, to| {
            let mut rows = Vec::with_capacity(self.count);
            (from..to)
                .map(|replicate| {
                    self.fill(replicate, &mut rows);
                    f(&rows)
                })
                .collect()
        })
    }
}

/// Runs `work(from, to)` over fixed stretches of `0..count` and joins the results in order.
pub(super) fn chunks<T: Send>(
    count: usize,
    work: impl Fn(usize, usize) -> Vec<T> + Sync,
) -> Vec<T> {
    const SIZE: usize = 32;
    let starts = (0..count).step_by(SIZE);
    let stretch = |from: usize| work(from, (from + SIZE).min(count));
    in_order(starts, stretch).into_iter().flatten().collect()
}

fn rows_of<K: Ord + Clone>(keys: &[K]) -> Vec<Vec<u32>> {
    by_key(keys)
        .into_iter()
        .map(|(_, rows)| rows.into_iter().map(|row| row as u32).collect())
        .collect()
}

/// Draws below a bound, two from every 64 random bits (Lemire 2019, in 32 bits).
pub(super) struct Pairs {
    bound: u32,
    threshold: u32,
    kept: Option<u32>,
}

impl Pairs {
    pub(super) fn new(bound: usize) -> Self {
        let bound = bound as u32;
        let threshold = if bound == 0 { 0 } else { bound.wrapping_neg() % bound };
        Self { bound, threshold, kept: None }
    }

    #[inline]
    pub(super) fn next(&mut self, stream: &mut Stream) -> u32 {
        if self.bound == 0 {
            return 0;
        }
        loop {
            let bits = match self.kept.take() {
                Some(bits) => bits,
                None => {
                    let both = stream.bits();
                    self.kept = Some((both >> 32) as u32);
                    both as u32
                }
            };
            let product = u64::from(bits) * u64::from(self.bound);
            if product as u32 >= self.threshold {
                return (product >> 32) as u32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_never_change() {
        let plan = Bootstrap::new(10, 2, Seed(7)).unwrap();
        assert_eq!(plan.rows(0), plan.rows(0));
        assert_ne!(plan.rows(0), plan.rows(1));
        assert_eq!(plan.rows(1), VALUE_STABILITY);
    }

    const VALUE_STABILITY: [u32; 10] = [6, 9, 1, 0, 9, 7, 4, 5, 6, 0];

    #[test]
    fn strata_keep_their_sizes_and_clusters_stay_whole() {
        let strata = ["a", "a", "b", "b", "b"];
        let plan = Bootstrap::new(5, 50, Seed(1)).unwrap().stratified(&strata).unwrap();
        for replicate in 0..50 {
            let rows = plan.rows(replicate);
            assert_eq!(rows.iter().filter(|&&row| row < 2).count(), 2);
            assert_eq!(rows.len(), 5);
        }
        let plan = Bootstrap::new(5, 50, Seed(1)).unwrap().clustered(&strata).unwrap();
        for replicate in 0..50 {
            let rows = plan.rows(replicate);
            let count = |row| rows.iter().filter(|&&r| r == row).count();
            assert_eq!(count(0), count(1));
            assert!(count(2) == count(3) && count(3) == count(4));
        }
    }
}
