//! Shared by the promise tests: random models and complaints, and a plain slow evaluator.
//!
//! Everything here is made up; nothing computed from it says anything about performance.

// Every test file uses its own part of what stands here.
#![allow(dead_code, unused_imports, unused_macros, clippy::unwrap_used)]

#[cfg(feature = "arrow-59")]
pub(crate) mod arrow;
mod codebooks;
mod complaints;
mod draw;
mod instruments;
mod intake;
pub(crate) mod live;
mod policies;
mod refusals;
pub(crate) mod schema;
mod slow;

use std::fmt;

use caserank::policy::Override;
use caserank::{Backlog, BacklogBuilder, Codebook, Complaint, Overrides, Timestamp, Triage};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

pub(crate) use codebooks::codebook;
pub(crate) use complaints::{complaint, complaints, decisions, time};
pub(crate) use draw::{Draw, draws};
pub(crate) use instruments::{Weights, instrument};
pub(crate) use intake::{adds_up, told};
pub(crate) use policies::{Rules, policy};
pub(crate) use refusals::{FULL, changed_model, full_model, of_instrument, refused};
pub(crate) use slow::{BandFrom, Placed, Slow, sorted};

/// The toy model of the fixtures.
pub(crate) const TOY: &str = include_str!("../../fixtures/models/toy.json");
/// The toy codebook of the fixtures.
pub(crate) const TOY_CODEBOOK: &str = include_str!("../../fixtures/models/toy-codebook.json");

/// A configuration with a fixed seed, so that a run can be repeated; `PROPTEST_CASES` and
/// `PROPTEST_RNG_SEED` take precedence.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    let given = ProptestConfig::default();
    ProptestConfig {
        cases: if given.cases == 256 { count } else { given.cases },
        rng_seed: match given.rng_seed {
            RngSeed::Random => RngSeed::Fixed(20_261_121),
            fixed => fixed,
        },
        failure_persistence: None,
        max_shrink_iters: 1_000,
        ..given
    }
}

/// A random model with complaints and decisions of people.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) triage: Triage,
    pub(crate) complaints: Vec<Complaint>,
    pub(crate) decisions: Vec<Override>,
    pub(crate) now: Timestamp,
    pub(crate) as_of: Option<Timestamp>,
}

impl fmt::Debug for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "model: {}", self.triage.to_json())?;
        for complaint in &self.complaints {
            writeln!(formatter, "{}", serde_json::to_string(complaint).unwrap())?;
        }
        writeln!(formatter, "decisions: {:?}", self.decisions)?;
        write!(formatter, "now {}, as of {:?}", self.now, self.as_of)
    }
}

impl Case {
    pub(crate) fn draw(draw: &mut Draw, weights: Weights, rules: Rules) -> Self {
        let triage = model(draw, weights, rules);
        let now = time(draw.below(12));
        let as_of = draw.chance(30).then(|| time(draw.below(12)));
        let complaints = complaints(draw, triage.codebook());
        let decisions = decisions(draw, &complaints);
        Case { triage, complaints, decisions, now, as_of }
    }

    pub(crate) fn builder(&self) -> BacklogBuilder {
        let builder = BacklogBuilder::new(self.triage.codebook());
        match self.as_of {
            Some(as_of) => builder.with_as_of(as_of),
            None => builder,
        }
    }

    pub(crate) fn backlog(&self) -> Backlog {
        self.backlog_of(&self.complaints)
    }

    pub(crate) fn backlog_of(&self, complaints: &[Complaint]) -> Backlog {
        let mut builder = self.builder();
        for complaint in complaints {
            builder.push(complaint).unwrap();
        }
        builder.freeze()
    }

    pub(crate) fn overrides(&self) -> Overrides {
        let mut overrides = Overrides::new();
        for decision in &self.decisions {
            overrides.add(decision.clone()).unwrap();
        }
        overrides
    }

    pub(crate) fn slow(&self) -> Slow<'_> {
        Slow::new(&self.triage)
    }
}

/// A random model that loads.
pub(crate) fn model(draw: &mut Draw, weights: Weights, rules: Rules) -> Triage {
    let codebook = codebook(draw);
    model_of(draw, codebook, weights, rules)
}

/// A random model of this codebook.
pub(crate) fn model_of(
    draw: &mut Draw,
    codebook: Codebook,
    weights: Weights,
    rules: Rules,
) -> Triage {
    let instrument_draft = instrument(draw, &codebook, weights);
    let policy_draft = policy(draw, &codebook, &instrument_draft, rules);
    let identity = caserank::codebook::Identity {
        id: "made_up".to_owned(),
        version: "0.1.0".parse().unwrap(),
    };
    Triage::new(identity, "Made up.", codebook, instrument_draft, policy_draft).unwrap()
}

/// Random cases with every kind of rule and weight.
pub(crate) fn any_case() -> impl Strategy<Value = Case> {
    draws().prop_map(|mut draw| Case::draw(&mut draw, Weights::Any, Rules::Any))
}

/// Random models with every kind of rule and weight.
pub(crate) fn any_model() -> impl Strategy<Value = Triage> {
    draws().prop_map(|mut draw| model(&mut draw, Weights::Any, Rules::Any))
}
