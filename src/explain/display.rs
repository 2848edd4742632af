//! An assessment for people: band first, then reasons, then what is open.

use std::fmt;

use super::assessment::Assessment;
use super::language::{Language, Sentence as S};
use crate::base::escaped;
use crate::base::text::OnScreen;
use crate::codebook::{Item, Process};
use crate::complaint::Origin;
use crate::instrument::{Link, OutcomeDraft};
use crate::policy::{GateEffect, Lane, SetBy};
use crate::rank::Standing;
use crate::triage::Triage;

/// Reasons shown before the rest are counted.
const REASONS_SHOWN: usize = 8;
/// Answers shown that would change lane or band.
const REACHABLE_SHOWN: usize = 6;
/// Answers that say that something was looked for and is not there.
const ABSENT: [&str; 2] = ["no", "none"];
/// Questions shown.
const QUESTIONS_SHOWN: usize = 3;

/// What fills the gaps of a sentence, by name.
type Values<'a> = &'a [(&'a str, &'a dyn fmt::Display)];

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
    /// In English, with the model's own words.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Told { assessment: self, language: &Language::english() }.fmt(out)
    }
}

impl Assessment {
    /// The same for people who read another language. What has no translation is shown in the
    /// model's own words or in English, between brackets.
    #[must_use]
    pub fn in_language<'a>(&'a self, language: &'a Language) -> impl fmt::Display + 'a {
        Told { assessment: self, language }
    }
}

/// An assessment as it is told in a language.
struct Told<'a> {
    assessment: &'a Assessment,
    language: &'a Language,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_heading(out)?;
        for what in self.assessment.not_understood() {
            let (item, text, why) = (what.item(), what.text(), self.language.why(what.why()));
            self.line(out, S::NotUnderstood, &[("item", &item), ("text", &text), ("why", &why)])?;
        }
        self.write_reasons(out)?;
        self.write_known(out)?;
        self.write_gates(out)?;
        self.write_outcomes(out)?;
        self.write_open(out)?;
        let triage = self.triage();
        let (model, fingerprint) = (triage.identity(), triage.fingerprint().short());
        self.say(out, S::Model, &[("model", model), ("fingerprint", &fingerprint)])
    }
}

