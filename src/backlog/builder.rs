//! Filling a backlog, complaint by complaint or from a file.

use super::columns::{Columns, Due, Mark, Row};
use super::ids::{IdIndex, TakenIds};
use super::intake::{Intake, IntakeReport, RepeatedId, Told};
use super::merge::{Differing, OwnedRow};
use super::packing::Packing;
use super::said::{Saying, Sayings};
use super::{Backlog, BacklogError, MOST_COMPLAINTS, Reading, Repeated};
use crate::Timestamp;
use crate::base::text::cut;
use crate::codebook::{Codebook, Stage};
use crate::complaint::{
    Complaint, Deadline, EncodeError, Encoded, NotUnderstood, Origin, Unlisted,
};

/// Collects complaints, then freezes them into a [`Backlog`].
///
/// ```
/// use caserank::{BacklogBuilder, Codebook, Complaint};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy-codebook.json"));
/// # let codebook = Codebook::from_json(json)?;
/// let mut builder = BacklogBuilder::new(&codebook);
/// builder.push(&Complaint::new("b", "2026-04-18".parse()?)?.with_answer("urgent", "yes"))?;
/// builder.push(&Complaint::new("a", "2026-04-17".parse()?)?)?;
/// let backlog = builder.freeze();
/// assert_eq!(backlog.id(0), "a"); // rows stand in tie order: here, by time received
/// assert_eq!(backlog.row_of("b"), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct BacklogBuilder {
    pub(super) codebook: Codebook,
    pub(super) packing: Packing,
    pub(super) reading: Reading,
    pub(super) as_of: Option<Timestamp>,
    pub(super) columns: Columns,
    pub(super) ids: TakenIds,
    /// Rows that a later record of the same id replaced; they are left out in the end.
    pub(super) replaced: Vec<u32>,
}

/// What became of a complaint that was added to a backlog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    unlisted: Vec<String>,
    not_understood: usize,
    repeats: bool,
}

impl Pushed {
    /// Items that the codebook does not list, where such are reported.
    #[must_use]
    pub fn unlisted(&self) -> &[String] {
        &self.unlisted
    }

    /// How many of its answers were not understood; the row carries them.
    #[must_use]
    pub fn not_understood(&self) -> usize {
        self.not_understood
    }

    /// Whether its id was there before; [`Reading::with_repeated`] says what became of it.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.repeats
    }
}

/// What became of a row.
#[derive(Debug)]
pub(super) enum Taken {
    New,
    /// Its id was there before.
    Again(Differing),
}

/// A place in a builder to come back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct BuilderMark {
    columns: Mark,
    replaced: usize,
}

impl BuilderMark {
    /// Rows that there were.
    pub(super) fn rows(self) -> usize {
        self.columns.rows
    }
}

impl BacklogBuilder {
    /// An empty backlog of complaints coded by this codebook, with the default [`Reading`].
    #[must_use]
    pub fn new(codebook: &Codebook) -> Self {
        BacklogBuilder {
            packing: Packing::new(codebook),
            codebook: codebook.clone(),
            reading: Reading::default(),
            as_of: None,
            columns: Columns::default(),
            ids: TakenIds::default(),
            replaced: Vec::new(),
        }
    }

    /// How complaints are read; see [`Reading`].
    #[must_use]
    pub fn with_reading(mut self, reading: impl Into<Reading>) -> Self {
        self.reading = reading.into();
        let seed = self.reading.id_seed;
        self.ids.set_seed(seed, &self.columns.ids);
        self.columns.set_seed(seed);
        self
    }

    /// Names the source that is read from now on; see [`Reading::with_source`].
    pub fn set_source(&mut self, name: impl Into<String>) {
        self.reading.source = Some(name.into());
    }

    /// What to do with answers to items that the codebook does not list.
    #[must_use]
    pub fn with_unlisted(mut self, unlisted: Unlisted) -> Self {
        self.reading.unlisted = unlisted;
        self
    }

    /// Leave out answers that became known after this time.
    #[must_use]
    pub fn with_as_of(mut self, as_of: Timestamp) -> Self {
        self.as_of = Some(as_of);
        self
    }

