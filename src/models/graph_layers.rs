//! Layers that pass messages along edges: graph convolution, graph attention, a layer with a matrix for
//! each kind of edge; and what happens to numbers that are only ever averaged.
//!
//! References: Kipf & Welling 2017, *Semi-Supervised Classification with Graph Convolutional Networks*, ICLR,
//! arXiv:1609.02907, equation 2; Veličković et al. 2018, *Graph Attention Networks*, ICLR,
//! arXiv:1710.10903; Schlichtkrull et al. 2018, arXiv:1703.06103, equation 2; Gasteiger et al. 2019,
//! arXiv:1810.05997 (the personalised mean). Conventions are those of `torch_geometric`.
//!
//! Names and letters: weighted adjacency A [n, n] with A[target, source]; `with_loops` Ã = A + I (or + 2I);
//! `normalised` Ŝ = D̃^-1/2 Ã D̃^-1/2 with D̃ the row sums of Ã; features H [n, d].
//!
//! Departures: none.

use numerics::eigen::symmetric;
use numerics::elementary::softmax;
use numerics::matrix::{Matrix, dot, norm};

/// Ã: loops of the weight `own` for nodes that have none.
#[must_use]
pub fn with_loops(adjacency: &Matrix, own: f64) -> Matrix {
    let mut a = adjacency.clone();
    for i in 0..a.rows() {
        if a[(i, i)] == 0.0 {
            a[(i, i)] = own;
        }
    }
    a
}

/// Every entry over the roots of the two degrees, which are sums of rows; 0 where a degree is not positive.
#[must_use]
pub fn normalised(a: &Matrix) -> Matrix {
    let roots: Vec<f64> = degrees(a).iter().map(|d| if *d > 0.0 { 1.0 / d.sqrt() } else { 0.0 }).collect();
    Matrix::from_fn(a.rows(), a.columns(), |i, j| roots[i] * a[(i, j)] * roots[j])
}

/// The sums of rows: edges into a node.
#[must_use]
pub fn degrees(a: &Matrix) -> Vec<f64> {
    (0..a.rows()).map(|i| a.row(i).iter().sum()).collect()
}

/// 0 or 1 for links that go both ways.
#[must_use]
pub fn linked(nodes: usize, links: impl IntoIterator<Item = [usize; 2]>) -> Matrix {
    let mut a = Matrix::zeros(nodes, nodes);
    for [i, j] in links {
        a[(i, j)] = 1.0;
        a[(j, i)] = 1.0;
    }
    a
}

/// Ŝ H Wᵀ + b, with W [out, in].
#[must_use]
pub fn graph_convolution(propagation: &Matrix, h: &Matrix, weight: &Matrix, bias: &[f64]) -> Matrix {
    let mut out = propagation.times(&h.times_transposed(weight));
    for i in 0..out.rows() {
        out.row_mut(i).iter_mut().zip(bias).for_each(|(x, b)| *x += b);
    }
    out
}

/// W₀ h_i plus, for each kind of edge, a matrix times the mean of its neighbours, plus b.
#[must_use]
pub fn relational(h: &Matrix, own: &Matrix, relations: &[(Matrix, Vec<[usize; 2]>)], bias: &[f64]) -> Matrix {
    let mut out = h.times_transposed(own);
    for i in 0..h.rows() {
        for (weight, edges) in relations {
            let near: Vec<usize> = edges.iter().filter(|e| e[0] == i).map(|e| e[1]).collect();
            if near.is_empty() {
                continue;
            }
            let mean: Vec<f64> = (0..h.columns())
                .map(|c| near.iter().map(|j| h[(*j, c)]).sum::<f64>() / near.len() as f64)
                .collect();
            let message = weight.times_vector(&mean);
            out.row_mut(i).iter_mut().zip(message).for_each(|(x, m)| *x += m);
        }
        out.row_mut(i).iter_mut().zip(bias).for_each(|(x, b)| *x += b);
    }
    out
}

/// Graph attention: who is listened to is learned.
#[derive(Clone, Debug)]
pub struct Attention {
    /// [heads · channels, in], head after head.
    pub weight: Matrix,
    /// [heads, channels] each: what a node says of itself as a source, and as a target.
    pub source: Matrix,
    pub target: Matrix,
    pub bias: Vec<f64>,
    /// Heads side by side, or their mean.
    pub joined: bool,
    /// Slope of the leaky rectifier below zero.
    pub slope: f64,
}

