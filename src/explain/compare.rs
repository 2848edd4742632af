//! What tells two complaints apart: answers, gates, and what is known of one alone.

use std::cmp::Reverse;
use std::fmt;

use serde::Serialize;

use super::WhyError;
use super::assessment::Assessment;
use super::display::points;
use crate::base::text::OnScreen;
use crate::base::words;
use crate::codebook::UNKNOWN;
use crate::rank::{Rank, Standing};

/// Answers shown before the rest is counted.
const MOST_SHOWN: usize = 12;

/// What decides which of two complaints comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecidedBy {
    /// One must be looked at, the other is in the open lane.
    Lane,
    /// The band, in one lane.
    Band,
    /// The priority, in one band.
    Priority,
    /// Nothing in their answers: the earlier deadline, then the earlier receipt, then the id.
    Tie,
}

words! {
    DecidedBy, "what decides between two complaints",
    Lane => "lane",
    Band => "band",
    Priority => "priority",
    Tie => "tie",
}

/// One of the two complaints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    id: String,
    standing: Standing,
    position: Option<usize>,
    gates: Vec<String>,
    is_decided: bool,
    not_understood: usize,
}

impl Side {
    fn of(assessment: &Assessment, other: &Assessment) -> Self {
        let fires = |gate: &str| other.gates().any(|fired| fired.id == gate);
        let alone = assessment.gates().filter(|gate| !fires(&gate.id));
        Side {
            id: assessment.id.clone(),
            standing: assessment.standing(),
            position: assessment.rank().map(|rank| rank.position()),
            gates: alone.map(|gate| gate.id.clone()).collect(),
            is_decided: assessment.placement.is_overridden(),
            not_understood: assessment.not_understood().len(),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Its rank, where it was taken from a ranking.
    #[must_use]
    pub fn rank(&self) -> Option<Rank> {
        self.position.map(|position| Rank::new(position, self.standing))
    }

    /// Ids of the gates that fire for it and not for the other, in the policy's order.
    #[must_use]
    pub fn gates(&self) -> &[String] {
        &self.gates
    }

    /// Whether a person's decision on it is in force.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.is_decided
    }

    /// How many things in its record were not understood.
    #[must_use]
    pub fn not_understood(&self) -> usize {
        self.not_understood
    }
}

/// An item that the two answer differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswersApart {
    item: String,
    first: String,
    second: String,
    effect: i64,
    #[serde(skip)]
    question: String,
    #[serde(skip)]
    labels: [String; 2],
}

impl AnswersApart {
    /// Id of the item.
    #[must_use]
    pub fn item(&self) -> &str {
        &self.item
    }

    /// Id of the answer of the first, `unknown` where it is open.
    #[must_use]
    pub fn first(&self) -> &str {
        &self.first
    }

    /// Id of the answer of the second, `unknown` where it is open.
    #[must_use]
    pub fn second(&self) -> &str {
        &self.second
    }

    /// By how many billionths of the index the priority of the second would change, had it this one
    /// answer of the first.
    #[must_use]
    pub fn effect(&self) -> i64 {
        self.effect
    }

    /// Whether it is open in one of the two and known in the other.
    #[must_use]
    pub fn is_open_in_one(&self) -> bool {
        self.first == UNKNOWN || self.second == UNKNOWN
    }
}

/// What tells two complaints apart; see [`compare`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    first: Side,
    second: Side,
    decided_by: DecidedBy,
    answers: Vec<AnswersApart>,
    same: usize,
}

impl Comparison {
    /// The first complaint.
    #[must_use]
    pub fn first(&self) -> &Side {
        &self.first
    }

    /// The second complaint.
    #[must_use]
    pub fn second(&self) -> &Side {
        &self.second
    }

    /// What decides which comes first.
    #[must_use]
    pub fn decided_by(&self) -> DecidedBy {
        self.decided_by
    }

    /// Items that they answer differently, largest effect first, then in order of the codebook.
    #[must_use]
    pub fn answers(&self) -> &[AnswersApart] {
        &self.answers
    }

    /// How many items are known in both and answered alike.
    #[must_use]
    pub fn same_answers(&self) -> usize {
        self.same
    }

    /// Whether the first comes before the second by lane, band and priority; `None` for a tie.
    #[must_use]
    pub fn first_comes_first(&self) -> Option<bool> {
        let (first, second) = (self.first.standing, self.second.standing);
        (first != second).then_some(first < second)
    }
}

