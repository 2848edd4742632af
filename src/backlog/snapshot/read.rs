//! Reading snapshots: group by group, each checked before anything is made of it.

use std::io::{self, Read};
use std::sync::{Arc, OnceLock};

use super::{
    BUNDLES, DEADLINES, END, FRAME_HEAD, FrameKind, GROUP, HEAD, Head, MAGIC, ORIGINS, ROWS,
    SNAPSHOT_FORMAT, STAGES, SUBJECTS, SnapshotError, TEXTS, UNITS, checksum, digest_of_answers,
};
use crate::Timestamp;
use crate::backlog::columns::{Columns, KnownAt, LaterDeadline, NO_DEADLINE};
use crate::backlog::names::{Interner, Names};
use crate::backlog::{Backlog, Frozen, MOST_COMPLAINTS, Packing};
use crate::codebook::{Codebook, Stage};
use crate::complaint::Origin;

/// Reads a snapshot from first to last, holding one group of rows at a time.
#[derive(Debug)]
pub(crate) struct SnapshotReader<R> {
    source: R,
    head: Head,
    packing: Packing,
    items: usize,
    /// Per byte of a packed row, which values hold a code that its item does not have.
    wrong: Vec<[u8; 256]>,
    payload: Vec<u8>,
    /// The frame read next.
    number: u64,
    /// Rows of the groups read so far.
    rows: u64,
    /// Deadline, time received and id of the last row of the group before.
    last: Option<(i64, i64, Vec<u8>)>,
}

/// Some rows of a snapshot, borrowed from its bytes.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// The row that comes first.
    pub(crate) first_row: usize,
    /// Packed answers.
    pub(crate) packed: &'a [u8],
    received: &'a [[u8; 8]],
    deadlines: &'a [[u8; 8]],
    deadline_kinds: &'a [[u8; 4]],
    units: &'a [[u8; 4]],
    subjects: &'a [[u8; 4]],
    bundles: &'a [[u8; 4]],
    stages: &'a [u8],
    origins: &'a [u8],
    later: &'a [[u8; 16]],
    known: &'a [[u8; 16]],
    id_lengths: &'a [u8],
    ids: &'a str,
}

impl<'a> Group<'a> {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.received.len()
    }

    /// Earliest deadline of a row, the greatest number for none.
    pub(crate) fn deadline(&self, row: usize) -> i64 {
        self.deadlines.get(row).map_or(NO_DEADLINE, |due| i64::from_le_bytes(*due))
    }

    /// Time received of a row, in seconds.
    pub(crate) fn received(&self, row: usize) -> i64 {
        i64::from_le_bytes(self.received[row])
    }

    /// Ids, row by row.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &'a str> {
        let mut rest = self.ids;
        self.id_lengths.iter().map(move |&length| {
            let (id, after) = rest.split_at(usize::from(length));
            rest = after;
            id
        })
    }
}

/// Cuts columns off the front of a payload.
struct Cut<'a>(&'a [u8]);

impl<'a> Cut<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn column<const WIDTH: usize>(&mut self, count: usize) -> Option<&'a [[u8; WIDTH]]> {
        Some(self.bytes(count.checked_mul(WIDTH)?)?.as_chunks().0)
    }

    fn number(&mut self) -> Option<u32> {
        self.column::<4>(1).map(|number| u32::from_le_bytes(number[0]))
    }
}

fn read_fully(source: &mut impl Read, bytes: &mut [u8], frame: u64) -> Result<(), SnapshotError> {
    source.read_exact(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => SnapshotError::Truncated { frame },
        _ => SnapshotError::Io(error),
    })
}

