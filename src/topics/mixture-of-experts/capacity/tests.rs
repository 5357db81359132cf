use super::*;
use crate::lab::Runner;

fn read(runner: &Runner, id: &str) -> f64 {
    runner.facts().number(id).unwrap_or(f64::NAN)
}

#[test]
fn the_opening_figure_shows_a_finished_batch() {
    let runner = Runner::opening(&SPEC);
    let figure = runner.simulation().figure();
    assert!(figure.alternative.contains("64 of 64 tokens"), "{}", figure.alternative);
    assert!(read(&runner, "dropped") > 5.0);
}

#[test]
fn no_capacity_alone_solves_the_challenge() {
    for pairs in [&[("cf", "1")], &[("cf", "4")], &[("mode", "dropless")], &[("mode", "expert")]] {
        assert!(!Runner::solves(&SPEC, &CHALLENGES[0], pairs), "{pairs:?}");
    }
}

#[test]
fn large_batches_drop_what_the_closed_form_says() {
    // 23.94 % in the limit; batches of 512 come near.
    let runner = Runner::after(&SPEC, &[("tokens", "512")], 88 * 80);
    assert!((read(&runner, "dropped") - 23.94).abs() < 1.0, "{}", read(&runner, "dropped"));
}

#[test]
fn dropless_serves_everyone_and_waits_for_the_busiest() {
    let runner = Runner::after(&SPEC, &[("mode", "dropless")], 88 * 10);
    assert_eq!([read(&runner, "dropped"), read(&runner, "unserved"), read(&runner, "empty")], [0.0; 3]);
    assert!(read(&runner, "busiest") > 2.0);
}

#[test]
fn what_cannot_be_is_said() {
    for (pairs, words) in [
        (&[("n_experts", "2"), ("top_k", "3")][..], "using k = 2"),
        (&[("n_experts", "128"), ("tokens", "16"), ("cf", "0.25")], "one slot per expert"),
        (&[("mode", "expert"), ("n_experts", "2"), ("cf", "4")], "takes all of them"),
    ] {
        let notes = Runner::after(&SPEC, pairs, 1).simulation().notes().join(" ");
        assert!(notes.contains(words), "{pairs:?}: {notes}");
    }
}

#[test]
fn corners_stay_finite_and_their_figures_small() {
    for mode in ["token", "expert", "dropless", "top-p"] {
        for tokens in ["16", "512"] {
            for n in ["2", "128"] {
                for k in ["1", "8"] {
                    for cf in ["0.25", "4"] {
                        for (skew, p) in [("0", "0.1"), ("2", "0.99")] {
                            let runner = Runner::after(
                                &SPEC,
                                &[
                                    ("mode", mode),
                                    ("tokens", tokens),
                                    ("n_experts", n),
                                    ("top_k", k),
                                    ("cf", cf),
                                    ("skew", skew),
                                    ("p", p),
                                ],
                                100,
                            );
                            assert!(runner.readings().iter().all(|r| r.number().is_some_and(f64::is_finite)));
                            let figure = runner.simulation().figure();
                            let shapes: usize = figure
                                .panels()
                                .flat_map(|p| &p.marks)
                                .map(|m| match &m.shape {
                                    crate::lab::figure::Shape::Boxes { boxes } => boxes.len(),
                                    crate::lab::figure::Shape::Bars { bars, .. } => bars.len(),
                                    _ => 1,
                                })
                                .sum();
                            assert!(shapes < 1500, "{shapes}");
                        }
                    }
                }
            }
        }
    }
}
