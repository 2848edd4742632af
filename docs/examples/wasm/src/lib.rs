//! caserank as a WebAssembly module: JSON in, JSON out, no glue. The host asks for room
//! (`caserank_buffer`), writes a request there, calls, and reads the answer where `caserank_answer`
//! says. `{"open": {"model": …, "now": …}}` or `{"restore": {"model": …, "saved": …}}` comes first;
//! then the texts of the recipe `json_host`. The model is the text of its file.

use std::sync::{Mutex, MutexGuard, PoisonError};

use caserank_json_host::{Host, reply};
use serde::Deserialize;
use serde_json::json;

static REQUEST: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static ANSWER: Mutex<String> = Mutex::new(String::new());
static HOST: Mutex<Option<Host>> = Mutex::new(None);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Begin {
    Open { model: String, now: String },
    Restore { model: String, saved: String },
}

/// A module has one thread, and one that broke off is not called again.
fn held<T>(part: &'static Mutex<T>) -> MutexGuard<'static, T> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Room for a request of so many bytes of UTF-8; where it begins.
#[unsafe(no_mangle)]
pub extern "C" fn caserank_buffer(bytes: usize) -> *mut u8 {
    let mut request = held(&REQUEST);
    *request = vec![0; bytes];
    request.as_mut_ptr()
}

/// Answers the request in the buffer; how many bytes the answer has.
#[unsafe(no_mangle)]
pub extern "C" fn caserank_call() -> usize {
    let request = std::mem::take(&mut *held(&REQUEST));
    let mut host = held(&HOST);
    let said = match (std::str::from_utf8(&request), host.as_mut()) {
        (Err(fault), _) => reply(Err(fault.into())),
        (Ok(request), Some(host)) => host.call(request),
        (Ok(request), None) => reply(begun(request).map(|begun| {
            *host = Some(begun);
            json!("ready")
        })),
    };
    let mut answer = held(&ANSWER);
    *answer = said;
    answer.len()
}

/// Where the last answer begins.
#[unsafe(no_mangle)]
pub extern "C" fn caserank_answer() -> *const u8 {
    held(&ANSWER).as_ptr()
}

fn begun(request: &str) -> Result<Host, Box<dyn std::error::Error>> {
    match serde_json::from_str(request)? {
        Begin::Open { model, now } => Host::new(&model, &now),
        Begin::Restore { model, saved } => Host::restore(&model, saved.as_bytes()),
    }
}
