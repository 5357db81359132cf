//! `misuse`: a graph network learns to find the wrong variable, in the reader's own code too.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use crate::lab::figure::Figure;
use crate::lab::figure::series::{Series, Smoothed};
use crate::lab::schema::readout::format_number;
use crate::lab::{Bounded, Named, Reading, Simulation, Values, reading};
use crate::models::planted_bugs::{HERO, World};
use crate::models::program_graph::Graph;
use crate::models::relational_network::{Layers, Network, Prepared, Setting};
use crate::models::small_python::{self, Program};
use crate::numerics::elementary::powi;
use crate::numerics::random::Stream;
use spec::{HIDDEN, KIND, ORDER};

/// Functions of an update, of the test, and of the test at each update.
const BATCH: usize = 8;
const EXAM: usize = 200;
const JUDGED: usize = 10;

/// Updates after which nothing is learned any more, and those at which the rate is halved.
const LAST: u64 = 800;
const HALVED: [u64; 2] = [300, 600];

/// The widest for layers with a matrix for each type: more would not fit a frame.
const WIDEST: usize = 32;

struct Misuse {
    setting: Setting,
    width: Bounded<usize>,
    among_siblings: bool,
    rate: f64,
    bug_rate: f64,
    world: World,
    stream: Stream,
    network: Network,
    exam: Vec<(Prepared, usize)>,
    /// What was answered last to each function of the exam.
    answers: Vec<Option<usize>>,
    updates: u64,
    loss: Smoothed,
    /// Accuracy and loss.
    curves: Series<2>,
    program: Program,
    graph: Graph,
    prepared: Prepared,
    /// The chance of "no bug", then that of each candidate.
    chances: Vec<f64>,
}

impl Misuse {
    fn new(values: &Values) -> Self {
        let kind = KIND.of(values);
        let most = if kind == Layers::Typed { WIDEST } else { usize::MAX };
        let width = Bounded::at_most(HIDDEN.of(values), most, |asked| {
            format!(
                "A width of {asked} is for one matrix only, as a fair match of parameters. With a matrix for each \
                 type {WIDEST} is used."
            )
        });
        let edges = ["e_child", "e_next", "e_write", "e_use"].map(|id| values.toggle(id));
        let setting = Setting { kind, edges, layers: values.integer("layers"), hidden: width.value };
        let (seed, bug_rate, among_siblings) = (values.seed(), values.real("bug_rate"), ORDER.of(values));
        let world = World::new(seed);
        let mut stream = Stream::new(seed, "test");
        let exam: Vec<(Prepared, usize)> = (0..EXAM)
            .map(|_| World::draw(&world.unseen, bug_rate, &mut stream))
            .map(|e| (Prepared::new(&ordered(e.graph, among_siblings), &setting), e.answer))
            .collect();
        // Text that is no program never gets here: the control's reader keeps it out.
        let program =
            small_python::read(values.text("code")).or_else(|_| small_python::read("")).unwrap_or_default();
        let graph = ordered(Graph::of(&program), among_siblings);
        let prepared = Prepared::new(&graph, &setting);
        let network = Network::new(setting, seed);
        let chances = network.verdict(&prepared);
        Self {
            setting,
            width,
            among_siblings,
            rate: values.real("lr"),
            bug_rate,
            world,
            stream: Stream::new(seed, "training"),
            network,
            answers: vec![None; exam.len()],
            exam,
            updates: 0,
            loss: Smoothed::over(10.0),
            curves: Series::every(4),
            program,
            graph,
            prepared,
            chances,
        }
    }

    /// The share of the functions judged that `count` counts, by the right answer and the given one.
    fn share(&self, asked: fn(usize) -> bool, counts: fn(usize, usize) -> bool) -> Option<f64> {
        let (mut all, mut counted) = (0, 0);
        for ((_, right), answer) in self.exam.iter().zip(&self.answers) {
            if let Some(answer) = answer.filter(|_| asked(*right)) {
                all += 1;
                counted += usize::from(counts(*right, answer));
            }
        }
        (all > 0).then(|| f64::from(counted as u32) / f64::from(all))
    }

    fn accuracy(&self) -> Option<f64> {
        self.share(|_| true, |right, answer| right == answer)
    }

