//! caserank as a C library: JSON in, JSON out. `caserank.h` says what each call does; the texts are
//! those of the recipe `json_host`.
//!
//! Unsafe code stands here alone, where C begins. A text that is no UTF-8, or a null pointer, is
//! answered with an error and never read further. Calls on one queue may come from several threads:
//! they wait for each other.

use std::ffi::{CStr, CString, c_char};
use std::sync::Mutex;

use caserank_json_host::{Host, reply};

/// A model with its queue, behind a lock.
pub struct Caserank(Mutex<Host>);

/// # Safety
/// `text` is null or ends in a zero byte, and lives through the call.
unsafe fn text<'a>(text: *const c_char) -> Result<&'a str, String> {
    if text.is_null() {
        return Err("a text is missing: the pointer is null".to_owned());
    }
    // SAFETY: not null; the caller vouches for the rest.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().map_err(|fault| format!("a text is not UTF-8: {fault}"))
}

/// A text for C. JSON holds no zero byte: it writes one as an escape.
fn given_away(text: String) -> *mut c_char {
    CString::new(text).unwrap_or_default().into_raw()
}

fn opened(host: Result<Host, String>, fault: *mut *mut c_char) -> *mut Caserank {
    let (opened, said) = match host {
        Ok(host) => (Box::into_raw(Box::new(Caserank(Mutex::new(host)))), std::ptr::null_mut()),
        Err(said) => (std::ptr::null_mut(), given_away(reply(Err(said.into())))),
    };
    if fault.is_null() {
        // SAFETY: `said` came from `given_away`, or is null.
        unsafe { caserank_free_text(said) };
    } else {
        // SAFETY: not null, and the caller gave room for a pointer.
        unsafe { fault.write(said) };
    }
    opened
}

/// # Safety
/// Texts end in a zero byte; `fault` is null or has room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn caserank_open(
    model: *const c_char,
    now: *const c_char,
    fault: *mut *mut c_char,
) -> *mut Caserank {
    // SAFETY: as the caller vouches.
    let texts = unsafe { (text(model), text(now)) };
    let host = match texts {
        (Ok(model), Ok(now)) => Host::new(model, now).map_err(|fault| fault.to_string()),
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    };
    opened(host, fault)
}

/// # Safety
/// As [`caserank_open`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn caserank_restore(
    model: *const c_char,
    saved: *const c_char,
    fault: *mut *mut c_char,
) -> *mut Caserank {
    // SAFETY: as the caller vouches.
    let texts = unsafe { (text(model), text(saved)) };
    let host = match texts {
        (Ok(model), Ok(saved)) => {
            Host::restore(model, saved.as_bytes()).map_err(|fault| fault.to_string())
        }
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    };
    opened(host, fault)
}

/// # Safety
/// `queue` is null or was opened here and not closed; `request` ends in a zero byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn caserank_call(
    queue: *const Caserank,
    request: *const c_char,
) -> *mut c_char {
    // SAFETY: null or one of ours, as the caller vouches.
    let (queue, request) = unsafe { (queue.as_ref(), text(request)) };
    let refused = |said: &str| reply(Err(said.into()));
    given_away(match (queue, request) {
        (None, _) => refused("there is no queue: the pointer is null"),
        (_, Err(fault)) => refused(&fault),
        (Some(queue), Ok(request)) => match queue.0.lock() {
            Ok(mut host) => host.call(request),
            Err(_) => refused("a call before this one broke off: restore the saved queue"),
        },
    })
}

/// # Safety
/// `text` is null or was given away here, and is freed once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn caserank_free_text(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: made by `CString::into_raw`, and given back once.
        drop(unsafe { CString::from_raw(text) });
    }
}

/// # Safety
/// `queue` is null or was opened here, and is closed once, when no other call is under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn caserank_close(queue: *mut Caserank) {
    if !queue.is_null() {
        // SAFETY: made by `Box::into_raw`, and given back once.
        drop(unsafe { Box::from_raw(queue) });
    }
}
