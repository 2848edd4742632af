//! Coding while parsing gives what an owned complaint gives, whatever the line.

use proptest::prelude::*;

use super::*;
use crate::backlog::{IntakeReport, NotRankable};
use crate::complaint::{Complaint, Unlisted};

fn builder(unlisted: Unlisted) -> BacklogBuilder {
    let json = include_str!("../../../fixtures/models/toy-codebook.json");
    BacklogBuilder::new(&Codebook::from_json(json).unwrap())
        .with_unlisted(unlisted)
        .with_as_of("2026-04-18T00:00:00Z".parse().unwrap())
}

fn words(words: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    prop::sample::select(words).prop_map(str::to_owned)
}

fn answer() -> impl Strategy<Value = String> {
    let value = || {
        words(&[
            "\"yes\"",
            "\"yes\"",
            "\"no\"",
            "\" no \"",
            "\"\\u0079es\"",
            "\"unknown\"",
            "\"\"",
            "null",
            "true",
            "false",
            "0",
            "3",
            "7.5",
            "-1",
            "1e300",
            "99999999999999999999",
            "\"12\"",
            "\"\u{A0}no\"",
            "\"none\"",
            "[]",
            "{}",
        ])
    };
    let time = words(&["\"2026-04-17\"", "\"2026-04-19T10:00:00Z\"", "null", "\"soon\"", "7"]);
    prop_oneof![
        6 => value(),
        2 => (value(), time.clone())
            .prop_map(|(value, time)| format!("{{\"value\":{value},\"known_at\":{time}}}")),
        1 => (value(), time)
            .prop_map(|(value, time)| format!("{{\"known_at\":{time}, \"value\":{{\"value\":{value}}}}}")),
        1 => words(&["{\"known_at\":null}", "{\"value\":1,\"value\":2}", "{\"value\":1,\"x\":2}"]),
    ]
}

fn answers() -> impl Strategy<Value = String> {
    let item = words(&[
        "urgent",
        "urgent",
        "urgent",
        "prior_reports",
        "prior_reports",
        "Urgent",
        "prior reports",
        "not_listed",
        "nor_this",
        "\\u0075rgent",
        "",
    ]);
    let pairs = prop::collection::vec((item, answer()), 0..4);
    prop_oneof![
        12 => pairs.prop_map(|pairs| {
            let pairs: Vec<String> =
                pairs.iter().map(|(item, answer)| format!("\"{item}\":{answer}")).collect();
            format!("{{{}}}", pairs.join(","))
        }),
        1 => words(&["null", "[]", "{\"urgent\":\"yes\"", "{\"urgent\":1,}"]),
    ]
}

fn line() -> impl Strategy<Value = String> {
    let id = prop_oneof![
        9 => (0..30_u32).prop_map(|number| format!("\"id\":\"b{number}\"")),
        1 => words(&["\"id\":\"\\u0062\"", "\"id\":\"\"", "\"id\":7", "\"id\":\"é\"", "\"i\\u0064\":\"a\""]),
    ];
    let received = words(&[
        "\"received\":\"2026-04-17\"",
        "\"received\":\"2026-04-17\"",
        "\"received\":\"2026-04-17T09:30:00+02:00\"",
        "\"received\":\"2026\"",
        "\"received\":null",
    ]);
    let other = prop_oneof![
        words(&[
            "\"unit\":\"north\"",
            "\"unit\":null",
            "\"unit\":\"\"",
            "\"unit\":\"n\\u00e9\"",
            "\"subject\":\"s1\"",
            "\"bundle\":\"b1\"",
            "\"bundle\":7",
            "\"stage\":\"field\"",
            "\"stage\":null",
            "\"stage\":\"later\"",
            "\"origin\":\"synthetic\"",
            "\"note\":\"x\"",
            "\"stage\":{\"field\":null}",
        ]),
        words(&[
            "\"deadlines\":[]",
            "\"deadlines\":null",
            "\"deadlines\":[[\"2026-05-01\",\"statutory\"]]",
            "\"deadlines\":[{\"due\":\"2026-05-02\",\"kind\":\"own_kind\"},{\"kind\":\"statutory\",\"due\":\"2026-05-01\"}]",
            "\"deadlines\":[{\"due\":\"2026-05-02\",\"kind\":\"Own kind\"}]",
            "\"deadlines\":[{\"due\":\"2026-05-02\",\"kind\":\"\\u0061\"}]",
        ]),
        answers().prop_map(|answers| format!("\"answers\":{answers}")),
    ];
    let odd = words(&[
        "",
        " ",
        "[]",
        "[\"a\",\"2026-04-17\"]",
        "7",
        "{\"id\":\"a\"} x",
        "\u{FEFF}{}",
        "{",
    ]);
    prop_oneof![
        1 => odd,
        12 => (id, received, prop::collection::vec(other, 0..4), any::<bool>()).prop_map(
            |(id, received, mut fields, first)| {
                fields.insert(if first { 0 } else { fields.len() }, id);
                fields.insert(fields.len() / 2, received);
                format!("{{{}}}", fields.join(", "))
            },
        ),
    ]
}

