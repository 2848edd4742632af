//! Errors over clusters: none from one, told from few, never narrower than the model's where an answer hardly occurs.

use caserank::ndarray::Array2;
use caserank::research::fit::{Columns, Estimate, Firth, FitError, FitWarning, Logistic, Sample};
use caserank::{Seed, Stream};

/// Rows of three yes/no columns, the last rare, with labels.
fn drawn(stream: &mut Stream, rows: usize, rare: u64) -> (Columns, Vec<bool>) {
    let values = Array2::from_shape_fn((rows, 3), |(row, column)| {
        let rare = column == 2 && (row as u64).is_multiple_of(rows as u64 / rare);
        f64::from(rare || column < 2 && stream.below(10) < 4)
    });
    let labels = (0..rows)
        .map(|row| stream.below(10) < 2 + 2 * values[[row, 0]] as u64 && values[[row, 2]] == 0.0)
        .collect();
    (Columns::from_matrix(&["a", "b", "rare"], values.view()).unwrap(), labels)
}

#[test]
fn a_single_cluster_is_refused_and_named() {
    let (columns, labels) = drawn(&mut Seed(1).stream(0), 200, 20);
    for clusters in [vec![0; 200], vec![7; 200]] {
        let sample = Sample::new(&columns, &labels).unwrap().clusters(&clusters).unwrap();
        let error = Logistic::new().ridge(1.0).fit_sample(&sample).unwrap_err();
        assert_eq!(error, FitError::OneCluster { rows: 200 });
        assert!(error.to_string().contains("placeholder"), "{error}");
        assert_eq!(Firth::new().fit_sample(&sample).unwrap_err(), error);
    }
    // Rows without weight do not make a second cluster.
    let mut clusters = vec![0; 200];
    clusters[3] = 1;
    let mut weights = vec![1.0; 200];
    weights[3] = 0.0;
    let sample = Sample::new(&columns, &labels).unwrap().clusters(&clusters).unwrap();
    let sample = sample.weights(&weights).unwrap();
    assert!(matches!(Firth::new().fit_sample(&sample), Err(FitError::OneCluster { .. })));
}

#[test]
fn few_clusters_are_told() {
    let (columns, labels) = drawn(&mut Seed(2).stream(0), 400, 100);
    let warned = |groups: u32| {
        let clusters: Vec<u32> = (0..400).map(|row| row % groups).collect();
        let sample = Sample::new(&columns, &labels).unwrap().clusters(&clusters).unwrap();
        let model = Firth::new().fit_sample(&sample).unwrap();
        assert_eq!(model.report().clusters, Some(groups as usize));
        let warnings = &model.report().warnings;
        let few = FitWarning::FewClusters { clusters: groups as usize };
        assert_eq!(warnings.contains(&few), groups < 40, "{groups}");
        let singular = |warning: &FitWarning| {
            matches!(warning, FitWarning::ClustersBelowParameters { parameters: 4, .. })
        };
        assert_eq!(warnings.iter().any(singular), groups <= 4, "{groups}");
        assert!(model.clustered_covariance().is_some());
    };
    for groups in [2, 3, 4, 5, 39, 40, 200] {
        warned(groups);
    }
}

#[test]
fn no_interval_is_narrower_than_the_models_where_an_answer_hardly_occurs() {
    let mut stream = Seed(3).stream(0);
    let mut taken = 0;
    for number in 0..60 {
        let rows = 300;
        let (columns, labels) = drawn(&mut stream, rows, 4);
        let groups = 2 + stream.below(90) as u32;
        let clusters: Vec<u32> =
            (0..rows).map(|_| stream.below(u64::from(groups)) as u32).collect();
        let sample = Sample::new(&columns, &labels).unwrap().clusters(&clusters).unwrap();
        let model = Logistic::new().ridge_standardised(10.0).fit_sample(&sample).unwrap();
        for estimate in &model.report().estimates {
            let (wald, p) = (estimate.wald.unwrap(), estimate.p.unwrap());
            assert!(wald.upper > wald.lower && p > 0.0, "sample {number}: {estimate:?}");
        }
        // Four complaints have the answer, none of them the outcome.
        let rare = model.report().estimate("rare").unwrap();
        let thin = |caution: &FitWarning| {
            matches!(caution, FitWarning::ThinAnswer { rows: 4, events: 0, .. })
        };
        assert!(rare.cautions.iter().any(thin), "sample {number}: {rare:?}");
        let model_error = rare.standard_error.unwrap();
        let half = (rare.wald.unwrap().upper - rare.wald.unwrap().lower) / 2.0;
        assert!(half >= 1.9599 * model_error, "sample {number}: {rare:?}");
        if rare.clustered.is_none() {
            taken += 1;
            let told = |caution: &FitWarning| {
                matches!(caution, FitWarning::ClusteredErrorNotEstimable { .. })
            };
            assert!(rare.cautions.iter().any(told), "{rare:?}");
            let text = model.report().to_string();
            let line = text.lines().find(|line| line.starts_with("rare")).unwrap();
            assert!(line.ends_with('!') && text.contains("`rare`: a clustered error"), "{text}");
        }
    }
    assert!(taken > 30, "{taken}");
}

#[test]
fn a_p_value_beyond_floating_point_is_not_zero() {
    let rows = 200_000;
    let values = Array2::from_shape_fn((rows, 1), |(row, _)| (row % 2) as f64);
    let labels: Vec<bool> = (0..rows).map(|row| (row % 2 == 1) == (row % 10 > 1)).collect();
    let columns = Columns::from_matrix(&["a"], values.view()).unwrap();
    let model = Logistic::new().fit_sample(&Sample::new(&columns, &labels).unwrap()).unwrap();
    let estimate = model.report().estimate("a").unwrap();
    assert!(estimate.z.unwrap() > 40.0 && estimate.p.unwrap() > 0.0, "{estimate:?}");
    assert!(model.report().likelihood_ratio.p > 0.0);
    assert!(model.report().to_string().contains("<1e-300"), "{}", model.report());
}

