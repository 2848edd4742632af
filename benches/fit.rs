//! Time and memory of logistic fits and of cards.
//!
//! ```text
//! cargo bench --bench fit                              # Criterion's report on drawn data
//! cargo bench --bench fit -- --peak coded [ROWS]       # ROWS x 40 as answer codes: seconds and peak memory
//! cargo bench --bench fit -- --peak matrix [ROWS]      # the same from a dense matrix of f64, which counts too
//! cargo bench --bench fit -- --file DATA.bin           # fits a file that benches/peers_fit.py wrote
//! cargo bench --bench fit -- --card DATA.bin 10 5      # ten items, points from -5 to 5
//! cargo bench --bench fit -- --imputations 200         # completes 50,000 x 40 so often, five rounds each, and fits
//! cargo bench --bench fit -- --federated               # 61 agencies x 5,000 x 40 beside all rows in one place
//! ```
//!
//! Those that read a file print one line of JSON for the scripts that call them.
#![allow(missing_docs, clippy::print_stdout, reason = "a bench talks to a terminal")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use caserank::complaint::Origin;
use caserank::ndarray::Array2;
use caserank::research::fit::federated::{
    Agency, AgencyRows, Coordinator, FederatedFit, Groups, Method, Next, Plan, PlanItem,
    SharedDesign,
};
use caserank::research::fit::{
    Columns, Design, Found, Imputation, Label, Labels, Logistic, LogisticModel, RiskScore, Sample,
};
use caserank::{BacklogBuilder, Codebook, Complaint, Seed, Stream, Timestamp};
use criterion::{BatchSize, Criterion, criterion_group};
use serde_json::json;

/// Share of answers that are unknown, in thousandths.
const UNKNOWN: u64 = 197;
const ITEMS: usize = 40;
/// The first so many items are yes/no, the rest counts from 0 to 5.
const YES_NO: usize = 34;

/// The answer of one item: a number, or unknown.
fn answer(stream: &mut Stream, item: usize) -> Option<u8> {
    if stream.below(1_000) < UNKNOWN {
        None
    } else if item < YES_NO {
        Some(u8::from(stream.below(1_000) < 50 + 10 * item as u64))
    } else {
        Some(stream.below(6).min(stream.below(6)) as u8)
    }
}

fn effect(item: usize, answer: Option<u8>) -> f64 {
    let flag = 0.02 * (item % 5) as f64;
    answer.map_or(flag, |answer| f64::from(answer) * 0.1 * ((item % 7) as f64 - 2.0))
}

fn outcome(stream: &mut Stream, eta: f64) -> bool {
    stream.below(1 << 32) as f64 / (1_u64 << 32) as f64 * (1.0 + (-eta).exp()) < 1.0
}

/// Forty items with unknown taken for 0, then, where asked for, forty unknown flags.
fn drawn(rows: usize, flags: bool) -> (Array2<f64>, Vec<bool>) {
    let mut stream = Seed(17).stream(0);
    let mut matrix = Array2::zeros((rows, if flags { 2 * ITEMS } else { ITEMS }));
    let mut labels = Vec::with_capacity(rows);
    for mut row in matrix.rows_mut() {
        let mut eta = -2.5;
        for item in 0..ITEMS {
            let answer = answer(&mut stream, item);
            eta += effect(item, answer);
            row[item] = f64::from(answer.unwrap_or(0));
            if flags {
                row[ITEMS + item] = f64::from(u8::from(answer.is_none()));
            }
        }
        labels.push(outcome(&mut stream, eta));
    }
    (matrix, labels)
}

/// The same forty items as a byte an answer, which is how a backlog holds them.
fn drawn_codes(rows: usize) -> (Vec<Vec<u8>>, Vec<bool>) {
    let mut stream = Seed(17).stream(0);
    let mut codes: Vec<Vec<u8>> = (0..ITEMS).map(|_| Vec::with_capacity(rows)).collect();
    let mut labels = Vec::with_capacity(rows);
    for _ in 0..rows {
        let mut eta = -2.5;
        for (item, codes) in codes.iter_mut().enumerate() {
            let answer = answer(&mut stream, item);
            eta += effect(item, answer);
            codes.push(answer.map_or(0, |answer| answer + 1));
        }
        labels.push(outcome(&mut stream, eta));
    }
    (codes, labels)
}

