//! Taking over ids that a host keeps.

use crate::backlog::BacklogError;
use crate::backlog::names::Names;
use crate::complaint::{ComplaintError, EncodeError, MOST_ID_BYTES, check_name};

/// All ids, and whether every one is greater than the one before it, so that none stands twice.
pub(super) fn names<Id: AsRef<str>>(ids: &[Id]) -> Result<(Names, bool), BacklogError> {
    // Most hosts' ids are of one length: reading all lengths first would cost more than growing.
    let first = ids.first().map_or(0, |id| id.as_ref().len().min(MOST_ID_BYTES));
    let mut names = Names::with_capacity(ids.len() * first);
    let mut ascend = true;
    for ids in ids.chunks(IDS) {
        let first = ids.first().map_or("", Id::as_ref);
        ascend &= names.last().is_none_or(|before| before < first);
        if let Some(inside) = even_names(ids, &mut names) {
            ascend &= inside;
            continue;
        }
        let mut before = "";
        for id in ids {
            let id = id.as_ref();
            ascend &= before < id;
            before = id;
            check_name("id", id).map_err(|cause: ComplaintError| EncodeError::Complaint {
                complaint: id.chars().take(40).collect(),
                cause,
            })?;
            names.push(id);
        }
    }
    Ok((names, ascend))
}

/// Ids copied at once.
const IDS: usize = 64;

/// Copies ids of one length, 8 to 16 bytes, without a call for each: two words that overlap hold
/// such an id, and order it. Says whether the ids ascend; `None` where they are of another kind,
/// and then none is copied.
fn even_names<Id: AsRef<str>>(ids: &[Id], names: &mut Names) -> Option<bool> {
    const WORD: usize = size_of::<u64>();
    let length = ids.first()?.as_ref().len();
    if !(WORD..=2 * WORD).contains(&length) {
        return None;
    }
    let mut text = [0; IDS * 2 * WORD];
    let (mut before, mut ascend) = ([0; 2], true);
    for (copy, id) in text.chunks_exact_mut(length).zip(ids) {
        let id = id.as_ref().as_bytes();
        let words = [*id.first_chunk()?, *id.last_chunk()?];
        if id.len() != length {
            return None;
        }
        *copy.first_chunk_mut()? = words[0];
        *copy.last_chunk_mut()? = words[1];
        let words = words.map(u64::from_be_bytes);
        ascend &= before < words;
        before = words;
    }
    let text = &text[..length * ids.len()];
    // Ids with blanks, controls or letters beyond ASCII are looked at one by one. All bytes are looked
    // at without a way out between them, so that many are compared at once.
    if !text.iter().fold(true, |graphic, byte| graphic & byte.is_ascii_graphic()) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    names.append_even(text, length, ids.len()).then_some(ascend)
}
