//! The order within a unit, and a person's complaints.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use crate::common::live::{random_complaint, random_decision, random_model, start};
use caserank::{Band, Lane, Queue, Seed};

#[test]
fn a_unit_sees_its_own_in_the_order_of_all() {
    for seed in 0..40 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(11);
        let mut queue = Queue::new(&triage, start());
        for step in 0..150 {
            let id = format!("c{}", stream.below(40));
            match stream.below(10) {
                0..=5 => {
                    let mut complaint = random_complaint(&mut stream, &triage, &id, start());
                    if stream.chance(0.5) {
                        complaint.set_subject(Some(format!("s{}", stream.below(5)))).unwrap();
                    }
                    queue.replace(complaint).unwrap();
                }
                6 => drop(queue.remove(&id)),
                7 => drop(queue.apply(random_decision(&mut stream, &id, queue.now()))),
                8 => {
                    let unit = ["north", "south", "west"][stream.below(3) as usize];
                    drop(queue.amend(&id, |complaint| complaint.set_unit(Some(unit)).unwrap()));
                }
                _ => drop(queue.advance(queue.now().plus_days(1))),
            }
            if step % 30 != 29 {
                continue;
            }
            let view = queue.view();
            let mut by_unit: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
            let mut by_subject: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for entry in view.iter() {
                by_unit.entry(entry.unit()).or_default().push(entry.id());
                if let Some(subject) = entry.subject() {
                    by_subject.entry(subject).or_default().insert(entry.id());
                }
            }
            let units: Vec<Option<&str>> = view.units().map(|unit| unit.unit()).collect();
            assert!(units.iter().eq(by_unit.keys()), "{units:?}");
            for (name, ids) in &by_unit {
                let unit = view.unit(*name);
                assert_eq!((unit.len(), unit.is_empty()), (ids.len(), false));
                assert!(unit.iter().map(|entry| entry.id()).eq(ids.iter().copied()));
                for (id, position) in ids.iter().zip(1..) {
                    assert_eq!(unit.position(id), Some(position));
                    let mut one = unit.range(position..=position);
                    assert_eq!(one.next().unwrap().rank(), view.entry(id).unwrap().rank());
                }
                assert_eq!(unit.top(2).count(), ids.len().min(2));
                // A page is the same whether of a unit or of all.
                let page = |found: Vec<caserank::queue::Entry<'_>>| -> Vec<String> {
                    found.iter().map(|entry| entry.id().to_owned()).collect()
                };
                let within =
                    |from: usize, to: usize| ids[from.min(ids.len())..to.min(ids.len())].to_vec();
                assert_eq!(page(unit.range(2..4).collect()), within(1, 3));
                assert_eq!(page(unit.range(2..=4).collect()), within(1, 4));
                assert_eq!(page(unit.range(..).collect()), *ids);
                assert_eq!(unit.range(0..1).count() + unit.range(usize::MAX..).count(), 0);
                for count in unit.counts() {
                    let own = |id: &&&str| {
                        let entry = view.entry(id).unwrap();
                        (entry.lane(), entry.band()) == (count.lane(), count.band())
                    };
                    assert_eq!(count.count(), ids.iter().filter(own).count());
                }
            }
            let gone = view.unit(Some("nowhere"));
            assert!(gone.is_empty() && gone.iter().next().is_none());
            assert_eq!(gone.counts().len(), [Lane::Must, Lane::Open].len() * Band::ALL.len());
            for (subject, ids) in &by_subject {
                let found = view.of_subject(subject).map(|entry| entry.id().to_owned());
                assert!(found.eq(ids.iter().map(|id| (*id).to_owned())));
            }
            assert_eq!(view.of_subject("nobody").count(), 0);
        }
    }
}
