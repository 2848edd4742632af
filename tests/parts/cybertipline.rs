//! Reports in the shapes that other people's clients write.

use caserank::backlog::{MOST_TOLD, Reading};
use caserank::complaint::{Complaint, Provenance, Speaker, Unlisted, WhyNotUnderstood};
use caserank::intake::DigestKey;
use caserank::intake::cybertipline::{
    ComplaintPer, Document, ImportReport, ReadReport, ReportEnd, ReportError, ReportImport,
    ReportMapping, SyntheticReports,
};
use caserank::{Backlog, Codebook, Seed, reference};

pub(super) fn codebook() -> Codebook {
    reference::codebook().expect("the shipped codebook loads")
}

pub(super) fn import() -> ReportImport {
    let key = DigestKey::new(b"a key for tests, not for work").expect("long enough");
    let intake = "2026-03-02T08:00:00Z".parse().expect("a time");
    ReportImport::new(&codebook(), &key, intake).expect("the shipped mapping binds")
}

fn ends(documents: &[(&str, &str)]) -> (Vec<ReportEnd>, ImportReport) {
    let mut import = import();
    for (name, text) in documents {
        import.read(&Document::new(*name, text.as_bytes()).in_group("one"));
    }
    let ends = import.take();
    (ends, import.report().clone())
}

/// Reads one report with the id 1.
fn read(text: &str) -> ReadReport {
    read_bytes(text.as_bytes()).0
}

fn read_bytes(bytes: &[u8]) -> (ReadReport, ImportReport) {
    let mut import = import();
    import.read(&Document::new("report", bytes).with_report("1"));
    let ends = import.take();
    assert_eq!(ends.len(), 1, "one report is one end");
    let read = ends[0].read().expect("it can be ranked").clone();
    (read, import.report().clone())
}

fn answer(complaint: &Complaint, item: &str) -> String {
    complaint.given(item).map_or("unknown".to_owned(), |given| given.value.to_string())
}

fn report(summary: &str, rest: &str) -> String {
    format!(
        "<report><incidentSummary><incidentType>Child Pornography (possession, manufacture, and \
         distribution)</incidentType><incidentDateTime>2026-03-01T10:00:00Z</incidentDateTime>\
         {summary}</incidentSummary><reporter><reportingPerson><firstName>Sample</firstName>\
         </reportingPerson></reporter>{rest}</report>"
    )
}

fn file(report: &str, id: &str, fields: &str) -> String {
    format!("<fileDetails><reportId>{report}</reportId><fileId>{id}</fileId>{fields}</fileDetails>")
}

#[test]
fn a_thin_report_is_a_complaint_and_what_is_absent_is_unknown() {
    let read = read(&report("", ""));
    let complaint = read.complaint();
    assert_eq!(complaint.id(), "1");
    assert_eq!(complaint.received().to_string(), "2026-03-02T08:00:00Z");
    assert!(
        read.complaint().not_understood().is_empty(),
        "{:?}",
        read.complaint().not_understood()
    );
    for (item, expected) in [
        ("concern", "csem"),
        ("tip_source", "platform_or_clearinghouse"),
        ("days_since_last_activity", "0"),
        ("provider_urgent", "unknown"),
        ("viral_batch", "unknown"),
        ("material_volume", "unknown"),
        ("prior_tip_count", "unknown"),
        ("suspect_is_minor", "unknown"),
        ("victim_identifiable", "unknown"),
    ] {
        assert_eq!(answer(complaint, item), expected, "{item}");
    }
    // No field of a report ever says that something is not so.
    let nos = complaint.answers().filter(|(_, given)| given.value.to_string() == "no");
    assert_eq!(nos.count(), 0);
}

