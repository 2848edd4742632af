//! The ranking as people open it in a spreadsheet.

use std::io::{self, Write};

use super::line::{Line, Reason};
use super::waves::{number, write_all};
use super::{Listing, per_thousand, standing_words};
use crate::base::text::csv_cell;
use crate::base::two_digits;
use crate::policy::{GateEffect, Lane, SetBy};

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
    /// `not_understood` (what of the record was not understood and why; blank where all was), `source_file` and
    /// `source_line` (blank where the source was not named; see [`Reading::with_source`](crate::backlog::Reading::with_source)).
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
        write_all(self, sink, |line, id, out| words.write((line, id), self.reasons, out))
    }
}

/// Texts that stand in many lines, quoted once.
struct Words {
    /// `item=answer`, by item and code.
    answers: Vec<Vec<String>>,
    /// Title of each gate.
    gates: Vec<String>,
    /// The same as a cell.
    gate_cells: Vec<Vec<u8>>,
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
            gate_cells: gates.iter().map(|gate| cell(&gate.title)).collect(),
            must: gates.iter().map(|gate| gate.effect == GateEffect::Must).collect(),
            outcomes: outcomes.map(|part| part.outcome.clone()).collect(),
            is_partly_understood: !listing.ranking.backlog().partly_understood().is_empty(),
            tail: tail.map(|text| csv_cell(&text)).join(","),
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
        names.extend(["source_file", "source_line"].map(str::to_owned));
        names.join(",") + "\n"
    }

    fn write(&self, (line, id): (&Line<'_>, &str), reasons: usize, out: &mut Vec<u8>) {
        let (backlog, facts) = (line.ranking.backlog(), line.facts);
        let placement = line.placement;
        let (standing, model) = (placement.standing(), placement.model_standing());
        number(line.position as i64, out);
        out.push(b',');
        text(id, out);
        out.push(b',');
        text(facts.unit(backlog).unwrap_or_default(), out);
        for word in [standing.lane().word(), standing.band().word()] {
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
            SetBy::Cap(gate) | SetBy::Floor(gate) => {
                out.extend_from_slice(&self.gate_cells[gate.position()]);
            }
        }
        out.extend_from_slice(if placement.is_overridden() { b",yes" } else { b"," });
        for reached in [line.best, line.worst] {
            out.push(b',');
            if let Some(reached) = reached {
                out.extend_from_slice(standing_words(reached).as_bytes());
            }
        }
        for reason in 0..reasons {
            out.push(b',');
            self.reason(line.raised.get(reason), out);
        }
        out.push(b',');
        self.reason(line.lowered.first(), out);
        for word in [model.lane().word(), model.band().word()] {
            out.push(b',');
            out.extend_from_slice(word.as_bytes());
        }
        out.push(b',');
        time(facts.received, out);
        out.push(b',');
        if let Some(due) = facts.deadline {
            time(due, out);
        }
        out.push(b',');
        text(facts.deadline_kind(backlog), out);
        out.push(b',');
        out.extend_from_slice(facts.origin.word().as_bytes());
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
        out.push(b',');
        match facts.source(backlog) {
            Some(source) => {
                text(source.file(), out);
                out.push(b',');
                number(i64::try_from(source.line()).unwrap_or(i64::MAX), out);
            }
            None => out.push(b','),
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
            (Some(&gate), None) => out.extend_from_slice(&self.gate_cells[gate]),
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

/// Bytes that need no care inside a cell.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let letter = byte as u8;
        plain[byte] = letter.is_ascii_alphanumeric()
            || matches!(letter, b'_' | b' ' | b'.' | b':' | b';' | b'/' | b'(' | b')' | b'-');
        byte += 1;
    }
    plain
};

/// A cell that may hold anything.
fn text(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let starts_plain = bytes.first().is_none_or(u8::is_ascii_alphanumeric);
    let plain = bytes.iter().fold(true, |plain, &byte| plain & PLAIN[usize::from(byte)]);
    if starts_plain && plain {
        out.extend_from_slice(bytes);
    } else {
        out.extend_from_slice(csv_cell(text).as_bytes());
    }
}

fn cell(of: &str) -> Vec<u8> {
    let mut cell = Vec::new();
    text(of, &mut cell);
    cell
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
    let below_million = size % 1_000_000;
    let mut digits = *b".000000";
    for (pair_position, pair) in
        [below_million / 10_000, below_million / 100 % 100, below_million % 100]
            .into_iter()
            .enumerate()
    {
        digits[1 + 2 * pair_position..][..2].copy_from_slice(&two_digits(pair));
    }
    out.extend_from_slice(&digits);
}
