//! What a model makes of one complaint.

use serde::Serialize;

use super::assess::Arrival;
use super::questions::NextQuestion;
use super::reach::{Answered, Bound};
use crate::codebook::{Item, ItemIndex, Stage};
use crate::complaint::{Deadline, Deconfliction, NotUnderstood, Origin, Provenance, Speaker};
use crate::instrument::OutcomeIndex;
use crate::policy::{ActiveOverride, Band, Gate, Lane, Placement, Priority};
use crate::rank::{Rank, Standing};
use crate::score::Probability;
use crate::triage::{Tally, Triage};
use crate::{Fixed, Timestamp};

/// A position, from 1, in an order of so many complaints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct RankedAt {
    pub(super) position: usize,
    pub(super) of: usize,
}

/// One answer's part in the priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reason {
    /// The item.
    pub(crate) item: ItemIndex,
    /// Code of the answer.
    pub(crate) code: u8,
    /// How much higher the priority is, in billionths of the index, than it would be with this
    /// one answer unknown. Below 0 where the answer lowers it.
    pub(crate) change: i64,
}

/// What one answer adds to an outcome's score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Contribution {
    /// The item.
    pub(crate) item: ItemIndex,
    /// Code of the answer.
    pub(crate) code: u8,
    /// Its weight.
    pub(crate) weight: Fixed,
}

/// One outcome's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutcomeResult {
    /// Whether the outcome applies to the complaint.
    pub(crate) applies: bool,
    /// The score; it means nothing where the outcome does not apply.
    pub(crate) score: Fixed,
    /// By the instrument's link, 0 where the outcome does not apply. A probability only where the
    /// outcome is calibrated.
    pub(crate) probability: Probability,
}

/// What a model makes of one complaint: band and lane, reasons, gates, what is reachable, what to
/// ask next.
///
/// It holds indices and shares the model; sentences are made when it is shown. `Display` is for
/// people (at most two significant digits), serde for machines (everything exact).
///
/// ```
/// use caserank::{Complaint, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let complaint = Complaint::new("a", "2026-04-17".parse()?)?.with_answer("urgent", "yes");
/// let assessment = triage.assess(&complaint)?;
/// assert_eq!(assessment.band(), caserank::Band::High);
/// for outcome in triage.instrument().outcome_indices() {
///     let sum: i32 = assessment.contributions(outcome).map(|part| part.weight().steps()).sum();
///     let start = triage.instrument().intercept(outcome).steps();
///     assert_eq!(start + sum, assessment.outcome(outcome).score().steps());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Assessment {
    pub(super) triage: Triage,
    pub(super) id: String,
    pub(super) arrival: Arrival,
    pub(super) origin: Origin,
    pub(super) stage: Stage,
    pub(super) codes: Vec<u8>,
    pub(super) tally: Tally,
    pub(super) placement: Placement,
    pub(super) active: Option<ActiveOverride>,
    pub(super) fired: Vec<usize>,
    pub(super) reasons: Vec<Reason>,
    pub(super) answered: Vec<Answered>,
    pub(super) bound: Bound,
    pub(super) next: Vec<NextQuestion>,
    pub(super) unlisted: Vec<String>,
    pub(super) ranked: Option<RankedAt>,
}

impl Assessment {
    /// The same, with the position at which it stands.
    pub(crate) fn placed(mut self, position: usize, of: usize) -> Self {
        self.ranked = Some(RankedAt { position, of });
        self
    }

    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When the complaint came in.
    #[must_use]
    pub fn received(&self) -> Timestamp {
        self.arrival.received
    }

