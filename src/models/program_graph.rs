//! A program as a graph: its tree, the order of its words, and where values come from and go.
//!
//! Reference: Allamanis, Brockschmidt & Khademi 2018, *Learning to Represent Programs with Graphs*, ICLR,
//! arXiv:1711.00740, section 3, of whose edges four are here.
//!
//! Names: a graph has n nodes in the order of the text; an edge `[i, j]` says that j is a neighbour of i.
//!
//! Departures: only nodes of the tree are nodes, so "the next word" is the next word that has one; the last
//! write is the last in the text, not one for each path that the program may take.

use crate::small_python::{Kind, Program};

/// What an edge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// From a node to its parts in the tree, which are in no order.
    Child,
    /// From a word to the next.
    Next,
    /// From a use of a variable to where it got its value last.
    LastWrite,
    /// From a variable to where it stood last.
    LastUse,
}

impl Edge {
    pub const ALL: [Self; 4] = [Self::Child, Self::Next, Self::LastWrite, Self::LastUse];
}

/// A program without its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    pub kinds: Vec<Kind>,
    /// Of each kind of [`Edge`], in the order of [`Edge::ALL`].
    pub edges: [Vec<[usize; 2]>; 4],
    /// Names that are read: where a wrong one may stand.
    pub candidates: Vec<usize>,
}

impl Graph {
    #[must_use]
    pub fn of(program: &Program) -> Self {
        let nodes = &program.nodes;
        let mut edges = [const { Vec::new() }; 4];
        for (i, node) in nodes.iter().enumerate() {
            if let Some(parent) = node.parent {
                edges[Edge::Child as usize].push([parent, i]);
            }
            if i > 0 {
                edges[Edge::Next as usize].push([i - 1, i]);
            }
        }
        let mut written: Vec<Option<usize>> = vec![None; program.names.len()];
        for i in &program.used {
            let Some(variable) = nodes[*i].variable else { continue };
            if nodes[*i].kind != Kind::Read {
                written[variable] = Some(*i);
            } else if let Some(from) = written[variable] {
                edges[Edge::LastWrite as usize].push([*i, from]);
            }
        }
        let mut seen: Vec<Option<usize>> = vec![None; program.names.len()];
        for (i, node) in nodes.iter().enumerate() {
            let Some(variable) = node.variable else { continue };
            if let Some(before) = seen[variable].replace(i) {
                edges[Edge::LastUse as usize].push([i, before]);
            }
        }
        Self { kinds: nodes.iter().map(|n| n.kind).collect(), edges, candidates: program.candidates() }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// How many edges there are of the kinds that are on, each counted once.
    #[must_use]
    pub fn count(&self, on: [bool; 4]) -> usize {
        self.of_kinds(on).count()
    }

    fn of_kinds(&self, on: [bool; 4]) -> impl Iterator<Item = &[usize; 2]> {
        self.edges.iter().zip(on).filter(|(_, on)| *on).flat_map(|(edges, _)| edges)
    }

    /// The neighbours of every node, whichever way the edges go, each once.
    #[must_use]
    pub fn neighbours(&self, on: [bool; 4]) -> Vec<Vec<usize>> {
        let mut all = vec![Vec::new(); self.len()];
        for [i, j] in self.of_kinds(on) {
            all[*i].push(*j);
            all[*j].push(*i);
        }
        for near in &mut all {
            near.sort_unstable();
            near.dedup();
        }
        all
    }

    /// The same graph in which "next" is the next part of the same node, not the next word.
    #[must_use]
    pub fn with_order_among_siblings(mut self) -> Self {
        let mut last: Vec<Option<usize>> = vec![None; self.len()];
        let mut parents = vec![None; self.len()];
        self.edges[Edge::Child as usize].iter().for_each(|[parent, child]| parents[*child] = Some(*parent));
        self.edges[Edge::Next as usize].clear();
        for (i, parent) in parents.into_iter().enumerate() {
            let Some(parent) = parent else { continue };
            if let Some(before) = last[parent].replace(i) {
                self.edges[Edge::Next as usize].push([before, i]);
            }
        }
        self
    }

    /// Which nodes so many layers let a node hear of, itself included.
    #[must_use]
    pub fn heard(&self, node: usize, layers: usize, on: [bool; 4]) -> Vec<bool> {
        let near = self.neighbours(on);
        let mut heard = vec![false; self.len()];
        heard[node] = true;
        for _ in 0..layers {
            let reached: Vec<usize> = (0..self.len()).filter(|i| heard[*i]).collect();
            reached.iter().flat_map(|i| &near[*i]).for_each(|j| heard[*j] = true);
        }
        heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::small_python::read;

    #[test]
    fn the_four_edges_of_a_small_function() {
        // 0 def, 1 a, 2 a, 3 =, 4 a, 5 +, 6 1, 7 return, 8 a
        let graph = Graph::of(&read("def f(a):\n  a = a + 1\n  return a").unwrap());
        assert_eq!(graph.edges[0], [[0, 1], [3, 2], [0, 3], [5, 4], [3, 5], [5, 6], [0, 7], [7, 8]]);
        assert_eq!(graph.edges[1].len(), 8);
        assert_eq!(graph.edges[2], [[4, 1], [8, 2]]);
        assert_eq!(graph.edges[3], [[2, 1], [4, 2], [8, 4]]);
        assert_eq!(graph.candidates, [4, 8]);
        assert_eq!(graph.count([true, false, true, false]), 10);
    }

    #[test]
    fn a_loop_gives_its_name_a_value_after_what_it_runs_over() {
        let graph = Graph::of(&read("def f(x):\n  for x in x:\n    return x").unwrap());
        // 0 def, 1 x, 2 for, 3 x, 4 x, 5 return, 6 x
        assert_eq!(graph.edges[2], [[4, 1], [6, 3]]);
    }

    #[test]
    fn every_layer_hears_one_edge_further() {
        let graph = Graph::of(&read("def f(a):\n  return a").unwrap());
        let count =
            |layers| graph.heard(3, layers, [true, false, false, false]).iter().filter(|h| **h).count();
        assert_eq!([0, 1, 2, 3].map(count), [1, 2, 3, 4]);
        assert_eq!(graph.heard(3, 9, [false; 4]).iter().filter(|h| **h).count(), 1);
    }

    #[test]
    fn siblings_are_parts_of_one_node() {
        let graph = Graph::of(&read("def f(a):\n  return a + 1").unwrap()).with_order_among_siblings();
        // 0 def, 1 a, 2 return, 3 a, 4 +, 5 1
        assert_eq!(graph.edges[1], [[1, 2], [3, 5]]);
    }

    #[test]
    fn names_are_hidden() {
        let graph = |text: &str| Graph::of(&read(text).unwrap());
        assert_eq!(graph("def f(a, b):\n  return a - b"), graph("def g(u, v):\n  return u - v"));
        assert_ne!(graph("def f(a, b):\n  return a - b"), graph("def f(a, b):\n  return b - a"));
    }
}
