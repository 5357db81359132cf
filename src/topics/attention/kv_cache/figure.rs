//! The picture of the cache: gigabytes and decoding speed against the context.

use super::{KvCache, PROMPT};
use crate::lab::figure::{Anchor, At, Axis, Dot, Figure, Glyph, Panel, Stroke, Tone, round_up};
use crate::lab::schema::readout::format_number;
use crate::models::kv_cache::CacheShape;
use crate::numerics::elementary::{log10, pow};

const MHA: Tone = Tone::Series(1);
const GQA: Tone = Tone::Series(2);
const MQA: Tone = Tone::Series(4);
const QUANTISED: Tone = Tone::Series(3);
const MEMORY: Tone = Tone::Bad;

const LONGEST: f64 = 1_048_576.0;

/// Steps from one mark of a stream to the next.
const STEPS_A_MARK: u64 = 25;

/// One way of sharing, as it is drawn.
struct Course {
    id: &'static str,
    stream_id: &'static str,
    label: String,
    shape: CacheShape,
    tone: Tone,
    stroke: Stroke,
    glyph: Glyph,
}

pub fn draw(sim: &KvCache) -> Figure {
    let courses = courses(sim);
    Figure::row(vec![cache(sim, &courses), speed(sim, &courses)], alternative(sim))
}

/// MHA, the chosen sharing, MQA: each once, the chosen one on top.
fn courses(sim: &KvCache) -> Vec<Course> {
    let chosen = sim.shape.kv_heads;
    let course = |id, stream_id, label: String, kv_heads, tone, glyph| Course {
        id,
        stream_id,
        label,
        shape: sim.shared_by(kv_heads),
        tone,
        stroke: if kv_heads == chosen { Stroke::Thick } else { Stroke::Solid },
        glyph,
    };
    let mut all = Vec::new();
    if sim.heads > 1 {
        all.push(course("mha", "mha_stream", "MHA".to_owned(), sim.heads, MHA, Glyph::Square));
    }
    all.push(course("mqa", "mqa_stream", "MQA".to_owned(), 1, MQA, Glyph::Triangle));
    if chosen != 1 && chosen != sim.heads {
        all.push(course("gqa", "gqa_stream", format!("GQA-{chosen}"), chosen, GQA, Glyph::Circle));
    }
    all
}

const CONTEXTS: [(f64, &str); 4] = [(1_024.0, "1k"), (8_192.0, "8k"), (65_536.0, "64k"), (LONGEST, "1M")];

fn decade_below(x: f64) -> f64 {
    pow(10.0, log10(x.max(1e-12)).floor())
}

fn cache(sim: &KvCache, courses: &[Course]) -> Panel {
    let gigabytes = |shape: CacheShape, x: f64| (shape.bytes_per_token() * sim.batch) as f64 * x / 1e9;
    let low = decade_below(0.5 * gigabytes(sim.shared_by(1), PROMPT));
    let high = 10.0 * decade_below(gigabytes(sim.shared_by(sim.heads), LONGEST).max(sim.memory / 1e9));
    let free = sim.free() / 1e9;
    let mut panel = Panel::new(
        "cache",
        "Cache against context",
        Axis::logarithmic("context", [PROMPT, LONGEST]).unit("tokens").ticks(CONTEXTS),
        Axis::logarithmic("cache", [low, high]).unit("GB").grid(),
    )
    .height(330.0)
    .weight(1.25);
    if free > 0.0 {
        panel = panel.span("too_much", At::Y(free.max(low)), high, MEMORY).rule(
            "memory",
            format!("room left: {} GB", format_number(free, 0)),
            At::Y(free),
            MEMORY,
            Stroke::Dashed,
        );
    } else {
        panel = panel.span("too_much", At::Y(low), high, MEMORY).words(
            "memory",
            [32_768.0, pow(10.0, 0.92 * log10(high) + 0.08 * log10(low))],
            "the weights alone do not fit",
            Anchor::Middle,
            MEMORY,
        );
    }
    let context = format!("{} tokens", format_number(sim.context as f64, 0));
    panel = panel.rule("context", context, At::X(sim.context as f64), Tone::Muted, Stroke::Thin);
    let line = |shape| vec![[PROMPT, gigabytes(shape, PROMPT)], [LONGEST, gigabytes(shape, LONGEST)]];
    if sim.shape.half_bytes > 1 {
        let int4 = CacheShape { half_bytes: 1, ..sim.shape };
        panel = panel.line("quantised", "at 4 bits", line(int4), QUANTISED, Stroke::Dashed);
    }
    for course in courses {
        panel = panel.line(course.id, course.label.clone(), line(course.shape), course.tone, course.stroke);
    }
    for course in courses {
        // A stream leaves a hollow mark every few minutes of decoding; the latest place is full.
        let now = sim.steps;
        let past = (0..=now / STEPS_A_MARK).rev().take(8).map(|k| k * STEPS_A_MARK).filter(|s| *s < now);
        let dots = past.chain([now]).filter_map(|steps| {
            let x = sim.stream_at(course.shape, steps)?;
            let at = [x, gigabytes(course.shape, x)];
            Some(Dot::new(at, course.tone, course.glyph).filled(steps == now))
        });
        panel = panel.dots(course.stream_id, "", dots, 4.5);
    }
    let chosen = gigabytes(sim.shape, sim.context as f64);
    panel.handle("chosen", [sim.context as f64, chosen], [Some("context"), None], Tone::Ink)
}

