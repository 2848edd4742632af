//! Weights learnt by agencies that cannot share a file.
//!
//! A coordinator writes a [`Plan`]: the questions, the method, and the smallest group whose sum may leave an agency. Each
//! agency brings its own rows to it, coarsens them until no smaller group is left, and answers [`Proposal`]s with sums; the
//! [`Coordinator`] adds them up and proposes the next weights, until the weights are those of a fit to all coarsened rows
//! together. Messages are serde types, carried by whatever the agencies trust: files, mail, a queue. Their size depends
//! on the number of questions and not on that of complaints.
//!
//! ```
//! use caserank::research::fit::federated::{Agency, AgencyRows, Coordinator, Method, Next, Plan, PlanItem};
//!
//! let items = vec![PlanItem::yes_no("access"), PlanItem::yes_no("minor_met")];
//! let plan = Plan::new("spring", "contact_offending", items, Method::Logistic { ridge: 0.0 })?;
//! // Codes: 0 unknown, 1 no, 2 yes; a column of them for each question.
//! let mut agencies = Vec::new();
//! for (name, rows) in [("north", 60), ("south", 90)] {
//!     let codes = vec![(0..rows).map(|r| (r % 3) as u8).collect(), (0..rows).map(|r| (r / 3 % 3) as u8).collect()];
//!     let labels = (0..rows).map(|r| r % 7 < 2 || r % 3 == 2 && r % 4 == 0).collect();
//!     agencies.push(Agency::new(name, &plan, AgencyRows::new(codes, labels))?);
//! }
//! let mut coordinator = Coordinator::new(plan, agencies.iter().map(Agency::counts).collect())?;
//! let fit = loop {
//!     match coordinator.next()? {
//!         Next::Ask(proposal) => {
//!             let answers = agencies.iter_mut().map(|agency| agency.answer(&proposal));
//!             coordinator.receive(answers.collect::<Result<_, _>>()?)?;
//!         }
//!         Next::Done(fit) => break fit,
//!     }
//! };
//! assert!(fit.weights().names.len() == 2 && fit.weights().weights[0] > 0.0);
//! # Ok::<(), caserank::research::fit::federated::FederatedError>(())
//! ```
//!
//! # What a message tells
//!
//! Every sum is taken over at least [`Plan::minimum`] complaints (subjects, where the rows have subjects) or over none. It is
//! still a sum about people: from the sums at known weights the coordinator can work out how many complaints have an answer,
//! how many have two answers together, and how many complaints of such a group have the outcome, which may be few or none. It
//! cannot work out anything about a smaller group from one agency's messages. It could by comparing an agency's messages of two
//! fits whose rows differ by a complaint or two: fit once for a period, not after each complaint.

mod agency;
mod agency_rows;
mod checks;
mod climb;
mod coarsen;
mod coordinator;
mod curves;
mod design;
mod error;
mod fit;
mod instrument;
mod messages;
mod objective;
mod plan;
mod pooling;
mod score_counts;
mod support;
mod warning;

pub use agency::Agency;
pub use agency_rows::AgencyRows;
pub use coarsen::Coarsened;
pub use coordinator::{Coordinator, Next};
pub use curves::{PooledBin, PooledCurves, ReachedShare};
pub use design::{SharedColumn, SharedDesign};
pub use error::FederatedError;
pub use fit::{FederatedEstimate, FederatedFit};
pub use messages::{
    AnswerCount, Ask, Counts, OutcomeCount, Placeholders, Proposal, Sums, SumsMessage,
};
pub use plan::{Groups, Method, Plan, PlanItem};
pub use pooling::{Contribution, PooledWeight, PooledWeights};
pub use score_counts::{ScoreBin, ScoreCounts};
pub use warning::FederatedWarning;
