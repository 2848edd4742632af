//! The police side's JSON, however it wraps, repeats, empties or breaks what it says.

use caserank::intake::cybertipline::{Document, Limits, ReportEnd};

use super::cybertipline::import;
use super::cybertipline_hostile::says;

/// Complaints of a police document: id and the answers whose words are given.
fn answers(text: &str, items: &[&str]) -> Vec<(String, Vec<String>)> {
    let mut import = import();
    import.read(&Document::new("police.json", text.as_bytes()));
    let ends = import.take();
    let reports = ends.iter().filter_map(ReportEnd::read);
    reports
        .map(|read| {
            let complaint = read.complaint();
            let answer = |item: &&str| {
                complaint.given(item).map_or("-".to_owned(), |given| given.value.to_string())
            };
            (complaint.id().to_owned(), items.iter().map(answer).collect())
        })
        .collect()
}

const RECEIVED: &str = r#""dateReceived":"2026-03-02T08:00:00Z""#;

#[test]
fn flags_of_police_json_are_found_however_a_list_holds_them() {
    let item = "sadistic_coercion";
    for flags in [
        r#"{"sadisticOnlineExploitation":true}"#,
        r#"["sadisticOnlineExploitation"]"#,
        r#"[{"sadisticOnlineExploitation":true}]"#,
        r#"[{"name":"sadisticOnlineExploitation"}]"#,
        r#"[{"name":"sadisticOnlineExploitation","value":true}]"#,
        r#"[[{"name":"sadisticOnlineExploitation","value":"yes"}]]"#,
        r#"{"name":"sadisticOnlineExploitation"}"#,
    ] {
        let text = format!(
            r#"{{"reportId":1,{RECEIVED},"reportedInformation":{{"incidentSummary":{{"reportAnnotations":{flags}}}}}}}"#
        );
        let mut import = import();
        import.read(&Document::new("police.json", text.as_bytes()));
        let ends = import.take();
        assert!(says(&ends, item), "{flags}: {ends:?}");
    }
}

#[test]
fn one_person_or_file_that_holds_lists_of_its_own_is_itself() {
    let age = ["contacted_child_age_band"];
    let of = |victims: &str| {
        let text = format!(
            r#"{{"reportId":1,{RECEIVED},"reportedInformation":{{"incidentSummary":{{"incidentDateTime":"2026-03-01T10:00:00Z","reportAnnotations":["sextortion"]}},{victims}}}}}"#
        );
        answers(&text, &age)
    };
    let listed = of(r#""victims":[{"age":5,"emails":["x"]}]"#);
    assert!(listed[0].1[0] != "-", "{listed:?}");
    for victims in [
        r#""victims":{"age":5,"emails":["x"]}"#,
        r#""victims":{"emails":[],"age":5}"#,
        r#""victims":{"victim":[{"age":5,"emails":["x"]}]}"#,
        r#""victims":{"age":17},"Victims":{"age":5}"#,
    ] {
        assert_eq!(of(victims), listed, "{victims}");
    }
}

#[test]
fn police_reports_of_a_text_that_does_not_parse_are_each_their_own() {
    let line = |id: u64, broken: &str| {
        format!(
            r#"{{"reportId":{id},{RECEIVED},"reportedInformation":{{"incidentSummary":{{"reportAnnotations":["sadisticOnlineExploitation"]}}{broken}}}}}"#
        )
    };
    let [whole, broken, last] = [line(1, ""), line(2, ",,"), line(3, "")];
    for text in [
        format!("{whole}\n{broken}\n{last}"),
        format!("{broken}\n{whole}\r\n\r\n{last}\n"),
        format!("[{whole},{broken},{last}]"),
        format!("[\n  {whole},\n  {last},\n  {broken}"),
    ] {
        let mut found = answers(&text, &["sadistic_coercion"]);
        found.sort();
        let found: Vec<_> =
            found.iter().map(|(id, answers)| (id.as_str(), answers[0].as_str())).collect();
        assert_eq!(found, [("1", "yes"), ("2", "yes"), ("3", "yes")], "{text}");
    }
}

#[test]
fn what_is_there_and_empty_lowers_nothing() {
    for empty in ["\"\"", "[]", "{}"] {
        let text = format!(
            r#"{{"reportId":1,{RECEIVED},"reportedInformation":{{"uploadedFiles":[{{"filename":"a","potentialMeme":{empty}}}],"incidentSummary":{{"reportAnnotations":{{"spam":{empty}}}}}}}}}"#
        );
        let mut import = import();
        import.read(&Document::new("police.json", text.as_bytes()));
        let ends = import.take();
        let ReportEnd::RankedInPart(read) = &ends[0] else { panic!("{ends:?}") };
        assert!(read.complaint().not_understood().len() >= 2, "{empty}: {:?}", read.complaint());
        let viral = read.complaint().given("viral_batch").map(|given| given.value.to_string());
        assert_ne!(viral.as_deref(), Some("every_file"), "{empty}");
    }
}

#[test]
fn a_text_of_more_pieces_than_a_whole_one_may_hold_is_one_broken_document() {
    let mut limits = Limits::default();
    limits.elements = 1_000;
    for text in ["{\"reportId\":1\n".repeat(2_000), "{\n".repeat(500)] {
        let mut import = import().with_limits(limits);
        import.read(&Document::new("police.json", text.as_bytes()));
        assert_eq!(import.take().len(), 1);
    }
}