fn named(matrix: &Array2<f64>) -> Result<Columns, Box<dyn Error>> {
    let names: Vec<String> = (0..matrix.ncols()).map(|j| format!("x{j}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(Columns::from_matrix(&names, matrix.view())?)
}

/// Rows and columns as two `u32`, one byte a label, then the matrix row by row as `f64`, all little-endian.
fn read(path: &str) -> Result<(Array2<f64>, Vec<bool>), Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let short = "the file ends too early";
    let size = |at: usize| -> Result<usize, Box<dyn Error>> {
        Ok(u32::from_le_bytes(bytes.get(at..at + 4).ok_or(short)?.try_into()?) as usize)
    };
    let (rows, columns) = (size(0)?, size(4)?);
    let labels = bytes.get(8..8 + rows).ok_or(short)?.iter().map(|label| *label == 1).collect();
    let values: Vec<f64> = bytes[8 + rows..]
        .chunks_exact(8)
        .filter_map(|eight| Some(f64::from_le_bytes(eight.try_into().ok()?)))
        .collect();
    Ok((Array2::from_shape_vec((rows, columns), values)?, labels))
}

fn fits(criterion: &mut Criterion) {
    let (matrix, labels) = drawn(200_000, true);
    let mut group = criterion.benchmark_group("fit 200,000 x 80");
    group.sample_size(10);
    group.bench_function("read the matrix once", |bench| bench.iter(|| black_box(&matrix).sum()));
    group.bench_function("pack the matrix", |bench| bench.iter(|| named(black_box(&matrix))));
    let Ok(columns) = named(&matrix) else { return };
    let Ok(sample) = Sample::new(&columns, &labels) else { return };
    group.bench_function("fit packed columns with report", |bench| {
        bench.iter(|| Logistic::new().fit_sample(black_box(&sample)));
    });
    group.bench_function("pack and fit with report", |bench| {
        bench.iter(|| fitted(black_box(&matrix), &labels));
    });
    group.finish();
    let few: Vec<usize> = (0..20_000).collect();
    let columns = columns.select_rows(&few);
    let Ok(sample) = Sample::new(&columns, &labels[..few.len()]) else { return };
    let mut group = criterion.benchmark_group("cards");
    group.sample_size(10);
    group.bench_function("ten items of eighty on 20,000 complaints", |bench| {
        bench.iter(|| RiskScore::new(10).fit_sample(black_box(&sample)));
    });
}

/// Sixty-one agencies of 5,000 complaints × 40 items, and the same rows in one place.
struct Federation {
    plan: Plan,
    agencies: Vec<Agency>,
    codes: Vec<Vec<u8>>,
    labels: Vec<bool>,
    design: SharedDesign,
}

impl Federation {
    fn drawn() -> Option<Self> {
        let items: Vec<PlanItem> = (0..ITEMS)
            .map(|item| {
                let id = format!("x{item}");
                let answers = ["0", "1", "2", "3", "4", "5"];
                PlanItem::new(&id, if item < YES_NO { &answers[..2] } else { &answers })
            })
            .collect();
        let plan = Plan::new("bench", "outcome", items, Method::Logistic { ridge: 1.0 });
        let plan = plan.and_then(|plan| plan.with_minimum(5, Groups::Answers)).ok()?;
        let (codes, labels) = drawn_codes(61 * 5_000);
        let agencies: Vec<Agency> = (0..61)
            .filter_map(|number| {
                let rows = number * 5_000..(number + 1) * 5_000;
                let part = codes.iter().map(|codes| codes[rows.clone()].to_vec()).collect();
                let rows = AgencyRows::new(part, labels[rows].to_vec());
                Agency::new(&format!("a{number:02}"), &plan, rows).ok()
            })
            .collect();
        let counts = agencies.iter().map(Agency::counts).collect();
        let design = Coordinator::new(plan.clone(), counts).ok()?.design().clone();
        let codes = (0..ITEMS)
            .map(|item| agencies.iter().flat_map(|agency| agency.codes()[item].clone()).collect())
            .collect();
        Some(Self { plan, agencies, codes, labels, design })
    }

    fn pooled(&self) -> Option<LogisticModel> {
        let columns = self.design.code(black_box(&self.codes)).ok()?;
        let sample = Sample::new(&columns, &self.labels).ok()?;
        Logistic::new().ridge_standardised(1.0).fit_sample(&sample).ok()
    }

    /// From agencies that have not answered yet.
    fn federated(&self, mut agencies: Vec<Agency>) -> Option<Box<FederatedFit>> {
        let counts = agencies.iter().map(Agency::counts).collect();
        let mut coordinator = Coordinator::new(self.plan.clone(), counts).ok()?;
        loop {
            match coordinator.next().ok()? {
                Next::Ask(proposal) => {
                    let answers = agencies.iter_mut().map(|agency| agency.answer(&proposal));
                    coordinator.receive(answers.collect::<Result<_, _>>().ok()?).ok()?;
                }
                Next::Done(fit) => return Some(fit),
            }
        }
    }
}

fn federations(criterion: &mut Criterion) {
    let Some(federation) = Federation::drawn() else { return };
    let mut group = criterion.benchmark_group("fit 61 x 5,000 x 40");
    group.sample_size(10);
    group.bench_function("all rows in one place", |bench| bench.iter(|| federation.pooled()));
    // Agencies are at hand before a study begins, as all rows in one place are.
    group.bench_function("federated", |bench| {
        bench.iter_batched(
            || federation.agencies.clone(),
            |agencies| federation.federated(agencies),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

/// Processor time of this process and its threads so far, in seconds; Linux only, to a hundredth.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}

/// Both fits, twenty times each in turn: processor time, which other programs disturb least.
fn federated_beside_pooled() -> Result<(), Box<dyn Error>> {
    const TIMES: usize = 20;
    let federation = Federation::drawn().ok_or("no federation")?;
    let (mut apart, mut together) = (0.0, 0.0);
    for _ in 0..TIMES {
        let agencies = federation.agencies.clone();
        let start = processor_seconds().ok_or("no processor time here")?;
        black_box(federation.federated(agencies).ok_or("no federated fit")?);
        let between = processor_seconds().ok_or("no processor time here")?;
        black_box(federation.pooled().ok_or("no pooled fit")?);
        apart += between - start;
        together += processor_seconds().ok_or("no processor time here")? - between;
    }
    let each = |seconds: f64| seconds / TIMES as f64;
    println!(
        "federated {:.3} s, pooled {:.3} s of processor time: {:.2} times",
        each(apart),
        each(together),
        apart / together
    );
    Ok(())
}

fn fitted(matrix: &Array2<f64>, labels: &[bool]) -> Result<LogisticModel, Box<dyn Error>> {
    let columns = named(matrix)?;
    Ok(Logistic::new().fit_sample(&Sample::new(&columns, labels)?)?)
}

/// The largest resident memory of this process so far, in megabytes; Linux only.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? * 1_024.0 / 1e6)
}

/// Draws, packs and fits once, and says how much memory the process has had at most.
fn peak_of_one(form: &str, rows: usize) -> Result<(), Box<dyn Error>> {
    let dense = rows as f64 * ITEMS as f64 * 8.0 / 1e6;
    let (columns, labels, start, kept) = if form == "matrix" {
        let (matrix, labels) = drawn(rows, false);
        let start = Instant::now();
        (named(&matrix)?, labels, start, Some(matrix))
    } else {
        let (codes, labels) = drawn_codes(rows);
        let start = Instant::now();
        let mut builder = Columns::builder(rows);
        for (item, codes) in codes.into_iter().enumerate() {
            let count = if item < YES_NO { 3 } else { 7 };
            // Unknown is taken for 0 here too, so that both forms fit one problem.
            let value = |(code, _): (usize, usize)| code.saturating_sub(1) as f64;
            let table = Array2::from_shape_fn((count, 1), value);
            builder = builder.codes(&[&format!("x{item}")], codes, &table)?;
        }
        (builder.build(), labels, start, None)
    };
    let drawn = peak();
    let sample = Sample::new(&columns, &labels)?;
    let model = Logistic::new().fit_sample(&sample)?;
    let seconds = start.elapsed().as_secs_f64();
    let memory =
        |value: Option<f64>| value.map_or("unknown".to_owned(), |mb| format!("{mb:.0} MB"));
    println!(
        "{rows} x {ITEMS} as {form}: packed and fitted with report in {seconds:.3} s, {} steps; columns hold {:.0} MB",
        model.report().iterations,
        columns.bytes() as f64 / 1e6
    );
    println!(
        "peak memory of the process: {} before the fit, {} in all; the dense matrix is {dense:.0} MB, 1.5 times that {:.0} MB",
        memory(drawn),
        memory(peak()),
        1.5 * dense
    );
    println!("first coefficients: {:?}", &model.weights()[..3]);
    drop(black_box(kept));
    Ok(())
}

/// Packs and fits a file five times; prints the times and the estimates.
fn fit_file(path: &str) -> Result<(), Box<dyn Error>> {
    let (matrix, labels) = read(path)?;
    let mut seconds = Vec::new();
    let mut model = fitted(&matrix, &labels)?;
    for _ in 0..5 {
        let start = Instant::now();
        model = fitted(black_box(&matrix), &labels)?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    let estimates = &model.report().estimates;
    let coefficients: Vec<f64> = estimates.iter().map(|estimate| estimate.estimate).collect();
    let errors: Vec<Option<f64>> =
        estimates.iter().map(|estimate| estimate.standard_error).collect();
    println!(
        "{}",
        json!({ "seconds": seconds, "coefficients": coefficients, "standard_errors": errors })
    );
    Ok(())
}

/// Learns cards from a file three times; prints the times and the best card.
fn card_file(path: &str, items: usize, bound: i32) -> Result<(), Box<dyn Error>> {
    let (matrix, labels) = read(path)?;
    let mut seconds = Vec::new();
    let mut best = None;
    for _ in 0..3 {
        let start = Instant::now();
        let columns = named(&matrix)?;
        let sample = Sample::new(&columns, &labels)?;
        let pool = RiskScore::new(items).bounds(-bound, bound).fit_sample(&sample)?;
        seconds.push(start.elapsed().as_secs_f64());
        best = pool.into_iter().next();
    }
    let best = best.ok_or("no card")?;
    println!(
        "{}",
        json!({
            "seconds": seconds,
            "points": best.card.points,
            "intercept": best.intercept,
            "log_odds_per_point": best.log_odds_per_point,
            "log_loss": best.log_loss,
        })
    );
    Ok(())
}

/// 50,000 complaints with forty yes/no items, 55% of answers unknown, completed so many times.
fn imputations(times: usize) -> Result<(), Box<dyn Error>> {
    let item = |number: usize| {
        json!({
            "id": format!("q{number}"), "question": "Is it so?", "kind": "ordinal",
            "answers": [{ "id": "no", "label": "no" }, { "id": "yes", "label": "yes" }],
            "absent": "no", "stage": "intake", "domain": "network", "about": "suspect",
            "effort": { "minutes": 1 }, "design": "made up for a bench",
            "prevalence": { "shares": { "no": 0.8, "yes": 0.2 }, "basis": "assumption" },
            "bears_on": { "danger": { "direction": "raises" } },
        })
    };
    let codebook = Codebook::from_json(&json!({
        "format_version": 1, "id": "bench", "version": "1.0.0", "title": "Bench", "description": "Made up.",
        "outcomes": [{ "id": "danger", "title": "danger", "ahead_of": "none known" }],
        "items": (0..ITEMS).map(item).collect::<Vec<_>>(), "sources": [],
    }).to_string())?;
    let names: Vec<String> = (0..ITEMS).map(|number| format!("q{number}")).collect();
    let received: Timestamp = "2025-01-01".parse()?;
    let mut stream = Seed(5).stream(0);
    let (mut builder, mut labels) = (BacklogBuilder::new(&codebook), Labels::new());
    for number in 0..50_000 {
        let id = format!("c{number:05}");
        let mut complaint = Complaint::new(&id, received)?.with_origin(Origin::Prospective);
        let mut eta = -2.5;
        for (item, name) in names.iter().enumerate() {
            let yes = stream.below(1_000) < 100 + 5 * item as u64;
            eta += if yes { 0.1 * (item % 7) as f64 } else { 0.0 };
            if stream.below(100) < 45 {
                complaint = complaint.with_answer(name.as_str(), if yes { "yes" } else { "no" });
            }
        }
        builder.push(&complaint)?;
        let result = if outcome(&mut stream, eta) { Found::Yes } else { Found::No };
        labels.push(Label::new(&id, "danger", result))?;
    }
    let designed = Design::new().apply(&builder.freeze(), &labels, "danger")?;
    let start = Instant::now();
    let fit = |sample: &Sample<'_>| Logistic::new().ridge(1.0).fit_sample(sample);
    let imputed = Imputation::new(times, Seed(1)).run(&designed, fit)?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{times} completed samples of 50,000 x {ITEMS}, five rounds: {seconds:.1} s");
    println!(
        "first weight: {:?}",
        imputed.estimates.get(1).map(|own| (own.estimate, own.missing_information))
    );
    Ok(())
}

criterion_group!(benches, fits, federations);

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds `--bench`.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["--peak", form @ ("coded" | "matrix")] => peak_of_one(form, 1_000_000),
        ["--peak", form @ ("coded" | "matrix"), rows] => peak_of_one(form, rows.parse()?),
        ["--federated"] => federated_beside_pooled(),
        ["--imputations", times] => imputations(times.parse()?),
        ["--file", path] => fit_file(path),
        ["--card", path, items, bound] => card_file(path, items.parse()?, bound.parse()?),
        _ => {
            benches();
            Criterion::default().configure_from_args().final_summary();
            Ok(())
        }
    }
}
