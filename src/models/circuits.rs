//! Two circuits of attention heads, with weights set by hand: induction, and the identification of
//! an indirect object.
//!
//! References: Elhage et al. 2021, *A Mathematical Framework for Transformer Circuits*; Olsson et
//! al. 2022, *In-context Learning and Induction Heads*, arXiv:2209.11895; Wang et al. 2022,
//! *Interpretability in the Wild*, arXiv:2211.00593 (the classes of heads).
//!
//! Glossary: `beta` β, the factor of all scores before the softmax; `out` the part of the residual
//! stream that the unembedding reads; `flag`, `inhibit`, `prev` parts that one head writes and a
//! later one reads. Parts of the stream are separate one-hot spaces, so nothing interferes.
//!
//! Departures: one head a layer, no MLP, and no learned number: the published circuit has 26 heads
//! in seven classes. Heads that serve the last token write nothing elsewhere.

use numerics::elementary::softmax;
use numerics::matrix::Matrix;

/// What is set by hand in the heads of [`indirect_object`], beside β.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constants {
    /// Score of `<bos>`, where a head looks that finds nothing.
    pub sink: f64,
    /// What a mover's score of a name loses for each unit of inhibition.
    pub inhibition: f64,
    /// How far what the first mover has written keeps the backup quiet: its scores are multiplied by
    /// 1 − damping × (what stands in `out`).
    pub damping: f64,
}

impl Default for Constants {
    fn default() -> Self {
        Self { sink: 0.5, inhibition: 2.0, damping: 1.0 }
    }
}

/// Logits are this many times `out`.
const UNEMBEDDING: f64 = 4.0;

/// What is done to a head's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ablation {
    Intact,
    /// It writes nothing.
    Zero,
    /// At every position it writes the mean of what it writes over all positions.
    Mean,
}

/// What one head did.
#[derive(Clone, Debug)]
pub struct Head {
    pub name: &'static str,
    /// Weights, query x key; a row of zeros where the head does not ask.
    pub attention: Matrix,
    pub ablation: Ablation,
}

impl Head {
    /// Whether it serves the word at position `q`.
    #[must_use]
    pub fn asks(&self, q: usize) -> bool {
        self.attention.row(q).iter().any(|a| *a > 0.0)
    }
}

