//! The first complaints of more than fits into memory: from snapshots and from backlogs one after
//! another.

use std::borrow::Cow;
use std::io::Read;

use super::Triage;
use super::engine::{BLOCK, Workspace};
use crate::Timestamp;
use crate::backlog::{Backlog, Group, SnapshotError, SnapshotReader};
use crate::base::{SHARE, in_order, threads};
use crate::codebook::CodebookError;
use crate::policy::ActiveOverrides;
use crate::rank::{Key, Rank};

/// Rows of those that one thread takes at a time.
const PIECE: usize = 8 * BLOCK;

/// One of the first complaints of several parts; see [`TopList`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    rank: Rank,
    part: usize,
    row: usize,
    id: String,
    earliest_deadline: Option<Timestamp>,
    received: Timestamp,
}

impl Listed {
    /// Position, lane, band and priority.
    #[must_use]
    pub fn rank(&self) -> Rank {
        self.rank
    }

    /// The backlog or snapshot that it came in, from 0 in the order in which they were added.
    #[must_use]
    pub fn part(&self) -> usize {
        self.part
    }

    /// Row in that part.
    #[must_use]
    pub fn row(&self) -> usize {
        self.row
    }

    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The earliest time at which one of its deadlines is due.
    #[must_use]
    pub fn earliest_deadline(&self) -> Option<Timestamp> {
        self.earliest_deadline
    }

    /// When it came in.
    #[must_use]
    pub fn received(&self) -> Timestamp {
        self.received
    }
}

/// A complaint that may be among the first, in ranking order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    /// Lane, band and priority.
    key: Key,
    /// The greatest number for none.
    deadline: i64,
    received: i64,
    id: String,
    part: usize,
    row: usize,
}

/// Collects the first `k` complaints of a ranking over several backlogs and snapshots, without
/// holding more than one group of their rows.
///
/// Memory grows with `k` alone. The list is that of [`Triage::rank`] over all parts together:
/// ties are broken by earliest deadline, time received and id. A complaint that stands in two
/// parts is listed twice, in the order of the parts.
///
/// ```
/// use caserank::{BacklogBuilder, Complaint, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let mut list = triage.top_list(1);
/// for (id, reports) in [("a", 0), ("b", 5)] {
///     let mut part = BacklogBuilder::new(triage.codebook());
///     part.push(&Complaint::new(id, "2026-04-17".parse()?)?.with_answer("prior_reports", reports))?;
///     let mut file = Vec::new();
///     part.freeze().save(&mut file)?;
///     list.add_snapshot(file.as_slice())?;
/// }
/// assert_eq!(list.finish()[0].id(), "b");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TopList<'a> {
    triage: &'a Triage,
    overrides: Cow<'a, ActiveOverrides>,
    k: usize,
    parts: usize,
    /// Never many more than twice `k`; those beyond `k` are cut by selection now and then.
    kept: Vec<Kept>,
    /// Whether the last of `kept` is the `k`-th so far, behind which nothing counts.
    full: Option<Kept>,
    keys: Vec<u64>,
    space: Workspace,
}

/// Where the rest of a row's place in the order comes from.
trait Rows {
    fn deadline(&self, row: usize) -> i64;
    fn received(&self, row: usize) -> i64;
    fn id(&self, row: usize) -> &str;
}

struct BacklogRows<'a> {
    backlog: &'a Backlog,
    first: usize,
}

impl Rows for BacklogRows<'_> {
    fn deadline(&self, row: usize) -> i64 {
        let deadline = self.backlog.earliest_deadline(self.first + row);
        deadline.map_or(i64::MAX, Timestamp::unix_seconds)
    }

    fn received(&self, row: usize) -> i64 {
        self.backlog.received(self.first + row).unix_seconds()
    }

    fn id(&self, row: usize) -> &str {
        self.backlog.id(self.first + row)
    }
}

struct GroupRows<'a> {
    group: &'a Group<'a>,
    ids: Vec<&'a str>,
}

impl Rows for GroupRows<'_> {
    fn deadline(&self, row: usize) -> i64 {
        self.group.deadline(row)
    }

    fn received(&self, row: usize) -> i64 {
        self.group.received(row)
    }

    fn id(&self, row: usize) -> &str {
        self.ids[row]
    }
}

impl<'a> TopList<'a> {
    /// Adds a backlog. O(n).
    ///
    /// # Errors
    /// [`CodebookError::OtherCodebook`] or [`CodebookError::OtherAnswers`] for a backlog of another
    /// codebook.
    pub fn add_backlog(&mut self, backlog: &Backlog) -> Result<(), CodebookError> {
        self.triage.codebook().require_of_backlog(backlog.codebook())?;
        let width = (backlog.packed().len() / backlog.len().max(1)).max(1);
        let mut decided = self.triage.overridden_keys(backlog, &self.overrides);
        decided.sort_unstable_by_key(|(row, _)| *row);
        for (share, packed) in backlog.packed().chunks(SHARE * width).enumerate() {
            let first = share * SHARE;
            self.make_keys(packed, packed.len() / width, first);
            let start = decided.partition_point(|(row, _)| *row < first);
            for (row, key) in &decided[start..] {
                let Some(word) = self.keys.get_mut(row - first) else { break };
                *word = key.word();
            }
            self.offer(first, || BacklogRows { backlog, first });
        }
        self.parts += 1;
        Ok(())
    }

