//! `retro`: move one token, and see which states change before it.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::figure::Figure;
use crate::lab::{
    Challenge, Choice, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading,
};
use crate::models::chunked_attention::{NOTHING, Retro, TOKENS, key_bytes};

/// Of the random weights: who can know what does not depend on it.
const SEED: u64 = 1;

static CHUNK: Choice<usize, 7> = Choice::new(
    "m",
    "Chunk length m",
    [
        ("1", "1", 1),
        ("4", "4", 4),
        ("6", "6", 6),
        ("8", "8", 8),
        ("12", "12", 12),
        ("16", "16", 16),
        ("48", "48", 48),
    ],
);

pub static SPEC: Spec = Spec::new(
    "retro",
    "Read while thinking, chunk by chunk",
    "Each chunk of a text looks up neighbours, and tokens attend to them. Move one token, and see which states \
     change: none before it may.",
    Pace::still(),
    |values| Box::new(Reader::new(values)),
)
.controls(&[
    Control::integer("probe", "Token that is moved", 0, TOKENS as i64 - 1, 11)
        .help("One token's vector is moved by a little; whatever changes depends on it.")
        .live(),
    CHUNK.control().default_option(3).help("Tokens of a chunk: something is looked up once for each."),
    Control::integer("neigh", "Neighbours", 1, 4, 2)
        .help("Chunks that are found for each chunk, each with the chunk that follows it in the store."),
    Control::toggle("shift", "Shifted", true).unless("m", &["1"])
        .help("On: a chunk's neighbours are read from its last token on. Off: by the whole chunk that asked for them."),
])
.readouts(&[
    Readout::new("lookups", "Lookups", 0).help("Times that something is retrieved for the 48 tokens.")
        .formula("48'tokens' / m"),
    Readout::new("leaks", "Leaks", 0).help("States before the moved token that change with it.")
        .basis("Counted over all states before it, each worked out with the token as it is and moved."),
    Readout::new("without", "Tokens without neighbours", 0)
        .help("Tokens at the start that come before anything was retrieved.")
        .formula("if(shift = on, m - 1, 0)"),
    Readout::new("store_tb", "Keys for 4 billion tokens", 2)
        .unit("TB")
        .help("Size of a store of four billion tokens with a key for each chunk: 1,024 numbers of four bytes.")
        .formula("4e9'tokens' / m * 1024'numbers' * 4'bytes' / 1e12"),
    Readout::new("pairs", "Pairs compared", 0)
        .help("Pairs of a token and a neighbour's token that attention compares.")
        .formula("(48'tokens' - without) * neigh * 2 * m"),
])
.presets(&[
    Preset::new("retro", "RETRO").look(
        "The last token of a chunk is the first to read what the chunk has found: nothing before the moved \
         token changes.",
    ),
    Preset::new("leaky", "Leaky")
        .look("Without the shift a chunk reads what its own last token helped to find. Seven earlier states know it.")
        .with(&[("shift", "off"), ("probe", "15")]),
    Preset::new("one-chunk", "One big chunk")
        .look("One lookup for all 48 tokens, and only the last one ever reads what it found.")
        .with(&[("m", "48")]),
])
.challenges(&[Challenge::new(
    "cheat",
    "Make it cheat",
    "Let at least five states know a token that comes after them.",
    &[of("leaks").at_least(5.0)],
)
.solution(&[("shift", "off"), ("probe", "15")], 0)]);

struct Reader {
    retro: Retro,
    chunk: usize,
    probe: usize,
    /// How much each state changes, by the token that is moved.
    influence: Vec<Vec<f64>>,
}

impl Reader {
    fn new(values: &Values) -> Self {
        let chunk = CHUNK.of(values);
        let retro = Retro::new(chunk, values.integer("neigh"), values.toggle("shift"), SEED);
        Self { influence: retro.influence(), retro, chunk, probe: values.integer("probe") }
    }

    fn changes(&self, moved: usize, state: usize) -> bool {
        self.influence[moved][state] > NOTHING
    }

    fn leaks(&self) -> usize {
        (0..self.probe).filter(|state| self.changes(self.probe, *state)).count()
    }
}

impl Simulation for Reader {
    fn set(&mut self, values: &Values) {
        self.probe = values.integer("probe");
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("lookups", self.retro.lookups()),
            reading("leaks", self.leaks()),
            reading("without", (0..TOKENS).filter(|t| self.retro.reads(*t).is_none()).count()),
            reading("store_tb", key_bytes(4e9, self.chunk as f64, 1024.0) / 1e12),
            reading("pairs", self.retro.pairs()),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let leaks = self.leaks();
        match leaks {
            0 => Vec::new(),
            1 => vec!["One state knows a token that comes after it.".to_owned()],
            _ => vec![format!("{leaks} states know a token that comes after them.")],
        }
    }
}
