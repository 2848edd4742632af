//! What a study set out to do, written down before it was done.

use serde::{Deserialize, Serialize};

use super::StudyError;
use super::measure::Measure;
use crate::base::json::{self, Format};
use crate::triage::Fingerprint;

/// The version of the format in which plans of studies are written.
pub const STUDY_PLAN_FORMAT: u32 = 1;

/// Plans from before they had a format number are of the first.
fn first_format() -> Format<STUDY_PLAN_FORMAT> {
    Format
}

/// The declared plan of a study: a file to register before outcomes are looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct StudyPlan {
    #[serde(default = "first_format")]
    pub(super) format_version: Format<STUDY_PLAN_FORMAT>,
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
    /// SHA-256 of the plan as JSON without blanks and without its format number, fields in the order of the type: any change
    /// of it is another fingerprint, and a plan read from its file has the one that it was registered under.
    ///
    /// # Errors
    /// [`StudyError::NoJson`] for a number that JSON cannot hold.
    pub fn fingerprint(&self) -> Result<Fingerprint, StudyError> {
        let finite = self.matters.is_finite() && self.confidence.is_finite();
        let text = serde_json::to_string(self).ok().filter(|_| finite);
        let text = text.ok_or(StudyError::NoJson { what: "a plan" })?;
        // The number says how the plan is written, not what it declares; plans were registered without it.
        let number = format!("{{\"format_version\":{STUDY_PLAN_FORMAT},");
        let declared = text.strip_prefix(&number).map(|rest| format!("{{{rest}"));
        Ok(Fingerprint::of(declared.unwrap_or(text).as_bytes()))
    }

    /// The plan as a file to deposit; see `docs/formats/study_plan.schema.json`.
    ///
    /// # Errors
    /// [`StudyError::NoJson`] for a number that JSON cannot hold.
    ///
    /// ```
    /// use caserank::complaint::Origin;
    /// use caserank::research::study::{Known, Measure, Study, StudyPlan};
    /// let known = Known::of_labels("found", &[true, false], Origin::Prospective);
    /// let study = Study::of(&known).scores("ours", &[2.0, 1.0], &[]).primary(Measure::Auc, 0.02);
    /// let deposited = study.plan()?.to_json()?;
    /// assert_eq!(StudyPlan::from_json(&deposited)?, study.plan()?);
    /// # Ok::<(), caserank::research::study::StudyError>(())
    /// ```
    pub fn to_json(&self) -> Result<String, StudyError> {
        self.fingerprint()?;
        Ok(json::pretty(self))
    }

    /// Reads a plan from its file, the format number before all else; a file without one is of format 1.
    ///
    /// # Errors
    /// [`StudyError::PlanFormat`] for another format, whatever else stands in it; [`StudyError::PlanFile`] for text of
    /// another shape.
    pub fn from_json(text: &str) -> Result<Self, StudyError> {
        let text = json::without_mark(text);
        match json::format_of(text) {
            Some(found) if found != STUDY_PLAN_FORMAT => {
                Err(StudyError::PlanFormat { found, supported: STUDY_PLAN_FORMAT })
            }
            _ => Ok(json::read(text)?),
        }
    }

    /// What differs from a plan of record, in words, one entry a part.
    #[must_use]
    pub fn differences(&self, registered: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut differ = |what: &str, was: String, is: String| {
            if was != is {
                found.push(format!("{what}: {was} was registered, {is} was done"));
            }
        };
        let entrants = |plan: &Self| {
            let entrant = |(name, model): &(String, Option<String>)| match model {
                Some(model) => format!("`{name}` ({})", model.get(..12).unwrap_or(model)),
                None => format!("`{name}`"),
            };
            plan.entrants.iter().map(entrant).collect::<Vec<_>>().join(", ")
        };
        // What a measure is called rounds its numbers; what stands in the file does not.
        let exact = |measure: &Measure| {
            let written = crate::base::json::value(measure).to_string();
            format!("{measure} [{}]", written.trim_matches('"'))
        };
        let measures = |plan: &Self| {
            let names: Vec<String> = plan.exploratory.iter().map(exact).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        };
        let channels = |plan: &Self| plan.channel_item.clone().unwrap_or_else(|| "none".to_owned());
        let without = |plan: &Self| if plan.without_overlap { "beside all" } else { "left out" };
        differ("outcome", registered.target.clone(), self.target.clone());
        differ("compared", entrants(registered), entrants(self));
        differ("primary measure", exact(&registered.primary), exact(&self.primary));
        differ("difference that matters", registered.matters.to_string(), self.matters.to_string());
        differ("other measures", measures(registered), measures(self));
        differ("channels", channels(registered), channels(self));
        differ("replicates", registered.replicates.to_string(), self.replicates.to_string());
        differ("seed", registered.seed.to_string(), self.seed.to_string());
        differ("confidence", registered.confidence.to_string(), self.confidence.to_string());
        differ(
            "figures without overlapping items",
            without(registered).to_owned(),
            without(self).to_owned(),
        );
        found
    }
}

/// A plan of record: whole, or by its fingerprint alone.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OfRecord {
    Fingerprint(Fingerprint),
    Plan(Box<StudyPlan>),
}

/// Whether a study did what was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Registration {
    /// No plan was named.
    None {
        /// What this study did.
        plan: Fingerprint,
    },
    /// The plan is the registered one.
    AsRegistered {
        /// Its fingerprint.
        plan: Fingerprint,
    },
    /// The plan differs from the registered one.
    Changed {
        /// What was registered.
        registered: Fingerprint,
        /// What this study did.
        plan: Fingerprint,
        /// What differs; empty where only the fingerprint of the plan of record was given.
        differences: Vec<String>,
    },
}

impl Registration {
    pub(super) fn of(of_record: Option<&OfRecord>, done: &StudyPlan) -> Result<Self, StudyError> {
        let plan = done.fingerprint()?;
        let (registered, differences) = match of_record {
            None => return Ok(Registration::None { plan }),
            Some(OfRecord::Fingerprint(registered)) => (*registered, Vec::new()),
            Some(OfRecord::Plan(registered)) => {
                (registered.fingerprint()?, done.differences(registered))
            }
        };
        Ok(if registered == plan {
            Registration::AsRegistered { plan }
        } else {
            Registration::Changed { registered, plan, differences }
        })
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
            Registration::Changed { registered, plan, differences } => {
                let changed = match differences.is_empty() {
                    true => String::new(),
                    false => format!(" What changed: {}.", differences.join("; ")),
                };
                format!(
                    "Not done as registered: the plan of record is `{registered}`, what was done is `{plan}`.{changed} Read all of it as exploratory."
                )
            }
        }
    }
}
