//! A text that says when, part by part: numbers, marks, named months, a clock.

use super::times::zone_seconds;

/// What is left of a text.
pub(super) struct Parts<'a> {
    pub(super) rest: &'a str,
}

impl Parts<'_> {
    /// A number of so many digits.
    pub(super) fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if !(least..=most).contains(&digits) {
            return None;
        }
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        Some(number.bytes().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
    }

    pub(super) fn mark(&mut self, marks: &[char]) -> Option<char> {
        let mark = self.rest.chars().next().filter(|mark| marks.contains(mark))?;
        self.rest = &self.rest[mark.len_utf8()..];
        Some(mark)
    }

    /// What stands between the parts of a date with a named month.
    pub(super) fn between(&mut self) -> Option<()> {
        let rest = self.rest.trim_start_matches([' ', '-', '.', ',', '/']);
        (rest.len() < self.rest.len() && self.rest.len() - rest.len() <= 3).then_some(())?;
        self.rest = rest;
        Some(())
    }

    pub(super) fn month(&mut self) -> Option<i64> {
        const MONTHS: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let letters = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (name, rest) = self.rest.split_at(letters);
        let name = name.to_ascii_lowercase();
        let fits = |month: &&str| {
            name == **month || name == month[..3] || name == "sept" && month[..3] == *"sep"
        };
        let month = MONTHS.iter().position(fits)?;
        self.rest = rest;
        i64::try_from(month + 1).ok()
    }

    /// Seconds of the day, and the zone if one is named. Nothing may be left behind it.
    pub(super) fn clock(&mut self) -> Option<(i64, Option<i64>)> {
        let rest = self.rest.strip_prefix(',').unwrap_or(self.rest);
        let begun = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
        let begun = if begun.len() == rest.len() { rest.strip_prefix(['T', 't'])? } else { begun };
        self.rest = begun;
        let hour = self.number(1, 2)?;
        let (mut minute, mut second) = (0, 0);
        let mut has_minutes = false;
        if self.mark(&[':']).is_some() {
            has_minutes = true;
            minute = self.number(2, 2)?;
            if self.mark(&[':']).is_some() {
                second = self.number(2, 2)?;
                if self.mark(&['.', ',', ':']).is_some() {
                    self.number(1, 9)?;
                }
            }
        }
        self.rest = self.rest.trim_start();
        let hour = self.half_day(hour, has_minutes)?;
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let zone = match self.rest.trim() {
            "" => None,
            zone => Some(zone_seconds(zone)?),
        };
        Some((hour * 3_600 + minute * 60 + second, zone))
    }

    /// The hour of the day, by `AM` or `PM` if one stands there.
    pub(super) fn half_day(&mut self, hour: i64, has_minutes: bool) -> Option<i64> {
        if self.rest.is_empty() {
            return has_minutes.then_some(hour);
        }
        let marks = [("a.m.", 0), ("p.m.", 12), ("am", 0), ("pm", 12)];
        for (mark, later) in marks {
            let begins = self.rest.get(..mark.len());
            if begins.is_some_and(|begins| begins.eq_ignore_ascii_case(mark)) {
                self.rest = self.rest[mark.len()..].trim_start();
                return (1..=12).contains(&hour).then_some(hour % 12 + later);
            }
        }
        has_minutes.then_some(hour)
    }
}
