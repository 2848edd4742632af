//! Clearing-house reports in memory, per byte of text.
//!
//! *one report*: the sender's XML of about 4 KB, read and ended by itself, as in a run over any number of
//! them. *files*: one report with file details and addresses, 100 times as many in the second size; the
//! rate must hold. *bytes once*: the same bytes added up, the least that any reader does.
//!
//! ```text
//! cargo bench --all-features --bench cybertipline -- --memory [REPORTS]   # all different: resident memory on the way; Linux
//! ```
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use caserank::intake::DigestKey;
use caserank::intake::cybertipline::{Document, ReportImport, SyntheticReports};
use caserank::{Seed, reference};
use criterion::{Criterion, Throughput, criterion_group};

fn import() -> ReportImport {
    let key = DigestKey::new(b"a key for benches alone").unwrap();
    let received = "2026-03-05T08:00:00Z".parse().unwrap();
    ReportImport::new(&reference::codebook().unwrap(), &key, received).unwrap()
}

/// A report of about four kilobytes with the same fields as a synthetic one, and more addresses.
fn four_kilobytes() -> String {
    let reports = SyntheticReports::new(Seed(3));
    let xml = (0..).map(|number| reports.report(number)).find_map(|report| {
        let (name, text) = &report.documents()[0];
        name.ends_with(".xml").then(|| text.clone())
    });
    with_addresses(&xml.unwrap(), 14)
}

fn with_addresses(xml: &str, addresses: usize) -> String {
    let events: String = (0..addresses).map(|place| format!(
        "    <ipCaptureEvent><ipAddress>192.0.2.{}</ipAddress><eventName>Login</eventName><dateTime>2026-01-{:02}T00:00:00Z</dateTime></ipCaptureEvent>\n",
        place % 256, 1 + place % 28
    )).collect();
    xml.replacen("  </personOrUserReported>", &format!("{events}  </personOrUserReported>"), 1)
}

fn cybertipline(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cybertipline");
    let xml = four_kilobytes();
    group.throughput(Throughput::Bytes(xml.len() as u64));
    group.bench_function(format!("bytes once, {} bytes", xml.len()), |bencher| {
        bencher.iter(|| black_box(xml.as_bytes()).iter().map(|&byte| u64::from(byte)).sum::<u64>());
    });
    let mut reader = import();
    group.bench_function(format!("one report, {} bytes", xml.len()), |bencher| {
        bencher.iter(|| {
            reader.read(&Document::new("r", black_box(xml.as_bytes())).with_report("1"));
            reader.take()
        });
    });
    group.sample_size(10);
    for (files, addresses) in [(100, 50), (10_000, 5_000)] {
        let reports = SyntheticReports::new(Seed(3)).with_files(files);
        let report = (0..)
            .map(|number| reports.report(number))
            .find(|report| report.documents()[0].0.ends_with(".xml"));
        let report = report.unwrap();
        let mut documents: Vec<String> =
            report.documents().iter().map(|(_, text)| text.clone()).collect();
        documents[0] = with_addresses(&documents[0], addresses);
        let bytes: usize = documents.iter().map(String::len).sum();
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(
            format!("{files} files, {addresses} addresses, {bytes} bytes"),
            |bencher| {
                bencher.iter(|| {
                    for text in &documents {
                        reader
                            .read(&Document::new("r", black_box(text.as_bytes())).with_report("1"));
                    }
                    reader.take()
                });
            },
        );
    }
    group.finish();
}

/// Resident memory of this process, in megabytes.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? * 1_024.0 / 1e6)
}

/// Reads so many reports, each made, read and ended by itself, and tells what memory is held on the way.
fn memory(reports: u64) {
    let (mut reader, made) = (import(), SyntheticReports::new(Seed(5)));
    let (mut bytes, mut documents, mut readable) = (0_u64, 0_u64, 0_u64);
    let step = reports.div_ceil(10).max(1);
    for number in 0..reports {
        let report = made.report(number);
        for (name, text) in report.documents() {
            bytes += text.len() as u64;
            documents += 1;
            reader.read(&Document::new(name, text.as_bytes()).in_group(number.to_string()));
        }
        readable += reader.take().iter().filter(|end| end.read().is_some()).count() as u64;
        if (number + 1) % step == 0 || number + 1 == reports {
            let held = resident().map_or("unknown".to_owned(), |held| format!("{held:.1} MB"));
            println!(
                "{} reports, {documents} documents, {:.0} MB: {readable} can be ranked; resident {held}",
                number + 1,
                bytes as f64 / 1e6
            );
        }
    }
}

criterion_group!(benches, cybertipline);

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|text| text != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--memory"] => memory(1_000_000),
        ["--memory", reports] => memory(reports.parse().unwrap()),
        _ => {
            benches();
            Criterion::default().configure_from_args().final_summary();
        }
    }
}
