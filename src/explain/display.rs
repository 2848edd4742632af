//! An assessment for people: band first, then reasons, then what is open.

use std::fmt;

use super::assessment::Assessment;
use crate::base::text::OnScreen;
use crate::codebook::{Item, Process};
use crate::complaint::Origin;
use crate::instrument::Link;
use crate::policy::{GateEffect, Lane, SetBy};
use crate::rank::Standing;

/// Reasons shown before the rest are counted.
const REASONS_SHOWN: usize = 8;
/// Answers shown that would change lane or band.
const REACHABLE_SHOWN: usize = 6;
/// Answers that say that something was looked for and is not there.
const ABSENT: [&str; 2] = ["no", "none"];
/// Questions shown.
const QUESTIONS_SHOWN: usize = 3;

/// A number with at most two significant digits, without an exponent.
pub(crate) fn two_digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value:.0}");
    }
    let magnitude = value.abs().log10().floor() as i32;
    if magnitude >= 1 {
        let unit = 10_f64.powi(magnitude - 1);
        return format!("{:.0}", (value / unit).round() * unit);
    }
    let places = (1 - magnitude).clamp(0, 9) as usize;
    let text = format!("{value:.places$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A change of the index, given in billionths, as lists show it: signed, in whole thousandths, `<1` where it is less.
pub(crate) fn points(billionths: i64) -> String {
    let sign = if billionths < 0 { "-" } else { "+" };
    match (billionths.unsigned_abs() + 500_000) / 1_000_000 {
        0 => format!("{sign}<1"),
        size => format!("{sign}{size}"),
    }
}

impl fmt::Display for Assessment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_heading(out)?;
        for what in self.not_understood() {
            writeln!(out, "Not understood: {what}")?;
        }
        self.write_reasons(out)?;
        self.write_known(out)?;
        self.write_gates(out)?;
        self.write_outcomes(out)?;
        self.write_open(out)?;
        write!(
            out,
            "Model {}, fingerprint {}. A score orders work; it is never evidence.",
            self.triage.identity(),
            self.triage.fingerprint().short()
        )
    }
}

impl Assessment {
    fn write_heading(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Complaint {}: {}", OnScreen(&self.id), self.band())?;
        if self.lane() == Lane::Must {
            write!(out, ", must be looked at")?;
        }
        if self.origin == Origin::Synthetic {
            write!(out, "  [synthetic]")?;
        }
        writeln!(out)?;
        let index = self.priority().per_thousand();
        write!(out, "Index {index} of 1000 (an index, not a probability)")?;
        if let Some(ranked) = &self.ranked {
            write!(out, ", position {} of {}", ranked.position, ranked.of)?;
        }
        writeln!(out, ", stage {}", self.stage)?;
        let set_by = self.placement.set_by();
        if let Some(gate) = self.triage.policy().gate_that_set(set_by) {
            writeln!(out, "Band set by the gate `{}`", gate.id)?;
        } else if set_by == SetBy::Override {
            writeln!(out, "Band set by a person's decision")?;
        }
        if self.placement.is_overridden() {
            let model = self.placement.model_standing();
            writeln!(
                out,
                "Without the decision in force: {}, lane {}",
                model.band(),
                model.lane()
            )?;
        }
        if self.is_unstudied() {
            let studied = self.triage.instrument().draft().studied.as_ref();
            let text = studied.map_or("", |studied| studied.text.as_str());
            writeln!(out, "Not studied: the evidence is about {text}")?;
        }
        Ok(())
    }

    fn write_reasons(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.reasons.is_empty() {
            return writeln!(out, "Why: nothing is known that moves the index");
        }
        writeln!(
            out,
            "Why, largest effect on the index first (answers overlap, so effects do not add up)"
        )?;
        let codebook = self.triage.codebook();
        for reason in self.reasons.iter().take(REASONS_SHOWN) {
            let item = &codebook[reason.item];
            let points = points(reason.change);
            write!(out, "  {points:>6}  {}", said(item, reason.code))?;
            if let Some(provenance) = self.provenance(&item.id) {
                write!(out, ", says the {}", provenance.source())?;
                for other in provenance.contradictions() {
                    write!(out, "; the {} says {}", other.source(), other.value())?;
                }
            }
            writeln!(out)?;
        }
        match self.reasons.len().saturating_sub(REASONS_SHOWN) {
            0 => Ok(()),
            more => writeln!(out, "          and {more} smaller"),
        }
    }

    /// Answers that move nothing: how far the complaint can be worked, how old its data are, what others made of it.
    fn write_known(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weighs = |item: usize| self.reasons.iter().any(|reason| reason.item.position() == item);
        let items = self.triage.codebook().items().iter().zip(&self.codes).enumerate();
        let known = items.filter(|(item, (_, code))| **code != 0 && !weighs(*item));
        let (absent, present): (Vec<_>, Vec<_>) = known
            .map(|(_, (item, &code))| (item, code))
            .partition(|(item, code)| ABSENT.contains(&item.answer_id(*code)));
        if absent.is_empty() && present.is_empty() {
            return Ok(());
        }
        writeln!(out, "Known as well, without effect on the index")?;
        for (item, code) in present {
            writeln!(out, "  {}", said(item, code))?;
        }
        match absent.len() {
            0 => Ok(()),
            count => writeln!(out, "  and {count} looked for and absent"),
        }
    }

