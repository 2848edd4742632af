//! The first pages: what was compared, what came out, what to do with it and what not to make of it.

use super::cautions::Cautions;
use super::cell::{Cell, Form, cells};
use super::document::{Part, Section, Table};
use super::figures::{fitting, told_independent};
use super::words::{abridged, percent, plain};
use crate::policy::Band;
use crate::research::evaluate::{
    Because, Capacity, CapacityCurve, Confidence, EvaluateError, NotEstimable, Scored, bands_table,
    capacity_curve,
};
use crate::research::study::{Arm, Known, Registration, StudyResult, Verdict};

const LEVEL: Confidence = Confidence::P95;

/// What a unit can do in a day.
///
/// ```
/// use caserank::research::report::Workday;
/// assert!(Workday::new(120.0, 15.0).is_ok());
/// assert!(Workday::new(0.0, 15.0).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Workday {
    incoming: f64,
    worked: f64,
}

impl Workday {
    /// Complaints that come in on a day, and those that can be worked.
    ///
    /// # Errors
    /// [`Because::Argument`] for a number that is not finite and above 0.
    pub fn new(incoming: f64, worked: f64) -> Result<Self, NotEstimable> {
        for (argument, value) in [("incoming a day", incoming), ("worked a day", worked)] {
            if !(value.is_finite() && value > 0.0) {
                let because = Because::Argument { argument, value, range: "finite and above 0" };
                return Err(NotEstimable { because });
            }
        }
        Ok(Workday { incoming, worked })
    }

    /// Complaints that come in.
    #[must_use]
    pub fn incoming(&self) -> f64 {
        self.incoming
    }

    /// Complaints that can be worked.
    #[must_use]
    pub fn worked(&self) -> f64 {
        self.worked
    }
}

/// The front of a report, about two pages: comparison, data, verdict, what to do on Monday and what not to conclude.
///
/// `split` says in the caller's words how the data to judge on were parted from those that models were learnt from.
#[must_use]
pub fn front_section(
    result: &StudyResult,
    known: &Known,
    arms: &[Arm],
    day: Workday,
    split: &str,
) -> Vec<Section> {
    vec![compared(result, known, split), monday(known, arms, day), cautioned(result, known)]
}

fn compared(result: &StudyResult, known: &Known, split: &str) -> Section {
    let names: Vec<String> = result.arms.iter().map(|arm| format!("`{}`", arm.name)).collect();
    let reading = format!(
        "{} were compared on {} complaints whose outcome is known, {} of them with it ({}), out of {} in all. {split}",
        listed(&names),
        result.known,
        result.events,
        plain(&result.target.to_string()),
        result.complaints,
    );
    let mut section = Section::new("front", "What was compared, and what came out", &reading, "")
        .in_part(Part::Front)
        .stamped(known.stamp());
    let declared = format!(
        "Declared beforehand: the {} decides, and a difference below {} does not matter. {}",
        result.primary,
        result.matters,
        result.registration.text()
    );
    section = section.text(declared);
    let mut verdicts =
        Table::new("verdict", "What may be said", &["Against the first", "Verdict", "Difference"]);
    for comparison in result.comparisons.iter().filter(|comparison| comparison.primary) {
        section = section.text(comparison.text.clone());
        let difference = match comparison.advantage {
            Some(value) => Cell::with_interval(value, &comparison.interval, Form::Decimal),
            None => Cell::Missing("not estimable".to_owned()),
        };
        let verdict = Cell::prose(short(comparison.verdict));
        verdicts.push(cells![comparison.name.clone(), verdict, difference]);
    }
    if !verdicts.rows.is_empty() {
        section = section.table(verdicts);
    }
    let columns = ["Model", "As it is", "Without items that overlap the outcome"];
    let caption = format!("The measure that decides: {}", result.primary);
    let mut primary = Table::new("primary", &caption, &columns);
    let mut cautions = Cautions::default();
    for arm in &result.arms {
        let form = match result.primary {
            crate::research::study::Measure::Reached(_) => Form::Share,
            _ => Form::Decimal,
        };
        let cell = |row: Option<&crate::research::study::MeasureRow>| match row {
            Some(row) => match &row.value {
                Ok(value) => Cell::with_interval(*value, &row.interval, form),
                Err(why) => Cell::Missing(why.to_string()),
            },
            None => "".into(),
        };
        let bare = match &arm.without_overlap {
            Ok(rows) => cell(rows.first()),
            Err(why) => Cell::Missing(why.clone()),
        };
        let row = arm.measures.first();
        cautions.add(&result.primary.to_string(), row.map_or(&[][..], |row| row.cautions));
        primary.push(cells![arm.name.clone(), cell(row), bare]);
    }
    cautions.say(section).table(primary)
}

fn short(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "better, by enough to matter",
        Verdict::Worse => "worse, by enough to matter",
        Verdict::BetterBySome => "better; by enough or not is open",
        Verdict::WorseBySome => "worse; by enough or not is open",
        Verdict::NoDifferenceThatMatters => "no difference that matters",
        Verdict::Alike => "nothing tells them apart",
        Verdict::TooFewSubjects => "too few subjects to tell",
        Verdict::RefusedSynthetic => "refused: synthetic",
        Verdict::RefusedNotStated => "refused: origin not stated",
        Verdict::Undecided => "open: too few complaints to tell",
        _ => "cannot be compared",
    }
}

