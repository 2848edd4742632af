//! What is written fits the schemas in `docs/formats/`, key by key, and they name nothing else.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::common::live::{decision, random_complaint, random_decision, random_model, start, toy};
use caserank::complaint::{
    AnswerSource, NotUnderstood, Provenance, Speaker, Statement, Unlisted, WhyNotUnderstood,
};
#[cfg(feature = "csv")]
use caserank::intake::Importer;
use caserank::intake::Mapping;
use caserank::policy::OverrideEffect;
use caserank::rank::Move;
use caserank::record::Record;
#[cfg(feature = "csv")]
use caserank::worklist::{Carries, InvestigatorSheet, Period, Plan, Planner, WorklistFileError};
#[cfg(feature = "csv")]
use caserank::{Backlog, Overrides};
use caserank::{Band, Complaint, Queue, Seed};

/// A schema that another refers to by its file.
static CODEBOOK: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../docs/formats/codebook.schema.json")).unwrap()
});

/// Whether a value of a kind is of a schema's type: a whole number is a number.
fn is_of(kind: &str, wanted: &str) -> bool {
    kind == wanted || (kind, wanted) == ("integer", "number")
}

/// A schema of the kind that stands in `docs/formats/`, and which of its keys were met.
pub(crate) struct Schema {
    root: Value,
    met: BTreeSet<String>,
}

impl Schema {
    pub(crate) fn new(text: &str) -> Self {
        Schema { root: serde_json::from_str(text).unwrap(), met: BTreeSet::new() }
    }

    pub(crate) fn assert_fits(&mut self, value: &Value) {
        let (root, mut met) = (self.root.clone(), BTreeSet::new());
        if let Err(fault) = fits(&root, &root, "", value, &mut met) {
            panic!("{fault}\n{value:#}");
        }
        self.met.extend(met);
    }

    /// Whether a value fits, for values that must not.
    pub(crate) fn fits(&self, value: &Value) -> Result<(), String> {
        fits(&self.root, &self.root, "", value, &mut BTreeSet::new())
    }

    /// Properties that no value had, by path.
    pub(crate) fn never_met(&self) -> Vec<String> {
        let mut declared = BTreeSet::new();
        names(&self.root, &mut declared);
        declared.difference(&self.met).cloned().collect()
    }
}

fn names(schema: &Value, declared: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(properties) = map.get("properties") {
                declared.extend(properties.as_object().unwrap().keys().cloned());
            }
            map.values().for_each(|part| names(part, declared));
        }
        Value::Array(list) => list.iter().for_each(|part| names(part, declared)),
        _ => {}
    }
}

