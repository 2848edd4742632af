//! Promise 10 for JSON: hostile codebooks, models, complaints and overrides give a clear error and
//! never a panic.
#![allow(clippy::unwrap_used)]

use crate::common::{FULL, TOY, TOY_CODEBOOK, any_model, cases};
use caserank::complaint::{Unlisted, Value};
use caserank::{Codebook, Complaint, Overrides, Timestamp, Triage};
use proptest::prelude::*;

fn refused(text: &str) -> String {
    Triage::from_json(text).expect_err(text).to_string()
}

fn refused_codebook(text: &str) -> String {
    Codebook::from_json(text).expect_err(text).to_string()
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let text = FULL.trim_end();
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        let message = refused(&text[..end]);
        assert!(message.starts_with("not a model file: "), "{end}: {message}");
        assert!(message.contains(" at line "), "{end}: {message}");
    }
    let text = TOY_CODEBOOK.trim_end();
    for end in 0..text.len() {
        let message = refused_codebook(&text[..end]);
        assert!(message.starts_with("not a codebook: "), "{end}: {message}");
    }
}

#[test]
fn any_byte_replaced_gives_a_model_or_an_error() {
    // Whatever is put in place of one byte: another model that loads, or an error. Never a panic.
    let bytes = TOY.as_bytes();
    for place in (0..bytes.len()).step_by(3) {
        let other = [b'"', b'9', b'-', b'{', b']', b'\0', b'\\', b'.'][place % 8];
        let mut text = bytes.to_vec();
        text[place] = other;
        if let Ok(text) = String::from_utf8(text) {
            let _ = Triage::from_json(&text);
        }
    }
}

#[test]
fn huge_numbers_are_refused_with_their_text() {
    let weight = |number: &str| refused(&TOY.replacen("\"-2.5\"", number, 1));
    let digits = "9".repeat(100_000);
    for (number, words) in [
        ("2147.483648", "2147.483648"),
        ("1e308", "1e308"),
        ("1E400", "1E400"),
        ("-1e-400", "-1e-400"),
        ("0.1234567", "more than six decimals"),
        ("\"0.1234567\"", "more than six decimals"),
        ("\"NaN\"", "NaN"),
        ("\"inf\"", "inf"),
        ("\" 1\"", "not a plain decimal"),
        ("true", "true"),
        ("null", "null"),
        ("[1]", "[1]"),
        ("{}", "{}"),
        ("\"\"", "``"),
        (digits.as_str(), "lies outside"),
    ] {
        let message = weight(number);
        let shown: String = number.chars().take(50).collect();
        assert!(message.contains(words), "{shown}: {message}");
        assert!(message.len() < 300, "{shown}: {} bytes", message.len());
    }
    for number in ["NaN", "+1", "0x10", "01", ".5", "Infinity"] {
        assert!(weight(number).starts_with("not a model file: "), "{number}");
    }
    let message =
        refused(&TOY.replacen("\"format_version\": 1", "\"format_version\": 99999999999", 1));
    assert!(message.contains("99999999999"), "{message}");
    let message =
        refused_codebook(&TOY_CODEBOOK.replacen("[1, 3]", "[1, 99999999999999999999]", 1));
    assert!(message.starts_with("not a codebook: "), "{message}");
    assert!(refused_codebook(&TOY_CODEBOOK.replacen("[1, 3]", "[1, 1.5]", 1)).contains("1.5"));
}

