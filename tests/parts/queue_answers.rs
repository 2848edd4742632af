//! A codebook under the same name that means something else is refused at every door, by item.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use crate::common::live::{random_complaint, random_model, start};
use caserank::codebook::{CodebookError, Renames};
use caserank::explain::WhyError;
use caserank::queue::{QueueError, SavedQueue};
use caserank::record::Record;
use caserank::triage::CompareError;
use caserank::{BacklogBuilder, Queue, Seed, Stream, Triage};

const KINDS: [&str; 6] = ["insert", "remove", "reverse", "swap", "rename item", "rename answer"];

/// The model with one edit of its codebook, under the same name and version.
fn edited(stream: &mut Stream, model: &str, kind: &str) -> Option<Triage> {
    let mut file: Value = serde_json::from_str(model).unwrap();
    let items = file["codebook"]["items"].as_array().unwrap().len();
    let mut place = || stream.below(items as u64) as usize;
    let (first, second) = (place(), place());
    let id = file["codebook"]["items"][first]["id"].as_str().unwrap().to_owned();
    let listed = file["codebook"]["items"].as_array_mut().unwrap();
    match kind {
        "insert" => {
            let mut more = listed[second].clone();
            more["id"] = json!("one_more");
            listed.insert(first, more);
        }
        "remove" => {
            listed.remove(first);
            let mentions = |part: &Value| part.to_string().contains(&format!("\"{id}\""));
            for part in file["instrument"]["outcomes"].as_array_mut().unwrap() {
                part["weights"].as_array_mut().unwrap().retain(|weight| !mentions(weight));
                if mentions(&part["denominator"]) {
                    part.as_object_mut().unwrap().remove("denominator");
                }
            }
            for list in ["gates", "danger_signs"] {
                if let Some(list) = file["policy"][list].as_array_mut() {
                    list.retain(|listed| !mentions(listed));
                }
            }
            // Whoever declares a population of this item, or says that it was studied, goes too.
            for part in ["population", "studied"] {
                if mentions(&file["instrument"][part]) {
                    file["instrument"].as_object_mut().unwrap().remove(part);
                }
            }
        }
        "reverse" => listed[first]["answers"].as_array_mut().unwrap().reverse(),
        "swap" => listed.swap(first, second),
        "rename item" => {
            let renamed = file.to_string().replace(&format!("\"{id}\""), "\"another\"");
            file = serde_json::from_str(&renamed).unwrap();
        }
        _ => {
            let renamed = file.to_string().replace("\"a1\"", "\"b1\"");
            file = serde_json::from_str(&renamed).unwrap();
        }
    }
    Triage::from_json(&file.to_string()).ok()
}

#[test]
fn another_meaning_under_the_same_name_is_refused_at_every_door() {
    let mut loaded = [0; KINDS.len()];
    for seed in 0..60 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(5);
        let mut queue = Queue::new(&triage, start());
        for number in 0..12 {
            let id = format!("c{number}");
            queue.replace(random_complaint(&mut stream, &triage, &id, start())).unwrap();
        }
        let mut file = Vec::new();
        queue.save(&mut file).unwrap();
        for (kind, loaded) in KINDS.iter().zip(&mut loaded) {
            let Some(other) = edited(&mut stream, &triage.to_json(), kind) else { continue };
            if other.codebook().require_same("it", triage.codebook()).is_ok() {
                continue; // a swap with itself
            }
            *loaded += 1;
            let names_an_item = |error: CodebookError| match error {
                CodebookError::OtherAnswers { difference, .. } => {
                    assert!(difference.to_string().contains("item"), "{difference}");
                }
                other => panic!("{kind}: {other}"),
            };
            let refused = |error: QueueError| match error {
                QueueError::Codebook(error) => names_an_item(error),
                other => panic!("{kind}: {other}"),
            };
            let not_compared = |error: CompareError| match error {
                CompareError::OtherCodebook(error) => names_an_item(error),
                other => panic!("{kind}: {other}"),
            };
            let not_explained = |error: WhyError| match error {
                WhyError::OtherCodebook(error) => names_an_item(error),
                other => panic!("{kind}: {other}"),
            };
            let before = queue.snapshot();
            refused(queue.replace_model(&other).unwrap_err());
            let away = triage.codebook().migrate(other.codebook(), &Renames::new()).unwrap();
            refused(queue.migrate(&triage, &away).unwrap_err());
            let back = other.codebook().migrate(triage.codebook(), &Renames::new()).unwrap();
            refused(queue.migrate(&triage, &back).unwrap_err());
            let saved = SavedQueue::load(&*file).unwrap();
            refused(Queue::restore(&other, saved).unwrap_err());
            refused(Queue::load(&other, &*file).unwrap_err());

            let assessment = queue.assess("c0").unwrap();
            let mut moved = queue.clone();
            moved.migrate(&other, &away).unwrap();
            not_compared(moved.moves_since(&before).unwrap_err());
            let rankings = [&before, moved.view()].map(|view| view.ranking().unwrap());
            not_compared(rankings[1].moves_since(&rankings[0]).unwrap_err());
            let after = moved.assess("c0").unwrap();
            not_explained(after.why_between_models(&assessment).unwrap_err());
            not_explained(after.why_since(&assessment).unwrap_err());
            Record::new(&assessment, start()).unwrap().verify(&other).unwrap_err();
            let backlog = queue.view().backlog().unwrap();
            other.rank(&backlog).unwrap_err();
            BacklogBuilder::new(other.codebook()).extend(&backlog).unwrap_err();
            #[cfg(feature = "research")]
            research(&triage, &other, &backlog, &moved.view().backlog().unwrap());
            // Nothing of it changed the queue.
            let mut again = Vec::new();
            queue.save(&mut again).unwrap();
            assert_eq!(again, file, "{kind}");
        }
    }
    assert!(loaded.iter().all(|&loaded| loaded > 10), "{KINDS:?}: {loaded:?}");
}

#[cfg(feature = "research")]
fn research(
    triage: &Triage,
    other: &Triage,
    backlog: &caserank::Backlog,
    migrated: &caserank::Backlog,
) {
    use caserank::research::evaluate::Confidence;
    use caserank::research::study::{Uncertainty, item_drift};
    item_drift(backlog, migrated, Confidence::P95).unwrap_err();
    let refits = [other.instrument().clone(), other.instrument().clone()];
    Uncertainty::refits(triage.instrument(), &refits).unwrap_err();
}
