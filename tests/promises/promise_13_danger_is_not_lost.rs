//! Promise 13: whatever else is wrong with a record, an answer in it that alone would put a complaint
//! into `must` puts it there, or onto the list above the first place.
#![allow(clippy::unwrap_used)]

use std::ops::Range;
use std::sync::OnceLock;

use crate::common::{Draw, adds_up, cases, draws, time};
use caserank::backlog::{DangerAnswers, Intake};
use caserank::codebook::ItemIndex;
use caserank::complaint::Unlisted;
use caserank::{Backlog, Complaint, Lane, Triage, reference};
use proptest::prelude::*;

/// The shipped model, and the answers that must not be lost under it.
fn model() -> &'static (Triage, DangerAnswers) {
    static MODEL: OnceLock<(Triage, DangerAnswers)> = OnceLock::new();
    MODEL.get_or_init(|| {
        let triage = reference::published().unwrap();
        let danger = triage.danger_answers();
        assert!(!danger.is_empty());
        (triage, danger)
    })
}

/// A few complaints of which one alone gives an answer of danger, and that answer.
fn complaints(draw: &mut Draw) -> (Vec<Complaint>, usize, (ItemIndex, u8)) {
    let (triage, danger) = model();
    let codebook = triage.codebook();
    let count = 2 + draw.below(6);
    let target = draw.below(count);
    let all: Vec<(ItemIndex, u8)> = danger.iter().collect();
    let answer = draw.pick(&all);
    let complaints = (0..count).map(|number| {
        let id = format!("{}{number}", draw.pick(&["case-", "N", "x y "]));
        let mut complaint = Complaint::new(id, time(draw.below(9))).unwrap();
        if draw.chance(50) {
            complaint = complaint.with_unit(draw.pick(&["north", "south, west"])).unwrap();
        }
        for index in codebook.item_indices() {
            let item = &codebook[index];
            if draw.chance(40) && !danger.has_item(index) {
                let answer = &item.answers[draw.below(item.answers.len())];
                complaint.set_answer(item.id.as_str(), answer.id.as_str());
            }
        }
        if number == target {
            let item = &codebook[answer.0];
            complaint.set_answer(item.id.as_str(), item.answer(answer.1).unwrap().id.as_str());
        }
        complaint
    });
    (complaints.collect(), target, answer)
}

fn backlog(complaints: &[Complaint]) -> Backlog {
    let mut builder = caserank::BacklogBuilder::new(model().0.codebook());
    for complaint in complaints {
        builder.push(complaint).unwrap();
    }
    builder.freeze()
}

/// Bytes that mean something to a reader, and some that mean nothing.
const JUNK: &[u8] = b"\"\"\"\n\r;\t \\{}[]:x9\0\xFF\xE2-";

/// Changes bytes in front of and behind the answer and what closes it in.
fn damage(draw: &mut Draw, text: &[u8], kept: Range<usize>, first: usize, junk: &[u8]) -> Vec<u8> {
    let (mut before, mut behind) = (text[..kept.start].to_vec(), text[kept.end..].to_vec());
    let protected = text[kept].to_vec();
    for _ in 0..draw.below(5) {
        let part = if draw.chance(50) { &mut before } else { &mut behind };
        let least = if part.starts_with(&text[..first]) { first } else { 0 };
        if part.len() <= least {
            continue;
        }
        let place = least + draw.below(part.len() - least);
        match draw.below(3) {
            // Separators are left out by one change at most, below: two that make up for each
            // other move an answer to its neighbour, and nobody can tell.
            0 if part[place] != b',' => drop(part.remove(place)),
            1 => part.insert(place, draw.pick(junk)),
            _ if part[place] != b',' => part[place] = draw.pick(junk),
            _ => {}
        }
    }
    if draw.chance(30) {
        let part = if draw.chance(50) { &mut before } else { &mut behind };
        let least = if part.starts_with(&text[..first]) { first } else { 0 };
        let commas = (least..part.len()).filter(|&place| part[place] == b',');
        let commas: Vec<usize> = commas.collect();
        match commas.len() {
            0 => {}
            many if draw.chance(50) => drop(part.remove(commas[draw.below(many)])),
            many => part.insert(commas[draw.below(many)], b','),
        }
    }
    // Cut off behind the line.
    if draw.chance(20)
        && let Some(end) = behind.iter().position(|&byte| byte == b'\n')
    {
        behind.truncate(end + 1 + draw.below(behind.len() - end));
    }
    [before, protected, behind].concat()
}

/// The answer is in `must`, or on the list above the first place.
fn is_not_lost(intake: &Intake, (item, code): (ItemIndex, u8)) -> Result<(), TestCaseError> {
    let (triage, danger) = model();
    adds_up(intake);
    let backlog = intake.backlog();
    let rows: Vec<usize> =
        (0..backlog.len()).filter(|&row| backlog.code(row, item) == code).collect();
    if rows.is_empty() {
        let listed = intake.not_rankable().first().is_some_and(|first| first.is_danger(danger));
        prop_assert!(listed, "{}", intake.report());
        prop_assert!(intake.report().not_rankable_with_danger() > 0);
        return Ok(());
    }
    let ranking = triage.rank(backlog).unwrap();
    for row in rows {
        let place = ranking.position_of_row(row).unwrap();
        let lane = ranking.at(place).unwrap().lane();
        prop_assert!(lane == Lane::Must || is_released(backlog, row, (item, code)));
    }
    Ok(())
}

