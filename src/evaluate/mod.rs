//! Measures on plain slices of labels and scores: a figure with its interval out.
