use super::SPEC;
use crate::lab::Runner;
use crate::numerics::statistics::mean as mean_of;

#[test]
fn fewer_tokens_find_the_bar_and_no_longer_say_where() {
    let mean =
        |patch: &str, id: &str| mean_of(&Runner::over_seeds(&SPEC, &[("patch", patch)], 1..=6, 150, id));
    for (patch, hit, mass) in [("2", 87.0, 0.66), ("4", 95.0, 0.45), ("12", 98.0, 0.13)] {
        assert!((mean(patch, "hit") - hit).abs() < 6.0, "{patch}: {}", mean(patch, "hit"));
        assert!((mean(patch, "mass") - mass).abs() < 0.06, "{patch}: {}", mean(patch, "mass"));
    }
}

#[test]
fn most_of_the_difference_is_geometry() {
    let of = |patch: &str, id: &str| Runner::after(&SPEC, &[("patch", patch)], 0).number(id).unwrap();
    // A bar of 21 pixels in a patch of 144 is 15 %, of two bars a little more; small patches lie wholly in one.
    assert!((of("12", "most") - 0.16).abs() < 0.02 && of("2", "most") > 0.99);
    assert!(of("2", "luck") < 12.0 && (of("12", "luck") - 51.0).abs() < 6.0);
}

#[test]
fn a_blank_sheet_and_a_missing_colour_are_said() {
    for (pairs, words) in [
        (&[("sketch", "0")][..], "Nothing is drawn"),
        (&[("sketch", "0111.0111"), ("word1", "blue")], "Nothing blue is drawn"),
        (&[("trained", "0")], "No scene is seen"),
    ] {
        let run = Runner::after(&SPEC, pairs, 0);
        let notes = run.simulation().notes().join(" ");
        assert!(notes.contains(words), "{notes}");
    }
    let spread = Runner::after(&SPEC, &[("sketch", "0")], 20).simulation().describe("attention", 0);
    assert_eq!(spread.as_deref(), Some("patch in row 1, column 1: 2.8 % of the attention"));
}

#[test]
fn the_words_look_at_what_they_name() {
    // The tall red bar of the default picture reaches over the patches in columns 1 and 2, rows 1 to 3.
    let run = Runner::after(&SPEC, &[], 150);
    let figure = run.simulation().figure();
    let row = figure.alternative.split("most on row ").nth(1).unwrap();
    assert!(
        ["1, column 1", "1, column 2", "2, column 1", "2, column 2", "3, column 1", "3, column 2"]
            .iter()
            .any(|place| row.starts_with(place)),
        "{}",
        figure.alternative
    );
}

#[test]
fn no_more_scenes_are_seen_than_asked_for() {
    let run = Runner::after(&SPEC, &[("trained", "20")], 50);
    assert!(run.finished() && run.simulation().figure().panels().any(|p| p.title.contains("after 20 seen")));
}
