//! The ranking as people open it in a spreadsheet.

use std::io::{self, Write};

use super::line::{Line, Reason};
use super::waves::{number, write_all};
use super::{Listing, per_thousand, standing_words};
use crate::base::text::for_spreadsheet;
use crate::policy::{Band, GateEffect, Lane, SetBy};

const HEAD: [&str; 10] = [
    "position",
    "id",
    "unit",
    "lane",
    "band",
    "index_per_thousand",
    "must_because",
    "band_set_by",
    "decided_by_a_person",
    "could_rise_to",
];

impl Listing<'_> {
    /// Writes all lines as CSV, UTF-8 with one line feed a line, safe to open in a spreadsheet.
    ///
    /// Columns: `position`, `id`, `unit`, `lane`, `band`, `index_per_thousand` (0 to 1000), `must_because` (titles of
    /// the gates that put it into `must`, or the decision), `band_set_by` (`index`, `decision`, or the gate's title),
    /// `decided_by_a_person` (`yes` or blank), `could_rise_to` and `could_fall_to` (by one open answer; blank where
    /// none moves it), `raised_by_1` and so on (`item=answer (+n)`, n in thousandths of the index), `lowered_by`,
    /// `model_lane`, `model_band`, `received`, `next_deadline` (earliest) with `next_deadline_kind`, `origin`,
    /// `score_OUTCOME` (log-odds, blank where the outcome does not apply), `model`, `fingerprint`, `codebook`, `made_at`,
    /// `not_understood` (what of the record was not understood and why; blank where all was).
    /// Later versions add columns at the end alone.
    ///
    /// # Errors
    /// Where the sink fails; what was written before is no whole file then.
    pub fn write_csv(&self, mut sink: impl Write) -> io::Result<()> {
        let words = Words::new(self);
        if self.byte_order_mark {
            sink.write_all("\u{feff}".as_bytes())?;
        }
        sink.write_all(words.heading(self.reasons).as_bytes())?;
        write_all(self, sink, |line, out| words.write(line, self.reasons, out))
    }
}

/// Texts that stand in many lines, quoted once.
struct Words {
    /// `item=answer`, by item and code.
    answers: Vec<Vec<String>>,
    /// Title of each gate.
    gates: Vec<String>,
    /// Whether a gate puts complaints into `must`.
    must: Vec<bool>,
    outcomes: Vec<String>,
    /// Whether anything in the whole list was not understood.
    is_partly_understood: bool,
    /// Model, fingerprint, codebook and time, which are those of the whole list.
    tail: String,
}

impl Words {
    fn new(listing: &Listing<'_>) -> Self {
        let triage = listing.ranking.triage();
        let items = triage.codebook().items().iter();
        let answers = items.map(|item| {
            let codes = 0..=u8::try_from(item.answers.len()).unwrap_or(u8::MAX);
            codes.map(|code| format!("{}={}", item.id, item.answer_id(code))).collect()
        });
        let gates = triage.policy().gates();
        let codebook = triage.codebook();
        let tail = [
            triage.identity().to_string(),
            triage.fingerprint().to_string(),
            codebook.identity().to_string(),
            listing.made_at.map_or_else(String::new, |made_at| made_at.to_string()),
        ];
        let outcomes = triage.instrument().outcomes().iter();
        Words {
            answers: answers.collect(),
            gates: gates.iter().map(|gate| gate.title.clone()).collect(),
            must: gates.iter().map(|gate| gate.effect == GateEffect::Must).collect(),
            outcomes: outcomes.map(|part| part.outcome.clone()).collect(),
            is_partly_understood: !listing.ranking.backlog().partly_understood().is_empty(),
            tail: tail.map(|text| quoted(&text)).join(","),
        }
    }

    fn heading(&self, reasons: usize) -> String {
        let mut names: Vec<String> = HEAD.map(str::to_owned).to_vec();
        names.push("could_fall_to".to_owned());
        names.extend((1..=reasons).map(|number| format!("raised_by_{number}")));
        names.extend(
            ["lowered_by", "model_lane", "model_band", "received", "next_deadline"]
                .map(str::to_owned),
        );
        names.extend(["next_deadline_kind", "origin"].map(str::to_owned));
        names.extend(self.outcomes.iter().map(|outcome| format!("score_{outcome}")));
        names.extend(
            ["model", "fingerprint", "codebook", "made_at", "not_understood"].map(str::to_owned),
        );
        names.join(",") + "\n"
    }

