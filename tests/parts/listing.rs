//! The lines of a ranking say what the slow ways say: each complaint's assessment, and each single answer tried.
#![allow(clippy::unwrap_used)]

use crate::common::{Case, any_case, cases};
use caserank::Ranking;
use caserank::listing::{Line, Listing};
use caserank::rank::Standing;
use proptest::prelude::*;

/// First and last place that one open answer of the present stage leads to, where it differs from the present one.
fn ends_of_reach(ranking: &Ranking, line: &Line<'_>) -> (Option<Standing>, Option<Standing>) {
    let assessment = ranking.entry(line.id()).unwrap().assess();
    let now = line.placement().model_standing();
    let places = assessment.reachable().iter().map(|answered| answered.standing());
    let first = places.clone().filter(|then| then.is_before(now)).min();
    (first, places.filter(|then| now.is_before(*then)).max())
}

fn lines_are_those_of_the_slow_ways(case: &Case) -> Result<(), TestCaseError> {
    let backlog = case.backlog();
    let ranking = case.triage.rank(&backlog).unwrap();
    let listing = Listing::of(&ranking);
    prop_assert_eq!(listing.lines().len(), ranking.len());
    for (line, entry) in listing.lines().zip(&ranking) {
        prop_assert_eq!((line.position(), line.id()), (entry.position(), entry.id()));
        let assessment = entry.assess();
        prop_assert_eq!(line.placement(), assessment.placement());
        prop_assert_eq!(line.priority(), assessment.priority());
        let mut told: Vec<(&str, &str, i64)> = line
            .raised_by()
            .chain(line.lowered_by())
            .map(|mover| (mover.item(), mover.answer(), mover.billionths()))
            .collect();
        let codebook = case.triage.codebook();
        let reasons = assessment.reasons().iter().map(|reason| {
            let item = &codebook[reason.item()];
            (item.id.as_str(), item.answer_id(reason.code()), reason.change())
        });
        let mut expected: Vec<(&str, &str, i64)> = reasons.collect();
        told.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(told, expected);
        let must: Vec<&str> = line.must_gates().map(|gate| gate.id.as_str()).collect();
        let fired = assessment.gates().filter(|gate| {
            gate.effect == caserank::policy::GateEffect::Must
                && line.placement().standing().lane() == caserank::Lane::Must
        });
        prop_assert_eq!(must, fired.map(|gate| gate.id.as_str()).collect::<Vec<_>>());
        prop_assert_eq!(
            (line.could_rise_to(), line.could_fall_to()),
            ends_of_reach(&ranking, &line),
            "{}",
            line.id()
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(100))]

    /// Under random models: denominators, caps, floors, danger signs and several words of rules among them.
    #[test]
    fn lines_are_what_slow_ways_find(case in any_case()) {
        lines_are_those_of_the_slow_ways(&case)?;
    }
}

/// The table, the full text and the CSV say the same of every complaint.
#[cfg(feature = "csv")]
#[test]
fn table_text_and_csv_agree_in_every_row() {
    let triage = caserank::reference::published().unwrap();
    let file = std::fs::File::open("fixtures/backlog.csv").unwrap();
    let unlisted = caserank::complaint::Unlisted::Report;
    let backlog = caserank::Backlog::read_csv(triage.codebook(), file, unlisted).unwrap();
    let ranking = triage.rank(backlog.backlog()).unwrap();
    let now: caserank::Timestamp = "2026-04-18T00:00:00Z".parse().unwrap();
    let listing = Listing::of(&ranking).with_made_at(now);
    let mut written = Vec::new();
    listing.write_csv(&mut written).unwrap();
    let mut records = csv::Reader::from_reader(written.as_slice());
    let table = listing.table(ranking.len()).to_string();
    let mut blocks = blocks(&table).into_iter();
    let mut rows = 0;
    for record in records.deserialize::<std::collections::BTreeMap<String, String>>() {
        let cells = record.unwrap();
        let cell = |name: &str| cells[name].as_str();
        let entry = ranking.at(rows + 1).unwrap();
        let assessment = entry.assess();
        rows += 1;
        let text = assessment.to_string();
        let (facts, why) = blocks.next().unwrap();

        // Position, lane, band and index.
        let (lane, band) = (cell("lane"), cell("band"));
        let must = if lane == "must" { ", must be looked at" } else { "" };
        let head = format!("Complaint {}: {band}{must}", cell("id"));
        assert!(text.starts_with(&head), "{head}\n{text}");
        let index = format!("Index {} of 1000 ", cell("index_per_thousand"));
        let place = format!(", position {} of {},", cell("position"), ranking.len());
        assert!(text.contains(&index) && text.contains(&place), "{index}{place}\n{text}");
        let stands = if lane == "must" { format!("must ({band})") } else { band.to_owned() };
        let age = now.seconds_since(cell("received").parse().unwrap()).div_euclid(86_400);
        let due = cell("next_deadline").split('T').next().unwrap();
        let shown = format!(
            "{} {} {} {stands} {} {age} d {due} {}",
            cell("position"),
            cell("id"),
            cell("unit"),
            cell("index_per_thousand"),
            cell("next_deadline_kind"),
        );
        assert_eq!(facts, shown.trim_end());

        // Reasons, the strongest first.
        let codebook = triage.codebook();
        let mut raising = assessment.reasons().iter().filter(|reason| reason.change() > 0);
        for column in ["raised_by_1", "raised_by_2", "raised_by_3"] {
            let Some(reason) = raising.next() else {
                assert_eq!(cell(column), "");
                continue;
            };
            let item = &codebook[reason.item()];
            let answer = format!("{}={} (+", item.id, item.answer_id(reason.code()));
            assert!(cell(column).starts_with(&answer), "{answer} {}", cell(column));
            assert!(why.contains(cell(column)), "{} in {why}", cell(column));
            let change = cell(column).rsplit_once("(+").unwrap().1.trim_end_matches(')');
            let told = text.lines().any(|line| {
                line.contains(&item.question)
                    && line.trim_start().starts_with(&format!("+{change} "))
            });
            // The text gives the first eight by name.
            let strongest = assessment.reasons().iter().take(8).any(|first| first == reason);
            assert!(told || !strongest || change == "<1", "{answer}{change}\n{text}");
        }
        let lowered = cell("lowered_by");
        assert_eq!(why.contains("lowered by "), !lowered.is_empty());
        assert!(why.contains(lowered), "{lowered} in {why}");

        // What put it there, and how far one answer could move it.
        for gate in assessment.gates() {
            let puts = lane == "must" && gate.effect == caserank::policy::GateEffect::Must;
            if puts {
                assert!(cell("must_because").contains(&gate.title), "{}", gate.title);
                assert!(why.contains(&gate.title) && text.contains(&gate.title), "{why}");
            }
        }
        for (column, words) in [("could_rise_to", "lift it to "), ("could_fall_to", "drop it to ")]
        {
            let reached = cell(column);
            assert_eq!(why.contains(words), !reached.is_empty(), "{why}");
            assert!(reached.is_empty() || why.contains(&format!("{words}{reached}")), "{why}");
        }
    }
    assert_eq!(rows, 10_000);
    assert!(blocks.next().is_none());
}

/// The facts and the reasons of each line of a table, without the breaks that the screen needs.
#[cfg(feature = "csv")]
fn blocks(table: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let list = table.lines().skip(1).take_while(|line| !line.is_empty());
    for line in list {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if !line.starts_with("          ") {
            blocks.push((words, String::new()));
        } else if let Some((_, why)) = blocks.last_mut() {
            why.push(' ');
            why.push_str(&words);
        }
    }
    blocks
}