#[test]
fn likelihoods_beside_clusters_say_that_they_take_rows_for_independent() {
    let (columns, labels) = drawn(&mut Seed(4).stream(0), 400, 100);
    let pairs: Vec<u32> = (0..400).map(|row| row / 2).collect();
    let alone: Vec<u32> = (0..400).collect();
    let plain = Sample::new(&columns, &labels).unwrap();
    let bold = FitWarning::LikelihoodIgnoresClusters { rows: 400, clusters: 200 };
    let fits = |sample: &Sample<'_>| {
        [
            Logistic::new().ridge(1.0).with_profile().fit_sample(sample).unwrap(),
            Firth::new().with_profile().fit_sample(sample).unwrap(),
        ]
    };
    for model in fits(&plain.clone().clusters(&pairs).unwrap()) {
        let report = model.report();
        assert!(report.warnings.contains(&bold), "{:?}", report.warnings);
        let text = report.to_string();
        assert!(text.contains("400 complaints about 200 clusters"), "{text}");
        for estimate in &report.estimates {
            // Profile interval and test never stand without the word about them.
            assert!(estimate.profile.is_some() && estimate.cautions.contains(&bold));
            let line = text.lines().find(|line| line.starts_with(&estimate.name)).unwrap();
            let upper = format!("{:.4}", estimate.wald.unwrap().upper);
            assert!(line.ends_with('!') && line.contains(&upper), "{line}");
        }
    }
    // Without profiles no coefficient has anything made from the likelihood.
    let clustered = plain.clone().clusters(&pairs).unwrap();
    let without = Logistic::new().ridge(1.0).fit_sample(&clustered).unwrap();
    let cautious = |estimate: &Estimate| estimate.cautions.contains(&bold);
    assert!(!without.report().estimates.iter().any(cautious));
    // Rows that are each a cluster of their own are independent.
    let told =
        |warning: &FitWarning| matches!(warning, FitWarning::LikelihoodIgnoresClusters { .. });
    for model in fits(&plain.clone().clusters(&alone).unwrap()).iter().chain(&fits(&plain)) {
        assert!(!model.report().warnings.iter().any(told));
    }
}

#[test]
fn a_likelihood_ratio_over_shared_clusters_is_refused_and_points_to_the_wald_test() {
    let (columns, labels) = drawn(&mut Seed(5).stream(0), 600, 100);
    let [a, b] = [0, 1].map(|number| columns.column(number).unwrap());
    let both = Columns::builder(600).numbers("a", a.clone()).unwrap().numbers("b", b).unwrap();
    let (both, one) = (both.build(), Columns::builder(600).numbers("a", a).unwrap().build());
    let fit = |columns: &Columns, clusters: &[u32]| {
        let sample = Sample::new(columns, &labels).unwrap().clusters(clusters).unwrap();
        Logistic::new().fit_sample(&sample).unwrap()
    };
    let shared: Vec<u32> = (0..600).map(|row| row / 4).collect();
    let full = fit(&both, &shared);
    let refused = full.against(&fit(&one, &shared)).unwrap_err();
    assert!(matches!(refused, FitError::NotNested { .. }), "{refused}");
    assert!(refused.to_string().contains("Wald"), "{refused}");
    let z = full.report().estimate("b").unwrap().z.unwrap();
    let test = full.wald_test(&["b"]).unwrap();
    assert!((test.statistic - z * z).abs() < 1e-9 && test.degrees == 1, "{test:?} {z}");
    let alone: Vec<u32> = (0..600).collect();
    assert!(fit(&both, &alone).against(&fit(&one, &alone)).is_ok());
}

#[test]
fn errors_that_only_a_penalty_keeps_finite_are_not_the_small_ones_of_clusters() {
    let mut stream = Seed(12).stream(0);
    let mut used = 0;
    for _ in 0..300 {
        let rows = 12 + stream.below(30) as usize;
        // One number that tells the outcomes apart, and one that does not.
        let labels: Vec<bool> = (0..rows).map(|row| row % 3 == 0).collect();
        let told =
            labels.iter().map(|label| f64::from(u8::from(*label)) * 3.0 + stream.nearly_normal());
        let told: Vec<f64> = told.collect();
        let other: Vec<f64> = (0..rows).map(|_| stream.nearly_normal()).collect();
        let columns = Columns::builder(rows).numbers("told", told).unwrap();
        let columns = columns.numbers("other", other).unwrap().build();
        let clusters: Vec<u32> = (0..rows as u32).map(|row| row / 2).collect();
        let sample = Sample::new(&columns, &labels).unwrap().clusters(&clusters).unwrap();
        let method = Logistic::new().ridge(1e-9).with_robust_errors();
        let Ok(model) = method.fit_sample(&sample) else { continue };
        for estimate in &model.report().estimates {
            let error = estimate.standard_error.unwrap();
            assert!(estimate.clustered.is_none_or(|clustered| clustered >= error / 3.0));
            assert!(estimate.robust_hc0.is_none_or(|error| error > 0.0));
            used += usize::from(estimate.clustered.is_none());
            assert!(estimate.clustered.is_some() || !estimate.cautions.is_empty());
            assert!(estimate.p.unwrap() > 1e-12, "{estimate:?}");
        }
    }
    assert!(used > 20, "the model's error was used in {used}");
}
