//! From a folder of clearing-house reports to the top of the ranking.
//!
//! ```text
//! cargo run --release --features cybertipline --example cybertip -- [FOLDER] [--received TIME]
//!     [--key FILE] [--mapping FILE] [--top 10] [--compare ID ID]
//! cargo run --release --features cybertipline --example cybertip -- FOLDER --make 1000
//! ```
//!
//! Each folder within FOLDER, however deep, holds the documents of a report. Without one it reads the made-up reports
//! in `fixtures/reports/sample` under a key for show. `--mapping` names rows of your own instead of the shipped ones
//! (`fixtures/reports/mapping.json`). `--make` writes made-up reports instead.
//!
//! Exit codes: 0 everything was read, understood and ranked; 3 ranked, but something needs a person, told above the list;
//! 1 not done.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use caserank::complaint::Origin;
use caserank::explain::compare;
use caserank::intake::cybertipline::{
    Document, ImportReport, ReportEnd, ReportImport, ReportMapping, SyntheticReports,
};
use caserank::intake::{Bundles, DigestKey, LinkRules, Links, Traces, bundle, link};
use caserank::{Assessment, BacklogBuilder, Complaint, Seed, Timestamp, Triage, reference};

/// What the command line asks for.
struct Options {
    folder: Option<PathBuf>,
    received: Option<Timestamp>,
    key: Option<PathBuf>,
    mapping: Option<PathBuf>,
    top: usize,
    compare: Option<[String; 2]>,
    make: Option<u64>,
}

impl Options {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Options {
            folder: None,
            received: None,
            key: None,
            mapping: None,
            top: 10,
            compare: None,
            make: None,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--received" => options.received = Some(value()?.parse()?),
                "--key" => options.key = Some(value()?.into()),
                "--mapping" => options.mapping = Some(value()?.into()),
                "--top" => options.top = value()?.parse()?,
                "--compare" => options.compare = Some([value()?, value()?]),
                "--make" => options.make = Some(value()?.parse()?),
                _ if word.starts_with("--") => {
                    return Err(format!("{word} is not an option").into());
                }
                _ => options.folder = Some(word.into()),
            }
        }
        Ok(options)
    }
}

fn main() -> ExitCode {
    let done = Options::parse(std::env::args().skip(1)).and_then(|options| {
        let mut out = std::io::stdout().lock();
        match (options.make, &options.folder) {
            (Some(count), Some(folder)) => make(folder, count).map(|()| false),
            (Some(_), None) => Err("--make needs a folder to write to".into()),
            (None, _) => rank(&options, &mut out),
        }
    });
    match done {
        Ok(false) => ExitCode::SUCCESS,
        Ok(true) => ExitCode::from(3),
        Err(cause) => {
            eprintln!("cybertip: {cause}");
            ExitCode::FAILURE
        }
    }
}

/// Writes made-up reports, a folder each.
fn make(folder: &Path, count: u64) -> Result<(), Box<dyn Error>> {
    let reports = SyntheticReports::new(Seed(1));
    for report in (0..count).map(|number| reports.report(number)) {
        let folder = folder.join(report.id());
        fs::create_dir_all(&folder)?;
        for (name, text) in report.documents() {
            fs::write(folder.join(name), text)?;
        }
    }
    Ok(())
}

/// Whether anything of the reports was not understood, or a row of the mapping speaks to no item of the codebook.
fn needs_a_person(report: &ImportReport) -> bool {
    report.not_rankable() > 0
        || report.ranked_in_part() > 0
        || !report.skipped_rows().is_empty()
        || report.orphans().count() > 0
        || report.missing().count() > 0
        || report.documents() == 0
}

