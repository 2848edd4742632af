//! A design with some of its coefficients held at 0.

use ndarray::Array2;

use crate::research::numeric::{Design, Scaling};

/// The coefficients at these places of another design; the others are 0.
pub(crate) struct Subset<'a> {
    pub(crate) design: &'a dyn Design,
    /// Places that stay, rising; the intercept's 0 among them where there is one.
    pub(crate) parameters: Vec<usize>,
    pub(crate) full: Scaling,
}

impl Subset<'_> {
    fn spread(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut all = vec![0.0; self.design.width()];
        for (parameter, value) in self.parameters.iter().zip(coefficients) {
            all[*parameter] = *value;
        }
        all
    }
}

impl Design for Subset<'_> {
    fn rows(&self) -> usize {
        self.design.rows()
    }

    fn width(&self) -> usize {
        self.parameters.len()
    }

    fn has_intercept(&self) -> bool {
        self.design.has_intercept()
    }

    fn scaling(&self, _weights: Option<&[f64]>) -> Scaling {
        let pick =
            |values: &[f64]| self.parameters.iter().map(|parameter| values[*parameter]).collect();
        Scaling { center: pick(&self.full.center), scale: pick(&self.full.scale) }
    }

    fn linear(&self, _scaling: &Scaling, coefficients: &[f64], out: &mut [f64]) {
        self.design.linear(&self.full, &self.spread(coefficients), out);
    }

    fn gradient(&self, _scaling: &Scaling, residual: &[f64]) -> Vec<f64> {
        let all = self.design.gradient(&self.full, residual);
        self.parameters.iter().map(|parameter| all[*parameter]).collect()
    }

    fn information(&self, _scaling: &Scaling, weight: &[f64]) -> Array2<f64> {
        let all = self.design.information(&self.full, weight);
        Array2::from_shape_fn((self.parameters.len(), self.parameters.len()), |(j, k)| {
            all[[self.parameters[j], self.parameters[k]]]
        })
    }

    fn quadratic(&self, _scaling: &Scaling, matrix: &Array2<f64>, out: &mut [f64]) {
        let mut all = Array2::zeros((self.design.width(), self.design.width()));
        for (j, to) in self.parameters.iter().enumerate() {
            for (k, other) in self.parameters.iter().enumerate() {
                all[[*to, *other]] = matrix[[j, k]];
            }
        }
        self.design.quadratic(&self.full, &all, out);
    }

    fn row(&self, _scaling: &Scaling, row: usize, out: &mut [f64]) {
        let mut all = vec![0.0; self.design.width()];
        self.design.row(&self.full, row, &mut all);
        for (target, parameter) in out.iter_mut().zip(&self.parameters) {
            *target = all[*parameter];
        }
    }
}
