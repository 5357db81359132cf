use super::SPEC;
use crate::lab::Runner;

/// Accuracies after 400 updates on the first seeds.
fn accuracies(changes: &[(&str, &str)], seeds: u64) -> Vec<f64> {
    Runner::over_seeds(&SPEC, changes, 1..=seeds, 400, "acc")
}

fn mean(xs: &[f64]) -> f64 {
    xs.iter().sum::<f64>() / xs.len() as f64
}

/// Known result 8, in each of five seeds, and what the page opens with.
#[test]
fn the_bug_of_the_fresh_page_is_found_and_the_task_is_learned() {
    for seed in ["1", "2", "3", "4", "5"] {
        let mut run = Runner::after(&SPEC, &[("seed", seed)], 200);
        let said = run.simulation().readings()[2].reading.exact();
        assert!(said.starts_with("line 5: “low”"), "seed {seed}: {said}");
        run.advance(200);
        assert!(run.number("acc").unwrap() >= 0.95, "seed {seed}");
    }
}

/// Known result 7: who is blind to variables does no better than who always says "no bug".
#[test]
fn syntax_alone_stays_at_chance() {
    for seed in ["1", "2"] {
        let run = Runner::after(&SPEC, &[("e_write", "off"), ("e_use", "off"), ("seed", seed)], 300);
        assert!(run.number("acc").unwrap() <= run.number("chance").unwrap() + 0.01, "seed {seed}");
    }
}

/// The table of the article: which type is missed.
#[test]
fn the_tree_is_not_missed_and_the_order_is() {
    let [tree, order, write, uses] =
        ["e_child", "e_next", "e_write", "e_use"].map(|edge| accuracies(&[(edge, "off")], 3));
    assert!(tree.iter().all(|a| *a >= 0.95), "{tree:?}");
    for i in 0..3 {
        assert!(order[i] < tree[i].min(write[i]).min(uses[i]), "{order:?} {write:?} {uses:?}");
    }
}

#[test]
fn types_are_worth_more_than_parameters() {
    let small = [("e_child", "off"), ("e_write", "off"), ("hidden", "8")];
    let wide = [("kind", "gcn"), ("hidden", "80")];
    let parameters = |changes| Runner::after(&SPEC, changes, 0).number("params");
    assert_eq!([parameters(&small), parameters(&wide)], [Some(1560.0), Some(14_960.0)]);
    let (small, wide) = (accuracies(&small, 3), accuracies(&wide, 2));
    assert!(mean(&small) > 0.95 && mean(&wide) < 0.75, "{small:?} {wide:?}");
}

#[test]
fn what_cannot_be_learned_or_read_is_said() {
    let notes = |changes: &[(&str, &str)]| Runner::after(&SPEC, changes, 1).simulation().notes().join(" ");
    assert_eq!(notes(&[]), "");
    assert!(notes(&[("code", "x = 1")]).contains("nothing to check"));
    assert!(notes(&[("code", "y = 2\nx += y")]).contains("Line 2: “+=” is outside"));
    assert!(notes(&[("code", "x = y")]).contains("“y” is read before"));
    assert!(notes(&[("e_write", "off"), ("e_use", "off")]).contains("nothing tells one variable"));
    let off = [("e_child", "off"), ("e_next", "off"), ("e_write", "off"), ("e_use", "off")];
    assert!(notes(&off).contains("All edges are off"));
    assert!(notes(&[("hidden", "80")]).contains("32 is used"));
}

/// What a reader may paste: each is refused with its place and what would be right.
#[test]
fn texts_that_are_no_programs_are_refused_in_words() {
    let deep = format!("x = {}1{}", "(".repeat(900), ")".repeat(900));
    for (text, said) in [
        ("def f(a):\nreturn a", "line 2, column 1: the block after “def …:” is missing"),
        ("def f(a):\n\treturn a", "line 2, column 1: a tab stands in the indentation. It takes spaces"),
        ("x = 1\ny = '🐛", "line 2, column 5: a text begins with '. A second ' is missing"),
        ("x = 🐛", "line 1, column 5: “🐛” is no sign of Python"),
        (deep.as_str(), "in one another more than 24 deep"),
        (&"x + ".repeat(2_500), "there are 10000 characters. It takes up to 2000"),
        (&"x\n".repeat(41), "there are 42 lines. It takes up to 2000 characters on up to 40 lines"),
        ("a\0b", "U+0000 cannot stand here"),
    ] {
        let sentence = SPEC.controls[0].parse(text).expect_err(text).sentence;
        assert!(sentence.contains(said), "{sentence}");
    }
    for nothing in ["", "\n\n", "# a remark"] {
        let run = Runner::after(&SPEC, &[("code", nothing)], 1);
        assert!(run.simulation().notes()[0].contains("nothing to check"));
        assert!(run.simulation().figure().alternative.contains("0 nodes"));
    }
}
