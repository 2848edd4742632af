//! Krippendorff's alpha with its jackknife, against the Python package of that name (`fixtures/reference/evaluate/make_coders.py`).
#![allow(missing_docs)]

use caserank::research::evaluate::{
    Because, Confidence, Disagreement, EvaluateError, NotEstimable, krippendorff_alpha,
    krippendorff_alpha_interval,
};

use crate::evaluate_support::read;

const C: Confidence = Confidence::P95;

#[test]
fn alpha_and_its_error_are_those_of_the_package() {
    let text = read("expected_coders");
    let mut compared = 0;
    for line in text.lines().filter(|line| line.contains(",codes,")) {
        let [name, _, codes] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let size: Vec<usize> = name.split('x').map(|part| part.parse().unwrap()).collect();
        let [coders, units, categories] = size[..] else { panic!("{name}") };
        let code = |unit: usize, coder: usize| {
            (usize::from(codes.as_bytes()[unit * coders + coder] - b'0')).checked_sub(1)
        };
        let answers: Vec<Vec<Option<usize>>> =
            (0..coders).map(|coder| (0..units).map(|unit| code(unit, coder)).collect()).collect();
        for (key, kind) in [
            ("any", Disagreement::Any),
            ("ranks", Disagreement::Ranks),
            ("squared", Disagreement::SquaredDistance),
        ] {
            let expected = |figure: &str| -> f64 {
                let start = format!("{name},{figure}_{key},");
                text.lines().find_map(|line| line.strip_prefix(&start)).unwrap().parse().unwrap()
            };
            let found = krippendorff_alpha_interval(&answers, categories, kind, C).unwrap();
            let plain = krippendorff_alpha(&answers, categories, kind).unwrap();
            assert_eq!((found.value, found.count), (plain.value, plain.count));
            assert!((found.value - expected("alpha")).abs() < 1e-12, "{name} {key}");
            let error = found.standard_error.unwrap();
            assert!((error - expected("error")).abs() < 1e-11, "{name} {key}: {error}");
            let interval = found.interval.unwrap();
            assert!(interval.lower < found.value && found.value < interval.upper);
            compared += 2;
        }
    }
    assert_eq!(compared, 18);
}

#[test]
fn alpha_is_not_certain_where_nothing_varies() {
    let because = |found: Result<caserank::research::evaluate::Figure, EvaluateError>| match found {
        Err(EvaluateError::NotEstimable(NotEstimable { because })) => because,
        other => panic!("{other:?}"),
    };
    let answers = |first: &[usize], second: &[usize]| {
        [first, second].map(|coder| coder.iter().copied().map(Some).collect::<Vec<_>>())
    };
    // Full agreement has a value, and no interval of no width.
    let agreed = answers(&[0, 1, 0, 1, 1], &[0, 1, 0, 1, 1]);
    let found = krippendorff_alpha_interval(&agreed, 2, Disagreement::Any, C).unwrap();
    assert_eq!((found.value, found.standard_error), (1.0, None));
    assert!(matches!(found.interval.unwrap_err().because, Because::ZeroVariance { .. }));
    // All that varies is in one unit: without it nothing can be said.
    let alone = answers(&[0, 0, 0, 1], &[0, 0, 0, 1]);
    let found = krippendorff_alpha_interval(&alone, 2, Disagreement::Any, C).unwrap();
    assert!(matches!(found.interval.unwrap_err().because, Because::NoVariation { .. }));
    let flat = answers(&[0; 6], &[0; 6]);
    let none = krippendorff_alpha_interval(&flat, 2, Disagreement::Any, C);
    assert!(matches!(because(none), Because::NoVariation { .. }));
    let apart = [vec![Some(0), None], vec![None, Some(1)]];
    let none = krippendorff_alpha_interval(&apart, 2, Disagreement::Any, C);
    assert!(matches!(because(none), Because::TooFew { .. }));
}
