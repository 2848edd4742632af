//! Two orders of one backlog side by side: where they agree, why they part, and whom each would
//! have reached.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::StudyError;
use super::known::Known;
use super::target::stamp_of;
use crate::complaint::Origin;
use crate::policy::{ActiveOverrides, Band, GateEffect, Lane};
use crate::{Backlog, Triage};

/// What put a complaint where one order has it: the strongest rule that fired, or the index.
pub const BY_INDEX: &str = "index";

/// Complaints that are among the first of one order and not of the other, for the same causes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Parting {
    /// Whose first k they are among.
    pub among_first_of: String,
    /// The rule by which the first order places them, or [`BY_INDEX`].
    pub by_first: String,
    /// The rule by which the other does, or [`BY_INDEX`].
    pub by_second: String,
    /// How many.
    pub complaints: usize,
}

/// Outcomes among the first k of either order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reached {
    /// What was looked for.
    pub target: String,
    /// Complaints with a known result.
    pub known: usize,
    /// Of these, those with the outcome.
    pub found: usize,
    /// Found among the first k of the first order.
    pub by_first: usize,
    /// Found among the first k of the other.
    pub by_second: usize,
}

/// Complaints by where both orders place them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cell {
    /// Lane and band by the first order.
    pub first: (Lane, Band),
    /// Lane and band by the other.
    pub second: (Lane, Band),
    /// How many complaints.
    pub complaints: usize,
}

/// Two orders of one backlog; see [`Beside::new`]. `Display` gives Markdown, stamped where complaints or
/// outcomes are synthetic, or nobody said where they come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Beside {
    names: [String; 2],
    origin: Origin,
    complaints: usize,
    k: usize,
    kept: usize,
    mean_move: f64,
    partings: Vec<Parting>,
    cells: Vec<Cell>,
    reached: Vec<Reached>,
}

impl Beside {
    /// Ranks a backlog by two models and lays the orders beside each other; `k` complaints count
    /// as the first. `known` says what was found, one set for each outcome of interest.
    ///
    /// The cause of a place is the rule that put the complaint there: the first `must` that fired,
    /// else the first floor of the highest band that fired and lies above the index's own, else
    /// the index. Time O(n log n) for n complaints, 20 bytes each.
    ///
    /// ```
    /// use caserank::Seed;
    /// use caserank::reference::{icac_scale, published};
    /// use caserank::research::study::Beside;
    /// use caserank::synthetic::Generator;
    /// use caserank::{ActiveOverrides, BacklogBuilder};
    /// let (ours, scale) = (published()?, icac_scale()?);
    /// let mut backlog = BacklogBuilder::new(ours.codebook());
    /// for case in Generator::new(Seed(1)).cases().take(200) {
    ///     backlog.push(&case.complaint)?;
    /// }
    /// let backlog = backlog.freeze();
    /// let none = ActiveOverrides::none();
    /// let beside = Beside::new([&ours, &scale], &backlog, &none, 20, &[])?;
    /// assert!(beside.to_string().contains("Synthetic"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`StudyError::Codebook`] for a model of another codebook than the backlog's.
    pub fn new(
        models: [&Triage; 2],
        backlog: &Backlog,
        overrides: &ActiveOverrides,
        k: usize,
        known: &[Known],
    ) -> Result<Self, StudyError> {
        let k = k.min(backlog.len());
        let [first_order, second_order] = [
            Order::new(models[0], backlog, overrides)?,
            Order::new(models[1], backlog, overrides)?,
        ];
        let first = |order: &Order, row: usize| order.positions[row] as usize <= k;
        let mut partings: BTreeMap<(usize, String, String), usize> = BTreeMap::new();
        let mut cells: BTreeMap<(Place, Place), usize> = BTreeMap::new();
        let (mut kept, mut moved) = (0, 0_u64);
        for row in 0..backlog.len() {
            *cells.entry((first_order.placed_at[row], second_order.placed_at[row])).or_default() +=
                1;
            moved += u64::from(first_order.positions[row].abs_diff(second_order.positions[row]));
            let among = match (first(&first_order, row), first(&second_order, row)) {
                (true, true) => {
                    kept += 1;
                    continue;
                }
                (false, false) => continue,
                (among_one, _) => usize::from(!among_one),
            };
            let causes = [(&first_order, models[0]), (&second_order, models[1])]
                .map(|(order, model)| order.cause(model, backlog, row));
            let [by_first, by_second] = causes;
            *partings.entry((among, by_first, by_second)).or_default() += 1;
        }
        let names = models.map(|model| model.identity().to_string());
        let mut partings: Vec<Parting> = partings
            .into_iter()
            .map(|((among, by_first, by_second), complaints)| Parting {
                among_first_of: names[among].clone(),
                by_first,
                by_second,
                complaints,
            })
            .collect();
        partings.sort_by(|a, b| b.complaints.cmp(&a.complaints).then_with(|| a.cmp(b)));
        let cells = cells.into_iter().map(|((first, second), complaints)| Cell {
            first: placed(first),
            second: placed(second),
            complaints,
        });
        let reached = known.iter().map(|known| {
            let found = || known.rows.iter().zip(&known.labels).filter(|(_, found)| **found);
            let count = |order: &Order| found().filter(|(row, _)| first(order, **row)).count();
            Reached {
                target: known.target.to_string(),
                known: known.rows.len(),
                found: found().count(),
                by_first: count(&first_order),
                by_second: count(&second_order),
            }
        });
        Ok(Beside {
            // One made-up or unstated label stamps the whole.
            origin: known.iter().map(Known::origin).fold(backlog.origin(), Origin::max),
            complaints: backlog.len(),
            k,
            kept,
            mean_move: moved as f64 / backlog.len().max(1) as f64,
            partings,
            cells: cells.collect(),
            reached: reached.collect(),
            names,
        })
    }

