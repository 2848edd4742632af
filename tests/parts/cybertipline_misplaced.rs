//! What is known and stands at a place or in a shape of its own: danger counts, and it is told.

use caserank::intake::cybertipline::{Document, ReportEnd};

use super::cybertipline::import;

fn read(text: &str) -> Vec<ReportEnd> {
    let mut import = import();
    import.read(&Document::new("report", text.as_bytes()).with_report("1"));
    import.take()
}

fn answers(ends: &[ReportEnd]) -> Vec<String> {
    let told = ends.iter().flat_map(|end| match end {
        ReportEnd::NotRankable(kept) => kept.answers().to_vec(),
        ReportEnd::Ranked(read) | ReportEnd::RankedInPart(read) => read
            .complaint()
            .answers()
            .map(|(item, given)| (item.to_owned(), given.value.to_string()))
            .collect(),
    });
    told.map(|(item, answer)| format!("{item}={answer}")).collect()
}

/// Everything that a plain report says is said by another form of it too, and that form is told.
fn same_and_told(plain: &str, forms: &[&str]) {
    let said = answers(&read(plain));
    assert!(said.len() > 1, "{plain}: {said:?}");
    for form in forms {
        let ends = read(form);
        let told = ends.iter().any(|end| !matches!(end, ReportEnd::Ranked(_)));
        let found = answers(&ends);
        for answer in &said {
            assert!(found.contains(answer), "{form}: no {answer} in {found:?}");
        }
        assert!(told, "{form} is not told");
    }
}

/// The same where the form is as good as the plain one, so that nothing needs to be told.
fn same(plain: &str, forms: &[&str]) {
    let said = answers(&read(plain));
    assert!(said.len() > 1, "{plain}: {said:?}");
    for form in forms {
        let found = answers(&read(form));
        assert!(said.iter().all(|answer| found.contains(answer)), "{form}: {said:?}, {found:?}");
    }
}

const FLAG: &str = r#"{"reportId":1,"reportedInformation":{"incidentSummary":{"reportAnnotations":{"sextortion":true},"escalateToHighPriority":"x"}}}"#;

#[test]
fn parts_of_a_police_report_in_another_shape_say_what_they_say() {
    same(
        FLAG,
        &[
            r#"{"reportId":1,"reportedInformation":[{"incidentSummary":{"reportAnnotations":{"sextortion":true},"escalateToHighPriority":"x"}}]}"#,
            r#"{"reportId":1,"reportedInformation":{"incidentSummary":[{"reportAnnotations":{"sextortion":true},"escalateToHighPriority":"x"}]}}"#,
            r#"{"report_id":1,"reported_information":{"incident_summary":{"report_annotations":{"sextortion":true},"escalate_to_high_priority":"x"}}}"#,
        ],
    );
    same_and_told(
        FLAG,
        &[
            r#"{"reportId":1,"reportedInformation":"{\"incidentSummary\":{\"reportAnnotations\":{\"sextortion\":true},\"escalateToHighPriority\":\"x\"}}"}"#,
            r#"{"reportId":1,"reportedInformation":{"incidentSummary":"{\"reportAnnotations\":{\"sextortion\":true},\"escalateToHighPriority\":\"x\"}"}}"#,
            r#"{"reportId":1,"data":{"reportedInformation":{"incidentSummary":{"reportAnnotations":{"sextortion":true},"escalateToHighPriority":"x"}}}}"#,
            r#"{"reportId":1,"reportedInformation":{"reportAnnotations":{"sextortion":true},"escalateToHighPriority":"x"}}"#,
            r#"{"reportId":1,"reportAnnotations":["sextortion"],"escalateToHighPriority":true}"#,
            r#"{"reportId":1,"reportedInformation":{"incidentSummary":{"sextortion":true,"escalateToHighPriority":"x"}}}"#,
            r#"{"reportId":1,"reportednformation":{"incidentSumary":{"reportAnnotations":{"sextortion":true},"escalateToHighPriority":"x"}}}"#,
            r#"{"reportId":1,"reportedInformation":{"incidentSummary":{"reportAnotations":[{"name":"sextortion"}],"escalateToHighPriority":"x"}}}"#,
            r#"{"reportId":1,"x":{"y":[{"annotations":{"sextortion":"yes"},"escalate-to-high-priority":1}]}}"#,
        ],
    );
    same_and_told(
        r#"{"reportId":1,"priority":"E"}"#,
        &[
            r#"{"reportId":1,"reportedInformation":{"priorityLevel":"E"}}"#,
            r#"{"reportId":1,"data":{"priority":["2","E"]}}"#,
        ],
    );
}

