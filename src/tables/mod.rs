//! Complaints in Arrow record batches, and rankings, scores, assessments and worklists as such (feature `arrow-59`):
//! how warehouses, data frames and query engines hand tables over.
//!
//! [`read`] takes batches whose columns have the names of the plain CSV; [`TableReader::read_mapped`] takes any others
//! through a [`Mapping`](crate::intake::Mapping). Either gives an [`Intake`](crate::backlog::Intake) like any other
//! reader: the three ends of a record, the same report, and a ranking that is that of the same complaints as CSV, to
//! the last tie. A row counts as a line, from 1.
//!
//! A function of a query engine sees some rows of a table and owes an answer for each: [`RowReader`] reads batches row for
//! row by the same rules, and [`Rows::keys`] sort wherever they travel. The package `caserank-datafusion` is made of these.
//!
//! # Types
//!
//! | Column | Is read as |
//! |---|---|
//! | text of any layout, binary, dictionaries of any | the text, as in a CSV field |
//! | boolean | `yes` or `no`; `true` or `false` through a mapping |
//! | integers; floats and decimals that are whole | digits; what is not whole is told, never rounded |
//! | timestamps of any unit | the second they fall in; one without a zone needs [`TableReader::with_wall_clock`], or the mapping's zone |
//! | dates | the first second of the day in UTC, or the last for a deadline |
//! | `deadlines`: list of text | each `kind=time` |
//! | `deadlines`: list of structs, or a map | text and time of each |
//! | `deadlines`: list of times | deadlines of the kind `deadline`, since none is named |
//! | structs | their fields, under `column.field` |
//! | null | *unknown* |

#![cfg_attr(
    feature = "arrow-59",
    doc = r#"
# Tables out

Every table states its kind, codebook and, where one made it, model in the schema's metadata (`caserank.table`,
`caserank.codebook`, `caserank.model`, `caserank.fingerprint`, `caserank.version`). Times are milliseconds in UTC (Parquet knows no seconds), words are
dictionaries. Later versions add columns at the end alone.

| Function | Rows | Columns |
|---|---|---|
| [`backlog`] | complaints in tie order | `id`, `received`, `unit`, `subject`, `bundle`, `stage`, `origin`, `deadlines` (list of `kind`, `due`), a column an item, `ITEM.known_at` where some answer is dated, `not_understood` (list) where something was not. Read back, it is the same backlog, but for who said its answers: save a snapshot to keep that |
| [`scores`] | complaints in tie order | `id`; `OUTCOME.score` (decimal, six places) and `OUTCOME.probability` (decimal, nine places; a probability only where the outcome is calibrated), null where the outcome does not apply |
| [`ranking`] | entries, first to last | `position`, `id`, `unit`, `lane`, `band`, `priority` (billionths of the index), `model_lane`, `model_band`, `set_by` (`priority`, `override` or a gate's id), `received`, `next_deadline`, `next_deadline_kind`, `origin`, `not_understood` (how many) |
| [`assessments`] | as given | `position`, `id`, `lane`, `band`, `priority`, `stage`, `origin`, `scores` (list of `outcome`, `applies`, `score`, `probability`), `reasons` (list of `item`, `answer`, `change` in billionths), `gates` (list of `gate`, `effect`), `next_questions` (list of items), `is_unstudied`, `not_understood` (list) |
| [`worklist`] | entries of a plan | `unit`, `position`, `id`, `lane`, `band`, `priority`, `rule`, `acts_first` (list of text), `deconfliction`, `next_deadline`, `next_deadline_kind`, `due_soon`, `overdue_since`, `ask`, `inclusion` (billionths), `beyond_capacity`, `origin` (the plan's) |
"#
)]

mod error;

#[cfg(feature = "arrow-59")]
mod assessed;
#[cfg(feature = "arrow-59")]
mod carried;
#[cfg(feature = "arrow-59")]
mod columns;
#[cfg(feature = "arrow-59")]
mod complaints;
#[cfg(feature = "arrow-59")]
mod key;
#[cfg(feature = "arrow-59")]
mod made;
#[cfg(feature = "arrow-59")]
mod part;
#[cfg(feature = "arrow-59")]
mod planned;
#[cfg(feature = "arrow-59")]
mod ranked;
#[cfg(feature = "arrow-59")]
mod read;
#[cfg(feature = "arrow-59")]
mod row_reader;
#[cfg(feature = "arrow-59")]
mod rows;
#[cfg(feature = "arrow-59")]
mod text;

#[cfg(feature = "arrow-59")]
pub use assessed::assessments;
#[cfg(feature = "arrow-59")]
pub use complaints::backlog;
pub use error::TableError;
#[cfg(feature = "arrow-59")]
pub use key::standings;
#[cfg(feature = "arrow-59")]
pub use planned::worklist;
#[cfg(feature = "arrow-59")]
pub use ranked::{ranking, scores};
#[cfg(feature = "arrow-59")]
pub use read::{TableReader, read, read_batch};
#[cfg(feature = "arrow-59")]
pub use row_reader::RowReader;
#[cfg(feature = "arrow-59")]
pub use rows::Rows;

/// The code on the page for large backlogs, run as a test.
#[cfg(all(doctest, feature = "arrow-59"))]
#[doc = include_str!("../../docs/guide-scale.md")]
struct Guide;
