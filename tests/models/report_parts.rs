//! Reports: whole, self-contained, escaped, stamped.
#![allow(missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use caserank::reference;
use caserank::research::report::{
    Axis, Chart, Point, Report, Row, Section, Series, TRIPOD_ITEMS, Table, card_section,
    weights_section,
};
use caserank::research::study;

const STAMP: &str = study::STAMP;
const NASTY: &str = "<script>alert(\"x\")</script> & 'y' ]] | *z* `q`";

fn report(stamp: Option<&str>) -> Report {
    let (x, y) = (Axis::share("Work <x>"), Axis::numbers("y & z", -1.0, 2.0));
    let line = Series::line(NASTY, [(0.0, 0.0), (0.5, 5.0), (0.7, 1.0), (1.0, 2.0)]);
    let marks = Series::points("marks", vec![Point::new(0.2, 0.4).interval(0.1, 0.9).label("3/9")]);
    let plot = Chart::plot("curve", NASTY, x.clone(), y, vec![line, marks]).describe(NASTY);
    let rows = vec![
        Row::new(NASTY, 0.3, Some((0.1, 0.6))).second(0.4).note("40%"),
        Row::new("nothing", f64::NAN, None),
    ];
    let forest = Chart::rows("forest", "again", x, Some(0.0), rows);
    let mut table = Table::new("t", NASTY, &["a", "b"]);
    table.push([NASTY, "-0.5"]);
    table.push(["=1+1", "one, \"two\"\nthree", "dropped"]);
    table.push(["short"]);
    let section = Section::new("one", NASTY, "How to read.", "What not.");
    let section = section.text(NASTY).chart(plot).chart(forest).table(table);
    let empty = Section::new("empty", "Nothing", "", "");
    let nothing =
        Chart::plot("none", "none", Axis::share("x"), Axis::numbers("y", 1.0, 1.0), vec![]);
    Report::new(NASTY, stamp).with(section).with(empty.chart(nothing))
}

#[test]
fn nothing_comes_from_elsewhere_and_text_stays_text() {
    let html = report(Some(STAMP)).to_html();
    assert!(!html.contains("<script"), "{html}");
    for outside in ["src=", "http:", "https:", "@import", "url("] {
        let found = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assert!(!found.contains(outside), "{outside}");
    }
    assert!(html.contains("&lt;script&gt;"));
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|s| s.split('"').next()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    assert!(!html.contains("NaN") && !html.contains("inf"));
}

#[test]
fn every_part_of_a_synthetic_report_is_stamped_and_no_other() {
    let parts = report(Some(STAMP)).parts();
    assert_eq!(parts.iter().map(|part| &part.name).collect::<BTreeSet<_>>().len(), parts.len());
    for part in &parts {
        let rows = part.text.lines().filter(|line| !line.is_empty()).count();
        assert!(part.text.contains(STAMP) || rows <= 1, "{}", part.name);
        if part.name.ends_with(".svg") {
            assert!(part.text.starts_with("<svg") && part.text.trim_end().ends_with("</svg>"));
        }
    }
    for part in report(None).parts() {
        assert!(!part.text.contains("Synthetic"), "{}", part.name);
    }
}

#[test]
fn csv_is_quoted_and_no_cell_is_a_formula() {
    let report = report(None);
    let (_, table) = report.tables().next().unwrap();
    let text = table.to_csv(None);
    assert!(text.starts_with("a,b\r\n"));
    assert!(text.contains(",-0.5\r\n"));
    assert!(text.contains("'=1+1,\"one, \"\"two\"\"\nthree\"\r\n"));
    assert!(text.ends_with("short,\r\n"));
}

#[test]
fn json_holds_everything() {
    let value: serde_json::Value = serde_json::from_str(&report(Some(STAMP)).to_json()).unwrap();
    assert_eq!(value["stamp"], STAMP);
    assert_eq!(value["sections"][0]["blocks"].as_array().unwrap().len(), 4);
}

#[test]
fn cards_name_the_fingerprint_and_every_gate() {
    let triage = reference::published().unwrap();
    let report = Report::new("card", None).with(card_section(&triage));
    let markdown = report.to_markdown();
    assert!(markdown.contains(&triage.fingerprint().to_string()));
    for gate in triage.policy().gates() {
        assert!(report.to_html().contains(&gate.id.replace('_', " ")), "{}", gate.id);
    }
    assert!(markdown.contains("no: scores order complaints and are no percentages"));
    let weights = weights_section(triage.instrument(), "contact_offending", None);
    let (_, chart) = Report::new("w", None)
        .with(weights)
        .charts()
        .next()
        .map(|(s, c)| (s.clone(), c.clone()))
        .unwrap();
    let values: Vec<f64> = chart.data().rows.iter().map(|row| row[1].parse().unwrap()).collect();
    assert!(values.windows(2).all(|pair| pair[0] >= pair[1]) && values.len() > 20);
}

#[test]
fn all_items_of_the_guideline_are_there_once() {
    let numbers: BTreeMap<&str, &str> = TRIPOD_ITEMS.into_iter().collect();
    assert_eq!(numbers.len(), 52);
    let main: BTreeSet<String> =
        numbers.keys().map(|own| own.chars().filter(char::is_ascii_digit).collect()).collect();
    assert_eq!(main.len(), 27);
}

#[test]
fn bounds_drift_and_groups_carry_their_warnings() {
    use caserank::Seed;
    use caserank::research::evaluate::{Caution, Confidence, selection_bounds};
    use caserank::research::report::{bounds_section, drift_section, groups_section};
    use caserank::research::study::{GroupPlan, Groups, Known, Target, item_drift};
    let found = [Some(true), Some(false), None, None];
    let bounds = selection_bounds(&found, &[true, false, true, false]).unwrap();
    let target = Target::Outcome("contact_offending".to_owned());
    let section = bounds_section(&target, 2, &[("published", bounds)]);
    let report = Report::new("Bounds", None).with(section);
    assert!(report.to_html().contains(Caution::InvestigatedOnly.text()));
    assert!(report.to_markdown().contains("50.0% to 100.0%"));

    let triage = reference::published().unwrap();
    let mut builder = caserank::BacklogBuilder::new(triage.codebook());
    for case in caserank::synthetic::Generator::new(Seed(1)).cases().take(60) {
        builder.push(&case.complaint).unwrap();
    }
    let backlog = builder.freeze();
    let drift = item_drift(&backlog, &backlog, Confidence::P95).unwrap();
    let report = Report::new("Drift", None).with(drift_section("then", "now", &drift));
    assert!(report.to_html().contains(Caution::DependsOnBinning.text()));

    let known =
        Known::new(&backlog, &caserank::research::fit::Labels::new(), target, None).unwrap();
    let groups: Groups = (0..60).map(|row| (backlog.id(row), "secret_group")).collect();
    let audit = GroupPlan::new(&triage, &groups).run(&backlog, &known).unwrap();
    let page = Report::new("Groups", audit.stamp).with(groups_section("unit", &audit)).to_html();
    // One group alone, and no known outcome: said, not left out.
    assert!(page.contains("not estimable") && page.contains("secret group"));
    assert!(!page.contains(backlog.id(0)), "no complaint is named in an audit");
}
