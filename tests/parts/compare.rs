//! What tells two complaints apart.

use caserank::complaint::Complaint;
use caserank::explain::{DecidedBy, WhyError, compare};
use caserank::{Assessment, Triage, reference};
use proptest::prelude::*;

fn assess(triage: &Triage, id: &str, answers: &[(&str, &str)]) -> Assessment {
    let complaint = Complaint::new(id, "2026-03-01".parse().expect("a date")).expect("a short id");
    let complaint = answers
        .iter()
        .fold(complaint, |complaint, (item, answer)| complaint.with_answer(*item, *answer));
    triage.assess(&complaint).expect("listed answers")
}

#[test]
fn differences_are_told_in_words_danger_and_open_questions_apart() {
    let triage = reference::published().expect("the shipped model loads");
    let first = assess(
        &triage,
        "a",
        &[("concern", "both"), ("imminent_danger_flag", "yes"), ("prior_tip_count", "one")],
    );
    let second = assess(
        &triage,
        "b",
        &[("concern", "csem"), ("provider_urgent", "yes"), ("prior_tip_count", "one")],
    );
    let comparison = compare(&first, &second).expect("one model");
    assert_eq!(comparison.decided_by(), DecidedBy::Lane);
    assert_eq!(comparison.first_comes_first(), Some(true));
    assert_eq!(comparison.same_answers(), 1);
    assert_eq!(comparison.first().gates(), ["imminent_danger", "must_is_very_high"]);
    assert_eq!(comparison.second().gates(), ["provider_urgent"]);
    let text = comparison.to_string();
    assert!(text.starts_with("a comes before b, by the lane\n  a: must, very_high, "), "{text}");
    for line in [
        "Answered differently\n  What is the complaint about? Both of these against",
        "Known in a alone\n  Is a child reported to be in danger now? Yes",
        "Known in b alone\n  Has the platform marked the complaint urgent? Yes",
        "Gates of a alone: imminent_danger, must_is_very_high",
        "Gates of b alone: provider_urgent",
        "Known in both and alike: 1 answers",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let json = serde_json::to_value(&comparison).expect("serialises");
    assert_eq!(json["decided_by"], "lane");
    assert_eq!(json["answers"].as_array().map(Vec::len), Some(3));
}

#[test]
fn equal_complaints_stand_alike_and_models_are_not_mixed() {
    let triage = reference::published().expect("the shipped model loads");
    let one = assess(&triage, "a", &[("concern", "csem")]);
    let two = assess(&triage, "b", &[("concern", "csem")]);
    let comparison = compare(&one, &two).expect("one model");
    assert_eq!((comparison.decided_by(), comparison.first_comes_first()), (DecidedBy::Tie, None));
    assert!(comparison.answers().is_empty());
    let unit = reference::unit().expect("the shipped model loads");
    let refused = compare(&one, &assess(&unit, "b", &[])).expect_err("two models");
    assert!(matches!(refused, WhyError::TwoModels { .. }));
}

const ANSWERS: [(&str, &str); 8] = [
    ("imminent_danger_flag", "yes"),
    ("provider_urgent", "yes"),
    ("communication_with_minor", "yes"),
    ("viral_batch", "every_file"),
    ("meeting_proposed", "no"),
    ("material_youngest_age_band", "under_6"),
    ("prior_contact_sexual_conviction", "yes"),
    ("concern", "csem"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Seen from the other side it is the same, and each effect is what an assessment of the second
    /// with that one answer says.
    #[test]
    fn effects_are_those_of_single_answers(one in 0_u8..=255, two in 0_u8..=255) {
        let triage = reference::published().unwrap();
        let pick = |bits: u8| -> Vec<(&str, &str)> {
            let listed = ANSWERS.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1);
            listed.map(|(_, answer)| *answer).collect()
        };
        let (first, second) = (assess(&triage, "a", &pick(one)), assess(&triage, "b", &pick(two)));
        let there = compare(&first, &second).unwrap();
        let back = compare(&second, &first).unwrap();
        prop_assert_eq!(there.first_comes_first(), back.first_comes_first().map(|first| !first));
        prop_assert_eq!(there.answers().len(), back.answers().len());
        prop_assert_eq!(there.answers().len() as u32, (one ^ two).count_ones());
        for apart in there.answers() {
            let mut answers = pick(two);
            answers.retain(|(item, _)| *item != apart.item());
            answers.push((apart.item(), apart.first()));
            let changed = assess(&triage, "b", &answers).priority().billionths();
            let before = second.priority().billionths();
            prop_assert_eq!(apart.effect(), i64::from(changed) - i64::from(before));
        }
    }
}
