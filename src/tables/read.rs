//! Record batches in, an intake out.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType};

use super::TableError;
use super::columns::{ColumnType, columns_of};
use super::part::{Part, Parts};
use super::text::Style;
use crate::backlog::{BacklogBuilder, ColumnUse, Intake, IntakeReport, Reading};
use crate::base::text::cut;
use crate::codebook::Codebook;
use crate::intake::{BETWEEN_VALUES, Importer, zone_seconds};

/// How record batches are read, beyond what [`Reading`] says.
///
/// ```
/// use std::sync::Arc;
/// use caserank::arrow_array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
/// use caserank::tables::TableReader;
/// use caserank::{BacklogBuilder, Codebook};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy-codebook.json"));
/// # let codebook = Codebook::from_json(json)?;
/// let batch = RecordBatch::try_from_iter([
///     ("id", Arc::new(StringArray::from(vec!["a", "b"])) as ArrayRef),
///     ("received", Arc::new(StringArray::from(vec!["2026-04-17", "2026-04-18"]))),
///     ("urgent", Arc::new(BooleanArray::from(vec![None, Some(true)]))),
/// ])?;
/// let mut builder = BacklogBuilder::new(&codebook);
/// let report = TableReader::new().read_into(&mut builder, [Ok::<_, std::io::Error>(batch)])?;
/// assert_eq!(report.understood(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct TableReader {
    pub(super) wall_clock: Option<i64>,
}

impl TableReader {
    /// Timestamps that name no zone are refused.
    #[must_use]
    pub fn new() -> Self {
        TableReader::default()
    }

    /// Takes timestamps that name no zone as what a clock in this zone shows: `utc`, or hours ahead of it such as
    /// `-06:00`. Through a mapping, the mapping's zone counts.
    ///
    /// # Errors
    /// [`TableError::Zone`].
    pub fn with_wall_clock(mut self, zone: &str) -> Result<Self, TableError> {
        let ahead = zone_seconds(zone);
        self.wall_clock = Some(ahead.ok_or_else(|| TableError::Zone { zone: cut(zone, 40) })?);
        Ok(self)
    }

    /// Adds complaints to a builder from batches whose columns have the names of the plain CSV (see
    /// [`BacklogBuilder`]), which are matched in the same way: `id` and `received`, `unit`, `subject`, `bundle`,
    /// `stage`, `origin`, `deadlines`, items, and `ITEM.known_at`. All batches have one schema. What a dictionary holds
    /// is looked up once. O(cells); several batches are read at once with the feature `parallel`, and the result is
    /// the same.
    ///
    /// # Errors
    /// [`TableError`] where a column is missing or of a type that does not serve, or a batch fails. The builder is
    /// then as it was.
    pub fn read_into<B, E>(
        &self,
        builder: &mut BacklogBuilder,
        batches: B,
    ) -> Result<IntakeReport, TableError>
    where
        B: IntoIterator<Item = Result<RecordBatch, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let style = Style { wall_clock: self.wall_clock, ..Style::default() };
        let mut source = Source::new(batches.into_iter(), style)?;
        let columns = source.parts.columns.clone();
        let names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
        let has_clock = self.wall_clock.is_some();
        let check = |column: usize, needed: ColumnUse| columns[column].check(needed, has_clock);
        builder.read_table(&names, check, || source.next())
    }

    /// Reads a backlog; see [`TableReader::read_into`].
    ///
    /// # Errors
    /// As there.
    pub fn read<B, E>(
        &self,
        codebook: &Codebook,
        batches: B,
        reading: impl Into<Reading>,
    ) -> Result<Intake, TableError>
    where
        B: IntoIterator<Item = Result<RecordBatch, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut builder = BacklogBuilder::new(codebook).with_reading(reading);
        let report = self.read_into(&mut builder, batches)?;
        Ok(Intake::new(builder.freeze(), report))
    }

    /// Reads a backlog from batches of any columns through a mapping, by the mapping's names, words and zone. Times
    /// that are times need no form; a list of times is as many deadlines; fields of structs are named by their path.
    /// It makes no difference whether the mapping was written for tables or for JSON.
    ///
    /// # Errors
    /// [`TableError`] where a column is missing or of a type that does not serve, or a batch fails.
    pub fn read_mapped<B, E>(
        &self,
        importer: &Importer,
        batches: B,
        reading: &Reading,
    ) -> Result<Intake, TableError>
    where
        B: IntoIterator<Item = Result<RecordBatch, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let style =
            Style { booleans: ["true", "false"], between: BETWEEN_VALUES, ..Style::default() };
        let source = Source::new(batches.into_iter(), style)?;
        let columns = source.parts.columns.clone();
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let check = |column: usize, needed: ColumnUse| columns[column].check(needed, true);
        importer.read_table(&names, check, source, reading)
    }
}

