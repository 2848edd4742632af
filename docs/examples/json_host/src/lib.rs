//! A live queue driven by JSON texts: what the C library, the HTTP server and the WebAssembly module
//! beside this recipe share. One text in, one text out: `{"ok": …}` or `{"error": "…"}`.
//!
//! Complaints, decisions, moves and assessments are those of `docs/formats/`.

use std::collections::BTreeMap;
use std::error::Error;

use caserank::complaint::Given;
use caserank::policy::Override;
use caserank::queue::Queue;
use caserank::{Complaint, Timestamp, Triage};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What happens to the queue. A host that must outlast a crash writes each one down.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// A complaint came in, or came in again: merged, so that what people found stands.
    Receive(Box<Complaint>),
    /// Questions were answered; a `null`, or *unknown* in whatever words, takes an answer back: in a log they are written alike.
    Answer { id: String, answers: BTreeMap<String, Option<Given>> },
    /// Somebody decided otherwise. With an `id` it counts once, however often it is delivered.
    Decide(Box<Override>),
    /// A complaint was taken up or closed.
    Remove(String),
    /// The time is now this.
    Advance(Timestamp),
}

/// What is asked of the queue; it changes nothing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Question {
    /// The first so many complaints.
    Top(usize),
    /// One complaint with its reasons and what to ask next.
    Assess(String),
    /// One complaint as it now stands: what the host keeps in its store.
    Complaint(String),
    /// How many complaints wait in each lane and band.
    Counts,
    /// The saved queue, as text for [`Host::restore`].
    Save,
}

/// A model with its queue.
#[derive(Debug, Clone)]
pub struct Host {
    queue: Queue,
}

type Outcome = Result<Value, Box<dyn Error>>;

impl Host {
    /// An empty queue under the model of a file's text, at a time.
    pub fn new(model: &str, now: &str) -> Result<Self, Box<dyn Error>> {
        Ok(Host { queue: Queue::new(&Triage::from_json(model)?, now.parse()?) })
    }

    /// The queue that [`Question::Save`] wrote: whole, or not at all.
    pub fn restore(model: &str, saved: &[u8]) -> Result<Self, Box<dyn Error>> {
        Ok(Host { queue: Queue::load(&Triage::from_json(model)?, saved)?.whole()? })
    }

    /// The number of the last event that it has taken in.
    pub fn sequence(&self) -> u64 {
        self.queue.sequence().unwrap_or(0)
    }

    /// Takes an event in, as number `sequence` of the host's log. What is refused changes nothing.
    pub fn take(&mut self, event: Event, sequence: u64) -> Outcome {
        let answer = match event {
            Event::Receive(complaint) => json!(self.queue.receive(*complaint)?),
            Event::Answer { id, answers } => json!(self.queue.amend(&id, |complaint| {
                for (item, given) in answers {
                    match given {
                        Some(given) if !given.value.is_unknown() => {
                            complaint.set_given(item, given)
                        }
                        _ => complaint.clear_answer(&item),
                    }
                }
            })?),
            Event::Decide(decision) => json!(self.queue.apply(*decision)?),
            Event::Remove(id) => json!(self.queue.remove(&id)?),
            Event::Advance(now) => {
                let brought = self.queue.advance(now)?;
                json!({ "moves": brought.moves, "began": brought.began, "ended": brought.ended })
            }
        };
        self.queue.set_sequence(sequence);
        Ok(answer)
    }

    /// Answers a question.
    pub fn ask(&self, question: &Question) -> Outcome {
        let queue = &self.queue;
        Ok(match question {
            Question::Top(most) => queue
                .top(*most)
                .map(|entry| json!({ "id": entry.id(), "rank": entry.rank() }))
                .collect(),
            Question::Assess(id) => json!(queue.assess(id)?),
            Question::Complaint(id) => json!(queue.complaint(id).ok_or("no such complaint")?),
            Question::Counts => {
                let count = |one: caserank::rank::BandCount| json!({ "lane": one.lane(), "band": one.band(), "count": one.count() });
                queue.counts().into_iter().map(count).collect()
            }
            Question::Save => {
                let mut file = Vec::new();
                queue.save(&mut file)?;
                json!(String::from_utf8(file)?)
            }
        })
    }

