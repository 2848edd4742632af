//! The complaints of a backlog whose outcome is known, or rows of plain arrays.

use std::collections::BTreeMap;

use super::StudyError;
use super::follow_up::Horizon;
use super::noun::Noun;
use super::subjects::clusters;
use super::target::{Target, stamp_of};
use crate::Backlog;
use crate::codebook::UNKNOWN;
use crate::complaint::Origin;
use crate::research::evaluate::{InputError, Weights};
use crate::research::fit::{FollowUp, Found, Labels};

/// Which channel each row came by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Channels {
    pub(crate) names: Vec<String>,
    /// For each known row the place of its channel's name.
    pub(crate) of: Vec<u32>,
}

/// Complaints whose outcome is known, in the backlog's order, or rows of plain arrays. *Not investigated* is never *no*:
/// such complaints are left out and counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub(crate) target: Target,
    pub(crate) rows: Vec<usize>,
    pub(crate) labels: Vec<bool>,
    pub(crate) weights: Option<Weights>,
    pub(crate) clusters: Vec<u32>,
    pub(crate) channels: Option<Channels>,
    pub(crate) complaints: usize,
    pub(crate) not_investigated: usize,
    pub(crate) not_applicable: usize,
    pub(crate) origin: Origin,
    pub(crate) noun: Noun,
    pub(super) follow_up: Option<FollowUp>,
    pub(super) horizon: Option<Horizon>,
    /// How many of the known complaints have which subject key that stands for nobody.
    pub(super) nobody: BTreeMap<String, usize>,
    /// Ids of the known complaints, so that another backlog is not taken for theirs; empty for plain arrays.
    ids: Vec<String>,
}

impl Known {
    /// Brings labels to a backlog; `channel_item` tells channels apart.
    ///
    /// For [`Target::Any`] and unions a complaint counts where every outcome asked for has an answer or does not apply to
    /// it: as found where any is *yes*. An outcome without a line is not looked for, and never *no*; the largest of a
    /// complaint's weights counts.
    ///
    /// # Errors
    /// [`StudyError::Unknown`] for an outcome or an item that the codebook does not have.
    pub fn new(
        backlog: &Backlog,
        labels: &Labels,
        target: Target,
        channel_item: Option<&str>,
    ) -> Result<Self, StudyError> {
        let codebook = backlog.codebook();
        let outcomes: Vec<&str> = match &target {
            Target::Outcome(outcome) => vec![outcome],
            Target::Any => codebook.outcomes().iter().map(|outcome| &*outcome.id).collect(),
            Target::Union(name) => {
                let found = codebook.unions().iter().find(|union| union.id == *name);
                let unknown = || StudyError::Unknown { what: "union", name: name.clone() };
                found.ok_or_else(unknown)?.any_of.iter().map(|outcome| &**outcome).collect()
            }
        };
        for outcome in &outcomes {
            if codebook.outcome_position(outcome).is_none() {
                let name = (*outcome).to_owned();
                return Err(StudyError::Unknown { what: "outcome", name });
            }
        }
        // By row: whether found, whether looked for in vain, whether left open; weight and cluster.
        let mut kept: Vec<(bool, bool, f64)> = vec![(false, false, 0.0); backlog.len()];
        // Outcomes of each row that somebody answered or that do not apply to it, and those said to be left open.
        let (mut settled, mut left) = (vec![0; backlog.len()], vec![0; backlog.len()]);
        let (mut not_investigated, mut not_applicable) = (0, 0);
        for outcome in &outcomes {
            let joined = labels.join(backlog, outcome);
            not_investigated += joined.report.not_investigated;
            not_applicable += joined.report.not_applicable;
            for ((&row, &label), &weight) in
                joined.rows.iter().zip(&joined.labels).zip(&joined.weights)
            {
                let kept_row = &mut kept[row];
                kept_row.0 |= label;
                kept_row.1 |= !label;
                kept_row.2 = kept_row.2.max(weight);
                settled[row] += 1;
            }
            for label in labels.labels().iter().filter(|label| label.outcome == *outcome) {
                match (label.result, backlog.row_of(&label.complaint)) {
                    (Found::NotApplicable, Some(row)) => settled[row] += 1,
                    (Found::NotInvestigated, Some(row)) => left[row] += 1,
                    _ => {}
                }
            }
        }
        // Nobody even said of these that they were left open.
        let unsaid = |row: usize| outcomes.len().saturating_sub(settled[row] + left[row]);
        let labelled = (0..kept.len()).filter(|row| settled[*row] + left[*row] > 0);
        not_investigated += labelled.map(unsaid).sum::<usize>();
        let mut known = Known {
            target: Target::Any,
            rows: Vec::new(),
            labels: Vec::new(),
            weights: None,
            clusters: Vec::new(),
            channels: None,
            complaints: backlog.len(),
            not_investigated,
            not_applicable,
            origin: labels.origin_with(backlog, &outcomes),
            noun: Noun::default(),
            follow_up: Some(FollowUp::of(backlog, labels, &outcomes)),
            horizon: None,
            nobody: BTreeMap::new(),
            ids: Vec::new(),
        };
        let mut weights = Vec::new();
        for (row, &(found, looked, weight)) in kept.iter().enumerate() {
            // A found outcome is kept by the rule of one not found, since else the rate would rise with what was left open.
            if (found || looked) && settled[row] >= outcomes.len() {
                known.rows.push(row);
                known.labels.push(found);
                weights.push(weight);
            }
        }
        (known.clusters, known.nobody) = clusters(backlog, &known.rows);
        if weights.iter().any(|&weight| weight != 1.0) {
            known.weights = Some(Weights::sampling(weights)?);
        }
        if let Some(item) = channel_item {
            let position = codebook
                .item_position(item)
                .ok_or_else(|| StudyError::Unknown { what: "item", name: item.to_owned() })?;
            let item = &codebook.items()[position];
            let name =
                |code: u8| item.answer(code).map_or(UNKNOWN, |answer| &*answer.id).to_owned();
            let names = (0..item.code_count()).map(|code| name(code as u8)).collect();
            let of =
                known.rows.iter().map(|&row| u32::from(backlog.code_at(row, position))).collect();
            known.channels = Some(Channels { names, of });
        }
        known.target = target;
        known.ids = known.rows.iter().map(|&row| backlog.id(row).to_owned()).collect();
        Ok(known)
    }

