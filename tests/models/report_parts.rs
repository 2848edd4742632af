//! Reports: whole, self-contained, escaped, stamped.
#![allow(missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use caserank::reference;
use caserank::research::report::{
    Axis, Cell, Chart, Form, Part, Point, Report, Row, Section, Series, TRIPOD_ITEMS, Table,
    Workday, card_section, front_section, tornado_section, weights_section,
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
    // Also at full width; a mark of direction before the sign is shown as what it is, which begins no formula.
    let mut table = Table::new("t", "t", &["a"]);
    for cell in ["＝1+1", "\u{202E}=1+1", "@x", "-1+1"] {
        table.push([cell]);
    }
    let csv = table.to_csv(None);
    assert!(csv.lines().skip(1).all(|line| line.starts_with(['\'', '\\'])), "{csv}");
    assert!(!csv.contains('\u{202E}'));
    assert!(text.contains("'=1+1,\"one, \"\"two\"\"\\nthree\"\r\n"));
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
    // Weights that were fitted are not said to be set by rule where their fit is not at hand.
    let mut draft = triage.instrument().draft().clone();
    draft.rules.iter_mut().for_each(|rule| rule.ground = caserank::instrument::Ground::Fitted);
    let learnt = caserank::Instrument::new(triage.codebook(), draft).unwrap();
    let learnt =
        Report::new("Learnt", None).with(weights_section(&learnt, "contact_offending", None));
    let by_rule = Report::new("By rule", None).with(weights.clone());
    assert!(learnt.to_markdown().contains("learnt from complaints"));
    assert!(by_rule.to_markdown().contains("set by rule"));
    // What an instrument says against itself stands where its weights are shown.
    assert!(by_rule.to_markdown().contains("Caution: Not calibrated: scores order complaints"));
    let (_, chart) = Report::new("w", None)
        .with(weights)
        .charts()
        .next()
        .map(|(s, c)| (s.clone(), c.clone()))
        .unwrap();
    let values: Vec<f64> = chart.data().rows.iter().map(|row| row[1].value().unwrap()).collect();
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
    use caserank::complaint::Origin;
    use caserank::research::evaluate::{Caution, Confidence, selection_bounds};
    use caserank::research::report::{bounds_section, drift_section, groups_section};
    use caserank::research::study::{
        GroupPlan, Groups, Known, NOT_STATED_STAMP, STAMP, Target, item_drift,
    };
    let found = [Some(true), Some(false), None, None];
    let bounds = selection_bounds(&found, &[true, false, true, false]).unwrap();
    let target = Target::Outcome("contact_offending".to_owned());
    let section = bounds_section(&target, 2, &[("published", bounds)]);
    let report = Report::new("Bounds", None).with(section);
    assert!(report.to_html().contains(Caution::InvestigatedOnly.text()));
    assert!(report.to_markdown().contains("| 50.0% | 100.0% |"));
    let stamped = |origin| {
        let bounds = selection_bounds(&found, &[true, false, true, false]).unwrap();
        let section = bounds_section(&target, 2, &[("published", bounds.with_origin(origin))]);
        Report::new("Bounds", None).with(section).to_markdown()
    };
    let not_stated = NOT_STATED_STAMP.split(':').next().unwrap();
    assert!(report.to_markdown().contains(not_stated), "{}", report.to_markdown());
    assert!(stamped(Origin::Synthetic).contains(STAMP));
    let real = stamped(Origin::Retrospective);
    assert!(!real.contains(STAMP) && !real.contains(not_stated), "{real}");

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

#[test]
fn names_are_unique_whatever_the_ids() {
    let table = || {
        let mut table = Table::new("Unit A", "t", &["a"]);
        table.push(["1"]);
        table
    };
    let chart = |id: &str| Chart::rows(id, id, Axis::share("x"), None, vec![]);
    let section = |id: &str| {
        let section = Section::new(id, id, "", "").table(table()).table(table());
        section.chart(chart("unit-a")).chart(chart("Unit A")).chart(chart("ü")).chart(chart("ö"))
    };
    let mut report = Report::new("r", None);
    // Two outcomes in one report, ids that differ in case and signs alone, ids that run into each other, and none at all.
    for id in [
        "capacity",
        "capacity",
        "Capacity",
        "unit a",
        "unit-a",
        "a",
        "a-unit",
        "",
        "é",
        "x-caption",
        "x",
    ] {
        report = report.with(section(id));
    }
    let files = report.parts();
    let names: BTreeSet<&String> = files.iter().map(|file| &file.name).collect();
    assert_eq!(names.len(), files.len());
    assert_eq!(files.len(), 3 + 11 * (2 + 4 * 2));
    assert!(
        names
            .iter()
            .all(|name| name.chars().all(|l| l.is_ascii_alphanumeric() || "-.".contains(l)))
    );
    let html = report.to_html();
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|s| s.split('"').next()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    // Every link of the contents has its heading.
    for link in html.split("href=\"#").skip(1).filter_map(|s| s.split('"').next()) {
        assert!(ids.contains(&link), "{link}");
    }
    // What Markdown links to is written.
    for file in report.to_markdown().split("](").skip(1).filter_map(|s| s.split(')').next()) {
        assert!(names.iter().any(|name| *name == file), "{file}");
    }
}

/// Numbers of one attribute in an SVG document.
fn numbers(svg: &str, attribute: &str) -> Vec<f64> {
    let start = format!(" {attribute}=\"");
    let pieces = svg.split(&start).skip(1);
    pieces.filter_map(|piece| piece.split('"').next()?.parse().ok()).collect()
}

#[test]
fn charts_draw_what_they_are_given_or_say_so() {
    let nan = f64::NAN;
    let axes = [
        (2.0, 1.0),
        (1.0, 1.0),
        (0.0, 0.0),
        (1e17, 1e17),
        (1e17, 1.2e17),
        (0.0, 0.0005),
        (-1e308, 1e308),
        (nan, 3.0),
        (nan, nan),
        (f64::INFINITY, 0.0),
        (1.0, 1.0 + 1e-16),
        (5e-324, 1e-323),
        (-0.0, 0.0),
    ];
    for (from, to) in axes {
        let axis = Axis::numbers("a label that is long ".repeat(9).as_str(), from, to);
        assert!(axis.from() < axis.to(), "{from} {to}");
        let rows = vec![
            Row::new("plain", from, Some((from, to))),
            Row::new("beyond", 7.0, Some((f64::NEG_INFINITY, f64::INFINITY))).second(nan),
            Row::new("none", nan, Some((nan, nan))).note("a long note ".repeat(20)),
            Row::new("a name \u{FFFE}\u{FFFF}\u{0} ".repeat(20), 1e300, None),
        ];
        let forest = Chart::rows("f", "f", axis.clone(), Some(nan), rows);
        let points = vec![
            Point::new(from, to)
                .interval(f64::NEG_INFINITY, f64::INFINITY)
                .label("lots ".repeat(30)),
            Point::new(nan, 1.0),
            Point::new(0.5, nan).interval(nan, 1.0),
        ];
        let line =
            Series::line(&"name ".repeat(40), [(nan, 0.0), (0.2, nan), (0.3, 0.4), (0.5, 1e9)]);
        let plot = Chart::plot(
            "p",
            "p",
            axis.clone(),
            axis.percent(),
            vec![line, Series::points("m", points)],
        );
        for svg in [forest.to_svg(Some(STAMP)), plot.to_svg(Some(study::NOT_STATED_STAMP))] {
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            assert!(!svg.contains('\u{FFFE}') && !svg.contains('\u{FFFF}'));
            for attribute in ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy"] {
                for place in numbers(&svg, attribute) {
                    assert!((-20.0..=900.0).contains(&place), "{attribute} {place} of {from} {to}");
                }
            }
            // Marks of an axis are texts of their own: no two the same.
            for size in ["10", "11", "12", "13"] {
                let ticks: Vec<&str> = svg
                    .split(&format!(
                        "font-size=\"{size}\" text-anchor=\"middle\" fill=\"#222222\">"
                    ))
                    .skip(1)
                    .filter_map(|piece| piece.split('<').next())
                    .filter(|text| text.starts_with(|l: char| l.is_ascii_digit() || l == '-'))
                    .collect();
                let distinct: BTreeSet<&&str> = ticks.iter().collect();
                assert_eq!(distinct.len(), ticks.len(), "{ticks:?} of {from} {to}");
            }
        }
    }
}

