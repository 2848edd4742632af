//! A live complaint, packed: what the queue keeps of it, and the keys it is found by.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use crate::Timestamp;
use crate::backlog::{Packing, Saying};
use crate::codebook::{Codebook, Item, Kind, Stage};
use crate::complaint::{
    CheckedKeys, Complaint, Deadline, Encoded, Given, NotUnderstood, Origin, Provenance, Speaker,
    Value,
};
use crate::rank::{Key, Rank};

/// A complaint with its answers packed. Numbers are kept beside their bins, so that the complaint
/// comes back as it was given.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) id: Box<str>,
    pub(super) received: Timestamp,
    pub(super) unit: Option<Arc<str>>,
    pub(super) subject: Option<Arc<str>>,
    pub(super) bundle: Option<Box<str>>,
    /// As declared, and as reached by the latest item answered.
    pub(super) stages: (Stage, Stage),
    pub(super) origin: Origin,
    pub(super) deadlines: Box<[Deadline]>,
    pub(super) packed: Box<[u8]>,
    pub(super) numbers: Box<[(u16, i64)]>,
    pub(super) known: Box<[(u16, Timestamp)]>,
    pub(super) said: Box<[(u16, Speaker)]>,
    /// Fields that answers came from, and who said otherwise.
    pub(super) provenance: Box<[(u16, Provenance)]>,
    pub(super) not_understood: Box<[NotUnderstood]>,
}

impl fmt::Debug for Held {
    /// Without what it holds, as [`Complaint`] prints itself.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Held").field("received", &self.received).finish_non_exhaustive()
    }
}

impl Held {
    pub(super) fn new(
        complaint: &Complaint,
        encoded: &Encoded,
        codebook: &Codebook,
        packing: &Packing,
        unit: Option<Arc<str>>,
    ) -> Self {
        let mut packed = vec![0; packing.width()];
        packing.pack(&encoded.codes, &mut packed);
        let mut numbers = Vec::new();
        let (mut known, mut said) = (Vec::new(), Vec::new());
        for (id, given) in complaint.answers() {
            let Given { value, known_at, said_by } = given;
            let is_plain = known_at.is_none() && said_by.is_none();
            if is_plain && !matches!(value, Value::Number(_)) && !is_digits(value) {
                continue;
            }
            let Some(item_position) = codebook.item_position(id) else { continue };
            said.extend(said_by.map(|said_by| (item_position as u16, said_by)));
            if let Some(time) = known_at {
                known.push((item_position as u16, *time));
            }
            let binned = matches!(codebook.items()[item_position].kind, Kind::Binned { .. });
            match value {
                Value::Number(number) => numbers.push((item_position as u16, *number)),
                Value::Text(text) if binned => {
                    numbers.extend(text.parse().ok().map(|number| (item_position as u16, number)));
                }
                _ => {}
            }
        }
        Held {
            id: complaint.id().into(),
            received: complaint.received(),
            unit,
            subject: complaint.subject().map(Into::into),
            bundle: complaint.bundle().map(Into::into),
            stages: (complaint.stage(), encoded.stage),
            origin: complaint.origin(),
            deadlines: complaint.deadlines().into(),
            packed: packed.into(),
            numbers: numbers.into(),
            known: known.into(),
            said: said.into(),
            provenance: complaint
                .provenances()
                .filter_map(|(item, said)| {
                    Some((codebook.item_position(item)? as u16, said.clone()))
                })
                .collect(),
            not_understood: encoded.not_understood.clone().into(),
        }
    }

    /// The complaint as it was given; answers that were *unknown* are left out where no time was
    /// given with them.
    pub(super) fn complaint(&self, codebook: &Codebook, packing: &Packing) -> Complaint {
        let keys = CheckedKeys {
            unit: self.unit.as_deref(),
            subject: self.subject.as_deref(),
            bundle: self.bundle.as_deref(),
        };
        let deadlines = self.deadlines.iter().cloned();
        let mut complaint = Complaint::of_checked(&self.id, self.received, keys, deadlines)
            .with_stage(self.stages.0)
            .with_origin(self.origin);
        for (item_position, item) in codebook.items().iter().enumerate() {
            let known_at = of_item(&self.known, item_position);
            let said_by = of_item(&self.said, item_position);
            let code = packing.code(&self.packed, item_position);
            if code != 0 || known_at.is_some() || said_by.is_some() {
                let mut given = Given::new(self.value(item_position, item, code));
                (given.known_at, given.said_by) = (known_at, said_by);
                complaint.set_given(item.id.as_str(), given);
            }
        }
        for (item_position, provenance) in &self.provenance {
            let item = &codebook.items()[usize::from(*item_position)].id;
            complaint.set_provenance(item, provenance.clone());
        }
        for mark in &self.not_understood {
            complaint.add_not_understood(mark.clone());
        }
        complaint
    }

    /// The answer at an item's place, a number where one was given.
    pub(super) fn value(&self, item_position: usize, item: &Item, code: u8) -> Value {
        match (of_item(&self.numbers, item_position), code) {
            (Some(number), _) => Value::Number(number),
            (None, 0) => Value::Unknown,
            (None, code) => Value::from(item.answer_id(code)),
        }
    }

