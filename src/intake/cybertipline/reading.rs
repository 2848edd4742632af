//! What both readers share: the meaning of flags, codes, ages and identifiers.

use std::collections::BTreeMap;

use super::facts::{AgeGiven, Counts, Fact, FileBits, FileFacts};
use super::limits::Limits;
use super::note::{Note, NoteCause};
use super::times;
use crate::Timestamp;
use crate::intake::{DigestKey, KeyedDigest};

/// Longest name of an unknown field that is kept.
const MOST_NAME_BYTES: usize = 64;

/// Names with how often each was seen; beyond a limit the rest is counted together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameCounts {
    counts: BTreeMap<String, u64>,
    others: u64,
}

impl NameCounts {
    pub(super) fn add(&mut self, name: &str, limit: usize) {
        // A name that is no plain word may be text that somebody wrote.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:@/".contains(&byte);
        self.add_if(name, name.bytes().all(plain), limit);
    }

    /// The same for words of the clearing house's own list.
    pub(super) fn add_words(&mut self, words: &str, limit: usize) {
        self.add_if(
            words,
            words.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()),
            limit,
        );
    }

    /// The same for sentences made here.
    pub(super) fn add_grouped(&mut self, sentence: String) {
        *self.counts.entry(sentence).or_default() += 1;
    }

    fn add_if(&mut self, name: &str, is_plain: bool, limit: usize) {
        if name.len() > MOST_NAME_BYTES || !is_plain {
            self.others += 1;
        } else if let Some(count) = self.counts.get_mut(name) {
            *count += 1;
        } else if self.counts.len() < limit {
            self.counts.insert(name.to_owned(), 1);
        } else {
            self.others += 1;
        }
    }

    /// Names in order, each with how often.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.counts.iter().map(|(name, count)| (name.as_str(), *count))
    }

    /// How often a name was seen.
    #[must_use]
    pub fn of(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or(0)
    }

    /// How often names were seen that are too long, not plain, or beyond the limit.
    #[must_use]
    pub fn others(&self) -> u64 {
        self.others
    }

    /// How often any name was seen.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.values().sum::<u64>() + self.others
    }
}

/// Counts over all documents.
#[derive(Debug, Clone, Default)]
pub(super) struct Totals {
    pub(super) unknown_fields: NameCounts,
    pub(super) unknown_flags: NameCounts,
    pub(super) unknown_tags: NameCounts,
    pub(super) denied_flags: NameCounts,
    pub(super) times_without_offset: u64,
    pub(super) texts_not_read: u64,
}

/// What a field that holds true or false says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    /// Said to be false: no answer, but counted.
    Denied,
    Unclear,
}

/// An empty field is there, and that is what it says.
pub(super) fn truth(text: &str) -> Truth {
    let text = text.trim();
    let is = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if text.is_empty() || is(["true", "1", "yes", "y"]) {
        Truth::Yes
    } else if is(["false", "0", "no", "n"]) {
        Truth::Denied
    } else {
        Truth::Unclear
    }
}

/// Where a fact goes.
pub(super) trait Facts {
    fn add(&mut self, fact: Fact);
}

impl Facts for Counts {
    fn add(&mut self, fact: Fact) {
        Counts::add(self, fact);
    }
}

impl Facts for FileBits {
    fn add(&mut self, fact: Fact) {
        FileBits::add(self, fact);
    }
}

/// Everything that reading a document needs.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) limits: &'a Limits,
    pub(super) key: &'a DigestKey,
    /// When the report came in, where it does not say so itself.
    pub(super) intake: Timestamp,
    pub(super) totals: &'a mut Totals,
}

