//! Sections about answers nobody gave, coders who differ and weights that agencies learnt together: every figure in them is that
//! of what they were made from, and what is not known is said.

use caserank::complaint::Origin;
use caserank::research::evaluate::Confidence;
use caserank::research::fit::federated::{
    Contribution, Method, Plan, PlanItem, PooledCurves, PooledWeights, ScoreCounts,
};
use caserank::research::fit::{
    ClassWeights, Design, Designed, Firth, FitWarning, Imputation, Label, Labels, Logistic,
    Penalty, Sample,
};
use caserank::research::report::{
    Block, Report, Section, coders_section, federated_section, missing_section,
};
use caserank::research::study::double_coding;
use caserank::synthetic::Generator;
use caserank::triage::Fingerprint;
use caserank::{BacklogBuilder, Complaint, Seed, Timestamp, reference};

use crate::federation::{agencies_of, drawn, federated};

/// The cells of one table as text.
fn table(section: &Section, id: &str) -> Vec<Vec<String>> {
    let found = section.blocks.iter().find_map(|block| match block {
        Block::Table(table) if table.id == id => Some(table),
        _ => None,
    });
    let rows = &found.unwrap_or_else(|| panic!("there is a table {id}")).rows;
    rows.iter().map(|row| row.iter().map(|cell| cell.text()).collect()).collect()
}

