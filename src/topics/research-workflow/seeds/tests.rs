use super::*;
use crate::lab::Runner;

#[test]
fn what_is_simulated_is_what_the_formula_says() {
    for (pairs, power) in [
        // Welch's test, which knows of no common variance, finds 0.266.
        (&[][..], 0.266),
        (&[("n", "17")], 0.807),
        (&[("rho", "0.8"), ("test", "paired")], 0.753),
        // The formula is an approximation here; scipy.stats.ttest_ind over 100,000 draws finds 0.223.
        (&[("rho", "0.8")], 0.223),
        (&[("testset", "100"), ("delta", "5"), ("n", "10")], 0.694),
        (&[("test", "sign-flip"), ("n", "10")], 0.515),
        (&[("test", "sign-flip")], 0.0),
    ] {
        let run = Runner::after(&SPEC, pairs, 500);
        let simulated = run.number("simulated").unwrap();
        assert!((simulated - power).abs() < 0.02, "{pairs:?}: {simulated}");
        assert!((simulated - run.number("power").unwrap()).abs() < 0.04, "{pairs:?}");
        assert!(run.finished());
    }
}

#[test]
fn what_is_found_with_little_power_is_exaggerated() {
    let run = Runner::after(&SPEC, &[("delta", "0.5")], 500);
    assert!((run.number("power").unwrap() - 0.108).abs() < 5e-4);
    assert!((run.number("exaggeration").unwrap() - 2.8).abs() < 0.15);
    assert!((run.number("wrong_sign").unwrap() - 0.035).abs() < 0.015);
    let enough = Runner::after(&SPEC, &[("n", "17")], 500);
    assert!(enough.number("exaggeration").unwrap() < 1.2);
}

/// Known result 7: Kolmogorov and Smirnov on 5,000 p-values.
#[test]
fn without_a_difference_every_p_is_as_likely() {
    for test in ["welch", "paired"] {
        let values = Values::with(SPEC.controls, &[("delta", "0"), ("test", test), ("n", "20")]);
        let mut lab = Lab::new(&values);
        let mut ps = Vec::new();
        while ps.len() < 5000 {
            lab.experiment();
            ps.push(lab.last.as_ref().and_then(|e| e.p).unwrap());
        }
        ps.sort_by(f64::total_cmp);
        let n = ps.len() as f64;
        let gap = ps
            .iter()
            .enumerate()
            .map(|(i, p)| (p - i as f64 / n).abs().max((p - (i + 1) as f64 / n).abs()))
            .fold(0.0, f64::max);
        // p = 0.001 lies at 1.95 / sqrt(n).
        assert!(gap < 1.95 / n.sqrt(), "{test}: {gap}");
    }
}

/// A benchmark: its questions are the same in every run.
const BENCHMARK: [(&str, &str); 4] =
    [("rho", "0.8"), ("test", "paired"), ("testset", "1000"), ("questions", "fixed")];

#[test]
fn no_number_of_seeds_mends_what_the_questions_have_decided() {
    let run = |more: &[(&str, &str)]| Runner::after(&SPEC, &[&BENCHMARK[..], more].concat(), 500);
    for (n, share) in [("5", 0.398), ("20", 0.169), ("50", 0.104)] {
        let covers = run(&[("n", n)]).number("covers").unwrap();
        assert!((covers - share).abs() < 0.02, "{n}: {covers}");
    }
    let fresh = run(&[("questions", "fresh")]).number("covers").unwrap();
    assert!((fresh - 0.95).abs() < 0.01, "{fresh}");
    // What A and B find equally hard falls out.
    let alike = run(&[("common", "0.95")]).number("covers").unwrap();
    assert!((alike - 0.798).abs() < 0.02, "{alike}");
    // Where nothing is to be found, an interval without zero is a false alarm.
    let equal = run(&[("delta", "0"), ("n", "20")]);
    let [alarms, covers] = ["simulated", "covers"].map(|id| equal.number(id).unwrap());
    assert!((alarms - 0.832).abs() < 0.02 && (alarms + covers - 1.0).abs() < 1e-9, "{alarms} {covers}");
}

#[test]
fn the_readers_own_scores_are_tested_as_they_stand() {
    for (test, p) in [("welch", 0.0756), ("paired", 0.0012), ("sign-flip", 0.0625)] {
        let run = Runner::after(&SPEC, &[("own", TEN), ("test", test)], 3);
        assert!((run.number("p_shown").unwrap() - p).abs() < 5e-5, "{test}");
        // The other pictures go on as they would.
        let without = Runner::after(&SPEC, &[("test", test)], 3);
        assert_eq!(run.number("simulated"), without.number("simulated"), "{test}");
    }
    let run = Runner::after(&SPEC, &[("own", TEN), ("test", "paired")], 0);
    for (id, end) in [("low", 0.861), ("high", 1.739)] {
        assert!((run.number(id).unwrap() - end).abs() < 5e-4, "{id}");
    }
    assert_eq!(run.number("simulated"), None, "no experiment has been made");
}

#[test]
fn what_goes_wrong_is_said() {
    let said = |pairs: &[(&str, &str)], words: &str| {
        let notes = Runner::after(&SPEC, pairs, 1).simulation().notes().join(" ");
        assert!(notes.contains(words), "{pairs:?}: {notes}");
    };
    said(&[("n", "2")], "no test at all");
    said(&[("test", "sign-flip")], "0.0625: the sign-flip test cannot reach α = 0.05");
    said(&[("rho", "0.5")], "pairing is wasted");
    said(&[("sigma", "0.1")], "no experiment misses it");
    said(&BENCHMARK, "40 % of the 95 % intervals hold the true gain");
    said(&[("own", TEN)], "Your own scores stand in the first picture");
    assert!(Runner::after(&SPEC, &[], 1).simulation().notes().is_empty());
    let tight = Runner::after(&SPEC, &[("sigma", "0.1")], 20);
    assert!(tight.number("power").unwrap() > 0.9999 && tight.number("simulated").unwrap() == 1.0);
}
