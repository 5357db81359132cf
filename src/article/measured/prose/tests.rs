use super::*;
use crate::article::parse::parse;
use crate::sample::TOPIC;

fn found(markdown: &str) -> Vec<String> {
    let (blocks, problems) = parse(markdown);
    assert_eq!(problems, []);
    let quoted =
        |p: Problem| p.sentence.split('”').next().unwrap_or_default().trim_start_matches('“').to_owned();
    unmeasured(&TOPIC, &blocks).into_iter().map(quoted).collect()
}

#[test]
fn numbers_beside_words_of_a_run_are_found() {
    assert_eq!(found("It falls by 12 % within 300 steps, for seed 4.\n"), ["12", "300", "4"]);
    assert_eq!(found("That is 1.5 times as much, 36 units.\n"), ["1.5", "36"]);
    assert_eq!(found("| a |\n|--|\n| 12.5% |\n"), ["12.5%"]);
    assert_eq!(found("There are 8 clusters and two laws, as in 1991.\n"), Vec::<String>::new());
}

#[test]
fn numbers_that_have_a_source_are_not() {
    for text in [
        "It falls by [12 %](run:count#total).",
        "Drag [3 units](control:count.stride), see [36 units](readout:count.total).",
        "It falls by 12 % [@a2024].",
        "It falls by 12 %. [@a2024]",
        "The formula $12$ % and `12 %`.",
    ] {
        assert_eq!(found(&format!("{text}\n")), Vec::<String>::new(), "{text}");
    }
    // A citation speaks for its own sentence alone.
    assert_eq!(found("It falls by 12 %. It rises by 13 % [@a2024].\n"), ["12"]);
}

#[test]
fn what_a_run_was_made_with_belongs_to_it() {
    let text =
        "After 40 steps, for seeds 1 to 20, it falls by [12 %](run:count?at=40&seeds=1..20#mean:total).\n";
    assert_eq!(found(text), Vec::<String>::new());
    let other = text.replace("After 40", "After 41");
    assert_eq!(found(&other), ["41"]);
}

#[test]
fn the_list_names_topics_that_there_are() {
    for (slug, _) in GIVEN {
        assert!(crate::topics::topic(slug).is_some(), "{slug}");
    }
}