#[test]
fn flags_are_true_by_being_there_and_false_is_no_answer() {
    for (flag, expected) in [
        ("<sadisticOnlineExploitation/>", "yes"),
        ("<sadisticOnlineExploitation></sadisticOnlineExploitation>", "yes"),
        ("<sadisticOnlineExploitation>true</sadisticOnlineExploitation>", "yes"),
        ("<sadisticOnlineExploitation> 1 </sadisticOnlineExploitation>", "yes"),
        ("<sadisticOnlineExploitation><![CDATA[true]]></sadisticOnlineExploitation>", "yes"),
        ("<n:sadisticOnlineExploitation xmlns:n='urn:n'/>", "yes"),
        ("<sadisticOnlineExploitation>&#116;rue</sadisticOnlineExploitation>", "yes"),
        ("<sadisticOnlineExploitation>false</sadisticOnlineExploitation>", "unknown"),
        ("<sadisticOnlineExploitation>0</sadisticOnlineExploitation>", "unknown"),
        ("<sadisticOnlineExploitation xsi:nil='true'/>", "unknown"),
        // Neither: told, and on the safe side.
        ("<sadisticOnlineExploitation>perhaps</sadisticOnlineExploitation>", "yes"),
        ("", "unknown"),
    ] {
        let text = report(&format!("<reportAnnotations>{flag}</reportAnnotations>"), "");
        let (read, import) = read_bytes(text.as_bytes());
        assert_eq!(answer(read.complaint(), "sadistic_coercion"), expected, "{flag}");
        let denied = flag.contains(">false<") || flag.contains(">0<");
        let counted = import.denied_flags().of("reportAnnotations/sadisticOnlineExploitation");
        assert_eq!(counted, u64::from(denied), "{flag}");
        assert_eq!(
            read.complaint().not_understood().is_empty(),
            !flag.contains("perhaps"),
            "{flag}"
        );
    }
}

#[test]
fn urgency_counts_by_presence_alone_and_its_text_is_not_kept() {
    for text in ["a child is at the door", "", "false", "no"] {
        let summary = format!("<escalateToHighPriority>{text}</escalateToHighPriority>");
        let read = read(&report(&summary, ""));
        assert_eq!(answer(read.complaint(), "provider_urgent"), "yes", "{text}");
        let debug = format!("{read:?}");
        assert!(text.is_empty() || text.len() < 10 || !debug.contains(text), "{debug}");
    }
}

#[test]
fn an_unknown_flag_is_told_by_name_and_an_unknown_element_is_counted() {
    let summary = "<reportAnnotations><somethingNew/><sextortion/></reportAnnotations>\
                   <somethingElse><inner>1</inner></somethingElse>";
    let (read, import) = read_bytes(report(summary, "").as_bytes());
    assert_eq!(answer(read.complaint(), "image_requested_or_coerced"), "yes");
    let notes: Vec<String> =
        read.complaint().not_understood().iter().map(ToString::to_string).collect();
    assert_eq!(notes.len(), 1);
    assert!(
        notes[0].starts_with("`flag` holds `somethingNew`: a flag not known here"),
        "{}",
        notes[0]
    );
    assert_eq!(import.unknown_flags().of("somethingNew"), 1);
    assert_eq!(import.unknown_fields().of("somethingElse"), 1);
    assert_eq!(import.unknown_fields().of("inner"), 1);
    assert_eq!((import.ranked(), import.ranked_in_part(), import.not_rankable()), (0, 1, 0));
}

#[test]
fn order_prefixes_envelopes_and_namespaces_do_not_matter() {
    let shuffled = "<c:envelope xmlns:c='urn:x'><c:report reportId='1'>\
        <c:personOrUserReported><c:priorCTReports>9223372036854775807</c:priorCTReports>\
        <c:personOrUserReportedPerson><c:age>15</c:age></c:personOrUserReportedPerson>\
        </c:personOrUserReported><c:incidentSummary>\
        <c:incidentDateTime>2026-03-01T10:00:00-05:00</c:incidentDateTime>\
        <c:reportAnnotations><c:csamSolicitation/></c:reportAnnotations>\
        <c:incidentType>Online Enticement of Children for Sexual Acts</c:incidentType>\
        </c:incidentSummary></c:report></c:envelope>";
    let (ends, import) = ends(&[("a", shuffled)]);
    let complaint = ends[0].read().expect("ranked").complaint();
    assert_eq!(complaint.id(), "1");
    for (item, expected) in [
        ("communication_with_minor", "yes"),
        ("image_requested_or_coerced", "yes"),
        ("prior_tip_count", "1"),
        ("suspect_is_minor", "asserted"),
    ] {
        assert_eq!(answer(complaint, item), expected, "{item}");
    }
    assert_eq!(import.unknown_fields().of("envelope"), 1);
}

