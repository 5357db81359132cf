use super::SPEC;
use crate::lab::Runner;

fn number(values: &[(&str, &str)], id: &str) -> f64 {
    Runner::after(&SPEC, values, 0).number(id).unwrap()
}

#[test]
fn without_the_shift_leaks_count_the_tokens_of_the_chunk_before() {
    assert_eq!(number(&[], "leaks"), 0.0);
    for (probe, leaks) in [("15", 7.0), ("8", 0.0), ("11", 3.0)] {
        assert_eq!(number(&[("shift", "off"), ("probe", probe)], "leaks"), leaks);
    }
}

#[test]
fn longer_chunks_look_up_less_and_come_later() {
    for (m, lookups, without) in [("4", 12.0, 3.0), ("8", 6.0, 7.0), ("48", 1.0, 47.0)] {
        assert_eq!(number(&[("m", m)], "lookups"), lookups);
        assert_eq!(number(&[("m", m)], "without"), without);
    }
    assert_eq!(number(&[("m", "48")], "pairs"), 192.0);
}
