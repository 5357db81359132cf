use super::SPEC;
use crate::lab::Runner;
use crate::numerics::statistics::mean;

/// Seeds that a known result is held on; what is wanted are the means of 24.
const SEEDS: u64 = 8;

fn over_seeds(pairs: &[(&str, &str)], steps: u64, id: &str) -> Vec<f64> {
    Runner::over_seeds(&SPEC, pairs, 1..=SEEDS, steps, id)
}

fn count(numbers: &[f64], holds: impl Fn(f64) -> bool) -> usize {
    numbers.iter().filter(|x| holds(**x)).count()
}

fn near(pairs: &[(&str, &str)], steps: u64, wanted: f64, within: f64) {
    let found = mean(&over_seeds(pairs, steps, "accuracy"));
    assert!((found - wanted).abs() <= within, "{pairs:?} at {steps}: {found}, not {wanted}");
}

/// Known result: one bit from the first step is enough, and nearly as fast.
#[test]
fn one_bit_learns_the_spirals() {
    let early = over_seeds(&[], 300, "accuracy");
    let late = over_seeds(&[], 600, "accuracy");
    let full = over_seeds(&[], 300, "full_accuracy");
    assert!(count(&late, |x| x >= 0.96) == SEEDS as usize, "{late:?}");
    assert!(mean(&early) > 0.95 && mean(&full) > mean(&early));
}

/// Known result: three values learn more slowly than two.
#[test]
fn three_values_are_slower_than_one_bit() {
    let one = over_seeds(&[], 300, "accuracy");
    let three = over_seeds(&[("bits", "1.58")], 300, "accuracy");
    assert!(mean(&three) < mean(&one) - 0.02);
    near(&[("bits", "1.58")], 1500, 0.998, 0.003);
}

/// Known result: rounding a trained network fails from four bits on, and by seed.
#[test]
fn rounding_afterwards_fails_below_five_bits() {
    for (bits, wanted, within) in
        [("8", 0.997, 0.003), ("5", 0.995, 0.01), ("4", 0.899, 0.02), ("3", 0.631, 0.05), ("1", 0.604, 0.02)]
    {
        near(&[("bits", bits), ("qat", "never")], 600, wanted, within);
    }
    let three = over_seeds(&[("bits", "3"), ("qat", "never")], 600, "accuracy");
    assert_eq!(count(&three, |x| x < 0.95), SEEDS as usize, "{three:?}");
}

/// Known result: a cut without training has a cliff, and falls below luck.
#[test]
fn a_cut_at_once_has_a_cliff() {
    let cut = |share| [("bits", "32"), ("sparsity", share)];
    for (share, wanted) in
        [("20", 0.997), ("30", 0.989), ("40", 0.926), ("50", 0.803), ("60", 0.706), ("80", 0.519)]
    {
        near(&cut(share), 600, wanted, 0.05);
    }
    let worst = over_seeds(&cut("90"), 600, "accuracy");
    assert!(count(&worst, |x| x < 0.5) >= 5, "{worst:?}");
    near(&[("bits", "32"), ("sparsity", "20"), ("prune", "random")], 600, 0.663, 0.05);
}

/// Known result: training after the cut mends 80 %, whatever the schedule; 90 % in eight cuts is not safe.
#[test]
fn training_on_mends_a_cut() {
    for prune in ["gradual", "retrained"] {
        let mended = over_seeds(&[("bits", "32"), ("sparsity", "80"), ("prune", prune)], 1400, "accuracy");
        assert_eq!(count(&mended, |x| x >= 0.96), SEEDS as usize, "{prune}: {mended:?}");
    }
    let hard = over_seeds(&[("bits", "32"), ("sparsity", "90"), ("prune", "gradual")], 1400, "accuracy");
    assert!(count(&hard, |x| x >= 0.95) < SEEDS as usize, "{hard:?}");
}

/// Known result: a trained network that loses its bits mends in most seeds, not as well as from the start.
#[test]
fn too_late_is_late_but_not_lost() {
    let late = over_seeds(&[("qat", "late")], 1200, "accuracy");
    assert!((6..=8).contains(&count(&late, |x| x >= 0.95)), "{late:?}");
    assert!(mean(&late) < mean(&over_seeds(&[], 600, "accuracy")));
}

/// Known result: a narrower network with more bits is as good for as much.
#[test]
fn a_small_network_with_eight_bits_is_the_plain_rival() {
    let narrow = Runner::after(&SPEC, &[("hidden", "8"), ("bits", "8")], 0);
    assert!((narrow.number("energy").unwrap() - 14.1).abs() < 0.01);
    let right = over_seeds(&[("hidden", "8"), ("bits", "8")], 1500, "accuracy");
    assert!(count(&right, |x| x >= 0.96) == SEEDS as usize, "{right:?}");
    let one_bit = over_seeds(&[("hidden", "8")], 1500, "accuracy");
    assert!(mean(&one_bit) < 0.9);
}

/// Known result: what one inference takes.
#[test]
fn bills_are_those_of_the_table() {
    for (bits, nj) in [("32", 721.952), ("8", 179.458), ("4", 89.69), ("1.58", 35.434), ("1", 22.437)] {
        let run = Runner::after(&SPEC, &[("bits", bits)], 0);
        assert!((run.number("energy").unwrap() - nj).abs() < 0.01, "{bits}");
    }
    let share = Runner::after(&SPEC, &[("bits", "32")], 0).number("fetch_share").unwrap();
    assert!((share - 99.286).abs() < 0.01, "{share}");
}

#[test]
fn an_index_eats_a_third_of_the_weights() {
    let bytes = |share| {
        Runner::after(&SPEC, &[("bits", "8"), ("sparsity", share)], 0).number("weight_bytes").unwrap()
    };
    assert!((bytes("0") - 1120.0).abs() < 1e-9);
    assert!((bytes("25") - 1260.0).abs() < 0.5 && bytes("33") > 1120.0 && bytes("35") < 1120.0);
}

#[test]
fn an_empty_layer_and_a_free_index_are_said() {
    let run = Runner::after(&SPEC, &[("sparsity", "99"), ("hidden", "4"), ("index_bits", "0")], 20);
    let notes = run.simulation().notes().join(" ");
    assert!(notes.contains("no weight left") && notes.contains("ideal"), "{notes}");
    let waiting = Runner::after(&SPEC, &[("sparsity", "50"), ("prune", "gradual")], 20);
    assert!(waiting.simulation().notes().join(" ").contains("first cut"));
}