impl Attention {
    /// Attention [n, n] of each head, target by source, and the outputs. Every node hears itself once.
    #[must_use]
    pub fn forward(&self, h: &Matrix, edges: &[[usize; 2]]) -> (Vec<Matrix>, Matrix) {
        let (n, heads, channels) = (h.rows(), self.source.rows(), self.source.columns());
        let mut near: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
        for [source, target] in edges.iter().filter(|e| e[0] != e[1]) {
            near[*target].push(*source);
        }
        let x = h.times_transposed(&self.weight);
        let part = |i: usize, head: usize| &x.row(i)[head * channels..(head + 1) * channels];
        let mut out = Matrix::zeros(n, if self.joined { heads * channels } else { channels });
        let mut attention = vec![Matrix::zeros(n, n); heads];
        for (head, attention) in attention.iter_mut().enumerate() {
            for (i, near) in near.iter().enumerate() {
                let own = dot(self.target.row(head), part(i, head));
                let mut shares: Vec<f64> = near
                    .iter()
                    .map(|j| {
                        let logit = dot(self.source.row(head), part(*j, head)) + own;
                        if logit < 0.0 { self.slope * logit } else { logit }
                    })
                    .collect();
                softmax(&mut shares);
                for (j, share) in near.iter().zip(shares) {
                    attention[(i, *j)] += share;
                    let (from, weight) =
                        if self.joined { (head * channels, share) } else { (0, share / heads as f64) };
                    for (c, value) in part(*j, head).iter().enumerate() {
                        out[(i, from + c)] += weight * value;
                    }
                }
            }
        }
        for i in 0..n {
            out.row_mut(i).iter_mut().zip(&self.bias).for_each(|(x, b)| *x += b);
        }
        (attention, out)
    }
}

/// What repeated averaging over a graph does.
#[derive(Clone, Debug)]
pub struct Mixing {
    pub propagation: Matrix,
    /// Eigenvalues of Ŝ, the largest first.
    pub eigenvalues: Vec<f64>,
    /// The directions that averaging keeps, one for each connected part, of length 1: D̃^1/2 on its nodes.
    pub kept: Vec<Vec<f64>>,
}

impl Mixing {
    #[must_use]
    pub fn new(adjacency: &Matrix, own: f64) -> Self {
        let a = with_loops(adjacency, own);
        let propagation = normalised(&a);
        let eigenvalues = symmetric(&propagation).0;
        let part = parts(&a);
        let degrees = degrees(&a);
        let count = part.iter().max().map_or(0, |p| p + 1);
        let kept = (0..count)
            .map(|p| {
                let mut u: Vec<f64> =
                    degrees.iter().zip(&part).map(|(d, q)| if *q == p { d.sqrt() } else { 0.0 }).collect();
                numerics::matrix::normalise(&mut u);
                u
            })
            .collect();
        Self { propagation, eigenvalues, kept }
    }

    /// The second largest size of an eigenvalue: the factor by which one step shrinks what is left at last.
    #[must_use]
    pub fn second(&self) -> Option<f64> {
        let rest = self.eigenvalues.get(1..).filter(|rest| !rest.is_empty())?;
        Some(rest.iter().fold(0.0, |most: f64, x| most.max(x.abs())))
    }

    /// One averaging, with the share `keep` of the beginning `x` put back in: (1 − α) Ŝ H + α X.
    #[must_use]
    pub fn step(&self, h: &Matrix, x: &Matrix, keep: f64) -> Matrix {
        let mut mixed = self.propagation.times(h);
        for (m, x) in mixed.as_mut_slice().iter_mut().zip(x.as_slice()) {
            *m = (1.0 - keep) * *m + keep * x;
        }
        mixed
    }

    /// The size of what is not along the direction u of the whole graph, D̃^1/2 over all nodes:
    /// the length of (I − u uᵀ) H.
    #[must_use]
    pub fn residual(&self, h: &Matrix) -> f64 {
        let u = self.whole();
        let along = h.transposed().times_vector(&u);
        let mut rest = 0.0;
        for i in 0..h.rows() {
            for (c, a) in along.iter().enumerate() {
                let x = h[(i, c)] - u[i] * a;
                rest += x * x;
            }
        }
        rest.sqrt()
    }

