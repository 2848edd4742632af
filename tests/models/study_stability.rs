//! Stability of ranks: equal to ranking again and again, whatever the threads.
#![allow(missing_docs)]

use caserank::Seed;
use caserank::instrument::{Instrument, InstrumentDraft};
use caserank::policy::{LOWERING_REASONS, Override, OverrideEffect};
use caserank::reference;
use caserank::research::evaluate::Confidence;
#[cfg(feature = "parallel")]
use caserank::research::study::RankStability;
use caserank::research::study::{Parameter, Stability, StudyError, Uncertainty};
use caserank::synthetic::Generator;
use caserank::{ActiveOverrides, Backlog, BacklogBuilder, Band, Fixed, Overrides, Triage};

fn backlog(triage: &Triage, count: usize) -> Backlog {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for case in Generator::new(Seed(11)).cases().take(count) {
        builder.push(&case.complaint).unwrap();
    }
    builder.freeze()
}

/// The same instrument with every weight moved by a rule of the test's own.
fn moved(instrument: &Instrument, number: i32) -> InstrumentDraft {
    let mut draft = instrument.draft().clone();
    for (outcome, part) in draft.outcomes.iter_mut().enumerate() {
        for (place, entry) in part.weights.iter_mut().enumerate() {
            let own = (place as i32 * 31 + outcome as i32 * 7 + number * 13) % 11 - 5;
            for weight in entry.weights.values_mut() {
                *weight = Fixed::from_steps(weight.steps() / 20 * (20 + own));
            }
        }
    }
    draft
}

fn overrides(backlog: &Backlog) -> ActiveOverrides {
    let mut overrides = Overrides::new();
    let now = backlog.received(backlog.len() - 1);
    let effects = [
        OverrideEffect::Raise(Band::VeryHigh),
        OverrideEffect::Lower(Band::Low),
        OverrideEffect::Must,
    ];
    for (place, effect) in effects.into_iter().enumerate() {
        let lowers = matches!(effect, OverrideEffect::Lower(_));
        let reason = if lowers { LOWERING_REASONS[0] } else { "test" };
        let decision = Override {
            id: None,
            complaint: backlog.id(place * 50 + 3).to_owned(),
            effect,
            actor: "a".to_owned(),
            second_actor: Some("b".to_owned()),
            role: "supervisor".to_owned(),
            reason: reason.to_owned(),
            note: None,
            made: now,
            expires: None,
        };
        overrides.add(decision).unwrap();
    }
    overrides.at(now)
}

#[test]
fn equals_ranking_again_with_every_set_of_weights() {
    for triage in [reference::published().unwrap(), reference::unit().unwrap()] {
        let backlog = backlog(&triage, 900);
        let overrides = overrides(&backlog);
        let drafts: Vec<InstrumentDraft> =
            (0..40).map(|number| moved(triage.instrument(), number)).collect();
        let refits: Vec<Instrument> = drafts
            .iter()
            .map(|draft| Instrument::new(triage.codebook(), draft.clone()).unwrap())
            .collect();
        let uncertainty = Uncertainty::refits(triage.instrument(), &refits).unwrap();
        let k = 100;
        let found = Stability::new(&triage, &uncertainty)
            .replicates(40)
            .top(k)
            .watch(30)
            .confidence(Confidence::P90)
            .run(&backlog, &overrides, Seed(1))
            .unwrap();
        let version = triage.identity().version.clone();
        let plain = triage.rank_with(&backlog, &overrides).unwrap();
        let again: Vec<_> = drafts
            .into_iter()
            .map(|draft| {
                let other = triage.with_instrument(version.clone(), draft).unwrap();
                other.rank_with(&backlog, &overrides).unwrap()
            })
            .collect();
        let mut kept = 0;
        let mut off = 0;
        for own in found.iter() {
            assert_eq!(plain.position_of_row(own.row), Some(own.position as usize));
            let mut positions: Vec<usize> =
                again.iter().map(|ranking| ranking.position_of_row(own.row).unwrap()).collect();
            let top = positions.iter().filter(|&&position| position <= k).count();
            assert_eq!(own.top, top as f64 / 40.0);
            let band_at =
                |ranking: &caserank::Ranking, position: usize| ranking.at(position).unwrap().band();
            assert_eq!(own.band, band_at(&plain, own.position as usize));
            for (place, band) in Band::ALL.into_iter().enumerate() {
                let count = again
                    .iter()
                    .zip(&positions)
                    .filter(|(ranking, position)| band_at(ranking, **position) == band)
                    .count();
                assert_eq!(own.bands[place], count as f64 / 40.0);
            }
            if own.position as usize <= k {
                kept += top;
            }
            positions.sort_unstable();
            // At 90% two of forty may lie outside on each side.
            for (read, exact) in [own.lower, own.median, own.upper].into_iter().zip([2, 19, 37]) {
                let exact = positions[exact] as u32;
                if own.position <= 30 {
                    assert_eq!((read, own.resolution), (exact, 1));
                }
                assert!(read.abs_diff(exact) < own.resolution.max(1));
                off += usize::from(read != exact);
            }
        }
        assert!(off > 0, "the test should reach complaints whose positions are bucketed");
        let churn = found.churn();
        assert!((churn.kept - kept as f64 / (40 * k) as f64).abs() < 1e-12);
        let moves = found.band_moves();
        let all: f64 = moves.from_to.iter().flatten().sum();
        assert!((all - 900.0).abs() < 1e-9);
        let stayed: f64 = (0..4).map(|band| moves.from_to[band][band]).sum();
        assert!((moves.moved - (1.0 - stayed / 900.0)).abs() < 1e-9);
    }
}

