//! Where articles stand with their measured numbers.

/// Topics in which numbers may still stand that name no run. Whoever takes one off this list has all
/// of its numbers checked; a new topic is not on it.
pub const UNCONVERTED: &[&str] = &["neuromorphic-computing", "test-time-compute", "research-workflow"];

/// Numbers of the converted articles that look measured and are given: by arithmetic that the text
/// shows, by a design, by the size of something. Each as it stands in the text.
pub const GIVEN: &[(&str, &[&str])] = &[
    ("mixture-of-experts", &["after 1,000 steps?", "to step 1,000", "after 1,600 steps", "tends to 23.9 %"]),
    (
        "attention",
        &[
            "100,000 tokens",
            "takes 20 GB",
            "32-bit numbers",
            "20 GB of scores",
            "8,192 tokens",
            "141 GB of weights",
            "320 GB together",
        ],
    ),
    ("efficient-fine-tuning", &["(1, 2) times"]),
    ("mechanistic-interpretability", &["absent from 95 % of the examples; if it were 70 %"]),
    ("state-space-models", &["joins 400 tokens"]),
];
