//! Sheets in every form, who moved and why on them, and what a model may say that a plan will find.

use caserank::rank::{Move, Moves, Rank};
use caserank::worklist::{Carry, Period, Plan, Planner, Request, SheetForm};
use caserank::{BacklogBuilder, Complaint, Ranking, Seed, Triage};
use serde_json::{Value, json};

const TOY: &str = include_str!("../../fixtures/models/toy.json");

/// Two complaints of one unit, one of them urgent, with the least tame of names.
fn planned(triage: &Triage) -> (Ranking, Plan) {
    let mut backlog = BacklogBuilder::new(triage.codebook());
    for (id, is_urgent) in [("=a|<b>", true), ("c", false)] {
        let complaint = Complaint::new(id, "2026-04-17".parse().unwrap()).unwrap();
        let complaint = complaint.with_unit("no,rth").unwrap();
        let complaint = if is_urgent { complaint.with_answer("urgent", "yes") } else { complaint };
        backlog.push(&complaint).unwrap();
    }
    let ranking = triage.rank(&backlog.freeze()).unwrap();
    let period =
        Period { start: "2026-04-18".parse().unwrap(), end: "2026-04-19".parse().unwrap() };
    let request = Request::new(period, 2).with_unit("no,rth");
    let planner = Planner::new(triage, Seed(7)).unwrap();
    let plan = planner.plan(&ranking, &request, &Carry::default()).unwrap();
    (ranking, plan)
}

#[test]
fn every_form_lists_everybody_and_is_safe_where_it_is_read() {
    let triage = Triage::from_json(TOY).unwrap();
    let (_, plan) = planned(&triage);
    let investigators = plan.investigator_sheet();
    for form in SheetForm::ALL {
        for sheet in [plan.planner_sheet_in(form), investigators.in_form(form)] {
            let listed = match form {
                SheetForm::Text => "=a|<b>",
                SheetForm::Markdown => "=a\\|&lt;b&gt;",
                SheetForm::Html => "<td data-head=\"complaint\">=a|&lt;b&gt;</td>",
                _ => "\"'=a|<b>\"",
            };
            assert!(sheet.contains(listed), "{form}: {sheet}");
            assert!(sheet.ends_with('\n') && !sheet.ends_with("\n\n"), "{form}: {sheet}");
        }
    }
    assert_eq!(plan.planner_sheet_in(SheetForm::Markdown), plan.planner_sheet());
    assert_eq!(investigators.in_form(SheetForm::Markdown), investigators.to_string());
    let csv = plan.planner_sheet_in(SheetForm::Csv);
    let heading =
        "unit,position,complaint,lane,band,rule,acts_first,deconfliction,deadline,chance,origin";
    assert_eq!(csv.lines().next(), Some(heading));
    assert_eq!(csv.lines().count(), 3);
    assert!(csv.lines().skip(1).all(|line| line.starts_with("\"no,rth\",")), "{csv}");
    // What an investigator must not know is in no form of their sheet.
    for form in SheetForm::ALL {
        let sheet = investigators.in_form(form);
        assert!(!sheet.contains("chance") && !sheet.contains("very_high"), "{form}: {sheet}");
    }
}

/// Whoever holds a sheet, in whatever form, knows whether its complaints are made up, or that nobody said.
#[test]
fn every_form_says_where_complaints_come_from() {
    use caserank::complaint::Origin;

    let triage = Triage::from_json(TOY).unwrap();
    for origin in [Origin::Prospective, Origin::NotStated, Origin::Synthetic] {
        let mut backlog = BacklogBuilder::new(triage.codebook());
        let complaint = Complaint::new("a", "2026-04-17".parse().unwrap()).unwrap();
        backlog.push(&complaint.with_unit("north").unwrap().with_origin(origin)).unwrap();
        let ranking = triage.rank(&backlog.freeze()).unwrap();
        let period =
            Period { start: "2026-04-18".parse().unwrap(), end: "2026-04-19".parse().unwrap() };
        let planner = Planner::new(&triage, Seed(7)).unwrap();
        let request = Request::new(period, 2).with_unit("north");
        let plan = planner.plan(&ranking, &request, &Carry::default()).unwrap();
        assert_eq!(Plan::from_json(&plan.to_json()).unwrap().origin(), origin);
        let words = match origin {
            Origin::Synthetic => "Synthetic: made-up complaints, for testing only",
            _ => "Origin not stated: nothing says whether these complaints came in or were made up",
        };
        let investigators = plan.investigator_sheet();
        let mut sheets =
            vec![plan.morning_sheet(&ranking, None).to_string(), plan.morning_page(&ranking, None)];
        for form in SheetForm::ALL {
            let both = [plan.planner_sheet_in(form), investigators.in_form(form)];
            if form == SheetForm::Csv {
                // A column, so that the file stays a table.
                for sheet in both {
                    let lines: Vec<&str> = sheet.lines().collect();
                    assert!(lines[0].ends_with(",origin"), "{sheet}");
                    assert!(lines[1].ends_with(&format!(",{origin}")), "{sheet}");
                }
            } else {
                sheets.extend(both);
            }
        }
        for sheet in sheets {
            assert_eq!(sheet.contains(words), origin != Origin::Prospective, "{origin}: {sheet}");
            assert!(origin != Origin::Prospective || !sheet.contains("Origin"), "{sheet}");
        }
    }
    // A plan from before it was kept is no less careful.
    let (_, plan) = planned(&triage);
    let mut old: Value = serde_json::from_str(&plan.to_json()).unwrap();
    old.as_object_mut().unwrap().remove("origin").unwrap();
    let old = Plan::from_json(&old.to_string()).unwrap();
    assert!(old.planner_sheet().contains("Origin not stated"));
}

