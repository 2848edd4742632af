//! The coordinator's side: adds sums, proposes the next weights.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock};

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::checks::{check_counts, check_sums};
use super::climb::climb;
use super::design::SharedDesign;
use super::error::FederatedError;
use super::fit::{FederatedEstimate, FederatedFit, interval};
use super::messages::{Ask, Counts, Proposal, SumsMessage};
use super::objective::{Asked, Pooled, Whole};
use super::plan::{FORMAT, Method, Plan};
use super::support::thin_answers;
use super::warning::FederatedWarning;
use crate::complaint::Origin;
use crate::research::fit::FitError;
use crate::research::fit::ascent::{Ascent, LONGEST_STEP, Reached};
use crate::research::fit::cautions::FEW_CLUSTERS;
use crate::research::fit::objective::Objective;
use crate::research::fit::progress::unobserved;
use crate::research::fit::report::INTERCEPT;
use crate::research::numeric::{Factor, sandwich};

/// A question with the answers of every agency, in the order of their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Round {
    coefficients: Vec<f64>,
    ask: Ask,
    answers: Vec<SumsMessage>,
    /// The answers to a question for the likelihood added up, once they have been.
    #[serde(skip)]
    whole: Known<Option<Whole>>,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Send this to every agency, and give the answers to [`Coordinator::receive`].
    Ask(Box<Proposal>),
    /// The fit is done.
    Done(Box<FederatedFit>),
}

/// All that has been said so far. It can be written to a file between two rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coordinator {
    format: u32,
    plan: Plan,
    counts: Vec<Counts>,
    design: SharedDesign,
    rounds: Vec<Round>,
    #[serde(skip)]
    next: Known<Next>,
}

