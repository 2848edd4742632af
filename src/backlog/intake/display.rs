//! The report for people: what could hide danger first, every count told.

use std::fmt;

use super::IntakeReport;
use crate::base::escaped;

/// Entries shown of each list; the rest is counted.
const SHOWN: usize = 10;
/// Records shown that cannot be ranked and hold an answer of danger.
const SHOWN_WITH_DANGER: usize = 100;

impl fmt::Display for IntakeReport {
    /// Counts; what could hide danger; then the rest, each list cut off with a count.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}: {} understood, {} partly understood, {} not rankable",
            counted(self.records()),
            self.understood,
            self.partly_understood,
            self.not_rankable
        )?;
        if self.with_danger > 0 {
            write!(out, "\n  DANGER in {} that cannot be ranked", counted(self.with_danger))?;
        }
        if self.not_kept > 0 {
            write!(out, "\n  {} of them are too many to be kept whole", self.not_kept)?;
        }
        if self.answers_nothing() {
            out.write_str(
                "\n  NOTHING ANSWERED: no complaint has an answer to any item of the codebook, so that none is ranked by more than its dates",
            )?;
        }
        self.show_not_rankable(out)?;
        self.show_causes(out)?;
        self.show_columns(out)?;
        self.show_ids(out)?;
        self.show_unknown(out)
    }
}

fn counted(records: u64) -> String {
    match records {
        1 => "1 record".to_owned(),
        several => format!("{several} records"),
    }
}

fn more(out: &mut fmt::Formatter<'_>, all: u64, what: &str) -> fmt::Result {
    match all.saturating_sub(SHOWN as u64) {
        0 => Ok(()),
        left => write!(out, "\n  and {left} more {what}"),
    }
}

impl IntakeReport {
    /// Each by its line and reason: those that hold an answer of danger, then the rest.
    fn show_not_rankable(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [
            (true, SHOWN_WITH_DANGER, "DANGER, not rankable: ", "such records with danger"),
            (false, SHOWN, "not rankable: ", "records that cannot be ranked"),
        ];
        for (dangerous, shown, mark, what) in lists {
            let records = self.records_not_rankable().iter();
            let mut records = records.filter(|record| self.is_dangerous(record) == dangerous);
            for record in records.by_ref().take(shown) {
                write!(out, "\n  {mark}{record}")?;
            }
            match records.count() {
                0 => {}
                left => write!(out, "\n  and {left} more {what}")?,
            }
        }
        Ok(())
    }

    fn show_causes(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, cause) in self.causes().iter().enumerate() {
            // Whatever could hide danger is shown in full.
            let danger = self.could_hide(cause.what());
            if number >= SHOWN && !danger {
                continue;
            }
            let mark = if danger { "could hide danger: " } else { "not understood: " };
            write!(out, "\n  {mark}{}, ", cause.what())?;
            match cause.count() {
                1 => write!(out, "once")?,
                count => write!(out, "{count} times")?,
            }
            let lines: Vec<String> = cause.lines().iter().map(u64::to_string).collect();
            match lines.as_slice() {
                [] => {}
                [line] => write!(out, ", on line {line}")?,
                several => write!(out, ", first on lines {}", several.join(", "))?,
            }
            if !cause.ids().is_empty() {
                write!(out, " ({})", cause.ids().join(", "))?;
            }
        }
        let danger = |cause: &&super::Cause| self.could_hide(cause.what());
        let shown = self.causes().iter().filter(danger).count().max(SHOWN);
        match self.causes().len().saturating_sub(shown) {
            0 => Ok(()),
            left => write!(out, "\n  and {left} more causes"),
        }
    }

    fn show_columns(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for column in &self.absent {
            write!(out, "\n  not in the source: column `{}` of the mapping", escaped(column))?;
        }
        let source = if self.mapping.is_some() { "mapping" } else { "codebook" };
        for column in self.unmatched().iter().take(SHOWN) {
            let filled = counted(column.filled);
            write!(out, "\n  not in the {source}: {} ({filled})", column.name)?;
            match &column.resembles {
                Some(item) if *item == column.name => {
                    out.write_str(": an item of the codebook has that name")?;
                }
                Some(item) => write!(out, ": did you mean `{item}`?")?,
                None => {}
            }
        }
        more(out, self.unmatched.len() as u64 + self.unmatched_left_off, "columns")?;
        for column in self.renamed().iter().take(SHOWN) {
            let read_as = escaped(&column.read_as);
            write!(out, "\n  column `{}` was read as `{read_as}`", column.name)?;
        }
        more(out, self.renamed.len() as u64, "columns read under another name")
    }

    fn show_ids(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for repeated in self.repeated_ids.first().iter().take(SHOWN) {
            let danger = if repeated.danger { " in an answer of danger" } else { "" };
            match repeated.line {
                // Where no source was named, lines of what was read apart are not kept.
                0 => write!(out, "\n  a record repeats id `{}`", repeated.id)?,
                line => write!(out, "\n  line {line} repeats id `{}`", repeated.id)?,
            }
            if !repeated.differing.is_empty() {
                write!(out, " and differs{danger}: {}", repeated.differing.join(", "))?;
            }
        }
        more(out, self.repeated_ids.count(), "repeated ids")?;
        for [first, second] in self.look_alikes.first().iter().take(SHOWN) {
            write!(out, "\n  ids `{first}` and `{second}` look alike")?;
        }
        more(out, self.look_alikes.count(), "ids that look alike")?;
        for trimmed in self.trimmed_ids.first().iter().take(SHOWN) {
            write!(out, "\n  line {}: blanks around id `{}` taken off", trimmed.line, trimmed.id)?;
        }
        more(out, self.trimmed_ids.count(), "ids with blanks around them")?;
        for span in self.spans.first().iter().take(SHOWN) {
            let (first, last) = (span.first, span.last);
            let column = escaped(&span.column);
            write!(out, "\n  lines {first} to {last} are one record, by column `{column}`")?;
        }
        more(out, self.spans.count(), "records over several lines")?;
        for late in self.late.first().iter().take(SHOWN) {
            write!(out, "\n  `{}` was received far in the future", late.id)?;
        }
        more(out, self.late.count(), "received far in the future")
    }

    fn show_unknown(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut unknown: Vec<_> = self.unknown.iter().filter(|(_, count)| *count > 0).collect();
        unknown.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let complaints = self.complaints();
        if complaints > 0 && !unknown.is_empty() {
            let share = |count: u64| count.saturating_mul(100) / complaints;
            let most =
                unknown.iter().take(5).map(|(item, count)| format!("{item} {}%", share(*count)));
            write!(out, "\n  most often unknown: {}", most.collect::<Vec<_>>().join(", "))?;
        }
        Ok(())
    }
}
