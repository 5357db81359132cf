//! A graph network that says which name of a program is wrong, or none: trained by its own gradients.
//!
//! References: Schlichtkrull et al. 2018, arXiv:1703.06103, equation 2 (a matrix for each kind of edge and
//! direction, means over neighbours, one matrix for the node itself); Kipf & Welling 2017,
//! arXiv:1609.02907, equation 2 (one matrix for all); Kingma & Ba 2014 (Adam).
//!
//! Names and letters: d `hidden`; a layer has a matrix W_r [in, out] for each relation r, and a bias b [out];
//! h_i the features of node i after the last layer; w₁ `wrong` and w₂ `fine` [d]; scores s_i = w₁ · h_i of
//! the candidates and s₀ = w₂ · (mean of their h_i) for "no bug". Inputs are the kind of a node, one-hot, and a 1.
//!
//! Departures: the last layer is worked out for candidates only, which changes no score. Numbers are f32 in
//! the layers, f64 in scores and in Adam.

use crate::program_graph::Graph;
use crate::small_python::Kind;
use numerics::elementary::{ln, softmax};
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

/// How many numbers a node begins with.
pub const INPUTS: usize = Kind::COUNT + 1;

/// Numbers that stand beside each other in a register: widths are multiples of it.
const LANES: usize = 8;

/// Whether edges have their kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layers {
    /// A matrix for each kind of edge and direction, and one for the node itself.
    Typed,
    /// One matrix for all, over Ŝ.
    Merged,
}

#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub kind: Layers,
    pub edges: [bool; 4],
    pub layers: usize,
    /// A multiple of 8.
    pub hidden: usize,
}

impl Setting {
    /// Matrices of a layer.
    #[must_use]
    pub fn relations(&self) -> usize {
        match self.kind {
            Layers::Typed => 1 + 2 * self.edges.iter().filter(|on| **on).count(),
            Layers::Merged => 1,
        }
    }

    /// Numbers that are learned.
    #[must_use]
    pub fn parameters(&self) -> usize {
        let d = self.hidden;
        let layer = |inputs: usize| self.relations() * inputs * d + d;
        layer(INPUTS) + (self.layers - 1) * layer(d) + 2 * d
    }
}

/// Who hears whom by one relation, with weights: targets that hear anybody, in their order.
#[derive(Clone, Debug, Default)]
struct Relation {
    targets: Vec<usize>,
    /// Where a target's sources begin; one more than targets.
    starts: Vec<usize>,
    sources: Vec<(usize, f32)>,
}

impl Relation {
    fn new(near: &[Vec<(usize, f32)>]) -> Self {
        let mut this = Self { starts: vec![0], ..Self::default() };
        for (i, near) in near.iter().enumerate().filter(|(_, near)| !near.is_empty()) {
            this.targets.push(i);
            this.sources.extend(near);
            this.starts.push(this.sources.len());
        }
        this
    }

    /// The mean over neighbours.
    fn mean(nodes: usize, edges: impl Iterator<Item = [usize; 2]>) -> Self {
        let mut near = vec![Vec::new(); nodes];
        edges.for_each(|[i, j]| near[i].push((j, 1.0)));
        for near in &mut near {
            let share = 1.0 / near.len().max(1) as f32;
            near.iter_mut().for_each(|(_, weight)| *weight = share);
        }
        Self::new(&near)
    }

    fn rows(&self) -> impl Iterator<Item = (usize, &[(usize, f32)])> {
        self.targets.iter().zip(self.starts.windows(2)).map(|(t, w)| (*t, &self.sources[w[0]..w[1]]))
    }
}

/// A graph in the form in which a network of one setting reads it.
#[derive(Clone, Debug)]
pub struct Prepared {
    kinds: Vec<usize>,
    relations: Vec<Relation>,
    candidates: Vec<usize>,
    is_candidate: Vec<bool>,
}

