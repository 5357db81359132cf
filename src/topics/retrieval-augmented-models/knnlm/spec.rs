//! The declaration of `knnlm`.

use super::own::{self, LONGEST};
use super::{CELLS, Mixer, ROWS, STEPS};
use crate::lab::schema::condition::difference;
use crate::lab::{Answer, Challenge, Choice, Control, Pace, Prediction, Preset, Readout, Spec, of};
use crate::models::small_world::{Edit, Saying};

/// What the weights have learnt from, and how much of a sentence they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learnt {
    Pairs,
    /// From the notebook's sentences as well.
    PairsOfAll,
    Aware,
    AwareOfAll,
}

pub(super) static WEIGHTS: Choice<Learnt, 4> = Choice::new(
    "weights",
    "Weights",
    [
        ("bigram", "pairs, 150", Learnt::Pairs),
        ("bigram_all", "pairs, all 550", Learnt::PairsOfAll),
        ("aware", "place-aware, 150", Learnt::Aware),
        ("all", "place-aware, all 550", Learnt::AwareOfAll),
    ],
);

pub(super) static EDIT: Choice<Edit, 3> = Choice::new(
    "edit",
    "Since then",
    [
        ("two", "two capitals swapped", Edit::Two),
        ("none", "nothing has changed", Edit::Nothing),
        ("every", "all capitals have moved", Edit::All),
    ],
);

pub(super) static ASK: Choice<Saying, 3> = Choice::new(
    "ask",
    "Sentence read first",
    [
        ("capital", "the capital of … is", Saying::Capital),
        ("travel", "if you travel to …", Saying::Travel),
        ("flag", "the flag of … is", Saying::Flag),
    ],
);

