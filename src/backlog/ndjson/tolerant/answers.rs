//! Answers of a line of JSON, the long way: the more dangerous of two, who said them, and what no item is.

use serde_json::value::RawValue;

use super::{MOST_UNLISTED, Reader};
use crate::Timestamp;
use crate::backlog::merge::more_dangerous;
use crate::backlog::ndjson::entries::{cell, entries};
use crate::backlog::said::Saying;
use crate::codebook::Item;
use crate::complaint::{NotUnderstood, Speaker, Unlisted, WhyNotUnderstood};

impl Reader<'_> {
    pub(super) fn answer(&mut self, name: &str, value: &RawValue) {
        let Some(position) = self.coder.item_of(name) else {
            // Answers under another name than `answers` are answers all the same.
            let inner = entries(value).unwrap_or_default();
            let answers = inner.into_iter().filter(|(name, _)| self.coder.item_of(name).is_some());
            for (item, answer) in answers.collect::<Vec<_>>() {
                self.answer(&item, answer);
            }
            return self.unlisted(name, value);
        };
        let coder = self.coder;
        let item = &coder.codebook.items()[position];
        let (mut given, mut known_at, mut said_by) = (Vec::new(), None, None);
        let map = entries(value);
        for (key, inner) in map.iter().flatten() {
            match key.as_str() {
                "value" => given.push(*inner),
                "known_at" => {
                    let time = cell(inner).unwrap_or_default();
                    match time.trim().parse::<Timestamp>() {
                        Ok(time) => known_at = Some(time),
                        Err(_) if time.trim().is_empty() => {}
                        Err(_) => self.unclear(&item.id, inner, WhyNotUnderstood::NotATime),
                    }
                }
                "said_by" => match serde_json::from_str::<Option<Speaker>>(inner.get()) {
                    Ok(speaker) => said_by = speaker,
                    Err(_) => self.unclear(&item.id, inner, WhyNotUnderstood::NotAnAnswer),
                },
                _ => self.unclear(&item.id, inner, WhyNotUnderstood::NotAnAnswer),
            }
        }
        if given.is_empty() {
            given.push(value);
        }
        // One that stands twice is two answers, of which the more dangerous counts.
        for given in given {
            let code = match cell(given) {
                Some(text) if text.contains(char::REPLACEMENT_CHARACTER) => {
                    Err(WhyNotUnderstood::NotText)
                }
                Some(text) => item.understand(text.as_bytes()),
                None => Err(WhyNotUnderstood::NotAnAnswer),
            };
            match code {
                Ok(code) => self.set(position, item, code, (known_at, said_by)),
                Err(why) => self.unclear(&item.id, given, why),
            }
        }
    }

    fn set(
        &mut self,
        position: usize,
        item: &Item,
        code: u8,
        (known_at, said_by): (Option<Timestamp>, Option<Speaker>),
    ) {
        let later = self.coder.as_of.is_some_and(|as_of| known_at.is_some_and(|at| at > as_of));
        let code = if later { 0 } else { code };
        let before = self.read.codes[position];
        if std::mem::replace(&mut self.seen[position], true) && before != 0 {
            let danger = &self.coder.reading.danger;
            if code != 0 && code != before {
                let text = format!("{}, then {}", item.answer_id(before), item.answer_id(code));
                let what = NotUnderstood::new(&item.id, &text, WhyNotUnderstood::Twice);
                self.read.not_understood.push(what);
            }
            if code == 0 || more_dangerous(item, position, before, code, danger).is_lt() {
                return;
            }
        }
        self.read.known.retain(|&(item, _)| item != position);
        self.read.codes[position] = code;
        match self.sayings.get_mut(&position) {
            // The same answer again takes nothing away from who said it.
            Some(saying) if said_by.is_some() || code != before => saying.speaker = said_by,
            Some(_) => {}
            None if said_by.is_some() => {
                self.saying(&item.id, |saying| saying.speaker = said_by);
            }
            None => {}
        }
        if code != 0 {
            self.read.stage = self.read.stage.max(item.stage);
            self.read.known.extend(known_at.map(|known_at| (position, known_at)));
        }
    }

    fn unlisted(&mut self, name: &str, value: &RawValue) {
        match self.coder.reading.unlisted {
            Unlisted::Report => self.read.unlisted.push(name.to_owned()),
            Unlisted::Refuse if self.read.not_understood.len() < MOST_UNLISTED => {
                let nearest = self.coder.codebook.resembling_item(name).map(str::to_owned);
                self.unclear(name, value, WhyNotUnderstood::UnlistedItem { nearest });
            }
            Unlisted::Refuse => {
                let why = WhyNotUnderstood::TooMany { limit: MOST_UNLISTED };
                let what = NotUnderstood::new("answers", "…", why);
                if self.read.not_understood.last() != Some(&what) {
                    self.read.not_understood.push(what);
                }
            }
        }
    }

    /// Who said the answer to an item, if the codebook has it.
    pub(super) fn saying(&mut self, item: &str, set: impl FnOnce(&mut Saying)) {
        if let Some(position) = self.coder.item_of(item) {
            set(self.sayings.entry(position).or_insert_with(|| Saying::of(position)));
        }
    }
}