impl Prepared {
    #[must_use]
    pub fn new(graph: &Graph, setting: &Setting) -> Self {
        let n = graph.len();
        let relations = match setting.kind {
            Layers::Typed => {
                let mut all = vec![Relation::mean(n, (0..n).map(|i| [i, i]))];
                for edges in graph.edges.iter().zip(setting.edges).filter(|(_, on)| *on).map(|(e, _)| e) {
                    all.push(Relation::mean(n, edges.iter().copied()));
                    all.push(Relation::mean(n, edges.iter().map(|[i, j]| [*j, *i])));
                }
                all
            }
            Layers::Merged => {
                let near = graph.neighbours(setting.edges);
                let root = |i: usize| 1.0 / ((1 + near[i].len()) as f32).sqrt();
                let weighted: Vec<Vec<(usize, f32)>> = (0..n)
                    .map(|i| {
                        let around = near[i].iter().map(|j| (*j, root(i) * root(*j)));
                        std::iter::once((i, root(i) * root(i))).chain(around).collect()
                    })
                    .collect();
                vec![Relation::new(&weighted)]
            }
        };
        let mut is_candidate = vec![false; n];
        graph.candidates.iter().for_each(|c| is_candidate[*c] = true);
        Self {
            kinds: graph.kinds.iter().map(|k| *k as usize).collect(),
            relations,
            candidates: graph.candidates.clone(),
            is_candidate,
        }
    }
}

/// Where a layer's numbers lie among all parameters.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Of the first matrix; the others follow.
    matrices: usize,
    bias: usize,
    inputs: usize,
}

#[derive(Clone, Debug)]
pub struct Network {
    pub setting: Setting,
    places: Vec<Place>,
    /// Where w₁ lies; w₂ follows.
    scores: usize,
    /// All parameters, and as the layers read them.
    exact: Vec<f64>,
    weights: Vec<f32>,
    optimiser: Optimiser,
}

/// What a pass keeps for the way back.
#[derive(Clone, Debug, Default)]
struct Trace {
    /// Features [n, out] after each layer.
    features: Vec<Vec<f32>>,
    /// What each target heard, relation after relation, [rows, in]; empty for the first layer.
    heard: Vec<Vec<f32>>,
}

/// out += x W, for W [x.len(), out.len()].
#[inline]
fn add_product(out: &mut [f32], x: &[f32], w: &[f32]) {
    let width = out.len();
    for (block, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let mut sums = *out;
        for (x, row) in x.iter().zip(w.chunks_exact(width)) {
            let row: &[f32; LANES] = row[block * LANES..].first_chunk().expect("whole blocks");
            for (sum, w) in sums.iter_mut().zip(row) {
                *sum += x * w;
            }
        }
        *out = sums;
    }
}

/// out += factor · x.
#[inline]
fn add_scaled(out: &mut [f32], factor: f32, x: &[f32]) {
    out.iter_mut().zip(x).for_each(|(o, x)| *o += factor * x);
}

impl Network {
    /// Uniform weights after Glorot, smaller by the root of the number of matrices; biases of zero.
    #[must_use]
    pub fn new(setting: Setting, seed: u64) -> Self {
        let mut stream = Stream::new(seed, "initialisation");
        let (d, relations) = (setting.hidden, setting.relations());
        let mut exact = Vec::with_capacity(setting.parameters());
        let mut places = Vec::new();
        for layer in 0..setting.layers {
            let inputs = if layer == 0 { INPUTS } else { d };
            let bound = (6.0 / (inputs + d) as f64).sqrt() / (relations as f64).sqrt();
            places.push(Place { matrices: exact.len(), bias: exact.len() + relations * inputs * d, inputs });
            exact.extend((0..relations * inputs * d).map(|_| stream.between(-bound, bound)));
            exact.extend((0..d).map(|_| 0.0));
        }
        let scores = exact.len();
        let bound = (6.0 / (d + 1) as f64).sqrt();
        exact.extend((0..2 * d).map(|_| stream.between(-bound, bound)));
        let weights = exact.iter().map(|w| *w as f32).collect();
        let optimiser = Optimiser::new(Rule::adam(0.9, 0.999), exact.len());
        Self { setting, places, scores, exact, weights, optimiser }
    }

