use super::*;
use crate::lab::Runner;

fn rates(pairs: &[(&str, &str)]) -> [f64; 3] {
    let run = Runner::after(&SPEC, pairs, 5000);
    ["false_rate", "expected", "b_wins"].map(|r| run.number(r).unwrap_or(f64::NAN))
}

#[test]
fn an_honest_test_is_wrong_one_time_in_twenty() {
    let [rate, expected, wins] = rates(&[]);
    assert!((rate - 0.05).abs() < 0.01 && (expected - 0.05).abs() < 1e-12, "{rate}");
    assert!((wins - 0.025).abs() < 0.007, "{wins}");
}

/// Known result 4.
#[test]
fn each_metric_is_another_chance() {
    for (metrics, share) in [("5", 0.2262), ("14", 0.5123), ("20", 0.6415)] {
        let [rate, expected, _] = rates(&[("metrics", metrics)]);
        assert!((rate - share).abs() < 0.02, "{metrics}: {rate}");
        assert!((expected - share).abs() < 5e-5);
    }
}

/// The mean of four runs: one has a standard error of half a percentage point.
fn over_seeds(pairs: &[(&str, &str)]) -> [f64; 3] {
    let runs = ["1", "2", "3", "4"].map(|seed| rates(&[pairs, &[("seed", seed)]].concat()));
    core::array::from_fn(|i| runs.iter().map(|run| run[i]).sum::<f64>() / 4.0)
}

/// Known result 5.
#[test]
fn each_look_is_another_chance() {
    for (n, share) in [("5", 0.098), ("10", 0.164), ("20", 0.218), ("50", 0.296)] {
        let [rate, expected, _] = over_seeds(&[("peek", "on"), ("max_n", n)]);
        assert!((rate - share).abs() < 0.01, "{n}: {rate}");
        assert!((expected - share).abs() < 0.01, "{n}: {expected}");
    }
}

/// Known result 6.
#[test]
fn tuning_one_side_makes_it_win() {
    for (configs, share) in [("1", 0.025), ("5", 0.085), ("10", 0.127), ("20", 0.172)] {
        let [rate, expected, wins] = over_seeds(&[("configs", configs), ("max_n", "5")]);
        assert!((wins - share).abs() < 0.01, "{configs}: {wins}");
        assert!((rate - expected).abs() < 0.01, "{configs}: {rate} {expected}");
    }
}

#[test]
fn a_correction_keeps_the_promise() {
    for pairs in [
        &[("correct", "bonferroni"), ("metrics", "20")][..],
        &[("correct", "bonferroni"), ("configs", "20"), ("max_n", "5")],
        &[("correct", "bonferroni"), ("peek", "on"), ("metrics", "5")],
    ] {
        assert!(rates(pairs)[0] < 0.06, "{pairs:?}: {:?}", rates(pairs));
    }
}
