//! Several reports in one document, one of them damaged: the others are read as if it were whole, and of the damaged one
//! counts what stands before and behind the damage.

use std::sync::{LazyLock, Mutex, PoisonError};

use caserank::complaint::Complaint;
use caserank::intake::cybertipline::{
    ComplaintPer, Document, ReportEnd, ReportError, ReportImport,
};
use proptest::prelude::*;

use super::cybertipline::import;
use super::cybertipline_hostile::says;

/// A report with an id, an age of a victim and a flag, as members of an envelope have them.
fn report(id: u32, age: u32) -> String {
    format!(
        "<report><reportId>{id}</reportId><incidentSummary><incidentType>Child Sex Trafficking</incidentType>\
        <reportAnnotations><sextortion>true</sextortion></reportAnnotations>\
        <incidentDateTime>2026-03-01T10:00:00Z</incidentDateTime></incidentSummary>\
        <personOrUserReported><espIdentifier>user {id}</espIdentifier></personOrUserReported>\
        <victim><victimPerson><age>{age}</age></victimPerson></victim></report>"
    )
}

fn read(text: &str) -> Vec<ReportEnd> {
    read_bytes(text.as_bytes())
}

/// Reads with one import for all tests, since each takes its time to begin.
fn read_bytes(bytes: &[u8]) -> Vec<ReportEnd> {
    static IMPORT: LazyLock<Mutex<ReportImport>> = LazyLock::new(|| Mutex::new(import()));
    let mut import = IMPORT.lock().unwrap_or_else(PoisonError::into_inner);
    let ended = |import: &ReportImport| {
        let counted = import.report();
        counted.ranked() + counted.ranked_in_part() + counted.not_rankable()
    };
    let before = ended(&import);
    import.read(&Document::new("envelope", bytes));
    let ends = import.take();
    assert_eq!(ended(&import) - before, ends.len() as u64);
    ends
}

fn complaint<'e>(ends: &'e [ReportEnd], id: &str) -> Option<&'e Complaint> {
    let complaints = ends.iter().filter_map(ReportEnd::read).map(|read| read.complaint());
    complaints.into_iter().find(|complaint| complaint.id() == id)
}

fn answers(ends: &[ReportEnd], id: &str) -> Vec<String> {
    let complaint = complaint(ends, id).unwrap_or_else(|| panic!("{id} is lost: {ends:?}"));
    complaint.answers().map(|(item, given)| format!("{item}={}", given.value)).collect()
}

fn told(ends: &[ReportEnd], id: &str) -> String {
    let complaint = complaint(ends, id).unwrap_or_else(|| panic!("{id} is lost: {ends:?}"));
    complaint.not_understood().iter().map(|note| format!("{note}\n")).collect()
}

fn envelope(reports: &[String]) -> String {
    format!("<reports>{}</reports>", reports.concat())
}

#[test]
fn what_stands_behind_the_damage_is_read_as_if_it_were_whole() {
    let whole = [report(1, 4), report(2, 5), report(3, 12)];
    let plain = read(&envelope(&whole));
    assert!(plain.iter().all(|end| matches!(end, ReportEnd::Ranked(_))));
    for (from, to) in [
        ("</incidentType>", "</incidentTyp>"),
        ("</incidentType>", ""),
        ("</incidentType>", "<b></c></incidentType>"),
        ("</incidentSummary>", ""),
        ("</report>", ""),
        ("</report>", "</rport>"),
        ("</personOrUserReported>", "</report>"),
        ("<personOrUserReported>", "<a b=\"c><personOrUserReported>"),
        ("<personOrUserReported>", "<!x><personOrUserReported>"),
        ("<personOrUserReported>", "<![CDATA[<personOrUserReported>"),
        ("<personOrUserReported>", "a < b <personOrUserReported>"),
        ("<victim>", ""),
        ("<report>", "<report a='><"),
        ("<incidentSummary>", ""),
    ] {
        let mut damaged = whole.clone();
        damaged[1] = damaged[1].replace(from, to);
        let ends = read(&envelope(&damaged));
        for id in ["1", "3"] {
            assert_eq!(answers(&ends, id), answers(&plain, id), "{from} as {to}: {id}");
        }
        assert_eq!(answers(&ends, "2"), answers(&plain, "2"), "{from} as {to}");
        assert!(!told(&ends, "2").is_empty(), "{from} as {to} is not told");
        let misread = ["1", "3"].iter().filter(|id| !told(&ends, id).is_empty()).count();
        assert!(misread <= 1, "{from} as {to}: told with another report as well");
    }
}

