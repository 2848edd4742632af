//! Many copies of a report as one piece of work, without hiding danger in any of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;
use thiserror::Error;

use super::bundle_keys::{KeyedDigest, Traces};
use crate::base::words;
use crate::complaint::{Complaint, Deadline, Unlisted};
use crate::policy::{Gate, GateEffect};
use crate::rank::Standing;
use crate::triage::{Tally, Triage};

/// Representatives that one group of look-alikes may have; what would need more stays alone.
const MOST_REPRESENTATIVES: usize = 64;

/// Why complaints are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum BundleKind {
    /// The same report came in more than once.
    Duplicates,
    /// Reports of the same files, each file with a finding of being viral.
    ViralBatch,
}

words! {
    BundleKind, "a kind of bundle",
    Duplicates => "duplicates",
    ViralBatch => "viral_batch",
}

/// Why nothing is bundled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BundleError {
    /// Complaints and traces are not of the same number.
    #[error(
        "{complaints} complaints and the traces of {traces}: give the traces of each, in the same order"
    )]
    Lengths {
        /// How many complaints.
        complaints: usize,
        /// How many traces.
        traces: usize,
    },
}

/// Complaints that one of them stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bundle {
    kind: BundleKind,
    representative: usize,
    members: Vec<usize>,
}

impl Bundle {
    /// Why they are together; a batch that also holds exact copies is a batch.
    #[must_use]
    pub fn kind(&self) -> BundleKind {
        self.kind
    }

    /// Index of the complaint that is ranked for all of them.
    #[must_use]
    pub fn representative(&self) -> usize {
        self.representative
    }

    /// Indices of the others, in rising order.
    #[must_use]
    pub fn members(&self) -> &[usize] {
        &self.members
    }
}

/// What [`bundle`] found. Every complaint is a member of one bundle, represents one, or stands
/// alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bundles {
    complaints: usize,
    bundles: Vec<Bundle>,
    stayed_out: Vec<usize>,
    #[serde(skip)]
    is_member: Vec<bool>,
}

impl Bundles {
    /// The bundles, by index of the representative.
    #[must_use]
    pub fn bundles(&self) -> &[Bundle] {
        &self.bundles
    }

    /// Complaints that look like those of a bundle and are ranked by themselves all the same,
    /// since no representative shows all the danger that is in them.
    #[must_use]
    pub fn stayed_out(&self) -> &[usize] {
        &self.stayed_out
    }

    /// How many complaints were looked at.
    #[must_use]
    pub fn complaints(&self) -> usize {
        self.complaints
    }

    /// Indices of what is to be ranked: representatives and whatever stands alone, in rising order.
    pub fn to_rank(&self) -> impl Iterator<Item = usize> {
        (0..self.complaints).filter(|&complaint| !self.is_member[complaint])
    }

    /// How many complaints another one stands for.
    #[must_use]
    pub fn members(&self) -> usize {
        self.bundles.iter().map(|bundle| bundle.members.len()).sum()
    }

    /// The representative of a bundle as it is ranked: its own answers, the earliest deadline of
    /// each kind among all members, and its id as bundle key.
    ///
    /// `None` where `complaints` are not those that were bundled.
    #[must_use]
    pub fn represented(&self, bundle: &Bundle, complaints: &[Complaint]) -> Option<Complaint> {
        if complaints.len() != self.complaints {
            return None;
        }
        let representative = complaints.get(bundle.representative)?;
        let mut earliest: Vec<Deadline> = Vec::new();
        let all = std::iter::once(&bundle.representative).chain(&bundle.members);
        for deadline in
            all.filter_map(|&complaint| complaints.get(complaint)).flat_map(Complaint::deadlines)
        {
            match earliest.iter_mut().find(|kept| kept.kind == deadline.kind) {
                Some(kept) => kept.due = kept.due.min(deadline.due),
                None => earliest.push(deadline.clone()),
            }
        }
        // The representative's own later deadlines stay too.
        let mut deadlines = representative.deadlines().to_vec();
        let is_new = |deadline: &Deadline| !representative.deadlines().contains(deadline);
        deadlines.extend(earliest.into_iter().filter(is_new));
        let mut ranked = representative.clone();
        ranked.put_checked(Some(representative.id()), deadlines);
        Some(ranked)
    }
}

