//! The scale of 2011, level by level.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that fails")]

use caserank::reference::{IcacLevel, icac_scale, published};
use caserank::{BacklogBuilder, Complaint};

fn complaint(id: &str, answers: &[(&str, &str)]) -> Complaint {
    let complaint = Complaint::new(id, "2026-04-17".parse().unwrap()).unwrap();
    answers
        .iter()
        .fold(complaint, |complaint, (item, answer)| complaint.with_answer(*item, *answer))
}

/// Two or more complaints of each level, first to last.
fn examples() -> Vec<(IcacLevel, Vec<(&'static str, &'static str)>)> {
    use IcacLevel::*;
    vec![
        (ImmediateRisk, vec![("imminent_danger_flag", "yes")]),
        (ImmediateRisk, vec![("travel_or_arrival", "yes"), ("concern", "communication")]),
        (ImmediateRisk, vec![("child_in_crisis", "yes"), ("concern", "other")]),
        (
            ImmediateRisk,
            vec![
                ("live_streaming_under_way", "yes"),
                ("prior_contact_sexual_conviction", "yes"),
                ("child_in_household", "yes"),
            ],
        ),
        (
            KnownOffender,
            vec![("prior_contact_sexual_conviction", "yes"), ("child_access_route", "relative")],
        ),
        (
            KnownOffender,
            vec![
                ("on_register_or_supervised", "yes"),
                ("works_or_volunteers_with_children", "yes"),
                ("communication_with_minor", "yes"),
                ("meeting_proposed", "yes"),
            ],
        ),
        (
            Solicits,
            vec![("communication_with_minor", "yes"), ("image_requested_or_coerced", "yes")],
        ),
        (
            Solicits,
            vec![("children_contacted", "from_5"), ("prior_contact_sexual_conviction", "yes")],
        ),
        (HomePhotography, vec![("novel_material", "yes"), ("child_in_household", "yes")]),
        (HomePhotography, vec![("suspected_production", "yes"), ("child_in_household", "yes")]),
        (
            HighVolume,
            vec![
                ("distribution_mode", "active_trade"),
                ("material_volume", "from_1000"),
                ("commercial_gain", "sells_material"),
            ],
        ),
        (
            HighVolume,
            vec![("distribution_mode", "active_trade"), ("contact_with_other_offenders", "yes")],
        ),
        (Other, vec![("novel_material", "no"), ("concern", "csem")]),
        (
            Other,
            vec![
                ("prior_contact_sexual_conviction", "yes"),
                ("child_access_route", "none"),
                ("child_in_household", "no"),
            ],
        ),
        (Other, vec![]),
    ]
}

#[test]
fn each_level_stands_where_it_should() {
    let scale = icac_scale().unwrap();
    let mut builder = BacklogBuilder::new(scale.codebook());
    // Pushed last level first, so that the order does not come from the ids.
    for (number, (_, answers)) in examples().iter().enumerate().rev() {
        builder.push(&complaint(&format!("c{:02}", 99 - number), answers)).unwrap();
    }
    let backlog = builder.freeze();
    let ranking = scale.rank(&backlog).unwrap();
    let mut found = Vec::new();
    for entry in &ranking {
        let number: usize = 99 - backlog.id(entry.row())[1..].parse::<usize>().unwrap();
        let level = IcacLevel::of(entry.standing());
        assert_eq!(level, examples()[number].0, "{:?}", examples()[number].1);
        found.push(level);
    }
    assert!(found.is_sorted(), "{found:?}");
}

#[test]
fn it_weighs_nothing_and_says_whose_it_is() {
    let scale = icac_scale().unwrap();
    assert!(scale.instrument().outcomes().iter().all(|part| part.weights.is_empty()));
    assert!(scale.policy().gates().iter().all(|gate| gate.citation.contains("2011")));
    assert!(scale.description().contains("agency's own"));
    assert_eq!(scale.codebook().identity(), published().unwrap().codebook().identity());
}