    /// Where complaints and outcomes come from: the largest origin of any.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// How many of the first k are the same.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// How many count as the first.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    /// Complaints among the first of one order only, by cause, the commonest causes first.
    #[must_use]
    pub fn partings(&self) -> &[Parting] {
        &self.partings
    }

    /// Complaints by where both orders place them, first places first.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Outcomes among the first k of either order, in the order in which they were given.
    #[must_use]
    pub fn reached(&self) -> &[Reached] {
        &self.reached
    }
}

/// Lane and band in the order of a ranking.
type Place = (Lane, std::cmp::Reverse<Band>);

/// Positions and places of every row under one model.
struct Order {
    positions: Vec<u32>,
    placed_at: Vec<Place>,
}

impl Order {
    fn new(
        triage: &Triage,
        backlog: &Backlog,
        overrides: &ActiveOverrides,
    ) -> Result<Self, StudyError> {
        let ranking = triage.rank_with(backlog, overrides)?;
        let mut positions = vec![0; backlog.len()];
        let mut placed_at = vec![(Lane::Open, std::cmp::Reverse(Band::Low)); backlog.len()];
        for entry in &ranking {
            // A backlog holds fewer complaints than fit.
            positions[entry.row()] = entry.position() as u32;
            placed_at[entry.row()] = (entry.lane(), std::cmp::Reverse(entry.band()));
        }
        Ok(Order { positions, placed_at })
    }

