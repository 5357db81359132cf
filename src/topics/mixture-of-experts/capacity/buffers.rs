//! One batch on its way into the experts' buffers.

use crate::models::router::{capacity, dispatch, expert_choice, top_k, top_p, zipf_logits};
use crate::numerics::elementary::softmax;
use crate::numerics::matrix::Matrix;
use crate::numerics::random::Stream;

/// Who chooses whom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// Each token its k best experts; full buffers drop.
    Token,
    /// Each expert its best tokens.
    Expert,
    /// As `Token`, with buffers as large as needed.
    Dropless,
    /// Each token the fewest experts that reach this probability; full buffers drop.
    TopP(f64),
}

/// What a batch is drawn and routed by.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub mode: Mode,
    pub tokens: usize,
    pub experts: usize,
    pub top_k: usize,
    pub skew: f64,
    pub factor: f64,
}

/// A token in an expert's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub token: usize,
    /// Whether it stands in the buffer, not behind it.
    pub kept: bool,
}

/// A routed batch.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The queue of each expert, in order of arrival: first those in the buffer.
    pub queues: Vec<Vec<Place>>,
    /// Slots of each buffer; `None` without a limit.
    pub slots: Option<usize>,
    pub tokens: usize,
    /// Whether queues fill in token order (else all at once, best token first).
    pub in_token_order: bool,
}

/// The readouts of a batch: dropped %, empty %, unserved %, experts per token, longest queue over
/// fair share.
pub const SUMMARY: [&str; 5] = ["dropped", "empty", "unserved", "mean_experts", "busiest"];

impl Batch {
    /// Draws logits whose first choices follow Zipf's law, and routes them.
    pub fn draw(rules: &Rules, data: &mut Stream) -> Self {
        let Rules { mode, tokens, experts, .. } = *rules;
        let mut affinities = Matrix::zeros(tokens, experts);
        for t in 0..tokens {
            affinities.row_mut(t).copy_from_slice(&zipf_logits(experts, rules.skew, data));
            softmax(affinities.row_mut(t));
        }
        let mut queues = vec![Vec::new(); experts];
        if mode == Mode::Expert {
            let slots = capacity(rules.factor, tokens, rules.top_k, experts).min(tokens);
            for (queue, chosen) in queues.iter_mut().zip(expert_choice(&affinities, slots)) {
                *queue = chosen.into_iter().map(|token| Place { token, kept: true }).collect();
            }
            return Self { queues, slots: Some(slots), tokens, in_token_order: false };
        }
        let choices: Vec<Vec<usize>> = (0..tokens)
            .map(|t| match mode {
                Mode::TopP(p) => top_p(affinities.row(t), p),
                _ => top_k(affinities.row(t), rules.top_k),
            })
            .collect();
        let routed: usize = choices.iter().map(Vec::len).sum();
        // The fair share is what an even split of the choices actually made would be.
        let slots = (mode != Mode::Dropless).then(|| capacity(rules.factor, routed, 1, experts));
        let done = dispatch(choices.iter().map(Vec::as_slice), experts, slots);
        for (token, (chosen, kept)) in choices.iter().zip(&done.kept).enumerate() {
            for (&e, &kept) in chosen.iter().zip(kept) {
                queues[e].push(Place { token, kept });
            }
        }
        Self { queues, slots, tokens, in_token_order: true }
    }

    /// How many places of a queue are taken when `progress`, 0 to 1, of the batch has arrived.
    pub fn arrived(&self, expert: usize, progress: f64) -> usize {
        let queue = &self.queues[expert];
        if self.in_token_order {
            let tokens = self.tokens_arrived(progress);
            queue.partition_point(|place| place.token < tokens)
        } else {
            (queue.len() as f64 * progress) as usize
        }
    }

    /// Tokens that have arrived.
    pub fn tokens_arrived(&self, progress: f64) -> usize {
        (self.tokens as f64 * progress) as usize
    }

    /// How many experts work on each token, of those that have arrived.
    pub fn experts_per_token(&self, progress: f64) -> Vec<usize> {
        let mut counts = vec![0; self.tokens];
        for (e, queue) in self.queues.iter().enumerate() {
            for place in &queue[..self.arrived(e, progress)] {
                counts[place.token] += usize::from(place.kept);
            }
        }
        counts
    }

    /// Places that the longest queue or buffer takes.
    pub fn extent(&self) -> usize {
        let longest = self.queues.iter().map(Vec::len).max().unwrap_or(0);
        longest.max(self.slots.unwrap_or(0))
    }

    /// Choices that stand in a buffer, and all choices.
    pub fn kept(&self, progress: f64) -> [usize; 2] {
        let mut counts = [0; 2];
        for (e, queue) in self.queues.iter().enumerate() {
            let arrived = &queue[..self.arrived(e, progress)];
            counts[0] += arrived.iter().filter(|place| place.kept).count();
            counts[1] += arrived.len();
        }
        counts
    }

    /// The whole batch, in the order of [`SUMMARY`].
    pub fn summary(&self) -> [f64; 5] {
        let [kept, routed] = self.kept(1.0);
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let slots = self.slots.map_or(kept, |s| s * self.queues.len());
        let unserved = self.experts_per_token(1.0).iter().filter(|n| **n == 0).count();
        let longest = self.queues.iter().map(Vec::len).max().unwrap_or(0);
        [
            share(routed - kept, routed),
            share(slots - kept, slots),
            share(unserved, self.tokens),
            kept as f64 / self.tokens.max(1) as f64,
            (longest * self.queues.len()) as f64 / routed.max(1) as f64,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(mode: Mode) -> Rules {
        Rules { mode, tokens: 64, experts: 8, top_k: 2, skew: 1.0, factor: 1.0 }
    }

    #[test]
    fn at_the_fair_share_as_many_slots_are_empty_as_choices_are_dropped() {
        let batch = Batch::draw(&rules(Mode::Token), &mut Stream::new(1, "data"));
        let [dropped, empty, ..] = batch.summary();
        assert!(dropped > 0.0 && (dropped - empty).abs() < 1e-9);
    }

    #[test]
    fn expert_choice_fills_every_buffer() {
        let batch = Batch::draw(&rules(Mode::Expert), &mut Stream::new(1, "data"));
        assert_eq!(batch.slots, Some(16));
        assert!(batch.queues.iter().all(|q| q.len() == 16));
        let [dropped, empty, unserved, mean, busiest] = batch.summary();
        assert_eq!([dropped, empty, mean, busiest], [0.0, 0.0, 2.0, 1.0]);
        assert!((0.0..100.0).contains(&unserved));
    }

    #[test]
    fn top_p_spends_more_on_doubtful_tokens() {
        let batch = Batch::draw(&rules(Mode::TopP(0.9)), &mut Stream::new(1, "data"));
        let counts = batch.experts_per_token(1.0);
        assert!(counts.iter().min() < counts.iter().max());
    }

    #[test]
    fn tokens_arrive_in_order() {
        let batch = Batch::draw(&rules(Mode::Dropless), &mut Stream::new(1, "data"));
        assert_eq!(batch.kept(0.0), [0, 0]);
        assert_eq!(batch.kept(0.5), [64, 64]);
        assert_eq!(batch.kept(1.0), [128, 128]);
    }
}
