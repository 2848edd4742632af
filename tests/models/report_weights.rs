//! Weights in reports carry what is to be said against them.
#![allow(clippy::unwrap_used)]

use caserank::reference;
use caserank::research::fit::{Columns, Firth, Sample};
use caserank::research::report::{Report, weights_section};

/// The table of weights goes without its chart: a weight with a caution is marked there as well.
#[test]
fn cautions_of_weights_stand_in_the_table_too() {
    let often: Vec<f64> = (0..300).map(|row| f64::from(u8::from(row % 3 == 0))).collect();
    let rare: Vec<f64> = (0..300).map(|row| f64::from(u8::from(row % 100 == 7))).collect();
    let labels: Vec<bool> = (0..300).map(|row| row % 5 == 0 || row == 107 || row == 9).collect();
    let columns = Columns::builder(300).numbers("often=yes", often).unwrap();
    let columns = columns.numbers("rare=yes", rare).unwrap().build();
    let fit = Firth::new().fit_sample(&Sample::new(&columns, &labels).unwrap()).unwrap();
    let told = |name: &str| {
        let estimate = fit.report().estimates.iter().find(|estimate| estimate.name == name);
        !estimate.unwrap().cautions.is_empty()
    };
    assert_eq!([told("often=yes"), told("rare=yes")], [false, true]);
    let triage = reference::published().unwrap();
    let section = weights_section(triage.instrument(), "contact_offending", Some(fit.report()));
    let markdown = Report::new("w", None).with(section).to_markdown();
    let row = |label: &str| markdown.lines().any(|line| line.starts_with(&format!("| {label} |")));
    assert!(row("rare: yes (caution)") && row("often: yes"), "{markdown}");
}
