//! The reference job: 34 yes/no/unknown items and 6 small counts, three outcomes, one priority.
//! All of it is made up and says nothing about performance in the field.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used, clippy::print_stdout)]

use caserank::Seed;
use caserank::backlog::Coded;
use caserank::complaint::Origin;
use caserank::ndarray::ArrayView2;
use caserank::{Backlog, Codebook, Timestamp, Triage};
use serde_json::{Value, json};

const FLAGS: usize = 34;
const COUNTS: usize = 6;
pub const ITEMS: usize = FLAGS + COUNTS;
const DAYS: u64 = 5 * 365;
/// Seconds in a day.
pub const DAY: i64 = 86_400;
const OUTCOMES: [&str; 3] = ["production", "solicitation", "contact"];

/// Sizes to bench; when benches are only smoke-run, the small ones.
pub fn sizes(all: &[usize]) -> Vec<usize> {
    all.iter().copied().filter(|&size| !smoke() || size <= 10_000).collect()
}

/// Whether benches are only tried out, as `cargo bench -- --test` does.
pub fn smoke() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

/// A rayon pool of this many threads.
pub fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

fn codebook() -> Value {
    let flag = |place: usize| {
        json!({
            "id": format!("flag_{place}"), "question": "Made up?", "kind": "ordinal",
            "answers": [{"id": "no", "label": "no"}, {"id": "yes", "label": "yes"}],
            "absent": "no", "stage": "intake", "domain": "handling", "about": "complaint",
            "effort": {"minutes": 5}, "design": "made up for benches"
        })
    };
    let count = |place: usize| {
        json!({
            "id": format!("count_{place}"), "question": "How many, made up?",
            "kind": {"binned": {"unit": "count", "edges": [1, 2, 4, 8, 16]}},
            "answers": (0..6).map(|bin| json!({"id": format!("bin_{bin}"), "label": "made up"})).collect::<Vec<_>>(),
            "stage": "intake", "domain": "handling", "about": "complaint",
            "effort": {"minutes": 5}, "design": "made up for benches"
        })
    };
    let items: Vec<Value> = (0..FLAGS).map(flag).chain((0..COUNTS).map(count)).collect();
    let outcomes: Vec<Value> =
        OUTCOMES.iter().map(|id| json!({"id": id, "title": id, "ahead_of": "none"})).collect();
    json!({
        "format_version": 1, "id": "reference_job", "version": "1.0.0", "title": "Reference job",
        "description": "Made up for benches.", "outcomes": outcomes, "items": items, "sources": []
    })
}

/// From -0.6 to 0.6, or -1, 0 or 1 in points.
fn weight(stream: &mut caserank::Stream, points: bool) -> String {
    if points {
        return (stream.below(3) as i64 - 1).to_string();
    }
    let steps = stream.below(1_200_001) as i64 - 600_000;
    format!(
        "{}{}.{:06}",
        if steps < 0 { "-" } else { "" },
        steps.abs() / 1_000_000,
        steps.abs() % 1_000_000
    )
}

/// Gates of the same number and shape as those of the reference policy, on the job's items.
fn gates() -> Value {
    let yes = |place: usize| json!({"item": format!("flag_{place}"), "is": ["yes"]});
    let not_no = |place: usize| json!({"item": format!("flag_{place}"), "is_not": ["no"]});
    let gate = |id: usize, effect: Value, when: Value| json!({"id": format!("gate_{id}"), "title": "made up", "effect": effect, "when": when, "citation": "made up"});
    let (very_high, high) = (json!({"floor": "very_high"}), json!({"floor": "high"}));
    json!([
        gate(0, json!("must"), yes(0)),
        gate(1, json!("must"), yes(1)),
        gate(2, json!("must"), json!({"all": [yes(2), not_no(3)]})),
        gate(3, very_high.clone(), json!({"all": [yes(4), yes(5)]})),
        gate(4, very_high.clone(), json!({"all": [yes(4), {"any": [yes(6), yes(7)]}]})),
        gate(5, very_high.clone(), yes(8)),
        gate(6, very_high, yes(9)),
        gate(7, high.clone(), yes(10)),
        gate(8, high.clone(), yes(11)),
        gate(9, high.clone(), yes(12)),
        gate(10, high.clone(), yes(13)),
        gate(
            11,
            high,
            json!({"all": [{"any": [yes(14), yes(15)]}, {"any": [not_no(6), not_no(7)]}]})
        ),
        gate(12, json!({"cap": "low"}), json!({"all": [yes(16), yes(17)]})),
        gate(13, json!({"route": "made_up"}), yes(18)),
        gate(14, json!({"hold": "made_up"}), yes(19)),
    ])
}

