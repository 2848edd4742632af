//! Instruments × measures × resampling, with what was declared beforehand.

use super::StudyError;
use super::arm::Arm;
use super::circularity::without_overlap;
use super::known::Known;
use super::measure::Measure;
use super::notes::notes;
use super::plan::{OfRecord, Registration, StudyPlan};
use super::result::{ArmResult, MeasureRow, StudyResult};
use super::target::Target;
use crate::base::Seed;
use crate::base::json::Format;
use crate::research::evaluate::Confidence;
use crate::research::fit::Labels;
use crate::triage::Fingerprint;
use crate::{Backlog, Triage};

/// What is judged on.
#[derive(Debug, Clone)]
enum Data<'a> {
    Backlog { backlog: &'a Backlog, labels: &'a Labels, target: Target },
    Known(&'a Known),
}

/// What is judged.
#[derive(Debug, Clone)]
pub(super) enum Entrant<'a> {
    Model(&'a Triage),
    Scores { scores: &'a [f64], probabilities: &'a [f64] },
}

/// A comparison of instruments on one body of complaints.
///
/// The primary measure and the smallest difference that matters are declared before anything is
/// computed; everything else is exploratory. The first instrument is what the others are held
/// against. Complaints are resampled by subject, the same ones for every instrument, so that
/// differences are paired; p values of one family (primary, exploratory) are adjusted by Holm.
///
/// ```
/// use caserank::research::fit::Labels;
/// use caserank::Seed;
/// use caserank::research::study::{Measure, Study, Target, Verdict};
/// use caserank::synthetic::{Generator, write_outcomes};
/// use caserank::{BacklogBuilder, reference};
/// let (published, unit) = (reference::published()?, reference::unit()?);
/// let cases: Vec<_> = Generator::new(Seed(5)).cases().take(400).collect();
/// let mut backlog = BacklogBuilder::new(published.codebook());
/// for case in &cases {
///     backlog.push(&case.complaint)?;
/// }
/// let backlog = backlog.freeze();
/// let mut text = Vec::new();
/// write_outcomes(&mut text, cases)?;
/// let (labels, _) = Labels::read_csv(text.as_slice())?;
/// let result = Study::new(&backlog, &labels, Target::Outcome("contact_offending".to_owned()))
///     .instrument("published", &published)
///     .instrument("unit", &unit)
///     .primary(Measure::Reached(0.2), 0.05)
///     .bootstrap(50, Seed(7))
///     .run()?;
/// assert_eq!(result.comparisons[0].verdict, Verdict::RefusedSynthetic);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Scores made elsewhere take part with [`Study::scores`], and [`Study::of`] needs no backlog at all:
///
/// ```
/// use caserank::Seed;
/// use caserank::complaint::Origin;
/// use caserank::research::study::{Known, Measure, Study, Verdict};
/// let labels: Vec<bool> = (0..200).map(|row| row % 3 == 0).collect();
/// let vendor: Vec<f64> = (0..200).map(|row| f64::from((row * 7) % 11)).collect();
/// let ours: Vec<f64> = (0..200).map(|row| f64::from(row % 3 == 0) + f64::from(row % 5)).collect();
/// let known = Known::of_labels("readmission", &labels, Origin::Retrospective);
/// let result = Study::of(&known)
///     .scores("vendor", &vendor, &[])
///     .scores("ours", &ours, &[])
///     .primary(Measure::Auc, 0.02)
///     .bootstrap(200, Seed(7))
///     .run()?;
/// assert_eq!(result.comparisons[0].verdict, Verdict::Better);
/// # Ok::<(), caserank::research::study::StudyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Study<'a> {
    data: Data<'a>,
    channel_item: Option<String>,
    pub(super) entrants: Vec<(String, Entrant<'a>)>,
    registered: Option<OfRecord>,
    primary: Option<(Measure, f64)>,
    exploratory: Vec<Measure>,
    pub(super) replicates: usize,
    pub(super) seed: Seed,
    pub(super) confidence: Confidence,
    circularity: bool,
}

impl<'a> Study<'a> {
    /// A study of one outcome; 2,000 replicates, 95%, figures without overlapping items beside all.
    #[must_use]
    pub fn new(backlog: &'a Backlog, labels: &'a Labels, target: Target) -> Self {
        Self::on(Data::Backlog { backlog, labels, target })
    }

    /// A study of scores made elsewhere, on known outcomes of any kind; otherwise as [`Study::new`].
    #[must_use]
    pub fn of(known: &'a Known) -> Self {
        Self::on(Data::Known(known))
    }

    fn on(data: Data<'a>) -> Self {
        Study {
            data,
            channel_item: None,
            entrants: Vec::new(),
            registered: None,
            primary: None,
            exploratory: Vec::new(),
            replicates: 2_000,
            seed: Seed(0),
            confidence: Confidence::P95,
            circularity: true,
        }
    }

