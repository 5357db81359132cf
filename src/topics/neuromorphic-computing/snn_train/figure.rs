//! The picture of `snn-train`.

use super::super::arms::{ARMS, INPUTS};
use super::{Code, MAP, SnnTrain};
use crate::lab::figure::charts;
use crate::lab::figure::{Anchor, At, Axis, Bar, Dot, Figure, Glyph, Panel, Ramp, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::spiking::surrogate;
use crate::models::spiking_network::Trace;
use crate::numerics::elementary::ln;

/// The raster stacks two blocks on one scale from 0 (top) to 100: first and last row of each.
const INPUT_BLOCK: [f64; 2] = [1.0, 37.0];
const HIDDEN_BLOCK: [f64; 2] = [43.0, 100.0];

/// The linear classifier.
const RIVAL: Tone = Tone::Series(4);

/// Distances from the threshold that are drawn, to either side, and bars to either side.
const REACH: f64 = 2.0;
const BARS: usize = 16;

/// Points of the curves to either side.
const FINE: i32 = 192;

/// Ends of the axes of operations and of picojoules.
const BILL: [f64; 2] = [10.0, 1e5];

pub fn figure(run: &SnnTrain) -> Figure {
    let [dense, synapses, updates] = run.energies();
    let operations = [
        ("linear", run.linear_macs as f64, RIVAL),
        ("MACs", run.macs(), Tone::Muted),
        ("SynOps", run.synops(), Tone::Accent),
    ];
    let energies = [
        ("linear", run.linear_energy(), RIVAL),
        ("dense", dense, Tone::Muted),
        ("spiking", synapses, Tone::Accent),
        ("+ updates", synapses + updates, Tone::Accent),
    ];
    let code = if run.code == Code::Latency { "latency" } else { "rate" };
    let trace = run.shown_trace();
    let distances = run.distances(&trace);
    let blamed = 100.0 * run.blamed(&distances);
    let [input, hidden] = run.spikes();
    let alternative = format!(
        "After {} updates the network, fed by the {code} code for {} steps, gets {} of {} fresh points \
         right. A point takes {} input spikes and {} hidden spikes on average: {} SynOps, {} pJ, against {} \
         MACs, {} pJ, of a dense network. A linear rival gets {} % right for {} pJ. Of the hidden neurons' steps \
         {} % stand near enough to the threshold to get blame.",
        run.updates,
        run.steps,
        format_number(run.accuracy() * run.test.len() as f64, 0),
        run.test.len(),
        format_number(input, 0),
        format_number(hidden, 0),
        format_number(run.synops(), 0),
        format_number(synapses, 0),
        format_number(run.macs(), 0),
        format_number(dense, 0),
        format_number(100.0 * run.linear_accuracy, 0),
        format_number(run.linear_energy(), 0),
        format_number(blamed, 0),
    );
    Figure::new(
        vec![
            vec![raster(run, &trace), map(run)],
            vec![
                curves(run),
                bill("operations", "Operations for one point", &operations),
                bill("energy", "Energy for one point, pJ", &energies),
            ],
            vec![blame(run, &distances, blamed)],
        ],
        alternative,
    )
}

/// The place of row `i` of `n` in a block.
fn row([first, last]: [f64; 2], i: usize, n: usize) -> f64 {
    first + (last - first) * (i as f64 + 0.5) / n as f64
}

fn raster(run: &SnnTrain, trace: &Trace) -> Panel {
    let (hidden, steps) = (run.shape().hidden, run.steps);
    let events = &run.test[0].1;
    let mut input_spikes = Vec::new();
    let mut hidden_spikes = Vec::new();
    for t in 0..steps {
        input_spikes.extend(events.at(t).iter().map(|&c| [t as f64, row(INPUT_BLOCK, c, INPUTS)]));
        for h in 0..hidden {
            if trace.spikes[t * hidden + h] > 0.0 {
                hidden_spikes.push([t as f64, row(HIDDEN_BLOCK, h, hidden)]);
            }
        }
    }
    let title = format!(
        "One point as spikes: {} in, {} hidden, answer {}",
        events.count(),
        format_number(trace.spike_count(), 0),
        name(trace.class())
    );
    let height = |block: [f64; 2], n: usize| 0.95 * (block[1] - block[0]) / n as f64;
    Panel::new(
        "raster",
        title,
        Axis::linear("step", [-0.5, steps as f64 - 0.5]),
        Axis::linear("", [100.0, 0.0]).ticks([
            (f64::midpoint(INPUT_BLOCK[0], INPUT_BLOCK[1]), format!("{INPUTS} inputs")),
            (f64::midpoint(HIDDEN_BLOCK[0], HIDDEN_BLOCK[1]), format!("{hidden} hidden")),
        ]),
    )
    .height(184.0)
    .weight(1.55)
    .rule("border", "", At::Y(f64::midpoint(INPUT_BLOCK[1], HIDDEN_BLOCK[0])), Tone::Faint, Stroke::Thin)
    .spikes("input_spikes", input_spikes, Tone::Ink, height(INPUT_BLOCK, INPUTS))
    .spikes("hidden_spikes", hidden_spikes, Tone::Accent, height(HIDDEN_BLOCK, hidden))
}

fn map(run: &SnnTrain) -> Panel {
    let dots = run.test.iter().map(|(p, _)| Dot::new(p.at, tone(p.arm), Glyph::of(p.arm)));
    let shown = run.test[0].0;
    Panel::new("map", "What it answers where", Axis::hidden([0.0, 1.0]), Axis::hidden([0.0, 1.0]))
        .height(184.0)
        .square()
        .cells("map", [0.0, 0.0, 1.0, 1.0], [MAP, MAP], run.map.clone(), Ramp::Series)
        .dots("points", "", dots, 2.4)
        .dots("shown_point", "", [Dot::new(shown.at, Tone::Ink, Glyph::Circle).hollow()], 8.0)
}

fn curves(run: &SnnTrain) -> Panel {
    let x = charts::steps("update", run.updates, 100.0);
    let end = x.domain[1];
    let mut panel = Panel::new("learning", "Learning", x, Axis::linear("", [0.0, 1.5]).grid())
        .height(144.0)
        .weight(1.35)
        .rule("chance", "", At::Y(ln(ARMS as f64)), Tone::Muted, Stroke::Dashed)
        .line("loss", "loss", run.losses.curve(0), Tone::Ink, Stroke::Solid)
        .line("accuracy", "accuracy", run.accuracies.curve(0), Tone::Good, Stroke::Thick);
    panel = panel.words("chance_name", [end, 1.28], "loss of a guess", Anchor::End, Tone::Muted);
    if run.losses.is_empty() {
        panel = panel.words("waiting", [end / 2.0, 0.6], "not trained yet", Anchor::Middle, Tone::Muted);
    }
    panel
}

/// Where the hidden neurons stood about the threshold, the spike, and the slope that stands in for its own.
fn blame(run: &SnnTrain, distances: &[f64], blamed: f64) -> Panel {
    let mut counts = [0usize; 2 * BARS];
    for x in distances {
        let place = (x / REACH + 1.0) * BARS as f64;
        counts[(place.max(0.0) as usize).min(2 * BARS - 1)] += 1;
    }
    let width = REACH / BARS as f64;
    let tallest = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    let peak = surrogate(0.0, run.sharpness);
    let bars = counts.iter().enumerate().map(|(i, count)| {
        let x = (i as f64 + 0.5) * width - REACH;
        // Those who hear of a mistake, by the slope in the middle of the bar.
        let heard = surrogate(x, run.sharpness) > 0.1 * peak;
        let tone = if heard { Tone::Accent } else { Tone::Muted };
        Bar::new(x, 0.9 * width, *count as f64 / tallest, tone)
    });
    let slope = (-FINE..=FINE).map(|k| {
        let x = REACH * f64::from(k) / f64::from(FINE);
        [x, surrogate(x, run.sharpness) / peak]
    });
    let step = [[-REACH, 0.0], [0.0, 0.0], [0.0, 1.0], [REACH, 1.0]];
    let share = format!("{} % get blame", format_number(blamed, 0));
    Panel::new(
        "blame",
        "Hidden neurons about the threshold",
        Axis::linear("distance from the threshold, U − θ", [-REACH, REACH]),
        // With room above the highest bar for what is told of them.
        Axis::linear("share of the peak", [0.0, 1.45]).ticks([(0.0, "0"), (1.0, "1")]).grid(),
    )
    .height(160.0)
    .bars("distances", bars)
    .line("true_spike", "spike", step, Tone::Ink, Stroke::Dashed)
    .line("surrogate", "its stand-in", slope, Tone::Good, Stroke::Thick)
    .words("share_name", [-0.97 * REACH, 1.27], share, Anchor::Start, Tone::Accent)
}

fn bill(id: &'static str, title: &'static str, entries: &[(&'static str, f64, Tone)]) -> Panel {
    let bars = entries.iter().enumerate().map(|(i, &(_, amount, tone))| {
        Bar::new(i as f64, 0.6, amount.max(BILL[0]), tone).starting_at(BILL[0]).text(format_number(amount, 0))
    });
    let names = entries.iter().map(|e| e.0);
    Panel::new(id, title, Axis::logarithmic("", BILL), Axis::categories("", names).reversed())
        .height(144.0)
        .horizontal_bars(id, bars)
}

fn tone(arm: usize) -> Tone {
    Tone::Series(arm as u8)
}

fn name(arm: usize) -> &'static str {
    ["●", "■", "◆"][arm % ARMS]
}

#[cfg(test)]
mod tests {
    use super::super::SPEC;
    use crate::lab::figure::Shape;
    use crate::lab::{Runner, Values};

    #[test]
    fn the_raster_shows_as_many_spikes_as_the_title_says() {
        let run = Runner::opening(&SPEC);
        let figure = run.simulation().figure();
        let raster = &figure.rows[0][0];
        let counts: Vec<usize> = raster
            .marks
            .iter()
            .filter_map(|m| match &m.shape {
                Shape::Spikes { spikes, .. } => Some(spikes.len()),
                _ => None,
            })
            .collect();
        assert!(
            raster.title.contains(&format!("{} in, {} hidden", counts[0], counts[1])),
            "{}",
            raster.title
        );
        assert!(counts[0] > 20 && counts[1] > 20, "{counts:?}");
    }

    #[test]
    fn the_latency_code_draws_one_spike_an_input_at_most() {
        let values = Values::with(SPEC.controls, &[("coding", "latency")]);
        let figure = Runner::new(&SPEC, values).simulation().figure();
        let Shape::Spikes { spikes, .. } = &figure.rows[0][0].marks[1].shape else { panic!("no spikes") };
        let mut rows: Vec<u64> = spikes.iter().map(|s| s[1].to_bits()).collect();
        rows.sort_unstable();
        rows.dedup();
        assert_eq!(rows.len(), spikes.len());
        assert!((3..=16).contains(&rows.len()));
    }

    #[test]
    fn heights_do_not_change_while_it_runs() {
        let mut run = Runner::new(&SPEC, SPEC.defaults());
        let heights = |run: &Runner| -> Vec<u64> {
            run.simulation().figure().panels().map(|p| p.height.to_bits()).collect()
        };
        let before = heights(&run);
        run.advance(60);
        assert_eq!(before, heights(&run));
    }
}