    /// How many complaints it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len() - self.replaced.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a complaint. Answers that are not understood are left *unknown* and kept with it; a
    /// complaint whose id is there already is merged with the one before, or what
    /// [`Reading::with_repeated`] says.
    ///
    /// # Errors
    /// [`BacklogError::Encode`] for an id or a key that is not allowed and, in strict reading, for
    /// answers that do not fit; [`BacklogError::Full`] beyond the most a backlog holds. The
    /// builder is then as it was.
    pub fn push(&mut self, complaint: &Complaint) -> Result<Pushed, BacklogError> {
        let unlisted = self.reading.unlisted;
        let encoded = if self.reading.strict {
            complaint.encode(&self.codebook, self.as_of, unlisted)?
        } else {
            complaint.check().map_err(|cause| EncodeError::Complaint {
                complaint: cut(complaint.id(), 80),
                cause,
            })?;
            complaint.understand(&self.codebook, self.as_of, unlisted)
        };
        let deadlines: Vec<Due<'_>> = complaint.deadlines().iter().map(Due::of).collect();
        let taken = self.add_row(&Row {
            known: &known_times(&self.codebook, complaint, &encoded),
            said: &Sayings::of(&self.codebook, complaint, &encoded),
            ..Row::of(complaint, &encoded, &deadlines)
        })?;
        Ok(Pushed {
            unlisted: encoded.unlisted,
            not_understood: encoded.not_understood.len(),
            repeats: matches!(taken, Taken::Again(_)),
        })
    }

    /// Adds a complaint that was checked and coded by this codebook before.
    ///
    /// # Errors
    /// [`BacklogError::Full`].
    pub(crate) fn push_coded(&mut self, row: &CodedRow<'_>) -> Result<(), BacklogError> {
        let deadlines: Vec<Due<'_>> = row.deadlines.iter().map(Due::of).collect();
        self.add_row(&Row {
            id: row.id,
            received: row.received,
            unit: row.unit,
            subject: row.subject,
            bundle: row.bundle,
            stage: row.stage,
            origin: row.origin,
            deadlines: &deadlines,
            codes: row.codes,
            known: row.known,
            not_understood: row.not_understood,
            said: row.said,
        })?;
        Ok(())
    }

    /// Adds a row that has been checked and encoded.
    pub(super) fn add_row(&mut self, row: &Row<'_>) -> Result<Taken, BacklogError> {
        if self.columns.len() >= MOST_COMPLAINTS {
            return Err(BacklogError::Full { limit: MOST_COMPLAINTS });
        }
        match self.ids.take(&mut self.columns.ids, row.id) {
            Ok(()) => {
                self.push_row(row);
                Ok(Taken::New)
            }
            Err(earlier) => Ok(Taken::Again(self.add_again(row, earlier))),
        }
    }

    /// Adds a row whose id another has.
    pub(super) fn add_again(&mut self, row: &Row<'_>, earlier: usize) -> Differing {
        let mut merged = OwnedRow::of(&self.columns, &self.packing, earlier);
        let danger = &self.reading.danger;
        let differing = merged.differing(row, &self.codebook, danger);
        match self.reading.repeated {
            Repeated::First => return differing,
            Repeated::Last => {
                self.ids.take_again(&mut self.columns.ids, row.id);
                self.push_row(row);
            }
            Repeated::Merge => {
                merged.merge(row, &self.codebook, danger);
                self.ids.take_again(&mut self.columns.ids, row.id);
                merged.with_row(|row| self.push_row(row));
                self.columns.copy_source(earlier);
            }
        }
        self.replaced.push(earlier as u32);
        differing
    }

    fn push_row(&mut self, row: &Row<'_>) {
        self.columns.push(row);
        self.columns.pack(row.codes, &self.packing);
    }

    /// Adds every complaint of a backlog of the same codebook.
    ///
    /// # Errors
    /// [`BacklogError::OtherCodebook`], or [`BacklogError::Full`]; the builder is then as it was.
    pub fn extend(&mut self, backlog: &Backlog) -> Result<(), BacklogError> {
        self.extend_telling(backlog, |_, _| {})
    }

    /// Adds what was read apart, such as by [`Mapping::read`](crate::intake::Mapping::read), and gives back its report, to which
    /// are added the ids that were here before, and those that look alike here: a reading by itself cannot know them.
    ///
    /// # Errors
    /// As [`extend`](Self::extend).
    pub fn extend_with(&mut self, intake: Intake) -> Result<IntakeReport, BacklogError> {
        let (backlog, mut report) = intake.into_parts();
        self.extend_telling(&backlog, |row, differing| {
            report.repeated += 1;
            report.repeated_ids.push(|| RepeatedId {
                id: cut(backlog.id(row), 128),
                line: backlog.source(row).map_or(0, |at| at.line()),
                differing: differing.names,
                danger: differing.danger,
            });
        })?;
        report.look_alikes = Told::default();
        self.tell_look_alikes(&mut report);
        report.sort();
        Ok(report)
    }

