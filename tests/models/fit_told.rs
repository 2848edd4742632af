//! What a fit warns of reaches the instrument that is made of it.

use caserank::complaint::Origin;
use caserank::research::fit::{
    Burgess, ClassWeights, Coding, Design, Designed, FitWarning, Labels, LinearWeights, Logistic,
    Naming,
};
use caserank::{Backlog, BacklogBuilder, Codebook, Complaint, Instrument, Timestamp, reference};

const OUTCOME: &str = "contact_offending";
const ITEMS: [&str; 2] = ["prior_violent_offence", "substance_misuse"];

/// Complaints of which `rare` have the first answer, a quarter of them the outcome.
fn backlog(rows: usize, rare: usize) -> (Backlog, Labels, Codebook) {
    let codebook = reference::published().unwrap().codebook().clone();
    let received: Timestamp = "2025-01-01".parse().unwrap();
    let mut builder = BacklogBuilder::new(&codebook);
    let mut labels = String::from("complaint,outcome,result\n");
    for number in 0..rows {
        let word = |yes: bool| if yes { "yes" } else { "no" };
        let complaint = Complaint::new(format!("c-{number:04}"), received)
            .unwrap()
            .with_origin(Origin::Prospective)
            .with_subject(format!("s-{number}"))
            .unwrap()
            .with_answer(ITEMS[0], word(number < rare))
            .with_answer(ITEMS[1], word(number % 3 == 0));
        builder.push(&complaint).unwrap();
        for outcome in codebook.outcomes() {
            let yes = number % 4 == 0 || number % 12 == 3;
            labels += &format!("c-{number:04},{},{}\n", outcome.id, word(yes));
        }
    }
    let labels = Labels::read_csv(labels.as_bytes()).unwrap().0;
    (builder.freeze(), labels, codebook)
}

fn designed(backlog: &Backlog, labels: &Labels, coding: Coding) -> Designed {
    Design::new().items(&ITEMS).coding(coding).apply(backlog, labels, OUTCOME).unwrap()
}

fn notes(instrument: &Instrument) -> String {
    instrument.draft().warnings.join("\n")
}

#[test]
fn few_events_thin_answers_and_class_weights_stand_in_the_instrument() {
    let (backlog, labels, codebook) = backlog(36, 6);
    let naming = Naming::new("told", "test");
    let method = Logistic::new().ridge(1.0).class_weights(ClassWeights::Balanced);
    let design = Design::new().items(&ITEMS);
    let fitted = method.fit_all(&backlog, &labels, &design, &naming).unwrap();
    let text = notes(&fitted.instrument);
    for fit in &fitted.fits {
        let says = |is: fn(&FitWarning) -> bool| fit.report.warnings.iter().any(is);
        assert!(says(|told| matches!(told, FitWarning::FewEvents { .. })));
        assert!(says(|told| matches!(told, FitWarning::ThinAnswer { .. })));
        let start = format!("Weights for `{}`", fit.outcome);
        for word in ["effective events for each coefficient", "intercept and probabilities"] {
            let line = |line: &&str| line.starts_with(&start) && line.contains(word);
            assert_eq!(text.lines().filter(line).count(), 1, "{word}: {text}");
        }
        let thin = format!("`{}=yes` (6 complaints, 3 with the outcome)", ITEMS[0]);
        let line = |line: &&str| line.starts_with(&start) && line.contains(&thin);
        assert_eq!(text.lines().filter(line).count(), 1, "{text}");
    }
    // One outcome by itself says the same; weights without their fit cannot.
    let one = designed(&backlog, &labels, Coding::Treatment);
    let model = method.fit_sample(&one.sample().unwrap()).unwrap();
    let told = one.fitted_instrument(&codebook, &naming, &model).unwrap();
    let bare = one.instrument(&codebook, &naming, &LinearWeights::from(&model)).unwrap();
    for line in &told.draft().warnings {
        assert!(text.contains(line), "{line}");
    }
    assert!(told.draft().warnings.len() > bare.draft().warnings.len());
    // Words move no number.
    assert_eq!(told.draft().outcomes, bare.draft().outcomes);
}

#[test]
fn errors_and_tests_are_no_part_of_an_instrument_and_enough_complaints_say_nothing() {
    let (backlog, labels, codebook) = backlog(1_200, 500);
    let one = designed(&backlog, &labels, Coding::Treatment);
    let clusters: Vec<u32> = (0..1_200).map(|row| row / 100).collect();
    let sample = one.sample().unwrap().clusters(&clusters).unwrap();
    let model = Logistic::new().fit_sample(&sample).unwrap();
    let few = FitWarning::FewClusters { clusters: 12 };
    assert!(model.report().warnings.contains(&few), "{:?}", model.report().warnings);
    let naming = Naming::new("told", "test");
    let instrument = one.fitted_instrument(&codebook, &naming, &model).unwrap();
    assert!(!notes(&instrument).contains("cluster"), "{}", notes(&instrument));
}

#[test]
fn a_card_counted_on_few_complaints_says_so() {
    let (few, labels, codebook) = backlog(60, 8);
    let answers = designed(&few, &labels, Coding::Answers);
    let sample = answers.sample().unwrap();
    let card = Burgess::new().least_rows(1).least_difference(0.001).fit_sample(&sample).unwrap();
    let naming = Naming::new("card", "test");
    let instrument = answers.point_instrument(&codebook, &naming, &card).unwrap();
    let column = format!("{}=yes", ITEMS[0]);
    assert!(card.points.iter().any(|(name, _)| *name == column), "{card:?}");
    assert!(
        notes(&instrument).contains(&format!("`{column}` (8 complaints")),
        "{}",
        notes(&instrument)
    );
    let (many, labels, _) = backlog(1_200, 500);
    let answers = designed(&many, &labels, Coding::Answers);
    let card = Burgess::new().least_difference(0.001);
    let card = card.fit_sample(&answers.sample().unwrap()).unwrap();
    let instrument = answers.point_instrument(&codebook, &naming, &card).unwrap();
    assert!(!notes(&instrument).contains("hardly known"), "{}", notes(&instrument));
}
