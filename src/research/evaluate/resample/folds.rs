//! Splits of complaints into those to learn from and those to judge on.

use crate::base::Seed;
use crate::research::evaluate::data::{EvaluateError, InputError, same_length};
use crate::research::evaluate::figure::{Because, NotEstimable, parts};
use crate::research::evaluate::groups::by_key;

/// One split: row numbers, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Rows to learn from.
    pub train: Vec<usize>,
    /// Rows to judge on.
    pub test: Vec<usize>,
}

/// Splits, in a fixed order.
pub type Splits = Vec<Split>;

/// Repeated k-fold cross-validation that keeps the share of outcomes in every fold.
///
/// Rows of each kind are shuffled and dealt out in turn; the others go on where the events ended, so that fold sizes
/// differ by at most one. Repetition `r` uses stream `r` of the seed.
///
/// # Errors
/// [`Because::TooFew`] when a kind has fewer complaints than folds; [`Because::Argument`] for fewer than two folds, for no
/// repetitions, or more than [`MOST_PARTS`](crate::research::evaluate::MOST_PARTS) of either.
///
/// ```
/// use caserank::research::evaluate::resample::stratified_folds;
/// use caserank::Seed;
/// let labels = [true, true, false, false, false, false];
/// let splits = stratified_folds(&labels, 2, 3, Seed(7))?;
/// assert_eq!(splits.len(), 6);
/// assert!(splits.iter().all(|split| split.test.iter().filter(|&&row| labels[row]).count() == 1));
/// # Ok::<(), caserank::research::evaluate::NotEstimable>(())
/// ```
pub fn stratified_folds(
    labels: &[bool],
    folds: usize,
    repetitions: usize,
    seed: Seed,
) -> Result<Splits, NotEstimable> {
    enough(folds, repetitions)?;
    let (with, without): (Vec<usize>, Vec<usize>) = (0..labels.len()).partition(|&row| labels[row]);
    for (what, found) in [("events", with.len()), ("complaints without the outcome", without.len())]
    {
        if found < folds {
            return NotEstimable::because(Because::TooFew { what, found, needed: folds });
        }
    }
    let mut splits = Vec::with_capacity(folds * repetitions);
    for repetition in 0..repetitions {
        let mut stream = seed.stream(repetition as u64);
        let mut fold_of = vec![0; labels.len()];
        let mut next = 0;
        for kind in [&with, &without] {
            let mut rows = kind.clone();
            stream.shuffle(&mut rows);
            for row in rows {
                fold_of[row] = next;
                next = (next + 1) % folds;
            }
        }
        splits.extend(by_fold(&fold_of, folds));
    }
    Ok(splits)
}

/// Repeated k-fold cross-validation that never parts a cluster (subject) and evens out events.
///
/// Clusters are shuffled, then taken by number of events and of complaints, most first. One with events goes to the fold
/// with the fewest events so far, then the fewest complaints; one without, to the fold with the fewest complaints.
///
/// # Errors
/// Input faults; [`Because::TooFew`] for fewer clusters than folds; [`Because::Argument`] as for [`stratified_folds`].
pub fn clustered_folds<K: Ord + Clone>(
    labels: &[bool],
    clusters: &[K],
    folds: usize,
    repetitions: usize,
    seed: Seed,
) -> Result<Splits, EvaluateError> {
    same_length("clusters", clusters.len(), labels.len())?;
    enough(folds, repetitions)?;
    let members: Vec<Vec<usize>> = by_key(clusters).into_iter().map(|(_, rows)| rows).collect();
    if members.len() < folds {
        let because = Because::TooFew { what: "clusters", found: members.len(), needed: folds };
        return Err(NotEstimable { because }.into());
    }
    let events = |rows: &[usize]| rows.iter().filter(|&&row| labels[row]).count();
    let mut splits = Vec::with_capacity(folds * repetitions);
    for repetition in 0..repetitions {
        let mut order: Vec<usize> = (0..members.len()).collect();
        seed.stream(repetition as u64).shuffle(&mut order);
        order.sort_by_key(|&at| std::cmp::Reverse((events(&members[at]), members[at].len())));
        let mut fold_of = vec![0; labels.len()];
        let mut loads = vec![(0, 0); folds];
        for at in order {
            let events_of = events(&members[at]);
            // Without events a cluster must not follow their remainder, or all such clusters end in one fold.
            let fewest = |&fold: &usize| -> (usize, usize) {
                let (events, complaints) = loads[fold];
                if events_of > 0 { (events, complaints) } else { (complaints, events) }
            };
            let fold = (0..folds).min_by_key(fewest).unwrap_or(0);
            loads[fold].0 += events_of;
            loads[fold].1 += members[at].len();
            for &row in &members[at] {
                fold_of[row] = fold;
            }
        }
        splits.extend(by_fold(&fold_of, folds));
    }
    Ok(splits)
}

/// Learn on what was received before `cut`, judge on the rest. With clusters, a complaint received later whose cluster
/// also has an earlier one is left out of both.
///
/// # Errors
/// [`InputError::Length`].
pub fn split_by_date<K: Ord + Clone>(
    received: &[i64],
    cut: i64,
    clusters: Option<&[K]>,
) -> Result<Split, InputError> {
    let (train, mut test): (Vec<usize>, Vec<usize>) =
        (0..received.len()).partition(|&row| received[row] < cut);
    if let Some(clusters) = clusters {
        same_length("clusters", clusters.len(), received.len())?;
        let known: std::collections::BTreeSet<&K> =
            train.iter().map(|&row| &clusters[row]).collect();
        test.retain(|&row| !known.contains(&clusters[row]));
    }
    Ok(Split { train, test })
}

/// One split a unit, in the order of the keys: judge on the unit, learn on all others.
#[must_use]
pub fn leave_one_unit_out<K: Ord + Clone>(units: &[K]) -> Vec<(K, Split)> {
    by_key(units)
        .into_iter()
        .map(|(key, test)| {
            let train = (0..units.len()).filter(|&row| units[row] != key).collect();
            (key, Split { train, test })
        })
        .collect()
}

fn enough(folds: usize, repetitions: usize) -> Result<(), NotEstimable> {
    parts("folds", 2, folds)?;
    parts("repetitions", 1, repetitions)
}

fn by_fold(fold_of: &[usize], folds: usize) -> impl Iterator<Item = Split> + '_ {
    (0..folds).map(move |fold| {
        let (test, train) = (0..fold_of.len()).partition(|&row| fold_of[row] == fold);
        Split { train, test }
    })
}
