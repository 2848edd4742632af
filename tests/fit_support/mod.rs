//! Reference data sets and values, shared by the fitting tests.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    missing_debug_implementations,
    clippy::unwrap_used
)]

use std::path::Path;

use caserank::research::fit::Columns;
use serde_json::Value;

pub struct Set {
    pub name: &'static str,
    pub labels: Vec<bool>,
    pub names: Vec<String>,
    pub values: Vec<Vec<f64>>,
    pub python: Value,
    pub r: Value,
}

pub const NAMES: [&str; 7] = [
    "anes96",
    "modechoice",
    "randhie",
    "unbalanced",
    "nearly_separated",
    "badly_scaled",
    "separated",
];

fn read(path: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reference/fit");
    std::fs::read_to_string(folder.join(path)).unwrap()
}

impl Set {
    pub fn load(name: &'static str) -> Self {
        let text = read(&format!("data/{name}.csv"));
        let mut lines = text.lines();
        let names: Vec<String> =
            lines.next().unwrap().split(',').skip(1).map(str::to_owned).collect();
        let mut values = vec![Vec::new(); names.len()];
        let mut labels = Vec::new();
        for line in lines {
            let mut cells = line.split(',').map(|cell| cell.parse::<f64>().unwrap());
            labels.push(cells.next().unwrap() == 1.0);
            for (column, value) in values.iter_mut().zip(cells) {
                column.push(value);
            }
        }
        let json_of = |path| {
            serde_json::from_str::<Value>(&read(path))
                .unwrap()
                .get(name)
                .cloned()
                .unwrap_or_default()
        };
        Self { name, labels, names, values, python: json_of("python.json"), r: json_of("r.json") }
    }

    pub fn columns(&self) -> Columns {
        let mut builder = Columns::builder(self.labels.len());
        for (name, values) in self.names.iter().zip(&self.values) {
            builder = builder.numbers(name, values.clone()).unwrap();
        }
        builder.build()
    }

    /// Standard deviation (divisor n) of each column.
    pub fn deviations(&self) -> Vec<f64> {
        let deviation = |values: &Vec<f64>| {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            (values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt()
        };
        self.values.iter().map(deviation).collect()
    }
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|entry| entry.as_f64().unwrap()).collect()
}

/// Relative difference as the tolerances mean it: `|a - b| <= tolerance * max(1, |b|)`.
#[track_caller]
pub fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    let difference = (found - expected).abs() / expected.abs().max(1.0);
    assert!(difference <= tolerance, "{what}: {found} against {expected}, {difference:.1e} apart");
}

#[track_caller]
pub fn all_close(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (place, (a, b)) in found.iter().zip(expected).enumerate() {
        close(&format!("{what} [{place}]"), *a, *b, tolerance);
    }
}
