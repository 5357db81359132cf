//! The declaration of `attack`: controls, readouts, presets, the challenge and the bet.

use super::{Base, LAST, Live};
use crate::lab::{
    Answer, Challenge, Choice, Control, Kind, Pace, Prediction, Preset, Readout, Spec, Values, of,
};
use crate::models::adversarial::{Attack, SIDE};

pub(super) static METHOD: Choice<Attack, 4> = Choice::new(
    "method",
    "Attack",
    [
        ("none", "none", Attack::None),
        ("random", "by lot", Attack::Random),
        ("fgsm", "FGSM: one step", Attack::Fgsm),
        ("pgd", "PGD: many steps", Attack::Pgd(0)),
    ],
);

/// What stands for the reader's drawing among the digits.
pub(super) const DRAWN: usize = 10;

pub(super) static SHOWN: Choice<usize, 11> = Choice::new(
    "digit",
    "Digit",
    [
        ("0", "0", 0),
        ("1", "1", 1),
        ("2", "2", 2),
        ("3", "3", 3),
        ("4", "4", 4),
        ("5", "5", 5),
        ("6", "6", 6),
        ("7", "7", 7),
        ("8", "8", 8),
        ("9", "9", 9),
        ("own", "your drawing", DRAWN),
    ],
);

pub(super) static LOOK: Choice<Option<Base>, 3> = Choice::new(
    "look",
    "What pixels weigh",
    [
        ("off", "not shown", None),
        ("mean", "from a mean digit", Some(Base::Mean)),
        ("blank", "from blank paper", Some(Base::Blank)),
    ],
);

const SHEET: Control = Control::drawing("draw", "Your drawing", [SIDE, SIDE], 4)
    .only("digit", &["own"])
    .invites()
    .drawn(".0333330.0000030.000030.000300.000300")
    .inked(1);

/// The drawing as shares of ink.
pub(super) fn shades(values: &Values) -> Vec<f64> {
    match SHEET.kind {
        Kind::Drawing(sheet) => sheet.shades(values.drawing("draw")),
        _ => Vec::new(),
    }
}