    /// Adds a snapshot, read from first to last. O(n).
    ///
    /// # Errors
    /// As [`Backlog::load`], but that the texts behind the rows (units, subjects, bundles), which no
    /// ranking needs, are passed over unread. What was read before the failure has been added by then, so that the
    /// list is of no more use.
    pub fn add_snapshot(&mut self, source: impl Read) -> Result<(), SnapshotError> {
        let triage = self.triage;
        let mut reader = SnapshotReader::new(triage.codebook(), source)?;
        while let Some(group) = reader.next_group()? {
            let first = group.first_row;
            self.make_keys(group.packed, group.len(), first);
            if !self.overrides.is_empty() {
                let width = group.packed.len() / group.len().max(1);
                for (row, id) in group.ids().enumerate() {
                    if self.overrides.get(id).is_some() {
                        let packed = &group.packed[row * width..][..width];
                        let placement = triage.place_packed(packed, id, &self.overrides);
                        self.keys[row] = Key::of(placement.standing(), first + row).word();
                    }
                }
            }
            self.offer(first, || GroupRows { group: &group, ids: group.ids().collect() });
        }
        reader.finish()?;
        self.parts += 1;
        Ok(())
    }

    /// The first `k` complaints, or all where there are fewer.
    #[must_use]
    pub fn finish(mut self) -> Vec<Listed> {
        self.cut();
        self.kept.sort_unstable();
        // Every time came from a backlog, so none is out of range.
        let time = |seconds| Timestamp::from_unix_seconds(seconds);
        let listed = self.kept.into_iter().zip(1..).map(|(kept, position)| Listed {
            rank: Rank::new(position, kept.key.standing()),
            part: kept.part,
            row: kept.row,
            id: kept.id,
            earliest_deadline: time(kept.deadline).ok(),
            received: time(kept.received).unwrap_or(Timestamp::MIN),
        });
        listed.collect()
    }

    fn make_keys(&mut self, packed: &[u8], rows: usize, first: usize) {
        self.keys.resize(rows, 0);
        let engine = self.triage.engine();
        if rows > PIECE && threads() > 1 {
            let pieces = packed.chunks(packed.len() / rows * PIECE);
            let pieces = pieces.zip(self.keys.chunks_mut(PIECE)).enumerate();
            in_order(pieces, |(piece, (packed, keys))| {
                engine.key_rows(packed, first + piece * PIECE, &mut Workspace::default(), keys);
            });
            return;
        }
        engine.key_rows(packed, first, &mut self.space, &mut self.keys);
    }

    /// Keeps those rows of `keys` that may be among the first; `rows` is asked for only where
    /// there is one.
    fn offer<R: Rows>(&mut self, first: usize, rows: impl FnOnce() -> R) {
        let keys = std::mem::take(&mut self.keys);
        let limit = self.full.as_ref().map(|last| last.key);
        let may = |word: u64| limit.is_none_or(|limit| Key::from_word(word).rowless() <= limit);
        if self.k > 0 && keys.iter().any(|&word| may(word)) {
            let rows = rows();
            for (row, &word) in keys.iter().enumerate() {
                self.offer_row(first, row, Key::from_word(word).rowless(), &rows);
            }
        }
        self.keys = keys;
    }

    fn offer_row(&mut self, first: usize, row: usize, key: Key, rows: &impl Rows) {
        if let Some(last) = &self.full {
            if key > last.key {
                return;
            }
            let limit = (last.key, last.deadline, last.received);
            let offered = (key, rows.deadline(row), rows.received(row));
            if offered > limit || offered == limit && *rows.id(row) > *last.id {
                return;
            }
        }
        self.kept.push(Kept {
            key,
            deadline: rows.deadline(row),
            received: rows.received(row),
            id: rows.id(row).to_owned(),
            part: self.parts,
            row: first + row,
        });
        if self.kept.len() >= self.k.max(512).saturating_mul(2) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.kept.len() > self.k {
            if let Some(last) = self.k.checked_sub(1) {
                let (_, last, _) = self.kept.select_nth_unstable(last);
                self.full = Some(last.clone());
            }
            self.kept.truncate(self.k);
        }
    }
}

impl Triage {
    /// Begins a list of the first `k` complaints of several backlogs and snapshots.
    #[must_use]
    pub fn top_list(&self, k: usize) -> TopList<'_> {
        self.top_list_of(Cow::Owned(ActiveOverrides::none()), k)
    }

    /// Begins a list of the first `k` complaints under the overrides that hold now.
    #[must_use]
    pub fn top_list_with<'a>(&'a self, overrides: &'a ActiveOverrides, k: usize) -> TopList<'a> {
        self.top_list_of(Cow::Borrowed(overrides), k)
    }

    fn top_list_of<'a>(&'a self, overrides: Cow<'a, ActiveOverrides>, k: usize) -> TopList<'a> {
        TopList {
            triage: self,
            overrides,
            k,
            parts: 0,
            kept: Vec::new(),
            full: None,
            keys: Vec::new(),
            space: Workspace::default(),
        }
    }
}