/// Compares two complaints that one model assessed.
///
/// ```
/// use caserank::{Complaint, Triage};
/// use caserank::explain::compare;
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let day = "2026-04-17".parse()?;
/// let urgent = triage.assess(&Complaint::new("a", day)?.with_answer("urgent", "yes"))?;
/// let open = triage.assess(&Complaint::new("b", day)?)?;
/// let comparison = compare(&urgent, &open)?;
/// assert_eq!(comparison.first_comes_first(), Some(true));
/// assert_eq!(comparison.answers()[0].item(), "urgent");
/// assert!(comparison.answers()[0].is_open_in_one());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`WhyError::TwoModels`] where the models' scoring fingerprints differ.
pub fn compare(first: &Assessment, second: &Assessment) -> Result<Comparison, WhyError> {
    let (model, other) = (first.triage.scoring_fingerprint(), second.triage.scoring_fingerprint());
    if model != other {
        return Err(WhyError::TwoModels { first: model, second: other });
    }
    let (engine, items) = (second.triage.engine(), second.triage.codebook().items());
    let mut changed = engine.empty_tally();
    let (mut answers, mut same) = (Vec::new(), 0);
    for (position, (&first_code, &second_code)) in first.codes.iter().zip(&second.codes).enumerate()
    {
        if first_code == second_code {
            same += usize::from(first_code != 0);
            continue;
        }
        engine.change(&second.tally, position, (second_code, first_code), &mut changed);
        let item = &items[position];
        let label = |code: u8| item.answer(code).map_or(UNKNOWN, |answer| &answer.label).to_owned();
        answers.push(AnswersApart {
            item: item.id.clone(),
            first: item.answer_id(first_code).to_owned(),
            second: item.answer_id(second_code).to_owned(),
            effect: i64::from(changed.priority) - i64::from(second.tally.priority),
            question: item.question.clone(),
            labels: [label(first_code), label(second_code)],
        });
    }
    answers.sort_by_key(|apart| Reverse(apart.effect.abs()));
    let (first, second) = (Side::of(first, second), Side::of(second, first));
    let (first_standing, second_standing) = (first.standing, second.standing);
    let decided_by = if first_standing.lane() != second_standing.lane() {
        DecidedBy::Lane
    } else if first_standing.band() != second_standing.band() {
        DecidedBy::Band
    } else if first_standing != second_standing {
        DecidedBy::Priority
    } else {
        DecidedBy::Tie
    };
    Ok(Comparison { first, second, decided_by, answers, same })
}

impl fmt::Display for Comparison {
    /// Which comes first and by what, then answers, gates, and what is open in one alone.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = (OnScreen(&self.first.id), OnScreen(&self.second.id));
        match self.first_comes_first() {
            Some(true) => write!(out, "{first} comes before {second}")?,
            Some(false) => write!(out, "{second} comes before {first}")?,
            None => write!(out, "{first} and {second} stand alike")?,
        }
        writeln!(
            out,
            "{}",
            match self.decided_by {
                DecidedBy::Lane => ", by the lane",
                DecidedBy::Band => ", by the band",
                DecidedBy::Priority => ", by the index",
                DecidedBy::Tie => "; deadline, time of receipt and id decide",
            }
        )?;
        for side in [&self.first, &self.second] {
            write!(out, "  {}: {}", OnScreen(&side.id), side.standing)?;
            if let Some(position) = side.position {
                write!(out, ", position {position}")?;
            }
            if side.is_decided {
                write!(out, ", under a person's decision")?;
            }
            if side.not_understood > 0 {
                write!(out, ", {} not understood", side.not_understood)?;
            }
            writeln!(out)?;
        }
        self.write_answers(out, "Answered differently", |apart| !apart.is_open_in_one())?;
        let title = format!("Known in {first} alone");
        self.write_answers(out, &title, |apart| apart.second == UNKNOWN)?;
        let title = format!("Known in {second} alone");
        self.write_answers(out, &title, |apart| apart.first == UNKNOWN)?;
        for side in [&self.first, &self.second].into_iter().filter(|side| !side.gates.is_empty()) {
            writeln!(out, "Gates of {} alone: {}", OnScreen(&side.id), side.gates.join(", "))?;
        }
        write!(out, "Known in both and alike: {} answers", self.same)
    }
}

impl Comparison {
    fn write_answers(
        &self,
        out: &mut fmt::Formatter<'_>,
        title: &str,
        belongs: impl Fn(&AnswersApart) -> bool,
    ) -> fmt::Result {
        let listed: Vec<&AnswersApart> =
            self.answers.iter().filter(|answer| belongs(answer)).collect();
        if listed.is_empty() {
            return Ok(());
        }
        writeln!(out, "{title}")?;
        for apart in listed.iter().take(MOST_SHOWN) {
            let [first, second] = &apart.labels;
            write!(out, "  {} ", apart.question)?;
            match (apart.first == UNKNOWN, apart.second == UNKNOWN) {
                (false, true) => write!(out, "{first}")?,
                (true, false) => write!(out, "{second}")?,
                _ => write!(out, "{first} against {second}")?,
            }
            match apart.effect {
                0 => writeln!(out)?,
                effect => writeln!(
                    out,
                    " (the first answer alone: {} on the second's index)",
                    points(effect)
                )?,
            }
        }
        match listed.len().saturating_sub(MOST_SHOWN) {
            0 => Ok(()),
            more => writeln!(out, "  and {more} more"),
        }
    }
}
