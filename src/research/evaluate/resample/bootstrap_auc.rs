//! The area under the ROC curve of many replicates, from one sort.

use super::bootstrap::{Bootstrap, Draw, Pairs, chunks};
use super::replicates::Replicates;
use crate::research::evaluate::data::{InputError, Score, Scored, same_length};
use crate::research::evaluate::ties::{doubled_mid_ranks, placements};

impl Bootstrap {
    /// The area under the ROC curve of the complaints and of every replicate, ties counting one half.
    ///
    /// Equal, bit for bit, to [`Bootstrap::run`] with [`auc`](crate::research::evaluate::auc), but the scores are sorted once:
    /// a replicate is n draws and one walk over the distinct scores.
    ///
    /// # Errors
    /// [`InputError::Length`] when the data have another length than the plan.
    pub fn auc<S: Score>(&self, data: Scored<'_, S>) -> Result<Replicates, InputError> {
        same_length("labels", data.len(), self.count)?;
        let (cells, groups) = cells_of(data);
        let mut counts = vec![[0_u32; 2]; groups];
        for &cell in &cells {
            counts[(cell / 2) as usize][(cell % 2) as usize] += 1;
        }
        let observed = area(&counts);
        let values = chunks(self.replicates, |from, to| {
            let mut counts = vec![[0_u32; 2]; groups];
            let mut rows = Vec::new();
            (from..to)
                .map(|replicate| {
                    counts.fill([0; 2]);
                    self.count_into(replicate, &cells, &mut counts, &mut rows);
                    area(&counts)
                })
                .collect()
        });
        Ok(Replicates::new(observed, values))
    }

    fn count_into(
        &self,
        replicate: usize,
        cells: &[u32],
        counts: &mut [[u32; 2]],
        rows: &mut Vec<u32>,
    ) {
        if let Draw::Complaints = self.draw {
            // The same draws as `fill`, without keeping the rows.
            let mut stream = self.seed.stream(replicate as u64);
            let mut pairs = Pairs::new(self.count);
            for _ in 0..self.count {
                let cell = cells[pairs.next(&mut stream) as usize];
                counts[(cell / 2) as usize][(cell % 2) as usize] += 1;
            }
            return;
        }
        self.fill(replicate, rows);
        for &row in rows.iter() {
            let cell = cells[row as usize];
            counts[(cell / 2) as usize][(cell % 2) as usize] += 1;
        }
    }
}

/// The area under the ROC curve without each complaint in turn, for [`Replicates::bca`]: one sort, not n.
///
/// `None` when a kind has fewer than two complaints.
#[must_use]
pub fn jackknife_auc<S: Score>(data: Scored<'_, S>) -> Option<Vec<f64>> {
    let (m, n) = (data.events() as u64, (data.len() - data.events()) as u64);
    if m < 2 || n < 2 {
        return None;
    }
    let halves = placements(data);
    let rows = || data.labels().iter().zip(&halves);
    let wins: u128 = rows().filter(|(label, _)| **label).map(|(_, &v)| u128::from(v)).sum();
    let left_out = rows().map(|(&label, &lost)| {
        let pairs = if label { (m - 1) * n } else { m * (n - 1) };
        (wins - u128::from(lost)) as f64 / (2.0 * pairs as f64)
    });
    Some(left_out.collect())
}

/// For every complaint twice the number of its group of equal scores, ascending, plus 1 for an event.
fn cells_of<S: Score>(data: Scored<'_, S>) -> (Vec<u32>, usize) {
    let keys: Vec<u64> = data.scores().iter().map(|score| score.key()).collect();
    let ranks = doubled_mid_ranks(&keys);
    let mut distinct = ranks.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let cells = ranks
        .iter()
        .zip(data.labels())
        .map(|(rank, &label)| 2 * distinct.partition_point(|d| d < rank) as u32 + u32::from(label))
        .collect();
    (cells, distinct.len())
}

fn area(counts: &[[u32; 2]]) -> Option<f64> {
    // No overflow: complaints number at most 2^32, so the pairs at most 2^62, in halves 2^63.
    let (mut below, mut wins, mut events) = (0_u64, 0_u64, 0_u64);
    for &[others, with] in counts {
        let (others, with) = (u64::from(others), u64::from(with));
        wins += with * (2 * below + others);
        below += others;
        events += with;
    }
    if events == 0 || below == 0 {
        return None;
    }
    Some(wins as f64 / (2.0 * events as f64 * below as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seed;
    use crate::research::evaluate::{Confidence, auc};

    #[test]
    fn equals_the_plain_way_bit_for_bit() {
        let labels: Vec<bool> = (0..60).map(|i| i % 7 == 0 || i % 11 == 3).collect();
        let scores: Vec<i64> = (0..60).map(|i| (i * 37 % 23) / 2).collect();
        let data = Scored::new(&labels, &scores).unwrap();
        let plain = |rows: &[u32]| {
            let l: Vec<bool> = rows.iter().map(|&r| labels[r as usize]).collect();
            let s: Vec<i64> = rows.iter().map(|&r| scores[r as usize]).collect();
            auc(Scored::new(&l, &s).unwrap(), Confidence::P95).ok().map(|a| a.figure.value)
        };
        for plan in [
            Bootstrap::new(60, 100, Seed(3)).unwrap(),
            Bootstrap::new(60, 100, Seed(3)).unwrap().stratified(&labels).unwrap(),
            Bootstrap::new(60, 100, Seed(3)).unwrap().clustered(&scores).unwrap(),
        ] {
            assert_eq!(plan.auc(data).unwrap(), plan.run(plain));
        }
        assert_eq!(jackknife_auc(data), crate::research::evaluate::resample::jackknife(60, plain));
    }
}
