//! From a complaint, a row or an entry to its assessment.

use super::assessment::{Assessment, Reason};
use super::{questions, reach};
use crate::Timestamp;
use crate::backlog::Backlog;
use crate::codebook::{CodebookError, ItemIndex, Stage};
use crate::complaint::{
    Complaint, Deadline, EncodeError, NotUnderstood, Origin, Provenance, Speaker, Unlisted,
};
use crate::policy::ActiveOverride;
use crate::triage::{RankingEntry, Tally, Triage};

/// When a complaint came in, who works it, and which clocks run.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) received: Timestamp,
    pub(crate) unit: Option<String>,
    /// Earliest first.
    pub(crate) deadlines: Vec<Deadline>,
    pub(crate) not_understood: Vec<NotUnderstood>,
    /// Who gave an answer, by position of the item.
    pub(crate) provenance: Vec<(usize, Provenance)>,
    /// Who gave an answer whose field is not known, by position of the item.
    pub(crate) speakers: Vec<(usize, Speaker)>,
}

/// What an assessment is made from.
pub(super) struct Subject {
    pub(super) id: String,
    pub(super) arrival: Arrival,
    pub(super) origin: Origin,
    pub(super) stage: Stage,
    pub(super) codes: Vec<u8>,
    pub(super) unlisted: Vec<String>,
}

impl Triage {
    /// Assesses one complaint with all that is known of it; unlisted items are refused.
    ///
    /// # Errors
    /// [`EncodeError`] for answers that do not fit the codebook.
    pub fn assess(&self, complaint: &Complaint) -> Result<Assessment, EncodeError> {
        self.assess_with(complaint, None, Unlisted::Refuse)
    }

    /// Assesses one complaint under what people decided about it. Unlisted items, where they are
    /// reported, stand in [`Assessment::unlisted`].
    ///
    /// # Errors
    /// As [`Triage::assess`].
    pub fn assess_with(
        &self,
        complaint: &Complaint,
        active: Option<&ActiveOverride>,
        unlisted: Unlisted,
    ) -> Result<Assessment, EncodeError> {
        let encoded = complaint.encode(self.codebook(), None, unlisted)?;
        let position = |item: &str| self.codebook().item_position(item);
        let said = complaint.provenances();
        let said = said.filter_map(|(item, said)| Some((position(item)?, said.clone())));
        let answers = complaint.answers();
        let speakers = answers.filter_map(|(item, given)| Some((position(item)?, given.said_by?)));
        let subject = Subject {
            id: complaint.id().to_owned(),
            arrival: Arrival {
                received: complaint.received(),
                unit: complaint.unit().map(str::to_owned),
                deadlines: complaint.deadlines().to_vec(),
                not_understood: encoded.not_understood,
                provenance: said.collect(),
                speakers: speakers.collect(),
            },
            origin: complaint.origin(),
            stage: encoded.stage,
            codes: encoded.codes,
            unlisted: encoded.unlisted,
        };
        Ok(self.assess_subject(subject, active))
    }

    /// Assesses one row of a backlog, which must be of this codebook.
    ///
    /// # Errors
    /// [`CodebookError::OtherCodebook`] or [`CodebookError::OtherAnswers`] for a backlog of another
    /// codebook.
    pub fn assess_row(&self, backlog: &Backlog, row: usize) -> Result<Assessment, CodebookError> {
        self.codebook().require_of_backlog(backlog.codebook())?;
        Ok(self.assess_subject(subject_of(backlog, row), None))
    }

    /// Assesses codes that were checked before.
    pub(crate) fn assess_coded(
        &self,
        id: &str,
        arrival: Arrival,
        (origin, stage): (Origin, Stage),
        codes: Vec<u8>,
        active: Option<&ActiveOverride>,
    ) -> Assessment {
        let (id, unlisted) = (id.to_owned(), Vec::new());
        let subject = Subject { id, arrival, origin, stage, codes, unlisted };
        self.assess_subject(subject, active)
    }

    pub(super) fn assess_subject(
        &self,
        subject: Subject,
        active: Option<&ActiveOverride>,
    ) -> Assessment {
        let engine = self.engine();
        let tally = engine.tally_codes(&subject.codes);
        let fired = engine.rules().fired(&tally.bits);
        let answered = reach::one_answer(self, &subject.codes, subject.stage, &tally);
        Assessment {
            placement: self.placement(&tally, active),
            reasons: reasons(self, &subject.codes, &tally),
            bound: reach::bound(self, &subject.codes, &tally),
            next: questions::next(self, engine.standing(&tally), &answered),
            triage: self.clone(),
            id: subject.id,
            arrival: subject.arrival,
            origin: subject.origin,
            stage: subject.stage,
            codes: subject.codes,
            active: active.cloned(),
            unlisted: subject.unlisted,
            ranked: None,
            tally,
            fired,
            answered,
        }
    }
}

pub(super) fn subject_of(backlog: &Backlog, row: usize) -> Subject {
    let mut codes = vec![0; backlog.codebook().items().len()];
    backlog.codes_of(row, &mut codes);
    let said = backlog.sayings(row).iter().map(|saying| (saying.item as usize, saying));
    Subject {
        id: backlog.id(row).to_owned(),
        arrival: Arrival {
            received: backlog.received(row),
            unit: backlog.unit(row).map(str::to_owned),
            deadlines: backlog.deadlines(row),
            not_understood: backlog.not_understood(row),
            provenance: said
                .clone()
                .filter_map(|(item, saying)| Some((item, saying.provenance.clone()?)))
                .collect(),
            speakers: said.filter_map(|(item, saying)| Some((item, saying.speaker?))).collect(),
        },
        origin: backlog.origin_of(row),
        stage: backlog.stage(row),
        codes,
        unlisted: Vec::new(),
    }
}

impl RankingEntry<'_> {
    /// Assesses the complaint, with its position and the overrides of the ranking.
    #[must_use]
    pub fn assess(&self) -> Assessment {
        let ranking = self.ranking();
        let subject = subject_of(ranking.backlog(), self.row());
        let active = ranking.overrides().get(self.id());
        let assessment = ranking.triage().assess_subject(subject, active);
        assessment.placed(self.position(), ranking.backlog().len())
    }
}

/// Answers by how much the priority changes when that one answer is made unknown, largest first;
/// those that change nothing are left out.
fn reasons(triage: &Triage, codes: &[u8], tally: &Tally) -> Vec<Reason> {
    let engine = triage.engine();
    let mut without = engine.empty_tally();
    let mut reasons = Vec::new();
    for (item, &code) in codes.iter().enumerate() {
        if code == 0 || !engine.matters(item, code, 0) {
            continue;
        }
        engine.change(tally, item, (code, 0), &mut without);
        let change = i64::from(tally.priority) - i64::from(without.priority);
        if change != 0 {
            reasons.push(Reason { item: ItemIndex::new(item), code, change });
        }
    }
    reasons.sort_unstable_by_key(|reason| (std::cmp::Reverse(reason.change.abs()), reason.item));
    reasons
}
