//! The picture of `attack`: a digit and what is added to it, how it is read, and right against size.

use super::{Base, Live, Weights};
use crate::lab::figure::charts::{self, Curve, signed_level};
use crate::lab::figure::{
    Anchor, At, Axis, Bar, Figure, Fill, Panel, Ramp, Stroke, Tile, Tone, level, round_up,
};
use crate::lab::schema::readout::format_number;
use crate::models::adversarial::{Attack, CLASSES, PIXELS, SIDE};
use crate::numerics::matrix::Matrix;

const UPPER: f64 = 310.0;
const LOWER: f64 = 190.0;

/// Places of the cards in the panel's own units, of which a pixel is one.
const CARD: f64 = SIDE as f64;
const COLUMNS: [f64; 3] = [0.0, 10.0, 20.0];
const ROWS: [f64; 2] = [0.0, 11.0];
/// Where the words above a card stand, and those below one.
const WORDS: f64 = -0.9;
const BELOW: f64 = CARD + 0.75;
/// Above and below all cards.
const ENDS: [f64; 2] = [ROWS[1] + CARD + 1.4, -2.0];

/// The digit as it is, changed by lot, and attacked, in all panels.
const PLAIN: Tone = Tone::Muted;
const LOT: Tone = Tone::Series(0);
const WORST: Tone = Tone::Bad;

/// Sizes along which the lead is drawn.
const LEADS: usize = 16;
const FARTHEST: f64 = 0.3;

pub(super) fn draw(live: &Live) -> Figure {
    let beside = if live.look.is_some() { weights(live) } else { answers(live) };
    Figure::new(
        vec![vec![cards(live), beside], vec![curves(live), lead(live), learning(live)]],
        alternative(live),
    )
}

/// What was added to the picture.
fn change(live: &Live, changed: &Matrix) -> Vec<f64> {
    changed.as_slice().iter().zip(live.view().x.as_slice()).map(|(a, b)| a - b).collect()
}

fn ink(x: &[f64]) -> Vec<u8> {
    x.iter().map(|x| level(*x)).collect()
}

fn signed(x: &[f64], most: f64) -> Vec<u8> {
    x.iter().map(|x| signed_level(*x, most)).collect()
}

fn corners([x, y]: [f64; 2]) -> [f64; 4] {
    [x, y, x + CARD, y + CARD]
}

fn cards(live: &Live) -> Panel {
    let view = live.view();
    let x = Axis::hidden([-0.2, COLUMNS[2] + CARD + 0.2]);
    let y = Axis::hidden(ENDS);
    let title = format!("Each pixel may move by {}", format_number(live.epsilon, 2));
    let mut panel = Panel::new("cards", title, x, y).height(UPPER).weight(1.4).square();
    let at = |column: usize, row: usize| [COLUMNS[column], ROWS[row]];
    let grid = [SIDE, SIDE];
    let read = |x: &Matrix| format!("read as {}", live.read(x).0);
    let most = live.epsilon.max(1e-9);
    let slope = view.slope.as_slice();
    let steepest = slope.iter().fold(1e-12, |most: f64, g| most.max(g.abs()));
    panel = panel
        .cells("picture", corners(at(0, 0)), grid, ink(view.x.as_slice()), Ramp::Sequential)
        .cells("lot", corners(at(1, 0)), grid, signed(&change(live, &view.lot), most), Ramp::Diverging)
        .cells("lot-picture", corners(at(2, 0)), grid, ink(view.lot.as_slice()), Ramp::Sequential)
        .cells("slope", corners(at(0, 1)), grid, signed(slope, steepest), Ramp::Diverging);
    let mut words = vec![
        (
            "word-picture",
            at(0, 0),
            if live.drawn() { "yours".to_owned() } else { format!("a {}", view.class) },
            PLAIN,
        ),
        ("word-lot", at(1, 0), "+ by lot".to_owned(), LOT),
        ("word-lot-picture", at(2, 0), read(&view.lot), LOT),
        ("word-slope", at(0, 1), "slope".to_owned(), Tone::Muted),
    ];
    if live.follows() {
        let change = signed(&change(live, &view.attacked), most);
        panel = panel.cells("change", corners(at(1, 1)), grid, change, Ramp::Diverging).cells(
            "attacked",
            corners(at(2, 1)),
            grid,
            ink(view.attacked.as_slice()),
            Ramp::Sequential,
        );
        let name = if live.method == Attack::Fgsm { "+ its signs" } else { "+ PGD" };
        words.push(("word-change", at(1, 1), name.to_owned(), WORST));
        words.push(("word-attacked", at(2, 1), read(&view.attacked), WORST));
    } else {
        // Nobody follows the slope: who would is said where it would be seen, beside it.
        let [x, y] = at(1, 1);
        let beside = [x, y + CARD / 2.0 - WORDS];
        words.push(("word-change", beside, "← FGSM and PGD follow it".to_owned(), Tone::Muted));
    }
    words.into_iter().fold(panel, |panel, (id, [x, y], text, tone)| {
        panel.words(id, [x, y + WORDS], text, Anchor::Start, tone)
    })
}