fn fits(
    root: &Value,
    schema: &Value,
    path: &str,
    value: &Value,
    met: &mut BTreeSet<String>,
) -> Result<(), String> {
    if let Some(target) = schema["$ref"].as_str() {
        if target == "codebook.schema.json" {
            return fits(&CODEBOOK, &CODEBOOK, path, value, met);
        }
        let target = target.strip_prefix('#').unwrap();
        let target = root.pointer(target).ok_or_else(|| format!("{path}: no {target}"))?;
        return fits(root, target, path, value, met);
    }
    if let Some(parts) = schema["anyOf"].as_array() {
        let mut faults = Vec::new();
        for part in parts {
            let mut own = BTreeSet::new();
            match fits(root, part, path, value, &mut own) {
                Ok(()) => {
                    met.extend(own);
                    return Ok(());
                }
                Err(fault) => faults.push(fault),
            }
        }
        return Err(faults.join("; or "));
    }
    for keyword in schema.as_object().unwrap().keys() {
        let known = [
            "$schema",
            "$defs",
            "title",
            "description",
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "enum",
            "const",
            "minimum",
            "maximum",
        ];
        assert!(known.contains(&keyword.as_str()), "the test does not know `{keyword}`");
    }
    if !schema["const"].is_null() && schema["const"] != *value {
        return Err(format!("{path}: {value} is not {}", schema["const"]));
    }
    if let Some(list) = schema["enum"].as_array() {
        let is_listed = list.contains(value);
        return if is_listed { Ok(()) } else { Err(format!("{path}: {value} is not listed")) };
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_kind = match &schema["type"] {
        Value::Null => true,
        Value::String(one) => is_of(kind, one),
        list => list.as_array().unwrap().iter().any(|one| is_of(kind, one.as_str().unwrap())),
    };
    if !is_kind {
        return Err(format!("{path}: {value} is no {}", schema["type"]));
    }
    if let Some(number) = value.as_i64() {
        let least = schema["minimum"].as_i64().unwrap_or(i64::MIN);
        let most = schema["maximum"].as_i64().unwrap_or(i64::MAX);
        if !(least..=most).contains(&number) {
            return Err(format!("{path}: {number} is out of range"));
        }
    }
    if let (Some(list), false) = (value.as_array(), schema["items"].is_null()) {
        for (place, one) in list.iter().enumerate() {
            fits(root, &schema["items"], &format!("{path}[{place}]"), one, met)?;
        }
    }
    let Some(map) = value.as_object() else { return Ok(()) };
    for required in schema["required"].as_array().into_iter().flatten() {
        if !map.contains_key(required.as_str().unwrap()) {
            return Err(format!("{path}: {required} is missing"));
        }
    }
    for (key, one) in map {
        let below = format!("{path}.{key}");
        match (&schema["properties"][key], &schema["additionalProperties"]) {
            (Value::Null, Value::Bool(false)) => return Err(format!("{below}: not in the schema")),
            (Value::Null, Value::Object(_)) => {
                fits(root, &schema["additionalProperties"], &below, one, met)?;
            }
            (Value::Null, _) => {}
            (part, _) => {
                met.insert(key.clone());
                fits(root, part, &below, one, met)?;
            }
        }
    }
    Ok(())
}

/// Queues with all that a queue can hold.
fn queues() -> Vec<Queue> {
    let mut queues = Vec::new();
    for seed in 0..12 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(21);
        let mut queue = Queue::new(&triage, start());
        for number in 0..20 {
            let id = format!("c{number}");
            let mut complaint = random_complaint(&mut stream, &triage, &id, start());
            complaint.set_subject(Some("s-1")).unwrap();
            complaint.set_bundle(Some("b-1")).unwrap();
            queue.receive(complaint).unwrap();
            let made = random_decision(&mut stream, &id, start());
            let made = made.with_id(format!("d{number}")).with_note("n-1");
            drop(queue.apply(made));
        }
        let mut odd = random_complaint(&mut stream, &triage, "odd", start());
        let why = WhyNotUnderstood::NotAnAnswer;
        let item = triage.codebook().items()[0].clone();
        let (first, last) = (&*item.answers[0].id, &*item.answers[item.answers.len() - 1].id);
        odd.add_not_understood(NotUnderstood::new(&item.id, "?", why).at_line(3).in_column("x"));
        odd.set_answer(&*item.id, first);
        let said = |speaker| AnswerSource::new(speaker, "a field");
        let other = Statement::new(last, said(Speaker::Provider));
        let provenance = Provenance::new(said(Speaker::Clearinghouse)).contradicted_by(other);
        odd.set_provenance(&item.id, provenance.clone());
        queue.receive(&odd).unwrap();
        let kept = queue.complaint("odd").unwrap();
        assert_eq!(kept.provenance(&item.id), Some(&provenance));
        queue.amend("c1", |complaint| complaint.set_answer(&*item.id, first)).unwrap();
        queue.set_sequence(7);
        queues.push(queue);
    }
    queues
}

#[test]
fn assessments_fit_their_schema() {
    let mut schema = Schema::new(include_str!("../../docs/formats/assessment.schema.json"));
    for queue in queues() {
        for entry in queue.iter() {
            let assessment = entry.assess();
            schema.assert_fits(&serde_json::to_value(&assessment).unwrap());
            // It says what the calls give.
            let written = serde_json::to_value(&assessment).unwrap();
            assert_eq!(written["standing"]["band"], json!(assessment.band()));
            assert_eq!(written["position"], json!(entry.position()));
            assert_eq!(written["complaint"]["received"], json!(entry.received()));
            assert_eq!(written["complaint"]["deadlines"], json!(entry.deadlines()));
            let open = assessment.open_items().count();
            assert_eq!(written["open"].as_array().unwrap().len(), open);
            let known = assessment.codes().iter().filter(|code| **code != 0).count();
            assert_eq!(written["answers"].as_array().unwrap().len(), known);
        }
    }
    let complaint = Complaint::new("a", start()).unwrap().with_answer("more", 1);
    let unlisted = Unlisted::Report;
    let assessment = toy().assess_with(&complaint, None, unlisted).unwrap();
    schema.assert_fits(&serde_json::to_value(&assessment).unwrap());
    assert_eq!(schema.never_met(), Vec::<String>::new());
}