fn prose(section: &Section) -> String {
    let texts = section.blocks.iter().filter_map(|block| match block {
        Block::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

const ITEMS: [&str; 2] = ["prior_violent_offence", "substance_misuse"];

/// 300 complaints; the first item is unknown in every third.
fn hidden() -> Designed {
    let codebook = reference::published().unwrap().codebook().clone();
    let received: Timestamp = "2025-01-01".parse().unwrap();
    let mut stream = Seed(12).stream(0);
    let (mut builder, mut labels) = (BacklogBuilder::new(&codebook), Labels::new());
    for number in 0..300 {
        let id = format!("c{number:03}");
        let (first, second) = (stream.chance(0.4), stream.chance(0.4));
        let word = |yes: bool| if yes { "yes" } else { "no" };
        let mut complaint = Complaint::new(&id, received).unwrap().with_origin(Origin::Prospective);
        if number % 3 != 0 {
            complaint = complaint.with_answer(ITEMS[0], word(first));
        }
        builder.push(&complaint.with_answer(ITEMS[1], word(second))).unwrap();
        let yes = stream.chance(if first { 0.7 } else { 0.2 });
        let result = if yes {
            caserank::research::fit::Found::Yes
        } else {
            caserank::research::fit::Found::No
        };
        labels.push(Label::new(&id, "contact_offending", result)).unwrap();
    }
    Design::new().items(&ITEMS).apply(&builder.freeze(), &labels, "contact_offending").unwrap()
}

#[test]
fn missing_answers_stand_with_their_shares_weights_and_turning_shift() {
    let designed = hidden();
    let fit = |sample: &Sample<'_>| Logistic::new().fit_sample(sample);
    let unknown = designed.unknown_answers();
    let complete = fit(&designed.sample().unwrap()).unwrap();
    let plan = Imputation::new(5, Seed(3)).rounds(1);
    let imputed = plan.run(&designed, fit).unwrap();
    let column = "prior_violent_offence=yes";
    let path = plan.shifted(&designed, fit, ITEMS[0], column, &[-9.0, 0.0, 9.0]).unwrap();
    let section =
        missing_section(&unknown, Some(complete.report()), Some(&imputed), &[(column, &path)]);
    assert!(section.reading.contains("Of 300 complaints 200 have every answer"));
    let items = table(&section, "items");
    assert_eq!((items[0][0].as_str(), items[0][1].as_str()), ("prior violent offence", "33.3%"));
    assert_eq!(items[1][1], "0.0%");
    let patterns = table(&section, "patterns");
    assert_eq!(patterns, [["none", "200"], ["prior violent offence", "100"]]);
    let weights = table(&section, "imputed");
    assert_eq!(weights.len(), imputed.estimates.len());
    let own = imputed.estimate(column).unwrap();
    let row = weights.iter().find(|row| row[0].starts_with("prior violent offence")).unwrap();
    let plain = complete.report().estimate(column).unwrap().estimate;
    assert!(row[1].starts_with(&format!("{plain:.3}")), "{row:?}");
    assert!(row[2].starts_with(&format!("{:.3}", own.estimate)), "{row:?}");
    assert_eq!(row[3], format!("{:.1}%", own.missing_information * 100.0));
    assert_eq!(table(&section, "shifts").len(), 3);
    let said = match path.turns_at {
        Some(turn) => format!("turns at a shift of {turn:.3}"),
        None => "holds at every shift tried".to_owned(),
    };
    assert!(prose(&section).contains(&said), "{}", prose(&section));
    // A run under a shift says so; without imputation and paths, neither table is there.
    let shifted = plan.shift(ITEMS[0], 1.5).run(&designed, fit).unwrap();
    let told = prose(&missing_section(&unknown, None, Some(&shifted), &[]));
    assert!(told.contains("shifted by 1.500 log-odds"), "{told}");
    let bare = missing_section(&unknown, None, None, &[]);
    assert_eq!(Report::new("Bare", None).with(bare).tables().count(), 2);
}

#[test]
fn coders_stand_with_the_least_agreement_first() {
    let triage = reference::published().unwrap();
    let mut coders =
        [BacklogBuilder::new(triage.codebook()), BacklogBuilder::new(triage.codebook())];
    for (number, case) in Generator::new(Seed(3)).cases().take(60).enumerate() {
        coders[0].push(&case.complaint).unwrap();
        let mut second = case.complaint.clone();
        if number % 2 == 0 {
            second.clear_answer("tip_source");
        }
        // Five that the second coder never saw.
        if number >= 5 {
            coders[1].push(&second).unwrap();
        }
    }
    let [first, second] = coders.map(BacklogBuilder::freeze);
    let found = double_coding(&triage, &first, &second, 10, Confidence::P95).unwrap();
    let section = coders_section(&found, 4);
    assert!(section.reading.starts_with("55 complaints"), "{}", section.reading);
    let rows = table(&section, "agreement");
    assert_eq!((rows.len(), rows[0][0].as_str()), (4, "tip source"));
    let least = found.items[0].same.value;
    assert!(least < 1.0 && rows[0][1].starts_with(&format!("{:.1}%", least * 100.0)), "{rows:?}");
    assert_eq!(rows[0][4], found.items[0].one_unknown.to_string());
    let told = prose(&section);
    assert!(told.contains("5 complaints that only one of the two coded are left out"), "{told}");
    assert!(told.contains(&format!("at most {}", found.largest_move)), "{told}");
    assert!(told.contains(&format!("agree in {:.1}% of answers or more", least * 100.0)), "{told}");
    // More asked for than there are items: all of them.
    assert_eq!(table(&coders_section(&found, 10_000), "agreement").len(), found.items.len());
}

#[test]
fn federated_weights_stand_beside_what_agencies_found_alone() {
    let items = vec![PlanItem::yes_no("access"), PlanItem::new("count", &["none", "one", "more"])];
    let plan =
        Plan::new("test", "outcome", items.clone(), Method::Logistic { ridge: 1.0 }).unwrap();
    let rows = drawn(&mut Seed(5).stream(0), &items, 6, false, false);
    let mut agencies = agencies_of(&plan, &rows);
    let (fit, coordinator) = federated(&plan, &mut agencies).unwrap();
    let weights = fit.weights();
    let model = Fingerprint::of(b"model");
    let (mut alone, mut counts) = (Vec::new(), Vec::new());
    for (agency, rows) in agencies.iter().zip(&rows) {
        let columns = coordinator.design().code(agency.codes()).unwrap();
        let own = Firth::new().fit_sample(&Sample::new(&columns, &rows.labels).unwrap()).unwrap();
        alone.push(Contribution::new(agency.name(), &own));
        let log_odds = weights.log_odds(&columns).unwrap();
        let chances: Vec<f64> = log_odds.iter().map(|eta| 1.0 / (1.0 + (-eta).exp())).collect();
        let cuts = [0.1, 0.2, 0.3, 0.4, 0.5];
        let sent = ScoreCounts::new(agency.name(), model, &chances, &rows.labels, &cuts, 5);
        counts.push(sent.unwrap());
    }
    let pooled = PooledWeights::new(&alone).unwrap();
    let curves = PooledCurves::new(&counts, 1).unwrap();
    let section = federated_section(&fit, Some(&pooled), Some(&curves));
    let all: usize = rows.iter().map(|rows| rows.labels.len()).sum();
    assert!(section.reading.starts_with(&format!("6 agencies with {all} complaints")));
    let largest = rows.iter().map(|rows| rows.labels.len()).max().unwrap();
    let share = format!("{:.1}% of the complaints", 100.0 * largest as f64 / all as f64);
    assert!(section.reading.contains(&share), "{}", section.reading);
    let cells = table(&section, "weights");
    assert_eq!(cells.len(), fit.estimates().len());
    for ((row, own), alone) in cells.iter().zip(fit.estimates()).zip(pooled.weights()) {
        assert!(row[1].starts_with(&format!("{:.3}", own.estimate)), "{row:?}");
        assert_eq!(row[2], alone.agencies.to_string());
    }
    let inhabited = curves.bins().iter().filter(|bin| bin.complaints > 0).count();
    assert_eq!(table(&section, "calibration").len(), inhabited);
    let reached = table(&section, "reached");
    assert!(reached.windows(2).all(|pair| pair[0] != pair[1]), "{reached:?}");
    assert!(prose(&section).contains(&fit.penalty().to_string()));
    assert_eq!(table(&section, "reached").last().unwrap(), &["100.0%", "100.0%"]);
    // Every warning of the fit travels, and agencies left out of the curves are named.
    for warning in fit.warnings() {
        assert!(prose(&section).contains(&warning.to_string()));
    }
    for name in curves.left_out() {
        assert!(prose(&section).contains(name.as_str()));
    }
    let bare = federated_section(&fit, None, None);
    assert!(table(&bare, "weights").iter().all(|row| row[2].is_empty()));
    assert_eq!(Report::new("Bare", None).with(bare).tables().count(), 1);
}

#[test]
fn cautions_of_imputed_fits_travel() {
    let designed = hidden();
    let fit = |sample: &Sample<'_>| {
        Logistic::new().ridge(2.0).class_weights(ClassWeights::Balanced).fit_sample(sample)
    };
    let imputed = Imputation::new(4, Seed(3)).rounds(1).run(&designed, fit).unwrap();
    assert_eq!(imputed.penalty, Penalty::Ridge(2.0));
    let plain = fit(&designed.sample().unwrap()).unwrap();
    let apart = imputed.events_per_parameter - plain.report().events_per_parameter;
    assert!(apart.abs() < 1e-9);
    let kinds: Vec<&FitWarning> = imputed.warnings.iter().map(|own| &own.warning).collect();
    assert!(kinds.contains(&&FitWarning::ClassWeights), "{kinds:?}");
    let section = missing_section(&designed.unknown_answers(), None, Some(&imputed), &[]);
    let told = prose(&section);
    for own in &imputed.warnings {
        assert_eq!(own.samples, 4, "{own:?}");
        // Each once, however many samples say it.
        let text = format!("Caution in 4 of 4 completed samples: {}.", own.warning);
        assert_eq!(told.matches(&text).count(), 1, "{told}");
    }
    assert!(told.contains(&format!("Fitted with {}", imputed.penalty)), "{told}");
}