fn monday(known: &Known, arms: &[Arm], day: Workday) -> Section {
    let share = (day.worked / day.incoming).min(1.0);
    let reading = if day.worked >= day.incoming {
        format!(
            "With {} complaints a day coming in and {} that can be worked, all can be worked: the order says which first.",
            day.incoming, day.worked
        )
    } else {
        format!(
            "With {} complaints a day coming in and {} that can be worked, the first {} of each day's order are worked. The table says what share of the complaints with the outcome is among them, and how many of those are left that day.",
            day.incoming,
            day.worked,
            percent(share)
        )
    };
    let limits = "Figures hold while complaints come in as these did. Whoever decides about one complaint looks at its reasons, not at this table.";
    let section = Section::new("monday", "What to do on Monday", &reading, limits);
    let (arms, mut section) = fitting(known, arms, section.in_part(Part::Front));
    let columns = [
        "Model",
        "Share with the outcome reached",
        "At random",
        "With the outcome left a day",
        "To reach 80%, worked a day",
    ];
    let mut table = Table::new("reached", "What a day's capacity reaches (95% interval)", &columns);
    let mut cautions = Cautions::default();
    for arm in &arms {
        let curve = || -> Result<CapacityCurve, EvaluateError> {
            let data = Scored::new(&known.labels, &arm.order)?;
            Ok(match &known.weights {
                Some(weights) => capacity_curve(data.weighted(weights)?, LEVEL)?,
                None => capacity_curve(data, LEVEL)?,
            })
        };
        match curve() {
            Ok(curve) => {
                let reached = curve.sensitivity(Capacity::Share(share), LEVEL);
                cautions.of(&format!("share reached, `{}`", arm.name), &reached);
                let (all, events) = curve.totals();
                let left = reached.as_ref().map(|share| (1.0 - share.value) * events / all);
                let number = |value: f64| Cell::number(value * day.incoming, Form::Tenths);
                let left = left.map_or_else(|why| Cell::Missing(why.to_string()), number);
                let needed = curve.work_to_reach(0.8).map(|work| work / all);
                let needed = needed.map_or_else(|why| Cell::Missing(why.to_string()), number);
                let (reached, random) =
                    (Cell::of(&reached, Form::Share), Cell::number(share, Form::Share));
                table.push(cells![arm.name.clone(), reached, random, left, needed]);
            }
            Err(why) => {
                table.push([arm.name.clone().into(), Cell::Missing(why.to_string())]);
            }
        }
    }
    section = told_independent(known, "Intervals here", section.table(table));
    let columns =
        ["Model", "Band", "Complaints", "With the outcome", "Share with it", "Missed below"];
    let caption = "Bands against outcomes: the share with the outcome in each, and of all with the outcome the share below it, missed if work stops there (complaints as they are, 95% interval)";
    let mut bands = Table::new("bands", caption, &columns);
    for arm in arms.iter().filter(|arm| !arm.bands.is_empty()) {
        let Ok(rows) = bands_table(&known.labels, &arm.bands, Band::ALL.len(), LEVEL) else {
            continue;
        };
        for (row, band) in rows.iter().zip(Band::ALL) {
            let (observed, missed) =
                (Cell::of(&row.observed, Form::Share), Cell::of(&row.under_triage, Form::Share));
            cautions.of("share with the outcome in a band", &row.observed);
            cautions.of("share missed below a band", &row.under_triage);
            let band = plain(&band.to_string());
            bands.push(cells![arm.name.clone(), band, row.count, row.events, observed, missed]);
        }
    }
    section = cautions.say(section);
    if bands.rows.is_empty() { section } else { section.table(bands) }
}

fn cautioned(result: &StudyResult, known: &Known) -> Section {
    let mut section = Section::new("not-to-conclude", "What not to conclude", "", "")
        .in_part(Part::Front)
        .stamped(known.stamp());
    for note in &result.notes {
        section = section.text(note.clone());
    }
    section = warned(section, result);
    if matches!(result.registration, Registration::None { .. } | Registration::Changed { .. }) {
        section = section.text(
            "Nothing shows that the plan stood before the outcomes were known: read the verdict as exploratory.",
        );
    }
    section
        .text("Not that two models are equal because no difference was shown: a small study shows none. Not that a score is a probability unless its calibration was tested on other complaints. Not that an answer causes what it goes with.")
        .text("Not that a complaint far down is safe: what is not known at intake weighs nothing, and what was never looked into counts nowhere here.")
}

/// What each instrument says against itself stands beside every verdict about it; of long lists the first few, since its
/// card has them whole.
pub(super) fn warned(section: Section, result: &StudyResult) -> Section {
    result.arms.iter().filter(|arm| !arm.warnings.is_empty()).fold(section, |section, arm| {
        let said = arm.warnings.iter().map(|said| abridged(said).trim_end_matches('.').to_owned());
        let said: Vec<String> = said.collect();
        section.text(format!("Caution, `{}`: {}.", arm.name, said.join(". ")))
    })
}

/// `a, b and c`.
fn listed(names: &[String]) -> String {
    match names {
        [] => "Nothing".to_owned(),
        [alone] => alone.clone(),
        [many @ .., last] => format!("{} and {last}", many.join(", ")),
    }
}