#[test]
fn records_fit_their_schema() {
    let mut schema = Schema::new(include_str!("../../docs/formats/record.schema.json"));
    let mut last: Option<Record> = None;
    let mapping = include_str!("../../fixtures/messy/damaged.csv.mapping.json");
    let mapping = Mapping::from_json(mapping).unwrap();
    for queue in queues() {
        for entry in queue.iter() {
            let record = Record::new(&entry.assess(), queue.now()).unwrap();
            let record = match &last {
                Some(last) => record.after(last).read_through(&mapping),
                None => record,
            };
            assert!(record.verify(queue.view().triage()).is_ok());
            schema.assert_fits(&serde_json::from_str(&record.to_json()).unwrap());
            last = Some(record);
        }
    }
    assert_eq!(schema.never_met(), Vec::<String>::new());
}

#[test]
fn complaints_and_overrides_fit_their_schemas() {
    let mut complaints = Schema::new(include_str!("../../docs/formats/complaint.schema.json"));
    let mut overrides = Schema::new(include_str!("../../docs/formats/override.schema.json"));
    for queue in queues() {
        for entry in queue.iter() {
            let complaint = queue.complaint(entry.id()).unwrap();
            complaints.assert_fits(&json!(complaint));
        }
        for decision in queue.overrides().iter() {
            let mut decision = decision.clone();
            decision.expires = Some(decision.made.plus_days(3));
            decision.second_actor = Some("p-2".to_owned());
            overrides.assert_fits(&json!(decision));
        }
    }
    // The least that is read.
    let least = json!({"id": "a", "received": "2026-04-17"});
    complaints.assert_fits(&least);
    serde_json::from_value::<Complaint>(least).unwrap();
    assert_eq!(complaints.never_met(), Vec::<String>::new());
    assert_eq!(overrides.never_met(), Vec::<String>::new());
}

#[test]
fn saved_queues_fit_their_schema_line_by_line() {
    let mut schema = Schema::new(include_str!("../../docs/formats/saved_queue.schema.json"));
    for queue in queues() {
        let mut file = Vec::new();
        queue.save(&mut file).unwrap();
        let text = String::from_utf8(file).unwrap();
        for line in text.lines() {
            schema.assert_fits(&serde_json::from_str(line).unwrap());
        }
        // Complaints are written there without being unpacked; to the byte as they are elsewhere.
        let lines = text.lines().skip(1 + queue.overrides().len());
        for (entry, line) in queue.iter().zip(lines) {
            assert_eq!(serde_json::to_string(&entry.complaint()).unwrap(), line);
        }
    }
    for line in include_str!("../../fixtures/museum/queue-2.ndjson").lines() {
        schema.assert_fits(&serde_json::from_str(line).unwrap());
    }
    assert_eq!(schema.never_met(), Vec::<String>::new());
}

#[test]
fn moves_fit_their_schema() {
    let mut schema = Schema::new(include_str!("../../docs/formats/move.schema.json"));
    for mut queue in queues() {
        let before = queue.snapshot();
        let mut moves: Vec<_> = vec![queue.remove("c0").unwrap()];
        let triage = queue.view().triage().clone();
        let mut stream = Seed(4).stream(2);
        for number in 0..6 {
            let id = format!("c{number}");
            let sent = random_complaint(&mut stream, &triage, &id, start());
            moves.push(queue.receive(&sent).unwrap());
            moves.push(queue.replace(sent.with_unit("west").unwrap()).unwrap());
            let raise = OverrideEffect::Raise(Band::VeryHigh);
            moves.push(queue.apply(decision(&id, raise, start())).unwrap());
        }
        moves.extend(queue.moves_since(&before).unwrap());
        moves.extend(moves.first().cloned().map(|moved| moved.with_why(["a reason in words"])));
        for moved in &moves {
            let text = serde_json::to_string(moved).unwrap();
            assert_eq!(&serde_json::from_str::<Move>(&text).unwrap(), moved);
            schema.assert_fits(&serde_json::to_value(moved).unwrap());
        }
    }
    assert_eq!(schema.never_met(), Vec::<String>::new());
}

