//! Routers: which expert works on which token, and how the load is kept even.
//!
//! References
//! - Top-k gating: Shazeer et al. 2017, arXiv:1701.06538, §2.1; Jiang et al. 2024 (Mixtral),
//!   arXiv:2401.04088, §2.1.
//! - Capacity, dropping, auxiliary loss: Fedus, Zoph & Shazeer 2021 (Switch Transformers),
//!   arXiv:2101.03961, §2.2, equations 3 to 6.
//! - Bias balancing: Wang et al. 2024, arXiv:2408.15664, Algorithm 1.
//! - Expert choice: Zhou et al. 2022, arXiv:2202.09368, §3.2.
//! - Top-p: Huang et al. 2024, arXiv:2403.07652, §3.
//!
//! Names and the papers' letters: logits *z*, probabilities *p* = softmax(*z*), gates *g*, chosen
//! set *S*, number of experts *E*, experts per token *k*, tokens *T*, capacity *C*, capacity factor
//! *cf*, share of routed slots *f*, mean probability *P*, auxiliary weight *α*, bias *b*, its step
//! *γ*, tokens an expert was sent *c*.
//!
//! Shapes: `logits`, `probabilities`, `bias` [E] for one token; affinities [T, E].
//!
//! Departures: the capacity is never below one slot; where k > 1, overflow is dropped in token
//! order (GShard serves all first choices first); bias balancing is used with softmax scores,
//! not with the sigmoid scores of Wang et al. (§4.1) and DeepSeek-V3.

use numerics::elementary::softmax;
use numerics::matrix::Matrix;

/// How the probabilities of the chosen experts become mixing weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Divided by their sum over the chosen experts (Mixtral).
    Renormalised,
    /// The plain probability (Switch).
    Raw,
}

/// The experts of one token, best first, with their mixing weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    pub experts: Vec<usize>,
    pub gates: Vec<f64>,
}

/// The routes of a batch, as many experts for each token, one after another in two lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Routes {
    each: usize,
    experts: Vec<usize>,
    gates: Vec<f64>,
    /// Scores of the token at hand.
    scores: Vec<f64>,
}

impl Routes {
    /// Does for each row of `probabilities` what [`route`] does, in the memory that it has.
    pub fn fill(&mut self, probabilities: &Matrix, bias: &[f64], k: usize, gate: Gate) {
        self.each = k.min(bias.len());
        self.experts.clear();
        for t in 0..probabilities.rows() {
            let p = probabilities.row(t);
            self.scores.clear();
            self.scores.extend(p.iter().zip(bias).map(|(p, b)| p + b));
            push_top_k(&self.scores, k, &mut self.experts);
        }
        self.regate(probabilities, gate);
    }

    /// Mixing weights from `probabilities` for the choices as they are.
    pub fn regate(&mut self, probabilities: &Matrix, gate: Gate) {
        self.gates.clear();
        for (t, chosen) in self.experts.chunks_exact(self.each.max(1)).enumerate() {
            let p = probabilities.row(t);
            let first = self.gates.len();
            self.gates.extend(chosen.iter().map(|&e| p[e]));
            if gate == Gate::Renormalised {
                renormalise(&mut self.gates[first..]);
            }
        }
    }

    /// Experts and mixing weights of token `t`, best first.
    #[must_use]
    pub fn token(&self, t: usize) -> (&[usize], &[f64]) {
        let own = t * self.each..(t + 1) * self.each;
        (&self.experts[own.clone()], &self.gates[own])
    }

    /// The experts of all tokens.
    #[must_use]
    pub fn experts(&self) -> &[usize] {
        &self.experts
    }

    /// Experts of a token.
    #[must_use]
    pub fn each(&self) -> usize {
        self.each
    }
}

/// Sums that are divided by never fall below this.
const SMALLEST_SUM: f64 = 1e-9;

/// Divides gates by their sum.
fn renormalise(gates: &mut [f64]) {
    let sum = gates.iter().sum::<f64>().max(SMALLEST_SUM);
    gates.iter_mut().for_each(|g| *g /= sum);
}

/// Up to this many of the best are kept in order while the scores pass by; beyond it sorting wins.
const FEW: usize = 16;

