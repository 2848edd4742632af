//! How much memory long jobs hold; alone, since it counts the memory of the whole process.

#[cfg(all(feature = "research", feature = "parallel"))]
mod study_memory;