/// One complaint with an answer that two gave otherwise, and one of which only the speaker is known.
#[cfg(feature = "csv")]
fn said_by_two(codebook: &caserank::Codebook) -> Backlog {
    let [first, second] = [0, 1].map(|position| &codebook.items()[position]);
    let source = |speaker| AnswerSource::new(speaker, "a field");
    let given = caserank::complaint::Given::new(&*second.answers[0].id);
    let mut complaint = Complaint::new("said", start()).unwrap();
    complaint.set_answer(&*first.id, &*first.answers[0].id);
    complaint.set_given(&*second.id, given.with_said_by(Speaker::Officer));
    let other = Statement::new(&*first.answers[0].id, source(Speaker::Provider));
    complaint.set_provenance(
        &first.id,
        Provenance::new(source(Speaker::Clearinghouse)).contradicted_by(other),
    );
    let mut builder = caserank::BacklogBuilder::new(codebook);
    builder.push(&complaint).unwrap();
    builder.freeze()
}

/// Lines of the shipped backlog, with a decision in force.
#[cfg(feature = "csv")]
#[test]
fn lines_of_a_ranking_fit_their_schema() {
    let mut schema = Schema::new(include_str!("../../docs/formats/ranking_line.schema.json"));
    let triage = caserank::reference::published().unwrap();
    let file = std::fs::File::open("fixtures/backlog.csv").unwrap();
    let reading = caserank::backlog::Reading::new().with_source("fixtures/backlog.csv");
    let intake = caserank::Backlog::read_csv(triage.codebook(), file, reading).unwrap();
    let ranking = triage.rank(intake.backlog()).unwrap();
    let said = triage.rank(&said_by_two(triage.codebook())).unwrap();
    for listing in [
        caserank::listing::Listing::of(&said),
        caserank::listing::Listing::of(&ranking),
        caserank::listing::Listing::of(&ranking).with_made_at(start()),
    ] {
        let mut written = Vec::new();
        listing.write_ndjson(&mut written).unwrap();
        // Every ninety-seventh: from every band, in a second.
        for line in written.split(|&byte| byte == b'\n').step_by(97).filter(|line| !line.is_empty())
        {
            schema.assert_fits(&serde_json::from_slice(line).unwrap());
        }
    }
    // Met key by key in the schema of the intake report.
    names(&schema.root["$defs"]["not_understood"], &mut schema.met);
    assert_eq!(schema.never_met(), Vec::<String>::new());
}

#[test]
fn what_does_not_fit_is_noticed() {
    let mut schema = Schema::new(include_str!("../../docs/formats/move.schema.json"));
    let good = json!({"format_version": 1, "id": "a", "from": null, "to": null, "pushed": false});
    schema.assert_fits(&good);
    for (key, faulty) in
        [("more", json!(1)), ("pushed", json!("no")), ("to", json!({"position": 0}))]
    {
        let mut value = good.clone();
        value[key] = faulty;
        let root = schema.root.clone();
        fits(&root, &root, "", &value, &mut BTreeSet::new()).unwrap_err();
    }
    assert!(!schema.never_met().is_empty());
}

