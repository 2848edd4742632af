//! Sections about how far positions and weights can be trusted.

use super::cell::{Cell, End, Form, cells};
use super::chart::{Axis, Chart, Row};
use super::document::{Section, Table};
use super::words::{decimal, level, percent, plain};
use crate::complaint::Origin;
use crate::instrument::{Ground, Instrument};
use crate::policy::Band;
use crate::research::fit::FitReport;
use crate::research::study::{Change, Departure, PositionsUnder, RankStability, stamp_of};

/// Intervals of the positions of the first complaints, how the first k change, and how bands move.
#[must_use]
pub fn ranks_section(stability: &RankStability, first: usize) -> Section {
    let basis = stability.basis();
    let level = level(stability.confidence().level());
    let reading = format!(
        "Weights were drawn {} times {basis} and the backlog was ranked again each time. A bar holds the positions of a complaint in {level} of draws; the disc is its position under the weights as they are, the diamond the median. On the right: in what share of draws it stands among the first {}.",
        stability.replicates(),
        stability.churn().k,
    );
    let limits = if basis.is_assumed() {
        "The size of the error was stated, not estimated: the picture says what such an error would do, not how large the error is. Answers are taken as right, and gates hold whatever the weights."
    } else {
        "Only errors of weights are in it. Answers are taken as right, the form of the model too, and gates hold whatever the weights."
    };
    let mut section = Section::new("ranks", "How far positions can be trusted", &reading, limits)
        .stamped(stability.stamp());
    let said: Vec<&str> = stability.cautions().iter().map(|of| of.trim_end_matches('.')).collect();
    if !said.is_empty() {
        section = section.text(format!("Caution: {}.", said.join(". ")));
    }
    let rows: Vec<Row> = stability
        .first(first)
        .map(|entry| {
            let interval = Some((f64::from(entry.lower), f64::from(entry.upper)));
            Row::new(
                format!("{} {}", entry.position, entry.id),
                f64::from(entry.position),
                interval,
            )
            .second(f64::from(entry.median))
            .note(format!("{:.0}%", entry.top * 100.0))
        })
        .collect();
    let last =
        rows.iter().filter_map(|row| row.interval).map(|(_, upper)| upper).fold(1.0, f64::max);
    let widest = rows
        .iter()
        .filter_map(|row| row.interval)
        .map(|(lower, upper)| upper - lower)
        .fold(0.0, f64::max);
    let described = format!(
        "Intervals of positions of the first {} complaints; the widest spans {widest:.0} positions.",
        rows.len()
    );
    let title = format!("Positions of the first {}, {basis}", rows.len());
    let axis = Axis::numbers("Position", 0.0, last);
    section = section.chart(Chart::rows("first", &title, axis, None, rows).describe(described));
    let churn = stability.churn();
    section = section.text(format!(
        "Of the first {}, {} stay among them in a draw on average ({level} of draws: {} to {}). {} complaints are there in at least 95% of draws, and {} in more than 5% but fewer than 95%: for these, being just inside or just outside means little.",
        churn.k,
        percent(churn.kept),
        percent(churn.lower),
        percent(churn.upper),
        churn.certain,
        churn.doubtful,
    ));
    let moves = stability.band_moves();
    section = section.text(format!(
        "In a draw {} of complaints change band on average ({} to {}).",
        percent(moves.moved),
        percent(moves.lower),
        percent(moves.upper),
    ));
    let caption = "Mean number of complaints by band now (rows) and band in a draw (columns)";
    let names: Vec<String> = Band::ALL.iter().map(|band| plain(&band.to_string())).collect();
    let columns: Vec<&str> =
        ["Band now"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let mut table = Table::new("bands", caption, &columns);
    for (name, row) in names.iter().zip(moves.from_to) {
        let counts = row.map(|count| Cell::number(count, Form::Tenths));
        table.push(cells![name.clone()].into_iter().chain(counts));
    }
    section.table(table)
}

/// Positions of the first complaints under several models, and how far each order departs.
#[must_use]
pub fn sets_section(positions: &PositionsUnder, ids: &[&str], first: usize, k: usize) -> Section {
    let mut section = Section::new(
        "sets",
        "Positions under other assumptions",
        "The backlog was ranked with each set of weights. A bar runs from the first to the last position that any set gives a complaint; the disc is its position under the first set.",
        "The sets are choices, not draws: the bar is no interval of confidence, and an assumption that no set varies is not tested.",
    )
    .stamped(stamp_of(positions.origin()));
    let mut order: Vec<(u32, usize)> =
        (0..ids.len()).filter_map(|row| Some((*positions.of_row(row)?.first()?, row))).collect();
    order.sort_unstable();
    let rows: Vec<Row> = order
        .iter()
        .take(first)
        .filter_map(|&(position, row)| {
            let (low, high) = positions.range(row)?;
            let label = format!("{position} {}", ids[row]);
            let interval = Some((f64::from(low), f64::from(high)));
            Some(Row::new(label, f64::from(position), interval))
        })
        .collect();
    let last =
        rows.iter().filter_map(|row| row.interval).map(|(_, upper)| upper).fold(1.0, f64::max);
    let title =
        format!("Positions of the first {} under {} sets", rows.len(), positions.names().len());
    let described = format!("Positions under the sets {}.", positions.names().join(", "));
    let axis = Axis::numbers("Position", 0.0, last);
    section = section.chart(Chart::rows("first", &title, axis, None, rows).describe(described));
    let columns = ["Set", "Of the first k kept", "Mean move", "Largest move"];
    let caption = format!("Departures from `{}`, k = {k}", positions.names()[0]);
    let mut table = Table::new("departures", &caption, &columns);
    for departure in positions.departures(k) {
        let kept = Cell::number(departure.kept, Form::Share);
        let mean = Cell::number(departure.mean_move, Form::Tenths);
        table.push(cells![plain(&departure.name), kept, mean, departure.largest_move]);
    }
    section.table(table)
}

/// Whether any weight of an outcome was fitted to complaints.
fn is_learnt(instrument: &Instrument, outcome: &str) -> bool {
    let draft = instrument.draft();
    let is_fitted = |id: &String| {
        draft.rules.iter().any(|rule| rule.id == *id && rule.ground == Ground::Fitted)
    };
    let of_outcome = draft.outcomes.iter().filter(|part| part.outcome == outcome);
    of_outcome.flat_map(|part| &part.weights).flat_map(|item| &item.provenance.rules).any(is_fitted)
}

/// The weights of one outcome as a forest plot: estimates with intervals where a fit is given,
/// single points where weights are set by rule.
#[must_use]
pub fn weights_section(instrument: &Instrument, outcome: &str, fit: Option<&FitReport>) -> Section {
    let id = format!("weights-{}", instrument.identity().id);
    let title = format!("Weights of `{}`, {}", instrument.identity().id, plain(outcome));
    let limits = "A weight is an association in the data or rule it came from, not a cause; and it says nothing by itself about what happens when an answer is acted on.";
    let reading = match fit {
        Some(fit) => format!(
            "Log-odds with {} intervals, from {} complaints with {} events. To the right of the line an answer raises the score, to the left it lowers it. An interval across the line leaves the direction open.",
            level(fit.confidence.level()),
            fit.rows,
            fit.events
        ),
        None if is_learnt(instrument, outcome) => "Log-odds that were learnt from complaints. The fit is not at hand here, so that neither intervals nor its warnings are shown: read them in the report of the fit. To the right of the line an answer raises the score, to the left it lowers it.".to_owned(),
        None => "Log-odds, set by rule; they have no interval because nothing was estimated. To the right of the line an answer raises the score, to the left it lowers it.".to_owned(),
    };
    // Weights that were learnt from somewhere are guarded as the strictest where nobody says from where.
    let origin = match fit {
        Some(fit) => Some(fit.origin),
        None => is_learnt(instrument, outcome).then_some(Origin::NotStated),
    };
    let stamp = origin.and_then(stamp_of);
    let mut section = Section::new(&id, &title, &reading, limits).stamped(stamp);
    let mut rows = Vec::new();
    match fit {
        Some(fit) => {
            // What the fit says of itself goes wherever its weights are shown.
            section = section.text(format!(
                "Events after weighting and counting subjects once: {:.1}, {:.1} for each weight. Fitted with {}.",
                fit.effective_events, fit.events_per_parameter, fit.penalty
            ));
            for warning in &fit.warnings {
                section = section.text(format!("Caution: {warning}."));
            }
            for estimate in fit.estimates.iter().filter(|estimate| estimate.name != "(intercept)") {
                let interval = estimate.wald.as_ref().map(|wald| (wald.lower, wald.upper));
                // A column is named item=answer; weights set by rule are written item: answer.
                let name = plain(&estimate.name).replace('=', ": ");
                let row = Row::new(name, estimate.estimate, interval);
                // A weight with a caution of its own never stands without a mark.
                rows.push(if estimate.cautions.is_empty() { row } else { row.note("caution") });
            }
        }
        None => {
            for warning in &instrument.draft().warnings {
                section = section.text(format!("Caution: {}.", warning.trim_end_matches('.')));
            }
            let Some(outcome_position) = instrument.outcome_position(outcome) else {
                return section;
            };
            for entry in &instrument.outcomes()[outcome_position].weights {
                for (answer, weight) in &entry.weights {
                    if weight.steps() != 0 {
                        let label = format!("{}: {}", plain(&entry.item), plain(answer));
                        rows.push(Row::new(label, weight.to_f64(), None));
                    }
                }
            }
        }
    }
    rows.sort_by(|first, second| second.value.total_cmp(&first.value));
    let ends = |row: &Row| row.interval.unwrap_or((row.value, row.value));
    let low = rows.iter().map(|row| ends(row).0).fold(0.0, f64::min);
    let high = rows.iter().map(|row| ends(row).1).fold(0.0, f64::max);
    // A weight that the data leave open can run off the paper; the table has it whole.
    let (low, high) = (low.max(-6.0), high.min(6.0));
    let caption = "Weights, largest first";
    let estimated = rows.iter().any(|row| row.interval.is_some());
    let mut table = Table::new("values", caption, &["Answer", "Weight"]);
    for row in &rows {
        let no_interval = estimated && row.interval.is_none();
        let weight = Cell::Number {
            value: row.value,
            interval: row.interval.map(|(lower, upper)| (End(lower), End(upper))),
            no_interval: no_interval.then(|| "the fit gives none for this column".to_owned()),
            form: Form::Decimal,
        };
        // The table goes without the chart, too.
        let label = match row.note.is_empty() {
            true => row.label.clone(),
            false => format!("{} ({})", row.label, row.note),
        };
        table.push(cells![label, weight]);
    }
    let described = match rows.first() {
        Some(row) => format!(
            "{} weights; the largest is {} for {}.",
            rows.len(),
            decimal(row.value),
            row.label
        ),
        None => "No weights.".to_owned(),
    };
    let axis = Axis::numbers("Weight (log-odds)", low, high);
    let chart = Chart::rows("forest", &title, axis, Some(0.0), rows).describe(described);
    section.chart(chart).table(table)
}

/// How much of the first `k` each assumption moves, largest first: the tornado of a model's declared numbers.
///
/// A row is one assumption; two departures whose names differ in `, low` and `, high` at the end share a row and a bar, one
/// end each.
#[must_use]
pub fn tornado_section(nominal: &str, departures: &[Departure], k: usize) -> Section {
    let section = Section::new(
        "tornado",
        "Which assumptions move the order most",
        &format!(
            "Each declared number was changed by itself and the backlog ranked again. The bar and its disc show what share of the first {k} under `{nominal}` gives way to others; where a lower and a higher value of one number were tried, the diamond is the lesser of the two."
        ),
        "One number at a time: two that move together can move more. A number that is not in the list was not varied. How likely another value is, nobody estimated.",
    );
    let origin = departures.iter().map(|departure| departure.origin).max().unwrap_or_default();
    let section = section.stamped(stamp_of(origin));
    // The larger and, where both ends of a number were tried, the smaller share that gives way.
    let mut bars: Vec<(String, f64, Option<f64>)> = Vec::new();
    for departure in departures {
        let end = [", low", ", high"].iter().find_map(|end| departure.name.strip_suffix(end));
        let (name, moved) = (end.unwrap_or(&departure.name), 1.0 - departure.kept);
        let pair = |bar: &&mut (String, f64, Option<f64>)| {
            end.is_some() && bar.0 == name && bar.2.is_none()
        };
        match bars.iter_mut().find(pair) {
            Some(bar) => (bar.1, bar.2) = (bar.1.max(moved), Some(bar.1.min(moved))),
            None => bars.push((name.to_owned(), moved, None)),
        }
    }
    bars.sort_by(|first, second| second.1.total_cmp(&first.1).then_with(|| first.0.cmp(&second.0)));
    let row = |(name, most, least): &(String, f64, Option<f64>)| {
        let row = Row::new(plain(name), *most, Some((0.0, *most))).note(percent(*most));
        match least {
            Some(least) => row.second(*least),
            None => row,
        }
    };
    let rows: Vec<Row> = bars.iter().map(row).collect();
    let most = bars.first().map_or(0.0, |bar| bar.1);
    let described = match bars.first() {
        Some((name, most, _)) => format!(
            "{} assumptions; `{}` moves most: {} of the first {k}.",
            bars.len(),
            plain(name),
            percent(*most)
        ),
        None => "No assumptions were varied.".to_owned(),
    };
    let axis = Axis::numbers("Share of the first that gives way", 0.0, most.max(0.01)).percent();
    let title = format!("What each assumption moves of the first {k}");
    let mut table = Table::new(
        "departures",
        "Every assumption that was changed",
        &["Changed", "Of the first kept", "Mean move", "Largest move"],
    );
    for departure in departures {
        let (kept, mean) = (
            Cell::number(departure.kept, Form::Share),
            Cell::number(departure.mean_move, Form::Tenths),
        );
        table.push(cells![plain(&departure.name), kept, mean, departure.largest_move]);
    }
    let chart = Chart::rows("tornado", &title, axis, None, rows).describe(described.clone());
    section.text(described).chart(chart).table(table)
}

/// What each piece of a model does to the order, largest change first.
#[must_use]
pub fn sensitivity_section(groups: &[(&str, &str, &[Change])], k: usize) -> Section {
    let mut section = Section::new(
        "sensitivity",
        "What each item does to the order",
        &format!(
            "The model was changed piece by piece and the same backlog ranked again. Kept is the share of the first {k} that stay among them; moves are counted in positions."
        ),
        "An item that changes little may still decide single complaints: see the largest move. Whether a change is for the better needs known outcomes.",
    );
    let changes = groups.iter().flat_map(|(.., changes)| *changes);
    let origin = changes.map(|change| change.origin).max().unwrap_or_default();
    section = section.stamped(stamp_of(origin));
    for (id, caption, changes) in groups {
        let columns =
            ["Changed", "Unknown now", "First k kept", "Band changed", "Mean move", "Largest move"];
        // Where no single item is meant, nothing is unknown.
        let single = changes.iter().any(|change| change.unknown.is_some());
        let shown = |column: &usize| single || *column != 1;
        let columns: Vec<&str> = (0..columns.len()).filter(shown).map(|at| columns[at]).collect();
        let mut table = Table::new(id, caption, &columns);
        let mut sorted: Vec<&Change> = changes.iter().collect();
        sorted.sort_by(|first, second| {
            first.kept.total_cmp(&second.kept).then(second.mean_move.total_cmp(&first.mean_move))
        });
        for change in sorted {
            let share = |share: f64| Cell::number(share, Form::Share);
            let unknown = single.then(|| change.unknown.map_or_else(|| "".into(), share));
            let mean = Cell::number(change.mean_move, Form::Tenths);
            let rest =
                cells![share(change.kept), share(change.band_moved), mean, change.largest_move];
            table.push(cells![plain(&change.what)].into_iter().chain(unknown).chain(rest));
        }
        section = section.table(table);
    }
    section
}
