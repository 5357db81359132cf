//! `conv-cost`: a convolution in one piece and in two, and networks made of them.

use crate::lab::figure::{Anchor, At, Axis, Dot, Figure, Fill, Glyph, Panel, Stroke, Tile, Tone};
use crate::lab::schema::readout::{format_number, terms};
use crate::lab::{
    Answer, Bounded, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values, of, reading,
};
use crate::models::convolution_cost::{
    Bill, Convolution, EFFICIENT_NETS, compound, mobile_net, two_over_one,
};
use crate::numerics::elementary::pow;

// Channels of MobileNet times α, and sides of its maps: each at least 1.
terms! {
    c32 = "(max(1, round(32 * alpha)))'channels 1'";
    c64 = "(max(1, round(64 * alpha)))'channels 2'";
    c128 = "(max(1, round(128 * alpha)))'channels 3'";
    c256 = "(max(1, round(256 * alpha)))'channels 4'";
    c512 = "(max(1, round(512 * alpha)))'channels 5'";
    c1024 = "(max(1, round(1024 * alpha)))'channels 6'";
    side = "(ceil(max(1, round(224 * rho)) / 2))'side 1'";
    half = "(ceil(", side!(), " / 2))'side 2'";
    quarter = "(ceil(", half!(), " / 2))'side 3'";
    eighth = "(ceil(", quarter!(), " / 2))'side 4'";
    sixteenth = "(ceil(", eighth!(), " / 2))'side 5'";
}

const MACS: &str = concat!(
    "(27 * ",
    c32!(),
    " * ",
    side!(),
    " ^ 2 + (9 + ",
    c64!(),
    ") * ",
    c32!(),
    " * ",
    side!(),
    " ^ 2 + (9 + ",
    c128!(),
    ") * (",
    c64!(),
    " + ",
    c128!(),
    ") * ",
    half!(),
    " ^ 2 + (9 + ",
    c256!(),
    ") * (",
    c128!(),
    " + ",
    c256!(),
    ") * ",
    quarter!(),
    " ^ 2 + (9 + ",
    c512!(),
    ") * (",
    c256!(),
    " + 5 * ",
    c512!(),
    ") * ",
    eighth!(),
    " ^ 2 + (9 + ",
    c1024!(),
    ") * (",
    c512!(),
    " + ",
    c1024!(),
    ") * ",
    sixteenth!(),
    " ^ 2 + 1000 * ",
    c1024!(),
    ") / 1e6"
);
const PARAMETERS: &str = concat!(
    "(27 * ",
    c32!(),
    " + (9 + ",
    c64!(),
    ") * ",
    c32!(),
    " + (9 + ",
    c128!(),
    ") * (",
    c64!(),
    " + ",
    c128!(),
    ") + (9 + ",
    c256!(),
    ") * (",
    c128!(),
    " + ",
    c256!(),
    ") + (9 + ",
    c512!(),
    ") * (",
    c256!(),
    " + 5 * ",
    c512!(),
    ") + (9 + ",
    c1024!(),
    ") * (",
    c512!(),
    " + ",
    c1024!(),
    ") + 1000 * ",
    c1024!(),
    " + 1000) / 1e6"
);
const WHOLE_MACS: &str = concat!(
    "(27 * ",
    c32!(),
    " * ",
    side!(),
    " ^ 2 + 9 * (",
    c64!(),
    " * ",
    c32!(),
    " * ",
    side!(),
    " ^ 2 + ",
    c128!(),
    " * (",
    c64!(),
    " + ",
    c128!(),
    ") * ",
    half!(),
    " ^ 2 + ",
    c256!(),
    " * (",
    c128!(),
    " + ",
    c256!(),
    ") * ",
    quarter!(),
    " ^ 2 + ",
    c512!(),
    " * (",
    c256!(),
    " + 5 * ",
    c512!(),
    ") * ",
    eighth!(),
    " ^ 2 + ",
    c1024!(),
    " * (",
    c512!(),
    " + ",
    c1024!(),
    ") * ",
    sixteenth!(),
    " ^ 2) + 1000 * ",
    c1024!(),
    ") / 1e6"
);
const WHOLE_PARAMETERS: &str = concat!(
    "(27 * ",
    c32!(),
    " + 9 * (",
    c64!(),
    " * ",
    c32!(),
    " + ",
    c128!(),
    " * (",
    c64!(),
    " + ",
    c128!(),
    ") + ",
    c256!(),
    " * (",
    c128!(),
    " + ",
    c256!(),
    ") + ",
    c512!(),
    " * (",
    c256!(),
    " + 5 * ",
    c512!(),
    ") + ",
    c1024!(),
    " * (",
    c512!(),
    " + ",
    c1024!(),
    ")) + 1000 * ",
    c1024!(),
    " + 1000) / 1e6"
);