fn heads<const N: usize>(
    names: [&'static str; N],
    attention: [Matrix; N],
    ablations: [Ablation; N],
) -> Vec<Head> {
    let parts = names.into_iter().zip(attention).zip(ablations);
    parts.map(|((name, attention), ablation)| Head { name, attention, ablation }).collect()
}

/// A prompt gone through a circuit.
#[derive(Clone, Debug)]
pub struct Pass {
    pub words: Vec<&'static str>,
    /// The distinct words, in order of appearance: the vocabulary.
    pub vocabulary: Vec<&'static str>,
    pub heads: Vec<Head>,
    /// Logits, position x vocabulary.
    pub logits: Matrix,
}

/// Causal attention of the queries in `asks` over scores times β; all other rows are zero.
fn attend(
    count: usize,
    beta: f64,
    asks: impl Fn(usize) -> bool,
    score: impl Fn(usize, usize) -> f64,
) -> Matrix {
    let mut attention = Matrix::zeros(count, count);
    for q in (0..count).filter(|q| asks(*q)) {
        let mut row: Vec<f64> = (0..=q).map(|k| beta * score(q, k)).collect();
        softmax(&mut row);
        attention.row_mut(q)[..=q].copy_from_slice(&row);
    }
    attention
}

/// What a head writes, after its ablation.
fn written(mut write: Matrix, ablation: Ablation) -> Matrix {
    let (rows, columns) = (write.rows(), write.columns());
    match ablation {
        Ablation::Intact => {}
        Ablation::Zero => write = Matrix::zeros(rows, columns),
        Ablation::Mean => {
            let mean: Vec<f64> =
                (0..columns).map(|c| (0..rows).map(|r| write[(r, c)]).sum::<f64>() / rows as f64).collect();
            write = Matrix::from_fn(rows, columns, |_, c| mean[c]);
        }
    }
    write
}

/// Numbers of the words, and the words that they number.
fn number(words: &[&'static str]) -> (Vec<usize>, Vec<&'static str>) {
    let mut vocabulary: Vec<&'static str> = Vec::new();
    let tokens = words
        .iter()
        .map(|word| {
            vocabulary.iter().position(|known| known == word).unwrap_or_else(|| {
                vocabulary.push(word);
                vocabulary.len() - 1
            })
        })
        .collect();
    (tokens, vocabulary)
}

fn one_hot(tokens: &[usize], width: usize, keep: impl Fn(usize) -> bool) -> Matrix {
    Matrix::from_fn(tokens.len(), width, |r, c| f64::from(u8::from(tokens[r] == c && keep(r))))
}

fn scaled(mut m: Matrix) -> Matrix {
    m.as_mut_slice().iter_mut().for_each(|x| *x *= UNEMBEDDING);
    m
}

/// Heads of [`indirect_object`], in order of their layers.
const OBJECT_HEADS: [&str; 4] = ["duplicate token", "S-inhibition", "name mover", "backup mover"];

/// "When Mary and John went to the store, John gave a drink to": whose name comes next? The
/// `subject` is the name that occurs twice, Mary or John.
#[must_use]
pub fn indirect_object(
    subject: &'static str,
    beta: f64,
    constants: Constants,
    ablations: [Ablation; 4],
) -> Pass {
    let words = [
        "<bos>", "When", "Mary", "and", "John", "went", "to", "the", "store", ",", subject, "gave", "a",
        "drink", "to",
    ];
    let (tokens, vocabulary) = number(&words);
    let (count, width) = (words.len(), vocabulary.len());
    let end = count - 1;
    let is_name = |k: usize| f64::from(u8::from(matches!(words[k], "Mary" | "John")));
    let same = |a: bool| f64::from(u8::from(a));
    let sink = |k: usize, score: f64| if k == 0 { constants.sink } else { score };

    let duplicate =
        attend(count, beta, |_| true, |q, k| sink(k, same(tokens[q] == tokens[k]) - same(q == k)));
    let found = Matrix::from_fn(count, 1, |q, _| duplicate.row(q)[1..].iter().sum());
    let flag = written(found, ablations[0]);

    let inhibition = attend(count, beta, |q| q == end, |_, k| sink(k, flag[(k, 0)] * is_name(k)));
    let inhibit = written(inhibition.times(&one_hot(&tokens, width, |_| true)), ablations[1]);

    let names = one_hot(&tokens, width, |k| is_name(k) > 0.0);
    let wanted = |k: usize| is_name(k) - constants.inhibition * inhibit[(end, tokens[k])];
    let mover = attend(count, beta, |q| q == end, |_, k| sink(k, wanted(k)));
    let mut out = written(mover.times(&names), ablations[2]);

    // The understudy: what the first mover has written already keeps it quiet.
    let room = 1.0 - constants.damping * out.row(end).iter().sum::<f64>();
    let backup = attend(count, beta, |q| q == end, |_, k| sink(k, wanted(k) * room));
    let more = written(backup.times(&names), ablations[3]);
    out.as_mut_slice().iter_mut().zip(more.as_slice()).for_each(|(o, m)| *o += m);

    let heads = heads(OBJECT_HEADS, [duplicate, inhibition, mover, backup], ablations);
    Pass { words: words.to_vec(), vocabulary, heads, logits: scaled(out) }
}

/// Heads of [`induction`].
const INDUCTION_HEADS: [&str; 2] = ["previous token", "induction"];

/// Distinct words that the prompt of [`induction`] repeats.
pub const REPEATED: usize = 8;

/// Eight words that mean nothing together, twice: what comes after the second "fox" is what came
/// after the first. No sink here: every word but the first has one before it.
#[must_use]
pub fn induction(beta: f64, ablations: [Ablation; 2]) -> Pass {
    let once = ["fox", "lamp", "nine", "sea", "red", "door", "salt", "hum"];
    let words: Vec<&'static str> = core::iter::once("<bos>").chain(once).chain(once).collect();
    let (tokens, vocabulary) = number(&words);
    let (count, width) = (words.len(), vocabulary.len());
    let copies = one_hot(&tokens, width, |_| true);

    let before = attend(count, beta, |_| true, |q, k| f64::from(u8::from(k + 1 == q)));
    let prev = written(before.times(&copies), ablations[0]);
    let matching = attend(count, beta, |_| true, |q, k| prev[(k, tokens[q])]);
    let out = written(matching.times(&copies), ablations[1]);

    let heads = heads(INDUCTION_HEADS, [before, matching], ablations);
    Pass { words, vocabulary, heads, logits: scaled(out) }
}

impl Pass {
    /// Number of a word; the vocabulary has it.
    #[must_use]
    pub fn token(&self, word: &str) -> Option<usize> {
        self.vocabulary.iter().position(|w| *w == word)
    }

    /// Probabilities of the next word after a position.
    #[must_use]
    pub fn probabilities(&self, position: usize) -> Vec<f64> {
        let mut row = self.logits.row(position).to_vec();
        softmax(&mut row);
        row
    }

    /// For each word of the repetition: where the key of the right continuation stands.
    #[must_use]
    pub fn right_keys(&self) -> Vec<(usize, usize)> {
        (REPEATED + 1..self.words.len()).map(|q| (q, q - REPEATED + 1)).collect()
    }

    /// Share of the repetition whose right next word has the highest logit of all, by more than
    /// rounding: a flat distribution is wrong.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let keys = self.right_keys();
        let right = |(q, key): &&(usize, usize)| {
            let row = self.logits.row(*q);
            let wanted = self.token(self.words[*key]);
            (0..row.len()).all(|v| Some(v) == wanted || wanted.is_some_and(|w| row[w] > row[v] + 1e-9))
        };
        keys.iter().filter(right).count() as f64 / keys.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ablation::{Intact, Mean, Zero};

    fn difference(subject: &'static str, beta: f64, ablations: [Ablation; 4]) -> f64 {
        let pass = indirect_object(subject, beta, Constants::default(), ablations);
        let (mary, john) = (pass.token("Mary").unwrap(), pass.token("John").unwrap());
        let row = pass.logits.row(pass.words.len() - 1);
        let sign = if subject == "John" { 1.0 } else { -1.0 };
        sign * (row[mary] - row[john])
    }

    #[test]
    fn logit_differences_are_those_of_the_brief() {
        let hold = |ablations, expected: f64| {
            let got = difference("John", 8.0, ablations);
            assert!((got - expected).abs() < 0.005, "{ablations:?}: {got}, expected {expected}");
        };
        hold([Intact; 4], 3.884);
        hold([Zero, Intact, Intact, Intact], -0.957);
        hold([Intact, Zero, Intact, Intact], -1.385);
        hold([Intact, Intact, Zero, Intact], 3.913);
        hold([Intact, Intact, Zero, Zero], 0.0);
    }

    #[test]
    fn the_understudy_wakes_when_the_mover_is_silent() {
        let attention = |mover| {
            let pass = indirect_object("John", 8.0, Constants::default(), [Intact, Intact, mover, Intact]);
            pass.heads[3].attention[(14, 2)]
        };
        assert!((attention(Intact) - 0.017).abs() < 0.002, "{}", attention(Intact));
        assert!((attention(Zero) - 0.978).abs() < 0.002, "{}", attention(Zero));
    }

    /// The repair is as complete as the damping of the backup makes it.
    #[test]
    fn a_backup_that_is_little_damped_repairs_little() {
        let lead = |damping, mover| {
            let constants = Constants { damping, ..Constants::default() };
            let pass = indirect_object("John", 8.0, constants, [Intact, Intact, mover, Intact]);
            let row = pass.logits.row(14);
            row[pass.token("Mary").unwrap()] - row[pass.token("John").unwrap()]
        };
        // What is lost when the mover is cut, with a backup that is always, never and a little quiet.
        let lost = |damping| lead(damping, Intact) - lead(damping, Zero);
        assert!(lost(1.0) < 0.1 && lost(0.0) > 3.5, "{} {}", lost(1.0), lost(0.0));
        assert!(lost(0.3) > 1.0, "{}", lost(0.3));
    }

    #[test]
    fn names_may_change_places_and_uniform_attention_is_no_accident() {
        let ablations = [Intact; 4];
        assert!((difference("Mary", 8.0, ablations) - difference("John", 8.0, ablations)).abs() < 1e-3);
        let flat = difference("John", 0.0, ablations);
        assert!((flat + 0.53).abs() < 0.01, "{flat}");
        for head in &indirect_object("John", 0.0, Constants::default(), [Mean; 4]).heads {
            assert!(head.attention.as_slice().iter().all(|a| a.is_finite()));
        }
    }

    #[test]
    fn induction_needs_both_heads() {
        assert_eq!(induction(8.0, [Intact; 2]).accuracy(), 1.0);
        assert_eq!(induction(8.0, [Zero, Intact]).accuracy(), 0.0);
        assert_eq!(induction(8.0, [Intact, Zero]).accuracy(), 0.0);
        assert_eq!(induction(0.0, [Intact; 2]).accuracy(), 0.0);
    }

    #[test]
    fn attention_to_the_one_match_has_a_closed_form() {
        let beta = 8.0_f64;
        let pass = induction(beta, [Intact; 2]);
        let e = numerics::elementary::exp(beta);
        for (q, key) in pass.right_keys() {
            let got = pass.heads[1].attention[(q, key)];
            // Keys 0..=q are visible; the first head is not quite sharp.
            let expected = e / (e + q as f64);
            assert!((got - expected).abs() < 0.02 * expected, "{q}: {got} {expected}");
        }
    }
}