pub static SPEC: Spec = Spec::new(
    "attack",
    "The worst change of a given size",
    "A network learns to read digits of 8 × 8 pixels. Each pixel of a new one may then be changed by a little: by lot, or \
     by whoever knows the network and wants it wrong. Choose how, and by how much, or draw a digit of your own.",
    Pace::new(480.0, 150, "training step").promised(600),
    |values| Box::new(Live::new(values)),
)
.controls(&[
    METHOD
        .control()
        .default_option(1)
        .live()
        .help("Who changes the pixels: nobody, a coin, or an opponent who follows the slope of the error."),
    Control::real("eps", "Size of change ε", [0.0, 0.3], 0.01, 0.15)
        .live()
        .help("How far each pixel may move, of 1. Paper is 0.1, ink 0.9."),
    Control::integer("steps", "Steps of PGD", 1, 20, 10).only("method", &["pgd"])
        .live()
        .help("How often PGD looks at the slope anew. They move a pixel by 2.5 ε in all, if nothing stops it."),
    Control::real("adv_eps", "Trained on ε", [0.0, 0.25], 0.05, 0.0)
        .help("Size of the attacks, five steps of PGD, that training pictures suffer. 0: they are as they are."),
    SHOWN.control().default_option(3).live().help("The new picture that is shown."),
    LOOK.control().live().help(
        "Integrated gradients, in place of the answers: what each pixel adds to the digit's lead (blue) or takes off it \
         (brown) on the straight way from another picture. Frames: the ten that weigh most.",
    ),
    SHEET.live().help("What you draw is shown and attacked: the digit becomes “your drawing”."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("clean", "Right as they are", 3).basis("Share of 200 new digits that are read right, unchanged; tested every 50 updates."),
    Readout::new("robust", "Right when changed", 3)
        .help("The same after the chosen change, made for each picture. One try of PGD: the worst may be worse.")
        .basis("Of 200 new digits, tested every 50 updates."),
    Readout::new("linf", "Largest change", 2).help("Of a pixel of the picture shown: never above ε.")
        .basis("Over the 64 pixels of that picture."),
    Readout::new("fooled_as", "Picture read as", 0).help("The digit that the network reads in the changed picture.")
        .basis("Of the one picture that is shown."),
    Readout::new("on_ink", "Weight on strokes", 3).help("Share of the parts in the lead, without signs, that lies on pixels with ink. They are about 0.19 of all. The lead is over the digit that is nearest after the attack.")
        .basis("Over 200 new digits."),
    Readout::new("held", "Weight of the heaviest", 3).help(
        "The same share for the ten pixels that weigh most in each digit: were all alike, it would be 0.156.",
    )
        .basis("Over 200 new digits."),
    Readout::new("on_top", "Lost on the heaviest", 3).help("Share of the lead lost to the attack that falls on the ten pixels that weigh most in a digit. Ten of 64 are 0.156; where they hold more of the weight, more may fall on them.")
        .basis("Over 200 new digits."),
    Readout::new("accounted", "Accounted for", 3).help(
        "What the pixels' parts in the attack on the shown picture add up to, of the change of the lead: 1 but for the 50 \
         places at which slopes are asked.",
    )
        .basis("Of the one picture that is shown."),
])
.presets(&[
    Preset::new("naive", "The worst case")
        .look(
            "Ten steps of PGD: [0.03](run:?method=pgd&at=600&seeds=1..12#mean:robust) of new digits are still read \
             right, the mean of twelve beginnings.",
        )
        .with(&[("method", "pgd")]),
    Preset::new("one-step", "One step")
        .look(
            "The slope is asked once: [0.09](run:?method=fgsm&at=600&seeds=1..12#mean:robust) stay right. Most of the \
             harm needs no search.",
        )
        .with(&[("method", "fgsm")]),
    Preset::new("hardened", "Hardened")
        .look("Each training picture is attacked first. Watch the curve of PGD come up; the 3 that is shown may be lost all the same.")
        .with(&[("method", "pgd"), ("adv_eps", "0.15")]),
    Preset::new("too-much", "Stronger still")
        .look("Trained on 0.25: only 0.3 is left between ink and paper. After 600 steps it is behind; let it run on.")
        .with(&[("method", "pgd"), ("adv_eps", "0.25")]),
    Preset::new("hopeless", "Hopeless")
        .look("At 0.3 ink may sink to 0.6 and paper rise to 0.4. Nothing stays right, yet you still see the digit.")
        .with(&[("method", "pgd"), ("eps", "0.3")]),
    Preset::new("weighed", "What pixels weigh")
        .look(
            "Framed: the ten pixels that weigh most. [0.45](run:?method=pgd&at=600&seeds=1..12#mean:on_top) of what PGD \
             takes falls on such ten; an untrained network has [0.25](run:?method=pgd&at=0&seeds=1..12#mean:on_top).",
        )
        .with(&[("method", "pgd"), ("look", "mean")]),
])
.challenges(&[
    Challenge::new(
        "robust",
        "Stand at 0.2",
        "Have 0.8 of new digits right when PGD may move each pixel by 0.2 or more, in ten steps or more.",
        &[
            of("method").is("pgd"),
            of("eps").at_least(0.2),
            of("steps").at_least(10.0),
            of("robust").at_least(0.8),
        ],
    )
    .solution(&[("method", "pgd"), ("eps", "0.2"), ("adv_eps", "0.2")], LAST),
])
.prediction(
    Prediction::new(
        "Now each pixel is moved by up to 0.15 not by lot but by an opponent who knows the network. How many of new \
         digits does a plainly trained one still read right after 600 steps?",
        of("robust"),
        &[
            Answer::beyond("Nearly as many: 95 % or more"),
            Answer::below("Between 10 and 95 %", 0.95),
            Answer::below("Under 10 %", 0.1),
        ],
        "[0.03](run:?method=pgd&at=600&seeds=1..12#mean:robust) on average, at most \
         [0.07](run:?method=pgd&at=600&seeds=1..12#max:robust), where changes of the same size by lot leave \
         [0.98](run:?at=600&seeds=1..12#mean:robust). One step along the slope's signs is nearly enough: \
         [0.09](run:?method=fgsm&at=600&seeds=1..12#mean:robust).",
    )
    .with(&[("method", "pgd")])
    .settled_at(600),
);