pub static SPEC: Spec = Spec::new(
    "conv-cost",
    "One convolution or two",
    "A convolution mixes places and channels at once. Two cheaper ones do it one after the other. Areas show what \
     either multiplies; below are one layer against its width, and a family of networks that grows.",
    Pace::still(),
    |values| Box::new(Cost::new(values)),
)
.controls(&[
    Control::integer("k", "Window K", 1, 7, 3).step(2).live().help("Side of the window of pixels."),
    Control::logarithmic_whole("n", "Channels out N", [1.0, 1024.0], 512.0).live().help("Of this layer."),
    Control::logarithmic_whole("m", "Channels in M", [1.0, 1024.0], 512.0).live().help("Of this layer."),
    Control::logarithmic_whole("f", "Side of the map F", [1.0, 224.0], 14.0).live().help("Of this layer, in pixels.").secondary(),
    Control::real("alpha", "Width α", [0.25, 1.0], 0.05, 1.0)
        .live()
        .help("Channels of the layer and of the whole network are multiplied by it."),
    Control::real("rho", "Resolution ρ", [0.5, 1.0], 0.05, 1.0)
        .live()
        .help("Sides of the layer's map and of the network's pictures are multiplied by it."),
    Control::integer("phi", "Growth φ", 0, 7, 0).live().help("Steps of compound scaling: depth, width and resolution at once."),
])
.readouts(&[
    Readout::new("full_macs", "In one piece", 2).unit("M").spoken("million multiply-adds")
        .formula("k ^ 2 * max(1, round(m * alpha)) * max(1, round(n * alpha)) * max(1, round(f * rho)) ^ 2 / 1e6")
        .help("Multiply-adds of the layer."),
    Readout::new("apart_macs", "In two", 2).unit("M").spoken("million multiply-adds")
        .formula("(k ^ 2 + max(1, round(n * alpha))) * max(1, round(m * alpha)) * max(1, round(f * rho)) ^ 2 / 1e6")
        .help("Multiply-adds of window and pairs."),
    Readout::new("ratio", "Two cost of one", 4)
        .formula("1 / max(1, round(n * alpha)) + 1 / k ^ 2")
        .help("Multiply-adds in two pieces over those in one."),
    Readout::new("net_macs", "MobileNet", 2).unit("M").spoken("million multiply-adds").help("Multiply-adds of the network at α and ρ.")
        .formula(MACS),
    Readout::new("net_parameters", "Its parameters", 3).unit("M").spoken("million").help("Weights and the last layer's biases.")
        .formula(PARAMETERS),
    Readout::new("whole_macs", "With whole convolutions", 1).unit("M").spoken("million multiply-adds").help("The same network in one piece each.")
        .formula(WHOLE_MACS),
    Readout::new("whole_parameters", "Their parameters", 2).unit("M").spoken("million").help("Of the same network with whole convolutions.")
        .formula(WHOLE_PARAMETERS),
    Readout::new("flops", "EfficientNet at φ", 2).unit("G").spoken("billion")
        .formula("0.39'billion of B0' * (1.2'deeper' * 1.1'wider' ^ 2 * 1.15'larger' ^ 2) ^ phi")
        .help("0.39 billion times 1.92 to the power φ."),
])
.presets(&[
    Preset::new("middle", "Layer in the middle").look("512 channels in and out on 14 × 14: compare the two areas."),
    Preset::new("one", "1 × 1")
        .look("A window of one pixel mixes no places: two pieces are one too many.")
        .with(&[("k", "1")]),
    Preset::new("seven", "7 × 7").look("A large window. Which area has grown?").with(&[("k", "7")]),
    Preset::new("half", "Half width")
        .look("Half the channels: how many times less does each area become?")
        .with(&[("alpha", "0.5")]),
    Preset::new("ladder", "B0 to B7")
        .look("Seven steps, each nearly a doubling: squares are published networks, the line is the rule.")
        .with(&[("phi", "7")]),
])
.prediction(
    Prediction::new(
        "With a window of 7 × 7 in place of 3 × 3 the convolution in one piece costs 49/9 times as much, more than \
         five times. In two pieces it takes [52.28 M](run:#apart_macs) multiply-adds now. And then?",
        of("apart_macs"),
        &[
            Answer::below("Hardly more", 65.0),
            Answer::below("About twice as many", 150.0),
            Answer::beyond("About five times as many"),
        ],
        "[56.30 M](run:?k=7#apart_macs). The window is paid once for each channel, the pairs of channels are paid as \
         before, and there are 512 of them to each channel.",
    )
    .with(&[("k", "7")]),
);

