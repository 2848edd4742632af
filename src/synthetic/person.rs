//! What is true of one person, the same in every complaint about them.

use super::table::{
    CHANNELS, COMMUNICATES, CONCERNS, FOUND_LATER, MINORS, MIXED_RATE, NORTH, Of, ROWS, Row,
    SHIFTS, TOGETHER, TOLD_RATES,
};
use crate::base::Stream;

/// One draw from shares that add up to 1; the last one takes what rounding leaves.
pub(super) fn pick(stream: &mut Stream, shares: &[f64]) -> usize {
    let draw = stream.unit();
    let mut below = 0.0;
    for (choice, share) in shares.iter().enumerate() {
        below += share;
        if draw < below {
            return choice;
        }
    }
    shares.len().saturating_sub(1)
}

#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) number: u64,
    pub(super) north: bool,
    pub(super) channel: usize,
    pub(super) concern: usize,
    pub(super) mixed: bool,
    pub(super) communicates: bool,
    /// Production, solicitation, contact offending.
    pub(super) truth: [bool; 3],
    pub(super) traits: [f64; 4],
    /// 0 an adult, 1 said to be a minor, 2 a verified one.
    pub(super) minor: usize,
    /// Answers of the rows that belong to the person, by place in the table.
    pub(super) answers: Vec<usize>,
}

/// The rate of one outcome where a second one is true and where it is not, so that the mean over
/// both stays `rate`.
fn together(rate: f64, other: f64, factor: f64) -> [f64; 2] {
    let with = (factor * rate).min(rate / other).min(0.98);
    let without = (rate - other * with) / (1.0 - other);
    [without.max(0.0), with]
}

impl Person {
    /// The person of this number; equal streams give equal people.
    pub(super) fn draw(number: u64, stream: &mut Stream) -> Self {
        let north = stream.chance(NORTH);
        let shares: Vec<f64> = CHANNELS.iter().map(|channel| channel.share).collect();
        let channel = pick(stream, &shares);
        let about = &CHANNELS[channel];
        let concern = pick(stream, &about.concerns);
        let material = matches!(CONCERNS[concern], "csem" | "both");
        let mixed = stream.chance(if material { about.mixed } else { 0.0 });
        let communicates = stream.chance(COMMUNICATES[concern]);
        let contact_rate = match CONCERNS[concern] {
            "trafficking" => TOLD_RATES[0],
            "hands_on_offline" => TOLD_RATES[1],
            "travel_to_abuse" => TOLD_RATES[2],
            _ if mixed => MIXED_RATE,
            _ => about.rates[2],
        };
        let contact = stream.chance(contact_rate);
        let production = together(about.rates[0], contact_rate, TOGETHER[0]);
        let solicitation = together(about.rates[1], contact_rate, TOGETHER[1]);
        // Half the rate where images could only have been asked for in chat.
        let about_material = if material { 1.0 } else { 0.5 };
        let asked = matches!(CONCERNS[concern], "communication" | "both");
        let aimed = match (asked, communicates) {
            (true, _) => 1.0,
            (false, true) => FOUND_LATER,
            (false, false) => 0.0,
        };
        let truth = [
            stream.chance(production[usize::from(contact)] * about_material)
                && (material || CONCERNS[concern] == "communication"),
            stream.chance(solicitation[usize::from(contact)] * aimed),
            contact,
        ];
        let mut traits = [0.0; 4];
        for (trait_position, value) in traits.iter_mut().enumerate() {
            *value = stream.nearly_normal();
            for (shift, _) in SHIFTS.iter().zip(truth).filter(|(_, true_of)| *true_of) {
                *value += shift[trait_position];
            }
        }
        let minor = pick(stream, &[1.0 - MINORS[0] - MINORS[1], MINORS[0], MINORS[1]]);
        let mut person = Person {
            number,
            north,
            channel,
            concern,
            mixed,
            communicates,
            truth,
            traits,
            minor,
            answers: Vec::with_capacity(ROWS.len()),
        };
        for row in ROWS {
            let answer = if row.of == Of::Person { person.latent_answer(row, stream) } else { 0 };
            person.answers.push(answer);
        }
        person
    }

    /// The place of the answer that this person's traits and outcomes give, with fresh noise.
    pub(super) fn latent_answer(&self, row: &Row, stream: &mut Stream) -> usize {
        let mut value = 0.0;
        let mut explained = 0.0;
        for (loading, level) in row.traits.iter().zip(self.traits) {
            value += loading * level;
            explained += loading * loading;
        }
        // The square root is exact to the last bit on every platform, as additions are.
        value += stream.nearly_normal() * (1.0 - explained).sqrt();
        for (effect, _) in row.effects.iter().zip(self.truth).filter(|(_, true_of)| *true_of) {
            value += effect;
        }
        row.cuts.partition_point(|&cut| cut <= value)
    }
}
