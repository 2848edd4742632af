//! Writing a queue to a file; `saved` reads it back.

use std::cell::Cell;
use std::io::{self, BufWriter, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::held::Held;
use super::saved::{BUFFER, Head, Last, SAVED_FORMAT};
use super::written::Writing;
use super::{Queue, QueueError, Snapshot};
use crate::backlog::in_waves;
use crate::triage::Fingerprint;

/// A sink of lines, and the digest of what went through it.
struct Digested<W: Write> {
    sink: BufWriter<W>,
    line: Vec<u8>,
    digest: Sha256,
}

/// Complaints whose lines one thread writes before they go to the sink.
const LINES_A_SHARE: usize = 512;

impl<W: Write> Digested<W> {
    /// Lines that were written elsewhere.
    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        self.digest.update(lines);
        self.sink.write_all(lines)
    }

    /// A line at once: a digest of a few bytes at a time takes several times as long.
    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value)?;
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
    /// # queue.receive(Complaint::new("a", "2026-04-17".parse()?)?.with_answer("prior_reports", 5))?;
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
        let (mut entries, mut written, failed) = (self.iter(), Ok(()), Cell::new(false));
        in_waves(
            |mut share: Vec<&Held>| {
                share.clear();
                if failed.get() {
                    return None;
                }
                share.extend(entries.by_ref().take(LINES_A_SHARE).map(|entry| entry.held()));
                (!share.is_empty()).then_some(share)
            },
            |share| writing.lines(share),
            |lines: Result<Vec<u8>, serde_json::Error>| {
                if written.is_ok() {
                    written = lines.map_err(io::Error::from).and_then(|lines| file.lines(&lines));
                    failed.set(written.is_err());
                }
            },
        );
        written?;
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
