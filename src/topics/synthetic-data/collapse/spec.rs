//! The declaration of `collapse`: controls, readouts, presets, the challenge and the bet.

use super::own::{self, LONGEST, NUMBERS};
use super::{Collapse, World};
use crate::lab::{Answer, Challenge, Choice, Control, Pace, Prediction, Preset, Readout, Spec, Values, of};
use crate::models::recursive_fit::{Estimator, Source};

pub(super) static WORLD: Choice<World, 2> = Choice::new(
    "world",
    "What is learnt",
    [("gaussian", "A bell curve", World::Normal), ("words", "Word frequencies", World::Words)],
);

pub(super) static MODE: Choice<fn(&Values) -> Source, 3> = Choice::new(
    "mode",
    "The next model reads",
    [
        ("replace", "The last samples", |_| Source::Replace),
        ("mix", "Those and real data", |values| Source::Mix(values.real("real_fraction"))),
        ("accumulate", "All samples so far", |_| Source::Accumulate),
    ],
);

pub(super) static ESTIMATOR: Choice<Estimator, 2> = Choice::new(
    "estimator",
    "Variance",
    [
        ("unbiased", "Unbiased, ÷ (n − 1)", Estimator::Unbiased),
        ("mle", "Most likely, ÷ n", Estimator::MostLikely),
    ],
);

pub static SPEC: Spec = Spec::new(
    "collapse",
    "Models that read only each other",
    "Each generation is fitted to samples of the one before, in hundreds of runs at once. Watch what the \
     typical run keeps of the truth; then let it keep some real data.",
    Pace::new(20.0, 10, "generation").promised(50),
    |values| Box::new(Collapse::new(values)),
)
.controls(CONTROLS)
.readouts(READOUTS)
.presets(PRESETS)
.challenges(CHALLENGES)
.prediction(PREDICTION);

const CONTROLS: &[Control] = &[
    MODE.control().help(
        "Replace: the last model's samples are all there is. Mix: a share of each generation is fresh real \
         data. Accumulate: real and synthetic samples of all generations.",
    ),
    Control::real("real_fraction", "Real share λ", [0.0, 0.9], 0.02, 0.1)
        .only("mode", &["mix"])
        .help("Share of fresh real samples in each generation."),
    Control::logarithmic_whole("n", "Samples n", [5.0, 1000.0], 50.0)
        .help("Samples, or words, in each generation. Every fit sees so few, and guesses the rest."),
    WORLD.control().help(
        "A bell curve: mean and variance are fitted. Word frequencies: each of 100 words is counted; a word \
         that is not written once is gone.",
    ),
    Control::real("temperature", "Temperature T", [0.5, 1.5], 0.05, 1.0)
        .help(
            "How the model writes: each frequency is raised to the power 1/T. Below 1 frequent words come \
             oftener than the model has read them, above 1 rare ones do.",
        )
        .only("world", &["words"]),
    Control::real("top_p", "Top-p", [0.5, 1.0], 0.05, 1.0)
        .help(
            "How the model writes: only the most frequent words that make up this share of its text \
             together. The rest is cut.",
        )
        .only("world", &["words"]),
    ESTIMATOR
        .control()
        .only("world", &["gaussian"])
        .help(
            "What the sum of squares is divided by. By n − 1 the variance is right on average; by n it is \
             too small by one part in n.",
        )
        .secondary(),
    Control::integer("chains", "Runs", 1, 256, 256)
        .help("How many runs are made side by side, each with chance of its own.")
        .secondary(),
    Control::text("own", "Your own text", LONGEST, "")
        .lines(LONGEST / 4)
        .reader(own::read)
        .help(
            "A text of your own, from 20 different words on: how often each word stands there is the truth that \
             the first generation reads, in place of Zipf’s law. Of more than a hundred the most frequent hundred \
             are taken.",
        )
        .only("world", &["words"])
        .secondary(),
    Control::table("numbers", "Your own numbers", &NUMBERS, own::read_numbers)
        .help(
            "Numbers of your own, one a row, take the place of the true bell curve, scaled to mean 0 and variance 1: \
             real samples are drawn from them.",
        )
        .only("world", &["gaussian"])
        .secondary(),
    Control::seed(1),
];

