//! What each row of a batch comes to, at its place.

use std::sync::Arc;

use arrow_array::builder::BinaryBuilder;
use arrow_array::{ArrayRef, BinaryArray, BooleanArray, Int64Array, StructArray};
use arrow_schema::{Field, Fields};

use super::made::{Lengths, texts};
use super::ranked::decimals;
use super::{TableError, key};
use crate::Timestamp;
use crate::backlog::{IntakeReport, NotRankable, SeparateRows, WhyNotRankable};
use crate::rank::Key;
use crate::triage::Triage;

/// Bytes of a key with an id of usual length.
const KEY_BYTES: usize = 32;

/// What the rows of a batch come to under a model, one entry a row in the order of the batch. [`RowReader`] makes it.
///
/// [`RowReader`]: super::RowReader
#[derive(Debug)]
pub struct Rows {
    pub(super) triage: Triage,
    pub(super) report: Arc<IntakeReport>,
    pub(super) rows: SeparateRows,
    pub(super) len: usize,
    /// What came later than this came too late.
    pub(super) latest: Option<Timestamp>,
}

/// One thing that a person must look at in a row.
#[derive(Debug)]
struct Attention {
    item: String,
    text: String,
    reason: String,
    column: Option<String>,
    danger: bool,
}

impl Rows {
    /// How many rows the batch has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Keys that, compared byte by byte, sort as [`Triage::rank`] does, ties included: lane, band, priority, earliest
    /// deadline (none comes last), time received, id. Rows of whatever batches and machines sort together.
    ///
    /// Rows that cannot be ranked come before all others, those with an answer that alone would put them into `must`
    /// first of all, so that no list of the first leaves them out. 15 bytes and the id.
    #[must_use]
    pub fn keys(&self) -> BinaryArray {
        let backlog = self.rows.backlog();
        let words = self.triage.engine().keys(backlog.packed());
        let mut keys = BinaryBuilder::with_capacity(self.len, self.len * KEY_BYTES);
        let mut bytes = Vec::with_capacity(KEY_BYTES);
        self.each(|end| {
            bytes.clear();
            match end {
                End::Ranked(row) => {
                    let key = Key::from_word(words[row]);
                    key::write(key, backlog, row, &mut bytes);
                }
                End::NotRankable(record) => {
                    key::write_not_rankable(record, self.report.is_dangerous(record), &mut bytes);
                }
            }
            keys.append_value(&bytes);
        });
        keys.finish()
    }

    /// A struct of every outcome's `score` (decimal, six places) and `probability` (decimal, nine places; a
    /// probability only where the outcome is calibrated); both null where the outcome does not apply, the whole where
    /// the row cannot be ranked.
    ///
    /// # Errors
    /// [`TableError::Arrow`] never for models that were loaded.
    pub fn scores(&self) -> Result<ArrayRef, TableError> {
        let backlog = self.rows.backlog();
        let scores = self.triage.score(backlog)?;
        let mut of_row = Vec::with_capacity(self.len);
        self.each(|end| {
            of_row.push(match end {
                End::Ranked(row) => Some(row),
                End::NotRankable(_) => None,
            });
        });
        let (mut fields, mut columns) = (Vec::new(), Vec::new());
        let instrument = self.triage.instrument();
        for outcome in instrument.outcome_indices() {
            let score = |row| scores.score(row, outcome).map(|score| i128::from(score.steps()));
            let probability = |row| {
                let applies = scores.applies(row, outcome);
                applies.then(|| i128::from(scores.probability(row, outcome).billionths()))
            };
            let rows = || of_row.iter().copied();
            let pair = structs(vec![
                ("score", decimals(rows().map(|row| score(row?)), 6)?),
                ("probability", decimals(rows().map(|row| probability(row?)), 9)?),
            ])?;
            fields.push((instrument[outcome].outcome.clone(), pair));
        }
        let nulls = of_row.iter().map(Option::is_some).collect();
        let fields: Fields = fields
            .into_iter()
            .map(|(name, column)| {
                let field = Field::new(name, column.data_type().clone(), true);
                columns.push(column);
                field
            })
            .collect();
        Ok(Arc::new(StructArray::try_new(fields, columns, Some(nulls))?))
    }

