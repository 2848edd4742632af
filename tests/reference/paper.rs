//! The card on paper: every rule that comes before points, every answer with points, and where sums stand.
#![allow(clippy::unwrap_used)]

use caserank::codebook::ItemIndex;
use caserank::policy::{Band, GateEffect};
use caserank::reference::{PaperCard, published, unit};
use caserank::{Backlog, BacklogBuilder, Complaint, Triage};

fn backlog(triage: &Triage) -> Backlog {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for (id, answers) in [
        ("a", vec![]),
        ("b", vec![("prior_violent_offence", "yes")]),
        ("c", vec![("prior_violent_offence", "yes"), ("substance_misuse", "yes")]),
        ("d", vec![("substance_misuse", "yes")]),
    ] {
        let start = Complaint::new(id, "2026-04-17".parse().unwrap()).unwrap();
        let complaint = answers
            .into_iter()
            .fold(start, |complaint, (item, answer)| complaint.with_answer(item, answer));
        builder.push(&complaint).unwrap();
    }
    builder.freeze()
}

/// The points behind an answer of a question, as they stand on the page.
fn points_on(page: &str, question: &str, answer: &str) -> i32 {
    let item = page.split("<div class=\"item\">").find(|item| item.starts_with(question)).unwrap();
    let told =
        item.split("<span>").find(|told| told.starts_with(&format!("{answer} <b>"))).unwrap();
    told.split("<b>").nth(1).unwrap().split("</b>").next().unwrap().parse().unwrap()
}

#[test]
fn a_card_has_every_rule_and_every_answer_that_counts() {
    let triage = published().unwrap();
    let outcome = triage.instrument().outcome_index("contact_offending").unwrap();
    let page = PaperCard::of(&triage, "contact_offending").unwrap().to_html();
    let floor =
        |effect: &GateEffect| matches!(effect, GateEffect::Floor(band) if *band != Band::Low);
    for gate in triage.policy().gates() {
        let comes_first = gate.effect == GateEffect::Must || floor(&gate.effect);
        if comes_first || matches!(gate.effect, GateEffect::Cap(_)) {
            assert_eq!(page.contains(&gate.title), comes_first, "{}", gate.title);
        }
    }
    // The heaviest answer has ten points, the others in proportion; what rounds to none is counted.
    let weight = |item: ItemIndex, code: u8| {
        f64::from(triage.instrument().weight(outcome, item, code).steps())
    };
    let codes = |answers: usize| 1..=u8::try_from(answers).unwrap();
    let codebook = triage.codebook();
    let all = || {
        codebook
            .item_indices()
            .flat_map(|item| codes(codebook[item].answers.len()).map(move |code| (item, code)))
    };
    let heaviest = all().map(|(item, code)| weight(item, code).abs()).fold(0.0, f64::max);
    let mut left_out = 0;
    for (index, code) in all() {
        let points = (10.0 * weight(index, code) / heaviest).round() as i32;
        if points == 0 {
            left_out += usize::from(weight(index, code) != 0.0);
            continue;
        }
        let item = &codebook[index];
        let answer = &item.answers[usize::from(code) - 1];
        assert_eq!(points_on(&page, &item.question, &answer.label), points, "{}", item.id);
    }
    assert!(page.contains(&format!("{left_out} answers that weigh less than half a point")));
    assert!(!page.contains("<script") && page.contains("@page{size:A4"));
    assert!(PaperCard::of(&triage, "nothing").is_err());
}

#[test]
fn sums_stand_among_complaints() {
    // Whole points are taken as they are: two complaints have one point, one has two, one none.
    let triage = unit().unwrap();
    let card = PaperCard::of(&triage, "contact_offending").unwrap();
    assert!(card.to_html().contains("where a sum stands among complaints is not known"));
    let page = card.among(&backlog(&triage)).unwrap().to_html();
    let numbers = |row: &str| -> Vec<String> {
        let row = page.split("<tr>").find(|told| told.contains(row)).unwrap();
        let cells = row.split("<td>").skip(1).map(|cell| cell.split("</td>").next().unwrap());
        cells.map(|cell| cell.replace("<b>", "").replace("</b>", "")).collect()
    };
    assert_eq!(numbers("points, or more"), ["2", "1", "0"]);
    assert_eq!(numbers("complaints of 1,000"), ["250", "750", "1000"]);
    assert!(!page.contains("One point stands for"));
    let other =
        caserank::Codebook::from_json(include_str!("../../fixtures/models/toy-codebook.json"));
    let other = BacklogBuilder::new(&other.unwrap()).freeze();
    assert!(PaperCard::of(&triage, "production").unwrap().among(&other).is_err());
}
