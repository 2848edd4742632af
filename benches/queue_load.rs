//! A live queue as a unit uses it: one writer, eight readers, 50,000 complaints under the shipped
//! model. Not Criterion: rates, tails and memory of one run of ten seconds.
//!
//! Everybody goes on without a pause, so that these are the worst tails of this machine, not those
//! of people who read. Complaints are made up.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use caserank::complaint::Unlisted;
use caserank::policy::{Override, OverrideEffect};
use caserank::synthetic::Generator;
use caserank::{Band, Complaint, Overrides, Queue, Seed, Timestamp, reference};

const READERS: u64 = 8;

fn main() {
    // Without arguments of Criterion's: a smoke-run is short.
    let smoke = std::env::args().any(|argument| argument == "--test");
    let (live, time) = if smoke { (500, 50) } else { (50_000, 10_000) };
    let triage = reference::published().unwrap();
    let now: Timestamp = "2026-06-01".parse().unwrap();
    let cases = Generator::new(Seed(5)).with_start(now.plus_days(-60)).cases();
    let mut made = cases.map(|case| case.complaint);
    let waiting: Vec<Complaint> = made.by_ref().take(live).collect();
    let coming: Vec<Complaint> = made.take(live).collect();

    let before = memory("VmRSS");
    let began = Instant::now();
    let filled = Queue::fill(&triage, now, Unlisted::Refuse, &Overrides::new(), &waiting);
    let queue = Mutex::new(filled.whole().unwrap());
    println!(
        "{live} complaints: filled in {:.2?}, {}; these and as many to come, unpacked, {before}",
        began.elapsed(),
        memory("VmRSS").since(&before)
    );

    let over = AtomicBool::new(false);
    let (writes, reads) = thread::scope(|scope| {
        let writer = scope.spawn(|| write(&queue, &waiting, &coming, now, &over));
        let readers: Vec<_> = (0..READERS)
            .map(|number| {
                let (queue, waiting, over) = (&queue, &waiting, &over);
                scope.spawn(move || read(queue, waiting, number, over))
            })
            .collect();
        thread::sleep(Duration::from_millis(time));
        over.store(true, Ordering::Relaxed);
        let mut reads = [Vec::new(), Vec::new()];
        for reader in readers {
            for (all, own) in reads.iter_mut().zip(reader.join().unwrap()) {
                all.extend(own);
            }
        }
        (writer.join().unwrap(), reads)
    });
    let seconds = time as f64 / 1e3;
    let [snapshots, pages] = reads;
    tell("a change, the lock and its move among them", writes, seconds);
    tell("a snapshot, the lock among it", snapshots, seconds);
    tell("a page: 50 first, counts, one assessed", pages, seconds);
    println!("peak of the process {}", memory("VmHWM"));
}

/// Complaints come and go, are answered and sent again; people decide; the clock goes on.
fn write(
    queue: &Mutex<Queue>,
    waiting: &[Complaint],
    coming: &[Complaint],
    mut now: Timestamp,
    over: &AtomicBool,
) -> Vec<Duration> {
    let mut taken = Vec::new();
    let mut stream = Seed(6).stream(0);
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let place = number / 6 % waiting.len();
        let any = waiting[stream.below(waiting.len() as u64) as usize].id();
        let began = Instant::now();
        let mut queue = queue.lock().unwrap();
        // One that is not there any more is refused, which is an answer too.
        match number % 6 {
            0 => drop(black_box(queue.receive(&coming[place]))),
            1 => drop(black_box(queue.remove(waiting[place].id()))),
            2 | 3 => {
                let item = ["communication_with_minor", "child_in_household"][number % 2];
                drop(black_box(queue.amend(any, |complaint| complaint.set_answer(item, true))));
            }
            4 => drop(black_box(queue.receive(&waiting[(place + 1) % waiting.len()]))),
            _ if number % 600 == 5 => {
                now = now.plus_seconds(60);
                drop(black_box(queue.advance(now)));
            }
            _ => {
                let raise = OverrideEffect::Raise(Band::High);
                let decision =
                    Override::new(any, raise, "o-1", "supervisor", "new_information", now);
                let ends = now.plus_days(1);
                let decision = decision.with_id(format!("d{number}")).with_expires(ends);
                drop(black_box(queue.apply(decision)));
            }
        }
        drop(queue);
        taken.push(began.elapsed());
    }
    taken
}

/// A screen: a snapshot under the lock, and then all that it shows without it.
fn read(
    queue: &Mutex<Queue>,
    waiting: &[Complaint],
    number: u64,
    over: &AtomicBool,
) -> [Vec<Duration>; 2] {
    let mut taken = [Vec::new(), Vec::new()];
    let mut stream = Seed(7).stream(number);
    while !over.load(Ordering::Relaxed) {
        let began = Instant::now();
        let snapshot = queue.lock().unwrap().snapshot();
        taken[0].push(began.elapsed());
        let listed = snapshot.top(50).map(|entry| entry.id().len() + entry.position());
        black_box(listed.sum::<usize>());
        black_box(snapshot.counts());
        let any = waiting[stream.below(waiting.len() as u64) as usize].id();
        black_box(snapshot.assess(any).ok());
        drop(snapshot);
        taken[1].push(began.elapsed());
    }
    taken
}

fn tell(what: &str, mut taken: Vec<Duration>, seconds: f64) {
    taken.sort_unstable();
    let at = |share: f64| taken[((taken.len() - 1) as f64 * share) as usize];
    println!(
        "{what}: {:.0} a second; half within {:.1?}, 99% {:.1?}, 99.9% {:.1?}, all {:.1?}",
        taken.len() as f64 / seconds,
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0)
    );
}

/// What the system says of this process, in kB; nothing where it does not say.
struct Memory(Option<u64>);

impl Memory {
    fn since(&self, before: &Memory) -> Memory {
        Memory(self.0.zip(before.0).map(|(now, before)| now.saturating_sub(before)))
    }
}

impl std::fmt::Display for Memory {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(kilobytes) => write!(formatter, "{:.0} MB", kilobytes as f64 / 1e3),
            None => formatter.write_str("memory not told by this system"),
        }
    }
}

fn memory(word: &str) -> Memory {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(word));
    Memory(line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()))
}
