//! From numbers to spikes: receptive fields, the rate code and the latency code.
//!
//! References: Eshraghian et al. 2023 (arXiv:2109.12894), section II-C, for rate and latency
//! codes; the overlapping Gaussian fields are the population code of Bohte, Kok and La Poutré 2002
//! (*IEEE Transactions on Neural Networks* 13, 426).
//!
//! | here        | meaning                                                            |
//! |-------------|--------------------------------------------------------------------|
//! | `activity`  | a, strength of an input, 0..=1                                     |
//! | `steps`     | T, length of the window                                            |
//! | [`Events`]  | which channels spike at each step: the wires carry nothing else    |
//!
//! Shapes: activities `[channels]`; events are lists of channel numbers for each of T steps.
//!
//! Departures: the latency is linear in the activity, floor((1 - a)(T - 1)), where a charging
//! membrane would give a logarithm; what is weaker than [`LATENCY_FLOOR`] sends nothing.

use numerics::elementary::exp;
use numerics::random::Stream;

/// An input below this activity sends no spike in the latency code.
pub const LATENCY_FLOOR: f64 = 0.1;

/// Chance of a spike per step of a full input (a = 1) in the rate code, where nothing else is said.
pub const FULL_RATE: f64 = 0.5;

/// Spikes by time step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events {
    /// `starts[t]..starts[t + 1]` are the places of step t in `channels`.
    starts: Vec<usize>,
    channels: Vec<usize>,
}

impl Events {
    /// Asks `fires(t, channel)` for every step, in order of time and then of channel.
    pub fn from_fn(steps: usize, channels: usize, mut fires: impl FnMut(usize, usize) -> bool) -> Self {
        let mut events = Self { starts: Vec::with_capacity(steps + 1), channels: Vec::new() };
        events.starts.push(0);
        let mut place = 0;
        for t in 0..steps {
            // Every channel is written down, and stays if it fires: chance has no branch to be guessed.
            events.channels.resize(place + channels, 0);
            for c in 0..channels {
                events.channels[place] = c;
                place += usize::from(fires(t, c));
            }
            events.channels.truncate(place);
            events.starts.push(place);
        }
        events
    }

    /// Length of the window.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.starts.len() - 1
    }

    /// The channels that spike at step `t`, in rising order.
    #[must_use]
    pub fn at(&self, t: usize) -> &[usize] {
        &self.channels[self.starts[t]..self.starts[t + 1]]
    }

    /// All spikes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.channels.len()
    }
}

/// How strongly each of `n` Gaussian fields with centres (k + 1/2)/n and width `sigma` answers to
/// a coordinate in 0..=1.
pub fn receptive_fields(x: f64, n: usize, sigma: f64) -> impl Iterator<Item = f64> {
    (0..n).map(move |k| {
        let z = (x - (k as f64 + 0.5) / n as f64) / sigma;
        exp(-0.5 * z * z)
    })
}

/// Rate code: at every step each input spikes with probability `full * activity`.
#[must_use]
pub fn rate_code(activities: &[f64], full: f64, steps: usize, stream: &mut Stream) -> Events {
    Events::from_fn(steps, activities.len(), |_, c| stream.chance(full * activities[c]))
}

/// Latency code: one spike an input, the stronger the earlier.
#[must_use]
pub fn latency_code(activities: &[f64], steps: usize) -> Events {
    let times: Vec<Option<usize>> = activities.iter().map(|&a| latency(a, steps)).collect();
    Events::from_fn(steps, activities.len(), |t, c| times[c] == Some(t))
}

/// The step of an input's one spike; `None` for an input too weak to send it.
#[must_use]
pub fn latency(activity: f64, steps: usize) -> Option<usize> {
    (activity > LATENCY_FLOOR)
        .then(|| ((1.0 - activity.min(1.0)) * steps.saturating_sub(1) as f64).floor() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stronger_input_spikes_earlier_and_a_weak_one_not_at_all() {
        assert_eq!(latency(1.0, 25), Some(0));
        assert_eq!(latency(0.5, 25), Some(12));
        assert_eq!(latency(0.1, 25), None);
        let events = latency_code(&[0.05, 1.0, 0.5], 25);
        assert_eq!((events.at(0), events.at(12), events.count()), (&[1][..], &[2][..], 2));
    }

    #[test]
    fn a_rate_code_spikes_in_proportion() {
        let events = rate_code(&[1.0, 0.4, 0.0], FULL_RATE, 20_000, &mut Stream::new(1, "encoding"));
        let mut counts = [0.0_f64; 3];
        for t in 0..events.steps() {
            for &c in events.at(t) {
                counts[c] += 1.0 / 20_000.0;
            }
        }
        assert!((counts[0] - 0.5).abs() < 0.02 && (counts[1] - 0.2).abs() < 0.02, "{counts:?}");
        assert_eq!(counts[2], 0.0);
    }

    #[test]
    fn a_field_answers_fully_at_its_centre() {
        let fields: Vec<f64> = receptive_fields(3.5 / 8.0, 8, 0.12).collect();
        assert_eq!(fields[3], 1.0);
        assert!((fields[2] - fields[4]).abs() < 1e-12 && fields[2] < 1.0);
    }
}
