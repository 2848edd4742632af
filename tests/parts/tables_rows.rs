//! Rows by themselves, as functions of a query engine see them: what columns are read as, what is told at each place.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use caserank::Triage;
use caserank::arrow_array::cast::AsArray;
use caserank::arrow_array::types::{Decimal128Type, Int64Type, UInt32Type};
use caserank::arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use caserank::backlog::Reading;
use caserank::complaint::Unlisted;
use caserank::tables::{self, TableError, TableReader};

fn triage() -> Triage {
    Triage::from_json(crate::common::TOY).unwrap()
}

fn text(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

fn batch(columns: &[(&str, &[Option<&str>])]) -> RecordBatch {
    let columns = columns.iter().map(|(name, cells)| (*name, text(cells), true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn damaged() -> RecordBatch {
    batch(&[
        ("id", &[Some("a"), None, Some(" c"), Some("d"), None]),
        (
            "received",
            &[Some("2026-04-17"), Some("2026-04-17"), Some("2026-04-18"), Some("soon"), Some("?")],
        ),
        ("urgent", &[Some("yess"), Some("yes"), Some("no"), Some("yes"), None]),
        ("prior_reports", &[Some("3"), None, Some("many"), Some("1"), None]),
    ])
}

fn entries(attention: &ArrayRef, row: usize) -> Vec<(String, String, String, bool)> {
    let lists = attention.as_list::<i32>();
    if lists.is_null(row) {
        return Vec::new();
    }
    let values = lists.value(row);
    let values = values.as_struct();
    let word = |column: usize, entry: usize| {
        values.column(column).as_string::<i32>().value(entry).to_owned()
    };
    (0..values.len())
        .map(|entry| {
            (
                word(0, entry),
                word(1, entry),
                word(2, entry),
                values.column(4).as_boolean().value(entry),
            )
        })
        .collect()
}

#[test]
fn every_row_has_an_answer_at_its_place_and_what_cannot_be_ranked_comes_first() {
    let (triage, batch) = (triage(), damaged());
    let reader =
        TableReader::new().rows(&triage, batch.schema_ref().fields(), triage.reading()).unwrap();
    let rows = reader.read(&batch).unwrap();
    let keys = rows.keys();
    let mut order: Vec<usize> = (0..5).collect();
    order.sort_by_key(|&row| keys.value(row));
    assert_eq!(order[3..], [0, 2]);
    let attention = rows.attention().unwrap();
    let told = |row| entries(&attention, row);
    assert!(told(1)[0].2.contains("no id") && told(3)[0].2.contains("`soon`"), "{attention:?}");
    assert_eq!((told(1)[0].0.as_str(), told(3)[0].0.as_str()), ("id", "received"));
    assert_eq!((told(0)[0].0.as_str(), told(0)[0].1.as_str()), ("urgent", "yess"));
    assert!(told(2)[0].2.contains("taken off") && told(2)[1].1 == "many", "{:?}", told(2));
    let standings = tables::standings(&keys).unwrap();
    for (row, is_ranked) in [true, false, true, false, false].into_iter().enumerate() {
        assert_eq!(standings.columns().iter().all(|column| column.is_valid(row)), is_ranked);
    }
}

#[test]
fn standings_scores_and_reasons_are_those_of_the_ranking() {
    let triage = triage();
    let batch = batch(&[
        ("id", &[Some("a"), Some("b"), Some("c")]),
        ("received", &[Some("2026-04-17"); 3]),
        ("urgent", &[Some("yes"), None, Some("no")]),
        ("prior_reports", &[None, Some("5"), Some("0")]),
    ]);
    let reader =
        TableReader::new().rows(&triage, batch.schema_ref().fields(), triage.reading()).unwrap();
    let rows = reader.read(&batch).unwrap();
    let intake = tables::read_batch(triage.codebook(), &batch, triage.reading()).unwrap();
    let (backlog, ranking) = (intake.backlog(), triage.rank(intake.backlog()).unwrap());
    let standings = tables::standings(&rows.keys()).unwrap();
    let (scores, reasons) = (rows.scores().unwrap(), rows.reasons().unwrap());
    let expected = triage.score(backlog).unwrap();
    for (place, id) in ["a", "b", "c"].into_iter().enumerate() {
        let entry = ranking.entry(id).unwrap();
        assert_eq!(standings["lane"].as_string_view().value(place), entry.lane().to_string());
        assert_eq!(standings["band"].as_string_view().value(place), entry.band().to_string());
        assert_eq!(
            standings["priority"].as_primitive::<UInt32Type>().value(place),
            entry.priority().billionths()
        );
        for outcome in triage.instrument().outcome_indices() {
            let pair = scores.as_struct().column(outcome.position()).as_struct();
            let score = pair.column(0).as_primitive::<Decimal128Type>();
            let score = score.is_valid(place).then(|| score.value(place));
            assert_eq!(
                score,
                expected.score(entry.row(), outcome).map(|score| i128::from(score.steps()))
            );
        }
        let assessment = triage.assess_row(backlog, entry.row()).unwrap();
        let of_row = reasons.as_list::<i32>();
        let changes = of_row.is_valid(place).then(|| of_row.value(place));
        let changes = changes.map_or(Vec::new(), |list| {
            list.as_struct().column(2).as_primitive::<Int64Type>().values().to_vec()
        });
        let expected: Vec<i64> =
            assessment.reasons().iter().map(|reason| reason.change()).collect();
        assert_eq!(changes, expected, "{id}");
    }
    assert!(reasons.is_valid(0), "an answer that counts is a reason");
}

#[test]
fn columns_say_what_they_are_read_as_and_what_nothing_reads() {
    let triage = triage();
    let batch = batch(&[
        ("ID", &[Some("a")]),
        ("received", &[Some("2026-04-17")]),
        ("Prior Reports", &[Some("1")]),
        ("urgnt", &[Some("yes")]),
    ]);
    let fields = batch.schema_ref().fields();
    let refused = TableReader::new().rows(&triage, fields, triage.reading()).unwrap_err();
    assert!(
        refused.to_string().contains("urgnt") && refused.to_string().contains("`urgent`"),
        "{refused}"
    );
    let reading = Reading::new().with_unlisted(Unlisted::Report);
    let reader = TableReader::new().rows(&triage, fields, reading).unwrap();
    let read_as: Vec<_> = reader.read_as().map(|(_, read_as)| read_as).collect();
    assert_eq!(
        read_as,
        [
            Some("id".to_owned()),
            Some("received".to_owned()),
            Some("prior_reports".to_owned()),
            None
        ]
    );
    assert_eq!(reader.unmatched()[0].resembles(), Some("urgent"));
    assert!(reader.unanswered().any(|item| item.id == "urgent"));
    assert!(reader.unanswered().all(|item| item.id != "prior_reports"));
    // A batch of other columns is no batch of this reader.
    let other = damaged();
    assert!(matches!(reader.read(&other), Err(TableError::OtherSchema { .. })));
}

#[test]
fn a_time_of_intake_stands_in_and_tells_of_what_comes_later() {
    let triage = triage();
    let batch = batch(&[
        ("id", &[Some("a"), Some("b")]),
        ("received", &[None, Some("2027-04-17")]),
        ("urgent", &[Some("yes"), Some("yes")]),
    ]);
    let reading = triage.reading().with_time_of_intake("2026-04-18".parse().unwrap());
    let reader = TableReader::new().rows(&triage, batch.schema_ref().fields(), reading).unwrap();
    let rows = reader.read(&batch).unwrap();
    assert_eq!(tables::standings(&rows.keys()).unwrap()["lane"].null_count(), 0);
    let attention = rows.attention().unwrap();
    assert_eq!(entries(&attention, 0)[0].0, "received");
    assert!(entries(&attention, 1)[0].2.contains("a day after"));
}

#[test]
fn bytes_that_are_no_key_are_refused() {
    let other = caserank::arrow_array::BinaryArray::from(vec![Some(&b"other"[..])]);
    let refused = tables::standings(&other).unwrap_err();
    assert!(matches!(refused, TableError::NotAKey { row: 0 }), "{refused}");
}
