//! `energy`: the bill of one layer, spiking against dense, in picojoules.

use crate::lab::figure::{Anchor, At, Axis, Bar, Figure, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Answer, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values,
    of, reading,
};
use crate::models::spike_energy::{Costs, mean_update};
use crate::numerics::elementary::{exp, ln, log10, pow};

static MAC: Choice<f64, 2> =
    Choice::new("e_mac", "A MAC", [("4.6", "4.6 pJ (32-bit float)", 4.6), ("0.23", "0.23 pJ (8-bit)", 0.23)]);

static SYNOP: Choice<f64, 4> = Choice::new(
    "e_sop",
    "A SynOp",
    [
        ("0.9", "0.9 pJ (float addition)", 0.9),
        ("0.03", "0.03 pJ (8-bit addition)", 0.03),
        ("23.6", "23.6 pJ (Loihi)", 23.6),
        ("26", "26 pJ (TrueNorth)", 26.0),
    ],
);

pub static SPEC: Spec = Spec::new(
    "energy",
    "The bill in picojoules",
    "One layer, once dense and once spiking. Set how many spikes a synapse carries and what each operation \
     costs, and see where the spiking layer is cheaper.",
    Pace::still(),
    |values| Box::new(Energy::new(values)),
)
.controls(&[
    Control::logarithmic("spikes", "Spikes per synapse", [0.001, 20.0], 1.0)
        .live()
        .help("Spikes that one synapse carries in one inference, averaged over all synapses."),
    MAC.control().live().help("What the dense layer pays for one multiply-accumulate at 45 nm."),
    SYNOP.control().live().help(
        "What the spiking layer pays to deliver one spike to one synapse. The chips' figures include \
         memory; Loihi's does not include routing.",
    ),
    Control::real("e_mem", "Fetching a weight", [0.0, 20.0], 0.5, 0.0)
        .unit("pJ")
        .live()
        .help("Charged to either layer for every weight it reads."),
    Control::real("e_upd", "A state update", [0.0, 100.0], 0.1, 0.0)
        .unit("pJ")
        .live()
        .help("Charged for every spiking neuron at every step, whether it fires or not."),
    Control::real("active", "Active among updates", [0.0, 1.0], 0.01, 0.0)
        .above_least("e_upd")
        .live()
        .secondary()
        .help("Share of the updates that are of active neurons: each costs 81/52 of the others, as on Loihi."),
    Control::real("e_route", "Routing a spike", [0.0, 20.0], 0.1, 0.0)
        .unit("pJ")
        .live()
        .secondary()
        .help("Charged for every spike that leaves a neuron. Loihi: 1.7 pJ within a tile, 3 to 4 pJ for each hop."),
    Control::logarithmic_whole("fanout", "Neurons in and out", [1.0, 1000.0], 100.0)
        .live()
        .help("The layer has this many inputs and as many neurons."),
    Control::integer("steps", "Steps", 1, 100, 25)
        .above_least("e_upd")
        .live()
        .secondary()
        .help("Time steps of one inference: they matter only through state updates."),
])
.readouts(&[
    Readout::new("ratio", "Energy saved", 2).formula("(e_mac + e_mem) * fanout ^ 2 / (spikes * ((e_sop + e_mem) * fanout ^ 2 + e_route * fanout) + steps * fanout * e_upd * (1 + active * (81 / 52 - 1)))").unit("×").spoken("times less energy than the dense layer").help(
        "Energy of the dense layer over that of the spiking one. Below 1 the spiking layer takes more.",
    ),
    Readout::new("break_even", "Break-even", 3).formula("((e_mac + e_mem) * fanout ^ 2 - steps * fanout * e_upd * (1 + active * (81 / 52 - 1))) / ((e_sop + e_mem) * fanout ^ 2 + e_route * fanout)")
        .unit("spikes")
        .spoken("spikes per synapse")
        .help("Above this the spiking layer takes more energy than the dense one."),
    Readout::new("for_1000x", "For 1000×", 5).formula("((e_mac + e_mem) * fanout ^ 2 / 1000 - steps * fanout * e_upd * (1 + active * (81 / 52 - 1))) / ((e_sop + e_mem) * fanout ^ 2 + e_route * fanout)")
        .unit("spikes")
        .spoken("spikes per synapse")
        .help("Spikes per synapse at which the spiking layer takes a thousandth of the dense one's energy."),
])
.presets(&[
    Preset::new("paper-maths", "Paper mathematics").look(
        "Additions against 32-bit multiply-accumulates, nothing else counted: \
         [5.11](run:#break_even) spikes a synapse break even.",
    ),
    Preset::new("int8-rival", "8-bit rival")
        .look(
            "The same spikes against a quantised network: now [0.26](run:?e_mac=0.23#break_even) spikes break \
             even.",
        )
        .with(&[("e_mac", "0.23")]),
    Preset::new("int8-both", "8 bits for both")
        .look(
            "Integers on either side: an 8-bit addition is cheaper still, and break-even rises to \
             [7.67](run:?e_mac=0.23&e_sop=0.03#break_even) spikes.",
        )
        .with(&[("e_mac", "0.23"), ("e_sop", "0.03")]),
    Preset::new("loihi", "Loihi's bill")
        .look(
            "As Loihi's designers gave them: 23.6 pJ for a SynOp, memory in; 52 for an update, 81 for one in 25 of \
             them; 1.7 for a spike within a tile. The dense side still counts arithmetic alone: see “not in”.",
        )
        .with(&[("e_sop", "23.6"), ("e_upd", "52"), ("active", "0.04"), ("e_route", "1.7")]),
    Preset::new("claim-1000x", "1000 times")
        .look(
            "Five spikes for every thousand synapses, and free neurons. Add a cost for state updates, and see how \
             much more silence and how many more inputs it takes.",
        )
        .with(&[("spikes", "0.005")]),
])
.challenges(&[Challenge::new(
    "thousand",
    "A thousand times",
    "Reach a factor of 1000 with float arithmetic, 4.6 pJ a MAC and 0.9 pJ a SynOp, and at least 0.1 pJ for every \
     update of a neuron.",
    &[of("ratio").at_least(1000.0), of("e_upd").at_least(0.1), of("e_mac").is("4.6"), of("e_sop").is("0.9")],
)
.solution(&[("spikes", "0.002"), ("e_upd", "0.1"), ("fanout", "1000")], 0)])
.prediction(
    Prediction::new(
        "One spike in two hundred inferences saves a factor of 1000. Now charge 4.6 pJ for each neuron's update, \
         100 by 100 neurons and 25 steps. The factor …",
        of("ratio"),
        &[
            Answer::at_most("falls below 10", 10.0),
            Answer::at_most("falls below 100", 100.0),
            Answer::beyond("stays above 100"),
        ],
        "2,500 updates at 4.6 pJ cost 11,500 pJ, a quarter of the dense layer: \
         [3.98](run:?spikes=0.005&e_upd=4.6#ratio) is left.",
    )
    .with(&[("spikes", "0.005"), ("e_upd", "4.6")]),
);

