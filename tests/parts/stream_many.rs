//! Several models in one pass say what each says alone.

use crate::common::{Case, Draw, Rules, TOY, Weights, cases, draws, instrument, policy};
use caserank::Seed;
use caserank::codebook::Identity;
use caserank::synthetic::Generator;
use caserank::{ActiveOverrides, BacklogBuilder, Triage};
use proptest::prelude::*;

/// Another model of the same codebook, with outcomes, weights and gates of its own.
fn another(draw: &mut Draw, triage: &Triage) -> Triage {
    let codebook = triage.codebook();
    let weights = instrument(draw, codebook, Weights::Any);
    let policy = policy(draw, codebook, &weights, Rules::Any);
    let identity = Identity { id: "another".to_owned(), version: "0.2.0".parse().unwrap() };
    Triage::new(identity, "Made up.", codebook.clone(), weights, policy).unwrap()
}

proptest! {
    #![proptest_config(cases(120))]
    #[test]
    fn each_model_says_the_same_alone(mut draw in draws(), count in 0..5_usize) {
        let case = Case::draw(&mut draw, Weights::Any, Rules::Any);
        let others: Vec<Triage> = (0..count).map(|_| another(&mut draw, &case.triage)).collect();
        let models: Vec<&Triage> = others.iter().chain([&case.triage]).collect();
        let backlog = case.backlog();
        let overrides = case.overrides().at(case.now);
        let priorities = Triage::priorities_of(&models, &backlog).unwrap();
        let rankings = Triage::rank_each_with(&models, &backlog, &overrides).unwrap();
        prop_assert_eq!(priorities.dim(), (models.len(), backlog.len()));
        prop_assert_eq!(rankings.len(), models.len());
        for (place, model) in models.iter().enumerate() {
            let alone = model.rank_with(&backlog, &overrides).unwrap();
            prop_assert!(rankings[place].iter().eq(alone.iter()));
            prop_assert!(rankings[place].triage() == *model);
            for entry in &alone {
                let priority = priorities[[place, entry.row()]];
                prop_assert_eq!(priority, entry.priority().billionths());
            }
        }
    }
}

#[test]
fn many_shares_at_any_number_of_threads() {
    let json = include_str!("../../fixtures/models/codebook.json");
    let codebook = caserank::Codebook::from_json(json).unwrap();
    let mut builder = BacklogBuilder::new(&codebook);
    for case in Generator::new(Seed(8)).cases().take(40_000) {
        builder.push(&case.complaint).unwrap();
    }
    let backlog = builder.freeze();
    let mut draw = Draw::seeded(4);
    let models: Vec<Triage> = (0..3)
        .map(|_| {
            let weights = instrument(&mut draw, &codebook, Weights::Any);
            let policy = policy(&mut draw, &codebook, &weights, Rules::Any);
            let identity = Identity { id: "made_up".to_owned(), version: "0.1.0".parse().unwrap() };
            Triage::new(identity, "Made up.", codebook.clone(), weights, policy).unwrap()
        })
        .collect();
    let models: Vec<&Triage> = models.iter().collect();
    let _none = ActiveOverrides::none();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Triage::priorities_of(&models, &backlog).unwrap())
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(8));
    for (place, model) in models.iter().enumerate() {
        let alone = model.rank(&backlog).unwrap();
        for entry in &alone {
            assert_eq!(one[[place, entry.row()]], entry.priority().billionths());
        }
    }
}

#[test]
fn every_model_must_be_of_the_backlogs_codebook() {
    let triage = Triage::from_json(TOY).unwrap();
    let json = include_str!("../../fixtures/models/codebook.json");
    let other = caserank::Codebook::from_json(json).unwrap();
    let backlog = BacklogBuilder::new(&other).freeze();
    assert!(Triage::priorities_of(&[&triage], &backlog).is_err());
    assert!(Triage::rank_each(&[&triage], &backlog).is_err());
    assert_eq!(Triage::priorities_of(&[], &backlog).unwrap().dim(), (0, 0));
}
