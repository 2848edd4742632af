//! Which rule gets how many places: shares with fractions carried from plan to plan.
//!
//! Places are handed out one by one. Every rule that has a share earns it with each place; a
//! place goes to the rule whose next one falls due soonest (earliest pseudo-deadline first, after
//! Baruah, Cohen, Plaxton and Varvel, 1996, "Proportionate progress"). So no rule is ever a whole
//! place ahead of its share or behind it, however the places are cut into periods.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Fixed;
use crate::base::STEPS_PER_UNIT;
use crate::policy::Band;

/// A whole place, or a whole share, in millionths.
const WHOLE: i64 = STEPS_PER_UNIT as i64;

/// How the capacity beyond `must` is shared out. What is not shared goes by rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    /// For overdue complaints of band `very_high`, oldest first.
    overdue_very_high: Fixed,
    /// For overdue complaints of band `high`.
    overdue_high: Fixed,
    /// For overdue complaints of band `medium`.
    overdue_medium: Fixed,
    /// For overdue complaints of band `low`.
    overdue_low: Fixed,
    /// For evidence that expires before the next period.
    due_soon: Fixed,
    /// For thin reports that one quick lawful check could lift.
    ask_first: Fixed,
    /// For the blind audit.
    audit: Fixed,
}

/// Why shares are refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SharesError {
    /// A share below 0.
    #[error("the share of {rule} is {share}: it must be 0 or more")]
    Negative {
        /// Whose share.
        rule: RuleKind,
        /// As given.
        share: Fixed,
    },
    /// A rule without a share.
    #[error(
        "{rule} has no share of its own: `must` comes before all shares, and rank takes what they leave"
    )]
    NotShared {
        /// The rule.
        rule: RuleKind,
    },
    /// More than everything.
    #[error("the shares add up to {millionths} millionths: lower them to 1 or less together")]
    TooMuch {
        /// Their sum in millionths.
        millionths: i64,
    },
}

/// The rule by which a complaint gets its place in a worklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// It stands in the `must` lane.
    Must,
    /// Overdue in its band, oldest first.
    Overdue(Band),
    /// Evidence expires before the next period.
    DueSoon,
    /// One quick lawful check could lift it.
    AskFirst,
    /// The blind audit.
    Audit,
    /// By rank.
    Rank,
    /// By rank, in a place that another rule had and could not use.
    LeftOver,
}

impl fmt::Display for RuleKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleKind::Must => formatter.pad("must"),
            RuleKind::Overdue(band) => formatter.pad(&format!("overdue, {band}")),
            RuleKind::DueSoon => formatter.pad("due soon"),
            RuleKind::AskFirst => formatter.pad("ask first"),
            RuleKind::Audit => formatter.pad("audit"),
            RuleKind::Rank => formatter.pad("by rank"),
            RuleKind::LeftOver => formatter.pad("by rank, left over"),
        }
    }
}

/// Rules that have a share, in the order in which ties between them are broken.
pub(super) const SHARING: [RuleKind; 8] = [
    RuleKind::Overdue(Band::VeryHigh),
    RuleKind::Overdue(Band::High),
    RuleKind::Overdue(Band::Medium),
    RuleKind::Overdue(Band::Low),
    RuleKind::DueSoon,
    RuleKind::AskFirst,
    RuleKind::Audit,
    RuleKind::Rank,
];

impl Shares {
    /// A starting point, an assumption to be replaced by each unit's own: a tenth each for overdue
    /// `very_high` and `high`, a twentieth each for overdue `medium` and `low`, a tenth for due
    /// soon, a tenth for ask first, and the policy's audit share; half or so goes by rank.
    #[must_use]
    pub fn suggested(audit: Fixed) -> Self {
        let tenth = Fixed::from_steps(STEPS_PER_UNIT / 10);
        let twentieth = Fixed::from_steps(STEPS_PER_UNIT / 20);
        Shares {
            overdue_very_high: tenth,
            overdue_high: tenth,
            overdue_medium: twentieth,
            overdue_low: twentieth,
            due_soon: tenth,
            ask_first: tenth,
            audit,
        }
    }

    /// Everything by rank.
    #[must_use]
    pub fn none() -> Self {
        Shares {
            overdue_very_high: Fixed::ZERO,
            overdue_high: Fixed::ZERO,
            overdue_medium: Fixed::ZERO,
            overdue_low: Fixed::ZERO,
            due_soon: Fixed::ZERO,
            ask_first: Fixed::ZERO,
            audit: Fixed::ZERO,
        }
    }

    /// The share of a rule; by rank goes what is left.
    #[must_use]
    pub fn of(&self, rule: RuleKind) -> Fixed {
        match rule {
            RuleKind::Overdue(Band::VeryHigh) => self.overdue_very_high,
            RuleKind::Overdue(Band::High) => self.overdue_high,
            RuleKind::Overdue(Band::Medium) => self.overdue_medium,
            RuleKind::Overdue(Band::Low) => self.overdue_low,
            RuleKind::DueSoon => self.due_soon,
            RuleKind::AskFirst => self.ask_first,
            RuleKind::Audit => self.audit,
            RuleKind::Rank => Fixed::from_steps((WHOLE - self.shared()).max(0) as i32),
            RuleKind::Must | RuleKind::LeftOver => Fixed::ZERO,
        }
    }

    fn shared(&self) -> i64 {
        let shared = SHARING.iter().filter(|rule| **rule != RuleKind::Rank);
        shared.map(|&rule| i64::from(self.of(rule).steps())).sum()
    }

    /// With another share for a rule; by rank goes what is left.
    ///
    /// # Errors
    /// [`SharesError`] for a share below 0, for shares beyond 1 together, and for a rule that has none of its own:
    /// `must` comes before all shares, and rank takes what they leave.
    pub fn with_share(mut self, rule: RuleKind, share: Fixed) -> Result<Self, SharesError> {
        self.set_share(rule, share)?;
        Ok(self)
    }

