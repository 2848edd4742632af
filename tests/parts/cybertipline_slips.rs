//! Slips of senders that leave a report whole: flags, ids, ages and keys at a place or in a number of their own.

use caserank::complaint::Complaint;
use caserank::intake::cybertipline::{ComplaintPer, Document, ReportEnd, ReportError};

use super::cybertipline::import;
use super::cybertipline_broken::{answers, complaint, envelope, read, report, told};
use super::cybertipline_hostile::says;

#[test]
fn flags_of_files_are_found_in_broken_documents() {
    for text in [
        "<fileDetails><reportId>1</reportId><fileAnnotations><infant <b/></fileAnnotations></fileDetails>",
        "<report><reportId>1</reportId><reportAnnotations><infant>true</infant></reportAnnotations></report>",
        "<report><reportId>1</reportId><incidentSummary/><infant <b/></report>",
        "<report><reportId>1</reportId><incidentSummary/><!DOCTYPE x><fileDetails><fileAnnotations><infant/></fileAnnotations></fileDetails></report>",
        r#"{"reportId":1,"x": nope,"uploadedFiles":[{"fileAnnotations":{"infant":true}}]}"#,
        "<!DOCTYPE a><fileDetails><reportId>1</reportId><fileAnnotations><infant/></fileAnnotations></fileDetails>",
    ] {
        let mut import = import();
        import.read(&Document::new("file", text.as_bytes()).with_report("1"));
        let ends = import.take();
        let said: Vec<String> = ends
            .iter()
            .flat_map(|end| match end {
                ReportEnd::NotRankable(kept) => kept.answers().to_vec(),
                ReportEnd::Ranked(read) | ReportEnd::RankedInPart(read) => {
                    let answers = read.complaint().answers();
                    answers
                        .map(|(item, given)| (item.to_owned(), given.value.to_string()))
                        .collect()
                }
            })
            .map(|(item, answer)| format!("{item}={answer}"))
            .collect();
        assert!(
            said.contains(&"material_youngest_age_band=under_6".to_owned()),
            "{text}: {said:?}"
        );
        assert!(!matches!(ends[0], ReportEnd::Ranked(_)), "{text} is not told");
    }
}

#[test]
fn details_within_a_report_are_that_report_s() {
    let details =
        "<fileDetails><fileAnnotations><infant/></fileAnnotations></fileDetails></report>";
    let with_file = report(2, 5).replace("</report>", details);
    let ends = read(&envelope(&[report(1, 4), with_file, report(3, 12)]));
    assert_eq!(ends.len(), 3, "{ends:?}");
    let of_infant = |id: &str| {
        answers(&ends, id).iter().any(|said| said == "material_youngest_age_band=under_6")
    };
    assert_eq!(["1", "2", "3"].map(of_infant), [false, true, false]);
    let annotated = report(2, 5).replace("<sextortion>", "<infant>true</infant><sextortion>");
    let ends = read(&envelope(&[report(1, 4), annotated, report(3, 12)]));
    assert_eq!(ends.len(), 3, "{ends:?}");
    assert!(answers(&ends, "2").iter().any(|said| said == "material_youngest_age_band=under_6"));
    assert!(!told(&ends, "2").is_empty());
}

#[test]
fn a_flag_at_a_place_of_another_kind_is_told() {
    let text = "<fileDetails><reportId>1</reportId><fileAnnotations><sextortion/></fileAnnotations></fileDetails>";
    assert!(told(&read(text), "1").contains("sextortion"));
    let text =
        "<report><reportId>1</reportId><reportAnnotations><viral/></reportAnnotations></report>";
    assert!(told(&read(text), "1").contains("viral"));
}

#[test]
fn two_reports_of_one_document_that_name_none_are_told_as_two() {
    let text = envelope(&[report(1, 4), report(2, 12)])
        .replace("<reportId>1</reportId>", "")
        .replace("<reportId>2</reportId>", "");
    let mut import = import();
    import.read(&Document::new("two", text.as_bytes()).with_report("7"));
    let ends = import.take();
    assert_eq!(ends.len(), 1);
    assert!(told(&ends, "7").contains("report"), "{ends:?}");
    let text = envelope(&[report(7, 4), report(2, 12).replace("<reportId>2</reportId>", "")]);
    import.read(&Document::new("two", text.as_bytes()).with_report("7"));
    assert!(told(&import.take(), "7").contains("report"));
}

#[test]
fn ids_that_no_complaint_can_have_are_kept_whole() {
    let with_control = r#"{"reportId":"1\u00012","reportedInformation":{"incidentSummary":{"escalateToHighPriority":"x"}}}"#;
    let long = format!(
        "<report><reportId>{}</reportId><reportAnnotations><sextortion/></reportAnnotations></report>",
        "7".repeat(125)
    );
    for (text, per, is_letters) in
        [(with_control, ComplaintPer::Report, true), (&long, ComplaintPer::Person, false)]
    {
        let mut import = import().with_complaint_per(per);
        import.read(&Document::new("id", text.as_bytes()));
        let ends = import.take();
        let ReportEnd::NotRankable(kept) = &ends[0] else { panic!("{ends:?}") };
        assert_eq!(
            matches!(kept.cause(), ReportError::IdLetters { .. }),
            is_letters,
            "{}",
            kept.cause()
        );
        assert!(!kept.answers().is_empty());
        assert_eq!(kept.bytes(), text.as_bytes());
        let shown = kept.cause().to_string();
        assert!(!shown.contains('\u{1}'), "{shown:?}");
    }
    // What stands around an id and cannot be seen is no part of it.
    let around = "{\"reportId\":\"\u{200b}1\u{feff}\",\"reportedInformation\":{}}";
    assert_eq!(complaint(&read(around), "1").map(Complaint::id), Some("1"));
}

