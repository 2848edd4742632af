//! Filling a backlog, complaint by complaint or from a file.

use super::columns::{Columns, Due, Row};
use super::names::TakenIds;
use super::packing::Packing;
use super::{Backlog, BacklogError};
use crate::Timestamp;
use crate::codebook::{Codebook, Stage};
use crate::complaint::{Complaint, Deadline, Encoded, Origin, Unlisted};

/// Collects complaints, then freezes them into a [`Backlog`].
///
/// ```
/// use caserank::{BacklogBuilder, Codebook, Complaint};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy-codebook.json"));
/// # let codebook = Codebook::from_json(json)?;
/// let mut builder = BacklogBuilder::new(&codebook);
/// builder.push(&Complaint::new("b", "2026-04-18".parse()?)?.answer("urgent", "yes"))?;
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
    pub(super) unlisted: Unlisted,
    pub(super) as_of: Option<Timestamp>,
    pub(super) columns: Columns,
    pub(super) ids: TakenIds,
}

impl BacklogBuilder {
    /// An empty backlog of complaints coded by this codebook; unlisted items are refused.
    #[must_use]
    pub fn new(codebook: &Codebook) -> Self {
        BacklogBuilder {
            packing: Packing::new(codebook),
            codebook: codebook.clone(),
            unlisted: Unlisted::Refuse,
            as_of: None,
            columns: Columns::default(),
            ids: TakenIds::default(),
        }
    }

    /// What to do with answers to items that the codebook does not list.
    #[must_use]
    pub fn unlisted(mut self, unlisted: Unlisted) -> Self {
        self.unlisted = unlisted;
        self
    }

    /// Leave out answers that became known after this time.
    #[must_use]
    pub fn as_of(mut self, as_of: Timestamp) -> Self {
        self.as_of = Some(as_of);
        self
    }

    /// How many complaints it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a complaint; gives back the items that the codebook does not list.
    ///
    /// # Errors
    /// [`BacklogError::Encode`] for answers that do not fit, [`BacklogError::RepeatedId`] for an
    /// id that is there already, [`BacklogError::Full`] beyond the most a backlog holds. The
    /// builder is then as it was.
    pub fn push(&mut self, complaint: &Complaint) -> Result<Vec<String>, BacklogError> {
        let encoded = complaint.encode(&self.codebook, self.as_of, self.unlisted)?;
        self.push_encoded(complaint, encoded)
    }

    fn push_encoded(
        &mut self,
        complaint: &Complaint,
        encoded: Encoded,
    ) -> Result<Vec<String>, BacklogError> {
        let deadlines: Vec<Due<'_>> = complaint.deadlines().iter().map(Due::of).collect();
        self.push_row(&Row {
            known: &known_times(&self.codebook, complaint, &encoded),
            ..Row::of(complaint, &encoded, &deadlines)
        })?;
        Ok(encoded.unlisted)
    }

    /// Adds a complaint that was checked and coded by this codebook before.
    ///
    /// # Errors
    /// [`BacklogError::RepeatedId`] and [`BacklogError::Full`].
    pub(crate) fn push_coded(&mut self, row: &CodedRow<'_>) -> Result<(), BacklogError> {
        let deadlines: Vec<Due<'_>> = row.deadlines.iter().map(Due::of).collect();
        self.push_row(&Row {
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
        })
    }

    fn push_row(&mut self, row: &Row<'_>) -> Result<(), BacklogError> {
        self.take_id(row.id)?;
        self.columns.push(row);
        self.columns.pack(row.codes, &self.packing);
        Ok(())
    }

    /// Adds every complaint of a backlog of the same codebook.
    ///
    /// # Errors
    /// [`BacklogError::OtherCodebook`], or what [`BacklogBuilder::push`] refuses; complaints before
    /// the refused one have been added.
    pub fn extend(&mut self, backlog: &Backlog) -> Result<(), BacklogError> {
        self.codebook.require_of_backlog(backlog.codebook())?;
        let mut codes = vec![0; self.packing.items()];
        for row in 0..backlog.len() {
            backlog.codes_of(row, &mut codes);
            let deadlines = backlog.deadlines(row);
            let deadlines: Vec<Due<'_>> = deadlines.iter().map(Due::of).collect();
            let known = backlog.known_times(row).map(|known| (known.item as usize, known.time));
            self.push_row(&Row {
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
            })?;
        }
        Ok(())
    }

    /// Puts the rows in tie order and closes the backlog. O(n).
    #[must_use]
    pub fn freeze(self) -> Backlog {
        Backlog::freeze(
            self.codebook,
            self.packing,
            self.as_of,
            self.columns,
            self.ids.into_index(),
        )
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
}

/// Times at which answers that count became known, by item.
pub(super) fn known_times(
    codebook: &Codebook,
    complaint: &Complaint,
    encoded: &Encoded,
) -> Vec<(usize, Timestamp)> {
    let given = complaint
        .answers()
        .filter_map(|(id, given)| Some((codebook.item_place(id)?, given.known_at?)));
    let mut known: Vec<_> = given.filter(|&(item, _)| encoded.codes[item] != 0).collect();
    known.sort_unstable_by_key(|&(item, _)| item);
    known
}