    /// Who said the answers that are not *unknown*, by item.
    pub(super) fn sayings(&self, codes: &[u8]) -> Vec<Saying> {
        let mut found: BTreeMap<usize, Saying> = BTreeMap::new();
        let mut saying = |item_position: u16, set: &dyn Fn(&mut Saying)| {
            let item_position = usize::from(item_position);
            if codes[item_position] != 0 {
                set(found.entry(item_position).or_insert_with(|| Saying::of(item_position)));
            }
        };
        for (item_position, provenance) in &self.provenance {
            saying(*item_position, &|saying| saying.provenance = Some(provenance.clone()));
        }
        for (item_position, speaker) in &self.said {
            saying(*item_position, &|saying| saying.speaker = Some(*speaker));
        }
        found.into_values().collect()
    }

    /// Where answers come from, by place of the item.
    pub(super) fn provenances(&self) -> Vec<(usize, Provenance)> {
        self.provenance
            .iter()
            .map(|(item_position, said)| (usize::from(*item_position), said.clone()))
            .collect()
    }

    /// Who gave answers, by place of the item.
    pub(super) fn speakers(&self) -> Vec<(usize, Speaker)> {
        self.said
            .iter()
            .map(|(item_position, speaker)| (usize::from(*item_position), *speaker))
            .collect()
    }

    pub(super) fn earliest_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|deadline| deadline.due)
    }

    pub(super) fn ties(&self) -> (i64, i64) {
        let due = self.earliest_deadline().map_or(i64::MAX, Timestamp::unix_seconds);
        (due, self.received.unix_seconds())
    }
}

/// What is kept for an item, if anything is.
pub(super) fn of_item<T: Copy>(kept: &[(u16, T)], item_position: usize) -> Option<T> {
    kept.iter().find(|(item, _)| usize::from(*item) == item_position).map(|(_, kept)| *kept)
}

fn is_digits(value: &Value) -> bool {
    let Value::Text(text) = value else { return false };
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

/// A complaint in the order: lane, band and priority, then what breaks ties.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// With row 0: only lane, band and priority count.
    pub(super) key: Key,
    ties: (i64, i64),
    pub(super) held: Arc<Held>,
}

impl Placed {
    pub(super) fn new(key: Key, held: Arc<Held>) -> Self {
        Placed { key, ties: held.ties(), held }
    }

    /// Whether nothing that orders it differs.
    pub(super) fn stands_as(&self, other: &Self) -> bool {
        (self.key, self.ties) == (other.key, other.ties)
    }

    pub(super) fn rank(&self, position: usize) -> Rank {
        Rank::new(position, self.key.standing())
    }
}

impl Ord for Placed {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.key, self.ties)
            .cmp(&(other.key, other.ties))
            .then_with(|| self.held.id.cmp(&other.held.id))
    }
}

/// A complaint found by its id; sorted by a hash first, which spares most look-ups of the id.
/// That order is never shown.
#[derive(Debug, Clone)]
pub(super) struct ById {
    hash: u64,
    pub(super) placed: Placed,
}

pub(super) fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(id.as_bytes());
    hasher.finish()
}

impl ById {
    pub(super) fn new(placed: Placed) -> Self {
        ById { hash: hash(&placed.held.id), placed }
    }

    pub(super) fn of_hash(hash: u64, placed: Placed) -> Self {
        ById { hash, placed }
    }

    pub(super) fn probe(hash: u64, id: &str) -> impl Fn(&ById) -> Ordering {
        move |found| found.hash.cmp(&hash).then_with(|| (*found.placed.held.id).cmp(id))
    }
}

impl Ord for ById {
    fn cmp(&self, other: &Self) -> Ordering {
        ById::probe(other.hash, &other.placed.held.id)(self)
    }
}

/// A complaint among those of its unit, those without one first.
#[derive(Debug, Clone)]
pub(super) struct InUnit(pub(super) Placed);

impl InUnit {
    /// Compares with a place in a unit's order: `None` comes before all of the unit's.
    pub(super) fn compared(&self, unit: Option<&str>, placed: Option<&Placed>) -> Ordering {
        let by_unit = self.0.held.unit.as_deref().cmp(&unit);
        by_unit.then_with(|| placed.map_or(Ordering::Greater, |placed| self.0.cmp(placed)))
    }
}

impl Ord for InUnit {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compared(other.0.held.unit.as_deref(), Some(&other.0))
    }
}

/// A complaint among those about one person.
#[derive(Clone)]
pub(super) struct OfSubject {
    pub(super) subject: Arc<str>,
    pub(super) held: Arc<Held>,
}

impl fmt::Debug for OfSubject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OfSubject").finish_non_exhaustive()
    }
}

impl OfSubject {
    pub(super) fn new(held: &Arc<Held>) -> Option<Self> {
        Some(OfSubject { subject: Arc::clone(held.subject.as_ref()?), held: Arc::clone(held) })
    }
}

impl Ord for OfSubject {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.subject, &self.held.id).cmp(&(&other.subject, &other.held.id))
    }
}

macro_rules! equal_by_order {
    ($($key:ty)+) => {$(
        impl PartialOrd for $key {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl PartialEq for $key {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other) == Ordering::Equal
            }
        }

        impl Eq for $key {}
    )+};
}

pub(super) use equal_by_order;

equal_by_order!(Placed ById InUnit OfSubject);
