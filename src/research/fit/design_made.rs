//! Columns of a design as items are coded one after another.

use ndarray::Array2;

use super::design::{DropReason, Dropped};
use super::{Columns, FitError};

/// Columns made so far.
pub(super) struct Made {
    pub(super) builder: super::ColumnsBuilder,
    /// Fingerprint, name and values of every column.
    pub(super) seen: Vec<(u64, String, Vec<u8>, Vec<f64>)>,
    pub(super) dropped: Vec<Dropped>,
}

impl Made {
    /// Adds an item's columns that vary and are new; the places of those among `names`.
    pub(super) fn add(
        &mut self,
        names: &[String],
        codes: &[u8],
        table: &Array2<f64>,
    ) -> Result<Vec<usize>, FitError> {
        let mut kept = Vec::new();
        for (column, name) in names.iter().enumerate() {
            let values: Vec<f64> = table.column(column).to_vec();
            let value = |code: &u8| values[usize::from(*code)];
            let first = codes.first().map(value);
            if codes.iter().all(|code| Some(value(code)) == first) {
                self.dropped.push(Dropped { column: name.clone(), reason: DropReason::Constant });
                continue;
            }
            let print = codes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, code| {
                (hash ^ (value(code) + 0.0).to_bits()).wrapping_mul(0x0000_0100_0000_01b3)
            });
            let same = self.seen.iter().find(|(other, _, their_codes, theirs)| {
                *other == print
                    && codes
                        .iter()
                        .zip(their_codes)
                        .all(|(a, b)| value(a) == theirs[usize::from(*b)])
            });
            if let Some((_, original, ..)) = same {
                let reason = DropReason::DuplicateOf(original.clone());
                self.dropped.push(Dropped { column: name.clone(), reason });
                continue;
            }
            self.seen.push((print, name.clone(), codes.to_vec(), values));
            kept.push(column);
        }
        if !kept.is_empty() {
            let names: Vec<&str> = kept.iter().map(|column| names[*column].as_str()).collect();
            let builder = std::mem::replace(&mut self.builder, Columns::builder(0));
            self.builder =
                builder.codes(&names, codes.to_vec(), &table.select(ndarray::Axis(1), &kept))?;
        }
        Ok(kept)
    }
}
