//! Files of codebook 0.1.0 still load, and their complaints are carried without losing an answer.
#![cfg(feature = "csv")]
#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that fails")]

use caserank::codebook::{Fate, Renames};
use caserank::complaint::{MigrationReport, Unlisted};
use caserank::reference::{codebook, published};
use caserank::{Backlog, BacklogBuilder, Codebook};

fn old() -> Codebook {
    Codebook::from_json(include_str!("../../fixtures/museum/codebook-0.1.0.json")).unwrap()
}

fn old_backlog() -> Backlog {
    let csv = include_bytes!("../../fixtures/museum/backlog-0.1.0.csv").as_slice();
    let mut builder = BacklogBuilder::new(&old()).with_unlisted(Unlisted::Refuse);
    builder.read_csv(csv).unwrap();
    builder.freeze()
}

#[test]
fn the_old_codebook_becomes_the_new_one_item_by_item() {
    let (old, new) = (old(), codebook().unwrap());
    assert_eq!(old.identity().to_string(), "caserank_reference 0.1.0");
    let migration = old.migrate(&new, &Renames::new()).unwrap();
    assert_eq!(migration.gone().count(), 0, "no item is taken away");
    assert_eq!(migration.added().count(), new.items().len() - old.items().len());
    for added in ["extortion", "child_in_crisis", "identity_lead", "material_origin"] {
        assert!(migration.added().any(|item| item == added), "{added}");
    }
    let reworded = ["concern", "material_severity_band", "contact_with_other_offenders"];
    for item in reworded {
        assert!(migration.reworded().iter().any(|one| one == item), "{item}");
    }
}

#[test]
fn old_complaints_are_carried_whole() {
    let new = codebook().unwrap();
    let backlog = old_backlog();
    assert_eq!(backlog.len(), 300);
    let migration = old().migrate(&new, &Renames::new()).unwrap();
    let mut report = MigrationReport::new();
    let mut builder = BacklogBuilder::new(&new).with_unlisted(Unlisted::Refuse);
    let mut answers = 0;
    for row in 0..backlog.len() {
        let complaint = backlog.complaint(row);
        answers += complaint.answers().filter(|(_, given)| !given.value.is_unknown()).count();
        builder.push(&migration.carry(&complaint, &mut report)).unwrap();
    }
    assert_eq!((report.complaints(), report.lost()), (300, 0));
    assert_eq!(report.count(Fate::Kept), answers);
    assert!(answers > 4_000, "{answers}");
    assert!(report.to_string().starts_with("300 complaints: "), "{report}");
    // They rank under the new model, and what is new is unknown in all of them.
    let carried = builder.freeze();
    let ranking = published().unwrap().rank(&carried).unwrap();
    assert_eq!(ranking.iter().count(), 300);
    let extortion = new.item_index("extortion").unwrap();
    assert!((0..carried.len()).all(|row| carried.code(row, extortion) == 0));
}
