//! The times of a record: when it came in, when answers became known, until when something must be done.

use super::RecordReader;
use crate::Timestamp;
use crate::backlog::{EARLIEST_RECEIVED, LATEST_RECEIVED, MOST_DEADLINES, WhyNotRankable};
use crate::base::SECONDS_PER_DAY;
use crate::base::text::cut;
use crate::complaint::{Deadline, DeadlineKind, NotUnderstood, WhyNotUnderstood};
use crate::intake::cells::{Cells, MOST_SHOWN, first_filled, first_filled_column, shown, text_of};
use crate::intake::plan::{BETWEEN_VALUES, TimeSource};
use crate::intake::times::{NotATime, TimeRead};

impl RecordReader<'_> {
    pub(super) fn known_times(&mut self, cells: &(impl Cells + ?Sized)) {
        for source in self.dated.iter().map(|&position| &self.plan.items[position]) {
            let Some(known_at) = &source.known_at else { continue };
            let item = self.plan.item(source);
            match read_time(known_at, cells) {
                Some(Ok(read)) if self.codes[source.item] != 0 => {
                    self.known.push((source.item, read.time));
                }
                Some(Ok(_)) | None => {}
                Some(Err((text, fault))) => {
                    let name = format!("{}.known_at", item.id);
                    self.not_understood.push(NotUnderstood::new(&name, &text, why_of(fault)));
                }
            }
        }
        self.known.sort_unstable_by_key(|&(item, _)| item);
    }

    pub(super) fn read_deadlines(&mut self, cells: &(impl Cells + ?Sized)) {
        for source in &self.plan.deadlines {
            for read in read_times(&source.time, cells) {
                match read {
                    Ok(read) => {
                        let due = end_of(read).plus_days(source.plus_days);
                        self.deadlines.push(Deadline { due, kind: source.kind.clone() });
                    }
                    Err((text, fault)) => {
                        let name = source.kind.to_string();
                        self.not_understood.push(NotUnderstood::new(&name, &text, why_of(fault)));
                    }
                }
            }
        }
        let lists = &self.plan.deadline_lists;
        for &column in &lists.columns {
            let text = String::from_utf8_lossy(cells.cell(column));
            for part in
                text.split([';', BETWEEN_VALUES]).map(str::trim).filter(|part| !part.is_empty())
            {
                let read = part.split_once('=').and_then(|(kind, due)| {
                    let read = lists.rule.read(due).ok()?;
                    let kind = DeadlineKind::from(kind.trim().to_owned());
                    let deadline = Deadline { due: end_of(read), kind };
                    deadline.check().is_ok().then_some(deadline)
                });
                match read {
                    Some(deadline) => self.deadlines.push(deadline),
                    None => self.not_understood.push(NotUnderstood::new(
                        "deadlines",
                        part,
                        WhyNotUnderstood::NotADeadline,
                    )),
                }
            }
        }
        self.deadlines.sort();
        self.deadlines.dedup();
        if self.deadlines.len() > MOST_DEADLINES {
            let why = WhyNotUnderstood::TooMany { limit: MOST_DEADLINES };
            let text = self.deadlines.len().to_string();
            self.not_understood.push(NotUnderstood::new("deadlines", &text, why));
            // The earliest stay.
            self.deadlines.truncate(MOST_DEADLINES);
        }
    }

    pub(super) fn received(
        &mut self,
        cells: &(impl Cells + ?Sized),
    ) -> Result<Timestamp, WhyNotRankable> {
        let (text, why) = match read_time(&self.plan.received, cells) {
            Some(Ok(read)) if (EARLIEST_RECEIVED..=LATEST_RECEIVED).contains(&read.time) => {
                return Ok(read.time);
            }
            Some(Ok(_)) => {
                let text = first_filled(&self.plan.received.columns, cells).unwrap_or_default();
                let text = shown(text);
                let fault = "lies outside the years 1970 to 2199";
                (text.clone(), WhyNotRankable::Time { text, fault })
            }
            None => (String::new(), WhyNotRankable::NoTime),
            Some(Err((text, fault))) => {
                let fault = match fault {
                    NotATime::Form => "is in none of the forms that the mapping states",
                    NotATime::NoZone => "names no zone, and the mapping states none",
                    NotATime::Implausible => "is outside the times that the mapping believes",
                };
                let text = cut(&text, MOST_SHOWN);
                (text.clone(), WhyNotRankable::Time { text, fault })
            }
        };
        let Some(now) = self.reading.time_of_intake else { return Err(why) };
        let why = WhyNotUnderstood::ReceivedAtIntake;
        self.not_understood.push(NotUnderstood::new("received", &text, why));
        Ok(now)
    }
}

/// A time that was read, or a text that is none, and why.
type Read = Result<TimeRead, (String, NotATime)>;

/// The first of some columns that is filled in, as a time.
fn read_time(source: &TimeSource, cells: &(impl Cells + ?Sized)) -> Option<Read> {
    let column = first_filled_column(&source.columns, cells)?;
    let text = || text_of(cells.cell(column));
    Some(match cells.time(column) {
        Some(time) => source.rule.read_cell(time).map_err(|fault| (text().into_owned(), fault)),
        None => {
            let text = text();
            source.rule.read(&text).map_err(|fault| (text.into_owned(), fault))
        }
    })
}

/// The first of some columns that is filled in, as one time or several.
fn read_times(source: &TimeSource, cells: &(impl Cells + ?Sized)) -> Vec<Read> {
    let Some(column) = first_filled_column(&source.columns, cells) else { return Vec::new() };
    if let Some(times) = cells.times(column) {
        let text = || String::from_utf8_lossy(cells.cell(column)).into_owned();
        let read = |time| source.rule.read_cell(time).map_err(|fault| (text(), fault));
        return times.into_iter().map(read).collect();
    }
    let cell = cells.cell(column);
    if cells.time(column).is_some() || !cell.contains(&(BETWEEN_VALUES as u8)) {
        return read_time(source, cells).into_iter().collect();
    }
    let text = String::from_utf8_lossy(cell);
    let values = text.split(BETWEEN_VALUES).filter(|value| !value.trim().is_empty());
    values.map(|value| source.rule.read(value).map_err(|fault| (value.to_owned(), fault))).collect()
}

/// A day by itself ends with its last second.
fn end_of(read: TimeRead) -> Timestamp {
    if read.is_day { read.time.plus_seconds(SECONDS_PER_DAY - 1) } else { read.time }
}

fn why_of(fault: NotATime) -> WhyNotUnderstood {
    match fault {
        NotATime::Implausible => WhyNotUnderstood::ImplausibleTime,
        NotATime::Form | NotATime::NoZone => WhyNotUnderstood::NotATime,
    }
}
