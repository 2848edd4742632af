//! Sources and sinks that misbehave: one byte at a time, interrupted, failing midway, out of room.
//! What is read does not depend on how it comes, and nothing that failed is taken for whole.
#![allow(clippy::unwrap_used)]

use std::cell::Cell;
use std::io::{self, Read, Write};

use crate::common::live::{decision, random_complaint, random_model, start};
use caserank::backlog::{Reading, write_not_rankable};
use caserank::listing::Listing;
use caserank::policy::OverrideEffect;
use caserank::queue::{QueueError, SavedQueue};
use caserank::{Backlog, BacklogBuilder, Queue, Seed, Triage};

/// Gives a byte at a time, and is interrupted before every third one; fails at `fails_at`.
struct Trickle<'a> {
    bytes: &'a [u8],
    calls: usize,
    fails_at: Option<usize>,
}

fn trickle(bytes: &[u8]) -> Trickle<'_> {
    Trickle { bytes, calls: 0, fails_at: None }
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if let Some(left) = &mut self.fails_at {
            if *left == 0 {
                return Err(io::Error::other("the line went dead"));
            }
            *left -= 1;
        }
        let (Some((first, rest)), Some(room)) = (self.bytes.split_first(), buffer.first_mut())
        else {
            return Ok(0);
        };
        (*room, self.bytes) = (*first, rest);
        Ok(1)
    }
}

/// Takes a byte at a time, is interrupted now and then, and has room for so many.
struct Narrow<'a> {
    taken: Vec<u8>,
    room: usize,
    calls: usize,
    flushed: &'a Cell<bool>,
}

impl Write for Narrow<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.taken.len() == self.room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(1);
        self.taken.extend_from_slice(&bytes[..taken]);
        self.flushed.set(false);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushed.set(true);
        Ok(())
    }
}

fn things() -> (Triage, Backlog, Queue) {
    let triage = random_model(5);
    let mut stream = Seed(5).stream(1);
    let mut builder = BacklogBuilder::new(triage.codebook());
    let mut queue = Queue::new(&triage, start());
    for number in 0..6 {
        let complaint = random_complaint(&mut stream, &triage, &format!("c{number}"), start());
        builder.push(&complaint).unwrap();
        queue.replace(complaint).unwrap();
    }
    queue.apply(decision("c1", OverrideEffect::Must, start())).unwrap();
    (triage, builder.freeze(), queue)
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes);
    bytes
}

/// Snapshots, saved queues, CSV and NDJSON are the same however their bytes come; where the source
/// fails is an error, wherever it does.
#[test]
fn sources_that_trickle_are_read_whole_and_those_that_fail_are_errors() {
    let (triage, backlog, queue) = things();
    let codebook = triage.codebook();
    let snapshot = written(|file| backlog.save(file).unwrap());
    let saved = written(|file| {
        queue.save(file).unwrap();
    });
    let ndjson = written(|file| backlog.write_ndjson(file).unwrap());
    let complaints = |backlog: &Backlog| backlog.complaints().collect::<Vec<_>>();
    let loaded = Backlog::load(codebook, trickle(&snapshot)).unwrap();
    assert_eq!(complaints(&loaded), complaints(&backlog));
    assert_eq!(SavedQueue::load(trickle(&saved)).unwrap(), SavedQueue::load(&*saved).unwrap());
    let read = Backlog::read_ndjson(codebook, trickle(&ndjson), Reading::new()).unwrap();
    let whole = Backlog::read_ndjson(codebook, &*ndjson, Reading::new()).unwrap();
    assert_eq!(complaints(read.backlog()), complaints(whole.backlog()));
    assert_eq!(read.report(), whole.report());
    let failing = |bytes, fails_at| Trickle { fails_at: Some(fails_at), ..trickle(bytes) };
    for fails_at in (0..snapshot.len()).step_by(11) {
        assert!(Backlog::load(codebook, failing(&snapshot, fails_at)).is_err(), "{fails_at}");
    }
    for fails_at in (0..saved.len()).step_by(23) {
        let error = SavedQueue::load(failing(&saved, fails_at)).unwrap_err();
        assert!(matches!(error, QueueError::Io(_)), "{fails_at}: {error}");
    }
    for fails_at in (0..ndjson.len()).step_by(23) {
        let source = failing(&ndjson, fails_at);
        let error = Backlog::read_ndjson(codebook, source, Reading::new()).unwrap_err();
        assert!(error.to_string().contains("the line went dead"), "{fails_at}: {error}");
    }
    #[cfg(feature = "csv")]
    {
        let csv = written(|file| backlog.write_csv(file).unwrap());
        let read = Backlog::read_csv(codebook, trickle(&csv), Reading::new()).unwrap();
        let whole = Backlog::read_csv(codebook, &*csv, Reading::new()).unwrap();
        assert_eq!(complaints(read.backlog()), complaints(whole.backlog()));
        assert_eq!(read.report(), whole.report());
        for fails_at in (0..csv.len()).step_by(23) {
            let source = failing(&csv, fails_at);
            let error = Backlog::read_csv(codebook, source, Reading::new()).unwrap_err();
            assert!(error.to_string().contains("the line went dead"), "{fails_at}: {error}");
        }
    }
}

