//! `ORDER BY triage_key` is the ranking.

use std::sync::Arc;

use caserank_datafusion::Functions;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::*;

use crate::common::{backlog_file, complaints, ranked, run, session, texts, toy, with_file};

const COLUMNS: &str = "id, received, deadlines, urgent, prior_reports, access_route";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_from_parquet_are_the_librarys_on_one_partition_and_on_eight() {
    let (triage, backlog) = (toy(), complaints(60_000));
    let standings = triage.rank(&backlog).unwrap();
    let most = standings.iter().collect::<Vec<_>>();
    let ties = most.chunk_by(|one, other| one.standing() == other.standing()).map(<[_]>::len).max();
    assert!(ties.unwrap() > 5_000, "{ties:?} alike");
    let (folder, expected) = (tempfile::tempdir().unwrap(), ranked(&triage, &backlog));
    let path = backlog_file(folder.path(), &backlog);
    for partitions in [1, 8] {
        let context = session(partitions);
        with_file(&context, &path).await;
        for count in [1, 1_000, 20_000] {
            let by_columns =
                format!("SELECT id FROM complaints ORDER BY triage_key({COLUMNS}) LIMIT {count}");
            let by_relation =
                format!("SELECT id FROM triage(complaints) ORDER BY triage_key LIMIT {count}");
            let by_top =
                format!("SELECT id FROM triage_top(complaints, {count}) ORDER BY triage_key");
            for sql in [by_columns, by_relation, by_top] {
                let found = texts(&run(&context, &sql).await, 0);
                assert!(found == expected[..count], "{partitions} partitions: {sql}");
            }
        }
    }
}

