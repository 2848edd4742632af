//! How much memory long jobs hold; alone, and one after another, since the memory of the whole process is counted.

use std::sync::{Mutex, MutexGuard, PoisonError};

use peak_alloc::PeakAlloc;

#[path = "../common/mod.rs"]
mod common;

mod soak;
#[cfg(all(feature = "research", feature = "parallel"))]
mod study_memory;

#[global_allocator]
static COUNTED: PeakAlloc = PeakAlloc;

static ALONE: Mutex<()> = Mutex::new(());

/// Held by a test for as long as it counts. One that failed has changed nothing for the next.
fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
