//! Small functions of six shapes, in some of which one variable stands where another should.
//!
//! Reference: variable misuse, the task of Allamanis, Brockschmidt & Khademi 2018, arXiv:1711.00740, in the
//! form "find it, or say that there is none" of Vasic et al. 2019, arXiv:1904.01720 (without the repair).
//!
//! Names: a *shape* is a pattern, a *variant* is a shape with its operators. A *bug* replaces one name that
//! is read by another variable that has a value by then. The *answer* is 0 for "no bug", else 1 + the place among the candidates.
//!
//! Departures: bugs are planted, and every function has one right answer: no two variants, with or
//! without a bug, make one graph with two answers (a test goes through all of them).

use crate::program_graph::Graph;
use crate::small_python::{Kind, Program, read};
use numerics::random::Stream;

/// The shapes, in words.
pub const SHAPES: [&str; 6] =
    ["clamp", "chain of sums", "filtered sum", "longer of two", "maximum", "two-step sum"];

const SUMS: [&str; 4] = ["+", "-", "*", "/"];
const ORDERS: [&str; 3] = ["<", ">", "=="];
/// What may be done to a result.
const TAILS: [&str; 5] = ["", " + 1", " - 1", " * 2", " / 2"];

/// The function of a fresh page, which no network is trained on.
pub const HERO: &str = "def clamp(x, low, high):\n    if x < low:\n        return low\n    if x > high:\n        \
                        return low\n    return x\n";

/// A shape with its operators.
#[derive(Clone, Debug)]
pub struct Variant {
    pub shape: usize,
    pub program: Program,
}

/// A function, and whether and where it is wrong.
#[derive(Clone, Debug)]
pub struct Example {
    pub graph: Graph,
    pub answer: usize,
}

/// The text of every variant, with its shape.
#[must_use]
pub fn texts() -> Vec<(usize, String)> {
    let mut all = Vec::new();
    for c in ORDERS {
        for d in ORDERS {
            for tail in TAILS {
                all.push((
                    0,
                    format!(
                        "def f(x, a, b):\n if x {c} a:\n  return a\n if x {d} b:\n  return b\n return x{tail}"
                    ),
                ));
            }
        }
    }
    for p in SUMS {
        for q in SUMS {
            all.push((1, format!("def f(a, b, c):\n d = a {p} b\n e = d {q} c\n return e")));
            all.push((5, format!("def f(a, b, c):\n s = a {p} b\n s = s {q} c\n return s")));
        }
    }
    for c in ORDERS {
        for p in SUMS {
            all.push((
                2,
                format!("def f(xs, k):\n s = 0\n for x in xs:\n  if x {c} k:\n   s = s {p} x\n return s"),
            ));
        }
        for tail in TAILS {
            all.push((3, format!("def f(a, b):\n if len(a) {c} len(b):\n  return a{tail}\n return b{tail}")));
            all.push((
                4,
                format!("def f(xs):\n m = xs[0]\n for x in xs:\n  if x {c} m:\n   m = x\n return m{tail}"),
            ));
        }
    }
    all
}

/// The bugs that a program can have: a candidate's place, and the variable that takes its own one's place.
#[must_use]
pub fn bugs(program: &Program) -> Vec<(usize, usize)> {
    let candidates = program.candidates();
    let mut all = Vec::new();
    let mut known: Vec<usize> = Vec::new();
    for node in &program.used {
        let Some(own) = program.nodes[*node].variable else { continue };
        if program.nodes[*node].kind != Kind::Read {
            if !known.contains(&own) {
                known.push(own);
            }
        } else if let Some(place) = candidates.iter().position(|c| c == node) {
            all.extend(known.iter().filter(|v| **v != own).map(|v| (place, *v)));
        }
    }
    all
}

/// A program with a bug.
#[must_use]
pub fn with_bug(program: &Program, (place, variable): (usize, usize)) -> Program {
    let mut changed = program.clone();
    changed.nodes[program.candidates()[place]].variable = Some(variable);
    changed
}

/// Variants that are shown in training, and others that never are: one in four of each shape.
#[derive(Clone, Debug)]
pub struct World {
    pub shown: [Vec<Variant>; 6],
    pub unseen: [Vec<Variant>; 6],
}

