//! `irregular`: three networks foretell a wave that is looked at at uneven moments.

use crate::lab::figure::charts::{Curve, training};
use crate::lab::figure::series::Series;
use crate::lab::figure::{Axis, Dot, Figure, Glyph, Panel, Stroke, Tone};
use crate::lab::schema::table::{Column, Table};
use crate::lab::{
    Answer, Challenge, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values, of,
    reading,
};
use crate::models::closed_form::ClosedForm;
use crate::models::recurrent::{Plain, Recurrent, Sequence, Trainer, answers, error};
use crate::models::uneven_waves::{BATCH, LENGTH, Recording, SHORTEST, Sampling, WARM_UP, Wave};
use crate::numerics::random::Stream;

/// Waves in the exam, and how many of them one update looks at.
const EXAM: usize = 64;
const SHARE: usize = 8;

/// A sequence of the reader's own.
static SEQUENCE: Table =
    Table::new(&[Column::real("time", [-1e12, 1e12]), Column::real("value", [-1e9, 1e9])], [SHORTEST, 400])
        .rising();

pub static SPEC: Spec = Spec::new(
    "irregular",
    "A wave at uneven moments",
    "Three networks learn to foretell the next value of a wave: a closed-form liquid cell, a plain network \
     that is told when it will come, and the same network left blind.",
    Pace::new(180.0, 60, "update").promised(300),
    |values| Box::new(Irregular::new(values)),
)
.controls(&[
    Control::real("irr", "Irregularity r", [0.0, 1.0], 0.05, 1.0)
        .help("How uneven the moments are: at 0 all gaps are equal, at 1 they are drawn like waits at random."),
    Control::real("gap", "Mean gap", [0.05, 0.6], 0.05, 0.25)
        .unit("s")
        .help("Mean time between two looks at the wave."),
    Control::integer("units", "Liquid units", 4, 16, 8)
        .step(2)
        .help("Units of the liquid cell; the plain networks get as many as make for an equal count of parameters."),
    Control::logarithmic("lr", "Learning rate", [1e-3, 0.1], 0.01)
        .live()
        .secondary()
        .help("Size of an Adam step. Applies to the running networks."),
    Control::toggle("train", "Train", true).live().secondary().help("Off, the networks stay as they are."),
    Control::table("own", "Your own sequence", &SEQUENCE, |text| SEQUENCE.check(text)).secondary().help(
        "Moments and values that you measured take the place of the waves: the first three fifths are learned \
         from, the rest is the exam. Time is counted so that the mean gap is the one above.",
    ),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("mse_cfc", "Error, liquid", 4)
        .help("Mean squared error of the closed-form liquid cell.")
        .basis("Mean over 64 fresh waves, or later windows of your own sequence; eight an update, so it is new every eight updates."),
    Readout::new("mse_dt", "Error, told", 4)
        .help("The same of the plain network that is told the time to the next look.")
        .basis("Mean over 64 fresh waves, or later windows of your own sequence; eight an update, so it is new every eight updates."),
    Readout::new("mse_blind", "Error, blind", 4).help("The same of the plain network that is not.")
        .basis("Mean over 64 fresh waves, or later windows of your own sequence; eight an update, so it is new every eight updates."),
    Readout::new("mse_persist", "Error, no change", 3)
        .help("The same of who says that the next value will be the last.")
        .basis("Mean over 64 fresh waves, or later windows of your own sequence; nothing is learned, so it stays."),
    Readout::new("ratio", "Blind by liquid", 2)
        .unit("×")
        .help("How many times as large the blind network's error is as the liquid cell's.")
        .formula("mse_blind / mse_cfc"),
    Readout::new("updates", "Updates", 0).help("Updates that the networks have learned from.")
        .basis("Counted over this run."),
])
.presets(&[
    Preset::new("even", "Even looks")
        .look("All gaps are equal: the blind network needs no clock.")
        .with(&[("irr", "0")]),
    Preset::new("a-little", "A little uneven")
        .look("The curves part: first the liquid cell's, later that of the network that is told.")
        .with(&[("irr", "0.25")]),
])
.challenges(&[Challenge::new(
    "no-clock",
    "A world without need of a clock",
    "Find uneven looks, r at least 0.1 and at least 0.2 s apart on average, for which after 300 updates the blind network's error is at \
     most 1.5 times that of the liquid cell.",
    &[of("updates").at_least(300.0), of("ratio").at_most(1.5), of("gap").at_least(0.2), of("irr").at_least(0.1)],
)
.solution(&[("irr", "0.1"), ("gap", "0.2")], 320)])
.prediction(
    Prediction::new(
        "The gaps are as uneven as they get, and the blind network has as many parameters as the liquid \
         cell. After 300 updates, how many times as large will its error be?",
        of("ratio"),
        &[
            Answer::below("Less than 1.5: it learns the usual gap", 1.5),
            Answer::below("1.5 to 2.5 times", 2.5),
            Answer::beyond("More than 2.5 times"),
        ],
        "The next value depends on when it comes. Who does not know that can only foretell a mean over all \
         gaps, and no training helps.",
    )
    .settled_at(304),
);