/// Adds the `k` highest scores to `best`, as [`top_k`] has them.
fn push_top_k(scores: &[f64], k: usize, best: &mut Vec<usize>) {
    let first = best.len();
    for (e, score) in scores.iter().enumerate() {
        let mut place = best.len();
        while place > first && scores[best[place - 1]].total_cmp(score).is_lt() {
            place -= 1;
        }
        if place - first < k {
            if best.len() - first == k {
                best.pop();
            }
            best.insert(place, e);
        }
    }
}

/// The `k` highest scores, best first; of equal scores the lowest index comes first.
#[must_use]
pub fn top_k(scores: &[f64], k: usize) -> Vec<usize> {
    if k <= FEW {
        let mut best = Vec::with_capacity(k + 1);
        push_top_k(scores, k, &mut best);
        return best;
    }
    let better = |a: &usize, b: &usize| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b));
    let mut order: Vec<usize> = (0..scores.len()).collect();
    if k < order.len() {
        order.select_nth_unstable_by(k, better);
        order.truncate(k);
    }
    order.sort_unstable_by(better);
    order
}

/// Softmax over all experts, then the `k` best of `probabilities + bias`. The bias steers the
/// choice alone: gates are made of the probabilities.
#[must_use]
pub fn route(probabilities: &[f64], bias: &[f64], k: usize, gate: Gate) -> Route {
    let scores: Vec<f64> = probabilities.iter().zip(bias).map(|(p, b)| p + b).collect();
    let experts = top_k(&scores, k);
    let mut gates: Vec<f64> = experts.iter().map(|&e| probabilities[e]).collect();
    if gate == Gate::Renormalised {
        renormalise(&mut gates);
    }
    Route { experts, gates }
}

/// The `k` best logits with a softmax over them alone (Mixtral §2.1). Equal to [`route`] with
/// [`Gate::Renormalised`] and no bias.
#[must_use]
pub fn softmax_of_top_k(logits: &[f64], k: usize) -> Route {
    let experts = top_k(logits, k);
    let mut gates: Vec<f64> = experts.iter().map(|&e| logits[e]).collect();
    softmax(&mut gates);
    Route { experts, gates }
}

/// The fewest experts whose probabilities reach `p` together, best first; at least one.
#[must_use]
pub fn top_p(probabilities: &[f64], p: f64) -> Vec<usize> {
    let mut order = top_k(probabilities, probabilities.len());
    let mut mass = 0.0;
    let needed = order.iter().position(|&e| {
        mass += probabilities[e];
        mass >= p
    });
    if let Some(last) = needed {
        order.truncate(last + 1);
    }
    order
}

/// Each expert takes the `capacity` tokens with the highest affinity to it, best first.
/// `affinities` [T, E] are softmax probabilities over the experts.
#[must_use]
pub fn expert_choice(affinities: &Matrix, capacity: usize) -> Vec<Vec<usize>> {
    let by_expert = affinities.transposed();
    (0..by_expert.rows()).map(|e| top_k(by_expert.row(e), capacity)).collect()
}

/// Slots of each expert's buffer, C = ⌈cf · Tk/E⌉, and at least one.
#[must_use]
pub fn capacity(factor: f64, tokens: usize, k: usize, experts: usize) -> usize {
    let fair_share = (tokens * k) as f64 / experts.max(1) as f64;
    // 1.1 · 10 is 11.000000000000002: a rounding error must not buy a slot.
    ((factor * fair_share - 1e-9).ceil() as usize).max(1)
}

/// Buffers of the experts, which fill up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Buffers {
    /// Tokens that were sent to each expert, before dropping: *c*.
    pub demand: Vec<usize>,
    /// Tokens that each expert took.
    pub filled: Vec<usize>,
    capacity: Option<usize>,
}

impl Buffers {
    /// Empty buffers; without a capacity (dropless, Gale et al. 2022) everything has room.
    #[must_use]
    pub fn new(experts: usize, capacity: Option<usize>) -> Self {
        Self { demand: vec![0; experts], filled: vec![0; experts], capacity }
    }

    /// Sends a token to an expert; tells whether there was room.
    pub fn send(&mut self, expert: usize) -> bool {
        self.demand[expert] += 1;
        let room = self.capacity.is_none_or(|c| self.filled[expert] < c);
        self.filled[expert] += usize::from(room);
        room
    }
}

/// What became of a batch's choices.
#[derive(Clone, Debug, PartialEq)]
pub struct Dispatch {
    /// For each token and each of its choices: whether there was room.
    pub kept: Vec<Vec<bool>>,
    pub buffers: Buffers,
}

