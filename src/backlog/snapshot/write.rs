//! Writing snapshots.

use std::io::{self, Write};

use super::{
    BUNDLES, CAUSES, DEADLINES, END, FrameKind, GROUP, HEAD, Head, MAGIC, ORIGINS, ROWS, SAID,
    SAYINGS, SNAPSHOT_FORMAT, STAGES, SUBJECTS, TEXTS, UNCLEAR, UNITS, checksum, origin_code,
};
use crate::backlog::Backlog;
use crate::backlog::columns::{NO_DEADLINE, Sparing};
use crate::backlog::names::Names;
use crate::backlog::said::Said;

struct Frames<W> {
    sink: W,
    number: u64,
}

impl<W: Write> Frames<W> {
    fn write(&mut self, kind: FrameKind, payload: &[u8]) -> io::Result<()> {
        self.sink.write_all(&kind)?;
        self.sink.write_all(&(payload.len() as u64).to_le_bytes())?;
        self.sink.write_all(&checksum(self.number, kind, payload).to_le_bytes())?;
        self.sink.write_all(payload)?;
        self.number += 1;
        Ok(())
    }
}

impl Backlog {
    /// Writes the backlog as a binary snapshot that [`Backlog::load`] reads without loss. Saving
    /// what was loaded gives the same bytes. O(n).
    ///
    /// # Errors
    /// Where the sink fails.
    pub fn save(&self, mut sink: impl Write) -> io::Result<()> {
        sink.write_all(&MAGIC)?;
        let all_clear = self.inner.columns.unclear.is_empty();
        sink.write_all(&SNAPSHOT_FORMAT.to_le_bytes())?;
        let mut frames = Frames { sink, number: 0 };
        let head = Head {
            codebook: self.codebook().identity().clone(),
            answers: self.codebook().digest_of_answers().to_owned(),
            items: self.codebook().item_digests(),
            rows: self.len() as u64,
            as_of: self.as_of(),
        };
        frames.write(HEAD, &serde_json::to_vec(&head)?)?;
        let mut payload = Vec::new();
        for first in (0..self.len()).step_by(GROUP) {
            payload.clear();
            self.put_group(first..(first + GROUP).min(self.len()), &mut payload);
            frames.write(ROWS, &payload)?;
        }
        let columns = &self.inner.columns;
        let texts = [&columns.units, &columns.subjects, &columns.bundles, &columns.kinds];
        for (kind, texts) in TEXTS.into_iter().zip(texts) {
            write_texts(&mut frames, kind, texts.texts())?;
        }
        if !all_clear {
            self.write_unclear(&mut frames)?;
        }
        if !columns.said.is_empty() {
            self.write_said(&mut frames)?;
        }
        frames.write(END, &[])?;
        frames.sink.flush()
    }

    fn write_unclear(&self, frames: &mut Frames<impl Write>) -> io::Result<()> {
        let columns = &self.inner.columns;
        let mut entries: Vec<[u32; 3]> = Vec::with_capacity(columns.unclear.len());
        for unclear in &columns.unclear {
            let row = self.inner.row(unclear.row as usize) as u32;
            entries.push([row, unclear.cause, unclear.line]);
        }
        // Stable, so that the things of one row stay in the order in which they were read.
        entries.sort_by_key(|[row, ..]| *row);
        // Numbered as rows name them, so that saving what was loaded gives the same bytes.
        let mut numbers = vec![u32::MAX; columns.causes.len()];
        let mut causes = Vec::new();
        for [_, cause, _] in &mut entries {
            let number = &mut numbers[*cause as usize];
            if *number == u32::MAX {
                *number = causes.len() as u32;
                causes.push(columns.causes.cause(*cause));
            }
            *cause = *number;
        }
        frames.write(CAUSES, &serde_json::to_vec(&causes)?)?;
        for group in entries.chunks(GROUP) {
            let payload: Vec<u8> =
                group.iter().flatten().flat_map(|number| number.to_le_bytes()).collect();
            frames.write(UNCLEAR, &payload)?;
        }
        Ok(())
    }

