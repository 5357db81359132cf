//! The picture of `snn-train`.

use super::super::arms::{ARMS, INPUTS};
use super::{MAP, SnnTrain};
use crate::lab::figure::charts;
use crate::lab::figure::{Anchor, At, Axis, Bar, Dot, Figure, Glyph, Panel, Ramp, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::numerics::elementary::ln;

/// The raster stacks two blocks on one scale from 0 (top) to 100: first and last row of each.
const INPUT_BLOCK: [f64; 2] = [1.0, 37.0];
const HIDDEN_BLOCK: [f64; 2] = [43.0, 100.0];

/// Ends of the axes of operations and of picojoules.
const BILL: [f64; 2] = [10.0, 1e5];

pub fn figure(run: &SnnTrain) -> Figure {
    let [dense, synapses, updates] = run.energies();
    let operations = [("MACs", run.macs(), Tone::Muted), ("SynOps", run.synops(), Tone::Accent)];
    let energies = [
        ("dense", dense, Tone::Muted),
        ("spiking", synapses, Tone::Accent),
        ("+ updates", synapses + updates, Tone::Accent),
    ];
    let code = if run.latency { "latency" } else { "rate" };
    let [input, hidden] = run.spikes();
    let alternative = format!(
        "After {} updates the network, fed by the {code} code for {} steps, gets {} of {} fresh points \
         right. A point takes {} input spikes and {} hidden spikes on average: {} SynOps, {} pJ, against {} \
         MACs, {} pJ, of a dense network.",
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
    );
    Figure::new(
        vec![
            vec![raster(run), map(run)],
            vec![
                curves(run),
                bill("operations", "Operations for one point", &operations),
                bill("energy", "Energy for one point, pJ", &energies),
            ],
        ],
        alternative,
    )
}

/// The place of row `i` of `n` in a block.
fn row([first, last]: [f64; 2], i: usize, n: usize) -> f64 {
    first + (last - first) * (i as f64 + 0.5) / n as f64
}

fn raster(run: &SnnTrain) -> Panel {
    let (hidden, steps) = (run.shape().hidden, run.steps);
    let events = &run.test[0].1;
    let trace = run.shown_trace();
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
    .height(265.0)
    .weight(1.55)
    .rule("border", "", At::Y(f64::midpoint(INPUT_BLOCK[1], HIDDEN_BLOCK[0])), Tone::Faint, Stroke::Thin)
    .spikes("input_spikes", input_spikes, Tone::Ink, height(INPUT_BLOCK, INPUTS))
    .spikes("hidden_spikes", hidden_spikes, Tone::Accent, height(HIDDEN_BLOCK, hidden))
}

fn map(run: &SnnTrain) -> Panel {
    let dots = run.test.iter().map(|(p, _)| Dot::new(p.at, tone(p.arm), Glyph::of(p.arm)));
    let shown = run.test[0].0;
    Panel::new("map", "What it answers where", Axis::hidden([0.0, 1.0]), Axis::hidden([0.0, 1.0]))
        .height(265.0)
        .square()
        .cells("map", [0.0, 0.0, 1.0, 1.0], [MAP, MAP], run.map.clone(), Ramp::Series)
        .dots("points", "", dots, 2.4)
        .dots("shown_point", "", [Dot::new(shown.at, Tone::Ink, Glyph::Circle).hollow()], 8.0)
}

fn curves(run: &SnnTrain) -> Panel {
    let x = charts::steps("update", run.updates, 100.0);
    let end = x.domain[1];
    let mut panel = Panel::new("learning", "Learning", x, Axis::linear("", [0.0, 1.5]).grid())
        .height(170.0)
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

fn bill(id: &'static str, title: &'static str, entries: &[(&'static str, f64, Tone)]) -> Panel {
    let bars = entries.iter().enumerate().map(|(i, &(_, amount, tone))| {
        Bar::new(i as f64, 0.6, amount.max(BILL[0]), tone).starting_at(BILL[0]).text(format_number(amount, 0))
    });
    let names = entries.iter().map(|e| e.0);
    Panel::new(id, title, Axis::logarithmic("", BILL), Axis::categories("", names).reversed())
        .height(170.0)
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
