//! What assessments say, by name.

use super::assessment::{Contribution, OutcomeResult, Reason};
use super::completions::CompletionShares;
use super::form::FormItem;
use super::questions::NextQuestion;
use super::reach::Answered;
use super::why::{Change, ChangeEffect, Why};
use crate::Fixed;
use crate::codebook::ItemIndex;
use crate::policy::Band;
use crate::rank::Standing;
use crate::score::Probability;

impl Reason {
    /// The item.
    #[must_use]
    pub fn item(&self) -> ItemIndex {
        self.item
    }

    /// Code of the answer.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.code
    }

    /// How much higher the priority is, in billionths of the index, than it would be with this
    /// one answer unknown. Below 0 where the answer lowers it.
    #[must_use]
    pub fn change(&self) -> i64 {
        self.change
    }
}

impl Contribution {
    /// The item.
    #[must_use]
    pub fn item(&self) -> ItemIndex {
        self.item
    }

    /// Code of the answer.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.code
    }

    /// Its weight.
    #[must_use]
    pub fn weight(&self) -> Fixed {
        self.weight
    }
}

impl OutcomeResult {
    /// Whether the outcome applies to the complaint.
    #[must_use]
    pub fn applies(&self) -> bool {
        self.applies
    }

    /// The score; it means nothing where the outcome does not apply.
    #[must_use]
    pub fn score(&self) -> Fixed {
        self.score
    }

    /// By the instrument's link, 0 where the outcome does not apply. A probability only where the
    /// outcome is calibrated.
    #[must_use]
    pub fn probability(&self) -> Probability {
        self.probability
    }
}

impl CompletionShares {
    /// How many completions were drawn.
    #[must_use]
    pub fn draws(&self) -> u32 {
        self.draws
    }

    /// How many of them stand in the `must` lane.
    #[must_use]
    pub fn must(&self) -> u32 {
        self.must
    }

    /// How many stand in each band, highest first, whatever their lane.
    #[must_use]
    pub fn bands(&self) -> &[(Band, u32); 4] {
        &self.bands
    }

    /// Open items whose answers were drawn as equally likely, since the codebook declares no
    /// prevalence for them.
    #[must_use]
    pub fn undeclared(&self) -> &[String] {
        &self.undeclared
    }
}

impl FormItem {
    /// The item.
    #[must_use]
    pub fn item(&self) -> ItemIndex {
        self.item
    }

    /// Chance, in millionths, that its answer alone changes lane or band of a blank complaint, by
    /// the codebook's declared prevalences (equally likely answers where none is declared).
    #[must_use]
    pub fn chance(&self) -> u32 {
        self.chance
    }

    /// Whether one of its answers alone puts a blank complaint into the first lane.
    #[must_use]
    pub fn reaches_must(&self) -> bool {
        self.reaches_must
    }

    /// By how many thousandths of a day the action time of a blank complaint comes sooner, on
    /// average over the same shares; the first lane counts as at once.
    #[must_use]
    pub fn sooner(&self) -> u32 {
        self.sooner
    }

    /// By how many billionths its answer moves the priority index of a blank complaint, on average
    /// over the same shares, up or down.
    #[must_use]
    pub fn shift(&self) -> u32 {
        self.shift
    }

    /// Minutes that it takes.
    #[must_use]
    pub fn minutes(&self) -> u32 {
        self.minutes
    }
}

impl NextQuestion {
    /// The item.
    #[must_use]
    pub fn item(&self) -> ItemIndex {
        self.item
    }

    /// Chance, in millionths, that its answer changes lane or band: by the codebook's declared
    /// prevalences where it has them, otherwise with every answer equally likely.
    #[must_use]
    pub fn chance(&self) -> u32 {
        self.chance
    }

    /// Whether `chance` rests on declared prevalences.
    #[must_use]
    pub fn declared(&self) -> bool {
        self.declared
    }
}

impl Answered {
    /// The item.
    #[must_use]
    pub fn item(&self) -> ItemIndex {
        self.item
    }

    /// Code of the answer.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.code
    }

    /// Where the complaint would then stand.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }
}

impl ChangeEffect {
    /// What changed.
    #[must_use]
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// Where the complaint would stand without this one change.
    #[must_use]
    pub fn without(&self) -> Standing {
        self.without
    }

    /// Where it stands with it.
    #[must_use]
    pub fn with(&self) -> Standing {
        self.with
    }
}

impl Why {
    /// The complaint.
    #[must_use]
    pub fn complaint(&self) -> &str {
        &self.complaint
    }

    /// Where it stood.
    #[must_use]
    pub fn from(&self) -> Standing {
        self.from
    }

    /// Where it stands.
    #[must_use]
    pub fn to(&self) -> Standing {
        self.to
    }

    /// What did it, largest effect first: lane, then bands, then priority.
    #[must_use]
    pub fn causes(&self) -> &[ChangeEffect] {
        &self.causes
    }
}
