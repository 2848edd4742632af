//! For whom an instrument works less well, from a table of groups joined only here.

use serde::Serialize;

use super::group_performance::{GroupCapacity, GroupPerformance, capacity, performance};
use super::group_told::{answer_columns, told_by};
use super::groups::Groups;
use super::known::Known;
use super::{Arm, StudyError};
use crate::base::Seed;
use crate::codebook::Domain;
use crate::research::evaluate::resample::clustered_folds;
use crate::research::evaluate::{
    Auc, Because, ByKey, Confidence, EvaluateError, GroupAudit, GroupMean, InputError,
    NotEstimable, group_audit, mean_by_group,
};
use crate::research::fit::{Columns, stands_for_nobody};
use crate::{Backlog, Triage};

/// A plan for an audit by group: who is flagged, who waits, whose answers are unknown, and how well the items give the
/// group away.
///
/// ```
/// use caserank::research::fit::Labels;
/// use caserank::Seed;
/// use caserank::research::study::{GroupPlan, Groups, Known, Target};
/// use caserank::synthetic::{Generator, write_outcomes};
/// use caserank::{BacklogBuilder, reference};
/// let triage = reference::published()?;
/// let cases: Vec<_> = Generator::new(Seed(5)).cases().take(300).collect();
/// let mut backlog = BacklogBuilder::new(triage.codebook());
/// for case in &cases {
///     backlog.push(&case.complaint)?;
/// }
/// let backlog = backlog.freeze();
/// let mut text = Vec::new();
/// write_outcomes(&mut text, cases)?;
/// let (labels, _) = Labels::read_csv(text.as_slice())?;
/// let known = Known::new(&backlog, &labels, Target::Outcome("contact_offending".into()), None)?;
/// // Groups come from a file of their own; here, made up from the row.
/// let group = |row: usize| if row % 2 == 0 { "even" } else { "odd" };
/// let groups: Groups = (0..backlog.len()).map(|row| (backlog.id(row), group(row))).collect();
/// let found = GroupPlan::new(&triage, &groups).top(30).seed(Seed(7)).run(&backlog, &known)?;
/// assert_eq!((found.coverage, found.told.len()), (1.0, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct GroupPlan<'a> {
    triage: &'a Triage,
    groups: &'a Groups,
    waited: Option<&'a [f64]>,
    top: usize,
    smallest: usize,
    folds: usize,
    ridge: f64,
    seed: Seed,
    confidence: Confidence,
}

/// What an audit by group found: counts, rates and means by group, and nothing of a single complaint.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupFindings {
    /// The stamp that goes beside every figure, for synthetic complaints and for those of unstated origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamp: Option<&'static str>,
    /// Complaints of the backlog.
    pub complaints: usize,
    /// Share of them whose group is known.
    pub coverage: f64,
    /// How many subjects the complaints with a known outcome are about, where some are about one; rates and shares then
    /// take complaints as independent, and what is told inside each group counts subjects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeated_subjects: Option<usize>,
    /// Entries of the table that belong to no complaint of the backlog.
    pub without_complaint: usize,
    /// How many complaints come first and count as flagged; also how many are worked in a period.
    pub top: usize,
    /// Rows that score as the last of these does and are not among them: their order decides. 0 for a model, whose order is
    /// total.
    pub tied: usize,
    /// Rates of the flagged among complaints with a known outcome.
    pub rates: Result<GroupAudit<String>, NotEstimable>,
    /// Order and probabilities inside each group, among complaints with a known outcome.
    pub performance: ByKey<String, GroupPerformance>,
    /// What of the first `top` each group takes: all complaints.
    pub capacity: ByKey<String, GroupCapacity>,
    /// Periods until a complaint's turn, when `top` are worked in each and none comes in: all complaints.
    pub turn: ByKey<String, GroupMean>,
    /// What was waited in fact, in the caller's unit; empty where not given.
    pub waited: ByKey<String, GroupMean>,
    /// Share of a complaint's items that are unknown: all complaints.
    pub unknown: ByKey<String, GroupMean>,
    /// How well each group is told from all others by the items.
    pub told: Vec<GroupTold>,
}

/// How well the items tell whether a complaint belongs to a group: cross-validated areas, one half for not at all.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupTold {
    /// The group.
    pub group: String,
    /// From all items.
    pub all_items: Result<Auc, NotEstimable>,
    /// From all items but those of the record domains.
    pub without_records: Result<Auc, NotEstimable>,
}

impl<'a> GroupPlan<'a> {
    /// The first 100 complaints flagged, groups of 50 and more judged, five folds, a ridge of 1, 95%.
    #[must_use]
    pub fn new(triage: &'a Triage, groups: &'a Groups) -> Self {
        let (seed, confidence) = (Seed(0), Confidence::P95);
        let (top, smallest, folds, ridge) = (100, 50, 5, 1.0);
        GroupPlan { triage, groups, waited: None, top, smallest, folds, ridge, seed, confidence }
    }

    /// How many complaints come first: flagged, and worked in a period.
    #[must_use]
    pub fn top(mut self, complaints: usize) -> Self {
        self.top = complaints.max(1);
        self
    }

    /// How many complaints a group must have to be judged.
    #[must_use]
    pub fn smallest(mut self, complaints: usize) -> Self {
        self.smallest = complaints;
        self
    }

    /// How long each complaint waited in fact, one number a row of the backlog, in any unit.
    #[must_use]
    pub fn waited(mut self, waited: &'a [f64]) -> Self {
        self.waited = Some(waited);
        self
    }

    /// Folds and ridge of the regression of the group on the items.
    #[must_use]
    pub fn prediction(mut self, folds: usize, ridge: f64) -> Self {
        (self.folds, self.ridge) = (folds, ridge);
        self
    }