/// Every writer writes the same into a sink that takes a byte at a time, says so where the sink has no
/// room, and hands on what it held back before it says that all is well.
#[test]
fn sinks_that_are_narrow_get_all_of_it_and_those_that_are_full_are_errors() {
    let (triage, backlog, queue) = things();
    let ranking = triage.rank(&backlog).unwrap();
    let listing = Listing::of(&ranking);
    let broken = b"{\"id\":\"a\n{\"received\":1}\n";
    let aside = Backlog::read_ndjson(triage.codebook(), &broken[..], Reading::new()).unwrap();
    type Writer<'a> = Box<dyn Fn(&mut dyn Write) -> Result<(), String> + 'a>;
    fn said<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<(), String> {
        result.map(drop).map_err(|error| error.to_string())
    }
    #[cfg_attr(not(feature = "csv"), allow(unused_mut, reason = "one writer more with CSV"))]
    let mut writers: Vec<(&str, Writer<'_>)> = vec![
        ("snapshot", Box::new(|sink| said(backlog.save(sink)))),
        ("backlog as NDJSON", Box::new(|sink| said(backlog.write_ndjson(sink)))),
        ("ranking as NDJSON", Box::new(|sink| said(listing.write_ndjson(sink)))),
        ("ranking as CSV", Box::new(|sink| said(listing.write_csv(sink)))),
        ("queue", Box::new(|sink| said(queue.save(sink)))),
        ("queue's snapshot", Box::new(|sink| said(queue.snapshot().save(sink)))),
        (
            "records set aside",
            Box::new(|sink| said(write_not_rankable(aside.not_rankable(), None, sink))),
        ),
    ];
    #[cfg(feature = "csv")]
    writers.push(("backlog as CSV", Box::new(|sink| said(backlog.write_csv(sink)))));
    for (name, write) in &writers {
        let mut whole = Vec::new();
        write(&mut whole).unwrap();
        assert!(!whole.is_empty(), "{name}");
        let flushed = Cell::new(true);
        let narrow = |room| Narrow { taken: Vec::new(), room, calls: 0, flushed: &flushed };
        let mut sink = narrow(usize::MAX);
        write(&mut sink).unwrap();
        assert_eq!(sink.taken, whole, "{name}");
        assert!(flushed.get(), "{name} was not flushed");
        for room in (0..whole.len()).step_by(1 + whole.len() / 97) {
            let mut sink = narrow(room);
            let refused = write(&mut sink);
            assert!(refused.is_err(), "{name} with room for {room} of {}", whole.len());
            assert_eq!(sink.taken, whole[..room], "{name}");
        }
    }
}