#[test]
fn without_error_nothing_moves() {
    let triage = reference::published().unwrap();
    let backlog = backlog(&triage, 300);
    // Less than the last place of a weight.
    let uncertainty = Uncertainty::assumed(triage.instrument(), 1e-12).unwrap();
    let found = Stability::new(&triage, &uncertainty)
        .replicates(9)
        .watch(0)
        .run(&backlog, &ActiveOverrides::none(), Seed(1))
        .unwrap();
    for own in found.iter() {
        assert_eq!([own.lower, own.median, own.upper], [own.position; 3]);
        assert_eq!(own.resolution, 1);
    }
    assert_eq!((found.churn().kept, found.churn().doubtful), (1.0, 0));
    assert_eq!(found.band_moves().moved, 0.0);
}

#[cfg(feature = "parallel")]
#[test]
fn threads_change_nothing() {
    let triage = reference::published().unwrap();
    let backlog = backlog(&triage, 17_000);
    let uncertainty = Uncertainty::assumed(triage.instrument(), 0.3).unwrap();
    let run = |threads: usize| -> RankStability {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let plan = Stability::new(&triage, &uncertainty).replicates(3).top(500);
        pool.install(|| plan.run(&backlog, &ActiveOverrides::none(), Seed(2)).unwrap())
    };
    let (one, eight) = (run(1), run(8));
    assert!(one.iter().eq(eight.iter()));
    assert_eq!(one.churn(), eight.churn());
    assert_eq!(one.band_moves(), eight.band_moves());
}

#[test]
fn more_error_gives_wider_intervals() {
    let triage = reference::published().unwrap();
    let backlog = backlog(&triage, 2_000);
    let width = |relative: f64| -> f64 {
        let uncertainty = Uncertainty::assumed(triage.instrument(), relative).unwrap();
        let found = Stability::new(&triage, &uncertainty)
            .replicates(200)
            .run(&backlog, &ActiveOverrides::none(), Seed(3))
            .unwrap();
        found.iter().map(|own| f64::from(own.upper - own.lower)).sum()
    };
    assert!(width(0.1) < width(0.3));
}

#[test]
fn what_cannot_be_run_is_refused() {
    let triage = reference::published().unwrap();
    let backlog = backlog(&triage, 20);
    let none = ActiveOverrides::none();
    let own = Uncertainty::assumed(triage.instrument(), 0.1).unwrap();
    for replicates in [0, 70_000] {
        let run =
            Stability::new(&triage, &own).replicates(replicates).run(&backlog, &none, Seed(1));
        assert!(matches!(run, Err(StudyError::Replicates { .. })));
    }
    let other = Uncertainty::assumed(reference::unit().unwrap().instrument(), 0.1).unwrap();
    let run = Stability::new(&triage, &other).run(&backlog, &none, Seed(1));
    assert!(matches!(run, Err(StudyError::OtherInstrument { .. })));
    for few in [vec![], vec![triage.instrument().clone()]] {
        let refused = Uncertainty::refits(triage.instrument(), &few);
        assert!(matches!(refused, Err(StudyError::NoRefits)), "{}", few.len());
    }
    let sets = [triage.instrument().clone()];
    let assumed = Uncertainty::assumptions(triage.instrument(), &sets).unwrap().basis();
    assert_eq!(assumed.to_string(), "under 1 sets of assumptions");
    let parameter = [Parameter::intercept("contact_offending")];
    let one = caserank::ndarray::array![[0.04]];
    let stated =
        Uncertainty::elicited(triage.instrument(), &parameter, one.view()).unwrap().basis();
    assert!(stated.to_string().contains("people stated") && !stated.to_string().contains("fit"));
    assert!(assumed.is_assumed() && stated.is_assumed());
    let empty = BacklogBuilder::new(triage.codebook()).freeze();
    let found = Stability::new(&triage, &own).replicates(3).run(&empty, &none, Seed(1)).unwrap();
    assert!(found.is_empty() && found.churn().kept == 0.0);
}
