//! What is being read, until it is complete.

use super::super::elements::Element;
use super::super::facts::{FileFacts, OtherPerson, Person, ReportFacts};
use super::super::reading::Identifier;

/// Whose data an element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    Suspect,
    /// An account of a suspect's that is theirs: linked, billing, business, creator.
    SuspectAccount,
    Other,
    Sender,
    File,
    /// Somebody who is neither linked nor counted: a parent, a friend, an officer.
    Bystander,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    pub(super) element: Element,
    pub(super) who: Who,
    pub(super) holds_text: bool,
    /// Where its name stands in the document, for the end tag that closes it.
    pub(super) name: (usize, usize),
}

/// Identifiers of the person being read, kept until the person is complete.
#[derive(Debug)]
pub(super) struct RawPerson {
    pub(super) who: Who,
    pub(super) person: Person,
    pub(super) other: OtherPerson,
    pub(super) accounts: Vec<String>,
    pub(super) handles: Vec<String>,
    pub(super) service: String,
    pub(super) priors: Vec<String>,
}

impl RawPerson {
    pub(super) fn new(who: Who, is_victim: bool) -> Self {
        RawPerson {
            who,
            person: Person::default(),
            other: OtherPerson { is_victim, ..OtherPerson::default() },
            accounts: Vec::new(),
            handles: Vec::new(),
            service: String::new(),
            priors: Vec::new(),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct RawReport {
    pub(super) facts: ReportFacts,
    pub(super) platform: String,
    pub(super) sender_mail: String,
    pub(super) sender_name: String,
    /// Identifiers that are told apart by the platform, which may come last.
    pub(super) waiting: Vec<(usize, Identifier, String, String)>,
    pub(super) victim_priors: Vec<String>,
    /// How many elements it stands within.
    pub(super) level: usize,
    /// Where it begins in the document.
    pub(super) from: usize,
    /// Whether something in it could not be read, so that it is searched for flags when it ends.
    pub(super) is_broken: bool,
    /// Where among the reports that are read the one stands beside which it began without a tag.
    pub(super) beside: Option<usize>,
    /// Whether it complains about more people than are read.
    pub(super) has_more_people: bool,
}

/// File details being read.
#[derive(Debug, Default)]
pub(super) struct RawFile {
    pub(super) facts: FileFacts,
    /// Whether it began with its own tag, so that ids and times in it are its own.
    pub(super) has_tag: bool,
    pub(super) from: usize,
    pub(super) is_broken: bool,
}