/// Ends of the spikes control, and of the axis.
const SPIKES: [f64; 2] = [0.001, 20.0];

struct Energy {
    costs: Costs,
    spikes: f64,
    synapses: f64,
    /// Neurons in, each of which sends its spikes once.
    senders: f64,
    neuron_steps: f64,
    /// What routing one spike costs, in pJ.
    route: f64,
    /// What one SynOp costs is a chip's figure.
    chip: bool,
}

impl Energy {
    fn new(values: &Values) -> Self {
        let fanout = values.real("fanout");
        let synop = SYNOP.of(values);
        Self {
            costs: Costs {
                mac: MAC.of(values),
                synop,
                memory: values.real("e_mem"),
                update: mean_update(values.real("e_upd"), values.real("active")),
            },
            route: values.real("e_route"),
            spikes: values.real("spikes"),
            synapses: fanout * fanout,
            senders: fanout,
            neuron_steps: fanout * values.real("steps"),
            chip: synop > 1.0,
        }
    }

    fn dense(&self) -> f64 {
        self.costs.dense(self.synapses)
    }

    fn spiking(&self, spikes: f64) -> f64 {
        self.costs.spiking(spikes * self.synapses, self.neuron_steps) + self.routing(spikes)
    }

    /// A neuron's spikes are as many as each of its synapses carries.
    fn routing(&self, spikes: f64) -> f64 {
        self.route * spikes * self.senders
    }

    fn ratio(&self) -> f64 {
        self.dense() / self.spiking(self.spikes)
    }

    fn spikes_for(&self, times: f64) -> Option<f64> {
        // Routing is paid for each spike as a SynOp is, but shared by the synapses that a spike reaches.
        let costs =
            Costs { synop: self.costs.synop + self.route * self.senders / self.synapses, ..self.costs };
        costs.spikes_for(times, self.synapses, self.neuron_steps)
    }

    /// Whole decades around every energy that the picture shows.
    fn decades(&self) -> [f64; 2] {
        let thousandth = self.dense() / 1000.0;
        let low = thousandth.min(self.spiking(SPIKES[0]));
        let high = self.dense().max(self.spiking(SPIKES[1]));
        [pow(10.0, (log10(low) - 0.2).floor()), pow(10.0, (log10(high) + 0.2).ceil())]
    }