#[test]
fn limits_that_leave_the_axis_are_arrows_and_a_forest_is_never_mirrored() {
    let axis = || Axis::numbers("x", 0.0, 1.0);
    let inside = Chart::rows("f", "f", axis(), None, vec![Row::new("a", 0.5, Some((0.2, 0.8)))]);
    assert!(!inside.to_svg(None).contains("beyond"));
    let one =
        Chart::rows("f", "f", axis(), None, vec![Row::new("a", 0.5, Some((0.2, f64::INFINITY)))]);
    assert_eq!(one.to_svg(None).matches("beyond").count(), 1);
    let far = Chart::rows("f", "f", axis(), None, vec![Row::new("a", 9.0, Some((-3.0, 20.0)))]);
    assert_eq!(far.to_svg(None).matches("beyond").count(), 3);
    let long = Row::new("label ".repeat(20), 0.1, Some((0.0, 1.0))).note("note ".repeat(40));
    let svg = Chart::rows("f", "f", axis(), None, vec![long]).to_svg(None);
    let (from, to) = (numbers(&svg, "x1"), numbers(&svg, "x2"));
    assert!(from.iter().zip(&to).all(|(from, to)| from <= to));
    assert!(to.iter().zip(&from).any(|(to, from)| to - from > 150.0), "room for the intervals");
}