/// Ranks a folder of reports; gives back whether something needs a person.
fn rank(options: &Options, out: &mut impl Write) -> Result<bool, Box<dyn Error>> {
    let triage = reference::published()?;
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports/sample");
    let made_up = options.folder.is_none();
    let folder = options.folder.clone().unwrap_or(sample);
    let key = match &options.key {
        Some(path) => DigestKey::new(&fs::read(path)?)?,
        None if made_up => DigestKey::new(b"for made-up reports alone")?,
        None => return Err("name a file with your key of at least 16 bytes: --key FILE".into()),
    };
    let received = match options.received {
        Some(received) => received,
        None if made_up => "2026-03-05T08:00:00Z".parse()?,
        None => return Err("senders' reports hold no time of receipt: give --received TIME".into()),
    };
    let origin = if made_up { Origin::Synthetic } else { Origin::Prospective };
    let mut import = ReportImport::new(triage.codebook(), &key, received)?.with_origin(origin);
    if let Some(path) = &options.mapping {
        let failed = |cause: &dyn std::fmt::Display| format!("{}: {cause}", path.display());
        let text = fs::read_to_string(path).map_err(|cause| failed(&cause))?;
        let mapping = ReportMapping::from_json(&text).map_err(|cause| failed(&cause))?;
        import = import.with_mapping(&mapping);
    }
    let (mut complaints, mut traces): (Vec<Complaint>, Vec<Traces>) = (Vec::new(), Vec::new());
    let (mut by_id, mut again): (HashMap<String, usize>, Vec<String>) = Default::default();
    let mut need_a_person = Vec::new();
    let (groups, passed_over) = groups(&folder)?;
    for group in groups {
        for path in files(&group)? {
            let bytes = fs::read(&path)?;
            let name = path.display().to_string();
            import.read(&Document::new(name, &bytes).in_group(group.display().to_string()));
        }
        // Ending each folder by itself keeps memory flat, however many there are.
        for end in import.take() {
            match end {
                ReportEnd::Ranked(read) | ReportEnd::RankedInPart(read) => {
                    let (complaint, trace) = read.into_parts();
                    let known = by_id.get(complaint.id()).copied();
                    if let Some(place) = known {
                        again.push(complaint.id().to_owned());
                        complaints[place] = merged(&triage, &complaints[place], &complaint)?;
                    } else {
                        by_id.insert(complaint.id().to_owned(), complaints.len());
                        complaints.push(complaint);
                        traces.push(trace);
                    }
                }
                ReportEnd::NotRankable(kept) => need_a_person.push(kept),
            }
        }
    }
    let needs_a_person =
        needs_a_person(import.report()) || !again.is_empty() || !passed_over.is_empty();
    if needs_a_person {
        writeln!(out, "NEEDS A PERSON")?;
    }
    writeln!(out, "{}\n", import.report())?;
    if import.report().documents() == 0 {
        writeln!(out, "NO DOCUMENTS in {}", folder.display())?;
    }
    for id in &again {
        writeln!(out, "In several folders, of which the more dangerous answers count: {id}")?;
    }
    for path in &passed_over {
        writeln!(out, "Not read, a link that leads to no file: {}", path.display())?;
    }
    for kept in &need_a_person {
        let assessed = triage.assess(&kept.as_complaint("without an id", received)?)?;
        writeln!(
            out,
            "Needs a person ({}, {}): {}: {}",
            assessed.lane(),
            assessed.band(),
            kept.name(),
            kept.cause()
        )?;
    }
    let bundles = bundle(&triage, &complaints, &traces)?;
    let links = link(&traces, LinkRules::default());
    write_bundles(&bundles, &links, &complaints, out)?;

    let standing_for: HashMap<usize, usize> = bundles
        .bundles()
        .iter()
        .map(|bundle| (bundle.representative(), bundle.members().len()))
        .collect();
    let mut to_rank: Vec<Complaint> = Vec::new();
    for place in bundles.to_rank() {
        let bundle = bundles.bundles().iter().find(|bundle| bundle.representative() == place);
        let represented = bundle.and_then(|bundle| bundles.represented(bundle, &complaints));
        to_rank.push(represented.unwrap_or_else(|| complaints[place].clone()));
    }
    let order = order(&triage, &to_rank)?;
    writeln!(out, "\nThe first {} of {}", options.top.min(order.len()), order.len())?;
    for (position, id) in order.iter().take(options.top).enumerate() {
        let place = by_id[id];
        let assessment = triage.assess(&complaints[place])?;
        let standing = format!("{}, {}", assessment.lane(), assessment.band());
        let more = match standing_for.get(&place) {
            Some(members) => format!(", for {members} more"),
            None => String::new(),
        };
        let linked = match links.of(place) {
            Some(linked) => format!(
                ", linked with {} (counted {})",
                linked.complaints().len() - 1,
                linked.counted()
            ),
            None => String::new(),
        };
        writeln!(
            out,
            "{:>5}  {id}  {standing}: {}{more}{linked}",
            position + 1,
            why(&complaints[place], &assessment)
        )?;
    }
    let pair = match (&options.compare, order.as_slice()) {
        (Some([first, second]), _) => Some([first.clone(), second.clone()]),
        (None, [first, .., last]) => Some([first.clone(), last.clone()]),
        _ => None,
    };
    if let Some([first, second]) = pair {
        let assess = |id: &str| -> Result<Assessment, Box<dyn Error>> {
            let place = by_id.get(id).ok_or_else(|| format!("there is no complaint {id}"))?;
            Ok(triage.assess(&complaints[*place])?)
        };
        writeln!(out, "\n{}", compare(&assess(&first)?, &assess(&second)?)?)?;
    }
    Ok(needs_a_person)
}

