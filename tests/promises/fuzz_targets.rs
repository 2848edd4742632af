//! The targets of the fuzzer (`tests/fuzz`), on what they start from with bytes changed, taken out and put in. The
//! fuzzer looks further, with a nightly compiler; this holds every target on every run.
#![allow(clippy::unwrap_used)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use caserank::{Seed, Stream};

#[path = "../fuzz/src/targets.rs"]
mod targets;

const PIECES: [&[u8]; 12] = [
    b"\"",
    b",",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xFF",
    b"{",
    b"]",
    b"-1",
    b"9999999999999999999",
    b"null",
    b"\\u202e",
];

fn damaged(stream: &mut Stream, seed: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..1 + stream.below(4) {
        let at = stream.below(bytes.len() as u64 + 1) as usize;
        let to = (at + stream.below(40) as usize).min(bytes.len());
        match stream.below(6) {
            0 => bytes.truncate(at.max(bytes.len() / 2)),
            1 => drop(bytes.drain(at..to)),
            2 => {
                let piece: Vec<u8> = bytes[at..to].to_vec();
                drop(bytes.splice(at..at, piece));
            }
            3 if !other.is_empty() => {
                let from = stream.below(other.len() as u64) as usize;
                let piece = &other[from..(from + 60).min(other.len())];
                drop(bytes.splice(at..to, piece.iter().copied()));
            }
            4 if at < bytes.len() => bytes[at] ^= 1 << stream.below(8),
            _ => {
                let piece = PIECES[stream.below(PIECES.len() as u64) as usize];
                drop(bytes.splice(at..to.min(at + 3), piece.iter().copied()));
            }
        }
    }
    bytes
}

#[test]
fn every_target_stands_what_is_made_of_its_seeds() {
    for target in targets::TARGETS {
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{}", target.name);
        let mut stream = Seed(20_261_129).stream(0);
        for case in 0..20 {
            let seed = &seeds[case % seeds.len()];
            let other = &seeds[(case / 3) % seeds.len()];
            let bytes =
                if case < seeds.len() { seed.clone() } else { damaged(&mut stream, seed, other) };
            let run = AssertUnwindSafe(|| (target.run)(&bytes));
            let text = String::from_utf8_lossy(&bytes);
            assert!(catch_unwind(run).is_ok(), "{} fails on case {case}: {text:?}", target.name);
        }
    }
}

/// Where texts in quotes end, as JSON writes them; whatever stands in quotes elsewhere will do as well.
fn ends_of_texts(seed: &[u8]) -> Vec<usize> {
    let (mut ends, mut inside, mut escape) = (Vec::new(), false, false);
    for (at, byte) in seed.iter().enumerate() {
        match (*byte, inside, escape) {
            (b'\\', true, false) => escape = true,
            (b'"', true, false) => {
                ends.push(at);
                inside = false;
            }
            (b'"', false, _) => inside = true,
            _ => escape = false,
        }
    }
    ends
}

#[test]
fn letters_that_steer_a_terminal_are_shown_as_escapes_wherever_they_stand() {
    let mut failed = Vec::new();
    for target in targets::TARGETS {
        for seed in (target.seeds)() {
            let ends = ends_of_texts(&seed);
            // Every name and value of a short seed, some of a long one, its beginning always among them.
            let step = (ends.len() / 12).max(1);
            let some =
                ends.iter().enumerate().filter(|(number, _)| *number < 8 || number % step == 0);
            for (_, &end) in some {
                let mut bytes = seed.clone();
                bytes.splice(end..end, b"\\u001b[31m\\u007f\\u202e\\u0000".iter().copied());
                let run = AssertUnwindSafe(|| (target.run)(&bytes));
                if catch_unwind(run).is_err() {
                    let around = &bytes[end.saturating_sub(40)..bytes.len().min(end + 40)];
                    failed.push(format!(
                        "{} at {end}: {:?}",
                        target.name,
                        String::from_utf8_lossy(around)
                    ));
                }
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
