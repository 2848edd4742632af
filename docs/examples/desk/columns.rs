//! Parquet and Arrow files, as record batches.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use caserank::arrow_array::{Array as _, BooleanArray, RecordBatch};
use caserank::intake::SourceKind;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::prelude::*;

/// Batches as they come, or why they do not.
pub(super) type Batches = Box<dyn Iterator<Item = Result<RecordBatch, String>>>;

/// Row groups that are unpacked at once, so that a large file is not in memory as a whole twice.
const AT_ONCE: usize = 8;
const BATCH_ROWS: usize = 8_192;

/// The batches of a file of columns; `None` for a file of another kind. All columns are read: how many records fill
/// in those that nobody asks for is told, too.
pub(super) fn batches(
    kind: SourceKind,
    source: &mut (impl Read + ?Sized),
) -> Option<Result<Batches, String>> {
    let mut bytes = Vec::new();
    let open = match kind {
        SourceKind::Parquet => parquet,
        SourceKind::Arrow => arrow,
        _ => return None,
    };
    let read = source.read_to_end(&mut bytes).map_err(|cause| cause.to_string());
    Some(read.and_then(|_| open(bytes)))
}

/// The batches again, and the names of the columns that hold yes and no by their type.
pub(super) fn yes_or_no(mut batches: Batches) -> (Batches, BTreeSet<String>) {
    let first = batches.next();
    let mut names = BTreeSet::new();
    if let Some(Ok(batch)) = &first {
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            if column.as_any().is::<BooleanArray>() {
                names.insert(field.name().clone());
            }
        }
    }
    (Box::new(first.into_iter().chain(batches)), names)
}

/// The fault in words; of a packing that this program lacks, with the way out.
fn fault(cause: impl std::fmt::Display) -> String {
    let cause = cause.to_string();
    match cause.rsplit_once("Disabled feature at compile time: ") {
        Some((_, packing)) => format!(
            "its columns are packed by {packing}, which this program cannot unpack: write the file with Snappy or without compression"
        ),
        None => cause,
    }
}

fn parquet(bytes: Vec<u8>) -> Result<Batches, String> {
    let bytes = bytes::Bytes::from(bytes);
    let open = move |bytes: &bytes::Bytes| {
        ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).map_err(fault)
    };
    let builder = open(&bytes)?;
    let groups = builder.metadata().num_row_groups();
    if groups == 0 {
        let none = RecordBatch::new_empty(builder.schema().clone());
        return Ok(Box::new(std::iter::once(Ok(none))));
    }
    let read_group = move |group: usize| -> Vec<Result<RecordBatch, String>> {
        let reader = open(&bytes).and_then(|builder| {
            let builder = builder.with_row_groups(vec![group]).with_batch_size(BATCH_ROWS);
            builder.build().map_err(fault)
        });
        // A reader that met a fault may give it again and again.
        let mut read = Vec::new();
        let batches = match reader {
            Ok(batches) => batches,
            Err(cause) => return vec![Err(cause)],
        };
        for batch in batches {
            read.push(batch.map_err(fault));
            if read.last().is_some_and(Result::is_err) {
                break;
            }
        }
        read
    };
    let waves = (0..groups).step_by(AT_ONCE).flat_map(move |first| {
        let wave = first..(first + AT_ONCE).min(groups);
        wave.into_par_iter().map(&read_group).collect::<Vec<_>>().into_iter().flatten()
    });
    Ok(Box::new(waves))
}

fn arrow(bytes: Vec<u8>) -> Result<Batches, String> {
    let reader = arrow_ipc::reader::FileReader::try_new(Cursor::new(bytes), None)
        .map_err(|cause| cause.to_string())?;
    let none = RecordBatch::new_empty(reader.schema());
    let batches = reader.map(|batch| batch.map_err(|cause| cause.to_string()));
    Ok(Box::new(std::iter::once(Ok(none)).chain(batches)))
}
