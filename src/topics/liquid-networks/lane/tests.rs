use super::*;

fn lane(changes: &[(&str, &str)]) -> Lane {
    Lane::new(&Values::with(SPEC.controls, changes))
}

#[test]
fn before_the_first_lesson_the_liquid_car_leaves_its_lane_and_is_put_back() {
    let mut left = 0;
    for seed in 1..=20 {
        let mut lane = lane(&[("train", "off"), ("seed", &seed.to_string())]);
        (0..60).for_each(|_| lane.liquid.drive(&lane.road, 0.05, 0.0));
        left += u64::from(lane.liquid.trace.numbers().iter().any(|e| e.abs() > HALF_WIDTH));
    }
    assert!(left >= 18, "{left} of 20");
}

#[test]
fn a_change_of_what_is_seen_asks_for_a_new_exam() {
    let mut lane = lane(&[("train", "off")]);
    (0..120).for_each(|_| lane.step());
    assert!(lane.liquid.result.is_some() && lane.lesion_map.is_some());
    lane.set(&Values::with(SPEC.controls, &[("train", "off"), ("drop", "0.5")]));
    assert!(lane.liquid.result.is_none() && lane.lesion_map.is_none());
}

#[test]
fn a_held_neuron_learns_on() {
    let held = lane(&[("ablate", "15")]);
    let [mut a, mut b] = [lane(&[]), held];
    (0..3).for_each(|_| [&mut a, &mut b].into_iter().for_each(Simulation::step));
    assert_eq!(a.network().weights(), b.network().weights());
    assert_eq!(b.liquid.driver.state[MOTOR], 0.0);
}
