use super::*;
use crate::reference;
use ndarray::array;

fn instrument() -> Instrument {
    reference::published().unwrap().instrument().clone()
}

fn pair() -> [Parameter; 2] {
    let outcome = "contact_offending";
    [Parameter::intercept(outcome), Parameter::answer(outcome, "grooming_behaviour", "yes")]
}

#[test]
fn draws_have_the_covariance_asked_for() {
    let instrument = instrument();
    let covariance = array![[0.09, -0.03], [-0.03, 0.04]];
    let uncertainty = Uncertainty::covariance(&instrument, &pair(), covariance.view()).unwrap();
    let outcome = instrument.outcome_position("contact_offending").unwrap();
    let item = instrument.codebook().item_position("grooming_behaviour").unwrap();
    let code = instrument.codebook().items()[item].code_of("yes").unwrap();
    let base = uncertainty.base().clone();
    let draws = 4_000;
    let (mut sums, mut squares) = ([0.0; 2], [0.0; 3]);
    for draw in 0..draws {
        let set = uncertainty.draw(draw, Seed(3)).unwrap();
        let moved = |now: i32, before: i32| f64::from(now - before) / 1e6;
        let code_at = usize::from(code);
        let error = [
            moved(set.intercepts()[outcome], base.intercepts()[outcome]),
            moved(set.of_item_at(outcome, item)[code_at], base.of_item_at(outcome, item)[code_at]),
        ];
        for (sum, error) in sums.iter_mut().zip(error) {
            *sum += error;
        }
        squares[0] += error[0] * error[0];
        squares[1] += error[1] * error[1];
        squares[2] += error[0] * error[1];
    }
    let n = f64::from(draws as u32);
    assert!(sums.iter().all(|sum| (sum / n).abs() < 0.02), "{sums:?}");
    for (square, expected) in squares.iter().zip([0.09, 0.04, -0.03]) {
        assert!((square / n - expected).abs() < 0.006, "{squares:?}");
    }
}

#[test]
fn faulty_covariances_are_refused_and_singular_ones_are_not() {
    let instrument = instrument();
    let with =
        |covariance: Array2<f64>| Uncertainty::covariance(&instrument, &pair(), covariance.view());
    assert!(with(array![[0.04, 0.04], [0.04, 0.04]]).is_ok());
    assert!(with(array![[0.0, 0.0], [0.0, 0.04]]).is_ok());
    assert!(matches!(with(array![[0.04, 0.05], [0.05, 0.04]]), Err(StudyError::Covariance { .. })));
    assert!(matches!(with(array![[0.04, 0.01], [0.02, 0.04]]), Err(StudyError::Covariance { .. })));
    assert!(matches!(with(array![[0.0, 0.01], [0.01, 0.04]]), Err(StudyError::Covariance { .. })));
    assert!(matches!(with(array![[0.04]]), Err(StudyError::CovarianceShape { .. })));
}

#[test]
fn draws_never_change_and_do_not_depend_on_each_other() {
    let uncertainty = Uncertainty::assumed(&instrument(), 0.25).unwrap();
    assert_eq!(uncertainty.draw(7, Seed(1)).unwrap(), uncertainty.draw(7, Seed(1)).unwrap());
    assert_ne!(uncertainty.draw(7, Seed(1)).unwrap(), uncertainty.draw(8, Seed(1)).unwrap());
    assert!(Uncertainty::assumed(&instrument(), 0.0).is_err());
    assert!(Uncertainty::assumed(&instrument(), f64::NAN).is_err());
    assert!(Uncertainty::assumed(&instrument(), -0.1).is_err());
    let wild = Uncertainty::assumed(&instrument(), 1e9).unwrap();
    assert!(matches!(wild.draw(0, Seed(1)), Err(StudyError::Overflow { draw: 0 })));
}
