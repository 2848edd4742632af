//! Numerical building blocks with a fixed order of operations.
