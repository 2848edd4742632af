//! The logistic link against 30-digit values; the script stands beside them.

use caserank::Fixed;
use caserank::score::logistic;

#[test]
fn the_link_is_correct_to_a_hundred_millionth() {
    let table = include_str!("../../fixtures/reference/link/logistic.csv");
    let mut largest = 0.0_f64;
    let mut rows = 0;
    for line in table.lines().skip(1) {
        let (steps, probability) = line.split_once(',').unwrap();
        let expected: f64 = probability.parse().unwrap();
        let found = logistic(Fixed::from_steps(steps.parse().unwrap())).to_f64();
        largest = largest.max((found - expected).abs());
        rows += 1;
    }
    assert_eq!(rows, 2_000);
    assert!(largest <= 1e-8, "{largest}");
    // Rounding to billionths costs half of one; the arithmetic must add next to nothing.
    assert!(largest <= 0.501e-9, "{largest}");
}
