//! Bundles hide no danger, floods raise nothing, and links cannot be driven up.

use caserank::complaint::{Complaint, DeadlineKind};
use caserank::intake::{BundleKind, Bundles, DigestKey, LinkRules, Traces, bundle, link};
use caserank::{Triage, reference};
use proptest::prelude::*;

fn key() -> DigestKey {
    DigestKey::new(b"a key for tests, not for work").expect("long enough")
}

fn model() -> Triage {
    reference::published().expect("the shipped model loads")
}

fn complaint(id: usize, answers: &[(&str, &str)]) -> Complaint {
    let complaint = Complaint::new(format!("c{id:03}"), "2026-03-01".parse().expect("a date"));
    let complaint = complaint.expect("a short id");
    answers
        .iter()
        .fold(complaint, |complaint, (item, answer)| complaint.with_answer(*item, *answer))
}

fn copies(number: usize) -> Traces {
    Traces::new().with_content(key().digest("content", &number.to_string()))
}

fn batch(number: usize) -> Traces {
    Traces::new().with_viral_batch(key().digest("files", &number.to_string()))
}

fn bundled(complaints: &[Complaint], traces: &[Traces]) -> Bundles {
    bundle(&model(), complaints, traces).expect("as many traces as complaints")
}

#[test]
fn keys_are_not_short_and_digests_do_not_meet() {
    assert!(DigestKey::new(b"short").is_err());
    let other = DigestKey::new(b"another key, also for tests").expect("long enough");
    assert_ne!(key().digest("mail", "a"), other.digest("mail", "a"));
    assert_ne!(key().digest("mail", "a"), key().digest("phone", "a"));
    assert!(!format!("{:?}", key()).contains("tests"));
    let digest = key().digest("mail", "a");
    let text = serde_json::to_string(&digest).expect("serialises");
    assert_eq!(text.len(), 34);
    assert_eq!(digest, serde_json::from_str(&text).expect("loads"));
    assert!(serde_json::from_str::<caserank::intake::KeyedDigest>("\"xyz\"").is_err());
}

#[test]
fn exact_copies_become_one_with_the_earliest_deadline_of_all() {
    let day = |day: u32| format!("2026-04-{day:02}").parse().expect("a date");
    let complaints: Vec<Complaint> = (0..5)
        .map(|id| {
            complaint(id, &[("concern", "csem")])
                .with_deadline(DeadlineKind::Preservation, day(20 - id as u32))
                .unwrap()
        })
        .collect();
    let traces = vec![copies(1), copies(1), copies(2), copies(1), Traces::new()];
    let bundles = bundled(&complaints, &traces);
    assert_eq!(bundles.bundles().len(), 1);
    let found = &bundles.bundles()[0];
    assert_eq!(
        (found.kind(), found.representative(), found.members()),
        (BundleKind::Duplicates, 0, &[1, 3][..])
    );
    assert_eq!(bundles.to_rank().collect::<Vec<_>>(), [0, 2, 4]);
    let ranked = bundles.represented(found, &complaints).expect("the same complaints");
    assert_eq!(ranked.earliest_deadline(), Some(day(17)));
    assert_eq!(ranked.bundle(), Some("c000"));
    assert!(bundles.represented(found, &complaints[..2]).is_none());
    assert!(bundle(&model(), &complaints, &traces[..4]).is_err());
}

#[test]
fn a_member_with_danger_of_its_own_is_not_hidden() {
    let viral = ("viral_batch", "every_file");
    for danger in [
        ("imminent_danger_flag", "yes"),
        ("travel_or_arrival", "yes"),
        ("provider_urgent", "yes"),
        ("victim_identifiable", "yes"),
        ("child_access_route", "relative"),
        ("suspect_is_minor", "verified"),
        ("deconfliction", "conflict"),
    ] {
        let mut complaints: Vec<Complaint> = (0..4).map(|id| complaint(id, &[viral])).collect();
        complaints.push(complaint(4, &[viral, danger]));
        let bundles = bundled(&complaints, &vec![batch(1); 5]);
        assert!(bundles.to_rank().any(|one| one == 4), "{danger:?} is hidden");
        assert_eq!(bundles.members() + bundles.to_rank().count(), 5);
    }
}

#[test]
fn two_dangers_of_different_kinds_do_not_cover_each_other() {
    let complaints = [
        complaint(0, &[("provider_urgent", "yes")]),
        complaint(1, &[("sadistic_coercion", "yes")]),
        complaint(2, &[("provider_urgent", "yes"), ("sadistic_coercion", "yes")]),
    ];
    let bundles = bundled(&complaints[..2], &vec![batch(1); 2]);
    assert_eq!(bundles.members(), 0);
    assert_eq!(bundles.stayed_out(), [0, 1]);
    let bundles = bundled(&complaints, &vec![batch(1); 3]);
    assert_eq!(bundles.bundles()[0].representative(), 2);
    assert_eq!(bundles.members(), 2);
}

