//! What a reading told, and whether its counts add up.

use caserank::backlog::Intake;

/// What is told of single records, by line: those set aside, and those ranked with something not
/// understood (the first few of each cause).
pub(crate) fn told(intake: &Intake) -> Vec<(u64, String)> {
    let aside = intake.not_rankable().iter();
    let aside = aside.map(|record| (record.first_line(), record.why().to_string()));
    let causes = intake.report().causes().iter();
    let causes =
        causes.flat_map(|cause| cause.lines().iter().map(|&line| (line, cause.what().to_string())));
    let mut told: Vec<_> = aside.chain(causes).collect();
    told.sort();
    told
}

/// Every record is in one of three places, every line in a record, the heading or blank.
pub(crate) fn adds_up(intake: &Intake) {
    let report = intake.report();
    assert_eq!(report.complaints(), intake.backlog().len() as u64, "{report}");
    assert_eq!(intake.not_rankable().len() as u64, report.not_rankable());
    assert_eq!(
        report.lines(),
        report.heading_lines() + report.blank_lines() + report.record_lines(),
        "{report}"
    );
    let partly = intake.backlog().partly_understood().len() as u64;
    assert!(partly <= report.partly_understood() + report.repeated(), "{report}");
    // Unknown per item, counted again from the codes.
    let codes = intake.backlog().codes();
    for (place, (item, unknown)) in report.unknown().iter().enumerate() {
        assert_eq!(item, &intake.backlog().codebook().items()[place].id);
        let counted = codes.column(place).iter().filter(|code| **code == 0).count();
        assert_eq!(*unknown, counted as u64, "{item}");
    }
}
