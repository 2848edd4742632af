//! Reports that are broken, cut, bent or made to harm: nothing panics, nothing disappears, danger
//! stays.

use caserank::Seed;
use caserank::intake::cybertipline::{
    Document, Limits, ReportEnd, ReportError, ReportImport, SyntheticReports,
};
use proptest::prelude::*;

use super::cybertipline::import;

const URGENT: &str = "<report><incidentSummary><incidentType>Child Sex Trafficking</incidentType>\
    <escalateToHighPriority>x</escalateToHighPriority><reportAnnotations>\
    <sadisticOnlineExploitation>true</sadisticOnlineExploitation></reportAnnotations>\
    <incidentDateTime>2026-03-01T10:00:00Z</incidentDateTime></incidentSummary>\
    <personOrUserReported><espIdentifier>a</espIdentifier></personOrUserReported></report>";

fn read_with(limits: Limits, bytes: &[u8]) -> (ReportImport, Vec<ReportEnd>) {
    let mut import = import().with_limits(limits);
    import.read(&Document::new("hostile", bytes).with_report("1"));
    let ends = import.take();
    (import, ends)
}

/// What was told as the reason, wherever it stands.
fn told(ends: &[ReportEnd]) -> String {
    assert_eq!(ends.len(), 1);
    match &ends[0] {
        ReportEnd::NotRankable(kept) => kept.cause().to_string(),
        ReportEnd::Ranked(read) | ReportEnd::RankedInPart(read) => {
            read.complaint().not_understood().iter().map(|note| format!("{note}\n")).collect()
        }
    }
}

/// Whether a danger answer is there, in the complaint or beside the kept document.
pub(super) fn says(ends: &[ReportEnd], item: &str) -> bool {
    ends.iter().any(|end| match end {
        ReportEnd::NotRankable(kept) => {
            kept.answers().iter().any(|(answered, answer)| answered == item && answer == "yes")
        }
        ReportEnd::Ranked(read) | ReportEnd::RankedInPart(read) => {
            read.complaint().given(item).is_some_and(|given| given.value.to_string() == "yes")
        }
    })
}

#[test]
fn bombs_and_giants_are_refused_by_kind_and_not_swallowed() {
    let entities =
        "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><report>&b;</report>";
    let external = "<!DOCTYPE r SYSTEM 'file:///etc/hostname'><report/>";
    let deep = "<a>".repeat(100_000);
    let deep_json = "[".repeat(100_000);
    let wide = format!("<report a='{}'/>", "x".repeat(100_000));
    let many = format!("<report>{}</report>", "<b/>".repeat(2_000));
    let people = format!("<report>{}</report>", "<personOrUserReported/>".repeat(30));
    let limits = Limits::default();
    let mut few = limits;
    (few.elements, few.people) = (1_000, 20);
    let mut small = limits;
    small.document_bytes = 10;
    for (limits, text, said) in [
        (limits, entities, "document type (DTD)"),
        (limits, external, "document type (DTD)"),
        (limits, &deep, "deeper than 64 levels"),
        (limits, &deep_json, "deeper than 64 levels"),
        (limits, &wide, "bytes of attributes"),
        (few, &many, "more than 1000 elements"),
        (few, &people, "more than 20 people"),
        (small, URGENT, "bytes, of 10 allowed"),
        (limits, "", "neither as XML nor as JSON"),
        (limits, "<a/>", "no report and no file details"),
        (limits, "<report><incidentSummary>", "breaks off or is ill-formed"),
        (limits, "<report></rport>", "breaks off or is ill-formed"),
        (limits, "{\"reportId\": 5, ", "JSON is broken"),
        (limits, "7", "neither as XML nor as JSON"),
    ] {
        let (_, ends) = read_with(limits, text.as_bytes());
        assert!(told(&ends).contains(said), "{said}: {}", told(&ends));
    }
}

#[test]
fn unresolved_entities_are_told_and_change_nothing_else() {
    let text = URGENT.replace(">x<", ">&external;<").replace(">a<", ">&nothing;a&amp;b<");
    let (_, ends) = read_with(Limits::default(), text.as_bytes());
    assert!(told(&ends).contains("entity"), "{}", told(&ends));
    assert!(says(&ends, "provider_urgent") && says(&ends, "sadistic_coercion"));
}

