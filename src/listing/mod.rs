//! A ranking as people and other programs read it: why each complaint stands where it stands, line by line.
//!
//! For analysts who hand a list on, and for engineers who show one. Three forms of the same lines: a table for
//! a terminal ([`Listing::table`]), CSV ([`Listing::write_csv`]) and one JSON object a line
//! ([`Listing::write_ndjson`]).

mod csv;
mod line;
mod ndjson;
mod table;
mod waves;

pub use line::{Line, Mover};
pub use table::Table;

use crate::policy::{Band, Lane};
use crate::rank::Standing;
use crate::triage::Ranking;
use crate::{Fixed, Timestamp};
use line::Reader;

/// How many answers that raise a complaint a line tells, unless the caller says otherwise.
const REASONS: usize = 3;

/// The two lines that say how to read any listing.
pub const LEGEND: &str = "index: 0 to 1000, to order work; no probability and no evidence. `must` comes before all else.\n\
    +n, -n: how much higher or lower the index is than with that answer unknown; they do not add up.";

/// A ranking as lines; see the [module](self).
///
/// It changes nothing and computes each line when it is read: some microseconds a complaint.
///
/// ```
/// use caserank::listing::Listing;
/// use caserank::{BacklogBuilder, Complaint, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let mut builder = BacklogBuilder::new(triage.codebook());
/// builder.push(&Complaint::new("a", "2026-04-17".parse()?)?.with_answer("urgent", "yes"))?;
/// let ranking = triage.rank(&builder.freeze())?;
///
/// let listing = Listing::of(&ranking).with_made_at("2026-04-18".parse()?);
/// let first = listing.lines().next().ok_or("empty")?;
/// assert_eq!(first.raised_by().next().map(|mover| mover.item()), Some("urgent"));
/// let mut csv = Vec::new();
/// listing.write_csv(&mut csv)?;
/// println!("{}", listing.table(20));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    ranking: &'a Ranking,
    made_at: Option<Timestamp>,
    reasons: usize,
    byte_order_mark: bool,
}

impl<'a> Listing<'a> {
    /// The lines of a ranking, first to last.
    #[must_use]
    pub fn of(ranking: &'a Ranking) -> Self {
        Listing { ranking, made_at: None, reasons: REASONS, byte_order_mark: false }
    }

    /// With the time at which it is made: it stands in every line, and ages and days left are counted from it.
    #[must_use]
    pub fn with_made_at(self, made_at: Timestamp) -> Self {
        Listing { made_at: Some(made_at), ..self }
    }

    /// With so many of the answers that raise a complaint, the strongest first; three unless said.
    #[must_use]
    pub fn with_reasons(self, reasons: usize) -> Self {
        Listing { reasons, ..self }
    }

    /// With a byte-order mark at the head of the CSV, by which spreadsheet programs know UTF-8.
    #[must_use]
    pub fn with_byte_order_mark(self) -> Self {
        Listing { byte_order_mark: true, ..self }
    }

    /// The lines, first to last, each with all its reasons.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = Line<'a>> {
        let reader = Reader::new(self.ranking);
        Lines { reader, positions: 1..self.ranking.len() + 1 }
    }

    /// The line of one complaint; `None` where it does not stand in the ranking.
    #[must_use]
    pub fn line(&self, id: &str) -> Option<Line<'a>> {
        let position = self.ranking.position(id)?;
        Reader::new(self.ranking).read(position).cloned()
    }

    /// The first `most` lines as a table for a terminal, at most 100 columns wide.
    #[must_use]
    pub fn table(&self, most: usize) -> Table<'a> {
        Table::new(*self, most)
    }
}

struct Lines<'a> {
    reader: Reader<'a>,
    positions: std::ops::Range<usize>,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        self.reader.read(self.positions.next()?).cloned()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.positions.size_hint()
    }
}

impl ExactSizeIterator for Lines<'_> {}

/// Words for a lane and a band: `must (high)`, `high`.
pub(crate) fn standing_words(standing: Standing) -> &'static str {
    match (standing.lane(), standing.band()) {
        (Lane::Must, Band::VeryHigh) => "must (very_high)",
        (Lane::Must, Band::High) => "must (high)",
        (Lane::Must, Band::Medium) => "must (medium)",
        (Lane::Must, Band::Low) => "must (low)",
        (Lane::Open, Band::VeryHigh) => "very_high",
        (Lane::Open, Band::High) => "high",
        (Lane::Open, Band::Medium) => "medium",
        (Lane::Open, Band::Low) => "low",
    }
}

/// A change of the index in whole thousandths, away from 0 where it is not 0 itself.
pub(crate) fn per_thousand(billionths: i64) -> i64 {
    let rounded = (billionths.abs() + 500_000) / 1_000_000;
    billionths.signum() * rounded
}

/// The scores of a line, one an outcome in the instrument's order; `None` where it does not apply.
pub(crate) type OutcomeScores = Vec<Option<Fixed>>;