    /// The unit that works it.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.arrival.unit.as_deref()
    }

    /// Its deadlines, earliest first.
    #[must_use]
    pub fn deadlines(&self) -> &[Deadline] {
        &self.arrival.deadlines
    }

    /// What a deconfliction check came to, by the item that the codebook names.
    #[must_use]
    pub fn deconfliction(&self) -> Deconfliction {
        let codebook = self.triage.codebook();
        let Some(declared) = codebook.deconfliction() else { return Deconfliction::NotChecked };
        let position = codebook.item_position(&declared.item).unwrap_or_default();
        Deconfliction::of_answer(
            codebook.items()[position].answer_id(self.codes[position]),
            declared,
        )
    }

    /// The model that made it.
    #[must_use]
    pub fn triage(&self) -> &Triage {
        &self.triage
    }

    /// Where the complaint stands, people's decisions included.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.placement.standing()
    }

    /// Which queue the complaint stands in.
    #[must_use]
    pub fn lane(&self) -> Lane {
        self.standing().lane()
    }

    /// Its band.
    #[must_use]
    pub fn band(&self) -> Band {
        self.standing().band()
    }

    /// Lane and band with what set them, and the model's own result beside an override's.
    #[must_use]
    pub fn placement(&self) -> Placement {
        self.placement
    }

    /// Its priority index.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.standing().priority()
    }

    /// The stage reached.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Where the complaint comes from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Its answer codes, in codebook order.
    #[must_use]
    pub fn codes(&self) -> &[u8] {
        &self.codes
    }

    /// Its rank in the ranking or queue that it was taken from; `None` where it was assessed by
    /// itself.
    #[must_use]
    pub fn rank(&self) -> Option<Rank> {
        self.ranked.map(|ranked| Rank::new(ranked.position, self.standing()))
    }

    /// How many complaints the order holds in which it has that rank.
    #[must_use]
    pub fn ranked_among(&self) -> Option<usize> {
        self.ranked.map(|ranked| ranked.of)
    }

    /// What people decided about it.
    #[must_use]
    pub fn overrides(&self) -> Option<&ActiveOverride> {
        self.active.as_ref()
    }

    /// One outcome's result.
    ///
    /// # Panics
    /// Where `outcome` is of another instrument, with more outcomes; so do the two below.
    #[must_use]
    pub fn outcome(&self, outcome: OutcomeIndex) -> OutcomeResult {
        self.outcome_at(outcome.position())
    }

    pub(crate) fn outcome_at(&self, outcome: usize) -> OutcomeResult {
        OutcomeResult {
            applies: self.triage.engine().rules().applies(outcome, &self.tally.bits),
            score: Fixed::from_steps(self.tally.scores[outcome]),
            probability: Probability::from_billionths(self.tally.probabilities[outcome]),
        }
    }

    /// The lowest and the highest score that any answers to the open items, of every stage, can
    /// give an outcome; exact.
    ///
    /// # Panics
    /// As [`Assessment::outcome`].
    #[must_use]
    pub fn range(&self, outcome: OutcomeIndex) -> (Fixed, Fixed) {
        self.triage.instrument().range_given(outcome.position(), |item| self.codes[item])
    }

    /// What every answer adds to an outcome's score, in codebook order. With the intercept they
    /// add up to the score exactly.
    ///
    /// # Panics
    /// As [`Assessment::outcome`].
    pub fn contributions(&self, outcome: OutcomeIndex) -> impl Iterator<Item = Contribution> {
        self.codes.iter().enumerate().filter_map(move |(item, &code)| {
            let weight = self.triage.instrument().weight_at(outcome.position(), item, code);
            (weight != Fixed::ZERO).then_some(Contribution {
                item: ItemIndex::new(item),
                code,
                weight,
            })
        })
    }

    /// Answers by how much the priority changes when that one answer is made unknown, largest
    /// first.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The gates that fire, in the policy's order.
    pub fn gates(&self) -> impl Iterator<Item = &Gate> {
        self.fired.iter().map(|&gate| &self.triage.policy().gates()[gate])
    }

    /// Lanes and bands that one open answer of the present stage would lead to, where they differ
    /// from the model's present result; exact. Overrides are not looked at.
    #[must_use]
    pub fn reachable(&self) -> &[Answered] {
        &self.answered
    }

    /// The outer bound over all completions of all open items.
    #[must_use]
    pub fn bound(&self) -> Bound {
        self.bound
    }

    /// Open questions of the present stage that could change lane or band, most worth asking
    /// first.
    #[must_use]
    pub fn next_questions(&self) -> &[NextQuestion] {
        &self.next
    }

    /// Who gave the answer to an item, and who said otherwise, where the complaint told that.
    #[must_use]
    pub fn provenance(&self, item: &str) -> Option<&Provenance> {
        let position = self.triage.codebook().item_position(item)?;
        let mut provenance = self.arrival.provenance.iter();
        provenance.find(|(of, _)| *of == position).map(|(_, said)| said)
    }

    /// Who gave the answer to an item, where that is known; see [`Assessment::provenance`] for the field.
    #[must_use]
    pub fn speaker(&self, item: &str) -> Option<Speaker> {
        if let Some(said) = self.provenance(item) {
            return Some(said.source().speaker());
        }
        let position = self.triage.codebook().item_position(item)?;
        self.arrival.speakers.iter().find(|(of, _)| *of == position).map(|(_, speaker)| *speaker)
    }

    /// Items that the codebook does not list, where they were reported.
    #[must_use]
    pub fn unlisted(&self) -> &[String] {
        &self.unlisted
    }

    /// What the complaint's record said and could not be understood: to be shown to whoever looks
    /// at it, since the assessment leaves it out.
    #[must_use]
    pub fn not_understood(&self) -> &[NotUnderstood] {
        &self.arrival.not_understood
    }

    /// Whether the complaint lies outside what the instrument's evidence is about.
    #[must_use]
    pub fn is_unstudied(&self) -> bool {
        self.triage.instrument().is_unstudied(&self.codes)
    }

    /// Items that are open at the present stage.
    pub fn open_items(&self) -> impl Iterator<Item = &Item> {
        let items = self.triage.codebook().items().iter().zip(&self.codes);
        items.filter(|(item, code)| **code == 0 && item.stage <= self.stage).map(|(item, _)| item)
    }
}
