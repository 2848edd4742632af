//! Batches read row for row, for query engines: nothing is gathered, merged or left out.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::Fields;

use super::TableError;
use super::columns::{ColumnType, columns_of};
use super::part::{Part, Parts};
use super::read::{TableReader, other_schema};
use super::rows::Rows;
use super::text::Style;
use crate::Timestamp;
use crate::backlog::{ColumnUse, IntakeReport, Reading, RowForm, SeparateRows, UnmatchedColumn};
use crate::codebook::Item;
use crate::intake::{BETWEEN_VALUES, Importer, MappedForm};
use crate::triage::Triage;

/// Reads batches of one schema row for row under a model: what a function of a query engine needs. Every row of a
/// batch gets an answer at its place, whole or damaged.
///
/// Rows are taken by themselves: an id that stands in two rows is two complaints here, where a backlog would merge them.
/// [`TableReader::rows`] and [`TableReader::rows_mapped`] make it; it serves any number of threads.
///
/// ```
/// use std::sync::Arc;
/// use caserank::arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
/// use caserank::tables::TableReader;
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = caserank::Triage::from_json(json)?;
/// let batch = RecordBatch::try_from_iter([
///     ("id", Arc::new(StringArray::from(vec!["a", "b"])) as ArrayRef),
///     ("received", Arc::new(StringArray::from(vec!["2026-04-17", "2026-04-18"]))),
///     ("urgent", Arc::new(StringArray::from(vec!["no", "yes"]))),
/// ])?;
/// let reader = TableReader::new().rows(&triage, batch.schema_ref().fields(), triage.reading())?;
/// let keys = reader.read(&batch)?.keys();
/// assert!(keys.value(1) < keys.value(0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RowReader {
    triage: Triage,
    form: Form,
    columns: Vec<ColumnType>,
    style: Style,
    report: Arc<IntakeReport>,
    latest: Option<Timestamp>,
    /// What threads are not using now; each keeps the dictionaries that it met last.
    spare: Mutex<Vec<Parts>>,
}

#[derive(Debug)]
enum Form {
    Plain(Box<RowForm>),
    Mapped(Box<MappedForm>),
}

impl TableReader {
    /// A reader of rows whose columns have the names of the plain CSV; see [`TableReader::read_into`]. What a second
    /// row of an id says is not the reading's to decide here.
    ///
    /// # Errors
    /// [`TableError`] where a column is missing or of a type that does not serve, or one is not listed and the reading
    /// refuses such.
    pub fn rows(
        &self,
        triage: &Triage,
        fields: &Fields,
        reading: impl Into<Reading>,
    ) -> Result<RowReader, TableError> {
        let style = Style { wall_clock: self.wall_clock, ..Style::default() };
        RowReader::new(triage, fields, reading.into(), style, |parts, reading| {
            let names: Vec<&str> = parts.columns.iter().map(|column| &*column.name).collect();
            let has_clock = self.wall_clock.is_some();
            let check = |column: usize, needed| parts.columns[column].check(needed, has_clock);
            let form = RowForm::new(triage.codebook(), reading, &names, check)?;
            Ok(Form::Plain(Box::new(form)))
        })
    }

    /// A reader of rows of any columns through a mapping; see [`TableReader::read_mapped`].
    ///
    /// # Errors
    /// [`TableError`] where a column is missing or of a type that does not serve; [`TableError::Codebook`] for a
    /// mapping to another codebook than the model's.
    pub fn rows_mapped(
        &self,
        triage: &Triage,
        importer: &Importer,
        fields: &Fields,
        reading: impl Into<Reading>,
    ) -> Result<RowReader, TableError> {
        triage.codebook().require_same("the mapping", importer.codebook())?;
        let style =
            Style { booleans: ["true", "false"], between: BETWEEN_VALUES, ..Style::default() };
        RowReader::new(triage, fields, reading.into(), style, |parts, reading| {
            let names = parts.columns.iter().map(|column| column.name.clone()).collect();
            let check =
                |column: usize, needed: ColumnUse| parts.columns[column].check(needed, true);
            let form = MappedForm::new::<TableError>(importer, &reading, names, check)?;
            Ok(Form::Mapped(Box::new(form)))
        })
    }
}

impl RowReader {
    fn new(
        triage: &Triage,
        fields: &Fields,
        reading: Reading,
        style: Style,
        form: impl FnOnce(&Parts, Reading) -> Result<Form, TableError>,
    ) -> Result<Self, TableError> {
        // What must not be lost is the model's to say.
        let reading = reading.with_danger(triage.danger_answers());
        let latest = reading.time_of_intake.map(|now| now.plus_days(1));
        let columns = columns_of(fields);
        let parts = Parts::new(columns.clone(), style);
        let form = form(&parts, reading)?;
        let report = match &form {
            Form::Plain(form) => form.report().clone(),
            Form::Mapped(form) => form.report().clone(),
        };
        Ok(RowReader {
            triage: triage.clone(),
            form,
            columns,
            style,
            report: Arc::new(report),
            latest,
            spare: Mutex::new(vec![parts]),
        })
    }

    /// The model.
    #[must_use]
    pub fn triage(&self) -> &Triage {
        &self.triage
    }

    /// Every column by its path, with what it is read as: an item, a field of a complaint, `ITEM.known_at`, or a name of
    /// the mapping; `None` where nothing reads it.
    pub fn read_as(&self) -> impl Iterator<Item = (&str, Option<String>)> {
        let read_as: Vec<_> = match &self.form {
            Form::Plain(form) => form.read_as().collect(),
            Form::Mapped(form) => form.read_as().collect(),
        };
        let columns = self.columns.iter().filter(|column| !super::carried::is_carried(column));
        columns.map(|column| column.name.as_str()).zip(read_as)
    }

    /// Columns that nothing reads and that the mapping does not say to ignore, each with the item or field that it
    /// resembles: it may be the one that says *danger*.
    #[must_use]
    pub fn unmatched(&self) -> &[UnmatchedColumn] {
        self.report.unmatched()
    }

    /// Items that no column answers.
    pub fn unanswered(&self) -> impl Iterator<Item = &Item> {
        let items = self.triage.codebook().items().iter().enumerate();
        let answered = |item| match &self.form {
            Form::Plain(form) => form.answers(item),
            Form::Mapped(form) => form.answers(item),
        };
        items.filter(move |(item, _)| !answered(*item)).map(|(_, item)| item)
    }

    /// Reads a batch. O(rows × items).
    ///
    /// # Errors
    /// [`TableError::OtherSchema`] for a batch of other columns.
    pub fn read(&self, batch: &RecordBatch) -> Result<Rows, TableError> {
        let columns = columns_of(batch.schema_ref().fields());
        if columns != self.columns {
            return Err(other_schema(1, &columns, &self.columns));
        }
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut parts = spare.unwrap_or_else(|| Parts::new(columns, self.style));
        let part = parts.part(batch);
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(parts);
        Ok(Rows {
            triage: self.triage.clone(),
            report: Arc::clone(&self.report),
            rows: self.read_part(&part),
            len: batch.num_rows(),
            latest: self.latest,
        })
    }

    fn read_part(&self, part: &Part) -> SeparateRows {
        match &self.form {
            Form::Plain(form) => form.read(part),
            Form::Mapped(form) => form.read(part),
        }
    }
}