const READOUTS: &[Readout] = &[
    Readout::new("generation", "Generation", 0)
        .help("Fits so far. The first is fitted to real data, each later one to what the last has written.")
        .formula("step"),
    Readout::new("var_median", "Variance, typical run", 3)
        .basis("Median over the runs of the fitted variance; the truth is 1."),
    Readout::new("var_mean", "Variance, mean of runs", 2)
        .help("A few wide runs carry it, and it differs a lot from seed to seed; the truth is 1.")
        .basis("Mean over the runs of the fitted variance."),
    Readout::new("above", "Runs above 1", 0)
        .unit("%")
        .help("Share of the runs whose variance is larger than the truth.")
        .basis("By the variance that each run fitted last."),
    Readout::new("mu_ms", "Mean, squared error", 3)
        .basis("Square of the fitted mean, mean over the runs; the true mean is 0 and the true variance 1."),
    Readout::new("alive_words", "Words left", 1)
        .basis("Of 100 words, or those of your own text, how many are in the last text; mean over the runs."),
    Readout::new("simpson", "Two words are the same", 4)
        .basis("Chance that two words of a text are the same one (Simpson's index); mean over the runs."),
    Readout::new("dead_chains", "Dead runs", 0)
        .help("Runs with a variance below one millionth, or with one word.")
        .basis("Counted over the runs."),
];

const PRESETS: &[Preset] = &[
    Preset::new("curse", "Curse of recursion").look(
        "Nobody errs on average, and yet the bold line sinks: at generation 200 the typical run keeps \
         [0.02](run:?at=200&seeds=1..20#median:var_median) of its variance.",
    ),
    Preset::new("tenth", "A tenth of reality")
        .look(
            "Five real samples of fifty: at generation 200 the typical run still stands at \
             [0.97](run:?mode=mix&at=200&seeds=1..20#median:var_median).",
        )
        .with(&[("mode", "mix")]),
    Preset::new("keep", "Keep everything")
        .look(
            "No fresh data, but nothing is thrown away: the lines run level, at \
             [0.97](run:?mode=accumulate&at=200&seeds=1..20#median:var_median).",
        )
        .with(&[("mode", "accumulate")]),
    Preset::new("tiny", "Tiny samples")
        .look(
            "Ten samples a generation: the typical run has lost all but \
             [0.003](run:?n=10&at=50&seeds=1..20#median:var_median) of its variance by generation 50.",
        )
        .with(&[("n", "10")]),
    Preset::new("lost-words", "Lost words")
        .look(
            "Rare words go first. Of 100, [60](run:?world=words&n=200&at=1&seeds=1..4#mean:alive_words) are in \
             the first text and [4](run:?world=words&n=200&at=100&seeds=1..4#mean:alive_words) in the \
             hundredth.",
        )
        .with(&[("world", "words"), ("n", "200")]),
    Preset::new("cautious", "Cautious sampling")
        .look(
            "Each model writes only the words that make up nine tenths of what it has read; the red ones, while \
             there are such, are cut. At generation 10 [4.4](run:?world=words&n=200&top_p=0.9&at=10&seeds=1..4#mean:alive_words) \
             words are left; without the cut, [21](run:?world=words&n=200&at=10&seeds=1..4#mean:alive_words).",
        )
        .with(&[("world", "words"), ("n", "200"), ("top_p", "0.9")]),
];

const CHALLENGES: &[Challenge] = &[Challenge::new(
    "hold-the-variance",
    "Hold the variance",
    "At most 50 samples a generation and at most a tenth of them real: keep the typical variance within 20 % \
     of the truth for 200 generations.",
    &[
        of("var_median").at_least(0.8),
        of("var_median").at_most(1.2),
        of("generation").at_least(200.0),
        of("n").at_most(50.0),
        of("real_fraction").at_most(0.1),
    ],
)
.solution(&[("mode", "mix")], 200)];

const PREDICTION: Prediction = Prediction::new(
    "An unbiased fit, 50 samples a generation, 50 generations: how much of its variance has the typical run \
     kept?",
    of("var_median"),
    &[
        Answer::below("Next to nothing", 0.1),
        Answer::at_most("About a third", 0.6),
        Answer::beyond("All of it, or nearly"),
    ],
    "Each fit is right on average. But the variance is multiplied again and again, and a factor of 1.5 and \
     then one of 0.5 leave 0.75. Over the seeds 1 to 20 the median is \
     [0.35](run:?at=50&seeds=1..20#median:var_median).",
)
.settled_at(50);
