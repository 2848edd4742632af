//! Reads the reference inputs and outputs.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;

pub(crate) const SETS: [&str; 5] = ["small", "ties", "balanced", "rare", "cancer"];

pub(crate) fn read(name: &str) -> String {
    let path = format!("{}/fixtures/reference/evaluate/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) struct Data {
    pub(crate) name: &'static str,
    pub(crate) labels: Vec<bool>,
    pub(crate) p: Vec<f64>,
    pub(crate) q: Vec<f64>,
    pub(crate) score: Vec<i64>,
    pub(crate) group: Vec<String>,
    pub(crate) inclusion: Vec<f64>,
}

pub(crate) fn data(name: &'static str) -> Data {
    let mut data = Data {
        name,
        labels: vec![],
        p: vec![],
        q: vec![],
        score: vec![],
        group: vec![],
        inclusion: vec![],
    };
    for line in read(name).lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        data.labels.push(cells[1] == "1");
        data.p.push(cells[2].parse().unwrap_or(f64::NAN));
        data.q.push(cells[3].parse().unwrap());
        data.score.push(cells[4].parse().unwrap());
        data.group.push(cells[5].to_owned());
        data.inclusion.push(cells[6].parse().unwrap());
    }
    data
}

/// Values by other people's software; counts how many were compared.
pub(crate) struct Expected {
    values: BTreeMap<(String, String), f64>,
    failures: Vec<String>,
    pub(crate) compared: usize,
}

impl Expected {
    pub(crate) fn load(file: &str) -> Self {
        let values = read(file)
            .lines()
            .skip(1)
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                ((cells[0].to_owned(), cells[1].to_owned()), cells[2].parse().unwrap_or(f64::NAN))
            })
            .collect();
        Self { values, failures: vec![], compared: 0 }
    }

    pub(crate) fn keys(&self, data: &str) -> Vec<(String, f64)> {
        let of = self.values.iter().filter(|((d, _), _)| d == data);
        of.map(|((_, key), value)| (key.clone(), *value)).collect()
    }

    pub(crate) fn has(&self, data: &str, key: &str) -> bool {
        self.values.contains_key(&(data.to_owned(), key.to_owned()))
    }

    /// Relative to the larger of 1 and the expected value.
    pub(crate) fn check(&mut self, data: &str, key: &str, found: f64, tolerance: f64) {
        let Some(&expected) = self.values.get(&(data.to_owned(), key.to_owned())) else {
            self.failures.push(format!("{data} {key}: no reference value"));
            return;
        };
        self.compared += 1;
        let distance = (found - expected).abs() / expected.abs().max(1.0);
        let sound = found == expected || distance <= tolerance;
        if !sound {
            self.failures
                .push(format!("{data} {key}: {found} for {expected}, off by {distance:e}"));
        }
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.failures.is_empty(), "\n{}", self.failures.join("\n"));
            assert!(self.compared > 0, "nothing was compared");
        }
    }
}