#[test]
fn a_flood_from_one_sender_counts_once() {
    let sender = |name: &str| key().digest("sender", name);
    let person = key().digest("mail", "person@example.com");
    let flood =
        |count: usize| vec![Traces::new().with_sender(sender("a")).with_subjects([person]); count];
    let links = link(&flood(900), LinkRules::default());
    assert_eq!(links.linked().len(), 1);
    assert_eq!((links.linked()[0].senders(), links.linked()[0].counted()), (1, 1));
    let mut others = flood(900);
    others.extend(
        ["b", "c"].map(|name| Traces::new().with_sender(sender(name)).with_subjects([person])),
    );
    let links = link(&others, LinkRules::default());
    assert_eq!((links.linked()[0].senders(), links.linked()[0].counted()), (3, 3));
    let many: Vec<Traces> = (0..50)
        .map(|name| Traces::new().with_sender(sender(&name.to_string())).with_subjects([person]))
        .collect();
    assert_eq!(link(&many, LinkRules::default()).linked()[0].counted(), 5, "the cap");
    let links = link(&flood(1_001), LinkRules::default());
    assert!(links.linked().is_empty());
    assert_eq!(links.too_common(), [(person, 1_001)]);
}

#[test]
fn links_go_over_a_third_complaint() {
    let [first, second, third] = ["1", "2", "3"].map(|text| key().digest("mail", text));
    let traces = [
        Traces::new().with_subjects([first]),
        Traces::new().with_subjects([third]),
        Traces::new().with_subjects([second, first]),
        Traces::new(),
        Traces::new().with_subjects([second]),
    ];
    let links = link(&traces, LinkRules::default());
    assert_eq!(links.linked().len(), 1);
    assert_eq!(links.linked()[0].complaints(), [0, 2, 4]);
    assert!(links.of(1).is_none() && links.of(3).is_none());
    assert_eq!(links.of(4), links.of(0));
}

const ANSWERS: [(&str, &str); 10] = [
    ("imminent_danger_flag", "yes"),
    ("provider_urgent", "yes"),
    ("sadistic_coercion", "yes"),
    ("viral_batch", "every_file"),
    ("viral_batch", "some_files"),
    ("victim_identifiable", "yes"),
    ("meeting_proposed", "yes"),
    ("material_youngest_age_band", "under_6"),
    ("prior_contact_sexual_conviction", "yes"),
    ("concern", "csem"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever is bundled: complaints add up, and each member's representative stands no lower and
    /// has every gate of the member that does not cap.
    #[test]
    fn nothing_is_lost_in_a_bundle(
        drawn in prop::collection::vec((0_u16..1024, 0_usize..3, any::<bool>()), 1..40),
    ) {
        let triage = model();
        let (mut complaints, mut traces) = (Vec::new(), Vec::new());
        for (place, (bits, group, copy)) in drawn.iter().enumerate() {
            let answers: Vec<(&str, &str)> = ANSWERS.iter().enumerate()
                .filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, answer)| *answer).collect();
            complaints.push(complaint(place, &answers));
            traces.push(if *copy { copies(*group) } else { batch(*group) });
        }
        let bundles = bundle(&triage, &complaints, &traces).unwrap();
        let mut seen = vec![0; complaints.len()];
        bundles.to_rank().for_each(|one| seen[one] += 1);
        for found in bundles.bundles() {
            let representative = triage.assess(&complaints[found.representative()]).unwrap();
            for &member in found.members() {
                seen[member] += 1;
                let member = triage.assess(&complaints[member]).unwrap();
                prop_assert!(representative.lane() <= member.lane());
                if representative.lane() == member.lane() {
                    prop_assert!(representative.band() >= member.band());
                }
                for gate in member.gates().filter(|gate| !gate.effect.to_string().contains("at most")) {
                    prop_assert!(representative.gates().any(|other| other.id == gate.id), "{}", gate.id);
                }
            }
        }
        prop_assert!(seen.iter().all(|&count| count == 1), "{seen:?}");
    }

    /// Copies add nothing to what is ranked: the same answers stand first, however many there are.
    #[test]
    fn a_flood_raises_nothing(bits in 0_u16..1024, copied in 1_usize..200) {
        let answers: Vec<(&str, &str)> = ANSWERS.iter().enumerate()
            .filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, answer)| *answer).collect();
        let triage = model();
        let alone = triage.assess(&complaint(0, &answers)).unwrap();
        let flood: Vec<Complaint> = (0..copied).map(|id| complaint(id, &answers)).collect();
        let bundles = bundle(&triage, &flood, &vec![copies(1); copied]).unwrap();
        prop_assert_eq!(bundles.to_rank().collect::<Vec<_>>(), vec![0]);
        for found in bundles.bundles() {
            let ranked = triage.assess(&bundles.represented(found, &flood).unwrap()).unwrap();
            prop_assert_eq!((ranked.lane(), ranked.band(), ranked.priority()), (alone.lane(), alone.band(), alone.priority()));
        }
    }
}