/// The pictures that are read, with what each is called.
fn shown(live: &Live) -> Vec<(&'static str, &Matrix, Tone)> {
    let view = live.view();
    let mut all = vec![("as it is", &view.x, PLAIN), ("by lot", &view.lot, LOT)];
    if live.follows() {
        all.push(("attacked", &view.attacked, WORST));
    }
    all
}

fn answers(live: &Live) -> Panel {
    let x = Axis::categories("", (0..CLASSES).map(|k| k.to_string()));
    let y = Axis::linear("", [0.0, 1.2]).ticks([(0.0, "0"), (0.5, "0.5"), (1.0, "1")]).grid();
    let mut panel = Panel::new("answers", "Chance of each digit", x, y).height(UPPER);
    let all = shown(live);
    let bars = all.iter().enumerate().flat_map(|(i, (_, x, tone))| {
        let (_, chances) = live.read(x);
        chances
            .into_iter()
            .enumerate()
            .map(move |(k, p)| Bar::new(k as f64 + 0.27 * (i as f64 - 1.0), 0.25, p, *tone))
    });
    panel = panel.bars("chances", bars.collect::<Vec<_>>());
    let names = ["word-plain", "word-noise", "word-worst"];
    for ((i, (name, _, tone)), id) in all.iter().enumerate().zip(names) {
        panel = panel.words(id, [-0.4 + 3.5 * i as f64, 1.09], *name, Anchor::Start, *tone);
    }
    panel
}

/// Pixel by pixel what the lead is made of, in the picture as it is and as it was changed, and in the change.
fn weights(live: &Live) -> Panel {
    let Weights { rival, base, plain, changed, change, top } = live.weights();
    let x = Axis::hidden([-0.2, COLUMNS[1] + CARD + 0.2]);
    let y = Axis::hidden(ENDS);
    let other = if live.look == Some(Base::Blank) { "blank paper's" } else { "a mean digit's" };
    let title = format!("Lead of {} over {rival}, less {other}", live.view().class);
    let mut panel = Panel::new("weights", title, x, y).height(UPPER).square();
    let grid = [SIDE, SIDE];
    let at = |column: usize, row: usize| [COLUMNS[column], ROWS[row]];
    // Each has its own scale, and says it: in one for all the change would hardly be seen.
    let [most, most_changed, most_change] =
        [plain, changed, change].map(|parts| parts.iter().fold(1e-12, |most: f64, x| most.max(x.abs())));
    let scale = |panel: Panel, id: &'static str, [x, y]: [f64; 2], most: f64| {
        let text = format!("colours to ±{}", format_number(most, 2));
        panel.words(id, [x, y + BELOW], text, Anchor::Start, Tone::Muted)
    };
    let named = |name: &str, parts: &[f64]| {
        let sum: f64 = parts.iter().sum();
        format!("{name}: {}{}", if sum > 0.0 { "+" } else { "" }, format_number(sum, 1))
    };
    let from = if live.look == Some(Base::Blank) { "from blank paper" } else { "from a mean digit" };
    panel = panel
        .cells("base", corners(at(0, 0)), grid, ink(base), Ramp::Sequential)
        .cells("weight", corners(at(1, 0)), grid, signed(plain, most), Ramp::Diverging)
        .boxes("top", outlines(top, at(1, 0)))
        .words("word-base", [at(0, 0)[0], at(0, 0)[1] + WORDS], from, Anchor::Start, Tone::Muted)
        .words(
            "word-weight",
            [at(1, 0)[0], at(1, 0)[1] + WORDS],
            named("as it is", plain),
            Anchor::Start,
            PLAIN,
        );
    panel = scale(panel, "scale", at(1, 0), most);
    let tone = match live.method {
        Attack::None => Tone::Muted,
        Attack::Random => LOT,
        Attack::Fgsm | Attack::Pgd(_) => WORST,
    };
    let names = match live.method {
        Attack::None => ["no opponent, no change".to_owned(), String::new()],
        method => {
            panel = panel
                .cells(
                    "weight-changed",
                    corners(at(0, 1)),
                    grid,
                    signed(changed, most_changed),
                    Ramp::Diverging,
                )
                .cells("weight-change", corners(at(1, 1)), grid, signed(change, most_change), Ramp::Diverging)
                .boxes("top-change", outlines(top, at(1, 1)));
            panel = scale(panel, "scale-changed", at(0, 1), most_changed);
            panel = scale(panel, "scale-change", at(1, 1), most_change);
            let name = if method == Attack::Random { "by lot" } else { "attacked" };
            [named(name, changed), named("change", change)]
        }
    };
    for ((column, name), id) in
        names.into_iter().enumerate().zip(["word-weight-changed", "word-weight-change"])
    {
        let [x, y] = at(column, 1);
        panel = panel.words(id, [x, y + WORDS], name, Anchor::Start, tone);
    }
    panel
}

