//! Sections say which intervals take complaints as independent, where subjects have several, and who made the rows.

use caserank::complaint::Origin;
use caserank::research::evaluate::{
    ByKey, Capacity, Confidence, Figure, Predicted, Scale, Scored, SelectionModel, Weights,
    at_horizon, auc, calibration_line, calibration_line_clustered,
};
use caserank::research::fit::federated::{PooledCurves, ScoreCounts};
use caserank::research::report::{
    Block, Report, Section, Workday, calibration_section, capacity_section, follow_up_section,
    front_section, roc_section, selection_section, units_section,
};
use caserank::research::study::{Arm, Known, Measure, Study};

const C: Confidence = Confidence::P95;

fn prose(section: &Section) -> String {
    let texts = section.blocks.iter().filter_map(|block| match block {
        Block::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

fn rows(section: &Section, id: &str) -> Vec<Vec<String>> {
    let found = section.blocks.iter().find_map(|block| match block {
        Block::Table(table) if table.id == id => Some(table),
        _ => None,
    });
    let rows = &found.unwrap_or_else(|| panic!("there is a table {id}")).rows;
    rows.iter().map(|row| row.iter().map(|cell| cell.text()).collect()).collect()
}

#[test]
fn intervals_count_subjects_or_say_that_they_do_not() {
    let labels: Vec<bool> = (0..240).map(|row| (row / 3) % 4 == 0).collect();
    let p: Vec<f64> = (0..240)
        .map(|row| {
            0.1 + f64::from((row / 3 * 7) % 10) / 20.0
                + if labels[row as usize] { 0.15 } else { 0.0 }
        })
        .collect();
    let subjects: Vec<usize> = (0..240).map(|row| row / 3).collect();
    let alone = Known::of_labels("found", &labels, Origin::Retrospective);
    let shared = alone.clone().with_clusters(&subjects).unwrap();
    let arm = |known: &Known| [Arm::of_scores("ours", known, &p, &p).unwrap()];
    type Make = fn(&Known, &[Arm]) -> Section;
    let sections: [(Make, &str); 3] = [
        (capacity_section, "Intervals here"),
        (roc_section, "Intervals here"),
        (calibration_section, "The intervals of marks"),
    ];
    for (make, which) in sections {
        let (quiet, told) =
            (prose(&make(&alone, &arm(&alone))), prose(&make(&shared, &arm(&shared))));
        assert!(!quiet.contains("independent"), "{quiet}");
        let expected = format!(
            "The 240 complaints are about 80 subjects. {which} take complaints as independent"
        );
        assert!(told.contains(&expected), "{told}");
    }
    // E/O, intercept and slope are by subjects.
    let predicted = Predicted::new(&labels, &p).unwrap();
    let by_rows = calibration_line(predicted, C).unwrap().slope;
    let by_subjects = calibration_line_clustered(predicted, &subjects, C).unwrap().slope;
    let written = |figure: &Figure| {
        let interval = figure.interval.clone().unwrap();
        format!("{:.3} ({:.3} to {:.3})", figure.value, interval.lower, interval.upper)
    };
    assert_eq!(rows(&calibration_section(&alone, &arm(&alone)), "ratios")[0][8], written(&by_rows));
    let section = calibration_section(&shared, &arm(&shared));
    assert_eq!(rows(&section, "ratios")[0][8], written(&by_subjects));
    assert!(!prose(&section).contains("fewer than 40"));
    let few: Vec<usize> = (0..240).map(|row| row / 8).collect();
    let few = alone.with_clusters(&few).unwrap();
    let told = prose(&calibration_section(&few, &arm(&few)));
    assert!(told.contains("Caution (E/O, all by `ours`; intercept and slope, all by `ours`): Rests on fewer than 40 subjects"), "{told}");
    // The file of numbers marks the row.
    assert_eq!(rows(&calibration_section(&few, &arm(&few)), "ratios")[0][1], "ours (caution)");
    assert_eq!(rows(&section, "ratios")[0][1], "ours");
    // The first pages say it too.
    let result = Study::of(&shared)
        .scores("ours", &p, &p)
        .primary(Measure::Auc, 0.02)
        .bootstrap(40, caserank::Seed(1))
        .run();
    let pages = front_section(
        &result.unwrap(),
        &shared,
        &arm(&shared),
        Workday::new(40.0, 8.0).unwrap(),
        "",
    );
    assert!(pages.iter().any(|page| prose(page).contains("are about 80 subjects")));
}

#[test]
fn weights_that_make_a_figure_surer_than_its_rows_are_told_beside_it() {
    let labels: Vec<bool> = (0..200).map(|row| row % 2 == 0).collect();
    let p: Vec<f64> = (0..200).map(|row| 0.02 + f64::from(row % 9) / 40.0).collect();
    let of = |other: f64| {
        let values = labels.iter().map(|&label| if label { 1.0 } else { other }).collect();
        let known = Known::of_labels("found", &labels, Origin::Retrospective);
        known.with_weights(Weights::sampling(values).unwrap()).unwrap()
    };
    for (other, told) in [(1.0, false), (60.0, true)] {
        let known = of(other);
        let arms = [Arm::of_scores("ours", &known, &p, &p).unwrap()];
        let section = calibration_section(&known, &arms);
        assert_eq!(prose(&section).contains("surer than as many unweighted"), told);
        let markdown = Report::new("Weights", None).with(section).to_markdown();
        assert_eq!(markdown.contains("surer than as many unweighted"), told);
    }
}

#[test]
fn what_is_not_known_is_stamped_by_its_strictest_origin() {
    let found = [Some(true), Some(false), None, Some(false), None, Some(true)];
    let chances = [0.8, 0.8, 0.8, 0.6, 0.6, 0.6];
    let selection = |origin: Option<Origin>| {
        let model = SelectionModel::new(&found, &chances, &chances).unwrap();
        let model = origin.map_or(model, |origin| model.with_origin(origin));
        selection_section(&model, &[("ours", &[true; 6])], &[1.0], C).stamp
    };
    assert_eq!(selection(Some(Origin::Retrospective)), None);
    assert!(selection(Some(Origin::Synthetic)).unwrap().to_lowercase().contains("synthetic"));
    assert!(selection(None).unwrap().contains("not stated"));
    let at = at_horizon(&[Some(5.0), None, None], &[5.0, 400.0, 400.0], 90.0).unwrap();
    let follow_up = |origins: [Origin; 2]| {
        let at = origins.map(|origin| at.clone().with_origin(origin));
        let horizons = [(30.0, &at[0]), (90.0, &at[1])];
        follow_up_section("days", &horizons, &[], Capacity::Share(0.5), C).stamp
    };
    assert_eq!(follow_up([Origin::Prospective; 2]), None);
    assert_eq!(
        follow_up([Origin::Synthetic, Origin::Prospective]),
        selection(Some(Origin::Synthetic))
    );
    assert_eq!(follow_up([Origin::Prospective, Origin::NotStated]), selection(None));
    let figures: ByKey<String, Figure> = Vec::new();
    let units =
        |origin| units_section("unit", &[("Area", &figures, Scale::Logit)], origin, C).stamp;
    assert_eq!(units(Origin::Retrospective), None);
    assert_eq!(
        [units(Origin::Synthetic), units(Origin::NotStated)],
        [selection(Some(Origin::Synthetic)), selection(None)]
    );
}

#[test]
fn a_prediction_cut_to_its_range_is_told() {
    let mut units: ByKey<String, Figure> = Vec::new();
    for unit in 0..5_u32 {
        let labels: Vec<bool> = (0..24).map(|row| (row * 7 + unit) % 3 == 0).collect();
        let scores: Vec<u32> = (0..24_usize)
            .map(|row| {
                u32::from(labels[row]) * (9 - 2 * unit.min(3)) + (row as u32 * 11 + unit) % 8
            })
            .collect();
        let area = auc(Scored::new(&labels, &scores).unwrap(), C).map(|area| area.figure);
        units.push((format!("unit_{unit}"), area));
    }
    let section =
        |scale| units_section("unit", &[("Area", &units, scale)], Origin::Retrospective, C);
    assert_eq!(rows(&section(Scale::Identity), "across")[0][3], "1.000");
    assert!(
        prose(&section(Scale::Identity)).contains("Caution (Area): An end of an interval was cut")
    );
    assert!(!prose(&section(Scale::Logit)).contains("Caution"));
}

#[test]
fn expected_over_observed_of_agencies_has_an_interval() {
    let model = caserank::reference::published().unwrap().fingerprint();
    let count = |name: &str, events: usize| {
        let labels: Vec<bool> = (0..60).map(|row| row < events).collect();
        ScoreCounts::new(name, model, &[0.25; 60], &labels, &[0.5], 5).unwrap()
    };
    let curves = PooledCurves::new(&[count("north", 9), count("south", 12)], 1).unwrap();
    let found = curves.expected_observed(C).unwrap();
    // As of the 120 complaints themselves.
    let labels: Vec<bool> = (0..120).map(|row| row < 21).collect();
    let pooled = caserank::research::evaluate::expected_observed(
        Predicted::new(&labels, &[0.25; 120]).unwrap(),
        C,
    )
    .unwrap();
    assert!((found.ratio.value - curves.expected_over_observed()).abs() < 1e-12);
    let [a, b] = [&found, &pooled].map(|found| found.ratio.interval.clone().unwrap());
    assert!((a.lower / b.lower - 1.0).abs() < 1e-9 && (a.upper / b.upper - 1.0).abs() < 1e-9);
    assert!((found.p_value / pooled.p_value - 1.0).abs() < 1e-9);
    let expected = format!(
        "expected over observed {:.3} (95% interval {:.3} to {:.3})",
        found.ratio.value, a.lower, a.upper
    );
    assert!(curves.to_string().contains(&expected), "{curves}");
}