    fn forward(&self, graph: &Prepared) -> Trace {
        let (n, d) = (graph.kinds.len(), self.setting.hidden);
        let mut trace = Trace::default();
        for (layer, place) in self.places.iter().enumerate() {
            let last = layer + 1 == self.places.len();
            let bias = &self.weights[place.bias..place.bias + d];
            let mut out: Vec<f32> = (0..n).flat_map(|_| bias).copied().collect();
            let mut heard = Vec::new();
            let before = if layer > 0 { &trace.features[layer - 1][..] } else { &[] };
            for (r, relation) in graph.relations.iter().enumerate() {
                let size = place.inputs * d;
                let w = &self.weights[place.matrices + r * size..][..size];
                for (target, sources) in relation.rows() {
                    if last && !graph.is_candidate[target] {
                        continue;
                    }
                    let out = &mut out[target * d..(target + 1) * d];
                    if layer == 0 {
                        for (source, weight) in sources {
                            add_scaled(out, *weight, &w[graph.kinds[*source] * d..][..d]);
                            add_scaled(out, *weight, &w[(INPUTS - 1) * d..][..d]);
                        }
                    } else {
                        let from = heard.len();
                        heard.resize(from + d, 0.0);
                        for (source, weight) in sources {
                            add_scaled(&mut heard[from..], *weight, &before[source * d..][..d]);
                        }
                        add_product(out, &heard[from..], w);
                    }
                }
            }
            out.iter_mut().for_each(|x| *x = x.max(0.0));
            trace.features.push(out);
            trace.heard.push(heard);
        }
        trace
    }

    /// The chances of "no bug", and of each candidate.
    fn chances(&self, graph: &Prepared, trace: &Trace) -> Vec<f64> {
        let d = self.setting.hidden;
        let features = trace.features.last().map_or(&[][..], |f| f);
        let (wrong, fine) = self.weights[self.scores..].split_at(d);
        let score = |w: &[f32], i: usize| -> f64 {
            features[i * d..(i + 1) * d].iter().zip(w).map(|(h, w)| f64::from(*h) * f64::from(*w)).sum()
        };
        let count = graph.candidates.len().max(1) as f64;
        let none = graph.candidates.iter().map(|i| score(fine, *i)).sum::<f64>() / count;
        let mut all: Vec<f64> =
            std::iter::once(none).chain(graph.candidates.iter().map(|i| score(wrong, *i))).collect();
        softmax(&mut all);
        all
    }

    /// The chance of "no bug", then that of each candidate to be the wrong one.
    #[must_use]
    pub fn verdict(&self, graph: &Prepared) -> Vec<f64> {
        self.chances(graph, &self.forward(graph))
    }