#[test]
fn people_and_files_in_another_shape_say_what_they_say() {
    let child = r#"{"reportId":1,"reportedInformation":{"incidentSummary":{"incidentType":"Online Enticement"},"victims":[{"age":8}]}}"#;
    same(
        child,
        &[
            r#"{"reportId":1,"reportedInformation":{"incidentSummary":{"incidentType":"Online Enticement"},"victims":{"victim":{"age":8}}}}"#,
            r#"{"reportId":1,"reportedInformation":{"incidentSummary":{"incidentType":"Online Enticement"},"victims":{"deleted":[],"victims":[{"age":8}]}}}"#,
            r#"{"reportId":1,"reportedInformation":{"incidentSummary":{"incidentType":"Online Enticement"},"victims":[[{"age":[8]}]]}}"#,
            r#"{"reportId":1,"reportedInformation":{"incidentSummary":{"incidentType":"Online Enticement"},"victims":[{"age":{"min":8,"max":9}}]}}"#,
            r#"{"reportId":1,"reportedInformation":{"incidentSummary":{"incidentType":"Online Enticement"}},"victims":[{"age":8}]}"#,
            r#"{"reportId":1,"reportedInformation":{"incidentSummary":{"incidentType":"Online Enticement"},"victim":{"age":{"value":8,"unit":"years"}}}}"#,
        ],
    );
    let file = r#"{"reportId":1,"reportedInformation":{"uploadedFiles":[{"filename":"a","industryClassification":"A1","fileAnnotations":{"infant":true}}]}}"#;
    same(
        file,
        &[
            r#"{"reportId":1,"reportedInformation":{"uploadedFiles":{"file":{"filename":"a","industryClassification":["A1"],"fileAnnotations":["infant"]}}}}"#,
            r#"{"reportId":1,"reportedInformation":{"files":[{"filename":"a","industryClassification":"A1","fileAnnotations":{"infant":true}}]}}"#,
        ],
    );
    same_and_told(
        file,
        &[
            r#"{"reportId":1,"reportedInformation":{"uploadedFiles":[{"filename":"a","industryClassification":"A1","infant":true}]}}"#,
        ],
    );
    for text in [r#"["a child, 8"]"#, r#""a child""#, "[7]", "true"] {
        let ends = read(&format!(r#"{{"reportId":1,"reportedInformation":{{"victims":{text}}}}}"#));
        assert!(matches!(ends[..], [ReportEnd::RankedInPart(_)]), "{text}");
    }
    // What a sender left empty is no slip.
    let empty = r#"{"reportId":1,"reportedInformation":{"incidentSummary":{"incidentType":"Online Enticement"},"victims":[],"uploadedFiles":{"uploadedFiles":[]},"notes":[],"annotations":{}}}"#;
    assert!(matches!(read(empty)[..], [ReportEnd::Ranked(_)]));
}

#[test]
fn reports_within_a_report_are_reports() {
    let text = r#"{"reportId":11,"reports":[{"reportId":2,"priority":"E"},{"reportId":3,"priority":"E"}],"related":[{"reportId":9}]}"#;
    let ends = read(text);
    let ids: Vec<&str> = ends.iter().filter_map(|end| Some(end.read()?.complaint().id())).collect();
    assert_eq!(ids, ["11", "2", "3"], "{ends:?}");
    for end in &ends {
        let urgent =
            answers(std::slice::from_ref(end)).contains(&"clearinghouse_urgent=yes".to_owned());
        let id = end.read().unwrap().complaint().id();
        assert_eq!(urgent, id != "11", "{id}");
    }
}

#[test]
fn every_kind_of_incident_that_a_text_names_counts() {
    let with = |text: &str| {
        format!(
            "<report><incidentSummary><incidentType>{text}</incidentType></incidentSummary></report>"
        )
    };
    let json = |value: &str| {
        format!(
            r#"{{"reportId":1,"reportedInformation":{{"incidentSummary":{{"incidentType":{value}}}}}}}"#
        )
    };
    let trafficking = with("Child Sex Trafficking");
    same(
        &trafficking,
        &[
            &with(
                "Child Pornography (possession, manufacture, and distribution) and Child Sex Trafficking",
            ),
            &with("Online Enticement of Children for Sexual Acts; Child  Sex\nTrafficking"),
            &json(r#"{"name":"Child Sex Trafficking"}"#),
            &json(r#"{"incidentTypes":["Child Pornography","Child Sex Trafficking"]}"#),
        ],
    );
    for (text, is_understood) in [
        ("Child Pornography (possession, manufacture, and distribution)", true),
        ("Misleading Words or Digital Images on the Internet", true),
        ("Unsolicited Obscene Material Sent to a Child, Child Sex Tourism", true),
        ("Child Pornography (possession)", true),
        ("Online Enticement of Children", true),
        ("Child Pornography and something else", false),
        ("Sale of Children", false),
    ] {
        let ends = read(&with(text));
        assert_eq!(matches!(ends[..], [ReportEnd::Ranked(_)]), is_understood, "{text}");
    }
}

#[test]
fn flags_and_values_where_the_schema_has_no_room_are_told() {
    let flags =
        |inner: &str| format!("<report><incidentSummary>{inner}</incidentSummary></report>");
    let plain = flags("<reportAnnotations><sextortion/></reportAnnotations>");
    same_and_told(
        &plain,
        &[
            &flags("<reportAnnotations>sextortion</reportAnnotations>"),
            &flags("<reportAnnotations>sextortion/></reportAnnotations>"),
            &flags("<reportAnnotations sextortion=\"true\"/>"),
            &flags("<reportAnnotations><![CDATA[<sextortion/>]]></reportAnnotations>"),
            &flags("<reportAnnotations>spam,sextortion</reportAnnotations>"),
        ],
    );
    same_and_told(
        &flags("<escalateToHighPriority>x</escalateToHighPriority>"),
        &["<report><incidentSummary escalateToHighPriority=\"call now\"/></report>"],
    );
    let child = |inner: &str| {
        format!(
            "<report><incidentSummary><incidentType>Online Enticement</incidentType></incidentSummary><victim><victimPerson>{inner}</victimPerson></victim></report>"
        )
    };
    same_and_told(
        &child("<age>8</age>"),
        &[
            &child("<age value=\"8\"/>"),
            &child("<age><years>8</years></age>"),
            &child("<age><value>8</value></age>"),
            "<report><incidentSummary><incidentType>Online Enticement</incidentType></incidentSummary><victim><victimPerson age=\"8\"/></victim></report>",
            "<report><incidentSummary><incidentType>Online Enticement</incidentType></incidentSummary><personOrUserReported><espIdentifier>a</espIdentifier>\
            <victimPerson><age>8</age></victimPerson><screenName>b</screenName></personOrUserReported></report>",
        ],
    );
    let suspect = |inner: &str| {
        format!(
            "<report><incidentSummary/><personOrUserReported>{inner}</personOrUserReported></report>"
        )
    };
    same_and_told(
        &suspect("<priorCTReports>7</priorCTReports><groupIdentifier>g</groupIdentifier>"),
        &[&suspect(
            "<priorCTReports><value>7</value></priorCTReports><groupIdentifier value=\"g\"/>",
        )],
    );
    let pair = "<nameValuePair><name>sextortion</name><value>true</value></nameValuePair>";
    let told = read(&flags(&format!("<reportAnnotations>{pair}</reportAnnotations>")));
    assert!(matches!(told[..], [ReportEnd::RankedInPart(_)]));
    let told = read("<report><incidentSummary/><childVictim><age>8</age></childVictim></report>");
    assert!(matches!(told[..], [ReportEnd::RankedInPart(_)]));
    // What belongs there is not told.
    let plain = "<report><incidentSummary/><personOrUserReported><personOrUserReportedPerson>\
        <email verified=\"true\" type=\"Home\">a@example.org</email></personOrUserReportedPerson>\
        <additionalInfo>age value</additionalInfo></personOrUserReported></report>";
    assert!(matches!(read(plain)[..], [ReportEnd::Ranked(_)]));
}

#[test]
fn a_birth_after_the_incident_is_told_and_counts_at_the_receipt() {
    let born = |born: &str, incident: &str| {
        format!(
            "<report><incidentSummary><incidentType>Online Enticement</incidentType><incidentDateTime>{incident}</incidentDateTime></incidentSummary>\
        <victim><victimPerson><dateOfBirth>{born}</dateOfBirth></victimPerson></victim></report>"
        )
    };
    let young =
        |text: &str| answers(&read(text)).contains(&"contacted_child_age_band=under_13".to_owned());
    assert!(young(&born("2018-05-01", "2026-01-01T00:00:00Z")));
    let impossible = born("2018-05-01", "1970-01-01T00:00:00Z");
    assert!(young(&impossible));
    assert!(matches!(read(&impossible)[..], [ReportEnd::RankedInPart(_)]));
    for date in ["2028-01-01", "1018-01-01"] {
        let ends = read(&born(date, "2026-01-01T00:00:00Z"));
        assert!(matches!(ends[..], [ReportEnd::RankedInPart(_)]), "{date}");
    }
}

#[test]
fn documents_that_cannot_be_read_are_searched_however_they_are_written() {
    for text in [
        "{'reportId': 1, 'x': {'sextortion': true}}",
        r#""{\"reportId\": 1, \"sextortion\": true}""#,
        "&lt;report&gt;&lt;sextortion&gt;true&lt;/sextortion&gt;&lt;/report&gt;",
        "&lt;report&gt;&lt;sextortion/&gt;&lt;/report&gt;",
        "{&quot;sextortion&quot;: true}",
    ] {
        let found = answers(&read(text));
        let plain =
            answers(&read("<report><reportAnnotations><sextortion/></reportAnnotations></report>"));
        let danger: Vec<&String> = plain
            .iter()
            .filter(|answer| answer.ends_with("yes") || answer.contains("extort"))
            .collect();
        assert!(!danger.is_empty(), "{plain:?}");
        assert!(danger.iter().all(|answer| found.contains(answer)), "{text}: {found:?}, {plain:?}");
    }
}
