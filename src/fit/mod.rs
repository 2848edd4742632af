//! Learning weights from complaints with known outcomes.
