//! The first lines of a ranking for a terminal, at most 100 columns wide.

use std::fmt;

use super::line::{Line, Reader};
use super::{LEGEND, Listing, standing_words};
use crate::base::text::OnScreen;
use crate::policy::SetBy;

/// Columns that a line of the table may take.
const WIDTH: usize = 100;
/// Letters of an id that are shown; a longer one is cut in its middle, on the screen alone.
const ID: usize = 18;
/// Letters of a unit that are shown.
const UNIT: usize = 10;

/// The first lines of a listing; see [`Listing::table`].
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    listing: Listing<'a>,
    most: usize,
}

impl<'a> Table<'a> {
    pub(super) fn new(listing: Listing<'a>, most: usize) -> Self {
        Table { listing, most }
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ranking = self.listing.ranking;
        writeln!(
            out,
            "{:>8}  {:<ID$}  {:<UNIT$}  {:<16}  {:>5}  {:>6}  next deadline",
            "position", "id", "unit", "stands", "index", "age"
        )?;
        let mut reader = Reader::new(ranking);
        for before in 0..ranking.len().min(self.most) {
            let line = reader.read(before + 1);
            self.write_facts(line, out)?;
            self.write_why(line, out)?;
        }
        let left = ranking.len().saturating_sub(self.most);
        if left > 0 {
            writeln!(out, "          … and {left} more")?;
        }
        write!(out, "\n{LEGEND}")
    }
}

impl Table<'_> {
    fn write_facts(&self, line: &Line<'_>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let placement = line.placement;
        let age = self.listing.made_at.map_or_else(String::new, |now| {
            format!("{} d", now.seconds_since(line.received()).div_euclid(86_400))
        });
        let deadlines = line.deadlines();
        let deadline = deadlines.first().map_or_else(String::new, |deadline| {
            let day: String = deadline.due.to_string().chars().take(10).collect();
            format!("{day} {}", deadline.kind)
        });
        let text = format!(
            "{:>8}  {:<ID$}  {:<UNIT$}  {:<16}  {:>5}  {age:>6}  {deadline}",
            line.position,
            middle_cut(line.id(), ID),
            middle_cut(line.unit().unwrap_or("-"), UNIT),
            standing_words(placement.standing()),
            line.priority.per_thousand(),
        );
        writeln!(out, "{}", text.trim_end())
    }

    fn write_why(&self, line: &Line<'_>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for what in line.not_understood() {
            parts.push(format!("not understood: {what}"));
        }
        if line.placement.standing().lane() == crate::policy::Lane::Must {
            let gates: Vec<&str> = line.must_gates().map(|gate| gate.title.as_str()).collect();
            parts.push(match gates.is_empty() {
                true => "must: by a person's decision".to_owned(),
                false => format!("must: {}", gates.join("; ")),
            });
        }
        match (line.placement.set_by(), line.band_gate()) {
            (SetBy::Override, _) => parts.push("band: by a person's decision".to_owned()),
            (_, Some(gate)) => parts.push(format!("{}: {}", gate.effect, gate.title)),
            _ => {}
        }
        let raised: Vec<String> =
            line.raised_by().take(self.listing.reasons).map(|mover| mover.to_string()).collect();
        if !raised.is_empty() {
            parts.push(format!("raised by {}", raised.join(", ")));
        }
        if let Some(lowered) = line.lowered_by().next() {
            parts.push(format!("lowered by {lowered}"));
        }
        if raised.is_empty() && line.lowered.is_empty() {
            parts.push("no answer moves the index".to_owned());
        }
        match (line.best.map(standing_words), line.worst.map(standing_words)) {
            (Some(best), Some(worst)) => {
                parts.push(format!(
                    "one open answer could lift it to {best}, or drop it to {worst}"
                ));
            }
            (Some(best), None) => parts.push(format!("one open answer could lift it to {best}")),
            (None, Some(worst)) => parts.push(format!("one open answer could drop it to {worst}")),
            (None, None) => {}
        }
        for part in parts {
            wrap(&OnScreen(&part).to_string(), 10, out)?;
        }
        Ok(())
    }
}

/// Text with its middle cut out where it is longer than `most`: both ends tell ids apart.
fn middle_cut(text: &str, most: usize) -> String {
    let text = OnScreen(text).to_string();
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text;
    }
    let (head, tail) = ((most - 1) / 2, most - 1 - (most - 1) / 2);
    let (head, tail) = (&letters[..head], &letters[letters.len() - tail..]);
    head.iter().chain(&['…']).chain(tail).collect()
}

/// Writes a text between words into lines of at most [`WIDTH`], each indented.
fn wrap(text: &str, indent: usize, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            writeln!(out)?;
            column = 0;
        }
        match column {
            0 => {
                // What goes on is set in a little further.
                let indent = if text.starts_with(word) { indent } else { indent + 2 };
                write!(out, "{:indent$}{word}", "")?;
                column = indent + length;
            }
            _ => {
                write!(out, " {word}")?;
                column += 1 + length;
            }
        }
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::middle_cut;

    #[test]
    fn long_ids_keep_both_ends() {
        assert_eq!(middle_cut("syn-00000001", 18), "syn-00000001");
        assert_eq!(middle_cut("2026-0417-abcdefghij-7", 11), "2026-…hij-7");
        assert_eq!(middle_cut("a\nb", 18), "a\\nb");
    }
}