    /// Rows of plain arrays, all of which have a known outcome; `what` names the outcome. No backlog is needed: judge
    /// scores made elsewhere with [`Arm::of_scores`](super::Arm::of_scores) and [`Study::of`](super::Study::of).
    ///
    /// Where the data come from must be said; what nobody states is [`Origin::NotStated`] and gets no verdict.
    ///
    /// ```
    /// use caserank::complaint::Origin;
    /// use caserank::research::study::{Known, Noun};
    /// let known = Known::of_labels("readmission", &[true, false, true, false], Origin::Retrospective)
    ///     .called(Noun::new("patient", "patients"))
    ///     .with_clusters(&["p1", "p2", "p1", "p3"])?
    ///     .with_channels(&["ward", "ward", "clinic", "clinic"])?;
    /// assert_eq!((known.len(), known.events(), known.cluster_count()), (4, 2, 3));
    /// # Ok::<(), caserank::research::evaluate::InputError>(())
    /// ```
    #[must_use]
    pub fn of_labels(what: &str, labels: &[bool], origin: Origin) -> Self {
        Known {
            target: Target::Outcome(what.to_owned()),
            rows: (0..labels.len()).collect(),
            labels: labels.to_vec(),
            weights: None,
            clusters: (0..labels.len() as u32).collect(),
            channels: None,
            complaints: labels.len(),
            not_investigated: 0,
            not_applicable: 0,
            origin,
            noun: Noun::default(),
            follow_up: None,
            horizon: None,
            nobody: BTreeMap::new(),
            ids: Vec::new(),
        }
    }

    /// How many rows each row stands for.
    ///
    /// # Errors
    /// [`InputError::Length`].
    pub fn with_weights(mut self, weights: Weights) -> Result<Self, InputError> {
        self.one_each("weights", weights.values().len())?;
        self.weights = Some(weights);
        Ok(self)
    }

    /// Which rows belong together (one subject, one family): equal keys are resampled together. A key for *not known* is one
    /// subject here like any other: give each such row a key of its own.
    ///
    /// # Errors
    /// [`InputError::Length`].
    pub fn with_clusters<K: Ord>(mut self, keys: &[K]) -> Result<Self, InputError> {
        self.one_each("clusters", keys.len())?;
        self.clusters = numbered(keys).1;
        Ok(self)
    }