/// What follows from the rest, once it has been worked out; nothing that two coordinators could differ by.
#[derive(Debug, Clone)]
struct Known<T>(OnceLock<T>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> PartialEq for Known<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Coordinator {
    /// Starts from the counts of all agencies.
    ///
    /// # Errors
    /// [`FederatedError`] for counts of another plan or format, an agency that comes twice, a group below the minimum in any
    /// message, or where no answer is left that varies.
    pub fn new(plan: Plan, mut counts: Vec<Counts>) -> Result<Self, FederatedError> {
        let fingerprint = plan.fingerprint()?;
        counts.sort_by(|a, b| a.agency.cmp(&b.agency));
        if counts.is_empty() {
            return Err(FederatedError::Nothing {
                what: "no agency has sent counts",
                way_out: "send the plan to the agencies first",
            });
        }
        for pair in counts.windows(2) {
            if pair[0].agency == pair[1].agency {
                let agency = pair[0].agency.clone();
                return Err(FederatedError::Round { round: 0, fault: "two messages of", agency });
            }
        }
        for counts in &counts {
            check_counts(&plan, fingerprint, counts)?;
        }
        let design = SharedDesign::new(&plan, &counts)?;
        let (rounds, next) = (Vec::new(), Known::default());
        Ok(Self { format: FORMAT, plan, counts, design, rounds, next })
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The columns.
    #[must_use]
    pub fn design(&self) -> &SharedDesign {
        &self.design
    }

    /// Takes the answers of every agency to the question that [`Self::next`] asked.
    ///
    /// # Errors
    /// [`FederatedError`] for answers that are missing, twice, of another plan, round or size, or not finite; nothing is
    /// taken then.
    pub fn receive(&mut self, mut answers: Vec<SumsMessage>) -> Result<(), FederatedError> {
        let Next::Ask(proposal) = self.next()? else {
            return Err(FederatedError::Nothing {
                what: "the fit is done",
                way_out: "start another for new answers",
            });
        };
        answers.sort_by(|a, b| a.agency.cmp(&b.agency));
        let (round, fingerprint) = (proposal.round, proposal.fingerprint()?);
        let fault =
            |fault, agency: &str| FederatedError::Round { round, fault, agency: agency.to_owned() };
        let mut left: BTreeSet<&str> = self.counts.iter().map(|c| c.agency.as_str()).collect();
        for answer in &answers {
            if !left.remove(answer.agency.as_str()) {
                return Err(fault("not awaited, or a second time, is", &answer.agency));
            }
            check_sums(&proposal, fingerprint, answer)?;
        }
        if let Some(missing) = left.first() {
            return Err(fault("no answer of", missing));
        }
        let Proposal { coefficients, ask, .. } = *proposal;
        self.rounds.push(Round { coefficients, ask, answers, whole: Known::default() });
        self.next = Known::default();
        Ok(())
    }

    /// The next question, or the fit.
    ///
    /// The climb is made anew from the sums that are there, until it needs one that is not: O(rounds² x columns³).
    ///
    /// # Errors
    /// [`FederatedError`] where the columns repeat each other, the climb does not end, or a finite maximum cannot be shown.
    pub fn next(&self) -> Result<Next, FederatedError> {
        if let Some(next) = self.next.0.get() {
            return Ok(next.clone());
        }
        let next = self.worked_out()?;
        Ok(self.next.0.get_or_init(|| next).clone())
    }

    fn worked_out(&self) -> Result<Next, FederatedError> {
        let asked = self.rounds.iter().map(|round| Asked {
            coefficients: &round.coefficients,
            ask: &round.ask,
            answers: &round.answers,
            whole: &round.whole.0,
        });
        let pooled = Pooled {
            method: self.plan.method(),
            width: self.design.width(),
            asked: asked.collect(),
            open: Mutex::new(None),
        };
        let result = self.fitted(&pooled);
        let open = pooled.open.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((coefficients, ask)) = open {
            return Ok(Next::Ask(Box::new(Proposal {
                format: FORMAT,
                plan: self.plan.fingerprint()?,
                round: self.rounds.len() as u32 + 1,
                design: self.design.clone(),
                coefficients,
                ask,
            })));
        }
        Ok(Next::Done(Box::new(result?)))
    }

    /// The fit as far as sums reach; an error with an open question stands for the question.
    fn fitted(&self, pooled: &Pooled<'_>) -> Result<FederatedFit, FederatedError> {
        let width = self.design.width();
        let ascent = Ascent { what: "the federated fit", max_iterations: 200, tolerance: 1e-10 };
        let unknown = || FederatedError::Fit(ascent.not_converged(0));
        let start = vec![0.0; width];
        let first = pooled.likelihood(&start).ok_or_else(unknown)?;
        let events = first.gradient[0] + 0.5 * self.weight();
        let (weight, null) = self.null(events)?;
        // At 0 all curvatures are alike: what repeats there repeats everywhere.
        Factor::new(&pooled.penalised(first), 1e-12).map_err(|small| FitError::Collinear {
            column: self
                .design
                .names()
                .get(small.pivot_index.saturating_sub(1))
                .cloned()
                .unwrap_or_default(),
        })?;
        let rough = rough_start(pooled, first, events / weight);
        // An open question ends here: it is asked before anything that follows from the other start.
        let start = if pooled.value(&rough) > pooled.value(&start) { rough } else { start };
        let reached = match self.plan.method() {
            Method::Logistic { ridge } => climb(pooled, &ascent, start).map_err(|cause| {
                // A climb without an end whose fits come near certainty has no finite maximum to find.
                match ridge == 0.0 && pooled.came_near_certainty() {
                    true => FederatedError::MayBeSeparated,
                    false => cause.into(),
                }
            })?,
            Method::Firth => ascent.climb(pooled, start, &mut unobserved)?,
        };
        let whole = pooled.likelihood(&reached.theta).ok_or_else(unknown)?;
        if self.plan.method() == (Method::Logistic { ridge: 0.0 }) && !whole.certain_of_none {
            return Err(FederatedError::MayBeSeparated);
        }
        let factor = Factor::new(&pooled.penalised(whole), 1e-14).map_err(|_| unknown())?;
        let inverse = factor.inverse();
        let to_given = self.design.scaling().to_given(true);
        let covariance = sandwich(&to_given, &inverse);
        let clustered = self.clustered(pooled, &reached, &to_given, &inverse)?;
        let mut fit = FederatedFit {
            study: self.plan.study().to_owned(),
            outcome: self.plan.outcome().to_owned(),
            method: self.plan.method(),
            estimates: Vec::with_capacity(width),
            covariance,
            log_likelihood: whole.log_likelihood,
            null_log_likelihood: null,
            decrement: reached.decrement,
            rounds: self.rounds.len(),
            origin: self.origin(),
            agencies: self.counts.iter().map(|c| (c.agency.clone(), c.complaints)).collect(),
            weight,
            events,
            warnings: self.warnings(clustered.as_ref().map(|(_, clusters)| *clusters), events),
        };
        let given = self.design.scaling().given(&reached.theta, true);
        let names = std::iter::once(INTERCEPT.to_owned()).chain(self.design.names());
        for (column, (name, estimate)) in names.zip(given).enumerate() {
            let standard_error = fit.covariance[[column, column]].max(0.0).sqrt();
            let clustered = clustered.as_ref().map(|(errors, _)| errors[column]);
            let interval = interval(&self.plan, estimate, standard_error, clustered);
            fit.estimates.push(FederatedEstimate {
                name,
                estimate,
                standard_error,
                clustered,
                interval,
            });
        }
        Ok(fit)
    }

    /// Case weights of all agencies.
    fn weight(&self) -> f64 {
        self.counts.iter().flat_map(|counts| &counts.answers[0]).map(|count| count.weight).sum()
    }

    /// Total weight and log-likelihood of the intercept alone, for so many events.
    fn null(&self, events: f64) -> Result<(f64, f64), FederatedError> {
        let weight = self.weight();
        let others = weight - events;
        if events <= 1e-9 * weight || others <= 1e-9 * weight {
            return Err(FitError::OneClass { label: events > others }.into());
        }
        Ok((weight, events * (events / weight).ln() + others * (others / weight).ln()))
    }

    /// Errors over subjects, where any agency has subjects that repeat.
    fn clustered(
        &self,
        pooled: &Pooled<'_>,
        reached: &Reached,
        to_given: &Array2<f64>,
        inverse: &Array2<f64>,
    ) -> Result<Option<(Vec<f64>, u64)>, FederatedError> {
        if self.counts.iter().all(|counts| counts.subjects.is_none()) {
            return Ok(None);
        }
        let influence = to_given.dot(inverse);
        let unknown = || FitError::NotConverged { what: "the clustered errors", iterations: 0 };
        let (squares, clusters) =
            pooled.cluster_errors(&reached.theta, &influence).ok_or_else(unknown)?;
        let (groups, width) = (clusters as f64, self.design.width() as f64);
        let rows: u64 = self.counts.iter().map(|counts| counts.complaints).sum();
        let rows = rows as f64;
        let factor = groups / (groups - 1.0).max(1.0) * (rows - 1.0) / (rows - width).max(1.0);
        Ok(Some((squares.iter().map(|square| (factor * square).sqrt()).collect(), clusters)))
    }

    fn origin(&self) -> Origin {
        self.counts.iter().map(|counts| counts.origin).max().unwrap_or_default()
    }

    fn warnings(&self, clusters: Option<u64>, events: f64) -> Vec<FederatedWarning> {
        let coarse = self.counts.iter().filter(|counts| !counts.coarsened.is_empty());
        let coarse = coarse.map(|counts| FederatedWarning::Coarsened {
            agency: counts.agency.clone(),
            answers: counts.coarsened.len(),
        });
        let dropped = self.design.dropped().iter();
        let dropped = dropped.map(|column| FederatedWarning::Dropped { column: column.clone() });
        let few = clusters
            .filter(|clusters| *clusters < FEW_CLUSTERS as u64)
            .map(|clusters| FederatedWarning::FewClusters { clusters });
        let origin = FederatedWarning::of_origin(self.origin());
        let rows = self.counts.iter().map(|counts| counts.complaints).sum::<u64>();
        let (complaints, weight) = (rows as f64, self.weight());
        let scale = (!(0.9..=1.1).contains(&(weight / complaints)))
            .then_some(FederatedWarning::WeightScale { weight, complaints: rows });
        // Weights are no complaints: those that count for more than one each do not make a fit better known.
        let share = (complaints / weight).min(1.0);
        let (rarer, weights) = (share * events.min(weight - events), self.design.width() - 1);
        let few_events = (rarer < 10.0 * weights as f64)
            .then_some(FederatedWarning::FewEvents { events: rarer.round() as u64, weights });
        let leakage = self.plan.accepts_leakage().then_some(FederatedWarning::Leakage);
        let nobody = self.counts.iter().filter_map(|counts| {
            let complaints = counts.placeholders?.complaints;
            Some(FederatedWarning::Placeholders { agency: counts.agency.clone(), complaints })
        });
        origin
            .into_iter()
            .chain(leakage)
            .chain(few_events)
            .chain(thin_answers(&self.counts, &self.design))
            .chain(scale)
            .chain(nobody)
            .chain(coarse)
            .chain(dropped)
            .chain(few)
            .collect()
    }
}

/// Newton's step from the best intercept alone, for which the sums at 0 suffice: there all curvatures are a quarter of the
/// weight. It saves the rounds in which steps from 0 do little more than find the intercept.
fn rough_start(pooled: &Pooled<'_>, first: &Whole, share: f64) -> Vec<f64> {
    let odds = share * (1.0 - share);
    let mut information = first.information.mapv(|sum| 4.0 * odds * sum);
    let mut gradient: Vec<f64> = first
        .gradient
        .iter()
        .zip(first.information.row(0))
        .map(|(sum, quarter)| sum + (0.5 - share) * 4.0 * quarter)
        .collect();
    // Nothing pulls at the best intercept.
    gradient[0] = 0.0;
    pooled.penalise(&mut information);
    let mut theta = match Factor::new(&information, 1e-12) {
        Ok(factor) => factor.solve(&gradient),
        Err(_) => vec![0.0; gradient.len()],
    };
    let longest = theta.iter().fold(0.0_f64, |top, step| top.max(step.abs()));
    let shorter = (LONGEST_STEP / longest).min(1.0);
    theta.iter_mut().for_each(|step| *step *= shorter);
    theta[0] += (share / (1.0 - share)).ln();
    theta
}
