use super::library::{QUERIES, TEXTS, sentences, words};
use super::{SPEC, read_query};
use crate::lab::{Runner, Values};

fn search(values: &[(&str, &str)]) -> super::Search {
    super::Search::new(&Values::with(SPEC.controls, values))
}

#[test]
fn texts_are_of_one_length_and_queries_ask_for_what_there_is() {
    for (title, text) in TEXTS {
        let count = words(text).len();
        assert!((20..=40).contains(&count), "{title}: {count}");
        assert!((2..=4).contains(&sentences(text).count()), "{title}");
    }
    assert!(
        QUERIES
            .iter()
            .all(|(query, wanted)| read_query(query).is_ok() && wanted.iter().all(|t| *t < TEXTS.len()))
    );
}

#[test]
fn a_name_is_found_by_words_and_a_synonym_by_meaning() {
    let name = search(&[("query", "Maren Holt")]).answer.rankings;
    assert_eq!((name[0][0], name[0].len()), (7, 1));
    let synonym = search(&[]).answer.rankings;
    assert_eq!(synonym[0], [1]);
    let mut cars = synonym[1][..4].to_vec();
    cars.sort_unstable();
    assert_eq!(cars, [0, 1, 2, 3]);
}

#[test]
fn what_no_text_has_is_said() {
    for (query, said) in [("", "No word"), ("zeppelin", "No word"), ("zeppelin car", "“zeppelin” stands")]
    {
        let runner = Runner::after(&SPEC, &[("query", query)], 0);
        assert!(runner.simulation().notes()[0].starts_with(said), "{query}");
    }
    let nothing = search(&[("query", "")]).answer.rankings;
    assert!(nothing.iter().all(Vec::is_empty));
}

#[test]
fn a_thirteenth_word_is_one_too_many() {
    let twelve = ["of"; 12].join(" ");
    assert!(read_query(&twelve).is_ok());
    let fault = read_query(&format!("{twelve}  car")).unwrap_err();
    assert_eq!(fault.at, twelve.len() + 2);
    assert!(fault.sentence.contains("up to 12 words"));
}

#[test]
fn a_text_is_as_good_as_its_best_sentence() {
    let parts = search(&[("query", "car battery"), ("unit", "sentence")]).answer.scores;
    assert!(parts[0][0] > 0.0 && parts[0][3] > 0.0);
}
