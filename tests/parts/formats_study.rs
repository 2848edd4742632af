//! A plan of a study is written and read as its schema says.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use crate::formats::Schema;
use caserank::complaint::Origin;
use caserank::research::study::{Known, Measure, Study, StudyPlan};
use caserank::{Seed, reference};

#[test]
fn plans_of_studies_fit_their_schema_and_read_back() {
    let mut schema = Schema::new(include_str!("../../docs/formats/study_plan.schema.json"));
    let known = Known::of_labels("found", &[true, false, true, false], Origin::Prospective);
    let scores = [4.0, 3.0, 2.0, 1.0];
    let triage = reference::published().unwrap();
    let study = Study::of(&known).scores("a", &scores, &[]).primary(Measure::Reached(0.1), 0.05);
    let every = [
        Measure::CapacityArea,
        Measure::Auc,
        Measure::AucWithinChannel,
        Measure::AveragePrecision,
        Measure::NetBenefit(0.2),
        Measure::Brier,
        Measure::LogLoss,
        Measure::ExpectedOverObserved,
        Measure::CalibrationSlope,
    ];
    let whole = every.into_iter().fold(study.clone(), Study::also);
    let whole = whole.instrument("model", &triage).channels("tip_source").bootstrap(9, Seed(3));
    for study in [study, whole] {
        let plan = study.plan().unwrap();
        let text = plan.to_json().unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        schema.assert_fits(&value);
        assert_eq!(StudyPlan::from_json(&text).unwrap(), plan);
        // What the schema does not have is not read, and what it asks for is not left out.
        let mut more = value.clone();
        more["patient"] = json!("x");
        let mut later = value.clone();
        later["format_version"] = json!(2);
        let mut refused = vec![more, later];
        for key in value.as_object().unwrap().keys() {
            let mut less = value.clone();
            less.as_object_mut().unwrap().remove(key);
            // A plan from before there were numbers, and one without channels, are whole.
            if key == "format_version" {
                schema.assert_fits(&less);
                assert_eq!(StudyPlan::from_json(&less.to_string()).unwrap(), plan);
            } else if key != "channel_item" {
                refused.push(less);
            }
        }
        for value in refused {
            assert!(schema.fits(&value).is_err(), "{value}");
            assert!(StudyPlan::from_json(&value.to_string()).is_err(), "{value}");
        }
    }
    assert_eq!(schema.never_met(), Vec::<String>::new());
}