/// Sends tokens to their experts in token order. A full buffer drops what comes after.
pub fn dispatch<'a>(
    choices: impl IntoIterator<Item = &'a [usize]>,
    experts: usize,
    capacity: Option<usize>,
) -> Dispatch {
    let mut buffers = Buffers::new(experts, capacity);
    let mut send = |chosen: &[usize]| chosen.iter().map(|&e| buffers.send(e)).collect();
    let kept = choices.into_iter().map(&mut send).collect();
    Dispatch { kept, buffers }
}

/// E · Σ f·P: the auxiliary loss without its weight (Switch, equation 4). With shares that sum to
/// one it is 1 at uniform load; the Mixtral code sums over the k choices instead, which gives k.
#[must_use]
pub fn balance_loss(shares: &[f64], mean_probabilities: &[f64]) -> f64 {
    let sum: f64 = shares.iter().zip(mean_probabilities).map(|(f, p)| f * p).sum();
    shares.len() as f64 * sum
}

/// Adds one token's gradient of `weight * balance_loss` with respect to its logits,
/// αE/T · p_j (f_j − Σ f·p). The shares count as constants: only P carries a gradient.
pub fn add_balance_gradient(
    gradient: &mut [f64],
    probabilities: &[f64],
    shares: &[f64],
    weight: f64,
    tokens: usize,
) {
    let scale = weight * shares.len() as f64 / tokens.max(1) as f64;
    let expected: f64 = shares.iter().zip(probabilities).map(|(f, p)| f * p).sum();
    for ((g, p), f) in gradient.iter_mut().zip(probabilities).zip(shares) {
        *g += scale * p * (f - expected);
    }
}

/// b_i += γ · sign(c̄ − c_i): experts below the mean load are preferred a little more, those above
/// it a little less (Wang et al., Algorithm 1).
pub fn nudge_bias(bias: &mut [f64], demand: &[usize], step: f64) {
    let total: usize = demand.iter().sum();
    for (b, &c) in bias.iter_mut().zip(demand) {
        // c against total/E, in whole numbers: no rounding decides the sign.
        *b += step
            * match (c * demand.len()).cmp(&total) {
                core::cmp::Ordering::Less => 1.0,
                core::cmp::Ordering::Equal => 0.0,
                core::cmp::Ordering::Greater => -1.0,
            };
    }
}

