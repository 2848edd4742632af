//! One agency's side: its rows stay, sums leave.

use super::agency_rows::AgencyRows;
use super::coarsen::{Coarsened, Units, coarsen};
use super::design::SharedDesign;
use super::error::FederatedError;
use super::messages::{Ask, Counts, Placeholders, Proposal, Sums, SumsMessage};
use super::plan::{FORMAT, Plan};
use super::support::answer_counts;
use crate::backlog::Backlog;
use crate::complaint::Origin;
use crate::research::fit::design::leaks;
use crate::research::fit::subjects::free_placeholders;
use crate::research::fit::{Columns, FitError, Labels};
use crate::research::numeric::{Design, Point, Task};
use crate::triage::Fingerprint;
use ndarray::Array2;

/// An agency with its coarsened rows. It answers proposals; nothing else of it leaves.
#[derive(Debug, Clone)]
pub struct Agency {
    name: String,
    plan: Plan,
    fingerprint: Fingerprint,
    codes: Vec<Vec<u8>>,
    labels: Vec<f64>,
    weights: Option<Vec<f64>>,
    subjects: Option<Vec<u32>>,
    units: usize,
    origin: Origin,
    placeholders: usize,
    coarsened: Vec<Coarsened>,
    /// The last design that was proposed.
    coded: Option<CodedRows>,
}

/// The rows under a proposed design.
#[derive(Debug, Clone)]
struct CodedRows {
    design: SharedDesign,
    fingerprint: Fingerprint,
    columns: Columns,
    /// The last point: its memory serves the next.
    point: Point,
}

impl Agency {
    /// Checks and coarsens the rows.
    ///
    /// # Errors
    /// [`FederatedError`] for rows that do not fit the plan, or fewer complaints or subjects than its minimum.
    pub fn new(name: &str, plan: &Plan, rows: AgencyRows) -> Result<Self, FederatedError> {
        rows.check(name, plan)?;
        let AgencyRows { mut codes, labels, weights, subjects, origin, placeholders } = rows.used();
        let units = Units::new(labels.len(), subjects.as_deref());
        if units.count < plan.minimum() {
            return Err(FederatedError::TooFew {
                agency: name.to_owned(),
                found: units.count,
                unit: if subjects.is_some() { "subjects" } else { "complaints" },
                minimum: plan.minimum(),
            });
        }
        let coarsened = coarsen(plan, &mut codes, &units);
        Ok(Self {
            name: name.to_owned(),
            plan: plan.clone(),
            fingerprint: plan.fingerprint()?,
            codes,
            labels: labels.into_iter().map(f64::from).collect(),
            weights,
            subjects,
            units: units.count,
            origin,
            placeholders,
            coarsened,
            coded: None,
        })
    }

