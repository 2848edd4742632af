//! Promise 16: a fit over agencies' sums is the fit over their rows, and no message speaks of a group below the minimum.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use caserank::Seed;
use caserank::research::fit::federated::{Groups, Method, Plan, PlanItem};
use proptest::prelude::*;

use crate::common::cases;
use crate::federation::{agencies_of, drawn, federated, pooled};

fn any_method() -> impl Strategy<Value = Method> {
    prop_oneof![
        Just(Method::Firth),
        Just(Method::Logistic { ridge: 0.0 }),
        (0.01..20.0_f64).prop_map(|ridge| Method::Logistic { ridge }),
    ]
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn sums_give_the_fit_of_the_rows_and_hide_small_groups(
        seed in any::<u64>(),
        method in any_method(),
        answers in prop::collection::vec(2_usize..5, 1..4),
        agencies in 1_usize..5,
        minimum in 1_usize..9,
        pairs in any::<bool>(),
        weighted in any::<bool>(),
        subjects in any::<bool>(),
    ) {
        let words = ["none", "one", "two", "more"];
        let items = answers.iter().enumerate();
        let items = items.map(|(at, &count)| PlanItem::new(&format!("q{at}"), &words[..count]));
        let groups = if pairs { Groups::Pairs } else { Groups::Answers };
        let plan = Plan::new("any", "outcome", items.collect(), method).unwrap();
        let plan = plan.with_minimum(minimum, groups).unwrap();
        let rows = drawn(&mut Seed(seed).stream(0), plan.items(), agencies, weighted, subjects);
        let mut parts = agencies_of(&plan, &rows);
        for (agency, rows) in parts.iter().zip(&rows) {
            let unit = |row: usize| rows.subjects.as_ref().map_or(row as u32, |all| all[row]);
            let fine = |wanted: &dyn Fn(usize) -> bool| {
                let units: BTreeSet<u32> =
                    (0..rows.labels.len()).filter(|&row| wanted(row)).map(unit).collect();
                units.is_empty() || units.len() >= minimum
            };
            let codes = agency.codes();
            for (a, first) in codes.iter().enumerate() {
                for x in 0..5 {
                    prop_assert!(fine(&|row| first[row] == x));
                    for second in codes[..a].iter().filter(|_| pairs) {
                        prop_assert!((0..5).all(|y| fine(&|row| first[row] == x && second[row] == y)));
                    }
                }
            }
            let counts = agency.counts();
            let sent = counts.answers.iter().flatten().map(|answer| answer.complaints);
            prop_assert!(sent.into_iter().all(|count| count == 0 || count >= minimum as u64));
        }
        match federated(&plan, &mut parts) {
            Ok((fit, coordinator)) => {
                let model = pooled(&plan, &coordinator, &parts, &rows).unwrap();
                for (ours, theirs) in fit.estimates().iter().zip(&model.report().estimates) {
                    let near = |a: f64, b: f64| (a - b).abs() <= 1e-10 * b.abs().max(1.0);
                    prop_assert_eq!(&ours.name, &theirs.name);
                    prop_assert!(near(ours.estimate, theirs.estimate), "{:?} {:?}", ours, theirs);
                    prop_assert!(near(ours.standard_error, theirs.standard_error.unwrap()));
                    prop_assert!(ours.interval.lower < ours.interval.upper);
                }
            }
            // Where sums have no maximum, the rows have none.
            Err(error) => {
                let text = error.to_string();
                let coordinator = caserank::research::fit::federated::Coordinator::new(
                    plan.clone(),
                    parts.iter().map(|agency| agency.counts()).collect(),
                );
                if let Ok(coordinator) = coordinator {
                    prop_assert!(pooled(&plan, &coordinator, &parts, &rows).is_err(), "{}", text);
                }
            }
        }
    }
}