#[test]
fn wrong_types_are_refused_everywhere() {
    fn pointers(value: &serde_json::Value, pointer: &str, found: &mut Vec<String>) {
        found.push(pointer.to_owned());
        match value {
            serde_json::Value::Object(map) => {
                for (key, value) in map {
                    pointers(value, &format!("{pointer}/{key}"), found);
                }
            }
            serde_json::Value::Array(list) => {
                for (place, value) in list.iter().enumerate() {
                    pointers(value, &format!("{pointer}/{place}"), found);
                }
            }
            _ => {}
        }
    }
    let full: serde_json::Value = serde_json::from_str(FULL).unwrap();
    let mut all = Vec::new();
    pointers(&full, "", &mut all);
    let is_text = |value: &serde_json::Value| value.is_string();
    for pointer in all {
        let before = full.pointer(&pointer).unwrap();
        for other in [
            serde_json::json!(null),
            serde_json::json!(true),
            serde_json::json!(-7.5),
            serde_json::json!("a\u{0}b\u{feff}"),
            serde_json::json!([[]]),
            serde_json::json!({"": {}}),
        ] {
            let mut value = full.clone();
            *value.pointer_mut(&pointer).unwrap() = other.clone();
            match Triage::from_json(&value.to_string()) {
                Err(error) => assert!(!error.to_string().is_empty()),
                // Free text may be any text; what is optional may be null; a number may be another.
                Ok(_) => assert!(
                    is_text(before) && is_text(&other)
                        || other.is_null()
                        || before.is_boolean() && other.is_boolean()
                        || other.is_number(),
                    "{pointer} took {other}"
                ),
            }
        }
    }
}

#[test]
fn duplicate_keys_are_refused_with_the_key() {
    for (once, twice, words) in [
        ("\"id\": \"toy\",", "\"id\": \"toy\", \"id\": \"toy\",", "duplicate field `id`"),
        ("\"yes\": \"1.2\"", "\"yes\": \"1.2\", \"yes\": \"1.2\"", "key `yes` stands twice"),
        (
            "\"danger\": \"2\",",
            "\"danger\": \"2\", \"danger\": \"2\",",
            "key `danger` stands twice",
        ),
        ("\"none\": 0.7,", "\"none\": 0.7, \"none\": 0.7,", "key `none` stands twice"),
        ("\"floor\": \"high\"", "\"floor\": \"high\", \"floor\": \"high\"", ""),
        ("\"item\": \"urgent\",", "\"item\": \"urgent\", \"item\": \"urgent\",", "duplicate field"),
    ] {
        assert!(TOY.contains(once), "{once}");
        let message = refused(&TOY.replacen(once, twice, 1));
        assert!(message.contains(words), "{message}");
    }
    let message = refused_codebook(&TOY_CODEBOOK.replacen(
        "\"bears_on\": { \"danger\"",
        "\"bears_on\": { \"danger\": { \"direction\": \"lowers\" }, \"danger\"",
        1,
    ));
    assert!(message.contains("key `danger` stands twice"), "{message}");
}

#[test]
fn byte_order_marks_nul_and_deep_nesting() {
    // One mark at the beginning is no part of the file; a second one is, and is refused where it stands.
    assert_eq!(
        Triage::from_json(&format!("\u{feff}{TOY}")).unwrap().fingerprint(),
        Triage::from_json(TOY).unwrap().fingerprint()
    );
    assert!(refused(&format!("\u{feff}\u{feff}{TOY}")).contains("line 1 column 1"));
    assert!(refused(&format!("{TOY}\0")).contains("trailing"));
    assert!(refused(&TOY.replacen("Made-up", "Made\u{0}up", 1)).contains("control character"));
    assert!(Triage::from_json(&TOY.replace('\n', "\r\n")).is_ok());
    let deep = format!("{}{}", "{\"all\":[".repeat(10_000), "]}".repeat(10_000));
    let message =
        refused(&TOY.replacen("{\n          \"all\"", &format!("{deep}, \"x\": {{\"all\""), 1));
    assert!(message.contains("recursion limit"), "{message}");
    assert!(refused(&"[".repeat(1_000_000)).len() < 300);
    assert!(refused("").contains("the text ends inside a value"));
    assert!(refused("null").starts_with("not a model file"));
    assert!(refused("[]").starts_with("not a model file"));
}

