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

/// What no source of the library may hold, and why.
const FORBIDDEN: &[(&str, &str)] = &[
    ("SystemTime", "a clock"),
    ("SystemTime::now", "a clock"),
    ("Instant", "a clock"),
    ("std::time", "a clock"),
    ("chrono", "a clock"),
    ("std::env", "the environment"),
    ("env::var", "the environment"),
    ("option_env!", "the environment"),
    ("std::net", "the network"),
    ("TcpStream", "the network"),
    ("std::process", "other programs"),
    ("thread_rng", "hidden randomness"),
    ("ThreadRng", "hidden randomness"),
    ("OsRng", "hidden randomness"),
    ("SysRng", "hidden randomness"),
    ("getrandom", "hidden randomness"),
    ("from_entropy", "hidden randomness"),
    ("from_os_rng", "hidden randomness"),
    ("rand::random", "hidden randomness"),
    ("RandomState", "hidden randomness"),
    ("HashMap", "an order of its own"),
    ("HashSet", "an order of its own"),
    ("thread_local!", "state of a thread"),
    ("static mut", "hidden state"),
    ("std::fs", "files that the caller did not hand over"),
    ("unsafe", "unsafe code"),
];

/// Where such a word stands for something else, with the reason.
const ALLOWED: &[(&str, &str, &str)] = &[
    (
        "base/system_time.rs",
        "SystemTime",
        "turned into a timestamp and back; `now` is never called",
    ),
    ("base/system_time.rs", "std::time", "as above"),
    ("base/chrono_time.rs", "chrono", "its times turned into ours and back; `now` is never called"),
    ("base/mod.rs", "chrono", "as above"),
    ("report/plain.rs", "std::fs", "a report is written into the folder that the caller names"),
    ("worklist/page.rs", "unsafe", "`unsafe-inline`, as in the report's pages"),
    ("reference/paper.rs", "unsafe", "as on that page"),
    ("report/html.rs", "unsafe", "`unsafe-inline` is a word of a page's content security policy"),
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

/// The code of a file: without comments, and without what is compiled for tests only.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap();
    let lines = code.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn sources_use_no_clock_environment_network_or_hidden_randomness() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 40, "{} files", files.len());
    let mut faults = Vec::new();
    for file in files {
        let code = code(&fs::read_to_string(&file).unwrap());
        for (word, what) in FORBIDDEN {
            let stands = code.lines().any(|line| {
                // As a word of its own: `Instant` is not in `InstantRanking`.
                line.match_indices(word).any(|(place, _)| {
                    let before = line[..place].chars().next_back();
                    let after = line[place + word.len()..].chars().next();
                    let letter = |symbol: Option<char>| {
                        symbol.is_some_and(|symbol| symbol.is_alphanumeric() || symbol == '_')
                    };
                    !letter(before) && !letter(after)
                })
            });
            let allowed = ALLOWED.iter().any(|(path, own, _)| own == word && file.ends_with(path));
            if stands
                && !allowed
                && !(*word == "unsafe" && code.contains("#![forbid(unsafe_code)]"))
            {
                faults.push(format!("{}: `{word}` ({what})", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_crate_forbids_unsafe_code() {
    let library = include_str!("../../src/lib.rs");
    assert!(library.contains("#![forbid(unsafe_code)]"));
    let manifest = include_str!("../../Cargo.toml");
    assert!(manifest.contains("unsafe_code = \"forbid\""));
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
