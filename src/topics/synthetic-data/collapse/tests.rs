use super::SPEC;
use crate::lab::Runner;

fn number(runner: &Runner, id: &str) -> f64 {
    runner.number(id).unwrap()
}

#[test]
fn the_typical_run_sinks_although_the_expectation_does_not() {
    for seed in 1..=20 {
        let runner = Runner::after(&SPEC, &[("seed", &seed.to_string())], 50);
        let median = number(&runner, "var_median");
        assert!((0.25..0.5).contains(&median), "{seed}: {median}");
    }
}

#[test]
fn a_tenth_of_real_data_or_a_long_memory_holds_the_variance() {
    for mode in ["mix", "accumulate"] {
        for seed in 1..=40 {
            let runner = Runner::after(&SPEC, &[("mode", mode), ("seed", &seed.to_string())], 200);
            let median = number(&runner, "var_median");
            assert!((0.8..1.2).contains(&median), "{mode} {seed}: {median}");
        }
    }
}

#[test]
fn each_run_has_chance_of_its_own() {
    let few = Runner::after(&SPEC, &[("chains", "1")], 5);
    let many = Runner::after(&SPEC, &[("chains", "2")], 5);
    let first = |r: &Runner| r.simulation().figure().rows[0][0].marks[1].clone();
    assert_eq!(first(&few), first(&many));
    assert_ne!(number(&few, "var_mean"), number(&many, "var_mean"));
}

#[test]
fn what_cannot_be_is_said() {
    for (pairs, words) in [
        (&[("mode", "mix"), ("real_fraction", "0.02"), ("n", "20")][..], "this is Replace"),
        (&[("mode", "mix"), ("real_fraction", "0.1"), ("n", "44")], "4 of them are real"),
        (&[("world", "words"), ("n", "1000")], "64 are made"),
    ] {
        let notes = Runner::after(&SPEC, pairs, 2).simulation().notes().join(" ");
        assert!(notes.contains(words), "{pairs:?}: {notes}");
    }
    let spike = Runner::after(&SPEC, &[("n", "5")], 200);
    assert!(spike.simulation().notes().join(" ").contains("one point"));
    assert!(number(&spike, "dead_chains") > 200.0);
}

#[test]
fn a_run_ends_with_numbers_and_the_same_height() {
    for world in ["gaussian", "words"] {
        let heights = |steps| {
            let runner = Runner::after(&SPEC, &[("world", world), ("n", "5")], steps);
            runner.simulation().figure().panels().map(|p| p.height).collect::<Vec<_>>()
        };
        assert_eq!(heights(0), heights(500));
    }
    let runner = Runner::after(&SPEC, &[("n", "5")], 500);
    assert!(runner.finished());
    assert!(number(&runner, "var_median") > 0.0);
}

#[test]
fn what_is_cut_is_said_and_drawn() {
    let words = [("world", "words"), ("n", "200"), ("chains", "4")];
    let marks = |runner: &Runner| {
        let panel = runner.simulation().figure().rows[0][0].clone();
        panel.marks.iter().map(|mark| mark.id).collect::<Vec<_>>()
    };
    let with = |more: &[(&'static str, &'static str)]| Runner::after(&SPEC, &[&words[..], more].concat(), 1);
    let [plain, cold, cut] = [with(&[]), with(&[("temperature", "0.9")]), with(&[("top_p", "0.9")])];
    assert_eq!(marks(&plain), ["samples", "truth"]);
    assert_eq!(marks(&cold), ["samples", "written", "truth"]);
    assert_eq!(marks(&cut), ["samples", "written", "cut", "truth"]);
    assert!(plain.simulation().notes().is_empty() && cold.simulation().notes().is_empty());
    assert!(cut.simulation().notes().join(" ").contains("top-p cuts"));
    assert_eq!(number(&plain, "alive_words"), number(&cut, "alive_words"), "the first text is real");
}

#[test]
fn how_a_model_writes_has_no_say_in_a_bell_curve() {
    let after = |pairs: &[(&str, &str)]| number(&Runner::after(&SPEC, pairs, 5), "var_median");
    assert_eq!(after(&[]), after(&[("temperature", "0.5"), ("top_p", "0.5")]));
}

/// Thirty words, of which one stands ten times.
fn own_text() -> String {
    (0..30).map(|i| format!("word{i} ")).collect::<String>() + &"and ".repeat(10)
}

#[test]
fn words_of_the_readers_own_are_lost_by_name() {
    let text = own_text();
    let after = |steps| Runner::after(&SPEC, &[("world", "words"), ("n", "200"), ("own", &text)], steps);
    assert_eq!(number(&after(0), "alive_words"), 31.0);
    // (10² + 30) / 40² is the chance that two words of the text are the same.
    assert!((number(&after(0), "simpson") - 130.0 / 1600.0).abs() < 1e-12);
    let run = after(60);
    let notes = run.simulation().notes().join(" ");
    assert!(
        notes.contains("40 words, 31 of them different") && notes.contains("Gone from the run"),
        "{notes}"
    );
    assert!(number(&run, "alive_words") < 15.0);
    assert!(run.simulation().describe("samples", 0).unwrap().starts_with("“and”: 25.0 % in your text"));
    // A bell curve has no words, and keeps its numbers.
    let [plain, beside] = [&[][..], &[("own", text.as_str())]].map(|pairs| Runner::after(&SPEC, pairs, 20));
    assert_eq!(plain.readings(), beside.readings());
}

#[test]
fn of_a_long_text_the_most_frequent_hundred_words_are_taken() {
    let text: String = (0..150).map(|i| format!("w{i} ").repeat(1 + usize::from(i > 70))).collect();
    let run = Runner::after(&SPEC, &[("world", "words"), ("own", &text)], 0);
    assert_eq!(number(&run, "alive_words"), 100.0);
    assert!(run.simulation().notes().join(" ").contains("The 100 most frequent, 78 % of it"));
    let mut values = SPEC.defaults();
    let sentence = values.set_text("own", "one two two\nthree").unwrap_err().sentence;
    assert!(sentence.contains("line 2, column 6") && sentence.contains("3 different words"), "{sentence}");
}

#[test]
fn numbers_of_the_readers_own_are_the_truth_of_the_bell_curve() {
    // Two humps, which no bell curve has.
    let text = (0..60).fold("value".to_owned(), |text, i| format!("{text}\n{}", i % 2 * 100 + i % 7));
    let after = |steps| Runner::after(&SPEC, &[("numbers", &text)], steps);
    assert!(after(5).simulation().notes().join(" ").contains("The numbers are yours"));
    assert!((number(&after(1), "var_mean") - 1.0).abs() < 0.02, "{}", number(&after(1), "var_mean"));
    assert!((0.2..0.6).contains(&number(&after(50), "var_median")), "{}", number(&after(50), "var_median"));
    // Words have no numbers.
    let words =
        |text: &str| Runner::after(&SPEC, &[("world", "words"), ("numbers", text)], 5).readings().to_vec();
    assert_eq!(words(""), words(&text));
    let mut values = SPEC.defaults();
    let sentence = values.set_text("numbers", "value\n1\n2\nthree").unwrap_err().sentence;
    assert!(sentence.contains("line 4, column 1") && sentence.contains("no number"), "{sentence}");
    let sentence = values.set_text("numbers", &"7\n".repeat(20)).unwrap_err().sentence;
    assert!(sentence.contains("all values are the same"), "{sentence}");
}
