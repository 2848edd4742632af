//! The reference codebook is valid, canonical, and keeps its own rules.

use caserank::codebook::{About, Domain, HowRead, Process, Quality, Stage};
use caserank::{Codebook, Fixed};

const TEXT: &str = include_str!("../../fixtures/models/codebook.json");

fn codebook() -> Codebook {
    Codebook::from_json(TEXT).expect("the reference codebook loads")
}

#[test]
fn the_page_is_current() {
    let page = include_str!("../../docs/codebook.md");
    assert!(codebook().to_markdown() == page, "run the example build_reference");
}

#[test]
fn loads_and_is_written_as_the_crate_writes_it() {
    let codebook = codebook();
    assert_eq!(codebook.identity().to_string(), "caserank_reference 0.2.0");
    assert_eq!(codebook.items().len(), 76);
    assert!(codebook.to_json() + "\n" == TEXT, "run the example build_reference");
}

#[test]
fn record_and_access_items_never_lower_a_complaint() {
    for item in codebook().items() {
        let record = matches!(
            item.domain,
            Domain::ContactRecord
                | Domain::OtherSexualRecord
                | Domain::GeneralRecord
                | Domain::Access
                | Domain::Network
        );
        if record {
            assert!(item.found_or_not, "{}", item.id);
        }
        if item.about == About::Victim {
            assert!(item.bears_on.is_empty(), "{}", item.id);
        }
    }
}

#[test]
fn every_direction_has_a_row_of_evidence_or_is_marked_as_design() {
    for item in codebook().items() {
        for outcome in item.bears_on.keys() {
            let row = item.evidence.iter().any(|row| &row.outcome == outcome);
            assert!(row || item.design.is_some(), "{} {outcome}", item.id);
        }
        for row in &item.evidence {
            let rate = row.comparison == "none: a rate";
            // Rows of a wider outcome say so, and stand in for no direct one.
            let wider = row.source == "smid_2014";
            assert_eq!(
                row.studied.as_deref() == Some("direct_victimisation"),
                wider,
                "{}",
                item.id
            );
            assert!(!wider || (!row.direct && row.finding.contains("wider")), "{}", item.id);
            assert_eq!(row.size_visible, row.odds_ratio.is_some() || rate, "{}", item.id);
            assert!(item.bears_on.contains_key(&row.outcome), "{} {}", item.id, row.outcome);
        }
        assert!(item.prevalence.is_some(), "{} has no shares", item.id);
        if item.stage != Stage::PostSearch {
            assert_ne!(item.effort.process, Process::Warrant, "{}", item.id);
        }
    }
}

#[test]
fn nothing_is_attributed_to_the_report_beyond_its_abstract() {
    let codebook = codebook();
    let mut rows = 0;
    for row in codebook.items().iter().flat_map(|item| &item.evidence) {
        if row.source == "ojjdp_250154" {
            rows += 1;
            assert!(row.finding.contains("abstract"));
            assert_eq!((row.quality, row.reading), (Quality::D, HowRead::Seen));
            assert!(row.odds_ratio.is_none() && row.n.is_none() && !row.size_visible);
        }
    }
    assert_eq!(rows, 1);
}

#[test]
fn shares_are_published_only_with_the_figures_of_the_source() {
    let published: Vec<(String, Fixed)> = codebook()
        .items()
        .iter()
        .filter_map(|item| {
            let shares = item.prevalence.as_ref()?;
            shares.source.as_ref()?;
            Some((item.id.clone(), *shares.shares.get("yes")?))
        })
        .collect();
    let expected = [
        ("communication_with_minor", 100_000),
        ("works_or_volunteers_with_children", 145_000),
        ("prior_noncontact_sexual_offence", 95_000),
        ("prior_csem_offence", 150_000),
        ("on_register_or_supervised", 100_000),
        ("video_collection_present", 640_000),
        ("interest_two_years_or_more", 550_000),
    ];
    let expected: Vec<(String, Fixed)> =
        expected.map(|(id, steps)| (id.to_owned(), Fixed::from_steps(steps))).into_iter().collect();
    assert_eq!(published, expected);
}

/// What says *none*, in whatever form, is no comparison, and a row without one carries no weight.
#[test]
fn a_row_that_compares_with_nobody_carries_nothing() {
    let codebook = codebook();
    let mut rows = codebook.items().iter().flat_map(|item| &item.evidence);
    let row = rows.find(|row| row.carries_direction()).expect("some row carries").clone();
    for nobody in ["", " ", "none", "None", "none: a share", "none, a share", "NONE (a rate)", "–"]
    {
        let mut alone = row.clone();
        alone.comparison = nobody.to_owned();
        assert!(!alone.has_comparison() && !alone.carries_direction(), "{nobody:?}");
        assert_eq!(alone.sizing(), None);
    }
    for somebody in ["no direct victim found", "nonexclusive suspects", "CSEM only"] {
        let mut beside = row.clone();
        beside.comparison = somebody.to_owned();
        assert!(beside.has_comparison() && beside.carries_direction(), "{somebody}");
    }
}
