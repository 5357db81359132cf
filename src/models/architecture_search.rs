//! Looking for a network: at random, or by evolution.
//!
//! References: Zoph & Le 2016, arXiv:1611.01578; Real et al. 2018, arXiv:1802.01548 (aging evolution: of a few drawn at
//! random the best has a child with one change, and the oldest dies); Li & Talwalkar 2019, arXiv:1902.07638 (random
//! search is the baseline to beat).
//!
//! The space: one to three hidden layers of 2, 4, 8, 16 or 32 units, with tanh or ReLU throughout: 310 networks.
//! Fitness: accuracy − λ log₁₀ MACs.

use crate::mlp::Activation;
use crate::spiral_network::{BATCH, Bits, Learner, Network, Task};
use numerics::elementary::log10;
use numerics::random::Stream;
use std::collections::VecDeque;

pub const WIDTHS: [usize; 5] = [2, 4, 8, 16, 32];
pub const DEEPEST: usize = 3;
pub const POPULATION: usize = 10;
pub const TOURNAMENT: usize = 4;

/// Updates of a network that is tried, how many of them a step of a [`Race`] makes, and their size.
pub const UPDATES: usize = 300;
pub const EACH: usize = 5;
const RATE: f64 = 0.02;

/// Multiply-adds of an update for each of an inference and point: forward, and twice as many backward.
const PASSES: usize = 3;

/// What can be chosen about a network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Architecture {
    pub widths: Vec<usize>,
    pub activation: Activation,
}

impl Architecture {
    /// All 310 of them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut layers: Vec<Vec<usize>> = WIDTHS.iter().map(|w| vec![*w]).collect();
        let mut from = 0;
        for _ in 1..DEEPEST {
            let longer: Vec<Vec<usize>> = (layers[from..].iter())
                .flat_map(|one| WIDTHS.iter().map(|w| [one.as_slice(), &[*w]].concat()))
                .collect();
            from = layers.len();
            layers.extend(longer);
        }
        let with = |activation| layers.iter().map(move |widths| Self { widths: widths.clone(), activation });
        with(Activation::Tanh).chain(with(Activation::Relu)).collect()
    }

    /// One of them, each as likely as any other.
    #[must_use]
    pub fn drawn(stream: &mut Stream) -> Self {
        let all = Self::all();
        all[stream.below(all.len())].clone()
    }

    /// Multiply-adds of one inference.
    #[must_use]
    pub fn macs(&self) -> usize {
        let sizes: Vec<usize> = [2].iter().chain(&self.widths).chain(&[1]).copied().collect();
        sizes.windows(2).map(|size| size[0] * size[1]).sum()
    }

    /// Another one, one change away: a width, a layer more or less, or the activation.
    #[must_use]
    pub fn changed(&self, stream: &mut Stream) -> Self {
        let mut child = self.clone();
        while child == *self {
            match stream.below(4) {
                0 => {
                    let at = stream.below(child.widths.len());
                    child.widths[at] = WIDTHS[stream.below(WIDTHS.len())];
                }
                1 if child.widths.len() < DEEPEST => {
                    let at = stream.below(child.widths.len() + 1);
                    child.widths.insert(at, WIDTHS[stream.below(WIDTHS.len())]);
                }
                2 if child.widths.len() > 1 => {
                    child.widths.remove(stream.below(child.widths.len()));
                }
                3 => {
                    child.activation = match child.activation {
                        Activation::Tanh => Activation::Relu,
                        _ => Activation::Tanh,
                    }
                }
                _ => {}
            }
        }
        child
    }

    /// "tanh 8–4–4".
    #[must_use]
    pub fn name(&self) -> String {
        let widths: Vec<String> = self.widths.iter().map(ToString::to_string).collect();
        format!("{} {}", if self.activation == Activation::Tanh { "tanh" } else { "ReLU" }, widths.join("–"))
    }
}

