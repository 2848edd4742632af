//! Sections about for whom an instrument fails, what was never investigated, and what has changed.

use super::document::{Section, Table};
use super::words::{decimal, figure, percent, plain};
use crate::research::evaluate::{
    Auc, ByKey, Caution, Figure, GroupAudit, GroupMean, NotEstimable, SelectionBounds, Spread,
};
use crate::research::study::{GroupFindings, ItemDrift, Target};

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
    if found.without_complaint > 0 {
        section = section.text(format!(
            "{} entries of the table of groups belong to no complaint here.",
            found.without_complaint
        ));
    }
    section = match &found.rates {
        Ok(audit) => section.table(rates(what, audit)).text(spreads(audit)),
        Err(why) => section.text(format!("Rates by {what}: {why}.")),
    };
    let turn = format!(
        "Periods until a complaint's turn by {what}, when {} are worked in each and none comes in (mean, 95% interval)",
        found.top
    );
    section = section.table(means("turn", &turn, &found.turn, decimal));
    if !found.waited.is_empty() {
        let caption = format!("Time waited in fact by {what} (mean, 95% interval)");
        section = section.table(means("waited", &caption, &found.waited, decimal));
    }
    let unknown =
        format!("Share of a complaint's items that are unknown by {what} (mean, 95% interval)");
    section = section.table(means("unknown", &unknown, &found.unknown, percent));
    let caption = format!(
        "How well {what} is told from the items: area under the ROC curve on held-out complaints (95% interval); 0.5 is not at all"
    );
    let mut told = Table::new("told", &caption, &["Group", "All items", "Without records"]);
    for own in &found.told {
        told.push([plain(&own.group), area(&own.all_items), area(&own.without_records)]);
    }
    section.table(told).text("What falls away without records is what records tell of the group. Where the area is high, leaving the group out of the items does not keep it out of the order.")
}

fn area(found: &Result<Auc, NotEstimable>) -> String {
    figure(&found.clone().map(|own| own.figure), decimal)
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
    ];
    let caption = format!(
        "Rates by {what} among complaints with a known outcome (95% interval); group known for {}",
        percent(audit.coverage)
    );
    let mut table = Table::new("rates", &caption, &columns);
    for (group, rates) in &audit.groups {
        match rates {
            Ok(own) => table.push([
                plain(group),
                own.count.to_string(),
                own.events.to_string(),
                figure(&own.flagged, percent),
                figure(&own.sensitivity, percent),
                figure(&own.sensitivity_gap, percent),
                figure(&own.false_positive_rate, percent),
                figure(&own.false_positive_gap, percent),
            ]),
            Err(why) => table.push([plain(group), format!("not judged: {why}")]),
        }
    }
    table
}

fn spreads(audit: &GroupAudit<String>) -> String {
    let spread = |own: &Result<Spread, NotEstimable>| match own {
        Ok(own) => percent(own.difference),
        Err(why) => why.to_string(),
    };
    format!(
        "Highest less lowest over the groups that could be judged: flagged {}, sensitivity {}, false positives {}.",
        spread(&audit.flagged),
        spread(&audit.sensitivity),
        spread(&audit.false_positive_rate)
    )
}

fn means(
    id: &str,
    caption: &str,
    found: &ByKey<String, GroupMean>,
    write: fn(f64) -> String,
) -> Table {
    let mut table = Table::new(id, caption, &["Group", "Complaints", "Mean", "Gap to all others"]);
    for (group, own) in found {
        match own {
            Ok(own) => {
                let mean: Result<Figure, _> = Ok(own.mean.clone());
                let (mean, gap) = (figure(&mean, write), figure(&own.gap, write));
                table.push([plain(group), own.mean.count.to_string(), mean, gap]);
            }
            Err(why) => table.push([plain(group), format!("not judged: {why}")]),
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
        "Share reached, bounds",
        "Of the first with the outcome, bounds",
    ];
    let mut table =
        Table::new("bounds", "The share of complaints with the outcome that is reached", &columns);
    for (name, own) in found {
        let bounds = |bounds: &Result<crate::research::evaluate::Bounds, NotEstimable>| match bounds
        {
            Ok(own) => format!("{} to {}", percent(own.lower), percent(own.upper)),
            Err(why) => why.to_string(),
        };
        let investigated = figure(&own.sensitivity_if_investigated, percent);
        let (reached, found) = (bounds(&own.sensitivity), bounds(&own.positive_predictive_value));
        table.push([(*name).to_owned(), investigated, reached, found]);
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
    let columns = ["Item", "Index", "Unknown before", "Unknown now", "Change (95% interval)"];
    let mut table = Table::new("items", "Drift by item, largest first", &columns);
    let mut sorted: Vec<&ItemDrift> = drift.iter().collect();
    sorted.sort_by(|one, other| other.stability.value.total_cmp(&one.stability.value));
    for own in sorted {
        let unknown = &own.unknown;
        table.push([
            plain(&own.item),
            decimal(own.stability.value),
            percent(unknown.reference),
            percent(unknown.recent),
            figure(&Ok(unknown.change.clone()), percent),
        ]);
    }
    let mut section = section.table(table);
    let cautions = drift.first().map_or(&[][..], |own| own.stability.cautions);
    for caution in cautions {
        section = section.text(format!("Index: {}", caution.text()));
    }
    section
}