impl World {
    /// # Panics
    /// If a template is no Python: a mistake of the program.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut variants: [Vec<Variant>; 6] = Default::default();
        for (shape, text) in texts() {
            let program = read(&text).expect("templates are Python");
            variants[shape].push(Variant { shape, program });
        }
        // The function of a fresh page without its bug: the first clamp that asks < and >.
        let hero = variants[0].remove(TAILS.len());
        let mut stream = Stream::new(seed, "held out");
        let mut unseen: [Vec<Variant>; 6] = Default::default();
        for (all, held) in variants.iter_mut().zip(&mut unseen) {
            stream.shuffle(all);
            let rest = all.len() - all.len().div_ceil(4);
            *held = all.split_off(rest);
        }
        unseen[0].push(hero);
        Self { shown: variants, unseen }
    }

    /// A function of a random shape, with a bug in so many of them.
    #[must_use]
    pub fn draw(variants: &[Vec<Variant>; 6], bug_rate: f64, stream: &mut Stream) -> Example {
        let of_shape = &variants[stream.below(SHAPES.len())];
        let program = &of_shape[stream.below(of_shape.len())].program;
        if !stream.chance(bug_rate) {
            return Example { graph: Graph::of(program), answer: 0 };
        }
        // First the place, then what comes there, so that every place is equally likely.
        let all = bugs(program);
        let place = all[stream.below(all.len())].0;
        let here: Vec<(usize, usize)> = all.into_iter().filter(|bug| bug.0 == place).collect();
        let bug = here[stream.below(here.len())];
        Example { graph: Graph::of(&with_bug(program, bug)), answer: 1 + place }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_examples() -> Vec<Example> {
        let mut all = Vec::new();
        for (_, text) in texts() {
            let program = read(&text).unwrap();
            all.push(Example { graph: Graph::of(&program), answer: 0 });
            for bug in bugs(&program) {
                all.push(Example { graph: Graph::of(&with_bug(&program, bug)), answer: 1 + bug.0 });
            }
        }
        all
    }

    #[test]
    fn every_function_has_one_right_answer() {
        let all = all_examples();
        let mut distinct: Vec<&Example> = Vec::new();
        for example in &all {
            match distinct.iter().find(|other| other.graph == example.graph) {
                Some(other) => assert_eq!(other.answer, example.answer),
                None => distinct.push(example),
            }
        }
        println!("{} graphs, {} distinct", all.len(), distinct.len());
        let mean = |f: fn(&Example) -> usize| all.iter().map(|e| f(e) as f64).sum::<f64>() / all.len() as f64;
        println!("{} nodes, {} candidates", mean(|e| e.graph.len()), mean(|e| e.graph.candidates.len()));
        println!("{} edges", mean(|e| e.graph.count([true; 4])));
        assert!(distinct.len() > 800);
    }

    #[test]
    fn the_function_of_a_fresh_page_is_one_of_them_and_unseen() {
        let hero = Graph::of(&read(HERO).unwrap());
        assert_eq!(all_examples().iter().find(|e| e.graph == hero).map(|e| e.answer), Some(6));
        for seed in 1..5 {
            let world = World::new(seed);
            let has = |variants: &[Vec<Variant>; 6]| {
                variants
                    .iter()
                    .flatten()
                    .any(|v| bugs(&v.program).iter().any(|b| Graph::of(&with_bug(&v.program, *b)) == hero))
            };
            assert!(has(&world.unseen) && !has(&world.shown));
        }
    }

    #[test]
    fn bugs_are_as_frequent_as_asked_and_everywhere() {
        let world = World::new(1);
        let mut stream = Stream::new(1, "draws");
        let drawn: Vec<Example> = (0..4000).map(|_| World::draw(&world.shown, 0.8, &mut stream)).collect();
        let clean = drawn.iter().filter(|e| e.answer == 0).count() as f64 / 4000.0;
        assert!((clean - 0.2).abs() < 0.03, "{clean}");
        assert!((1..=6).all(|answer| drawn.iter().any(|e| e.answer == answer)));
    }
}
