//! Times as senders write them: any offset, or none.

use crate::Timestamp;

/// A time, and whether it came without an offset and was read as UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReadTime {
    pub(super) time: Timestamp,
    pub(super) without_offset: bool,
}

/// Reads RFC 3339, a bare date, and the near misses of clients: no offset, no seconds, `+0200`,
/// `+02`, a comma before the fraction, the 24th hour.
pub(super) fn read(text: &str) -> Option<ReadTime> {
    let text = text.trim();
    if let Ok(time) = Timestamp::parse_bytes(text.as_bytes()) {
        return Some(ReadTime { time, without_offset: text.len() == 10 });
    }
    // The longest form has a fraction of nine digits and an offset.
    let (date, clock) = (text.get(..10)?, text.get(11..)?);
    if text.len() > 48 || !matches!(text.as_bytes()[10], b'T' | b't' | b' ') {
        return None;
    }
    let clock_end = clock.find(['Z', 'z', '+', '-', ' ']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at(clock_end);
    let zone = match zone.trim() {
        "" | "Z" | "z" | "UTC" | "GMT" => None,
        zone => Some(offset(zone)?),
    };
    let without_offset = text.ends_with(|last: char| last.is_ascii_digit()) && zone.is_none();
    let (clock, _) = clock.split_once(['.', ',']).unwrap_or((clock, ""));
    let (clock, days) = match clock {
        "24:00:00" | "24:00" => ("00:00:00".to_owned(), 1),
        clock if clock.len() == 5 => (format!("{clock}:00"), 0),
        clock => (clock.to_owned(), 0),
    };
    let zone = zone.unwrap_or_else(|| "Z".to_owned());
    let time = Timestamp::parse_bytes(format!("{date}T{clock}{zone}").as_bytes()).ok()?;
    Some(ReadTime { time: time.plus_days(days), without_offset })
}

/// `+02:00`, `+0200` and `+02` as the first of them.
fn offset(text: &str) -> Option<String> {
    let (sign, digits) = text.split_at_checked(1)?;
    let digits: String = digits.chars().filter(|letter| *letter != ':').collect();
    let is_offset = matches!(sign, "+" | "-") && digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.len() {
        2 if is_offset => Some(format!("{sign}{digits}:00")),
        4 if is_offset => Some(format!("{sign}{}:{}", &digits[..2], &digits[2..])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn near_misses_of_clients_are_read() {
        for (text, utc, without_offset) in [
            ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z", false),
            ("2026-03-01T10:00:00.123456789+05:30", "2026-03-01T04:30:00Z", false),
            ("2026-03-01T10:00:00", "2026-03-01T10:00:00Z", true),
            ("2026-03-01 10:00", "2026-03-01T10:00:00Z", true),
            ("2026-03-01T10:00:00.5", "2026-03-01T10:00:00Z", true),
            ("2026-03-01T10:00:00,5Z", "2026-03-01T10:00:00Z", false),
            ("2026-03-01T10:00:00-0800", "2026-03-01T18:00:00Z", false),
            ("2026-03-01T10:00:00+02", "2026-03-01T08:00:00Z", false),
            ("2026-03-01 10:00:00 +0200", "2026-03-01T08:00:00Z", false),
            ("2026-03-01 10:00:00 UTC", "2026-03-01T10:00:00Z", false),
            ("2026-02-28T24:00:00Z", "2026-03-01T00:00:00Z", false),
            (" 2026-03-01 ", "2026-03-01T00:00:00Z", true),
        ] {
            let found = read(text).unwrap_or_else(|| panic!("{text} is not read"));
            assert_eq!(found.time.to_string(), utc, "{text}");
            assert_eq!(found.without_offset, without_offset, "{text}");
        }
        for text in
            ["", "yesterday", "2026-03-01T", "2026-03-01T10:00:00+2", "2026-03-01TZ", "03/01/2026"]
        {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
