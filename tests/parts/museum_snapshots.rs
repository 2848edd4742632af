//! Snapshots that earlier releases wrote load to what they held, and rank as they did.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use caserank::backlog::snapshot::{SNAPSHOT_FORMAT, SnapshotError};
use caserank::complaint::{
    AnswerSource, NotUnderstood, Provenance, Speaker, Statement, WhyNotUnderstood,
};
use caserank::queue::SavedQueue;
use caserank::{Backlog, BacklogBuilder, Triage};

/// A file of each version of the format; all but the first also hold what was not understood, the last who said answers.
const KEPT: [(u32, &str); 4] =
    [(1, "snapshot-1.bin"), (2, "snapshot-2.bin"), (3, "snapshot-3.bin"), (4, "snapshot-4.bin")];

fn museum(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/museum").join(name)
}

fn triage() -> Triage {
    Triage::from_json(&fs::read_to_string(museum("model-1.json")).unwrap()).unwrap()
}

/// What a file of that version was made of: the complaints of the museum's queue.
fn held(version: u32, triage: &Triage) -> Backlog {
    let saved = SavedQueue::load(fs::File::open(museum("queue-1.json")).unwrap()).unwrap();
    let mut backlog = BacklogBuilder::new(triage.codebook());
    for complaint in saved.complaints() {
        let mut complaint = complaint.clone();
        if version > 1 && complaint.id() == "m-03" {
            let item = &triage.codebook().items()[0].id;
            let what = NotUnderstood::new(item, "perhaps", WhyNotUnderstood::NotAnAnswer);
            complaint.add_not_understood(what.at_line(4).in_column("column"));
        }
        let answered = complaint.answers().find(|(_, given)| !given.value.is_unknown());
        if let (4.., Some((item, given))) = (version, answered) {
            let (item, given) = (item.to_owned(), given.clone().with_said_by(Speaker::Officer));
            complaint.set_given(item.as_str(), given);
            let [field, other] = [(Speaker::Clearinghouse, "field"), (Speaker::Provider, "other")]
                .map(|(speaker, field)| AnswerSource::new(speaker, field));
            let provenance =
                Provenance::new(field).contradicted_by(Statement::new("otherwise", other));
            complaint.set_provenance(&item, provenance);
        }
        backlog.push(&complaint).unwrap();
    }
    backlog.freeze()
}

fn bytes_of(backlog: &Backlog) -> Vec<u8> {
    let mut bytes = Vec::new();
    backlog.save(&mut bytes).unwrap();
    bytes
}

/// A line for each complaint: position, id, lane, band, billionths.
fn order(triage: &Triage, backlog: &Backlog) -> String {
    let ranking = triage.rank(backlog).unwrap();
    let line = |entry: caserank::triage::RankingEntry<'_>| {
        let billionths = entry.priority().billionths();
        let (lane, band) = (entry.lane(), entry.band());
        format!("{} {} {lane} {band} {billionths}\n", entry.position(), entry.id())
    };
    ranking.iter().map(line).collect()
}

#[test]
fn snapshots_of_every_version_load_to_what_they_held() {
    let triage = triage();
    let golden = fs::read_to_string(museum("snapshot.order.txt")).unwrap();
    for (version, name) in KEPT {
        let file = fs::read(museum(name)).unwrap();
        assert_eq!(file[8..12], version.to_le_bytes());
        let loaded = Backlog::load(triage.codebook(), file.as_slice()).unwrap();
        let expected = held(version, &triage);
        assert!(loaded.complaints().eq(expected.complaints()), "{name}");
        assert_eq!(loaded.partly_understood().len(), usize::from(version > 1));
        assert_eq!(order(&triage, &loaded), golden, "{name}");
        // Saved again it is a file of this release, which for the last version is the same to the byte.
        assert_eq!(bytes_of(&loaded), bytes_of(&expected), "{name}");
        assert_eq!(bytes_of(&loaded) == file, version == SNAPSHOT_FORMAT, "{name}");
        for cut in [11, file.len() / 2, file.len() - 1] {
            let refused = Backlog::load(triage.codebook(), &file[..cut]);
            assert!(refused.is_err(), "{name} cut at {cut}");
        }
        let mut altered = file.clone();
        let middle = file.len() / 2;
        altered[middle] ^= 1;
        let refused = Backlog::load(triage.codebook(), altered.as_slice()).unwrap_err();
        assert!(!matches!(refused, SnapshotError::Io(_)), "{refused}");
    }
}

/// Writes the files anew; see `docs/RELEASE.md`. A file that is there is what some release wrote: add one, change none.
#[test]
#[ignore = "writes what the museum keeps of a release"]
fn write_snapshots_of_this_release() {
    let triage = triage();
    let (version, name) =
        KEPT.into_iter().find(|(version, _)| *version == SNAPSHOT_FORMAT).unwrap();
    let backlog = held(version, &triage);
    fs::write(museum(name), bytes_of(&backlog)).unwrap();
    fs::write(museum("snapshot.order.txt"), order(&triage, &backlog)).unwrap();
}