/// Frames around pixels of a card.
fn outlines(pixels: &[usize], [x, y]: [f64; 2]) -> Vec<Tile> {
    let frame = |i: &usize| {
        let [x, y] = [x + (i % SIDE) as f64, y + (i / SIDE) as f64];
        Tile::new([x, y, x + 1.0, y + 1.0], Tone::Ink, Fill::Outline)
    };
    pixels.iter().map(frame).collect()
}

fn share(label: &str) -> Axis {
    Axis::linear(label, [0.0, 1.05]).ticks([(0.0, "0"), (0.5, "0.5"), (1.0, "1")]).grid()
}

fn sizes() -> Axis {
    Axis::linear("size ε", [0.0, FARTHEST]).ticks([(0.0, "0"), (0.1, "0.1"), (0.2, "0.2"), (0.3, "0.3")])
}

fn curves(live: &Live) -> Panel {
    let curves = live.curves();
    let mut all = vec![Curve::new("by-lot", "by lot", curves.lot.clone(), LOT)];
    if live.follows() {
        all.push(Curve::new("one-step", "FGSM", curves.fgsm.clone(), Tone::Series(1)).stroke(Stroke::Dashed));
    }
    if matches!(live.method, Attack::Pgd(_)) {
        all.push(Curve::new("worst", "PGD", curves.pgd.clone(), WORST).stroke(Stroke::Thick));
    }
    let [_, robust] = live.right();
    charts::with_curves(Panel::new("curves", "New digits right", sizes(), share("")).height(LOWER), all)
        .handle("here", [live.epsilon, robust], [Some("eps"), None], Tone::Accent)
}

/// The lead of the class along a change, of any size: nothing is clipped.
fn along(live: &Live, changed: &Matrix) -> Vec<[f64; 2]> {
    let view = live.view();
    // Where ε is 0 there is no way to go on.
    let way: Vec<f64> = change(live, changed).iter().map(|d| d / live.epsilon.max(1e-9)).collect();
    let point = |i: usize| {
        let size = FARTHEST * i as f64 / (LEADS - 1) as f64;
        let x = view.x.as_slice().iter().zip(&way).map(|(x, d)| x + size * d).collect();
        [size, live.lead(&Matrix::from_vec(1, PIXELS, x))]
    };
    (0..LEADS).map(point).collect()
}

fn lead(live: &Live) -> Panel {
    let view = live.view();
    let lot = along(live, &view.lot);
    let worst = if live.follows() { along(live, &view.attacked) } else { Vec::new() };
    let most = lot.iter().chain(&worst).fold(1.0, |most: f64, p| most.max(p[1].abs()));
    let end = round_up(most, 5.0);
    let y = Axis::linear("", [-end, end]);
    let curves = vec![
        Curve::new("lead-lot", "by lot", lot, LOT),
        Curve::new("lead-worst", if live.follows() { "attack" } else { "" }, worst, WORST)
            .stroke(Stroke::Thick),
    ];
    charts::with_curves(Panel::new("lead", "Lead of the true digit", sizes(), y).height(LOWER), curves).rule(
        "even",
        "",
        At::Y(0.0),
        Tone::Muted,
        Stroke::Dashed,
    )
}

