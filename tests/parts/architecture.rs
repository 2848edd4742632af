//! Imports run one way: a module uses modules of lower layers alone.
//!
//! `docs/design.md` lists the layers, lowest first, in its block marked `layers`, and says in its
//! status table which modules are there. Both are held against `src/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Modules that may use any other, each with its reason. They hold types alone, no functions.
const EXCEPTIONS: [(&str, &str); 1] =
    [("error", "one enum wraps the error of every part, for callers who pass all on with `?`")];

/// The wing whose folders are modules of their own in the layers, named `research/fit` and so on.
const WING: &str = "research";

/// Modules that give a type of a lower layer methods of their own, each with its reason.
const METHODS_FROM_ABOVE: [(&str, &str, &str); 4] = [
    ("explain", "Triage", "`assess` is what most callers ask of a model"),
    ("explain", "RankingEntry", "an entry is assessed where it stands"),
    ("complaint", "Item", "answers as given become the codes of an item"),
    ("complaint", "Migration", "complaints follow their codebook"),
];

/// Layer of each module, 0 for the lowest.
type Layers = BTreeMap<String, usize>;

/// What a name at the root of the crate stands for: a module, or `None` for another crate.
type Names = BTreeMap<String, Option<String>>;

struct Source {
    module: String,
    /// Modules from the root of the crate down to this file, itself included.
    depth: usize,
    path: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

/// The layers of the first block marked `layers`; a `#` begins a remark.
fn layers(design: &str) -> Layers {
    let block = design.split("```layers\n").nth(1).and_then(|rest| rest.split("```").next());
    let lines = block.expect("docs/design.md has no block marked `layers`").lines();
    let lines = lines.map(|line| line.split('#').next().unwrap_or("").trim());
    let mut layers = Layers::new();
    for (level, line) in lines.filter(|line| !line.is_empty()).enumerate() {
        for module in line.split_whitespace() {
            let before = layers.insert(module.to_owned(), level);
            assert!(before.is_none(), "`{module}` stands in two layers of docs/design.md");
        }
    }
    layers
}

/// Rows of the status table: a module and what is said of it.
fn statuses(design: &str) -> Vec<(String, String)> {
    let titled =
        |section: &&str| section.lines().next().is_some_and(|line| line.ends_with("Status"));
    let section = design.split("\n## ").find(titled);
    let rows = section.expect("docs/design.md has no section `Status`").lines();
    let mut statuses = Vec::new();
    for row in rows.filter(|row| row.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        for module in cells[1].split_whitespace() {
            statuses.push((module.trim_matches('`').to_owned(), cells[2].to_owned()));
        }
    }
    statuses
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let (mut folders, mut sources) = (vec![src.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).expect("src/ can be read");
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| entry.expect("src/ can be read").path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let relative = path.strip_prefix(&src).expect("lies in src/").with_extension("");
            let mut parts: Vec<&str> = relative.iter().filter_map(|part| part.to_str()).collect();
            if parts.last() == Some(&"mod") {
                parts.pop();
            }
            if parts != ["lib"] {
                let wing = parts[0] == WING && parts.len() > 1;
                sources.push(Source {
                    module: if wing { parts[..2].join("/") } else { parts[0].to_owned() },
                    depth: parts.len(),
                    path: format!("src/{}.rs", relative.display()),
                    text: read(&path),
                });
            }
        }
    }
    sources
}

fn without_comments(text: &str) -> String {
    let code = |line: &str| line.split("//").next().unwrap_or("").to_owned() + "\n";
    text.lines().map(code).collect()
}

/// What `src/lib.rs` re-exports, and every module of the layers.
fn names(lib: &str, layers: &Layers) -> Names {
    let mut names: Names =
        layers.keys().map(|module| (module.clone(), Some(module.clone()))).collect();
    for statement in without_comments(lib).split(';') {
        let Some((_, path)) = statement.split_once("pub use ") else { continue };
        let Some((module, exported)) = path.split_once("::") else {
            names.insert(path.trim().to_owned(), None);
            continue;
        };
        for exported in exported.split(['{', '}', ',']).map(str::trim) {
            // The last word: `Two` of `One as Two`.
            if let Some(name) = exported.split_whitespace().last() {
                names.insert(name.to_owned(), Some(module.trim().to_owned()));
            }
        }
    }
    names
}

