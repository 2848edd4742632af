//! Promise 17: no fit without a finite maximum, no interval without a width, no p of 0; small and degenerate samples, the
//! maximum's existence decided beside the library by whole numbers.
#![allow(clippy::unwrap_used)]

use caserank::ndarray::Array2;
use caserank::research::fit::{Columns, Firth, FitError, Logistic, LogisticModel, Sample};
use proptest::prelude::*;

use crate::common::cases;

type Row = [i64; 3];

fn dot(a: Row, b: Row) -> i64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn cross(a: Row, b: Row) -> Row {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Whether an intercept and two columns determine their coefficients.
fn full_rank(rows: &[Row]) -> bool {
    rows.iter().enumerate().any(|(i, &a)| {
        rows[..i]
            .iter()
            .enumerate()
            .any(|(j, &b)| rows[..j].iter().any(|&c| dot(cross(a, b), c) != 0))
    })
}

/// Whether some direction never lowers the likelihood. Signed rows of full rank bound a cone with a corner, so that it holds
/// a direction exactly if it holds one that is at right angles to two of them.
fn separated(signed: &[Row]) -> bool {
    signed.iter().enumerate().any(|(i, &a)| {
        signed[..i].iter().any(|&b| {
            let ray = cross(a, b);
            [ray, ray.map(|value| -value)]
                .into_iter()
                .any(|ray| ray != [0; 3] && signed.iter().all(|&row| dot(row, ray) >= 0))
        })
    })
}

fn honest(model: &LogisticModel) -> Result<(), TestCaseError> {
    let report = model.report();
    for estimate in &report.estimates {
        prop_assert!(estimate.estimate.is_finite());
        prop_assert!(estimate.standard_error.is_some_and(|error| error > 0.0 && error.is_finite()));
        for interval in [estimate.wald, estimate.profile].into_iter().flatten() {
            prop_assert!(interval.lower < interval.upper, "{:?}", estimate);
        }
        for p in [estimate.p, estimate.likelihood_ratio.map(|test| test.p)].into_iter().flatten() {
            prop_assert!(p > 0.0 && p <= 1.0, "{:?}", estimate);
        }
    }
    let tests = [Some(report.likelihood_ratio), report.penalized_likelihood_ratio];
    prop_assert!(tests.into_iter().flatten().all(|test| test.p > 0.0 && test.p <= 1.0));
    Ok(())
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_fit_is_given_where_there_is_one(
        rows in prop::collection::vec((0_i64..4, 0_i64..3, any::<bool>()), 3..16),
        scale in prop_oneof![Just(1.0), 1e-9..1e9_f64],
    ) {
        let given: Vec<Row> = rows.iter().map(|&(a, b, _)| [1, a, b]).collect();
        let labels: Vec<bool> = rows.iter().map(|row| row.2).collect();
        let sign = |(row, label): (&Row, &bool)| row.map(|value| if *label { value } else { -value });
        let signed: Vec<Row> = given.iter().zip(&labels).map(sign).collect();
        let both = labels.contains(&true) && labels.contains(&false);
        let matrix = Array2::from_shape_fn((rows.len(), 2), |(row, column)| {
            scale * given[row][column + 1] as f64
        });
        let columns = Columns::from_matrix(&["a", "b"], matrix.view()).unwrap();
        let sample = Sample::new(&columns, &labels).unwrap();
        let plain = Logistic::new().fit_sample(&sample);
        let firth = Firth::new().fit_sample(&sample);
        if !both {
            prop_assert!(matches!(&plain, Err(FitError::OneClass { .. })), "{:?}", plain);
            prop_assert!(firth.is_err());
        } else if !full_rank(&given) {
            let named = |fit: &Result<LogisticModel, FitError>| {
                matches!(
                    fit,
                    Err(FitError::Constant { .. } | FitError::Collinear { .. }
                        | FitError::Separated { .. } | FitError::Logistic(_))
                )
            };
            prop_assert!(named(&plain), "{:?}", plain);
            prop_assert!(firth.is_err(), "{:?}", firth);
        } else {
            if separated(&signed) {
                prop_assert!(matches!(&plain, Err(FitError::Separated { .. })), "{:?}", plain);
            } else {
                honest(&plain.unwrap())?;
            }
            honest(&firth.unwrap())?;
        }
        // With a penalty there is always a maximum, and still no certainty.
        if both {
            let ridge = Logistic::new().ridge_standardised(0.5).fit_sample(&sample);
            match ridge {
                Ok(model) => honest(&model)?,
                Err(error) => prop_assert!(matches!(error, FitError::Constant { .. } | FitError::Collinear { .. }), "{}", error),
            }
        }
    }

    #[test]
    fn clusters_claim_no_more_than_they_know(
        rows in prop::collection::vec((0_i64..3, any::<bool>(), 0_u32..5), 12..40),
    ) {
        let values: Vec<f64> = rows.iter().map(|row| row.0 as f64).collect();
        let labels: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let clusters: Vec<u32> = rows.iter().map(|row| row.2).collect();
        let several = clusters.iter().any(|cluster| *cluster != clusters[0]);
        let columns = Columns::builder(rows.len()).numbers("a", values).unwrap().build();
        let sample = Sample::new(&columns, &labels).unwrap().clusters(&clusters).unwrap();
        for fit in [Logistic::new().ridge(0.1).fit_sample(&sample), Firth::new().fit_sample(&sample)] {
            match fit {
                Ok(model) => {
                    prop_assert!(several);
                    honest(&model)?;
                    let told = model.report().warnings.iter().any(|warning| {
                        warning.to_string().contains("clusters")
                    });
                    prop_assert!(told, "few clusters are told");
                }
                Err(error) => prop_assert!(matches!(
                    error,
                    FitError::OneClass { .. } | FitError::OneCluster { .. }
                        | FitError::Constant { .. } | FitError::Collinear { .. }
                ), "{}", error),
            }
        }
    }
}
