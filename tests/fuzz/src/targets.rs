//! One target a reader: any bytes are read or refused, what was read adds up, and what is written again reads the
//! same. The fuzzer runs them, and `promises::fuzz_targets` runs them on damaged seeds with a stable compiler.
#![allow(clippy::unwrap_used)]
#![allow(dead_code, reason = "each program that uses them needs its part")]

use std::collections::BTreeSet;
use std::sync::OnceLock;

use caserank::backlog::{IntakeReport, Reading};
use caserank::complaint::{AnswerSource, Provenance, Speaker, Statement, Unlisted};
use caserank::explain::Languages;
use caserank::intake::Mapping;
use caserank::policy::{Override, OverrideEffect};
use caserank::queue::SavedQueue;
use caserank::record::Record;
use caserank::worklist::{Carry, InvestigatorSheet, Period, Plan, Planner, Request};
use caserank::{
    Backlog, BacklogBuilder, Codebook, Complaint, Overrides, Queue, Seed, Timestamp, Triage,
};
use serde_json::{Value, json};
use sha2::Digest;

/// A reader under attack.
pub(crate) struct Target {
    /// Its name for whoever runs it.
    pub(crate) name: &'static str,
    /// Panics where the reader does, or where something does not add up.
    pub(crate) run: fn(&[u8]),
    /// What to start from.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub(crate) const TARGETS: &[Target] = &[
    Target { name: "model", run: model, seeds: model_seeds },
    Target { name: "codebook", run: codebook, seeds: codebook_seeds },
    Target { name: "instrument", run: instrument, seeds: instrument_seeds },
    Target { name: "policy", run: policy, seeds: policy_seeds },
    Target { name: "ndjson", run: ndjson, seeds: ndjson_seeds },
    Target { name: "mapping", run: mapping, seeds: mapping_seeds },
    Target { name: "mapped", run: mapped, seeds: mapped_seeds },
    Target { name: "proposal", run: proposal, seeds: mapped_seeds },
    Target { name: "snapshot", run: snapshot, seeds: snapshot_seeds },
    Target { name: "saved_queue", run: saved_queue, seeds: saved_queue_seeds },
    Target { name: "record", run: record, seeds: record_seeds },
    Target { name: "overrides", run: overrides, seeds: overrides_seeds },
    Target { name: "languages", run: languages, seeds: languages_seeds },
    Target { name: "plan", run: plan, seeds: plan_seeds },
    Target { name: "sheet", run: sheet, seeds: sheet_seeds },
    Target { name: "words", run: words, seeds: words_seeds },
    #[cfg(feature = "csv")]
    Target { name: "csv", run: csv, seeds: csv_seeds },
    #[cfg(feature = "cybertipline")]
    Target { name: "reports", run: reports, seeds: report_seeds },
    #[cfg(feature = "cybertipline")]
    Target { name: "report_mapping", run: report_mapping, seeds: report_mapping_seeds },
    #[cfg(feature = "research")]
    Target { name: "labels", run: labels, seeds: labels_seeds },
    #[cfg(feature = "research")]
    Target { name: "groups", run: groups, seeds: groups_seeds },
];

const TOY: &str = include_str!("../../../fixtures/models/toy.json");
const TOY_CODEBOOK: &str = include_str!("../../../fixtures/models/toy-codebook.json");
const UNIT: &str = include_str!("../../../fixtures/models/unit.json");
const FULL: &str = include_str!("../../common/full_model.json");
const MESSY: [(&str, &[u8]); 4] = [
    (
        include_str!("../../../fixtures/messy/german.csv.mapping.json"),
        include_bytes!("../../../fixtures/messy/german.csv"),
    ),
    (
        include_str!("../../../fixtures/messy/title_and_totals.csv.mapping.json"),
        include_bytes!("../../../fixtures/messy/title_and_totals.csv"),
    ),
    (
        include_str!("../../../fixtures/messy/nested.json.mapping.json"),
        include_bytes!("../../../fixtures/messy/nested.json"),
    ),
    (
        include_str!("../../../fixtures/messy/flat.ndjson.mapping.json"),
        include_bytes!("../../../fixtures/messy/flat.ndjson"),
    ),
];

/// Read once: what takes long to build would leave a fuzzer a few tries a second.
fn toy() -> Triage {
    static TOY_MODEL: OnceLock<Triage> = OnceLock::new();
    TOY_MODEL.get_or_init(|| Triage::from_json(TOY).unwrap()).clone()
}