/// Without the time of the incident, the receipt says how old somebody born on a day is; an age about right is an age.
#[test]
fn a_child_s_age_counts_without_the_time_of_an_incident() {
    let xml = |person: &str| {
        format!(
            "<report><reportId>1</reportId><incidentSummary><incidentType>Online Enticement</incidentType></incidentSummary><victim><victimPerson>{person}</victimPerson></victim></report>"
        )
    };
    for text in [
        xml("<dateOfBirth>2020-01-01</dateOfBirth>"),
        xml("<approximateAge>6</approximateAge>"),
        xml("<dateOfBirth>2020-01-01</dateOfBirth><dateOfBirth>nobody knows</dateOfBirth>"),
        r#"{"reportId":1,"dateReceived":"2026-03-01T00:00:00Z","reportedInformation":{"incidentSummary":{"incidentType":"Online Enticement"},"victims":[{"dateOfBirth":"2020-01-01"}]}}"#.to_owned(),
    ] {
        let ends = read(&text);
        let band = answers(&ends, "1").into_iter().find(|said| said.starts_with("contacted_child_age_band="));
        assert_eq!(band.as_deref(), Some("contacted_child_age_band=under_13"), "{text}: {ends:?}");
    }
}

#[test]
fn a_key_that_stands_twice_hides_nothing() {
    let summary = r#""incidentSummary":{"escalateToHighPriority":"x"}"#;
    for text in [
        format!(r#"{{"reportId":1,"reportedInformation":{{"incidentSummary":{{}},{summary}}}}}"#),
        format!(
            r#"{{"reportId":1,"reportedInformation":{{"a":1}},"reportedInformation":{{{summary}}}}}"#
        ),
    ] {
        assert!(says(&read(&text), "provider_urgent"), "{text}");
    }
    let twice = format!(r#"{{"reportId":1,"reportId":2,{summary}}}"#);
    assert!(told(&read(&twice), "1").contains("reportId"));
}

/// Beside reports in a list, whatever else stands there was meant to be one.
#[test]
fn members_of_a_list_of_reports_that_are_not_known_as_such_are_kept() {
    let known = r#"{"reportId":1,"reportedInformation":{}}"#;
    for other in [r#"{"victims":[{"age":5}]}"#, r#"{"number":7,"x":1}"#, r#""report 7""#, "[1]"] {
        for text in [
            format!("[{known},{other}]"),
            format!(r#"{{"reports":[{other},{known}],"page":[1,2]}}"#),
        ] {
            let ends = read(&text);
            assert_eq!(ends.len(), 2, "{text}: {ends:?}");
            let kept = ends.iter().filter(|end| matches!(end, ReportEnd::NotRankable(_))).count();
            assert_eq!(kept, 1, "{text}");
        }
    }
    let wrapped = format!(r#"[{{"report":{known}}},null]"#);
    assert_eq!(answers(&read(&wrapped), "1"), ["tip_source=platform_or_clearinghouse"]);
}

#[test]
fn marks_before_marks_are_no_text() {
    for marks in ["\u{feff}", "\u{feff}\u{feff}"] {
        let text = format!("{marks}{}", report(1, 5));
        assert!(matches!(read(&text)[..], [ReportEnd::Ranked(_)]));
        let text = format!("{marks}{{\"reportId\":1,\"reportedInformation\":{{}}}}");
        assert!(matches!(read(&text)[..], [ReportEnd::Ranked(_)]));
    }
}

/// Of several times of an incident the first says how old somebody was, and the last when there was activity.
#[test]
fn several_times_of_an_incident_are_each_used_for_what_is_more_dangerous() {
    let time = |text: &str| format!("<incidentDateTime>{text}</incidentDateTime>");
    let with = |times: &str| {
        format!(
            "<report><reportId>1</reportId><incidentSummary><incidentType>Online Enticement</incidentType>{times}\
            </incidentSummary><victim><victimPerson><dateOfBirth>2013-02-20</dateOfBirth></victimPerson></victim></report>"
        )
    };
    let (old, new) = (time("2026-02-01T00:00:00Z"), time("2026-02-28T00:00:00Z"));
    let said = |text: &str, item: &str| {
        let found = answers(&read(text), "1");
        found.into_iter().find(|said| said.starts_with(item)).unwrap_or_default()
    };
    for text in [with(&format!("{old}{new}")), with(&format!("{new}{old}"))] {
        assert_eq!(said(&text, "contacted_child_age_band"), "contacted_child_age_band=under_13");
        assert_eq!(said(&text, "days_since_last_activity"), "days_since_last_activity=2");
    }
    assert_eq!(
        said(&with(&new), "contacted_child_age_band"),
        "contacted_child_age_band=from_13_to_15"
    );
}