/// A complaint as a model sees it.
struct Seen {
    codes: Vec<u8>,
    tally: Tally,
    /// Gates that raise, hold or route, by their place in the policy.
    gates: Vec<usize>,
    standing: Standing,
}

/// Puts exact duplicates together, and reports of the same viral files.
///
/// The member that ranks first represents its bundle. Another becomes a member only where the
/// representative shows all of its danger: every gate (but caps) that fires for it and every danger
/// sign of it is there in the representative too, which stands no lower, and no single answer of it
/// would raise the representative; and what was not understood in it was not understood there. What is not covered so stands alone or represents others.
///
/// A bundle has the answers of one complaint, so a flood of copies raises nothing.
///
/// `complaints` and `traces` go together by index. A complaint that does not fit the codebook stands
/// alone. Takes time linear in complaints, times the representatives of a group (at most 64).
///
/// # Errors
/// [`BundleError::Lengths`].
pub fn bundle(
    triage: &Triage,
    complaints: &[Complaint],
    traces: &[Traces],
) -> Result<Bundles, BundleError> {
    if complaints.len() != traces.len() {
        return Err(BundleError::Lengths { complaints: complaints.len(), traces: traces.len() });
    }
    let mut bundler = Bundler {
        triage,
        complaints,
        seen: BTreeMap::new(),
        members: BTreeMap::new(),
        is_member: vec![false; complaints.len()],
        stayed_out: vec![false; complaints.len()],
    };
    for (kind, key) in [
        (BundleKind::Duplicates, Traces::content as fn(&Traces) -> Option<KeyedDigest>),
        (BundleKind::ViralBatch, Traces::viral_batch),
    ] {
        bundler.group(kind, |complaint| key(&traces[complaint]));
    }
    Ok(bundler.finish())
}

struct Bundler<'a> {
    triage: &'a Triage,
    complaints: &'a [Complaint],
    /// Of those in groups of two or more that fit the codebook.
    seen: BTreeMap<usize, Seen>,
    members: BTreeMap<usize, (BundleKind, Vec<usize>)>,
    is_member: Vec<bool>,
    stayed_out: Vec<bool>,
}