    /// The loss of the right answer, whose gradient is added to `gradient`.
    fn backward(&self, graph: &Prepared, answer: usize, gradient: &mut [f32]) -> f64 {
        let (n, d) = (graph.kinds.len(), self.setting.hidden);
        let trace = self.forward(graph);
        let mut slope = self.chances(graph, &trace);
        let loss = -ln(slope[answer].max(1e-300));
        slope[answer] -= 1.0;
        // From the scores to the last features.
        let features = &trace.features[self.places.len() - 1];
        let mut back = vec![0.0f32; n * d];
        let (wrong, fine) = self.weights[self.scores..].split_at(d);
        let none = (slope[0] / graph.candidates.len().max(1) as f64) as f32;
        for (i, s) in graph.candidates.iter().zip(&slope[1..]) {
            let s = *s as f32;
            let h = &features[i * d..(i + 1) * d];
            let (to_wrong, to_fine) = gradient[self.scores..].split_at_mut(d);
            add_scaled(to_wrong, s, h);
            add_scaled(to_fine, none, h);
            let back = &mut back[i * d..(i + 1) * d];
            add_scaled(back, s, wrong);
            add_scaled(back, none, fine);
        }
        for (layer, place) in self.places.iter().enumerate().rev() {
            // Through the rectifier, whose output tells on which side it was.
            back.iter_mut()
                .zip(&trace.features[layer])
                .for_each(|(b, h)| *b = if *h > 0.0 { *b } else { 0.0 });
            let last = layer + 1 == self.places.len();
            for back in back.chunks_exact(d) {
                add_scaled(&mut gradient[place.bias..place.bias + d], 1.0, back);
            }
            let mut before = vec![0.0f32; if layer > 0 { n * d } else { 0 }];
            let size = place.inputs * d;
            let mut heard = trace.heard[layer].chunks_exact(d);
            let (mut turned, mut message) = (vec![0.0f32; size], vec![0.0f32; d]);
            for (r, relation) in graph.relations.iter().enumerate() {
                let at = place.matrices + r * size;
                let to = &mut gradient[at..at + size];
                if layer > 0 {
                    for (k, row) in self.weights[at..at + size].chunks_exact(d).enumerate() {
                        row.iter().enumerate().for_each(|(c, w)| turned[c * d + k] = *w);
                    }
                }
                for (target, sources) in relation.rows() {
                    if last && !graph.is_candidate[target] {
                        continue;
                    }
                    let back = &back[target * d..(target + 1) * d];
                    if layer == 0 {
                        for (source, weight) in sources {
                            add_scaled(&mut to[graph.kinds[*source] * d..][..d], *weight, back);
                            add_scaled(&mut to[(INPUTS - 1) * d..][..d], *weight, back);
                        }
                        continue;
                    }
                    let heard = heard.next().unwrap_or_default();
                    for (h, row) in heard.iter().zip(to.chunks_exact_mut(d)).filter(|(h, _)| **h != 0.0) {
                        add_scaled(row, *h, back);
                    }
                    message.fill(0.0);
                    add_product(&mut message, back, &turned);
                    for (source, weight) in sources {
                        add_scaled(&mut before[source * d..][..d], *weight, &message);
                    }
                }
            }
            back = before;
        }
        loss
    }

    /// The mean loss of examples, and its gradient.
    fn gradient(&self, examples: &[(Prepared, usize)]) -> (f64, Vec<f32>) {
        let mut gradient = vec![0.0; self.weights.len()];
        let sum: f64 =
            examples.iter().map(|(graph, answer)| self.backward(graph, *answer, &mut gradient)).sum();
        let share = 1.0 / examples.len().max(1) as f32;
        gradient.iter_mut().for_each(|g| *g *= share);
        (sum / examples.len().max(1) as f64, gradient)
    }

    /// One update by Adam; the mean loss before it.
    pub fn update(&mut self, examples: &[(Prepared, usize)], rate: f64) -> f64 {
        let (loss, gradient) = self.gradient(examples);
        let gradient: Vec<f64> = gradient.into_iter().map(f64::from).collect();
        self.optimiser.step(&mut self.exact, &gradient, rate);
        self.weights.iter_mut().zip(&self.exact).for_each(|(w, exact)| *w = *exact as f32);
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planted_bugs::{HERO, World};
    use crate::small_python::read;

    const DEFAULT: Setting = Setting { kind: Layers::Typed, edges: [true; 4], layers: 3, hidden: 24 };

    /// Known result 6.
    #[test]
    fn parameters_are_those_of_the_definition() {
        assert_eq!(DEFAULT.parameters(), 15_240);
        let merged = Setting { kind: Layers::Merged, ..DEFAULT };
        assert_eq!(merged.parameters(), 1_800);
        assert_eq!(Setting { hidden: 80, ..merged }.parameters(), 14_960);
        assert_eq!(Setting { hidden: 8, edges: [false, true, false, true], ..DEFAULT }.parameters(), 1_560);
        assert_eq!(Network::new(DEFAULT, 1).exact.len(), 15_240);
        // Two layers of torch_geometric's GCNConv, 128 to 256 to 512, with their biases.
        assert_eq!(128 * 256 + 256 + 256 * 512 + 512, 164_608);
    }

    /// Known result 8: finite differences agree, for both kinds of layers.
    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let graph = Graph::of(&read(HERO).unwrap());
        for kind in [Layers::Typed, Layers::Merged] {
            let setting = Setting { kind, hidden: 8, ..DEFAULT };
            let network = Network::new(setting, 4);
            let examples = [(Prepared::new(&graph, &setting), 5), (Prepared::new(&graph, &setting), 0)];
            let (_, gradient) = network.gradient(&examples);
            let loss = |network: &Network| network.gradient(&examples).0;
            let largest = gradient.iter().fold(0.0f32, |most, g| most.max(g.abs()));
            let (mut seen, mut far) = (0, 0);
            for i in (0..gradient.len()).step_by(7) {
                let shifted = |h: f32| {
                    let mut moved = network.clone();
                    moved.weights[i] += h;
                    loss(&moved)
                };
                let numeric = (shifted(1e-3) - shifted(-1e-3)) / 2e-3;
                seen += 1;
                // A step across a kink of a rectifier is no derivative; few are.
                far += usize::from(
                    (numeric - f64::from(gradient[i])).abs() > 1e-3 * f64::from(largest.max(1.0)),
                );
            }
            assert!(far * 50 <= seen, "{kind:?}: {far} of {seen}");
        }
    }

