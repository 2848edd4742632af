//! Killed again and again in the middle of its work, the sidecar keeps every event that it answered
//! with 200, and stands as a queue that is made anew from the log.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use caserank_json_host::Host;
use rusqlite::Connection;
use serde_json::{Value, json};

struct Running {
    child: Child,
    address: String,
}

impl Drop for Running {
    /// SIGKILL: nothing is tidied up.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fixtures/models/toy.json")
}

fn start(store: &Path) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_caserank-sidecar"))
        .args([model().as_os_str(), store.as_os_str()])
        .args(["127.0.0.1:0", "40"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on ").expect(&line).to_owned();
    Running { child, address }
}

/// Status and body; nothing where the server went away.
fn post(address: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    let body = body.to_string();
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all((head + &body).as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, serde_json::from_str(body).ok()?))
}

fn asked(running: &Running, question: Value) -> Value {
    let (status, answer) = post(&running.address, "/questions", &question).unwrap();
    assert_eq!(status, 200, "{question}: {answer}");
    answer["ok"].clone()
}

fn sent(number: usize) -> Value {
    json!({"receive": {"id": format!("c{number}"), "received": "2026-04-17",
        "answers": {"prior_reports": number % 7, "urgent": number % 11 == 0}}})
}

#[test]
fn what_was_answered_outlasts_every_kill() {
    let folder = std::env::temp_dir().join(format!("caserank-sidecar-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let store = folder.join("store.sqlite");
    let (next, answered) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let mut longest = Duration::ZERO;
    for round in 0..6 {
        let running = start(&store);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        match post(&running.address, "/events", &sent(number)) {
                            Some((200, _)) => answered.lock().unwrap().push(number),
                            Some(other) => panic!("{other:?}"),
                            None => break,
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(90 + 53 * round));
            // In the middle of whatever it does.
            let killed =
                Command::new("kill").args(["-9", &running.child.id().to_string()]).status();
            assert!(killed.unwrap().success());
        });
        drop(running);
        let began = Instant::now();
        let again = start(&store);
        longest = longest.max(began.elapsed());
        for number in answered.lock().unwrap().iter() {
            let kept = asked(&again, json!({"complaint": format!("c{number}")}));
            assert_eq!(kept["answers"]["prior_reports"], json!(number % 7), "{kept}");
        }
        // The clock's first tick may be under way; after it nothing moves for a minute.
        std::thread::sleep(Duration::from_millis(100));
        let saved = asked(&again, json!("save"));
        drop(again);
        assert_eq!(saved, from_the_log(&store), "round {round}");
    }
    let answered = answered.into_inner().unwrap().len();
    assert!(answered > 200, "{answered}");
    // One connection after another, each event synced to the disk.
    let running = start(&store);
    let (began, first) = (Instant::now(), next.load(Ordering::Relaxed));
    for number in first..first + 200 {
        assert_eq!(post(&running.address, "/events", &sent(number)).unwrap().0, 200);
    }
    let each = began.elapsed() / 200;
    let (status, refused) =
        post(&running.address, "/events", &json!({"remove": "nobody"})).unwrap();
    assert_eq!(status, 422, "{refused}");
    assert_eq!(post(&running.address, "/events", &json!({"what": 1})).unwrap().0, 422);
    drop(running);
    std::fs::remove_dir_all(&folder).unwrap();
    println!(
        "sidecar: {answered} answered events outlasted six kills; {each:?} an event; ready again within {longest:?}"
    );
}

/// The queue made anew from every event of the log, as it saves itself; the log has no gap.
fn from_the_log(store: &Path) -> Value {
    let log = Connection::open(store).unwrap();
    let mut host = Host::new(&std::fs::read_to_string(model()).unwrap(), "1970-01-01").unwrap();
    let mut events = log.prepare("SELECT number, body FROM event ORDER BY number").unwrap();
    let rows = events.query_map([], |row| Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?)));
    for row in rows.unwrap() {
        let (number, body) = row.unwrap();
        assert_eq!(number, host.sequence() + 1);
        host.take(serde_json::from_str(&body).unwrap(), number).unwrap();
    }
    serde_json::from_str::<Value>(&host.call("\"save\"")).unwrap()["ok"].clone()
}