/// Whether another answer of a row takes it out of `must` by the policy itself.
fn is_released(backlog: &Backlog, row: usize, (item, code): (ItemIndex, u8)) -> bool {
    let mut scorer = model().0.scorer();
    let items = backlog.codebook().item_indices();
    items.clone().filter(|&other| other != item).any(|other| {
        let mut codes = vec![0; items.len()];
        (codes[item.position()], codes[other.position()]) = (code, backlog.code(row, other));
        scorer.score(&codes).unwrap().lane() != Lane::Must
    })
}

fn place_of(text: &[u8], part: &[u8], from: usize) -> usize {
    from + text[from..].windows(part.len()).position(|window| window == part).unwrap()
}

proptest! {
    #![proptest_config(cases(400))]

    #[cfg(feature = "csv")]
    #[test]
    fn a_damaged_table_loses_no_danger(draw in draws()) {
        let mut draw: Draw = draw;
        let (triage, danger) = model();
        let (complaints, target, answer) = complaints(&mut draw);
        let mut text = Vec::new();
        backlog(&complaints).write_csv(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let item = &triage.codebook()[answer.0];
        let id = complaints[target].id();
        // Cells apart, so that headings and rows can change on their own.
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let column = lines[0].split(',').position(|name| name == item.id).unwrap();
        let heading: Vec<String> = lines[0].split(',').map(|name| match draw.below(6) {
            0 => name.to_uppercase(),
            1 => format!(" {} ", name.replace('_', " ")),
            2 if !name.ends_with("known_at") => format!("{name}?"),
            _ => name.to_owned(),
        }).collect();
        lines[0] = heading.join(",");
        let row = lines.iter().position(|line| line.starts_with(&format!("{id},"))).unwrap();
        if draw.chance(30) {
            let again = lines[1 + draw.below(lines.len() - 1)].clone();
            lines.insert(if draw.chance(50) { row + 1 } else { lines.len() }, again);
        }
        let end = draw.pick(&["\n", "\r\n"]);
        let text = lines.join(end) + end;
        let first = lines[0].len() + end.len();
        // Where the cell of the answer stands: behind so many commas that are not in quotes.
        let start = lines[..row].iter().map(|line| line.len() + end.len()).sum::<usize>();
        let (mut place, mut commas, mut quoted) = (start, 0, false);
        while commas < column {
            match text.as_bytes()[place] {
                b'"' => quoted = !quoted,
                b',' if !quoted => commas += 1,
                _ => {}
            }
            place += 1;
        }
        let word = &item.answer(answer.1).unwrap().id;
        assert!(text[place..].starts_with(word.as_str()));
        // The cell with the separators around it; the last of a line has its line end.
        let kept = place - 1..place + word.len() + 1;
        let text = damage(&mut draw, text.as_bytes(), kept, first, JUNK);
        let reading = triage.reading().with_unlisted(Unlisted::Report);
        let intake = Backlog::read_csv(triage.codebook(), &*text, reading).unwrap();
        is_not_lost(&intake, answer)?;
        // Told of danger afterwards, the list is the same.
        let later = Backlog::read_csv(triage.codebook(), &*text, Unlisted::Report).unwrap();
        if later.report().repeated() == 0 {
            let mut later = later;
            later.put_danger_first(triage.codebook(), danger);
            prop_assert_eq!(later.not_rankable(), intake.not_rankable());
        }
    }

    #[test]
    fn damaged_lines_of_json_lose_no_danger(draw in draws()) {
        let mut draw: Draw = draw;
        let triage = &model().0;
        let (complaints, target, answer) = complaints(&mut draw);
        let mut text = Vec::new();
        backlog(&complaints).write_ndjson(&mut text).unwrap();
        let item = &triage.codebook()[answer.0];
        let word = &item.answer(answer.1).unwrap().id;
        let id = format!("{{\"id\":\"{}\"", complaints[target].id());
        let start = place_of(&text, id.as_bytes(), 0);
        let entry = format!("\"{}\":\"{word}\"", item.id);
        let place = place_of(&text, entry.as_bytes(), start);
        let kept = place - 1..place + entry.len() + 1;
        let text = damage(&mut draw, &text, kept, 0, JUNK);
        let reading = triage.reading().with_unlisted(Unlisted::Report);
        match Backlog::read_ndjson(triage.codebook(), &*text, reading) {
            Ok(intake) => is_not_lost(&intake, answer)?,
            // A file that begins as one of another kind is refused as a whole.
            Err(error) => prop_assert!(error.to_string().contains("this is "), "{error}"),
        }
    }
}

/// One unreadable cell beside it takes no answer of danger out of the ranking.
#[test]
fn an_unreadable_cell_takes_nothing_out_of_must() {
    let (triage, danger) = model();
    let (item, code) = danger.iter().next().unwrap();
    let item = &triage.codebook()[item];
    let answer = &item.answer(code).unwrap().id;
    let other = triage.codebook().items().iter().find(|other| other.id != item.id).unwrap();
    let line = format!(
        "{{\"id\":\"a\",\"received\":\"2026-04-17\",\"answers\":{{\"{}\":\"{answer}\",\"{}\":\"n/a or so\"}}}}",
        item.id, other.id
    );
    let intake =
        Backlog::read_ndjson(triage.codebook(), line.as_bytes(), triage.reading()).unwrap();
    let ranking = triage.rank(intake.backlog()).unwrap();
    let first = ranking.at(1).unwrap();
    assert_eq!(first.lane(), Lane::Must);
    let assessment = first.assess();
    assert_eq!(assessment.not_understood()[0].text(), "n/a or so");
    assert!(assessment.to_string().contains("Not understood: "), "{assessment}");
}