#[test]
fn many_series_are_told_apart() {
    let series = |count: usize| -> Vec<Series> {
        (0..count)
            .map(|place| Series::line(&format!("s{place}"), [(0.0, 0.0), (1.0, 1.0)]))
            .collect()
    };
    let draw = |count| {
        Chart::plot("p", "p", Axis::share("x"), Axis::share("y"), series(count)).to_svg(None)
    };
    let svg = draw(12);
    let styles: BTreeSet<String> = svg
        .lines()
        .filter(|line| line.contains("<polyline"))
        .map(|line| line.split("fill=").nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(styles.len(), 12);
    assert!(draw(15).contains("3 more are not drawn"));
}

#[test]
fn numbers_stand_in_columns_of_their_own() {
    use caserank::research::evaluate::{Confidence, Scored, ShareInterval, auc, share};
    let few = share(3, 20, Confidence::P95, ShareInterval::Wilson);
    let none = share(0, 0, Confidence::P95, ShareInterval::Wilson);
    let flat = auc(Scored::new(&[true, false], &[1, 1]).unwrap(), Confidence::P95).unwrap().figure;
    let mut table = Table::new("t", "t", &["Name", "Found", "Count", "Gap"]);
    let row = |name: &str, found: Cell, count: u64| {
        [name.into(), found, count.into(), Cell::number(-0.25, Form::Share)]
    };
    table.push(row("few", Cell::of(&few, Form::Share), 20));
    table.push(row("none", Cell::of(&none, Form::Share), 0));
    table.push(row("flat", Cell::figure(&flat, Form::Decimal), 2));
    let csv = table.to_csv(None);
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(
        lines[0],
        ["Name", "Found", "Found: from", "Found: to", "Found: note", "Count", "Gap"]
    );
    let value = |line: usize, column: usize| lines[line][column].parse::<f64>();
    assert_eq!(value(1, 1), Ok(0.15));
    assert!(value(1, 2).unwrap() < 0.15 && value(1, 3).unwrap() > 0.15);
    assert_eq!(value(1, 6), Ok(-0.25), "no apostrophe before a number below 0");
    assert_eq!((lines[2][1], lines[2][2]), ("", ""));
    assert!(csv.contains(",,,,\"not estimable, because the number of trials is 0\",0,"), "{csv}");
    assert_eq!((value(3, 1), lines[3][2]), (Ok(0.5), ""));
    assert!(!lines[3][4].is_empty());
    // On the page the reason stands beneath.
    let report = Report::new("r", None).with(Section::new("s", "s", "", "").table(table));
    assert!(
        report.to_html().contains("No interval: ")
            && report.to_html().contains("0.500 (no interval)")
    );
    assert!(report.to_html().contains("15.0% (5.2% to 36.0%)"));
}

#[test]
fn parts_of_a_report_are_in_their_places() {
    let section =
        |id: &str, part: Part| Section::new(id, &format!("About {id}"), "", "").in_part(part);
    let report = Report::new("r", None)
        .dated("29 November")
        .made_with("Split", "by date")
        .with(section("back", Part::Appendix))
        .with(section("middle", Part::Body))
        .with(section("first", Part::Front));
    let html = report.to_html();
    let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(
        place("About first") < place("Contents") && place("Contents") < place("1. About middle")
    );
    assert!(
        place("id=\"middle\"") < place("<details>") && place("<details>") < place("id=\"back\"")
    );
    assert!(
        html.contains("29 November") && html.contains("counter(page)") && html.contains("by date")
    );
    assert!(html.contains(env!("CARGO_PKG_VERSION")));
    // A long table is folded, not cut.
    let mut table = Table::new("t", "t", &["n"]);
    for row in 0..100_u32 {
        table.push([row]);
    }
    let html = Report::new("r", None).with(section("s", Part::Body).table(table)).to_html();
    assert!(html.contains("75 more of 100 rows") && html.contains(">99<"));
}

#[test]
fn one_stamped_section_stamps_the_report_and_the_noun_is_the_data_s() {
    use caserank::complaint::Origin;
    use caserank::research::report::{
        calibration_section, capacity_section, comparison_section, data_section, roc_section,
    };
    use caserank::research::study::{Arm, Known, Measure, Noun, Study};
    let labels: Vec<bool> = (0..120).map(|row| row % 4 == 0).collect();
    let scores: Vec<f64> =
        (0..120).map(|row| f64::from(row % 4 == 0) + f64::from(row % 7)).collect();
    let p: Vec<f64> = scores.iter().map(|score| 0.02 + score / 20.0).collect();
    let of = |origin: Origin| {
        Known::of_labels("readmission", &labels, origin).called(Noun::new("patient", "patients"))
    };
    let known = of(Origin::Retrospective);
    let arm = Arm::of_scores("vendor", &known, &scores, &p).unwrap();
    let other = Known::of_labels("readmission", &labels[..30], Origin::Retrospective);
    let stranger = Arm::of_scores("stranger", &other, &scores[..30], &[]).unwrap();
    let result = Study::of(&known)
        .scores("vendor", &scores, &p)
        .scores("reversed", &p, &[])
        .primary(Measure::Auc, 0.02)
        .bootstrap(60, caserank::Seed(1))
        .run()
        .unwrap();
    let arms = [arm, stranger];
    let day = Workday::new(40.0, 8.0).unwrap();
    let mut report = Report::new("Readmission", result.stamp).called(known.noun());
    for section in front_section(&result, &known, &arms, day, "All patients of one year.") {
        report = report.with(section);
    }
    let report = report
        .with(capacity_section(&known, &arms))
        .with(comparison_section(&result))
        .with(roc_section(&known, &arms))
        .with(calibration_section(&known, &arms))
        .with(data_section(None, &known));
    assert_eq!(report.stamp, None);
    let (html, markdown) = (report.to_html(), report.to_markdown());
    assert!(
        markdown.contains("patients") && !markdown.to_lowercase().contains("complaint"),
        "{markdown}"
    );
    assert!(
        html.contains("was scored on other patients"),
        "an arm of other rows is told, not drawn"
    );
    for front in ["What was compared", "What to do on Monday", "What not to conclude"] {
        assert!(html.contains(front), "{front}");
    }
    // One section on made-up rows stamps all of it; unstated origin asks for its own stamp.
    let report = report.with(data_section(None, &of(Origin::Synthetic)));
    assert_eq!(report.stamp.as_deref(), Some(STAMP));
    let report = report.with(data_section(None, &of(Origin::NotStated)));
    let stamp = report.stamp.unwrap();
    assert!(stamp.contains(STAMP) && stamp.contains("not stated"));
}

#[test]
fn assumptions_stand_by_what_they_move() {
    use caserank::research::study::PositionsUnder;
    let triage = reference::published().unwrap();
    let unit = reference::unit().unwrap();
    let mut builder = caserank::BacklogBuilder::new(triage.codebook());
    for case in caserank::synthetic::Generator::new(caserank::Seed(1)).cases().take(80) {
        builder.push(&case.complaint).unwrap();
    }
    let sets =
        [("nominal", &triage), ("step, low", &unit), ("same", &triage), ("step, high", &triage)];
    let none = caserank::ActiveOverrides::none();
    let positions = PositionsUnder::new(&sets, &builder.freeze(), &none).unwrap();
    let section = tornado_section("nominal", &positions.departures(20), 20);
    let report = Report::new("t", None).with(section);
    let (_, chart) = report.charts().next().unwrap();
    let rows = chart.data().rows;
    // Both ends of the step share a bar, the larger first; what moves nothing is still there.
    assert_eq!(rows.iter().map(|row| row[0].text()).collect::<Vec<_>>(), ["step", "same"]);
    assert!(rows[0][1].value() > Some(0.0) && rows[0][2].value() == Some(0.0));
    assert_eq!(report.tables().next().unwrap().1.rows.len(), 3);
}

#[test]
fn what_is_not_known_has_sections_of_its_own() {
    use caserank::complaint::Origin;
    use caserank::research::evaluate::{
        ByKey, Capacity, Confidence, Figure, Scale, Scored, SelectionModel, at_horizon, auc,
    };
    use caserank::research::report::{follow_up_section, selection_section, units_section};
    let cells = |section: Section, id: &str| -> Vec<Vec<String>> {
        let report = Report::new("Sections", None).with(section);
        let found = report.tables().find(|(_, table)| table.id.ends_with(id));
        let rows = &found.expect("the table is there").1.rows;
        rows.iter().map(|row| row.iter().map(|cell| cell.text()).collect()).collect()
    };
    let found = [Some(true), Some(false), None, Some(false), None, Some(true), Some(false), None];
    let worked = [0.8, 0.8, 0.8, 0.6, 0.6, 0.6, 0.5, 0.5];
    let danger = [0.5, 0.4, 0.4, 0.3, 0.2, 0.6, 0.2, 0.1];
    let model = SelectionModel::new(&found, &worked, &danger).unwrap();
    let (first, second) = ([true, true, true, false, false, false, false, false], [false; 8]);
    let flags: [(&str, &[bool]); 2] = [("ours", &first), ("none", &second)];
    let section = || selection_section(&model, &flags, &[0.5, 1.0], Confidence::P95);
    let rates = cells(section(), "rate");
    let rate = model.rate(1.0, Confidence::P95).unwrap();
    assert!(rates[0][2].starts_with(&format!("{:.1}%", rate.value * 100.0)), "{rates:?}");
    assert_eq!(cells(section(), "reached").len(), 2);

    // A find on day 5, lost on day 20, followed without a find, found on day 300.
    let at = at_horizon(&[Some(5.0), None, None, Some(300.0)], &[5.0, 20.0, 400.0, 300.0], 90.0);
    let at = at.unwrap();
    let scores: [(&str, &[f64]); 2] = [("ours", &[4.0, 3.0, 2.0, 1.0]), ("short", &[1.0])];
    let rows = cells(
        follow_up_section("days", &[(90.0, &at)], &scores, Capacity::Share(0.5), Confidence::P95),
        "measures",
    );
    assert_eq!((rows.len(), rows[0][0].as_str(), rows[0][1].as_str()), (2, "90", "ours"));
    assert!(rows[0][2].starts_with("1.000") && rows[1][2].contains("scores"), "{rows:?}");

    let mut units: ByKey<String, Figure> = Vec::new();
    for unit in 0..4_u32 {
        let labels: Vec<bool> = (0..60).map(|row| (row * 7 + unit) % 3 == 0).collect();
        let own: Vec<u32> = (0..60_u32)
            .map(|row| u32::from(labels[row as usize]) * 3 + (row * 11 + unit) % 8)
            .collect();
        let area = auc(Scored::new(&labels, &own).unwrap(), Confidence::P95).map(|own| own.figure);
        units.push((format!("unit_{unit}"), area));
    }
    let section = units_section(
        "unit",
        &[("Area", &units, Scale::Logit)],
        Origin::Retrospective,
        Confidence::P95,
    );
    let report = Report::new("Units", None).with(section.clone());
    assert_eq!(report.charts().count(), 1);
    let rows = cells(section, "across");
    assert_eq!((rows[0][0].as_str(), rows[0][5].as_str()), ("Area", "4"));
}
