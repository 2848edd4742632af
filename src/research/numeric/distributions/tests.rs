//! Against SciPy, and at their ends.
#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn distributions_to_the_last_digits() {
    let path = "fixtures/reference/evaluate/expected_python.csv";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("distributions,"));
    let mut compared = 0;
    for line in lines {
        let (key, expected) = line.rsplit_once(',').unwrap();
        let expected: f64 = expected.parse().unwrap();
        let mut parts = key.split('|');
        let name = parts.next().unwrap();
        let x: Vec<f64> = parts.map(|part| part.parse().unwrap()).collect();
        let found = match name {
            "normal_upper" => normal_upper(x[0]),
            "beta_lower" => beta_tails(x[0], x[1], x[2]).0,
            "beta_upper" => beta_tails(x[0], x[1], x[2]).1,
            "beta_quantile" => beta_quantile(x[0], x[1], x[2]),
            "gamma_lower" => gamma_tails(x[0], x[1]).0,
            "gamma_upper" => gamma_tails(x[0], x[1]).1,
            "student" => student_two_sided(x[0], x[1]),
            "student_quantile" => student_quantile(x[0], x[1]),
            // Reference values of distributions that nothing here needs.
            "gamma_quantile" | "f_upper" => continue,
            other => panic!("{other}"),
        };
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{key}: {found}");
        // Relative precision too, so that small tails keep their digits.
        assert!((found / expected - 1.0).abs() < 2e-12, "{key}: {found:e} for {expected:e}");
        compared += 1;
    }
    assert!(compared > 30, "{compared}");
    for bad in [-0.1, 1.1, f64::NAN] {
        assert!(normal_quantile(bad).is_nan());
        assert!(beta_quantile(1.0, 2.0, bad).is_nan());
        assert!(student_quantile(bad, 3.0).is_nan());
    }
}

#[test]
fn closed_forms_are_met() {
    assert!((normal_upper(1.959963984540054) - 0.025).abs() < 1e-15);
    // Beta(1, 1e6), far from the middle, where the quantile has a closed form.
    let exact = -(0.025_f64.ln() * 1e-6).exp_m1();
    assert!((beta_quantile(1.0, 1e6, 0.975) / exact - 1.0).abs() < 1e-14);
}

#[test]
fn extreme_numbers_are_right_or_no_numbers() {
    // Beyond what can be summed up in time, tails and quantiles say so at once.
    for bad in [0.0, 1e-300, 1e300, f64::INFINITY, f64::NAN] {
        assert!(beta_quantile(bad, 2.0, 0.5).is_nan() && beta_tails(2.0, bad, 0.5).0.is_nan());
        assert!(chi_square_upper(3.0, bad).is_nan());
    }
    for (a, b) in [(1e-6, 1e-6), (1e-6, 4e9), (4e9, 4e9), (0.5, 4e9)] {
        for probability in [1e-300, 1e-12, 0.5, 1.0 - 1e-12] {
            let x = beta_quantile(a, b, probability);
            assert!((0.0..=1.0).contains(&x), "{a} {b} {probability}: {x}");
        }
    }
}