/// Accuracy less what the multiply-adds cost.
#[must_use]
pub fn fitness(accuracy: f64, macs: usize, price: f64) -> f64 {
    accuracy - price * log10(macs as f64)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    Random,
    Evolution,
}

/// A search: ask it for a network, tell it how fit that one was.
#[derive(Clone, Debug)]
pub struct Search {
    strategy: Strategy,
    stream: Stream,
    /// Oldest first.
    population: VecDeque<(Architecture, f64)>,
    pub asked: usize,
    pub best: Option<(Architecture, f64)>,
}

impl Search {
    #[must_use]
    pub fn new(strategy: Strategy, seed: u64) -> Self {
        let purpose = if strategy == Strategy::Random { "random search" } else { "evolution" };
        Self {
            strategy,
            stream: Stream::new(seed, purpose),
            population: VecDeque::new(),
            asked: 0,
            best: None,
        }
    }

    #[must_use]
    pub fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// The next network to try.
    pub fn ask(&mut self) -> Architecture {
        self.asked += 1;
        if self.strategy == Strategy::Random || self.population.len() < POPULATION {
            return Architecture::drawn(&mut self.stream);
        }
        let mut parent = self.stream.below(POPULATION);
        for _ in 1..TOURNAMENT {
            let other = self.stream.below(POPULATION);
            if self.population[other].1 > self.population[parent].1 {
                parent = other;
            }
        }
        self.population[parent].0.changed(&mut self.stream)
    }

    pub fn tell(&mut self, architecture: &Architecture, fitness: f64) {
        if self.best.as_ref().is_none_or(|(_, best)| fitness > *best) {
            self.best = Some((architecture.clone(), fitness));
        }
        self.population.push_back((architecture.clone(), fitness));
        if self.population.len() > POPULATION {
            self.population.pop_front();
        }
    }
}

/// A network that was trained.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub architecture: Architecture,
    /// Share of new points that it has right.
    pub accuracy: f64,
}

/// One search in a race.
#[derive(Clone, Debug)]
pub struct Racer {
    pub search: Search,
    /// What it asked for, until that is known.
    waits: Option<Architecture>,
    /// Its best fitness after each network that it tried.
    pub course: Vec<f64>,
}

/// Searches on the same points. No network is trained twice: what one of them found out all may know.
#[derive(Clone, Debug)]
pub struct Race {
    task: Task,
    seed: u64,
    price: f64,
    budget: usize,
    pub racers: Vec<Racer>,
    /// Networks in training, and their updates so far.
    training: Vec<(Architecture, Learner, usize)>,
    pub known: Vec<Known>,
}

impl Race {
    /// So many networks for each search; each pays `price` for ten times as many multiply-adds.
    #[must_use]
    pub fn new(strategies: &[Strategy], price: f64, budget: usize, seed: u64) -> Self {
        let racer = |strategy: &Strategy| Racer {
            search: Search::new(*strategy, seed),
            waits: None,
            course: Vec::new(),
        };
        Self {
            task: Task::new(seed),
            seed,
            price,
            budget,
            racers: strategies.iter().map(racer).collect(),
            training: Vec::new(),
            known: Vec::new(),
        }
    }

    #[must_use]
    pub fn finished(&self) -> bool {
        self.racers.iter().all(|racer| racer.course.len() >= self.budget)
    }

    /// What is known of a network.
    #[must_use]
    pub fn accuracy(&self, architecture: &Architecture) -> Option<f64> {
        self.known.iter().find(|known| known.architecture == *architecture).map(|known| known.accuracy)
    }

    /// A few updates of whatever is in training.
    pub fn advance(&mut self) {
        self.ask();
        for (_, learner, updates) in &mut self.training {
            (0..EACH).for_each(|_| {
                learner.step(&self.task.train);
            });
            *updates += EACH;
        }
        let task = &self.task;
        let ready = self.training.extract_if(.., |(.., updates)| *updates >= UPDATES);
        self.known.extend(ready.map(|(architecture, learner, _)| Known {
            accuracy: learner.seen().accuracy(&task.test),
            architecture,
        }));
        self.tell();
    }