    /// D̃^1/2 over all nodes, of length 1.
    fn whole(&self) -> Vec<f64> {
        // The diagonal of Ŝ is own / degree.
        let n = self.propagation.rows();
        let mut u: Vec<f64> = (0..n).map(|i| (1.0 / self.propagation[(i, i)].max(1e-300)).sqrt()).collect();
        numerics::matrix::normalise(&mut u);
        u
    }
}

/// The connected part that each node belongs to, counted from 0.
#[must_use]
pub fn parts(a: &Matrix) -> Vec<usize> {
    let n = a.rows();
    let mut part = vec![usize::MAX; n];
    let mut count = 0;
    for start in 0..n {
        if part[start] != usize::MAX {
            continue;
        }
        let mut open = vec![start];
        part[start] = count;
        while let Some(i) = open.pop() {
            for j in 0..n {
                if part[j] == usize::MAX && (a[(i, j)] != 0.0 || a[(j, i)] != 0.0) {
                    part[j] = count;
                    open.push(j);
                }
            }
        }
        count += 1;
    }
    part
}

/// The mean cosine of all pairs of rows; none for fewer than two. A row of zeros has no direction, and is left out.
#[must_use]
pub fn similarity(h: &Matrix) -> Option<f64> {
    let lengths: Vec<f64> = (0..h.rows()).map(|i| norm(h.row(i))).collect();
    let (mut sum, mut count) = (0.0, 0);
    for i in 0..h.rows() {
        for j in i + 1..h.rows() {
            if lengths[i] > 1e-150 && lengths[j] > 1e-150 {
                sum += dot(h.row(i), h.row(j)) / (lengths[i] * lengths[j]);
                count += 1;
            }
        }
    }
    (count > 0).then(|| sum / f64::from(count))
}