/// A network in training.
struct Pupil<N> {
    network: N,
    trainer: Trainer,
    told: bool,
    /// The network that is examined, the sum of its errors so far, and the last whole mean.
    examined: N,
    errors: f64,
    result: f64,
}

impl<N: Recurrent + Clone> Pupil<N> {
    fn new(network: N, told: bool) -> Self {
        Self {
            trainer: Trainer::new(&network),
            examined: network.clone(),
            network,
            told,
            errors: 0.0,
            result: f64::NAN,
        }
    }

    fn learn(&mut self, waves: &[Wave], rate: f64) {
        let batch: Vec<Sequence> = waves.iter().map(|wave| wave.sequence(self.told)).collect();
        self.trainer.update(&mut self.network, &batch, WARM_UP, rate);
    }

    /// A share of the exam; the first takes the weights, the last says what was found.
    fn examine(&mut self, waves: &[Wave], share: usize) {
        if share == 0 {
            (self.errors, self.examined) = (0.0, self.network.clone());
        }
        let mine = &waves[share * SHARE..(share + 1) * SHARE];
        self.errors +=
            mine.iter().map(|wave| error(&self.examined, &wave.sequence(self.told), WARM_UP)).sum::<f64>();
        if share + 1 == EXAM / SHARE {
            self.result = self.errors / EXAM as f64;
        }
    }

    fn foretell(&self, wave: &Wave) -> Vec<[f64; 2]> {
        let said = answers(&self.network, &wave.sequence(self.told));
        wave.moments[1..].iter().zip(said).map(|(t, y)| [*t, y.clamp(-1.5, 1.5)]).collect()
    }
}

struct Irregular {
    own: Option<Recording>,
    sampling: Sampling,
    rate: f64,
    train: bool,
    liquid: Pupil<ClosedForm>,
    told: Pupil<Plain>,
    blind: Pupil<Plain>,
    waves: Stream,
    exam: Vec<Wave>,
    persistence: f64,
    steps: u64,
    updates: u64,
    curves: Series<3>,
}

/// Units of a plain network with about as many parameters as a liquid cell of so many units.
fn rival_units(units: usize) -> usize {
    let wanted = ClosedForm::parameters(1, units);
    (1..64).min_by_key(|n| Plain::parameters(1, *n).abs_diff(wanted)).unwrap_or(units)
}

impl Irregular {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let sampling = Sampling { gap: values.real("gap"), irregularity: values.real("irr") };
        let units = values.integer("units");
        let rival = rival_units(units);
        let stream = |purpose: &str| Stream::new(seed, purpose);
        let own = SEQUENCE.own(values.text("own")).map(|rows| Recording::new(&rows, sampling.gap));
        let mut fresh = stream("exam");
        let exam: Vec<Wave> = match &own {
            Some(own) => own.exam(EXAM),
            None => (0..EXAM).map(|_| Wave::new(sampling, &mut fresh)).collect(),
        };
        let mut simulation = Self {
            own,
            sampling,
            rate: values.real("lr"),
            train: values.toggle("train"),
            liquid: Pupil::new(ClosedForm::new(1, units, &mut stream("closed form")), false),
            told: Pupil::new(Plain::new(2, rival, &mut stream("told")), true),
            blind: Pupil::new(Plain::new(1, rival, &mut stream("blind")), false),
            waves: stream("waves"),
            persistence: exam.iter().map(Wave::persistence).sum::<f64>() / EXAM as f64,
            exam,
            steps: 0,
            updates: 0,
            curves: Series::every((EXAM / SHARE) as u64),
        };
        (0..EXAM / SHARE).for_each(|share| simulation.examine(share));
        simulation
    }

    fn examine(&mut self, share: usize) {
        self.liquid.examine(&self.exam, share);
        self.told.examine(&self.exam, share);
        self.blind.examine(&self.exam, share);
        if share + 1 == EXAM / SHARE {
            self.curves.push(self.steps, self.errors());
        }
    }

    fn errors(&self) -> [f64; 3] {
        [self.liquid.result, self.told.result, self.blind.result]
    }

    fn skipped(&self) -> u64 {
        self.liquid.trainer.skipped + self.told.trainer.skipped + self.blind.trainer.skipped
    }
}

impl Simulation for Irregular {
    fn step(&mut self) {
        if self.train {
            let batch: Vec<Wave> = (0..BATCH)
                .map(|_| match &self.own {
                    Some(own) => own.lesson(&mut self.waves),
                    None => Wave::new(self.sampling, &mut self.waves),
                })
                .collect();
            self.liquid.learn(&batch, self.rate);
            self.told.learn(&batch, self.rate);
            self.blind.learn(&batch, self.rate);
            self.updates += 1;
        }
        self.steps += 1;
        self.examine((self.steps as usize - 1) % (EXAM / SHARE));
    }

