//! What was not understood goes along in a table, and comes back.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use caserank::arrow_array::cast::AsArray;
use caserank::arrow_array::{Array, ArrayRef, ListArray, RecordBatch, StringArray, StructArray};
use caserank::backlog::Reading;
use caserank::tables;

use super::tables::{batch, codebook, read, text};

#[test]
fn what_was_not_understood_goes_along() {
    let csv = "id,received,unit,urgent,prior_reports\na,2026-04-17,n,yess,4\nb,2026-04-18,n,no,1.5\nc,2026-04-19,,,\n";
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let columns: Vec<(&str, ArrayRef)> = (0..5)
        .map(|place| {
            (rows[0][place], text(&rows[1..].iter().map(|row| row[place]).collect::<Vec<_>>()))
        })
        .collect();
    let first = read(&batch(&columns));
    assert_eq!(first.report().partly_understood(), 2);
    let table = tables::backlog(first.backlog(), ..).unwrap();
    let again = read(&table);
    assert_eq!(again.report().partly_understood(), 2);
    for row in 0..3 {
        assert_eq!(
            again.backlog().complaint(row).not_understood().len(),
            first.backlog().complaint(row).not_understood().len()
        );
        assert_eq!(again.backlog().not_understood(row), first.backlog().not_understood(row));
    }
    let strict = tables::read_batch(&codebook(), &table, Reading::new().strict()).unwrap();
    assert_eq!(strict.report().not_rankable(), 2);
}

/// Of a reason that this release does not know, as a later one may write it, the rest is told.
#[test]
fn what_was_not_understood_for_a_reason_not_known_is_told() {
    let columns = [("id", "a"), ("received", "2026-04-17"), ("urgent", "perhaps")];
    let first = read(&batch(&columns.map(|(name, cell)| (name, text(&[cell])))));
    let table = tables::backlog(first.backlog(), ..).unwrap();
    let schema = table.schema();
    let (position, _) = schema.column_with_name("not_understood").unwrap();
    let (field, offsets, values, nulls) = table.column(position).as_list().clone().into_parts();
    let (fields, mut entries, entry_nulls) = values.as_struct().clone().into_parts();
    let (why, _) = fields.find("why").unwrap();
    entries[why] = Arc::new(StringArray::from(vec!["\"a_later_reason\""; entries[why].len()]));
    let values = Arc::new(StructArray::new(fields, entries, entry_nulls));
    let mut columns = table.columns().to_vec();
    columns[position] = Arc::new(ListArray::new(field, offsets, values, nulls));
    let again = read(&RecordBatch::try_new(schema, columns).unwrap());
    let told = again.backlog().not_understood(0);
    assert_eq!((told.len(), told[0].item(), told[0].text()), (1, "urgent", "perhaps"));
}