fn toy_codebook() -> Codebook {
    static CODEBOOK: OnceLock<Codebook> = OnceLock::new();
    CODEBOOK.get_or_init(|| Codebook::from_json(TOY_CODEBOOK).unwrap()).clone()
}

fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn day(day: i64) -> Timestamp {
    "2026-04-01".parse::<Timestamp>().unwrap().plus_days(day)
}

/// What people read holds no control letters.
fn is_printable(text: &str) {
    assert!(!text.contains(['\u{0}', '\u{1b}', '\u{7f}', '\u{202e}']), "{text:?}");
}

fn text_of(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

fn model(data: &[u8]) {
    let Some(text) = text_of(data) else { return };
    match Triage::from_json(text) {
        Err(error) => is_printable(&error.to_string()),
        Ok(triage) => {
            let again = Triage::from_json(&triage.to_json()).unwrap();
            assert_eq!(again.fingerprint(), triage.fingerprint());
            triage.lint().findings().for_each(|finding| is_printable(&finding.to_string()));
        }
    }
}

fn model_seeds() -> Vec<Vec<u8>> {
    texts(&[TOY, UNIT, FULL])
}

fn codebook(data: &[u8]) {
    let Some(text) = text_of(data) else { return };
    match Codebook::from_json(text) {
        Err(error) => is_printable(&error.to_string()),
        Ok(codebook) => {
            let again = Codebook::from_json(&codebook.to_json()).unwrap();
            again.require_same("what was written", &codebook).unwrap();
        }
    }
}

fn codebook_seeds() -> Vec<Vec<u8>> {
    let full: Value = serde_json::from_str(FULL).unwrap();
    texts(&[TOY_CODEBOOK, &full["codebook"].to_string()])
}

fn instrument(data: &[u8]) {
    let Some(text) = text_of(data) else { return };
    let full: Value = serde_json::from_str(FULL).unwrap();
    let codebook = Codebook::from_json(&full["codebook"].to_string()).unwrap();
    match caserank::instrument::Instrument::from_json(&codebook, text) {
        Err(error) => is_printable(&error.to_string()),
        Ok(instrument) => {
            let text = instrument.to_json();
            let again = caserank::instrument::Instrument::from_json(&codebook, &text).unwrap();
            assert_eq!(again.to_json(), text);
        }
    }
}

fn instrument_seeds() -> Vec<Vec<u8>> {
    let full: Value = serde_json::from_str(FULL).unwrap();
    texts(&[&full["instrument"].to_string()])
}

/// A model whose policy is what came.
fn policy(data: &[u8]) {
    let Ok(policy) = serde_json::from_slice::<Value>(data) else { return };
    let mut file: Value = serde_json::from_str(FULL).unwrap();
    file["policy"] = policy;
    model(file.to_string().as_bytes());
}

fn policy_seeds() -> Vec<Vec<u8>> {
    let full: Value = serde_json::from_str(FULL).unwrap();
    texts(&[&full["policy"].to_string()])
}

/// Every record ended in one of three ways, and every line is counted once.
fn adds_up(report: &IntakeReport, backlog: &Backlog) {
    let ends = report.understood() + report.partly_understood() + report.not_rankable();
    assert_eq!(report.records(), ends);
    let lines = report.heading_lines() + report.blank_lines() + report.record_lines();
    assert_eq!(report.lines(), lines);
    assert_eq!(backlog.len() as u64, report.complaints());
    is_printable(&report.to_string());
}

fn as_ndjson(backlog: &Backlog) -> Vec<u8> {
    let mut text = Vec::new();
    backlog.write_ndjson(&mut text).unwrap();
    text
}

fn ndjson(data: &[u8]) {
    let codebook = toy_codebook();
    match Backlog::read_ndjson(&codebook, data, Unlisted::Report) {
        Err(error) => is_printable(&error.to_string()),
        Ok(intake) => {
            adds_up(intake.report(), intake.backlog());
            let text = as_ndjson(intake.backlog());
            let again = Backlog::read_ndjson(&codebook, &*text, Unlisted::Refuse).unwrap();
            assert_eq!(without_lines(&as_ndjson(again.backlog())), without_lines(&text));
        }
    }
}

/// Without the numbers of lines that what was not understood stands in: rows are written in another order than they came.
fn without_lines(text: &[u8]) -> String {
    let mut parts = std::str::from_utf8(text).unwrap().split(",\"line\":");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// A few complaints that say something.
fn complaints() -> Vec<Complaint> {
    let codebook = toy_codebook();
    (0..6)
        .map(|number| {
            let mut complaint = Complaint::new(format!("c{number}"), day(number % 3)).unwrap();
            for (place, item) in codebook.items().iter().enumerate() {
                if (place as i64 + number) % 3 != 0 {
                    let answer = place.wrapping_mul(7) % item.answers.len();
                    complaint.set_answer(item.id.as_str(), item.answers[answer].id.as_str());
                    if number > 3 {
                        let [source, other] = [Speaker::Clearinghouse, Speaker::Provider]
                            .map(|speaker| AnswerSource::new(speaker, "field"));
                        let provenance = Provenance::new(source);
                        let other = Statement::new("otherwise", other);
                        complaint.set_provenance(&item.id, provenance.contradicted_by(other));
                    }
                }
            }
            complaint
        })
        .collect()
}

fn backlog() -> Backlog {
    let mut builder = BacklogBuilder::new(&toy_codebook());
    complaints().iter().for_each(|complaint| drop(builder.push(complaint).unwrap()));
    builder.freeze()
}

fn ndjson_seeds() -> Vec<Vec<u8>> {
    vec![
        as_ndjson(&backlog()),
        b"{\"id\":\"a\",\"received\":\"2026-04-17\",\"answers\":{}}\n".to_vec(),
        b"{\"id\":\"b\",\"received\":\"2026-04-18\",\"answers\":{}}\n{\"id\":\"a\",\"received\":\"2026-04-17\",\"origin\":\"n/a\",\"answers\":{}}\n"
            .to_vec(),
    ]
}

fn mapping(data: &[u8]) {
    let Some(text) = text_of(data) else { return };
    match Mapping::from_json(text) {
        Err(error) => is_printable(&error.to_string()),
        Ok(mapping) => {
            let text = mapping.to_json().unwrap();
            assert_eq!(Mapping::from_json(&text).unwrap().to_json().unwrap(), text);
            for (_, source) in MESSY {
                match mapping.read(&toy_codebook(), source, &Reading::new()) {
                    Err(error) => is_printable(&error.to_string()),
                    Ok(intake) => adds_up(intake.report(), intake.backlog()),
                }
            }
        }
    }
}

fn mapping_seeds() -> Vec<Vec<u8>> {
    let plain = MESSY.iter().map(|(mapping, _)| mapping.as_bytes().to_vec());
    // A column found by likeness, whose name in the mapping holds a letter that is not shown.
    let hidden = MESSY[1].0.replace("\"from\": \"prior_", "\"from\": \"prior\\u007f");
    plain.chain([hidden.into_bytes()]).collect()
}

fn mapped(data: &[u8]) {
    static MAPPINGS: OnceLock<Vec<Mapping>> = OnceLock::new();
    let read = || MESSY.map(|(mapping, _)| Mapping::from_json(mapping).unwrap()).into();
    for mapping in MAPPINGS.get_or_init(read) {
        match mapping.read(&toy_codebook(), data, &Reading::new()) {
            Err(error) => is_printable(&error.to_string()),
            Ok(intake) => adds_up(intake.report(), intake.backlog()),
        }
    }
}

fn mapped_seeds() -> Vec<Vec<u8>> {
    MESSY.iter().map(|(_, source)| source.to_vec()).collect()
}

fn proposal(data: &[u8]) {
    match Mapping::propose(data, &toy_codebook()) {
        Err(error) => is_printable(&error.to_string()),
        Ok(proposal) => {
            is_printable(&proposal.to_string());
            if let Ok(mapping) = proposal.mapping() {
                let text = mapping.to_json().unwrap();
                assert_eq!(Mapping::from_json(&text).unwrap().to_json().unwrap(), text);
            }
        }
    }
}

/// Makes every checksum of a snapshot fit, as far as its frames go.
fn sealed_snapshot(data: &[u8]) -> Vec<u8> {
    let mut file = data.to_vec();
    let (mut at, mut number) = (12, 0_u64);
    while let Some(Some(head)) = file.get(at..at + 12).map(<[u8]>::first_chunk::<12>) {
        let [kind @ .., _, _, _, _, _, _, _, _] = *head;
        let length = u64::from_le_bytes(head[4..].try_into().unwrap());
        let (start, end) = (at + 20, usize::try_from(length).unwrap_or(usize::MAX));
        let Some(payload) = file.get(start..start.saturating_add(end)) else { break };
        let seed = number << 32 | u64::from(u32::from_le_bytes(kind));
        let sum = twox_hash::XxHash3_64::oneshot_with_seed(seed, payload);
        file[start - 8..start].copy_from_slice(&sum.to_le_bytes());
        (at, number) = (start + end, number + 1);
    }
    file
}

fn snapshot(data: &[u8]) {
    for file in [data.to_vec(), sealed_snapshot(data)] {
        match Backlog::load(&toy_codebook(), &*file) {
            Err(error) => is_printable(&error.to_string()),
            Ok(backlog) => {
                let ranking = toy().rank(&backlog).unwrap();
                assert_eq!(ranking.len(), backlog.len());
                let text = as_ndjson(&backlog);
                let again =
                    Backlog::read_ndjson(&toy_codebook(), &*text, Unlisted::Refuse).unwrap();
                // That no id stands twice is taken from the writer: two that do are one complaint when read.
                let ids: BTreeSet<&str> = (0..backlog.len()).map(|row| backlog.id(row)).collect();
                assert_eq!(again.backlog().len(), ids.len());
            }
        }
    }
}

fn snapshot_seeds() -> Vec<Vec<u8>> {
    let mut file = Vec::new();
    backlog().save(&mut file).unwrap();
    let mut twice = file.clone();
    let [first, other] = [0, 4].map(|row| backlog().id(row).as_bytes().to_vec());
    let at = twice.windows(other.len()).rposition(|part| part == other).unwrap();
    twice[at..at + other.len()].copy_from_slice(&first);
    vec![file, twice]
}

fn decision(complaint: &str, effect: OverrideEffect) -> Override {
    let reason = "new_information";
    Override::new(complaint, effect, "p1", "supervisor", reason, day(1)).with_second_actor("p2")
}

fn queue() -> Queue {
    let mut queue = Queue::new(&toy(), day(4));
    complaints().into_iter().for_each(|complaint| drop(queue.receive(complaint).unwrap()));
    queue.apply(decision("c1", OverrideEffect::Must)).unwrap();
    queue
}

/// A saved queue under the digest that fits.
fn sealed_queue(data: &[u8]) -> Vec<u8> {
    let body =
        match data.strip_suffix(b"\n").unwrap_or(data).iter().rposition(|byte| *byte == b'\n') {
            Some(end) => &data[..=end],
            None => data,
        };
    let digest = sha2::Sha256::digest(body);
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    [body, format!("{{\"sha256\":\"{digits}\"}}\n").as_bytes()].concat()
}

fn saved_queue(data: &[u8]) {
    for file in [data.to_vec(), sealed_queue(data)] {
        let in_one = Queue::load(&toy(), &*file);
        let in_two = SavedQueue::load(&*file).and_then(|saved| Queue::restore(&toy(), saved));
        match (in_one, in_two) {
            (Ok(in_one), Ok(in_two)) => {
                assert_eq!(in_one.to_string(), in_two.to_string());
                assert_eq!(in_one.given(), in_one.queue().len() + in_one.not_taken().len());
                let (mut first, mut second) = (Vec::new(), Vec::new());
                in_one.queue().save(&mut first).unwrap();
                in_two.queue().save(&mut second).unwrap();
                assert_eq!(first, second);
            }
            (Err(first), Err(second)) => {
                is_printable(&first.to_string());
                is_printable(&second.to_string());
            }
            (in_one, in_two) => panic!("{:?} and {:?}", in_one.is_ok(), in_two.is_ok()),
        }
    }
}

fn saved_queue_seeds() -> Vec<Vec<u8>> {
    let mut file = Vec::new();
    queue().save(&mut file).unwrap();
    let old = include_bytes!("../../../fixtures/museum/queue-1.json").to_vec();
    vec![file, old]
}

fn record(data: &[u8]) {
    let Some(text) = text_of(data) else { return };
    match Record::from_json(text) {
        Err(error) => is_printable(&error.to_string()),
        Ok(record) => {
            if let Err(error) = record.verify(&toy()) {
                is_printable(&error.to_string());
            }
            assert!(Record::from_json(&record.to_json()).unwrap() == record);
        }
    }
}

fn record_seeds() -> Vec<Vec<u8>> {
    let queue = queue();
    let of = |id: &str| Record::new(&queue.assess(id).unwrap(), queue.now()).unwrap().to_json();
    vec![of("c0").into_bytes(), of("c1").into_bytes()]
}

fn overrides(data: &[u8]) {
    let mut overrides = Overrides::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(decision) = serde_json::from_slice::<Override>(line)
            && let Err(error) = overrides.add(decision)
        {
            is_printable(&error.to_string());
        }
    }
    for now in [Timestamp::MIN, day(0), day(3), Timestamp::MAX] {
        let ranking = toy().rank_with(&backlog(), &overrides.at(now)).unwrap();
        assert_eq!(ranking.len(), backlog().len());
    }
    let text = serde_json::to_string(&overrides).unwrap();
    assert!(serde_json::from_str::<Overrides>(&text).unwrap() == overrides);
}

fn overrides_seeds() -> Vec<Vec<u8>> {
    let effects =
        [OverrideEffect::Must, OverrideEffect::Hold("wait".to_owned()), OverrideEffect::Release];
    let line = |effect| serde_json::to_string(&decision("c2", effect)).unwrap();
    texts(&[&effects.map(line).join("\n")])
}

fn languages(data: &[u8]) {
    let Some(text) = text_of(data) else { return };
    match Languages::from_json(text) {
        Err(error) => is_printable(&error.to_string()),
        Ok(languages) => {
            let queue = queue();
            let assessment = queue.assess("c1").unwrap();
            for code in languages.codes() {
                let language = languages.get(code).unwrap();
                let told = assessment.in_language(language).to_string();
                assert!(told.contains("c1"), "{told}");
            }
        }
    }
}

fn languages_seeds() -> Vec<Vec<u8>> {
    let empty = json!({"format_version": 1, "languages": {"fr": {}}});
    texts(&[&empty.to_string(), &Languages::skeleton(&toy(), "fr")])
}

fn plan(data: &[u8]) {
    let Some(text) = text_of(data) else { return };
    match Plan::from_json(text) {
        Err(error) => is_printable(&error.to_string()),
        Ok(plan) => assert!(Plan::from_json(&plan.to_json()).unwrap() == plan),
    }
}

fn made_plan() -> Plan {
    let planner = Planner::new(&toy(), Seed(5)).unwrap();
    let ranking = toy().rank(&backlog()).unwrap();
    let period = Period { start: day(4), end: day(5) };
    planner.plan(&ranking, &Request::new(period, 4), &Carry::default()).unwrap()
}

fn plan_seeds() -> Vec<Vec<u8>> {
    vec![made_plan().to_json().into_bytes()]
}

fn sheet(data: &[u8]) {
    let Some(text) = text_of(data) else { return };
    match InvestigatorSheet::from_json(text) {
        Err(error) => is_printable(&error.to_string()),
        Ok(sheet) => assert!(InvestigatorSheet::from_json(&sheet.to_json()).unwrap() == sheet),
    }
}

fn sheet_seeds() -> Vec<Vec<u8>> {
    vec![made_plan().investigator_sheet().to_json().into_bytes()]
}

/// Whatever is read from a text is written as a text that reads the same.
fn words(data: &[u8]) {
    fn same<T: std::str::FromStr + ToString + PartialEq>(text: &str) {
        if let Ok(read) = text.parse::<T>() {
            assert!(read.to_string().parse::<T>().is_ok_and(|again| again == read), "{text:?}");
        }
    }
    let Some(text) = text_of(data) else { return };
    same::<Timestamp>(text);
    same::<caserank::Fixed>(text);
    same::<caserank::Band>(text);
    same::<caserank::Lane>(text);
    same::<caserank::triage::Fingerprint>(text);
    same::<caserank::codebook::Identity>(text);
    same::<caserank::codebook::Stage>(text);
    same::<caserank::complaint::Origin>(text);
}

fn words_seeds() -> Vec<Vec<u8>> {
    texts(&[
        "2026-04-17T09:30:00+0100",
        "-12.345678",
        "very high",
        "must",
        "toy 1.0.0",
        "a\u{10}b 1.0.0",
        "field",
    ])
}

#[cfg(feature = "csv")]
fn as_csv(backlog: &Backlog) -> Vec<u8> {
    let mut text = Vec::new();
    backlog.write_csv(&mut text).unwrap();
    text
}

#[cfg(feature = "csv")]
fn csv(data: &[u8]) {
    let codebook = toy_codebook();
    match Backlog::read_csv(&codebook, data, Unlisted::Report) {
        Err(error) => is_printable(&error.to_string()),
        Ok(intake) => {
            adds_up(intake.report(), intake.backlog());
            let text = as_csv(intake.backlog());
            let again = Backlog::read_csv(&codebook, &*text, Unlisted::Refuse).unwrap();
            assert_eq!(as_csv(again.backlog()), text);
        }
    }
}

#[cfg(feature = "csv")]
fn csv_seeds() -> Vec<Vec<u8>> {
    let clean = as_csv(&backlog());
    let quoted = String::from_utf8(clean.clone()).unwrap().replace("c1", "\"c\"\"1\"");
    // Hidden letters take more room as shown than as they came.
    let hidden =
        String::from_utf8(clean.clone()).unwrap().replace("one_or_two", &"\u{b}".repeat(40));
    vec![clean, quoted.into_bytes(), hidden.into_bytes()]
}

#[cfg(feature = "cybertipline")]
fn reports(data: &[u8]) {
    use caserank::intake::DigestKey;
    use caserank::intake::cybertipline::{Document, ReportEnd, ReportImport};
    let key = DigestKey::new(b"a key for tests, not for work").unwrap();
    static CODEBOOK: OnceLock<Codebook> = OnceLock::new();
    let codebook = CODEBOOK.get_or_init(|| caserank::reference::codebook().unwrap());
    let mut import = ReportImport::new(codebook, &key, day(0)).unwrap();
    import.read(&Document::new("document", data).with_report("1"));
    let ends = import.take();
    // The receiver's answer names a report, and is none.
    let is_answer = data.windows(14).any(|name| name.eq_ignore_ascii_case(b"reportResponse"));
    assert!(is_answer || !ends.is_empty());
    for end in &ends {
        match end {
            ReportEnd::NotRankable(kept) => is_printable(&kept.cause().to_string()),
            ReportEnd::Ranked(read) => assert!(read.complaint().not_understood().is_empty()),
            ReportEnd::RankedInPart(read) => assert!(!read.complaint().not_understood().is_empty()),
        }
    }
    is_printable(&import.report().to_string());
}

#[cfg(feature = "cybertipline")]
fn report_seeds() -> Vec<Vec<u8>> {
    use caserank::intake::cybertipline::SyntheticReports;
    let made = SyntheticReports::new(Seed(3));
    let documents = (0..6).flat_map(|number| made.report(number).documents().to_vec());
    documents.map(|(_, text)| text.into_bytes()).collect()
}

#[cfg(feature = "cybertipline")]
fn report_mapping(data: &[u8]) {
    use caserank::intake::cybertipline::ReportMapping;
    let Some(text) = text_of(data) else { return };
    if let Err(error) = ReportMapping::from_json(text) {
        is_printable(&error.to_string());
    }
}

#[cfg(feature = "cybertipline")]
fn report_mapping_seeds() -> Vec<Vec<u8>> {
    texts(&[include_str!("../../../fixtures/reports/mapping.json")])
}

#[cfg(feature = "research")]
fn labels(data: &[u8]) {
    use caserank::research::fit::Labels;
    let adds_up = |labels: &Labels, report: &caserank::research::fit::LabelReport| {
        assert_eq!(labels.len() as u64, report.taken);
        assert_eq!(report.lines, report.taken + report.refused);
        report.refusals.iter().for_each(|refusal| is_printable(&refusal.to_string()));
    };
    match Labels::read_ndjson(data) {
        Err(error) => is_printable(&error.to_string()),
        Ok((labels, report)) => adds_up(&labels, &report),
    }
    #[cfg(feature = "csv")]
    match Labels::read_csv(data) {
        Err(error) => is_printable(&error.to_string()),
        Ok((labels, report)) => adds_up(&labels, &report),
    }
}

#[cfg(feature = "research")]
fn labels_seeds() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../../fixtures/outcomes.csv")[..4_000].to_vec()]
}

#[cfg(feature = "research")]
fn groups(data: &[u8]) {
    #[cfg(feature = "csv")]
    if let Err(error) = caserank::research::study::Groups::read_csv(data) {
        is_printable(&error.to_string());
    }
    #[cfg(not(feature = "csv"))]
    let _ = data;
}

#[cfg(feature = "research")]
fn groups_seeds() -> Vec<Vec<u8>> {
    texts(&["complaint,region,office\nc0,north,a\nc1,south,\"b, c\"\nc2,,a\n"])
}
