//! A task in which time is half of what matters: sines, looked at at uneven moments.
//!
//! The task is ours. A wave has its own height, pace and phase; a network sees one value after the other
//! and says what the next one will be, whose moment it may or may not be told.
//!
//! | here           | meaning                                                                   |
//! |----------------|---------------------------------------------------------------------------|
//! | `gap`          | mean time between two looks, in seconds                                   |
//! | `irregularity` | 0: all gaps are equal; 1: they are drawn from an exponential distribution |

use super::recurrent::Sequence;
use numerics::elementary::{ln, sin};
use numerics::random::Stream;

/// Values that are seen, sequences in a batch, and samples that are not judged.
pub const LENGTH: usize = 32;
pub const BATCH: usize = 16;
pub const WARM_UP: usize = 6;
/// Ends of what a gap may be, in seconds.
pub const GAPS: [f64; 2] = [0.02, 1.5];

/// How the moments are spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    pub gap: f64,
    pub irregularity: f64,
}

/// One wave, looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Wave {
    height: f64,
    pace: f64,
    phase: f64,
    /// One more than is seen: the last is only predicted.
    pub moments: Vec<f64>,
}

impl Wave {
    #[must_use]
    pub fn new(sampling: Sampling, stream: &mut Stream) -> Self {
        let (height, pace) = (stream.between(0.6, 1.0), stream.between(1.5, 3.0));
        let phase = stream.between(0.0, core::f64::consts::TAU);
        let mut now = 0.0;
        let r = sampling.irregularity;
        let moments = (0..=LENGTH)
            .map(|_| {
                let moment = now;
                let drawn = sampling.gap * ((1.0 - r) - r * ln(1.0 - stream.uniform()));
                now += drawn.clamp(GAPS[0], GAPS[1]);
                moment
            })
            .collect();
        Self { height, pace, phase, moments }
    }

    /// Its value at a moment.
    #[must_use]
    pub fn at(&self, moment: f64) -> f64 {
        self.height * sin(self.pace * moment + self.phase)
    }

    /// As samples: each value with the time to the next look, which stands in the input as well if
    /// `told`, and the next value as the answer.
    #[must_use]
    pub fn sequence(&self, told: bool) -> Sequence {
        let mut sequence = Sequence { width: 1 + usize::from(told), ..Sequence::default() };
        for pair in self.moments.windows(2) {
            let gap = pair[1] - pair[0];
            sequence.inputs.push(self.at(pair[0]));
            if told {
                sequence.inputs.push(gap);
            }
            sequence.gaps.push(gap);
            sequence.wanted.push(self.at(pair[1]));
        }
        sequence
    }

    /// The squared error of who says that nothing changes.
    #[must_use]
    pub fn persistence(&self) -> f64 {
        let squares = self.moments.windows(2).skip(WARM_UP).map(|pair| {
            let miss = self.at(pair[1]) - self.at(pair[0]);
            miss * miss
        });
        squares.sum::<f64>() / (LENGTH - WARM_UP) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::closed_form::ClosedForm;
    use super::super::recurrent::{Plain, Recurrent, Trainer, error};
    use super::*;
    use numerics::statistics::mean;

    fn learn(network: &mut impl Recurrent, told: bool, sampling: Sampling, seed: u64, updates: usize) -> f64 {
        let mut trainer = Trainer::new(network);
        let mut stream = Stream::new(seed, "waves");
        for _ in 0..updates {
            let batch: Vec<Sequence> =
                (0..BATCH).map(|_| Wave::new(sampling, &mut stream).sequence(told)).collect();
            trainer.update(network, &batch, WARM_UP, 0.01);
        }
        let mut exam = Stream::new(seed, "exam");
        let errors: Vec<f64> = (0..64)
            .map(|_| error(network, &Wave::new(sampling, &mut exam).sequence(told), WARM_UP))
            .collect();
        mean(&errors)
    }

    /// Errors of the closed-form cell, of the network that is told the gap, and of the blind one.
    fn three(sampling: Sampling, seed: u64, updates: usize) -> [f64; 3] {
        let stream = |name: &str| Stream::new(seed, name);
        [
            learn(&mut ClosedForm::new(1, 8, &mut stream("closed form")), false, sampling, seed, updates),
            learn(&mut Plain::new(2, 17, &mut stream("told")), true, sampling, seed, updates),
            learn(&mut Plain::new(1, 17, &mut stream("blind")), false, sampling, seed, updates),
        ]
    }

    #[test]
    fn even_looks_are_even_and_uneven_ones_are_not() {
        let gaps = |irregularity| {
            let wave = Wave::new(Sampling { gap: 0.25, irregularity }, &mut Stream::new(1, "wave"));
            wave.moments.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<f64>>()
        };
        assert!(gaps(0.0).iter().all(|gap| (gap - 0.25).abs() < 1e-12));
        let uneven = gaps(1.0);
        assert!(uneven.iter().all(|gap| (GAPS[0] - 1e-12..=GAPS[1] + 1e-12).contains(gap)));
        assert!(uneven.iter().any(|gap| *gap < 0.1) && uneven.iter().any(|gap| *gap > 0.4));
    }

    #[test]
    fn the_clock_is_worth_more_than_the_cell_and_nothing_on_even_looks() {
        let all = |irregularity| {
            (1..=20)
                .map(|seed| three(Sampling { gap: 0.25, irregularity }, seed, 100))
                .collect::<Vec<[f64; 3]>>()
        };
        let uneven = all(1.0);
        let ahead = |i: usize, j: usize| uneven.iter().filter(|e| e[i] < e[j]).count();
        assert_eq!([ahead(0, 2), ahead(1, 2)], [20, 20], "the blind network stays behind");
        assert!(ahead(0, 1) >= 15, "{uneven:?}");
        let even = all(0.0);
        assert!(even.iter().filter(|e| e[2] < e[0]).count() >= 15, "{even:?}");
    }
}