    fn bars(&self) -> Panel {
        let [low, high] = self.decades();
        let synops = self.spikes * self.synapses;
        let in_synop = if self.chip { "in the SynOp" } else { "not in" };
        // An amount, or a word where nothing is charged.
        let rows = [
            ("dense: MACs", self.synapses * self.costs.mac, "not in", Tone::Muted),
            ("dense: memory", self.synapses * self.costs.memory, "not in", Tone::Muted),
            ("SynOps", synops * self.costs.synop, "not in", Tone::Accent),
            ("memory", synops * self.costs.memory, in_synop, Tone::Accent),
            ("updates", self.costs.spiking(0.0, self.neuron_steps), "not in", Tone::Accent),
            ("routing", self.routing(self.spikes), "not in", Tone::Accent),
            ("spiking: sum", self.spiking(self.spikes), "not in", Tone::Accent),
        ];
        let bars = rows.iter().enumerate().map(|(i, (_, energy, word, tone))| {
            let text = if *energy > 0.0 {
                format_number(*energy, if *energy < 100.0 { 1 } else { 0 })
            } else {
                (*word).to_owned()
            };
            Bar::new(i as f64, 0.62, energy.max(low), *tone).starting_at(low).text(text)
        });
        Panel::new(
            "bill",
            "One inference of one layer",
            Axis::logarithmic("energy", [low, high]).unit("pJ").grid(),
            Axis::categories("", rows.iter().map(|r| r.0.to_owned())).reversed(),
        )
        .height(290.0)
        .horizontal_bars("bill", bars)
    }

    fn crossing(&self) -> Panel {
        let [low, high] = self.decades();
        let curve = (0..=120).map(|k| {
            let share = f64::from(k) / 120.0;
            let spikes = exp(ln(SPIKES[0]) + share * (ln(SPIKES[1]) - ln(SPIKES[0])));
            [spikes, self.spiking(spikes)]
        });
        let mut panel = Panel::new(
            "crossing",
            "The same against the spikes",
            Axis::logarithmic("spikes per synapse", SPIKES),
            Axis::logarithmic("energy", [low, high]).unit("pJ").grid(),
        )
        .height(290.0)
        .weight(1.2)
        .rule("dense", "", At::Y(self.dense()), Tone::Muted, Stroke::Solid)
        .words(
            "dense_name",
            [1.15 * SPIKES[0], self.dense() * pow(high / low, 0.035)],
            "dense",
            Anchor::Start,
            Tone::Muted,
        )
        .rule(
            "thousandth",
            "a thousandth",
            At::Y(self.dense() / 1000.0),
            Tone::Muted,
            Stroke::Dashed,
        );
        if let Some(even) = self.spikes_for(1.0).filter(|s| (SPIKES[0]..=SPIKES[1]).contains(s)) {
            panel = panel.rule(
                "break_even",
                format!("break-even {}", format_number(even, 2)),
                At::X(even),
                Tone::Good,
                Stroke::Dashed,
            );
        }
        panel.line("spiking", "", curve, Tone::Accent, Stroke::Thick).handle(
            "here",
            [self.spikes, self.spiking(self.spikes)],
            [Some("spikes"), None],
            Tone::Accent,
        )
    }
}

/// An energy in the unit that keeps its number short.
fn spoken(picojoules: f64) -> String {
    let digits = |x: f64| {
        let decimals = if x >= 100.0 {
            0
        } else if x >= 10.0 {
            1
        } else {
            2
        };
        format_number(x, decimals)
    };
    if picojoules >= 1e6 {
        format!("{} µJ", digits(picojoules / 1e6))
    } else if picojoules > 0.0 && picojoules < 0.01 {
        format!("{} fJ", digits(picojoules * 1e3))
    } else {
        format!("{} pJ", digits(picojoules))
    }
}

