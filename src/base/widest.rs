//! Loops for the widest vectors that the processor at hand has.

/// Evaluates a call of an `#[inline(always)]` function, compiled again for each level of vector
/// instructions; the best that this processor has is taken while the program runs.
///
/// Only for loops whose result does not depend on the level: whole numbers, and floats whose
/// operations stay as written, since the compiler neither reorders nor joins them. Without the
/// feature `simd` it is the call alone.
macro_rules! widest {
    ($work:expr) => {{
        #[cfg(feature = "simd")]
        {
            fearless_simd::dispatch!(fearless_simd::Level::new(), _ => $work)
        }
        #[cfg(not(feature = "simd"))]
        {
            $work
        }
    }};
}

pub(crate) use widest;
