//! A backlog straight from answer codes, for hosts that keep them in columns.

mod ids;
mod rows;

use ndarray::ArrayView2;

use super::columns::{Columns, Due};
use super::ids::IdIndex;
use super::packing::Packing;
use super::{Backlog, BacklogError, MOST_COMPLAINTS, order};
use crate::Timestamp;
use crate::base::both;
use crate::base::text::cut;
use crate::codebook::{Codebook, Stage};
use crate::complaint::{ComplaintError, Deadline, EncodeError, Origin, check_name};

/// Complaints as columns: the inverse of [`Backlog::codes`]. Whatever is not given is not known of
/// any complaint.
///
/// ```
/// use caserank::backlog::{Backlog, Coded};
/// # use caserank::Triage;
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// # let triage = Triage::from_json(json)?;
/// let codebook = triage.codebook();
/// let received = ["2026-04-17".parse()?, "2026-04-18".parse()?];
/// let mut codes = caserank::ndarray::Array2::zeros((2, codebook.items().len()));
/// let urgent = codebook.item_index("urgent").ok_or("the model asks for it")?;
/// codes[[1, urgent.position()]] = codebook[urgent].code_of("yes").ok_or("an answer")?;
/// let units = [Some("north"), None];
/// let coded = Coded::new(&["a", "b"], &received, codes.view()).with_units(&units);
/// let backlog = Backlog::from_codes(codebook, &coded)?;
/// assert_eq!(triage.rank(&backlog)?.at(1).map(|first| first.id().to_owned()), Some("b".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Coded<'a, Id> {
    ids: &'a [Id],
    received: &'a [Timestamp],
    codes: ArrayView2<'a, u8>,
    deadlines: &'a [Option<Deadline>],
    stages: &'a [Stage],
    units: &'a [Option<&'a str>],
    subjects: &'a [Option<&'a str>],
    bundles: &'a [Option<&'a str>],
    origin: Origin,
}

impl<'a, Id: AsRef<str> + Sync> Coded<'a, Id> {
    /// Ids, one per complaint, each its own; when each complaint came in; and codes: complaints ×
    /// items, in codebook order, 0 for *unknown*. Rows one after another in memory are packed
    /// fastest.
    #[must_use]
    pub fn new(ids: &'a [Id], received: &'a [Timestamp], codes: ArrayView2<'a, u8>) -> Self {
        Coded {
            ids,
            received,
            codes,
            deadlines: &[],
            stages: &[],
            units: &[],
            subjects: &[],
            bundles: &[],
            origin: Origin::default(),
        }
    }

    /// With the deadline of each complaint, where it has one.
    #[must_use]
    pub fn with_deadlines(self, deadlines: &'a [Option<Deadline>]) -> Self {
        Coded { deadlines, ..self }
    }

    /// With the stage that each complaint has reached; an answer of a later stage says that it
    /// has reached that one, with stages given or without.
    #[must_use]
    pub fn with_stages(self, stages: &'a [Stage]) -> Self {
        Coded { stages, ..self }
    }

    /// With the unit that works each complaint.
    #[must_use]
    pub fn with_units(self, units: &'a [Option<&'a str>]) -> Self {
        Coded { units, ..self }
    }

    /// With the key of the person that each complaint is about.
    #[must_use]
    pub fn with_subjects(self, subjects: &'a [Option<&'a str>]) -> Self {
        Coded { subjects, ..self }
    }

    /// With the bundle that each complaint belongs to.
    #[must_use]
    pub fn with_bundles(self, bundles: &'a [Option<&'a str>]) -> Self {
        Coded { bundles, ..self }
    }

    /// With where the complaints come from.
    #[must_use]
    pub fn with_origin(self, origin: Origin) -> Self {
        Coded { origin, ..self }
    }

    /// Columns of another length, by name; an empty one was not given.
    fn check_shape(&self, items: usize) -> Result<(), BacklogError> {
        let rows = self.ids.len();
        let shape = |what, found: usize, expected: usize| match found == expected {
            true => Ok(()),
            false => Err(BacklogError::Shape { what, found, expected }),
        };
        shape("`received`", self.received.len(), rows)?;
        shape("`codes`", self.codes.nrows(), rows)?;
        shape("a row of `codes`", self.codes.ncols(), items)?;
        let given = [
            ("`deadlines`", self.deadlines.len()),
            ("`stages`", self.stages.len()),
            ("`units`", self.units.len()),
            ("`subjects`", self.subjects.len()),
            ("`bundles`", self.bundles.len()),
        ];
        given
            .into_iter()
            .filter(|(_, found)| *found > 0)
            .try_for_each(|(what, found)| shape(what, found, rows))?;
        match rows > MOST_COMPLAINTS {
            true => Err(BacklogError::Full { limit: MOST_COMPLAINTS }),
            false => Ok(()),
        }
    }
}

