//! Complaints of a common subject, counted so that no sender can drive the count up.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bundle_keys::{KeyedDigest, Traces};

/// How far linked complaints are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LinkRules {
    most_of_a_sender: u32,
    most_counted: u32,
    most_of_an_identifier: usize,
}

impl Default for LinkRules {
    /// One complaint of each sender counts, five in all; an identifier found in more than 1,000
    /// complaints links nothing.
    fn default() -> Self {
        LinkRules { most_of_a_sender: 1, most_counted: 5, most_of_an_identifier: 1_000 }
    }
}

impl LinkRules {
    /// Counts at most this many complaints of one sender.
    #[must_use]
    pub fn with_most_of_a_sender(mut self, complaints: u32) -> Self {
        self.most_of_a_sender = complaints;
        self
    }

    /// Counts at most this many complaints in all.
    #[must_use]
    pub fn with_most_counted(mut self, complaints: u32) -> Self {
        self.most_counted = complaints;
        self
    }

    /// Leaves out identifiers found in more complaints than this: placeholders such as an empty
    /// device number, or a flood.
    #[must_use]
    pub fn with_most_of_an_identifier(mut self, complaints: usize) -> Self {
        self.most_of_an_identifier = complaints;
        self
    }
}

/// Complaints that name the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Linked {
    subject: KeyedDigest,
    complaints: Vec<usize>,
    senders: usize,
    counted: u32,
}

impl Linked {
    /// The least digest among the identifiers that link them: a key for the subject as long as
    /// the same complaints are linked.
    #[must_use]
    pub fn subject(&self) -> KeyedDigest {
        self.subject
    }

    /// Indices of all of them, in rising order; two at least.
    #[must_use]
    pub fn complaints(&self) -> &[usize] {
        &self.complaints
    }

    /// How many senders reported the person. All complaints without a known sender count as of one.
    #[must_use]
    pub fn senders(&self) -> usize {
        self.senders
    }

    /// How many complaints count, after the caps of [`LinkRules`].
    #[must_use]
    pub fn counted(&self) -> u32 {
        self.counted
    }
}

/// What [`link`] found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Links {
    linked: Vec<Linked>,
    too_common: Vec<(KeyedDigest, usize)>,
    #[serde(skip)]
    of: BTreeMap<usize, usize>,
}

impl Links {
    /// Groups of linked complaints, by the first complaint of each.
    #[must_use]
    pub fn linked(&self) -> &[Linked] {
        &self.linked
    }

    /// The group that a complaint belongs to.
    #[must_use]
    pub fn of(&self, complaint: usize) -> Option<&Linked> {
        self.of.get(&complaint).map(|&group| &self.linked[group])
    }

    /// Identifiers that link nothing since too many complaints have them, each with how many.
    #[must_use]
    pub fn too_common(&self) -> &[(KeyedDigest, usize)] {
        &self.too_common
    }
}

/// Links complaints that share an identifier of the person complained about, also over a third one.
///
/// Links are shown and counted; they change no answer and no priority. Of the same sender only
/// [`LinkRules::with_most_of_a_sender`] complaints count, so that a flood from one place counts as
/// little as a single report. Nearly linear in the number of identifiers.
#[must_use]
pub fn link(traces: &[Traces], rules: LinkRules) -> Links {
    let mut named: Vec<(KeyedDigest, usize)> = Vec::new();
    for (complaint, traces) in traces.iter().enumerate() {
        named.extend(traces.subjects().iter().map(|&subject| (subject, complaint)));
    }
    named.sort_unstable();
    let mut groups = Groups::new(traces.len());
    let mut too_common = Vec::new();
    let mut subjects: Vec<(KeyedDigest, usize)> = Vec::new();
    for sharing in named.chunk_by(|first, second| first.0 == second.0) {
        if sharing.len() > rules.most_of_an_identifier {
            too_common.push((sharing[0].0, sharing.len()));
            continue;
        }
        subjects.extend(sharing.first().filter(|_| sharing.len() > 1));
        sharing.windows(2).for_each(|pair| groups.join(pair[0].1, pair[1].1));
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for complaint in 0..traces.len() {
        members.entry(groups.first_of(complaint)).or_default().push(complaint);
    }
    let mut least: BTreeMap<usize, KeyedDigest> = BTreeMap::new();
    for (subject, complaint) in subjects {
        least.entry(groups.first_of(complaint)).or_insert(subject);
    }
    let linked: Vec<Linked> = members
        .into_iter()
        .filter_map(|(first, complaints)| {
            let subject = *least.get(&first)?;
            let (senders, counted) = counted(traces, &complaints, rules);
            Some(Linked { subject, complaints, senders, counted })
        })
        .collect();
    let of = linked.iter().enumerate();
    let of = of.flat_map(|(group, linked)| {
        linked.complaints.iter().map(move |&complaint| (complaint, group))
    });
    Links { of: of.collect(), linked, too_common }
}

/// Senders, and complaints that count.
fn counted(traces: &[Traces], complaints: &[usize], rules: LinkRules) -> (usize, u32) {
    let mut by_sender: BTreeMap<Option<KeyedDigest>, u32> = BTreeMap::new();
    for &complaint in complaints {
        let count = by_sender.entry(traces[complaint].sender()).or_default();
        *count = count.saturating_add(1).min(rules.most_of_a_sender);
    }
    let sum = by_sender.values().fold(0_u32, |sum, count| sum.saturating_add(*count));
    (by_sender.len(), sum.min(rules.most_counted))
}

/// Disjoint sets; the smallest index stands for its set.
struct Groups {
    parent: Vec<usize>,
}

impl Groups {
    fn new(members: usize) -> Self {
        Groups { parent: (0..members).collect() }
    }

    fn first_of(&mut self, member: usize) -> usize {
        let mut at = member;
        while self.parent[at] != at {
            // Halving paths keeps them short without recursion.
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn join(&mut self, first: usize, second: usize) {
        let (first, second) = (self.first_of(first), self.first_of(second));
        self.parent[first.max(second)] = first.min(second);
    }
}
