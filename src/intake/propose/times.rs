//! How the times of a column are written, as far as they show it.

use super::question::Question;
use super::sample::SampleColumn;
use crate::intake::mapping::{TimeForm, TimesDraft};
use crate::intake::times::{NotATime, TimeRule};

/// Spreadsheet days from 1954 to 2118; other numbers are no likely dates of complaints.
const SERIAL: std::ops::Range<f64> = 20_000.0..80_000.0;

/// The forms of a column of times, and what they leave open.
pub(super) fn times_of(column: &SampleColumn, questions: &mut Vec<Question>) -> TimesDraft {
    let name = column.name.clone();
    let mut times = TimesDraft::default();
    let (mut no_zone, mut two_digits, mut unread, mut number) = (None, None, Vec::new(), None);
    let mut order: [Option<&str>; 3] = [None; 3];
    for word in column.words.keys() {
        let shape = shape_of(word);
        match shape {
            Shape::Form(form) => {
                if !times.forms.contains(&form) {
                    times.forms.push(form);
                }
                if is_number_form(form) {
                    number.get_or_insert((word, form));
                }
            }
            Shape::Order(first) => {
                order[first as usize].get_or_insert(word);
            }
            Shape::None => {
                unread.push(word.clone());
                continue;
            }
        }
        let forms = match shape {
            Shape::Form(form) => vec![form],
            _ => vec![TimeForm::DayFirst],
        };
        let with_years = |years| {
            let times = TimesDraft {
                forms: forms.clone(),
                two_digit_years: years,
                ..TimesDraft::default()
            };
            let month_first = TimesDraft { forms: vec![TimeForm::MonthFirst], ..times.clone() };
            let read = |times: &TimesDraft| TimeRule::new(times, &TimesDraft::default()).read(word);
            match shape {
                Shape::Order(_) if read(&times) == Err(NotATime::Form) => read(&month_first),
                _ => read(&times),
            }
        };
        let mut read = with_years(None);
        if read == Err(NotATime::Form) {
            read = with_years(Some(2_000));
            if read != Err(NotATime::Form) {
                two_digits.get_or_insert(word.clone());
            }
        }
        match read {
            Err(NotATime::NoZone) => drop(no_zone.get_or_insert(word.clone())),
            Err(_) => unread.push(word.clone()),
            Ok(_) => {}
        }
    }
    let [day, month, open] = order;
    match (day, month, open) {
        (Some(_), None, _) => times.forms.push(TimeForm::DayFirst),
        (None, Some(_), _) => times.forms.push(TimeForm::MonthFirst),
        (Some(example), Some(_), _) | (None, None, Some(example)) => {
            let (column, example) = (name.clone(), example.to_owned());
            questions.push(Question::DayOrMonthFirst { column, example });
        }
        (None, None, None) => {}
    }
    if times.forms == [TimeForm::Iso] {
        // What is not said is this.
        times.forms.clear();
    }
    if let Some((example, form)) = number {
        let read_as = match form {
            TimeForm::Serial1900 => "days since 1900 of a spreadsheet (`serial_1900`)",
            TimeForm::UnixMilliseconds => "milliseconds since 1970 (`unix_milliseconds`)",
            _ => "seconds since 1970 (`unix_seconds`)",
        };
        let example = example.clone();
        questions.push(Question::NumbersAsTimes { column: name.clone(), example, read_as });
    }
    if let Some(example) = two_digits {
        times.two_digit_years = Some(2_000);
        questions.push(Question::TwoDigitYears { column: name.clone(), example });
    }
    if let Some(example) = no_zone {
        times.zone = Some("utc".to_owned());
        questions.push(Question::NoZone { column: name.clone(), example });
    }
    if !unread.is_empty() {
        unread.truncate(5);
        questions.push(Question::UnreadTimes { column: name, examples: unread });
    }
    times
}

/// What a text says about the order of its day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Day,
    Month,
    /// It can be read either way.
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Form(TimeForm),
    Order(First),
    None,
}

fn is_number_form(form: TimeForm) -> bool {
    matches!(
        form,
        TimeForm::Serial1900
            | TimeForm::Serial1904
            | TimeForm::UnixSeconds
            | TimeForm::UnixMilliseconds
    )
}

fn shape_of(text: &str) -> Shape {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits + text.matches(['.', ',']).count() == text.len()
        && text.matches(['.', ',']).count() <= 1
    {
        return match text.replace(',', ".").parse::<f64>() {
            Ok(number) if SERIAL.contains(&number) => Shape::Form(TimeForm::Serial1900),
            Ok(_) if digits == text.len() && digits == 8 => Shape::Form(TimeForm::YearFirst),
            Ok(_) if digits == text.len() && digits == 10 => Shape::Form(TimeForm::UnixSeconds),
            Ok(_) if digits == text.len() && digits == 13 => {
                Shape::Form(TimeForm::UnixMilliseconds)
            }
            _ => Shape::None,
        };
    }
    let date = text.split([' ', 'T', '\u{a0}']).next().unwrap_or(text);
    let mut parts = date.split(['/', '.', '-']);
    let (first, second, third) = (parts.next(), parts.next(), parts.next());
    let number = |part: Option<&str>| part.and_then(|part| part.parse::<u32>().ok());
    match (number(first), number(second), number(third)) {
        (Some(_), Some(_), Some(_)) if first.is_some_and(|first| first.len() == 4) => {
            let plain = date.len() == 10 && date.matches('-').count() == 2;
            Shape::Form(if plain { TimeForm::Iso } else { TimeForm::YearFirst })
        }
        (Some(first), Some(second), Some(_)) => Shape::Order(match (first > 12, second > 12) {
            (true, false) => First::Day,
            (false, true) => First::Month,
            (false, false) => First::Open,
            (true, true) => return Shape::None,
        }),
        _ if text.bytes().any(|byte| byte.is_ascii_alphabetic()) && digits >= 3 => {
            Shape::Form(TimeForm::MonthNamed)
        }
        _ => Shape::None,
    }
}
