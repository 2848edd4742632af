//! The synthetic backlog and its ranking as Arrow and Parquet files, for data frames and warehouses.
//!
//! ```text
//! cargo run --release --all-features --example tables -- FOLDER
//! python3 fixtures/tables/pyarrow_tables.py check FOLDER
//! ```

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use caserank::arrow_array::RecordBatch;
use caserank::complaint::Unlisted;
use caserank::{Backlog, reference, tables};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("name a folder for the files")?;
    let folder = PathBuf::from(folder);
    fs::create_dir_all(&folder)?;
    let triage = reference::published()?;
    let reading = triage.reading().with_unlisted(Unlisted::Report);
    let csv =
        Backlog::read_csv(triage.codebook(), File::open("fixtures/backlog.csv")?, reading.clone())?;
    let ranking = triage.rank(csv.backlog())?;

    let complaints = tables::backlog(csv.backlog(), ..)?;
    write_arrow(&folder.join("backlog.arrow"), &complaints)?;
    write_parquet(&folder.join("backlog.parquet"), &complaints)?;
    write_arrow(&folder.join("ranking.arrow"), &tables::ranking(&ranking, ..)?)?;
    let first: Vec<_> = ranking.top(100).map(|entry| entry.assess()).collect();
    write_arrow(
        &folder.join("assessments.arrow"),
        &tables::assessments(triage.codebook(), &first)?,
    )?;

    // Read back, the order is the same to the last tie.
    let file = File::open(folder.join("backlog.parquet"))?;
    let batches = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file)?;
    let again = tables::read(triage.codebook(), batches.build()?, reading)?;
    let order = triage.rank(again.backlog())?;
    let same = order.iter().eq(ranking.iter());
    println!("SYNTHETIC: made-up complaints.");
    println!("{} complaints in {}", complaints.num_rows(), folder.display());
    println!(
        "the order of the Parquet copy is that of the CSV: {}",
        if same { "yes" } else { "no" }
    );
    if same { Ok(()) } else { Err("the orders differ".into()) }
}

fn write_arrow(path: &Path, batch: &RecordBatch) -> Result<(), Box<dyn Error>> {
    let mut writer = arrow_ipc::writer::FileWriter::try_new(File::create(path)?, &batch.schema())?;
    writer.write(batch)?;
    writer.finish()?;
    Ok(())
}

fn write_parquet(path: &Path, batch: &RecordBatch) -> Result<(), Box<dyn Error>> {
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), Some(properties))?;
    writer.write(batch)?;
    writer.close()?;
    Ok(())
}