impl<R: Read> SnapshotReader<R> {
    pub(crate) fn new(codebook: &Codebook, mut source: R) -> Result<Self, SnapshotError> {
        let mut start = [0; 12];
        match read_fully(&mut source, &mut start, 0) {
            Err(SnapshotError::Truncated { .. }) => return Err(SnapshotError::NotASnapshot),
            other => other?,
        }
        let ([magic, ..], _) = start.as_chunks::<8>() else {
            return Err(SnapshotError::NotASnapshot);
        };
        if *magic != MAGIC {
            return Err(SnapshotError::NotASnapshot);
        }
        let found = u32::from_le_bytes([start[8], start[9], start[10], start[11]]);
        if found != SNAPSHOT_FORMAT {
            return Err(SnapshotError::Format { found });
        }
        let packing = Packing::new(codebook);
        let limits: Vec<u8> =
            codebook.items().iter().map(|item| item.answers.len().min(254) as u8).collect();
        let head = Head {
            codebook: codebook.identity().clone(),
            answers: String::new(),
            rows: 0,
            as_of: None,
        };
        let mut reader = SnapshotReader {
            source,
            head,
            wrong: packing.wrong_values(&limits),
            packing,
            items: limits.len(),
            payload: Vec::new(),
            number: 0,
            rows: 0,
            last: None,
        };
        let kind = reader.next_frame()?;
        let malformed = |what| SnapshotError::Malformed { frame: 0, what };
        if kind != HEAD {
            return Err(malformed("no heading"));
        }
        let head: Head = serde_json::from_slice(&reader.payload)
            .map_err(|_| malformed("a heading that cannot be read"))?;
        codebook.require("the snapshot", &head.codebook)?;
        if head.answers != digest_of_answers(codebook) {
            return Err(SnapshotError::OtherAnswers { codebook: head.codebook });
        }
        if head.rows > MOST_COMPLAINTS as u64 {
            return Err(malformed("more complaints than a backlog may"));
        }
        reader.head = head;
        Ok(reader)
    }

    /// Reads the next frame into `payload` and checks it.
    fn next_frame(&mut self) -> Result<FrameKind, SnapshotError> {
        let frame = self.number;
        let mut head = [0; FRAME_HEAD];
        read_fully(&mut self.source, &mut head, frame)?;
        let mut cut = Cut(&head);
        let fields = (cut.column::<4>(1), cut.column::<8>(2));
        let (Some([kind]), Some([length, sum])) = fields else {
            return Err(SnapshotError::Truncated { frame });
        };
        let length = u64::from_le_bytes(*length);
        self.payload.clear();
        // Grows as bytes arrive, so that a wrong length asks for no memory.
        let read = (&mut self.source).take(length).read_to_end(&mut self.payload);
        if (read.map_err(SnapshotError::Io)? as u64) < length {
            return Err(SnapshotError::Truncated { frame });
        }
        if checksum(frame, *kind, &self.payload) != u64::from_le_bytes(*sum) {
            return Err(SnapshotError::Altered { frame });
        }
        self.number += 1;
        Ok(*kind)
    }

    /// The next group of rows, or `None` behind the last.
    pub(crate) fn next_group(&mut self) -> Result<Option<Group<'_>>, SnapshotError> {
        if self.rows == self.head.rows {
            return Ok(None);
        }
        let frame = self.number;
        let malformed = |what| SnapshotError::Malformed { frame, what };
        if self.next_frame()? != ROWS {
            return Err(malformed("no complaints where there should be some"));
        }
        let first_row = self.rows as usize;
        let group = cut_group(&self.payload, first_row, self.packing.width());
        let group = group.ok_or_else(|| malformed("columns that do not fit its length"))?;
        if group.len() as u64 > self.head.rows - self.rows {
            return Err(malformed("more complaints than its heading says"));
        }
        self.last =
            Some(check(&group, &self.wrong, self.items, self.last.take()).map_err(malformed)?);
        self.rows += group.len() as u64;
        Ok(Some(group))
    }

    /// The texts behind the rows: units, subjects, bundles, kinds of deadlines.
    pub(crate) fn texts(&mut self) -> Result<[Names; 4], SnapshotError> {
        let mut texts = <[Names; 4]>::default();
        let mut least = 0;
        loop {
            let frame = self.number;
            let malformed = |what| SnapshotError::Malformed { frame, what };
            let kind = self.next_frame()?;
            if kind == END {
                return Ok(texts);
            }
            let place = TEXTS.iter().position(|&text| text == kind);
            let place = place.filter(|&place| place >= least);
            least = place.ok_or_else(|| malformed("a frame out of its order"))?;
            add_texts(&self.payload, &mut texts[least]).ok_or_else(|| malformed("broken texts"))?;
        }
    }

    /// Reads to the end, so that a snapshot that is cut short is not taken for a whole one.
    pub(crate) fn finish(mut self) -> Result<(), SnapshotError> {
        while self.next_frame()? != END {}
        Ok(())
    }
}

fn add_texts(payload: &[u8], texts: &mut Names) -> Option<()> {
    let mut cut = Cut(payload);
    let count = cut.number()? as usize;
    let lengths = cut.bytes(count)?;
    texts.append_cut(std::str::from_utf8(cut.0).ok()?, lengths).then_some(())
}