pub static SPEC: Spec = Spec::new(
    "knnlm",
    "Weights and a notebook",
    "A table of counts and a notebook of contexts each say how likely the next word is, and a share λ mixes \
     the two. Drag λ, shrink either, or change the world after the weights have learnt.",
    // Twelve beats a second: a word is read in four, so three words a second.
    Pace::new(12.0, STEPS, "beat"),
    |values| Box::new(Mixer::new(values)),
)
.controls(&[
    Control::real("lambda", "Notebook share λ", [0.0, 1.0], 0.01, 0.25)
        .help("The notebook's share in the mix: at 0 only the weights speak, at 1 only the notebook.")
        .live(),
    EDIT.control()
        .help("What changed in the world after the weights learnt. Notebook and test are written anew, weights are not."),
    WEIGHTS.control().default_option(3).help(
        "What the weights are: counts of pairs of words, or of triples with the place that the sentence is about; of 150 sentences, or of all 550, those of the notebook included.",
    ),
    Control::integer("store", "Notebook entries", 0, 3000, 3000)
        .step(50)
        .help("Contexts in the notebook, each with the word that followed it."),
    Control::integer("lm_rows", "Rows of pairs", 0, ROWS as i64, ROWS as i64)
        .help("How many previous words have counts of their own; without a row only how frequent words are is known."),
    Control::integer("k", "Neighbours k", 1, 64, 8).help("How many of the nearest entries answer."),
    Control::logarithmic("temp", "Softness T", [0.02, 2.0], 0.3)
        .help("How much farther neighbours count: at small T only the nearest does."),
    Control::real("theta", "Ask from θ on", [0.0, 4.0], 0.05, 0.0)
        .unit("nats")
        .help("The notebook is asked only where the weights are at least so undecided, by their entropy.")
        .live()
        .secondary(),
    Control::integer("context", "Words in a key J", 1, 16, 8)
        .help("How many words before are in a key, each with 0.6 of the weight of the one after it.")
        .secondary(),
    Control::integer("probe", "Cells searched", 1, CELLS as i64, CELLS as i64)
        .help("Of 64 cells around the centres of k-means (fewer where keys are equal), how many are searched, the nearest first. With 64 nothing is cut.")
        .secondary(),
    ASK.control().help("The sentence about the first place that is read first.").secondary(),
    Control::text("own", "Your own text", LONGEST, "")
        .lines(LONGEST / 4)
        .reader(own::read)
        .help(
            "A text of your own, from 300 words on, 68 of them different: the weights learn its first third, the \
             notebook has the next half, and the rest is the test. Each full stop counts as a word.",
        )
        .secondary(),
    Control::seed(1),
])
.readouts(&[
    Readout::new("new", "True word, mix", 2)
        .help("Probability that the mix gives to the true end of the sentence that is read first.")
        .basis("Of one word, the last of that sentence."),
    Readout::new("old", "Old word, mix", 2)
        .help("Probability that the mix gives to what was true when the weights learnt.")
        .basis("Of one word, the last of the sentence that is read first."),
    Readout::new("lead", "Lead of the true word", 2)
        .help("How much more the mix gives to the true word than to the old one; below 0 the old one wins.")
        .formula("new - old"),
    Readout::new("crossing", "They cross at λ", 2)
        .help("The share from which on the mix gives more to the true word than to the old one.")
        .basis("Of one word, the last of the sentence that is read first."),
    Readout::new("ppl", "Perplexity", 2)
        .help("Of the mix: among how many words it hesitates on average. Less is better.")
        .basis("On the words of 80 new sentences that have been read so far."),
    Readout::new("ppl_lm", "Weights alone", 2).help("Perplexity without the notebook.")
        .basis("On the words read so far of 80 new sentences."),
    Readout::new("ppl_best", "At the best λ", 2).help("The least perplexity that any share gives.")
        .basis("On the words read so far of 80 new sentences."),
    Readout::new("best_lambda", "Best λ", 2).help("The share with the least perplexity.")
        .basis("On the words read so far of 80 new sentences."),
    Readout::new("ppl_all_rows", "All rows, no notebook", 2)
        .help("Perplexity of the table of pairs of 150 sentences with all its rows, alone.")
        .basis("On the words read so far of 80 new sentences."),
    Readout::new("fact_acc", "Facts right", 0)
        .unit("%")
        .help("How often the likeliest word of the mix is right where a sentence ends with a capital or a colour.")
        .basis("Of the facts among the words read so far of 80 new sentences."),
    Readout::new("call_rate", "Asked", 0).unit("%").help("Share of the words for which the notebook is asked.")
        .basis("Of the words read so far of 80 new sentences."),
    Readout::new("gate_cost", "Price of not asking", 3)
        .unit("×")
        .help("Perplexity against that of asking for every word, at the same share.")
        .basis("On the words read so far of 80 new sentences."),
    Readout::new("looked", "Distances computed", 1).unit("%").help(
        "Distances that one question takes, to centres and to keys, in per cent of the notebook's entries.",
    )
        .basis("Mean over the words read so far of 80 new sentences."),
    Readout::new("recall", "Neighbours found", 0)
        .unit("%")
        .help("How many of the truly nearest entries are among those that are found.")
        .basis("Over the words read so far of 80 new sentences."),
    Readout::new("params", "Parameters", 0).help("Numbers in the weights.")
        .basis("Counted in the tables: one for each word, and one for each pair or triple that was seen."),
    Readout::new("stored_numbers", "Notebook numbers", 0)
        .help("Numbers in the notebook: 32 of a key and a word for each entry.")
        .formula("store * (32'numbers of a key' + 1'its word')"),
])
.presets(&[
    Preset::new("stale", "Stale weights").look(
        "Two capitals have swapped. The notebook knows, the weights do not: at λ = 0.25 the old one wins in \
         [20 of 20](run:?at=20&seeds=1..20#count:lead<0) seeds. Drag λ until it does not.",
    ),
    Preset::new("paper", "Paper's share")
        .look(
            "The share that the paper's authors use. Here the notebook is better than the weights by far, and \
             the diamond stands far to the right of it.",
        )
        .with(&[("weights", "bigram"), ("edit", "none")]),
    Preset::new("tiny", "Tiny model, big notebook")
        .look("No rows at all: 68 parameters and 3,000 entries. The grid has what is paid on each side.")
        .with(&[("weights", "bigram"), ("edit", "none"), ("lm_rows", "0"), ("lambda", "0.9")]),
    Preset::new("all-weights", "All weights")
        .look("An empty notebook: λ has nothing to mix, and the weights answer alone.")
        .with(&[("weights", "bigram"), ("edit", "none"), ("store", "0")]),
    Preset::new("unsure", "Only ask when unsure")
        .look("Asked from an entropy of one nat on: about a third of the calls is saved, and the curve hardly rises.")
        .with(&[("weights", "bigram"), ("edit", "none"), ("theta", "1"), ("lambda", "0.75")]),
    Preset::new("copying", "Pure copying")
        .look("One neighbour and nothing else: a word that it does not have gets no chance at all.")
        .with(&[("weights", "bigram"), ("edit", "none"), ("k", "1"), ("lambda", "1")]),
    Preset::new("cells", "One cell of 64")
        .look(
            "Bars are cells of the notebook, and only the first is searched: a twentieth of the distances. Where a \
             cross appears, as for some of the next words, neighbours lie across a border and are missed.",
        )
        .with(&[("weights", "bigram"), ("edit", "none"), ("probe", "1"), ("lambda", "0.75")]),
    Preset::new("moved", "All capitals moved")
        .look("Everything that the weights know of capitals is wrong. The rest of their language is right, and the best \
             mix still listens to them.")
        .with(&[("edit", "every"), ("lambda", "0.58")]),
])
.challenges(&[
    Challenge::new(
        "small-beats-large",
        "Beat the large with the small",
        "With a table of pairs and not one row of it, be better than all its rows without a notebook.",
        &[of("weights").is("bigram"), of("lm_rows").equals(0.0), difference("ppl", "ppl_all_rows").below(0.0)],
    )
    .solution(&[("weights", "bigram"), ("edit", "none"), ("lm_rows", "0"), ("lambda", "0.9")], STEPS),
    Challenge::new(
        "thrifty",
        "Thrifty",
        "Give the notebook at least half of the say, ask it for at most 80 % of the words, and pay at most a \
         tenth of the perplexity for it.",
        &[
            of("lambda").at_least(0.5),
            of("store").above(0.0),
            of("call_rate").at_most(80.0),
            of("gate_cost").at_most(1.1),
        ],
    )
    .solution(
        &[("weights", "bigram"), ("edit", "none"), ("theta", "1"), ("lambda", "0.75")],
        STEPS,
    ),
])
.prediction(
    Prediction::new(
        "Nothing has changed in the world, the weights know pairs of words only, and the notebook has 3,000 \
         entries. Which share of the notebook is best?",
        of("best_lambda"),
        &[
            Answer::below("about 0.05", 0.15),
            Answer::below("about 0.25", 0.5),
            Answer::below("about 0.75", 0.9),
            Answer::beyond("all of it, 1"),
        ],
        "It is near 0.7: the notebook has read more and sees more of a sentence than the table of pairs. It is \
         not 1, since a word that no neighbour has would get no chance at all.",
    )
    .with(&[("weights", "bigram"), ("edit", "none")])
    .settled_at(STEPS),
);
