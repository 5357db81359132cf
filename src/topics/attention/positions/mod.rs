//! A needle among many keys: what position schemes and sheer length do to its share.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::figure::Figure;
use crate::lab::{
    Answer, Bounded, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Reading, Readout,
    Simulation, Spec, Values, of, reading,
};
use crate::models::needle::{Haystack, Scheme, share};
use crate::models::positions::{Pairing, Rope, alibi_slopes, alibi_window};
use crate::numerics::elementary::{log_sum_exp, pow};
use crate::numerics::matrix::dot;

/// What the scores know of positions.
#[derive(Clone, Copy)]
enum Given {
    Nothing,
    Rope,
    Alibi,
}

static SCHEME: Choice<Given, 3> = Choice::new(
    "scheme",
    "Positions",
    [("none", "none", Given::Nothing), ("rope", "RoPE", Given::Rope), ("alibi", "ALiBi", Given::Alibi)],
);

pub static SPEC: Spec = Spec::new(
    "positions",
    "A needle in a long context",
    "One query looks for one relevant key, the needle, among many others. The curve is the attention that \
     the needle would get at each distance; the dots are other keys, read from the nearest to the farthest.",
    Pace::new(30.0, 120, "slice of keys"),
    |values| Box::new(Positions::new(values)),
)
.controls(CONTROLS)
.readouts(READOUTS)
.presets(PRESETS)
.challenges(CHALLENGES)
.prediction(PREDICTION);

const CONTROLS: &[Control] = &[
    SCHEME
        .control()
        .default_option(1)
        .help("RoPE turns queries and keys by an angle; ALiBi subtracts a slope times the distance."),
    Control::logarithmic_whole("n", "Context", [128.0, 1_048_576.0], 4_096.0)
        .unit("tokens")
        .help("Keys that the query looks at; all but one are distractors."),
    Control::logarithmic_whole("needle_dist", "Needle's distance", [1.0, 1_048_575.0], 1_000.0)
        .unit("tokens back")
        .help("How far before the query the needle stands."),
    Control::real("margin", "Margin", [0.0, 25.0], 0.1, 10.0)
        .live()
        .unit("nats")
        .help("The needle's logit before position; the others' is 0 on average."),
    Control::real("sigma", "Spread of the others", [0.0, 3.0], 0.1, 1.0)
        .help("Standard deviation of the distractors' logits."),
    Control::integer("shift", "Shift", 0, 100_000, 0)
        .only("scheme", &["rope"])
        .step(100)
        .live()
        .help("Added to every position, the query's too. RoPE's curve must not move."),
    Control::integer("d", "Head dimension", 8, 128, 64)
        .only("scheme", &["rope"])
        .step(2)
        .secondary()
        .help("RoPE turns d/2 pairs of channels, each slower than the one before."),
    Control::logarithmic("base", "RoPE base", [1e3, 1e7], 1e4)
        .only("scheme", &["rope"])
        .help("The larger, the slower the slowest pairs turn."),
    Control::real("pi_factor", "Interpolation", [1.0, 32.0], 0.5, 1.0)
        .only("scheme", &["rope"])
        .secondary()
        .help("Divides all positions, so that a longer context uses angles seen in training."),
    Control::integer("head", "ALiBi head", 1, 16, 8)
        .only("scheme", &["alibi"])
        .help("Head 1 looks nearest, the last head farthest."),
    Control::integer("heads", "ALiBi heads", 1, 16, 8)
        .only("scheme", &["alibi"])
        .secondary()
        .help("Sets the slopes of all heads."),
    Control::seed(1),
];

const READOUTS: &[Readout] = &[
    Readout::new("needle_weight", "Needle's attention", 4)
        .help("Its share of the softmax.")
        .basis("Over all keys: those read with their draws, the others with their expectation."),
    Readout::new("read", "Keys read", 0).unit("%").help("Share of the context read so far.")
        .formula("100 * ceil(n * min(step, 192) ^ 2 / 192 ^ 2) / n"),
    Readout::new("window", "Effective window", 1)
        .unit("tokens")
        .help("ALiBi: the sum of all distance weights, 1/(1 − e^−slope).")
        .formula("1 / (1 - exp(-(if((min(head, heads))'head' <= (2 ^ floor(log2(heads)))'power of two', 2 ^ (-8 * (min(head, heads))'head' / (2 ^ floor(log2(heads)))'power of two'), 2 ^ (-8 * ((min(head, heads))'head' - (2 ^ floor(log2(heads)))'power of two' - 0.5) / (2 ^ floor(log2(heads)))'power of two')))'slope'))"),
    Readout::new("wavelength", "Longest wavelength", 0)
        .unit("tokens")
        .help("RoPE: positions in which the slowest pair makes a full turn.")
        .formula("6.283185307179586'2π' * pi_factor * base ^ ((d - 2) / d)"),
    Readout::new("shift_err", "Change by the shift", 10)
        .help("RoPE: the most that any probed agreement ρ, at most 1, changes under the shift.")
        .basis("Over at most 8 distances in each of 92 to 192 stretches, more in a longer context."),
];

