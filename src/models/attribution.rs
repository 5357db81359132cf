//! What each input adds to what a network answers: integrated gradients.
//!
//! Reference: Sundararajan, Taly & Yan 2017, *Axiomatic Attribution for Deep Networks*, arXiv:1703.01365,
//! equation 1: the attribution of input i is (xᵢ − bᵢ) ∫₀¹ ∂F(b + α (x − b)) / ∂xᵢ dα.
//!
//! Letters and shapes: input x [I], baseline b (`base`, the paper's x′) [I], attributions [I]. F is a weighted
//! sum of the outputs of an [`Mlp`], with the weights `of` [O]: 1 and zeros for one logit, 1 and −1 and zeros
//! for the lead of one over another. `places` are S rows of a place α on the way and its weight.
//!
//! What holds: the attributions sum to F(x) − F(b), the paper's completeness, as the places become many; an
//! input on which F does not depend has none; those of a straight line are wᵢ (xᵢ − bᵢ) with any place.
//!
//! On a straight way the sum of a hidden unit h is a straight line too, uₕ + α vₕ, so what has to be averaged is
//! one slope for each unit: with g = W₂ᵀ `of` and mₕ the mean of act'(uₕ + α vₕ) over α, the attribution is
//! (xᵢ − bᵢ) Σₕ gₕ mₕ W₁[h, i].
//!
//! Departures: the paper's equation 3 sums at the ends of equal steps; the rules here are those of captum 0.7,
//! whose trapezoid is no textbook's: its S places reach from end to end, and its weights sum to (S − 1)/S, so
//! that its attributions are short by about that. captum keeps weights in 32 bits, here they have 64.

use crate::mlp::Mlp;
use numerics::legendre::gauss_legendre;
use numerics::matrix::Matrix;

/// How the integral along the way becomes a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The middles of S equal steps: captum's `riemann_middle`.
    Midpoint,
    /// S places from end to end, the two ends with half a weight: captum's `riemann_trapezoid`.
    Trapezoid,
    /// Exact for slopes that are polynomials in α of degree 2S − 1 or less: captum's `gausslegendre`.
    GaussLegendre,
}

impl Rule {
    /// So many places α on the way from 0 to 1, each with its weight; a trapezoid has two ends, so two or more.
    #[must_use]
    pub fn places(self, steps: usize) -> Vec<[f64; 2]> {
        let count = steps as f64;
        let last = steps.saturating_sub(1);
        match self {
            Self::Midpoint => (0..steps).map(|s| [(s as f64 + 0.5) / count, 1.0 / count]).collect(),
            Self::Trapezoid => (0..steps)
                .map(|s| {
                    let share = if s == 0 || s == last { 0.5 } else { 1.0 };
                    [s as f64 / last.max(1) as f64, share / count]
                })
                .collect(),
            Self::GaussLegendre => gauss_legendre(steps),
        }
    }
}