/// Reports of sources in which everything goes wrong that a report tells of.
#[cfg(feature = "csv")]
fn intake_reports() -> Vec<Value> {
    let triage = toy();
    let now = "2026-05-01".parse().unwrap();
    let reading = triage.reading().with_time_of_intake(now).with_unlisted(Unlisted::Report);
    let table = "id,received,Urgent,urgnt,prior_reports\n\
        a,2026-04-17,yes,,2\n\
        b,2026-04-17,perhaps,x,-1\n\
        c,2026-04-18,no,,1.5\n\
        C,2026-04-18,no,,n/a\n\
        \n\
        d ,2026-04-17,no,\"two\nlines\",\n\
        a,2026-04-17,no,,2\n\
        e,2062-01-01,no,,\n\
        ,sometime,yes,,\n";
    let tables = [table, "id,received,urgent\na,2026-04-17,no\n", "id,received,urgent\n"];
    let mut reports: Vec<Value> = tables
        .iter()
        .map(|table| Backlog::read_csv(triage.codebook(), table.as_bytes(), reading.clone()))
        .map(|intake| json!(intake.unwrap().report()))
        .collect();
    let strict = Backlog::read_csv(triage.codebook(), table.as_bytes(), reading.clone().strict());
    reports.push(json!(strict.unwrap().report()));
    let mapping = Mapping::from_json(include_str!("../../fixtures/messy/damaged.csv.mapping.json"));
    let importer = Importer::new(&mapping.unwrap(), triage.codebook()).unwrap();
    let damaged = include_bytes!("../../fixtures/messy/damaged.csv");
    reports.push(json!(importer.read(&damaged[..], &reading).unwrap().report()));
    reports
}

#[test]
#[cfg(feature = "csv")]
fn intake_reports_fit_their_schema() {
    let mut schema = Schema::new(include_str!("../../docs/formats/intake_report.schema.json"));
    for report in intake_reports() {
        schema.assert_fits(&report);
    }
    // Every way in which a part of a record is not understood, besides those met above.
    let mark = json!({"$ref": "#/$defs/not_understood"});
    let ways = [
        WhyNotUnderstood::NotListed { nearest: None },
        WhyNotUnderstood::NotListed { nearest: Some("yes".to_owned()) },
        WhyNotUnderstood::MissingWord,
        WhyNotUnderstood::NotANumber,
        WhyNotUnderstood::OutOfRange { least: 0, most: 9 },
        WhyNotUnderstood::NotWhole,
        WhyNotUnderstood::NotText,
        WhyNotUnderstood::NotATime,
        WhyNotUnderstood::ImplausibleTime,
        WhyNotUnderstood::NotADeadline,
        WhyNotUnderstood::TooMany { limit: 5 },
        WhyNotUnderstood::TooLong { limit: 5 },
        WhyNotUnderstood::NotAnAnswer,
        WhyNotUnderstood::UnlistedItem { nearest: Some("urgent".to_owned()) },
        WhyNotUnderstood::Twice,
        WhyNotUnderstood::UnknownFlag,
        WhyNotUnderstood::Entity,
        WhyNotUnderstood::BrokenOff { fault: "it ends early".to_owned() },
        WhyNotUnderstood::WithoutReport,
        WhyNotUnderstood::ReceivedAtIntake,
    ];
    for why in ways {
        let written =
            json!(NotUnderstood::new("urgent", "?", why.clone()).in_column("U").at_line(2));
        let root = schema.root.clone();
        fits(&root, &mark, "", &written, &mut schema.met).unwrap();
        let code = match &written["why"] {
            Value::String(code) => code.clone(),
            other => other.as_object().unwrap().keys().next().unwrap().clone(),
        };
        assert_eq!(why.code(), code);
    }
    assert_eq!(schema.never_met(), Vec::<String>::new());
}

#[test]
#[cfg(feature = "research")]
fn labels_fit_their_schema() {
    use caserank::research::fit::Labels;
    let mut schema = Schema::new(include_str!("../../docs/formats/label.schema.json"));
    let lines = [
        r#"{"complaint": "a", "outcome": "harm", "result": "not_investigated"}"#,
        r#"{"complaint": "b", "outcome": "harm", "result": "yes", "standard": "charge", "found": "2026-04-17T00:00:00Z",
            "followed_until": "2026-05-01", "depth": "search", "why_worked": "audit", "weight": 2.5, "origin": "synthetic"}"#,
    ];
    for line in lines {
        let line = line.replace('\n', "");
        schema.assert_fits(&serde_json::from_str(&line).unwrap());
        let (labels, report) = Labels::read_ndjson(line.as_bytes()).unwrap();
        assert_eq!((report.taken, report.refused), (1, 0), "{:?}", report.refusals);
        for label in labels.labels() {
            schema.assert_fits(&json!(label));
        }
    }
    assert_eq!(schema.never_met(), Vec::<String>::new());
}

