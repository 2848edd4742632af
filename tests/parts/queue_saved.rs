//! A saved queue comes back as it was, and what is not one is refused by name.
#![allow(clippy::unwrap_used)]

use std::io::{self, Read, Write};

use crate::common::live::{decision, random_complaint, random_model, start, toy};
use caserank::complaint::{NotUnderstood, WhyNotUnderstood};
use caserank::policy::OverrideEffect;
use caserank::queue::{QueueError, SavedQueue};
use caserank::{Complaint, Queue, Seed};

fn queue() -> Queue {
    let triage = random_model(3);
    let mut stream = Seed(3).stream(1);
    let mut queue = Queue::new(&triage, start());
    for number in 0..30 {
        let id = format!("c{number}");
        queue.replace(random_complaint(&mut stream, &triage, &id, start())).unwrap();
    }
    queue.apply(decision("c1", OverrideEffect::Must, start())).unwrap();
    queue.set_sequence(u64::MAX);
    queue
}

fn saved(queue: &Queue) -> Vec<u8> {
    let mut file = Vec::new();
    queue.save(&mut file).unwrap();
    file
}

/// Most lines are put together from texts that were written before; nobody can tell.
#[test]
fn a_line_is_what_serde_writes_of_the_complaint() {
    for seed in 0..20 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(1);
        let mut queue = Queue::new(&triage, start());
        for number in 0..20 {
            let id = format!("{}{number}", ["c", "\"", "\\", "é", "a b", "\u{1f600}"][number % 6]);
            let mut complaint = random_complaint(&mut stream, &triage, &id, start());
            if number % 5 == 0 {
                let item = &triage.codebook().items()[0].id;
                let why = WhyNotUnderstood::NotAnAnswer;
                complaint.add_not_understood(NotUnderstood::new(item, "?", why));
            }
            queue.replace(complaint).unwrap();
        }
        let file = String::from_utf8(saved(&queue)).unwrap();
        let lines: Vec<&str> = file.lines().collect();
        let (_, lines) = lines.split_last().unwrap();
        assert_eq!(lines.len(), 1 + queue.len());
        for (line, entry) in lines[1..].iter().zip(queue.iter()) {
            let complaint = queue.complaint(entry.id()).unwrap();
            assert_eq!(*line, serde_json::to_string(&complaint).unwrap());
        }
    }
}

#[test]
fn the_format_is_read_before_all_else() {
    for text in [
        r#"{"format_version":7,"more":[1,2],"now":"later"}"#,
        "{\"more\":1,\n\"format_version\":7}",
        "{\"format_version\":7}\n{\"anything\":1}\n",
    ] {
        let error = SavedQueue::load(text.as_bytes()).unwrap_err();
        assert!(matches!(error, QueueError::Format { found: 7 }), "{text}: {error}");
        let error = Queue::load(&toy(), text.as_bytes()).unwrap_err();
        assert!(matches!(error, QueueError::Format { found: 7 }), "{text}: {error}");
    }
    for text in ["", "id,received\na,2026-01-01\n", "[1,2]", "{}", "\u{feff}", "null"] {
        let error = SavedQueue::load(text.as_bytes()).unwrap_err();
        let is_named = matches!(error, QueueError::NotASavedQueue | QueueError::Cut { .. });
        assert!(is_named, "{text}: {error}");
    }
}

/// In one pass a file ends as in two: the same queue, or refused in the same words.
fn assert_one_pass_as_two(queue: &Queue, file: &[u8]) {
    let triage = queue.view().triage();
    let two = SavedQueue::load(file).and_then(|read| Queue::restore(triage, read));
    match (Queue::load(triage, file), two) {
        (Ok(one), Ok(two)) => {
            assert_eq!(one.to_string(), two.to_string());
            assert_eq!(saved(one.queue()), saved(two.queue()));
        }
        (Err(one), Err(two)) => assert_eq!(one.to_string(), two.to_string()),
        (one, two) => panic!("{:?} and {:?}", one.map(|_| ()), two.map(|_| ())),
    }
}