    /// Adds a model; the first one is what the others are held against.
    #[must_use]
    pub fn instrument(mut self, name: &str, triage: &'a Triage) -> Self {
        self.entrants.push((name.to_owned(), Entrant::Model(triage)));
        self
    }

    /// Adds scores made elsewhere, larger first, one for each known complaint or for each row of the backlog;
    /// probabilities are empty where there are none.
    #[must_use]
    pub fn scores(mut self, name: &str, scores: &'a [f64], probabilities: &'a [f64]) -> Self {
        self.entrants.push((name.to_owned(), Entrant::Scores { scores, probabilities }));
        self
    }

    /// Names the plan that was registered before anything was known, by its [fingerprint](StudyPlan::fingerprint): the
    /// result says whether this is still that plan.
    #[must_use]
    pub fn registered(mut self, fingerprint: Fingerprint) -> Self {
        self.registered = Some(OfRecord::Fingerprint(fingerprint));
        self
    }

    /// The same with the plan itself, as read from its file: where the study differs, the result says in what.
    #[must_use]
    pub fn registered_plan(mut self, plan: StudyPlan) -> Self {
        self.registered = Some(OfRecord::Plan(Box::new(plan)));
        self
    }

    /// Declares the primary measure and the smallest difference in it that matters.
    #[must_use]
    pub fn primary(mut self, measure: Measure, matters: f64) -> Self {
        self.primary = Some((measure, matters));
        self
    }

    /// Adds an exploratory measure.
    #[must_use]
    pub fn also(mut self, measure: Measure) -> Self {
        self.exploratory.push(measure);
        self
    }

    /// The item that tells channels apart, for [`Measure::AucWithinChannel`].
    #[must_use]
    pub fn channels(mut self, item: &str) -> Self {
        self.channel_item = Some(item.to_owned());
        self
    }

    /// How often subjects are resampled, and from which seed.
    #[must_use]
    pub fn bootstrap(mut self, replicates: usize, seed: Seed) -> Self {
        (self.replicates, self.seed) = (replicates, seed);
        self
    }

    /// How sure intervals are meant to be.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Leaves out the figures without items that overlap the outcome's definition.
    #[must_use]
    pub fn without_circularity(mut self) -> Self {
        self.circularity = false;
        self
    }

