//! Reading snapshots: group by group, each checked before anything is made of it.

use std::io::{self, Read};
use std::sync::{Arc, OnceLock};

use super::group::{Cut, Group, check, cut_group, entry_of};
use super::{
    CAUSES, END, FRAME_HEAD, FrameKind, HEAD, Head, MAGIC, OLDEST_FORMAT, ROWS, SAID, SAYINGS,
    SNAPSHOT_FORMAT, SnapshotError, TEXTS, UNCLEAR, checksum,
};
use crate::Timestamp;
use crate::backlog::columns::{Columns, KnownAt, LaterDeadline};
use crate::backlog::ids::Interner;
use crate::backlog::names::Names;
use crate::backlog::said::{Said, Saying, Sayings};
use crate::backlog::unclear::{Causes, Unclear};
use crate::backlog::{Backlog, Frozen, MOST_COMPLAINTS, Packing};
use crate::codebook::{Codebook, Stage};
use crate::complaint::{NotUnderstood, Origin};

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
        if !(OLDEST_FORMAT..=SNAPSHOT_FORMAT).contains(&found) {
            return Err(SnapshotError::Format { found });
        }
        let packing = Packing::new(codebook);
        let limits: Vec<u8> =
            codebook.items().iter().map(|item| item.answers.len().min(254) as u8).collect();
        let head = Head {
            codebook: codebook.identity().clone(),
            answers: String::new(),
            items: Vec::new(),
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
        codebook.require_digests("the snapshot", &head.codebook, &head.answers, &head.items)?;
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
            Some(check(&group, &self.wrong, self.items, self.last.as_ref()).map_err(malformed)?);
        self.rows += group.len() as u64;
        Ok(Some(group))
    }

    /// The texts behind the rows: units, subjects, bundles, kinds of deadlines.
    /// Then what was not understood, and who said answers.
    pub(crate) fn texts(&mut self) -> Result<Behind, SnapshotError> {
        let mut texts = Texts::default();
        let mut unclears = Unclears::default();
        let mut sources = Sources::default();
        let mut least = 0;
        loop {
            let frame = self.number;
            let malformed = |what| SnapshotError::Malformed { frame, what };
            let kind = self.next_frame()?;
            if kind == END {
                return Ok(Behind { texts, unclears, sources });
            }
            if kind == CAUSES || kind == UNCLEAR {
                let read = unclears.add(kind, &self.payload, self.head.rows);
                read.map_err(malformed)?;
                least = TEXTS.len();
                continue;
            }
            if kind == SAYINGS || kind == SAID {
                let read = sources.add(kind, &self.payload, (self.head.rows, self.items));
                read.map_err(malformed)?;
                least = TEXTS.len();
                continue;
            }
            let position = TEXTS.iter().position(|&text| text == kind);
            let position = position.filter(|&position| position >= least);
            least = position.ok_or_else(|| malformed("a frame out of its order"))?;
            add_texts(&self.payload, &mut texts[least]).ok_or_else(|| malformed("broken texts"))?;
        }
    }

    /// Reads to the end, so that a snapshot that is cut short is not taken for a whole one.
    pub(crate) fn finish(mut self) -> Result<(), SnapshotError> {
        while self.next_frame()? != END {}
        Ok(())
    }
}

/// Units, subjects, bundles, kinds of deadlines.
pub(crate) type Texts = [Names; 4];

/// What stands behind the rows.
#[derive(Debug, Default)]
pub(crate) struct Behind {
    pub(crate) texts: Texts,
    unclears: Unclears,
    sources: Sources,
}

/// Who said answers.
#[derive(Debug, Default)]
struct Sources {
    lists: Vec<Vec<Saying>>,
    said: Vec<Said>,
}

impl Sources {
    fn add(
        &mut self,
        kind: FrameKind,
        payload: &[u8],
        (rows, items): (u64, usize),
    ) -> Result<(), &'static str> {
        if kind == SAYINGS {
            if !self.said.is_empty() {
                return Err("a frame out of its order");
            }
            let lists: Vec<Vec<Saying>> =
                serde_json::from_slice(payload).map_err(|_| "sources that cannot be read")?;
            let is_right = |list: &Vec<Saying>| {
                let known = list.iter().all(|saying| {
                    saying.is_known() && usize::try_from(saying.item).is_ok_and(|item| item < items)
                });
                known && list.is_sorted_by(|a, b| a.item < b.item)
            };
            if !lists.iter().all(is_right) {
                return Err("sources of no item");
            }
            self.lists.extend(lists);
            return Ok(());
        }
        let (entries, rest) = payload.as_chunks::<8>();
        for entry in entries {
            let (numbers, _) = entry.as_chunks::<4>();
            let [row, list] = [0, 1].map(|field| u32::from_le_bytes(numbers[field]));
            let follows = self.said.last().is_none_or(|last| last.row < row);
            if u64::from(row) >= rows || !follows || list as usize >= self.lists.len() {
                return Err("sources of no complaint");
            }
            self.said.push(Said { row, list });
        }
        if rest.is_empty() { Ok(()) } else { Err("a frame of a wrong length") }
    }

    /// Whether what is said is an answer of its row.
    fn are_of_answers(&self, is_answered: impl Fn(u32, u32) -> bool) -> bool {
        self.said.iter().all(|said| {
            self.lists[said.list as usize].iter().all(|saying| is_answered(said.row, saying.item))
        })
    }

    /// Sets the columns of all rows; lists that stand twice become one.
    fn put(self, columns: &mut Columns) {
        let mut sayings = Sayings::default();
        let numbers: Vec<u32> = self.lists.iter().map(|list| sayings.number(list)).collect();
        let said = self.said.into_iter();
        columns.said =
            said.map(|said| Said { list: numbers[said.list as usize], ..said }).collect();
        columns.sayings = sayings;
    }
}

