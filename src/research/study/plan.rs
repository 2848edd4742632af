//! What a study set out to do, written down before it was done.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::measure::Measure;

/// The declared plan of a study: a file to register before outcomes are looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct StudyPlan {
    /// Which outcome.
    pub target: String,
    /// What is compared, the first being what the others are held against; a model with its fingerprint, scores made
    /// elsewhere without.
    pub entrants: Vec<(String, Option<String>)>,
    /// The primary measure.
    pub primary: Measure,
    /// The smallest difference in it that matters.
    pub matters: f64,
    /// All other measures.
    pub exploratory: Vec<Measure>,
    /// The item that tells channels apart.
    pub channel_item: Option<String>,
    /// How often subjects are resampled.
    pub replicates: usize,
    /// From which seed.
    pub seed: u64,
    /// How sure intervals are meant to be.
    pub confidence: f64,
    /// Whether figures without overlapping items stand beside all.
    pub without_overlap: bool,
}

impl StudyPlan {
    /// SHA-256 of the plan as compact JSON, in hexadecimal: any change of it is another fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        // Each part with its length, so that no two plans are written alike.
        let mut part = |text: String| {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text.as_bytes());
        };
        part(self.target.clone());
        part(self.entrants.len().to_string());
        for (name, model) in &self.entrants {
            part(name.clone());
            part(format!("{model:?}"));
        }
        part(format!("{:?} {:?}", self.primary, self.matters));
        part(format!("{:?}", self.exploratory));
        part(format!("{:?}", self.channel_item));
        part(format!("{} {} {:?}", self.replicates, self.seed, self.confidence));
        part(self.without_overlap.to_string());
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Whether a study did what was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Registration {
    /// No plan was named.
    None {
        /// What this study did.
        plan: String,
    },
    /// The plan is the registered one.
    AsRegistered {
        /// Its fingerprint.
        plan: String,
    },
    /// The plan differs from the registered one.
    Changed {
        /// What was registered.
        registered: String,
        /// What this study did.
        plan: String,
    },
}

impl Registration {
    pub(super) fn of(registered: Option<&str>, plan: &StudyPlan) -> Self {
        let plan = plan.fingerprint();
        match registered {
            None => Registration::None { plan },
            Some(registered) if registered.trim() == plan => Registration::AsRegistered { plan },
            Some(registered) => {
                Registration::Changed { registered: registered.trim().to_owned(), plan }
            }
        }
    }

    /// The same in a sentence.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Registration::None { plan } => {
                format!(
                    "No plan was registered beforehand; what was done has the fingerprint `{plan}`."
                )
            }
            Registration::AsRegistered { plan } => {
                format!("Done as registered beforehand (plan `{plan}`).")
            }
            Registration::Changed { registered, plan } => format!(
                "Not done as registered: the plan of record is `{registered}`, what was done is `{plan}`. Read all of it as exploratory."
            ),
        }
    }
}
