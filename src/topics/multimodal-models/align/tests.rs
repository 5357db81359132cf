use super::SPEC;
use crate::lab::Runner;
use crate::numerics::statistics::mean;

/// A readout of twenty seeds after some steps.
fn over_seeds(pairs: &[(&str, &str)], steps: u64, id: &str) -> Vec<f64> {
    Runner::over_seeds(&SPEC, pairs, 1..=20, steps, id)
}

#[test]
fn sounds_find_captions_that_they_never_came_with() {
    assert!((mean(&over_seeds(&[], 0, "acc_at")) - 6.25).abs() < 2.0);
    let found = over_seeds(&[], 200, "acc_at");
    assert!(found.iter().all(|x| *x >= 90.0), "{found:?}");
    let silent = over_seeds(&[("hub", "text")], 200, "acc_at");
    assert!(mean(&silent) < 10.0, "{silent:?}");
}

#[test]
fn the_untaught_pair_overtakes_where_pictures_move_and_not_where_they_stand() {
    let ahead = |pairs: &[(&str, &str)], steps: u64| {
        let (untaught, taught) = (over_seeds(pairs, steps, "acc_at"), over_seeds(pairs, steps, "acc_it"));
        untaught.iter().zip(&taught).filter(|(a, b)| a > b).count()
    };
    assert!(ahead(&[], 20) <= 2);
    assert!(ahead(&[], 200) >= 17);
    assert_eq!(ahead(&[("shift", "0")], 100), 0);
}

#[test]
fn a_cold_fixed_temperature_breaks_the_untaught_pair_first() {
    let cold = [("tau", "0.01"), ("learn_tau", "off")];
    let [taught, untaught] = ["acc_it", "acc_at"].map(|id| mean(&over_seeds(&cold, 200, id)));
    assert!(taught > 75.0 && untaught < 60.0, "{taught} {untaught}");
    let warm = [("tau", "0.2"), ("learn_tau", "off")];
    assert!(mean(&over_seeds(&warm, 200, "gap")) < mean(&over_seeds(&cold, 200, "gap")));
}

/// Published: CLIP's code begins with 1/0.07.
#[test]
fn the_scale_begins_as_clips_does() {
    let scale = Runner::after(&SPEC, &[], 0).number("scale").unwrap();
    assert!((scale - 1.0 / 0.07).abs() < 1e-9);
}

/// Published, as a direction: mismatched pairs keep a gap between the senses (Yaras et al.).
#[test]
fn mismatched_pairs_keep_the_gap_open() {
    let [start, end] = [0, 200].map(|steps| mean(&over_seeds(&[], steps, "gap")));
    let wrong = mean(&over_seeds(&[("wrong_pairs", "0.3")], 200, "gap"));
    assert!(end < 0.5 * start && wrong > 2.0 * end, "{start} {end} {wrong}");
}

#[test]
fn what_cannot_be_learned_is_said() {
    for (pairs, words) in
        [(("batch_n", "2"), "too easy"), (("batch_n", "32"), "ln 2"), (("hub", "text"), "stays as it began")]
    {
        let notes = Runner::after(&SPEC, &[pairs], 4).simulation().notes().join(" ");
        assert!(notes.contains(words), "{notes}");
    }
}

#[test]
fn a_cell_of_the_map_has_a_name() {
    let run = Runner::opening(&SPEC);
    let said = run.simulation().describe("cosines", 16 * 8 + 8).unwrap();
    assert!(said.starts_with("picture of a red cross, caption “red cross”: cosine"), "{said}");
}