#[test]
fn files_are_joined_to_their_report_whatever_comes_first() {
    let first = file(
        "77",
        "0a1b",
        "<fileAnnotations><infant/></fileAnnotations>\
        <industryClassification>A1</industryClassification>",
    );
    let second = file("77", "ff00", "<industryClassification>B2</industryClassification>");
    let again = file("77", "FF00", "<fileRelevance>Reported</fileRelevance>");
    let answer_document =
        "<reportResponse><responseCode>0</responseCode><reportId>77</reportId></reportResponse>";
    let whole = report("", "");
    let documents = [
        ("f1", first.as_str()),
        ("r", &whole),
        ("f2", &second),
        ("a", answer_document),
        ("f3", &again),
    ];
    for turn in 0..documents.len() {
        let mut documents = documents.to_vec();
        documents.rotate_left(turn);
        let (ends, import) = ends(&documents);
        assert_eq!(ends.len(), 1, "turn {turn}");
        let complaint = ends[0].read().expect("ranked").complaint();
        assert_eq!(complaint.id(), "77");
        assert_eq!(
            answer(complaint, "material_volume"),
            "2",
            "a file id in other case is the same"
        );
        assert_eq!(answer(complaint, "material_youngest_age_band"), "under_6");
        assert_eq!(answer(complaint, "material_severity_band"), "upper_of_two");
        assert_eq!((import.reports(), import.files(), import.orphans().count()), (1, 3, 0));
    }
}

#[test]
fn what_is_told_of_files_without_a_report_does_not_grow_without_end() {
    let mut import = import();
    let reports = MOST_TOLD + 200;
    for number in 0..reports {
        let text = file(&number.to_string(), "1", "");
        import.read(&Document::new("f", text.as_bytes()));
        assert_eq!(import.take().len(), 1);
    }
    let orphans = import.report().orphans();
    assert_eq!((orphans.count(), orphans.first().len()), (reports as u64, MOST_TOLD));
}

#[test]
fn files_without_a_report_are_ranked_and_named() {
    let one = file("5", "1", "<fileAnnotations><infant/></fileAnnotations>");
    let (ends, import) = ends(&[("a", &one), ("b", &file("5", "2", ""))]);
    let read = ends[0].read().expect("ranked");
    assert_eq!(read.complaint().id(), "5");
    assert_eq!(answer(read.complaint(), "material_youngest_age_band"), "under_6");
    assert_eq!(read.complaint().not_understood()[0].why(), &WhyNotUnderstood::WithoutReport);
    assert_eq!(import.orphans().first(), [("5".to_owned(), 2)]);
}

#[test]
fn a_batch_is_viral_only_where_every_reported_file_is() {
    let viral = "<fileAnnotations><viral/></fileAnnotations>";
    let old_meme = "<potentialMeme>true</potentialMeme>";
    let supplemental = "<fileRelevance>Supplemental Reported</fileRelevance>";
    let live = "<fileAnnotations><liveStreaming/></fileAnnotations>";
    for (files, expected) in [
        (vec![viral, old_meme], "every_file"),
        (vec![viral, supplemental], "every_file"),
        (vec![viral, ""], "some_files"),
        (vec![viral, "<fileAnnotations><viral>false</viral></fileAnnotations>"], "some_files"),
        (vec!["<fileAnnotations><viral>unsure</viral></fileAnnotations>"], "unknown"),
        (vec!["", ""], "unknown"),
        (vec![], "unknown"),
        (vec![live], "unknown"),
    ] {
        let mut documents = vec![("r".to_owned(), report("", ""))];
        for (place, fields) in files.iter().enumerate() {
            documents.push((format!("f{place}"), file("9", &place.to_string(), fields)));
        }
        documents.push((
            "a".to_owned(),
            "<reportResponse><reportId>9</reportId></reportResponse>".to_owned(),
        ));
        let documents: Vec<(&str, &str)> =
            documents.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let (ends, _) = ends(&documents);
        let complaint = ends[0].read().expect("ranked").complaint();
        assert_eq!(answer(complaint, "viral_batch"), expected, "{files:?}");
        assert_eq!(answer(complaint, "live_streaming_under_way"), "unknown");
    }
    let batched = report("", "")
        .replace("<report>", "<report><batchedReport reason='VIRAL_POTENTIAL_MEME'/>");
    assert_eq!(answer(read(&batched).complaint(), "viral_batch"), "some_files");
}