const PRESETS: &[Preset] = &[
    Preset::new("plain", "Plain")
        .look("Without positions a margin of 10 wins three quarters of the attention, at any distance.")
        .with(&[("scheme", "none")]),
    Preset::new("rope-10k", "RoPE 10k")
        .look("The needle's share falls and swings with its distance, for this aligned content.")
        .with(&[("scheme", "rope")]),
    Preset::new("rope-500k", "RoPE 500k")
        .look("A larger base turns more slowly: the same needle keeps more of its logit.")
        .with(&[("scheme", "rope"), ("base", "500000")]),
    Preset::new("alibi-near", "ALiBi near head")
        .look("Head 1 has slope 1/2: thirty tokens back, [0.5 %](run:?scheme=alibi&head=1&needle_dist=30#needle_weight) \
             of the attention is left.")
        .with(&[("scheme", "alibi"), ("head", "1"), ("needle_dist", "10")]),
    Preset::new("haystack-100k", "100k haystack")
        .look("No positions, 100,000 keys: a margin of 10 keeps an eighth. Raise it until half is won.")
        .with(&[("scheme", "none"), ("n", "100000"), ("needle_dist", "50000")]),
];

const CHALLENGES: &[Challenge] = &[Challenge::new(
    "needle-at-100k",
    "Find the needle at 100,000",
    "Without positions, with 100,000 keys or more and a spread of 1, win at least half of the attention with \
     a margin of at most 12.4. Read all keys.",
    &[
        of("scheme").is("none"),
        of("n").at_least(100_000.0),
        of("sigma").equals(1.0),
        of("needle_weight").at_least(0.5),
        of("margin").at_most(12.4),
        of("read").at_least(100.0),
    ],
)
.solution(&[("scheme", "none"), ("n", "100000"), ("margin", "12.3")], SLICES as u64)];

const PREDICTION: Prediction = Prediction::new(
    "Without positions, a needle with margin 10 holds 77 % of the attention among 4,096 keys. How much is \
     left among 100,000, 24 times as many?",
    of("needle_weight"),
    &[
        Answer::beyond("Still more than half"),
        Answer::at_most("About an eighth", 0.5),
        Answer::at_most("24 times less: about 3 %", 0.08),
    ],
    "The needle's share is e^μ / (e^μ + the others). At 4,096 keys the needle outweighed all the others \
     together, so there the share could hardly rise; 24 times as many others bring it to about an eighth. \
     Half again costs a margin of ln n + σ²/2, 12.01 where σ² is that of these scores.",
)
.with(&[("scheme", "none"), ("n", "100000")])
.settled_at(SLICES as u64);

/// Slices in which the keys are read.
const SLICES: usize = 192;

/// Distances at which ρ is probed between one place of its curve and the next.
const PROBES_A_BIN: usize = 8;

/// Where slice `k` of `n` keys ends. Slices grow, so that the reading moves evenly enough over a
/// logarithmic axis.
fn slice_end(n: usize, k: usize) -> usize {
    (n as u64 * (k * k) as u64).div_ceil((SLICES * SLICES) as u64) as usize
}

/// A haystack being read, under one scheme.
struct Positions {
    haystack: Haystack,
    n: usize,
    needle: Bounded<usize>,
    margin: f64,
    sigma: f64,
    heads: usize,
    /// From 1.
    head: Bounded<usize>,
    rope: Rope,
    shift: usize,
    slices: usize,
    /// ln of the expected sum over what is unread after each number of slices.
    unread: Vec<f64>,
    /// Keys read and ln of the expected sum over them, after each slice.
    expected_course: Vec<[f64; 2]>,
    /// Least, mean and largest ρ from each of [`Positions::probes`] to the next, from vectors
    /// turned to shifted positions.
    agreements: Vec<[f64; 3]>,
    shift_error: f64,
    /// Keys read and ln Σ e^logit over them, after each slice.
    course: Vec<[f64; 2]>,
}

