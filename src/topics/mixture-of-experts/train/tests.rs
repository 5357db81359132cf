use super::SPEC;
use crate::lab::Runner;

#[test]
fn the_opening_figure_says_what_it_shows() {
    let runner = Runner::opening(&SPEC);
    let figure = runner.simulation().figure();
    assert_eq!(figure.panels().count(), 4);
    assert!(figure.alternative.contains("of 8 experts are in use"), "{}", figure.alternative);
    assert!(Runner::after(&SPEC, &[], 0).simulation().figure().alternative.contains("no batch"));
}

#[test]
fn a_frozen_router_draws_the_same_map_for_ever() {
    let before = Runner::after(&SPEC, &[("top_k", "1")], 0);
    let after = Runner::after(&SPEC, &[("top_k", "1")], 100);
    let map = |r: &Runner| r.simulation().figure().rows[0][0].marks[0].clone();
    assert_eq!(map(&before), map(&after));
    assert!(after.simulation().notes()[0].contains("always 1"));
}

#[test]
fn what_cannot_be_is_said() {
    for (pairs, words) in [
        (&[("n_experts", "2"), ("top_k", "3")][..], "using k = 2"),
        (&[("n_experts", "1")], "nothing to route"),
        (&[("n_experts", "4"), ("top_k", "4")], "dense"),
        (&[("cf", "0.5")], "below 1"),
        (&[("cf", "0.05"), ("n_experts", "128"), ("top_k", "1")], "one slot per expert"),
        (&[("balance", "bias"), ("gamma", "0.1")], "swing"),
    ] {
        let notes = Runner::after(&SPEC, pairs, 2).simulation().notes().join(" ");
        assert!(notes.contains(words), "{pairs:?}: {notes}");
    }
}

#[test]
fn corners_stay_finite() {
    for n in ["1", "2", "128"] {
        for k in ["1", "16"] {
            for balance in ["none", "aux", "bias"] {
                for gate in ["renorm", "raw"] {
                    for cf in ["0", "0.05", "4"] {
                        let runner = Runner::after(
                            &SPEC,
                            &[
                                ("n_experts", n),
                                ("top_k", k),
                                ("balance", balance),
                                ("gate", gate),
                                ("cf", cf),
                                ("alpha", "3"),
                                ("gamma", "0.1"),
                                ("skew", "2"),
                                ("noise", "2"),
                            ],
                            20,
                        );
                        assert!(runner.readings().iter().all(|r| r.number().is_some_and(f64::is_finite)));
                        assert!(!runner.finished());
                    }
                }
            }
        }
    }
}

#[test]
fn a_large_bias_step_shows_its_swing() {
    let runner = Runner::after(&SPEC, &[("balance", "bias"), ("gamma", "0.1")], 800);
    let calm = Runner::after(&SPEC, &[("balance", "bias")], 800);
    let swing = |r: &Runner| match &r.simulation().figure().rows[1][1].marks[0].shape {
        crate::lab::figure::Shape::Line { points, .. } => {
            points[points.len() - 50..].iter().map(|p| p[1]).sum::<f64>() / 50.0
        }
        _ => f64::NAN,
    };
    assert!(swing(&runner) > 2.0 * swing(&calm), "{} {}", swing(&runner), swing(&calm));
}
