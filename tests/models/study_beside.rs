//! Two orders side by side: counts add up, causes are named, synthetic results are stamped.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that fails")]

use caserank::complaint::Origin;
use caserank::policy::{Band, Lane};
use caserank::reference::{icac_scale, published};
use caserank::research::fit::Labels;
use caserank::research::study::{BY_INDEX, Beside, Known, STAMP, Target, answers_by_standing};
use caserank::synthetic::{Generator, write_outcomes};
use caserank::{ActiveOverrides, Backlog, BacklogBuilder, Seed};

fn backlog(count: usize) -> Backlog {
    let mut builder = BacklogBuilder::new(published().unwrap().codebook());
    for case in Generator::new(Seed(5)).cases().take(count) {
        builder.push(&case.complaint).unwrap();
    }
    builder.freeze()
}

#[test]
fn partings_and_places_add_up() {
    let (ours, scale) = (published().unwrap(), icac_scale().unwrap());
    let backlog = backlog(3_000);
    let none = ActiveOverrides::none();
    let beside = Beside::new([&ours, &scale], &backlog, &none, 150, &[]).unwrap();
    assert_eq!(backlog.origin(), Origin::Synthetic);
    let text = beside.to_string();
    assert!(text.contains(STAMP) && text.contains("published 0.2.0 beside icac_scale 0.2.0"));
    let cells: usize = beside.cells().iter().map(|cell| cell.complaints).sum();
    assert_eq!(cells, 3_000);
    // Whoever is among the first of one order only is told with a cause, on both sides alike.
    let missed = beside.k() - beside.kept();
    for model in [&ours, &scale] {
        let name = model.identity().to_string();
        let of = beside.partings().iter().filter(|parting| parting.among_first_of == name);
        assert_eq!(of.map(|parting| parting.complaints).sum::<usize>(), missed, "{name}");
        let gates: Vec<&str> = model.policy().gates().iter().map(|gate| &*gate.id).collect();
        for parting in beside.partings() {
            let cause =
                if name == "published 0.2.0" { &parting.by_first } else { &parting.by_second };
            assert!(cause == BY_INDEX || gates.contains(&cause.as_str()), "{cause}");
        }
    }
    assert!(missed > 0 && beside.kept() > 0);
    // A model beside itself parts from nothing.
    let same = Beside::new([&ours, &ours], &backlog, &none, 150, &[]).unwrap();
    assert_eq!((same.kept(), same.partings().len()), (150, 0));
    assert!(same.cells().iter().all(|cell| cell.first == cell.second));
}

#[test]
fn places_are_those_of_the_ranking() {
    let ours = published().unwrap();
    let backlog = backlog(500);
    let none = ActiveOverrides::none();
    let ranking = ours.rank(&backlog).unwrap();
    let rows = answers_by_standing(&ours, &backlog, &none, "clearinghouse_level").unwrap();
    assert_eq!(rows.iter().map(|row| row.complaints).sum::<usize>(), 500);
    let in_must: usize =
        rows.iter().filter(|row| row.lane == Lane::Must).map(|row| row.complaints).sum();
    assert_eq!(in_must, ranking.iter().filter(|entry| entry.lane() == Lane::Must).count());
    let low: usize = rows
        .iter()
        .filter(|row| (row.lane, row.band) == (Lane::Open, Band::Low))
        .map(|row| row.complaints)
        .sum();
    let same = |lane: Lane, band: Band| (lane, band) == (Lane::Open, Band::Low);
    assert_eq!(low, ranking.iter().filter(|entry| same(entry.lane(), entry.band())).count());
    assert!(rows.iter().any(|row| row.answer == "highest"));
    assert!(answers_by_standing(&ours, &backlog, &none, "nothing").is_err());
}

/// The union is found where any of its outcomes is, and counts whom each order would have reached.
#[test]
fn the_declared_union_is_a_target_of_studies() {
    let (ours, scale) = (published().unwrap(), icac_scale().unwrap());
    let backlog = backlog(1_500);
    let mut text = Vec::new();
    write_outcomes(&mut text, Generator::new(Seed(5)).cases().take(1_500)).unwrap();
    let labels = Labels::read_csv(text.as_slice()).unwrap().0;
    let union = Target::Union("direct_victimisation".to_owned());
    let known = Known::new(&backlog, &labels, union, None).unwrap();
    let any = Known::new(&backlog, &labels, Target::Any, None).unwrap();
    assert_eq!((known.rows(), known.labels()), (any.rows(), any.labels()));
    let none = ActiveOverrides::none();
    let beside = Beside::new([&ours, &scale], &backlog, &none, 200, &[known]).unwrap();
    let reached = &beside.reached()[0];
    assert_eq!(reached.target, "direct_victimisation");
    assert!(reached.by_first <= reached.found && reached.by_second <= reached.found);
    assert!(reached.by_first > 0 && reached.found <= reached.known);
    let unlisted = Target::Union("nothing".to_owned());
    assert!(Known::new(&backlog, &labels, unlisted, None).is_err());
}
