//! The task of the hero: points on three spiral arms, and the 16 numbers that a network sees of
//! each.

use crate::lab::schema::table::{Column, Table};
use crate::models::own_points::{Classed, halves};
use crate::models::spike_coding::receptive_fields;
use crate::numerics::elementary::{cos, sin};
use crate::numerics::random::Stream;
use core::f64::consts::TAU;

/// Number of arms, and so of classes.
pub const ARMS: usize = 3;

/// Gaussian fields for each coordinate.
const FIELDS: usize = 8;

/// Width of a field.
const FIELD_WIDTH: f64 = 0.12;

/// Inputs of a network: the fields of x, then those of y.
pub const INPUTS: usize = 2 * FIELDS;

/// A point of the unit square on one of the arms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub at: [f64; 2],
    pub arm: usize,
}

/// `n` points, the arms in turn: s uniform on 0..1, radius 0.08 + 0.38 s, angle 2πc/3 + `turn` s about
/// the centre, in radians, and normal noise of 0.024 on both coordinates.
pub fn points(n: usize, turn: f64, stream: &mut Stream) -> Vec<Point> {
    (0..n)
        .map(|i| {
            let arm = i % ARMS;
            let s = stream.uniform();
            let (radius, angle) = (0.08 + 0.38 * s, TAU * arm as f64 / ARMS as f64 + turn * s);
            let x = 0.5 + radius * cos(angle) + 0.024 * stream.normal();
            let y = 0.5 + radius * sin(angle) + 0.024 * stream.normal();
            Point { at: [x, y], arm }
        })
        .collect()
}

/// Points of the reader's own: two features, and a class for an arm.
pub static POINTS: Table = Table::new(
    &[
        Column::real("x", [-1e9, 1e9]),
        Column::real("y", [-1e9, 1e9]),
        Column::whole("class", [0.0, (ARMS - 1) as f64]),
    ],
    [12, 400],
);

/// Those of a text, if it has any: points to learn from, and points of the test, in the unit square.
pub fn own(text: &str) -> Option<[Vec<Point>; 2]> {
    let rows = POINTS.own::<3>(text)?;
    let inside = |(at, arm): Classed| Point { at: at.map(|x| 0.5 + 0.5 * x), arm };
    Some(halves(&rows, 0.9).map(|points| points.into_iter().map(inside).collect()))
}

/// The activities of the inputs for a place, each 0..=1.
pub fn activities([x, y]: [f64; 2]) -> Vec<f64> {
    receptive_fields(x, FIELDS, FIELD_WIDTH).chain(receptive_fields(y, FIELDS, FIELD_WIDTH)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arms_are_equally_many_and_inside_the_square() {
        let points = points(300, 3.2, &mut Stream::new(1, "data"));
        for arm in 0..ARMS {
            assert_eq!(points.iter().filter(|p| p.arm == arm).count(), 100);
        }
        assert!(points.iter().flat_map(|p| p.at).all(|x| (-0.1..1.1).contains(&x)));
    }

    #[test]
    fn a_place_lights_the_fields_near_it() {
        let a = activities([0.0625, 0.9375]);
        assert_eq!(a.len(), INPUTS);
        assert_eq!((a[0], a[15]), (1.0, 1.0));
        assert!(a[7] < 1e-6 && a[8] < 1e-6);
    }
}
