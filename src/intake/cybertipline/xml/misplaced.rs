//! What is known and stands where the schema has no room for it: told, and never lost where it speaks of danger.

use quick_xml::events::BytesStart;

use super::super::elements::Element;
use super::super::facts::Fact;
use super::super::note::{Note, NoteCause};
use super::super::reading::{self, Truth, truth};
use super::XmlReader;
use super::names::local_of;

/// Attributes that name something known and belong where they stand.
const NAMES: [&str; 6] = ["type", "accountType", "reason", "reportId", "id", "nil"];

impl XmlReader<'_, '_, '_> {
    pub(super) fn misplaced(&mut self, name: impl Into<String>) {
        self.note(Note::new(name, NoteCause::Misplaced));
    }

    /// Text where flags belong: flags named in it count.
    pub(super) fn flags_in_text(&mut self, text: &str) {
        for word in text.split(|letter: char| !letter.is_ascii_alphanumeric()) {
            self.flag_named(word);
        }
        self.misplaced("annotations");
    }

    fn flag_named(&mut self, name: &str) {
        let flag = reading::report_flag(name).or_else(|| reading::file_flag(name));
        if let Some(fact) = flag.filter(|fact| !fact.lowers()) {
            self.flag(fact, Truth::Yes, "");
        }
    }

    /// Attributes that say what an element within should, or the value of the element itself.
    pub(super) fn misplaced_in(&mut self, start: &BytesStart<'_>) {
        let Some(level) = self.levels.last().copied() else { return };
        let mut attributes = start.attributes();
        attributes.with_checks(false);
        for attribute in attributes.flatten() {
            let name = local_of(attribute.key.into_inner());
            let value = attribute.value.trim();
            let is_space = attribute.key.into_inner().starts_with("xmlns");
            if value.is_empty() || is_space || NAMES.contains(&name) {
                continue;
            }
            if name.eq_ignore_ascii_case("value") && level.element.holds_value() {
                self.take_value(value);
                continue;
            }
            match Element::by_name(name) {
                Element::Escalate => {
                    self.count(Fact::HighPriority);
                    self.misplaced(name);
                }
                Element::Age | Element::AgeAbout | Element::Born => {
                    self.personal(Element::by_name(name), level.who, value);
                    self.misplaced(name);
                }
                element
                    if element.is_flag()
                        && element != Element::Other
                        && truth(value) != Truth::Denied =>
                {
                    self.flag_named(name);
                    self.misplaced(name);
                }
                Element::IncidentType | Element::Class | Element::Priors | Element::Group => {
                    self.misplaced(name);
                }
                _ if level.element.holds_flags() => {
                    self.misplaced("annotations");
                }
                _ => {}
            }
        }
    }

    /// The value of the element being read where it does not stand as its text, but in an element or an attribute of its own.
    pub(super) fn take_value(&mut self, value: &str) {
        let Some(level) = self.levels.pop() else { return };
        if level.element.holds_value() {
            self.closed(level, value);
            let name = self.document.get(level.name.0..level.name.1).unwrap_or_default();
            self.misplaced(local_of(name));
        }
        self.levels.push(level);
    }
}
