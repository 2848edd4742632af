//! Gives what the fuzzer makes up to the target named by `CASERANK_TARGET`.
#![no_main]

mod targets;

use std::sync::LazyLock;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let wanted = std::env::var("CASERANK_TARGET").unwrap_or_default();
    let found = targets::TARGETS.iter().find(|target| target.name == wanted);
    found.unwrap_or_else(|| panic!("CASERANK_TARGET names no target: `{wanted}`")).run
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| (*TARGET)(data));
