//! Writing a queue to a file; `saved` reads it back.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::saved::{BUFFER, Head, Last, SAVED_FORMAT};
use super::written::Writing;
use super::{Queue, QueueError, Snapshot};
use crate::triage::Fingerprint;

/// A sink of lines, and the digest of what went through it.
struct Digested<W: Write> {
    sink: BufWriter<W>,
    line: Vec<u8>,
    digest: Sha256,
}

impl<W: Write> Digested<W> {
    /// A line at once: a digest of a few bytes at a time takes several times as long.
    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.line_of(|line| serde_json::to_writer(line, value))
    }

    fn line_of(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), serde_json::Error>,
    ) -> io::Result<()> {
        self.line.clear();
        write(&mut self.line)?;
        self.line.push(b'\n');
        self.digest.update(&self.line);
        self.sink.write_all(&self.line)
    }
}

impl Snapshot {
    /// Saves everything that is needed to go on: complaints, decisions, the time, the caller's
    /// choices and the number of the last event. The sink is written to in large pieces and flushed;
    /// writing beside, syncing and renaming are the host's. A snapshot is saved without the queue's
    /// lock. Gives back the digest of the file. O(n).
    ///
    /// ```
    /// use caserank::queue::{Queue, SavedQueue};
    /// # use caserank::{Complaint, Triage};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// # let triage = Triage::from_json(json)?;
    /// # let mut queue = Queue::new(&triage, "2026-04-18".parse()?);
    /// # queue.receive(Complaint::new("a", "2026-04-17".parse()?)?.answer("prior_reports", 5))?;
    /// queue.set_sequence(41);
    /// let mut file = Vec::new();
    /// queue.snapshot().save(&mut file)?;
    /// let restored = Queue::restore(&triage, SavedQueue::load(&*file)?)?.whole()?;
    /// assert_eq!((restored.len(), restored.sequence()), (1, Some(41)));
    /// assert!(SavedQueue::load(&file[..file.len() - 9]).is_err()); // cut off
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`QueueError::Io`] where the sink fails; what it holds is then no saved queue.
    pub fn save(&self, sink: impl Write) -> Result<Fingerprint, QueueError> {
        let sink = BufWriter::with_capacity(BUFFER, sink);
        self.write(Digested { sink, line: Vec::new(), digest: Sha256::new() })
            .map_err(QueueError::Io)
    }

    fn write(&self, mut file: Digested<impl Write>) -> io::Result<Fingerprint> {
        let codebook = self.triage().codebook();
        file.line(&Head {
            format_version: SAVED_FORMAT,
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            codebook: codebook.identity().clone(),
            answers_sha256: codebook.digest_of_answers().to_owned(),
            items: codebook.item_digests(),
            fingerprint: self.triage().fingerprint(),
            scoring_fingerprint: self.triage().scoring_fingerprint(),
            now: self.now(),
            sequence: self.sequence,
            unlisted: self.unlisted,
            decisions: self.decisions.len(),
            complaints: self.len(),
        })?;
        for decision in self.decisions.iter() {
            file.line(decision)?;
        }
        let writing = Writing::new(codebook, &self.packing)?;
        for entry in self.iter() {
            file.line_of(|line| writing.write(entry.held(), line))?;
        }
        let sha256 = Fingerprint::from_bytes(file.digest.clone().finalize().into());
        file.line(&Last { sha256 })?;
        file.sink.flush()?;
        Ok(sha256)
    }
}

impl Queue {
    /// As [`Snapshot::save`].
    ///
    /// # Errors
    /// As [`Snapshot::save`].
    pub fn save(&self, sink: impl Write) -> Result<Fingerprint, QueueError> {
        self.view().save(sink)
    }
}