/// Reads a backlog from record batches with the columns of the plain CSV: [`TableReader::read`] as it comes.
///
/// # Errors
/// As there.
pub fn read<B, E>(
    codebook: &Codebook,
    batches: B,
    reading: impl Into<Reading>,
) -> Result<Intake, TableError>
where
    B: IntoIterator<Item = Result<RecordBatch, E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    TableReader::new().read(codebook, batches, reading)
}

/// Reads a backlog from one record batch; see [`read`].
///
/// # Errors
/// As there.
pub fn read_batch(
    codebook: &Codebook,
    batch: &RecordBatch,
    reading: impl Into<Reading>,
) -> Result<Intake, TableError> {
    read(codebook, [Ok::<_, ArrowError>(batch.clone())], reading)
}

/// Batches of one schema, one after another.
struct Source<I> {
    batches: I,
    parts: Parts,
    columns: Vec<ColumnType>,
    first: Option<RecordBatch>,
    rows: u64,
}

impl<I, E> Source<I>
where
    I: Iterator<Item = Result<RecordBatch, E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// Takes the first batch, for its columns.
    fn new(mut batches: I, style: Style) -> Result<Self, TableError> {
        let first = batches.next().ok_or(TableError::NoBatch)?;
        let first = first.map_err(|cause| TableError::Source { rows: 0, cause: cause.into() })?;
        let columns = columns_of(first.schema_ref().fields());
        let parts = Parts::new(columns.clone(), style);
        Ok(Source { batches, parts, columns, first: Some(first), rows: 0 })
    }
}

impl<I, E> Iterator for Source<I>
where
    I: Iterator<Item = Result<RecordBatch, E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Item = Result<Part, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.first.take() {
            Some(first) => first,
            None => match self.batches.next()? {
                Ok(batch) => batch,
                Err(cause) => {
                    return Some(Err(TableError::Source { rows: self.rows, cause: cause.into() }));
                }
            },
        };
        let columns = columns_of(batch.schema_ref().fields());
        if columns != self.columns {
            return Some(Err(other_schema(self.rows + 1, &columns, &self.columns)));
        }
        self.rows += batch.num_rows() as u64;
        Some(Ok(self.parts.part(&batch)))
    }
}

/// The first column in which two schemas differ.
pub(super) fn other_schema(row: u64, found: &[ColumnType], expected: &[ColumnType]) -> TableError {
    let position = found.iter().zip(expected).position(|(found, other)| found != other);
    let position = position.unwrap_or(found.len().min(expected.len()));
    let shown = |columns: &[ColumnType]| match columns.get(position) {
        Some(ColumnType { name, data_type }) => shown_column(name, data_type),
        None => format!("{} columns", columns.len()),
    };
    TableError::OtherSchema { row, found: shown(found), expected: shown(expected) }
}

fn shown_column(name: &str, data_type: &DataType) -> String {
    format!("column `{}` of type {}", cut(name, 64), cut(&data_type.to_string(), 200))
}