    /// The complaints of a backlog whose outcome is known, joined as [`Design::apply`](crate::research::fit::Design::apply)
    /// does; subjects where any repeats, a placeholder such as `unknown` standing for nobody.
    ///
    /// # Errors
    /// As [`Self::new`]; also where the backlog's codebook is not that of the plan or no complaint has a label, and
    /// [`FitError::Leakage`] for closed files, or complaints of unstated origin, whose answers are not cut at a time, unless
    /// the plan accepts that.
    pub fn from_backlog(
        name: &str,
        plan: &Plan,
        backlog: &Backlog,
        labels: &Labels,
    ) -> Result<Self, FederatedError> {
        let codebook = backlog.codebook();
        if let Some(expected) = plan.codebook().filter(|mark| *mark != codebook.digest_of_answers())
        {
            return Err(FederatedError::Other {
                from: name.to_owned(),
                what: "a codebook whose answers have the digest",
                found: codebook.digest_of_answers().to_owned(),
                expected: expected.to_owned(),
            });
        }
        if leaks(backlog) && !plan.accepts_leakage() {
            return Err(FitError::Leakage.into());
        }
        let mut joined = labels.join(backlog, plan.outcome());
        if joined.rows.is_empty() {
            return Err(FitError::NoLabels { outcome: plan.outcome().to_owned() }.into());
        }
        let placeholders = free_placeholders(&mut joined, backlog).values().sum();
        let mut codes = Vec::new();
        for item in plan.items() {
            let position = codebook.items().iter().position(|listed| listed.id == item.id);
            let position =
                position.ok_or_else(|| FitError::NoSuchColumn { column: item.id.clone() })?;
            codes.push(joined.rows.iter().map(|row| backlog.code_at(*row, position)).collect());
        }
        let subjects = joined.clusters.iter().max().map_or(0, |top| *top as usize + 1);
        let repeats = subjects < joined.clusters.len();
        let origin = labels.origin_with(backlog, &[plan.outcome()]);
        let mut rows = AgencyRows::new(codes, joined.labels).with_origin(origin);
        if joined.weights.iter().any(|weight| *weight != 1.0) {
            rows = rows.with_weights(joined.weights);
        }
        if repeats {
            rows = rows.with_subjects(joined.clusters);
        }
        rows.placeholders = placeholders;
        Self::new(name, plan, rows)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its complaints come from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Complaints of a backlog whose subject key is a placeholder such as `unknown`: each counts as a subject of its own.
    #[must_use]
    pub fn placeholders(&self) -> usize {
        self.placeholders
    }

    /// Answers that were taken for *unknown*. For the agency's own eyes as well as for the coordinator's.
    #[must_use]
    pub fn coarsened(&self) -> &[Coarsened] {
        &self.coarsened
    }

    /// The coarsened codes, a column for each item of the plan. They stay here.
    #[must_use]
    pub fn codes(&self) -> &[Vec<u8>] {
        &self.codes
    }

    fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[row])
    }

    /// The first message.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let minimum = self.plan.minimum();
        let placeholders = (self.placeholders > 0).then(|| Placeholders {
            complaints: (self.placeholders >= minimum).then_some(self.placeholders as u64),
        });
        Counts {
            format: FORMAT,
            plan: self.fingerprint,
            agency: self.name.clone(),
            complaints: self.labels.len() as u64,
            subjects: self.subjects.as_ref().map(|_| self.units as u64),
            placeholders,
            origin: self.origin,
            answers: answer_counts(&self.plan, &self.codes, &self.labels, self.weights.as_deref()),
            coarsened: self.coarsened.clone(),
        }
    }

    /// The sums that a proposal asks for. O(rows x columns²), as a step of a fit.
    ///
    /// # Errors
    /// [`FederatedError`] for a proposal of another plan or format, or one whose numbers do not fit its columns.
    pub fn answer(&mut self, proposal: &Proposal) -> Result<SumsMessage, FederatedError> {
        self.check(proposal)?;
        self.code(&proposal.design)?;
        // The design was coded a moment ago.
        let coded = self.coded.as_mut().ok_or(FitError::NothingHelps)?;
        let mut point = std::mem::take(&mut coded.point);
        let coded = self.coded.as_ref().ok_or(FitError::NothingHelps)?;
        let design = coded.columns.design(true);
        let scaling = proposal.design.scaling();
        let width = proposal.design.width();
        let task = Task {
            labels: &self.labels,
            weights: self.weights.as_deref(),
            offset: None,
            penalty: vec![0.0; width],
        };
        point.evaluate(&design, &scaling, &task, &proposal.coefficients);
        let sums = match &proposal.ask {
            Ask::Likelihood => {
                let information = design.information(&scaling, &point.curvature);
                Sums::Likelihood {
                    log_likelihood: point.log_likelihood,
                    gradient: design.gradient(&scaling, &point.residual),
                    information: lower_triangle(&information),
                    certain_of_none: (0..self.labels.len())
                        .all(|row| point.residual[row].abs() > 1e-6 * self.weight(row)),
                }
            }
            Ask::Gradient => Sums::Gradient {
                log_likelihood: point.log_likelihood,
                gradient: design.gradient(&scaling, &point.residual),
            },
            Ask::Leverage { inverse } => {
                let inverse = square("the inverse", inverse, width)?;
                let mut leverage = vec![0.0; self.labels.len()];
                design.quadratic(&scaling, &inverse, &mut leverage);
                let part: Vec<f64> = (0..leverage.len())
                    .map(|row| {
                        let half_less = -0.5 * (0.5 * point.linear[row]).tanh();
                        point.curvature[row] * leverage[row] * half_less
                    })
                    .collect();
                Sums::Leverage { gradient: design.gradient(&scaling, &part) }
            }
            Ask::ClusterErrors { influence } => {
                let influence = square("the influence", influence, width)?;
                self.cluster_errors(&design, proposal, &point, &influence)
            }
        };
        let proposal_fingerprint = proposal.fingerprint_under(coded.fingerprint)?;
        if let Some(coded) = &mut self.coded {
            coded.point = point;
        }
        Ok(SumsMessage {
            format: FORMAT,
            plan: self.fingerprint,
            agency: self.name.clone(),
            proposal: proposal_fingerprint,
            round: proposal.round,
            sums,
        })
    }

    fn check(&self, proposal: &Proposal) -> Result<(), FederatedError> {
        if proposal.format != FORMAT {
            return Err(FederatedError::Format { found: proposal.format, read: FORMAT });
        }
        if proposal.plan != self.fingerprint {
            return Err(FederatedError::Other {
                from: "the coordinator".to_owned(),
                what: "plan",
                found: proposal.plan.to_string(),
                expected: self.fingerprint.to_string(),
            });
        }
        let from = || "the coordinator".to_owned();
        let width = proposal.design.width();
        if proposal.coefficients.len() != width {
            return Err(FederatedError::Length {
                agency: from(),
                what: "the list of coefficients".to_owned(),
                found: proposal.coefficients.len(),
                expected: width,
            });
        }
        if let Some(value) = proposal.coefficients.iter().find(|value| !value.is_finite()) {
            let (what, positive) = ("a coefficient", false);
            return Err(FederatedError::Number { from: from(), what, value: *value, positive });
        }
        for column in proposal.design.columns() {
            let codes = self.plan.items().get(column.item).map_or(0, |item| item.codes());
            if column.values.len() != codes {
                return Err(FederatedError::Length {
                    agency: from(),
                    what: column.name.clone(),
                    found: column.values.len(),
                    expected: codes,
                });
            }
            // A column that tells one complaint from all others by its size would be a way round the minimum; none can
            // be made of codes, but its spread must be real.
            if !(column.scale.is_finite() && column.scale > 0.0 && column.center.is_finite()) {
                let (what, positive) = ("a column's spread", true);
                return Err(FederatedError::Number {
                    from: from(),
                    what,
                    value: column.scale,
                    positive,
                });
            }
        }
        Ok(())
    }

    fn code(&mut self, design: &SharedDesign) -> Result<(), FederatedError> {
        if self.coded.as_ref().is_none_or(|coded| coded.design != *design) {
            let (fingerprint, columns) = (design.fingerprint()?, design.code(&self.codes)?);
            let (design, point) = (design.clone(), Point::default());
            self.coded = Some(CodedRows { design, fingerprint, columns, point });
        }
        Ok(())
    }

    fn cluster_errors(
        &self,
        design: &dyn Design,
        proposal: &Proposal,
        point: &Point,
        influence: &Array2<f64>,
    ) -> Sums {
        let rows = self.labels.len();
        let cluster = |row: usize| self.subjects.as_ref().map_or(row as u32, |all| all[row]);
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by_key(|row| (cluster(*row), *row));
        let width = design.width();
        let scaling = proposal.design.scaling();
        let (mut values, mut score) = (vec![0.0; width], vec![0.0; width]);
        let mut squares = vec![0.0; width];
        let mut clusters = 0;
        for group in order.chunk_by(|a, b| cluster(*a) == cluster(*b)) {
            score.fill(0.0);
            for row in group {
                design.row(&scaling, *row, &mut values);
                for (sum, x) in score.iter_mut().zip(&values) {
                    *sum += point.residual[*row] * x;
                }
            }
            for (square, line) in squares.iter_mut().zip(influence.rows()) {
                let moved: f64 = line.iter().zip(&score).map(|(a, b)| a * b).sum();
                *square += moved * moved;
            }
            clusters += 1;
        }
        Sums::ClusterErrors { squares, clusters }
    }
}

/// The lower triangle, row by row.
fn lower_triangle(matrix: &Array2<f64>) -> Vec<f64> {
    let width = matrix.nrows();
    let mut triangle = Vec::with_capacity(width * (width + 1) / 2);
    for (line, row) in matrix.rows().into_iter().enumerate() {
        triangle.extend(row.iter().take(line + 1));
    }
    triangle
}

fn square(what: &str, values: &[f64], width: usize) -> Result<Array2<f64>, FederatedError> {
    Array2::from_shape_vec((width, width), values.to_vec()).map_err(|_| FederatedError::Length {
        agency: "the coordinator".to_owned(),
        what: what.to_owned(),
        found: values.len(),
        expected: width * width,
    })
}