fn identifier(text: &str) -> &str {
    let end = text.find(|one: char| !one.is_alphanumeric() && one != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The first names of a path or of a group of paths.
fn first_names(text: &str) -> Vec<&str> {
    let Some(group) = text.strip_prefix('{') else { return vec![identifier(text)] };
    let (mut names, mut depth, mut begins) = (Vec::new(), 1, true);
    for (place, one) in group.char_indices() {
        match one {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => begins = true,
            _ if begins && depth == 1 && !one.is_whitespace() => {
                names.push(identifier(&group[place..]));
                begins = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// Names at the root of the crate that a file uses, by `crate::` or by `super::` up to the root,
/// each with its line.
fn used(source: &Source, names: &Names) -> Vec<(usize, String)> {
    let text = without_comments(&source.text);
    let line = |place: usize| text[..place].matches('\n').count() + 1;
    let starts = |place: usize| {
        !text[..place].ends_with(|one: char| one.is_alphanumeric() || one == '_' || one == ':')
    };
    let in_wing = |path: &str| -> Vec<String> {
        first_names(path).into_iter().map(|name| format!("{WING}/{name}")).collect()
    };
    let mut used: Vec<(usize, String)> = Vec::new();
    for (place, found) in text.match_indices("crate::") {
        if starts(place) {
            let path = &text[place + found.len()..];
            let names = match path.strip_prefix(WING).and_then(|rest| rest.strip_prefix("::")) {
                Some(path) => in_wing(path),
                None => first_names(path).into_iter().map(str::to_owned).collect(),
            };
            used.extend(names.into_iter().map(|name| (line(place), name)));
        }
    }
    for (place, _) in text.match_indices("super::") {
        let path = text[place..].trim_start_matches("super::");
        let steps = (text.len() - place - path.len()) / "super::".len();
        if starts(place) && steps + 1 == source.depth && source.module.starts_with(WING) {
            let known = in_wing(path).into_iter().filter(|name| names.contains_key(name));
            used.extend(known.map(|name| (line(place), name)));
        }
        if starts(place) && steps >= source.depth {
            // In an inline module the same path ends lower; its names are then not the root's.
            let known = first_names(path).into_iter().filter(|name| names.contains_key(*name));
            used.extend(known.map(|name| (line(place), name.to_owned())));
        }
    }
    used
}

/// Uses of a module that is not lower, in words.
fn faults(source: &Source, layers: &Layers, names: &Names) -> Vec<String> {
    let own = layers.get(&source.module);
    let mut faults = Vec::new();
    for (line, name) in used(source, names) {
        let place = format!("{}:{line}", source.path);
        match names.get(&name) {
            None => faults.push(format!("{place}: `{name}` is neither a module nor re-exported")),
            Some(Some(module)) if *module != source.module && layers.get(module) >= own => {
                faults.push(format!("{place}: `{}` uses `{module}`", source.module));
            }
            Some(_) => {}
        }
    }
    faults
}

#[test]
fn no_module_uses_one_that_is_not_lower() {
    let layers = layers(&read(&root().join("docs/design.md")));
    let names = names(&read(&root().join("src/lib.rs")), &layers);
    let sources = sources();
    let uses: usize = sources.iter().map(|source| used(source, &names).len()).sum();
    assert!(uses > 100, "only {uses} uses found: the search is broken");
    let faults: Vec<String> = sources
        .iter()
        .filter(|source| EXCEPTIONS.iter().all(|(module, _)| *module != source.module))
        .flat_map(|source| faults(source, &layers, &names))
        .collect();
    assert!(faults.is_empty(), "against the layers of docs/design.md:\n{}", faults.join("\n"));
}

/// Names after `before` at the beginning of a line, past what is between `<` and `>`.
fn named_after<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    let lines = text.lines().map(|line| {
        line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) ")).unwrap_or(line)
    });
    let rest = lines.filter_map(|line| line.strip_prefix(before));
    rest.map(|rest| {
        let rest = rest
            .strip_prefix('<')
            .and_then(|rest| rest.split_once("> "))
            .map_or(rest, |both| both.1);
        identifier(rest.trim_start())
    })
    .filter(|name| name.starts_with(char::is_uppercase))
    .collect()
}

#[test]
fn methods_come_from_the_layer_of_their_type() {
    let sources = sources();
    let mut homes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for source in &sources {
        for kind in ["struct ", "enum ", "pub(super) struct ", "pub(super) enum "] {
            for name in named_after(&source.text, kind) {
                homes.entry(name).or_default().insert(&source.module);
            }
        }
    }
    assert!(homes["Triage"].contains("triage") && homes["Backlog"].contains("backlog"));
    let mut found = BTreeSet::new();
    for source in &sources {
        let inherent: String = source
            .text
            .lines()
            .filter(|line| !line.contains(" for ") && line.ends_with('{'))
            .flat_map(|line| [line, "\n"])
            .collect();
        for name in named_after(&inherent, "impl") {
            if homes.get(name).is_some_and(|homes| !homes.contains(&*source.module)) {
                found.insert((source.module.clone(), name.to_owned()));
            }
        }
    }
    let allowed = METHODS_FROM_ABOVE.map(|(module, name, _)| (module.to_owned(), name.to_owned()));
    let allowed: BTreeSet<(String, String)> = allowed.into();
    assert_eq!(
        found, allowed,
        "a module gives methods to a type of a lower layer, or no longer does"
    );
}

#[test]
fn exceptions_are_needed_and_hold_types_alone() {
    let layers = layers(&read(&root().join("docs/design.md")));
    let names = names(&read(&root().join("src/lib.rs")), &layers);
    for (module, reason) in EXCEPTIONS {
        let own: Vec<Source> =
            sources().into_iter().filter(|source| source.module == module).collect();
        let needed = own.iter().any(|source| !faults(source, &layers, &names).is_empty());
        assert!(needed, "`{module}` needs no exception ({reason}): strike it");
        let code = own.iter().any(|source| without_comments(&source.text).contains("fn "));
        assert!(!code, "`{module}` has functions, so it cannot be an exception ({reason})");
    }
}

#[test]
fn the_one_error_names_every_part_of_the_tower() {
    let whole = read(&root().join("src/error.rs"));
    let mut parts = 0;
    for source in sources().iter().filter(|source| !source.module.starts_with(WING)) {
        let kinds = ["enum ", "struct "].map(|kind| named_after(&source.text, kind));
        for name in kinds.concat().into_iter().filter(|name| name.len() > 5) {
            let public = source.text.contains(&format!("\npub enum {name} "))
                || source.text.contains(&format!("\npub struct {name}"));
            if name.ends_with("Error") && public {
                parts += 1;
                assert!(whole.contains(&format!("::{name})")), "`Error` leaves out `{name}`");
            }
        }
    }
    assert!(parts > 20, "only {parts} errors found: the search is broken");
    assert!(!whole.contains("cfg("), "a feature adds or removes a variant");
}

#[test]
fn every_module_has_a_layer_and_a_true_status() {
    let design = read(&root().join("docs/design.md"));
    let layers = layers(&design);
    let there: BTreeSet<String> = sources().into_iter().map(|source| source.module).collect();
    for module in &there {
        assert!(layers.contains_key(module), "give `{module}` a layer in docs/design.md");
    }
    let mut told = BTreeSet::new();
    for (module, status) in statuses(&design) {
        assert!(layers.contains_key(&module), "`{module}` has a status and no layer");
        let is_there = match status.as_str() {
            "built" | "begun" => true,
            "to come" => false,
            other => panic!("`{module}` is `{other}`: write built, begun or to come"),
        };
        assert_eq!(is_there, there.contains(&module), "docs/design.md says `{module}` is {status}");
        assert!(told.insert(module.clone()), "`{module}` has two rows in the status table");
    }
    let silent: Vec<&String> = layers.keys().filter(|module| !told.contains(*module)).collect();
    assert!(silent.is_empty(), "no status in docs/design.md: {silent:?}");
}

#[test]
fn the_search_finds_every_way_to_use_a_module() {
    let layers =
        layers("```layers\nlow other # remark\n\nmiddle\nhigh research/fit\nresearch/study\n```");
    let names = names("pub use high::{High, Tall as Big};\npub use elsewhere;\n", &layers);
    let source = |depth, text: &str| Source {
        module: "middle".to_owned(),
        depth,
        path: "src/middle.rs".to_owned(),
        text: text.to_owned(),
    };
    for (depth, text, expected) in [
        (2, "use crate::low::One;\nuse crate::elsewhere::Two;\nuse crate::middle::Own;", 0),
        (2, "// use crate::high::One;\n/// [`crate::high`]\nuse a_crate::high::One;", 0),
        (2, "use crate::high::One;", 1),
        (2, "fn f() -> crate::High { todo() }", 1),
        (2, "#[serde(deserialize_with = \"crate::high::map\")]", 1),
        (2, "use crate::{low::{One, high}, High,\n    Big};", 2),
        (2, "use super::super::high::One;\nuse super::high;", 1),
        (1, "use super::high::One;\nmod tests { use super::*; }", 1),
        (2, "use crate::nowhere::One;", 1),
        (2, "use crate::research::fit::One;", 1),
        (2, "use crate::research::{fit::One, study};", 2),
    ] {
        let found = faults(&source(depth, text), &layers, &names);
        assert_eq!(found.len(), expected, "{text}\n{found:?}");
    }
}