/// The job's model, with or without gates; `seed` draws the weights.
pub fn model(seed: u64, with_gates: bool) -> Triage {
    model_of(seed, with_gates, false)
}

/// An instrument in points that counts one outcome alone: a few dozen priorities, shared by all.
pub fn points_model(seed: u64) -> Triage {
    model_of(seed, false, true)
}

fn model_of(seed: u64, with_gates: bool, points: bool) -> Triage {
    let mut stream = Seed(seed).stream(0);
    let provenance = json!({"rules": ["made_up"]});
    let mut outcomes = Vec::new();
    for outcome in OUTCOMES {
        let mut weights = Vec::new();
        for place in 0..FLAGS {
            weights.push(json!({
                "item": format!("flag_{place}"), "provenance": provenance,
                "weights": {"no": weight(&mut stream, points), "yes": weight(&mut stream, points)}
            }));
        }
        for place in 0..COUNTS {
            let bins: serde_json::Map<String, Value> = (0..6)
                .map(|bin| (format!("bin_{bin}"), weight(&mut stream, points).into()))
                .collect();
            weights.push(json!({
                "item": format!("count_{place}"), "provenance": provenance, "weights": bins
            }));
        }
        outcomes.push(json!({
            "outcome": outcome, "definition": "made up", "weights": weights,
            "intercept": {"value": "-2", "provenance": provenance}
        }));
    }
    let signs: Vec<Value> = [20, 21, 22]
        .iter()
        .map(|place| json!({"item": format!("flag_{place}"), "is": ["yes"]}))
        .collect();
    let combination = if points {
        json!({"single": "production"})
    } else {
        json!({"expected_harm": {
            "weights": {"production": 2, "solicitation": 1, "contact": 1},
            "rationale": "made up", "signed": "made up", "date": "2026-11-21"
        }})
    };
    let policy = json!({
        "description": "made up",
        "combination": combination,
        "bands": {
            "very_high": 0.5, "high": 0.3, "medium": 0.1, "rationale": "made up",
            "action_days": {"very_high": 1, "high": 7, "medium": 14, "low": 30, "rationale": "made up"}
        },
        "danger_signs": if with_gates { json!(signs) } else { json!([]) },
        "gates": if with_gates { gates() } else { json!([]) },
        "audit_share": 0.02
    });
    let model = json!({
        "format_version": 1, "id": "reference_job", "version": "1.0.0", "description": "Made up for benches.",
        "codebook": codebook(), "policy": policy,
        "instrument": {
            "id": "made_up", "version": "1.0.0", "description": "made up",
            "codebook": {"id": "reference_job", "version": "1.0.0"},
            "rules": [{"id": "made_up", "text": "drawn at random", "ground": "assumption"}],
            "outcomes": outcomes
        }
    });
    Triage::from_json(&model.to_string()).unwrap()
}

/// Complaints as a host keeps them: one byte per cell, ids, times.
pub struct Columns {
    pub ids: Vec<String>,
    pub received: Vec<Timestamp>,
    pub codes: Vec<u8>,
}

impl Columns {
    pub fn new(rows: usize) -> Self {
        Columns::part(0, rows)
    }

