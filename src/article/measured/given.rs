//! Numbers of articles that no run has given.

/// Numbers that look measured and are given: by arithmetic that the text shows, by a design, by the
/// size of something. Each as it stands in the text.
pub const GIVEN: &[(&str, &[&str])] = &[
    ("mixture-of-experts", &["after 1,000 steps?", "after 1,600 steps", "tends to 23.9 %"]),
    (
        "attention",
        &[
            "100,000 tokens",
            "takes 20 GB",
            "32-bit numbers",
            "20 GB of scores",
            "8,192 tokens",
            "141 GB of weights",
            "from 141 + 344 GB a step",
            "320 GB together",
        ],
    ),
    (
        "multimodal-models",
        &[
            "8 × 8 pixels",
            "captions at step 200",
            "hardly more than the 6 % of a guess",
            "a guess finds 6 %",
            "144 tokens of 2 × 2 pixels",
            "24 × 24 pixels",
        ],
    ),
    (
        "neuromorphic-computing",
        &[
            "GPU, which made 2.6 times",
            "with its 2.6 times",
            "0.23 pJ (8-bit)",
            "make 13 pJ a synapse",
            "23.6 pJ for a SynOp, memory in",
            "cost 11,500 pJ",
        ],
    ),
    ("test-time-compute", &["about 2.7 times"]),
    ("research-workflow", &["the power is 80 %", "95 % of the t distribution", "95 % interval"]),
    (
        "efficient-fine-tuning",
        &["(1, 2) times", "after 1,200 steps", "204,800 numbers a layer", "eight cards of 24 GB"],
    ),
    (
        "mechanistic-interpretability",
        &["absent from 95 % of the examples; if it were 70 %", "after 3,000 steps"],
    ),
    ("scaling-laws", &["only 50,000 facts"]),
    ("liquid-networks", &["1.4 times as long", "Euler's limit of 0.416 s"]),
    ("robustness-and-efficiency", &["1.5 times as strong"]),
    ("state-space-models", &["joins 400 tokens", "needs 7.7 TFLOP", "a state of 256 numbers"]),
    (
        "the-bill",
        &[
            "12.7 billion parameters",
            "76 % are read in place of 25 %",
            "1.606 billion parameters",
            "3.21 GB",
            "90.19 GB",
            "22.55 GB",
            "2,304 tokens",
            "0.30 GB",
            "288 times less",
            "for 1,000 tokens",
            "take 13.1 GB",
            "2.77 times as long",
        ],
    ),
];
