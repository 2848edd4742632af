//! Days of the proleptic Gregorian calendar.

use super::SECONDS_PER_DAY;

/// The first second of a date, if there is such a date.
#[inline]
pub(crate) fn midnight(year: i64, month: i64, day: i64) -> Option<i64> {
    /// A table, since which month it is cannot be foretold.
    const DAYS: [i64; 16] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0];
    let days = *DAYS.get(month as usize)?;
    let there_is = (1..=days).contains(&day) || month == 2 && day == 29 && is_leap(year);
    there_is.then(|| days_from_civil(year, month, day) * SECONDS_PER_DAY)
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar.
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Counting years from March puts the leap day last, so one formula serves every month. Four
    // centuries more, which all have the same number of days, keep the year from being negative.
    let year = (year + if month <= 2 { 399 } else { 400 }) as u32;
    let month_from_march = (month as u32 + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day as u32 - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    days as i64 - 146_097 - 719_468
}

/// The inverse of [`days_from_civil`].
pub(super) const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// The year of a day, counted from 1970-01-01.
pub(crate) fn year_of_day(days: i64) -> i64 {
    civil_from_days(days).0
}
