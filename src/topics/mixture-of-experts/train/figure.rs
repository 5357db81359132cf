//! The picture of `moe-train`: who works where, who carries how much, and how it came about.

use super::super::tone;
use super::{DEAD, Train};
use crate::lab::Figure;
use crate::lab::figure::charts;
use crate::lab::figure::{Anchor, At, Axis, Bar, Dot, Glyph, Panel, Ramp, Stroke, Tone};
use crate::lab::schema::control::group_thousands;
use crate::lab::schema::readout::format_number;
use crate::numerics::matrix::norm;
use crate::numerics::random::Stream;

/// Half the side of the map.
const EDGE: f64 = 1.6;

/// Experts up to which bars and regions carry names.
const NAMED: usize = REGIONS.len();

/// Up to this many bars have room for a word each on a phone.
const SPELT: usize = 8;

/// Names of the regions' labels.
const REGIONS: [&str; 16] = [
    "region-1",
    "region-2",
    "region-3",
    "region-4",
    "region-5",
    "region-6",
    "region-7",
    "region-8",
    "region-9",
    "region-10",
    "region-11",
    "region-12",
    "region-13",
    "region-14",
    "region-15",
    "region-16",
];

pub fn draw(train: &Train) -> Figure {
    let curves = [0, 1, 2].map(|column| train.turns.curve(train.watched(), column));
    let reach = reach(&curves);
    let rows = vec![
        vec![map(train), loads(train)],
        vec![loss(train), violation(train)],
        vec![trace(train, curves, reach), turn(train, reach)],
    ];
    Figure::new(rows, alternative(train))
}

/// First choices over the plane, and tokens on top.
fn map(train: &Train) -> Panel {
    let side = if train.experts() > 32 { 32 } else { 48 };
    let at = |i: usize| EDGE * ((2 * i + 1) as f64 / side as f64 - 1.0);
    let choices: Vec<usize> =
        (0..side * side).map(|i| train.mixture.first_choice(&[at(i % side), at(i / side), 1.0])).collect();
    // Without deviation the stream is not drawn from.
    let pass = train.mixture.forward(&train.pictured, 0.0, &mut Stream::new(0, "noise"));
    let dots = (0..train.pictured.len()).map(|t| {
        let [x, y, _] = train.pictured.inputs[t];
        Dot::new([x, y], tone(pass.routes.token(t).0[0]), Glyph::of(train.pictured.clusters[t]))
            .filled(pass.kept(t).iter().all(|kept| *kept))
    });
    let title = if train.mixture.settings.capacity_factor.is_some() {
        "First expert across the plane (hollow: dropped)"
    } else {
        "First expert across the plane"
    };
    let mut panel = Panel::new("map", title, Axis::hidden([-EDGE, EDGE]), Axis::hidden([-EDGE, EDGE]))
        .height(222.0)
        .weight(0.85)
        .square()
        .cells(
            "router",
            [-EDGE, -EDGE, EDGE, EDGE],
            [side, side],
            choices.iter().map(|e| (e % 8) as u8).collect(),
            Ramp::Series,
        )
        .dots("tokens", "", dots, 3.0);
    if train.experts() <= NAMED {
        for (expert, id) in REGIONS.into_iter().enumerate().take(train.experts()) {
            let own: Vec<usize> = (0..choices.len()).filter(|&i| choices[i] == expert).collect();
            if own.len() * 50 < choices.len() {
                continue;
            }
            panel = panel.words(
                id,
                label_place(&own, side).map(at),
                (expert + 1).to_string(),
                Anchor::Middle,
                Tone::Ink,
            );
        }
    }
    panel
}

/// The cell of a region for its name: towards the rim, clear of the tokens around the circle; in
/// the middle for a region that surrounds it.
fn label_place(own: &[usize], side: usize) -> [usize; 2] {
    let half = (side as f64 - 1.0) / 2.0;
    let offset = |i: usize| [(i % side) as f64 - half, (i / side) as f64 - half];
    let n = own.len() as f64;
    let mean = [0, 1].map(|axis| own.iter().map(|&i| offset(i)[axis]).sum::<f64>() / n);
    let length = norm(&mean);
    let reach = if length < 0.24 * half { length } else { 0.87 * half };
    let goal = mean.map(|m| m * reach / length.max(1e-9));
    let distance = |i: usize| {
        let [x, y] = offset(i);
        norm(&[x - goal[0], y - goal[1]])
    };
    let nearest = own.iter().min_by(|a, b| distance(**a).total_cmp(&distance(**b)));
    nearest.map_or([0, 0], |&i| [i % side, i / side])
}

