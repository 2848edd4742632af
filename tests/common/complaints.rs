//! Random complaints and decisions of people about them.

use caserank::codebook::{Item, Kind, Stage};
use caserank::complaint::{DeadlineKind, Origin, Value};
use caserank::policy::{Band, Override, OverrideEffect};
use caserank::{Codebook, Complaint, Timestamp};

use super::Draw;

/// One of a few times, a day apart, so that ties are common.
pub(crate) fn time(day: usize) -> Timestamp {
    "2026-04-17T09:30:00Z".parse::<Timestamp>().unwrap().plus_days(day as i64)
}

/// The first time of receipt that readers take.
fn first() -> Timestamp {
    "1970-01-01".parse().unwrap()
}

/// Up to 40 complaints with ties, unknowns, deadlines, units and odd ids.
pub(crate) fn complaints(draw: &mut Draw, codebook: &Codebook) -> Vec<Complaint> {
    let count = draw.below(40);
    // Few answers make ties common; many make them rare.
    let answered = draw.pick(&[60, 95, 30, 5]);
    (0..count).map(|number| complaint(draw, codebook, number, answered)).collect()
}

/// A complaint that answers about so many of a hundred items; equal numbers give equal ids.
pub(crate) fn complaint(
    draw: &mut Draw,
    codebook: &Codebook,
    number: usize,
    answered: usize,
) -> Complaint {
    let beginning = draw.pick(&["c", "c", "C", "é", "a,\"b\"", "x y", "z\u{200d}y", "=1+", "日本"]);
    complaint_since(draw, codebook, &format!("{beginning}{number}"), time(0), answered, Said::Any)
}

/// How a drawn complaint says what it says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// In every way that is understood: spaces around words, `true` for *yes*, unknowns said.
    Any,
    /// As the codebook writes it, so that it comes back word for word; never before `from`.
    Plainly,
}

/// The same with this id, received from this day on.
pub(crate) fn complaint_since(
    draw: &mut Draw,
    codebook: &Codebook,
    id: &str,
    from: Timestamp,
    answered: usize,
    said: Said,
) -> Complaint {
    let day = |day: usize| from.plus_days(day as i64);
    let old = said == Said::Any && draw.chance(2);
    let received = if old { first() } else { day(draw.below(4)) };
    let mut complaint = Complaint::new(id, received).unwrap();
    if draw.chance(60) {
        complaint = complaint.with_unit(draw.pick(&["north", "south", "a, b"])).unwrap();
    }
    if draw.chance(30) {
        complaint = complaint.with_subject(format!("s{}", draw.below(5))).unwrap();
    }
    if draw.chance(20) {
        complaint = complaint.with_bundle(format!("\"b{}", draw.below(3))).unwrap();
    }
    if draw.chance(20) {
        complaint.set_stage(draw.pick(&[Stage::Field, Stage::PostSearch]));
    }
    if draw.chance(20) {
        complaint = complaint.with_origin(draw.pick(&[Origin::Retrospective, Origin::Synthetic]));
    }
    if draw.chance(40) {
        for _ in 0..=draw.below(3) {
            let kind = match draw.below(3) {
                0 => DeadlineKind::Preservation,
                1 => DeadlineKind::Statutory,
                _ => DeadlineKind::Custom(format!("kind_{}", draw.below(4))),
            };
            complaint = complaint.with_deadline(kind, day(5 + draw.below(4))).unwrap();
        }
    }
    for item in codebook.items() {
        if draw.chance(answered) {
            let value = value(draw, item, said);
            if draw.chance(25) {
                complaint.set_answer_known_at(item.id.as_str(), value, day(draw.below(12)));
            } else {
                complaint.set_answer(item.id.as_str(), value);
            }
        }
    }
    complaint
}

fn value(draw: &mut Draw, item: &Item, said: Said) -> Value {
    let plainly = said == Said::Plainly;
    if !plainly && draw.chance(10) {
        return draw.pick(&[Value::Unknown, Value::from(""), Value::from(" unknown ")]);
    }
    if let Kind::Binned { edges, .. } = &item.kind
        && draw.chance(60)
    {
        let near = if edges.is_empty() { 0 } else { draw.pick(edges) };
        let value = match draw.below(6) {
            0 => Value::Number(near),
            1 => Value::Number(near.saturating_add(1)),
            2 => Value::Number(near.saturating_sub(1)),
            3 => Value::Number(draw.pick(&[i64::MIN, i64::MAX, 0])),
            4 => Value::Text(near.to_string()),
            _ => Value::Number(i64::from(draw.between(-60, 60))),
        };
        // Numbers that cannot be meant have tests of their own.
        let plausible = item.plausible_numbers();
        let plausible = plausible.least..=plausible.most;
        let plain_answer = Value::from(item.answers[0].id.as_str());
        return match &value {
            Value::Number(number) if plainly && !plausible.contains(number) => plain_answer,
            Value::Text(_) if plainly => plain_answer,
            Value::Number(number) if !plausible.contains(number) => Value::Unknown,
            Value::Text(_) if !plausible.contains(&near) => Value::Unknown,
            _ => value,
        };
    }
    let answer = &item.answers[draw.below(item.answers.len())].id;
    match answer.as_str() {
        text if plainly => Value::from(text),
        "yes" if draw.chance(30) => Value::from(true),
        "no" if draw.chance(30) => Value::from(false),
        text if draw.chance(10) => Value::Text(format!("  {text} ")),
        text => Value::from(text),
    }
}

/// Decisions about some of the complaints and about one that is not there.
pub(crate) fn decisions(draw: &mut Draw, complaints: &[Complaint]) -> Vec<Override> {
    let count = if draw.chance(60) { draw.below(complaints.len() + 4) } else { 0 };
    let mut ids: Vec<&str> = complaints.iter().map(Complaint::id).collect();
    ids.push("not there");
    (0..count).map(|_| decision_since(draw, &ids, time(0))).collect()
}

/// A decision about one of these, made in the ten days from this one on.
pub(crate) fn decision_since(draw: &mut Draw, ids: &[&str], from: Timestamp) -> Override {
    let bands = [Band::Low, Band::Medium, Band::High, Band::VeryHigh];
    let effect = match draw.below(6) {
        0 => OverrideEffect::Raise(draw.pick(&bands)),
        1 => OverrideEffect::Lower(draw.pick(&bands)),
        2 => OverrideEffect::Must,
        3 => OverrideEffect::LiftMust,
        4 => OverrideEffect::Hold("waiting".to_owned()),
        _ => OverrideEffect::Release,
    };
    let second = if effect == OverrideEffect::LiftMust {
        Some("p2".to_owned())
    } else {
        draw.pick(&[None, None, Some("p2".to_owned()), Some("p1".to_owned())])
    };
    let made = from.plus_days(draw.below(10) as i64);
    let lowers = matches!(effect, OverrideEffect::Lower(_) | OverrideEffect::LiftMust);
    let reason = if lowers { "lower_judgement" } else { "judgement" };
    Override {
        id: None,
        complaint: draw.pick(ids).to_owned(),
        effect,
        actor: "p1".to_owned(),
        second_actor: second,
        role: "supervisor".to_owned(),
        reason: reason.to_owned(),
        note: draw.chance(10).then(|| "n1".to_owned()),
        made,
        expires: draw.chance(40).then(|| made.plus_days(1 + draw.below(6) as i64)),
    }
}
