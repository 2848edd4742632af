//! Times as tables write them: by stated forms, never by guessing.

use super::mapping::{SummerTime, TimeForm, TimesDraft};
use super::time_parts::Parts;
use crate::Timestamp;
use crate::backlog::CellTime;
use crate::base::{SECONDS_PER_DAY, midnight};

/// Days from 30 December 1899, on which spreadsheets' day 0 falls from March 1900 on, to 1970.
const SERIAL_1900: i64 = 25_569;
/// Days from 1 January 1904 to 1970.
const SERIAL_1904: i64 = 24_107;
/// Before 1 March 1900 spreadsheets count a day that there was not.
const FIRST_SERIAL: i64 = 61;

/// Why a text is not read as a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotATime {
    /// It has none of the forms.
    Form,
    /// It has a form and a clock, and nothing says in which zone.
    NoZone,
    /// It lies outside what the mapping believes.
    Implausible,
}

/// A time that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeRead {
    pub(super) time: Timestamp,
    /// Whether it is a day without a time of day; `time` is then its first second.
    pub(super) is_day: bool,
}

/// How times are written in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TimeRule {
    forms: Vec<TimeForm>,
    /// Seconds ahead of UTC in standard time.
    zone: Option<i64>,
    summer_time: Option<SummerTime>,
    two_digit_years: Option<i64>,
    earliest: Timestamp,
    latest: Timestamp,
}

/// Seconds that a zone is ahead of UTC.
pub(crate) fn zone_seconds(zone: &str) -> Option<i64> {
    if ["utc", "z", "gmt"].contains(&&*zone.to_ascii_lowercase()) {
        return Some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-" | "\u{2212}", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "00"),
    };
    let number = |text: &str| {
        let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<i64>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 18 && minutes <= 59).then_some(sign * (hours * 3_600 + minutes * 60))
}

impl TimeRule {
    pub(super) fn new(times: &TimesDraft, general: &TimesDraft) -> Self {
        let forms = [&times.forms, &general.forms].into_iter().find(|forms| !forms.is_empty());
        let zone = times.zone.as_ref().or(general.zone.as_ref());
        // A zone of its own has no summer time unless it says so.
        let summer_time = if times.zone.is_some() {
            times.summer_time
        } else {
            times.summer_time.or(general.summer_time)
        };
        TimeRule {
            forms: forms.map_or_else(|| vec![TimeForm::Iso], Clone::clone),
            zone: zone.and_then(|zone| zone_seconds(zone)),
            summer_time,
            two_digit_years: times.two_digit_years.or(general.two_digit_years).map(i64::from),
            earliest: times.earliest.or(general.earliest).unwrap_or(Timestamp::MIN),
            latest: times.latest.or(general.latest).unwrap_or(Timestamp::MAX),
        }
    }

    pub(super) fn has_zone(&self) -> bool {
        self.zone.is_some()
    }

    /// Reads a time in the first form that fits.
    pub(super) fn read(&self, text: &str) -> Result<TimeRead, NotATime> {
        let text = text.trim();
        let mut fault = NotATime::Form;
        for &form in &self.forms {
            match self.read_form(form, text) {
                Ok(read) if read.time < self.earliest || read.time > self.latest => {
                    return Err(NotATime::Implausible);
                }
                Ok(read) => return Ok(read),
                Err(NotATime::Form) => {}
                Err(other) => fault = other,
            }
        }
        Err(fault)
    }

    /// Whether a text may be meant as a time, also where nothing says in which form: a line with one may be a record.
    pub(super) fn may_mean(&self, text: &str) -> bool {
        let text = text.trim();
        let is_mark = |letter: char| matches!(letter, '.' | '/' | '-' | ' ' | 'T');
        let mut groups = text.split(is_mark).take(3).map(str::len);
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let mut has_form = || {
            text.split(is_mark).take(3).all(is_digits)
                && matches!(
                    (groups.next(), groups.next(), groups.next()),
                    (Some(1..=2), Some(1..=2), Some(2 | 4)) | (Some(4), Some(1..=2), Some(1..=2))
                )
        };
        !matches!(self.read(text), Err(NotATime::Form)) || has_form()
    }

    /// Takes a time that a source holds as such, whatever the forms: only a clock on a wall needs a zone.
    pub(super) fn read_cell(&self, time: CellTime) -> Result<TimeRead, NotATime> {
        let read = match time {
            CellTime::Moment(time) => TimeRead { time, is_day: false },
            CellTime::Day(day) => self.zoned(day.unix_seconds(), None, true)?,
            CellTime::Wall(seconds) => self.zoned(seconds, None, false)?,
        };
        if read.time < self.earliest || read.time > self.latest {
            return Err(NotATime::Implausible);
        }
        Ok(read)
    }

