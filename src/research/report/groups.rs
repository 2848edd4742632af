//! Sections about for whom an instrument fails, what was never investigated, and what has changed.

use std::collections::BTreeSet;

use super::cautions::Cautions;
use super::cell::{Cell, Form, cells};
use super::document::{Section, Table};
use super::words::{percent, plain};
use crate::research::evaluate::{
    Auc, Bounds, ByKey, Caution, GroupAudit, GroupMean, NotEstimable, SelectionBounds, Spread,
};
use crate::research::study::{GroupFindings, GroupPerformance, ItemDrift, Target, stamp_of};

/// Rates, turns, unknown answers and how well the items give the group away; `what` names the kind of group.
#[must_use]
pub fn groups_section(what: &str, found: &GroupFindings) -> Section {
    let reading = format!(
        "The first {} complaints of the order count as flagged. Sensitivity is the share flagged of those with the outcome. Gaps are against everybody else; an interval across 0 leaves the direction open. Groups by {what}, known for {} of {} complaints; group data are joined inside the audit and kept nowhere.",
        found.top,
        percent(found.coverage),
        found.complaints,
    );
    let mut section = Section::new(
        "groups",
        "For whom it fails",
        &reading,
        "Groups too small to judge are listed, not judged. Complaints are counted as they are, without sampling weights. Equal rates are not fairness where outcomes were looked for unequally.",
    );
    section = section.stamped(found.stamp);
    if found.without_complaint > 0 {
        section = section.text(format!(
            "{} entries of the table of groups belong to no complaint here.",
            found.without_complaint
        ));
    }
    if found.tied > 0 {
        section = section.text(format!(
            "{} complaints more score as the last of the first {} does: that they are not among them is by their place alone.",
            found.tied, found.top
        ));
    }
    if let Some(subjects) = found.repeated_subjects {
        section = section.text(format!(
            "Complaints with a known outcome are about {subjects} subjects, some of them about one. Areas, E/O and calibration inside each group count subjects; the intervals of rates and shares take complaints as independent and are too narrow."
        ));
    }
    let mut cautions = Cautions::default();
    section = match &found.rates {
        Ok(audit) => {
            for (group, rates) in
                audit.groups.iter().filter_map(|(g, r)| Some((g, r.as_ref().ok()?)))
            {
                let [flagged, sensitivity] = [&rates.flagged, &rates.sensitivity];
                let [false_positives, found] =
                    [&rates.false_positive_rate, &rates.positive_predictive_value];
                let gaps = [&rates.sensitivity_gap, &rates.false_positive_gap];
                for figure in [flagged, sensitivity, false_positives, found].into_iter().chain(gaps)
                {
                    cautions.of(&format!("rates, {}", plain(group)), figure);
                }
            }
            section.table(rates(what, audit)).text(spreads(audit))
        }
        Err(why) => section.text(format!("Rates by {what}: {why}.")),
    };
    for (group, performance) in &found.performance {
        let inside: Vec<Caution> =
            performance.as_ref().map(cautions_of).unwrap_or_default().into_iter().collect();
        cautions.add(&format!("inside {}", plain(group)), &inside);
    }
    let shares =
        found.capacity.iter().filter_map(|(group, share)| Some((group, share.as_ref().ok()?)));
    for (group, share) in shares {
        for figure in [&share.worked, &share.share_of_capacity] {
            cautions.of(&format!("share of the work, {}", plain(group)), figure);
        }
    }
    let all_means = [&found.turn, &found.waited, &found.unknown];
    for (group, means) in all_means.into_iter().flatten() {
        let Ok(means) = means else { continue };
        let about = format!("means, {}", plain(group));
        cautions.add(&about, means.mean.cautions);
        cautions.of(&about, &means.gap);
    }
    for told in &found.told {
        for area in [&told.all_items, &told.without_records].into_iter().flatten() {
            cautions.add(&format!("how well {} is told", plain(&told.group)), area.figure.cautions);
        }
    }
    section = cautions.say(section);
    section = section.table(performances(what, found)).table(capacities(what, found));
    let turn = format!(
        "Periods until a complaint's turn by {what}, when {} are worked in each and none comes in (mean, 95% interval)",
        found.top
    );
    section = section.table(means("turn", &turn, &found.turn, Form::Decimal));
    if !found.waited.is_empty() {
        let caption = format!("Time waited in fact by {what} (mean, 95% interval)");
        section = section.table(means("waited", &caption, &found.waited, Form::Decimal));
    }
    // Plain rows have no answers.
    if found.unknown.is_empty() && found.told.is_empty() {
        return section;
    }
    let unknown =
        format!("Share of a complaint's items that are unknown by {what} (mean, 95% interval)");
    section = section.table(means("unknown", &unknown, &found.unknown, Form::Share));
    let caption = format!(
        "How well {what} is told from the items: area under the ROC curve on held-out complaints (95% interval); 0.5 is not at all"
    );
    let mut told = Table::new("told", &caption, &["Group", "All items", "Without records"]);
    for told_of in &found.told {
        told.push(cells![
            plain(&told_of.group),
            area(&told_of.all_items),
            area(&told_of.without_records)
        ]);
    }
    section.table(told).text("What falls away without records is what records tell of the group. Where the area is high, leaving the group out of the items does not keep it out of the order.")
}

