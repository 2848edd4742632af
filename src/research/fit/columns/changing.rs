//! Answers that change one item at a time, kept packed: several items a byte, each with a digit of its own.

use ndarray::Array2;

use super::pack::{MOST_PATTERNS, Pack, counted};
use super::{Coded, Columns};

/// Where the code of one source stands in its byte.
#[derive(Debug, Clone, Copy)]
struct Digit {
    pack: usize,
    /// What a step of the code adds to the byte.
    times: usize,
    codes: usize,
}

/// Coded sources that can be changed cell by cell and read without one of them, neither of which packs anything anew.
#[derive(Debug, Clone)]
pub(crate) struct ChangingCodes {
    names: Vec<String>,
    packs: Vec<Pack>,
    digits: Vec<Digit>,
    /// Places of the columns of each source.
    columns: Vec<Vec<usize>>,
}

impl ChangingCodes {
    /// Packs sources in their order, as many a byte as have few patterns together, whether those occur or not: any may later.
    /// Their columns must be those of `names`, in order.
    pub(crate) fn new(names: Vec<String>, sources: Vec<Coded>) -> Self {
        let columns = sources.iter().map(|source| source.columns.clone()).collect();
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
        Self { names, packs, digits, columns }
    }

    /// Changes the code of a source in some rows.
    pub(crate) fn set(&mut self, source: usize, rows: &[usize], code: impl Fn(usize) -> u8) {
        let Digit { pack, times, codes } = self.digits[source];
        let bytes = &mut self.packs[pack].codes;
        for &row in rows {
            let byte = usize::from(bytes[row]);
            let before = byte / times % codes;
            bytes[row] = (byte - before * times + usize::from(code(row)) * times) as u8;
        }
    }

    /// Some rows, as columns without those of one source.
    pub(crate) fn without(&self, source: usize, rows: &[usize]) -> Columns {
        let Digit { pack: own, times, codes } = self.digits[source];
        let gone = &self.columns[source];
        let (first, count) = (gone.first().copied().unwrap_or(0), gone.len());
        let moved = |place: usize| if place < first { place } else { place - count };
        let mut packs = Vec::with_capacity(self.packs.len());
        for (place, pack) in self.packs.iter().enumerate() {
            if place != own {
                let mut picked = pack.select(rows);
                picked.columns.iter_mut().for_each(|column| *column = moved(*column));
                packs.push(picked);
                continue;
            }
            let kept: Vec<usize> =
                (0..pack.columns.len()).filter(|at| !gone.contains(&pack.columns[*at])).collect();
            if kept.is_empty() {
                continue;
            }
            // The byte without this digit: what stands below it, and what stands above it moved down.
            let patterns = pack.patterns / codes;
            let shorter = |byte: usize| byte % times + byte / (times * codes) * times;
            let mut renamed = [0_u8; 256];
            for (byte, name) in renamed.iter_mut().enumerate().take(pack.patterns) {
                *name = shorter(byte) as u8;
            }
            let picked: Vec<u8> =
                rows.iter().map(|row| renamed[usize::from(pack.codes[*row])]).collect();
            let mut table = vec![0.0; patterns * kept.len()];
            for byte in 0..pack.patterns {
                let line = &mut table[shorter(byte) * kept.len()..][..kept.len()];
                for (value, at) in line.iter_mut().zip(&kept) {
                    *value = pack.value(byte as u8, *at);
                }
            }
            packs.push(Pack {
                columns: kept.iter().map(|at| moved(pack.columns[*at])).collect(),
                counts: counted(&picked, patterns),
                codes: picked,
                patterns,
                table,
            });
        }
        let left = (0..self.names.len()).filter(|place| !gone.contains(place));
        let names: Vec<String> = left.map(|place| self.names[place].clone()).collect();
        Columns {
            rows: rows.len(),
            items: (0..names.len()).collect(),
            names,
            packs,
            places: Vec::new(),
            dense: Array2::zeros((0, rows.len())),
        }
    }
}
