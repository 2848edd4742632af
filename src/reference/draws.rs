//! Complaints drawn from the declared population.

use super::rules::answering;
use super::{ReferenceError, item_of};
use crate::base::{Seed, Stream};
use crate::codebook::Codebook;
use crate::instrument::{Denominator, Population};

/// An item's place with the codes that some of its answers have.
type Coded = (usize, Vec<u8>);
/// An item's place, how often it is unknown, and the shares of its answers.
type Column = (usize, f64, Vec<f64>);

/// One draw from each of `count` equal parts of `[0, 1)`, in random order.
fn strata(count: usize, stream: &mut Stream) -> Vec<f64> {
    let mut draws: Vec<f64> =
        (0..count).map(|part| (part as f64 + stream.unit()) / count as f64).collect();
    stream.shuffle(&mut draws);
    draws
}

/// Drawn complaints, channel by channel, the same number of each (one more in the first channels
/// where they do not divide).
#[derive(Debug, Clone)]
pub struct Draws {
    /// Items of the codebook.
    pub(super) width: usize,
    /// Codes, a row per complaint, the channel's own answer left out.
    pub(super) codes: Vec<u8>,
    /// Where each channel's rows begin, and the end.
    pub(super) starts: Vec<usize>,
    /// Share of the stream, by channel.
    pub(super) shares: Vec<f64>,
    /// Code of each channel.
    pub(super) channel_codes: Vec<u8>,
    /// Place of the channel item.
    pub(super) channel_item: usize,
    /// By outcome: whether it applies in truth, whatever is known.
    pub(super) applies: Vec<Vec<bool>>,
}

impl Draws {
    /// Draws complaints from a population; `denominators` stand in the order of the outcomes.
    ///
    /// # Errors
    /// [`ReferenceError::Missing`] names what the codebook does not list.
    pub(super) fn new(
        codebook: &Codebook,
        population: &Population,
        denominators: &[Option<Denominator>],
        seed: Seed,
    ) -> Result<Self, ReferenceError> {
        let width = codebook.items().len();
        let channel_item = place_of(codebook, &population.channel_item)?;
        let listed = &codebook.items()[channel_item];
        let channels = population.channels.len();
        let total = population.draws as usize;
        let mut draws = Draws {
            width,
            codes: Vec::with_capacity(total * width),
            starts: vec![0],
            shares: Vec::new(),
            channel_codes: Vec::new(),
            channel_item,
            applies: vec![Vec::with_capacity(total); denominators.len()],
        };
        let codes_of = |item: &str,
                        answers: &[String]|
         -> Result<(usize, Vec<u8>), ReferenceError> {
            let item_position = place_of(codebook, item)?;
            let codes =
                answers.iter().filter_map(|answer| codebook.items()[item_position].code_of(answer));
            Ok((item_position, codes.collect()))
        };
        let mut rules = Vec::new();
        for denominator in denominators {
            let mut named = (Vec::new(), Vec::new());
            if let Some(denominator) = denominator {
                for rule in &denominator.not_when {
                    named.0.push(codes_of(&rule.item, &rule.is)?);
                }
                for rule in &denominator.established_by {
                    named.1.push(codes_of(&rule.item, &rule.is)?);
                }
            }
            rules.push(named);
        }
        for (number, channel) in population.channels.iter().enumerate() {
            draws.shares.push(channel.share.value.to_f64());
            let code = listed
                .code_of(&channel.answer)
                .ok_or_else(|| ReferenceError::missing("channel", &channel.answer))?;
            draws.channel_codes.push(code);
            let mut columns = Vec::new();
            for item in &population.items {
                let item_position = place_of(codebook, &item.item)?;
                let answering = answering(item, &channel.answer);
                let listed = &codebook.items()[item_position].answers;
                let share =
                    |id: &String| answering.shares.get(id).map_or(0.0, |share| share.to_f64());
                let shares: Vec<f64> = listed.iter().map(|answer| share(&answer.id)).collect();
                columns.push((item_position, answering.unknown.to_f64(), shares));
            }
            let count = total / channels + usize::from(number < total % channels);
            // A stream per channel, so that one channel's figures never move another's draws.
            let mut stream = seed.stream(number as u64);
            draws.draw_channel(&columns, &rules, count, &mut stream);
            draws.starts.push(draws.codes.len() / width);
        }
        Ok(draws)
    }

    /// Draws a channel's complaints item by item, each by strata (McKay, Beckman, Conover, 1979):
    /// the shares of every item come out nearly exact, and items stay independent of each other.
    fn draw_channel(
        &mut self,
        columns: &[Column],
        rules: &[(Vec<Coded>, Vec<Coded>)],
        count: usize,
        stream: &mut Stream,
    ) {
        let start = self.codes.len();
        self.codes.resize(start + count * self.width, 0);
        let mut truth = vec![0_u8; count * self.width];
        for (item_position, unknown, shares) in columns {
            // Rounding may leave a draw above every share; then the last likely answer holds.
            let last = shares.iter().rposition(|&share| share > 0.0).unwrap_or(0);
            for (row, draw) in strata(count, stream).into_iter().enumerate() {
                let (mut below, mut answer) = (0.0, last);
                for (code, share) in shares.iter().enumerate() {
                    if draw < below + share {
                        answer = code;
                        break;
                    }
                    below += share;
                }
                let cell = row * self.width + item_position;
                let code = answer as u8 + 1;
                truth[cell] = code;
                // Each answer's part of the interval ends with the draws that leave it unknown,
                // so that how often it is known comes out as exactly as how often it holds.
                if draw - below < shares[answer] * (1.0 - unknown) {
                    self.codes[start + cell] = code;
                }
            }
        }
        for row in truth.chunks_exact(self.width) {
            let any = |named: &[Coded]| {
                named.iter().any(|(item_position, codes)| codes.contains(&row[*item_position]))
            };
            for ((not_when, established_by), applies) in rules.iter().zip(&mut self.applies) {
                applies.push(!any(not_when) || any(established_by));
            }
        }
    }

    /// How many complaints were drawn.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len() / self.width.max(1)
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many channels there are.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.shares.len()
    }

    /// The codes of one complaint, its channel unknown.
    pub(super) fn row(&self, row: usize) -> &[u8] {
        &self.codes[row * self.width..(row + 1) * self.width]
    }

    pub(super) fn rows_of(&self, channel: usize) -> std::ops::Range<usize> {
        self.starts[channel]..self.starts[channel + 1]
    }
}

pub(super) fn place_of(codebook: &Codebook, item: &str) -> Result<usize, ReferenceError> {
    item_of(codebook, item)?;
    codebook.item_position(item).ok_or_else(|| ReferenceError::missing("item", item))
}
