//! Several reports in one document, one of them damaged: the others are read as if it were whole, and of the damaged one
//! counts what stands before and behind the damage.

use std::sync::{LazyLock, Mutex, PoisonError};

use caserank::complaint::Complaint;
use caserank::intake::cybertipline::{Document, ReportEnd, ReportImport};
use proptest::prelude::*;

use super::cybertipline::import;
use super::cybertipline_hostile::says;

/// A report with an id, an age of a victim and a flag, as members of an envelope have them.
pub(super) fn report(id: u32, age: u32) -> String {
    format!(
        "<report><reportId>{id}</reportId><incidentSummary><incidentType>Child Sex Trafficking</incidentType>\
        <reportAnnotations><sextortion>true</sextortion></reportAnnotations>\
        <incidentDateTime>2026-03-01T10:00:00Z</incidentDateTime></incidentSummary>\
        <personOrUserReported><espIdentifier>user {id}</espIdentifier></personOrUserReported>\
        <victim><victimPerson><age>{age}</age></victimPerson></victim></report>"
    )
}

pub(super) fn read(text: &str) -> Vec<ReportEnd> {
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

pub(super) fn complaint<'e>(ends: &'e [ReportEnd], id: &str) -> Option<&'e Complaint> {
    let complaints = ends.iter().filter_map(ReportEnd::read).map(|read| read.complaint());
    complaints.into_iter().find(|complaint| complaint.id() == id)
}

pub(super) fn answers(ends: &[ReportEnd], id: &str) -> Vec<String> {
    let complaint = complaint(ends, id).unwrap_or_else(|| panic!("{id} is lost: {ends:?}"));
    complaint.answers().map(|(item, given)| format!("{item}={}", given.value)).collect()
}

pub(super) fn told(ends: &[ReportEnd], id: &str) -> String {
    let complaint = complaint(ends, id).unwrap_or_else(|| panic!("{id} is lost: {ends:?}"));
    complaint.not_understood().iter().map(|note| format!("{note}\n")).collect()
}

pub(super) fn envelope(reports: &[String]) -> String {
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
