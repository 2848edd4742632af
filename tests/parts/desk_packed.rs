//! The desk on packed files: read to their end, or refused in words.

use std::io::Write as _;

use clap::Parser as _;

use crate::golden::desk::{Cli, Finish, run, told};
use crate::golden::{desk_says, own_folder, written};

const FIRST: &str = "id,received,imminent_danger_flag\na,2026-04-17,no\nb,2026-04-18,no\n";
const SECOND: &str = "c,2026-04-19,yes\n";

fn frame(text: &str) -> Vec<u8> {
    let mut packed = zstd::Encoder::new(Vec::new(), 1).unwrap();
    packed.include_checksum(true).unwrap();
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

fn member(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// Programs that pack in parts write several: the last complaint counts like the first.
#[test]
fn packed_files_are_read_to_their_end() {
    let folder = own_folder("packed_files");
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"xyz"].concat();
    let files = [
        ("parts.zst", [frame(FIRST), frame(SECOND)].concat()),
        ("told.zst", [skipped.clone(), frame(FIRST), skipped, frame(""), frame(SECOND)].concat()),
        ("parts.gz", [member(FIRST), member(SECOND)].concat()),
    ];
    for (name, bytes) in files {
        let path = written(&folder, name, &bytes);
        let (said, finish) = desk_says(&["rank", &path]);
        assert_eq!(finish, Finish::Clean, "{name}: {said}");
        assert!(said.contains("3 records: 3 understood"), "{name}: {said}");
        assert!(said.contains("must"), "{name}: {said}");
        // Cut anywhere, it is refused in words, or all of its text is there.
        for length in (1..bytes.len()).step_by(31) {
            let path = written(&folder, "cut", &bytes[..length]);
            let cli = Cli::try_parse_from(["desk", "check", &path]).unwrap();
            let mut said = Vec::new();
            match run(&cli, &mut said) {
                Ok(_) => {
                    let said = String::from_utf8(said).unwrap();
                    let between = name == "parts.zst" && length == frame(FIRST).len()
                        || name == "parts.gz" && length == member(FIRST).len()
                        || name == "told.zst" && length > bytes.len() - frame(SECOND).len() - 40;
                    assert!(between, "{name} cut at {length}: {said}");
                }
                Err(failure) => {
                    let words = failure.to_string();
                    assert!(!words.contains("Error"), "{name} cut at {length}: {words}");
                }
            }
        }
    }
}

/// A bit that turned is told, since it may have been that of an answer.
#[test]
fn a_damaged_packed_file_is_refused() {
    let folder = own_folder("damaged_packed_files");
    let whole = frame(&format!("{FIRST}{SECOND}"));
    let mut refused = 0;
    for byte in (12..whole.len()).step_by(11) {
        let mut bytes = whole.clone();
        bytes[byte] ^= 1;
        let path = written(&folder, "damaged.zst", &bytes);
        let cli = Cli::try_parse_from(["desk", "check", &path]).unwrap();
        let mut said = Vec::new();
        match run(&cli, &mut said) {
            Ok(_) => panic!("byte {byte}: {}", String::from_utf8_lossy(&said)),
            Err(failure) => {
                refused += usize::from(failure.to_string().contains("get it again"));
            }
        }
    }
    assert!(refused > 0);
}

/// A frame that asks for more memory than is taken is not called damaged: unpacked by its own program, it can be read.
#[test]
fn a_frame_with_a_large_window_is_told_from_a_damaged_one() {
    let folder = own_folder("large_windows");
    for (exponent, part) in [(20_u8, "unpack it first"), (17, "")] {
        // A window of two to the power of ten and the exponent; one last block of bytes as they are.
        let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0, exponent << 3];
        let text = FIRST.as_bytes();
        bytes.extend_from_slice(&((text.len() as u32) << 3 | 1).to_le_bytes()[..3]);
        bytes.extend_from_slice(text);
        let path = written(&folder, "window.zst", &bytes);
        let cli = Cli::try_parse_from(["desk", "check", &path]).unwrap();
        match run(&cli, &mut Vec::new()) {
            Ok(finish) => assert!(part.is_empty() && finish == Finish::Clean, "{exponent}"),
            Err(failure) => {
                let words = told(&failure);
                assert!(!part.is_empty() && words.contains(part), "{exponent}: {words}");
                assert!(words.contains("134217728 bytes") && !words.contains("get it again"));
            }
        }
    }
}

/// What Polars and others write unasked.
#[cfg(feature = "arrow-59")]
#[test]
fn parquet_packed_by_zstandard_is_read() {
    use caserank::arrow_array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
    use parquet::basic::Compression;
    use std::sync::Arc;

    let folder = own_folder("parquet_by_zstandard");
    let many = 2_000;
    let ids: Vec<String> = (0..many).map(|number| format!("c{number}")).collect();
    let danger = (0..many).map(|number| (number == many - 1).then_some(true));
    let batch = RecordBatch::try_from_iter([
        ("id", Arc::new(StringArray::from(ids)) as ArrayRef),
        ("received", Arc::new(StringArray::from(vec!["2026-04-17"; many]))),
        ("imminent_danger_flag", Arc::new(danger.collect::<BooleanArray>())),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_compression(Compression::ZSTD(Default::default()))
        .set_max_row_group_row_count(Some(700))
        .build();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let path = written(&folder, "polars.parquet", &bytes);
    let (said, finish) = desk_says(&["rank", &path, "--top", "1"]);
    assert_eq!(finish, Finish::Clean, "{said}");
    assert!(said.contains("2000 records: 2000 understood"), "{said}");
    assert!(said.contains("       1  c1999 "), "{said}");
    // A page that is damaged ends the reading in words.
    let mut damaged = bytes.clone();
    let magic = [0x28, 0xb5, 0x2f, 0xfd];
    let page = damaged.windows(4).position(|window| window == magic).unwrap();
    damaged[page..page + 12].fill(0xff);
    let path = written(&folder, "damaged.parquet", &damaged);
    let cli = Cli::try_parse_from(["desk", "rank", &path]).unwrap();
    let words = told(&run(&cli, &mut Vec::new()).err().unwrap());
    assert!(words.contains("damaged.parquet") && !words.contains("Error("), "{words}");
}
