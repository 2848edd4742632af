//! Promise 11: no clock, no network, no environment, no hidden randomness: time and seeds are
//! arguments. What is shared between threads may be.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Case, Draw, Rules, Weights};
use caserank::Seed;
use caserank::explain::Assessment;
use caserank::{
    ActiveOverrides, Backlog, BacklogBuilder, Codebook, Complaint, Fixed, Instrument, Overrides,
    Policy, Ranking, Timestamp, Triage,
};

/// Where the lints of `clippy.toml` that hold this promise are switched off, and what for.
const ALLOWED: &[(&str, &str)] = &[
    ("base/system_time.rs", "times of the host turned into ours and back; `now` is never called"),
    ("research/report/plain.rs", "a report is written into the folder that the caller names"),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// `clippy.toml` lists clocks, files, the environment, the network, printing and random order; the
/// library refuses them but in the files above, and no file switches that off in silence.
#[test]
fn the_lints_against_hidden_input_are_off_in_two_files_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let allows = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        let attributes = text.match_indices("allow(").map(|(start, _)| &text[start..]);
        attributes
            .map(|rest| rest.split(']').next().unwrap())
            .any(|attribute| attribute.contains("disallowed_") || attribute.contains("clippy::all"))
    };
    let mut found: Vec<PathBuf> = files.into_iter().filter(allows).collect();
    found.sort();
    let expected: Vec<PathBuf> = ALLOWED.iter().map(|(path, _)| root.join(path)).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_is_shared_may_cross_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Codebook>();
    shared::<Complaint>();
    shared::<BacklogBuilder>();
    shared::<Backlog>();
    shared::<Instrument>();
    shared::<Policy>();
    shared::<Triage>();
    shared::<Overrides>();
    shared::<ActiveOverrides>();
    shared::<Ranking>();
    shared::<Assessment>();
    shared::<Fixed>();
    shared::<Timestamp>();
    shared::<caserank::score::Scores>();
    shared::<caserank::score::Probability>();
    shared::<caserank::triage::Lint>();
    shared::<caserank::triage::Fingerprint>();
    shared::<caserank::triage::ModelError>();
    shared::<caserank::codebook::CodebookError>();
    shared::<caserank::instrument::InstrumentError>();
    shared::<caserank::policy::PolicyError>();
    shared::<caserank::policy::OverrideError>();
    shared::<caserank::backlog::BacklogError>();
    shared::<caserank::backlog::ReadError>();
    shared::<caserank::backlog::IntakeReport>();
    shared::<caserank::complaint::EncodeError>();
}

/// Clones of a model used from several threads at once give what one alone gives.
#[test]
fn threads_share_one_model() {
    let case = Case::draw(&mut Draw::seeded(11), Weights::Any, Rules::Any);
    let backlog = case.backlog();
    let overrides = case.overrides().at(case.now);
    let run = |triage: &Triage| {
        let ranking = triage.rank_with(&backlog, &overrides).unwrap();
        let ids: Vec<String> = ranking.iter().map(|entry| entry.id().to_owned()).collect();
        let positions: Vec<_> = ids.iter().map(|id| ranking.position(id)).collect();
        (ids, positions)
    };
    let alone = run(&case.triage);
    std::thread::scope(|scope| {
        let threads = [(); 8].map(|()| scope.spawn(|| run(&case.triage.clone())));
        for thread in threads {
            assert_eq!(thread.join().unwrap(), alone);
        }
    });
}

/// The same calls give the same words, to the last byte.
#[test]
fn everything_made_again_is_the_same() {
    for seed in 0..6 {
        let make = || {
            let case = Case::draw(&mut Draw::seeded(seed), Weights::Any, Rules::Any);
            let backlog = case.backlog();
            let ranking = case.triage.rank_with(&backlog, &case.overrides().at(case.now)).unwrap();
            let mut words = vec![case.triage.to_json(), case.triage.lint().to_string()];
            for entry in ranking.iter().take(5) {
                let assessment = entry.assess();
                words.push(assessment.to_string());
                words.push(serde_json::to_string(&assessment).unwrap());
                let complaint = backlog.complaint(entry.row());
                let shares = case.triage.completions(&complaint, 30, Seed(seed)).unwrap();
                words.push(shares.to_string());
                words.push(format!("{:?}", case.triage.smallest_change(&complaint).unwrap()));
            }
            let mut text = Vec::new();
            backlog.write_ndjson(&mut text).unwrap();
            words.push(String::from_utf8(text).unwrap());
            words
        };
        assert_eq!(make(), make());
    }
}