    fn write_gates(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fired.is_empty() {
            return Ok(());
        }
        writeln!(out, "Gates that fire")?;
        for gate in self.gates() {
            let who = match &gate.effect {
                GateEffect::Hold(_) if self.lane() == Lane::Must => {
                    "; a supervisor must act at once"
                }
                GateEffect::Hold(_) => "; whoever can lift the hold must act first",
                _ => "",
            };
            writeln!(out, "  {}: {}{who} [{}]", gate.effect, gate.title, gate.citation)?;
        }
        Ok(())
    }

    fn write_outcomes(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instrument = self.triage.instrument();
        let codebook = self.triage.codebook();
        let channel = instrument.draft().population.as_ref();
        let channel =
            channel.and_then(|population| codebook.item_position(&population.channel_item));
        writeln!(out, "Outcomes")?;
        for (outcome, part) in instrument.outcomes().iter().enumerate() {
            let title = codebook
                .outcome_position(&part.outcome)
                .map_or(part.outcome.as_str(), |position| &codebook.outcomes()[position].title);
            let result = self.outcome_at(outcome);
            write!(out, "  {title}: ")?;
            if !result.applies {
                writeln!(out, "not applicable")?;
                continue;
            }
            if let Some(calibration) = &part.calibration {
                let percent = two_digits(result.probability.to_f64() * 100.0);
                let (found, place) = (&calibration.ascertainment, &calibration.place);
                writeln!(out, "{percent}% (calibrated: {place}; outcomes found by {found})")?;
                continue;
            }
            match part.link {
                Link::Logistic => {
                    let start = channel.map_or(0, |item| {
                        instrument.weight_at(outcome, item, self.codes[item]).steps()
                    });
                    let start = part.intercept.value.steps() + start;
                    let odds = (f64::from(result.score.steps() - start) * 1e-6).exp();
                    let same = if channel.is_some() { " of the same channel" } else { "" };
                    writeln!(
                        out,
                        "odds {} times those of a complaint{same} with nothing else known (not calibrated)",
                        two_digits(odds)
                    )?;
                }
                Link::Table(_) => writeln!(out, "{} points (not calibrated)", result.score)?,
            }
        }
        Ok(())
    }

    fn write_open(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codebook = self.triage.codebook();
        let open = self.open_items().count();
        if open == 0 {
            return writeln!(out, "Nothing is open at stage {}", self.stage);
        }
        let now = self.placement.model_standing();
        if self.answered.is_empty() {
            writeln!(out, "No single one of the {open} open answers would change lane or band")?;
        } else {
            writeln!(out, "One of the {open} open answers could change lane or band")?;
            for answered in self.answered.iter().take(REACHABLE_SHOWN) {
                let item = &codebook[answered.item];
                let standing = answered.standing.lane_and_band();
                writeln!(out, "  to {standing}: {}", said(item, answered.code))?;
            }
            if let more @ 1.. = self.answered.len().saturating_sub(REACHABLE_SHOWN) {
                writeln!(out, "  and {more} more")?;
            }
        }
        let (first, last) = (self.bound.first(), self.bound.last());
        let stays = first.has_band_of(last) && first.has_band_of(now);
        let [first, last, now] = [first, last, now].map(Standing::lane_and_band);
        if stays {
            writeln!(out, "Outer bound over all open answers: it stays {now}")?;
        } else {
            writeln!(out, "Outer bound over all open answers: {last} to {first}")?;
        }
        for (number, question) in self.next.iter().take(QUESTIONS_SHOWN).enumerate() {
            if number == 0 {
                writeln!(out, "Ask next")?;
            }
            let item = &codebook[question.item];
            let process = match item.effort.process {
                Process::None => String::new(),
                process => format!(", {process}"),
            };
            let basis =
                if question.declared { "declared shares" } else { "answers equally likely" };
            writeln!(
                out,
                "  {} ({} min{process}; {}% chance of a change, {basis})",
                item.question,
                item.effort.minutes,
                two_digits(f64::from(question.chance) / 1e4),
            )?;
        }
        Ok(())
    }
}

/// An answer in plain words.
fn said(item: &Item, code: u8) -> String {
    let answer = item.answer(code).map_or(crate::codebook::UNKNOWN, |answer| &answer.label);
    format!("{} {answer}", item.question)
}

#[cfg(test)]
mod tests {
    use super::two_digits;

    #[test]
    fn people_get_two_digits_at_most() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1"),
            (412.7, "410"),
            (999.0, "1000"),
            (12.4, "12"),
            (2.345, "2.3"),
            (0.0234, "0.023"),
            (-57.6, "-58"),
            (0.5, "0.5"),
            (9.96, "10"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(two_digits(value), text);
        }
    }
}
