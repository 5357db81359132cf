//! The picture of `align`: who is near whom, how often the right one is nearest, one thing in three senses,
//! and the loss.

use super::super::{FIRST, SECOND, UNTAUGHT};
use super::Align;
use crate::lab::Figure;
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{Anchor, Axis, Bar, EMPTY, Fill, Panel, Ramp, Stroke, Tile, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::three_senses::{CONCEPTS, Hub, SIDE, SOUND, Sense};

const HEIGHT: f64 = 290.0;
const LOWER: f64 = 205.0;

/// Steps that the axes begin with.
const LEAST: f64 = 200.0;

/// What is shown in three senses: a red cross.
const SHOWN: usize = 8;

const SHAPES: [&str; 4] = ["square", "diamond", "cross", "triangle"];
const COLOURS: [&str; 4] = ["red", "green", "blue", "yellow"];

/// The tints of the four colours.
const TINTS: [u8; 4] = [1, 2, 0, 4];

/// What a concept is called: "red cross".
pub(super) fn name(concept: usize) -> String {
    format!("{} {}", COLOURS[concept % 4], SHAPES[concept / 4 % 4])
}

pub(super) fn draw(align: &Align) -> Figure {
    Figure::new(vec![vec![map(align), found(align)], vec![senses(align), loss(align)]], alternative(align))
}

fn map(align: &Align) -> Panel {
    // Four colours of each shape,.
    let shapes = || SHAPES.iter().enumerate().map(|(i, name)| (4.0 * i as f64 + 1.5, *name));
    let mut panel = charts::matrix(
        "cosines",
        "Cosines: every picture with every caption",
        ["picture", "caption"],
        CONCEPTS,
        align.test.cosines.as_slice(),
        1.0,
    )
    .height(HEIGHT)
    .weight(0.9);
    (panel.x, panel.y) = (panel.x.ticks(shapes()), panel.y.ticks(shapes()));
    panel
}

fn found(align: &Align) -> Panel {
    let title = format!("The right one is nearest, step {}", format_number(align.steps as f64, 0));
    let y = Axis::linear("right", [0.0, 100.0]).unit("%").grid();
    let curves = vec![
        Curve::new("image-text", "image → text", align.found.curve(0), FIRST),
        Curve::new("image-audio", "image → audio", align.found.curve(1), SECOND).stroke(Stroke::Dashed),
        Curve::new("audio-text", "audio → text", align.found.curve(2), UNTAUGHT).stroke(Stroke::Thick),
    ];
    let x = charts::steps("training step", align.steps, LEAST);
    let panel = Panel::new("found", title, x, y).height(HEIGHT).weight(1.1);
    let chance = 100.0 / CONCEPTS as f64;
    charts::with_level(charts::with_curves(panel, curves), "chance", "chance", chance, Tone::Muted)
}

/// A caption, a picture and a sound of one thing, with a line between those that are shown together.
fn senses(align: &Align) -> Panel {
    let picture = align.senses.held_out(Sense::Image, SHOWN);
    // Each pixel as the nearest of the paper and the colours: how far each channel stands above the paper.
    let cells = picture.chunks(3).map(|pixel| {
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(|x| x + 0.2 > 0.5);
        match [r, g, b] {
            [true, false, _] => TINTS[0],
            [false, true, _] => TINTS[1],
            [false, false, true] => TINTS[2],
            [true, true, _] => TINTS[3],
            _ => EMPTY,
        }
    });
    let cells: Vec<u8> = cells.collect();
    let bars = align.senses.held_out(Sense::Audio, SHOWN).iter().take(SOUND).enumerate();
    let bars = bars.map(|(bin, level)| {
        let top = 9.5 - 5.0 * level.clamp(-0.2, 1.5);
        Bar::new(23.5 + 0.52 * bin as f64, 0.42, top, SECOND).starting_at(9.5)
    });
    let ([named, heard], third) = match align.setting.hub {
        Hub::Image => ([Stroke::Solid; 2], Stroke::Dashed),
        Hub::All => ([Stroke::Solid; 2], Stroke::Solid),
        Hub::Text => ([Stroke::Solid, Stroke::Dashed], Stroke::Dashed),
    };
    let (below, tone) = match align.setting.hub {
        Hub::All => ("shown together, too", FIRST),
        _ => ("never shown together", UNTAUGHT),
    };
    let frame = [10.8, 0.5, 21.2, 10.9];
    Panel::new("senses", "One thing in three senses", Axis::hidden([0.0, 32.0]), Axis::hidden([17.0, 0.0]))
        .height(LOWER)
        .weight(0.9)
        .square()
        .cells("picture", frame, [SIDE, SIDE], cells, Ramp::Series)
        .boxes("frame", [Tile::new(frame, Tone::Muted, Fill::Outline)])
        .boxes("caption", [Tile::new([0.2, 4.4, 9.0, 7.0], FIRST, Fill::Outline).text(name(SHOWN))])
        .bars("sound", bars)
        .line("named", "", [[9.0, 5.7], [10.8, 5.7]], FIRST, named)
        .line("heard", "", [[21.2, 5.7], [23.0, 5.7]], SECOND, heard)
        .line("unshown", "", [[4.6, 7.0], [4.6, 13.5], [27.4, 13.5], [27.4, 11.0]], tone, third)
        .words("verdict", [16.0, 15.6], below, Anchor::Middle, tone)
}

fn loss(align: &Align) -> Panel {
    let blind = align.blind();
    let y = Axis::linear("loss", [0.0, 1.5 * blind]).unit("nats").grid();
    let curve = Curve::new("loss", "", align.loss.curve(0), Tone::Ink);
    let x = charts::steps("training step", align.steps, LEAST);
    let panel = Panel::new("loss", "What the pairs shown still cost", x, y).height(LOWER).weight(1.1);
    let panel = charts::with_curves(panel, vec![curve]);
    charts::with_level(panel, "blind", "guessing", blind, Tone::Muted)
}

fn alternative(align: &Align) -> String {
    let [image_text, image_audio, audio_text] = align.found_now().map(|x| format_number(x, 0));
    format!(
        "After {} steps {image_text} % of new pictures are nearest to their own caption of 16 and \
         {image_audio} % to their own sound; {audio_text} % of sounds are nearest to their own caption.",
        align.steps
    )
}