fn spills(plan: &Arc<dyn ExecutionPlan>) -> usize {
    let own = plan.metrics().and_then(|metrics| metrics.spill_count()).unwrap_or(0);
    own + plan.children().into_iter().map(spills).sum::<usize>()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_into_memory_is_spilled_and_keeps_its_order() {
    let (triage, backlog) = (toy(), complaints(60_000));
    let folder = tempfile::tempdir().unwrap();
    let path = backlog_file(folder.path(), &backlog);
    let expected = ranked(&triage, &backlog);
    for partitions in [1, 8] {
        // A key and an id take some fifty bytes: three megabytes in all.
        let limit = 1_500_000 * partitions.min(2);
        let runtime =
            RuntimeEnvBuilder::new().with_memory_pool(Arc::new(FairSpillPool::new(limit)));
        let config = SessionConfig::new()
            .with_target_partitions(partitions)
            .with_repartition_file_min_size(0)
            .with_batch_size(256)
            .with_sort_spill_reservation_bytes(64 << 10)
            .with_sort_in_place_threshold_bytes(0);
        let context = SessionContext::new_with_config_rt(config, runtime.build_arc().unwrap());
        Functions::new(&triage).register(&context).unwrap();
        with_file(&context, &path).await;
        let sql = format!("SELECT id FROM complaints ORDER BY triage_key({COLUMNS})");
        let frame = context.sql(&sql).await.unwrap();
        let plan = frame.create_physical_plan().await.unwrap();
        let batches = collect(Arc::clone(&plan), context.task_ctx()).await.unwrap();
        assert!(spills(&plan) > 0, "{partitions} partitions: nothing was spilled");
        assert!(texts(&batches, 0) == expected, "{partitions} partitions");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_unit_has_its_own_list() {
    let (triage, backlog) = (toy(), complaints(5_000));
    let folder = tempfile::tempdir().unwrap();
    let path = backlog_file(folder.path(), &backlog);
    let context = session(4);
    with_file(&context, &path).await;
    let sql = "SELECT unit, id, place FROM (
            SELECT unit, id, row_number() OVER (PARTITION BY unit ORDER BY triage_key) AS place FROM triage(complaints)
        ) WHERE place <= 20 ORDER BY unit, place";
    let batches = run(&context, sql).await;
    let (units, ids) = (texts(&batches, 0), texts(&batches, 1));
    let ranking = triage.rank(&backlog).unwrap();
    let mut expected = Vec::new();
    for unit in ["north", "south", "west"] {
        let of_unit = ranking.iter().filter(|entry| backlog.unit(entry.row()) == Some(unit));
        expected.extend(of_unit.take(20).map(|entry| (unit.to_owned(), entry.id().to_owned())));
    }
    assert_eq!(units.into_iter().zip(ids).collect::<Vec<_>>(), expected);
    // Rows of one key are counted together, as in any range.
    let sql = "SELECT count(*) OVER (ORDER BY triage_key), triage_key FROM (
            SELECT * FROM triage(complaints) UNION ALL SELECT * FROM triage(complaints)
        ) ORDER BY triage_key LIMIT 4";
    assert_eq!(texts(&run(&context, sql).await, 0), ["2", "2", "4", "4"]);
}

#[tokio::test]
async fn keys_written_to_a_file_still_say_lane_and_band() {
    let (triage, backlog) = (toy(), complaints(3_000));
    let folder = tempfile::tempdir().unwrap();
    let path = backlog_file(folder.path(), &backlog);
    let context = session(2);
    with_file(&context, &path).await;
    let keyed =
        run(&context, "SELECT triage_key, id FROM triage(complaints) WHERE triage_lane = 'must'")
            .await;
    let schema = keyed[0].schema();
    let keyed = datafusion::arrow::compute::concat_batches(&schema, &keyed).unwrap();
    let file = folder.path().join("keys.parquet");
    crate::common::write_parquet(&file, &keyed, 1_000);
    let file = file.to_str().unwrap();
    context.register_parquet("keys", file, ParquetReadOptions::default()).await.unwrap();
    let sql = "SELECT id, triage_lane(triage_key), triage_band(triage_key), triage_priority(triage_key) FROM keys ORDER BY triage_key";
    let batches = run(&context, sql).await;
    let ranking = triage.rank(&backlog).unwrap();
    let must = ranking.iter().filter(|entry| entry.lane() == caserank::Lane::Must);
    let expected: Vec<_> = must
        .map(|entry| {
            let priority = entry.priority().billionths().to_string();
            [entry.id().to_owned(), "must".to_owned(), entry.band().to_string(), priority]
        })
        .collect();
    let found = (0..4).map(|column| texts(&batches, column)).collect::<Vec<_>>();
    let found: Vec<_> = (0..found[0].len())
        .map(|row| [0, 1, 2, 3].map(|column| found[column][row].clone()))
        .collect();
    assert!(!found.is_empty() && found == expected);
}

#[tokio::test]
async fn scores_and_reasons_are_the_librarys() {
    use datafusion::arrow::array::{Array, AsArray};
    use datafusion::arrow::datatypes::Int64Type;
    let (triage, backlog) = (toy(), complaints(500));
    let folder = tempfile::tempdir().unwrap();
    let path = backlog_file(folder.path(), &backlog);
    let context = session(1);
    with_file(&context, &path).await;
    let index = triage.instrument().outcome_indices().next().unwrap();
    let outcome = &triage.instrument()[index].outcome;
    let sql = format!(
        "SELECT id, triage_scores['{outcome}']['score'], triage_reasons FROM triage_top(complaints, 50) ORDER BY triage_key"
    );
    let batches = run(&context, &sql).await;
    let batch = datafusion::arrow::compute::concat_batches(&batches[0].schema(), &batches).unwrap();
    let (ids, scores) =
        (texts(std::slice::from_ref(&batch), 0), texts(std::slice::from_ref(&batch), 1));
    let (reasons, expected) = (batch.column(2).as_list::<i32>(), triage.score(&backlog).unwrap());
    for (place, id) in ids.iter().enumerate() {
        let row = backlog.row_of(id).unwrap();
        let score = expected
            .score(row, index)
            .map_or("-".to_owned(), |score| format!("{:.6}", f64::from(score.steps()) / 1e6));
        assert_eq!(scores[place], score, "{id}");
        let assessment = triage.assess_row(&backlog, row).unwrap();
        let changes = match reasons.is_valid(place) {
            true => reasons
                .value(place)
                .as_struct()
                .column(2)
                .as_primitive::<Int64Type>()
                .values()
                .to_vec(),
            false => Vec::new(),
        };
        assert_eq!(
            changes,
            assessment.reasons().iter().map(|reason| reason.change()).collect::<Vec<_>>(),
            "{id}"
        );
    }
}