#[test]
fn a_limit_in_one_report_does_not_end_the_others() {
    let deep = format!("<report><reportId>2</reportId>{}</report>", "<a>".repeat(100));
    let wide = format!(
        "<report><reportId>2</reportId><a b='{}'/><reportAnnotations><sextortion/></reportAnnotations></report>",
        "x".repeat(100_000)
    );
    for damaged in [deep, wide.clone()] {
        let ends = read(&envelope(&[report(1, 4), damaged, report(3, 12)]));
        let plain = read(&envelope(&[report(1, 4), report(3, 12)]));
        for id in ["1", "3"] {
            assert_eq!(answers(&ends, id), answers(&plain, id));
            assert_eq!(told(&ends, id), "");
        }
        assert!(!told(&ends, "2").is_empty());
    }
    let ends = read(&envelope(&[wide]));
    let of_item =
        |ends: &[ReportEnd]| answers(ends, "2").iter().any(|said| said.contains("extort"));
    assert!(of_item(&ends), "{ends:?}");
}

/// Whether a complaint says what a child's age and a call for urgency make it say.
fn age_of(ends: &[ReportEnd], id: &str) -> bool {
    answers(ends, id).iter().any(|said| said.starts_with("contacted_child_age_band="))
}

/// What a comment, a section or an instruction without an end takes with it is read all the same.
#[test]
fn no_comment_takes_a_report_with_it() {
    let plain = read(&envelope(&[report(1, 4), report(2, 5), report(3, 12)]));
    for (begins, ends_with) in
        [("<!-- x", "<!-- y -->"), ("<![CDATA[x", "<![CDATA[y]]>"), ("<?x ", "<?y ?>")]
    {
        let second = report(2, 5).replace("<victim>", &format!("{begins}<victim>"));
        let third = report(3, 12).replace("</report>", &format!("{ends_with}</report>"));
        let ends = read(&envelope(&[report(1, 4), second, third]));
        for id in ["1", "2", "3"] {
            assert_eq!(answers(&ends, id), answers(&plain, id), "{begins}");
        }
        assert!(!told(&ends, "2").is_empty());
    }
    // Those that end are nobody's fault.
    let commented = report(2, 5).replace("<victim>", "<!-- <a> --><![CDATA[<b>]]><?c d?><victim>");
    assert!(read(&envelope(&[commented])).iter().all(|end| matches!(end, ReportEnd::Ranked(_))));
}

/// Damage across the end of one report and the beginning of the next makes no one complaint of two.
#[test]
fn damage_between_two_reports_takes_neither_s_id() {
    let whole = [report(1, 4), report(2, 5), report(3, 12)];
    let plain = read(&envelope(&whole));
    let text = envelope(&whole);
    for damaged in [
        text.replacen("</report><report>", "</repor####rt>", 1),
        text.replacen("</report><report>", "", 1),
        text.replacen("</report><report>", "</report><repo<rt>", 1),
    ] {
        let ends = read(&damaged);
        for id in ["1", "2", "3"] {
            assert_eq!(answers(&ends, id), answers(&plain, id), "{damaged}");
        }
    }
    // The id of the second stands behind what it says.
    let late = report(2, 5)
        .replace("<reportId>2</reportId>", "")
        .replace("<victim>", "<reportId>2</reportId><victim>");
    let text = envelope(&[report(1, 4), late.replace("<report>", "<repo<rt>"), report(3, 12)]);
    let ends = read(&text);
    for id in ["1", "2", "3"] {
        assert!(age_of(&ends, id), "{id}: {ends:?}");
    }
    let twice = "<report><reportId>1</reportId><reportId>2</reportId></report>";
    assert!(told(&read(twice), "1").contains("reportId"));
}

