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
    assert!(Runner::after(&SPEC, &[], 1).simulation().notes().is_empty());
    let tight = Runner::after(&SPEC, &[("sigma", "0.1")], 20);
    assert!(tight.number("power").unwrap() > 0.9999 && tight.number("simulated").unwrap() == 1.0);
}
