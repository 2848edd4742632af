//! One job a run, for counting instructions from outside; see `benches/instructions.sh`.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use common::{Columns, ITEMS, model};

const ROWS: usize = 100_000;

fn main() {
    let job = std::env::args().nth(1).unwrap_or_default();
    let columns = Columns::new(ROWS);
    let plain = model(1, false);
    let gated = model(1, true);
    let backlog = columns.backlog(plain.codebook());
    match job.as_str() {
        "cold" => drop(black_box(columns.backlog(plain.codebook()))),
        "score" => drop(black_box(plain.score(&backlog).unwrap())),
        "rank" => drop(black_box(plain.rank(&backlog).unwrap())),
        "rank_gated" => drop(black_box(gated.rank(&backlog).unwrap())),
        "top_1000" => drop(black_box(plain.top(&backlog, 1_000).unwrap())),
        "one_by_one" => {
            let mut scorer = gated.scorer();
            for codes in columns.codes.chunks(ITEMS) {
                black_box(scorer.score(codes).unwrap());
            }
        }
        "assess_100" => {
            for row in 0..100 {
                drop(black_box(gated.assess_row(&backlog, row).unwrap()));
            }
        }
        // Everything before the job, so that it can be taken off; also what a smoke run does.
        _ => {}
    }
}