impl Reading<'_> {
    /// A flag: there or not. What is neither true nor false raises where it can, and is told.
    pub(super) fn flag(
        &mut self,
        fact: Fact,
        said: Truth,
        text: &str,
        facts: &mut impl Facts,
        notes: &mut Vec<Note>,
    ) {
        match said {
            Truth::Yes => facts.add(fact),
            Truth::Denied => self.totals.denied_flags.add(fact.field(), self.limits.names),
            Truth::Unclear => {
                notes.push(Note::showing(fact.field(), text, NoteCause::Value));
                if !fact.lowers() {
                    facts.add(fact);
                }
            }
        }
    }

    pub(super) fn time(
        &mut self,
        field: &str,
        text: &str,
        notes: &mut Vec<Note>,
    ) -> Option<Timestamp> {
        if text.trim().is_empty() {
            return None;
        }
        let Some(read) = times::read(text) else {
            // When somebody was born is about a person, however it is written.
            notes.push(match field {
                "dateOfBirth" => Note::new(field, NoteCause::Time),
                _ => Note::showing(field, text, NoteCause::Time),
            });
            return None;
        };
        let is_date = text.trim().len() == 10;
        self.totals.times_without_offset += u64::from(read.without_offset && !is_date);
        Some(read.time)
    }

    /// A flag that is not known: counted by name, and told unless it is said to be false.
    pub(super) fn unknown_flag(&mut self, name: &str, said: Truth, notes: &mut Vec<Note>) {
        self.totals.unknown_flags.add(name, self.limits.names);
        if said != Truth::Denied {
            notes.push(Note::showing("flag", name, NoteCause::Flag));
        }
    }

    /// The digest of an identifier in its plain form; nothing where nothing is left of it.
    pub(super) fn identifier(&self, kind: Identifier, text: &str, of: &str) -> Option<KeyedDigest> {
        let plain = match kind {
            Identifier::Phone => text.chars().filter(char::is_ascii_digit).collect(),
            Identifier::Mail | Identifier::Hash => text.trim().to_lowercase(),
            _ => text.trim().to_owned(),
        };
        if plain.is_empty() {
            return None;
        }
        let kind = match kind {
            Identifier::Phone => "phone",
            Identifier::Mail => "mail",
            Identifier::Account => "account",
            Identifier::Handle => "handle",
            Identifier::Device => "device",
            Identifier::Sender => "sender",
            // The same hash under another name of its type is the same file.
            Identifier::Hash => match plain.len() {
                32 => "file md5",
                40 => "file sha1",
                64 => "file sha256",
                _ => "file hash",
            },
        };
        let of = of.trim().to_lowercase();
        Some(self.key.digest_parts(kind, [of.as_bytes(), plain.as_bytes()]))
    }
}

/// Kinds of identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identifier {
    Phone,
    Mail,
    Account,
    Handle,
    Device,
    Hash,
    Sender,
}

/// Kinds of incidents by the words of the sender's schema, each with what may follow them.
const INCIDENT_TYPES: [(&str, &str, Fact); 9] = [
    ("child pornography", "(possession, manufacture, and distribution)", Fact::TypeMaterial),
    (
        "child sexual abuse material",
        "(possession, manufacture, and distribution)",
        Fact::TypeMaterial,
    ),
    ("child sex trafficking", "", Fact::TypeTrafficking),
    ("child sex tourism", "", Fact::TypeTourism),
    ("child sexual molestation", "", Fact::TypeMolestation),
    ("misleading domain name", "", Fact::TypeDomain),
    ("misleading words", "or digital images on the internet", Fact::TypeWords),
    ("online enticement", "of children for sexual acts", Fact::TypeEnticement),
    ("unsolicited obscene material", "sent to a child", Fact::TypeObscene),
];