    /// One of many parts of a larger body of complaints, all of this many rows; ids go on from part to part.
    pub fn part(part: usize, rows: usize) -> Self {
        let mut stream = Seed(20).stream(1 + part as u64);
        let start: Timestamp = "2020-01-01".parse().unwrap();
        let mut codes = Vec::with_capacity(rows * ITEMS);
        let mut received = Vec::with_capacity(rows);
        for _ in 0..rows {
            // Whole days, so that a peer can put priority, day and row into one 64-bit key.
            received.push(start.plus_seconds(stream.below(DAYS) as i64 * DAY));
            let mut bits = stream.bits();
            for place in 0..ITEMS {
                if place % 5 == 0 {
                    bits = stream.bits();
                }
                let draw = (bits & 0xFFF) as u32;
                bits >>= 12;
                // About one answer in five is unknown, as in the measured peers' job.
                let known = draw >= 807;
                let answers = if place < FLAGS { 2 } else { 6 };
                codes.push(if known { 1 + (draw % answers) as u8 } else { 0 });
            }
        }
        let ids = (part * rows..(part + 1) * rows).map(|row| format!("c{row:08}")).collect();
        Columns { ids, received, codes }
    }

    /// Goes over every answer once: the least that a job on one byte per answer can take.
    pub fn read_once(&self) -> u64 {
        let words = std::hint::black_box(&self.codes).chunks_exact(8);
        words.fold(0, |sum, word| sum.wrapping_add(u64::from_le_bytes(word.try_into().unwrap())))
    }

    pub fn backlog(&self, codebook: &Codebook) -> Backlog {
        let codes = ArrayView2::from_shape((self.ids.len(), ITEMS), &self.codes).unwrap();
        let coded = Coded::new(&self.ids, &self.received, codes).with_origin(Origin::Synthetic);
        Backlog::from_codes(codebook, &coded).unwrap()
    }
}

/// Answer ids of the reference job: flags, then counts.
fn answer(place: usize, code: u8) -> String {
    match code {
        0 => String::new(),
        1 if place < FLAGS => "no".to_owned(),
        _ if place < FLAGS => "yes".to_owned(),
        bin => format!("bin_{}", bin - 1),
    }
}

fn item(place: usize) -> String {
    if place < FLAGS { format!("flag_{place}") } else { format!("count_{}", place - FLAGS) }
}

impl Columns {
    /// The same as a CSV file, in order of id.
    pub fn csv(&self) -> Vec<u8> {
        let mut text = "id,received".to_owned();
        for place in 0..ITEMS {
            text.push(',');
            text.push_str(&item(place));
        }
        text.push('\n');
        for (row, codes) in self.codes.chunks(ITEMS).enumerate() {
            text.push_str(&format!("{},{}", self.ids[row], self.received[row]));
            for (place, &code) in codes.iter().enumerate() {
                text.push(',');
                text.push_str(&answer(place, code));
            }
            text.push('\n');
        }
        text.into_bytes()
    }

    /// The same with a digit for each answer and whole days, which is easier to read than words.
    pub fn csv_of_codes(&self) -> Vec<u8> {
        let mut text = "id,day".to_owned();
        for place in 0..ITEMS {
            text.push_str(&format!(",{}", item(place)));
        }
        text.push('\n');
        for (row, codes) in self.codes.chunks(ITEMS).enumerate() {
            text.push_str(&format!(
                "{},{}",
                self.ids[row],
                self.received[row].unix_seconds() / DAY
            ));
            for &code in codes {
                text.push(',');
                if code != 0 {
                    text.push(char::from(b'0' + code));
                }
            }
            text.push('\n');
        }
        text.into_bytes()
    }

    /// The row of a complaint, from its id.
    pub fn row_of(&self, id: &str) -> usize {
        id[1..].parse().unwrap()
    }

    /// The same as newline-delimited JSON, *unknown* left out, in order of id.
    pub fn ndjson(&self) -> Vec<u8> {
        let mut text = String::new();
        for (row, codes) in self.codes.chunks(ITEMS).enumerate() {
            let known = codes.iter().enumerate().filter(|(_, code)| **code != 0);
            let answers: Vec<String> = known
                .map(|(place, &code)| format!("\"{}\":\"{}\"", item(place), answer(place, code)))
                .collect();
            text.push_str(&format!(
                "{{\"id\":\"{}\",\"received\":\"{}\",\"stage\":\"intake\",\"origin\":\"synthetic\",\"answers\":{{{}}}}}\n",
                self.ids[row],
                self.received[row],
                answers.join(",")
            ));
        }
        text.into_bytes()
    }
}