    /// Resamples and compares.
    ///
    /// # Errors
    /// [`StudyError::Undeclared`] without instruments or without a primary measure,
    /// [`StudyError::Repeated`] for a name or measure given twice, and what [`Known::new`] and [`Arm::new`]
    /// refuse.
    pub fn run(&self) -> Result<StudyResult, StudyError> {
        let (primary, matters) = self.primary.ok_or(StudyError::Undeclared {
            what: "a primary measure",
            remedy: "declare it with `primary` before looking at results",
        })?;
        if !(matters.is_finite() && matters > 0.0) {
            return Err(StudyError::Undeclared {
                what: "a smallest difference that matters",
                remedy: "give a number above 0 with the primary measure",
            });
        }
        if self.entrants.is_empty() {
            return Err(StudyError::Undeclared {
                what: "instruments",
                remedy: "add at least one with `instrument`",
            });
        }
        for (number, (name, _)) in self.entrants.iter().enumerate() {
            if self.entrants[..number].iter().any(|(other, _)| other == name) {
                return Err(StudyError::Repeated { what: "instruments", name: name.clone() });
            }
        }
        let measures = self.measures(primary)?;
        let channel = self.channel_item.as_deref();
        let made;
        let known = match &self.data {
            Data::Known(known) => *known,
            Data::Backlog { backlog, labels, target } => {
                made = Known::new(backlog, labels, target.clone(), channel)?;
                &made
            }
        };
        let arm = |name: &str, entrant: &Entrant<'_>| -> Result<Arm, StudyError> {
            match (entrant, &self.data) {
                (Entrant::Scores { scores, probabilities }, _) => {
                    Ok(Arm::of_scores(name, known, scores, probabilities)?)
                }
                (Entrant::Model(model), Data::Backlog { backlog, .. }) => {
                    Arm::new(name, model, backlog, known)
                }
                (Entrant::Model(_), Data::Known(_)) => Err(StudyError::Undeclared {
                    what: "a backlog for its models to score",
                    remedy: "begin with `Study::new`, or give the models' scores with `scores`",
                }),
            }
        };
        let mut arms = Vec::new();
        let mut bare: Vec<Result<usize, String>> = Vec::new();
        for (name, entrant) in &self.entrants {
            arms.push(arm(name, entrant)?);
        }
        for (name, entrant) in &self.entrants {
            let model = match entrant {
                Entrant::Scores { .. } => Err("made elsewhere: its items are not known".to_owned()),
                Entrant::Model(_) if !self.circularity => Err("not asked for".to_owned()),
                Entrant::Model(triage) => without_overlap(triage, &known.target)?,
            };
            bare.push(match model {
                Ok(model) => {
                    arms.push(arm(name, &Entrant::Model(&model))?);
                    Ok(arms.len() - 1)
                }
                Err(why) => Err(why),
            });
        }
        let replicates = self.resample(known, &arms, &measures)?;
        let row = |arm: usize, measure: usize| -> MeasureRow {
            let advantages = replicates.of(arm, measure);
            let value = replicates.observed(arm, measure);
            MeasureRow {
                measure: measures[measure],
                interval: match &value {
                    Ok(_) => self.interval(&advantages),
                    Err(why) => Err(why.clone()),
                },
                value,
                cautions: measures[measure].cautions(),
            }
        };
        let rows =
            |arm: usize| (0..measures.len()).map(|measure| row(arm, measure)).collect::<Vec<_>>();
        let results =
            self.entrants.iter().zip(bare).enumerate().map(|(arm, ((name, entrant), bare))| {
                let without_overlap = bare.map(rows);
                let warnings = match entrant {
                    Entrant::Model(triage) => triage.instrument().draft().warnings.clone(),
                    Entrant::Scores { .. } => Vec::new(),
                };
                ArmResult { name: name.clone(), measures: rows(arm), without_overlap, warnings }
            });
        let arms = results.collect();
        Ok(StudyResult {
            stamp: known.stamp(),
            target: known.target.clone(),
            noun: known.noun.clone(),
            registration: Registration::of(self.registered.as_ref(), &self.plan()?)?,
            origin: known.origin,
            complaints: known.complaints,
            known: known.len(),
            events: known.events(),
            not_investigated: known.not_investigated,
            primary,
            matters,
            replicates: self.replicates,
            seed: self.seed,
            confidence: self.confidence,
            arms,
            comparisons: self.compare(known, &measures, matters, &replicates),
            notes: notes(known),
        })
    }

    fn measures(&self, primary: Measure) -> Result<Vec<Measure>, StudyError> {
        let mut measures = vec![primary];
        for &measure in &self.exploratory {
            if measures.contains(&measure) {
                let name = measure.to_string();
                return Err(StudyError::Repeated { what: "measures", name });
            }
            measures.push(measure);
        }
        Ok(measures)
    }

    /// What this study will do, as a file to register before outcomes are looked at.
    ///
    /// # Errors
    /// [`StudyError::Undeclared`] without a primary measure.
    ///
    /// ```
    /// use caserank::complaint::Origin;
    /// use caserank::research::study::{Known, Measure, Registration, Study, StudyPlan};
    /// let labels = [true, false, true, false, true, false];
    /// let known = Known::of_labels("found", &labels, Origin::Prospective);
    /// let scores = [6.0, 1.0, 2.0, 3.0, 5.0, 4.0];
    /// let study = Study::of(&known).scores("ours", &scores, &[]).primary(Measure::Auc, 0.02);
    /// // The file that is deposited beforehand, and the same read again when outcomes are in.
    /// let deposited = study.plan()?.to_json()?;
    /// let registered = StudyPlan::from_json(&deposited)?;
    /// let result = study.clone().registered_plan(registered.clone()).run()?;
    /// assert_eq!(result.registration, Registration::AsRegistered { plan: registered.fingerprint()? });
    /// let changed = study.primary(Measure::CapacityArea, 0.02).registered_plan(registered).run()?;
    /// let Registration::Changed { differences, .. } = &changed.registration else { panic!("told") };
    /// assert_eq!(differences.len(), 1);
    /// assert!(changed.registration.text().contains("primary measure"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn plan(&self) -> Result<StudyPlan, StudyError> {
        let (primary, matters) = self.primary.ok_or(StudyError::Undeclared {
            what: "a primary measure",
            remedy: "declare it with `primary` before looking at results",
        })?;
        let target = match &self.data {
            Data::Backlog { target, .. } => target.to_string(),
            Data::Known(known) => known.target.to_string(),
        };
        let entrants = self.entrants.iter().map(|(name, entrant)| match entrant {
            Entrant::Model(triage) => (name.clone(), Some(triage.fingerprint().to_string())),
            Entrant::Scores { .. } => (name.clone(), None),
        });
        Ok(StudyPlan {
            format_version: Format,
            target,
            entrants: entrants.collect(),
            primary,
            matters,
            exploratory: self.exploratory.clone(),
            channel_item: self.channel_item.clone(),
            replicates: self.replicates,
            seed: self.seed.0,
            confidence: self.confidence.level(),
            without_overlap: self.circularity,
        })
    }
}
