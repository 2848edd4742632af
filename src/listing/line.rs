//! One complaint's line: what set its lane and band, what raised or lowered it, how far one answer could move it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::{OutcomeScores, per_thousand};
use crate::Timestamp;
use crate::backlog::{Glance, Glances, SourceLine};
use crate::codebook::Item;
use crate::complaint::{Deadline, NotUnderstood, Origin, SaidBy};
use crate::policy::{ActiveOverride, Gate, GateEffect, Lane, Placement, Priority, danger};
use crate::policy::{Band, place as place_by_gates};
use crate::rank::{Rank, Standing};
use crate::triage::{Changed, Ranking, SingleAnswers, SingleSpace, Tally};

/// An answer and what it does to the index.
#[derive(Debug, Clone, Copy)]
pub struct Mover<'a> {
    item: &'a Item,
    code: u8,
    billionths: i64,
}

impl<'a> Mover<'a> {
    /// Id of the item.
    #[must_use]
    pub fn item(&self) -> &'a str {
        &self.item.id
    }

    /// Id of the answer.
    #[must_use]
    pub fn answer(&self) -> &'a str {
        self.item.answer_id(self.code)
    }

    /// How much higher the index is, in billionths, than it would be with this one answer unknown; below 0 where
    /// the answer lowers it.
    #[must_use]
    pub fn billionths(&self) -> i64 {
        self.billionths
    }

    /// The same in thousandths, as shown to people.
    #[must_use]
    pub fn per_thousand(&self) -> i64 {
        per_thousand(self.billionths)
    }
}

impl fmt::Display for Mover<'_> {
    /// `item=answer (+n)`, with the change of the index in thousandths, `<1` where it is less.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.billionths > 0 { '+' } else { '-' };
        write!(out, "{}={} ({sign}", self.item(), self.answer())?;
        match self.per_thousand() {
            0 => out.write_str("<1)"),
            change => write!(out, "{})", change.abs()),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Reason {
    pub(super) item: u32,
    pub(super) code: u8,
    pub(super) billionths: i64,
}

/// One complaint in a listing; see [`Listing::lines`](super::Listing::lines).
#[derive(Debug, Clone)]
pub struct Line<'a> {
    pub(super) ranking: &'a Ranking,
    pub(super) position: usize,
    pub(super) facts: Glance,
    pub(super) placement: Placement,
    pub(super) priority: Priority,
    /// Gates that fire, in the policy's order.
    pub(super) fired: Vec<usize>,
    /// Answers that raise, strongest first.
    pub(super) raised: Vec<Reason>,
    /// Answers that lower, strongest first.
    pub(super) lowered: Vec<Reason>,
    pub(super) best: Option<Standing>,
    pub(super) worst: Option<Standing>,
    pub(super) scores: OutcomeScores,
}

impl<'a> Line<'a> {
    /// Position in the ranking, from 1.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Where it stands, with its position.
    #[must_use]
    pub fn rank(&self) -> Rank {
        Rank::new(self.position, self.placement().standing())
    }

