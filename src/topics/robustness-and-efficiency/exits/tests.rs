use super::SPEC;
use crate::lab::Runner;

/// Known result: a threshold of 0 takes all layers, one above ln 2 the first head.
#[test]
fn thresholds_at_the_ends_choose_one_head() {
    let of = |theta: &str, id: &str| Runner::after(&SPEC, &[("theta", theta)], 100).number(id).unwrap();
    assert_eq!([of("0", "depth"), of("0", "saved")], [4.0, 0.0]);
    assert_eq!([of("0.7", "depth"), of("0.7", "saved")], [1.0, 75.0]);
    let notes = |theta: &str| Runner::after(&SPEC, &[("theta", theta)], 0).simulation().notes().join(" ");
    assert!(notes("0").contains("the last head always") && notes("0.7").contains("the first head always"));
    assert_eq!(notes("0.3"), "");
}

/// Known result: half of the layers are not needed, and hard points take more of them.
#[test]
fn easy_points_leave_early() {
    for seed in ["1", "2", "3"] {
        let run = Runner::after(&SPEC, &[("theta", "0.3"), ("seed", seed)], 3000);
        let of = |id: &str| run.number(id).unwrap();
        assert!(of("acc") > 0.95 && of("saved") > 50.0, "{seed}");
        assert!(of("depth_hard") > of("depth_easy") + 0.4, "{seed}");
    }
}

#[test]
fn a_half_without_points_has_no_depth() {
    let run = Runner::after(&SPEC, &[("theta", "0"), ("easy", "0")], 10);
    assert_eq!((run.number("depth_easy"), run.number("depth_hard")), (None, Some(4.0)));
}