    fn chance(&self) -> f64 {
        self.exam.iter().filter(|(_, answer)| *answer == 0).count() as f64 / EXAM as f64
    }

    /// The likeliest answer for the code: 0, or one more than a candidate's place; and its chance.
    fn verdict(&self) -> (usize, f64) {
        let best = likeliest(&self.chances);
        (best, self.chances[best])
    }

    fn said(&self) -> String {
        if self.graph.candidates.is_empty() {
            return "nothing to check".to_owned();
        }
        let (best, chance) = self.verdict();
        let share = format!("{} %", format_number(100.0 * chance, 0));
        match best.checked_sub(1) {
            None => format!("looks fine ({share})"),
            Some(place) => {
                let node = self.graph.candidates[place];
                let line = self.program.token_of(node).map_or(0, |t| t.line);
                format!(
                    "line {line}: “{}” ({share})",
                    shortened(self.program.name_of(node).unwrap_or_default())
                )
            }
        }
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= 14 { name.to_owned() } else { name.chars().take(13).chain(['…']).collect() }
}

fn likeliest(chances: &[f64]) -> usize {
    (0..chances.len()).fold(0, |best, i| if chances[i] > chances[best] { i } else { best })
}

fn ordered(graph: Graph, among_siblings: bool) -> Graph {
    if among_siblings { graph.with_order_among_siblings() } else { graph }
}

impl Simulation for Misuse {
    fn step(&mut self) {
        let batch: Vec<(Prepared, usize)> = (0..BATCH)
            .map(|_| World::draw(&self.world.shown, self.bug_rate, &mut self.stream))
            .map(|e| (Prepared::new(&ordered(e.graph, self.among_siblings), &self.setting), e.answer))
            .collect();
        let halved = HALVED.iter().filter(|at| self.updates >= **at).count() as u32;
        let loss = self.network.update(&batch, self.rate * powi(0.5, halved));
        self.loss.take(loss);
        let from = self.updates as usize * JUDGED % EXAM;
        for i in from..from + JUDGED {
            self.answers[i] = Some(likeliest(&self.network.verdict(&self.exam[i].0)));
        }
        self.updates += 1;
        self.chances = self.network.verdict(&self.prepared);
        self.curves.push(self.updates, [self.accuracy().unwrap_or(f64::NAN), self.loss.now]);
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("acc", self.accuracy()),
            reading("chance", self.chance()),
            reading("verdict", Reading::Text(self.said())),
            reading("hit", self.share(|right| right > 0, |right, answer| right == answer)),
            reading("alarms", self.share(|right| right == 0, |_, answer| answer > 0)),
            reading("loss", self.loss.now),
            reading("params", self.setting.parameters()),
            reading("n_nodes", self.graph.len()),
            reading("n_edges", self.graph.count(self.setting.edges)),
            reading(
                "edits",
                small_python::tokens(HERO).map_or(0, |hero| small_python::edits(&hero, &self.program.tokens)),
            ),
            reading("updates", self.updates as usize),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.width.note().into_iter().collect();
        if self.graph.candidates.is_empty() {
            notes.push("No name is read in the code, so there is nothing to check.".to_owned());
        }
        if let Some(first) = self.program.notices.first() {
            let more = match self.program.notices.len() {
                1 => String::new(),
                n => format!(" So do {} more.", n - 1),
            };
            notes.push(format!(
                "Line {}: “{}” is outside the part of Python that is read, and becomes a node “other”.{more}",
                first.line, first.what
            ));
        }
        if let [first, ..] = self.program.undefined()[..] {
            notes.push(format!(
                "“{}” is read before it has a value, so no last write leads there.",
                shortened(first)
            ));
        }
        let [_, _, write, uses] = self.setting.edges;
        if !self.setting.edges.contains(&true) {
            notes.push(
                "All edges are off: no node hears of another, and the accuracy stays at chance.".to_owned(),
            );
        } else if !write && !uses {
            notes.push("Without last write and last use nothing tells one variable from another.".to_owned());
        }
        if self.program.tokens.iter().map(|t| t.line).max() > Some(figure::ROWS) {
            notes.push(format!("The picture has the first {} lines; all are judged.", figure::ROWS));
        }
        notes
    }

    fn finished(&self) -> bool {
        self.updates >= LAST
    }
}