    fn cause(&self, triage: &Triage, backlog: &Backlog, row: usize) -> String {
        let engine = triage.engine();
        let mut tally = engine.empty_tally();
        engine.tally_into(backlog.packed_row(row), &mut tally);
        let gates = triage.policy().gates();
        let fired = engine.rules().fired(&tally.bits);
        let must = fired.iter().find(|&&gate| gates[gate].effect == GateEffect::Must);
        let outcomes = triage.instrument().outcomes().len();
        let index = engine.combiner().priority(|outcome| tally.probabilities[outcome], outcomes);
        let by_score = engine.cut_offs().level(index);
        let floor = fired
            .iter()
            .filter_map(|&gate| match gates[gate].effect {
                GateEffect::Floor(band) if band.level() > by_score => Some((band, gate)),
                _ => None,
            })
            // Of equal bands the first gate.
            .max_by_key(|&(band, gate)| (band, std::cmp::Reverse(gate)));
        match (must, floor) {
            (Some(&gate), _) | (None, Some((_, gate))) => gates[gate].id.clone(),
            (None, None) => BY_INDEX.to_owned(),
        }
    }
}

fn placed((lane, band): Place) -> (Lane, Band) {
    (lane, band.0)
}

impl fmt::Display for Beside {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = &self.names;
        writeln!(formatter, "# {first} beside {second}\n")?;
        if let Some(stamp) = stamp_of(self.origin) {
            writeln!(formatter, "**{stamp}.**\n")?;
        }
        writeln!(
            formatter,
            "{} of the first {} of {} complaints are the same; places differ by {:.0} on average.\n",
            self.kept, self.k, self.complaints, self.mean_move
        )?;
        writeln!(
            formatter,
            "| Among the first of | {first} places it by | {second} places it by | Complaints |\n|---|---|---|---|"
        )?;
        for parting in &self.partings {
            let Parting { among_first_of, by_first, by_second, complaints } = parting;
            writeln!(formatter, "| {among_first_of} | {by_first} | {by_second} | {complaints} |")?;
        }
        if !self.reached.is_empty() {
            writeln!(
                formatter,
                "\n| Looked for | Known | Found | Among the first of {first} | Of {second} |\n|---|---|---|---|---|"
            )?;
            for reached in &self.reached {
                let Reached { target, known, found, by_first, by_second } = reached;
                writeln!(formatter, "| {target} | {known} | {found} | {by_first} | {by_second} |")?;
            }
        }
        writeln!(formatter, "\n| {first} | {second} | Complaints |\n|---|---|---|")?;
        let word = |(lane, band): (Lane, Band)| match lane {
            Lane::Must => format!("must, {band}"),
            Lane::Open => band.to_string(),
        };
        for cell in &self.cells {
            writeln!(
                formatter,
                "| {} | {} | {} |",
                word(cell.first),
                word(cell.second),
                cell.complaints
            )?;
        }
        Ok(())
    }
}

/// Complaints with one answer in one lane and band.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerStanding {
    /// Id of the answer, or *unknown*.
    pub answer: String,
    /// The lane.
    pub lane: Lane,
    /// The band.
    pub band: Band,
    /// How many complaints.
    pub complaints: usize,
}

/// Complaints by an item's answer and by where a model places them: a clearing house's own level
/// against our band, say. Rows in the order of the answers, *unknown* first.
///
/// # Errors
/// [`StudyError::Unknown`] for an item that the codebook does not list, [`StudyError::Codebook`]
/// for a model of another codebook.
pub fn answers_by_standing(
    triage: &Triage,
    backlog: &Backlog,
    overrides: &ActiveOverrides,
    item: &str,
) -> Result<Vec<AnswerStanding>, StudyError> {
    let codebook = triage.codebook();
    let unknown = || StudyError::Unknown { what: "item", name: item.to_owned() };
    let position = codebook.item_position(item).ok_or_else(unknown)?;
    let order = Order::new(triage, backlog, overrides)?;
    let mut counts: BTreeMap<(u8, Place), usize> = BTreeMap::new();
    for row in 0..backlog.len() {
        *counts.entry((backlog.code_at(row, position), order.placed_at[row])).or_default() += 1;
    }
    let listed = &codebook.items()[position];
    let rows = counts.into_iter().map(|((code, standing), count)| {
        let (lane, band) = placed(standing);
        AnswerStanding { answer: listed.answer_id(code).to_owned(), lane, band, complaints: count }
    });
    Ok(rows.collect())
}
