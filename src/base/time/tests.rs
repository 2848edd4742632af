use super::*;
use proptest::prelude::*;

#[test]
fn known_times() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2000-02-29T23:59:59Z", 951_868_799),
        ("2024-05-07", 1_715_040_000),
        ("1969-12-31T23:59:59Z", -1),
        ("0000-01-01T00:00:00Z", FIRST),
        ("9999-12-31T23:59:59Z", LAST),
    ] {
        assert_eq!(text.parse::<Timestamp>().unwrap().unix_seconds(), seconds, "{text}");
    }
}

#[test]
fn seconds_may_be_missing_where_a_zone_is_given() {
    for (short, whole) in [
        ("2026-04-17T09:30Z", "2026-04-17T09:30:00Z"),
        ("2026-04-17 09:30+02:00", "2026-04-17T09:30:00+02:00"),
        ("2026-04-17t09:30-0930", "2026-04-17T09:30:00-09:30"),
    ] {
        assert_eq!(short.parse::<Timestamp>(), whole.parse(), "{short}");
    }
    for text in [
        "2026-04-17T09:30",
        "2026-04-17T09:30.5Z",
        "2026-04-17T09:30:Z",
        "2026-04-17T09:60Z",
        "2026-04-17T9:30Z",
        "2026-04-17T09:3Z",
        "2026-04-17T0930Z",
    ] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

#[test]
fn an_offset_may_stand_without_its_colon() {
    for (plain, with_colon) in [
        ("2026-04-17T09:30:00+0100", "2026-04-17T09:30:00+01:00"),
        ("2026-04-17T09:30:00.5-0930", "2026-04-17T09:30:00-09:30"),
    ] {
        assert_eq!(plain.parse::<Timestamp>(), with_colon.parse());
    }
    for text in ["2026-04-17T09:30:00+010", "2026-04-17T09:30:00+2460", "2026-04-17T09:30:00+01:0"]
    {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

#[test]
fn what_is_not_a_time_is_refused() {
    for text in [
        "2016-12-31T23:59:60Z",
        "2026-04-17T09:30:60Z",
        "",
        "2026",
        "2026-13-01",
        "2026-02-29",
        "2100-02-29",
        "2026-04-17T",
        "2026-04-17T9:00:00Z",
        "2026-04-17T09:30:00",
        "2026-04-17T09:30:00.Z",
        "2026-04-17T24:00:00Z",
        "2026-04-17T09:30:00+2:00",
        "2026-04-17T09:30:00+02",
        "0000-01-01T00:00:00+01:00",
        "２026-04-17",
        "2026-04-17T09:30:00Zz",
    ] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn plain_times_are_those_of_every_form(
        (year, month, day) in (0..=9_999, 0..=13, 0..=32),
        (hour, minute, second) in (0..=25, 0..=61, 0..=61),
        odd in prop::option::weighted(0.3, (0_usize..20, any::<u8>())),
    ) {
        let time = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
        let mut text = time.into_bytes();
        if let Some((at, byte)) = odd {
            text[at] = byte;
        }
        for text in [&text[..], &text[..10], &text[..19]] {
            prop_assert_eq!(parse(text), parse_any(text), "{:?}", text);
        }
        let plain = odd.is_none() && parse_any(&text).is_some();
        prop_assert!(!plain || parse_plain(&text).is_some());
    }

    #[test]
    fn every_second_survives_printing(seconds in FIRST..=LAST) {
        let time = Timestamp::from_unix_seconds(seconds).unwrap();
        prop_assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
    }

    #[test]
    fn hostile_text_never_panics(text in proptest::collection::vec(any::<u8>(), 0..40)) {
        let _ = Timestamp::parse_bytes(&text);
    }
}