fn speed(sim: &KvCache, courses: &[Course]) -> Panel {
    let fastest = sim.ceiling(sim.shared_by(1), PROMPT);
    let top = round_up(1.05 * fastest, 1.0);
    let mut panel = Panel::new(
        "speed",
        "Decoding ceiling",
        Axis::logarithmic("context", [PROMPT, LONGEST]).unit("tokens").ticks(CONTEXTS),
        Axis::linear("all sequences", [0.0, top]).unit("tokens/s").grid(),
    )
    .height(330.0)
    .rule("context", "", At::X(sim.context as f64), Tone::Muted, Stroke::Thin);
    let mut full = Vec::new();
    for course in courses {
        let points: Vec<[f64; 2]> = (0..=60)
            .map(|k| {
                let x = PROMPT * pow(LONGEST / PROMPT, f64::from(k) / 60.0);
                [x, sim.ceiling(course.shape, x)]
            })
            // A curve ends where its cache no longer fits.
            .take_while(|[x, _]| sim.cache(course.shape, x.floor() as u64) <= sim.free())
            .collect();
        if let Some(&at) = points.last().filter(|_| points.len() <= 60) {
            full.push(Dot::new(at, MEMORY, Glyph::Cross));
        }
        panel = panel.line(course.id, course.label.clone(), points, course.tone, course.stroke);
        let here = sim
            .stream_at(course.shape, sim.steps)
            .map(|x| Dot::new([x, sim.ceiling(course.shape, x)], course.tone, course.glyph));
        panel = panel.dots(course.stream_id, "", here, 4.5);
    }
    if !full.is_empty() {
        panel = panel.words("full_label", [1.2 * PROMPT, 0.04 * top], "× memory full", Anchor::Start, MEMORY);
    }
    panel = panel.dots("full", "", full, 5.5);
    if sim.free() <= 0.0 {
        panel = panel.words(
            "nothing",
            [32_768.0, 0.5 * top],
            "nothing can be decoded",
            Anchor::Middle,
            Tone::Muted,
        );
    }
    panel
}

fn alternative(sim: &KvCache) -> String {
    let cache = sim.cache(sim.shape, sim.context) / 1e9;
    let verdict = if sim.fits() { "fits" } else { "does not fit" };
    let stream = match sim.stream_at(sim.shape, sim.steps) {
        Some(x) => format!("Its stream of tokens stands at {}.", format_number(x.floor(), 0)),
        None => "No stream of tokens runs.".to_owned(),
    };
    format!(
        "A context of {} tokens with {} KV heads for {} query heads takes {} GB of cache and {verdict} in \
         the {} GB beside the weights; {} GB with a KV head for each query head, {} GB with one for all. \
         {stream}",
        format_number(sim.context as f64, 0),
        sim.shape.kv_heads,
        sim.heads,
        format_number(cache, 1),
        format_number(sim.free() / 1e9, 0),
        format_number(sim.cache(sim.shared_by(sim.heads), sim.context) / 1e9, 1),
        format_number(sim.cache(sim.shared_by(1), sim.context) / 1e9, 1),
    )
}