    fn extend_telling(
        &mut self,
        backlog: &Backlog,
        mut tell: impl FnMut(usize, Differing),
    ) -> Result<(), BacklogError> {
        self.codebook.require_of_backlog(backlog.codebook())?;
        let mark = self.mark();
        let mut codes = vec![0; self.packing.items()];
        for row in 0..backlog.len() {
            backlog.codes_of(row, &mut codes);
            let deadlines = backlog.deadlines(row);
            let deadlines: Vec<Due<'_>> = deadlines.iter().map(Due::of).collect();
            let known = backlog.known_times(row).map(|known| (known.item as usize, known.time));
            let added = self.add_row(&Row {
                id: backlog.id(row),
                received: backlog.received(row),
                unit: backlog.unit(row),
                subject: backlog.subject(row),
                bundle: backlog.bundle(row),
                stage: backlog.stage(row),
                origin: backlog.origin_of(row),
                deadlines: &deadlines,
                codes: &codes,
                known: &known.collect::<Vec<_>>(),
                not_understood: &backlog.not_understood(row),
                said: backlog.sayings(row),
            });
            match added {
                Ok(Taken::New) => {
                    if let Some(at) = backlog.source(row) {
                        let lines = std::iter::once(at.line());
                        self.columns.set_source(self.columns.len() - 1, Some(at.file()), lines);
                    }
                }
                Ok(Taken::Again(differing)) => tell(row, differing),
                Err(error) => {
                    self.restore(mark);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    pub(super) fn mark(&self) -> BuilderMark {
        BuilderMark { columns: self.columns.mark(), replaced: self.replaced.len() }
    }

    /// Makes the builder what it was at a mark.
    pub(super) fn restore(&mut self, mark: BuilderMark) {
        self.columns.truncate(mark.columns, self.packing.width());
        self.replaced.truncate(mark.replaced);
        self.ids.restore(&self.columns.ids);
    }

    /// Puts the rows in tie order and closes the backlog. O(n).
    #[must_use]
    pub fn freeze(self) -> Backlog {
        let BacklogBuilder { codebook, packing, reading, as_of, columns, ids, replaced } = self;
        let seed = reading.id_seed;
        if replaced.is_empty() {
            return Backlog::freeze(codebook, packing, as_of, columns, (ids.into_index(), seed));
        }
        let mut left = vec![true; columns.len()];
        for row in replaced {
            left[row as usize] = false;
        }
        let kept: Vec<usize> = (0..columns.len()).filter(|&row| left[row]).collect();
        let mut new_rows = vec![None; columns.len()];
        for (new_row, &row) in kept.iter().enumerate() {
            new_rows[row] = Some(new_row);
        }
        let mut whole = Columns::default();
        whole.append(&columns, &kept.iter().copied(), |row| new_rows[row]);
        for &row in &kept {
            whole.ids.push(columns.ids.get(row));
        }
        let ids = IdIndex::of_first(&whole.ids, seed);
        Backlog::freeze(codebook, packing, as_of, whole, (Some(ids), seed))
    }
}

/// A complaint that was checked and coded before, borrowed from whoever holds it.
#[derive(Debug)]
pub(crate) struct CodedRow<'a> {
    pub(crate) id: &'a str,
    pub(crate) received: Timestamp,
    pub(crate) unit: Option<&'a str>,
    pub(crate) subject: Option<&'a str>,
    pub(crate) bundle: Option<&'a str>,
    pub(crate) stage: Stage,
    pub(crate) origin: Origin,
    /// Earliest first.
    pub(crate) deadlines: &'a [Deadline],
    /// Code per item in codebook order.
    pub(crate) codes: &'a [u8],
    /// Times at which answers became known, by item, of items that are not *unknown*.
    pub(crate) known: &'a [(usize, Timestamp)],
    /// What was not understood in its record.
    pub(crate) not_understood: &'a [NotUnderstood],
    /// Who said its answers, by item, as far as that is known.
    pub(crate) said: &'a [Saying],
}

/// Times at which answers that count became known, by item.
pub(super) fn known_times(
    codebook: &Codebook,
    complaint: &Complaint,
    encoded: &Encoded,
) -> Vec<(usize, Timestamp)> {
    let given = complaint
        .answers()
        .filter_map(|(id, given)| Some((codebook.item_position(id)?, given.known_at?)));
    let mut known: Vec<_> = given.filter(|&(item, _)| encoded.codes[item] != 0).collect();
    known.sort_unstable_by_key(|&(item, _)| item);
    known
}