    /// Row in the ranking's backlog.
    #[must_use]
    pub fn row(&self) -> usize {
        self.facts.row
    }

    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.facts.id(self.ranking.backlog())
    }

    /// The unit that it belongs to.
    #[must_use]
    pub fn unit(&self) -> Option<&'a str> {
        self.facts.unit(self.ranking.backlog())
    }

    /// Lane and band with what set the band, and the model's own beside a person's.
    #[must_use]
    pub fn placement(&self) -> Placement {
        self.placement
    }

    /// Its priority index.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.priority
    }

    /// When it came in.
    #[must_use]
    pub fn received(&self) -> Timestamp {
        self.facts.received
    }

    /// Its deadlines, earliest first.
    #[must_use]
    pub fn deadlines(&self) -> Vec<Deadline> {
        self.ranking.backlog().deadlines(self.facts.row)
    }

    /// Where its facts come from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.facts.origin
    }

    /// The file and line that it was read from, where its source was named.
    #[must_use]
    pub fn source(&self) -> Option<SourceLine<'a>> {
        self.facts.source(self.ranking.backlog())
    }

    /// What was not understood when it was read; it is ranked without that.
    #[must_use]
    pub fn not_understood(&self) -> Vec<NotUnderstood> {
        self.ranking.backlog().not_understood(self.row())
    }

    /// Who said its answers, by item, as far as its record told that.
    pub(super) fn said_by(&self) -> impl Iterator<Item = (&'a str, SaidBy<'a>)> {
        let items = self.ranking.triage().codebook().items();
        self.ranking.backlog().sayings(self.row()).iter().filter_map(|saying| {
            let said = SaidBy::of(saying.provenance.as_ref(), saying.speaker)?;
            Some((&*items[saying.item as usize].id, said))
        })
    }

    /// The gates that put it into the `must` lane, in the policy's order; none where a person's decision did, or
    /// where it does not stand there.
    pub fn must_gates(&self) -> impl Iterator<Item = &'a Gate> {
        let stands = self.placement.standing().lane() == Lane::Must;
        let gates = self.ranking.triage().policy().gates();
        let fired = self.fired.iter().filter(move |_| stands).map(move |&gate| &gates[gate]);
        fired.filter(|gate| gate.effect == GateEffect::Must)
    }

    /// The gate that set the band; `None` where the index or a person did.
    #[must_use]
    pub fn band_gate(&self) -> Option<&'a Gate> {
        self.ranking.triage().policy().gate_that_set(self.placement.set_by())
    }

    /// What people decided about it, where something is in force.
    #[must_use]
    pub fn decisions(&self) -> Option<&'a ActiveOverride> {
        self.ranking.overrides().get(self.id())
    }

    /// All answers that raise it, strongest first.
    pub fn raised_by(&self) -> impl Iterator<Item = Mover<'a>> {
        self.movers(&self.raised)
    }

    /// All answers that lower it, strongest first.
    pub fn lowered_by(&self) -> impl Iterator<Item = Mover<'a>> {
        self.movers(&self.lowered)
    }

    fn movers(&self, reasons: &[Reason]) -> impl Iterator<Item = Mover<'a>> {
        let items = self.ranking.triage().codebook().items();
        reasons.iter().map(move |reason| Mover {
            item: &items[reason.item as usize],
            code: reason.code,
            billionths: reason.billionths,
        })
    }

    /// The first lane and band that one open answer of the present stage would lead to, where that is before the
    /// present one. By answers alone: what people decided is not looked at.
    #[must_use]
    pub fn could_rise_to(&self) -> Option<Standing> {
        self.best
    }

    /// The last lane and band that one open answer would lead to, where that is behind the present one.
    #[must_use]
    pub fn could_fall_to(&self) -> Option<Standing> {
        self.worst
    }
}

/// Lines whose facts are fetched together.
const AHEAD: usize = 64;

