use super::{SPEC, STEPS};
use crate::lab::Runner;

fn number(values: &[(&str, &str)], seed: u64, id: &str) -> f64 {
    let seed = seed.to_string();
    let values: Vec<(&str, &str)> = values.iter().copied().chain([("seed", seed.as_str())]).collect();
    Runner::after(&SPEC, &values, STEPS).number(id).unwrap()
}

const PAIRS: [(&str, &str); 2] = [("weights", "bigram"), ("edit", "none")];

fn pairs<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    PAIRS.iter().chain(more).copied().collect()
}

/// Known result: without the notebook the mix is what the weights say.
#[test]
fn without_a_share_the_weights_speak_alone() {
    for more in [[("lambda", "0")], [("store", "0")], [("theta", "4")]] {
        let values = pairs(&more);
        let gap = number(&values, 1, "ppl") - number(&values, 1, "ppl_lm");
        assert!(gap.abs() < 1e-9, "{more:?}: {gap}");
    }
}

#[test]
fn a_corrected_notebook_does_not_correct_the_model_at_the_papers_share() {
    for seed in 1..=20 {
        assert!(number(&[], seed, "lead") < 0.0, "{seed}");
    }
    let won = (1..=20).filter(|seed| number(&[("lambda", "0.75")], *seed, "lead") > 0.0).count();
    assert!(won >= 18, "{won}");
}

#[test]
fn the_best_share_grows_with_the_notebook() {
    for seed in 1..=20 {
        let best =
            ["200", "800", "3000"].map(|store| number(&pairs(&[("store", store)]), seed, "best_lambda"));
        assert!(best[0] < best[1] && best[1] < best[2], "{seed}: {best:?}");
        assert!((0.6..0.85).contains(&best[2]), "{seed}: {best:?}");
    }
}

#[test]
fn a_bare_table_with_a_notebook_beats_a_full_one_without_and_none_that_read_as_much() {
    let [mut small, mut fair] = [0; 2];
    for seed in 1..=20 {
        let values = pairs(&[("lm_rows", "0"), ("lambda", "0.9")]);
        let own = number(&values, seed, "ppl");
        small += usize::from(own < number(&values, seed, "ppl_all_rows"));
        fair += usize::from(number(&[("edit", "none")], seed, "ppl_lm") < own);
    }
    assert!(small >= 18 && fair >= 18, "{small} {fair}");
}

/// Known results: who searches everything computes each distance once and misses nobody; more cells cost more
/// and find more; cells find far more than a random part of the same size, whose recall is its size.
#[test]
fn cells_save_distances_and_lose_neighbours() {
    for seed in ["1", "2", "3"] {
        let [four, sixteen, almost, all] = ["4", "16", "63", "64"].map(|probe| {
            let values = pairs(&[("probe", probe), ("seed", seed)]);
            let runner = Runner::after(&SPEC, &values, STEPS);
            ["looked", "recall", "ppl"].map(|id| runner.number(id).unwrap())
        });
        assert_eq!(all[..2], [100.0, 100.0]);
        assert!(four[0] < sixteen[0] && sixteen[0] < 60.0 && almost[0] > 99.0, "{seed}");
        assert!(four[1] > 3.0 * four[0] && four[1] <= sixteen[1] && sixteen[1] <= almost[1], "{seed}");
        assert!((almost[2] / all[2] - 1.0).abs() < 0.01, "{seed}");
    }
}

#[test]
fn what_cannot_be_is_said() {
    let said = |values: &[(&str, &str)]| Runner::after(&SPEC, values, STEPS).simulation().notes().join(" ");
    assert!(said(&[("store", "0")]).contains("λ has nothing to mix"));
    assert!(said(&[("store", "50"), ("k", "64")]).contains("all 50 answer"));
    assert!(said(&pairs(&[("lambda", "1"), ("k", "1")])).contains("≥"));
    assert!(said(&[("store", "50"), ("probe", "4")]).contains("too few for 64 cells"));
    assert!(said(&[]).is_empty());
}

#[test]
fn three_sentences_are_read_and_the_first_one_once_more() {
    let mut runner = Runner::after(&SPEC, &[], 1000);
    assert!(runner.simulation().finished());
    let words = |runner: &Runner| runner.simulation().figure().rows[0][0].title.clone();
    assert!(words(&runner).ends_with("is …”"), "{}", words(&runner));
    runner.restart();
    assert!(words(&runner).starts_with("A sentence"));
}

/// A text of so many sentences about numbers of its own; every sentence stands twice or more in it.
fn own_text(sentences: usize) -> String {
    let sentence = |i: usize| {
        let (who, what) = (i * 7 % 30, i * 11 % 40);
        format!("Person{who} has seen the animal{what} by the lake{}. ", who * what % 13)
    };
    (0..sentences).map(|i| sentence(i % 60)).collect()
}

#[test]
fn a_text_of_the_readers_own_is_learned_noted_and_tested() {
    let text = own_text(120);
    let after = |pairs: &[(&str, &str)]| {
        let all: Vec<(&str, &str)> = [("own", text.as_str())].iter().chain(pairs).copied().collect();
        Runner::after(&SPEC, &all, STEPS)
    };
    let run = after(&[("weights", "bigram")]);
    let of = |id: &str| run.number(id).unwrap();
    // The notebook has read the sentences of the test, and sees more of each than the pairs do.
    assert!(of("ppl_best") < 0.7 * of("ppl_lm"), "{} {}", of("ppl_best"), of("ppl_lm"));
    assert!(of("best_lambda") > 0.3, "{}", of("best_lambda"));
    for unknown in ["old", "lead", "crossing", "fact_acc"] {
        assert_eq!(run.number(unknown), None, "{unknown}");
    }
    let notes = run.simulation().notes().join(" ");
    assert!(notes.contains("The text is yours: its first") && !notes.contains('□'), "{notes}");
    let all = after(&[("weights", "bigram_all")]);
    assert!(all.number("ppl_lm").unwrap() < of("ppl_lm"));
    let cells = after(&[("weights", "bigram"), ("probe", "8")]);
    assert!(cells.number("looked").unwrap() < 60.0 && cells.number("recall").unwrap() > 50.0);
}

#[test]
fn the_longest_text_and_the_strangest_are_read() {
    // Sentences of one word each; 1,700 different words, of which 598 are told apart.
    let strange: String = (0..900).map(|i| format!("w{}.", i % 300)).collect();
    let rich: String = (0..1700).map(|i| format!("w{i:04} ")).collect();
    for text in [strange, rich.clone()] {
        let run = Runner::after(&SPEC, &[("own", &text)], STEPS);
        assert!(run.number("ppl").unwrap().is_finite());
        assert!(!run.simulation().figure().alternative.is_empty());
    }
    let notes = Runner::after(&SPEC, &[("own", &rich)], 1).simulation().notes().join(" ");
    assert!(notes.contains("1102 rare words are written as □"), "{notes}");
    let mut values = SPEC.defaults();
    let sentence = values.set_text("own", "A short text.\nOf six words.").unwrap_err().sentence;
    assert!(sentence.contains("line 2, column 14") && sentence.contains("after 6 words"), "{sentence}");
}