impl Simulation for Energy {
    /// A bill has no time of its own.
    fn set(&mut self, values: &Values) {
        *self = Self::new(values);
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("ratio", self.ratio()),
            reading("break_even", self.spikes_for(1.0)),
            reading("for_1000x", self.spikes_for(1000.0)),
        ]
    }

    fn figure(&self) -> Figure {
        let verdict = if self.ratio() >= 1.0 {
            format!("{} times less", format_number(self.ratio(), 1))
        } else {
            format!("{} times more", format_number(1.0 / self.ratio(), 1))
        };
        let even = self.spikes_for(1.0).map_or_else(
            || "State updates alone cost more than the dense layer: no break-even exists.".to_owned(),
            |s| format!("They break even at {} spikes per synapse.", format_number(s, 3)),
        );
        let alternative = format!(
            "At {} spikes per synapse the spiking layer takes {}, {verdict} than the dense layer's {}. \
             {even}",
            self.spikes,
            spoken(self.spiking(self.spikes)),
            spoken(self.dense()),
        );
        Figure::row(vec![self.bars(), self.crossing()], alternative)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.spikes_for(1.0).is_none() {
            notes.push(
                "The state updates alone cost more than the dense layer, so no number of spikes breaks even."
                    .to_owned(),
            );
        } else if self.spikes_for(1000.0).is_none() {
            notes.push(
                "The state updates alone cost more than a thousandth of the dense layer, so no silence is \
                 deep enough for 1000×."
                    .to_owned(),
            );
        }
        if self.chip {
            notes.push(
                "A chip's SynOp includes memory; the MAC beside it is arithmetic alone. Set \
                 “Fetching a weight” for a fairer rival."
                    .to_owned(),
            );
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::lab::figure::Shape;

    #[test]
    fn paper_mathematics_gives_5_111_over_the_spikes() {
        for spikes in ["0.005", "0.5", "1", "5.11", "20"] {
            let s: f64 = spikes.parse().unwrap();
            let ratio = Runner::after(&SPEC, &[("spikes", spikes)], 0).number("ratio").unwrap();
            assert!((ratio * s - 4.6 / 0.9).abs() < 1e-9);
        }
        assert!(
            (Runner::after(&SPEC, &[("e_mac", "0.23")], 0).number("break_even").unwrap() - 0.2556).abs()
                < 1e-4
        );
    }

    #[test]
    fn a_thousand_times_needs_one_spike_in_two_hundred_and_free_neurons() {
        assert!(Runner::after(&SPEC, &[("spikes", "0.005")], 0).number("ratio").unwrap() >= 1000.0);
        let charged = Runner::after(&SPEC, &[("spikes", "0.005"), ("e_upd", "4.6")], 0);
        assert!(charged.number("ratio").unwrap() < 4.0);
        assert_eq!(charged.number("for_1000x"), None);
        assert!(charged.simulation().notes()[0].contains("thousandth"));
    }

    #[test]
    fn routing_is_paid_for_each_spike_and_the_bill_says_what_is_not_in_it() {
        let plain = Runner::after(&SPEC, &[("e_sop", "23.6"), ("e_upd", "52")], 0);
        let whole =
            Runner::after(&SPEC, &[("e_sop", "23.6"), ("e_upd", "52"), ("active", "1"), ("e_route", "4")], 0);
        assert!(whole.number("ratio").unwrap() < plain.number("ratio").unwrap());
        let words = |run: &Runner| -> Vec<String> {
            let figure = run.simulation().figure();
            let Shape::Bars { bars, .. } = &figure.rows[0][0].marks[0].shape else { panic!() };
            bars.iter().map(|b| b.text.clone()).collect()
        };
        let (plain, whole) = (words(&plain), words(&whole));
        assert_eq!((&*plain[3], &*plain[5]), ("in the SynOp", "not in"));
        // A hundred neurons send one spike each; 2,500 updates cost 81 pJ.
        assert_eq!((&*whole[4], &*whole[5]), ("202,500", "400"));
    }

    #[test]
    fn updates_that_cost_more_than_the_rival_have_no_break_even() {
        let runner = Runner::after(&SPEC, &[("e_upd", "100"), ("steps", "100"), ("fanout", "10")], 0);
        assert_eq!(runner.number("break_even"), None);
        assert!(runner.simulation().figure().alternative.contains("no break-even exists"));
    }

    #[test]
    fn the_axis_holds_every_energy_in_every_corner() {
        for fanout in ["1", "100", "1000"] {
            for (mac, sop) in [("4.6", "0.03"), ("0.23", "26")] {
                for memory in ["0", "20"] {
                    for update in ["0", "100"] {
                        let runner = Runner::after(
                            &SPEC,
                            &[
                                ("fanout", fanout),
                                ("e_mac", mac),
                                ("e_sop", sop),
                                ("e_mem", memory),
                                ("e_upd", update),
                            ],
                            0,
                        );
                        let figure = runner.simulation().figure();
                        let Axis { domain: [low, high], .. } = figure.rows[0][0].x;
                        let Shape::Bars { bars, .. } = &figure.rows[0][0].marks[0].shape else { panic!() };
                        assert!(low > 0.0 && bars.iter().all(|b| (low..=high).contains(&b.to)));
                    }
                }
            }
        }
    }

    #[test]
    fn energies_are_said_in_short_units() {
        assert_eq!(spoken(46_000.0), "46,000 pJ");
        assert_eq!(spoken(0.0), "0.00 pJ");
        assert_eq!(spoken(2.5e7), "25.0 µJ");
        assert_eq!(spoken(3e-5), "0.03 fJ");
    }
}