/// Load of each expert over its fair share, with the latest batch as dots.
fn loads(train: &Train) -> Panel {
    let n = train.experts();
    let (means, latest) = (train.window.loads(), train.window.latest_loads());
    // No load exceeds E/k: an expert that every token is sent to.
    let limit = n as f64 / train.mixture.settings.top_k as f64;
    let top = (1.05 * train.highest).ceil().min(limit).max(2.0);
    let mut x = Axis::categories("Expert", (1..=n).map(|e| e.to_string()));
    // Room for the name of the line, clear of the bars.
    x.domain[1] += 0.28 * n as f64;
    let panel = Panel::new(
        "loads",
        "Load of each expert, mean of 200 batches",
        x,
        Axis::linear("Load ÷ fair share", [0.0, top]),
    )
    .height(222.0);
    if train.window.is_empty() {
        let text = "Step once: no batch has been routed yet.".to_owned();
        return panel.words(
            "experts",
            [(n as f64 - 1.0) / 2.0, top / 2.0],
            text,
            Anchor::Middle,
            Tone::Muted,
        );
    }
    let bars = means.iter().enumerate().map(|(e, &load)| {
        let word = match n {
            _ if load >= DEAD || n > NAMED => "",
            ..=SPELT => "dead",
            _ => "✗",
        };
        Bar::new(e as f64, 0.72, load, tone(e)).text(word)
    });
    let dots = latest
        .iter()
        .enumerate()
        .map(|(e, &load)| Dot::new([e as f64, load.min(top)], Tone::Ink, Glyph::Circle).hollow());
    let radius = if n > NAMED { 1.5 } else { 2.5 };
    panel.bars("experts", bars).rule("fair", "fair share", At::Y(1.0), Tone::Ink, Stroke::Dashed).dots(
        "batch",
        "latest batch",
        dots,
        radius,
    )
}

fn time_axis(train: &Train) -> Axis {
    charts::steps("Training step", train.step, 500.0)
}

/// Loss over time, with what one expert alone could reach.
fn loss(train: &Train) -> Panel {
    Panel::new("losses", "", time_axis(train), Axis::linear("Loss", [0.0, 1.5]))
        .height(114.0)
        .weight(0.85)
        .rule("alone", "one expert alone", At::Y(train.alone), Tone::Muted, Stroke::Dashed)
        .line("loss", "", train.history.curve(0), Tone::Accent, Stroke::Solid)
}

/// The busiest expert's excess over time.
fn violation(train: &Train) -> Panel {
    let top = (train.highest - 1.0).ceil().max(1.0);
    Panel::new("violations", "", time_axis(train), Axis::linear("Busiest above fair share", [0.0, top]))
        .height(114.0)
        .line("swing", "", train.history.curve(2), Tone::Ink, Stroke::Ghost)
        .line("violation", "", train.history.curve(1), Tone::Ink, Stroke::Solid)
}

/// What all of the watched expert's numbers are over: the mean of all experts is 1.
const WATCHED: &str = "÷ mean expert";

/// How far both panels of the watched expert reach: over all that its curves show.
fn reach(curves: &[Vec<[f64; 2]>; 3]) -> f64 {
    let most = curves.iter().flatten().map(|[_, x]| *x).fold(0.0, f64::max);
    let mut reach = 2.0;
    while reach < most {
        reach *= 2.0;
    }
    reach
}

/// How the watched expert came to where it is: its load, gradient and probability.
fn trace(train: &Train, [load, gradient, probability]: [Vec<[f64; 2]>; 3], reach: f64) -> Panel {
    let y = Axis::linear(WATCHED, [0.0, reach]);
    let title = format!("Expert {} so far, smoothed over 25 steps", train.watched() + 1);
    let panel = Panel::new("trace", title, time_axis(train), y).height(150.0).weight(0.85).rule(
        "mean",
        "",
        At::Y(1.0),
        Tone::Muted,
        Stroke::Dashed,
    );
    panel
        .line("probability", "mean p", probability, Tone::Muted, Stroke::Solid)
        .line("slope", "gradient", gradient, Tone::Accent, Stroke::Solid)
        .line("load", "load", load, tone(train.watched()), Stroke::Solid)
}

/// The watched expert's last turn: what it was sent, the gradient of its row in the router that this
/// gave, its probability after that, and what it was sent then. A single batch may be beyond the curves: its bar
/// ends with the frame then, and its number says how far it goes.
fn turn(train: &Train, reach: f64) -> Panel {
    let watched = train.watched();
    let x = Axis::categories("", ["load →", "gradient →", "mean p →", "next load"]);
    let panel = Panel::new(
        "turn",
        format!("One turn of expert {}, batch to batch", watched + 1),
        x,
        Axis::linear(WATCHED, [0.0, 1.15 * reach]),
    )
    .height(150.0);
    let Some(turn) = train.turns.turn(watched) else {
        let text = "Two steps make a turn.".to_owned();
        return panel.words("turn", [1.5, 0.5 * reach], text, Anchor::Middle, Tone::Muted);
    };
    let tones = [tone(watched), Tone::Accent, Tone::Muted, tone(watched)];
    let bars = turn
        .into_iter()
        .zip(tones)
        .enumerate()
        .map(|(i, (x, tone))| Bar::new(i as f64, 0.6, x.min(reach), tone).text(format_number(x, 2)));
    panel.bars("turn", bars).rule("mean-now", "", At::Y(1.0), Tone::Muted, Stroke::Dashed)
}

fn alternative(train: &Train) -> String {
    let n = train.experts();
    if train.window.is_empty() {
        return format!(
            "A map of the plane divided among {n} untrained experts, and empty charts: no batch has been \
             routed yet."
        );
    }
    let loads = train.window.loads();
    let busiest = loads.iter().copied().fold(0.0, f64::max);
    let idlest = loads.iter().copied().fold(f64::INFINITY, f64::min);
    format!(
        "After {} training steps {} of {n} experts are in use; the busiest carries {busiest:.2} times its \
         fair share, the idlest {idlest:.2} times, and expert {}, which is watched, {:.2} times. The loss is {:.3}; the best single linear expert would \
         stand at {:.3}.",
        group_thousands(&train.step.to_string()),
        n - train.dead(),
        train.watched() + 1,
        loads[train.watched()],
        train.window.loss(50),
        train.alone,
    )
}