impl Bundler<'_> {
    fn group(&mut self, kind: BundleKind, key: impl Fn(usize) -> Option<KeyedDigest>) {
        let leading = (0..self.complaints.len()).filter(|&complaint| !self.is_member[complaint]);
        let mut keyed: Vec<(KeyedDigest, usize)> =
            leading.filter_map(|complaint| Some((key(complaint)?, complaint))).collect();
        keyed.sort_unstable();
        for alike in keyed.chunk_by(|first, second| first.0 == second.0) {
            if alike.len() > 1 {
                self.represent(kind, alike.iter().map(|&(_, complaint)| complaint));
            }
        }
    }

    fn represent(&mut self, kind: BundleKind, alike: impl Iterator<Item = usize>) {
        let mut alike: Vec<usize> = alike.filter(|&complaint| self.look_at(complaint)).collect();
        // Where two stand alike, the one with more to show can stand for the other.
        alike.sort_by_cached_key(|&complaint| {
            let (of, seen) = (&self.complaints[complaint], &self.seen[&complaint]);
            let known = seen.codes.iter().filter(|code| **code != 0).count();
            let shown = (seen.gates.len(), of.not_understood().len(), known);
            (seen.standing, Reverse(shown), of.received(), of.id().to_owned())
        });
        let mut representatives: Vec<usize> = Vec::new();
        let mut by_codes: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        for complaint in alike {
            let codes = &self.seen[&complaint].codes;
            let found = match by_codes.get(codes).copied().filter(|_| self.is_plain(complaint)) {
                Some(same) => Some(same),
                None => {
                    representatives.iter().copied().find(|&first| self.covers(first, complaint))
                }
            };
            match found {
                Some(representative) => self.join(kind, representative, complaint),
                None if representatives.len() < MOST_REPRESENTATIVES => {
                    by_codes.insert(codes.clone(), complaint);
                    representatives.push(complaint);
                }
                None => self.stayed_out[complaint] = true,
            }
        }
        for &complaint in representatives.iter().filter(|_| representatives.len() > 1) {
            self.stayed_out[complaint] |= self.has_no_members(complaint);
        }
    }

    /// Whether the answers are all there is to it.
    fn is_plain(&self, complaint: usize) -> bool {
        self.has_no_members(complaint) && self.complaints[complaint].not_understood().is_empty()
    }

    fn has_no_members(&self, complaint: usize) -> bool {
        !self.members.contains_key(&complaint)
    }

    /// Reads a complaint as the model does; `false` where it does not fit the codebook.
    fn look_at(&mut self, complaint: usize) -> bool {
        if self.seen.contains_key(&complaint) {
            return true;
        }
        let codebook = self.triage.codebook();
        let Ok(encoded) = self.complaints[complaint].encode(codebook, None, Unlisted::Report)
        else {
            return false;
        };
        let engine = self.triage.engine();
        let tally = engine.tally_codes(&encoded.codes);
        let gates = self.triage.policy().gates();
        let raises = |gate: &Gate| !matches!(gate.effect, GateEffect::Cap(_));
        let fired = engine.rules().fired(&tally.bits);
        let fired = fired.into_iter().filter(|&gate| raises(&gates[gate])).collect();
        let standing = engine.standing(&tally);
        let seen = Seen { codes: encoded.codes, tally, gates: fired, standing };
        self.seen.insert(complaint, seen);
        true
    }

    /// Whether a representative shows all the danger in a complaint and in those it stands for.
    fn covers(&self, representative: usize, complaint: usize) -> bool {
        let stood_for = self.members.get(&complaint).map_or(&[][..], |(_, members)| members);
        std::iter::once(&complaint).chain(stood_for).all(|&complaint| {
            // What was not understood in one must stand in the other too, lest it be out of sight.
            let marks = |complaint: usize| self.complaints[complaint].not_understood().iter();
            let marked =
                marks(complaint).all(|mark| marks(representative).any(|other| other == mark));
            marked
                && match (self.seen.get(&representative), self.seen.get(&complaint)) {
                    (Some(representative), Some(complaint)) => {
                        self.shows(representative, complaint)
                    }
                    _ => false,
                }
        })
    }

    fn shows(&self, representative: &Seen, member: &Seen) -> bool {
        let gates = member.gates.iter().all(|gate| representative.gates.contains(gate));
        representative.standing <= member.standing
            && gates
            && self.danger_signs(representative, member)
            && self.no_answer_raises(representative, member)
    }

    fn danger_signs(&self, representative: &Seen, member: &Seen) -> bool {
        let codebook = self.triage.codebook();
        self.triage.policy().draft().danger_signs.iter().all(|sign| {
            codebook.item_position(&sign.item).is_none_or(|position| {
                let is_sign = |seen: &Seen| {
                    let answer = codebook.items()[position].answer_id(seen.codes[position]);
                    sign.is.iter().any(|listed| listed == answer)
                };
                !is_sign(member) || is_sign(representative)
            })
        })
    }

    fn no_answer_raises(&self, representative: &Seen, member: &Seen) -> bool {
        let engine = self.triage.engine();
        let mut changed = engine.empty_tally();
        let pairs = representative.codes.iter().zip(&member.codes).enumerate();
        pairs.filter(|(_, (shown, other))| shown != other && **other != 0).all(
            |(item, (&shown, &other))| {
                engine.change(&representative.tally, item, (shown, other), &mut changed);
                representative.standing <= engine.standing(&changed)
            },
        )
    }

    fn join(&mut self, kind: BundleKind, representative: usize, complaint: usize) {
        let carried = self.members.remove(&complaint);
        let (of, members) =
            self.members.entry(representative).or_insert_with(|| (kind, Vec::new()));
        *of = (*of).max(kind);
        members.push(complaint);
        members.extend(carried.into_iter().flat_map(|(_, members)| members));
        self.is_member[complaint] = true;
        self.stayed_out[complaint] = false;
    }

    fn finish(self) -> Bundles {
        let mut bundles: Vec<Bundle> = self
            .members
            .into_iter()
            .map(|(representative, (kind, mut members))| {
                members.sort_unstable();
                Bundle { kind, representative, members }
            })
            .collect();
        bundles.sort_unstable_by_key(|bundle| bundle.representative);
        let stayed_out = (0..self.complaints.len())
            .filter(|&complaint| self.stayed_out[complaint] && !self.is_member[complaint]);
        Bundles {
            complaints: self.complaints.len(),
            stayed_out: stayed_out.collect(),
            bundles,
            is_member: self.is_member,
        }
    }
}