#[test]
fn several_people_are_one_complaint_or_one_each() {
    let person = |prior: &str, age: u32| {
        format!(
            "<personOrUserReported><personOrUserReportedPerson><age>{age}</age>\
             </personOrUserReportedPerson><espIdentifier>account {age}</espIdentifier>{prior}\
             <associatedAccount type='Linked'><priorCTReport>3</priorCTReport></associatedAccount>\
             </personOrUserReported>"
        )
    };
    let two = "<priorCTReports>1</priorCTReports><priorCTReports>2</priorCTReports><priorCTReports>2</priorCTReports>";
    let text = report("", &(person("", 40) + &person(two, 17)));
    let whole = read(&text);
    assert_eq!(whole.people(), 2);
    assert_eq!(answer(whole.complaint(), "prior_tip_count"), "3");
    assert_eq!(answer(whole.complaint(), "suspect_is_minor"), "asserted");
    let mut import = import().with_complaint_per(ComplaintPer::Person);
    import.read(&Document::new("r", text.as_bytes()).with_report("8"));
    let ends = import.take();
    let told: Vec<(String, String, String)> = ends
        .iter()
        .map(|end| {
            let complaint = end.read().expect("ranked").complaint();
            (
                complaint.id().to_owned(),
                answer(complaint, "prior_tip_count"),
                answer(complaint, "suspect_is_minor"),
            )
        })
        .collect();
    let row =
        |id: &str, prior: &str, minor: &str| (id.to_owned(), prior.to_owned(), minor.to_owned());
    assert_eq!(told, [row("8.1", "1", "unknown"), row("8.2", "3", "asserted")]);
    assert_eq!(import.report().people(), 2);
}