fn area(found: &Result<Auc, NotEstimable>) -> Cell {
    Cell::of(&found.clone().map(|area| area.figure), Form::Decimal)
}

fn rates(what: &str, audit: &GroupAudit<String>) -> Table {
    let columns = [
        "Group",
        "Complaints",
        "With the outcome",
        "Flagged",
        "Sensitivity",
        "Gap in sensitivity",
        "False positives",
        "Gap in false positives",
        "Of the flagged with the outcome",
    ];
    let caption = format!(
        "Rates by {what} among complaints with a known outcome (95% interval); group known for {}",
        percent(audit.coverage)
    );
    let mut table = Table::new("rates", &caption, &columns);
    for (group, rates) in &audit.groups {
        match rates {
            Ok(rates) => {
                let shares = [
                    &rates.flagged,
                    &rates.sensitivity,
                    &rates.sensitivity_gap,
                    &rates.false_positive_rate,
                    &rates.false_positive_gap,
                    &rates.positive_predictive_value,
                ];
                let shares = shares.map(|share| Cell::of(share, Form::Share));
                table.push(
                    cells![plain(group), rates.count, rates.events].into_iter().chain(shares),
                );
            }
            Err(why) => {
                table.push([plain(group).into(), Cell::Missing(format!("not judged: {why}"))]);
            }
        }
    }
    table
}

/// What a reader must be told of what is inside a group.
fn cautions_of(performance: &GroupPerformance) -> BTreeSet<Caution> {
    let area = performance.auc.as_ref().ok().map(|area| &area.figure);
    let ratio = performance.expected_observed.as_ref().ok().map(|found| &found.ratio);
    let slope = performance.calibration.as_ref().ok().map(|line| &line.slope);
    let figures = [area, ratio, slope].into_iter().flatten();
    figures.flat_map(|figure| figure.cautions.iter().copied()).collect()
}

fn performances(what: &str, found: &GroupFindings) -> Table {
    let columns = [
        "Group",
        "Complaints",
        "With the outcome",
        "Area under the ROC curve",
        "Expected over observed",
        "Calibration slope",
    ];
    let caption = format!(
        "Order and probabilities inside each {what}, among complaints with a known outcome (95% interval)"
    );
    let mut table = Table::new("performance", &caption, &columns);
    for (group, performance) in &found.performance {
        match performance {
            Ok(performance) => {
                let ratio =
                    performance.expected_observed.clone().map(|performance| performance.ratio);
                let slope = performance.calibration.clone().map(|performance| performance.slope);
                let mark = if cautions_of(performance).is_empty() { "" } else { " (caution)" };
                table.push(cells![
                    format!("{}{mark}", plain(group)),
                    performance.count,
                    performance.events,
                    area(&performance.auc),
                    Cell::of(&ratio, Form::Decimal),
                    Cell::of(&slope, Form::Decimal),
                ]);
            }
            Err(why) => {
                table.push([plain(group).into(), Cell::Missing(format!("not judged: {why}"))]);
            }
        }
    }
    table
}

fn capacities(what: &str, found: &GroupFindings) -> Table {
    let columns =
        ["Group", "Complaints", "Of them among the first", "Of the first", "Of all complaints"];
    let caption =
        format!("What of the first {} each {what} takes: all complaints (95% interval)", found.top);
    let mut table = Table::new("capacity", &caption, &columns);
    for (group, share) in &found.capacity {
        match share {
            Ok(share) => table.push(cells![
                plain(group),
                share.count,
                Cell::of(&share.worked, Form::Share),
                Cell::of(&share.share_of_capacity, Form::Share),
                Cell::number(share.share_of_complaints, Form::Share),
            ]),
            Err(why) => {
                table.push([plain(group).into(), Cell::Missing(format!("not judged: {why}"))]);
            }
        }
    }
    table
}

fn spreads(audit: &GroupAudit<String>) -> String {
    let spread = |spread_found: &Result<Spread, NotEstimable>| match spread_found {
        Ok(spread_found) => percent(spread_found.difference),
        Err(why) => why.to_string(),
    };
    format!(
        "Highest less lowest over the groups that could be judged: flagged {}, sensitivity {}, false positives {}.",
        spread(&audit.flagged),
        spread(&audit.sensitivity),
        spread(&audit.false_positive_rate)
    )
}