    /// Known result 5: the order in which nodes are counted is no matter.
    #[test]
    fn renamed_nodes_have_the_same_chances() {
        let graph = Graph::of(&read(HERO).unwrap());
        let n = graph.len();
        let mut order: Vec<usize> = (0..n).collect();
        Stream::new(2, "order").shuffle(&mut order);
        let mut kinds = graph.kinds.clone();
        (0..n).for_each(|i| kinds[order[i]] = graph.kinds[i]);
        let edges =
            graph.edges.clone().map(|edges| edges.iter().map(|[i, j]| [order[*i], order[*j]]).collect());
        let moved = Graph { kinds, edges, candidates: graph.candidates.iter().map(|c| order[*c]).collect() };
        for kind in [Layers::Typed, Layers::Merged] {
            let setting = Setting { kind, ..DEFAULT };
            let network = Network::new(setting, 1);
            let [a, b] = [&graph, &moved].map(|g| network.verdict(&Prepared::new(g, &setting)));
            assert!(a.iter().zip(&b).all(|(x, y)| (x - y).abs() < 1e-5), "{a:?} {b:?}");
        }
    }

    /// Known result 7, its first half: without edges that know variables, which variable stands where
    /// changes no bit.
    #[test]
    fn without_edges_of_variables_a_swap_is_invisible() {
        let setting = Setting { edges: [true, true, false, false], ..DEFAULT };
        let network = Network::new(setting, 3);
        let chances =
            |text: &str| network.verdict(&Prepared::new(&Graph::of(&read(text).unwrap()), &setting));
        assert_eq!(chances("def f(a, b):\n  return a - b"), chances("def f(a, b):\n  return b - b"));
        let seeing = Setting { edges: [true; 4], ..DEFAULT };
        let network = Network::new(seeing, 3);
        let chances = |text: &str| network.verdict(&Prepared::new(&Graph::of(&read(text).unwrap()), &seeing));
        assert_ne!(chances("def f(a, b):\n  return a - b"), chances("def f(a, b):\n  return b - b"));
    }

    #[test]
    fn updates_lower_the_loss() {
        let world = World::new(1);
        for kind in [Layers::Typed, Layers::Merged] {
            let setting = Setting { kind, ..DEFAULT };
            let mut stream = Stream::new(1, "batch");
            let batch: Vec<(Prepared, usize)> = (0..8)
                .map(|_| World::draw(&world.shown, 0.8, &mut stream))
                .map(|e| (Prepared::new(&e.graph, &setting), e.answer))
                .collect();
            let mut network = Network::new(setting, 1);
            let losses: Vec<f64> = (0..60).map(|_| network.update(&batch, 0.01)).collect();
            assert!(losses[59] < 0.5 * losses[0], "{kind:?}: {} to {}", losses[0], losses[59]);
        }
    }

    #[test]
    fn a_program_without_names_has_one_verdict() {
        let network = Network::new(DEFAULT, 1);
        for text in ["", "x = 1", "def f():\n  return 1"] {
            assert_eq!(network.verdict(&Prepared::new(&Graph::of(&read(text).unwrap()), &DEFAULT)), [1.0]);
        }
    }
}