    fn set(&mut self, values: &Values) {
        self.rate = values.real("lr");
        self.train = values.toggle("train");
    }

    fn readings(&self) -> Vec<Named> {
        let [liquid, told, blind] = self.errors();
        vec![
            reading("mse_cfc", liquid),
            reading("mse_dt", told),
            reading("mse_blind", blind),
            reading("mse_persist", self.persistence),
            reading("ratio", blind / liquid),
            reading("updates", self.updates as f64),
        ]
    }

    fn figure(&self) -> Figure {
        let wave = &self.exam[0];
        let end = wave.moments[wave.moments.len() - 1];
        // Of a recording nothing is known between the looks.
        let drawn = 0..=if wave.is_known() { 300 } else { -1 };
        let truth = drawn.map(|k| f64::from(k) / 300.0 * end).map(|t| [t, wave.at(t)]);
        let seen = wave.moments.iter().map(|t| Dot::new([*t, wave.at(*t)], Tone::Ink, Glyph::Circle));
        let dots = |points: Vec<[f64; 2]>, tone, glyph| {
            points.into_iter().map(move |at| Dot::new(at, tone, glyph)).collect::<Vec<_>>()
        };
        let series = Panel::new(
            "wave",
            if self.own.is_some() {
                "Your sequence, and what each network foretold"
            } else {
                "A wave, and what each network foretold"
            },
            Axis::linear("time", [0.0, end]).unit("s"),
            Axis::linear("", [-1.6, 1.6]).grid(),
        )
        .height(250.0)
        .line("truth", "", truth, Tone::Muted, Stroke::Thin)
        .dots("blind", "blind", dots(self.blind.foretell(wave), Tone::Muted, Glyph::Cross), 4.0)
        .dots("told", "told the gap", dots(self.told.foretell(wave), Tone::Series(0), Glyph::Square), 3.5)
        .dots("liquid", "liquid", dots(self.liquid.foretell(wave), Tone::Accent, Glyph::Diamond), 4.0)
        .dots("seen", "looks", seen, 2.5);
        let curve = |id, label, column, tone| Curve::new(id, label, self.curves.curve(column), tone);
        let errors = training(
            "errors",
            if self.own.is_some() {
                "Squared error on 64 later windows"
            } else {
                "Squared error on 64 fresh waves"
            },
            "update",
            200.0,
            Axis::logarithmic("", [1e-4, 1.0]),
            vec![
                curve("curve_blind", "blind", 2, Tone::Muted).stroke(Stroke::Dashed),
                curve("curve_told", "told", 1, Tone::Series(0)),
                curve("curve_liquid", "liquid", 0, Tone::Accent),
            ],
        )
        .height(230.0);
        let [liquid, told, blind] = self.errors();
        let alternative = format!(
            "After {} updates the mean squared errors are {liquid:.4} for the liquid cell, {told:.4} for the \
             network that is told the gap, and {blind:.4} for the blind one; saying that nothing changes has \
             {:.3}.",
            self.updates, self.persistence,
        );
        Figure::new(vec![vec![series], vec![errors]], alternative)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.own.is_some() {
            notes.push(format!(
                "The sequence is yours: windows of {LENGTH} looks, its values scaled to about ±1. Irregularity has \
                 no say."
            ));
        }
        let skipped = self.skipped();
        if skipped > 0 {
            notes.push(format!("{skipped} updates were left out: a gradient was no finite number."));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_of_the_readers_own_is_learned() {
        let mut text = "time,value".to_owned();
        let mut now = 0.0;
        let mut gaps = Stream::new(7, "gaps");
        for _ in 0..300 {
            now += gaps.between(0.05, 0.8);
            let value = 3.0 + numerics::elementary::sin(2.0 * now);
            text.push_str(&format!("\n{now},{value}"));
        }
        let mut values = SPEC.defaults();
        assert_eq!(values.set_text("own", &text), Ok(None));
        let mut own = Irregular::new(&values);
        (0..150).for_each(|_| own.step());
        let [liquid, told, blind] = own.errors();
        assert!(liquid < 0.8 * blind && told < blind, "{liquid} {told} {blind}");
        assert!(
            values.set_text("own", "time,value\n0,1").is_err_and(|r| r.sentence.contains("90 to 400 rows"))
        );
    }

    #[test]
    fn rivals_have_about_as_many_parameters() {
        assert_eq!((rival_units(8), Plain::parameters(1, rival_units(8))), (17, 341));
        for units in (4..=16).step_by(2) {
            let (own, rival) =
                (ClosedForm::parameters(1, units) as f64, Plain::parameters(1, rival_units(units)) as f64);
            assert!((rival / own - 1.0).abs() < 0.12, "{units}: {own} against {rival}");
        }
    }
}