/// As text a list fits a screen of 100 columns, and no word of it is lost.
#[cfg(feature = "csv")]
#[test]
fn lists_as_text_fit_a_screen() {
    let triage = caserank::reference::published().unwrap();
    let file = std::fs::File::open("fixtures/backlog.csv").unwrap();
    let reading = caserank::backlog::Reading::new();
    let intake = caserank::Backlog::read_csv(triage.codebook(), file, reading).unwrap();
    let ranking = triage.rank(intake.backlog()).unwrap();
    let period =
        Period { start: "2026-01-05".parse().unwrap(), end: "2026-01-06".parse().unwrap() };
    let request = Request::new(period, 90).with_unit("north");
    let planner = Planner::new(&triage, Seed(7)).unwrap();
    let plan = planner.plan(&ranking, &request, &Carry::default()).unwrap();
    let sheet = plan.investigator_sheet();
    let (text, csv) = (sheet.in_form(SheetForm::Text), sheet.in_form(SheetForm::Csv));
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let words = |text: &str| text.matches("safeguarding").count();
    assert!(words(&csv) > 3 && words(&text) == words(&csv), "{text}");
}

/// Everybody who moved is told with the cause, those in another lane or band first, on both morning sheets.
#[test]
fn moves_stand_with_their_causes() {
    let triage = Triage::from_json(TOY).unwrap();
    let (ranking, plan) = planned(&triage);
    let rank = |position: usize, band: &str| -> Rank {
        let rank = json!({"position": position, "lane": "open", "band": band, "priority_billionths": 41_000_000});
        serde_json::from_value(rank).unwrap()
    };
    let moves: Moves = [
        Move::new("=a|<b>", Some(rank(3, "high")), Some(rank(1, "high"))),
        Move::new("c", Some(rank(1, "low")), Some(rank(2, "high")))
            .with_why(["urgent\u{1b} was <no>"]),
        Move::new("gone", Some(rank(4, "low")), None),
    ]
    .into_iter()
    .collect();
    let markdown = plan.morning_sheet(&ranking, Some(&moves)).to_string();
    let page = plan.morning_page(&ranking, Some(&moves));
    for (sheet, cause) in
        [(&markdown, "urgent\\\\u{1b} was &lt;no&gt;"), (&page, "urgent\\u{1b} was &lt;no&gt;")]
    {
        assert!(sheet.contains(cause), "{sheet}");
        let of_c = sheet.find("c: down from 1").unwrap();
        assert!(of_c < sheet.find("up from 3").unwrap(), "{sheet}");
        assert!(!sheet.contains("gone"), "{sheet}");
    }
    assert!(markdown.contains("## Moved: 2\n"), "{markdown}");
}

fn with_calibration(outcome: usize, origin: &str, model: &mut Value) {
    model["instrument"]["outcomes"][outcome]["calibration"] = json!({
        "place": "Made Town", "until": "2026-01-01T00:00:00Z", "origin": origin, "complaints": 900,
        "events": 90, "ascertainment": "files closed",
        "expected_over_observed": {"value": "1.02", "low": "0.91", "high": "1.14"},
    });
}

/// A figure stands where the instrument was calibrated on complaints that really came in, and nowhere else.
#[test]
fn expected_yield_is_given_where_it_may_be() {
    let mut model: Value = serde_json::from_str(TOY).unwrap();
    let sheets = |model: &Value| {
        let triage = Triage::from_json(&model.to_string()).unwrap();
        let (ranking, plan) = planned(&triage);
        let markdown = plan.morning_sheet(&ranking, None).to_string();
        (plan.expected_yield(&ranking), [markdown, plan.morning_page(&ranking, None)])
    };
    for origin in [None, Some("synthetic"), Some("not_stated")] {
        if let Some(origin) = origin {
            with_calibration(0, origin, &mut model);
        }
        let (expected, told) = sheets(&model);
        assert!(expected.is_empty(), "{origin:?}");
        for sheet in told {
            assert!(sheet.contains("No expected yield is given: no outcome"), "{sheet}");
        }
    }
    with_calibration(0, "prospective", &mut model);
    let (expected, told) = sheets(&model);
    let [danger] = expected.as_slice() else { panic!("{expected:?}") };
    // Log-odds of -2.5 with nothing known and of -1.3 with *urgent*: 1/(1+e^2.5) + 1/(1+e^1.3).
    let sum = 1e9 / (1.0 + 2.5_f64.exp()) + 1e9 / (1.0 + 1.3_f64.exp());
    assert!((danger.billionths() as f64 - sum).abs() < 3.0, "{} {sum}", danger.billionths());
    assert_eq!((danger.outcome(), danger.complaints()), ("danger", 2));
    for sheet in told {
        assert!(sheet.contains("danger: about 0.3 of 2 complaints"), "{sheet}");
        assert!(sheet.contains("Made Town") && sheet.contains("0.91 to 1.14"), "{sheet}");
    }
    // Of an urgent complaint the second outcome is not asked.
    with_calibration(1, "retrospective", &mut model);
    let (expected, _) = sheets(&model);
    let counts: Vec<usize> = expected.iter().map(|outcome| outcome.complaints()).collect();
    assert_eq!(counts, [2, 1]);
}