fn learning(live: &Live) -> Panel {
    let curve = vec![Curve::new("clean", "", live.course.curve(0), PLAIN)];
    let x = charts::steps("step", live.step, 500.0);
    let title = if live.trained_on > 0.0 {
        format!("Right unchanged, trained on {}", format_number(live.trained_on, 2))
    } else {
        "Right unchanged".to_owned()
    };
    charts::with_curves(Panel::new("learning", title, x, share("")).height(LOWER), curve)
}

pub(super) fn describe(live: &Live, mark: &str, index: usize) -> Option<String> {
    let view = live.view();
    let (row, column) = (index / SIDE + 1, index % SIDE + 1);
    let said =
        |what: &str, x: f64| Some(format!("row {row}, column {column}: {what} {}", format_number(x, 2)));
    let adds = |parts: &[f64]| said("adds to the lead", *parts.get(index)?);
    // Frames lie on top of the pixels that they are around.
    let framed = |mark: &str| describe(live, mark, *live.weights().top.get(index)?);
    match mark {
        "base" => said("ink", *live.weights().base.get(index)?),
        "weight" => adds(&live.weights().plain),
        "weight-changed" => adds(&live.weights().changed),
        "weight-change" => adds(&live.weights().change),
        "top" => framed("weight"),
        "top-change" => framed("weight-change"),
        "picture" => said("ink", *view.x.as_slice().get(index)?),
        "lot-picture" => said("ink", *view.lot.as_slice().get(index)?),
        "attacked" => said("ink", *view.attacked.as_slice().get(index)?),
        "lot" => said("moved by", *change(live, &view.lot).get(index)?),
        "change" => said("moved by", *change(live, &view.attacked).get(index)?),
        "slope" => Some(format!(
            "row {row}, column {column}: slope {}",
            format_number(*view.slope.as_slice().get(index)?, 4)
        )),
        "chances" => {
            let all = shown(live);
            let (name, x, _) = all.get(index / CLASSES)?;
            let (_, chances) = live.read(x);
            Some(format!("{name}: {} for {}", format_number(chances[index % CLASSES], 3), index % CLASSES))
        }
        _ => None,
    }
}

fn alternative(live: &Live) -> String {
    let view = live.view();
    let [clean, robust] = live.right();
    let picture = if live.drawn() { "A drawing".to_owned() } else { format!("A new {}", view.class) };
    let attacked = match live.method {
        Attack::None => "Nobody attacks".to_owned(),
        Attack::Random => {
            "Changed by lot, pictures stay right in a share of".to_owned()
                + &format!(" {}", format_number(robust, 3))
        }
        Attack::Fgsm | Attack::Pgd(_) => format!(
            "Attacked it is read as {}, and a share of {} of new digits stays right",
            live.read(&view.attacked).0,
            format_number(robust, 3)
        ),
    };
    let weighed = if live.look.is_some() { in_words(live) } else { String::new() };
    format!(
        "{picture} is read as {}, and as {} when each pixel moves by {} by lot. {attacked}; unchanged it is {}, after {} \
         steps.{weighed}",
        live.read(&view.x).0,
        live.read(&view.lot).0,
        format_number(live.epsilon, 2),
        format_number(clean, 3),
        live.step
    )
}

/// What pixels weigh, as a sentence.
fn in_words(live: &Live) -> String {
    let Weights { rival, plain, change, top, .. } = live.weights();
    let class = live.view().class;
    let sum = |parts: &[f64]| format_number(parts.iter().sum(), 1);
    let own = format!(
        " The pixels' parts in the lead of {class} over {rival}, above that of the other picture, add up to {}",
        sum(plain)
    );
    if live.method == Attack::None {
        return own + ".";
    }
    let on_top: Vec<f64> = top.iter().map(|i| change[*i]).collect();
    own + &format!(
        "; the change adds {} to it, {} of them on the ten pixels that weighed most.",
        sum(change),
        sum(&on_top)
    )
}
