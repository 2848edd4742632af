//! Whether a calibration is judged on complaints that it was learnt from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

/// Complaints as a calibration keeps them, to tell others from them: digests alone, no score and no key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SeenComplaints {
    /// Of all rows in their order.
    whole: u64,
    /// Of each row's score and label.
    rows: Vec<u64>,
    /// Distinct scores.
    scores: usize,
    /// Of each row's key, where keys were given.
    keys: Option<Vec<u64>>,
}

/// FNV over whole numbers: tells complaints apart, against accidents.
fn digest(words: impl Iterator<Item = u64>) -> u64 {
    words
        .fold(0xcbf2_9ce4_8422_2325, |hash, word| (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3))
}

/// How many complaints judged are among those that were learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Overlap {
    /// So many have the key (id, subject) of one that was learnt from.
    Shared {
        /// Complaints with such a key.
        shared: usize,
        /// Complaints judged.
        of: usize,
    },
    /// No keys were given, and so many have the very score and label of one that was learnt from, though scores vary: most
    /// likely the same complaints.
    Alike {
        /// Complaints alike.
        alike: usize,
        /// Complaints judged.
        of: usize,
    },
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Overlap::Shared { shared, of } => write!(
                f,
                "{shared} of the {of} complaints judged, or others about their subjects, were learnt from: the figure is too good"
            ),
            Overlap::Alike { alike, of } => write!(
                f,
                "{alike} of the {of} complaints judged have the very score and label of one that was learnt from, so most likely are it: the figure is too good"
            ),
        }
    }
}

/// What judging one body of complaints by another finds.
pub(super) enum Judging {
    Same,
    Some(Overlap),
    Others,
}

impl SeenComplaints {
    pub(super) fn of(scores: &[f64], labels: &[bool], keys: Option<&[&str]>) -> Self {
        let words = |(score, label): (&f64, &bool)| [(score + 0.0).to_bits(), u64::from(*label)];
        let rows = || scores.iter().zip(labels).map(words);
        let of_key = |key: &&str| digest(key.bytes().map(u64::from));
        let distinct: BTreeSet<u64> = rows().map(|[score, _]| score).collect();
        Self {
            whole: digest(rows().flatten()),
            rows: rows().map(|words| digest(words.into_iter())).collect(),
            scores: distinct.len(),
            keys: keys.map(|keys| keys.iter().map(of_key).collect()),
        }
    }

    /// Holds complaints to be judged against these, which were learnt from.
    pub(super) fn judging(&self, judged: &Self) -> Judging {
        let of = judged.rows.len();
        if self.whole == judged.whole && self.rows.len() == of {
            return Judging::Same;
        }
        let mut left: BTreeMap<u64, usize> = BTreeMap::new();
        for row in &self.rows {
            *left.entry(*row).or_default() += 1;
        }
        let mut take = |row: &u64| match left.get_mut(row) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        };
        let alike = judged.rows.iter().filter(|row| take(row)).count();
        if let (Some(learnt), Some(keys)) = (&self.keys, &judged.keys) {
            let learnt: BTreeSet<&u64> = learnt.iter().collect();
            let shared = keys.iter().filter(|key| learnt.contains(key)).count();
            return match shared {
                0 => Judging::Others,
                // New complaints about known subjects are not the same ones.
                _ if shared == of && alike == of => Judging::Same,
                _ => Judging::Some(Overlap::Shared { shared, of }),
            };
        }
        // Scores that many complaints share say nothing of which complaint it is.
        let varied = 2 * self.scores > self.rows.len();
        match varied && 2 * alike > of {
            false => Judging::Others,
            true if alike == of && of == self.rows.len() => Judging::Same,
            true => Judging::Some(Overlap::Alike { alike, of }),
        }
    }
}
