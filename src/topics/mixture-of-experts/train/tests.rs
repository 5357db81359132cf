use super::SPEC;
use crate::lab::Runner;

#[test]
fn the_opening_figure_says_what_it_shows() {
    let runner = Runner::opening(&SPEC);
    let figure = runner.simulation().figure();
    assert_eq!(figure.panels().count(), 6);
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

fn read(runner: &Runner, id: &str) -> f64 {
    runner.facts().number(id).unwrap_or(f64::NAN)
}

#[test]
fn where_all_are_alive_at_first_training_lets_some_starve() {
    let mut starved = 0;
    for seed in 1..=20 {
        let seed = seed.to_string();
        let values = [("start", "even"), ("seed", seed.as_str())];
        assert_eq!(read(&Runner::after(&SPEC, &values, 10), "dead"), 0.0, "seed {seed}");
        starved += usize::from(read(&Runner::after(&SPEC, &values, 1000), "dead") >= 1.0);
    }
    assert!(starved >= 16, "{starved}");
}

#[test]
fn the_turn_of_one_expert_is_drawn_and_read() {
    let two = Runner::after(&SPEC, &[("watched", "2")], 300);
    let figure = two.simulation().figure();
    assert!(figure.alternative.contains("expert 2, which is watched"), "{}", figure.alternative);
    assert!(read(&two, "load_watched") >= read(&two, "min_load"));
    // Not chosen, no gradient: what the panel is there to show.
    let idlest = (1..=8)
        .map(|expert| Runner::after(&SPEC, &[("watched", expert.to_string().as_str())], 300))
        .find(|run| read(run, "load_watched") == read(run, "min_load"))
        .expect("one of them is the idlest");
    let crate::lab::figure::Shape::Bars { bars, .. } =
        &idlest.simulation().figure().rows[2][1].marks[0].shape
    else {
        panic!("bars")
    };
    assert_eq!(bars.iter().map(|b| b.to > 0.0).collect::<Vec<_>>(), [false, false, true, false]);
    let far = Runner::after(&SPEC, &[("watched", "100")], 2);
    assert!(far.simulation().notes().join(" ").contains("no expert 100 among 8"));
}

#[test]
fn unless_asked_for_one_that_has_work_is_watched_and_kept() {
    for start in ["random", "even"] {
        let title = |steps| {
            let run = Runner::after(&SPEC, &[("start", start)], steps);
            if steps <= 120 {
                assert!(read(&run, "load_watched") >= 0.5, "{start} {steps}");
            }
            run.simulation().figure().rows[2][0].title.clone()
        };
        let at_first = title(10);
        assert!([120, 900].iter().all(|steps| title(*steps) == at_first), "{start}: {at_first}");
    }
}

/// A tent over the plane: a target that two straight lines tell, and none alone.
fn own_points() -> String {
    (0..200).fold("target,x,y".to_owned(), |text, i| {
        let (x, y) = (i * 37 % 200, i * 71 % 200);
        format!("{text}\n{},{x},{y}", (x - 100i32).abs())
    })
}

#[test]
fn points_of_the_readers_own_are_divided_among_experts() {
    let text = own_points();
    let run = Runner::after(&SPEC, &[("own", &text), ("balance", "bias")], 600);
    let figure = run.simulation().figure();
    assert!(figure.alternative.contains("single linear expert would stand at 1.0"), "{}", figure.alternative);
    assert!(run.number("loss").unwrap() < 0.2, "{:?}", run.number("loss"));
    assert_eq!(run.number("nmi"), None);
    assert!(run.simulation().notes()[0].starts_with("The points are yours"));
    let mut values = SPEC.defaults();
    let sentence = values.set_text("own", "x,y,target\n1,2,3\n1,2,red").unwrap_err().sentence;
    assert!(sentence.contains("line 3, column 5") && sentence.contains("target"), "{sentence}");
    assert!(values.set_text("own", "x,y,target\n1,2,3").unwrap_err().sentence.contains("40 rows"));
}