impl Backlog {
    /// Makes a backlog from columns of codes. O(n); ids in ascending order are the cheapest.
    ///
    /// # Errors
    /// [`BacklogError::Shape`] for columns of different lengths, [`BacklogError::Code`] for a code
    /// that its item does not have, [`BacklogError::RepeatedId`] for an id that stands twice,
    /// [`BacklogError::Encode`] for an id, a unit, a key or a kind of deadline that is not allowed,
    /// [`BacklogError::Full`] beyond the most a backlog holds.
    pub fn from_codes<Id: AsRef<str> + Sync>(
        codebook: &Codebook,
        coded: &Coded<'_, Id>,
    ) -> Result<Self, BacklogError> {
        let packing = Packing::new(codebook);
        coded.check_shape(packing.items())?;
        let (ids, ((packed, greatest), timed)) = both(
            || ids::names(coded.ids),
            || both(|| rows::pack(&packing, coded.codes), || timed_columns(coded)),
        );
        let (ids, ascend) = ids?;
        check_codes(codebook, coded, &greatest)?;
        let index = if ascend {
            None
        } else {
            let repeated = |row: usize| BacklogError::RepeatedId { id: ids.get(row).to_owned() };
            Some(IdIndex::of(&ids, 0).map_err(repeated)?)
        };
        let (columns, order) = timed?;
        let mut columns = Columns { ids, packed, ..columns };
        set_stages(codebook, coded, &greatest, &mut columns);
        let order = order::break_ties(order, &columns, ascend);
        Ok(Backlog::in_order(codebook.clone(), packing, None, columns, order, (index, 0)))
    }
}

/// The stage of each complaint: as given, and at least that of its latest answer. Items of the
/// first stage, and those that nobody answered, are not looked at.
fn set_stages<Id>(
    codebook: &Codebook,
    coded: &Coded<'_, Id>,
    greatest: &[u8],
    columns: &mut Columns,
) {
    for (row, stage) in coded.stages.iter().enumerate() {
        columns.stage.set(row, *stage);
    }
    for (position, item) in codebook.items().iter().enumerate() {
        if item.stage == Stage::Intake || greatest[position] == 0 {
            continue;
        }
        for (row, code) in coded.codes.column(position).iter().enumerate() {
            if *code != 0 && columns.stage.get(row) < item.stage {
                columns.stage.set(row, item.stage);
            }
        }
    }
}

/// The columns that need neither ids nor answers, and the order that their times give.
fn timed_columns<Id: AsRef<str>>(
    coded: &Coded<'_, Id>,
) -> Result<(Columns, Option<Vec<u32>>), BacklogError> {
    let mut columns = Columns { received: coded.received.to_vec(), ..Columns::default() };
    for (row, due) in coded.deadlines.iter().enumerate() {
        if let Some(deadline) = due {
            deadline.check().map_err(|cause| refused(coded, row, cause))?;
            columns.set_deadlines(row, std::iter::once(Due::of(deadline)));
        }
    }
    let keys = [
        ("unit", coded.units, &mut columns.unit, &mut columns.units),
        ("subject", coded.subjects, &mut columns.subject, &mut columns.subjects),
        ("bundle", coded.bundles, &mut columns.bundle, &mut columns.bundles),
    ];
    for (what, given, numbers, texts) in keys {
        for (row, text) in given.iter().enumerate() {
            let Some(text) = text else { continue };
            let (before, number) = (texts.texts().len(), texts.number(Some(text)));
            if texts.texts().len() > before {
                check_name(what, text).map_err(|cause| refused(coded, row, cause))?;
            }
            numbers.set(row, number);
        }
    }
    if coded.origin != Origin::default() {
        columns.origin.append(0, std::iter::repeat_n(coded.origin, coded.received.len()));
    }
    let order = order::order_by_time(&columns);
    Ok((columns, order))
}

/// What is wrong with a complaint, by its id.
fn refused<Id: AsRef<str>>(
    coded: &Coded<'_, Id>,
    row: usize,
    cause: ComplaintError,
) -> EncodeError {
    EncodeError::Complaint { complaint: cut(coded.ids[row].as_ref(), 40), cause }
}

/// Looks for a code that its item does not have: where the greatest of a column is too great, the
/// complaint that has it.
fn check_codes<Id: AsRef<str>>(
    codebook: &Codebook,
    coded: &Coded<'_, Id>,
    greatest: &[u8],
) -> Result<(), BacklogError> {
    for (position, item) in codebook.items().iter().enumerate() {
        let limit = item.answers.len();
        if usize::from(greatest[position]) > limit {
            let column = coded.codes.column(position);
            let row = column.iter().position(|&code| usize::from(code) > limit).unwrap_or(0);
            return Err(BacklogError::Code {
                id: coded.ids[row].as_ref().to_owned(),
                item: item.id.clone(),
                code: column[row],
                limit,
            });
        }
    }
    Ok(())
}