/// What was not understood.
#[derive(Debug, Default)]
struct Unclears {
    causes: Vec<NotUnderstood>,
    entries: Vec<Unclear>,
}

impl Unclears {
    fn add(&mut self, kind: FrameKind, payload: &[u8], rows: u64) -> Result<(), &'static str> {
        if kind == CAUSES {
            let causes: Vec<NotUnderstood> =
                serde_json::from_slice(payload).map_err(|_| "causes that cannot be read")?;
            if !self.causes.is_empty() || !self.entries.is_empty() {
                return Err("a frame out of its order");
            }
            self.causes = causes.iter().map(NotUnderstood::made_safe).collect();
            return Ok(());
        }
        let (entries, rest) = payload.as_chunks::<12>();
        for entry in entries {
            let (numbers, _) = entry.as_chunks::<4>();
            let [row, cause, line] = [0, 1, 2].map(|field| u32::from_le_bytes(numbers[field]));
            let last = self.entries.last().map_or(0, |last| last.row);
            if u64::from(row) >= rows || row < last || cause as usize >= self.causes.len() {
                return Err("something not understood in no complaint");
            }
            self.entries.push(Unclear { row, cause, line });
        }
        if rest.is_empty() { Ok(()) } else { Err("a frame of a wrong length") }
    }
}

fn add_texts(payload: &[u8], texts: &mut Names) -> Option<()> {
    let mut cut = Cut(payload);
    let count = cut.number()? as usize;
    let lengths = cut.bytes(count)?;
    texts.append_cut(std::str::from_utf8(cut.0).ok()?, lengths).then_some(())
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
        for (column, given, greatest) in numbers {
            if given.is_empty() {
                continue;
            }
            let given = given.iter().map(|number| u32::from_le_bytes(*number));
            *greatest = given.clone().fold(*greatest, u32::max);
            column.append(start, given);
        }
        if !group.stages.is_empty() {
            let stages = [Stage::Intake, Stage::Field, Stage::PostSearch];
            let stages = group.stages.iter().map(|&stage| stages[usize::from(stage)]);
            columns.stage.append(start, stages);
        }
        if !group.origins.is_empty() {
            let origins =
                group.origins.iter().map(|&origin| super::ORIGIN_CODES[usize::from(origin)]);
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
    /// builder.push(&Complaint::new("a", "2026-04-17".parse()?)?.with_answer("urgent", "yes"))?;
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
        let Behind { texts, unclears, sources } = reader.texts()?;
        let Loading { mut columns, packed, greatest } = loading;
        if texts.iter().zip(greatest).any(|(texts, greatest)| texts.len() < greatest as usize) {
            let frame = reader.number - 1;
            let what = "a unit, subject, bundle or kind of deadline without a text";
            return Err(SnapshotError::Malformed { frame, what });
        }
        let [units, subjects, bundles, kinds] = texts.map(Interner::of);
        (columns.units, columns.subjects) = (units, subjects);
        (columns.bundles, columns.kinds) = (bundles, kinds);
        columns.unclear = unclears.entries;
        columns.causes = Causes::of(unclears.causes);
        let is_answered = |row: u32, item: u32| {
            let row = &packed[row as usize * reader.packing.width()..][..reader.packing.width()];
            reader.packing.code(row, item as usize) != 0
        };
        if !sources.are_of_answers(is_answered) {
            let (frame, what) = (reader.number - 1, "a source of an answer that is not there");
            return Err(SnapshotError::Malformed { frame, what });
        }
        sources.put(&mut columns);
        let origin = (0..columns.len()).map(|row| columns.origin.get(row)).max();
        Ok(Backlog {
            inner: Arc::new(Frozen {
                id_seed: 0,
                codebook: codebook.clone(),
                packing: reader.packing,
                as_of: reader.head.as_of,
                origin: origin.unwrap_or(Origin::NotStated),
                columns,
                packed,
                arrivals: Vec::new(),
                rows: OnceLock::new(),
                ids: OnceLock::new(),
            }),
        })
    }
}
