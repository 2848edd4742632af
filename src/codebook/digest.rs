//! What the codes of a codebook mean, as a digest.

use sha2::{Digest, Sha256};

use super::{Item, Kind};

/// SHA-256 of what the codes of a codebook mean.
pub(super) fn digest_of_answers(items: &[Item]) -> String {
    let mut digest = Sha256::new();
    for item in items {
        // Every text is followed by its length, so that no two lists give the same bytes.
        let mut text = |text: &str| {
            digest.update(text);
            digest.update((text.len() as u64).to_le_bytes());
        };
        text(&item.id);
        text(&item.stage.to_string());
        for answer in &item.answers {
            text(&answer.id);
        }
        text("");
        let edges = if let Kind::Binned { edges, .. } = &item.kind { &edges[..] } else { &[] };
        for edge in edges {
            text(&edge.to_string());
        }
        text("");
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