struct Cost {
    layer: Convolution,
    side: Bounded<usize>,
    apart: Bill,
    whole: Bill,
    phi: f64,
}

impl Cost {
    fn new(values: &Values) -> Self {
        let (alpha, rho) = (values.real("alpha"), values.real("rho"));
        let channels = |id: &str| ((values.real(id) * alpha).round() as usize).max(1);
        let asked = (values.real("f") * rho).round() as usize;
        let side = Bounded::instead(asked, asked.max(1), |used| {
            format!("A map has a side of at least {used} pixel.")
        });
        Self {
            layer: Convolution {
                kernel: values.integer("k"),
                inputs: channels("m"),
                outputs: channels("n"),
                side: side.value,
            },
            side,
            apart: mobile_net(alpha, rho, true),
            whole: mobile_net(alpha, rho, false),
            phi: values.real("phi"),
        }
    }

    fn areas(&self) -> Panel {
        let Convolution { kernel, inputs, outputs, .. } = self.layer;
        let (full, apart) = (self.layer.macs(), self.layer.separable_macs());
        let [window, pairs] = self.layer.piece_macs();
        // The largest square has a side of 10.
        let most = full.max(pairs).max(window);
        let edge = |macs: f64| 10.0 * (macs / most).sqrt();
        let boxes = [
            (0.0, full, Tone::Muted),
            (11.0, window, Tone::Series(1)),
            (11.0 + edge(window) + 0.6, pairs, Tone::Accent),
        ];
        let boxes = boxes.map(|(left, macs, tone)| {
            Tile::new([left, 10.0 - edge(macs), left + edge(macs), 10.0], tone, Fill::Tint)
        });
        let y = Axis::hidden([14.7, -0.4]);
        Panel::new("areas", "What is multiplied, as areas", Axis::hidden([-0.3, 22.5]), y)
            .height(230.0)
            .weight(1.2)
            .square()
            .boxes("pieces", boxes)
            .words("one", [0.0, 11.4], format!("one: {} M", short(full / 1e6)), Anchor::Start, Tone::Ink)
            .words("two", [11.0, 11.4], format!("two: {} M", short(apart / 1e6)), Anchor::Start, Tone::Ink)
            .words(
                "sum",
                [11.0, 12.9],
                format!("{} + {}", short(window / 1e6), short(pairs / 1e6)),
                Anchor::Start,
                Tone::Muted,
            )
            .words(
                "shape",
                [0.0, 14.4],
                format!("{kernel} × {kernel}, {inputs} to {outputs} channels"),
                Anchor::Start,
                Tone::Muted,
            )
    }

    fn widths(&self) -> Panel {
        let ratio = |n: f64| two_over_one(self.layer.kernel, n);
        let curve = (0..=80).map(|i| {
            let n = pow(1024.0, f64::from(i) / 80.0);
            [n, ratio(n)]
        });
        let x = Axis::logarithmic("channels out", [1.0, 1024.0]);
        let y = Axis::logarithmic("two over one", [0.01, 3.0])
            .ticks([(0.01, "0.01"), (0.1, "0.1"), (1.0, "1")])
            .grid();
        let here = self.layer.outputs as f64;
        Panel::new("widths", "What two pieces cost of one", x, y)
            .height(230.0)
            .line("ratio", "", curve.collect::<Vec<_>>(), Tone::Accent, Stroke::Thick)
            .rule("even", "", At::Y(1.0), Tone::Muted, Stroke::Dashed)
            .dots("here", "", [Dot::new([here, ratio(here)], Tone::Accent, Glyph::Circle)], 5.0)
    }

