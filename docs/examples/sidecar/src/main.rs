//! A live queue behind HTTP, with SQLite as its store: what was answered with 200 outlasts `kill -9`.
//!
//! ```text
//! caserank-sidecar MODEL.json STORE.sqlite [ADDRESS [EVENTS BETWEEN SAVES]]
//! POST /events     an event of `json_host`; 200 once it is on the disk, 422 if refused, 503 if the store failed
//! POST /questions  a question
//! ```
//!
//! An event is tried on a copy of the queue (which costs nothing), written to the log, and only then
//! shown to readers. On start the saved queue is restored and the events since are replayed. It asks
//! nobody who they are: listen on the machine itself alone, behind your own door.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use caserank::Timestamp;
use caserank_json_host::{Event, Host, Question, reply};
use rusqlite::{Connection, OptionalExtension, params};

type Fault = Box<dyn Error + Send + Sync>;
type Answer = (StatusCode, String);

struct Store {
    log: Connection,
    host: Host,
}

#[derive(Clone)]
struct Sidecar {
    store: Arc<Mutex<Store>>,
    save_every: u64,
}

impl Store {
    fn open(model: &str, path: &str) -> Result<Self, Fault> {
        let log = Connection::open(path)?;
        log.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE;
             CREATE TABLE IF NOT EXISTS event (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
             CREATE TABLE IF NOT EXISTS saved (id INTEGER PRIMARY KEY CHECK (id = 1),
                 sequence INTEGER NOT NULL, body BLOB NOT NULL);",
        )?;
        let saved: Option<Vec<u8>> =
            log.query_row("SELECT body FROM saved", [], |row| row.get(0)).optional()?;
        let began = "1970-01-01";
        let mut host = match saved {
            Some(saved) => Host::restore(model, &saved),
            None => Host::new(model, began),
        }
        .map_err(|fault| fault.to_string())?;
        let mut events =
            log.prepare("SELECT number, body FROM event WHERE number > ? ORDER BY number")?;
        let mut rows = events.query([host.sequence()])?;
        while let Some(row) = rows.next()? {
            let (number, body): (u64, String) = (row.get(0)?, row.get(1)?);
            let taken = host.take(serde_json::from_str(&body)?, number);
            taken.map_err(|fault| format!("event {number} of the log: {fault}"))?;
        }
        drop(rows);
        drop(events);
        Ok(Store { log, host })
    }

    /// Tries an event, writes it down, and then shows it.
    fn take(&mut self, event: &Event) -> Answer {
        let number = self.host.sequence() + 1;
        let mut tried = self.host.clone();
        let answer = match tried.take(event.clone(), number) {
            Ok(answer) => answer,
            Err(fault) => return (StatusCode::UNPROCESSABLE_ENTITY, reply(Err(fault))),
        };
        let written = serde_json::to_string(event).map_err(Fault::from).and_then(|body| {
            Ok(self.log.execute("INSERT INTO event VALUES (?, ?)", params![number, body])?)
        });
        match written {
            Ok(_) => {
                self.host = tried;
                (StatusCode::OK, reply(Ok(answer)))
            }
            Err(fault) => (StatusCode::SERVICE_UNAVAILABLE, reply(Err(fault))),
        }
    }
}

impl Sidecar {
    fn store(&self) -> MutexGuard<'_, Store> {
        // The queue is put in place whole, after its event was written: a panic leaves the one before.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, event: &Event) -> Answer {
        let mut store = self.store();
        let answer = store.take(event);
        let host = store.host.clone();
        drop(store);
        if answer.0 == StatusCode::OK && host.sequence() % self.save_every == 0 {
            // The log holds everything: a save that fails costs time at the next start, no event.
            if let Err(fault) = self.save(&host) {
                eprintln!("not saved, the log is longer: {fault}");
            }
        }
        answer
    }

    /// Written from a copy, while others go on; an older queue never replaces a newer one.
    fn save(&self, host: &Host) -> Result<(), Fault> {
        let text = host.ask(&Question::Save).map_err(|fault| fault.to_string())?;
        let body = text.as_str().unwrap_or_default().as_bytes();
        self.store().log.execute(
            "INSERT INTO saved VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE
             SET sequence = excluded.sequence, body = excluded.body WHERE excluded.sequence > sequence",
            params![host.sequence(), body],
        )?;
        Ok(())
    }
}

/// Runs what waits for the disk beside the threads that serve.
async fn beside(work: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    let broke = |_| (StatusCode::INTERNAL_SERVER_ERROR, reply(Err("it broke off".into())));
    tokio::task::spawn_blocking(work).await.unwrap_or_else(broke)
}

async fn events(State(sidecar): State<Sidecar>, body: String) -> Answer {
    match serde_json::from_str::<Event>(&body) {
        Ok(event) => beside(move || sidecar.take(&event)).await,
        Err(fault) => (StatusCode::UNPROCESSABLE_ENTITY, reply(Err(fault.into()))),
    }
}

async fn questions(State(sidecar): State<Sidecar>, body: String) -> Answer {
    beside(move || {
        let host = sidecar.store().host.clone();
        let answer = serde_json::from_str::<Question>(&body).map_err(Into::into);
        match answer.and_then(|question| host.ask(&question)) {
            Ok(answer) => (StatusCode::OK, reply(Ok(answer))),
            Err(fault) => (StatusCode::UNPROCESSABLE_ENTITY, reply(Err(fault))),
        }
    })
    .await
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, model, path, rest @ ..] = &arguments[..] else {
        return Err(
            "give a model file and a store; then, if wanted, an address and events between saves"
                .into(),
        );
    };
    let address = rest.first().map_or("127.0.0.1:8087", String::as_str);
    let save_every = rest.get(1).map_or(Ok(10_000), |number| number.parse())?;
    let store = Store::open(&std::fs::read_to_string(model)?, path)?;
    let sidecar =
        Sidecar { store: Arc::new(Mutex::new(store)), save_every: u64::max(save_every, 1) };
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let clock = sidecar.clone();
    tokio::spawn(async move {
        let mut minutes = tokio::time::interval(Duration::from_secs(60));
        loop {
            minutes.tick().await;
            let sidecar = clock.clone();
            let (status, said) = beside(move || match Timestamp::try_from(SystemTime::now()) {
                Ok(now) => sidecar.take(&Event::Advance(now)),
                Err(fault) => (StatusCode::INTERNAL_SERVER_ERROR, fault.to_string()),
            })
            .await;
            if status != StatusCode::OK {
                eprintln!("the clock stands still: {said}");
            }
        }
    });
    let app = axum::Router::new()
        .route("/events", post(events))
        .route("/questions", post(questions))
        .with_state(sidecar);
    Ok(axum::serve(listener, app).await?)
}