/// Logits whose top-1 choice follows Zipf's law exactly, P(e) ∝ (e + 1)^−s: log-weights plus
/// standard Gumbel noise.
pub fn zipf_logits(experts: usize, exponent: f64, stream: &mut numerics::random::Stream) -> Vec<f64> {
    (0..experts).map(|e| -exponent * numerics::elementary::ln((e + 1) as f64) + stream.gumbel()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::random::Stream;

    #[test]
    fn ties_go_to_the_lowest_index() {
        assert_eq!(top_k(&[0.2, 0.4, 0.4, 0.4], 2), [1, 2]);
        assert_eq!(top_k(&[1.0], 5), [0]);
        // Kept in order or sorted: both ways name the same.
        let scores: Vec<f64> = (0..40).map(|e| f64::from((e * 7) % 11)).collect();
        let sorted = top_k(&scores, FEW + 1);
        assert_eq!(top_k(&scores, FEW), sorted[..FEW]);
    }

    #[test]
    fn renormalised_gates_are_a_softmax_over_the_best_logits() {
        let mut stream = Stream::new(4, "data");
        for k in 1..=6 {
            let logits: Vec<f64> = (0..6).map(|_| 3.0 * stream.normal()).collect();
            let mut p = logits.clone();
            softmax(&mut p);
            let a = route(&p, &[0.0; 6], k, Gate::Renormalised);
            let b = softmax_of_top_k(&logits, k);
            assert_eq!(a.experts, b.experts);
            let mut batch = Routes::default();
            batch.fill(&Matrix::from_vec(1, 6, p.clone()), &[0.0; 6], k, Gate::Renormalised);
            assert_eq!(batch.token(0), (a.experts.as_slice(), a.gates.as_slice()));
            for (x, y) in a.gates.iter().zip(&b.gates) {
                assert!((x - y).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn the_bias_moves_the_choice_and_never_the_gate() {
        let p = [0.7, 0.2, 0.1];
        let chosen = route(&p, &[0.0, 0.0, 1.0], 1, Gate::Raw);
        assert_eq!(chosen, Route { experts: vec![2], gates: vec![0.1] });
    }

    #[test]
    fn top_p_takes_the_fewest() {
        assert_eq!(top_p(&[0.1, 0.6, 0.3], 0.6), [1]);
        assert_eq!(top_p(&[0.1, 0.6, 0.3], 0.61), [1, 2]);
        assert_eq!(top_p(&[0.1, 0.6, 0.3], 1.1), [1, 2, 0]);
    }

    #[test]
    fn capacity_rounds_up_and_keeps_one_slot() {
        assert_eq!(capacity(1.25, 64, 1, 8), 10);
        assert_eq!(capacity(1.1, 80, 1, 8), 11);
        assert_eq!(capacity(0.05, 16, 1, 128), 1);
    }

    #[test]
    fn overflow_is_dropped_in_token_order() {
        let choices: [&[usize]; 3] = [&[0, 1], &[0], &[1]];
        let done = dispatch(choices, 2, Some(1));
        assert_eq!(done.kept, [vec![true, true], vec![false], vec![false]]);
        assert_eq!((done.buffers.demand, done.buffers.filled), (vec![2, 2], vec![1, 1]));
        assert!(dispatch(choices, 2, None).kept.iter().flatten().all(|k| *k));
    }

    #[test]
    fn at_uniform_load_the_auxiliary_loss_is_one_and_pulls_nowhere() {
        let shares = [0.125; 8];
        assert!((balance_loss(&shares, &[0.125; 8]) - 1.0).abs() < 1e-6);
        let mut gradient = [0.0; 8];
        let mut p = [0.3, -1.0, 2.0, 0.0, 0.4, 1.0, -2.0, 0.7];
        softmax(&mut p);
        add_balance_gradient(&mut gradient, &p, &shares, 0.1, 256);
        assert!(gradient.iter().all(|g| g.abs() < 1e-15), "{gradient:?}");
    }

    #[test]
    fn the_bias_rises_for_the_idle_and_falls_for_the_busy() {
        let mut bias = [0.0; 3];
        nudge_bias(&mut bias, &[0, 2, 4], 0.01);
        assert_eq!(bias, [0.01, 0.0, -0.01]);
    }

    #[test]
    fn every_expert_of_expert_choice_is_full() {
        let affinities = Matrix::from_vec(3, 2, vec![0.9, 0.1, 0.6, 0.4, 0.2, 0.8]);
        assert_eq!(expert_choice(&affinities, 2), [vec![0, 1], vec![2, 1]]);
    }

    /// Σ max(0, P(e) − cf/E): what a large batch drops under Zipf's law.
    fn dropped_in_the_limit(factor: f64) -> f64 {
        let harmonic: f64 = (1..=8).map(|e| 1.0 / f64::from(e)).sum();
        (1..=8).map(|e| (1.0 / f64::from(e) / harmonic - factor / 8.0).max(0.0)).sum()
    }

    #[test]
    fn zipf_tokens_overflow_as_the_closed_form_says() {
        let mut stream = Stream::new(1, "data");
        let choices: Vec<Vec<usize>> =
            (0..100_000).map(|_| top_k(&zipf_logits(8, 1.0, &mut stream), 1)).collect();
        for (factor, percent) in [(1.0, 30.19), (1.25, 23.94), (2.0, 11.79)] {
            let room = capacity(factor, choices.len(), 1, 8);
            let done = dispatch(choices.iter().map(Vec::as_slice), 8, Some(room));
            let dropped = done.kept.iter().filter(|k| !k[0]).count() as f64 / 1000.0;
            assert!((dropped - percent).abs() < 1.0, "{dropped} at {factor}");
            assert!((100.0 * dropped_in_the_limit(factor) - percent).abs() < 0.01);
        }
    }

    #[test]
    fn nothing_is_dropped_from_a_factor_of_eight_over_the_harmonic_number() {
        let harmonic: f64 = (1..=8).map(|e| 1.0 / f64::from(e)).sum();
        assert!((8.0 / harmonic - 2.943).abs() < 5e-4);
        assert!(dropped_in_the_limit(8.0 / harmonic) < 1e-12);
        assert!(dropped_in_the_limit(2.9) > 0.0);
    }
}