    /// One JSON text in, one out: an event, numbered from the last one on, or a question.
    pub fn call(&mut self, request: &str) -> String {
        let answer = match serde_json::from_str::<Event>(request) {
            Ok(event) => self.take(event, self.sequence() + 1),
            Err(not_an_event) => match serde_json::from_str::<Question>(request) {
                Ok(question) => self.ask(&question),
                // The fault that says more: the one that was met further on.
                Err(fault) if fault.column() > not_an_event.column() => Err(fault.into()),
                Err(_) => Err(not_an_event.into()),
            },
        };
        reply(answer)
    }
}

/// An answer or a refusal as text.
pub fn reply(answer: Outcome) -> String {
    match answer {
        Ok(value) => json!({ "ok": value }).to_string(),
        Err(fault) => json!({ "error": fault.to_string() }).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = include_str!("../../../../fixtures/models/toy.json");

    fn ok(host: &mut Host, request: Value) -> Value {
        let reply: Value = serde_json::from_str(&host.call(&request.to_string())).unwrap();
        assert!(reply["error"].is_null(), "{request}: {reply}");
        reply["ok"].clone()
    }

    #[test]
    fn an_event_read_from_the_log_does_what_it_did() {
        let mut hosts = [(); 2].map(|()| Host::new(MODEL, "2026-04-17T08:00:00Z").unwrap());
        let sent = |answer| json!({"receive": {"id": "a", "received": "2026-04-17", "answers": {"urgent": answer}}});
        let found = json!({"answer": {"id": "a", "answers": {"urgent": "unknown", "prior_reports": {"value": null}}}});
        for request in [sent("no"), found, sent("yes")] {
            let event: Event = serde_json::from_value(request).unwrap();
            let logged = serde_json::from_value(json!(event)).unwrap();
            let moves = [hosts[0].take(event, 1).unwrap(), hosts[1].take(logged, 1).unwrap()];
            assert_eq!(moves[0], moves[1]);
        }
    }

    #[test]
    fn a_day_by_texts_and_the_same_queue_after_a_restart() {
        let mut host = Host::new(MODEL, "2026-04-17T08:00:00Z").unwrap();
        let sent =
            json!({"receive": {"id": "a", "received": "2026-04-17", "answers": {"urgent": "no"}}});
        assert_eq!(ok(&mut host, sent.clone())["to"]["position"], 1);
        ok(&mut host, json!({"answer": {"id": "a", "answers": {"urgent": "yes"}}}));
        // The sender repeats itself, and what was found stands.
        assert_eq!(ok(&mut host, sent)["changes"][0]["kind"], "kept");
        ok(&mut host, json!({"receive": {"id": "b", "received": "2026-04-17"}}));
        ok(&mut host, json!({"advance": "2026-04-18T08:00:00Z"}));
        let top = ok(&mut host, json!({"top": 9}));
        assert_eq!((&top[0]["id"], &top[1]["id"]), (&json!("a"), &json!("b")));
        let saved = ok(&mut host, json!("save"));
        let mut restored = Host::restore(MODEL, saved.as_str().unwrap().as_bytes()).unwrap();
        assert_eq!((restored.sequence(), ok(&mut restored, json!({"top": 9}))), (5, top));
        for refused in
            [r#"{"remove": "c"}"#, r#"{"remove"#, r#"{"no such": 1}"#, r#"{"answer": {"id": "a"}}"#]
        {
            assert!(host.call(refused).starts_with(r#"{"error":"#), "{refused}");
        }
        assert_eq!(host.sequence(), 5);
    }
}
