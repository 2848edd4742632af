//! The sentences of an assessment, by key, in English; and templates of them in any language.

use std::fmt;
use std::sync::LazyLock;

/// Declares the sentences: variant, key, English.
macro_rules! sentences {
    ($($variant:ident $key:literal $english:literal;)+) => {
        /// A sentence, or a part of one, that the library says.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Sentence { $($variant),+ }

        const SENTENCES: &[(Sentence, &str, &str)] = &[$((Sentence::$variant, $key, $english)),+];
    };
}

sentences! {
    Complaint "complaint" "Complaint {id}: {band}";
    MustBeLookedAt "must_be_looked_at" ", must be looked at";
    Synthetic "synthetic" "  [synthetic]";
    Index "index" "Index {index} of 1000 (an index, not a probability)";
    Position "position" ", position {position} of {positions}";
    Stage "stage" ", stage {stage}";
    SetByGate "set_by_gate" "Band set by the gate `{gate}`";
    SetByPerson "set_by_person" "Band set by a person's decision";
    WithoutDecision "without_decision" "Without the decision in force: {band}, lane {lane}";
    NotStudied "not_studied" "Not studied: the evidence is about {population}";
    NotUnderstood "not_understood" "Not understood: `{item}` holds `{text}`: {why}";
    NoReasons "no_reasons" "Why: nothing is known that moves the index";
    Reasons "reasons" "Why, largest effect on the index first (answers overlap, so effects do not add up)";
    Answer "answer" "{question} {answer}";
    Said "said" ", says the {speaker}";
    Says "says" ", says the {speaker} ({field})";
    SaysOtherwise "says_otherwise" "; the {speaker} ({field}) says {answer}";
    SmallerReasons "smaller_reasons" "and {count} smaller";
    Known "known" "Known as well, without effect on the index";
    Absent "absent" "and {count} looked for and absent";
    Gates "gates" "Gates that fire";
    Gate "gate" "{effect}: {title}{who} [{citation}]";
    EffectMust "effect_must" "must";
    EffectFloor "effect_floor" "at least {band}";
    EffectCap "effect_cap" "at most {band}";
    EffectHold "effect_hold" "hold: {reason}";
    EffectRoute "effect_route" "route: {pathway}";
    SupervisorActs "supervisor_acts" "; a supervisor must act at once";
    HoldIsLifted "hold_is_lifted" "; whoever can lift the hold must act first";
    Outcomes "outcomes" "Outcomes";
    Outcome "outcome" "{outcome}: {result}";
    NotApplicable "not_applicable" "not applicable";
    Calibrated "calibrated" "{percent}% (calibrated: {place}; outcomes found by {ascertainment})";
    Odds "odds" "odds {odds} times those of a complaint with nothing else known (not calibrated)";
    OddsInChannel "odds_in_channel" "odds {odds} times those of a complaint of the same channel with nothing else known (not calibrated)";
    Points "points" "{points} points (not calibrated)";
    NothingOpen "nothing_open" "Nothing is open at stage {stage}";
    NoSingleAnswer "no_single_answer" "No single one of the {count} open answers would change lane or band";
    SingleAnswer "single_answer" "Each of these alone, of {count} open answers, could change lane or band";
    LeadsTo "leads_to" "to {standing}: {answer}";
    More "more" "and {count} more";
    InMust "in_must" "must ({band})";
    BoundStays "bound_stays" "Outer bound over all open answers: it stays {standing}";
    Bound "bound" "Outer bound over all open answers: {last} to {first}";
    AskNext "ask_next" "Ask next";
    Question "question" "{question} ({minutes} min{process}; {percent}% chance of a change, {basis})";
    Process "process" ", {process}";
    DeclaredShares "declared_shares" "declared shares";
    EquallyLikely "equally_likely" "answers equally likely";
    Model "model" "Model {model}, fingerprint {fingerprint}. A score orders work; it is never evidence.";
}

impl Sentence {
    /// All of them with key and English, in the order of their numbers.
    pub(crate) fn all() -> &'static [(Sentence, &'static str, &'static str)] {
        SENTENCES
    }

    pub(crate) fn by_key(key: &str) -> Option<Sentence> {
        SENTENCES.iter().find(|(_, known, _)| *known == key).map(|(sentence, ..)| *sentence)
    }

    /// The English template.
    pub(crate) fn english(self) -> &'static Template {
        static ENGLISH: LazyLock<Vec<Template>> =
            LazyLock::new(|| SENTENCES.iter().map(|(.., text)| Template::parse(text)).collect());
        &ENGLISH[self as usize]
    }
}

/// A text with named gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Gap(String),
}

impl Template {
    /// `{name}` is a gap; braces that hold no plain name are text.
    pub(crate) fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let after = &rest[open + 1..];
            let name = after.split_once('}').map_or("", |(name, _)| name);
            let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
            let is_gap = !name.is_empty() && name.bytes().all(is_name);
            let (text_ends, goes_on) = match is_gap {
                true => (open, open + name.len() + 2),
                false => (open + 1, open + 1),
            };
            if text_ends > 0 {
                parts.push(Part::Text(rest[..text_ends].to_owned()));
            }
            if is_gap {
                parts.push(Part::Gap(name.to_owned()));
            }
            rest = &rest[goes_on..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Template { parts }
    }

    /// Names of its gaps.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Gap(name) => Some(&**name),
            Part::Text(_) => None,
        })
    }

    /// Writes it with its gaps filled in.
    pub(crate) fn write(
        &self,
        out: &mut dyn fmt::Write,
        values: &[(&str, &dyn fmt::Display)],
    ) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.write_str(text)?,
                Part::Gap(name) => {
                    // A template has the gaps of the English one, and the writer fills those.
                    let value = values.iter().find(|(named, _)| named == name);
                    debug_assert!(value.is_some(), "nothing fills the gap `{name}`");
                    value.map_or(Ok(()), |(_, value)| write!(out, "{value}"))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_found_and_filled() {
        let template = Template::parse("{ {a}{b_c}} {D} {");
        assert_eq!(template.gaps().collect::<Vec<_>>(), ["a", "b_c"]);
        let mut written = String::new();
        template.write(&mut written, &[("b_c", &2), ("a", &"x")]).unwrap();
        assert_eq!(written, "{ x2} {D} {");
    }

    #[test]
    fn sentences_stand_at_their_numbers_under_keys_of_their_own() {
        let mut keys: Vec<&str> = Sentence::all().iter().map(|(_, key, _)| *key).collect();
        assert!(
            Sentence::all().iter().enumerate().all(|(n, (sentence, ..))| *sentence as usize == n)
        );
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), Sentence::all().len());
    }
}