impl Positions {
    fn new(values: &Values) -> Self {
        let n = values.integer("n");
        let needle = Bounded::at_most(values.integer("needle_dist"), n - 1, |asked| {
            format!("The needle cannot stand {asked} back among {n} keys; {} is used.", n - 1)
        });
        let heads = values.integer("heads");
        let head = Bounded::at_most(values.integer("head"), heads, |asked| {
            format!("There are {heads} heads, so head {heads} is used in place of {asked}.")
        });
        let rope = Rope::new(values.integer("d"), values.real("base"), Pairing::HalfSplit)
            .interpolated(values.real("pi_factor"));
        let scheme = match SCHEME.of(values) {
            Given::Rope => Scheme::Rope(rope.clone()),
            Given::Alibi => Scheme::Alibi { slope: alibi_slopes(heads)[head.value - 1] },
            Given::Nothing => Scheme::None,
        };
        let sigma = values.real("sigma");
        let slices: Vec<f64> = (0..SLICES)
            .map(|k| scheme.expected_log_sum(sigma, slice_end(n, k), slice_end(n, k + 1)))
            .collect();
        let mut unread = vec![f64::NEG_INFINITY];
        for slice in slices.iter().rev() {
            unread.push(log_sum_exp(&[*slice, unread[unread.len() - 1]]));
        }
        unread.reverse();
        let mut read = f64::NEG_INFINITY;
        let mut expected_course = Vec::new();
        for (k, slice) in slices.iter().enumerate() {
            read = log_sum_exp(&[read, *slice]);
            expected_course.push([slice_end(n, k + 1) as f64, read]);
        }
        let mut simulation = Self {
            haystack: Haystack::new(scheme, n, needle.value, sigma, values.seed()),
            n,
            needle,
            margin: 0.0,
            sigma,
            heads,
            head,
            rope,
            shift: 0,
            slices: 0,
            unread,
            expected_course,
            agreements: Vec::new(),
            shift_error: 0.0,
            course: Vec::new(),
        };
        simulation.set(values);
        simulation
    }

    /// Distances at which curves are drawn: evenly spread over the logarithm, each once.
    fn probes(&self) -> impl Iterator<Item = usize> + '_ {
        const COUNT: usize = 220;
        let mut last = 0;
        (0..=COUNT).filter_map(move |k| {
            let distance = pow(self.n as f64 - 1.0, k as f64 / COUNT as f64).round() as usize;
            (distance > last).then(|| {
                last = distance;
                distance
            })
        })
    }

    /// The needle's logit, were it `distance` back.
    fn needle_logit(&self, distance: usize) -> f64 {
        self.haystack.scheme().logit(self.margin, distance)
    }

    /// ln of the sum over all other keys, the unread ones with their expectation.
    fn log_sum(&self) -> f64 {
        self.haystack.log_sum(self.unread[self.slices])
    }

    fn needle_weight(&self) -> f64 {
        share(self.needle_logit(self.needle.value), self.log_sum())
    }

    fn slopes(&self) -> Vec<f64> {
        alibi_slopes(self.heads)
    }

    /// Turns a query and its keys to their real, shifted positions and compares their products.
    fn probe_the_shift(&mut self) {
        let pairs = self.rope.inverse_frequencies().len();
        let unit = vec![1.0 / (2.0 * pairs as f64).sqrt(); 2 * pairs];
        let query = (self.n - 1 + self.shift) as f64;
        let turned = self.rope.rotate(&unit, query);
        let probes: Vec<usize> = self.probes().chain([self.n]).collect();
        let mut worst: f64 = 0.0;
        let mut agreements = Vec::with_capacity(probes.len());
        for pair in probes.windows(2) {
            let count = (pair[1] - pair[0]).min(PROBES_A_BIN);
            let (mut low, mut sum, mut high) = (f64::INFINITY, 0.0, f64::NEG_INFINITY);
            for k in 0..count {
                let distance = (pair[0] + k * (pair[1] - pair[0]) / count) as f64;
                let rho = dot(&turned, &self.rope.rotate(&unit, query - distance));
                worst = worst.max((rho - self.rope.agreement(distance)).abs());
                (low, sum, high) = (rho.min(low), sum + rho, rho.max(high));
            }
            agreements.push([low, sum / count.max(1) as f64, high]);
        }
        self.shift_error = worst;
        self.agreements = agreements;
    }
}

impl Simulation for Positions {
    fn step(&mut self) {
        self.slices += 1;
        self.haystack.read_to(slice_end(self.n, self.slices));
        self.course.push([self.haystack.read() as f64, self.haystack.log_sum_read()]);
    }

    fn set(&mut self, values: &Values) {
        self.margin = values.real("margin");
        let shift = values.integer("shift");
        if shift != self.shift || self.agreements.is_empty() {
            self.shift = shift;
            self.probe_the_shift();
        }
    }

    fn readings(&self) -> Vec<Named> {
        let (mut window, mut wavelength, mut shift_error) =
            (Reading::Absent, Reading::Absent, Reading::Absent);
        match self.haystack.scheme() {
            Scheme::None => {}
            Scheme::Rope(rope) => {
                wavelength = rope.longest_wavelength().into();
                shift_error = self.shift_error.into();
            }
            Scheme::Alibi { slope } => window = alibi_window(*slope).into(),
        }
        vec![
            reading("needle_weight", self.needle_weight()),
            reading("read", 100.0 * self.haystack.read() as f64 / self.n as f64),
            reading("window", window),
            reading("wavelength", wavelength),
            reading("shift_err", shift_error),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::from_iter(self.needle.note());
        if matches!(self.haystack.scheme(), Scheme::Alibi { .. }) {
            notes.extend(self.head.note());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.slices >= SLICES
    }
}
