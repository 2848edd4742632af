//! What research says about an item: one row per contrast and outcome.

use serde::{Deserialize, Serialize};

use crate::Fixed;
use crate::base::words;

/// A published work that rows of evidence refer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Short name in `snake_case`, such as `smid_2014`.
    pub id: String,
    /// Authors, year, title or venue.
    pub citation: String,
}

/// Who was studied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StudyPopulation {
    /// Reports or notifications as they came in.
    Report,
    /// Reports passed on to police for action.
    Referral,
    /// People arrested.
    Arrest,
    /// People convicted.
    Conviction,
    /// People at large.
    Community,
    /// Practice, law or expert judgement rather than a sample.
    Practice,
}

words! {
    StudyPopulation, "a studied population",
    Report => "report",
    Referral => "referral",
    Arrest => "arrest",
    Conviction => "conviction",
    Community => "community",
    Practice => "practice",
}

/// Whether other variables were taken into account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Adjustment {
    /// A two-way comparison.
    Crude,
    /// Adjusted for other variables.
    Adjusted,
    /// Not applicable, or not stated where it was read.
    NotStated,
}

words! {
    Adjustment, "an adjustment",
    Crude => "crude",
    Adjusted => "adjusted",
    NotStated => "not_stated",
}

/// How far a row can carry a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// An effect size is visible or can be computed.
    A,
    /// An empirical study shows the direction.
    B,
    /// An expert instrument, or recalled from the literature.
    C,
    /// A rule or a design choice, not a predictor.
    D,
}

words! {
    Quality, "a quality of evidence",
    A => "A",
    B => "B",
    C => "C",
    D => "D",
}

/// How the row was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HowRead {
    /// In the source's own public pages.
    Seen,
    /// In a secondary source.
    SeenSecondHand,
    /// Computed from figures that were seen.
    Derived,
    /// From general knowledge of the literature; carries no weight.
    Recalled,
}

words! {
    HowRead, "a way to read a source",
    Seen => "seen",
    SeenSecondHand => "seen_second_hand",
    Derived => "derived",
    Recalled => "recalled",
}

/// An effect as an odds ratio, with its 95% interval where one is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OddsRatio {
    /// The odds ratio, above 0.
    pub value: Fixed,
    /// Lower end of the 95% interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Fixed>,
    /// Upper end of the 95% interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Fixed>,
}

/// An item with some of its answers: those in which a complaint belongs to a part of all, or is left out of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemAnswers {
    /// Id of the item.
    pub item: String,
    /// Ids of answers, at least one; in the `not_when` of a denominator also `unknown`.
    pub is: Vec<String>,
}

/// One row of evidence: an item's contrast against one outcome in one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Which answers are compared, such as `yes against no`.
    pub contrast: String,
    /// Id of the outcome.
    pub outcome: String,
    /// Id of the source.
    pub source: String,
    /// Who was studied.
    pub population: StudyPopulation,
    /// The study's design in a few words.
    pub design: String,
    /// What the outcome group was compared with; `none`, or `none: …` with what there is instead,
    /// where nothing was compared. Such a row carries no weight.
    pub comparison: String,
    /// Crude or adjusted.
    pub adjustment: Adjustment,
    /// How many were studied, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// The effect, where its size is visible or was computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odds_ratio: Option<OddsRatio>,
    /// What was found, in plain words.
    pub finding: String,
    /// Whether the outcome studied is the outcome asked about, not a stand-in.
    pub direct: bool,
    /// The outcome or union that was studied, where it is not the one asked about; `direct` is
    /// then false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub studied: Option<String>,
    /// Where the comparison holds for a part of the complaints only. Scores add up, so such a row
    /// sets no size for the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<ItemAnswers>,
    /// How item and outcome overlap in the study, where they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap: Option<String>,
    /// Whether the size of the effect could be seen.
    pub size_visible: bool,
    /// How far the row can carry a weight.
    pub quality: Quality,
    /// How it was read.
    pub reading: HowRead,
    /// Whether other sources point the other way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub contested: bool,
}

/// How far the size of an effect may be taken from a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sizing {
    /// The size is known with its interval, which lies on one side of 1.
    WithInterval,
    /// The size is known, its interval is not.
    WithoutInterval,
}

impl Evidence {
    /// Whether the outcome group was compared with another: the comparison is not blank, and its
    /// first word is not *none*, however it is written.
    #[must_use]
    pub fn has_comparison(&self) -> bool {
        let mut words = self.comparison.split(|letter: char| !letter.is_alphanumeric());
        let first = words.find(|word| !word.is_empty());
        first.is_some_and(|word| !word.eq_ignore_ascii_case("none"))
    }

    /// Whether the row can carry a direction: something was compared, it was read rather than
    /// recalled, it is of quality A to C, and no other source points the other way.
    #[must_use]
    pub fn carries_direction(&self) -> bool {
        self.has_comparison()
            && self.quality <= Quality::C
            && self.reading != HowRead::Recalled
            && !self.contested
    }

    /// Whether, and how far, the row can set the size of a weight: it carries a direction, the
    /// outcome studied is the one asked about, the people studied came to the notice of police or
    /// courts, the comparison holds for all complaints, and the odds ratio is known.
    ///
    /// An interval that reaches across 1 shows no size.
    #[must_use]
    pub fn sizing(&self) -> Option<Sizing> {
        let studied = matches!(
            self.population,
            StudyPopulation::Report
                | StudyPopulation::Referral
                | StudyPopulation::Arrest
                | StudyPopulation::Conviction
        );
        let ratio = self.odds_ratio.as_ref()?;
        if !(self.carries_direction() && self.direct && studied && self.within.is_none()) {
            return None;
        }
        let whole = Fixed::from_steps(crate::base::STEPS_PER_UNIT);
        match (ratio.low, ratio.high) {
            (Some(low), Some(high)) if low <= whole && high >= whole => None,
            (Some(_), Some(_)) => Some(Sizing::WithInterval),
            _ => Some(Sizing::WithoutInterval),
        }
    }
}