#[test]
fn one_pass_ends_as_two() {
    let queue = queue();
    let file = saved(&queue);
    assert_one_pass_as_two(&queue, &file);
    assert_one_pass_as_two(&toy_queue(), &file);
    for cut in (1..file.len()).step_by(97).chain([file.len() - 1]) {
        assert_one_pass_as_two(&queue, &file[..cut]);
    }
    let text = String::from_utf8(file).unwrap();
    assert_one_pass_as_two(&queue, text.replacen("\"north\"", "\"south\"", 1).as_bytes());
    assert_one_pass_as_two(&queue, (text.clone() + "{}\n").as_bytes());
    let museum = include_bytes!("../../fixtures/museum/queue-1.json");
    assert_one_pass_as_two(&toy_queue(), museum);
    // A complaint that stands twice, under a digest that fits.
    let mut lines: Vec<&str> = text.lines().collect();
    let last = lines.len() - 2;
    lines[last] = lines[last - 1];
    let body = lines[..=last].join("\n") + "\n";
    let digest = sha256(body.as_bytes());
    let twice = format!("{body}{{\"sha256\":\"{digest}\"}}\n");
    assert!(matches!(SavedQueue::load(twice.as_bytes()), Err(QueueError::Malformed { .. })));
    let one = Queue::load(queue.view().triage(), twice.as_bytes());
    assert!(matches!(one, Err(QueueError::RepeatedId { .. })), "{one:?}");
}

fn toy_queue() -> Queue {
    Queue::new(&toy(), start())
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn cut_files_are_refused_by_name() {
    let file = saved(&queue());
    for cut in (1..file.len()).step_by(7).chain([file.len() - 1]) {
        let error = SavedQueue::load(&file[..cut]).unwrap_err();
        assert!(matches!(error, QueueError::Cut { .. }), "{cut}: {error}");
    }
    let mut longer = file.clone();
    longer.extend(b"{}\n");
    assert!(matches!(SavedQueue::load(&*longer), Err(QueueError::Malformed { .. })));
    let mut altered = String::from_utf8(file).unwrap();
    altered = altered.replacen("\"north\"", "\"south\"", 1);
    assert!(matches!(SavedQueue::load(altered.as_bytes()), Err(QueueError::Altered { .. })));
}

/// Fails after so many bytes, and counts the calls.
struct Faulty {
    left: usize,
    calls: usize,
}

impl Write for Faulty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.calls += 1;
        match bytes.len().min(self.left) {
            0 => Err(io::Error::other("the disk is full")),
            taken => {
                self.left -= taken;
                Ok(taken)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Faulty {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

#[test]
fn sinks_and_sources_that_fail_are_told() {
    let queue = queue();
    let length = saved(&queue).len();
    for left in [0, 1, length / 2, length - 1] {
        let error = queue.save(Faulty { left, calls: 0 }).unwrap_err();
        assert!(matches!(error, QueueError::Io(_)), "{left}: {error}");
    }
    let mut sink = Faulty { left: length, calls: 0 };
    queue.save(&mut sink).unwrap();
    assert!(sink.calls < 5, "{} calls for {length} bytes", sink.calls);
    let error = SavedQueue::load(Faulty { left: 0, calls: 0 }).unwrap_err();
    assert!(matches!(error, QueueError::Io(_)));
}

#[test]
fn equal_queues_give_equal_bytes_and_hold_what_they_held() {
    let queue = queue();
    let file = saved(&queue);
    let read = SavedQueue::load(&*file).unwrap();
    assert_eq!((read.sequence(), read.complaints().len()), (Some(u64::MAX), 30));
    assert_eq!((read.now(), read.overrides().len(), read.format_version()), (start(), 1, 2));
    let restored = Queue::restore(queue.view().triage(), read).unwrap().whole().unwrap();
    assert_eq!(saved(&restored), file);
    // A snapshot can be saved while the queue goes on.
    let snapshot = queue.snapshot();
    let mut queue = queue;
    queue.receive(Complaint::new("late", start()).unwrap()).unwrap();
    let mut earlier = Vec::new();
    snapshot.save(&mut earlier).unwrap();
    assert_eq!(earlier, file);
    assert!(matches!(
        Queue::restore(&toy(), SavedQueue::load(&*file).unwrap()),
        Err(QueueError::Codebook(_))
    ));
}
