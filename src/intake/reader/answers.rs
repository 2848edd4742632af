//! The answers of a record: codes, and what in a cell was not understood.

use std::cmp::Ordering;

use super::RecordReader;
use crate::backlog::{Reading, more_dangerous};
use crate::complaint::{NotUnderstood, WhyNotUnderstood};
use crate::intake::cache::CellCode;
use crate::intake::cells::Cells;
use crate::intake::mapping::Take;
use crate::intake::plan::{ItemSource, Plan};

impl RecordReader<'_> {
    /// By number of use: the column that is read, and whether a code alone says what a cell says, so that a source
    /// may work out codes beforehand.
    #[cfg(feature = "arrow-59")]
    pub(in crate::intake) fn coded_uses(&self) -> Vec<(usize, bool)> {
        let plan = self.plan;
        let is_plain = |source: usize| plan.items[source].constant.is_none();
        self.uses.iter().map(|used| (used.column, is_plain(used.source))).collect()
    }

    /// The code of a cell for the use of this number, where all of it is understood.
    #[cfg(feature = "arrow-59")]
    pub(in crate::intake) fn code_of(&mut self, number: usize, cell: &[u8]) -> Option<u8> {
        let RecordReader { plan, reading, uses, .. } = self;
        let used = &mut uses[number];
        let source = &plan.items[used.source];
        let work_out = |cell: &[u8]| cell_code(plan, reading, source, cell);
        let found = match &mut used.cache {
            Some(cache) => cache.get(cell, work_out),
            None => work_out(cell),
        };
        found.understood.then_some(found.code)
    }

    pub(super) fn answers(&mut self, cells: &(impl Cells + ?Sized)) {
        self.codes.fill(0);
        for &(item, code) in &self.constants {
            self.codes[item] = code;
        }
        let RecordReader { plan, reading, uses, codes, not_understood, .. } = self;
        for (number, used) in uses.iter_mut().enumerate() {
            if used.is_plain
                && let Some(cache) = &used.cache
                && let Some(key) = cells.short_key(number)
                && let Some(code) = cache.get_short(key)
            {
                codes[used.item] = code;
                continue;
            }
            let source = &plan.items[used.source];
            let found = if let Some(code) = cells.code(number) {
                CellCode { code, understood: true }
            } else {
                let cell = cells.cell(used.column);
                if cell.is_empty() {
                    continue;
                }
                let work_out = |cell: &[u8]| cell_code(plan, reading, source, cell);
                let found = match &mut used.cache {
                    Some(cache) => cache.get(cell, work_out),
                    None => work_out(cell),
                };
                if !found.understood {
                    tell(plan, source, used.column, cell, not_understood);
                }
                found
            };
            let code = &mut codes[source.item];
            if used.alone || *code == 0 {
                *code = found.code;
            } else if found.code != 0 && source.take == Take::MostDangerous {
                *code = stronger(plan, reading, source, *code, found.code);
            }
        }
        for (column, path, text) in cells.nested() {
            for &source in &plan.names[*column].items {
                let item = plan.item(&plan.items[source]);
                let why = WhyNotUnderstood::NotListed { nearest: None };
                not_understood.push(NotUnderstood::new(&item.id, text, why).in_column(path));
            }
        }
    }
}

/// Of two known answers the one that points more strongly to danger.
fn stronger(plan: &Plan, reading: &Reading, source: &ItemSource, first: u8, second: u8) -> u8 {
    let item = plan.item(source);
    let order = more_dangerous(item, source.item, first, second, &reading.danger);
    if order == Ordering::Greater { second } else { first }
}

/// What a cell says about an item: the most dangerous of its words.
pub(in crate::intake) fn cell_code(
    plan: &Plan,
    reading: &Reading,
    source: &ItemSource,
    cell: &[u8],
) -> CellCode {
    let Ok(text) = std::str::from_utf8(cell) else {
        return CellCode { code: 0, understood: false };
    };
    let item = plan.item(source);
    let mut found = CellCode { code: 0, understood: true };
    for word in source.words_of(text) {
        match source.meaning(word, item) {
            Ok(0) => {}
            Ok(code) if found.code == 0 => found.code = code,
            Ok(code) => found.code = stronger(plan, reading, source, found.code, code),
            Err(_) => found.understood = false,
        }
    }
    found
}

/// Tells what in a cell was not understood.
#[cold]
fn tell(
    plan: &Plan,
    source: &ItemSource,
    column: usize,
    cell: &[u8],
    told: &mut Vec<NotUnderstood>,
) {
    let item = plan.item(source);
    let name = &plan.names[column].name;
    let mut add = |text: &str, why| {
        let what = NotUnderstood::new(&item.id, text, why);
        told.push(if *name == item.id { what } else { what.in_column(name) });
    };
    match std::str::from_utf8(cell) {
        Err(_) => add(&String::from_utf8_lossy(cell), WhyNotUnderstood::NotText),
        Ok(text) => {
            for word in source.words_of(text) {
                if let Err(why) = source.meaning(word, item) {
                    add(word.trim(), why);
                }
            }
        }
    }
}
