//! Stability of ranks stays below 64 bytes a complaint beyond the backlog, at one thread and at two.
//!
//! An allocator that counts what is asked for; no clock, so the figure is the same on every machine.
#![allow(missing_docs)]

use caserank::Seed;
use caserank::backlog::Coded;
use caserank::complaint::Origin;
use caserank::ndarray::Array2;
use caserank::research::study::{Stability, Uncertainty};
use caserank::synthetic::Generator;
use caserank::{ActiveOverrides, Backlog, BacklogBuilder, Timestamp, reference};

use super::{COUNTED, alone};

const ROWS: usize = 100_000;

/// A thousand made-up complaints, a hundred times each under new ids.
fn backlog(triage: &caserank::Triage) -> Backlog {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for case in Generator::new(Seed(11)).cases().take(1_000) {
        builder.push(&case.complaint).unwrap();
    }
    let few = builder.freeze().codes();
    let codes = Array2::from_shape_fn((ROWS, few.ncols()), |(row, item)| few[[row % 1_000, item]]);
    let ids: Vec<String> = (0..ROWS).map(|row| format!("c{row:06}")).collect();
    let received: Vec<Timestamp> =
        (0..ROWS).map(|row| Timestamp::from_unix_seconds(row as i64).unwrap()).collect();
    let coded = Coded::new(&ids, &received, codes.view()).with_origin(Origin::Synthetic);
    Backlog::from_codes(triage.codebook(), &coded).unwrap()
}

#[test]
fn below_64_bytes_a_complaint() {
    let _alone = alone();
    let triage = reference::published().unwrap();
    let backlog = backlog(&triage);
    let uncertainty = Uncertainty::assumed(triage.instrument(), 0.2).unwrap();
    let plan = Stability::new(&triage, &uncertainty).replicates(4);
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let before = COUNTED.current_usage();
            COUNTED.reset_peak_usage();
            let found = plan.run(&backlog, &ActiveOverrides::none(), Seed(1)).unwrap();
            let (most, kept) = (COUNTED.peak_usage() - before, COUNTED.current_usage() - before);
            let bytes = |total: usize| total as f64 / ROWS as f64;
            println!(
                "{threads} thread(s): {:.1} bytes a complaint while it runs, {:.1} kept",
                bytes(most),
                bytes(kept)
            );
            assert!(most < 64 * ROWS, "{most} bytes for {ROWS} complaints");
            // The count works at all: the result alone holds a tally and a position each.
            assert!(kept > 44 * ROWS && kept < most);
            assert_eq!(found.len(), ROWS);
        });
    }
}
