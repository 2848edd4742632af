//! A model, and a mapping where there is one, compiled once and shared by all functions.

use std::sync::{Arc, Mutex, PoisonError};

use caserank::Triage;
use caserank::backlog::Reading;
use caserank::complaint::Unlisted;
use caserank::intake::Importer;
use caserank::tables::{RowReader, Rows, TableReader};
use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, StructArray, make_array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Fields, Schema, SchemaRef};

use crate::EngineError;

/// So many sets of columns are kept ready.
const MOST_READERS: usize = 32;

/// Everything that the functions of one registration share.
#[derive(Debug)]
pub(crate) struct Model {
    triage: Triage,
    importer: Option<Importer>,
    table_reader: TableReader,
    reading: Reading,
    /// What results depend on: the model's fingerprint, the mapping's and the reading.
    fingerprint: String,
    readers: Mutex<Vec<Arc<Columns>>>,
}

/// Columns by name, and the reader of rows that have them.
#[derive(Debug)]
pub(crate) struct Columns {
    fields: Fields,
    schema: SchemaRef,
    pub(crate) reader: RowReader,
}

impl Model {
    pub(crate) fn new(
        triage: Triage,
        importer: Option<Importer>,
        table_reader: TableReader,
        reading: Reading,
    ) -> Self {
        // Columns that nothing reads are judged here, by what was asked for.
        let reading = reading.with_unlisted(Unlisted::Report);
        let mapping =
            importer.as_ref().map(|importer| importer.mapping().fingerprint().to_string());
        let fingerprint = format!(
            "{} {} {table_reader:?} {reading:?}",
            triage.fingerprint(),
            mapping.as_deref().unwrap_or("-"),
        );
        let readers = Mutex::default();
        Model { triage, importer, table_reader, reading, fingerprint, readers }
    }

    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// A reader of rows with these columns, whatever else they have.
    pub(crate) fn reader(&self, function: &str, fields: &Fields) -> Result<RowReader, EngineError> {
        let reading = self.reading.clone();
        let reader = match &self.importer {
            None => self.table_reader.rows(&self.triage, fields, reading),
            Some(importer) => {
                self.table_reader.rows_mapped(&self.triage, importer, fields, reading)
            }
        };
        reader.map_err(|cause| EngineError::Table { function: function.to_owned(), cause })
    }

    /// A reader for columns that were given by name, every one of which must be read.
    pub(crate) fn columns(
        &self,
        function: &str,
        fields: &Fields,
    ) -> Result<Arc<Columns>, EngineError> {
        let lock = || self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |columns: &&Arc<Columns>| columns.fields == *fields;
        if let Some(columns) = lock().iter().find(known) {
            return Ok(Arc::clone(columns));
        }
        let reader = self.reader(function, fields)?;
        let unread = reader.unmatched().iter().find(|column| {
            // A field of a struct is not given by itself.
            fields.iter().any(|field| field.name() == column.name())
        });
        if let Some(column) = unread {
            return Err(EngineError::Unread {
                function: function.to_owned(),
                column: column.name().to_owned(),
                resembles: column.resembles().map(str::to_owned),
            });
        }
        self.check(function, &reader)?;
        let schema = Arc::new(Schema::new(fields.clone()));
        let columns = Arc::new(Columns { fields: fields.clone(), schema, reader });
        let mut readers = lock();
        readers.truncate(MOST_READERS - 1);
        readers.insert(0, Arc::clone(&columns));
        Ok(columns)
    }

    /// Refuses columns of which one may hide danger because its name is not known, or that cannot say *danger* at all.
    pub(crate) fn check(&self, function: &str, reader: &RowReader) -> Result<(), EngineError> {
        let is_read = |name: &str| {
            let items = self.triage.codebook();
            match items.item_index(name) {
                Some(_) => reader.unanswered().all(|item| item.id != name),
                None => reader.read_as().any(|(_, read_as)| read_as.as_deref() == Some(name)),
            }
        };
        for column in reader.unmatched() {
            if let Some(resembles) = column.resembles().filter(|name| !is_read(name)) {
                return Err(EngineError::LooksLike {
                    function: function.to_owned(),
                    column: column.name().to_owned(),
                    resembles: resembles.to_owned(),
                });
            }
        }
        let items: Vec<String> = self.silent(reader).collect();
        if items.is_empty() {
            return Ok(());
        }
        Err(EngineError::NoDanger { function: function.to_owned(), items })
    }

    /// Items that no column answers and that have an answer of danger.
    pub(crate) fn silent<'a>(&self, reader: &'a RowReader) -> impl Iterator<Item = String> + 'a {
        let (danger, codebook) = (self.triage.danger_answers(), self.triage.codebook().clone());
        reader.unanswered().filter_map(move |item| {
            let index = codebook.item_index(&item.id)?;
            danger.has_item(index).then(|| item.id.clone())
        })
    }
}

impl Columns {
    /// Reads rows that came as structs of these columns.
    pub(crate) fn read(&self, function: &str, structs: &StructArray) -> Result<Rows, EngineError> {
        let fault = |cause| EngineError::Table { function: function.to_owned(), cause };
        let nulls = structs.nulls().filter(|nulls| nulls.null_count() > 0);
        let columns = structs.columns().iter().map(|column| match nulls {
            // What stands in a struct that is null is not there.
            Some(nulls) => without(column, nulls),
            None => Ok(Arc::clone(column)),
        });
        let columns =
            columns.collect::<Result<Vec<_>, _>>().map_err(|error| fault(error.into()))?;
        let batch = RecordBatch::try_new_with_options(
            Arc::clone(&self.schema),
            columns,
            &datafusion::arrow::array::RecordBatchOptions::new()
                .with_row_count(Some(structs.len()))
                .with_match_field_names(false),
        );
        self.reader.read(&batch.map_err(|error| fault(error.into()))?).map_err(fault)
    }

    /// Rows of none, for the types of results.
    pub(crate) fn none(&self, function: &str) -> Result<Rows, EngineError> {
        let batch = RecordBatch::new_empty(Arc::clone(&self.schema));
        let fault = |cause| EngineError::Table { function: function.to_owned(), cause };
        self.reader.read(&batch).map_err(fault)
    }
}

/// A column with more nulls.
fn without(
    column: &ArrayRef,
    nulls: &NullBuffer,
) -> Result<ArrayRef, datafusion::arrow::error::ArrowError> {
    if *column.data_type() == DataType::Null {
        return Ok(Arc::clone(column));
    }
    let nulls = NullBuffer::union(column.nulls(), Some(nulls));
    Ok(make_array(column.to_data().into_builder().nulls(nulls).build()?))
}
