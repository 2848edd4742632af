//! What became of labels, in words.

use std::fmt;

use super::labels::JoinReport;
use super::{LabelReport, ReferenceStandard};
use crate::base::escaped;

/// The most entries that a list shows before it only counts.
const SHOWN: usize = 10;

/// Writes a line for each of the first few, and how many more there are.
fn list(
    f: &mut fmt::Formatter<'_>,
    head: &str,
    entries: impl ExactSizeIterator<Item = String>,
) -> fmt::Result {
    let more = entries.len().saturating_sub(SHOWN);
    if entries.len() > 0 {
        write!(f, "\n{head}")?;
    }
    for entry in entries.take(SHOWN) {
        write!(f, "\n  {entry}")?;
    }
    if more > 0 { write!(f, "\n  and {more} more") } else { Ok(()) }
}

impl fmt::Display for LabelReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} labels: {} taken, {} refused", self.lines, self.taken, self.refused)?;
        list(f, "refused:", self.refusals.iter().map(ToString::to_string))?;
        let unlisted = self.unlisted.iter().map(|column| format!("`{}`", escaped(column)));
        list(f, "columns that labels do not have, not used:", unlisted)?;
        let renamed = self.renamed.iter();
        let renamed = renamed.map(|(there, read)| format!("`{}` as `{read}`", escaped(there)));
        list(f, "columns read under another name:", renamed)?;
        let trimmed = self.trimmed.iter().map(|line| format!("line {line}"));
        list(f, "blanks taken off around the id of a complaint:", trimmed)
    }
}

impl fmt::Display for JoinReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes: usize = self.standards.values().sum();
        write!(
            f,
            "{} complaints with a known outcome, {yes} of them yes; {} not investigated, {} not applicable, {} without a label; {} labels without a complaint",
            self.matched,
            self.not_investigated,
            self.not_applicable,
            self.complaints_without_label,
            self.labels_without_complaint,
        )?;
        let standards = self.standards.iter().map(|(standard, count)| {
            let standard = standard.as_ref().map_or("not said".to_owned(), in_words);
            format!("{standard}: {count}")
        });
        list(f, "what made it a yes:", standards)?;
        let alike = self.look_alikes.iter();
        let alike = alike.map(|[label, id]| format!("`{}` and `{}`", escaped(label), escaped(id)));
        list(f, "labels that look like a complaint that is there:", alike)?;
        let unlisted = self.unlisted_outcomes.iter().map(|of| match &of.nearest {
            Some(near) => {
                format!("`{}` in {}; did you mean `{near}`?", escaped(&of.outcome), of.labels)
            }
            None => format!("`{}` in {}", escaped(&of.outcome), of.labels),
        });
        list(f, "outcomes that the codebook does not have:", unlisted)
    }
}

fn in_words(standard: &ReferenceStandard) -> String {
    crate::base::json::value(standard).as_str().unwrap_or_default().replace('_', " ")
}
