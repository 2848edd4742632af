//! What all open answers together could do: shares by draws, and the smallest set that changes
//! the band.

use std::fmt;

use serde::Serialize;

use super::questions::share;
use super::reach::open_answers;
use crate::base::Seed;
use crate::codebook::ItemIndex;
use crate::complaint::{Complaint, EncodeError, Unlisted};
use crate::policy::{Band, Lane};
use crate::rank::Standing;
use crate::triage::{Tally, Triage};

/// How often drawn completions fall into each band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CompletionShares {
    /// How many completions were drawn.
    pub(crate) draws: u32,
    /// How many of them stand in the `must` lane.
    pub(crate) must: u32,
    /// How many stand in each band, highest first, whatever their lane.
    pub(crate) bands: [(Band, u32); 4],
    /// Open items whose answers were drawn as equally likely, since the codebook declares no
    /// prevalence for them.
    pub(crate) undeclared: Vec<String>,
}

impl fmt::Display for CompletionShares {
    /// Whole percentages of the draws, with what they rest on.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |count: u32| {
            (u64::from(count) * 100 + u64::from(self.draws) / 2) / u64::from(self.draws.max(1))
        };
        for (band, count) in self.bands {
            write!(formatter, "{band} {}%, ", percent(count))?;
        }
        write!(formatter, "must {}% of {} drawn completions", percent(self.must), self.draws)
    }
}

/// The smallest set of open answers that changes lane or band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SmallestChange {
    /// These answers together, and where they lead; one of possibly several sets of this size,
    /// the first in codebook order.
    Answers {
        /// Item and code of each answer.
        answers: Vec<(ItemIndex, u8)>,
        /// Where the complaint would then stand.
        standing: Standing,
    },
    /// No three open answers change it; more might.
    MoreThanThree,
    /// No answers to what is open change it.
    Nothing,
}

impl Triage {
    /// Draws completions of a complaint's open items of the present stage, each independently by
    /// the codebook's declared prevalences (equally likely answers where none is declared), and
    /// counts the bands they fall into. The same seed gives the same counts.
    ///
    /// # Errors
    /// [`EncodeError`] for answers that do not fit the codebook.
    pub fn completions(
        &self,
        complaint: &Complaint,
        draws: u32,
        seed: Seed,
    ) -> Result<CompletionShares, EncodeError> {
        let encoded = complaint.encode(self.codebook(), None, Unlisted::Refuse)?;
        let engine = self.engine();
        let items = self.codebook().items();
        let open: Vec<usize> = (0..items.len())
            .filter(|&item| encoded.codes[item] == 0 && items[item].stage <= encoded.stage)
            .collect();
        let undeclared = open.iter().filter(|&&item| items[item].prevalence.is_none());
        let mut shares = CompletionShares {
            draws,
            must: 0,
            bands: Band::ALL.map(|band| (band, 0)),
            undeclared: undeclared.map(|&item| items[item].id.clone()).collect(),
        };
        let mut codes = encoded.codes;
        for draw in 0..draws {
            let mut stream = seed.stream(u64::from(draw));
            for &position in &open {
                let item = &items[position];
                let total: u32 = (1..=item.answers.len()).map(|code| share(item, code as u8)).sum();
                let mut left = stream.below(u64::from(total)) as u32;
                let listed = 1..=item.answers.len() as u8;
                let drawn = listed.clone().find(|&code| {
                    let share = share(item, code);
                    let found = left < share;
                    left = left.saturating_sub(share);
                    found
                });
                codes[position] = drawn.unwrap_or(1);
            }
            let standing = engine.standing(&engine.tally_codes(&codes));
            shares.must += u32::from(standing.lane() == Lane::Must);
            for (band, count) in &mut shares.bands {
                *count += u32::from(*band == standing.band());
            }
        }
        Ok(shares)
    }

    /// Finds the smallest set of answers to open items of the present stage that changes lane or
    /// band: one, two or three answers. Up to about (open answers)³ / 6 looks.
    ///
    /// # Errors
    /// [`EncodeError`] for answers that do not fit the codebook.
    pub fn smallest_change(&self, complaint: &Complaint) -> Result<SmallestChange, EncodeError> {
        let encoded = complaint.encode(self.codebook(), None, Unlisted::Refuse)?;
        let engine = self.engine();
        let tally = engine.tally_codes(&encoded.codes);
        let open: Vec<(usize, u8)> = open_answers(self, &encoded.codes, encoded.stage)
            .filter(|&(item, code)| engine.matters(item, 0, code))
            .collect();
        let mut items: Vec<usize> = open.iter().map(|&(item, _)| item).collect();
        items.dedup();
        let search = Search { triage: self, now: engine.standing(&tally), open: &open };
        for size in 1..=3 {
            let mut chosen = Vec::with_capacity(size);
            if let Some(found) = search.of_size(size, 0, &tally, &mut chosen) {
                let answers = chosen.into_iter().map(|(item, code)| (ItemIndex::new(item), code));
                return Ok(SmallestChange::Answers { answers: answers.collect(), standing: found });
            }
        }
        Ok(if items.len() > 3 { SmallestChange::MoreThanThree } else { SmallestChange::Nothing })
    }
}

struct Search<'a> {
    triage: &'a Triage,
    now: Standing,
    open: &'a [(usize, u8)],
}

impl Search<'_> {
    fn of_size(
        &self,
        size: usize,
        from: usize,
        tally: &Tally,
        chosen: &mut Vec<(usize, u8)>,
    ) -> Option<Standing> {
        let engine = self.triage.engine();
        let mut then = engine.empty_tally();
        for (position, &(item, code)) in self.open.iter().enumerate().skip(from) {
            chosen.push((item, code));
            engine.change(tally, item, (0, code), &mut then);
            let found = if size == 1 {
                let standing = engine.standing(&then);
                (!standing.has_band_of(self.now)).then_some(standing)
            } else {
                let rest = &self.open[position..];
                let next = position + rest.partition_point(|&(later, _)| later == item);
                self.of_size(size - 1, next, &then, chosen)
            };
            if found.is_some() {
                return found;
            }
            chosen.pop();
        }
        None
    }
}
