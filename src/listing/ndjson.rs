//! The ranking for machines: one JSON object a line, quantities exact and named with their unit.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::Listing;
use super::line::{Line, Mover};
use super::waves::write_all;
use crate::complaint::{NotUnderstood, SaidBy};
use crate::policy::SetBy;
use crate::rank::Standing;
use crate::{Fixed, Timestamp};

/// Raised when a line gains or changes a key.
const FORMAT: u32 = 2;

#[derive(Serialize)]
struct LaneAndBand {
    lane: crate::policy::Lane,
    band: crate::policy::Band,
}

impl From<Standing> for LaneAndBand {
    fn from(standing: Standing) -> Self {
        LaneAndBand { lane: standing.lane(), band: standing.band() }
    }
}

#[derive(Serialize)]
struct Effect<'a> {
    item: &'a str,
    answer: &'a str,
    index_billionths: i64,
}

#[derive(Serialize)]
struct Deadline<'a> {
    kind: &'a str,
    due: Timestamp,
}

#[derive(Serialize)]
struct Outcome<'a> {
    outcome: &'a str,
    /// Log-odds with six decimals, `null` where the outcome does not apply.
    score: Option<Fixed>,
}

#[derive(Serialize)]
struct Row<'a> {
    format: u32,
    position: usize,
    id: &'a str,
    unit: Option<&'a str>,
    lane: crate::policy::Lane,
    band: crate::policy::Band,
    index_billionths: u32,
    must_gates: Vec<&'a str>,
    band_set_by: &'static str,
    band_gate: Option<&'a str>,
    decided_by_a_person: bool,
    model: LaneAndBand,
    could_rise_to: Option<LaneAndBand>,
    could_fall_to: Option<LaneAndBand>,
    raised_by: Vec<Effect<'a>>,
    lowered_by: Vec<Effect<'a>>,
    outcomes: Vec<Outcome<'a>>,
    received: Timestamp,
    deadlines: Vec<Deadline<'a>>,
    origin: crate::complaint::Origin,
    model_identity: &'a str,
    fingerprint: &'a str,
    codebook: &'a str,
    made_at: Option<Timestamp>,
    not_understood: Vec<NotUnderstood>,
    /// By item, where its record told it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    said_by: BTreeMap<&'a str, SaidBy<'a>>,
    source_file: Option<&'a str>,
    source_line: Option<u64>,
}

impl Listing<'_> {
    /// Writes all lines as NDJSON: every reason, the index in billionths, scores as decimals, ids instead of positions.
    /// `format` is raised when a key is added or changes.
    ///
    /// # Errors
    /// Where the sink fails; what was written before is no whole file then.
    pub fn write_ndjson(&self, sink: impl Write) -> io::Result<()> {
        let triage = self.ranking.triage();
        let (identity, fingerprint) =
            (triage.identity().to_string(), triage.fingerprint().to_string());
        let codebook = triage.codebook().identity().to_string();
        write_all(self, sink, |line, _, out| {
            let deadlines = line.deadlines();
            let kinds: Vec<String> =
                deadlines.iter().map(|deadline| deadline.kind.to_string()).collect();
            let row = Row {
                model_identity: &identity,
                fingerprint: &fingerprint,
                codebook: &codebook,
                made_at: self.made_at,
                deadlines: kinds
                    .iter()
                    .zip(&deadlines)
                    .map(|(kind, deadline)| Deadline { kind, due: deadline.due })
                    .collect(),
                ..Row::of(line)
            };
            // A row of words and numbers cannot fail to serialise into memory.
            let _ = serde_json::to_writer(&mut *out, &row);
            out.push(b'\n');
        })
    }
}

impl<'a> Row<'a> {
    fn of(line: &Line<'a>) -> Self {
        let effect = |mover: Mover<'a>| Effect {
            item: mover.item(),
            answer: mover.answer(),
            index_billionths: mover.billionths(),
        };
        let outcomes = line.ranking.triage().instrument().outcomes().iter();
        Row {
            format: FORMAT,
            position: line.position,
            id: line.id(),
            unit: line.unit(),
            lane: line.placement.standing().lane(),
            band: line.placement.standing().band(),
            index_billionths: line.priority.billionths(),
            must_gates: line.must_gates().map(|gate| gate.id.as_str()).collect(),
            band_set_by: match line.placement.set_by() {
                SetBy::Priority => "index",
                SetBy::Override => "decision",
                SetBy::Cap(_) => "cap",
                SetBy::Floor(_) => "floor",
            },
            band_gate: line.band_gate().map(|gate| gate.id.as_str()),
            decided_by_a_person: line.placement.is_overridden(),
            model: line.placement.model_standing().into(),
            could_rise_to: line.best.map(LaneAndBand::from),
            could_fall_to: line.worst.map(LaneAndBand::from),
            raised_by: line.raised_by().map(effect).collect(),
            lowered_by: line.lowered_by().map(effect).collect(),
            outcomes: outcomes
                .zip(&line.scores)
                .map(|(part, &score)| Outcome { outcome: &part.outcome, score })
                .collect(),
            received: line.received(),
            deadlines: Vec::new(),
            origin: line.origin(),
            model_identity: "",
            fingerprint: "",
            codebook: "",
            made_at: None,
            not_understood: line.not_understood(),
            said_by: line.said_by().collect(),
            source_file: line.source().map(|source| source.file()),
            source_line: line.source().map(|source| source.line()),
        }
    }
}