#[test]
fn police_json_is_read_with_marks_nulls_and_both_spellings() {
    let json = "\u{feff}{\"reportId\": 9007199254740993, \"dateReceived\": \"2026-03-02T00:00:00Z\",
      \"reportedInformation\": {\"reportingEsp\": {\"espName\": \"sample.example\"},
        \"incidentSummary\": {\"incidentType\": \"Online Enticement of Children for Sexual Acts\",
          \"incidentDateTime\": \"2026-02-01T00:00:00\", \"escalateToHighPriority\": null,
          \"reportAnnotations\": {\"sextortion\": true, \"spam\": false}},
        \"reportedPeople\": {\"reportedPersons\": [{\"firstName\": null, \"accessToChildren\": true,
          \"priorCTReports\": [1, 2], \"priorCTReport\": [2, \"3\"], \"unheardOf\": 1}]},
        \"intendedRecipients\": null, \"additionalInformations\": [{\"value\": \"never read this\"}],
        \"uploadedFiles\": {\"uploadedFiles\": [
          {\"filename\": \"a\", \"viewedByEsp\": null, \"industryClassification\": \"B2\",
           \"ncmecTags\": {\"groups\": [{\"tags\": [{\"value\": \"Infant\"}, {\"value\": \"Unheard Of\"}]}]}},
          {\"filename\": \"b\", \"sourceInformation\": {\"sourceCaptures\":
            [{\"captureType\": \"IP Address\", \"dateTime\": \"2026-02-20T00:00:00Z\", \"value\": \"192.0.2.7\"}]}}]}}}";
    let mut import = import();
    import.read(&Document::new("tip.json", json.as_bytes()));
    let ends = import.take();
    let read = ends[0].read().expect("ranked");
    let complaint = read.complaint();
    assert_eq!(complaint.id(), "9007199254740993");
    assert_eq!(complaint.received().to_string(), "2026-03-02T00:00:00Z");
    assert_eq!(complaint.deadlines().len(), 1, "a provider keeps what it reported for a time");
    for (item, expected) in [
        ("image_requested_or_coerced", "yes"),
        ("provider_urgent", "unknown"),
        ("prior_tip_count", "3"),
        ("child_access_route", "other"),
        ("material_youngest_age_band", "under_6"),
        ("days_since_last_activity", "10"),
        ("material_volume", "2"),
    ] {
        assert_eq!(answer(complaint, item), expected, "{item}");
    }
    let said = complaint.provenance("material_youngest_age_band").expect("kept");
    assert_eq!(said.source().to_string(), "clearinghouse (ncmecTags)");
    assert_eq!(said.contradictions().len(), 1);
    assert_eq!(said.contradictions()[0].source().speaker(), Speaker::Provider);
    assert_eq!(said.contradictions()[0].value().to_string(), "from_13_to_17");
    let told = import.report();
    assert_eq!(told.unknown_fields().of("unheardOf"), 1);
    assert_eq!(told.unknown_tags().of("Unheard Of"), 1);
    assert_eq!(told.disagreements().of("material_youngest_age_band"), 1);
    assert_eq!(told.times_without_offset(), 1);
    assert!(!format!("{read:?}{told:?}").contains("never read this"));
}

#[test]
fn a_repeated_key_hides_no_flag() {
    let json =
        "{\"reportId\": 1, \"reportedInformation\": {\"incidentSummary\": {\"reportAnnotations\":
        {\"sadisticOnlineExploitation\": true, \"sadisticOnlineExploitation\": false},
        \"reportAnnotations\": null}}}";
    assert_eq!(answer(read(json).complaint(), "sadistic_coercion"), "yes");
}

#[test]
fn a_report_without_an_id_is_kept_whole_and_its_answers_are_told() {
    let text = report("<escalateToHighPriority>x</escalateToHighPriority>", "");
    let mut import = import();
    import.read(&Document::new("lost.xml", text.as_bytes()));
    import.read(&Document::new("note.txt", b"not a report"));
    let ends = import.take();
    let ReportEnd::NotRankable(kept) = &ends[0] else { panic!("it has no id") };
    assert_eq!((kept.name(), kept.cause()), ("lost.xml", &ReportError::NoId));
    assert_eq!(kept.bytes(), text.as_bytes());
    assert!(kept.answers().contains(&("provider_urgent".to_owned(), "yes".to_owned())));
    let ReportEnd::NotRankable(other) = &ends[1] else { panic!("it is no report") };
    assert_eq!(other.cause(), &ReportError::Kind);
    assert_eq!(import.report().not_rankable(), 2);
    assert!(!format!("{kept:?}").contains("incidentSummary"), "bytes are not printed");
}

#[test]
fn texts_and_identifiers_are_nowhere_in_what_comes_out() {
    let secrets = [
        "Zebulon",
        "Quixote",
        "zq@example.org",
        "5550142",
        "zq-account",
        "192.0.2.44",
        "zq-words",
        "zq-device",
    ];
    let text = report(
        "<escalateToHighPriority>zq-words</escalateToHighPriority>",
        "<personOrUserReported><personOrUserReportedPerson><firstName>Zebulon</firstName>\
         <lastName>Quixote</lastName><phone>5550142</phone><email>zq@example.org</email>\
         </personOrUserReportedPerson><espIdentifier>zq-account</espIdentifier>\
         <ipCaptureEvent><ipAddress>192.0.2.44</ipAddress></ipCaptureEvent>\
         <deviceId><idType>x</idType><idValue>zq-device</idValue></deviceId>\
         <additionalInfo>zq-words</additionalInfo></personOrUserReported>",
    );
    let (read, import) = read_bytes(text.as_bytes());
    let out = format!(
        "{read:?}{import:?}{import}{}",
        serde_json::to_string(read.complaint()).expect("serialises")
    );
    for secret in secrets {
        assert!(!out.contains(secret), "{secret}");
    }
    assert_eq!(read.traces().subjects().len(), 4, "phone, mail, device and account");
    assert_eq!(import.texts_not_read(), 2);
}

#[test]
fn provenance_survives_a_file_and_an_answer_takes_it_away() {
    let read = read(&report("<reportAnnotations><sextortion/></reportAnnotations>", ""));
    let json = serde_json::to_string(read.complaint()).expect("serialises");
    let mut again: Complaint = serde_json::from_str(&json).expect("loads");
    assert_eq!(&again, read.complaint());
    assert!(
        again
            .provenance("image_requested_or_coerced")
            .is_some_and(|said| !Provenance::is_disputed(said))
    );
    again.set_answer("image_requested_or_coerced", "no");
    assert!(again.provenance("image_requested_or_coerced").is_none());
}

#[test]
fn mappings_are_refused_with_the_line_and_every_fact_has_a_name() {
    for (json, said) in [
        ("{", "line 1"),
        (
            "{\"id\": \"a\", \"version\": \"1.0.0\", \"description\": \"\", \"rows\": [\n{\"item\": \"a\", \"answer\": [\"yes\"], \"said_by\": \"provider\", \"when\": {\"any\": [\"file.infantt\"]}}]}",
            "did you mean `file.infant`?",
        ),
        (
            "{\"id\": \"a\", \"version\": \"1.0.0\", \"description\": \"\", \"rows\": [{\"item\": \"a\", \"answer\": [\"yes\"], \"said_by\": \"provider\"}]}",
            "holds under no condition",
        ),
        (
            "{\"id\": \"a\", \"version\": \"1.0.0\", \"description\": \"\", \"rows\": [{\"item\": \"a\", \"said_by\": \"provider\"}]}",
            "neither an answer nor a number",
        ),
    ] {
        let refused = ReportMapping::from_json(json).expect_err("it is refused").to_string();
        assert!(refused.contains(said), "{refused}");
    }
    let mut names: Vec<&str> = ReportMapping::facts().map(|(name, _)| name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn rows_that_a_codebook_lacks_are_skipped_and_told() {
    let json = "{\"id\": \"a\", \"version\": \"1.0.0\", \"description\": \"\", \"rows\": [
        {\"item\": \"provider_urgent\", \"answer\": [\"certainly\", \"yes\"], \"said_by\": \"provider\", \"when\": {\"any\": [\"report.high_priority\"]}},
        {\"item\": \"provider_urgent\", \"answer\": [\"certainly\"], \"said_by\": \"provider\", \"when\": {\"any\": [\"report.spam\"]}},
        {\"item\": \"unheard_of\", \"answer\": [\"yes\"], \"said_by\": \"provider\", \"when\": {\"always\": true}}]}";
    let mapping = ReportMapping::from_json(json).expect("it loads");
    let mut import = import().with_mapping(&mapping);
    let text =
        report("<escalateToHighPriority/><reportAnnotations><sextortion/></reportAnnotations>", "");
    import.read(&Document::new("r", text.as_bytes()).with_report("1"));
    let ends = import.take();
    assert_eq!(answer(ends[0].read().expect("ranked").complaint(), "provider_urgent"), "yes");
    let skipped: Vec<(usize, &str)> =
        import.report().skipped_rows().iter().map(|row| (row.row(), row.item())).collect();
    assert_eq!(skipped, [(2, "provider_urgent"), (3, "unheard_of")]);
    assert_eq!(import.report().facts_without_row().of("report.sextortion"), 1);
}

#[test]
fn what_somebody_wrote_into_a_coded_field_is_told_and_not_kept() {
    let summary =
        "<reportAnnotations><sextortion>zq words of a person</sextortion></reportAnnotations>";
    let person = "<personOrUserReported><personOrUserReportedPerson><age>zq-fifteen</age>\
        <dateOfBirth>zq-1990</dateOfBirth></personOrUserReportedPerson></personOrUserReported>";
    let text = report(summary, person).replace("2026-03-01T10:00:00Z", "zq in the evening");
    let (read, import) = read_bytes(text.as_bytes());
    let fields: Vec<&str> =
        read.complaint().not_understood().iter().map(|what| what.item()).collect();
    for field in ["incidentDateTime", "reportAnnotations/sextortion", "age", "dateOfBirth"] {
        assert!(fields.contains(&field), "{field}: {fields:?}");
    }
    let json = serde_json::to_string(read.complaint()).expect("serialises");
    assert!(!format!("{read:?}{import:?}{import}{json}").contains("zq"));
}

#[test]
fn a_school_a_handle_or_a_name_makes_a_victim_identifiable() {
    for (fields, expected) in [
        ("<schoolName>Sample School</schoolName>", "yes"),
        ("<screenName>child_1</screenName>", "yes"),
        ("<victimPerson><firstName>Child</firstName></victimPerson>", "yes"),
        ("<victimPerson><address><city>Sample</city></address></victimPerson>", "yes"),
        ("<victimPerson><age>9</age></victimPerson>", "unknown"),
        ("<schoolName> </schoolName>", "unknown"),
        ("", "unknown"),
    ] {
        let read = read(&report("", &format!("<victim>{fields}</victim>")));
        assert_eq!(answer(read.complaint(), "victim_identifiable"), expected, "{fields}");
    }
}

#[test]
fn elements_within_their_own_kind_lose_nothing() {
    let person = "<personOrUserReported><priorCTReports>1</priorCTReports><personOrUserReported>\
        <priorCTReports>2</priorCTReports><priorCTReports>3</priorCTReports>\
        </personOrUserReported></personOrUserReported>";
    let read = read(&report("", person));
    assert_eq!(answer(read.complaint(), "prior_tip_count"), "2");
    assert_eq!(read.people(), 2);
    assert!(!read.complaint().not_understood().is_empty());
    let files = "<fileDetails><reportId>1</reportId><fileAnnotations><infant/></fileAnnotations>\
        <fileDetails><reportId>1</reportId></fileDetails></fileDetails>";
    let (ends, import) = ends(&[("f", files)]);
    assert_eq!(import.files(), 2);
    let complaint = ends[0].read().expect("ranked").complaint();
    assert_eq!(answer(complaint, "material_youngest_age_band"), "under_6");
}

#[test]
fn a_report_that_comes_again_is_joined_and_the_more_dangerous_answer_counts() {
    let urgent = report("<escalateToHighPriority/>", "");
    for pair in [[report("", ""), urgent.clone()], [urgent, report("", "")]] {
        let mut import = import();
        for text in &pair {
            import.read(&Document::new("r", text.as_bytes()).with_report("1"));
        }
        let ends = import.take();
        assert_eq!(ends.len(), 1);
        assert_eq!(answer(ends[0].read().expect("ranked").complaint(), "provider_urgent"), "yes");
        assert_eq!((import.report().reports(), import.report().merged()), (2, 1));
    }
}

#[test]
fn files_beyond_the_limit_keep_what_they_say_of_danger() {
    let mut limits = caserank::intake::cybertipline::Limits::default();
    limits.files = 3;
    let mut import = import().with_limits(limits);
    let whole = report("", "");
    import.read(&Document::new("r", whole.as_bytes()).with_report("1"));
    for number in 0..10 {
        let flag = if number == 9 { "<fileAnnotations><infant/></fileAnnotations>" } else { "" };
        let text = file("1", &number.to_string(), flag);
        import.read(&Document::new("f", text.as_bytes()));
    }
    let ends = import.take();
    let read = ends[0].read().expect("ranked");
    assert_eq!(answer(read.complaint(), "material_youngest_age_band"), "under_6");
    assert_eq!(answer(read.complaint(), "material_volume"), "3");
    assert_eq!(read.complaint().not_understood().len(), 1);
}

#[test]
fn an_assessment_says_who_said_what() {
    let model = reference::published().expect("the shipped model loads");
    let read = read(&report("<reportAnnotations><sextortion/></reportAnnotations>", ""));
    let assessment = model.assess(read.complaint()).expect("listed answers");
    let said = assessment.provenance("image_requested_or_coerced").expect("kept");
    assert_eq!(said.source().speaker(), Speaker::Provider);
    let text = assessment.to_string();
    assert!(text.contains("Yes, says the provider (reportAnnotations/sextortion)"), "{text}");
}

/// A complaint as it is written is a line of a backlog: nothing in it is taken for an item that nobody knows.
#[test]
fn a_report_s_complaint_is_a_line_that_is_understood() {
    let mut import = import();
    let mut with_provenance = 0;
    let mut lines = String::new();
    let made = SyntheticReports::new(Seed(9));
    for number in 0..60 {
        for (name, text) in made.report(number).documents() {
            let document = Document::new(name, text.as_bytes()).in_group(number.to_string());
            import.read(&document);
        }
        for read in import.take().iter().filter_map(ReportEnd::read) {
            let complaint = read.complaint();
            if !complaint.not_understood().is_empty() {
                continue;
            }
            with_provenance += usize::from(complaint.provenances().next().is_some());
            lines += &(serde_json::to_string(complaint).expect("it is written") + "\n");
        }
    }
    assert!(with_provenance > 20, "{with_provenance}");
    let records = lines.lines().count() as u64;
    let reading = Reading::new().with_unlisted(Unlisted::Refuse);
    let intake = Backlog::read_ndjson(&codebook(), lines.as_bytes(), reading).expect("it is read");
    assert_eq!((intake.report().understood(), intake.report().records()), (records, records));
    // What is no provenance is told.
    let id = r#"{"id":"a","received":"2026-04-17""#;
    for (wrong, understood) in [("7", 0), ("{\"concern\":\"x\"}", 0), ("null", 1), ("{}", 1)] {
        let line = format!("{id},\"provenance\":{wrong}}}\n");
        let reading = Reading::new().with_unlisted(Unlisted::Refuse);
        let intake = Backlog::read_ndjson(&codebook(), line.as_bytes(), reading).expect("read");
        assert_eq!(intake.report().understood(), understood, "{wrong}");
    }
}