#[test]
fn damage_at_the_end_of_file_details_takes_no_report_with_it() {
    let text = "<reports><fileDetails><reportId>1</reportId><fileName>a</fileName></fileDe####ort>\
        <reportId>2</reportId><incidentSummary><incidentType>Online Enticement</incidentType>\
        <escalateToHighPriority/></incidentSummary><victim><victimPerson><age>4</age></victimPerson></victim></report></reports>";
    let ends = read(text);
    assert!(complaint(&ends, "1").is_some() && age_of(&ends, "2"), "{ends:?}");
    assert!(says(&ends, "provider_urgent"));
    let text = "<files></x><fileDetails><reportId>1</reportId></fileDetails></files>";
    assert!(told(&read(text), "1").contains("ill-formed"));
}

#[test]
fn what_ends_the_reading_of_one_report_ends_no_other() {
    let plain = read(&envelope(&[report(1, 4), report(3, 12)]));
    let with = |inside: &str| report(2, 5).replace("<victim>", &format!("{inside}<victim>"));
    for second in [with("<!DOCTYPE x>"), with(&"<!--".repeat(50)), with(&"<![CDATA[".repeat(50))] {
        let mut many = vec![report(1, 4), second];
        many.extend((10..400).map(|id| report(id, 30)));
        many.push(report(3, 12));
        let ends = read(&envelope(&many));
        assert_eq!(ends.len(), many.len());
        for id in ["1", "3"] {
            assert_eq!(answers(&ends, id), answers(&plain, id), "{}", many[1]);
        }
        assert!(!told(&ends, "2").is_empty());
    }
}

#[test]
fn an_object_around_a_list_of_reports_with_a_fault_is_taken_apart() {
    let text = r#"{"page":[1],"reports":[{"reportId":1,"reportedInformation":{}},{"reportId":2,"x": nope},
        {"reportId":3,"reportedInformation":{"incidentSummary":{"incidentType":"Online Enticement"},"victims":[{"age":4}]}}]}"#;
    let ends = read(text);
    assert!(
        complaint(&ends, "1").is_some() && complaint(&ends, "2").is_some() && age_of(&ends, "3"),
        "{ends:?}"
    );
    assert!(!told(&ends, "2").is_empty());
}

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
    for other in [r#"{"victims":[{"age":5}]}"#, r#"{"report_id":7,"x":1}"#, r#""report 7""#, "[1]"]
    {
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

/// Ends that are not there are looked for only so often.
#[test]
fn many_faults_take_linear_time() {
    for fault in ["<!--", "<![CDATA[", "<?a ", "<a b=\"", "</x>", "<!x", "< ", "<report>", "<a>"] {
        let text = fault.repeat(300_000 / fault.len());
        assert!(!read(&text).is_empty(), "{fault}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn damage_in_one_report_of_an_envelope_changes_no_other(
        places in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
        kind in 0_u8..4,
        byte in any::<u8>(),
    ) {
        let whole = [report(1, 4), report(2, 5), report(3, 12)];
        let plain = read(&envelope(&whole));
        let id = "<reportId>2</reportId>";
        let (before, after) = whole[1].split_once(id).expect("it is there");
        let mut damaged = after.as_bytes().to_vec();
        for place in places {
            let place = place.index(damaged.len());
            match kind {
                0 => damaged[place] = byte,
                1 => damaged[place] = b'<',
                2 => { damaged.remove(place); }
                _ => damaged.insert(place, byte),
            }
        }
        let mut bytes = format!("<reports>{}{before}{id}", whole[0]).into_bytes();
        bytes.extend(damaged);
        bytes.extend(format!("{}</reports>", whole[2]).into_bytes());
        let ends = read_bytes(&bytes);
        let shown = String::from_utf8_lossy(&bytes);
        for id in ["1", "3"] {
            prop_assert!(complaint(&ends, id).is_some(), "{id} of {shown}");
            prop_assert_eq!(answers(&ends, id), answers(&plain, id), "{} of {}", id, shown);
        }
        prop_assert!(complaint(&ends, "2").is_some(), "{shown}");
    }
}
