//! A row for each thing, an interval in each.

use super::{Canvas, GREY, INK, Mark, RULE, WIDTH, fitting, style};
use crate::research::report::chart::{Chart, Row};
use crate::research::report::safe::shortened;

/// The colour of a second point.
const SECOND: &str = "#D55E00";

impl Chart {
    pub(super) fn draw_rows(&self, canvas: &mut Canvas, guide: Option<f64>, rows: &[Row]) -> f64 {
        const STEP: f64 = 18.0;
        const LETTER: f64 = 6.3;
        // Notes are digits and signs for the most part, which are wider.
        const NOTE_LETTER: f64 = 8.0;
        // Names and notes are cut to widths that leave room for the intervals; the table has them whole.
        let longest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
        let label = longest(&mut rows.iter().map(|row| row.label.chars().count())).min(34);
        let room = ((WIDTH - 34.0 - 200.0) / LETTER) as usize - label;
        let note = longest(&mut rows.iter().map(|row| row.note.chars().count())).min(room);
        let letters = if note > 12 { LETTER } else { NOTE_LETTER };
        let (left, right) = (16.0 + label as f64 * LETTER, WIDTH - 18.0 - note as f64 * letters);
        let top = 12.0;
        let bottom = top + rows.len() as f64 * STEP + 4.0;
        let x = |value| self.x.place(value, left, right);
        for (tick, text) in self.x.ticks(if right - left < 240.0 { 3 } else { 5 }) {
            let Some(at) = x(tick) else { continue };
            canvas.line((at, top), (at, bottom), RULE, 1.0, "");
            canvas.text(
                at,
                bottom + 16.0,
                if text.len() > 7 { 10 } else { 12 },
                "middle",
                INK,
                &text,
            );
        }
        if let Some(at) = guide.filter(|guide| self.x.holds(*guide)).and_then(x) {
            canvas.line((at, top), (at, bottom), GREY, 1.2, "3 3");
        }
        let (colour, _, mark) = style(0);
        for (number, row) in rows.iter().enumerate() {
            let y = top + (number as f64 + 0.5) * STEP;
            canvas.text(left - 8.0, y + 4.0, 12, "end", INK, &shortened(&row.label, label.max(4)));
            if let Some((lower, upper)) = row.interval
                && let (Some(low), Some(high)) = (x(lower), x(upper))
            {
                canvas.line((low, y), (high, y), colour, 2.0, "");
                for (end, at, inwards) in [(lower, low, 7.0), (upper, high, -7.0)] {
                    if self.x.holds(end) {
                        canvas.line((at, y - 4.0), (at, y + 4.0), colour, 2.0, "");
                    } else {
                        canvas.arrow((at, y), (at + inwards, y), colour);
                    }
                }
            }
            if let Some(second) = row.second
                && let Some(at) = x(second)
            {
                if self.x.holds(second) {
                    canvas.mark(Mark::Diamond, at, y, 4.5, "#ffffff", SECOND);
                } else {
                    let inwards = if second > self.x.to() { -9.0 } else { 9.0 };
                    canvas.arrow((at, y), (at + inwards, y), SECOND);
                }
            }
            match x(row.value) {
                Some(at) if self.x.holds(row.value) => {
                    canvas.mark(mark, at, y, 3.6, colour, "#ffffff");
                }
                Some(at) => {
                    let inwards = if row.value > self.x.to() { -9.0 } else { 9.0 };
                    canvas.arrow((at, y), (at + inwards, y), colour);
                }
                None => canvas.text((left + right) / 2.0, y + 4.0, 11, "middle", GREY, "no number"),
            }
            if !row.note.is_empty() {
                canvas.text(
                    WIDTH - 8.0,
                    y + 4.0,
                    12,
                    "end",
                    INK,
                    &shortened(&row.note, note.max(4)),
                );
            }
        }
        canvas.line((left, bottom), (right, bottom), GREY, 1.0, "");
        // Beneath the whole chart, where a long label has room.
        let text = shortened(self.x.label(), fitting(WIDTH - 20.0, 13));
        let half = 0.28 * 13.0 * text.chars().count() as f64;
        let middle =
            ((left + right) / 2.0).clamp(half.min(WIDTH / 2.0), (WIDTH - half).max(WIDTH / 2.0));
        canvas.text(middle, bottom + 34.0, 13, "middle", INK, &text);
        bottom + 44.0
    }
}
