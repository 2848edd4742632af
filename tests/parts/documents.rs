//! The documents: links lead somewhere, and files that are named are there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Markdown of the repository, by path.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    let mut folders =
        ["docs", "benches", "fixtures", "tests"].map(|name| root().join(name)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.extension().and_then(|kind| kind.to_str()) {
                _ if entry.is_dir() && !entry.ends_with("target") => folders.push(entry),
                Some("md") => found.push(entry),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// A document without its code, line by line.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// Anchors of headings, as the sites that show Markdown make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase();
            let kept = words.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// Targets of links: `](target)`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

#[test]
fn links_lead_somewhere() {
    let (mut checked, mut faults) = (0, Vec::new());
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for target in prose(&text).flat_map(links) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            checked += 1;
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = match path {
                "" => document.clone(),
                _ => document.parent().unwrap().join(path),
            };
            let fits = match fs::read_to_string(&file) {
                Ok(text) => anchor.is_empty() || anchors(&text).contains(anchor),
                Err(_) => file.is_dir() && anchor.is_empty(),
            };
            if !fits {
                faults.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(checked > 50, "only {checked} links were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Paths in code marks that begin with a folder of the repository; those with a wildcard stand for several.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    let folders = ["docs/", "src/", "tests/", "benches/", "fixtures/", ".ci/"];
    let marked = line.split('`').skip(1).step_by(2);
    let words = marked.flat_map(str::split_whitespace);
    words.filter(move |word| folders.iter().any(|folder| word.starts_with(folder)))
}

#[test]
fn files_that_documents_name_are_there() {
    let (mut checked, mut faults) = (0, Vec::new());
    // The history names what was.
    for document in documents().iter().filter(|path| !path.ends_with("CHANGELOG.md")) {
        let text = fs::read_to_string(document).unwrap();
        for path in prose(&text).flat_map(paths) {
            let plain = path.trim_end_matches([',', '.', ';', ':', ')']);
            if plain.contains(['*', '…', '{', '<', '$']) {
                continue;
            }
            checked += 1;
            let file = root().join(plain.split(':').next().unwrap_or(plain));
            if !file.exists() && !file.with_extension("rs").exists() {
                faults.push(format!("{}: {path}", document.display()));
            }
        }
    }
    assert!(checked > 100, "only {checked} paths were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Test modules that `docs/testing.md` names are there.
#[test]
fn tests_that_the_promises_name_are_there() {
    let text = fs::read_to_string(root().join("docs/testing.md")).unwrap();
    let programs: Vec<String> = fs::read_dir(root().join("tests"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut checked = 0;
    for word in prose(&text).flat_map(|line| line.split('`').skip(1).step_by(2)) {
        let Some((program, module)) = word.split_once('/') else { continue };
        if !programs.iter().any(|name| name == program) || module.contains(['*', '…', ' ']) {
            continue;
        }
        checked += 1;
        let file = root().join("tests").join(program).join(format!("{module}.rs"));
        assert!(file.exists(), "docs/testing.md names {word}");
    }
    assert!(checked > 30, "only {checked} modules were found");
}