type Outcome = (Result<IntakeReport, String>, Vec<Complaint>);

fn read(text: &[u8], unlisted: Unlisted, size: usize, borrowed: bool) -> Outcome {
    let mut builder = builder(unlisted);
    let report = builder.read_ndjson_in_blocks(text, size, borrowed);
    (report.map_err(|error| error.to_string()), builder.freeze().complaints().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]
    #[test]
    fn borrowed_and_owned_say_the_same(
        lines in prop::collection::vec(line(), 0..20),
        end in prop::sample::select(vec!["\n", "\n", "\r\n", "\n\n"]),
        mark in prop::sample::select(vec!["", "", "\u{FEFF}"]),
        (closed, refuse) in (any::<bool>(), any::<bool>()),
        size in prop_oneof![1_usize..300, Just(1 << 18)],
    ) {
        let text = format!("{mark}{}{}", lines.join(end), if closed { end } else { "" });
        let unlisted = if refuse { Unlisted::Refuse } else { Unlisted::Report };
        let owned = read(text.as_bytes(), unlisted, 1 << 18, false);
        prop_assert_eq!(read(text.as_bytes(), unlisted, size, true), owned);
    }
}

/// Lines on which the two once differed.
#[test]
fn borrowed_and_owned_say_the_same_of_odd_values() {
    for line in [
        "{\"stage\":{\"field\":null}, \"received\":\"2026-04-17\", \"id\":\"b0\"}",
        "{\"answers\":{\"urgent\":\"\u{a0}no\"}, \"received\":\"2026-04-17\", \"id\":\"b0\"}",
    ] {
        let owned = read(line.as_bytes(), Unlisted::Report, 1 << 18, false);
        assert_eq!(read(line.as_bytes(), Unlisted::Report, 1, true), owned, "{line}");
    }
}

#[test]
fn ordinary_lines_are_coded_at_once() {
    let builder = builder(Unlisted::Report);
    let coder = Coder::new(&builder);
    let mut scratch = Scratch::new(&coder);
    let coded = [
        r#"{"id":"a","received":"2026-04-17","answers":{"urgent":"yes","prior_reports":3}}"#,
        r#"{"id":"a","received":"2026-04-17","unit":null,"answers":{"urgent":{"value":true,"known_at":"2026-04-17"}}}"#,
        r#"{"answers":{"not_listed":7},"deadlines":[{"due":"2026-05-01","kind":"statutory"}],"received":"2026-04-17","id":"a"}"#,
    ];
    for line in coded {
        assert!(coder.code(Deserializer::from_str(line), &mut scratch), "{line}");
    }
    let owned = [r#"{"id":"a"}"#, r#"{"id":"\u0061","received":"2026-04-17"}"#, "{}", ""];
    for line in owned {
        assert!(!coder.code(Deserializer::from_str(line), &mut scratch), "{line}");
    }
}

#[test]
fn a_line_beyond_the_limit_is_refused_and_passed_over() {
    let good = |id: &str| format!("{{\"id\":\"{id}\",\"received\":\"2026-04-17\"}}\n");
    let fits =
        format!("{}{}", good("b").trim_end(), " ".repeat(MOST_LINE_BYTES - good("b").len() + 1));
    for size in [1_000, BLOCK_BYTES, 4 * MOST_LINE_BYTES] {
        let long = " ".repeat(3 * MOST_LINE_BYTES + 7);
        let text = format!("{}{long}\n{fits}\n{fits} \n{}", good("a"), good("c"));
        let (report, complaints) = read(text.as_bytes(), Unlisted::Refuse, size, true);
        let report = report.unwrap();
        let records = report.records_not_rankable();
        let told: Vec<u64> = records.iter().map(NotRankable::first_line).collect();
        assert_eq!(told, [2, 4], "{size}");
        assert!(records[0].to_string().contains("more than 1048576 bytes"));
        let ids: Vec<&str> = complaints.iter().map(Complaint::id).collect();
        assert_eq!(ids, ["a", "b", "c"]);
    }
}

#[test]
fn a_source_of_another_kind_is_told_behind_blank_lines_too() {
    let text = b" \n\n[{\"id\":\"a\",\"received\":\"2026-04-17\"}]\n";
    for size in [1, 2, 4, BLOCK_BYTES] {
        let (report, _) = read(text, Unlisted::Report, size, true);
        assert!(report.unwrap_err().contains("a JSON array"), "{size}");
    }
}