fn means(id: &str, caption: &str, found: &ByKey<String, GroupMean>, form: Form) -> Table {
    let mut table = Table::new(id, caption, &["Group", "Complaints", "Mean", "Gap to all others"]);
    for (group, means) in found {
        match means {
            Ok(means) => {
                let (mean, gap) = (Cell::figure(&means.mean, form), Cell::of(&means.gap, form));
                table.push(cells![plain(group), means.mean.count, mean, gap]);
            }
            Err(why) => {
                table.push([plain(group).into(), Cell::Missing(format!("not judged: {why}"))]);
            }
        }
    }
    table
}

/// What complaints that were never investigated leave open, model by model, when the first `k` are worked.
#[must_use]
pub fn bounds_section(target: &Target, k: usize, found: &[(&str, SelectionBounds)]) -> Section {
    let mut section = Section::new(
        "bounds",
        "What was never looked into",
        &format!(
            "The first {k} complaints of each order, {}. The first figure is what papers print. The bounds say what it would be if every complaint that nobody looked into were as unfavourable, or as favourable, as can be.",
            plain(&target.to_string())
        ),
        "Bounds are no interval of confidence: they assume nothing and count no sampling error. A blind audit slice narrows them; see the guide.",
    );
    let origin = found.iter().map(|(_, bounds)| bounds.origin).max().unwrap_or_default();
    section = section.stamped(stamp_of(origin));
    if let Some((_, first)) = found.first() {
        section = section.text(format!(
            "{} of complaints to which the outcome applies were investigated; between {} and {} of them have it.",
            percent(first.investigated),
            percent(first.rate.lower),
            percent(first.rate.upper)
        ));
    }
    let columns = [
        "Model",
        "Share reached, investigated alone",
        "Share reached, at least",
        "At most",
        "Of the first with the outcome, at least",
        "At most",
    ];
    let mut table =
        Table::new("bounds", "The share of complaints with the outcome that is reached", &columns);
    for (name, selection) in found {
        let bounds = |bounds: &Result<Bounds, NotEstimable>| match bounds {
            Ok(selection) => {
                [selection.lower, selection.upper].map(|end| Cell::number(end, Form::Share))
            }
            Err(why) => [Cell::Missing(why.to_string()), "".into()],
        };
        let investigated = Cell::of(&selection.sensitivity_if_investigated, Form::Share);
        let [low, high] = bounds(&selection.sensitivity);
        let [least, most] = bounds(&selection.positive_predictive_value);
        table.push(cells![*name, investigated, low, high, least, most]);
    }
    let caution = Caution::InvestigatedOnly.text();
    section.table(table).text(format!("Share reached, investigated alone: {caution}"))
}

/// How the answers to each item changed, largest change first; `before` and `now` name the two bodies of complaints.
#[must_use]
pub fn drift_section(before: &str, now: &str, drift: &[ItemDrift]) -> Section {
    let section = Section::new(
        "drift",
        "Whether answers have changed",
        &format!(
            "Answers in {now} against {before}. The population stability index is 0 where each answer, unknown among them, is as frequent as before; 0.1 and 0.25 are customary limits. Unknown is the share of complaints for which the item is open."
        ),
        "Why answers changed, and whether an order suffers from it: for that see the comparison on the later complaints. In small numbers an index passes its limits by chance.",
    );
    let origin = drift.iter().map(|drifted| drifted.origin).max().unwrap_or_default();
    let section = section.stamped(stamp_of(origin));
    let columns = ["Item", "Index", "Unknown before", "Unknown now", "Change (95% interval)"];
    let mut table = Table::new("items", "Drift by item, largest first", &columns);
    let mut sorted: Vec<&ItemDrift> = drift.iter().collect();
    sorted.sort_by(|first, second| second.stability.value.total_cmp(&first.stability.value));
    for drifted in sorted {
        let unknown = &drifted.unknown;
        table.push(cells![
            plain(&drifted.item),
            Cell::number(drifted.stability.value, Form::Decimal),
            Cell::number(unknown.reference, Form::Share),
            Cell::number(unknown.recent, Form::Share),
            Cell::figure(&unknown.change, Form::Share),
        ]);
    }
    let mut section = section.table(table);
    let cautions = drift.first().map_or(&[][..], |drifted| drifted.stability.cautions);
    for caution in cautions {
        section = section.text(format!("Index: {}", caution.text()));
    }
    let mut cautions = Cautions::default();
    for drifted in drift {
        let about = format!("change, {}", plain(&drifted.item));
        cautions.add(&about, drifted.unknown.change.cautions);
    }
    cautions.say(section)
}