/// Every kind of incident that a text names; whatever else stands in it is told.
pub(super) fn incident_types(text: &str, counts: &mut Counts, notes: &mut Vec<Note>) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut rest = words.join(" ").to_ascii_lowercase();
    for (words, more, fact) in INCIDENT_TYPES {
        while let Some(at) = rest.find(words) {
            counts.add(fact);
            let end = at + words.len();
            // What may follow may be cut short.
            let plain =
                |word: &str| word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_owned();
            let more: Vec<String> = more.split(' ').map(plain).collect();
            let is_more = |word: &&str| plain(word).is_empty() || more.contains(&plain(word));
            let behind = rest[end..].split(' ').skip_while(is_more);
            rest = format!("{} {}", &rest[..at], behind.collect::<Vec<_>>().join(" "));
        }
    }
    let mut left = rest.split(|letter: char| !letter.is_alphanumeric());
    if left.any(|word| !matches!(word, "" | "and")) {
        notes.push(Note::showing("incidentType", text, NoteCause::Value));
    }
}

/// The provider's class of a file.
pub(super) fn classification(text: &str) -> Option<Fact> {
    match text.trim() {
        "A1" | "a1" => Some(Fact::FileA1),
        "A2" | "a2" => Some(Fact::FileA2),
        "B1" | "b1" => Some(Fact::FileB1),
        "B2" | "b2" => Some(Fact::FileB2),
        _ => None,
    }
}

/// Flags of a report by their names in the sender's schema.
const REPORT_FLAGS: [(&str, Fact); 6] = [
    ("sextortion", Fact::Sextortion),
    ("csamSolicitation", Fact::Solicitation),
    ("minorToMinorInteraction", Fact::MinorToMinor),
    ("spam", Fact::Spam),
    ("sadisticOnlineExploitation", Fact::Sadistic),
    ("informational", Fact::Informational),
];

/// Flags of a file by their names in the sender's schema.
const FILE_FLAGS: [(&str, Fact); 10] = [
    ("animeDrawingVirtualHentai", Fact::FileDrawing),
    ("potentialMeme", Fact::FileMeme),
    ("viral", Fact::FileViral),
    ("possibleSelfProduction", Fact::FileSelfProduced),
    ("physicalHarm", Fact::FilePhysicalHarm),
    ("violenceGore", Fact::FileViolence),
    ("bestiality", Fact::FileBestiality),
    ("liveStreaming", Fact::FileLiveStreaming),
    ("infant", Fact::FileInfant),
    ("generativeAi", Fact::FileGenerated),
];

/// A flag by its name, however it is spelled.
fn flag_named(flags: &[(&str, Fact)], name: &str) -> Option<Fact> {
    flags.iter().find(|(known, _)| is_same_name(known, name)).map(|&(_, fact)| fact)
}

/// Whether a name is one that is known, in whatever capitals, its words joined or not.
pub(super) fn is_same_name(known: &str, name: &str) -> bool {
    let is_joint = |letter: &u8| matches!(letter, b'_' | b'-' | b' ');
    known.eq_ignore_ascii_case(name)
        || name.bytes().any(|letter| is_joint(&letter)) && {
            let letters = name.bytes().filter(|letter| !is_joint(letter));
            letters
                .map(|letter| letter.to_ascii_lowercase())
                .eq(known.bytes().map(|letter| letter.to_ascii_lowercase()))
        }
}

pub(super) fn report_flag(name: &str) -> Option<Fact> {
    flag_named(&REPORT_FLAGS, name)
}

pub(super) fn file_flag(name: &str) -> Option<Fact> {
    flag_named(&FILE_FLAGS, name)
}

pub(super) fn age(text: &str) -> Option<i64> {
    text.trim().parse().ok().filter(|age| (0..=150).contains(age))
}

pub(super) fn latest(kept: &mut Option<Timestamp>, found: Option<Timestamp>) {
    *kept = (*kept).max(found);
}

/// Fills in an age or a date of birth; what cannot be read is told.
pub(super) fn set_years(given: &mut AgeGiven, field: &str, text: &str, notes: &mut Vec<Note>) {
    match age(text) {
        Some(years) => given.years = given.years.into_iter().chain([years]).min(),
        None if text.trim().is_empty() => {}
        None => notes.push(Note::new(field, NoteCause::Value)),
    }
}

/// Closes a file and hands it over.
pub(super) fn closed(mut file: FileFacts) -> FileFacts {
    file.close();
    file
}
