use super::SPEC;
use crate::lab::Runner;
use crate::numerics::statistics::mean;

fn over_seeds(pairs: &[(&str, &str)], steps: u64, id: &str) -> Vec<f64> {
    Runner::over_seeds(&SPEC, pairs, 1..=20, steps, id)
}

/// In how many of twenty seeds accuracy and unrest are larger with these changes than with those.
fn larger(pairs: &[(&str, &str)], than: &[(&str, &str)]) -> [usize; 2] {
    let mut counts = [0; 2];
    for seed in 1..=20 {
        let seed = seed.to_string();
        let run = |pairs: &[(&str, &str)]| Runner::after(&SPEC, &[pairs, &[("seed", &*seed)]].concat(), 50);
        let (run, other) = (run(pairs), run(than));
        for (count, id) in counts.iter_mut().zip(["acc_mean", "acc_std"]) {
            *count += usize::from(run.number(id).unwrap() > other.number(id).unwrap());
        }
    }
    counts
}

/// Known result: an average of one-sided copies knows more than they do.
#[test]
fn the_average_is_better_than_what_it_is_made_of() {
    let (average, copies) = (over_seeds(&[], 1, "test_acc"), over_seeds(&[], 1, "local_acc"));
    assert!(average.iter().zip(&copies).all(|(a, c)| a > c), "{average:?} {copies:?}");
    assert!(mean(&average) > mean(&copies) + 0.1);
}

/// Known result: everybody at once is better, steadier, and drifts more.
#[test]
fn all_ten_are_better_and_steadier_and_farther_apart() {
    let all = [("participation", "1")];
    assert_eq!(larger(&all, &[]), [20, 0]);
    let [all, three] = [&all[..], &[]].map(|pairs| over_seeds(pairs, 5, "drift"));
    assert!(all.iter().zip(&three).all(|(all, three)| all > three), "{all:?} {three:?}");
}

/// Known result: a pull buys steadiness with accuracy. With blurred arms it buys both.
#[test]
fn a_pull_is_steadier_and_costs_accuracy_unless_arms_overlap() {
    let [right, unrest] = larger(&[("mu", "0.3")], &[]);
    assert!(right <= 1 && unrest <= 1, "{right} {unrest}");
    let [right, unrest] = larger(&[("noise", "0.35"), ("mu", "0.3")], &[("noise", "0.35")]);
    assert!(right >= 19 && unrest <= 1, "{right} {unrest}");
}

/// Known result: what a round sends.
#[test]
fn a_round_of_three_sends_2784_bytes() {
    let run = Runner::after(&SPEC, &[], 1);
    assert!((run.number("bytes_total").unwrap() - 2.784).abs() < 1e-12);
}

/// Known result: the largest arm on the cards.
#[test]
fn cards_are_as_skewed_as_alpha_says() {
    for (alpha, wanted) in [("0.05", 0.86), ("1", 0.57), ("1000", 0.34)] {
        let found = mean(&over_seeds(&[("alpha", alpha)], 0, "largest"));
        assert!((found - wanted).abs() < 0.03, "{alpha}: {found}");
    }
}

#[test]
fn nothing_moves_where_nobody_trains() {
    let run = Runner::after(&SPEC, &[("train", "off")], 30);
    assert_eq!(run.number("test_acc"), Runner::after(&SPEC, &[], 0).number("test_acc"));
    assert_eq!([run.number("drift"), run.number("acc_std")], [Some(0.0), Some(0.0)]);
}

#[test]
fn one_client_a_round_is_said() {
    let run = Runner::after(&SPEC, &[("participation", "0.1")], 3);
    assert!(run.simulation().notes().join(" ").contains("nothing to average"));
    assert_eq!(run.number("drift"), Some(0.0));
}

#[test]
fn a_card_says_what_its_owner_has() {
    let run = Runner::opening(&SPEC);
    let said = run.simulation().describe("arms", 0).unwrap();
    assert!(said.starts_with("client 1: ") && said.ends_with("on arm 1"), "{said}");
    assert!(run.simulation().describe("server", 0).unwrap().starts_with("inputs −2.2 and 2.2: arm"));
}

/// Four corners of a square, a class each.
fn own_points() -> String {
    (0..160).fold("x,y,class".to_owned(), |text, i| {
        let (class, off) = (i % 4, i * 37 % 40);
        let (x, y) = (class % 2 * 100 + off, class / 2 * 100 + (off * 3) % 40);
        format!("{text}\n{x},{y},{class}")
    })
}

#[test]
fn points_of_the_readers_own_are_dealt_out_and_learned() {
    let text = own_points();
    let run = Runner::after(&SPEC, &[("own", &text), ("participation", "1")], 20);
    assert!(run.number("test_acc").unwrap() > 0.95, "{:?}", run.number("test_acc"));
    let notes = run.simulation().notes().join(" ");
    assert!(notes.contains("8 for each client") && notes.contains("the other 80 are"), "{notes}");
    assert!(run.simulation().describe("arms", 0).unwrap().contains("of 8 points on class 0"));
    let mut values = SPEC.defaults();
    let sentence = values.set_text("own", "x,y,class\n1,2,3\n1,2,4").unwrap_err().sentence;
    assert!(sentence.contains("line 3, column 5") && sentence.contains("0 to 3"), "{sentence}");
}