impl Told<'_> {
    fn triage(&self) -> &Triage {
        self.assessment.triage()
    }

    fn say(&self, out: &mut fmt::Formatter<'_>, sentence: S, values: Values<'_>) -> fmt::Result {
        self.language.say(out, sentence, values)
    }

    fn line(&self, out: &mut fmt::Formatter<'_>, sentence: S, values: Values<'_>) -> fmt::Result {
        self.say(out, sentence, values)?;
        writeln!(out)
    }

    /// An answer in plain words, with its question.
    fn answer(&self, item: &Item, code: u8) -> String {
        let question = self.language.question(self.triage(), item);
        let answer = self.language.answer(self.triage(), item, code);
        self.language.sentence(S::Answer, &[("question", &question), ("answer", &answer)])
    }

    /// Lane and band, the lane only where it says something.
    fn lane_and_band(&self, standing: Standing) -> String {
        let band = self.language.band(standing.band());
        match standing.lane() {
            Lane::Must => self.language.sentence(S::InMust, &[("band", &band)]),
            Lane::Open => band.into_owned(),
        }
    }

    fn write_heading(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told { assessment, language } = self;
        let (id, band) = (OnScreen(assessment.id()), language.band(assessment.band()));
        self.say(out, S::Complaint, &[("id", &id), ("band", &band)])?;
        if assessment.lane() == Lane::Must {
            self.say(out, S::MustBeLookedAt, &[])?;
        }
        if assessment.origin() == Origin::Synthetic {
            self.say(out, S::Synthetic, &[])?;
        }
        writeln!(out)?;
        self.say(out, S::Index, &[("index", &assessment.priority().per_thousand())])?;
        if let Some(ranked) = &assessment.ranked {
            let values: Values<'_> = &[("position", &ranked.position), ("positions", &ranked.of)];
            self.say(out, S::Position, values)?;
        }
        self.line(out, S::Stage, &[("stage", &language.stage(assessment.stage()))])?;
        let set_by = assessment.placement().set_by();
        if let Some(gate) = self.triage().policy().gate_that_set(set_by) {
            self.line(out, S::SetByGate, &[("gate", &gate.id)])?;
        } else if set_by == SetBy::Override {
            self.line(out, S::SetByPerson, &[])?;
        }
        if assessment.placement().is_overridden() {
            let model = assessment.placement().model_standing();
            let (band, lane) = (language.band(model.band()), language.lane(model.lane()));
            self.line(out, S::WithoutDecision, &[("band", &band), ("lane", &lane)])?;
        }
        if assessment.is_unstudied() {
            let studied = self.triage().instrument().draft().studied.as_ref();
            let text = studied.map_or("", |studied| studied.text.as_str());
            let population = language.studied(self.triage(), text);
            self.line(out, S::NotStudied, &[("population", &population)])?;
        }
        Ok(())
    }

    fn write_reasons(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let assessment = self.assessment;
        let reasons = assessment.reasons();
        if reasons.is_empty() {
            return self.line(out, S::NoReasons, &[]);
        }
        self.line(out, S::Reasons, &[])?;
        let codebook = self.triage().codebook();
        for reason in reasons.iter().take(REASONS_SHOWN) {
            let item = &codebook[reason.item];
            let points = points(reason.change);
            write!(out, "  {points:>6}  {}", self.answer(item, reason.code))?;
            self.write_source(out, item)?;
            writeln!(out)?;
        }
        match reasons.len().saturating_sub(REASONS_SHOWN) {
            0 => Ok(()),
            more => {
                write!(out, "          ")?;
                self.line(out, S::SmallerReasons, &[("count", &more)])
            }
        }
    }

    /// Behind an answer: who gave it, from which field, and who said otherwise.
    fn write_source(&self, out: &mut fmt::Formatter<'_>, item: &Item) -> fmt::Result {
        let Told { assessment, language } = self;
        let Some(provenance) = assessment.provenance(&item.id) else {
            return match assessment.speaker(&item.id) {
                Some(speaker) => self.say(out, S::Said, &[("speaker", &language.speaker(speaker))]),
                None => Ok(()),
            };
        };
        let source = provenance.source();
        let (speaker, field) = (language.speaker(source.speaker()), escaped(source.field()));
        self.say(out, S::Says, &[("speaker", &speaker), ("field", &field)])?;
        for other in provenance.contradictions() {
            let (source, answer) = (other.source(), escaped(&other.value().to_string()));
            let (speaker, field) = (language.speaker(source.speaker()), escaped(source.field()));
            let values: Values<'_> =
                &[("speaker", &speaker), ("field", &field), ("answer", &answer)];
            self.say(out, S::SaysOtherwise, values)?;
        }
        Ok(())
    }

    /// Answers that move nothing: how far the complaint can be worked, how old its data are, what others made of it.
    fn write_known(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let assessment = self.assessment;
        let weighed: Vec<usize> =
            assessment.reasons().iter().map(|reason| reason.item.position()).collect();
        let weighs = |item: usize| weighed.contains(&item);
        let items = self.triage().codebook().items().iter().zip(assessment.codes()).enumerate();
        let known = items.filter(|(item, (_, code))| **code != 0 && !weighs(*item));
        let (absent, present): (Vec<_>, Vec<_>) = known
            .map(|(_, (item, &code))| (item, code))
            .partition(|(item, code)| ABSENT.contains(&item.answer_id(*code)));
        if absent.is_empty() && present.is_empty() {
            return Ok(());
        }
        self.line(out, S::Known, &[])?;
        for (item, code) in present {
            write!(out, "  {}", self.answer(item, code))?;
            self.write_source(out, item)?;
            writeln!(out)?;
        }
        match absent.len() {
            0 => Ok(()),
            count => {
                write!(out, "  ")?;
                self.line(out, S::Absent, &[("count", &count)])
            }
        }
    }

    fn effect(&self, effect: &GateEffect) -> String {
        let language = self.language;
        match effect {
            GateEffect::Must => language.sentence(S::EffectMust, &[]),
            GateEffect::Floor(band) => {
                language.sentence(S::EffectFloor, &[("band", &language.band(*band))])
            }
            GateEffect::Cap(band) => {
                language.sentence(S::EffectCap, &[("band", &language.band(*band))])
            }
            GateEffect::Hold(reason) => language.sentence(S::EffectHold, &[("reason", reason)]),
            GateEffect::Route(pathway) => {
                language.sentence(S::EffectRoute, &[("pathway", pathway)])
            }
        }
    }

    fn write_gates(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.assessment.gates().next().is_none() {
            return Ok(());
        }
        self.line(out, S::Gates, &[])?;
        for gate in self.assessment.gates() {
            let who = match &gate.effect {
                GateEffect::Hold(_) if self.assessment.lane() == Lane::Must => {
                    self.language.sentence(S::SupervisorActs, &[])
                }
                GateEffect::Hold(_) => self.language.sentence(S::HoldIsLifted, &[]),
                _ => String::new(),
            };
            let title = self.language.gate(self.triage(), gate);
            write!(out, "  ")?;
            let values: Values<'_> = &[
                ("effect", &self.effect(&gate.effect)),
                ("title", &title),
                ("who", &who),
                ("citation", &gate.citation),
            ];
            self.line(out, S::Gate, values)?;
        }
        Ok(())
    }

    fn write_outcomes(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let triage = self.triage();
        self.line(out, S::Outcomes, &[])?;
        for (number, part) in triage.instrument().outcomes().iter().enumerate() {
            let listed = triage.codebook().outcomes().iter();
            let title = listed
                .clone()
                .find(|outcome| outcome.id == part.outcome)
                .map_or(part.outcome.as_str(), |outcome| &outcome.title);
            let outcome = self.language.outcome(triage, &part.outcome, title);
            let result = self.outcome_result(number, part);
            write!(out, "  ")?;
            self.line(out, S::Outcome, &[("outcome", &outcome), ("result", &result)])?;
        }
        Ok(())
    }

    fn outcome_result(&self, number: usize, part: &OutcomeDraft) -> String {
        let Told { assessment, language } = self;
        let instrument = self.triage().instrument();
        let result = assessment.outcome_at(number);
        if !result.applies {
            return language.sentence(S::NotApplicable, &[]);
        }
        if let Some(calibration) = part.quotable_calibration() {
            let percent = two_digits(result.probability.to_f64() * 100.0);
            let [place, ascertainment] =
                language.calibration(self.triage(), &part.outcome, calibration);
            let values: Values<'_> = &[
                ("percent", &language.decimal(&percent)),
                ("place", &place),
                ("ascertainment", &ascertainment),
            ];
            return language.sentence(S::Calibrated, values);
        }
        match part.link {
            Link::Logistic => {
                let population = instrument.draft().population.as_ref();
                let channel = population.and_then(|population| {
                    self.triage().codebook().item_position(&population.channel_item)
                });
                let weight =
                    |item: usize| instrument.weight_at(number, item, assessment.codes()[item]);
                let start =
                    part.intercept.value.steps() + channel.map_or(0, |item| weight(item).steps());
                let odds = (f64::from(result.score.steps() - start) * 1e-6).exp();
                let odds = language.decimal(&two_digits(odds));
                let sentence = if channel.is_some() { S::OddsInChannel } else { S::Odds };
                language.sentence(sentence, &[("odds", &odds)])
            }
            Link::Table(_) => {
                let points = language.decimal(&result.score.to_string());
                language.sentence(S::Points, &[("points", &points)])
            }
        }
    }

    fn write_open(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told { assessment, language } = self;
        let open = assessment.open_items().count();
        if open == 0 {
            return self.line(
                out,
                S::NothingOpen,
                &[("stage", &language.stage(assessment.stage()))],
            );
        }
        let reachable = assessment.reachable();
        if reachable.is_empty() {
            self.line(out, S::NoSingleAnswer, &[("count", &open)])?;
        } else {
            self.line(out, S::SingleAnswer, &[("count", &open)])?;
            let codebook = self.triage().codebook();
            for answered in reachable.iter().take(REACHABLE_SHOWN) {
                let standing = self.lane_and_band(answered.standing);
                let answer = self.answer(&codebook[answered.item], answered.code);
                write!(out, "  ")?;
                self.line(out, S::LeadsTo, &[("standing", &standing), ("answer", &answer)])?;
            }
            if let more @ 1.. = reachable.len().saturating_sub(REACHABLE_SHOWN) {
                write!(out, "  ")?;
                self.line(out, S::More, &[("count", &more)])?;
            }
        }
        self.write_bound(out)?;
        self.write_questions(out)
    }

    fn write_bound(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = self.assessment.placement().model_standing();
        let bound = self.assessment.bound();
        let (first, last) = (bound.first(), bound.last());
        let stays = first.has_band_of(last) && first.has_band_of(now);
        let [first, last, now] = [first, last, now].map(|standing| self.lane_and_band(standing));
        match stays {
            true => self.line(out, S::BoundStays, &[("standing", &now)]),
            false => self.line(out, S::Bound, &[("last", &last), ("first", &first)]),
        }
    }

    fn write_questions(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let language = self.language;
        let questions = self.assessment.next_questions();
        if !questions.is_empty() {
            self.line(out, S::AskNext, &[])?;
        }
        for question in questions.iter().take(QUESTIONS_SHOWN) {
            let item = &self.triage().codebook()[question.item];
            let process = match item.effort.process {
                Process::None => String::new(),
                process => {
                    language.sentence(S::Process, &[("process", &language.process(process))])
                }
            };
            let basis = if question.declared { S::DeclaredShares } else { S::EquallyLikely };
            let percent = two_digits(f64::from(question.chance) / 1e4);
            let values: Values<'_> = &[
                ("question", &language.question(self.triage(), item)),
                ("minutes", &item.effort.minutes),
                ("process", &process),
                ("percent", &language.decimal(&percent)),
                ("basis", &language.sentence(basis, &[])),
            ];
            write!(out, "  ")?;
            self.line(out, S::Question, values)?;
        }
        Ok(())
    }
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