    fn write_said(&self, frames: &mut Frames<impl Write>) -> io::Result<()> {
        let columns = &self.inner.columns;
        let row = |said: &Said| self.inner.row(said.row as usize) as u32;
        let mut entries: Vec<[u32; 2]> =
            columns.said.iter().map(|said| [row(said), said.list]).collect();
        entries.sort_unstable();
        // Numbered as rows name them, as causes are.
        let mut numbers = vec![u32::MAX; columns.sayings.len()];
        let mut lists = Vec::new();
        for [_, list] in &mut entries {
            let number = &mut numbers[*list as usize];
            if *number == u32::MAX {
                *number = lists.len() as u32;
                lists.push(columns.sayings.get(*list));
            }
            *list = *number;
        }
        for group in lists.chunks(GROUP) {
            frames.write(SAYINGS, &serde_json::to_vec(group)?)?;
        }
        for group in entries.chunks(GROUP) {
            let payload: Vec<u8> =
                group.iter().flatten().flat_map(|number| number.to_le_bytes()).collect();
            frames.write(SAID, &payload)?;
        }
        Ok(())
    }

    fn put_group(&self, rows: std::ops::Range<usize>, payload: &mut Vec<u8>) {
        let columns = &self.inner.columns;
        let arrivals = || rows.clone().map(|row| self.inner.arrival(row));
        let mut present = 0;
        let mut bit = |bit: u32, any: bool| present |= if any { bit } else { 0 };
        bit(DEADLINES, !usual(&columns.deadline, arrivals()));
        bit(UNITS, !usual(&columns.unit, arrivals()));
        bit(SUBJECTS, !usual(&columns.subject, arrivals()));
        bit(BUNDLES, !usual(&columns.bundle, arrivals()));
        bit(STAGES, !usual(&columns.stage, arrivals()));
        bit(ORIGINS, !usual(&columns.origin, arrivals()));
        let mut later = Vec::new();
        let mut known = Vec::new();
        for (row, arrival) in (0_u32..).zip(arrivals()) {
            let deadlines = columns.later(arrival);
            later.extend(deadlines.map(|later| (row, later.kind, later.due)));
            let times = columns.known(arrival);
            known.extend(times.map(|known| (row, known.item, known.time.unix_seconds())));
        }
        for count in [rows.len() as u32, present, later.len() as u32, known.len() as u32] {
            payload.extend(count.to_le_bytes());
        }
        for arrival in arrivals() {
            payload.extend(columns.received[arrival].unix_seconds().to_le_bytes());
        }
        if present & DEADLINES != 0 {
            payload.extend(arrivals().flat_map(|row| columns.deadline.get(row).to_le_bytes()));
            let kinds = arrivals().map(|row| match columns.deadline.get(row) {
                NO_DEADLINE => 0,
                _ => columns.deadline_kind.get(row),
            });
            payload.extend(kinds.flat_map(u32::to_le_bytes));
        }
        let numbers =
            [(UNITS, &columns.unit), (SUBJECTS, &columns.subject), (BUNDLES, &columns.bundle)];
        for (bit, column) in numbers {
            if present & bit != 0 {
                payload.extend(arrivals().flat_map(|row| column.get(row).to_le_bytes()));
            }
        }
        if present & STAGES != 0 {
            payload.extend(arrivals().map(|row| columns.stage.get(row) as u8));
        }
        if present & ORIGINS != 0 {
            payload.extend(arrivals().map(|row| origin_code(columns.origin.get(row))));
        }
        for (row, number, time) in later.into_iter().chain(known) {
            payload.extend(row.to_le_bytes());
            payload.extend(number.to_le_bytes());
            payload.extend(time.to_le_bytes());
        }
        // Ids were checked to have at most 128 bytes.
        payload.extend(arrivals().map(|row| columns.ids.get(row).len() as u8));
        let width = self.inner.packing.width();
        payload.extend_from_slice(&self.inner.packed[rows.start * width..rows.end * width]);
        for arrival in arrivals() {
            payload.extend_from_slice(columns.ids.get(arrival).as_bytes());
        }
    }
}

fn usual<T: Copy + PartialEq>(column: &Sparing<T>, mut rows: impl Iterator<Item = usize>) -> bool {
    column.is_plain() || rows.all(|row| column.is_usual(row))
}

fn write_texts(frames: &mut Frames<impl Write>, kind: FrameKind, texts: &Names) -> io::Result<()> {
    let mut payload = Vec::new();
    for first in (0..texts.len()).step_by(GROUP) {
        let group = first..(first + GROUP).min(texts.len());
        payload.clear();
        payload.extend((group.len() as u32).to_le_bytes());
        payload.extend(group.clone().map(|number| texts.get(number).len() as u8));
        for number in group {
            payload.extend_from_slice(texts.get(number).as_bytes());
        }
        frames.write(kind, &payload)?;
    }
    Ok(())
}