    fn read_form(&self, form: TimeForm, text: &str) -> Result<TimeRead, NotATime> {
        let from_unix =
            |seconds: i64| Timestamp::from_unix_seconds(seconds).map_err(|_| NotATime::Form);
        match form {
            TimeForm::Serial1900 | TimeForm::Serial1904 => {
                let before = if form == TimeForm::Serial1900 { SERIAL_1900 } else { SERIAL_1904 };
                let (days, seconds, is_day) = serial(text).ok_or(NotATime::Form)?;
                if form == TimeForm::Serial1900 && days < FIRST_SERIAL {
                    return Err(NotATime::Form);
                }
                self.zoned((days - before) * SECONDS_PER_DAY + seconds, None, is_day)
            }
            TimeForm::UnixSeconds | TimeForm::UnixMilliseconds => {
                let number: i64 = text.parse().map_err(|_| NotATime::Form)?;
                let per_second = if form == TimeForm::UnixSeconds { 1 } else { 1_000 };
                let time = from_unix(number.div_euclid(per_second))?;
                Ok(TimeRead { time, is_day: false })
            }
            TimeForm::Iso => {
                // The plain form of this project, read by its own reader.
                if let Ok(time) = Timestamp::parse_bytes(text.as_bytes())
                    && text.len() > 10
                {
                    return Ok(TimeRead { time, is_day: false });
                }
                self.read_parts(form, text)
            }
            _ => self.read_parts(form, text),
        }
    }

    fn read_parts(&self, form: TimeForm, text: &str) -> Result<TimeRead, NotATime> {
        let mut parts = Parts { rest: text };
        let (year, month, day) = self.date(form, &mut parts).ok_or(NotATime::Form)?;
        let days = midnight(year, month, day).ok_or(NotATime::Form)?;
        if parts.rest.is_empty() {
            return self.zoned(days, None, true);
        }
        let (clock, zone) = parts.clock().ok_or(NotATime::Form)?;
        self.zoned(days + clock, zone, false)
    }

    fn date(&self, form: TimeForm, parts: &mut Parts<'_>) -> Option<(i64, i64, i64)> {
        if form == TimeForm::MonthNamed {
            let (month, day) =
                if parts.rest.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
                    let month = parts.month()?;
                    parts.between()?;
                    (month, parts.number(1, 2)?)
                } else {
                    let day = parts.number(1, 2)?;
                    parts.between()?;
                    (parts.month()?, day)
                };
            parts.between()?;
            return Some((self.year(parts)?, month, day));
        }
        if form == TimeForm::YearFirst
            && let Some(rest) = parts.rest.get(8..)
            && parts.rest.bytes().take(8).all(|byte| byte.is_ascii_digit())
            && !rest.starts_with(|letter: char| letter.is_ascii_digit())
        {
            let number = parts.number(8, 8)?;
            return Some((number / 10_000, number / 100 % 100, number % 100));
        }
        let marks: &[char] = if form == TimeForm::Iso { &['-'] } else { &['/', '.', '-'] };
        let first = |parts: &mut Parts<'_>| match form {
            TimeForm::Iso | TimeForm::YearFirst => parts.number(4, 4),
            _ => parts.number(1, 2),
        };
        let first = first(parts)?;
        let mark = parts.mark(marks)?;
        let digits = if form == TimeForm::Iso { 2 } else { 1 };
        let second = parts.number(digits, 2)?;
        (parts.mark(marks)? == mark).then_some(())?;
        Some(match form {
            TimeForm::Iso | TimeForm::YearFirst => (first, second, parts.number(digits, 2)?),
            TimeForm::DayFirst => (self.year(parts)?, second, first),
            _ => (self.year(parts)?, first, second),
        })
    }

    fn year(&self, parts: &mut Parts<'_>) -> Option<i64> {
        let before = parts.rest.len();
        let year = parts.number(2, 4)?;
        match before - parts.rest.len() {
            4 => Some(year),
            2 => Some(self.two_digit_years? + year),
            _ => None,
        }
    }

    /// The time that a clock on the wall shows; `local` counts seconds as if the zone were UTC.
    fn zoned(&self, local: i64, stated: Option<i64>, is_day: bool) -> Result<TimeRead, NotATime> {
        let ahead = match (stated, self.zone) {
            (Some(stated), _) => stated,
            (None, Some(zone)) => {
                let summer = self.summer_time.is_some_and(|law| law.holds(local, zone));
                zone + if summer { 3_600 } else { 0 }
            }
            // A day by itself is one in UTC, as in the plain files of this project.
            (None, None) if is_day => 0,
            (None, None) => return Err(NotATime::NoZone),
        };
        let time = Timestamp::from_unix_seconds(local - ahead).map_err(|_| NotATime::Form)?;
        Ok(TimeRead { time, is_day })
    }
}

