//! Identity without identifiers: digests under the host's key.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Sha256;
use thiserror::Error;

/// The fewest bytes of a key; 32 random ones are advised.
pub(super) const LEAST_KEY_BYTES: usize = 16;

/// Bytes kept of a digest. Among a billion identifiers, two share 128 bits with a chance below
/// one in 10^20.
const DIGEST_BYTES: usize = 16;

/// Why a key is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DigestKeyError {
    /// Too short to keep anybody from trying all identifiers.
    #[error("the key has {bytes} bytes: give at least {limit}, best 32 random ones", limit = LEAST_KEY_BYTES)]
    Short {
        /// How long it is.
        bytes: usize,
    },
}

/// The host's secret under which identifiers become digests (HMAC-SHA-256, 128 bits kept).
///
/// Whoever lacks the key can neither read an identifier off a digest nor test a guess. The same
/// key must be used for as long as complaints are to be linked; it is never printed or written.
#[derive(Clone)]
pub struct DigestKey {
    begun: Hmac<Sha256>,
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DigestKey(not shown)")
    }
}

impl DigestKey {
    /// Takes the host's key.
    ///
    /// # Errors
    /// [`DigestKeyError::Short`] below 16 bytes.
    pub fn new(key: &[u8]) -> Result<Self, DigestKeyError> {
        let short = || DigestKeyError::Short { bytes: key.len() };
        if key.len() < LEAST_KEY_BYTES {
            return Err(short());
        }
        Ok(DigestKey { begun: Hmac::new_from_slice(key).map_err(|_| short())? })
    }

    /// The digest of an identifier of a kind (`email`, `account`, …). Kinds never meet: the same
    /// text under two kinds gives two digests. Spelling counts; bring it into one form before.
    ///
    /// ```
    /// use caserank::intake::DigestKey;
    /// let key = DigestKey::new(b"thirty-two bytes kept by the host")?;
    /// let digest = key.digest("email", "person@example.com");
    /// assert_eq!(digest, key.digest("email", "person@example.com"));
    /// assert_ne!(digest, key.digest("account", "person@example.com"));
    /// # Ok::<(), caserank::intake::DigestKeyError>(())
    /// ```
    #[must_use]
    pub fn digest(&self, kind: &str, identifier: &str) -> KeyedDigest {
        self.digest_parts(kind, [identifier.as_bytes()])
    }

    /// The digest of several parts, each with its length before it.
    pub(super) fn digest_parts<'a>(
        &self,
        kind: &str,
        parts: impl IntoIterator<Item = &'a [u8]>,
    ) -> KeyedDigest {
        let mut begun = self.begun.clone();
        let mut add = |part: &[u8]| {
            begun.update(&(part.len() as u64).to_le_bytes());
            begun.update(part);
        };
        add(kind.as_bytes());
        parts.into_iter().for_each(&mut add);
        let whole = begun.finalize().into_bytes();
        let mut digest = [0; DIGEST_BYTES];
        digest.copy_from_slice(&whole[..DIGEST_BYTES]);
        KeyedDigest(digest)
    }
}

/// 128 bits that stand for an identifier; see [`DigestKey`]. Written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyedDigest([u8; DIGEST_BYTES]);

impl KeyedDigest {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn from_hex(text: &str) -> Option<Self> {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let text = text.as_bytes();
        if text.len() != 2 * DIGEST_BYTES {
            return None;
        }
        let mut digest = [0; DIGEST_BYTES];
        for (byte, pair) in digest.iter_mut().zip(text.chunks_exact(2)) {
            *byte = u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok()?;
        }
        Some(KeyedDigest(digest))
    }
}

impl fmt::Display for KeyedDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyedDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyedDigest({self})")
    }
}

impl Serialize for KeyedDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyedDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let expected = "32 hexadecimal digits of a keyed digest";
        KeyedDigest::from_hex(&text)
            .ok_or_else(|| de::Error::invalid_value(de::Unexpected::Str("other text"), &expected))
    }
}

/// What ties one complaint to others: digests alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<KeyedDigest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    viral_batch: Option<KeyedDigest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sender: Option<KeyedDigest>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    subjects: Vec<KeyedDigest>,
}

impl Traces {
    /// Nothing that ties it to anything.
    #[must_use]
    pub fn new() -> Self {
        Traces::default()
    }

    /// With a digest of everything that was reported: equal ones are exact duplicates.
    #[must_use]
    pub fn with_content(mut self, content: KeyedDigest) -> Self {
        self.content = Some(content);
        self
    }

    /// With a digest of its files, where each of them carries a finding of being viral.
    #[must_use]
    pub fn with_viral_batch(mut self, files: KeyedDigest) -> Self {
        self.viral_batch = Some(files);
        self
    }

    /// With who sent it.
    #[must_use]
    pub fn with_sender(mut self, sender: KeyedDigest) -> Self {
        self.sender = Some(sender);
        self
    }

    /// With identifiers of the person complained about, beside those it has.
    #[must_use]
    pub fn with_subjects(mut self, subjects: impl IntoIterator<Item = KeyedDigest>) -> Self {
        self.subjects.extend(subjects);
        self.subjects.sort_unstable();
        self.subjects.dedup();
        self
    }

    /// What was reported, as a whole.
    #[must_use]
    pub fn content(&self) -> Option<KeyedDigest> {
        self.content
    }

    /// The viral files it is about.
    #[must_use]
    pub fn viral_batch(&self) -> Option<KeyedDigest> {
        self.viral_batch
    }

    /// Who sent it.
    #[must_use]
    pub fn sender(&self) -> Option<KeyedDigest> {
        self.sender
    }

    /// Identifiers of the person complained about, in rising order.
    #[must_use]
    pub fn subjects(&self) -> &[KeyedDigest] {
        &self.subjects
    }
}