/// Reads line after line in buffers that it keeps.
pub(super) struct Reader<'a> {
    ranking: &'a Ranking,
    codes: Vec<u8>,
    tally: Tally,
    single: Arc<SingleAnswers>,
    space: SingleSpace,
    /// Facts of some positions in a row, and the first of them.
    glances: Glances,
    fetched: Range<usize>,
    rows: Vec<usize>,
    line: Option<Line<'a>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(ranking: &'a Ranking) -> Self {
        let triage = ranking.triage();
        Reader::with(ranking, Arc::new(triage.engine().single_answers(triage.codebook())))
    }

    /// The same where the model's single answers are at hand.
    pub(super) fn with(ranking: &'a Ranking, single: Arc<SingleAnswers>) -> Self {
        let triage = ranking.triage();
        Reader {
            ranking,
            codes: vec![0; triage.codebook().items().len()],
            tally: triage.engine().empty_tally(),
            single,
            space: triage.engine().single_space(),
            glances: Glances::default(),
            fetched: 0..0,
            rows: Vec::new(),
            line: None,
        }
    }

    fn fetch(&mut self, position: usize) {
        let ranking = self.ranking;
        self.fetched = position..(position + AHEAD).min(ranking.len() + 1);
        self.rows.clear();
        self.rows.extend(
            self.fetched.clone().filter_map(|offset| ranking.at(offset)).map(|at| at.row()),
        );
        self.glances.fetch(ranking.backlog(), &self.rows);
    }

    /// The line at a position; `None` where the ranking has none there.
    pub(super) fn read(&mut self, position: usize) -> Option<&Line<'a>> {
        self.read_with_id(position).map(|(line, _)| line)
    }

    /// The same with the id, which has been fetched already.
    pub(super) fn read_with_id(&mut self, position: usize) -> Option<(&Line<'a>, &str)> {
        if !(1..=self.ranking.len()).contains(&position) {
            return None;
        }
        if !self.fetched.contains(&position) {
            self.fetch(position);
        }
        let (ranking, offset) = (self.ranking, position - self.fetched.start);
        let (triage, backlog) = (ranking.triage(), ranking.backlog());
        let (engine, facts) = (triage.engine(), self.glances.facts(offset));
        let line = self.line.get_or_insert_with(|| Line {
            ranking,
            position,
            facts,
            placement: place_without_gates(),
            priority: Priority::default(),
            fired: Vec::new(),
            raised: Vec::new(),
            lowered: Vec::new(),
            best: None,
            worst: None,
            scores: Vec::new(),
        });
        self.glances.codes(backlog, offset, &mut self.codes);
        let (tally, space) = (&mut self.tally, &mut self.space);
        let into = (&mut *tally, &mut line.fired);
        engine.tally_of_single(&self.single, &self.codes, into, space);
        (line.position, line.facts) = (position, facts);
        line.priority = Priority::from_billionths(tally.priority);
        let by_priority = Band::from_level(engine.cut_offs().level(tally.priority));
        let overrides = ranking.overrides();
        let active = if overrides.is_empty() { None } else { overrides.get(facts.id(backlog)) };
        line.placement = place_by_gates(
            triage.policy().gates(),
            &line.fired,
            danger(tally.effects),
            (line.priority, by_priority),
            active,
        );
        line.scores.clear();
        line.scores.extend(tally.scores.iter().enumerate().map(|(outcome, &steps)| {
            let applies = tally.applicable >> outcome & 1 == 1;
            applies.then(|| crate::Fixed::from_steps(steps))
        }));
        engine.without_each(&self.single, &self.codes, tally, space);
        line.find_reasons(tally.priority, &space.without);
        let now = engine.standing(tally);
        let asked = (self.codes.as_slice(), facts.declared);
        let (best, worst) = engine.reach_of_one(&self.single, asked, tally, space);
        line.best = best.is_before(now).then_some(best);
        line.worst = now.is_before(worst).then_some(worst);
        Some((line, self.glances.id(offset)))
    }
}

fn place_without_gates() -> Placement {
    place_by_gates(&[], &[], danger(0), (Priority::default(), Band::Low), None)
}

impl Line<'_> {
    fn find_reasons(&mut self, priority: u32, without: &[Changed]) {
        self.raised.clear();
        self.lowered.clear();
        for without in without {
            let billionths = i64::from(priority) - i64::from(without.priority);
            let reasons = match billionths {
                0 => continue,
                1.. => &mut self.raised,
                _ => &mut self.lowered,
            };
            reasons.push(Reason { item: without.item, code: without.code, billionths });
        }
        let strongest = |reason: &Reason| (std::cmp::Reverse(reason.billionths.abs()), reason.item);
        self.raised.sort_unstable_by_key(strongest);
        self.lowered.sort_unstable_by_key(strongest);
    }
}
