//! One complaint's line: what set its lane and band, what raised or lowered it, how far one answer could move it.

use std::fmt;

use super::{OutcomeScores, per_thousand};
use crate::Timestamp;
use crate::codebook::Item;
use crate::complaint::{Deadline, NotUnderstood, Origin};
use crate::policy::{ActiveOverride, Gate, GateEffect, Lane, Placement, Priority, SetBy, danger};
use crate::policy::{Band, place};
use crate::rank::Standing;
use crate::triage::{Ranking, Tally, Triage};

use super::reach::{OpenAnswer, Reach};

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
    pub(super) row: usize,
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

    /// Row in the ranking's backlog.
    #[must_use]
    pub fn row(&self) -> usize {
        self.row
    }

    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.ranking.backlog().id(self.row)
    }

    /// The unit that it belongs to.
    #[must_use]
    pub fn unit(&self) -> Option<&'a str> {
        self.ranking.backlog().unit(self.row)
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
        self.ranking.backlog().received(self.row)
    }

    /// Its deadlines, earliest first.
    #[must_use]
    pub fn deadlines(&self) -> Vec<Deadline> {
        self.ranking.backlog().deadlines(self.row)
    }

    /// Where its facts come from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.ranking.backlog().origin_of(self.row)
    }

    /// What was not understood when it was read; it is ranked without that.
    #[must_use]
    pub fn not_understood(&self) -> Vec<NotUnderstood> {
        self.ranking.backlog().not_understood(self.row)
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
        match self.placement.set_by() {
            SetBy::Cap(gate) | SetBy::Floor(gate) => {
                self.ranking.triage().policy().gates().get(gate)
            }
            _ => None,
        }
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

/// Reads line after line in buffers that it keeps.
pub(super) struct Reader<'a> {
    triage: &'a Triage,
    codes: Vec<u8>,
    tally: Tally,
    changed: Tally,
    reach: Reach,
    line: Line<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(ranking: &'a Ranking) -> Self {
        let triage = ranking.triage();
        let tally = triage.engine().empty_tally();
        let line = Line {
            ranking,
            position: 0,
            row: 0,
            placement: place(&[], &[], danger(0), (Priority::default(), Band::Low), None),
            priority: Priority::default(),
            fired: Vec::new(),
            raised: Vec::new(),
            lowered: Vec::new(),
            best: None,
            worst: None,
            scores: Vec::new(),
        };
        let codes = vec![0; triage.codebook().items().len()];
        let reach = Reach::of(triage);
        Reader { triage, codes, changed: tally.clone(), tally, reach, line }
    }

    /// The line at a position, which must be one of the ranking's.
    pub(super) fn read(&mut self, position: usize) -> &Line<'a> {
        let (ranking, engine) = (self.line.ranking, self.triage.engine());
        let Some(entry) = ranking.at(position) else { return &self.line };
        let row = entry.row();
        ranking.backlog().codes_of(row, &mut self.codes);
        engine.tally_codes_into(&self.codes, &mut self.tally);
        let line = &mut self.line;
        (line.position, line.row) = (position, row);
        line.priority = Priority::from_billionths(self.tally.priority);
        line.fired.clear();
        if self.tally.effects != 0 {
            engine.rules().fired_into(&self.tally.bits, &mut line.fired);
        }
        let by_priority = Band::from_level(engine.cut_offs().level(self.tally.priority));
        let signs = danger(self.tally.effects);
        let active = ranking.overrides().get(ranking.backlog().id(row));
        line.placement = place(
            self.triage.policy().gates(),
            &line.fired,
            signs,
            (line.priority, by_priority),
            active,
        );
        line.scores.clear();
        line.scores.extend(self.tally.scores.iter().enumerate().map(|(outcome, &steps)| {
            let applies = self.tally.applicable >> outcome & 1 == 1;
            applies.then(|| crate::Fixed::from_steps(steps))
        }));
        self.find_reasons();
        self.find_reach();
        &self.line
    }

    fn find_reasons(&mut self) {
        let engine = self.triage.engine();
        self.line.raised.clear();
        self.line.lowered.clear();
        for (item, &code) in self.codes.iter().enumerate() {
            if code == 0 || !engine.matters(item, code, 0) {
                continue;
            }
            engine.change(&self.tally, item, (code, 0), &mut self.changed);
            let billionths = i64::from(self.tally.priority) - i64::from(self.changed.priority);
            let reasons = match billionths {
                0 => continue,
                1.. => &mut self.line.raised,
                _ => &mut self.line.lowered,
            };
            reasons.push(Reason { item: item as u32, code, billionths });
        }
        let strongest = |reason: &Reason| (std::cmp::Reverse(reason.billionths.abs()), reason.item);
        self.line.raised.sort_unstable_by_key(strongest);
        self.line.lowered.sort_unstable_by_key(strongest);
    }

    /// The first and the last place that one open answer of the present stage leads to.
    fn find_reach(&mut self) {
        let engine = self.triage.engine();
        let stage = self.line.ranking.backlog().stage(self.line.row);
        let now = engine.standing(&self.tally);
        let (mut best, mut worst) = (now, now);
        let open = |answer: &&OpenAnswer| self.codes[answer.item] == 0 && answer.stage <= stage;
        let weighing = if self.reach.may_cross(engine, &self.tally, &mut self.changed) {
            self.reach.weighing.as_slice()
        } else {
            &[]
        };
        for answer in self.reach.ruling.iter().chain(weighing).filter(open) {
            engine.change(&self.tally, answer.item, (0, answer.code), &mut self.changed);
            let then = engine.standing(&self.changed);
            if then.is_before(best) {
                best = then;
            }
            if worst.is_before(then) {
                worst = then;
            }
        }
        self.line.best = best.is_before(now).then_some(best);
        self.line.worst = now.is_before(worst).then_some(worst);
    }
}