impl SummerTime {
    /// Whether clocks stand ahead at a local time. The hour that comes twice in autumn is taken as
    /// its first; the one left out in spring is read as if clocks stood ahead already.
    fn holds(self, local: i64, zone: i64) -> bool {
        const HOUR: i64 = 3_600;
        let days = local.div_euclid(SECONDS_PER_DAY);
        let year = crate::base::year_of_day(days);
        let day = |month: i64, day: i64| midnight(year, month, day).unwrap_or(0);
        // 1970-01-01 was a Thursday.
        let weekday = |seconds: i64| (seconds / SECONDS_PER_DAY + 4).rem_euclid(7);
        let sunday_from = |first: i64| first + (7 - weekday(first)).rem_euclid(7) * SECONDS_PER_DAY;
        let (begin, end) = match self {
            SummerTime::UnitedStates => {
                (sunday_from(day(3, 8)) + 2 * HOUR, sunday_from(day(11, 1)) + 2 * HOUR)
            }
            SummerTime::EuropeanUnion => {
                (sunday_from(day(3, 25)) + HOUR + zone, sunday_from(day(10, 25)) + 2 * HOUR + zone)
            }
        };
        (begin..end).contains(&local)
    }
}

/// Days, seconds of the day, and whether it is a day alone.
fn serial(text: &str) -> Option<(i64, i64, bool)> {
    let (days, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if days.is_empty()
        || days.len() > 7
        || fraction.len() > 17
        || !is_digits(days)
        || !is_digits(fraction)
    {
        return None;
    }
    let days: i64 = days.parse().ok()?;
    let scale = 10_i128.pow(fraction.len() as u32);
    let fraction = if fraction.is_empty() { 0 } else { fraction.parse::<i128>().ok()? };
    // To the nearest second: spreadsheets store binary fractions of a day.
    let seconds = (fraction * i128::from(SECONDS_PER_DAY) * 2 + scale) / (2 * scale);
    Some((days, i64::try_from(seconds).ok()?, !text.contains(['.', ','])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(forms: &[TimeForm], zone: Option<&str>, text: &str) -> Result<String, NotATime> {
        let times = TimesDraft {
            forms: forms.to_vec(),
            zone: zone.map(str::to_owned),
            ..TimesDraft::default()
        };
        let rule = TimeRule::new(&times, &TimesDraft::default());
        rule.read(text).map(|read| read.time.to_string())
    }

    #[test]
    fn each_form_is_read_as_it_is_stated() {
        use TimeForm as F;
        for (form, text, time) in [
            (F::Iso, "2026-04-17", "2026-04-17T00:00:00Z"),
            (F::Iso, "2026-04-17T09:30:00+02:00", "2026-04-17T07:30:00Z"),
            (F::Iso, "2026-04-17 09:30:00.123", "2026-04-17T09:30:00Z"),
            (F::Iso, "2026-04-17 09:30", "2026-04-17T09:30:00Z"),
            (F::Iso, "2026-04-17 09:30:00 -0500", "2026-04-17T14:30:00Z"),
            (F::DayFirst, "1/4/2026 15:08", "2026-04-01T15:08:00Z"),
            (F::DayFirst, "01.04.2026", "2026-04-01T00:00:00Z"),
            (F::DayFirst, "01-04-2026 3:08:05 pm", "2026-04-01T15:08:05Z"),
            (F::MonthFirst, "4/1/2026 12:08 AM", "2026-04-01T00:08:00Z"),
            (F::MonthFirst, "4/1/2026, 12:08\u{202f}PM", "2026-04-01T12:08:00Z"),
            (F::YearFirst, "2026/4/1 9 pm", "2026-04-01T21:00:00Z"),
            (F::YearFirst, "20260401", "2026-04-01T00:00:00Z"),
            (F::YearFirst, "20260401 15:08", "2026-04-01T15:08:00Z"),
            (F::MonthNamed, "01-Apr-2026 15:08", "2026-04-01T15:08:00Z"),
            (F::MonthNamed, "April 1, 2026", "2026-04-01T00:00:00Z"),
            (F::MonthNamed, "Apr  1 2026  3:08PM", "2026-04-01T15:08:00Z"),
            (F::Serial1900, "46113.630556", "2026-04-01T15:08:00Z"),
            (F::Serial1900, "46113", "2026-04-01T00:00:00Z"),
            (F::Serial1900, "61", "1900-03-01T00:00:00Z"),
            (F::Serial1904, "44651.5", "2026-04-01T12:00:00Z"),
            (F::UnixSeconds, "1775056080", "2026-04-01T15:08:00Z"),
            (F::UnixMilliseconds, "1775056080999", "2026-04-01T15:08:00Z"),
        ] {
            assert_eq!(read(&[form], Some("utc"), text).as_deref(), Ok(time), "{text}");
        }
    }

    #[test]
    fn what_has_no_stated_form_is_not_read() {
        use TimeForm as F;
        for (form, text) in [
            (F::Iso, "17/4/2026"),
            (F::Iso, "2026-4-17"),
            (F::Iso, "2026-04-17T09:30:60Z"),
            (F::Iso, "1900-01-00T00:00:00Z"),
            (F::DayFirst, "4/17/2026"),
            (F::DayFirst, "1/4.2026"),
            (F::DayFirst, "1/4/26"),
            (F::MonthFirst, "17/4/2026"),
            (F::MonthFirst, "4/17/2026 13:00 PM"),
            (F::MonthFirst, "4/17/2026 9"),
            (F::YearFirst, "202604011"),
            (F::MonthNamed, "1 Avril 2026"),
            (F::Serial1900, "60"),
            (F::Serial1900, "-1"),
            (F::Serial1900, "2026-04-17"),
            (F::UnixSeconds, "1775056080.5"),
            (F::DayFirst, "1/4/2026 15:08 tomorrow"),
        ] {
            assert_eq!(read(&[form], Some("utc"), text), Err(NotATime::Form), "{text}");
        }
    }

    #[test]
    fn a_clock_needs_a_zone_and_a_day_does_not() {
        assert_eq!(read(&[TimeForm::Iso], None, "2026-04-17 09:30:00"), Err(NotATime::NoZone));
        assert_eq!(read(&[TimeForm::Serial1900], None, "46113.5"), Err(NotATime::NoZone));
        assert!(read(&[TimeForm::DayFirst], None, "17/4/2026").is_ok());
        assert_eq!(zone_seconds("-06:00"), Some(-21_600));
        assert_eq!(zone_seconds("+0530"), Some(19_800));
        for zone in ["", "6", "+6:00", "+25:00", "Berlin", "+02:0x"] {
            assert_eq!(zone_seconds(zone), None, "{zone}");
        }
    }

    #[test]
    fn clocks_are_put_forward_by_the_law_stated() {
        use SummerTime::{EuropeanUnion, UnitedStates};
        for (law, zone, local, utc) in [
            (UnitedStates, "-06:00", "2026-03-08 01:59", "2026-03-08T07:59:00Z"),
            (UnitedStates, "-06:00", "2026-03-08 03:00", "2026-03-08T08:00:00Z"),
            (UnitedStates, "-06:00", "2026-11-01 01:59", "2026-11-01T06:59:00Z"),
            (UnitedStates, "-06:00", "2026-11-01 02:00", "2026-11-01T08:00:00Z"),
            (UnitedStates, "-06:00", "2026-07-01 12:00", "2026-07-01T17:00:00Z"),
            (UnitedStates, "-06:00", "2026-01-01 12:00", "2026-01-01T18:00:00Z"),
            (EuropeanUnion, "+01:00", "2026-03-29 01:59", "2026-03-29T00:59:00Z"),
            (EuropeanUnion, "+01:00", "2026-03-29 03:00", "2026-03-29T01:00:00Z"),
            (EuropeanUnion, "+01:00", "2026-10-25 02:59", "2026-10-25T00:59:00Z"),
            (EuropeanUnion, "+01:00", "2026-10-25 03:00", "2026-10-25T02:00:00Z"),
        ] {
            let times = TimesDraft {
                zone: Some(zone.to_owned()),
                summer_time: Some(law),
                ..TimesDraft::default()
            };
            let rule = TimeRule::new(&times, &TimesDraft::default());
            let read = rule.read(local).map(|read| read.time.to_string());
            assert_eq!(read.as_deref(), Ok(utc), "{local}");
        }
    }

    #[test]
    fn a_time_that_is_not_believed_is_told_apart() {
        let times = TimesDraft {
            earliest: "2000-01-01".parse().ok(),
            two_digit_years: Some(2_000),
            forms: vec![TimeForm::DayFirst],
            ..TimesDraft::default()
        };
        let rule = TimeRule::new(&times, &TimesDraft::default());
        assert_eq!(rule.read("1/4/1926"), Err(NotATime::Implausible));
        assert!(rule.read("1/4/26").is_ok());
    }
}
