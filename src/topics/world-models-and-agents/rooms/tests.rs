use super::*;
use crate::lab::Runner;

#[test]
fn each_way_of_planning_reaches_the_start_in_its_sweeps() {
    for (preset, sweeps) in
        [("both", Some(2.0)), ("steps-only", Some(14.0)), ("options-only", Some(2.0)), ("off-hallway", None)]
    {
        let runner = Runner::preset(&SPEC, preset, 60);
        assert_eq!(runner.number("sweeps_to_start"), sweeps, "{preset}");
    }
}

#[test]
fn a_goal_on_a_wall_is_refused_and_said() {
    let runner = Runner::after(&SPEC, &[("goal", "own"), ("goal_row", "6"), ("goal_column", "6")], 3);
    assert!(runner.simulation().notes()[0].contains("wall"));
    assert_eq!(runner.number("sweeps_to_start"), Some(2.0));
}

#[test]
fn a_door_that_is_the_goal_leaves_it_unreachable() {
    let pairs = [("mode", "learn"), ("door", "1"), ("n", "20")];
    let runner = Runner::after(&SPEC, &pairs, 200);
    assert!(runner.simulation().notes()[0].contains("unreachable"));
}

#[test]
fn planning_stops_at_the_sweep_that_is_asked_for() {
    let runner = Runner::after(&SPEC, &[("sweep", "1")], 20);
    assert_eq!((runner.step(), runner.number("sweeps_to_start")), (1, None));
}
