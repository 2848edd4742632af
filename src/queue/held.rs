//! A live complaint, packed: what the queue keeps of it, and the keys it is found by.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use crate::Timestamp;
use crate::backlog::Packing;
use crate::codebook::{Codebook, Kind, Stage};
use crate::complaint::{Complaint, Deadline, Encoded, Given, Origin, Value};
use crate::policy::Override;
use crate::rank::{Key, Rank};

/// A complaint with its answers packed. Numbers are kept beside their bins, so that the complaint
/// comes back as it was given.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) id: Box<str>,
    pub(super) received: Timestamp,
    pub(super) unit: Option<Arc<str>>,
    subject: Option<Box<str>>,
    bundle: Option<Box<str>>,
    /// As declared, and as reached by the latest item answered.
    stages: (Stage, Stage),
    origin: Origin,
    pub(super) deadlines: Box<[Deadline]>,
    pub(super) packed: Box<[u8]>,
    numbers: Box<[(u16, i64)]>,
    known: Box<[(u16, Timestamp)]>,
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
        let mut known = Vec::new();
        for (id, given) in complaint.answers() {
            let Given { value, known_at } = given;
            if known_at.is_none() && !matches!(value, Value::Number(_)) && !is_digits(value) {
                continue;
            }
            let Some(place) = codebook.item_place(id) else { continue };
            if let Some(time) = known_at {
                known.push((place as u16, *time));
            }
            let binned = matches!(codebook.items()[place].kind, Kind::Binned { .. });
            match value {
                Value::Number(number) => numbers.push((place as u16, *number)),
                Value::Text(text) if binned => {
                    numbers.extend(text.parse().ok().map(|number| (place as u16, number)));
                }
                _ => {}
            }
        }
        Held {
            id: complaint.id().into(),
            received: complaint.received(),
            unit,
            subject: complaint.subject_key().map(Into::into),
            bundle: complaint.bundle_key().map(Into::into),
            stages: (complaint.stage(), encoded.stage),
            origin: complaint.origin_kind(),
            deadlines: complaint.deadlines().into(),
            packed: packed.into(),
            numbers: numbers.into(),
            known: known.into(),
        }
    }

    /// The complaint as it was given; answers that were *unknown* are left out where no time was
    /// given with them.
    pub(super) fn complaint(&self, codebook: &Codebook, packing: &Packing) -> Complaint {
        let mut complaint = Complaint::unchecked(&*self.id, self.received)
            .reached(self.stages.0)
            .origin(self.origin);
        if let Some(unit) = &self.unit {
            complaint = complaint.unit(&**unit);
        }
        if let Some(subject) = &self.subject {
            complaint = complaint.subject(&**subject);
        }
        if let Some(bundle) = &self.bundle {
            complaint = complaint.bundle(&**bundle);
        }
        complaint.set_deadlines(self.deadlines.iter().cloned());
        let value = |place: usize| {
            let number = self.numbers.iter().find(|(item, _)| usize::from(*item) == place);
            match (number, packing.code(&self.packed, place)) {
                (Some((_, number)), _) => Value::Number(*number),
                (None, 0) => Value::Unknown,
                (None, code) => Value::from(codebook.items()[place].answer_id(code)),
            }
        };
        for (place, item) in codebook.items().iter().enumerate() {
            if packing.code(&self.packed, place) != 0 {
                complaint.set(item.id.as_str(), value(place));
            }
        }
        for &(place, time) in &self.known {
            let place = usize::from(place);
            complaint.set_known_at(codebook.items()[place].id.as_str(), value(place), time);
        }
        complaint
    }

    pub(super) fn earliest_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|deadline| deadline.due)
    }

    pub(super) fn ties(&self) -> (i64, i64) {
        let due = self.earliest_deadline().map_or(i64::MAX, Timestamp::unix_seconds);
        (due, self.received.unix_seconds())
    }
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

impl PartialOrd for Placed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Placed {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Placed {}

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

    pub(super) fn probe(hash: u64, id: &str) -> impl Fn(&ById) -> Ordering {
        move |found| found.hash.cmp(&hash).then_with(|| (*found.placed.held.id).cmp(id))
    }
}

impl Ord for ById {
    fn cmp(&self, other: &Self) -> Ordering {
        ById::probe(other.hash, &other.placed.held.id)(self)
    }
}

impl PartialOrd for ById {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for ById {}

/// Everything that people decided about one complaint, oldest first.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    pub(super) complaint: Arc<str>,
    pub(super) decisions: Arc<Vec<Override>>,
}

impl Ord for Decided {
    fn cmp(&self, other: &Self) -> Ordering {
        self.complaint.cmp(&other.complaint)
    }
}

impl PartialOrd for Decided {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decided {
    fn eq(&self, other: &Self) -> bool {
        self.complaint == other.complaint
    }
}

impl Eq for Decided {}
