//! Corrected p values equal those of R's `p.adjust`.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use caserank::research::study::holm;

#[test]
fn holm_equals_r() {
    let text = include_str!("../../fixtures/reference/study/holm.csv");
    let mut families: BTreeMap<&str, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let own = families.entry(cells[0]).or_default();
        own.0.push(cells[1].parse().unwrap());
        own.1.push(cells[2].parse().unwrap());
    }
    assert_eq!(families.len(), 5);
    for (given, expected) in families.values() {
        for (own, expected) in holm(given).iter().zip(expected) {
            assert!((own - expected).abs() < 1e-12, "{own} for {expected}");
        }
    }
}