/// The integrated gradients [I] of a weighted sum of the outputs, from `base` [I] to `x` [I].
///
/// # Panics
/// If `of` has not one weight for each output.
#[must_use]
pub fn integrated_gradients(mlp: &Mlp, x: &[f64], base: &[f64], of: &[f64], places: &[[f64; 2]]) -> Vec<f64> {
    let way: Vec<f64> = x.iter().zip(base).map(|(x, b)| x - b).collect();
    let (mut start, along) = (mlp.w1.times_vector(base), mlp.w1.times_vector(&way));
    for (start, bias) in start.iter_mut().zip(&mlp.b1) {
        *start += bias;
    }
    // Place by place, so that the units share the processor's lanes: each unit's sum keeps its order.
    let mut means = vec![0.0; start.len()];
    for [alpha, weight] in places {
        for ((mean, start), along) in means.iter_mut().zip(&start).zip(&along) {
            *mean += weight * mlp.activation.slope(mlp.activation.apply(start + alpha * along));
        }
    }
    let mut felt = Matrix::from_vec(1, of.len(), of.to_vec()).times(&mlp.w2);
    for (felt, mean) in felt.as_mut_slice().iter_mut().zip(means) {
        *felt *= mean;
    }
    felt.times(&mlp.w1).as_slice().iter().zip(&way).map(|(slope, way)| slope * way).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mlp::{Activation, drawn};
    use numerics::random::Stream;

    const RULES: [Rule; 3] = [Rule::Midpoint, Rule::Trapezoid, Rule::GaussLegendre];

    /// A network 6–9–3 of which input 4 is not used, an input and a baseline.
    fn example(activation: Activation) -> (Mlp, Vec<f64>, Vec<f64>) {
        let mut s = Stream::new(3, "initialisation");
        let (mut w1, w2) = (drawn(9, 6, 4.0, &mut s), drawn(3, 9, 2.0, &mut s));
        (0..9).for_each(|h| w1[(h, 4)] = 0.0);
        let mut some = |count: usize| (0..count).map(|_| s.normal()).collect::<Vec<_>>();
        let (b1, b2, x, base) = (some(9), some(3), some(6), some(6));
        (Mlp { w1, b1, w2, b2, activation }, x, base)
    }

    /// F at an input, by the network's own way forward.
    fn value(mlp: &Mlp, x: &[f64], of: &[f64]) -> f64 {
        let out = mlp.forward(&Matrix::from_vec(1, x.len(), x.to_vec())).1;
        out.as_slice().iter().zip(of).map(|(z, w)| z * w).sum()
    }

    /// By how much the sum of the attributions misses F(x) − F(base).
    fn missing(activation: Activation, of: &[f64], rule: Rule, steps: usize) -> f64 {
        let (mlp, x, base) = example(activation);
        let found = integrated_gradients(&mlp, &x, &base, of, &rule.places(steps));
        (found.iter().sum::<f64>() - (value(&mlp, &x, of) - value(&mlp, &base, of))).abs()
    }

    /// Known result, completeness: nothing is missing as the places become many.
    #[test]
    fn attributions_account_for_the_whole_change() {
        for of in [[0.0, 1.0, 0.0], [1.0, 0.0, -1.0]] {
            for activation in [Activation::Tanh, Activation::Sigmoid] {
                let missing = |rule, steps| missing(activation, &of, rule, steps);
                // Its error falls with the square of the steps.
                let [few, many] = [40, 400].map(|steps| missing(Rule::Midpoint, steps));
                assert!(many < 0.02 * few + 1e-9 && many < 1e-4, "{activation:?}: {few} {many}");
                assert!(missing(Rule::GaussLegendre, 40) < 1e-6, "{activation:?}");
                assert!(missing(Rule::Trapezoid, 40_000) < 1e-3, "{activation:?}");
            }
            // Where slopes jump no rule is exact, but all come near.
            for rule in RULES {
                let [few, many] = [50, 5000].map(|steps| missing(Activation::Relu, &of, rule, steps));
                assert!(many < 0.01 && few < 0.5, "{rule:?}: {few} {many}");
            }
        }
    }

    /// Known result: of a straight line each input has its weight times its way, whatever the places; captum's
    /// trapezoid gives (S − 1)/S of it.
    #[test]
    fn a_straight_line_has_weights_times_ways() {
        let (mut mlp, x, base) = example(Activation::Relu);
        mlp.b1.fill(1000.0);
        let weights = Matrix::from_vec(1, 3, vec![0.0, 0.0, 1.0]).times(&mlp.w2).times(&mlp.w1);
        for (rule, share) in RULES.into_iter().zip([1.0, 0.8, 1.0]) {
            let found = integrated_gradients(&mlp, &x, &base, &[0.0, 0.0, 1.0], &rule.places(5));
            for (i, found) in found.iter().enumerate() {
                let wanted = share * weights[(0, i)] * (x[i] - base[i]);
                assert!((found - wanted).abs() < 1e-12, "{rule:?}[{i}]: {found} {wanted}");
            }
        }
    }

    /// Known results: an input that is not used, and one that stays, have none.
    #[test]
    fn what_is_not_used_or_stays_gets_nothing() {
        for activation in [Activation::Tanh, Activation::Relu, Activation::Sigmoid] {
            let (mlp, mut x, base) = example(activation);
            x[1] = base[1];
            let found = integrated_gradients(&mlp, &x, &base, &[1.0, 0.0, 0.0], &RULES[2].places(20));
            for (i, found) in found.iter().enumerate() {
                assert_eq!(*found == 0.0, i == 1 || i == 4, "{activation:?}[{i}]: {found}");
            }
        }
    }

    /// Known result: the way back gives the other sign.
    #[test]
    fn there_and_back_cancel() {
        let (mlp, x, base) = example(Activation::Tanh);
        let places = Rule::GaussLegendre.places(30);
        let there = integrated_gradients(&mlp, &x, &base, &[0.0, 1.0, 0.0], &places);
        let back = integrated_gradients(&mlp, &base, &x, &[0.0, 1.0, 0.0], &places);
        assert!(there.iter().zip(back).all(|(a, b)| (a + b).abs() < 1e-12));
    }

    /// The slope that is averaged is the one that differences of F have.
    #[test]
    fn finite_differences_agree_on_a_short_way() {
        let (mlp, x, _) = example(Activation::Sigmoid);
        let of = [0.3, -1.0, 0.5];
        for i in 0..6 {
            let mut near = x.clone();
            near[i] += 1e-4;
            let found = integrated_gradients(&mlp, &near, &x, &of, &Rule::Midpoint.places(1))[i];
            let wanted = value(&mlp, &near, &of) - value(&mlp, &x, &of);
            assert!((found - wanted).abs() < 1e-10, "[{i}]: {found} {wanted}");
        }
    }
}