/// Plans of units that have everything: audits, holds, slips, records read in part.
#[cfg(feature = "csv")]
fn plans() -> Vec<Plan> {
    let triage = caserank::reference::published().unwrap();
    let mut table = include_str!("../../fixtures/backlog.csv").to_owned();
    let heading = table.lines().next().unwrap();
    let column = |name: &str| heading.split(',').position(|found| found == name).unwrap();
    let mut cells = vec![""; heading.split(',').count()];
    (cells[column("id")], cells[column("received")]) = ("odd", "2026-01-04");
    (cells[column("unit")], cells[column("child_in_household")]) = ("north", "perhaps");
    table.push_str(&cells.join(","));
    table.push('\n');
    let intake = Backlog::read_csv(triage.codebook(), table.as_bytes(), triage.reading()).unwrap();
    let now: caserank::Timestamp = "2026-01-05".parse().unwrap();
    let mut overrides = Overrides::new();
    let ranking = triage.rank(intake.backlog()).unwrap();
    for (position, effect) in [(1, "waits_for_a_warrant"), (5_000, "waits_for_a_warrant")] {
        let id = ranking.at(position).unwrap().id().to_owned();
        overrides.add(decision(&id, OverrideEffect::Hold(effect.to_owned()), now)).unwrap();
    }
    let ranking = triage.rank_with(intake.backlog(), &overrides.at(now)).unwrap();
    let planner = Planner::new(&triage, Seed(7)).unwrap().with_scale("clearinghouse_level");
    let planner = planner.audit(3, Some("tip_source"));
    let units = [("north ".to_owned(), 900), ("south".to_owned(), 4_000)].into();
    let (in_hand, mut carries) = (["nobody".to_owned()].into(), Carries::default());
    let period = Period { start: now, end: now.plus_days(1) };
    let mut plans = planner.plan_units(&ranking, period, &units, &in_hand, &mut carries).unwrap();
    let units = [("north".to_owned(), 4_000)].into();
    plans.extend(planner.plan_units(&ranking, period, &units, &in_hand, &mut carries).unwrap());
    plans
}

#[test]
#[cfg(feature = "csv")]
fn plans_fit_their_schema_and_read_back() {
    let mut schema = Schema::new(include_str!("../../docs/formats/plan.schema.json"));
    let mut sheets = Schema::new(include_str!("../../docs/formats/investigator_sheet.schema.json"));
    for plan in plans() {
        let text = plan.to_json();
        schema.assert_fits(&serde_json::from_str(&text).unwrap());
        let back = Plan::from_json(&text).unwrap();
        assert_eq!(back, plan);
        assert_eq!(back.planner_sheet(), plan.planner_sheet());
        let sheet = plan.investigator_sheet();
        sheets.assert_fits(&json!(sheet));
        let read = InvestigatorSheet::from_json(&sheet.to_json()).unwrap();
        assert_eq!((read.to_string(), &read), (sheet.to_string(), &sheet));
        let later = sheet.to_json().replacen("\"format_version\": 1", "\"format_version\": 2", 1);
        let refused = InvestigatorSheet::from_json(&later).unwrap_err();
        assert!(
            matches!(refused, WorklistFileError::Format { found: 2, supported: 1, .. }),
            "{refused}"
        );
        let later = text.replacen("\"format_version\": 1", "\"format_version\": 2", 1);
        let refused = Plan::from_json(&later).unwrap_err();
        assert!(
            matches!(refused, WorklistFileError::Format { found: 2, supported: 1, .. }),
            "{refused}"
        );
        assert!(Plan::from_json(&text[..text.len() / 2]).is_err());
    }
    assert_eq!(sheets.never_met(), Vec::<String>::new());
    // What is not understood stands in the schema of the intake report, and is met there key by key.
    names(&schema.root["$defs"]["not_understood"], &mut schema.met);
    assert_eq!(schema.never_met(), Vec::<String>::new());
}