fn cut_group(payload: &[u8], first_row: usize, width: usize) -> Option<Group<'_>> {
    let mut cut = Cut(payload);
    let (rows, present) = (cut.number()? as usize, cut.number()?);
    let (later, known) = (cut.number()? as usize, cut.number()? as usize);
    let rows_if = |bit: u32| if present & bit == 0 { 0 } else { rows };
    let group = Group {
        first_row,
        received: cut.column(rows)?,
        deadlines: cut.column(rows_if(DEADLINES))?,
        deadline_kinds: cut.column(rows_if(DEADLINES))?,
        units: cut.column(rows_if(UNITS))?,
        subjects: cut.column(rows_if(SUBJECTS))?,
        bundles: cut.column(rows_if(BUNDLES))?,
        stages: cut.bytes(rows_if(STAGES))?,
        origins: cut.bytes(rows_if(ORIGINS))?,
        later: cut.column(later)?,
        known: cut.column(known)?,
        id_lengths: cut.bytes(rows)?,
        packed: cut.bytes(rows.checked_mul(width)?)?,
        ids: std::str::from_utf8(cut.0).ok()?,
    };
    (1..=GROUP).contains(&rows).then_some(group)
}

/// Checks what a checksum cannot: that rows are such as a backlog holds, and stand in tie order
/// behind the last row of the group before. Gives the last row.
fn check(
    group: &Group<'_>,
    wrong: &[[u8; 256]],
    items: usize,
    last: Option<(i64, i64, Vec<u8>)>,
) -> Result<(i64, i64, Vec<u8>), &'static str> {
    let is_time =
        |time: i64| (Timestamp::MIN.unix_seconds()..=Timestamp::MAX.unix_seconds()).contains(&time);
    let lengths = group.id_lengths.iter();
    let whole =
        lengths.clone().map(|&length| usize::from(length)).sum::<usize>() == group.ids.len();
    let named = group.id_lengths.iter().all(|length| (1..=128).contains(length));
    let mut end = 0;
    let mut ends = lengths.map(|&length| {
        end += usize::from(length);
        end
    });
    if !whole
        || !named
        || !(group.ids.is_ascii() || ends.all(|end| group.ids.is_char_boundary(end)))
    {
        return Err("ids of a wrong length");
    }
    if !(0..group.len()).all(|row| is_time(group.received(row))) {
        return Err("a time outside the years 0000 to 9999");
    }
    let due = group.deadlines.iter().map(|due| i64::from_le_bytes(*due));
    if !due.into_iter().all(|due| due == NO_DEADLINE || is_time(due)) {
        return Err("a deadline outside the years 0000 to 9999");
    }
    let rows = group.packed.chunks_exact(wrong.len().max(1));
    let any_wrong = rows.fold(0, |any, row| {
        row.iter().zip(wrong).fold(any, |any, (&byte, wrong)| any | wrong[usize::from(byte)])
    });
    if any_wrong != 0 {
        return Err("a code that its item does not have");
    }
    if group.stages.iter().any(|&stage| stage > 2) || group.origins.iter().any(|&origin| origin > 2)
    {
        return Err("a stage or an origin that there is none of");
    }
    for (column, limit) in [(group.later, u32::MAX), (group.known, items as u32)] {
        let fits = |entry: &[u8; 16]| {
            let (row, number, time) = entry_of(entry);
            (row as usize) < group.len() && number < limit && is_time(time)
        };
        if !column.iter().all(fits) || !column.is_sorted_by_key(|entry| entry_of(entry).0) {
            return Err("a deadline or a time known of no row");
        }
    }
    let mut last = last.as_ref().map(|(due, received, id)| (*due, *received, id.as_slice()));
    let mut rest = group.ids.as_bytes();
    for (row, &length) in group.id_lengths.iter().enumerate() {
        let (id, after) = rest.split_at(usize::from(length));
        rest = after;
        let own = (group.deadline(row), group.received(row), id);
        // The tuple is compared from the front, so ids are looked at in ties alone.
        if last.is_some_and(|last| last >= own) {
            return Err("complaints out of their order");
        }
        last = Some(own);
    }
    last.map(|(due, received, id)| (due, received, id.to_vec())).ok_or("no complaint")
}

fn entry_of(entry: &[u8; 16]) -> (u32, u32, i64) {
    let mut cut = Cut(entry);
    let (row, number) = (cut.number().unwrap_or(0), cut.number().unwrap_or(0));
    let time = cut.column::<8>(1).map_or(0, |time| i64::from_le_bytes(time[0]));
    (row, number, time)
}

/// What is made of the groups, and the greatest number of each kind of text.
#[derive(Default)]
struct Loading {
    columns: Columns,
    packed: Vec<u8>,
    greatest: [u32; 4],
}