#[test]
fn encodings_of_every_kind_lose_no_danger() {
    let utf16 = |big: bool| -> Vec<u8> {
        let mark = std::iter::once(0xFEFF_u16);
        let units = mark.chain(URGENT.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let with_byte = |declaration: &str| -> Vec<u8> {
        let mut bytes = declaration.as_bytes().to_vec();
        bytes.extend(
            URGENT
                .replace(">x<", ">x\u{1}<")
                .bytes()
                .map(|byte| if byte == 1 { 0xE4 } else { byte }),
        );
        bytes
    };
    for (bytes, understood) in [
        (utf16(true), true),
        (utf16(false), true),
        (with_byte("<?xml version='1.0' encoding='ISO-8859-1'?>"), true),
        (with_byte("<?xml version='1.0' encoding='Shift_JIS'?>"), false),
        (with_byte(""), false),
        ([b"\xEF\xBB\xBF", URGENT.as_bytes()].concat(), true),
    ] {
        let (_, ends) = read_with(Limits::default(), &bytes);
        assert!(says(&ends, "provider_urgent") && says(&ends, "sadistic_coercion"));
        assert_eq!(matches!(ends[0], ReportEnd::Ranked(_)), understood, "{}", told(&ends));
    }
}

#[test]
fn a_report_cut_at_any_byte_is_told_and_keeps_what_came_before() {
    let urgent = URGENT.find("<escalate").expect("it is there") + "<escalateToHighPriority>".len();
    let sadistic =
        URGENT.find("<sadistic").expect("it is there") + "<sadisticOnlineExploitation>".len();
    let mut import = import();
    for cut in 0..URGENT.len() {
        import.read(&Document::new("hostile", &URGENT.as_bytes()[..cut]).with_report("1"));
        let ends = import.take();
        assert_eq!(ends.len(), 1, "cut at {cut}");
        assert!(!matches!(ends[0], ReportEnd::Ranked(_)), "cut at {cut} is not told");
        assert!(cut < urgent || says(&ends, "provider_urgent"), "cut at {cut}");
        assert!(cut < sadistic || says(&ends, "sadistic_coercion"), "cut at {cut}");
        let report = import.report();
        let ended = report.ranked() + report.ranked_in_part() + report.not_rankable();
        assert_eq!(ended, cut as u64 + 1);
    }
}

#[test]
fn what_stands_after_the_damage_is_found_by_name() {
    for broken in [
        URGENT.replacen("<incidentType>", "<incidentType", 1),
        URGENT.replacen("</incidentType>", "</wrong>", 1),
        URGENT.replacen("<report>", "<!DOCTYPE a><report>", 1),
        URGENT.replacen("<report>", "<report a=\"", 1),
        URGENT.replacen("<report>", "plain words <report>", 1),
    ] {
        let (_, ends) = read_with(Limits::default(), broken.as_bytes());
        assert!(says(&ends, "provider_urgent") && says(&ends, "sadistic_coercion"), "{broken}");
        assert!(!matches!(ends[0], ReportEnd::Ranked(_)), "{broken}");
    }
    let json = "{\"reportId\": 44, \"x\": nope, \"reportAnnotations\": {\"sadisticOnlineExploitation\" : true}}";
    let mut import = import();
    import.read(&Document::new("broken.json", json.as_bytes()));
    let ends = import.take();
    assert!(says(&ends, "sadistic_coercion"));
    assert_eq!(ends[0].read().map(|read| read.complaint().id()), Some("44"));
}

#[test]
fn names_and_ids_are_bounded() {
    let names: String = (0..5_000).map(|name| format!("<n{name}/>")).collect();
    let text = format!(
        "<report>{names}<{}/><reportId>{}</reportId></report>",
        "x".repeat(500),
        "9".repeat(200)
    );
    let mut import = import();
    import.read(&Document::new("names", text.as_bytes()));
    let ends = import.take();
    let ReportEnd::NotRankable(kept) = &ends[0] else { panic!("the id is too long") };
    assert_eq!(kept.cause(), &ReportError::Id { bytes: 200 });
    let unknown = import.report().unknown_fields();
    assert_eq!((unknown.iter().count(), unknown.total()), (1_000, 5_001));
}

/// Damages text everywhere but at the danger flag.
fn damage(text: &[u8], kept: &[u8], kind: u8, places: &[usize], byte: u8) -> Vec<u8> {
    let start = text.windows(kept.len()).position(|part| part == kept).expect("the flag is there");
    let end = start + kept.len();
    let mut bytes = text.to_vec();
    for place in places {
        let place = place % text.len();
        if (start..end).contains(&place) || place >= bytes.len() {
            continue;
        }
        match kind {
            0 => bytes[place] = byte,
            1 => bytes[place] = bytes[place].wrapping_add(1),
            2 => bytes.truncate(place.max(end)),
            _ => bytes[place] ^= 0x20,
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn danger_survives_any_damage_elsewhere(
        number in 0_u64..40,
        kind in 0_u8..4,
        places in prop::collection::vec(any::<usize>(), 1..12),
        byte in any::<u8>(),
    ) {
        let flag: &[u8] = b"<reportAnnotations><sadisticOnlineExploitation/></reportAnnotations>";
        let reports = SyntheticReports::new(Seed(5));
        let report = (number..).map(|number| reports.report(number)).find(|report| {
            report.documents()[0].1.contains("</incidentType>\n    <platform>")
        }).expect("most reports are XML");
        let text = report.documents()[0].1.replacen("<incidentDateTime>",
            &format!("{}<incidentDateTime>", String::from_utf8_lossy(flag)), 1);
        let bytes = damage(text.as_bytes(), flag, kind, &places, byte);
        let mut import = import();
        import.read(&Document::new("damaged", &bytes).with_report(report.id()));
        let ends = import.take();
        // A comment or CDATA that now runs over the flag makes it text; then it must be told.
        let hidden = !matches!(ends.as_slice(), [ReportEnd::Ranked(_)]);
        prop_assert!(says(&ends, "sadistic_coercion") || hidden && swallowed(&bytes, flag),
            "{}", String::from_utf8_lossy(&bytes));
        let counted = import.report();
        prop_assert_eq!(counted.ranked() + counted.ranked_in_part() + counted.not_rankable(), ends.len() as u64);
        prop_assert!(!ends.is_empty());
    }

    #[test]
    fn no_bytes_panic_and_every_document_ends(bytes in prop::collection::vec(any::<u8>(), 0..400), id in any::<bool>()) {
        let mut import = import();
        let document = Document::new("random", &bytes);
        import.read(&if id { document.with_report("1") } else { document });
        prop_assert_eq!(import.take().len(), 1);
    }

    #[test]
    fn no_nesting_of_known_names_panics(picks in prop::collection::vec((0_usize..24, 0_u8..3, 0_usize..6), 0..60)) {
        const NAMES: [&str; 24] = ["report", "fileDetails", "personOrUserReported", "victim", "reportId", "incidentSummary",
            "reportAnnotations", "viral", "fileAnnotations", "age", "dateOfBirth", "email", "priorCTReports", "associatedAccount",
            "reporter", "originalFileHash", "espIdentifier", "reportResponse", "escalateToHighPriority", "batchedReport",
            "nothingKnown", "industryClassification", "incidentDateTime", "intendedRecipient"];
        const TEXTS: [&str; 6] = ["", "true", "7", "2026-01-01", "A1", "&amp;"];
        let (mut text, mut open) = (String::new(), Vec::new());
        for (name, what, value) in picks {
            match what {
                0 => { open.push(NAMES[name]); text += &format!("<{}>", NAMES[name]); }
                1 => if let Some(name) = open.pop() { text += &format!("</{name}>"); },
                _ => text += &format!("<{0}>{1}</{0}>", NAMES[name], TEXTS[value]),
            }
        }
        while let Some(name) = open.pop() { text += &format!("</{name}>"); }
        let mut import = import();
        import.read(&Document::new("nested", text.as_bytes()).with_report("1"));
        let ends = import.take();
        let counted = import.report();
        prop_assert_eq!(counted.ranked() + counted.ranked_in_part() + counted.not_rankable(), ends.len() as u64);
    }
}

/// Whether the flag now stands in a comment, in CDATA, in an instruction or inside a tag's quotes.
fn swallowed(bytes: &[u8], flag: &[u8]) -> bool {
    let at = bytes.windows(flag.len()).position(|part| part == flag).expect("it is kept");
    let before = String::from_utf8_lossy(&bytes[..at]).into_owned();
    before.contains("<!") || before.matches("<?").count() > 1
}

#[test]
fn synthetic_reports_are_read_whole_and_counts_add_up() {
    let reports = SyntheticReports::new(Seed(11));
    let mut import = import();
    let (mut documents, mut ids) = (0, Vec::new());
    for number in 0..300 {
        let report = reports.report(number);
        for (name, text) in report.documents() {
            documents += 1;
            import.read(&Document::new(name, text.as_bytes()).in_group(report.id()));
        }
        ids.push(report.id().to_owned());
    }
    let ends = import.take();
    let mut found: Vec<String> = ends
        .iter()
        .map(|end| match end {
            ReportEnd::Ranked(read) => read.complaint().id().to_owned(),
            other => panic!("not understood: {other:?}"),
        })
        .collect();
    found.sort();
    assert_eq!(found, ids);
    let report = import.report();
    assert_eq!((report.documents(), report.reports(), report.merged()), (documents, 300, 0));
    assert_eq!(report.unknown_fields().total() + report.unknown_flags().total(), 0, "{report}");
}

#[test]
fn file_details_without_their_own_tag_say_what_they_say() {
    let whole = "<fileDetails><reportId>1</reportId><fileId>f</fileId><fileViewedByEsp>true</fileViewedByEsp>\
        <industryClassification>A1</industryClassification><fileAnnotations><physicalHarm>true</physicalHarm>\
        </fileAnnotations></fileDetails>";
    let without = whole.replace("<fileDetails>", "").replace("</fileDetails>", "");
    let only_cut = whole.replace("<fileDetails>", "");
    for text in [without.as_str(), &only_cut] {
        let mut import = import();
        import.read(&Document::new("report", URGENT.as_bytes()).with_report("1"));
        import.read(&Document::new("file", text.as_bytes()));
        let damaged = import.take();
        let mut import = super::cybertipline::import();
        import.read(&Document::new("report", URGENT.as_bytes()).with_report("1"));
        import.read(&Document::new("file", whole.as_bytes()));
        let plain = import.take();
        assert_eq!((damaged.len(), plain.len()), (1, 1), "{text}");
        let (damaged, plain) = (damaged[0].read().unwrap(), plain[0].read().unwrap());
        for (item, given) in plain.complaint().answers() {
            assert_eq!(damaged.complaint().given(item), Some(given), "{item} of {text}");
        }
        assert!(!damaged.complaint().not_understood().is_empty(), "{text}");
    }
    // A report's id by itself is no answer of the receiver, and no complaint either: it is kept.
    let mut import = import();
    import.read(&Document::new("id", b"<reportId>1</reportId>"));
    assert!(matches!(import.take()[..], [ReportEnd::NotRankable(_)]));
}

/// The call for urgency is heard in whatever capitals its name is written, and however deep the report is wrapped.
#[test]
fn names_in_other_capitals_and_wrapped_reports_lose_no_danger() {
    for name in ["EscalateToHighPriority", "ESCALATETOHIGHPRIORITY", "escalatetohighpriority"] {
        let text = URGENT.replace("escalateToHighPriority", name);
        let (_, ends) = read_with(Limits::default(), text.as_bytes());
        assert!(says(&ends, "provider_urgent"), "{name}");
    }
    let report = "{\"ReportId\": 5, \"priority\": [\"3\", \"E\"], \"reportedInformation\": {\"IncidentSummary\": {\"EscalateToHighPriority\": \"x\"}}}";
    for text in [
        report.to_owned(),
        format!("{{\"reports\": [{report}]}}"),
        format!("{{\"data\": {{\"report\": {report}}}, \"page\": 1}}"),
        format!("{{\"data\": [{{\"report\": {report}}}]}}"),
    ] {
        let (_, ends) = read_with(Limits::default(), text.as_bytes());
        assert!(says(&ends, "provider_urgent"), "{text}");
        assert!(says(&ends, "clearinghouse_urgent"), "{text}");
    }
    // A level that is no level is told, whatever it is made of.
    for level in ["[7]", "[null, {\"a\": 1}]", "{\"level\": \"E\"}", "\"E now\"", "true"] {
        let text = format!("{{\"reportId\": 5, \"priority\": {level}}}");
        let (_, ends) = read_with(Limits::default(), text.as_bytes());
        assert!(told(&ends).contains("priority"), "{level}: {}", told(&ends));
    }
}

/// Two reports that say no id beside one answer may be two: they are joined, and that is told.
#[test]
fn several_reports_beside_one_id_are_told() {
    let answer = "<reportResponse><reportId>5</reportId></reportResponse>";
    let other = "<report><incidentSummary/></report>";
    let read = |reports: &str| {
        let mut import = import();
        for text in [reports, answer] {
            import.read(&Document::new("hostile", text.as_bytes()).in_group("a folder"));
        }
        import.take()
    };
    let alone = read(URGENT);
    assert!(!told(&alone).contains("report"), "{}", told(&alone));
    let both = read(&format!("<reports>{other}{URGENT}</reports>"));
    assert!(says(&both, "provider_urgent"));
    assert!(told(&both).contains("report"), "{}", told(&both));
}

/// The receiver's answer is no complaint; one that is damaged may hide a report, and is kept.
#[test]
fn a_damaged_answer_of_the_receiver_is_kept() {
    let answer = "<reportResponse><responseCode>0</responseCode><reportId>5</reportId>";
    let (import, ends) =
        read_with(Limits::default(), format!("{answer}</reportResponse>").as_bytes());
    assert!(ends.is_empty() && import.report().not_rankable() == 0);
    let cut = answer.to_owned();
    let beside = format!("{answer}</reportResponse><rep\u{0}rt>");
    let mut unreadable = format!("{answer}</reportResponse>").into_bytes();
    unreadable[5] = 0xff;
    let mut lost = format!("{answer}<x>").into_bytes();
    lost.extend_from_slice(b"\xff</x></reportResponse>");
    for damaged in [cut.into_bytes(), beside.into_bytes(), unreadable, lost] {
        let (_, ends) = read_with(Limits::default(), &damaged);
        let kept = ends.len() == 1 && !matches!(ends[0], ReportEnd::Ranked(_));
        assert!(kept, "{}", String::from_utf8_lossy(&damaged));
    }
}

/// A field that is too long is told by its name in the document.
#[test]
fn a_field_that_is_too_long_is_told_by_its_name() {
    let mut limits = Limits::default();
    limits.text_bytes = 100;
    let time = format!("<x:incidentDateTime>{}</x:incidentDateTime>", "2026 ".repeat(30));
    let report = format!("<x:report><x:incidentSummary>{time}</x:incidentSummary></x:report>");
    let (_, ends) = read_with(limits, report.as_bytes());
    assert!(told(&ends).contains("incidentDateTime"), "{}", told(&ends));
    assert!(!told(&ends).contains("x:"), "{}", told(&ends));
}

#[test]
fn file_details_of_one_group_do_not_go_to_another() {
    let details = |name: &str| {
        format!(
            "<fileDetails><originalFileName>a</originalFileName><fileAnnotations>{name}</fileAnnotations></fileDetails>"
        )
    };
    let mut import = import();
    let report = URGENT.replace("<report>", "<report><reportId>1</reportId>");
    let (plain, infant) = (details(""), details("<infant>true</infant>"));
    import.read(&Document::new("details.xml", plain.as_bytes()).in_group("a"));
    import.read(&Document::new("report.xml", report.as_bytes()).in_group("a").with_report("1"));
    import.read(&Document::new("details.xml", infant.as_bytes()).in_group("b"));
    let other = report.replace(">1<", ">2<");
    import.read(&Document::new("report.xml", other.as_bytes()).in_group("b").with_report("2"));
    let ends = import.take();
    let is_infant = |complaint: &caserank::Complaint| {
        complaint
            .given("material_youngest_age_band")
            .is_some_and(|given| given.value.to_string() == "under_6")
    };
    let complaints = ends.iter().filter_map(ReportEnd::read).map(|read| read.complaint());
    let with_infant: Vec<&str> = complaints
        .filter(|complaint| is_infant(complaint))
        .map(|complaint| complaint.id())
        .collect();
    assert_eq!(with_infant, ["2"]);
}

#[test]
fn a_broken_document_is_searched_for_names_in_any_capitals_and_in_lists() {
    for text in [
        r#"{"reportId":1,"reportAnnotations":["sadisticOnlineExploitation","#,
        r#"{"reportId":1,"ReportAnnotations":{"SADISTICOnlineExploitation":true,"#,
        "<report><reportId>1</reportId><SadisticOnlineExploitation/",
    ] {
        let (_, ends) = read_with(Limits::default(), text.as_bytes());
        assert!(says(&ends, "sadistic_coercion"), "{text}: {ends:?}");
    }
}

#[test]
fn a_report_that_joins_another_for_want_of_an_id_is_told() {
    let named = URGENT.replace("<report>", "<report><reportId>1</reportId>");
    let mut import = import();
    import.read(&Document::new("one.xml", named.as_bytes()).in_group("a"));
    import.read(&Document::new("two.xml", URGENT.as_bytes()).in_group("a"));
    let ends = import.take();
    assert_eq!(ends.len(), 1);
    assert!(matches!(&ends[0], ReportEnd::RankedInPart(_)), "{ends:?}");
}
