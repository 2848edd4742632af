//! Answers that change one item at a time, kept packed: several items a byte, each with a digit of its own.

use ndarray::Array2;

use super::pack::{MOST_PATTERNS, Pack, counted};
use super::{Coded, Columns};
use crate::research::numeric::Scaling;

/// Where the code of one source stands in its byte.
#[derive(Debug, Clone, Copy)]
struct Digit {
    pack: usize,
    /// What a step of the code adds to the byte.
    times: usize,
    codes: usize,
}

/// Coded sources that can be changed cell by cell and read some rows at a time, neither of which packs anything anew.
#[derive(Debug, Clone)]
pub(crate) struct ChangingCodes {
    columns: Columns,
    digits: Vec<Digit>,
    /// Columns of each source.
    widths: Vec<usize>,
}

impl ChangingCodes {
    /// Packs sources in their order, as many a byte as have few patterns together, whether those occur or not: any may later.
    /// Their columns must be those of `names`, in order; `items` says which item each belongs to.
    pub(crate) fn new(names: Vec<String>, items: Vec<usize>, sources: Vec<Coded>) -> Self {
        let rows = sources.first().map_or(0, |source| source.row_codes.len());
        let widths = sources.iter().map(|source| source.columns.len()).collect();
        let mut packs: Vec<Pack> = Vec::new();
        let mut digits: Vec<Digit> = Vec::new();
        for source in sources {
            let codes = source.codes;
            match packs.last_mut().filter(|pack| pack.patterns * codes <= MOST_PATTERNS) {
                Some(pack) => {
                    let times = pack.patterns;
                    for (byte, code) in pack.codes.iter_mut().zip(&source.row_codes) {
                        *byte += *code * times as u8;
                    }
                    let width = [pack.columns.len(), source.columns.len()];
                    let mut table = Vec::with_capacity(times * codes * (width[0] + width[1]));
                    for right in source.table.chunks_exact(width[1]) {
                        for left in pack.table.chunks_exact(width[0]) {
                            table.extend_from_slice(left);
                            table.extend_from_slice(right);
                        }
                    }
                    pack.table = table;
                    pack.columns.extend(source.columns);
                    pack.patterns *= codes;
                    digits.push(Digit { pack: packs.len() - 1, times, codes });
                }
                None => {
                    packs.push(Pack {
                        columns: source.columns,
                        codes: source.row_codes,
                        patterns: codes,
                        counts: Vec::new(),
                        table: source.table,
                    });
                    digits.push(Digit { pack: packs.len() - 1, times: 1, codes });
                }
            }
        }
        for pack in &mut packs {
            pack.counts = counted(&pack.codes, pack.patterns);
        }
        let (dense_columns, dense) = (Vec::new(), Array2::zeros((0, rows)));
        let columns = Columns { rows, names, items, packs, cover: None, dense_columns, dense };
        Self { columns, digits, widths }
    }

    /// All rows as columns. What the packs count is out of date once a code has changed: [`Self::finished`] counts anew.
    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Changes the code of a source in some rows; `code` gives it for the number of the row in the list.
    pub(crate) fn set(&mut self, source: usize, rows: &[u32], code: impl Fn(usize) -> u8) {
        let Digit { pack, times, codes } = self.digits[source];
        // Each byte with this digit at 0.
        let mut cleared = [0_u8; 256];
        for (byte, without) in cleared.iter_mut().enumerate() {
            *without = (byte - byte / times % codes * times) as u8;
        }
        let bytes = &mut self.columns.packs[pack].codes;
        for (number, row) in rows.iter().enumerate() {
            let byte = &mut bytes[*row as usize];
            *byte = cleared[usize::from(*byte)] + (usize::from(code(number)) * times) as u8;
        }
    }

    /// Copies some rows into `target`, which holds the columns of all sources; its counts stay as they are.
    pub(crate) fn copy_rows(&self, rows: &[u32], target: &mut Columns) {
        target.rows = rows.len();
        for (copy, pack) in target.packs.iter_mut().zip(&self.columns.packs) {
            copy.codes.clear();
            copy.codes.extend(rows.iter().map(|row| pack.codes[*row as usize]));
        }
    }

    /// The linear predictor of some rows.
    pub(crate) fn linear_at(
        &self,
        rows: &[u32],
        scaling: &Scaling,
        coefficients: &[f64],
        out: &mut Vec<f64>,
    ) {
        const TOGETHER: usize = 1_024;
        out.clear();
        out.resize(rows.len(), coefficients[0]);
        let tables = self.columns.design(true).looked_up(scaling, coefficients);
        for (rows, out) in rows.chunks(TOGETHER).zip(out.chunks_mut(TOGETHER)) {
            for (pack, table) in self.columns.packs.iter().zip(&tables) {
                for (sum, row) in out.iter_mut().zip(rows) {
                    *sum += table[usize::from(pack.codes[*row as usize])];
                }
            }
        }
    }

    /// The columns of all sources but the last.
    pub(crate) fn finished(self) -> Columns {
        let Self { mut columns, digits, widths } = self;
        let (Some(last), Some(width)) = (digits.last(), widths.last()) else { return columns };
        columns.names.truncate(columns.names.len() - width);
        columns.items.truncate(columns.names.len());
        // The last source has the highest digit of its byte: what is below it is the byte without it.
        if let Some(pack) = columns.packs.get_mut(last.pack) {
            let kept = pack.columns.len() - width;
            if kept == 0 {
                columns.packs.pop();
            } else {
                let lower: Vec<u8> =
                    (0..=255_u8).map(|byte| (usize::from(byte) % last.times) as u8).collect();
                pack.codes.iter_mut().for_each(|byte| *byte = lower[usize::from(*byte)]);
                let lines = pack.table.chunks_exact(pack.columns.len()).take(last.times);
                pack.table = lines.flat_map(|line| &line[..kept]).copied().collect();
                pack.columns.truncate(kept);
                pack.patterns = last.times;
            }
        }
        for pack in &mut columns.packs {
            pack.counts = counted(&pack.codes, pack.patterns);
        }
        columns
    }
}
