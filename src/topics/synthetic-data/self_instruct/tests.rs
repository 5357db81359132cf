use super::SPEC;
use crate::lab::Runner;
use crate::lab::figure::Shape;

fn number(runner: &Runner, id: &str) -> f64 {
    runner.number(id).unwrap()
}

#[test]
fn the_words_of_both_stand_inside_the_panel() {
    for steps in [1, 60, 400] {
        let figure = Runner::after(&SPEC, &[], steps).simulation().figure();
        let panel = &figure.rows[0][0];
        for mark in &panel.marks {
            let Shape::Boxes { boxes } = &mark.shape else { continue };
            for tile in boxes {
                assert!(tile.corners[2] <= panel.x.domain[1] && tile.corners[3] <= panel.y.domain[0]);
            }
        }
    }
    assert!(Runner::after(&SPEC, &[], 0).simulation().figure().alternative.contains("nothing has been"));
}

#[test]
fn silence_ends_the_run_and_is_said() {
    let runner = Runner::after(&SPEC, &[("seed_tasks", "5"), ("novelty", "0")], 3000);
    assert!(runner.finished());
    assert!(runner.simulation().notes()[0].contains("Nothing new"));
}

#[test]
fn a_full_pool_ends_the_run() {
    let runner = Runner::after(&SPEC, &[("threshold", "1")], 4000);
    assert!(runner.finished());
    assert!(number(&runner, "duplicates") > 100.0);
    assert!(runner.simulation().notes().join(" ").contains("full"));
}

#[test]
fn five_hundred_without_a_copy_are_grown_with_most_seeds() {
    let won = (1..=40).filter(|seed| {
        let runner = Runner::after(&SPEC, &[("threshold", "0.85"), ("seed", &seed.to_string())], 2000);
        number(&runner, "accepted") >= 500.0 && number(&runner, "duplicates") < 0.5
    });
    assert!(won.count() >= 38);
}

#[test]
fn a_cell_says_which_pair_it_is() {
    let runner = Runner::opening(&SPEC);
    let said = runner.simulation().describe("pairs", 21).unwrap();
    assert!(said.starts_with("explain a letter: "), "{said}");
    assert_eq!(runner.simulation().describe("pairs", 240), None);
}

#[test]
fn the_longest_instruction_takes_no_more_lines_than_there_are() {
    use crate::models::self_instruct::{CONSTRAINTS, OBJECTS, PREFIXES, VERBS};
    for prefix in PREFIXES {
        for verb in VERBS {
            for object in OBJECTS {
                for [first, second] in
                    CONSTRAINTS.iter().flat_map(|a| CONSTRAINTS.iter().map(move |b| [a, b]))
                {
                    let text = format!("{prefix} {verb} a {object} {first} and {second}");
                    let words: Vec<&str> = text.split_whitespace().collect();
                    let last =
                        super::figure::tiles(&words, &[], 0.0, crate::lab::figure::Tone::Ink).pop().unwrap();
                    assert!(last.corners[3] < super::figure::LINES as f64, "{text}");
                }
            }
        }
    }
}
