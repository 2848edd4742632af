//! Models and results through a binary format and behind a flattened field.
#![allow(clippy::unwrap_used)]

use crate::common::{TOY, time};
use caserank::rank::{BandCount, Move, Rank};
use caserank::triage::Fingerprint;
use caserank::{BacklogBuilder, Band, Codebook, Complaint, Lane, Standing, Triage};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

fn through_binary<T: Serialize + DeserializeOwned>(value: &T) -> T {
    postcard::from_bytes(&postcard::to_allocvec(value).unwrap()).unwrap()
}

#[test]
fn a_model_comes_back_from_a_binary_format() {
    let triage = Triage::from_json(TOY).unwrap();
    let back: Triage = through_binary(&triage);
    assert_eq!(back.fingerprint(), triage.fingerprint());
    assert_eq!(back.scoring_fingerprint(), triage.scoring_fingerprint());
    let codebook: Codebook = through_binary(triage.codebook());
    assert_eq!(&codebook, triage.codebook());
    assert_eq!(through_binary::<Fingerprint>(&triage.fingerprint()), triage.fingerprint());
    let cut = postcard::to_allocvec(&triage).unwrap();
    assert!(postcard::from_bytes::<Triage>(&cut[..cut.len() / 2]).is_err());
}

#[test]
fn where_a_complaint_stands_comes_back_from_a_binary_format() {
    let triage = Triage::from_json(TOY).unwrap();
    let mut backlog = BacklogBuilder::new(triage.codebook());
    let complaint = Complaint::new("a", time(0)).unwrap().with_answer("urgent", "yes");
    backlog.push(&complaint).unwrap();
    let ranking = triage.rank(&backlog.freeze()).unwrap();
    let entry = ranking.at(1).unwrap();
    assert_eq!(through_binary::<Rank>(&entry.rank()), entry.rank());
    assert_eq!(through_binary::<Standing>(&entry.standing()), entry.standing());
    for lane in [Lane::Must, Lane::Open] {
        assert_eq!(through_binary::<Lane>(&lane), lane);
    }
    for band in Band::ALL {
        assert_eq!(through_binary::<Band>(&band), band);
    }
    let moves = triage.rank(&BacklogBuilder::new(triage.codebook()).freeze()).unwrap();
    let moves = ranking.moves_since(&moves).unwrap();
    for moved in &moves {
        assert_eq!(&through_binary::<Move>(moved), moved);
    }
    assert_eq!(moves.len(), 1);
    let full = |run: &&BandCount| run.count() > 0;
    assert_eq!(ranking.counts().iter().filter(full).count(), 1);
}

#[derive(Debug, Serialize, Deserialize)]
struct HostRow {
    station: String,
    #[serde(flatten)]
    rank: Rank,
}

#[derive(Debug, Serialize, Deserialize)]
struct HostFile {
    owner: String,
    #[serde(flatten)]
    model: Triage,
}

#[test]
fn a_host_may_flatten_what_it_keeps() {
    let triage = Triage::from_json(TOY).unwrap();
    let file = HostFile { owner: "north".to_owned(), model: triage.clone() };
    let text = serde_json::to_string(&file).unwrap();
    let back: HostFile = serde_json::from_str(&text).unwrap();
    assert_eq!(back.model.fingerprint(), triage.fingerprint());
    let text =
        r#"{"station":"s1","position":3,"lane":"must","band":"high","priority_billionths":41}"#;
    let row: HostRow = serde_json::from_str(text).unwrap();
    assert_eq!((row.rank.position(), row.rank.lane()), (3, Lane::Must));
    assert_eq!(serde_json::to_string(&row).unwrap(), text);
}

/// Shown, read and written by one word.
fn one_word<T>(word: &str, refused: &str)
where
    T: std::fmt::Display
        + std::str::FromStr<Err = caserank::WordError>
        + Serialize
        + DeserializeOwned
        + std::fmt::Debug,
{
    let value: T = word.parse().unwrap();
    assert_eq!(value.to_string(), word);
    assert_eq!(serde_json::to_string(&value).unwrap(), format!("\"{word}\""));
    let read: T = serde_json::from_str(&format!("\"{word}\"")).unwrap();
    assert_eq!(read.to_string(), word);
    assert_eq!(through_binary(&value).to_string(), word);
    let error = "nothing\u{1b}".parse::<T>().unwrap_err();
    assert!(error.to_string().contains(refused) && error.to_string().contains(word), "{error}");
    assert!(error.words().contains(&word) && !error.to_string().contains('\u{1b}'));
    assert!(serde_json::from_str::<T>("\"nothing\"").is_err());
    assert!(serde_json::from_str::<T>("1").is_err());
}

#[test]
fn small_words_have_one_spelling() {
    use caserank::codebook::{Domain, Stage};
    use caserank::complaint::Origin;
    use caserank::policy::OverrideDirection;
    use caserank::rank::MoveDirection;
    use caserank::{codebook, complaint, intake};
    one_word::<Band>("very_high", "a band");
    one_word::<Lane>("must", "a lane");
    one_word::<Stage>("post_search", "a stage");
    one_word::<Domain>("current_behaviour", "a domain");
    one_word::<Origin>("synthetic", "an origin");
    one_word::<OverrideDirection>("handles", "a direction");
    one_word::<MoveDirection>("stayed", "a direction");
    one_word::<codebook::Adjustment>("not_stated", "an adjustment");
    one_word::<codebook::Fate>("item_gone", "a fate");
    one_word::<codebook::StudyPopulation>("conviction", "a studied population");
    one_word::<codebook::Quality>("B", "a quality");
    one_word::<codebook::HowRead>("seen_second_hand", "a way to read");
    one_word::<complaint::ChangeKind>("not_understood", "a kind of change");
    one_word::<complaint::Speaker>("clearinghouse", "who says");
    one_word::<complaint::Unlisted>("report", "what to do");
    one_word::<caserank::backlog::Repeated>("merge", "what becomes");
    one_word::<caserank::explain::DecidedBy>("tie", "what decides");
    one_word::<caserank::instrument::Ground>("assumption", "a ground");
    one_word::<intake::BundleKind>("viral_batch", "a kind of bundle");
    one_word::<intake::SummerTime>("european_union", "a law");
    one_word::<intake::Take>("most_dangerous", "which of several");
    one_word::<intake::TimeForm>("serial_1900", "a form of times");
    one_word::<caserank::worklist::AuditOutcome>("nothing_found", "an outcome");
    let print = Triage::from_json(TOY).unwrap().fingerprint();
    assert_eq!(print.to_string().parse(), Ok(print));
    let text = print.to_string();
    for broken in
        ["", &text[1..], &format!("{text}0"), &text.to_uppercase(), &text.replace('a', "g")]
    {
        let same = *broken == *text;
        assert!(same || broken.parse::<Fingerprint>().is_err(), "{broken}");
    }
}