impl Loading {
    fn add(&mut self, group: &Group<'_>) -> Option<()> {
        let start = group.first_row;
        let columns = &mut self.columns;
        self.packed.extend_from_slice(group.packed);
        columns.ids.append_cut(group.ids, group.id_lengths).then_some(())?;
        let times = group.received.iter().map(|time| i64::from_le_bytes(*time));
        // Every time was checked.
        let time = |seconds| Timestamp::from_unix_seconds(seconds).unwrap_or(Timestamp::MIN);
        columns.received.extend(times.map(time));
        if !group.deadlines.is_empty() {
            let due = group.deadlines.iter().map(|due| i64::from_le_bytes(*due));
            columns.deadline.append(start, due);
        }
        let [units, subjects, bundles, kinds] = &mut self.greatest;
        let numbers = [
            (&mut columns.unit, group.units, units),
            (&mut columns.subject, group.subjects, subjects),
            (&mut columns.bundle, group.bundles, bundles),
            (&mut columns.deadline_kind, group.deadline_kinds, &mut *kinds),
        ];
        for (column, own, greatest) in numbers {
            if own.is_empty() {
                continue;
            }
            let own = own.iter().map(|number| u32::from_le_bytes(*number));
            *greatest = own.clone().fold(*greatest, u32::max);
            column.append(start, own);
        }
        if !group.stages.is_empty() {
            let stages = [Stage::Intake, Stage::Field, Stage::PostSearch];
            let stages = group.stages.iter().map(|&stage| stages[usize::from(stage)]);
            columns.stage.append(start, stages);
        }
        if !group.origins.is_empty() {
            let origins = [Origin::Prospective, Origin::Retrospective, Origin::Synthetic];
            let origins = group.origins.iter().map(|&origin| origins[usize::from(origin)]);
            columns.origin.append(start, origins);
        }
        for entry in group.later {
            let (row, kind, due) = entry_of(entry);
            *kinds = kind.max(*kinds);
            columns.later.push(LaterDeadline { row: start as u32 + row, kind, due });
        }
        columns.known.extend(group.known.iter().map(|entry| {
            let (row, item, seconds) = entry_of(entry);
            KnownAt { row: start as u32 + row, item, time: time(seconds) }
        }));
        Some(())
    }
}

impl Backlog {
    /// Reads a snapshot that [`Backlog::save`] has written; nothing is lost, but complaints count
    /// as having arrived in tie order. The source is left behind the snapshot's last byte. O(n).
    ///
    /// ```
    /// # use caserank::{Backlog, BacklogBuilder, Codebook, Complaint};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy-codebook.json"));
    /// # let codebook = Codebook::from_json(json)?;
    /// let mut builder = BacklogBuilder::new(&codebook);
    /// builder.push(&Complaint::new("a", "2026-04-17".parse()?)?.answer("urgent", "yes"))?;
    /// let mut file = Vec::new();
    /// builder.freeze().save(&mut file)?;
    /// let backlog = Backlog::load(&codebook, file.as_slice())?;
    /// assert_eq!(backlog.id(0), "a");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SnapshotError`] for a source that fails, is cut short or altered, or was saved under
    /// another codebook. That no id stands twice is taken from the writer, as finding out would
    /// cost more than loading does.
    pub fn load(codebook: &Codebook, source: impl Read) -> Result<Self, SnapshotError> {
        let mut reader = SnapshotReader::new(codebook, source)?;
        let mut loading = Loading::default();
        loop {
            let frame = reader.number;
            let Some(group) = reader.next_group()? else { break };
            let what = "ids of a wrong length";
            loading.add(&group).ok_or(SnapshotError::Malformed { frame, what })?;
        }
        let texts = reader.texts()?;
        let Loading { mut columns, packed, greatest } = loading;
        if texts.iter().zip(greatest).any(|(texts, greatest)| texts.len() < greatest as usize) {
            let frame = reader.number - 1;
            let what = "a unit, subject, bundle or kind of deadline without a text";
            return Err(SnapshotError::Malformed { frame, what });
        }
        let [units, subjects, bundles, kinds] = texts.map(Interner::of);
        (columns.units, columns.subjects) = (units, subjects);
        (columns.bundles, columns.kinds) = (bundles, kinds);
        let origin = (0..columns.len()).map(|row| columns.origin.get(row)).max();
        Ok(Backlog {
            inner: Arc::new(Frozen {
                codebook: codebook.clone(),
                packing: reader.packing,
                as_of: reader.head.as_of,
                origin: origin.unwrap_or(Origin::Prospective),
                columns,
                packed,
                arrivals: Vec::new(),
                rows: OnceLock::new(),
                ids: OnceLock::new(),
            }),
        })
    }
}