/// What stands in a file comes back shortened in a message.
#[test]
fn messages_stay_short() {
    let long = "x".repeat(1_000_000);
    for (old, words) in [
        ("\"id\": \"toy\",\n    \"version\"", "codebook"),
        ("\"id\": \"urgent\"", "item"),
        ("\"id\": \"yes\"", "answer"),
    ] {
        let name = old.split('"').nth(3).unwrap();
        let message = refused(&TOY.replacen(old, &old.replacen(name, &long, 1), 1));
        assert!(message.contains(words), "{}", &message[..200]);
        assert!(message.len() < 400, "{} bytes", message.len());
    }
}

#[test]
fn complaints_from_json() {
    let read = |text: &str| serde_json::from_str::<Complaint>(text);
    let with = |answers: &str| {
        format!("{{\"id\":\"a\",\"received\":\"2026-04-17\",\"answers\":{answers}}}")
    };
    for text in [
        "{}",
        "{\"id\":\"a\"}",
        "{\"received\":\"2026-04-17\"}",
        "{\"id\":1,\"received\":\"2026-04-17\"}",
        "{\"id\":\"a\",\"received\":1776384000}",
        "{\"id\":\"a\",\"received\":\"2026-04-31\"}",
        "{\"id\":\"a\",\"id\":\"b\",\"received\":\"2026-04-17\"}",
        "{\"id\":\"a\",\"received\":\"2026-04-17\",\"stage\":\"later\"}",
        "{\"id\":\"a\",\"received\":\"2026-04-17\",\"origin\":\"made up\"}",
        "{\"id\":\"a\",\"received\":\"2026-04-17\",\"unit\":\"\"}",
        "{\"id\":\"a\",\"received\":\"2026-04-17\",\"deadlines\":[{\"due\":\"2026-04-17\",\"kind\":\"\"}]}",
        "{\"id\":\"a\",\"received\":\"2026-04-17\",\"deadlines\":[{\"due\":\"2026-04-17\",\"kind\":\"A b\"}]}",
        "{\"id\":\"a\",\"received\":\"2026-04-17\",\"deadlines\":[{\"due\":\"2026-04-17\"}]}",
        &with("{\"urgent\":\"yes\",\"urgent\":\"no\"}"),
        &with("{\"urgent\":[\"yes\"]}"),
        &with("{\"urgent\":{}}"),
        &with("{\"urgent\":{\"value\":\"yes\",\"value\":\"no\"}}"),
        &with("{\"urgent\":{\"value\":\"yes\",\"colour\":1}}"),
        &with("{\"urgent\":{\"known_at\":\"2026-04-17\"}}"),
        &with("{\"urgent\":{\"value\":\"yes\",\"known_at\":\"soon\"}}"),
        &with("[]"),
        &with("{\"prior_reports\":1e999}"),
    ] {
        let error = read(text).expect_err(text);
        assert!(!error.to_string().is_empty());
    }
    let triage = Triage::from_json(TOY).unwrap();
    let code = |answers: &str| {
        let complaint = read(&with(answers)).unwrap();
        complaint
            .encode(triage.codebook(), None, Unlisted::Refuse)
            .map(|encoded| encoded.codes().to_vec())
    };
    // All the ways to say unknown, and numbers of every size.
    for answers in [
        "{}",
        "{\"prior_reports\":null}",
        "{\"prior_reports\":\"\"}",
        "{\"prior_reports\":\" \\t\"}",
        "{\"prior_reports\":\"unknown\"}",
        "{\"prior_reports\":{\"value\":null}}",
        "{\"prior_reports\":{\"value\":null,\"known_at\":null}}",
    ] {
        assert_eq!(code(answers).unwrap(), [0, 0, 0], "{answers}");
    }
    for (number, expected) in [
        ("0", 1),
        ("1", 2),
        ("2.0", 2),
        ("2e0", 2),
        ("3", 3),
        ("\"3\"", 3),
        ("9223372036854775807", 3),
        ("\"none\"", 1),
    ] {
        let found = code(&format!("{{\"prior_reports\":{number}}}")).unwrap();
        assert_eq!(found, [0, expected, 0], "{number}");
    }
    // A count is a whole number from 0 on: nothing else is put into a bin.
    for number in [
        "-5",
        "0.99",
        "2.99",
        "\"2.99\"",
        "1.200",
        "\"1.200\"",
        "9223372036854775808",
        "18446744073709551616",
        "1e300",
        "-1e300",
        "-9223372036854775809",
        "\"99999999999999999999999999999\"",
    ] {
        // JSON alone cannot tell 1.200 from 1.2, which is not whole either.
        let error = code(&format!("{{\"prior_reports\":{number}}}")).unwrap_err().to_string();
        assert!(error.contains("`prior_reports`"), "{number}: {error}");
    }
    for answer in ["\"noe\"", "1", "\"NONE \\u0000\"", "true", "\"1\""] {
        let error = code(&format!("{{\"access_route\":{answer}}}")).unwrap_err().to_string();
        assert!(error.contains("`access_route`") && error.contains("`household`"), "{error}");
    }
    let error = code("{\"access_route\":\"noe\"}").unwrap_err().to_string();
    assert!(error.contains("did you mean `none`"), "{error}");
}