/// A report that came twice: item by item the more dangerous answer counts.
fn merged(
    triage: &Triage,
    known: &Complaint,
    again: &Complaint,
) -> Result<Complaint, Box<dyn Error>> {
    let mut builder = BacklogBuilder::new(triage.codebook());
    builder.push(known)?;
    builder.push(again)?;
    Ok(builder.freeze().complaint(0))
}

/// Folders with documents: the folder itself and all within it, however deep; and links that are not followed.
fn groups(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Box<dyn Error>> {
    let (mut groups, mut open) = (Vec::new(), vec![folder.to_owned()]);
    let mut passed_over = Vec::new();
    while let Some(folder) = open.pop() {
        let failed = |cause| format!("{}: {cause}", folder.display());
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry?;
            // A link could lead round in a circle; whoever links documents links files.
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            } else if !entry.path().is_file() {
                passed_over.push(entry.path());
            }
        }
        groups.push(folder);
    }
    groups.sort();
    passed_over.sort();
    Ok((groups, passed_over))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn write_bundles(
    bundles: &Bundles,
    links: &Links,
    complaints: &[Complaint],
    out: &mut impl Write,
) -> std::io::Result<()> {
    writeln!(
        out,
        "{} complaints: {} to rank, {} within {} bundles, {} groups with a common subject",
        bundles.complaints(),
        bundles.to_rank().count(),
        bundles.members(),
        bundles.bundles().len(),
        links.linked().len()
    )?;
    for bundle in bundles.bundles().iter().take(10) {
        let representative = complaints[bundle.representative()].id();
        writeln!(
            out,
            "  {:?}: {representative} for {} more",
            bundle.kind(),
            bundle.members().len()
        )?;
    }
    Ok(())
}

/// Ids in ranking order.
fn order(triage: &Triage, complaints: &[Complaint]) -> Result<Vec<String>, Box<dyn Error>> {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for complaint in complaints {
        builder.push(complaint)?;
    }
    let ranking = triage.rank(&builder.freeze())?;
    Ok(ranking.iter().map(|entry| entry.id().to_owned()).collect())
}

/// The first gate that fires, or else the answer that moves the index most, with who said it.
fn why(complaint: &Complaint, assessment: &Assessment) -> String {
    if let Some(gate) = assessment.gates().next() {
        return gate.title.clone();
    }
    let Some(reason) = assessment.reasons().first() else { return "nothing is known".to_owned() };
    let item = &assessment.triage().codebook()[reason.item()];
    let said = complaint.provenance(&item.id).map(|said| format!(", says {}", said.source()));
    format!("{} = {}{}", item.id, item.answer_id(reason.code()), said.unwrap_or_default())
}