    /// Lists of structs of `item`, `answer` and `change` (what the answer adds to the priority, in billionths), largest
    /// first; null where a row has none. Each row is assessed by itself: some microseconds.
    ///
    /// # Errors
    /// [`TableError::TooMuch`] where one array cannot hold all texts.
    pub fn reasons(&self) -> Result<ArrayRef, TableError> {
        let codebook = self.triage.codebook();
        let (mut named, mut answers) = (Vec::new(), Vec::new());
        let (mut changes, mut lengths, mut fault) = (Vec::new(), Lengths::default(), None);
        self.each(|end| {
            let End::Ranked(row) = end else { return lengths.push(0) };
            match self.triage.assess_row(self.rows.backlog(), row) {
                Ok(assessment) => {
                    lengths.push(assessment.reasons().len());
                    for reason in assessment.reasons() {
                        let item = &codebook[reason.item];
                        named.push(Some(item.id.as_str()));
                        answers.push(Some(item.answer_id(reason.code)));
                        changes.push(reason.change);
                    }
                }
                Err(error) => fault = Some(error),
            }
        });
        if let Some(error) = fault {
            return Err(error.into());
        }
        lengths.structs(vec![
            ("item", texts(named.into_iter())?),
            ("answer", texts(answers.into_iter())?),
            ("change", Arc::new(Int64Array::from(changes))),
        ])
    }

    /// What a person must look at in each row: lists of structs of `item` (or field of a complaint), `text`, `reason`,
    /// `column` (where it has another name) and `danger` (whether it could hide an answer that alone puts a complaint
    /// into `must`, or the row has one and cannot be ranked); null where all was understood.
    ///
    /// # Errors
    /// [`TableError::TooMuch`] where one array cannot hold all texts.
    pub fn attention(&self) -> Result<ArrayRef, TableError> {
        let (mut all, mut lengths) = (Vec::new(), Lengths::default());
        self.each(|end| {
            let before = all.len();
            match end {
                End::Ranked(row) => self.attention_of(row, &mut all),
                End::NotRankable(record) => all.push(Attention {
                    item: field_of(record.why()).to_owned(),
                    text: String::new(),
                    reason: format!("it cannot be ranked: {}", record.why()),
                    column: None,
                    danger: self.report.is_dangerous(record),
                }),
            }
            lengths.push(all.len() - before);
        });
        let text = |of: fn(&Attention) -> Option<&str>| texts(all.iter().map(of));
        lengths.structs(vec![
            ("item", text(|problem| Some(&problem.item))?),
            ("text", text(|problem| Some(&problem.text))?),
            ("reason", text(|problem| Some(&problem.reason))?),
            ("column", text(|problem| problem.column.as_deref())?),
            (
                "danger",
                Arc::new(all.iter().map(|problem| Some(problem.danger)).collect::<BooleanArray>()),
            ),
        ])
    }

    fn attention_of(&self, row: usize, all: &mut Vec<Attention>) {
        let backlog = self.rows.backlog();
        let mut tell = |item: &str, text: &str, reason: &str| {
            let (item, text, reason) = (item.to_owned(), text.to_owned(), reason.to_owned());
            all.push(Attention { item, text, reason, column: None, danger: false });
        };
        if self.rows.is_trimmed(row) {
            tell("id", backlog.id(row), "blanks or hidden letters around it were taken off");
        }
        let received = backlog.received(row);
        if self.latest.is_some_and(|latest| received > latest) {
            tell("received", &received.to_string(), "more than a day after the time of intake");
        }
        all.extend(backlog.not_understood(row).iter().map(|what| Attention {
            item: what.item().to_owned(),
            text: what.text().to_owned(),
            reason: what.why().to_string(),
            column: what.column().map(str::to_owned),
            danger: self.report.could_hide(what),
        }));
    }

    /// Goes over the rows in the order of the batch.
    fn each<'a>(&'a self, mut visit: impl FnMut(End<'a>)) {
        let mut not_rankable = self.rows.not_rankable().peekable();
        let mut ranked = self.rows.source_rows().iter().enumerate().peekable();
        for position in 0..self.len {
            if let Some((_, record)) = not_rankable.next_if(|(at, _)| *at == position) {
                visit(End::NotRankable(record));
            } else if let Some((row, _)) = ranked.next_if(|(_, at)| **at == position) {
                visit(End::Ranked(row));
            }
        }
    }
}

/// What became of a row.
enum End<'a> {
    /// Its row among those that can be ranked.
    Ranked(usize),
    NotRankable(&'a NotRankable),
}

/// The field of a complaint that is at fault; blank where it is the whole row.
fn field_of(why: &WhyNotRankable) -> &str {
    match why {
        WhyNotRankable::NoId | WhyNotRankable::Id { .. } => "id",
        WhyNotRankable::NoTime | WhyNotRankable::Time { .. } => "received",
        WhyNotRankable::Strict { what } => what.item(),
        _ => "",
    }
}

fn structs(columns: Vec<(&str, ArrayRef)>) -> Result<ArrayRef, TableError> {
    let field =
        |(name, column): &(&str, ArrayRef)| Field::new(*name, column.data_type().clone(), true);
    let fields: Fields = columns.iter().map(field).collect();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    Ok(Arc::new(StructArray::try_new(fields, columns, None)?))
}