    fn write(&self, line: &Line<'_>, reasons: usize, out: &mut Vec<u8>) {
        let backlog = line.ranking.backlog();
        let placement = line.placement;
        let (standing, model) = (placement.standing(), placement.model_standing());
        number(line.position as i64, out);
        out.push(b',');
        text(backlog.id(line.row), out);
        out.push(b',');
        text(backlog.unit(line.row).unwrap_or_default(), out);
        for word in [lane_word(standing.lane()), band_word(standing.band())] {
            out.push(b',');
            out.extend_from_slice(word.as_bytes());
        }
        out.push(b',');
        number(i64::from(line.priority.per_thousand()), out);
        out.push(b',');
        self.must_because(line, out);
        out.push(b',');
        match placement.set_by() {
            SetBy::Priority => out.extend_from_slice(b"index"),
            SetBy::Override => out.extend_from_slice(b"decision"),
            SetBy::Cap(gate) | SetBy::Floor(gate) => text(&self.gates[gate], out),
        }
        out.extend_from_slice(if placement.is_overridden() { b",yes" } else { b"," });
        for reached in [line.best, line.worst] {
            out.push(b',');
            if let Some(reached) = reached {
                out.extend_from_slice(standing_words(reached).as_bytes());
            }
        }
        for place in 0..reasons {
            out.push(b',');
            self.reason(line.raised.get(place), out);
        }
        out.push(b',');
        self.reason(line.lowered.first(), out);
        for word in [lane_word(model.lane()), band_word(model.band())] {
            out.push(b',');
            out.extend_from_slice(word.as_bytes());
        }
        out.push(b',');
        time(backlog.received(line.row), out);
        out.push(b',');
        if backlog.earliest_deadline(line.row).is_some() {
            let deadlines = backlog.deadlines(line.row);
            if let Some(deadline) = deadlines.first() {
                time(deadline.due, out);
                out.push(b',');
                text(&deadline.kind.to_string(), out);
            }
        } else {
            out.push(b',');
        }
        out.push(b',');
        text(&backlog.origin_of(line.row).to_string(), out);
        for score in &line.scores {
            out.push(b',');
            if let Some(score) = score {
                decimal(score.steps(), out);
            }
        }
        out.push(b',');
        out.extend_from_slice(self.tail.as_bytes());
        out.push(b',');
        if self.is_partly_understood {
            let parts = line.not_understood();
            let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
            text(&parts.join("; "), out);
        }
        out.push(b'\n');
    }

    fn must_because(&self, line: &Line<'_>, out: &mut Vec<u8>) {
        if line.placement.standing().lane() != Lane::Must {
            return;
        }
        let mut gates = line.fired.iter().filter(|&&gate| self.must[gate]);
        match (gates.next(), gates.next()) {
            (None, _) => out.extend_from_slice(b"decision"),
            (Some(&gate), None) => text(&self.gates[gate], out),
            _ => {
                let fired = line.fired.iter().filter(|&&gate| self.must[gate]);
                let titles: Vec<&str> = fired.map(|&gate| self.gates[gate].as_str()).collect();
                text(&titles.join("; "), out);
            }
        }
    }

    fn reason(&self, reason: Option<&Reason>, out: &mut Vec<u8>) {
        let Some(reason) = reason else { return };
        let answer = &self.answers[reason.item as usize][usize::from(reason.code)];
        let change = per_thousand(reason.billionths);
        out.extend_from_slice(answer.as_bytes());
        out.extend_from_slice(if reason.billionths > 0 { b" (+" } else { b" (-" });
        if change == 0 {
            out.extend_from_slice(b"<1");
        } else {
            number(change.abs(), out);
        }
        out.push(b')');
    }
}

fn lane_word(lane: Lane) -> &'static str {
    match lane {
        Lane::Must => "must",
        Lane::Open => "open",
    }
}

fn band_word(band: Band) -> &'static str {
    match band {
        Band::VeryHigh => "very_high",
        Band::High => "high",
        Band::Medium => "medium",
        Band::Low => "low",
    }
}

/// A cell that may hold anything.
fn text(text: &str, out: &mut Vec<u8>) {
    let plain =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"_ .:;/()".contains(byte) || *byte == b'-';
    let starts_plain = text.as_bytes().first().is_none_or(u8::is_ascii_alphanumeric);
    if starts_plain && text.as_bytes().iter().all(plain) {
        out.extend_from_slice(text.as_bytes());
    } else {
        out.extend_from_slice(quoted(text).as_bytes());
    }
}

fn quoted(text: &str) -> String {
    let cell = for_spreadsheet(text);
    if cell.contains([',', '"', '\n', '\r', '\'']) || cell.trim() != cell {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.into_owned()
    }
}

fn time(time: crate::Timestamp, out: &mut Vec<u8>) {
    out.extend_from_slice(&time.letters());
}

/// A number of millionths as a decimal with six places.
fn decimal(steps: i32, out: &mut Vec<u8>) {
    let size = steps.unsigned_abs();
    if steps < 0 {
        out.push(b'-');
    }
    number(i64::from(size / 1_000_000), out);
    out.push(b'.');
    let places = size % 1_000_000;
    out.extend([100_000, 10_000, 1_000, 100, 10, 1].map(|unit| b'0' + (places / unit % 10) as u8));
}