    /// Gives each search that waits for nothing a network to wait for.
    fn ask(&mut self) {
        for i in 0..self.racers.len() {
            let racer = &mut self.racers[i];
            if racer.waits.is_some() || racer.search.asked >= self.budget {
                continue;
            }
            let architecture = racer.search.ask();
            racer.waits = Some(architecture.clone());
            let begun = self.training.iter().any(|(other, ..)| *other == architecture);
            if !begun && self.accuracy(&architecture).is_none() {
                let mut draws = Stream::new(self.seed, "initialisation");
                let network = Network::new(&architecture.widths, architecture.activation, &mut draws);
                self.training.push((architecture, Learner::new(network, Bits::FULL, RATE, self.seed), 0));
            }
        }
    }

    /// Tells each search what it waits for, where that is known.
    fn tell(&mut self) {
        for i in 0..self.racers.len() {
            let Some(architecture) = self.racers[i].waits.clone() else { continue };
            let Some(accuracy) = self.accuracy(&architecture) else { continue };
            let racer = &mut self.racers[i];
            racer.search.tell(&architecture, fitness(accuracy, architecture.macs(), self.price));
            racer.waits = None;
            racer.course.extend(racer.search.best.as_ref().map(|(_, best)| *best));
        }
    }

    /// The best that any search found.
    #[must_use]
    pub fn best(&self) -> Option<&(Architecture, f64)> {
        let all = self.racers.iter().filter_map(|racer| racer.search.best.as_ref());
        all.reduce(|best, one| if one.1 > best.1 { one } else { best })
    }

    /// Multiply-adds of all updates so far.
    #[must_use]
    pub fn macs(&self) -> f64 {
        let once: usize = self.known.iter().map(|known| known.architecture.macs()).sum();
        (PASSES * UPDATES * BATCH * once) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_310_networks_and_each_knows_its_cost() {
        let mut all = Architecture::all();
        assert_eq!(all.len(), 310);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 310);
        let named = |widths: &[usize], activation| Architecture { widths: widths.to_vec(), activation };
        assert_eq!(named(&[8, 4, 4], Activation::Relu).macs(), 68);
        assert_eq!(named(&[4, 8, 4], Activation::Tanh).macs(), 76);
        assert_eq!(named(&[8, 4, 4], Activation::Relu).name(), "ReLU 8–4–4");
    }

    #[test]
    fn a_child_differs_and_stays_in_the_space() {
        let all = Architecture::all();
        let mut stream = Stream::new(1, "children");
        let mut one = Architecture::drawn(&mut stream);
        for _ in 0..500 {
            let child = one.changed(&mut stream);
            assert!(child != one && all.contains(&child));
            one = child;
        }
    }

    /// Where fitness has a slope that one change can follow, evolution finds the top more often.
    #[test]
    fn evolution_climbs_a_smooth_hill() {
        let height = |a: &Architecture| -(a.widths.iter().map(|w| (*w as f64 - 32.0).abs()).sum::<f64>());
        let found = |strategy, seed| {
            let mut search = Search::new(strategy, seed);
            for _ in 0..60 {
                let one = search.ask();
                search.tell(&one, height(&one));
            }
            search.best.unwrap().1
        };
        let better =
            (1..=40).filter(|s| found(Strategy::Evolution, *s) >= found(Strategy::Random, *s)).count();
        assert!(better > 28, "{better}");
    }

    #[test]
    fn a_race_ends_and_trains_nothing_twice() {
        let mut race = Race::new(&[Strategy::Random, Strategy::Evolution], 0.1, 12, 1);
        let mut steps = 0;
        while !race.finished() {
            race.advance();
            steps += 1;
        }
        assert!(steps <= 12 * UPDATES / EACH, "{steps}");
        let mut names: Vec<String> = race.known.iter().map(|known| known.architecture.name()).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(race.racers.iter().all(|racer| racer.course.len() == 12));
        assert!(race.macs() > 0.0 && race.best().is_some());
    }
}