/// Of functions of which the share `buggy` is wrong, the share of alarms that are right: Bayes' rule.
#[must_use]
pub fn precision(hit: f64, false_alarm: f64, buggy: f64) -> f64 {
    hit * buggy / (hit * buggy + false_alarm * (1.0 - buggy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::random::Stream;

    fn path() -> Matrix {
        linked(3, [[0, 1], [1, 2]])
    }

    fn close(a: &[f64], b: &[f64], tolerance: f64) {
        assert!(a.len() == b.len() && a.iter().zip(b).all(|(x, y)| (x - y).abs() < tolerance), "{a:?} {b:?}");
    }

    /// Known result 1: entries and eigenvalues for a path of three.
    #[test]
    fn the_path_of_three_by_hand() {
        let s = normalised(&with_loops(&path(), 1.0));
        let root = 1.0 / 6f64.sqrt();
        close(s.as_slice(), &[0.5, root, 0.0, root, 1.0 / 3.0, root, 0.0, root, 0.5], 1e-12);
        close(&Mixing::new(&path(), 1.0).eigenvalues, &[1.0, 0.5, -1.0 / 6.0], 1e-6);
        close(&Mixing::new(&path(), 2.0).eigenvalues, &[1.0, 2.0 / 3.0, 1.0 / 6.0], 1e-6);
        let once = s.times_vector(&[1.0, 0.0, 0.0]);
        close(&once, &[0.5, 0.408_248, 0.0], 1e-6);
        close(&s.times_vector(&once), &[0.416_667, 0.340_207, 0.166_667], 1e-6);
    }

    /// Known results 2 and 3: fifty steps, and what is left after 1, 2, 4 and 8.
    #[test]
    fn what_is_left_on_the_path_shrinks() {
        let mixing = Mixing::new(&path(), 1.0);
        let start = Matrix::from_vec(3, 1, vec![1.0, 0.0, 0.0]);
        let mut h = start.clone();
        for k in 1..=50 {
            h = mixing.step(&h, &start, 0.0);
            let known = match k {
                1 => 0.361_873,
                2 => 0.177_244,
                4 => 0.044_196,
                8 => 0.002_762,
                _ => continue,
            };
            assert!((mixing.residual(&h) - known).abs() < 1e-6, "{k}: {}", mixing.residual(&h));
        }
        close(h.as_slice(), &[0.285_714, 0.349_927, 0.285_714], 1e-6);
    }

    /// Known result 4: √degree stays as it is, and no eigenvalue is beyond −1 and 1.
    #[test]
    fn averaging_keeps_the_root_of_the_degree() {
        let mut stream = Stream::new(3, "graphs");
        for n in 2..14 {
            let links: Vec<[usize; 2]> =
                (0..2 * n).map(|_| [stream.below(n), stream.below(n)]).filter(|[i, j]| i != j).collect();
            let mixing = Mixing::new(&linked(n, links), 1.0);
            for u in &mixing.kept {
                close(&mixing.propagation.times_vector(u), u, 1e-9);
            }
            assert!(mixing.eigenvalues.iter().all(|e| *e > -1.0 && *e < 1.0 + 1e-9));
            // One eigenvalue of 1 for each part.
            let ones = mixing.eigenvalues.iter().filter(|e| **e > 1.0 - 1e-9).count();
            assert_eq!(ones, mixing.kept.len());
        }
    }

    /// The worked example of types: swapping a child and the next word changes a typed sum and no merged mean.
    #[test]
    fn a_matrix_for_each_kind_of_edge_sees_a_swap() {
        let one = |x: f64| Matrix::from_vec(1, 1, vec![x]);
        let value = |next: f64, child: f64| {
            let h = Matrix::from_vec(4, 1, vec![1.0, 2.0, child, next]);
            let relations = [(one(1.0), vec![[0, 1], [0, 2]]), (one(-1.0), vec![[0, 3]])];
            relational(&h, &one(0.5), &relations, &[0.0])[(0, 0)]
        };
        assert_eq!(value(3.0, 4.0), 0.5);
        // The child of value 2 and the next word of value 3 change places.
        let h = Matrix::from_vec(4, 1, vec![1.0, 3.0, 4.0, 2.0]);
        let relations = [(one(1.0), vec![[0, 1], [0, 2]]), (one(-1.0), vec![[0, 3]])];
        assert_eq!(relational(&h, &one(0.5), &relations, &[0.0])[(0, 0)], 2.0);
    }

    /// Known result 5: the order in which nodes are counted is no matter.
    #[test]
    fn permuted_nodes_give_permuted_outputs() {
        let mut stream = Stream::new(5, "order");
        let n = 6;
        let links = [[0, 1], [1, 2], [1, 3], [3, 4], [4, 5]];
        let mut order: Vec<usize> = (0..n).collect();
        stream.shuffle(&mut order);
        let mut h = Matrix::zeros(n, 3);
        let mut weight = Matrix::zeros(2, 3);
        stream.fill_normal(h.as_mut_slice());
        stream.fill_normal(weight.as_mut_slice());
        let run = |links: &[[usize; 2]], h: &Matrix| {
            graph_convolution(
                &normalised(&with_loops(&linked(n, links.iter().copied()), 1.0)),
                h,
                &weight,
                &[0.1, 0.2],
            )
        };
        let plain = run(&links, &h);
        let moved: Vec<[usize; 2]> = links.iter().map(|[i, j]| [order[*i], order[*j]]).collect();
        let mut other = Matrix::zeros(n, 3);
        (0..n).for_each(|i| other.row_mut(order[i]).copy_from_slice(h.row(i)));
        let permuted = run(&moved, &other);
        (0..n).for_each(|i| close(plain.row(i), permuted.row(order[i]), 1e-12));
    }

    #[test]
    fn cosines_are_those_of_all_pairs() {
        let h = Matrix::from_vec(3, 2, vec![1.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
        assert_eq!(similarity(&h), Some(0.0));
        assert_eq!(similarity(&Matrix::zeros(2, 2)), None);
        assert!((similarity(&Matrix::from_vec(2, 1, vec![3.0, 5.0])).unwrap() - 1.0).abs() < 1e-15);
    }

    /// Known result of the last table: nine of ten alarms are false where bugs are rare.
    #[test]
    fn rare_bugs_make_most_alarms_false() {
        assert!((precision(0.95, 0.05, 0.005) - 0.087).abs() < 5e-4);
        assert!((precision(0.95, 0.05, 0.5) - 0.95).abs() < 1e-12);
    }
}
