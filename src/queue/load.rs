//! A saved queue read straight into a queue.

use std::collections::BTreeSet;
use std::io::Read;

use sha2::Digest;

use super::block::Block;
use super::fill::Filling;
use super::plain_line::PlainLines;
use super::saved::Lines;
use super::{Filled, Queue, QueueError};
use crate::backlog::Packing;
use crate::base::{JsonError, beside, both};
use crate::complaint::Complaint;
use crate::triage::Triage;

impl Queue {
    /// [`SavedQueue::load`](super::SavedQueue::load) and [`Queue::restore`] in one pass: each complaint goes into the queue as
    /// its line is read, so that they never stand in memory unpacked. What the file holds is given
    /// back only once its digest was found right. O(n log n).
    ///
    /// ```
    /// use caserank::{Complaint, Queue, Triage};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// # let triage = Triage::from_json(json)?;
    /// # let mut queue = Queue::new(&triage, "2026-04-18".parse()?);
    /// # queue.receive(Complaint::new("a", "2026-04-17".parse()?)?.with_answer("prior_reports", 5))?;
    /// # queue.set_sequence(41);
    /// let mut file = Vec::new();
    /// queue.snapshot().save(&mut file)?;
    /// let restored = Queue::load(&triage, &*file)?.whole()?;
    /// assert_eq!((restored.len(), restored.sequence()), (1, Some(41)));
    /// assert!(Queue::load(&triage, &file[..file.len() - 9]).is_err()); // cut off
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`SavedQueue::load`](super::SavedQueue::load) and [`Queue::restore`], the model first; [`QueueError::RepeatedId`] for
    /// a file in which a complaint stands twice.
    pub fn load(triage: &Triage, source: impl Read) -> Result<Filled, QueueError> {
        let mut lines = Lines::new(source);
        if !lines.begins_format_two()? {
            return Queue::restore(triage, lines.one_object()?);
        }
        let (saved, head) = lines.head()?;
        let mut filling = Filling::new(Queue::unfilled(triage, &saved)?);
        let packing = Packing::new(triage.codebook());
        let plain_lines = PlainLines::new(triage.codebook(), &packing)
            .map_err(|cause| QueueError::Line { line: 1, cause: JsonError::of(cause) })?;
        let mut left = head.complaints;
        let (mut block, mut next) = (Block::default(), Block::default());
        let (mut blocks, digest) = lines.parts();
        let mut whole = blocks.next(left, &mut block);
        while left > 0 {
            let after = if whole.is_ok() { left - block.len() } else { 0 };
            let mut read = 0;
            let read_all = || plain_lines.read_all(&block, filling.state(), filling.units());
            let aside = || both(read_all, || digest.update(block.bytes())).0;
            let (complaints, next_whole) = beside(aside, || blocks.next(after, &mut next));
            for ((line, text), plain) in block.lines().zip(complaints.into_iter().flatten()) {
                match plain {
                    Some(plain) => filling.take_plain(plain),
                    None => {
                        let complaint: Complaint =
                            serde_json::from_slice(text).map_err(|cause| QueueError::Line {
                                line,
                                cause: JsonError::of(cause),
                            })?;
                        filling.take(&complaint);
                    }
                }
                read += 1;
            }
            whole?;
            left -= read;
            (block, next) = (next, block);
            whole = next_whole;
        }
        let (filled, twice) = filling.finish();
        lines.last()?;
        // Whatever else keeps a complaint out, one that stands twice says that the file is not ours.
        let mut left_out = BTreeSet::new();
        let mut ids = filled.not_taken().iter().map(|left_out| left_out.complaint.id());
        let twice = ids
            .find(|id| !left_out.insert(*id) || filled.queue().position(id).is_some())
            .map(str::to_owned)
            .or(twice);
        if let Some(id) = twice {
            return Err(QueueError::RepeatedId { id });
        }
        Ok(filled)
    }
}
