//! What is refused before anything runs, with the thing and the way out.

use std::sync::Arc;

use caserank::reference;
use caserank_datafusion::{EngineError, Functions};
use datafusion::arrow::array::{ArrayRef, TimestampSecondArray};
use datafusion::error::DataFusionError;
use datafusion::prelude::*;

use crate::common::{batch, refused, run, session, text, texts};

fn one_row(names: &[&str]) -> SessionContext {
    let context = session(1);
    let columns: Vec<(&str, ArrayRef)> =
        names.iter().map(|name| (*name, text(&[Some("2026-04-17")]))).collect();
    context.register_batch("complaints", batch(&columns)).unwrap();
    context
}

#[tokio::test]
async fn columns_that_are_missing_misspelt_or_nameless_are_named() {
    let context = one_row(&["id", "received", "urgent", "urgnt", "office"]);
    for (sql, told) in [
        ("SELECT triage_key(id, urgent) FROM complaints", &["received", "triage_key"][..]),
        (
            "SELECT triage_key(id, received, urgnt) FROM complaints",
            &["urgnt", "name columns by items"],
        ),
        (
            "SELECT triage_key(id, received, urgent, urgnt) FROM complaints",
            &["`urgnt`", "did you mean `urgent`"],
        ),
        (
            "SELECT triage_key(id, received, urgent, office) FROM complaints",
            &["`office`", "leave it out"],
        ),
        ("SELECT triage_key(id, received, urgent, urgent) FROM complaints", &["urgent", "twice"]),
        ("SELECT triage_key(id, received, lower(urgent)) FROM complaints", &["lower"]),
        ("SELECT triage_key(id) FROM complaints", &["received"]),
        ("SELECT triage_key() FROM complaints", &["triage_key"]),
        ("SELECT triage_lane('must') FROM complaints", &["triage_lane"]),
        ("SELECT id FROM triage(complaints, 3)", &["2 arguments", "a query in brackets"]),
        ("SELECT id FROM triage_top(complaints)", &["1 arguments", "how many"]),
        ("SELECT id FROM triage_top(complaints, 'x')", &["`'x'`", "whole number"]),
        ("SELECT id FROM triage_top(complaints, -1)", &["-1", "whole number"]),
        ("SELECT id FROM triage(elsewhere)", &["elsewhere", "SELECT * FROM"]),
        ("SELECT id FROM triage(1)", &["`1`", "a query in brackets"]),
        (
            "SELECT id FROM triage((SELECT id, received, urgent, office AS triage_key FROM complaints))",
            &["triage_key", "another name"],
        ),
    ] {
        let error = refused(&context, sql).await;
        for word in told {
            assert!(error.contains(word), "{sql}\n{error}\nlacks {word}");
        }
    }
}

#[tokio::test]
async fn a_column_that_looks_like_one_that_is_missing_is_not_left_out_in_silence() {
    let context = one_row(&["id", "received", "urgnt", "prior_reports", "office"]);
    let error = context.sql("SELECT id FROM triage(complaints)").await.unwrap_err();
    let DataFusionError::External(cause) = error.find_root() else { panic!("{error}") };
    let cause = cause.downcast_ref::<EngineError>().unwrap();
    assert!(
        matches!(cause, EngineError::LooksLike { column, resembles, .. } if column == "urgnt" && resembles == "urgent"),
        "{cause}"
    );
    // Named so, it is read; beside the right one, it hides nothing.
    run(
        &context,
        "SELECT id FROM triage((SELECT *, urgnt AS urgent FROM complaints)) ORDER BY triage_key",
    )
    .await;
    run(&context, "SELECT id FROM triage((SELECT id, received, prior_reports FROM complaints)) ORDER BY triage_key").await;
}

#[tokio::test]
async fn a_table_that_cannot_say_danger_is_refused_until_somebody_says_so() {
    let triage = reference::published().unwrap();
    let context = SessionContext::new();
    Functions::new(&triage).register(&context).unwrap();
    let table = batch(&[
        ("id", text(&[Some("a")])),
        ("received", text(&[Some("2026-04-17")])),
        ("imminent_danger_flag", text(&[Some("yes")])),
    ]);
    context.register_batch("complaints", table).unwrap();
    let error = refused(&context, "SELECT id FROM triage(complaints)").await;
    assert!(
        error.contains("`child_in_crisis`") && error.contains("NULL AS child_in_crisis"),
        "{error}"
    );
    assert!(!error.contains("NULL AS imminent_danger_flag"), "{error}");
    let start = error.find("(`").unwrap() + 2;
    let nulls = &error[start..error.find("`)").unwrap()];
    let sql = format!("SELECT id, triage_lane FROM triage((SELECT *, {nulls} FROM complaints))");
    assert_eq!(texts(&run(&context, &sql).await, 1), ["must"]);
    let hides = run(
        &context,
        "SELECT read_as FROM triage_columns(complaints) WHERE hides_danger ORDER BY 1",
    )
    .await;
    assert!(texts(&hides, 0).contains(&"child_in_crisis".to_owned()));
}

#[tokio::test]
async fn times_without_a_zone_are_refused_until_one_is_named() {
    let received: ArrayRef = Arc::new(TimestampSecondArray::from(vec![1_776_000_000]));
    let table = batch(&[
        ("id", text(&[Some("a")])),
        ("received", received),
        ("urgent", text(&[Some("yes")])),
    ]);
    let context = session(1);
    context.register_batch("complaints", table).unwrap();
    let error = refused(&context, "SELECT triage_key(id, received, urgent) FROM complaints").await;
    assert!(error.contains("`received`") && error.contains("no zone"), "{error}");
    let reader = caserank::tables::TableReader::new().with_wall_clock("utc").unwrap();
    let functions = Functions::new(&crate::common::toy()).with_table_reader(reader);
    functions.register(&context).unwrap();
    run(&context, "SELECT triage_key(id, received, urgent) FROM complaints").await;
}

#[tokio::test]
async fn bytes_that_are_no_key_are_refused() {
    let context = session(1);
    let frame = context.sql("SELECT triage_lane(arrow_cast('other', 'Binary'))").await.unwrap();
    let error = frame.collect().await.unwrap_err().to_string();
    assert!(error.contains("triage_lane") && error.contains("no key"), "{error}");
}
