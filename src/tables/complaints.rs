//! A backlog as a record batch.

use std::ops::RangeBounds;
use std::sync::Arc;

use arrow_array::types::UInt8Type;
use arrow_array::{DictionaryArray, RecordBatch, StringArray, UInt8Array};
use arrow_buffer::NullBuffer;

use super::TableError;
use super::carried;
use super::made::{Made, Words, deadlines, not_understood, texts, times, within};
use super::ranked::{origins, stages};
use crate::backlog::Backlog;

/// Rows of a backlog as a batch, in tie order, with the columns that [`read`](super::read) takes: read back, they are
/// the same complaints, but for the exact numbers behind bins. What was not understood stands in a column of its own.
/// Batches of any rows of one backlog have one schema. O(rows × items).
///
/// ```
/// use caserank::{Backlog, BacklogBuilder, Codebook, Complaint, tables};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy-codebook.json"));
/// # let codebook = Codebook::from_json(json)?;
/// let mut builder = BacklogBuilder::new(&codebook);
/// builder.push(&Complaint::new("a", "2026-04-17".parse()?)?.with_answer("urgent", "yes"))?;
/// let batch = tables::backlog(&builder.freeze(), ..)?;
/// let again = tables::read_batch(&codebook, &batch, caserank::backlog::Reading::new())?;
/// assert_eq!(again.backlog().complaint(0).id(), "a");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`TableError::TooMuch`] where one array cannot hold all ids; rows beyond the last are left out.
pub fn backlog(
    backlog: &Backlog,
    rows: impl RangeBounds<usize>,
) -> Result<RecordBatch, TableError> {
    let rows = within(&rows, backlog.len());
    let codebook = backlog.codebook();
    let items = codebook.items();
    let mut made = Made::new("backlog", codebook, None, rows.len());
    made.add_whole("id", texts(rows.clone().map(|row| Some(backlog.id(row))))?);
    made.add_whole("received", times(rows.clone().map(|row| Some(backlog.received(row)))));
    made.add("unit", Words::of(rows.clone().map(|row| backlog.unit(row)))?);
    made.add("subject", Words::of(rows.clone().map(|row| backlog.subject(row)))?);
    made.add("bundle", Words::of(rows.clone().map(|row| backlog.bundle(row)))?);
    made.add_whole("stage", stages(rows.clone().map(|row| backlog.stage(row)))?);
    made.add_whole("origin", origins(rows.clone().map(|row| backlog.origin_of(row)))?);
    made.add("deadlines", deadlines(rows.clone().map(|row| backlog.deadlines(row)))?);
    let mut of_items: Vec<Vec<u8>> = vec![Vec::with_capacity(rows.len()); items.len()];
    let mut codes = vec![0; items.len()];
    for row in rows.clone() {
        backlog.codes_of(row, &mut codes);
        of_items.iter_mut().zip(&codes).for_each(|(column, &code)| column.push(code));
    }
    for (item, codes) in items.iter().zip(of_items) {
        let nulls: NullBuffer = codes.iter().map(|&code| code != 0).collect();
        let keys = codes.iter().map(|&code| code.saturating_sub(1));
        let keys = UInt8Array::new(keys.collect(), Some(nulls));
        let answers: StringArray = item.answers.iter().map(|answer| Some(&*answer.id)).collect();
        made.add(
            &item.id,
            Arc::new(DictionaryArray::<UInt8Type>::try_new(keys, Arc::new(answers))?),
        );
    }
    for item in backlog.dated_items() {
        let known = |row| backlog.known_at(row).find(|(of, _)| *of == item).map(|(_, time)| time);
        made.add(format!("{}.known_at", items[item].id), times(rows.clone().map(known)));
    }
    if !backlog.partly_understood().is_empty() {
        made.add(carried::NAME, not_understood(rows.map(|row| backlog.not_understood(row)))?);
    }
    made.batch()
}
