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
    course: Course,
    /// One more than is seen: the last is only predicted.
    pub moments: Vec<f64>,
}

/// What it is between the looks.
#[derive(Clone, Debug, PartialEq)]
enum Course {
    Sine {
        height: f64,
        pace: f64,
        phase: f64,
    },
    /// Nobody knows; a value for each moment.
    Recorded(Vec<f64>),
}

/// A sequence that somebody recorded. Networks learn from windows of its first part, and are examined on windows
/// of the rest, which overlap where it is short.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    moments: Vec<f64>,
    values: Vec<f64>,
    /// Samples of the first part.
    learned: usize,
}

/// The part of a recording that is learned from.
const LEARNED: f64 = 0.6;

/// The fewest samples of a recording: both parts have more than one window.
pub const SHORTEST: usize = 90;

impl Recording {
    /// Of `[moment, value]`, whose moments rise. Time is counted so that the mean gap is `gap`, and a gap is kept
    /// within [`GAPS`]; values so that the first part has a mean of 0 and reaches 1 at the furthest.
    ///
    /// # Panics
    /// If there are fewer than [`SHORTEST`] samples.
    #[must_use]
    pub fn new(rows: &[[f64; 2]], gap: f64) -> Self {
        assert!(rows.len() >= SHORTEST, "a recording has windows to learn from and to be examined on");
        let learned = (LEARNED * rows.len() as f64) as usize;
        let mean = rows[..learned].iter().map(|row| row[1]).sum::<f64>() / learned as f64;
        let furthest = rows[..learned].iter().map(|row| (row[1] - mean).abs()).fold(0.0, f64::max);
        let span = rows[rows.len() - 1][0] - rows[0][0];
        let pace = gap * (rows.len() - 1) as f64 / span;
        let mut now = 0.0;
        let mut moments = vec![0.0];
        for pair in rows.windows(2) {
            now += (pace * (pair[1][0] - pair[0][0])).clamp(GAPS[0], GAPS[1]);
            moments.push(now);
        }
        let values = rows.iter().map(|row| (row[1] - mean) / furthest.max(f64::MIN_POSITIVE)).collect();
        Self { moments, values, learned }
    }

    /// A window of the first part, drawn.
    #[must_use]
    pub fn lesson(&self, stream: &mut Stream) -> Wave {
        self.window(stream.below(self.learned - LENGTH))
    }

    /// So many windows of the rest, as far apart as there is room.
    #[must_use]
    pub fn exam(&self, windows: usize) -> Vec<Wave> {
        let room = self.moments.len() - self.learned - LENGTH - 1;
        let last = windows.max(2) - 1;
        (0..windows).map(|i| self.window(self.learned + i * room / last)).collect()
    }

    fn window(&self, from: usize) -> Wave {
        let to = from + LENGTH;
        let moments = self.moments[from..=to].iter().map(|moment| moment - self.moments[from]).collect();
        Wave { course: Course::Recorded(self.values[from..=to].to_vec()), moments }
    }
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
        Self { course: Course::Sine { height, pace, phase }, moments }
    }

    /// Its value at a moment; of a recording that of the last look.
    #[must_use]
    pub fn at(&self, moment: f64) -> f64 {
        match &self.course {
            Course::Sine { height, pace, phase } => height * sin(pace * moment + phase),
            Course::Recorded(values) => {
                let later = self.moments.partition_point(|m| *m <= moment);
                values[later.saturating_sub(1)]
            }
        }
    }

    /// Whether its values between the looks are known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        matches!(self.course, Course::Sine { .. })
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
    fn a_recording_is_scaled_and_cut_into_windows() {
        let rows: Vec<[f64; 2]> = (0..SHORTEST).map(|i| [10.0 * i as f64, 5.0 + (i % 4) as f64]).collect();
        let recording = Recording::new(&rows, 0.25);
        let exam = recording.exam(64);
        assert_eq!((exam.len(), exam[0].moments.len()), (64, LENGTH + 1));
        assert!(exam.iter().all(|wave| !wave.is_known()));
        let pair = &exam[0].moments[..2];
        assert!((pair[1] - pair[0] - 0.25).abs() < 1e-12, "{pair:?}");
        assert!(exam.iter().flat_map(|w| w.sequence(false).inputs).all(|x| x.abs() <= 1.0 + 1e-12));
        // No lesson has a sample of the exam.
        let mut stream = Stream::new(1, "lessons");
        let last =
            (0..1000).map(|_| recording.lesson(&mut stream)).map(|w| w.sequence(false).wanted.len()).max();
        assert_eq!(last, Some(LENGTH));
        assert_eq!(recording.learned, 54);
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
