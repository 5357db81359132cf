use super::spec::RATE_CODE_SYNOPS;
use super::*;
use crate::lab::Runner;

#[test]
fn the_rate_code_learns_within_50_updates_and_spends_what_the_bet_says() {
    let mut runner = Runner::after(&SPEC, &[], 50);
    assert!(runner.number("test_acc").unwrap() >= 0.95);
    runner.advance(150);
    assert!((runner.number("synops").unwrap() / RATE_CODE_SYNOPS - 1.0).abs() < 0.05);
    assert!((1.2..1.5).contains(&runner.number("energy_ratio").unwrap()));
    assert!((0.4..0.5).contains(&runner.number("energy_ratio_full").unwrap()));
}

#[test]
fn the_bet_is_won_by_a_quarter() {
    assert_eq!(Runner::bet(&SPEC).outcome(), Some("fall 4× or more"));
}

#[test]
fn equal_values_give_equal_bits() {
    let (a, b) = (Runner::after(&SPEC, &[("seed", "7")], 20), Runner::after(&SPEC, &[("seed", "7")], 20));
    assert_eq!(a.readings(), b.readings());
    assert_ne!(a.readings(), Runner::after(&SPEC, &[("seed", "8")], 20).readings());
}

#[test]
fn without_training_the_weights_stand_still() {
    let (start, later) =
        (Runner::after(&SPEC, &[("train", "off")], 0), Runner::after(&SPEC, &[("train", "off")], 10));
    assert_eq!(start.number("test_acc").unwrap(), later.number("test_acc").unwrap());
    assert_eq!(later.readings()[SPEC.readout("loss").unwrap()], Reading::Absent);
}

#[test]
fn notes_name_a_missing_leak_a_missing_memory_and_colliding_latencies() {
    let first = |pairs| Runner::after(&SPEC, pairs, 0).simulation().notes()[0].clone();
    assert!(first(&[("beta", "1")]).contains("nothing leaks"));
    assert!(first(&[("beta", "0")]).contains("no memory"));
    assert!(first(&[("coding", "latency"), ("t_steps", "4")]).contains("3 different latencies"));
}

#[test]
fn the_worst_corner_stays_finite() {
    for coding in ["rate", "latency"] {
        for (steps, hidden) in [("60", "64"), ("4", "4")] {
            for (beta, lr) in [("1", "0.1"), ("0", "0.0001")] {
                let runner = Runner::after(
                    &SPEC,
                    &[("coding", coding), ("t_steps", steps), ("hidden", hidden), ("beta", beta), ("lr", lr)],
                    40,
                );
                assert!(!runner.finished());
                assert!(runner.number("loss").unwrap().is_finite());
            }
        }
    }
}

#[test]
fn a_silent_network_has_no_number_for_its_ratio() {
    let mut simulation = SnnTrain::new(&SPEC.defaults());
    simulation.result = Exam::default();
    let silent = reading("energy_ratio", Reading::Text("∞ (silent network)".to_owned()));
    assert!(simulation.readings().contains(&silent));
    assert!(simulation.notes()[0].contains("silent"));
    assert!(simulation.figure().alternative.contains("0 SynOps"));
}

#[test]
fn a_loss_that_is_no_number_stops_the_run_and_says_so() {
    let mut simulation = SnnTrain::new(&SPEC.defaults());
    simulation.halted = true;
    assert!(simulation.finished());
    assert!(simulation.notes()[0].contains("reset to start again"));
}

#[test]
fn a_look_judges_the_weights_with_which_it_began() {
    let mut simulation = SnnTrain::new(&SPEC.defaults());
    (0..6).for_each(|_| simulation.step());
    let judged = simulation.examined.clone();
    (0..4).for_each(|_| simulation.step());
    let mut again = SnnTrain::new(&SPEC.defaults());
    (again.examined, again.exam) = (judged, Exam::default());
    again.examine(0..TEST_POINTS);
    assert_eq!(simulation.result, again.exam);
}

#[test]
fn a_linear_rival_does_as_well_until_the_arms_wind_further() {
    let at = |turn| Runner::after(&SPEC, &[("turn", turn), ("train", "off")], 0);
    assert!(at("3.2").number("linear_acc").unwrap() >= 0.95);
    assert!(at("5").number("linear_acc").unwrap() < 0.95);
    assert!((at("5").number("linear_pj").unwrap() - 220.8).abs() < 1e-9);
}

#[test]
fn a_sharper_surrogate_blames_fewer_neurons_and_the_bars_hold_them_all() {
    let [broad, sharp] = ["2", "20"].map(|alpha| Runner::after(&SPEC, &[("alpha", alpha)], 15));
    assert!(sharp.number("blamed").unwrap() < 0.5 * broad.number("blamed").unwrap());
    let figure = Runner::opening(&SPEC).simulation().figure();
    let panel = figure.panels().find(|p| p.id == "blame").unwrap();
    assert!(panel.marks.iter().any(|m| m.id == "share_name"));
}

#[test]
fn a_lower_rate_spends_fewer_spikes() {
    let [half, sixth] = ["0.5", "0.17"].map(|rate| Runner::after(&SPEC, &[("full_rate", rate)], 15));
    assert!(sixth.number("synops").unwrap() < 0.5 * half.number("synops").unwrap());
}