    /// The seed from which folds are dealt.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// How sure intervals are meant to be.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Joins groups to the backlog, measures, and forgets them. Complaints whose group is unknown are counted and left
    /// out. Folds never part complaints about one subject. Nothing here takes sampling weights.
    ///
    /// # Errors
    /// [`StudyError::OtherBacklog`] where `known` was made from another backlog; [`StudyError::Codebook`] for another codebook; [`StudyError::Input`] for waits of another length than
    /// the backlog; [`StudyError::NotEstimable`] for an empty backlog.
    pub fn run(&self, backlog: &Backlog, known: &Known) -> Result<GroupFindings, StudyError> {
        known.require(backlog)?;
        let ranking = self.triage.rank(backlog)?;
        let mut positions = vec![0; backlog.len()];
        for entry in &ranking {
            positions[entry.row()] = entry.position();
        }
        if let Some(waited) = self.waited.filter(|waited| waited.len() != backlog.len()) {
            let (what, found, expected) = ("waits", waited.len(), backlog.len());
            return Err(InputError::Length { what, found, expected }.into());
        }
        let groups = self.groups.of_rows(backlog);
        let rows: Vec<usize> = (0..backlog.len()).filter(|&row| groups[row].is_some()).collect();
        let turn: Vec<f64> =
            positions.iter().map(|position| position.div_ceil(self.top) as f64).collect();
        let items = backlog.codebook().items().len();
        let unknown: Vec<f64> = (0..backlog.len())
            .map(|row| (0..items).filter(|&item| backlog.code_at(row, item) == 0).count())
            .map(|open| open as f64 / items.max(1) as f64)
            .collect();
        let flagged: Vec<bool> = known.rows.iter().map(|&row| positions[row] <= self.top).collect();
        let of_known: Vec<Option<&str>> = known.rows.iter().map(|&row| groups[row]).collect();
        let rates = estimable(group_audit(
            &known.labels,
            &flagged,
            &of_known,
            self.smallest,
            self.confidence,
        ))?;
        let arm = Arm::new("audited", self.triage, backlog, known)?;
        let (smallest, confidence) = (self.smallest, self.confidence);
        let means = |values: &[f64]| -> Result<ByKey<String, GroupMean>, StudyError> {
            let means = mean_by_group(values, &groups, self.smallest, self.confidence);
            Ok(means?.into_iter().map(|(key, means_of)| (key.to_owned(), means_of)).collect())
        };
        Ok(GroupFindings {
            stamp: known.stamp(),
            complaints: backlog.len(),
            coverage: rows.len() as f64 / backlog.len().max(1) as f64,
            repeated_subjects: known.repeated_subjects(),
            without_complaint: self.groups.without_complaint(backlog),
            top: self.top,
            tied: 0,
            rates: rates.map(|rates_of| rates_of.map_keys(str::to_owned)),
            performance: performance(&arm, known, &of_known, smallest, confidence),
            capacity: capacity(&positions, &groups, self.top, smallest, confidence),
            turn: means(&turn)?,
            waited: self.waited.map(means).transpose()?.unwrap_or_default(),
            unknown: means(&unknown)?,
            told: self.told(backlog, &groups, &rows)?,
        })
    }

    fn told(
        &self,
        backlog: &Backlog,
        groups: &[Option<&str>],
        rows: &[usize],
    ) -> Result<Vec<GroupTold>, StudyError> {
        let mut present: Vec<&str> = rows.iter().filter_map(|&row| groups[row]).collect();
        present.sort_unstable();
        present.dedup();
        let record = |domain: Domain| {
            let records = [Domain::ContactRecord, Domain::OtherSexualRecord, Domain::GeneralRecord];
            records.contains(&domain)
        };
        let all_items = answer_columns(backlog, rows, |_| true)?;
        let others = answer_columns(backlog, rows, |domain| !record(domain))?;
        let subjects: Vec<&str> = rows
            .iter()
            .map(|&row| {
                let subject = backlog.subject(row).filter(|key| !stands_for_nobody(key));
                subject.unwrap_or_else(|| backlog.id(row))
            })
            .collect();
        // Their places in the order of the words: the same folds for every group, dealt from numbers.
        let mut distinct = subjects.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let subjects: Vec<usize> = subjects
            .iter()
            .map(|subject| distinct.binary_search(subject).unwrap_or_default())
            .collect();
        let of_group = |group: &str| -> Result<GroupTold, StudyError> {
            let belongs: Vec<bool> = rows.iter().map(|&row| groups[row] == Some(group)).collect();
            let found = belongs.iter().filter(|belongs_here| **belongs_here).count();
            let folds = if found < self.smallest {
                let (what, needed) = ("complaints in the group", self.smallest);
                Err(NotEstimable { because: Because::TooFew { what, found, needed } })
            } else {
                estimable(clustered_folds(&belongs, &subjects, self.folds, 1, self.seed))?
            };
            let from = |columns: &Columns| match &folds {
                Ok(folds) => told_by(columns, &belongs, folds, self.ridge, self.confidence),
                Err(because) => Ok(Err(because.clone())),
            };
            let (all_items, without_records) = (from(&all_items)?, from(&others)?);
            Ok(GroupTold { group: group.to_owned(), all_items, without_records })
        };
        present.into_iter().map(of_group).collect()
    }
}

/// Parts what cannot be estimated, which is an answer, from faulty input, which is not.
pub(super) fn estimable<T>(
    found: Result<T, EvaluateError>,
) -> Result<Result<T, NotEstimable>, StudyError> {
    match found {
        Ok(found) => Ok(Ok(found)),
        Err(EvaluateError::NotEstimable(error)) => Ok(Err(error)),
        Err(EvaluateError::Input(error)) => Err(error.into()),
    }
}