    /// How each row came in, by name.
    ///
    /// # Errors
    /// [`InputError::Length`].
    pub fn with_channels<S: AsRef<str>>(mut self, channels: &[S]) -> Result<Self, InputError> {
        self.one_each("channels", channels.len())?;
        let channels: Vec<&str> = channels.iter().map(AsRef::as_ref).collect();
        let (names, of) = numbered(&channels);
        self.channels =
            Some(Channels { names: names.into_iter().map(|&n| n.to_owned()).collect(), of });
        Ok(self)
    }

    /// What the rows are called in reports.
    #[must_use]
    pub fn called(mut self, noun: Noun) -> Self {
        self.noun = noun;
        self
    }

    /// Those at these places, with other labels; weights are the caller's to bring.
    pub(super) fn of_places(mut self, places: &[usize], labels: Vec<bool>) -> Self {
        self.rows = places.iter().map(|&place| self.rows[place]).collect();
        self.clusters = places.iter().map(|&place| self.clusters[place]).collect();
        self.ids = places.iter().map(|&place| self.ids[place].clone()).collect();
        if let Some(channels) = &mut self.channels {
            channels.of = places.iter().map(|&place| channels.of[place]).collect();
        }
        (self.labels, self.weights) = (labels, None);
        self
    }

    fn one_each(&self, what: &'static str, found: usize) -> Result<(), InputError> {
        let expected = self.len();
        if found == expected { Ok(()) } else { Err(InputError::Length { what, found, expected }) }
    }

    /// Refuses a backlog that these were not made from.
    pub(crate) fn require(&self, backlog: &Backlog) -> Result<(), StudyError> {
        let known = self.rows.iter().zip(&self.ids);
        let same = self.complaints == backlog.len()
            && self.ids.len() == self.rows.len()
            && known.clone().all(|(&row, id)| row < backlog.len() && backlog.id(row) == id);
        if same {
            return Ok(());
        }
        Err(StudyError::OtherBacklog { known: self.complaints, found: backlog.len() })
    }

    /// Which outcome.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Rows of the backlog, or of the arrays.
    #[must_use]
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// Whether the outcome was found, one each known row.
    #[must_use]
    pub fn labels(&self) -> &[bool] {
        &self.labels
    }

    /// How many complaints each stands for; `None` where all stand for themselves.
    #[must_use]
    pub fn weights(&self) -> Option<&Weights> {
        self.weights.as_ref()
    }

    /// Complaints about one subject share a number.
    #[must_use]
    pub fn clusters(&self) -> &[u32] {
        &self.clusters
    }

    /// The channel of a known row by its place; `None` without channels.
    #[must_use]
    pub fn channel(&self, row: usize) -> Option<&str> {
        let channels = self.channels.as_ref()?;
        let name = channels.names.get(*channels.of.get(row)? as usize)?;
        Some(name)
    }

    /// Complaints in the backlog, or rows of the arrays.
    #[must_use]
    pub fn complaints(&self) -> usize {
        self.complaints
    }

    /// Complaints labelled *not investigated*.
    #[must_use]
    pub fn not_investigated(&self) -> usize {
        self.not_investigated
    }

    /// Complaints labelled *not applicable*.
    #[must_use]
    pub fn not_applicable(&self) -> usize {
        self.not_applicable
    }

    /// Where complaints and labels come from: the largest origin that any of them states.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What the rows are called.
    #[must_use]
    pub fn noun(&self) -> &Noun {
        &self.noun
    }

    /// How many complaints have a known outcome.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many have the outcome.
    #[must_use]
    pub fn events(&self) -> usize {
        self.labels.iter().filter(|&&label| label).count()
    }

    /// What must stand beside everything that is computed from these: for synthetic complaints or labels, and where
    /// nobody said where they come from.
    #[must_use]
    pub fn stamp(&self) -> Option<&'static str> {
        stamp_of(self.origin)
    }

    /// Whether any complaint or label is made up, so that nothing here says anything about performance.
    #[must_use]
    pub fn is_synthetic(&self) -> bool {
        self.origin == Origin::Synthetic
    }
}

/// The distinct keys in order, and for each key its place among them.
fn numbered<K: Ord>(keys: &[K]) -> (Vec<&K>, Vec<u32>) {
    let mut distinct: Vec<&K> = keys.iter().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let of = keys
        .iter()
        .map(|key| distinct.partition_point(|known_key| *known_key < key) as u32)
        .collect();
    (distinct, of)
}
