//! What was not understood, for many rows: each text once, however many rows have it.

use std::collections::BTreeMap;

use crate::complaint::NotUnderstood;

/// The most different texts kept; those that come later are kept without their text.
const MOST: usize = 1 << 16;

/// Something in one row that was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclear {
    pub(super) row: u32,
    pub(super) cause: u32,
    /// 0 where none is known; the greatest number also for those beyond it.
    pub(super) line: u32,
}

/// Items, texts and reasons, numbered from 0 in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Causes {
    list: Vec<NotUnderstood>,
    numbers: BTreeMap<NotUnderstood, u32>,
}

impl Causes {
    /// The number of a cause, and its line.
    pub(super) fn number(&mut self, what: &NotUnderstood) -> (u32, u32) {
        let line = what.line().map_or(0, |line| u32::try_from(line).unwrap_or(u32::MAX));
        let cause = what.without_line();
        if let Some(&number) = self.numbers.get(&cause) {
            return (number, line);
        }
        let cause = if self.list.len() < MOST { cause } else { cause.without_text() };
        (self.insert(cause), line)
    }

    fn insert(&mut self, cause: NotUnderstood) -> u32 {
        let next = self.list.len() as u32;
        let list = &mut self.list;
        *self.numbers.entry(cause).or_insert_with_key(|cause| {
            list.push(cause.clone());
            next
        })
    }

    pub(super) fn get(&self, unclear: Unclear) -> NotUnderstood {
        let cause = self.list[unclear.cause as usize].clone();
        if unclear.line == 0 { cause } else { cause.at_line(unclear.line.into()) }
    }

    pub(super) fn cause(&self, number: u32) -> &NotUnderstood {
        &self.list[number as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Causes numbered in their order.
    pub(super) fn of(list: Vec<NotUnderstood>) -> Self {
        let numbers = list.iter().cloned().zip(0..).collect();
        Causes { list, numbers }
    }

    /// Forgets the causes from a number on.
    pub(super) fn truncate(&mut self, length: usize) {
        for cause in self.list.drain(length.min(self.list.len())..) {
            self.numbers.remove(&cause);
        }
    }
}