    fn ladder(&self) -> Panel {
        let x = Axis::linear("growth φ", [-0.3, 7.3]).ticks((0..=7).map(|i| (f64::from(i), format!("{i}"))));
        let y = Axis::logarithmic("multiply-adds", [0.2, 60.0])
            .unit("G")
            .ticks([(0.3, "0.3"), (1.0, "1"), (3.0, "3"), (10.0, "10"), (30.0, "30")])
            .grid();
        let rule = (0..=7).map(|i| [f64::from(i), compound(EFFICIENT_NETS[0], f64::from(i))]);
        let nets = EFFICIENT_NETS.iter().enumerate();
        let dots = nets.map(|(i, flops)| Dot::new([i as f64, *flops], Tone::Muted, Glyph::Square));
        let here = [self.phi, compound(EFFICIENT_NETS[0], self.phi)];
        Panel::new("ladder", "A family that grows (squares: published)", x, y)
            .height(210.0)
            .line("rule", "", rule.collect::<Vec<_>>(), Tone::Accent, Stroke::Solid)
            .dots("published", "", dots.collect::<Vec<_>>(), 4.0)
            .dots("now", "", [Dot::new(here, Tone::Accent, Glyph::Circle)], 5.5)
    }
}

/// A number of millions or billions, short.
fn short(x: f64) -> String {
    format_number(
        x,
        if x >= 100.0 {
            0
        } else if x >= 0.1 {
            1
        } else {
            4
        },
    )
}

impl Simulation for Cost {
    fn set(&mut self, values: &Values) {
        *self = Self::new(values);
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("full_macs", self.layer.macs() / 1e6),
            reading("apart_macs", self.layer.separable_macs() / 1e6),
            reading("ratio", self.layer.ratio()),
            reading("net_macs", self.apart.macs / 1e6),
            reading("net_parameters", self.apart.parameters / 1e6),
            reading("whole_macs", self.whole.macs / 1e6),
            reading("whole_parameters", self.whole.parameters / 1e6),
            reading("flops", compound(EFFICIENT_NETS[0], self.phi)),
        ]
    }

    fn figure(&self) -> Figure {
        let alternative = format!(
            "In one piece the layer takes {} million multiply-adds, in two {}, {} of it. A whole MobileNet takes {} \
             million; EfficientNet after {} steps of growth {} billion.",
            short(self.layer.macs() / 1e6),
            short(self.layer.separable_macs() / 1e6),
            format_number(self.layer.ratio(), 3),
            short(self.apart.macs / 1e6),
            format_number(self.phi, 0),
            short(compound(EFFICIENT_NETS[0], self.phi)),
        );
        Figure::new(vec![vec![self.areas(), self.widths()], vec![self.ladder()]], alternative)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        match mark {
            "pieces" => {
                let name = *[
                    "the convolution in one piece",
                    "a window for each channel",
                    "a weight for each pair of channels",
                ]
                .get(index)?;
                let [window, pairs] = self.layer.piece_macs();
                let macs = *[self.layer.macs(), window, pairs].get(index)?;
                Some(format!("{name}: {} million multiply-adds", short(macs / 1e6)))
            }
            "published" => {
                Some(format!("EfficientNet-B{index}: {} billion", short(*EFFICIENT_NETS.get(index)?)))
            }
            _ => None,
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.side.note().into_iter().collect();
        if self.layer.ratio() >= 1.0 {
            notes.push(
                "Here two pieces cost more than one: there is no window, or one channel only.".to_owned(),
            );
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    fn number(pairs: &[(&str, &str)], id: &str) -> f64 {
        Runner::after(&SPEC, pairs, 0).number(id).unwrap()
    }

    /// Known result: three by three, 512 channels, exactly.
    #[test]
    fn two_pieces_cost_a_ninth_and_a_little() {
        assert!((number(&[], "ratio") - 0.113_064_236).abs() < 1e-8);
        assert!((number(&[], "apart_macs") / number(&[], "full_macs") - number(&[], "ratio")).abs() < 1e-12);
        assert!(number(&[("k", "1")], "ratio") > 1.0);
    }

    /// Known result: MobileNet as published, to half a percent.
    #[test]
    fn mobile_net_is_the_published_one() {
        for (id, published) in
            [("net_macs", 569.0), ("net_parameters", 4.2), ("whole_macs", 4866.0), ("whole_parameters", 29.3)]
        {
            assert!((number(&[], id) / published - 1.0).abs() < 0.005, "{id}");
        }
    }

    #[test]
    fn a_map_keeps_a_pixel() {
        let run = Runner::after(&SPEC, &[("f", "1"), ("rho", "0.5"), ("n", "1"), ("m", "1")], 0);
        assert!(run.number("full_macs").unwrap() > 0.0);
    }

    #[test]
    fn a_larger_window_hardly_costs() {
        assert!((number(&[("k", "7")], "apart_macs") - 56.297).abs() < 0.01);
    }
}