    /// Gives a rule another share. Where that is refused, all stays as it was.
    ///
    /// # Errors
    /// As [`Shares::with_share`].
    pub fn set_share(&mut self, rule: RuleKind, share: Fixed) -> Result<(), SharesError> {
        let mut changed = *self;
        *match rule {
            RuleKind::Overdue(Band::VeryHigh) => &mut changed.overdue_very_high,
            RuleKind::Overdue(Band::High) => &mut changed.overdue_high,
            RuleKind::Overdue(Band::Medium) => &mut changed.overdue_medium,
            RuleKind::Overdue(Band::Low) => &mut changed.overdue_low,
            RuleKind::DueSoon => &mut changed.due_soon,
            RuleKind::AskFirst => &mut changed.ask_first,
            RuleKind::Audit => &mut changed.audit,
            RuleKind::Must | RuleKind::Rank | RuleKind::LeftOver => {
                return Err(SharesError::NotShared { rule });
            }
        } = share;
        changed.check()?;
        *self = changed;
        Ok(())
    }

    /// No share is below 0, and together they are at most 1: a file may hold any.
    pub(super) fn check(&self) -> Result<(), SharesError> {
        let shared = || SHARING.iter().filter(|rule| **rule != RuleKind::Rank);
        if let Some(&rule) = shared().find(|rule| self.of(**rule) < Fixed::ZERO) {
            return Err(SharesError::Negative { rule, share: self.of(rule) });
        }
        let millionths = self.shared();
        if millionths > WHOLE { Err(SharesError::TooMuch { millionths }) } else { Ok(()) }
    }
}

/// What each rule has earned and not yet had, in millionths of a place; below 0 where it had more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Earned([i64; SHARING.len()]);

impl Earned {
    /// Hands out places; gives back how many each rule has, in the order of [`SHARING`].
    pub(super) fn hand_out(&mut self, shares: &Shares, places: usize) -> [usize; SHARING.len()] {
        let shares = SHARING.map(|rule| i64::from(shares.of(rule).steps()));
        let mut handed = [0; SHARING.len()];
        for earned in &mut self.0 {
            // A carry read from a file may hold anything.
            *earned = (*earned).clamp(-WHOLE, WHOLE);
        }
        for _ in 0..places {
            for (earned, share) in self.0.iter_mut().zip(shares) {
                *earned += share;
            }
            let open = (0..SHARING.len()).filter(|&rule| shares[rule] > 0);
            // With this place's share already in, a rule may have its next place once it has
            // earned some of it; it is late when it has earned it whole this many places ago.
            let ready = open.clone().filter(|&rule| self.0[rule] > 0);
            let places_left = |rule: &usize| (WHOLE - self.0[*rule]).div_euclid(shares[*rule]);
            let next = ready.min_by_key(places_left).or_else(|| open.clone().next_back());
            if let Some(rule) = next {
                self.0[rule] -= WHOLE;
                handed[rule] += 1;
            }
        }
        handed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seed;

    #[test]
    fn no_rule_is_a_place_ahead_or_behind() {
        for seed in 0..300 {
            let mut stream = Seed(seed).stream(0);
            let mut left = WHOLE as u64;
            let mut share = || {
                let share = if stream.chance(0.3) { 0 } else { stream.below(left / 2 + 1) };
                left -= share;
                Fixed::from_steps(share as i32)
            };
            let shares = Shares {
                overdue_very_high: share(),
                overdue_high: share(),
                overdue_medium: share(),
                overdue_low: share(),
                due_soon: share(),
                ask_first: share(),
                audit: share(),
            };
            shares.check().unwrap();
            let mut earned = Earned::default();
            let (mut total, mut had) = (0_i64, [0_i64; SHARING.len()]);
            for _ in 0..200 {
                let places = stream.below(9) as usize;
                let handed = earned.hand_out(&shares, places);
                assert_eq!(handed.iter().sum::<usize>(), places);
                total += places as i64;
                for (rule, handed) in handed.iter().enumerate() {
                    had[rule] += *handed as i64;
                    let due = total * i64::from(shares.of(SHARING[rule]).steps());
                    let ahead = had[rule] * WHOLE - due;
                    assert!(-WHOLE < ahead && ahead < WHOLE, "{shares:?}, {rule}: {ahead}");
                    assert_eq!(earned.0[rule], -ahead);
                }
            }
        }
    }

    #[test]
    fn shares_that_do_not_fit_are_refused() {
        let mut shares = Shares::suggested("0.02".parse().unwrap());
        assert_eq!(shares.of(RuleKind::Rank), "0.48".parse().unwrap());
        let before = shares;
        let mut refused =
            |rule, share: &str| shares.set_share(rule, share.parse().unwrap()).unwrap_err();
        assert_eq!(
            refused(RuleKind::Audit, "0.51"),
            SharesError::TooMuch { millionths: 1_010_000 }
        );
        let below = refused(RuleKind::Audit, "-0.01");
        assert_eq!(below.to_string(), "the share of audit is -0.01: it must be 0 or more");
        for rule in [RuleKind::Must, RuleKind::Rank, RuleKind::LeftOver] {
            assert_eq!(refused(rule, "0.1"), SharesError::NotShared { rule });
        }
        assert_eq!(shares, before);
        shares.set_share(RuleKind::Overdue(Band::High), "0.5".parse().unwrap()).unwrap();
        assert_eq!(shares.of(RuleKind::Overdue(Band::High)), "0.5".parse().unwrap());
        assert_eq!(shares.of(RuleKind::Rank), "0.08".parse().unwrap());
    }
}