#[test]
fn overrides_from_json() {
    let decision = |fields: &str| {
        format!(
            "[{{\"complaint\":\"a\",\"effect\":\"must\",\"actor\":\"p\",\"role\":\"r\",\"reason\":\"c\",\"made\":\"2026-04-17\"{fields}}}]"
        )
    };
    assert!(serde_json::from_str::<Overrides>(&decision("")).is_ok());
    for (text, words) in [
        ("{}".to_owned(), "sequence"),
        ("[{}]".to_owned(), "complaint"),
        (decision(",\"expires\":\"2026-04-17\""), "expires"),
        (decision(",\"colour\":1"), "colour"),
        (decision("").replace("\"p\"", "\" \""), "`actor` blank"),
        (
            decision("").replace("\"must\"", "\"lift_must\"").replace("\"c\"", "\"lower_c\""),
            "second actor",
        ),
        (decision("").replace("\"must\"", "\"lift_must\""), "begin with `lower_`"),
        (decision("").replace("\"c\"", "\"he said so\""), "text in `reason`"),
        (decision("").replace("\"must\"", "{\"raise\":\"highest\"}"), "highest"),
        (decision("").replace("\"must\"", "\"vanish\""), "vanish"),
    ] {
        let error = serde_json::from_str::<Overrides>(&text).expect_err(&text).to_string();
        assert!(error.contains(words), "{error}");
    }
}

proptest! {
    #![proptest_config(cases(40))]

    /// Random models with one byte changed, or cut and joined elsewhere.
    #[test]
    fn damaged_models_never_panic(
        model in any_model(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = model.to_json().into_bytes();
        for (place, byte) in places {
            let place = place.index(bytes.len());
            bytes[place] = byte & 0x7F;
        }
        if let Ok(text) = String::from_utf8(bytes) {
            let _ = Triage::from_json(&text);
            let cut = cut.index(text.len());
            let _ = Triage::from_json(&format!("{}{}", &text[cut..], &text[..cut]));
        }
    }

    #[test]
    fn any_value_is_encoded_or_refused(
        text in any::<String>(),
        number in any::<i64>(),
        seconds in any::<i64>(),
    ) {
        let codebook = Codebook::from_json(TOY_CODEBOOK).unwrap();
        let received = Timestamp::MIN.plus_seconds(seconds);
        let complaint = Complaint::new("a", received).unwrap();
        for item in ["urgent", "prior_reports", "access_route"] {
            for value in [Value::from(text.as_str()), Value::Text(text.clone()), Value::Number(number)] {
                let given = complaint.clone().with_answer(item, value);
                let encoded = given.encode(&codebook, None, Unlisted::Refuse);
                if let Err(error) = encoded {
                    let message = error.to_string();
                    prop_assert!(message.contains(item) && message.len() < 900, "{message}");
                }
            }
        }
        let stray = complaint.with_answer(text.as_str(), true);
        let _ = stray.encode(&codebook, None, Unlisted::Report);
        let _ = Complaint::new(text, received);
    }
}
